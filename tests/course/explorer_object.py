"""What holds for an explorer's Python object: how it is written, and what it refuses."""

from __future__ import annotations

import re
from typing import Any

import pytest
import traitlets
from js_engine import synced

from ppo_lib.course.explorers.explorer import Explorer


def check_repr(explorer: Explorer, written: str) -> None:
    """Hold an explorer's repr to the call that makes it."""
    assert repr(explorer) == written
    again = eval(written, {type(explorer).__name__: type(explorer)})
    assert synced(again) == synced(explorer)


def check_refused(explorer_class: type[Explorer], refused: list[tuple[str, Any, str]]) -> None:
    """See values refused by name, when an explorer is made and later: (trait, value, message)."""
    for name, value, message in refused:
        with pytest.raises(ValueError, match=message):
            explorer_class(**{name: value})
        explorer = explorer_class()
        before = getattr(explorer, name)
        with pytest.raises(traitlets.TraitError, match=message):
            setattr(explorer, name, value)
        assert getattr(explorer, name) == before


def check_ranges(
    explorer_class: type[Explorer], ranges: dict[str, tuple[float, float]], whole: str = ""
) -> None:
    """Hold every bounded trait to its range; those in `whole` take whole numbers only."""
    bounds = explorer_class().bounds
    assert {x: (b["low"], b["high"]) for x, b in bounds.items() if "low" in b} == ranges
    for name, (low, high) in ranges.items():
        kind = "a whole number" if name in whole else "a number"
        message = re.escape(f"{name} must be {kind} between {low} and {high}, got ")
        bad = [low - 1, high + 1, float("nan"), "0", True, *([low + 0.5] if name in whole else [])]
        check_refused(explorer_class, [(name, value, message) for value in bad])
        for value in (low, high):
            assert getattr(explorer_class(**{name: value}), name) == value
