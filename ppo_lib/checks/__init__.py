"""Checks of a learner's answers: which mistake does an answer show, and where to look.

    check("stay_in_band", stay_in_band)

`exercise.py` says what an exercise is and how an answer is judged; `feedback.py` how the
result looks; each lesson's exercises lie in a module of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ppo_lib.checks import (
    lesson_00,
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
)
from ppo_lib.checks.exercise import Answer, Exercise, is_usable, judge
from ppo_lib.checks.feedback import Feedback
from ppo_lib.checks.my_ppo import check_my_ppo_with
from ppo_lib.strings import text

LESSONS = (
    lesson_00,
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
)
EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise for lesson in LESSONS for exercise in lesson.EXERCISES
}

__all__ = ["EXERCISES", "Exercise", "Feedback", "answer_or_reference", "check", "check_my_ppo"]


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


def check_my_ppo(path: str | Path = "my_ppo.py", seeds: Sequence[int] = (0, 1, 2)) -> Feedback:
    """Judge a learner's own PPO: train an agent with each seed, and let it play.

    Args:
        path: a file with a function `train(seed)` that trains on CartPole-v1 and returns a
            function from an observation (4,) to an action, 0 or 1.
        seeds: what `train` is called with.

    Returns:
        What to show: right, what the scores suggest, where the file stops, or not answered yet.
    """
    return check_my_ppo_with(EXERCISES, path, seeds)


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
    if verdict in ("unanswered", "error") or not is_usable(EXERCISES[name], answer):
        return text("run.reference"), EXERCISES[name].reference
    return text("run.yours" if verdict == "right" else "run.yours_wrong"), answer
