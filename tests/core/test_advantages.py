"""GAE against a slow sum, at its limits, and over the two kinds of episode end."""

import itertools
import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ppo_lib.advantages import compute_gae, normalize, td_errors


def random_inputs(seed, num_steps, num_envs, end_share, dtype=torch.float64):
    """Rewards, values, next values, terminated, truncated; both flags may be set at once."""
    random = np.random.default_rng(seed)
    shape = (num_steps, num_envs)
    numbers = [torch.from_numpy(random.normal(0, 3, shape)).to(dtype) for _ in range(3)]
    flags = [torch.from_numpy(random.random(shape) < end_share) for _ in range(2)]
    return [*numbers, *flags]


def slow_gae(rewards, values, next_values, terminated, truncated, gamma, gae_lambda):
    """The definition, term by term: the sum over l of (gamma lambda)^l delta_{t+l}, O(T^2)."""
    num_steps, num_envs = rewards.shape
    advantages = torch.zeros(num_steps, num_envs, dtype=torch.float64)
    for n in range(num_envs):
        for t in range(num_steps):
            terms = []
            for k in range(t, num_steps):
                following = 0.0 if terminated[k, n] else next_values[k, n].item()
                delta = rewards[k, n].item() + gamma * following - values[k, n].item()
                terms.append((gamma * gae_lambda) ** (k - t) * delta)
                if terminated[k, n] or truncated[k, n]:
                    break
            advantages[t, n] = math.fsum(terms)
    return advantages


unit = st.floats(0, 1)
INPUTS = st.builds(
    random_inputs, st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 4), unit
)
quiet = settings(deadline=None, database=None, max_examples=60)


@quiet
@given(INPUTS, unit, unit)
def test_gae_is_the_slow_sum_of_its_definition_to_the_rounding_of_its_type(
    inputs, gamma, gae_lambda
):
    slow = slow_gae(*inputs, gamma, gae_lambda)
    fast = compute_gae(*inputs, gamma, gae_lambda)
    torch.testing.assert_close(fast, slow, atol=1e-12, rtol=1e-12)
    single = [tensor.float() if tensor.is_floating_point() else tensor for tensor in inputs]
    fast = compute_gae(*single, gamma, gae_lambda)
    torch.testing.assert_close(fast, slow.float(), atol=1e-4, rtol=1e-5)


@quiet
@given(INPUTS, unit)
def test_gae_with_lambda_zero_is_the_td_error(inputs, gamma):
    torch.testing.assert_close(
        compute_gae(*inputs, gamma, 0.0), td_errors(*inputs[:4], gamma), atol=0, rtol=0
    )


@quiet
@given(INPUTS, unit)
def test_gae_with_lambda_one_is_the_discounted_return_less_the_value(inputs, gamma):
    rewards, values, next_values, terminated, truncated = inputs
    ended = terminated | truncated
    # Inside an episode the value after this step is the value at the next one.
    next_values[:-1] = torch.where(ended[:-1], next_values[:-1], values[1:])
    returns = torch.zeros_like(rewards)
    for n in range(rewards.shape[1]):
        for t in range(len(rewards)):
            discount = 1.0
            for k in range(t, len(rewards)):
                returns[t, n] += discount * rewards[k, n]
                discount *= gamma
                if ended[k, n] or k + 1 == len(rewards):
                    returns[t, n] += discount * next_values[k, n] * ~terminated[k, n]
                    break
    advantages = compute_gae(*inputs, gamma, 1.0)
    torch.testing.assert_close(advantages, returns - values, atol=1e-10, rtol=1e-10)


def column(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)[:, None]


def flags(*numbers):
    return torch.tensor(numbers, dtype=torch.bool)[:, None]


def test_gae_by_hand():
    cases = [
        # gamma = lambda = 1/2, so gamma lambda = 1/4. Rewards 1, 2, 3; values 4, 6, 8; next
        # values 6, 8, 10. The deltas are 1 + 3 - 4 = 0, 2 + 4 - 6 = 0, 3 + 5 - 8 = 0.
        ((0, 0, 0), (0, 0, 0), (0.0, 0.0, 0.0)),
        # A true end at t = 1: delta_1 = 2 - 6 = -4, and A_0 = 0 + (-4) / 4 = -1.
        ((0, 1, 0), (0, 0, 0), (-1.0, -4.0, 0.0)),
        # A cut at t = 1 keeps the bootstrap: delta_1 = 0.
        ((0, 0, 0), (0, 1, 0), (0.0, 0.0, 0.0)),
        # Both flags at once: the end counts.
        ((0, 1, 0), (0, 1, 0), (-1.0, -4.0, 0.0)),
        # A true end at t = 2: delta_2 = 3 - 8 = -5, A_1 = -5/4, A_0 = -5/16.
        ((0, 0, 1), (0, 0, 0), (-5 / 16, -5 / 4, -5.0)),
        # The same, but cut at t = 1: nothing of delta_2 arrives before the cut.
        ((0, 0, 1), (0, 1, 0), (0.0, 0.0, -5.0)),
    ]
    for terminated, truncated, expected in cases:
        ends = (flags(*terminated), flags(*truncated))
        rewards, values, next_values = column(1, 2, 3), column(4, 6, 8), column(6, 8, 10)
        advantages = compute_gae(rewards, values, next_values, *ends, 0.5, 0.5)
        torch.testing.assert_close(advantages, column(*expected), atol=0, rtol=0)


@pytest.mark.parametrize("kind", ["terminated", "truncated"])
def test_no_advantage_leaks_over_an_episodes_end(kind):
    inputs = random_inputs(0, 10, 3, end_share=0.0, dtype=torch.float32)
    inputs[3 if kind == "terminated" else 4][5] = True  # the row t = 5 ends an episode
    before = compute_gae(*inputs, 0.99, 0.95)
    for tensor in inputs[:3]:
        tensor[6:] += 100.0
    after = compute_gae(*inputs, 0.99, 0.95)
    assert torch.equal(before[:6], after[:6])
    assert not torch.isclose(before[6:], after[6:]).any()


def test_environments_do_not_mix_and_the_inputs_are_left_as_they_were():
    inputs = random_inputs(1, 8, 4, end_share=0.2)
    copies = [tensor.clone() for tensor in inputs]
    together = compute_gae(*inputs, 0.99, 0.95)
    assert all(torch.equal(a, b) for a, b in zip(inputs, copies, strict=True))
    for n in range(4):
        alone = compute_gae(*(tensor[:, n : n + 1] for tensor in inputs), 0.99, 0.95)
        assert torch.equal(together[:, n : n + 1], alone)


@pytest.mark.parametrize("gae_lambda", [0.0, 0.5, 1.0])
def test_a_reward_of_one_for_ever_is_worth_one_over_one_less_gamma(gae_lambda):
    gamma, steps = 0.9, 30
    truncated = flags(*([0] * 9 + [1]) * 3)  # cut after every tenth step, never terminated
    never = torch.zeros_like(truncated)
    ones = torch.ones(steps, 1, dtype=torch.float64)

    right = ones / (1 - gamma)  # the fixed point: no surprise anywhere
    surprise = compute_gae(ones, right, right, never, truncated, gamma, gae_lambda)
    torch.testing.assert_close(surprise, torch.zeros_like(ones))
    value = torch.tensor(0.0, dtype=torch.float64)  # and moving to the mean target finds it
    for _ in range(500):
        values = value.expand(steps, 1)
        advantages = compute_gae(ones, values, values, never, truncated, gamma, gae_lambda)
        value = (values + advantages).mean()
    assert value.item() == pytest.approx(1 / (1 - gamma), rel=1e-6)

    # Taking the cut for an end is worth less: the critic would be surprised by -gamma V there.
    merged = compute_gae(ones, right, right, truncated, never, gamma, gae_lambda)
    assert merged[9].item() == pytest.approx(-gamma / (1 - gamma))


def test_normalised_advantages_have_mean_zero_and_spread_one():
    # 1, 2, 3, 6 have mean 3 and sample variance (4 + 1 + 0 + 9) / 3 = 14 / 3.
    spread = math.sqrt(14 / 3)
    expected = torch.tensor([-2, -1, 0, 3]) / spread
    torch.testing.assert_close(normalize(torch.tensor([1.0, 2.0, 3.0, 6.0])), expected)
    grid = normalize(random_inputs(3, 16, 8, 0.0)[0] * 7 + 5)
    assert grid.shape == (16, 8)
    assert grid.mean().abs() < 1e-12 and abs(grid.std() - 1) < 1e-6


def test_equal_advantages_are_normalised_to_zero_and_a_single_one_is_refused():
    assert torch.equal(normalize(torch.full((4,), 0.5)), torch.zeros(4))
    for shape, number in (((1,), 1), ((0,), 0), ((), 1)):
        with pytest.raises(ValueError, match=f"two numbers at least, got {number}"):
            normalize(torch.zeros(shape))


NAMES = ["values", "next_values", "terminated", "truncated"]


def test_tensors_of_another_shape_and_flags_that_are_numbers_are_refused_by_name():
    right = dict(zip(["rewards", *NAMES], random_inputs(0, 5, 4, 0.2), strict=True))
    for name, shape in itertools.product(NAMES, [(5, 1), (5, 4, 1), (4,), (4, 5), ()]):
        inputs = right | {name: torch.zeros(shape, dtype=right[name].dtype)}
        message = re.escape(f"{name} must have the shape of rewards, (5, 4), got {shape}")
        with pytest.raises(ValueError, match=f"^{message}$"):
            compute_gae(**inputs, gamma=0.99, gae_lambda=0.95)
        if name != "truncated":
            inputs.pop("truncated")
            with pytest.raises(ValueError, match=f"^{message}$"):
                td_errors(**inputs, gamma=0.99)
    for name in ("terminated", "truncated"):
        inputs = right | {name: right[name].float()}
        with pytest.raises(TypeError, match=f"{name} must be a boolean tensor, got torch.float32"):
            compute_gae(**inputs, gamma=0.99, gae_lambda=0.95)
