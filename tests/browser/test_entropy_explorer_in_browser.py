"""The entropy explorer in a real browser: its mathematics, its words, its handling."""

from __future__ import annotations

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

from ppo_lib.course.lesson_06.entropy_bonus import (
    contour_gap,
    drift,
    entropy_gradient,
    logit_gradient,
    read_off,
    reward_gradient,
    take_steps,
)
from ppo_lib.course.lesson_06.entropy_explorer import LEAST, EntropyExplorer

pytestmark = pytest.mark.browser

SOURCE = str(EntropyExplorer._esm)
SURE_BUT_WRONG = [0.01, 0.01, 0.98]


def get(page: Any, name: str) -> Any:
    return page.evaluate("name => model.get(name)", name)


def move(page: Any, **state: Any) -> None:
    page.evaluate("state => Object.entries(state).forEach(([k, v]) => model.set(k, v))", state)


def some_states(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """Return policies, many of them near a side or a corner, rewards and coefficients."""
    draw = random.Random(seed)
    states = []
    for number in range(count):
        spread = draw.choice([0.5, 2.0, 5.0])
        weights = [math.exp(draw.gauss(0, spread)) for _ in range(3)]
        rewards = [round(0.05 * draw.randint(-20, 20), 2) for _ in range(3)]
        if number % 11 == 0:
            rewards = [rewards[0], rewards[0], draw.choice([rewards[0], -1.0])]
        state = {
            "probs": [weight / sum(weights) for weight in weights],
            "rewards": rewards,
            "ent_coef": 0.0 if number % 7 == 0 else round(0.01 * draw.randint(1, 100), 2),
        }
        states.append(state)
    return states


# The mathematics ------------------------------------------------------------------------------

NUMBERS = """(f, rows) => rows.map(({ probs, rewards, ent_coef }) => {
  const read = f.readOff(probs, rewards, ent_coef);
  const gradient = f.logitGradient(probs, rewards, ent_coef);
  return [[
    f.entropyOf(probs), f.objectiveOf(probs, rewards, ent_coef), ...gradient,
    ...f.rewardGradient(probs, rewards), ...f.entropyGradient(probs), ...f.driftOf(probs, gradient),
    read.reward, read.entropy, read.objective, read.length, read.rewardLength, read.bonusLength,
    ...read.optimum, read.optimalReward, read.optimalEntropy, read.maximum, read.best,
    ...f.takeSteps(probs, rewards, ent_coef, 30).at(-1),
    f.contourGap(read.maximum, rewards) ?? 0,
  ], read.place, read.kind];
})"""


def oracle(state: dict[str, Any]) -> list[Any]:
    """Return what Python makes of a state, as `NUMBERS` does; gradient and entropy by torch."""
    probs, rewards = (
        torch.tensor(state[name], dtype=torch.float64) for name in ("probs", "rewards")
    )
    ent_coef = state["ent_coef"]
    logits = probs.log().requires_grad_()
    policy = torch.distributions.Categorical(logits=logits)
    objective = policy.probs @ rewards + ent_coef * policy.entropy()
    (gradient,) = torch.autograd.grad(objective, logits)
    found = read_off(probs, rewards, ent_coef)
    last = take_steps(probs, rewards, ent_coef, 30)[-1]
    return [
        [
            policy.entropy().item(),
            objective.item(),
            *gradient.tolist(),
            *reward_gradient(probs, rewards).tolist(),
            *entropy_gradient(probs).tolist(),
            *drift(probs, logit_gradient(probs, rewards, ent_coef)).tolist(),
            found.reward,
            found.entropy,
            found.objective,
            found.length,
            found.reward_length,
            found.bonus_length,
            *found.optimum,
            found.optimal_reward,
            found.optimal_entropy,
            found.maximum,
            found.best,
            *last.tolist(),
            contour_gap(found.maximum, state["rewards"]) or 0,
        ],
        found.place,
        found.kind,
    ]


@pytest.fixture(scope="module")
def grid() -> tuple[list[dict[str, Any]], list[list[Any]]]:
    rows = some_states(2000)
    return rows, [oracle(row) for row in rows]


def test_the_front_end_computes_what_python_and_torch_compute(
    blank: Any, grid: tuple[list[dict[str, Any]], list[list[Any]]]
) -> None:
    rows, expected = grid
    got = call(blank, SOURCE, NUMBERS, rows)
    for row, answer, (numbers, place, kind) in zip(rows, got, expected, strict=True):
        np.testing.assert_allclose(answer[0], numbers, rtol=0, atol=1e-10, err_msg=str(row))
        assert answer[1:] == [place, kind], row
    assert {place for _, place, _ in expected} == {
        "flat", "maximum", "wrong", "right", "sure", "between",
    }  # fmt: skip
    assert {kind for _, _, kind in expected} == {
        "flat", "corner", "tie", "equal", "uniform", "bias",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("-p * Math.log(Math.abs(p))", "-p * Math.log2(Math.abs(p))"),
        ("dot(probs, rewards) + entCoef * entropyOf", "dot(probs, rewards) - entCoef * entropyOf"),
        ("p * (rewards[action] - mean)", "p * rewards[action]"),
        ("surprise(p) - p * entropy", "surprise(p) - entropy / 3"),
        ("part + entCoef * bonus[action]", "part + bonus[action]"),
        ("softmax(rewards.map((q) => q / entCoef))", "softmax(rewards)"),
        ("Math.log(p) + STEP_SIZE", "Math.log(p) - STEP_SIZE"),
        ("p * (gradient[action] - mean)", "p * gradient[action]"),
        ("const SURE = 0.9;", "const SURE = 0.95;"),
        ("const NEAR = 0.02;", "const NEAR = 0.05;"),
        ("const UNIFORM = 0.95;", "const UNIFORM = 0.9;"),
        ("12 * gap >= reach", "9 * gap >= reach"),
        ("if (!isBest[favourite])", "if (isBest[favourite])"),
    ],
)
def test_the_states_catch_a_planted_error(
    blank: Any, grid: tuple[list[dict[str, Any]], list[list[Any]]], right: str, wrong: str
) -> None:
    rows, expected = grid
    assert SOURCE.count(right) == 1
    got = call(blank, SOURCE.replace(right, wrong), NUMBERS, rows[:500])
    differ = [
        answer[1:] != [place, kind] or not np.allclose(answer[0], numbers, rtol=0, atol=1e-6)
        for answer, (numbers, place, kind) in zip(got, expected, strict=False)
    ]
    assert any(differ)


def test_the_policy_at_a_place_lies_in_the_triangle_and_where_it_can_at_the_place(
    blank: Any,
) -> None:
    draw = random.Random(2)
    places = [[draw.uniform(-0.5, 1.5), draw.uniform(-0.5, 1.5)] for _ in range(1000)]
    body = "({ policyAt }, places) => places.map((place) => policyAt(...place))"
    inside = 0
    for (across, up), probs in zip(places, call(blank, SOURCE, body, places), strict=True):
        assert min(probs) >= 0.001 - 1e-12 and sum(probs) == pytest.approx(1, abs=1e-12)
        EntropyExplorer(probs=probs)  # the kernel takes it
        wanted = [1 - across - up / 2, across - up / 2, up]
        if min(wanted) > 0.001:
            assert probs == pytest.approx(wanted, abs=1e-12)
            inside += 1
    assert inside > 50


def test_the_lines_of_f_lie_at_their_heights(blank: Any) -> None:
    explorer = EntropyExplorer(ent_coef=0.5)
    mount(blank, explorer, 980)
    side, left, bottom = blank.evaluate(
        """() => {
          const box = document.querySelector(".explorer-surface").getBBox();
          return [box.width, box.x, box.y + box.height];
        }"""
    )
    path = blank.locator("path.explorer-truth").first.get_attribute("d")
    lines = [line for line in path.split("M") if line]
    best = explorer.readings().maximum
    gap = contour_gap(best, explorer.rewards)
    assert gap is not None
    steps: set[int] = set()
    checked = 0
    for line in lines:
        for x, y in (map(float, place.split(",")) for place in line.split("L")):
            third = (bottom - y) / (math.sqrt(0.75) * side)
            second = (x - left) / side - third / 2
            probs = [1 - second - third, second, third]
            if min(probs) < 0.06:
                continue  # the entropy bends too much there for straight pieces
            height = sum(p * q for p, q in zip(probs, explorer.rewards, strict=True))
            height -= 0.5 * sum(p * math.log(p) for p in probs)
            number = (best - height) / gap
            assert number == pytest.approx(round(number), abs=0.03)
            steps.add(round(number))
            checked += 1
    assert checked > 100 and len(steps) >= 4 and min(steps) == 1


# Words, layout --------------------------------------------------------------------------------


def test_the_front_end_says_the_words_that_python_says(blank: Any) -> None:
    mount(blank, EntropyExplorer())
    walked = EntropyExplorer(probs=SURE_BUT_WRONG)
    walked.step(30)
    trails = {"probs": walked.probs, "trail": walked.trail, "rewards": walked.rewards}
    for state in [*some_states(150, seed=3), trails | {"ent_coef": 0.03}]:
        if min(state["probs"]) < LEAST:
            continue
        explorer = EntropyExplorer(**state)
        move(blank, **state)
        heard = blank.locator(".explorer-svg [role=img]").get_attribute("aria-label")
        words = blank.locator(".explorer-words").inner_text()
        assert f"{heard} {words}" == explorer.describe()


EXTREMES = [
    {"probs": probs, "rewards": rewards, "ent_coef": ent_coef}
    for probs in ([0.001, 0.001, 0.998], [0.998, 0.001, 0.001], [0.499, 0.499, 0.002])
    for rewards in ([-1.0, -1.0, -1.0], [-0.95, -0.95, -1.0], [1.0, 0.95, -0.95], [0.1, 0.0, 0.0])
    for ent_coef in (0.0, 0.01, 0.2, 1.0)
]  # fmt: skip


@pytest.mark.parametrize("width", [380, 450, 560, 600, 820, 920, 980, 1400])
def test_no_two_texts_overlap_and_the_size_stays_in_any_state(blank: Any, width: int) -> None:
    mount(blank, EntropyExplorer(), width)
    assert clashes(blank, EXTREMES) == []
    assert clashes(blank, some_states(40, seed=4)) == []
    if width >= 600:
        heights = blank.evaluate(
            """(states) => states.map((state) => {
              Object.entries(state).forEach(([name, value]) => model.set(name, value));
              return document.querySelector(".explorer").offsetHeight;
            })""",
            EXTREMES,
        )
        assert len(set(heights)) == 1
        if width >= 820:
            assert heights[0] <= 620


@pytest.mark.parametrize("width", [600, 685, 730])
def test_the_controls_and_the_policy_fit_on_a_projector_together(blank: Any, width: int) -> None:
    """1280 x 720 at a zoom of 150% leaves the notebook about 370 px of height."""
    mount(blank, EntropyExplorer(), width)
    slider = blank.locator("input[data-trait=ent_coef]").bounding_box()
    point = blank.locator(".explorer-point").first.locator(".explorer-dot").bounding_box()
    assert point["y"] + point["height"] - slider["y"] < 370


# Handling -------------------------------------------------------------------------------------


def middle(page: Any, label: str) -> tuple[float, float]:
    slider = page.get_by_role("slider", name=label, exact=True)
    box = (
        slider.locator("xpath=ancestor-or-self::*[contains(@class, 'explorer-point')]")
        .locator(".explorer-dot")
        .bounding_box()
    )
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


ACROSS = "policy, between action 1 and action 2"
UP = "policy, probability of action 3"


def readings(page: Any) -> dict[str, str]:
    rows = page.locator(".explorer-readings tr")
    return {row.locator("th").inner_text(): row.locator("td").inner_text() for row in rows.all()}


def test_the_policy_is_dragged_over_the_triangle_and_no_further(blank: Any) -> None:
    mount(blank, EntropyExplorer())
    side = blank.locator("path.explorer-surface").bounding_box()["width"]
    x, y = middle(blank, UP)
    blank.mouse.move(x + 3, y + 2)  # gripped off its centre
    blank.mouse.down()
    blank.mouse.move(x + 3, y + 2 + 0.4 * math.sqrt(0.75) * side, steps=4)
    assert get(blank, "probs") == pytest.approx([0.3, 0.4, 0.3], abs=0.011)
    blank.mouse.move(x + 3000, y + 3000)
    assert get(blank, "probs") == pytest.approx([0.001, 0.998, 0.001])
    blank.mouse.move(x, y - 3000)
    assert get(blank, "probs") == pytest.approx([0.001, 0.001, 0.998])
    blank.mouse.up()
    assert readings(blank)["effective actions eᴴ"] == "1.0 of 3"


def test_a_press_in_the_triangle_brings_the_policy(blank: Any) -> None:
    mount(blank, EntropyExplorer())
    box = blank.locator("path.explorer-surface").bounding_box()
    blank.mouse.click(box["x"] + box["width"] / 2, box["y"] + 2 * box["height"] / 3)
    assert get(blank, "probs") == pytest.approx([1 / 3, 1 / 3, 1 / 3], abs=0.01)


def test_the_arrow_keys_move_the_policy_in_both_directions(blank: Any) -> None:
    mount(blank, EntropyExplorer(probs=[0.2, 0.3, 0.5]))
    blank.get_by_role("slider", name=ACROSS).focus()
    for key, probs in [
        ("ArrowRight", [0.19, 0.31, 0.5]),
        ("ArrowUp", [0.185, 0.305, 0.51]),
        ("PageDown", [0.235, 0.355, 0.41]),
        ("End", [0.001, 0.001, 0.998]),
        ("ArrowLeft", [0.001, 0.001, 0.998]),
        ("Home", [0.001, 0.001, 0.998]),
    ]:
        blank.keyboard.press(key)
        assert get(blank, "probs") == pytest.approx(probs, abs=1e-6), key
    up = blank.get_by_role("slider", name=UP)
    assert up.get_attribute("aria-valuetext") == "probabilities 0.00, 0.00, 1.00"


def test_a_reward_is_dragged_by_its_bar_and_the_maximum_follows(blank: Any) -> None:
    mount(blank, EntropyExplorer())
    ring = blank.locator("g > path.explorer-ink").first
    label = "expected reward of action 3"
    before = blank.locator("path.explorer-truth").first.get_attribute("d")
    blank.get_by_role("slider", name=label).focus()
    for key, value in [("ArrowUp", 0.05), ("PageUp", 0.55), ("End", 1.0), ("ArrowDown", 0.95)]:
        blank.keyboard.press(key)
        assert get(blank, "rewards") == pytest.approx([1.0, 0.5, value]), key
    assert blank.locator("path.explorer-truth").first.get_attribute("d") != before
    assert "action 3: 0.95" in blank.locator(".explorer-svg text").all_text_contents()
    assert ring.count() == 1
    x, y = middle(blank, label)
    blank.mouse.move(x, y)
    blank.mouse.down()
    blank.mouse.move(x, y + 3000)
    blank.mouse.up()
    assert get(blank, "rewards")[2] == -1


def test_the_buttons_walk_as_python_does_and_the_trail_goes_on(blank: Any) -> None:
    mount(blank, EntropyExplorer())
    blank.get_by_role("button", name="Sure but wrong").click()
    assert get(blank, "probs") == pytest.approx(SURE_BUT_WRONG)
    python = EntropyExplorer(probs=SURE_BUT_WRONG)
    for button, count in [("1 step", 1), ("30 steps", 30), ("30 steps", 30)]:
        blank.get_by_role("button", name=button, exact=True).click()
        python.step(count)
        assert get(blank, "probs") == pytest.approx(python.probs, abs=1e-12)
    np.testing.assert_allclose(get(blank, "trail"), python.trail, rtol=0, atol=1e-12)
    assert readings(blank)["steps so far"] == "61"
    EntropyExplorer(trail=get(blank, "trail"))  # the kernel takes it
    dots = blank.locator(f"path[fill='{python.colors['new_policy']}']").first
    assert dots.get_attribute("d").count("M") == 62
    blank.get_by_role("slider", name=UP).focus()
    blank.keyboard.press("ArrowUp")
    assert get(blank, "trail") == [] and readings(blank)["steps so far"] == "0"
    assert dots.get_attribute("d") == ""
    blank.get_by_role("button", name="Uniform policy").click()
    assert get(blank, "probs") == pytest.approx([1 / 3] * 3)


def test_only_with_a_bonus_do_thirty_steps_lead_away_from_a_sure_but_wrong_policy(
    blank: Any,
) -> None:
    mount(blank, EntropyExplorer(ent_coef=0.0))
    rewards = []
    for ent_coef in (0.0, 0.2):
        move(blank, ent_coef=ent_coef)
        blank.get_by_role("button", name="Sure but wrong").click()
        blank.get_by_role("button", name="30 steps").click()
        rewards.append(readings(blank)["expected reward ∑ p q"])
    assert rewards == ["0.043", "0.677"]


def test_where_the_gradient_is_nothing_no_step_can_be_taken(blank: Any) -> None:
    mount(blank, EntropyExplorer(rewards=[0.3, 0.3, 0.3], ent_coef=0.0))
    button = blank.get_by_role("button", name="1 step")
    assert button.get_attribute("aria-disabled") == "true"
    button.click(force=True)
    assert get(blank, "trail") == []
    assert "F is flat" in blank.locator(".explorer-svg text").all_text_contents()
    assert blank.locator("path.explorer-truth").first.get_attribute("d") == ""


def test_an_arrow_fades_with_the_gradient_and_stops_at_the_rim(blank: Any) -> None:
    mount(blank, EntropyExplorer())
    colors = EntropyExplorer().colors
    both = blank.locator(f"g > path[stroke='{colors['gradient']}']")

    def length() -> float:
        shape = both.nth(0).get_attribute("d")
        if not shape:
            return 0.0
        ends = [tuple(map(float, place.split(","))) for place in shape[1:].split("L")]
        return math.dist(*ends)

    lengths = []
    for p in (0.6, 0.8, 0.9, 0.95, 0.99):
        move(blank, probs=[(1 - p) / 2, (1 - p) / 2, p])
        lengths.append(length())
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > 40 and lengths[-1] == 0
    assert both.nth(1).get_attribute("d") == ""
    # A step that would lead beyond the rim in four is cut there, and has a second head.
    move(blank, probs=[0.3, 0.6, 0.1], rewards=[1.0, -1.0, -1.0], ent_coef=0.0)
    assert both.nth(1).get_attribute("d").count("M") == 2
    x, y = map(float, both.nth(0).get_attribute("d").split("L")[1].split(","))
    box = blank.locator("path.explorer-surface").evaluate(
        "node => [node.getBBox().x, node.getBBox().y, node.getBBox().width, node.getBBox().height]"
    )
    third = (box[1] + box[3] - y) / box[3]
    second = (x - box[0]) / box[2] - third / 2
    assert min(second, third, 1 - second - third) == pytest.approx(0, abs=0.002)


def test_one_move_in_two_directions_is_drawn_once(blank: Any) -> None:
    mount(blank, EntropyExplorer())
    blank.evaluate(
        """() => { window.labels = 0;
          const watch = new MutationObserver((records) => { labels += records.length; });
          watch.observe(document.querySelector("[role=img]"), { attributeFilter: ["aria-label"] });
        }"""
    )
    blank.get_by_role("button", name="30 steps").click()
    assert blank.evaluate("labels") == 1


def test_moving_the_policy_leaves_the_lines_of_f_alone(blank: Any) -> None:
    mount(blank, EntropyExplorer())
    blank.evaluate(
        """() => { window.drawn = 0;
          const watch = new MutationObserver((records) => { drawn += records.length; });
          watch.observe(document.querySelector("path.explorer-truth"), { attributes: true });
        }"""
    )
    blank.get_by_role("slider", name=UP).focus()
    blank.keyboard.press("ArrowUp")
    assert blank.evaluate("drawn") == 0
    blank.locator("input[data-trait=ent_coef]").focus()
    blank.keyboard.press("ArrowRight")
    assert blank.evaluate("drawn") == 1


# In JupyterLab --------------------------------------------------------------------------------

CELLS = [
    """\
import ipywidgets as widgets
from ppo_lib.course.lesson_06.entropy_explorer import EntropyExplorer
explorer = EntropyExplorer()
explorer""",
    """\
echo = widgets.Label("kernel: nothing yet")
def tell(change):
    shown = [round(value, 3) for value in explorer.probs]
    echo.value = f"kernel: {shown}, {len(explorer.trail)} on the trail, q {explorer.rewards}"
explorer.observe(tell, names=["probs", "trail", "rewards"])
echo""",
]


def test_the_kernel_hears_what_moves_and_the_explorer_lives_on_without_it(
    chromium: Any, lab: lab_browser.Lab, tmp_path: Path
) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    path = tmp_path / "entropy_explorer.ipynb"
    nbformat.write(notebook, path)
    with lab_browser.open_lesson(chromium, lab, path, viewport=(1280, 1400)) as lesson:
        lesson.run_all()
        page = lesson.page
        page.wait_for_selector(".explorer-svg")
        page.get_by_role("button", name="Sure but wrong").click()
        page.get_by_role("button", name="30 steps").click()
        page.get_by_text("kernel: [0.602, 0.152, 0.247], 31 on the trail").wait_for(timeout=10_000)
        page.get_by_role("button", name="30 steps").click()  # after the kernel's echo
        page.get_by_text("61 on the trail").wait_for(timeout=10_000)
        page.get_by_role("slider", name="expected reward of action 3").focus()
        page.keyboard.press("End")
        page.get_by_text("q [1.0, 0.5, 1.0]").wait_for(timeout=10_000)
        assert lesson.errors() == lesson.stderr() == lesson.broken_widgets() == []
        assert lesson.console_errors == lesson.outside == []

        page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)")
        page.get_by_role("button", name="Uniform policy").click()
        assert "1.10 nats" in page.locator(".explorer-readings").inner_text()
