"""The clip explorer without a browser: its mathematics against the loss, its words, its errors."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
import torch
import traitlets
from js_engine import JsEngine, planted, synced
from torch import Tensor

from ppo_lib.course.lesson_04.clip_explorer import ClipExplorer
from ppo_lib.course.words import ENGLISH
from ppo_lib.losses import clipped_surrogate

# The six cases, then the edges of the band (they belong to it) and A = 0.
CASES = [
    (0.5, 1.0, 1),
    (1.0, 1.0, 2),
    (1.5, 1.0, 3),
    (0.5, -1.0, 4),
    (1.0, -1.0, 5),
    (1.5, -1.0, 6),
    (0.8, 1.0, 2),
    (1.2, 1.0, 2),
    (0.8, -1.0, 5),
    (1.2, -1.0, 5),
    (1.5, 0.0, 0),
]
COLUMNS = """({ objective, gradient }, rows) => rows.map(([r, a, e]) => [
  objective(r, a, e, true), gradient(r, a, e, true),
  objective(r, a, e, false), gradient(r, a, e, false)])"""
WORDS = """({ readState, makeModel, wordsFor, say }, states) => states.map((state) => {
  const read = readState(makeModel(state));
  return [read.case, wordsFor(read, say)];
})"""


@pytest.fixture(scope="module")
def engine() -> JsEngine:
    return JsEngine(ClipExplorer)


@pytest.fixture(scope="module")
def grid() -> tuple[list[list[float]], np.ndarray]:
    """Rows of (ratio, advantage, clip range), and what `ppo_lib.losses` makes of each.

    The columns are the objective, its slope in the ratio, and both again without the min. No
    ratio lies on an edge of the band, where one rounding of exp(log r) would decide.
    """
    ratios = torch.from_numpy(np.linspace(0.013, 2.497, 107))
    advantages = torch.linspace(-1.5, 1.5, 13, dtype=torch.float64)
    log_probs, columns = torch.meshgrid(ratios.log(), advantages, indexing="ij")
    log_probs, columns = log_probs.reshape(-1), columns.reshape(-1)
    rows, expected = [], []
    for clip_range in [0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5]:

        def of_one_sample(
            log_prob: Tensor, advantage: Tensor, clip_range: float = clip_range
        ) -> Tensor:
            old = torch.zeros_like(log_prob[None])
            return clipped_surrogate(log_prob[None], old, advantage[None], clip_range)

        objectives = torch.func.vmap(of_one_sample)(log_probs, columns)
        slopes = torch.func.vmap(torch.func.grad(of_one_sample))(log_probs, columns)
        slopes = slopes / log_probs.exp()  # dL/dr = (dL/dlog r) / r
        ratio = log_probs.exp().requires_grad_()
        without_min = ratio.clamp(1.0 - clip_range, 1.0 + clip_range) * columns
        (flat,) = torch.autograd.grad(without_min.sum(), ratio)
        edges = torch.tensor([1 - clip_range, 1 + clip_range])
        assert ((ratio[:, None] - edges).abs() > 1e-6).all()
        rows += [[r, a, clip_range] for r, a in zip(ratio.tolist(), columns.tolist(), strict=True)]
        expected.append(torch.stack([objectives, slopes, without_min.detach(), flat], dim=1))
    assert len(rows) >= 10_000
    return rows, torch.cat(expected).numpy()


def test_objective_and_slope_are_those_of_the_loss_that_trains_the_agent(
    engine: JsEngine, grid: tuple[list[list[float]], np.ndarray]
) -> None:
    rows, expected = grid
    np.testing.assert_allclose(engine.run(COLUMNS, rows), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Math.min(unclippedTerm", "Math.max(unclippedTerm"),
        ("side === Math.sign(advantage)", "side === -Math.sign(advantage)"),
        ("clamp(ratio, 1 - clipRange, 1 + clipRange)", "clamp(ratio, -clipRange, clipRange)"),
        ("(cutsTheIncentive || !useMin)", "cutsTheIncentive"),
        ("side !== 0 && (cutsTheIncentive || !useMin)", "side !== 0"),
    ],
)
def test_the_grid_catches_a_planted_error(
    grid: tuple[list[list[float]], np.ndarray], right: str, wrong: str
) -> None:
    rows, expected = grid
    with planted(ClipExplorer, right, wrong) as engine:
        assert (np.abs(np.array(engine.run(COLUMNS, rows)) - expected) > 0.01).any()


def test_the_slope_on_a_kink_is_the_one_that_autograd_takes(engine: JsEngine) -> None:
    rows = [
        [ratio, advantage, clip_range, use_min]
        for clip_range in (0.1, 0.2, 0.25, 0.5)
        for ratio in (1 - clip_range, 1 + clip_range)
        for advantage in (1.0, -1.0)
        for use_min in (True, False)
    ]
    got = engine.run("({ gradient }, rows) => rows.map((row) => gradient(...row))", rows)
    for (value, advantage, clip_range, use_min), slope in zip(rows, got, strict=True):
        r = torch.tensor(value, dtype=torch.float64, requires_grad=True)
        clipped = r.clamp(1.0 - clip_range, 1.0 + clip_range) * advantage
        objective = torch.min(r * advantage, clipped) if use_min else clipped
        assert slope == torch.autograd.grad(objective, r)[0].item()


def test_the_case_follows_the_ratio_and_the_sign_of_the_advantage(engine: JsEngine) -> None:
    for ratio, advantage, case in CASES:
        assert engine.call("caseOf", ratio, advantage, 0.2) == case
    for percent in range(1, 51):  # 1 - 0.41 is 0.5900000000000001, and the point stops at 0.59
        for edge in (100 - percent, 100 + percent):
            assert engine.call("caseOf", edge / 100, 1.0, 0.01 * percent) == 2
            assert engine.call("caseOf", edge / 100, -1.0, 0.01 * percent) == 5


def test_leaving_out_the_min_loses_the_gradient_in_cases_1_and_6_only(engine: JsEngine) -> None:
    for ratio, advantage, case in CASES[:6]:
        kept, left = (engine.call("gradient", ratio, advantage, 0.2, use) for use in (True, False))
        assert (kept != left) == (case in (1, 6))


# The words ------------------------------------------------------------------------------


def words_of(engine: JsEngine, **state: Any) -> str:
    ((_, words),) = engine.run(WORDS, [synced(ClipExplorer(**state))])
    return str(words)


def test_every_state_is_said_in_the_words_of_its_case(engine: JsEngine) -> None:
    states = [
        {"ratio": ratio, "advantage": advantage, "use_min": use_min, "clip_range": 0.2}
        for (ratio, advantage, _), use_min in itertools.product(CASES, (True, False))
    ]
    heard = engine.run(WORDS, states)
    cases = [case for *_, case in CASES for _ in (True, False)]
    assert [case for case, _ in heard] == cases
    for state, (case, words) in zip(states, heard, strict=True):
        lost = not state["use_min"] and case in (1, 6)
        key = f"clip_explorer.case.{case}.{'without_min' if lost else 'words'}"
        assert words.startswith(ENGLISH[key])
        assert not re.search(r"[{}]|undefined|NaN", words)


@pytest.mark.parametrize(
    ("ratio", "advantage", "use_min", "slopes"),
    [
        (1.2, 1.0, True, ("1.00", "0.00")),
        (0.8, -1.0, True, ("0.00", "−1.00")),
        (0.8, 1.0, True, None),  # the min makes no kink here: r·A goes on
        (0.8, 1.0, False, ("0.00", "1.00")),
        (1.2, 0.0, True, None),
        (1.0, 1.0, True, None),
    ],
)
def test_a_kink_is_described_where_there_is_one(
    engine: JsEngine,
    ratio: float,
    advantage: float,
    use_min: bool,
    slopes: tuple[str, str] | None,
) -> None:
    words = words_of(engine, ratio=ratio, advantage=advantage, use_min=use_min)
    assert ("kink" in words) == (slopes is not None)
    if slopes:
        assert f"slope is {slopes[0]} on the left and {slopes[1]} on the right" in words


def test_the_words_never_claim_that_the_clip_keeps_the_ratio_in_the_band() -> None:
    words = " ".join(v for k, v in ENGLISH.items() if k.startswith("clip_explorer."))
    assert not re.search(r"keeps? the ratio|stays? (in|inside|within)|forces?|guarantee", words)
    for case in (3, 4):
        assert "can still move its ratio" in ENGLISH[f"clip_explorer.case.{case}.words"]


# The traits -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("clip_range", 0.0, r"clip_range must be a number between 0\.01 and 0\.5, got 0\.0"),
        ("clip_range", float("nan"), r"clip_range must be a number between .*, got nan"),
        ("advantage", float("inf"), r"advantage must be a number between -1\.5 and 1\.5, got inf"),
        ("ratio", -1, r"ratio must be a number between 0\.01 and 2\.5, got -1"),
        ("ratio", "1", r"ratio must be a number between 0\.01 and 2\.5, got '1'"),
        ("ratio", True, r"ratio must be a number between 0\.01 and 2\.5, got True"),
        ("use_min", "yes", "use_min"),
    ],
)
def test_a_bad_value_is_refused_by_name_value_and_range(
    name: str, value: object, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ClipExplorer(**{name: value})  # type: ignore[arg-type]
    explorer = ClipExplorer()
    before = getattr(explorer, name)
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before


def test_a_whole_number_is_taken_as_a_float() -> None:
    explorer = ClipExplorer(ratio=2)
    assert explorer.ratio == 2.0
    assert isinstance(explorer.ratio, float)


def test_the_case_is_the_front_ends_to_say() -> None:
    explorer = ClipExplorer(ratio=1.5)
    assert explorer.case is None
    with pytest.raises(traitlets.TraitError, match="read-only"):
        explorer.case = 3
    explorer.set_state({"case": 3})  # as its messages do
    assert explorer.case == 3


def test_repr_is_the_call_that_makes_it() -> None:
    explorer = ClipExplorer(0.1, -0.5, 1.3, use_min=False)
    assert repr(explorer) == (
        "ClipExplorer(clip_range=0.1, advantage=-0.5, ratio=1.3, use_min=False)"
    )
    assert synced(eval(repr(explorer))) == synced(explorer)
