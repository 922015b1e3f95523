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

/**
 * A labelled slider for one number of the model.
 *
 * `range` is {low, high, step}; `format(value)` writes the number beside it.
 * Returns draw(), which shows the model's value.
 */
function addSlider(parent, model, name, label, range, format, signal) {
  const row = addElement(parent, "label", "explorer-row");
  addElement(row, "span", "explorer-name", label);
  const input = addElement(row, "input", "explorer-slider");
  Object.assign(input, { type: "range", min: range.low, max: range.high, step: range.step });
  input.dataset.trait = name;
  const output = addElement(row, "span", "explorer-value");
  output.setAttribute("aria-hidden", "true"); // the slider speaks its value itself
  const store = () => writeTraits(model, { [name]: snap(Number(input.value), range.step) });
  input.addEventListener("input", store, { signal });
  keepKeys(input, KEYS_OF_A_SLIDER, signal);
  return () => {
    const value = model.get(name);
    if (Number(input.value) !== value) input.value = value;
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

/** Store several traits at once and send them to the kernel, where there is one. */
function writeTraits(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

/**
 * Call `draw` when one of the traits changes, and `build(width)` when the room does.
 * Returns the function that ends both; a view that is removed must call it.
 */
function keepDrawn(model, names, room, build, draw) {
  for (const name of names) model.on(`change:${name}`, draw);
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
    for (const name of names) model.off(`change:${name}`, draw);
  };
}
