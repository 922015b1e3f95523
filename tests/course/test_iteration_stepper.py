"""The iteration stepper without a browser: its recordings, its bars, its words, its errors."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
import torch
import traitlets
from explorer_object import check_ranges, check_refused
from js_engine import JsEngine, planted, synced

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

ENGINE = JsEngine(IterationStepper)
MIDDLE = FIRST_INSIDE + NUM_INSIDE // 2
LIMITS = ("clip", "none")
MOMENTS = [
    {"gradient_step": step, "iteration": iteration, "limit": limit}
    for iteration, limit, step in itertools.product(ITERATIONS, LIMITS, range(41))
]
READ = """({ readMoment, writtenMoment, tell, makeModel, say }, [shown, moments]) =>
  moments.map((moment) => {
    const state = readMoment(makeModel({ ...shown, ...moment }));
    return [writtenMoment(state), tell(state, say)];
  })"""


def max_for_min(log_probs, old_log_probs, advantages, clip_range):
    ratio = torch.exp(log_probs - old_log_probs)
    clipped = ratio.clamp(1 - clip_range, 1 + clip_range) * advantages
    return torch.max(ratio * advantages, clipped).mean()


@pytest.fixture(scope="module")
def stepper():
    return IterationStepper()


@pytest.fixture(scope="module")
def own():
    return IterationStepper(max_for_min)


def updates(explorer):
    """Return every update as the front end has it, and as it was recorded."""
    found = []
    for iteration in ITERATIONS:
        for limit in LIMITS:
            explorer.iteration, explorer.limit = iteration, limit
            found.append((explorer.recording["updates"][str(iteration)][limit], explorer.update))
    explorer.iteration, explorer.limit = 1, "clip"
    return found


# The recordings -------------------------------------------------------------------------


def test_every_frame_holds_every_sample_once_and_its_bars_agree_with_the_counts(stepper, own):
    seen = 0
    for number, (shown, _) in enumerate([*updates(stepper), *updates(own)]):
        assert len(shown["frames"]) == 41
        for step, frame in enumerate(shown["frames"]):
            bar, up, up_dead, down, down_dead = np.array(frame).T
            assert up.sum() + down.sum() == 1024 and 0 <= bar.min() <= bar.max() <= NUM_BARS
            left, right = bar < FIRST_INSIDE, bar >= FIRST_INSIDE + NUM_INSIDE
            assert (up + down)[left | right].sum() == shown["outside"][step]
            assert (up_dead + down_dead).sum() == shown["dead"][step]
            if number in (0, 2, 4):  # PPO's: above on the right and below on the left
                assert (up_dead == np.where(right, up, 0)).all()
                assert (down_dead == np.where(left, down, 0)).all()
                seen += shown["dead"][step]
    assert seen > 1000


def test_an_update_begins_as_a_spike_at_1_whose_height_the_axis_holds(stepper):
    spikes = []
    for shown, recording in updates(stepper):
        (spike,) = shown["frames"][0]
        up = int((recording.advantages > 0).sum())
        assert spike == [MIDDLE, up, 0, 1024 - up, 0]
        assert MIDDLE * BAR_WIDTH < 1 < (MIDDLE + 1) * BAR_WIDTH
        assert shown["outside"][0] == shown["dead"][0] == 0
        assert shown["kl"][0] == pytest.approx(0, abs=1e-6)
        assert len(shown["frames"][-1]) > 5  # and ends as something wider
        spikes += [up, 1024 - up]
    assert max(spikes) < stepper.recording["bars"]["highest"] < 1.1 * max(spikes)
    assert len(json.dumps(stepper.recording)) < 200_000
    assert stepper.recording["count"] == 1024 and stepper.recording["surrogate"] == "clip"


def test_the_counts_are_those_of_the_diagnostics(stepper):
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


def test_the_histogram_is_numpys(stepper):
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


def bars(*ratios):
    return bars_of(np.array(ratios, np.float32)).tolist()


def test_the_edges_of_the_band_belong_to_it_and_the_last_bar_holds_the_rest():
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


def test_the_same_seed_gives_the_same_recording_and_another_seed_another():
    assert IterationStepper().recording == IterationStepper(seed=0).recording
    other = IterationStepper(seed=2)
    assert other.recording["updates"] != IterationStepper().recording["updates"]
    for shown, _ in updates(other):
        assert len(shown["frames"][0]) == 1


@pytest.mark.parametrize("seed", [0, 2, pytest.param(1, marks=pytest.mark.slow)])
def test_without_a_limit_the_update_goes_further_and_up_to_the_band_it_is_the_same(seed):
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


def test_a_surrogate_of_ones_own_is_recorded_and_named(stepper, own):
    assert own.recording["surrogate"] == "own"
    for iteration in map(str, ITERATIONS):
        mine, ppos = own.recording["updates"][iteration], stepper.recording["updates"][iteration]
        assert mine["none"] == ppos["none"]
        assert mine["clip"] != ppos["clip"]
        assert mine["clip"]["frames"][0] == ppos["clip"]["frames"][0]  # the same start
        assert mine["clip"]["kl"][-1] > ppos["clip"]["kl"][-1]


def test_the_dead_of_a_surrogate_of_ones_own_are_its_own(own):
    for _, recording in updates(own)[::2]:
        right_way = (recording.ratios - 1) * recording.advantages > 0
        assert torch.equal(recording.dead, recording.outside & ~right_way)


def test_ppos_surrogate_written_by_oneself_gives_ppos_recording(stepper):
    calls = 0

    def mine(*arguments):
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
def test_a_surrogate_that_is_wrong_in_kind_is_refused(surrogate, error, message):
    with pytest.raises(error, match=message):
        IterationStepper(surrogate)


def test_a_value_out_of_range_is_refused_and_the_recording_is_read_only():
    with pytest.raises(ValueError, match="seed must be at least 0"):
        IterationStepper(seed=-1)
    with pytest.raises(traitlets.TraitError, match="read-only"):
        IterationStepper().recording = {}
    check_ranges(IterationStepper, {"gradient_step": (0, 40)}, whole="gradient_step")
    refused = [("iteration", 2, "iteration"), ("limit", "clipped", "limit")]
    check_refused(IterationStepper, refused)


# The words ------------------------------------------------------------------------------


def read(explorer, moments, engine=ENGINE):
    """Return the numbers of each moment as they are written, and all that is said of it."""
    return [tuple(row) for row in engine.run(READ, [synced(explorer), moments])]


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
def test_the_case_follows_the_counts(outside, step, surrogate, case):
    assert ENGINE.call("momentCase", outside, step, surrogate) == case


def test_the_words_hold_the_numbers_of_every_moment(stepper, own):
    cases = {key: said for key, said in ENGLISH.items() if "stepper.case." in key}
    met = set()
    for explorer in (stepper, own):
        for moment, (written, told) in zip(MOMENTS, read(explorer, MOMENTS), strict=True):
            step = moment["gradient_step"]
            shown = explorer.recording["updates"][str(moment["iteration"])][moment["limit"]]
            outside, dead, alive = (shown[name][step] for name in ("outside", "dead", "alive"))
            assert told["words"].startswith(
                f"{outside:,} of 1,024 ratios are outside the band. {dead} samples are dead: "
                f"no gradient. {alive} are outside and alive: still a gradient. KL "
            )
            assert float(written["kl"]) == pytest.approx(shown["kl"][step], abs=5.1e-5)
            assert int(written["inside"].replace(",", "")) == 1024 - dead - alive
            place = "Before" if step == 0 else f"Epoch {(step - 1) // 4 + 1} of 10, minibatch "
            assert told["heading"].startswith(place)
            assert step == 0 or told["heading"].endswith(f"{(step - 1) % 4 + 1} of 4")
            named = f"Iteration {moment['iteration']}, updated by "
            assert named in told["picture"] and f". {told['heading']}. " in told["picture"]
            ratios = f"from {shown['lowest'][step]:.2f} to {shown['highest'][step]:.2f}; the band"
            assert f"1,024 ratios, {ratios} is 0.8 to 1.2." in told["picture"]
            met |= {key for key, said in cases.items() if told["words"].endswith(said)}
        whose = "your surrogate" if explorer is own else "PPO's clipped surrogate"
        limits = [told["picture"] for _, told in read(explorer, MOMENTS[40:42])]
        assert whose in limits[0] and "a surrogate without a limit" in limits[1]
    assert met == set(cases)


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
def test_every_moment_together_catches_a_planted_error(stepper, right, wrong):
    with planted(IterationStepper, right, wrong) as other:
        assert read(stepper, MOMENTS, other) != read(stepper, MOMENTS)


def test_the_repr_is_the_call_that_makes_it_without_an_address():
    assert repr(IterationStepper()) == "IterationStepper()"
    explorer = IterationStepper(max_for_min, seed=2, gradient_step=7, limit="none")
    assert repr(explorer) == (
        "IterationStepper(max_for_min, seed=2, gradient_step=7, limit='none')"
    )
    assert synced(eval(repr(explorer))) == synced(explorer)

    class Surrogate:
        def __call__(self, *arguments):
            return unclipped_surrogate(*arguments)

    assert repr(IterationStepper(Surrogate())) == "IterationStepper(Surrogate)"
