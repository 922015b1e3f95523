"""The algorithm: collect, judge, update, again; and what goes with it."""

from __future__ import annotations

import math
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from torch import Tensor
from tqdm.auto import tqdm

from ppo_lib import losses
from ppo_lib.advantages import compute_gae
from ppo_lib.batch import AdvantageEstimator, Batch, make_batch, minibatches
from ppo_lib.config import PPOConfig
from ppo_lib.diagnostics import average_metrics, columns_of, explained_variance
from ppo_lib.envs import make_envs, to_env_actions
from ppo_lib.losses import Surrogate, ValueLoss, ppo_loss
from ppo_lib.moved import find
from ppo_lib.networks import ActorCritic, sample_actions
from ppo_lib.optimizer import Adam, clip_norm
from ppo_lib.rollout import collect_rollout
from ppo_lib.tensors import one_thread

Envs = VectorEnv[Any, Any, Any]

Update = Callable[
    [ActorCritic, Adam, Batch, PPOConfig, torch.Generator | None, Surrogate, ValueLoss],
    dict[str, float],
]
"""Called with the arguments of `ppo_update`, in its order."""


@dataclass(frozen=True)
class IterationRecord:
    """What one iteration did.

    Attributes:
        iteration: counted from 1.
        env_steps: environment steps since the start of training, this iteration's included.
        episode_returns: the undiscounted score of each episode that ended in its rollout.
        episode_lengths: the steps of each of them.
        metrics: those of `update`, and `learning_rate`.
        model: the actor and the critic. It is the one that trains, so it goes on changing.
    """

    iteration: int
    env_steps: int
    episode_returns: tuple[float, ...]
    episode_lengths: tuple[int, ...]
    metrics: dict[str, float]
    model: ActorCritic = field(repr=False, compare=False)


def recent_return(records: Sequence[IterationRecord], num_episodes: int = 20) -> float:
    """Return the mean score of the last episodes that ended.

    Args:
        records: of one training run, in order.
        num_episodes: how many episodes.

    Returns:
        The mean undiscounted return; `nan` while fewer episodes have ended.
    """
    recent: list[float] = []
    for record in reversed(records):
        recent = [*record.episode_returns, *recent]
        if len(recent) >= num_episodes:
            return float(np.mean(recent[-num_episodes:]))
    return float("nan")


def make_model(config: PPOConfig, envs: Envs | None = None) -> ActorCritic:
    """Make an untrained actor and critic that fit an environment.

    Args:
        config: gives the environment, the seed and the widths.
        envs: that environment, if it has been made; `None` makes it to look at its spaces.

    Returns:
        A model whose weights depend on `config` alone.

    Raises:
        ValueError: if there is no such environment.
        TypeError: if its spaces are unsupported.
    """
    if envs is None:
        envs = make_envs(config.env_id, 1)
        envs.close()
    with one_thread():
        return ActorCritic(
            envs.single_observation_space,
            envs.single_action_space,
            config.hidden_sizes,
            torch.Generator().manual_seed(config.seed),
        )


def make_optimizer(model: ActorCritic, config: PPOConfig) -> Adam:
    """Make Adam as PPO uses it: its epsilon is 1e-5 by default, not PyTorch's 1e-8.

    Args:
        model: whose parameters it steps.
        config: gives `learning_rate` and `adam_eps`.

    Returns:
        The optimiser.
    """
    return Adam(model.parameters(), config.learning_rate, config.adam_eps)


@one_thread()
def ppo_update(
    model: ActorCritic,
    optimizer: Adam,
    batch: Batch,
    config: PPOConfig,
    generator: torch.Generator | None = None,
    surrogate: Surrogate = losses.clipped_surrogate,
    value_loss: ValueLoss = losses.value_loss,
) -> dict[str, float]:
    """Take K epochs of minibatch gradient steps on one batch.

    Args:
        model: the actor and the critic; changed in place.
        optimizer: over the model's parameters.
        batch: N * T samples, as `make_batch` makes them.
        config: gives `num_epochs`, `minibatch_size`, `max_grad_norm` and the loss's settings.
        generator: the random stream of the minibatches' order.
        surrogate: the policy's objective.
        value_loss: the critic's loss.

    Returns:
        The metrics `policy_loss` (the surrogate, negated), `value_loss`, `entropy` (nats),
        `approx_kl` (nats), `clip_fraction`, `dead_fraction` and `grad_norm` (before it is cut),
        each averaged over every minibatch of the update; and `explained_variance` of the values
        that the rollout had, before the update.

    Raises:
        FloatingPointError: if the loss or its gradient is not finite; the weights are then
            those before that step.
    """
    history: list[tuple[Tensor, ...]] = []
    for _ in range(config.num_epochs):
        for minibatch in minibatches(batch, config, generator):
            loss, terms = ppo_loss(model, minibatch, config, surrogate, value_loss)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            gradient = optimizer.gradient()
            norm = clip_norm(gradient, config.max_grad_norm).squeeze()
            if not math.isfinite((loss + norm).item()):
                raise FloatingPointError(
                    f"the loss and its gradient must be finite, got a loss of {loss.item()} and a "
                    f"gradient of norm {norm.item()}: look at what the surrogate, "
                    f"the value loss and the advantages return"
                )
            optimizer.step(gradient)
            history.append((*terms, minibatch.old_log_probs, minibatch.advantages, norm))
    metrics = average_metrics(columns_of(history), config.clip_range)
    variance = explained_variance(batch.old_values, batch.returns).item()
    return {**metrics, "explained_variance": variance}


def train(
    config: PPOConfig,
    model: ActorCritic | None = None,
    *,
    surrogate: Surrogate = losses.clipped_surrogate,
    estimate_advantages: AdvantageEstimator = compute_gae,
    value_loss: ValueLoss = losses.value_loss,
    update: Update = ppo_update,
    progress: bool = True,
) -> Iterator[IterationRecord]:
    """Train an agent, one iteration for each record that is asked for.

        records = []
        for record in train(PPOConfig()):
            records.append(record)
            if recent_return(records) >= 475:
                break

    The parts of the algorithm are arguments, so that your own function can train an agent.
    All randomness comes from `config.seed`: the same settings give the same records, bit
    for bit, also when two runs take turns.

    Args:
        config: the settings.
        model: the model to train, changed in place; `None` makes a new one. Either is at
            hand as `record.model`.
        surrogate: the policy's objective, to be maximised.
        estimate_advantages: the advantages of a rollout.
        value_loss: the critic's loss, to be minimised.
        update: what a batch does to the model; it is handed `surrogate` and `value_loss`.
        progress: whether to show a bar.

    Returns:
        An iterator of `num_iterations` records. Leave it at any time: the model keeps what it
        has learnt, and the environments are closed once the iterator is closed or dropped.

    Raises:
        ValueError: if there is no such environment, `model` was made for another one,
            or a part returns a wrong shape.
        TypeError: if the environment's spaces are unsupported, or a part returns no tensor.
        FloatingPointError: if the loss stops being finite.

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), Algorithm 1.
    """
    envs = make_envs(config.env_id, config.num_envs)
    try:
        if model is None:
            model = make_model(config, envs)
        check_fit(model, envs, config.env_id)
    except BaseException:
        envs.close()
        raise
    parts = (surrogate, estimate_advantages, value_loss, update)
    iterations = _iterations(config, model, envs, *parts, progress)
    weakref.finalize(iterations, envs.close)  # also if no record is ever asked for
    return iterations


def check_fit(model: ActorCritic, envs: Envs, env_id: str) -> None:
    """Refuse a model whose inputs or actions are not those of an environment.

    Raises:
        ValueError: if it does not fit.
    """
    spaces = envs.single_observation_space, envs.single_action_space
    fitting = ActorCritic(*spaces, hidden_sizes=(), generator=torch.Generator())
    for name in ("observation_shape", "discrete", "num_outputs"):
        expected, got = getattr(fitting, name), getattr(model, name)
        if expected != got:
            raise ValueError(f"model must fit {env_id}, whose {name} is {expected}, got {got}")


def _iterations(
    config: PPOConfig,
    model: ActorCritic,
    envs: Envs,
    surrogate: Surrogate,
    estimate_advantages: AdvantageEstimator,
    value_loss: ValueLoss,
    update: Update,
    progress: bool,
) -> Iterator[IterationRecord]:
    generator = torch.Generator().manual_seed(config.seed)
    optimizer = make_optimizer(model, config)
    recent_returns: deque[float] = deque(maxlen=100)
    bar = tqdm(total=config.num_iterations * config.rollout_size, unit="step", disable=not progress)
    try:
        observations, _ = envs.reset(seed=config.seed)
        for iteration in range(1, config.num_iterations + 1):
            optimizer.learning_rate = learning_rate = config.learning_rate_at(iteration)

            rollout, observations = collect_rollout(
                envs, model, observations, config.num_steps, generator
            )
            batch = make_batch(rollout, config, estimate_advantages)
            metrics = update(model, optimizer, batch, config, generator, surrogate, value_loss)
            metrics["learning_rate"] = learning_rate

            bar.update(config.rollout_size)
            recent_returns.extend(rollout.episode_returns)
            if recent_returns:
                mean = np.mean(recent_returns)
                bar.set_postfix_str(f"mean return of the last 100 episodes {mean:.1f}")
            yield IterationRecord(
                iteration,
                iteration * config.rollout_size,
                rollout.episode_returns,
                rollout.episode_lengths,
                metrics,
                model,
            )
    finally:
        bar.close()
        envs.close()


@torch.no_grad()
@one_thread()
def evaluate(
    model: ActorCritic,
    env_id: str,
    num_episodes: int = 100,
    *,
    seed: int = 0,
    greedy: bool = False,
    progress: bool = False,
) -> NDArray[np.float64]:
    """Let the agent play whole episodes, and return their scores.

    Each episode has an environment of its own, so that short ones are not counted more
    often than long ones.

    Args:
        model: the agent.
        env_id: the environment's Gymnasium name.
        num_episodes: how many, at least 1.
        seed: of the environments and of the actions.
        greedy: take the likeliest action (the mean, if continuous) instead of sampling.
        progress: whether to show a bar.

    Returns:
        (num_episodes,) undiscounted returns.

    Raises:
        ValueError: if there is no such environment, or `num_episodes` is below 1.
        TypeError: if the environment's spaces are unsupported.
    """
    if num_episodes < 1:
        raise ValueError(f"num_episodes must be at least 1, got {num_episodes}")
    envs = make_envs(env_id, num_episodes)
    generator = torch.Generator().manual_seed(seed)
    returns = np.zeros(num_episodes)
    finished = np.zeros(num_episodes, dtype=bool)
    bar = tqdm(total=num_episodes, unit="episode", disable=not progress)
    try:
        observations, _ = envs.reset(seed=seed)
        while not finished.all():
            policy = model.policy(torch.as_tensor(observations, dtype=torch.float32))
            actions = policy.mode if greedy else sample_actions(policy, generator)
            env_actions = to_env_actions(actions.numpy(), envs.single_action_space)
            observations, _, terminated, truncated, infos = envs.step(env_actions)
            first_end = (terminated | truncated) & ~finished
            if first_end.any():
                returns[first_end] = infos["episode"]["r"][first_end]
                finished |= first_end
                bar.update(int(first_end.sum()))
    finally:
        bar.close()
        envs.close()
    return returns


if not TYPE_CHECKING:
    __getattr__ = partial(find, "training")  # what has moved from here
