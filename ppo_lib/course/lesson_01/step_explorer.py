"""The step-size explorer: one step of REINFORCE on the cliff, and the batch it is taken from.

What it shows is `ppo_lib.course.cliff.exact`, solved exactly and played with given luck. `step_explorer.js`
computes the same in the browser; tests hold it to `ppo_lib.course.cliff.exact` and to autograd.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ppo_lib.course.cliff.environment import CliffEnv
from ppo_lib.course.cliff.exact import GOAL, START, TIME_LIMIT, right_everywhere, true_return
from ppo_lib.course.explorers.explorer import BoundedFloat, BoundedInt, Explorer, front_end
from ppo_lib.course.lesson_01.reinforce_step import (
    AXIS,
    FIRST_SEED,
    NUM_EPISODES,
    PLATEAU_CHANCE,
    Policy,
    Sample,
    collect,
    plateau_edge,
    situation,
    solve,
    write_gradient,
    write_number,
    write_probability,
    write_scientific,
    write_step_size,
    write_tick_probability,
)

_DASHES = ("-", (0, (4, 2)), (0, (1, 1.5)), (0, (6, 1.5, 1, 1.5)))
_MISSES_THE_GOAL = ("wrong", "falls", "collapsed", "escape")


class StepExplorer(Explorer):
    """One step of REINFORCE on the cliff: choose α, drag θ, take the step, and see what is left.

    The policy goes right with probability 1 / (1 + exp(-θ)) at every position, and a step of size
    α follows the gradient that a batch of four episodes estimates: θ′ = θ + α g.

    Args:
        step_size: α, 0.1 to 100.
        theta: θ, -1000 to 1000; from -8 to 8 it is on the axis.
        batch: the luck of the batch, 1 to 999; 1 to 8 are offered for choice. The batch that is
            collected after the step is the next one.
        exact: whether the step follows the exact gradient, and no batch.

    Attributes:
        trail: the steps that were taken, as [θ, θ′, batch].

    Raises:
        ValueError: if an argument is outside its range. Assigning such a value later
            raises a TraitError with the same message.
    """

    string_prefix = "step_explorer"
    _esm = front_end(__file__)

    step_size = BoundedFloat(1.0, low=0.1, high=100.0, step=10**0.05, scale="log")
    theta = BoundedFloat(0.0, low=-1000.0, high=1000.0, step=0.05)
    batch = BoundedInt(1, low=1, high=999)
    exact = traitlets.Bool(False).tag(sync=True)
    trail = traitlets.List(traitlets.List()).tag(sync=True)
    start: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)  # θ and batch
    rules = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self,
        step_size: float = 1.0,
        theta: float = 0.0,
        batch: int = 1,
        exact: bool = False,
        **layout: Any,
    ) -> None:
        super().__init__(step_size=step_size, theta=theta, batch=batch, exact=exact, **layout)
        self.set_trait("start", [self.theta, self.batch])

    @traitlets.default("rules")
    def _default_rules(self) -> dict[str, float]:
        """Return the numbers that the front end's cliff is built from."""
        return {
            "num_positions": CliffEnv.NUM_POSITIONS,
            "start": START,
            "time_limit": TIME_LIMIT,
            "bait_reward": CliffEnv.BAIT_REWARD,
            "goal_reward": CliffEnv.GOAL_REWARD,
            "num_episodes": NUM_EPISODES,
            "first_seed": FIRST_SEED,
            "plateau_chance": PLATEAU_CHANCE,
            "axis": AXIS,
        }

    def step(self) -> tuple[Policy, Policy, float, Sample, Sample]:
        """Return the policies before and after the step, the slope it follows, and both batches."""
        now, sample = solve(self.theta), collect(self.theta, self.batch)
        slope = now.gradient if self.exact else sample.gradient
        limits = type(self).theta
        end = min(max(self.theta + self.step_size * slope, limits.low), limits.high)
        return now, solve(end), slope, sample, collect(end, self.batch + 1)

    def describe(self) -> str:
        """Return the state, the situation and what the step does, in words."""
        now, then, _, sample, _ = self.step()
        picture = self.say(
            "picture",
            theta=write_number(now.theta),
            probability=write_probability(now.right),
            now=write_number(now.true_return, 3),
            number=self.batch,
            ends=self._ends(sample),
            estimate=write_gradient(sample.gradient),
            step_size=write_step_size(self.step_size),
            source=self.say("source.exact" if self.exact else "source.batch"),
            next=write_number(then.theta),
            then=write_number(then.true_return, 3),
        )
        kind = situation(now, then, self.exact)
        words = self.say(
            f"situation.{kind}.words",
            theta=write_number(now.theta),
            now=write_number(now.true_return, 3),
            chance_now=self._chance(now.arrive),
            gradient=write_gradient(now.gradient),
            estimate=write_gradient(sample.gradient),
            next=write_number(then.theta),
            then=write_number(then.true_return, 3),
            chance=self._chance(then.arrive),
            gradient_then=write_gradient(then.gradient),
        )
        heading = self.say(f"situation.{kind}.heading")
        missed = kind in _MISSES_THE_GOAL and sample.arrived == 0
        no_goal = [self.say("no_goal")] if missed else []
        return " ".join([picture, f"{heading}.", *no_goal, words])

    def _ends(self, sample: Sample) -> str:
        both = self.say("batch.ends", fell=sample.fell, arrived=sample.arrived)
        return f"{both}, {self.say('batch.late', late=sample.late)}"

    def _chance(self, chance: float) -> str:
        if chance >= 0.9995:
            return self.say("chance.high")
        if chance >= 0.1:
            return self.say("chance.percent", value=f"{100 * chance:.1f}")
        if chance < 1e-99:
            return self.say("chance.low")
        rounded = float(f"{1 / chance:.2g}")
        value = write_number(rounded, 0) if rounded < 1e5 else write_scientific(1 / chance)
        return self.say("chance.one_in", value=value)

    def draw_still(self, figure: Figure) -> None:
        """Draw the return with the step on it, and both batches below."""
        now, then, slope, sample, next_sample = self.step()
        axes = figure.subplot_mosaic(
            [["return", "return"], ["now", "then"]], height_ratios=(1.5, 1)
        )
        self._draw_return(axes["return"], now, then, slope)
        title = self.say("batch.unused" if self.exact else "batch.now", number=self.batch)
        self._draw_batch(axes["now"], sample, title)
        self._draw_batch(axes["then"], next_sample, self.say("batch.then", number=self.batch + 1))
        axes["then"].set_yticks([])
        heading = self.say(f"situation.{situation(now, then, self.exact)}.heading")
        axes["return"].set_title(
            f"{heading}, α = {write_step_size(self.step_size)} ({self.say('still.note')})",
            fontsize=13,
            loc="left",
        )

    def _draw_return(self, ax: Axes, now: Policy, then: Policy, slope: float) -> None:
        ax.set(xlim=(-AXIS, AXIS), ylim=(0, 1.25), yticks=[0, 0.5, 1])
        ticks = np.arange(-AXIS, AXIS + 1, 2)
        odds = [write_tick_probability(solve(tick).right) for tick in ticks]
        labels = [f"{write_number(tick, 0)}\n{odd}" for tick, odd in zip(ticks, odds, strict=True)]
        ax.set_xticks(ticks, labels)
        ax.set_xlabel(self.say("axis.theta"), fontsize=12)
        ax.set_ylabel(self.say("axis.return"), fontsize=12)
        ax.axvspan(-AXIS, plateau_edge(), color=self.colors["band"], alpha=0.2, lw=0)
        words = f"{self.say('plateau.name')}\n{self.say('plateau.meaning')}"
        ax.text(-AXIS + 0.15, 1.2, words, va="top", fontsize=12)

        grid = np.linspace(-AXIS, AXIS, 321)
        curve = true_return(right_everywhere(torch.from_numpy(grid))).numpy()
        ax.plot(grid, curve, color=self.colors["truth"], lw=3, label=self.say("line.return"))
        for before, after, _ in self.trail:
            heights = [solve(before).true_return, solve(after).true_return]
            ends = np.clip([before, after], -AXIS, AXIS)
            ax.plot(ends, heights, "o--", color="0.6", lw=1, mfc="white", ms=5)
        promise = now.true_return + slope * (then.theta - now.theta)
        purple = self.colors["gradient"]
        line = ([now.theta, then.theta], [now.true_return, promise])
        ax.plot(*line, color=purple, lw=4, label=self.say("line.slope"))
        if abs(then.theta) <= AXIS:
            ax.plot(then.theta, promise, "s", mfc="white", mec=purple, mew=2, ms=7)
        self._mark_policy(ax, then, "white", "point.next", "point.next_away", below=True)
        self._mark_policy(ax, now, "black", "point.name", "point.away", below=False)
        ax.legend(loc="center right", bbox_to_anchor=(1, 0.42), frameon=False, fontsize=12)
        _tidy(ax)

    def _mark_policy(
        self, ax: Axes, policy: Policy, fill: str, key: str, away_key: str, *, below: bool
    ) -> None:
        """Mark a policy on the curve, or at the border of the axis with its value."""
        at, is_here = min(max(policy.theta, -AXIS), AXIS), abs(policy.theta) <= AXIS
        place = (at, policy.true_return)
        marker = "o" if is_here else ">" if at > 0 else "<"
        ax.plot(*place, marker, ms=9, mfc=fill, mec="black", mew=2, zorder=5, clip_on=False)
        ax.annotate(
            self.say(key) if is_here else self.say(away_key, value=write_number(policy.theta)),
            place,
            xytext=(0, -8 if below else 8),
            textcoords="offset points",
            ha="center" if abs(at) < AXIS - 1 else "right" if at > 0 else "left",
            va="top" if below else "bottom",
            fontsize=12,
        )

    def _draw_batch(self, ax: Axes, sample: Sample, title: str) -> None:
        ax.set(xlim=(-1, TIME_LIMIT), ylim=(-2.5, GOAL + 2.3), xticks=[0, 25, 50])
        ax.set_yticks([0, GOAL], [self.say("axis.bait"), self.say("axis.goal")])
        colors = {0: self.colors["clip_fraction"], GOAL: self.colors["objective"]}
        for place, color in colors.items():
            ax.axhline(place, color=color, lw=1.5)
        marks: list[tuple[int, int]] = []
        for number, (path, dashes) in enumerate(zip(sample.paths, _DASHES, strict=True)):
            ax.plot(np.array(path) + 0.2 * (number - 1.5), color="black", ls=dashes, lw=1.5)
            steps, end = len(path) - 1, path[-1]
            rank = sum(other == end and abs(t - steps) < 2 for t, other in marks)
            marks.append((steps, end))
            height = end + (-0.7 if end == 0 else 0.7) * rank  # they pile up
            marker, color = {0: "X", GOAL: "^"}.get(end, "s"), colors.get(end, "white")
            style: dict[str, Any] = {"mfc": color, "mec": "black", "clip_on": False, "zorder": 5}
            ax.plot(steps, height, marker, ms=7, **style)
        slope = self.say("batch.gradient", value=write_gradient(sample.gradient))
        ax.set_title(f"{title}\n{self._ends(sample)}\n{slope}", fontsize=12, loc="left")
        ax.set_xlabel(self.say("axis.step"), fontsize=12)
        _tidy(ax)


def _tidy(ax: Axes) -> None:
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=12)
