"""Explorers in JupyterLab: views that agree, a kernel that hears, and life without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

pytestmark = pytest.mark.browser

# The step-size explorer is shown twice. What the kernel hears stands in the first output.
CELLS = [
    """\
import ipywidgets as widgets
from ppo_lib.course.lesson_01.step_explorer import StepExplorer
from ppo_lib.course.lesson_02.trust_region_explorer import TrustRegionExplorer
from ppo_lib.course.lesson_03.ratio_explorer import RatioExplorer
from ppo_lib.course.lesson_06.entropy_explorer import EntropyExplorer
step, trust = StepExplorer(step_size=10.0), TrustRegionExplorer()
ratio, entropy = RatioExplorer(), EntropyExplorer()
echo = widgets.Label("nothing yet")
def short(values):
    return [round(value, 3) for value in values]
def tell(change):
    echo.value = "; ".join([
        f"step: θ {step.theta:.2f}, batch {step.batch}, {len(step.trail)} on the trail",
        f"trust: lean {trust.lean:.2f}, {len(trust.walked)} walked",
        f"ratio: {short(ratio.new_probs)}, seed {ratio.seed}",
        f"entropy: {short(entropy.probs)}, {len(entropy.trail)} on the trail, q {entropy.rewards}",
    ])
for explorer in (step, trust, ratio, entropy):
    explorer.observe(tell)
echo""",
    "widgets.VBox([step, step])",
    "trust",
    "ratio",
    "entropy",
]


def test_the_kernel_hears_what_moves_and_explorers_live_on_without_it(
    open_notebook: Callable[..., Any], tmp_path: Path
) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    path = tmp_path / "explorers.ipynb"
    nbformat.write(notebook, path)
    lesson = open_notebook(path, viewport=(1280, 5200))
    lesson.run_all()
    page = lesson.page
    page.wait_for_function("document.querySelectorAll('.explorer-svg').length === 5")
    first, second, _, ratio, entropy = (page.locator(".explorer").nth(n) for n in range(5))
    bar = page.get_by_role("slider", name="probability of action 4, new policy", exact=True)

    def press(name: str, within: Any = page) -> None:
        within.get_by_role("button", name=name, exact=True).first.click()

    def heard(text: str) -> None:
        page.get_by_text(text).wait_for(timeout=10_000)

    def keys(*names: str) -> None:
        for name in names:
            page.keyboard.press(name)

    first.get_by_role("button", name="Take the step").focus()
    keys("Enter")
    heard("step: θ -1.00, batch 2, 1 on the trail")
    assert first.inner_text() == second.inner_text()
    assert "A collapsed policy: on the plateau" in first.inner_text()
    press("Back to the start", second)
    heard("step: θ 0.00, batch 1, 0 on the trail")
    assert "This step falls onto the plateau" in first.inner_text()
    press("TRPO step")
    heard("trust: lean -0.35, 1 walked")
    bar.focus()
    keys("End")
    heard("ratio: [0.01, 0.01, 0.01, 0.96, 0.01], seed 0")
    assert bar.evaluate("node => node === document.activeElement")
    keys(*["PageDown"] * 5, *["ArrowDown"] * 6)  # while the kernel echoes what it heard
    heard("ratio: [0.05, 0.15, 0.3, 0.4, 0.1], seed 0")
    press("Draw again")
    heard("0.1], seed 1")
    press("Sure but wrong")
    press("30 steps")
    heard("entropy: [0.602, 0.152, 0.247], 31 on the trail")
    press("30 steps")  # after the kernel's echo
    heard("61 on the trail")
    page.get_by_role("slider", name="expected reward of action 3").focus()
    keys("End")
    heard("q [1.0, 0.5, 1.0]")
    assert lesson.errors() == lesson.stderr() == lesson.broken_widgets() == []
    assert lesson.console_errors == lesson.outside == []

    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)")
    press("Take the step", first)
    assert "A collapsed policy: on the plateau" in second.inner_text()
    words = page.locator(".explorer-words").nth(2)
    before = words.inner_text()
    page.get_by_role("slider", name="lean of the old policy").focus()
    keys("ArrowRight")
    assert words.inner_text() != before
    dots = ratio.locator(".explorer-samples")
    drawn = dots.get_attribute("d")
    press("Draw again")
    assert dots.get_attribute("d") != drawn
    ratio.get_by_role("radio", name="continuous").check(force=True)
    assert "mean of the new policy" in ratio.inner_html()
    press("Uniform policy")
    assert "1.10 nats" in entropy.locator(".explorer-readings").inner_text()
