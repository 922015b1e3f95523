"""Sweeps: what the curves of many agents say."""

import itertools
import math

import numpy as np
import pytest

from ppo_lib.beyond.population import train_many
from ppo_lib.beyond.sweeps import curves, diverged, final_returns, groups, quantile, quartiles
from ppo_lib.config import PPOConfig, grid
from ppo_lib.training import IterationRecord, recent_return

NAN, INF = math.nan, math.inf


def record(iteration, returns, kl):
    metrics = {
        "approx_kl": kl, "clip_fraction": 0 * kl, "explained_variance": 0.5 + 0 * kl,
        "learning_rate": 0.001,
    }  # fmt: skip
    return IterationRecord(iteration, 1000 * iteration, tuple(returns), (), metrics, None)


def history_of(*runs):
    """A history from runs: of each agent and iteration, the returns, and `nan` if it diverged."""
    iterations = enumerate(zip(*runs, strict=True), 1)
    return [
        [record(number, *(([], NAN) if returns is NAN else (returns, 1))) for returns in of_agents]
        for number, of_agents in iterations
    ]


def test_a_curve_is_the_mean_of_the_episodes_that_ended_last_by_then():
    history = history_of([[1.0, 2.0], [], [4.0], [10.0, 20.0, 30.0, 40.0]])
    env_steps, values = curves(history, num_episodes=3)
    assert env_steps.tolist() == [1000, 2000, 3000, 4000]
    # 2 episodes, still 2, then (1 + 2 + 4) / 3, then the last three of 40, 30, 20.
    np.testing.assert_allclose(values, [[NAN, NAN, 7 / 3, 30.0]])


def test_the_episodes_are_the_last_twenty_unless_said_otherwise():
    history = history_of([[1.0] * 19, [1.0, 21.0]])
    np.testing.assert_allclose(curves(history)[1], [[NAN, 2.0]])
    np.testing.assert_allclose(final_returns(history), [2.0])
    np.testing.assert_allclose(final_returns(history, 1), [21.0])


def test_a_curve_is_recent_return_after_each_iteration_of_a_real_run():
    configs = grid(PPOConfig(num_envs=8, total_steps=4 * 256), seed=[0, 1])
    history = list(train_many(configs, progress=False))
    _, values = curves(history)
    for agent in range(2):
        run = [records[agent] for records in history]
        expected = [recent_return(run[: place + 1]) for place in range(len(run))]
        np.testing.assert_allclose(values[agent], expected)


def test_an_agent_has_no_value_from_the_iteration_in_which_it_diverged_and_stays_diverged():
    history = history_of([[5.0], [6.0], [7.0]], [[5.0], NAN, NAN])
    assert diverged(history).tolist() == [[False, False, False], [False, True, True]]
    np.testing.assert_array_equal(curves(history, num_episodes=1)[1], [[5, 6, 7], [5, NAN, NAN]])
    np.testing.assert_array_equal(final_returns(history, 1), [7, NAN])
    assert diverged(history_of([[5.0], NAN, [6.0]])).tolist() == [[False, True, True]]
    run = [record(1, [5.0], 1.0), record(2, [9.0], NAN)]  # as train_many reports that iteration
    assert np.isnan(final_returns([[r] for r in run], 1)).all()


def test_a_metric_without_a_value_is_not_yet_a_divergence():
    history = [[record(1, [], 1.0)], [record(2, [], 1.0)]]
    history[1][0].metrics["explained_variance"] = NAN
    history[0][0].metrics["clip_fraction"] = NAN
    assert not diverged(history).any()
    np.testing.assert_array_equal(curves(history, "explained_variance")[1], [[0.5, NAN]])


def test_a_metric_is_read_from_the_records_and_ends_with_the_agent():
    history = history_of([[], []], [[], NAN])
    history[0][0].metrics["approx_kl"] = 0.25
    np.testing.assert_array_equal(curves(history, "approx_kl")[1], [[0.25, 1], [1, NAN]])
    np.testing.assert_array_equal(curves(history, "explained_variance")[1], [[0.5] * 2, [0.5, NAN]])


def test_an_agent_of_train_many_that_diverges_is_seen_to():
    configs = grid(PPOConfig(num_envs=8, total_steps=3 * 256), learning_rate=[1e-3, 1e30])
    with pytest.warns(RuntimeWarning, match="diverged"):
        history = list(train_many(configs, progress=False))
    assert diverged(history)[:, -1].tolist() == [False, True]
    assert np.isnan(final_returns(history)).tolist() == [False, True]


def test_a_history_of_nothing_an_unknown_quantity_and_a_mean_over_nothing_are_refused():
    for function, history in itertools.product((curves, diverged, final_returns), ([], [[]])):
        with pytest.raises(ValueError, match="history must hold at least one iteration"):
            function(history)
    history = history_of([[1.0]])
    with pytest.raises(ValueError, match=r"episode_return, approx_kl, .*learning_rate, got 'kl'$"):
        curves(history, "kl")
    with pytest.raises(ValueError, match="num_episodes must be at least 1, got 0"):
        curves(history, num_episodes=0)


def test_groups_come_in_the_order_of_their_first_agents():
    configs = grid(PPOConfig(), gamma=[0.9, 0.5], seed=[1, 0])
    assert list(groups(configs, "gamma").items()) == [((0.9,), [0, 1]), ((0.5,), [2, 3])]
    assert groups(configs, "seed") == {(1,): [0, 2], (0,): [1, 3]}
    assert list(groups(configs, "seed", "gamma")) == [(1, 0.9), (0, 0.9), (1, 0.5), (0, 0.5)]
    assert groups(configs) == {(): [0, 1, 2, 3]}
    configs = [PPOConfig()] * 3  # by labels that are no setting, too
    assert groups(configs, ["a", "b", "a"], "seed") == {("a", 0): [0, 2], ("b", 0): [1]}


def test_groups_refuse_what_is_no_setting_and_too_few_labels():
    with pytest.raises(ValueError, match=r"by a setting \(env_id, .*\) or .*labels, got 'gama'$"):
        groups([PPOConfig()], "gama")
    with pytest.raises(ValueError, match="labels must be one for each of the 3 agents, got 2"):
        groups([PPOConfig()] * 3, ["a", "b"])


def test_quantiles_are_numpys_and_infinite_if_they_lie_beside_infinity():
    values = np.random.default_rng(0).normal(size=(7, 5))
    for share in (0.25, 0.5, 0.75):
        np.testing.assert_allclose(quantile(values, share), np.quantile(values, share, axis=0))
    # Of four, the lower quartile lies between the first and the second.
    assert quantile([1.0, -INF, 3.0, 2.0], 0.25) == -INF
    assert quantile([1.0, -INF, 3.0, 2.0], 0.5) == 1.5
    assert quantile([1.0, -INF, 2.0], 0.5) == 1.0  # the middle one, whatever lies beside it


def test_an_agent_that_diverged_is_the_worst_or_left_out():
    values = np.array([[1.0, 1.0, 1.0], [2.0, 2.0, NAN], [4.0, NAN, NAN]])
    gone = np.isnan(values)
    np.testing.assert_array_equal(quartiles(values, gone, -INF)[1], [2.0, 1.0, -INF])
    np.testing.assert_array_equal(quartiles(values, gone, INF)[1], [2.0, 2.0, INF])
    np.testing.assert_array_equal(quartiles(values, gone)[1], [2.0, 1.5, NAN])


def test_there_is_no_median_before_every_agent_has_a_return():
    values, gone = np.array([[NAN, 1.0], [5.0, 3.0]]), np.zeros((2, 2), dtype=bool)
    np.testing.assert_array_equal(quartiles(values, gone, -INF)[:, 0], [NAN] * 3)
    np.testing.assert_array_equal(quartiles(values, gone, -INF)[:, 1], [1.5, 2.0, 2.5])
