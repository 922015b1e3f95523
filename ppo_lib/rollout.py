"""Data: what the policy did for T steps in N environments, and its cut into minibatches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from torch import Tensor

from ppo_lib.envs import to_env_actions
from ppo_lib.networks import ActorCritic, sample_actions
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
    """

    observations: Tensor
    actions: Tensor
    log_probs: Tensor
    values: Tensor
    next_values: Tensor
    rewards: Tensor
    terminated: Tensor
    truncated: Tensor
    episode_returns: tuple[float, ...]
    episode_lengths: tuple[int, ...]


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

    def __getitem__(self, index: slice | Tensor) -> Batch:
        return Batch(*(getattr(self, column.name)[index] for column in fields(self)))


@torch.no_grad()
@one_thread()
def collect_rollout(
    envs: VectorEnv[Any, Any, Any],
    model: ActorCritic,
    observations: NDArray[Any],
    num_steps: int,
    generator: torch.Generator | None = None,
) -> tuple[Rollout, NDArray[Any]]:
    """Let the policy act for `num_steps` steps in every environment.

    Args:
        envs: what `make_envs` returns.
        model: the actor, which samples, and the critic, which judges afterwards.
        observations: (N, D), where the environments stand: from `reset`, or the last call.
        num_steps: T.
        generator: the random stream of the actions.

    Returns:
        The rollout, without gradient, and the observations (N, D) to go on from.
    """
    seen = [torch.as_tensor(observations, dtype=torch.float32)]
    actions, log_probs, rewards, terminated, truncated = [], [], [], [], []
    final_observations: dict[tuple[int, int], NDArray[Any]] = {}
    episode_returns: list[float] = []
    episode_lengths: list[int] = []

    for step in range(num_steps):
        policy = model.policy(seen[-1])
        action = sample_actions(policy, generator)
        env_actions = to_env_actions(action.numpy(), envs.single_action_space)
        observations, reward, terminal, cut, infos = envs.step(env_actions)

        for n in np.flatnonzero(terminal | cut):
            final_observations[step, int(n)] = infos["final_obs"][n]
            episode_returns.append(float(infos["episode"]["r"][n]))
            episode_lengths.append(int(infos["episode"]["l"][n]))

        seen.append(torch.as_tensor(observations, dtype=torch.float32))
        actions.append(action)
        log_probs.append(policy.log_prob(action))
        rewards.append(reward)
        terminated.append(terminal)
        truncated.append(cut)

    all_observations = torch.stack(seen)
    all_values = model.value(all_observations)  # (T + 1, N)
    next_values = all_values[1:].clone()
    if final_observations:
        steps, columns = zip(*final_observations, strict=True)
        last = torch.as_tensor(np.stack(list(final_observations.values())), dtype=torch.float32)
        next_values[list(steps), list(columns)] = model.value(last)

    rollout = Rollout(
        observations=all_observations[:-1],
        actions=torch.stack(actions),
        log_probs=torch.stack(log_probs),
        values=all_values[:-1],
        next_values=next_values,
        rewards=torch.as_tensor(np.stack(rewards), dtype=torch.float32),
        terminated=torch.from_numpy(np.stack(terminated)),
        truncated=torch.from_numpy(np.stack(truncated)),
        episode_returns=tuple(episode_returns),
        episode_lengths=tuple(episode_lengths),
    )
    return rollout, observations


def flatten(rollout: Rollout, advantages: Tensor) -> Batch:
    """Lay the rollout's T * N transitions in one row: (T, N, ...) to (T * N, ...).

    Args:
        rollout: of shape (T, N).
        advantages: (T, N).

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
