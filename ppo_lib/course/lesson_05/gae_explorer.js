// The GAE explorer: every advantage of a rollout, and the terms that make one of them up.
// The first functions are the mathematics; ppo_lib's advantages.py holds the same.

/**
 * δ_t = r_t + γ V(s_{t+1}) (1 − terminated_t) − V(s_t) and Â_t = δ_t + γ λ (1 − ended_t) Â_{t+1}.
 *
 * The lists are of one length, with any number of ends; `nextValues` are of the observations
 * that the steps truly led to. Returns {tdErrors, advantages}.
 */
function computeGae(rewards, values, nextValues, terminated, truncated, gamma, lambda) {
  const tdErrors = rewards.map((reward, t) =>
    reward + gamma * nextValues[t] * (terminated[t] ? 0 : 1) - values[t]);
  const advantages = [...tdErrors];
  for (let t = rewards.length - 2; t >= 0; t -= 1) {
    const ended = terminated[t] || truncated[t];
    if (!ended) advantages[t] += gamma * lambda * advantages[t + 1];
  }
  return { tdErrors, advantages };
}

/** How much each TD error counts in the advantage of `step`: (γλ)^l, and 0 behind an end. */
function weightsOf(step, terminated, truncated, gamma, lambda) {
  const weights = terminated.map(() => 0);
  let weight = 1;
  for (let t = step; t < weights.length; t += 1) {
    weights[t] = weight;
    if (terminated[t] || truncated[t]) break;
    weight *= gamma * lambda;
  }
  return weights;
}

/** The rollout as `computeGae` takes it: at an end, what follows is another episode's. */
function trajectoryOf({ rewards, values, finalValue, end, endStep }) {
  const isEnd = (kind) => rewards.map((_, t) => end === kind && t === endStep);
  const nextValues = values.slice(1);
  if (end !== "none") nextValues[endStep] = finalValue;
  return {
    nextValues,
    stepValues: values.slice(0, -1),
    terminated: isEnd("terminated"),
    truncated: isEnd("truncated"),
  };
}

/** What is special about the chosen advantage, a key of the string table. */
function caseOf({ gamma, lambda, step, stop, lastStep }) {
  if (gamma === 0) return "gamma_zero";
  if (step === lastStep || (lambda > 0 && lambda < 1)) return stop;
  return lambda === 0 ? "lambda_zero" : `lambda_one_${stop}`;
}

/** The end of the axis that all numbers fit into. */
function scaleFor(numbers) {
  const largest = Math.max(...numbers.map(Math.abs));
  return SCALES.find((scale) => largest <= scale) ?? SCALES.at(-1);
}

const GAE_TRAITS = [
  "rewards", "values", "final_value", "gamma", "gae_lambda", "end", "end_step", "step",
];
const REWARD_RANGE = { low: -2, high: 2, step: 0.1 }; // as gae_explorer.py has it
const SCALES = [1.5, 2, 3, 4, 6, 8, 12, 24]; // of the axis of TD errors and advantages
const PICTURE_HEIGHT = 604;
const TITLE_RISE = 13; // of a panel's title above its top, clear of the uppermost tick's number
const ROW_DROP = 19; // of a row of numbers below its panel
const LONGEST_TABLE = 5; // rows of terms; with more, the last ones share a row
const HALF_BAR = 0.3; // of a step

/** Everything that the picture shows, computed from the model's traits. */
function readGae(model) {
  const [rewards, values, finalValue, gamma, lambda, end, endStep, step] =
    GAE_TRAITS.map((name) => model.get(name));
  const inputs = { rewards, values, finalValue, gamma, lambda, end, endStep, step };
  const { nextValues, stepValues, terminated, truncated } = trajectoryOf(inputs);
  const { tdErrors, advantages } =
    computeGae(rewards, stepValues, nextValues, terminated, truncated, gamma, lambda);
  const weights = weightsOf(step, terminated, truncated, gamma, lambda);
  const parts = weights.map((weight, t) => weight * tdErrors[t]);
  const stop = end !== "none" && step <= endStep ? end : "rollout";
  const lastStep = stop === "rollout" ? rewards.length - 1 : endStep;
  const scale = scaleFor([...tdErrors, ...advantages]);
  return { ...inputs, tdErrors, advantages, weights, parts, stop, lastStep, scale };
}

/** Write a whole number below the line. */
function subscript(number) {
  return String(number).replace(/\d/g, (digit) => String.fromCharCode(0x2080 + Number(digit)));
}

/** Write a number without its last binary digits: one sum, added up in two ways, reads the same. */
function writeNumber(number, digits = 2) {
  return formatNumber(Number(number.toFixed(9)), digits);
}

/** Write a weight, 0 and 1 without digits behind the point. */
function formatWeight(weight) {
  return writeNumber(weight, weight === 0 || weight === 1 ? 0 : 2);
}

/** Set an attribute only where it differs: most marks stay while one moves. */
function changeAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

// The picture ----------------------------------------------------------------------------

/** Four panels over the same steps. */
function makeGaePanels(picture, width, say) {
  const frame = { left: 48, width: width - 48 - 6 };
  const x = { limits: [-0.5, 8.45], ticks: [], label: "" };
  const panel = (name, top, height, limit, titleRise = TITLE_RISE) => {
    const ticks = limit === 1 ? [0] : [-limit, 0, limit];
    const format = (value) => formatNumber(value, 0);
    const y = { limits: [-1.1 * limit, 1.1 * limit], ticks, label: [], format };
    const made = makePanel(picture, { ...frame, top, height }, x, y);
    const title = addNode(picture, "text", { x: 6, y: top - titleRise }, say(`panel.${name}`));
    return { ...made, title };
  };
  return {
    rewards: panel("rewards", 28, 68, REWARD_RANGE.high),
    values: panel("values", 150, 104, 3),
    tdErrors: panel("td_errors", 324, 88, 1, 29), // the weights stand below the title
    advantages: panel("advantages", 466, 88, 1),
  };
}

/** The numbers at both ends of an axis whose scale changes: returns draw(scale). */
function makeScale(picture, panel) {
  const labels = [1, -1].map((side) => {
    const place = { x: panel.left - 8, y: panel.scaleY(side) + 5, "text-anchor": "end" };
    return [side, addNode(picture, "text", place)];
  });
  return (scale) => {
    for (const [side, label] of labels) setText(label, formatNumber(side * scale, scale === 1.5 ? 1 : 0));
  };
}

/** How many digits behind the point the numbers of a row have room for; −1 where they have none. */
function roomForDigits(picture, panel) {
  const probe = addNode(picture, "text", {});
  const fits = (digits) => {
    probe.textContent = formatNumber(-0.88, digits);
    return probe.getComputedTextLength() < panel.scaleX(1) - panel.scaleX(0);
  };
  const digits = [2, 1].find(fits) ?? -1;
  probe.remove();
  return digits;
}

/** A row of numbers, one below each step: returns draw(texts). */
function makeNumbers(picture, panel, y, count, name) {
  addNode(picture, "text", { x: panel.left - 8, y, "text-anchor": "end" }, name);
  const nodes = Array.from({ length: count }, (_, t) =>
    addNode(picture, "text", { x: panel.scaleX(t).toFixed(1), y, "text-anchor": "middle" }));
  return (texts) => texts.forEach((text, t) => setText(nodes[t], text));
}

/** Bars from 0: returns draw(heights), in the panel's units; one of null is left out. */
function makeStepBars(panel, attributes) {
  const path = addNode(panel.plot, "path", attributes);
  const foot = panel.scaleY(0).toFixed(1);
  return (heights) => {
    const bars = heights.map((height, t) => {
      if (height === null) return "";
      const [left, right] = [t - HALF_BAR, t + HALF_BAR].map((x) => panel.scaleX(x).toFixed(1));
      return `M${left},${foot}V${panel.scaleY(height).toFixed(1)}H${right}V${foot}Z`;
    });
    changeAttribute(path, "d", bars.join(""));
  };
}

/** TD errors as outlines, filled as far as they count: returns draw(state). */
function makeErrorBars(panel, color) {
  const outline = { fill: color, "fill-opacity": 0.12, stroke: color, "stroke-width": 1.5 };
  const drawLeftOut = makeStepBars(panel, { ...outline, "fill-opacity": 0, "stroke-dasharray": "3 3" });
  const drawCounted = makeStepBars(panel, outline);
  const drawParts = makeStepBars(panel, { fill: color });
  return ({ tdErrors, weights, parts, scale }) => {
    const heights = (chosen) => tdErrors.map((error, t) => (chosen(t) ? error / scale : null));
    drawLeftOut(heights((t) => weights[t] === 0));
    drawCounted(heights((t) => weights[t] > 0));
    drawParts(parts.map((part) => (part === 0 ? null : part / scale)));
  };
}

/** Advantages, the chosen one filled: returns draw(state). */
function makeAdvantageBars(panel, color) {
  const drawOthers = makeStepBars(panel, {
    fill: color, "fill-opacity": 0.25, stroke: color, "stroke-width": 2 });
  const drawChosen = makeStepBars(panel, { fill: color, class: "explorer-ink", "stroke-width": 2 });
  return ({ advantages, step, scale }) => {
    drawOthers(advantages.map((height, t) => (t === step ? null : height / scale)));
    drawChosen(advantages.map((height, t) => (t === step ? height / scale : null)));
  };
}

/** The critic's values as a line that ends where an episode does: returns draw(state). */
function makeValueLine(panel, color) {
  const line = addNode(panel.plot, "path", { fill: "none", stroke: color, "stroke-width": 3 });
  const zero = addNode(panel.plot, "path", { class: "explorer-solid" });
  return ({ values, finalValue, end, endStep }) => {
    const points = values.map((value, t) => [t, value]);
    const cut = end === "none" ? points.length : endStep + 1;
    const last = end === "truncated" ? finalValue : 0;
    const before = points.slice(0, cut);
    if (end !== "none") before.push([endStep + 0.5, last]);
    const pieces = [before, points.slice(cut)].map((piece) => pathThrough(panel, piece));
    changeAttribute(line, "d", pieces.join(""));
    const [x, y] = [panel.scaleX(endStep + 0.5) - 6, panel.scaleY(0) - 6];
    changeAttribute(zero, "d", end === "terminated" ? `M${x.toFixed(1)},${y.toFixed(1)}h12v12h-12Z` : "");
  };
}

/** V + Â as hollow squares, each joined to its V: returns draw(state). */
function makeTargets(picture, panel, color, say) {
  const look = { fill: "none", stroke: color, "stroke-width": 2 };
  const marks = addNode(panel.plot, "path", look);
  const left = 6 + panel.title.getComputedTextLength() + 22;
  const y = panel.top - TITLE_RISE;
  addNode(picture, "path", { ...look, d: `M${left},${y - 10}h9v9h-9Z` });
  addNode(picture, "text", { x: left + 16, y }, say("key.target"));
  return ({ values, advantages }) => {
    const paths = advantages.map((advantage, t) => {
      const [x, from, to] = [t, values[t], values[t] + advantage].map((number, index) =>
        (index === 0 ? panel.scaleX(number) : panel.scaleY(number)).toFixed(1));
      return `M${x},${from}V${to}m-5,-5h10v10h-10Z`;
    });
    changeAttribute(marks, "d", paths.join(""));
  };
}

/** The chosen step across all panels, behind their marks: returns draw(state). */
function makeChosenBand(picture, panels) {
  const { rewards, advantages } = panels;
  const width = rewards.scaleX(1) - rewards.scaleX(0);
  const look = { width, fill: "currentColor", "fill-opacity": 0.09 };
  const whole = { y: rewards.top, height: advantages.bottom + 50 - rewards.top };
  const below = addNode(picture, "rect", { ...look, ...whole });
  picture.prepend(below); // the panels cover it: each has a piece of its own
  const pieces = Object.values(panels).map(({ back, top, height }) =>
    addNode(back, "rect", { ...look, y: top, height }));
  return ({ step }) => {
    const x = rewards.scaleX(step - 0.5).toFixed(1);
    for (const band of [below, ...pieces]) changeAttribute(band, "x", x);
  };
}

/** A vertical line through all panels and their numbers, but not through their titles. */
function throughPanels({ rewards, values, tdErrors, advantages }, x) {
  const starts = [rewards.top - 9, values.top, tdErrors.top - 24, advantages.top];
  return [rewards, values, tdErrors, advantages]
    .map(({ bottom }, index) => `M${x.toFixed(1)},${starts[index]}V${bottom + 22}`)
    .join("");
}

/** Where the episode and the rollout end, with their names: returns draw(state). */
function makeEnds(picture, panels, say) {
  const { rewards } = panels;
  const y = rewards.top - TITLE_RISE;
  const line = { class: "explorer-ink", fill: "none" };
  const dotted = { "stroke-width": 2, "stroke-dasharray": "2 5" };
  addNode(picture, "path", { ...line, ...dotted, d: throughPanels(panels, rewards.scaleX(7.5)) });
  const place = { x: rewards.right, y, "text-anchor": "end" };
  const rollout = addNode(picture, "text", place, say("end.rollout"));
  const rightmost = rewards.right - rollout.getComputedTextLength() - 12;
  const end = addNode(picture, "path", { ...line, "stroke-width": 3 });
  const name = addNode(picture, "text", { y });
  return ({ end: kind, endStep }) => {
    const x = rewards.scaleX(endStep + 0.5);
    changeAttribute(end, "d", kind === "none" ? "" : throughPanels(panels, x));
    changeAttribute(end, "stroke-dasharray", kind === "truncated" ? "8 5" : "none");
    const isLeft = endStep > 2; // the name stands on the side that has room for it
    changeAttribute(name, "text-anchor", isLeft ? "end" : "start");
    changeAttribute(name, "x", (isLeft ? Math.min(x - 5, rightmost) : x + 5).toFixed(1));
    setText(name, kind === "none" ? "" : say(`end.${kind}`));
  };
}

/** The numbers under every panel: returns draw(state). */
function makeAllNumbers(picture, panels, say) {
  const { rewards, values, tdErrors, advantages } = panels;
  const digits = roomForDigits(picture, rewards);
  const row = (panel, y, count, name) => makeNumbers(picture, panel, y, count, name);
  const drawWeights = row(tdErrors, tdErrors.top - 8, 8, say("row.weights"));
  row(advantages, advantages.bottom + 43, 9, say("row.step"))([0, 1, 2, 3, 4, 5, 6, 7, 8].map(String));
  const weight = (value, t, step) => (t < step ? "" : formatWeight(value));
  const draws = [({ weights, step }) => drawWeights(weights.map((value, t) => weight(value, t, step)))];
  if (digits > 0) {
    const drawRewards = row(rewards, rewards.bottom + ROW_DROP, 8, say("row.rewards"));
    const drawValues = row(values, values.bottom + ROW_DROP, 9, say("row.values"));
    const drawErrors = row(tdErrors, tdErrors.bottom + ROW_DROP, 8, say("row.td_errors"));
    const drawAdvantages = row(advantages, advantages.bottom + 22, 8, say("row.advantages"));
    const tenths = (numbers) => numbers.map((number) => formatNumber(number, 1));
    const short = (numbers) => numbers.map((number) => // no more signs than "−0.00" has
      writeNumber(number, Math.abs(number) < 9.95 ? digits : digits - 1));
    draws.push((state) => {
      drawRewards(tenths(state.rewards));
      drawValues(tenths(state.values));
      drawErrors(short(state.tdErrors));
      drawAdvantages(short(state.advantages));
    });
  }
  return (state) => { for (const draw of draws) draw(state); };
}

/** What a mark means, at the right end of two titles: returns draw(state). */
function makeKeys(picture, { values, tdErrors }, say) {
  const key = (panel, rise) =>
    addNode(picture, "text", { x: panel.right, y: panel.top - rise, "text-anchor": "end" });
  const [ofEnd, ofParts] = [key(values, TITLE_RISE), key(tdErrors, 29)];
  return ({ end, finalValue, step }) => {
    const value = formatNumber(finalValue, 1);
    setText(ofEnd, end === "none" ? "" : say(`key.${end}`, { value }));
    setText(ofParts, say("key.counts", { index: subscript(step) }));
  };
}

// The points -----------------------------------------------------------------------------

/** The points of a row as one tab stop: left and right go to the next, up and down move it. */
function joinPoints(svg, label, points, inOrder, signal) {
  const row = addNode(svg, "g", { role: "group", "aria-label": label });
  const nodes = points.map(({ node }) => node);
  row.append(...nodes);
  const rest = (current) => {
    for (const node of nodes) changeAttribute(node, "tabindex", node === current ? "0" : "-1");
  };
  rest(nodes[0]);
  // Not on the row: a group that listens to the focus takes it, and would be a tab stop itself.
  for (const node of nodes) node.addEventListener("focus", () => rest(node), { signal });
  const go = (event) => {
    const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (side === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation(); // a point by itself would move
    const order = inOrder(nodes);
    order[order.indexOf(event.target) + side]?.focus({ preventScroll: true });
  };
  row.addEventListener("keydown", go, { signal, capture: true });
}

/**
 * A point that moves up and down over a step, with the whole height of its panel to press.
 *
 * `place` is {panel, at(state), read(), write(value), axis, reach}: `at` says at which step it
 * stands and `reach` how wide its surface is. Returns {node, draw(state)}.
 */
function makeStepPoint(svg, { panel, at, read, write, axis, reach }, say, signal) {
  const width = reach * (panel.scaleX(1) - panel.scaleX(0));
  const area = { y: panel.top, width, height: panel.height };
  const surface = addNode(svg, "rect", { ...area, class: "explorer-surface explorer-along-y" });
  const store = ({ y }) => write(y);
  const point = makePoint(svg, panel, { y: axis }, () => ({ y: read() }), store, [surface], signal);
  const target = point.node.querySelector(".explorer-target");
  target.setAttribute("r", Math.min(24, width / 2)); // its neighbours have theirs
  point.node.querySelector(".explorer-dot").setAttribute("r", 6); // what stands near it can be seen
  let shown = "";
  const draw = (state) => {
    const [step, value] = [at(state), read()];
    const text = pointWords(state, Math.floor(step), formatNumber(value, 1), say);
    changeAttribute(point.node, "aria-valuetext", text);
    if (shown === `${step} ${value}`) return;
    shown = `${step} ${value}`;
    const x = panel.scaleX(step);
    changeAttribute(surface, "x", (x - width / 2).toFixed(1));
    point.draw(x, panel.scaleY(value), { y: text });
  };
  return { node: point.node, draw };
}

/** A point's value as it is written, and what its step makes of it. */
function pointWords({ tdErrors, advantages }, step, written, say) {
  if (step === tdErrors.length) return written; // no step begins there
  const [error, advantage] = [tdErrors[step], advantages[step]].map((number) => writeNumber(number));
  return say("point.state", { value: written, td_error: error, advantage });
}

/** A function that stores one number of a list. */
function storeInto(model, name, index) {
  return (value) => {
    const numbers = [...model.get(name)];
    numbers[index] = value;
    writeTraits(model, { [name]: numbers });
  };
}

/** The tops of the rewards: returns draw(state). */
function makeRewardPoints(svg, panel, model, say, signal) {
  const points = model.get("rewards").map((_, t) => makeStepPoint(svg, {
    panel,
    at: () => t,
    read: () => model.get("rewards")[t],
    write: storeInto(model, "rewards", t),
    axis: { ...REWARD_RANGE, label: say("point.reward", { step: t }) },
    reach: 1,
  }, say, signal));
  joinPoints(svg, say("group.rewards"), points, (nodes) => nodes, signal);
  return (state) => { for (const { draw } of points) draw(state); };
}

/** The values, and where an episode is truncated that of its last observation: returns draw(state). */
function makeValuePoints(svg, panel, model, say, signal) {
  const range = model.get("bounds").final_value; // every value's
  const last = model.get("values").length - 1;
  const points = model.get("values").map((_, t) => makeStepPoint(svg, {
    panel,
    at: () => t,
    read: () => model.get("values")[t],
    write: storeInto(model, "values", t),
    axis: { ...range, label: t < last ? say("point.value", { step: t }) : say("point.bootstrap") },
    reach: 1,
  }, say, signal));
  if (model.get("end") === "truncated") points.push(makeFinalPoint(svg, panel, model, range, say, signal));
  const inOrder = (nodes) => {
    const [steps, final] = [nodes.slice(0, last + 1), nodes.slice(last + 1)];
    const cut = model.get("end_step") + 1;
    return [...steps.slice(0, cut), ...final, ...steps.slice(cut)];
  };
  joinPoints(svg, say("group.values"), points, inOrder, signal);
  return (state) => { for (const { draw } of points) draw(state); };
}

/** A diamond on the line of the cut: the value of the observation that the last step led to. */
function makeFinalPoint(svg, panel, model, range, say, signal) {
  const point = makeStepPoint(svg, {
    panel,
    at: ({ endStep }) => endStep + 0.5,
    read: () => model.get("final_value"),
    write: (value) => writeTraits(model, { final_value: value }),
    axis: { ...range, label: say("point.final") },
    reach: 0.5,
  }, say, signal);
  point.node.querySelector(".explorer-dot").setAttribute("visibility", "hidden");
  const shape = { d: "M0,-11L10,0L0,11L-10,0Z", class: "explorer-dot explorer-hollow" };
  const diamond = addNode(point.node, "path", shape);
  const draw = (state) => {
    point.draw(state);
    const at = [panel.scaleX(state.endStep + 0.5), panel.scaleY(state.finalValue)];
    changeAttribute(diamond, "transform", `translate(${at.map((pixel) => pixel.toFixed(1)).join()})`);
  };
  return { node: point.node, draw };
}

/** The step whose advantage is taken apart: a press on its bars, or a point below: returns draw(state). */
function makeStepChoice(svg, { tdErrors, advantages }, model, say, signal) {
  const surfaces = [tdErrors, advantages].map(({ left, top, width, height }) =>
    addNode(svg, "rect", { x: left, y: top, width, height, class: "explorer-surface" }));
  const axis = { ...model.get("bounds").step, label: say("point.step") };
  const read = () => ({ x: model.get("step") });
  const write = ({ x }) => writeTraits(model, { step: x });
  const point = makePoint(svg, advantages, { x: axis }, read, write, surfaces, signal);
  let shown = null;
  return (state) => {
    const text = pointWords(state, state.step, String(state.step), say);
    changeAttribute(point.node, "aria-valuetext", text);
    if (shown === state.step) return;
    shown = state.step;
    point.draw(advantages.scaleX(state.step), advantages.bottom, { x: text });
  };
}

// The whole ------------------------------------------------------------------------------

function listNumbers(numbers, digits = 2) {
  return numbers.map((number) => writeNumber(number, digits)).join(", ");
}

function headingOf({ step, advantages }, say) {
  return say("heading", { index: subscript(step), value: writeNumber(advantages[step]) });
}

/** The rollout, its advantages and the chosen one's terms in words, as `describe` in Python has them. */
function describePicture(state, say) {
  const { gamma, lambda, rewards, values, end, endStep, finalValue, tdErrors, advantages } = state;
  const picture = say("picture", {
    gamma: formatNumber(gamma),
    gae_lambda: formatNumber(lambda),
    rewards: listNumbers(rewards, 1),
    values: listNumbers(values, 1),
    end: say(`end.${end}.words`, { step: endStep, value: formatNumber(finalValue, 1) }),
    td_errors: listNumbers(tdErrors),
    advantages: listNumbers(advantages),
  });
  const terms = state.weights
    .map((weight, t) => say("term", { weight: formatWeight(weight), value: writeNumber(tdErrors[t]) }))
    .filter((_, t) => state.weights[t] > 0);
  return `${picture} ${say("sum", { heading: headingOf(state, say), terms: terms.join(" + ") })}`;
}

/** The whole picture. Returns draw(state). */
function makeGaePicture(model, room, width, say, signal) {
  const colors = model.get("colors");
  const size = { width, height: PICTURE_HEIGHT, viewBox: `0 0 ${width} ${PICTURE_HEIGHT}` };
  const svg = addNode(room, "svg", { ...size, class: "explorer-svg" });
  const picture = addNode(svg, "g", { role: "img" });
  const panels = makeGaePanels(picture, width, say);
  const scales = [panels.tdErrors, panels.advantages].map((panel) => makeScale(picture, panel));
  const drawRewards = makeStepBars(panels.rewards, { fill: colors.rewards });
  const draws = [
    ({ rewards }) => drawRewards(rewards),
    ({ scale }) => { for (const draw of scales) draw(scale); },
    makeTargets(picture, panels.values, colors.advantages, say),
    makeErrorBars(panels.tdErrors, colors.td_errors),
    makeAdvantageBars(panels.advantages, colors.advantages),
    makeChosenBand(picture, panels),
    makeEnds(picture, panels, say),
    makeValueLine(panels.values, colors.values),
    makeAllNumbers(picture, panels, say),
    makeKeys(picture, panels, say),
    makeRewardPoints(svg, panels.rewards, model, say, signal),
    makeValuePoints(svg, panels.values, model, say, signal),
    makeStepChoice(svg, panels, model, say, signal),
  ];
  return (state) => {
    for (const draw of draws) draw(state);
    changeAttribute(picture, "aria-label", describePicture(state, say));
  };
}

/** The terms that count, as rows of {name, weight, error, part}; of many the last share one. */
function termRows({ weights, tdErrors, parts }, say) {
  const steps = weights.map((_, t) => t).filter((t) => weights[t] > 0);
  const own = steps.length > LONGEST_TABLE ? steps.slice(0, LONGEST_TABLE - 1) : steps;
  const rows = own.map((t) => ({
    name: say("table.step", { step: t }),
    weight: formatWeight(weights[t]),
    error: writeNumber(tdErrors[t]),
    part: writeNumber(parts[t]),
  }));
  const rest = steps.slice(own.length);
  if (rest.length > 0) {
    const name = say("table.steps", { first: rest[0], last: rest.at(-1) });
    const part = rest.reduce((total, t) => total + parts[t], 0);
    rows.push({ name, weight: "", error: "", part: writeNumber(part) });
  }
  return rows;
}

/** The terms of the chosen advantage as a table: returns draw(state). */
function makeTermTable(parent, say) {
  const table = addElement(parent, "table", "explorer-numbers");
  const head = addElement(addElement(table, "thead"), "tr");
  addElement(head, "td");
  const columns = [say("table.weight"), say("table.td_error"), say("table.part")];
  for (const name of columns) addElement(head, "th", "", name).scope = "col";
  const body = addElement(table, "tbody");
  const lines = Array.from({ length: LONGEST_TABLE }, () => {
    const line = addElement(body, "tr");
    const name = addElement(line, "th");
    name.scope = "row";
    return [name, ...columns.map(() => addElement(line, "td"))];
  });
  return (state) => {
    const rows = termRows(state, say);
    lines.forEach(([...cells], index) => {
      const { name = "\u00a0", weight = "", error = "", part = "" } = rows[index] ?? {};
      [name, weight, error, part].forEach((text, column) => setText(cells[column], text));
    });
  };
}

/** What stands beside the picture. Returns draw(state). */
function makeGaeAside(model, aside, say, signal) {
  const bounds = model.get("bounds");
  const slider = (name, label, digits) => addSlider(
    aside, model, name, label, bounds[name], (value) => formatNumber(value, digits), signal);
  const draws = [
    slider("gamma", say("slider.gamma"), 2),
    slider("gae_lambda", say("slider.gae_lambda"), 2),
    addChoice(aside, model, "end", say("choice.end"), bounds.end.values,
      (kind) => say(`end.${kind}`), signal),
  ];
  const choice = aside.lastElementChild; // three long words need more room than numbers
  choice.style.flexBasis = "340px";
  choice.querySelector(".explorer-name").style.flexBasis = "34px";
  draws.push(
    slider("end_step", say("slider.end_step"), 0), slider("step", say("slider.step"), 0));
  const drawTable = makeTermTable(aside, say);
  const drawStatus = addStatus(aside);
  addElement(aside, "div", "explorer-hint", say("hint"));
  return (state) => {
    for (const draw of draws) draw();
    drawTable(state);
    const { step, endStep } = state;
    const indices = { index: subscript(step), next: subscript(step + 1) };
    const words = say(`case.${caseOf(state)}.words`, { step, end: endStep, ...indices });
    drawStatus(headingOf(state, say), words);
  };
}

function render({ model, el }) {
  return showExplorer(
    { model, el }, GAE_TRAITS, () => readGae(model),
    (...room) => makeGaeAside(model, ...room), (...room) => makeGaePicture(model, ...room),
    ["end"],
  );
}

export default { render };
