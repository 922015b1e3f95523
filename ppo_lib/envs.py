"""Vector environments, all in one autoreset mode.

The mode is Gymnasium's `SAME_STEP`: when an episode ends, `step` resets that environment
at once and returns its first observation, while the true last observation lies in
`infos["final_obs"]`. So each of the T * N rows of a rollout is a real transition; there
is no phantom step to mask.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.wrappers.vector import RecordEpisodeStatistics
from numpy.typing import NDArray

from ppo_lib.moved import find
from ppo_lib.vector_envs import (
    AcrobotEnvs,
    CartPoleEnvs,
    NumpyVectorEnv,
    PendulumEnvs,
    check_seeds,
)

AUTORESET_MODE = AutoresetMode.SAME_STEP


def make_envs(env_id: str, num_envs: int) -> VectorEnv[Any, Any, Any]:
    """Make `num_envs` copies of an environment that step together and record episodes.

    Those in `VECTOR_ENVS`, and the package's own that name a `NumpyVectorEnv`, step in one numpy
    call, the others one after the other.

    Args:
        env_id: the environment's Gymnasium name.
        num_envs: N.

    Returns:
        The vector environment, its episodes' returns and lengths in `infos["episode"]`.

    Raises:
        ValueError: if there is no such environment, it cannot be made, or `num_envs` is
            below 1.
        TypeError: if its observations or actions are of an unsupported kind.
    """
    if num_envs < 1:
        raise ValueError(f"num_envs must be at least 1, got {num_envs}")
    if env_id in VECTOR_ENVS:
        return VECTOR_ENVS[env_id](num_envs)
    try:
        own = env_id.startswith("ppo_lib/") and gym.spec(env_id).vector_entry_point
        if own:
            return gym.make_vec(env_id, num_envs, vectorization_mode="vector_entry_point")
        envs = gym.make_vec(
            env_id,
            num_envs,
            vectorization_mode="sync",
            vector_kwargs={"autoreset_mode": AUTORESET_MODE},
        )
    except (gym.error.Error, ImportError, ValueError) as error:
        raise ValueError(
            f"env_id must name an environment that Gymnasium can make, got {env_id!r}: {error}"
        ) from error
    try:
        check_spaces(envs.single_observation_space, envs.single_action_space)
    except TypeError:
        envs.close()
        raise
    return RecordEpisodeStatistics(envs)


def reset_envs(envs: VectorEnv[Any, Any, Any], seeds: Sequence[int]) -> NDArray[Any]:
    """Start every environment, in blocks of columns that have random streams of their own.

    What a block goes through depends on its own seed and actions alone, and is what it would
    go through by itself, after `reset_envs(envs, [seed])`.

    Args:
        envs: what `make_envs` returns; its N columns are cut into k blocks of neighbours.
        seeds: k whole numbers, one for each block. Where each column has a stream of its own
            because they step one after the other, column n of a block gets its seed plus n.

    Returns:
        The first observations (N, D).

    Raises:
        ValueError: if k does not divide N.
    """
    check_seeds("seeds", seeds, envs.num_envs)
    if isinstance(envs.unwrapped, NumpyVectorEnv):
        column_seeds = list(seeds)
    else:
        block_size = envs.num_envs // len(seeds)
        column_seeds = [int(seed) + n for seed in seeds for n in range(block_size)]
    observations: NDArray[Any]
    observations, _ = envs.reset(seed=column_seeds)  # type: ignore[arg-type]
    return observations


def check_spaces(observation_space: gym.Space[Any], action_space: gym.Space[Any]) -> None:
    """Refuse spaces that the networks cannot take.

    Raises:
        TypeError: unless observations are a vector (a Box of one dimension) and actions are
            Discrete or a vector.
    """
    if not (isinstance(observation_space, spaces.Box) and len(observation_space.shape) == 1):
        raise TypeError(
            f"the observation space must be a Box of one dimension, got {observation_space}"
        )
    if isinstance(action_space, spaces.Discrete):
        return
    if not (isinstance(action_space, spaces.Box) and len(action_space.shape) == 1):
        raise TypeError(
            f"the action space must be Discrete or a Box of one dimension, got {action_space}"
        )


def to_env_actions(actions: NDArray[Any], action_space: gym.Space[Any]) -> NDArray[Any]:
    """Turn sampled actions into ones that the environment takes.

    A Gaussian has no bounds, so a continuous action is clipped to the space's box here,
    on its way to the environment; the rollout keeps the unclipped action, whose
    log-probability is the right one. Discrete actions count from the space's own start.

    Args:
        actions: (N,) whole numbers or (N, D) real ones.
        action_space: the space of one environment.

    Returns:
        Actions of the same shape.
    """
    if isinstance(action_space, spaces.Discrete):
        env_actions: NDArray[Any] = actions + action_space.start
    else:
        assert isinstance(action_space, spaces.Box)
        env_actions = np.clip(actions, action_space.low, action_space.high)
    return env_actions


VECTOR_ENVS: dict[str, Callable[[int], NumpyVectorEnv]] = {
    "CartPole-v1": CartPoleEnvs,
    "Acrobot-v1": AcrobotEnvs,
    "Pendulum-v1": PendulumEnvs,
}
"""Gymnasium's environments that have a numpy version, by their name."""

PROBES = ("ConstantReward", "ObservationReward", "DelayedReward", "ActionReward", "MatchReward")

# The environments that come with this package. Gymnasium imports one when it is made.
for _kind in PROBES:
    gym.register(
        f"ppo_lib/{_kind}-v0", entry_point="ppo_lib.beyond.probes:ProbeEnv", kwargs={"kind": _kind}
    )
gym.register(
    "ppo_lib/EndlessReward-v0",
    entry_point="ppo_lib.beyond.probes:EndlessRewardEnv",
    max_episode_steps=10,
)
gym.register(
    "ppo_lib/Cliff-v0",
    entry_point="ppo_lib.course.cliff.environment:CliffEnv",
    vector_entry_point="ppo_lib.course.cliff.environment:CliffEnvs",
    max_episode_steps=50,
)

if not TYPE_CHECKING:
    __getattr__ = partial(find, "envs")  # what has moved from here
