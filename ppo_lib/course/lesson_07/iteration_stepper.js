// The iteration stepper: the ratios of a recorded update, from one gradient step to the next.
// All numbers come with the recording, which iteration_stepper.py makes.

const STEPPER_TRAITS = ["gradient_step", "iteration", "limit"];
const PICTURE_HEIGHT = 614;
const COUNT_TICKS = [0, 100, 400, 900];
const RATIO_TICKS = [0, 0.4, 0.8, 1, 1.2, 1.6, 2];
const KEY_PLACES = [0, 0.3, 0.75]; // of the picture's width, or of KEY_WIDTH
const KEY_WIDTH = 560;
const NUMBERS_FROM = 480; // a narrower picture has a key without numbers
const STRIP = { top: 369, height: 12 };
const TICK_OF_PLAY = 250; // milliseconds

/** What is special about a moment: the end of a key in the string table, as in Python. */
function momentCase(outside, step, surrogate) {
  if (step === 0) return "start";
  if (step === outside.length - 1) return "end";
  if (!outside.slice(0, step + 1).some((count) => count > 0)) return `inside.${surrogate}`;
  if (surrogate !== "clip") return `out.${surrogate}`;
  if (outside[step] === 0) return "back";
  return outside[step] < outside[step - 1] ? "fewer" : "more";
}

/** A whole number with a comma before each three digits. */
function formatCount(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Whose the surrogate of an update is: "clip" is PPO's, "own" the learner's, "none" has no limit. */
function surrogateOf(limit, recording) {
  return limit === "clip" ? recording.surrogate : limit;
}

/** Everything that the picture shows: the recorded update and the place in it. */
function readMoment(model) {
  const recording = model.get("recording");
  const [step, iteration, limit] = STEPPER_TRAITS.map((name) => model.get(name));
  const update = recording.updates[iteration][limit];
  return { recording, update, step, iteration, surrogate: surrogateOf(limit, recording) };
}

/** The numbers of a moment as they are written, by the names of the strings' fields. */
function writtenMoment({ recording, update, step, iteration }) {
  const { count, band } = recording;
  const [outside, dead, alive] = [update.outside[step], update.dead[step], update.alive[step]];
  const counts = { count, outside, dead, alive, inside: count - dead - alive };
  const written = { iteration, kl: formatNumber(update.kl[step], 4) };
  for (const [name, number] of Object.entries(counts)) written[name] = formatCount(number);
  [written.lowest, written.highest] = [update.lowest[step], update.highest[step]].map(
    (ratio) => formatNumber(ratio));
  [written.low, written.high] = band.map((edge) => formatNumber(edge, 1));
  return written;
}

/** Which epoch and which minibatch came last, in words. */
function placeWords({ recording, step }, say) {
  if (step === 0) return say("place.start");
  const { epochs, minibatches } = recording;
  const [epoch, minibatch] = [Math.ceil(step / minibatches), ((step - 1) % minibatches) + 1];
  return say("place.step", { epoch, epochs, minibatch, minibatches });
}

/** The histogram, the strip of minibatches and the two panels of curves. */
function makeStepperPanels(picture, width, { bars, klLimits, epochs, minibatches }, say) {
  const frame = { left: 60, width: width - 60 - 18 };
  const beyond = bars.beyondAt + bars.width / 2;
  const highest = Math.sqrt(bars.highest);
  const heights = COUNT_TICKS.map(Math.sqrt).filter((root) => root <= highest);
  const ratios = makePanel(
    picture,
    { ...frame, top: 54, height: 226 },
    {
      limits: [0, bars.limit],
      ticks: [...RATIO_TICKS, beyond],
      format: (tick) =>
        tick === beyond ? say("axis.beyond", { end: bars.end }) : String(tick),
      label: say("axis.ratio", { end: bars.end }),
    },
    {
      limits: [-highest, highest],
      ticks: [...heights.slice(1).map((root) => -root), ...heights],
      format: (root) => String(root * root),
      label: [],
    },
  );
  const last = epochs * minibatches;
  const steps = { limits: [0, last], ticks: [], label: "" };
  const shares = makePanel(picture, { ...frame, top: 411, height: 73 }, steps, {
    limits: [0, 100], ticks: [0, 50, 100], label: [], format: (percent) => `${percent}%`,
  });
  const numbered = {
    ...steps,
    ticks: Array.from({ length: epochs / 2 + 1 }, (_, index) => 2 * minibatches * index),
    format: String,
    label: say("axis.step"),
  };
  const kl = makePanel(picture, { ...frame, top: 515, height: 45 }, numbered, {
    limits: klLimits.map(Math.log10), ticks: [-3, -1, 1], label: [], format: (decade) => String(10 ** decade),
  });
  addNode(picture, "text", { x: 6, y: 18 }, say("axis.samples"));
  for (const [panel, key] of [[shares, "axis.shares"], [kl, "axis.kl"]]) {
    addNode(picture, "text", { x: panel.left, y: panel.top - 9 }, say(key));
  }
  const epochLines = Array.from({ length: epochs }, (_, index) =>
    `M${shares.scaleX((index + 1) * minibatches).toFixed(1)},0V${PICTURE_HEIGHT}`).join("");
  for (const panel of [shares, kl]) addNode(panel.back, "path", { d: epochLines, class: "explorer-grid" });
  return { ratios, shares, kl };
}

/** Slanted lines on paper; returns what to fill with. */
function makePaperHatch(svg, color) {
  const id = `explorer-hatch-${Math.random().toString(36).slice(2)}`;
  const box = { width: 5, height: 5, patternUnits: "userSpaceOnUse" };
  const pattern = addNode(svg, "pattern", { id, ...box, patternTransform: "rotate(45)" });
  addNode(pattern, "rect", { width: 5, height: 5, class: "explorer-paper" });
  addNode(pattern, "path", { d: "M0,0V5", stroke: color, "stroke-width": 4 });
  return `url(#${id})`;
}

/** How the bars of each class look: inside, outside with a gradient, without one. */
function barStyles(svg, colors) {
  const dead = { fill: makePaperHatch(svg, colors.gradient), stroke: colors.gradient };
  return {
    inside: { fill: colors.band },
    alive: { fill: colors.clipped },
    dead: { ...dead, "stroke-width": 1.5 },
  };
}

/** The bars, A > 0 upwards and A < 0 downwards: returns draw(state). */
function makeHistogram(panel, { bars, band }, colors, styles, say) {
  const fill = { fill: colors.band, "fill-opacity": 0.2 };
  const edge = { stroke: colors.band, "stroke-width": 2, fill: "none", "stroke-dasharray": "5 4" };
  makeBand(panel, fill, edge)(...band);
  const paths = {};
  for (const [name, style] of Object.entries(styles)) paths[name] = addNode(panel.plot, "path", style);
  makeReadout(panel.front)(panel.right, panel.top + 16, say("side.up"), "end");
  makeReadout(panel.front)(panel.right, panel.bottom - 8, say("side.down"), "end");
  const middle = panel.scaleY(0).toFixed(1);
  const places = Array.from({ length: bars.count + 1 }, (_, bar) => {
    const low = bar < bars.count ? bar * bars.width : bars.beyondAt;
    return [panel.scaleX(low) + 0.5, panel.scaleX(low + bars.width) - 0.5].map((x) => x.toFixed(1));
  });
  const column = (bar, count) => {
    const head = panel.scaleY(Math.sign(count) * Math.sqrt(Math.abs(count))).toFixed(1);
    return `M${places[bar][0]},${middle}V${head}H${places[bar][1]}V${middle}Z`;
  };
  const isInside = (bar) => bar >= bars.firstInside && bar < bars.firstInside + bars.inside;
  return ({ update, step }) => {
    const drawn = { inside: "", alive: "", dead: "" };
    for (const [bar, up, upDead, down, downDead] of update.frames[step]) {
      const name = isInside(bar) ? "inside" : "alive";
      // A bar has its whole height; the dead among its samples stand in front, from 0 too.
      if (up > upDead) drawn[name] += column(bar, up);
      if (down > downDead) drawn[name] += column(bar, -down);
      if (upDead) drawn.dead += column(bar, upDead);
      if (downDead) drawn.dead += column(bar, -downDead);
    }
    for (const name of Object.keys(paths)) paths[name].setAttribute("d", drawn[name]);
  };
}

/** The classes of bars with their numbers: returns draw(written). */
function makeBarKey(picture, panel, styles, width, say) {
  const y = panel.top - 13;
  const readouts = Object.entries(styles).map(([name, style], index) => {
    const x = 6 + KEY_PLACES[index] * (Math.min(width, KEY_WIDTH) - 12);
    addNode(picture, "rect", { x, y: y - 12, width: 14, height: 13, ...style });
    return [name, x + 20, makeReadout(picture)];
  });
  const isNarrow = width < NUMBERS_FROM;
  return (written) => {
    for (const [name, x, draw] of readouts) {
      draw(x, y, isNarrow ? say(`key.${name}`) : say(`count.${name}`, written));
    }
  };
}

/** A cell for each minibatch above the curves, those that are done filled: returns draw(state). */
function makeMinibatches(picture, panel, { epochs, minibatches }, say) {
  const { top, height } = STRIP;
  const styles = [
    { class: "explorer-solid", "fill-opacity": 0.35 }, { class: "explorer-solid" }, { class: "explorer-leader" },
  ];
  const [done, latest, ahead] = styles.map((style) => addNode(picture, "path", style));
  const words = makeReadout(picture);
  const cells = Array.from({ length: epochs * minibatches }, (_, index) => {
    const left = panel.scaleX(index) + (index % minibatches === 0 ? 2 : 0.75);
    const right = panel.scaleX(index + 1) - ((index + 1) % minibatches === 0 ? 2 : 0.75);
    return `M${left.toFixed(1)},${top}H${right.toFixed(1)}v${height}H${left.toFixed(1)}Z`;
  });
  return (state) => {
    const { step } = state;
    done.setAttribute("d", cells.slice(0, Math.max(0, step - 1)).join(""));
    latest.setAttribute("d", step > 0 ? cells[step - 1] : "");
    ahead.setAttribute("d", cells.slice(step).join(""));
    words(6, top - 11, placeWords(state, say));
  };
}

/** A curve over the steps, thin as a whole and thick up to now: returns draw(values, step). */
function makeTrace(panel, style) {
  const drawWhole = makeLine(panel, { ...style, "stroke-width": 1.5, "stroke-opacity": 0.6 });
  const drawPast = makeLine(panel, { ...style, "stroke-width": 3.5 });
  return (values, step) => {
    const points = values.map((value, index) => [index, value]);
    drawWhole(points);
    drawPast(points.slice(0, step + 1));
  };
}

/** The curves: shares outside and dead, and the KL: returns draw(state). */
function makeCurves(picture, { shares, kl }, { count, klLimits }, colors, say) {
  const styles = {
    outside: { stroke: colors.clip_fraction },
    dead: { stroke: colors.gradient, "stroke-dasharray": "6 4" },
  };
  const drawOutside = makeTrace(shares, styles.outside);
  const drawDead = makeTrace(shares, styles.dead);
  const drawKl = makeTrace(kl, { stroke: colors.approx_kl });
  let right = shares.right;
  for (const name of ["dead", "outside"]) {
    const at = { x: right, y: shares.top - 9, "text-anchor": "end" };
    const words = addNode(picture, "text", at, say(`line.${name}`));
    right -= words.getComputedTextLength() + 8;
    const d = `M${right - 30},${shares.top - 14}h30`;
    addNode(picture, "path", { d, fill: "none", "stroke-width": 3.5, ...styles[name] });
    right -= 48;
  }
  return ({ update, step }) => {
    drawOutside(update.outside.map((number) => (100 * number) / count), step);
    drawDead(update.dead.map((number) => (100 * number) / count), step);
    drawKl(update.kl.map((value) => Math.log10(clamp(value, ...klLimits))), step);
  };
}

/** The line at this moment and the point that moves it: returns draw(state, written). */
function makeCursor(svg, picture, { shares, kl }, model, say, signal) {
  const line = addNode(picture, "path", { class: "explorer-guide" });
  const surface = addNode(svg, "rect", {
    x: shares.left, y: STRIP.top, width: shares.width, height: kl.bottom - STRIP.top,
    class: "explorer-surface",
  });
  const axis = { ...model.get("bounds").gradient_step, label: say("point.gradient_step") };
  const point = makePoint(
    svg, shares, { x: axis }, () => ({ x: model.get("gradient_step") }),
    ({ x }) => writeTraits(model, { gradient_step: x }), [surface], signal,
  );
  return (state) => {
    const { recording, update, step } = state;
    const x = shares.scaleX(step);
    line.setAttribute("d", [shares, kl].map(({ top, bottom }) => `M${x.toFixed(1)},${top}V${bottom}`).join(""));
    const y = shares.scaleY((100 * update.outside[step]) / recording.count);
    point.draw(x, y, { x: `${step}: ${placeWords(state, say)}` });
  };
}

/** The whole picture. Returns draw(state). */
function makeStepperPicture(model, room, width, say, signal) {
  const [colors, recording] = [model.get("colors"), model.get("recording")];
  const size = { width, height: PICTURE_HEIGHT, viewBox: `0 0 ${width} ${PICTURE_HEIGHT}` };
  const svg = addNode(room, "svg", { ...size, class: "explorer-svg" });
  const picture = addNode(svg, "g", { role: "img" });
  const panels = makeStepperPanels(picture, width, recording, say);
  const styles = barStyles(picture, colors);
  const drawKey = makeBarKey(picture, panels.ratios, styles, width, say);
  const draws = [
    makeHistogram(panels.ratios, recording, colors, styles, say),
    makeMinibatches(picture, panels.shares, recording, say),
    makeCurves(picture, panels, recording, colors, say),
    makeCursor(svg, picture, panels, model, say, signal),
  ];
  return (state) => {
    for (const draw of draws) draw(state);
    const written = writtenMoment(state);
    drawKey(written);
    const [limit, place] = [say(`limit.${state.surrogate}`), placeWords(state, say)];
    picture.setAttribute("aria-label", say("picture", { limit, place, ...written }));
  };
}

/** The buttons that walk through the update: returns draw(state). */
function makeWalk(model, aside, say, signal) {
  const { epochs, minibatches } = model.get("recording");
  const last = epochs * minibatches;
  const go = (step) => writeTraits(model, { gradient_step: clamp(step, 0, last) });
  const buttons = addElement(aside, "div", "explorer-buttons");
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    showPlay();
  };
  const walk = () => {
    const next = model.get("gradient_step") + 1;
    if (next >= last) stop();
    go(next);
  };
  const press = () => {
    if (timer !== null) {
      stop();
      return;
    }
    if (model.get("gradient_step") === last) go(0);
    timer = setInterval(walk, TICK_OF_PLAY);
    showPlay();
  };
  addButton(buttons, say("button.play"), press, signal);
  const play = buttons.lastElementChild;
  const showPlay = () => {
    setText(play, say(timer === null ? "button.play" : "button.pause"));
    // Four moments a second are more than can be spoken.
    aside.querySelector("[role=status]").setAttribute("aria-live", timer === null ? "polite" : "off");
  };
  const whole = (round) => minibatches * round(model.get("gradient_step") / minibatches);
  const back = addButton(buttons, say("button.back"), () => go(whole((x) => Math.ceil(x) - 1)), signal);
  const on = addButton(buttons, say("button.on"), () => go(whole((x) => Math.floor(x) + 1)), signal);
  signal.addEventListener("abort", () => clearInterval(timer));
  return ({ step }) => {
    back(step > 0);
    on(step < last);
  };
}

/** What stands beside the picture. Returns draw(state). */
function makeStepperAside(model, aside, say, signal) {
  const [bounds, recording] = [model.get("bounds"), model.get("recording")];
  const nameOf = (limit) => {
    const surrogate = surrogateOf(limit, recording);
    return say(`choice.limit.${surrogate}`);
  };
  const draws = [
    addChoice(aside, model, "iteration", say("choice.iteration"), bounds.iteration.values, String, signal),
    addChoice(aside, model, "limit", say("choice.limit"), bounds.limit.values, nameOf, signal),
    addSlider(aside, model, "gradient_step", say("slider.gradient_step"), bounds.gradient_step, String, signal),
    makeWalk(model, aside, say, signal),
  ];
  const drawStatus = addStatus(aside);
  addElement(aside, "div", "explorer-hint", say("hint"));
  return (state) => {
    for (const draw of draws) draw(state);
    const special = say(`case.${momentCase(state.update.outside, state.step, state.surrogate)}`);
    drawStatus(placeWords(state, say), say("words", { special, ...writtenMoment(state) }));
  };
}

function render({ model, el }) {
  return showExplorer(
    { model, el }, STEPPER_TRAITS, () => readMoment(model),
    (...room) => makeStepperAside(model, ...room), (...room) => makeStepperPicture(model, ...room),
  );
}

export default { render };
