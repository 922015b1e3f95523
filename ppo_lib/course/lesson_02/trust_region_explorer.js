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
    words.push(say("words.plateau", {
      steepness: formatShort(steepness), most: formatShort(100 * steepness),
      large: formatShort(large), small: formatShort(small),
    }));
  } else {
    const times = formatShort(gradient.kl / maxKl);
    words.push(gradient.kl > maxKl
      ? say("words.gradient_outside", { times })
      : say("words.gradient_inside", { kl: formatKl(gradient.kl) }));
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
  const most = old.gaps.reduce((sum, gap, s) => sum + Math.max(old.right[s], 1 - old.right[s]) * Math.abs(gap), 0);
  if (contours !== "truth" && most < FLAT) words.push(say("words.flat"));
  return words.join(" ");
}

/** The old policy and the three steps, in words. */
function describeState(state, say) {
  const { old, maxKl, stepSize } = state;
  const words = [say("picture", {
    lean: formatNumber(old.lean),
    slope: formatNumber(old.slope),
    true_return: formatNumber(BAIT + old.aboveBait, 3),
    max_kl: formatSetting(maxKl),
    step_size: formatSetting(stepSize),
  })];
  for (const name of STEPS) {
    const step = state[name];
    if (step === null) continue;
    words.push(say("step.words", {
      name: say(`step.${name}.long`),
      kl: formatKl(step.kl),
      promise: formatGain(step.promise),
      truth: formatGain(step.truth),
    }));
  }
  return words.join(" ");
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
function makeTip(parent, name, stroke) {
  const shapes = {
    gradient: ["path", { fill: "none", "stroke-linecap": "round" }],
    natural: ["path", { class: "explorer-ring" }],
    trpo: ["circle", { r: 6.5, fill: stroke.stroke }],
  };
  const [kind, attributes] = shapes[name];
  const line = { stroke: stroke.stroke, "stroke-width": name === "trpo" ? 0 : 3 };
  const tip = addNode(parent, kind, { ...line, ...attributes });
  return (x, y, ux, uy) => {
    if (name === "gradient") tip.setAttribute("d", headAt(x, y, ux, uy));
    else if (name === "natural") tip.setAttribute("d", `M${x},${y - 9}l9,9l-9,9l-9,-9Z`);
    else setAttributes(tip, { cx: x, cy: y });
  };
}

/** The open head of an arrow that ends at (x, y) and points along (ux, uy). */
function headAt(x, y, ux, uy, size = 11) {
  const side = (sign) => {
    const across = x - size * ux - sign * 0.7 * size * uy;
    const down = y - size * uy + sign * 0.7 * size * ux;
    return `${across.toFixed(1)},${down.toFixed(1)}`;
  };
  return `M${side(1)}L${x.toFixed(1)},${y.toFixed(1)}L${side(-1)}`;
}

/** A step's arrow: returns draw(from, to, shown), in pixels, cut off at the map's edge. */
function makeStep(panel, name, stroke) {
  const group = addNode(panel.plot, "g");
  const shaft = addNode(group, "path", { fill: "none", ...stroke });
  const ends = addNode(panel.front, "g");
  const drawTip = makeTip(ends, name, stroke);
  const beyond = addNode(panel.front, "path", {
    fill: "none", stroke: stroke.stroke, "stroke-width": 3, "stroke-linecap": "round",
  });
  return (from, end, shown) => {
    const [x, y] = end.at;
    const length = Math.hypot(x - from[0], y - from[1]);
    const [ux, uy] = length > 0 ? [(x - from[0]) / length, (y - from[1]) / length] : [1, 0];
    const visible = shown && length > 3;
    group.setAttribute("display", visible ? "inline" : "none");
    ends.setAttribute("display", visible && !end.beyond ? "inline" : "none");
    beyond.setAttribute("display", visible && end.beyond ? "inline" : "none");
    shaft.setAttribute("d", `M${from[0].toFixed(1)},${from[1].toFixed(1)}L${x.toFixed(1)},${y.toFixed(1)}`);
    if (end.beyond) {
      const [bx, by] = [x - 7 * ux, y - 7 * uy];
      beyond.setAttribute("d", headAt(x, y, ux, uy, 9) + headAt(bx, by, ux, uy, 9));
    } else drawTip(x, y, ux, uy);
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
  return { at, beyond: share < 1 };
}

/** The names of the curves, above the map or beside it, with a piece of each. Returns draw(contours). */
function makeLegend(parent, panel, beside, styles, say) {
  const entries = {};
  ["border", "ellipse", "truth", "surrogate"].forEach((name, index) => {
    const x = beside ? panel.right + 20 : panel.left + ((index % 2) * panel.width) / 2;
    const y = beside ? panel.top + 12 + 25 * index : panel.top - 40 + 23 * Math.floor(index / 2);
    const line = addNode(parent, "path", { fill: "none", ...styles[name], d: `M${x},${y}h32` });
    entries[name] = [line, addFormula(parent, { x: x + 38, y: y + 5 }, say(`line.${name}`))];
  });
  const show = (name, shown) => {
    for (const node of entries[name]) node.setAttribute("display", shown ? "inline" : "none");
  };
  return (contours) => {
    show("truth", contours !== "surrogate");
    show("surrogate", contours !== "truth");
  };
}

/**
 * The map's axes, as wide as high, with ticks and no lines across. In one column it is low
 * enough for a projector, which leaves room for the curves' names beside it.
 */
function makeMap(picture, room, width, bounds, say) {
  const twoColumns = room.parentElement.classList.contains("explorer-two-columns");
  const side = Math.min(width - MARGINS, twoColumns ? 500 : 320);
  const beside = !twoColumns && width - MARGINS - side >= LEGEND_WIDTH;
  const left = LEFT + (beside ? 0 : Math.floor((width - MARGINS - side) / 2));
  const axis = (name) => ({
    limits: [bounds[name].low, bounds[name].high],
    ticks: [-4, -2, 0, 2, 4],
    format: (value) => formatNumber(value, 0),
  });
  const panel = makePanel(
    picture, { left, top: beside ? 12 : 58, width: side, height: side },
    { ...axis("lean"), label: say("axis.lean") }, { ...axis("slope"), label: [say("axis.slope")] },
  );
  for (const line of picture.querySelectorAll(".explorer-grid, .explorer-zero")) {
    setAttributes(line, { x1: panel.left - 5, x2: panel.left, class: "explorer-axis" });
  }
  return { panel, beside };
}

/** Paths that were walked, faint. Returns draw(walked). */
function makeTraces(panel, styles) {
  const paths = Object.fromEntries(["gradient", "trpo"].map((name) => [name, addNode(panel.plot, "path", {
    fill: "none", ...styles[name], "stroke-width": 3, class: "explorer-trace",
  })]));
  let drawn = null;
  return (walked) => {
    if (walked === drawn) return;
    drawn = walked;
    for (const [name, path] of Object.entries(paths)) {
      const steps = walked.filter((step) => step[0] === name).map(([, ...places]) => {
        const [x1, y1, x2, y2] = places.map((value, i) => (i % 2 ? panel.scaleY : panel.scaleX)(value));
        return `M${x1.toFixed(1)},${y1.toFixed(1)}L${x2.toFixed(1)},${y2.toFixed(1)}`
          + "m-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0";
      });
      path.setAttribute("d", steps.join(""));
    }
  };
}

/** The trust region, filled faintly: the true line and its ellipse. Returns draw(state). */
function makeRegion(panel, colors, styles) {
  const area = addNode(panel.back, "path", { fill: colors.approx_kl, "fill-opacity": 0.12, stroke: "none" });
  const drawEllipse = makeLine(panel, styles.ellipse);
  const drawBorder = makeLine(panel, styles.border);
  const reach = 14; // further than any two places of the map lie apart
  return ({ old, maxKl }) => {
    const { ellipse, border } = regionBorders(old, maxKl, reach);
    drawEllipse([...ellipse, ellipse[0]]);
    drawBorder([...border, border[0]]);
    area.setAttribute("d", `${pathThrough(panel, border)}Z`);
  };
}

/** The three arrows and the words at their ends. Returns draw(state, taken). */
function makeSteps(panel, styles, measure, say) {
  const names = ["gradient", "trpo", "natural"]; // the order in which they are painted
  const arrows = Object.fromEntries(names.map((name) => [name, makeStep(panel, name, styles[name])]));
  const words = Object.fromEntries(["old", ...names].map((name) => [name, makeWords(panel.front)]));
  const places = {};
  return (state, taken) => {
    const pixels = ({ lean, slope }) => [panel.scaleX(lean), panel.scaleY(slope)];
    const from = pixels(state.old);
    taken.push([from[0] - 13, from[1] - 13, from[0] + 13, from[1] + 13]);
    const avoided = [];
    const ends = {};
    for (const name of names) {
      const step = state[name];
      arrows[name](from, step ? endOnMap(panel, from, pixels(step)) : { at: from }, step !== null);
      if (step === null) continue;
      const end = endOnMap(panel, from, pixels(step));
      const [x, y] = end.at;
      const length = Math.hypot(x - from[0], y - from[1]);
      for (let d = 0; d < length; d += 12) {
        avoided.push([from[0] + ((x - from[0]) * d) / length, from[1] + ((y - from[1]) * d) / length]);
      }
      if (length > 13) taken.push([x - 10, y - 10, x + 10, y + 10]);
      ends[name] = { ...end, length };
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
      if (!(name in ends) || (whole && name === "trpo")) {
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
    for (const [x, y] of avoided) taken.push([x - 6, y - 6, x + 6, y + 6]); // heights keep clear
  };
}

/** The whole picture. Returns draw(state). */
function buildPicture(model, room, width, say, signal) {
  const [bounds, colors] = [model.get("bounds"), model.get("colors")];
  const svg = addNode(room, "svg", { width, class: "explorer-svg" });
  const picture = addNode(svg, "g", { role: "img" });
  const { panel, beside } = makeMap(picture, room, width, bounds, say);
  const height = panel.bottom + 60;
  setAttributes(svg, { height, viewBox: `0 0 ${width} ${height}` });
  const styles = stylesFor(colors);
  const measure = makeMeasure(svg);
  const map = surveyMap(bounds);
  const drawRegion = makeRegion(panel, colors, styles);
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
  const plateaus = Object.keys(PLATEAUS).map((name) => makeWords(panel.plot));
  const drawTraces = makeTraces(panel, styles);
  const drawSteps = makeSteps(panel, styles, measure, say);
  const drawLegend = makeLegend(picture, panel, beside, styles, say);
  const surface = addNode(svg, "rect", {
    x: panel.left, y: panel.top, width: panel.width, height: panel.height, class: "explorer-surface",
  });
  const point = makePoint(
    svg,
    panel,
    {
      x: { ...bounds.lean, label: say("point.lean") },
      y: { ...bounds.slope, label: say("point.slope") },
    },
    () => ({ x: model.get("lean"), y: model.get("slope") }),
    ({ x = model.get("lean"), y = model.get("slope") }) =>
      writeTraits(model, { lean: x, slope: y, ...(model.get("walked").length && { walked: [] }) }),
    [surface],
    signal,
  );

  point.node.querySelector(".explorer-dot").style.fill = colors.old_policy;

  let surveyed = ""; // the old policy whose surrogate is drawn
  return (state) => {
    const { old, contours } = state;
    drawLegend(contours);
    drawRegion(state);
    drawTraces(state.walked);
    const taken = [];
    drawSteps(state, taken);
    Object.entries(PLATEAUS).forEach(([name, [x, y]], index) => {
      const words = say(`plateau.${name}`);
      const half = measure(words) / 2;
      const [cx, cy] = [clamp(panel.scaleX(x), panel.left + half + 4, panel.right - half - 4), panel.scaleY(y)];
      const box = [cx - half, cy - LINE_HEIGHT / 2, cx + half, cy + LINE_HEIGHT / 2];
      const free = contours !== "surrogate" && taken.every((other) => overlap(box, other) === 0);
      plateaus[index](free ? box : null, words);
      if (free) taken.push(box);
    });
    truth.show(contours !== "surrogate");
    if (contours !== "surrogate") truth.label(taken);
    surrogate.show(contours !== "truth");
    if (contours !== "truth") {
      const now = `${old.lean} ${old.slope}`;
      if (now !== surveyed) surrogate.draw(surveySurrogate(old, map.rights));
      surveyed = now;
      surrogate.label(taken);
    }
    picture.setAttribute("aria-label", describeState(state, say));
    const true_return = formatNumber(BAIT + old.aboveBait, 3);
    point.draw(panel.scaleX(old.lean), panel.scaleY(old.slope), {
      x: say("point.state", { value: formatNumber(old.lean), true_return }),
      y: say("point.state", { value: formatNumber(old.slope), true_return }),
    });
  };
}

// Beside the picture --------------------------------------------------------------------------

/** The table of the steps, a row to each. Returns draw(state). */
function buildTable(parent, colors, say) {
  const styles = stylesFor(colors);
  const table = addElement(parent, "table", "explorer-numbers explorer-steps");
  table.setAttribute("aria-label", say("table.title"));
  const head = addElement(addElement(table, "thead"), "tr");
  addElement(head, "td");
  const columns = ["kl", "promise", "truth", "length"]; // the names of what judge() returns
  for (const column of columns) addElement(head, "th", "", say(`table.${column}`)).scope = "col";
  const body = addElement(table, "tbody");
  const cells = {};
  for (const name of STEPS) {
    const line = addElement(body, "tr");
    const title = addElement(line, "th");
    title.scope = "row";
    const swatch = addNode(title, "svg", { width: 20, height: 22, class: "explorer-swatch" });
    if (name === "gradient") addNode(swatch, "path", { ...styles[name], d: "M0,11H18" });
    makeTip(swatch, name, styles[name])(name === "gradient" ? 18 : 10, 11, 1, 0);
    addElement(title, "span", "", say(`step.${name}.short`));
    cells[name] = columns.map(() => addElement(line, "td"));
  }
  return (state) => {
    for (const name of STEPS) {
      const step = state[name];
      const texts = step === null
        ? columns.map(() => say("table.none"))
        : [formatKl(step.kl), ...columns.slice(1).map((column) => formatShort(step[column]))];
      texts.forEach((text, index) => setText(cells[name][index], text));
    }
  };
}

/** The buttons that walk: one step by the gradient, one by TRPO, and back. Returns draw(state). */
function buildWalk(parent, model, say, signal) {
  const bounds = model.get("bounds");
  const row = addElement(parent, "div", "explorer-buttons");
  const onMap = (step) => step !== null
    && step.lean >= bounds.lean.low && step.lean <= bounds.lean.high
    && step.slope >= bounds.slope.low && step.slope <= bounds.slope.high;
  const go = (name) => {
    const { old, walked, ...steps } = readState(model);
    const { lean, slope } = steps[name];
    const trace = [name, old.lean, old.slope, lean, slope];
    writeTraits(model, { walked: [...walked, trace], lean, slope });
  };
  const back = () => {
    const [, lean, slope] = model.get("walked")[0];
    writeTraits(model, { lean, slope });
  };
  const names = ["gradient", "trpo"];
  const buttons = names.map((name) => addButton(row, say(`walk.${name}`), () => go(name), signal));
  const drawBack = addButton(row, say("walk.back"), back, signal);
  return (state) => {
    names.forEach((name, index) => buttons[index](onMap(state[name])));
    const start = state.walked[0];
    drawBack(start !== undefined && (start[1] !== state.old.lean || start[2] !== state.old.slope));
  };
}

/** What stands beside the picture. Returns draw(state). */
function buildAside(model, aside, say, signal) {
  const bounds = model.get("bounds");
  aside.classList.add("explorer-long-values", "explorer-long-words");
  const slider = (name) => addSlider(
    aside, model, name, say(`slider.${name}`), bounds[name], formatSetting, signal,
  );
  const drawControls = [
    slider("max_kl"),
    slider("step_size"),
    addChoice(
      aside, model, "contours", say("choice.contours"), bounds.contours.values,
      (value) => say(`contours.${value}`), signal,
    ),
  ];
  const drawWalk = buildWalk(aside, model, say, signal);
  const drawTable = buildTable(aside, model.get("colors"), say);
  const drawStatus = addStatus(aside);
  addElement(aside, "div", "explorer-hint", say("hint"));
  return (state) => {
    for (const drawControl of drawControls) drawControl();
    drawWalk(state);
    drawTable(state);
    drawStatus(say("heading", { true_return: formatNumber(BAIT + state.old.aboveBait, 3) }), wordsFor(state, say));
  };
}

function render({ model, el }) {
  return showExplorer(
    { model, el }, TRAITS, () => readState(model),
    (...room) => buildAside(model, ...room), (...room) => buildPicture(model, ...room),
  );
}

export default { render };
