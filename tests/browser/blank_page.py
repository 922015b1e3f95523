"""What the browser tests ask of a page without Jupyter (`ppo_lib.course.explorers.bare_page`).

A test takes the fixture `blank` (see `conftest.py`), shows an explorer with `mount`, and moves it
by the page's `model.set(name, value)`. What needs no page is tested in `tests/course`, in an
embedded engine.
"""

from __future__ import annotations

import random

import traitlets
from anywidget import AnyWidget

from ppo_lib.course.explorers.bare_page import show, state_of

# Texts that leave the picture or stand on one another, and words that are cut off beside it.
CLASHES = """(states) => {
  const bad = [];
  for (const state of states) {
    for (const [name, value] of Object.entries(state)) model.set(name, value);
    const svg = document.querySelector(".explorer-svg");  // a trait may have built it anew
    const where = `at width ${svg.clientWidth}, ${JSON.stringify(state)}`;
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")].filter(
      (node) => node.textContent && node.checkVisibility());
    const boxes = texts.map((node) => node.getBoundingClientRect());
    boxes.forEach((p, i) => {
      if (p.left < frame.left - 1 || p.right > frame.right + 1 || p.top < frame.top - 1
          || p.bottom > frame.bottom + 1)
        bad.push(`${texts[i].textContent} leaves the picture ${where}`);
      boxes.slice(0, i).forEach((q, j) => {
        const across = Math.min(p.right, q.right) - Math.max(p.left, q.left);
        const down = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
        if (across > 1 && down > 4)  // a box is higher than its letters
          bad.push(`${texts[i].textContent} on ${texts[j].textContent} ${where}`);
      });
    });
    for (const node of document.querySelectorAll(".explorer-aside *"))
      if (node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0
          && getComputedStyle(node).display !== "inline")
        bad.push(`${node.className}: ${node.textContent} is cut ${where}`);
  }
  return bad;
}"""


def mount(page, explorer, width=980):
    """Show an explorer in a room `width` pixels wide, and wait for its picture."""
    show(page, state_of(explorer), width)


def clashes(page, states):
    """Return what is wrong with the layout in any of the states (values of synced traits)."""
    found = page.evaluate(CLASHES, states)
    return found


def some_states(explorer, count=60):
    """Return states that mix the ends and the middle of every bounded trait, both of a switch."""
    values = {}
    for name, limits in explorer.bounds.items():
        ends = [limits[end] for end in ("low", "high") if end in limits]
        values[name] = limits.get("values") or [*ends, getattr(explorer, name)]
    for name, trait in explorer.traits(sync=True).items():
        if isinstance(trait, traitlets.Bool) and not hasattr(AnyWidget, name):
            values[name] = [True, False]
    generator = random.Random(0)
    draws = [{name: generator.choice(some) for name, some in values.items()} for _ in range(count)]
    return [{name: getattr(explorer, name) for name in values}, *draws]
