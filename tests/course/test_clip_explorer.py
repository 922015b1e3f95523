"""The clip explorer without a browser: its mathematics against the loss, its words, its errors."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
import torch
import traitlets
from explorer_object import check_ranges, check_refused, check_repr
from js_engine import JsEngine, planted, synced

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
ENGINE = JsEngine(ClipExplorer)
COLUMNS = """({ objective, gradient }, rows) => rows.map(([r, a, e]) => [
  objective(r, a, e, true), gradient(r, a, e, true),
  objective(r, a, e, false), gradient(r, a, e, false)])"""
TELL = """({ readState, makeModel, tell, say }, states) =>
  states.map((state) => tell(readState(makeModel(state)), say))"""


@pytest.fixture(scope="module")
def grid():
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

        def of_one_sample(log_prob, advantage, clip_range=clip_range):
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


def test_objective_and_slope_are_those_of_the_loss_that_trains_the_agent(grid):
    rows, expected = grid
    np.testing.assert_allclose(ENGINE.run(COLUMNS, rows), expected, rtol=0, atol=1e-12)


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
def test_the_grid_catches_a_planted_error(grid, right, wrong):
    rows, expected = grid
    with planted(ClipExplorer, right, wrong) as engine:
        assert (np.abs(np.array(engine.run(COLUMNS, rows)) - expected) > 0.01).any()


def test_the_slope_on_a_kink_is_the_one_that_autograd_takes():
    rows = [
        [ratio, advantage, clip_range, use_min]
        for clip_range in (0.1, 0.2, 0.25, 0.5)
        for ratio in (1 - clip_range, 1 + clip_range)
        for advantage in (1.0, -1.0)
        for use_min in (True, False)
    ]
    got = ENGINE.run("({ gradient }, rows) => rows.map((row) => gradient(...row))", rows)
    for (value, advantage, clip_range, use_min), slope in zip(rows, got, strict=True):
        r = torch.tensor(value, dtype=torch.float64, requires_grad=True)
        clipped = r.clamp(1.0 - clip_range, 1.0 + clip_range) * advantage
        objective = torch.min(r * advantage, clipped) if use_min else clipped
        assert slope == torch.autograd.grad(objective, r)[0].item()


def test_the_case_follows_the_ratio_and_the_sign_of_the_advantage():
    for ratio, advantage, case in CASES:
        assert ENGINE.call("caseOf", ratio, advantage, 0.2) == case
    for percent in range(1, 51):  # 1 - 0.41 is 0.5900000000000001, and the point stops at 0.59
        for edge in (100 - percent, 100 + percent):
            assert ENGINE.call("caseOf", edge / 100, 1.0, 0.01 * percent) == 2
            assert ENGINE.call("caseOf", edge / 100, -1.0, 0.01 * percent) == 5


def test_leaving_out_the_min_loses_the_gradient_in_cases_1_and_6_only():
    for ratio, advantage, case in CASES[:6]:
        kept, left = (ENGINE.call("gradient", ratio, advantage, 0.2, use) for use in (True, False))
        assert (kept != left) == (case in (1, 6))


# The words ------------------------------------------------------------------------------


def test_every_state_is_said_in_the_words_of_its_case():
    states = [
        {"ratio": ratio, "advantage": advantage, "use_min": use_min, "clip_range": 0.2}
        for (ratio, advantage, _), use_min in itertools.product(CASES, (True, False))
    ]
    cases = [case for *_, case in CASES for _ in (True, False)]
    for state, case, told in zip(states, cases, ENGINE.run(TELL, states), strict=True):
        lost = not state["use_min"] and case in (1, 6)
        key = f"clip_explorer.case.{case}"
        assert told["words"].startswith(ENGLISH[f"{key}.{'without_min' if lost else 'words'}"])
        place = ENGLISH[f"{key}.place"]
        assert told["heading"] == (f"Case {case}: {place}" if case else place)
        assert f"explorer, {place}: ratio {state['ratio']:.2f}, advantage" in told["picture"]
        assert not re.search(r"[{}]|undefined|NaN", "".join(told.values()))


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
def test_a_kink_is_described_where_there_is_one(ratio, advantage, use_min, slopes):
    state = synced(ClipExplorer(ratio=ratio, advantage=advantage, use_min=use_min))
    words = ENGINE.run(TELL, [state])[0]["words"]
    assert ("kink" in words) == (slopes is not None)
    if slopes:
        assert f"slope is {slopes[0]} on the left and {slopes[1]} on the right" in words


def test_the_words_never_claim_that_the_clip_keeps_the_ratio_in_the_band():
    words = " ".join(v for k, v in ENGLISH.items() if k.startswith("clip_explorer."))
    assert not re.search(r"keeps? the ratio|stays? (in|inside|within)|forces?|guarantee", words)
    for case in (3, 4):
        assert "can still move its ratio" in ENGLISH[f"clip_explorer.case.{case}.words"]


# The traits -----------------------------------------------------------------------------


def test_it_is_written_as_it_is_made_and_refuses_what_is_out_of_range():
    written = "ClipExplorer(clip_range=0.1, advantage=-0.5, ratio=1.3, use_min=False)"
    check_repr(ClipExplorer(0.1, -0.5, 1.3, use_min=False), written)
    ranges = {"clip_range": (0.01, 0.5), "advantage": (-1.5, 1.5), "ratio": (0.01, 2.5)}
    check_ranges(ClipExplorer, ranges)
    check_refused(ClipExplorer, [("use_min", "yes", "use_min")])
    assert isinstance(ClipExplorer(ratio=2).ratio, float)


def test_the_case_is_the_front_ends_to_say():
    explorer = ClipExplorer(ratio=1.5)
    assert explorer.case is None
    with pytest.raises(traitlets.TraitError, match="read-only"):
        explorer.case = 3
    explorer.set_state({"case": 3})  # as its messages do
    assert explorer.case == 3
