"""The random numbers of the explorers: spread as they should be, another seed, others."""

from __future__ import annotations

import numpy as np
import pytest
from js_engine import JsEngine

from ppo_lib.course.lesson_03.ratio_explorer import RatioExplorer

ENGINE = JsEngine(RatioExplorer)  # every front end has them


def uniforms(seed, count):
    return np.array(ENGINE.call("uniforms", seed, count))


def normals(seed, count):
    return np.array(ENGINE.call("normals", seed, count))


def test_the_numbers_are_a_counter_hashed_and_made_normal_by_hand():
    def mix(bits):  # in Python's own whole numbers
        bits = (bits ^ bits >> 16) * 0x7FEB352D % 2**32
        bits = (bits ^ bits >> 15) * 0x846CA68B % 2**32
        return bits ^ bits >> 16

    golden = 0x9E3779B9
    for seed in (0, 1, 2, 7, 123_456_789, 2**32 - 1):
        start = mix((seed + golden) % 2**32)
        flat = [(mix((start + n * golden) % 2**32) + 0.5) / 2**32 for n in range(500)]
        assert uniforms(seed, 500).tolist() == flat
        first, second = np.array(flat).reshape(250, 2).T
        bell = np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)  # Box and Muller
        assert normals(seed, 250) == pytest.approx(bell, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("seed", range(20))
def test_uniforms_fill_every_tenth_and_no_two_neighbours_go_together(seed):
    drawn = uniforms(seed, 10_000)
    assert drawn.min() > 0 and drawn.max() < 1
    tenths = np.bincount((drawn * 10).astype(int), minlength=10)
    assert np.abs(tenths - 1000).max() < 5 * np.sqrt(900)  # five standard deviations
    for lag in (1, 2, 3):
        assert abs(np.corrcoef(drawn[:-lag], drawn[lag:])[0, 1]) < 0.05


def test_another_seed_gives_other_numbers_and_a_larger_count_the_same_first_ones():
    batches = np.stack([uniforms(seed, 64) for seed in range(200)])
    assert len(np.unique(batches)) == batches.size
    correlations = np.corrcoef(batches) - np.eye(200)
    assert np.abs(correlations).max() < 0.65  # of 19,900 pairs of 64
    # Over seeds each place is spread evenly too: its mean has a deviation of 1/sqrt(12 · 200).
    assert np.abs(batches.mean(axis=0) - 0.5).max() < 4.5 / np.sqrt(12 * 200)
    assert uniforms(3, 1000)[:64].tolist() == batches[3].tolist()
    assert normals(3, 1000)[:64].tolist() == normals(3, 64).tolist()


def test_normals_have_the_moments_of_the_normal_distribution():
    drawn = np.concatenate([normals(seed, 5000) for seed in range(20)])  # 100,000
    moments = [(drawn**power).mean() for power in (1, 2, 3, 4)]
    errors = np.abs(np.subtract(moments, [0, 1, 0, 3]))
    assert (errors < [0.015, 0.02, 0.05, 0.12]).all()


def test_no_small_seed_begins_with_an_outlier():
    # 51,200 normals: the largest is 4.3 on average, and above 5.5 in one trial of 500.
    drawn = np.stack([normals(seed, 1024) for seed in range(50)])
    assert 3.5 < np.abs(drawn).max() < 5.5
    assert np.abs(drawn[:, :16]).max() < 4.5
