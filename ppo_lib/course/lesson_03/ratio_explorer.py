"""The ratio explorer: what samples of the old policy say about a new one.

Its formulas stand in `importance.py` and again in `ratio_explorer.js`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor
from torch.distributions import Categorical, Normal

from ppo_lib.course.explorers.explorer import BoundedFloat, BoundedInt, Explorer, front_end
from ppo_lib.course.explorers.sampling import uniforms
from ppo_lib.course.lesson_03.importance import (
    LEAST,
    REWARDS,
    Policy,
    Readings,
    ratios_of,
    read_off,
    reward,
    sample_actions,
)

RATIO_LIMITS = (10**-1.55, 10**1.55)  # of the ratio's axis; a dot beyond stands at its end
READINGS = ("truth", "estimate", "error", "worth", "kl", "largest")
"""The rows of the table beside the picture, in order."""


def format_reading(value: float, digits: int = 2) -> str:
    """Write a number of the read-outs: ∞ as it is, and none with more than four digits."""
    if math.isinf(value):
        return "∞"
    return f"{max(value, 0.0):.{digits}f}" if value < 9999.5 else "> 9999"


class Probabilities(traitlets.List[float]):
    """Five numbers of at least `LEAST` that sum to 1."""

    def __init__(self, default_value: Sequence[float]) -> None:
        super().__init__(default_value=list(default_value))
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Return `value` as a list of floats.

        Raises:
            TraitError: if it is anything else.
        """
        if isinstance(value, (list, tuple)) and len(value) == len(REWARDS):
            numbers = [x for x in value if isinstance(x, (int, float)) and x >= LEAST - 1e-12]
            if len(numbers) == len(value) and abs(math.fsum(numbers) - 1) < 1e-9:
                return [float(number) for number in numbers]
        raise traitlets.TraitError(
            f"{self.name} must be {len(REWARDS)} probabilities of at least {LEAST} that sum to 1, "
            f"got {value!r}"
        )


class RatioExplorer(Explorer):
    """Samples of an old policy judge a new one: drag it, and see what they are worth.

    Args:
        kind: "discrete" for five actions, "gaussian" for one continuous action.
        new_probs: the new policy's five probabilities, each at least 0.01.
        old_probs: those of the old policy, which draws the samples.
        new_mean: the new policy's mean, -2.5 to 2.5.
        new_std: its standard deviation, 0.4 to 2.5.
        old_mean: the old policy's mean.
        old_std: its standard deviation.
        num_samples: n, 16 to 1024.
        seed: which samples, from 0.
        moved: "new" or "old": whose handles are shown.

    Raises:
        ValueError: if an argument is outside its range. Assigning such a value later
            raises a TraitError with the same message.
    """

    string_prefix = "ratio_explorer"
    _esm = front_end(__file__)

    kind = traitlets.Enum(["discrete", "gaussian"], "discrete").tag(sync=True)
    new_probs = Probabilities((0.05, 0.15, 0.3, 0.4, 0.1))
    old_probs = Probabilities((0.1, 0.2, 0.4, 0.2, 0.1))
    new_mean = BoundedFloat(0.5, low=-2.5, high=2.5, step=0.01)
    new_std = BoundedFloat(1.0, low=0.4, high=2.5, step=0.01)
    old_mean = BoundedFloat(0.0, low=-2.5, high=2.5, step=0.01)
    old_std = BoundedFloat(1.0, low=0.4, high=2.5, step=0.01)
    num_samples = BoundedInt(64, low=16, high=1024, step=2, scale="log")
    seed = BoundedInt(0, low=0, high=2**31 - 1)
    moved = traitlets.Enum(["new", "old"], "new").tag(sync=True)

    def __init__(self, kind: str = "discrete", **state: Any) -> None:
        super().__init__(kind=kind, **state)

    def policy(self, which: str) -> Policy:
        """Return the "new" or the "old" policy of the chosen kind."""
        if self.kind == "discrete":
            probabilities = getattr(self, f"{which}_probs")
            return Categorical(torch.tensor(probabilities, dtype=torch.float64))
        mean, std = (getattr(self, f"{which}_{name}") for name in ("mean", "std"))
        return Normal(*torch.tensor([mean, std], dtype=torch.float64))

    def readings(self) -> Readings:
        """Return the numbers beside the picture."""
        return read_off(self.policy("new"), self.policy("old"), self.seed, self.num_samples)

    def describe(self) -> str:
        """Return both policies, the numbers and what follows from them, in words."""
        numbers = self.readings()
        picture = self.say(
            "picture",
            place=self.say(f"case.{numbers.case}.place"),
            new=self._name("new"),
            old=self._name("old"),
            **self._written(numbers),
        )
        return f"{picture} {self.say(f'case.{numbers.case}.words')}"

    def _name(self, which: str) -> str:
        if self.kind == "discrete":
            probabilities = getattr(self, f"{which}_probs")
            return self.say(
                "policy.discrete", probabilities=", ".join(f"{p:.2f}" for p in probabilities)
            )
        mean, std = (getattr(self, f"{which}_{name}") for name in ("mean", "std"))
        return self.say("policy.gaussian", mean=_signed(mean), std=f"{std:.2f}")

    def _written(self, numbers: Readings) -> dict[str, str]:
        """Return the readings as the front end writes them, by the names of their fields."""
        return {
            "truth": format_reading(numbers.expected_reward),
            "estimate": format_reading(numbers.estimate),
            "error": format_reading(numbers.standard_error),
            "worth": format_reading(
                numbers.effective_size, 0 if numbers.effective_size > 10 else 1
            ),
            "count": str(self.num_samples),
            "kl": format_reading(numbers.kl),
            "largest": format_reading(numbers.largest_ratio),
        }

    def draw_still(self, figure: Figure) -> None:
        """Draw the policies, the ratio with its samples, the reward and the estimate."""
        numbers = self.readings()
        new, old = self.policy("new"), self.policy("old")
        grid = figure.add_gridspec(3, 2, width_ratios=(3, 2), height_ratios=(3, 3, 1.3))
        top = figure.add_subplot(grid[0, 0])
        middle = figure.add_subplot(grid[1, 0], sharex=top)
        low = figure.add_subplot(grid[2, 0], sharex=top)
        strip = figure.add_subplot(grid[2, 1])
        words = figure.add_subplot(grid[:2, 1])
        for axes in (top, middle, low, strip):
            axes.spines[["top", "right"]].set_visible(False)
            axes.tick_params(labelsize=11)
        for axes in (top, middle):
            axes.tick_params(labelbottom=False)
        middle.set(yscale="log", ylim=RATIO_LIMITS)
        middle.set_yticks([0.1, 1, 10], labels=["0.1", "1", "10"])
        middle.set_yticks([], minor=True)
        middle.axhline(1, color="0.4", lw=0.8)
        low.set(ylim=(0, 5.5), yticks=[0, 5])

        if isinstance(new, Categorical) and isinstance(old, Categorical):
            self._draw_bars(top, middle, low, new, old)
        else:
            self._draw_curves(top, middle, low, cast(Normal, new), cast(Normal, old))
        self._draw_samples(middle, new, old)
        top.legend(loc="upper left", frameon=False, fontsize=11, ncols=2, borderpad=0)
        titles = {top: f"axis.{self.kind}", middle: "axis.ratio", low: "axis.reward"}
        for axes, key in titles.items():
            title = self.say(key).replace("_[new]", r"$_{\mathrm{new}}$")
            title = title.replace("_[old]", r"$_{\mathrm{old}}$")
            axes.set_title(title, fontsize=12, loc="left", pad=3)
        self._draw_estimate(strip, numbers)
        self._write_numbers(words, numbers)

    def _draw_bars(
        self, top: Axes, middle: Axes, low: Axes, new: Categorical, old: Categorical
    ) -> None:
        actions = np.arange(1, 6)
        hatched = {"fc": "none", "ec": self.colors["old_policy"], "hatch": "///"}
        top.bar(actions - 0.19, old.probs.numpy(), 0.34, label=self.say("policy.old"), **hatched)
        brown = self.colors["new_policy"]
        top.bar(actions + 0.19, new.probs.numpy(), 0.34, color=brown, label=self.say("policy.new"))
        top.set(xlim=(0.5, 5.5), ylim=(0, 1), xticks=list(range(1, 6)))
        above = (new.probs / old.probs - 1).numpy()
        middle.bar(actions, above, 0.76, bottom=1, color=self.colors["ratio"], alpha=0.35, lw=0)
        low.bar(actions, REWARDS, 0.3, color=self.colors["truth"])

    def _draw_curves(self, top: Axes, middle: Axes, low: Axes, new: Normal, old: Normal) -> None:
        actions = torch.linspace(-5, 5, 401, dtype=torch.float64)
        for policy, which, style in ((old, "old", "--"), (new, "new", "-")):
            density = torch.exp(-0.5 * ((actions - policy.loc) / policy.scale) ** 2)
            density /= policy.scale * math.sqrt(2 * math.pi)
            color = self.colors[f"{which}_policy"]
            top.plot(actions, density, style, lw=3, color=color, label=self.say(f"policy.{which}"))
        top.set(xlim=(-5, 5), ylim=(0, 1.05), yticks=[0, 0.5, 1])
        ratios = ratios_of(new, old, actions)
        middle.plot(actions, ratios.clamp(1e-4, 1e4), color=self.colors["ratio"], lw=3)
        low.plot(actions, reward(new, actions), color=self.colors["truth"], lw=2.5)

    def _draw_samples(self, axes: Axes, new: Policy, old: Policy) -> None:
        actions = sample_actions(old, self.seed, self.num_samples)
        ratios = ratios_of(new, old, actions)
        across, along = _scatter(self.seed, self.num_samples)
        places = 1 + actions + 0.6 * across if self.kind == "discrete" else actions
        heights = ratios * 10 ** (0.35 * along)
        radii = dot_radius(ratios, self.num_samples)
        axes.scatter(
            places,
            heights.clamp(*RATIO_LIMITS),
            s=(1.3 * radii) ** 2,
            color=self.colors["ratio"],
            edgecolor="0.2",
            linewidth=0.5,
            zorder=3,
        )

    def _draw_estimate(self, axes: Axes, numbers: Readings) -> None:
        axes.set(xlim=(0, 6), ylim=(-1, 1), yticks=[])
        truth, error = numbers.expected_reward, min(numbers.standard_error, 100.0)
        axes.axvspan(truth - error, truth + error, color=self.colors["ratio"], alpha=0.35, lw=0)
        axes.axvline(truth, color=self.colors["truth"], lw=3)
        at = min(numbers.estimate, 6.0)
        axes.plot(at, 0, "o", ms=10, mfc=self.colors["ratio"], mec="black", mew=1.5, clip_on=False)
        axes.set_xlabel(self.say("axis.estimate"), fontsize=12)

    def _write_numbers(self, axes: Axes, numbers: Readings) -> None:
        axes.axis("off")
        place = self.say(f"case.{numbers.case}.place")
        axes.set_title(f"{place}\n({self.say('still.note')})", fontsize=12, loc="left")
        for row, name in enumerate(READINGS):
            height = 0.92 - 0.17 * row
            axes.text(0, height, self.say(f"reading.{name}"), fontsize=12, va="top")
            value = self.say(f"value.{name}", **self._written(numbers))
            axes.text(1, height, value, fontsize=12, va="top", ha="right")


def dot_radius(ratios: Tensor, count: int) -> Tensor:
    """Return a sample's radius in pixels: its area is its weight, within what can be seen."""
    radii: Tensor = 10 * count**-0.25 * ratios.sqrt()
    return radii.clamp(0.8, 16)


def _scatter(seed: int, count: int) -> tuple[Tensor, Tensor]:
    """Return how far each dot stands from its place, −0.5 to 0.5 across and along."""
    pairs = torch.from_numpy(uniforms(seed ^ 1 << 31, 2 * count).reshape(count, 2)) - 0.5
    return pairs[:, 0], pairs[:, 1]


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
