"""REINFORCE on the cliff: the objective, and the training of many agents side by side."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ppo_lib.beyond.stacked import StackedActorCritics
from ppo_lib.config import PPOConfig
from ppo_lib.course.cliff.exact import GOAL, NUM_POSITIONS, Episodes, play, true_return
from ppo_lib.networks import ActorCritic
from ppo_lib.tensors import one_thread
from ppo_lib.training import make_model

CLIFF = PPOConfig(env_id="ppo_lib/Cliff-v0", hidden_sizes=(16,))
"""What the cliff's agents are made from: nine numbers in, two out, 16 between them."""

EpisodeWeights = Callable[[Tensor], Tensor]
"""From the returns (K,) of a batch to the weight of each episode (K,)."""


@dataclass(frozen=True)
class ReinforceRuns:
    """What A agents went through in I iterations.

    Attributes:
        step_sizes: (A,), each agent's.
        true_returns: (I + 1, A), the expected return of the policy before each iteration and
            after the last, exact.
        gradient_norms: (I, A), of the estimated gradient, over all weights of the policy.
        arrivals: (I, A), the share of a batch's episodes that reached the goal.
        right: (A, 9), the last policies: the probability of going right at each position.
    """

    step_sizes: Tensor
    true_returns: Tensor
    gradient_norms: Tensor
    arrivals: Tensor
    right: Tensor


def reinforce_objective(log_probs: Tensor, returns: Tensor, mask: Tensor) -> Tensor:
    """Return the number whose gradient is the estimate of the policy gradient.

        L = mean over episodes of G Σ_t log π(a_t|s_t),   E[∇L] = ∇J

    Args:
        log_probs: (..., K, T), of the actions that were taken.
        returns: (..., K), G of each episode, or another weight for it.
        mask: (..., K, T) bool, the steps that were taken; episodes differ in length.

    Returns:
        (...), to be made large; carries the gradient of `log_probs`.

    Source: Williams, "Simple Statistical Gradient-Following Algorithms for Connectionist
    Reinforcement Learning" (1992), Theorem 2, without the baseline.
    """
    return (returns * (log_probs * mask).sum(-1)).mean(-1)


def probability_of_right(model: ActorCritic) -> Tensor:
    """Return how likely an agent of the cliff goes right at each position.

    Args:
        model: made for the cliff.

    Returns:
        (9,); carries gradient.
    """
    right: Tensor = model.policy_network(torch.eye(NUM_POSITIONS)).softmax(-1)[..., 1]
    return right


@one_thread()
def run_reinforce(
    step_sizes: Sequence[float],
    num_seeds: int = 20,
    num_iterations: int = 100,
    num_episodes: int = 4,
    *,
    weights: EpisodeWeights | None = None,
    exact: bool = False,
    seed: int = 0,
) -> ReinforceRuns:
    """Train agents on the cliff by plain gradient ascent, all at once: some for each step size.

        θ ← θ + α ∇L

    Args:
        step_sizes: α, one after the other.
        num_seeds: agents for each of them. Those of two step sizes start with the same weights.
        num_iterations: I, batches and steps.
        num_episodes: K, of a batch.
        weights: what an episode counts, from the returns of its batch; `None`: its return.
        exact: follow the exact gradient of the true return instead of a batch's estimate.
        seed: decides the first weights and all that is drawn.

    Returns:
        The runs, the agents of the first step size first.

    Raises:
        ValueError: if there is no step size or no seed, or `weights` returns another shape.
        TypeError: if `weights` returns no tensor.
    """
    if not len(step_sizes) or num_seeds < 1:
        raise ValueError(
            f"step_sizes and num_seeds must name at least one agent, "
            f"got {step_sizes!r} and {num_seeds}"
        )
    agents = _make_agents(len(step_sizes), num_seeds, seed)
    parameters = [p for name, p in agents.parameters.items() if name.startswith("policy")]
    sizes = torch.tensor(step_sizes, dtype=torch.float32).repeat_interleave(num_seeds)
    generator = torch.Generator().manual_seed(seed)
    true_returns, norms, arrivals = [], [], []
    for _ in range(num_iterations):
        logits = _logits(agents)
        right = logits.softmax(-1)[..., 1]
        episodes = play(right, num_episodes, generator)
        if exact:
            objective = true_return(right)
        else:
            episode_weights = _weigh(weights, episodes.returns)
            log_probs = _log_probs(logits, episodes)
            objective = reinforce_objective(log_probs, episode_weights, episodes.mask)
        gradients = torch.autograd.grad(objective.sum(), parameters)  # agents share no weight
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter += sizes.view(-1, *[1] * (gradient.dim() - 1)) * gradient

        true_returns.append(true_return(right.detach()))
        norms.append(torch.cat([g.flatten(1) for g in gradients], dim=1).norm(dim=1))
        arrivals.append((episodes.ends == GOAL).double().mean(-1))
    right = _logits(agents).detach().softmax(-1)[..., 1]
    true_returns.append(true_return(right))
    return ReinforceRuns(
        sizes, torch.stack(true_returns), torch.stack(norms), torch.stack(arrivals), right
    )


def _make_agents(num_step_sizes: int, num_seeds: int, seed: int) -> StackedActorCritics:
    """Return untrained agents, a group for each step size, the groups with the same weights."""
    seeds = range(seed * num_seeds, (seed + 1) * num_seeds)
    models = [make_model(replace(CLIFF, seed=each)) for each in seeds]
    return StackedActorCritics(
        [copy.deepcopy(model) for _ in range(num_step_sizes) for model in models]
    )


def _logits(agents: StackedActorCritics) -> Tensor:
    """Return (A, 9, 2): each agent's preferences at each position."""
    return agents.outputs("policy_network", torch.eye(NUM_POSITIONS).expand(len(agents), -1, -1))


def _log_probs(logits: Tensor, episodes: Episodes) -> Tensor:
    """Return (A, K, T): the log-probability of each action that was taken."""
    by_choice = logits.log_softmax(-1).flatten(1)  # (A, 18): left and right at each position
    choices = 2 * episodes.positions + episodes.actions
    return by_choice.gather(1, choices.flatten(1)).view(choices.shape)


def _weigh(weights: EpisodeWeights | None, returns: Tensor) -> Tensor:
    """Return what the episodes (A, K) count."""
    if weights is None:
        return returns
    weighed = [weights(batch) for batch in returns]
    for each in weighed:
        if not isinstance(each, Tensor):
            raise TypeError(f"weights must return a tensor, got {each!r}")
        if each.shape != returns.shape[1:]:
            raise ValueError(
                f"weights must return a tensor of shape {tuple(returns.shape[1:])}, "
                f"got shape {tuple(each.shape)}"
            )
    return torch.stack(weighed)
