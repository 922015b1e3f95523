"""Every row of a rollout is a real transition, and reaches the update unharmed."""

from dataclasses import fields

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch.distributions import Categorical

from ppo_lib.batch import Rollout, flatten, minibatches
from ppo_lib.config import PPOConfig
from ppo_lib.diagnostics import approx_kl, clip_fraction
from ppo_lib.envs import make_envs
from ppo_lib.losses import probability_ratio
from ppo_lib.networks import ActorCritic
from ppo_lib.rollout import collect_rollout
from ppo_lib.training import make_model

NUM_ENVS = 3


class CountingEnv(gym.Env):
    """Shows (which copy, which episode, which step); copy n's episodes are n + 2 steps long.

    Even episodes are truncated, odd ones terminate. The reward of step k is k + 1.
    """

    observation_space = spaces.Box(-np.inf, np.inf, (3,), np.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        if seed is not None:  # copy n of a vector environment reset with 0 gets seed n
            self.copy, self.episode = seed, -1
        self.episode += 1
        self.steps = 0
        return self.look(), {}

    def step(self, action):
        self.steps += 1
        end = self.steps == self.copy + 2
        odd = self.episode % 2 == 1
        return self.look(), float(self.steps), end and odd, end and not odd, {}

    def look(self):
        return np.array([self.copy, self.episode, self.steps], np.float32)


class EchoEnv(CountingEnv):
    """Rewards 1 for each unit of the first action and 10 for each of the second."""

    def __init__(self, action_space):
        self.action_space = action_space

    def step(self, action):
        observation, _, terminated, truncated, infos = super().step(action)
        weights = np.array([1.0, 10.0])[: np.size(action)]
        return observation, float(np.sum(weights * action)), terminated, truncated, infos


SMALL_BOX = spaces.Box(np.float32([-0.5, -0.1]), np.float32([0.3, 0.2]))
gym.register("test_rollout/Counting-v0", CountingEnv)
gym.register(
    "test_rollout/Choice-v0", EchoEnv, kwargs={"action_space": spaces.Discrete(3, start=5)}
)
gym.register("test_rollout/Vector-v0", EchoEnv, kwargs={"action_space": SMALL_BOX})


class Reader:
    """A model whose value spells out the observation: 10000 n + 100 episode + step."""

    action_shape = ()
    action_dtype = np.int64

    def policy(self, observations):
        return Categorical(logits=torch.zeros(*observations.shape[:-1], 2))

    def value(self, observations):
        return observations @ torch.tensor([10_000.0, 100.0, 1.0])


def collect(model=None, num_steps=13, rollouts=1, env_id="test_rollout/Counting-v0"):
    envs = make_envs(env_id, NUM_ENVS)
    observations, _ = envs.reset(seed=0)
    collected = []
    for _ in range(rollouts):
        rollout, observations = collect_rollout(envs, model or Reader(), observations, num_steps)
        collected.append(rollout)
    envs.close()
    return collected


def expected_rows(num_steps):
    """What a single counting environment goes through, written down without any vector."""
    for n in range(NUM_ENVS):
        episode, step = 0, 0
        for t in range(num_steps):
            end = step + 1 == n + 2
            yield t, n, episode, step, end
            episode, step = (episode + 1, 0) if end else (episode, step + 1)


@pytest.mark.parametrize("num_steps, rollouts", [(24, 1), (5, 4), (1, 9)])
def test_every_row_is_a_real_transition_also_across_rollouts(num_steps, rollouts):
    parts = collect(num_steps=num_steps, rollouts=rollouts)
    columns = ("observations", "rewards", "values", "next_values", "terminated", "truncated")
    joined = {column: torch.cat([getattr(p, column) for p in parts]) for column in columns}
    for t, n, episode, step, end in expected_rows(num_steps * rollouts):
        assert joined["observations"][t, n].tolist() == [n, episode, step]
        assert joined["rewards"][t, n] == step + 1
        assert joined["terminated"][t, n] == (end and episode % 2 == 1)
        assert joined["truncated"][t, n] == (end and episode % 2 == 0)
        value = 10_000 * n + 100 * episode + step
        assert joined["values"][t, n] == value
        # V of the observation that the step led to: the same episode, one step on, also at its end.
        assert joined["next_values"][t, n] == value + 1
    # Each episode is counted once, with its whole length, in the rollout in which it ended.
    expected = [
        [step + 1 for t, _, _, step, end in sorted(expected_rows(num_steps * rollouts))
         if end and t // num_steps == part]
        for part in range(rollouts)
    ]  # fmt: skip
    assert [list(part.episode_lengths) for part in parts] == expected
    # The rewards of an episode of L steps are 1, 2, ... L.
    returns = [[length * (length + 1) / 2 for length in lengths] for lengths in expected]
    assert [list(part.episode_returns) for part in parts] == returns


def test_a_rollout_has_the_shapes_and_types_that_it_documents():
    (rollout,) = collect(num_steps=7)
    shape = (7, NUM_ENVS)
    assert rollout.observations.shape == (*shape, 3)
    for column in ("log_probs", "values", "next_values", "rewards"):
        tensor = getattr(rollout, column)
        assert (tensor.shape, tensor.dtype) == (shape, torch.float32)
        assert not tensor.requires_grad
    assert (rollout.actions.shape, rollout.actions.dtype) == (shape, torch.int64)
    for flag in (rollout.terminated, rollout.truncated):
        assert (flag.shape, flag.dtype) == (shape, torch.bool)


def test_collecting_uses_one_thread_and_gives_the_others_back(set_threads):
    used = set()

    class Watcher(Reader):
        def policy(self, observations):
            used.add(torch.get_num_threads())
            return super().policy(observations)

    set_threads(2)
    collect(Watcher())
    assert torch.get_num_threads() == 2 and used == {1}


def test_stored_continuous_actions_are_unclipped_and_the_environment_gets_clipped_ones():
    model = ActorCritic(CountingEnv.observation_space, SMALL_BOX, (8,))
    (rollout,) = collect(model, env_id="test_rollout/Vector-v0")
    low, high = torch.from_numpy(SMALL_BOX.low), torch.from_numpy(SMALL_BOX.high)
    outside = (rollout.actions < low) | (rollout.actions > high)
    assert outside.any(-1).float().mean() > 0.5  # a spread of 1 leaves this small box often
    reached = rollout.actions.clamp(low, high) @ torch.tensor([1.0, 10.0])
    torch.testing.assert_close(rollout.rewards, reached)
    log_probs = model.policy(rollout.observations).log_prob(rollout.actions)
    torch.testing.assert_close(rollout.log_probs, log_probs.detach())


def test_discrete_actions_are_stored_from_zero_and_sent_from_the_start_of_the_space():
    model = ActorCritic(CountingEnv.observation_space, spaces.Discrete(3, start=5), (8,))
    (rollout,) = collect(model, num_steps=30, env_id="test_rollout/Choice-v0")
    assert rollout.actions.unique().tolist() == [0, 1, 2]
    torch.testing.assert_close(rollout.rewards, rollout.actions + 5.0)


def test_the_generator_alone_decides_the_actions():
    def actions(seed):
        envs = make_envs("CartPole-v1", 4)
        observations, _ = envs.reset(seed=0)
        model = make_model(PPOConfig(), envs)
        generator = torch.Generator().manual_seed(seed)
        return collect_rollout(envs, model, observations, 20, generator)[0].actions

    before = torch.get_rng_state()
    assert torch.equal(actions(1), actions(1))
    assert not torch.equal(actions(1), actions(2))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Pendulum-v1", "test_rollout/Vector-v0"])
def test_the_ratio_is_one_on_the_first_minibatch(env_id):
    config = PPOConfig(env_id=env_id, num_envs=8, minibatch_size=64)
    envs = make_envs(env_id, config.num_envs)
    model = make_model(config, envs)
    observations, _ = envs.reset(seed=0)
    rollout, _ = collect_rollout(envs, model, observations, config.num_steps)
    envs.close()
    batch = flatten(rollout, torch.randn_like(rollout.values))
    for minibatch in minibatches(batch, config):
        log_probs = model.policy(minibatch.observations).log_prob(minibatch.actions)
        ratio = probability_ratio(log_probs, minibatch.old_log_probs)
        # Not bit for bit: acting multiplied matrices of 8 rows and this multiplies 64, for which
        # the matrix product may add in another order. A log-probability of order 1 to 10 is then
        # off by a few units in the last place of float32 (6e-8 each), and so is the ratio.
        torch.testing.assert_close(ratio, torch.ones(64), atol=5e-6, rtol=0)
        assert clip_fraction(ratio, config.clip_range) == 0
        assert approx_kl(log_probs, minibatch.old_log_probs) < 1e-9


def test_a_split_gives_each_share_of_the_columns_with_their_own_episodes():
    (whole,) = collect(num_steps=30)
    parts = whole.split(NUM_ENVS)
    for column, part in enumerate(parts):
        for attribute in fields(Rollout)[:8]:
            expected = getattr(whole, attribute.name)[:, column : column + 1]
            assert torch.equal(getattr(part, attribute.name), expected)
        own = [i for i, n in enumerate(whole.episode_columns) if n == column]
        assert own and part.episode_columns == (0,) * len(own)
        assert part.episode_returns == tuple(whole.episode_returns[i] for i in own)
        assert part.episode_lengths == tuple(whole.episode_lengths[i] for i in own)
    ends = (whole.terminated | whole.truncated).nonzero()
    assert list(whole.episode_columns) == ends[:, 1].tolist()
    with pytest.raises(ValueError, match=f"num_parts must divide the {NUM_ENVS} environments"):
        whole.split(NUM_ENVS + 1)
