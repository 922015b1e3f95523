"""The trust-region explorer: three steps from one policy of the cliff, on a map of its returns.

The same formulas as in `ppo_lib.course.cliff.exact` and `ppo_lib.course.cliff.steps` stand in `cliff_steps.js`; tests
hold each to the other, and so the words.
"""

from __future__ import annotations

import math
from typing import Any

import torch
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from torch import Tensor

from ppo_lib.course.cliff import exact as cliff
from ppo_lib.course.cliff import steps as cliff_steps
from ppo_lib.course.explorers.explorer import BoundedFloat, Explorer, front_end

PLATEAU = 1e-3  # a gradient shorter than this
FLAT = 0.01  # a surrogate that differs by less from the old policy's return at any policy
_MAP = 4.0  # lean and slope go from -4 to 4
_TRUE_LEVELS = (0.05, 0.1, 0.15, 0.25, 0.4, 0.6, 0.8, 0.9, 0.97)
_SURROGATE_LEVELS = (-2, -1, -0.5, -0.2, 0, *_TRUE_LEVELS[1:-2], 1, 1.25, 1.5, 2, 2.5, 3, 4)
_PLATEAUS = {"goal": (3.3, -0.6), "bait": (-3.1, 1), "late": (0, -3.75)}
_STYLES: dict[str, tuple[str, str, dict[str, Any]]] = {  # color, marker, line
    "gradient": ("gradient", ">", {"lw": 3.0, "ls": "-"}),
    "trpo": ("new_policy", "o", {"lw": 5.0, "ls": "-"}),
    "natural": ("natural_gradient", "D", {"lw": 2.0, "ls": (0, (4, 2.5))}),
}


def format_short(value: float) -> str:
    """Return a number with about three digits and a true minus sign; below 0.0005 as 2e−7."""
    size, sign = abs(value), "−" if value < 0 else ""
    if size == 0:
        return "0"
    if size < 0.0005:
        digit, power = f"{size:.0e}".split("e-")
        return f"{sign}{digit}e−{int(power)}"
    digits = 3 if size < 0.9995 else 2 if size < 9.995 else 1 if size < 99.95 else 0
    return f"{sign}{size:.{digits}f}"


def format_gain(value: float) -> str:
    """Return the same, with a plus sign before a positive number."""
    return f"+{format_short(value)}" if value > 0 else format_short(value)


def format_kl(value: float) -> str:
    """Return a KL; what rounding leaves of one below 1e-12 is no number to show."""
    return format_short(value) if value >= 1e-12 else "0"


class TrustRegionExplorer(Explorer):
    """How far may a step go: gradient, natural gradient and TRPO from a policy to be dragged.

    The policy is `cliff.right_by_position(lean, slope)` in the corridor of `CliffEnv`; returns,
    gradient, KL and Fisher matrix are exact.

    Args:
        lean: the old policy's logit of going right at position 4, -4 to 4.
        slope: how much more it is at the goal, -4 to 4.
        max_kl: δ, 0.001 to 1 nats.
        step_size: α of the gradient step, 0.1 to 100.
        contours: of the true return ("truth"), of the surrogate, or "both".
        walked: steps that were taken, each ("gradient" or "trpo", lean, slope, lean, slope),
            from where to where.

    Raises:
        ValueError: if an argument is outside its range. Assigning such a value later raises a
            TraitError with the same message.
    """

    string_prefix = "trust_region_explorer"
    _esm = front_end(__file__, "cliff_steps.js", "contours.js")

    lean = BoundedFloat(-0.5, low=-_MAP, high=_MAP, step=0.05)
    slope = BoundedFloat(-2.0, low=-_MAP, high=_MAP, step=0.05)
    max_kl = BoundedFloat(0.05, low=0.001, high=1, step=10**0.1, scale="log")
    step_size = BoundedFloat(10.0, low=0.1, high=100, step=10**0.1, scale="log")
    contours = traitlets.Enum(["truth", "surrogate", "both"], "truth").tag(sync=True)
    walked = traitlets.List(
        traitlets.Tuple(
            traitlets.Enum(["gradient", "trpo"]), *[traitlets.CFloat() for _ in range(4)]
        )
    ).tag(sync=True)

    def __init__(
        self,
        lean: float = -0.5,
        slope: float = -2.0,
        max_kl: float = 0.05,
        step_size: float = 10.0,
        contours: str = "truth",
        **layout: Any,
    ) -> None:
        super().__init__(
            lean=lean,
            slope=slope,
            max_kl=max_kl,
            step_size=step_size,
            contours=contours,
            **layout,
        )

    @property
    def old(self) -> Tensor:
        """The old policy's parameters, (2,) float64."""
        return torch.tensor([self.lean, self.slope], dtype=torch.float64)

    def steps(self) -> cliff_steps.Steps:
        """Return the three steps from the old policy."""
        return cliff_steps.three_steps(self.old, self.max_kl, self.step_size)

    def describe(self) -> str:
        """Return the state and what each step does, in words."""
        return f"{self._picture()} {self.words()}"

    def words(self) -> str:
        """Return what the steps show: which of them keep the limit, and which their promise."""
        old, steps = self.old, self.steps()
        gradient, natural = (self._judge(step) for step in (steps.gradient, steps.natural))
        steepness = float(cliff_steps.policy_gradient(old).norm())
        if steepness < PLATEAU:
            small, large = torch.linalg.eigvalsh(cliff_steps.fisher_matrix(old)).tolist()
            sizes = {
                "steepness": steepness,
                "most": 100 * steepness,
                "large": large,
                "small": small,
            }
            words = [self.say("words.plateau", **{k: format_short(v) for k, v in sizes.items()})]
        elif gradient["kl"] > self.max_kl:
            times = format_short(gradient["kl"] / self.max_kl)
            words = [self.say("words.gradient_outside", times=times)]
        else:
            words = [self.say("words.gradient_inside", kl=format_kl(gradient["kl"]))]
        if steps.trpo is None:
            words.append(self.say("words.trpo_none"))
        elif steps.halvings == 0:
            words.append(self.say("words.trpo_whole"))
        else:
            number = str(steps.halvings) if steps.halvings < 3 else "more"
            times = self.say(f"words.times.{number}", times=steps.halvings)
            reason = "kl" if natural["kl"] > self.max_kl else "gain"
            kl = format_kl(natural["kl"])
            words.append(self.say(f"words.trpo_halved_{reason}", kl=kl, times=times))
        does = None if steps.trpo is None else self._judge(steps.trpo)
        if does and does["truth"] < does["promise"] / 2:
            gains = {key: format_gain(does[key]) for key in ("promise", "truth")}
            words.append(self.say(f"words.{'broken' if does['truth'] < 0 else 'short'}", **gains))
        if self.contours != "truth" and self._surrogate_reach() < FLAT:
            words.append(self.say("words.flat"))
        return " ".join(words)

    def _surrogate_reach(self) -> float:
        """Return a bound of |L - J_old| over all policies."""
        right = cliff_steps.policy(self.old)
        gaps = cliff.advantage_gaps(right)
        return float((torch.maximum(right, 1 - right) * gaps.abs()).sum())

    def _judge(self, step: Tensor) -> dict[str, float]:
        """Return what a step does: its mean KL, and the gains in L and in J."""
        old, new = self.old, self.old + step
        return {
            "kl": max(0.0, float(cliff_steps.kl_over_visits(new, old))),
            "promise": float(cliff_steps.surrogate_gain(new, old)),
            "truth": float(cliff_steps.true_gain(new, old)),
        }

    def _picture(self) -> str:
        steps = self.steps()
        words = [
            self.say(
                "picture",
                lean=_signed(self.lean),
                slope=_signed(self.slope),
                true_return=self._return(),
                max_kl=f"{self.max_kl:g}",
                step_size=f"{self.step_size:g}",
            )
        ]
        for name in ("gradient", "natural", "trpo"):
            step = getattr(steps, name)
            if step is None:
                continue
            does = self._judge(step)
            words.append(
                self.say(
                    "step.words",
                    name=self.say(f"step.{name}.long"),
                    kl=format_kl(does["kl"]),
                    promise=format_gain(does["promise"]),
                    truth=format_gain(does["truth"]),
                )
            )
        return " ".join(words)

    def _return(self) -> str:
        return f"{float(cliff.true_return(cliff_steps.policy(self.old))):.3f}"

    def draw_still(self, figure: Figure) -> None:
        """Draw the map with its region and steps, and beside it what each step does."""
        axes, aside = figure.subplots(1, 2, width_ratios=(1.25, 1))
        axes.set(xlim=(-_MAP, _MAP), ylim=(-_MAP, _MAP), aspect="equal")
        axes.set(xticks=range(-4, 5, 2), yticks=range(-4, 5, 2))
        axes.tick_params(labelsize=12)
        axes.set_xlabel(self.say("axis.lean"), fontsize=12)
        axes.set_ylabel(self.say("axis.slope"), fontsize=12)
        self._draw_contours(axes)
        self._draw_region(axes)
        for name, *places in self.walked:
            (x, y), color = (places[0::2], places[1::2]), self.colors[_STYLES[name][0]]
            axes.plot(x, y, "-o", color=color, alpha=0.45, lw=2.5, ms=5)
        self._draw_steps(axes)
        self._write_aside(aside)

    def _draw_contours(self, axes: Axes) -> None:
        line = torch.linspace(-_MAP, _MAP, 81, dtype=torch.float64)
        theta = torch.stack(torch.meshgrid(line, line, indexing="xy"), dim=-1)
        style: dict[str, Any]
        if self.contours != "surrogate":
            heights = cliff.true_return(cliff_steps.policy(theta))
            lines = axes.contour(line, line, heights, _TRUE_LEVELS, colors="0.35", linewidths=1.0)
            axes.clabel(lines, _TRUE_LEVELS[3:], fontsize=12, fmt="%g")
            for name, place in _PLATEAUS.items():
                words = self.say(f"plateau.{name}")
                rim = [withStroke(linewidth=4, foreground="white")]
                style = {"ha": "center", "va": "center", "zorder": 6, "path_effects": rim}
                axes.text(*place, words, fontsize=12, **style)
        if self.contours != "truth":
            old_return = cliff.true_return(cliff_steps.policy(self.old))
            heights = old_return + cliff_steps.surrogate_gain(theta, self.old)
            levels = [x for x in _SURROGATE_LEVELS if heights.min() < x < heights.max()]
            if levels:
                style = {"colors": self.colors["unclipped"], "linestyles": "--"}
                lines = axes.contour(line, line, heights, levels, linewidths=1.8, **style)
                names = {
                    level: self.say("contour.surrogate", level=f"{level:g}") for level in levels
                }
                axes.clabel(lines, fontsize=12, fmt=names, colors="black")

    def _draw_region(self, axes: Axes) -> None:
        fisher, reach = cliff_steps.fisher_matrix(self.old), 3.5 * _MAP
        sizes, directions = torch.linalg.eigh(fisher)
        half = (2 * self.max_kl / sizes).sqrt().clamp(max=reach)
        turn = torch.linspace(0, 2 * math.pi, 257, dtype=torch.float64)
        circle = torch.stack([turn.cos(), turn.sin()], dim=-1)
        rays = (half * circle) @ directions.T
        angles = torch.atan2(rays[:, 1], rays[:, 0])
        border = cliff_steps.region_border(self.old, self.max_kl, angles, reach)
        units = rays / rays.norm(dim=-1, keepdim=True)
        bend = ((units @ fisher) * units).sum(-1, keepdim=True)
        ellipse = self.old + units * (2 * self.max_kl / bend).sqrt()
        color = self.colors["approx_kl"]
        axes.fill(*border.T.numpy(), color=color, alpha=0.12, lw=0)
        axes.plot(*border.T.numpy(), color=color, lw=2.5)
        style: dict[str, Any] = {"ls": (0, (1.5, 2)), "lw": 1.8}
        axes.plot(*ellipse.T.numpy(), color=color, **style)

    def _draw_steps(self, axes: Axes) -> None:
        steps, (x, y) = self.steps(), self.old.tolist()
        for name, (color, marker, line) in _STYLES.items():
            step = getattr(steps, name)
            if step is None:
                continue
            dx, dy = step.tolist()
            shade = self.colors[color]
            axes.plot([x, x + dx], [y, y + dy], color=shade, zorder=4, **line)
            size: dict[str, Any] = {"ms": 8, "mew": 2, "zorder": 5 + (name == "natural")}
            turned = (3, 0, math.degrees(math.atan2(dy, dx)) - 90) if marker == ">" else marker
            face = "white" if name == "natural" else shade
            axes.plot(x + dx, y + dy, marker=turned, mfc=face, mec=shade, **size)
        dot: dict[str, Any] = {"ms": 9, "mew": 2, "mec": "black", "zorder": 7, "clip_on": False}
        axes.plot(x, y, "o", mfc=self.colors["old_policy"], **dot)

    def _write_aside(self, aside: Axes) -> None:
        aside.set_axis_off()
        aside.set(xlim=(0, 1), ylim=(0, 1))
        heading = self.say("heading", true_return=self._return())
        aside.text(0, 1, f"{heading}\n({self.say('still.note')})", va="top", fontsize=12)
        columns, steps = ("kl", "promise", "truth"), self.steps()
        for number, column in enumerate(columns):
            words = self.say(f"table.{column}")
            aside.text(0.56 + 0.22 * number, 0.8, words, ha="right", fontsize=12)
        for row, name in enumerate(("gradient", "natural", "trpo")):
            color, marker, line = _STYLES[name]
            height, step = 0.72 - 0.09 * row, getattr(steps, name)
            face = "white" if name == "natural" else self.colors[color]
            style: dict[str, Any] = {"color": self.colors[color], "clip_on": False} | line
            aside.plot([0, 0.07], [height + 0.015] * 2, **style)
            aside.plot(0.07, height + 0.015, marker, mfc=face, mec=self.colors[color], ms=7)
            aside.text(0.12, height, self.say(f"step.{name}.short"), fontsize=12)
            does = None if step is None else self._judge(step)
            for number, column in enumerate(columns):
                form = format_kl if column == "kl" else format_gain
                words = form(does[column]) if does else self.say("table.none")
                aside.text(0.56 + 0.22 * number, height, words, ha="right", fontsize=12)
        lines: dict[str, dict[str, Any]] = {
            "border": {"color": self.colors["approx_kl"], "lw": 2.5},
            "ellipse": {"color": self.colors["approx_kl"], "lw": 1.8, "ls": (0, (1.5, 2))},
            "truth": {"color": "0.35", "lw": 1.0},
            "surrogate": {"color": self.colors["unclipped"], "lw": 1.8, "ls": "--"},
        }
        hidden = {"truth": "surrogate", "surrogate": "truth"}.get(self.contours)
        for row, name in enumerate(name for name in lines if name != hidden):
            height = 0.4 - 0.09 * row
            aside.plot([0, 0.1], [height + 0.015] * 2, clip_on=False, **lines[name])
            aside.text(0.14, height, self.say(f"line.{name}"), fontsize=12)


def _signed(value: float) -> str:
    """Return a number with two decimals and a true minus sign, as the front end writes it."""
    words = f"{abs(value):.2f}"
    return f"−{words}" if value < 0 and float(words) else words
