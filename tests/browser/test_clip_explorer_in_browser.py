"""The clip explorer in a real browser: its mathematics, its handling, its life in JupyterLab."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lab_browser
import nbformat
import numpy as np
import pytest
import torch
from blank_page import call, clashes, mount

from ppo_lib.course.lesson_04.clip_explorer import ClipExplorer, clip_case
from ppo_lib.course.words import ENGLISH
from ppo_lib.losses import clipped_surrogate

pytestmark = pytest.mark.browser

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


# Without Jupyter ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grid() -> tuple[list[list[float]], np.ndarray]:
    """Rows of (ratio, advantage, clip range), and what `ppo_lib.losses` makes of each.

    The columns are the objective, its slope in the ratio, and both again without the min. No
    ratio lies on an edge of the band, where one rounding of exp(log r) would decide.
    """
    ratios = torch.from_numpy(np.linspace(0.013, 2.497, 107))
    advantages = torch.linspace(-1.5, 1.5, 13, dtype=torch.float64)
    log_probs, columns = torch.meshgrid(ratios.log(), advantages, indexing="ij")
    log_probs, columns = log_probs.reshape(-1), columns.reshape(-1)
    rows, expected = [], []
    for clip_range in [0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5]:

        def of_one_sample(
            log_prob: torch.Tensor, advantage: torch.Tensor, clip_range: float = clip_range
        ) -> torch.Tensor:
            old = torch.zeros_like(log_prob[None])
            return clipped_surrogate(log_prob[None], old, advantage[None], clip_range)

        objectives = torch.func.vmap(of_one_sample)(log_probs, columns)
        slopes = torch.func.vmap(torch.func.grad(of_one_sample))(log_probs, columns)
        slopes = slopes / log_probs.exp()  # dL/dr = (dL/dlog r) / r
        ratio = log_probs.exp().requires_grad_()
        without_min = ratio.clamp(1.0 - clip_range, 1.0 + clip_range) * columns
        (flat,) = torch.autograd.grad(without_min.sum(), ratio)
        edges = torch.tensor([1 - clip_range, 1 + clip_range])
        assert ((ratio[:, None] - edges).abs() > 1e-6).all()
        rows += [[r, a, clip_range] for r, a in zip(ratio.tolist(), columns.tolist(), strict=True)]
        expected.append(torch.stack([objectives, slopes, without_min.detach(), flat], dim=1))
    assert len(rows) >= 10_000
    return rows, torch.cat(expected).numpy()


def evaluate_on(page: Any, source: str, rows: list[list[float]]) -> np.ndarray:
    """What the front end in `source` makes of the rows: four columns as in `grid`, the case."""
    body = """({ objective, gradient, caseOf }, rows) => rows.map(([r, a, e]) => [
      objective(r, a, e, true), gradient(r, a, e, true),
      objective(r, a, e, false), gradient(r, a, e, false), caseOf(r, a, e)])"""
    return np.array(call(page, source, body, rows))


def test_the_front_end_computes_what_the_loss_computes(
    blank: Any, grid: tuple[list[list[float]], np.ndarray]
) -> None:
    rows, expected = grid
    got = evaluate_on(blank, str(ClipExplorer._esm), rows)
    np.testing.assert_allclose(got[:, :4], expected, rtol=0, atol=1e-12)
    assert got[:, 4].tolist() == [clip_case(*row) for row in rows]
    assert set(got[:, 4].tolist()) == {0, 1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Math.min(unclippedTerm", "Math.max(unclippedTerm"),
        ("side === Math.sign(advantage)", "side === -Math.sign(advantage)"),
        ("clamp(ratio, 1 - clipRange, 1 + clipRange)", "clamp(ratio, -clipRange, clipRange)"),
        ("(cutsTheIncentive || !useMin)", "cutsTheIncentive"),
        ("side !== 0 && (cutsTheIncentive || !useMin)", "side !== 0"),
    ],
)
def test_the_grid_catches_a_planted_error(
    blank: Any, grid: tuple[list[list[float]], np.ndarray], right: str, wrong: str
) -> None:
    rows, expected = grid
    source = str(ClipExplorer._esm)
    assert source.count(right) == 1
    got = evaluate_on(blank, source.replace(right, wrong), rows)
    assert (np.abs(got[:, :4] - expected) > 0.01).any()


def test_the_front_end_takes_the_slope_that_autograd_takes_on_a_kink(blank: Any) -> None:
    rows = [
        [ratio, advantage, clip_range, use_min]
        for clip_range in (0.1, 0.2, 0.25, 0.5)
        for ratio in (1 - clip_range, 1 + clip_range)
        for advantage in (1.0, -1.0)
        for use_min in (True, False)
    ]
    body = "({ gradient }, rows) => rows.map((row) => gradient(...row))"
    got = call(blank, str(ClipExplorer._esm), body, rows)
    for (value, advantage, clip_range, use_min), slope in zip(rows, got, strict=True):
        r = torch.tensor(value, dtype=torch.float64, requires_grad=True)
        clipped = r.clamp(1.0 - clip_range, 1.0 + clip_range) * advantage
        objective = torch.min(r * advantage, clipped) if use_min else clipped
        assert slope == torch.autograd.grad(objective, r)[0].item()


def test_no_two_texts_overlap_at_any_slider_position(blank: Any) -> None:
    """Over widths and positions: texts of the picture stay apart and inside it."""
    names = ("clip_range", "advantage", "ratio", "use_min")
    positions = itertools.product(
        [0.01, 0.2, 0.5],
        [-1.5, -1, -0.2, 0, 0.3, 1.5],
        [0.01, 0.5, 0.8, 1, 1.2, 1.9, 2.5],
        [True, False],
    )
    states = [dict(zip(names, position, strict=True)) for position in positions]
    for width in (380, 560, 700, 820, 1100):
        mount(blank, ClipExplorer(), width)
        assert clashes(blank, states) == []


@pytest.mark.parametrize("width", [600, 820, 1100])
def test_the_picture_keeps_its_size_and_axes_while_the_state_changes(
    blank: Any, width: int
) -> None:
    mount(blank, ClipExplorer(), width)
    sizes = blank.evaluate(
        """() => [0.01, 0.8, 1, 1.2, 2.5].flatMap((r) => [-1.5, 0, 1].flatMap((a) =>
          [true, false].map((min) => {
            model.set("ratio", r); model.set("advantage", a); model.set("use_min", min);
            const ticks = [...document.querySelectorAll(".explorer-grid")];
            return [document.querySelector(".explorer").offsetHeight,
                    ticks.map((tick) => tick.getAttribute("y1")).join()].join(" ");
          })))"""
    )
    assert len(set(sizes)) == 1


def test_the_picture_and_its_point_are_said_in_words(blank: Any) -> None:
    mount(blank, ClipExplorer())
    parts = blank.locator("input, button, [tabindex]")
    assert parts.count() == 10  # two sliders, a switch, six cases, the point
    text = blank.locator(".explorer-point").get_attribute("aria-valuetext")
    assert text == "ratio 1.00, objective 1.00, slope 1.00, case 2"
    picture = blank.locator(".explorer-svg [role=img]").get_attribute("aria-label")
    assert "ratio 1.00" in picture and "slope in the ratio 1.00" in picture


@pytest.mark.parametrize("width", [600, 730, 1100])
def test_the_epsilon_slider_and_the_curve_fit_on_a_projector_together(
    blank: Any, width: int
) -> None:
    """1280 x 720 at a zoom of 150% leaves the notebook about 370 px of height."""
    mount(blank, ClipExplorer(), width)
    slider = blank.locator("input[data-trait=clip_range]").bounding_box()
    point = blank.locator(".explorer-point").bounding_box()
    top, bottom = min(slider["y"], point["y"]), max(slider["y"], point["y"] + point["height"])
    assert bottom - top < 300


# In JupyterLab --------------------------------------------------------------------------


def write_notebook(path: Path, cells: list[Any]) -> Path:
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="module")
def lesson(
    chromium: Any, lab: lab_browser.Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[lab_browser.LessonPage]:
    """A notebook with the explorer, a slider joined to it, and a second view of it."""
    path = tmp_path_factory.mktemp("notebook") / "clip_explorer.ipynb"
    write_notebook(path, [nbformat.v4.new_code_cell(source) for source in CELLS])
    with lab_browser.open_lesson(chromium, lab, path, viewport=(1280, 1400)) as lesson:
        lesson.run_all()
        lesson.page.wait_for_function("document.querySelectorAll('.explorer-svg').length === 2")
        yield lesson
        assert lesson.outside == []
        assert lesson.stderr() == []
        assert lesson.errors() == []
        assert lesson.broken_widgets() == []
        assert lesson.console_errors == []


class View:
    """One view of the explorer, as a reader sees it."""

    def __init__(self, lesson: lab_browser.LessonPage, number: int = 0) -> None:
        self.page = lesson.page
        self.root = self.page.locator(".explorer").nth(number)
        self.point = self.root.locator(".explorer-point")

    def input(self, trait: str) -> Any:
        return self.root.locator(f"input[data-trait={trait}]")

    def words(self) -> str:
        return self.root.locator("[role=status]").inner_text()

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

    def middle(self, locator: Any) -> tuple[float, float]:
        box = locator.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def thumb(self, trait: str) -> tuple[float, float]:
        """Where a slider's thumb stands; Chromium's is 16 pixels wide."""
        box = self.input(trait).bounding_box()
        low, high, now = (
            float(self.input(trait).evaluate(f"n => n.{name}")) for name in ("min", "max", "value")
        )
        share = (now - low) / (high - low)
        return box["x"] + 8 + share * (box["width"] - 16), box["y"] + box["height"] / 2


@pytest.fixture
def view(lesson: lab_browser.LessonPage) -> View:
    """The first view, put back to case 2 with the default ε, A and min."""
    view = View(lesson)
    view.input("clip_range").fill("0.2")
    view.input("advantage").fill("1")
    view.input("use_min").check()
    view.go(2)
    assert view.ratio() == 1.0
    return view


def drag(page: Any, start: tuple[float, float], dx: float) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + dx, start[1], steps=10)
    page.mouse.up()


def test_dragging_epsilon_changes_the_curve_and_the_words(view: View) -> None:
    view.go(3)  # r = 1.6, above the band
    curve, words = view.curve(), view.words()
    assert "no longer pushes" in words
    drag(view.page, view.thumb("clip_range"), 140)
    assert float(view.input("clip_range").input_value()) == 0.5
    drag(view.page, view.middle(view.point), -60)  # into the wider band
    assert view.curve() != curve
    assert "no longer pushes" not in view.words()
    assert ENGLISH["clip_explorer.case.2.words"] in view.words()
    assert "1+ε = 1.50" in view.texts()


def test_dragging_the_point_moves_it_by_as_much_and_no_further_than_the_axis(view: View) -> None:
    start = view.middle(view.point)
    drag(view.page, (start[0] + 6, start[1] + 3), 80)  # gripped off its centre
    moved = view.middle(view.point)[0] - start[0]
    assert moved == pytest.approx(80, abs=3)
    drag(view.page, view.middle(view.point), 2000)
    assert view.ratio() == 2.5
    drag(view.page, view.middle(view.point), -3000)
    assert view.ratio() == 0.01


def test_a_press_in_the_picture_brings_the_point_there(view: View) -> None:
    box = view.root.locator(".explorer-surface").first.bounding_box()
    view.page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + 30)
    assert view.ratio() == pytest.approx(2.0, abs=0.02)
    view.page.keyboard.press("ArrowLeft")  # the press gave it the focus
    assert view.ratio() == pytest.approx(1.99, abs=0.02)


def test_arrow_keys_move_the_point_and_stay_in_the_cell(view: View) -> None:
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


@pytest.mark.parametrize(
    ("trait", "start", "step"), [("clip_range", 0.2, 0.01), ("advantage", 1, 0.1)]
)
def test_arrow_keys_move_the_sliders(view: View, trait: str, start: float, step: float) -> None:
    curve = view.curve()
    view.input(trait).focus()
    view.page.keyboard.press("ArrowRight")
    assert float(view.input(trait).input_value()) == pytest.approx(start + step)
    assert view.curve() != curve
    view.page.keyboard.press("ArrowDown")
    assert float(view.input(trait).input_value()) == pytest.approx(start)
    assert view.curve() == curve
    view.page.keyboard.press("Home")
    low = getattr(ClipExplorer, trait).low
    assert float(view.input(trait).input_value()) == low


@pytest.mark.parametrize("case", [1, 2, 3, 4, 5, 6])
def test_every_case_is_reached_by_hand_and_says_its_words(view: View, case: int) -> None:
    view.input("advantage").fill("0.7" if case <= 3 else "-0.7")
    view.point.focus()
    for _ in range(4):
        view.page.keyboard.press(["PageDown", "F8", "PageUp"][(case - 1) % 3])
    assert view.ratio() == [0.6, 1.0, 1.4][(case - 1) % 3]
    assert f"Case {case}:" in view.words()
    assert ENGLISH[f"clip_explorer.case.{case}.words"] in view.words()
    current = view.root.locator("[aria-current=true]")
    assert current.get_attribute("data-case") == str(case)
    pushes = {1: "pull up", 2: "push up", 5: "push down", 6: "pull down"}
    assert pushes.get(case, "no push") in current.inner_text()


@pytest.mark.parametrize("case", [1, 2, 3, 4, 5, 6])
def test_a_press_on_a_case_brings_the_point_into_it(view: View, case: int) -> None:
    view.go(case)
    assert f"Case {case}:" in view.words()
    view.root.locator(f".explorer-case[data-case='{7 - case}']").focus()
    view.page.keyboard.press("Enter")
    assert f"Case {7 - case}:" in view.words()
    assert view.root.is_visible()  # Enter did not open the cell's editor


def test_without_the_min_the_pull_back_is_lost(view: View) -> None:
    view.go(1)
    curve = view.curve()
    assert "+1.00" in view.texts()
    view.input("use_min").focus()
    view.page.keyboard.press("Space")
    assert not view.input("use_min").is_checked()
    assert view.curve() != curve
    assert ENGLISH["clip_explorer.case.1.without_min"] in view.words()
    assert "slope 0.00" in view.texts()
    assert "min(" not in view.root.locator(".explorer-formula").inner_text()
    view.go(6)
    assert ENGLISH["clip_explorer.case.6.without_min"] in view.words()
    assert view.root.locator(".explorer-dead").count() == 4


def test_an_advantage_of_zero_is_said_as_it_is(view: View) -> None:
    view.input("advantage").fill("0")
    assert ENGLISH["clip_explorer.case.0.words"] in view.words()
    assert view.root.locator("[aria-current=true]").count() == 0
    assert "slope 0.00" in view.texts()


def test_a_kink_is_said_as_it_is(view: View) -> None:
    view.point.focus()
    view.page.keyboard.press("PageUp")
    view.page.keyboard.press("PageUp")
    assert view.ratio() == 1.2
    assert "slope is 1.00 on the left and 0.00 on the right; autograd picks 1.00" in view.words()
    view.go(2)
    for _ in range(2):
        view.page.keyboard.press("Tab")
    view.point.focus()
    view.page.keyboard.press("PageDown")
    view.page.keyboard.press("PageDown")
    assert view.ratio() == 0.8  # with the min there is no kink at this edge
    assert "kink" not in view.words()


def test_a_joined_ipywidgets_slider_moves_the_picture(view: View) -> None:
    curve = view.curve()
    drag(view.page, view.middle(view.page.locator(".noUi-handle")), 60)
    view.page.wait_for_timeout(200)
    assert view.curve() != curve
    readout = view.page.locator(".widget-readout").inner_text()
    assert float(view.input("clip_range").input_value()) == float(readout)


def test_the_kernel_hears_the_ratio_and_the_case(view: View) -> None:
    view.go(6)
    heard = view.page.get_by_text(f"kernel: case 6, ratio {view.ratio():.2f}")
    heard.wait_for(timeout=10_000)


def test_two_views_of_one_explorer_agree(lesson: lab_browser.LessonPage, view: View) -> None:
    other = View(lesson, 1)
    other.go(4)
    assert view.ratio() == other.ratio() == 0.5
    assert view.words() == other.words()
    assert view.curve().count("M") == other.curve().count("M")
    ids = view.page.evaluate(
        "[...document.querySelectorAll('.explorer clipPath')].map(node => node.id)"
    )
    assert len(ids) == len(set(ids)) == 4


def test_a_cell_that_is_run_again_or_removed_ends_cleanly(
    lesson: lab_browser.LessonPage, view: View
) -> None:
    page = view.page
    page.evaluate(
        """() => { const notebook = jupyterapp.shell.currentWidget.content;
          notebook.deselectAll(); notebook.activeCellIndex = 2;
          return jupyterapp.commands.execute("notebook:run-cell"); }"""
    )
    lesson.wait_until_idle()
    page.wait_for_function("document.querySelectorAll('.explorer-svg').length === 2")
    View(lesson, 1).go(3)
    assert "Case 3:" in view.words()
    page.evaluate(
        """() => { const notebook = jupyterapp.shell.currentWidget.content;
          notebook.activeCellIndex = 2;
          return jupyterapp.commands.execute("notebook:clear-cell-output"); }"""
    )
    page.wait_for_function("document.querySelectorAll('.explorer-svg').length === 1")
    view.go(5)
    assert "Case 5:" in view.words()


def test_the_picture_lives_on_when_the_kernel_is_gone(
    chromium: Any, lab: lab_browser.Lab, tmp_path: Path
) -> None:
    path = write_notebook(tmp_path / "no_kernel.ipynb", [nbformat.v4.new_code_cell(CELLS[0])])
    with lab_browser.open_lesson(chromium, lab, path) as lesson:
        lesson.run_all()
        view = View(lesson)
        view.page.wait_for_selector(".explorer-svg")
        view.page.evaluate(
            "jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)"
        )
        view.go(3)
        assert "Case 3:" in view.words()
        view.point.focus()
        view.page.keyboard.press("ArrowRight")
        assert view.ratio() == 1.61
        view.input("clip_range").fill("0.4")
        assert "1+ε = 1.40" in view.texts()


def test_a_notebook_that_is_not_trusted_shows_the_still_picture(
    chromium: Any, lab: lab_browser.Lab, tmp_path: Path
) -> None:
    explorer = ClipExplorer(ratio=1.5)
    bundle = explorer._repr_mimebundle_()
    assert bundle is not None
    cell = nbformat.v4.new_code_cell(CELLS[0], execution_count=1)
    cell.outputs = [
        nbformat.v4.new_output(
            "execute_result", data=bundle[0], metadata=bundle[1], execution_count=1
        )
    ]
    path = write_notebook(tmp_path / "untrusted.ipynb", [cell])
    with lab_browser.open_lesson(chromium, lab, path) as lesson:
        image = lesson.page.locator(".jp-OutputArea-output img")
        image.wait_for()
        source = image.get_attribute("src")
        assert source is not None
        shown = base64.b64decode(source.partition(",")[2])
        assert shown == explorer.still_png()
        assert image.evaluate("node => node.naturalWidth") > 1000
        assert lesson.page.locator(".explorer").count() == 0
        assert lesson.broken_widgets() == []
        assert lesson.outside == []
