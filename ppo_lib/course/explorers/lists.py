"""A trait for lists of numbers, such as a policy over a few actions, that names what it refuses."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import traitlets


class CheckedList(traitlets.List[Any]):
    """A list that the front end shares, of what `read` takes.

    Args:
        default_value: the list to begin with.
        read: from a value to the list that is stored, or to None for a value that is refused.
        wanted: what `read` takes, in the words of the error.
    """

    def __init__(
        self,
        default_value: Sequence[float],
        read: Callable[[object], list[Any] | None],
        wanted: str,
    ) -> None:
        super().__init__(default_value=list(default_value))
        self.read, self.wanted = read, wanted
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> list[Any]:
        """Return `value` as `read` does.

        Raises:
            TraitError: if it is refused.
        """
        found = self.read(value)
        if found is None:
            raise traitlets.TraitError(f"{self.name} must be {self.wanted}, got {value!r}")
        return found


def numbers_from(value: object, count: int, low: float, high: float) -> list[float] | None:
    """Return a list or tuple of `count` numbers from `low` to `high` as floats, or None."""
    if not isinstance(value, list | tuple) or len(value) != count:
        return None
    for number in value:
        if not isinstance(number, int | float) or isinstance(number, bool):
            return None
        if not low <= number <= high:
            return None
    return [float(number) for number in value]


def probabilities_from(value: object, count: int, least: float) -> list[float] | None:
    """Return a list or tuple of `count` numbers of sum 1, none below `least`, or None."""
    numbers = numbers_from(value, count, least - 1e-12, 1.0)
    return None if numbers is None or abs(math.fsum(numbers) - 1) > 1e-9 else numbers
