"""The corridor of the cliff as a picture, and as the frame of a film."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon, Rectangle
from numpy.typing import NDArray

from ppo_lib.course.figures.palette import COLORS
from ppo_lib.course.words import text

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
