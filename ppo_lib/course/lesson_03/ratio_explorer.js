// The ratio explorer: what samples of the old policy say about a new one.
// The first functions are the mathematics; importance.py holds the same. A policy is
// {probs} for five actions, numbered from 0, or {mean, std} for one continuous action.

const REWARDS = [1, 3, 2, 5, 4]; // of the five actions
const [BASE, HEIGHT_OF_BUMP, BEST, WIDTH_OF_BUMP] = [1, 4, 1.5, 0.8]; // of a number's reward
const LEAST = 0.01; // no action's probability falls below it
const NEAR = 0.5; // a sample worth this share of a new one, or more, lies near
const APART = 0.4; // policies that overlap less than this lie apart
const LARGEST_EXPONENT = 700; // beyond it a number overflows
const LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

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
const TITLE_RISE = 13; // of a panel's title above its top, clear of the uppermost tick's number
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
  const [newPolicy, oldPolicy] = [policyOf(model, "new"), policyOf(model, "old")];
  const [seed, count] = [model.get("seed"), model.get("num_samples")];
  const actions = sampleActions(oldPolicy, seed, count);
  return { newPolicy, oldPolicy, seed, count, actions, ...readOff(newPolicy, oldPolicy, actions) };
}

/** The read-outs as they are written, by the names of the strings' fields. */
function writtenReadings(state) {
  const { truth, estimate, error, worth, kl, largest } = state;
  const written = { count: String(state.count), worth: formatReading(worth, worth > 10 ? 0 : 1) };
  const plain = { truth, estimate, error, kl, largest };
  for (const [name, value] of Object.entries(plain)) written[name] = formatReading(value);
  return written;
}

/** Three panels over the same actions, and below them a strip for the estimate. */
function makeRatioPanels(picture, width, isDiscrete, say) {
  const frame = { left: 52, width: width - 52 - 14 };
  const title = (panel, key) => addFormula(picture, { x: 6, y: panel.top - TITLE_RISE }, say(key));
  const whole = (value) => formatNumber(value, 0);
  const actions = isDiscrete
    ? { limits: [0.5, 5.5], ticks: [1, 2, 3, 4, 5] }
    : { limits: [-5, 5], ticks: [-4, -2, 0, 2, 4] };
  const plain = { ...actions, label: "" };
  const numbered = { ...plain, format: whole };
  const policies = makePanel(picture, { ...frame, top: 30, height: 140 }, plain, {
    limits: [0, isDiscrete ? 1 : DENSEST],
    ticks: [0, 0.5, 1],
    label: [],
    format: (value) => formatNumber(value, value === 0.5 ? 1 : 0),
  });
  const ratio = makePanel(picture, { ...frame, top: 226, height: 124 }, plain, {
    limits: DECADES,
    ticks: [-1, 0, 1],
    label: [],
    format: (decade) => formatNumber(10 ** decade, Math.max(0, -decade)),
  });
  const reward = makePanel(picture, { ...frame, top: 406, height: 44 }, numbered, {
    limits: [0, 5.5], ticks: [0, 5], label: [], format: whole,
  });
  const strip = makePanel(
    picture,
    { ...frame, top: 510, height: 30 },
    { limits: REWARD_LIMITS, ticks: [0, 1, 2, 3, 4, 5, 6], label: "", format: whole },
    { limits: [-1, 1], ticks: [], label: [], format: whole },
  );
  title(policies, isDiscrete ? "axis.discrete" : "axis.gaussian");
  title(ratio, "axis.ratio");
  title(reward, "axis.reward");
  title(strip, "axis.estimate");
  return { policies, ratio, reward, strip };
}

/** A pattern of slanted lines; returns what to fill with. */
function makeHatch(svg, color) {
  const id = `explorer-hatch-${Math.random().toString(36).slice(2)}`;
  const box = { width: 7, height: 7, patternUnits: "userSpaceOnUse" };
  const pattern = addNode(svg, "pattern", { id, ...box, patternTransform: "rotate(45)" });
  addNode(pattern, "path", { d: "M0,0V7", stroke: color, "stroke-width": 4 });
  return `url(#${id})`;
}

/** How both policies look: the old one hatched or dashed, the new one solid. */
function policyStyles(svg, colors) {
  const [oldColor, newColor] = [colors.old_policy, colors.new_policy];
  return {
    bars: {
      old: { fill: makeHatch(svg, oldColor), stroke: oldColor, "stroke-width": 2 },
      new: { fill: newColor, stroke: newColor, "stroke-width": 2 },
    },
    lines: {
      old: { stroke: oldColor, "stroke-width": 3, "stroke-dasharray": "8 5" },
      new: { stroke: newColor, "stroke-width": 4 },
    },
  };
}

/** The names of both policies with a piece of their drawing, at the right end of the title. */
function makePolicyKey(picture, panel, styles, isDiscrete, say) {
  let right = panel.right;
  for (const which of ["new", "old"]) {
    const y = panel.top - TITLE_RISE;
    const words = addNode(picture, "text", { x: right, y, "text-anchor": "end" }, say(`policy.${which}`));
    right -= words.getComputedTextLength() + 8;
    if (isDiscrete) {
      addNode(picture, "rect", { x: right - 14, y: y - 12, width: 14, height: 13, ...styles.bars[which] });
    } else {
      addNode(picture, "path", { d: `M${right - 30},${y - 5}h30`, fill: "none", ...styles.lines[which] });
    }
    right -= (isDiscrete ? 14 : 30) + 18;
  }
}

/** Bars over the five actions: returns draw(feet, heads) in the panel's units. */
function makeBars(panel, from, to, attributes) {
  const path = addNode(panel.plot, "path", attributes);
  return (feet, heads) => {
    const bars = heads.map((head, index) => {
      const [left, right] = [panel.scaleX(index + 1 + from), panel.scaleX(index + 1 + to)];
      const [foot, top] = [panel.scaleY(feet[index]).toFixed(2), panel.scaleY(head).toFixed(2)];
      return `M${left.toFixed(2)},${foot}V${top}H${right.toFixed(2)}V${foot}Z`;
    });
    path.setAttribute("d", bars.join(""));
  };
}

/** Five numbers in a row, each below its action: returns draw(texts). */
function makeRow(picture, panel, name) {
  const y = panel.bottom + 21;
  addNode(picture, "text", { x: panel.left - 8, y, "text-anchor": "end" }, name);
  const readouts = REWARDS.map(() => makeReadout(picture));
  return (texts) => texts.forEach((text, index) => {
    readouts[index](panel.scaleX(index + 1), y, text, "middle");
  });
}

/** The policies, ratio and reward of five actions: returns draw(state). `which` has its numbers written. */
function makeDiscrete(picture, { policies, ratio, reward }, styles, colors, which, say) {
  const drawOld = makeBars(policies, -0.37, -0.03, styles.bars.old);
  const drawNew = makeBars(policies, 0.03, 0.37, styles.bars.new);
  const drawRatio = makeBars(ratio, -0.37, 0.37, { fill: colors.ratio, "fill-opacity": 0.4 });
  const drawProbabilities = makeRow(picture, policies, say(`policy.${which}`));
  const drawRatios = makeRow(picture, ratio, say("row.ratio"));
  const zeros = REWARDS.map(() => 0);
  makeBars(reward, -0.15, 0.15, { class: "explorer-solid" })(zeros, REWARDS);
  return ({ newPolicy, oldPolicy }) => {
    drawOld(zeros, oldPolicy.probs);
    drawNew(zeros, newPolicy.probs);
    const ratios = newPolicy.probs.map((_, action) => ratioOf(newPolicy, oldPolicy, action));
    drawRatio(zeros, ratios.map(Math.log10));
    const { probs } = which === "new" ? newPolicy : oldPolicy;
    drawProbabilities(probs.map((p) => formatNumber(p)));
    drawRatios(ratios.map((value) => formatNumber(value)));
  };
}

/** The densities, ratio and reward of one continuous action: returns draw(state). */
function makeGaussian(picture, { policies, ratio, reward }, styles, colors, which, say) {
  const grid = Array.from({ length: 201 }, (_, index) => -5 + index / 20);
  const drawOld = makeLine(policies, styles.lines.old);
  const drawNew = makeLine(policies, styles.lines.new);
  const drawRatio = makeLine(ratio, { stroke: colors.ratio, "stroke-width": 3 });
  const words = makeReadout(picture);
  const rewards = makeLine(reward, { class: "explorer-ink", "stroke-width": 3 });
  rewards(grid.map((action) => [action, rewardOf({}, action)]));
  return ({ newPolicy, oldPolicy }) => {
    drawOld(grid.map((action) => [action, Math.exp(logProb(oldPolicy, action))]));
    drawNew(grid.map((action) => [action, Math.exp(logProb(newPolicy, action))]));
    drawRatio(grid.map((action) => [
      action, Math.log10(Math.E) * (logProb(newPolicy, action) - logProb(oldPolicy, action))]));
    const middle = (policies.left + policies.right) / 2;
    const values = policyWords(which === "new" ? newPolicy : oldPolicy);
    const name = say(`policy.${which}`);
    words(middle, policies.bottom + 21, say("row.gaussian", { name, ...values }), "middle");
  };
}

function policyWords({ mean, std }) {
  return { mean: formatNumber(mean), std: formatNumber(std) };
}

/** The samples on the ratio's panel, each with an area that is its weight: returns draw(state). */
function makeSamples(panel, colors) {
  const dots = addNode(panel.front, "path", { fill: colors.ratio, class: "explorer-samples" });
  const tenth = (pixels) => Math.round(10 * pixels) / 10; // a thousand toFixed would take a millisecond
  return ({ seed, count, actions, ratios, newPolicy }) => {
    // Scattered a little, so that they don't hide one another, by numbers that drew no action.
    const pairs = uniforms(seed ^ (1 << 31), 2 * count);
    const circles = actions.map((action, index) => {
      const [across, along] = [pairs[2 * index] - 0.5, pairs[2 * index + 1] - 0.5];
      const x = panel.scaleX(newPolicy.probs ? action + 1 + 0.6 * across : action);
      if (x < panel.left || x > panel.right) return "";
      const height = panel.scaleY(Math.log10(ratios[index])) + 16 * along;
      const y = tenth(clamp(height, panel.top, panel.bottom));
      const r = tenth(dotRadius(ratios[index], count));
      return `M${tenth(x - r)},${y}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0`;
    });
    dots.setAttribute("d", circles.join(""));
  };
}

/** A sample's radius in pixels: its area is its weight, within what can be seen. */
function dotRadius(ratio, count) {
  return clamp(10 * count ** -0.25 * Math.sqrt(ratio), 0.8, 16);
}

/** The truth, the interval around it and the estimate on the strip: returns draw(state). */
function makeEstimate(panel, colors, say) {
  const interval = addNode(panel.back, "rect", {
    y: panel.top, height: panel.height, fill: colors.ratio, "fill-opacity": 0.4,
  });
  const truth = addNode(panel.plot, "path", { class: "explorer-ink", "stroke-width": 4 });
  const estimate = addNode(panel.front, "path", {
    fill: colors.ratio, class: "explorer-dot", "stroke-width": 2,
  });
  const infinite = makeReadout(panel.front);
  const middle = (panel.top + panel.bottom) / 2;
  return (state) => {
    const [low, high] = [state.truth - state.error, state.truth + state.error].map((value) =>
      panel.scaleX(clamp(value, ...REWARD_LIMITS)));
    setAttributes(interval, { x: low, width: high - low });
    truth.setAttribute("d", `M${panel.scaleX(state.truth)},${panel.top}v${panel.height}`);
    const at = panel.scaleX(clamp(state.estimate, ...REWARD_LIMITS));
    const isBeyond = state.estimate > REWARD_LIMITS[1]; // an arrow points to where it is
    const shape = isBeyond
      ? `M${at},${middle}l-14,-9v18Z`
      : `M${at - 8},${middle}a8,8 0 1,0 16,0a8,8 0 1,0 -16,0`;
    estimate.setAttribute("d", shape);
    infinite(panel.left + 8, middle + 6, state.error === Infinity ? say("strip.infinite") : "");
  };
}

/** The tops of the bars that can be moved: returns draw(state). */
function makeBarHandles(svg, panel, model, say, signal) {
  const which = model.get("moved");
  const name = `${which}_probs`;
  const place = which === "new" ? 0.2 : -0.2;
  // While one bar moves, the others keep the proportion they had when it began to.
  let begin = { index: null, before: null, written: null };
  const handles = REWARDS.map((_, index) => {
    const column = {
      x: panel.scaleX(index + 0.5), width: panel.scaleX(1) - panel.scaleX(0), y: panel.top,
      height: panel.height, class: "explorer-surface explorer-along-y",
    };
    const surface = addNode(svg, "rect", column);
    const write = ({ y }) => {
      const now = model.get(name);
      const goesOn = begin.index === index && String(begin.written) === String(now);
      if (!goesOn) begin = { index, before: now };
      begin.written = shiftProbability(begin.before, index, y);
      writeTraits(model, { [name]: begin.written });
    };
    const label = say(`point.probability.${which}`, { number: index + 1 });
    const axis = { low: LEAST, high: 1 - LEAST * (REWARDS.length - 1), step: 0.01, label };
    const read = () => ({ y: model.get(name)[index] });
    return { surface, axis, read, write };
  }).map(({ surface, axis, read, write }) =>
    makePoint(svg, panel, { y: axis }, read, write, [surface], signal));
  return ({ newPolicy, oldPolicy }) => {
    const { probs } = which === "new" ? newPolicy : oldPolicy;
    handles.forEach((handle, index) => {
      const text = say("point.probability.state", {
        value: formatNumber(probs[index]),
        ratio: formatNumber(ratioOf(newPolicy, oldPolicy, index)),
      });
      handle.draw(panel.scaleX(index + 1 + place), panel.scaleY(probs[index]), { y: text });
    });
  };
}

/** The peak of a density, which moves its mean, and its shoulder one spread to the right. */
function makeGaussianHandles(svg, panel, model, say, signal) {
  const which = model.get("moved");
  const bounds = model.get("bounds");
  const surface = addNode(svg, "rect", {
    x: panel.left, y: panel.top, width: panel.width, height: panel.height, class: "explorer-surface",
  });
  const handle = (part, surfaces) => {
    const name = `${which}_${part}`;
    const axis = { ...bounds[name], label: say(`point.${part}.${which}`) };
    return makePoint(
      svg, panel, { x: axis }, () => ({ x: model.get(name) }),
      ({ x }) => writeTraits(model, { [name]: x }), surfaces, signal,
    );
  };
  const [peak, shoulder] = [handle("mean", [surface]), handle("std", [])];
  return ({ newPolicy, oldPolicy }) => {
    const policy = which === "new" ? newPolicy : oldPolicy;
    const at = (action) =>
      [panel.scaleX(action), panel.scaleY(Math.exp(logProb(policy, action)))];
    peak.draw(...at(policy.mean), { x: formatNumber(policy.mean) });
    shoulder.draw(...at(policy.mean + policy.std), { x: formatNumber(policy.std) }, true);
  };
}

/** Both policies and the read-outs in words, as `describe` in Python has them. */
function describePicture(state, say) {
  const name = (policy) => policy.probs
    ? say("policy.discrete", { probabilities: policy.probs.map((p) => formatNumber(p)).join(", ") })
    : say("policy.gaussian", policyWords(policy));
  return say("picture", {
    place: say(`case.${state.case}.place`),
    new: name(state.newPolicy),
    old: name(state.oldPolicy),
    ...writtenReadings(state),
  });
}

/** The whole picture. Returns draw(state). */
function makeRatioPicture(model, room, width, say, signal) {
  const colors = model.get("colors");
  const isDiscrete = model.get("kind") === "discrete";
  const size = { width, height: PICTURE_HEIGHT, viewBox: `0 0 ${width} ${PICTURE_HEIGHT}` };
  const svg = addNode(room, "svg", { ...size, class: "explorer-svg" });
  const picture = addNode(svg, "g", { role: "img" });
  const panels = makeRatioPanels(picture, width, isDiscrete, say);
  const styles = policyStyles(picture, colors);
  makePolicyKey(picture, panels.policies, styles, isDiscrete, say);
  const makeKind = isDiscrete ? makeDiscrete : makeGaussian;
  const makeHandles = isDiscrete ? makeBarHandles : makeGaussianHandles;
  const draws = [
    makeKind(picture, panels, styles, colors, model.get("moved"), say),
    makeSamples(panels.ratio, colors),
    makeEstimate(panels.strip, colors, say),
    makeHandles(svg, panels.policies, model, say, signal),
  ];
  return (state) => {
    for (const draw of draws) draw(state);
    picture.setAttribute("aria-label", describePicture(state, say));
  };
}

/** The numbers, each with the mark that shows it in the strip: returns draw(state). */
function makeReadings(parent, colors, say) {
  const box = addElement(parent, "div");
  const table = addElement(box, "table", "explorer-numbers explorer-readings");
  const body = addElement(table, "tbody");
  const cells = {};
  const fill = colors.ratio;
  const marks = {
    truth: ["path", { d: "M11,1v18", class: "explorer-ink", "stroke-width": 4 }],
    estimate: ["circle", { cx: 11, cy: 10, r: 7, fill, class: "explorer-dot", "stroke-width": 2 }],
    error: ["rect", { y: 3, width: 22, height: 14, fill, "fill-opacity": 0.4 }],
  };
  for (const name of READINGS) {
    const row = addElement(body, "tr");
    const svg = { width: 22, height: 20, "aria-hidden": "true" };
    const mark = addNode(addElement(row, "td"), "svg", svg);
    if (name in marks) addNode(mark, ...marks[name]);
    addElement(row, "th", "", say(`reading.${name}`)).scope = "row";
    cells[name] = addElement(row, "td");
  }
  return (state) => {
    const written = writtenReadings(state);
    for (const name of READINGS) setText(cells[name], say(`value.${name}`, written));
  };
}

/** What stands beside the picture. Returns draw(state). */
function makeRatioAside(model, aside, say, signal) {
  const bounds = model.get("bounds");
  const draws = [
    addChoice(aside, model, "kind", say("choice.kind"), bounds.kind.values,
      (kind) => say(`choice.kind.${kind}`), signal),
    addChoice(aside, model, "moved", say("choice.moved"), bounds.moved.values,
      (which) => say(`choice.moved.${which}`), signal),
    addSlider(aside, model, "num_samples", say("slider.num_samples"), bounds.num_samples,
      (count) => formatNumber(count, 0), signal),
  ];
  const buttons = addElement(aside, "div", "explorer-buttons");
  const drawAgain = () => writeTraits(model, { seed: (model.get("seed") + 1) % bounds.seed.high });
  draws.push(addButton(buttons, say("button.draw"), drawAgain, signal));
  const goBack = () => {
    const parts = model.get("kind") === "discrete" ? ["probs"] : ["mean", "std"];
    writeTraits(model, Object.fromEntries(
      parts.map((part) => [`new_${part}`, model.get(`old_${part}`)])));
  };
  const drawBack = addButton(buttons, say("button.back"), goBack, signal);
  const drawReadings = makeReadings(aside, model.get("colors"), say);
  const drawStatus = addStatus(aside);
  addElement(aside, "div", "explorer-hint", say("hint"));
  return (state) => {
    for (const draw of draws) draw();
    drawBack(state.case !== "same");
    drawReadings(state);
    drawStatus(say(`case.${state.case}.place`), say(`case.${state.case}.words`));
  };
}

function render({ model, el }) {
  return showExplorer(
    { model, el }, RATIO_TRAITS, () => readRatios(model),
    (...room) => makeRatioAside(model, ...room), (...room) => makeRatioPicture(model, ...room),
    ["kind", "moved"],
  );
}

export default { render };
