"""The recorded measurements, and what the lessons say of them."""

import numpy as np
import pytest

from ppo_lib.experiments import ASSETS, load_asset


@pytest.fixture(scope="module")
def reached():
    """At each clip range, how many of the eight seeds have an iteration at 475 or more."""
    recorded = load_asset("clip_ranges.json")
    curves = {clip_range: np.array(runs) for clip_range, runs in recorded["returns"].items()}
    assert {runs.shape for runs in curves.values()} == {(8, len(recorded["env_steps"]))}
    return {clip_range: int((runs >= 475).any(1).sum()) for clip_range, runs in curves.items()}


def test_at_a_clip_range_of_a_fiftieth_no_seed_gets_to_the_top(reached):
    assert reached["0.02"] == 0


def test_at_a_clip_range_of_a_fifth_nearly_all_seeds_get_to_the_top(reached):
    assert 6 <= reached["0.2"] < 8


def test_at_a_clip_range_of_one_a_few_seeds_get_to_the_top(reached):
    assert 1 <= reached["1.0"] <= 4


def test_every_recording_lies_beside_the_script_that_remakes_it():
    recordings = list(ASSETS.glob("*.json"))
    assert recordings
    assert all(path.with_suffix(".py").exists() for path in recordings)


def test_a_recording_that_does_not_exist_is_named():
    with pytest.raises(FileNotFoundError, match=r"none\.json"):
        load_asset("none.json")
