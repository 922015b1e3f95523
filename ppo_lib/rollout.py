"""Data: what the policy did for T steps in N environments, and its cut into minibatches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from torch import Tensor
from torch.distributions import Distribution

from ppo_lib.envs import to_env_actions
from ppo_lib.networks import sample_actions
from ppo_lib.threads import one_thread


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
        """Return equal shares of the environments, each a rollout, the first columns first."""
        width = self.rewards.shape[1] // num_parts
        return [self._columns(start * width, (start + 1) * width) for start in range(num_parts)]

    def _columns(self, start: int, stop: int) -> Rollout:
        ended = [i for i, column in enumerate(self.episode_columns) if start <= column < stop]
        return Rollout(
            self.observations[:, start:stop].contiguous(),
            self.actions[:, start:stop].contiguous(),
            self.log_probs[:, start:stop].contiguous(),
            self.values[:, start:stop].contiguous(),
            self.next_values[:, start:stop].contiguous(),
            self.rewards[:, start:stop].contiguous(),
            self.terminated[:, start:stop].contiguous(),
            self.truncated[:, start:stop].contiguous(),
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
        advantages: (B,) float32.
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


class Actor(Protocol):
    """What collects a rollout: an `ActorCritic`, or a population of them."""

    action_shape: tuple[int, ...]
    action_dtype: type[np.generic]

    def policy(self, observations: Tensor, /) -> Distribution:
        """Return the distribution of the action in each state."""
        ...

    def value(self, observations: Tensor, /) -> Tensor:
        """Return V(s) for each state."""
        ...


@one_thread()
def collect_rollout(
    envs: VectorEnv[Any, Any, Any],
    model: Actor,
    observations: NDArray[Any],
    num_steps: int,
    generator: torch.Generator | Sequence[torch.Generator] | None = None,
) -> tuple[Rollout, NDArray[Any]]:
    """Let the policy act for `num_steps` steps in every environment.

    Args:
        envs: what `make_envs` returns.
        model: the actor, which samples, and the critic, which judges afterwards.
        observations: (N, D), where the environments stand: from `reset`, or the last call.
        num_steps: T.
        generator: the random stream of the actions, or several, as for `sample_actions`.

    Returns:
        The rollout, without gradient, and the observations (N, D) to go on from.
    """
    rows = (num_steps, envs.num_envs)
    seen = np.empty(rows + observations.shape[1:], np.float32)
    led_to = np.empty_like(seen)
    actions = np.empty(rows + model.action_shape, model.action_dtype)
    rewards = np.empty(rows, np.float32)
    terminated, truncated = np.empty(rows, bool), np.empty(rows, bool)
    episode_returns: list[float] = []
    episode_lengths: list[int] = []
    episode_columns: list[int] = []

    for t in range(num_steps):
        seen[t] = observations
        with torch.inference_mode():
            policy = model.policy(torch.from_numpy(seen[t]))
            actions[t] = sample_actions(policy, generator).numpy()
        env_actions = to_env_actions(actions[t], envs.single_action_space)
        observations, rewards[t], terminated[t], truncated[t], infos = envs.step(env_actions)

        led_to[t] = observations
        for n in np.flatnonzero(terminated[t] | truncated[t]):
            led_to[t, n] = infos["final_obs"][n]
            episode_returns.append(float(infos["episode"]["r"][n]))
            episode_lengths.append(int(infos["episode"]["l"][n]))
            episode_columns.append(int(n))

    with torch.no_grad():
        rollout = Rollout(
            observations=torch.from_numpy(seen),
            actions=torch.from_numpy(actions),
            log_probs=model.policy(torch.from_numpy(seen)).log_prob(torch.from_numpy(actions)),
            values=model.value(torch.from_numpy(seen)),
            next_values=model.value(torch.from_numpy(led_to)),
            rewards=torch.from_numpy(rewards),
            terminated=torch.from_numpy(terminated),
            truncated=torch.from_numpy(truncated),
            episode_returns=tuple(episode_returns),
            episode_lengths=tuple(episode_lengths),
            episode_columns=tuple(episode_columns),
        )
    return rollout, observations


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
    batch: Batch, minibatch_size: int, generator: torch.Generator | None = None
) -> Iterator[Batch]:
    """Yield the batch's samples in a new random order, each once, `minibatch_size` at a time.

    Args:
        batch: B samples.
        minibatch_size: M; the last minibatch is smaller where M does not divide B.
        generator: the random stream of the order.

    Yields:
        Minibatches.
    """
    shuffled = batch[torch.randperm(len(batch), generator=generator)]
    for start in range(0, len(batch), minibatch_size):
        yield shuffled[start : start + minibatch_size]
