// What stands beside a picture: native inputs joined to the model's traits, buttons and tables.
//
// A control takes the view, {parent, model, say, bounds, signal}, and the name of a trait, whose
// bounds it keeps and whose label is in the string table: `slider.NAME`, `switch.NAME` or
// `choice.NAME`. It returns draw(), which shows the model's value.

const KEYS_OF_A_SLIDER = [
  "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End",
];
const KEYS_OF_A_BUTTON = [" ", "Enter"];

/** Add an HTML element to `parent`. */
function addElement(parent, name, className = "", text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.textContent = text;
  parent.append(element);
  return element;
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
 * A labelled slider for a number; `format(value)` writes the number beside it.
 *
 * Its range is {low, high, step, scale}: with the scale "log" the step is a factor and the input
 * counts stops, whose values have three digits.
 */
function addSlider({ parent, model, say, bounds, signal }, name, format) {
  const range = bounds[name];
  const row = addElement(parent, "label", "explorer-row");
  addElement(row, "span", "explorer-name", say(`slider.${name}`));
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
    setAttributes(input, { "aria-valuetext": format(value) });
    setText(output, format(value));
  };
}

/** A labelled switch for a boolean. */
function addSwitch({ parent, model, say, signal }, name) {
  const row = addElement(parent, "label", "explorer-switch");
  const input = addElement(row, "input");
  input.type = "checkbox";
  input.dataset.trait = name;
  addElement(row, "span", "", say(`switch.${name}`));
  input.addEventListener("change", () => writeTraits(model, { [name]: input.checked }), { signal });
  keepKeys(input, KEYS_OF_A_BUTTON, signal);
  return () => { input.checked = model.get(name); };
}

/**
 * A choice between a few values: radio buttons drawn as one strip.
 *
 * `format(value)` writes a value on its button.
 */
function addChoice(view, name, format, values = view.bounds[name].values) {
  const { parent, model, say, signal } = view;
  const row = addElement(parent, "div", "explorer-choice");
  row.setAttribute("role", "radiogroup");
  row.setAttribute("aria-label", say(`choice.${name}`));
  addElement(row, "span", "explorer-name", say(`choice.${name}`));
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
  return (isEnabled = true) => setAttributes(button, { "aria-disabled": !isEnabled });
}

/** A row of buttons, [label, press, enabled(state)]: the last where it isn't always so. Returns draw(state). */
function addButtons({ parent, signal }, buttons) {
  const row = addElement(parent, "div", "explorer-buttons");
  const draws = buttons.map(([label, press, enabled = () => true]) => {
    const draw = addButton(row, label, press, signal);
    return (state) => draw(enabled(state));
  });
  return drawAll(draws);
}

/**
 * A table. `columns` are the words at its head, if it has one, and `rows` those before each row.
 * Returns {table, titles, cells}: the heads of the rows, and of each row the cells.
 */
function addTable(parent, kind, columns, rows, width = columns.length) {
  const table = addElement(parent, "table", kind);
  if (columns.length > 0) {
    const head = addElement(addElement(table, "thead"), "tr");
    addElement(head, "td");
    for (const column of columns) addElement(head, "th", "", column).scope = "col";
  }
  const body = addElement(table, "tbody");
  const lines = rows.map(() => addElement(body, "tr"));
  const titles = lines.map((line, index) => {
    const title = addElement(line, "th", "", rows[index]);
    title.scope = "row";
    return title;
  });
  const cells = lines.map((line) => Array.from({ length: width }, () => addElement(line, "td")));
  return { table, titles, cells };
}

/** Write into the cells of a table: an array of texts for each row. */
function setCells(cells, rows) {
  rows.forEach((texts, row) => texts.forEach((text, column) => setText(cells[row][column], text)));
}

/** A table of readings, one a row: returns {titles, draw(written)}, which fills `value.NAME` in. */
function addReadings(parent, names, say) {
  const rows = names.map((name) => say(`reading.${name}`));
  const { titles, cells } = addTable(parent, "explorer-numbers explorer-readings", [], rows, 1);
  const draw = (written) => setCells(cells, names.map((name) => [say(`value.${name}`, written)]));
  return { titles, draw };
}
