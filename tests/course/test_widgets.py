"""What holds for every explorer without a browser: traits, what a cell shows, strings, source."""

from __future__ import annotations

import inspect
import re
import string
from pathlib import Path

import pytest
import traitlets

from ppo_lib.course import stills, words
from ppo_lib.course.explorers.bare_page import all_explorers
from ppo_lib.course.explorers.explorer import BoundedFloat, BoundedInt, Explorer
from ppo_lib.course.figures.palette import COLORS

EXPLORERS = all_explorers().values()
every_explorer = pytest.mark.parametrize("explorer_class", EXPLORERS)
VIEW = "application/vnd.jupyter.widget-view+json"


def test_every_lesson_from_01_on_has_an_explorer():
    lessons = sorted(re.findall(r"lesson_\d\d", str(list(EXPLORERS))))
    assert lessons == [f"lesson_{number:02d}" for number in range(1, len(lessons) + 1)]
    assert len(lessons) >= 7


@every_explorer
def test_the_bundle_holds_the_widget_and_the_call_that_makes_it(explorer_class):
    explorer = explorer_class()
    bundle = explorer._repr_mimebundle_()
    assert bundle is not None
    data, _ = bundle
    assert data.pop(VIEW)["model_id"] == explorer.model_id
    assert data == {"text/plain": repr(explorer)}
    assert repr(explorer).startswith(f"{explorer_class.__name__}(")


@every_explorer
def test_an_argument_that_is_no_traits_is_refused_by_name(explorer_class):
    with pytest.raises(TypeError, match="takes no argument 'colour'"):
        explorer_class(colour="red")


@every_explorer
def test_every_string_that_the_front_end_asks_for_is_in_the_table(explorer_class):
    strings = explorer_class().strings
    own = Path(inspect.getfile(explorer_class)).with_suffix(".js").read_text(encoding="utf-8")
    asked = re.findall(r"\bsay\(\s*(?:\"([^\"]+)\"|`([^`]+)`)", own)
    assert len(asked) > 10
    for key in map("".join, asked):
        pattern = re.sub(r"\\\$\\\{.*?\\\}", ".+", re.escape(key))  # `case.${number}.place`
        assert [name for name in strings if re.fullmatch(pattern, name)], f"{key} is in no table"


@every_explorer
def test_every_string_of_the_table_is_asked_for_and_can_be_filled_in(explorer_class):
    source = str(explorer_class._esm) + inspect.getsource(stills)
    for key, value in explorer_class().strings.items():
        head, _, tail = key.rpartition(".")
        if re.fullmatch(r"\w+\.\w+", head):  # "case.3.words"
            assert re.search(rf"[.\"']{tail}\b", source), key
        else:
            assert key in source or f"{head}." in source, key
        for _, field, form, _ in string.Formatter().parse(value):
            assert field is None or (re.fullmatch(r"\w+", field) and not form), key


@every_explorer
def test_the_front_end_is_complete_in_itself(explorer_class):
    source, style = str(explorer_class._esm), str(explorer_class._css)
    addresses = set(re.findall(r"https?://[^\s\"'`]+", source + style))
    assert addresses <= {"http://www.w3.org/2000/svg"}  # a name space, never fetched
    assert not re.search(r"^\s*import\b|\bimport\(|\bfetch\(|\beval\(", source, re.MULTILINE)
    assert "@import" not in style and "url(" not in style
    assert source.count("export ") == 1 and "export default { render };" in source
    assert "innerHTML" not in source


@every_explorer
def test_colours_come_from_the_palette_and_no_text_is_smaller_than_12_pt(explorer_class):
    assert explorer_class().colors == COLORS
    assert not re.search(r"#[0-9a-fA-F]{6}", str(explorer_class._esm))
    sizes = re.findall(r"font-size: (\d+)px", str(explorer_class._css))
    assert min(map(int, sizes)) >= 16  # 12 pt


class Bounded(Explorer):
    """An explorer with one trait of each kind that has a range."""

    string_prefix = "bounded"
    rate = BoundedFloat(0.01, low=0.001, high=1, step=2, scale="log")
    count = BoundedInt(4, low=1, high=8)
    kind = traitlets.Enum(["one", "two"], "one").tag(sync=True)
    place = traitlets.Enum(["here"], "here")  # not the front end's


def test_an_explorer_in_another_language_needs_no_change_of_code(monkeypatch):
    monkeypatch.setitem(words.ENGLISH, "bounded.title", "Bounded")
    monkeypatch.setitem(words.TABLES, "xx", {"bounded.title": "剪辑"})
    assert Bounded().strings == {"title": "Bounded"}
    monkeypatch.setattr(words, "_language", "xx")
    assert Bounded().strings == {"title": "剪辑"}


def test_the_front_end_is_told_the_range_of_every_trait():
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
def test_a_value_out_of_range_is_refused_when_made_and_later(name, value, message):
    with pytest.raises(ValueError, match=message):
        Bounded(**{name: value})
    explorer = Bounded(count=8, rate=1, kind="two")
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(explorer, name, value)
    assert (explorer.count, explorer.rate, explorer.kind) == (8, 1.0, "two")
