"""The GAE explorer: every advantage of a rollout, and the terms that make one of them up.

The arithmetic is `ppo_lib.advantages`'; `gae_explorer.js` holds the same for the browser.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import numpy as np
import torch
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor

from ppo_lib.advantages import compute_gae, td_errors
from ppo_lib.course.explorers.explorer import BoundedFloat, BoundedInt, Explorer, front_end

NUM_STEPS = 8
REWARD_LIMIT = 2.0
VALUE_LIMIT = 3.0
SCALES = (1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0)
"""Ends of the axis of TD errors and advantages: the first that all of them fit into."""


class Numbers(traitlets.List[float]):
    """A list of `count` finite numbers from `-limit` to `limit`."""

    def __init__(self, default_value: Sequence[float], *, limit: float) -> None:
        super().__init__(default_value=list(default_value))
        self.count, self.limit = len(default_value), limit
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Return `value` as a list of floats.

        Raises:
            TraitError: if it is anything else.
        """
        if isinstance(value, (list, tuple)) and len(value) == self.count:
            numbers = [x for x in value if isinstance(x, (int, float)) and not isinstance(x, bool)]
            if len(numbers) == len(value) and all(-self.limit <= x <= self.limit for x in numbers):
                return [float(number) for number in numbers]
        raise traitlets.TraitError(
            f"{self.name} must be a list of {self.count} numbers between {-self.limit} and "
            f"{self.limit}, got {value!r}"
        )


class Trajectory(NamedTuple):
    """What `compute_gae` takes: (T, 1) tensors, float64 and bool."""

    rewards: Tensor
    values: Tensor
    next_values: Tensor
    terminated: Tensor
    truncated: Tensor


class GaeExplorer(Explorer):
    """Eight steps of a rollout: drag rewards and values, and see every advantage change.

    Args:
        gamma: γ, 0 to 1.
        gae_lambda: λ, 0 to 1.
        end: "none", "terminated" or "truncated": how an episode ends after `end_step`.
        end_step: the step after which it ends, 0 to 6; the next one begins another episode.
        step: the advantage whose terms are shown, 0 to 7.
        rewards: r_0 to r_7, each from -2 to 2.
        values: V(s_0) to V(s_8), each from -3 to 3; the last is of the observation at which the
            rollout stops.
        final_value: V of the last observation of the episode that ends, -3 to 3. It counts only
            where the end is truncated.

    Raises:
        ValueError: if an argument is outside its range. Assigning such a value later
            raises a TraitError with the same message.
    """

    string_prefix = "gae_explorer"
    _esm = front_end(__file__)

    rewards = Numbers((0.0, -0.5, 0.0, 0.0, 1.5, 0.0, 0.0, 1.0), limit=REWARD_LIMIT)
    values = Numbers((0.7, 0.6, 0.4, 0.1, 1.0, 0.5, 1.2, 0.6, 0.8), limit=VALUE_LIMIT)
    final_value = BoundedFloat(1.0, low=-VALUE_LIMIT, high=VALUE_LIMIT, step=0.1)
    gamma = BoundedFloat(0.9, low=0, high=1, step=0.01)
    gae_lambda = BoundedFloat(0.8, low=0, high=1, step=0.01)
    end = traitlets.Enum(["none", "terminated", "truncated"], "terminated").tag(sync=True)
    end_step = BoundedInt(4, low=0, high=NUM_STEPS - 2)
    step = BoundedInt(2, low=0, high=NUM_STEPS - 1)

    def __init__(self, gamma: float = 0.9, gae_lambda: float = 0.8, **state: Any) -> None:
        super().__init__(gamma=gamma, gae_lambda=gae_lambda, **state)

    def trajectory(self) -> Trajectory:
        """Return the rollout in the form in which the library's functions take it."""
        next_values = list(self.values[1:])
        flags = {name: [False] * NUM_STEPS for name in ("terminated", "truncated")}
        if self.end != "none":
            next_values[self.end_step] = self.final_value  # what follows is another episode's
            flags[self.end][self.end_step] = True
        return Trajectory(
            _column(self.rewards),
            _column(self.values[:-1]),
            _column(next_values),
            _column(flags["terminated"], torch.bool),
            _column(flags["truncated"], torch.bool),
        )

    def td_errors(self) -> NDArray[np.float64]:
        """Return δ_0 to δ_7: (T,)."""
        rewards, values, next_values, terminated, _ = self.trajectory()
        errors = td_errors(rewards, values, next_values, terminated, self.gamma)
        return errors.flatten().numpy()

    def advantages(self) -> NDArray[np.float64]:
        """Return Â_0 to Â_7: (T,)."""
        return compute_gae(*self.trajectory(), self.gamma, self.gae_lambda).flatten().numpy()

    def weights(self) -> NDArray[np.float64]:
        """Return how much each TD error counts in the chosen advantage: (T,), (γλ)^l or 0."""
        weights, weight = np.zeros(NUM_STEPS), 1.0
        for t in range(self.step, self.last_step + 1):
            weights[t] = weight
            weight *= self.gamma * self.gae_lambda
        return weights

    @property
    def stop(self) -> str:
        """What ends the sum of the chosen advantage: "terminated", "truncated" or "rollout"."""
        ends = self.end != "none" and self.step <= self.end_step
        return str(self.end) if ends else "rollout"

    @property
    def last_step(self) -> int:
        """The last step whose TD error can count in the chosen advantage."""
        return NUM_STEPS - 1 if self.stop == "rollout" else self.end_step

    @property
    def case(self) -> str:
        """What is special about the chosen advantage, a key of the string table."""
        if self.gamma == 0:
            return "gamma_zero"
        if self.step == self.last_step or 0 < self.gae_lambda < 1:
            return self.stop
        return "lambda_zero" if self.gae_lambda == 0 else f"lambda_one_{self.stop}"

    def describe(self) -> str:
        """Return the rollout, its advantages and the terms of the chosen one, in words."""
        end = self.say(
            f"end.{self.end}.words", step=self.end_step, value=written(self.final_value, 1)
        )
        picture = self.say(
            "picture",
            gamma=written(self.gamma),
            gae_lambda=written(self.gae_lambda),
            rewards=_listed(self.rewards, 1),
            values=_listed(self.values, 1),
            end=end,
            td_errors=_listed(self.td_errors()),
            advantages=_listed(self.advantages()),
        )
        return f"{picture} {self._sum()} {self._words()}"

    def _heading(self) -> str:
        value = written(self.advantages()[self.step])
        return self.say("heading", index=subscript(self.step), value=value)

    def _sum(self) -> str:
        terms = [
            self.say("term", weight=weight_written(weight), value=written(error))
            for weight, error in zip(self.weights(), self.td_errors(), strict=True)
            if weight > 0
        ]
        return self.say("sum", heading=self._heading(), terms=" + ".join(terms))

    def _words(self) -> str:
        indices = {"index": subscript(self.step), "next": subscript(self.step + 1)}
        return self.say(f"case.{self.case}.words", step=self.step, end=self.end_step, **indices)

    def draw_still(self, figure: Figure) -> None:
        """Draw rewards and values on the left, TD errors and advantages on the right."""
        panels = figure.subplots(2, 2, sharex=True)
        (rewards, errors), (values, advantages) = panels
        names = ("rewards", "td_errors", "values", "advantages")
        for axes, name in zip(panels.flat, names, strict=True):
            axes.spines[["top", "right"]].set_visible(False)
            axes.tick_params(labelsize=12)
            axes.set_title(self._title(name), fontsize=12, loc="left", pad=4)
            axes.axhline(0, color="0.4", lw=0.8)
            axes.axvspan(self.step - 0.5, self.step + 0.5, color="0.92", lw=0)
            self._draw_ends(axes)
        rewards.bar(range(NUM_STEPS), self.rewards, 0.6, color=self.colors["rewards"])
        limit = REWARD_LIMIT * 1.1
        rewards.set(ylim=(-limit, limit), xlim=(-0.5, 8.5), xticks=range(NUM_STEPS + 1))
        self._draw_values(values)
        self._draw_errors(errors)
        heights = self.advantages()
        color = self.colors["advantages"]
        bars = advantages.bar(range(NUM_STEPS), heights, 0.6, fc=f"{color}40", ec=color, lw=1.5)
        bars[self.step].set(facecolor=color, edgecolor="black", linewidth=2)
        advantages.set_ylim(*errors.get_ylim())
        advantages.set_title(self.say("end.rollout"), fontsize=12, loc="right", pad=4)
        limit = scale_for([*self.td_errors(), *heights])
        for axes in (errors, advantages):
            end = written(limit, 1 if limit < 2 else 0)
            axes.set_yticks((-limit, 0, limit), (f"−{end}", written(0, 0), end))
        for axes in (values, advantages):
            axes.set_xlabel(self.say("row.step"), fontsize=12)
        note = self.say("still.note")
        figure.suptitle(f"{self._heading()} ({note})", fontsize=13, x=0.01, ha="left")

    def _title(self, name: str) -> str:
        title = self.say(f"panel.{name}")
        if name == "values":  # the glyphs are DejaVu's, matplotlib's own font
            title += f"    □ {self.say('key.target')}"
            if self.end != "none":
                title += "    " + self.say(f"key.{self.end}", value=written(self.final_value, 1))
        return title

    def _draw_ends(self, axes: Axes) -> None:
        axes.axvline(NUM_STEPS - 0.5, color="0.3", lw=1.5, ls=":")
        if self.end == "none":
            return
        place = self.end_step + 0.5
        axes.axvline(place, color="black", lw=2.5, ls="-" if self.end == "terminated" else "--")
        if axes.get_subplotspec().is_first_row():  # type: ignore[union-attr]
            side = "left" if self.end_step < 3 else "right"
            at = (place, 1.0)
            shift = (4 if side == "left" else -4, 6)
            axes.annotate(
                self.say(f"end.{self.end}"),
                at,
                shift,
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha=side,
                fontsize=12,
            )

    def _draw_values(self, axes: Axes) -> None:
        color = self.colors["values"]
        limit = VALUE_LIMIT * 1.1
        axes.set_ylim(-limit, limit)
        for steps, heights in self._episodes():
            axes.plot(steps, heights, color=color, lw=2.5)
        axes.plot(range(NUM_STEPS + 1), self.values, "o", ms=8, mfc=color, mec="black", mew=1.5)
        place = self.end_step + 0.5
        if self.end == "truncated":
            axes.plot(place, self.final_value, "D", ms=8, mfc="white", mec="black", mew=2)
        elif self.end == "terminated":
            axes.plot(place, 0, "s", ms=8, color="black")
        targets = self.advantages() + self.values[:-1]
        axes.plot(targets, "s", ms=6, mfc="none", mec=self.colors["advantages"], mew=1.5)

    def _episodes(self) -> list[tuple[list[float], list[float]]]:
        """Return each episode's steps and values, with the value in which it ends."""
        steps = [float(t) for t in range(NUM_STEPS + 1)]
        if self.end == "none":
            return [(steps, list(self.values))]
        cut = self.end_step + 1
        last = self.final_value if self.end == "truncated" else 0.0
        before = ([*steps[:cut], cut - 0.5], [*self.values[:cut], last])
        return [before, (steps[cut:], self.values[cut:])]

    def _draw_errors(self, axes: Axes) -> None:
        errors, weights, color = self.td_errors(), self.weights(), self.colors["td_errors"]
        bars = axes.bar(range(NUM_STEPS), errors, 0.6, fc="none", ec=color, lw=1.5)
        for bar, weight in zip(bars, weights, strict=True):
            bar.set_linestyle("-" if weight > 0 else ":")
        axes.bar(range(NUM_STEPS), weights * errors, 0.6, color=color)
        limit = scale_for([*errors, *self.advantages()])
        axes.set_ylim(-1.35 * limit, 1.35 * limit)
        axes.text(-0.4, 1.1 * limit, self.say("row.weights"), fontsize=12)
        for t in range(self.step, NUM_STEPS):
            axes.text(t, 1.1 * limit, weight_written(weights[t]), fontsize=12, ha="center")


def scale_for(numbers: Sequence[float]) -> float:
    """Return the end of the axis that all numbers fit into."""
    largest = max(abs(number) for number in numbers)
    return next((scale for scale in SCALES if largest <= scale), SCALES[-1])


def subscript(number: int) -> str:
    """Write a whole number below the line."""
    return "".join(chr(ord("₀") + int(digit)) for digit in str(number))


def written(value: float, digits: int = 2) -> str:
    """Write a number as the front end does: a tie away from 0, a true minus sign, no −0."""
    unit = Decimal(1).scaleb(-digits)
    # Without its last binary digits: one sum, added up in two ways, reads the same.
    number = Decimal(round(math.fabs(value), 9)).quantize(unit, ROUND_HALF_UP)
    return f"−{number}" if value < 0 and number else str(number)


def weight_written(weight: float) -> str:
    """Write a weight, 0 and 1 without digits behind the point."""
    return written(weight, 0 if weight in (0, 1) else 2)


def _listed(numbers: Sequence[float] | NDArray[np.float64], digits: int = 2) -> str:
    return ", ".join(written(number, digits) for number in numbers)


def _column(numbers: Sequence[float], dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.tensor(numbers, dtype=dtype)[:, None]
