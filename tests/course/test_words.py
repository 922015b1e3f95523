"""The one table of strings: how it is read, its fields, English where a language lacks a key."""

from collections.abc import Mapping
from string import Formatter

import pytest

from ppo_lib.course import words
from ppo_lib.course.checks import exercises


@pytest.fixture(autouse=True)
def whole_table_in_english(monkeypatch):
    exercises()  # whose mistakes add what is said of them
    monkeypatch.setattr(words, "_language", "en")


def test_a_string_has_its_fields_filled_in(monkeypatch):
    monkeypatch.setitem(words.ENGLISH, "test.greeting", "hello {name}, {count:.1f}")
    assert words.text("test.greeting", name="Ada", count=2) == "hello Ada, 2.0"


def test_a_string_without_values_is_returned_as_it_stands(monkeypatch):
    monkeypatch.setitem(words.ENGLISH, "test.set", "{0, 1}")
    assert words.text("test.set") == "{0, 1}"


def test_another_language_speaks_and_falls_back_to_english(monkeypatch):
    monkeypatch.setitem(words.ENGLISH, "test.one", "one")
    monkeypatch.setitem(words.ENGLISH, "test.two", "two")
    monkeypatch.setitem(words.TABLES, "xx", {"test.one": "un"})
    words.use_language("xx")
    assert (words.text("test.one"), words.text("test.two")) == ("un", "two")


def test_an_unknown_language_is_refused_and_the_old_one_stays():
    with pytest.raises(ValueError, match=r"language must be one of .*'en'.*, got 'tlh'"):
        words.use_language("tlh")
    assert words.text("axis.env_steps") == words.ENGLISH["axis.env_steps"]


def test_an_unknown_key_is_refused_by_name():
    with pytest.raises(KeyError, match=r"got 'axis\.no_such_thing'"):
        words.text("axis.no_such_thing")


# How a language's file is read.


def read(folder, toml):
    path = folder / "xx.toml"
    path.write_text(toml, encoding="utf-8")
    return words.read_table(path)


def test_a_key_is_a_name_in_its_section(tmp_path):
    table = read(tmp_path, '[axis]\nratio = "r"\n"line.low" = "1 − ε"\n[plot]\nratio = "{r}"')
    assert table == {"axis.ratio": "r", "axis.line.low": "1 − ε", "plot.ratio": "{r}"}


def test_a_long_string_goes_on_where_its_line_ends_in_a_backslash(tmp_path):
    assert read(tmp_path, '[a]\nb = """\\\n    one \\\n    two"""') == {"a.b": "one two"}


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('ratio = "r"', r"xx\.toml must hold strings in sections, got ratio\."),
        ("[axis]\nratio = 1", r"got axis\.ratio"),
        ('[axis]\nline.low = "l"', r"got axis\.line"),
        ('[axis]\nratio = "r"\nratio = "s"', "Cannot overwrite"),
        ("[axis", "Expected"),
    ],
)
def test_a_file_with_anything_else_is_refused(tmp_path, toml, message):
    with pytest.raises(ValueError, match=message):
        read(tmp_path, toml)


def test_a_key_is_added_once_and_keeps_its_string(monkeypatch):
    monkeypatch.setattr(words, "ENGLISH", {"check.right": "Right"})
    words.add_english({"check.sum.no_mean": "Add less."})
    words.add_english({"check.sum.no_mean": "Add less."})  # the same row of another exercise
    for key, says in {"check.sum.no_mean": "Add less.", "check.right": "Right"}.items():
        with pytest.raises(ValueError, match=f"got '{key}', which says '{says}'"):
            words.add_english({key: "Something else."})
    assert words.ENGLISH == {"check.right": "Right", "check.sum.no_mean": "Add less."}


# What the tables hold.


def fields(template: str) -> set[str]:
    """The `{fields}` of a string; a lone brace is a ValueError."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def misfits(table: Mapping[str, str]) -> dict[str, set[str]]:
    """By key the fields that stand in but one of this language and English, or a key it made up."""
    differing = {
        key: fields(template) ^ fields(words.ENGLISH[key]) if key in words.ENGLISH else {"no key"}
        for key, template in table.items()
    }
    return {key: differs for key, differs in differing.items() if differs}


def test_every_string_can_be_read_and_says_something():
    for language, table in words.TABLES.items():
        for key, template in table.items():
            assert template.strip(), (language, key)
            fields(template)  # raises on a lone brace


def test_every_language_has_the_fields_of_english():
    others = {language: table for language, table in words.TABLES.items() if language != "en"}
    assert not any(map(misfits, others.values())), {key: misfits(others[key]) for key in others}


def test_a_field_that_a_language_lacks_or_makes_up_is_found():
    right = {
        "check.multiple": "{factor:.3f} mal so viel",
        "check.wrong_shape": "{expected} statt {got}",
    }
    assert misfits(right) == {}
    wrong = {
        "check.multiple": "{faktor} mal so viel",
        "check.wrong_shape": "nicht {got}",
        "check.wrong_value": "falsch: {value}",
        "check.falsch": "falsch",
    }
    assert misfits(wrong) == {
        "check.multiple": {"factor", "faktor"},
        "check.wrong_shape": {"expected"},
        "check.wrong_value": {"value"},
        "check.falsch": {"no key"},
    }
    with pytest.raises(ValueError, match="'}'"):
        misfits({"check.multiple": "factor}"})
