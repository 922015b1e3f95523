"""The cliff as a picture: the corridor, its bait and its goal, and what agents did in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ppo_lib.palette import COLORS, VALUE_COLORS
from ppo_lib.reinforce import ReinforceRuns
from ppo_lib.strings import text

LineStyle = Literal["-", "--"]

GROUND, WATER = "#D8D2C4", "#DCEAF2"


def plot_cliff(
    ax: Axes,
    position: int | None = None,
    *,
    bait: float,
    goal: float,
    num_positions: int,
) -> Axes:
    """Draw the corridor from the side: bait beyond the edge on the left, goal on the right.

    Args:
        ax: where; its own axes are taken away.
        position: where the agent is; `None` leaves it out.
        bait: the reward of the fall.
        goal: the reward at the other end.
        num_positions: how many positions there are, both ends included.

    Returns:
        `ax`.
    """
    last = num_positions - 1
    ax.set_axis_off()
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(-0.6, last + 0.6), ylim=(-1.35, 1.45), aspect="equal")
    ax.add_patch(Rectangle((-0.6, -1.35), 1.2, 0.4, color=WATER, linewidth=0))
    edge = [(0.5, 0), (last + 0.6, 0), (last + 0.6, -1.35), (0.62, -1.35), (0.55, -0.7)]
    ax.add_patch(Polygon(edge, closed=True, color=GROUND, linewidth=0))
    ax.plot([0.5, last + 0.6], [0, 0], color="0.35", linewidth=2)
    for place in range(1, num_positions):
        ax.text(place, -0.12, str(place), ha="center", va="top", fontsize=12)
    ax.text(0, -1.03, "0", ha="center", va="top", fontsize=12)
    ax.add_patch(Circle((0, 0.36), 0.17, color=COLORS["clip_fraction"]))
    ax.text(0, 0.78, text("cliff.bait", reward=bait), ha="center", fontsize=12)
    ax.plot([last, last], [0, 0.75], color="0.2", linewidth=2.5)
    flag = [(last, 0.75), (last, 0.4), (last + 0.42, 0.575)]
    ax.add_patch(Polygon(flag, closed=True, color=COLORS["objective"]))
    ax.text(last, 0.88, text("cliff.goal", reward=goal), ha="center", fontsize=12)
    if position is not None:
        height = -0.62 if position == 0 else 0.24
        ax.add_patch(Circle((position, height), 0.22, color=COLORS["truth"], zorder=5))
        ax.add_patch(Circle((position + 0.08, height + 0.06), 0.05, color="white", zorder=6))
    return ax


def cliff_image(position: int, **rules: Any) -> NDArray[np.uint8]:
    """Draw the corridor as a frame of a film.

    Args:
        position: where the agent is.
        **rules: as for `plot_cliff`.

    Returns:
        (H, W, 3).
    """
    fig = Figure(figsize=(7.2, 2.2), dpi=100, facecolor="white")
    canvas = FigureCanvasAgg(fig)
    plot_cliff(fig.add_axes((0, 0, 1, 1)), position, **rules)
    canvas.draw()  # type: ignore[no-untyped-call]
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()  # type: ignore[no-untyped-call]


def plot_true_return(ax: Axes, logits: ArrayLike, returns: ArrayLike) -> Axes:
    """Draw the true return of the policies of one parameter.

    Args:
        ax: where.
        logits: (B,), θ.
        returns: (B,).

    Returns:
        `ax`.
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
        ax: where.
        estimates: (B,), one for each batch.
        exact: the exact gradient, above 0.

    Returns:
        `ax`.
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

    Returns:
        `panels`.
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

    Returns:
        `panels`.
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
