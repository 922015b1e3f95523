"""The GAE explorer without a browser: its mathematics, its words, its traits."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from explorer_object import check_ranges, check_refused, check_repr
from js_engine import JsEngine, planted, synced

from ppo_lib.advantages import compute_gae, td_errors
from ppo_lib.course.lesson_05.gae_explorer import REWARD_LIMIT, VALUE_LIMIT, GaeExplorer
from ppo_lib.course.words import ENGLISH

COMPUTE_GAE = """({ computeGae }, rows) => rows.map((row) => {
  const { tdErrors, advantages } = computeGae(...row);
  return [tdErrors, advantages];
})"""
SUM_TERMS = """({ computeGae, weightsOf }, rows) => rows.map((row) => {
  const { tdErrors } = computeGae(...row);
  const [,,, terminated, truncated, gamma, lambda] = row;
  return tdErrors.map((_, step) => weightsOf(step, terminated, truncated, gamma, lambda)
    .reduce((total, weight, t) => total + weight * tdErrors[t], 0));
})"""
READ = """({ readGae, trajectoryOf, termRows, tell, makeModel, say }, states) =>
  states.map((one) => {
    const state = readGae(makeModel(one));
    return { ...trajectoryOf(state), ...state, rows: termRows(state, say), ...tell(state, say) };
  })"""

# A state for each case of the words.
STATES = [
    ("terminated", {}),
    ("truncated", {"end": "truncated"}),
    ("rollout", {"end": "none"}),
    ("rollout", {"step": 5}),
    ("gamma_zero", {"gamma": 0.0}),
    ("gamma_zero", {"gamma": 0.0, "gae_lambda": 1.0, "step": 7}),
    ("lambda_zero", {"gae_lambda": 0.0}),
    ("lambda_zero", {"gae_lambda": 0.0, "step": 6}),
    ("lambda_one_terminated", {"gae_lambda": 1.0}),
    ("lambda_one_truncated", {"gae_lambda": 1.0, "end": "truncated"}),
    ("lambda_one_rollout", {"gae_lambda": 1.0, "end": "none"}),
    # The last step of a sum has one term at any λ.
    ("terminated", {"gae_lambda": 0.0, "step": 4}),
    ("truncated", {"gae_lambda": 1.0, "step": 4, "end": "truncated"}),
    ("rollout", {"gae_lambda": 1.0, "step": 7}),
]


ENGINE = JsEngine(GaeExplorer)


def read(**state):
    """Return all that the picture and the words are made of, of an explorer in this state."""
    (found,) = ENGINE.run(READ, [synced(GaeExplorer(**state))])
    return dict(found)


# The mathematics ------------------------------------------------------------------------


def some_trajectory(generator):
    """Return what `computeGae` takes: 1 to 30 steps, with none, few or many ends of each kind."""
    steps = generator.randint(1, 30)

    def numbers():
        return [generator.gauss(0, 2) for _ in range(steps)]

    def share():
        return generator.choice([0.0, 1.0, generator.random(), generator.random()])

    rate = generator.choice([0.0, 0.1, 0.4])
    weights = [1 - rate, rate, rate, rate / 8]  # the last: both at once, which Gymnasium allows
    kinds = generator.choices(
        ["", "terminated", "truncated", "terminated and truncated"], weights, k=steps
    )
    flags = [[flag in kind for kind in kinds] for flag in ("terminated", "truncated")]
    return [numbers(), numbers(), numbers(), *flags, share(), share()]


@pytest.fixture(scope="module")
def trajectories():
    """Fifteen hundred trajectories; both ends and both limits of γ and λ are among them."""
    generator = random.Random(5)
    rows = [some_trajectory(generator) for _ in range(1500)]
    assert min(sum(map(sum, (row[kind] for row in rows))) for kind in (3, 4)) > 2000
    assert sum(sum(row[3]) > 1 and sum(row[4]) > 1 for row in rows) > 400
    for share in (5, 6):
        for limit in (0.0, 1.0):
            assert sum(row[share] == limit for row in rows) > 300
    assert {len(row[0]) for row in rows} == set(range(1, 31))
    return rows


def library_gae(row):
    """Return TD errors and advantages of the library, in float64."""
    floats = [torch.tensor(numbers, dtype=torch.float64)[:, None] for numbers in row[:3]]
    terminated, truncated = (torch.tensor(flags)[:, None] for flags in row[3:5])
    gamma, gae_lambda = row[5:]
    errors = td_errors(*floats, terminated, gamma)
    advantages = compute_gae(*floats, terminated, truncated, gamma, gae_lambda)
    return errors.flatten().tolist(), advantages.flatten().tolist()


def test_td_errors_and_advantages_are_the_librarys_and_the_terms_sum_to_them(trajectories):
    got, sums = ENGINE.run(COMPUTE_GAE, trajectories), ENGINE.run(SUM_TERMS, trajectories)
    for row, (errors, advantages), total in zip(trajectories, got, sums, strict=True):
        expected = library_gae(row)
        np.testing.assert_allclose(errors, expected[0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(advantages, expected[1], rtol=0, atol=1e-12)
        np.testing.assert_allclose(total, expected[1], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("(terminated[t] ? 0 : 1)", "(terminated[t] || truncated[t] ? 0 : 1)"),
        ("(terminated[t] ? 0 : 1)", "1"),
        ("const ended = terminated[t] || truncated[t]", "const ended = terminated[t]"),
        ("const ended = terminated[t] || truncated[t]", "const ended = truncated[t]"),
        ("gamma * lambda * advantages[t + 1]", "lambda * advantages[t + 1]"),
        ("gamma * lambda * advantages[t + 1]", "gamma * lambda * tdErrors[t + 1]"),
        ("gamma * nextValues[t]", "gamma * (values[t + 1] ?? nextValues[t])"),
        ("t = rewards.length - 2", "t = rewards.length - 3"),
    ],
)
def test_the_trajectories_catch_a_planted_error(trajectories, right, wrong):
    some = trajectories[:200]
    with planted(GaeExplorer, right, wrong) as engine:
        got = engine.run(COMPUTE_GAE, some)
    assert not all(
        np.allclose(numbers, library_gae(row), rtol=0, atol=1e-6)
        for row, numbers in zip(some, got, strict=True)
    )


def test_the_advantages_of_the_first_picture_by_hand():
    shown = read()
    # γ = 0.9. The first episode: step 4 ends it with 1.5 against V = 1, and nothing follows.
    # δ_4 = 1.5 − 1 = 0.5     δ_3 = 0.9 · 1.0 − 0.1 = 0.8    δ_2 = 0.9 · 0.1 − 0.4 = −0.31
    # δ_1 = −0.5 + 0.9 · 0.4 − 0.6 = −0.74                   δ_0 = 0.9 · 0.6 − 0.7 = −0.16
    # The second: δ_5 = 0.9 · 1.2 − 0.5 = 0.58, δ_6 = 0.9 · 0.6 − 1.2 = −0.66,
    # and δ_7 = 1 + 0.9 · 0.8 − 0.6 = 1.12 with V(s_8) for all that comes after the rollout.
    expected = [-0.16, -0.74, -0.31, 0.8, 0.5, 0.58, -0.66, 1.12]
    assert shown["tdErrors"] == pytest.approx(expected)
    # γλ = 0.72: Â_4 = 0.5, Â_3 = 0.8 + 0.36 = 1.16, Â_2 = −0.31 + 0.72 · 1.16 = 0.5252
    assert shown["advantages"][2:5] == pytest.approx([0.5252, 1.16, 0.5])
    assert shown["weights"] == pytest.approx([0, 0, 1, 0.72, 0.72**2, 0, 0, 0])


def test_an_end_puts_another_episode_behind_it():
    none, cut = (
        read(end="none"),
        read(end="truncated", final_value=-1.5, end_step=3),
    )
    assert none["nextValues"] == [0.6, 0.4, 0.1, 1.0, 0.5, 1.2, 0.6, 0.8]
    assert cut["nextValues"] == [0.6, 0.4, 0.1, -1.5, 0.5, 1.2, 0.6, 0.8]
    assert cut["truncated"] == [t == 3 for t in range(8)]
    assert not any(cut["terminated"]) and not any(none["truncated"])
    assert read(end_step=0)["terminated"] == [t == 0 for t in range(8)]


def some_states(count):
    """Return random values of every trait, the limits of each often among them."""
    generator = random.Random(11)

    def number(limit):
        return generator.choice([-limit, limit, 0.0, round(generator.uniform(-limit, limit), 1)])

    def share():
        return generator.choice([0.0, 1.0, *(round(generator.random(), 2) for _ in range(3))])

    return [
        {
            "rewards": [number(REWARD_LIMIT) for _ in range(8)],
            "values": [number(VALUE_LIMIT) for _ in range(9)],
            "final_value": number(VALUE_LIMIT),
            "gamma": share(),
            "gae_lambda": share(),
            "end": generator.choice(["none", "terminated", "truncated"]),
            "end_step": generator.randrange(7),
            "step": generator.randrange(8),
        }
        for _ in range(count)
    ]


def slow_terms(state, step):
    """Return the terms (γλ)^l δ_{t+l} of an advantage, each from its definition."""
    terms, weight = [], 1.0
    for t in range(step, 8):
        following = state["values"][t + 1]
        is_end = state["end"] != "none" and t == state["end_step"]
        if is_end:
            following = state["final_value"] if state["end"] == "truncated" else 0.0
        terms.append(
            weight * (state["rewards"][t] + state["gamma"] * following - state["values"][t])
        )
        weight *= state["gamma"] * state["gae_lambda"]
        if is_end or weight == 0:
            break
    return terms


def test_all_that_is_shown_follows_from_the_state():
    states = some_states(400)
    for state, shown in zip(states, ENGINE.run(READ, states), strict=True):
        slow = [sum(slow_terms(state, step)) for step in range(8)]
        assert shown["advantages"] == pytest.approx(slow, abs=1e-12)
        step, terms = state["step"], slow_terms(state, state["step"])
        assert shown["parts"][step : step + len(terms)] == pytest.approx(terms, abs=1e-12)
        assert sum(shown["parts"]) == pytest.approx(slow[step], abs=1e-12)
        largest = max(map(abs, [*shown["tdErrors"], *shown["advantages"]]))
        assert largest <= shown["scale"] and (shown["scale"] < 2 or largest > shown["scale"] / 2)
        # A row for every term that counts, and what is too many in the last.
        names = [f"step {step + number}" for number in range(len(terms))]
        if len(terms) > 5:
            names[4:] = [f"steps {step + 4} to {step + len(terms) - 1}"]
            terms[4:] = [sum(terms[4:])]
        assert [row["name"] for row in shown["rows"]] == names
        written = [float(row["part"].replace("−", "-")) for row in shown["rows"]]
        assert written == pytest.approx(terms, abs=0.0051)


def test_the_axis_is_the_first_that_all_numbers_fit_into():
    scales = [ENGINE.call("scaleFor", [x, 0.1]) for x in (0, -1.5, 1.51, 3, 5.9, -12, 22)]
    assert scales == [1.5, 1.5, 2, 3, 6, 12, 24]
    # The greatest there is: γ = λ = 1, every reward 2, V from −3 to 3.
    rows = {"rewards": [2.0] * 8, "values": [-3.0] * 8 + [3.0]}
    greatest = read(gamma=1.0, gae_lambda=1.0, end="none", step=0, **rows)
    assert max(greatest["advantages"]) == 22.0 and greatest["scale"] == 24


def test_rewards_have_the_same_ends_in_the_picture_and_in_the_trait():
    ends = ENGINE.run("({ REWARD_RANGE: { low, high } }) => [low, high]")
    assert ends == [-REWARD_LIMIT, REWARD_LIMIT]


# The words ------------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "state"), STATES)
def test_what_is_said_of_each_case_is_true(case, state):
    shown = read(**state)
    start, *_ = ENGLISH[f"gae_explorer.case.{case}.words"].split("{")
    assert shown["words"].startswith(start) and "{" not in shown["words"]
    t, last, gamma = shown["step"], shown["lastStep"], shown["gamma"]
    rewards, values, advantage = shown["rewards"], shown["values"], shown["advantages"][t]
    if case == "gamma_zero":
        assert advantage == rewards[t] - values[t]
    if case == "lambda_zero":
        assert advantage == shown["tdErrors"][t] and last > t
        assert advantage == pytest.approx(rewards[t] + gamma * values[t + 1] - values[t])
    if case.startswith("lambda_one"):
        discounts = gamma ** np.arange(last + 2 - t)
        ending = {"terminated": 0.0, "truncated": shown["finalValue"], "rollout": 0.8}
        flow = [*rewards[t : last + 1], ending[shown["stop"]]]
        assert advantage == pytest.approx(float(discounts @ flow) - values[t])
    if shown["stop"] == "rollout":
        assert last == 7
    else:
        assert last == shown["endStep"] and shown["stop"] == shown["end"]
    assert np.flatnonzero(shown["weights"]).max() <= last


def test_every_case_of_the_table_is_tried():
    keys = {key for key in ENGLISH if key.startswith("gae_explorer.case.")}
    assert keys == {f"gae_explorer.case.{case}.words" for case, _ in STATES}


def test_the_picture_is_described_with_all_its_numbers():
    assert read()["heading"] == "Â₂ = 0.53"
    assert read()["picture"] == (
        "GAE explorer. γ = 0.90, λ = 0.80. Rewards from step 0: 0.0, −0.5, 0.0, 0.0, 1.5, 0.0, "
        "0.0, 1.0. Values: 0.7, 0.6, 0.4, 0.1, 1.0, 0.5, 1.2, 0.6, 0.8. An episode ends after "
        "step 4, terminated. TD errors: −0.16, −0.74, −0.31, 0.80, 0.50, 0.58, −0.66, 1.12. "
        "Advantages: −0.42, −0.36, 0.53, 1.16, 0.50, 0.69, 0.15, 1.12. "
        "Â₂ = 0.53, the sum 1 · −0.31 + 0.72 · 0.80 + 0.52 · 0.50."
    )
    assert "Â₂ = −0.31, the sum 1 · −0.31." in read(gae_lambda=0.0)["picture"]


def test_the_last_observations_value_counts_only_where_the_end_is_truncated():
    for end, counts in [("none", False), ("terminated", False), ("truncated", True)]:
        before, after = (read(end=end, final_value=value) for value in (1.0, -3.0))
        assert (before["picture"] != after["picture"]) == counts
        assert (before["advantages"] != after["advantages"]) == counts


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.125, 2, "0.13"),  # a tie goes away from 0
        (-0.125, 2, "−0.13"),
        (0.575, 2, "0.57"),  # no tie: in binary it is a little less
        (0.575 + 1e-13, 2, "0.57"),  # nor is this: it is 0.575, added up in another way
        (-0.004, 2, "0.00"),
        (-1e-17, 1, "0.0"),
        (-12.34, 1, "−12.3"),
        (22.0, 2, "22.00"),
    ],
)
def test_numbers_are_written_without_their_last_binary_digits(value, digits, text):
    assert ENGINE.call("writeNumber", value, digits) == text


def test_weights_and_indices_are_written_shortly():
    weights = [ENGINE.call("formatWeight", weight) for weight in (0.0, 1.0, 0.72, 0.004)]
    assert weights == ["0", "1", "0.72", "0.00"]
    assert [ENGINE.call("subscript", number) for number in (8, 10)] == ["₈", "₁₀"]


# The traits -----------------------------------------------------------------------------

NAN, INFINITY = float("nan"), float("inf")


def test_it_is_written_as_it_is_made_and_refuses_what_is_out_of_range():
    written = "GaeExplorer(gamma=0.5, gae_lambda=0.8, end='truncated', step=1)"
    check_repr(GaeExplorer(0.5, end="truncated", step=1), written)
    shares = {"gamma": (0, 1), "gae_lambda": (0, 1), "final_value": (-3.0, 3.0)}
    check_ranges(GaeExplorer, shares | {"end_step": (0, 6), "step": (0, 7)}, whole="end_step")
    rewards = r"rewards must be a list of 8 numbers between -2\.0 and 2\.0, got"
    values = r"values must be a list of 9 numbers between -3\.0 and 3\.0, got"
    refused = [("rewards", [0.0] * 7 + [bad], rewards) for bad in (2.1, NAN, "1", True)]
    refused += [("rewards", bad, rewards) for bad in ([0.0] * 7, 1.0)]
    refused += [("values", bad, values) for bad in ([0.0] * 8, [-3.1] + [0.0] * 8, [INFINITY] * 9)]
    kinds = r"'end'.*\['none', 'terminated', 'truncated'\], not the str 'done'"
    check_refused(GaeExplorer, [*refused, ("end", "done", kinds)])


def test_lists_are_of_floats_and_each_explorers_own():
    first, second = GaeExplorer(rewards=(0, 1, 0, 0, 2, 0, -2, 0)), GaeExplorer()
    assert first.rewards == [0, 1, 0, 0, 2, 0, -2, 0]
    assert all(isinstance(reward, float) for reward in first.rewards)
    assert second.rewards != first.rewards and second.values == GaeExplorer().values
