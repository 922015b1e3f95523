"""TRPO: the Fisher matrix by hand, the equations solved, the limit kept, the weights put back."""

import copy
import dataclasses
import itertools
import math

import numpy as np
import pytest
import torch
from gymnasium import spaces
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Independent, Normal

from ppo_lib.batch import Batch
from ppo_lib.beyond.trpo import (
    TRPOSettings,
    _assign,
    conjugate_gradient,
    fisher_vector_product,
    flat_gradient,
    mean_kl,
    natural_step,
    policy_parameters,
    surrogate_on,
    trpo,
    trpo_step,
)
from ppo_lib.config import PPOConfig
from ppo_lib.course.page import watch
from ppo_lib.diagnostics import approx_kl, clip_fraction, explained_variance
from ppo_lib.losses import unclipped_surrogate, value_loss
from ppo_lib.networks import ActorCritic, LightCategorical, sample_actions
from ppo_lib.training import make_optimizer, ppo_update, train

OBSERVATIONS = spaces.Box(-1.0, 1.0, (3,), np.float32)
ACTIONS = {"discrete": spaces.Discrete(4), "continuous": spaces.Box(-1.0, 1.0, (2,), np.float32)}
SIZE = 32
SMALL = {
    "num_envs": 8, "num_steps": 32, "minibatch_size": 64, "num_epochs": 2, "total_steps": 2560,
    "hidden_sizes": (16,),
}  # fmt: skip  # 256 samples an iteration, 2 x 4 minibatches, 10 iterations


def small(**changes):
    return PPOConfig(**{**SMALL, **changes})


def make_model(kind="discrete", hidden_sizes=(5,), seed=0):
    """A model whose policy is far from uniform, so that no term of its Fisher matrix is hidden."""
    generator = torch.Generator().manual_seed(seed)
    model = ActorCritic(OBSERVATIONS, ACTIONS[kind], hidden_sizes, generator)
    with torch.no_grad():
        for weight in policy_parameters(model):
            weight.add_(0.7 * torch.randn(weight.shape, generator=generator))
    return model


def make_batch(model, size=SIZE, seed=1):
    """Samples of the model's own policy, with advantages that have nothing to do with them."""
    generator = torch.Generator().manual_seed(seed)
    dtype = next(model.parameters()).dtype
    observations = torch.randn(size, 3, generator=generator, dtype=dtype)
    with torch.no_grad():
        policy = model.policy(observations)
        actions = sample_actions(policy, generator)
        log_probs, values = policy.log_prob(actions), model.value(observations)
    numbers = torch.randn(2, size, generator=generator, dtype=dtype)
    return Batch(observations, actions, log_probs, values, numbers[0], numbers[1])


@pytest.fixture(params=ACTIONS)
def model(request):
    return make_model(request.param)


def flat(tensors):
    return torch.cat([tensor.detach().flatten().clone() for tensor in tensors])


def critic(model):
    return flat(model.value_network.parameters())


def fisher_product(model, batch, damping=0.0):
    weights = policy_parameters(model)
    with torch.no_grad():
        old = model.policy(batch.observations)
    kl = mean_kl(old, model.policy(batch.observations))
    kl_gradient = flat_gradient(kl, weights, create_graph=True)
    return lambda vector: fisher_vector_product(kl_gradient, weights, vector, damping)


def fisher_by_hand(model, observations):
    """E_a[∇log π(a|s) ∇log π(a|s)ᵀ], averaged over the states: no KL, no second derivative.

    For a Gaussian the expectation is known: Σ_i ∇μ_i ∇μ_iᵀ / σ_i², and 2 for each log σ_i with
    itself, as E[(z² - 1)²] = 2.
    """
    weights = policy_parameters(model)
    matrix = 0.0
    for state in observations:
        if model.discrete:
            log_probs = model.policy_network(state).log_softmax(-1)
            for log_prob in log_probs:
                slope = flat_gradient(log_prob, weights)
                matrix = matrix + log_prob.exp().detach() * torch.outer(slope, slope)
        else:
            network = list(model.policy_network.parameters())
            for mean, log_std in zip(model.policy_network(state), model.log_std, strict=True):
                slope = torch.cat([flat_gradient(mean, network), torch.zeros(model.num_outputs)])
                matrix = matrix + torch.outer(slope, slope) / log_std.exp().detach() ** 2
    matrix = matrix / len(observations)
    if not model.discrete:
        spreads = range(-model.num_outputs, 0)
        matrix[spreads, spreads] += 2.0
    return matrix


# The distance.


def test_the_kl_of_two_coins_is_the_sum_over_their_sides():
    old = LightCategorical(torch.tensor([[0.5, 0.5], [0.9, 0.1]]).log())
    new = LightCategorical(torch.tensor([[0.25, 0.75], [0.9, 0.1]]).log())
    # 0.5 log(0.5 / 0.25) + 0.5 log(0.5 / 0.75) = 0.1438 in the first state, 0 in the second
    assert mean_kl(old, new).item() == pytest.approx(0.5 * math.log(4 / 3) / 2, rel=1e-5)
    # The other way round: 0.25 log(0.25 / 0.5) + 0.75 log(0.75 / 0.5) = 0.1308
    other_way = 0.25 * math.log(0.5) + 0.75 * math.log(1.5)
    assert mean_kl(new, old).item() == pytest.approx(other_way / 2, rel=1e-5)


def gaussian(means, spreads):
    spread = torch.tensor(spreads).expand(len(means), -1)
    return Independent(Normal(torch.tensor(means), spread), 1)


def test_the_kl_of_two_gaussians_is_summed_over_dimensions_and_averaged_over_states():
    old = gaussian([[0.0, 0.0], [1.0, 0.0]], [1.0, 1.0])
    new = gaussian([[0.0, 0.0], [0.0, 0.0]], [1.0, 2.0])
    # log 2 + 1/8 - 1/2 for the wider dimension, in both states; (1 - 0)² / 2 in the second state
    assert mean_kl(old, new).item() == pytest.approx(math.log(2) - 0.375 + 0.5 / 2, rel=1e-6)


def test_at_the_old_policy_the_kl_and_its_gradient_are_0_and_between_kinds_there_is_none(model):
    batch = make_batch(model)
    with torch.no_grad():
        old = model.policy(batch.observations)
    kl = mean_kl(old, model.policy(batch.observations))
    assert kl.item() == pytest.approx(0, abs=1e-7)
    assert flat_gradient(kl, policy_parameters(model)).abs().max() < 1e-6
    with pytest.raises(NotImplementedError):
        mean_kl(LightCategorical(torch.zeros(2, 2)), gaussian([[0.0], [0.0]], [1.0]))


# The matrix that is never formed.


def test_a_product_is_that_of_the_fisher_matrix_summed_over_actions_by_hand(model):
    batch = make_batch(model)
    matrix = fisher_by_hand(model, batch.observations)
    product = fisher_product(model, batch)
    for seed in range(5):
        vector = torch.randn(len(matrix), generator=torch.Generator().manual_seed(seed))
        expected = matrix @ vector
        assert (product(vector) - expected).norm() < 1e-5 * expected.norm()
        assert not product(vector).requires_grad
    damped = fisher_product(model, batch, 0.3)(vector)
    torch.testing.assert_close(damped, product(vector) + 0.3 * vector)


# The equations.


def spd(size, seed, spread=1.0):
    """A symmetric matrix whose eigenvalues go evenly from 1 to 1 + spread, and a target."""
    generator = torch.Generator().manual_seed(seed)
    square = torch.randn(size, size, generator=generator, dtype=torch.float64)
    basis, _ = torch.linalg.qr(square)
    matrix = basis @ torch.diag(1 + spread * torch.linspace(0, 1, size).double()) @ basis.T
    return matrix, torch.randn(size, generator=generator, dtype=torch.float64)


@settings(max_examples=40, deadline=None, database=None)
@given(size=st.integers(1, 12), seed=st.integers(0, 2**32), spread=st.floats(0, 1000))
def test_conjugate_gradient_solves_what_an_exact_solver_solves(size, seed, spread):
    matrix, target = spd(size, seed, spread)
    found = conjugate_gradient(matrix.mv, target, 3 * size, tolerance=1e-20)
    torch.testing.assert_close(found, torch.linalg.solve(matrix, target), rtol=1e-6, atol=1e-8)


def counted(matrix, *arguments, **options):
    """What conjugate gradient finds, and how many products it takes."""
    products = []

    def product(vector):
        products.append(vector)
        return matrix @ vector

    return conjugate_gradient(product, *arguments, **options), len(products)


def test_n_equations_take_n_steps_a_product_each():
    for size in (1, 2, 3, 5, 8):
        matrix, target = spd(size, seed=size, spread=20.0)
        exact = torch.linalg.solve(matrix, target)
        found, num_products = counted(matrix, target, size, tolerance=0.0)
        torch.testing.assert_close(found, exact, rtol=1e-9, atol=1e-9)
        assert num_products == size
        one_less, _ = counted(matrix, target, size - 1, tolerance=0.0)
        assert (one_less - exact).norm() > 1e-6 * exact.norm()


def test_conjugate_gradient_stops_where_it_is_close_enough():
    matrix, target = spd(50, seed=0, spread=100.0)
    lengths = []
    for tolerance in (1e-2, 1e-6, 1e-12):
        for scale in (1.0, 1e6):  # it is a share of the target: a scale changes nothing
            found, num_products = counted(matrix, scale * target, 1000, tolerance)
            error = (matrix @ found - scale * target).square().sum()
            assert error <= 1.001 * tolerance * (scale * target).square().sum()
            lengths.append(num_products)
    assert lengths[0::2] == lengths[1::2] == sorted(set(lengths)) and lengths[-1] < 100


def test_a_target_of_0_is_solved_by_0_without_a_product():
    assert conjugate_gradient(None, torch.zeros(3), 10).tolist() == [0, 0, 0]
    assert natural_step(lambda v: v, torch.zeros(3), 0.01, 10).tolist() == [0, 0, 0]


# The step.


def test_at_the_old_policy_the_slope_of_the_surrogate_is_the_policy_gradient(model):
    batch = make_batch(model)
    weights = policy_parameters(model)
    policy = model.policy(batch.observations)
    ours = flat_gradient(surrogate_on(policy, batch), weights)
    reinforce = (policy.log_prob(batch.actions) * batch.advantages).mean()
    torch.testing.assert_close(ours, flat_gradient(reinforce, weights), rtol=1e-5, atol=1e-6)
    assert ours.norm() > 0.01


def test_the_step_ends_on_the_edge_and_along_the_solution(model):
    model.double()
    batch = make_batch(model)
    weights = policy_parameters(model)
    gradient = flat_gradient(surrogate_on(model.policy(batch.observations), batch), weights)
    one_each = torch.eye(len(gradient), dtype=torch.float64)
    fisher = torch.stack(list(map(fisher_product(model, batch), one_each)))
    for max_kl, damping in itertools.product([1e-4, 0.05], [1e-6, 0.1]):
        matrix = fisher + damping * one_each
        step = natural_step(matrix.mv, gradient, max_kl, 300)
        assert 0.5 * (step @ matrix @ step).item() == pytest.approx(max_kl, rel=1e-6)
        exact = torch.linalg.solve(matrix, gradient)
        assert torch.cosine_similarity(step, exact, 0).item() == pytest.approx(1, abs=1e-6)
        assert gradient @ step > 0
        # Of all steps to the edge none gains more on the plane.
        for seed in range(20):
            other = torch.randn(len(step), generator=torch.Generator().manual_seed(seed)).double()
            other = step + 0.1 * step.norm() * other / other.norm()
            other *= torch.sqrt(2 * max_kl / (other @ matrix @ other))
            assert gradient @ other < gradient @ step


def test_the_kl_of_a_short_step_is_what_the_bowl_says(model, monkeypatch):
    model.double()
    batch, steps = make_batch(model), []

    def spy(*arguments):
        steps.append(natural_step(*arguments))
        return steps[-1]

    monkeypatch.setattr("ppo_lib.beyond.trpo.natural_step", spy)
    product = fisher_product(copy.deepcopy(model), batch)
    metrics = trpo_step(model, batch, TRPOSettings(max_kl=1e-6, cg_damping=0.05))
    (step,) = steps
    assert metrics["backtracks"] == 0
    bowl = 0.5 * (step @ product(step)).item()
    assert metrics["kl"] == pytest.approx(bowl, rel=0.01)
    # The damping's share of the limit, ½ d |s|², is not used up.
    assert bowl + 0.025 * (step @ step).item() == pytest.approx(1e-6, rel=1e-6)


@pytest.mark.parametrize(
    "env_id, max_kl",
    [("CartPole-v1", 1e-4), ("CartPole-v1", 0.3), ("Pendulum-v1", 0.01), ("Pendulum-v1", 0.3)],
)
def test_every_accepted_step_keeps_the_limit_and_gains(env_id, max_kl):
    accepted, update = [], trpo(TRPOSettings(max_kl=max_kl))

    def spy(model, optimizer, batch, *rest):
        before = copy.deepcopy(model)
        metrics = update(model, optimizer, batch, *rest)
        old, new = (m.policy(batch.observations) for m in (before, model))
        if model.discrete:  # summed by hand
            kl = (old.logits.exp() * (old.logits - new.logits)).sum(-1).mean().item()
        else:
            (a, b), (s, t) = ([p.base_dist.mean for p in (old, new)],
                              [p.base_dist.stddev for p in (old, new)])  # fmt: skip
            kl = ((t / s).log() + (s**2 + (a - b) ** 2) / (2 * t**2) - 0.5).sum(-1).mean().item()
        assert kl == pytest.approx(metrics["kl"], rel=1e-2, abs=1e-6)
        assert kl <= max_kl * 1.01 + 1e-6 and metrics["kl"] <= max_kl
        ratio = torch.exp(new.log_prob(batch.actions) - batch.old_log_probs)
        gain = (ratio * batch.advantages).mean().item()  # whose mean is 0
        assert gain == pytest.approx(metrics["improvement"], rel=1e-2, abs=1e-5)
        if metrics["accepted"]:
            assert metrics["improvement"] > 0 and metrics["kl"] > 0
        accepted.append(metrics["accepted"])
        return metrics

    records = list(train(small(env_id=env_id), update=spy, progress=False))
    assert len(records) == len(accepted) == 10
    assert sum(accepted) >= 7
    assert max(record.metrics["kl"] for record in records) > 0.2 * max_kl  # it is made use of


def test_a_step_that_is_too_long_is_halved_until_it_is_not(model, monkeypatch):
    batch = make_batch(model)
    start, taken = flat(policy_parameters(model)), []

    def too_long(*arguments):
        taken.append(20 * natural_step(*arguments))
        return taken[-1]

    monkeypatch.setattr("ppo_lib.beyond.trpo.natural_step", too_long)
    before = copy.deepcopy(model)
    metrics = trpo_step(model, batch, TRPOSettings(max_kl=0.02))
    halvings = int(metrics["backtracks"])
    assert metrics["accepted"] == 1 and 3 <= halvings <= 6
    for power in range(halvings + 1):  # the shorter ones were refused, and the last was taken
        trial = copy.deepcopy(before)
        _assign(policy_parameters(trial), start + taken[0] / 2**power)
        policy, old = (m.policy(batch.observations) for m in (trial, before))
        gain = surrogate_on(policy, batch) - surrogate_on(old, batch)
        fits = mean_kl(old, policy) <= 0.02 and gain > 0
        assert fits == (power == halvings)
    assert torch.equal(flat(policy_parameters(trial)), flat(policy_parameters(model)))


@pytest.mark.parametrize("factor", [-1.0, 1e9, math.nan])
def test_where_no_step_is_acceptable_the_weights_stay_bit_for_bit(model, monkeypatch, factor):
    # The opposite step loses at any length; an enormous one, halved seven times, is outside too.
    monkeypatch.setattr("ppo_lib.beyond.trpo.natural_step", lambda *x: factor * natural_step(*x))
    batch = make_batch(model)
    before = flat(model.parameters())
    metrics = trpo_step(model, batch, TRPOSettings(max_backtracks=7))
    assert torch.equal(flat(model.parameters()), before)
    left = {name: metrics[name] for name in ("accepted", "kl", "improvement", "backtracks")}
    assert left == {"accepted": 0, "kl": 0, "improvement": 0, "backtracks": 7}
    assert (metrics["approx_kl"], metrics["clip_fraction"]) == (pytest.approx(0, abs=1e-6), 0)
    assert metrics["policy_loss"] == pytest.approx(-batch.advantages.mean().item(), abs=1e-5)


def test_without_a_slope_there_is_no_step(model):
    batch = dataclasses.replace(make_batch(model), advantages=torch.zeros(SIZE))
    before = flat(model.parameters())
    metrics = trpo_step(model, batch)
    assert (metrics["accepted"], metrics["grad_norm"]) == (0, 0)
    assert torch.equal(flat(model.parameters()), before)


def test_a_step_moves_the_policy_and_every_part_of_it_but_not_the_critic(model):
    before, judge = [w.detach().clone() for w in policy_parameters(model)], critic(model)
    assert trpo_step(model, make_batch(model))["accepted"]
    assert torch.equal(critic(model), judge)
    for old, new in zip(before, policy_parameters(model), strict=True):
        assert not torch.equal(old, new)
    named = [weight for name, weight in model.named_parameters() if "value" not in name]
    assert {id(weight) for weight in policy_parameters(model)} == {id(weight) for weight in named}


def test_ten_times_the_advantages_make_the_same_step(model):
    model.double()
    batch = make_batch(model)
    tenfold = dataclasses.replace(batch, advantages=10 * batch.advantages)
    before = flat(policy_parameters(model))
    other = copy.deepcopy(model)
    metrics, larger = trpo_step(model, batch), trpo_step(other, tenfold)
    step, same = (flat(policy_parameters(m)) - before for m in (model, other))
    assert (step - same).norm() < 1e-6 * step.norm()
    for name in ("grad_norm", "improvement"):
        assert larger[name] == pytest.approx(10 * metrics[name], rel=1e-6), name


def probabilities_after(move, scale):
    """Where a linear softmax policy gets whose inputs are scaled, and its weights inversely."""
    model = make_model(hidden_sizes=()).double()
    batch = make_batch(model)
    (layer,) = model.policy_network
    with torch.no_grad():
        layer.weight.div_(scale)
    batch = dataclasses.replace(batch, observations=batch.observations * scale)
    torch.testing.assert_close(
        model.policy(batch.observations).log_prob(batch.actions).detach(), batch.old_log_probs
    )  # the same policy in other coordinates
    move(model, batch)
    return model.policy(batch.observations).logits.exp().detach()


def test_the_step_does_not_depend_on_how_the_policy_is_written():
    scale = torch.tensor([0.2, 1.0, 30.0], dtype=torch.float64)
    exact = TRPOSettings(cg_damping=1e-9, cg_iterations=200)

    def natural(model, batch):
        assert trpo_step(model, batch, exact)["accepted"]

    def plain(model, batch):
        weights = policy_parameters(model)
        slope = flat_gradient(surrogate_on(model.policy(batch.observations), batch), weights)
        _assign(weights, flat(weights) + 0.1 * slope)

    one, other = (probabilities_after(natural, s) for s in (torch.ones(3).double(), scale))
    torch.testing.assert_close(one, other, rtol=0, atol=1e-5)
    one, other = (probabilities_after(plain, s) for s in (torch.ones(3).double(), scale))
    assert (one - other).abs().max() > 0.01  # the plain gradient does depend on it


def test_the_metrics_are_those_of_the_policy_after_the_step(model):
    batch = make_batch(model)
    before = surrogate_on(model.policy(batch.observations), batch)
    norm = flat_gradient(before, policy_parameters(model)).norm().item()
    metrics = trpo_step(model, batch, TRPOSettings(max_kl=0.1), clip_range=0.3)
    policy = model.policy(batch.observations)
    log_probs = policy.log_prob(batch.actions).detach()
    ratio = torch.exp(log_probs - batch.old_log_probs)
    assert 0 < clip_fraction(ratio, 0.3) < 1
    after = surrogate_on(policy, batch)
    expected = {
        "policy_loss": -after,
        "improvement": after - before,
        "entropy": policy.entropy().mean(),
        "approx_kl": approx_kl(log_probs, batch.old_log_probs),
        "clip_fraction": clip_fraction(ratio, 0.3),
    }
    for name, value in expected.items():
        assert metrics[name] == pytest.approx(value.item(), rel=1e-4, abs=1e-6), name
    assert metrics["grad_norm"] == pytest.approx(norm, rel=1e-5)
    assert set(metrics) == {*expected, "kl", "backtracks", "accepted", "grad_norm"}
    assert all(type(metric) is float for metric in metrics.values())


def test_a_batch_that_is_not_finite_or_whose_columns_disagree_is_refused(model):
    batch = make_batch(model)
    before = flat(model.parameters())
    for column in ("old_log_probs", "advantages"):
        wrong = dataclasses.replace(batch, **{column: getattr(batch, column)[:, None]})
        with pytest.raises(ValueError, match=f"^{column} must have the shape"):
            trpo_step(model, wrong)
    for poison in (math.nan, math.inf):
        batch.advantages[3] = poison
        with pytest.raises(FloatingPointError, match="surrogate and its gradient must be finite"):
            trpo_step(model, batch)
    assert torch.equal(flat(model.parameters()), before)


# The update.


def updated(config, model=None, batch=None, **parts):
    model = model or make_model()
    batch = batch or make_batch(model, 256)
    optimizer = make_optimizer(model, config)
    generator = torch.Generator().manual_seed(3)
    return model, trpo()(model, optimizer, batch, config, generator, **parts)


def test_the_policy_is_moved_by_its_one_step_alone(model):
    batch = make_batch(model, 256)
    stepped = copy.deepcopy(model)
    expected = trpo_step(stepped, batch, TRPOSettings(), 0.3)
    _, metrics = updated(small(clip_range=0.3), model, batch)
    assert torch.equal(flat(policy_parameters(model)), flat(policy_parameters(stepped)))
    assert {name: metrics[name] for name in expected} == expected
    assert set(metrics) == {*expected, "value_loss", "explained_variance"}


def test_the_critic_takes_the_steps_that_an_update_of_ppo_with_no_policy_takes(model):
    """Adam's steps do not depend on the loss's scale, but for epsilon: the weight c1 is 1 here."""
    batch = make_batch(model, 256)
    config = small(vf_coef=1.0, max_grad_norm=0.1)
    other = copy.deepcopy(model)
    before = critic(model)
    _, metrics = updated(config, model, batch)
    optimizer = make_optimizer(other, config)
    generator = torch.Generator().manual_seed(3)
    theirs = ppo_update(
        other, optimizer, batch, config, generator, lambda log_probs, *_: 0.0 * log_probs.sum()
    )
    assert optimizer.steps_taken == 8  # 2 epochs of 4
    torch.testing.assert_close(critic(model), critic(other))
    assert (critic(model) - before).norm() > 0.01
    for name in ("value_loss", "explained_variance"):
        assert metrics[name] == pytest.approx(theirs[name], rel=1e-5), name
    expected = explained_variance(batch.old_values, batch.returns).item()
    assert metrics["explained_variance"] == pytest.approx(expected, rel=1e-5)


def test_a_value_loss_of_your_own_is_what_the_critic_lowers():
    def tripled(values, returns, old_values):
        assert values.shape == returns.shape == old_values.shape == (64,)
        return 3.0 * value_loss(values, returns)

    _, metrics = updated(small(num_epochs=1, learning_rate=1e-12))
    _, other = updated(small(num_epochs=1, learning_rate=1e-12), value_loss=tripled)
    assert other["value_loss"] == pytest.approx(3 * metrics["value_loss"], rel=1e-5)


def test_a_value_loss_that_is_not_finite_stops_and_keeps_the_critic():
    model = make_model()
    before = critic(model)
    for poison in (
        lambda values, *_: values.mean() * math.nan,
        lambda values, *_: (values - values.detach()).square().sum().sqrt(),  # in its gradient
    ):
        with pytest.raises(FloatingPointError, match="value loss and its gradient must be finite"):
            updated(small(), model, value_loss=poison)
        assert torch.equal(critic(model), before)


def test_a_surrogate_of_your_own_is_refused_rather_than_ignored():
    with pytest.raises(ValueError, match=r"^surrogate must be left out"):
        next(train(small(), update=trpo(), surrogate=unclipped_surrogate, progress=False))


# The settings and the loop.


BAD = {
    "max_kl": ("above 0 and finite", [None, "0.01", True], [0, -0.01, math.inf, math.nan]),
    "cg_iterations": ("at least 1", [None, 10.0, True], [0, -1]),
    "cg_damping": ("at least 0 and finite", [None, "0", False], [-0.1, math.inf, math.nan]),
    "max_backtracks": ("at least 0", [None, 1.5, True], [-1]),
}


def test_every_setting_says_what_it_means_and_refuses_what_is_wrong_by_name():
    assert list(BAD) == [each.name for each in dataclasses.fields(TRPOSettings)]
    for each in dataclasses.fields(TRPOSettings):
        assert len(each.metadata["help"].split()) >= 2
        takes, wrong_types, wrong_numbers = BAD[each.name]
        for error, values in ((TypeError, wrong_types), (ValueError, wrong_numbers)):
            for value in values:
                message = f"^{each.name} must be .*{takes}, got {value!r}$"
                with pytest.raises(error, match=message):
                    TRPOSettings(**{each.name: value})
    changed = TRPOSettings(max_kl=np.float64(0.5), cg_damping=0)
    assert type(changed.max_kl) is type(changed.cg_damping) is float


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Pendulum-v1"])
def test_the_same_seed_gives_the_same_records_on_one_thread_whatever_the_number(
    env_id, set_threads, monkeypatch
):
    used, runs = [], []

    def spy(part):
        return lambda *arguments: [used.append(torch.get_num_threads()), part(*arguments)][1]

    monkeypatch.setattr("ppo_lib.beyond.trpo.natural_step", spy(natural_step))
    config = small(env_id=env_id, total_steps=512, hidden_sizes=(64, 64))
    for threads in (1, 2):
        set_threads(threads)
        torch.manual_seed(threads)
        parts = {"update": trpo(), "value_loss": spy(value_loss)}
        runs.append(list(train(config, **parts, progress=False)))
        trpo_step(make_model(), make_batch(make_model()))
        assert torch.get_num_threads() == threads
    assert runs[0] == runs[1] and used == [1] * 2 * (2 * (1 + 8) + 1)  # a step, 2 epochs of 4
    other = dataclasses.replace(config, seed=9)
    assert next(train(other, update=trpo(), progress=False)) != runs[0][0]


def test_a_run_of_trpo_can_be_watched_beside_one_of_ppo(capsys):
    config = small(total_steps=512)
    runs = {
        "PPO": train(config, progress=False),
        "TRPO": train(config, update=trpo(), progress=False),
    }
    records = watch(runs)
    assert [len(run) for run in records.values()] == [2, 2]
    assert records["TRPO"] != records["PPO"] and "kl" in records["TRPO"][0].metrics
    assert "Traceback" not in capsys.readouterr().out
