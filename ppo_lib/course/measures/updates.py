"""What several lessons measure: a batch, and what an update with another loss makes of it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from ppo_lib.batch import Batch, make_batch
from ppo_lib.config import PPOConfig
from ppo_lib.diagnostics import approx_kl, clip_fraction
from ppo_lib.envs import make_envs
from ppo_lib.losses import Surrogate, probability_ratio
from ppo_lib.networks import ActorCritic
from ppo_lib.rollout import collect_rollout
from ppo_lib.training import make_model, make_optimizer, ppo_update


def first_batch(config: PPOConfig) -> tuple[ActorCritic, Batch]:
    """Collect the rollout that an untrained agent's first iteration learns from.

    Args:
        config: the settings.

    Returns:
        The untrained model, and its N * T samples, their advantages normalised over all of
        them whatever `config.normalize_advantages` says.
    """
    envs = make_envs(config.env_id, config.num_envs)
    try:
        model = make_model(config, envs)
        observations, _ = envs.reset(seed=config.seed)
        generator = torch.Generator().manual_seed(config.seed)
        rollout, _ = collect_rollout(envs, model, observations, config.num_steps, generator)
    finally:
        envs.close()
    return model, make_batch(rollout, replace(config, normalize_advantages="rollout"))


def updated(
    model: ActorCritic, batch: Batch, config: PPOConfig, surrogate: Surrogate
) -> ActorCritic:
    """Return a copy of the model after one update on a batch; the model stays as it is.

    The minibatches come in an order of their own, not in the one that training would take.

    Args:
        model: the model that collected the batch.
        batch: its samples.
        config: gives the epochs, the minibatches, the step size and the seed of their order.
        surrogate: the policy's objective.

    Returns:
        The copy.
    """
    *_, changed = models_by_epoch(model, batch, config, surrogate)
    return changed


def ratios_by_epoch(
    model: ActorCritic, batch: Batch, config: PPOConfig, surrogate: Surrogate
) -> Iterator[Tensor]:
    """Yield each sample's probability ratio after each epoch of the update that `updated` makes.

    Args:
        model: the model that collected the batch; it stays as it is.
        batch: its samples.
        config: as for `updated`.
        surrogate: the policy's objective.

    Yields:
        (B,) without gradient, `num_epochs` times.
    """
    for changed in models_by_epoch(model, batch, config, surrogate):
        yield ratios(changed, batch)


def models_by_epoch(
    model: ActorCritic, batch: Batch, config: PPOConfig, surrogate: Surrogate
) -> Iterator[ActorCritic]:
    """Yield the one copy of the model that the update of `updated` changes, after each epoch.

    Args:
        model: the model that collected the batch; it stays as it is.
        batch: its samples.
        config: as for `updated`.
        surrogate: the policy's objective.

    Yields:
        The copy, `num_epochs` times; it goes on changing.
    """
    changed = copy.deepcopy(model)
    optimizer = make_optimizer(changed, config)
    generator = torch.Generator().manual_seed(config.seed)
    for _ in range(config.num_epochs):
        ppo_update(changed, optimizer, batch, replace(config, num_epochs=1), generator, surrogate)
        yield changed


def ratios(model: ActorCritic, batch: Batch) -> Tensor:
    """Return each sample's probability ratio under a model.

    Args:
        model: the policy now.
        batch: B samples of the policy that acted.

    Returns:
        (B,) without gradient.
    """
    return probability_ratio(_log_probs(model, batch), batch.old_log_probs)


def batch_metrics(model: ActorCritic, batch: Batch, config: PPOConfig) -> dict[str, float]:
    """Return how far a model has gone from the policy that collected a batch.

    Args:
        model: the policy now, as after an update.
        batch: B samples.
        config: gives `clip_range`.

    Returns:
        `approx_kl` in nats and `clip_fraction`, over all samples; `ppo_update` returns
        means over its minibatches instead.
    """
    log_probs = _log_probs(model, batch)
    ratio = probability_ratio(log_probs, batch.old_log_probs)
    return {
        "approx_kl": approx_kl(log_probs, batch.old_log_probs).item(),
        "clip_fraction": clip_fraction(ratio, config.clip_range).item(),
    }


def kl_after_update(surrogate: Surrogate, config: PPOConfig) -> float:
    """Return how far the first update with a surrogate takes the policy.

    Args:
        surrogate: the policy's objective.
        config: the settings of the batch and of the update.

    Returns:
        The estimated KL(old, new) in nats, over all samples of the batch.
    """
    model, batch = first_batch(config)
    changed = updated(model, batch, config, surrogate)
    return approx_kl(_log_probs(changed, batch), batch.old_log_probs).item()


def between(start: ActorCritic, end: ActorCritic, share: float) -> ActorCritic:
    """Return a model on the straight line from one model's weights to another's, or beyond.

    Args:
        start: the model at `share` 0.
        end: the model at `share` 1, of the same architecture.
        share: how far along; above 1 is beyond `end`.

    Returns:
        A new model.
    """
    model = copy.deepcopy(start)
    with torch.no_grad():
        for weights, other in zip(model.parameters(), end.parameters(), strict=True):
            weights.lerp_(other, share)
    return model


def surrogate_value(
    surrogate: Surrogate, model: ActorCritic, batch: Batch, clip_range: float
) -> float:
    """Return a surrogate's value on a whole batch.

    Args:
        surrogate: the policy's objective.
        model: the policy now.
        batch: B samples of the policy that acted.
        clip_range: handed to the surrogate.

    Returns:
        The value, in the advantages' unit.
    """
    log_probs = _log_probs(model, batch)
    return surrogate(log_probs, batch.old_log_probs, batch.advantages, clip_range).item()


@torch.no_grad()
def _log_probs(model: ActorCritic, batch: Batch) -> Tensor:
    """Return (B,) log-probabilities of the batch's actions under a model, without gradient."""
    log_probs: Tensor = model.policy(batch.observations).log_prob(batch.actions)
    return log_probs
