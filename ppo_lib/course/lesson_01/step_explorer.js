// The step-size explorer: one step of REINFORCE on the cliff, and the batch it is taken from.
// The first functions are the mathematics, tested against ppo_lib.course.cliff.exact and autograd.

/** The cliff's rules, and how many ways lead to each position in t steps: ways[t][position]. */
function makeCliff(rules) {
  const { num_positions: size, start, time_limit: limit } = rules;
  const ways = [Array(size).fill(0)];
  ways[0][start] = 1;
  for (let t = 1; t <= limit; t += 1) {
    ways.push(Array(size).fill(0));
    for (let place = 1; place < size - 1; place += 1) { // an end is not left again
      ways[t][place - 1] += ways[t - 1][place];
      ways[t][place + 1] += ways[t - 1][place];
    }
  }
  return { ...rules, goal: size - 1, ways };
}

/**
 * What is true of the policy with parameter theta: its return, its chances, its gradient.
 *
 * All ways to a position in t steps go right equally often, so each has the chance
 * p^rights q^lefts and the score d log(chance)/dθ = rights q - lefts p: no recursion is needed.
 * J = bait + (goal - bait) P(arrive) - bait P(late), which stays exact where P(arrive) is tiny.
 */
function solve(theta, cliff) {
  const { start, goal, time_limit: limit, bait_reward: bait, goal_reward: reward, ways } = cliff;
  const right = 1 / (1 + Math.exp(-theta));
  const left = 1 / (1 + Math.exp(theta));
  let [fall, arrive, late, arriveSlope, lateSlope] = [0, 0, 0, 0, 0];
  const chanceOf = (t, place) => {
    const rights = (t + place - start) / 2;
    const chance = ways[t][place] * right ** rights * left ** (t - rights);
    return [chance, chance * (rights * left - (t - rights) * right)];
  };
  for (let t = 1; t <= limit; t += 1) {
    if (ways[t][0] > 0) fall += chanceOf(t, 0)[0];
    if (ways[t][goal] > 0) {
      const [chance, slope] = chanceOf(t, goal);
      arrive += chance;
      arriveSlope += slope;
    }
  }
  for (let place = 1; place < goal; place += 1) {
    if (ways[limit][place] === 0) continue;
    const [chance, slope] = chanceOf(limit, place);
    late += chance;
    lateSlope += slope;
  }
  const gradient = (reward - bait) * arriveSlope - bait * lateSlope;
  return { theta, right, fall, arrive, late, trueReturn: bait * fall + reward * arrive, gradient };
}

/**
 * A batch: its episodes' positions, how they ended, and the gradient that it estimates,
 * the mean over episodes of G Σ (a_t - p). `batch` is the luck, the same for every theta.
 */
function collect(theta, batch, cliff) {
  const { start, goal, time_limit: limit, num_episodes: count } = cliff;
  const right = 1 / (1 + Math.exp(-theta));
  const luck = uniforms(cliff.first_seed + batch - 1, count * limit);
  const sample = { paths: [], fell: 0, arrived: 0, late: 0, gradient: 0 };
  for (let episode = 0; episode < count; episode += 1) {
    const path = [start];
    let rights = 0;
    let place = start;
    while (path.length <= limit && place > 0 && place < goal) {
      const goesRight = luck[episode * limit + path.length - 1] < right;
      rights += goesRight ? 1 : 0;
      place += goesRight ? 1 : -1;
      path.push(place);
    }
    const end = place === 0 ? "fell" : place === goal ? "arrived" : "late";
    const earned = { fell: cliff.bait_reward, arrived: cliff.goal_reward, late: 0 }[end];
    sample.paths.push(path);
    sample[end] += 1;
    sample.gradient += (earned * (rights - right * (path.length - 1))) / count;
  }
  return sample;
}

/** Which case a step is in, by the policies before and after it. */
function situationOf(now, then, exact, cliff) {
  const [startsThere, endsThere] = [now, then].map(({ arrive }) => arrive < cliff.plateau_chance);
  if (exact) return endsThere ? "exact_stuck" : "exact";
  if (startsThere) return endsThere ? "collapsed" : "escape";
  if (endsThere) return "falls";
  if (then.theta === now.theta) return "still";
  return then.theta > now.theta ? "right" : "wrong";
}

/** The theta at which an episode's chance of the goal is that of the plateau's edge: it only grows. */
function plateauEdge(cliff) {
  let [low, high] = [-cliff.axis, cliff.axis];
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2;
    if (solve(middle, cliff).arrive < cliff.plateau_chance) low = middle;
    else high = middle;
  }
  return low;
}

/** A number with fewer decimals the larger it is. */
function writeNumber(value, digits = 2) {
  const size = Math.abs(value);
  if (size < 1000) return formatNumber(value, size >= 10 ? Math.min(digits, 1) : digits);
  return (value < 0 ? "\u2212" : "") + Math.round(size).toLocaleString("en");
}

/** A positive number with one digit: 4·10⁻⁹, 10⁶. */
function writeScientific(value) {
  const [digit, exponent] = value.toExponential(0).split("e");
  const raised = [...exponent.replace("+", "")].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign]));
  return `${digit === "1" ? "" : `${digit}·`}10${raised.join("")}`;
}

/** A slope with its sign; below 1e-12 rounding may decide it, so there it has none. */
function writeGradient(value) {
  const size = Math.abs(value);
  if (size < 1e-12) return "≈ 0";
  return (value < 0 ? "\u2212" : "+") + (size >= 0.001 ? writeNumber(size, 3) : writeScientific(size));
}

/** The probability of going right. */
function writeProbability(value) {
  if (value >= 0.9995) return "> 0.999";
  if (value < 1e-12) return "≈ 0";
  return value >= 0.001 ? writeNumber(value, 3) : writeScientific(value);
}

/** An episode's chance of the goal. */
function writeChance(chance, say) {
  if (chance >= 0.9995) return say("chance.high");
  if (chance >= 0.1) return say("chance.percent", { value: (100 * chance).toFixed(1) });
  if (chance < 1e-99) return say("chance.low");
  const rounded = Number((1 / chance).toPrecision(2));
  return say("chance.one_in", { value: rounded < 1e5 ? writeNumber(rounded, 0) : writeScientific(1 / chance) });
}

/** The step size, with three digits. */
function writeStepSize(value) {
  return String(Number(value.toPrecision(3)));
}

const TRAITS = ["step_size", "theta", "batch", "exact", "trail"];
const CHOICE_OF_BATCHES = [1, 2, 3, 4, 5, 6, 7, 8];
const LONGEST_TRAIL = 100;
const POINT_STEP = 0.05; // of theta, from one stop of the point to the next
const HIGHEST = 1.25; // of the return's axis, where a promise above 1 still has room
const DASHES = [null, "7 4", "2 3", "10 3 2 3"]; // of the four episodes
const LINE = 21; // from one line of text to the next
const MARKS_OF_ENDS = { // a cross, a flag, a square for the time
  fell: "m-6,-3l3,-3l3,3l3,-3l3,3l-3,3l3,3l-3,3l-3,-3l-3,3l-3,-3l3,-3z",
  arrived: "m0,-7l7,12h-14z",
  late: "m-5,-5h10v10h-10z",
};
const MISSES_THE_GOAL = ["wrong", "falls", "collapsed", "escape"];

/** Everything that the picture shows, computed from the model's traits. */
function readState(model, cliff) {
  const [stepSize, theta, batch, exact, trail] = TRAITS.map((name) => model.get(name));
  const { low, high } = model.get("bounds").theta;
  const now = solve(theta, cliff);
  const sample = collect(theta, batch, cliff);
  const slope = exact ? now.gradient : sample.gradient;
  const then = solve(clamp(theta + stepSize * slope, low, high), cliff);
  return {
    stepSize, batch, exact, trail, now, then, sample, slope,
    nextSample: collect(then.theta, batch + 1, cliff),
    promise: now.trueReturn + slope * (then.theta - now.theta),
    situation: situationOf(now, then, exact, cliff),
  };
}

/** The traits after the step: the next batch becomes this one. */
function stateAfterStep({ now, then, batch, trail }) {
  const longer = [...trail, [now.theta, then.theta, batch]];
  const [first, ...rest] = longer; // the first says where to come back to
  const kept = [first, ...rest.slice(-(LONGEST_TRAIL - 1))];
  return { theta: then.theta, batch: batch + 1, trail: kept };
}

/** The traits to come back to: where the steps began, or else where the explorer did. */
function stateAtStart(model) {
  const [first] = model.get("trail");
  const [theta, batch] = first === undefined ? model.get("start") : [first[0], first[2]];
  return { theta, batch, trail: [] };
}

// Words --------------------------------------------------------------------------------------

/** How a batch ended, in words. */
function endsOf(sample, say) {
  return [say("batch.ends", sample), say("batch.late", sample)];
}

/** The numbers of a state, as its words name them. */
function namesOf({ now, then, sample }, say) {
  return {
    theta: writeNumber(now.theta),
    now: writeNumber(now.trueReturn, 3),
    chance_now: writeChance(now.arrive, say),
    gradient: writeGradient(now.gradient),
    estimate: writeGradient(sample.gradient),
    next: writeNumber(then.theta),
    then: writeNumber(then.trueReturn, 3),
    chance: writeChance(then.arrive, say),
    gradient_then: writeGradient(then.gradient),
  };
}

/** What the step does, in words. */
function wordsFor(state, say) {
  const words = say(`situation.${state.situation}.words`, namesOf(state, say));
  const missed = MISSES_THE_GOAL.includes(state.situation) && state.sample.arrived === 0;
  return missed ? `${say("no_goal")} ${words}` : words;
}

/** The picture in words, for those who do not see it. */
function describe(state, say) {
  return say("picture", {
    ...namesOf(state, say),
    probability: writeProbability(state.now.right),
    number: state.batch,
    ends: endsOf(state.sample, say).join(", "),
    step_size: writeStepSize(state.stepSize),
    source: say(state.exact ? "source.exact" : "source.batch"),
  });
}

/** All that is said of a state. */
function tell(state, say) {
  const [heading, words] = [say(`situation.${state.situation}.heading`), wordsFor(state, say)];
  return { picture: describe(state, say), heading, words, inFull: `${heading}. ${words}` };
}

// The picture --------------------------------------------------------------------------------

/** Where everything lies at this width: the return above, two batches side by side below. */
function layOut({ width }) {
  const left = 66;
  const right = 30; // half of the last tick's probability
  const gap = 40;
  const across = (width - left - right - gap) / 2;
  const lines = across < 240 ? 4 : 3; // of words above a batch
  const top = { left, top: 36, width: width - left - right, height: 210 };
  const words = top.top + top.height + 106;
  const low = words + (lines - 1) * LINE + 12;
  const batches = [left, left + across + gap].map((at) => ({ left: at, top: low, width: across, height: 132 }));
  return { top, words, lines, batches, height: low + 132 + 54 };
}

/** The panel of the return, with the probability of going right as a second row of ticks. */
function makeReturnPanel(picture, frame, { cliff, say }) {
  const { axis } = cliff;
  const apart = frame.width < 440 ? 4 : 2;
  const ticks = Array.from({ length: (2 * axis) / apart + 1 }, (_, index) => -axis + apart * index);
  const panel = makePanel(picture, frame, { limits: [-axis, axis], ticks, format: formatWhole }, {
    limits: [0, HIGHEST],
    ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
    label: [say("axis.return")],
    format: (tick) => formatNumber(tick, 1),
  });
  const y = panel.bottom + 22;
  addText(picture, panel.left - 36, y, say("axis.row_theta"), "end");
  addText(picture, panel.left - 36, y + LINE, say("axis.row_probability"), "end");
  for (const tick of ticks) {
    const { right } = solve(tick, cliff);
    const text = formatNumber(right, Math.min(right, 1 - right) < 0.001 ? 4 : 3);
    addText(picture, panel.scaleX(tick), y + LINE, text, "middle");
  }
  addText(picture, panel.left + panel.width / 2, y + 2 * LINE + 2, say("axis.theta"), "middle");
  return panel;
}

/** What never moves: the plateau, the curve of the return, and which line is which. */
function makeScene(picture, panel, { cliff, colors, say }) {
  const curve = { class: "explorer-ink", "stroke-width": 4 };
  makeBand(panel, colors.band)(-cliff.axis, plateauEdge(cliff));
  ["plateau.name", "plateau.meaning"].forEach((key, index) =>
    makeReadout(panel.front)(panel.left + 8, panel.top + 20 + LINE * index, say(key)));
  const stops = Array.from({ length: 321 }, (_, index) => cliff.axis * (index / 160 - 1));
  makeLine(panel, curve)(stops.map((theta) => [theta, solve(theta, cliff).trueReturn]));
  addKey(picture, panel.left, panel.top - 18, curve, say("line.return"));
  const slope = { stroke: colors.gradient, "stroke-width": 5 };
  addKey(picture, panel.left + 144, panel.top - 18, slope, say("line.slope"));
}

/** The steps that were taken: faint chords of the curve, with a mark where each began. */
function makeTrail(panel, { cliff }) {
  const path = addNode(panel.plot, "path", { class: "explorer-ink explorer-trail", fill: "none" });
  const marks = addNode(panel.plot, "g", { class: "explorer-trail" });
  const place = (theta) => [
    panel.scaleX(clamp(theta, -cliff.axis, cliff.axis)), panel.scaleY(solve(theta, cliff).trueReturn),
  ];
  return drawOnChange(({ trail }) => trail, ({ trail }) => {
    marks.replaceChildren();
    const chords = trail.map(([before, after]) => [place(before), place(after)]);
    for (const [[cx, cy]] of chords) {
      addNode(marks, "circle", { cx, cy, r: 5, class: "explorer-ring explorer-ink" });
    }
    setAttributes(path, { d: chords.map(pathOf).join("") });
  });
}

/** The step: the slope that it follows, what that promises, and where it leads. */
function makeStep(panel, view) {
  const { cliff, colors, say } = view;
  const purple = { stroke: colors.gradient };
  const tangent = makeLine(panel, { ...purple, "stroke-width": 2, "stroke-dasharray": "3 4" });
  const slopeLine = makeLine(panel, { ...purple, class: "explorer-slope", "stroke-width": 5, "stroke-linecap": "round" });
  const guides = addNode(panel.plot, "path", { class: "explorer-guide", "stroke-dasharray": "2 3" });
  const promised = addNode(panel.plot, "rect", { width: 10, height: 10, class: "explorer-ring explorer-promised", ...purple, "stroke-width": 3 });
  const arrow = makeArrow(panel.front, { ...purple, class: "explorer-step", "stroke-width": 4, "stroke-linecap": "round" });
  const landed = addNode(panel.front, "path", { class: "explorer-ring explorer-ink explorer-landed", "stroke-width": 3 });
  const [namePromise, nameNow, nameThen] = [1, 2, 3].map(() => makeReadout(panel.front));

  return ({ now, then, slope, promise }) => {
    const xOf = (policy) => panel.scaleX(clamp(policy.theta, -cliff.axis, cliff.axis));
    const yOf = (policy) => panel.scaleY(policy.trueReturn);
    const [from, to, rail] = [xOf(now), xOf(then), panel.bottom - 8];
    const along = (theta) => [theta, now.trueReturn + slope * (theta - now.theta)];
    tangent([along(now.theta - 1.5), along(now.theta + 1.5)]);
    slopeLine([along(now.theta), [then.theta, promise]]);
    const height = panel.scaleY(promise);
    const isHere = Math.abs(then.theta) <= cliff.axis;
    setAttributes(promised, { x: tenth(to - 5), y: tenth(height - 5), visibility: isHere ? "visible" : "hidden" });
    const miss = isHere ? `M${to},${yOf(then)}V${height}` : "";
    setAttributes(guides, { d: `${miss}M${from},${yOf(now)}V${rail}M${to},${yOf(then)}V${rail}` });
    arrow(from, rail, to, rail);
    setAttributes(landed, { d: markAt(to, yOf(then), isHere ? 0 : Math.sign(then.theta)) });
    placeNames(nameNow, nameThen, { now, then, from, to }, yOf, view);
    placePromise(namePromise, panel, from, to, height, isHere, say("point.promise"));
  };
}

/** A ring at (x, y), or beyond the axis a triangle that points where the place lies. */
function markAt(x, y, side) {
  return side === 0 ? circlePath(x, y, 7) : `M${x + 9 * side},${y}l${-13 * side},-8v16z`;
}

/** What the square is, on the side that the step goes to, where there is room for the word. */
function placePromise(name, panel, from, to, y, isHere, text) {
  const side = Math.sign(to - from);
  const roomy = side < 0 ? to - panel.left > 96 && y > panel.top + 3 * LINE : panel.right - to > 80;
  const shown = isHere && Math.abs(to - from) >= 30 && y > panel.top + 10 && roomy;
  name(to + 12 * side, y + 5, shown ? text : "", side < 0 ? "end" : "start");
}

/** θ above its point; θ′ above its mark, or beside it after a short step; values off the axis. */
function placeNames(nameNow, nameThen, { now, then, from, to }, yOf, { cliff, say }) {
  const write = (name, policy, x, y, anchor) => {
    const away = Math.abs(policy.theta) > cliff.axis;
    const keys = { now: ["point.name", "point.away"], then: ["point.next", "point.next_away"] };
    const [key, awayKey] = keys[policy === now ? "now" : "then"];
    name(x, y, away ? say(awayKey, { value: writeNumber(policy.theta) }) : say(key), anchor);
  };
  const beside = (policy, x, rank) => { // at a border: inside it, below the curve on the right
    const rightSide = policy.theta > 0;
    const y = yOf(policy) + (rightSide ? 30 + LINE * rank : -18 - LINE * rank);
    return [x + (rightSide ? -8 : 8), y, rightSide ? "end" : "start"];
  };
  const atBorder = (policy) => Math.abs(policy.theta) > cliff.axis - 0.8;
  write(nameNow, now, ...(atBorder(now) ? beside(now, from, 0) : [from, yOf(now) - 17, "middle"]));
  if (atBorder(then)) {
    const shared = atBorder(now) && Math.sign(now.theta) === Math.sign(then.theta);
    write(nameThen, then, ...beside(then, to, shared ? 1 : 0));
  } else if (Math.abs(to - from) < 30) {
    const side = then.theta < now.theta ? -1 : 1;
    write(nameThen, then, to + 12 * side, yOf(then) + 23, side < 0 ? "end" : "start");
  } else write(nameThen, then, to, yOf(then) - 15, "middle");
}

/** One batch: words, and below them its episodes as paths. Returns draw(sample, title). */
function makeBatch(picture, frame, { words, lines }, { cliff, colors, say }, isFirst) {
  const names = { 0: say("axis.bait"), [cliff.goal]: say("axis.goal") };
  const x = { limits: [-1.5, cliff.time_limit], ticks: [0, 25, 50], format: String, label: say("axis.step") };
  const panel = makePanel(picture, frame, x, {
    limits: [-2.5, cliff.goal + 2.3], // room for marks that pile up at both ends
    ticks: [0, cliff.goal],
    format: (place) => (isFirst ? names[place] : ""),
  });
  const fills = { fell: colors.clip_fraction, arrived: colors.objective, late: colors.band };
  for (const [place, stroke] of [[0, fills.fell], [cliff.goal, fills.arrived]]) {
    makeLine(panel, { stroke, "stroke-width": 2 })(x.limits.map((t) => [t, place]));
  }
  const shapes = DASHES.map((dashes) => ({
    path: addNode(panel.plot, "path", {
      class: "explorer-ink explorer-episode", fill: "none", "stroke-width": 2, "stroke-dasharray": dashes,
      "stroke-linejoin": "round",
    }),
    mark: addNode(panel.front, "path", { class: "explorer-ink", "stroke-width": 1.5 }),
  }));
  const readouts = Array.from({ length: lines }, () => makeReadout(picture));
  addNode(picture, "circle", { cx: panel.scaleX(0), cy: panel.scaleY(cliff.start), r: 4, class: "explorer-dot" });

  return (sample, title) => {
    const [ends, late] = endsOf(sample, say);
    const gradient = say("batch.gradient", { value: writeGradient(sample.gradient) });
    const texts = lines === 3 ? [title, `${ends}, ${late}`, gradient] : [title, ends, late, gradient];
    texts.forEach((text, index) => readouts[index](panel.left, words + LINE * index, text));
    const marks = []; // how each episode ended, in the colour of the bait or the goal
    sample.paths.forEach((path, episode) => {
      const shift = 2.2 * (episode - 1.5); // so that paths over the same positions all show
      const points = path.map((place, t) => [panel.scaleX(t), panel.scaleY(place) + shift]);
      setAttributes(shapes[episode].path, { d: pathOf(points) });
      const [at, end] = [panel.scaleX(path.length - 1), path.at(-1)];
      const near = marks.filter((mark) => mark.end === end && Math.abs(mark.at - at) < 11);
      const rank = Math.max(-1, ...near.map((mark) => mark.rank)) + 1;
      marks.push({ at, end, rank });
      const away = end === 0 ? 7 : -7; // a pile grows out of the corridor
      const kind = end === 0 ? "fell" : end === cliff.goal ? "arrived" : "late";
      const d = pathOf([[at, panel.scaleY(end) + away * rank]]) + MARKS_OF_ENDS[kind];
      setAttributes(shapes[episode].mark, { d, fill: fills[kind] });
    });
  };
}

/** Both batches, this one and the next. */
function makeBatches(picture, plan, view) {
  const { say } = view;
  const [drawNow, drawThen] = plan.batches.map((frame, index) =>
    makeBatch(picture, frame, plan, view, index === 0));
  return ({ exact, batch, sample, nextSample }) => {
    drawNow(sample, say(exact ? "batch.unused" : "batch.now", { number: batch }));
    drawThen(nextSample, say("batch.then", { number: batch + 1 }));
  };
}

/** The point on the curve; a policy off the axis stands at its border. */
function makeHandle(svg, panel, { model, cliff, say, signal }) {
  const number = {
    low: -cliff.axis, high: cliff.axis, step: POINT_STEP, label: say("point.label"),
    read: () => clamp(model.get("theta"), -cliff.axis, cliff.axis),
    write: (theta) => writeTraits(model, { theta, trail: [] }),
  };
  return makePointAlong("x", svg, panel, number, [addSurface(svg, panel)], signal, ({ now }) => {
    const { theta, right, trueReturn } = now;
    const numbers = { theta: writeNumber(theta), now: writeNumber(trueReturn, 3) };
    const text = say("point.state", { ...numbers, probability: writeProbability(right) });
    return [number.read(), trueReturn, text];
  });
}

function buildPicture(view) {
  const plan = layOut(view);
  const { svg, picture } = addPicture(view, plan.height);
  const panel = makeReturnPanel(picture, plan.top, view);
  makeScene(picture, panel, view);
  return [
    makeTrail(panel, view), makeStep(panel, view), makeBatches(picture, plan, view), makeHandle(svg, panel, view).draw,
  ];
}

// Beside the picture -------------------------------------------------------------------------

/** The numbers at θ and at θ′ as a table. */
function makeTable({ parent, say }) {
  const rows = ["theta", "probability", "return", "promise", "chance", "gradient", "estimate"];
  const columns = [say("table.now"), say("table.then")];
  const { cells } = addTable(parent, "explorer-numbers", columns, rows.map((name) => say(`table.${name}`)));
  return ({ now, then, promise, sample, nextSample }) => {
    const both = (read) => [now, then].map(read);
    setCells(cells, [
      both(({ theta }) => writeNumber(theta)),
      both(({ right }) => writeProbability(right)),
      both(({ trueReturn }) => writeNumber(trueReturn, 3)),
      ["", writeNumber(promise, 3)],
      both(({ arrive }) => writeChance(arrive, say)),
      both(({ gradient }) => writeGradient(gradient)),
      [sample, nextSample].map(({ gradient }) => writeGradient(gradient)),
    ]);
  };
}

function buildAside(view) {
  const { model, bounds, cliff, say } = view;
  const takeStep = () => writeTraits(model, stateAfterStep(readState(model, cliff)));
  const canStep = ({ now, then, batch }) => then.theta !== now.theta && batch < bounds.batch.high;
  const goBack = () => writeTraits(model, stateAtStart(model));
  const canGoBack = ({ now, batch, trail }) => {
    const start = stateAtStart(model);
    return trail.length > 0 || now.theta !== start.theta || batch !== start.batch;
  };
  return [
    addSlider(view, "step_size", writeStepSize),
    addChoice(view, "batch", String, CHOICE_OF_BATCHES),
    addSwitch(view, "exact"),
    addButtons(view, [[say("button.step"), takeStep, canStep], [say("button.back"), goBack, canGoBack]]),
    makeTable(view),
  ];
}

function render(view) {
  const cliff = makeCliff(view.model.get("rules"));
  return showExplorer(view, {
    traits: TRAITS, read: (model) => readState(model, cliff), tell,
    buildPicture: (place) => buildPicture({ ...place, cliff }),
    buildAside: (place) => buildAside({ ...place, cliff }),
  });
}

export default { render };
