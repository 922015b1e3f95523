// A page without Jupyter that shows an explorer: what it finds there in anywidget's place.

/** The state of an explorer. It counts what is saved, and holds its listeners by event. */
function makeModel(state) {
  const listeners = {};
  return {
    listeners, saved: 0,
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      for (const call of [...(listeners["change:" + name] ?? [])]) call();
    },
    on(name, call) { (listeners[name] ??= []).push(call); },
    off(name, call) { listeners[name] = (listeners[name] ?? []).filter((one) => one !== call); },
    save_changes() { this.saved += 1; },
  };
}

/**
 * Show the explorer of this state in a room `width` pixels wide, in place of the one before.
 *
 * The page has it as `model` and takes it away by `cleanup()`.
 */
async function showAlone(state, width) {
  globalThis.cleanup?.();
  const style = document.createElement("style");
  style.textContent = state._css;
  const el = document.createElement("div");
  el.style.width = `${width}px`;
  document.querySelector("main").replaceChildren(style, el);
  globalThis.model = makeModel(state);
  const address = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
  globalThis.cleanup = await (await import(address)).default.render({ model, el });
}

/** What the explorer that is shown says of itself, in words. */
function describeShown() {
  return document.querySelector(".explorer").dataset.description;
}
