"""What the curves show, from their definitions."""

import itertools
import math
import re

import pytest
import torch

from ppo_lib.diagnostics import (
    approx_kl,
    clip_fraction,
    dead_fraction,
    dead_gradient,
    effective_sample_size,
    explained_variance,
    outside_band,
)
from ppo_lib.losses import clipped_surrogate


def test_the_kl_estimate_is_exact_where_the_samples_have_the_policys_frequencies():
    # pi_old = (1/2, 1/4, 1/4), drawn four times: actions 0, 0, 1, 2. pi = (1/4, 1/4, 1/2).
    old, new = torch.tensor([0.5, 0.5, 0.25, 0.25]), torch.tensor([0.25, 0.25, 0.25, 0.5])
    # KL(old, new) = 1/2 log 2 + 1/4 log 1 + 1/4 log 1/2 = 1/4 log 2. The other way round it would
    # be 1/4 log 1/2 + 1/2 log 2, by chance the same: hence a second, lopsided pair below.
    assert approx_kl(new.log(), old.log()).item() == pytest.approx(0.25 * math.log(2), rel=1e-6)
    # pi_old = (3/4, 1/4), actions 0, 0, 0, 1; pi = (1/2, 1/2): 3/4 log 3/2 + 1/4 log 1/2.
    old, new = torch.tensor([0.75, 0.75, 0.75, 0.25]), torch.tensor([0.5] * 4)
    expected = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert approx_kl(new.log(), old.log()).item() == pytest.approx(expected, rel=1e-6)


def test_every_term_of_the_kl_estimate_is_k3():
    # ratio - 1 - log ratio, at ratio 2: 1 - log 2; at ratio 1/2: -1/2 + log 2.
    two = approx_kl(torch.tensor([math.log(2)]), torch.zeros(1)).item()
    half = approx_kl(torch.zeros(1), torch.tensor([math.log(2)])).item()
    assert two == pytest.approx(1 - math.log(2), rel=1e-6)
    assert half == pytest.approx(math.log(2) - 0.5, rel=1e-6)


def test_a_tiny_kl_is_not_lost_in_rounding():
    # At log ratio x, k3 is x^2 / 2 + ...: with x = 1e-3, ratio - 1 - x in float32 would be noise.
    assert approx_kl(torch.tensor([1e-3]), torch.zeros(1)).item() == pytest.approx(5e-7, rel=1e-3)


def test_the_clip_fraction_counts_both_sides_of_the_band():
    ratio = torch.tensor([0.5, 0.85, 1.0, 1.15, 1.25, 3.0])
    assert outside_band(ratio, 0.2).tolist() == [True, False, False, False, True, True]
    assert clip_fraction(ratio, 0.2).item() == 0.5
    assert clip_fraction(ratio, 10.0).item() == 0.0


def test_a_gradient_is_dead_only_where_the_policy_already_went_far_enough():
    ratio = torch.tensor([0.5, 1.1, 1.5, 0.5, 1.1, 1.5, 0.5, 1.5])
    advantages = torch.tensor([1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 0.0, 0.0])
    expected = [False, False, True, True, False, False, False, False]
    assert dead_gradient(ratio, advantages, 0.2).tolist() == expected
    assert dead_fraction(ratio, advantages, 0.2).item() == 0.25


def test_the_dead_gradients_are_those_that_autograd_finds():
    generator = torch.Generator().manual_seed(0)
    log_probs = (0.5 * torch.randn(500, generator=generator)).requires_grad_()
    advantages = torch.randn(500, generator=generator)
    clipped_surrogate(log_probs, torch.zeros(500), advantages, 0.2).backward()
    ratio = log_probs.detach().exp()
    dead = dead_gradient(ratio, advantages, 0.2)
    assert 50 < dead.sum() < 450
    assert torch.equal(dead, log_probs.grad == 0)


def test_a_ratio_on_the_very_edge_of_the_band_is_inside_it_and_has_its_gradient():
    # 3/4 and 5/4 are exact in float32; the surrogate is written out from the ratio.
    ratio = torch.tensor([0.75, 1.25], requires_grad=True)
    advantages = torch.tensor([-1.0, 1.0])
    torch.min(ratio * advantages, ratio.clamp(0.75, 1.25) * advantages).sum().backward()
    assert (ratio.grad != 0).all()
    assert not outside_band(ratio, 0.25).any()
    assert not dead_gradient(ratio, advantages, 0.25).any()


def test_explained_variance_by_hand():
    returns = torch.tensor([0.0, 2.0, 4.0, 6.0])  # mean 3, variance (9 + 1 + 1 + 9) / 4 = 5
    assert explained_variance(returns, returns).item() == 1.0
    assert explained_variance(torch.full((4,), 7.0), returns).item() == 0.0
    assert explained_variance(returns + 100, returns).item() == 1.0  # an offset is no variance
    # Half of the returns leaves half of them: 1 - (1/4 * 5) / 5; twice the opposite leaves thrice.
    assert explained_variance(returns / 2, returns).item() == pytest.approx(0.75)
    assert explained_variance(-2 * returns, returns).item() == pytest.approx(1 - 9)
    # Values and returns are not the same thing: the returns' variance is what is divided by.
    assert explained_variance(2 * returns, returns).item() == pytest.approx(0.0)
    assert explained_variance(returns, 2 * returns).item() == pytest.approx(0.75)


def test_returns_that_do_not_vary_explain_nothing_and_say_so():
    for number, size in itertools.product([0.0, 0.1, 1 / 3, 7.77, -100.1], [1, 513, 1024]):
        values = torch.randn(size)
        assert math.isnan(explained_variance(values, torch.full((size,), number)).item())


def test_tensors_of_another_shape_are_refused_by_name():
    takers = [
        (approx_kl, ("log_probs", "old_log_probs"), ()),
        (dead_gradient, ("ratio", "advantages"), (0.2,)),
        (dead_fraction, ("ratio", "advantages"), (0.2,)),
        (explained_variance, ("values", "returns"), ()),
    ]
    shapes = [(4, 1), (1,), (), (2, 2), (3,)]
    for (function, (first, second), extra), shape in itertools.product(takers, shapes):
        message = re.escape(f"{second} must have the shape of {first}, (4,), got {shape}")
        with pytest.raises(ValueError, match=f"^{message}$"):
            function(torch.ones(4), torch.ones(shape), *extra)


def test_the_effective_sample_size_by_hand():
    # (3 + 1)^2 / (9 + 1) = 1.6
    sizes = {(1, 1, 1, 1): 4, (10, 10, 10, 10): 4, (3, 0, 0, 0): 1, (1, 1, 0): 2, (3, 1): 1.6}
    for ratio, size in sizes.items():
        found = effective_sample_size(torch.tensor(ratio, dtype=torch.float32))
        assert found.item() == pytest.approx(size)


def test_two_gaussians_of_one_spread_leave_exp_of_minus_twice_the_kl():
    # The means are 1 apart: KL = 1/2, and E[r]^2 / E[r^2] = exp(-1).
    actions = torch.randn(400_000, generator=torch.Generator().manual_seed(0))
    ratio = torch.exp(actions - 0.5)  # N(1, 1) over N(0, 1)
    share = effective_sample_size(ratio).item() / len(ratio)
    assert share == pytest.approx(math.exp(-1), rel=0.03)
