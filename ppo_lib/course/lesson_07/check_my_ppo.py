"""The last exercise: PPO from an empty file, which trains agents that are then tried."""

from __future__ import annotations

import ast
import inspect
import io
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import gymnasium as gym
import numpy as np
import torch

from ppo_lib.beyond.workers import side_by_side
from ppo_lib.course.checks import exercises
from ppo_lib.course.checks.exercise import Exercise, call_plainly, is_stub, judge
from ppo_lib.course.checks.feedback import Feedback
from ppo_lib.course.words import add_english, text
from ppo_lib.tensors import one_thread

Act = Callable[[Any], Any]

ENV_ID = "CartPole-v1"
ENOUGH = 475.0
"""Gymnasium's own mark for a solved CartPole-v1; 500 is the most."""
NUM_EPISODES = 10
WORTH_A_PROCESS = 3.0  # seconds of a training; a process takes 2 to start
ALLOWED = sys.stdlib_module_names | {"torch", "gymnasium", "numpy", "tqdm", "matplotlib"}
COLLAPSED, BY_CHANCE = 12.0, 60.0
"""Mean scores: one action for ever comes to 9, a random policy to 22."""


class _Ended(Exception):
    """The check has come to its result before the end."""

    def __init__(self, feedback: Feedback) -> None:
        super().__init__(feedback.message)
        self.feedback = feedback


def check_my_ppo(path: str | Path = "my_ppo.py", seeds: Sequence[int] = (0, 1, 2)) -> Feedback:
    """Judge a learner's own PPO: train an agent with each seed, let it play, say how it went.

    The file is read afresh each time. What it prints while it trains is shown. PyTorch has one
    thread; the random streams are put back as they were. Trainings that take long run side by side,
    after the first.

    Args:
        path: a file with a function `train(seed)` that trains on CartPole-v1 and returns a
            function from an observation (4,) to an action, 0 or 1. Those of its functions that have
            an exercise's name are judged by its check; for CartPole may be solved with a mistake
            in them.
        seeds: `train` is called once with each.

    Returns:
        What to show: right if every agent's mean score is at least 475 over 10 episodes; else what
        the scores suggest, where the file stops, or not answered yet.
    """
    path, num_cores = Path(path), torch.get_num_threads()
    try:
        with _as_before(), one_thread():
            source = _read(path)
            with _loaded(path, source) as module:
                scores, details = [], []
                for score, detail in _tries(module, source, seeds, num_cores):
                    scores.append(score)
                    details.append(detail)
                    print(detail)  # it takes a while until the next one
                part = _wrong_part(exercises(), module)
                if min(scores) >= ENOUGH:
                    key = "check.my_ppo.right_but" if part else "check.my_ppo.right"
                    return Feedback("right", text(key, part=part), tuple(details))
                said = f"{_suspicion(scores)} {part}".rstrip()
                return Feedback("wrong", said, tuple(details))
    except _Ended as ended:
        return ended.feedback


@contextmanager
def _as_before() -> Iterator[None]:
    """Put back what a program may change for all others: random streams, PyTorch's modes."""
    python, numpy, dtype = random.getstate(), np.random.get_state(), torch.get_default_dtype()
    try:
        with torch.random.fork_rng(devices=()), torch.enable_grad():
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        torch.set_default_dtype(dtype)


def _read(path: Path) -> bytes:
    """Return the file's source, if it is one that may be tried."""
    if not path.is_file():
        raise _Ended(Feedback("unanswered", text("check.my_ppo.no_file", path=path.name)))
    source = path.read_bytes()
    try:
        tree = ast.parse(source, str(path))
    except (SyntaxError, ValueError) as error:
        raise _Ended(_unreadable(path, error)) from None
    if all(_says_nothing(statement) for statement in tree.body):
        raise _Ended(Feedback("unanswered", text("check.my_ppo.empty", path=path.name)))
    for name in _imported(tree):
        if name.split(".")[0] not in ALLOWED:
            message = text("check.my_ppo.forbidden", path=path.name, name=name)
            raise _Ended(Feedback("wrong", message))
    return source


def _unreadable(path: Path, error: SyntaxError | ValueError) -> Feedback:
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    details: tuple[str, ...] = ()
    if isinstance(error, SyntaxError) and error.lineno is not None:
        line = (error.text or "").strip()
        details = (text("check.my_ppo.at_line", number=error.lineno, line=line),)
    return Feedback("error", text("check.my_ppo.syntax", path=path.name, error=said), details)


def _says_nothing(statement: ast.stmt) -> bool:
    """Tell whether a statement is a docstring, dots or an import."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass)


def _imported(tree: ast.Module) -> Iterator[str]:
    """Yield the modules that a file imports anywhere; one of its own folder begins with a dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@contextmanager
def _loaded(path: Path, source: bytes) -> Iterator[ModuleType]:
    """Run a file as a module of its own, which is in `sys.modules` for as long as it is used."""
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    earlier = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module
    try:
        with _raising(path, "check.my_ppo.raised_loading", path=path.name):
            exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)
        yield module
    finally:
        del sys.modules[module.__name__]
        if earlier is not None:
            sys.modules[module.__name__] = earlier


@contextmanager
def _raising(file: Path, key: str, **values: object) -> Iterator[None]:
    """Turn an exception of the learner's code into feedback with the line in their file."""
    try:
        yield
    except _Ended:
        raise
    except (Exception, SystemExit) as error:
        message = text(key, error=f"{type(error).__name__}: {error}".rstrip(": ."), **values)
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename == str(file)]
        details = tuple(
            text("check.my_ppo.at_line", number=frame.lineno, line=(frame.line or "").strip())
            for frame in own[-1:]
        )
        raise _Ended(Feedback("error", message, details)) from None


def _training_function(module: ModuleType, path: Path) -> Callable[[int], object]:
    """Return the file's `train`, if it can be called with a seed."""
    train = getattr(module, "train", None)
    if not callable(train):
        raise _Ended(Feedback("wrong", text("check.my_ppo.no_train", path=path.name)))
    if is_stub(train):
        raise _Ended(Feedback("unanswered", text("check.my_ppo.fill_in", path=path.name)))
    try:
        inspect.signature(train).bind(0)
    except TypeError:
        raise _Ended(Feedback("wrong", text("check.my_ppo.wrong_arguments"))) from None
    return cast("Callable[[int], object]", train)


def _tries(
    module: ModuleType, source: bytes, seeds: Sequence[int], num_cores: int
) -> Iterator[tuple[float, str]]:
    """Yield each agent's mean score, and a line about it; train side by side if it takes long."""
    path = Path(str(module.__file__))
    train, start = _training_function(module, path), time.perf_counter()
    yield _train_and_play(train, seeds[0], path)
    if time.perf_counter() - start < WORTH_A_PROCESS:
        for seed in seeds[1:]:
            yield _train_and_play(train, seed, path)
    else:
        others = [(path, source, seed) for seed in seeds[1:]]
        for done in side_by_side(_try, others, num_cores):
            if isinstance(done, Feedback):
                raise _Ended(done)
            yield done


def _try(path: Path, source: bytes, seed: int) -> tuple[float, str] | Feedback:
    """Return what `_train_and_play` does, or what ended it: as another process can send it."""
    try:
        with _loaded(path, source) as module, one_thread():
            return _train_and_play(_training_function(module, path), seed, path)
    except _Ended as ended:
        return ended.feedback


def _train_and_play(train: Callable[[int], object], seed: int, path: Path) -> tuple[float, str]:
    """Return an agent's mean score, and a line about it."""
    start = time.perf_counter()
    with _raising(path, "check.my_ppo.raised_training", seed=seed):
        act = train(seed)
    seconds = time.perf_counter() - start
    if not callable(act):
        message = text("check.my_ppo.no_function", seed=seed, got=_kind(act))
        raise _Ended(Feedback("wrong", message))
    with (
        _raising(path, "check.my_ppo.raised_acting", seed=seed),
        redirect_stdout(io.StringIO()),  # it would come at every step
    ):
        score = float(np.mean([_play(act, seed, episode) for episode in range(NUM_EPISODES)]))
    values = {"seed": seed, "score": score, "episodes": NUM_EPISODES, "seconds": seconds}
    return score, text("check.my_ppo.score", **values)


def _play(act: Act, seed: int, episode: int) -> float:
    """Return the score of one episode, which begins as no episode of the training did."""
    env = gym.make(ENV_ID)
    observation, _ = env.reset(seed=1_000_000 + 1_000 * seed + episode)
    score, ended = 0.0, False
    while not ended:
        action = _as_action(act(observation.copy()), seed)
        observation, reward, terminated, truncated, _ = env.step(action)
        score += float(reward)
        ended = terminated or truncated
    env.close()
    return score


def _as_action(returned: object, seed: int) -> int:
    """Return what an agent gave as Python's own 0 or 1: also one number of NumPy or PyTorch."""
    plain = returned
    if isinstance(returned, torch.Tensor | np.ndarray | np.generic) and returned.ndim == 0:
        plain = returned.item()
    if isinstance(plain, int) and plain in (0, 1):  # True and False are ints
        return int(plain)
    raise _Ended(Feedback("wrong", text("check.my_ppo.no_action", seed=seed, got=_kind(returned))))


def _kind(returned: object) -> str:
    """Say what something is, short enough to read."""
    if isinstance(returned, torch.Tensor | np.ndarray):
        shape = tuple(returned.shape)
        return text("check.my_ppo.array", kind=type(returned).__name__, shape=shape)
    shown = repr(returned)
    if returned is None or len(shown) > 60:
        return type(returned).__name__ if returned is not None else shown
    return f"{shown} ({type(returned).__name__})"


def _suspicion(scores: Sequence[float]) -> str:
    """Say where such scores usually come from."""
    if max(scores) >= ENOUGH:
        return text("check.my_ppo.unstable")
    mean = float(np.mean(scores))
    if mean < COLLAPSED:
        return text("check.my_ppo.collapsed")
    return text("check.my_ppo.learnt_nothing" if mean < BY_CHANCE else "check.my_ppo.too_little")


def _wrong_part(exercises: dict[str, Exercise], module: ModuleType) -> str:
    """Say which of the file's functions its own exercise's check finds wrong, if any.

    Only a function of the exercise's name and number of parameters, written in the file. One
    that stops with an error is passed over: it may be meant for other arguments.
    """
    for name, exercise in exercises.items():
        function = getattr(module, name, None)
        if exercise.call is not call_plainly or not inspect.isfunction(function):
            continue
        inputs = exercise.inputs(torch.Generator().manual_seed(0))
        same_number = len(inspect.signature(function).parameters) == len(inputs[0])
        if function.__module__ == module.__name__ and same_number:
            feedback = judge(exercise, function)
            if feedback.verdict == "wrong":
                return text("check.my_ppo.your_part", name=name, message=feedback.message)
    return ""


STRINGS = {
    "no_file": (
        "There is no file {path} yet. In JupyterLab choose File, New, Python File, save it beside "
        "this notebook under that name, write a function train(seed) into it, then run this cell "
        "again."
    ),
    "empty": (
        "{path} is empty so far. Write a function train(seed) into it that trains on CartPole-v1 "
        "and returns a function from an observation to an action, save it, then run this cell "
        "again."
    ),
    "fill_in": (
        "The function train in {path} is still blank. Fill it in, save the file, then run this "
        "cell again."
    ),
    "syntax": "Python cannot read {path}: {error}.",
    "forbidden": (
        "{path} imports {name}. The exercise is to write it yourself: torch, gymnasium, numpy and "
        "Python's own modules are what it may use."
    ),
    "no_train": (
        "{path} has no function train. Define train(seed), which trains on CartPole-v1 and returns "
        "a function from an observation to an action."
    ),
    "wrong_arguments": "train must take one argument, the seed: it is called as train(0).",
    "raised_loading": "{path} stopped with {error} when it was loaded.",
    "raised_training": "train({seed}) stopped with {error}.",
    "raised_acting": "The function that train({seed}) returned stopped with {error}.",
    "no_function": (
        "train({seed}) must return a function from an observation to an action, got {got}."
    ),
    "no_action": (
        "The function that train({seed}) returned gave {got} for an observation. An action is one "
        "whole number, 0 or 1; a tensor of one number has item(), and a probability is not an "
        "action yet."
    ),
    "at_line": "in line {number}:  {line}",
    "score": (
        "seed {seed}:  {score:.1f} on average over {episodes} episodes, trained in {seconds:.1f} s"
    ),
    "array": "a {kind} of shape {shape}",
    "right": "Your own PPO solves CartPole with every seed.",
    "right_but": (
        "Your own PPO solves CartPole with every seed. One thing you should still look at: {part}"
    ),
    "collapsed": (
        "The agents do what is worst, the same action in almost every state. Look at the sign of "
        "the loss, at the size of the step, and at whether the ratio is clipped."
    ),
    "learnt_nothing": (
        "The agents are no better than chance. Does a gradient reach the policy's weights, does "
        "the optimiser have these weights, and do the advantages tell good actions from bad ones?"
    ),
    "too_little": (
        "The agents have learnt something, but not enough. Look at the number of environment "
        "steps, the learning rate, the number of epochs, the advantages' mean and spread, and what "
        "happens at an episode's end."
    ),
    "unstable": (
        "It works with some seeds and not with others. Look at what keeps steps small (the clip, "
        "the gradient's norm, a learning rate that falls), at how long it trains, and at shapes: "
        "(M, 1) less (M,) is (M, M)."
    ),
    "your_part": "Judged by its own exercise, your {name} is not right yet: {message}",
}

add_english({f"check.my_ppo.{name}": said for name, said in STRINGS.items()})
