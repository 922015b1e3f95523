"""What a check shows: HTML in a notebook, text elsewhere."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Literal

from ppo_lib.course.words import text

Verdict = Literal["right", "wrong", "error", "unanswered"]

# A sign beside the colour, so that neither stands alone; colours are Okabe and Ito's, and a grey.
_SIGNS: dict[Verdict, tuple[str, str]] = {
    "right": ("✓", "#009E73"),
    "wrong": ("✗", "#D55E00"),
    "error": ("!", "#D55E00"),
    "unanswered": ("…", "#999999"),
}


@dataclass(frozen=True)
class Feedback:
    """The result of a check.

    Attributes:
        verdict: right, wrong, error (the answer raised one) or unanswered.
        message: which mistake it is and where to look, in a sentence or two.
        details: facts, a line each, such as an input with what was expected and what came.
    """

    verdict: Verdict
    message: str
    details: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether the answer was accepted."""
        return self.verdict == "right"

    def __repr__(self) -> str:
        sign, _ = _SIGNS[self.verdict]
        heading = f"{sign} {text(f'check.{self.verdict}')}. {self.message}"
        return "\n".join([heading, *(f"    {detail}" for detail in self.details)])

    def _repr_html_(self) -> str:
        sign, color = _SIGNS[self.verdict]
        details = ""
        if self.details:
            lines = html.escape("\n".join(self.details))
            details = f'<pre style="margin: 0.5em 0 0 0; white-space: pre-wrap">{lines}</pre>'
        return (
            f'<div style="border-left: 5px solid {color}; padding: 0.4em 0.8em">'
            f"<strong>{sign} {html.escape(text(f'check.{self.verdict}'))}.</strong> "
            f"{html.escape(self.message)}{details}</div>"
        )
