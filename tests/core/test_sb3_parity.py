"""The same update as stable-baselines3's, parameter by parameter.

Both start from the same weights and see the same samples in the same order; SB3's own
`PPO.train()` and `RolloutBuffer` run unchanged.
"""

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3 import PPO
from stable_baselines3.common.buffers import RolloutBuffer
from stable_baselines3.common.logger import configure

from ppo_lib.advantages import compute_gae, normalize
from ppo_lib.batch import Batch, Rollout, make_batch
from ppo_lib.config import PPOConfig
from ppo_lib.networks import ActorCritic, sample_actions
from ppo_lib.training import make_optimizer, ppo_update

NUM_STEPS, NUM_ENVS, SIZE = 16, 4, 64
OBSERVATIONS = spaces.Box(-1.0, 1.0, (3,), np.float32)
ACTIONS = {"discrete": spaces.Discrete(4), "continuous": spaces.Box(-1.0, 1.0, (2,), np.float32)}


@pytest.fixture(autouse=True)
def one_thread(set_threads):
    """Both sides on one thread: these matrices gain nothing from a second one."""
    set_threads(1)


class SpacesEnv(gym.Env):
    """Nothing but its spaces: no step is ever taken in it."""

    observation_space = OBSERVATIONS

    def __init__(self, kind):
        self.action_space = ACTIONS[kind]


def make_config(**changes):
    return PPOConfig(
        **{
            "num_envs": NUM_ENVS, "num_steps": NUM_STEPS, "minibatch_size": 16, "num_epochs": 1,
            "learning_rate": 1e-3, "ent_coef": 0.1, "max_grad_norm": 0.5, "vf_coef": 0.5,
            "normalize_advantages": "minibatch", **changes,
        }
    )  # fmt: skip


def make_case(kind):
    """A model, and a batch of which about half the ratios lie outside the band."""
    torch.manual_seed(0)
    model = ActorCritic(OBSERVATIONS, ACTIONS[kind])
    with torch.no_grad():
        model.policy_network[-1].weight.mul_(100)  # away from the uniform policy
        observations = torch.randn(SIZE, 3)
        policy = model.policy(observations)
        actions = sample_actions(policy)
        old_log_probs = policy.log_prob(actions) + 0.3 * torch.randn(SIZE)
        values = model.value(observations)
    advantages = 2 * torch.randn(SIZE) + 1
    batch = Batch(observations, actions, old_log_probs, values, advantages, values + advantages)
    return model, batch


def our_update(model, batch, config):
    copy = ActorCritic(OBSERVATIONS, model_actions(model))
    copy.load_state_dict(model.state_dict())
    columns = (batch.observations, batch.actions, batch.old_log_probs, batch.old_values)
    seen = [column.unflatten(0, (NUM_STEPS, NUM_ENVS)) for column in columns]
    rollout = Rollout(*seen, *[seen[3]] * 4)  # what GAE would read is read by nobody
    judged = make_batch(rollout, config, lambda *_: batch.advantages.view_as(seen[3]))
    generator = torch.Generator().manual_seed(1)
    metrics = ppo_update(copy, make_optimizer(copy, config), judged, config, generator)
    return sb3_names(copy), metrics


def model_actions(model):
    return ACTIONS["discrete" if model.discrete else "continuous"]


def sb3_names(model):
    """Our parameters under the names that SB3 gives them."""
    names = {}
    for ours, theirs, head in (("policy", "policy", "action"), ("value", "value", "value")):
        network = getattr(model, f"{ours}_network")
        for i in (0, 2):
            for part in ("weight", "bias"):
                names[f"mlp_extractor.{theirs}_net.{i}.{part}"] = getattr(network[i], part)
        for part in ("weight", "bias"):
            names[f"{head}_net.{part}"] = getattr(network[4], part)
    if not model.discrete:
        names["log_std"] = model.log_std
    return {name: parameter.detach().clone() for name, parameter in names.items()}


def sb3_update(model, batch, config):
    """SB3's parameters after its own `train()`, with minibatches in the order of `our_update`."""
    sb3 = PPO(
        "MlpPolicy", SpacesEnv("discrete" if model.discrete else "continuous"), device="cpu",
        n_steps=NUM_STEPS, batch_size=config.minibatch_size, n_epochs=config.num_epochs,
        learning_rate=config.learning_rate, clip_range=config.clip_range,
        ent_coef=config.ent_coef, vf_coef=config.vf_coef, max_grad_norm=config.max_grad_norm,
        normalize_advantage=config.normalize_advantages == "minibatch",
        policy_kwargs={"net_arch": {"pi": [64, 64], "vf": [64, 64]}},
    )  # fmt: skip
    sb3.set_logger(configure(None, []))
    sb3.policy.load_state_dict(sb3_names(model))  # strict: every parameter has its counterpart
    sb3.rollout_buffer = fill_buffer(batch, model_actions(model))

    # Our sample t * N + n is SB3's n * T + t: it lays environment after environment.
    generator = torch.Generator().manual_seed(1)
    orders = []
    for _ in range(config.num_epochs):
        t, n = np.divmod(torch.randperm(SIZE, generator=generator).numpy(), NUM_ENVS)
        orders.append(n * NUM_STEPS + t)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np.random, "permutation", lambda size: orders.pop(0))
        sb3.train()
    assert not orders
    return {name: parameter.detach() for name, parameter in sb3.policy.named_parameters()}


def fill_buffer(batch, action_space):
    buffer = RolloutBuffer(NUM_STEPS, OBSERVATIONS, action_space, "cpu", n_envs=NUM_ENVS)
    grid = {
        name: getattr(batch, name).reshape(NUM_STEPS, NUM_ENVS, -1)
        for name in ("observations", "actions", "old_log_probs", "old_values")
    }
    for t in range(NUM_STEPS):
        buffer.add(
            grid["observations"][t].numpy(), grid["actions"][t].numpy(), np.zeros(NUM_ENVS),
            np.zeros(NUM_ENVS), grid["old_values"][t], grid["old_log_probs"][t, :, 0],
        )  # fmt: skip
    buffer.advantages = batch.advantages.reshape(NUM_STEPS, NUM_ENVS).numpy()
    buffer.returns = batch.returns.reshape(NUM_STEPS, NUM_ENVS).numpy()
    return buffer


def largest_difference(ours, theirs):
    assert set(ours) == set(theirs)
    return max((ours[name] - theirs[name]).abs().max().item() for name in ours)


@pytest.mark.parametrize("over, num_epochs", [("minibatch", 1), ("minibatch", 2), ("none", 2)])
@pytest.mark.parametrize("kind", ACTIONS)
def test_an_update_changes_every_parameter_as_sb3_does(kind, over, num_epochs):
    model, batch = make_case(kind)
    config = make_config(normalize_advantages=over, num_epochs=num_epochs)
    ours, metrics = our_update(model, batch, config)
    theirs = sb3_update(model, batch, config)
    assert largest_difference(ours, theirs) < 1e-5
    before = sb3_names(model)
    moved = [(ours[name] - before[name]).abs().max().item() for name in ours]
    assert min(moved) > 1e-3  # a hundred times the tolerance, in every parameter
    # Clip, gradient cut and dead samples all took part.
    assert metrics["grad_norm"] > 2 * config.max_grad_norm
    assert 0.2 < metrics["clip_fraction"] < 0.8 and metrics["dead_fraction"] > 0.1


@pytest.mark.parametrize("kind", ACTIONS)
def test_advantages_normalised_over_the_rollout_are_as_if_given_to_sb3_so(kind):
    model, batch = make_case(kind)
    ours, _ = our_update(model, batch, make_config(normalize_advantages="rollout"))
    same = Batch(
        batch.observations, batch.actions, batch.old_log_probs, batch.old_values,
        normalize(batch.advantages), batch.returns,
    )  # fmt: skip
    theirs = sb3_update(model, same, make_config(normalize_advantages="none"))
    assert largest_difference(ours, theirs) < 1e-5


@pytest.mark.parametrize("kind", ACTIONS)
def test_one_wrong_setting_shows_in_the_parameters(kind):
    model, batch = make_case(kind)
    theirs = sb3_update(model, batch, make_config())
    for wrong in (
        {"clip_range": 0.25}, {"learning_rate": 1.1e-3}, {"vf_coef": 0.25}, {"ent_coef": 0.0},
        {"max_grad_norm": 0.6}, {"normalize_advantages": "none"},
        {"normalize_advantages": "rollout"}, {"adam_eps": 1e-3}, {"num_epochs": 2},
        {"minibatch_size": 32},
    ):  # fmt: skip
        ours, _ = our_update(model, batch, make_config(**wrong))
        # Ten times what a right one may differ by.
        assert largest_difference(ours, theirs) > 1e-4, wrong


def test_gae_is_that_of_sb3s_buffer():
    random = np.random.default_rng(0)
    shape = (NUM_STEPS, NUM_ENVS)
    rewards, values = (random.normal(size=shape).astype(np.float32) for _ in range(2))
    last_values = random.normal(size=NUM_ENVS).astype(np.float32)
    final_values = random.normal(size=shape).astype(np.float32)
    ends = random.random(shape)
    terminated, truncated = ends < 0.1, (ends > 0.1) & (ends < 0.25)
    next_values = np.concatenate([values[1:], last_values[None]])
    next_values = np.where(terminated | truncated, final_values, next_values)
    tensors = [rewards, values, next_values, terminated, truncated]
    ours = compute_gae(*map(torch.from_numpy, tensors), 0.99, 0.9)

    buffer = RolloutBuffer(
        NUM_STEPS, OBSERVATIONS, ACTIONS["discrete"], "cpu", 0.9, 0.99, n_envs=NUM_ENVS
    )
    # SB3 treats both ends as ends, and adds the bootstrap of a cut to the reward instead.
    buffer.rewards = rewards + np.float32(0.99) * final_values * truncated
    buffer.values = values
    dones = (terminated | truncated).astype(np.float32)
    buffer.episode_starts = np.concatenate([np.zeros((1, NUM_ENVS), np.float32), dones[:-1]])
    buffer.compute_returns_and_advantage(torch.from_numpy(last_values), dones[-1])
    np.testing.assert_allclose(ours, buffer.advantages, rtol=1e-5, atol=1e-5)
    assert (terminated | truncated).any(0).all()
