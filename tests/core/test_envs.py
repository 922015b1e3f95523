"""Environments: one autoreset mode, checked names and spaces, actions that fit."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.vector import AutoresetMode

from ppo_lib.envs import check_spaces, make_envs, to_env_actions

VECTOR = spaces.Box(-1.0, 1.0, (3,), np.float32)
CHOICE = spaces.Discrete(2)


class StrangeEnv(gym.Env):
    """An environment of any spaces, which counts how often it is closed."""

    closed = 0

    def __init__(self, observation_space=VECTOR, action_space=CHOICE):
        self.observation_space, self.action_space = observation_space, action_space

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.observation_space.sample(), {}

    def close(self):
        StrangeEnv.closed += 1


gym.register("test_envs/Strange-v0", StrangeEnv, kwargs={"observation_space": spaces.Discrete(4)})


class FailingEnv(StrangeEnv):
    def __init__(self):
        raise ValueError("no licence")


gym.register("test_envs/Failing-v0", FailingEnv)


def test_environments_reset_themselves_in_the_step_that_ends_an_episode():
    for env_id in ("CartPole-v1", "Pendulum-v1", "ppo_lib/EndlessReward-v0"):
        envs = make_envs(env_id, 2)
        assert envs.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
        assert envs.num_envs == 2
        envs.close()


def test_an_unknown_environment_is_refused_by_name():
    unknown = ["", ":", "a b", "cartpole", "CartPole-v99", "NoSuchEnv-v0", "no_such_module:Env-v0"]
    for env_id in [*unknown, "test_envs/Failing-v0"]:
        with pytest.raises(ValueError) as error:
            make_envs(env_id, 1)
        start = f"env_id must name an environment that Gymnasium can make, got {env_id!r}: "
        assert str(error.value).startswith(start)


def test_no_environments_are_refused():
    for number in (0, -1):
        with pytest.raises(ValueError, match=f"^num_envs must be at least 1, got {number}$"):
            make_envs("CartPole-v1", number)


def test_vectors_of_observations_with_choices_or_vectors_of_actions_are_taken_and_no_others():
    for actions in (CHOICE, spaces.Discrete(3, start=5), VECTOR):
        check_spaces(VECTOR, actions)
    neither = [spaces.MultiDiscrete([2, 2]), spaces.MultiBinary(3)]
    no_vectors = [
        CHOICE, spaces.Box(0, 255, (8, 8), np.uint8), spaces.Box(-1, 1, (), np.float32),
        spaces.Dict(position=VECTOR), spaces.Tuple((VECTOR,)),
    ]  # fmt: skip
    for space in neither + no_vectors:
        with pytest.raises(TypeError) as error:
            check_spaces(space, CHOICE)
        message = f"the observation space must be a Box of one dimension, got {space}"
        assert str(error.value) == message
    nested = [spaces.Dict(push=CHOICE), spaces.Tuple((CHOICE,))]
    for space in [*neither, *nested, spaces.Box(-1, 1, (2, 2), np.float32)]:
        with pytest.raises(TypeError) as error:
            check_spaces(VECTOR, space)
        message = f"the action space must be Discrete or a Box of one dimension, got {space}"
        assert str(error.value) == message


def test_a_refused_environment_is_closed(monkeypatch):
    monkeypatch.setattr(StrangeEnv, "closed", 0)
    with pytest.raises(TypeError, match="observation space"):
        make_envs("test_envs/Strange-v0", 2)
    assert StrangeEnv.closed == 2


def test_a_seed_gives_the_same_start_and_each_environment_its_own():
    def first_observations():
        envs = make_envs("CartPole-v1", 3)
        observations, _ = envs.reset(seed=4)
        envs.close()
        return observations

    first = first_observations()
    np.testing.assert_array_equal(first, first_observations())
    assert len(np.unique(first, axis=0)) == 3


def test_continuous_actions_are_clipped_to_each_bound_of_the_box():
    space = spaces.Box(np.array([-1, -np.inf]), np.array([0.5, 2]), dtype=np.float64)
    actions = np.array([[-3.0, -9.0], [0.25, 1.0], [3.0, 9.0]])
    expected = [[-1.0, -9.0], [0.25, 1.0], [0.5, 2.0]]
    np.testing.assert_array_equal(to_env_actions(actions, space), expected)
    assert actions[0, 0] == -3.0  # the rollout's own copy keeps the unclipped action


def test_discrete_actions_count_from_the_start_of_the_space():
    actions = np.array([0, 2])
    np.testing.assert_array_equal(to_env_actions(actions, spaces.Discrete(3, start=-1)), [-1, 1])


def test_the_endless_reward_is_cut_after_ten_steps_and_never_terminates():
    env = gym.make("ppo_lib/EndlessReward-v0")
    env.reset(seed=0)
    steps = [env.step(0) for _ in range(10)]
    assert [step[1] for step in steps] == [1.0] * 10
    assert [step[2] for step in steps] == [False] * 10
    assert [step[3] for step in steps] == [False] * 9 + [True]
