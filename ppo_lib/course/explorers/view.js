// The life of an explorer's view: its strings, what it stores, and how it is built, drawn and
// cleaned up.

/** Return say(key, values), which reads the string table and fills in {fields}. */
function speaker(strings) {
  return (key, values = {}) => {
    const template = strings[key];
    if (template === undefined) throw new Error(`no string for the key "${key}"`);
    return template.replace(/\{(\w+)\}/g, (_, field) => values[field]);
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

/** draw(state) of several. */
function drawAll(draws) {
  return (state) => { for (const draw of draws) draw(state); };
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

/** An empty picture of this height for a view: {svg, picture}, the latter what words stand for. */
function addPicture({ parent, width }, height) {
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  const svg = addNode(parent, "svg", { ...size, class: "explorer-svg" });
  return { svg, picture: addNode(svg, "g", { role: "img" }) };
}

const ASIDE_WIDTH = 360; // as in explorer.css, with the gap
const TWO_COLUMNS_FROM = 820;
const NARROWEST = 380; // below it the picture scrolls sideways

/**
 * Show an explorer: a picture, and beside or below it controls and words. It has
 *
 * - `traits`, the names that it depends on, and `read(model)`, which makes a state of them;
 * - `buildPicture(view)` and `buildAside(view)`, which return a list of draw(state); the picture
 *   is built again whenever the room changes its width or a trait of `shapedBy` changes, and what
 *   had the focus keeps it;
 * - `tell(state, say)`, all that is said: {picture, heading, words}, and `inFull` where the words
 *   alone would miss their heading.
 *
 * A view is {model, say, colors, bounds, signal, parent}: what to read, what to write with and
 * where to add; a picture's has {width, twoColumns} too. The root's `data-description` says the
 * picture and the words of every state. Returns the function that takes the view away, as
 * anywidget wants it.
 */
function showExplorer({ model, el }, explorer) {
  const { traits, read, tell, buildPicture, buildAside, shapedBy = [] } = explorer;
  const controller = new AbortController();
  const say = speaker(model.get("strings"));
  const root = addElement(el, "div", "explorer");
  setAttributes(root, { role: "group", "aria-label": say("title") });
  const room = addElement(root, "div", "explorer-room");
  const aside = addElement(root, "div", "explorer-aside");
  const view = { model, say, colors: model.get("colors"), bounds: model.get("bounds") };
  const drawAside = drawAll(buildAside({ ...view, parent: aside, signal: controller.signal }));
  const drawStatus = addStatus(aside);
  addElement(aside, "div", "explorer-hint", say("hint"));

  let drawPicture = null;
  let pictureListeners = new AbortController(); // of its own: a picture is rebuilt with the room
  const parts = () => [...room.querySelectorAll("[tabindex]")];
  const shapeNow = () => JSON.stringify(shapedBy.map((name) => model.get(name)));
  let shape = "";
  let builtWidth = 0;
  const build = (roomWidth) => {
    [shape, builtWidth] = [shapeNow(), roomWidth];
    const focused = parts().indexOf(document.activeElement);
    pictureListeners.abort();
    pictureListeners = new AbortController();
    const twoColumns = roomWidth >= TWO_COLUMNS_FROM;
    root.classList.toggle("explorer-two-columns", twoColumns);
    room.replaceChildren();
    const width = twoColumns ? roomWidth - ASIDE_WIDTH : Math.max(roomWidth, NARROWEST);
    const { signal } = pictureListeners;
    drawPicture = drawAll(buildPicture({ ...view, parent: room, width, twoColumns, signal }));
    parts()[focused]?.focus({ preventScroll: true });
  };
  const draw = () => {
    if (drawPicture === null) return;
    if (shape !== shapeNow()) build(builtWidth);
    const state = read(model);
    drawPicture(state);
    drawAside(state);
    const { picture, heading, words, inFull = words } = tell(state, say);
    drawStatus(heading, words);
    setAttributes(room.querySelector("[role=img]"), { "aria-label": picture });
    setAttributes(root, { "data-description": `${picture} ${inFull}` });
  };
  const stop = keepDrawn(model, traits, root, build, draw);
  return () => {
    stop();
    pictureListeners.abort();
    controller.abort();
    root.remove();
  };
}
