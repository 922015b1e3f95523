"""Data between the steps: laid in a row, judged, cut into minibatches, and nothing mixed up."""

from dataclasses import fields

import pytest
import torch

from ppo_lib.advantages import compute_gae
from ppo_lib.batch import Batch, Rollout, flatten, make_batch, minibatches
from ppo_lib.config import PPOConfig


def config(minibatch_size=4, **changes):
    sizes = {"num_envs": 3, "num_steps": 4, "minibatch_size": minibatch_size, "total_steps": 12}
    return PPOConfig(**{"normalize_advantages": "none", **sizes, **changes})


def make_rollout(num_steps=4, num_envs=3):
    """A rollout in which each number tells its own row and column: 10 t + n."""
    place = 10.0 * torch.arange(num_steps)[:, None] + torch.arange(num_envs)
    flags = torch.zeros(num_steps, num_envs, dtype=torch.bool)
    return Rollout(
        observations=torch.stack([place, -place], -1), actions=place.long(),
        log_probs=place + 0.1, values=place + 0.2, next_values=place + 0.3, rewards=place + 0.4,
        terminated=flags, truncated=~flags,
    )  # fmt: skip


def test_flatten_keeps_what_belongs_together_together():
    rollout = make_rollout()
    batch = flatten(rollout, 1000.0 + rollout.rewards)
    place = torch.tensor([0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32.0])
    assert len(batch) == 12
    torch.testing.assert_close(batch.observations, torch.stack([place, -place], -1))
    torch.testing.assert_close(batch.actions, place.long())
    torch.testing.assert_close(batch.old_log_probs, place + 0.1)
    torch.testing.assert_close(batch.old_values, place + 0.2)
    torch.testing.assert_close(batch.advantages, place + 1000.4)
    torch.testing.assert_close(batch.returns, 2 * place + 1000.6)  # advantage plus value


def test_with_lambda_one_the_returns_are_the_discounted_rewards():
    rollout = make_rollout(num_steps=2, num_envs=1)
    never = torch.zeros(2, 1, dtype=torch.bool)
    advantages = compute_gae(
        rollout.rewards, rollout.values, rollout.next_values, never, never, 0.5, 1.0
    )
    # Rewards 0.4 and 10.4, then V = 10.3: 10.4 + 0.5 * 10.3 = 15.55; 0.4 + 0.5 * 15.55 = 8.175,
    # to which delta_0 adds 0.5 * (V(s_1) stored as next, 0.3, less as value, 10.2) = -4.95.
    returns = flatten(rollout, advantages).returns
    torch.testing.assert_close(returns, torch.tensor([8.175 - 4.95, 15.55]))


def test_flatten_refuses_advantages_of_another_shape():
    for shape in [(4, 3, 1), (4,), (3, 4), (12,), (1, 3), (4, 1)]:
        with pytest.raises(ValueError) as error:
            flatten(make_rollout(), torch.zeros(shape))
        assert str(error.value) == f"advantages must have the rollout's shape (4, 3), got {shape}"


def is_normalised(advantages):
    return abs(advantages.mean()) < 1e-5 and abs(advantages.std() - 1) < 1e-5


def test_a_batch_is_what_the_estimator_says_of_the_rollout_normalised_if_it_is_to_be():
    rollout = make_rollout()
    given = []

    def estimate(*arguments):
        given.append(arguments)
        return 7.0 * rollout.rewards.requires_grad_() + 5

    plain = flatten(rollout, 7.0 * rollout.rewards + 5)
    for over in ("rollout", "minibatch", "none"):
        settings = config(gamma=0.7, gae_lambda=0.6, normalize_advantages=over)
        batch = make_batch(rollout, settings, estimate)
        assert is_normalised(batch.advantages) == (over == "rollout")
        if over != "rollout":
            torch.testing.assert_close(batch.advantages, plain.advantages)
        assert torch.equal(batch.advantages.argsort(), plain.advantages.argsort())
        torch.testing.assert_close(batch.returns, plain.returns)  # in units of reward, always
        assert not batch.advantages.requires_grad and not batch.returns.requires_grad
    names = ("rewards", "values", "next_values", "terminated", "truncated")
    assert given == [(*(getattr(rollout, name) for name in names), 0.7, 0.6)] * 3


def test_an_estimator_that_returns_the_wrong_thing_is_told_the_shape():
    wrong = [
        (lambda rewards: None, TypeError, "got None"),
        (lambda rewards: rewards.numpy(), TypeError, "got array"),
        (lambda rewards: rewards[0], ValueError, r"got shape \(3,\)"),
        (lambda rewards: rewards[..., None], ValueError, r"got shape \(4, 3, 1\)"),
        (lambda rewards: rewards.flatten(), ValueError, r"got shape \(12,\)"),
    ]
    for part, error, got in wrong:
        message = rf"^estimate_advantages must return a tensor of shape \(4, 3\), {got}"
        with pytest.raises(error, match=message):
            make_batch(make_rollout(), config(), lambda rewards, *_, part=part: part(rewards))


def test_minibatches_hold_each_sample_once_and_whole():
    rollout = make_rollout()
    batch = flatten(rollout, rollout.rewards)
    parts = list(minibatches(batch, config()))
    assert [len(part) for part in parts] == [4, 4, 4]
    seen = torch.cat([part.actions for part in parts])
    assert sorted(seen.tolist()) == sorted(batch.actions.tolist())
    for part in parts:
        place = part.actions.float()
        torch.testing.assert_close(part.observations, torch.stack([place, -place], -1))
        torch.testing.assert_close(part.old_log_probs, place + 0.1)
        torch.testing.assert_close(part.old_values, place + 0.2)
        torch.testing.assert_close(part.advantages, place + 0.4)
        torch.testing.assert_close(part.returns, 2 * place + 0.6)


def test_a_minibatch_is_normalised_by_itself_if_it_is_to_be():
    batch = flatten(make_rollout(), make_rollout().rewards)
    for over in ("rollout", "minibatch", "none"):
        parts = list(minibatches(batch, config(normalize_advantages=over)))
        assert [is_normalised(part.advantages) for part in parts] == [over == "minibatch"] * 3
        for part in parts:  # each still beside its own action
            assert torch.equal(part.advantages.argsort(), part.actions.argsort())


def test_the_last_minibatch_is_smaller_where_the_sizes_do_not_divide():
    batch = Batch(*(torch.arange(10.0) for _ in fields(Batch)))
    assert [len(part) for part in minibatches(batch, config())] == [4, 4, 2]


def test_the_order_is_new_each_time_and_comes_from_the_generator_alone():
    batch = Batch(*(torch.arange(12.0) for _ in fields(Batch)))
    generator, twin = (torch.Generator().manual_seed(3) for _ in range(2))
    before = torch.get_rng_state()
    first, second = (next(minibatches(batch, config(12), generator)).actions for _ in range(2))
    assert torch.equal(first, next(minibatches(batch, config(12), twin)).actions)
    assert not torch.equal(first, second)
    assert not torch.equal(first, batch.actions)
    assert torch.equal(before, torch.get_rng_state())
