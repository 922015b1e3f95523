// The GAE explorer: every advantage of a rollout, and the terms that make one of them up.
// The first functions are the mathematics, tested against ppo_lib.advantages.

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
const TITLE_RISE = 13; // of a panel's title, clear of the uppermost tick's number
const WEIGHTS_RISE = 29; // and of the one that has a row of weights below it
const ROW_DROP = 19; // of a row of numbers below its panel
const LONGEST_TABLE = 5; // rows of terms; with more, the last ones share a row
const HALF_BAR = 0.3; // of a step
const ALL_STEPS = [0, 1, 2, 3, 4, 5, 6, 7, 8]; // the last is the end of the rollout
const STEPS = ALL_STEPS.slice(0, -1);

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

// Words --------------------------------------------------------------------------------

function listNumbers(numbers, digits = 2) {
  return numbers.map((number) => writeNumber(number, digits)).join(", ");
}

function headingOf({ step, advantages }, say) {
  return say("heading", { index: subscript(step), value: writeNumber(advantages[step]) });
}

/** The rollout, its advantages and the chosen one's terms in words. */
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

/** A point's value as it is written, and what its step makes of it. */
function pointWords({ tdErrors, advantages }, step, written, say) {
  if (step === tdErrors.length) return written; // no step begins there
  const [error, advantage] = [tdErrors[step], advantages[step]].map((number) => writeNumber(number));
  return say("point.state", { value: written, td_error: error, advantage });
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

/** All that is said of a state. */
function tell(state, say) {
  const { step, endStep } = state;
  const fields = { step, end: endStep, index: subscript(step), next: subscript(step + 1) };
  const words = say(`case.${caseOf(state)}.words`, fields);
  return { picture: describePicture(state, say), heading: headingOf(state, say), words };
}

// The picture ----------------------------------------------------------------------------

/** Four panels over the same steps. */
function makePanels(picture, { width, say }) {
  const frame = { left: 48, width: width - 48 - 6, titleLeft: 6, rise: TITLE_RISE };
  const axis = (limit, ticks) => ({ limits: [-1.1 * limit, 1.1 * limit], ticks });
  return stackPanels(picture, frame, { limits: [-0.5, 8.45] }, {
    rewards: { top: 28, height: 68, title: say("panel.rewards"), ...axis(2, [-2, 0, 2]) },
    values: { top: 150, height: 104, title: say("panel.values"), ...axis(3, [-3, 0, 3]) },
    tdErrors: { // the weights stand below the title
      top: 324, height: 88, title: say("panel.td_errors"), rise: WEIGHTS_RISE, ...axis(1, [0]),
    },
    advantages: { top: 466, height: 88, title: say("panel.advantages"), ...axis(1, [0]) },
  });
}

/** The numbers at both ends of an axis whose scale changes. */
function makeScale(picture, panel) {
  const labels = [1, -1].map((side) =>
    [side, addText(picture, panel.left - 8, panel.scaleY(side) + 5, "", "end")]);
  return ({ scale }) => {
    for (const [side, label] of labels) setText(label, formatNumber(side * scale, scale === 1.5 ? 1 : 0));
  };
}

/**
 * All bars: the rewards; TD errors as outlines, filled as far as they count; the advantages, the
 * chosen one filled.
 */
function makeAllBars({ rewards, tdErrors, advantages }, { colors }) {
  const bars = (panel, look, heights) => {
    const draw = makeBars(panel, look, -HALF_BAR, HALF_BAR);
    return (state) => draw(heights(state));
  };
  const scaled = (numbers, { scale }, isDrawn) => // of some steps only
    numbers.map((number, t) => (isDrawn(t) ? number / scale : null));
  const [red, blue] = [colors.td_errors, colors.advantages];
  const outline = { fill: red, "fill-opacity": 0.12, stroke: red, "stroke-width": 1.5 };
  const leftOut = { ...outline, "fill-opacity": 0, "stroke-dasharray": "3 3" };
  const pale = { fill: blue, "fill-opacity": 0.25, stroke: blue, "stroke-width": 2 };
  const chosen = { fill: blue, class: "explorer-ink", "stroke-width": 2 };
  return drawAll([
    bars(rewards, { fill: colors.rewards }, (state) => state.rewards),
    bars(tdErrors, leftOut, (state) => scaled(state.tdErrors, state, (t) => state.weights[t] === 0)),
    bars(tdErrors, outline, (state) => scaled(state.tdErrors, state, (t) => state.weights[t] > 0)),
    bars(tdErrors, { fill: red }, (state) => scaled(state.parts, state, (t) => state.parts[t] !== 0)),
    bars(advantages, pale, (state) => scaled(state.advantages, state, (t) => t !== state.step)),
    bars(advantages, chosen, (state) => scaled(state.advantages, state, (t) => t === state.step)),
  ]);
}

/** The critic's values as a line that ends where an episode does. */
function makeValueLine(panel, color) {
  const line = addNode(panel.plot, "path", { fill: "none", stroke: color, "stroke-width": 3 });
  const zero = addNode(panel.plot, "path", { class: "explorer-solid" });
  return ({ values, finalValue, end, endStep }) => {
    const points = values.map((value, t) => [t, value]);
    const cut = end === "none" ? points.length : endStep + 1;
    const before = points.slice(0, cut);
    if (end !== "none") before.push([endStep + 0.5, end === "truncated" ? finalValue : 0]);
    const pieces = [before, points.slice(cut)].map((piece) => pathThrough(panel, piece));
    setAttributes(line, { d: pieces.join("") });
    const corner = [panel.scaleX(endStep + 0.5) - 6, panel.scaleY(0) - 6];
    setAttributes(zero, { d: end === "terminated" ? `${pathOf([corner])}h12v12h-12Z` : "" });
  };
}

/** V + Â as hollow squares, each joined to its V. */
function makeTargets(picture, panel, color, say) {
  const look = { fill: "none", stroke: color, "stroke-width": 2 };
  const marks = addNode(panel.plot, "path", look);
  const left = 6 + panel.titleNode.getComputedTextLength() + 22;
  const y = panel.top - TITLE_RISE;
  addNode(picture, "path", { ...look, d: `M${left},${y - 10}h9v9h-9Z` });
  addText(picture, left + 16, y, say("key.target"));
  return ({ values, advantages }) => {
    const paths = advantages.map((advantage, t) => {
      const [from, to] = [values[t], values[t] + advantage].map(panel.scaleY);
      return `${pathOf([[panel.scaleX(t), from]])}V${tenth(to)}m-5,-5h10v10h-10Z`;
    });
    setAttributes(marks, { d: paths.join("") });
  };
}

/** The chosen step across all panels, behind their marks. */
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
    const x = tenth(rewards.scaleX(step - 0.5));
    for (const band of [below, ...pieces]) setAttributes(band, { x });
  };
}

/** A vertical line through all panels and their numbers, but not through their titles. */
function throughPanels({ rewards, values, tdErrors, advantages }, x) {
  const above = [[rewards, 9], [values, 0], [tdErrors, 24], [advantages, 0]];
  return downThrough(above.map(([{ top, bottom }, rise]) => ({ top: top - rise, bottom: bottom + 22 })), x);
}

/** Where the episode and the rollout end, with their names. */
function makeEnds(picture, panels, say) {
  const { rewards } = panels;
  const y = rewards.top - TITLE_RISE;
  const line = { class: "explorer-ink", fill: "none" };
  const dotted = { "stroke-width": 2, "stroke-dasharray": "2 5" };
  addNode(picture, "path", { ...line, ...dotted, d: throughPanels(panels, rewards.scaleX(7.5)) });
  const rollout = addText(picture, rewards.right, y, say("end.rollout"), "end");
  const rightmost = rewards.right - rollout.getComputedTextLength() - 12;
  const end = addNode(picture, "path", { ...line, "stroke-width": 3 });
  const name = addText(picture, 0, y);
  return ({ end: kind, endStep }) => {
    const x = rewards.scaleX(endStep + 0.5);
    setAttributes(end, {
      d: kind === "none" ? "" : throughPanels(panels, x),
      "stroke-dasharray": kind === "truncated" ? "8 5" : "none",
    });
    const isLeft = endStep > 2; // the name stands on the side that has room for it
    const at = isLeft ? Math.min(x - 5, rightmost) : x + 5;
    setAttributes(name, { x: tenth(at), "text-anchor": isLeft ? "end" : "start" });
    setText(name, kind === "none" ? "" : say(`end.${kind}`));
  };
}

/** The numbers under every panel. */
function makeNumbers(picture, { rewards, values, tdErrors, advantages }, say) {
  const [measure, room] = [makeMeasure(picture), rewards.scaleX(1) - rewards.scaleX(0)];
  const digits = [2, 1].find((some) => measure(formatNumber(-0.88, some)) < room) ?? 0; // 0: no room
  const row = (name, panel, y, steps, textsOf) => {
    const draw = makeRow(picture, panel, y, steps, say(`row.${name}`));
    return (state) => draw(textsOf(state));
  };
  const weightsFrom = ({ weights, step }) =>
    weights.map((weight, t) => (t < step ? "" : formatWeight(weight)));
  const tenths = (numbers) => numbers.map((number) => formatNumber(number, 1));
  const short = (numbers) => numbers.map((number) => // no more signs than "−0.00" has
    writeNumber(number, Math.abs(number) < 9.95 ? digits : digits - 1));
  const draws = [
    row("weights", tdErrors, tdErrors.top - 8, STEPS, weightsFrom),
    row("step", advantages, advantages.bottom + 43, ALL_STEPS, () => ALL_STEPS.map(String)),
  ];
  if (digits > 0) {
    draws.push(
      row("rewards", rewards, rewards.bottom + ROW_DROP, STEPS, (state) => tenths(state.rewards)),
      row("values", values, values.bottom + ROW_DROP, ALL_STEPS, (state) => tenths(state.values)),
      row("td_errors", tdErrors, tdErrors.bottom + ROW_DROP, STEPS, (state) => short(state.tdErrors)),
      row("advantages", advantages, advantages.bottom + 22, STEPS, (state) => short(state.advantages)),
    );
  }
  return drawAll(draws);
}

/** What a mark means, at the right end of two titles. */
function makeKeys(picture, { values, tdErrors }, say) {
  const ofEnd = addText(picture, values.right, values.top - TITLE_RISE, "", "end");
  const ofParts = addText(picture, tdErrors.right, tdErrors.top - WEIGHTS_RISE, "", "end");
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
    for (const node of nodes) setAttributes(node, { tabindex: node === current ? 0 : -1 });
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
  return drawAll(points.map(({ draw }) => draw));
}

/**
 * A point that moves up and down over a step, with the whole height of its panel to press.
 *
 * `at(state)` says at which step it stands and `reach` how wide its surface is. Returns its nodes
 * and draw(state).
 */
function makeStepPoint(svg, panel, at, number, { say, signal }, reach = 1) {
  const surface = addColumn(svg, panel, 0, reach);
  const point = makePointAlong("y", svg, panel, number, [surface], signal, (state) => {
    const [step, value] = [at(state), number.read()];
    setAttributes(surface, { x: tenth(panel.scaleX(step - reach / 2)) });
    return [step, value, pointWords(state, Math.floor(step), formatNumber(value, 1), say)];
  });
  const width = reach * (panel.scaleX(1) - panel.scaleX(0));
  point.target.setAttribute("r", Math.min(24, width / 2)); // its neighbours have theirs
  point.dot.setAttribute("r", 6); // what stands near it can be seen
  return point;
}

/** The tops of the rewards. */
function makeRewardPoints(svg, panel, view) {
  const points = STEPS.map((t) => {
    const label = view.say("point.reward", { step: t });
    return makeStepPoint(svg, panel, () => t, numberOf(view, "rewards", label, t, REWARD_RANGE), view);
  });
  return joinPoints(svg, view.say("group.rewards"), points, (nodes) => nodes, view.signal);
}

/** The values, and where an episode is truncated that of its last observation. */
function makeValuePoints(svg, panel, view) {
  const { model, bounds, say, signal } = view;
  const points = ALL_STEPS.map((t) => {
    const label = t < STEPS.length ? say("point.value", { step: t }) : say("point.bootstrap");
    const number = numberOf(view, "values", label, t, bounds.final_value); // every value's range
    return makeStepPoint(svg, panel, () => t, number, view);
  });
  if (model.get("end") === "truncated") points.push(makeFinalPoint(svg, panel, view));
  const inOrder = (nodes) => {
    const [steps, final] = [nodes.slice(0, ALL_STEPS.length), nodes.slice(ALL_STEPS.length)];
    const cut = model.get("end_step") + 1;
    return [...steps.slice(0, cut), ...final, ...steps.slice(cut)];
  };
  return joinPoints(svg, say("group.values"), points, inOrder, signal);
}

/** A diamond on the line of the cut: the value of the observation that the last step led to. */
function makeFinalPoint(svg, panel, view) {
  const number = numberOf(view, "final_value", view.say("point.final"));
  const point = makeStepPoint(svg, panel, ({ endStep }) => endStep + 0.5, number, view, 0.5);
  point.dot.setAttribute("visibility", "hidden");
  const shape = { d: "M0,-11L10,0L0,11L-10,0Z", class: "explorer-dot explorer-hollow" };
  const diamond = addNode(point.node, "path", shape);
  const draw = (state) => {
    point.draw(state);
    const [x, y] = [panel.scaleX(state.endStep + 0.5), panel.scaleY(state.finalValue)];
    setAttributes(diamond, { transform: `translate(${tenth(x)},${tenth(y)})` });
  };
  return { ...point, draw };
}

/** The step whose advantage is taken apart: a press on its bars, or a point below. */
function makeStepChoice(svg, { tdErrors, advantages }, view) {
  const surfaces = [tdErrors, advantages].map((panel) => addSurface(svg, panel));
  const number = numberOf(view, "step", view.say("point.step"));
  const foot = advantages.invertY(advantages.bottom);
  return makePointAlong("x", svg, advantages, number, surfaces, view.signal, (state) =>
    [state.step, foot, pointWords(state, state.step, String(state.step), view.say)]);
}

function buildPicture(view) {
  const { colors, say } = view;
  const { svg, picture } = addPicture(view, PICTURE_HEIGHT);
  const panels = makePanels(picture, view);
  return [
    makeAllBars(panels, view),
    makeScale(picture, panels.tdErrors),
    makeScale(picture, panels.advantages),
    makeTargets(picture, panels.values, colors.advantages, say),
    makeChosenBand(picture, panels),
    makeEnds(picture, panels, say),
    makeValueLine(panels.values, colors.values),
    makeNumbers(picture, panels, say),
    makeKeys(picture, panels, say),
    makeRewardPoints(svg, panels.rewards, view),
    makeValuePoints(svg, panels.values, view),
    makeStepChoice(svg, panels, view).draw,
  ];
}

// Beside the picture ---------------------------------------------------------------------

/** The terms of the chosen advantage as a table. */
function makeTermTable({ parent, say }) {
  const columns = ["weight", "td_error", "part"].map((name) => say(`table.${name}`));
  const blank = Array(LONGEST_TABLE).fill({ name: "\u00a0", weight: "", error: "", part: "" });
  const { titles, cells } = addTable(parent, "explorer-numbers", columns, blank.map(({ name }) => name));
  return (state) => {
    const rows = [...termRows(state, say), ...blank].slice(0, LONGEST_TABLE);
    titles.forEach((title, index) => setText(title, rows[index].name));
    setCells(cells, rows.map(({ weight, error, part }) => [weight, error, part]));
  };
}

function buildAside(view) {
  view.parent.classList.add("explorer-long-choices");
  return [
    addSlider(view, "gamma", formatNumber),
    addSlider(view, "gae_lambda", formatNumber),
    addChoice(view, "end", (kind) => view.say(`end.${kind}`)),
    addSlider(view, "end_step", formatWhole),
    addSlider(view, "step", formatWhole),
    makeTermTable(view),
  ];
}

function render(view) {
  const shapedBy = ["end"];
  return showExplorer(view, { traits: GAE_TRAITS, read: readGae, tell, buildPicture, buildAside, shapedBy });
}

export default { render };
