"""Every exercise of the course, and the mechanism that judges the answers."""

import warnings

import pytest
import torch

from ppo_lib import losses
from ppo_lib.advantages import compute_gae
from ppo_lib.batch import Batch
from ppo_lib.course.checks import EXERCISES, answer_or_reference, check, lesson_05, lesson_06
from ppo_lib.course.checks.exercise import Exercise, is_usable, judge
from ppo_lib.course.words import ENGLISH, text
from ppo_lib.networks import action_distribution

each_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
each_mistake = pytest.mark.parametrize(
    ("exercise", "key"), [(e, key) for e in EXERCISES.values() for key in e.wrong]
)


@each_exercise
def test_the_reference_is_accepted(exercise):
    assert judge(exercise, exercise.reference).verdict == "right"


@each_exercise
def test_a_right_answer_written_differently_is_accepted(exercise):
    assert exercise.alternative.__code__.co_code != exercise.reference.__code__.co_code
    assert judge(exercise, exercise.alternative).verdict == "right"


@each_exercise
def test_a_blank_answer_is_not_answered_yet(exercise):
    def blank(*arguments):
        """Say what the function should do."""
        ...

    assert judge(exercise, blank).verdict == "unanswered"


@each_mistake
def test_a_known_mistake_is_met_with_its_own_message(exercise, key):
    feedback = judge(exercise, exercise.wrong[key])
    assert (feedback.verdict, feedback.message) == ("wrong", text(key))


@each_exercise
def test_no_two_mistakes_share_a_message(exercise):
    messages = [text(key) for key in exercise.wrong]
    assert len(set(messages)) == len(messages)


@each_exercise
def test_judging_an_unknown_mistake_warns_of_nothing(exercise):
    def nothing_known(*arguments):
        return torch.tensor(123.0)

    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert judge(exercise, nothing_known).verdict == "wrong"
    finally:
        torch.set_warn_always(before)
    assert not caught


# A made-up exercise with a gradient, to try the mechanism on.


def double(x: torch.Tensor) -> torch.Tensor:
    return 2 * x


DOUBLE = Exercise(
    name="stay_in_band",
    reference=double,
    alternative=lambda x: x + x,
    wrong={"check.stay_in_band.unchanged": lambda x: x},
    inputs=lambda generator: [
        {"x": torch.randn(shape, generator=generator, requires_grad=True)}
        for shape in ((3,), (2, 2))
    ],
)


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
        (None, "unanswered", "check.fill_in", {"name": "stay_in_band"}),
        (..., "unanswered", "check.fill_in", {"name": "stay_in_band"}),
        (half_filled, "unanswered", "check.fill_in", {"name": "stay_in_band"}),
        (3, "error", "check.not_callable", {"name": "stay_in_band", "got": "3"}),
        (lambda x: -2 * x, "wrong", "check.opposite_sign", {}),
        (lambda x: 6 * x, "wrong", "check.multiple", {"factor": "3"}),
        (lambda x: 0 * x, "wrong", "check.wrong_value", {}),
        (elsewhere, "wrong", "check.wrong_value", {}),
        (wrong_shape, "wrong", "check.wrong_shape", {"expected": (3,), "got": (3, 1)}),
        (lambda x: (2 * x).detach(), "wrong", "check.no_gradient", {}),
        (lambda x: 2 * x.detach() + 0.0 * x, "wrong", "check.wrong_gradient", {}),
        (lambda x: 3 * x - x.detach(), "wrong", "check.wrong_gradient", {}),
        (lambda x: "two", "wrong", "check.wrong_type", {"got": "str"}),
        (no_return, "wrong", "check.returns_none", {"name": "stay_in_band"}),
        (sometimes, "wrong", "check.returns_none_here", {"name": "stay_in_band"}),
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

    exercise = Exercise(
        name="stay_in_band",
        reference=of_all_kinds,
        alternative=of_all_kinds,
        wrong={},
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
    long = Exercise(
        name="stay_in_band",
        reference=double,
        alternative=double,
        wrong={},
        inputs=lambda generator: [{"x": torch.ones(10, dtype=torch.int64)}],
    )
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


def test_every_exercise_has_its_strings():
    for exercise in EXERCISES.values():
        assert f"check.{exercise.name}.right" in ENGLISH


def test_a_blank_answer_is_replaced_by_the_reference():
    label, function = answer_or_reference("clipped_surrogate", lambda *arguments: None)
    assert label == text("run.reference")
    assert function is EXERCISES["clipped_surrogate"].reference


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
    exercise = EXERCISES["clipped_surrogate"]
    _, function = answer_or_reference(exercise.name, exercise.wrong[key])
    can_train = key == "check.surrogate.max_for_min"
    assert function is (exercise.wrong[key] if can_train else exercise.reference)


def test_a_single_number_takes_the_place_of_the_reference_as_a_tensor_or_not():
    def by_a_loop(actions, right):
        return sum(1 - right if action == 1 else -right for action in actions.tolist())

    def as_a_tensor(kl, improvement, max_kl):
        passed = (kl <= max_kl) & (improvement > 0)
        return 0.5 ** passed.int().argmax() if passed.any() else torch.tensor(0.0)

    for name, answer in (("score", by_a_loop), ("accepted_fraction", as_a_tensor)):
        assert answer_or_reference(name, answer) == (text("run.yours"), answer)


def test_a_row_of_numbers_does_so_only_as_a_tensor():
    exercise = EXERCISES["subtract_baseline"]
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
    loss, metrics = losses.total_loss(policy, torch.randn(4), batch, 0.2, 0.7, 0.05)
    parts = (-metrics["policy_loss"], metrics["value_loss"], metrics["entropy"])
    torch.testing.assert_close(lesson_06.total_loss(*parts, 0.7, 0.05), loss)


def test_the_planted_bug_of_lesson_05_is_right_for_flags_stored_before_the_step():
    (case,) = [
        c for c in EXERCISES["repaired_gae"].inputs(torch.Generator()) if len(c["rewards"]) == 12
    ]
    case["next_values"] = torch.zeros_like(case["values"])  # or the TD errors would read flags too
    before = dict(case)
    for flag in ("terminated", "truncated"):
        before[flag] = torch.cat([torch.zeros_like(case[flag][:1]), case[flag][:-1]])
    torch.testing.assert_close(lesson_05.late_mask_gae(**before), compute_gae(**case))
    assert not torch.allclose(lesson_05.late_mask_gae(**case), compute_gae(**case))
