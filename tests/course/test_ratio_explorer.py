"""The ratio explorer in an engine: held to torch, to the losses and to integrals; its words."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import torch
from explorer_object import check_ranges, check_refused, check_repr
from hypothesis import given, settings
from hypothesis import strategies as st
from js_engine import JsEngine, planted, synced
from torch.distributions import Categorical, Normal, kl_divergence

from ppo_lib.course.lesson_03.ratio_explorer import RatioExplorer
from ppo_lib.diagnostics import effective_sample_size
from ppo_lib.losses import probability_ratio

ENGINE = JsEngine(RatioExplorer)
STRINGS = RatioExplorer().strings
REWARDS = torch.tensor([1, 3, 2, 5, 4], dtype=torch.float64)
GRID = torch.linspace(-50, 50, 5001, dtype=torch.float64)


def five(*probs):
    return {"probs": list(probs)}


def normal(mean, std):
    return {"mean": mean, "std": std}


# The formulas --------------------------------------------------------------------------


def policy_of(state):
    values = [torch.tensor(value, dtype=torch.float64) for value in state.values()]
    return Categorical(*values) if "probs" in state else Normal(*values)


def reward(policy, actions):
    if isinstance(policy, Categorical):
        return REWARDS[actions]
    return 1 + 4 * torch.exp(-0.5 * ((actions - 1.5) / 0.8) ** 2)


def oracle(new_state, old_state, actions):
    """What slower ways make of two policies and samples of the old one, and the case.

    Means are sums over five actions, or integrals over a grid that is wide and fine enough.
    """
    new, old = policy_of(new_state), policy_of(old_state)
    every = torch.arange(5) if isinstance(new, Categorical) else GRID
    log_new, log_old, rewards = new.log_prob(every), old.log_prob(every), reward(new, every)

    def total(log_density, values):
        every_one = log_density.exp() * values
        return float(every_one.sum() if every is not GRID else torch.trapezoid(every_one, GRID))

    truth, overlap = total(log_new, rewards), total((log_new + log_old) / 2, 1)
    squared = total(2 * log_new - log_old, 1)  # E_old[r²] = Σ π² / π_old
    squared_reward = total(2 * log_new - log_old, rewards**2)
    if isinstance(new, Normal) and new.scale**2 >= 2 * old.scale**2:
        squared = squared_reward = math.inf
    case = "near" if squared <= 2 else "far"
    case = "none" if overlap < 0.4 else case
    case = "wide" if squared == math.inf else case
    case = "same" if new_state == old_state else case
    actions = torch.tensor(actions, dtype=every.dtype)
    ratios = probability_ratio(new.log_prob(actions), old.log_prob(actions))
    variance = max(0.0, squared_reward - truth**2)
    numbers = [
        truth,
        float((ratios * reward(old, actions)).mean()),
        math.sqrt(variance / len(actions)),
        float(effective_sample_size(ratios)),
        float(kl_divergence(old, new)),
        float(ratios.max()),
        squared,
        squared_reward,
        overlap,
        *ratios.tolist(),
    ]
    return numbers, case


READ_OFF = """({ readOff, sampleActions, secondMoments, overlapOf }, rows) =>
  rows.map(([newPolicy, oldPolicy, seed, count]) => {
    const actions = sampleActions(oldPolicy, seed, count);
    const read = readOff(newPolicy, oldPolicy, actions);
    const numbers = ["truth", "estimate", "error", "worth", "kl", "largest"].map((x) => read[x]);
    return [[...numbers, ...secondMoments(newPolicy, oldPolicy), overlapOf(newPolicy, oldPolicy),
             ...read.ratios], read.case, actions];
  })"""


# The same, of what does not grow with the number of samples.
JUDGE = """({ readOff, sampleActions }, [newPolicy, oldPolicy, count, seeds]) =>
  Array.from({ length: seeds }, (_, seed) => {
    const read = readOff(newPolicy, oldPolicy, sampleActions(oldPolicy, seed, count));
    return [read.estimate, read.truth, read.error, read.case];
  })"""


def some_probabilities(draw):
    """What a few drags of bars leave: some of them at the least, which 0.01 is."""
    probs = [0.2] * 5
    for _ in range(draw.randint(0, 6)):
        probs = ENGINE.call("shiftProbability", probs, draw.randrange(5), round(draw.random(), 2))
    return probs


@pytest.fixture(scope="module")
def rows():
    """States [new policy, old policy, seed, count], and what slower ways make of each.

    A new spread close below √2 times the old would have an integral that the grid cuts off.
    """
    draw, rows = random.Random(1), []
    while len(rows) < 160:
        if len(rows) % 2:
            new, old = five(*some_probabilities(draw)), five(*some_probabilities(draw))
        else:
            new, old = (
                normal(round(draw.uniform(-2.5, 2.5), 2), round(draw.uniform(0.4, 2.5), 2))
                for _ in range(2)
            )
            if 1.5 < (new["std"] / old["std"]) ** 2 < 2:
                continue
        old = new if len(rows) % 20 < 2 else old
        rows.append([new, old, draw.randrange(2**31), 16])
    drawn = [actions for *_, actions in ENGINE.run(READ_OFF, rows)]
    expected = [oracle(*row[:2], actions) for row, actions in zip(rows, drawn, strict=True)]
    assert {case for _, case in expected} == {"same", "near", "far", "none", "wide"}
    return rows, expected


def test_the_front_end_reads_off_what_slower_ways_do(rows):
    for row, (found, case, _), (numbers, name) in zip(
        rows[0], ENGINE.run(READ_OFF, rows[0]), rows[1], strict=True
    ):
        np.testing.assert_allclose(found, numbers, rtol=1e-7, atol=1e-7, err_msg=str(row))
        assert case == name, row


PLANTED = [
    (
        "Math.exp(logProb(newPolicy, action) - logProb(oldPolicy, action))",
        "Math.exp(logProb(oldPolicy, action) - logProb(newPolicy, action))",
    ),
    ("- Math.log(policy.std) - LOG_ROOT", "- LOG_ROOT"),
    ("const REWARDS = [1, 3, 2, 5, 4]", "const REWARDS = [1, 3, 2, 4, 5]"),
    ("= [1, 4, 1.5, 0.8]", "= [1, 4, 1.5, 0.81]"),
    ("const room = 2 * oldStd ** 2 - std ** 2", "const room = 2 * std ** 2 - oldStd ** 2"),
    ("2 * BASE * HEIGHT_OF_BUMP", "BASE * HEIGHT_OF_BUMP"),
    ("WIDTH_OF_BUMP / Math.SQRT2", "WIDTH_OF_BUMP"),
    ("p * Math.log(p / newPolicy.probs[action])", "p * Math.log(newPolicy.probs[action] / p)"),
    ("[1] - truth ** 2)", "[1])"),
    ("const APART = 0.4", "const APART = 0.5"),
    ("const NEAR = 0.5", "const NEAR = 0.6"),
    ("edge <= height", "edge > height"),
    ("mixBits(seed + 0x9e3779b9)", "mixBits(seed)"),
]


def test_the_rows_catch_every_planted_error(rows):
    for right, wrong in PLANTED:
        with planted(RatioExplorer, right, wrong) as broken:
            found = broken.run(READ_OFF, rows[0])
        assert any(
            case != name or not np.allclose(got, numbers, rtol=1e-6)
            for (got, case, _), (numbers, name) in zip(found, rows[1], strict=True)
        ), wrong


def test_the_second_moments_are_infinite_where_their_integrals_grow_without_end():
    old = policy_of(normal(0.0, 1.0))

    def up_to(limit, new):
        actions = torch.linspace(-limit, limit, 100_001, dtype=torch.float64)
        squares = (2 * new.log_prob(actions) - old.log_prob(actions)).exp()
        return float(torch.trapezoid(squares * reward(new, actions) ** 2, actions))

    for std, is_finite in ((1.2, True), (1.41, True), (1.42, False)):
        moments = ENGINE.call("secondMoments", normal(0.3, std), normal(0.0, 1.0))
        near, far = (up_to(limit, policy_of(normal(0.3, std))) for limit in (200, 400))
        assert (far < 1.001 * near) == is_finite
        assert moments[1] == (pytest.approx(far, rel=1e-6) if is_finite else math.inf)
    # At √2, (r π)² / π_old falls like exp((1/2 − 2 / (2 · 2)) a²) = exp(0): it does not fall.
    root = math.sqrt(2.0)
    assert ENGINE.call("secondMoments", normal(0, root + 1e-12), normal(0, 1)) == [math.inf] * 2
    assert math.isfinite(ENGINE.call("secondMoments", normal(0, root - 1e-6), normal(0, 1))[1])


def test_estimates_of_many_draws_scatter_around_the_truth_as_the_standard_error_says():
    for new, old in [
        (five(0.05, 0.15, 0.3, 0.4, 0.1), five(0.1, 0.2, 0.4, 0.2, 0.1)),
        (normal(0.5, 0.8), normal(0.0, 1.0)),
        (normal(0.0, 1.0), normal(0.0, 1.0)),
    ]:
        judged = ENGINE.run(JUDGE, [new, old, 64, 1500])
        estimates, (_, truth, error, _) = np.array([one[0] for one in judged]), judged[0]
        assert estimates.mean() == pytest.approx(truth, abs=4 * error / math.sqrt(1500))
        assert estimates.std() == pytest.approx(error, rel=0.12)


def test_samples_follow_the_policy():
    def drawn(policy):
        return np.concatenate([ENGINE.call("sampleActions", policy, s, 1024) for s in range(20)])

    old = [0.1, 0.2, 0.4, 0.2, 0.1]
    shares = np.bincount(drawn(five(*old)), minlength=5) / 20_480
    assert shares.tolist() == pytest.approx(old, abs=0.015)  # four deviations
    numbers = drawn(normal(1.0, 2.0))
    assert [numbers.mean(), numbers.std()] == pytest.approx([1.0, 2.0], abs=0.06)


def test_the_case_follows_the_worth_and_the_overlap():
    """Two means and spreads; for one spread E_old[r²] = exp(Δ²), and the overlap exp(−Δ²/8)."""
    for case, pairs in {
        "same": [(0.3, 0.7, 0.3, 0.7)],
        "near": [(0.83, 1, 0, 1), (0.31, 0.7, 0.3, 0.7)],  # E_old[r²] is 2 at Δ = 0.8326
        "far": [(0.84, 1, 0, 1), (2.70, 1, 0, 1), (0, 1.41, 0, 1)],
        "none": [(2.71, 1, 0, 1)],  # the overlap is 0.4 at Δ = 2.7075
        "wide": [(0, 1.42, 0, 1), (2.5, 2, -2.5, 0.4)],
    }.items():
        for pair in pairs:
            assert ENGINE.call("distanceCase", normal(*pair[:2]), normal(*pair[2:])) == case
    probs, far = five(0.2, 0.2, 0.2, 0.2, 0.2), five(0.01, 0.01, 0.01, 0.01, 0.96)
    assert ENGINE.call("distanceCase", five(0.21, 0.2, 0.19, 0.2, 0.2), probs) == "near"
    assert ENGINE.call("distanceCase", far, five(0.96, 0.01, 0.01, 0.01, 0.01)) == "none"


def test_a_dots_area_is_its_samples_ratio_within_what_can_be_seen():
    radii = [ENGINE.call("dotRadius", ratio, 64) for ratio in (0.5, 1, 2, 4, 1e-9, 1e9)]
    areas = [radius**2 / radii[1] ** 2 for radius in radii[:4]]
    assert areas == pytest.approx([0.5, 1, 2, 4]) and radii[4:] == [0.8, 16]


# Moving a bar --------------------------------------------------------------------------

probabilities = st.lists(st.floats(0.01, 1), min_size=5, max_size=5).map(
    lambda weights: [0.01 + 0.95 * w / math.fsum(weights) for w in weights]
)


@settings(deadline=None)
@given(probabilities, st.integers(0, 4), st.floats(0, 1))
def test_a_shifted_policy_sums_to_one_and_keeps_every_action_possible(before, index, value):
    after = ENGINE.call("shiftProbability", before, index, value)
    assert math.fsum(after) == pytest.approx(1, abs=1e-12)
    assert min(after) >= 0.01 - 1e-12
    assert after[index] == min(max(value, 0.01), 0.96)
    # The others keep their proportion, but for those that stand at the least.
    kept = [k for k in range(5) if k != index and after[k] > 0.01 + 1e-9]
    quotients = [after[k] / before[k] for k in kept]
    assert quotients == pytest.approx(quotients[:1] * len(quotients))
    RatioExplorer(new_probs=after)  # the kernel takes it


# Words ---------------------------------------------------------------------------------

# A new and an old policy for each case.
STATES = [
    ("same", {"new_probs": [0.1, 0.2, 0.4, 0.2, 0.1]}),
    ("near", {"seed": 9}),
    ("far", {"new_probs": [0.01, 0.01, 0.01, 0.96, 0.01]}),
    ("none", {"new_probs": [0.96, *[0.01] * 4], "old_probs": [*[0.01] * 4, 0.96]}),
    ("same", {"kind": "gaussian", "new_mean": 0.0}),
    ("near", {"kind": "gaussian", "new_mean": 0.4, "num_samples": 256}),
    ("far", {"kind": "gaussian", "new_mean": 1.5, "new_std": 0.6}),
    ("none", {"kind": "gaussian", "new_mean": 2.5, "old_mean": -0.3, "old_std": 0.9}),
    ("wide", {"kind": "gaussian", "new_std": 1.6}),
]
READ = """({ makeModel, readRatios, tell, say }, states) => states.map((one) => {
  const state = readRatios(makeModel(one));
  return { ...state, ...tell(state, say) };
})"""


@pytest.fixture(scope="module")
def said():
    """What the front end makes of the states, and what it says of them."""
    return ENGINE.run(READ, [synced(RatioExplorer(**state)) for _, state in STATES])


def written(value, digits=2):
    return "∞" if value == math.inf else f"{value:.{digits}f}".replace("-", "−")


def test_every_case_is_named_and_its_numbers_stand_in_their_places(said):
    for (case, traits), state in zip(STATES, said, strict=True):
        explorer, policies = RatioExplorer(**traits), {}
        for which in ("new", "old"):
            mean, std, probs = (
                getattr(explorer, f"{which}_{part}") for part in ("mean", "std", "probs")
            )
            policies[which] = f"mean {written(mean)}, spread {written(std)}"
            if explorer.kind == "discrete":
                policies[which] = f"probabilities {', '.join(map(written, probs))}"
        numbers = {x: written(state[x]) for x in ("truth", "estimate", "error", "kl", "largest")}
        worth = written(state["worth"], 0 if state["worth"] > 10 else 1)
        place, words = (STRINGS[f"case.{case}.{part}"] for part in ("place", "words"))
        parts = {"place": place, "worth": worth, "count": explorer.num_samples}
        assert state["picture"] == STRINGS["picture"].format(**parts, **policies, **numbers)
        assert [state["case"], state["heading"], state["words"]] == [case, place, words]
    keys = {key.split(".")[1] for key in STRINGS if key.startswith("case.")}
    assert keys == {case for case, _ in STATES}


def test_what_is_said_of_each_case_is_true(said):
    # near: an old sample is worth at least half a new one on average; far: it is worth less.
    for (case, _), state in zip(STATES, said, strict=True):
        squared, _ = ENGINE.call("secondMoments", state["newPolicy"], state["oldPolicy"])
        assert (1 / squared >= 0.5) == (case in ("same", "near"))
        if case == "same":  # every ratio is 1, and the estimate is the mean of the rewards
            assert state["ratios"] == pytest.approx([1.0] * 64)
            rewards = reward(policy_of(state["oldPolicy"]), torch.tensor(state["actions"]))
            assert state["estimate"] == pytest.approx(float(rewards.mean()))
    # none: too low more often than not, at the border too and with every number of samples.
    for new, old in [
        (normal(2.75, 1), normal(0, 1)),
        (normal(2.5, 0.4), normal(-1, 1)),
        (five(0.01, 0.01, 0.01, 0.01, 0.96), five(0.96, 0.01, 0.01, 0.01, 0.01)),
    ]:
        for count in (16, 64, 1024):
            judged = ENGINE.run(JUDGE, [new, old, count, 300])
            assert {case for *_, case in judged} == {"none"}
            low = [estimate < truth for estimate, truth, *_ in judged]
            assert np.mean(low) > 0.5, (new, count)


def test_readings_are_written_with_at_most_four_digits_before_the_point():
    written = {0.0: "0.00", -1e-17: "0.00", 12.346: "12.35", 9999: "9999.00", 1e5: "> 9999"}
    for value, words in {**written, math.inf: "∞"}.items():
        assert ENGINE.call("formatReading", value) == words


# The object ----------------------------------------------------------------------------


def test_the_object_is_a_call_and_takes_what_is_in_range():
    written = "RatioExplorer(kind='gaussian', new_mean=1.2, num_samples=256)"
    check_repr(RatioExplorer("gaussian", new_mean=1.2, num_samples=256), written)
    means = {"new_mean": (-2.5, 2.5), "new_std": (0.4, 2.5)}
    old = {name.replace("new", "old"): limits for name, limits in means.items()}
    counts = {"num_samples": (16, 1024), "seed": (0, 2**31 - 1)}
    check_ranges(RatioExplorer, {**means, **old, **counts}, whole="num_samples, seed")
    message = r"old_probs must be 5 probabilities of at least 0\.01 that sum to 1, got "
    refused = [
        ("kind", "cauchy", r"'kind'.*\['discrete', 'gaussian'\], not the str 'cauchy'"),
        ("moved", "both", r"'moved'.*\['new', 'old'\], not the str 'both'"),
        ("new_probs", 0.2, r"new_probs must be 5.*got 0\.2"),
        ("new_probs", [0.0, 0.1, 0.2, 0.3, 0.4], r"new_probs must be 5.*got \[0\.0, 0\.1"),
        ("old_probs", [0.5, 0.5], message),
        *(("old_probs", [0.2] * 4 + [bad], message) for bad in (0.3, "0.2", float("nan"), True)),
    ]
    check_refused(RatioExplorer, refused)


def test_probabilities_are_kept_as_a_list_of_its_own():
    first, second = RatioExplorer(new_probs=(0.2, 0.2, 0.2, 0.2, 0.2)), RatioExplorer()
    first.old_probs = first.new_probs
    assert first.new_probs == first.old_probs == [0.2] * 5
    assert [0.2] * 5 not in (second.new_probs, second.old_probs)
