"""The optimiser: Adam over one flat vector, for one agent or for a population of them.

`torch.optim.Adam` takes the same step. It has one learning rate for all agents, though, and the
first one that is built imports PyTorch's compiler: a second, and 35 MB.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor

BETAS = (0.9, 0.999)


class Adam:
    """Adam, its state one flat vector (P,) of all parameters; or (A, P), a row for each agent.

        m ← β1 m + (1 - β1) g,   v ← β2 v + (1 - β2) g²
        θ ← θ - α · m̂ / (√v̂ + ε),   m̂ = m / (1 - β1^t),   v̂ = v / (1 - β2^t)

    Args:
        parameters: the tensors to step, changed in place; for a population each has a leading
            axis of A agents.
        learning_rate: α; for a population (A, 1), one for each agent. May be set between steps.
        eps: ε; for a population (A, 1).
        num_agents: A; `None` means that there is no agent axis.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015), Algorithm 1.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        learning_rate: float | Tensor,
        eps: float | Tensor,
        num_agents: int | None = None,
    ) -> None:
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self.eps = eps
        self.steps_taken = 0
        self.leading = () if num_agents is None else (num_agents,)
        self.sizes = [p[0].numel() if self.leading else p.numel() for p in self.parameters]
        self.mean = torch.zeros(*self.leading, sum(self.sizes))
        self.square = torch.zeros_like(self.mean)
        self.change = torch.zeros_like(self.mean)  # `changes` shows it in the parameters' shapes
        pieces = torch.split(self.change, self.sizes, -1)
        self.changes = [x.view_as(p) for x, p in zip(pieces, self.parameters, strict=True)]

    def zero_grad(self) -> None:
        """Forget the parameters' gradients, which `backward` would add to."""
        for parameter in self.parameters:
            parameter.grad = None

    def gradient(self) -> Tensor:
        """Return a copy of the parameters' gradients as one vector (P,), or (A, P).

        A parameter that the loss does not reach counts as 0.
        """
        pieces = [torch.zeros_like(p) if p.grad is None else p.grad for p in self.parameters]
        return torch.cat([piece.reshape(*self.leading, -1) for piece in pieces], dim=-1)

    @torch.no_grad()
    def step(self, gradient: Tensor) -> None:
        """Move the parameters against a gradient.

        Args:
            gradient: (P,) or (A, P), as `gradient` returns it.
        """
        beta1, beta2 = BETAS
        self.steps_taken += 1
        self.mean.lerp_(gradient, 1 - beta1)
        self.square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        root = self.square.sqrt().div_(math.sqrt(1 - beta2**self.steps_taken)).add_(self.eps)
        torch.div(self.mean, root, out=self.change)
        self.change.mul_(self.learning_rate / (1 - beta1**self.steps_taken))
        torch._foreach_sub_(self.parameters, self.changes)


def clip_norm(gradient: Tensor, max_norm: float | Tensor) -> Tensor:
    """Scale a gradient down, in place, where its norm is above a limit.

    Args:
        gradient: (P,), or (A, P): each agent's is cut by itself.
        max_norm: the limit; for a population it may be (A, 1).

    Returns:
        The norm before the cut, (1,) or (A, 1).

    Source: Pascanu et al., "On the Difficulty of Training Recurrent Neural Networks" (2013),
    Algorithm 1; 1e-6 is added to the norm, as PyTorch does.
    """
    norm: Tensor = torch.linalg.vector_norm(gradient, dim=-1, keepdim=True)
    gradient.mul_((max_norm / (norm + 1e-6)).clamp(max=1.0))
    return norm
