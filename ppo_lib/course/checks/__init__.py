"""Checks of a learner's answers: which mistake does an answer show, and where to look.

    check("stay_in_band", stay_in_band)

`exercise.py` says what an exercise is and how an answer is judged; `feedback.py` how the
result looks. The exercises of a lesson are the `EXERCISES` of the `checks.py` in its folder.
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

from ppo_lib.course.checks.exercise import Answer, Exercise, is_usable, judge
from ppo_lib.course.checks.feedback import Feedback
from ppo_lib.course.words import text

COURSE = Path(__file__).parents[1]

__all__ = ["Exercise", "Feedback", "answer_or_reference", "check", "exercises"]


@cache
def exercises() -> dict[str, Exercise]:
    """Return all exercises of the course by name, in its order."""
    folders = sorted(path.parent.name for path in COURSE.glob("lesson_*/checks.py"))
    lessons = [importlib.import_module(f"ppo_lib.course.{folder}.checks") for folder in folders]
    return {exercise.name: exercise for lesson in lessons for exercise in lesson.EXERCISES}


def find_exercise(name: str) -> Exercise:
    """Return the exercise of this name.

    Raises:
        ValueError: if there is none.
    """
    if name not in exercises():
        raise ValueError(f"name must be one of {', '.join(exercises())}, got {name!r}")
    return exercises()[name]


def check(name: str, answer: object) -> Feedback:
    """Judge an answer to an exercise.

    Args:
        name: the exercise's name, a key of `exercises()`.
        answer: the learner's function.

    Returns:
        What to show: right, which mistake, or not answered yet. The answer's own exceptions
        are part of it and are not raised.

    Raises:
        ValueError: if there is no such exercise.
    """
    return judge(find_exercise(name), answer)


def answer_or_reference(name: str, answer: Answer) -> tuple[str, Answer]:
    """Return the learner's function to go on with, or the reference if there is none yet.

    A wrong answer is returned too, if it can be used at all: to see it train an agent is the
    best way to find out what is wrong with it.

    Args:
        name: the exercise's name.
        answer: the learner's function, perhaps still blank.

    Returns:
        A label that says whose function it is, and the function.

    Raises:
        ValueError: if there is no such exercise.
    """
    verdict = check(name, answer).verdict
    exercise = find_exercise(name)
    if verdict in ("unanswered", "error") or not is_usable(exercise, answer):
        return text("run.reference"), exercise.reference
    return text("run.yours" if verdict == "right" else "run.yours_wrong"), answer
