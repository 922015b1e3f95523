"""The exercise of lesson 00: keep a number inside a band."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ppo_lib.course.checks.exercise import Arguments, Exercise, edit


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


# fmt: off
EXERCISES = (
    Exercise(
        name="stay_in_band",
        reference=stay_in_band,
        alternative=_by_cases,
        inputs=_inputs,
        right=(
            "Below the band, inside it, above it and on its edges, your function does what the "
            "clip in PPO does."
        ),
        wrong=(
            ("stay_in_band.min_max_swapped",
             edit("max(1 - clip_range, min", "min(1 - clip_range, max"),
             "Whatever goes in, the lower edge comes out: have min and max, or the two edges, "
             "changed places? To hold a number below the upper edge, take the smaller of the two."),
            ("stay_in_band.max_min_swapped", edit("1 -", "1 +", "ratio, 1 +", "ratio, 1 -"),
             "The two edges have changed places: whatever goes in, the upper edge comes out. "
             "Which of them must the result not exceed?"),
            ("stay_in_band.around_0", edit("1 - ", "-", "1 + ", ""),
             "Your band lies around 0. A ratio of 1 means that nothing has changed; the band "
             "lies around that."),
            ("stay_in_band.no_low", edit("max(1 - clip_range, ", "("),
             "The upper edge holds, the lower one does not: try a ratio of 0.5."),
            ("stay_in_band.no_high", edit("min(ratio, 1 + clip_range)", "ratio"),
             "The lower edge holds, the upper one does not: try a ratio of 1.5."),
            ("stay_in_band.width_for_edge", lambda r, c: c if r > 1 + c else -c if r < 1 - c else r,
             "Outside the band your function returns the clip range itself. The edges of the "
             "band are that far from 1."),
            ("stay_in_band.back_to_1", lambda r, c: r if 1 - c <= r <= 1 + c else 1.0,
             "A ratio outside the band comes back as 1. It should stop at the nearest edge."),
            ("stay_in_band.fixed_width", edit("1 - clip_range", "0.8", "1 + clip_range", "1.2"),
             "The band is right for a clip range of 0.2 and for no other: a 0.2 is written into "
             "the function where clip_range belongs."),
            ("stay_in_band.unchanged", lambda r, c: r,
             "The ratio comes back as it went in, also from outside the band: try 1.5 and 0.5."),
        ),
    ),
)
# fmt: on
