"""REINFORCE on the cliff, against the exact gradient and one agent at a time."""

import copy
from dataclasses import replace

import pytest
import torch

from ppo_lib.course.cliff import exact as cliff
from ppo_lib.course.cliff.reinforce import (
    CLIFF,
    probability_of_right,
    reinforce_objective,
    run_reinforce,
)
from ppo_lib.training import make_model


def test_the_objective_by_hand():
    # Two episodes: (-1 - 2) * 1 = -3 and (-4) * 0.5 = -2; their mean is -2.5.
    log_probs = torch.tensor([[-1.0, -2.0], [-4.0, -100.0]])
    mask = torch.tensor([[True, True], [True, False]])
    assert reinforce_objective(log_probs, torch.tensor([1.0, 0.5]), mask) == -2.5


def test_its_gradient_is_that_of_the_true_return_on_average():
    logit = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    right = cliff.right_everywhere(logit)
    (slope,) = torch.autograd.grad(cliff.true_return(right), logit)
    episodes = cliff.play(right, 100_000, torch.Generator().manual_seed(0))

    right = cliff.right_everywhere(logit)[episodes.positions]
    log_probs = torch.where(episodes.actions == 1, right, 1 - right).log()
    objective = reinforce_objective(log_probs, episodes.returns, episodes.mask)
    (estimate,) = torch.autograd.grad(objective, logit)
    assert estimate.item() == pytest.approx(slope.item(), rel=0.03)


def train_alone(seed, step_size, num_iterations, num_episodes, draws):
    """Train one agent by the plain loop, with the episodes' luck given; return its policy."""
    model = make_model(replace(CLIFF, seed=seed))
    for _ in range(num_iterations):
        episodes = cliff.walk(probability_of_right(model), draws())
        one_hot = torch.eye(9)[episodes.positions]
        log_probs = model.policy(one_hot).log_prob(episodes.actions)
        objective = reinforce_objective(log_probs, episodes.returns, episodes.mask)
        parameters = list(model.policy_network.parameters())
        gradients = torch.autograd.grad(objective, parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter += step_size * gradient
    return probability_of_right(model).detach()


def test_an_agent_in_a_sweep_learns_what_it_would_alone(monkeypatch):
    runs = run_reinforce([0.05, 0.5], num_seeds=3, num_iterations=8, seed=4)
    for agent in range(6):
        generator = torch.Generator().manual_seed(4)

        def draws(generator=generator, agent=agent):
            return torch.rand((6, 4, 50), generator=generator, dtype=torch.float64)[agent]

        alone = train_alone(12 + agent % 3, (0.05, 0.5)[agent // 3], 8, 4, draws)
        assert torch.allclose(runs.right[agent], alone, atol=1e-5)
    assert (runs.right[:3] - runs.right[3:]).abs().max() > 0.01


def test_the_record_of_a_run_is_of_the_policies_it_went_through():
    runs = run_reinforce([0.1], num_seeds=5, num_iterations=3)
    assert runs.true_returns.shape == (4, 5)
    assert runs.gradient_norms.shape == runs.arrivals.shape == (3, 5)
    assert torch.equal(runs.true_returns[-1], cliff.true_return(runs.right))
    half = cliff.true_return(torch.full((9,), 0.5))
    assert torch.allclose(runs.true_returns[0], half, atol=0.01)  # untrained: nearly even


def test_the_same_seed_gives_the_same_runs_and_another_one_others():
    one, same, other = (run_reinforce([1.0], 2, 5, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(one.true_returns, same.true_returns)
    assert not torch.equal(one.true_returns, other.true_returns)


def test_a_weight_of_0_for_every_episode_teaches_nothing():
    runs = run_reinforce([1.0], 4, 5, weights=torch.zeros_like)
    assert runs.gradient_norms.max() == 0
    assert torch.equal(runs.true_returns[0], runs.true_returns[-1])


def test_weights_are_those_of_each_batch():
    seen = []

    def weights(returns):
        seen.append(returns.clone())
        return returns

    weighed = run_reinforce([0.3], 3, 4, weights=weights)
    plain = run_reinforce([0.3], 3, 4)
    assert len(seen) == 12 and all(returns.shape == (4,) for returns in seen)
    assert torch.equal(weighed.true_returns, plain.true_returns)


def test_the_exact_gradient_climbs_with_a_large_step_too():
    runs = run_reinforce([0.1, 10.0], 4, 60, exact=True)
    assert (runs.true_returns[-1] > 0.9).all()


@pytest.mark.parametrize(("step_sizes", "num_seeds"), [([], 3), ([0.1], 0)])
def test_a_sweep_of_nobody_is_refused(step_sizes, num_seeds):
    with pytest.raises(ValueError, match="must name at least one agent"):
        run_reinforce(step_sizes, num_seeds)


def test_weights_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"weights must return a tensor of shape \(4,\), .*\(\)"):
        run_reinforce([0.1], 2, 1, weights=torch.mean)
    with pytest.raises(TypeError, match=r"weights must return a tensor, got \[0"):
        run_reinforce([0.1], 2, 1, weights=lambda returns: [0, 0, 0, 0])


def test_the_models_of_a_sweep_do_not_change_each_other():
    model = make_model(replace(CLIFF, seed=0))
    before = copy.deepcopy(model.state_dict())
    run_reinforce([1.0], 2, 3)
    assert all(torch.equal(model.state_dict()[name], before[name]) for name in before)
