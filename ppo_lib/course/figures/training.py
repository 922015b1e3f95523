"""What a training run looks like: return, KL and clip fraction, and any metric, by steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ppo_lib.course.figures.palette import COLORS
from ppo_lib.course.figures.panels import LINE_STYLES, LineStyle
from ppo_lib.course.words import text
from ppo_lib.training import IterationRecord


def plot_episode_returns(
    ax: Axes, records: Sequence[IterationRecord], line_style: LineStyle = "-"
) -> Axes:
    """Draw each iteration's mean episode return against environment steps.

    Args:
        records: of one training run.
        line_style: tells runs apart in one panel.
    """
    ended = [record for record in records if record.episode_returns]
    steps = [record.env_steps / 1000 for record in ended]
    means = [float(np.mean(record.episode_returns)) for record in ended]
    ax.plot(steps, means, color=COLORS["episode_return"], linestyle=line_style)
    return _label(ax, "episode_return")


def plot_metric(
    ax: Axes, records: Sequence[IterationRecord], metric: str, line_style: LineStyle = "-"
) -> Axes:
    """Draw one metric of the update against environment steps.

    Args:
        records: of one training run.
        metric: a key of `record.metrics` that has a colour and an axis label.
        line_style: tells runs apart in one panel.

    Raises:
        KeyError: if there is no such metric.
    """
    steps = [record.env_steps / 1000 for record in records]
    values = [record.metrics[metric] for record in records]
    ax.plot(steps, values, color=COLORS[metric], linestyle=line_style)
    return _label(ax, metric)


def plot_training(
    panels: Sequence[Axes],
    runs: Mapping[str, Sequence[IterationRecord]],
    solved_at: float | None = None,
) -> Sequence[Axes]:
    """Draw return, KL and clip fraction of one or more training runs, a panel each.

    Args:
        panels: three axes of one figure.
        runs: the records of each run, by its label, at most four. Several runs differ in
            line style, which the figure's legend explains.
        solved_at: the return to reach, drawn as a dotted line in black.

    Raises:
        ValueError: if there are more runs than line styles.
    """
    if len(runs) > len(LINE_STYLES):
        raise ValueError(f"runs must hold at most {len(LINE_STYLES)} runs, got {len(runs)}")
    returns, kl, clipped = panels
    for line_style, records in zip(LINE_STYLES, runs.values(), strict=False):
        plot_episode_returns(returns, records, line_style)
        plot_metric(kl, records, "approx_kl", line_style)
        plot_metric(clipped, records, "clip_fraction", line_style)
    for ax in panels:
        ax.set_ylim(bottom=0)
        ax.set_xlim(left=0)
    if solved_at is not None:
        returns.axhline(solved_at, color=COLORS["truth"], linestyle=":", linewidth=1.5)
        returns.annotate(
            text("plot.solved_at", solved_at=solved_at),
            (0, solved_at),
            fontsize=12,
            xycoords=("axes fraction", "data"),
            xytext=(4, 2),
            textcoords="offset points",
            va="bottom",
        )
    if len(runs) > 1:
        handles = [
            Line2D([], [], color=COLORS["truth"], linestyle=line_style, label=label)
            for line_style, label in zip(LINE_STYLES, runs, strict=False)
        ]
        whole = returns.get_figure(root=True)
        assert whole is not None
        whole.legend(
            handles=handles,
            loc="upper right",
            ncols=len(runs),
            frameon=False,
            fontsize=12,
            borderaxespad=0,
        )
    return panels


def _label(ax: Axes, quantity: str) -> Axes:
    """Name the quantity above the panel, where it reads without tilting the head."""
    ax.set_title(text(f"axis.{quantity}"), loc="left", fontsize=12)
    ax.set_xlabel(text("axis.env_steps"))
    ax.locator_params(axis="y", nbins=5)
    return ax
