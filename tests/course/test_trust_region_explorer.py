"""The trust-region explorer in an engine: its steps, its region, its contours, its words."""

from __future__ import annotations

import math
import random
import re

import numpy as np
import pytest
import torch
from explorer_object import check_ranges, check_refused, check_repr
from js_engine import JsEngine, planted, synced

from ppo_lib.course.cliff import exact as cliff
from ppo_lib.course.cliff import steps as cliff_steps
from ppo_lib.course.lesson_02.trust_region_explorer import TrustRegionExplorer

ENGINE = JsEngine(TrustRegionExplorer)
STRINGS = TrustRegionExplorer().strings


def some_states(count, seed=0):
    """Random states, some of them on the bait's plateau."""
    draw = random.Random(seed)
    return [
        {
            "lean": draw.uniform(-4, -2 if number % 5 == 0 else 4),
            "slope": draw.uniform(-4, 4),
            "max_kl": float(f"{10 ** draw.uniform(-3, 0):.3g}"),
            "step_size": float(f"{10 ** draw.uniform(-1, 2):.3g}"),
            "contours": draw.choice(["truth", "surrogate", "both"]),
        }
        for number in range(count)
    ]


def old_of(state):
    return torch.tensor([state["lean"], state["slope"]], dtype=torch.float64)


# The mathematics ------------------------------------------------------------------------------

NUMBERS = """(f, rows) => rows.map(([lean, slope, maxKl, stepSize, x, y]) => {
  const old = f.oldPolicy(lean, slope);
  const [a, b, c] = old.fisher;
  const { gradient, natural, trpo, halvings } = f.threeSteps(old, maxKl, stepSize);
  return [
    f.trueReturn(lean, slope), ...old.gradient, ...old.share, a, b, b, c,
    f.meanKl(old, x, y), f.trueReturn(lean, slope) + f.surrogateGain(old, x, y),
    f.trueReturn(x, y), halvings,
    ...[gradient, natural, trpo].flatMap((step) =>
      [step.lean, step.slope, step.length, step.kl, step.promise, step.truth])];
})"""
HALVINGS = 19  # its column


def oracle(lean, slope, max_kl, step_size, x, y):
    """What the library makes of an old policy, δ, α and another policy, as `NUMBERS`."""
    old = torch.tensor([lean, slope], dtype=torch.float64)
    new = torch.tensor([x, y], dtype=torch.float64)
    theta = old.clone().requires_grad_()
    true_return = cliff.true_return(cliff_steps.policy(theta))
    (gradient,) = torch.autograd.grad(true_return, theta)
    right, visits = cliff_steps.policy(old), cliff.visits(cliff_steps.policy(old))
    steps = cliff_steps.three_steps(old, max_kl, step_size)
    numbers = [true_return.item(), *gradient, *(visits / visits.sum())]
    numbers += [*cliff_steps.fisher_matrix(old).flatten(), cliff_steps.kl_over_visits(new, old)]
    numbers += [cliff.surrogate_return(cliff_steps.policy(new), right)]
    numbers += [cliff.true_return(cliff_steps.policy(new)), steps.halvings]
    measures = cliff_steps.kl_over_visits, cliff_steps.surrogate_gain, cliff_steps.true_gain
    for step in (steps.gradient, steps.natural, steps.trpo):
        does = [measure(old + step, old) for measure in measures]
        numbers += [*(old + step), step.norm(), *does]
    return [float(number) for number in numbers]


@pytest.fixture(scope="module")
def grid():
    """Rows of states with another policy, and what the library makes of them."""
    draw = random.Random(1)
    rows = [
        [*list(state.values())[:4], draw.uniform(-4, 4), draw.uniform(-4, 4)]
        for state in some_states(120)
    ]
    expected = np.array([oracle(*row) for row in rows])
    assert set(expected[:, HALVINGS].tolist()) >= {0, 1, 2}
    return rows, expected


def test_the_front_end_computes_what_the_library_computes(grid):
    rows, expected = grid
    found = np.array(ENGINE.run(NUMBERS, rows))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
    # On a plateau the gains are 1e-11, and equal to many digits too.
    gains = [HALVINGS + 6 * step + part for step in range(3) for part in (5, 6)]
    np.testing.assert_allclose(found[:, gains], expected[:, gains], rtol=1e-6, atol=1e-18)


PLANTED = [
    ("(GOAL - BAIT) * arrive - BAIT * late", "(GOAL - BAIT) * arrive"),
    ("worth[s + 1] - worth[s - 1]", "worth[s - 1] - worth[s + 1]"),
    ("TIME_LIMIT = 50", "TIME_LIMIT = 49"),
    ("visits.map((some) => some / steps)", "visits.map((some) => some / TIME_LIMIT)"),
    ("fisher[1] += share[s] * spread * z;", "fisher[1] -= share[s] * spread * z;"),
    ("Math.sqrt((2 * maxKl) / bend)", "Math.sqrt(maxKl / bend)"),
    ("trpo.kl <= maxKl && trpo.promise > 0", "trpo.promise > 0"),
    ("- old.right[s] * (to - from));\n  }\n  return", "- right[s] * (to - from));\n  }\n  return"),
]


def test_the_grid_catches_every_planted_error(grid):
    rows, expected = grid[0][:60], grid[1][:60]
    for right, wrong in PLANTED:
        if "- right[s]" in wrong:  # the reverse KL, by the new policy's chances
            wrong = wrong.replace("right[s]", "(1 / (1 + Math.exp(-to)))")
        with planted(TrustRegionExplorer, right, wrong) as broken:
            found = np.array(broken.run(NUMBERS, rows), dtype=float)
        assert not np.allclose(found, expected, rtol=1e-4, atol=1e-6), wrong


def test_both_borders_of_the_region_lie_at_the_limit(grid):
    body = """(f, rows) => rows.map(([lean, slope, maxKl]) => {
      const old = f.oldPolicy(lean, slope);
      const { ellipse, border } = f.regionBorders(old, maxKl, 14);
      return [ellipse.map(([x, y]) => [x, y, f.fisherSquare(old.fisher, x - lean, y - slope) / 2]),
              border.map(([x, y]) => [x, y, f.meanKl(old, x, y)])];
    })"""
    rows, cut = [row[:3] for row in grid[0][:80]], 0
    for (lean, slope, max_kl), lines in zip(rows, ENGINE.run(body, rows), strict=True):
        for line in np.array(lines):
            reach = np.hypot(line[:, 0] - lean, line[:, 1] - slope)
            far = reach > 14 - 1e-9
            np.testing.assert_allclose(line[~far, 2], max_kl, rtol=1e-6)
            assert (line[far, 2] <= max_kl * (1 + 1e-9)).all()
            cut += far.sum()
            # It goes around the old policy once, and no gap on the map is long.
            ring = np.vstack([line, line[:1]])
            turns = np.unwrap(np.arctan2(ring[:, 1] - slope, ring[:, 0] - lean))
            assert abs(turns[-1] - turns[0]) == pytest.approx(2 * math.pi)
            onmap = np.abs(ring[:, :2]).max(axis=1) < 4
            gaps = np.hypot(*np.diff(ring[:, :2], axis=0).T)[onmap[1:] & onmap[:-1]]
            assert gaps.size == 0 or gaps.max() < 1.5
    assert cut > 0


def test_the_map_holds_both_returns_of_the_policies_at_its_places():
    body = """(f, [lean, slope]) => {
      const bounds = { low: -4, high: 4 };
      const rights = f.policiesOnMap({ lean: bounds, slope: bounds }, 9);
      const truth = rights.map((right) => f.BAIT + f.aboveTheBait(right));
      return [truth, f.surveySurrogate(f.oldPolicy(lean, slope), rights)];
    }"""
    slopes, leans = torch.meshgrid(*[torch.arange(-4.0, 5.0).double()] * 2, indexing="ij")
    places = torch.stack([leans, slopes], dim=-1).view(-1, 2)
    for old in ([-0.5, -2.0], [1.0, -4.0]):
        truth, surrogate = ENGINE.run(body, old)
        rights = cliff_steps.policy(places), cliff_steps.policy(torch.tensor(old))
        assert truth == pytest.approx(cliff.true_return(rights[0]).tolist(), abs=1e-12)
        assert surrogate == pytest.approx(cliff.surrogate_return(*rights).tolist(), abs=1e-12)


# Words ----------------------------------------------------------------------------------------

READ = """({ makeModel, readState, tell, say }, states) => states.map((one) => {
  const { picture, heading, words } = tell(readState(makeModel(one)), say);
  return [picture, heading, words];
})"""


def read(*states, engine=ENGINE):
    """What the front end says of states: its picture in words, its heading, its words."""
    said = engine.run(READ, [synced(TrustRegionExplorer(**state)) for state in states])
    for three in said:
        assert not re.search(r"[{}]|NaN|undefined|Infinity", " ".join(three))
    return said


def test_numbers_have_three_digits_or_a_power_of_ten():
    for value, words in {
        0: "0", 0.0692: "0.069", -0.0692: "−0.069", 0.9999: "1.00", 1.234: "1.23", 12.34: "12.3",
        1040.4: "1040", 2.4e-10: "2e−10", -2.4e-10: "−2e−10", 0.0006: "0.001", 1e-23: "1e−23",
    }.items():  # fmt: skip
        assert ENGINE.call("formatShort", value) == words
        assert ENGINE.call("formatGain", value) == ("+" + words if value > 0 else words)
        kl = "0" if abs(value) < 1e-12 else words.lstrip("−")  # below, rounding decides
        assert ENGINE.call("formatKl", abs(value)) == kl


def test_the_numbers_stand_in_their_places():
    start, coin, plateau, short, broken = read(
        {},
        {"lean": 0.0, "slope": 0.0, "step_size": 1.0},
        {"lean": -4.0, "slope": 4.0, "contours": "both"},
        {"lean": 0.0, "slope": -2.0, "max_kl": 1.0},
        {"lean": 4.0, "slope": 4.0, "max_kl": 1.0},
    )
    assert "lean −0.50, slope −2.00, true return 0.168; KL limit 0.05, step size 10." in start[0]
    assert start[0].endswith("TRPO: mean KL 0.013, promised gain +0.070, true gain +0.053.")
    assert "0.168" in start[1]
    for said, *pieces in [
        (
            start,
            "its mean KL is 1.39 times δ",
            "mean KL is 0.056, more than δ. TRPO halves it once",
        ),
        (coin, "stays in the trust region, at a mean KL of 0.015"),
        (plateau, "gradient is 3e−12 long, so that even α = 100 moves the policy by 3e−10"),
        (plateau, "eigenvalues are 0.001 and 9e−8"),
        (short, "Of the +1.23 that", "promises TRPO's step, the true return gains +0.017"),
        (broken, "promises TRPO's step +0.251; the true return changes by −0.355"),
    ]:
        assert all(piece in said[2] for piece in pieces)


def test_no_sentence_is_false():
    states = [
        *some_states(50, seed=2),
        {"lean": 4.0, "slope": 4.0, "max_kl": 1.0},
        {"lean": -4.0, "slope": 4.0, "contours": "both"},
        {"lean": -3.6, "slope": 3.7, "max_kl": 0.009},
        {"lean": 0.0, "slope": -2.0, "max_kl": 1.0},
    ]
    line, seen = torch.linspace(-4, 4, 17, dtype=torch.float64), set()
    everywhere = torch.cartesian_prod(line, line)
    for state, (*_, words) in zip(states, read(*states), strict=True):
        explorer = TrustRegionExplorer(**state)
        old, max_kl = old_of(synced(explorer)), explorer.max_kl
        steps = cliff_steps.three_steps(old, max_kl, explorer.step_size)
        there, halvings = old + steps.trpo, steps.halvings
        outside = cliff_steps.kl_over_visits(old + steps.gradient, old) > max_kl
        beyond = cliff_steps.kl_over_visits(old + steps.natural, old) > max_kl
        promise, truth = cliff_steps.surrogate_gain(there, old), cliff_steps.true_gain(there, old)
        plateau = cliff_steps.policy_gradient(old).norm() < 1e-3
        facts = {
            "leaves the trust region": outside and not plateau,
            "stays in the trust region": not outside and not plateau,
            "A plateau": plateau,
            "TRPO takes it whole": halvings == 0,
            "more than δ": halvings > 0 and beyond,
            "TRPO halves it": halvings > 0,
            "TRPO halves it once": halvings == 1,
            "TRPO halves it twice": halvings == 2,
            "TRPO halves it 3 times": halvings == 3,
            "Of the": 0 <= truth < promise / 2,
            "this δ is too large": truth < 0,
        }
        for sentence, fact in facts.items():
            assert (sentence in words) == bool(fact), (state, sentence)
        seen |= {sentence for sentence, fact in facts.items() if fact}
        if truth < 0:  # where a δ is too large, a smaller one is enough
            step = cliff_steps.three_steps(old, 0.05, 1.0).trpo
            assert max_kl > 0.05 and cliff_steps.true_gain(old + step, old) > 0
        if "L is flat" in words:
            seen.add("L is flat")
            assert explorer.contours != "truth"
            assert cliff_steps.surrogate_gain(everywhere, old).abs().max() < 0.01
    assert seen == {*facts, "L is flat"}


def test_a_step_that_the_surrogate_forbids_is_said_as_it_is():
    coin, promise = {"lean": 0.0, "slope": 0.0}, "promise: surrogateGain(old, lean, slope)"
    far = cliff_steps.three_steps(old_of(coin), 0.05, 1.0).natural.norm().item()
    falls = f"{promise} * ({0.9 * far} - Math.hypot(dx, dy))"
    with planted(TrustRegionExplorer, promise, falls) as engine:
        assert "is no higher than here. TRPO halves it once" in read(coin, engine=engine)[0][2]
    with planted(TrustRegionExplorer, promise, "promise: 0") as engine:
        ((picture, _, words),) = read(coin, engine=engine)
    assert "TRPO stays where it is" in words
    assert "Natural gradient: " in picture and "TRPO: " not in picture


def test_the_strings_promise_nothing_that_is_not_kept():
    assert not re.search(r"always|never|guarantee|cannot|monoton", " ".join(STRINGS.values()))
    places = {"goal": (4.0, -0.6, 1.0), "bait": (-3.1, 1.0, 0.2), "late": (-0.2, -4.0, 0.0)}
    for name, (lean, slope, reward) in places.items():
        assert ENGINE.call("trueReturn", lean, slope) == pytest.approx(reward, abs=0.05)
        assert STRINGS[f"plateau.{name}"].endswith(f": {reward:g}")


# The object -----------------------------------------------------------------------------------


def test_the_object_is_a_call_and_takes_what_is_in_range():
    written = (
        "TrustRegionExplorer(lean=0.5, slope=-1.0, max_kl=0.1, step_size=3.0, contours='both')"
    )
    check_repr(TrustRegionExplorer(0.5, -1.0, 0.1, 3.0, "both"), written)
    square = {"lean": (-4.0, 4.0), "slope": (-4.0, 4.0)}
    check_ranges(TrustRegionExplorer, {**square, "max_kl": (0.001, 1), "step_size": (0.1, 100)})
    refused = [
        ("contours", "true", r"contours.*'truth', 'surrogate', 'both'.*'true'"),
        ("walked", [("natural", 0, 0, 1, 1)], r"walked.*'gradient', 'trpo'.*'natural'"),
        ("walked", [("trpo", 0, 0, 1)], r"walked"),
    ]
    check_refused(TrustRegionExplorer, refused)
    walked = TrustRegionExplorer(walked=[["trpo", 0, 0, 0.5, 1]]).walked  # as from the browser
    assert walked == [("trpo", 0.0, 0.0, 0.5, 1.0)]
