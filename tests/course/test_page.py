"""Pictures, live curves and films."""

import base64
import io
import os

import numpy as np
import pytest
import torch
from PIL import Image

from ppo_lib.config import grid, preset
from ppo_lib.course import page
from ppo_lib.course.figures.panels import LINE_STYLES, figure
from ppo_lib.course.figures.training import plot_episode_returns, plot_metric, plot_training
from ppo_lib.course.lesson_04.figures import plot_ratios, plot_shares, plot_surrogate
from ppo_lib.course.page import Picture, show_episodes, watch, watch_sweep
from ppo_lib.course.words import text
from ppo_lib.training import IterationRecord, make_model, recent_return, train


def records_of(*returns_per_iteration):
    metrics = {"approx_kl": 0.01, "clip_fraction": 0.1}
    return [
        IterationRecord(i + 1, 1000 * (i + 1), tuple(returns), (), dict(metrics), None)
        for i, returns in enumerate(returns_per_iteration)
    ]


@pytest.fixture
def shown(monkeypatch):
    """What the page was given, in order."""
    pictures = []
    monkeypatch.setattr(page.DisplayHandle, "display", lambda self, p: pictures.append(p))
    monkeypatch.setattr(page.DisplayHandle, "update", lambda self, p: pictures.append(p))
    return pictures


def test_recent_return_is_the_mean_of_the_last_episodes():
    records = records_of([1.0] * 30, [2.0] * 5, [], [4.0] * 15)
    assert recent_return(records, 20) == (5 * 2 + 15 * 4) / 20


def test_recent_return_is_nan_while_there_are_too_few_episodes():
    assert np.isnan(recent_return(records_of([1.0] * 19), 20))


def test_watch_returns_every_record_and_ends_on_the_whole_picture(shown):
    records = watch(train(preset("cartpole", total_steps=3072), progress=False))
    assert [record.env_steps for record in records] == [1024, 2048, 3072]
    assert "after 3072 steps" in shown[-1].alt


def test_watch_stops_a_run_once_it_is_solved(shown):
    records = watch(iter(records_of([10.0] * 20, [500.0] * 20, [500.0] * 20)), solved_at=475)
    assert len(records) == 2


def test_watch_lets_several_runs_take_turns(shown):
    order = []

    def run(name):
        for record in records_of([1.0], [1.0]):
            order.append(name)
            yield record

    records = watch({"a": run("a"), "b": run("b")})
    assert order == ["a", "b", "a", "b"]
    assert [len(run) for run in records.values()] == [2, 2]


def sweep():
    """Two settings, two seeds, three iterations."""
    configs = grid(preset("cartpole"), clip_range=[0.1, 0.2], seed=range(2))
    runs = [records_of([score] * 20, [score] * 20, [9.0] * 20) for score in (1.0, 2.0, 3.0, 4.0)]
    return configs, [list(records) for records in zip(*runs, strict=True)]


def test_watching_a_sweep_returns_every_record_and_ends_on_the_whole_picture(shown):
    configs, history = sweep()
    assert watch_sweep(iter(history), configs, "clip_range") == history
    assert "clip range ε 0.1 ends at 9" in shown[-1].alt
    assert "clip range ε 0.1 ends at 1.5" in shown[0].alt  # after the first iteration


def test_watching_a_sweep_keeps_the_records_when_it_is_interrupted(shown):
    configs, history = sweep()

    def iterations():
        yield from history[:2]
        raise KeyboardInterrupt

    assert watch_sweep(iterations(), configs, "clip_range") == history[:2]
    assert "ends at 1.5" in shown[-1].alt


def test_watching_a_sweep_by_no_setting_is_refused_before_anything_is_trained(shown):
    configs, history = sweep()
    iterations = iter(history)
    with pytest.raises(ValueError, match="got 'clip'"):
        watch_sweep(iterations, configs, "clip")
    assert len(list(iterations)) == len(history)


def test_a_sweep_that_is_interrupted_at_once_has_no_records_and_no_picture(shown):
    assert watch_sweep(iter(()), sweep()[0], "clip_range") == [] and not shown


def test_watch_keeps_the_records_when_it_is_interrupted(shown):
    def run():
        yield from records_of([1.0], [2.0])
        raise KeyboardInterrupt

    assert len(watch(run())) == 2
    assert "after 2000 steps" in shown[-1].alt


def test_watch_draws_while_it_trains(shown, monkeypatch):
    monkeypatch.setattr(page, "SECONDS_BETWEEN_PICTURES", 0.0)
    watch(train(preset("cartpole", total_steps=8192), progress=False))
    assert len(shown) > 2


def test_a_picture_carries_html_with_alt_text_and_a_png():
    fig, _ = figure(1)
    data, _ = page.picture(fig, 'a "quoted" line')._repr_mimebundle_()
    assert 'alt="a &quot;quoted&quot; line"' in data["text/html"]
    assert data["text/plain"] == 'a "quoted" line'
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).format == "PNG"


def test_a_picture_shows_no_memory_address():
    assert "0x" not in repr(Picture("", b"", "a line"))


def test_several_runs_are_told_apart_by_line_style_and_named():
    fig, panels = figure(3)
    runs = {name: records_of([1.0], [2.0]) for name in ("a", "b")}
    plot_training(panels, runs, solved_at=475)
    for ax in panels:
        assert [line.get_linestyle() for line in ax.lines[:2]] == ["-", "--"]
    assert [label.get_text() for label in fig.legends[0].get_texts()] == ["a", "b"]


def test_more_runs_than_line_styles_are_refused():
    _, panels = figure(3)
    runs = {str(i): records_of([1.0]) for i in range(len(LINE_STYLES) + 1)}
    with pytest.raises(ValueError, match="runs must hold at most 4 runs, got 5"):
        plot_training(panels, runs)


def test_curves_show_the_records_and_leave_out_iterations_without_an_end():
    _, (ax,) = figure(1)
    assert plot_episode_returns(ax, records_of([1.0, 3.0], [], [5.0])) is ax
    assert ax.lines[0].get_xydata().tolist() == [[1, 2], [3, 5]]
    assert plot_metric(ax, records_of([1.0]), "approx_kl") is ax
    assert ax.lines[1].get_xydata().tolist() == [[1, 0.01]]


def test_a_film_plays_every_second_frame_for_as_long_as_the_episode_took():
    config = preset("cartpole")
    shown = show_episodes(config.env_id, seed=5, max_steps=10, trained=make_model(config))
    encoded = shown.content.split("base64,")[1].split('"')[0]
    film = Image.open(io.BytesIO(base64.b64decode(encoded)))
    assert (film.format, film.n_frames) == (
        "WEBP",
        6,
    )  # steps 0, 2, 4, 6, 8 and the last, no two alike
    film.seek(1)
    film.load()
    assert film.info["duration"] == 40  # two steps of a fiftieth of a second
    assert "trained: 10 steps" in shown.content


def test_a_film_leaves_the_environment_variables_as_they_were(monkeypatch):
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    monkeypatch.setenv("SDL_AUDIODRIVER", "pulse")
    config = preset("cartpole")
    show_episodes(config.env_id, max_steps=2, trained=make_model(config))
    assert "SDL_VIDEODRIVER" not in os.environ and os.environ["SDL_AUDIODRIVER"] == "pulse"


def test_a_surrogate_is_drawn_as_the_smaller_of_its_two_terms():
    for advantage in (1.0, -1.0):
        _, (ax,) = figure(1)
        plot_surrogate(ax, advantage, clip_range=0.2)
        objective, unclipped, clipped = (line.get_ydata() for line in ax.lines[:3])
        ratio = ax.lines[0].get_xdata()
        assert np.allclose(unclipped, ratio * advantage)
        assert np.allclose(clipped, np.clip(ratio, 0.8, 1.2) * advantage)
        assert np.array_equal(objective, np.minimum(unclipped, clipped))


def test_a_histogram_of_ratios_sorts_every_sample_into_one_of_three():
    ratio = [0.5, 0.5, 1.0, 1.1, 1.5, 1.5, 1.5]
    advantages = [1.0, -1.0, 1.0, -1.0, 1.0, 1.0, -1.0]
    fig, (ax,) = figure(1)
    plot_ratios(ax, ratio, advantages, 0.2)
    labels = [label.get_text() for label in fig.legends[0].get_texts()]
    expected = {"plot.inside": 2 / 7, "plot.alive": 2 / 7, "plot.dead": 3 / 7}
    assert sorted(labels) == sorted(text(key, share=share) for key, share in expected.items())
    drawn = sum(patch.get_height() for patch in ax.patches)
    assert drawn == len(ratio)


def test_no_bar_of_the_histogram_crosses_an_edge_of_the_band():
    _, (ax,) = figure(1)
    generator = np.random.default_rng(0)
    plot_ratios(ax, generator.lognormal(0, 0.5, 500), generator.normal(size=500), 0.2)
    for patch in ax.patches:
        left, right = patch.get_x(), patch.get_x() + patch.get_width()
        for edge in (0.8, 1.2):
            assert not (left + 1e-6 < edge < right - 1e-6)


def test_shares_are_drawn_for_each_seed_and_their_median():
    _, panels = figure(2)
    outside, dead = [[0.1, 0.3], [0.2, 0.1], [0.3, 0.2]], [[0.0, 0.1]] * 3
    plot_shares(panels, outside, dead)
    assert [line.get_ydata().tolist() for line in panels[0].lines[:3]] == outside
    assert panels[0].lines[3].get_ydata().tolist() == [0.2, 0.2]
    assert panels[0].get_ylim() == panels[1].get_ylim()


def test_a_run_that_is_watched_has_one_thread_while_it_makes_a_record(shown):
    threads = []

    def run():
        for record in records_of([1.0], [2.0]):
            threads.append(torch.get_num_threads())
            yield record

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        watch({"mine": run()})
        assert threads == [1, 1] and torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
