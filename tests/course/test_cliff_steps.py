"""Three steps from a policy of the cliff: held to autograd, to decimals and to each other."""

from __future__ import annotations

import math
from decimal import Decimal, getcontext

import pytest
import torch
from torch import Tensor
from torch.distributions import Bernoulli, kl_divergence

from ppo_lib.beyond.trpo import natural_step
from ppo_lib.course.cliff import exact as cliff
from ppo_lib.course.cliff import steps as cliff_steps

generator = torch.Generator().manual_seed(0)
OLD = list(8 * torch.rand(12, 2, generator=generator, dtype=torch.float64) - 4)
NEW = list(8 * torch.rand(12, 2, generator=generator, dtype=torch.float64) - 4)
PLATEAUS = [(-4.0, 4.0), (-4.0, 0.0), (-4.0, -4.0), (-2.0, 1.0)]


def at(*theta: float) -> Tensor:
    return torch.tensor(theta, dtype=torch.float64)


def gradient_of(function, theta: Tensor) -> Tensor:
    theta = theta.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(function(theta), theta)
    return gradient


def test_the_gradient_is_that_of_the_true_return():
    for old in OLD:
        expected = gradient_of(lambda theta: cliff.true_return(cliff_steps.policy(theta)), old)
        assert cliff_steps.policy_gradient(old).tolist() == pytest.approx(expected.tolist(), 1e-9)


def decimal_gain(lean: Decimal, slope: Decimal) -> Decimal:
    """J - 0.2, walked through with sixty digits."""
    right = [1 / (1 + (-(lean + slope * (s - 4) / 4)).exp()) for s in range(9)]
    walking, arrive, fall = [Decimal(0)] * 9, Decimal(0), Decimal(0)
    walking[1] = Decimal(1)
    for _ in range(50):
        arrive += walking[7] * right[7]
        fall += walking[1] * (1 - right[1])
        following = [Decimal(0)] * 9
        for s in range(1, 8):
            for place, chance in ((s - 1, 1 - right[s]), (s + 1, right[s])):
                if 0 < place < 8:
                    following[place] += walking[s] * chance
        walking = following
    return arrive + Decimal("0.2") * fall - Decimal("0.2")


@pytest.mark.parametrize("place", [*PLATEAUS, (0.0, 0.0), (4.0, -4.0)])
def test_gradient_and_gain_keep_their_digits_on_a_plateau(place):
    getcontext().prec = 60
    old, width = [Decimal(value) for value in place], Decimal(10) ** -20
    numeric = [
        (decimal_gain(*up) - decimal_gain(*down)) / (2 * width)
        for up, down in (
            ((old[0] + width, old[1]), (old[0] - width, old[1])),
            ((old[0], old[1] + width), (old[0], old[1] - width)),
        )
    ]
    gradient = cliff_steps.policy_gradient(at(*place)).tolist()
    assert gradient == pytest.approx([float(slope) for slope in numeric], rel=1e-9, abs=0)
    exact = decimal_gain(old[0] + 1, old[1]) - decimal_gain(*old)
    gain = cliff_steps.true_gain(at(*place) + at(1, 0), at(*place)).item()
    assert gain == pytest.approx(float(exact), rel=1e-9, abs=0)


def test_the_surrogate_has_the_value_and_the_gradient_of_the_return_at_the_old_policy():
    for old in OLD:
        assert cliff_steps.surrogate_gain(old, old) == 0
        slope = gradient_of(lambda theta, old=old: cliff_steps.surrogate_gain(theta, old), old)
        assert slope.tolist() == pytest.approx(cliff_steps.policy_gradient(old).tolist(), 1e-9)


def test_gains_are_those_of_the_cliff():
    for old, new in zip(OLD, NEW, strict=True):
        rights = cliff_steps.policy(new), cliff_steps.policy(old)
        before = cliff.true_return(rights[1])
        promise = cliff.surrogate_return(*rights) - before
        assert cliff_steps.surrogate_gain(new, old).item() == pytest.approx(promise.item(), 1e-9)
        truth = cliff.true_return(rights[0]) - before
        assert cliff_steps.true_gain(new, old).item() == pytest.approx(truth.item(), abs=1e-12)


def test_the_mean_kl_is_that_of_two_coins_at_each_position_visited():
    for old, new in zip(OLD, NEW, strict=True):
        before, after = (cliff_steps.policy(theta) for theta in (old, new))
        weights = cliff.visits(before)
        each = kl_divergence(Bernoulli(before), Bernoulli(after))
        expected = (weights * each).sum() / weights.sum()
        assert cliff_steps.kl_over_visits(new, old).item() == pytest.approx(
            expected.item(), abs=1e-9
        )
    assert cliff_steps.kl_over_visits(at(1, 2), at(1, 2)) == 0
    assert torch.isfinite(cliff_steps.kl_over_visits(at(3000, -4000), at(0, 0)))


def test_the_fisher_matrix_is_the_second_derivative_of_the_mean_kl():
    for old in OLD:
        curvature = torch.autograd.functional.hessian(
            lambda theta, old=old: cliff_steps.kl_over_visits(theta, old), old
        )
        torch.testing.assert_close(cliff_steps.fisher_matrix(old), curvature, rtol=1e-9, atol=1e-15)


def test_the_fisher_matrix_of_the_coin_by_hand():
    # p(1 - p) is 1/4 everywhere; the positions' weights are the coin's visits.
    weights = cliff.visits(torch.full((9,), 0.5, dtype=torch.float64))
    weights = weights / weights.sum()
    along = torch.linspace(-1, 1, 9, dtype=torch.float64)
    mean, square = (weights * along).sum() / 4, (weights * along**2).sum() / 4
    expected = torch.stack([torch.stack([at(0.25)[0], mean]), torch.stack([mean, square])])
    torch.testing.assert_close(cliff_steps.fisher_matrix(at(0, 0)), expected)


def test_the_fisher_matrix_needs_no_damping_in_the_square():
    line = torch.linspace(-4, 4, 9, dtype=torch.float64)
    for old in torch.cartesian_prod(line, line):
        small, large = torch.linalg.eigvalsh(cliff_steps.fisher_matrix(old)).tolist()
        assert 0 < large / small < 20_000


@pytest.mark.parametrize("max_kl", [0.001, 0.05, 1.0])
def test_the_natural_step_ends_on_the_ellipse_where_the_gain_is_largest(max_kl):
    turns = torch.linspace(0, 2 * math.pi, 1001, dtype=torch.float64)
    circle = torch.stack([turns.cos(), turns.sin()], dim=-1)
    for old in OLD:
        step = cliff_steps.three_steps(old, max_kl, 1.0).natural
        fisher, gradient = cliff_steps.fisher_matrix(old), cliff_steps.policy_gradient(old)
        assert (step @ fisher @ step / 2).item() == pytest.approx(max_kl, rel=1e-9)
        bend = ((circle @ fisher) * circle).sum(-1, keepdim=True)
        others = circle * (2 * max_kl / bend).sqrt()  # all around the ellipse
        best = (gradient @ step).item()
        assert (others @ gradient).max().item() <= best * (1 + 1e-9)
        assert (others @ gradient).max().item() >= best * 0.9


def test_the_natural_step_is_the_one_that_trains_the_agent():
    for old in OLD:
        gradient, fisher = cliff_steps.policy_gradient(old), cliff_steps.fisher_matrix(old)
        expected = natural_step(lambda v, fisher=fisher: fisher @ v, gradient, 0.05, 50)
        step = cliff_steps.three_steps(old, 0.05, 1.0).natural
        assert step.tolist() == pytest.approx(expected.tolist(), rel=1e-3)


def test_the_gradient_step_is_the_gradient_times_alpha():
    for old in OLD:
        step = cliff_steps.three_steps(old, 0.05, 7.0).gradient
        assert step.tolist() == (7 * cliff_steps.policy_gradient(old)).tolist()


def test_trpo_halves_as_often_as_it_must_and_no_more():
    seen = set()
    for old in [*OLD, *(at(*place) for place in PLATEAUS)]:
        for max_kl in (0.001, 0.05, 1.0):
            steps = cliff_steps.three_steps(old, max_kl, 1.0)
            assert steps.trpo is not None
            assert steps.trpo.tolist() == (steps.natural * 0.5**steps.halvings).tolist()
            assert cliff_steps.kl_over_visits(old + steps.trpo, old) <= max_kl
            assert cliff_steps.surrogate_gain(old + steps.trpo, old) > 0
            for fewer in range(steps.halvings):
                there = old + steps.natural * 0.5**fewer
                kl, gain = (
                    measure(there, old)
                    for measure in (cliff_steps.kl_over_visits, cliff_steps.surrogate_gain)
                )
                assert kl > max_kl or gain <= 0
            seen.add(steps.halvings)
    assert {0, 1, 2} <= seen


def test_ten_halvings_in_vain_are_no_step(monkeypatch):
    monkeypatch.setattr(cliff_steps, "kl_over_visits", lambda theta, old: torch.tensor(math.inf))
    steps = cliff_steps.three_steps(at(0, 0), 0.05, 1.0)
    assert steps.trpo is None
    assert steps.halvings == 10


def test_without_a_gradient_there_is_nowhere_to_go(monkeypatch):
    monkeypatch.setattr(cliff_steps, "policy_gradient", lambda old: at(0, 0))
    steps = cliff_steps.three_steps(at(0, 0), 0.05, 1.0)
    assert steps.natural.tolist() == steps.gradient.tolist() == [0, 0]
    assert steps.trpo is None


def walk(old: Tensor, name: str, count: int) -> Tensor:
    for _ in range(count):
        old = old + getattr(cliff_steps.three_steps(old, 0.05, 10.0), name)
    return old


def test_from_one_start_trpo_reaches_the_goal_and_the_gradient_the_bait():
    # What the explorer starts with: the gradient points to the bait, the natural one up the ridge.
    start = at(-0.5, -2.0)
    returns = [
        cliff.true_return(cliff_steps.policy(walk(start, name, 6))).item()
        for name in ("trpo", "gradient")
    ]
    assert returns[0] > 0.97
    assert returns[1] == pytest.approx(0.2, abs=0.01)
