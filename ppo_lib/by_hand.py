"""A network's forward and backward pass, written out: the numbers of PyTorch's own, in less time.

PyTorch notes every operation, and walks its notes backward. In networks as small as these the notes
cost more than the arithmetic. Here a whole network is a single note, and its backward pass is the
chain rule as one would write it down.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional


def outputs_of(network: nn.Module, x: Tensor) -> Tensor:
    """Return `network(x)`, to the bit, by hand where that is allowed.

    The one rule: by hand go float32 numbers on a CPU through an `nn.Sequential` of `nn.Linear` and
    `Tanh` in turns, as `ActorCritic` makes it, that nobody has hung a hook on. All else is called
    as PyTorch calls it: other layers, a subclass, another dtype or device. Second derivatives are
    PyTorch's as well.

    Args:
        network: `ActorCritic`'s, or one in its place.
        x: (B, D), or any leading shape.

    Returns:
        (B, outputs), with the gradient that `network(x)` has.
    """
    weights = _weights_of(network)
    if weights is not None and _is_plain(x):
        if not torch.is_grad_enabled():
            return _forward(x, weights)[-1]
        if x.dim() == 2:
            noted: Tensor = _Network.apply(x, *weights)  # type: ignore[no-untyped-call]
            return noted
    outputs: Tensor = network(x)
    return outputs


def _weights_of(network: nn.Module) -> list[Tensor] | None:
    """Return the weight and the bias of each layer in order, or `None` where the rule says no."""
    if type(network) is not nn.Sequential or _is_hooked(network):
        return None
    weights: list[Tensor | None] = []
    kinds: Iterator[type[nn.Module]] = itertools.cycle((nn.Linear, Tanh))
    kind: type[nn.Module] = Tanh
    for layer, kind in zip(network._modules.values(), kinds, strict=False):
        if layer is None or type(layer) is not kind or _is_hooked(layer):
            return None
        weights += layer._parameters.values()  # without the detour of `layer.weight`
    if kind is not nn.Linear:  # the last one
        return None
    plain = [weight for weight in weights if weight is not None and _is_plain(weight)]
    return plain if len(plain) == len(weights) else None


def _is_hooked(module: nn.Module) -> bool:
    return bool(
        module._forward_hooks
        or module._forward_pre_hooks
        or module._backward_hooks
        or module._backward_pre_hooks
    )


def _is_plain(tensor: Tensor) -> bool:
    return tensor.dtype is torch.float32 and tensor.is_cpu


def _forward(x: Tensor, weights: Sequence[Tensor]) -> list[Tensor]:
    """Return each hidden layer's (B, H), and last the outputs; not for autograd to note."""
    layers: list[Tensor] = []
    for weight, bias in zip(weights[::2], weights[1::2], strict=True):
        if layers:
            array = x.numpy()
            np.tanh(array, out=array)
        x = functional.linear(x, weight, bias)
        layers.append(x)
    return layers


class _Network(torch.autograd.Function):
    """A network in one: h₀ = x,  h_i = tanh(h_{i-1} W_iᵀ + b_i), and no tanh at the end.

    Backward, g is the gradient with respect to what is in the brackets:

        ∂W_i = gᵀ h_{i-1},  ∂b_i = Σ g,  and one layer further back  g ← (g W_i) · (1 - h²_{i-1})
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, *weights: Tensor) -> Tensor:
        *ctx.hidden, outputs = _forward(x, weights)
        ctx.save_for_backward(x, *weights)  # so that PyTorch sees them changed before the backward
        return outputs

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, *weights = ctx.saved_tensors
        if torch.is_grad_enabled():  # by who wants a second derivative
            return _noted_gradients(x, weights, grad)
        gradients: list[Tensor | None] = []
        for h, weight in zip((*reversed(ctx.hidden), x), weights[-2::-2], strict=True):
            gradients += [grad.sum(0), grad.T @ h]
            if h is not x:
                grad = _tanh_backward(grad @ weight, h)
        gradients.append(grad @ weights[0] if ctx.needs_input_grad[0] else None)
        return tuple(reversed(gradients))


def _noted_gradients(
    x: Tensor, weights: Sequence[Tensor], grad: Tensor
) -> tuple[Tensor | None, ...]:
    """Return what `_Network.backward` does, with the notes for another backward."""
    *hidden, last = zip(weights[::2], weights[1::2], strict=True)
    h = x
    for weight, bias in hidden:
        h = _Tanh.apply(functional.linear(h, weight, bias))  # type: ignore[no-untyped-call]
    outputs = functional.linear(h, *last)
    wanted = [tensor for tensor in (x, *weights) if tensor.requires_grad]
    found = iter(torch.autograd.grad(outputs, wanted, grad, create_graph=True))
    return tuple(next(found) if tensor.requires_grad else None for tensor in (x, *weights))


class Tanh(nn.Module):
    """The hyperbolic tangent as NumPy computes it, which takes less time than PyTorch's.

    The two agree to rounding. Autograd goes through, also twice; `torch.func` does not. On a CPU
    `torch.tanh` takes about half of a small network's forward pass.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return tanh of each element: a tensor of the same shape that carries gradient."""
        y: Tensor = _Tanh.apply(x)  # type: ignore[no-untyped-call]
        return y


class _Tanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = torch.empty_like(x)
        np.tanh(x.numpy(), out=y.numpy())
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        return _tanh_backward(grad, y)


def _tanh_backward(grad: Tensor, y: Tensor) -> Tensor:
    """Return grad · (1 - y²), what a tanh of value y passes back."""
    back: Tensor = torch.ops.aten.tanh_backward(grad, y)
    return back
