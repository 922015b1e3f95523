// What stands in a picture: lines, bars, bands, arrows, numbers in rows, and what names them.

/** A line through points given in the panel's units: returns draw([[x, y], ...]). */
function makeLine(panel, attributes) {
  const path = addNode(panel.plot, "path", { fill: "none", ...attributes });
  return (points) => setAttributes(path, { d: pathThrough(panel, points) });
}

/**
 * Bars over whole numbers, from 0 to a height in the panel's units: returns draw(heights).
 *
 * The bar of the number n, which begins with `first`, spans from n + `from` to n + `to`. One
 * whose height is null is left out.
 */
function makeBars(panel, attributes, from, to, first = 0) {
  const path = addNode(panel.plot, "path", attributes);
  return (heights) => {
    const bars = heights.map((height, index) => {
      if (height === null) return "";
      const [left, right] = [from, to].map((side) => panel.scaleX(first + index + side));
      return barPath(left, right, panel.scaleY(0), panel.scaleY(height));
    });
    setAttributes(path, { d: bars.join("") });
  };
}

/** An upright band with a dashed edge on each side: returns draw(low, high) in the panel's units. */
function makeBand(panel, color) {
  const { top, bottom, height } = panel;
  const area = addNode(panel.back, "rect", { y: top, height, fill: color, "fill-opacity": 0.2 });
  const edges = addNode(panel.back, "path", {
    stroke: color, "stroke-width": 2, fill: "none", "stroke-dasharray": "5 4",
  });
  return (low, high) => {
    const [from, to] = [panel.scaleX(low), panel.scaleX(high)];
    setAttributes(area, { x: from, width: Math.max(0, to - from) });
    setAttributes(edges, { d: `M${from},${top}V${bottom}M${to},${top}V${bottom}` });
  };
}

/** A thin upright line through panels: returns draw(x), a pixel. */
function makeGuide(parent, panels) {
  const line = addNode(parent, "path", { class: "explorer-guide" });
  return (x) => setAttributes(line, { d: downThrough(panels, x) });
}

/**
 * An arrow with an open head, whose dashes are its shaft's alone: returns draw(x1, y1, x2, y2),
 * in pixels. One that goes on beyond its end has two heads; one too short to see is not there.
 */
function makeArrow(parent, { "stroke-dasharray": dashes = null, ...attributes }, size = 9) {
  const shaft = addNode(parent, "path", { fill: "none", ...attributes, "stroke-dasharray": dashes });
  const head = addNode(parent, "path", { fill: "none", ...attributes });
  return (x1, y1, x2, y2, goesOn = false) => {
    const length = Math.hypot(x2 - x1, y2 - y1);
    const isSeen = length >= 4;
    setAttributes(shaft, { d: isSeen ? pathOf([[x1, y1], [x2, y2]]) : "" });
    const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
    const tips = goesOn ? [0, 9] : [0];
    const heads = tips.map((back) =>
      arrowHead(x2 - back * ux, y2 - back * uy, ux, uy, Math.min(size, length)));
    setAttributes(head, { d: isSeen ? heads.join("") : "" });
  };
}

/** Slanted lines, on paper or on nothing: returns what to fill with. */
function makeHatch(svg, color, size, onPaper = false) {
  const [pattern, url] = addDefinition(svg, "pattern", "hatch", {
    width: size, height: size, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
  });
  if (onPaper) addNode(pattern, "rect", { width: size, height: size, class: "explorer-paper" });
  addNode(pattern, "path", { d: `M0,0V${size}`, stroke: color, "stroke-width": 4 });
  return url;
}

// Words --------------------------------------------------------------------------------------

/** Text that moves, with a rim in the paper's colour: returns draw(x, y, text, anchor). */
function makeReadout(parent, attributes = {}) {
  const node = addNode(parent, "text", { class: "explorer-readout", ...attributes });
  return (x, y, text, anchor = "start") => {
    setAttributes(node, { x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor });
    setText(node, text);
  };
}

/** Returns measure(words), their width as they will be drawn; each is measured once. */
function makeMeasure(svg) {
  const probe = addNode(svg, "text");
  const known = new Map();
  return (words) => {
    if (!known.has(words)) {
      probe.textContent = words.replace(/_\[(.*?)\]/g, "$1");
      known.set(words, probe.getComputedTextLength());
      probe.textContent = "";
    }
    return known.get(words);
  };
}

/** Numbers in a row at a height, one at each place of the panel, and their name: returns draw(texts). */
function makeRow(picture, panel, y, places, name) {
  addText(picture, panel.left - 8, y, name, "end");
  const nodes = places.map((place) =>
    addText(picture, panel.scaleX(place).toFixed(1), y, "", "middle"));
  return (texts) => texts.forEach((text, index) => setText(nodes[index], text));
}

/** What stands before a name: a piece of a line, ending or beginning at x. */
function addSwatch(parent, x, y, stroke, length) {
  return addNode(parent, "path", { d: `M${x},${y}h${length}`, fill: "none", ...stroke });
}

/** The same of an area. */
function addPatch(parent, x, y, fill) {
  return addNode(parent, "rect", { x, y: y - 7, width: 14, height: 13, ...fill });
}

/** The name of a line with a piece of it before it, from (x, y) on. Returns both nodes. */
function addKey(parent, x, y, stroke, text, length = 24) {
  return [addSwatch(parent, x, y, stroke, length), addFormula(parent, x + length + 6, y + 5, text)];
}

/** Names one after another up to the right end of a line: [{text, stroke or fill}], last first. */
function addKeysAtEnd(parent, right, y, names) {
  for (const { text, stroke, fill } of names) {
    right -= addText(parent, right, y, text, "end").getComputedTextLength() + 8;
    if (fill) addPatch(parent, right - 14, y - 5, fill);
    else addSwatch(parent, right - 30, y - 5, stroke, 30);
    right -= (fill ? 14 : 30) + 18;
  }
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
      setAttributes(leader, { d: `M${panel.right + 1},${end}L${panel.right + 8},${at}` });
      setAttributes(swatch, { d: `M${panel.right + 9},${at}h24` });
      setAttributes(label, { y: at + 5 });
    });
  };
}
