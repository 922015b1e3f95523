"""Variants of PPO, what is measured of them, and the recorded outcomes."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from ppo_lib.config import preset
from ppo_lib.course.measures import ablations
from ppo_lib.course.measures.ablations import (
    Outcome,
    Variant,
    clipped_value_loss,
    enlarge_last_layer,
    initialize_as_torch,
    learning_rates,
    load_outcomes,
    measure,
    parts,
    reuse,
    without_critic,
)
from ppo_lib.course.words import ENGLISH
from ppo_lib.losses import value_loss
from ppo_lib.training import make_model, recent_return, train

TINY = preset("cartpole", total_steps=4096, num_envs=8, minibatch_size=64)


def test_an_outcome_is_what_training_the_agent_alone_gives():
    short = replace(TINY, total_steps=768)  # three iterations: rounding has not grown yet
    (outcome,) = measure([Variant("ppo", math.nan, short)], [3], progress=False)
    records = list(train(replace(short, seed=3), progress=False))
    assert (outcome.name, outcome.seed) == ("ppo", 3)
    assert outcome.final_return == recent_return(records) > 0


def test_every_variant_gets_every_seed_and_keeps_its_own_settings():
    variants = [Variant("a", k, replace(TINY, num_epochs=k)) for k in (1, 2)]
    outcomes = measure(variants, (5, 6, 7), progress=False)
    assert [(o.value, o.seed) for o in outcomes] == [(k, s) for k in (1, 2) for s in (5, 6, 7)]


def test_an_agent_is_solved_after_the_first_mean_that_reaches_the_threshold(monkeypatch):
    monkeypatch.setitem(ablations.SOLVED_AT, "CartPole-v1", 1.0)
    (outcome,) = measure([Variant("ppo", math.nan, TINY)], [0], progress=False)
    records, solved = [], None
    for record in train(replace(TINY, seed=0), progress=False):
        records.append(record)
        if solved is None and recent_return(records) >= 1.0:
            solved = record.env_steps
    assert outcome.solved_after == solved
    monkeypatch.setitem(ablations.SOLVED_AT, "CartPole-v1", 501.0)
    (outcome,) = measure([Variant("ppo", math.nan, TINY)], [0], progress=False)
    assert outcome.solved_after is None


def test_no_variant_is_refused():
    with pytest.raises(ValueError, match="variants and seeds must hold at least one each"):
        measure([], [0])


def test_a_variants_initialisation_reaches_its_agents():
    changed = []
    variant = Variant("ppo", math.nan, TINY, initialize=lambda model, seed: changed.append(seed))
    measure([variant], [4, 9], progress=False)
    assert changed == [4, 9]


def test_a_large_last_layer_is_a_hundred_times_as_large_and_the_rest_stays():
    model, untouched = make_model(TINY), make_model(TINY)
    enlarge_last_layer(model, 0)
    for (name, weights), before in zip(
        model.named_parameters(), untouched.parameters(), strict=True
    ):
        factor = 100 if name == "policy_network.4.weight" else 1
        assert torch.equal(weights, factor * before), name


def test_pytorchs_initialisation_depends_on_the_seed_alone_and_leaves_the_global_stream():
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    weights = []
    for seed in (1, 1, 2):
        model = make_model(TINY)
        initialize_as_torch(model, seed)
        weights.append(model.policy_network[0].weight.detach().clone())
    assert torch.equal(torch.rand(1), expected)
    assert torch.equal(weights[0], weights[1]) and not torch.equal(weights[0], weights[2])
    assert weights[0].abs().max() <= 0.5  # uniform within 1 / sqrt(4 inputs)


def test_without_a_critic_the_advantage_is_the_discounted_sum_of_rewards_up_to_an_end():
    rewards = torch.tensor([[1.0], [2.0], [4.0], [8.0]])
    values = torch.full((4, 1), 100.0)
    ended = torch.tensor([[False], [True], [False], [False]])
    never = torch.zeros_like(ended)
    got = without_critic(rewards, values, values, ended, never, 0.5, 0.9)
    assert got.flatten().tolist() == [2.0, 2.0, 8.0, 8.0]


def test_the_clipped_value_loss_is_never_below_the_plain_one_and_equal_near_the_old_values():
    generator = torch.Generator().manual_seed(0)
    values, returns, old = (torch.randn(50, generator=generator) for _ in range(3))
    assert clipped_value_loss(values, returns, old) >= value_loss(values, returns)
    assert clipped_value_loss(old + 0.1, returns, old) == value_loss(old + 0.1, returns)
    # One by hand: V = 2, old 0, target 1: (2 - 1)² = 1, (0.2 - 1)² = 0.64.
    one = [torch.tensor([x]) for x in (2.0, 1.0, 0.0)]
    assert clipped_value_loss(*one).item() == pytest.approx(1.0)
    # V = 1, old 0, target 1: the plain error is 0, the clipped one 0.64.
    one = [torch.tensor([x]) for x in (1.0, 1.0, 0.0)]
    assert clipped_value_loss(*one).item() == pytest.approx(0.64)


def test_every_part_changes_one_thing():
    plain, *changed = parts()
    assert plain == Variant("ppo", math.nan, plain.config)
    assert len({variant.name for variant in changed}) == len(changed) == 16
    for variant in changed:
        settings = [
            name
            for name in vars(plain.config)
            if getattr(plain.config, name) != getattr(variant.config, name)
        ]
        functions = [
            name
            for name in ("surrogate", "estimate_advantages", "value_loss", "initialize")
            if getattr(plain, name) is not getattr(variant, name)
        ]
        assert len(settings) + len(functions) == 1, variant.name


def test_the_questions_vary_what_they_say():
    assert {(v.name, v.config.num_epochs) for v in reuse((1, 8))} == {
        ("ppo", 1), ("ppo", 8), ("no_clip", 1), ("no_clip", 8),
        ("policy_gradient", 1), ("policy_gradient", 8),
    }  # fmt: skip
    for variant in learning_rates((0.01, 0.1)):
        assert variant.config.learning_rate == variant.value
        plain = variant.name.startswith("policy_gradient")
        assert variant.config.num_epochs == (1 if plain else 4)
        whole = variant.name == "policy_gradient_whole"
        assert variant.config.num_minibatches == (1 if whole else 4)


def test_every_variant_has_a_name_to_show():
    for variant in (*reuse(), *learning_rates(), *parts("cartpole"), *parts("acrobot")):
        assert ENGLISH[f"variant.{variant.name}"]


def test_what_main_writes_is_what_load_reads(tmp_path, monkeypatch):
    outcomes = [Outcome("ppo", math.nan, 0, None, math.nan), Outcome("ppo", 2.0, 1, 10, 3.5)]
    monkeypatch.setattr(ablations, "measure", lambda variants, seeds: outcomes)
    monkeypatch.setattr(ablations, "ASSET", tmp_path / "deep" / "ablations.json")
    ablations.main(1, ablations.ASSET)
    first, second = load_outcomes("reuse")
    assert (first.name, first.seed, first.solved_after) == ("ppo", 0, None)
    assert math.isnan(first.value) and math.isnan(first.final_return)
    assert second == outcomes[1]
    json.loads(ablations.ASSET.read_text(), parse_constant=pytest.fail)  # no NaN, which is no JSON


def test_an_unknown_question_and_a_missing_asset_are_refused(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"question must be one of reuse, .*, got 'why'"):
        load_outcomes("why")
    monkeypatch.setattr(ablations, "ASSET", tmp_path / "none.json")
    with pytest.raises(FileNotFoundError, match=r"course\.measures\.ablations remakes it"):
        load_outcomes("reuse")


@pytest.mark.parametrize(
    ("question", "variants"),
    [
        ("reuse", reuse()),
        ("learning_rates", learning_rates()),
        ("parts_cartpole", parts("cartpole")),
        ("parts_acrobot", parts("acrobot")),
    ],
)
def test_the_asset_holds_every_variant_with_at_least_ten_seeds(question, variants):
    outcomes = load_outcomes(question)
    for variant in variants:
        seeds = [
            o.seed
            for o in outcomes
            if o.name == variant.name and (o.value == variant.value or math.isnan(variant.value))
        ]
        assert len(set(seeds)) == len(seeds) >= 10, variant.name
    assert np.isfinite([o.final_return for o in outcomes if o.name == "ppo"]).all()
