"""The entropy explorer: what the entropy bonus does to a policy over three actions.

Its formulas stand in `entropy_bonus.py` and again in `entropy_explorer.js`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from ppo_lib.course.explorers.explorer import BoundedFloat, Explorer, front_end
from ppo_lib.course.lesson_06.entropy_bonus import (
    Readings,
    contour_gap,
    drift,
    entropy_gradient,
    objective,
    read_off,
    reward_gradient,
    take_steps,
)

LONGEST_TRAIL = 300  # steps
LEAST = 1e-8  # no probability falls below it, however many steps are taken
ARROW_SCALE = 4  # an arrow is as long as so many steps
_ACTIONS = 3
_SHORTEST_ARROW = 0.04  # that the still picture shows, in sides of the triangle
_ROOT = math.sqrt(0.75)  # the triangle's height for a side of 1
_READINGS = ("reward", "entropy", "actions", "bonus", "objective", "length", "cost", "steps")


class Probabilities(traitlets.List[float]):
    """Three numbers of at least `LEAST` that sum to 1."""

    def __init__(self, default_value: Sequence[float]) -> None:
        super().__init__(default_value=list(default_value))
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Return `value` as a list of floats.

        Raises:
            TraitError: if it is anything else.
        """
        if _are_probabilities(value):
            return [float(number) for number in value]
        raise traitlets.TraitError(
            f"{self.name} must be {_ACTIONS} probabilities of at least {LEAST} that sum to 1, "
            f"got {value!r}"
        )


class Rewards(traitlets.List[float]):
    """Three numbers between −1 and 1."""

    def __init__(self, default_value: Sequence[float]) -> None:
        super().__init__(default_value=list(default_value))
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Return `value` as a list of floats.

        Raises:
            TraitError: if it is anything else.
        """
        if isinstance(value, (list, tuple)) and len(value) == _ACTIONS:
            numbers = [x for x in value if _is_number(x) and -1 <= x <= 1]
            if len(numbers) == _ACTIONS:
                return [float(number) for number in numbers]
        raise traitlets.TraitError(
            f"{self.name} must be {_ACTIONS} numbers between -1 and 1, got {value!r}"
        )


class Trail(traitlets.List[list[float]]):
    """The policies that the steps led through: none, or up to `LONGEST_TRAIL` steps."""

    def __init__(self) -> None:
        super().__init__()
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> list[list[float]]:
        """Return `value` as a list of lists of floats.

        Raises:
            TraitError: if it is anything else.
        """
        fits = isinstance(value, (list, tuple)) and len(value) <= LONGEST_TRAIL + 1
        if fits and all(_are_probabilities(policy) for policy in value):
            return [[float(number) for number in policy] for policy in value]
        raise traitlets.TraitError(
            f"{self.name} must be at most {LONGEST_TRAIL + 1} policies, each of {_ACTIONS} "
            f"probabilities of at least {LEAST} that sum to 1, got {value!r}"
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _are_probabilities(value: Any) -> bool:
    if not isinstance(value, (list, tuple)) or len(value) != _ACTIONS:
        return False
    return all(_is_number(x) and x >= LEAST for x in value) and abs(math.fsum(value) - 1) < 1e-9


class EntropyExplorer(Explorer):
    """Three actions, their rewards and an entropy bonus: where it pulls a policy, and at what cost.

    Args:
        probs: the policy, three probabilities of at least 1e-8 that sum to 1.
        rewards: q, the actions' expected rewards, three numbers from -1 to 1.
        ent_coef: c₂, 0 to 1.
        trail: the policies that the steps led through, up to and with `probs`.

    Raises:
        ValueError: if an argument is outside its range. Assigning such a value later
            raises a TraitError with the same message.
    """

    string_prefix = "entropy_explorer"
    _esm = front_end(__file__, "contours.js")

    probs = Probabilities((0.1, 0.2, 0.7))
    rewards = Rewards((1.0, 0.5, 0.0))
    ent_coef = BoundedFloat(0.2, low=0.0, high=1.0, step=0.01)
    trail = Trail()

    def tensors(self) -> tuple[Tensor, Tensor]:
        """Return the probabilities and the rewards, each (3,) float64."""
        probs, rewards = (
            torch.tensor(values, dtype=torch.float64) for values in (self.probs, self.rewards)
        )
        return probs, rewards

    def readings(self) -> Readings:
        """Return the numbers beside the picture."""
        return read_off(*self.tensors(), self.ent_coef)

    def step(self, count: int = 1) -> None:
        """Take steps of gradient ascent on the logits, as the buttons do.

        Args:
            count: how many, 1 to `LONGEST_TRAIL`.
        """
        probs, rewards = self.tensors()
        passed = [policy.tolist() for policy in take_steps(probs, rewards, self.ent_coef, count)]
        goes_on = bool(self.trail) and self.trail[-1] == self.probs
        trail = self.trail if goes_on else [self.probs]
        if len(trail) + count > LONGEST_TRAIL + 1:
            trail = [self.probs]
        self.trail, self.probs = [*trail, *passed], passed[-1]

    def describe(self) -> str:
        """Return the policy, the numbers and what follows from them, in words."""
        numbers = self.readings()
        written = self._written(numbers)
        place = self.say(f"place.{numbers.place}")
        return f"{self.say('picture', place=place, **written)} {self.words()}"

    def words(self) -> str:
        """Return what holds at the policy, and what the maximum costs."""
        numbers = self.readings()
        written = self._written(numbers)
        keys = _words_key(numbers), f"maximum.{_maximum_key(numbers)}"
        return " ".join(self.say(key, **written) for key in keys)

    def _written(self, numbers: Readings) -> dict[str, str]:
        """Return the numbers as the front end writes them, by the fields of the strings."""
        list_of = ", ".join
        times = numbers.bonus_length / numbers.reward_length if numbers.reward_length else 0.0
        return {
            "probabilities": list_of(_number(p) for p in self.probs),
            "rewards": list_of(_number(q) for q in self.rewards),
            "optimum": list_of(_number(p) for p in numbers.optimum),
            "ent_coef": _number(self.ent_coef),
            "reward": _number(numbers.reward, 3),
            "entropy": _number(numbers.entropy),
            "actions": _number(math.exp(numbers.entropy), 1),
            "most": _number(numbers.optimal_entropy),
            "bonus": _number(self.ent_coef * numbers.entropy, 3),
            "objective": _number(numbers.objective, 3),
            "maximum": _number(numbers.maximum, 3),
            "short": _number(numbers.maximum - numbers.objective, 3),
            "length": _length(numbers.length),
            "reward_length": _length(numbers.reward_length),
            "bonus_length": _length(numbers.bonus_length),
            "times": _number(times, 1),
            "optimal_reward": _number(numbers.optimal_reward, 3),
            "best": _number(numbers.best),
            "cost": _number(numbers.best - numbers.optimal_reward, 3),
            "action": str(1 + self.probs.index(max(self.probs))),
            "best_action": str(1 + self.rewards.index(max(self.rewards))),
            "steps": str(max(0, len(self.trail) - 1)),
        }

    def draw_still(self, figure: Figure) -> None:
        """Draw the triangle with its lines, arrows and marks, the bars and the numbers."""
        numbers = self.readings()
        grid = figure.add_gridspec(2, 3, width_ratios=(4.0, 1.8, 2.8))
        self._draw_triangle(figure.add_subplot(grid[:, 0]), numbers)
        self._draw_bars(figure.add_subplot(grid[0, 1]), figure.add_subplot(grid[1, 1]), numbers)
        self._write_numbers(figure.add_subplot(grid[:, 2]), numbers)

    def _draw_triangle(self, axes: Axes, numbers: Readings) -> None:
        axes.set_axis_off()
        axes.set(xlim=(-0.14, 1.14), ylim=(-0.47, _ROOT + 0.09), aspect="equal")
        axes.plot([0, 1, 0.5, 0], [0, 0, _ROOT, 0], color="0.3", lw=1.5)
        gap = contour_gap(numbers.maximum, self.rewards)
        if gap is not None:
            self._draw_heights(axes, numbers.maximum, gap)
        low, top = -0.035, _ROOT + 0.025
        corners = [
            (-0.1, low, "left", "top"),
            (1.1, low, "right", "top"),
            (0.5, top, "center", "bottom"),
        ]
        for number, (x, y, ha, va) in enumerate(corners):
            words = self.say("corner", number=number + 1, reward=_number(self.rewards[number]))
            place: dict[str, Any] = {"ha": ha, "va": va}
            axes.text(x, y, words, fontsize=12, **place)
        axes.plot(0.5, _ROOT / 3, "+", color="0.3", ms=10, mew=1.5)
        if self.trail:
            path = _corner_place(torch.tensor(self.trail)).T
            axes.plot(*path, "-o", color=self.colors["new_policy"], alpha=0.5, lw=1.5, ms=3)
        self._draw_arrows(axes)
        ring: dict[str, Any] = {"mfc": "none", "mec": "black", "mew": 2.5}
        axes.plot(*_corner_place(torch.tensor(numbers.optimum)), "o", ms=13, zorder=5, **ring)
        dot: dict[str, Any] = {"mfc": self.colors["new_policy"], "mec": "black", "mew": 2}
        axes.plot(*_corner_place(self.tensors()[0]), "o", ms=9, zorder=6, **dot)
        self._draw_legend(axes, gap)

    def _draw_heights(self, axes: Axes, maximum: float, gap: float) -> None:
        """Draw the lines of equal F, `gap` apart."""
        line = torch.linspace(0, 1, 61, dtype=torch.float64)
        third, second = torch.meshgrid(line, line, indexing="ij")
        inside = second + third <= 1 + 1e-9
        policies = torch.stack([1 - second - third, second, third], -1)[inside].clamp(min=0)
        heights = objective(policies, self.tensors()[1], self.ent_coef).numpy()
        levels = [maximum - number * gap for number in range(12, 0, -1)]
        x, y = _corner_place(policies).T.numpy()
        style: dict[str, Any] = {"colors": "0.55", "linewidths": 1.0, "linestyles": "solid"}
        axes.tricontour(x, y, heights, levels, **style)

    def _draw_arrows(self, axes: Axes) -> None:
        probs, rewards = self.tensors()
        bonus = self.ent_coef * entropy_gradient(probs)
        parts = {"rewards": reward_gradient(probs, rewards), "bonus": bonus}
        parts = {"both": parts["rewards"] + bonus, **parts}
        x1, y1 = _corner_place(probs).tolist()
        for name, part in parts.items():
            way = ARROW_SCALE * drift(probs, part)
            x2, y2 = _corner_place(probs + min(1.0, _room(probs, way)) * way).tolist()
            if math.hypot(x2 - x1, y2 - y1) > _SHORTEST_ARROW:
                arrow: dict[str, Any] = {"shrinkA": 0, "shrinkB": 0, "mutation_scale": 13}
                arrow |= {"arrowstyle": "-|>"} | self._arrow_style(name)
                axes.annotate("", (x2, y2), (x1, y1), arrowprops=arrow)

    def _arrow_style(self, name: str) -> dict[str, Any]:
        return {
            "both": {"color": self.colors["gradient"], "lw": 5.0},
            "rewards": {"color": self.colors["rewards"], "lw": 2.2},
            "bonus": {"color": self.colors["entropy"], "lw": 2.2, "ls": (0, (3, 1.5))},
        }[name]

    def _draw_legend(self, axes: Axes, gap: float | None) -> None:
        lines = self.say("legend.flat") if gap is None else self.say("legend.lines", gap=f"{gap:g}")
        words = {
            "maximum": self.say("legend.maximum"),
            "uniform": self.say("legend.uniform"),
            "lines": lines,
            "rewards": self.say("legend.rewards"),
            "bonus": self.say("legend.bonus"),
            "both": self.say("legend.both", scale=ARROW_SCALE),
        }
        marks: dict[str, dict[str, Any]] = {
            "maximum": {"marker": "o", "mfc": "none", "mec": "black", "mew": 2.5, "ms": 11},
            "uniform": {"marker": "+", "color": "0.3", "mew": 1.5, "ms": 10},
            "lines": {"color": "0.55", "lw": 1.0},
        }
        for index, (name, title) in enumerate(words.items()):
            x, y = -0.1 + 0.68 * (index // 3), -0.18 - 0.11 * (index % 3)
            style = marks.get(name) or self._arrow_style(name)
            across = [x + 0.05] if "marker" in style else [x, x + 0.1]
            axes.plot(across, [y] * len(across), **style)
            axes.text(x + 0.14, y, title, fontsize=12, va="center")

    def _draw_bars(self, top: Axes, low: Axes, numbers: Readings) -> None:
        actions = [1, 2, 3]
        for axes in (top, low):
            axes.spines[["top", "right"]].set_visible(False)
            axes.tick_params(labelsize=12)
            axes.set(xlim=(0.4, 3.6), xticks=actions)
        top.bar(actions, self.probs, 0.6, color=self.colors["new_policy"])
        top.hlines(
            numbers.optimum, [a - 0.42 for a in actions], [a + 0.42 for a in actions], "black", lw=3
        )
        top.set(ylim=(0, 1), yticks=[0, 0.5, 1])
        top.set_title(self.say("axis.probability"), fontsize=12, loc="left")
        low.bar(actions, self.rewards, 0.6, color=self.colors["rewards"])
        low.axhline(0, color="0.3", lw=0.8)
        low.set(ylim=(-1, 1), yticks=[-1, 0, 1])
        low.set_title(self.say("axis.reward"), fontsize=12, loc="left")
        low.set_xlabel(self.say("axis.action"), fontsize=12)

    def _write_numbers(self, axes: Axes, numbers: Readings) -> None:
        axes.set_axis_off()
        heading = self.say(f"place.{numbers.place}")
        note = self.say("still.note").replace(": ", ":\n")
        axes.text(0, 1, f"{heading}\n({note})", fontsize=12, va="top")
        written = {"ent_coef": _number(self.ent_coef)} | self._written(numbers)
        rows = [(self.say("slider.ent_coef"), written["ent_coef"])]
        rows += [(self.say(f"reading.{x}"), self.say(f"value.{x}", **written)) for x in _READINGS]
        for row, (title, value) in enumerate(rows):
            axes.text(0, 0.76 - 0.09 * row, title, fontsize=12, va="top")
            axes.text(1, 0.76 - 0.09 * row, value, fontsize=12, va="top", ha="right")


def _words_key(numbers: Readings) -> str:
    """Return the key of the words for the place of the policy."""
    corner = numbers.kind in ("corner", "tie")
    if numbers.place == "maximum":
        kinds = {"corner": "fading", "tie": "settled", "equal": "settled"}
        return f"words.{kinds.get(numbers.kind, 'balanced')}"
    if numbers.place == "wrong":
        return "words.stuck" if corner else "words.pulled"
    if numbers.place == "flat":
        return "words.flat"
    if numbers.kind == "equal":
        return "words.alone"
    if numbers.place == "right":
        return "words.back"
    return "words.no_bonus" if corner else "words.between"


def _maximum_key(numbers: Readings) -> str:
    """Return which words tell of the maximum: of a bias that rounds to 0 others than of one."""
    is_close = numbers.kind == "bias" and numbers.best - numbers.optimal_reward < 0.0005
    return "close" if is_close else numbers.kind


def _corner_place(probs: Tensor) -> Tensor:
    """Return where policies (..., 3) stand in a triangle whose side is 1, (..., 2)."""
    return torch.stack([probs[..., 1] + probs[..., 2] / 2, _ROOT * probs[..., 2]], -1)


def _room(probs: Tensor, way: Tensor) -> float:
    """Return how many times `way` fits between a policy and the triangle's rim."""
    return min((float(-p / w) for p, w in zip(probs, way, strict=True) if w < 0), default=math.inf)


def _number(value: float, digits: int = 2) -> str:
    """Return a number with a true minus sign, and never −0.00."""
    words = f"{abs(value):.{digits}f}"
    return f"−{words}" if value < 0 and float(words) else words


def _length(value: float) -> str:
    """Return a gradient's length with three digits, and a short one with four."""
    return _number(value, 4 if value < 0.01 else 3)
