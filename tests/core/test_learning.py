"""Training to a score: every fresh seed of every preset, judged by the agent at the end.

The judge is `evaluate`: 100 whole episodes, actions sampled, of the agent as training left it
when its steps ran out. That is harder than the first moment at which the last training
episodes happen to average the score, and it cannot be reached by luck along the way. The seeds
are ones that no setting was tuned on, and the evaluation's differ from the training's.
"""

import numpy as np
import pytest

from ppo_lib.beyond.population import train_many
from ppo_lib.beyond.sweeps import curves
from ppo_lib.beyond.trpo import trpo
from ppo_lib.config import PPOConfig, grid, preset
from ppo_lib.training import evaluate, make_model, ppo_update, train

pytestmark = pytest.mark.slow


def final_return(config, update=ppo_update):
    """The mean of 100 stochastic episodes after the whole training."""
    model = make_model(config)
    for _ in train(config, model, update=update, progress=False):
        pass
    return evaluate(model, config.env_id, 100, seed=config.seed + 1_000_000).mean()


@pytest.mark.parametrize("seed", range(7200, 7210))
def test_ten_of_ten_fresh_seeds_solve_cartpole_within_100k_steps(seed):
    config = preset("cartpole", seed=seed)
    assert config.total_steps <= 100_000
    assert final_return(config) >= 475


@pytest.mark.parametrize("seed", range(7000, 7003))
def test_the_acrobot_preset_swings_up_within_100_steps_on_average(seed):
    assert final_return(preset("acrobot", seed=seed)) >= -100


@pytest.mark.parametrize("seed", range(7000, 7003))
def test_the_pendulum_preset_reaches_a_return_of_minus_250(seed):
    assert final_return(preset("pendulum", seed=seed)) >= -250


@pytest.mark.parametrize("seed", range(7300, 7310))
def test_ten_of_ten_fresh_seeds_solve_cartpole_within_100k_steps_of_trpo(seed):
    config = PPOConfig(seed=seed)
    assert config.total_steps <= 100_000
    assert final_return(config, trpo()) >= 475


@pytest.mark.parametrize("seed", range(7300, 7303))
def test_trpo_does_not_fall_for_the_bait_on_the_cliff(seed):
    config = PPOConfig(env_id="ppo_lib/Cliff-v0", total_steps=20_480, seed=seed)
    assert final_return(config, trpo()) >= 0.95  # the goal is worth 1, the bait 0.2


def test_nineteen_of_twenty_agents_of_a_population_solve_cartpole():
    configs = grid(preset("cartpole"), seed=range(7100, 7120))
    *_, last = train_many(configs, progress=False)
    scores = [
        evaluate(record.model, config.env_id, 100, seed=config.seed + 1_000_000).mean()
        for record, config in zip(last, configs, strict=True)
    ]
    assert sum(score >= 475 for score in scores) >= 19


def test_the_clip_ranges_of_lesson_00_do_what_it_says():
    agents = grid(preset("cartpole", total_steps=60_000), clip_range=[0.02, 0.2, 1], seed=range(8))
    _, returns = curves(list(train_many(agents, progress=False)))
    narrow, usual, wide = returns.reshape(3, 8, -1)
    half = returns.shape[1] // 2
    assert np.median(usual[:, half + 8]) > 400 > np.median(narrow[:, half + 8])
    assert np.ptp(narrow[:, half]) < 250  # all alike
    assert (usual[:, -1] > 450).sum() >= 6 and (narrow[:, -1] > 400).sum() >= 5
    assert np.median(wide[:, -1]) < 400 and (wide.max(1) >= 475).sum() <= 3
