// What every explorer shares beside its picture: strings, native inputs joined to
// the model's traits, and the life of a view (built, drawn, cleaned up).

const KEYS_OF_A_SLIDER = [
  "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End",
];
const KEYS_OF_A_BUTTON = [" ", "Enter"];

/** Return say(key, values), which reads the string table and fills in {fields}. */
function speaker(strings) {
  return (key, values = {}) => {
    const template = strings[key];
    if (template === undefined) throw new Error(`no string for the key "${key}"`);
    return template.replace(/\{(\w+)\}/g, (_, field) => values[field]);
  };
}

/** Add an HTML element to `parent`. */
function addElement(parent, name, className = "", text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.textContent = text;
  parent.append(element);
  return element;
}

/** Change the text only where it differs, so that a screen reader speaks only then. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Keep keys that an input uses itself from the notebook's shortcuts. */
function keepKeys(element, keys, signal) {
  const stop = (event) => {
    if (keys.includes(event.key)) event.stopPropagation();
  };
  element.addEventListener("keydown", stop, { signal });
}

/** How many steps the slider of `range` has, and so its last stop: 0 is the lowest value. */
function lastStop({ low, high, step, scale }) {
  const steps = scale === "log" ? Math.log(high / low) / Math.log(step) : (high - low) / step;
  return Math.max(1, Math.round(steps));
}

/** The value at a stop of the slider of `range` on a log scale. */
function valueAtStop(stop, range) {
  const { low, high, whole } = range;
  const last = lastStop(range);
  if (stop <= 0 || stop >= last) return stop <= 0 ? low : high;
  const value = low * (high / low) ** (stop / last);
  return whole ? Math.round(value) : Number(value.toPrecision(3));
}

/** The stop of the slider of `range` that lies nearest to `value` on a log scale. */
function nearestStop(value, range) {
  const share = Math.log(value / range.low) / Math.log(range.high / range.low);
  return Math.round(share * lastStop(range));
}

/**
 * A labelled slider for one number of the model.
 *
 * `range` is {low, high, step, scale}: with the scale "log" the step is a factor and the input
 * counts stops, whose values have three digits. `format(value)` writes the number beside it.
 * Returns draw(), which shows the model's value.
 */
function addSlider(parent, model, name, label, range, format, signal) {
  const row = addElement(parent, "label", "explorer-row");
  addElement(row, "span", "explorer-name", label);
  const input = addElement(row, "input", "explorer-slider");
  const logarithmic = range.scale === "log";
  const limits = logarithmic
    ? { min: 0, max: lastStop(range), step: 1 }
    : { min: range.low, max: range.high, step: range.step };
  Object.assign(input, { type: "range", ...limits });
  input.dataset.trait = name;
  const output = addElement(row, "span", "explorer-value");
  output.setAttribute("aria-hidden", "true"); // the slider speaks its value itself
  const store = () => {
    const place = Number(input.value);
    const value = logarithmic ? valueAtStop(place, range) : snap(place, range.step);
    writeTraits(model, { [name]: value });
  };
  input.addEventListener("input", store, { signal });
  keepKeys(input, KEYS_OF_A_SLIDER, signal);
  return () => {
    const value = model.get(name);
    const place = logarithmic ? nearestStop(value, range) : value;
    if (Number(input.value) !== place) input.value = place;
    input.setAttribute("aria-valuetext", format(value));
    setText(output, format(value));
  };
}

/** A labelled switch for one boolean of the model. Returns draw(). */
function addSwitch(parent, model, name, label, signal) {
  const row = addElement(parent, "label", "explorer-switch");
  const input = addElement(row, "input");
  input.type = "checkbox";
  input.dataset.trait = name;
  addElement(row, "span", "", label);
  input.addEventListener("change", () => writeTraits(model, { [name]: input.checked }), { signal });
  keepKeys(input, KEYS_OF_A_BUTTON, signal);
  return () => { input.checked = model.get(name); };
}

/**
 * A choice between a few values of the model: radio buttons drawn as one strip.
 *
 * `format(value)` writes a value on its button. Returns draw().
 */
function addChoice(parent, model, name, label, values, format, signal) {
  const row = addElement(parent, "div", "explorer-choice");
  row.setAttribute("role", "radiogroup");
  row.setAttribute("aria-label", label);
  addElement(row, "span", "explorer-name", label);
  const strip = addElement(row, "span", "explorer-strip");
  const group = `explorer-${Math.random().toString(36).slice(2)}`; // one of its own in the page
  const inputs = values.map((value) => {
    const button = addElement(strip, "label", "explorer-segment");
    const input = addElement(button, "input");
    Object.assign(input, { type: "radio", name: group, value });
    input.dataset.trait = name;
    addElement(button, "span", "", format(value));
    input.addEventListener("change", () => writeTraits(model, { [name]: value }), { signal });
    keepKeys(input, [...KEYS_OF_A_SLIDER, ...KEYS_OF_A_BUTTON], signal);
    return input;
  });
  return () => {
    inputs.forEach((input, index) => { input.checked = values[index] === model.get(name); });
  };
}

/**
 * A button that calls `press`. Returns draw(enabled): a button that has nothing to do keeps
 * the focus, which would otherwise fall to the notebook.
 */
function addButton(parent, label, press, signal) {
  const button = addElement(parent, "button", "explorer-button", label);
  button.type = "button";
  const enabled = () => button.getAttribute("aria-disabled") !== "true";
  button.addEventListener("click", () => { if (enabled()) press(); }, { signal });
  keepKeys(button, KEYS_OF_A_BUTTON, signal);
  return (isEnabled = true) => button.setAttribute("aria-disabled", String(!isEnabled));
}

/** The words that change with the state, which a screen reader speaks. Returns draw(heading, words). */
function addStatus(parent) {
  const status = addElement(parent, "div", "explorer-status");
  status.setAttribute("role", "status");
  const heading = addElement(status, "div", "explorer-heading");
  const words = addElement(status, "div", "explorer-words");
  return (headingText, text) => {
    setText(heading, headingText);
    setText(words, text);
  };
}

let waiting = null; // while several traits are stored: the views to draw after the last one

/** Store several traits at once, draw once, and send them to the kernel, where there is one. */
function writeTraits(model, values) {
  waiting = new Set();
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  const draws = waiting;
  waiting = null;
  for (const draw of draws) draw();
  model.save_changes();
}

/**
 * Call `draw` when one of the traits changes, and `build(width)` when the room does.
 * Returns the function that ends both; a view that is removed must call it.
 */
function keepDrawn(model, names, room, build, draw) {
  const follow = () => {
    if (waiting === null) draw();
    else waiting.add(draw);
  };
  for (const name of names) model.on(`change:${name}`, follow);
  let width = 0;
  const observer = new ResizeObserver(() => {
    const now = Math.floor(room.clientWidth);
    if (now === width || now === 0) return; // 0: the view is hidden
    width = now;
    build(width);
    draw();
  });
  observer.observe(room);
  return () => {
    observer.disconnect();
    for (const name of names) model.off(`change:${name}`, follow);
  };
}

const ASIDE_WIDTH = 360; // as in explorer.css, with the gap
const TWO_COLUMNS_FROM = 820;
const NARROWEST = 380; // below it the picture scrolls sideways

/**
 * Show an explorer: a picture, and beside or below it what `makeAside` puts there.
 *
 * `names` are the traits that the picture depends on and `read()` makes a state of them.
 * `makeAside(parent, say, signal)` returns draw(state). `makePicture(room, width, say, signal)`
 * does too, and is called again whenever the room changes its width or a trait of `shapedBy`
 * changes; what had the focus keeps it. Returns the function that takes the view away, as
 * anywidget wants it.
 */
function showExplorer({ model, el }, names, read, makeAside, makePicture, shapedBy = []) {
  const controller = new AbortController();
  const say = speaker(model.get("strings"));
  const root = addElement(el, "div", "explorer");
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", say("title"));
  const room = addElement(root, "div", "explorer-room");
  const aside = addElement(root, "div", "explorer-aside");
  const drawAside = makeAside(aside, say, controller.signal);

  let drawPicture = null;
  let pictureListeners = new AbortController(); // of its own: a picture is rebuilt with the room
  const parts = () => [...room.querySelectorAll("[tabindex]")];
  const shapeNow = () => JSON.stringify(shapedBy.map((name) => model.get(name)));
  let shape = "";
  let builtWidth = 0;
  const build = (width) => {
    [shape, builtWidth] = [shapeNow(), width];
    const focused = parts().indexOf(document.activeElement);
    pictureListeners.abort();
    pictureListeners = new AbortController();
    const twoColumns = width >= TWO_COLUMNS_FROM;
    root.classList.toggle("explorer-two-columns", twoColumns);
    room.replaceChildren();
    const across = twoColumns ? width - ASIDE_WIDTH : Math.max(width, NARROWEST);
    drawPicture = makePicture(room, across, say, pictureListeners.signal);
    parts()[focused]?.focus({ preventScroll: true });
  };
  const draw = () => {
    if (drawPicture === null) return;
    if (shape !== shapeNow()) build(builtWidth);
    const state = read();
    drawPicture(state);
    drawAside(state);
  };
  const stop = keepDrawn(model, names, root, build, draw);
  return () => {
    stop();
    pictureListeners.abort();
    controller.abort();
    root.remove();
  };
}
