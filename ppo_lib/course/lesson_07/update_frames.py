"""What the iteration stepper shows of a recorded update: bars and counts, moment by moment."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ppo_lib.course.measures.recording import UpdateRecording

CLIP_RANGE = 0.2
BAND = (1 - CLIP_RANGE, 1 + CLIP_RANGE)

# The bars of the histogram: an odd number in the band, so that the spike at 1 is one bar, and
# both edges of the band are edges of bars. One more holds all that lies beyond.
NUM_INSIDE = 9
BAR_WIDTH = 2 * CLIP_RANGE / NUM_INSIDE
FIRST_INSIDE = 2 * NUM_INSIDE  # as many bars from 0 to the band as make 0.8
NUM_BARS = 6 * NUM_INSIDE
AXIS_END = 2.4
BEYOND_AT = 2.43  # where the bar of those beyond stands, apart from the others
AXIS_LIMIT = 2.5
BARS = {
    "count": NUM_BARS,
    "width": BAR_WIDTH,
    "firstInside": FIRST_INSIDE,
    "inside": NUM_INSIDE,
    "end": AXIS_END,
    "beyondAt": BEYOND_AT,
    "limit": AXIS_LIMIT,
}
"""What the front end must know of them."""


def bars_of(ratios: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return in which bar of the histogram each ratio stands.

    Args:
        ratios: (B,), at most 1 / π_old, hence finite.

    Returns:
        (B,), 0 to `NUM_BARS`, which is the bar of all above `AXIS_END`.
    """
    bars = np.floor(ratios.astype(np.float64) / BAR_WIDTH).astype(np.int64)
    return np.minimum(bars, NUM_BARS)


def frame_of(recording: UpdateRecording, step: int) -> list[list[int]]:
    """Return the histogram after a gradient step.

    Args:
        recording: of one update.
        step: 0 is before the first.

    Returns:
        A row [bar, A > 0, of these dead, A < 0, of these dead] for each bar that is not empty.
        (An advantage of exactly 0 stands with A < 0.)
    """
    bars, dead = bars_of(recording.ratios[step].numpy()), recording.dead[step].numpy()
    is_up = recording.advantages.numpy() > 0
    columns = [
        np.bincount(bars[chosen], minlength=NUM_BARS + 1)
        for chosen in (is_up, is_up & dead, ~is_up, ~is_up & dead)
    ]
    table = np.column_stack([np.arange(NUM_BARS + 1), *columns])
    rows: list[list[int]] = table[table[:, 1:].any(axis=1)].tolist()
    return rows


def compact(recording: UpdateRecording) -> dict[str, Any]:
    """Return what the front end shows of an update, a list over its steps for each quantity.

    Args:
        recording: of one update.

    Returns:
        "frames" (see `frame_of`); the counts "outside", "dead", and "alive": outside and not
        dead; "kl" in nats; the "lowest" and the "highest" ratio, to two decimals.
    """
    ratios, outside, dead = (
        column.numpy() for column in (recording.ratios, recording.outside, recording.dead)
    )
    return {
        "frames": [frame_of(recording, step) for step in range(len(ratios))],
        "outside": outside.sum(1).tolist(),
        "dead": dead.sum(1).tolist(),
        "alive": (outside & ~dead).sum(1).tolist(),
        "kl": [max(0.0, float(f"{kl:.6g}")) for kl in recording.approx_kl.tolist()],
        "lowest": [round(ratio, 2) for ratio in ratios.min(1).tolist()],
        "highest": [round(ratio, 2) for ratio in ratios.max(1).tolist()],
    }
