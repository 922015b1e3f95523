"""Pictures of what samples of an old policy are worth to a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ppo_lib.course.figures.palette import COLORS, VALUE_COLORS
from ppo_lib.course.words import text

MARKERS = ("o", "^", "s")


def plot_estimates_by_faces(
    ax: Axes, names: Sequence[str], estimates: Sequence[ArrayLike], truths: Sequence[float]
) -> Axes:
    """Draw many estimates of one number for each of several policies, and the truth beside them.

    Args:
        names: of the policies, from left to right.
        estimates: for each, (B,) estimates.
        truths: for each, what is estimated.
    """
    places = np.arange(len(names))
    for place, values, truth in zip(places, estimates, truths, strict=True):
        values = np.asarray(values)
        low, high = np.quantile(values, [0.05, 0.95])
        jitter = np.linspace(-0.22, 0.22, len(values))
        ax.plot(place + jitter, values, ".", color=COLORS["ratio"], markersize=4, alpha=0.6)
        ax.plot([place + 0.3] * 2, [low, high], color=COLORS["ratio"], linewidth=4)
        ax.plot([place - 0.32, place + 0.38], [truth] * 2, color=COLORS["truth"], linewidth=2.5)
    ax.set_xticks(places, names)
    ax.set_title(text("axis.estimates"), loc="left", fontsize=12)
    ax.grid(axis="x", visible=False)
    return ax


def plot_effective_sizes(
    ax: Axes,
    points: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    floors: Mapping[str, float],
) -> Axes:
    """Draw the effective share of a batch against the distance of the new policy from the old.

    The line in black is exp(-2 KL), what two Gaussians of one spread have.

    Args:
        points: for each task, by its label, the KLs and the shares.
        floors: the least share that a task allows, drawn dotted, by its label.
    """
    kl = np.geomspace(1e-3, 10, 200)
    ax.plot(kl, np.exp(-2 * kl), color=COLORS["truth"], linewidth=2.5)
    for (label, (distances, shares)), marker, color in zip(
        points.items(), MARKERS, VALUE_COLORS[1:], strict=False
    ):
        ax.plot(distances, shares, marker, color=color, markersize=6, alpha=0.7, label=label)
        if label in floors:
            ax.axhline(floors[label], color=color, linestyle=":", linewidth=2)
    ax.annotate(text("plot.gaussian_shift"), (0.2, 0.58), ha="right", fontsize=12)
    ax.set_xscale("log")
    ax.set_xlim(1e-3, 10)
    ax.set_ylim(0, 1.03)
    ax.set_xlabel(text("axis.kl"))
    ax.set_title(text("axis.effective_share"), loc="left", fontsize=12)
    ax.legend(loc="lower left", fontsize=12)
    return ax


def plot_visits(ax: Axes, visits: Mapping[str, ArrayLike]) -> Axes:
    """Draw how often an episode of the old and of the new policy acts at each position.

    Args:
        visits: (9,) steps of an episode, under `"old_policy"` and `"new_policy"`.
    """
    for shift, (name, counts) in zip((-0.2, 0.2), visits.items(), strict=True):
        heights = np.asarray(counts)
        hatch = "///" if name == "old_policy" else None
        label = text(f"plot.{name}")
        places = np.arange(len(heights)) + shift
        ax.bar(
            places, heights, 0.4, color=COLORS[name], hatch=hatch, edgecolor="white", label=label
        )
    ax.set_xlabel(text("axis.position"))
    ax.set_title(text("axis.visits"), loc="left", fontsize=12)
    ax.set_xticks(range(len(heights)))
    ax.legend(loc="upper right", fontsize=12)
    return ax


def plot_promise(ax: Axes, turns: ArrayLike, surrogate: ArrayLike, true_return: ArrayLike) -> Axes:
    """Draw what the surrogate promises of policies, and what they truly return.

    Args:
        turns: (B,), how sharply each policy turns back, from 0 for the old one.
        surrogate: (B,).
        true_return: (B,).
    """
    turns = np.asarray(turns)
    lines = (
        ("surrogate", np.asarray(surrogate), COLORS["unclipped"], "--"),
        ("truth", np.asarray(true_return), COLORS["truth"], "-"),
    )
    middle = len(turns) // 2
    for name, values, color, style in lines:
        ax.plot(turns, values, style, color=color, linewidth=3)
        ax.annotate(
            text(f"plot.promise.{name}"),
            (turns[middle], values[middle]),
            xytext=(8, 8),
            textcoords="offset points",
            ha="left" if values[-1] < values[0] else "right",
            fontsize=12,
        )
    ax.plot(turns[:1], np.asarray(true_return)[:1], "o", color=COLORS["old_policy"], markersize=9)
    ax.set_ylim(-0.03, 0.6)
    ax.set_xlabel(text("axis.turn"))
    ax.set_title(text("axis.return"), loc="left", fontsize=12)
    return ax


def plot_reuse(panels: Sequence[Axes], measured: Mapping[str, ArrayLike]) -> Sequence[Axes]:
    """Draw what becomes of one batch, epoch by epoch: thin lines for seeds, thick their median.

    Args:
        panels: three axes.
        measured: (S, K + 1) for S seeds from before the first epoch to after the last, under
            `"promise"`, `"effective_share"` and `"return"`.
    """
    colors = {
        "promise": COLORS["unclipped"],
        "effective_share": COLORS["ratio"],
        "return": COLORS["episode_return"],
    }
    for ax, (name, color) in zip(panels, colors.items(), strict=True):
        curves = np.asarray(measured[name])
        epochs = np.arange(curves.shape[1])
        ax.plot(epochs, curves.T, color=color, linewidth=1, alpha=0.6)
        ax.plot(epochs, np.median(curves, axis=0), color=color, linewidth=3.5, marker="o")
        ax.set_title(text(f"axis.{name}"), loc="left", fontsize=12)
        ax.set_xlabel(text("axis.epoch"))
    panels[0].set_yscale("symlog", linthresh=0.1)
    panels[1].set_ylim(0, 1.03)
    return panels
