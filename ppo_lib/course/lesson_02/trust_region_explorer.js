// The trust-region explorer: three steps from one policy of the cliff, on a map of its returns.
// cliff_steps.js has the mathematics, contours.js the lines of equal height.

const FINE = 57; // points each way of the grid for the true return, which is computed once
const COARSE = 33; // and of that for the surrogate, which is smooth, and new at every move

/** The chances of going right of the policies on a grid over the map, row by row. */
function policiesOnMap({ lean, slope }, size) {
  return Array.from({ length: size * size }, (_, i) => chancesRight(
    lean.low + ((lean.high - lean.low) * (i % size)) / (size - 1),
    slope.low + ((slope.high - slope.low) * Math.floor(i / size)) / (size - 1),
  ));
}

let survey = null; // it is the same for every view

/** What of the map never changes: the true returns on the fine grid, the policies on the coarse. */
function surveyMap(bounds) {
  survey ??= {
    returns: policiesOnMap(bounds, FINE).map((right) => BAIT + aboveTheBait(right)),
    rights: policiesOnMap(bounds, COARSE),
  };
  return survey;
}

/** What the surrogate around the old policy is on the grid. */
function surveySurrogate(old, rights) {
  return rights.map((right) => {
    let sum = BAIT + old.aboveBait;
    for (let s = 1; s < GOAL_AT; s += 1) sum += (right[s] - old.right[s]) * old.gaps[s];
    return sum;
  });
}

// Words and numbers --------------------------------------------------------------------------

/** Write a number with about three digits; below 0.0005 as 2e−7. */
function formatShort(value) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.0005) {
    return `${value < 0 ? "\u2212" : ""}${size.toExponential(0).replace("-", "\u2212")}`;
  }
  return formatNumber(value, size < 0.9995 ? 3 : size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

/** The same, with a plus sign before a positive number. */
function formatGain(value) {
  return value > 0 ? `+${formatShort(value)}` : formatShort(value);
}

/** A KL: what rounding leaves of one below 10⁻¹² is no number to show. */
function formatKl(value) {
  return value < 1e-12 ? "0" : formatShort(value);
}

/** A setting, with no more digits than it has. */
function formatSetting(value) {
  return String(Number(value.toPrecision(6)));
}

const STEPS = ["gradient", "natural", "trpo"];
const PLATEAU = 1e-3; // a gradient shorter than this
const FLAT = 0.01; // a surrogate that differs by less from J_old at any policy

/** Everything that the picture shows, computed from the model's traits. */
function readState(model) {
  const [maxKl, stepSize, contours] = ["max_kl", "step_size", "contours"].map((name) => model.get(name));
  const old = oldPolicy(model.get("lean"), model.get("slope"));
  return { old, maxKl, stepSize, contours, walked: model.get("walked"), ...threeSteps(old, maxKl, stepSize) };
}

/** What happens, in words. */
function wordsFor(state, say) {
  const { old, maxKl, contours, gradient, natural, trpo, halvings } = state;
  const steepness = Math.hypot(...old.gradient);
  const words = [];
  if (steepness < PLATEAU) {
    const { large, small } = fisherAxes(old.fisher);
    const sizes = { steepness, most: 100 * steepness, large, small };
    words.push(say("words.plateau", mapValues(sizes, formatShort)));
  } else {
    const numbers = { times: formatShort(gradient.kl / maxKl), kl: formatKl(gradient.kl) };
    words.push(say(`words.gradient_${gradient.kl > maxKl ? "outside" : "inside"}`, numbers));
  }
  if (trpo === null) words.push(say("words.trpo_none"));
  else if (halvings === 0) words.push(say("words.trpo_whole"));
  else {
    const times = say(halvings < 3 ? `words.times.${halvings}` : "words.times.more", { times: halvings });
    const reason = natural.kl > maxKl ? "words.trpo_halved_kl" : "words.trpo_halved_gain";
    words.push(say(reason, { kl: formatKl(natural.kl), times }));
  }
  if (trpo !== null && trpo.truth < trpo.promise / 2) {
    const gains = { promise: formatGain(trpo.promise), truth: formatGain(trpo.truth) };
    words.push(say(trpo.truth < 0 ? "words.broken" : "words.short", gains));
  }
  const most = sum(Array.from(old.gaps, (gap, s) => Math.max(old.right[s], 1 - old.right[s]) * Math.abs(gap)));
  if (contours !== "truth" && most < FLAT) words.push(say("words.flat"));
  return words.join(" ");
}

/** The old policy and the three steps, in words. */
function describeState(state, say) {
  const { old, maxKl, stepSize } = state;
  const words = [say("picture", {
    ...mapValues({ lean: old.lean, slope: old.slope }, formatNumber),
    true_return: formatNumber(BAIT + old.aboveBait, 3),
    ...mapValues({ max_kl: maxKl, step_size: stepSize }, formatSetting),
  })];
  for (const name of STEPS.filter((one) => state[one] !== null)) {
    const { kl, promise, truth } = state[name];
    const gains = mapValues({ promise, truth }, formatGain);
    words.push(say("step.words", { name: say(`step.${name}.long`), kl: formatKl(kl), ...gains }));
  }
  return words.join(" ");
}

/** All that is said of a state. */
function tell(state, say) {
  const true_return = formatNumber(BAIT + state.old.aboveBait, 3);
  const heading = say("heading", { true_return });
  return { picture: describeState(state, say), heading, words: wordsFor(state, say) };
}

// The picture --------------------------------------------------------------------------------

const TRAITS = ["lean", "slope", "max_kl", "step_size", "contours", "walked"];
const TRUE_LEVELS = [0.05, 0.1, 0.15, 0.25, 0.4, 0.6, 0.8, 0.9, 0.97];
const SURROGATE_LEVELS = [
  -2, -1, -0.5, -0.2, 0, 0.1, 0.15, 0.25, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 2.5, 3, 4,
];
const PLATEAUS = { goal: [3.3, -0.6], bait: [-3.1, 1], late: [0, -3.75] }; // where each is named
const LEFT = 62; // room for the axis
const MARGINS = LEFT + 16;
const LEGEND_WIDTH = 180;

/** One colour and one dash pattern to a curve or step, and a mark where a step ends. */
function stylesFor(colors) {
  return {
    truth: { class: "explorer-truth", "stroke-width": 1.5 },
    surrogate: { stroke: colors.unclipped, "stroke-width": 2.5, "stroke-dasharray": "7 4" },
    border: { stroke: colors.approx_kl, "stroke-width": 3 },
    ellipse: { stroke: colors.approx_kl, "stroke-width": 2, "stroke-dasharray": "3 4" },
    gradient: { stroke: colors.gradient, "stroke-width": 4 },
    natural: { stroke: colors.natural_gradient, "stroke-width": 2.5, "stroke-dasharray": "8 5" },
    trpo: { stroke: colors.new_policy, "stroke-width": 7 },
  };
}

/** Where a step of this name ends: an arrow's head, an open diamond, a disc. Returns draw. */
function makeTip(parent, name, { stroke }) {
  const looks = {
    gradient: { fill: "none", "stroke-linecap": "round", "stroke-width": 3 },
    natural: { class: "explorer-ring", "stroke-width": 3 },
    trpo: { fill: stroke, "stroke-width": 0 },
  };
  const shapes = {
    gradient: (x, y, ux, uy) => arrowHead(x, y, ux, uy, 11),
    natural: (x, y) => `M${x},${y - 9}l9,9l-9,9l-9,-9Z`,
    trpo: (x, y) => circlePath(x, y, 6.5),
  };
  const tip = addNode(parent, "path", { stroke, ...looks[name] });
  return (x, y, ux, uy) => setAttributes(tip, { d: shapes[name](x, y, ux, uy) });
}

/** A step's arrow: returns draw(from, end), in pixels; `end` is endOnMap's, or null for no step. */
function makeStep(panel, name, style) {
  const shaft = addNode(panel.plot, "path", { fill: "none", ...style });
  const ends = addNode(panel.front, "g");
  const drawTip = makeTip(ends, name, style);
  const beyond = addNode(panel.front, "path", {
    fill: "none", stroke: style.stroke, "stroke-width": 3, "stroke-linecap": "round",
  });
  return (from, end) => {
    const isSeen = end !== null && end.length > 3;
    show(shaft, isSeen);
    show(ends, isSeen && !end.beyond);
    show(beyond, isSeen && end.beyond);
    if (!isSeen) return;
    const [x, y] = end.at;
    const [ux, uy] = [(x - from[0]) / end.length, (y - from[1]) / end.length];
    setAttributes(shaft, { d: pathOf([from, end.at]) });
    drawTip(x, y, ux, uy);
    const second = arrowHead(x - 7 * ux, y - 7 * uy, ux, uy, 9);
    setAttributes(beyond, { d: arrowHead(x, y, ux, uy, 9) + second });
  };
}

/** Where a step from `from` to `to` ends on the map: at its end, or at the edge it crosses. */
function endOnMap(panel, from, to) {
  const limits = [[panel.left + 2, panel.right - 2], [panel.top + 2, panel.bottom - 2]];
  let share = 1;
  [0, 1].forEach((axis) => {
    const way = to[axis] - from[axis];
    const edge = limits[axis][way > 0 ? 1 : 0];
    if (way !== 0) share = Math.min(share, Math.max(0, (edge - from[axis]) / way));
  });
  const at = [0, 1].map((axis) => from[axis] + share * (to[axis] - from[axis]));
  return { at, beyond: share < 1, length: Math.hypot(at[0] - from[0], at[1] - from[1]) };
}

/** The names of the curves, above the map or beside it, with a piece of each. */
function makeLegend(picture, panel, isBeside, styles, { say }) {
  const keys = byName(["border", "ellipse", "truth", "surrogate"], (name, index) => {
    const x = isBeside ? panel.right + 20 : panel.left + ((index % 2) * panel.width) / 2;
    const y = isBeside ? panel.top + 12 + 25 * index : panel.top - 40 + 23 * Math.floor(index / 2);
    return addKey(picture, x, y, styles[name], say(`line.${name}`), 32);
  });
  return ({ contours }) => {
    for (const node of keys.truth) show(node, contours !== "surrogate");
    for (const node of keys.surrogate) show(node, contours !== "truth");
  };
}

/**
 * The map's axes, as wide as high, with ticks and no lines across. In one column it is low
 * enough for a projector, which leaves room for the curves' names beside it.
 */
function layOut({ width, twoColumns }) {
  const side = Math.min(width - MARGINS, twoColumns ? 500 : 320);
  const isBeside = !twoColumns && width - MARGINS - side >= LEGEND_WIDTH;
  const left = LEFT + (isBeside ? 0 : Math.floor((width - MARGINS - side) / 2));
  const map = { left, top: isBeside ? 12 : 58, width: side, height: side };
  return { map, isBeside, height: map.top + side + 60 };
}

function makeMap(picture, frame, { bounds, say }) {
  const axis = (name) => ({
    limits: [bounds[name].low, bounds[name].high], ticks: [-4, -2, 0, 2, 4], format: formatWhole,
  });
  const panel = makePanel(
    picture, frame,
    { ...axis("lean"), label: say("axis.lean") }, { ...axis("slope"), label: [say("axis.slope")] },
  );
  for (const line of picture.querySelectorAll(".explorer-grid, .explorer-zero")) {
    setAttributes(line, { x1: panel.left - 5, x2: panel.left, class: "explorer-axis" });
  }
  return panel;
}

/** Paths that were walked, faint. */
function makeTraces(panel, styles) {
  const names = ["gradient", "trpo"];
  const paths = names.map((name) => addNode(panel.plot, "path", {
    fill: "none", ...styles[name], "stroke-width": 3, class: "explorer-trace",
  }));
  return drawOnChange(({ walked }) => walked, ({ walked }) => names.forEach((name, index) => {
    const steps = walked.filter((step) => step[0] === name).map(([, ...places]) => {
      const [x1, y1, x2, y2] = places.map((value, i) => (i % 2 ? panel.scaleY : panel.scaleX)(value));
      return `${pathOf([[x1, y1], [x2, y2]])}m-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0`;
    });
    setAttributes(paths[index], { d: steps.join("") });
  }));
}

/** The trust region, filled faintly: the true line and its ellipse. */
function makeRegion(panel, styles, { colors }) {
  const area = addNode(panel.back, "path", { fill: colors.approx_kl, "fill-opacity": 0.12, stroke: "none" });
  const drawEllipse = makeLine(panel, styles.ellipse);
  const drawBorder = makeLine(panel, styles.border);
  const reach = 14; // further than any two places of the map lie apart
  return ({ old, maxKl }) => {
    const { ellipse, border } = regionBorders(old, maxKl, reach);
    drawEllipse([...ellipse, ellipse[0]]);
    drawBorder([...border, border[0]]);
    setAttributes(area, { d: `${pathThrough(panel, border)}Z` });
  };
}

/** The three arrows and the words at their ends. Returns draw(state, taken). */
function makeSteps(panel, styles, measure, { say }) {
  const names = ["gradient", "trpo", "natural"]; // the order in which they are painted
  const arrows = byName(names, (name) => makeStep(panel, name, styles[name]));
  const words = byName(["old", ...names], () => makeWords(panel.front));
  const places = {};
  return (state, taken) => {
    const pixels = ({ lean, slope }) => [panel.scaleX(lean), panel.scaleY(slope)];
    const from = pixels(state.old);
    taken.push(boxAround(from, 13));
    const avoided = [];
    const ends = byName(names, (name) => state[name] && endOnMap(panel, from, pixels(state[name])));
    for (const name of names) {
      arrows[name](from, ends[name]);
      if (ends[name] === null) continue;
      const { at, length } = ends[name];
      for (let d = 0; d < length; d += 12) {
        avoided.push([0, 1].map((axis) => from[axis] + ((at[axis] - from[axis]) * d) / length));
      }
      if (length > 13) taken.push(boxAround(at, 10));
    }
    const write = (name, at, text) => {
      let found = text && placeWords(at, measure(text), panel, taken, avoided, places[name]);
      if (name === "old" && found && found.cost > 60) found = null; // too far off to belong to it
      places[name] = found?.place;
      words[name](found ? found.box : null, text);
      if (found) taken.push(found.box);
    };
    const whole = state.trpo !== null && state.halvings === 0;
    for (const name of ["gradient", "natural", "trpo"]) {
      if (ends[name] === null || (whole && name === "trpo")) {
        write(name, from, null);
        continue;
      }
      const both = whole && name === "natural";
      const title = say(both ? "step.shared" : `step.${name}.short`);
      const { beyond, length, at } = ends[name];
      const kind = beyond ? "step.beyond" : length <= 3 ? "step.tiny" : null;
      write(name, at, kind ? say(kind, { name: title }) : title);
    }
    write("old", from, say("point.old"));
    for (const place of avoided) taken.push(boxAround(place, 6)); // heights keep clear
  };
}

/** The plateaus' names, where they have room. Returns draw(state, taken). */
function makePlateaus(panel, measure, { say }) {
  const words = Object.keys(PLATEAUS).map((name) => makeWords(panel.plot));
  return ({ contours }, taken) => Object.entries(PLATEAUS).forEach(([name, [x, y]], index) => {
    const text = say(`plateau.${name}`);
    const half = measure(text) / 2;
    const cx = clamp(panel.scaleX(x), panel.left + half + 4, panel.right - half - 4);
    const box = boxAround([cx, panel.scaleY(y)], half, LINE_HEIGHT / 2);
    const free = contours !== "surrogate" && taken.every((other) => overlap(box, other) === 0);
    words[index](free ? box : null, text);
    if (free) taken.push(box);
  });
}

/** The lines of equal height of the true return and of the surrogate. Returns draw(state, taken). */
function makeHeights(panel, styles, measure, { bounds, say }) {
  const map = surveyMap(bounds);
  const high = panel.scaleY(2.6); // where the lines of the true return lie well apart
  const truth = makeContours(panel, styles.truth, TRUE_LEVELS, String, (line) => {
    const away = line.map(([, y]) => Math.abs(y - high));
    return away.indexOf(Math.min(...away));
  }, measure);
  truth.draw(map.returns);
  const surrogate = makeContours(
    panel, styles.surrogate, SURROGATE_LEVELS,
    (level) => say("contour.surrogate", { level: String(level).replace("-", "\u2212") }),
    (line) => Math.floor(line.length / 8), measure,
  );
  const survey = drawOnChange(({ old }) => `${old.lean} ${old.slope}`, ({ old }) =>
    surrogate.draw(surveySurrogate(old, map.rights)));
  return (state, taken) => {
    const [hasTruth, hasSurrogate] = [state.contours !== "surrogate", state.contours !== "truth"];
    truth.show(hasTruth);
    if (hasTruth) truth.label(taken);
    surrogate.show(hasSurrogate);
    if (hasSurrogate) survey(state);
    if (hasSurrogate) surrogate.label(taken);
  };
}

/** The old policy, dragged in two dimensions. */
function makeHandle(svg, panel, { model, bounds, colors, say, signal }) {
  const axes = {
    x: { ...bounds.lean, label: say("point.lean") }, y: { ...bounds.slope, label: say("point.slope") },
  };
  const read = () => ({ x: model.get("lean"), y: model.get("slope") });
  const write = (values) => {
    const { x, y } = { ...read(), ...values };
    writeTraits(model, { lean: x, slope: y, ...(model.get("walked").length && { walked: [] }) });
  };
  const point = makePoint(svg, panel, axes, read, write, [addSurface(svg, panel)], signal);
  point.dot.style.fill = colors.old_policy;
  return ({ old }) => {
    const true_return = formatNumber(BAIT + old.aboveBait, 3);
    const words = (value) => say("point.state", { value: formatNumber(value), true_return });
    point.draw(panel.scaleX(old.lean), panel.scaleY(old.slope), { x: words(old.lean), y: words(old.slope) });
  };
}

function buildPicture(view) {
  const { map, isBeside, height } = layOut(view);
  const { svg, picture } = addPicture(view, height);
  const panel = makeMap(picture, map, view);
  const styles = stylesFor(view.colors);
  const measure = makeMeasure(svg);
  const drawRegion = makeRegion(panel, styles, view);
  const drawHeights = makeHeights(panel, styles, measure, view);
  const drawPlateaus = makePlateaus(panel, measure, view);
  const drawTraces = makeTraces(panel, styles);
  const drawSteps = makeSteps(panel, styles, measure, view);
  const drawWords = (state) => { // each keeps clear of what stands there already
    const taken = [];
    for (const draw of [drawSteps, drawPlateaus, drawHeights]) draw(state, taken);
  };
  const drawLegend = makeLegend(picture, panel, isBeside, styles, view);
  return [drawRegion, drawTraces, drawWords, drawLegend, makeHandle(svg, panel, view)];
}

// Beside the picture --------------------------------------------------------------------------

/** The table of the steps, a row to each. */
function makeTable({ parent, colors, say }) {
  const styles = stylesFor(colors);
  const columns = ["kl", "promise", "truth", "length"]; // the names of what judge() returns
  const heads = columns.map((name) => say(`table.${name}`));
  const { table, titles, cells } = addTable(
    parent, "explorer-numbers explorer-steps", heads, STEPS.map(() => ""));
  table.setAttribute("aria-label", say("table.title"));
  STEPS.forEach((name, row) => {
    const swatch = addNode(titles[row], "svg", { width: 20, height: 22, class: "explorer-swatch" });
    if (name === "gradient") addNode(swatch, "path", { ...styles[name], d: "M0,11H18" });
    makeTip(swatch, name, styles[name])(name === "gradient" ? 18 : 10, 11, 1, 0);
    addElement(titles[row], "span", "", say(`step.${name}.short`));
  });
  const write = (step) => (step === null
    ? columns.map(() => say("table.none"))
    : [formatKl(step.kl), formatShort(step.promise), formatShort(step.truth), formatShort(step.length)]);
  return (state) => setCells(cells, STEPS.map((name) => write(state[name])));
}

/** The buttons that walk: one step by the gradient, one by TRPO, and back. */
function makeWalk(view) {
  const { model, bounds, say } = view;
  const isWithin = (value, { low, high }) => value >= low && value <= high;
  const isOnMap = (step) => step !== null
    && isWithin(step.lean, bounds.lean) && isWithin(step.slope, bounds.slope);
  const go = (name) => {
    const { old, walked, ...steps } = readState(model);
    const { lean, slope } = steps[name];
    const trace = [name, old.lean, old.slope, lean, slope];
    writeTraits(model, { walked: [...walked, trace], lean, slope });
  };
  const goBack = () => {
    const [, lean, slope] = model.get("walked")[0];
    writeTraits(model, { lean, slope });
  };
  const hasLeft = ({ old, walked: [start] }) =>
    start !== undefined && (start[1] !== old.lean || start[2] !== old.slope);
  return addButtons(view, [
    [say("walk.gradient"), () => go("gradient"), ({ gradient }) => isOnMap(gradient)],
    [say("walk.trpo"), () => go("trpo"), ({ trpo }) => isOnMap(trpo)],
    [say("walk.back"), goBack, hasLeft],
  ]);
}

function buildAside(view) {
  view.parent.classList.add("explorer-long-values", "explorer-long-words");
  return [
    addSlider(view, "max_kl", formatSetting),
    addSlider(view, "step_size", formatSetting),
    addChoice(view, "contours", (value) => view.say(`contours.${value}`)),
    makeWalk(view),
    makeTable(view),
  ];
}

function render(view) {
  return showExplorer(view, { traits: TRAITS, read: readState, tell, buildPicture, buildAside });
}

export default { render };
