"""Many agents at once: each is the agent that `train` would have trained alone."""

import copy
import dataclasses
import math
import warnings

import pytest
import torch

from ppo_lib.batch import Batch
from ppo_lib.beyond.population import train_many, update_many
from ppo_lib.beyond.stacked import StackedActorCritics, _Linear
from ppo_lib.checkpoints import load_checkpoint, save_checkpoint
from ppo_lib.config import PPOConfig
from ppo_lib.envs import make_envs
from ppo_lib.losses import clipped_surrogate, unclipped_surrogate, value_loss
from ppo_lib.optimizer import Adam
from ppo_lib.training import make_model, make_optimizer, ppo_update, train


def small(**changes):
    settings = {
        "num_envs": 8, "num_steps": 16, "minibatch_size": 32, "num_epochs": 3, "total_steps": 1280,
    }  # fmt: skip
    return PPOConfig(**settings | changes)


def make_batch(model, seed, size=96):
    generator = torch.Generator().manual_seed(seed)
    observations = torch.randn(size, *model.observation_shape, generator=generator)
    with torch.no_grad():
        policy = model.policy(observations)
        actions = policy.sample()
        old_log_probs = policy.log_prob(actions) + 0.2 * torch.randn(size, generator=generator)
        values = model.value(observations)
    advantages, noise = torch.randn(2, size, generator=generator)
    return Batch(observations, actions, old_log_probs, values, 3 * advantages, values + noise)


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()]).clone()


def run(configs, num_iterations=2, **parts):
    """The records of each agent, and its weights at the end."""
    iterations = train_many(configs, progress=False, **parts)
    records = list(zip(*(next(iterations) for _ in range(num_iterations)), strict=True))
    iterations.close()
    return records, [weights(own[-1].model) for own in records]


def check_alone(configs, ends, **parts):
    """Compare the agents after one iteration with those that `train` makes of the same."""
    for config, end in zip(configs, ends, strict=True):
        alone = next(train(config, progress=False, **parts)).model
        torch.testing.assert_close(end, weights(alone), atol=1e-5, rtol=0)


DIFFERENT = [
    {},
    {"learning_rate": 0.03, "adam_eps": 1e-3},
    {"vf_coef": 2.0, "ent_coef": 0.1},
    {"max_grad_norm": 0.01, "normalize_advantages": "none"},
    {"max_grad_norm": math.inf, "normalize_advantages": "minibatch"},
]


@pytest.mark.parametrize(
    "env_id, surrogate",
    [("CartPole-v1", clipped_surrogate), ("Pendulum-v1", unclipped_surrogate)],
)
def test_an_update_of_a_population_is_each_agents_own_update(env_id, surrogate):
    configs = [
        small(env_id=env_id, seed=seed, hidden_sizes=(16, 24), clip_range=0.05, **changes)
        for seed, changes in enumerate(DIFFERENT)
    ]
    alone = [make_model(config) for config in configs]
    batches = [make_batch(model, seed) for seed, model in enumerate(alone)]
    generators = [torch.Generator().manual_seed(seed) for seed in range(len(configs))]
    population = StackedActorCritics([make_model(config) for config in configs])
    rates = torch.tensor([[config.learning_rate] for config in configs])
    epsilons = torch.tensor([[config.adam_eps] for config in configs])
    optimizer = Adam(population.parameters.values(), rates, epsilons, len(configs))
    metrics = update_many(population, optimizer, batches, configs, generators, surrogate)

    for seed, (config, model) in enumerate(zip(configs, alone, strict=True)):
        before = weights(model)
        own = ppo_update(
            model, make_optimizer(model, config), batches[seed], config,
            torch.Generator().manual_seed(seed), surrogate,
        )  # fmt: skip
        assert (weights(model) - before).abs().max() > 1e-3
        torch.testing.assert_close(
            weights(population.models[seed]), weights(model), atol=1e-5, rtol=0
        )
        assert metrics[seed] == pytest.approx(own, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Pendulum-v1", "ppo_lib/MatchReward-v0"])
def test_an_agent_of_a_population_is_the_agent_that_trains_alone(env_id):
    configs = [small(env_id=env_id, seed=seed) for seed in (3, 1)]
    configs += [small(env_id=env_id, seed=4, normalize_advantages=o) for o in ("minibatch", "none")]
    together, _ = run(configs)
    for config, own in zip(configs, together, strict=True):
        expected = train(config, progress=False)
        for record in own:
            alone = next(expected)
            assert (record.iteration, record.env_steps) == (alone.iteration, alone.env_steps)
            assert record.episode_returns == pytest.approx(alone.episode_returns, rel=1e-4)
            assert record.episode_lengths == alone.episode_lengths
            assert record.metrics == pytest.approx(alone.metrics, rel=1e-2, abs=1e-4)
        torch.testing.assert_close(weights(own[-1].model), weights(alone.model), atol=1e-4, rtol=0)


def test_the_order_of_the_agents_is_that_of_their_settings():
    configs = [small(seed=seed, num_epochs=1 + seed % 2) for seed in range(6)]
    _, forward = run(configs, 1)
    _, backward = run(configs[::-1], 1)
    for one, other in zip(forward, backward[::-1], strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)
    assert len({tuple(own.tolist()) for own in forward}) == 6


ODD = {"num_envs": 5, "num_steps": 14, "minibatch_size": 10, "hidden_sizes": (13, 7)}
CHANGES = [  # of the agents in the middle of five; those at the ends notice nothing
    ({}, {"seed": 99}, {"learning_rate": 0.1}, {"anneal_learning_rate": False}),
    ({}, {"clip_range": 0.02}, {"gamma": 0.5}, {"gae_lambda": 0.0}),
    ({}, {"vf_coef": 3.0}, {"ent_coef": 0.05}, {"max_grad_norm": 0.01}),
    (
        {},
        {"normalize_advantages": "minibatch"},
        {"adam_eps": 0.1},
        {"normalize_advantages": "none"},
    ),
    ({}, {"num_epochs": 5}, {}, {"minibatch_size": 64}),
    (ODD, {"learning_rate": 0.1}, {"ent_coef": 0.02}, {"seed": 9}),
]


@pytest.fixture(scope="module")
def reference():
    return run([small(seed=seed) for seed in range(5)])


@pytest.mark.parametrize("row", CHANGES, ids=str)
def test_changing_an_agent_leaves_the_others_bit_for_bit(reference, row):
    sizes, *changes = row
    if sizes:
        reference = run([small(seed=seed, **sizes) for seed in range(5)])
    changes = [{}, *changes, {}]
    configs = [small(**{"seed": seed} | sizes | change) for seed, change in enumerate(changes)]
    records, changed = run(configs)
    for agent, change in enumerate(changes):
        assert torch.equal(reference[1][agent], changed[agent]) == (not change), change
        assert (records[agent] == reference[0][agent]) == (not change), change


def test_the_number_of_threads_changes_nothing_and_the_global_random_stream_is_left_alone(
    reference, set_threads
):
    before = torch.get_rng_state()
    for num_threads in (1, 3):
        set_threads(num_threads)
        records, ends = run([small(seed=seed) for seed in range(5)])
        assert records == reference[0]
        assert all(torch.equal(*pair) for pair in zip(ends, reference[1], strict=True))
        assert torch.get_num_threads() == num_threads
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", ["surrogate", "value_loss"])
def test_a_part_that_changes_what_it_is_given_changes_no_agents_data(name):
    def in_place(*given):
        given[2 if name == "surrogate" else 1].mul_(0.5)
        return (clipped_surrogate if name == "surrogate" else value_loss)(*given)

    configs = [small(seed=seed) for seed in range(3)]
    _, ends = run(configs, 1, **{name: in_place})
    check_alone(configs, ends, **{name: in_place})


def test_a_surrogate_may_be_an_object_that_has_no_hash():
    @dataclasses.dataclass
    class Scaled:
        factor: float

        def __call__(self, *given):
            return self.factor * clipped_surrogate(*given)

    configs = [small(), small()]
    _, (one, other) = run(configs, 1, surrogate=(Scaled(factor) for factor in (1.0, 2.0)))
    _, (expected, _) = run(configs, 1)
    assert torch.equal(one, expected) and not torch.equal(other, expected)


def test_a_surrogate_that_train_takes_and_vmap_does_not_is_told_what_to_avoid():
    for step in (
        lambda a: a if a.sum() > 0 else -a,
        lambda a: a * a.max().item(),
        lambda a: a[a > 0],
        lambda a: a + torch.rand(1),
        lambda a: torch.from_numpy(a.numpy()),
    ):

        def surrogate(log_probs, old_log_probs, advantages, clip_range, step=step):
            return (log_probs * step(advantages).sum()).mean()

        next(train(small(), surrogate=surrogate, progress=False))
        message = "in train_many, surrogate and value_loss must do tensor arithmetic alone"
        with pytest.raises(RuntimeError, match=message):
            run([small(), small()], 1, surrogate=surrogate)


def test_agents_may_differ_in_a_part_of_the_algorithm():
    configs = [small(seed=7, learning_rate=0.03), small(seed=7, learning_rate=0.03)]
    records, (with_clip, without) = run(configs, surrogate=[clipped_surrogate, unclipped_surrogate])
    _, (expected,) = run(configs[1:], surrogate=unclipped_surrogate)
    assert torch.equal(without, expected)
    assert not torch.equal(with_clip, without)
    assert records[0][0].metrics["approx_kl"] < records[1][0].metrics["approx_kl"]


def test_a_part_of_ones_own_gets_one_agents_tensors_whole_and_its_settings_as_plain_numbers():
    seen = set()

    def half_the_band(log_probs, old_log_probs, advantages, clip_range):
        seen.add((log_probs.shape, old_log_probs.shape, advantages.shape, type(clip_range)))
        return clipped_surrogate(log_probs, old_log_probs, advantages, math.exp(-clip_range) / 9)

    def half_value_loss(values, returns, old_values):
        seen.add((values.shape, returns.shape, old_values.shape))
        return 0.5 * value_loss(values, returns)

    def surprise(*tensors):
        *tensors, gamma, _ = tensors
        assert all(tensor.is_contiguous() for tensor in tensors)  # it may lay them flat
        rewards, values, next_values, terminated, _ = tensors
        seen.add(tuple(rewards.shape))
        return rewards + gamma * next_values * ~terminated - values

    configs = [small(seed=seed, clip_range=clip) for seed, clip in enumerate((0.1, 0.3, 0.3))]
    parts = {"value_loss": half_value_loss, "estimate_advantages": surprise}
    _, ends = run(configs, 1, surrogate=half_the_band, **parts)
    assert seen == {((32,), (32,), (32,), float), ((32,), (32,), (32,)), (16, 8)}
    check_alone(configs, ends, surrogate=half_the_band, **parts)


def test_members_that_differ_in_what_must_be_common_are_refused():
    for name, value, other in (
        ("env_id", "CartPole-v1", "Acrobot-v1"),
        ("hidden_sizes", (64, 64), (32,)),
        ("num_envs", 8, 4),
        ("num_steps", 16, 32),
        ("total_steps", 1280, 2560),
    ):
        with pytest.raises(ValueError) as error:
            train_many([small(seed=0), small(seed=1), small(**{name: other})], progress=False)
        assert str(error.value) == (
            f"{name} must be the same for all agents of a population, "
            f"got {value!r} in configs[0] and {other!r} in configs[2]"
        )


def test_too_few_settings_or_parts_and_what_is_no_settings_are_refused():
    for configs in (PPOConfig(), [{}], "CartPole-v1"):
        with pytest.raises(TypeError, match="configs must be a sequence of PPOConfig, got"):
            train_many(configs)
    with pytest.raises(ValueError, match="configs must hold the settings of at least one agent"):
        train_many([])
    message = "surrogate must be one function, or one for each of the 2"
    with pytest.raises(ValueError, match=message):
        train_many([small(), small()], surrogate=[clipped_surrogate])


WRONG_PARTS = [
    ("surrogate", lambda *x: unclipped_surrogate(*x).detach(), ValueError, "must .* gradient"),
    ("surrogate", lambda lp, old, a, e: lp * a, ValueError, r"must .* shape \(\)"),
    ("value_loss", lambda *x: 3.0, TypeError, "must return a tensor"),
    ("estimate_advantages", lambda *x: x[0][0], ValueError, "must"),
    ("estimate_advantages", lambda *x: None, TypeError, "must"),
]


def test_what_a_part_does_wrong_is_said_as_train_says_it():
    configs = [small(seed=seed) for seed in range(2)]
    for name, part, error, message in WRONG_PARTS:
        for trainer, settings in ((train, configs[0]), (train_many, configs)):
            with pytest.raises(error, match=f"{name} {message}"):
                next(trainer(settings, **{name: part}, progress=False))


def test_an_agent_that_diverges_is_reported_and_frozen_and_the_others_go_on(reference):
    configs = [small(seed=seed) for seed in range(5)]
    configs[3] = small(seed=3, learning_rate=1e20)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        records, ends = run(configs)
    (warning,) = [w for w in caught if issubclass(w.category, RuntimeWarning)]
    who = "agent 3 of the population (seed=3, learning_rate=1e+20) diverged in iteration 1: "
    assert str(warning.message).startswith(who)
    assert str(warning.message).endswith(" It is frozen; the others go on.")
    for agent in (0, 1, 2, 4):
        assert records[agent] == reference[0][agent]
        assert torch.equal(ends[agent], reference[1][agent])
    first, *later = records[3]
    assert first.episode_returns and not any(record.episode_returns for record in later)
    for record in records[3]:
        assert all(math.isnan(record.metrics[m]) for m in record.metrics if m != "learning_rate")
    assert ends[3].isfinite().all()


def test_the_weights_of_a_frozen_agent_are_those_before_the_step_that_failed():
    config = small(num_epochs=1)
    calls = []

    def fails_in_the_second_iteration(log_probs, old_log_probs, advantages, clip_range):
        calls.append(1)
        bad = float("nan") if len(calls) > 1 + 4 + 2 else 1.0  # one trial call, four minibatches
        return unclipped_surrogate(log_probs, old_log_probs, advantages, clip_range) * bad

    with pytest.warns(RuntimeWarning, match="iteration 2"):
        records, (end,) = run([config], surrogate=fails_in_the_second_iteration)
    calls.clear()
    calls.append(1)  # no trial call here
    model = make_model(config)
    with pytest.raises(FloatingPointError):
        list(train(config, model, surrogate=fails_in_the_second_iteration, progress=False))
    torch.testing.assert_close(end, weights(model), atol=1e-5, rtol=0)
    assert not math.isnan(records[0][0].metrics["entropy"])


def test_the_population_keeps_nothing_of_a_frozen_agent_that_could_spoil_a_rollout():
    configs = [small(env_id="Pendulum-v1", seed=seed) for seed in range(3)]
    population = StackedActorCritics([make_model(config) for config in configs])
    rates = torch.tensor([[1e-3], [1e39], [1e-3]])
    optimizer = Adam(population.parameters.values(), rates, 1e-5, 3)
    batches = [make_batch(model, seed) for seed, model in enumerate(population.models)]
    generators = [torch.Generator().manual_seed(seed) for seed in range(3)]
    for _ in range(2):
        update_many(population, optimizer, batches, configs, generators)
        assert population.frozen.tolist() == [False, True, False]
        for parameter in population.parameters.values():
            assert not parameter[1].any() and parameter.isfinite().all()


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Pendulum-v1"])
def test_a_population_says_of_every_row_what_its_agent_says(env_id):
    models = [make_model(small(env_id=env_id, seed=seed)) for seed in range(3)]
    if env_id == "Pendulum-v1":
        for spread, model in enumerate(models):
            model.log_std.data.fill_(0.1 * spread)
    observations = torch.randn(5, 3 * 4, *models[0].observation_shape)
    own = list(zip(models, observations.unflatten(1, (3, 4)).unbind(1), strict=True))
    policies = [model.policy(seen) for model, seen in own]
    sampled = [policy.sample() for policy in policies]
    actions = torch.cat(sampled, 1)
    log_probs = torch.cat([p.log_prob(a) for p, a in zip(policies, sampled, strict=True)], 1)
    values = torch.cat([model.value(seen) for model, seen in own], 1)
    population = StackedActorCritics(models)
    policy = population.policy(observations)
    torch.testing.assert_close(policy.log_prob(actions), log_probs, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(population.value(observations), values, atol=1e-5, rtol=1e-5)
    one_step = population.policy(observations[2]).log_prob(actions[2])
    torch.testing.assert_close(one_step, log_probs[2], atol=1e-5, rtol=1e-5)


def test_the_layer_of_a_population_has_the_gradients_that_autograd_finds():
    for wide, narrow in [(6, 2), (2, 6), (3, 3)]:
        generator = torch.Generator().manual_seed(0)
        shapes = [(3, 4, wide), (3, narrow, wide), (3, narrow)]
        inputs = [torch.randn(shape, generator=generator).double() for shape in shapes]
        x, weight, bias = (each.requires_grad_() for each in inputs)
        torch.testing.assert_close(_Linear.apply(*inputs), x @ weight.mT + bias.unsqueeze(1))
        assert torch.autograd.gradcheck(_Linear.apply, inputs)


def test_a_populations_models_show_what_their_agents_learn_until_they_are_frozen():
    models = [make_model(small(seed=seed)) for seed in range(2)]
    population = StackedActorCritics(models)
    with torch.no_grad():
        for parameter in population.parameters.values():
            parameter += 1.0
    moved = [weights(model) for model in models]
    for seed, end in enumerate(moved):
        torch.testing.assert_close(end, weights(make_model(small(seed=seed))) + 1.0)
    population.freeze(0)
    with torch.no_grad():
        for parameter in population.parameters.values():
            parameter += 1.0
    assert torch.equal(weights(models[0]), moved[0])
    assert population.frozen.tolist() == [True, False]
    torch.testing.assert_close(weights(models[1]), moved[1] + 1.0)


def test_the_checkpoint_of_an_agent_holds_its_own_weights_alone(tmp_path):
    configs = [small(seed=seed) for seed in range(8)]
    iterations = train_many(configs, progress=False)  # while it lives, the agents share storage
    last = next(iterations)
    save_checkpoint(tmp_path / "one.pt", last[5].model, configs[5])
    save_checkpoint(tmp_path / "alone.pt", make_model(configs[5]), configs[5])
    loaded, config = load_checkpoint(tmp_path / "one.pt")
    assert torch.equal(weights(loaded), weights(last[5].model)) and config == configs[5]
    sizes = [(tmp_path / name).stat().st_size for name in ("one.pt", "alone.pt")]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.05)


def test_leaving_early_closes_the_environments_and_leaves_each_model_its_own_weights(monkeypatch):
    opened, closed = [], []

    def watched(*arguments):
        envs = make_envs(*arguments)
        opened.append(envs)
        monkeypatch.setattr(envs, "close", lambda: closed.append(envs))
        return envs

    monkeypatch.setattr("ppo_lib.beyond.population.make_envs", watched)
    iterations = train_many([small(seed=seed) for seed in range(4)], progress=False)
    records = next(iterations)
    before = [weights(record.model) for record in records]
    iterations.close()
    assert closed == opened and len(opened) >= 2  # for the spaces, and of each team
    for record, own in zip(records, before, strict=True):
        assert torch.equal(weights(record.model), own)
        for parameter in record.model.parameters():
            size = parameter.numel() * parameter.element_size()
            assert parameter.untyped_storage().nbytes() == size


def test_a_population_of_one_gets_the_iterations_that_its_steps_allow():
    records = list(train_many([small(total_steps=300)], progress=False))
    assert [own.iteration for (own,) in records] == [1, 2]


SHORT = PPOConfig(total_steps=512, num_envs=8, minibatch_size=64, hidden_sizes=(8,))


def test_models_of_ones_own_are_trained_in_place():
    models = [make_model(dataclasses.replace(SHORT, seed=seed)) for seed in (5, 6)]
    with torch.no_grad():
        models[1].policy_network[-1].weight.mul_(100)
    alone = copy.deepcopy(models[1])
    configs = [dataclasses.replace(SHORT, seed=seed) for seed in (0, 1)]
    *_, last = train_many(configs, models, progress=False)
    *_, expected = train(configs[1], alone, progress=False)
    assert [record.model for record in last] == models
    for got, wanted in zip(models[1].parameters(), expected.model.parameters(), strict=True):
        torch.testing.assert_close(got, wanted, rtol=0, atol=1e-5)


def test_models_that_do_not_fit_are_refused():
    def two(**changes):
        return [make_model(dataclasses.replace(SHORT, **changes)) for _ in range(2)]

    for models, message in (
        (two()[:1], "models must be one for each of the 2 agents, got 1"),
        (two()[:1] * 2, "models must be one for each agent, got the same"),
        (two(env_id="Acrobot-v1"), "model must fit CartPole-v1"),
        (two(hidden_sizes=(9,)), r"models must have the hidden_sizes of their settings, \(8,\)"),
    ):
        with pytest.raises(ValueError, match=message):
            train_many([SHORT, SHORT], models, progress=False)
