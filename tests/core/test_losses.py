"""The loss and its gradient, by hand; the shapes and the parts that it refuses."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from gymnasium import spaces

from ppo_lib.batch import Batch
from ppo_lib.config import PPOConfig
from ppo_lib.losses import (
    clipped_surrogate,
    ppo_loss,
    probability_ratio,
    unclipped_surrogate,
    value_loss,
)
from ppo_lib.networks import ActorCritic, sample_actions

OBSERVATIONS = spaces.Box(-1.0, 1.0, (3,), np.float32)
ACTIONS = {"discrete": spaces.Discrete(4), "continuous": spaces.Box(-1.0, 1.0, (2,), np.float32)}
SIZE = 16


@pytest.fixture(params=ACTIONS)
def model(request):
    return ActorCritic(OBSERVATIONS, ACTIONS[request.param], (8,))


def make_batch(model, shift=0.0):
    """Samples of the model's own policy; `shift` moves their old log-probabilities about."""
    observations = torch.randn(SIZE, 3)
    with torch.no_grad():
        policy = model.policy(observations)
        actions = sample_actions(policy)
        old_log_probs = policy.log_prob(actions) + shift * torch.randn(SIZE)
        old_values = model.value(observations)
    numbers = torch.randn(2, SIZE)
    return Batch(observations, actions, old_log_probs, old_values, numbers[0], numbers[1])


def make_config(**changes):
    return PPOConfig(**{"normalize_advantages": "none", "ent_coef": 0.01, **changes})


def gradient_of(loss, model):
    model.zero_grad(set_to_none=True)
    loss.backward(retain_graph=True)
    return {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


def test_the_ratio_is_that_of_the_probabilities():
    ratio = probability_ratio(torch.tensor([0.5, 0.2]).log(), torch.tensor([0.25, 0.4]).log())
    torch.testing.assert_close(ratio, torch.tensor([2.0, 0.5]))


# With clip range 0.2. The value is min(r A, clip(r) A); the gradient with respect to log pi is
# d(r A) / d log pi = r A where the minimum is the unclipped term, and 0 where it is the clipped.
SIX_CASES = [
    # A, ratio, value, gradient
    (2.0, 0.5, 1.0, 1.0),  # min(1.0, 0.8 * 2 = 1.6): unclipped, pushes the action back up
    (2.0, 1.1, 2.2, 2.2),  # inside the band
    (2.0, 1.5, 2.4, 0.0),  # min(3.0, 1.2 * 2 = 2.4): went far enough
    (-2.0, 0.5, -1.6, 0.0),  # min(-1.0, 0.8 * -2 = -1.6): went far enough
    (-2.0, 0.9, -1.8, -1.8),  # inside the band
    (-2.0, 1.5, -3.0, -3.0),  # min(-3.0, 1.2 * -2 = -2.4): unclipped, pushes the action down
]


def test_the_surrogate_and_its_gradient_in_each_of_the_six_cases():
    for advantage, ratio, value, gradient in SIX_CASES:
        log_probs = torch.tensor([-1.0], dtype=torch.float64, requires_grad=True)
        old_log_probs = torch.tensor([-1.0 - math.log(ratio)], dtype=torch.float64)
        objective = clipped_surrogate(log_probs, old_log_probs, torch.tensor([advantage]), 0.2)
        objective.backward()
        assert objective.item() == pytest.approx(value, rel=1e-12)
        assert log_probs.grad.item() == pytest.approx(gradient, rel=1e-12, abs=1e-15)


def test_the_surrogate_of_a_batch_is_the_mean_and_without_a_clip_its_gradient_never_dies():
    advantages, ratios, values, gradients = torch.tensor(SIX_CASES).T
    for surrogate, clip_range, value, gradient in [
        (clipped_surrogate, 0.2, values.mean(), gradients / 6),
        (clipped_surrogate, math.inf, (ratios * advantages).mean(), ratios * advantages / 6),
        (unclipped_surrogate, 0.2, (ratios * advantages).mean(), ratios * advantages / 6),
    ]:
        log_probs = ratios.log().requires_grad_()
        objective = surrogate(log_probs, torch.zeros(6), advantages, clip_range)
        objective.backward()
        torch.testing.assert_close(objective.detach(), value)
        torch.testing.assert_close(log_probs.grad, gradient)


def test_at_the_old_policy_the_gradient_is_the_policy_gradient(model):
    batch = make_batch(model)
    log_probs = model.policy(batch.observations).log_prob(batch.actions)
    surrogate = clipped_surrogate(log_probs, batch.old_log_probs, batch.advantages, 0.2)
    ours = gradient_of(surrogate, model)
    reinforce = gradient_of((log_probs * batch.advantages).mean(), model)
    assert set(ours) == {name for name, _ in model.named_parameters() if "value" not in name}
    for name in ours:
        torch.testing.assert_close(ours[name], reinforce[name], atol=1e-6, rtol=1e-6)
    # What ppo_loss lowers goes the other way: the objective is to be raised.
    loss, _ = ppo_loss(model, batch, make_config(ent_coef=0.0, vf_coef=0.0))
    lowered = gradient_of(loss, model)
    for name in ours:
        torch.testing.assert_close(lowered[name], -reinforce[name], atol=1e-6, rtol=1e-6)


def test_the_value_loss_is_the_mean_square_with_no_hidden_half():
    values = torch.tensor([1.0, 2.0], requires_grad=True)
    loss = value_loss(values, torch.tensor([0.0, 5.0]), torch.tensor([9.0, 9.0]))
    loss.backward()
    assert loss.item() == 5.0  # (1^2 + 3^2) / 2 samples
    assert values.grad.tolist() == [1.0, -3.0]  # 2 (V - target) / 2 samples


WEIGHTS = [(0.0, 0.0, 0.1), (0.7, 0.0, 0.4), (0.0, 0.3, 0.4), (0.7, 0.3, 0.1)]


@pytest.mark.parametrize("vf_coef, ent_coef, clip_range", WEIGHTS)
def test_the_total_loss_is_the_formula(model, vf_coef, ent_coef, clip_range):
    batch = make_batch(model, shift=0.3)
    config = make_config(vf_coef=vf_coef, ent_coef=ent_coef, clip_range=clip_range)
    loss, terms = ppo_loss(model, batch, config)

    policy = model.policy(batch.observations)
    objective, critic = 0.0, 0.0
    for i in range(SIZE):  # written out sample by sample
        log_prob = policy.log_prob(batch.actions)[i].item()
        ratio = math.exp(log_prob - batch.old_log_probs[i].item())
        advantage = batch.advantages[i].item()
        clipped = min(max(ratio, 1 - clip_range), 1 + clip_range)
        objective += min(ratio * advantage, clipped * advantage) / SIZE
        critic += (model.value(batch.observations[i]) - batch.returns[i]).item() ** 2 / SIZE
    entropy = policy.entropy().mean().item()
    assert entropy > 0
    expected = -(objective - vf_coef * critic + ent_coef * entropy)
    assert loss.item() == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert terms.policy_loss.item() == pytest.approx(-objective, rel=1e-5, abs=1e-6)
    assert terms.value_loss.item() == pytest.approx(critic, rel=1e-5)
    assert terms.entropy.item() == pytest.approx(entropy, rel=1e-5)


def test_lowering_the_loss_raises_the_entropy_where_nothing_else_is_asked(model):
    with torch.no_grad():
        for parameter in model.policy_network.parameters():
            parameter.normal_()
    batch = dataclasses.replace(make_batch(model), advantages=torch.zeros(SIZE))
    config = make_config(vf_coef=0.0, ent_coef=1.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    entropies = []
    for _ in range(5):
        loss, terms = ppo_loss(model, batch, config)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        entropies.append(terms.entropy.item())
    assert entropies == sorted(entropies) and entropies[-1] > entropies[0]


def test_the_terms_hold_the_log_probabilities_and_carry_no_gradient(model):
    batch = make_batch(model, shift=0.3)
    _, terms = ppo_loss(model, batch, make_config())
    assert not any(term.requires_grad for term in terms)
    log_probs = model.policy(batch.observations).log_prob(batch.actions)
    torch.testing.assert_close(terms.log_probs, log_probs.detach())


def test_a_surrogate_and_a_value_loss_of_your_own_are_what_is_lowered(model):
    batch = make_batch(model)
    seen = []

    def own_surrogate(log_probs, *others):
        seen.extend(others)
        return 3.0 * log_probs.mean()

    def own_value_loss(values, *others):
        seen.extend(others)
        return 5.0 * values.mean()

    config = make_config(vf_coef=2.0, ent_coef=0.0)
    loss, terms = ppo_loss(model, batch, config, own_surrogate, own_value_loss)
    log_probs = model.policy(batch.observations).log_prob(batch.actions)
    expected = -3.0 * log_probs.mean() + 2.0 * 5.0 * model.value(batch.observations).mean()
    torch.testing.assert_close(loss, expected)
    torch.testing.assert_close(terms.policy_loss, -3.0 * log_probs.mean().detach())
    assert seen[:3] == [batch.old_log_probs, batch.advantages, 0.2]  # as they are in the batch
    assert seen[3:] == [batch.returns, batch.old_values]


WRONG_RESULTS = [
    (lambda x: None, TypeError, "got None"),
    (lambda x: x.mean().item(), TypeError, "got "),
    (lambda x: x.detach().mean().numpy(), TypeError, "got "),
    (lambda x: x, ValueError, r"got shape \(16,\)"),
    (lambda x: x.mean(0, keepdim=True), ValueError, r"got shape \(1,\)"),
    (lambda x: x.mean().detach(), ValueError, "got one without"),
]


def test_a_part_that_returns_the_wrong_thing_is_named():
    model = ActorCritic(OBSERVATIONS, ACTIONS["discrete"], (8,))
    for spoil, error, got in WRONG_RESULTS:
        for name, part in (("surrogate", "surrogate"), ("value_loss", "critic_loss")):
            wrong = {part: lambda first, *_, spoil=spoil: spoil(first)}
            with pytest.raises(error, match=f"^{name} must return a tensor .*{got}"):
                ppo_loss(model, make_batch(model), make_config(), **wrong)


@pytest.mark.parametrize("shape", [(4, 1), (1, 4), (1,), (), (3,)])
def test_tensors_of_another_shape_are_refused_by_name(shape):
    four, other = torch.zeros(4), torch.zeros(shape)
    end = f"(4,), got {shape}"
    calls = [
        (lambda: probability_ratio(four, other), "old_log_probs", "log_probs"),
        (lambda: clipped_surrogate(four, other, four, 0.2), "old_log_probs", "log_probs"),
        (lambda: clipped_surrogate(four, four, other, 0.2), "advantages", "log_probs"),
        (lambda: unclipped_surrogate(four, four, other), "advantages", "log_probs"),
        (lambda: value_loss(four, other), "returns", "values"),
    ]
    for call, name, like in calls:
        with pytest.raises(ValueError) as error:
            call()
        assert str(error.value) == f"{name} must have the shape of {like}, {end}"


def test_a_batch_whose_columns_disagree_is_refused_before_any_step(model):
    batch = make_batch(model)
    for column in ("old_log_probs", "advantages", "returns", "actions"):
        wrong = dataclasses.replace(batch, **{column: getattr(batch, column)[:, None]})
        with pytest.raises(ValueError, match=f"^{column} must have the shape"):
            ppo_loss(model, wrong, make_config())


def test_actions_without_their_axis_are_refused():
    # (16,) against means of (16, 1) would make (16, 16), summed to (16,) wrong numbers.
    model = ActorCritic(OBSERVATIONS, spaces.Box(-1, 1, (1,)), (8,))
    batch = make_batch(model)
    wrong = dataclasses.replace(batch, actions=batch.actions.squeeze(-1))
    with pytest.raises(ValueError, match=r"actions must have the shape \(16, 1\) .*got \(16,\)"):
        ppo_loss(model, wrong, make_config())
