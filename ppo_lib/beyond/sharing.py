"""Who trains with whom, and where: agents in teams, teams in processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ppo_lib.batch import AdvantageEstimator
from ppo_lib.config import PPOConfig
from ppo_lib.losses import Surrogate, ValueLoss
from ppo_lib.networks import ActorCritic

MAX_TEAM = 16  # more would share a call's cost better, but leave the processor's cache
WORTH_A_PROCESS = 1.5e6  # of `work`: about 3 s of one core, where a process takes 2 s to start


@dataclass
class Agent:
    """One agent of a population: what is its own."""

    index: int
    config: PPOConfig
    model: ActorCritic
    surrogate: Surrogate
    estimate_advantages: AdvantageEstimator
    value_loss: ValueLoss
    diverged: bool = False


Team = list[Agent]


@dataclass
class Report:
    """What an agent did in an iteration, as one process tells it another."""

    index: int
    facts: dict[str, Any]  # of its record: all but the model
    diverged: bool
    weights: Sequence[NDArray[np.float32]] = ()  # of another process's model


def work(config: PPOConfig) -> float:
    """Return about how long an iteration takes an agent of a full team, in units of 2 µs.

    That is a sample's share of a gradient step. The step itself takes 150 more, whatever its
    size, and to collect a sample takes 2.5.
    """
    steps = config.num_epochs * config.num_minibatches
    return config.rollout_size * (config.num_epochs + 2.5) + 150 * steps


def num_processes(agents: Sequence[Agent]) -> int:
    """Return how many processes shall train: one for each core, if that is worth their start."""
    total = agents[0].config.num_iterations * sum(work(agent.config) for agent in agents)
    return max(1, min(torch.get_num_threads(), int(total / WORTH_A_PROCESS)))


def share_out(agents: Sequence[Agent], num_shares: int) -> list[list[Team]]:
    """Share agents out in teams, to each process about the same work.

    The members of a team can share a call. So that teams are few and large, agents that could be
    in one are put into one process, as far as that goes.

    Args:
        agents: in any order.
        num_shares: the number of processes.

    Returns:
        The teams of each process, at least one. There are fewer processes if an agent has more
        work than the rest.
    """
    groups: dict[Any, Team] = {}
    for agent in agents:
        config = agent.config
        settings = (config.num_epochs, config.minibatch_size, config.clip_range)
        key = (*settings, id(agent.surrogate), id(agent.value_loss))
        groups.setdefault(key, []).append(agent)
    shares: list[list[Team]] = [[] for _ in range(num_shares)]
    total, done = sum(work(agent.config) for agent in agents), 0.0
    for group in groups.values():
        cut: list[Team] = [[] for _ in shares]
        for agent in group:  # along a line as long as the work, cut into equal pieces
            own = work(agent.config)
            cut[int((done + own / 2) / total * num_shares)].append(agent)
            done += own
        for share, team in zip(shares, cut, strict=True):
            share += [team[start : start + MAX_TEAM] for start in range(0, len(team), MAX_TEAM)]
    return [share for share in shares if share]
