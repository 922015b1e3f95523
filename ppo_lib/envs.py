"""Vector environments, all in one autoreset mode, and the course's own small ones.

The mode is Gymnasium's `SAME_STEP`: when an episode ends, `step` resets that environment
at once and returns its first observation, while the true last observation lies in
`infos["final_obs"]`. So each of the T * N rows of a rollout is a real transition; there
is no phantom step to mask. `collect_rollout` in `rollout.py` is the only reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.wrappers.vector import RecordEpisodeStatistics
from numpy.typing import NDArray

from ppo_lib.vector_envs import (
    AcrobotEnvs,
    Actions,
    CartPoleEnvs,
    Flags,
    Floats,
    NumpyVectorEnv,
    Observations,
    PendulumEnvs,
    States,
    check_seeds,
)

AUTORESET_MODE = AutoresetMode.SAME_STEP


def make_envs(env_id: str, num_envs: int) -> VectorEnv[Any, Any, Any]:
    """Make `num_envs` copies of an environment that step together and record episodes.

    Those in `VECTOR_ENVS` step in one numpy call, the others one after the other.

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
        from ppo_lib.plotting_cliff import cliff_image  # matplotlib, which training does not need

        rewards = {"bait": self.BAIT_REWARD, "goal": self.GOAL_REWARD}
        return cliff_image(self.position, num_positions=self.NUM_POSITIONS, **rewards)

    def _observation(self) -> NDArray[np.float32]:
        one_hot = np.zeros(self.NUM_POSITIONS, np.float32)
        one_hot[self.position] = 1.0
        return one_hot


class CliffEnvs(NumpyVectorEnv):
    """ppo_lib/Cliff-v0: `CliffEnv`, N at a time."""

    def __init__(self, num_envs: int) -> None:
        super().__init__("ppo_lib/Cliff-v0", num_envs)
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


VECTOR_ENVS: dict[str, Callable[[int], NumpyVectorEnv]] = {
    "CartPole-v1": CartPoleEnvs,
    "Acrobot-v1": AcrobotEnvs,
    "Pendulum-v1": PendulumEnvs,
    "ppo_lib/Cliff-v0": CliffEnvs,
}
"""The environments that have a numpy version, by their Gymnasium name."""

PROBES = ("ConstantReward", "ObservationReward", "DelayedReward", "ActionReward", "MatchReward")

for _kind in PROBES:
    gym.register(f"ppo_lib/{_kind}-v0", entry_point="ppo_lib.envs:ProbeEnv", kwargs={"kind": _kind})
gym.register(
    "ppo_lib/EndlessReward-v0", entry_point="ppo_lib.envs:EndlessRewardEnv", max_episode_steps=10
)
gym.register(
    "ppo_lib/Cliff-v0",
    entry_point="ppo_lib.envs:CliffEnv",
    max_episode_steps=CliffEnv.MAX_EPISODE_STEPS,
)
