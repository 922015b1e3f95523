"""Pictures of what makes an advantage, and of what a critic learns from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ppo_lib.course.figures.palette import COLORS, VALUE_COLORS
from ppo_lib.course.figures.panels import legend_above
from ppo_lib.course.words import text

MARKERS = ("o", "s", "^", "D")
STYLES = ("-", "--", ":", "-.")


def plot_weights(ax: Axes, gamma: float, lambdas: Sequence[float], num_steps: int) -> Axes:
    """Draw the weight (γλ)^l of each TD error that follows, for several λ.

    Args:
        gamma: γ.
        lambdas: up to five.
        num_steps: how many TD errors, this step's own included.
    """
    later = np.arange(num_steps)
    for gae_lambda, color, marker in zip(lambdas, VALUE_COLORS, "os^Dv", strict=False):
        weights = (gamma * gae_lambda) ** later
        label = text("plot.lambda", value=gae_lambda)
        ax.plot(later, weights, marker + "-", color=color, markersize=6, label=label)
    legend_above(ax)
    ax.set_ylim(0, 1.05)
    ax.set_xlabel(text("axis.steps_later"))
    ax.set_title(text("axis.weight"), loc="left", fontsize=12)
    return ax


def plot_bias_and_spread(
    panels: Sequence[Axes],
    lambdas: Sequence[float],
    measured: Mapping[str, Mapping[str, ArrayLike]],
) -> Sequence[Axes]:
    """Draw how wrong an estimate is on average, how it spreads, and the error of a mean, by λ.

    Args:
        panels: three.
        lambdas: (L,).
        measured: for each case, by its label: `"bias"`, `"spread"` and `"error"`, each (L,).
    """
    places = np.arange(len(lambdas))
    for ax, quantity in zip(panels, ("bias", "spread", "error"), strict=True):
        for (label, values), marker, style in zip(measured.items(), MARKERS, STYLES, strict=False):
            color = COLORS["truth"] if marker == "o" else COLORS["advantages"]
            ax.plot(places, np.asarray(values[quantity]), marker + style, color=color, label=label)
        ax.axhline(0, color="0.5", linewidth=1)
        ax.set_xticks(places, [f"{value:g}" for value in lambdas])
        ax.set_xlabel(text("axis.gae_lambda"))
        ax.set_title(text(f"axis.advantage_{quantity}"), loc="left", fontsize=12)
    legend_above(panels[0])
    return panels


def plot_learnt_values(ax: Axes, truth: ArrayLike, learnt: Mapping[str, ArrayLike]) -> Axes:
    """Draw a critic's values of each state beside the true ones.

    Args:
        truth: (S,).
        learnt: for each way of learning, by its label: (S,); the first one as rings.
    """
    truth = np.asarray(truth)
    states = np.arange(len(truth))
    ax.plot(states, truth, color=COLORS["truth"], linewidth=2.5, label=text("plot.true_values"))
    colors = (COLORS["values"], *VALUE_COLORS[1:])
    for place, (label, values) in enumerate(learnt.items()):
        ring = {"markersize": 15, "fillstyle": "none", "markeredgewidth": 2.5}
        ax.plot(
            states,
            np.asarray(values),
            MARKERS[place],
            color=colors[place],
            label=label,
            clip_on=False,
            **(ring if place == 0 else {"markersize": 9}),
        )
    ax.set_ylim(0, None)
    ax.margins(y=0.15)
    ax.set_xticks(states)
    ax.set_xlabel(text("axis.hour"))
    ax.set_title(text("axis.values"), loc="left", fontsize=12)
    legend_above(ax)
    return ax
