"""The step-size explorer in a real browser: where its marks stand, and its handling."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from view import View, points

from ppo_lib.course.cliff.exact import right_everywhere, true_return
from ppo_lib.course.lesson_01.step_explorer import StepExplorer

pytestmark = pytest.mark.browser

TAKE, BACK, POINT = "Take the step", "Back to the start", "policy parameter θ"


def solve(theta):
    """J and dJ/dθ, by the library and autograd."""
    logit = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    value = true_return(right_everywhere(logit))
    return value.item(), torch.autograd.grad(value, logit)[0].item()


def at(view, x, y):
    """θ and J of a place in the picture, by its axes."""
    left, top, width, height = view.box(".explorer-surface")
    return -8 + 16 * (x - left) / width, 1.25 * (top + height - y) / height


@pytest.mark.parametrize(
    ("state", "slope"),  # a batch without a goal estimates -0.1
    [({"step_size": 10.0}, -0.1), ({"step_size": 30.0}, -0.1), ({"exact": True}, solve(0.0)[1])],
)
def test_the_marks_stand_where_the_numbers_say(blank, state, slope):
    view, (value, _) = View(blank, StepExplorer(**state)), solve(0.0)
    end = state.get("step_size", 1.0) * slope
    now, then, promise = (0.0, value), (end, solve(end)[0]), (end, value + slope * end)
    for selector, place in [
        (".explorer-point > .explorer-dot", now),
        (".explorer-promised", promise),
        (".explorer-landed", then),
    ]:
        left, top, width, height = view.box(selector)
        assert at(view, left + width / 2, top + height / 2) == pytest.approx(place, abs=0.01)
    ends = [at(view, *place) for place in points(view.attribute(".explorer-slope"))]
    assert np.array(ends) == pytest.approx(np.array([now, promise]), abs=0.01)
    arrow = points(view.attribute(".explorer-step"))[:2]
    assert [at(view, *place)[0] for place in arrow] == pytest.approx([0.0, end], abs=0.01)


def test_the_table_says_what_is_true_before_and_after(blank):
    value, slope = solve(-0.1)
    assert View(blank, StepExplorer()).numbers() == {
        "θ": ["0.00", "−0.10"],
        "p = π(right)": ["0.500", "0.475"],
        "true return J": ["0.294", f"{value:.3f}"],
        "promised J": ["", "0.304"],
        "chance of goal": ["12.0%", "1 in 12"],
        "exact gradient": ["+0.334", f"+{slope:.3f}"],
        "batch's gradient": ["−0.100", "+0.900"],
    }


def test_the_curve_is_the_true_return(blank):
    view = View(blank, StepExplorer())
    curve = points(view.attribute("path.explorer-ink[stroke-width='4']"))
    thetas, values = np.array([at(view, *curve[n]) for n in range(0, len(curve), 20)]).T
    assert [thetas[0], thetas[-1]] == pytest.approx([-8, 8])
    expected = true_return(right_everywhere(torch.from_numpy(thetas)))
    assert values == pytest.approx(expected.numpy(), abs=0.001)


def test_the_paths_are_episodes_that_make_the_numbers_above_them(blank):
    view = View(blank, StepExplorer(theta=0.4, batch=5))
    words = [text for text in view.texts() if re.search("arrived|gradient", text)]
    paths = blank.locator(".explorer-episode").all()
    assert len({path.get_attribute("stroke-dasharray") for path in paths[:4]}) == 4
    drawn = [np.array(points(path.get_attribute("d"))).T for path in paths]
    start = float(view.attribute("circle.explorer-dot[r='4']", "cy"))
    for half, theta in ((0, 0.4), (1, float(view.numbers()["θ"][1]))):
        ends, terms = [], []
        for x, y in drawn[4 * half : 4 * half + 4]:
            unit = np.abs(np.diff(y)).min()  # pixels from one position to the next
            place = 1 + np.rint((y[0] - y) / unit).astype(int)
            assert np.diff(x) == pytest.approx([x[1] - x[0]] * (len(x) - 1), abs=0.11)
            assert set(np.abs(np.diff(place))) == {1} and abs(y[0] - start) < unit / 2
            assert place[-1] in (0, 8) or len(place) == 51
            p, reward = 1 / (1 + np.exp(-theta)), {0: 0.2, 8: 1.0}.get(place[-1], 0)
            ends.append(place[-1])
            terms.append(reward * ((np.diff(place) > 0) - p).sum())
        late = 4 - ends.count(0) - ends.count(8)
        counted = f"{ends.count(0)} fell, {ends.count(8)} arrived, {late} out of time"
        assert words[2 * half] == counted
        written = float(words[2 * half + 1].replace("−", "-").removeprefix("gradient "))
        assert written == pytest.approx(np.mean(terms), abs=0.02)


def test_what_lies_off_the_axis_is_marked_at_its_border_with_its_value(blank):
    view = View(blank, StepExplorer(step_size=100.0))
    assert "θ′ = −10.0" in view.texts()
    view.button(TAKE).click()
    assert "θ = −10.0" in view.texts() and view.get("theta") == pytest.approx(-10)
    point = view.slider(POINT)
    assert point.get_attribute("aria-valuenow") == "-8"
    assert "θ −10.0" in point.get_attribute("aria-valuetext")
    point.focus()
    view.press("ArrowRight")
    assert view.get("theta") == -7.95
    view.set(theta=0.0, batch=2)
    assert "θ′ = 80.0" in view.texts()


def test_a_step_makes_the_next_policy_and_the_next_batch_the_ones_at_hand(blank):
    view = View(blank, StepExplorer(step_size=3.0))
    for number in range(1, 12):
        before, saved = view.numbers(), blank.evaluate("model.saved")
        view.button(TAKE).click()
        assert blank.evaluate("model.saved") == saved + 1  # one message to the kernel
        after, trail = view.numbers(), view.get("trail")
        for name in ("θ", "p = π(right)", "true return J", "chance of goal", "batch's gradient"):
            assert after[name][0] == before[name][1], name
        assert [view.get("batch"), len(trail)] == [number + 1, number]
        assert trail[-1][1:] == [view.get("theta"), number]
        assert blank.locator(".explorer-trail circle").count() == number
    assert blank.locator("input[type=radio]:checked").count() == 0  # past the eight
    assert "this batch (12)" in view.texts()
    view.button(BACK).click()
    assert [view.get(x) for x in ("theta", "batch", "trail", "step_size")] == [0, 1, [], 3]
    assert blank.locator(".explorer-trail circle").count() == 0


def test_back_goes_to_where_the_steps_began_and_then_to_where_the_explorer_did(blank):
    view = View(blank, StepExplorer(theta=0.5, batch=3))
    assert not view.enabled(BACK)
    view.slider(POINT).focus()
    view.press("PageUp")
    assert view.get("theta") == 1.0 and view.enabled(BACK)
    view.button(TAKE).dblclick()
    for theta in (1.0, 0.5):
        assert view.enabled(BACK)
        view.button(BACK).click()
        assert [view.get(name) for name in ("theta", "batch", "trail")] == [theta, 3, []]
    assert not view.enabled(BACK)


def test_a_step_that_moves_nothing_or_has_no_batch_after_it_cannot_be_taken(blank):
    view = View(blank, StepExplorer())
    for theta, batch, enabled in [(80.0, 1, False), (0.0, 999, False), (0.0, 998, True)]:
        view.set(theta=theta, batch=batch)
        assert view.enabled(TAKE) == enabled


def test_the_point_moves_by_pointer_and_by_keys_and_forgets_the_trail(blank):
    view = View(blank, StepExplorer())
    view.button(TAKE).click()
    view.drag(POINT, (view.box(".explorer-surface")[2] / 8, -40))  # 2 of 16
    assert view.get("theta") == pytest.approx(1.9, abs=0.06) and view.get("trail") == []
    view.drag(POINT, (3000, 0))
    assert view.get("theta") == 8
    view.set(theta=0.0)
    keys = {"ArrowRight": 0.05, "ArrowUp": 0.1, "ArrowLeft": 0.05, "PageDown": -0.45, "Home": -8}
    for key, theta in keys.items():
        view.press(key)
        assert view.get("theta") == theta, key


def test_another_batch_is_another_estimate_and_the_exact_gradient_uses_none(blank):
    view, estimates = View(blank, StepExplorer(step_size=10.0)), []
    for batch in range(1, 9):
        view.choose(str(batch))
        assert view.get("batch") == batch
        estimates.append(view.numbers()["batch's gradient"][0])
        assert view.numbers()["exact gradient"][0] == "+0.334"
    assert estimates == ["−0.100", "+0.800", *["−0.100"] * 4, "+1.700", "+0.800"]
    view.set(batch=1)
    heading = blank.locator(".explorer-heading")
    assert heading.inner_text() == "This step falls onto the plateau"
    blank.locator("input[data-trait=exact]").check()
    assert "unused batch (1)" in view.texts()
    assert heading.inner_text() == "The exact gradient points right"
