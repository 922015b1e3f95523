"""The clip explorer in a real browser: its handling, and its life in JupyterLab."""

from __future__ import annotations

import itertools

import nbformat
import pytest
from view import View

from ppo_lib.course.lesson_04.clip_explorer import ClipExplorer
from ppo_lib.course.words import ENGLISH

pytestmark = pytest.mark.browser

RATIO = "probability ratio r"


def said(case, kind="words"):
    return ENGLISH[f"clip_explorer.case.{case}.{kind}"]


@pytest.fixture
def view(blank):
    return View(blank, ClipExplorer())


def status(view):
    return view.page.get_by_role("status").inner_text()


def case_button(page, number):
    return page.locator(f".explorer-case[data-case='{number}']").first


def test_the_axes_stay_while_the_state_changes(view):
    places = set()
    for values in itertools.product([0.01, 0.5], [-1.5, 0, 1], [0.01, 1, 2.5], [True, False]):
        view.set(**dict(zip(("clip_range", "advantage", "ratio", "use_min"), values, strict=True)))
        lines = view.page.locator(".explorer-grid")
        places.add(str(lines.evaluate_all("nodes => nodes.map((node) => node.getAttribute('y1'))")))
    assert len(places) == 1


def test_the_point_says_what_it_stands_for(view):
    assert view.page.locator("input, button, [tabindex]").count() == 10  # six are the cases'
    words = "ratio 1.00, objective 1.00, slope 1.00, case 2"
    assert view.slider(RATIO).get_attribute("aria-valuetext") == words


def test_the_point_is_dragged_by_as_much_or_brought_by_a_press_and_stays_on_the_axis(view):
    x, _ = view.middle(RATIO)
    view.drag(RATIO, (80, 0))
    assert view.middle(RATIO)[0] - x == pytest.approx(80, abs=3)
    view.drag(RATIO, (2000, 0), (-3000, 0))
    assert view.get("ratio") == 0.01
    box = view.page.locator(".explorer-surface").first.bounding_box()
    view.page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + 30)
    assert view.get("ratio") == pytest.approx(2.0, abs=0.02)
    view.press("ArrowLeft")  # the press gave it the focus
    assert view.get("ratio") == pytest.approx(1.99, abs=0.02)


def test_a_wider_band_takes_the_point_in(view):
    view.slider(RATIO).focus()
    for key, ratio in [
        ("ArrowRight", 1.01), ("ArrowUp", 1.02), ("ArrowLeft", 1.01), ("ArrowDown", 1.0),
        ("End", 2.5), ("Home", 0.01), ("PageUp", 0.11),
    ]:  # fmt: skip
        view.press(key)
        assert view.get("ratio") == ratio, key
    view.set(ratio=1.4)
    assert said(3) in status(view)
    curves = view.page.locator(".explorer-svg").inner_html()
    slider = view.page.locator("input[data-trait=clip_range]")
    slider.focus()
    view.press("ArrowRight")
    assert view.get("clip_range") == pytest.approx(0.21)
    slider.fill("0.5")
    assert said(2) in status(view)
    assert view.page.locator(".explorer-svg").inner_html() != curves
    assert "1+ε = 1.50" in view.texts()


@pytest.mark.parametrize("case", [1, 2, 3, 4, 5, 6])
def test_every_case_is_reached_by_hand_or_by_its_button(view, case):
    view.page.locator("input[data-trait=advantage]").fill("0.7" if case <= 3 else "-0.7")
    view.slider(RATIO).focus()
    for _ in range(4):
        view.press(["PageDown", "F8", "PageUp"][(case - 1) % 3])
    assert view.get("ratio") == [0.6, 1.0, 1.4][(case - 1) % 3]
    assert f"Case {case}:" in status(view) and said(case) in status(view)
    current = view.page.locator("[aria-current=true]")
    assert current.get_attribute("data-case") == str(case) == str(view.get("case"))
    pushes = {1: "pull up", 2: "push up", 5: "push down", 6: "pull down"}
    assert pushes.get(case, "no push") in current.inner_text()
    case_button(view.page, 7 - case).focus()
    view.press("Enter")
    assert f"Case {7 - case}:" in status(view)


def test_without_the_min_the_pull_back_is_lost(view):
    case_button(view.page, 1).click()
    assert "slope +1.00" in view.texts()
    view.page.locator("input[data-trait=use_min]").focus()
    view.press("Space")
    assert view.get("use_min") is False
    assert said(1, "without_min") in status(view)
    assert "slope 0.00" in view.texts()
    assert "min(" not in view.page.locator(".explorer-formula").inner_text()
    case_button(view.page, 6).click()
    assert said(6, "without_min") in status(view)
    assert view.page.locator(".explorer-dead").count() == 4
    view.set(advantage=0)
    assert said(0) in status(view)
    assert view.page.locator("[aria-current=true]").count() == 0


CELLS = [
    """\
import ipywidgets as widgets
from ppo_lib.course.lesson_04.clip_explorer import ClipExplorer
explorer = ClipExplorer()
explorer""",
    """\
slider = widgets.FloatSlider(0.2, min=0.05, max=0.5, step=0.05, description="joined")
widgets.jslink((slider, "value"), (explorer, "clip_range"))
echo = widgets.Label("kernel: nothing yet")
def tell(change):
    echo.value = f"kernel: case {explorer.case}, ratio {explorer.ratio:.2f}"
explorer.observe(tell, names=["case", "ratio"])
widgets.VBox([slider, echo])""",
    "explorer",
]
ON_THE_LAST_CELL = """(command) => {
  const notebook = jupyterapp.shell.currentWidget.content;
  notebook.deselectAll();
  notebook.activeCellIndex = 2;
  return jupyterapp.commands.execute(command);
}"""


def test_in_jupyterlab_it_is_joined_to_a_slider_tells_its_case_and_is_shown_again_and_removed(
    open_notebook, tmp_path
):
    path = tmp_path / "clip_explorer.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)
    lesson = open_notebook(path, viewport=(1280, 1400))
    lesson.run_all()
    page, words = lesson.page, lesson.page.get_by_role("status").first

    def wait_for_views(count):
        page.wait_for_function(f"document.querySelectorAll('.explorer-svg').length === {count}")

    wait_for_views(2)
    ids = page.evaluate("[...document.querySelectorAll('.explorer clipPath')].map(one => one.id)")
    assert len(ids) == len(set(ids)) == 4
    case_button(page, 6).press("Enter")
    page.get_by_text("kernel: case 6, ratio 1.60").wait_for(timeout=10_000)
    page.locator(".noUi-handle").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("1+ε = 1.25").first.wait_for(timeout=10_000)
    page.evaluate(ON_THE_LAST_CELL, "notebook:run-cell")
    lesson.wait_until_idle()
    wait_for_views(2)
    page.locator(".explorer-case[data-case='3']").last.click()  # in the new view
    assert "Case 3:" in words.inner_text()
    page.evaluate(ON_THE_LAST_CELL, "notebook:clear-cell-output")
    wait_for_views(1)
    case_button(page, 5).click()
    assert "Case 5:" in words.inner_text()
    assert lesson.outside == lesson.stderr() == lesson.errors() == lesson.console_errors == []
    assert lesson.broken_widgets() == []
