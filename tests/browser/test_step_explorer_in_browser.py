"""The step-size explorer in a real browser: its mathematics, its picture, its handling."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from blank_page import call, clashes, mount

from ppo_lib.course.cliff.exact import (
    GOAL,
    NUM_POSITIONS,
    TIME_LIMIT,
    outcomes,
    right_everywhere,
    true_return,
)
from ppo_lib.course.cliff.exact import walk as walk_cliff
from ppo_lib.course.explorers.sampling import uniforms
from ppo_lib.course.lesson_01.reinforce_step import (
    FIRST_SEED,
    NUM_EPISODES,
    situation,
    write_gradient,
    write_number,
    write_probability,
)
from ppo_lib.course.lesson_01.step_explorer import StepExplorer
from ppo_lib.course.words import ENGLISH

pytestmark = pytest.mark.browser

SOURCE = str(StepExplorer._esm)
RULES = StepExplorer().rules


# Mathematics ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def states() -> tuple[list[list[float]], np.ndarray, np.ndarray]:
    """Rows of (θ, batch), what is true of each, and the gradient that its batch estimates.

    The columns of what is true: p, the chances of a fall, the goal and the time limit, the
    return and its derivative by autograd. The estimate is autograd's too, of the objective of
    REINFORCE upon the episodes that `ppo_lib.course.cliff.exact` plays.
    """
    generator = np.random.default_rng(0)
    thetas = np.concatenate([generator.uniform(-9, 9, 700), generator.normal(0, 1, 700)])
    batches = generator.integers(1, 1000, len(thetas))
    logit = torch.from_numpy(thetas).requires_grad_()
    right = right_everywhere(logit)
    value = true_return(right)
    (slope,) = torch.autograd.grad(value.sum(), logit, retain_graph=True)
    columns = [right[:, :1], outcomes(right), value[:, None], slope[:, None]]
    truth = torch.cat([column.detach() for column in columns], dim=1).numpy()
    luck = [uniforms(FIRST_SEED + int(batch) - 1, NUM_EPISODES * TIME_LIMIT) for batch in batches]
    shape = (len(thetas), NUM_EPISODES, TIME_LIMIT)
    many = right.unsqueeze(1).expand(-1, NUM_EPISODES, NUM_POSITIONS)
    episodes = walk_cliff(right, torch.from_numpy(np.stack(luck).reshape(shape)))
    p = many[..., :1]
    log_probs = torch.where(episodes.actions == 1, p.log(), (1 - p).log())
    objective = (episodes.returns * (log_probs * episodes.mask).sum(-1)).mean(-1)
    (estimate,) = torch.autograd.grad(objective.sum(), logit)
    ends = np.stack(
        [((episodes.ends == end).sum(-1)).numpy() for end in (0, GOAL)]
        + [(episodes.mask.sum((-1, -2))).numpy(), estimate.numpy()],
        axis=1,
    )
    rows = [[theta, int(batch)] for theta, batch in zip(thetas.tolist(), batches, strict=True)]
    return rows, truth, ends


def evaluate_on(page: Any, source: str, rows: list[list[float]]) -> tuple[np.ndarray, np.ndarray]:
    """What the front end in `source` makes of the rows: columns as in `states`."""
    body = """({ makeCliff, solve, collect }, [rules, rows]) => {
      const cliff = makeCliff(rules);
      return rows.map(([theta, batch]) => {
        const s = solve(theta, cliff);
        const b = collect(theta, batch, cliff);
        const steps = b.paths.reduce((sum, path) => sum + path.length - 1, 0);
        return [s.right, s.fall, s.arrive, s.late, s.trueReturn, s.gradient,
                b.fell, b.arrived, steps, b.gradient];
      });
    }"""
    found = np.array(call(page, source, body, [RULES, rows]))
    return found[:, :6], found[:, 6:]


def test_the_front_end_computes_what_the_cliff_and_autograd_compute(
    blank: Any, states: tuple[list[list[float]], np.ndarray, np.ndarray]
) -> None:
    rows, truth, ends = states
    solved, collected = evaluate_on(blank, SOURCE, rows)
    assert len(rows) >= 1000
    np.testing.assert_allclose(solved, truth, rtol=0, atol=1e-9)
    np.testing.assert_allclose(collected, ends, rtol=0, atol=1e-9)
    assert (collected[:, 0] + collected[:, 1] < NUM_EPISODES).any()  # some ran out of time
    near = np.array([abs(row[0]) < 4 for row in rows])  # where autograd has the digits
    np.testing.assert_allclose(solved[near, 2:6], truth[near, 2:6], rtol=1e-4, atol=1e-13)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("t <= limit; t += 1) {\n    if (ways", "t < limit - 8; t += 1) {\n    if (ways"),
        ("rights * left - (t - rights) * right", "rights * left"),
        ("- bait * lateSlope", "+ bait * lateSlope"),
        ("(reward - bait) * arriveSlope", "reward * arriveSlope"),
        (
            "trueReturn: bait * fall + reward * arrive",
            "trueReturn: bait + (reward - bait) * arrive",
        ),
        ("cliff.first_seed + batch - 1", "cliff.first_seed + batch"),
        ("luck[episode * limit + path.length - 1]", "luck[episode * limit + path.length]"),
        ("(rights - right * (path.length - 1))", "(rights - path.length / 2)"),
        ("place += goesRight ? 1 : -1", "place += goesRight ? -1 : 1"),
        ("arrived: cliff.goal_reward, late: 0", "arrived: cliff.goal_reward, late: 0.2"),
    ],
)
def test_the_states_catch_a_planted_error(
    blank: Any,
    states: tuple[list[list[float]], np.ndarray, np.ndarray],
    right: str,
    wrong: str,
) -> None:
    rows, truth, ends = states
    assert SOURCE.count(right) == 1
    solved, collected = evaluate_on(blank, SOURCE.replace(right, wrong), rows)
    off = np.concatenate([np.abs(solved - truth), np.abs(collected - ends)], axis=1)
    assert (off > 1e-6).any()


def test_the_gradient_keeps_its_sign_where_that_of_autograd_is_a_rounding_error(
    blank: Any,
) -> None:
    body = """({ makeCliff, solve }, [rules, thetas]) => {
      const cliff = makeCliff(rules);
      return thetas.map((theta) => [solve(theta, cliff).gradient, solve(theta, cliff).arrive]);
    }"""
    thetas = np.linspace(-8, 8, 321).tolist()
    found = np.array(call(blank, SOURCE, body, [RULES, thetas]))
    assert (found > 0).all()
    assert (np.diff(found[:, 1]) > 0).all()
    # Far to the left all arrive in seven steps, p^7, and J - 0.2 = 0.8 p^7 (1 + 7 q p + ...).
    p = 1 / (1 + np.exp(8))
    assert found[0] == pytest.approx([0.8 * 7 * p**7, p**7], rel=0.01)


def random_states(count: int) -> list[dict[str, Any]]:
    generator = np.random.default_rng(2)
    return [
        {
            "step_size": float(10 ** generator.uniform(-1, 2)),
            "theta": float(generator.choice([generator.uniform(-9, 9), generator.normal(0, 1)])),
            "batch": int(generator.integers(1, 60)),
            "exact": bool(generator.integers(3) == 0),
        }
        for _ in range(count)
    ]


SET = "state => { for (const [k, v] of Object.entries(state)) model.set(k, v); }"


def test_the_picture_is_described_as_python_describes_it(blank: Any) -> None:
    thetas = (-1000.0, -30.0, -10.0, 0.0, 8.0, 20.0, 80.0, 1000.0)
    special = [{"theta": theta, "step_size": 1.0, "batch": 1, "exact": False} for theta in thetas]
    escape = {"theta": -0.8, "step_size": 10.0, "batch": 7, "exact": False}
    states = [escape, *special, *random_states(150)]
    mount(blank, StepExplorer())
    said = blank.evaluate(
        """(states) => states.map((state) => {
          for (const [name, value] of Object.entries(state)) model.set(name, value);
          const text = (name) => document.querySelector(name).textContent;
          const picture = document.querySelector("[role=img]").getAttribute("aria-label");
          return `${picture} ${text(".explorer-heading")}. ${text(".explorer-words")}`;
        })""",
        states,
    )
    seen = set()
    for state, words in zip(states, said, strict=True):
        explorer = StepExplorer(**state)
        assert words == explorer.describe(), state
        now, then, *_ = explorer.step()
        seen.add(situation(now, then, explorer.exact))
    assert len(seen) == 8


# The picture ----------------------------------------------------------------------------


class View:
    """The explorer as a reader sees it."""

    def __init__(self, page: Any, root: Any = None) -> None:
        self.page = page
        self.root = root or page.locator(".explorer")
        self.point = self.root.locator(".explorer-point")

    def get(self, *names: str) -> list[Any]:
        found: list[Any] = self.page.evaluate("names => names.map((n) => model.get(n))", [*names])
        return found

    def press(self, name: str) -> None:
        self.root.get_by_role("button", name=name).click()

    def enabled(self, name: str) -> bool:
        button = self.root.get_by_role("button", name=name)
        return bool(button.get_attribute("aria-disabled") == "false")

    def heading(self) -> str:
        return str(self.root.locator(".explorer-heading").inner_text())

    def numbers(self) -> dict[str, list[str]]:
        """The table: the cells at θ and at θ′ by their row's name."""
        lines = self.root.locator(".explorer-numbers tbody tr")
        rows = lines.evaluate_all("rows => rows.map((r) => [...r.cells].map((c) => c.innerText))")
        return {name: cells for name, *cells in rows}

    def texts(self) -> list[str]:
        return list(self.root.locator(".explorer-svg text").all_text_contents())

    def to_data(self, x: float, y: float) -> tuple[float, float]:
        """θ and J of a place in the picture, by its axes."""
        surface = self.root.locator(".explorer-surface")
        left, top, width, height = (
            float(surface.get_attribute(name)) for name in ("x", "y", "width", "height")
        )
        return -8 + 16 * (x - left) / width, 1.25 * (top + height - y) / height

    def middle(self) -> tuple[float, float]:
        box = self.root.locator(".explorer-point > .explorer-dot").bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture
def view(blank: Any) -> View:
    mount(blank, StepExplorer())
    return View(blank)


def attribute(view: View, selector: str, name: str) -> Any:
    return view.root.locator(selector).first.get_attribute(name)


@pytest.mark.parametrize(
    "state",
    [{"step_size": 10.0}, {"step_size": 0.5, "batch": 7, "theta": 0.1}, {"exact": True}],
)
def test_the_marks_stand_where_the_numbers_say(blank: Any, state: dict[str, Any]) -> None:
    explorer = StepExplorer(**state)
    mount(blank, explorer)
    view = View(blank)
    now, then, slope, *_ = explorer.step()
    promise = now.true_return + slope * (then.theta - now.theta)
    dot = [float(attribute(view, ".explorer-point > .explorer-dot", c)) for c in ("cx", "cy")]
    assert view.to_data(*dot) == pytest.approx((now.theta, now.true_return), abs=0.01)
    square = [float(attribute(view, ".explorer-promised", c)) + 5 for c in ("x", "y")]
    assert view.to_data(*square) == pytest.approx((then.theta, promise), abs=0.01)
    ring = attribute(view, ".explorer-landed", "d")[1:].split("a")[0].split(",")
    x, y = float(ring[0]) + 7, float(ring[1])
    assert view.to_data(x, y) == pytest.approx((then.theta, then.true_return), abs=0.01)
    line = attribute(view, ".explorer-slope", "d")
    ends = [tuple(map(float, end.split(","))) for end in line[1:].split("L")]
    assert view.to_data(*ends[0]) == pytest.approx((now.theta, now.true_return), abs=0.01)
    assert view.to_data(*ends[1]) == pytest.approx((then.theta, promise), abs=0.01)
    arrow = attribute(view, ".explorer-step", "d")[1:].split("M")[0].split("L")
    across = [view.to_data(float(end.split(",")[0]), 0)[0] for end in arrow]
    assert across == pytest.approx([now.theta, then.theta], abs=0.01)


@pytest.mark.parametrize(
    "state", [{}, {"step_size": 10.0, "batch": 2}, {"theta": 0.7, "batch": 7, "exact": True}]
)
def test_the_table_says_what_is_true_before_and_after(blank: Any, state: dict[str, Any]) -> None:
    explorer = StepExplorer(**state)
    mount(blank, explorer)
    now, then, slope, sample, next_sample = explorer.step()
    promise = now.true_return + slope * (then.theta - now.theta)
    both = (now, then)
    assert View(blank).numbers() == {
        "θ": [write_number(p.theta) for p in both],
        "p = π(right)": [write_probability(p.right) for p in both],
        "true return J": [write_number(p.true_return, 3) for p in both],
        "promised J": ["", write_number(promise, 3)],
        "chance of goal": [explorer._chance(p.arrive) for p in both],
        "exact gradient": [write_gradient(p.gradient) for p in both],
        "batch's gradient": [write_gradient(b.gradient) for b in (sample, next_sample)],
    }


@pytest.mark.parametrize("state", [{}, {"batch": 5, "theta": 0.4}, {"theta": 3.0, "batch": 2}])
def test_the_paths_are_the_episodes_of_both_batches(blank: Any, state: dict[str, Any]) -> None:
    explorer = StepExplorer(**state)
    mount(blank, explorer)
    *_, sample, next_sample = explorer.step()
    drawn = blank.locator(".explorer-episode").evaluate_all(
        "nodes => nodes.map((n) => n.getAttribute('d').slice(1).split('L')"
        ".map((p) => p.split(',').map(Number)))"
    )
    for path, points in zip([*sample.paths, *next_sample.paths], drawn, strict=True):
        x, y = np.array(points).T
        assert len(x) == len(path)
        assert np.diff(x) == pytest.approx([x[1] - x[0]] * (len(x) - 1), abs=0.11)
        unit = (y[0] - y[1]) / (path[1] - path[0])  # pixels from one position to the next
        assert unit > 8
        assert (y[0] - y) / unit == pytest.approx(np.array(path) - path[0], abs=0.1)
        start = blank.locator("circle.explorer-dot[r='4']").first.get_attribute("cy")
        assert y[0] == pytest.approx(float(start), abs=unit / 2)  # shifted, to show all four
    dashes = blank.locator(".explorer-episode").evaluate_all(
        "nodes => nodes.slice(0, 4).map((n) => n.getAttribute('stroke-dasharray'))"
    )
    assert len(set(dashes)) == 4


def test_the_curve_is_the_true_return(view: View) -> None:
    curve = view.root.locator("path.explorer-ink[stroke-width='4']").first.get_attribute("d")
    points = [view.to_data(*map(float, end.split(","))) for end in curve[1:].split("L")]
    thetas, values = np.array(points).T
    expected = true_return(right_everywhere(torch.from_numpy(thetas))).numpy()
    assert thetas[0] == -8 and thetas[-1] == 8
    assert values == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize("width", [380, 460, 600, 819, 820, 980, 1400])
def test_no_two_texts_overlap_in_any_state(blank: Any, width: int) -> None:
    names = ("theta", "step_size", "batch", "exact")
    values = itertools.product(
        [-1000, -7.6, -3, -1, 0, 0.4, 1, 5, 7.3, 80],
        [0.1, 3, 10, 40, 63, 100],
        [1, 2, 4, 999],
        [False, True],
    )
    mount(blank, StepExplorer(), width)
    assert clashes(blank, [dict(zip(names, value, strict=True)) for value in values]) == []


@pytest.mark.parametrize("width", [600, 820, 1100])
def test_nothing_jumps_while_the_state_changes(blank: Any, width: int) -> None:
    mount(blank, StepExplorer(), width)
    sizes = set()
    for state in random_states(60):
        blank.evaluate(SET, state)
        sizes.add(
            blank.evaluate(
                """() => [".explorer", ".explorer-status", ".explorer-numbers", ".explorer-svg"]
                  .map((name) => Object.values(document.querySelector(name)
                    .getBoundingClientRect().toJSON()).join()).join(" ")"""
            )
        )
    assert len(sizes) == 1


@pytest.mark.parametrize("width", [600, 730, 1100])
def test_the_step_size_slider_and_the_curve_fit_on_a_projector_together(
    blank: Any, width: int
) -> None:
    """1280 x 720 at a zoom of 150% leaves the notebook about 370 px of height."""
    mount(blank, StepExplorer(), width)
    slider = blank.locator("input[data-trait=step_size]").bounding_box()
    panel = blank.locator(".explorer-surface").bounding_box()
    assert panel["y"] + panel["height"] - slider["y"] < 350


def test_what_lies_off_the_axis_is_marked_at_its_border_with_its_value(view: View) -> None:
    view.page.evaluate(SET, {"step_size": 100.0})
    assert "θ′ = −10.0" in view.texts()
    view.press("Take the step")
    assert "θ = −10.0" in view.texts()
    assert view.get("theta") == [pytest.approx(-10)]
    assert view.point.get_attribute("aria-valuenow") == "-8"
    assert "θ −10.0" in view.point.get_attribute("aria-valuetext")
    view.point.focus()
    view.page.keyboard.press("ArrowRight")
    assert view.get("theta") == [-7.95]
    view.page.evaluate(SET, {"theta": 0.0, "batch": 2})
    assert "θ′ = 80.0" in view.texts()


# Handling -------------------------------------------------------------------------------


def test_a_step_makes_the_next_policy_and_the_next_batch_the_ones_at_hand(view: View) -> None:
    view.page.evaluate(SET, {"step_size": 3.0})
    for number in range(1, 12):
        explorer = StepExplorer(3.0, *view.get("theta", "batch"))
        now, then, *_ = explorer.step()
        before = view.numbers()
        saved = view.page.evaluate("model.saved")
        view.press("Take the step")
        assert view.page.evaluate("model.saved") == saved + 1  # one message to the kernel
        after = view.numbers()
        assert view.get("theta", "batch") == [pytest.approx(then.theta, abs=1e-9), number + 1]
        for name in ("θ", "p = π(right)", "true return J", "chance of goal", "batch's gradient"):
            assert after[name][0] == before[name][1], name
        (trail,) = view.get("trail")
        last = [pytest.approx(now.theta, abs=1e-9), pytest.approx(then.theta, abs=1e-9), number]
        assert (len(trail), trail[-1]) == (number, last)
        assert view.root.locator(".explorer-trail circle").count() == number
    assert view.root.locator("input[type=radio]:checked").count() == 0  # past the eight
    assert "this batch (12)" in view.texts()
    view.press("Back to the start")
    assert view.get("theta", "batch", "trail", "step_size") == [0, 1, [], 3]
    assert view.root.locator(".explorer-trail circle").count() == 0


def test_back_goes_to_where_the_steps_began_and_then_to_where_the_explorer_did(
    blank: Any,
) -> None:
    mount(blank, StepExplorer(theta=0.5, batch=3))
    view = View(blank)
    assert not view.enabled("Back to the start")
    view.point.focus()
    view.page.keyboard.press("PageUp")
    assert view.get("theta") == [1.0] and view.enabled("Back to the start")
    view.press("Take the step")
    view.press("Take the step")
    view.press("Back to the start")
    assert view.get("theta", "batch", "trail") == [1.0, 3, []]
    view.press("Back to the start")
    assert view.get("theta", "batch", "trail") == [0.5, 3, []]
    assert not view.enabled("Back to the start")


def test_a_trail_keeps_its_first_step_and_no_more_than_a_hundred(view: View) -> None:
    view.page.evaluate("model.set('step_size', 0.1)")
    step = view.root.get_by_role("button", name="Take the step")
    step.evaluate("node => { for (let i = 0; i < 130; i += 1) node.click(); }")
    (trail,) = view.get("trail")
    assert len(trail) == 100 and trail[0][0] == 0 and trail[0][2] == 1 and trail[-1][2] == 130
    view.press("Back to the start")
    assert view.get("theta", "batch") == [0, 1]


def test_a_step_that_moves_nothing_cannot_be_taken(view: View) -> None:
    view.page.evaluate(SET, {"theta": 80.0})
    assert not view.enabled("Take the step")
    assert view.heading() == ENGLISH["step_explorer.situation.still.heading"]
    view.page.evaluate(SET, {"theta": 0.0, "batch": 999})
    assert not view.enabled("Take the step")  # there is no batch after the last
    view.page.evaluate(SET, {"batch": 998})
    assert view.enabled("Take the step")


def test_dragging_the_point_moves_it_and_forgets_the_trail(view: View) -> None:
    view.press("Take the step")
    assert len(view.get("trail")[0]) == 1
    (theta,) = view.get("theta")
    width = float(attribute(view, ".explorer-surface", "width"))
    x, y = view.middle()
    view.page.mouse.move(x + 3, y + 2)
    view.page.mouse.down()
    view.page.mouse.move(x + 3 + width / 8, y - 40, steps=5)  # 2 of 16
    view.page.mouse.up()
    assert view.get("theta", "trail") == [pytest.approx(theta + 2, abs=0.06), []]
    x, y = view.middle()
    view.page.mouse.move(x, y)
    view.page.mouse.down()
    view.page.mouse.move(x + 3000, y, steps=3)
    view.page.mouse.up()
    assert view.get("theta") == [8]


def test_arrow_keys_move_the_point(view: View) -> None:
    view.point.focus()
    for key, theta in [
        ("ArrowRight", 0.05),
        ("ArrowUp", 0.1),
        ("ArrowLeft", 0.05),
        ("PageDown", -0.45),
        ("End", 8),
        ("Home", -8),
    ]:
        view.page.keyboard.press(key)
        assert view.get("theta") == [theta], key
    assert view.point.evaluate("node => node === document.activeElement")


def test_the_slider_goes_from_a_tenth_to_a_hundred_by_factors(view: View) -> None:
    slider = view.root.locator("input[data-trait=step_size]")
    slider.focus()
    for key, value in [("ArrowRight", 1.12), ("Home", 0.1), ("End", 100), ("ArrowLeft", 89.1)]:
        view.page.keyboard.press(key)
        assert view.get("step_size") == [value]
        assert slider.get_attribute("aria-valuetext") == f"{value:.3g}"


def test_another_batch_is_another_estimate_of_the_same_slope(view: View) -> None:
    estimates = []
    for batch in range(1, 9):
        view.root.get_by_role("radio", name=str(batch), exact=True).check(force=True)
        assert view.get("batch") == [batch]
        estimates.append(view.numbers()["batch's gradient"][0])
        assert view.numbers()["exact gradient"][0] == "+0.334"
    assert estimates == ["−0.100", "+0.800", *["−0.100"] * 4, "+1.700", "+0.800"]


def test_with_the_exact_gradient_no_step_size_falls(view: View) -> None:
    view.root.locator("input[data-trait=exact]").check()
    assert "unused batch (1)" in view.texts()
    for step_size in (0.1, 1.0, 10.0, 100.0):
        view.page.evaluate(SET, {"step_size": step_size})
        returns = [float(text) for text in view.numbers()["true return J"]]
        assert returns[1] > returns[0]
        assert view.heading() == "The exact gradient points right"
    view.root.locator("input[data-trait=exact]").uncheck()
    assert "this batch (1)" in view.texts()
    assert view.heading() == "This step falls onto the plateau"


def test_a_fallen_policy_gets_no_further(view: View) -> None:
    view.page.evaluate(SET, {"step_size": 100.0})
    for _ in range(10):
        view.press("Take the step")
        assert view.heading() == "A collapsed policy: on the plateau"
        assert view.numbers()["true return J"][0] == "0.200"


# In JupyterLab --------------------------------------------------------------------------

CELLS = [
    """\
import ipywidgets as widgets
from ppo_lib.course.lesson_01.step_explorer import StepExplorer
explorer = StepExplorer(step_size=10.0)
echo = widgets.Label("kernel: nothing yet")
def tell(change):
    echo.value = f"kernel: θ {explorer.theta:.2f}, batch {explorer.batch}, {len(explorer.trail)}"
explorer.observe(tell, names=["trail"])
explorer""",
    "widgets.VBox([echo, explorer])",
]


def test_it_lives_in_jupyterlab_with_two_views_and_then_without_a_kernel(
    open_notebook: Callable[..., Any], tmp_path: Path
) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    path = tmp_path / "step_explorer.ipynb"
    nbformat.write(notebook, path)
    lesson = open_notebook(path, viewport=(1280, 1600))
    lesson.run_all()
    page = lesson.page
    page.wait_for_function("document.querySelectorAll('.explorer-svg').length === 2")
    first, second = (View(page, page.locator(".explorer").nth(n)) for n in (0, 1))
    first.root.get_by_role("button", name="Take the step").focus()
    page.keyboard.press("Enter")
    page.get_by_text("kernel: θ -1.00, batch 2, 1").wait_for(timeout=10_000)
    assert first.numbers() == second.numbers()
    assert first.heading() == second.heading() == "A collapsed policy: on the plateau"
    second.press("Back to the start")
    page.get_by_text("kernel: θ 0.00, batch 1, 0").wait_for(timeout=10_000)
    assert first.heading() == "This step falls onto the plateau"
    first.point.focus()
    page.keyboard.press("ArrowRight")
    assert second.numbers()["θ"][0] == "0.05"
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)")
    first.press("Take the step")
    assert second.heading() == "A collapsed policy: on the plateau"
    assert lesson.outside == []
    assert lesson.stderr() == []
    assert lesson.errors() == []
    assert lesson.broken_widgets() == []
