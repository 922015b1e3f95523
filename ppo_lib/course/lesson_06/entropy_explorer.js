// The entropy explorer: what the entropy bonus does to a policy over three actions.
// The first functions are the mathematics; entropy_bonus.py holds the same.

const STEP_SIZE = 1; // of a gradient step on the logits
const SURE = 0.9; // from here a policy counts as nearly sure of an action
const NEAR = 0.02; // of the maximum, where no probability differs by more
const UNIFORM = 0.95; // of the greatest entropy: from here the maximum counts as nearly uniform
const GAPS = [1e4, 1e3, 1e2, 10].flatMap((part) => [1 / part, 2 / part, 5 / part]);

function dot(a, b) {
  return a.reduce((total, value, index) => total + value * b[index], 0);
}

/** H = −Σ p ln p in nats, with 0 ln 0 = 0. */
function entropyOf(probs) {
  return probs.reduce((total, p) => total + surprise(p), 0);
}

/** −p ln p; beyond the triangle, where p < 0, its mirror image. */
function surprise(p) {
  return p === 0 ? 0 : -p * Math.log(Math.abs(p));
}

/** F = Σ p q + c₂ H. */
function objectiveOf(probs, rewards, entCoef) {
  return dot(probs, rewards) + entCoef * entropyOf(probs);
}

/** What the rewards add to ∂F/∂z, where p = softmax(z): p (q − Σ p q). */
function rewardGradient(probs, rewards) {
  const mean = dot(probs, rewards);
  return probs.map((p, action) => p * (rewards[action] - mean));
}

/** ∂H/∂z = p (−ln p − H). */
function entropyGradient(probs) {
  const entropy = entropyOf(probs);
  return probs.map((p) => surprise(p) - p * entropy);
}

/** ∂F/∂z at the logits z of the policy. */
function logitGradient(probs, rewards, entCoef) {
  const bonus = entropyGradient(probs);
  return rewardGradient(probs, rewards).map((part, action) => part + entCoef * bonus[action]);
}

function softmax(logits) {
  const greatest = Math.max(...logits);
  const weights = logits.map((z) => Math.exp(z - greatest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** The policy with the greatest F: softmax(q / c₂), or for c₂ = 0 the best actions alone. */
function optimumOf(rewards, entCoef) {
  if (entCoef > 0) return softmax(rewards.map((q) => q / entCoef));
  const best = rewards.map((q) => (q === Math.max(...rewards) ? 1 : 0));
  return best.map((one) => one / dot(best, best));
}

/** The policies that `count` steps of gradient ascent on the logits lead through. */
function takeSteps(probs, rewards, entCoef, count) {
  const passed = [];
  let now = probs;
  for (let step = 0; step < count; step += 1) {
    const gradient = logitGradient(now, rewards, entCoef);
    now = softmax(now.map((p, action) => Math.log(p) + STEP_SIZE * gradient[action]));
    passed.push(now);
  }
  return passed;
}

/** How a small step along a gradient moves the policy: (diag(p) − p pᵀ) α g. */
function driftOf(probs, gradient) {
  const mean = dot(probs, gradient);
  return probs.map((p, action) => STEP_SIZE * p * (gradient[action] - mean));
}

/** Which maximum F has: "flat", "corner", "tie", "equal", "uniform" or "bias". */
function maximumKind(rewards, entCoef, optimum) {
  const greatest = Math.max(...rewards);
  const equal = greatest === Math.min(...rewards);
  if (entCoef === 0) {
    const several = rewards.filter((q) => q === greatest).length > 1;
    return equal ? "flat" : several ? "tie" : "corner";
  }
  if (equal) return "equal";
  return entropyOf(optimum) >= UNIFORM * Math.log(rewards.length) ? "uniform" : "bias";
}

/** Where the policy is: "flat", "maximum", "wrong", "right", "sure" or "between". */
function placeOf(probs, rewards, optimum, kind) {
  if (kind === "flat") return "flat";
  const favourite = probs.indexOf(Math.max(...probs));
  const isBest = rewards.map((q) => q === Math.max(...rewards));
  const near = kind === "corner" || kind === "tie"
    ? probs.reduce((total, p, action) => total + (isBest[action] ? 0 : p), 0) <= 1 - SURE
    : Math.max(...probs.map((p, action) => Math.abs(p - optimum[action]))) <= NEAR;
  if (near) return "maximum";
  if (probs[favourite] < SURE) return "between";
  if (kind === "equal") return "sure";
  if (!isBest[favourite]) return "wrong";
  return probs[favourite] > optimum[favourite] ? "right" : "sure";
}

/** The numbers of a policy and of the maximum of F; every length is in the logits. */
function readOff(probs, rewards, entCoef) {
  const optimum = optimumOf(rewards, entCoef);
  const kind = maximumKind(rewards, entCoef, optimum);
  return {
    reward: dot(probs, rewards),
    entropy: entropyOf(probs),
    objective: objectiveOf(probs, rewards, entCoef),
    length: Math.hypot(...logitGradient(probs, rewards, entCoef)),
    rewardLength: Math.hypot(...rewardGradient(probs, rewards)),
    bonusLength: entCoef * Math.hypot(...entropyGradient(probs)),
    optimum,
    optimalReward: dot(optimum, rewards),
    optimalEntropy: entropyOf(optimum),
    maximum: objectiveOf(optimum, rewards, entCoef),
    best: Math.max(...rewards),
    place: placeOf(probs, rewards, optimum, kind),
    kind,
  };
}

/** How far apart the heights of the lines of F lie, at most twelve; null where F is flat. */
function contourGap(maximum, rewards) {
  const reach = maximum - Math.min(...rewards); // F is concave: it is lowest in a corner
  return reach < 1e-9 ? null : GAPS.find((gap) => 12 * gap >= reach);
}

/** The policy at a place of the triangle, or at one near it that lies inside. */
function policyAt(across, up) {
  const third = clamp(up, RIM, 1 - 2 * RIM);
  const second = clamp(across - third / 2, RIM, 1 - RIM - third);
  return [1 - second - third, second, third];
}

// Words and numbers --------------------------------------------------------------------------

const TRAITS = ["probs", "rewards", "ent_coef", "trail"];
const READINGS = ["reward", "entropy", "actions", "bonus", "objective", "length", "cost", "steps"];
const RIM = 0.001; // as near as the policy is dragged to a side
const WRONG = 0.98; // the probability of the worst action of a policy that is sure but wrong
const MANY_STEPS = 30;
const LONGEST_TRAIL = 300; // steps
const ARROW_SCALE = 4; // an arrow is as long as so many steps
const THIRDS = [1 / 3, 1 / 3, 1 / 3];

/** Everything that the picture shows, computed from the model's traits. */
function readState(model) {
  const [probs, rewards, entCoef, trail] = TRAITS.map((name) => model.get(name));
  return { probs, rewards, entCoef, trail, ...readOff(probs, rewards, entCoef) };
}

function listOf(values) {
  return values.map((value) => formatNumber(value)).join(", ");
}

/** A gradient's length: with three digits, and a short one with four. */
function formatLength(value) {
  return formatNumber(value, value < 0.01 ? 4 : 3);
}

/** The numbers as they are written, by the fields of the strings. */
function writtenNumbers(state) {
  const { probs, rewards, entCoef, trail, entropy, optimum, rewardLength, bonusLength, best } = state;
  return {
    probabilities: listOf(probs),
    rewards: listOf(rewards),
    optimum: listOf(optimum),
    ent_coef: formatNumber(entCoef),
    reward: formatNumber(state.reward, 3),
    entropy: formatNumber(entropy),
    actions: formatNumber(Math.exp(entropy), 1),
    most: formatNumber(state.optimalEntropy),
    bonus: formatNumber(entCoef * entropy, 3),
    objective: formatNumber(state.objective, 3),
    maximum: formatNumber(state.maximum, 3),
    short: formatNumber(state.maximum - state.objective, 3),
    length: formatLength(state.length),
    reward_length: formatLength(rewardLength),
    bonus_length: formatLength(bonusLength),
    times: formatNumber(rewardLength > 0 ? bonusLength / rewardLength : 0, 1),
    optimal_reward: formatNumber(state.optimalReward, 3),
    best: formatNumber(best),
    cost: formatNumber(best - state.optimalReward, 3),
    action: probs.indexOf(Math.max(...probs)) + 1,
    best_action: rewards.indexOf(best) + 1,
    steps: Math.max(0, trail.length - 1),
  };
}

/** The key of the words for the place of the policy. */
function wordsKey({ place, kind }) {
  const corner = kind === "corner" || kind === "tie";
  if (place === "maximum") {
    return { corner: "fading", tie: "settled", equal: "settled" }[kind] ?? "balanced";
  }
  if (place === "wrong") return corner ? "stuck" : "pulled";
  if (place === "flat") return "flat";
  if (kind === "equal") return "alone";
  if (place === "right") return "back";
  return corner ? "no_bonus" : "between";
}

/** Which words tell of the maximum: of a bias that rounds to 0 others than of one. */
function maximumKey({ kind, best, optimalReward }) {
  return kind === "bias" && best - optimalReward < 0.0005 ? "close" : kind;
}

// The picture --------------------------------------------------------------------------------

const FINE = 41; // points each way of the grid for the lines of F
const LINES = [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]; // of F, counted down from the maximum
const ROOT = Math.sqrt(0.75); // the triangle's height for a side of 1
const SIDE_BY_SIDE_FROM = 560; // of the picture's width: below it the bars stand under the triangle
const LEGEND_WIDTH = 184;
const LEGEND_LINE = 24;
const BONUS_DASHES = "6 4";

/**
 * The policies on a grid over the triangle and one cell beyond it, row by row; made once. The rest
 * of the grid is NaN, where no line is looked for.
 */
let surveyed = null;
function surveyTriangle() {
  surveyed ??= Array.from({ length: FINE * FINE }, (_, index) => {
    const [second, third] = [index % FINE, Math.floor(index / FINE)].map((at) => at / (FINE - 1));
    const first = Math.round((1 - second - third) * (FINE - 1)) / (FINE - 1);
    const isNear = first > -1.5 / (FINE - 1);
    return { probs: [first, second, third], entropy: isNear ? entropyOf([first, second, third]) : NaN };
  });
  return surveyed;
}

/** The triangle of all policies: its scales, and layers as a panel has them. */
function makeTriangle(picture, left, top, side) {
  const [height, right] = [ROOT * side, left + side];
  const bottom = top + height;
  const scales = {
    scaleX: (across) => left + across * side,
    scaleY: (up) => bottom - up * height,
    invertX: (pixel) => (pixel - left) / side,
    invertY: (pixel) => (bottom - pixel) / height,
  };
  const shape = `M${left},${bottom}H${right}L${left + side / 2},${top}Z`;
  const clipId = `explorer-clip-${Math.random().toString(36).slice(2)}`;
  addNode(addNode(picture, "clipPath", { id: clipId }), "path", { d: shape });
  addNode(picture, "path", { d: shape, class: "explorer-paper" });
  const plot = addNode(picture, "g", { "clip-path": `url(#${clipId})` });
  addNode(picture, "path", { d: shape, class: "explorer-axis" });
  const place = (probs) => [scales.scaleX(probs[1] + probs[2] / 2), scales.scaleY(probs[2])];
  addNode(picture, "path", { d: markShape("uniform", ...place(THIRDS)), ...markStyle("uniform") });
  const front = addNode(picture, "g");
  return { left, top, side, right, bottom, ...scales, place, plot, front, shape };
}

/** The mark of the maximum (a ring) or of the uniform policy (a cross) at a place. */
function markShape(name, x, y) {
  if (name === "uniform") return `M${x - 7},${y}h14M${x},${y - 7}v14`;
  return `M${x - 12},${y}a12,12 0 1,0 24,0a12,12 0 1,0 -24,0`;
}

function markStyle(name) {
  const width = name === "uniform" ? 1.5 : 3.5;
  const kind = name === "uniform" ? "explorer-axis" : "explorer-ink";
  return { fill: "none", class: kind, "stroke-width": width };
}

/** How the three arrows look: both together broad, its parts narrow. */
function arrowStyles(colors) {
  return {
    both: { stroke: colors.gradient, "stroke-width": 7 },
    rewards: { stroke: colors.rewards, "stroke-width": 3 },
    bonus: { stroke: colors.entropy, "stroke-width": 3, "stroke-dasharray": BONUS_DASHES },
  };
}

/** The lines of equal F, evenly spaced below the maximum. Returns draw(state) -> gap or null. */
function makeHeights(triangle) {
  const path = addNode(triangle.plot, "path", { fill: "none", class: "explorer-truth", "stroke-width": 1.25 });
  let drawn = "";
  return ({ rewards, entCoef, maximum }) => {
    const gap = contourGap(maximum, rewards);
    const now = `${rewards} ${entCoef}`;
    if (now === drawn) return gap;
    drawn = now;
    const [first, second, third] = rewards;
    const heights = surveyTriangle().map(({ probs, entropy }) =>
      probs[0] * first + probs[1] * second + probs[2] * third + entCoef * entropy);
    const levels = gap === null ? [] : LINES.map((number) => maximum - number * gap);
    const tenth = (pixels) => Math.round(10 * pixels) / 10;
    const shape = (line) => line.map(([column, row]) => {
      const [across, up] = [column / (FINE - 1), row / (FINE - 1)];
      return `${tenth(triangle.scaleX(across + up / 2))},${tenth(triangle.scaleY(up))}`;
    }).join("L");
    path.setAttribute("d", contourLines(heights, FINE, levels).flat().map((line) => `M${shape(line)}`).join(""));
    return gap;
  };
}

/** The policies that the steps led through. Returns draw(state). */
function makeTrail(triangle, color) {
  const line = addNode(triangle.front, "path", { fill: "none", stroke: color, "stroke-width": 2 });
  const dots = addNode(triangle.front, "path", { fill: color });
  let drawn = null;
  return ({ trail }) => {
    if (trail === drawn) return;
    drawn = trail;
    const places = trail.map((probs) => triangle.place(probs).map((pixel) => pixel.toFixed(1)));
    line.setAttribute("d", places.length ? `M${places.join("L")}` : "");
    dots.setAttribute("d", places.map(([x, y]) => `M${x},${y}m-3,0a3,3 0 1,0 6,0a3,3 0 1,0 -6,0`).join(""));
  };
}

/** How many times `way` fits between a policy and the triangle's rim. */
function roomFor(probs, way) {
  return Math.min(...way.map((part, action) => (part < 0 ? -probs[action] / part : Infinity)));
}

/** The pull of the rewards, that of the bonus and both, ARROW_SCALE steps long. Returns draw(state). */
function makePulls(triangle, styles) {
  const arrows = Object.fromEntries(["both", "rewards", "bonus"].map((name) => {
    const { "stroke-dasharray": dashes, ...style } = styles[name];
    const shaft = addNode(triangle.front, "path", { fill: "none", ...styles[name] });
    const head = addNode(triangle.front, "path", { fill: "none", ...style });
    return [name, { shaft, head, size: name === "both" ? 13 : 10 }];
  }));
  return ({ probs, rewards, entCoef }) => {
    const pull = rewardGradient(probs, rewards);
    const bonus = entropyGradient(probs).map((part) => entCoef * part);
    const parts = { both: pull.map((part, action) => part + bonus[action]), rewards: pull, bonus };
    const [x1, y1] = triangle.place(probs);
    for (const [name, { shaft, head, size }] of Object.entries(arrows)) {
      const way = driftOf(probs, parts[name]).map((part) => ARROW_SCALE * part);
      const share = roomFor(probs, way);
      const end = probs.map((p, action) => p + Math.min(1, share) * way[action]);
      const [x2, y2] = triangle.place(end);
      const length = Math.hypot(x2 - x1, y2 - y1);
      const isSeen = length >= 3;
      shaft.setAttribute("d", isSeen ? `M${x1.toFixed(1)},${y1.toFixed(1)}L${x2.toFixed(1)},${y2.toFixed(1)}` : "");
      if (!isSeen) head.setAttribute("d", "");
      else {
        const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
        const tip = Math.min(size, length);
        const second = share < 1 ? arrowHead(x2 - 9 * ux, y2 - 9 * uy, ux, uy, tip) : "";
        head.setAttribute("d", arrowHead(x2, y2, ux, uy, tip) + second);
      }
    }
  };
}

/** The open head of an arrow that ends at (x, y) and points along (ux, uy). */
function arrowHead(x, y, ux, uy, size) {
  const side = (sign) => {
    const across = x - size * ux - sign * 0.7 * size * uy;
    const down = y - size * uy + sign * 0.7 * size * ux;
    return `${across.toFixed(1)},${down.toFixed(1)}`;
  };
  return `M${side(1)}L${x.toFixed(1)},${y.toFixed(1)}L${side(-1)}`;
}

/** The name of each corner with its reward. Returns draw(state). */
function makeCorners(picture, { left, right, top, bottom, side }, say) {
  const places = [[left - 8, bottom + 30, "start"], [right + 8, bottom + 30, "end"], [left + side / 2, top - 11, "middle"]];
  const words = places.map(() => makeReadout(picture));
  return ({ rewards }) => places.forEach(([x, y, anchor], action) => {
    words[action](x, y, say("corner", { number: action + 1, reward: formatNumber(rewards[action]) }), anchor);
  });
}

/** What each mark of the triangle means, in `columns`. Returns draw(gap). */
function makeLegend(picture, x, y, columns, width, styles, say) {
  let lines = null;
  ["maximum", "uniform", "lines", "rewards", "bonus", "both"].forEach((name, index) => {
    const rows = 6 / columns;
    const left = x + Math.floor(index / rows) * width;
    const middle = y + (index % rows) * LEGEND_LINE;
    const text = addNode(picture, "text", { x: left + 40, y: middle + 5 });
    if (name === "lines") {
      lines = text;
      addNode(picture, "path", { d: `M${left},${middle}h32`, class: "explorer-truth", "stroke-width": 1.25 });
      return;
    }
    text.textContent = say(`legend.${name}`, { scale: ARROW_SCALE });
    if (name in styles) {
      const { "stroke-dasharray": dashes, ...style } = styles[name];
      addNode(picture, "path", { d: `M${left},${middle}h30`, fill: "none", ...styles[name] });
      addNode(picture, "path", { d: arrowHead(left + 31, middle, 1, 0, name === "both" ? 12 : 9), fill: "none", ...style });
    } else {
      const scale = `translate(${left + 16},${middle}) scale(0.75)`;
      addNode(picture, "path", { d: markShape(name, 0, 0), transform: scale, ...markStyle(name) });
    }
  });
  return (gap) => {
    const words = gap === null ? say("legend.flat") : say("legend.lines", { gap });
    if (lines.textContent !== words) lines.textContent = words;
  };
}

/** A bar over each action, and its number below. Returns draw(values). */
function makeColumns(picture, panel, attributes) {
  const path = addNode(panel.plot, "path", attributes);
  const numbers = [1, 2, 3].map(() => makeReadout(picture));
  const half = Math.min(24, 0.32 * (panel.scaleX(2) - panel.scaleX(1)));
  const foot = panel.scaleY(0).toFixed(2);
  return (values) => {
    path.setAttribute("d", values.map((value, action) => {
      const x = panel.scaleX(action + 1);
      return `M${(x - half).toFixed(2)},${foot}V${panel.scaleY(value).toFixed(2)}h${2 * half}V${foot}Z`;
    }).join(""));
    values.forEach((value, action) =>
      numbers[action](panel.scaleX(action + 1), panel.bottom + 44, formatNumber(value), "middle"));
  };
}

/** The probabilities with ticks at the maximum's, and the rewards. Returns {panels, draw(state)}. */
function makeBars(picture, frames, colors, say) {
  const actions = { limits: [0.5, 3.5], ticks: [1, 2, 3], label: "", format: (value) => formatNumber(value, 0) };
  const axis = (limits, ticks) => ({
    limits, ticks, label: [], format: (value) => formatNumber(value, value % 1 ? 1 : 0),
  });
  const top = makePanel(picture, frames.probability, actions, axis([0, 1], [0, 0.5, 1]));
  const low = makePanel(picture, frames.reward, actions, axis([-1, 1], [-1, 0, 1]));
  addNode(picture, "text", { x: top.left - 30, y: top.top - 13 }, say("axis.probability"));
  addNode(picture, "text", { x: low.left - 30, y: low.top - 13 }, say("axis.reward"));
  for (const panel of [top, low]) {
    addNode(picture, "text", { x: panel.left - 8, y: panel.bottom + 44, "text-anchor": "end" },
      say(panel === top ? "row.probability" : "row.reward"));
  }
  const drawProbs = makeColumns(picture, top, { fill: colors.new_policy });
  const drawRewards = makeColumns(picture, low, { fill: colors.rewards });
  const ticks = addNode(top.front, "path", { class: "explorer-ink", "stroke-width": 4 });
  const half = Math.min(32, 0.44 * (top.scaleX(2) - top.scaleX(1)));
  return {
    rewards: low,
    draw: ({ probs, rewards, optimum }) => {
      drawProbs(probs);
      drawRewards(rewards);
      ticks.setAttribute("d", optimum.map((p, action) =>
        `M${(top.scaleX(action + 1) - half).toFixed(1)},${top.scaleY(p).toFixed(1)}h${2 * half}`).join(""));
    },
  };
}

/** The entropy from 0 to ln 3, with a tick at the maximum's. Returns draw(state). */
function makeEntropyStrip(picture, frame, color, say) {
  const ends = [0, Math.log(2), Math.log(3)];
  const panel = makePanel(
    picture, frame,
    { limits: [0, ends[2]], ticks: ends, label: "", format: (value) => formatNumber(value, value ? 2 : 0) },
    { limits: [0, 1], ticks: [], label: [], format: String },
  );
  addNode(picture, "text", { x: panel.left - 30, y: panel.top - 11 }, say("axis.entropy"));
  const bar = addNode(panel.plot, "rect", { x: panel.left, y: panel.top + 3, height: panel.height - 6, fill: color });
  const tick = addNode(panel.front, "path", { class: "explorer-ink", "stroke-width": 4 });
  return ({ entropy, optimalEntropy }) => {
    bar.setAttribute("width", (panel.scaleX(entropy) - panel.left).toFixed(2));
    tick.setAttribute("d", `M${panel.scaleX(optimalEntropy).toFixed(1)},${panel.top - 3}v${panel.height + 3}`);
  };
}

/** Where everything stands: bars beside the triangle, or below it in a narrow room. */
function layOut(room, width) {
  const isWide = width >= SIDE_BY_SIDE_FROM;
  const twoColumns = room.parentElement.classList.contains("explorer-two-columns");
  if (isWide) {
    const column = clamp(0.36 * width, 210, 330);
    const across = width - column - 16; // left of the bars
    const side = Math.min(across - 32, twoColumns ? 420 : 350);
    const top = 34;
    const below = top + ROOT * side + 62; // where the legend begins
    const height = Math.max(below + 3 * LEGEND_LINE, twoColumns ? 510 : 440);
    const tall = (height - 262) / 2; // of a panel of bars, which has two rows of numbers
    const frame = { left: width - column + 34, width: column - 56 };
    const half = Math.min(190, across / 2 - 8);
    return {
      height,
      triangle: [(across - side) / 2, top, side],
      legend: [across / 2 - half, below, 2, half],
      probability: { ...frame, top, height: tall },
      reward: { ...frame, top: top + tall + 91, height: tall },
      entropy: { ...frame, top: height - 50, height: 22 },
    };
  }
  const beside = width >= 450;
  const side = Math.min(width - (beside ? LEGEND_WIDTH + 30 : 40), 300);
  const low = 34 + ROOT * side + 38; // where the triangle's names end
  const bars = beside ? low + 34 : low + 3 * LEGEND_LINE + 46;
  const split = 0.46 * width; // the rewards' numbers are longer
  const frame = { top: bars, height: 96 };
  return {
    height: bars + 96 + 52 + 34 + 22 + 30,
    triangle: [beside ? 16 : (width - side) / 2, 34, side],
    legend: beside ? [side + 40, 24, 1, 0] : [12, low + 18, 2, width / 2],
    probability: { ...frame, left: 38, width: split - 46 },
    reward: { ...frame, left: split + 38, width: width - split - 46 },
    entropy: { left: 40, width: width - 60, top: bars + 96 + 52 + 34, height: 22 },
  };
}

/** The policy in the triangle, dragged in two dimensions. Returns draw(state). */
function makePolicyPoint(svg, triangle, model, color, say, signal) {
  const surface = addNode(svg, "path", { d: triangle.shape, class: "explorer-surface" });
  const read = () => {
    const [, second, third] = model.get("probs");
    return { x: second + third / 2, y: third };
  };
  const write = (values) => {
    const { x, y } = { ...read(), ...values };
    writeTraits(model, { probs: policyAt(x, y), ...(model.get("trail").length && { trail: [] }) });
  };
  const axis = { low: 0, high: 1, step: 0.01 };
  const axes = { x: { ...axis, label: say("point.across") }, y: { ...axis, label: say("point.up") } };
  const point = makePoint(svg, triangle, axes, read, write, [surface], signal);
  point.node.querySelector(".explorer-dot").style.fill = color;
  return ({ probs }) => {
    const words = say("point.state", { probabilities: listOf(probs) });
    point.draw(...triangle.place(probs), { x: words, y: words });
  };
}

/** The tops of the rewards' bars, which can be moved. Returns draw(state). */
function makeRewardPoints(svg, panel, model, say, signal) {
  const unit = panel.scaleX(1) - panel.scaleX(0);
  const points = [0, 1, 2].map((action) => {
    const x = panel.scaleX(action + 0.5);
    const column = { x, width: unit, y: panel.top, height: panel.height, class: "explorer-surface explorer-along-y" };
    const surface = addNode(svg, "rect", column);
    const axis = { low: -1, high: 1, step: 0.05, label: say("point.reward", { number: action + 1 }) };
    const write = ({ y }) => writeTraits(model, { rewards: model.get("rewards").map((q, index) => (index === action ? y : q)) });
    return makePoint(svg, panel, { y: axis }, () => ({ y: model.get("rewards")[action] }), write, [surface], signal);
  });
  return ({ rewards }) => points.forEach((point, action) => {
    point.draw(panel.scaleX(action + 1), panel.scaleY(rewards[action]), { y: formatNumber(rewards[action]) });
  });
}

/** The whole picture. Returns draw(state). */
function buildPicture(model, room, width, say, signal) {
  const colors = model.get("colors");
  const places = layOut(room, width);
  const { height } = places;
  const svg = addNode(room, "svg", { width, height, viewBox: `0 0 ${width} ${height}`, class: "explorer-svg" });
  const picture = addNode(svg, "g", { role: "img" });
  const styles = arrowStyles(colors);
  const triangle = makeTriangle(picture, ...places.triangle);
  const drawHeights = makeHeights(triangle);
  const drawTrail = makeTrail(triangle, colors.new_policy);
  const drawPulls = makePulls(triangle, styles);
  const ring = addNode(triangle.front, "path", markStyle("maximum"));
  const drawCorners = makeCorners(picture, triangle, say);
  const drawLegend = makeLegend(picture, ...places.legend, styles, say);
  const bars = makeBars(picture, places, colors, say);
  const drawEntropy = makeEntropyStrip(picture, places.entropy, colors.entropy, say);
  const drawPolicy = makePolicyPoint(svg, triangle, model, colors.new_policy, say, signal);
  const drawRewards = makeRewardPoints(svg, bars.rewards, model, say, signal);
  return (state) => {
    drawLegend(drawHeights(state));
    for (const draw of [drawTrail, drawPulls, drawCorners, bars.draw, drawEntropy, drawPolicy, drawRewards]) draw(state);
    ring.setAttribute("d", markShape("maximum", ...triangle.place(state.optimum)));
    picture.setAttribute("aria-label", say("picture", { place: say(`place.${state.place}`), ...writtenNumbers(state) }));
  };
}

// Beside the picture -------------------------------------------------------------------------

/** The buttons that take steps, and those that set the policy down. Returns draw(state). */
function makeButtons(parent, model, say, signal) {
  const go = (count) => {
    const { probs, rewards, entCoef, trail } = readState(model);
    const passed = takeSteps(probs, rewards, entCoef, count);
    const goesOn = String(trail.at(-1)) === String(probs) && trail.length + count <= LONGEST_TRAIL + 1;
    writeTraits(model, { trail: [...(goesOn ? trail : [probs]), ...passed], probs: passed.at(-1) });
  };
  const setDown = (probs) => writeTraits(model, { probs, trail: [] });
  const setDownWrong = () => {
    const rewards = model.get("rewards");
    const worst = rewards.indexOf(Math.min(...rewards));
    setDown(rewards.map((_, action) => (action === worst ? WRONG : (1 - WRONG) / 2)));
  };
  const [steps, places] = [0, 1].map(() => addElement(parent, "div", "explorer-buttons"));
  const drawSteps = [
    addButton(steps, say("button.one"), () => go(1), signal),
    addButton(steps, say("button.many", { count: MANY_STEPS }), () => go(MANY_STEPS), signal),
  ];
  addButton(places, say("button.wrong"), setDownWrong, signal);
  addButton(places, say("button.uniform"), () => setDown(THIRDS), signal);
  return ({ length }) => {
    for (const draw of drawSteps) draw(length > 1e-9);
  };
}

/** The numbers. Returns draw(written). */
function makeReadings(parent, say) {
  const table = addElement(parent, "table", "explorer-numbers explorer-readings");
  const body = addElement(table, "tbody");
  const cells = READINGS.map((name) => {
    const row = addElement(body, "tr");
    addElement(row, "th", "", say(`reading.${name}`)).scope = "row";
    return addElement(row, "td");
  });
  return (written) => READINGS.forEach((name, index) => setText(cells[index], say(`value.${name}`, written)));
}

/** What stands beside the picture. Returns draw(state). */
function buildAside(model, aside, say, signal) {
  const drawSlider = addSlider(
    aside, model, "ent_coef", say("slider.ent_coef"), model.get("bounds").ent_coef,
    (value) => formatNumber(value), signal,
  );
  const drawButtons = makeButtons(aside, model, say, signal);
  const drawReadings = makeReadings(aside, say);
  const drawStatus = addStatus(aside);
  addElement(aside, "div", "explorer-hint", say("hint"));
  return (state) => {
    const written = writtenNumbers(state);
    drawSlider();
    drawButtons(state);
    drawReadings(written);
    const words = [say(`words.${wordsKey(state)}`, written), say(`maximum.${maximumKey(state)}`, written)];
    drawStatus(say(`place.${state.place}`), words.join(" "));
  };
}

function render({ model, el }) {
  return showExplorer(
    { model, el }, TRAITS, () => readState(model),
    (...room) => buildAside(model, ...room), (...room) => buildPicture(model, ...room),
  );
}

export default { render };
