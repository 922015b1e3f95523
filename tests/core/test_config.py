"""Every setting is checked when it is made, and the message says what is wrong."""

import dataclasses
import math
import re

import numpy as np
import pytest

from ppo_lib.config import PRESETS, PPOConfig, grid, preset
from ppo_lib.envs import make_envs

NAN, INF = math.nan, math.inf
NOT_WHOLE = [None, True, 8.0, "8", NAN, INF, (8,)]
NOT_REAL = [None, True, "0.5", 1j, (0.5,)]

# For each setting: what the message says that it takes, wrong types, wrong numbers.
BAD = {
    "env_id": ("a string", [None, 3, b"CartPole-v1", ["CartPole-v1"]], []),
    "seed": ("at least 0 and at most 4294967295", NOT_WHOLE, [-1, 2**32, 2**64]),
    "total_steps": ("at least 1", NOT_WHOLE, [0, -1024]),
    "num_envs": ("at least 1", NOT_WHOLE, [0, -32]),
    "num_steps": ("at least 1", NOT_WHOLE, [0, -32]),
    "num_epochs": ("at least 1", NOT_WHOLE, [0, -8]),
    "minibatch_size": ("at least 2", NOT_WHOLE, [1, 0, -256]),
    "gamma": ("at least 0 and at most 1", NOT_REAL, [-0.01, 1.01, NAN, INF, -INF]),
    "gae_lambda": ("at least 0 and at most 1", NOT_REAL, [-0.01, 1.01, NAN, INF, -INF]),
    "learning_rate": ("above 0 and finite", NOT_REAL, [0, -1e-3, NAN, INF, -INF]),
    "anneal_learning_rate": ("True or False", [None, 0, 1, 1.0, "yes"], []),
    "adam_eps": ("above 0 and finite", NOT_REAL, [0.0, -1e-5, NAN, INF]),
    "clip_range": ("above 0", NOT_REAL, [0.0, -0.2, NAN, -INF]),
    "vf_coef": ("at least 0 and finite", NOT_REAL, [-0.5, NAN, INF]),
    "ent_coef": ("at least 0 and finite", NOT_REAL, [-0.01, NAN, INF]),
    "max_grad_norm": ("above 0", NOT_REAL, [0.0, -1.0, NAN, -INF]),
    "normalize_advantages": (
        "one of rollout, minibatch, none",
        [],
        ["", "batch", "Rollout"],
    ),
    "hidden_sizes": (
        "tuple of whole numbers",
        [None, 64, [64, 64], "64", (64.0,), (True,), (None,), ("64",)],
        [],
    ),
}


def test_every_setting_has_its_bad_values_here_and_says_what_it_means():
    assert set(BAD) == {setting.name for setting in dataclasses.fields(PPOConfig)}
    for setting in dataclasses.fields(PPOConfig):
        assert len(setting.metadata["help"].split()) >= 2, setting.name


@pytest.mark.parametrize("name", BAD)
def test_a_setting_of_the_wrong_type_or_out_of_range_is_refused_by_name(name):
    takes, wrong_types, wrong_numbers = BAD[name]
    for error_type, values in ((TypeError, wrong_types), (ValueError, wrong_numbers)):
        for value in values:
            with pytest.raises(error_type) as error:
                PPOConfig(**{name: value})
            message = str(error.value)
            assert message.startswith(f"{name} must be ") and message.endswith(f"got {value!r}")
            assert takes in message


def test_a_choice_that_is_no_word_and_a_layer_without_a_width_are_refused():
    for value in (None, True, 1.0):
        with pytest.raises(TypeError, match=f"^normalize_advantages must be .*, got {value!r}$"):
            PPOConfig(normalize_advantages=value)
    for sizes in [(0,), (64, 0), (-1, 64)]:
        with pytest.raises(ValueError, match="hidden_sizes must hold numbers of at least 1, got"):
            PPOConfig(hidden_sizes=sizes)


def test_the_ends_of_a_range_belong_to_it():
    ends = {
        "seed": [2**32 - 1], "gamma": [0, 1], "gae_lambda": [0.0, 1.0], "clip_range": [INF],
        "max_grad_norm": [INF], "vf_coef": [0], "ent_coef": [0], "minibatch_size": [2, 1024],
        "num_epochs": [1], "total_steps": [1024], "hidden_sizes": [()],
    }  # fmt: skip
    for name, values in ends.items():
        for value in values:
            assert getattr(PPOConfig(**{name: value}), name) == value


def test_numbers_of_other_libraries_become_plain_ones():
    numbers = [("seed", np.int64(3), int), ("num_envs", np.uint8(32), int)]
    numbers += [("gamma", np.float32(0.5), float), ("gamma", 1, float)]
    for name, value, kind in numbers:
        kept = getattr(PPOConfig(**{name: value}), name)
        assert type(kept) is kind and kept == value


def test_two_settings_must_fit_together():
    with pytest.raises(ValueError, match=r"minibatch_size must divide .* = 1024, got 300"):
        PPOConfig(minibatch_size=300)
    with pytest.raises(ValueError, match=r"total_steps must be at least .* 1024, got 1023"):
        PPOConfig(total_steps=1023)


def test_derived_sizes_follow_from_the_settings():
    config = PPOConfig(num_envs=4, num_steps=6, minibatch_size=8, total_steps=100)
    # 4 * 6 = 24 samples a rollout; 24 / 8 = 3 minibatches; 100 // 24 = 4 whole iterations.
    assert (config.rollout_size, config.num_minibatches, config.num_iterations) == (24, 3, 4)


def test_settings_cannot_be_changed_behind_the_checks():
    with pytest.raises(dataclasses.FrozenInstanceError):
        PPOConfig().gamma = 2.0


def test_a_preset_can_be_changed_and_the_change_is_checked():
    for name in PRESETS:
        make_envs(preset(name).env_id, 1).close()
    assert preset("cartpole", seed=7) == dataclasses.replace(PRESETS["cartpole"], seed=7)
    with pytest.raises(ValueError, match="gamma must be at least 0 and at most 1, got 2"):
        preset("cartpole", gamma=2)
    with pytest.raises(TypeError, match="gama"):
        preset("cartpole", gama=0.9)


def test_an_unknown_preset_is_refused_with_the_known_ones():
    for name in ["", "CartPole-v1", "CARTPOLE", None, 3]:
        with pytest.raises(ValueError) as error:
            preset(name)
        assert str(error.value) == f"preset must be one of {', '.join(PRESETS)}, got {name!r}"


def test_a_grid_is_every_combination_and_its_last_setting_varies_fastest():
    made = grid(PPOConfig(gamma=0.9), clip_range=[0.1, 0.3], seed=range(3))
    pairs = [(0.1, 0), (0.1, 1), (0.1, 2), (0.3, 0), (0.3, 1), (0.3, 2)]
    assert made == [PPOConfig(gamma=0.9, clip_range=c, seed=s) for c, s in pairs]
    assert grid(PPOConfig(seed=3)) == [PPOConfig(seed=3)]


def test_a_grid_takes_an_array_and_a_setting_whose_value_is_a_sequence_itself():
    made = grid(PPOConfig(), gamma=np.array([0.5, 0.75]), hidden_sizes=[(8,), (8, 8)])
    assert [(config.gamma, config.hidden_sizes) for config in made] == [
        (0.5, (8,)), (0.5, (8, 8)), (0.75, (8,)), (0.75, (8, 8)),
    ]  # fmt: skip
    assert type(made[0].gamma) is float


def test_a_combination_is_judged_as_a_whole():
    # 96 divides 6 * 32 = 192 twice and 3 * 32 once; 64 would not divide 3 * 32 = 96.
    made = grid(PPOConfig(num_envs=6, minibatch_size=64), minibatch_size=[96], num_envs=[6, 3])
    assert [config.num_minibatches for config in made] == [2, 1]


def test_a_grid_refuses_what_is_no_setting_and_lists_the_settings():
    with pytest.raises(TypeError, match=r"\(env_id, seed, .*hidden_sizes\), got 'gama'$"):
        grid(PPOConfig(), gama=[0.9])


def test_a_grid_refuses_values_without_an_order_or_without_any_and_says_whose_they_are():
    for value in [0.5, None, "rollout", b"none", {"none": 1}, {"none"}]:
        message = (
            f"^normalize_advantages must be a sequence of values.*, got {re.escape(repr(value))}$"
        )
        with pytest.raises(TypeError, match=message):
            grid(PPOConfig(), seed=[1], normalize_advantages=value)
    for value in [[], (), range(0)]:
        with pytest.raises(ValueError, match="gamma must be a sequence of at least one value, got"):
            grid(PPOConfig(), seed=[1], gamma=value)


def test_a_bad_value_in_a_grid_is_refused_as_the_config_refuses_it():
    with pytest.raises(ValueError, match="gamma must be at least 0 and at most 1, got 2"):
        grid(PPOConfig(), gamma=[0.9, 2])
    with pytest.raises(TypeError, match="hidden_sizes must be a tuple of whole numbers, got 64"):
        grid(PPOConfig(), hidden_sizes=(64, 64))
