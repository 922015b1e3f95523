"""The random numbers of the explorers: spread as they should be, another seed, others."""

from __future__ import annotations

import numpy as np
import pytest

from ppo_lib.course.explorers.sampling import _mix, normals, uniforms


def test_the_hash_of_the_first_numbers_is_what_its_formula_says() -> None:
    # By hand, in Python's own whole numbers.
    for number in (0, 1, 2, 0x9E3779B9, 0xFFFFFFFF):
        bits = number
        bits = (bits ^ bits >> 16) * 0x7FEB352D % 2**32
        bits = (bits ^ bits >> 15) * 0x846CA68B % 2**32
        assert _mix(np.array([number], dtype=np.uint32))[0] == bits ^ bits >> 16


@pytest.mark.parametrize("seed", range(20))
def test_uniforms_fill_every_tenth_and_no_two_neighbours_go_together(seed: int) -> None:
    drawn = uniforms(seed, 10_000)
    assert drawn.min() > 0 and drawn.max() < 1
    tenths = np.bincount((drawn * 10).astype(int), minlength=10)
    assert np.abs(tenths - 1000).max() < 5 * np.sqrt(900)  # five standard deviations
    for lag in (1, 2, 3):
        assert abs(np.corrcoef(drawn[:-lag], drawn[lag:])[0, 1]) < 0.05


def test_another_seed_gives_other_numbers_and_a_larger_count_the_same_first_ones() -> None:
    batches = np.stack([uniforms(seed, 64) for seed in range(200)])
    assert len(np.unique(batches)) == batches.size
    correlations = np.corrcoef(batches) - np.eye(200)
    assert np.abs(correlations).max() < 0.65  # of 19,900 pairs of 64
    # Over seeds each place is spread evenly too: its mean has a deviation of 1/sqrt(12 · 200).
    assert np.abs(batches.mean(axis=0) - 0.5).max() < 4.5 / np.sqrt(12 * 200)
    assert uniforms(3, 1000)[:64].tolist() == batches[3].tolist()
    assert normals(3, 1000)[:64].tolist() == normals(3, 64).tolist()


def test_normals_have_the_moments_of_the_normal_distribution() -> None:
    drawn = np.concatenate([normals(seed, 5000) for seed in range(20)])  # 100,000
    assert drawn.mean() == pytest.approx(0, abs=0.015)
    assert drawn.var() == pytest.approx(1, abs=0.02)
    assert (drawn**3).mean() == pytest.approx(0, abs=0.05)
    assert (drawn**4).mean() == pytest.approx(3, abs=0.12)


def test_no_small_seed_begins_with_an_outlier() -> None:
    # 51,200 normals: the largest is 4.3 on average, and above 5.5 in one trial of 500.
    drawn = np.stack([normals(seed, 1024) for seed in range(50)])
    assert 3.5 < np.abs(drawn).max() < 5.5
    assert np.abs(drawn[:, :16]).max() < 4.5
