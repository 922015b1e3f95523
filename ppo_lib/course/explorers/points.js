// What is dragged in a picture, or moved with the arrow keys.

const ARROW_KEYS = {
  ArrowRight: ["x", 1], ArrowLeft: ["x", -1], ArrowUp: ["y", 1], ArrowDown: ["y", -1],
};
const PAGE_KEYS = { PageUp: 10, PageDown: -10 };

/**
 * A point that slides along x, along y or over the plane, by pointer and by keyboard.
 *
 * `axes` holds {low, high, step, label} for "x", for "y" or for both; `read()` returns the
 * values now, by the same names, and `write(values)` stores new ones. With one axis every
 * arrow moves it; with two each arrow moves its own. `surfaces` are elements where a press
 * moves the point at once; on the point itself it keeps its distance from the pointer.
 *
 * Returns its nodes and draw(px, py, texts, hollow): a place in pixels, and in words the value
 * on each axis; `signal` removes the listeners.
 */
function makePoint(svg, panel, axes, read, write, surfaces, signal) {
  const names = Object.keys(axes);
  const group = addNode(svg, "g", { class: `explorer-point explorer-along-${names.join("")}` });
  const target = addNode(group, "circle", { r: 24, class: "explorer-target" });
  // ARIA knows no slider of two dimensions: each axis is one, and the tab key finds the point
  // once, at the axis that moved last.
  const sliders = {};
  for (const name of names) {
    sliders[name] = names.length === 1 ? group : addNode(group, "g", { class: "explorer-part" });
    setAttributes(sliders[name], {
      role: "slider",
      tabindex: name === names[0] ? 0 : -1,
      "aria-label": axes[name].label,
      "aria-orientation": name === "x" ? "horizontal" : "vertical",
      "aria-valuemin": axes[name].low,
      "aria-valuemax": axes[name].high,
    });
    addNode(sliders[name], "circle", { r: 15, class: "explorer-focus" });
  }
  const dot = addNode(group, "circle", { r: 8, class: "explorer-dot" });
  const circles = [target, ...group.querySelectorAll(".explorer-focus"), dot];

  let current = names[0];
  const focusOn = (name) => {
    sliders[current].setAttribute("tabindex", -1);
    current = name;
    sliders[current].setAttribute("tabindex", 0);
    sliders[current].focus({ preventScroll: true });
  };
  const store = (values) => {
    const inside = ([name, value]) => {
      const { low, high, step } = axes[name];
      return [name, clamp(snap(value, step), low, high)];
    };
    write(Object.fromEntries(Object.entries(values).map(inside)));
  };
  const valuesAt = (event) => {
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width; // 1, unless the page is zoomed by CSS
    const at = {
      x: panel.invertX((event.clientX - box.left) * scale),
      y: panel.invertY((event.clientY - box.top) * scale),
    };
    return Object.fromEntries(names.map((name) => [name, at[name]]));
  };

  let offsets = null; // between the pointer and the point while a drag lasts
  const press = (event, keepsDistance) => {
    if (event.button !== 0) return;
    event.preventDefault(); // no text selection while dragging
    focusOn(current);
    group.setPointerCapture(event.pointerId);
    const [now, at] = [read(), valuesAt(event)];
    offsets = {};
    for (const name of names) offsets[name] = keepsDistance ? now[name] - at[name] : 0;
    if (!keepsDistance) store(at);
  };
  group.addEventListener("pointerdown", (event) => press(event, true), { signal });
  for (const surface of surfaces) {
    surface.addEventListener("pointerdown", (event) => press(event, false), { signal });
  }
  const move = (event) => {
    if (offsets === null) return;
    const at = valuesAt(event);
    for (const name of names) at[name] += offsets[name];
    store(at);
  };
  group.addEventListener("pointermove", move, { signal });
  group.addEventListener("lostpointercapture", () => { offsets = null; }, { signal });
  const pressKey = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const [direction, sign] = ARROW_KEYS[event.key] ?? [];
    const steps = sign ?? PAGE_KEYS[event.key];
    const name = direction in axes && names.length > 1 ? direction : current;
    const { low, high, step } = axes[name];
    if (name !== current) focusOn(name);
    if (steps !== undefined) store({ [name]: read()[name] + steps * step });
    else if (event.key === "Home") store({ [name]: low });
    else if (event.key === "End") store({ [name]: high });
    else return;
    event.preventDefault();
    event.stopPropagation(); // the notebook would move to another cell
  };
  group.addEventListener("keydown", pressKey, { signal });

  const draw = (px, py, texts, hollow = false) => {
    const at = { cx: px.toFixed(2), cy: py.toFixed(2) };
    for (const circle of circles) setAttributes(circle, at);
    dot.classList.toggle("explorer-hollow", hollow);
    const now = read();
    for (const name of names) {
      setAttributes(sliders[name], { "aria-valuenow": now[name], "aria-valuetext": texts[name] });
    }
  };
  return { node: group, target, dot, draw };
}

/** Where a press moves a point: a box of pixels, as a panel is one. */
function addSurface(svg, { left, top, width, height }, kind = "") {
  const box = { x: left, y: top, width, height };
  return addNode(svg, "rect", { ...box, class: `explorer-surface ${kind}`.trimEnd() });
}

/** The same over the whole height of a panel, around a place of its x axis. */
function addColumn(svg, panel, place, breadth = 1) {
  const left = panel.scaleX(place - breadth / 2);
  const width = panel.scaleX(place + breadth / 2) - left;
  return addSurface(svg, { ...panel, left, width }, "explorer-along-y");
}

/**
 * A number that a point can move: its range, its label, read() and write(value). It is the trait
 * `name`, or the entry of that list at `index`.
 */
function numberOf({ model, bounds }, name, label, index = null, range = bounds[name]) {
  const isEntry = index !== null;
  const valueWith = (value) => model.get(name).map((old, at) => (at === index ? value : old));
  return {
    ...range,
    label,
    read: () => (isEntry ? model.get(name)[index] : model.get(name)),
    write: (value) => writeTraits(model, { [name]: isEntry ? valueWith(value) : value }),
  };
}

/**
 * A point on one axis, "x" or "y", that moves a number. `follow(state)` is where it stands, x and
 * y in the panel's units, then what it says and whether it is hollow. Returns its nodes and
 * draw(state).
 */
function makePointAlong(axis, svg, panel, { read, write, ...range }, surfaces, signal, follow) {
  const point = makePoint(
    svg, panel, { [axis]: range }, () => ({ [axis]: read() }), (values) => write(values[axis]),
    surfaces, signal,
  );
  const draw = (state) => {
    const [x, y, text, hollow] = follow(state);
    point.draw(panel.scaleX(x), panel.scaleY(y), { [axis]: text }, hollow);
  };
  return { ...point, draw };
}
