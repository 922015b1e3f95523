"""When CartPole-v1 counts as solved: the one judge of every contender."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

ENV_ID = "CartPole-v1"
SOLVED = 475.0  # Gymnasium's own threshold

Act = Callable[[NDArray[Any]], NDArray[Any]]
"""Called with observations (N, 4), returns sampled actions (N,)."""


def play(act: Act, num_episodes: int, seed: int) -> NDArray[np.float64]:
    """Return the scores of whole episodes, each in a fresh environment of Gymnasium's.

    What `act` draws from PyTorch's global random stream depends on `seed` alone, and the
    stream is afterwards where it was before, so that judging a training does not disturb it.
    """
    envs = gym.make_vec(
        ENV_ID,
        num_episodes,
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP},
    )
    returns = np.zeros(num_episodes)
    running = np.ones(num_episodes, dtype=bool)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            observations, _ = envs.reset(seed=seed)
            while running.any():
                observations, rewards, terminated, truncated, _ = envs.step(act(observations))
                returns[running] += rewards[running]
                running &= ~(terminated | truncated)
    finally:
        envs.close()
    return returns


def solved(returns: NDArray[np.float64]) -> bool:
    """Return whether the mean score is 475 or more."""
    return bool(returns.mean() >= SOLVED)
