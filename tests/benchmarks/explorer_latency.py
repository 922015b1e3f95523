"""How fast an explorer answers, beside plain `interact` with matplotlib.

    python tests/benchmarks/explorer_latency.py [--explorer clip]
        [--keys 60] [--seconds 4] [--rounds 3]

In a real JupyterLab and a headless Chromium, both in one notebook on one kernel:

- latency: from the key press on the explorer's slider or point (the event's own time stamp) to
  the end of the first animation frame in which the picture differs. Keys are pressed one at a
  time, the next only after the picture has answered, at moments unrelated to the frames.
- frames a second: animation frames in which the picture differs, over the time of a drag of
  the slider back and forth. The drag itself offers the moves a second that stand beside it.

The targets are a median latency of at most 16 ms and at least 25 frames a second. Rounds
alternate between the two, and each figure is the median over rounds. The exit status is 1
where the explorer misses a target. Needs Chromium, playwright and JupyterLab; takes 2 minutes.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

import lab_browser  # noqa: E402

from ppo_lib.course.explorers.bare_page import (  # noqa: E402
    all_explorers,
    find_chromium,
    launch_chromium,
)

TARGET_MS, TARGET_FPS = 16.0, 25.0
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

    def __init__(self, page: Any, name: str, handle: str, track: str | None, picture: str):
        self.page, self.name = page, name
        self.handle, self.track = page.locator(handle), track and page.locator(track)
        self.latencies: list[float] = []
        self.fps: list[float] = []
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
        self.latencies.append(statistics.median(self.watch.evaluate("watch => watch.latencies")))

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


def measure(page: Any, explorer: str, keys: int, seconds: float, rounds: int) -> list[Subject]:
    """Measure both in turns and return them with their figures."""
    handle, interact = EXPLORERS[explorer][1], ".widget-slider"
    track = handle if handle.startswith("input") else None
    subjects = [
        Subject(page, f"{explorer} explorer", handle, track, ".explorer-svg"),
        Subject(
            page,
            "interact + matplotlib",
            f"{interact} .noUi-handle",
            f"{interact} .noUi-target",
            ".widget-interact .widget-output",
        ),
    ]
    for _ in range(rounds):
        for subject in subjects:
            subject.press_keys(keys)
            subject.drag(seconds)
    return subjects


def main() -> int:
    """Measure, print both, and say whether the explorer meets its targets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--explorer", choices=EXPLORERS, default="clip")
    parser.add_argument(
        "--keys", type=int, default=60, help="key presses a round, a multiple of 20"
    )
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a drag")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        parser.error("no Chromium: install it or set CHROMIUM")
    from playwright.sync_api import sync_playwright

    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        path = Path(home) / "latency.ipynb"
        call = EXPLORERS[options.explorer][0]
        explorer = f"from {all_explorers()[call.partition('(')[0]].__module__} import *\n{call}"
        cells = [nbformat.v4.new_code_cell(source) for source in (explorer, INTERACT)]
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, path)
        browser = launch_chromium(playwright, chromium)
        with (
            lab_browser.serve_lab(Path(home) / "jupyter") as lab,
            lab_browser.open_lesson(browser, lab, path, viewport=(1280, 1400)) as lesson,
        ):
            lesson.run_all()
            lesson.page.wait_for_selector(".explorer-svg")
            lesson.page.wait_for_selector(".widget-output img")
            load = os.getloadavg()[0]
            subjects = measure(
                lesson.page, options.explorer, options.keys, options.seconds, options.rounds
            )
        browser.close()

    print(f"load before: {load:.2f} on {os.cpu_count()} cores")
    print(f"{'':24}{'median ms':>12}{'frames/s':>12}{'moves/s offered':>18}   (each round)")
    for subject in subjects:
        figures = [statistics.median(x) for x in (subject.latencies, subject.fps, subject.offered)]
        rounds = ", ".join(
            f"{ms:.1f} ms {fps:.0f}/s"
            for ms, fps in zip(subject.latencies, subject.fps, strict=True)
        )
        print(f"{subject.name:24}{figures[0]:12.1f}{figures[1]:12.1f}{figures[2]:18.1f}   {rounds}")
    explorer = subjects[0]
    met = (
        statistics.median(explorer.latencies) <= TARGET_MS
        and statistics.median(explorer.fps) >= TARGET_FPS
    )
    verdict = "met" if met else "MISSED"
    print(f"targets (at most {TARGET_MS:.0f} ms, at least {TARGET_FPS:.0f} frames/s): {verdict}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
