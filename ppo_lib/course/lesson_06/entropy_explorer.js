// The entropy explorer: what the entropy bonus does to a policy over three actions.
// The first functions are the mathematics, tested against torch and autograd.

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
  return sum(probs.map(surprise));
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
  const total = sum(weights);
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
    ? sum(probs.filter((_, action) => !isBest[action])) <= 1 - SURE
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
const ACTIONS = [1, 2, 3];
const THIRDS = [1 / 3, 1 / 3, 1 / 3];

/** Everything that the picture shows, computed from the model's traits. */
function readState(model) {
  const [probs, rewards, entCoef, trail] = TRAITS.map((name) => model.get(name));
  return { probs, rewards, entCoef, trail, ...readOff(probs, rewards, entCoef) };
}

/** A gradient's length: with three digits, and a short one with four. */
function formatLength(value) {
  return formatNumber(value, value < 0.01 ? 4 : 3);
}

/** The numbers as they are written, by the fields of the strings. */
function writtenNumbers(state) {
  const { probs, rewards, entCoef, trail, entropy, optimum, rewardLength, bonusLength, best } = state;
  const { objective, maximum, optimalReward, optimalEntropy } = state;
  const ofThree = {
    reward: state.reward, bonus: entCoef * entropy, objective, maximum, short: maximum - objective,
    optimal_reward: optimalReward, cost: best - optimalReward,
  };
  const lengths = { length: state.length, reward_length: rewardLength, bonus_length: bonusLength };
  const times = rewardLength > 0 ? bonusLength / rewardLength : 0;
  return {
    ...mapValues({ probabilities: probs, rewards, optimum }, formatList),
    ...mapValues({ ent_coef: entCoef, entropy, most: optimalEntropy, best }, formatNumber),
    ...mapValues({ actions: Math.exp(entropy), times }, (value) => formatNumber(value, 1)),
    ...mapValues(ofThree, (value) => formatNumber(value, 3)),
    ...mapValues(lengths, formatLength),
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

/** All that is said of a state. */
function tell(state, say) {
  const [written, heading] = [writtenNumbers(state), say(`place.${state.place}`)];
  const keys = [`words.${wordsKey(state)}`, `maximum.${maximumKey(state)}`];
  return {
    picture: say("picture", { place: heading, ...written }),
    heading,
    words: keys.map((key) => say(key, written)).join(" "),
  };
}

// The picture --------------------------------------------------------------------------------

const FINE = 41; // points each way of the grid for the lines of F
const LINES = [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]; // of F, counted down from the maximum
const ROOT = Math.sqrt(0.75); // the triangle's height for a side of 1
const SIDE_BY_SIDE_FROM = 560; // of the picture's width: below it the bars stand under the triangle
const LEGEND_WIDTH = 184;
const LEGEND_LINE = 24;
const HEIGHT_STYLE = { fill: "none", class: "explorer-truth", "stroke-width": 1.25 }; // of the lines of F

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

/** Where everything stands: bars beside the triangle, or below it in a narrow room. */
function layOut({ width, twoColumns }) {
  const isWide = width >= SIDE_BY_SIDE_FROM;
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
  const [clip, url] = addDefinition(picture, "clipPath", "clip", {});
  addNode(clip, "path", { d: shape });
  addNode(picture, "path", { d: shape, class: "explorer-paper" });
  const plot = addNode(picture, "g", { "clip-path": url });
  addNode(picture, "path", { d: shape, class: "explorer-axis" });
  const place = (probs) => [scales.scaleX(probs[1] + probs[2] / 2), scales.scaleY(probs[2])];
  addNode(picture, "path", { d: markShape("uniform", ...place(THIRDS)), ...markStyle("uniform") });
  const front = addNode(picture, "g");
  return { left, top, side, right, bottom, ...scales, place, plot, front, shape };
}

/** The mark of the maximum (a ring) or of the uniform policy (a cross) at a place. */
function markShape(name, x, y) {
  return name === "uniform" ? `M${x - 7},${y}h14M${x},${y - 7}v14` : circlePath(x, y, 12);
}

function markStyle(name) {
  return name === "uniform"
    ? { fill: "none", class: "explorer-axis", "stroke-width": 1.5 }
    : { fill: "none", class: "explorer-ink", "stroke-width": 3.5 };
}

/** How the three arrows look: both together broad, its parts narrow. */
function arrowStyles(colors) {
  return {
    both: { stroke: colors.gradient, "stroke-width": 7 },
    rewards: { stroke: colors.rewards, "stroke-width": 3 },
    bonus: { stroke: colors.entropy, "stroke-width": 3, "stroke-dasharray": "6 4" },
  };
}

/** The lines of equal F, evenly spaced below the maximum. */
function makeHeights(triangle) {
  const path = addNode(triangle.plot, "path", HEIGHT_STYLE);
  const place = ([column, row]) => {
    const [across, up] = [column / (FINE - 1), row / (FINE - 1)];
    return [triangle.scaleX(across + up / 2), triangle.scaleY(up)];
  };
  return drawOnChange(({ rewards, entCoef }) => `${rewards} ${entCoef}`, ({ rewards, entCoef, maximum }) => {
    const gap = contourGap(maximum, rewards);
    const heights = surveyTriangle().map(({ probs, entropy }) => dot(probs, rewards) + entCoef * entropy);
    const levels = gap === null ? [] : LINES.map((number) => maximum - number * gap);
    const lines = contourLines(heights, FINE, levels).flat();
    setAttributes(path, { d: lines.map((line) => pathOf(line.map(place))).join("") });
  });
}

/** The policies that the steps led through. */
function makeTrail(triangle, color) {
  const line = addNode(triangle.front, "path", { fill: "none", stroke: color, "stroke-width": 2 });
  const dots = addNode(triangle.front, "path", { fill: color });
  return drawOnChange(({ trail }) => trail, ({ trail }) => {
    const places = trail.map(triangle.place);
    setAttributes(line, { d: pathOf(places) });
    setAttributes(dots, { d: places.map(([x, y]) => circlePath(x, y, 3)).join("") });
  });
}

/** How many times `way` fits between a policy and the triangle's rim. */
function roomFor(probs, way) {
  return Math.min(...way.map((part, action) => (part < 0 ? -probs[action] / part : Infinity)));
}

/** The pull of the rewards, that of the bonus and both, ARROW_SCALE steps long. */
function makePulls(triangle, styles) {
  const arrows = Object.entries(styles).map(([name, style]) =>
    [name, makeArrow(triangle.front, style, name === "both" ? 13 : 10)]);
  return ({ probs, rewards, entCoef }) => {
    const pull = rewardGradient(probs, rewards);
    const bonus = entropyGradient(probs).map((part) => entCoef * part);
    const parts = { both: pull.map((part, action) => part + bonus[action]), rewards: pull, bonus };
    for (const [name, draw] of arrows) {
      const way = driftOf(probs, parts[name]).map((part) => ARROW_SCALE * part);
      const share = roomFor(probs, way);
      const end = probs.map((p, action) => p + Math.min(1, share) * way[action]);
      draw(...triangle.place(probs), ...triangle.place(end), share < 1);
    }
  };
}

/** A ring where F is greatest. */
function makeMaximum(triangle) {
  const ring = addNode(triangle.front, "path", markStyle("maximum"));
  return ({ optimum }) => setAttributes(ring, { d: markShape("maximum", ...triangle.place(optimum)) });
}

/** The name of each corner with its reward. */
function makeCorners(picture, { left, right, top, bottom, side }, { say }) {
  const places = [[left - 8, bottom + 30, "start"], [right + 8, bottom + 30, "end"], [left + side / 2, top - 11, "middle"]];
  const words = places.map(() => makeReadout(picture));
  return ({ rewards }) => places.forEach(([x, y, anchor], action) => {
    words[action](x, y, say("corner", { number: action + 1, reward: formatNumber(rewards[action]) }), anchor);
  });
}

/** What each mark of the triangle means, in `columns`. */
function makeLegend(picture, [x, y, columns, width], styles, { say }) {
  const names = ["maximum", "uniform", "lines", "rewards", "bonus", "both"];
  const texts = names.map((name, index) => {
    const rows = names.length / columns;
    const left = x + Math.floor(index / rows) * width;
    const middle = y + (index % rows) * LEGEND_LINE;
    if (name === "lines") addSwatch(picture, left, middle, HEIGHT_STYLE, 32);
    else if (name in styles) {
      makeArrow(picture, styles[name], name === "both" ? 12 : 9)(left, middle, left + 31, middle);
    } else {
      const scale = `translate(${left + 16},${middle}) scale(0.75)`;
      addNode(picture, "path", { d: markShape(name, 0, 0), transform: scale, ...markStyle(name) });
    }
    const words = name === "lines" ? "" : say(`legend.${name}`, { scale: ARROW_SCALE });
    return addText(picture, left + 40, middle + 5, words);
  });
  return ({ maximum, rewards }) => {
    const gap = contourGap(maximum, rewards);
    setText(texts[2], gap === null ? say("legend.flat") : say("legend.lines", { gap }));
  };
}

/** A panel of bars over the actions, and their numbers below. Returns {panel, draw(values)}. */
function makeColumns(picture, frame, name, limits, ticks, color, { say }) {
  const titled = { ...frame, title: say(`axis.${name}`), titleLeft: frame.left - 30 };
  const panel = makePanel(
    picture, titled, { limits: [0.5, 3.5], ticks: ACTIONS, format: formatWhole },
    { limits, ticks, format: (value) => formatNumber(value, value % 1 ? 1 : 0) },
  );
  const half = Math.min(24 / (panel.scaleX(2) - panel.scaleX(1)), 0.32);
  const drawBars = makeBars(panel, { fill: color }, -half, half, 1);
  const drawNumbers = makeRow(picture, panel, panel.bottom + 44, ACTIONS, say(`row.${name}`));
  const draw = (values) => {
    drawBars(values);
    drawNumbers(values.map((value) => formatNumber(value)));
  };
  return { panel, draw };
}

/** The probabilities, with ticks at the maximum's. */
function makeProbabilities(picture, frame, view) {
  const { panel, draw } = makeColumns(
    picture, frame, "probability", [0, 1], [0, 0.5, 1], view.colors.new_policy, view);
  const ticks = addNode(panel.front, "path", { class: "explorer-ink", "stroke-width": 4 });
  const half = Math.min(32, 0.44 * (panel.scaleX(2) - panel.scaleX(1)));
  return ({ probs, optimum }) => {
    draw(probs);
    const starts = optimum.map((p, action) => [panel.scaleX(action + 1) - half, panel.scaleY(p)]);
    setAttributes(ticks, { d: starts.map((start) => `${pathOf([start])}h${2 * half}`).join("") });
  };
}

/** The entropy from 0 to ln 3, with a tick at the maximum's. */
function makeEntropyStrip(picture, frame, { colors, say }) {
  const ends = [0, Math.log(2), Math.log(3)];
  const format = (value) => formatNumber(value, value ? 2 : 0);
  const titled = { ...frame, title: say("axis.entropy"), titleLeft: frame.left - 30, rise: 11 };
  const panel = makePanel(picture, titled, { limits: [0, ends[2]], ticks: ends, format }, { limits: [0, 1] });
  const size = { x: panel.left, y: panel.top + 3, height: panel.height - 6 };
  const bar = addNode(panel.plot, "rect", { ...size, fill: colors.entropy });
  const tick = addNode(panel.front, "path", { class: "explorer-ink", "stroke-width": 4 });
  return ({ entropy, optimalEntropy }) => {
    setAttributes(bar, { width: tenth(panel.scaleX(entropy) - panel.left) });
    const x = panel.scaleX(optimalEntropy);
    setAttributes(tick, { d: downThrough([{ top: panel.top - 3, bottom: panel.bottom }], x) });
  };
}

/** The policy in the triangle, dragged in two dimensions. */
function makePolicyPoint(svg, triangle, { model, colors, say, signal }) {
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
  point.dot.style.fill = colors.new_policy;
  return ({ probs }) => {
    const words = say("point.state", { probabilities: formatList(probs) });
    point.draw(...triangle.place(probs), { x: words, y: words });
  };
}

/** The tops of the rewards' bars, which can be moved. */
function makeRewardPoints(svg, panel, view) {
  const range = { low: -1, high: 1, step: 0.05 };
  const surfaces = ACTIONS.map((number) => addColumn(svg, panel, number));
  return drawAll(surfaces.map((surface, action) => {
    const number = numberOf(view, "rewards", view.say("point.reward", { number: action + 1 }), action, range);
    return makePointAlong("y", svg, panel, number, [surface], view.signal, ({ rewards }) =>
      [action + 1, rewards[action], formatNumber(rewards[action])]).draw;
  }));
}

function buildPicture(view) {
  const { colors } = view;
  const places = layOut(view);
  const { svg, picture } = addPicture(view, places.height);
  const styles = arrowStyles(colors);
  const triangle = makeTriangle(picture, ...places.triangle);
  const bars = makeColumns(picture, places.reward, "reward", [-1, 1], [-1, 0, 1], colors.rewards, view);
  return [
    makeHeights(triangle),
    makeTrail(triangle, colors.new_policy),
    makePulls(triangle, styles),
    makeMaximum(triangle),
    makeCorners(picture, triangle, view),
    makeLegend(picture, places.legend, styles, view),
    makeProbabilities(picture, places.probability, view),
    ({ rewards }) => bars.draw(rewards),
    makeEntropyStrip(picture, places.entropy, view),
    makePolicyPoint(svg, triangle, view),
    makeRewardPoints(svg, bars.panel, view),
  ];
}

// Beside the picture -------------------------------------------------------------------------

/** The buttons that take steps, and those that set the policy down. */
function makeButtons(view) {
  const { model, say } = view;
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
  const canStep = ({ length }) => length > 1e-9;
  const drawSteps = addButtons(view, [
    [say("button.one"), () => go(1), canStep],
    [say("button.many", { count: MANY_STEPS }), () => go(MANY_STEPS), canStep],
  ]);
  addButtons(view, [[say("button.wrong"), setDownWrong], [say("button.uniform"), () => setDown(THIRDS)]]);
  return drawSteps;
}

function buildAside(view) {
  const drawSlider = addSlider(view, "ent_coef", formatNumber);
  const drawButtons = makeButtons(view);
  const { draw } = addReadings(view.parent, READINGS, view.say);
  return [drawSlider, drawButtons, (state) => draw(writtenNumbers(state))];
}

function render(view) {
  return showExplorer(view, { traits: TRAITS, read: readState, tell, buildPicture, buildAside });
}

export default { render };
