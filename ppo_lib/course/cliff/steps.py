"""Three steps from one policy of the cliff: the gradient's, the natural gradient's and TRPO's.

The policy has two parameters, θ = (lean, slope) of `cliff.right_by_position`, so that gradient,
Fisher matrix and mean KL are exact, and every step can be drawn on a map. Differences of returns
are taken from the bait's reward, 0.2, and so keep their digits where they are 1e-11.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from ppo_lib.course.cliff.exact import (
    GOAL,
    NUM_POSITIONS,
    above_the_bait,
    advantage_gaps,
    right_by_position,
    visits,
)

MAX_HALVINGS = 10


@dataclass(frozen=True)
class Steps:
    """Steps from one policy, each a (2,) tensor of float64 to be added to its θ.

    Attributes:
        gradient: α g.
        natural: the best step in the ellipse ½ Δᵀ F Δ ≤ δ, by the plane of slope g; 0 if g is.
        trpo: the natural step as TRPO halves it; `None` if ten halvings were not enough.
        halvings: how often it was halved, 0 to 10.
    """

    gradient: Tensor
    natural: Tensor
    trpo: Tensor | None
    halvings: int


def policy(theta: Tensor) -> Tensor:
    """Return the chances (..., 9) of going right under θ = (lean, slope), (..., 2)."""
    return right_by_position(theta[..., 0], theta[..., 1])


def true_gain(theta: Tensor, old: Tensor) -> Tensor:
    """Return J(θ) - J(θ_old): what a step does to the true return.

    Args:
        theta: (..., 2), the new policy.
        old: (2,), the old one.

    Returns:
        (...), float64; carries gradient.
    """
    return above_the_bait(policy(theta)) - above_the_bait(policy(old))


def surrogate_gain(theta: Tensor, old: Tensor) -> Tensor:
    """Return L(θ) - J(θ_old): what the surrogate promises of a step.

        Σ_s (π(right|s) - π_old(right|s)) Σ_t d_old,t(s) (A_old,t(s, right) - A_old,t(s, left))

    Args:
        theta: (..., 2), the new policy.
        old: (2,), the old one; without gradient.

    Returns:
        (...), float64; carries the gradient of `theta`.

    Source: as of `cliff.surrogate_return`.
    """
    _, gaps = _known(*old.tolist())
    return ((policy(theta) - policy(old.detach())) * gaps).sum(-1)


def kl_over_visits(theta: Tensor, old: Tensor) -> Tensor:
    """Return the KL divergence from the old policy to the new, averaged over the old one's visits.

        Σ_s ρ_old(s) Σ_a π_old(a|s) log(π_old(a|s) / π(a|s))

    Args:
        theta: (..., 2), the new policy.
        old: (2,), the old one; without gradient.

    Returns:
        (...), float64, in nats; carries the gradient of `theta`.
    """
    share, _ = _known(*old.tolist())
    return (share * _divergences(theta, old.detach())).sum(-1)


def policy_gradient(old: Tensor) -> Tensor:
    """Return the exact gradient g of the true return, by the policy gradient theorem.

        g = Σ_s p(1 - p) x Σ_t d_t(s) (A_t(s, right) - A_t(s, left)),   x = (1, (s - 4) / 4)

    Args:
        old: (2,), θ; p is its chance of going right.

    Returns:
        (2,), float64; without gradient.

    Source: Sutton et al., "Policy Gradient Methods for Reinforcement Learning with Function
    Approximation" (1999), theorem 1, here without discount and for a limited time.
    """
    (_, gaps), right = _known(*old.tolist()), policy(old.detach())
    return (right * (1 - right) * gaps) @ _features()


def fisher_matrix(old: Tensor) -> Tensor:
    """Return the Fisher matrix F, the second derivative of `kl_over_visits` where new equals old.

        F = Σ_s ρ(s) p(1 - p) x xᵀ,   x = (1, (s - 4) / 4)

    Args:
        old: (2,), θ; p is its chance of going right.

    Returns:
        (2, 2), float64; without gradient.
    """
    (share, _), right = _known(*old.tolist()), policy(old.detach())
    weights = share * right * (1 - right)
    return _features().T @ (weights.unsqueeze(-1) * _features())


def three_steps(old: Tensor, max_kl: float, step_size: float) -> Steps:
    """Return the steps α g, √(2δ / gᵀF⁻¹g) F⁻¹g, and TRPO's.

    TRPO halves the natural step until its true mean KL is at most δ and the surrogate has grown.
    F needs no damping here: in the square from -4 to 4 its condition number is below 20,000.

    Args:
        old: (2,), θ.
        max_kl: δ, in nats.
        step_size: α.

    Returns:
        The steps.

    Source: Schulman et al., "Trust Region Policy Optimization" (2015), appendix C.
    """
    gradient = policy_gradient(old)
    direction = torch.linalg.solve(fisher_matrix(old), gradient)
    bend = gradient @ direction
    natural = (2 * max_kl / bend).sqrt() * direction if bend > 0 else torch.zeros_like(direction)
    for halvings in range(MAX_HALVINGS + 1):
        trial = 0.5**halvings * natural
        if kl_over_visits(old + trial, old) <= max_kl and surrogate_gain(old + trial, old) > 0:
            return Steps(step_size * gradient, natural, trial, halvings)
    return Steps(step_size * gradient, natural, None, MAX_HALVINGS)


def _divergences(theta: Tensor, old: Tensor) -> Tensor:
    """Return the KL at each position, (..., 9), from logits, so that no logarithm is of 0."""
    logits, old_logits = theta.double() @ _features().T, old.double() @ _features().T
    zero = torch.zeros((), dtype=torch.float64)
    rise = torch.logaddexp(logits, zero) - torch.logaddexp(old_logits, zero)  # of log(1 + exp)
    return rise - torch.sigmoid(old_logits) * (logits - old_logits)


@lru_cache
def _known(lean: float, slope: float) -> tuple[Tensor, Tensor]:
    """Return an old policy's shares of visits and `advantage_gaps`: all measures ask for them."""
    right = policy(torch.tensor([lean, slope], dtype=torch.float64))
    steps = visits(right)
    return steps / steps.sum(), advantage_gaps(right)


def _features() -> Tensor:
    """Return x = (1, (s - 4) / 4) at each position, (9, 2)."""
    along = (torch.arange(NUM_POSITIONS, dtype=torch.float64) - GOAL / 2) / (GOAL / 2)
    return torch.stack([torch.ones_like(along), along], dim=-1)
