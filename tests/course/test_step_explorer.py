"""The step-size explorer without a browser: its cliff, its situations, its words."""

from __future__ import annotations

import itertools
import math
import re
from fractions import Fraction

import numpy as np
import pytest
import torch
import traitlets

from ppo_lib.course.cliff.exact import GOAL, TIME_LIMIT, play, right_everywhere
from ppo_lib.course.cliff.reinforce import reinforce_objective
from ppo_lib.course.lesson_01.reinforce_step import (
    NUM_EPISODES,
    PLATEAU_CHANCE,
    Policy,
    collect,
    plateau_edge,
    situation,
    solve,
)
from ppo_lib.course.lesson_01.step_explorer import StepExplorer
from ppo_lib.course.words import ENGLISH

# One state of each situation.
SITUATIONS = {
    "right": {"batch": 2},
    "wrong": {"batch": 1},
    "falls": {"step_size": 10.0},
    "collapsed": {"theta": -1.0},
    "escape": {"step_size": 10.0, "theta": -0.8, "batch": 7},
    "still": {"theta": 80.0},
    "exact": {"exact": True, "step_size": 100.0},
    "exact_stuck": {"theta": -3.0, "exact": True},
}


def situation_of(explorer: StepExplorer) -> str:
    now, then, *_ = explorer.step()
    return situation(now, then, explorer.exact)


def counted_returns() -> list[Fraction]:
    """B_k, the mean return of all sequences of 50 actions of which k go right, exactly.

    An oracle without probabilities: J(p) = Σ_k C(50, k) p^k (1 - p)^(50 - k) B_k.
    """
    walking, totals = {(1, 0): 1}, [Fraction(0)] * (TIME_LIMIT + 1)
    for t in range(1, TIME_LIMIT + 1):
        arrived: dict[tuple[int, int], int] = {}
        for ((place, rights), ways), goes_right in itertools.product(walking.items(), (0, 1)):
            new = (place + 2 * goes_right - 1, rights + goes_right)
            if new[0] not in (0, 8):
                arrived[new] = arrived.get(new, 0) + ways
                continue
            reward = Fraction(1, 5) if new[0] == 0 else Fraction(1)
            for more in range(TIME_LIMIT - t + 1):  # what is left of the sequence is free
                totals[new[1] + more] += reward * ways * math.comb(TIME_LIMIT - t, more)
        walking = arrived
    return [total / math.comb(TIME_LIMIT, k) for k, total in enumerate(totals)]


# What is true ---------------------------------------------------------------------------


@pytest.mark.parametrize("odds", [Fraction(1, 9), Fraction(1, 2), Fraction(1), Fraction(3)])
def test_the_policy_is_solved_as_by_counting_every_sequence_of_actions(odds: Fraction) -> None:
    p = odds / (1 + odds)
    weights = [math.comb(50, k) * p**k * (1 - p) ** (50 - k) for k in range(51)]
    returns = counted_returns()
    expected = sum((w * b for w, b in zip(weights, returns, strict=True)), Fraction(0))
    # d/dθ of p^k (1 - p)^(50 - k) is that times k - 50 p
    slopes = [w * (k - 50 * p) for k, w in enumerate(weights)]
    slope = sum((s * b for s, b in zip(slopes, returns, strict=True)), Fraction(0))
    policy = solve(math.log(odds))
    assert policy.right == pytest.approx(float(p), abs=1e-12)
    assert policy.true_return == pytest.approx(float(expected), abs=1e-12)
    assert policy.gradient == pytest.approx(float(slope), abs=1e-12)


def test_the_exact_gradient_points_right_at_every_theta() -> None:
    """J′(p) = 50 Σ_k C(49, k) p^k (1 - p)^(49 - k) (B_{k+1} - B_k), and no term is negative."""
    returns = counted_returns()
    assert all(after >= before for before, after in itertools.pairwise(returns))
    assert returns[-1] > returns[0]


def test_the_figures_that_the_lesson_names() -> None:
    assert solve(0.0).true_return == pytest.approx(0.294, abs=5e-4)
    assert solve(0.0).gradient == pytest.approx(0.334, abs=5e-4)
    assert solve(0.0).arrive == pytest.approx(0.120, abs=5e-4)
    assert solve(-8.0).true_return == pytest.approx(0.2)
    assert solve(8.0).true_return == pytest.approx(1.0, abs=5e-4)


def test_the_plateau_ends_where_the_chance_of_the_goal_is_one_in_a_hundred() -> None:
    assert solve(plateau_edge()).arrive == pytest.approx(PLATEAU_CHANCE)
    chances = [solve(theta).arrive for theta in np.linspace(-8, 8, 161)]
    assert all(after > before for before, after in itertools.pairwise(chances))
    assert 1 - (1 - PLATEAU_CHANCE) ** NUM_EPISODES < 1 / 25  # "fewer than one batch in 25"


def test_a_batch_estimates_what_autograd_makes_of_its_objective() -> None:
    generator = np.random.default_rng(0)
    for theta, batch in zip(generator.uniform(-4, 4, 60), range(1, 61), strict=True):
        sample = collect(theta, batch)
        logit = torch.tensor(theta, requires_grad=True)
        log_probs = torch.zeros(NUM_EPISODES, TIME_LIMIT, dtype=torch.float64)
        mask = torch.zeros(NUM_EPISODES, TIME_LIMIT, dtype=torch.bool)
        for episode, path in enumerate(sample.paths):
            steps = np.diff(path)
            assert set(steps) <= {-1, 1} and path[0] == 1
            assert path[-1] in (0, GOAL) or len(steps) == TIME_LIMIT
            assert not {0, GOAL} & set(path[:-1])
            mask[episode, : len(steps)] = True
            signs = torch.from_numpy(steps.astype(float))
            log_probs[episode, : len(steps)] = torch.nn.functional.logsigmoid(signs * logit)
        rewards = [{0: 0.2, GOAL: 1.0}.get(path[-1], 0.0) for path in sample.paths]
        returns = torch.tensor(rewards, dtype=torch.float64)
        objective = reinforce_objective(log_probs, returns, mask)
        (slope,) = torch.autograd.grad(objective, logit)
        assert sample.gradient == pytest.approx(slope.item(), abs=1e-9)
        ends = [path[-1] for path in sample.paths]
        assert (sample.fell, sample.arrived) == (ends.count(0), ends.count(GOAL))
        assert sample.fell + sample.arrived + sample.late == NUM_EPISODES


def test_the_luck_of_the_batches_is_that_of_the_cliff() -> None:
    samples = [collect(0.0, batch) for batch in range(1, 999)]
    gradients = np.array([sample.gradient for sample in samples])
    without_goal = [sample.arrived == 0 for sample in samples]
    chance = (1 - solve(0.0).arrive) ** NUM_EPISODES
    assert chance == pytest.approx(0.6, abs=0.01)  # six in ten
    assert np.mean(without_goal) == pytest.approx(chance, abs=0.05)  # three standard errors
    assert (gradients < 0).tolist() == without_goal
    error = gradients.std() / len(gradients) ** 0.5
    assert gradients.mean() == pytest.approx(solve(0.0).gradient, abs=3 * error)
    assert not np.allclose(gradients.mean(), -solve(0.0).gradient, atol=3 * error)
    generator = torch.Generator().manual_seed(0)
    lengths = [len(path) - 1 for sample in samples for path in sample.paths]
    played = play(right_everywhere(torch.tensor(0.0)), 20_000, generator).mask.sum(-1).double()
    error = float(np.std(lengths)) / len(lengths) ** 0.5
    assert np.mean(lengths) == pytest.approx(played.mean().item(), abs=4 * error)


def test_the_eight_batches_of_the_choice_at_theta_0() -> None:
    gradients = [collect(0.0, batch).gradient for batch in range(1, 9)]
    assert gradients == pytest.approx([-0.1, 0.8, -0.1, -0.1, -0.1, -0.1, 1.7, 0.8])


def climb(step_size: float, steps: int, exact: bool = False) -> Policy:
    """The policy after so many steps from θ = 0 and batch 1."""
    theta = 0.0
    for batch in range(1, steps + 1):
        theta += step_size * (solve(theta) if exact else collect(theta, batch)).gradient
    return solve(theta)


def test_small_steps_climb_and_large_ones_fall_for_good() -> None:
    for step_size in (0.5, 1.0, 2.0, 3.0):
        assert climb(step_size, 60).true_return > 0.9, step_size
    for step_size, steps in itertools.product((6.0, 10.0, 30.0, 100.0), (1, 2, 3, 5, 10, 60)):
        assert climb(step_size, steps).arrive < PLATEAU_CHANCE, (step_size, steps)
    for step_size in (1.0, 100.0):
        assert climb(step_size, 40, exact=True).true_return > 0.9, step_size


def test_no_step_of_the_choice_is_cut_at_the_end_of_the_range() -> None:
    for theta, batch in itertools.product(np.arange(-8, 8.01, 0.5), range(1, 17)):
        assert abs(theta + 100 * collect(theta, batch).gradient) < 1000


# Situations -----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "state"), SITUATIONS.items())
def test_every_situation_is_reached_drawn_and_described(name: str, state: dict[str, float]) -> None:
    explorer = StepExplorer(**state)
    assert situation_of(explorer) == name
    words = explorer.describe()
    assert ENGLISH[f"step_explorer.situation.{name}.heading"] in words
    assert not re.search(r"[{}]|nan|inf", words)
    assert explorer.still_png().startswith(b"\x89PNG")


# What each of them says. At θ = 0 the exact slope is 0.334, a batch without a goal says -0.1, and
# one with one goal (3.5 - 3 · 0.1) / 4 = 0.8.
SENTENCES = {
    "right": (
        "Its gradient is +0.800; the exact one, +0.334, points right too. "
        "The step to θ′ = 0.80 takes the return from 0.294 to 0.640."
    ),
    "wrong": (
        "No episode of this batch reached the goal. Its gradient is −0.100, the exact one +0.334. "
        "The step takes the return from 0.294 to 0.265. At θ′ = −0.10 an episode's chance of the "
        "goal is 1 in 12: a later batch can put this right."
    ),
    "falls": (
        "No episode of this batch reached the goal. Its gradient is −0.100, the exact one +0.334. "
        "At θ′ = −1.00 the return is 0.200 and an episode's chance of the goal 1 in 1,700: fewer "
        "than one batch in 25 holds a goal there."
    ),
    "collapsed": (
        "No episode of this batch reached the goal. An episode's chance of the goal is 1 in 1,700: "
        "fewer than one batch in 25 holds one. The exact gradient is +0.003, this batch's +0.016, "
        "and θ′ = −0.98 lies on the plateau too."
    ),
    "escape": (
        "No episode of this batch reached the goal. An episode's chance of the goal is 1 in 490 "
        "and the exact gradient +0.010. This batch's gradient is +0.029: with this step size it "
        "leads to θ′ = −0.51, where the chance is 1 in 86 and the return 0.209."
    ),
    "still": (
        "The batch's gradient is ≈ 0, the exact one ≈ 0: θ stays at 80.0, with a return of 1.000."
    ),
    "exact": (
        "It is +0.334, the mean over all batches there could be, and points right at every θ: no "
        "step size falls. The step to θ′ = 33.4 takes the return from 0.294 to 1.000."
    ),
    "exact_stuck": (
        "It points right, but on the plateau it is small: +4·10⁻⁹. At θ′ = −3.00 an episode's "
        "chance of the goal is 1 in 10⁹, and the return 0.200."
    ),
}


@pytest.mark.parametrize(("name", "sentence"), SENTENCES.items())
def test_every_figure_stands_in_its_place(name: str, sentence: str) -> None:
    heading = ENGLISH[f"step_explorer.situation.{name}.heading"]
    assert StepExplorer(**SITUATIONS[name]).describe().endswith(f" {heading}. {sentence}")


def test_there_are_words_for_these_situations_and_no_others() -> None:
    keys = {key.split(".")[2] for key in ENGLISH if key.startswith("step_explorer.situation.")}
    assert keys == set(SITUATIONS)


def policy(theta: float, arrive: float) -> Policy:
    return Policy(theta, 0.5, 0.5, arrive, 0.1)


@pytest.mark.parametrize(
    ("now", "then", "exact", "name"),
    [
        (policy(0, 0.12), policy(1, 0.6), False, "right"),
        (policy(0, 0.12), policy(-0.1, 0.09), False, "wrong"),
        (policy(0, 0.12), policy(0, 0.12), False, "still"),
        (policy(0, 0.12), policy(-1, 0.0099), False, "falls"),
        (policy(0, 0.12), policy(-0.5, 0.01), False, "wrong"),  # the edge is not on the plateau
        (policy(-1, 0.0099), policy(-0.5, 0.01), False, "escape"),
        (policy(-1, 0.001), policy(-0.9, 0.002), False, "collapsed"),
        (policy(-1, 0.001), policy(-1.1, 0.0009), False, "collapsed"),
        (policy(-1, 0.001), policy(-1, 0.001), False, "collapsed"),
        (policy(0, 0.12), policy(1, 0.6), True, "exact"),
        (policy(-1, 0.001), policy(0, 0.12), True, "exact"),
        (policy(-1, 0.001), policy(-0.9, 0.002), True, "exact_stuck"),
    ],
)
def test_the_situation_follows_from_both_policies(
    now: Policy, then: Policy, exact: bool, name: str
) -> None:
    assert situation(now, then, exact) == name


def random_explorers(count: int) -> list[StepExplorer]:
    generator = np.random.default_rng(1)
    return [
        StepExplorer(
            step_size=float(10 ** generator.uniform(-1, 2)),
            theta=float(generator.uniform(-3, 5)),
            batch=int(generator.integers(1, 40)),
            exact=bool(generator.integers(2)),
        )
        for _ in range(count)
    ]


def test_what_the_words_claim_is_so_in_random_states() -> None:
    seen = set()
    for explorer in random_explorers(150):
        now, then, slope, sample, next_sample = explorer.step()
        name = situation(now, then, explorer.exact)
        seen.add(name)
        words = explorer.describe()
        assert then.theta == now.theta + explorer.step_size * slope
        assert slope == (now.gradient if explorer.exact else sample.gradient)
        if "points right too" in words:
            assert sample.gradient > 0 and now.gradient > 0
            assert then.true_return > now.true_return
        if "wrong way" in words:
            assert sample.gradient < 0 < now.gradient
            assert then.arrive >= PLATEAU_CHANCE
            assert then.true_return < now.true_return
        if "one batch in 25" in words:
            arrive = now.arrive if name == "collapsed" else then.arrive
            assert 1 - (1 - arrive) ** 4 < 1 / 25
        assert ("No episode of this batch" in words) == (
            sample.arrived == 0 and name in ("wrong", "falls", "collapsed", "escape")
        )
        if explorer.exact and now.theta > -4:  # further left, J gains less than a rounding error
            assert then.true_return > now.true_return
        assert next_sample == collect(then.theta, explorer.batch + 1)
    assert seen == set(SITUATIONS) - {"still"}


# The object -----------------------------------------------------------------------------


def test_the_words_and_the_still_picture_follow_the_state() -> None:
    explorer = StepExplorer()
    before = explorer.still_png(), explorer.describe()
    assert before == (explorer.still_png(), explorer.describe())
    assert "at θ = 0.00 the policy goes right with probability 0.500" in before[1]
    assert "true return is 0.294. Batch 1: 4 fell, 0 arrived, 0 out of time" in before[1]
    assert "leads to θ′ = −0.10" in before[1]
    explorer.step_size = 10.0
    assert explorer.still_png() != before[0]
    assert "chance of the goal 1 in 1,700" in explorer.describe()
    explorer.exact = True
    assert "the exact gradient leads to θ′ = 3.34" in explorer.describe()
    picture = explorer.still_png()
    explorer.trail = [[1.0, 0.0, 7]]
    assert explorer.still_png() != picture


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.12018, "12.0%"),
        (0.0998, "1 in 10"),
        (1 / 3021, "1 in 3,000"),
        (1 / 98_600, "1 in 99,000"),
        (1e-6 / 3.3, "1 in 3·10⁶"),
        (1e-6, "1 in 10⁶"),
        (4.8e-25, "1 in 2·10²⁴"),
        (0.9994, "99.9%"),
        (0.9999, "> 99.9%"),
        (0.0, "< 1 in 10⁹⁹"),
    ],
)
def test_a_chance_is_written_so_that_it_can_be_pictured(chance: float, words: str) -> None:
    assert StepExplorer()._chance(chance) == words


def test_the_gradient_in_words_has_its_sign_where_rounding_cannot_decide_it() -> None:
    for theta in (0.0, -1.0, -2.0, -3.0, -4.0):
        assert re.search(
            r"(the exact one|The exact gradient is) \+", StepExplorer(1, theta, 1).describe()
        )
    assert "The exact gradient is ≈ 0" in StepExplorer(1, -7.0).describe()


def test_repr_is_the_call_that_makes_it() -> None:
    explorer = StepExplorer(10.0, -0.5, 3, exact=True)
    assert repr(explorer) == "StepExplorer(step_size=10.0, theta=-0.5, batch=3, exact=True)"
    assert eval(repr(explorer)).describe() == explorer.describe()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("step_size", 0, "step_size must be a number between 0.1 and 100.0, got 0"),
        ("step_size", 101, "step_size must be a number between 0.1 and 100.0, got 101"),
        ("theta", 1001, "theta must be a number between -1000.0 and 1000.0, got 1001"),
        ("theta", float("nan"), "theta must be a number .* got nan"),
        ("batch", 0, "batch must be a whole number between 1 and 999, got 0"),
        ("batch", 1.5, "batch must be a whole number between 1 and 999, got 1.5"),
        ("exact", "yes", "exact.*'yes'"),
    ],
)
def test_a_value_out_of_range_is_refused(name: str, value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        StepExplorer(**{name: value})
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(StepExplorer(), name, value)


def test_the_front_end_is_told_where_to_come_back_to_and_cannot_be_told_otherwise() -> None:
    explorer = StepExplorer(theta=1.5, batch=4)
    assert explorer.start == [1.5, 4]
    explorer.theta = 0.0
    assert explorer.start == [1.5, 4]
    with pytest.raises(traitlets.TraitError, match="read-only"):
        explorer.start = [0.0, 1]
