"""The lines of equal height that explorers draw on their maps, on shapes whose lines are known."""

from __future__ import annotations

import numpy as np
import pytest
from js_engine import JsEngine

from ppo_lib.course.lesson_02.trust_region_explorer import TrustRegionExplorer

ENGINE = JsEngine(TrustRegionExplorer)  # one whose front end has contours.js


def test_contours_are_lines_of_equal_height_closed_or_from_rim_to_rim():
    """Of a bowl, a saddle and a plane on 41 x 41 points, whose contours are known."""
    shapes = {
        "bowl": (lambda x, y: x**2 + y**2, [0, 1, 1, 0]),
        "saddle": (lambda x, y: x * y, [2, 2, 2, 0]),
        "plane": (lambda x, y: x + 0 * y, [1, 1, 1, 0]),
    }
    levels = [-1.01, 0.503, 1.01, 9]
    for name, (height, counts) in shapes.items():
        heights = height(*np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-2, 2, 41)))
        found = ENGINE.call("contourLines", heights.flatten().tolist(), 41, levels)
        assert [len(lines) for lines in found] == counts
        for level, lines in zip(levels, found, strict=True):
            for points in map(np.array, lines):
                assert height(*(points.T / 10 - 2)) == pytest.approx(level, abs=0.003)
                closed = (points[0] == points[-1]).all()
                assert closed == (name == "bowl")
                assert closed or np.isclose(points[[0, -1]] % 40, 0).any(axis=1).all()
                assert np.hypot(*np.diff(points, axis=0).T).max() <= 1.5  # from cell to cell


def test_contours_part_at_a_saddle_as_its_middle_says():
    for corners, expected in [
        ([1, 0, 0, 0.9], [[[0, 0.5], [0.5, 0]], [[0.5 / 0.9, 1], [1, 0.5 / 0.9]]]),  # 0.475
        ([1, 0, 0.2, 1], [[[0, 0.625], [0.375, 1]], [[0.5, 0], [1, 0.5]]]),  # 0.55
    ]:
        (lines,) = ENGINE.call("contourLines", corners, 2, [0.5])
        np.testing.assert_allclose(sorted(sorted(line) for line in lines), expected)
