// The plotting module that every explorer shares: a picture in SVG, drawn one
// unit to the pixel, so that text keeps its size at every width.
//
// Nothing here knows about PPO. A mark is built once and then moved: each maker
// returns functions that change attributes, which is what keeps a drag smooth.
// Python joins this file and an explorer's own into one ES module (a module is
// strict already), so the names below are plain functions without `export`.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** Add an SVG element to `parent` and set its attributes. */
function addNode(parent, name, attributes = {}, text = "") {
  const node = document.createElementNS(SVG_NAMESPACE, name);
  setAttributes(node, attributes);
  node.textContent = text;
  parent.append(node);
  return node;
}

/** Add text in which "_[...]" is set as a subscript. */
function addFormula(parent, attributes, formula) {
  const node = addNode(parent, "text", attributes);
  formula.split(/_\[(.*?)\]/).forEach((part, index) => {
    const subscript = index % 2 === 1;
    const shift = index === 0 ? null : subscript ? "0.3em" : "-0.3em";
    const size = subscript ? "0.8em" : null;
    addNode(node, "tspan", { dy: shift, "font-size": size }, part);
  });
  return node;
}

/** Set attributes; a value of null takes the attribute away. */
function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) node.removeAttribute(name);
    else node.setAttribute(name, value);
  }
}

/** Limit `value` to the interval from `low` to `high`. */
function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/** Round to the nearest multiple of `step`, without a tail of binary digits. */
function snap(value, step) {
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  return Number((Math.round(value / step) * step).toFixed(digits));
}

/** Write a number with `digits` decimals and a true minus sign; never "−0.00". */
function formatNumber(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `\u2212${text}` : text;
}

/** The same, with a plus sign before a positive number. */
function formatSigned(value, digits = 2) {
  const text = formatNumber(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/**
 * Spread label heights so that neighbours stand at least `gap` apart.
 *
 * `wanted` are the heights asked for; the answer keeps their order, stays between
 * `low` and `high`, and moves no label further than it must.
 */
function spreadLabels(wanted, low, high, gap) {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a] - wanted[b] || a - b);
  const placed = order.map((index) => clamp(wanted[index], low, high));
  for (let i = 1; i < placed.length; i += 1) {
    placed[i] = Math.max(placed[i], placed[i - 1] + gap);
  }
  for (let i = placed.length - 1; i >= 0; i -= 1) {
    const ceiling = i === placed.length - 1 ? high : placed[i + 1] - gap;
    placed[i] = Math.min(placed[i], ceiling);
  }
  const answer = [];
  order.forEach((index, rank) => { answer[index] = placed[rank]; });
  return answer;
}

/**
 * A rectangle with axes. `frame` is {left, top, width, height} in pixels; `x` and
 * `y` are {limits: [low, high], ticks: [...], label: "" or [lines], format}.
 *
 * Returns the scales, and three layers: `back` (bands), `plot` (lines, clipped to
 * the rectangle) and `front` (points and labels, not clipped).
 */
function makePanel(svg, frame, x, y) {
  const { left, top, width, height } = frame;
  const right = left + width;
  const bottom = top + height;
  const scaleX = (value) => left + ((value - x.limits[0]) / (x.limits[1] - x.limits[0])) * width;
  const scaleY = (value) => bottom - ((value - y.limits[0]) / (y.limits[1] - y.limits[0])) * height;
  const invertX = (pixel) => x.limits[0] + ((pixel - left) / width) * (x.limits[1] - x.limits[0]);
  const invertY = (pixel) => y.limits[0] + ((bottom - pixel) / height) * (y.limits[1] - y.limits[0]);

  const clipId = `explorer-clip-${Math.random().toString(36).slice(2)}`; // one of its own in the page
  const clip = addNode(svg, "clipPath", { id: clipId });
  addNode(clip, "rect", { x: left, y: top, width, height });

  const root = addNode(svg, "g");
  addNode(root, "rect", { x: left, y: top, width, height, class: "explorer-paper" });
  const back = addNode(root, "g", { "clip-path": `url(#${clipId})` });
  const axes = addNode(root, "g");
  for (const tick of x.ticks) {
    const at = scaleX(tick);
    addNode(axes, "line", { x1: at, x2: at, y1: bottom, y2: bottom + 5, class: "explorer-axis" });
    if (x.format) {
      addNode(axes, "text", { x: at, y: bottom + 22, "text-anchor": "middle" }, x.format(tick));
    }
  }
  for (const tick of y.ticks) {
    const at = scaleY(tick);
    const kind = tick === 0 ? "explorer-zero" : "explorer-grid";
    addNode(axes, "line", { x1: left, x2: right, y1: at, y2: at, class: kind });
    addNode(axes, "text", { x: left - 8, y: at + 5, "text-anchor": "end" }, y.format(tick));
  }
  addNode(axes, "path", { d: `M${left},${top}V${bottom}H${right}`, class: "explorer-axis" });
  if (x.label) {
    const at = { x: left + width / 2, y: bottom + 46, "text-anchor": "middle" };
    addFormula(axes, at, x.label);
  }
  y.label.forEach((line, index) => {
    const across = left - 40 - 19 * (y.label.length - 1 - index);
    const along = top + height / 2;
    const turn = `translate(${across},${along}) rotate(-90)`;
    addNode(axes, "text", { transform: turn, "text-anchor": "middle" }, line);
  });

  const plot = addNode(root, "g", { "clip-path": `url(#${clipId})` });
  const front = addNode(root, "g");
  const scales = { scaleX, scaleY, invertX, invertY };
  return { left, right, top, bottom, width, height, ...scales, back, plot, front };
}

/** A line through points given in data units: returns draw([[x, y], ...]). */
function makeLine(panel, attributes) {
  const path = addNode(panel.plot, "path", { fill: "none", ...attributes });
  return (points) => path.setAttribute("d", pathThrough(panel, points));
}

/** A filled area between two lines over the same x: returns draw(upper, lower). */
function makeArea(panel, attributes) {
  const path = addNode(panel.plot, "path", { stroke: "none", ...attributes });
  return (upper, lower) => {
    path.setAttribute("d", `${pathThrough(panel, [...upper, ...[...lower].reverse()])}Z`);
  };
}

function pathThrough(panel, points) {
  return points
    .map(([x, y], index) => {
      const command = index === 0 ? "M" : "L";
      return `${command}${panel.scaleX(x).toFixed(2)},${panel.scaleY(y).toFixed(2)}`;
    })
    .join("");
}

/** A vertical band with an edge on each side: returns draw(low, high) in data units. */
function makeBand(panel, fill, edge) {
  const area = addNode(panel.back, "rect", { y: panel.top, height: panel.height, ...fill });
  const edges = addNode(panel.back, "path", edge);
  return (low, high) => {
    const [from, to] = [panel.scaleX(low), panel.scaleX(high)];
    setAttributes(area, { x: from, width: Math.max(0, to - from) });
    edges.setAttribute("d", `M${from},${panel.top}V${panel.bottom}M${to},${panel.top}V${panel.bottom}`);
  };
}

/** Text that moves, with a rim in the paper's colour: returns draw(x, y, text, anchor). */
function makeReadout(parent, attributes = {}) {
  const node = addNode(parent, "text", { class: "explorer-readout", ...attributes });
  return (x, y, text, anchor = "start") => {
    setAttributes(node, { x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor });
    if (node.textContent !== text) node.textContent = text;
  };
}

/**
 * Labels in the right margin, at the height where each line ends.
 *
 * `names` are {text, stroke} with the line's own stroke attributes for a short
 * swatch. Returns draw([y, ...]) in data units; labels never overlap.
 */
function makeEndLabels(panel, names, gap = 22) {
  const marks = names.map(({ text, stroke }) => {
    const group = addNode(panel.front, "g");
    const leader = addNode(group, "path", { class: "explorer-leader" });
    const swatch = addNode(group, "path", { fill: "none", ...stroke });
    const label = addNode(group, "text", { x: panel.right + 38 }, text);
    return { leader, swatch, label };
  });
  return (values) => {
    const wanted = values.map((value) => panel.scaleY(value));
    const heights = spreadLabels(wanted, panel.top + 8, panel.bottom - 8, gap);
    marks.forEach(({ leader, swatch, label }, index) => {
      const at = heights[index];
      const end = clamp(wanted[index], panel.top, panel.bottom);
      leader.setAttribute("d", `M${panel.right + 1},${end}L${panel.right + 8},${at}`);
      swatch.setAttribute("d", `M${panel.right + 9},${at}h24`);
      label.setAttribute("y", at + 5);
    });
  };
}

/** An arrow from one pixel to another; none when it would be shorter than its head. */
function makeArrow(parent, attributes) {
  const path = addNode(parent, "path", { fill: "none", ...attributes });
  return (x1, y1, x2, y2) => {
    const length = Math.hypot(x2 - x1, y2 - y1);
    if (length < 4) {
      path.setAttribute("d", "");
      return;
    }
    const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
    const head = Math.min(9, length);
    const side = (sign) => {
      const x = x2 - head * ux - sign * 0.7 * head * uy;
      const y = y2 - head * uy + sign * 0.7 * head * ux;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    };
    path.setAttribute(
      "d",
      `M${x1.toFixed(1)},${y1.toFixed(1)}L${x2.toFixed(1)},${y2.toFixed(1)}` +
        `M${side(1)}L${x2.toFixed(1)},${y2.toFixed(1)}L${side(-1)}`,
    );
  };
}

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
 * Returns {node, draw(px, py, texts, hollow)}: a place in pixels, and in words the value on
 * each axis; `signal` removes the listeners.
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
      const words = { "aria-valuenow": now[name], "aria-valuetext": texts[name] };
      setAttributes(sliders[name], words);
    }
  };
  return { node: group, draw };
}
