"""Remake clip_ranges.json: eight seeds of CartPole at three clip ranges.

    python assets/clip_ranges.py

takes one to five minutes. Lesson 00 draws the result.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from ppo_lib.config import preset
from ppo_lib.training import train

CLIP_RANGES = (0.02, 0.2, 1.0)
SEEDS = range(8)
TOTAL_STEPS = 40_000


def mean_returns(seed: int, clip_range: float) -> list[float]:
    """Return each iteration's mean episode return; the last one again where none ended."""
    config = preset("cartpole", seed=seed, clip_range=clip_range, total_steps=TOTAL_STEPS)
    means: list[float] = []
    for record in train(config, progress=False):
        ended = record.episode_returns
        means.append(round(float(np.mean(ended)), 1) if ended else means[-1])
    return means


def main() -> None:
    """Train, and write what came out."""
    runs = [(clip_range, seed) for clip_range in CLIP_RANGES for seed in SEEDS]
    returns: dict[str, list[list[float]]] = {str(clip_range): [] for clip_range in CLIP_RANGES}
    for clip_range, seed in tqdm(runs, unit="run"):
        returns[str(clip_range)].append(mean_returns(seed, clip_range))
    rollout_size = preset("cartpole").rollout_size
    steps = [rollout_size * (i + 1) for i in range(TOTAL_STEPS // rollout_size)]
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"env_steps": steps, "returns": returns}) + "\n")


if __name__ == "__main__":
    main()
