"""The cliff as an environment: one at a time, and N in one numpy call."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

import ppo_lib.envs  # noqa: F401  # where the name ppo_lib/Cliff-v0 is registered
from ppo_lib.vector_envs import Actions, Flags, Floats, NumpyVectorEnv, Observations, States


class CliffEnv(gym.Env[NDArray[np.float32], np.int64]):
    """A corridor: a bait on the edge of a cliff is near, the goal at the other end is far.

        position   0     1     2     3     4     5     6     7     8
                  bait start                                     goal

    Action 0 goes left and action 1 right. Both ends end the episode, in a fall or at the
    goal; the time limit does too, without a reward. The bait is worth 0.2 and one step away,
    the goal 1 and seven: whoever has learnt to take the bait no longer sees the goal.

    Args:
        render_mode: `"rgb_array"` makes `render` draw the corridor; `None`: there is no picture.
    """

    NUM_POSITIONS = 9
    START = 1
    BAIT_REWARD = 0.2
    GOAL_REWARD = 1.0
    MAX_EPISODE_STEPS = 50

    metadata = {"render_modes": ["rgb_array"], "render_fps": 6}  # noqa: RUF012
    observation_space = spaces.Box(0.0, 1.0, (NUM_POSITIONS,), np.float32)
    action_space = spaces.Discrete(2)

    def __init__(self, render_mode: str | None = None) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f'render_mode must be "rgb_array" or None, got {render_mode!r}')
        self.render_mode = render_mode
        self.position = self.START

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Start an episode."""
        super().reset(seed=seed, options=options)
        self.position = self.START
        return self._observation(), {}

    def step(
        self, action: np.int64
    ) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Go one position to the left or to the right."""
        self.position += 1 if action == 1 else -1
        fell, arrived = self.position == 0, self.position == self.NUM_POSITIONS - 1
        reward = self.BAIT_REWARD if fell else self.GOAL_REWARD if arrived else 0.0
        return self._observation(), reward, fell or arrived, False, {}

    def render(self) -> NDArray[np.uint8] | None:
        """Draw the corridor and the agent in it: (H, W, 3), or `None` without a render mode."""
        if self.render_mode is None:
            return None
        from ppo_lib.course.cliff.picture import cliff_image  # matplotlib: only for those who look

        rewards = {"bait": self.BAIT_REWARD, "goal": self.GOAL_REWARD}
        return cliff_image(self.position, num_positions=self.NUM_POSITIONS, **rewards)

    def _observation(self) -> NDArray[np.float32]:
        one_hot = np.zeros(self.NUM_POSITIONS, np.float32)
        one_hot[self.position] = 1.0
        return one_hot


class CliffEnvs(NumpyVectorEnv):
    """ppo_lib/Cliff-v0: `CliffEnv`, N at a time."""

    def __init__(self, num_envs: int, max_episode_steps: int = CliffEnv.MAX_EPISODE_STEPS) -> None:
        super().__init__("ppo_lib/Cliff-v0", num_envs)
        self.max_episode_steps = max_episode_steps
        self._one_hot = np.eye(CliffEnv.NUM_POSITIONS, dtype=np.float32)
        self._rewards = np.zeros(CliffEnv.NUM_POSITIONS)
        self._rewards[[0, -1]] = CliffEnv.BAIT_REWARD, CliffEnv.GOAL_REWARD

    def _draw_starts(self, stream: np.random.Generator, count: int) -> States:
        return np.full((1, count), CliffEnv.START)

    def _step_states(self, actions: Actions) -> tuple[Floats, Flags]:
        self.states = self.states + np.where(actions == 1, 1, -1)
        positions = self.states[0]
        terminated = (positions == 0) | (positions == CliffEnv.NUM_POSITIONS - 1)
        return self._rewards[positions], terminated

    def _observe(self, states: States) -> Observations:
        seen: Observations = self._one_hot[states[0]]
        return seen
