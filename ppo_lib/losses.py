"""The loss of PPO, a line for each symbol of its formula."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, Protocol

import torch
from torch import Tensor
from torch.distributions import Distribution

from ppo_lib.batch import Batch
from ppo_lib.config import PPOConfig
from ppo_lib.tensors import check_same_shape

Surrogate = Callable[[Tensor, Tensor, Tensor, float], Tensor]
"""Called as `surrogate(log_probs, old_log_probs, advantages, clip_range)`, to be maximised."""


ValueLoss = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Called as `value_loss(values, returns, old_values)`, to be minimised."""


class LossTerms(NamedTuple):
    """What a loss is made of, from which the curves are drawn.

    Attributes:
        policy_loss: (), the surrogate, negated.
        value_loss: ().
        entropy: (), nats.
        log_probs: (B,), of the actions under the policy now.
    """

    policy_loss: Tensor
    value_loss: Tensor
    entropy: Tensor
    log_probs: Tensor


class Model(Protocol):
    """What the loss asks: an `ActorCritic`, or anything else with a policy and a value."""

    def policy(self, observations: Tensor, /) -> Distribution:
        """Return the distribution of the action in each state."""
        ...

    def value(self, observations: Tensor, /) -> Tensor:
        """Return V(s) for each state."""
        ...


def probability_ratio(log_probs: Tensor, old_log_probs: Tensor) -> Tensor:
    """Return how much likelier each action is now than when it was taken.

        r_t(θ) = π_θ(a_t|s_t) / π_old(a_t|s_t) = exp(log π_θ(a_t|s_t) - log π_old(a_t|s_t))

    Args:
        log_probs: (B,) under the policy now.
        old_log_probs: (B,) under the policy that acted.

    Returns:
        (B,) without unit, above 0; carries the gradient of `log_probs`.

    Raises:
        ValueError: if the shapes differ.

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), section 3.
    """
    check_same_shape(log_probs=log_probs, old_log_probs=old_log_probs)
    return torch.exp(log_probs - old_log_probs)


def clipped_surrogate(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip_range: float
) -> Tensor:
    """Return the objective that PPO maximises.

        L^CLIP(θ) = mean over t of min( r_t(θ) Â_t,  clip(r_t(θ), 1 - ε, 1 + ε) Â_t )

    Args:
        log_probs: (B,) under the policy now.
        old_log_probs: (B,) under the policy that acted.
        advantages: (B,).
        clip_range: ε.

    Returns:
        () in the advantages' unit; carries the gradient of `log_probs`.

    Raises:
        ValueError: if the shapes differ.

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), equation 7.
    """
    ratio = probability_ratio(log_probs, old_log_probs)
    check_same_shape(log_probs=log_probs, advantages=advantages)
    unclipped = ratio * advantages
    clipped = ratio.clamp(1.0 - clip_range, 1.0 + clip_range) * advantages
    return torch.min(unclipped, clipped).mean()


def unclipped_surrogate(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip_range: float = math.inf
) -> Tensor:
    """Return the objective that PPO clips, without the clip: mean over t of r_t(θ) Â_t.

    Args:
        log_probs: (B,) under the policy now.
        old_log_probs: (B,) under the policy that acted.
        advantages: (B,).
        clip_range: not used; a surrogate is handed it.

    Returns:
        () in the advantages' unit; carries the gradient of `log_probs`.

    Raises:
        ValueError: if the shapes differ.

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), equation 6.
    """
    ratio = probability_ratio(log_probs, old_log_probs)
    check_same_shape(log_probs=log_probs, advantages=advantages)
    return (ratio * advantages).mean()


def value_loss(values: Tensor, returns: Tensor, old_values: Tensor | None = None) -> Tensor:
    """Return the mean squared error of the values, with no hidden 1/2.

        L^VF(θ) = mean over t of (V_θ(s_t) - V_t^targ)²

    Args:
        values: (B,) now.
        returns: (B,), the targets.
        old_values: (B,), not used; a value loss that clips would read them.

    Returns:
        () in squared units of reward; carries the gradient of `values`.

    Raises:
        ValueError: if the shapes differ: (B, 1) against (B,) would silently make (B, B).

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), equation 9.
    """
    check_same_shape(values=values, returns=returns)
    return (values - returns).square().mean()


def ppo_loss(
    model: Model,
    batch: Batch,
    config: PPOConfig,
    surrogate: Surrogate = clipped_surrogate,
    critic_loss: ValueLoss = value_loss,
) -> tuple[Tensor, LossTerms]:
    """Return the loss that one gradient step lowers, and what it is made of.

        L(θ) = -( L^CLIP(θ) - c1 L^VF(θ) + c2 H(π_θ) )

    The paper maximises what stands in the brackets; an optimiser minimises, hence the sign.

    Args:
        model: the actor and the critic now.
        batch: B samples.
        config: gives `clip_range`, `vf_coef` and `ent_coef`.
        surrogate: the policy's objective.
        critic_loss: the critic's loss, `value_loss` in the arguments of `train`.

    Returns:
        The loss () with gradient, and its terms without.

    Raises:
        TypeError: if `surrogate` or `critic_loss` returns no tensor.
        ValueError: if what it returns is not of shape () or carries no gradient, or if shapes
            in the batch differ.

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), equation 9.
    """
    policy = model.policy(batch.observations)
    values = model.value(batch.observations)
    coefficients = (config.clip_range, config.vf_coef, config.ent_coef)
    loss, terms = total_loss(policy, values, batch, *coefficients, surrogate, critic_loss)
    parts = {"surrogate": terms.policy_loss, "value_loss": terms.value_loss}
    for name, part in parts.items():
        if not part.requires_grad:
            raise ValueError(
                f"{name} must return a tensor that carries gradient, got one without: "
                f"a detach, an item or a no_grad cut it off"
            )
    return loss, LossTerms(*(term.detach() for term in terms))


def total_loss(
    policy: Distribution,
    values: Tensor,
    batch: Batch,
    clip_range: float,
    vf_coef: float | Tensor,
    ent_coef: float | Tensor,
    surrogate: Surrogate = clipped_surrogate,
    critic_loss: ValueLoss = value_loss,
) -> tuple[Tensor, LossTerms]:
    """Return the loss of what the networks said of a batch; `ppo_loss` asks them first.

    It does no more than tensor arithmetic, so `torch.func.vmap` can give it a population of
    agents, each with coefficients of its own.

    Args:
        policy: of batch shape (B,).
        values: (B,).
        batch: B samples.
        clip_range: ε.
        vf_coef: c1.
        ent_coef: c2; the number 0 leaves the entropy's gradient out.
        surrogate: the policy's objective.
        critic_loss: the critic's loss.

    Returns:
        What `ppo_loss` returns; the terms still carry gradient.

    Raises:
        TypeError: if `surrogate` or `critic_loss` returns no tensor.
        ValueError: if what it returns is not of shape (), or if shapes in the batch differ.
    """
    one_each = policy.batch_shape + policy.event_shape
    if batch.actions.shape != one_each:
        raise ValueError(
            f"actions must have the shape {tuple(one_each)} of one action for each observation, "
            f"got {tuple(batch.actions.shape)}"
        )
    log_probs = policy.log_prob(batch.actions)
    policy_objective = surrogate(log_probs, batch.old_log_probs, batch.advantages, clip_range)
    _check_scalar("surrogate", policy_objective)
    value_error = critic_loss(values, batch.returns, batch.old_values)
    _check_scalar("value_loss", value_error)
    has_bonus = isinstance(ent_coef, Tensor) or ent_coef > 0
    with torch.set_grad_enabled(has_bonus and torch.is_grad_enabled()):
        entropy = policy.entropy().mean()
    policy_loss = -policy_objective
    loss = policy_loss + vf_coef * value_error
    if has_bonus:
        loss = loss - ent_coef * entropy
    return loss, LossTerms(policy_loss, value_error, entropy, log_probs)


def _check_scalar(name: str, returned: object) -> None:
    if not isinstance(returned, Tensor):
        raise TypeError(f"{name} must return a tensor of shape (), got {returned!r}")
    if returned.shape != ():
        raise ValueError(
            f"{name} must return a tensor of shape (), one number for the whole minibatch, "
            f"got shape {tuple(returned.shape)}"
        )
