"""Every exercise of the course, and the mechanism that judges the answers."""

import itertools
import re
import warnings
from dataclasses import replace

import pytest
import torch

from ppo_lib import losses
from ppo_lib.advantages import compute_gae
from ppo_lib.batch import Batch
from ppo_lib.course.checks import answer_or_reference, check, exercises
from ppo_lib.course.checks.exercise import (
    Exercise,
    agree,
    edit,
    holds_dots,
    is_stub,
    is_usable,
    judge,
    responses,
)
from ppo_lib.course.lesson_05.checks import late_mask_gae
from ppo_lib.course.lesson_06.checks import total_loss
from ppo_lib.course.words import text
from ppo_lib.networks import action_distribution
from ppo_lib.tensors import one_thread

each_exercise = pytest.mark.parametrize("exercise", exercises().values(), ids=exercises())


@pytest.fixture
def caught():
    """Every warning of a test, also those that PyTorch gives but once."""
    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught
    torch.set_warn_always(before)


@each_exercise
@one_thread()
def test_right_answers_agree_and_no_mistake_agrees_with_them_or_with_another(exercise, caught):
    assert not any(is_stub(each) or holds_dots(each) for each in exercise.mistakes.values())
    right = {"reference": exercise.reference, "alternative": exercise.alternative}
    cases = exercise.cases()
    table = {
        name: list(responses(exercise, answer, cases))
        for name, answer in (right | exercise.mistakes).items()
    }
    errors = [each.error for each in itertools.chain(*table.values())]
    assert not any(isinstance(error, NameError) for error in errors)  # a row's own slip
    late = [key for key in exercise.mistakes if agree(table["reference"], table[key])]
    early = [name for name in table if name not in late]
    alike = [pair for pair in itertools.combinations(early, 2) if agree(*map(table.get, pair))]
    assert alike == [("reference", "alternative")]
    assert not late or exercise.trial is not None
    for key in late:  # what only the trial can tell
        assert judge(exercise, exercise.mistakes[key]).message == text(key)
    assert not caught


@each_exercise
def test_right_answers_are_accepted_and_a_mistake_is_met_with_its_own_message(exercise):
    assert exercise.alternative.__code__.co_code != exercise.reference.__code__.co_code
    for answer in (exercise.reference, exercise.alternative):
        feedback = judge(exercise, answer)
        assert (feedback.verdict, feedback.message) == ("right", exercise.right)
    key, _, message = exercise.wrong[0]
    feedback = judge(exercise, exercise.mistakes[f"check.{key}"])
    assert (feedback.verdict, feedback.message) == ("wrong", message)


@each_exercise
def test_a_mistake_that_no_row_knows_is_described_without_a_warning(exercise, caught):
    feedback = judge(replace(exercise, wrong=()), lambda *arguments: torch.tensor(123.0))
    assert feedback.verdict == "wrong" and feedback.details
    assert not caught


def test_every_message_of_an_exercise_says_something_else():
    for exercise in exercises().values():
        messages = [exercise.right, *(message for _, _, message in exercise.wrong)]
        assert len(set(messages)) == len(messages) == len(exercise.mistakes) + 1, exercise.name


def test_a_blank_answer_is_not_answered_yet():
    def blank(*arguments):
        """Say what the function should do."""
        ...

    verdicts = {judge(exercise, blank).verdict for exercise in exercises().values()}
    assert verdicts == {"unanswered"}


# A made-up exercise with a gradient, to try the mechanism on.


def double(x: torch.Tensor) -> torch.Tensor:
    """Return 2 * x."""
    return 2 * x


DOUBLE = Exercise(
    name="double",
    reference=double,
    alternative=lambda x: x + x,
    right="Twice what it was.",
    wrong=(
        ("double.square", edit("2 * x", "x * x"), "This is the square."),
        ("double.unchanged", edit("2 * ", ""), "Nothing has changed."),
        ("double.half", lambda x: x / 2, "Is it twice, or half?"),
    ),
    inputs=lambda generator: [
        {"x": torch.randn(shape, generator=generator, requires_grad=True)}
        for shape in ((3,), (2, 2))
    ],
)


def test_a_mistake_is_met_with_the_message_of_its_own_row():
    answers = (lambda x: x**2, lambda x: 1 * x, lambda x: 0.5 * x)
    said = [judge(DOUBLE, answer).message for answer in answers]
    assert said == ["This is the square.", "Nothing has changed.", "Is it twice, or half?"]
    assert judge(DOUBLE, lambda x: x + x).message == text("check.double.right")
    assert said[2] == text("check.double.half")


def test_a_message_that_another_row_has_given_to_the_key_is_refused():
    with pytest.raises(ValueError, match=r"got 'check.double.half', which says 'Is it twice"):
        replace(DOUBLE, wrong=(("double.half", double, "Another message."),))


def test_an_answer_is_called_until_the_first_case_that_differs():
    calls = []

    def counting(x):
        calls.append(x)
        return 2 * x if len(calls) < 2 else x

    cases = DOUBLE.cases() + DOUBLE.cases()
    expected = DOUBLE.expected + DOUBLE.expected
    assert not agree(expected, responses(DOUBLE, counting, cases))
    assert len(calls) == 2
    assert agree(expected, responses(DOUBLE, double, cases))


def test_the_reference_is_called_once_a_case_however_many_answers_are_judged():
    calls = []

    def counting(x):
        calls.append(x)
        return 2 * x

    exercise = replace(DOUBLE, reference=counting, wrong=())
    for answer in (double, elsewhere, double):
        judge(exercise, answer)
        is_usable(exercise, answer)
    assert len(calls) == len(exercise.cases())


# Mistakes as edits of the reference.

SHIFT = 10


def shifted(x):
    """Return 2 * x + SHIFT."""
    return 2 * x + SHIFT


def test_an_edit_changes_the_code_and_not_the_words_about_it():
    assert edit("2 * ", "")(shifted)(3) == 13  # which stands in the docstring too
    assert shifted(3) == 16


def test_an_edited_function_uses_the_names_of_its_module(monkeypatch):
    monkeypatch.setitem(globals(), "SHIFT", 20)
    assert edit("2 *", "3 *")(shifted)(1) == 23
    assert edit("2", "len(exercises())")(shifted)(1) == len(exercises()) + 20


def test_an_edit_is_made_on_what_the_one_before_has_left():
    assert edit("2 * x", "x - 1", "- 1", "- 2")(shifted)(5) == 13


def test_an_edit_leaves_decorators_out():
    @one_thread()
    def decorated(x):
        return x + torch.get_num_threads()

    assert edit("+", "-")(decorated.__wrapped__)(3) == 3 - torch.get_num_threads()


@pytest.mark.parametrize(("words", "count"), [("3 * x", 0), ("x", 2), ("Return", 0)])
def test_words_that_do_not_stand_once_in_the_reference_are_refused(words, count):
    message = rf"stand once in shifted, got '{re.escape(words)}', .* there {count} times"
    with pytest.raises(ValueError, match=message):
        edit(words, "")(shifted)


@pytest.mark.parametrize("words", [(), ("x",), ("x", "y", "z")])
def test_words_that_are_no_pairs_are_refused(words):
    with pytest.raises(ValueError, match=f"pairs of strings, got {len(words)} strings"):
        edit(*words)


# What is said of an unknown mistake.


def half_filled(x):
    y = ...
    return y * x


def wrong_shape(x):
    return (2 * x)[..., None]


def elsewhere(x):
    return 2 * x + (x > 0.5)


def misspelt(x):
    return 2 * y  # noqa: F821


def no_return(x):
    x = 2 * x


def sometimes(x):
    if x.dim() == 1:
        return 2 * x


@pytest.mark.parametrize(
    ("answer", "verdict", "key", "values"),
    [
        (None, "unanswered", "check.fill_in", {"name": "double"}),
        (..., "unanswered", "check.fill_in", {"name": "double"}),
        (half_filled, "unanswered", "check.fill_in", {"name": "double"}),
        (3, "error", "check.not_callable", {"name": "double", "got": "3"}),
        (lambda x: -2 * x, "wrong", "check.opposite_sign", {}),
        (lambda x: 6 * x, "wrong", "check.multiple", {"factor": "3"}),
        (lambda x: 0 * x, "wrong", "check.wrong_value", {}),
        (elsewhere, "wrong", "check.wrong_value", {}),
        (wrong_shape, "wrong", "check.wrong_shape", {"expected": (3,), "got": (3, 1)}),
        (lambda x: (2 * x).detach(), "wrong", "check.no_gradient", {}),
        (lambda x: 2 * x.detach() + 0.0 * x, "wrong", "check.wrong_gradient", {}),
        (lambda x: 3 * x - x.detach(), "wrong", "check.wrong_gradient", {}),
        (lambda x: "two", "wrong", "check.wrong_type", {"got": "str"}),
        (no_return, "wrong", "check.returns_none", {"name": "double"}),
        (sometimes, "wrong", "check.returns_none_here", {"name": "double"}),
    ],
)
def test_an_unknown_mistake_is_described(answer, verdict, key, values):
    feedback = judge(DOUBLE, answer)
    assert (feedback.verdict, feedback.message) == (verdict, text(key, **values))


def test_a_difference_is_shown_with_its_input_and_both_values():
    shown = "\n".join(judge(DOUBLE, elsewhere).details)
    assert "x = [" in shown and "expected:" in shown and "got:" in shown


def test_what_an_input_holds_is_shown_as_it_is():
    def of_all_kinds(actions, mask, matrix, right):
        return matrix.sum() + right

    exercise = replace(
        DOUBLE,
        reference=of_all_kinds,
        wrong=(),
        inputs=lambda generator: [
            {
                "actions": torch.tensor([0, 1]),
                "mask": torch.tensor([True, False]),
                "matrix": torch.arange(9.0).view(3, 3) / 3,
                "right": 0.25,
            }
        ],
    )
    shown = judge(exercise, lambda *arguments: 0.0).details[0]
    assert "actions = [0, 1], mask = [True, False], matrix = [[0.0, 0.3333, 0.6667], " in shown
    assert shown.endswith("[2.0, 2.333, 2.667]], right = 0.25")


def test_a_long_input_has_a_line_for_each_argument():
    shown = check("td_errors", lambda r, *others: r).details
    names = ["rewards", "values", "next_values", "terminated", "gamma"]
    assert [line.split(" = ")[0].split()[-1] for line in shown[:5]] == names
    columns = {line.index(name) for line, name in zip(shown, names, strict=False)}
    assert columns == {shown[0].index("rewards")}
    assert shown[3].endswith(
        "terminated = [[False, False], [True, False], [False, False], [False, False]]"
    )
    assert shown[5].startswith(text("check.expected", value="[[1.85"))


def test_an_answer_is_judged_on_one_thread_and_the_others_come_back():
    threads = []

    def counting(x):
        threads.append(torch.get_num_threads())
        return 2 * x

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        judge(DOUBLE, counting)
        is_usable(DOUBLE, counting)
        assert set(threads) == {1}
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_an_exception_that_ends_its_own_sentence_gets_no_second_full_stop():
    def stop(x):
        raise ValueError("That is all.")

    assert judge(DOUBLE, stop).message.endswith("That is all.")
    assert not judge(DOUBLE, stop).message.endswith("..")


def test_a_large_tensor_is_shown_by_its_first_numbers():
    long = replace(DOUBLE, inputs=lambda generator: [{"x": torch.ones(10, dtype=torch.int64)}])
    assert "x = [1, 1, 1, 1, 1, 1, 1, 1] and so on, 10 numbers" in judge(long, torch.sin).details[0]


def test_a_tensor_function_called_with_a_plain_number_points_to_math():
    feedback = check("score", lambda actions, right: torch.log(right) * actions.sum())
    assert feedback.verdict == "error"
    assert feedback.message.endswith(text("check.plain_number"))


def test_a_tensor_function_called_with_nothing_points_to_a_blank_helper():
    feedback = check("score", lambda actions, right: torch.log(None))
    assert feedback.message.endswith(text("check.blank_helper"))


def test_an_exception_in_the_answer_is_feedback_that_names_its_line():
    feedback = judge(DOUBLE, misspelt)
    assert feedback.verdict == "error"
    assert "NameError: name 'y' is not defined" in feedback.message
    assert any("return 2 * y" in detail for detail in feedback.details)


def test_an_interrupt_is_not_swallowed():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(DOUBLE, interrupted)


def test_an_answer_that_changes_its_inputs_harms_no_later_comparison():
    def greedy(x):
        with torch.no_grad():
            x += 1
        return 2 * x

    assert judge(DOUBLE, greedy).verdict == "wrong"
    assert judge(DOUBLE, double).verdict == "right"


def test_dots_that_index_a_tensor_are_no_blank():
    def right_with_dots(x):
        return 2 * x[...]

    assert judge(DOUBLE, right_with_dots).verdict == "right"


def test_an_unknown_exercise_is_refused_by_name():
    with pytest.raises(ValueError, match=r"name must be one of .*stay_in_band.*, got 'stay'"):
        check("stay", double)


@pytest.mark.parametrize("answer", [double, lambda x: -x, misspelt, None])
def test_feedback_says_the_same_in_html_and_in_text(answer):
    feedback = judge(DOUBLE, answer)
    heading = text(f"check.{feedback.verdict}")
    for shown in (repr(feedback), feedback._repr_html_().replace("&#x27;", "'")):
        assert heading in shown and feedback.message in shown
        assert all(detail in shown for detail in feedback.details)


def test_feedback_escapes_what_an_answer_prints_into_html():
    def hostile(x):
        raise ValueError("<script>alert(1)</script>")

    assert "<script>" not in judge(DOUBLE, hostile)._repr_html_()


def test_a_blank_answer_is_replaced_by_the_reference():
    label, function = answer_or_reference("clipped_surrogate", lambda *arguments: None)
    assert label == text("run.reference")
    assert function is exercises()["clipped_surrogate"].reference


def test_a_wrong_answer_is_used_all_the_same():
    def optimist(log_probs, old_log_probs, advantages, clip_range):
        return advantages.mean() + 0 * log_probs.sum()

    assert answer_or_reference("clipped_surrogate", optimist) == (
        text("run.yours_wrong"),
        optimist,
    )


def test_what_an_answer_prints_is_not_shown_for_every_input(capsys):
    def talkative(x):
        print(x)
        return 2 * x

    assert judge(DOUBLE, talkative).verdict == "right"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "key", ["check.surrogate.no_mean", "check.surrogate.detached", "check.surrogate.max_for_min"]
)
def test_only_an_answer_that_can_train_takes_the_place_of_the_reference(key):
    exercise = exercises()["clipped_surrogate"]
    _, function = answer_or_reference(exercise.name, exercise.mistakes[key])
    can_train = key == "check.surrogate.max_for_min"
    assert function is (exercise.mistakes[key] if can_train else exercise.reference)


def test_a_single_number_takes_the_place_of_the_reference_as_a_tensor_or_not():
    def by_a_loop(actions, right):
        return sum(1 - right if action == 1 else -right for action in actions.tolist())

    def as_a_tensor(kl, improvement, max_kl):
        passed = (kl <= max_kl) & (improvement > 0)
        return 0.5 ** passed.int().argmax() if passed.any() else torch.tensor(0.0)

    for name, answer in (("score", by_a_loop), ("accepted_fraction", as_a_tensor)):
        assert answer_or_reference(name, answer) == (text("run.yours"), answer)


def test_a_row_of_numbers_does_so_only_as_a_tensor():
    exercise = exercises()["subtract_baseline"]
    assert not is_usable(exercise, lambda returns: (returns - returns.mean()).numpy())
    assert not is_usable(exercise, lambda returns: (returns - returns.mean()).tolist())
    assert is_usable(exercise, lambda returns: returns)


def test_the_total_loss_of_lesson_06_is_the_one_that_trains():
    torch.manual_seed(0)
    actions, old_values = torch.tensor([0, 2, 1, 1]), torch.randn(4)
    policy = action_distribution(torch.randn(4, 3), None)
    batch = Batch(
        observations=torch.zeros(4, 1),
        actions=actions,
        old_log_probs=policy.log_prob(actions) + 0.1,
        old_values=old_values,
        advantages=torch.randn(4),
        returns=torch.randn(4),
    )
    loss, terms = losses.total_loss(policy, torch.randn(4), batch, 0.2, 0.7, 0.05)
    parts = (-terms.policy_loss, terms.value_loss, terms.entropy)
    torch.testing.assert_close(total_loss(*parts, 0.7, 0.05), loss)


def test_the_planted_bug_of_lesson_05_is_right_for_flags_stored_before_the_step():
    (case,) = [
        c for c in exercises()["repaired_gae"].inputs(torch.Generator()) if len(c["rewards"]) == 12
    ]
    case["next_values"] = torch.zeros_like(case["values"])  # or the TD errors would read flags too
    before = dict(case)
    for flag in ("terminated", "truncated"):
        before[flag] = torch.cat([torch.zeros_like(case[flag][:1]), case[flag][:-1]])
    torch.testing.assert_close(late_mask_gae(**before), compute_gae(**case))
    assert not torch.allclose(late_mask_gae(**case), compute_gae(**case))
