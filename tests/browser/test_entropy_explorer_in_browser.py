"""The entropy explorer in a real browser: its lines and arrows, its buttons, its handling."""

from __future__ import annotations

import math

import pytest
import torch
from view import View, points

from ppo_lib.course.lesson_06.entropy_explorer import EntropyExplorer

pytestmark = pytest.mark.browser

COLORS = EntropyExplorer().colors
SURE_BUT_WRONG = [0.01, 0.01, 0.98]
ACROSS = "policy, between action 1 and action 2"
UP = "policy, probability of action 3"
LINES = "path.explorer-truth"


def policies(view, path):
    """The policies that stand at the points of a path in the triangle."""
    left, top, width, height = view.box("path.explorer-surface")
    found = []
    for x, y in points(path):
        third = (top + height - y) / height
        second = (x - left) / width - third / 2
        found.append([1 - second - third, second, third])
    return found


def test_the_lines_of_f_lie_at_their_heights(blank):
    view = View(blank, EntropyExplorer(ent_coef=0.5))
    rewards = torch.tensor(view.explorer.rewards, dtype=torch.float64)
    best = 0.5 * torch.logsumexp(rewards / 0.5, 0)
    (gap,) = (float(text.split()[1]) for text in view.texts() if text.endswith("apart"))
    found = torch.tensor(policies(view, view.attribute(LINES)), dtype=torch.float64)
    inner = found[found.min(-1).values > 0.06]  # nearer the rim the entropy bends too much
    heights = inner @ rewards + 0.5 * torch.special.entr(inner).sum(-1)
    numbers = (best - heights) / gap
    assert (numbers - numbers.round()).abs().max() < 0.03
    steps = set(numbers.round().int().tolist())
    assert len(inner) > 100 and len(steps) >= 4 and min(steps) == 1


def test_an_arrow_fades_with_the_gradient_and_stops_at_the_rim(blank):
    view, lengths = View(blank, EntropyExplorer()), []
    paths = blank.locator(f"g > path[stroke='{COLORS['gradient']}']")
    shaft, head = (lambda n=n: paths.nth(n).get_attribute("d") for n in (0, 1))
    for p in (0.6, 0.8, 0.9, 0.95, 0.99):
        view.set(probs=[(1 - p) / 2, (1 - p) / 2, p])
        lengths.append(math.dist(*points(shaft())) if shaft() else 0.0)
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > 40 and lengths[-1] == 0 and not head()
    # A step that would lead beyond the rim in four is cut there, and has a second head.
    view.set(probs=[0.3, 0.6, 0.1], rewards=[1.0, -1.0, -1.0], ent_coef=0.0)
    assert head().count("M") == 2
    assert min(policies(view, shaft())[1]) == pytest.approx(0, abs=0.002)


def test_the_policy_is_dragged_over_the_triangle_and_no_further(blank):
    view = View(blank, EntropyExplorer())
    box = blank.locator("path.explorer-surface").bounding_box()
    blank.mouse.click(box["x"] + box["width"] / 2, box["y"] + 2 * box["height"] / 3)
    assert view.get("probs") == pytest.approx([1 / 3] * 3, abs=0.01)  # a press brings it
    view.set(probs=[0.1, 0.2, 0.7])
    view.drag(UP, (0, 0.4 * box["height"]))
    assert view.get("probs") == pytest.approx([0.3, 0.4, 0.3], abs=0.011)
    view.drag(UP, (3000, 3000))
    assert view.get("probs") == pytest.approx([0.001, 0.998, 0.001])
    view.drag(UP, (0, -3000))
    assert view.get("probs") == pytest.approx([0.001, 0.001, 0.998])
    assert view.number("effective actions eᴴ") == "1.0 of 3"


def test_the_arrow_keys_move_the_policy_in_both_directions(blank):
    view = View(blank, EntropyExplorer(probs=[0.2, 0.3, 0.5]))
    view.slider(ACROSS).focus()
    for key, probs in [
        ("ArrowRight", [0.19, 0.31, 0.5]),
        ("ArrowUp", [0.185, 0.305, 0.51]),
        ("PageDown", [0.235, 0.355, 0.41]),
        ("End", [0.001, 0.001, 0.998]),
        ("ArrowLeft", [0.001, 0.001, 0.998]),
        ("Home", [0.001, 0.001, 0.998]),
    ]:
        view.press(key)
        assert view.get("probs") == pytest.approx(probs, abs=1e-6), key
    words = view.slider(UP).get_attribute("aria-valuetext")
    assert words == "probabilities 0.00, 0.00, 1.00"


def test_a_reward_is_moved_by_its_bar_and_the_maximum_follows(blank):
    view, label, rings = View(blank, EntropyExplorer()), "expected reward of action 3", set()
    view.slider(label).focus()
    for key, value in [("ArrowUp", 0.05), ("PageUp", 0.55), ("End", 1.0), ("ArrowDown", 0.95)]:
        view.press(key)
        assert view.get("rewards") == pytest.approx([1.0, 0.5, value]), key
        rings.add(view.attribute("g > path.explorer-ink"))
    assert len(rings) == 4
    assert "action 3: 0.95" in view.texts()
    view.drag(label, (0, 3000))
    assert view.get("rewards")[2] == -1


def ascend(probs, count):
    """Where steps of gradient ascent lead on the default rewards with c₂ = 0.2, by autograd."""
    rewards = torch.tensor([1.0, 0.5, 0.0], dtype=torch.float64)
    logits = torch.tensor(probs, dtype=torch.float64).log()
    for _ in range(count):
        logits = logits.detach().requires_grad_()
        policy = torch.softmax(logits, -1)
        goal = policy @ rewards + 0.2 * torch.special.entr(policy).sum()
        logits = logits + torch.autograd.grad(goal, logits)[0]
    return torch.softmax(logits, -1).tolist()


def test_the_buttons_walk_and_the_trail_goes_on_until_the_policy_is_moved(blank):
    view = View(blank, EntropyExplorer())
    view.button("Sure but wrong").click()
    for name, count in [("1 step", 1), ("30 steps", 31), ("30 steps", 61)]:
        view.button(name).click()
        assert view.get("probs") == pytest.approx(ascend(SURE_BUT_WRONG, count), abs=1e-9)
        view.set(probs=view.get("probs"))  # the kernel echoes what it heard: an equal list
    trail = EntropyExplorer(trail=view.get("trail")).trail  # the kernel takes it
    assert trail[0] == pytest.approx(SURE_BUT_WRONG) and trail[-1] == view.get("probs")
    assert trail[40] == pytest.approx(ascend(SURE_BUT_WRONG, 40), abs=1e-9)
    assert view.number("steps so far") == "61"
    dots = f"path[fill='{COLORS['new_policy']}']"
    assert view.attribute(dots).count("M") == 62
    for _ in range(8):  # 301 steps are too many for a trail: it begins anew
        view.button("30 steps").click()
    assert view.number("steps so far") == "30"
    view.slider(UP).focus()
    view.press("ArrowUp")
    assert view.get("trail") == [] and view.number("steps so far") == "0"
    assert view.attribute(dots) == ""
    view.set(probs=[0.2, 0.2, 0.6], trail=trail)  # a trail that ends elsewhere
    view.button("1 step").click()
    assert view.get("trail")[0] == [0.2, 0.2, 0.6] and len(view.get("trail")) == 2
    view.button("Uniform policy").click()
    assert view.get("probs") == pytest.approx([1 / 3] * 3)


def test_where_the_gradient_is_nothing_no_step_can_be_taken(blank):
    view = View(blank, EntropyExplorer(rewards=[0.3, 0.3, 0.3], ent_coef=0.0))
    assert not view.enabled("1 step")
    view.button("1 step").click(force=True)
    assert view.get("trail") == []
    assert "F is flat" in view.texts() and view.attribute(LINES) == ""


def test_a_move_is_drawn_once_and_leaves_the_lines_of_f_alone(blank):
    view = View(blank, EntropyExplorer())
    labels, lines = view.count_draws("[role=img]"), view.count_draws(LINES)
    view.button("30 steps").click()
    assert [labels(), lines()] == [1, 0]
    blank.locator("input[data-trait=ent_coef]").focus()
    view.press("ArrowRight")
    assert [labels(), lines()] == [2, 1]
