"""The trust-region explorer in a real browser: its mathematics, its words, its handling."""

from __future__ import annotations

import itertools
import math
import random
from pathlib import Path
from typing import Any

import lab_browser
import nbformat
import numpy as np
import pytest
import torch
from blank_page import call, clashes, mount

from ppo_lib.course.cliff import exact as cliff
from ppo_lib.course.cliff import steps as cliff_steps
from ppo_lib.course.lesson_02.trust_region_explorer import TrustRegionExplorer

pytestmark = pytest.mark.browser

SOURCE = str(TrustRegionExplorer._esm)


def values(page: Any, *names: str) -> list[Any]:
    found: list[Any] = page.evaluate("names => names.map((name) => model.get(name))", list(names))
    return found


def move(page: Any, **state: Any) -> None:
    page.evaluate("state => Object.entries(state).forEach(([k, v]) => model.set(k, v))", state)


# The mathematics ------------------------------------------------------------------------------


def oracle(row: list[float]) -> list[float]:
    """What Python makes of an old policy, δ, α and another policy, as `NUMBERS` below."""
    old, new = torch.tensor(row[:2]), torch.tensor(row[4:])
    theta = old.clone().requires_grad_()
    true_return = cliff.true_return(cliff_steps.policy(theta))
    (gradient,) = torch.autograd.grad(true_return, theta)
    steps = cliff_steps.three_steps(old, row[2], row[3])
    places = [old + step for step in (steps.gradient, steps.natural, steps.trpo)]
    rights = cliff_steps.policy(new), cliff_steps.policy(old)
    visits = cliff.visits(rights[1])
    numbers = [
        true_return.item(),
        *gradient.tolist(),
        *(visits / visits.sum()).tolist(),
        *cliff_steps.fisher_matrix(old).flatten().tolist(),
        cliff_steps.mean_kl(new, old).item(),
        cliff.surrogate_return(*rights).item(),
        cliff.true_return(rights[0]).item(),
        float(steps.halvings),
    ]
    for place in places:
        numbers += place.tolist()
        measures = cliff_steps.mean_kl, cliff_steps.surrogate_gain, cliff_steps.true_gain
        numbers += [measure(place, old).item() for measure in measures]
    return numbers


NUMBERS = """(f, rows) => rows.map(([lean, slope, maxKl, stepSize, x, y]) => {
  const old = f.oldPolicy(lean, slope);
  const [a, b, c] = old.fisher;
  const { gradient, natural, trpo, halvings } = f.threeSteps(old, maxKl, stepSize);
  return [
    f.trueReturn(lean, slope), ...old.gradient, ...old.share, a, b, b, c,
    f.meanKl(old, x, y), f.trueReturn(lean, slope) + f.surrogateGain(old, x, y),
    f.trueReturn(x, y), halvings,
    ...[gradient, natural, trpo].flatMap((step) =>
      [step.lean, step.slope, step.kl, step.promise, step.truth])];
})"""


@pytest.fixture(scope="module")
def grid() -> tuple[list[list[float]], np.ndarray]:
    """A thousand random states, some on the bait's plateau, and what Python makes of them."""
    draw = random.Random(0)
    rows = [
        [
            draw.uniform(-4, -2 if number % 5 == 0 else 4),
            draw.uniform(-4, 4),
            10 ** draw.uniform(-3, 0),
            10 ** draw.uniform(-1, 2),
            draw.uniform(-4, 4),
            draw.uniform(-4, 4),
        ]
        for number in range(1000)
    ]
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        expected = np.array([oracle(row) for row in rows])
    finally:
        torch.set_default_dtype(default)
    assert set(expected[:, 19].tolist()) >= {0, 1, 2}  # halvings
    return rows, expected


def test_the_front_end_computes_what_python_computes(
    blank: Any, grid: tuple[list[list[float]], np.ndarray]
) -> None:
    rows, expected = grid
    got = np.array(call(blank, SOURCE, NUMBERS, rows))
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9)
    # On a plateau the gains are 1e-11, and equal to many digits too.
    gains = [23, 24, 28, 29, 33, 34]
    np.testing.assert_allclose(got[:, gains], expected[:, gains], rtol=1e-6, atol=1e-18)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("(GOAL - BAIT) * arrive - BAIT * late", "(GOAL - BAIT) * arrive"),
        ("worth[s + 1] - worth[s - 1]", "worth[s - 1] - worth[s + 1]"),
        ("TIME_LIMIT = 50", "TIME_LIMIT = 49"),
        ("visits.map((some) => some / steps)", "visits.map((some) => some / TIME_LIMIT)"),
        ("fisher[1] += share[s] * spread * z;", "fisher[1] -= share[s] * spread * z;"),
        ("Math.sqrt((2 * maxKl) / bend)", "Math.sqrt(maxKl / bend)"),
        ("trpo.kl <= maxKl && trpo.promise > 0", "trpo.promise > 0"),
        ("softplus(to) - softplus(from) - old.right[s] * (to - from));\n  }\n  return", None),
    ],
)
def test_the_states_catch_a_planted_error(
    blank: Any, grid: tuple[list[list[float]], np.ndarray], right: str, wrong: str | None
) -> None:
    rows, expected = grid
    if wrong is None:  # the reverse KL, by the new policy's chances
        wrong = right.replace("old.right[s]", "(1 / (1 + Math.exp(-to)))")
    assert SOURCE.count(right) == 1
    got = np.array(call(blank, SOURCE.replace(right, wrong), NUMBERS, rows[:60]), dtype=float)
    assert not np.allclose(got, expected[:60], rtol=1e-4, atol=1e-6)


def test_both_borders_of_the_region_lie_at_the_limit(
    blank: Any, grid: tuple[list[list[float]], np.ndarray]
) -> None:
    rows = [row[:3] for row in grid[0][:80]]
    body = """(f, rows) => rows.map(([lean, slope, maxKl]) => {
      const old = f.oldPolicy(lean, slope);
      const { ellipse, border } = f.regionBorders(old, maxKl, 14);
      return [ellipse.map(([x, y]) => [x, y, f.fisherSquare(old.fisher, x - lean, y - slope) / 2]),
              border.map(([x, y]) => [x, y, f.meanKl(old, x, y)])];
    })"""
    cut = 0
    for (lean, slope, max_kl), lines in zip(rows, call(blank, SOURCE, body, rows), strict=True):
        for line in np.array(lines):
            reach = np.hypot(line[:, 0] - lean, line[:, 1] - slope)
            far = reach > 14 - 1e-9
            np.testing.assert_allclose(line[~far, 2], max_kl, rtol=1e-6)
            assert (line[far, 2] <= max_kl * (1 + 1e-9)).all()
            cut += far.sum()
            # It goes around the old policy once, and no gap on the map is long.
            ring = np.vstack([line, line[:1]])
            turns = np.unwrap(np.arctan2(ring[:, 1] - slope, ring[:, 0] - lean))
            assert abs(turns[-1] - turns[0]) == pytest.approx(2 * math.pi)
            onmap = np.abs(ring[:, :2]).max(axis=1) < 4
            gaps = np.hypot(*np.diff(ring[:, :2], axis=0).T)[onmap[1:] & onmap[:-1]]
            assert gaps.size == 0 or gaps.max() < 1.5
    assert cut > 0


def test_contours_are_lines_of_equal_height_closed_or_from_rim_to_rim(blank: Any) -> None:
    """Of a bowl and a saddle on 41 x 41 points, whose contours are known."""
    line = np.linspace(-2, 2, 41)
    x, y = np.meshgrid(line, line)
    shapes = {"bowl": x**2 + y**2, "saddle": x * y, "plain": x + 0 * y}
    levels = [-1.01, 0.503, 1.01, 9]
    body = "({ contourLines }, [heights, levels]) => contourLines(heights, 41, levels)"
    for name, heights in shapes.items():
        found = call(blank, SOURCE, body, [heights.flatten().tolist(), levels])
        counts = {"bowl": [0, 1, 1, 0], "saddle": [2, 2, 2, 0], "plain": [1, 1, 1, 0]}[name]
        assert [len(lines) for lines in found] == counts
        for level, lines in zip(levels, found, strict=True):
            for points in map(np.array, lines):
                across, up = points[:, 0] / 10 - 2, points[:, 1] / 10 - 2
                height = {"bowl": across**2 + up**2, "saddle": across * up, "plain": across}[name]
                assert height == pytest.approx(level, abs=0.003)
                closed = (points[0] == points[-1]).all()
                assert closed == (name == "bowl")
                if not closed:
                    rims = np.isclose(points[[0, -1]] % 40, 0).any(axis=1)
                    assert rims.all()
                assert np.hypot(*np.diff(points, axis=0).T).max() <= 1.5  # from cell to cell


def test_contours_part_at_a_saddle_as_its_middle_says(blank: Any) -> None:
    body = "({ contourLines }, corners) => contourLines(corners, 2, [0.5])[0]"
    for corners, expected in [
        ([1, 0, 0, 0.9], [[[0, 0.5], [0.5, 0]], [[0.5 / 0.9, 1], [1, 0.5 / 0.9]]]),  # 0.475
        ([1, 0, 0.2, 1], [[[0, 0.625], [0.375, 1]], [[0.5, 0], [1, 0.5]]]),  # 0.55
    ]:
        lines = sorted(sorted(line) for line in call(blank, SOURCE, body, corners))
        np.testing.assert_allclose(lines, expected)


# Words, layout ----------------------------------------------------------------------------


def test_the_words_are_those_of_python(blank: Any) -> None:
    explorer = TrustRegionExplorer()
    mount(blank, explorer)
    draw = random.Random(1)
    states = [
        {"lean": lean, "slope": slope, "max_kl": max_kl, "step_size": 10.0, "contours": "both"}
        for lean, slope, max_kl in [(-0.5, -2, 0.05), (0, -2, 1), (4, 4, 1), (-3.6, 3.7, 0.009)]
    ]
    for number in range(60):
        state: dict[str, Any] = {
            "lean": draw.uniform(-4, -2 if number % 3 == 0 else 4),
            "slope": draw.uniform(-4, 4),
            "max_kl": float(f"{10 ** draw.uniform(-3, 0):.3g}"),
            "step_size": float(f"{10 ** draw.uniform(-1, 2):.3g}"),
            "contours": draw.choice(["truth", "surrogate", "both"]),
        }
        states.append(state)
    for state in states:
        for name, value in state.items():
            setattr(explorer, name, value)
        move(blank, **state)
        assert blank.locator(".explorer-words").inner_text() == explorer.words(), state
        picture = blank.locator(".explorer-svg [role=img]").get_attribute("aria-label")
        assert f"{picture} {explorer.words()}" == explorer.describe()


def test_the_table_has_a_row_to_each_step(blank: Any) -> None:
    mount(blank, TrustRegionExplorer())
    rows = [row.inner_text().split() for row in blank.locator("tbody tr").all()]
    assert rows == [
        ["gradient", "0.069", "0.088", "0.032", "0.890"],
        ["natural", "0.056", "0.156", "0.073", "2.06"],
        ["TRPO", "0.013", "0.070", "0.053", "1.03"],
    ]


def test_no_two_texts_overlap_wherever_the_old_policy_is(blank: Any) -> None:
    states = [
        {"lean": lean, "slope": slope, "max_kl": max_kl, "step_size": step_size, "contours": kind}
        for (lean, slope), (max_kl, step_size), kind in itertools.product(
            [(-0.5, -2), (0, 0), (-3, 0), (0, -3.5), (1, -4), (2, -3), (4, 0), (-1, 4), (3.7, 3.8)],
            [(0.001, 0.1), (0.05, 10), (1, 100)],
            ["truth", "surrogate", "both"],
        )
    ]
    for width in (380, 560, 730, 820, 1100):
        mount(blank, TrustRegionExplorer(), width)
        assert clashes(blank, states) == []


@pytest.mark.parametrize("width", [600, 820, 1100])
def test_the_longest_words_leave_the_size_as_it_is(blank: Any, width: int) -> None:
    mount(blank, TrustRegionExplorer(), width)
    before = blank.locator(".explorer").bounding_box()["height"]
    move(blank, lean=-3.98, slope=-3.98, max_kl=0.00344, step_size=0.2, contours="both")
    words = blank.locator(".explorer-words").inner_text()
    assert all(part in words for part in ("A plateau", "takes it whole", "Of the", "L is flat"))
    assert blank.locator(".explorer").bounding_box()["height"] == before


@pytest.mark.parametrize("width", [600, 685, 730])
def test_the_sliders_and_the_old_policy_fit_on_a_projector_together(blank: Any, width: int) -> None:
    """1280 x 720 at a zoom of 150% leaves the notebook about 370 px of height."""
    mount(blank, TrustRegionExplorer(), width)
    slider = blank.locator("input[data-trait=step_size]").bounding_box()
    point = blank.locator(".explorer-point > .explorer-dot").bounding_box()
    assert point["y"] + point["height"] - slider["y"] < 370


def test_arrows_that_leave_the_map_end_at_its_edge_and_say_so(blank: Any) -> None:
    mount(blank, TrustRegionExplorer(lean=0.0, slope=-2.0, max_kl=1.0, step_size=100.0))
    texts = blank.locator(".explorer-svg text").all_text_contents()
    assert "gradient: off the map" in texts
    assert "natural = TRPO: off the map" in texts
    move(blank, step_size=1, max_kl=0.01)
    texts = blank.locator(".explorer-svg text").all_text_contents()
    assert "gradient" in texts and "natural" in texts and "TRPO" in texts
    move(blank, lean=-3.0, slope=1.0)
    assert "gradient: tiny" in blank.locator(".explorer-svg text").all_text_contents()


def test_the_choice_of_contours_shows_the_lines_and_their_names(blank: Any) -> None:
    mount(blank, TrustRegionExplorer(lean=0.0, slope=0.0))

    def shown() -> tuple[bool, bool, bool, bool]:
        texts = blank.locator(".explorer-svg text").evaluate_all(
            "nodes => nodes.filter((n) => n.checkVisibility()).map((n) => n.textContent)"
        )
        found = "true return J", "surrogate L", "0.6", "L 0.6"
        return tuple(name in texts for name in found)  # type: ignore[return-value]

    assert shown() == (True, False, True, False)
    for name, expected in [
        ("both", (True, True, True, True)),
        ("L", (False, True, False, True)),
        ("J", (True, False, True, False)),
    ]:
        blank.get_by_role("radio", name=name, exact=True).check()
        assert shown() == expected


def test_the_surrogate_is_drawn_anew_around_every_old_policy(blank: Any) -> None:
    mount(blank, TrustRegionExplorer(contours="surrogate"))
    color = TrustRegionExplorer().colors["unclipped"]
    shape = f"document.querySelector('.explorer-svg path[stroke=\"{color}\"]').getAttribute('d')"
    seen = []
    for place in [(-0.5, -2), (0, 0), (1, -4), (-0.5, -2)]:
        move(blank, lean=place[0], slope=place[1])
        seen.append(blank.evaluate(shape))
    assert len(set(seen)) == 3 and seen[0] == seen[3]
    body = """(f) => [[-0.5, -2, 1, 1], [1, -4, -2, 3]].map(([lean, slope, x, y]) => {
      const old = f.oldPolicy(lean, slope);
      const bounds = { low: -4, high: 4 };
      const heights = f.surveySurrogate(old, f.policiesOnMap({ lean: bounds, slope: bounds }, 9));
      return [heights[(y + 4) * 9 + x + 4], f.trueReturn(lean, slope) + f.surrogateGain(old, x, y)];
    })"""
    for found, expected in call(blank, SOURCE, body, None):
        assert found == pytest.approx(expected, abs=1e-12)


# Handling ---------------------------------------------------------------------------------


def middle(page: Any) -> tuple[float, float]:
    box = page.locator(".explorer-point > .explorer-dot").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_old_policy_is_dragged_and_everything_follows(blank: Any) -> None:
    mount(blank, TrustRegionExplorer(contours="both"))
    paths = "nodes => nodes.map((node) => node.getAttribute('d')).join()"
    before = blank.locator(".explorer-svg path").evaluate_all(paths)
    words = blank.locator("[role=status]").inner_text()
    x, y = middle(blank)
    blank.mouse.move(x + 4, y + 3)  # gripped off its centre
    blank.mouse.down()
    blank.mouse.move(x + 4 + 125, y + 3 - 125, steps=5)  # 62.5 px to a unit
    blank.mouse.up()
    assert values(blank, "lean", "slope") == [1.5, 0]
    assert middle(blank) == pytest.approx((x + 125, y - 125), abs=2)
    assert blank.locator(".explorer-svg path").evaluate_all(paths) != before
    assert blank.locator("[role=status]").inner_text() != words
    blank.mouse.move(*middle(blank))
    blank.mouse.down()
    blank.mouse.move(3000, 3000)
    blank.mouse.up()
    assert values(blank, "lean", "slope") == [4, -4]


def test_the_keyboard_moves_the_old_policy_along_both_axes(blank: Any) -> None:
    mount(blank, TrustRegionExplorer())
    lean = blank.get_by_role("slider", name="lean of the old policy")
    slope = blank.get_by_role("slider", name="slope of the old policy")
    lean.focus()
    for key, place in [
        ("ArrowRight", [-0.45, -2]),
        ("ArrowUp", [-0.45, -1.95]),
        ("PageUp", [-0.45, -1.45]),
        ("End", [-0.45, 4]),
        ("ArrowLeft", [-0.5, 4]),
    ]:
        blank.keyboard.press(key)
        assert values(blank, "lean", "slope") == place, key
    assert lean.get_attribute("aria-valuetext") == "−0.50, true return 0.200"
    assert slope.get_attribute("aria-valuenow") == "4"


def test_one_move_in_two_directions_is_drawn_once(blank: Any) -> None:
    mount(blank, TrustRegionExplorer())
    blank.evaluate(
        """() => { window.labels = 0;
          const watch = new MutationObserver((records) => { labels += records.length; });
          watch.observe(document.querySelector("[role=img]"), { attributeFilter: ["aria-label"] });
        }"""
    )
    box = blank.locator(".explorer-surface").bounding_box()
    blank.mouse.click(box["x"] + 300, box["y"] + 200)
    assert blank.evaluate("labels") == 1


def test_the_buttons_walk_by_the_step_and_back_to_the_start(blank: Any) -> None:
    explorer = TrustRegionExplorer()
    mount(blank, explorer)
    press = {
        name: blank.get_by_role("button", name=name)
        for name in ("TRPO step", "gradient step", "back")
    }
    assert press["back"].get_attribute("aria-disabled") == "true"
    start = explorer.old
    for name, button in (("trpo", "TRPO step"), ("gradient", "gradient step")):
        old, steps = start, []
        for _ in range(3):
            press[button].click()
            step = getattr(cliff_steps.three_steps(old, 0.05, 10.0), name)
            steps.append([name, *old.tolist(), *(old + step).tolist()])
            old = old + step
            assert values(blank, "lean", "slope") == pytest.approx(old.tolist(), abs=1e-9)
        walked = values(blank, "walked")[0][-3:]
        for found, expected in zip(walked, steps, strict=True):
            assert found[0] == expected[0]
            assert found[1:] == pytest.approx(expected[1:], abs=1e-9)
        assert press["back"].get_attribute("aria-disabled") == "false"
        press["back"].click()
        assert values(blank, "lean", "slope") == start.tolist()
    traces = blank.locator(".explorer-trace").evaluate_all(
        "nodes => nodes.map((node) => node.getAttribute('d').split('M').length - 1)"
    )
    assert traces == [3, 3]  # both stay, to be compared
    assert press["back"].get_attribute("aria-disabled") == "true"
    blank.get_by_role("slider", name="lean of the old policy").focus()
    blank.keyboard.press("ArrowRight")
    assert values(blank, "walked") == [[]]  # a new start


def test_no_button_takes_a_step_off_the_map(blank: Any) -> None:
    mount(blank, TrustRegionExplorer(lean=0.0, slope=-2.0, max_kl=1.0, step_size=100.0))
    for name in ("TRPO step", "gradient step"):
        button = blank.get_by_role("button", name=name)
        assert button.get_attribute("aria-disabled") == "true"
        button.click(force=True)
    assert values(blank, "lean", "slope", "walked") == [0, -2, []]
    move(blank, max_kl=0.01, step_size=1)
    assert blank.get_by_role("button", name="TRPO step").get_attribute("aria-disabled") == "false"


# In JupyterLab ----------------------------------------------------------------------------

CELLS = [
    """\
from ppo_lib.course.lesson_02.trust_region_explorer import TrustRegionExplorer
explorer = TrustRegionExplorer()
explorer""",
    """\
import ipywidgets
echo = ipywidgets.Label("kernel: nothing yet")
def tell(change):
    echo.value = f"kernel: {len(explorer.walked)} steps, lean {explorer.lean:.2f}"
explorer.observe(tell, names=["lean", "walked"])
echo""",
    "explorer",
]


def test_it_lives_in_jupyterlab_with_a_kernel_and_without(
    chromium: Any, lab: lab_browser.Lab, tmp_path: Path
) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    path = tmp_path / "trust_region.ipynb"
    nbformat.write(notebook, path)
    with lab_browser.open_lesson(chromium, lab, path, viewport=(1280, 1500)) as lesson:
        lesson.run_all()
        page = lesson.page
        page.wait_for_function("document.querySelectorAll('.explorer-svg').length === 2")
        page.get_by_role("button", name="TRPO step").first.click()
        page.get_by_text("kernel: 1 steps, lean -0.35").wait_for(timeout=10_000)
        words = page.locator(".explorer-words").all_inner_texts()
        assert words[0] == words[1]  # two views of one explorer
        assert page.locator(".explorer-trace").last.get_attribute("d")
        assert lesson.outside == []
        assert lesson.errors() == []
        assert lesson.broken_widgets() == []
        assert lesson.console_errors == []
        page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)")
        page.get_by_role("slider", name="lean of the old policy").first.focus()
        page.keyboard.press("ArrowRight")
        assert page.locator(".explorer-words").first.inner_text() != words[0]
