"""The cliff as a picture: the corridor, its bait and its goal, and what agents did in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike
from torch import Tensor

from ppo_lib.course.cliff.reinforce import ReinforceRuns
from ppo_lib.course.figures.palette import COLORS, VALUE_COLORS
from ppo_lib.course.figures.panels import LineStyle
from ppo_lib.course.words import text


def plot_true_return(ax: Axes, logits: ArrayLike, returns: ArrayLike) -> Axes:
    """Draw the true return of the policies of one parameter.

    Args:
        logits: (B,), θ.
        returns: (B,).
    """
    ax.plot(logits, returns, color=COLORS["truth"], linewidth=3)
    ax.plot(
        [0],
        [np.interp(0, np.asarray(logits, float), np.asarray(returns, float))],
        "o",
        color=COLORS["truth"],
        markersize=9,
    )
    ax.set_ylim(0, 1.08)
    ax.set_title(text("axis.true_return"), loc="left", fontsize=12)
    ax.set_xlabel(text("axis.logit"))
    return ax


def plot_estimates(ax: Axes, estimates: ArrayLike, exact: float) -> Axes:
    """Draw a histogram of gradient estimates, those of the wrong sign apart, and the exact one.

    Args:
        estimates: (B,), one for each batch.
        exact: the exact gradient, above 0.
    """
    estimates = np.asarray(estimates)
    width = 0.1
    first = width * (np.floor(estimates.min() / width) - 0.5)
    edges = np.arange(first, estimates.max() + width, width)
    groups = {"right_way": estimates > 0, "wrong_way": estimates <= 0}
    for name, where in groups.items():
        label = text(f"plot.estimates.{name}", share=where.mean())
        hatch = "///" if name == "wrong_way" else None
        color = COLORS["gradient"] if name == "right_way" else COLORS["approx_kl"]
        ax.hist(estimates[where], bins=list(edges), color=color, hatch=hatch, label=label)
    ax.axvline(exact, color=COLORS["truth"], linewidth=2.5)
    ax.annotate(
        text("plot.estimates.exact", value=exact),
        (exact, 0.9),
        xycoords=("data", "axes fraction"),
        xytext=(6, 0),
        textcoords="offset points",
        fontsize=12,
    )
    ax.legend(loc="center right", fontsize=12)
    ax.set_title(text("axis.batches"), loc="left", fontsize=12)
    ax.set_xlabel(text("axis.gradient_estimate"))
    return ax


_SWEEP_LINES: dict[str, dict[str, Any]] = {
    "exact": {"color": COLORS["truth"], "linestyle": ":", "marker": "s"},
    "plain": {"color": VALUE_COLORS[1], "linestyle": "-", "marker": "o"},
    "baseline": {"color": VALUE_COLORS[2], "linestyle": "--", "marker": "^"},
}


def plot_step_sizes(
    panels: Sequence[Axes], step_sizes: Sequence[float], runs: Mapping[str, ReinforceRuns]
) -> Sequence[Axes]:
    """Draw which share of agents reaches the goal, and after how many steps, by step size.

    An agent is at the goal while its true return is above 0.9. The steps are those until it first
    is, the median of the agents that ever are.

    Args:
        panels: two axes.
        step_sizes: α.
        runs: up to three of `"plain"`, `"baseline"` and `"exact"`, of these step sizes.
    """
    left, right = panels
    for name, run in runs.items():
        reached = (run.true_returns > 0.9).view(len(run.true_returns), len(step_sizes), -1)
        shares = reached[-1].double().mean(-1).numpy()
        first = reached.int().argmax(0)
        steps = [
            each[ever].double().quantile(0.5).item() if ever.any() else math.nan
            for each, ever in zip(first, reached.any(0), strict=True)
        ]
        style = {**_SWEEP_LINES[name], "markersize": 8, "label": text(f"plot.sweep.{name}")}
        left.plot(step_sizes, shares, **style)
        right.plot(step_sizes, steps, **style)
    for ax, name in ((left, "reached"), (right, "steps_needed")):
        ax.set_xscale("log")
        ax.set_xlabel(text("axis.step_size"))
        ax.set_title(text(f"axis.{name}"), loc="left", fontsize=12)
    left.set_ylim(-0.03, 1.05)
    right.set_yscale("log")
    whole = left.get_figure(root=True)
    assert whole is not None
    handles, labels = left.get_legend_handles_labels()
    whole.legend(handles, labels, loc="upper right", ncols=3, frameon=False, fontsize=12)
    return panels


def plot_collapse(panels: Sequence[Axes], runs: ReinforceRuns, fell: Tensor) -> Sequence[Axes]:
    """Draw return, data and gradient of agents with one step size, those that fell apart.

    Args:
        panels: three axes.
        runs: of one step size.
        fell: (A,) bool, the agents to draw dashed.
    """
    curves = (runs.true_returns[:-1], runs.arrivals, runs.gradient_norms.clamp(min=1e-8))
    names = ("true_return", "arrivals", "grad_norm")
    colors = ("episode_return", "objective", "gradient")
    styles: dict[str, tuple[Tensor, LineStyle]] = {"reached": (~fell, "-"), "fell": (fell, "--")}
    for ax, curve, name, color in zip(panels, curves, names, colors, strict=True):
        for who, style in styles.values():
            if who.any():
                ax.plot(curve[:, who], style, color=COLORS[color], linewidth=0.8, alpha=0.35)
                ax.plot(curve[:, who].median(1).values, style, color=COLORS[color], linewidth=3)
        ax.set_title(text(f"axis.{name}"), loc="left", fontsize=12)
        ax.set_xlabel(text("axis.iteration"))
    panels[2].set_yscale("log")
    handles = [
        Line2D([], [], color=COLORS["truth"], linestyle=style, linewidth=3, label=label)
        for label, style in (
            (text(f"plot.collapse.{name}", count=int(who.sum())), style)
            for name, (who, style) in styles.items()
        )
    ]
    whole = panels[0].get_figure(root=True)
    assert whole is not None
    whole.legend(handles=handles, loc="upper right", ncols=2, frameon=False, fontsize=12)
    return panels
