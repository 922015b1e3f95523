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

/** What is special about a moment: the end of a key in the string table. */
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
  const ratios = { lowest: update.lowest[step], highest: update.highest[step] };
  return {
    iteration,
    kl: formatNumber(update.kl[step], 4),
    ...mapValues(counts, formatCount),
    ...mapValues(ratios, formatNumber),
    ...mapValues({ low: band[0], high: band[1] }, (edge) => formatNumber(edge, 1)),
  };
}

/** Which epoch and which minibatch came last, in words. */
function placeWords({ recording, step }, say) {
  if (step === 0) return say("place.start");
  const { epochs, minibatches } = recording;
  const [epoch, minibatch] = [Math.ceil(step / minibatches), ((step - 1) % minibatches) + 1];
  return say("place.step", { epoch, epochs, minibatch, minibatches });
}

/** All that is said of a state. */
function tell(state, say) {
  const [written, place] = [writtenMoment(state), placeWords(state, say)];
  const special = say(`case.${momentCase(state.update.outside, state.step, state.surrogate)}`);
  return {
    picture: say("picture", { limit: say(`limit.${state.surrogate}`), place, ...written }),
    heading: place,
    words: say("words", { special, ...written }),
  };
}

// The picture ----------------------------------------------------------------------------

/** The histogram, the strip of minibatches and the two panels of curves. */
function makePanels(picture, { width, say }, { bars, klLimits, epochs, minibatches }) {
  const frame = { left: 60, width: width - 60 - 18, rise: 9 };
  const beyond = bars.beyondAt + bars.width / 2;
  const highest = Math.sqrt(bars.highest);
  const heights = COUNT_TICKS.map(Math.sqrt).filter((root) => root <= highest);
  const ratios = makePanel(picture, { ...frame, top: 54, height: 226 }, {
    limits: [0, bars.limit],
    ticks: [...RATIO_TICKS, beyond],
    format: (tick) => (tick === beyond ? say("axis.beyond", { end: bars.end }) : String(tick)),
    label: say("axis.ratio", { end: bars.end }),
  }, {
    limits: [-highest, highest],
    ticks: [...heights.slice(1).map((root) => -root), ...heights],
    format: (root) => String(root * root),
  });
  addText(picture, 6, 18, say("axis.samples"));
  const ends = Array.from({ length: epochs + 1 }, (_, epoch) => epoch * minibatches);
  const curves = stackPanels(picture, frame, { limits: [0, epochs * minibatches] }, {
    shares: {
      top: 411, height: 73, title: say("axis.shares"),
      limits: [0, 100], ticks: [0, 50, 100], format: (percent) => `${percent}%`,
    },
    kl: {
      top: 515, height: 45, title: say("axis.kl"),
      limits: klLimits.map(Math.log10), ticks: [-3, -1, 1], format: (decade) => String(10 ** decade),
      x: { ticks: ends.filter((_, epoch) => epoch % 2 === 0), format: String, label: say("axis.step") },
    },
  });
  for (const panel of Object.values(curves)) {
    const d = ends.slice(1).map((end) => downThrough([panel], panel.scaleX(end))).join("");
    addNode(panel.back, "path", { d, class: "explorer-grid" });
  }
  return { ratios, ...curves };
}

/** How the bars of each class look: inside, outside with a gradient, without one. */
function barStyles(svg, colors) {
  const hatch = makeHatch(svg, colors.gradient, 5, true);
  return {
    inside: { fill: colors.band },
    alive: { fill: colors.clipped },
    dead: { fill: hatch, stroke: colors.gradient, "stroke-width": 1.5 },
  };
}

/** The bars, A > 0 upwards and A < 0 downwards. */
function makeHistogram(panel, { bars, band }, styles, { colors, say }) {
  makeBand(panel, colors.band)(...band);
  const paths = mapValues(styles, (style) => addNode(panel.plot, "path", style));
  makeReadout(panel.front)(panel.right, panel.top + 16, say("side.up"), "end");
  makeReadout(panel.front)(panel.right, panel.bottom - 8, say("side.down"), "end");
  const column = (bar, count) => {
    const low = bar < bars.count ? bar * bars.width : bars.beyondAt;
    const [left, right] = [panel.scaleX(low) + 0.5, panel.scaleX(low + bars.width) - 0.5];
    const head = panel.scaleY(Math.sign(count) * Math.sqrt(Math.abs(count)));
    return barPath(left, right, panel.scaleY(0), head);
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
    for (const name of Object.keys(paths)) setAttributes(paths[name], { d: drawn[name] });
  };
}

/** The classes of bars with their numbers. */
function makeBarKey(picture, panel, styles, { width, say }) {
  const y = panel.top - 13;
  const readouts = Object.entries(styles).map(([name, style], index) => {
    const x = 6 + KEY_PLACES[index] * (Math.min(width, KEY_WIDTH) - 12);
    addPatch(picture, x, y - 5, style);
    return [name, x + 20, makeReadout(picture)];
  });
  return (state) => {
    const written = writtenMoment(state);
    for (const [name, x, draw] of readouts) {
      draw(x, y, width < NUMBERS_FROM ? say(`key.${name}`) : say(`count.${name}`, written));
    }
  };
}

/** A cell for each minibatch above the curves, those that are done filled. */
function makeMinibatches(picture, panel, { epochs, minibatches }, { say }) {
  const { top, height } = STRIP;
  const styles = [
    { class: "explorer-solid", "fill-opacity": 0.35 }, { class: "explorer-solid" }, { class: "explorer-leader" },
  ];
  const [done, latest, ahead] = styles.map((style) => addNode(picture, "path", style));
  const words = makeReadout(picture);
  const cells = Array.from({ length: epochs * minibatches }, (_, index) => {
    const left = panel.scaleX(index) + (index % minibatches === 0 ? 2 : 0.75);
    const right = panel.scaleX(index + 1) - ((index + 1) % minibatches === 0 ? 2 : 0.75);
    return barPath(left, right, top, top + height);
  });
  return (state) => {
    const { step } = state;
    setAttributes(done, { d: cells.slice(0, Math.max(0, step - 1)).join("") });
    setAttributes(latest, { d: step > 0 ? cells[step - 1] : "" });
    setAttributes(ahead, { d: cells.slice(step).join("") });
    words(6, top - 11, placeWords(state, say));
  };
}

/** A curve over the steps, thin as a whole and thick up to now. Returns draw(values, step). */
function makeTrace(panel, style) {
  const drawWhole = makeLine(panel, { ...style, "stroke-width": 1.5, "stroke-opacity": 0.6 });
  const drawPast = makeLine(panel, { ...style, "stroke-width": 3.5 });
  return (values, step) => {
    const points = values.map((value, index) => [index, value]);
    drawWhole(points);
    drawPast(points.slice(0, step + 1));
  };
}

/** The curves: shares outside and dead, and the KL. */
function makeCurves(picture, { shares, kl }, { count, klLimits }, { colors, say }) {
  const styles = {
    outside: { stroke: colors.clip_fraction },
    dead: { stroke: colors.gradient, "stroke-dasharray": "6 4" },
  };
  const drawOutside = makeTrace(shares, styles.outside);
  const drawDead = makeTrace(shares, styles.dead);
  const drawKl = makeTrace(kl, { stroke: colors.approx_kl });
  addKeysAtEnd(picture, shares.right, shares.top - 9, ["dead", "outside"].map((name) =>
    ({ text: say(`line.${name}`), stroke: { "stroke-width": 3.5, ...styles[name] } })));
  return ({ update, step }) => {
    const percent = (number) => (100 * number) / count;
    drawOutside(update.outside.map(percent), step);
    drawDead(update.dead.map(percent), step);
    drawKl(update.kl.map((value) => Math.log10(clamp(value, ...klLimits))), step);
  };
}

/** The line at this moment and the point that moves it. */
function makeCursor(svg, picture, { shares, kl }, view) {
  const guide = makeGuide(picture, [shares, kl]);
  const surface = addSurface(svg, { ...shares, top: STRIP.top, height: kl.bottom - STRIP.top });
  const number = numberOf(view, "gradient_step", view.say("point.gradient_step"));
  const point = makePointAlong("x", svg, shares, number, [surface], view.signal, (state) => {
    const { recording, update, step } = state;
    return [step, (100 * update.outside[step]) / recording.count, `${step}: ${placeWords(state, view.say)}`];
  });
  return drawAll([({ step }) => guide(shares.scaleX(step)), point.draw]);
}

function buildPicture(view) {
  const { svg, picture } = addPicture(view, PICTURE_HEIGHT);
  const recording = view.model.get("recording");
  const panels = makePanels(picture, view, recording);
  const styles = barStyles(picture, view.colors);
  return [
    makeBarKey(picture, panels.ratios, styles, view),
    makeHistogram(panels.ratios, recording, styles, view),
    makeMinibatches(picture, panels.shares, recording, view),
    makeCurves(picture, panels, recording, view),
    makeCursor(svg, picture, panels, view),
  ];
}

// Beside the picture ---------------------------------------------------------------------

/** The buttons that walk through the update. */
function makeWalk(view) {
  const { parent, model, say, signal } = view;
  const { epochs, minibatches } = model.get("recording");
  const last = epochs * minibatches;
  const now = () => model.get("gradient_step");
  const go = (step) => writeTraits(model, { gradient_step: clamp(step, 0, last) });
  const goToEnd = (round) => go(minibatches * round(now() / minibatches));
  let timer = null;
  const play = (isOn) => {
    clearInterval(timer);
    timer = isOn ? setInterval(walk, TICK_OF_PLAY) : null;
    setText(buttons.firstElementChild, say(isOn ? "button.pause" : "button.play"));
    // Four moments a second are more than can be spoken.
    setAttributes(parent.querySelector("[role=status]"), { "aria-live": isOn ? "off" : "polite" });
  };
  const walk = () => {
    if (now() + 1 >= last) play(false);
    go(now() + 1);
  };
  const press = () => {
    if (timer === null && now() === last) go(0);
    play(timer === null);
  };
  const draw = addButtons(view, [
    [say("button.play"), press],
    [say("button.back"), () => goToEnd((x) => Math.ceil(x) - 1), ({ step }) => step > 0],
    [say("button.on"), () => goToEnd((x) => Math.floor(x) + 1), ({ step }) => step < last],
  ]);
  const buttons = parent.lastElementChild;
  signal.addEventListener("abort", () => clearInterval(timer));
  return draw;
}

function buildAside(view) {
  const { model, say } = view;
  const nameOf = (limit) => say(`choice.limit.${surrogateOf(limit, model.get("recording"))}`);
  return [
    addChoice(view, "iteration", String),
    addChoice(view, "limit", nameOf),
    addSlider(view, "gradient_step", String),
    makeWalk(view),
  ];
}

function render(view) {
  return showExplorer(view, { traits: STEPPER_TRAITS, read: readMoment, tell, buildPicture, buildAside });
}

export default { render };
