"""Actors and critics of one architecture, stacked: each weight has a leading agent axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from ppo_lib.networks import ActorCritic, action_distribution


class StackedActorCritics:
    """A actor-critics of one architecture, evaluated together.

    Args:
        models: the agents. Their parameters become views of the population's, so each model
            goes on showing what its agent has learnt.

    Attributes:
        models: the agents.
        parameters: by their name in a model, (A, ...) with gradient.
        frozen: (A,) bool, the agents that have diverged.
    """

    def __init__(self, models: Sequence[ActorCritic]) -> None:
        self.models = tuple(models)
        self.action_shape = models[0].action_shape
        self.action_dtype = models[0].action_dtype
        self.frozen = torch.zeros(len(models), dtype=torch.bool)
        self.parameters: dict[str, Tensor] = {}
        for name, _ in models[0].named_parameters():
            rows = [model.get_parameter(name) for model in models]
            self.parameters[name] = torch.stack([row.detach() for row in rows]).requires_grad_()
            for row, view in zip(rows, self.parameters[name].detach(), strict=True):
                row.data = view

    def __len__(self) -> int:
        return len(self.models)

    def policy(self, observations: Tensor) -> Distribution:
        """Return the distribution of the action in each state.

        Args:
            observations: (..., A * n, D), n states of each agent, the first agent's first.

        Returns:
            A distribution of batch shape (..., A * n).
        """
        log_std = self.log_std
        if log_std is not None:
            log_std = log_std.repeat_interleave(observations.shape[-2] // len(self), 0)
        outputs = self._of_rows("policy_network", observations)
        return action_distribution(outputs, log_std)

    def value(self, observations: Tensor) -> Tensor:
        """Return V(s) for each state.

        Args:
            observations: (..., A * n, D), as for `policy`.

        Returns:
            (..., A * n).
        """
        return self._of_rows("value_network", observations).squeeze(-1)

    @property
    def log_std(self) -> Tensor | None:
        """(A, dimensions of the action), or `None` if actions are discrete."""
        return self.parameters.get("log_std")

    def outputs(self, network: str, observations: Tensor) -> Tensor:
        """Return what each agent's network makes of its own states.

        Args:
            network: `"policy_network"` or `"value_network"`.
            observations: (A, B, D).

        Returns:
            (A, B, outputs).
        """
        x = observations
        for name, layer in getattr(self.models[0], network).named_children():
            if isinstance(layer, nn.Linear):
                weight = self.parameters[f"{network}.{name}.weight"]
                bias = self.parameters[f"{network}.{name}.bias"]
                x = _Linear.apply(x, weight, bias)  # type: ignore[no-untyped-call]
            else:
                x = layer(x)
        return x

    def _of_rows(self, network: str, observations: Tensor) -> Tensor:
        *leading, rows, size = observations.shape
        by_agent = observations.reshape(*leading, len(self), rows // len(self), size)
        by_agent = by_agent.movedim(-3, 0)
        outputs = self.outputs(network, by_agent.flatten(1, -2))
        by_row = outputs.reshape(*by_agent.shape[:-1], outputs.shape[-1]).movedim(0, -3)
        return by_row.flatten(-3, -2)

    def freeze(self, agent: int) -> None:
        """Keep an agent's weights as they are, apart from the population, which gets 0 for them.

        Args:
            agent: its place, from 0.
        """
        _detach(self.models[agent])
        self.frozen[agent] = True
        self.clear_frozen()

    @torch.no_grad()
    def clear_frozen(self) -> None:
        """Set the rows of frozen agents to 0, whatever a step has made of them."""
        for parameter in self.parameters.values():
            parameter[self.frozen] = 0.0

    def release(self) -> None:
        """Give each model weights of its own, so that it does not keep all the others alive."""
        for model in self.models:
            _detach(model)


def _detach(model: ActorCritic) -> None:
    for parameter in model.parameters():
        parameter.data = parameter.data.clone()


class _Linear(torch.autograd.Function):
    """A linear layer for each agent: x (A, B, in), weight (A, out, in), bias (A, out).

    It is `x @ weight.mT + bias`. Where a matrix is thin, the processor's library multiplies it
    several times as fast in one order as in the other, and autograd's own rule takes no heed.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        if weight.shape[1] < weight.shape[2]:
            return torch.baddbmm(bias.unsqueeze(2), weight, x.mT).mT.contiguous()
        return torch.baddbmm(bias.unsqueeze(1), x, weight.mT)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor, Tensor]:
        x, weight = ctx.saved_tensors
        grad_x = grad @ weight if ctx.needs_input_grad[0] else None
        widens = weight.shape[1] > weight.shape[2]
        grad_weight = (x.mT @ grad).mT if widens else grad.mT @ x
        return grad_x, grad_weight, grad.sum(1)
