"""An entropy bonus on a policy over a few actions: the objective, its gradient and its maximum.

The mathematics of the entropy explorer. `entropy_explorer.js` has the same functions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

STEP_SIZE = 1.0  # of a gradient step on the logits
SURE = 0.9  # from here a policy counts as nearly sure of an action
NEAR = 0.02  # of the maximum, where no probability differs by more
UNIFORM = 0.95  # of the greatest entropy: from here the maximum counts as nearly uniform
_GAPS = [digit / 10**power for power in (4, 3, 2, 1) for digit in (1, 2, 5)]
Place = Literal["flat", "maximum", "wrong", "right", "sure", "between"]
Kind = Literal["flat", "corner", "tie", "equal", "uniform", "bias"]


def entropy(probs: Tensor) -> Tensor:
    """Return the entropy of a policy, H = −Σₐ pₐ ln pₐ, with 0 ln 0 = 0.

    Args:
        probs: the probabilities p, (..., A) float64.

    Returns:
        H in nats, (...), 0 to ln A.
    """
    surprises: Tensor = torch.special.entr(probs)
    return surprises.sum(-1)


def objective(probs: Tensor, rewards: Tensor, ent_coef: float) -> Tensor:
    """Return F = Σₐ pₐ qₐ + c₂ H.

    Args:
        probs: the probabilities p, (..., A) float64.
        rewards: the actions' expected rewards q, (A,) float64.
        ent_coef: c₂, at least 0.

    Returns:
        F, (...).
    """
    return (probs * rewards).sum(-1) + ent_coef * entropy(probs)


def reward_gradient(probs: Tensor, rewards: Tensor) -> Tensor:
    """Return what the rewards add to ∂F/∂z, pₐ (qₐ − Σ p q), where p = softmax(z); (A,)."""
    return probs * (rewards - probs @ rewards)


def entropy_gradient(probs: Tensor) -> Tensor:
    """Return ∂H/∂zₐ = pₐ (−ln pₐ − H), where p = softmax(z); (A,)."""
    surprises: Tensor = torch.special.entr(probs)
    return surprises - probs * entropy(probs)


def logit_gradient(probs: Tensor, rewards: Tensor, ent_coef: float) -> Tensor:
    """Return ∂F/∂z at the logits z of a policy p = softmax(z); (A,)."""
    return reward_gradient(probs, rewards) + ent_coef * entropy_gradient(probs)


def optimum(rewards: Tensor, ent_coef: float) -> Tensor:
    """Return the policy with the greatest F: softmax(q / c₂); for c₂ = 0 the best actions alone.

    Args:
        rewards: the actions' expected rewards q, (A,) float64.
        ent_coef: c₂, at least 0.

    Returns:
        Probabilities, (A,). Of several best actions at c₂ = 0 each has the same.
    """
    if ent_coef > 0:
        return torch.softmax(rewards / ent_coef, -1)
    best = (rewards == rewards.max()).to(rewards.dtype)
    return best / best.sum()


def take_steps(probs: Tensor, rewards: Tensor, ent_coef: float, count: int) -> list[Tensor]:
    """Return the policies that steps of gradient ascent on the logits lead through.

    Each step is z ← z + α ∂F/∂z with α = `STEP_SIZE` and the exact gradient.

    Args:
        probs: the policy to begin with, (A,) float64.
        rewards: the actions' expected rewards q, (A,) float64.
        ent_coef: c₂, at least 0.
        count: how many steps.

    Returns:
        `count` policies, without the first one, each (A,).
    """
    passed = []
    for _ in range(count):
        step = STEP_SIZE * logit_gradient(probs, rewards, ent_coef)
        probs = torch.softmax(probs.log() + step, -1)
        passed.append(probs)
    return passed


def drift(probs: Tensor, gradient: Tensor) -> Tensor:
    """Return how a small step along a gradient moves the policy: (diag(p) − p pᵀ) α g, (A,)."""
    return STEP_SIZE * probs * (gradient - probs @ gradient)


@dataclass(frozen=True)
class Readings:
    """The numbers beside the picture; every length is in the logits, entropies are in nats."""

    reward: float
    entropy: float
    objective: float
    length: float
    reward_length: float
    bonus_length: float
    optimum: tuple[float, ...]
    optimal_reward: float
    optimal_entropy: float
    maximum: float
    best: float
    place: Place
    kind: Kind


def _maximum_kind(rewards: Tensor, ent_coef: float, optimal: Tensor) -> Kind:
    equal = bool(rewards.max() == rewards.min())
    if ent_coef == 0:
        several = int((rewards == rewards.max()).sum()) > 1
        return "flat" if equal else "tie" if several else "corner"
    if equal:
        return "equal"
    return "uniform" if entropy(optimal) >= UNIFORM * math.log(len(optimal)) else "bias"


def _place(probs: Tensor, rewards: Tensor, optimal: Tensor, kind: Kind) -> Place:
    if kind == "flat":
        return "flat"
    favourite, is_best = int(probs.argmax()), rewards == rewards.max()
    if kind in ("corner", "tie"):
        near = bool(probs[~is_best].sum() <= 1 - SURE)
    else:
        near = bool((probs - optimal).abs().max() <= NEAR)
    if near:
        return "maximum"
    if probs[favourite] < SURE:
        return "between"
    if kind == "equal":
        return "sure"
    if not is_best[favourite]:
        return "wrong"
    return "right" if probs[favourite] > optimal[favourite] else "sure"


def read_off(probs: Tensor, rewards: Tensor, ent_coef: float) -> Readings:
    """Return the numbers of a policy and of the maximum of F."""
    optimal = optimum(rewards, ent_coef)
    kind = _maximum_kind(rewards, ent_coef, optimal)
    return Readings(
        reward=float(probs @ rewards),
        entropy=float(entropy(probs)),
        objective=float(objective(probs, rewards, ent_coef)),
        length=float(logit_gradient(probs, rewards, ent_coef).norm()),
        reward_length=float(reward_gradient(probs, rewards).norm()),
        bonus_length=ent_coef * float(entropy_gradient(probs).norm()),
        optimum=tuple(optimal.tolist()),
        optimal_reward=float(optimal @ rewards),
        optimal_entropy=float(entropy(optimal)),
        maximum=float(objective(optimal, rewards, ent_coef)),
        best=float(rewards.max()),
        place=_place(probs, rewards, optimal, kind),
        kind=kind,
    )


def contour_gap(maximum: float, rewards: Sequence[float]) -> float | None:
    """Return how far apart the heights of the lines of F lie: 1, 2 or 5 · 10ⁿ, at most 12 lines.

    Returns:
        The gap, or None where F differs by less than 1e-9.
    """
    reach = maximum - min(rewards)  # F is concave: it is lowest in a corner
    if reach < 1e-9:
        return None
    return next(gap for gap in _GAPS if 12 * gap >= reach)
