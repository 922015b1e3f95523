"""What the lessons need, and what a cell imports.

    from ppo_lib.course import check, figure, picture, text, watch

| folder | what it holds |
|---|---|
| `lesson_NN/` | all of one lesson: source, exercises and checks, figures, explorer |
| `checks/` | what an exercise is, how an answer is judged, how the result looks |
| `explorers/` | what explorers share: Python, JavaScript, CSS |
| `figures/` | the style, the colours, the figures of several lessons |
| `measures/` | what several lessons measure |
| `cliff/` | the small task of lessons 01, 02 and 05, played and solved exactly |
| `words/` | what figures, explorers and all checks say; a mistake's own message is in its row |
| `page.py` | pictures with alt text, live curves, films |
| `build.py` | makes the two editions of a lesson from its source |

Each name below is imported from its home when it is asked for, so that `ppo_lib.course.cliff`, say,
loads no figure.
"""

from __future__ import annotations

import importlib
from typing import Any

HOMES = {
    "answer_or_reference": "checks",
    "check": "checks",
    "figure": "figures.panels",
    "picture": "page",
    "show_episodes": "page",
    "text": "words",
    "use_language": "words",
    "watch": "page",
    "watch_sweep": "page",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted((*globals(), *HOMES))
