"""The algorithm: collect, judge, update, again; and what goes with it."""

from __future__ import annotations

import dataclasses
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm.auto import tqdm

from ppo_lib.advantages import compute_gae, normalize
from ppo_lib.config import PPOConfig
from ppo_lib.diagnostics import explained_variance
from ppo_lib.envs import make_envs, to_env_actions
from ppo_lib.losses import Surrogate, ValueLoss, clipped_surrogate, ppo_loss, value_loss
from ppo_lib.networks import ActorCritic, sample_actions
from ppo_lib.optimizer import Adam, clip_norm
from ppo_lib.rollout import Batch, Rollout, collect_rollout, flatten, minibatches
from ppo_lib.strings import text
from ppo_lib.threads import one_thread

AdvantageEstimator = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, float, float], Tensor]
"""Called with the arguments of `compute_gae`, in its order."""

Update = Callable[
    [ActorCritic, Adam, Batch, Any, torch.Generator | None, Surrogate, ValueLoss], dict[str, float]
]
"""Called with the arguments of `update`, in its order; the settings are the ones of `train`."""


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


def make_model(config: PPOConfig) -> ActorCritic:
    """Make an untrained actor and critic that fit the environment of `config`.

    Args:
        config: gives the environment, the seed and the widths.

    Returns:
        A model whose weights depend on `config` alone.

    Raises:
        ValueError: if there is no such environment.
        TypeError: if its spaces are unsupported.
    """
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
def update(
    model: ActorCritic,
    optimizer: Adam,
    batch: Batch,
    config: PPOConfig,
    generator: torch.Generator | None = None,
    surrogate: Surrogate = clipped_surrogate,
    value_loss: ValueLoss = value_loss,
) -> dict[str, float]:
    """Take K epochs of minibatch gradient steps on one batch.

    Args:
        model: the actor and the critic; changed in place.
        optimizer: over the model's parameters.
        batch: N * T samples, their advantages as the estimator gave them.
        config: gives `num_epochs`, `minibatch_size`, `max_grad_norm` and the loss's settings.
        generator: the random stream of the minibatches' order.
        surrogate: the policy's objective.
        value_loss: the critic's loss.

    Returns:
        The metrics of `ppo_loss` and `grad_norm` (before it is cut), each averaged over every
        minibatch of the update; and `explained_variance` of the values that the rollout
        had, before the update.

    Raises:
        TypeError: if `config` is not a `PPOConfig` itself: another method has its own update.
        FloatingPointError: if the loss or its gradient is not finite; the weights are then
            those before that step.
    """
    if type(config) is not PPOConfig:
        raise TypeError(
            f"config must be a PPOConfig, got a {type(config).__name__}: name its update"
        )
    if config.normalize_advantages == "rollout":
        batch = dataclasses.replace(batch, advantages=normalize(batch.advantages))
    history: list[Tensor] = []
    names: list[str] = []
    for _ in range(config.num_epochs):
        for minibatch in minibatches(batch, config.minibatch_size, generator):
            loss, metrics = ppo_loss(model, minibatch, config, surrogate, value_loss)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            gradient = optimizer.gradient()
            metrics["grad_norm"] = clip_norm(gradient, config.max_grad_norm).squeeze()
            if not torch.isfinite(loss + metrics["grad_norm"]):
                raise FloatingPointError(
                    f"the loss and its gradient must be finite, got a loss of {loss.item()} and a "
                    f"gradient of norm {metrics['grad_norm'].item()}: look at what the surrogate, "
                    f"the value loss and the advantages return"
                )
            optimizer.step(gradient)
            names = list(metrics)
            history.append(torch.stack(list(metrics.values())))
    means = torch.stack(history).mean(0).tolist()
    variance = explained_variance(batch.old_values, batch.returns).item()
    return {**dict(zip(names, means, strict=True)), "explained_variance": variance}


def train(
    config: PPOConfig,
    model: ActorCritic | None = None,
    *,
    surrogate: Surrogate = clipped_surrogate,
    estimate_advantages: AdvantageEstimator = compute_gae,
    value_loss: ValueLoss = value_loss,
    update: Update = update,
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
        TypeError: if the environment's spaces are unsupported, a part returns no tensor, or
            `config` is not of the kind that `update` takes.
        FloatingPointError: if the loss stops being finite.

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), Algorithm 1.
    """
    if model is None:
        model = make_model(config)
    else:
        check_fit(model, make_model(config), config.env_id)
    parts = (surrogate, estimate_advantages, value_loss, update)
    return _iterations(config, model, *parts, progress)


def check_fit(model: ActorCritic, fitting: ActorCritic, env_id: str) -> None:
    """Refuse a model whose inputs or actions are not those of one that was made for `env_id`.

    Raises:
        ValueError: if it does not fit.
    """
    for name in ("observation_shape", "discrete", "num_outputs"):
        expected, got = getattr(fitting, name), getattr(model, name)
        if expected != got:
            raise ValueError(f"model must fit {env_id}, whose {name} is {expected}, got {got}")


def _iterations(
    config: PPOConfig,
    model: ActorCritic,
    surrogate: Surrogate,
    estimate_advantages: AdvantageEstimator,
    value_loss: ValueLoss,
    update: Update,
    progress: bool,
) -> Iterator[IterationRecord]:
    envs = make_envs(config.env_id, config.num_envs)
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
            advantages = estimate_advantages(
                rollout.rewards,
                rollout.values,
                rollout.next_values,
                rollout.terminated,
                rollout.truncated,
                config.gamma,
                config.gae_lambda,
            )
            check_advantages(advantages, rollout)
            batch = flatten(rollout, advantages)
            metrics = update(model, optimizer, batch, config, generator, surrogate, value_loss)
            metrics["learning_rate"] = learning_rate

            bar.update(config.rollout_size)
            recent_returns.extend(rollout.episode_returns)
            if recent_returns:
                bar.set_postfix_str(text("train.bar", episode_return=np.mean(recent_returns)))
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


def check_advantages(returned: object, rollout: Rollout) -> None:
    """Refuse what an advantage estimator must not return.

    Raises:
        TypeError: if it is no tensor.
        ValueError: if it is not of the rollout's shape.
    """
    shape = tuple(rollout.rewards.shape)
    if not isinstance(returned, Tensor):
        raise TypeError(
            f"estimate_advantages must return a tensor of shape {shape}, got {returned!r}"
        )
    if returned.shape != shape:
        raise ValueError(
            f"estimate_advantages must return a tensor of shape {shape}, "
            f"got shape {tuple(returned.shape)}"
        )


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


def save_checkpoint(path: str | os.PathLike[str], model: ActorCritic, config: PPOConfig) -> None:
    """Write the model's weights and the settings to a file, whole or not at all.

    Args:
        path: the file; its folder is made if need be.
        model: the agent.
        config: the settings it was trained with; of a `TRPOConfig`, those that are `PPOConfig`'s.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    # Clones: the weights of a population's agent are a view, and would bring all the others along.
    weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    settings = {each.name: getattr(config, each.name) for each in dataclasses.fields(PPOConfig)}
    content: dict[str, Any] = {"config": settings, "model": weights}
    torch.save(content, unfinished)
    unfinished.replace(path)


def load_checkpoint(path: str | os.PathLike[str]) -> tuple[ActorCritic, PPOConfig]:
    """Read what `save_checkpoint` wrote.

    Args:
        path: the file. It is read as data only, and may not name a module to import, so no
            code of its own can run.

    Returns:
        The model and the settings.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file holds no checkpoint of this library.
    """
    try:
        content = torch.load(path, weights_only=True)
        config = PPOConfig(**content["config"])
        if ":" in config.env_id:  # Gymnasium would import what stands before the colon
            raise ValueError(f"env_id must not name a module, got {config.env_id!r}")
        model = make_model(config)
        model.load_state_dict(content["model"])
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(f"path must name a checkpoint of ppo_lib, got {path}: {error}") from error
    return model, config
