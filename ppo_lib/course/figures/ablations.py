"""Pictures of what became of many agents: by a setting's value, by the part that was changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from ppo_lib.course.figures.palette import VALUE_COLORS
from ppo_lib.course.figures.panels import legend_above
from ppo_lib.course.measures.ablations import Outcome
from ppo_lib.course.words import text

MARKERS = ("o", "s", "^", "D", "v")
STYLES = ("-", "--", ":", "-.", "-")


def plot_by_value(
    ax: Axes, results: Mapping[str, Mapping[float, Sequence[float]]], setting: str, quantity: str
) -> Axes:
    """Draw a dot for each agent against the value of a setting, and a line through the medians.

    Args:
        results: for each method, by its label: for each value, from low to high, one number of
            each agent. `nan`, for an agent whose loss stopped being finite, counts as the worst.
        setting: what is varied, a key `axis.<setting>`.
        quantity: what is drawn, a key `axis.<quantity>`.
    """
    values = list(next(iter(results.values())))
    width = 0.5 / len(results)
    for place, (label, by_value) in enumerate(results.items()):
        color, marker = VALUE_COLORS[place], MARKERS[place]
        shift = (place - (len(results) - 1) / 2) * width
        medians = []
        for index, value in enumerate(values):
            numbers = np.nan_to_num(np.asarray(by_value[value], float), nan=0.0)
            spread = np.linspace(-0.3, 0.3, len(numbers)) * width
            ax.plot(
                index + shift + spread,
                numbers,
                marker,
                color=color,
                markersize=4,
                alpha=0.6,
                mew=0,
                zorder=3,
            )
            medians.append(np.median(numbers))
        ax.plot(
            np.arange(len(values)) + shift,
            medians,
            marker + STYLES[place],
            color=color,
            markersize=10,
            markerfacecolor="white",
            markeredgewidth=2,
            label=label,
        )
    ax.set_xticks(range(len(values)), [f"{value:g}" for value in values])
    ax.set_xlim(-0.5, len(values) - 0.5)
    ax.set_xlabel(text(f"axis.{setting}"))
    ax.set_title(text(f"axis.{quantity}"), loc="left", fontsize=12)
    if len(results) > 1:
        legend_above(ax)
    return ax


def plot_shares_by_value(
    ax: Axes, shares: Mapping[str, Mapping[float, float]], setting: str
) -> Axes:
    """Draw which share of agents solved a task, by the value of a setting, for each method.

    Args:
        shares: for each method, by its label: the share for each value, from low to high.
        setting: what is varied, a key `axis.<setting>`.
    """
    for place, (label, by_value) in enumerate(shares.items()):
        ax.plot(
            range(len(by_value)),
            list(by_value.values()),
            MARKERS[place] + STYLES[place],
            color=VALUE_COLORS[place],
            markersize=8,
            label=label,
        )
        ax.set_xticks(range(len(by_value)), [f"{value:g}" for value in by_value])
    ax.set_ylim(-0.05, 1.05)
    ax.set_xlabel(text(f"axis.{setting}"))
    ax.set_title(text("axis.solved_share"), loc="left", fontsize=12)
    ax.legend(loc="upper left", fontsize=12)
    return ax


def plot_variants(
    ax: Axes,
    solved_after: Mapping[str, Sequence[float]],
    limit: float,
    reference: str,
) -> Axes:
    """Draw after how many steps each agent solved its task, a row for each variant.

    Args:
        solved_after: for each variant, by its label: environment steps of each agent, `inf` for
            one that did not get there. Drawn from the top.
        limit: environment steps of the whole training.
        reference: the label of the row that the others are compared with.
    """
    labels = list(solved_after)
    ax.figure.subplots_adjust(left=0.26, right=0.93, top=0.98)  # room for the labels
    never = 1.08 * limit
    for row, label in enumerate(labels):
        steps = np.asarray(solved_after[label], float)
        shown = np.where(np.isfinite(steps), steps, never)
        shift = np.linspace(-0.25, 0.25, len(steps))
        ax.plot(
            shown / 1000, row + shift, "o", color=VALUE_COLORS[0], markersize=4, alpha=0.5, mew=0
        )
        middle = float(np.sort(shown)[len(shown) // 2])  # never, where half of them are
        ax.plot([middle / 1000] * 2, [row - 0.38, row + 0.38], color=VALUE_COLORS[1], linewidth=3.5)
        count = text("plot.of", count=int(np.isfinite(steps).sum()), total=len(steps))
        ax.annotate(
            count, (1, row), xycoords=("axes fraction", "data"), va="center", ha="left", fontsize=11
        )
        if label == reference:
            ax.axvline(middle / 1000, color="0.5", linestyle=":", linewidth=1.5)
    ax.axvline(1.03 * limit / 1000, color="0.7", linewidth=1)
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ticks = [tick for tick in np.linspace(0, limit / 1000, 5)]
    ax.set_xticks([*ticks, never / 1000], [*(f"{t:g}" for t in ticks), text("plot.never")])
    ax.set_xlim(0, 1.12 * limit / 1000)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(text("axis.solved_after"))
    return ax


def by_value(
    outcomes: Sequence[Outcome], quantity: str = "final_return"
) -> dict[str, dict[float, list[float]]]:
    """Sort outcomes for `plot_by_value`: by the method's label, then by the value.

    Args:
        outcomes: of `ablations.measure`.
        quantity: an attribute of an outcome.

    Returns:
        The numbers of the agents; `inf` where the attribute is `None`.
    """
    sorted_: dict[str, dict[float, list[float]]] = {}
    for outcome in outcomes:
        group = sorted_.setdefault(text(f"variant.{outcome.name}"), {})
        number = getattr(outcome, quantity)
        group.setdefault(outcome.value, []).append(math.inf if number is None else number)
    return sorted_
