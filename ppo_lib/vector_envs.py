"""N copies of an environment that step in one numpy call.

`NumpyVectorEnv` holds what all of them need: the time limit, the restart of an ended copy
within the same step, the random streams, the score of an episode. An environment adds its
starts, its step and what is seen of its state. A state is a column: row s, column n of
`states` is variable s of copy n, so one operation moves a variable of all copies.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.envs.classic_control import AcrobotEnv, CartPoleEnv, PendulumEnv
from gymnasium.envs.classic_control.pendulum import DEFAULT_X, DEFAULT_Y
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Observations = NDArray[np.float32]
Flags = NDArray[np.bool_]
States = NDArray[Any]
Actions = NDArray[Any]


class NumpyVectorEnv(VectorEnv[Observations, Actions, NDArray[Any]], ABC):
    """N copies of one environment, in the autoreset mode `SAME_STEP`.

    Spaces and time limit are the single environment's.

    Args:
        env_id: the single environment's Gymnasium name.
        num_envs: N.

    Attributes:
        states: (S, N), what the copies are in; may be set between two steps.
        episode_lengths: (N,) the steps of the running episodes, which the time limit counts.
        episode_returns: (N,) float64, their rewards so far, undiscounted.
    """

    metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012
    states: States

    def __init__(self, env_id: str, num_envs: int) -> None:
        single = gym.make(env_id)
        single.close()
        assert single.spec is not None and single.spec.max_episode_steps is not None
        self.spec = single.spec
        self.max_episode_steps = single.spec.max_episode_steps
        self.num_envs = num_envs
        self.single_observation_space = single.observation_space
        self.single_action_space = single.action_space
        self.observation_space = batch_space(single.observation_space, num_envs)
        self.action_space = batch_space(single.action_space, num_envs)
        self._streams: list[np.random.Generator] = []

    @abstractmethod
    def _draw_starts(self, stream: np.random.Generator, count: int) -> States:
        """Draw `count` first states (S, count), one column after the other."""

    @abstractmethod
    def _step_states(self, actions: Actions) -> tuple[Floats, Flags]:
        """Replace `states` by the next ones; return the rewards (N,) and what terminated (N,)."""

    @abstractmethod
    def _observe(self, states: States) -> Observations:
        """Return what is seen of `states` (S, n): a new array (n, D)."""

    def reset(
        self, *, seed: int | Sequence[int] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observations, dict[str, Any]]:
        """Start an episode in every copy.

        The N columns are cut into k blocks of neighbours. Each block draws all its starts,
        those after an end too, from a stream of its own, in the order of its columns. So it
        depends on its own seed and its own ends alone: beside other blocks it goes through
        the same as by itself.

        Args:
            seed: k whole numbers, one for each block; one number is one block; `None` goes
                on with the streams of before, and makes one by chance if there are none.
            options: must be empty: every copy starts, and as its environment says.

        Returns:
            The first observations (N, D), a new array; and no infos.

        Raises:
            ValueError: if k does not divide N, a seed is negative, or there are options.
        """
        if options:
            raise ValueError(f"options must be None or empty, got {options!r}")
        if seed is not None:
            seeds = [seed] if isinstance(seed, int | np.integer) else seed
            check_seeds("seed", seeds, self.num_envs)
            self._streams = [np.random.default_rng(each) for each in seeds]
        elif not self._streams:
            self._streams = [np.random.default_rng()]
        self.states = self._draw(np.ones(self.num_envs, np.bool_))
        self.episode_lengths = np.zeros(self.num_envs, np.int64)
        self.episode_returns = np.zeros(self.num_envs)
        return self._observe(self.states), {}

    def step(self, actions: Actions) -> tuple[Observations, Floats, Flags, Flags, dict[str, Any]]:
        """Take one step in every copy, and start the next episode where one ended.

        Args:
            actions: (N,) whole numbers or (N, A) real ones, within the action space.

        Returns:
            The observations (N, D), after an end those of the next episode's start; the
            rewards (N,); terminated and truncated (N,); and infos, empty unless an episode
            ended. Then `final_obs` (N, D) holds the last observations, and `episode` the
            returns `r` (N,) float64 and the lengths `l` (N,) int64, in the rows that
            `_final_obs` and `_episode` (N,) name. No later step changes any of the arrays.

        Raises:
            ResetNeeded: if `reset` was never called.
            ValueError: if `actions` has another shape.
        """
        if not self._streams:
            raise gym.error.ResetNeeded("reset must be called before the first step")
        if np.shape(actions) != self.action_space.shape:
            raise ValueError(
                f"actions must have the shape {self.action_space.shape}, got {np.shape(actions)}"
            )
        rewards, terminated = self._step_states(actions)
        observations = self._observe(self.states)
        self.episode_lengths += 1
        self.episode_returns += rewards
        truncated = self.episode_lengths >= self.max_episode_steps
        ended = terminated | truncated
        infos: dict[str, Any] = {}
        if ended.any():
            infos = {
                "final_obs": observations.copy(),
                "final_info": {},
                "episode": {
                    "r": np.where(ended, self.episode_returns, 0.0),
                    "l": np.where(ended, self.episode_lengths, 0),
                },
            }
            infos |= {f"_{key}": ended.copy() for key in infos}
            self.states[:, ended] = self._draw(ended)
            observations[ended] = self._observe(self.states[:, ended])
            self.episode_lengths[ended] = 0
            self.episode_returns[ended] = 0.0
        return observations, rewards, terminated, truncated, infos

    def _draw(self, starting: Flags) -> States:
        """Draw starts (S, n) for the n columns that `starting` (N,) names, from their streams."""
        counts = starting.reshape(len(self._streams), -1).sum(axis=1).tolist()
        blocks = zip(self._streams, counts, strict=True)
        starts = [self._draw_starts(stream, count) for stream, count in blocks if count]
        return np.concatenate(starts, axis=1)


def check_seeds(name: str, seeds: Sequence[int], num_envs: int) -> None:
    """Refuse seeds that do not cut N columns into equal blocks.

    Raises:
        ValueError: unless their number divides `num_envs`.
    """
    if len(seeds) == 0 or num_envs % len(seeds) != 0:
        raise ValueError(
            f"{name} must be as many seeds as divide num_envs = {num_envs}, got {len(seeds)}"
        )


class CartPoleEnvs(NumpyVectorEnv):
    """CartPole-v1: a cart that is pushed left or right is to keep the pole on it upright.

    A state is the cart's position and speed, the pole's angle from upright and its speed. The step
    is Gymnasium's to the bit, operation by operation; theirs for many copies takes twice as long,
    and restarts an ended copy one step late.

    Source: Barto, Sutton and Anderson, "Neuronlike Adaptive Elements That Can Solve Difficult
    Learning Control Problems" (1983), with Florian's correction (2007) and no friction.
    """

    def __init__(self, num_envs: int) -> None:
        super().__init__("CartPole-v1", num_envs)
        self._physics = CartPoleEnv()

    def _draw_starts(self, stream: np.random.Generator, count: int) -> States:
        return stream.uniform(-0.05, 0.05, (count, 4)).T

    def _step_states(self, actions: Actions) -> tuple[Floats, Flags]:
        env = self._physics
        _, speed, angle, turning = self.states
        sin, cos = np.sin(angle), np.cos(angle)
        push = np.where(actions == 1, env.force_mag, -env.force_mag)

        both = (push + env.polemass_length * np.square(turning) * sin) / env.total_mass
        lever = 4.0 / 3.0 - env.masspole * np.square(cos) / env.total_mass
        turning_rate = (env.gravity * sin - cos * both) / (env.length * lever)
        speed_rate = both - env.polemass_length * turning_rate * cos / env.total_mass
        self.states = self.states + env.tau * np.stack((speed, speed_rate, turning, turning_rate))

        position, _, angle, _ = np.abs(self.states)
        terminated = (position > env.x_threshold) | (angle > env.theta_threshold_radians)
        return np.ones(self.num_envs), terminated

    def _observe(self, states: States) -> Observations:
        return states.T.astype(np.float32, order="C")


class AcrobotEnvs(NumpyVectorEnv):
    """Acrobot-v1: two links hang from a pivot; the torque between them is to swing the end up.

    A state is the angles of both links, the second relative to the first, and their speeds.
    The accelerations are Gymnasium's own function, which takes N columns as well as one.

    Source: Sutton and Barto, "Reinforcement Learning", 1st edition (1998), section 11.3.
    """

    def __init__(self, num_envs: int) -> None:
        super().__init__("Acrobot-v1", num_envs)
        self._physics = AcrobotEnv()
        self._torques = np.array(AcrobotEnv.AVAIL_TORQUE)
        self._max_speeds = np.array([[AcrobotEnv.MAX_VEL_1], [AcrobotEnv.MAX_VEL_2]])

    def _draw_starts(self, stream: np.random.Generator, count: int) -> States:
        # Gymnasium rounds a start to float32, and goes on from there in float64.
        return stream.uniform(-0.1, 0.1, (count, 4)).astype(np.float32).astype(np.float64).T

    def _step_states(self, actions: Actions) -> tuple[Floats, Flags]:
        torques = self._torques[actions]

        def rates(states: States) -> States:
            derivatives = self._physics._dsdt((*states, torques))  # type: ignore[no-untyped-call]
            return np.array(derivatives[:4])  # the fifth is the torque's, which stays

        dt = AcrobotEnv.dt  # one Runge-Kutta step of the fourth order
        k1 = rates(self.states)
        k2 = rates(self.states + dt / 2 * k1)
        k3 = rates(self.states + dt / 2 * k2)
        k4 = rates(self.states + dt * k3)
        self.states = self.states + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

        angles, speeds = self.states[:2], self.states[2:]  # views: what follows is in place
        angles -= 2 * np.pi * np.rint(angles / (2 * np.pi))
        np.clip(speeds, -self._max_speeds, self._max_speeds, out=speeds)
        terminated = -np.cos(angles[0]) - np.cos(angles[1] + angles[0]) > 1.0
        return np.where(terminated, 0.0, -1.0), terminated

    def _observe(self, states: States) -> Observations:
        (cos1, cos2), (sin1, sin2) = np.cos(states[:2]), np.sin(states[:2])
        return np.stack((cos1, sin1, cos2, sin2, *states[2:]), axis=1, dtype=np.float32)


class PendulumEnvs(NumpyVectorEnv):
    """Pendulum-v1: a torque too weak to lift it is to swing a pendulum up and hold it there.

    A state is the angle from upright and its speed. No episode terminates.
    """

    def __init__(self, num_envs: int) -> None:
        super().__init__("Pendulum-v1", num_envs)
        self._physics = PendulumEnv()

    def _draw_starts(self, stream: np.random.Generator, count: int) -> States:
        high = np.array([DEFAULT_X, DEFAULT_Y])
        return stream.uniform(-high, high, (count, 2)).T

    def _step_states(self, actions: Actions) -> tuple[Floats, Flags]:
        env = self._physics
        angles, speeds = self.states
        torques = np.clip(actions[:, 0], -env.max_torque, env.max_torque)
        from_upright = (angles + np.pi) % (2 * np.pi) - np.pi
        costs = from_upright**2 + 0.1 * speeds**2 + 0.001 * torques**2

        gravity = 3 * env.g / (2 * env.l) * np.sin(angles)
        speeds = speeds + (gravity + 3 / (env.m * env.l**2) * torques) * env.dt
        speeds = np.clip(speeds, -env.max_speed, env.max_speed)
        self.states = np.stack((angles + speeds * env.dt, speeds))
        return -costs, np.zeros(self.num_envs, np.bool_)

    def _observe(self, states: States) -> Observations:
        angles, speeds = states
        return np.stack((np.cos(angles), np.sin(angles), speeds), axis=1, dtype=np.float32)
