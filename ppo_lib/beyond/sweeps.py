"""What a sweep over settings and seeds says: curves and scores of many agents, and their groups."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ppo_lib.config import PPOConfig
from ppo_lib.training import IterationRecord

History = Sequence[Sequence[IterationRecord]]
"""`list(train_many(configs))`: I iterations, in each a record of all A agents."""

NOT_OF_THE_UPDATE = ("learning_rate",)  # known of a diverged agent, too


def diverged(history: History) -> NDArray[np.bool_]:
    """Return which agents have diverged, and from when on.

    Args:
        history: `list(train_many(configs))`.

    Returns:
        (A, I) bool, true from the iteration in which the agent's loss stopped being finite:
        from then on all metrics of its updates are `nan`.

    Raises:
        ValueError: if there is no iteration.
    """
    _check(history)
    stopped = [[_has_diverged(record) for record in run] for run in zip(*history, strict=True)]
    return np.logical_or.accumulate(np.array(stopped, dtype=bool), axis=1)


def curves(
    history: History, quantity: str = "episode_return", num_episodes: int = 20
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return how a quantity developed in each agent.

    Args:
        history: `list(train_many(configs))`.
        quantity: `"episode_return"`, the mean undiscounted return of the last episodes that
            had ended by then; or a key of `record.metrics`.
        num_episodes: how many episodes the mean is over.

    Returns:
        (I,) environment steps of one agent after each iteration; (A, I) values. A value is
        `nan` before that many episodes have ended, and for an agent that has diverged.

    Raises:
        ValueError: if there is no iteration or no such quantity, or if `num_episodes` is below 1.
    """
    _check(history)
    known = ("episode_return", *history[0][0].metrics)
    if quantity not in known:
        raise ValueError(f"quantity must be one of {', '.join(known)}, got {quantity!r}")
    if num_episodes < 1:
        raise ValueError(f"num_episodes must be at least 1, got {num_episodes}")
    env_steps = np.array([records[0].env_steps for records in history])
    runs = list(zip(*history, strict=True))
    if quantity == "episode_return":
        rows = [_recent_returns(run, num_episodes) for run in runs]
    else:
        rows = [[record.metrics[quantity] for record in run] for run in runs]
    return env_steps, np.where(diverged(history), np.nan, np.array(rows, dtype=np.float64))


def final_returns(history: History, num_episodes: int = 20) -> NDArray[np.float64]:
    """Return each agent's mean return over the last episodes of its training.

    Args:
        history: `list(train_many(configs))`.
        num_episodes: how many episodes.

    Returns:
        (A,) mean undiscounted returns; `nan` for an agent that has diverged, or in which fewer
        episodes have ended.

    Raises:
        ValueError: if there is no iteration, or if `num_episodes` is below 1.
    """
    return curves(history, "episode_return", num_episodes)[1][:, -1]


def groups(
    configs: Sequence[PPOConfig], *names: str | Sequence[Any]
) -> dict[tuple[Any, ...], list[int]]:
    """Sort agents by their values of some settings.

    Args:
        configs: the settings of A agents.
        *names: of settings; or A labels, for what tells agents apart and is no setting.

    Returns:
        The places of the agents, from 0, by the tuple of their values; in order of the first
        agent of each group.

    Raises:
        ValueError: if there is no such setting, or if there are not as many labels as agents.
    """
    columns = [_values(configs, name) for name in names]
    members: dict[tuple[Any, ...], list[int]] = {}
    for agent in range(len(configs)):
        members.setdefault(tuple(column[agent] for column in columns), []).append(agent)
    return members


def quartiles(
    values: NDArray[np.float64], gone: NDArray[np.bool_], worst: float | None = None
) -> NDArray[np.float64]:
    """Return the quartiles and the median of a group of agents after each iteration.

    Args:
        values: (G, I) of the group's agents, some rows of `curves`.
        gone: (G, I), the same rows of `diverged`.
        worst: what an agent that has diverged counts as, such as `-math.inf` for a return.
            `None`, for a quantity of which no number is the worst: it is left out, and there is
            no median once half of the group have diverged.

    Returns:
        (3, I) lower quartile, median, upper quartile. `nan` where no value is known, such as a
        return before that many episodes have ended in every agent of the group.
    """
    result = np.full((3, values.shape[1]), np.nan)
    for iteration, (column, out) in enumerate(zip(values.T, gone.T, strict=True)):
        if worst is None:
            known = column[~np.isnan(column)]
            usable = len(known) > 0 and 2 * out.sum() < len(out)
        else:
            known = np.where(out, worst, column)
            usable = not np.isnan(known).any()
        if usable:
            result[:, iteration] = [quantile(known, share) for share in (0.25, 0.5, 0.75)]
    return result


def quantile(values: ArrayLike, share: float) -> NDArray[np.float64]:
    """Return a quantile over agents, who may count as worse than any number.

    Args:
        values: (A, ...), among them -inf or inf, but not both.
        share: 0.5 for the median, 0.25 and 0.75 for the quartiles.

    Returns:
        (...), linear between the two nearest agents, as `np.quantile` has it for finite values;
        infinite if one of the two is.
    """
    ranked: NDArray[np.float64] = np.sort(np.asarray(values, dtype=np.float64), axis=0)
    place = share * (len(ranked) - 1)
    below, weight = math.floor(place), place % 1
    result: NDArray[np.float64] = ranked[below]
    if weight > 0:  # 0 times infinity would be nan
        result = (1 - weight) * result + weight * ranked[below + 1]
    return result


def _check(history: History) -> None:
    if not history or not history[0]:
        raise ValueError("history must hold at least one iteration of at least one agent, got none")


def _has_diverged(record: IterationRecord) -> bool:
    metrics = [value for name, value in record.metrics.items() if name not in NOT_OF_THE_UPDATE]
    return bool(metrics) and all(map(math.isnan, metrics))


def _recent_returns(run: Sequence[IterationRecord], num_episodes: int) -> list[float]:
    """Return `recent_return` after each iteration of a run."""
    recent: deque[float] = deque(maxlen=num_episodes)
    means = []
    for record in run:
        recent.extend(record.episode_returns)
        means.append(float(np.mean(recent)) if len(recent) == num_episodes else math.nan)
    return means


def _values(configs: Sequence[PPOConfig], name: str | Sequence[Any]) -> list[Any]:
    if isinstance(name, str):
        settings = [setting.name for setting in fields(PPOConfig)]
        if name not in settings:
            raise ValueError(
                f"a group must be by a setting ({', '.join(settings)}) or by a sequence of labels, "
                f"got {name!r}"
            )
        return [getattr(config, name) for config in configs]
    if len(name) != len(configs):
        raise ValueError(
            f"labels must be one for each of the {len(configs)} agents, got {len(name)}"
        )
    return list(name)
