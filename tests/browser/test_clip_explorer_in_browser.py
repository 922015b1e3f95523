"""The clip explorer in a real browser: its handling, and any explorer's life in JupyterLab."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import lab_browser
import nbformat
import pytest
from blank_page import mount

from ppo_lib.course.lesson_04.clip_explorer import ClipExplorer
from ppo_lib.course.words import ENGLISH

pytestmark = pytest.mark.browser


def words_of(case: int, kind: str = "words") -> str:
    return ENGLISH[f"clip_explorer.case.{case}.{kind}"]


class View:
    """One view of the explorer, as a reader sees it."""

    def __init__(self, page: Any, number: int = 0) -> None:
        self.page = page
        self.root = page.locator(".explorer").nth(number)
        self.point = self.root.locator(".explorer-point")

    def input(self, trait: str) -> Any:
        return self.root.locator(f"input[data-trait={trait}]")

    def words(self) -> str:
        return str(self.root.locator("[role=status]").inner_text())

    def curve(self) -> str:
        """The shapes of all lines of the picture."""
        paths = self.root.locator(".explorer-svg path")
        return ";".join(paths.evaluate_all("nodes => nodes.map(n => n.getAttribute('d'))"))

    def texts(self) -> str:
        """All that is written in the picture."""
        return " ".join(self.root.locator(".explorer-svg text").all_text_contents())

    def ratio(self) -> float:
        return float(self.point.get_attribute("aria-valuenow"))

    def go(self, case: int) -> None:
        self.root.locator(f".explorer-case[data-case='{case}']").click()

    def drag(self, locator: Any, dx: float) -> None:
        box = locator.bounding_box()
        x, y = box["x"] + box["width"] / 2 + 5, box["y"] + box["height"] / 2 + 3  # off its centre
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx, y, steps=10)
        self.page.mouse.up()


# Without Jupyter ------------------------------------------------------------------------


@pytest.fixture
def view(blank: Any) -> View:
    mount(blank, ClipExplorer())
    return View(blank)


def test_the_axes_stay_while_the_state_changes(view: View) -> None:
    positions = itertools.product([0.01, 0.5], [-1.5, 0, 1], [0.01, 1, 2.5], [True, False])
    places = view.page.evaluate(
        """(states) => states.map(([clip_range, advantage, ratio, use_min]) => {
          Object.entries({ clip_range, advantage, ratio, use_min })
            .forEach(([name, value]) => model.set(name, value));
          const ticks = [...document.querySelectorAll(".explorer-grid")];
          return ticks.map((tick) => tick.getAttribute("y1")).join();
        })""",
        list(positions),
    )
    assert len(set(places)) == 1


def test_the_picture_and_its_point_are_said_in_words(view: View) -> None:
    parts = view.page.locator("input, button, [tabindex]")
    assert parts.count() == 10  # two sliders, a switch, six cases, the point
    text = view.point.get_attribute("aria-valuetext")
    assert text == "ratio 1.00, objective 1.00, slope 1.00, case 2"
    picture = view.page.locator(".explorer-svg [role=img]").get_attribute("aria-label")
    assert "ratio 1.00" in picture and "slope in the ratio 1.00" in picture


def test_dragging_epsilon_changes_the_curve_and_the_words(view: View) -> None:
    view.go(3)  # r = 1.6, above the band
    curve = view.curve()
    assert words_of(3) in view.words()
    slider = view.input("clip_range")
    slider.focus()
    view.page.keyboard.press("ArrowRight")
    assert float(slider.input_value()) == pytest.approx(0.21)
    slider.fill("0.5")
    view.drag(view.point, -60)  # into the wider band
    assert view.curve() != curve
    assert words_of(2) in view.words()
    assert "1+ε = 1.50" in view.texts()


def test_the_point_is_dragged_by_as_much_or_brought_by_a_press_and_stays_on_the_axis(
    view: View,
) -> None:
    start = view.point.bounding_box()["x"]
    view.drag(view.point, 80)
    assert view.point.bounding_box()["x"] - start == pytest.approx(80, abs=3)
    view.drag(view.point, 2000)
    assert view.ratio() == 2.5
    view.drag(view.point, -3000)
    assert view.ratio() == 0.01
    box = view.root.locator(".explorer-surface").first.bounding_box()
    view.page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + 30)
    assert view.ratio() == pytest.approx(2.0, abs=0.02)
    view.page.keyboard.press("ArrowLeft")  # the press gave it the focus
    assert view.ratio() == pytest.approx(1.99, abs=0.02)


def test_every_arrow_key_moves_the_point(view: View) -> None:
    view.point.focus()
    for key, ratio in [
        ("ArrowRight", 1.01),
        ("ArrowUp", 1.02),
        ("ArrowLeft", 1.01),
        ("ArrowDown", 1.0),
        ("PageUp", 1.1),
        ("PageDown", 1.0),
        ("End", 2.5),
        ("Home", 0.01),
    ]:
        view.page.keyboard.press(key)
        assert view.ratio() == ratio, key
    assert view.point.evaluate("node => node === document.activeElement")


@pytest.mark.parametrize("case", [1, 2, 3, 4, 5, 6])
def test_every_case_is_reached_by_hand_or_by_its_button(view: View, case: int) -> None:
    view.input("advantage").fill("0.7" if case <= 3 else "-0.7")
    view.point.focus()
    for _ in range(4):
        view.page.keyboard.press(["PageDown", "F8", "PageUp"][(case - 1) % 3])
    assert view.ratio() == [0.6, 1.0, 1.4][(case - 1) % 3]
    assert f"Case {case}:" in view.words() and words_of(case) in view.words()
    current = view.root.locator("[aria-current=true]")
    assert current.get_attribute("data-case") == str(case)
    pushes = {1: "pull up", 2: "push up", 5: "push down", 6: "pull down"}
    assert pushes.get(case, "no push") in current.inner_text()
    assert view.page.evaluate("model.get('case')") == case
    view.root.locator(f".explorer-case[data-case='{7 - case}']").focus()
    view.page.keyboard.press("Enter")
    assert f"Case {7 - case}:" in view.words()


def test_without_the_min_the_pull_back_is_lost(view: View) -> None:
    view.go(1)
    curve = view.curve()
    assert "+1.00" in view.texts()
    view.input("use_min").focus()
    view.page.keyboard.press("Space")
    assert not view.input("use_min").is_checked()
    assert view.curve() != curve
    assert words_of(1, "without_min") in view.words()
    assert "slope 0.00" in view.texts()
    assert "min(" not in view.root.locator(".explorer-formula").inner_text()
    view.go(6)
    assert words_of(6, "without_min") in view.words()
    assert view.root.locator(".explorer-dead").count() == 4


def test_an_advantage_of_zero_is_said_as_it_is(view: View) -> None:
    view.input("advantage").fill("0")
    assert words_of(0) in view.words()
    assert view.root.locator("[aria-current=true]").count() == 0
    assert "slope 0.00" in view.texts()


# In JupyterLab --------------------------------------------------------------------------

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
SHUT_DOWN = "jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)"


def on_cell(page: Any, number: int, command: str) -> None:
    page.evaluate(
        """([number, command]) => { const notebook = jupyterapp.shell.currentWidget.content;
          notebook.deselectAll(); notebook.activeCellIndex = number;
          return jupyterapp.commands.execute(command); }""",
        [number, command],
    )


@pytest.fixture(scope="module")
def lesson(
    chromium: Any, lab: lab_browser.Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[lab_browser.LessonPage]:
    """A notebook with the explorer, a slider joined to it, and a second view of it."""
    path = tmp_path_factory.mktemp("notebook") / "clip_explorer.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)
    with lab_browser.open_lesson(chromium, lab, path, viewport=(1280, 1400)) as lesson:
        lesson.run_all()
        lesson.page.wait_for_function("document.querySelectorAll('.explorer-svg').length === 2")
        yield lesson


def test_two_views_agree_and_the_kernel_hears_the_ratio_and_the_case(
    lesson: lab_browser.LessonPage,
) -> None:
    one, other = View(lesson.page), View(lesson.page, 1)
    other.go(4)
    assert one.ratio() == other.ratio() == 0.5
    assert one.words() == other.words()
    assert one.curve().count("M") == other.curve().count("M")
    ids = lesson.page.evaluate(
        "[...document.querySelectorAll('.explorer clipPath')].map(node => node.id)"
    )
    assert len(ids) == len(set(ids)) == 4
    one.root.locator(".explorer-case[data-case='6']").press("Enter")
    assert one.root.is_visible()  # Enter did not open the cell's editor
    heard = lesson.page.get_by_text(f"kernel: case 6, ratio {one.ratio():.2f}")
    heard.wait_for(timeout=10_000)


def test_a_joined_ipywidgets_slider_moves_the_picture(lesson: lab_browser.LessonPage) -> None:
    view = View(lesson.page)
    curve = view.curve()
    view.drag(lesson.page.locator(".noUi-handle"), 60)
    lesson.page.wait_for_timeout(200)
    assert view.curve() != curve
    readout = lesson.page.locator(".widget-readout").inner_text()
    assert float(view.input("clip_range").input_value()) == float(readout)


def test_a_cell_that_is_run_again_or_removed_ends_cleanly_and_the_rest_outlives_the_kernel(
    lesson: lab_browser.LessonPage,
) -> None:
    page, view = lesson.page, View(lesson.page)
    on_cell(page, 2, "notebook:run-cell")
    lesson.wait_until_idle()
    page.wait_for_function("document.querySelectorAll('.explorer-svg').length === 2")
    View(page, 1).go(3)
    assert "Case 3:" in view.words()
    on_cell(page, 2, "notebook:clear-cell-output")
    page.wait_for_function("document.querySelectorAll('.explorer-svg').length === 1")
    view.go(5)
    assert "Case 5:" in view.words()
    assert lesson.outside == lesson.stderr() == lesson.errors() == lesson.console_errors == []
    assert lesson.broken_widgets() == []

    page.evaluate(SHUT_DOWN)
    view.go(3)
    assert "Case 3:" in view.words()
    ratio = view.ratio()
    view.point.focus()
    page.keyboard.press("ArrowRight")
    assert view.ratio() == pytest.approx(ratio + 0.01)
    view.input("clip_range").fill("0.4")
    assert "1+ε = 1.40" in view.texts()
