"""One update of training, watched from one gradient step to the next."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ppo_lib.batch import Batch
from ppo_lib.config import PPOConfig
from ppo_lib.diagnostics import approx_kl, outside_band
from ppo_lib.losses import Surrogate, clipped_surrogate, ppo_loss, probability_ratio
from ppo_lib.networks import ActorCritic
from ppo_lib.optimizer import Adam
from ppo_lib.tensors import one_thread
from ppo_lib.training import make_optimizer, ppo_update, train


@dataclass(frozen=True)
class UpdateStart:
    """All that the update of one iteration begins with.

    Attributes:
        model: the actor and the critic that collected the batch.
        optimizer: over the model's parameters, as the iterations before have left it.
        batch: N * T samples.
        generator: the random stream of the minibatches' order.
    """

    model: ActorCritic
    optimizer: Adam
    batch: Batch
    generator: torch.Generator


@dataclass(frozen=True)
class UpdateRecording:
    """What one update of S gradient steps did to B samples: row s is after s steps, 0 to S.

    Attributes:
        ratios: (S + 1, B), each sample's probability ratio.
        outside: (S + 1, B) bool, whether it is outside the band.
        dead: (S + 1, B) bool, whether the surrogate gives the sample no gradient.
        approx_kl: (S + 1,) in nats, over all samples.
        advantages: (B,), the batch's.
        model: the model after the last step.
    """

    ratios: Tensor
    outside: Tensor
    dead: Tensor
    approx_kl: Tensor
    advantages: Tensor
    model: ActorCritic


def update_starts(config: PPOConfig, iterations: Collection[int]) -> dict[int, UpdateStart]:
    """Train an agent with PPO, and keep what the updates of some iterations began with.

    Args:
        config: the settings.
        iterations: counted from 1; training ends with the last of them.

    Returns:
        For each iteration, copies of what its update began with.

    Raises:
        ValueError: if `iterations` is empty, or training has no such iteration.
    """
    if not iterations or min(iterations) < 1 or max(iterations) > config.num_iterations:
        raise ValueError(
            f"iterations must be numbers from 1 to {config.num_iterations}, "
            f"got {sorted(iterations)}"
        )
    starts: dict[int, UpdateStart] = {}
    iteration = 0

    def keep_and_update(
        model: ActorCritic,
        optimizer: Adam,
        batch: Batch,
        config: Any,
        generator: torch.Generator | None,
        *losses: Any,
    ) -> dict[str, float]:
        nonlocal iteration
        iteration += 1
        if iteration in iterations:
            assert generator is not None  # `train` always has one
            # Copied together, so that the copy of the optimiser steps the copy of the model.
            twins = copy.deepcopy((model, optimizer))
            starts[iteration] = UpdateStart(*twins, batch, generator.clone_state())
        return ppo_update(model, optimizer, batch, config, generator, *losses)

    for record in train(config, update=keep_and_update, progress=False):
        if record.iteration == max(iterations):
            break
    return starts


@one_thread()
def record_update(
    model: ActorCritic,
    batch: Batch,
    config: PPOConfig,
    surrogate: Surrogate = clipped_surrogate,
    optimizer: Adam | None = None,
    generator: torch.Generator | None = None,
) -> UpdateRecording:
    """Make the update that `ppo_update` makes, on copies, and measure it after every gradient step.

    Whether a sample is dead is asked of the surrogate itself, by the derivative of its value on
    the batch with respect to the sample's log-probability: for PPO's own it is what
    `dead_gradient` says. (An advantage of exactly 0 is not counted.) So the surrogate is called
    on the whole batch, too, between the steps.

    Args:
        model: the actor and the critic; it stays as it is.
        batch: B samples.
        config: as for `ppo_update`; `normalize_advantages` is "rollout" or "none".
        surrogate: the policy's objective.
        optimizer: over the model's parameters; it stays as it is. `None` makes a new one.
        generator: of the minibatches' order; it stays as it is. `None` takes `config.seed`.

    Returns:
        The recording.

    Raises:
        ValueError: if the optimiser is another model's, advantages are normalised over each
            minibatch, or what the surrogate returns is not of shape () or carries no gradient.
        TypeError: if the surrogate returns no tensor.
        FloatingPointError: as `ppo_update`.
    """
    if config.normalize_advantages == "minibatch":
        raise ValueError(
            "normalize_advantages must be 'rollout' or 'none' in a recording, got 'minibatch': "
            "each minibatch would give a sample another advantage"
        )
    if optimizer is None:
        optimizer = make_optimizer(model, config)
    own = {id(parameter) for parameter in model.parameters()}
    if {id(parameter) for parameter in optimizer.parameters} != own:
        raise ValueError("optimizer must be over the model's parameters, got one over others")
    # A wrong surrogate is refused here, by the loss's own words.
    ppo_loss(model, batch, config, surrogate)
    changed, optimizer = copy.deepcopy((model, optimizer))
    if generator is None:
        generator = torch.Generator().manual_seed(config.seed)

    rows: list[tuple[Tensor, ...]] = []

    def measure() -> None:
        rows.append(_measure(changed, batch, config.clip_range, surrogate))

    measure()
    watched = _WatchedAdam(optimizer, measure)
    ppo_update(changed, watched, batch, config, generator.clone_state(), surrogate)
    ratios, outside, dead, kl = (torch.stack(column) for column in zip(*rows, strict=True))
    return UpdateRecording(ratios, outside, dead, kl, batch.advantages, changed)


class _WatchedAdam(Adam):
    """An `Adam` that takes over another's parameters and state, and calls back after each step."""

    def __init__(self, adam: Adam, after_step: Callable[[], None]) -> None:
        vars(self).update(vars(adam))
        self._after_step = after_step

    def step(self, gradient: Tensor) -> None:
        """Take Adam's step, then call back."""
        super().step(gradient)
        self._after_step()


def _measure(
    model: ActorCritic, batch: Batch, clip_range: float, surrogate: Surrogate
) -> tuple[Tensor, ...]:
    """Return the ratios, which are outside, which are dead, and the KL, without gradient."""
    with torch.no_grad():
        log_probs = model.policy(batch.observations).log_prob(batch.actions)
        ratio = probability_ratio(log_probs, batch.old_log_probs)
        kl = approx_kl(log_probs, batch.old_log_probs)
    log_probs.requires_grad_()
    objective = surrogate(log_probs, batch.old_log_probs, batch.advantages, clip_range)
    (slopes,) = torch.autograd.grad(objective, log_probs)
    dead = (slopes == 0) & (batch.advantages != 0)
    return ratio, outside_band(ratio, clip_range), dead, kl
