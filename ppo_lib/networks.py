"""The actor and the critic: two networks that share nothing but their input."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from gymnasium import spaces
from torch import Tensor, nn
from torch.distributions import Categorical, Distribution, Independent, Normal

from ppo_lib.by_hand import Tanh, outputs_of
from ppo_lib.envs import check_spaces


class LightCategorical(Categorical):
    """PyTorch's categorical distribution, with fewer operations and no checks on the way.

        log π(a|s) = z_a - log Σ_b exp(z_b),   H = -Σ_a π(a|s) log π(a|s)

    It takes two thirds of its parent's time, which an update notices. `expand` and
    `enumerate_support` are not supported.

    Args:
        outputs: (..., n), z, any real numbers.
    """

    def __init__(self, outputs: Tensor) -> None:
        Distribution.__init__(self, outputs.shape[:-1], validate_args=False)
        self._num_events = outputs.shape[-1]
        self.logits = outputs.log_softmax(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the log-probability of each action: (...) whole numbers to (...) nats."""
        logits = self.logits.expand(*value.shape, self._num_events)
        log_probs: Tensor = logits.gather(-1, value.unsqueeze(-1)).squeeze(-1)
        return log_probs

    def entropy(self) -> Tensor:
        """Return the entropy of each distribution, (...) nats."""
        least = torch.finfo(self.logits.dtype).min  # or an action without a chance: 0 times -inf
        return -torch.sum(self.logits.exp() * self.logits.clamp(min=least), -1)


class ActorCritic(nn.Module):
    """A policy pi(a given s) and a value function V(s), each a network of its own.

    Discrete actions get a categorical distribution, continuous ones a Gaussian whose
    standard deviation is learnt but does not depend on the state. Hidden layers use tanh
    and orthogonal weights of gain sqrt(2); the policy's last layer has gain 0.01, so that
    training starts near the uniform policy (or at mean 0), and the value's has gain 1.

    Args:
        observation_space: the space of one environment, a Box of one dimension.
        action_space: Discrete, or a Box of one dimension.
        hidden_sizes: widths of each network's hidden layers.
        generator: where the initial weights come from.

    Raises:
        TypeError: if a space is of an unsupported kind.

    Source: architecture and initialisation as in OpenAI's baselines `ppo2` for MuJoCo,
    described by Huang et al., "The 37 Implementation Details of Proximal Policy Optimization"
    (2022).
    """

    def __init__(
        self,
        observation_space: gym.Space[Any],
        action_space: gym.Space[Any],
        hidden_sizes: Sequence[int] = (64, 64),
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        check_spaces(observation_space, action_space)
        assert observation_space.shape is not None
        self.observation_shape = observation_space.shape
        self.discrete = isinstance(action_space, spaces.Discrete)
        self.action_dtype: type[np.generic] = np.int64 if self.discrete else np.float32
        if isinstance(action_space, spaces.Discrete):
            num_outputs = int(action_space.n)
        else:
            assert action_space.shape is not None
            num_outputs = action_space.shape[0]
            self.log_std = nn.Parameter(torch.zeros(num_outputs))
        self.num_outputs = num_outputs
        self.action_shape: tuple[int, ...] = () if self.discrete else (num_outputs,)
        (num_inputs,) = self.observation_shape
        self.policy_network = _network(num_inputs, hidden_sizes, num_outputs, 0.01, generator)
        self.value_network = _network(num_inputs, hidden_sizes, 1, 1.0, generator)

    def policy(self, observations: Tensor) -> Distribution:
        """Return the distribution of the action in each state.

        Args:
            observations: (B, D), or any leading shape, float32.

        Returns:
            A distribution of batch shape (B,): `log_prob` and `entropy` give one number for
            each state, summed over the dimensions of a continuous action.

        Raises:
            ValueError: if the last dimension is not the environment's.
        """
        self._check(observations)
        log_std = None if self.discrete else self.log_std
        return action_distribution(outputs_of(self.policy_network, observations), log_std)

    def value(self, observations: Tensor) -> Tensor:
        """Return V(s) for each state.

        Args:
            observations: (B, D), or any leading shape, float32.

        Returns:
            (B,), in units of discounted reward; carries gradient.

        Raises:
            ValueError: if the last dimension is not the environment's.
        """
        self._check(observations)
        return outputs_of(self.value_network, observations).squeeze(-1)

    def _check(self, observations: Tensor) -> None:
        if observations.shape[-1:] != self.observation_shape:
            raise ValueError(
                f"observations must have shape (..., {self.observation_shape[0]}), "
                f"got {tuple(observations.shape)}"
            )


def action_distribution(outputs: Tensor, log_std: Tensor | None) -> Distribution:
    """Return the distribution that the policy network's outputs stand for.

    Args:
        outputs: (..., n): logits of discrete actions, or means of continuous ones.
        log_std: logarithm of the Gaussian's spread, of a shape that broadcasts against
            `outputs`; `None`: the actions are discrete.

    Returns:
        A distribution of batch shape (...).
    """
    if log_std is None:
        return LightCategorical(outputs)
    spread = log_std.exp().expand_as(outputs)
    return Independent(Normal(outputs, spread, validate_args=False), 1, validate_args=False)


def sample_actions(
    policy: Distribution, generator: torch.Generator | Sequence[torch.Generator] | None = None
) -> Tensor:
    """Draw an action for each state, from a random stream of its own.

    `Distribution.sample` draws from PyTorch's one global stream, where two runs side by
    side would disturb each other.

    Args:
        policy: what `ActorCritic.policy` returns, of batch shape (B,).
        generator: the stream; `None` is PyTorch's global one. Of several streams, each serves
            an equal share of the states, the first the first ones.

    Returns:
        (B,) whole numbers, or (B, D) real numbers, without gradient.

    Raises:
        TypeError: if `policy` is neither categorical nor an independent Gaussian.
    """
    with torch.no_grad():
        if isinstance(policy, Categorical):
            # The action whose share of [0, 1) a uniform number falls in. A share that is no
            # number gives action 0 here, and a loss that is no number in the update.
            uniform = _noise(torch.rand, policy.batch_shape, generator)
            ends = policy.logits.exp().cumsum(-1)
            return torch.sum(ends[..., :-1] / ends[..., -1:] <= uniform.unsqueeze(-1), -1)
        if isinstance(policy, Independent) and isinstance(policy.base_dist, Normal):
            mean, spread = policy.base_dist.mean, policy.base_dist.stddev
            return mean + spread * _noise(torch.randn, mean.shape, generator)
    raise TypeError(f"policy must be a Categorical or an Independent Normal, got {policy}")


def _noise(
    draw: Callable[..., Tensor],
    shape: torch.Size,
    generator: torch.Generator | Sequence[torch.Generator] | None,
) -> Tensor:
    if isinstance(generator, Sequence):
        share = (shape[0] // len(generator), *shape[1:])
        return torch.cat([draw(share, generator=stream) for stream in generator])
    return draw(shape, generator=generator)


def _network(
    num_inputs: int,
    hidden_sizes: Sequence[int],
    num_outputs: int,
    last_gain: float,
    generator: torch.Generator | None,
) -> nn.Sequential:
    sizes = [num_inputs, *hidden_sizes]
    layers: list[nn.Module] = []
    for size, next_size in itertools.pairwise(sizes):
        layers += [_linear(size, next_size, math.sqrt(2), generator), Tanh()]
    return nn.Sequential(*layers, _linear(sizes[-1], num_outputs, last_gain, generator))


def _linear(
    num_inputs: int, num_outputs: int, gain: float, generator: torch.Generator | None
) -> nn.Linear:
    # nn.Linear draws weights of its own; the fork leaves the global random stream as it was.
    with torch.random.fork_rng(devices=()):
        layer = nn.Linear(num_inputs, num_outputs)
    nn.init.orthogonal_(layer.weight, gain, generator=generator)
    nn.init.zeros_(layer.bias)
    return layer
