"""The cliff solved exactly, against episodes, hand arithmetic and a slow oracle."""

import itertools

import gymnasium as gym
import numpy as np
import pytest
import torch

from ppo_lib.course.cliff import exact as cliff
from ppo_lib.course.cliff.environment import CliffEnv


def random_policy(seed, *shape):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(*shape, 9, generator=generator, dtype=torch.float64)


def test_always_left_falls_and_always_right_arrives():
    assert cliff.outcomes(torch.zeros(9)).tolist() == [1, 0, 0]
    assert cliff.outcomes(torch.ones(9)).tolist() == [0, 1, 0]
    assert cliff.true_return(torch.zeros(9)) == 0.2
    assert cliff.true_return(torch.ones(9)) == 1


def test_going_to_and_fro_runs_out_of_time_and_earns_nothing():
    right = torch.ones(9)
    right[3] = 0  # right at 2, left at 3, and so on
    assert cliff.outcomes(right).tolist() == [0, 0, 1]
    assert cliff.true_return(right) == 0


def test_without_a_time_limit_a_fair_coin_arrives_once_in_eight(monkeypatch):
    # The gambler's ruin: from 1, a fair walk comes to 8 before 0 with a chance of 1/8.
    monkeypatch.setattr(cliff, "TIME_LIMIT", 5000)
    fall, arrive, neither = cliff.outcomes(torch.full((9,), 0.5)).tolist()
    assert (fall, arrive, neither) == pytest.approx((7 / 8, 1 / 8, 0), abs=1e-12)


def test_the_return_is_that_of_every_sequence_of_actions_weighed_by_its_chance(monkeypatch):
    monkeypatch.setattr(cliff, "TIME_LIMIT", 9)
    right = random_policy(0)
    expected = 0.0
    for actions in itertools.product((0, 1), repeat=9):
        position, chance = 1, 1.0
        for action in actions:
            if not 0 < position < 8:
                chance *= 0.5  # the rest of the sequence does not matter
                continue
            chance *= right[position].item() if action else 1 - right[position].item()
            position += 1 if action else -1
        expected += chance * {0: 0.2, 8: 1.0}.get(position, 0.0)
    assert cliff.true_return(right).item() == pytest.approx(expected, abs=1e-12)


def test_an_episode_takes_as_many_steps_as_its_visits_add_up_to():
    right = random_policy(1)
    episodes = cliff.play(right, 40_000, torch.Generator().manual_seed(0))
    taken = torch.stack([((episodes.positions == s) & episodes.mask).sum() for s in range(9)])
    assert torch.allclose(taken.double() / 40_000, cliff.visits(right), atol=0.05, rtol=0.03)
    assert cliff.visits(right)[[0, 8]].tolist() == [0, 0]


def test_many_policies_are_solved_as_each_of_them_is():
    policies = random_policy(2, 3, 4)
    for function in (cliff.true_return, cliff.outcomes, cliff.visits):
        one_by_one = [[function(policy) for policy in row] for row in policies]
        expected = torch.stack([torch.stack(row) for row in one_by_one])
        assert torch.allclose(function(policies), expected, rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_episodes_score_the_true_return_on_average(seed):
    right = random_policy(seed)
    returns = cliff.play(right, 20_000, torch.Generator().manual_seed(seed)).returns
    error = returns.mean() - cliff.true_return(right)
    assert abs(error) < 4 * returns.std() / 20_000**0.5


@pytest.mark.parametrize("seed", range(3))
def test_an_episode_is_what_the_environment_makes_of_its_actions(seed):
    right = random_policy(seed)
    episodes = cliff.play(right, 30, torch.Generator().manual_seed(seed))
    env = gym.make("ppo_lib/Cliff-v0")
    for k in range(30):
        observation, _ = env.reset()
        score, ended = 0.0, False
        for t in range(int(episodes.mask[k].sum())):
            assert not ended
            assert observation.argmax() == episodes.positions[k, t]
            observation, reward, terminated, truncated, _ = env.step(int(episodes.actions[k, t]))
            score, ended = score + reward, terminated or truncated
        assert ended
        assert (score, observation.argmax()) == (episodes.returns[k], episodes.ends[k])


def test_a_step_goes_right_where_its_number_is_below_the_probability():
    uniform = torch.tensor([[0.2, 0.7, 0.2, 0.7, 0.7] + [0.0] * 45])
    episodes = cliff.walk(torch.full((9,), 0.5), uniform)
    assert episodes.positions.tolist() == [[1, 2, 1, 2, 1]]
    assert episodes.actions.tolist() == [[1, 0, 1, 0, 0]]
    assert (episodes.returns.tolist(), episodes.ends.tolist()) == ([0.2], [0])


def test_after_its_end_an_episode_takes_no_step():
    episodes = cliff.play(torch.full((9,), 0.5), 200, torch.Generator().manual_seed(0))
    lengths = episodes.mask.sum(-1)
    assert lengths.unique().numel() > 5 and lengths.max() == episodes.mask.shape[-1]
    for name in ("positions", "actions"):
        assert not getattr(episodes, name)[~episodes.mask].any()
    assert (episodes.positions[episodes.mask] > 0).all()


def test_the_policies_of_one_and_of_two_parameters():
    assert torch.allclose(
        cliff.right_everywhere(torch.tensor([0.0, 2.0])),
        torch.tensor([[0.5], [0.8808]], dtype=torch.float64).expand(2, 9),
        atol=1e-4,
    )
    # lean 1, slope 2: logits -1 at the bait, 1 in the middle, 3 at the goal
    right = cliff.right_by_position(torch.tensor(1.0), torch.tensor(2.0))
    logits = torch.log(right / (1 - right))
    assert torch.allclose(logits, torch.linspace(-1, 3, 9, dtype=torch.float64))


@pytest.mark.parametrize("seed", range(3))
def test_the_surrogate_meets_the_true_return_at_the_old_policy_with_its_slope(seed):
    old = random_policy(seed)
    right = old.clone().requires_grad_()
    values = cliff.surrogate_return(right, old), cliff.true_return(right)
    gradients = [torch.autograd.grad(value, right)[0] for value in values]
    assert torch.allclose(*values, atol=1e-12)
    assert torch.allclose(*gradients, atol=1e-12) and gradients[0].abs().max() > 0.005


def test_the_surrogate_of_another_policy_is_the_mean_of_its_ratios_times_advantages():
    # One term for each step of the old policy's episodes, each episode's return in the place of
    # the advantage: unbiased, since the ratio's mean is 1 and the rest comes later.
    old, new = random_policy(0) * 0.4 + 0.3, random_policy(1) * 0.4 + 0.3
    episodes = cliff.play(old, 200_000, torch.Generator().manual_seed(0))

    def chances(right):
        chance = right[episodes.positions]
        return torch.where(episodes.actions == 1, chance, 1 - chance)

    terms = (chances(new) / chances(old) - 1) * episodes.mask * episodes.returns.unsqueeze(-1)
    estimate, spread = terms.sum(-1).mean(), terms.sum(-1).std() / 200_000**0.5
    expected = cliff.surrogate_return(new, old) - cliff.true_return(old)
    assert abs(estimate - expected) < 4 * spread < 0.1 * abs(expected)


def test_no_episodes_are_refused():
    with pytest.raises(ValueError, match="num_episodes must be at least 1, got 0"):
        cliff.play(torch.full((9,), 0.5), 0)


def test_the_corridor_is_drawn_where_the_agent_is():
    env = gym.make("ppo_lib/Cliff-v0", render_mode="rgb_array")
    env.reset()
    at_start = env.render()
    assert at_start.dtype == np.uint8 and at_start.shape[-1] == 3
    env.step(1)
    assert (env.render() != at_start).any()
    assert env.unwrapped.position == CliffEnv.START + 1


def test_without_a_render_mode_there_is_no_picture():
    assert CliffEnv().render() is None


def test_an_unknown_render_mode_is_refused():
    with pytest.raises(ValueError, match="render_mode must be \"rgb_array\" or None, got 'human'"):
        CliffEnv(render_mode="human")


def test_walks_of_a_coin_begin_as_told_and_earn_at_the_ends_alone():
    from ppo_lib.course.cliff.exact import walks_of_a_coin

    generator = torch.Generator().manual_seed(0)
    before, after, rewards, ended = walks_of_a_coin(4, True, 60, 4000, generator)
    assert (before[0] == 4).all() and (after[0] == 5).all() and torch.equal(before[1:], after[:-1])
    walking = (before > 0) & (before < 8)
    assert ((after - before).abs() == walking).all()  # one step a time, and none after an end
    assert torch.equal(ended, (after == 0) | (after == 8))
    at_the_goal, at_the_bait = walking & (after == 8), walking & (after == 0)
    assert torch.equal(rewards, at_the_goal.double() + 0.2 * at_the_bait.double())
    # From 5 a coin comes to 8 before 0 in 5 cases of 8: four standard errors are 0.03.
    assert abs((after[-1] == 8).double().mean() - 5 / 8) < 0.04
    assert (walks_of_a_coin(1, False, 3, 5, generator)[1] == 0).all()


def advantages_by_value_iteration(right):
    """Return Σ_t d_t(s) (A_t(s, right) - A_t(s, left)), (9,), backwards from the time limit."""
    reward = torch.zeros(9, dtype=torch.float64)
    reward[0], reward[8] = 0.2, 1.0
    value = torch.zeros(9, dtype=torch.float64)
    gaps = []
    for _ in range(50):
        worth = reward + value
        gap, value = torch.zeros(9, dtype=torch.float64), torch.zeros(9, dtype=torch.float64)
        for s in range(1, 8):
            gap[s] = worth[s + 1] - worth[s - 1]
            value[s] = right[s] * worth[s + 1] + (1 - right[s]) * worth[s - 1]
        gaps.insert(0, gap)
    total, chance = torch.zeros(9, dtype=torch.float64), torch.zeros(9, dtype=torch.float64)
    chance[1] = 1.0
    for gap in gaps:
        total += chance * gap
        moved = torch.zeros(9, dtype=torch.float64)
        for s in range(1, 8):
            moved[s + 1] += chance[s] * right[s]
            moved[s - 1] += chance[s] * (1 - right[s])
        moved[0] = moved[8] = 0.0
        chance = moved
    return total


def test_the_gap_between_the_actions_is_what_value_iteration_finds():
    generator = torch.Generator().manual_seed(1)
    for _ in range(5):
        right = torch.rand(9, generator=generator, dtype=torch.float64)
        expected = advantages_by_value_iteration(right)
        assert torch.allclose(cliff.advantage_gaps(right), expected, atol=1e-12)
