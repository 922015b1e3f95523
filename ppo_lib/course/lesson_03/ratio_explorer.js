// The ratio explorer: what samples of the old policy say about a new one.
// The first functions are the mathematics, tested against torch and integrals. A policy is
// {probs} for five actions, numbered from 0, or {mean, std} for one continuous action.

const REWARDS = [1, 3, 2, 5, 4]; // of the five actions
const [BASE, HEIGHT_OF_BUMP, BEST, WIDTH_OF_BUMP] = [1, 4, 1.5, 0.8]; // of a number's reward
const LEAST = 0.01; // no action's probability falls below it
const NEAR = 0.5; // a sample worth this share of a new one, or more, lies near
const APART = 0.4; // policies that overlap less than this lie apart
const LARGEST_EXPONENT = 700; // beyond it a number overflows
const LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** log π(a). */
function logProb(policy, action) {
  if (policy.probs) return Math.log(policy.probs[action]);
  const z = (action - policy.mean) / policy.std;
  return -0.5 * z * z - Math.log(policy.std) - LOG_ROOT_TWO_PI;
}

/** r(a) = π_new(a) / π_old(a), in log space. */
function ratioOf(newPolicy, oldPolicy, action) {
  return Math.exp(logProb(newPolicy, action) - logProb(oldPolicy, action));
}

/** The made-up reward f(a). */
function rewardOf(policy, action) {
  if (policy.probs) return REWARDS[action];
  return BASE + HEIGHT_OF_BUMP * Math.exp(-0.5 * ((action - BEST) / WIDTH_OF_BUMP) ** 2);
}

/** E[exp(−(a − BEST)² / 2 width²)] for a from N(mean, std²). */
function meanOfBump(mean, std, width) {
  const spread = width ** 2 + std ** 2;
  return (width / Math.sqrt(spread)) * Math.exp(-((mean - BEST) ** 2) / (2 * spread));
}

/** E[f(a)] for actions of the policy, exactly. */
function expectedReward(policy) {
  if (policy.probs) return sum(policy.probs.map((p, action) => p * REWARDS[action]));
  return BASE + HEIGHT_OF_BUMP * meanOfBump(policy.mean, policy.std, WIDTH_OF_BUMP);
}

/** [E_old[r²], E_old[(r f)²]], exactly: infinite from a new spread of √2 times the old. */
function secondMoments(newPolicy, oldPolicy) {
  if (newPolicy.probs) {
    const squares = newPolicy.probs.map((p, action) => p ** 2 / oldPolicy.probs[action]);
    return [sum(squares), sum(squares.map((square, action) => square * REWARDS[action] ** 2))];
  }
  const [{ mean, std }, { mean: oldMean, std: oldStd }] = [newPolicy, oldPolicy];
  const room = 2 * oldStd ** 2 - std ** 2;
  if (room <= 0) return [Infinity, Infinity];
  const exponent = Math.min((mean - oldMean) ** 2 / room, LARGEST_EXPONENT);
  const squaredRatio = (oldStd ** 2 / (std * Math.sqrt(room))) * Math.exp(exponent);
  const middle = (2 * mean * oldStd ** 2 - oldMean * std ** 2) / room;
  const width = (std * oldStd) / Math.sqrt(room);
  const squaredReward =
    BASE ** 2 +
    2 * BASE * HEIGHT_OF_BUMP * meanOfBump(middle, width, WIDTH_OF_BUMP) +
    HEIGHT_OF_BUMP ** 2 * meanOfBump(middle, width, WIDTH_OF_BUMP / Math.SQRT2);
  return [squaredRatio, squaredRatio * squaredReward];
}

/** KL(π_old ‖ π_new) in nats. */
function klOfOldToNew(newPolicy, oldPolicy) {
  if (newPolicy.probs) {
    return sum(oldPolicy.probs.map((p, action) => p * Math.log(p / newPolicy.probs[action])));
  }
  const spread = (oldPolicy.std / newPolicy.std) ** 2;
  const distance = ((oldPolicy.mean - newPolicy.mean) / newPolicy.std) ** 2;
  return 0.5 * (spread + distance - 1 - Math.log(spread));
}

/** Bhattacharyya's coefficient ∫ √(π π_old): 1 for the same policy. */
function overlapOf(newPolicy, oldPolicy) {
  if (newPolicy.probs) {
    return sum(newPolicy.probs.map((p, action) => Math.sqrt(p * oldPolicy.probs[action])));
  }
  const spread = newPolicy.std ** 2 + oldPolicy.std ** 2;
  const distance = newPolicy.mean - oldPolicy.mean;
  const shared = (2 * newPolicy.std * oldPolicy.std) / spread;
  return Math.sqrt(shared) * Math.exp(-(distance ** 2) / (4 * spread));
}

/** "same", "near", "far", "none" (hardly any overlap) or "wide" (E_old[r²] is infinite). */
function distanceCase(newPolicy, oldPolicy) {
  const overlap = overlapOf(newPolicy, oldPolicy);
  if (overlap > 1 - 1e-9) return "same";
  const [squaredRatio] = secondMoments(newPolicy, oldPolicy);
  if (squaredRatio === Infinity) return "wide";
  if (overlap < APART) return "none";
  return squaredRatio * NEAR <= 1 ? "near" : "far";
}

/** How many samples with equal weights these are worth. */
function effectiveSize(ratios) {
  return sum(ratios) ** 2 / sum(ratios.map((ratio) => ratio ** 2));
}

/** The actions that `importance.sample_actions` draws. */
function sampleActions(policy, seed, count) {
  if (!policy.probs) return normals(seed, count).map((z) => policy.mean + policy.std * z);
  const edges = [];
  for (const p of policy.probs.slice(0, -1)) edges.push((edges.at(-1) ?? 0) + p);
  return uniforms(seed, count).map((height) => edges.filter((edge) => edge <= height).length);
}

/** What the samples say of the new policy, and what is known of it exactly. */
function readOff(newPolicy, oldPolicy, actions) {
  const ratios = actions.map((action) => ratioOf(newPolicy, oldPolicy, action));
  const truth = expectedReward(newPolicy);
  const variance = Math.max(0, secondMoments(newPolicy, oldPolicy)[1] - truth ** 2);
  const weighted = ratios.map((ratio, index) => ratio * rewardOf(oldPolicy, actions[index]));
  return {
    ratios,
    truth,
    estimate: sum(weighted) / actions.length,
    error: Math.sqrt(variance / actions.length),
    worth: effectiveSize(ratios),
    kl: klOfOldToNew(newPolicy, oldPolicy),
    largest: Math.max(...ratios),
    case: distanceCase(newPolicy, oldPolicy),
  };
}

/** The probabilities with one set to `value` and the others in the same proportion, none below LEAST. */
function shiftProbability(probs, index, value) {
  let free = probs.map((_, number) => number).filter((number) => number !== index);
  const wanted = clamp(value, LEAST, 1 - LEAST * free.length);
  const answer = probs.map(() => wanted);
  let left = 1 - wanted;
  for (;;) { // at most four times: each time another one stands at the least
    const total = sum(free.map((number) => probs[number]));
    for (const number of free) answer[number] = (probs[number] * left) / total;
    const low = free.filter((number) => answer[number] < LEAST);
    if (low.length === 0) return answer;
    for (const number of low) answer[number] = LEAST;
    free = free.filter((number) => !low.includes(number));
    left -= LEAST * low.length;
  }
}

/** A number of the read-outs: ∞ as it is, and none with more than four digits. */
function formatReading(value, digits = 2) {
  if (value === Infinity) return "∞";
  return value < 9999.5 ? formatNumber(Math.max(value, 0), digits) : "> 9999";
}

const POLICY_TRAITS = ["new_probs", "old_probs", "new_mean", "new_std", "old_mean", "old_std"];
const RATIO_TRAITS = ["kind", "moved", "num_samples", "seed", ...POLICY_TRAITS];
const READINGS = ["truth", "estimate", "error", "worth", "kl", "largest"];
const PICTURE_HEIGHT = 566;
const TITLE_RISE = 13; // of a panel's title, clear of the uppermost tick's number
const DECADES = [-1.55, 1.55]; // of the ratio's axis
const REWARD_LIMITS = [0, 6]; // of the estimate's axis
const DENSEST = 1.05; // of the axis of densities: the narrowest policy's peak, and some air

/** The "new" or the "old" policy of the chosen kind. */
function policyOf(model, which) {
  if (model.get("kind") === "discrete") return { probs: model.get(`${which}_probs`) };
  return { mean: model.get(`${which}_mean`), std: model.get(`${which}_std`) };
}

/** Everything that the picture shows, computed from the model's traits. */
function readRatios(model) {
  const [newPolicy, oldPolicy, moved] = ["new", "old", model.get("moved")].map((which) => policyOf(model, which));
  const [seed, count] = [model.get("seed"), model.get("num_samples")];
  const actions = sampleActions(oldPolicy, seed, count);
  return { newPolicy, oldPolicy, moved, seed, count, actions, ...readOff(newPolicy, oldPolicy, actions) };
}

// Words ------------------------------------------------------------------------------------

/** The read-outs as they are written, by the names of the strings' fields. */
function writtenReadings({ count, worth, truth, estimate, error, kl, largest }) {
  return {
    count: String(count),
    worth: formatReading(worth, worth > 10 ? 0 : 1),
    ...mapValues({ truth, estimate, error, kl, largest }, (value) => formatReading(value)),
  };
}

function policyWords({ mean, std }) {
  return mapValues({ mean, std }, formatNumber);
}

/** Both policies and the read-outs in words. */
function describePicture(state, say) {
  const name = (policy) => policy.probs
    ? say("policy.discrete", { probabilities: formatList(policy.probs) })
    : say("policy.gaussian", policyWords(policy));
  return say("picture", {
    place: say(`case.${state.case}.place`),
    new: name(state.newPolicy),
    old: name(state.oldPolicy),
    ...writtenReadings(state),
  });
}

/** All that is said of a state. */
function tell(state, say) {
  const [heading, words] = ["place", "words"].map((part) => say(`case.${state.case}.${part}`));
  return { picture: describePicture(state, say), heading, words };
}

// The picture ------------------------------------------------------------------------------

/** Three panels over the same actions, and below them a strip for the estimate. */
function makePanels(picture, { width, say }, isDiscrete) {
  const frame = { left: 52, width: width - 52 - 14, titleLeft: 6, rise: TITLE_RISE };
  const actions = isDiscrete
    ? { limits: [0.5, 5.5], ticks: [1, 2, 3, 4, 5] }
    : { limits: [-5, 5], ticks: [-4, -2, 0, 2, 4] };
  return stackPanels(picture, frame, actions, {
    policies: {
      top: 30, height: 140, title: say(isDiscrete ? "axis.discrete" : "axis.gaussian"),
      limits: [0, isDiscrete ? 1 : DENSEST], ticks: [0, 0.5, 1],
      format: (value) => formatNumber(value, value === 0.5 ? 1 : 0),
    },
    ratio: {
      top: 226, height: 124, title: say("axis.ratio"), limits: DECADES, ticks: [-1, 0, 1],
      format: (decade) => formatNumber(10 ** decade, Math.max(0, -decade)),
    },
    reward: {
      top: 406, height: 44, title: say("axis.reward"), limits: [0, 5.5], ticks: [0, 5],
      x: { format: formatWhole },
    },
    strip: {
      top: 510, height: 30, title: say("axis.estimate"), limits: [-1, 1],
      x: { limits: REWARD_LIMITS, ticks: [0, 1, 2, 3, 4, 5, 6], format: formatWhole },
    },
  });
}

/** How both policies look: the old one hatched or dashed, the new one solid. */
function policyStyles(svg, { old_policy: oldColor, new_policy: newColor }, isDiscrete) {
  if (isDiscrete) {
    return {
      old: { fill: makeHatch(svg, oldColor, 7), stroke: oldColor, "stroke-width": 2 },
      new: { fill: newColor, stroke: newColor, "stroke-width": 2 },
    };
  }
  return {
    old: { stroke: oldColor, "stroke-width": 3, "stroke-dasharray": "8 5" },
    new: { stroke: newColor, "stroke-width": 4 },
  };
}

/** The policies, ratio and reward of five actions, with the numbers of the policy that is moved. */
function makeDiscrete(picture, { policies, ratio, reward }, styles, which, { colors, say }) {
  const drawOld = makeBars(policies, styles.old, -0.37, -0.03, 1);
  const drawNew = makeBars(policies, styles.new, 0.03, 0.37, 1);
  const drawRatio = makeBars(ratio, { fill: colors.ratio, "fill-opacity": 0.4 }, -0.37, 0.37, 1);
  const row = (panel, name) => makeRow(picture, panel, panel.bottom + 21, [1, 2, 3, 4, 5], say(name));
  const [drawProbabilities, drawRatios] = [row(policies, `policy.${which}`), row(ratio, "row.ratio")];
  makeBars(reward, { class: "explorer-solid" }, -0.15, 0.15, 1)(REWARDS);
  return ({ newPolicy, oldPolicy, moved }) => {
    drawOld(oldPolicy.probs);
    drawNew(newPolicy.probs);
    const ratios = newPolicy.probs.map((_, action) => ratioOf(newPolicy, oldPolicy, action));
    drawRatio(ratios.map(Math.log10));
    drawProbabilities(moved.probs.map((p) => formatNumber(p)));
    drawRatios(ratios.map((value) => formatNumber(value)));
  };
}

/** The densities, ratio and reward of one continuous action. */
function makeGaussian(picture, { policies, ratio, reward }, styles, which, { colors, say }) {
  const grid = Array.from({ length: 201 }, (_, index) => -5 + index / 20);
  const drawOld = makeLine(policies, styles.old);
  const drawNew = makeLine(policies, styles.new);
  const drawRatio = makeLine(ratio, { stroke: colors.ratio, "stroke-width": 3 });
  const words = makeReadout(picture);
  const rewards = makeLine(reward, { class: "explorer-ink", "stroke-width": 3 });
  rewards(grid.map((action) => [action, rewardOf({}, action)]));
  return ({ newPolicy, oldPolicy, moved }) => {
    drawOld(grid.map((action) => [action, Math.exp(logProb(oldPolicy, action))]));
    drawNew(grid.map((action) => [action, Math.exp(logProb(newPolicy, action))]));
    drawRatio(grid.map((action) => [
      action, Math.log10(Math.E) * (logProb(newPolicy, action) - logProb(oldPolicy, action))]));
    const text = say("row.gaussian", { name: say(`policy.${which}`), ...policyWords(moved) });
    words((policies.left + policies.right) / 2, policies.bottom + 21, text, "middle");
  };
}

/** The samples on the ratio's panel, each with an area that is its weight. */
function makeSamples(panel, colors) {
  const dots = addNode(panel.front, "path", { fill: colors.ratio, class: "explorer-samples" });
  return ({ seed, count, actions, ratios, newPolicy }) => {
    // Scattered a little, so that they don't hide one another, by numbers that drew no action.
    const pairs = uniforms(seed ^ (1 << 31), 2 * count);
    const circles = actions.map((action, index) => {
      const [across, along] = [pairs[2 * index] - 0.5, pairs[2 * index + 1] - 0.5];
      const x = panel.scaleX(newPolicy.probs ? action + 1 + 0.6 * across : action);
      if (x < panel.left || x > panel.right) return "";
      const y = panel.scaleY(Math.log10(ratios[index])) + 16 * along;
      return circlePath(x, clamp(y, panel.top, panel.bottom), tenth(dotRadius(ratios[index], count)));
    });
    setAttributes(dots, { d: circles.join("") });
  };
}

/** A sample's radius in pixels: its area is its weight, within what can be seen. */
function dotRadius(ratio, count) {
  return clamp(10 * count ** -0.25 * Math.sqrt(ratio), 0.8, 16);
}

/** How the strip marks the numbers, and the table beside it too. */
function markStyles({ ratio: color }) {
  return {
    truth: { class: "explorer-ink", "stroke-width": 4 },
    estimate: { fill: color, class: "explorer-dot", "stroke-width": 2 },
    error: { fill: color, "fill-opacity": 0.4 },
  };
}

/** The truth, the interval around it and the estimate on the strip. */
function makeEstimate(panel, { colors, say }) {
  const { top, bottom, height } = panel;
  const styles = markStyles(colors);
  const interval = addNode(panel.back, "rect", { y: top, height, ...styles.error });
  const truth = addNode(panel.plot, "path", styles.truth);
  const estimate = addNode(panel.front, "path", styles.estimate);
  const infinite = makeReadout(panel.front);
  const middle = (top + bottom) / 2;
  return (state) => {
    const onStrip = (value) => panel.scaleX(clamp(value, ...REWARD_LIMITS));
    const [low, high] = [state.truth - state.error, state.truth + state.error].map(onStrip);
    setAttributes(interval, { x: low, width: high - low });
    setAttributes(truth, { d: downThrough([panel], panel.scaleX(state.truth)) });
    const at = onStrip(state.estimate);
    const isBeyond = state.estimate > REWARD_LIMITS[1]; // an arrow points to where it is
    const shape = isBeyond ? `M${at},${middle}l-14,-9v18Z` : circlePath(at, middle, 8);
    setAttributes(estimate, { d: shape });
    infinite(panel.left + 8, middle + 6, state.error === Infinity ? say("strip.infinite") : "");
  };
}

/** The tops of the bars that can be moved. */
function makeBarHandles(svg, panel, view) {
  const { model, say, signal } = view;
  const which = model.get("moved");
  const [name, aside] = [`${which}_probs`, which === "new" ? 0.2 : -0.2];
  const range = { low: LEAST, high: 1 - LEAST * (REWARDS.length - 1), step: 0.01 };
  const surfaces = REWARDS.map((_, index) => addColumn(svg, panel, index + 1));
  // While one bar moves, the others keep the proportion they had when it began to.
  let begin = { index: null, before: null, written: null };
  return drawAll(surfaces.map((surface, index) => {
    const write = (value) => {
      const now = model.get(name);
      const goesOn = begin.index === index && String(begin.written) === String(now);
      if (!goesOn) begin = { index, before: now };
      begin.written = shiftProbability(begin.before, index, value);
      writeTraits(model, { [name]: begin.written });
    };
    const label = say(`point.probability.${which}`, { number: index + 1 });
    const number = { ...numberOf(view, name, label, index, range), write };
    return makePointAlong("y", svg, panel, number, [surface], signal, ({ newPolicy, oldPolicy, moved }) => {
      const numbers = { value: moved.probs[index], ratio: ratioOf(newPolicy, oldPolicy, index) };
      const text = say("point.probability.state", mapValues(numbers, formatNumber));
      return [index + 1 + aside, moved.probs[index], text];
    }).draw;
  }));
}

/** The peak of a density, which moves its mean, and its shoulder one spread to the right. */
function makeGaussianHandles(svg, panel, view) {
  const which = view.model.get("moved");
  const density = (policy, action) => Math.exp(logProb(policy, action));
  const handle = (part, surfaces, follow) => {
    const number = numberOf(view, `${which}_${part}`, view.say(`point.${part}.${which}`));
    return makePointAlong("x", svg, panel, number, surfaces, view.signal, follow).draw;
  };
  return drawAll([
    handle("mean", [addSurface(svg, panel)], ({ moved }) =>
      [moved.mean, density(moved, moved.mean), formatNumber(moved.mean)]),
    handle("std", [], ({ moved }) => {
      const shoulder = moved.mean + moved.std;
      return [shoulder, density(moved, shoulder), formatNumber(moved.std), true];
    }),
  ]);
}

function buildPicture(view) {
  const { model, colors, say } = view;
  const isDiscrete = model.get("kind") === "discrete";
  const { svg, picture } = addPicture(view, PICTURE_HEIGHT);
  const panels = makePanels(picture, view, isDiscrete);
  const { policies } = panels;
  const styles = policyStyles(picture, colors, isDiscrete);
  addKeysAtEnd(picture, policies.right, policies.top - TITLE_RISE, ["new", "old"].map((which) =>
    ({ text: say(`policy.${which}`), [isDiscrete ? "fill" : "stroke"]: styles[which] })));
  const makeKind = isDiscrete ? makeDiscrete : makeGaussian;
  const makeHandles = isDiscrete ? makeBarHandles : makeGaussianHandles;
  return [
    makeKind(picture, panels, styles, model.get("moved"), view),
    makeSamples(panels.ratio, colors),
    makeEstimate(panels.strip, view),
    makeHandles(svg, policies, view),
  ];
}

// Beside the picture -----------------------------------------------------------------------

/** The numbers, each with the mark that shows it in the strip. */
function makeReadings({ parent, colors, say }) {
  const { titles, draw } = addReadings(addElement(parent, "div"), READINGS, say);
  const styles = markStyles(colors);
  const marks = {
    truth: ["path", { d: "M11,1v18", ...styles.truth }],
    estimate: ["circle", { cx: 11, cy: 10, r: 7, ...styles.estimate }],
    error: ["rect", { y: 3, width: 22, height: 14, ...styles.error }],
  };
  titles.forEach((title, index) => {
    const cell = addElement(title.parentElement, "td");
    title.before(cell);
    const svg = addNode(cell, "svg", { width: 22, height: 20, "aria-hidden": "true" });
    const mark = marks[READINGS[index]];
    if (mark) addNode(svg, ...mark);
  });
  return (state) => draw(writtenReadings(state));
}

function buildAside(view) {
  const { model, bounds, say } = view;
  const drawAgain = () => writeTraits(model, { seed: (model.get("seed") + 1) % bounds.seed.high });
  const goBack = () => {
    const parts = model.get("kind") === "discrete" ? ["probs"] : ["mean", "std"];
    writeTraits(model, Object.fromEntries(
      parts.map((part) => [`new_${part}`, model.get(`old_${part}`)])));
  };
  return [
    addChoice(view, "kind", (kind) => say(`choice.kind.${kind}`)),
    addChoice(view, "moved", (which) => say(`choice.moved.${which}`)),
    addSlider(view, "num_samples", formatWhole),
    addButtons(view, [
      [say("button.draw"), drawAgain],
      [say("button.back"), goBack, (state) => state.case !== "same"],
    ]),
    makeReadings(view),
  ];
}

function render(view) {
  const shapedBy = ["kind", "moved"];
  return showExplorer(view, { traits: RATIO_TRAITS, read: readRatios, tell, buildPicture, buildAside, shapedBy });
}

export default { render };
