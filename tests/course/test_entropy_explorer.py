"""The entropy explorer without a browser: its formulas, its words, its errors, its claims."""

from __future__ import annotations

import io
import math
import random

import pytest
import torch
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from torch import Tensor
from torch.distributions import Categorical

from ppo_lib.course.lesson_06.entropy_bonus import (
    STEP_SIZE,
    contour_gap,
    drift,
    entropy,
    entropy_gradient,
    logit_gradient,
    objective,
    optimum,
    read_off,
    reward_gradient,
    take_steps,
)
from ppo_lib.course.lesson_06.entropy_explorer import LEAST, LONGEST_TRAIL, EntropyExplorer
from ppo_lib.course.words import text

REWARDS = [1.0, 0.5, 0.0]
SURE_BUT_WRONG = [0.01, 0.01, 0.98]


def numbers(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def some_states(count: int, seed: int = 0) -> list[tuple[Tensor, Tensor, float]]:
    """Return policies, many of them near a side or a corner, rewards and coefficients."""
    draw = random.Random(seed)
    states = []
    for number in range(count):
        spread = draw.choice([0.5, 2.0, 5.0])
        probs = torch.softmax(numbers(*(draw.gauss(0, spread) for _ in range(3))), -1)
        rewards = numbers(*(0.05 * draw.randint(-20, 20) for _ in range(3)))
        ent_coef = 0.0 if number % 7 == 0 else 0.01 * draw.randint(1, 100)
        states.append((probs, rewards, ent_coef))
    return states


# The formulas ---------------------------------------------------------------------------------


def test_the_objective_and_its_gradient_by_hand():
    probs, rewards = numbers(0.5, 0.25, 0.25), numbers(1, 0, 0)
    # H = ½ ln 2 + ½ ln 4 = 1.5 ln 2;  F = 0.5 + c₂ H
    assert float(entropy(probs)) == pytest.approx(1.5 * math.log(2))
    assert float(objective(probs, rewards, 0.2)) == pytest.approx(0.5 + 0.3 * math.log(2))
    # p (q − 0.5) = 0.25, −0.125, −0.125
    assert reward_gradient(probs, rewards).tolist() == [0.25, -0.125, -0.125]
    # p (−ln p − H): 0.5 (1 − 1.5) ln 2 = −0.25 ln 2, and 0.25 (2 − 1.5) ln 2 = 0.125 ln 2
    bonus = [-0.25 * math.log(2), 0.125 * math.log(2), 0.125 * math.log(2)]
    assert entropy_gradient(probs).tolist() == pytest.approx(bonus)
    # dp = p (g − Σ p g) for g = 0.25, −0.125, −0.125: Σ p g = 0.0625
    way = drift(probs, reward_gradient(probs, rewards))
    assert way.tolist() == pytest.approx([0.09375, -0.046875, -0.046875])


def test_an_action_without_probability_adds_nothing_to_the_entropy():
    assert float(entropy(numbers(1, 0, 0))) == 0
    assert float(entropy(numbers(0.5, 0.5, 0))) == pytest.approx(math.log(2))
    assert float(entropy(numbers(1, 1, 1) / 3)) == pytest.approx(math.log(3))


def test_the_entropy_is_that_of_torch():
    for probs, _, _ in some_states(200):
        assert float(entropy(probs)) == pytest.approx(float(Categorical(probs).entropy()), abs=1e-9)


def test_the_gradient_is_autograds():
    for probs, rewards, ent_coef in some_states(300):
        logits = probs.log().requires_grad_()
        policy = torch.softmax(logits, -1)
        goal = policy @ rewards - ent_coef * (policy * policy.log()).sum()
        (gradient,) = torch.autograd.grad(goal, logits)
        torch.testing.assert_close(
            logit_gradient(probs, rewards, ent_coef), gradient, rtol=1e-9, atol=1e-12
        )


def test_a_step_is_plain_gradient_ascent_on_the_logits():
    for probs, rewards, ent_coef in some_states(20):
        logits = probs.log().requires_grad_()
        for passed in take_steps(probs, rewards, ent_coef, 5):
            policy = torch.softmax(logits, -1)
            loss = -(policy @ rewards) + ent_coef * (policy * policy.log()).sum()
            (gradient,) = torch.autograd.grad(loss, logits)
            logits = (logits - STEP_SIZE * gradient).detach().requires_grad_()
            torch.testing.assert_close(passed, torch.softmax(logits, -1), rtol=1e-9, atol=1e-12)


def test_the_drift_is_where_a_short_step_leads():
    for probs, rewards, ent_coef in some_states(50):
        gradient = logit_gradient(probs, rewards, ent_coef)
        share = 1e-6
        moved = torch.softmax(probs.log() + share * STEP_SIZE * gradient, -1)
        torch.testing.assert_close(
            (moved - probs) / share, drift(probs, gradient), rtol=1e-4, atol=1e-6
        )


def test_no_policy_has_a_greater_objective_than_the_maximum():
    for probs, rewards, ent_coef in some_states(500):
        best = objective(optimum(rewards, ent_coef), rewards, ent_coef)
        assert float(best) >= float(objective(probs, rewards, ent_coef)) - 1e-12
        if ent_coef > 0:  # and its height is c₂ ln Σ exp(q / c₂)
            height = ent_coef * torch.logsumexp(rewards / ent_coef, 0)
            assert float(best) == pytest.approx(float(height), abs=1e-9)


def test_without_a_bonus_the_best_actions_share_the_maximum():
    assert optimum(numbers(0.5, 1, 0), 0.0).tolist() == [0, 1, 0]
    assert optimum(numbers(1, 1, 0), 0.0).tolist() == [0.5, 0.5, 0]
    assert optimum(numbers(1, 1, 1), 0.0).tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3])


def test_at_the_maximum_both_pulls_are_equal_and_opposite():
    for _, rewards, ent_coef in some_states(100):
        if ent_coef >= 0.05:
            there = optimum(rewards, ent_coef)
            pull, bonus = reward_gradient(there, rewards), ent_coef * entropy_gradient(there)
            torch.testing.assert_close(pull, -bonus, rtol=0, atol=1e-9)


@given(
    st.lists(st.integers(-20, 20), min_size=3, max_size=3),
    st.integers(0, 100),
)
def test_there_are_four_to_twelve_lines_of_equal_height_or_none(tenths, percent):
    rewards, ent_coef = [0.05 * tenth for tenth in tenths], 0.01 * percent
    best = float(objective(optimum(numbers(*rewards), ent_coef), numbers(*rewards), ent_coef))
    gap = contour_gap(best, rewards)
    if gap is None:
        assert len(set(rewards)) == 1 and percent == 0
    else:
        assert 4 <= (best - min(rewards)) / gap <= 12 + 1e-9


# What the lesson may say ----------------------------------------------------------------------


def reward_after(count: int, ent_coef: float, start: list[float] = SURE_BUT_WRONG) -> float:
    return float(
        take_steps(numbers(*start), numbers(*REWARDS), ent_coef, count)[-1] @ numbers(*REWARDS)
    )


def test_thirty_steps_lead_away_from_a_sure_but_wrong_policy_only_with_a_bonus():
    assert reward_after(30, 0.0) == pytest.approx(0.043, abs=0.001)
    assert reward_after(30, 0.2) == pytest.approx(0.677, abs=0.001)
    # But without one they come away too, later, and in the end get further.
    assert reward_after(60, 0.0) == pytest.approx(0.934, abs=0.001)
    assert reward_after(300, 0.0) == pytest.approx(0.997, abs=0.001)
    assert reward_after(300, 0.2) == pytest.approx(0.953, abs=0.001)


def test_a_policy_that_is_surer_still_is_not_freed_by_the_bonus_either():
    start = [0.001, 0.001, 0.998]
    assert reward_after(30, 0.2, start) == pytest.approx(0.002, abs=0.0005)
    assert reward_after(150, 0.2, start) < 0.02
    assert reward_after(300, 0.2, start) > 0.95
    assert reward_after(300, 0.0, start) < 0.01


def test_the_pull_of_the_bonus_fades_in_the_corner_but_later_than_that_of_the_rewards():
    rewards, last = numbers(*REWARDS), 0.0
    sizes = []
    for p in (0.7, 0.77, 0.9, 0.98, 0.998, 0.9998):
        probs = numbers((1 - p) / 2, (1 - p) / 2, p)
        bonus = float(entropy_gradient(probs).norm())
        ratio = bonus / float(reward_gradient(probs, rewards).norm())
        assert ratio > last  # it grows like −ln p
        sizes, last = [*sizes, bonus], ratio
    assert sizes[1] == max(sizes)  # longest where the favourite has 0.77, and not in the corner
    assert sizes == sorted(sizes[:1]) + sorted(sizes[1:], reverse=True)
    assert sizes[3] == pytest.approx(0.110, abs=0.001)
    assert sizes[5] < 0.003


def test_the_bonus_costs_expected_reward_at_the_maximum():
    costs = [
        1 - read_off(numbers(1, 1, 1) / 3, numbers(*REWARDS), c).optimal_reward
        for c in (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)
    ]
    assert costs == pytest.approx([0, 0.000, 0.003, 0.044, 0.212, 0.340], abs=0.0005)


# The explorer ---------------------------------------------------------------------------------

EQUAL = [0.3, 0.3, 0.3]
TIE = [1.0, 1.0, -1.0]
PLACES = [
    ("flat", "flat", {"rewards": EQUAL, "ent_coef": 0.0}),
    ("maximum", "corner", {"probs": [0.91, 0.05, 0.04], "ent_coef": 0.0}),
    ("maximum", "tie", {"probs": [0.7, 0.22, 0.08], "ent_coef": 0.0, "rewards": TIE}),
    ("maximum", "equal", {"probs": [0.33, 0.33, 0.34], "rewards": EQUAL}),
    ("maximum", "bias", {"probs": [0.92, 0.07, 0.01]}),
    ("wrong", "corner", {"probs": SURE_BUT_WRONG, "ent_coef": 0.0}),
    ("wrong", "tie", {"probs": SURE_BUT_WRONG, "ent_coef": 0.0, "rewards": TIE}),
    ("wrong", "bias", {"probs": SURE_BUT_WRONG}),
    ("wrong", "uniform", {"probs": SURE_BUT_WRONG, "rewards": [0.1, 0.0, 0.0], "ent_coef": 1.0}),
    ("right", "bias", {"probs": [0.98, 0.01, 0.01]}),
    ("sure", "bias", {"probs": [0.92, 0.04, 0.04], "ent_coef": 0.05}),
    ("sure", "equal", {"probs": [0.92, 0.04, 0.04], "rewards": EQUAL}),
    ("between", "equal", {"rewards": EQUAL}),
    ("between", "corner", {"ent_coef": 0.0}),
    ("between", "bias", {}),
    ("between", "uniform", {"rewards": [0.2, 0.1, 0.0], "ent_coef": 0.8}),
]


@pytest.mark.parametrize(("place", "kind", "state"), PLACES)
def test_every_place_is_named_drawn_and_described(place, kind, state):
    explorer = EntropyExplorer(**state)
    found = explorer.readings()
    assert (found.place, found.kind) == (place, kind)
    words = explorer.describe()
    assert text(f"entropy_explorer.place.{place}") in words
    assert "{" not in words
    if kind != "bias" or explorer.ent_coef > 0.1:
        piece = text(f"entropy_explorer.maximum.{kind}").split("{")[0]
        assert piece in words
    assert len(set(drawn(explorer))) > 20  # shades


def drawn(explorer: EntropyExplorer) -> bytes:
    """Return the still picture, small and quickly drawn."""
    figure, file = Figure(figsize=(9, 4.6)), io.BytesIO()
    explorer.draw_still(figure)
    figure.savefig(file, format="rgba", dpi=40)
    return file.getvalue()


def test_the_words_say_what_the_pulls_are_in_the_corners():
    words = EntropyExplorer(probs=SURE_BUT_WRONG).words()
    assert "the gradient is 0.040 long" in words
    assert "is 1.2 times the rewards’" in words
    assert "its expected reward is 0.956, the best action’s 1.00" in words
    words = EntropyExplorer(probs=[0.98, 0.01, 0.01]).words()
    assert "into the corner of action 1, with 0.018. The bonus pulls out of it, with 0.022" in words
    words = EntropyExplorer(probs=SURE_BUT_WRONG, ent_coef=0.0).words()
    assert "0.018 is left of it" in words
    assert "the maximum is a corner: action 1, and no other" in words


def test_a_bias_that_rounds_to_nothing_is_not_called_one():
    words = EntropyExplorer(ent_coef=0.03).words()
    assert "costs less than 0.001" in words and "not the best action" not in words


def test_the_rewards_pull_into_the_corner_and_the_bonus_out_of_it_where_the_words_say_so():
    count = 0
    for probs, rewards, ent_coef in some_states(3000, seed=1):
        found = read_off(probs, rewards, ent_coef)
        favourite = int(probs.argmax())
        if found.place == "right":
            assert reward_gradient(probs, rewards)[favourite] > 0
            assert entropy_gradient(probs)[favourite] < 0
            count += 1
        if found.place == "wrong" and ent_coef > 0:
            assert entropy_gradient(probs)[favourite] < 0
    assert count > 30


def test_the_words_and_the_picture_follow_every_trait():
    changes = {
        "probs": [0.5, 0.3, 0.2],
        "rewards": [0.5, 1.0, -0.5],
        "ent_coef": 0.6,
    }
    for name, value in changes.items():
        explorer = EntropyExplorer()
        before = explorer.describe(), drawn(explorer)
        setattr(explorer, name, value)
        assert explorer.describe() != before[0], name
        assert drawn(explorer) != before[1], name


def test_the_still_picture_has_an_arrow_to_each_pull_that_can_be_seen():
    def arrows(**state: object) -> int:
        figure = Figure(figsize=(9, 4.6))
        EntropyExplorer(**state).draw_still(figure)
        return sum(hasattr(one, "arrowprops") for axes in figure.axes for one in axes.texts)

    assert arrows(probs=[0.6, 0.1, 0.3], ent_coef=0.6) == 3
    assert arrows(probs=[0.6, 0.1, 0.3], ent_coef=0.0) == 2  # the rewards' alone, and both
    assert arrows(probs=SURE_BUT_WRONG) == 0


def test_steps_move_the_policy_and_leave_a_trail():
    explorer = EntropyExplorer(probs=SURE_BUT_WRONG)
    before = drawn(explorer)
    explorer.step(30)
    assert len(explorer.trail) == 31
    assert explorer.trail[0] == SURE_BUT_WRONG and explorer.trail[-1] == explorer.probs
    assert explorer.readings().reward == pytest.approx(0.677, abs=0.001)
    assert drawn(explorer) != before
    explorer.step()
    assert len(explorer.trail) == 32  # the trail goes on
    explorer.probs = [0.2, 0.2, 0.6]
    explorer.step(2)
    assert explorer.trail[0] == [0.2, 0.2, 0.6] and len(explorer.trail) == 3  # a new one


def test_a_trail_that_grows_too_long_begins_anew():
    explorer = EntropyExplorer()
    explorer.step(LONGEST_TRAIL)
    assert len(explorer.trail) == LONGEST_TRAIL + 1
    end = explorer.probs
    explorer.step(1)
    assert len(explorer.trail) == 2 and explorer.trail[0] == end


def test_hundreds_of_presses_keep_every_policy_legal():
    for rewards in ([1.0, 0.0, -1.0], [1.0, -1.0, -1.0]):
        explorer = EntropyExplorer(rewards=rewards, ent_coef=0.0)
        for _ in range(100):
            explorer.step(LONGEST_TRAIL)
        assert min(explorer.probs) > 10 * LEAST


BAD_VALUES = [
    ("probs", [0.5, 0.5], r"probs must be 3 probabilities of at least 1e-08 that sum to 1, got"),
    ("probs", [0.0, 0.4, 0.6], r"probs must be 3.*got \[0\.0, 0\.4, 0\.6\]"),
    ("probs", [0.3, 0.3, 0.3], r"probs must be 3.*got \[0\.3"),
    ("probs", [0.3, 0.3, "0.4"], r"probs must be 3"),
    ("probs", [0.3, 0.7, float("nan")], r"probs must be 3"),
    ("probs", 1.0, r"probs must be 3.*got 1\.0"),
    ("rewards", [1.0, 0.0], r"rewards must be 3 numbers between -1 and 1, got \[1\.0, 0\.0\]"),
    ("rewards", [1.5, 0.0, 0.0], r"rewards must be 3 numbers between -1 and 1, got \[1\.5"),
    ("rewards", [True, 0.0, 0.0], r"rewards must be 3 numbers"),
    ("rewards", [float("nan"), 0.0, 0.0], r"rewards must be 3 numbers"),
    ("ent_coef", -0.1, r"ent_coef must be a number between 0\.0 and 1\.0, got -0\.1"),
    ("ent_coef", "0", r"ent_coef must be a number between 0\.0 and 1\.0, got '0'"),
    ("trail", [[0.5, 0.5]], r"trail must be at most 301 policies, each of 3 probabilities"),
    ("trail", [[0.2, 0.2, 0.6]] * 302, r"trail must be at most 301 policies"),
    ("trail", 3, r"trail must be at most 301 policies.*got 3"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD_VALUES)
def test_a_bad_value_is_refused_by_name_value_and_range(name, value, message):
    with pytest.raises(ValueError, match=message):
        EntropyExplorer(**{name: value})
    explorer = EntropyExplorer()
    before = getattr(explorer, name)
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before


def test_two_explorers_share_no_list():
    first, second = EntropyExplorer(), EntropyExplorer()
    first.step(3)
    assert second.trail == [] and second.probs != first.probs


def test_tuples_are_taken_as_lists():
    explorer = EntropyExplorer(probs=(0.2, 0.3, 0.5), rewards=(1, 0, -1))
    assert explorer.probs == [0.2, 0.3, 0.5] and explorer.rewards == [1.0, 0.0, -1.0]


def test_repr_is_the_call_that_makes_it():
    explorer = EntropyExplorer(probs=SURE_BUT_WRONG, ent_coef=0.0)
    assert repr(explorer) == "EntropyExplorer(probs=[0.01, 0.01, 0.98], ent_coef=0.0)"
    assert eval(repr(explorer)).describe() == explorer.describe()
