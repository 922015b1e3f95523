"""The update, the loop and the evaluation."""

import dataclasses
import math
import random

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch.distributions import Categorical

from ppo_lib import training
from ppo_lib.advantages import compute_gae
from ppo_lib.batch import Batch
from ppo_lib.config import PPOConfig
from ppo_lib.losses import clipped_surrogate, ppo_loss, value_loss
from ppo_lib.networks import ActorCritic
from ppo_lib.training import (
    IterationRecord,
    evaluate,
    make_model,
    make_optimizer,
    ppo_update,
    recent_return,
    train,
)

SMALL = {
    "num_envs": 4, "num_steps": 8, "minibatch_size": 16, "num_epochs": 2, "total_steps": 160,
    "hidden_sizes": (8,),
}  # fmt: skip  # 32 samples an iteration, 2 x 2 minibatches, 5 iterations
NUM_STEPS_OF_AN_UPDATE = 4


def small(**changes):
    return PPOConfig(**{**SMALL, **changes})


def records(config=None, **parts):
    return list(train(config or small(), **parts, progress=False))


def weights(model):
    return torch.cat([parameter.detach().flatten().clone() for parameter in model.parameters()])


def make_batch(model, size=32):
    generator = torch.Generator().manual_seed(0)
    observations = torch.randn(size, 4, generator=generator)
    numbers = torch.randn(3, size, generator=generator)
    with torch.no_grad():
        actions = torch.randint(2, (size,), generator=generator)
        log_probs = model.policy(observations).log_prob(actions) + 0.3 * numbers[0]
        values = model.value(observations)
    return Batch(observations, actions, log_probs, values, 2 * numbers[1] + 1, numbers[2])


class ShortOrLongEnv(gym.Env):
    """An episode lasts 1, 4 or 10 steps, by chance; each step's reward is its action."""

    observation_space = spaces.Box(-1.0, 1.0, (1,), np.float32)
    action_space = spaces.Discrete(2)
    open_copies = made = 0

    def __init__(self, action_space=action_space):
        self.action_space = action_space
        ShortOrLongEnv.open_copies += 1
        ShortOrLongEnv.made += 1

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps_left = int(self.np_random.choice([1, 4, 10]))
        return np.zeros(1, np.float32), {}

    def step(self, action):
        self.steps_left -= 1
        end = self.steps_left == 0
        return np.zeros(1, np.float32), float(np.sum(action)), end, False, {}

    def close(self):
        ShortOrLongEnv.open_copies -= 1


class NoNumberEnv(ShortOrLongEnv):
    """Every reward is nan."""

    def step(self, action):
        return super().step(math.nan)


BOX = spaces.Box(-2.0, 2.0, (1,), np.float32)
gym.register("test_training/NoNumber-v0", NoNumberEnv)
gym.register("test_training/ShortOrLong-v0", ShortOrLongEnv)
gym.register("test_training/Push-v0", ShortOrLongEnv, kwargs={"action_space": BOX})


@pytest.fixture
def open_copies(monkeypatch):
    monkeypatch.setattr(ShortOrLongEnv, "open_copies", 0)
    monkeypatch.setattr(ShortOrLongEnv, "made", 0)
    return lambda: ShortOrLongEnv.open_copies


# The update.


def test_the_metrics_are_averages_over_every_minibatch_of_the_update(monkeypatch):
    seen = []

    def spy(*arguments):
        loss, terms = ppo_loss(*arguments)
        _, batch, config = arguments[:3]
        seen.append(
            {
                "policy_loss": terms.policy_loss.item(),
                "value_loss": terms.value_loss.item(),
                "entropy": terms.entropy.item(),
                **what_the_ratios_say(terms.log_probs, batch, config.clip_range),
            }
        )
        return loss, terms

    monkeypatch.setattr(training, "ppo_loss", spy)
    config = small(learning_rate=0.05)  # large, so that the minibatches differ
    model = make_model(config)
    metrics = ppo_update(model, make_optimizer(model, config), make_batch(model), config)
    assert len(seen) == NUM_STEPS_OF_AN_UPDATE
    for name in seen[0]:
        numbers = [metric[name] for metric in seen]
        assert len(set(numbers)) > 1, name
        assert metrics[name] == pytest.approx(np.mean(numbers), rel=1e-4), name
    assert list(metrics) == [*seen[0], "grad_norm", "explained_variance"]
    assert all(type(metric) is float for metric in metrics.values())


def what_the_ratios_say(log_probs, batch, clip_range):
    log_ratio = (log_probs - batch.old_log_probs).double()
    ratio = log_ratio.exp()
    low, high = ratio < 1 - clip_range, ratio > 1 + clip_range
    dead = (low & (batch.advantages < 0)) | (high & (batch.advantages > 0))
    assert 0 <= dead.sum() <= (low | high).sum() < len(log_probs)
    return {
        "approx_kl": (ratio - 1 - log_ratio).mean().item(),
        "clip_fraction": (low | high).double().mean().item(),
        "dead_fraction": dead.double().mean().item(),
    }


def test_every_sample_is_used_once_an_epoch():
    config = small(normalize_advantages="none")
    model = make_model(config)
    batch = dataclasses.replace(make_batch(model), advantages=torch.arange(32.0))
    seen = []

    def spy(log_probs, old_log_probs, advantages, clip_range):
        seen.append(advantages)
        return clipped_surrogate(log_probs, old_log_probs, advantages, clip_range)

    ppo_update(model, make_optimizer(model, config), batch, config, surrogate=spy)
    epochs = [torch.cat(seen[:2]), torch.cat(seen[2:])]
    for epoch in epochs:
        assert epoch.sort().values.tolist() == list(range(32))
    assert not torch.equal(*epochs)  # and in a new order


@pytest.mark.parametrize("over", ["rollout", "minibatch", "none"])
def test_advantages_are_normalised_over_what_the_settings_say_and_once(over):
    seen, given = [], 3 * torch.randn(8, 4, generator=torch.Generator().manual_seed(0)) + 2

    def spy(log_probs, old_log_probs, advantages, clip_range):
        seen.append(advantages)
        return clipped_surrogate(log_probs, old_log_probs, advantages, clip_range)

    config = small(normalize_advantages=over, num_epochs=1)
    next(train(config, surrogate=spy, estimate_advantages=lambda *_: given, progress=False))

    def is_normalised(advantages):
        return abs(advantages.mean()) < 1e-5 and abs(advantages.std() - 1) < 1e-5

    whole = torch.cat(seen)
    assert is_normalised(whole) == (over != "none") or over == "minibatch"
    assert all(is_normalised(part) == (over == "minibatch") for part in seen)
    if over == "none":
        torch.testing.assert_close(whole.sort().values, given.flatten().sort().values)


def test_the_gradient_is_cut_to_its_norm_and_reported_before_the_cut():
    for max_grad_norm in (1e-3, math.inf):
        config = small(max_grad_norm=max_grad_norm, num_epochs=1, minibatch_size=32)
        model = make_model(config)
        optimizer = make_optimizer(model, config)
        metrics = ppo_update(model, optimizer, make_batch(model), config)
        left = optimizer.mean.norm().item() / 0.1  # Adam's mean holds a tenth of the gradient
        assert metrics["grad_norm"] > 0.1
        assert left == pytest.approx(min(metrics["grad_norm"], max_grad_norm), rel=1e-3)


def test_the_explained_variance_is_that_of_the_values_before_the_update():
    config = small(learning_rate=0.1)
    model = make_model(config)
    batch = make_batch(model)
    batch = dataclasses.replace(batch, returns=batch.old_values + 0.1 * batch.returns)
    metrics = ppo_update(model, make_optimizer(model, config), batch, config)
    left = (batch.returns - batch.old_values).var() / batch.returns.var()
    assert metrics["explained_variance"] == pytest.approx(1 - left.item(), rel=1e-4)


def test_adam_is_made_with_the_settings_given():
    config = small(learning_rate=0.02, adam_eps=1e-3)
    model = make_model(config)
    optimizer = make_optimizer(model, config)
    assert (optimizer.learning_rate, optimizer.eps) == (0.02, 1e-3)
    assert all(a is b for a, b in zip(optimizer.parameters, model.parameters(), strict=True))


POISONS = [
    lambda x: x.mean() * math.nan,
    lambda x: x.mean() * math.inf,
    lambda x: (x - x.detach()).square().sum().sqrt(),  # a loss of 0, a gradient of nan
]


@pytest.mark.parametrize("poison", POISONS, ids=["nan", "inf", "gradient"])
@pytest.mark.parametrize("part", ["surrogate", "value_loss"])
def test_a_loss_or_gradient_that_is_not_finite_stops_and_keeps_the_weights(part, poison):
    config = small()
    model = make_model(config)
    before = []

    def spoil_third(tensor, right):
        before.append(weights(model))
        return poison(tensor) if len(before) == 3 else right

    def surrogate(log_probs, *rest):
        return spoil_third(log_probs, clipped_surrogate(log_probs, *rest))

    def critic(values, *rest):
        return spoil_third(values, value_loss(values, *rest))

    own = {"surrogate": surrogate} if part == "surrogate" else {"value_loss": critic}
    optimizer = make_optimizer(model, config)
    with pytest.raises(FloatingPointError, match="must be finite"):
        ppo_update(model, optimizer, make_batch(model), config, **own)
    assert torch.equal(weights(model), before[2])
    assert not torch.equal(before[2], before[1])  # the steps before it were taken


# The loop.


def test_a_record_tells_what_its_iteration_did_and_every_part_of_the_model_has_changed():
    config = small()
    model = make_model(config)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    made = []
    for record in train(config, model, progress=False):
        made.append(record)
        assert record.model is model
    assert [record.iteration for record in made] == [1, 2, 3, 4, 5]
    assert [record.env_steps for record in made] == [32, 64, 96, 128, 160]
    for record in made:
        assert len(record.episode_returns) == len(record.episode_lengths)
        assert record.episode_returns == record.episode_lengths  # CartPole: 1 a step
        assert all(math.isfinite(metric) for metric in record.metrics.values())
    assert sum(len(record.episode_returns) for record in made) > 0
    for old, new in zip(before, model.parameters(), strict=True):
        assert not torch.equal(old, new)


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Pendulum-v1"])
def test_the_same_seed_gives_the_same_records_whatever_the_global_seeds_are(env_id):
    config = small(env_id=env_id, seed=5)
    runs = []
    for global_seed in (0, 1):
        torch.manual_seed(global_seed)
        np.random.seed(global_seed)
        random.seed(global_seed)
        runs.append(records(config))
    assert runs[0] == runs[1]
    assert torch.equal(weights(runs[0][-1].model), weights(runs[1][-1].model))
    other = records(dataclasses.replace(config, seed=6))
    assert other[0].metrics != runs[0][0].metrics


def test_runs_that_take_turns_and_evaluations_disturb_neither_each_other_nor_the_global_streams():
    def states():
        return torch.get_rng_state().tolist(), str(np.random.get_state()), random.getstate()

    before = states()
    configs = [small(seed=1), small(seed=2)]
    alone = [records(config) for config in configs]
    turns = zip(*(train(config, progress=False) for config in configs), strict=True)
    for i, pair in enumerate(turns):
        assert pair == (alone[0][i], alone[1][i])
        evaluate(pair[0].model, "CartPole-v1", 2)
    assert states() == before


def test_training_uses_one_thread_whatever_the_number_and_gives_the_others_back(set_threads):
    used, runs = [], []

    def spy(*arguments):
        used.append(torch.get_num_threads())
        return clipped_surrogate(*arguments)

    def fail(*arguments):
        raise RuntimeError("a learner's mistake")

    config = small(hidden_sizes=(64, 64))
    for threads in (1, 2):
        set_threads(threads)
        runs.append([])
        for record in train(config, surrogate=spy, progress=False):
            assert torch.get_num_threads() == threads
            runs[-1].append(record)
        evaluate(record.model, "CartPole-v1", 2)
        assert torch.get_num_threads() == threads
        with pytest.raises(RuntimeError, match="mistake"):
            next(train(config, surrogate=fail, progress=False))
        assert torch.get_num_threads() == threads
    assert set(used) == {1} and runs[0] == runs[1]


def test_the_recent_return_is_the_mean_of_the_last_episodes_over_several_records():
    ends = [(1.0, 2.0), (), (3.0, 4.0, 6.0)]
    made = [IterationRecord(i, 0, part, part, {}, None) for i, part in enumerate(ends)]
    assert recent_return(made, 2) == 5.0  # (4 + 6) / 2
    assert recent_return(made, 4) == 3.75  # (2 + 3 + 4 + 6) / 4
    assert recent_return(made, 5) == 3.2
    assert math.isnan(recent_return(made, 6)) and math.isnan(recent_return([], 1))


@pytest.mark.parametrize("how", ["break", "end", "error", "unstarted"])
def test_the_environments_are_made_once_and_closed_however_the_loop_is_left(how, open_copies):
    config = small(env_id="test_training/ShortOrLong-v0")
    parts = {}
    if how == "error":
        parts["surrogate"] = lambda *arguments: None
    run = train(config, **parts, progress=False)
    assert open_copies() == config.num_envs
    if how == "error":
        with pytest.raises(TypeError):
            next(run)
    elif how == "unstarted":
        del run
    else:
        for record in run:
            assert open_copies() == config.num_envs
            if how == "break" and record.iteration == 2:
                break
        del run
    assert (ShortOrLongEnv.made, open_copies()) == (config.num_envs, 0)


def test_the_learning_rate_falls_linearly_or_stays():
    falling = [record.metrics["learning_rate"] for record in records(small(learning_rate=0.01))]
    assert falling == pytest.approx([0.01, 0.008, 0.006, 0.004, 0.002])
    config = small(learning_rate=0.01, anneal_learning_rate=False)
    assert [record.metrics["learning_rate"] for record in records(config)] == [0.01] * 5


def test_the_learning_rate_that_is_reported_is_the_one_that_is_used():
    """With plain weights and one step an iteration, Adam's first step is the rate itself."""
    config = small(num_epochs=1, minibatch_size=32, total_steps=32, learning_rate=0.01)
    model = make_model(config)
    before = weights(model)
    records(config, model=model)
    step = (weights(model) - before).abs().max().item()
    assert step == pytest.approx(0.01, rel=0.05)


def test_parts_of_your_own_are_really_used():
    calls = {"surrogate": 0, "estimate_advantages": 0, "value_loss": 0, "update": 0}

    def surrogate(log_probs, old_log_probs, advantages, clip_range):
        calls["surrogate"] += 1
        assert clip_range == 0.3
        return clipped_surrogate(log_probs, old_log_probs, advantages, clip_range)

    def estimate(rewards, values, next_values, terminated, truncated, gamma, gae_lambda):
        calls["estimate_advantages"] += 1
        assert (gamma, gae_lambda) == (0.7, 0.6)
        assert terminated.dtype == truncated.dtype == torch.bool
        return compute_gae(rewards, values, next_values, terminated, truncated, gamma, gae_lambda)

    def critic(values, returns, old_values):
        calls["value_loss"] += 1
        assert values.shape == returns.shape == old_values.shape == (16,)
        return value_loss(values, returns)

    def update(model, optimizer, batch, *rest):
        calls["update"] += 1
        assert len(batch) == 32 and (rest[0], *rest[2:]) == (config, surrogate, critic)
        return ppo_update(model, optimizer, batch, *rest)

    config = small(clip_range=0.3, gamma=0.7, gae_lambda=0.6)
    own = records(
        config, surrogate=surrogate, estimate_advantages=estimate, value_loss=critic, update=update
    )
    steps = 5 * NUM_STEPS_OF_AN_UPDATE
    assert calls == {
        "surrogate": steps, "estimate_advantages": 5, "value_loss": steps, "update": 5,
    }  # fmt: skip
    assert own == records(config)  # they computed the same, so nothing else was used


def test_a_part_of_your_own_changes_what_is_learnt():
    expected = records()[0].metrics
    for parts in (
        {"surrogate": lambda log_probs, *_: 0 * log_probs.mean()},
        {"estimate_advantages": lambda rewards, *_: torch.randn_like(rewards)},
        {"value_loss": lambda values, *_: 0 * values.mean()},
    ):
        assert records(**parts)[0].metrics != expected


def full(number):
    return lambda rewards, *_: torch.full_like(rewards, number)


WRONG_PARTS = [
    ("surrogate", lambda log_probs, *_: 1.0, TypeError, "^surrogate must return .* got 1.0"),
    ("value_loss", lambda values, *_: values[:, None], ValueError, "^value_loss must .*16, 1"),
    ("estimate_advantages", lambda rewards, *_: rewards[0], ValueError, "^estimate_adv.* must"),
    ("estimate_advantages", full(math.nan), FloatingPointError, "must be finite"),
    ("estimate_advantages", full(math.inf), FloatingPointError, "must be finite"),
]


def test_a_part_that_returns_the_wrong_thing_is_named_before_any_weight_changes():
    config = small()
    model = make_model(config)
    before = weights(model)
    for name, part, error, message in WRONG_PARTS:
        with pytest.raises(error, match=message):
            records(config, model=model, **{name: part})
        assert torch.equal(weights(model), before)


def test_an_environment_that_is_unknown_or_unsupported_is_refused_at_the_call():
    for call in (train, make_model):
        with pytest.raises(ValueError, match=r"^env_id must name .* got 'NoSuchEnv-v0'"):
            call(small(env_id="NoSuchEnv-v0"))
        with pytest.raises(TypeError, match=r"^the observation space must be a Box"):
            call(small(env_id="FrozenLake-v1"))


def test_a_model_of_another_environment_is_refused_at_the_call_and_nothing_stays_open(open_copies):
    one, env_id = ShortOrLongEnv.observation_space, "test_training/ShortOrLong-v0"
    for model, message in (
        (make_model(small()), r"observation_shape is \(1,\), got \(4,\)"),
        (ActorCritic(one, BOX), "discrete is True, got False"),
        (ActorCritic(one, spaces.Discrete(3)), "num_outputs is 2, got 3"),
    ):
        with pytest.raises(ValueError, match=f"^model must fit {env_id}, whose {message}$"):
            train(small(env_id=env_id), model, progress=False)
        assert open_copies() == 0


def test_a_bar_is_shown_when_asked_for_and_nothing_is_printed_otherwise(capsys):
    model = records()[-1].model
    evaluate(model, "CartPole-v1", 2)
    assert capsys.readouterr() == ("", "")
    list(train(small()))
    out, err = capsys.readouterr()
    assert out == "" and "160/160" in err and "mean return" in err
    evaluate(model, "CartPole-v1", 2, progress=True)
    out, err = capsys.readouterr()
    assert out == "" and "2/2" in err


# The evaluation.


class Leaning:
    """A policy that takes action 1 with probability 0.6 whatever it sees."""

    def policy(self, observations):
        return Categorical(torch.tensor([0.4, 0.6]).expand(len(observations), 2))


def first_lengths(num_episodes, seed):
    """How long the first episode of each copy is, by stepping one copy at a time."""
    lengths = []
    for copy in range(num_episodes):
        env = gym.make("test_training/ShortOrLong-v0").unwrapped
        env.reset(seed=seed + copy)
        lengths.append(env.steps_left)
    return lengths


def test_short_episodes_are_not_counted_more_often_than_long_ones():
    for num_episodes in (1, 7, 50):
        env_id = "test_training/ShortOrLong-v0"
        returns = evaluate(Leaning(), env_id, num_episodes, seed=3, greedy=True)
        assert (returns.shape, returns.dtype) == ((num_episodes,), np.float64)
        # Greedy takes action 1 at every step, so a whole episode's return is its length. The
        # first fifty ends of any copies would be mostly ones, and so would later episodes' ends.
        assert returns.tolist() == first_lengths(num_episodes, 3)


def test_a_stochastic_evaluation_samples_and_a_greedy_one_does_not():
    env_id = "test_training/ShortOrLong-v0"
    sampled = evaluate(Leaning(), env_id, 200)
    steps = sum(first_lengths(200, 0))  # each worth 1 with probability 0.6
    assert sampled.sum() / steps == pytest.approx(0.6, abs=4 * math.sqrt(0.24 / steps))
    np.testing.assert_array_equal(sampled, evaluate(Leaning(), env_id, 200))
    assert not np.array_equal(sampled, evaluate(Leaning(), env_id, 200, seed=1))


def test_a_greedy_continuous_action_is_the_mean():
    model = ActorCritic(ShortOrLongEnv.observation_space, BOX, (8,))
    with torch.no_grad():
        model.policy_network[-1].weight.zero_()
        model.policy_network[-1].bias.fill_(0.5)
    greedy = evaluate(model, "test_training/Push-v0", 20, greedy=True)
    np.testing.assert_allclose(greedy, 0.5 * np.array(first_lengths(20, 0)))
    assert len(set(evaluate(model, "test_training/Push-v0", 20).round(5))) > 10


def test_an_evaluation_closes_its_environments_and_changes_no_weight(open_copies):
    model = ActorCritic(ShortOrLongEnv.observation_space, spaces.Discrete(2), (8,))
    before = weights(model)
    evaluate(model, "test_training/ShortOrLong-v0", 5)
    assert open_copies() == 0
    assert torch.equal(weights(model), before)
    with pytest.raises(AttributeError):
        evaluate(None, "test_training/ShortOrLong-v0", 5)
    assert open_copies() == 0


@pytest.mark.filterwarnings("ignore:.*reward is a NaN")
def test_an_evaluation_ends_also_where_a_return_is_no_number_and_one_of_no_episodes_is_refused():
    assert np.isnan(evaluate(Leaning(), "test_training/NoNumber-v0", 3)).all()
    for number in (0, -1):
        with pytest.raises(ValueError, match=f"num_episodes must be at least 1, got {number}"):
            evaluate(Leaning(), "CartPole-v1", number)
