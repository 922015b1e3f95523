"""Environments so small that their values are known."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray


class ProbeEnv(gym.Env[NDArray[np.float32], np.int64]):
    """An environment so small that its values are known, to test an agent one part at a time.

    Each probe tests one more part of the agent; the first that fails says where to look.

    | name | what it shows | known answer |
    |---|---|---|
    | `ConstantReward` | a reward of 1 after one step | V = 1 |
    | `ObservationReward` | the reward is the observation, -1 or 1 | V(s) = s |
    | `DelayedReward` | the reward of 1 comes one step later | V = gamma, then 1 |
    | `ActionReward` | action 1 is worth 1, action 0 is worth -1 | action 1 |
    | `MatchReward` | the action must match the observation | action 0 at -1, action 1 at 1 |

    Source: the idea is Andy Jones's, "Debugging RL, Without the Agonizing Pain" (2021).
    """

    observation_space = spaces.Box(-1.0, 1.0, (1,), np.float32)
    action_space = spaces.Discrete(2)

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.state = 0.0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Start an episode."""
        super().reset(seed=seed, options=options)
        shows_two_states = self.kind in ("ObservationReward", "MatchReward")
        self.state = float(self.np_random.choice((-1.0, 1.0))) if shows_two_states else 0.0
        return self._observation(), {}

    def step(
        self, action: np.int64
    ) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Take one step; only `DelayedReward` has a second one."""
        matched = 1.0 if action == 1 else -1.0
        reward = {
            "ConstantReward": 1.0,
            "ObservationReward": self.state,
            "DelayedReward": self.state,
            "ActionReward": matched,
            "MatchReward": matched * self.state,
        }[self.kind]
        terminated = self.kind != "DelayedReward" or self.state == 1.0
        if self.kind == "DelayedReward":
            self.state = 1.0
        return self._observation(), reward, terminated, False, {}

    def _observation(self) -> NDArray[np.float32]:
        return np.array([self.state], np.float32)


class EndlessRewardEnv(gym.Env[NDArray[np.float32], np.int64]):
    """Reward 1 for ever, cut by a time limit of 10 steps: V = 1 / (1 - gamma) in every state.

    The limit truncates and does not terminate, so a critic that takes it for an end
    learns a smaller value.
    """

    observation_space = spaces.Box(-1.0, 1.0, (1,), np.float32)
    action_space = spaces.Discrete(2)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Start an episode."""
        super().reset(seed=seed, options=options)
        return np.zeros(1, np.float32), {}

    def step(
        self, action: np.int64
    ) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Earn 1."""
        return np.zeros(1, np.float32), 1.0, False, False, {}
