"""The actor and the critic: shapes, distributions, first weights, sampling."""

import itertools
import math

import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch.distributions import Bernoulli, Categorical, kl_divergence

from ppo_lib.by_hand import Tanh
from ppo_lib.networks import ActorCritic, LightCategorical, sample_actions

OBSERVATIONS = spaces.Box(-1.0, 1.0, (3,), np.float32)
CHOICE = spaces.Discrete(4)
VECTOR = spaces.Box(-1.0, 1.0, (2,), np.float32)
LINE = spaces.Box(-1.0, 1.0, (1,), np.float32)  # its actions keep their axis


def make(actions=CHOICE, hidden_sizes=(64, 64), seed=0):
    return ActorCritic(OBSERVATIONS, actions, hidden_sizes, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("actions", [CHOICE, VECTOR, LINE], ids=["choice", "vector", "line"])
def test_each_state_gets_one_value_one_log_probability_and_one_entropy(actions):
    sizes = itertools.product([(), (8,), (64, 64)], [(), (5,), (6, 5)])
    for hidden_sizes, leading in sizes:
        model = make(actions, hidden_sizes)
        observations = torch.randn(*leading, 3)
        policy = model.policy(observations)
        action = sample_actions(policy)
        assert action.shape == leading + actions.shape
        assert (policy.batch_shape, policy.event_shape) == (leading, actions.shape)
        assert action.dtype == (torch.int64 if actions is CHOICE else torch.float32)
        assert model.value(observations).shape == leading
        assert policy.log_prob(action).shape == leading
        assert policy.entropy().shape == leading


def test_a_continuous_log_probability_is_the_sum_over_the_dimensions_of_the_action():
    model = make(VECTOR)
    with torch.no_grad():
        model.log_std.copy_(torch.tensor([0.0, math.log(2.0)]))  # spreads 1 and 2
        model.policy_network[-1].weight.zero_()
        model.policy_network[-1].bias.copy_(torch.tensor([0.5, -1.0]))  # the means
    policy = model.policy(torch.randn(1, 3))
    # log N(x; m, s) = -((x - m) / s)^2 / 2 - log s - log(2 pi) / 2, for (1.5, 1) :
    # -1/2 - 0 - 0.9189 and -(2/2)^2/2 - 0.6931 - 0.9189, together -1 - log 2 - log(2 pi).
    log_prob = policy.log_prob(torch.tensor([[1.5, 1.0]])).item()
    assert log_prob == pytest.approx(-1 - math.log(2) - math.log(2 * math.pi), rel=1e-6)
    # H = log s + (1 + log(2 pi)) / 2 in each dimension.
    entropy = math.log(2) + 1 + math.log(2 * math.pi)
    assert policy.entropy().item() == pytest.approx(entropy, rel=1e-6)


def test_a_discrete_log_probability_is_that_of_the_softmax():
    model = make(hidden_sizes=())
    with torch.no_grad():
        model.policy_network[-1].weight.zero_()
        model.policy_network[-1].bias.copy_(torch.tensor([1.0, 2.0, 3.0, 4.0]).log())
    policy = model.policy(torch.zeros(1, 3))  # probabilities 0.1, 0.2, 0.3, 0.4
    assert policy.log_prob(torch.tensor([2])).item() == pytest.approx(math.log(0.3), rel=1e-6)
    entropy = -sum(p * math.log(p) for p in (0.1, 0.2, 0.3, 0.4))
    assert policy.entropy().item() == pytest.approx(entropy, rel=1e-6)


@pytest.mark.parametrize("actions", [CHOICE, VECTOR], ids=["discrete", "continuous"])
def test_actor_and_critic_share_no_weights(actions):
    model = make(actions)
    observations = torch.randn(5, 3)
    model.value(observations).sum().backward()
    reached_by_value = {name for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad(set_to_none=True)
    policy = model.policy(observations)
    policy.log_prob(sample_actions(policy)).sum().backward()
    reached_by_policy = {name for name, p in model.named_parameters() if p.grad is not None}
    assert reached_by_value and reached_by_policy
    assert not reached_by_value & reached_by_policy
    assert reached_by_value | reached_by_policy == {name for name, _ in model.named_parameters()}


def test_the_first_weights_are_orthogonal_with_the_gain_of_their_layer():
    model = make(hidden_sizes=(16, 16))
    for network, last_gain in ((model.policy_network, 0.01), (model.value_network, 1.0)):
        layers = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
        for layer, gain in zip(layers, (math.sqrt(2), math.sqrt(2), last_gain), strict=True):
            weight = layer.weight.detach()
            weight = weight if weight.shape[0] <= weight.shape[1] else weight.T
            torch.testing.assert_close(weight @ weight.T, gain**2 * torch.eye(len(weight)))
            assert not layer.bias.any()
    hidden = [type(layer).__name__ for layer in model.value_network]
    assert hidden == ["Linear", "Tanh", "Linear", "Tanh", "Linear"]


def test_training_starts_near_the_uniform_policy_or_at_mean_zero_and_spread_one():
    observations = torch.rand(100, 3) * 2 - 1
    probabilities = make().policy(observations).probs
    torch.testing.assert_close(probabilities, torch.full((100, 4), 0.25), atol=0.02, rtol=0)
    gaussian = make(VECTOR).policy(observations).base_dist
    assert gaussian.mean.abs().max() < 0.05
    assert (gaussian.stddev == 1).all()


def test_the_generator_alone_decides_the_first_weights():
    torch.manual_seed(1)
    first = make(seed=3)
    before = torch.get_rng_state()
    second, other = make(seed=3), make(seed=4)
    assert torch.equal(before, torch.get_rng_state())
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(first.value_network[0].weight, other.value_network[0].weight)


def test_observations_of_another_environment_are_refused():
    model = make()
    for call, shape in itertools.product((model.policy, model.value), [(5, 4), (3, 5), (3, 1), ()]):
        with pytest.raises(ValueError) as error:
            call(torch.zeros(shape))
        assert str(error.value) == f"observations must have shape (..., 3), got {shape}"


def test_unsupported_spaces_policies_and_numbers_of_actions_are_refused():
    with pytest.raises(TypeError, match="observation space must be a Box of one dimension"):
        ActorCritic(CHOICE, CHOICE)
    with pytest.raises(TypeError, match="action space must be Discrete or a Box"):
        ActorCritic(OBSERVATIONS, spaces.MultiDiscrete([2, 2]))
    with pytest.raises(TypeError, match="policy must be a Categorical or an Independent Normal"):
        sample_actions(Bernoulli(torch.tensor([0.5])))
    with pytest.raises(RuntimeError):
        LightCategorical(torch.zeros(5, 4)).log_prob(torch.tensor([0, 1]))


def test_discrete_samples_have_the_frequencies_of_their_own_states_policy():
    logits = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]]).log()
    policy = torch.distributions.Categorical(logits=logits.repeat(20_000, 1))
    actions = sample_actions(policy, torch.Generator().manual_seed(0)).reshape(-1, 2)
    for state, expected in enumerate(logits.exp()):
        frequencies = actions[:, state].bincount(minlength=3) / 20_000
        # One standard error is at most 0.5 / sqrt(20000) = 0.0035; four of them.
        torch.testing.assert_close(frequencies, expected, atol=0.015, rtol=0)


def test_continuous_samples_have_the_mean_and_the_spread_of_the_policy():
    model = make(VECTOR)
    with torch.no_grad():
        model.log_std.copy_(torch.tensor([0.5, 3.0]).log())
        model.policy_network[-1].bias.copy_(torch.tensor([1.0, -2.0]))
        model.policy_network[-1].weight.zero_()
    policy = model.policy(torch.zeros(40_000, 3))
    actions = sample_actions(policy, torch.Generator().manual_seed(0))
    assert not actions.requires_grad
    torch.testing.assert_close(actions.mean(0), torch.tensor([1.0, -2.0]), atol=0.06, rtol=0)
    torch.testing.assert_close(actions.std(0), torch.tensor([0.5, 3.0]), atol=0, rtol=0.02)
    correlation = torch.corrcoef(actions.T)[0, 1]  # each dimension has noise of its own
    assert correlation.abs() < 0.02


@pytest.mark.parametrize("actions", [CHOICE, VECTOR], ids=["discrete", "continuous"])
def test_samples_come_from_the_generator_and_from_nowhere_else(actions):
    policy = make(actions).policy(torch.zeros(100, 3))
    before = torch.get_rng_state()
    first, second, other = (
        sample_actions(policy, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first, second) and not torch.equal(first, other)
    assert torch.equal(before, torch.get_rng_state())


def test_the_light_categorical_says_what_pytorchs_says():
    logits = 3 * torch.randn(7, 4, generator=torch.Generator().manual_seed(0))
    light, plain = LightCategorical(logits), Categorical(logits=logits)
    actions = plain.sample((5,))
    torch.testing.assert_close(light.log_prob(actions), plain.log_prob(actions))
    torch.testing.assert_close(light.log_prob(actions[0]), plain.log_prob(actions[0]))
    torch.testing.assert_close(light.entropy(), plain.entropy())
    torch.testing.assert_close(light.probs, plain.probs)
    assert torch.equal(light.mode, plain.mode) and light.batch_shape == plain.batch_shape
    torch.testing.assert_close(kl_divergence(light, light), torch.zeros(7))


def test_an_action_without_a_chance_has_no_part_in_the_entropy_and_is_never_drawn():
    logits = torch.tensor([[0.0, 0.1, -torch.inf], [-torch.inf, 0.1, 0.2]])
    policy = LightCategorical(logits)
    torch.testing.assert_close(policy.entropy(), Categorical(logits=logits).entropy())
    always_last = lambda shape, generator: torch.full(shape, 1 - 2**-24)  # noqa: E731
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "rand", always_last)
        assert sample_actions(policy).tolist() == [1, 2]
        patch.setattr(torch, "rand", lambda shape, generator: torch.zeros(shape))
        assert sample_actions(policy).tolist() == [0, 1]
        patch.setattr(torch, "rand", always_last)
        many = torch.randn(50, 300)
        many[:, -1] = -torch.inf
        policy = LightCategorical(many)
        assert (policy.probs.cumsum(-1)[:, -1] < 1 - 2**-24).any()  # rounding leaves a gap
        assert (sample_actions(policy) < 299).all()


def test_several_streams_serve_equal_shares_of_the_states():
    policy = LightCategorical(torch.randn(6, 5, generator=torch.Generator().manual_seed(0)))
    streams = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
    together = sample_actions(policy, streams)
    for share, seed in ((slice(0, 3), 1), (slice(3, 6), 2)):
        stream = torch.Generator().manual_seed(seed)
        alone = sample_actions(LightCategorical(policy.logits[share]), stream)
        assert torch.equal(together[share], alone)


def test_the_hyperbolic_tangent_is_pytorchs_with_both_its_derivatives():
    for shape in [(), (3,), (4, 5)]:
        x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
        torch.testing.assert_close(Tanh()(x), torch.tanh(x))
        assert torch.autograd.gradcheck(Tanh(), (x,)) and torch.autograd.gradgradcheck(Tanh(), (x,))
    strided = torch.randn(6, 4).t()[1:]
    torch.testing.assert_close(Tanh()(strided), torch.tanh(strided))
