"""An update that is watched is the update itself, and what is measured is what happened."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from ppo_lib.batch import Batch
from ppo_lib.config import preset
from ppo_lib.course.measures.recording import (
    UpdateRecording,
    record_update,
    update_starts,
)
from ppo_lib.course.measures.updates import first_batch, ratios, ratios_by_epoch
from ppo_lib.diagnostics import approx_kl, dead_gradient
from ppo_lib.losses import clipped_surrogate, probability_ratio, unclipped_surrogate
from ppo_lib.networks import ActorCritic
from ppo_lib.training import make_optimizer, ppo_update, train

CONFIG = preset(
    "cartpole", num_envs=8, num_steps=16, minibatch_size=32, num_epochs=5, learning_rate=3e-3
)
STEPS = 5 * 4


def max_for_min(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip_range: float
) -> Tensor:
    ratio = torch.exp(log_probs - old_log_probs)
    clipped = ratio.clamp(1 - clip_range, 1 + clip_range) * advantages
    return torch.max(ratio * advantages, clipped).mean()


@pytest.fixture(scope="module")
def start() -> tuple[ActorCritic, Batch]:
    return first_batch(CONFIG)


@pytest.fixture(scope="module")
def clipped(start: tuple[ActorCritic, Batch]) -> UpdateRecording:
    return record_update(*start, CONFIG)


@pytest.fixture(scope="module")
def unlimited(start: tuple[ActorCritic, Batch]) -> UpdateRecording:
    return record_update(*start, CONFIG, unclipped_surrogate)


def weights(model: ActorCritic) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


@pytest.mark.parametrize("surrogate", [clipped_surrogate, unclipped_surrogate, max_for_min])
@pytest.mark.parametrize("normalized_over", ["rollout", "none"])
def test_a_recorded_update_ends_bit_for_bit_where_the_update_ends(
    start: tuple[ActorCritic, Batch], surrogate: object, normalized_over: str
) -> None:
    model, batch = start
    config = replace(CONFIG, normalize_advantages=normalized_over)
    updated = copy.deepcopy(model)
    generator = torch.Generator().manual_seed(7)
    ppo_update(updated, make_optimizer(updated, config), batch, config, generator, surrogate)
    generator = torch.Generator().manual_seed(7)
    recording = record_update(model, batch, config, surrogate, generator=generator)
    assert torch.equal(weights(recording.model), weights(updated))
    assert not torch.equal(weights(recording.model), weights(model))


def test_the_model_the_optimizer_and_the_generator_stay_as_they_are(
    start: tuple[ActorCritic, Batch],
) -> None:
    model, batch = start
    optimizer, generator = make_optimizer(model, CONFIG), torch.Generator().manual_seed(3)
    before, stream = weights(model).clone(), generator.get_state()
    record_update(model, batch, CONFIG, optimizer=optimizer, generator=generator)
    assert torch.equal(weights(model), before)
    assert optimizer.steps_taken == 0 and not optimizer.mean.any() and not optimizer.square.any()
    assert torch.equal(generator.get_state(), stream)


def test_there_is_a_row_before_the_first_step_and_one_after_each(
    start: tuple[ActorCritic, Batch], clipped: UpdateRecording
) -> None:
    _, batch = start
    for column in (clipped.ratios, clipped.outside, clipped.dead):
        assert column.shape == (STEPS + 1, len(batch))
    assert clipped.approx_kl.shape == (STEPS + 1,)
    torch.testing.assert_close(clipped.ratios[0], torch.ones(len(batch)))
    assert torch.equal(clipped.ratios[-1], ratios(clipped.model, batch))
    for row, after in zip(clipped.ratios, clipped.ratios[1:], strict=False):
        assert not torch.equal(row, after)
    assert not clipped.ratios.requires_grad


def test_the_rows_at_the_epochs_ends_are_the_ratios_by_epoch(
    start: tuple[ActorCritic, Batch], clipped: UpdateRecording
) -> None:
    epochs = torch.stack(list(ratios_by_epoch(*start, CONFIG, clipped_surrogate)))
    assert torch.equal(clipped.ratios[4::4], epochs)


def test_the_advantages_are_the_ones_that_the_surrogate_saw(
    start: tuple[ActorCritic, Batch],
) -> None:
    model, batch = start
    batch = replace(batch, advantages=3 * batch.advantages + 1)
    seen = []

    def spy(
        log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip_range: float
    ) -> Tensor:
        seen.append(advantages)
        return clipped_surrogate(log_probs, old_log_probs, advantages, clip_range)

    recording = record_update(model, batch, CONFIG, spy)
    minibatches = torch.cat([each for each in seen if len(each) == CONFIG.minibatch_size])
    epochs = minibatches.view(CONFIG.num_epochs, -1)
    assert torch.equal(epochs[0].sort().values, recording.advantages.sort().values)
    assert torch.equal(recording.advantages, batch.advantages)


def test_the_measures_follow_from_the_ratios(
    clipped: UpdateRecording, unlimited: UpdateRecording
) -> None:
    for recording in (clipped, unlimited):
        assert torch.equal(recording.outside, (recording.ratios - 1).abs() > CONFIG.clip_range)
        for row, kl in zip(recording.ratios.log(), recording.approx_kl, strict=True):
            expected = approx_kl(row, torch.zeros_like(row))
            torch.testing.assert_close(kl, expected, atol=1e-6, rtol=1e-3)


def test_the_dead_samples_of_the_clipped_surrogate_are_those_of_the_diagnostics(
    clipped: UpdateRecording,
) -> None:
    expected = [dead_gradient(row, clipped.advantages, 0.2) for row in clipped.ratios]
    assert torch.equal(clipped.dead, torch.stack(expected))
    assert clipped.dead.any() and (clipped.outside & ~clipped.dead).any()


def test_without_a_limit_no_sample_is_dead_and_more_leave_the_band(
    clipped: UpdateRecording, unlimited: UpdateRecording
) -> None:
    assert not unlimited.dead.any()
    assert unlimited.outside[-1].sum() > clipped.outside[-1].sum()
    assert unlimited.approx_kl[-1] > 3 * clipped.approx_kl[-1]


def test_with_the_max_for_the_min_the_dead_are_those_who_should_be_called_back(
    start: tuple[ActorCritic, Batch],
) -> None:
    recording = record_update(*start, CONFIG, max_for_min)
    right_way = (recording.ratios - 1) * recording.advantages > 0
    assert torch.equal(recording.dead, recording.outside & ~right_way)
    assert recording.dead.any()


def test_until_a_ratio_has_left_the_band_the_limit_changes_nothing(
    clipped: UpdateRecording, unlimited: UpdateRecording
) -> None:
    first = int(clipped.outside.any(1).nonzero()[0])  # its own step was made without the clip
    assert 1 < first < STEPS
    torch.testing.assert_close(
        clipped.ratios[: first + 1], unlimited.ratios[: first + 1], rtol=1e-4, atol=1e-5
    )
    assert not torch.allclose(clipped.ratios[-1], unlimited.ratios[-1], atol=0.1)


def test_a_sample_without_advantage_is_not_counted_as_dead(
    start: tuple[ActorCritic, Batch],
) -> None:
    model, batch = start
    advantages = batch.advantages.clone()
    advantages[::2] = 0.0
    config = replace(CONFIG, normalize_advantages="none")
    recording = record_update(model, replace(batch, advantages=advantages), config)
    # Its derivative is 0, yet no clip has cut it off.
    assert not recording.dead[:, ::2].any()


def test_an_iterations_start_goes_on_to_where_training_went() -> None:
    starts = update_starts(CONFIG, (1, 3))
    assert list(starts) == [1, 3]
    ends = {
        record.iteration: weights(record.model).clone()
        for record, _ in zip(train(CONFIG, progress=False), range(3), strict=False)
    }
    for iteration, start in starts.items():
        assert start.optimizer.learning_rate == CONFIG.learning_rate_at(iteration)
        recording = record_update(
            start.model,
            start.batch,
            CONFIG,
            optimizer=start.optimizer,
            generator=start.generator,
        )
        assert torch.equal(weights(recording.model), ends[iteration])
        torch.testing.assert_close(recording.ratios[0], torch.ones(len(start.batch)))


def test_the_unclipped_surrogate_is_the_mean_of_the_weighted_advantages() -> None:
    log_probs = torch.tensor([0.0, 1.0], requires_grad=True)
    old_log_probs, advantages = torch.tensor([0.0, 0.0]), torch.tensor([2.0, -1.0])
    objective = unclipped_surrogate(log_probs, old_log_probs, advantages, 0.2)
    # (1 · 2 − e · 1) / 2
    assert objective.item() == pytest.approx((2 - torch.e) / 2)
    (slopes,) = torch.autograd.grad(objective, log_probs)
    expected = probability_ratio(log_probs, old_log_probs) * advantages / 2  # dr/dlog π = r
    torch.testing.assert_close(slopes, expected.detach())


@pytest.mark.parametrize("iterations", [(), (0, 1), (1, 1000)])
def test_an_iteration_that_training_does_not_have_is_refused(iterations: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"iterations must be numbers from 1 to 781, got \["):
        update_starts(CONFIG, iterations)


def test_advantages_normalised_over_each_minibatch_are_refused(
    start: tuple[ActorCritic, Batch],
) -> None:
    config = replace(CONFIG, normalize_advantages="minibatch")
    with pytest.raises(ValueError, match=r"normalize_advantages must be .* got 'minibatch'"):
        record_update(*start, config)


def test_another_models_optimizer_is_refused(start: tuple[ActorCritic, Batch]) -> None:
    model, batch = start
    optimizer = make_optimizer(copy.deepcopy(model), CONFIG)
    with pytest.raises(ValueError, match="optimizer must be over the model's parameters"):
        record_update(model, batch, CONFIG, optimizer=optimizer)


@pytest.mark.parametrize(
    ("returned", "error", "message"),
    [
        (lambda r, a: 3.0, TypeError, r"surrogate must return a tensor of shape \(\), got 3.0"),
        (lambda r, a: r * a, ValueError, r"one number for the whole minibatch, got shape"),
        (lambda r, a: (r * a).mean().detach(), ValueError, "surrogate must .* carries gradient"),
        (lambda r, a: (r * a).mean() * torch.nan, FloatingPointError, "must be finite"),
    ],
)
def test_a_surrogate_that_is_wrong_in_kind_is_refused_as_in_training(
    start: tuple[ActorCritic, Batch], returned: object, error: type[Exception], message: str
) -> None:
    def wrong(
        log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip_range: float
    ) -> Tensor:
        return returned(torch.exp(log_probs - old_log_probs), advantages)

    with pytest.raises(error, match=message):
        record_update(*start, CONFIG, wrong)
