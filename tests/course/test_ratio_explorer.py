"""The ratio explorer without a browser: its formulas against slower ways, its words, its errors."""

from __future__ import annotations

import io
import math
import random

import numpy as np
import pytest
import torch
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from torch import Tensor
from torch.distributions import Categorical, Normal

from ppo_lib.course.lesson_03.importance import (
    LEAST,
    REWARDS,
    Policy,
    distance_case,
    effective_size,
    expected_reward,
    overlap,
    read_off,
    reward,
    sample_actions,
    second_moments,
    shift_probability,
)
from ppo_lib.course.lesson_03.ratio_explorer import RatioExplorer, format_reading
from ppo_lib.course.words import ENGLISH


def five(*probabilities: float) -> Categorical:
    return Categorical(torch.tensor(probabilities, dtype=torch.float64))


def normal(mean: float, std: float) -> Normal:
    return Normal(*torch.tensor([mean, std], dtype=torch.float64))


# A new and an old policy for each case; every test of words and pictures goes over them.
STATES = [
    ("same", {"new_probs": [0.1, 0.2, 0.4, 0.2, 0.1]}),
    ("near", {}),
    ("far", {"new_probs": [0.01, 0.01, 0.01, 0.96, 0.01]}),
    (
        "none",
        {"new_probs": [0.96, 0.01, 0.01, 0.01, 0.01], "old_probs": [0.01, 0.01, 0.01, 0.01, 0.96]},
    ),
    ("same", {"kind": "gaussian", "new_mean": 0.0}),
    ("near", {"kind": "gaussian"}),
    ("far", {"kind": "gaussian", "new_mean": 1.5, "new_std": 0.6}),
    ("none", {"kind": "gaussian", "new_mean": 2.5, "old_mean": -0.3}),
    ("wide", {"kind": "gaussian", "new_std": 1.6}),
]


# The formulas --------------------------------------------------------------------------


def test_the_moments_of_two_policies_over_five_actions_by_hand() -> None:
    old, new = five(0.2, 0.2, 0.2, 0.2, 0.2), five(0.1, 0.1, 0.1, 0.6, 0.1)
    # f = 1, 3, 2, 5, 4.  E_new[f] = 0.1 (1 + 3 + 2 + 4) + 0.6 · 5 = 4
    assert expected_reward(new) == pytest.approx(4.0)
    # r = 1/2 four times, and 3.  E_old[r²] = 0.2 (4 · 0.25 + 9) = 2
    # E_old[r²f²] = 0.2 (0.25 (1 + 9 + 4 + 16) + 9 · 25) = 0.2 · 232.5 = 46.5
    assert second_moments(new, old) == pytest.approx((2.0, 46.5))
    # ∑ √(p q) = 4 √0.02 + √0.12 = 0.565685 + 0.346410
    assert overlap(new, old) == pytest.approx(0.912096, abs=1e-6)
    numbers = read_off(new, old, seed=0, num_samples=100)
    assert numbers.standard_error == pytest.approx(math.sqrt((46.5 - 16) / 100))
    # KL = 0.8 log 2 + 0.2 log(1/3)
    assert numbers.kl == pytest.approx(0.8 * math.log(2) - 0.2 * math.log(3))


def integral(values: Tensor, actions: Tensor) -> float:
    return float(torch.trapezoid(values, actions))


def pairs_of_normals(count: int) -> list[tuple[Normal, Normal]]:
    generator = random.Random(0)
    return [
        (
            normal(generator.uniform(-2.5, 2.5), generator.uniform(0.4, 1.3)),
            normal(generator.uniform(-2.5, 2.5), generator.uniform(1.0, 2.5)),
        )
        for _ in range(count)
    ]


def test_the_moments_of_two_normal_distributions_equal_their_integrals() -> None:
    compared = 0
    for new, old in pairs_of_normals(80):
        # r² π_old has its middle and its width elsewhere: the grid is wide and fine enough.
        actions = torch.linspace(-60, 60, 60_001, dtype=torch.float64)
        squares = (2 * new.log_prob(actions) - old.log_prob(actions)).exp()
        reward_there = reward(new, actions)
        assert expected_reward(new) == pytest.approx(
            integral(new.log_prob(actions).exp() * reward_there, actions), rel=1e-9
        )
        shared = (0.5 * (new.log_prob(actions) + old.log_prob(actions))).exp()
        assert overlap(new, old) == pytest.approx(integral(shared, actions), rel=1e-9)
        if new.scale**2 / old.scale**2 < 1.8:  # else most of the integral lies outside the grid
            expected = integral(squares, actions), integral(squares * reward_there**2, actions)
            assert second_moments(new, old) == pytest.approx(expected, rel=1e-7)
            compared += 1
    assert compared > 60


@pytest.mark.parametrize(("std", "is_finite"), [(1.2, True), (1.41, True), (1.42, False)])
def test_the_second_moments_are_infinite_where_their_integrals_grow_without_end(
    std: float, is_finite: bool
) -> None:
    new, old = normal(0.3, std), normal(0.0, 1.0)

    def up_to(limit: float) -> float:
        actions = torch.linspace(-limit, limit, 200_001, dtype=torch.float64)
        squares = (2 * new.log_prob(actions) - old.log_prob(actions)).exp()
        return integral(squares * reward(new, actions) ** 2, actions)

    assert math.isfinite(second_moments(new, old)[0]) == is_finite
    assert math.isfinite(second_moments(new, old)[1]) == is_finite
    assert (up_to(400) < 1.001 * up_to(200)) == is_finite


def test_at_exactly_root_two_the_moments_are_infinite() -> None:
    # (r π)² / π_old falls like exp((1/2 − 2 / (2 · 2)) a²) = exp(0): it does not fall at all.
    assert second_moments(normal(0, math.sqrt(2.0) + 1e-12), normal(0, 1)) == (math.inf, math.inf)
    assert math.isfinite(second_moments(normal(0, math.sqrt(2.0) - 1e-6), normal(0, 1))[1])


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (five(0.05, 0.15, 0.3, 0.4, 0.1), five(0.1, 0.2, 0.4, 0.2, 0.1)),
        (normal(0.5, 0.8), normal(0.0, 1.0)),
        (normal(0.0, 1.0), normal(0.0, 1.0)),
    ],
)
def test_estimates_of_many_draws_scatter_around_the_truth_as_the_standard_error_says(
    new: Policy, old: Policy
) -> None:
    numbers = [read_off(new, old, seed, num_samples=64) for seed in range(1500)]
    estimates = np.array([number.estimate for number in numbers])
    truth, error = numbers[0].expected_reward, numbers[0].standard_error
    assert estimates.mean() == pytest.approx(truth, abs=4 * error / math.sqrt(1500))
    assert estimates.std() == pytest.approx(error, rel=0.12)


def test_the_readings_are_what_the_losses_own_ratio_gives() -> None:
    from ppo_lib.losses import probability_ratio

    explorer = RatioExplorer("gaussian", new_mean=-0.7, new_std=0.9, num_samples=128, seed=5)
    new, old = explorer.policy("new"), explorer.policy("old")
    actions = sample_actions(old, 5, 128)
    ratios = probability_ratio(new.log_prob(actions), old.log_prob(actions))
    numbers = explorer.readings()
    assert numbers.estimate == pytest.approx(float((ratios * reward(old, actions)).mean()))
    assert numbers.largest_ratio == float(ratios.max())
    assert numbers.effective_size == pytest.approx(
        float(ratios.sum()) ** 2 / float(ratios @ ratios)
    )
    # KL of two normal distributions: log(σ/σ_old) + (σ_old² + Δ²) / 2σ² − 1/2
    by_hand = math.log(0.9) + (1 + 0.7**2) / (2 * 0.9**2) - 0.5
    assert numbers.kl == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("ratios", "worth"),
    [([1.0] * 4, 4.0), ([3.0, 1.0], 1.6), ([1.0, 1e-9, 1e-9], 1.0), ([2.0, 2.0, 2.0], 3.0)],
)
def test_the_effective_size_by_hand(ratios: list[float], worth: float) -> None:
    assert effective_size(torch.tensor(ratios)) == pytest.approx(worth)  # (3 + 1)² / (9 + 1)


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=30))
def test_samples_are_never_worth_less_than_one_or_more_than_all(ratios: list[float]) -> None:
    worth = effective_size(torch.tensor(ratios, dtype=torch.float64))
    assert 1 - 1e-9 <= worth <= len(ratios) + 1e-9


def test_samples_follow_the_policy() -> None:
    old = five(0.1, 0.2, 0.4, 0.2, 0.1)
    drawn = torch.cat([sample_actions(old, seed, 1024) for seed in range(20)])
    shares = torch.bincount(drawn, minlength=5) / len(drawn)
    assert shares.tolist() == pytest.approx(old.probs.tolist(), abs=0.015)  # four deviations
    drawn = torch.cat([sample_actions(normal(1.0, 2.0), seed, 1024) for seed in range(20)])
    assert float(drawn.mean()) == pytest.approx(1.0, abs=0.06)
    assert float(drawn.std()) == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize(
    ("new", "old", "case"),
    [
        # Of the same spread E_old[r²] = exp(Δ²), which is 2 at Δ = 0.8326.
        (normal(0.83, 1), normal(0, 1), "near"),
        (normal(0.84, 1), normal(0, 1), "far"),
        # Their overlap is exp(−Δ²/8), which is 0.4 at Δ = 2.7075.
        (normal(2.70, 1), normal(0, 1), "far"),
        (normal(2.71, 1), normal(0, 1), "none"),
        (normal(0, 1.41), normal(0, 1), "far"),
        (normal(0, 1.42), normal(0, 1), "wide"),
        (normal(2.5, 2), normal(-2.5, 0.4), "wide"),
        (normal(0.3, 0.7), normal(0.3, 0.7), "same"),
        (normal(0.31, 0.7), normal(0.3, 0.7), "near"),
        (five(0.2, 0.2, 0.2, 0.2, 0.2), five(0.2, 0.2, 0.2, 0.2, 0.2), "same"),
        (five(0.21, 0.2, 0.19, 0.2, 0.2), five(0.2, 0.2, 0.2, 0.2, 0.2), "near"),
        (five(0.01, 0.01, 0.01, 0.01, 0.96), five(0.96, 0.01, 0.01, 0.01, 0.01), "none"),
    ],
)
def test_the_case_follows_the_worth_and_the_overlap(new: Policy, old: Policy, case: str) -> None:
    assert distance_case(new, old) == case


probabilities = st.lists(st.floats(0.01, 1), min_size=5, max_size=5).map(
    lambda weights: [LEAST + (1 - 5 * LEAST) * w / math.fsum(weights) for w in weights]
)


@given(probabilities, st.integers(0, 4), st.floats(0, 1))
def test_a_shifted_policy_sums_to_one_and_keeps_every_action_possible(
    before: list[float], index: int, value: float
) -> None:
    after = shift_probability(before, index, value)
    assert math.fsum(after) == pytest.approx(1, abs=1e-12)
    assert min(after) >= LEAST - 1e-12
    assert after[index] == min(max(value, LEAST), 1 - 4 * LEAST)
    # The others keep their proportion, but for those that stand at the least.
    kept = [k for k in range(5) if k != index and after[k] > LEAST + 1e-9]
    quotients = [after[k] / before[k] for k in kept]
    assert quotients == pytest.approx(quotients[:1] * len(quotients))
    RatioExplorer(new_probs=after)


def test_shifting_one_probability_by_hand() -> None:
    assert shift_probability([0.1, 0.2, 0.4, 0.2, 0.1], 2, 0.7) == pytest.approx(
        [0.05, 0.1, 0.7, 0.1, 0.05]  # what is left, 0.3, is half of 0.6
    )
    # 0.06 is left for 0.1, 0.2, 0.2, 0.1: halves of 0.01 are not enough for the outer two.
    assert shift_probability([0.05, 0.25, 0.4, 0.25, 0.05], 2, 0.94) == pytest.approx(
        [0.01, 0.02, 0.94, 0.02, 0.01]
    )


def drawn(explorer: RatioExplorer) -> bytes:
    """Return the still picture, small and quickly drawn."""
    figure, file = Figure(figsize=(9, 4.6)), io.BytesIO()
    explorer.draw_still(figure)
    figure.savefig(file, format="rgba", dpi=40)
    return file.getvalue()


# The explorer --------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "state"), STATES)
def test_every_case_is_named_drawn_and_described(case: str, state: dict[str, object]) -> None:
    explorer = RatioExplorer(**state)  # type: ignore[arg-type]
    assert explorer.readings().case == case
    words = explorer.describe()
    assert ENGLISH[f"ratio_explorer.case.{case}.words"] in words
    assert ENGLISH[f"ratio_explorer.case.{case}.place"] in words
    assert "{" not in words
    assert ("standard error of ∞" in words) == (case == "wide")
    assert len(set(drawn(explorer))) > 20  # shades


def test_the_words_and_the_picture_follow_every_trait() -> None:
    for kind, traits in [
        ("discrete", {"new_probs": [0.2] * 5, "old_probs": [0.2] * 5}),
        ("gaussian", {"new_mean": 1.0, "new_std": 0.8, "old_mean": -1.0, "old_std": 1.3}),
    ]:
        for name, value in {**traits, "seed": 9, "num_samples": 32}.items():
            explorer = RatioExplorer(kind)
            before = explorer.describe(), drawn(explorer)
            setattr(explorer, name, value)
            assert explorer.describe() != before[0], name
            assert drawn(explorer) != before[1], name


def test_what_is_said_of_each_case_is_true() -> None:
    # near: an old sample is worth at least half a new one on average; far: it is worth less.
    for case, state in STATES:
        explorer = RatioExplorer(**state)  # type: ignore[arg-type]
        squared_ratio, _ = second_moments(explorer.policy("new"), explorer.policy("old"))
        assert (1 / squared_ratio >= 0.5) == (case in ("same", "near"))
    # same: every ratio is 1, and the estimate is the plain mean of the rewards.
    explorer = RatioExplorer(new_probs=[0.1, 0.2, 0.4, 0.2, 0.1])
    numbers, old = explorer.readings(), explorer.policy("old")
    assert numbers.effective_size == pytest.approx(64) and numbers.largest_ratio == 1
    assert numbers.estimate == pytest.approx(float(reward(old, sample_actions(old, 0, 64)).mean()))
    # none: too low more often than not, at the border too and with every number of samples.
    apart = [
        (normal(2.75, 1), normal(0, 1)),
        (normal(2.5, 0.4), normal(-1, 1)),
        (five(0.01, 0.01, 0.01, 0.01, 0.96), five(0.96, 0.01, 0.01, 0.01, 0.01)),
    ]
    for new, old in apart:
        for count in (16, 64, 1024):
            numbers = [read_off(new, old, seed, count) for seed in range(300)]
            assert {number.case for number in numbers} == {"none"}
            low = np.mean([number.estimate < number.expected_reward for number in numbers])
            assert low > 0.5, (new, count)


BAD_VALUES = [
    ("kind", "cauchy", r"'kind'.*\['discrete', 'gaussian'\], not the str 'cauchy'"),
    ("moved", "both", r"'moved'.*\['new', 'old'\], not the str 'both'"),
    ("new_probs", [0.5, 0.5], r"new_probs must be 5 probabilities of at least 0\.01 that sum to 1"),
    ("new_probs", [0.0, 0.1, 0.2, 0.3, 0.4], r"new_probs must be 5.*got \[0\.0, 0\.1"),
    ("old_probs", [0.2, 0.2, 0.2, 0.2, 0.3], r"old_probs must be 5.*got \[0\.2"),
    ("old_probs", [0.2, 0.2, 0.2, 0.2, "0.2"], r"old_probs must be 5"),
    ("old_probs", [0.2, 0.2, 0.2, 0.2, float("nan")], r"old_probs must be 5"),
    ("new_probs", 0.2, r"new_probs must be 5.*got 0\.2"),
    ("new_mean", 3, r"new_mean must be a number between -2\.5 and 2\.5, got 3"),
    ("new_std", 0, r"new_std must be a number between 0\.4 and 2\.5, got 0"),
    ("old_std", float("inf"), r"old_std must be a number between 0\.4 and 2\.5, got inf"),
    ("num_samples", 8, r"num_samples must be a whole number between 16 and 1024, got 8"),
    ("num_samples", 64.0, r"num_samples must be a whole number between 16 and 1024, got 64\.0"),
    ("seed", -1, r"seed must be a whole number between 0 and 2147483647, got -1"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD_VALUES)
def test_a_bad_value_is_refused_by_name_value_and_range(
    name: str, value: object, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        RatioExplorer(**{name: value})  # type: ignore[arg-type]
    explorer = RatioExplorer()
    before = getattr(explorer, name)
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before


def test_a_tuple_of_probabilities_is_taken_as_a_list() -> None:
    assert RatioExplorer(new_probs=(0.2, 0.2, 0.2, 0.2, 0.2)).new_probs == [0.2] * 5
    assert len(REWARDS) == 5


def test_two_explorers_do_not_share_their_probabilities() -> None:
    first, second = RatioExplorer(), RatioExplorer()
    first.new_probs = [0.2] * 5
    assert second.new_probs != first.new_probs


def test_repr_is_the_call_that_makes_it() -> None:
    explorer = RatioExplorer("gaussian", new_mean=1.2, num_samples=256)
    assert repr(explorer) == "RatioExplorer(kind='gaussian', new_mean=1.2, num_samples=256)"
    assert eval(repr(explorer)).describe() == explorer.describe()


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "0.00"), (-1e-17, "0.00"), (12.345, "12.35"), (9999, "9999.00"), (1e5, "> 9999")],
)
def test_readings_are_written_with_at_most_four_digits_before_the_point(
    value: float, written: str
) -> None:
    assert format_reading(value) == written
    assert format_reading(math.inf) == "∞"
