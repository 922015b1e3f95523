"""The figures of lesson 04: one sample's objective, ratios after an update, a walk along it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from ppo_lib.course.figures.palette import COLORS
from ppo_lib.course.words import text
from ppo_lib.diagnostics import dead_gradient, outside_band


def plot_surrogate(ax: Axes, advantage: float, clip_range: float, ratio_max: float = 2.0) -> Axes:
    """Draw one sample's two terms and their minimum against its ratio.

    Args:
        advantage: of the sample, not 0.
        clip_range: epsilon.
        ratio_max: the right end of the axis; the left one is 0.
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
        ratio: (B,).
        advantages: (B,), whose signs say which way is right.
        clip_range: epsilon.
        is_clipped: whether the update was by the clipped surrogate; decides the legend.
        bins: how many bars there are, about.
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
