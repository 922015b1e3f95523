"""The one table of strings: fields filled in, English where a language lacks a key."""

import string

import pytest

from ppo_lib.course import words as strings


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setattr(strings, "_language", "en")


def test_a_string_has_its_fields_filled_in(monkeypatch):
    monkeypatch.setitem(strings.ENGLISH, "test.greeting", "hello {name}, {count:.1f}")
    assert strings.text("test.greeting", name="Ada", count=2) == "hello Ada, 2.0"


def test_a_string_without_values_is_returned_as_it_stands(monkeypatch):
    monkeypatch.setitem(strings.ENGLISH, "test.set", "{0, 1}")
    assert strings.text("test.set") == "{0, 1}"


def test_another_language_speaks_and_falls_back_to_english(monkeypatch):
    monkeypatch.setitem(strings.ENGLISH, "test.one", "one")
    monkeypatch.setitem(strings.ENGLISH, "test.two", "two")
    monkeypatch.setitem(strings.TABLES, "xx", {"test.one": "un"})
    strings.use_language("xx")
    assert (strings.text("test.one"), strings.text("test.two")) == ("un", "two")


def test_an_unknown_language_is_refused_and_the_old_one_stays():
    with pytest.raises(ValueError, match=r"language must be one of .*'en'.*, got 'tlh'"):
        strings.use_language("tlh")
    assert strings.text("axis.env_steps") == strings.ENGLISH["axis.env_steps"]


def test_an_unknown_key_is_refused_by_name():
    with pytest.raises(KeyError, match=r"got 'axis\.no_such_thing'"):
        strings.text("axis.no_such_thing")


@pytest.mark.parametrize("key", strings.ENGLISH)
def test_every_string_can_be_read_and_says_something(key):
    assert strings.ENGLISH[key].strip()
    list(string.Formatter().parse(strings.ENGLISH[key]))  # raises on a lone brace


def test_no_key_stands_in_two_files():
    keys = [key for part in strings.english.PARTS for key in part.STRINGS]
    assert len(keys) == len(set(keys)) == len(strings.ENGLISH)
