"""Figures in the course's style: a function that draws takes axes and returns them."""

from __future__ import annotations

from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

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


def legend_above(ax: Axes) -> Axes:
    """Name the lines of a panel in one row above the whole figure.

    Args:
        ax: whose labelled lines they are.
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
