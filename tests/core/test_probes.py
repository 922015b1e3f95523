"""Five environments with known values: the first that fails names the part at fault."""

import gymnasium as gym
import pytest
import torch

from ppo_lib.advantages import compute_gae
from ppo_lib.beyond.probes import ProbeEnv
from ppo_lib.config import PPOConfig
from ppo_lib.envs import PROBES
from ppo_lib.networks import ActorCritic
from ppo_lib.training import train

GAMMA = 0.5
SETTINGS = {
    "num_envs": 16, "num_steps": 16, "minibatch_size": 64, "num_epochs": 4, "gamma": GAMMA,
    "total_steps": 2048, "learning_rate": 2e-2, "hidden_sizes": (16,), "max_grad_norm": 10.0,
}  # fmt: skip

# For each probe: V of each observation, and the right action (None: any).
KNOWN = {
    "ConstantReward": {0.0: (1.0, None)},
    "ObservationReward": {-1.0: (-1.0, None), 1.0: (1.0, None)},
    "DelayedReward": {0.0: (GAMMA, None), 1.0: (1.0, None)},
    "ActionReward": {0.0: (1.0, 1)},
    "MatchReward": {-1.0: (1.0, 0), 1.0: (1.0, 1)},
}


class BlindModel(ActorCritic):
    """Looks at nothing."""

    def policy(self, observations):
        return super().policy(0 * observations)

    def value(self, observations):
        return super().value(0 * observations)


def trained(env_id, kind=ActorCritic, parts=None, **changes):
    config = PPOConfig(env_id=env_id, **{**SETTINGS, **changes})
    generator = torch.Generator().manual_seed(0)
    model = kind(ProbeEnv.observation_space, ProbeEnv.action_space, config.hidden_sizes, generator)
    for _ in train(config, model, **(parts or {}), progress=False):
        pass
    return model


def solves(model, probe):
    """Whether the agent knows each state's value within 0.1 and acts right 9 times in 10."""
    good = []
    with torch.no_grad():
        for observation, (value, action) in KNOWN[probe].items():
            seen = torch.tensor([[observation]])
            good.append(abs(model.value(seen).item() - value) < 0.1)
            if action is not None:
                good.append(model.policy(seen).probs[0, action].item() > 0.9)
    return all(good)


@pytest.mark.parametrize("probe", PROBES)
def test_the_agent_learns_the_known_answer_of_the_probe(probe):
    assert solves(trained(f"ppo_lib/{probe}-v0"), probe)


@pytest.mark.parametrize("probe", ["ObservationReward", "DelayedReward", "MatchReward"])
def test_an_agent_that_ignores_its_observations_fails_the_probe(probe):
    assert not solves(trained(f"ppo_lib/{probe}-v0", BlindModel), probe)


@pytest.mark.parametrize(
    "probe, changes",
    [
        ("ConstantReward", {"vf_coef": 0.0}),  # a critic that does not learn
        ("DelayedReward", {"gamma": 0.0}),  # a discount that is lost
        ("DelayedReward", {"gamma": 1.0}),
    ],
)
def test_a_broken_setting_fails_the_probe(probe, changes):
    assert not solves(trained(f"ppo_lib/{probe}-v0", **changes), probe)


@pytest.mark.parametrize("probe", ["ActionReward", "MatchReward"])
def test_a_surrogate_of_the_wrong_sign_fails_the_probe(probe):
    def wrong(log_probs, old_log_probs, advantages, clip_range):
        return -(log_probs * advantages).mean()

    assert not solves(trained(f"ppo_lib/{probe}-v0", parts={"surrogate": wrong}), probe)


@pytest.mark.parametrize("probe", PROBES)
def test_the_probes_answers_are_those_of_their_own_rewards(probe):
    """Play each probe by hand: the value is the discounted reward of the right action."""
    env = gym.make(f"ppo_lib/{probe}-v0").unwrapped
    seen = set()
    for seed in range(20):
        observation, _ = env.reset(seed=seed)
        path, terminated = [], False
        while not terminated:
            start = float(observation[0])
            action = KNOWN[probe][start][1] or 0
            observation, reward, terminated, truncated, _ = env.step(action)
            assert not truncated
            path.append((start, reward))
        value = 0.0
        for start, reward in reversed(path):
            value = reward + GAMMA * value
            assert value == KNOWN[probe][start][0]
            seen.add(start)
    assert seen == set(KNOWN[probe])


def endless_value(merged):
    """V(s) of a critic trained on a reward of 1 for ever, cut after every tenth step."""

    def estimate(rewards, values, next_values, terminated, truncated, gamma, gae_lambda):
        if merged:  # the commonest bug: a cut is taken for an end
            terminated = terminated | truncated
        return compute_gae(rewards, values, next_values, terminated, truncated, gamma, gae_lambda)

    model = trained(
        "ppo_lib/EndlessReward-v0", parts={"estimate_advantages": estimate},
        gamma=0.9, gae_lambda=0.95, num_steps=32, minibatch_size=128, total_steps=5120,
    )  # fmt: skip
    return model.value(torch.zeros(1, 1)).item()


def test_a_reward_of_one_for_ever_is_worth_one_over_one_less_gamma():
    assert endless_value(merged=False) == pytest.approx(10.0, abs=0.2)


def test_taking_a_time_limit_for_an_end_is_worth_less():
    # The critic cannot see the clock, so it learns a mean over it. With k steps left the sum is
    # 1 + ... + 0.9^(k - 1) = 10 (1 - 0.9^k), whose mean over k = 1 to 10 is 4.1; bootstrapping
    # with lambda below 1 moves that a little.
    assert 3.0 < endless_value(merged=True) < 6.0
