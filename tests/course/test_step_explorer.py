"""The step-size explorer in an engine: its cliff, its batches, its situations, its words."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import torch
import traitlets
from explorer_object import check_ranges, check_refused, check_repr
from js_engine import JsEngine, planted, synced

from ppo_lib.course.cliff import exact as cliff
from ppo_lib.course.cliff.reinforce import reinforce_objective
from ppo_lib.course.lesson_01.step_explorer import StepExplorer

ENGINE = JsEngine(StepExplorer)
RULES, STRINGS = StepExplorer().rules, StepExplorer().strings
NUM_EPISODES, PLATEAU_CHANCE = RULES["num_episodes"], RULES["plateau_chance"]

SOLVE = """({ makeCliff, solve }, [rules, thetas]) =>
  thetas.map((theta) => solve(theta, makeCliff(rules)))"""
COLLECT = """({ makeCliff, collect }, [rules, rows]) =>
  rows.map(([theta, batch]) => collect(theta, batch, makeCliff(rules)))"""


def solve(*thetas, engine=ENGINE):
    """What is true of policies."""
    return engine.run(SOLVE, [RULES, thetas])


def collect(rows, engine=ENGINE):
    """The batches of rows of (θ, batch)."""
    return engine.run(COLLECT, [RULES, rows])


# What is true ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rows():
    """Pairs of (θ, batch), what the library makes of them, and the episodes that it walks.

    Of θ: p, the chances of a fall, the goal and the time limit, the return, and its derivative by
    autograd. Of the batch: falls, arrivals, and autograd's gradient of REINFORCE's objective on
    the episodes that `cliff.walk` makes of the front end's luck.
    """
    generator = np.random.default_rng(0)
    thetas = np.concatenate([generator.uniform(-9, 9, 300), generator.normal(0, 1, 300)])
    batches = generator.integers(1, 1000, len(thetas))
    logit = torch.from_numpy(thetas).requires_grad_()
    right = cliff.right_everywhere(logit)
    value = cliff.true_return(right)
    (slope,) = torch.autograd.grad(value.sum(), logit, retain_graph=True)
    truth = torch.cat([right[:, :1], cliff.outcomes(right), value[:, None], slope[:, None]], dim=1)

    size = NUM_EPISODES * cliff.TIME_LIMIT
    luck = [ENGINE.call("uniforms", RULES["first_seed"] + int(b) - 1, size) for b in batches]
    episodes = cliff.walk(right, torch.tensor(luck).view(-1, NUM_EPISODES, cliff.TIME_LIMIT))
    p = right[:, None, :1]
    log_probs = torch.where(episodes.actions == 1, p.log(), (1 - p).log())
    objective = reinforce_objective(log_probs, episodes.returns, episodes.mask)
    (estimate,) = torch.autograd.grad(objective.sum(), logit)
    fell, arrived = ((episodes.ends == end).sum(-1) for end in (0, cliff.GOAL))
    paths = [
        [[*places[mask].tolist(), end.item()] for places, mask, end in zip(*batch, strict=True)]
        for batch in zip(episodes.positions, episodes.mask, episodes.ends, strict=True)
    ]
    numbers = torch.cat([truth, torch.stack([fell, arrived, estimate], dim=1)], dim=1)
    return np.stack([thetas, batches], axis=1).tolist(), numbers.detach().numpy(), paths


def numbers_of(pairs, engine=ENGINE):
    names = "right", "fall", "arrive", "late", "trueReturn", "gradient"
    solved = [[one[x] for x in names] for one in solve(*(p for p, _ in pairs), engine=engine)]
    names = "fell", "arrived", "gradient"
    collected = [[batch[name] for name in names] for batch in collect(pairs, engine)]
    return np.concatenate([solved, collected], axis=1)


def test_the_front_end_computes_what_the_cliff_and_autograd_compute(rows):
    pairs, expected, paths = rows
    found, batches = numbers_of(pairs), collect(pairs)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
    near = np.abs(np.array(pairs)[:, 0]) < 4  # where autograd has the digits
    np.testing.assert_allclose(found[near, :6], expected[near, :6], rtol=1e-4, atol=1e-13)
    assert [batch["paths"] for batch in batches] == paths
    late = [NUM_EPISODES - batch["fell"] - batch["arrived"] for batch in batches]
    assert [batch["late"] for batch in batches] == late and max(late) > 0


PLANTED = [
    ("t <= limit; t += 1) {\n    if (ways", "t < limit - 8; t += 1) {\n    if (ways"),
    ("rights * left - (t - rights) * right", "rights * left"),
    ("- bait * lateSlope", "+ bait * lateSlope"),
    ("(reward - bait) * arriveSlope", "reward * arriveSlope"),
    ("bait * fall + reward * arrive", "bait + (reward - bait) * arrive"),
    ("cliff.first_seed + batch - 1", "cliff.first_seed + batch"),
    ("luck[episode * limit + path.length - 1]", "luck[episode * limit + path.length]"),
    ("(rights - right * (path.length - 1))", "(rights - path.length / 2)"),
    ("place += goesRight ? 1 : -1", "place += goesRight ? -1 : 1"),
    ("arrived: cliff.goal_reward, late: 0", "arrived: cliff.goal_reward, late: 0.2"),
]


def test_the_rows_catch_every_planted_error(rows):
    for right, wrong in PLANTED:
        with planted(StepExplorer, right, wrong) as broken:
            assert np.abs(numbers_of(rows[0], broken) - rows[1]).max() > 1e-6, wrong


def test_the_gradient_keeps_its_sign_where_that_of_autograd_is_a_rounding_error():
    found = solve(*np.linspace(-8, 8, 321).tolist())
    assert all(policy["gradient"] > 0 for policy in found)
    # Far to the left all arrive in seven steps, p^7, and J - 0.2 = 0.8 p^7 (1 + 7 q p + ...).
    p = 1 / (1 + np.exp(8))
    assert [found[0]["gradient"], found[0]["arrive"]] == pytest.approx([5.6 * p**7, p**7], rel=0.01)
    chances = [policy["arrive"] for policy in found]
    assert all(after > before for before, after in itertools.pairwise(chances))


def test_the_plateau_ends_where_the_chance_of_the_goal_is_one_in_a_hundred():
    edge = ENGINE.run("({ plateauEdge, makeCliff }, rules) => plateauEdge(makeCliff(rules))", RULES)
    assert solve(edge)[0]["arrive"] == pytest.approx(PLATEAU_CHANCE) == 0.01
    assert 1 - (1 - PLATEAU_CHANCE) ** NUM_EPISODES < 1 / 25  # "fewer than one batch in 25"


def counted_returns():
    """B_k, the mean return of all sequences of 50 actions of which k go right, exactly.

    An oracle without probabilities: J(p) = Σ_k C(50, k) p^k (1 - p)^(50 - k) B_k.
    """
    walking, totals = {(1, 0): 1}, [Fraction(0)] * 51
    for t in range(1, 51):
        arrived: dict[tuple[int, int], int] = {}
        for ((place, rights), ways), goes_right in itertools.product(walking.items(), (0, 1)):
            new = (place + 2 * goes_right - 1, rights + goes_right)
            if new[0] not in (0, 8):
                arrived[new] = arrived.get(new, 0) + ways
                continue
            reward = Fraction(1, 5) if new[0] == 0 else Fraction(1)
            for more in range(51 - t):  # what is left of the sequence is free
                totals[new[1] + more] += reward * ways * math.comb(50 - t, more)
        walking = arrived
    return [total / math.comb(50, k) for k, total in enumerate(totals)]


def test_the_exact_gradient_points_right_at_every_theta():
    """J′(p) = 50 Σ_k C(49, k) p^k (1 - p)^(49 - k) (B_{k+1} - B_k), and no term is negative."""
    returns = counted_returns()
    assert all(after >= before for before, after in itertools.pairwise(returns))
    assert returns[-1] > returns[0]
    chances = [
        math.comb(50, k) * Fraction(1, 4) ** k * Fraction(3, 4) ** (50 - k) for k in range(51)
    ]
    value = float(sum(chance * b for chance, b in zip(chances, returns, strict=True)))
    assert solve(-math.log(3))[0]["trueReturn"] == pytest.approx(value, abs=1e-12)


def test_the_luck_of_the_batches_is_that_of_the_cliff():
    (coin,), samples = solve(0.0), collect([[0.0, batch] for batch in range(1, 999)])
    gradients = np.array([sample["gradient"] for sample in samples])
    without_goal = [sample["arrived"] == 0 for sample in samples]
    chance = (1 - coin["arrive"]) ** NUM_EPISODES
    assert chance == pytest.approx(0.6, abs=0.01)  # six in ten
    assert np.mean(without_goal) == pytest.approx(chance, abs=0.05)  # three standard errors
    assert (gradients < 0).tolist() == without_goal
    error = gradients.std() / len(gradients) ** 0.5
    assert gradients.mean() == pytest.approx(coin["gradient"], abs=3 * error)
    assert coin["gradient"] > 6 * error  # a wrong sign would show
    eight = [-0.1, 0.8, -0.1, -0.1, -0.1, -0.1, 1.7, 0.8]  # the batches of the choice
    assert gradients[:8].tolist() == pytest.approx(eight)


CLIMB = """({ makeModel, makeCliff, readState, stateAfterStep }, [state, steps]) => {
  const read = () => readState(makeModel(state), makeCliff(state.rules));
  for (let step = 0; step < steps; step += 1) Object.assign(state, stateAfterStep(read()));
  return { ...read().now, trail: state.trail, batch: state.batch };
}"""


def climb(step_size, steps, exact=False):
    """The policy after so many steps from θ = 0 and batch 1, and the trail."""
    return ENGINE.run(CLIMB, [synced(StepExplorer(step_size, exact=exact)), steps])


def test_small_steps_climb_and_large_ones_fall_for_good():
    for step_size in (0.5, 1.0, 2.0, 3.0):
        assert climb(step_size, 60)["trueReturn"] > 0.9, step_size
    for step_size, steps in itertools.product((6.0, 10.0, 30.0, 100.0), (1, 2, 3, 5, 10, 60)):
        assert climb(step_size, steps)["arrive"] < PLATEAU_CHANCE, (step_size, steps)
    for step_size in (1.0, 100.0):
        assert climb(step_size, 40, exact=True)["trueReturn"] > 0.9, step_size


def test_a_trail_joins_its_steps_and_keeps_the_first_and_the_last_99():
    after = climb(0.1, 130)
    trail = after["trail"]
    assert trail[0][0] == 0 and [step[2] for step in trail] == [1, *range(32, 131)]
    assert all(end == begin for (_, end, _), (begin, *_) in itertools.pairwise(trail[1:]))
    assert [trail[-1][1], 131] == [after["theta"], after["batch"]]
    samples = collect([[begin, batch] for begin, _, batch in trail])
    for (begin, end, _), sample in zip(trail, samples, strict=True):
        assert end == pytest.approx(begin + 0.1 * sample["gradient"], abs=1e-12)


def test_no_step_of_the_choice_is_cut_at_the_end_of_the_range():
    pairs = [[theta, b] for theta in np.arange(-8, 8.01, 0.5) for b in range(1, 17)]
    for (theta, _), sample in zip(pairs, collect(pairs), strict=True):
        assert abs(theta + 100 * sample["gradient"]) < 1000


# Situations and words -------------------------------------------------------------------

SITUATIONS = {  # one state of each
    "right": {"batch": 2},
    "wrong": {"batch": 1},
    "falls": {"step_size": 10.0},
    "collapsed": {"theta": -1.0},
    "escape": {"step_size": 10.0, "theta": -0.8, "batch": 7},
    "still": {"theta": 80.0},
    "exact": {"exact": True, "step_size": 100.0},
    "exact_stuck": {"theta": -3.0, "exact": True},
}
MISSES = (
    "wrong",
    "falls",
    "collapsed",
    "escape",
)  # the goal, if no episode of the batch reached it
READ = """({ makeModel, makeCliff, readState, tell, say }, states) => states.map((one) => {
  const state = readState(makeModel(one), makeCliff(one.rules));
  return { ...state, ...tell(state, say) };
})"""


def read(*states):
    """What the front end makes of states of the explorer, and what it says."""
    return ENGINE.run(READ, [synced(StepExplorer(**state)) for state in states])


WRITE = """(f, rows) => rows.map(([kind, value, digits]) =>
  f[`write${kind}`](value, kind === "Chance" ? f.say : digits ?? undefined))"""


def words_of(state):
    """What should be said of a state, its numbers as the front end writes them."""
    now, then, sample, name = (state[key] for key in ("now", "then", "sample", "situation"))
    numbers = {
        "theta": ("Number", now["theta"], None),
        "next": ("Number", then["theta"], None),
        "now": ("Number", now["trueReturn"], 3),
        "then": ("Number", then["trueReturn"], 3),
        "probability": ("Probability", now["right"], None),
        "chance_now": ("Chance", now["arrive"], None),
        "chance": ("Chance", then["arrive"], None),
        "gradient": ("Gradient", now["gradient"], None),
        "estimate": ("Gradient", sample["gradient"], None),
        "step_size": ("StepSize", state["stepSize"], None),
    }
    fields = dict(zip(numbers, ENGINE.run(WRITE, list(numbers.values())), strict=True))
    fields["source"] = STRINGS["source.exact" if state["exact"] else "source.batch"]
    fields["ends"] = "{fell} fell, {arrived} arrived, {late} out of time".format(**sample)
    picture = STRINGS["picture"].format(number=state["batch"], **fields)
    missed = [STRINGS["no_goal"]] if name in MISSES and sample["arrived"] == 0 else []
    words = [*missed, STRINGS[f"situation.{name}.words"].format(**fields)]
    return picture, STRINGS[f"situation.{name}.heading"], " ".join(words)


def test_every_situation_is_reached_and_says_its_numbers_in_their_places():
    found = read(*SITUATIONS.values(), {"step_size": 63.1, "batch": 999}, {"theta": -1000.0})
    assert [state["situation"] for state in found[:8]] == list(SITUATIONS)
    for state in found:
        assert (state["picture"], state["heading"], state["words"]) == words_of(state)
        assert state["inFull"] == f"{state['heading']}. {state['words']}"
    keys = {key.split(".")[1] for key in STRINGS if key.startswith("situation.")}
    assert keys == set(SITUATIONS)  # there are words for these situations and no others


def test_the_situation_follows_from_both_policies():
    on, edge = 0.0099, PLATEAU_CHANCE  # the plateau's edge does not belong to it
    for now, then, rise, exact, name in [  # chances of the goal, and θ′ - θ
        (0.12, 0.6, 1, False, "right"),
        (0.12, 0.09, -0.1, False, "wrong"),
        (0.12, edge, -0.5, False, "wrong"),
        (0.12, 0.12, 0, False, "still"),
        (0.12, on, -1, False, "falls"),
        (on, edge, 0.5, False, "escape"),
        *((on, 0.002, rise, False, "collapsed") for rise in (0.1, -0.1, 0)),
        (0.12, 0.6, 1, True, "exact"),
        (on, 0.12, 1, True, "exact"),
        (on, on, 0.1, True, "exact_stuck"),
    ]:
        policies = [{"theta": 0, "arrive": now}, {"theta": rise, "arrive": then}]
        assert ENGINE.call("situationOf", *policies, exact, RULES) == name


def test_what_the_words_claim_is_so_in_random_states():
    generator = np.random.default_rng(1)
    states = [
        {
            "step_size": float(10 ** generator.uniform(-1, 2)),
            "theta": float(generator.uniform(-3, 5)),
            "batch": int(generator.integers(1, 40)),
            "exact": bool(generator.integers(2)),
        }
        for _ in range(300)
    ]
    seen = set()
    for given, state in zip(states, read(*states), strict=True):
        now, then, sample, name = (state[key] for key in ("now", "then", "sample", "situation"))
        seen.add(name)
        slope = now["gradient"] if given["exact"] else sample["gradient"]
        end = given["theta"] + given["step_size"] * slope
        promise = now["trueReturn"] + slope * (end - given["theta"])
        found = [state["slope"], then["theta"], state["promise"]]
        assert found == pytest.approx([slope, end, promise], rel=1e-12)
        assert state["nextSample"] == collect([[then["theta"], given["batch"] + 1]])[0]
        rises, words = then["trueReturn"] > now["trueReturn"], state["inFull"]
        assert not given["exact"] or rises
        assert "points right too" not in words or (sample["gradient"] > 0 and rises)
        if "wrong way" in words:
            assert sample["gradient"] < 0 and not rises and then["arrive"] >= PLATEAU_CHANCE
        if "one batch in 25" in words:
            assert (now if name == "collapsed" else then)["arrive"] < PLATEAU_CHANCE
    assert seen == set(SITUATIONS) - {"still"}


def test_numbers_are_written_with_no_more_digits_than_they_have():
    write = "({ say, ...f }, rows) => rows.map(([name, value]) => f[name](value, say))"
    table = {
        "writeChance": {
            0.12018: "12.0%", 0.0998: "1 in 10", 1 / 3021: "1 in 3,000", 1 / 98_600: "1 in 99,000",
            1e-6 / 3.3: "1 in 3·10⁶", 1e-6: "1 in 10⁶", 4.8e-25: "1 in 2·10²⁴", 0.9994: "99.9%",
            0.9999: "> 99.9%", 0.0: "< 1 in 10⁹⁹",
        },
        "writeGradient": {0.3341: "+0.334", -0.1: "−0.100", 4e-9: "+4·10⁻⁹", 1e-13: "≈ 0"},
        "writeProbability": {0.5: "0.500", 0.9996: "> 0.999", 3.4e-4: "3·10⁻⁴", 1e-13: "≈ 0"},
        "writeStepSize": {1.0: "1", 0.1258925: "0.126", 100.0: "100"},
    }  # fmt: skip
    rows = [(name, value, text) for name, some in table.items() for value, text in some.items()]
    assert ENGINE.run(write, [row[:2] for row in rows]) == [row[2] for row in rows]
    numbers = {0.004: "0.00", -0.004: "0.00", 33.41: "33.4", -1000.4: "−1,000"}
    assert [ENGINE.call("writeNumber", number) for number in numbers] == list(numbers.values())


# The object -----------------------------------------------------------------------------


def test_the_object_is_a_call_and_takes_what_is_in_range():
    written = "StepExplorer(step_size=10.0, theta=-0.5, batch=3, exact=True)"
    check_repr(StepExplorer(10.0, -0.5, 3, exact=True), written)
    ranges = {"step_size": (0.1, 100.0), "theta": (-1000.0, 1000.0), "batch": (1, 999)}
    check_ranges(StepExplorer, ranges, whole="batch")
    check_refused(StepExplorer, [("exact", "yes", "exact.*'yes'")])


def test_the_front_end_is_told_where_to_come_back_to_and_cannot_be_told_otherwise():
    explorer = StepExplorer(theta=1.5, batch=4)
    explorer.theta = 0.0
    assert explorer.start == [1.5, 4]
    with pytest.raises(traitlets.TraitError, match="read-only"):
        explorer.start = [0.0, 1]
