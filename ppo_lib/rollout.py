"""Collect: let the policy act for T steps in N environments."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray

from ppo_lib.batch import Rollout
from ppo_lib.envs import to_env_actions
from ppo_lib.losses import Model
from ppo_lib.moved import find
from ppo_lib.networks import sample_actions
from ppo_lib.tensors import one_thread


class Actor(Model, Protocol):
    """What collects a rollout: an `ActorCritic`, or many of them stacked."""

    action_shape: tuple[int, ...]
    action_dtype: type[np.generic]


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


if not TYPE_CHECKING:
    __getattr__ = partial(find, "rollout")  # what has moved from here
