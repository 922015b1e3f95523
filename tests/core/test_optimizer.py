"""Adam over one vector, and the cut of a gradient, held to PyTorch's own."""

import math

import pytest
import torch
from torch import nn

from ppo_lib.optimizer import Adam, clip_norm


def make_parameters(seed=0):
    generator = torch.Generator().manual_seed(seed)
    shapes = [(3, 4), (4,), (1, 3), ()]
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]


def set_gradients(parameters, seed):
    generator = torch.Generator().manual_seed(seed)
    for parameter in parameters:
        parameter.grad = torch.randn(parameter.shape, generator=generator) * 10 ** (seed % 5 - 2)


@pytest.mark.parametrize("eps", [1e-8, 1e-5, 0.1])
def test_fifty_steps_are_those_of_pytorchs_adam(eps):
    ours, theirs = make_parameters(), make_parameters()
    adam = Adam(ours, 0.01, eps)
    reference = torch.optim.Adam(theirs, lr=0.01, eps=eps)
    for step in range(50):
        set_gradients(ours, step)
        set_gradients(theirs, step)
        adam.step(adam.gradient())
        reference.step()
        for one, other in zip(ours, theirs, strict=True):
            torch.testing.assert_close(one, other, rtol=2e-6, atol=2e-6)


def test_the_first_step_is_the_learning_rate_against_the_gradients_sign():
    parameter = torch.tensor([1.0, 2.0], requires_grad=True)
    parameter.grad = torch.tensor([0.3, -7.0])
    adam = Adam([parameter], 0.5, 1e-9)
    adam.step(adam.gradient())
    # Both corrections cancel at t = 1: m̂ = g and √v̂ = |g|.
    torch.testing.assert_close(parameter.detach(), torch.tensor([0.5, 2.5]))


def test_the_learning_rate_may_be_set_between_steps():
    moved = []
    for learning_rate in (0.1, 0.2):
        (parameter,) = [torch.zeros(3, requires_grad=True)]
        parameter.grad = torch.ones(3)
        adam = Adam([parameter], 7.0, 1e-8)
        adam.learning_rate = learning_rate
        adam.step(adam.gradient())
        moved.append(parameter.detach())
    torch.testing.assert_close(moved[1], 2 * moved[0])


def test_each_row_of_a_population_steps_as_if_alone():
    rates, epsilons = [0.1, 0.01, 0.5], [1e-8, 1e-5, 1e-2]
    alone = [make_parameters(seed) for seed in range(3)]
    together = [
        torch.stack([rows[i].detach() for rows in alone]).requires_grad_() for i in range(4)
    ]
    single = [Adam(rows, *own) for rows, *own in zip(alone, rates, epsilons, strict=True)]
    many = Adam(together, torch.tensor(rates)[:, None], torch.tensor(epsilons)[:, None], 3)
    for step in range(10):
        for agent, rows in enumerate(alone):
            set_gradients(rows, 100 * agent + step)
        for i, stacked in enumerate(together):
            stacked.grad = torch.stack([rows[i].grad for rows in alone])
        for adam in single:
            adam.step(adam.gradient())
        many.step(many.gradient())
    for i, stacked in enumerate(together):
        expected = torch.stack([rows[i].detach() for rows in alone])
        torch.testing.assert_close(stacked.detach(), expected, rtol=1e-6, atol=1e-6)


def test_a_parameter_that_the_loss_does_not_reach_stays_and_the_others_move():
    used, unused = torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)
    adam = Adam([unused, used], 0.1, 1e-8)
    used.sum().backward()
    assert adam.gradient().tolist() == [0, 0, 0, 1, 1]
    adam.step(adam.gradient())
    assert unused.tolist() == [1, 1, 1] and max(used.tolist()) < 1


def test_zero_grad_forgets_what_an_earlier_backward_left():
    parameter = torch.ones(2, requires_grad=True)
    adam = Adam([parameter], 0.1, 1e-8)
    for _ in range(2):
        adam.zero_grad()
        parameter.sum().backward()
    assert adam.gradient().tolist() == [1, 1]


def test_the_gradient_is_a_copy_that_may_be_changed():
    parameter = torch.ones(2, requires_grad=True)
    parameter.sum().backward()
    Adam([parameter], 0.1, 1e-8).gradient().zero_()
    assert parameter.grad.tolist() == [1, 1]


def test_a_gradient_is_cut_as_pytorch_cuts_it():
    for max_norm in (0.1, 5.0, 1e6, math.inf):
        gradient = torch.randn(40, generator=torch.Generator().manual_seed(0))
        reference = nn.Parameter(torch.zeros(40))
        reference.grad = gradient.clone()
        expected_norm = nn.utils.clip_grad_norm_([reference], max_norm)
        norm = clip_norm(gradient, max_norm)
        torch.testing.assert_close(norm.squeeze(), expected_norm)
        torch.testing.assert_close(gradient, reference.grad)


def test_the_gradients_of_a_population_are_cut_one_by_one():
    gradient = torch.tensor([[3.0, 4.0], [0.3, 0.4], [30.0, 40.0]])
    norms = clip_norm(gradient, torch.tensor([[1.0], [1.0], [math.inf]]))
    torch.testing.assert_close(norms, torch.tensor([[5.0], [0.5], [50.0]]))
    expected = torch.tensor([[0.6, 0.8], [0.3, 0.4], [30.0, 40.0]])
    torch.testing.assert_close(gradient, expected, rtol=1e-5, atol=0)


def test_a_gradient_of_zero_stays_zero():
    gradient = torch.zeros(3)
    assert clip_norm(gradient, math.inf) == 0 and gradient.tolist() == [0, 0, 0]
