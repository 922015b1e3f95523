"""Figures in the course's style: a function that draws takes axes and returns them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from ppo_lib.diagnostics import dead_gradient, outside_band
from ppo_lib.palette import COLORS
from ppo_lib.strings import text
from ppo_lib.training import IterationRecord

STYLE: Any = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.dpi": 110,
    "font.size": 12,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
}
LineStyle = Literal["-", "--", ":", "-."]
LINE_STYLES: tuple[LineStyle, ...] = ("-", "--", ":", "-.")


def figure(num_panels: int = 1, width: float = 9.5, height: float = 3.2) -> tuple[Figure, Any]:
    """Make a figure with panels side by side, their margins fixed, which draws quickly.

    It belongs to no window and to no pyplot state, so there is nothing to close.

    Args:
        num_panels: how many.
        width: of the whole, in inches.
        height: in inches.

    Returns:
        The figure, and an array of `num_panels` axes.
    """
    with mpl.rc_context(STYLE):
        fig = Figure(figsize=(width, height))
        fig.subplots_adjust(0.075, 0.6 / height, 0.985, 1 - 0.6 / height, wspace=0.3)
        panels = fig.subplots(1, num_panels, squeeze=False)[0]
    return fig, panels


def plot_episode_returns(
    ax: Axes, records: Sequence[IterationRecord], line_style: LineStyle = "-"
) -> Axes:
    """Draw each iteration's mean episode return against environment steps.

    Args:
        ax: where.
        records: of one training run.
        line_style: tells runs apart in one panel.

    Returns:
        `ax`.
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
        ax: where.
        records: of one training run.
        metric: a key of `record.metrics` that has a colour and an axis label.
        line_style: tells runs apart in one panel.

    Returns:
        `ax`.

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

    Returns:
        `panels`.

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


def plot_surrogate(ax: Axes, advantage: float, clip_range: float, ratio_max: float = 2.0) -> Axes:
    """Draw one sample's two terms and their minimum against its ratio.

    Args:
        ax: where.
        advantage: of the sample, not 0.
        clip_range: epsilon.
        ratio_max: the right end of the axis; the left one is 0.

    Returns:
        `ax`.
    """
    ratio = np.linspace(0, ratio_max, 401)
    unclipped = ratio * advantage
    clipped = np.clip(ratio, 1 - clip_range, 1 + clip_range) * advantage
    objective = np.minimum(unclipped, clipped)
    ax.axvspan(1 - clip_range, 1 + clip_range, color=COLORS["band"], alpha=0.2, linewidth=0)
    ax.plot(ratio, objective, color=COLORS["objective"], linewidth=6, alpha=0.6)
    ax.plot(ratio, unclipped, color=COLORS["unclipped"], linestyle="--")
    ax.plot(ratio, clipped, color=COLORS["clipped"], linestyle=":", linewidth=3)
    ax.plot([1], [advantage], "o", color=COLORS["truth"])
    ax.set_title(text("plot.surrogate", advantage=advantage), loc="left", fontsize=12)
    ax.set_xlabel(text("axis.ratio"))
    return ax


def surrogate_legend(fig: Figure) -> None:
    """Name the three lines of `plot_surrogate` above a figure.

    Args:
        fig: the figure.
    """
    styles: dict[str, Any] = {
        "unclipped": {"linestyle": "--"},
        "clipped": {"linestyle": ":", "linewidth": 3},
        "objective": {"linewidth": 6, "alpha": 0.6},
    }
    handles = [
        Line2D([], [], color=COLORS[name], label=text(f"plot.{name}"), **style)
        for name, style in styles.items()
    ]
    fig.legend(handles=handles, loc="upper right", ncols=3, frameon=False, fontsize=12)


def plot_ratios(
    ax: Axes,
    ratio: ArrayLike,
    advantages: ArrayLike,
    clip_range: float,
    *,
    is_clipped: bool = True,
    bins: int = 40,
) -> Axes:
    """Draw a histogram of ratios: inside the band, outside it the wrong way, and the right way.

    The right way is up for a positive advantage and down for a negative one. Those are the
    samples that the clipped surrogate leaves without a gradient.

    Args:
        ax: where.
        ratio: (B,).
        advantages: (B,), whose signs say which way is right.
        clip_range: epsilon.
        is_clipped: whether the update was by the clipped surrogate; decides the legend.
        bins: how many bars there are, about.

    Returns:
        `ax`.
    """
    ratio, advantages = torch.as_tensor(ratio), torch.as_tensor(advantages)
    outside = outside_band(ratio, clip_range)
    dead = dead_gradient(ratio, advantages, clip_range)
    groups = [ratio[~outside], ratio[outside & ~dead], ratio[dead]]
    low, high = 1 - clip_range, 1 + clip_range
    width = (high - low) / max(1, bins // 4)
    # The edges of the band are edges of bars, so that no bar is half inside.
    first = low - width * np.ceil(max(0.0, low - ratio.min().item()) / width)
    last = high + width * np.ceil(max(0.0, ratio.max().item() - high) / width)
    edges = np.arange(first, last + width / 2, width)
    names = ("inside", "alive", "dead") if is_clipped else ("inside", "wrong_way", "right_way")
    shares = [
        text(f"plot.{n}", share=len(g) / len(ratio)) for n, g in zip(names, groups, strict=True)
    ]
    _, _, bars = ax.hist(
        [group.numpy() for group in groups],
        bins=list(edges),
        stacked=True,
        color=[COLORS["band"], COLORS["clipped"], COLORS["gradient"]],
        label=shares,
    )
    for patch in bars[2]:  # type: ignore[index, union-attr]
        patch.set_hatch("///")
    for edge in (low, high):
        ax.axvline(edge, color=COLORS["truth"], linestyle=":", linewidth=1.5)
    ax.set_xlabel(text("axis.ratio"))
    ax.set_title(text("axis.samples"), loc="left", fontsize=12)
    whole = ax.get_figure(root=True)
    assert whole is not None
    whole.legend(loc="upper right", ncols=3, fontsize=12, frameon=False)
    return ax


def plot_shares(
    panels: Sequence[Axes], outside: Sequence[Sequence[float]], dead: Sequence[Sequence[float]]
) -> Sequence[Axes]:
    """Draw which share of samples is outside the band, and which has no gradient, by epoch.

    Args:
        panels: two axes.
        outside: (S, K) shares for each seed after each epoch.
        dead: (S, K) likewise.

    Returns:
        `panels`.
    """
    names = (("clip_fraction", "plot.share_outside"), ("gradient", "plot.share_dead"))
    for ax, shares, (color, title) in zip(panels, (outside, dead), names, strict=True):
        curves = np.asarray(shares)
        epochs = np.arange(1, curves.shape[1] + 1)
        ax.plot(epochs, curves.T, color=COLORS[color], linewidth=1, alpha=0.6)
        ax.plot(epochs, np.median(curves, axis=0), color=COLORS[color], linewidth=3, marker="o")
        ax.set_title(text(title), loc="left", fontsize=12)
        ax.set_xlabel(text("axis.epoch"))
        ax.set_xticks(epochs)
        ax.set_ylim(0, 1.05 * max(map(max, outside)))
    return panels


def plot_walk(
    panels: Sequence[Axes],
    shares: Sequence[float],
    surrogates: Mapping[str, Sequence[float]],
    true_return: Sequence[float],
) -> Sequence[Axes]:
    """Draw surrogates, and the true return beside them, along a line of policies.

    Args:
        panels: two axes.
        shares: where on the line, 0 the old policy and 1 the updated one.
        surrogates: their values, under `"unclipped"` and `"objective"`.
        true_return: the mean episode return.

    Returns:
        `panels`.
    """
    left, right = panels
    for name, line_style in (("unclipped", "--"), ("objective", "-")):
        left.plot(shares, surrogates[name], color=COLORS[name], linestyle=line_style)
    top = int(np.argmax(surrogates["unclipped"]))
    left.annotate(
        text("plot.l_cpi"),
        (shares[top], surrogates["unclipped"][top]),
        xytext=(0, 8),
        textcoords="offset points",
        ha="center",
        fontsize=12,
    )
    left.annotate(
        text("plot.l_clip"),
        (shares[-1], surrogates["objective"][-1]),
        xytext=(-18, -8),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=12,
    )
    left.set_title(text("plot.surrogates"), loc="left", fontsize=12)
    right.plot(shares, true_return, color=COLORS["truth"], marker="o")
    right.set_title(text("plot.true_return"), loc="left", fontsize=12)
    for ax in panels:
        ax.set_xlabel(text("plot.step"))
        ax.axvline(1, color=COLORS["truth"], linestyle=":", linewidth=1.5)
    left.margins(y=0.25)
    return panels


def legend_above(ax: Axes) -> Axes:
    """Name the lines of a panel in one row above the whole figure.

    Args:
        ax: whose labelled lines they are.

    Returns:
        `ax`.
    """
    fig = ax.get_figure(root=True)
    assert fig is not None
    lines, labels = ax.get_legend_handles_labels()
    fig.legend(
        handles=lines,
        labels=labels,
        loc="upper right",
        bbox_to_anchor=(0.99, 1.0),
        ncols=len(lines),
        fontsize=12,
        frameon=False,
    )
    return ax


def _label(ax: Axes, quantity: str) -> Axes:
    """Name the quantity above the panel, where it reads without tilting the head."""
    ax.set_title(text(f"axis.{quantity}"), loc="left", fontsize=12)
    ax.set_xlabel(text("axis.env_steps"))
    ax.locator_params(axis="y", nbins=5)
    return ax
