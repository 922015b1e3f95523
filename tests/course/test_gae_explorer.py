"""The GAE explorer without a browser: its arithmetic against slower ways, its words, its errors."""

from __future__ import annotations

import io
import random
from typing import Any

import numpy as np
import pytest
import traitlets
from matplotlib.figure import Figure

from ppo_lib.course.lesson_05.gae_explorer import (
    GaeExplorer,
    scale_for,
    subscript,
    weight_written,
    written,
)
from ppo_lib.course.words import ENGLISH

DEFAULT_VALUES = [0.7, 0.6, 0.4, 0.1, 1.0, 0.5, 1.2, 0.6, 0.8]

# A state for each case of the words.
STATES: list[tuple[str, dict[str, Any]]] = [
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


def some_states(count: int) -> list[dict[str, Any]]:
    """Return random values of every trait, the ends of γ and λ often among them."""
    generator = random.Random(7)

    def numbers(limit: float, count: int) -> list[float]:
        return [round(generator.uniform(-limit, limit), 1) for _ in range(count)]

    def share() -> float:
        return generator.choice([0.0, 1.0, round(generator.random(), 2)])

    return [
        {
            "rewards": numbers(2, 8),
            "values": numbers(3, 9),
            "final_value": numbers(3, 1)[0],
            "gamma": share(),
            "gae_lambda": share(),
            "end": generator.choice(["none", "terminated", "truncated"]),
            "end_step": generator.randrange(7),
            "step": generator.randrange(8),
        }
        for _ in range(count)
    ]


# The arithmetic -------------------------------------------------------------------------


def test_the_advantages_of_the_first_picture_by_hand() -> None:
    explorer = GaeExplorer()
    # γ = 0.9. The first episode: step 4 ends it with 1.5 against V = 1, and nothing follows.
    # δ_4 = 1.5 − 1 = 0.5     δ_3 = 0.9 · 1.0 − 0.1 = 0.8    δ_2 = 0.9 · 0.1 − 0.4 = −0.31
    # δ_1 = −0.5 + 0.9 · 0.4 − 0.6 = −0.74                   δ_0 = 0.9 · 0.6 − 0.7 = −0.16
    # The second: δ_5 = 0.9 · 1.2 − 0.5 = 0.58, δ_6 = 0.9 · 0.6 − 1.2 = −0.66,
    # and δ_7 = 1 + 0.9 · 0.8 − 0.6 = 1.12 with V(s_8) for all that comes after the rollout.
    expected = [-0.16, -0.74, -0.31, 0.8, 0.5, 0.58, -0.66, 1.12]
    assert explorer.td_errors() == pytest.approx(expected)
    # γλ = 0.72: Â_4 = 0.5, Â_3 = 0.8 + 0.36 = 1.16, Â_2 = −0.31 + 0.72 · 1.16 = 0.5252
    assert explorer.advantages()[2:5] == pytest.approx([0.5252, 1.16, 0.5])
    assert explorer.weights() == pytest.approx([0, 0, 1, 0.72, 0.72**2, 0, 0, 0])


def test_a_truncated_end_differs_from_a_terminated_one_by_the_discounted_last_value() -> None:
    terminated = GaeExplorer(final_value=2.0)
    truncated = GaeExplorer(final_value=2.0, end="truncated")
    # δ_4 gains 0.9 · 2 = 1.8; 0.72 of it reaches step 3, 0.72² step 2, none the other episode.
    gained = [1.8 * 0.72**back for back in (4, 3, 2, 1, 0)]
    difference = truncated.advantages() - terminated.advantages()
    assert difference == pytest.approx([*gained, 0, 0, 0])


def test_an_end_puts_another_episode_behind_it() -> None:
    none, cut = GaeExplorer(end="none"), GaeExplorer(end="truncated", final_value=-1.5, end_step=3)
    next_values = cut.trajectory().next_values.flatten().tolist()
    assert none.trajectory().next_values.flatten().tolist() == DEFAULT_VALUES[1:]
    assert next_values == [0.6, 0.4, 0.1, -1.5, 0.5, 1.2, 0.6, 0.8]
    assert cut.trajectory().truncated.flatten().tolist() == [t == 3 for t in range(8)]
    assert not cut.trajectory().terminated.any() and not none.trajectory().truncated.any()
    ended = GaeExplorer(end_step=0).trajectory()
    assert ended.terminated.flatten().tolist() == [t == 0 for t in range(8)]


def slow_advantage(state: dict[str, Any], step: int) -> float:
    """Return Σ (γλ)^l δ_{t+l}, step by step from the definition of each term."""
    gamma, gae_lambda, total, weight = state["gamma"], state["gae_lambda"], 0.0, 1.0
    for t in range(step, 8):
        following = state["values"][t + 1]
        is_end = state["end"] != "none" and t == state["end_step"]
        if is_end:
            following = state["final_value"] if state["end"] == "truncated" else 0.0
        error = state["rewards"][t] + gamma * following - state["values"][t]
        total += weight * error
        weight *= gamma * gae_lambda
        if is_end:
            break
    return total


def test_the_advantages_and_their_terms_equal_a_slow_sum() -> None:
    for state in some_states(300):
        explorer = GaeExplorer(**state)
        slow = [slow_advantage(state, step) for step in range(8)]
        assert explorer.advantages() == pytest.approx(slow, abs=1e-12)
        parts = explorer.weights() * explorer.td_errors()
        assert parts.sum() == pytest.approx(slow[explorer.step], abs=1e-12)


@pytest.mark.parametrize(("case", "state"), STATES)
def test_what_is_said_of_each_case_is_true(case: str, state: dict[str, Any]) -> None:
    explorer = GaeExplorer(**state)
    assert explorer.case == case
    t, last = explorer.step, explorer.last_step
    advantage = explorer.advantages()[t]
    if case == "gamma_zero":
        assert advantage == explorer.rewards[t] - explorer.values[t]
    if case == "lambda_zero":
        assert advantage == explorer.td_errors()[t] and last > t
        assert advantage == pytest.approx(
            explorer.rewards[t] + explorer.gamma * explorer.values[t + 1] - explorer.values[t]
        )
    if case.startswith("lambda_one"):
        discounts = explorer.gamma ** np.arange(last + 2 - t)
        ending = {"terminated": 0.0, "truncated": explorer.final_value, "rollout": 0.8}
        flow = [*explorer.rewards[t : last + 1], ending[explorer.stop]]
        assert advantage == pytest.approx(float(discounts @ flow) - explorer.values[t])
    if explorer.stop == "rollout":
        assert last == 7
    else:
        assert last == explorer.end_step and explorer.stop == explorer.end
    assert np.flatnonzero(explorer.weights()).max() <= last


def test_with_lambda_one_no_value_between_counts_and_with_less_it_does() -> None:
    for gae_lambda, moves in [(1.0, False), (0.99, True), (0.0, True)]:
        explorer = GaeExplorer(0.9, gae_lambda)
        before = explorer.advantages()[2]
        explorer.values = [2.0 if t == 3 else value for t, value in enumerate(explorer.values)]
        assert (abs(explorer.advantages()[2] - before) > 1e-9) == moves, gae_lambda


def test_the_axis_is_the_first_that_all_numbers_fit_into() -> None:
    assert [scale_for([x, 0.1]) for x in (0, -1.5, 1.51, 3, 5.9, -12, 22)] == [
        1.5, 1.5, 2, 3, 6, 12, 24,
    ]  # fmt: skip
    # The greatest there is: γ = λ = 1, every reward 2, V from −3 to 3.
    greatest = GaeExplorer(
        1.0, 1.0, end="none", rewards=[2.0] * 8, values=[-3.0] * 8 + [3.0], step=0
    )
    assert greatest.advantages().max() == 22.0
    assert scale_for(greatest.advantages().tolist()) == 24


# The words and the picture --------------------------------------------------------------


def drawn(explorer: GaeExplorer) -> bytes:
    """Return the still picture, small and quickly drawn."""
    figure, file = Figure(figsize=(9, 4.6), layout="constrained"), io.BytesIO()
    explorer.draw_still(figure)
    figure.savefig(file, format="rgba", dpi=40)
    return file.getvalue()


@pytest.mark.parametrize(("case", "state"), STATES)
def test_every_case_is_drawn_and_described(case: str, state: dict[str, Any]) -> None:
    explorer = GaeExplorer(**state)
    words = explorer.describe()
    start = ENGLISH[f"gae_explorer.case.{case}.words"].split("{")[0]
    assert start in words and "{" not in words
    value = written(explorer.advantages()[explorer.step])
    assert f"Â{subscript(explorer.step)} = {value}, the sum 1 · " in words
    assert len(set(drawn(explorer))) > 20  # shades


def test_every_case_of_the_table_is_tried() -> None:
    keys = {key for key in ENGLISH if key.startswith("gae_explorer.case.")}
    assert keys == {f"gae_explorer.case.{case}.words" for case, _ in STATES}


def test_the_words_and_the_picture_follow_every_trait() -> None:
    changes = {
        "rewards": [1.0] * 8,
        "values": [1.0] * 9,
        "final_value": -2.0,
        "gamma": 0.5,
        "gae_lambda": 0.3,
        "end": "terminated",
        "end_step": 1,
        "step": 1,
    }
    for name, value in changes.items():
        explorer = GaeExplorer(end="truncated")
        before = explorer.describe(), drawn(explorer)
        setattr(explorer, name, value)
        assert explorer.describe() != before[0], name
        assert drawn(explorer) != before[1], name


@pytest.mark.parametrize("end", ["none", "terminated"])
def test_the_last_observations_value_counts_only_where_the_end_is_truncated(end: str) -> None:
    explorer = GaeExplorer(end=end)
    before = explorer.describe(), drawn(explorer)
    explorer.final_value = -3.0
    assert (explorer.describe(), drawn(explorer)) == before


def test_the_sum_is_written_with_every_term_that_counts() -> None:
    assert "Â₂ = 0.53, the sum 1 · −0.31 + 0.72 · 0.80 + 0.52 · 0.50." in GaeExplorer().describe()
    assert "Â₂ = −0.31, the sum 1 · −0.31." in GaeExplorer(gae_lambda=0.0).describe()


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.125, 2, "0.13"),  # a tie: the browser rounds it away from 0
        (-0.125, 2, "−0.13"),
        (0.575, 2, "0.57"),  # no tie: in binary it is a little less
        (0.575 + 1e-13, 2, "0.57"),  # nor is this: it is 0.575, added up in another way
        (-0.004, 2, "0.00"),
        (-1e-17, 1, "0.0"),
        (-12.34, 1, "−12.3"),
        (22.0, 2, "22.00"),
    ],
)
def test_numbers_are_written_as_the_front_end_writes_them(
    value: float, digits: int, text: str
) -> None:
    assert written(value, digits) == text


def test_weights_and_indices_are_written_shortly() -> None:
    assert [weight_written(w) for w in (0.0, 1.0, 0.72, 0.004)] == ["0", "1", "0.72", "0.00"]
    assert subscript(8) == "₈" and subscript(10) == "₁₀"


# The traits -----------------------------------------------------------------------------

BAD_VALUES = [
    ("rewards", [0.0] * 7, r"rewards must be a list of 8 numbers between -2\.0 and 2\.0, got \[0"),
    ("rewards", [0.0] * 7 + [2.1], r"rewards must be a list of 8 numbers .*2\.1\]"),
    ("rewards", [0.0] * 7 + [float("nan")], r"rewards must be a list of 8 .*nan\]"),
    ("rewards", [0.0] * 7 + ["1"], r"rewards must be a list of 8 .*'1'\]"),
    ("rewards", [0.0] * 7 + [True], r"rewards must be a list of 8 .*True\]"),
    ("rewards", 1.0, r"rewards must be a list of 8 .*got 1\.0"),
    ("values", [0.0] * 8, r"values must be a list of 9 numbers between -3\.0 and 3\.0, got \[0"),
    ("values", [-3.1] + [0.0] * 8, r"values must be a list of 9 .*got \[-3\.1"),
    ("values", [float("inf")] * 9, r"values must be a list of 9 .*got \[inf"),
    ("final_value", 4, r"final_value must be a number between -3\.0 and 3\.0, got 4"),
    ("gamma", 1.01, r"gamma must be a number between 0 and 1, got 1\.01"),
    ("gae_lambda", -0.1, r"gae_lambda must be a number between 0 and 1, got -0\.1"),
    ("end", "done", r"'end'.*\['none', 'terminated', 'truncated'\], not the str 'done'"),
    ("end_step", 7, r"end_step must be a whole number between 0 and 6, got 7"),
    ("step", 8, r"step must be a whole number between 0 and 7, got 8"),
    ("step", 2.0, r"step must be a whole number between 0 and 7, got 2\.0"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD_VALUES)
def test_a_bad_value_is_refused_by_name_value_and_range(
    name: str, value: object, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        GaeExplorer(**{name: value})  # type: ignore[arg-type]
    explorer = GaeExplorer()
    before = getattr(explorer, name)
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before


def test_a_tuple_of_whole_numbers_is_taken_as_a_list_of_floats() -> None:
    rewards = GaeExplorer(rewards=(0, 1, 0, 0, 2, 0, -2, 0)).rewards
    assert rewards == [0, 1, 0, 0, 2, 0, -2, 0]
    assert all(isinstance(reward, float) for reward in rewards)


def test_two_explorers_do_not_share_their_lists() -> None:
    first, second = GaeExplorer(), GaeExplorer()
    first.rewards, first.values = [1.0] * 8, [1.0] * 9
    assert second.rewards != first.rewards and second.values == DEFAULT_VALUES


def test_repr_is_the_call_that_makes_it() -> None:
    explorer = GaeExplorer(0.5, end="truncated", step=1)
    assert repr(explorer) == "GaeExplorer(gamma=0.5, gae_lambda=0.8, end='truncated', step=1)"
    assert eval(repr(explorer)).describe() == explorer.describe()
