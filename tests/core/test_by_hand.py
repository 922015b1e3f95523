"""A network passed by hand is the network that PyTorch passes, or PyTorch passes it."""

from __future__ import annotations

import copy
import itertools

import pytest
import torch
from torch import nn

from ppo_lib import by_hand
from ppo_lib.batch import make_batch
from ppo_lib.by_hand import Tanh, outputs_of
from ppo_lib.config import PPOConfig
from ppo_lib.envs import make_envs
from ppo_lib.losses import clipped_surrogate, ppo_loss, probability_ratio
from ppo_lib.networks import ActorCritic
from ppo_lib.rollout import collect_rollout
from ppo_lib.tensors import one_thread
from ppo_lib.training import make_model, make_optimizer, ppo_update


def network(*widths: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for size, next_size in itertools.pairwise(widths):
        layers += [nn.Linear(size, next_size), Tanh()]
    return nn.Sequential(*layers[:-1])


def gradients(outputs, model):
    """Return the gradients of an arbitrary loss of the outputs."""
    loss = (outputs * torch.linspace(-1, 2, outputs.numel()).view_as(outputs)).sin().sum()
    return torch.autograd.grad(loss, list(model.parameters()))


@pytest.fixture
def by_pytorch(monkeypatch):
    """A function that has all networks passed by PyTorch from then on."""
    return lambda: monkeypatch.setattr(by_hand, "_weights_of", lambda network: None)


@pytest.fixture
def passes(monkeypatch):
    """The number of passes by hand so far, in a list."""
    count, forward = [0], by_hand._forward

    def counting(x, weights):
        count[0] += 1
        return forward(x, weights)

    monkeypatch.setattr(by_hand, "_forward", counting)
    return count


@pytest.mark.parametrize("widths", [(3, 2), (4, 64, 2), (4, 64, 64, 1), (5, 8, 7, 6, 3)])
@pytest.mark.parametrize("rows", [1, 7, 256])
@one_thread()
def test_outputs_and_gradients_are_pytorchs_to_the_bit(widths, rows, passes):
    model, x = network(*widths), torch.randn(rows, widths[0])
    assert torch.equal(outputs_of(model, x), model(x))
    for own, its in zip(
        gradients(outputs_of(model, x), model), gradients(model(x), model), strict=True
    ):
        assert torch.equal(own, its)
    assert passes == [2]


@one_thread()
def test_the_gradient_with_respect_to_the_input_is_pytorchs_too(passes):
    model, x = network(4, 8, 2), torch.randn(5, 4, requires_grad=True)
    (own,) = torch.autograd.grad(outputs_of(model, x).square().sum(), x)
    (its,) = torch.autograd.grad(model(x).square().sum(), x)
    assert torch.equal(own, its) and passes == [1]


def test_the_gradient_is_the_slope_in_float64(monkeypatch):
    monkeypatch.setattr(by_hand, "_is_plain", lambda tensor: True)
    model, x = network(3, 5, 4, 2).double(), torch.randn(6, 3, dtype=torch.float64)
    weights = [parameter.detach().requires_grad_() for parameter in model.parameters()]
    assert torch.autograd.gradcheck(by_hand._Network.apply, (x.requires_grad_(), *weights))
    assert torch.autograd.gradgradcheck(by_hand._Network.apply, (x, *weights))


def test_a_second_derivative_is_pytorchs(passes):
    model, x = network(4, 8, 2), torch.randn(5, 4)

    def second(outputs):
        first = torch.autograd.grad(outputs.square().sum(), list(model.parameters()),
                                    create_graph=True)  # fmt: skip
        return torch.autograd.grad(sum(g.square().sum() for g in first), list(model.parameters()))

    for own, its in zip(second(outputs_of(model, x)), second(model(x)), strict=True):
        torch.testing.assert_close(own, its)
    assert passes == [1]


class OwnLinear(nn.Linear):
    def forward(self, x):
        return 2 * super().forward(x)


def hooked():
    model = network(4, 8, 2)
    model[0].register_forward_hook(lambda module, arguments, outputs: 2 * outputs)
    return model


@pytest.mark.parametrize(
    "model",
    [
        nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2)),
        nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)),
        nn.Sequential(OwnLinear(4, 8), Tanh(), nn.Linear(8, 2)),
        nn.Sequential(nn.Linear(4, 8, bias=False), Tanh(), nn.Linear(8, 2)),
        network(4, 8, 2)[:-1],
        nn.Sequential(nn.Linear(4, 8), nn.Linear(8, 2)),
        nn.Sequential(),
        nn.Linear(4, 2),
        hooked(),
    ],
)
def test_what_is_not_the_librarys_own_goes_pytorchs_way(model, passes):
    x = torch.randn(5, 4)
    assert torch.equal(outputs_of(model, x), model(x))
    with torch.no_grad():
        assert torch.equal(outputs_of(model, x), model(x))
    assert passes == [0]


def test_another_dtype_goes_pytorchs_way(passes):
    model, x = network(4, 8, 2).double(), torch.randn(5, 4, dtype=torch.float64)
    assert torch.equal(outputs_of(model, x), model(x)) and passes == [0]
    with pytest.raises(RuntimeError, match="dtype"):
        outputs_of(network(4, 8, 2), x)


def test_a_hook_on_a_weight_and_a_frozen_layer_are_heeded(passes):
    model, x, heard = network(4, 8, 2), torch.randn(5, 4), []
    model[0].weight.register_hook(heard.append)
    model[2].requires_grad_(False)
    outputs_of(model, x).sum().backward()
    assert torch.equal(heard[0], model[0].weight.grad)
    assert model[2].weight.grad is None and passes == [1]


def test_a_step_before_the_backward_is_noticed():
    model, x = network(4, 8, 2), torch.randn(5, 4)
    outputs = outputs_of(model, x)
    with torch.no_grad():
        model[2].weight.add_(1.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        outputs.sum().backward()


def rolled_out(env_id):
    """Return a batch of an environment, and the model and settings that it comes from."""
    config = PPOConfig(env_id=env_id, num_envs=4, num_steps=16, minibatch_size=32, num_epochs=2)
    envs, model = make_envs(env_id, 4), make_model(config)
    rollout, _ = collect_rollout(envs, model, envs.reset(seed=0)[0], 16, torch.Generator())
    envs.close()
    return model, make_batch(rollout, config), config


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Pendulum-v1"])
def test_a_rollout_and_an_update_are_pytorchs_to_the_bit(env_id, by_pytorch):
    def run():
        model, batch, config = rolled_out(env_id)
        metrics = ppo_update(model, make_optimizer(model, config), batch, config, torch.Generator())
        return metrics, [parameter.detach() for parameter in model.parameters()]

    metrics, weights = run()
    by_pytorch()
    its_metrics, its_weights = run()
    assert metrics == its_metrics
    assert all(map(torch.equal, weights, its_weights))


def in_float64(log_probs, old_log_probs, advantages, clip_range):
    parts = (log_probs.double(), old_log_probs.double(), advantages.double())
    return clipped_surrogate(*parts, clip_range).float()


def in_place(log_probs, old_log_probs, advantages, clip_range):
    ratio = log_probs.sub_(old_log_probs).exp_()
    return torch.where(advantages > 0, ratio.clamp(max=1.2), ratio.clamp(min=0.8)).mul_(
        advantages).mean()  # fmt: skip


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2 * x

    @staticmethod
    def backward(ctx, grad):
        return 2 * grad


def with_its_own_function(log_probs, old_log_probs, advantages, clip_range):
    return (Double.apply(probability_ratio(log_probs, old_log_probs)) * advantages).mean()


@pytest.mark.parametrize("surrogate", [in_float64, in_place, with_its_own_function])
def test_a_surrogate_of_any_kind_has_pytorchs_gradient(surrogate, by_pytorch):
    model, batch, config = rolled_out("Pendulum-v1")

    def found():
        def value_error(values, returns, old_values):
            return values.sub_(returns).square().mean()  # in place as well

        loss, _ = ppo_loss(model, copy.deepcopy(batch), config, surrogate, value_error)
        return torch.autograd.grad(loss, list(model.parameters()))

    own = found()
    by_pytorch()
    assert all(map(torch.equal, own, found()))


def test_a_surrogate_that_reads_the_weights_has_their_gradient_too(by_pytorch):
    model, batch, config = rolled_out("CartPole-v1")

    def decaying(*arguments):
        weights = nn.utils.parameters_to_vector(model.parameters())
        return clipped_surrogate(*arguments) - 0.1 * weights.square().sum()

    def found():
        loss, _ = ppo_loss(model, batch, config, decaying)
        return torch.autograd.grad(loss, list(model.parameters()))

    own = found()
    by_pytorch()
    for one, other in zip(own, found(), strict=True):
        torch.testing.assert_close(one, other)


def test_a_model_stays_a_module_of_pytorch(passes):
    model, x = make_model(PPOConfig()), torch.randn(5, 4)
    twin = ActorCritic(*_spaces())
    twin.load_state_dict(model.state_dict())
    assert torch.equal(twin.value(x), model.value(x))
    before = passes[0]
    assert model.policy_network[:-1](x).shape == (5, 64)
    assert model.policy_network(x).grad_fn is not None
    assert passes == [before]


def _spaces():
    envs = make_envs("CartPole-v1", 1)
    envs.close()
    return envs.single_observation_space, envs.single_action_space
