"""Pictures of distances between policies, and of steps that keep to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from torch import Tensor
from torch.distributions import Normal

from ppo_lib.course.figures.palette import COLORS
from ppo_lib.course.lesson_02.costs import UpdateCost
from ppo_lib.course.words import text
from ppo_lib.training import IterationRecord


def plot_gaussian_pair(ax: Axes, old: Normal, new: Normal, title: str) -> Axes:
    """Draw the densities of an old and of a new Gaussian policy.

    Args:
        old: the old policy, of one dimension.
        new: the new one.
        title: what stands above.
    """
    reach = 3 * max(old.stddev.item(), new.stddev.item()) + 1
    actions = torch.linspace(-reach, reach + 1, 400)
    styles = (("old_policy", old, "--"), ("new_policy", new, "-"))
    for name, policy, line_style in styles:
        density = policy.log_prob(actions).exp()  # type: ignore[no-untyped-call]
        label = text(f"plot.{name}")
        ax.plot(actions, density, line_style, color=COLORS[name], linewidth=3, label=label)
        ax.fill_between(actions, density, color=COLORS[name], alpha=0.15)
    ax.set_ylim(0, 1.4 * ax.get_ylim()[1])
    ax.set_title(title, loc="left", fontsize=12)
    ax.set_xlabel(text("axis.action"))
    ax.legend(loc="upper right", fontsize=12)
    return ax


def plot_bowl(ax: Axes, changes: ArrayLike, exact: ArrayLike, bowl: ArrayLike, title: str) -> Axes:
    """Draw the KL from an old policy, and the parabola that touches it there.

    Args:
        changes: (B,) of the parameter.
        exact: (B,) the KL.
        bowl: (B,) the parabola.
        title: what stands above.
    """
    ax.plot(changes, exact, color=COLORS["truth"], linewidth=3, label=text("plot.kl_exact"))
    ax.plot(changes, bowl, "--", color=COLORS["approx_kl"], linewidth=3, label=text("plot.bowl"))
    ax.set_title(title, loc="left", fontsize=12)
    ax.set_xlabel(text("axis.change"))
    ax.legend(loc="upper center", fontsize=12)
    return ax


def plot_errors(ax: Axes, errors: ArrayLike) -> Axes:
    """Draw how far conjugate gradient is from the solution, by its iterations.

    Args:
        errors: (I + 1,) relative errors, from 0 iterations on.
    """
    errors = np.asarray(errors)
    ax.plot(np.arange(len(errors)), errors, "o-", color=COLORS["gradient"], linewidth=3)
    ax.set_yscale("log")
    ax.set_xlabel(text("axis.cg_iteration"))
    ax.set_title(text("axis.relative_error"), loc="left", fontsize=12)
    return ax


def plot_costs(ax: Axes, costs: Sequence[UpdateCost]) -> Axes:
    """Draw what an update costs against the number of the policy's weights.

    Args:
        costs: from small to large.
    """
    lines = (
        ("explicit", "approx_kl", "s:"),
        ("trpo", "objective", "o-"),
        ("first_order", "gradient", "^--"),
    )
    for name, color, style in lines:
        times = [(cost.num_parameters, getattr(cost, f"{name}_ms")) for cost in costs]
        measured = [(size, ms) for size, ms in times if ms is not None]
        sizes, ms = zip(*measured, strict=True)
        ax.plot(sizes, ms, style, color=COLORS[color], linewidth=3, markersize=9)
        ax.annotate(
            text(f"plot.cost.{name}"),
            (sizes[-1], ms[-1]),
            xytext=(10, 0),
            textcoords="offset points",
            va="center",
            fontsize=12,
        )
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(250, costs[-1].num_parameters * 6)
    ax.set_xlabel(text("axis.num_parameters"))
    ax.set_title(text("axis.update_ms"), loc="left", fontsize=12)
    return ax


def plot_step_kl(
    panels: Sequence[Axes], runs: Sequence[Sequence[IterationRecord]], max_kl: float
) -> Sequence[Axes]:
    """Draw the KL of each step of TRPO under its limit, and the return.

    Args:
        panels: two axes.
        runs: the records of each training run.
        max_kl: the limit.
    """
    left, right = panels
    for records in runs:
        iterations = [record.iteration for record in records]
        kl = [record.metrics["kl"] for record in records]
        left.plot(iterations, kl, ".", color=COLORS["approx_kl"], markersize=7, alpha=0.6)
        ended = [record for record in records if record.episode_returns]
        means = [float(np.mean(record.episode_returns)) for record in ended]
        steps = [record.iteration for record in ended]
        right.plot(steps, means, color=COLORS["episode_return"], linewidth=1.5, alpha=0.8)
    left.axhline(max_kl, color=COLORS["truth"], linestyle=":", linewidth=2.5)
    left.annotate(
        text("plot.limit", limit=max_kl),
        (0, max_kl),
        xycoords=("axes fraction", "data"),
        xytext=(6, 4),
        textcoords="offset points",
        fontsize=12,
    )
    left.set_ylim(0, 1.25 * max_kl)
    left.set_yticks([0, max_kl / 2, max_kl])
    left.set_title(text("axis.step_kl"), loc="left", fontsize=12)
    right.set_ylim(bottom=0)
    right.set_title(text("axis.episode_return"), loc="left", fontsize=12)
    for ax in panels:
        ax.set_xlabel(text("axis.iteration"))
    return panels


def plot_limits(
    panels: Sequence[Axes],
    old_policies: Sequence[Tensor],
    of_penalty: Mapping[float, Sequence[float]],
    of_constraint: Sequence[float],
    kl: Callable[[Tensor], Tensor],
    gain: Callable[[Tensor], Tensor],
    solutions: Mapping[str, Tensor],
) -> Sequence[Axes]:
    """Draw where constraint and penalty stop from one policy, and how far each goes from several.

    Args:
        panels: two axes.
        old_policies: (2,) each; the map on the left is of the first.
        of_penalty: the KL of the penalty's solution from each old policy, by its weight.
        of_constraint: the KL of the constraint's solution from each.
        kl: the mean KL from the first old policy, (..., 2) to (...).
        gain: what the surrogate promises there, likewise.
        solutions: (2,) by label, two to mark on the map.
    """
    left, right = panels
    lean, slope = torch.meshgrid(
        torch.linspace(-1.5, 2.5, 121, dtype=torch.float64),
        torch.linspace(-2, 2, 121, dtype=torch.float64),
        indexing="xy",
    )
    theta = torch.stack([lean, slope], dim=-1)
    lines = left.contour(lean, slope, gain(theta), levels=8, colors=COLORS["unclipped"])
    left.clabel(lines, fontsize=10)
    left.contour(lean, slope, kl(theta), [of_constraint[0]], colors="black", linewidths=2.5)
    left.plot(*old_policies[0], "o", color=COLORS["old_policy"], markersize=9)
    for (label, place), (marker, shift) in zip(
        solutions.items(), (("*", -22), ("^", 14)), strict=True
    ):
        x, y = place.tolist()
        left.plot(x, y, marker, color=COLORS["new_policy"], markersize=11, zorder=5)
        left.annotate(label, (x, y), xytext=(6, shift), textcoords="offset points", fontsize=12)
    left.set_xlabel(text("axis.lean"))
    left.set_title(text("axis.slope"), loc="left", fontsize=12)

    places = np.arange(len(old_policies))
    right.plot(places, of_constraint, "*-", color=COLORS["truth"], markersize=12, linewidth=3)
    for (beta, distances), marker in zip(of_penalty.items(), ("^", "s", "D"), strict=False):
        right.plot(places, distances, f"{marker}--", color=COLORS["approx_kl"], markersize=8)
        right.annotate(
            text("plot.beta", beta=beta),
            (places[-1], distances[-1]),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=12,
        )
    right.annotate(
        text("plot.constraint"),
        (places[-1], of_constraint[-1]),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=12,
    )
    right.set_ylim(0, 1.1 * max(map(max, (of_constraint, *of_penalty.values()))))
    names = [f"({lean:g}, {slope:g})" for lean, slope in (old.tolist() for old in old_policies)]
    right.set_xticks(places, names)
    right.set_xlim(-0.3, len(places) + 1.4)
    right.set_xlabel(text("axis.old_policy"))
    right.set_title(text("axis.kl_of_solution"), loc="left", fontsize=12)
    return panels
