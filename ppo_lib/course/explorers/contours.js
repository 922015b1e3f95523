// Contour lines on a map, and words that keep clear of each other: nothing here knows the cliff.

const LINE_HEIGHT = 20;

/** Whether the line of a height passes between two neighbours on the grid. */
function passes(level, one, other) {
  return one >= level !== other >= level;
}

/**
 * The lines of each height on a grid of `size` x `size` points, by marching squares: for each
 * level an array of lines, each an array of [column, row] with fractions. A closed line ends
 * where it begins. `levels` rise.
 */
function contourLines(heights, size, levels) {
  const tracers = levels.map((level) => makeTracer(heights, size, level));
  for (let row = 0; row < size - 1; row += 1) {
    for (let at = row * size; at < row * size + size - 1; at += 1) {
      const a = heights[at];
      const b = heights[at + 1];
      const c = heights[at + size + 1];
      const d = heights[at + size];
      const lowest = Math.min(a, b, c, d);
      const highest = Math.max(a, b, c, d);
      for (let i = 0; i < levels.length && levels[i] <= highest; i += 1) {
        if (levels[i] > lowest) tracers[i].cross(at);
      }
    }
  }
  return tracers.map(({ trace }) => trace());
}

/** Follows the lines of one height: cross(cell) for each cell that they cross, then trace(). */
function makeTracer(heights, size, level) {
  const upright = size * size; // edges: first those to the right of a point, then those above it
  let links = null; // of each edge, the next ones on the line: none is -1
  const crossed = [];
  const join = (one, other) => {
    crossed.push(one, other);
    links[2 * one + (links[2 * one] < 0 ? 0 : 1)] = other;
    links[2 * other + (links[2 * other] < 0 ? 0 : 1)] = one;
  };
  const cross = (at) => {
    links ??= new Int32Array(4 * upright).fill(-1);
    const [a, b, d, c] = [heights[at], heights[at + 1], heights[at + size], heights[at + size + 1]];
    const edges = [];
    if (passes(level, a, b)) edges.push(at);
    if (passes(level, b, c)) edges.push(upright + at + 1);
    if (passes(level, c, d)) edges.push(at + size);
    if (passes(level, d, a)) edges.push(upright + at);
    if (edges.length === 2) join(edges[0], edges[1]);
    else { // a saddle: the middle decides which corners belong together
      const [low, right, high, left] = edges;
      const together = (a + b + c + d) / 4 >= level === a >= level; // a and c, through the middle
      join(low, together ? right : left);
      join(high, together ? left : right);
    }
  };
  const place = (edge) => {
    const at = edge % upright;
    const [row, column] = [Math.floor(at / size), at % size];
    const across = edge < upright;
    const share = (level - heights[at]) / (heights[at + (across ? 1 : size)] - heights[at]);
    return across ? [column + share, row] : [column, row + share];
  };
  const cut = (from, to) => { links[2 * from + (links[2 * from] === to ? 0 : 1)] = -1; };
  const follow = (start) => {
    const line = [place(start)];
    for (let edge = start; ;) {
      const next = Math.max(links[2 * edge], links[2 * edge + 1]);
      if (next < 0) return line;
      cut(edge, next);
      cut(next, edge);
      line.push(place(next));
      edge = next;
    }
  };
  const degree = (edge) => (links[2 * edge] >= 0 ? 1 : 0) + (links[2 * edge + 1] >= 0 ? 1 : 0);
  const trace = () => {
    const lines = [];
    for (const edge of crossed) if (degree(edge) === 1) lines.push(follow(edge)); // rim to rim
    for (const edge of crossed) if (degree(edge) === 2) lines.push(follow(edge)); // closed
    return lines;
  };
  return { cross, trace };
}

/** A box, [left, top, right, bottom], so far each way from its middle. */
function boxAround([x, y], across, up = across) {
  return [x - across, y - up, x + across, y + up];
}

/** How much of box `p` lies on box `q`. */
function overlap(p, q) {
  const across = Math.min(p[2], q[2]) - Math.max(p[0], q[0]);
  const down = Math.min(p[3], q[3]) - Math.max(p[1], q[1]);
  return across > 0 && down > 0 ? across * down : 0;
}

const TURNS = Array.from({ length: 16 }, (_, i) => [Math.cos((i * Math.PI) / 8), Math.sin((i * Math.PI) / 8)]);
const RINGS = [13, 24, 38, 56, 78, 104];

/**
 * Where to write words of `width` pixels near a place, so that they stand on no box of `taken`,
 * inside the map, and on as few of the points `avoided` as can be. Of good places it takes the
 * nearest; `last`, where they stood before, is kept if it is as good.
 */
function placeWords([x, y], width, panel, taken, avoided, last) {
  const [half, up] = [width / 2, LINE_HEIGHT / 2];
  let best = null;
  RINGS.forEach((ring, far) => best?.cost <= 8 * far - 6 || TURNS.forEach(([ux, uy], number) => {
    const cx = x + ring * ux + Math.sign(ux) * Math.sqrt(Math.abs(ux)) * half;
    const cy = y + ring * uy + uy * up;
    const box = boxAround([cx, cy], half, up);
    if (box[0] < panel.left + 3 || box[2] > panel.right - 3) return;
    if (box[1] < panel.top + 2 || box[3] > panel.bottom - 2) return;
    const place = far * TURNS.length + number;
    let cost = 8 * far - (place === last ? 6 : 0);
    for (const other of taken) {
      const shared = overlap(box, other);
      if (shared > 0) cost += 200 + shared;
    }
    for (const [px, py] of avoided) {
      if (px > box[0] && px < box[2] && py > box[1] && py < box[3]) cost += 10;
    }
    if (best === null || cost < best.cost) best = { box, cost, place };
  }));
  return best;
}

/** Words in the map, with a rim: returns draw(box or null, words). */
function makeWords(parent, attributes = {}) {
  const node = addNode(parent, "text", { class: "explorer-readout", "text-anchor": "middle", ...attributes });
  return (box, words) => {
    show(node, box !== null);
    if (box === null) return;
    setAttributes(node, { x: ((box[0] + box[2]) / 2).toFixed(1), y: (box[3] - 5).toFixed(1) });
    setText(node, words);
  };
}

/** A free place for words on a line, as near as can be to its point `wanted`; or null. */
function placeOnLine(line, wanted, width, panel, taken) {
  for (let away = 0; away < line.length; away += 1) {
    for (const index of away === 0 ? [wanted] : [wanted + away, wanted - away]) {
      if (index < 0 || index >= line.length) continue;
      const box = boxAround(line[index], width / 2 + 2, LINE_HEIGHT / 2);
      const inside = box[0] > panel.left && box[2] < panel.right && box[1] > panel.top && box[3] < panel.bottom;
      if (inside && taken.every((other) => overlap(box, other) === 0)) return box;
    }
  }
  return null;
}

/**
 * Contour lines with their heights written on them. Returns draw(heights), of a square grid over
 * the panel; label(taken), which keeps the words off the boxes `taken` and adds theirs; and
 * show(shown).
 *
 * `prefer(line)` is the index of the point of a line (in pixels) where its height should stand.
 */
function makeContours(panel, attributes, levels, format, prefer, measure) {
  const path = addNode(panel.plot, "path", { fill: "none", ...attributes });
  const labels = levels.map(() => makeWords(panel.plot, { class: "explorer-readout explorer-height" }));
  const words = levels.map(format);
  let lines = [];
  const draw = (heights) => {
    const size = Math.sqrt(heights.length);
    const [across, up] = [panel.width / (size - 1), panel.height / (size - 1)];
    lines = contourLines(heights, size, levels).map((some) => some.map((line) =>
      line.map(([column, row]) => [panel.left + column * across, panel.bottom - row * up])));
    setAttributes(path, { d: lines.flat().map(pathOf).join("") });
  };
  const label = (taken) => {
    levels.forEach((_, index) => {
      const longest = lines[index].reduce((a, b) => (b.length > a.length ? b : a), []);
      const box = longest.length < 8 ? null : placeOnLine(longest, prefer(longest), measure(words[index]), panel, taken);
      labels[index](box, words[index]);
      if (box) taken.push(box);
    });
  };
  const showAll = (shown) => {
    show(path, shown);
    if (!shown) labels.forEach((write) => write(null));
  };
  return { draw, label, show: showAll };
}
