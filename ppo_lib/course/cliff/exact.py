"""The cliff solved exactly, and its episodes played by the thousand.

The corridor of `CliffEnv` is so small that a policy is nine numbers, the probability of going
right at each position, and its true return needs no sampling: the chances of being anywhere are
passed on, step by step, up to the time limit. `play` draws episodes from the same rules.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ppo_lib.course.cliff.environment import CliffEnv

NUM_POSITIONS = CliffEnv.NUM_POSITIONS
START = CliffEnv.START
GOAL = NUM_POSITIONS - 1
TIME_LIMIT = CliffEnv.MAX_EPISODE_STEPS


@dataclass(frozen=True)
class Episodes:
    """Episodes of the cliff, cut to the longest of them.

    Attributes:
        positions: (..., K, T) int64, where each step was taken from; 0 after the end.
        actions: (..., K, T) int64, 1 for right and 0 for left; 0 after the end.
        mask: (..., K, T) bool, the steps that were taken.
        returns: (..., K) float64, the undiscounted reward of each episode.
        ends: (..., K) int64, the position where it ended, or was when the time was up.
    """

    positions: Tensor
    actions: Tensor
    mask: Tensor
    returns: Tensor
    ends: Tensor


def right_everywhere(logit: Tensor) -> Tensor:
    """Return the policy of one parameter: the same probability of going right everywhere.

        π(right) = 1 / (1 + exp(-θ))

    Args:
        logit: (...), θ.

    Returns:
        (..., 9), float64; carries gradient.
    """
    probability = torch.sigmoid(logit.double())
    return probability.unsqueeze(-1).expand(*logit.shape, NUM_POSITIONS)


def right_by_position(lean: Tensor, slope: Tensor) -> Tensor:
    """Return the policy of two parameters: going right depends on how far along it is.

        π(right | position) = 1 / (1 + exp(-(lean + slope · (position - 4) / 4)))

    Args:
        lean: (...), the logit in the middle of the corridor.
        slope: (...), how much more it is at the goal.

    Returns:
        (..., 9), float64; carries gradient.
    """
    middle = GOAL / 2
    along = (torch.arange(NUM_POSITIONS, dtype=torch.float64) - middle) / middle
    return torch.sigmoid(lean.double().unsqueeze(-1) + slope.double().unsqueeze(-1) * along)


def true_return(right: Tensor) -> Tensor:
    """Return the expected return of a policy, exactly.

    Args:
        right: (..., 9), the probability of going right at each position; the ends' are unused.

    Returns:
        (...), float64; carries gradient.
    """
    return CliffEnv.BAIT_REWARD + above_the_bait(right)


def outcomes(right: Tensor) -> Tensor:
    """Return the chances of an episode's three ends: a fall, the goal, and the time limit.

    Args:
        right: (..., 9), as for `true_return`.

    Returns:
        (..., 3), float64, of sum 1; carries gradient.
    """
    chances = chances_in_time(right)
    fall = sum(chance[..., 0] for chance in chances[1:])
    arrive = sum(chance[..., GOAL] for chance in chances[1:])
    return torch.stack([fall, arrive, 1 - fall - arrive], dim=-1)  # type: ignore[list-item]


def visits(right: Tensor) -> Tensor:
    """Return how many steps an episode takes from each position, on average.

    Args:
        right: (..., 9), as for `true_return`.

    Returns:
        (..., 9), float64, 0 at the two ends; carries gradient.
    """
    return torch.stack([still_walking(chance) for chance in chances_in_time(right)[:-1]]).sum(0)


def surrogate_return(right: Tensor, old_right: Tensor) -> Tensor:
    """Return what the surrogate expects of a policy: its actions, in the states of the old one.

        L(π) = J(π_old) + Σ_t Σ_s d_old,t(s) Σ_a π(a|s) A_old,t(s, a)

    The states s and the advantages A are the old policy's, at each time t (for the time limit
    makes late positions worth less). At the old policy L equals the true return J, and so does
    its gradient.

    Args:
        right: (..., 9), the policy to judge.
        old_right: (9,), the old one.

    Returns:
        (...), float64; carries the gradient of `right`.

    Source: Kakade and Langford, "Approximately Optimal Approximate Reinforcement Learning" (2002);
    equation 3 of Schulman et al., "Trust Region Policy Optimization" (2015), here without
    discount and for a limited time.
    """
    change = right.double() - old_right.detach().double()
    gains = change * advantage_gaps(old_right)  # what left loses, right has
    return true_return(old_right.detach()) + gains.sum(-1)


def advantage_gaps(right: Tensor) -> Tensor:
    """Return Σ_t d_t(s) (A_t(s, right) - A_t(s, left)) at each position s of a policy.

    It is the derivative of the true return in the chance of going right at s alone.

    Args:
        right: (9,), the policy.

    Returns:
        (9,), float64; without gradient.
    """
    with torch.enable_grad():
        right = right.detach().clone().requires_grad_()
        (gaps,) = torch.autograd.grad(above_the_bait(right), right)
    return gaps


def above_the_bait(right: Tensor) -> Tensor:
    """Return J - 0.2, the true return less the bait's, whose digits survive where J is nearly 0.2.

    Falls add nothing to it: the goal adds 0.8 and a time limit takes 0.2 away.

    Args:
        right: (..., 9), as for `true_return`.

    Returns:
        (...), float64; carries gradient.
    """
    chances = chances_in_time(right)
    arrive = torch.stack([chance[..., GOAL] for chance in chances]).sum(0)
    late = still_walking(chances[-1]).sum(-1)
    return (CliffEnv.GOAL_REWARD - CliffEnv.BAIT_REWARD) * arrive - CliffEnv.BAIT_REWARD * late


def play(right: Tensor, num_episodes: int, generator: torch.Generator | None = None) -> Episodes:
    """Play episodes of one policy, or of many side by side.

    Args:
        right: (..., 9), as for `true_return`; without gradient.
        num_episodes: K, of each policy.
        generator: the random stream; `None` is PyTorch's global one.

    Returns:
        The episodes, T the length of the longest.

    Raises:
        ValueError: if `num_episodes` is below 1.
    """
    if num_episodes < 1:
        raise ValueError(f"num_episodes must be at least 1, got {num_episodes}")
    shape = (*right.shape[:-1], num_episodes, TIME_LIMIT)
    return walk(right, torch.rand(shape, generator=generator, dtype=torch.float64))


@torch.no_grad()
def walk(right: Tensor, uniform: Tensor) -> Episodes:
    """Play episodes whose luck is given: step t goes right if `uniform[..., t]` is below π(right).

    Args:
        right: (..., 9), as for `true_return`.
        uniform: (..., K, 50), numbers from 0 to 1.

    Returns:
        The episodes.
    """
    right = right.detach().double()
    position = torch.full(uniform.shape[:-1], START)
    history = []
    for t in range(TIME_LIMIT):
        running = (position > 0) & (position < GOAL)
        if not running.any():
            break
        action = (uniform[..., t] < right.gather(-1, position)) & running
        history.append((position * running, action.long(), running))
        position = position + torch.where(running, torch.where(action, 1, -1), 0)
    positions, actions, mask = (torch.stack(steps, dim=-1) for steps in zip(*history, strict=True))
    fell, arrived = (position == 0).double(), (position == GOAL).double()
    returns = CliffEnv.BAIT_REWARD * fell + CliffEnv.GOAL_REWARD * arrived
    return Episodes(positions, actions, mask, returns, position)


@torch.no_grad()
def walks_of_a_coin(
    start: int,
    first_right: bool,
    num_steps: int,
    num_walks: int,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Walk from a position: the first action is given, a coin decides all others.

    There is no time limit. A walk that has ended stays where it is, without reward.

    Args:
        start: the first position, 1 to 7.
        first_right: whether the first step goes right.
        num_steps: T.
        num_walks: K.
        generator: the random stream; `None` is PyTorch's global one.

    Returns:
        Positions before and after each step (T, K) int64, rewards (T, K) float64, and whether the
        walk has ended by then (T, K) bool.
    """
    right = torch.rand(num_steps, num_walks, generator=generator) < 0.5
    right[0] = first_right
    position = torch.full((num_walks,), start)
    before, after, rewards, terminated = [], [], [], []
    for goes_right in right:
        walking = (position > 0) & (position < GOAL)
        before.append(position)
        position = position + torch.where(walking, torch.where(goes_right, 1, -1), 0)
        fell, arrived = walking & (position == 0), walking & (position == GOAL)
        after.append(position)
        rewards.append(CliffEnv.BAIT_REWARD * fell.double() + CliffEnv.GOAL_REWARD * arrived)
        terminated.append((position == 0) | (position == GOAL))
    return torch.stack(before), torch.stack(after), torch.stack(rewards), torch.stack(terminated)


def chances_in_time(right: Tensor) -> list[Tensor]:
    """Return the chance of coming to each position at time 0, 1, ... TIME_LIMIT.

    An end is come to once: the chance there is that of ending at this very time.

    Args:
        right: (..., 9), as for `true_return`.

    Returns:
        51 tensors (..., 9), float64; they carry gradient.
    """
    right = right.double()
    start = torch.zeros(NUM_POSITIONS, dtype=torch.float64)
    start[START] = 1.0
    chances = [start.expand(right.shape)]
    for _ in range(TIME_LIMIT):
        walking = still_walking(chances[-1])
        to_the_right = (walking * right).roll(1, -1)
        to_the_left = (walking * (1 - right)).roll(-1, -1)
        chances.append(to_the_right + to_the_left)
    return chances


def still_walking(chance: Tensor) -> Tensor:
    """Return chances (..., 9) without those of having ended."""
    inside = torch.ones(NUM_POSITIONS, dtype=torch.float64)
    inside[0] = inside[GOAL] = 0.0
    return chance * inside
