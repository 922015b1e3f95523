"""What every explorer shares: its front end and its state.

An explorer is an anywidget, drawn once: its picture, its words and its mathematics lie in the
JavaScript of its lesson, which answers in one frame and stays alive in a page without a kernel.
Python holds its state, in traits. For a reader who sees no widget (GitHub, an untrusted notebook,
a printed page, a screen reader) the builder takes a still picture and a description from the live
explorer, and puts them into the solved edition (`ppo_lib.course.stills`).

To write another one: subclass `Explorer`, add traits (`BoundedFloat`, `BoundedInt`, and
`Bool` or `Enum` with `.tag(sync=True)`), and set `string_prefix` and `_esm = front_end(__file__)`.
In the front end, `render` calls `showExplorer`.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, ClassVar, Literal

import anywidget
import traitlets

from ppo_lib.course.figures.palette import COLORS
from ppo_lib.course.words import ENGLISH, text

_FOLDER = Path(__file__).parent
_SHARED_FILES = ("plot.js", "marks.js", "points.js", "controls.js", "view.js", "sampling.js")

Scale = Literal["linear", "log"]
"""How the stops of a slider are spread over its range."""


def front_end(module: str, *others: str) -> str:
    """Join the shared JavaScript with an explorer's own into one ES module.

    Args:
        module: the explorer's `__file__`; the file beside it that ends in `.js` has `render`.
        *others: files that it needs besides, beside it or in this folder.

    Returns:
        The module's source, complete in itself: it imports nothing.
    """
    own = Path(module).with_suffix(".js")
    found = [own.with_name(name) for name in others]
    files = [path if path.exists() else _FOLDER / path.name for path in found]
    shared = [_FOLDER / name for name in _SHARED_FILES]
    return "\n".join(file.read_text(encoding="utf-8") for file in (*shared, *files, own))


class BoundedFloat(traitlets.Float[float, float]):
    """A finite number between two bounds, which the front end's slider shares.

    Args:
        default_value: the value to begin with.
        low: the least value, the slider's left end.
        high: the greatest value, its right end.
        step: from one stop of the slider to the next; with scale "log", the factor.
        scale: how the slider's stops are spread, "linear" or "log" (which needs low > 0).
    """

    def __init__(
        self, default_value: float, *, low: float, high: float, step: float, scale: Scale = "linear"
    ) -> None:
        super().__init__(default_value)
        self.low, self.high, self.step, self.scale = low, high, step, scale
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> float:
        """Return `value` as a float.

        Raises:
            TraitError: if it is no number, is not finite or lies outside the bounds.
        """
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if number and math.isfinite(value) and self.low <= value <= self.high:
            return float(value)
        raise traitlets.TraitError(
            f"{self.name} must be a number between {self.low} and {self.high}, got {value!r}"
        )


class BoundedInt(traitlets.Int[int, int]):
    """A whole number between two bounds, which the front end's slider shares.

    Args: as `BoundedFloat`'s.
    """

    def __init__(
        self, default_value: int, *, low: int, high: int, step: int = 1, scale: Scale = "linear"
    ) -> None:
        super().__init__(default_value)
        self.low, self.high, self.step, self.scale = low, high, step, scale
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> int:
        """Return `value`.

        Raises:
            TraitError: if it is no whole number or lies outside the bounds.
        """
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole and self.low <= value <= self.high:
            return int(value)
        raise traitlets.TraitError(
            f"{self.name} must be a whole number between {self.low} and {self.high}, got {value!r}"
        )


def _limits(trait: traitlets.TraitType[Any, Any]) -> dict[str, Any] | None:
    """Return what the front end must know of a trait's values, or None if it is nothing."""
    if isinstance(trait, BoundedFloat | BoundedInt):
        whole = isinstance(trait, BoundedInt)
        names = ("low", "high", "step", "scale")
        return {name: getattr(trait, name) for name in names} | {"whole": whole}
    if isinstance(trait, traitlets.Enum) and trait.metadata.get("sync"):
        return {"values": list(trait.values or ())}
    return None


class Explorer(anywidget.AnyWidget):
    """The base of all explorers; see the module's docstring for how to write one."""

    string_prefix: ClassVar[str]
    _css = (_FOLDER / "explorer.css").read_text(encoding="utf-8")

    colors = traitlets.Dict(read_only=True).tag(sync=True)
    strings = traitlets.Dict(read_only=True).tag(sync=True)
    bounds = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(self, **state: Any) -> None:
        """Show the front end in the given state.

        Args:
            **state: values for the explorer's traits.

        Raises:
            TypeError: if a name is no trait's.
            ValueError: if a value is of the wrong kind or outside its trait's range.
        """
        for name in state:
            if not self.has_trait(name):
                raise TypeError(f"{type(self).__name__} takes no argument {name!r}")
        try:
            super().__init__(**state)
        except traitlets.TraitError as error:
            raise ValueError(str(error)) from None
        self._shown = tuple(name for name in state if not hasattr(Explorer, name))

    @traitlets.default("colors")
    def _default_colors(self) -> dict[str, str]:
        return dict(COLORS)

    @traitlets.default("strings")
    def _default_strings(self) -> dict[str, str]:
        """Return the explorer's part of the string table, its prefix taken off."""
        prefix = self.string_prefix + "."
        return {key.removeprefix(prefix): text(key) for key in ENGLISH if key.startswith(prefix)}

    @traitlets.default("bounds")
    def _default_bounds(self) -> dict[str, dict[str, Any]]:
        """Return the range of every bounded trait and the values of every `Enum`, by name."""
        limits = {name: _limits(trait) for name, trait in self.traits().items()}
        return {name: found for name, found in limits.items() if found is not None}

    def __repr__(self) -> str:
        """Return the call that makes this explorer, without a memory address."""
        state = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._shown)
        return f"{type(self).__name__}({state})"
