"""The entropy explorer in an engine: held to torch and autograd; its words, its claims."""

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
from torch.distributions import Categorical

from ppo_lib.course.lesson_06.entropy_explorer import EntropyExplorer

ENGINE = JsEngine(EntropyExplorer)
STRINGS = EntropyExplorer().strings
REWARDS = [1.0, 0.5, 0.0]
SURE_BUT_WRONG = [0.01, 0.01, 0.98]
THIRDS = [1 / 3, 1 / 3, 1 / 3]


def numbers(values):
    return torch.tensor(values, dtype=torch.float64)


def some_states(count, seed=0):
    """Policies, many of them near a side or a corner, rewards and coefficients."""
    draw, states = random.Random(seed), []
    while len(states) < count:
        weights = numbers([draw.gauss(0, draw.choice([0.5, 2.0, 5.0])) for _ in range(3)])
        rewards = [round(0.05 * draw.randint(-20, 20), 2) for _ in range(3)]
        if len(states) % 11 == 0:
            rewards = [rewards[0], rewards[0], draw.choice([rewards[0], -1.0])]
        ent_coef = 0.0 if len(states) % 7 == 0 else round(0.01 * draw.randint(1, 100), 2)
        states.append([torch.softmax(weights, -1).tolist(), rewards, ent_coef])
    return states


# The formulas ---------------------------------------------------------------------------------

NUMBERS = """(f, rows) => rows.map(([probs, rewards, c]) => {
  const read = f.readOff(probs, rewards, c);
  const gradient = f.logitGradient(probs, rewards, c);
  return [[
    f.entropyOf(probs), f.objectiveOf(probs, rewards, c), ...gradient,
    ...f.rewardGradient(probs, rewards), ...f.entropyGradient(probs), ...f.driftOf(probs, gradient),
    read.reward, read.entropy, read.objective, read.length, read.rewardLength, read.bonusLength,
    ...read.optimum, read.optimalReward, read.optimalEntropy, read.maximum, read.best,
    ...f.takeSteps(probs, rewards, c, 30).at(-1),
  ], read.place, read.kind];
})"""


def gradient_of(logits, rewards, ent_coef):
    """F = Σ p q + c₂ H at logits, and its gradient there, by torch and autograd."""
    logits = logits.detach().requires_grad_()
    policy = Categorical(logits=logits)
    objective = (policy.probs * rewards).sum(-1) + ent_coef * policy.entropy()
    (gradient,) = torch.autograd.grad(objective.sum(), logits)
    return objective.detach(), gradient


def softmax(logits):
    return torch.softmax(logits, -1)


def oracle(states):
    """What torch makes of states, as `NUMBERS`, and what their places and maxima are."""
    probs, rewards, ent_coef = (numbers(column) for column in zip(*states, strict=True))
    logits, best = probs.log(), rewards.max(-1).values
    entropy, is_best = Categorical(probs).entropy(), rewards == best[:, None]
    objective, gradient = gradient_of(logits, rewards, ent_coef)
    _, pull = gradient_of(logits, rewards, 0.0)
    _, bonus = gradient_of(logits, 0 * rewards, 1.0)
    z = logits.clone().requires_grad_()
    (drift,) = torch.autograd.grad((softmax(z) * gradient).sum(), z)  # ∂p/∂z is symmetric
    sharp = is_best / is_best.sum(-1, keepdim=True).double()
    scale = ent_coef[:, None].clamp(min=1e-9)
    optimum = torch.where(ent_coef[:, None] > 0, softmax(rewards / scale), sharp)
    there, most = (optimum * rewards).sum(-1), Categorical(optimum).entropy()
    for _ in range(30):
        logits = logits + gradient_of(logits, rewards, ent_coef)[1]
    columns = [
        *(entropy, objective, gradient, pull, bonus, drift),
        *((probs * rewards).sum(-1), entropy, objective),
        *(gradient.norm(dim=-1), pull.norm(dim=-1), ent_coef * bonus.norm(dim=-1)),
        *(optimum, there, most, there + ent_coef * most, best, softmax(logits)),
    ]
    table = torch.cat([column.view(len(states), -1) for column in columns], dim=-1).numpy()
    names = [name_of(*row) for row in zip(probs, is_best, ent_coef, optimum, most, strict=True)]
    return table, names


def name_of(probs, is_best, ent_coef, optimum, most):
    """A policy's place, and which maximum there is."""
    if ent_coef == 0:
        kind = {1: "corner", 2: "tie", 3: "flat"}[int(is_best.sum())]
        is_near = probs[is_best].sum() >= 0.9
    else:
        kind = "uniform" if most >= 0.95 * math.log(3) else "bias"
        kind = "equal" if is_best.all() else kind
        is_near = (probs - optimum).abs().max() <= 0.02
    top, favourite = probs.max(-1)
    if kind == "flat" or is_near:
        return ["flat" if kind == "flat" else "maximum", kind]
    if top < 0.9:
        return ["between", kind]
    if not is_best[favourite]:
        return ["wrong", kind]
    return ["right" if top > optimum[favourite] and kind != "equal" else "sure", kind]


@pytest.fixture(scope="module")
def grid():
    states = some_states(1000)
    return states, *oracle(states)


def test_the_front_end_computes_what_torch_computes(grid):
    states, table, expected = grid
    found = ENGINE.run(NUMBERS, states)
    np.testing.assert_allclose([got for got, *_ in found], table, rtol=0, atol=1e-9)
    assert [names for _, *names in found] == expected
    places, kinds = (set(column) for column in zip(*expected, strict=True))
    assert places == {key.removeprefix("place.") for key in STRINGS if key.startswith("place.")}
    assert kinds == {"flat", "corner", "tie", "equal", "uniform", "bias"}


PLANTED = [
    ("-p * Math.log(Math.abs(p))", "-p * Math.log2(Math.abs(p))"),
    ("dot(probs, rewards) + entCoef * entropyOf", "dot(probs, rewards) - entCoef * entropyOf"),
    ("p * (rewards[action] - mean)", "p * rewards[action]"),
    ("surprise(p) - p * entropy", "surprise(p) - entropy / 3"),
    ("part + entCoef * bonus[action]", "part + bonus[action]"),
    ("softmax(rewards.map((q) => q / entCoef))", "softmax(rewards)"),
    ("Math.log(p) + STEP_SIZE", "Math.log(p) - STEP_SIZE"),
    ("p * (gradient[action] - mean)", "p * gradient[action]"),
    ("const SURE = 0.9;", "const SURE = 0.95;"),
    ("const NEAR = 0.02;", "const NEAR = 0.05;"),
    ("const UNIFORM = 0.95;", "const UNIFORM = 0.9;"),
    ("if (!isBest[favourite])", "if (isBest[favourite])"),
]


def test_the_grid_catches_every_planted_error(grid):
    for right, wrong in PLANTED:
        with planted(EntropyExplorer, right, wrong) as broken:
            found = broken.run(NUMBERS, grid[0])
        agrees = np.allclose([got for got, *_ in found], grid[1], rtol=0, atol=1e-6)
        assert not agrees or [names for _, *names in found] != grid[2], wrong


def test_an_action_without_probability_adds_nothing_to_the_entropy():
    assert ENGINE.call("entropyOf", [1, 0, 0]) == 0
    assert ENGINE.call("entropyOf", [0.5, 0.5, 0]) == pytest.approx(math.log(2))


def test_no_policy_has_a_greater_objective_than_the_maximum(grid):
    for (_, rewards, ent_coef), row in zip(*grid[:2], strict=True):
        objective, optimum, maximum = row[1], row[20:23].tolist(), row[25]
        assert maximum >= objective - 1e-12
        if ent_coef >= 0.05:  # its height is c₂ ln Σ exp(q / c₂); both pulls are opposite there
            height = ent_coef * np.log(np.exp(np.divide(rewards, ent_coef)).sum())
            assert maximum == pytest.approx(height, abs=1e-9)
            read = ENGINE.call("readOff", optimum, rewards, ent_coef)
            assert [read["place"], read["length"]] == ["maximum", pytest.approx(0, abs=1e-9)]


@settings(deadline=None)
@given(st.lists(st.integers(-20, 20), min_size=3, max_size=3), st.integers(0, 100))
def test_at_most_twelve_lines_of_f_lie_a_round_gap_apart(tenths, percent):
    rewards, ent_coef = [0.05 * tenth for tenth in tenths], 0.01 * percent
    best = ENGINE.call("readOff", THIRDS, rewards, ent_coef)["maximum"]
    reach, gap = best - min(rewards), ENGINE.call("contourGap", best, rewards)
    round_gaps = [digit / 10**power for power in (4, 3, 2, 1) for digit in (1, 2, 5)]
    enough = [some for some in round_gaps if 12 * some >= reach]
    flat = len(set(rewards)) == 1 and percent == 0
    assert gap == (None if flat else enough[0])
    assert flat or reach / gap >= 4


def test_the_policy_at_a_place_lies_in_the_triangle_and_where_it_can_at_the_place():
    draw, inside, explorer = random.Random(2), 0, EntropyExplorer()
    places = [[draw.uniform(-0.5, 1.5), draw.uniform(-0.5, 1.5)] for _ in range(1000)]
    body = "({ policyAt }, places) => places.map((place) => policyAt(...place))"
    for (across, up), probs in zip(places, ENGINE.run(body, places), strict=True):
        assert min(probs) >= 0.001 - 1e-12 and sum(probs) == pytest.approx(1, abs=1e-12)
        explorer.probs = probs  # the kernel takes it
        wanted = [1 - across - up / 2, across - up / 2, up]
        if min(wanted) > 0.001:
            assert probs == pytest.approx(wanted, abs=1e-12)
            inside += 1
    assert inside > 50


def test_thousands_of_steps_keep_every_policy_legal():
    for rewards in ([1.0, 0.0, -1.0], [1.0, -1.0, -1.0]):
        last = ENGINE.call("takeSteps", EntropyExplorer().probs, rewards, 0.0, 30_000)[-1]
        assert min(last) > 1e-7
        EntropyExplorer(probs=last)


# What the lesson may say ----------------------------------------------------------------------


def reward_after(count, ent_coef, start=SURE_BUT_WRONG):
    last = ENGINE.call("takeSteps", start, REWARDS, ent_coef, count)[-1]
    return float(np.dot(last, REWARDS))


def test_thirty_steps_lead_away_from_a_sure_but_wrong_policy_only_with_a_bonus():
    assert reward_after(30, 0.0) == pytest.approx(0.043, abs=0.001)
    assert reward_after(30, 0.2) == pytest.approx(0.677, abs=0.001)
    # But without one they come away too, later, and in the end get further.
    assert [reward_after(60, c) for c in (0.0, 0.2)] == pytest.approx([0.934, 0.930], abs=0.001)
    assert [reward_after(300, c) for c in (0.0, 0.2)] == pytest.approx([0.997, 0.953], abs=0.001)
    # A policy that is surer still is not freed by the bonus either, for long.
    surer = [0.001, 0.001, 0.998]
    assert reward_after(30, 0.2, surer) == pytest.approx(0.002, abs=0.0005)
    assert reward_after(150, 0.2, surer) < 0.02 < 0.95 < reward_after(300, 0.2, surer)
    assert reward_after(300, 0.0, surer) < 0.01


def test_the_pull_of_the_bonus_fades_in_the_corner_but_later_than_that_of_the_rewards():
    sizes, ratios = [], []
    for p in (0.7, 0.77, 0.9, 0.98, 0.998, 0.9998):
        read = ENGINE.call("readOff", [(1 - p) / 2, (1 - p) / 2, p], REWARDS, 1.0)
        sizes.append(read["bonusLength"])
        ratios.append(read["bonusLength"] / read["rewardLength"])
    assert ratios == sorted(ratios)  # it grows like −ln p
    assert sizes[1] == max(sizes)  # longest where the favourite has 0.77, and not in the corner
    assert sizes[1:] == sorted(sizes[1:], reverse=True)
    assert sizes[3] == pytest.approx(0.110, abs=0.001) and sizes[5] < 0.003


def test_the_bonus_costs_expected_reward_at_the_maximum():
    coefs = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)
    costs = [1 - ENGINE.call("readOff", THIRDS, REWARDS, c)["optimalReward"] for c in coefs]
    assert costs == pytest.approx([0, 0.000, 0.003, 0.044, 0.212, 0.340], abs=0.0005)


# Words ----------------------------------------------------------------------------------------

EQUAL = [0.3, 0.3, 0.3]
TIE = [1.0, 1.0, -1.0]
# Place, kind of maximum, the keys of the words for both, and a state.
PLACES = [
    ("flat", "flat", "flat", "flat", {"rewards": EQUAL, "ent_coef": 0.0}),
    ("maximum", "corner", "fading", "corner", {"probs": [0.91, 0.05, 0.04], "ent_coef": 0.0}),
    (
        *("maximum", "tie", "settled", "tie"),
        {"probs": [0.7, 0.22, 0.08], "ent_coef": 0.0, "rewards": TIE},
    ),
    ("maximum", "equal", "settled", "equal", {"probs": [0.33, 0.33, 0.34], "rewards": EQUAL}),
    ("maximum", "bias", "balanced", "bias", {"probs": [0.92, 0.07, 0.01]}),
    ("wrong", "corner", "stuck", "corner", {"probs": SURE_BUT_WRONG, "ent_coef": 0.0}),
    ("wrong", "tie", "stuck", "tie", {"probs": SURE_BUT_WRONG, "ent_coef": 0.0, "rewards": TIE}),
    ("wrong", "bias", "pulled", "bias", {"probs": SURE_BUT_WRONG}),
    (
        *("wrong", "uniform", "pulled", "uniform"),
        {"probs": SURE_BUT_WRONG, "rewards": [0.1, 0.0, 0.0], "ent_coef": 1.0},
    ),
    ("right", "bias", "back", "bias", {"probs": [0.98, 0.01, 0.01]}),
    ("sure", "bias", "between", "close", {"probs": [0.92, 0.04, 0.04], "ent_coef": 0.05}),
    ("sure", "equal", "alone", "equal", {"probs": [0.92, 0.04, 0.04], "rewards": EQUAL}),
    ("between", "equal", "alone", "equal", {"rewards": EQUAL}),
    ("between", "corner", "no_bonus", "corner", {"ent_coef": 0.0}),
    ("between", "bias", "between", "bias", {"ent_coef": 0.1}),  # 0.003
    ("between", "bias", "between", "close", {"ent_coef": 0.03}),  # it costs less than 0.0005
    ("between", "uniform", "between", "uniform", {"rewards": [0.2, 0.1, 0.0], "ent_coef": 0.8}),
]
READ = """(f, states) => states.map((one) => {
  const state = f.readState(f.makeModel(one));
  return { ...state, ...f.tell(state, f.say), keys: [f.wordsKey(state), f.maximumKey(state)] };
})"""


def read(*states):
    """What the front end makes of states, and what it says."""
    return ENGINE.run(READ, [synced(EntropyExplorer(**state)) for state in states])


def written(value, digits=2):
    words = f"{abs(value):.{digits}f}"
    return f"−{words}" if value < 0 and float(words) else words


def words_of(state):
    """What should be said of a state."""
    digits = {"reward": 3, "entropy": 2, "objective": 3, "maximum": 3, "best": 2}
    fields = {name: written(state[name], number) for name, number in digits.items()}
    for name, key in [("probabilities", "probs"), ("rewards", "rewards"), ("optimum", "optimum")]:
        fields[name] = ", ".join(map(written, state[key]))
    for name, key in [("length", "length"), ("reward_length", "rewardLength")]:
        fields[name] = written(state[key], 4 if state[key] < 0.01 else 3)
    bonus, pull = state["bonusLength"], state["rewardLength"]
    fields |= {
        "place": STRINGS[f"place.{state['place']}"],
        "ent_coef": written(state["entCoef"]),
        "actions": written(math.exp(state["entropy"]), 1),
        "most": written(state["optimalEntropy"]),
        "short": written(state["maximum"] - state["objective"], 3),
        "bonus_length": written(bonus, 4 if bonus < 0.01 else 3),
        "times": written(bonus / pull if pull else 0, 1),
        "optimal_reward": written(state["optimalReward"], 3),
        "action": 1 + int(np.argmax(state["probs"])),
        "best_action": 1 + int(np.argmax(state["rewards"])),
    }
    keys = (
        "picture",
        *(f"{a}.{b}" for a, b in zip(("words", "maximum"), state["keys"], strict=True)),
    )
    picture, *words = (STRINGS[key].format(**fields) for key in keys)
    return picture, fields["place"], " ".join(words)


def test_every_place_has_its_words_with_the_numbers_in_their_places():
    found = read(*(state for *_, state in PLACES))
    for (*names, _), state in zip(PLACES, found, strict=True):
        assert [state["place"], state["kind"], *state["keys"]] == names
        assert (state["picture"], state["heading"], state["words"]) == words_of(state)
    for section, column in (("words", 2), ("maximum", 3)):
        keys = {key.split(".")[1] for key in STRINGS if key.startswith(section + ".")}
        assert keys == {row[column] for row in PLACES}


def test_the_rewards_pull_into_the_corner_and_the_bonus_out_of_it_where_the_words_say_so(grid):
    count = 0
    for (probs, _, ent_coef), found, (place, _) in zip(*grid, strict=True):
        favourite = int(np.argmax(probs))
        pull, bonus = found[5 + favourite], found[8 + favourite]
        if place == "right":
            assert pull > 0 > bonus
            count += 1
        if place == "wrong" and ent_coef > 0:
            assert bonus < 0
    assert count > 10


# The object -----------------------------------------------------------------------------------


def test_the_object_is_a_call_and_takes_what_is_in_range():
    written = "EntropyExplorer(probs=[0.01, 0.01, 0.98], ent_coef=0.0)"
    check_repr(EntropyExplorer(probs=SURE_BUT_WRONG, ent_coef=0.0), written)
    check_ranges(EntropyExplorer, {"ent_coef": (0.0, 1.0)})
    nan, policy = (
        float("nan"),
        r"probs must be 3 probabilities of at least 1e-08 that sum to 1, got",
    )
    rewards, trail = (
        r"rewards must be 3 numbers between -1 and 1, got",
        r"trail must be at most 301 ",
    )
    refused = [
        *(("probs", bad, policy) for bad in ([0.5, 0.5], [0.0, 0.4, 0.6], EQUAL, 1.0)),
        *(("probs", [0.3, bad, 0.7], policy) for bad in ("0.0", nan, True)),
        *(("rewards", bad, rewards) for bad in ([1.0, 0.0], [1.5, 0.0, 0.0], 1.0)),
        *(("rewards", [bad, 0.0, 0.0], rewards) for bad in (True, nan, "1", None)),
        ("trail", [[0.5, 0.5]], trail + "policies, each of 3 probabilities of at least 1e-08"),
        ("trail", [THIRDS] * 302, trail),
        ("trail", 3, trail + ".*got 3"),
    ]
    check_refused(EntropyExplorer, refused)


def test_tuples_are_taken_as_lists_that_no_other_explorer_shares():
    explorer = EntropyExplorer(probs=(0.2, 0.3, 0.5), rewards=(1, 0, -1), trail=(THIRDS,) * 301)
    assert [explorer.probs, explorer.rewards] == [[0.2, 0.3, 0.5], [1.0, 0.0, -1.0]]
    assert explorer.trail == [THIRDS] * 301
    assert EntropyExplorer().trail == [] and EntropyExplorer().rewards == REWARDS
