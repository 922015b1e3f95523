"""What samples of an old policy say about a new one, exactly where a formula is known.

The ratio explorer draws these: `ratio_explorer.js` holds the same formulas. Tests hold both to
`torch.distributions` and to numerical integrals. The ratio is `losses.probability_ratio`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor
from torch.distributions import Categorical, Distribution, Normal, kl_divergence

from ppo_lib.course.explorers.sampling import normals, uniforms
from ppo_lib.losses import probability_ratio

Policy = Categorical | Normal
"""Five actions with a probability each, or one number from a normal distribution."""

REWARDS = (1.0, 3.0, 2.0, 5.0, 4.0)  # of the five actions
# Of a number a: BASE + HEIGHT exp(−(a − BEST)² / 2 WIDTH²), which is BASE far out.
BASE, HEIGHT, BEST, WIDTH = 1.0, 4.0, 1.5, 0.8

LEAST = 0.01  # no action's probability falls below it
NEAR = 0.5  # a sample worth this share of a new one, or more, lies near
APART = 0.4  # policies that overlap less than this lie apart
_LARGEST_EXPONENT = 700.0  # beyond it a float overflows

_REWARDS = torch.tensor(REWARDS, dtype=torch.float64)


def reward(policy: Policy, actions: Tensor) -> Tensor:
    """Return the made-up reward f(a) of each action; it depends on the policy's kind alone.

    Args:
        policy: says whether actions are indices or numbers.
        actions: (n,) indices 0 to 4, or numbers.

    Returns:
        (n,) float64, from 1 to 5.
    """
    if isinstance(policy, Categorical):
        return _REWARDS[actions]
    return BASE + HEIGHT * torch.exp(-0.5 * ((actions - BEST) / WIDTH) ** 2)


def expected_reward(policy: Policy) -> float:
    """Return E[f(a)] for actions of the policy, exactly."""
    if isinstance(policy, Categorical):
        return float((policy.probs * _REWARDS).sum())
    return BASE + HEIGHT * _bump(policy.loc.item(), policy.scale.item(), WIDTH)


def _bump(mean: float, std: float, width: float) -> float:
    """Return E[exp(−(a − BEST)² / 2 width²)] for a from N(mean, std²)."""
    spread = width**2 + std**2
    return width / math.sqrt(spread) * math.exp(-((mean - BEST) ** 2) / (2 * spread))


def second_moments(new: Policy, old: Policy) -> tuple[float, float]:
    """Return E_old[r²] and E_old[(r f)²], exactly.

    For normal distributions r² π_old is E_old[r²] times a normal density with the precision
    2/σ² − 1/σ_old²; where that is not above 0, both are infinite.

    Args:
        new: the policy to judge.
        old: the policy of the same kind that acted.

    Returns:
        Two numbers, at least 1 and 1; `inf` where the mean does not exist.

    Source: Owen, "Monte Carlo theory, methods and examples" (2013), section 9.1.
    """
    if isinstance(new, Categorical) and isinstance(old, Categorical):
        squares = new.probs**2 / old.probs
        return float(squares.sum()), float((squares * _REWARDS**2).sum())
    new, old = cast(Normal, new), cast(Normal, old)
    (mean, std), (old_mean, old_std) = (
        (policy.loc.item(), policy.scale.item()) for policy in (new, old)
    )
    room = 2 * old_std**2 - std**2
    if room <= 0:
        return math.inf, math.inf
    exponent = min((mean - old_mean) ** 2 / room, _LARGEST_EXPONENT)
    squared_ratio = old_std**2 / (std * math.sqrt(room)) * math.exp(exponent)
    middle = (2 * mean * old_std**2 - old_mean * std**2) / room
    width = std * old_std / math.sqrt(room)
    squared_reward = (
        BASE**2
        + 2 * BASE * HEIGHT * _bump(middle, width, WIDTH)
        + HEIGHT**2 * _bump(middle, width, WIDTH / math.sqrt(2))
    )
    return squared_ratio, squared_ratio * squared_reward


def overlap(new: Policy, old: Policy) -> float:
    """Return Bhattacharyya's coefficient ∫ √(π π_old), from 0 to 1: 1 for the same policy."""
    if isinstance(new, Categorical) and isinstance(old, Categorical):
        return float((new.probs * old.probs).sqrt().sum())
    new, old = cast(Normal, new), cast(Normal, old)
    spread = float(new.scale**2 + old.scale**2)
    distance = float(new.loc - old.loc)
    shared = 2 * float(new.scale * old.scale) / spread
    return math.sqrt(shared) * math.exp(-(distance**2) / (4 * spread))


def distance_case(new: Policy, old: Policy) -> str:
    """Return how far the new policy lies from the old one, for importance sampling.

    Returns:
        "same"; "near" if n samples are worth at least n/2 new ones, n / E_old[r²]; "far";
        "none" if the policies hardly overlap; "wide" if E_old[r²] is infinite.
    """
    if overlap(new, old) > 1 - 1e-9:
        return "same"
    squared_ratio, _ = second_moments(new, old)
    if math.isinf(squared_ratio):
        return "wide"
    if overlap(new, old) < APART:
        return "none"
    return "near" if squared_ratio * NEAR <= 1 else "far"


def ratios_of(new: Distribution, old: Distribution, actions: Tensor) -> Tensor:
    """Return `losses.probability_ratio` of each action, (n,) float64."""
    return probability_ratio(new.log_prob(actions), old.log_prob(actions))


def effective_size(ratios: Tensor) -> float:
    """Return how many samples with equal weights these are worth, (Σ r)² / Σ r².

    Args:
        ratios: (n,) above 0.

    Returns:
        From 1 to n.

    Source: Kong, "A Note on Importance Sampling using Standardized Weights" (1992).
    """
    return float(ratios.sum() ** 2 / (ratios**2).sum())


def sample_actions(policy: Policy, seed: int, count: int) -> Tensor:
    """Return the actions that the front end draws too, from the same numbers.

    Args:
        policy: the policy that acts.
        seed: as `sampling.uniforms` takes it.
        count: how many.

    Returns:
        (count,) int64 indices, or float64 numbers.
    """
    if isinstance(policy, Categorical):
        heights = torch.from_numpy(uniforms(seed, count))
        edges = policy.probs.cumsum(0)[:-1]
        return torch.searchsorted(edges, heights, right=True)
    return policy.loc + policy.scale * torch.from_numpy(normals(seed, count))


def shift_probability(probabilities: Sequence[float], index: int, value: float) -> list[float]:
    """Return the probabilities with one of them set and the others in the same proportion.

    None falls below `LEAST`, so that every action that the new policy can take is among those
    that the old one takes.

    Args:
        probabilities: five that sum to 1.
        index: which one to set.
        value: what to set it to, if there is room.

    Returns:
        Five that sum to 1.
    """
    others = [number for number in range(len(probabilities)) if number != index]
    value = min(max(value, LEAST), 1 - LEAST * len(others))
    answer = [value] * len(probabilities)
    free, left = others, 1 - value
    while True:  # at most four times: each time another one stands at the least
        total = sum(probabilities[number] for number in free)
        for number in free:
            answer[number] = probabilities[number] * left / total
        low = [number for number in free if answer[number] < LEAST]
        if not low:
            return answer
        for number in low:
            answer[number] = LEAST
        free = [number for number in free if number not in low]
        left -= LEAST * len(low)


@dataclass(frozen=True)
class Readings:
    """What the explorer shows as numbers.

    Attributes:
        case: how far apart the policies are; see `distance_case`.
        expected_reward: E_new[f], exactly.
        estimate: the mean of r f over the samples.
        standard_error: of such an estimate, √((E_old[(r f)²] − E_new[f]²) / n), exactly.
        effective_size: of the samples' ratios.
        kl: KL(π_old ‖ π), in nats, exactly.
        largest_ratio: among the samples.
    """

    case: str
    expected_reward: float
    estimate: float
    standard_error: float
    effective_size: float
    kl: float
    largest_ratio: float


def read_off(new: Policy, old: Policy, seed: int, num_samples: int) -> Readings:
    """Judge a new policy by samples of an old one.

    Args:
        new: the policy to judge.
        old: the policy of the same kind that acted.
        seed: of the samples.
        num_samples: n, how many.
    """
    actions = sample_actions(old, seed, num_samples)
    ratios = ratios_of(new, old, actions)
    truth = expected_reward(new)
    variance = max(0.0, second_moments(new, old)[1] - truth**2)
    return Readings(
        case=distance_case(new, old),
        expected_reward=truth,
        estimate=float((ratios * reward(old, actions)).mean()),
        standard_error=math.sqrt(variance / num_samples),
        effective_size=effective_size(ratios),
        kl=float(kl_divergence(old, new)),
        largest_ratio=float(ratios.max()),
    )
