"""Training to a score: every fresh seed of every preset, judged by the agent at the end.

The judge is `evaluate`: 100 whole episodes, actions sampled, of the agent as training left it
when its steps ran out. That is harder than the first moment at which the last training
episodes happen to average the score, and it cannot be reached by luck along the way. The seeds
are ones that no setting was tuned on, and the evaluation's differ from the training's.
"""

import pytest

from ppo_lib.config import preset
from ppo_lib.training import evaluate, make_model, train

pytestmark = pytest.mark.slow


def final_return(config):
    """The mean of 100 stochastic episodes after the whole training."""
    model = make_model(config)
    for _ in train(config, model, progress=False):
        pass
    return evaluate(model, config.env_id, 100, seed=config.seed + 1_000_000).mean()


@pytest.mark.parametrize("seed", range(7000, 7010))
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
