// The clip explorer: one sample's part in L^CLIP, as a function of its ratio.
// The first functions are the mathematics, tested against ppo_lib.losses.

const TIE = 1e-9; // a ratio this close to an edge of the band stands on it

/** Where the ratio lies: -1 below the band, 0 inside it (edges too), 1 above it. */
function sideOf(ratio, clipRange) {
  if (ratio < 1 - clipRange - TIE) return -1;
  return ratio > 1 + clipRange + TIE ? 1 : 0;
}

/** r·A. */
function unclippedTerm(ratio, advantage) {
  return ratio * advantage;
}

/** clip(r, 1-ε, 1+ε)·A. */
function clippedTerm(ratio, advantage, clipRange) {
  return clamp(ratio, 1 - clipRange, 1 + clipRange) * advantage;
}

/** What is maximised: the smaller of the two, or the clipped term without the min. */
function objective(ratio, advantage, clipRange, useMin) {
  const clipped = clippedTerm(ratio, advantage, clipRange);
  return useMin ? Math.min(unclippedTerm(ratio, advantage), clipped) : clipped;
}

/** The objective's slope in the ratio; on an edge the inside slope, as autograd has it. */
function gradient(ratio, advantage, clipRange, useMin) {
  const side = sideOf(ratio, clipRange);
  const cutsTheIncentive = side === Math.sign(advantage);
  if (side !== 0 && (cutsTheIncentive || !useMin)) return 0;
  return advantage;
}

/** 1, 2, 3 for A > 0 below, inside, above the band; 4, 5, 6 for A < 0; 0 for A = 0. */
function caseOf(ratio, advantage, clipRange) {
  if (advantage === 0) return 0;
  return (advantage > 0 ? 2 : 5) + sideOf(ratio, clipRange);
}

/** Slopes on both sides of a kink at this ratio, or null where there is no kink. */
function slopesAtKink(ratio, advantage, clipRange, useMin) {
  const low = Math.abs(ratio - (1 - clipRange)) <= TIE;
  const high = Math.abs(ratio - (1 + clipRange)) <= TIE;
  if (!low && !high) return null;
  const left = gradient(ratio - 10 * TIE, advantage, clipRange, useMin);
  const right = gradient(ratio + 10 * TIE, advantage, clipRange, useMin);
  return left === right ? null : { left, right };
}

const TRAITS = ["clip_range", "advantage", "ratio", "use_min"];
const CASES = [[1, 2, 3], [4, 5, 6]];
const SIGNS = ["positive", "negative"]; // of A, by row of the table of cases
const SIDES = ["below", "inside", "above"]; // of the band, by column
const PUSHES = { 1: "pull_up", 2: "push_up", 3: "none", 4: "none", 5: "push_down", 6: "pull_down" };
const LOST_WITHOUT_MIN = [1, 6];
const HEIGHT = 532;

/** The line styles: one colour and one dash pattern to a quantity. */
function strokesFor(colors) {
  return {
    objective: { stroke: colors.objective, "stroke-width": 7, "stroke-opacity": 0.75 },
    unclipped: { stroke: colors.unclipped, "stroke-width": 3, "stroke-dasharray": "9 5" },
    clipped: { stroke: colors.clipped, "stroke-width": 3, "stroke-dasharray": "2.5 4" },
    gradient: { stroke: colors.gradient, "stroke-width": 4, "stroke-linejoin": "round" },
  };
}

/** Everything that the picture shows, computed from the model's traits. */
function readState(model) {
  const [clipRange, advantage, ratio, useMin] = TRAITS.map((name) => model.get(name));
  return {
    clipRange,
    advantage,
    ratio,
    useMin,
    unclipped: unclippedTerm(ratio, advantage),
    clipped: clippedTerm(ratio, advantage, clipRange),
    objective: objective(ratio, advantage, clipRange, useMin),
    gradient: gradient(ratio, advantage, clipRange, useMin),
    kink: slopesAtKink(ratio, advantage, clipRange, useMin),
    case: caseOf(ratio, advantage, clipRange),
  };
}

/** Two panels over the same ratio axis: the objective above, its slope below. */
function makePanels(picture, width, bounds, say) {
  const ratioHigh = bounds.ratio.high;
  const steepest = bounds.advantage.high;
  const frame = { left: 80, width: width - 80 - 122 }; // room for the labels on both sides
  const ratioAxis = { limits: [0, ratioHigh], ticks: [0, 0.5, 1, 1.5, 2, 2.5] };
  const whole = (value) => formatNumber(value, 0);
  const top = makePanel(picture, { ...frame, top: 26, height: 312 }, ratioAxis, {
    limits: [-steepest * ratioHigh, steepest * ratioHigh],
    ticks: [-3, -2, -1, 0, 1, 2, 3],
    label: [say("axis.objective")],
    format: whole,
  });
  const labelled = { ...ratioAxis, label: say("axis.ratio"), format: (value) => formatNumber(value, 1) };
  const low = makePanel(picture, { ...frame, top: 370, height: 106 }, labelled, {
    limits: [-steepest * 1.2, steepest * 1.2],
    ticks: [-1, 0, 1],
    label: [say("axis.gradient"), say("axis.gradient_unit")],
    format: whole,
  });
  return { top, low };
}

/** What does not depend on the point: the band, the terms, the objective, its slope. */
function makeCurves(picture, { top, low }, bounds, colors, say) {
  const stroke = strokesFor(colors);
  const fill = { fill: colors.band, "fill-opacity": 0.2 };
  const edge = { stroke: colors.band, "stroke-width": 2, fill: "none", "stroke-dasharray": "5 4" };
  const bands = [makeBand(top, fill, edge), makeBand(low, fill, edge)];
  const lowEdge = makeReadout(picture);
  const highEdge = makeReadout(picture);
  const objectiveLine = makeLine(top, stroke.objective);
  const unclippedLine = makeLine(top, stroke.unclipped);
  const clippedLine = makeLine(top, stroke.clipped);
  const slopeLine = makeLine(low, stroke.gradient);
  const names = ["unclipped", "clipped", "objective"];
  const endLabels = makeEndLabels(
    top,
    names.map((name) => ({ text: say(`line.${name}`), stroke: stroke[name] })),
  );
  const slopeLabel = makeEndLabels(low, [{ text: say("line.gradient"), stroke: stroke.gradient }]);

  return ({ clipRange, advantage, useMin }) => {
    const [from, to, end] = [1 - clipRange, 1 + clipRange, bounds.ratio.high];
    for (const band of bands) band(from, to);
    const above = top.top - 7;
    lowEdge(top.scaleX(from) - 3, above, say("edge.low", { value: formatNumber(from) }), "end");
    highEdge(top.scaleX(to) + 3, above, say("edge.high", { value: formatNumber(to) }), "start");

    const terms = [
      (r) => unclippedTerm(r, advantage),
      (r) => clippedTerm(r, advantage, clipRange),
      (r) => objective(r, advantage, clipRange, useMin),
    ];
    const lines = [unclippedLine, clippedLine, objectiveLine];
    lines.forEach((line, index) => line([0, from, to, end].map((r) => [r, terms[index](r)])));
    endLabels(terms.map((term) => term(end)));

    const slopeBelow = gradient(bounds.ratio.low, advantage, clipRange, useMin);
    const slopeAbove = gradient(end, advantage, clipRange, useMin);
    slopeLine([
      [0, slopeBelow], [from, slopeBelow], [from, advantage],
      [to, advantage], [to, slopeAbove], [end, slopeAbove],
    ]);
    slopeLabel([slopeAbove]);
  };
}

/** What follows the point: a line through both panels, marks where it cuts, read-outs. */
function makeMarks(picture, { top, low }, colors, say) {
  const guide = addNode(picture, "path", { class: "explorer-guide" });
  const push = makeArrow(top.front, {
    stroke: colors.gradient, "stroke-width": 5, "stroke-linecap": "round",
  });
  const [unclippedRing, clippedRing] = ["unclipped", "clipped"].map((name) =>
    addNode(top.front, "circle", {
      r: 5, class: "explorer-ring", stroke: colors[name], "stroke-width": 3,
    }));
  const slopeMark = addNode(low.front, "circle", { r: 7, class: "explorer-dot", fill: colors.gradient });
  const ratioReadout = makeReadout(picture);
  const slopeReadout = makeReadout(low.front);

  return (state) => {
    const at = top.scaleX(state.ratio);
    guide.setAttribute("d", `M${at},${top.top}V${top.bottom}M${at},${low.top}V${low.bottom}`);
    setAttributes(unclippedRing, { cx: at, cy: top.scaleY(state.unclipped) });
    setAttributes(clippedRing, { cx: at, cy: top.scaleY(state.clipped) });
    setAttributes(slopeMark, { cx: at, cy: low.scaleY(state.gradient) });
    slopeMark.classList.toggle("explorer-hollow", state.gradient === 0);
    drawPush(push, top, state);

    const ratioText = say("point.ratio", { value: formatNumber(state.ratio) });
    ratioReadout(clamp(at, top.left + 30, top.right - 30), top.bottom + 17, ratioText, "middle");
    const emptyHalf = low.scaleY(0) + (state.advantage >= 0 ? 32 : -21); // no slope runs there
    const slopeText = say("point.slope", { value: formatSigned(state.gradient) });
    slopeReadout(clamp(at, low.left + 46, low.right - 46), emptyHalf, slopeText, "middle");
  };
}

/** The whole picture. Returns draw(state). */
function buildPicture(model, room, width, say, signal) {
  const [bounds, colors] = [model.get("bounds"), model.get("colors")];
  const size = { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` };
  const svg = addNode(room, "svg", { ...size, class: "explorer-svg" });
  const picture = addNode(svg, "g", { role: "img" });
  const panels = makePanels(picture, width, bounds, say);
  const drawCurves = makeCurves(picture, panels, bounds, colors, say);
  const drawMarks = makeMarks(picture, panels, colors, say);
  const surfaces = Object.values(panels).map(({ left, top, width: across, height }) =>
    addNode(svg, "rect", { x: left, y: top, width: across, height, class: "explorer-surface" }));
  const point = makePoint(
    svg,
    panels.top,
    { x: { ...bounds.ratio, label: say("point.label") } },
    () => ({ x: model.get("ratio") }),
    ({ x }) => writeTraits(model, { ratio: x }),
    surfaces,
    signal,
  );

  return (state) => {
    drawCurves(state);
    drawMarks(state);
    picture.setAttribute("aria-label", say("picture", {
      ratio: formatNumber(state.ratio),
      advantage: formatNumber(state.advantage),
      clip_range: formatNumber(state.clipRange),
      objective: formatNumber(state.objective),
      gradient: formatNumber(state.gradient),
      place: say(`case.${state.case}.place`),
    }));
    const text = say("point.state", {
      ratio: formatNumber(state.ratio),
      objective: formatNumber(state.objective),
      gradient: formatNumber(state.gradient),
      number: state.case,
    });
    const [px, py] = [panels.top.scaleX(state.ratio), panels.top.scaleY(state.objective)];
    point.draw(px, py, { x: text }, state.gradient === 0);
  };
}

/** The arrow beside the point: uphill along the objective, longer for a larger gradient. */
function drawPush(push, panel, state) {
  const slope = state.gradient;
  const [px, py] = [panel.scaleX(state.ratio), panel.scaleY(state.objective)];
  const dx = panel.scaleX(1) - panel.scaleX(0);
  const dy = (panel.scaleY(1) - panel.scaleY(0)) * slope;
  const unit = Math.sign(slope) / Math.hypot(dx, dy);
  const [ux, uy] = [dx * unit, dy * unit];
  const length = slope === 0 ? 0 : 14 + Math.abs(slope) * 32;
  const lift = 20;
  const [sx, sy] = slope > 0 ? [px + lift * uy, py - lift * ux] : [px - lift * uy, py + lift * ux];
  push(sx, sy, sx + length * ux, sy + length * uy);
}

/** The formula with its terms marked like their lines, and this point's numbers below. */
function buildFormula(parent, colors, say) {
  const box = addElement(parent, "div", "explorer-formula");
  const write = (line, name, text) => {
    const term = addElement(line, "span", "explorer-term", text);
    const style = { unclipped: "dashed", clipped: "dotted", objective: "solid" }[name];
    term.style.borderBottom = `3px ${style} ${colors[name]}`;
    return term;
  };
  const minOnly = [];
  const plain = (line, text, withMin) => {
    const part = addElement(line, "span", "", text);
    if (withMin) minOnly.push(part);
  };
  const rows = ["symbols", "numbers"].map((kind) => {
    const line = addElement(box, "div", "explorer-formula-line");
    const symbols = kind === "symbols";
    const result = write(line, "objective", symbols ? say("formula.objective") : "");
    plain(line, " = ");
    plain(line, say("formula.min_open"), true);
    const unclipped = write(line, "unclipped", symbols ? say("formula.unclipped") : "");
    minOnly.push(unclipped);
    plain(line, ", ", true);
    const clipped = write(line, "clipped", symbols ? say("formula.clipped") : "");
    plain(line, say("formula.close"), true);
    return { result, unclipped, clipped };
  });
  return (state) => {
    for (const part of minOnly) part.hidden = !state.useMin;
    setText(rows[1].result, formatNumber(state.objective));
    setText(rows[1].unclipped, formatNumber(state.unclipped));
    setText(rows[1].clipped, formatNumber(state.clipped));
  };
}

/** The six cases as a table of buttons; each moves the point into its case. */
function buildCases(parent, model, say, signal) {
  const table = addElement(parent, "table", "explorer-cases");
  addElement(table, "caption", "", say("cases.caption"));
  const head = addElement(addElement(table, "thead"), "tr");
  addElement(head, "td");
  for (const side of SIDES) {
    addElement(head, "th", "", say(`cases.${side}`)).scope = "col";
  }
  const body = addElement(table, "tbody");
  const buttons = {};
  CASES.forEach((numbers, row) => {
    const line = addElement(body, "tr");
    addElement(line, "th", "", say(`cases.${SIGNS[row]}`)).scope = "row";
    for (const number of numbers) {
      const button = addElement(addElement(line, "td"), "button", "explorer-case");
      button.type = "button";
      button.dataset.case = number;
      addElement(button, "span", "explorer-number", String(number));
      addElement(button, "span", "explorer-effect");
      button.addEventListener("click", () => writeTraits(model, stateForCase(model, number)), { signal });
      keepKeys(button, KEYS_OF_A_BUTTON, signal);
      buttons[number] = button;
    }
  });
  return (state) => {
    for (const [number, button] of Object.entries(buttons)) {
      const lost = !state.useMin && LOST_WITHOUT_MIN.includes(Number(number));
      const push = lost ? "none" : PUSHES[number];
      setText(button.lastChild, say(`push.${PUSHES[number]}`)); // crossed out where it is lost
      button.classList.toggle("explorer-dead", push === "none");
      button.classList.toggle("explorer-lost", lost);
      button.setAttribute("aria-label", say("cases.button", {
        number, place: say(`case.${number}.place`), effect: say(`push.${push}`),
      }));
      if (Number(number) === state.case) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  };
}

/** Traits that put the point well inside a case, keeping epsilon and the size of A. */
function stateForCase(model, number) {
  const clipRange = model.get("clip_range");
  const size = Math.abs(model.get("advantage")) || 1;
  const side = ((number - 1) % 3) - 1;
  const ratio = [1 - clipRange - 0.3, 1, 1 + clipRange + 0.4][side + 1];
  return { advantage: number <= 3 ? size : -size, ratio: snap(ratio, 0.01) };
}

/** What the case means and what the next step does, in words. */
function wordsFor(state, say) {
  const lost = !state.useMin && LOST_WITHOUT_MIN.includes(state.case);
  const kind = lost ? "without_min" : "words";
  const words = [say(`case.${state.case}.${kind}`)];
  if (state.kink) {
    words.push(say("kink", {
      left: formatNumber(state.kink.left),
      right: formatNumber(state.kink.right),
      autograd: formatNumber(state.gradient),
    }));
  }
  return words.join(" ");
}

/** What stands beside the picture. Returns draw(state). */
function buildAside(model, aside, say, signal) {
  const bounds = model.get("bounds");
  const drawFormula = buildFormula(aside, model.get("colors"), say);
  const drawControls = [
    addSlider(
      aside, model, "clip_range", say("slider.clip_range"), bounds.clip_range,
      (value) => formatNumber(value), signal,
    ),
    addSlider(
      aside, model, "advantage", say("slider.advantage"), bounds.advantage,
      (value) => formatSigned(value), signal,
    ),
    addSwitch(aside, model, "use_min", say("switch.use_min"), signal),
  ];
  const drawCases = buildCases(aside, model, say, signal);
  const drawStatus = addStatus(aside);
  addElement(aside, "div", "explorer-hint", say("hint"));
  return (state) => {
    drawFormula(state);
    for (const drawControl of drawControls) drawControl();
    drawCases(state);
    const place = say(`case.${state.case}.place`);
    const heading = state.case === 0 ? place : say("heading", { number: state.case, place });
    drawStatus(heading, wordsFor(state, say));
    if (model.get("case") !== state.case) model.set("case", state.case);
  };
}

function render({ model, el }) {
  return showExplorer(
    { model, el }, TRAITS, () => readState(model),
    (...room) => buildAside(model, ...room), (...room) => buildPicture(model, ...room),
  );
}

export default { render };
