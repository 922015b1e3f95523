"""What explorers share in JavaScript, without a browser: labels, numbers, sliders."""

from __future__ import annotations

import math

import numpy as np
import pytest
from js_engine import JsEngine

from ppo_lib.course.lesson_04.clip_explorer import ClipExplorer

ENGINE = JsEngine(ClipExplorer)


def test_labels_are_spread_apart_within_their_limits_and_in_order():
    for wanted in [[100, 100, 100], [0, 300, 1], [299, 300, 290], [50, 150, 250], [-80, 900, 10]]:
        placed = ENGINE.call("spreadLabels", wanted, 8, 292, 22)
        assert np.diff(sorted(placed)).min() >= 22 - 1e-9
        assert min(placed) >= 8 and max(placed) <= 292
        for i, j in [(0, 1), (0, 2), (1, 2)]:
            assert wanted[i] == wanted[j] or (wanted[i] < wanted[j]) == (placed[i] < placed[j])
    assert ENGINE.call("spreadLabels", [50, 150, 250], 8, 292, 22) == [50, 150, 250]  # has room


def test_numbers_are_written_with_a_true_minus_and_never_as_minus_zero():
    written = [ENGINE.call("formatNumber", value) for value in (-0.5, -0.001, 0, 2)]
    assert written == ["−0.50", "0.00", "0.00", "2.00"]
    signed = [ENGINE.call("formatSigned", value) for value in (-0.5, 0.001, 2)]
    assert signed == ["−0.50", "0.00", "+2.00"]
    assert ENGINE.call("snap", 0.1 + 0.2, 0.01) == 0.3


@pytest.mark.parametrize(
    ("low", "high", "step", "whole"), [(0.001, 1, 10**0.1, False), (16, 4096, 2, True)]
)
def test_the_stops_of_a_logarithmic_slider_are_spread_evenly_between_its_ends(
    low, high, step, whole
):
    limits = {"low": low, "high": high, "step": step, "scale": "log", "whole": whole}
    stops = range(ENGINE.call("lastStop", limits) + 1)
    values = [ENGINE.call("valueAtStop", stop, limits) for stop in stops]
    assert (values[0], values[-1]) == (low, high)
    assert [ENGINE.call("nearestStop", value, limits) for value in values] == list(stops)
    assert np.diff(np.log(values)) == pytest.approx(math.log(step), abs=0.01)  # three digits
    assert not whole or values == [16 * 2**stop for stop in stops]
