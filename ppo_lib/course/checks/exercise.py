"""What an exercise is, and how an answer to it is judged.

An answer is run on every input of the exercise and compared with the reference: its
value, and the gradient of that value with respect to each tensor that wants one. If it
differs, the known wrong answers are run too; the one that gives just what the answer gives
says which mistake it is. Otherwise the first difference is described.

An exercise may say how its answers are called. A function that walks through environments or
takes gradient steps is given what it needs, and watched; what is compared are then named
parts, and the first that differs is described.
"""

from __future__ import annotations
import __future__

import ast
import dis
import inspect
import io
import math
import textwrap
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from itertools import starmap
from typing import Any

import torch
from torch import Tensor

from ppo_lib.course.checks.feedback import Feedback
from ppo_lib.course.words import add_english, text
from ppo_lib.tensors import one_thread

Answer = Callable[..., Any]
Arguments = dict[str, Any]

Row = tuple[str, "Answer | Edit", str]
"""A mistake that people make: the end of its key, an answer that makes it, and what the check says.

The key is `check.` and what stands here. The answer is a function, or the reference edited.
"""

Parts = dict[str, Tensor]
"""What a call of an answer comes to, by name; the string `check.part.<name>` says what it is."""


class Misfit(Exception):
    """What an answer does that leaves nothing to compare, such as returning the wrong thing.

    Args:
        key: the string that says so.
        **values: what its `{fields}` stand for.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(text(key, **values))


@dataclass(frozen=True)
class Edit:
    """A mistake as an edit of the reference; see `edit`."""

    words: tuple[str, ...]

    def __call__(self, reference: Answer) -> Answer:
        """Return the edited reference, a function of the reference's own module."""
        code = _code_of(reference)
        for old, new in zip(self.words[::2], self.words[1::2], strict=True):
            if code.count(old) != 1:
                raise ValueError(
                    f"edit must be given words that stand once in {reference.__name__}, "
                    f"got {old!r}, which stands there {code.count(old)} times:\n{code}"
                )
            code = code.replace(old, new)
        names = dict(reference.__globals__)
        flags = __future__.annotations.compiler_flag
        exec(compile(code, f"<{reference.__name__}, edited>", "exec", flags), names)
        edited: Answer = names[reference.__name__]
        return edited


def edit(*words: str) -> Edit:
    """Make a mistake out of the reference: `edit(" * ~terminated", "")` forgets the mask.

    Args:
        *words: in turn what stands exactly once in the reference's source, its docstring and
            decorators left out, and what comes in its place; each pair finds what the one before
            has left.

    Returns:
        The edit, which an exercise applies to its reference. Words that are not found exactly
        once are a ValueError then.

    Raises:
        ValueError: if the number of strings is odd or 0.
    """
    if not words or len(words) % 2:
        raise ValueError(f"edit must be given pairs of strings, got {len(words)} strings")
    return Edit(words)


def _code_of(function: Answer) -> str:
    """Return a function's source without its decorators and its docstring."""
    source = textwrap.dedent(inspect.getsource(function))
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.FunctionDef)
    lines = source.splitlines()
    if ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "\n".join(lines[definition.lineno - 1 :])


def call_plainly(answer: Answer, arguments: Arguments) -> Any:
    """Call an answer with the arguments as they are."""
    return answer(*arguments.values())


MOST_SHOWN = 9
"""Numbers of a tensor that are shown in full; a matrix of 3 × 3 can be read."""
MOST_ON_A_LINE = 160
"""Characters of an input that share a line; a longer one has a line for each argument."""


@dataclass(frozen=True)
class Exercise:
    """An exercise: one function for the learner to write.

    Attributes:
        name: what `check` is called with, and the function's name.
        reference: a right answer.
        alternative: another right answer, written differently, which must pass too.
        inputs: makes the arguments to try, by name; tensors that require grad are
            differentiated. Several shapes and signs, so that no two wrong answers agree.
        right: what the check says of a right answer.
        wrong: known mistakes, a row each: the end of its key, an answer that makes it (a function,
            or an `edit` of the reference), and what the check says of it.
        call: calls an answer with one of the inputs and returns what to compare: one value,
            or parts by name, the causes before what follows from them. May raise `Misfit`,
            and returns `...` where the answer has left a blank.
        trial: a last test, too slow for every known mistake, of an answer that agrees on all
            inputs; what it finds is the result.
    """

    name: str
    reference: Answer
    alternative: Answer
    inputs: Callable[[torch.Generator], Sequence[Arguments]]
    right: str
    wrong: Sequence[Row]
    call: Callable[[Answer, Arguments], Any] = call_plainly
    trial: Callable[[Answer], Feedback] | None = None

    def __post_init__(self) -> None:
        add_english({f"check.{key}": message for key, _, message in self.wrong})
        add_english({f"check.{self.name}.right": self.right})

    @cached_property
    def mistakes(self) -> dict[str, Answer]:
        """The known mistakes as functions, by the key of what the check says of them."""
        return {
            f"check.{key}": answer(self.reference) if isinstance(answer, Edit) else answer
            for key, answer, _ in self.wrong
        }

    def cases(self) -> Sequence[Arguments]:
        """Return the arguments to try, made anew and always the same."""
        return self.inputs(torch.Generator().manual_seed(0))

    @cached_property
    def expected(self) -> list[Response]:
        """What the reference does with each of them."""
        return list(responses(self, self.reference, self.cases()))


@dataclass(frozen=True)
class Response:
    """What a function did with one input: a value with its gradients, parts, or an exception."""

    value: Tensor | None = None
    gradients: tuple[Tensor | None, ...] = ()
    returned: object = None
    error: Exception | None = None
    parts: Parts | None = None


def responses(exercise: Exercise, answer: Answer, cases: Iterable[Arguments]) -> Iterator[Response]:
    """Call an answer with one case after the other, as its responses are asked for.

    Args:
        exercise: says how its answers are called.
        answer: the learner's function, the reference or a mistake.
        cases: the arguments of each call; the answer is given copies of their tensors.

    Returns:
        What it did with each; an exception that it raised is part of that.
    """
    return (_run(exercise, answer, arguments) for arguments in cases)


def agree(some: Iterable[Response], others: Iterable[Response]) -> bool:
    """Tell whether two answers did the same with every case, to rounding.

    Of the responses none is asked for behind the first that differs.
    """
    return all(starmap(_agree, zip(some, others, strict=True)))


@one_thread()
def judge(exercise: Exercise, answer: object) -> Feedback:
    """Compare an answer with an exercise's reference and its known wrong answers.

    Args:
        exercise: the exercise.
        answer: what the learner gave, a function if all is well.

    Returns:
        The feedback; an exception raised by the answer becomes part of it.
    """
    if answer is None or answer is ...:
        return Feedback("unanswered", text("check.fill_in", name=exercise.name))
    if not callable(answer):
        return Feedback("error", text("check.not_callable", name=exercise.name, got=repr(answer)))
    if is_stub(answer):
        return Feedback("unanswered", text("check.fill_in", name=exercise.name))

    cases, expected = exercise.cases(), exercise.expected
    got = list(responses(exercise, answer, cases))

    if agree(expected, got):
        return _try_out(exercise, answer)
    if holds_dots(answer) and all(o.error or o.returned is ... for o in got):
        return Feedback("unanswered", text("check.fill_in", name=exercise.name))
    for key, mistake in exercise.mistakes.items():
        if agree(responses(exercise, mistake, cases), got):
            return Feedback("wrong", text(key))
    silent = [response.error is None and response.returned is None for response in got]
    if any(silent) and not all(silent):
        first = silent.index(True)
        message = text("check.returns_none_here", name=exercise.name)
        return Feedback("wrong", message, _show_arguments(cases[first]))
    first = next(i for i in range(len(got)) if not _agree(expected[i], got[i]))
    difference = _compare(expected, got)
    return _describe(exercise.name, answer, cases[first], expected[first], got[first], difference)


def _try_out(exercise: Exercise, answer: Answer) -> Feedback:
    """Say of an answer that agrees on all inputs that it is right, unless the trial fails."""
    if exercise.trial is None:
        return Feedback("right", text(f"check.{exercise.name}.right"))
    try:
        with redirect_stdout(io.StringIO()):
            return exercise.trial(answer)
    except Exception as error:
        return _raised(answer, error, ())


@one_thread()
def is_usable(exercise: Exercise, answer: Answer) -> bool:
    """Tell whether an answer, right or wrong, can take the reference's place in a program.

    Args:
        exercise: the exercise.
        answer: the learner's function.

    Returns:
        Whether it returns the shape that the reference returns, with a gradient wherever the
        reference has one, for every input; or parts of the same names and shapes. One number
        may be a tensor or not.
    """
    answered = responses(exercise, answer, exercise.cases())
    for expected, got in zip(exercise.expected, answered, strict=True):
        if expected.parts is not None:
            if got.parts is None or _shapes(got.parts) != _shapes(expected.parts):
                return False
            continue
        if expected.value is None or got.value is None or got.value.shape != expected.value.shape:
            return False
        if got.value.dim() and not isinstance(got.returned, type(expected.returned)):
            return False
        pairs = zip(expected.gradients, got.gradients, strict=True)
        if any(wanted is not None and gradient is None for wanted, gradient in pairs):
            return False
    return True


def _run(exercise: Exercise, function: Answer, arguments: Arguments) -> Response:
    """Call a function on copies of the arguments, and differentiate what it returns.

    What it prints is dropped: it would come once for each input, of this and other functions.
    """
    copies = {name: _copy(argument) for name, argument in arguments.items()}
    inputs = [value for value in copies.values() if _wants_gradient(value)]
    try:
        with redirect_stdout(io.StringIO()):
            returned = exercise.call(function, copies)
        if isinstance(returned, dict) and exercise.call is not call_plainly:
            return Response(parts=returned, returned=returned)
        value = _as_tensor(returned)
        if value is None:
            return Response(returned=returned)
        gradients: tuple[Tensor | None, ...] = (None,) * len(inputs)
        if inputs and value.requires_grad:
            gradients = torch.autograd.grad(value.sum(), inputs, allow_unused=True)
        return Response(value.detach(), gradients, returned)
    except Exception as error:
        return Response(error=error)


def _copy(argument: Any) -> Any:
    if not isinstance(argument, Tensor):
        return argument
    return argument.detach().clone().requires_grad_(argument.requires_grad)


def _wants_gradient(value: Any) -> bool:
    return isinstance(value, Tensor) and value.requires_grad


def _as_tensor(returned: object) -> Tensor | None:
    """Return a value to compare as a tensor, or `None` if it is not of that kind."""
    if isinstance(returned, Tensor):
        return returned
    if isinstance(returned, list | tuple):
        return None
    try:
        return torch.as_tensor(returned, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError):
        return None


def _agree(one: Response, other: Response) -> bool:
    """Tell whether two responses are the same, to rounding."""
    if one.error or other.error:
        if isinstance(one.error, Misfit) and str(one.error) != str(other.error):
            return False
        return type(one.error) is type(other.error)
    if one.parts is not None and other.parts is not None:
        return _first_difference(one.parts, other.parts) is None
    if one.value is None or other.value is None:
        return one.value is other.value and one.returned is other.returned
    pairs = zip(one.gradients, other.gradients, strict=True)
    return _close(one.value, other.value) and all(_close(*pair) for pair in pairs)


def _close(one: Tensor | None, other: Tensor | None) -> bool:
    if one is None or other is None:  # no gradient is a gradient of 0
        return all(tensor is None or not tensor.any() for tensor in (one, other))
    if one.shape != other.shape:
        return False
    return torch.allclose(one.double(), other.double(), rtol=1e-4, atol=1e-6, equal_nan=True)


def _first_difference(expected: Parts, got: Parts) -> str | None:
    """Return the name of the first part that differs or is missing, or `None`."""
    for name in (*expected, *got):
        if name not in expected or name not in got or not _close(expected[name], got[name]):
            return name
    return None


def _shapes(parts: Parts) -> dict[str, torch.Size]:
    return {name: part.shape for name, part in parts.items()}


def is_stub(answer: Answer) -> bool:
    """Tell whether a function's body does nothing but return `None`, as a blank one does."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    ignored = ("RESUME", "NOP", "RETURN_VALUE")
    return all(
        step.opname in ignored
        or (step.opname in ("LOAD_CONST", "RETURN_CONST") and step.argval is None)
        for step in dis.get_instructions(code)
    )


def holds_dots(answer: Answer) -> bool:
    """Tell whether a `...` is left somewhere in a function, as a value or a line of its own."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    try:  # a line of its own leaves no trace in the code
        tree = ast.parse(textwrap.dedent(inspect.getsource(answer)))
    except (OSError, TypeError, SyntaxError):
        return ... in code.co_consts
    alone = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
    return ... in code.co_consts or any(
        isinstance(value, ast.Constant) and value.value is ... for value in alone
    )


def _describe(
    name: str,
    answer: Answer,
    arguments: Arguments,
    wanted: Response,
    got: Response,
    difference: str,
) -> Feedback:
    """Say what is known of an unknown mistake: the first input on which it shows."""
    shown = _show_arguments(arguments)
    if got.error is not None:
        return _raised(answer, got.error, shown)
    if wanted.parts is not None and got.parts is not None:
        return _describe_parts(wanted.parts, got.parts, shown)
    if got.returned is None:
        return Feedback("wrong", text("check.returns_none", name=name), shown)
    if got.value is None or wanted.value is None:
        message = text("check.wrong_type", got=type(got.returned).__name__)
        return Feedback("wrong", message, shown)
    values = (
        *shown,
        text("check.expected", value=_show(wanted.value)),
        text("check.got", value=_show(got.value)),
    )
    if got.value.shape != wanted.value.shape:
        shapes = {"expected": tuple(wanted.value.shape), "got": tuple(got.value.shape)}
        return Feedback("wrong", text("check.wrong_shape", **shapes), values)
    if not _close(wanted.value, got.value):
        return Feedback("wrong", difference, values)
    for wanted_gradient, gradient in zip(wanted.gradients, got.gradients, strict=True):
        if not _close(wanted_gradient, gradient):
            key = "check.no_gradient" if gradient is None else "check.wrong_gradient"
            gradients = (
                *shown,
                text("check.expected_gradient", value=_show(wanted_gradient)),
                text("check.got_gradient", value=_show(gradient)),
            )
            return Feedback("wrong", text(key), gradients)
    raise AssertionError("responses that do not agree differ somewhere")


def _raised(answer: Answer, error: Exception, shown: tuple[str, ...]) -> Feedback:
    """Say where an answer stopped, or what leaves nothing to compare."""
    if isinstance(error, Misfit):
        return Feedback("wrong", str(error), shown)
    message = text("check.raised", error=f"{type(error).__name__}: {error}")
    said = f"{message.rstrip('.')}. {_advice(error)}".rstrip()
    return Feedback("error", said, (*_line_of(answer, error), *shown))


def _describe_parts(wanted: Parts, got: Parts, shown: tuple[str, ...]) -> Feedback:
    """Describe the first part that differs."""
    name = _first_difference(wanted, got)
    assert name is not None
    part = text("check.part_differs", part=text(f"check.part.{name}"))
    if name not in wanted or name not in got:
        return Feedback("wrong", part, shown)
    expected, value = wanted[name], got[name]
    values = (
        *shown,
        text("check.expected", value=_show(expected)),
        text("check.got", value=_show(value)),
    )
    if value.shape != expected.shape:
        shapes = {"expected": tuple(expected.shape), "got": tuple(value.shape)}
        return Feedback("wrong", f"{part} {text('check.part_shape', **shapes)}", values)
    return Feedback("wrong", part, values)


def _compare(expected: Sequence[Response], got: Sequence[Response]) -> str:
    """Say how wrong values lie to the right ones, over all inputs: negatives, multiples, or else.

    Only for responses whose values have the expected shapes.
    """
    if any(response.value is None for response in (*expected, *got)):
        return text("check.wrong_value")
    wanted = torch.cat([o.value.double().flatten() for o in expected if o.value is not None])
    values = torch.cat([o.value.double().flatten() for o in got if o.value is not None])
    if wanted.shape == values.shape:
        if _close(wanted, -values):
            return text("check.opposite_sign")
        largest = wanted.abs().argmax()
        factor = (values[largest] / wanted[largest]).item()
        if math.isfinite(factor) and factor != 0 and _close(wanted * factor, values):
            return text("check.multiple", factor=f"{factor:.4g}")
    return text("check.wrong_value")


def _advice(error: Exception) -> str:
    """Say what usually stands behind an exception, where that is known."""
    if "Boolean value of Tensor" in str(error):
        return text("check.elementwise")
    if "must be Tensor, not float" in str(error) or "must be Tensor, not int" in str(error):
        return text("check.plain_number")
    if isinstance(error, KeyError) and error.args[:1] in (("final_obs",), ("episode",)):
        return text("check.no_end_here")
    if "'Tensor' object is not callable" in str(error):
        return text("check.name_taken")
    if "modified by an inplace operation" in str(error):
        return text("check.step_too_early")
    if "NoneType" in str(error):
        return text("check.blank_helper")
    return ""


def _line_of(answer: Answer, error: Exception) -> tuple[str, ...]:
    """Return the line of the learner's own function where an exception arose."""
    code = getattr(answer, "__code__", None)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if code is not None and frame.filename == code.co_filename and frame.line:
            return (text("check.line", line=frame.line.strip()),)
    return ()


def _show_arguments(arguments: Arguments) -> tuple[str, ...]:
    """Write the arguments on one line, or, if that gets too long, on a line each."""
    written = [f"{name} = {_show(value)}" for name, value in arguments.items()]
    line = text("check.input", arguments=", ".join(written))
    if len(line) <= MOST_ON_A_LINE:
        return (line,)
    indent = " " * text("check.input", arguments="|").index("|")
    return (text("check.input", arguments=written[0]), *(indent + rest for rest in written[1:]))


def _show(value: object) -> str:
    """Write a number or a tensor short enough to read."""
    if isinstance(value, Tensor):
        if value.numel() > MOST_SHOWN:
            first = _show(value.flatten()[:8])
            return text("check.first_of", values=first, count=value.numel())
        return str(_rounded(value.tolist()))
    if isinstance(value, float):
        return f"{value:.4g}"
    return repr(value)


def _rounded(numbers: Any) -> Any:
    if isinstance(numbers, list):
        return [_rounded(number) for number in numbers]
    return float(f"{numbers:.4g}") if isinstance(numbers, float) else numbers
