"""One step of REINFORCE on the cliff: what is true of the policies, and what a batch makes of them.

The mathematics of the step-size explorer, and how it writes its numbers. `step_explorer.js` has
the same functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ppo_lib.course.cliff.exact import (
    GOAL,
    START,
    TIME_LIMIT,
    outcomes,
    right_everywhere,
    true_return,
    walk,
)
from ppo_lib.course.explorers.sampling import uniforms

NUM_EPISODES = 4
PLATEAU_CHANCE = 0.01  # an episode's chance of the goal below which a policy is on the plateau
# Chosen so that of batches 1 to 8, collected at θ = 0, three hold a goal (3.2 are to be expected)
# and the first holds none. From there steps of 0.5 to 3 climb, and those of 6 to 100 fall.
FIRST_SEED = 425
AXIS = 8.0  # θ is drawn from -8 to 8; a step can lead beyond


@dataclass(frozen=True)
class Policy:
    """A policy of one parameter, solved exactly.

    Attributes:
        theta: θ.
        right: π(right) = 1 / (1 + exp(-θ)), at every position.
        true_return: J(θ).
        arrive: an episode's chance of reaching the goal.
        gradient: dJ/dθ.
    """

    theta: float
    right: float
    true_return: float
    arrive: float
    gradient: float


@dataclass(frozen=True)
class Sample:
    """A batch of episodes, and what REINFORCE makes of it.

    Attributes:
        paths: the positions of each episode, from the start to where it ended.
        fell: how many took the bait.
        arrived: how many reached the goal.
        late: how many ran out of time.
        gradient: the estimate of dJ/dθ.
    """

    paths: tuple[tuple[int, ...], ...]
    fell: int
    arrived: int
    late: int
    gradient: float


def solve(theta: float) -> Policy:
    """Return what is true of the policy with parameter `theta`."""
    logit = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    right = right_everywhere(logit)
    value = true_return(right)
    (gradient,) = torch.autograd.grad(value, logit)
    _, arrive, _ = outcomes(right.detach()).tolist()
    return Policy(theta, right[START].item(), value.item(), arrive, gradient.item())


def collect(theta: float, batch: int) -> Sample:
    """Play a batch of four episodes and estimate the gradient from it.

        g = mean over episodes of G Σ_t (a_t - p),    a_t = 1 for right, 0 for left

    which is G Σ_t d log π(a_t) / dθ.

    Args:
        theta: θ of the policy that plays.
        batch: which luck it has, 1 or above; the same for every θ.

    Returns:
        The episodes and their estimate.
    """
    luck = uniforms(FIRST_SEED + batch - 1, NUM_EPISODES * TIME_LIMIT)
    right = right_everywhere(torch.tensor(theta, dtype=torch.float64))
    episodes = walk(right, torch.from_numpy(luck.reshape(NUM_EPISODES, TIME_LIMIT)))
    scores = ((episodes.actions - right[START]) * episodes.mask).sum(-1)
    ends = episodes.ends.tolist()
    paths = tuple(
        (*positions[mask].tolist(), end)
        for positions, mask, end in zip(episodes.positions, episodes.mask, ends, strict=True)
    )
    fell, arrived = ends.count(0), ends.count(GOAL)
    late = NUM_EPISODES - fell - arrived
    return Sample(paths, fell, arrived, late, (episodes.returns * scores).mean().item())


def situation(now: Policy, then: Policy, exact: bool) -> str:
    """Return which case a step is in.

    Args:
        now: the policy before the step.
        then: the one after it.
        exact: whether the step follows the exact gradient.

    Returns:
        `"exact"`, or `"exact_stuck"` if that step ends on the plateau. With an estimate:
        `"collapsed"` from plateau to plateau, `"escape"` off it, `"falls"` onto it, and elsewhere
        `"right"`, `"wrong"` or `"still"` by the direction of the step.
    """
    starts_there, ends_there = now.arrive < PLATEAU_CHANCE, then.arrive < PLATEAU_CHANCE
    if exact:
        return "exact_stuck" if ends_there else "exact"
    if starts_there:
        return "collapsed" if ends_there else "escape"
    if ends_there:
        return "falls"
    if then.theta == now.theta:
        return "still"
    return "right" if then.theta > now.theta else "wrong"


def plateau_edge() -> float:
    """Return the θ at which an episode's chance of the goal is `PLATEAU_CHANCE`: it only grows."""
    low, high = -AXIS, AXIS
    for _ in range(60):
        middle = (low + high) / 2
        logit = torch.tensor(middle, dtype=torch.float64)
        on_it = outcomes(right_everywhere(logit))[1].item() < PLATEAU_CHANCE
        low, high = (middle, high) if on_it else (low, middle)
    return low


def write_number(value: float, digits: int = 2) -> str:
    """Return a number with fewer decimals the larger it is, and a true minus sign."""
    size = abs(value)
    written = f"{size:,.{0 if size >= 1000 else min(digits, 1) if size >= 10 else digits}f}"
    return f"−{written}" if value < 0 and float(written.replace(",", "")) else written


def write_scientific(value: float) -> str:
    """Return a positive number with one digit: 4·10⁻⁹, 10⁶."""
    digit, exponent = f"{value:.0e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{raised}" if digit == "1" else f"{digit}·10{raised}"


def write_gradient(value: float) -> str:
    """Return a slope with its sign; below 1e-12 rounding may decide it, so there it has none."""
    size = abs(value)
    if size < 1e-12:
        return "≈ 0"
    return ("−" if value < 0 else "+") + (
        write_number(size, 3) if size >= 0.001 else write_scientific(size)
    )


def write_probability(value: float) -> str:
    """Return the probability of going right; far to either side it is not rounded to 0 or 1."""
    if value >= 0.9995:
        return "> 0.999"
    if value < 1e-12:
        return "≈ 0"
    return write_number(value, 3) if value >= 0.001 else write_scientific(value)


def write_tick_probability(value: float) -> str:
    """Return a probability as it stands below the axis."""
    return f"{value:.4f}" if min(value, 1 - value) < 0.001 else f"{value:.3f}"


def write_step_size(value: float) -> str:
    """Return a step size with three digits."""
    return f"{value:.3g}"
