"""What an update of the policy costs: by a gradient step, by TRPO, and with F written out."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, jacrev, vmap

from ppo_lib.batch import Batch
from ppo_lib.beyond.trpo import (
    DEFAULTS,
    fisher_vector_product,
    flat_gradient,
    mean_kl,
    natural_step,
    policy_parameters,
    surrogate_on,
    trpo,
    trpo_step,
)
from ppo_lib.by_hand import Tanh
from ppo_lib.config import PPOConfig
from ppo_lib.networks import ActorCritic
from ppo_lib.optimizer import Adam
from ppo_lib.tensors import one_thread
from ppo_lib.training import train

ITERATION = 10  # the update that is measured: in the first ones, conjugate gradient ends early


@dataclass(frozen=True)
class UpdateCost:
    """What an update of the policy costs with networks of one size, on one whole batch.

    Times are the processor's, on one thread, so that other programs disturb them little.

    Attributes:
        num_parameters: P, the policy's weights.
        first_order_ms: the surrogate's gradient and a step of Adam.
        trpo_ms: `trpo_step`.
        fisher_products: the products F v in it.
        explicit_ms: F formed from the gradients of all log-probabilities, and F x = g solved;
            `None` where P was too large to try.
    """

    num_parameters: int
    first_order_ms: float
    trpo_ms: float
    fisher_products: int
    explicit_ms: float | None

    @property
    def explicit_mb(self) -> float:
        """The size of F in megabytes: 4 P² bytes."""
        return 4 * self.num_parameters**2 / 1e6


@one_thread()
def update_costs(
    hidden_sizes: tuple[int, ...], *, repeats: int = 11, max_explicit: int = 5_000
) -> UpdateCost:
    """Measure the tenth update of a CartPole agent, which has 1,024 samples.

    The ways take turns, so that a slower moment of the machine meets them all; each starts from
    the same policy every time.

    Args:
        hidden_sizes: widths of the policy's hidden layers.
        repeats: how often each way is measured, at least once; forming F is measured twice.
        max_explicit: the largest P with which F is formed.

    Returns:
        The costs, the times as medians.

    Raises:
        ValueError: if a width or `repeats` is below 1.
    """
    if repeats < 1:
        raise ValueError(f"repeats must be at least 1, got {repeats}")
    config = PPOConfig(hidden_sizes=hidden_sizes, num_epochs=1)
    model, batch = _learning_agent(config)
    gradient, product = _equations(model, batch)
    first_order, trpo = [], []
    for _ in range(repeats + 1):  # the first turn warms up
        changed = copy.deepcopy(model)
        optimizer = Adam(policy_parameters(changed), config.learning_rate, config.adam_eps)
        first_order.append(_ms(partial(_gradient_step, changed, batch, optimizer)))
        trpo.append(_ms(partial(trpo_step, copy.deepcopy(model), batch)))
    explicit_ms = None
    if len(gradient) <= max_explicit:
        solve = partial(explicit_direction, model, batch.observations, gradient)
        explicit_ms = min(_ms(partial(solve, DEFAULTS.cg_damping)) for _ in range(2))

    multiplied: list[Tensor] = []

    def counted(vector: Tensor) -> Tensor:
        multiplied.append(vector)
        return product(vector)

    natural_step(counted, gradient, DEFAULTS.max_kl, DEFAULTS.cg_iterations)
    times = median(first_order[1:]), median(trpo[1:])
    return UpdateCost(len(gradient), *times, len(multiplied), explicit_ms)


def explicit_fisher(model: ActorCritic, observations: Tensor) -> Tensor:
    """Form the Fisher matrix of a policy of discrete actions, from its definition.

        F = mean over states of Σ_a π(a|s) ∇log π(a|s) ∇log π(a|s)ᵀ

    Args:
        model: an agent of discrete actions.
        observations: (B, D), the states.

    Returns:
        (P, P), in the order of `policy_parameters`; without gradient.

    Raises:
        TypeError: if actions are continuous.
    """
    if not model.discrete:
        raise TypeError("model must have discrete actions, got continuous ones")
    # `torch.func` does not go through the course's tanh; PyTorch's own gives the same numbers.
    layers = [nn.Tanh() if isinstance(layer, Tanh) else layer for layer in model.policy_network]
    network = nn.Sequential(*layers)
    weights = {name: weight.detach() for name, weight in network.named_parameters()}

    def log_probs(weights: dict[str, Tensor], observation: Tensor) -> Tensor:
        outputs: Tensor = functional_call(network, weights, observation)
        return outputs.log_softmax(-1)

    scores = vmap(jacrev(log_probs), (None, 0))(weights, observations)  # (B, actions, ...) each
    flat = torch.cat([score.flatten(2) for score in scores.values()], dim=-1)  # (B, actions, P)
    chances = torch.exp(log_probs(weights, observations)) / len(observations)
    weighed = (flat * chances.sqrt().unsqueeze(-1)).flatten(0, 1)
    return weighed.T @ weighed


def explicit_direction(
    model: ActorCritic, observations: Tensor, gradient: Tensor, damping: float
) -> Tensor:
    """Solve (F + d·1) x = g with F written out, P × P numbers, as TRPO need not.

    Args:
        model: an agent of discrete actions.
        observations: (B, D), the states.
        gradient: (P,), g.
        damping: d.

    Returns:
        (P,), x.
    """
    matrix = explicit_fisher(model, observations)
    matrix.diagonal().add_(damping)
    factor = torch.linalg.cholesky(matrix)
    return torch.cholesky_solve(gradient.unsqueeze(-1), factor).squeeze(-1)


def _learning_agent(config: PPOConfig) -> tuple[ActorCritic, Batch]:
    """Return an agent that has begun to learn, and the batch of its next update."""
    kept: list[tuple[ActorCritic, Batch]] = []

    trpo_update = trpo()

    def keep_and_update(
        model: ActorCritic, optimizer: Adam, batch: Batch, *rest: Any
    ) -> dict[str, float]:
        kept.append((copy.deepcopy(model), batch))
        return trpo_update(model, optimizer, batch, *rest)

    for _ in islice(train(config, update=keep_and_update, progress=False), ITERATION):
        pass
    return kept[-1]


def _equations(
    model: ActorCritic, batch: Batch, damping: float = DEFAULTS.cg_damping
) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """Return g, and v to F v, of the equations F x = g that a step of TRPO solves."""
    weights = policy_parameters(model)
    with torch.no_grad():
        old = model.policy(batch.observations)
    policy = model.policy(batch.observations)
    kl_gradient = flat_gradient(mean_kl(old, policy), weights, create_graph=True)
    product = partial(fisher_vector_product, kl_gradient, weights, damping=damping)
    return flat_gradient(surrogate_on(policy, batch), weights), product


def _gradient_step(model: ActorCritic, batch: Batch, optimizer: Adam) -> None:
    objective = surrogate_on(model.policy(batch.observations), batch)
    optimizer.step(-flat_gradient(objective, policy_parameters(model)))


def _ms(part: Callable[[], object]) -> float:
    start = time.thread_time()
    part()
    return 1000 * (time.thread_time() - start)
