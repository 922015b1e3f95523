// Three steps from one policy of the cliff: the gradient's, the natural gradient's and TRPO's.
// The mathematics of ppo_lib.course.cliff again; tests hold each to the other.

const GOAL_AT = 8; // the corridor has positions 0 (the bait) to 8
const BAIT = 0.2;
const GOAL = 1;
const TIME_LIMIT = 50;
const MAX_HALVINGS = 10;

// How far along the corridor each position lies: -1 at the bait, 1 at the goal.
const ALONG = Array.from({ length: GOAL_AT + 1 }, (_, s) => s / (GOAL_AT / 2) - 1);

/** A zero for each position. */
function zeros() {
  return new Float64Array(GOAL_AT + 1);
}

/** The chance of going right at each position. */
function chancesRight(lean, slope) {
  const right = zeros();
  for (let s = 0; s <= GOAL_AT; s += 1) right[s] = 1 / (1 + Math.exp(-(lean + slope * ALONG[s])));
  return right;
}

/**
 * The true return less 0.2, whose digits survive where the return is 0.2 to ten places: a fall
 * adds nothing to it, the goal adds 0.8, the time limit takes 0.2 away.
 *
 * `seeWalking` is called at each time with the chances of walking at each position.
 */
function aboveTheBait(right, seeWalking = null) {
  let [walking, next] = [zeros(), zeros()];
  walking[1] = 1; // the start
  let arrive = 0;
  for (let t = 0; t < TIME_LIMIT; t += 1) {
    if (seeWalking) seeWalking(walking);
    arrive += walking[GOAL_AT - 1] * right[GOAL_AT - 1];
    for (let s = 1; s < GOAL_AT; s += 1) {
      next[s] = walking[s - 1] * right[s - 1] + walking[s + 1] * (1 - right[s + 1]);
    }
    [walking, next] = [next, walking]; // at both ends it stays 0
  }
  const late = walking.reduce((sum, chance) => sum + chance, 0);
  return (GOAL - BAIT) * arrive - BAIT * late;
}

/** The expected return of a policy, exactly. */
function trueReturn(lean, slope) {
  return BAIT + aboveTheBait(chancesRight(lean, slope));
}

/** Σ_t d_t(s) (A_t(s, right) - A_t(s, left)): backward through time, values less 0.2. */
function advantageGaps(right, history) {
  const gaps = zeros();
  let [worth, before] = [zeros().fill(-BAIT), zeros()]; // of being there when the time is up
  for (let t = TIME_LIMIT - 1; t >= 0; t -= 1) {
    worth[0] = 0;
    worth[GOAL_AT] = GOAL - BAIT;
    for (let s = 1; s < GOAL_AT; s += 1) {
      gaps[s] += history[t][s] * (worth[s + 1] - worth[s - 1]);
      before[s] = (1 - right[s]) * worth[s - 1] + right[s] * worth[s + 1];
    }
    [worth, before] = [before, worth];
  }
  return gaps;
}

/** What all that follows needs of the old policy: its visits, gradient and Fisher matrix. */
function oldPolicy(lean, slope) {
  const right = chancesRight(lean, slope);
  const [history, visits] = [[], zeros()];
  const aboveBait = aboveTheBait(right, (walking) => {
    history.push(walking.slice());
    for (let s = 1; s < GOAL_AT; s += 1) visits[s] += walking[s];
  });
  const steps = visits.reduce((sum, some) => sum + some, 0);
  const share = visits.map((some) => some / steps);
  const gaps = advantageGaps(right, history);
  const [gradient, fisher] = [[0, 0], [0, 0, 0]]; // F as its three different numbers
  for (let s = 1; s < GOAL_AT; s += 1) {
    const [z, spread] = [ALONG[s], right[s] * (1 - right[s])];
    gradient[0] += spread * gaps[s];
    gradient[1] += spread * gaps[s] * z;
    fisher[0] += share[s] * spread;
    fisher[1] += share[s] * spread * z;
    fisher[2] += share[s] * spread * z * z;
  }
  return { lean, slope, right, aboveBait, share, gaps, gradient, fisher };
}

/** J - J_old. */
function trueGain(old, lean, slope) {
  return aboveTheBait(chancesRight(lean, slope)) - old.aboveBait;
}

/** L - J_old: the old policy's advantages, under the new policy's actions. */
function surrogateGain(old, lean, slope) {
  const right = chancesRight(lean, slope);
  return old.gaps.reduce((sum, gap, s) => sum + (right[s] - old.right[s]) * gap, 0);
}

/** log(1 + exp(x)), without overflow. */
function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** The mean KL from the old policy to the new, in nats. */
function meanKl(old, lean, slope) {
  let sum = 0;
  for (let s = 1; s < GOAL_AT; s += 1) {
    const from = old.lean + old.slope * ALONG[s];
    const to = lean + slope * ALONG[s];
    sum += old.share[s] * (softplus(to) - softplus(from) - old.right[s] * (to - from));
  }
  return sum;
}

/** Δᵀ F Δ. */
function fisherSquare([a, b, c], dx, dy) {
  return a * dx * dx + 2 * b * dx * dy + c * dy * dy;
}

/** F⁻¹ g. */
function solveFisher([a, b, c], [x, y]) {
  const determinant = a * c - b * b;
  return [(c * x - b * y) / determinant, (a * y - b * x) / determinant];
}

/** The eigenvalues of F, large and small, and the direction of the large one's axis. */
function fisherAxes([a, b, c]) {
  const large = (a + c + Math.hypot(a - c, 2 * b)) / 2;
  return { large, small: (a * c - b * b) / large, angle: Math.atan2(2 * b, a - c) / 2 };
}

/** Where a step leads, and what it does. */
function judge(old, dx, dy) {
  const [lean, slope] = [old.lean + dx, old.slope + dy];
  return {
    lean,
    slope,
    length: Math.hypot(dx, dy),
    kl: Math.max(0, meanKl(old, lean, slope)), // rounding can take a tiny one below 0
    promise: surrogateGain(old, lean, slope),
    truth: trueGain(old, lean, slope),
  };
}

/** The policy gradient's step, the natural step, and TRPO's (null after ten halvings in vain). */
function threeSteps(old, maxKl, stepSize) {
  const gradient = judge(old, stepSize * old.gradient[0], stepSize * old.gradient[1]);
  const [dx, dy] = solveFisher(old.fisher, old.gradient);
  const bend = old.gradient[0] * dx + old.gradient[1] * dy;
  const size = bend > 0 ? Math.sqrt((2 * maxKl) / bend) : 0;
  const natural = judge(old, size * dx, size * dy);
  for (let halvings = 0; halvings <= MAX_HALVINGS; halvings += 1) {
    const part = size * 0.5 ** halvings;
    const trpo = halvings === 0 ? natural : judge(old, part * dx, part * dy);
    if (trpo.kl <= maxKl && trpo.promise > 0) return { gradient, natural, trpo, halvings };
  }
  return { gradient, natural, trpo: null, halvings: MAX_HALVINGS };
}

/** How far a ray from the old policy goes until the mean KL is `maxKl`, `reach` at most. */
function rayLength(old, maxKl, [ux, uy], reach, guess) {
  if (meanKl(old, old.lean + reach * ux, old.slope + reach * uy) <= maxKl) return reach;
  let length = Math.min(guess, reach);
  for (let i = 0; i < 60; i += 1) { // Newton's method: the mean KL is convex along a ray
    let [excess, rise] = [-maxKl, 0];
    for (let s = 1; s < GOAL_AT; s += 1) {
      const from = old.lean + old.slope * ALONG[s];
      const turn = ux + uy * ALONG[s];
      const to = from + length * turn;
      excess += old.share[s] * (softplus(to) - softplus(from) - old.right[s] * (to - from));
      rise += old.share[s] * (1 / (1 + Math.exp(-to)) - old.right[s]) * turn;
    }
    const last = length;
    length = Math.min(reach, length - excess / rise);
    if (Math.abs(length - last) <= 1e-12 * length) break;
  }
  return length;
}

/**
 * The trust region twice, as points around the old policy: the ellipse ½ Δᵀ F Δ = δ and the
 * true line mean KL = δ. Both end at `reach`, which lies outside the map.
 */
function regionBorders(old, maxKl, reach, count = 128) {
  const { large, small, angle } = fisherAxes(old.fisher);
  const short = Math.min(reach, Math.sqrt((2 * maxKl) / large));
  const long = Math.min(reach, Math.sqrt((2 * maxKl) / small));
  const [ellipse, border] = [[], []];
  let stretch = 1; // of the true line over the ellipse, on the ray before
  for (let i = 0; i < count; i += 1) {
    const [c, s] = [Math.cos((2 * Math.PI * i) / count), Math.sin((2 * Math.PI * i) / count)];
    const x = c * short * Math.cos(angle) - s * long * Math.sin(angle);
    const y = c * short * Math.sin(angle) + s * long * Math.cos(angle);
    const [ux, uy] = [x / Math.hypot(x, y), y / Math.hypot(x, y)];
    const flat = Math.min(reach, Math.sqrt((2 * maxKl) / fisherSquare(old.fisher, ux, uy)));
    const length = rayLength(old, maxKl, [ux, uy], reach, flat * stretch);
    stretch = length / flat;
    ellipse.push([old.lean + flat * ux, old.slope + flat * uy]);
    border.push([old.lean + length * ux, old.slope + length * uy]);
  }
  return { ellipse, border };
}
