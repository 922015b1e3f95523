"""Explorers without a browser: their traits, their still picture, their strings."""

from __future__ import annotations

import base64
import inspect
import re
import string
import struct

import numpy as np
import pytest
import torch
import traitlets

from ppo_lib import widgets
from ppo_lib.course.explorers.explorer import BoundedFloat, BoundedInt, Explorer
from ppo_lib.course.figures.palette import COLORS
from ppo_lib.course.lesson_04.clip_explorer import ClipExplorer, clip_case, clip_gradient
from ppo_lib.course.words import ENGLISH
from ppo_lib.losses import clipped_surrogate

EXPLORERS = [getattr(widgets, name) for name in widgets.__all__ if name != "Explorer"]
WIDGET = "application/vnd.jupyter.widget-view+json"

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


@pytest.mark.parametrize(("ratio", "advantage", "case"), CASES)
def test_the_case_follows_the_ratio_and_the_sign_of_the_advantage(
    ratio: float, advantage: float, case: int
) -> None:
    assert clip_case(ratio, advantage, 0.2) == case
    assert ClipExplorer(ratio=ratio, advantage=advantage).case == case


def test_the_case_follows_every_trait_that_decides_it() -> None:
    explorer = ClipExplorer()
    explorer.ratio = 1.3
    assert explorer.case == 3
    explorer.clip_range = 0.4
    assert explorer.case == 2
    explorer.advantage = -1.0
    assert explorer.case == 5


def test_the_case_is_read_only() -> None:
    with pytest.raises(traitlets.TraitError, match="read-only"):
        ClipExplorer().case = 3


@pytest.mark.parametrize("clip_range", [0.01 * percent for percent in range(1, 51)])
@pytest.mark.parametrize("advantage", [1.0, -1.0])
def test_a_slider_stop_on_an_edge_counts_as_the_edge(clip_range: float, advantage: float) -> None:
    # 1 - 0.41 is 0.5900000000000001 in binary, and the point stops at 0.59.
    inside = 2 if advantage > 0 else 5
    assert clip_case(round(1 - clip_range, 2), advantage, clip_range) == inside
    assert clip_case(round(1 + clip_range, 2), advantage, clip_range) == inside


@pytest.mark.parametrize("clip_range", [0.05, 0.2, 0.5])
@pytest.mark.parametrize("advantage", [-1.5, -0.3, 0.0, 0.3, 1.5])
def test_terms_and_gradient_equal_the_loss_that_trains_the_agent(
    clip_range: float, advantage: float
) -> None:
    explorer = ClipExplorer(clip_range=clip_range, advantage=advantage)
    for ratio in np.linspace(0.013, 2.497, 83):  # none on an edge of the band
        log_prob = torch.tensor([np.log(ratio)], requires_grad=True)
        objective = clipped_surrogate(
            log_prob, torch.zeros_like(log_prob), torch.full_like(log_prob, advantage), clip_range
        )
        (slope,) = torch.autograd.grad(objective, log_prob)  # dL/dlog r = r dL/dr
        assert explorer.terms([ratio])[2][0] == pytest.approx(objective.item(), abs=1e-12)
        gradient = clip_gradient(ratio, advantage, clip_range, use_min=True)
        assert gradient == pytest.approx(slope.item() / ratio, abs=1e-12)


@pytest.mark.parametrize("use_min", [True, False])
@pytest.mark.parametrize("advantage", [1.0, -1.0, 0.0])
@pytest.mark.parametrize("ratio", [0.5, 0.8, 1.0, 1.2, 1.5])
def test_the_gradient_is_what_autograd_returns_on_the_kinks_too(
    ratio: float, advantage: float, use_min: bool
) -> None:
    r = torch.tensor(ratio, dtype=torch.float64, requires_grad=True)
    clipped = r.clamp(1 - 0.2, 1 + 0.2) * advantage
    objective = torch.min(r * advantage, clipped) if use_min else clipped
    (slope,) = torch.autograd.grad(objective, r)
    assert clip_gradient(ratio, advantage, 0.2, use_min) == slope.item()


def test_leaving_out_the_min_loses_the_gradient_in_cases_1_and_6_only() -> None:
    for ratio, advantage, case in CASES[:6]:
        kept = clip_gradient(ratio, advantage, 0.2, use_min=True)
        left = clip_gradient(ratio, advantage, 0.2, use_min=False)
        assert (kept != left) == (case in (1, 6))


BAD_VALUES = [
    ("clip_range", 0.0, r"clip_range must be a number between 0\.01 and 0\.5, got 0\.0"),
    ("clip_range", float("nan"), r"clip_range must be a number between .*, got nan"),
    ("advantage", float("inf"), r"advantage must be a number between -1\.5 and 1\.5, got inf"),
    ("ratio", -1, r"ratio must be a number between 0\.01 and 2\.5, got -1"),
    ("ratio", "1", r"ratio must be a number between 0\.01 and 2\.5, got '1'"),
    ("ratio", True, r"ratio must be a number between 0\.01 and 2\.5, got True"),
    ("use_min", "yes", "use_min"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD_VALUES)
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


@pytest.mark.parametrize("explorer_class", EXPLORERS)
def test_the_bundle_holds_the_widget_a_still_picture_and_words(
    explorer_class: type[Explorer],
) -> None:
    explorer = explorer_class()
    bundle = explorer._repr_mimebundle_()
    assert bundle is not None
    data, metadata = bundle
    assert data[WIDGET]["model_id"] == explorer.model_id
    assert data["text/plain"] == explorer.describe()
    assert metadata["image/png"]["alt"] == explorer.describe()
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG\r\n")
    width, _ = struct.unpack(">II", png[16:24])
    assert width >= 2 * metadata["image/png"]["width"] - 2  # sharp on a projector
    assert len(png) < 100_000  # it lies in the notebook's file


def test_the_still_picture_and_the_words_follow_the_state() -> None:
    explorer = ClipExplorer()
    before = explorer.still_png(), explorer.describe()
    assert before == (explorer.still_png(), explorer.describe())
    explorer.ratio = 1.7
    assert explorer.still_png() != before[0]
    assert "no longer pushes" in explorer.describe()
    explorer.ratio, explorer.use_min = 0.4, False
    assert "lost its pull" in explorer.describe()


@pytest.mark.parametrize("use_min", [True, False])
@pytest.mark.parametrize(("ratio", "advantage", "case"), CASES)
def test_every_case_can_be_drawn_and_described(
    ratio: float, advantage: float, case: int, use_min: bool
) -> None:
    explorer = ClipExplorer(ratio=ratio, advantage=advantage, use_min=use_min)
    assert explorer.still_png()
    assert explorer.say(f"case.{case}.place") in explorer.describe()


@pytest.mark.parametrize(
    ("ratio", "advantage", "use_min", "slopes"),
    [
        (1.2, 1.0, True, ("1.00", "0.00")),
        (0.8, -1.0, True, ("0.00", "-1.00")),
        (0.8, 1.0, True, None),  # the min makes no kink here: r·A goes on
        (0.8, 1.0, False, ("0.00", "1.00")),
        (1.2, 0.0, True, None),
        (1.0, 1.0, True, None),
    ],
)
def test_a_kink_is_described_where_there_is_one(
    ratio: float, advantage: float, use_min: bool, slopes: tuple[str, str] | None
) -> None:
    words = ClipExplorer(ratio=ratio, advantage=advantage, use_min=use_min).describe()
    assert ("kink" in words) == (slopes is not None)
    if slopes:
        assert f"slope is {slopes[0]} on the left and {slopes[1]} on the right" in words


def test_pyplot_is_left_alone() -> None:
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    ClipExplorer().still_png()
    assert plt.get_fignums() == before


def test_repr_is_the_call_that_makes_it() -> None:
    explorer = ClipExplorer(0.1, -0.5, 1.3, use_min=False)
    assert repr(explorer) == (
        "ClipExplorer(clip_range=0.1, advantage=-0.5, ratio=1.3, use_min=False)"
    )
    assert eval(repr(explorer)).describe() == explorer.describe()


@pytest.mark.parametrize("explorer_class", EXPLORERS)
def test_an_argument_that_is_no_traits_is_refused_by_name(explorer_class: type[Explorer]) -> None:
    with pytest.raises(TypeError, match="takes no argument 'colour'"):
        explorer_class(colour="red")


@pytest.mark.parametrize("explorer_class", EXPLORERS)
def test_every_string_that_the_front_end_asks_for_is_in_the_table(
    explorer_class: type[Explorer],
) -> None:
    strings = explorer_class().strings
    source = str(explorer_class._esm)
    asked = re.findall(r"\bsay\(\s*[\"`]([^\"`]+)[\"`]", source)
    assert len(asked) > 20
    for key in asked:
        pattern = re.sub(r"\\\$\\\{.*?\\\}", ".+", re.escape(key))  # `case.${number}.place`
        found = [name for name in strings if re.fullmatch(pattern, name)]
        assert found, f"{key} is not in ppo_lib/strings.py"


@pytest.mark.parametrize("explorer_class", EXPLORERS)
def test_every_string_of_the_table_is_asked_for(explorer_class: type[Explorer]) -> None:
    module = inspect.getmodule(explorer_class)
    assert module is not None
    source = str(explorer_class._esm) + inspect.getsource(module)
    for key in explorer_class().strings:
        head, _, tail = key.rpartition(".")
        if re.fullmatch(r"\w+\.\w+", head):  # "case.3.words"
            assert re.search(rf"[.\"']{tail}\b", source), key
        else:
            assert key in source or f"{head}." in source, key


def test_every_field_of_a_string_is_filled_in() -> None:
    for ratio, advantage, _ in CASES:
        for use_min in (True, False):
            words = ClipExplorer(ratio=ratio, advantage=advantage, use_min=use_min).describe()
            assert "{" not in words


@pytest.mark.parametrize("explorer_class", EXPLORERS)
def test_every_field_is_one_that_the_front_end_can_fill(explorer_class: type[Explorer]) -> None:
    for key, value in explorer_class().strings.items():
        for _, field, form, _ in string.Formatter().parse(value):
            assert field is None or (re.fullmatch(r"\w+", field) and not form), key


def test_the_words_never_claim_that_the_clip_keeps_the_ratio_in_the_band() -> None:
    words = " ".join(v for k, v in ENGLISH.items() if k.startswith("clip_explorer."))
    assert not re.search(r"keeps? the ratio|stays? (in|inside|within)|forces?|guarantee", words)
    for case in (3, 4):
        assert "can still move its ratio" in ENGLISH[f"clip_explorer.case.{case}.words"]


@pytest.mark.parametrize("explorer_class", EXPLORERS)
def test_the_front_end_is_complete_in_itself(explorer_class: type[Explorer]) -> None:
    source, style = str(explorer_class._esm), str(explorer_class._css)
    addresses = set(re.findall(r"https?://[^\s\"'`]+", source + style))
    assert addresses <= {"http://www.w3.org/2000/svg"}  # a name space, never fetched
    assert not re.search(r"^\s*import\b|\bimport\(|\bfetch\(|\beval\(", source, re.MULTILINE)
    assert "@import" not in style and "url(" not in style
    assert source.count("export ") == 1 and "export default { render };" in source
    assert "innerHTML" not in source


@pytest.mark.parametrize("explorer_class", EXPLORERS)
def test_colours_come_from_the_palette(explorer_class: type[Explorer]) -> None:
    explorer = explorer_class()
    assert explorer.colors == COLORS
    assert not re.search(r"#[0-9a-fA-F]{6}", str(explorer_class._esm))


@pytest.mark.parametrize("explorer_class", EXPLORERS)
def test_no_text_is_smaller_than_12_pt(explorer_class: type[Explorer]) -> None:
    sizes = re.findall(r"font-size: (\d+)px", str(explorer_class._css))
    assert sizes
    assert min(map(int, sizes)) >= 16  # 12 pt


def test_an_explorer_in_another_language_needs_no_change_of_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from ppo_lib.course import words as strings

    monkeypatch.setitem(strings.TABLES, "xx", {"clip_explorer.title": "剪辑"})
    monkeypatch.setattr(strings, "_language", "xx")
    assert ClipExplorer().strings["title"] == "剪辑"


class Bounded(Explorer):
    """An explorer with one trait of each kind that has a range."""

    string_prefix = "bounded"
    rate = BoundedFloat(0.01, low=0.001, high=1, step=2, scale="log")
    count = BoundedInt(4, low=1, high=8)
    kind = traitlets.Enum(["one", "two"], "one").tag(sync=True)
    place = traitlets.Enum(["here"], "here")  # not the front end's


def test_the_front_end_is_told_the_range_of_every_trait() -> None:
    assert Bounded().bounds == {
        "rate": {"low": 0.001, "high": 1, "step": 2, "scale": "log", "whole": False},
        "count": {"low": 1, "high": 8, "step": 1, "scale": "linear", "whole": True},
        "kind": {"values": ["one", "two"]},
    }


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("count", 2.0, "count must be a whole number between 1 and 8, got 2.0"),
        ("count", True, "count must be a whole number between 1 and 8, got True"),
        ("count", 9, "count must be a whole number between 1 and 8, got 9"),
        ("count", 0, "count must be a whole number between 1 and 8, got 0"),
        ("rate", 0, "rate must be a number between 0.001 and 1, got 0"),
        ("kind", "three", r"kind.*\['one', 'two'\], not the str 'three'"),
    ],
)
def test_a_value_out_of_range_is_refused(name: str, value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Bounded(**{name: value})
    assert Bounded(count=8, rate=1, kind="two").count == 8


def test_a_subclass_must_say_what_it_shows() -> None:
    class Empty(Explorer):
        string_prefix = "empty"

    with pytest.raises(NotImplementedError):
        Empty().describe()
    with pytest.raises(NotImplementedError):
        Empty().still_png()
