"""Where the programs of lesson 07 are tried: small environments, models, and what watches them.

A function that collects, updates or trains changes things, so its return value does not say
all. Each `call_...` builds what the answer needs, calls it, and returns what happened as parts.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any
from unittest import mock

import numpy as np
import torch
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.distributions import Distribution

from ppo_lib.batch import Batch, Rollout
from ppo_lib.config import PPOConfig
from ppo_lib.course.checks.exercise import Answer, Arguments, Misfit, Parts
from ppo_lib.course.words import add_english, text
from ppo_lib.networks import ActorCritic, action_distribution
from ppo_lib.optimizer import clip_norm
from ppo_lib.training import IterationRecord, make_model
from ppo_lib.vector_envs import NumpyVectorEnv

ENDS = ("terminated", "truncated", "both")


@contextmanager
def global_stream(seed: int) -> Iterator[None]:
    """Seed PyTorch's global random stream for a while, and put it back as it was."""
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed)
        yield


@dataclass(frozen=True)
class Counters:
    """How the environments of an input count: what `CounterEnvs` is made from.

    Attributes:
        lengths: the steps of each environment's episodes.
        first_end: which of `ENDS` the first episode of the first environment comes to; the
            next episode, and the next environment, have the next one.
    """

    lengths: tuple[int, ...]
    first_end: int = 0

    def __repr__(self) -> str:
        return text("check.counters", lengths=", ".join(map(str, self.lengths)))

    def end_of(self, column: int, episode: int) -> str:
        """Return how an episode ends, one of `ENDS`."""
        return ENDS[(self.first_end + column + episode) % len(ENDS)]


class CounterEnvs(VectorEnv[NDArray[Any], NDArray[Any], NDArray[Any]]):
    """Environments that count, so that every observation says where it comes from.

    An observation is [column, steps of the episode so far, episode]. The reward is
    column + 1 + steps / 4, and half more for action 1; nothing else hangs on the actions.
    They restart within the step, as `make_envs`' do, and as Gymnasium's do by default they
    return new arrays each time. What `infos` holds where no episode ended is no number.

    Attributes:
        received: the actions of each step.
    """

    metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012

    def __init__(self, counters: Counters) -> None:
        self.counters = counters
        self.num_envs = len(counters.lengths)
        self.single_observation_space = spaces.Box(-np.inf, np.inf, (3,), np.float32)
        self.single_action_space = spaces.Discrete(2)
        self.received: list[NDArray[Any]] = []

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Start the first episode everywhere."""
        self.steps = np.zeros(self.num_envs, np.int64)
        self.episodes = np.zeros(self.num_envs, np.int64)
        self.scores = np.zeros(self.num_envs)
        return self._observe(), {}

    def step(
        self, actions: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Count on."""
        actions = np.array(actions)
        if actions.shape != (self.num_envs,):
            raise ValueError(f"actions must have the shape {(self.num_envs,)}, got {actions.shape}")
        self.received.append(actions)
        rewards = np.arange(self.num_envs) + 1 + self.steps / 4 + actions / 2
        self.steps += 1
        self.scores += rewards
        ended = self.steps == self.counters.lengths
        kinds = [self.counters.end_of(n, int(self.episodes[n])) for n in range(self.num_envs)]
        terminated = ended & np.array([kind != "truncated" for kind in kinds])
        truncated = ended & np.array([kind != "terminated" for kind in kinds])
        infos = self._restart(ended) if ended.any() else {}
        return self._observe(), rewards, terminated, truncated, infos

    def _restart(self, ended: NDArray[np.bool_]) -> dict[str, Any]:
        final = np.where(ended[:, None], self._observe(), np.float32(np.nan))
        scores, lengths = np.where(ended, self.scores, 0.0), np.where(ended, self.steps, 0)
        self.steps[ended] = 0
        self.scores[ended] = 0.0
        self.episodes[ended] += 1
        infos = {"final_obs": final, "final_info": {}, "episode": {"r": scores, "l": lengths}}
        return {**infos, **{f"_{key}": ended.copy() for key in infos}}

    def _observe(self) -> NDArray[np.float32]:
        columns = np.arange(self.num_envs)
        return np.stack([columns, self.steps, self.episodes], axis=-1).astype(np.float32)


class CounterModel(nn.Module):
    """An actor and a critic for `CounterEnvs`, with weights that are known.

    Args:
        certain: whether the other action's probability is about 1 in 10,000, different in each
            state, or about 1 in 3. With a certain policy all right answers go the same way,
            in whatever order they draw their random numbers.
    """

    action_shape: tuple[int, ...] = ()
    action_dtype: type[np.generic] = np.int64

    def __init__(self, certain: bool) -> None:
        super().__init__()
        base, slopes = (9.0, (0.3, 0.15, 0.1)) if certain else (0.6, (0.1, 0.05, 0.03))
        self.base = base
        self.slopes = nn.Parameter(torch.tensor(slopes))
        self.weights = nn.Parameter(torch.tensor([2.0, -0.75, 0.5]))

    def policy(self, observations: Tensor) -> Distribution:
        """Return a policy whose likelier action is 1 where the numbers seen sum to odd ones."""
        half = (self.base + observations @ self.slopes) / 2
        side = torch.where(observations.sum(-1) % 2 == 1, half, -half)
        return action_distribution(torch.stack([-side, side], -1), None)

    def value(self, observations: Tensor) -> Tensor:
        """Return a value that differs in every state."""
        return observations @ self.weights + 1


def call_collect(answer: Answer, arguments: Arguments) -> Any:
    """Let an answer collect a rollout from environments that have taken a step already.

    Args:
        answer: `collect_rollout(envs, model, observations, num_steps, generator)`.
        arguments: `environments` (`Counters`), `num_steps`, and `certain`, as `CounterModel`'s.

    Returns:
        The rollout's fields and the observations after it; where the policy is not certain,
        what holds of any draw.
    """
    with global_stream(1):
        envs, start, collected = _collect(answer, arguments)
    if collected is ... or arguments["certain"]:
        return collected
    received = torch.as_tensor(np.array(envs.received[1:]))
    actions, log_probs = collected["actions"], collected["log_probs"]
    if not received.shape == actions.shape == log_probs.shape == start.shape[:-1]:
        return {"actions": actions, "log_probs": log_probs}
    with torch.no_grad():
        policy = CounterModel(False).policy(start)
        chances = policy.log_prob(actions.long()).exp()
    with global_stream(2):
        _, _, again = _collect(answer, arguments)
    return {
        "actions_taken": (actions == received).all(),
        "chances_of_actions": ((log_probs.exp() - chances).abs() < 1e-4).all(),
        "explores": (actions != policy.mode).any(),
        "generator_decides": torch.tensor(torch.equal(actions, again["actions"])),
    }


def _collect(answer: Answer, arguments: Arguments) -> tuple[CounterEnvs, Tensor, Any]:
    """Return the environments, the observations that any rollout has, and what was collected."""
    num_steps = arguments["num_steps"]
    envs, twin = CounterEnvs(arguments["environments"]), CounterEnvs(arguments["environments"])
    actions = np.zeros(envs.num_envs, np.int64)
    envs.reset()
    twin.reset()
    observations = envs.step(actions)[0]
    seen = [torch.as_tensor(twin.step(actions)[0]) for _ in range(num_steps)]
    model = CounterModel(arguments["certain"])
    generator = torch.Generator().manual_seed(0)
    returned = answer(envs, model, observations, num_steps, generator)
    return envs, torch.stack(seen), _read_rollout(returned)


def _read_rollout(returned: Any) -> Any:
    """Return what a collecting answer returned as parts, the causes first."""
    if returned is ...:
        return ...
    if not isinstance(returned, tuple) or len(returned) != 2:
        raise Misfit("check.collect_rollout.no_pair")
    rollout, observations = returned
    if rollout is ... or observations is ...:
        return ...
    if not isinstance(rollout, Rollout):
        raise Misfit("check.collect_rollout.no_rollout", got=type(rollout).__name__)
    names = ("observations", "actions", "log_probs", "rewards", "terminated", "truncated")
    parts = _columns(rollout, (*names, "values", "next_values"))
    if parts is ...:
        return ...
    if any(column.requires_grad for column in parts.values()):
        raise Misfit("check.collect_rollout.gradient")
    if not rollout.terminated.dtype == rollout.truncated.dtype == torch.bool:
        raise Misfit("check.collect_rollout.flags_not_bool")
    parts["carried_on"] = torch.as_tensor(observations).detach().clone()
    parts["episode_returns"] = torch.tensor(sorted(map(float, rollout.episode_returns)))
    return parts


def _columns(data: Rollout | Batch, names: Iterable[str]) -> Any:
    """Return the columns of a rollout or a batch by name; dots if one of them is left blank."""
    columns = {name: getattr(data, name) for name in names}
    if any(column is ... for column in columns.values()):
        return ...
    for name, column in columns.items():
        if not isinstance(column, Tensor):
            raise Misfit("check.not_a_tensor", name=name, got=type(column).__name__)
    return columns


def call_make_batch(answer: Answer, arguments: Arguments) -> Any:
    """Let an answer make a batch of a rollout, and lay its samples in the rollout's order.

    Args:
        answer: `make_batch(rollout, config)`.
        arguments: (T, N) `rewards`, `values`, `next_values`, `terminated` and `truncated`;
            `gamma` and `gae_lambda`.

    Returns:
        The batch's fields. A batch has no order, so any is right that all fields share. The
        spread of the advantages may be taken over n or n - 1, which differ by half a
        thousandth in a real rollout.
    """
    shape, count = arguments["rewards"].shape, arguments["rewards"].numel()
    rows = torch.arange(count)
    tensors: dict[str, Any] = {k: v for k, v in arguments.items() if isinstance(v, Tensor)}
    rollout = Rollout(
        observations=torch.stack([rows, -rows], -1).view(*shape, 2).float(),
        actions=(rows * 7 % 5).view(shape),
        log_probs=-0.1 - 0.05 * (rows * 3 % 11).view(shape).float(),
        **tensors,
    )
    config = PPOConfig(
        num_steps=shape[0],
        num_envs=shape[1],
        minibatch_size=count,
        gamma=arguments["gamma"],
        gae_lambda=arguments["gae_lambda"],
    )
    batch = answer(rollout, config)
    if batch is ...:
        return ...
    if not isinstance(batch, Batch):
        raise Misfit("check.make_batch.no_batch", got=type(batch).__name__)
    columns = _columns(batch, [column.name for column in fields(Batch)])
    if columns is ...:
        return ...
    parts = {f"batch_{name}": column for name, column in columns.items()}
    return _in_order(_over_n(parts, count), count)


def _over_n(parts: Parts, count: int) -> Parts:
    """Turn advantages whose spread is 1 over n, if they are, into such of spread 1 over n - 1."""
    advantages = parts["batch_advantages"]
    spread = advantages.double().std().item()
    if abs(spread - (count / (count - 1)) ** 0.5) < 1e-4:
        return {**parts, "batch_advantages": advantages / spread}
    return parts


def _in_order(parts: Parts, count: int) -> Parts:
    """Sort the samples by their observations, if those are the rollout's in any order."""
    observations = parts["batch_observations"]
    if observations.shape != (count, 2) or any(len(part) != count for part in parts.values()):
        return parts
    order = observations[:, 0].argsort()
    if not torch.equal(observations[order, 0], torch.arange(count).to(observations.dtype)):
        return parts
    return {name: part[order] for name, part in parts.items()}


def small_model() -> ActorCritic:
    """Return an actor and a critic of 2 inputs and 3 actions, whose policy has preferences."""
    box, generator = spaces.Box(-9.0, 9.0, (2,), np.float32), torch.Generator().manual_seed(3)
    model = ActorCritic(box, spaces.Discrete(3), (4,), generator)
    with torch.no_grad():
        for parameter in model.policy_network[-1].parameters():
            parameter.mul_(100)  # of a gain of 0.01
    return model


def _gradient(network: nn.Module) -> Tensor:
    """Return the gradient that lies in a network's parameters as one vector."""
    parameters = list(network.parameters())
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
    return torch.cat([gradient.flatten() for gradient in gradients])


def _weights(network: nn.Module) -> Tensor:
    """Return a network's parameters as one vector, a copy."""
    return nn.utils.parameters_to_vector(network.parameters()).detach().clone()


def call_ppo_loss(answer: Answer, arguments: Arguments) -> Any:
    """Let an answer return the loss of a batch, and differentiate it.

    Args:
        answer: `ppo_loss(model, batch, config)`.
        arguments: the fields of a `Batch`; `clip_range`, `vf_coef` and `ent_coef`.

    Returns:
        The loss, and its gradients with respect to the two networks' parameters.
    """
    model = small_model()
    batch = Batch(*(arguments[column.name] for column in fields(Batch)))
    names = ("clip_range", "vf_coef", "ent_coef")
    config = PPOConfig(**{name: arguments[name] for name in names})
    loss = answer(model, batch, config)
    if loss is ...:
        return ...
    if isinstance(loss, tuple):
        raise Misfit("check.ppo_loss.tuple")
    if loss is None:
        raise Misfit("check.returns_none", name="ppo_loss")
    if not isinstance(loss, Tensor):
        raise Misfit("check.ppo_loss.no_tensor", got=type(loss).__name__)
    if loss.requires_grad:
        loss.sum().backward()  # type: ignore[no-untyped-call]
    return {
        "loss": loss.detach(),
        "policy_gradient": _gradient(model.policy_network),
        "value_gradient": _gradient(model.value_network),
    }


KINDS = ("right", "none", "uncut", "by_value", "to_max", "added", "added_uncut", "other")
"""What the gradient of a step may be."""


class Watch:
    """What an update does, as its loss function and its optimiser see it.

    Args:
        model: the model that is updated.
        max_norm: what the gradient's norm is to be cut to.

    Attributes:
        samples: the samples of each minibatch, by their number in the batch.
        aligned: whether all fields of every minibatch were those of the same samples.
        kinds: what the gradient of each step was, one of `KINDS`.
        num_backwards: how often `backward` was called on the loss.
        stepped_first: whether there was a step before the `backward` of its loss.
        cut_early: whether PyTorch's own function cut a gradient that was not yet there.
        cut_late: whether it cut one after its step.
    """

    def __init__(self, model: ActorCritic, max_norm: float) -> None:
        self.model = model
        self.max_norm = max_norm
        self.samples: list[list[int]] = []
        self.aligned = True
        self.kinds: list[str] = []
        self.cut_early = self.cut_late = self.stepped_first = False
        self.num_backwards = 0
        self.fresh = self.left = torch.zeros(0)  # this minibatch's gradient, and what lay there

    def loss(self, model: ActorCritic, batch: Batch, config: PPOConfig) -> Tensor:
        """Return a loss whose gradient is long and differs for every minibatch."""
        numbers = batch.observations[:, 0]
        shared = (batch.old_log_probs, batch.old_values, batch.advantages, batch.returns)
        self.samples.append(numbers.long().tolist())
        self.aligned &= all(torch.equal(numbers, column) for column in shared)
        self.aligned &= torch.equal(numbers.long() % 3, batch.actions)
        self.left = _gradient(self.model)
        inputs = torch.stack([numbers / 10, 1 - numbers / 20], -1)
        logits = model.policy_network(inputs)
        loss: Tensor = ((logits - 3) ** 2).mean() + ((model.value(inputs) + 5) ** 2).mean()
        gradients = torch.autograd.grad(loss, list(model.parameters()), retain_graph=True)
        self.fresh = torch.cat([gradient.flatten() for gradient in gradients])
        if loss.requires_grad:
            loss.register_hook(self._on_backward)  # type: ignore[no-untyped-call]
        return loss

    def _on_backward(self, gradient: Tensor) -> None:
        self.num_backwards += 1

    def on_step(self, *seen: object) -> None:
        """Remember what kind of gradient the optimiser finds."""
        self.stepped_first |= self.num_backwards < len(self.samples)
        gradient = _gradient(self.model)
        known = (
            self._cut(self.fresh),
            torch.zeros_like(gradient),
            self.fresh,
            self.fresh.clamp(-self.max_norm, self.max_norm),
            self.fresh / self.fresh.norm() * self.max_norm,
            self._cut(self.left + self.fresh),
            self.left + self.fresh,
        )
        alike = (
            candidate.shape == gradient.shape
            and torch.allclose(candidate, gradient, rtol=1e-3, atol=1e-6)
            for candidate in known
        )
        self.kinds.append(next(itertools.compress(KINDS, alike), "other"))

    def _cut(self, gradient: Tensor) -> Tensor:
        gradient = gradient.clone()
        clip_norm(gradient, self.max_norm)
        return gradient

    def cutting(self, cut: Callable[..., Any]) -> Callable[..., Any]:
        """Return PyTorch's function that cuts a gradient, watched."""

        def watched(*arguments: Any, **named: Any) -> Any:
            self.cut_early |= self.num_backwards < len(self.samples)
            self.cut_late |= len(self.kinds) == len(self.samples)
            return cut(*arguments, **named)

        return watched


def call_update(answer: Answer, arguments: Arguments) -> Any:
    """Let an answer update a model, and watch its loss function and its optimiser.

    Args:
        answer: `update(model, optimizer, batch, config, generator, loss_function)`.
        arguments: `num_samples`, `minibatch_size`, `num_epochs` and `max_grad_norm`.

    Returns:
        Facts, each a number or a flag.
    """
    watch, moved = _update(answer, arguments, 1)
    again, _ = _update(answer, arguments, 2)
    count, num_epochs = arguments["num_samples"], arguments["num_epochs"]
    stream = [number for samples in watch.samples for number in samples]
    epochs = [stream[start : start + count] for start in range(0, len(stream), count)]
    everything = list(range(count))
    pairs = list(itertools.pairwise(watch.samples))
    ranges = [list(range(s[0], s[0] + len(s))) for s in watch.samples if s]
    facts: dict[str, Any] = {
        "loss_calls": len(watch.samples),
        "largest_minibatch": max(map(len, watch.samples), default=0),
        "smallest_minibatch": min(map(len, watch.samples), default=0),
        "aligned": watch.aligned,
        "minibatch_repeated": any(one == other for one, other in pairs),
        "each_once": len(epochs) == num_epochs and all(sorted(e) == everything for e in epochs),
        "in_order": everything in epochs,
        "same_order": any(one == other for one, other in itertools.combinations(epochs, 2)),
        "neighbours_together": bool(ranges) and all(s in ranges for s in watch.samples),
        "generator_orders": watch.samples == again.samples,
        "backwards": watch.num_backwards,
        "stepped_first": watch.stepped_first,
        "cut_early": watch.cut_early,
        "cut_late": watch.cut_late,
        "steps": len(watch.kinds),
        **{f"gradient_{kind}": watch.kinds.count(kind) for kind in KINDS},
        "model_moved": moved,
    }
    return {name: torch.tensor(fact) for name, fact in facts.items()}


def _update(answer: Answer, arguments: Arguments, seed: int) -> tuple[Watch, bool]:
    """Return what was seen of an update, and whether the model changed."""
    model = small_model()
    before = _weights(model)
    watch = Watch(model, arguments["max_grad_norm"])
    numbers = torch.arange(arguments["num_samples"])
    batch = Batch(torch.stack([numbers, -numbers], -1).float(), numbers % 3, *4 * [numbers.float()])
    names = ("minibatch_size", "num_epochs", "max_grad_norm")
    settings = {name: arguments[name] for name in names}
    config = PPOConfig(num_envs=1, num_steps=arguments["num_samples"], **settings)
    optimizer, generator = torch.optim.SGD(model.parameters(), 0.01), torch.Generator()
    optimizer.register_step_pre_hook(watch.on_step)
    cut = watch.cutting(nn.utils.clip_grad_norm_)
    with global_stream(seed), mock.patch.object(nn.utils, "clip_grad_norm_", cut):
        answer(model, optimizer, batch, config, generator.manual_seed(0), watch.loss)
    return watch, not torch.equal(before, _weights(model))


@dataclass(frozen=True)
class Run:
    """What a training run yielded.

    Attributes:
        records: its records, three more than expected at most.
        weights: for each record, the policy's weights and the critic's, as they were then.
    """

    records: list[IterationRecord]
    weights: list[tuple[Tensor, Tensor]]


def run_training(answer: Answer, config: PPOConfig, most: int | None = None) -> Run:
    """Ask a training answer for its records, `most` of them at most."""
    iterator = answer(config)
    if iterator is None or iterator is ...:
        raise Misfit("check.train.nothing")
    if not isinstance(iterator, Iterator):
        raise Misfit("check.train.no_generator")
    run = Run([], [])
    for record in itertools.islice(iterator, most or config.num_iterations + 3):
        if not isinstance(record, IterationRecord):
            raise Misfit("check.train.no_record")
        if not isinstance(record.model, ActorCritic):
            raise Misfit("check.train.no_model", got=type(record.model).__name__)
        run.records.append(record)
        run.weights.append(_both_weights(record.model))
    return run


def _both_weights(model: ActorCritic) -> tuple[Tensor, Tensor]:
    return _weights(model.policy_network), _weights(model.value_network)


@contextmanager
def watching_observations(num_envs: int) -> Iterator[list[bool]]:
    """Note, at every step of the course's environments, whether the policy saw where they stand.

    Args:
        num_envs: how many step together; calls of other sizes are not looked at.

    Yields:
        A list that grows by a flag with each step.
    """
    step, policy = NumpyVectorEnv.step, ActorCritic.policy
    seen: list[Tensor] = []
    fresh: list[bool] = []

    def watched_policy(self: ActorCritic, observations: Tensor) -> Distribution:
        if observations.dim() == 2 and len(observations) == num_envs:
            seen[:] = [observations.detach().clone()]
        return policy(self, observations)

    def watched_step(self: Any, actions: Any) -> Any:
        if seen and self.num_envs == num_envs and hasattr(self, "states"):
            stand = torch.as_tensor(self._observe(self.states), dtype=seen[0].dtype)
            fresh.append(torch.equal(seen[0], stand))
        return step(self, actions)

    with (
        mock.patch.object(NumpyVectorEnv, "step", watched_step),
        mock.patch.object(ActorCritic, "policy", watched_policy),
    ):
        yield fresh


def call_train(answer: Answer, arguments: Arguments) -> Any:
    """Let an answer train for a few iterations, and look at what its records say.

    Args:
        answer: `train(config)`.
        arguments: settings that differ from the default ones. Where there are many
            iterations of one gradient step each, the sizes of these steps are looked at.

    Returns:
        Facts, each a number, a flag, or one for each record.
    """
    config = PPOConfig(**arguments)
    with global_stream(1), watching_observations(config.num_envs) as fresh:
        run = run_training(answer, config)
    if config.num_epochs == 1:
        return _step_facts(run, config)
    with global_stream(2):
        again = run_training(answer, config, most=2)
        other = run_training(answer, PPOConfig(**{**arguments, "seed": config.seed + 1}), most=2)
    moves = [
        tuple(not torch.equal(*pair) for pair in zip(one, next_, strict=True))
        for one, next_ in itertools.pairwise([_both_weights(make_model(config)), *run.weights])
    ]
    moves = moves[: config.num_iterations - 1]  # an annealed step size may end at 0
    scores = [score for record in run.records for score in record.episode_returns]
    facts: dict[str, Any] = {
        "records": len(run.records),
        "iterations": [record.iteration for record in run.records],
        "env_steps": [record.env_steps for record in run.records],
        "one_model": all(record.model is run.records[0].model for record in run.records),
        "policy_moves": all(policy for policy, _ in moves),
        "critic_moves": all(critic for _, critic in moves),
        "episodes_end": bool(scores),
        "observations_fresh": all(fresh),
        "episodes_go_on": max(scores, default=0) > config.num_steps,
        "seed_decides": _same_weights(run, again),
        "seed_matters": not _same_weights(run, other),
    }
    return {name: torch.tensor(fact) for name, fact in facts.items()}


def _same_weights(one: Run, other: Run) -> bool:
    if not one.weights or not other.weights:
        return False
    index = min(len(one.weights), len(other.weights), 2) - 1
    pairs = zip(one.weights[index], other.weights[index], strict=True)
    return all(torch.equal(*pair) for pair in pairs)


ANNEALED_BELOW = 0.08
"""Share of the learning rate by which a weight moves at the end: 0.02 if annealed, 0.3 if not."""
NEW_ABOVE = 0.75
"""What an even step comes to: 0.2 to 0.5 of an Adam with averages, nearly 1 of a new one."""


def step_sizes(run: Run, config: PPOConfig) -> tuple[float, float]:
    """Return how far a weight moves at the end, and how evenly all weights move in the middle.

    Adam's first step moves each weight by the learning rate. A later one moves it by a share
    of that, which differs from weight to weight.

    Args:
        run: of many iterations, one gradient step each.
        config: gives the learning rate at the start.

    Returns:
        The mean change in the last iteration, over the learning rate at the start; and the
        median change over the largest, in the middle.
    """
    vectors = [torch.cat(weights) for weights in run.weights]
    changes = [(after - before).abs() for before, after in itertools.pairwise(vectors)]
    middle, last = changes[len(changes) // 2], changes[-1]
    evenness = middle.median() / middle.max().clamp(min=1e-12)
    return last.mean().item() / config.learning_rate, evenness.item()


def _step_facts(run: Run, config: PPOConfig) -> Parts:
    """Tell whether the learning rate falls, and whether Adam keeps its averages."""
    facts = {"records": torch.tensor(len(run.records))}
    if len(run.weights) != config.num_iterations:
        return facts
    last, evenness = step_sizes(run, config)
    return {
        **facts,
        "optimizer_kept": torch.tensor(evenness < NEW_ABOVE),
        "annealed": torch.tensor(last < ANNEALED_BELOW),
    }


PARTS = {
    "observations": "the observations of the rollout",
    "actions": "the actions of the rollout",
    "log_probs": "the log-probabilities",
    "rewards": "the rewards",
    "terminated": "the flags of termination",
    "truncated": "the flags of truncation",
    "values": "the values of the observations before the step",
    "next_values": "the values of the observations that the steps truly led to",
    "carried_on": "the observations that are returned to go on from",
    "episode_returns": "the scores of the episodes that ended (here in order of size)",
    "actions_taken": (
        "whether the actions in the rollout are those that the environments got (the policy is "
        "random here)"
    ),
    "chances_of_actions": (
        "whether the log-probabilities are those of the actions in the rollout (the policy is "
        "random here)"
    ),
    "explores": "whether the less likely action is drawn now and then",
    "generator_decides": "whether the same generator draws the same actions again",
    "batch_observations": "the observations of the batch",
    "batch_actions": "the actions of the batch",
    "batch_old_log_probs": "the old log-probabilities",
    "batch_old_values": "the old values",
    "batch_advantages": "the advantages",
    "batch_returns": "the returns",
    "loss": "the loss",
    "policy_gradient": "the gradient of the policy's weights (the loss itself is right)",
    "value_gradient": "the gradient of the critic's weights (the loss itself is right)",
    "loss_calls": "how often the loss function is called",
    "largest_minibatch": "the size of the largest minibatch",
    "smallest_minibatch": "the size of the smallest minibatch",
    "aligned": "whether all columns of a minibatch belong to the same samples",
    "minibatch_repeated": "whether a minibatch comes twice in a row",
    "each_once": "whether every epoch has every sample once",
    "in_order": "whether an epoch takes the samples in the batch's own order",
    "same_order": "whether two epochs have the same order",
    "neighbours_together": "whether all minibatches are neighbours in the batch",
    "generator_orders": "whether the same generator gives the same order again",
    "backwards": "how often backward is called",
    "stepped_first": "whether a step comes before the backward of its loss",
    "cut_early": "whether a gradient is cut before it is there",
    "cut_late": "whether a gradient is cut after its step",
    "steps": "how often the optimiser takes a step",
    "gradient_right": "the number of steps whose gradient is the minibatch's own, cut to the norm",
    "gradient_none": "the number of steps without a gradient",
    "gradient_uncut": "the number of steps whose gradient is not cut",
    "gradient_by_value": "the number of steps whose gradient is cut number by number",
    "gradient_to_max": "the number of steps whose gradient is made longer",
    "gradient_added": "the number of steps whose gradient has an older one in it",
    "gradient_added_uncut": (
        "the number of steps whose gradient has an older one in it and is not cut"
    ),
    "gradient_other": "the number of steps whose gradient is of no known kind",
    "model_moved": "whether the model's weights change at all",
    "records": "the number of records",
    "iterations": "the number of the iteration in each record",
    "env_steps": "the environment steps in each record",
    "one_model": "whether all records have the same model",
    "policy_moves": "whether the policy's weights change in each iteration",
    "critic_moves": "whether the critic's weights change in each iteration",
    "episodes_end": "whether any episode's score is in the records",
    "observations_fresh": "whether the policy always sees where the environments stand",
    "episodes_go_on": "whether an episode may last longer than one rollout",
    "seed_decides": "whether the same seed gives the same run again",
    "seed_matters": "whether another seed gives another run",
    "optimizer_kept": "whether the optimiser remembers earlier iterations",
    "annealed": "whether the steps are much smaller at the end than at the start",
}
"""What each part is, by its name."""

add_english({f"check.part.{name}": what for name, what in PARTS.items()})
add_english(
    {
        "check.not_a_tensor": "{name} must be a tensor, got {got}.",
        "check.counters": (
            "counters, with episodes of {lengths} steps; an observation is [environment, step of "
            "the episode, number of the episode], a reward is environment + 1 + step / 4, and 1 / "
            "2 more for action 1"
        ),
        "check.collect_rollout.no_rollout": (
            "The first thing returned must be a Rollout, got {got}."
        ),
        "check.make_batch.no_batch": "A Batch must be returned, got {got}.",
        "check.ppo_loss.no_tensor": (
            "The loss must be a tensor, got {got}. A number has no gradient."
        ),
        "check.train.no_model": "The record's model must be an ActorCritic, got {got}.",
    }
)
