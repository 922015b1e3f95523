"""Every setting of a training run, its meaning, its range and its default, in one place."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, fields, replace
from numbers import Integral, Real
from typing import Any

NORMALIZE_ADVANTAGES = ("rollout", "minibatch", "none")


@dataclass(frozen=True)
class Range:
    """The numbers that a setting takes: from `low` to `high`, an open end left out."""

    low: float
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, number: float) -> bool:
        above = number > self.low if self.low_open else number >= self.low
        below = number < self.high if self.high_open else number <= self.high
        return above and below

    def __str__(self) -> str:
        lower = f"above {self.low}" if self.low_open else f"at least {self.low}"
        if self.high == math.inf:
            return f"{lower} and finite" if self.high_open else lower
        return f"{lower} and {'below' if self.high_open else 'at most'} {self.high}"


POSITIVE = Range(0, low_open=True)
POSITIVE_FINITE = Range(0, low_open=True, high_open=True)
NOT_NEGATIVE = Range(0, high_open=True)
SHARE = Range(0, 1)


def setting(default: Any, help: str, takes: Range | None = None) -> Any:
    """Return a field with a default, what it means, and the numbers that it takes."""
    return field(default=default, metadata={"help": help, "takes": takes})


@dataclass(frozen=True)
class PPOConfig:
    """Everything that decides a training run, checked when it is made.

    The meaning of each setting stands beside it, as its `help`, which the command line shows too.
    The defaults solve CartPole-v1.

    Raises:
        TypeError: if a setting has the wrong type.
        ValueError: if a setting is out of range, or if two settings do not fit together.

    Source: names and roles follow Schulman et al., "Proximal Policy Optimization
    Algorithms" (2017), Algorithm 1 and Tables 3 and 5; the optimiser's epsilon, the learning
    rate's annealing and the gradient's clipping follow the details listed by Huang et al.,
    "The 37 Implementation Details of Proximal Policy Optimization" (2022).
    """

    env_id: str = setting("CartPole-v1", "environment, by its Gymnasium name")
    seed: int = setting(
        0, "seed of the environments, the weights and the sampling", Range(0, 2**32 - 1)
    )
    total_steps: int = setting(100_000, "environment steps at most, over all", Range(1))
    num_envs: int = setting(32, "environments stepped side by side (N)", Range(1))
    num_steps: int = setting(32, "steps of each environment in a rollout (T)", Range(1))
    num_epochs: int = setting(4, "passes over each rollout (K)", Range(1))
    minibatch_size: int = setting(256, "samples in a minibatch (M); divides N * T", Range(2))
    gamma: float = setting(0.99, "discount factor", SHARE)
    gae_lambda: float = setting(0.9, "lambda of generalised advantage estimation", SHARE)
    learning_rate: float = setting(0.01, "Adam's step size at the start", POSITIVE_FINITE)
    anneal_learning_rate: bool = setting(True, "lower the step size linearly to 0")
    adam_eps: float = setting(1e-5, "Adam's epsilon", POSITIVE_FINITE)
    clip_range: float = setting(0.2, "epsilon: the band is 1 - epsilon to 1 + epsilon", POSITIVE)
    vf_coef: float = setting(0.5, "weight of the value loss (c1)", NOT_NEGATIVE)
    ent_coef: float = setting(0.0, "weight of the entropy bonus (c2)", NOT_NEGATIVE)
    max_grad_norm: float = setting(1.0, "norm that the gradient is cut to; inf: no cut", POSITIVE)
    normalize_advantages: str = setting(
        "rollout", "over what advantages get mean 0 and spread 1: rollout, minibatch or none"
    )
    hidden_sizes: tuple[int, ...] = setting((64, 64), "widths of each network's hidden layers")

    @property
    def rollout_size(self) -> int:
        """N * T, the samples that one iteration collects."""
        return self.num_envs * self.num_steps

    @property
    def num_minibatches(self) -> int:
        """Gradient steps in one epoch."""
        return self.rollout_size // self.minibatch_size

    @property
    def num_iterations(self) -> int:
        """Whole iterations that fit into `total_steps`."""
        return self.total_steps // self.rollout_size

    def learning_rate_at(self, iteration: int) -> float:
        """Adam's step size in an iteration, counted from 1; annealed, if it is, in equal steps."""
        share = (iteration - 1) / self.num_iterations if self.anneal_learning_rate else 0.0
        return (1.0 - share) * self.learning_rate

    def __post_init__(self) -> None:
        check_settings(self)
        if self.rollout_size % self.minibatch_size:
            raise ValueError(
                f"minibatch_size must divide num_envs * num_steps = {self.rollout_size}, "
                f"got {self.minibatch_size}"
            )
        if self.total_steps < self.rollout_size:
            raise ValueError(
                f"total_steps must be at least one rollout, num_envs * num_steps = "
                f"{self.rollout_size}, got {self.total_steps}"
            )


def check_settings(settings: Any) -> None:
    """Refuse settings of a wrong type or out of range; make NumPy's numbers Python's own.

    Args:
        settings: an instance of a frozen dataclass whose fields are made by `setting`.

    Raises:
        TypeError: if the type of a setting is not that of its default.
        ValueError: if a setting is out of range.
    """
    for each in fields(settings):
        value = getattr(settings, each.name)
        _check_setting(each.name, value, each.default, each.metadata["takes"])
        if isinstance(each.default, (int, float)):
            object.__setattr__(settings, each.name, type(each.default)(value))
        elif isinstance(each.default, tuple):
            object.__setattr__(settings, each.name, tuple(map(int, value)))


def _check_setting(name: str, value: Any, default: object, takes: Range | None) -> None:
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise TypeError(f"{name} must be True or False, got {value!r}")
    elif isinstance(default, int):
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise TypeError(f"{name} must be a whole number {takes}, got {value!r}")
    elif isinstance(default, float):
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(f"{name} must be a number {takes}, got {value!r}")
        if isinstance(value, Integral) and abs(int(value)) > 2**1000:  # no float holds it
            raise ValueError(f"{name} must be a number {takes}, got a number over 2**1000")
    elif isinstance(default, tuple):
        sizes = value if isinstance(value, tuple) else (None,)
        if not all(isinstance(size, Integral) and not isinstance(size, bool) for size in sizes):
            raise TypeError(f"{name} must be a tuple of whole numbers, got {value!r}")
        if min(sizes, default=1) < 1:
            raise ValueError(f"{name} must hold numbers of at least 1, got {value!r}")
    elif not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {value!r}")
    if takes is not None and value not in takes:
        raise ValueError(f"{name} must be {takes}, got {value!r}")
    if name == "normalize_advantages" and value not in NORMALIZE_ADVANTAGES:
        raise ValueError(f"{name} must be one of {', '.join(NORMALIZE_ADVANTAGES)}, got {value!r}")


PRESETS: dict[str, PPOConfig] = {
    "cartpole": PPOConfig(),
    "acrobot": PPOConfig(env_id="Acrobot-v1", num_epochs=8, learning_rate=3e-3),
    "pendulum": PPOConfig(
        env_id="Pendulum-v1",
        total_steps=200_000,
        num_envs=16,
        num_steps=64,
        num_epochs=10,
        minibatch_size=64,
        gamma=0.9,
        gae_lambda=0.95,
        learning_rate=1e-3,
    ),
}


def preset(name: str, **changes: Any) -> PPOConfig:
    """Return a preset's settings, some of them changed.

    Args:
        name: a key of `PRESETS`.
        **changes: settings that differ from the preset, by name.

    Returns:
        The settings, checked.

    Raises:
        ValueError: if there is no such preset, or a change is out of range.
        TypeError: if a change names no setting, or has the wrong type.
    """
    if name not in PRESETS:
        raise ValueError(f"preset must be one of {', '.join(PRESETS)}, got {name!r}")
    return replace(PRESETS[name], **changes)


def grid(config: PPOConfig, **values: Iterable[Any]) -> list[PPOConfig]:
    """Return the settings of every combination of some settings' values.

        grid(PPOConfig(), learning_rate=[1e-4, 1e-3, 1e-2], seed=range(4))  # 12 agents

    Args:
        config: gives the settings that are not named.
        **values: a sequence of values for each named setting. The last setting named varies
            fastest.

    Returns:
        The settings, checked; `[config]` if no setting is named.

    Raises:
        TypeError: if a name is no setting's, if its values are no sequence, or if one of them
            has the wrong type.
        ValueError: if a sequence is empty, if a value is out of range, or if the values of a
            combination do not fit together.
    """
    names = [each.name for each in fields(config)]
    choices = []
    for name, given in values.items():
        if name not in names:
            raise TypeError(f"grid must be given settings ({', '.join(names)}), got {name!r}")
        if isinstance(given, (str, bytes, Mapping, Set)) or not isinstance(given, Iterable):
            raise TypeError(f"{name} must be a sequence of values, such as a list, got {given!r}")
        choices.append(list(given))
        if not choices[-1]:
            raise ValueError(f"{name} must be a sequence of at least one value, got {given!r}")
    return [
        replace(config, **dict(zip(values, combination, strict=True)))
        for combination in itertools.product(*choices)
    ]
