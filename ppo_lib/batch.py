"""Data: what the policy did for T steps in N environments, laid in a row, cut into minibatches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor

from ppo_lib.advantages import compute_gae, normalize
from ppo_lib.config import PPOConfig
from ppo_lib.tensors import one_thread

AdvantageEstimator = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, float, float], Tensor]
"""Called with the arguments of `compute_gae`, in its order."""


@dataclass(frozen=True)
class Rollout:
    """T steps of N environments; row t, column n is one real transition.

    Attributes:
        observations: (T, N, D) float32, s_t.
        actions: (T, N) int64 or (T, N, A) float32, a_t, unclipped.
        log_probs: (T, N) float32, log pi(a_t given s_t) of the policy that acted.
        values: (T, N) float32, V(s_t).
        next_values: (T, N) float32, V of the observation that the step truly led to; at an
            episode's end that is its last observation, not the next episode's first.
        rewards: (T, N) float32.
        terminated: (T, N) bool, the episode ended in a state whose value is 0.
        truncated: (T, N) bool, the episode was cut, by a time limit as a rule.
        episode_returns: the undiscounted score of each episode that ended here.
        episode_lengths: the steps of each of them.
        episode_columns: the environment n of each of them.
    """

    observations: Tensor
    actions: Tensor
    log_probs: Tensor
    values: Tensor
    next_values: Tensor
    rewards: Tensor
    terminated: Tensor
    truncated: Tensor
    episode_returns: tuple[float, ...] = ()
    episode_lengths: tuple[int, ...] = ()
    episode_columns: tuple[int, ...] = ()

    def split(self, num_parts: int) -> list[Rollout]:
        """Return equal shares of the environments, each a rollout, the first columns first.

        Raises:
            ValueError: if `num_parts` does not divide N.
        """
        width, rest = divmod(self.rewards.shape[1], num_parts)
        if rest:
            raise ValueError(
                f"num_parts must divide the {self.rewards.shape[1]} environments, got {num_parts}"
            )
        return [self._columns(start * width, (start + 1) * width) for start in range(num_parts)]

    def _columns(self, start: int, stop: int) -> Rollout:
        share: dict[str, Any] = {
            name: value[:, start:stop].contiguous()
            for name, value in vars(self).items()
            if isinstance(value, Tensor)
        }
        ended = [i for i, column in enumerate(self.episode_columns) if start <= column < stop]
        return Rollout(
            **share,
            episode_returns=tuple(self.episode_returns[i] for i in ended),
            episode_lengths=tuple(self.episode_lengths[i] for i in ended),
            episode_columns=tuple(self.episode_columns[i] - start for i in ended),
        )


@dataclass(frozen=True)
class Batch:
    """B samples in no order: what the update reads.

    Attributes:
        observations: (B, D) float32.
        actions: (B,) int64 or (B, A) float32.
        old_log_probs: (B,) float32, of the policy that acted.
        old_values: (B,) float32, V(s_t) when the rollout was collected.
        advantages: (B,) float32, normalised over the rollout if the settings say so.
        returns: (B,) float32, the value function's targets.
    """

    observations: Tensor
    actions: Tensor
    old_log_probs: Tensor
    old_values: Tensor
    advantages: Tensor
    returns: Tensor

    def __len__(self) -> int:
        return len(self.advantages)

    def __getitem__(self, index: slice | Tensor | tuple[slice | Tensor, ...]) -> Batch:
        return Batch(*(getattr(self, column.name)[index] for column in fields(self)))


@one_thread()
def make_batch(
    rollout: Rollout,
    config: PPOConfig,
    estimate_advantages: AdvantageEstimator = compute_gae,
) -> Batch:
    """Judge every action of a rollout, and lay its T * N samples in one row.

    Args:
        rollout: of shape (T, N).
        config: gives `gamma`, `gae_lambda`, and whether advantages are normalised over the rollout.
        estimate_advantages: the advantages of a rollout, in units of reward.

    Returns:
        The batch: its `returns` are the advantages plus the values, in units of reward; its
        `advantages` are normalised if `config.normalize_advantages` is "rollout".

    Raises:
        TypeError: if `estimate_advantages` returns no tensor.
        ValueError: if what it returns is not of the rollout's shape.
    """
    advantages: object = estimate_advantages(
        rollout.rewards,
        rollout.values,
        rollout.next_values,
        rollout.terminated,
        rollout.truncated,
        config.gamma,
        config.gae_lambda,
    )
    shape = tuple(rollout.rewards.shape)
    if not isinstance(advantages, Tensor):
        raise TypeError(
            f"estimate_advantages must return a tensor of shape {shape}, got {advantages!r}"
        )
    if advantages.shape != shape:
        raise ValueError(
            f"estimate_advantages must return a tensor of shape {shape}, "
            f"got shape {tuple(advantages.shape)}"
        )
    batch = flatten(rollout, advantages)
    return _normalized(batch) if config.normalize_advantages == "rollout" else batch


def flatten(rollout: Rollout, advantages: Tensor) -> Batch:
    """Lay the rollout's T * N transitions in one row: (T, N, ...) to (T * N, ...).

    Args:
        rollout: of shape (T, N).
        advantages: (T, N); what gradient they carry is left behind.

    Returns:
        The batch; its `returns` are `advantages + values`, the lambda-returns when the
        advantages are GAE's.

    Raises:
        ValueError: if `advantages` is not of the rollout's shape.
    """
    if advantages.shape != rollout.values.shape:
        raise ValueError(
            f"advantages must have the rollout's shape {tuple(rollout.values.shape)}, "
            f"got {tuple(advantages.shape)}"
        )
    advantages = advantages.detach()
    return Batch(
        observations=rollout.observations.flatten(0, 1),
        actions=rollout.actions.flatten(0, 1),
        old_log_probs=rollout.log_probs.flatten(),
        old_values=rollout.values.flatten(),
        advantages=advantages.flatten(),
        returns=(advantages + rollout.values).flatten(),
    )


def minibatches(
    batch: Batch, config: PPOConfig, generator: torch.Generator | None = None
) -> Iterator[Batch]:
    """Yield the batch's samples in a new random order, each once, `minibatch_size` at a time.

    Args:
        batch: B samples.
        config: gives `minibatch_size`, M, and whether advantages are normalised over a minibatch.
        generator: the random stream of the order.

    Yields:
        Minibatches; the last one is smaller where M does not divide B. Their `advantages` are
        normalised if `config.normalize_advantages` is "minibatch".
    """
    shuffled = batch[torch.randperm(len(batch), generator=generator)]
    for start in range(0, len(batch), config.minibatch_size):
        minibatch = shuffled[start : start + config.minibatch_size]
        yield _normalized(minibatch) if config.normalize_advantages == "minibatch" else minibatch


def _normalized(batch: Batch) -> Batch:
    return replace(batch, advantages=normalize(batch.advantages))
