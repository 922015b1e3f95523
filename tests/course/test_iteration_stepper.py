"""The iteration stepper without a browser: its recordings, its bars, its words, its errors."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import numpy as np
import pytest
import torch
import traitlets
from js_engine import JsEngine, planted, synced
from torch import Tensor

from ppo_lib.course.lesson_07.iteration_stepper import ITERATIONS, IterationStepper
from ppo_lib.course.lesson_07.update_frames import (
    BAR_WIDTH,
    FIRST_INSIDE,
    NUM_BARS,
    NUM_INSIDE,
    bars_of,
    frame_of,
)
from ppo_lib.course.words import ENGLISH
from ppo_lib.diagnostics import approx_kl, dead_gradient, outside_band
from ppo_lib.losses import clipped_surrogate, unclipped_surrogate

MIDDLE = FIRST_INSIDE + NUM_INSIDE // 2
LIMITS = ("clip", "none")
MOMENTS = [
    {"gradient_step": step, "iteration": iteration, "limit": limit}
    for iteration, limit, step in itertools.product(ITERATIONS, LIMITS, range(41))
]
READ = """(functions, [shown, moments]) => moments.map((moment) => {
  const { readMoment, writtenMoment, placeWords, momentCase, makeModel, say } = functions;
  const state = readMoment(makeModel({ ...shown, ...moment }));
  const { update, step, surrogate } = state;
  const special = momentCase(update.outside, step, surrogate);
  return [writtenMoment(state), placeWords(state, say), special];
})"""


def max_for_min(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip_range: float
) -> Tensor:
    ratio = torch.exp(log_probs - old_log_probs)
    clipped = ratio.clamp(1 - clip_range, 1 + clip_range) * advantages
    return torch.max(ratio * advantages, clipped).mean()


@pytest.fixture(scope="module")
def stepper() -> IterationStepper:
    return IterationStepper()


@pytest.fixture(scope="module")
def own() -> IterationStepper:
    return IterationStepper(max_for_min)


def updates(explorer: IterationStepper) -> list[tuple[dict[str, Any], Any]]:
    """Return every update as the front end has it, and as it was recorded."""
    found = []
    for iteration in ITERATIONS:
        for limit in LIMITS:
            explorer.iteration, explorer.limit = iteration, limit
            found.append((explorer.recording["updates"][str(iteration)][limit], explorer.update))
    explorer.iteration, explorer.limit = 1, "clip"
    return found


# The recordings -------------------------------------------------------------------------


def test_every_frame_holds_every_sample_once(
    stepper: IterationStepper, own: IterationStepper
) -> None:
    for shown, _ in [*updates(stepper), *updates(own)]:
        assert len(shown["frames"]) == 41
        for frame in shown["frames"]:
            assert sum(up + down for _, up, _, down, _ in frame) == 1024
            assert all(0 <= bar <= NUM_BARS for bar, *_ in frame)
            assert all(0 <= dead <= up and 0 <= lost <= down for _, up, dead, down, lost in frame)


def test_an_update_begins_as_a_spike_at_1(stepper: IterationStepper) -> None:
    for shown, recording in updates(stepper):
        (spike,) = shown["frames"][0]
        up = int((recording.advantages > 0).sum())
        assert spike == [MIDDLE, up, 0, 1024 - up, 0]
        assert MIDDLE * BAR_WIDTH < 1 < (MIDDLE + 1) * BAR_WIDTH
        assert shown["outside"][0] == shown["dead"][0] == 0
        assert shown["kl"][0] == pytest.approx(0, abs=1e-6)
        assert len(shown["frames"][-1]) > 5  # and ends as something wider


def test_the_counts_are_those_of_the_diagnostics(stepper: IterationStepper) -> None:
    for (shown, recording), limit in zip(updates(stepper), LIMITS * 3, strict=True):
        for step, ratio in enumerate(recording.ratios):
            outside = outside_band(ratio, 0.2)
            dead = dead_gradient(ratio, recording.advantages, 0.2)
            if limit == "none":
                dead = torch.zeros_like(dead)
            assert shown["outside"][step] == int(outside.sum())
            assert shown["dead"][step] == int(dead.sum())
            assert shown["alive"][step] == int((outside & ~dead).sum())
            kl = approx_kl(ratio.log(), torch.zeros_like(ratio)).item()
            assert shown["kl"][step] == pytest.approx(kl, rel=1e-3, abs=1e-6)
            assert shown["lowest"][step] == pytest.approx(ratio.min().item(), abs=0.00501)
            assert shown["highest"][step] == pytest.approx(ratio.max().item(), abs=0.00501)


def test_the_bars_agree_with_the_counts(stepper: IterationStepper) -> None:
    for shown, _ in updates(stepper):
        for step, frame in enumerate(shown["frames"]):
            rows = np.array(frame)
            out = (rows[:, 0] < FIRST_INSIDE) | (rows[:, 0] >= FIRST_INSIDE + NUM_INSIDE)
            assert rows[out][:, [1, 3]].sum() == shown["outside"][step]
            assert rows[:, [2, 4]].sum() == rows[out][:, [2, 4]].sum() == shown["dead"][step]


def test_dead_is_above_on_the_right_and_below_on_the_left(stepper: IterationStepper) -> None:
    seen = 0
    for shown, _ in updates(stepper)[::2]:
        for frame in shown["frames"]:
            for bar, up, up_dead, down, down_dead in frame:
                assert up_dead == (up if bar >= FIRST_INSIDE + NUM_INSIDE else 0)
                assert down_dead == (down if bar < FIRST_INSIDE else 0)
                seen += up_dead + down_dead
    assert seen > 1000


def test_the_histogram_is_numpys(stepper: IterationStepper) -> None:
    edges = np.arange(NUM_BARS + 1) * BAR_WIDTH
    assert edges[-1] == pytest.approx(2.4)
    for _, recording in updates(stepper):
        ratios = recording.ratios[20].double().numpy()
        is_up = recording.advantages.numpy() > 0
        frame = {row[0]: row[1:] for row in frame_of(recording, 20)}
        for column, chosen in ((0, is_up), (2, ~is_up)):
            expected, _ = np.histogram(ratios[chosen], edges)
            got = [frame.get(bar, [0] * 4)[column] for bar in range(NUM_BARS)]
            assert got == expected.tolist()
            beyond = frame.get(NUM_BARS, [0] * 4)[column]
            assert beyond == (ratios[chosen] > 2.4).sum()


def bars(*ratios: float) -> list[int]:
    found: list[int] = bars_of(np.array(ratios, np.float32)).tolist()
    return found


def test_the_edges_of_the_band_belong_to_it_and_the_last_bar_holds_the_rest() -> None:
    first, last = FIRST_INSIDE, FIRST_INSIDE + NUM_INSIDE - 1
    assert bars(0.81, 1.19, 1.0) == [first, last, MIDDLE]
    assert bars(0.79, 1.21, 0.0) == [first - 1, last + 1, 0]
    assert bars(2.39, 2.41, 1000.0) == [NUM_BARS - 1, NUM_BARS, NUM_BARS]
    # One unit in the last place: what counts as outside stands outside.
    around = np.nextafter(np.float32([0.8, 1.2]), np.float32([0, 2]))
    ratios = np.float32([0.8, 1.2, *around])
    outside = outside_band(torch.from_numpy(ratios), 0.2).numpy()
    for bar, out in zip(bars_of(ratios), outside, strict=True):
        assert (bar in (first - 1, last + 1)) == out
        assert (bar in (first, last)) == (not out)


def test_the_recording_is_small_and_made_of_plain_numbers(stepper: IterationStepper) -> None:
    assert len(json.dumps(stepper.recording)) < 200_000
    assert stepper.recording["count"] == 1024
    assert stepper.recording["surrogate"] == "clip"


def test_the_highest_bar_fits_and_no_higher_than_it_must(stepper: IterationStepper) -> None:
    highest = stepper.recording["bars"]["highest"]
    starts = [shown["frames"][0][0] for shown, _ in updates(stepper)]
    spikes = [max(up, down) for _, up, _, down, _ in starts]
    assert max(spikes) < highest < 1.1 * max(spikes)


def test_the_same_seed_gives_the_same_recording_and_another_seed_another() -> None:
    assert IterationStepper().recording == IterationStepper(seed=0).recording
    other = IterationStepper(seed=2)
    assert other.recording["updates"] != IterationStepper().recording["updates"]
    for shown, _ in updates(other):
        assert len(shown["frames"][0]) == 1


@pytest.mark.parametrize("seed", [0, 2, pytest.param(1, marks=pytest.mark.slow)])
def test_without_a_limit_the_update_goes_further_and_up_to_the_band_it_is_the_same(
    seed: int,
) -> None:
    explorer = IterationStepper(seed=seed)
    for iteration in ITERATIONS:
        clip, none = (explorer.recording["updates"][str(iteration)][x] for x in LIMITS)
        assert none["kl"][-1] > 5 * clip["kl"][-1]
        assert none["outside"][-1] > 2 * clip["outside"][-1]
        assert not any(none["dead"])
        first = next(step for step, count in enumerate(clip["outside"]) if count)
        assert clip["frames"][: first - 1] == none["frames"][: first - 1]
        assert clip["outside"][: first + 1] == pytest.approx(none["outside"][: first + 1], abs=2)


# Your own surrogate ---------------------------------------------------------------------


def test_a_surrogate_of_ones_own_is_recorded_and_named(
    stepper: IterationStepper, own: IterationStepper
) -> None:
    assert own.recording["surrogate"] == "own"
    for iteration in map(str, ITERATIONS):
        mine, ppos = own.recording["updates"][iteration], stepper.recording["updates"][iteration]
        assert mine["none"] == ppos["none"]
        assert mine["clip"] != ppos["clip"]
        assert mine["clip"]["frames"][0] == ppos["clip"]["frames"][0]  # the same start
        assert mine["clip"]["kl"][-1] > ppos["clip"]["kl"][-1]


def test_the_dead_of_a_surrogate_of_ones_own_are_its_own(own: IterationStepper) -> None:
    for _, recording in updates(own)[::2]:
        right_way = (recording.ratios - 1) * recording.advantages > 0
        assert torch.equal(recording.dead, recording.outside & ~right_way)


def test_ppos_surrogate_written_by_oneself_gives_ppos_recording(stepper: IterationStepper) -> None:
    calls = 0

    def mine(*arguments: Any) -> Tensor:
        nonlocal calls
        calls += 1
        return clipped_surrogate(*arguments)

    explorer = IterationStepper(mine)
    assert explorer.recording["updates"] == stepper.recording["updates"]
    before = calls
    IterationStepper(mine)  # what it calls may have changed: it is recorded anew
    assert calls == 2 * before > 3 * 80


@pytest.mark.parametrize(
    ("surrogate", "error", "message"),
    [
        (3, TypeError, "surrogate must be a function of log_probs, .*, got 3"),
        (lambda *_: 3.0, TypeError, r"surrogate must return a tensor of shape \(\), got 3.0"),
        (lambda new, *_: new, ValueError, "surrogate must return .* one number"),
        (lambda new, *_: new.mean().detach(), ValueError, "surrogate must .* carries gradient"),
        (lambda new, *_: new.mean() * torch.inf, FloatingPointError, "must be finite"),
    ],
)
def test_a_surrogate_that_is_wrong_in_kind_is_refused(
    surrogate: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        IterationStepper(surrogate)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("gradient_step", 41, "gradient_step must be a whole number between 0 and 40, got 41"),
        ("gradient_step", 1.5, "gradient_step must be a whole number between 0 and 40, got 1.5"),
        ("iteration", 2, "iteration"),
        ("limit", "clipped", "limit"),
    ],
)
def test_a_value_outside_its_range_is_refused(name: str, value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        IterationStepper(**{name: value})


def test_a_seed_below_0_is_refused_and_the_recording_is_read_only() -> None:
    with pytest.raises(ValueError, match="seed must be at least 0"):
        IterationStepper(seed=-1)
    with pytest.raises(traitlets.TraitError, match="read-only"):
        IterationStepper().recording = {}


# The words ------------------------------------------------------------------------------


def read(
    engine: JsEngine, explorer: IterationStepper, moments: list[dict[str, Any]]
) -> list[tuple[dict[str, str], str, str]]:
    """Return the numbers as they are written, the place in words and the case of each moment."""
    return [tuple(row) for row in engine.run(READ, [synced(explorer), moments])]


@pytest.fixture(scope="module")
def engine() -> JsEngine:
    return JsEngine(IterationStepper)


@pytest.mark.parametrize(
    ("outside", "step", "surrogate", "case"),
    [
        ([0, 0, 5, 3], 0, "clip", "start"),
        ([0, 0, 5, 3], 0, "none", "start"),
        ([0, 0, 5, 3], 1, "clip", "inside.clip"),
        ([0, 0, 5, 3], 1, "own", "inside.own"),
        ([0, 0, 5, 3, 1], 2, "clip", "more"),
        ([0, 0, 5, 5, 1], 3, "clip", "more"),
        ([0, 0, 5, 3, 1], 3, "clip", "fewer"),
        ([0, 0, 5, 0, 1], 3, "clip", "back"),
        ([0, 0, 5, 0, 1], 3, "none", "out.none"),
        ([0, 0, 5, 3, 1], 3, "own", "out.own"),
        ([0, 0, 5, 0], 3, "clip", "end"),
        ([0, 0, 0, 0], 3, "none", "end"),
    ],
)
def test_the_case_follows_the_counts(
    engine: JsEngine, outside: list[int], step: int, surrogate: str, case: str
) -> None:
    assert engine.call("momentCase", outside, step, surrogate) == case


def test_the_words_hold_the_numbers_of_every_moment(
    engine: JsEngine, stepper: IterationStepper, own: IterationStepper
) -> None:
    cases = set()
    for explorer in (stepper, own):
        for moment, row in zip(MOMENTS, read(engine, explorer, MOMENTS), strict=True):
            written, _, case = row
            step = moment["gradient_step"]
            recording = explorer._updates[moment["limit"]][moment["iteration"]]
            outside, dead = int(recording.outside[step].sum()), int(recording.dead[step].sum())
            alive = int((recording.outside[step] & ~recording.dead[step]).sum())
            expected = {"outside": outside, "dead": dead, "alive": alive, "count": 1024}
            expected["inside"] = 1024 - dead - alive
            assert {name: int(written[name].replace(",", "")) for name in expected} == expected
            assert float(written["kl"]) == pytest.approx(
                max(0.0, recording.approx_kl[step].item()), rel=1e-3, abs=5.1e-5
            )
            ratios = recording.ratios[step]
            assert float(written["lowest"]) == pytest.approx(ratios.min().item(), abs=0.0051)
            assert float(written["highest"]) == pytest.approx(ratios.max().item(), abs=0.0051)
            assert (written["low"], written["high"]) == ("0.8", "1.2")
            assert written["iteration"] == moment["iteration"]
            cases.add(case)
    keys = {
        key.removeprefix("iteration_stepper.case.") for key in ENGLISH if "stepper.case." in key
    }
    assert cases == keys  # of the table: each is met


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("inside: count - dead - alive }", "inside: count - dead }"),
        ("((step - 1) % minibatches) + 1", "(step % minibatches) + 1"),
        ("Math.ceil(step / minibatches)", "Math.floor(step / minibatches)"),
        ("outside[step] < outside[step - 1]", "outside[step] <= outside[step - 1]"),
        ("if (outside[step] === 0) return", "if (outside[step] < 5) return"),
        (".slice(0, step + 1).some(", ".slice(step, step + 1).some("),
    ],
)
def test_every_moment_together_catches_a_planted_error(
    engine: JsEngine, stepper: IterationStepper, right: str, wrong: str
) -> None:
    with planted(IterationStepper, right, wrong) as other:
        assert read(other, stepper, MOMENTS) != read(engine, stepper, MOMENTS)


def test_the_place_names_the_epoch_and_the_minibatch(
    engine: JsEngine, stepper: IterationStepper
) -> None:
    places = [place for _, place, _ in read(engine, stepper, MOMENTS[:41])]
    assert places[0] == "Before the first gradient step"
    for step, place in enumerate(places[1:], start=1):
        found = re.fullmatch(r"Epoch (\d+) of 10, minibatch (\d) of 4", place)
        assert found is not None
        assert 4 * (int(found[1]) - 1) + int(found[2]) == step and 1 <= int(found[2]) <= 4


def test_the_repr_is_the_call_that_makes_it_without_an_address() -> None:
    assert repr(IterationStepper()) == "IterationStepper()"
    explorer = IterationStepper(max_for_min, seed=2, gradient_step=7, limit="none")
    assert repr(explorer) == (
        "IterationStepper(max_for_min, seed=2, gradient_step=7, limit='none')"
    )
    assert synced(eval(repr(explorer))) == synced(explorer)

    class Surrogate:
        def __call__(self, *arguments: Any) -> Tensor:
            return unclipped_surrogate(*arguments)

    assert repr(IterationStepper(Surrogate())) == "IterationStepper(Surrogate)"
