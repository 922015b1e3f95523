"""Checks of a learner's answers: which mistake does an answer show, and where to look.

    check("stay_in_band", stay_in_band)

`exercise.py` says what an exercise is and how an answer is judged; `feedback.py` how the
result looks; each lesson's exercises lie in a module of their own.
"""

from __future__ import annotations

from ppo_lib.checks import lesson_00
from ppo_lib.checks.exercise import Exercise, judge
from ppo_lib.checks.feedback import Feedback

EXERCISES: dict[str, Exercise] = {exercise.name: exercise for exercise in lesson_00.EXERCISES}

__all__ = ["EXERCISES", "Exercise", "Feedback", "check"]


def check(name: str, answer: object) -> Feedback:
    """Judge an answer to an exercise.

    Args:
        name: the exercise's name, a key of `EXERCISES`.
        answer: the learner's function.

    Returns:
        What to show: right, which mistake, or not answered yet. The answer's own exceptions
        are part of it and are not raised.

    Raises:
        ValueError: if there is no such exercise.
    """
    if name not in EXERCISES:
        raise ValueError(f"name must be one of {', '.join(EXERCISES)}, got {name!r}")
    return judge(EXERCISES[name], answer)
