"""What the lessons measure with."""

import pytest
import torch

from ppo_lib.config import preset
from ppo_lib.course.measures.updates import (
    batch_metrics,
    between,
    first_batch,
    kl_after_update,
    models_by_epoch,
    ratios,
    ratios_by_epoch,
    surrogate_value,
    updated,
)
from ppo_lib.diagnostics import approx_kl
from ppo_lib.losses import clipped_surrogate
from ppo_lib.training import train

CONFIG = preset("cartpole", num_envs=8, num_steps=16, minibatch_size=32)


@pytest.fixture(scope="module")
def start():
    return first_batch(CONFIG)


def weights(model):
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def test_the_first_batch_is_the_one_that_training_starts_with(start):
    seen = []

    def spy(log_probs, old_log_probs, advantages, clip_range):
        seen.append(advantages)
        return clipped_surrogate(log_probs, old_log_probs, advantages, clip_range)

    next(train(CONFIG, surrogate=spy, progress=False))
    first_epoch = torch.cat(seen[: CONFIG.num_minibatches])
    _, batch = start
    torch.testing.assert_close(first_epoch.sort().values, batch.advantages.sort().values)


def test_before_an_update_every_ratio_is_1(start):
    model, batch = start
    torch.testing.assert_close(ratios(model, batch), torch.ones(len(batch)))


def test_an_update_changes_a_copy_and_not_the_model(start):
    model, batch = start
    before = weights(model)
    changed = updated(model, batch, CONFIG, clipped_surrogate)
    assert torch.equal(weights(model), before)
    assert not torch.equal(weights(changed), before)


def test_the_same_update_twice_gives_the_same_weights(start):
    model, batch = start
    one, other = (updated(model, batch, CONFIG, clipped_surrogate) for _ in range(2))
    assert torch.equal(weights(one), weights(other))


def test_between_two_models_lie_their_weights(start):
    model, batch = start
    end = updated(model, batch, CONFIG, clipped_surrogate)
    for share in (0.0, 0.5, 1.0, 3.0):
        expected = weights(model) + share * (weights(end) - weights(model))
        torch.testing.assert_close(weights(between(model, end, share)), expected)


def test_the_surrogate_of_the_old_policy_is_the_mean_advantage(start):
    model, batch = start
    value = surrogate_value(clipped_surrogate, model, batch, 0.2)
    assert value == pytest.approx(batch.advantages.mean().item(), abs=1e-6)


def test_the_ratios_by_epoch_end_where_the_update_ends(start):
    model, batch = start
    epochs = list(ratios_by_epoch(model, batch, CONFIG, clipped_surrogate))
    assert len(epochs) == CONFIG.num_epochs
    end = ratios(updated(model, batch, CONFIG, clipped_surrogate), batch)
    assert torch.equal(epochs[-1], end) and not torch.equal(epochs[0], end)


def test_the_kl_after_an_update_is_that_of_its_ratios(start):
    model, batch = start
    log_ratio = ratios(updated(model, batch, CONFIG, clipped_surrogate), batch).log()
    expected = approx_kl(log_ratio, torch.zeros_like(log_ratio)).item()
    assert kl_after_update(clipped_surrogate, CONFIG) == pytest.approx(expected, rel=1e-4)


def test_the_models_by_epoch_are_one_that_goes_on_to_where_the_update_ends(start):
    model, batch = start
    seen = []
    for changed in models_by_epoch(model, batch, CONFIG, clipped_surrogate):
        assert changed is not model
        seen.append(weights(changed).clone())
    assert len(seen) == CONFIG.num_epochs
    assert not torch.equal(seen[0], weights(model)) and not torch.equal(seen[0], seen[-1])
    assert torch.equal(seen[-1], weights(updated(model, batch, CONFIG, clipped_surrogate)))


def test_batch_metrics_are_nothing_before_an_update_and_what_the_ratios_say_after_it(start):
    model, batch = start
    before = batch_metrics(model, batch, CONFIG)
    assert before["approx_kl"] == pytest.approx(0, abs=1e-6) and before["clip_fraction"] == 0
    changed = updated(model, batch, preset("cartpole", learning_rate=0.03), clipped_surrogate)
    after, ratio = batch_metrics(changed, batch, CONFIG), ratios(changed, batch)
    assert after["clip_fraction"] == ((ratio - 1).abs() > 0.2).float().mean().item() > 0
    assert after["approx_kl"] == pytest.approx((ratio - 1 - ratio.log()).mean().item(), rel=1e-3)
