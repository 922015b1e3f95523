// A picture in SVG, drawn one unit to the pixel, so that text keeps its size at every width.
//
// Nothing here knows about PPO. A mark is built once and then moved: each maker returns draw(...),
// which changes attributes, and that is what keeps a drag smooth. Python joins the shared files
// and an explorer's own into one ES module (a module is strict already), so the names below are
// plain functions without `export`. This file has numbers, nodes, panels and paths; marks.js what
// stands in a panel, points.js what is dragged there; controls.js what stands beside the picture;
// view.js shows the whole.

// Numbers ------------------------------------------------------------------------------------

/** Limit `value` to the interval from `low` to `high`. */
function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/** Round to the nearest multiple of `step`, without a tail of binary digits. */
function snap(value, step) {
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  return Number((Math.round(value / step) * step).toFixed(digits));
}

/** A number of pixels in tenths, as all paths have them: toFixed would take ten times as long. */
function tenth(pixels) {
  return Math.round(10 * pixels) / 10;
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** The same names, with what `change` makes of each value. */
function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

/** An object with what `make(name)` returns for each name. */
function byName(names, make) {
  return Object.fromEntries(names.map((name, index) => [name, make(name, index)]));
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

/** Write a whole number. */
function formatWhole(value) {
  return formatNumber(value, 0);
}

/** Numbers in a row, with commas. */
function formatList(values) {
  return values.map((value) => formatNumber(value)).join(", ");
}

// Nodes --------------------------------------------------------------------------------------

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** Add an SVG element to `parent` and set its attributes. */
function addNode(parent, name, attributes = {}, text = "") {
  const node = document.createElementNS(SVG_NAMESPACE, name);
  setAttributes(node, attributes);
  node.textContent = text;
  parent.append(node);
  return node;
}

/** Add text at (x, y): its foot, and as `anchor` says its "start", "middle" or "end". */
function addText(parent, x, y, text = "", anchor = "start") {
  return addNode(parent, "text", { x, y, "text-anchor": anchor }, text);
}

/** Add text in which "_[...]" is set as a subscript. */
function addFormula(parent, x, y, formula, anchor = "start") {
  const node = addText(parent, x, y, "", anchor);
  formula.split(/_\[(.*?)\]/).forEach((part, index) => {
    const subscript = index % 2 === 1;
    const shift = index === 0 ? null : subscript ? "0.3em" : "-0.3em";
    const size = subscript ? "0.8em" : null;
    addNode(node, "tspan", { dy: shift, "font-size": size }, part);
  });
  return node;
}

/** Set the attributes that differ, so that what stays is not drawn anew; null takes one away. */
function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  }
}

/** Change the text only where it differs, so that a screen reader speaks only then. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Show a node of the picture, or take it out of it. */
function show(node, isShown) {
  setAttributes(node, { display: isShown ? "inline" : "none" });
}

/** draw(state), which does nothing while `key(state)` stays the same: for what takes long. */
function drawOnChange(key, draw) {
  let drawn = {}; // like no key
  return (state) => {
    const now = key(state);
    if (now === drawn) return;
    drawn = now;
    draw(state);
  };
}

/** Add what stands for `url(#id)` in this picture alone: returns the node and its address. */
function addDefinition(parent, name, kind, attributes) {
  const id = `explorer-${kind}-${Math.random().toString(36).slice(2)}`; // one of its own in the page
  return [addNode(parent, name, { id, ...attributes }), `url(#${id})`];
}

// Panels -------------------------------------------------------------------------------------

/**
 * A rectangle with axes. `frame` is {left, top, width, height} in pixels; `x` and `y` are
 * {limits: [low, high], ticks: [...], label, format}. The label is a formula for x, an array of
 * lines for y; `format` writes a tick's number: without one, y has whole numbers and x has none.
 * A frame can have a `title`, above the panel by `rise` pixels, from `titleLeft` on.
 *
 * Returns the scales, and three layers: `back` (bands), `plot` (lines, clipped to
 * the rectangle) and `front` (points and labels, not clipped).
 */
function makePanel(svg, frame, x, y) {
  const { left, top, width, height, title, titleLeft = left, rise = 13 } = frame;
  const right = left + width;
  const bottom = top + height;
  const scaleX = (value) => left + ((value - x.limits[0]) / (x.limits[1] - x.limits[0])) * width;
  const scaleY = (value) => bottom - ((value - y.limits[0]) / (y.limits[1] - y.limits[0])) * height;
  const invertX = (pixel) => x.limits[0] + ((pixel - left) / width) * (x.limits[1] - x.limits[0]);
  const invertY = (pixel) => y.limits[0] + ((bottom - pixel) / height) * (y.limits[1] - y.limits[0]);

  const [clip, url] = addDefinition(svg, "clipPath", "clip");
  addNode(clip, "rect", { x: left, y: top, width, height });
  const root = addNode(svg, "g");
  addNode(root, "rect", { x: left, y: top, width, height, class: "explorer-paper" });
  const back = addNode(root, "g", { "clip-path": url });
  const axes = addNode(root, "g");
  for (const tick of x.ticks ?? []) {
    const at = scaleX(tick);
    addNode(axes, "line", { x1: at, x2: at, y1: bottom, y2: bottom + 5, class: "explorer-axis" });
    if (x.format) addText(axes, at, bottom + 22, x.format(tick), "middle");
  }
  for (const tick of y.ticks ?? []) {
    const at = scaleY(tick);
    const kind = tick === 0 ? "explorer-zero" : "explorer-grid";
    addNode(axes, "line", { x1: left, x2: right, y1: at, y2: at, class: kind });
    addText(axes, left - 8, at + 5, (y.format ?? formatWhole)(tick), "end");
  }
  addNode(axes, "path", { d: `M${left},${top}V${bottom}H${right}`, class: "explorer-axis" });
  if (x.label) addFormula(axes, left + width / 2, bottom + 46, x.label, "middle");
  (y.label ?? []).forEach((line, index) => {
    const across = left - 40 - 19 * (y.label.length - 1 - index);
    const turn = `translate(${across},${top + height / 2}) rotate(-90)`;
    addNode(axes, "text", { transform: turn, "text-anchor": "middle" }, line);
  });

  const plot = addNode(root, "g", { "clip-path": url });
  const front = addNode(root, "g");
  const titleNode = title && addFormula(svg, titleLeft, top - rise, title);
  const scales = { scaleX, scaleY, invertX, invertY };
  return { left, right, top, bottom, width, height, ...scales, back, plot, front, titleNode };
}

/**
 * Panels below one another, by name. `frame` and the x axis are those of all; each of `panels`
 * has the rest of its frame, {top, height, title, rise}, and its own y axis, and of the x axis
 * in `x` what is different there.
 */
function stackPanels(svg, frame, x, panels) {
  return mapValues(panels, ({ x: own, ...panel }) =>
    makePanel(svg, { ...frame, ...panel }, { ...x, ...own }, panel));
}

// Paths --------------------------------------------------------------------------------------

/** A path through pixels, [[x, y], ...]. */
function pathOf(pixels) {
  if (pixels.length === 0) return "";
  return `M${pixels.map(([x, y]) => `${tenth(x)},${tenth(y)}`).join("L")}`;
}

/** A path through points of a panel, given in its units. */
function pathThrough(panel, points) {
  if (points.length === 0) return "";
  const pixels = points.map(([x, y]) =>
    `${panel.scaleX(x).toFixed(2)},${panel.scaleY(y).toFixed(2)}`);
  return `M${pixels.join("L")}`;
}

/** A circle around a pixel, as a path. */
function circlePath(x, y, r) {
  return `M${tenth(x - r)},${tenth(y)}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0`;
}

/** A bar from `foot` to `head`, as a path; all in pixels. */
function barPath(left, right, foot, head) {
  return `M${tenth(left)},${tenth(foot)}V${tenth(head)}H${tenth(right)}V${tenth(foot)}Z`;
}

/** The open head of an arrow that ends at (x, y) and points along (ux, uy), as a path. */
function arrowHead(x, y, ux, uy, size) {
  const [across, along] = [0.7 * size * uy, 0.7 * size * ux];
  const [backX, backY] = [x - size * ux, y - size * uy];
  return pathOf([[backX - across, backY + along], [x, y], [backX + across, backY - along]]);
}

/** The path straight down through panels at a pixel. */
function downThrough(panels, x) {
  return panels.map(({ top, bottom }) => `M${tenth(x)},${top}V${bottom}`).join("");
}
