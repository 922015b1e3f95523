"""What the costs say is so: the sizes, the products, and that the ways solve the same equations."""

import math

import pytest
import torch

from ppo_lib.beyond import trpo
from ppo_lib.beyond.trpo import DEFAULTS, conjugate_gradient
from ppo_lib.config import PPOConfig, preset
from ppo_lib.course.lesson_02 import costs
from ppo_lib.course.lesson_02.costs import explicit_direction, explicit_fisher, update_costs
from ppo_lib.course.measures.updates import first_batch


@pytest.fixture(autouse=True)
def an_early_update(monkeypatch):
    monkeypatch.setattr(costs, "ITERATION", 2)


SMALL = PPOConfig(hidden_sizes=(8,), num_epochs=1)


def test_a_network_of_8_by_8_has_130_weights_and_its_matrix_their_square():
    cost = update_costs((8, 8), repeats=1)
    assert cost.num_parameters == (4 * 8 + 8) + (8 * 8 + 8) + (8 * 2 + 2)  # CartPole: 4 to 2
    assert cost.explicit_mb == pytest.approx(130 * 130 * 4 / 1e6)
    assert all(ms > 0 for ms in (cost.first_order_ms, cost.trpo_ms, cost.explicit_ms))


def test_the_products_are_those_that_a_step_of_trpo_makes(monkeypatch):
    made = []

    def spy(*arguments, **settings):
        made.append(arguments)
        return product(*arguments, **settings)

    product = trpo.fisher_vector_product
    monkeypatch.setattr(trpo, "fisher_vector_product", spy)
    model, batch = costs._learning_agent(SMALL)
    made.clear()
    trpo.trpo_step(model, batch)
    count = len(made)
    assert update_costs((8,), repeats=1).fisher_products == count
    assert 2 <= count <= DEFAULTS.cg_iterations + 1


def test_a_matrix_too_large_to_form_is_not_formed(monkeypatch):
    monkeypatch.setattr(costs, "explicit_direction", None)
    assert update_costs((8,), repeats=1, max_explicit=57).explicit_ms is None  # 4*8 + 8 + 8*2 + 2


def test_times_are_medians_of_the_turns_after_the_first(monkeypatch):
    seconds = iter([100.0, 200.0, 1.0, 20.0, 3.0, 60.0, 2.0, 40.0])  # first order, TRPO, ...
    monkeypatch.setattr(costs, "_ms", lambda part: next(seconds))
    cost = update_costs((8,), repeats=3, max_explicit=0)
    assert (cost.first_order_ms, cost.trpo_ms) == (2.0, 40.0)


def test_every_turn_starts_from_the_same_policy(monkeypatch):
    seen = []

    def spy(part):
        model = part.args[0]
        seen.append(torch.cat([weight.flatten() for weight in trpo.policy_parameters(model)]))
        part()
        assert not torch.equal(
            seen[-1], torch.cat([weight.flatten() for weight in trpo.policy_parameters(model)])
        )
        return 1.0

    monkeypatch.setattr(costs, "_ms", spy)
    update_costs((8,), repeats=2, max_explicit=0)
    assert len(seen) == 6 and all(torch.equal(weights, seen[0]) for weights in seen)


def test_the_explicit_direction_is_the_one_that_conjugate_gradient_finds():
    model, batch = costs._learning_agent(SMALL)
    gradient, product = costs._equations(model, batch)
    found = conjugate_gradient(product, gradient, len(gradient))
    explicit = explicit_direction(model, batch.observations, gradient, DEFAULTS.cg_damping)
    assert (found - explicit).norm() < 1e-3 * explicit.norm()
    assert (found - gradient / gradient.norm() * explicit.norm()).norm() > 0.1 * explicit.norm()


def test_the_explicit_matrix_is_the_one_that_the_products_are_of():
    model, batch = costs._learning_agent(SMALL)
    gradient, product = costs._equations(model, batch, damping=0.0)
    matrix = explicit_fisher(model, batch.observations)
    vector = torch.randn(len(gradient), generator=torch.Generator().manual_seed(0))
    assert torch.allclose(matrix @ vector, product(vector), rtol=1e-4, atol=1e-6)
    assert torch.linalg.eigvalsh(matrix).min() > -1e-6


def test_the_matrix_of_a_continuous_policy_is_refused():
    model, batch = first_batch(preset("pendulum", num_envs=2, num_steps=4, minibatch_size=8))
    with pytest.raises(TypeError, match="model must have discrete actions, got continuous ones"):
        explicit_fisher(model, batch.observations)


def test_the_same_agent_is_measured_every_time():
    one, other = (costs._learning_agent(SMALL)[1] for _ in range(2))
    assert torch.equal(one.observations, other.observations)
    assert one.advantages.mean().item() == pytest.approx(0, abs=1e-6)
    assert math.isclose(one.advantages.std().item(), 1, rel_tol=1e-5)


def test_the_agent_is_measured_as_it_was_when_it_collected_the_batch():
    model, batch = costs._learning_agent(SMALL)
    log_probs = model.policy(batch.observations).log_prob(batch.actions).detach()
    torch.testing.assert_close(log_probs, batch.old_log_probs)


@pytest.mark.parametrize("wrong", [{"repeats": 0}, {"hidden_sizes": (0,)}])
def test_a_number_below_1_is_refused(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"{name} must .* at least 1"):
        update_costs(**{"hidden_sizes": (8,), **wrong})
