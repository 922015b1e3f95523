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
const SIGNS = ["positive", "negative"]; // of A, by row of the table of cases, which counts them
const SIDES = ["below", "inside", "above"]; // of the band, by column
const PUSHES = { 1: "pull_up", 2: "push_up", 3: "none", 4: "none", 5: "push_down", 6: "pull_down" };
const LOST_WITHOUT_MIN = [1, 6];
const HEIGHT = 532;
const TERMS = ["unclipped", "clipped", "objective"];

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
    clipRange, advantage, ratio, useMin,
    unclipped: unclippedTerm(ratio, advantage),
    clipped: clippedTerm(ratio, advantage, clipRange),
    objective: objective(ratio, advantage, clipRange, useMin),
    gradient: gradient(ratio, advantage, clipRange, useMin),
    kink: slopesAtKink(ratio, advantage, clipRange, useMin),
    case: caseOf(ratio, advantage, clipRange),
  };
}

// Words --------------------------------------------------------------------------------------

/** What the case means and what the next step does, in words. */
function wordsFor(state, say) {
  const lost = !state.useMin && LOST_WITHOUT_MIN.includes(state.case);
  const words = say(`case.${state.case}.${lost ? "without_min" : "words"}`);
  if (!state.kink) return words;
  const slopes = { ...state.kink, autograd: state.gradient };
  return `${words} ${say("kink", mapValues(slopes, formatNumber))}`;
}

/** All that is said of a state. */
function tell(state, say) {
  const { ratio, advantage, clipRange, objective, gradient } = state;
  const numbers = { ratio, advantage, clip_range: clipRange, objective, gradient };
  const place = say(`case.${state.case}.place`);
  return {
    picture: say("picture", { ...mapValues(numbers, formatNumber), place }),
    heading: state.case === 0 ? place : say("heading", { number: state.case, place }),
    words: wordsFor(state, say),
  };
}

// The picture --------------------------------------------------------------------------------

/** Two panels over the same ratio axis: the objective above, its slope below. */
function makePanels(picture, { width, bounds, say }) {
  const [end, steepest] = [bounds.ratio.high, bounds.advantage.high];
  const frame = { left: 80, width: width - 80 - 122 }; // room for the labels on both sides
  return stackPanels(picture, frame, { limits: [0, end], ticks: [0, 0.5, 1, 1.5, 2, 2.5] }, {
    top: {
      top: 26, height: 312, label: [say("axis.objective")],
      limits: [-steepest * end, steepest * end], ticks: [-3, -2, -1, 0, 1, 2, 3],
    },
    low: {
      top: 370, height: 106, label: [say("axis.gradient"), say("axis.gradient_unit")],
      limits: [-steepest * 1.2, steepest * 1.2], ticks: [-1, 0, 1],
      x: { label: say("axis.ratio"), format: (value) => formatNumber(value, 1) },
    },
  });
}

/** What does not depend on the point: the band, the terms, the objective, its slope. */
function makeCurves(picture, { top, low }, { bounds, colors, say }) {
  const strokes = strokesFor(colors);
  const bands = [top, low].map((panel) => makeBand(panel, colors.band));
  const [lowEdge, highEdge] = [makeReadout(picture), makeReadout(picture)];
  const lines = byName(["objective", "unclipped", "clipped"], (name) => makeLine(top, strokes[name]));
  const slopeLine = makeLine(low, strokes.gradient);
  const named = (name) => ({ text: say(`line.${name}`), stroke: strokes[name] });
  const endLabels = makeEndLabels(top, TERMS.map(named));
  const slopeLabel = makeEndLabels(low, [named("gradient")]);

  return ({ clipRange, advantage, useMin }) => {
    const [from, to, end] = [1 - clipRange, 1 + clipRange, bounds.ratio.high];
    for (const band of bands) band(from, to);
    const above = top.top - 7;
    lowEdge(top.scaleX(from) - 3, above, say("edge.low", { value: formatNumber(from) }), "end");
    highEdge(top.scaleX(to) + 3, above, say("edge.high", { value: formatNumber(to) }), "start");

    const terms = {
      unclipped: (r) => unclippedTerm(r, advantage),
      clipped: (r) => clippedTerm(r, advantage, clipRange),
      objective: (r) => objective(r, advantage, clipRange, useMin),
    };
    for (const name of TERMS) lines[name]([0, from, to, end].map((r) => [r, terms[name](r)]));
    endLabels(TERMS.map((name) => terms[name](end)));

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
function makeMarks(picture, { top, low }, { colors, say }) {
  const guide = makeGuide(picture, [top, low]);
  const push = makeArrow(top.front, {
    stroke: colors.gradient, "stroke-width": 5, "stroke-linecap": "round",
  });
  const rings = byName(["unclipped", "clipped"], (name) => addNode(top.front, "circle", {
    r: 5, class: "explorer-ring", stroke: colors[name], "stroke-width": 3,
  }));
  const slopeMark = addNode(low.front, "circle", { r: 7, class: "explorer-dot", fill: colors.gradient });
  const ratioReadout = makeReadout(picture);
  const slopeReadout = makeReadout(low.front);

  return (state) => {
    const at = top.scaleX(state.ratio);
    guide(at);
    for (const name of Object.keys(rings)) setAttributes(rings[name], { cx: at, cy: top.scaleY(state[name]) });
    setAttributes(slopeMark, { cx: at, cy: low.scaleY(state.gradient) });
    slopeMark.classList.toggle("explorer-hollow", state.gradient === 0);
    push(...pushBeside(top, state));

    const ratioText = say("point.ratio", { value: formatNumber(state.ratio) });
    ratioReadout(clamp(at, top.left + 30, top.right - 30), top.bottom + 17, ratioText, "middle");
    const emptyHalf = low.scaleY(0) + (state.advantage >= 0 ? 32 : -21); // no slope runs there
    const slopeText = say("point.slope", { value: formatSigned(state.gradient) });
    slopeReadout(clamp(at, low.left + 46, low.right - 46), emptyHalf, slopeText, "middle");
  };
}

/** Both ends of the arrow beside the point: uphill, and longer for a larger gradient. */
function pushBeside(panel, { ratio, objective, gradient: slope }) {
  const [px, py] = [panel.scaleX(ratio), panel.scaleY(objective)];
  const dx = panel.scaleX(1) - panel.scaleX(0);
  const dy = (panel.scaleY(1) - panel.scaleY(0)) * slope;
  const unit = Math.sign(slope) / Math.hypot(dx, dy);
  const [ux, uy] = [dx * unit, dy * unit];
  const length = slope === 0 ? 0 : 14 + Math.abs(slope) * 32;
  const lift = 20;
  const [sx, sy] = slope > 0 ? [px + lift * uy, py - lift * ux] : [px - lift * uy, py + lift * ux];
  return [sx, sy, sx + length * ux, sy + length * uy];
}

/** The point on the objective, which the ratio moves. */
function makeHandle(svg, panels, view) {
  const surfaces = Object.values(panels).map((panel) => addSurface(svg, panel));
  const number = numberOf(view, "ratio", view.say("point.label"));
  return makePointAlong("x", svg, panels.top, number, surfaces, view.signal, (state) => {
    const { ratio, objective, gradient } = state;
    const numbers = mapValues({ ratio, objective, gradient }, formatNumber);
    const text = view.say("point.state", { ...numbers, number: state.case });
    return [ratio, objective, text, gradient === 0];
  });
}

function buildPicture(view) {
  const { svg, picture } = addPicture(view, HEIGHT);
  const panels = makePanels(picture, view);
  return [
    makeCurves(picture, panels, view), makeMarks(picture, panels, view), makeHandle(svg, panels, view).draw,
  ];
}

// Beside the picture -------------------------------------------------------------------------

/** The formula with its terms marked like their lines, and this point's numbers below. */
function makeFormula({ parent, colors, say }) {
  const box = addElement(parent, "div", "explorer-formula");
  const borders = { unclipped: "dashed", clipped: "dotted", objective: "solid" };
  const minOnly = [];
  const [symbols, numbers] = [1, 2].map(() => {
    const line = addElement(box, "div", "explorer-formula-line");
    const plain = (text) => addElement(line, "span", "", text);
    const term = (name) => {
      const part = addElement(line, "span", "explorer-term");
      part.style.borderBottom = `3px ${borders[name]} ${colors[name]}`;
      return part;
    };
    const result = term("objective");
    plain(" = ");
    const open = plain(say("formula.min_open"));
    const [unclipped, comma, clipped] = [term("unclipped"), plain(", "), term("clipped")];
    minOnly.push(open, unclipped, comma, plain(say("formula.close")));
    return { objective: result, unclipped, clipped };
  });
  for (const name of TERMS) setText(symbols[name], say(`formula.${name}`));
  return (state) => {
    for (const part of minOnly) part.hidden = !state.useMin;
    for (const name of TERMS) setText(numbers[name], formatNumber(state[name]));
  };
}

/** The six cases as a table of buttons; each moves the point into its case. */
function makeCases({ parent, model, say, signal }) {
  const rows = SIGNS.map((sign) => say(`cases.${sign}`));
  const columns = SIDES.map((side) => say(`cases.${side}`));
  const { table, cells } = addTable(parent, "explorer-cases", columns, rows);
  table.createCaption().textContent = say("cases.caption");
  const buttons = cells.flat().map((cell, index) => {
    const button = addElement(cell, "button", "explorer-case");
    button.type = "button";
    button.dataset.case = index + 1;
    addElement(button, "span", "explorer-number", String(index + 1));
    addElement(button, "span", "explorer-effect");
    const go = () => writeTraits(model, stateForCase(model, index + 1));
    button.addEventListener("click", go, { signal });
    keepKeys(button, KEYS_OF_A_BUTTON, signal);
    return button;
  });
  return (state) => buttons.forEach((button, index) => {
    const number = index + 1;
    const lost = !state.useMin && LOST_WITHOUT_MIN.includes(number);
    const push = lost ? "none" : PUSHES[number];
    setText(button.lastChild, say(`push.${PUSHES[number]}`)); // crossed out where it is lost
    button.classList.toggle("explorer-dead", push === "none");
    button.classList.toggle("explorer-lost", lost);
    const words = { number, place: say(`case.${number}.place`), effect: say(`push.${push}`) };
    const isHere = number === state.case;
    setAttributes(button, {
      "aria-label": say("cases.button", words), "aria-current": isHere ? true : null,
    });
  });
}

/** Traits that put the point well inside a case, keeping epsilon and the size of A. */
function stateForCase(model, number) {
  const clipRange = model.get("clip_range");
  const size = Math.abs(model.get("advantage")) || 1;
  const side = ((number - 1) % 3) - 1;
  const ratio = [1 - clipRange - 0.3, 1, 1 + clipRange + 0.4][side + 1];
  return { advantage: number <= 3 ? size : -size, ratio: snap(ratio, 0.01) };
}

function buildAside(view) {
  const { model } = view;
  return [
    makeFormula(view),
    addSlider(view, "clip_range", formatNumber),
    addSlider(view, "advantage", formatSigned),
    addSwitch(view, "use_min"),
    makeCases(view),
    (state) => { if (model.get("case") !== state.case) model.set("case", state.case); },
  ];
}

function render(view) {
  return showExplorer(view, { traits: TRAITS, read: readState, tell, buildPicture, buildAside });
}

export default { render };
