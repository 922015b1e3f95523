"""Explorers in JupyterLab: views that agree, a kernel that hears, and life without it."""

from __future__ import annotations

import nbformat
import pytest

pytestmark = pytest.mark.browser

# What the kernel hears stands in the first output.
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
def tell(change):
    places = step.theta, trust.lean, *ratio.new_probs, *entropy.probs
    counts = len(step.trail), len(trust.walked), ratio.seed, len(entropy.trail)
    echo.value = f"{' '.join(f'{place:.2f}' for place in places)} | {counts}"
for explorer in (step, trust, ratio, entropy):
    explorer.observe(tell)
echo""",
    "widgets.VBox([step, step])",
    "trust",
    "ratio",
    "entropy",
]


def test_the_kernel_hears_what_moves_and_explorers_live_on_without_it(open_notebook, tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    path = tmp_path / "explorers.ipynb"
    nbformat.write(notebook, path)
    lesson = open_notebook(path, viewport=(1280, 5200))
    lesson.run_all()
    page = lesson.page
    page.wait_for_function("document.querySelectorAll('.explorer-svg').length === 5")
    first, second, trust, ratio, entropy = (page.locator(".explorer").nth(n) for n in range(5))

    def press(root, name):
        root.get_by_role("button", name=name, exact=True).click()

    def focus(root, name, *keys):
        root.get_by_role("slider", name=name, exact=True).focus()
        for key in keys:
            page.keyboard.press(key)

    def heard(text):
        page.get_by_text(text).wait_for(timeout=10_000)

    press(first, "Take the step")
    heard("-1.00 -0.50 0.05 0.15 0.30 0.40 0.10 0.10 0.20 0.70 | (1, 0, 0, 0)")
    assert first.inner_text() == second.inner_text()
    press(second, "Back to the start")
    heard("0.00 -0.50 0.05 0.15 0.30 0.40 0.10 0.10 0.20 0.70 | (0, 0, 0, 0)")
    assert "This step falls onto the plateau" in first.inner_text()
    press(trust, "TRPO step")
    heard("0.00 -0.35 0.05 0.15 0.30 0.40 0.10 0.10 0.20 0.70 | (0, 1, 0, 0)")
    bar = "probability of action 4, new policy"
    focus(ratio, bar, "End")
    heard("0.00 -0.35 0.01 0.01 0.01 0.96 0.01 0.10 0.20 0.70 | (0, 1, 0, 0)")
    focus(ratio, bar, *["PageDown"] * 5, *["ArrowDown"] * 6)  # while the kernel echoes
    press(ratio, "Draw again")
    heard("0.00 -0.35 0.05 0.15 0.30 0.40 0.10 0.10 0.20 0.70 | (0, 1, 1, 0)")
    press(entropy, "Sure but wrong")
    press(entropy, "30 steps")
    heard("0.40 0.10 0.60 0.15 0.25 | (0, 1, 1, 31)")
    press(entropy, "30 steps")  # the trail goes on after the kernel's echo
    heard("| (0, 1, 1, 61)")
    assert lesson.errors() == lesson.stderr() == lesson.broken_widgets() == []
    assert lesson.console_errors == lesson.outside == []

    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)")
    before = [root.inner_html() for root in (first, trust, ratio, entropy)]
    press(second, "Take the step")
    focus(trust, "lean of the old policy", "ArrowRight")
    ratio.get_by_role("radio", name="continuous").check(force=True)
    press(entropy, "Uniform policy")
    for root, html in zip((first, trust, ratio, entropy), before, strict=True):
        assert root.inner_html() != html
