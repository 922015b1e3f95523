"""How fast the explorers answer, one beside plain `interact` with matplotlib.

    python tests/benchmarks/explorer_latency.py [--explorers clip gae]
        [--keys 20] [--seconds 2] [--rounds 3]

In a real JupyterLab and a headless Chromium, each explorer in a notebook and a kernel of its own:

- latency: from the key press on the explorer's slider or point (the event's own time stamp) to
  the end of the first animation frame in which the picture differs. Keys are pressed one at a
  time, the next only after the picture has answered, at moments unrelated to the frames.
- frames a second: animation frames in which the picture differs, over the time of a drag of
  the slider or point back and forth. The drag itself offers the moves that stand beside it.

The targets are a median latency of at most 16 ms and at least 25 frames a second, for every
explorer. `interact` stands in the notebook of the clip explorer, and takes turns with it. Needs
Chromium, and says so where there is none: nothing is measured then. Takes six minutes.
"""

from __future__ import annotations

import os
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import harness
import nbformat

sys.path.insert(0, str(harness.ROOT / "tests" / "browser"))

import lab_browser

from ppo_lib.course.explorers.bare_page import (
    all_explorers,
    find_chromium,
    launch_chromium,
)

TARGET_MS, TARGET_FPS = 16.0, 25.0
NO_CHROMIUM = (
    "Nothing is measured: there is no Chromium here. Install it (on Debian: apt install chromium), "
    "or set CHROMIUM to where it is."
)
SHARE_AT_START = (0.2 - 0.01) / (0.5 - 0.01)  # where ε = 0.2 stands on both sliders

# What the notebook shows, and the slider or the point that is moved. Of an explorer that has
# several kinds of picture, each with as many marks as it can have.
EXPLORERS = {
    "clip": ("ClipExplorer()", "input[data-trait=clip_range]"),
    "entropy": ("EntropyExplorer()", ".explorer-point >> nth=0"),
    "entropy-coef": ("EntropyExplorer(ent_coef=0.39)", "input[data-trait=ent_coef]"),
    # γ moves every bar and every number, λ all but the TD errors.
    "gae": ("GaeExplorer(end='none', step=0)", "input[data-trait=gamma]"),
    "gae-lambda": ("GaeExplorer(end='none', step=0)", "input[data-trait=gae_lambda]"),
    "ratio": ("RatioExplorer(num_samples=1024)", ".explorer-point >> nth=2"),
    "ratio-continuous": (
        "RatioExplorer('gaussian', num_samples=1024)",
        ".explorer-point >> nth=0",
    ),
    "stepper": (
        "IterationStepper(iteration=10, limit='none')",
        "input[data-trait=gradient_step]",
    ),
    "step": ("StepExplorer()", ".explorer-point"),
    "step-size": ("StepExplorer(step_size=1.41)", "input[data-trait=step_size]"),
    "trust": ("TrustRegionExplorer(contours='both')", ".explorer-point"),
    "trust-kl": (
        "TrustRegionExplorer(max_kl=0.0146, contours='both')",
        "input[data-trait=max_kl]",
    ),
}
BESIDE_INTERACT, INTERACT_NAME = "clip", "`interact` with matplotlib"
INTERACT = """\
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, interact

def show(clip_range):
    ratio = np.linspace(0, 2.5, 201)
    clipped = np.clip(ratio, 1 - clip_range, 1 + clip_range)
    objective = np.minimum(ratio, clipped)
    figure, (top, low) = plt.subplots(2, 1, figsize=(8, 5), sharex=True)
    top.plot(ratio, ratio, "--")
    top.plot(ratio, clipped, ":")
    top.plot(ratio, objective)
    low.plot(ratio, np.gradient(objective, ratio))
    for axes in (top, low):
        axes.axvspan(1 - clip_range, 1 + clip_range, alpha=0.2)
    plt.show()

interact(show, clip_range=FloatSlider(value=0.2, min=0.01, max=0.5, step=0.01));"""

# The page's own stopwatch. A change of the picture sets `changed`; the animation frame that
# follows counts it, and the task after that frame is when it has been handed to the screen.
STOPWATCH = """(picture) => {
  const watch = { latencies: [], frames: 0, moves: 0, pressed: null };
  let changed = false;
  let shown = picture.querySelector("img")?.src;
  const differs = () => { // an SVG as soon as it changes, an image once the new one is decoded
    if (picture.tagName === "svg") return changed;
    const image = picture.querySelector("img");
    return image !== null && image.complete && image.src !== shown;
  };
  new MutationObserver(() => { changed = true; }).observe(picture, {
    subtree: true, childList: true, attributes: true, characterData: true });
  window.addEventListener("keydown", (event) => { watch.pressed = event.timeStamp; }, true);
  window.addEventListener("pointermove", () => { watch.moves += 1; }, true);
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    if (watch.pressed === null) return;
    watch.latencies.push(performance.now() - watch.pressed);
    watch.pressed = null;
  };
  const frame = () => {
    if (differs()) {
      changed = false;
      shown = picture.querySelector("img")?.src;
      watch.frames += 1;
      channel.port2.postMessage(null);
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  return watch;
}"""


class Subject:
    """Something to measure: what is moved, by keyboard and by pointer, and its picture.

    `handle` has the focus and is gripped; a slider's handle is gripped on its `track`, where
    its starting value stands.
    """

    def __init__(self, page: Any, handle: str, track: str | None, picture: str):
        self.page = page
        self.handle, self.track = page.locator(handle), track and page.locator(track)
        self.latencies: list[float] = []  # ms, of every key press
        self.fps: list[float] = []  # of every drag, as what it offered
        self.offered: list[float] = []
        self.watch = page.locator(picture).first.evaluate_handle(STOPWATCH)

    def press_keys(self, count: int) -> None:
        """Press an arrow key `count` times, each after the answer to the one before."""
        self.handle.scroll_into_view_if_needed()
        parts = self.handle.locator("[tabindex='0']")  # of a point of two dimensions
        (parts if parts.count() else self.handle).focus()
        keys = ["ArrowRight"] * 10 + ["ArrowLeft"] * 10  # 20 presses come back to the start
        self.watch.evaluate("watch => { watch.latencies = []; }")
        for number in range(count):
            time.sleep(random.uniform(0.05, 0.1))
            self.page.keyboard.press(keys[number % len(keys)])
            self.page.wait_for_function(
                "([watch, count]) => watch.latencies.length > count",
                arg=[self.watch, number],
                timeout=10_000,
            )
        self.latencies += self.watch.evaluate("watch => watch.latencies")

    def grip(self) -> tuple[float, float, float, float]:
        """Return where the handle stands, and how far a drag goes across and down."""
        if self.track:
            box = self.track.bounding_box()
            x = box["x"] + 8 + SHARE_AT_START * (box["width"] - 16)  # the handle is 16 wide
            return x, box["y"] + box["height"] / 2, 0.25 * box["width"], 0.0
        box = self.handle.locator(".explorer-dot").bounding_box()
        vertical = self.handle.get_attribute("aria-orientation") == "vertical"
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        if self.handle.locator(".explorer-part").count():
            return x, y, 80.0, -60.0
        return (x, y, 0.0, -60.0) if vertical else (x, y, 80.0, 0.0)

    def drag(self, seconds: float) -> None:
        """Drag the handle back and forth for about `seconds`."""
        self.handle.scroll_into_view_if_needed()
        x, y, across, down = self.grip()
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        self.watch.evaluate("watch => { watch.frames = 0; watch.moves = 0; watch.pressed = null; }")
        start, side = time.perf_counter(), 1
        while (spent := time.perf_counter() - start) < seconds:
            # The browser's driver sends the steps; each lands on another stop of the slider.
            mouse.move(x + side * across, y + side * down, steps=12)
            side = -side
        frames, moves = self.watch.evaluate("watch => [watch.frames, watch.moves]")
        mouse.move(x, y)  # back to the start, where the next drag expects it
        mouse.up()
        self.fps.append(frames / spent)
        self.offered.append(moves / spent)
        self.page.wait_for_timeout(1500)  # let the kernel work off what is queued


def write_notebook(folder: Path, name: str) -> Path:
    """Write a notebook that shows an explorer, one of them beside `interact`."""
    call = EXPLORERS[name][0]
    module = all_explorers()[call.partition("(")[0]].__module__
    sources = [f"from {module} import *\n{call}"]
    if name == BESIDE_INTERACT:
        sources.append(INTERACT)
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, sources)))
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


def measure(page: Any, name: str, keys: int, seconds: float, rounds: int) -> dict[str, Subject]:
    """Measure what a notebook shows, in turns, and return it with its figures."""
    page.wait_for_selector(".explorer-svg")
    handle = EXPLORERS[name][1]
    track = handle if handle.startswith("input") else None
    subjects = {name: Subject(page, handle, track, ".explorer-svg")}
    if name == BESIDE_INTERACT:
        page.wait_for_selector(".widget-output img")
        slider = ".widget-slider"
        subjects[INTERACT_NAME] = Subject(
            page,
            f"{slider} .noUi-handle",
            f"{slider} .noUi-target",
            ".widget-interact .widget-output",
        )
    for _, subject in harness.turns(list(subjects), range(rounds)):
        subjects[subject].press_keys(keys)
        subjects[subject].drag(seconds)
    return subjects


def title(name: str) -> str:
    """Return what a row calls an explorer, with what is moved in it."""
    if name not in EXPLORERS:
        return name
    call, handle = EXPLORERS[name]
    trait = re.fullmatch(r"input\[data-trait=(\w+)\]", handle)
    return f"`{call}`, {f'`{trait[1]}`' if trait else 'a point'}"


def rows(subjects: dict[str, Subject]) -> list[dict[str, Any]]:
    """Return two rows for each subject; `interact` has no target."""
    made = []
    for name, subject in subjects.items():
        at_most, at_least = (TARGET_MS, TARGET_FPS) if name in EXPLORERS else (None, None)
        offered = f"{harness.median(subject.offered):.0f} moves/s offered"
        made += [
            harness.row(
                f"{title(name)}: from a key press to the new picture",
                subject.latencies,
                "ms",
                at_most=at_most,
            ),
            harness.row(
                f"{title(name)}: new pictures while dragged",
                subject.fps,
                "frames/s",
                at_least=at_least,
                note=offered,
            ),
        ]
    return made


def main() -> int:
    """Measure the explorers one after the other, and write the result."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--explorers", nargs="+", choices=EXPLORERS, default=list(EXPLORERS))
    parser.add_argument(
        "--keys", type=int, default=20, help="key presses a round, a multiple of 20"
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a drag")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        print(NO_CHROMIUM)
        return 0
    from playwright.sync_api import sync_playwright

    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(harness.ROOT), os.environ.get("PYTHONPATH", "")]
    )
    subjects: dict[str, Subject] = {}
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = launch_chromium(playwright, chromium)
        with lab_browser.serve_lab(Path(home) / "jupyter") as lab:
            for name in options.explorers:
                path = write_notebook(Path(home), name)
                window = lab_browser.open_lesson(browser, lab, path, viewport=(1280, 1400))
                with window as lesson:
                    lesson.run_all()
                    how = (options.keys, options.seconds, options.rounds)
                    subjects |= measure(lesson.page, name, *how)
                print(f"{name}: {harness.median(subjects[name].latencies):.1f} ms", flush=True)
        version = browser.version
        browser.close()
    packages = ["anywidget", "jupyterlab", "playwright"]
    measured = {"latencies_ms": {name: subject.latencies for name, subject in subjects.items()}}
    others = {"chromium": version}
    return harness.finish(options.output, rows(subjects), packages, others, **measured)


if __name__ == "__main__":
    sys.exit(main())
