"""TRPO: the best step of the policy within a limit on its KL divergence from the one that acted.

    maximise L(θ) = mean over t of r_t(θ) Â_t   while   mean over s of KL(π_old, π_θ) ≤ δ

Near the old policy L is a plane of slope g, and the KL a bowl ½ sᵀF s with the Fisher matrix F.
The best step on them is s = √(2δ / xᵀF x) x, where F x = g. Conjugate gradient finds x from
products F v alone; F is never formed. Then s is halved until limit and gain hold in truth.

Source: Schulman et al., "Trust Region Policy Optimization" (2015), section 6 and appendix C.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.distributions import Distribution, kl_divergence

from ppo_lib import losses
from ppo_lib.batch import Batch, minibatches
from ppo_lib.config import (
    NOT_NEGATIVE,
    POSITIVE_FINITE,
    PPOConfig,
    Range,
    check_settings,
    setting,
)
from ppo_lib.diagnostics import approx_kl, clip_fraction, explained_variance
from ppo_lib.losses import Surrogate, ValueLoss, probability_ratio, unclipped_surrogate
from ppo_lib.networks import ActorCritic
from ppo_lib.optimizer import Adam, clip_norm
from ppo_lib.tensors import one_thread
from ppo_lib.training import Update


@dataclass(frozen=True)
class TRPOSettings:
    """What decides a step of TRPO.

    Raises:
        TypeError: if a setting has the wrong type.
        ValueError: if a setting is out of range.
    """

    max_kl: float = setting(0.01, "delta: a step's mean KL at most, in nats", POSITIVE_FINITE)
    cg_iterations: int = setting(10, "steps of conjugate gradient at most", Range(1))
    cg_damping: float = setting(0.1, "added to the Fisher matrix's diagonal", NOT_NEGATIVE)
    max_backtracks: int = setting(10, "times that a step is halved at most", Range(0))

    def __post_init__(self) -> None:
        check_settings(self)


DEFAULTS = TRPOSettings()


def trpo(settings: TRPOSettings = DEFAULTS) -> Update:
    """Return the update of TRPO, to be handed to `train`.

        train(PPOConfig(), update=trpo())  # solves CartPole-v1

    It takes one step with the policy, and K epochs of minibatch steps of Adam with the critic. Of
    the settings of `train`, epochs, minibatches, learning rate and the gradient's cut serve the
    critic alone, and `clip_range` the metric `clip_fraction`.

    Args:
        settings: the step's own.

    Returns:
        A function with the arguments of `ppo_update`. Its metrics are those of `trpo_step`,
        `value_loss` (averaged over every minibatch), and `explained_variance` of the values that
        the rollout had. It raises a ValueError if it is handed a surrogate, for TRPO has its
        own, without a clip; and a FloatingPointError if a loss or its gradient is not finite; the
        weights are then those before that step.
    """

    @one_thread()
    def trpo_update(
        model: ActorCritic,
        optimizer: Adam,
        batch: Batch,
        config: PPOConfig,
        generator: torch.Generator | None = None,
        surrogate: Surrogate = losses.clipped_surrogate,
        value_loss: ValueLoss = losses.value_loss,
    ) -> dict[str, float]:
        if surrogate is not losses.clipped_surrogate:
            raise ValueError(f"surrogate must be left out, TRPO has its own, got {surrogate!r}")
        metrics = trpo_step(model, batch, settings, config.clip_range)
        critic_losses: list[Tensor] = []
        for _ in range(config.num_epochs):
            for minibatch in minibatches(batch, config, generator):
                values = model.value(minibatch.observations)
                loss = value_loss(values, minibatch.returns, minibatch.old_values)
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                gradient = optimizer.gradient()
                _check_finite("value loss", loss, clip_norm(gradient, config.max_grad_norm))
                optimizer.step(gradient)
                critic_losses.append(loss.detach())
        metrics["value_loss"] = torch.stack(critic_losses).mean().item()
        metrics["explained_variance"] = explained_variance(batch.old_values, batch.returns).item()
        return metrics

    return trpo_update


@one_thread()
def trpo_step(
    model: ActorCritic,
    batch: Batch,
    settings: TRPOSettings = DEFAULTS,
    clip_range: float = PPOConfig.clip_range,
) -> dict[str, float]:
    """Move the policy by one step of TRPO; if no halving of it is acceptable, not by a bit.

    A step is acceptable if the exact KL on the batch is within the limit and L has grown.

    Args:
        model: that collected the batch; its policy is changed in place, its critic is not.
        batch: B samples, their advantages as L shall see them.
        settings: the step's.
        clip_range: ε of the metric `clip_fraction`, and of nothing else.

    Returns:
        What the step did on the batch: `kl` (exact), `improvement` (of L), `backtracks`
        (halvings), `accepted` (1 or 0), `grad_norm` (of L before it); and of the policy after it
        `policy_loss` (L, negated), `entropy`, `approx_kl`, `clip_fraction`.

    Raises:
        FloatingPointError: if L or its gradient is not finite; no weight has changed then.
        ValueError: if shapes in the batch differ.

    Source: Schulman et al. (2015), appendix C; to halve is their code's choice.
    """
    weights = policy_parameters(model)
    policy = model.policy(batch.observations)
    objective = surrogate_on(policy, batch)
    gradient = flat_gradient(objective, weights)
    _check_finite("surrogate", objective, gradient.norm())
    with torch.no_grad():
        old = model.policy(batch.observations)
    kl_gradient = flat_gradient(mean_kl(old, policy), weights, create_graph=True)
    product = partial(fisher_vector_product, kl_gradient, weights, damping=settings.cg_damping)
    step = natural_step(product, gradient, settings.max_kl, settings.cg_iterations)

    with torch.no_grad():
        trial = copy.deepcopy(model)
        for backtracks in range(settings.max_backtracks + 1):
            _assign(policy_parameters(trial), _flat(weights) + 0.5**backtracks * step)
            policy = trial.policy(batch.observations)
            kl, improvement = mean_kl(old, policy), surrogate_on(policy, batch) - objective
            accepted = kl.item() <= settings.max_kl and improvement.item() > 0
            if accepted:
                _assign(weights, _flat(policy_parameters(trial)))
                break
        else:
            policy, kl, improvement = old, torch.zeros(()), torch.zeros(())
        log_probs = policy.log_prob(batch.actions)
        ratio = probability_ratio(log_probs, batch.old_log_probs)
        metrics = {
            "kl": kl,
            "improvement": improvement,
            "grad_norm": gradient.norm(),
            "policy_loss": -objective - improvement,
            "entropy": policy.entropy().mean(),
            "approx_kl": approx_kl(log_probs, batch.old_log_probs),
            "clip_fraction": clip_fraction(ratio, clip_range),
        }
    numbers = {name: metric.item() for name, metric in metrics.items()}
    return numbers | {"backtracks": float(backtracks), "accepted": float(accepted)}


def surrogate_on(policy: Distribution, batch: Batch) -> Tensor:
    """Return L(θ) = mean over t of r_t(θ) Â_t on a batch, (); it carries the policy's gradient."""
    log_probs = policy.log_prob(batch.actions)
    return unclipped_surrogate(log_probs, batch.old_log_probs, batch.advantages)


def mean_kl(old: Distribution, new: Distribution) -> Tensor:
    """Return the exact KL(old, new) in nats, averaged over the states; a Gaussian's by integral.

        mean over s of Σ_a π_old(a|s) (log π_old(a|s) - log π(a|s))

    Both are of one kind (or `NotImplementedError` is raised) and of batch shape (B,). The result,
    (), carries the gradient of both, also twice.
    """
    return kl_divergence(old, new).mean()


def policy_parameters(model: ActorCritic) -> list[Tensor]:
    """Return the weights that the policy depends on: its network's, and a Gaussian's log_std."""
    own = [] if model.discrete else [model.log_std]
    return [*model.policy_network.parameters(), *own]


def flat_gradient(scalar: Tensor, weights: Sequence[Tensor], create_graph: bool = False) -> Tensor:
    """Return the gradient of a number () with respect to P weights, as one vector (P,).

    The graph is kept. With `create_graph`, the gradient carries gradient itself.
    """
    return _flat(torch.autograd.grad(scalar, weights, retain_graph=True, create_graph=create_graph))


def fisher_vector_product(
    kl_gradient: Tensor, weights: Sequence[Tensor], vector: Tensor, damping: float = 0.0
) -> Tensor:
    """Multiply a vector by the Fisher matrix plus a diagonal, without forming a matrix.

        (F + d·1) v = ∇(∇KL · v) + d v,   F = ∇²KL(π_old, π_θ) at the old policy

    The slope ∇KL · v is one number: its gradient takes a backward pass, and P numbers, not P².

    Args:
        kl_gradient: (P,), ∇KL at the old policy, from `flat_gradient` with `create_graph`.
        weights: of P numbers in all.
        vector: (P,), v.
        damping: d; above 0 it makes the matrix invertible.

    Returns:
        (P,) without gradient.

    Source: Pearlmutter, "Fast Exact Multiplication by the Hessian" (1994).
    """
    return flat_gradient(kl_gradient @ vector, weights) + damping * vector


def conjugate_gradient(
    product: Callable[[Tensor], Tensor],
    target: Tensor,
    num_iterations: int,
    tolerance: float = 1e-10,
) -> Tensor:
    """Solve F x = g for x from products F v; P of them solve P equations, a few come close.

    Args:
        product: v to F v, (P,) to (P,); F is symmetric and positive definite.
        target: (P,), g.
        num_iterations: steps at most, a product each.
        tolerance: the |g - F x|² to stop at, as a share of |g|².

    Returns:
        (P,), x; 0 if g is 0.

    Source: Hestenes and Stiefel, "Methods of Conjugate Gradients for Solving Linear Systems"
    (1952), section 3.
    """
    solution = torch.zeros_like(target)
    residual = direction = target  # g - F x, where x = 0
    square = residual @ residual
    enough = tolerance * square
    for _ in range(num_iterations):
        if square <= enough:
            break
        bent = product(direction)
        length = square / (direction @ bent)
        solution = solution + length * direction
        residual = residual - length * bent
        last_square, square = square, residual @ residual
        direction = residual + square / last_square * direction
    return solution


def natural_step(
    product: Callable[[Tensor], Tensor], gradient: Tensor, max_kl: float, num_iterations: int
) -> Tensor:
    """Return the step of steepest ascent per KL, as long as the limit allows in the bowl.

        s = √(2δ / xᵀF x) x,   F x = g,   so that ½ sᵀF s = δ

    Args are those of `conjugate_gradient`, and δ. Returns (P,), s; 0 if g is 0.
    """
    direction = conjugate_gradient(product, gradient, num_iterations)
    bend = direction @ product(direction)
    return torch.sqrt(2 * max_kl / bend) * direction if direction.any() else direction


def _check_finite(name: str, loss: Tensor, norm: Tensor) -> None:
    if not torch.isfinite(loss + norm):
        raise FloatingPointError(
            f"the {name} and its gradient must be finite, got {loss.item()} and a gradient of norm "
            f"{norm.item()}: look at the rewards, the advantages and the returns"
        )


def _flat(tensors: Iterable[Tensor]) -> Tensor:
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


@torch.no_grad()
def _assign(weights: Sequence[Tensor], vector: Tensor) -> None:
    pieces = torch.split(vector, [tensor.numel() for tensor in weights])
    for tensor, piece in zip(weights, pieces, strict=True):
        tensor.copy_(piece.view_as(tensor))
