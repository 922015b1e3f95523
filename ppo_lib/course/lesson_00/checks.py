"""The exercise of lesson 00: keep a number inside a band."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ppo_lib.course.checks.exercise import Arguments, Exercise


def stay_in_band(ratio: float, clip_range: float) -> float:
    """Return `ratio`, moved to the nearest number from 1 - clip_range to 1 + clip_range."""
    return max(1 - clip_range, min(ratio, 1 + clip_range))


def _by_cases(ratio: float, clip_range: float) -> float:
    low, high = 1 - clip_range, 1 + clip_range
    if ratio < low:
        return low
    return high if ratio > high else ratio


def _inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return ratios below, in and above the band, on its edges, and at random."""
    by_hand = [(1.5, 0.2), (0.5, 0.2), (1.1, 0.2), (0.9, 0.2), (1.0, 0.2), (0.8, 0.2), (1.2, 0.2)]
    at_random = (torch.rand(20, 2, generator=generator) * torch.tensor([2.0, 0.5])).tolist()
    return [{"ratio": ratio, "clip_range": width} for ratio, width in [*by_hand, *at_random]]


EXERCISES = (
    Exercise(
        name="stay_in_band",
        reference=stay_in_band,
        alternative=_by_cases,
        wrong={
            "check.stay_in_band.min_max_swapped": lambda ratio, clip_range: min(
                1 - clip_range, max(ratio, 1 + clip_range)
            ),
            "check.stay_in_band.max_min_swapped": lambda ratio, clip_range: max(
                1 + clip_range, min(ratio, 1 - clip_range)
            ),
            "check.stay_in_band.around_0": lambda ratio, clip_range: max(
                -clip_range, min(ratio, clip_range)
            ),
            "check.stay_in_band.no_low": lambda ratio, clip_range: min(ratio, 1 + clip_range),
            "check.stay_in_band.no_high": lambda ratio, clip_range: max(ratio, 1 - clip_range),
            "check.stay_in_band.width_for_edge": lambda ratio, clip_range: (
                clip_range
                if ratio > 1 + clip_range
                else -clip_range
                if ratio < 1 - clip_range
                else ratio
            ),
            "check.stay_in_band.back_to_1": lambda ratio, clip_range: (
                ratio if 1 - clip_range <= ratio <= 1 + clip_range else 1.0
            ),
            "check.stay_in_band.fixed_width": lambda ratio, clip_range: max(0.8, min(ratio, 1.2)),
            "check.stay_in_band.unchanged": lambda ratio, clip_range: ratio,
        },
        inputs=_inputs,
    ),
)
