"""The pictures of lessons 01 to 03 and 05 to 07: what is drawn is what was handed over."""

import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal

from ppo_lib.course.cliff.picture import plot_cliff
from ppo_lib.course.cliff.reinforce import ReinforceRuns
from ppo_lib.course.figures.ablations import (
    by_value,
    plot_by_value,
    plot_shares_by_value,
    plot_variants,
)
from ppo_lib.course.figures.palette import COLORS
from ppo_lib.course.figures.panels import figure
from ppo_lib.course.lesson_01.figures import (
    plot_collapse,
    plot_estimates,
    plot_step_sizes,
    plot_true_return,
)
from ppo_lib.course.lesson_02.costs import UpdateCost
from ppo_lib.course.lesson_02.figures import (
    plot_bowl,
    plot_costs,
    plot_errors,
    plot_gaussian_pair,
    plot_limits,
    plot_step_kl,
)
from ppo_lib.course.lesson_03.figures import (
    plot_effective_sizes,
    plot_estimates_by_faces,
    plot_promise,
    plot_reuse,
    plot_visits,
)
from ppo_lib.course.lesson_05.figures import (
    plot_bias_and_spread,
    plot_learnt_values,
    plot_weights,
)
from ppo_lib.course.measures.ablations import Outcome
from ppo_lib.course.words import text
from ppo_lib.training import IterationRecord


@pytest.fixture
def ax():
    _, (axes,) = figure(1)
    return axes


def points(line):
    return list(zip(line.get_xdata(), line.get_ydata(), strict=True))


def words(axes):
    return [each.get_text() for each in axes.texts]


def test_the_agent_stands_on_the_ground_and_falls_beside_it(ax):
    plot_cliff(ax, 3, bait=0.2, goal=1.0, num_positions=9)
    assert {text("cliff.bait", reward=0.2), text("cliff.goal", reward=1.0)} <= set(words(ax))
    assert {str(position) for position in range(9)} <= set(words(ax))
    (agent,) = [p for p in ax.patches if getattr(p, "center", None) == (3, 0.24)]
    assert agent.radius == 0.22

    _, (other,) = figure(1)
    plot_cliff(other, 0, bait=0.2, goal=1.0, num_positions=9)
    centres = [patch.center for patch in other.patches if hasattr(patch, "center")]
    assert any(x == 0 and y < -0.3 for x, y in centres)


def test_the_dot_on_the_true_return_is_the_coin(ax):
    plot_true_return(ax, [-1.0, 1.0], [0.2, 0.6])
    curve, dot = ax.lines
    assert points(curve) == [(-1, 0.2), (1, 0.6)]
    assert points(dot) == [(0, pytest.approx(0.4))]


def test_estimates_are_sorted_by_their_sign(ax):
    plot_estimates(ax, [-0.1, -0.1, -0.1, 0.8], exact=0.33)
    labels = ax.get_legend_handles_labels()[1]
    assert labels == [
        text("plot.estimates.right_way", share=0.25),
        text("plot.estimates.wrong_way", share=0.75),
    ]
    assert sum(patch.get_height() for patch in ax.patches) == 4
    assert ax.lines[0].get_xdata()[0] == 0.33
    (bar,) = [patch for patch in ax.patches if patch.get_height() == 3]
    assert bar.get_x() < -0.1 < bar.get_x() + bar.get_width()


def runs(true_returns):
    """Return runs of which only the true returns (I + 1, A) matter."""
    returns = torch.tensor(true_returns, dtype=torch.float64)
    others = torch.full((len(returns) - 1, returns.shape[1]), 0.5)
    return ReinforceRuns(torch.ones(returns.shape[1]), returns, others, others, torch.zeros(1, 9))


def test_step_sizes_show_who_is_at_the_goal_and_when_they_came():
    # Two step sizes with two agents each. Of the first, one arrives after 2 steps; of the second
    # both do, after 1 and 2, and one is lost again.
    measured = runs([[0.3, 0.3, 0.3, 0.3], [0.3, 0.2, 0.95, 0.4], [0.95, 0.2, 0.3, 0.99]])
    fig, panels = figure(2)
    plot_step_sizes(panels, [0.1, 1.0], {"plain": measured})
    assert points(panels[0].lines[0]) == [(0.1, 0.5), (1.0, 0.5)]
    assert points(panels[1].lines[0]) == [(0.1, 2), (1.0, 1.5)]
    assert [each.get_text() for each in fig.legends[0].get_texts()] == [text("plot.sweep.plain")]


def test_a_step_size_that_nobody_arrives_with_has_no_steps():
    _, panels = figure(2)
    plot_step_sizes(panels, [0.1], {"exact": runs([[0.3, 0.3], [0.3, 0.4]])})
    assert math.isnan(panels[1].lines[0].get_ydata()[0])


def test_the_collapsed_are_drawn_dashed_and_counted():
    fig, panels = figure(3)
    measured = runs([[0.3, 0.3, 0.3], [1.0, 0.2, 1.0], [1.0, 0.2, 1.0]])
    plot_collapse(panels, measured, torch.tensor([False, True, False]))
    assert [each.get_text() for each in fig.legends[0].get_texts()] == [
        text("plot.collapse.reached", count=2),
        text("plot.collapse.fell", count=1),
    ]
    dashed = [line for line in panels[0].lines if line.get_linestyle() == "--"]
    assert all(list(line.get_ydata()) == [0.3, 0.2] for line in dashed) and len(dashed) == 2
    assert len(panels[0].lines) == 5  # three agents, two medians


def test_estimates_stand_in_their_column_beside_the_truth(ax):
    plot_estimates_by_faces(ax, ["a", "b"], [[1.0, 2.0, 3.0], [5.0, 5.0, 5.0]], [2.0, 4.0])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "b"]
    dots, spread, truth = ax.lines[:3]
    assert list(dots.get_ydata()) == [1, 2, 3] and abs(dots.get_xdata()).max() < 0.3
    assert list(truth.get_ydata()) == [2, 2] and truth.get_color() == COLORS["truth"]
    assert list(spread.get_ydata()) == pytest.approx([1.1, 2.9])


def test_effective_sizes_show_points_floors_and_the_gaussians_line(ax):
    plot_effective_sizes(ax, {"two": ([0.1, 1.0], [0.9, 0.6])}, {"two": 0.5})
    line, dots, floor = ax.lines
    kl, share = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    assert np.allclose(share, np.exp(-2 * kl))
    assert points(dots) == [(0.1, 0.9), (1.0, 0.6)]
    assert floor.get_ydata()[0] == 0.5


def test_visits_stand_side_by_side_and_the_old_ones_are_hatched(ax):
    plot_visits(ax, {"old_policy": [0.0, 2.0], "new_policy": [1.0, 3.0]})
    old, new = ax.containers
    assert [bar.get_height() for bar in old] == [0, 2] and old[0].get_hatch() == "///"
    assert [bar.get_height() for bar in new] == [1, 3] and new[0].get_hatch() is None
    assert old[1].get_x() < new[1].get_x()


def test_a_promise_and_the_truth_start_from_the_old_policy(ax):
    plot_promise(ax, [0.0, 1.0], [0.3, 0.5], [0.3, 0.1])
    promise, truth, start = ax.lines
    assert list(promise.get_ydata()) == [0.3, 0.5] and promise.get_linestyle() == "--"
    assert list(truth.get_ydata()) == [0.3, 0.1]
    assert points(start) == [(0, 0.3)]


def test_reuse_draws_every_seed_and_the_median():
    _, panels = figure(3)
    curves = [[0.0, 1.0], [0.0, 3.0], [0.0, 2.0]]
    plot_reuse(panels, dict.fromkeys(("promise", "effective_share", "return"), curves))
    for ax in panels:
        assert len(ax.lines) == 4
        assert list(ax.lines[-1].get_ydata()) == [0, 2]


def test_a_pair_of_gaussians_is_drawn_with_its_densities(ax):
    old, new = (
        Normal(torch.tensor(0.0), torch.tensor(1.0)),
        Normal(torch.tensor(1.0), torch.ones(())),
    )
    plot_gaussian_pair(ax, old, new, "a title")
    for line, mean in zip(ax.lines, (0, 1), strict=True):
        top = np.argmax(line.get_ydata())
        assert line.get_xdata()[top] == pytest.approx(mean, abs=0.03)
        assert max(line.get_ydata()) == pytest.approx(0.399, abs=0.001)
    assert ax.lines[0].get_linestyle() == "--"


def test_a_bowl_is_drawn_beside_the_exact_kl(ax):
    plot_bowl(ax, [0, 1], [0, 0.4], [0, 0.5], "a title")
    assert [list(line.get_ydata()) for line in ax.lines] == [[0, 0.4], [0, 0.5]]


def test_errors_start_at_no_iteration(ax):
    plot_errors(ax, [1.0, 0.1])
    assert points(ax.lines[0]) == [(0, 1.0), (1, 0.1)]


def test_costs_leave_out_what_was_not_measured(ax):
    plot_costs(ax, [UpdateCost(100, 1.0, 10.0, 11, 50.0), UpdateCost(1000, 2.0, 30.0, 11, None)])
    explicit, trpo, first_order = ax.lines
    assert points(explicit) == [(100, 50.0)]
    assert points(trpo) == [(100, 10.0), (1000, 30.0)]
    assert points(first_order) == [(100, 1.0), (1000, 2.0)]


def test_the_kl_of_each_step_is_drawn_under_its_limit():
    records = [
        IterationRecord(i, 10 * i, returns, (), {"kl": kl}, None)
        for i, returns, kl in ((1, (), 0.008), (2, (10.0, 30.0), 0.009))
    ]
    _, panels = figure(2)
    plot_step_kl(panels, [records], max_kl=0.01)
    dots, limit = panels[0].lines
    assert points(dots) == [(1, 0.008), (2, 0.009)]
    assert limit.get_ydata()[0] == 0.01 < panels[0].get_ylim()[1]
    assert points(panels[1].lines[0]) == [(2, 20.0)]


def test_limits_mark_both_solutions_and_draw_both_distances():
    old = [torch.tensor([0.0, 0.0]), torch.tensor([1.0, 0.0])]
    places = {"constraint": torch.tensor([0.5, 0.0]), "penalty": torch.tensor([0.4, 0.1])}
    _, panels = figure(2)
    plot_limits(
        panels, old, {2.0: [0.04, 0.01]}, [0.05, 0.05],
        kl=lambda theta: (theta**2).sum(-1), gain=lambda theta: theta[..., 0], solutions=places,
    )  # fmt: skip
    left, right = panels
    assert {"constraint", "penalty"} <= set(words(left))
    marks = [points(line)[0] for line in left.lines]
    assert (0.0, 0.0) in marks and len(marks) == 3
    constraint, penalty = right.lines
    assert list(constraint.get_ydata()) == [0.05, 0.05]
    assert list(penalty.get_ydata()) == [0.04, 0.01]


# Lessons 05 to 07.


def test_the_weights_of_td_errors_fall_by_gamma_lambda(ax):
    plot_weights(ax, gamma=0.5, lambdas=[0, 0.5, 1], num_steps=4)
    heights = [list(line.get_ydata()) for line in ax.get_lines()]
    assert heights == [[1, 0, 0, 0], [1, 0.25, 0.0625, 0.015625], [1, 0.5, 0.25, 0.125]]
    (legend,) = ax.figure.legends
    names = [label.get_text() for label in legend.get_texts()]
    assert names == [text("plot.lambda", value=value) for value in (0, 0.5, 1)]


def test_bias_spread_and_error_stand_in_a_panel_each():
    fig, panels = figure(3)
    measured = {
        "one": {"bias": [0.1, 0.2], "spread": [1.0, 2.0], "error": [3.0, 4.0]},
        "two": {"bias": [0.3, 0.4], "spread": [5.0, 6.0], "error": [7.0, 8.0]},
    }
    plot_bias_and_spread(panels, [0, 1], measured)
    for ax, quantity in zip(panels, ("bias", "spread", "error"), strict=True):
        drawn = [list(line.get_ydata()) for line in ax.get_lines()[:2]]
        assert drawn == [measured["one"][quantity], measured["two"][quantity]]
        assert ax.get_title(loc="left") == text(f"axis.advantage_{quantity}")
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "1"]
    (legend,) = fig.legends
    assert [label.get_text() for label in legend.get_texts()] == ["one", "two"]


def test_learnt_values_stand_beside_the_true_ones(ax):
    plot_learnt_values(ax, [1.0, 2.0], {"right": [1.0, 2.0], "wrong": [0.5, 0.5]})
    truth, right, wrong = ax.get_lines()
    assert truth.get_color() == COLORS["truth"] and list(truth.get_ydata()) == [1, 2]
    assert points(right) == [(0, 1), (1, 2)] and points(wrong) == [(0, 0.5), (1, 0.5)]
    assert right.get_marker() != wrong.get_marker()


def test_each_agent_has_a_dot_and_each_value_its_median(ax):
    results = {
        "a": {1.0: [3.0, 1.0, 2.0], 2.0: [5.0, 5.0, math.nan]},
        "b": {1.0: [9.0], 2.0: [7.0]},
    }
    plot_by_value(ax, results, "num_epochs", "final_return")
    lines = {line.get_label(): line for line in ax.get_lines()}
    assert list(lines["a"].get_ydata()) == [2, 5] and list(lines["b"].get_ydata()) == [9, 7]
    dots = [list(line.get_ydata()) for line in ax.get_lines() if line.get_linestyle() == "None"]
    assert dots == [[3, 1, 2], [5, 5, 0], [9], [7]]  # nan counts as the worst
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "2"]


def test_the_share_of_agents_is_drawn_for_each_method(ax):
    plot_shares_by_value(ax, {"a": {0.1: 0.5, 1.0: 1.0}, "b": {0.1: 0.0, 1.0: 0.25}}, "vf_coef")
    a, b = ax.get_lines()
    assert (list(a.get_ydata()), list(b.get_ydata())) == ([0.5, 1.0], [0.0, 0.25])
    assert a.get_linestyle() != b.get_linestyle() and a.get_marker() != b.get_marker()


def test_an_agent_that_never_got_there_stands_beyond_the_limit(ax):
    plot_variants(ax, {"PPO": [1e4, 2e4, 3e4], "other": [1e4, math.inf, math.inf]}, 1e5, "PPO")
    dots = [line for line in ax.get_lines() if line.get_marker() == "o"]
    assert [list(line.get_xdata()) for line in dots] == [[10, 20, 30], [10, 108, 108]]
    bars = [line.get_xdata()[0] for line in ax.get_lines() if line.get_linewidth() == 3.5]
    assert bars == [20, 108]
    assert ax.get_xticklabels()[-1].get_text() == text("plot.never")
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["PPO", "other"]


def test_outcomes_are_sorted_by_method_and_value():
    outcomes = [
        Outcome("ppo", 1.0, 0, 10, 5.0),
        Outcome("ppo", 1.0, 1, None, 6.0),
        Outcome("no_clip", 2.0, 0, 30, 7.0),
    ]
    ppo, no_clip = text("variant.ppo"), text("variant.no_clip")
    assert by_value(outcomes) == {ppo: {1.0: [5.0, 6.0]}, no_clip: {2.0: [7.0]}}
    assert by_value(outcomes, "solved_after")[ppo] == {1.0: [10, math.inf]}
