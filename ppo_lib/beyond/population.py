"""Many agents at once: each with settings, weights and random streams of its own.

Much of a small network's time goes into the calls and not into the arithmetic. So a team of agents
shares the calls: every tensor has a leading agent axis, and `torch.func.vmap` gives the loss of
`losses.py` one agent at a time. Processes train side by side, each its share of the teams.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import fields, replace
from typing import Any

import gymnasium as gym
import torch
from gymnasium.envs.registration import EnvSpec, load_env_creator
from torch import Tensor
from tqdm.auto import tqdm

from ppo_lib import losses
from ppo_lib.advantages import compute_gae
from ppo_lib.batch import AdvantageEstimator, Batch, make_batch, minibatches
from ppo_lib.beyond.sharing import Agent, Report, Team, num_processes, share_out
from ppo_lib.beyond.stacked import StackedActorCritics
from ppo_lib.beyond.workers import Job, hire, make_job
from ppo_lib.config import PPOConfig
from ppo_lib.diagnostics import average_metrics, columns_of, explained_variance
from ppo_lib.envs import make_envs, reset_envs
from ppo_lib.losses import LossTerms, Surrogate, ValueLoss, ppo_loss, total_loss
from ppo_lib.networks import ActorCritic, action_distribution
from ppo_lib.optimizer import Adam, clip_norm
from ppo_lib.rollout import collect_rollout
from ppo_lib.tensors import one_thread
from ppo_lib.training import Envs, IterationRecord, check_fit, make_model

COMMON_SETTINGS = ("env_id", "hidden_sizes", "num_envs", "num_steps", "total_steps")
NOT_FOR_VMAP = (
    "in train_many, surrogate and value_loss must do tensor arithmetic alone: no if, assert, "
    "float(), .item() or .numpy() on a tensor, no mask such as a[a > 0], no random number; "
    "torch.where and torch.clamp do it instead, and train takes any function. PyTorch says: "
)


@one_thread()
def update_many(
    population: StackedActorCritics,
    optimizer: Adam,
    batches: Sequence[Batch],
    configs: Sequence[PPOConfig],
    generators: Sequence[torch.Generator],
    surrogate: Surrogate = losses.clipped_surrogate,
    value_loss: ValueLoss = losses.value_loss,
) -> list[dict[str, float]]:
    """Take K epochs of minibatch gradient steps with each agent, on its own batch.

    It is `ppo_update` for every agent, to rounding. An agent whose loss or gradient stops
    being finite is frozen before that step; the others go on.

    Args:
        population: A agents; changed in place.
        optimizer: over the population's parameters.
        batches: of each agent, N * T samples.
        configs: of each agent; `num_epochs`, `minibatch_size` and `clip_range` are the first
            one's.
        generators: the random stream of each agent's minibatches.
        surrogate: the policy's objective; gets one agent's tensors, under `torch.func.vmap`.
        value_loss: the critic's loss, likewise.

    Returns:
        For each agent the metrics of `ppo_update`; `nan` for a frozen one.

    Raises:
        RuntimeError: if `torch.func.vmap` does not take `surrogate` or `value_loss`.
    """
    weights = {"vf_coef": _column(configs, "vf_coef"), "ent_coef": _column(configs, "ent_coef")}
    if not weights["ent_coef"].any():
        del weights["ent_coef"]  # the number 0 in its place leaves the entropy's gradient out
    max_grad_norm = _column(configs, "max_grad_norm").unsqueeze(1)

    def agent_loss(
        predicted: dict[str, Tensor], samples: dict[str, Tensor], weights: dict[str, Any]
    ) -> tuple[Tensor, LossTerms]:
        return total_loss(
            action_distribution(predicted["outputs"], predicted.get("log_std")),
            predicted["values"],
            Batch(**samples),
            configs[0].clip_range,
            weights["vf_coef"],
            weights.get("ent_coef", 0.0),
            surrogate,
            value_loss,
        )

    history: list[tuple[Tensor, ...]] = []
    for _ in range(configs[0].num_epochs):
        for own in zip(*map(minibatches, batches, configs, generators), strict=True):
            minibatch = _stack(own)
            predicted = {
                "outputs": population.outputs("policy_network", minibatch.observations),
                "values": population.outputs("value_network", minibatch.observations).squeeze(-1),
            }
            if population.log_std is not None:
                predicted["log_std"] = population.log_std
            try:
                of_agents, terms = torch.func.vmap(agent_loss)(predicted, vars(minibatch), weights)
            except RuntimeError as error:
                raise RuntimeError(NOT_FOR_VMAP + str(error)) from error
            optimizer.zero_grad()
            of_agents.sum().backward()  # type: ignore[no-untyped-call]
            gradient = optimizer.gradient()
            norms = clip_norm(gradient, max_grad_norm).squeeze(1)
            finite = torch.isfinite(of_agents.detach() + norms)
            for agent in (~finite & ~population.frozen).nonzero().flatten().tolist():
                population.freeze(agent)
            optimizer.step(gradient)
            if population.frozen.any():
                population.clear_frozen()
            noted = [term.detach() for term in terms]
            history.append((*noted, minibatch.old_log_probs, minibatch.advantages, norms))
    columns = columns_of(history)
    results = [
        average_metrics([column[agent] for column in columns], configs[0].clip_range)
        for agent in range(len(configs))
    ]
    for batch, its_metrics, frozen in zip(batches, results, population.frozen, strict=True):
        variance = explained_variance(batch.old_values, batch.returns).item()
        its_metrics["explained_variance"] = variance
        if frozen:
            its_metrics.update(dict.fromkeys(its_metrics, float("nan")))
    return results


def train_many(
    configs: Sequence[PPOConfig],
    models: Sequence[ActorCritic] | None = None,
    *,
    surrogate: Surrogate | Sequence[Surrogate] = losses.clipped_surrogate,
    estimate_advantages: AdvantageEstimator | Sequence[AdvantageEstimator] = compute_gae,
    value_loss: ValueLoss | Sequence[ValueLoss] = losses.value_loss,
    progress: bool = True,
) -> Iterator[list[IterationRecord]]:
    """Train an agent for each settings, all at once.

        for records in train_many([PPOConfig(seed=seed) for seed in range(32)]):
            print(np.mean([np.mean(record.episode_returns) for record in records]))

    An agent sees the random numbers that `train` would show it, takes the same steps to
    rounding, and notices nothing of the others. (Agents with other settings at its side change
    not a bit of it. Which agents share a call depends on the number of processes, on `num_epochs`,
    `minibatch_size`, `clip_range` and the parts; where layers or minibatches are no multiples of
    16, that may change the last bit.)

    If the work is worth the start, a process trains on each of the cores that
    `torch.get_num_threads()` grants. So a part, or an environment of one's own, may be a copy in
    another process: what it prints is seen, but what it appends to a list stays there. All agents
    train in this process if that is 1, or if something cannot be copied, such as a lock.

    One whose loss stops being finite is reported by a warning and frozen: from then on its
    records hold no episodes, its metrics are `nan`, and its model keeps the weights before the
    step that failed.

    Args:
        configs: the settings. All agents share the environment, the network's sizes, the
            rollout's and the number of steps; the rest may differ.
        models: the model of each agent, changed in place; `None` makes new ones.
        surrogate: the policy's objective; or one for each agent. It must be a function that
            `torch.func.vmap` takes: tensor arithmetic, no `if` on a tensor's value. It is called
            once before training, on a copy of some samples.
        estimate_advantages: the advantages of a rollout; or one for each agent.
        value_loss: the critic's loss; or one for each agent. As for `surrogate`.
        progress: whether to show a bar.

    Returns:
        An iterator of `num_iterations` lists, each with a record of every agent, in the order
        of `configs`.

    Raises:
        ValueError: if `configs` is empty or its members differ in what they must share, if
            there are not as many models or parts as agents, if a model does not fit or is there
            twice, if there is no such environment, or if a part returns a wrong shape.
        TypeError: if `configs` is no sequence of `PPOConfig`, if the environment's spaces are
            unsupported, or a part returns no tensor.
        RuntimeError: if `torch.func.vmap` does not take `surrogate` or `value_loss`, or another
            process dies.
    """
    if not (isinstance(configs, Sequence) and all(isinstance(c, PPOConfig) for c in configs)):
        raise TypeError(f"configs must be a sequence of PPOConfig, got {configs!r}")
    if not configs:
        raise ValueError("configs must hold the settings of at least one agent, got none")
    _check_common(configs)
    envs = make_envs(configs[0].env_id, 1)  # for its spaces; each team makes its own
    envs.close()
    if models is None:
        models = [make_model(config, envs) for config in configs]
    else:
        _check_models(models, configs, envs)
    parts = zip(
        _one_each("surrogate", surrogate, len(configs)),
        _one_each("estimate_advantages", estimate_advantages, len(configs)),
        _one_each("value_loss", value_loss, len(configs)),
        strict=True,
    )
    agents = [
        Agent(index, config, model, *own)
        for index, (config, model, own) in enumerate(zip(configs, models, parts, strict=True))
    ]
    return _iterations(agents, progress)


def _iterations(agents: Sequence[Agent], progress: bool) -> Iterator[list[IterationRecord]]:
    config = agents[0].config
    own, jobs = _split(agents)
    steps = config.num_iterations * config.rollout_size * len(agents)
    reported: set[int] = set()
    with ExitStack() as stack:  # closes all, even if a second interrupt cuts one closing short
        bar = stack.enter_context(tqdm(total=steps, unit="step", disable=not progress))
        workers = [stack.enter_context(hire()) for _ in jobs]
        for worker, job in zip(workers, jobs, strict=True):
            worker.start(job)
        crews = [stack.enter_context(closing(_train(own))), *workers]
        for iteration in range(1, config.num_iterations + 1):
            records = {}
            for report in [report for crew in crews for report in next(crew)]:
                agent = agents[report.index]
                agent.diverged = report.diverged
                for parameter, new in zip(agent.model.parameters(), report.weights, strict=False):
                    parameter.data.copy_(torch.from_numpy(new))
                records[report.index] = IterationRecord(**report.facts, model=agent.model)
            for agent in agents:
                if agent.diverged and agent.index not in reported:
                    reported.add(agent.index)
                    warnings.warn(_diverged(agent, agents, iteration), RuntimeWarning, stacklevel=2)
            bar.update(config.rollout_size * len(agents))
            yield [records[agent.index] for agent in agents]


class _Team:
    """Agents that take their steps in the same calls."""

    def __init__(self, agents: Sequence[Agent]) -> None:
        self.agents = agents
        self.configs = [agent.config for agent in agents]
        self.generators = [torch.Generator().manual_seed(config.seed) for config in self.configs]
        self.population = StackedActorCritics([agent.model for agent in agents])
        self.optimizer = Adam(
            self.population.parameters.values(),
            _column(self.configs, "learning_rate").unsqueeze(1),
            _column(self.configs, "adam_eps").unsqueeze(1),
            len(agents),
        )
        config = self.configs[0]
        self.envs = make_envs(config.env_id, config.num_envs * len(agents))
        self.observations = reset_envs(self.envs, [config.seed for config in self.configs])

    def iterate(self, iteration: int) -> list[Report]:
        """Train every agent for an iteration."""
        rollout, self.observations = collect_rollout(
            self.envs,
            self.population,
            self.observations,
            self.configs[0].num_steps,
            self.generators,
        )
        rollouts = rollout.split(len(self.agents))
        batches = []
        for agent, own in zip(self.agents, rollouts, strict=True):
            batches.append(make_batch(own, agent.config, agent.estimate_advantages))
        parts = (self.agents[0].surrogate, self.agents[0].value_loss)
        if iteration == 1:  # what a part does wrong is said as `train` would say it
            sample = batches[0][torch.arange(self.configs[0].minibatch_size)]  # a copy
            ppo_loss(self.agents[0].model, sample, self.configs[0], *parts)

        learning_rates = [config.learning_rate_at(iteration) for config in self.configs]
        self.optimizer.learning_rate = torch.tensor(learning_rates).unsqueeze(1)
        all_metrics = update_many(
            self.population, self.optimizer, batches, self.configs, self.generators, *parts
        )
        reports = []
        for place, agent in enumerate(self.agents):
            own = rollouts[place]
            facts = {
                "iteration": iteration,
                "env_steps": iteration * agent.config.rollout_size,
                "episode_returns": () if agent.diverged else own.episode_returns,
                "episode_lengths": () if agent.diverged else own.episode_lengths,
                "metrics": {**all_metrics[place], "learning_rate": learning_rates[place]},
            }
            agent.diverged = bool(self.population.frozen[place])
            reports.append(Report(agent.index, facts, agent.diverged))
        return reports


def _train(members: Sequence[Team]) -> Generator[list[Report], None, None]:
    """Train some teams, in each iteration one after the other."""
    teams: list[_Team] = []
    try:
        teams.extend(map(_Team, members))
        for iteration in range(1, teams[0].configs[0].num_iterations + 1):
            yield [report for team in teams for report in team.iterate(iteration)]
    finally:
        for team in teams:
            team.envs.close()
            team.population.release()


def _train_elsewhere(members: Sequence[Team], spec: EnvSpec | None) -> Iterator[list[Report]]:
    """Train some teams in another process, which may not know their environment."""
    if spec is not None:
        gym.registry[spec.id] = spec
    models = {agent.index: agent.model for team in members for agent in team}
    for reports in _train(members):
        for report in reports:
            report.weights = [p.detach().numpy() for p in models[report.index].parameters()]
        yield reports


def _split(agents: Sequence[Agent]) -> tuple[list[Team], list[Job]]:
    """Return the teams of this process and the jobs of others.

    There are no others if something cannot be sent: a part that holds a lock, say.
    """
    own, *others = share_out(agents, num_processes(agents))
    try:
        spec = gym.registry.get(agents[0].config.env_id)
        if spec is not None and isinstance(spec.entry_point, str):  # of __main__, it may be
            spec = replace(spec, entry_point=load_env_creator(spec.entry_point))  # type: ignore[arg-type]
        return own, [make_job(_train_elsewhere, teams, spec) for teams in others]
    except Exception:
        return share_out(agents, 1)[0], []


def _stack(batches: Sequence[Batch]) -> Batch:
    names = [column.name for column in fields(Batch)]
    return Batch(*(torch.stack([getattr(batch, name) for batch in batches]) for name in names))


def _column(configs: Sequence[PPOConfig], name: str) -> Tensor:
    """Return a setting of every agent, (A,) float32."""
    return torch.tensor([getattr(config, name) for config in configs], dtype=torch.float32)


def _one_each(name: str, part: Any, num_agents: int) -> list[Any]:
    parts = [part] * num_agents if callable(part) else list(part)
    if len(parts) != num_agents:
        raise ValueError(
            f"{name} must be one function, or one for each of the {num_agents} agents, "
            f"got {len(parts)}"
        )
    return parts


def _check_common(configs: Sequence[PPOConfig]) -> None:
    for name in COMMON_SETTINGS:
        first = getattr(configs[0], name)
        for index, config in enumerate(configs):
            if getattr(config, name) != first:
                raise ValueError(
                    f"{name} must be the same for all agents of a population, "
                    f"got {first!r} in configs[0] and {getattr(config, name)!r} in configs[{index}]"
                )


def _check_models(models: Sequence[ActorCritic], configs: Sequence[PPOConfig], envs: Envs) -> None:
    if len(models) != len(configs):
        raise ValueError(
            f"models must be one for each of the {len(configs)} agents, got {len(models)}"
        )
    if len({id(model) for model in models}) < len(models):
        raise ValueError("models must be one for each agent, got the same one twice")
    shapes = [parameter.shape for parameter in make_model(configs[0], envs).parameters()]
    for model in models:
        check_fit(model, envs, configs[0].env_id)
        if [parameter.shape for parameter in model.parameters()] != shapes:
            raise ValueError(
                f"models must have the hidden_sizes of their settings, {configs[0].hidden_sizes}, "
                f"got weights of shapes {[tuple(p.shape) for p in model.parameters()]}"
            )


def _diverged(agent: Agent, agents: Sequence[Agent], iteration: int) -> str:
    """Say which agent diverged, by its place and by the settings that tell it from the others."""
    settings = [setting.name for setting in fields(PPOConfig)]
    differing = [
        name
        for name in settings
        if name == "seed"
        or any(getattr(o.config, name) != getattr(agent.config, name) for o in agents)
    ]
    shown = ", ".join(f"{name}={getattr(agent.config, name)!r}" for name in differing)
    return (
        f"agent {agent.index} of the population ({shown}) diverged in iteration {iteration}: its "
        f"loss or its gradient is not finite. It is frozen; the others go on."
    )
