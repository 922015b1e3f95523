"""Figures of a sweep: a line for each value of a setting, or a map of two settings.

Like those of `training.py`, every function takes axes and returns them.
"""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation, Transform, blended_transform_factory
from numpy.typing import ArrayLike, NDArray

from ppo_lib.beyond.sweeps import History, curves, diverged, groups, quantile, quartiles
from ppo_lib.config import PPOConfig
from ppo_lib.course.figures.palette import VALUE_COLORS
from ppo_lib.course.figures.panels import LINE_STYLES
from ppo_lib.course.words import text

VALUE_STYLES: tuple[Any, ...] = (*LINE_STYLES, (0, (4, 1, 1, 1, 1, 1)))
LEFT_MARGIN = 0.65  # inches, for the numbers and the name of a vertical axis
MAX_THIN_LINES = 12  # of one group: more of them hide the band


def plot_sweep(
    ax: Axes,
    configs: Sequence[PPOConfig],
    history: History,
    by: str | Sequence[Any],
    quantity: str = "episode_return",
    num_episodes: int = 20,
) -> Axes:
    """Draw how a quantity developed, a line for each value of a setting.

    A line is the median over the agents with that value, its band reaches from the lower to the
    upper quartile, and thin lines show the agents. One that diverged counts as the worst from
    then on if the quantity is the return, and is left out otherwise; its thin line ends in a
    cross. The thick line stops once half have diverged.

    Args:
        ax: where; it gets narrower, so that the labels fit into its place. That needs half of
            the notebook's width at least.
        configs: the settings of A agents.
        history: `list(train_many(configs))`.
        by: a setting; or A labels, for what tells agents apart and is no setting. Five values
            at most.
        quantity: `"episode_return"`, the mean return of the last episodes; or a key of
            `record.metrics`.
        num_episodes: how many episodes that mean is over.

    Raises:
        ValueError: if `by` has more than five values or fits no agents, or if there is no such
            quantity.
    """
    env_steps, values = curves(history, quantity, num_episodes)
    steps, gone = env_steps / 1000, diverged(history)
    members = _members(configs, history, by)
    summaries = _summaries(members, values, gone, quantity)
    thin = [agents if 1 < len(agents) <= MAX_THIN_LINES else [] for agents in members.values()]
    bottom, top = _limits(*summaries, *(values[agents] for agents in thin))
    ax.set(xlim=(0, steps[-1]), ylim=(bottom, top))
    for place, (lower, median, upper) in enumerate(summaries):
        color, line_style = _value_color(place, len(members)), VALUE_STYLES[place]
        drawn = np.isfinite(median)
        lower = np.where(np.isneginf(lower), bottom, lower)
        ax.fill_between(steps, lower, upper, where=drawn, color=color, alpha=0.2, linewidth=0)
        for agent in thin[place]:
            ax.plot(steps, values[agent], color=color, linewidth=0.8, alpha=0.4)
            known = np.isfinite(values[agent]).nonzero()[0]
            if gone[agent, -1] and len(known):
                ax.plot(steps[known[-1]], values[agent, known[-1]], "x", color=color)
        line = np.where(drawn, median, np.nan)
        ax.plot(steps, line, color=color, linestyle=line_style, linewidth=2.5)
    ax.set_title(_quantity_label(quantity, num_episodes), loc="left", fontsize=12)
    ax.set_xlabel(text("axis.env_steps"), fontsize=12)
    ax.locator_params(axis="y", nbins=5)
    ax.tick_params(labelsize=12)
    labels = _labels(members, by, gone, "\n{}")
    return _label_ends(ax, steps, [median for _, median, _ in summaries], labels)


def sweep_alt(
    configs: Sequence[PPOConfig],
    history: History,
    by: str | Sequence[Any],
    quantity: str = "episode_return",
    num_episodes: int = 20,
) -> str:
    """Say in words and numbers what `plot_sweep` draws, from the same arguments.

    Args:
        configs: the settings of A agents.
        history: `list(train_many(configs))`.
        by: a setting, or A labels.
        quantity: what is drawn.
        num_episodes: how many episodes a return is the mean of.

    Returns:
        The alt text: a sentence for the whole, and one for each line.

    Raises:
        ValueError: as `plot_sweep`.
    """
    env_steps, values = curves(history, quantity, num_episodes)
    gone = diverged(history)
    members = _members(configs, history, by)
    summaries = _summaries(members, values, gone, quantity)
    labels = _labels(members, by, gone, " ({})")
    sentences = [text("alt.sweep", quantity=_quantity_label(quantity, num_episodes))]
    for label, summary in zip(labels, summaries, strict=True):
        drawn = np.isfinite(summary[1]).nonzero()[0]
        if not len(drawn):
            sentences.append(text("alt.sweep_line_none", label=label))
            continue
        lower, median, upper = (_number(value, summaries) for value in summary[:, drawn[-1]])
        numbers = {"label": label, "lower": lower, "median": median, "upper": upper}
        if drawn[-1] < len(env_steps) - 1:
            kind = "alt.sweep_line_short"
        else:
            is_open = np.isneginf(summary[0, -1])
            kind = "alt.sweep_line_open" if is_open else "alt.sweep_line"
        sentences.append(text(kind, **numbers, env_steps=env_steps[drawn[-1]]))
    return " ".join(sentences)


def plot_heat_map(
    ax: Axes,
    configs: Sequence[PPOConfig],
    scores: ArrayLike,
    x: str | Sequence[Any],
    y: str | Sequence[Any] | None = None,
    *,
    label: str | None = None,
    worst: float = -math.inf,
    limits: tuple[float, float] | None = None,
) -> Axes:
    """Draw a score by two settings: in each cell the median over the agents with these values.

    A score of `nan` is an agent that diverged. It counts as worse than the others, and the cell
    says how many there are. A cell whose median falls on one of them has no number and is grey.

    Args:
        ax: where; it gets narrower, so that its labels and the colour bar fit into its place.
        configs: the settings of A agents.
        scores: (A,), such as `final_returns` gives.
        x: the columns: a setting; or A labels, for what tells agents apart and is no setting.
        y: the rows, likewise; `None` makes a single row.
        label: what the score is, with its unit; `None`: the final return.
        worst: what an agent that diverged counts as; `math.inf` where less is better.
        limits: the scores at the ends of the colour bar, to make two pictures comparable;
            `None`: the lowest and the highest median.

    Returns:
        `ax`; its numbers are alike from bottom to top and from left to right.

    Raises:
        ValueError: if there are not as many scores or labels as agents, or no such setting.
    """
    columns, rows, cells = _cells(configs, scores, x, y, worst)
    medians = np.array([[cells[row, column][0] for column in columns] for row in rows])
    known = np.ma.masked_invalid(medians)
    low, high = limits or ((known.min(), known.max()) if known.count() else (0.0, 1.0))
    image = ax.imshow(known, "cividis", aspect="auto", vmin=low, vmax=high)
    ax.set_facecolor("#dddddd")
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_xticks(range(len(columns)), [_shown(value) for value in columns], fontsize=12)
    ax.set_yticks(range(len(rows)), [_shown(value) for value in rows], fontsize=12)
    ax.set_xticks(np.arange(1, len(columns)) - 0.5, minor=True)
    ax.set_yticks(np.arange(1, len(rows)) - 0.5, minor=True)
    ax.grid(which="minor", color="white", linewidth=2, alpha=1)
    ax.tick_params(which="both", length=0)
    ax.set_xlabel(_name(x), fontsize=12)
    ax.set_ylabel(_name(y), fontsize=12)
    beside = ax
    if known.count():
        beside = ax.inset_axes((0.15, 0, 0.15, 1), transform=_beside(ax))
        _whole(ax).colorbar(image, cax=beside).outline.set_visible(False)
        beside.tick_params(labelsize=12)
        beside.locator_params(axis="y", nbins=5)
        numbers = beside.yaxis.get_tightbbox()
        assert numbers is not None
        _make_room(ax, (numbers.x1 - ax.bbox.x1) / _whole(ax).dpi)
    else:
        _make_room(ax, 0.0)
    cell_width = ax.bbox.width / _whole(ax).dpi / len(columns)
    cell_height = ax.bbox.height / _whole(ax).dpi / len(rows)
    is_large = cell_width >= 1.05 and cell_height >= 0.47  # inches that two lines of words take
    for (row, column), (median, num_agents, num_diverged) in cells.items():
        ax.text(
            columns.index(column),
            rows.index(row),
            _cell_text(_number(median, medians), num_agents, num_diverged, is_large),
            color=_ink(image.to_rgba(np.array(median))) if np.isfinite(median) else "black",
            ha="center",
            va="center",
            fontsize=12,
        )
    label = label or text("plot.final_return")
    if not is_large and any(num_diverged for _, _, num_diverged in cells.values()):
        label += "\n" + text("plot.count_diverged_key")
    beside.set_title(label, loc="right", fontsize=12)
    return ax


def heat_map_alt(
    configs: Sequence[PPOConfig],
    scores: ArrayLike,
    x: str | Sequence[Any],
    y: str | Sequence[Any] | None = None,
    *,
    label: str | None = None,
    worst: float = -math.inf,
) -> str:
    """Say in words and numbers what `plot_heat_map` draws, from the same arguments.

    Args:
        configs: the settings of A agents.
        scores: (A,).
        x: the columns.
        y: the rows.
        label: what the score is.
        worst: what an agent that diverged counts as.

    Returns:
        The alt text: a sentence for the whole, and one for each row, from the top.

    Raises:
        ValueError: as `plot_heat_map`.
    """
    columns, rows, cells = _cells(configs, scores, x, y, worst)
    medians = [median for median, _, _ in cells.values()]
    names = ", ".join(map(_shown, columns))
    sentences = [
        text("alt.heat_map", label=label or text("plot.final_return")),
        text("alt.heat_map_columns", columns=_value_label(x, names)),
    ]
    for row in rows:
        said = []
        for column in columns:
            median, num_agents, num_diverged = cells[row, column]
            word = _number(median, medians)
            if not num_agents:
                word = text("alt.heat_map_no_agent")
            elif num_diverged:
                count = text("plot.some_diverged", count=num_diverged, num_agents=num_agents)
                word = f"{word or text('alt.heat_map_no_number')} ({count})"
            said.append(word)
        kind = "alt.heat_map_only_row" if y is None else "alt.heat_map_row"
        sentences.append(text(kind, row=_value_label(y, row), cells=", ".join(said)))
    return " ".join(sentences)


def _members(
    configs: Sequence[PPOConfig], history: History, by: str | Sequence[Any]
) -> dict[Any, list[int]]:
    """Return the agents of each line, numbers in ascending order."""
    if len(history[0]) != len(configs):
        raise ValueError(
            f"history must have a record for each of the {len(configs)} agents of configs, "
            f"got {len(history[0])}"
        )
    members = {value: agents for (value,), agents in groups(configs, by).items()}
    if len(members) > len(VALUE_COLORS):
        raise ValueError(
            f"by must have at most {len(VALUE_COLORS)} values, got {len(members)}: more lines "
            f"cannot be told apart, plot_heat_map can show them"
        )
    return {value: members[value] for value in _ascending(list(members))}


def _summaries(
    members: Mapping[Any, Sequence[int]],
    values: NDArray[np.float64],
    gone: NDArray[np.bool_],
    quantity: str,
) -> list[NDArray[np.float64]]:
    """Return the quartiles (3, I) of each line."""
    worst = -math.inf if quantity == "episode_return" else None
    return [quartiles(values[agents], gone[agents], worst) for agents in members.values()]


def _cells(
    configs: Sequence[PPOConfig],
    scores: ArrayLike,
    x: str | Sequence[Any],
    y: str | Sequence[Any] | None,
    worst: float,
) -> tuple[list[Any], list[Any], dict[tuple[Any, Any], tuple[float, int, int]]]:
    """Return the columns, the rows from the top, and each cell's median, agents and diverged."""
    score = np.asarray(scores, dtype=np.float64)
    if score.shape != (len(configs),):
        raise ValueError(
            f"scores must be of shape ({len(configs)},), one for each agent of configs, "
            f"got shape {score.shape}"
        )
    members = groups(configs, [""] * len(configs) if y is None else y, x)
    columns = _ascending(list(dict.fromkeys(column for _, column in members)))
    rows = list(dict.fromkeys(row for row, _ in members))
    if _are_numbers(rows):
        rows = sorted(rows, reverse=True)  # they rise from the bottom, as on any axis
    cells = {(row, column): (math.nan, 0, 0) for row in rows for column in columns}
    for place, agents in members.items():
        own = score[agents]
        missing = np.isnan(own)
        median = float(quantile(np.where(missing, worst, own), 0.5))
        cells[place] = (median, len(agents), int(missing.sum()))
    return columns, rows, cells


def _cell_text(number: str, num_agents: int, num_diverged: int, is_large: bool) -> str:
    if not num_agents:
        return text("plot.no_agent")
    if not num_diverged:
        return number
    if is_large:
        return f"{number}\n{text('plot.count_diverged', count=num_diverged)}".strip()
    return f"{number} {text('plot.count_diverged_short', count=num_diverged)}".strip()


def _ink(background: Any) -> str:
    """Return black or white, whichever stands out more from a colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in background[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "black" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "white"


def _label_ends(
    ax: Axes,
    steps: NDArray[np.float64],
    medians: Sequence[NDArray[np.float64]],
    labels: Sequence[str],
) -> Axes:
    """Write each line's label to the right of the panel, at its end's height, and spaced."""
    bottom, top = ax.get_ylim()
    num_letters = max(12, round(ax.bbox.width / _whole(ax).dpi * 72 / 20))  # a third of the panel
    beside = _beside(ax)
    ends = []
    notes = []
    for median, label in zip(medians, labels, strict=True):
        drawn = np.isfinite(median).nonzero()[0]
        ends.append((steps[drawn[-1]], median[drawn[-1]]) if len(drawn) else (0.0, bottom))
        lines = [textwrap.fill(line, num_letters) for line in label.split("\n")]
        words = "\n".join(lines)
        notes.append(
            ax.text(0.55, 0, words, transform=beside, va="center", fontsize=12, linespacing=1.1)
        )
    boxes = [note.get_window_extent() for note in notes]
    wanted = [(height - bottom) / (top - bottom) for _, height in ends]
    gap = 0.06 * _whole(ax).dpi
    heights = _spaced(wanted, [(box.height + gap) / ax.bbox.height for box in boxes])
    for place, (note, end, height) in enumerate(zip(notes, ends, heights, strict=True)):
        note.set_y(height)
        color, line_style = _value_color(place, len(notes)), VALUE_STYLES[place]
        ax.add_artist(
            Line2D(
                (0.15, 0.48),
                (height, height),
                color=color,
                linestyle=line_style,
                linewidth=2.5,
                transform=beside,
                clip_on=False,
            )
        )
        if end[0] == steps[-1]:  # a line that stops before has its sample only
            leader = {"arrowstyle": "-", "color": color, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
            ax.annotate(
                "", end, (0.15, height), textcoords=beside, arrowprops=leader, annotation_clip=False
            )
    _make_room(ax, 0.55 + max(box.width for box in boxes) / _whole(ax).dpi)
    return ax


def _quantity_label(quantity: str, num_episodes: int) -> str:
    if quantity == "episode_return":
        return text("axis.recent_return", num_episodes=num_episodes)
    return text(f"axis.{quantity}")


def _labels(
    members: Mapping[Any, Sequence[int]],
    by: str | Sequence[Any],
    gone: NDArray[np.bool_],
    addition: str,
) -> list[str]:
    """Return each line's label, which says how many of its agents diverged, if any did."""
    labels = []
    for value, agents in members.items():
        label = _value_label(by, value)
        count = int(gone[agents, -1].sum())
        if count:
            note = text("plot.some_diverged", count=count, num_agents=len(agents))
            label += addition.format(note)
        labels.append(label)
    return labels


def _name(setting: str | Sequence[Any] | None) -> str:
    return text(f"setting.{setting}") if isinstance(setting, str) else ""


def _value_label(setting: str | Sequence[Any] | None, value: Any) -> str:
    """Name a value together with its setting; a label stands alone."""
    if not isinstance(setting, str):
        return _shown(value)
    return text("setting.value", name=_name(setting), value=_shown(value))


def _shown(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return text("setting.yes" if value else "setting.no")
    if isinstance(value, Real) and not isinstance(value, Integral):
        return "∞" if value == math.inf else f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return str(value)


def _number(value: float, among: ArrayLike) -> str:
    """Write a number whole if the largest beside it has three digits; nothing if not finite."""
    if not np.isfinite(value):
        return ""
    size = np.abs(among)
    return f"{value:.0f}" if size[np.isfinite(size)].max() >= 100 else f"{value:.3g}"


def _are_numbers(values: Sequence[Any]) -> bool:
    return all(isinstance(value, (Real, np.bool_)) for value in values)


def _ascending(values: list[Any]) -> list[Any]:
    """Sort numbers; leave the rest as it comes."""
    return sorted(values) if _are_numbers(values) else values


def _value_color(place: int, num_values: int) -> str:
    """Return the colour of a value: few values take colours that lie far apart."""
    last = len(VALUE_COLORS) - 1
    return VALUE_COLORS[round(place * last / max(1, num_values - 1))]


def _limits(*drawn: NDArray[np.float64]) -> tuple[float, float]:
    """Return the ends of a vertical axis: 0 is the lower one if nothing is below it."""
    values = np.concatenate([part.ravel() for part in drawn])
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    margin = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return (0.0 if low >= 0 else low - margin), high + margin


def _spaced(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Move centres as little as need be, so that no two overlap; within 0 and 1 if possible."""
    order = sorted(range(len(wanted)), key=lambda label: wanted[label])
    gaps = [(sizes[a] + sizes[b]) / 2 for a, b in itertools.pairwise(order)]
    offsets = np.concatenate([[0.0], np.cumsum(gaps)])
    # Less its offset, a centre must not lie below the one before it.
    free = np.array([wanted[label] for label in order]) - offsets
    upward = np.maximum.accumulate(free)
    downward = np.minimum.accumulate(free[::-1])[::-1]
    centres = np.clip((upward + downward) / 2, 0, max(0, 1 - offsets[-1])) + offsets
    placed = dict(zip(order, centres.tolist(), strict=True))
    return [placed[label] for label in range(len(wanted))]


def _make_room(ax: Axes, inches: float) -> None:
    """Narrow a panel: by what stands at its right, and by labels too long for its left."""
    whole = _whole(ax)
    box, width = ax.get_position(), whole.get_figwidth()
    labels = ax.yaxis.get_tightbbox()
    left = 0.0 if labels is None else max(0.0, (ax.bbox.x0 - labels.x0) / whole.dpi - LEFT_MARGIN)
    ax.set_position(
        (box.x0 + left / width, box.y0, box.width - (left + inches) / width, box.height)
    )


def _beside(ax: Axes) -> Transform:
    """Return coordinates of inches to the right of a panel, and of shares of its height."""
    edge = ScaledTranslation(1, 0, ax.transAxes)  # type: ignore[arg-type]
    inches = _whole(ax).dpi_scale_trans + edge
    return blended_transform_factory(inches, ax.transAxes)


def _whole(ax: Axes) -> Figure:
    whole = ax.get_figure(root=True)
    assert whole is not None
    return whole
