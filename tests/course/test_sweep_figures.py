"""The pictures of a sweep say what its numbers say, in words from the table, and legibly."""

import base64
import io
import itertools
import math
from dataclasses import fields

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from ppo_lib.beyond.population import train_many
from ppo_lib.beyond.sweeps import final_returns
from ppo_lib.config import PPOConfig, grid
from ppo_lib.course.figures import sweeps as plotting_sweeps
from ppo_lib.course.figures.palette import COLORS, VALUE_COLORS
from ppo_lib.course.figures.panels import figure
from ppo_lib.course.figures.sweeps import heat_map_alt, plot_heat_map, plot_sweep, sweep_alt
from ppo_lib.course.page import picture
from ppo_lib.course.words import ENGLISH, text
from ppo_lib.training import IterationRecord

NAN, INF = math.nan, math.inf


def record(iteration, returns):
    gone = returns is NAN
    metrics = {"approx_kl": NAN if gone else 1.0, "learning_rate": 0.001}
    returns = () if gone else tuple(returns)
    return IterationRecord(iteration, 1000 * iteration, returns, (), metrics, None)


def history_of(*runs):
    """A history from runs: of each agent and iteration, the returns, and `nan` if it diverged."""
    iterations = enumerate(zip(*runs, strict=True), 1)
    return [[record(number, returns) for returns in of_agents] for number, of_agents in iterations]


def constant(*scores):
    """Three iterations of agents whose every episode has the same return, with 20 in each."""
    return history_of(*([[score] * 20 if score == score else NAN] * 3 for score in scores))


def drawn(configs, history, by, *quantity):
    """A panel of its own with the sweep drawn in it; so many agents alike, if only their number."""
    _, (ax,) = figure(1)
    configs = [PPOConfig()] * configs if isinstance(configs, int) else configs
    assert plot_sweep(ax, configs, history, by, *quantity) is ax
    return ax


def texts(ax):
    """What is written in and around a panel, its colour bar included."""
    whole = ax.get_figure(root=True)
    whole.canvas.draw()
    return [t.get_text() for t in whole.findobj(Text) if t.get_visible() and t.get_text()]


def end_labels(ax):
    return [t for t in ax.texts if t.get_text()]


def written(labels):
    return [label.get_text() for label in labels]


def medians(ax):
    thick = [line for line in ax.lines if line.get_linewidth() == 2.5]
    return [line for line in thick if line.get_transform() == ax.transData]  # no sample of a label


def cell_texts(ax):
    """(rows, columns) of what the cells say, from the top."""
    by_place = {(t.get_position()[1], t.get_position()[0]): t.get_text() for t in ax.texts}
    rows = sorted({row for row, _ in by_place})
    columns = sorted({column for _, column in by_place})
    return [[by_place[row, column] for column in columns] for row in rows]


def ticks(axis):
    return written(axis.get_ticklabels())


# The lines.


def lr_sweep(*scores):
    """Settings and history of three learning rates with two seeds each, or of fewer."""
    configs = grid(PPOConfig(), learning_rate=[1e-2, 1e-4, 1e-3], seed=[0, 1])[: len(scores)]
    return configs, constant(*scores)


def test_a_sweep_draws_the_median_of_each_value_in_ascending_order():
    ax = drawn(*lr_sweep(100.0, 120.0, 10.0, 20.0, 50.0, 52.0), "learning_rate")
    assert [line.get_ydata().tolist() for line in medians(ax)] == [[15] * 3, [51] * 3, [110] * 3]
    assert medians(ax)[0].get_xdata().tolist() == [1, 2, 3]
    assert written(end_labels(ax)) == [f"learning rate {rate}" for rate in (0.0001, 0.001, 0.01)]
    titles = {"return, mean of last 20 episodes (reward)", "environment steps (thousands)"}
    assert titles <= set(texts(ax))


def test_lines_of_a_sweep_differ_in_colour_and_in_style_and_no_colour_is_a_quantitys():
    ax = drawn(grid(PPOConfig(), seed=range(5)), constant(*range(5)), "seed")
    assert len({line.get_color() for line in medians(ax)}) == 5
    assert len({(line.get_linestyle(), str(line._dash_pattern)) for line in medians(ax)}) == 5
    assert not {to_rgba(color) for color in VALUE_COLORS} & set(map(to_rgba, COLORS.values()))


def test_a_band_reaches_from_quartile_to_quartile():
    (band,) = drawn(5, constant(10.0, 20.0, 30.0, 40.0, 90.0), ["all"] * 5).collections
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (20.0, 40.0)


def test_agents_are_thin_lines_unless_they_are_too_many():
    for number, num_thin in [(1, 0), (2, 2), (12, 12), (13, 0)]:
        ax = drawn(number, constant(*range(number)), ["all"] * number)
        thin = [line for line in ax.lines if line.get_linewidth() < 1]
        assert [line.get_ydata()[0] for line in thin] == list(range(num_thin))


def test_a_sweep_says_how_many_agents_diverged_and_where_they_did():
    others = [[[score] * 20] * 3 for score in (50.0, 60.0, 70.0)]
    ax = drawn(4, history_of([[100.0] * 20, [200.0] * 20, NAN], *others), "clip_range")
    assert written(end_labels(ax)) == ["clip range ε 0.2\n1 of 4 diverged"]
    (cross,) = [line for line in ax.lines if line.get_marker() == "x"]
    assert (cross.get_xdata(), cross.get_ydata()) == ([2.0], [200.0])
    # 50, 60, 70, 200 has the median 65; with the last as the worst it is 55, the quartile below.
    assert medians(ax)[0].get_ydata().tolist() == [65.0, 65.0, 55.0]
    assert ax.collections[0].get_paths()[0].vertices[:, 1].min() == ax.get_ylim()[0] == 0


def test_a_line_stops_once_half_of_its_agents_have_diverged():
    runs = [[[9.0] * 20, NAN, NAN], [[8.0] * 20, [8.0] * 20, NAN], *[[[5.0] * 20] * 3] * 2]
    for quantity, before in (("episode_return", [6.5, 5.0, NAN]), ("approx_kl", [1, 1, NAN])):
        ax = drawn(4, history_of(*runs), "gamma", quantity)
        # With the first as the worst, the second median is that of -inf, 5, 5 and 8.
        np.testing.assert_array_equal(medians(ax)[0].get_ydata(), before)
        assert written(end_labels(ax)) == ["discount γ 0.99\n2 of 4 diverged"]


def test_an_agent_that_diverged_is_left_out_of_a_metric():
    history = history_of([[], NAN], [[], []], [[], []], [[], []])
    for agent, kl in enumerate((9.0, 1.0, 2.0, 4.0)):
        history[0][agent].metrics["approx_kl"] *= kl
        history[1][agent].metrics["approx_kl"] *= kl
    ax = drawn(4, history, "gamma", "approx_kl")
    assert medians(ax)[0].get_ydata().tolist() == [3.0, 2.0]
    assert "approximate KL (nats)" in texts(ax)


def test_a_sweep_in_which_all_diverged_is_drawn_all_the_same():
    ax = drawn(*lr_sweep(NAN, NAN, NAN, NAN), "learning_rate")
    labels = [f"learning rate {rate}\n2 of 2 diverged" for rate in (0.0001, 0.01)]
    assert written(end_labels(ax)) == labels
    picture(ax.get_figure(), "")


@pytest.mark.parametrize(
    "num_panels, scores",
    [(1, (5.0,) * 6), (1, (1.0, NAN, 1.1, NAN, 500.0, 500.0)), (2, (NAN,) * 6)],
)
def test_the_labels_at_the_ends_neither_overlap_nor_leave_the_panels_place(num_panels, scores):
    fig, panels = figure(num_panels)
    places = [ax.get_position() for ax in panels]
    for ax, place in zip(panels, places, strict=True):
        plot_sweep(ax, *lr_sweep(*scores), "learning_rate")
        fig.canvas.draw()
        boxes = sorted((t.get_window_extent() for t in end_labels(ax)), key=lambda box: box.y0)
        assert len(boxes) == 3
        for below, above in itertools.pairwise(boxes):
            assert below.y1 < above.y0
        assert min(box.x0 for box in boxes) > ax.bbox.x1
        right = max(box.x1 for box in boxes)
        assert right == pytest.approx(place.x1 * fig.bbox.width, abs=1)


def test_labels_move_no_further_than_they_must():
    assert plotting_sweeps._spaced([0.9, 0.1, 0.5], [0.2] * 3) == pytest.approx([0.9, 0.1, 0.5])
    assert plotting_sweeps._spaced([0.5, 0.5], [0.2, 0.4]) == pytest.approx([0.35, 0.65])
    assert plotting_sweeps._spaced([1.0, 1.0], [0.2, 0.2]) == pytest.approx([0.8, 1.0])
    assert plotting_sweeps._spaced([0.0, 0.0], [0.2, 0.2]) == pytest.approx([0.0, 0.2])


def test_a_sweep_can_be_by_labels_that_are_no_setting():
    ax = drawn(4, constant(1, 2, 3, 4), ["with clip", "without"] * 2)
    assert written(end_labels(ax)) == ["with clip", "without"]
    assert [line.get_ydata()[0] for line in medians(ax)] == [2.0, 3.0]


def test_values_are_shown_as_a_reader_writes_them():
    values = (3e-4, 1e-5, 4096, 1_000_000, True, INF, (64, 64), "none")
    shown = ["0.0003", "1e-05", "4096", "1000000", "yes", "∞", "64, 64", "none"]
    assert list(map(plotting_sweeps._shown, values)) == shown


def test_every_setting_and_every_metric_of_training_has_a_name():
    assert all(f"setting.{setting.name}" in ENGLISH for setting in fields(PPOConfig))
    (records,) = train_many([PPOConfig(total_steps=1024)], progress=False)
    assert all(f"axis.{metric}" in ENGLISH for metric in records[0].metrics)


def test_more_values_than_lines_and_what_is_of_other_agents_are_refused():
    with pytest.raises(ValueError, match=r"by must have at most 5 values, got 6: .*plot_heat_map"):
        drawn(grid(PPOConfig(), seed=range(6)), constant(*range(6)), "seed")
    with pytest.raises(ValueError, match=r"history must have .* each of the 2 agents .* got 3"):
        drawn(2, constant(1, 2, 3), "seed")
    with pytest.raises(ValueError, match=r"scores must be of shape \(8,\), .* got shape \(2, 4\)"):
        heat_map(np.zeros((2, 4)))


def test_the_alt_text_of_a_sweep_says_where_each_line_ends():
    configs, history = lr_sweep(100.0, 120.0, 10.0, 20.0, 50.0, NAN)
    assert sweep_alt(configs, history, "learning_rate") == (
        "Lines against environment steps: return, mean of last 20 episodes (reward). "
        "Each is the median over some agents, in a band from the lower to the upper quartile; "
        "thin lines, where there are any, are agents. "
        "learning rate 0.0001 ends at 15, quartiles 12 and 18. "
        "learning rate 0.001 (1 of 2 diverged) has no line. "
        "learning rate 0.01 ends at 110, quartiles 105 and 115."
    )


def test_the_alt_text_of_a_sweep_says_where_a_line_stops_and_what_has_no_number():
    runs = [[[9.0] * 20, NAN], [[8.0] * 20] * 2, [[7.0] * 20] * 2, [[1.0] * 20, NAN]]
    alt = sweep_alt([PPOConfig()] * 4, history_of(*runs), ["a", "a", "a", "b"])
    # -inf, 7, 8: the median is 7, the lower quartile between -inf and 7, the upper one 7.5.
    assert (
        "a (1 of 3 diverged) ends at 7, upper quartile 7.5; the lower one is among the diverged. "
        "b (1 of 1 diverged) stops at 1 after 1000 steps."
    ) in alt


# The heat map.


def heat_map(scores, x="learning_rate", y="clip_range", num_panels=1, configs=None, **options):
    if configs is None:
        configs = grid(PPOConfig(), clip_range=[0.2, 0.1], learning_rate=[1e-3, 1e-2], seed=[0, 1])
    _, panels = figure(num_panels)
    assert plot_heat_map(panels[0], configs, scores, x, y, **options) is panels[0]
    return panels[0]


EIGHT = [1.0, 3.0, 20.0, 40.0, 500.0, 300.0, 70.0, 70.0]


def test_a_cell_is_the_median_of_its_agents_where_both_axes_rise():
    ax = heat_map(EIGHT)
    assert cell_texts(ax) == [["2", "30"], ["400", "70"]]  # clip range 0.2 above 0.1
    assert (ticks(ax.xaxis), ticks(ax.yaxis)) == (["0.001", "0.01"], ["0.2", "0.1"])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("learning rate", "clip range ε")
    assert "median final return (reward)" in texts(ax)
    assert np.array_equal(ax.images[0].get_array(), [[2, 30], [400, 70]])


def test_the_colours_of_a_heat_map_are_cividis_from_the_lowest_to_the_highest_as_its_bar_says():
    (image,) = heat_map(EIGHT).images
    assert (image.cmap.name, image.get_clim()) == ("cividis", (2.0, 400.0))
    ax = heat_map(EIGHT, label="steps to 475", limits=(0, 500))
    assert ax.images[0].get_clim() == (0, 500)
    (bar,) = ax.child_axes
    assert bar.get_title(loc="right") == "steps to 475"
    assert "300" in ticks(bar.yaxis)


def test_a_cell_says_how_many_diverged_and_counts_them_as_the_worst():
    # nan, 1, 3 has the median 1; nan, nan, 9 has none.
    scores, columns = [1.0, NAN, 3.0, NAN, NAN, 9.0], [*"aaabbb"]
    wide = heat_map(scores, columns, None, 1, [PPOConfig()] * 6)
    assert cell_texts(wide) == [["1\n1 diverged", "2 diverged"]]
    narrow = heat_map(scores * 2, [*columns, *"cccddd"], None, 2, [PPOConfig()] * 12)
    assert cell_texts(narrow) == [["1 (1)", "(2)"] * 2]
    assert "median final return (reward)\n(n): n diverged" in texts(narrow)
    for ax, repeats in ((wide, 1), (narrow, 2)):
        assert ax.images[0].get_array().mask.tolist() == [[False, True] * repeats]
    less = heat_map([1.0, NAN, 3.0], [*"aaa"], None, configs=[PPOConfig()] * 3, worst=INF)
    assert cell_texts(less) == [["3\n1 diverged"]]  # where less is better, the worst is above


def test_a_combination_that_no_agent_has_is_marked_and_one_row_column_or_cell_is_a_map_too():
    configs = grid(PPOConfig(), gamma=[0.5, 0.9], seed=[0, 1])[:3]
    cells = cell_texts(heat_map([1, 2, 3], "gamma", "seed", configs=configs))
    assert cells == [["2", "–"], ["1", "3"]]
    assert cell_texts(heat_map(EIGHT, "learning_rate", None)) == [["152", "55"]]
    assert cell_texts(heat_map(EIGHT, "num_envs", "clip_range")) == [["12"], ["185"]]
    assert cell_texts(heat_map(EIGHT, "num_envs", "num_steps")) == [["55"]]


def test_a_heat_map_takes_settings_that_are_no_numbers_and_labels():
    configs = grid(PPOConfig(), normalize_advantages=["rollout", "none"], seed=[0, 1])
    labels = ["without", "with clip"] * 2
    ax = heat_map([1, 2, 3, 4], labels, "normalize_advantages", configs=configs)
    assert (ticks(ax.xaxis), ticks(ax.yaxis)) == (["without", "with clip"], ["rollout", "none"])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("", "advantages normalised over")
    assert cell_texts(ax) == [["1", "2"], ["3", "4"]]


def test_a_heat_map_of_agents_that_all_diverged_is_drawn_all_the_same():
    ax = heat_map([NAN] * 8)
    assert cell_texts(ax) == [["2 diverged"] * 2] * 2
    assert "median final return (reward)" in texts(ax)
    picture(ax.get_figure(), "")


def test_every_number_in_a_cell_stands_out_from_its_colour():
    configs = grid(PPOConfig(), seed=range(12))
    ax = heat_map(np.linspace(0, 500, 12), "seed", None, configs=configs)

    def luminance(color):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3]]
        return np.dot(linear, [0.2126, 0.7152, 0.0722])

    image = ax.images[0]
    for label in ax.texts:
        column = int(label.get_position()[0])
        ink = luminance(to_rgba(label.get_color()))
        paper = luminance(image.cmap(image.norm(image.get_array()[0, column])))
        light, dark = max(ink, paper), min(ink, paper)
        assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.1, criterion 1.4.3


def test_a_heat_map_with_long_labels_and_its_bar_stay_in_the_panels_place():
    fig, panels = figure(2)
    places = [ax.get_position() for ax in panels]
    for ax, place in zip(panels, places, strict=True):
        plot_heat_map(ax, [PPOConfig()] * 2, [1, 500], "seed", ["normalised by minibatch", "none"])
        fig.canvas.draw()
        around = ax.get_tightbbox()
        assert around.x0 >= place.x0 * fig.bbox.width - 0.7 * fig.dpi
        assert around.x1 <= place.x1 * fig.bbox.width + 1


def test_the_alt_text_of_a_heat_map_says_every_number():
    configs = grid(PPOConfig(), clip_range=[0.2, 0.1], learning_rate=[1e-3, 1e-2], seed=[0, 1])
    scores = [1.0, NAN, 20.0, 40.0, 500.0, 300.0, 70.0, 70.0]
    assert heat_map_alt(configs, scores, "learning_rate", "clip_range") == (
        "Heat map: median final return (reward). "
        "Columns from left to right: learning rate 0.001, 0.01. "
        "clip range ε 0.2: no number (1 of 2 diverged), 30. "
        "clip range ε 0.1: 400, 70."
    )
    only_row = heat_map_alt(configs[:3], [1.5, 2.5, NAN], ["with", "with", "without"], label="x")
    assert only_row == (
        "Heat map: x. Columns from left to right: with, without. 2, no number (1 of 1 diverged)."
    )
    missing = heat_map_alt(configs[:6], scores[:6], "learning_rate", "clip_range")
    assert missing.endswith("clip range ε 0.1: 400, no agent.")


# Both.


def draw_both(panels=None):
    panels = figure(2)[1] if panels is None else panels
    configs, history = lr_sweep(100.0, NAN, 10.0, 20.0, 50.0, 52.0)
    plot_sweep(panels[0], configs, history, "learning_rate")
    plot_heat_map(panels[1], configs, final_returns(history), "learning_rate", "seed")
    return panels[0].get_figure(), panels


@pytest.mark.parametrize("panels", [None, Figure(figsize=(9.5, 3.2)).subplots(1, 2)])
def test_all_text_is_of_at_least_12_points(panels):
    fig, _ = draw_both(panels)
    fig.canvas.draw()
    sizes = {t.get_text(): t.get_fontsize() for t in fig.findobj(Text) if t.get_text()}
    assert len(sizes) > 15 and min(sizes.values()) >= 12


def test_a_picture_has_a_white_ground_of_its_own_on_a_dark_page_too():
    fig, _ = draw_both()
    data, _ = picture(fig, "")._repr_mimebundle_()
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGBA"))
    assert (pixels[..., 3] == 255).all() and (pixels[0, 0] == 255).all()


def test_all_words_come_from_the_table(monkeypatch):
    monkeypatch.setattr(plotting_sweeps, "text", lambda key, **values: f"<{key}>")
    _, panels = draw_both()
    words = {word for ax in panels for word in texts(ax) if any(c.isalpha() for c in word)}
    assert words and all("<" in word for word in words)
    assert text("plot.some_diverged", count=2, num_agents=10) == "2 of 10 diverged"
