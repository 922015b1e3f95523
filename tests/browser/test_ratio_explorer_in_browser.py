"""The ratio explorer in a real browser: its mathematics, its handling, its life in JupyterLab."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import lab_browser
import nbformat
import numpy as np
import pytest
import torch
from blank_page import call, clashes, mount
from torch.distributions import Categorical, Normal

from ppo_lib.course.lesson_03.importance import (
    Policy,
    Readings,
    overlap,
    ratios_of,
    read_off,
    reward,
    sample_actions,
    second_moments,
    shift_probability,
)
from ppo_lib.course.lesson_03.ratio_explorer import RatioExplorer
from ppo_lib.course.words import ENGLISH

pytestmark = pytest.mark.browser

SOURCE = str(RatioExplorer._esm)
FIELDS = ("expected_reward", "estimate", "standard_error", "effective_size", "kl", "largest_ratio")
READ_OFF = """({ readOff, sampleActions, secondMoments, overlapOf, rewardOf }, rows) =>
  rows.map(([newPolicy, oldPolicy, seed, count]) => {
    const actions = sampleActions(oldPolicy, seed, count);
    const { ratios, truth, estimate, error, worth, kl, largest, case: name } =
      readOff(newPolicy, oldPolicy, actions);
    const moments = secondMoments(newPolicy, oldPolicy);
    const rewards = actions.map((action) => rewardOf(oldPolicy, action));
    return [[truth, estimate, error, worth, kl, largest, ...moments,
             overlapOf(newPolicy, oldPolicy)].map(String), name, actions, ratios, rewards];
  })"""  # a number that is infinite has no place in JSON


# The mathematics ------------------------------------------------------------------------


def some_probabilities(generator: random.Random) -> list[float]:
    """Return what a few drags of bars leave: some of them at the least, which 0.01 is."""
    probabilities = [0.2] * 5
    for _ in range(generator.randint(0, 6)):
        index, value = generator.randrange(5), round(generator.random(), 2)
        probabilities = shift_probability(probabilities, index, value)
    return probabilities


def policy_of(state: dict[str, Any]) -> Policy:
    if "probs" in state:
        return Categorical(torch.tensor(state["probs"], dtype=torch.float64))
    return Normal(*torch.tensor([state["mean"], state["std"]], dtype=torch.float64))


@pytest.fixture(scope="module")
def rows() -> list[list[Any]]:
    """Two thousand states of the explorer: [new policy, old policy, seed, number of samples]."""
    generator = random.Random(1)
    states: list[list[Any]] = []
    for number in range(2000):
        if number % 2:
            policies: list[Any] = [{"probs": some_probabilities(generator)} for _ in range(2)]
        else:
            policies = [
                {
                    "mean": round(generator.uniform(-2.5, 2.5), 2),
                    "std": round(generator.uniform(0.4, 2.5), 2),
                }
                for _ in range(2)
            ]
        if number % 50 < 2:
            policies[1] = policies[0]
        states.append([*policies, generator.randrange(2**31), generator.choice([16, 48])])
    return states


@pytest.fixture(scope="module")
def expected(rows: list[list[Any]]) -> list[tuple[Readings, list[float]]]:
    answers = []
    for new_state, old_state, seed, count in rows:
        new, old = policy_of(new_state), policy_of(old_state)
        readings = read_off(new, old, seed, count)
        answers.append((readings, [*second_moments(new, old), overlap(new, old)]))
    return answers


def numbers_of(readings: Readings, moments: list[float]) -> list[float]:
    return [*(getattr(readings, name) for name in FIELDS), *moments]


def test_the_front_end_reads_off_what_python_reads_off(
    blank: Any, rows: list[list[Any]], expected: list[tuple[Readings, list[float]]]
) -> None:
    got = call(blank, SOURCE, READ_OFF, rows)
    for row, answer, (readings, moments) in zip(rows, got, expected, strict=True):
        numbers, case, actions, ratios, rewards = answer
        values = [float(number) for number in numbers]
        # At √2 and at the greatest distances a digit more or less of σ² decides.
        np.testing.assert_allclose(
            values, numbers_of(readings, moments), rtol=1e-9, atol=1e-9, err_msg=str(row)
        )
        assert case == readings.case, row
        new, old = policy_of(row[0]), policy_of(row[1])
        drawn = sample_actions(old, row[2], row[3])
        assert actions == pytest.approx(drawn.tolist(), rel=1e-11, abs=1e-12)
        assert ratios == pytest.approx(ratios_of(new, old, drawn).tolist(), rel=1e-9)
        assert rewards == pytest.approx(reward(old, drawn).tolist(), rel=1e-11)
    assert {readings.case for readings, _ in expected} == {"same", "near", "far", "none", "wide"}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Math.exp(logProb(newPolicy, action) - logProb(oldPolicy, action))",
            "Math.exp(logProb(oldPolicy, action) - logProb(newPolicy, action))",
        ),
        ("- Math.log(policy.std) - LOG_ROOT", "- LOG_ROOT"),
        ("const REWARDS = [1, 3, 2, 5, 4]", "const REWARDS = [1, 3, 2, 4, 5]"),
        ("= [1, 4, 1.5, 0.8]", "= [1, 4, 1.5, 0.81]"),
        ("const room = 2 * oldStd ** 2 - std ** 2", "const room = 2 * std ** 2 - oldStd ** 2"),
        ("2 * BASE * HEIGHT_OF_BUMP", "BASE * HEIGHT_OF_BUMP"),
        ("WIDTH_OF_BUMP / Math.SQRT2", "WIDTH_OF_BUMP"),
        ("p * Math.log(p / newPolicy.probs[action])", "p * Math.log(newPolicy.probs[action] / p)"),
        ("[1] - truth ** 2)", "[1])"),
        ("const APART = 0.4", "const APART = 0.5"),
        ("const NEAR = 0.5", "const NEAR = 0.6"),
        ("edge <= height", "edge > height"),
        ("mixBits(seed + 0x9e3779b9)", "mixBits(seed)"),
    ],
)
def test_the_states_catch_a_planted_error(
    blank: Any,
    rows: list[list[Any]],
    expected: list[tuple[Readings, list[float]]],
    right: str,
    wrong: str,
) -> None:
    assert SOURCE.count(right) == 1
    some, expected = rows[:400], expected[:400]
    got = call(blank, SOURCE.replace(right, wrong), READ_OFF, some)
    differ = [
        case != readings.case
        or not np.allclose([float(n) for n in numbers], numbers_of(readings, moments), rtol=1e-6)
        for (numbers, case, *_), (readings, moments) in zip(got, expected, strict=True)
    ]
    assert any(differ)


def test_the_front_end_shifts_a_probability_as_python_does(blank: Any) -> None:
    generator = random.Random(2)
    rows = [
        [some_probabilities(generator), generator.randrange(5), round(generator.random(), 2)]
        for _ in range(1000)
    ]
    body = "({ shiftProbability }, rows) => rows.map((row) => shiftProbability(...row))"
    for row, got in zip(rows, call(blank, SOURCE, body, rows), strict=True):
        assert got == pytest.approx(shift_probability(*row), abs=1e-12), row
        RatioExplorer(new_probs=got)  # the kernel takes it


def states(count: int) -> list[dict[str, Any]]:
    """Return random values of every trait that the picture depends on."""
    generator = random.Random(3)
    drawn = []
    for _ in range(count):
        state: dict[str, Any] = {
            "kind": generator.choice(["discrete", "gaussian"]),
            "moved": generator.choice(["new", "old"]),
            "num_samples": generator.choice([16, 64, 1024]),
            "seed": generator.randrange(1000),
        }
        for which in ("new", "old"):
            state[f"{which}_probs"] = some_probabilities(generator)
            state[f"{which}_mean"] = generator.choice([-2.5, -0.3, 0.0, 1.0, 2.5])
            state[f"{which}_std"] = generator.choice([0.4, 0.7, 1.0, 1.5, 2.5])
        drawn.append(state)
    return drawn


def test_the_front_end_says_the_words_that_python_says(blank: Any) -> None:
    mount(blank, RatioExplorer())
    for state in states(60):
        blank.evaluate("state => Object.entries(state).forEach(([k, v]) => model.set(k, v))", state)
        heard = blank.locator(".explorer-svg [role=img]").get_attribute("aria-label")
        words = blank.locator(".explorer-words").inner_text()
        assert f"{heard} {words}" == RatioExplorer(**state).describe()


# The handling ---------------------------------------------------------------------------


@pytest.mark.parametrize("width", [380, 560, 820, 1100])
def test_no_two_texts_overlap_in_any_state(blank: Any, width: int) -> None:
    mount(blank, RatioExplorer(), width)
    assert clashes(blank, states(80)) == []


def get(page: Any, name: str) -> Any:
    return page.evaluate("name => model.get(name)", name)


def point(page: Any, label: str) -> Any:
    return page.get_by_role("slider", name=label, exact=True)


def drag(page: Any, label: str, dx: float, dy: float) -> None:
    box = point(page, label).locator(".explorer-dot").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=8)
    page.mouse.up()


def readings(page: Any) -> dict[str, str]:
    rows = page.locator(".explorer-readings tr")
    return {
        row.locator("th").inner_text(): row.locator("td").last.inner_text() for row in rows.all()
    }


def test_a_bar_is_dragged_by_its_top_and_the_others_keep_their_proportion(blank: Any) -> None:
    mount(blank, RatioExplorer(new_probs=[0.1, 0.2, 0.4, 0.2, 0.1]))
    label = "probability of action 3, new policy"
    drag(blank, label, 0, -42)  # 140 pixels are a probability of 1
    assert get(blank, "new_probs") == pytest.approx([0.05, 0.1, 0.7, 0.1, 0.05])
    assert readings(blank)["largest ratio drawn"] == "1.75"
    drag(blank, label, 0, -1000)
    assert get(blank, "new_probs") == pytest.approx([0.01, 0.01, 0.96, 0.01, 0.01])
    drag(blank, label, 0, 1000)
    assert get(blank, "new_probs")[2] == 0.01


def test_a_bar_that_goes_up_and_down_again_brings_the_others_back(blank: Any) -> None:
    before = [0.1, 0.2, 0.4, 0.25, 0.05]
    mount(blank, RatioExplorer(new_probs=before))
    bar = point(blank, "probability of action 3, new policy")
    bar.focus()
    blank.keyboard.press("End")
    assert get(blank, "new_probs") == pytest.approx([0.01, 0.01, 0.96, 0.01, 0.01])
    for _ in range(6):
        blank.keyboard.press("PageDown")
    for _ in range(4):
        blank.keyboard.press("ArrowUp")
    assert get(blank, "new_probs") == pytest.approx(before)
    # Once another bar has moved, its place is what the others start from.
    blank.keyboard.press("End")
    point(blank, "probability of action 1, new policy").focus()
    blank.keyboard.press("ArrowUp")
    assert get(blank, "new_probs")[0] == pytest.approx(0.02)
    assert get(blank, "new_probs")[2] > 0.9


def test_the_arrow_keys_move_a_bar_and_its_words(blank: Any) -> None:
    mount(blank, RatioExplorer(new_probs=[0.1, 0.2, 0.4, 0.2, 0.1]))
    bar = point(blank, "probability of action 5, new policy")
    bar.focus()
    for key, value in [("ArrowUp", 0.11), ("ArrowDown", 0.1), ("PageUp", 0.2), ("Home", 0.01)]:
        blank.keyboard.press(key)
        assert get(blank, "new_probs")[4] == pytest.approx(value), key
    assert bar.get_attribute("aria-valuetext") == "0.01, ratio 0.10"
    assert bar.get_attribute("aria-orientation") == "vertical"


def test_the_old_policy_is_moved_when_it_is_asked_for(blank: Any) -> None:
    mount(blank, RatioExplorer())
    before = get(blank, "new_probs")
    blank.get_by_role("radio", name="old").check(force=True)
    point(blank, "probability of action 1, old policy").focus()
    blank.keyboard.press("PageUp")
    assert get(blank, "old_probs")[0] == pytest.approx(0.2)
    assert get(blank, "new_probs") == before
    assert point(blank, "probability of action 1, new policy").count() == 0


def test_the_mean_and_the_spread_have_a_handle_each(blank: Any) -> None:
    mount(blank, RatioExplorer("gaussian", new_mean=0.0))
    panel = blank.locator(".explorer-surface").bounding_box()
    unit = panel["width"] / 10
    drag(blank, "mean of the new policy", unit, 30)
    assert get(blank, "new_mean") == pytest.approx(1.0, abs=0.02)
    drag(blank, "spread of the new policy", unit / 2, -20)
    assert get(blank, "new_std") == pytest.approx(1.5, abs=0.02)
    assert get(blank, "new_mean") == pytest.approx(1.0, abs=0.02)
    drag(blank, "spread of the new policy", -3000, 0)
    assert get(blank, "new_std") == 0.4
    blank.mouse.click(panel["x"] + 0.25 * panel["width"], panel["y"] + 40)  # brings the mean
    assert get(blank, "new_mean") == pytest.approx(-2.5, abs=0.02)
    blank.keyboard.press("ArrowRight")
    assert get(blank, "new_mean") == pytest.approx(-2.49, abs=0.02)
    point(blank, "spread of the new policy").focus()
    blank.keyboard.press("PageUp")
    assert get(blank, "new_std") == 0.5


def test_too_wide_a_policy_has_an_infinite_standard_error_in_numbers_words_and_picture(
    blank: Any,
) -> None:
    mount(blank, RatioExplorer("gaussian", new_std=1.41))
    assert readings(blank)["its standard error"] != "∞"
    assert "±∞" not in blank.locator(".explorer-svg").text_content()
    point(blank, "spread of the new policy").focus()
    blank.keyboard.press("ArrowRight")
    assert get(blank, "new_std") == 1.42
    assert readings(blank)["its standard error"] == "∞"
    assert "±∞" in blank.locator(".explorer-svg").text_content()
    assert ENGLISH["ratio_explorer.case.wide.words"] in blank.locator("[role=status]").inner_text()


def test_draw_again_draws_other_samples_and_back_makes_the_policies_one(blank: Any) -> None:
    mount(blank, RatioExplorer())
    dots = blank.locator(".explorer-samples")
    before, first = dots.get_attribute("d"), readings(blank)
    blank.get_by_role("button", name="Draw again").click()
    assert dots.get_attribute("d") != before
    again = readings(blank)
    assert again["true expected reward"] == first["true expected reward"]
    assert again["its standard error"] == first["its standard error"]
    assert again["estimate: mean of r·f"] != first["estimate: mean of r·f"]
    back = blank.get_by_role("button", name="New = old")
    back.click()
    assert get(blank, "new_probs") == get(blank, "old_probs")
    assert readings(blank)["effective samples"] == "64 of 64"
    assert readings(blank)["KL(old‖new)"] == "0.00 nats"
    assert back.get_attribute("aria-disabled") == "true"
    blank.evaluate("model.set('kind', 'gaussian')")
    back.click()
    assert [get(blank, "new_mean"), get(blank, "new_std")] == [0, 1]


def test_more_samples_keep_the_first_ones_and_narrow_the_interval(blank: Any) -> None:
    mount(blank, RatioExplorer("gaussian"))
    slider = blank.locator("input[data-trait=num_samples]")
    slider.focus()
    widths = []
    for key, count in [("Home", 16), ("ArrowRight", 32), ("ArrowRight", 64), ("End", 1024)]:
        blank.keyboard.press(key)
        assert get(blank, "num_samples") == count
        assert blank.locator(".explorer-samples").get_attribute("d").count("M") == count
        widths.append(float(readings(blank)["its standard error"]))
    assert widths[0] / widths[2] == pytest.approx(2, rel=0.03)  # 1/√n
    assert widths[0] / widths[3] == pytest.approx(8, rel=0.06)


def test_a_dots_area_is_its_samples_ratio(blank: Any) -> None:
    body = """({ dotRadius }, ratios) => ratios.map((ratio) => dotRadius(ratio, 64) ** 2)"""
    areas = call(blank, SOURCE, body, [0.5, 1, 2, 4])
    assert areas == pytest.approx([areas[1] / 2, areas[1], 2 * areas[1], 4 * areas[1]])


def test_an_estimate_beyond_its_axis_is_an_arrow_at_its_end(blank: Any) -> None:
    mount(blank, RatioExplorer("gaussian"))
    mark = blank.locator("path.explorer-dot")
    assert "a8,8" in mark.get_attribute("d")
    beyond = next(
        seed
        for seed in range(10_000)
        if read_off(
            policy_of({"mean": 2.5, "std": 0.6}), policy_of({"mean": -0.5, "std": 1.0}), seed, 16
        ).estimate
        > 6
    )
    state = {"new_mean": 2.5, "new_std": 0.6, "old_mean": -0.5, "seed": beyond, "num_samples": 16}
    blank.evaluate("state => Object.entries(state).forEach(([k, v]) => model.set(k, v))", state)
    assert "l-14,-9" in mark.get_attribute("d")
    assert float(readings(blank)["estimate: mean of r·f"].strip("> ")) > 6


def test_the_axes_stay_while_a_policy_moves(blank: Any) -> None:
    mount(blank, RatioExplorer("gaussian"))
    lines = blank.evaluate(
        """() => [0.4, 1, 2.5].flatMap((std) => [-2.5, 0, 2.5].map((mean) => {
          model.set("new_mean", mean); model.set("new_std", std);
          const lines = [...document.querySelectorAll(".explorer-grid, .explorer-zero")];
          return lines.map((line) => line.getAttribute("y1")).join();
        }))"""
    )
    assert len(set(lines)) == 1


@pytest.mark.parametrize("width", [600, 730, 1100])
@pytest.mark.parametrize("kind", ["discrete", "gaussian"])
def test_the_handles_the_samples_and_the_slider_fit_on_a_projector_together(
    blank: Any, width: int, kind: str
) -> None:
    """1280 x 720 at a zoom of 150% leaves the notebook about 370 px of height."""
    mount(blank, RatioExplorer(kind), width)
    slider = blank.locator("input[data-trait=num_samples]").bounding_box()
    handle = blank.locator(".explorer-point").first.bounding_box()
    assert abs(handle["y"] - slider["y"]) < 300
    samples = blank.locator(".explorer-samples").bounding_box()
    assert samples["y"] + samples["height"] - handle["y"] < 300


# In JupyterLab --------------------------------------------------------------------------

CELLS = [
    """\
import ipywidgets as widgets
from ppo_lib.course.lesson_03.ratio_explorer import RatioExplorer
explorer = RatioExplorer()
explorer""",
    """\
echo = widgets.Label("kernel: nothing yet")
def tell(change):
    shown = [round(value, 2) for value in explorer.new_probs]
    echo.value = f"kernel: {shown}, seed {explorer.seed}, {explorer.readings().case}"
explorer.observe(tell, names=["new_probs", "seed"])
echo""",
]


def test_the_kernel_hears_what_moves_and_the_explorer_lives_on_without_it(
    chromium: Any, lab: lab_browser.Lab, tmp_path: Path
) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    path = tmp_path / "ratio_explorer.ipynb"
    nbformat.write(notebook, path)
    with lab_browser.open_lesson(chromium, lab, path, viewport=(1280, 1400)) as lesson:
        lesson.run_all()
        page = lesson.page
        page.wait_for_selector(".explorer-svg")
        label = "probability of action 4, new policy"
        point(page, label).focus()
        page.keyboard.press("End")
        heard = page.get_by_text("kernel: [0.01, 0.01, 0.01, 0.96, 0.01], seed 0, far")
        heard.wait_for(timeout=10_000)
        assert "Far from the old policy" in page.locator("[role=status]").inner_text()
        assert point(page, label).evaluate("node => node === document.activeElement")
        # A bar that is dragged while the kernel echoes what it heard still brings the others back.
        for _ in range(5):
            page.keyboard.press("PageDown")
        for _ in range(6):
            page.keyboard.press("ArrowDown")
        page.get_by_text("kernel: [0.05, 0.15, 0.3, 0.4, 0.1]").wait_for(timeout=10_000)
        page.get_by_role("button", name="Draw again").click()
        page.get_by_text("seed 1, near").wait_for(timeout=10_000)
        assert lesson.errors() == lesson.stderr() == lesson.broken_widgets() == []
        assert lesson.console_errors == lesson.outside == []

        page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)")
        dots = page.locator(".explorer-samples").get_attribute("d")
        page.get_by_role("button", name="Draw again").click()
        assert page.locator(".explorer-samples").get_attribute("d") != dots
        page.get_by_role("radio", name="continuous").check(force=True)
        drag(page, "mean of the new policy", 120, 0)
        assert "Far from the old policy" in page.locator("[role=status]").inner_text()
