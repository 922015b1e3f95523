"""What explorers share in JavaScript, without a browser: numbers, labels, sliders, random draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from js_engine import JsEngine

from ppo_lib.course.lesson_04.clip_explorer import ClipExplorer


@pytest.fixture(scope="module")
def engine() -> JsEngine:
    return JsEngine(ClipExplorer)


def test_labels_are_spread_apart_within_their_limits_and_in_order(engine: JsEngine) -> None:
    for wanted in [[100, 100, 100], [0, 300, 1], [299, 300, 290], [50, 150, 250], [-80, 900, 10]]:
        placed = engine.call("spreadLabels", wanted, 8, 292, 22)
        assert np.diff(sorted(placed)).min() >= 22 - 1e-9
        assert min(placed) >= 8 and max(placed) <= 292
        for i, j in [(0, 1), (0, 2), (1, 2)]:
            assert wanted[i] == wanted[j] or (wanted[i] < wanted[j]) == (placed[i] < placed[j])
    assert engine.call("spreadLabels", [50, 150, 250], 8, 292, 22) == [50, 150, 250]  # has room


def test_numbers_are_written_with_a_true_minus_and_never_as_minus_zero(engine: JsEngine) -> None:
    written = [engine.call("formatNumber", value) for value in (-0.5, -0.001, 0, 2)]
    assert written == ["−0.50", "0.00", "0.00", "2.00"]
    signed = [engine.call("formatSigned", value) for value in (-0.5, 0.001, 2)]
    assert signed == ["−0.50", "0.00", "+2.00"]
    assert engine.call("snap", 0.1 + 0.2, 0.01) == 0.3


@pytest.mark.parametrize(
    ("low", "high", "step", "whole"), [(0.001, 1, 10**0.1, False), (16, 4096, 2, True)]
)
def test_the_stops_of_a_logarithmic_slider_are_spread_evenly_between_its_ends(
    engine: JsEngine, low: float, high: float, step: float, whole: bool
) -> None:
    limits = {"low": low, "high": high, "step": step, "scale": "log", "whole": whole}
    stops = range(engine.call("lastStop", limits) + 1)
    values = [engine.call("valueAtStop", stop, limits) for stop in stops]
    assert (values[0], values[-1]) == (low, high)
    assert [engine.call("nearestStop", value, limits) for value in values] == list(stops)
    assert np.diff(np.log(values)) == pytest.approx(math.log(step), abs=0.01)  # three digits
    assert not whole or values == [16 * 2**stop for stop in stops]


def test_the_hash_of_the_first_numbers_is_what_its_formula_says(engine: JsEngine) -> None:
    for number in (0, 1, 2, 0x9E3779B9, 0xFFFFFFFF):  # by hand, in Python's own whole numbers
        bits = number
        bits = (bits ^ bits >> 16) * 0x7FEB352D % 2**32
        bits = (bits ^ bits >> 15) * 0x846CA68B % 2**32
        assert engine.call("mixBits", number) == bits ^ bits >> 16


def test_uniforms_fill_every_tenth_and_no_two_neighbours_go_together(engine: JsEngine) -> None:
    for seed in range(20):
        drawn = np.array(engine.call("uniforms", seed, 10_000))
        assert drawn.min() > 0 and drawn.max() < 1
        tenths = np.bincount((drawn * 10).astype(int), minlength=10)
        assert np.abs(tenths - 1000).max() < 5 * np.sqrt(900)  # five standard deviations
        for lag in (1, 2, 3):
            assert abs(np.corrcoef(drawn[:-lag], drawn[lag:])[0, 1]) < 0.05


def test_another_seed_gives_other_numbers_and_a_larger_count_the_same_first_ones(
    engine: JsEngine,
) -> None:
    batches = np.stack([engine.call("uniforms", seed, 64) for seed in range(200)])
    assert len(np.unique(batches)) == batches.size
    correlations = np.corrcoef(batches) - np.eye(200)
    assert np.abs(correlations).max() < 0.65  # of 19,900 pairs of 64
    # Over seeds each place is spread evenly too: its mean has a deviation of 1/sqrt(12 · 200).
    assert np.abs(batches.mean(axis=0) - 0.5).max() < 4.5 / np.sqrt(12 * 200)
    assert engine.call("uniforms", 3, 1000)[:64] == batches[3].tolist()
    assert engine.call("normals", 3, 1000)[:64] == engine.call("normals", 3, 64)


def test_normals_have_the_moments_of_the_normal_distribution(engine: JsEngine) -> None:
    drawn = np.concatenate([engine.call("normals", seed, 5000) for seed in range(20)])  # 100,000
    assert drawn.mean() == pytest.approx(0, abs=0.015)
    assert drawn.var() == pytest.approx(1, abs=0.02)
    assert (drawn**3).mean() == pytest.approx(0, abs=0.05)
    assert (drawn**4).mean() == pytest.approx(3, abs=0.12)


def test_no_small_seed_begins_with_an_outlier(engine: JsEngine) -> None:
    # 51,200 normals: the largest is 4.3 on average, and above 5.5 in one trial of 500.
    drawn = np.stack([engine.call("normals", seed, 1024) for seed in range(50)])
    assert 3.5 < np.abs(drawn).max() < 5.5
    assert np.abs(drawn[:, :16]).max() < 4.5
