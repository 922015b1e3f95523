"""How much better than expected was each action: TD errors, GAE, normalisation."""

from __future__ import annotations

import torch
from torch import Tensor

from ppo_lib.tensors import check_same_shape


def td_errors(
    rewards: Tensor,
    values: Tensor,
    next_values: Tensor,
    terminated: Tensor,
    gamma: float,
) -> Tensor:
    """Return the one-step surprise, reward plus next value less the value expected.

        δ_t = r_t + γ · V(s_{t+1}) · (1 - terminated_t) - V(s_t)

    Args:
        rewards: (T, N) float.
        values: (T, N) float, V(s_t).
        next_values: (T, N) float, V of the observation the step truly led to.
        terminated: (T, N) bool; only a true end has value 0, a truncated one does not.
        gamma: discount factor.

    Returns:
        (T, N), in units of reward.

    Raises:
        ValueError: if the shapes differ.
        TypeError: if `terminated` is not boolean.

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), equation 12.
    """
    check_same_shape(rewards=rewards, values=values, next_values=next_values, terminated=terminated)
    _check_flags(terminated=terminated)
    return rewards + gamma * next_values * ~terminated - values


def compute_gae(
    rewards: Tensor,
    values: Tensor,
    next_values: Tensor,
    terminated: Tensor,
    truncated: Tensor,
    gamma: float,
    gae_lambda: float,
) -> Tensor:
    """Return generalised advantage estimates, a decaying sum of the TD errors that follow.

        Â_t = δ_t + γ λ · (1 - ended_t) · Â_{t+1},   ended_t = terminated_t or truncated_t

    The sum stops at an episode's end of either kind: what follows belongs to another
    episode. Only the bootstrap inside δ tells the two apart. λ = 0 gives the TD error, λ = 1
    the discounted return less V(s_t), with the discounted value of the last observation in
    place of what a time limit or the end of the rollout cuts off.

    Args:
        rewards: (T, N) float.
        values: (T, N) float, V(s_t).
        next_values: (T, N) float, V of the observation the step truly led to.
        terminated: (T, N) bool.
        truncated: (T, N) bool.
        gamma: discount factor.
        gae_lambda: λ.

    Returns:
        (T, N), in units of reward, without gradient.

    Raises:
        ValueError: if the shapes differ.
        TypeError: if a flag is not boolean.

    Source: Schulman et al., "High-Dimensional Continuous Control Using Generalized
    Advantage Estimation" (2016), equation 16; there the sum is infinite, here the rollout
    ends it at T.
    """
    check_same_shape(rewards=rewards, truncated=truncated)
    _check_flags(truncated=truncated)
    deltas = td_errors(rewards, values, next_values, terminated, gamma)
    carry = gamma * gae_lambda * (~(terminated | truncated)).to(deltas.dtype)
    # NumPy walks the rows many times faster than PyTorch would; it works in deltas' own memory.
    advantages, carries = deltas.detach().numpy(), carry.numpy()
    for t in reversed(range(len(advantages) - 1)):
        advantages[t] += carries[t] * advantages[t + 1]
    return torch.from_numpy(advantages)


def normalize(advantages: Tensor) -> Tensor:
    """Shift and scale advantages to mean 0 and standard deviation 1.

    Args:
        advantages: (B,) or (T, N), two numbers at least.

    Returns:
        The same shape, without unit. The standard deviation is the sample's (n - 1); 1e-8
        is added to it; equal advantages give 0.

    Raises:
        ValueError: if there are fewer than two numbers, whose spread is undefined.
    """
    if advantages.numel() < 2:
        raise ValueError(f"advantages must hold two numbers at least, got {advantages.numel()}")
    if advantages.max() == advantages.min():
        return torch.zeros_like(advantages)  # or the rounding of the mean would be blown up
    return (advantages - advantages.mean()) / (advantages.std() + 1e-8)


def _check_flags(**flags: Tensor) -> None:
    for name, flag in flags.items():
        if flag.dtype != torch.bool:
            raise TypeError(f"{name} must be a boolean tensor, got {flag.dtype}")
