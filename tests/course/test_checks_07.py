"""The checks of lesson 07, whose exercises are programs: what they accept, and what they show."""

import ast
import inspect
import math
import os
import random
import sys
import textwrap
from dataclasses import replace
from itertools import islice
from pathlib import Path
from unittest import mock

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium.vector import AutoresetMode

from ppo_lib import rollout, training
from ppo_lib.config import preset
from ppo_lib.course.checks import answer_or_reference, check, exercises
from ppo_lib.course.checks.exercise import Exercise, Misfit, is_usable, judge
from ppo_lib.course.lesson_07 import checks as lesson_07
from ppo_lib.course.lesson_07 import stages
from ppo_lib.course.lesson_07.check_my_ppo import check_my_ppo
from ppo_lib.course.lesson_07.stages import CounterEnvs, CounterModel, Counters
from ppo_lib.course.words import text
from ppo_lib.tensors import one_thread
from ppo_lib.training import IterationRecord, recent_return

SOLUTION = Path(__file__).parents[2] / "notebooks" / "solutions" / "my_ppo.py"


PROGRAMS = {each.name: each for each in lesson_07.EXERCISES}


def judge_alone(name, answer):
    """Judge an answer without the known mistakes (test_checks.py tries them) and the trial."""
    exercise = PROGRAMS[name]
    assert exercise.expected  # or each test would call the reference again
    with mock.patch.dict(vars(exercise), mistakes={}, trial=None):
        return judge(exercise, answer)


@pytest.fixture(autouse=True)
def small_networks_on_one_thread():
    with one_thread():
        yield


# The references are what the lesson teaches.


def test_the_references_train_as_the_library_does():
    config = preset("cartpole", seed=3)
    ours, librarys = lesson_07.train(config), training.train(config, progress=False)
    for one, other in islice(zip(ours, librarys, strict=True), 3):
        assert one.episode_returns == other.episode_returns
        assert one.env_steps == other.env_steps
        pairs = zip(one.model.parameters(), other.model.parameters(), strict=True)
        assert all(torch.allclose(p, q, rtol=0, atol=1e-5) for p, q in pairs)
    assert one.episode_returns and one.model is not other.model


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_the_references_solve_cartpole(seed):
    records = []
    for record in lesson_07.train(preset("cartpole", seed=seed)):
        records.append(record)
        if recent_return(records) >= 475:
            return
    pytest.fail(f"the mean score at the end is {recent_return(records)}")


# The environments that the checks use do as Gymnasium's do.


def test_gymnasiums_environments_return_new_arrays_each_time():
    envs = gym.make_vec(
        "CartPole-v1",
        2,
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP},
    )
    ours = CounterEnvs(Counters((2, 3)))
    for each in (envs, ours):
        each.reset(seed=0)
        first, second = each.step(np.zeros(2, int)), each.step(np.zeros(2, int))
        for one, other in zip(first[:4], second[:4], strict=True):
            assert not np.shares_memory(one, other)
    envs.close()


def test_counters_end_in_all_three_ways_and_say_where_each_episode_ended():
    envs = CounterEnvs(Counters((2,)))
    envs.reset()
    kinds = []
    for step in range(6):
        seen, reward, terminated, truncated, infos = envs.step(np.array([1]))
        assert reward.item() == 1.5 + (step % 2) / 4
        if step % 2:
            kinds.append((terminated.item(), truncated.item()))
            assert infos["final_obs"].tolist() == [[0, 2, step // 2]]
            assert seen.tolist() == [[0, 0, step // 2 + 1]]
            assert infos["episode"]["r"].item() == 3.25 and infos["episode"]["l"].item() == 2
        else:
            assert infos == {}
    assert kinds == [(True, False), (False, True), (True, True)]


def test_a_certain_policy_goes_the_same_way_whatever_it_draws():
    envs = CounterEnvs(Counters((2, 3, 5)))
    actions = set()
    for seed in range(50):
        start, _ = envs.reset()
        generator = torch.Generator().manual_seed(seed)
        drawn, _ = lesson_07.collect_rollout(envs, CounterModel(True), start, 7, generator)
        actions.add(tuple(drawn.actions.flatten().tolist()))
    assert len(actions) == 1


# Right answers that differ from ours more than the alternatives do.


def backwards_drawing(envs, model, observations, num_steps, generator):
    """Draw with `multinomial`, and ask the model after all steps."""
    rows, nexts, scores = [], [], []
    for _ in range(num_steps):
        policy = model.policy(torch.tensor(observations))
        actions = torch.multinomial(policy.logits.detach().exp(), 1, generator=generator)[:, 0]
        after, rewards, terminated, truncated, infos = envs.step(actions.numpy())
        ended = torch.tensor(terminated | truncated)
        successors = torch.tensor(after)
        if ended.any():
            final = torch.tensor(infos["final_obs"])
            successors = torch.where(ended[:, None], final, successors)
            scores.extend(infos["episode"]["r"][infos["_episode"]].tolist())
        flags = torch.tensor(terminated), torch.tensor(truncated)
        rows.append((torch.tensor(observations), actions, torch.tensor(rewards), *flags))
        nexts.append(successors)
        observations = after
    seen, actions, rewards, terminated, truncated = map(torch.stack, zip(*rows, strict=True))
    with torch.no_grad():
        log_probs = model.policy(seen).log_prob(actions)
        values = model.value(seen), model.value(torch.stack(nexts))
    columns = (seen, actions, log_probs, *values, rewards.float(), terminated, truncated)
    return rollout.Rollout(*columns, tuple(reversed(scores))), torch.tensor(observations)


def across(rollout, config):
    """Lay the samples out environment by environment, their spread over n."""
    batch = lesson_07.make_batch(rollout, config)
    order = torch.arange(len(batch)).view(rollout.rewards.shape).T.flatten()
    advantages = batch.advantages / batch.advantages.std(correction=0)
    return replace(batch, advantages=advantages)[order]


@pytest.mark.parametrize(
    ("name", "answer"), [("collect_rollout", backwards_drawing), ("make_batch", across)]
)
def test_right_answers_of_another_kind_are_accepted(name, answer):
    assert answer_or_reference(name, answer) == (text("run.yours"), answer)


def test_annealing_that_ends_at_0_is_accepted(monkeypatch):
    monkeypatch.setattr(
        lesson_07.PPOConfig,
        "learning_rate_at",
        lambda config, iteration: config.learning_rate * (1 - iteration / config.num_iterations),
    )
    (_, case) = PROGRAMS["train"].cases()
    facts = stages.call_train(lesson_07.train, case)
    assert facts["annealed"] and facts["optimizer_kept"]


# What is said of an unknown mistake.


def test_the_first_part_that_differs_is_named_with_both_values():
    def one_reward_more(*arguments):
        right, after = lesson_07.collect_rollout(*arguments)
        return replace(right, rewards=right.rewards + 1, values=right.values + 1), after

    feedback = judge_alone("collect_rollout", one_reward_more)
    part = text("check.part_differs", part=text("check.part.rewards"))
    assert (feedback.verdict, feedback.message) == ("wrong", part)
    shown = "\n".join(feedback.details)
    assert "episodes of 2, 3, 5 steps" in shown and "num_steps = 7" in shown
    assert "expected:  [1.75, 2.25, 3.75" in shown and "got:       [2.75, 3.25" in shown


def test_a_part_of_another_shape_is_named_with_both_shapes():
    def tripled(*arguments):
        return lesson_07.ppo_loss(*arguments) * torch.ones(3)

    feedback = judge_alone("ppo_loss", tripled)
    assert feedback.message.startswith(
        text("check.part_differs", part=text("check.part.loss"))
    ) and feedback.message.endswith(text("check.part_shape", got=(3,), expected=()))


def test_a_column_that_is_no_tensor_is_named():
    def as_a_list(rollout, config):
        batch = lesson_07.make_batch(rollout, config)
        return replace(batch, returns=batch.returns.tolist())

    feedback = judge_alone("make_batch", as_a_list)
    assert feedback.message == text("check.not_a_tensor", name="returns", got="list")


def dotted_batch(rollout, config):
    return rollout_batch(...)


def rollout_batch(value):
    return rollout.Batch(*[value] * 6)


def dots_alone(envs, model, observations, num_steps, generator):
    for _ in range(num_steps):
        with torch.no_grad():
            ...
        observations = envs.step(actions.numpy())  # noqa: F821
    return observations


def dots_in_train(config):
    for iteration in range(config.num_iterations):
        ...
        yield IterationRecord(iteration, 0, rollout.episode_returns, (), {}, model)  # noqa: F821


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("make_batch", dotted_batch),
        ("collect_rollout", dots_alone),
        ("train", dots_in_train),
    ],
)
def test_a_program_with_a_gap_is_not_answered_yet(name, answer):
    assert check(name, answer).verdict == "unanswered"


def loss_by_its_own_name(model, optimizer, batch, config, generator, loss=lesson_07.ppo_loss):
    for index in range(2):
        loss = loss(model, batch[torch.arange(8) + index], config)


def step_first(model, optimizer, batch, config, generator, loss=lesson_07.ppo_loss):
    for start in (0, 8):
        number = loss(model, batch[start : start + 8], config)
        optimizer.step()
        optimizer.zero_grad()
        number.backward()


def final_without_end(envs, model, observations, num_steps, generator):
    for _ in range(num_steps):
        infos = envs.step(np.zeros(envs.num_envs, int))[-1]
        observations = infos["final_obs"]
    return observations


@pytest.mark.parametrize(
    ("name", "answer", "key"),
    [
        ("update", loss_by_its_own_name, "check.name_taken"),
        ("update", step_first, "check.step_too_early"),
        ("collect_rollout", final_without_end, "check.no_end_here"),
    ],
)
def test_an_exception_with_a_known_cause_comes_with_advice_and_its_line(name, answer, key):
    feedback = judge_alone(name, answer)
    assert feedback.verdict == "error"
    assert feedback.message.endswith(text(key))
    assert feedback.details[0].startswith(text("check.line", line=""))


def test_an_exception_while_training_names_the_learners_line():
    def train(config):
        observations = torch.zeros(3, 5)
        yield from training.make_model(config).value(observations)

    feedback = judge_alone("train", train)
    assert feedback.verdict == "error"
    assert "value(observations)" in feedback.details[0]


def test_an_exception_in_the_trial_is_feedback_too():
    def train(config):
        assert config == preset("cartpole")
        yield 1 / 0

    at_once = replace(PROGRAMS["train"], inputs=lambda generator: [])
    feedback = judge(at_once, train)
    assert feedback.verdict == "error"
    assert "ZeroDivisionError" in feedback.message and "yield 1 / 0" in feedback.details[0]


def scoring(*scores):
    """Return a trainer whose iterations bring these scores, 20 of the same each; it draws too."""

    def train(config):
        model = training.make_model(config)
        torch.rand(3)
        for iteration, score in enumerate(scores, 1):
            yield IterationRecord(iteration, iteration * 1024, (score,) * 20, (), {}, model)

    return train


@pytest.mark.parametrize(
    ("scores", "key", "details"),
    [
        ((9.0, 474.0, 475.0, 9.0), "right", {"env_steps": "3,072"}),
        ((150.0,) * 200, "learns_too_little", {"score": "150", "env_steps": "80,896"}),
        ((9.0,) * 200, "learns_nothing", {"score": "9", "env_steps": "30,720"}),
        ((math.nan, 60.0, math.nan), "learns_too_little", {"score": "60", "env_steps": "3,072"}),
    ],
)
def test_a_trial_says_after_how_many_steps_it_was_solved_or_given_up(scores, key, details):
    stream = torch.get_rng_state()
    feedback = lesson_07.try_training(scoring(*scores))
    assert torch.equal(torch.get_rng_state(), stream)
    assert feedback.verdict == ("right" if key == "right" else "wrong")
    assert feedback.message == text(f"check.train.{key}")
    shown = "check.train.solved" if key == "right" else "check.train.how_far"
    assert feedback.details == (text(shown, **details),)


@pytest.mark.parametrize(
    ("name", "key", "usable"),
    [
        ("update", "no_zero_grad", True),
        ("update", "one_epoch", True),
        ("train", "no_generator", False),
        ("collect_rollout", "across", False),
    ],
)
def test_a_wrong_program_that_runs_takes_the_place_of_the_reference(name, key, usable):
    exercise = PROGRAMS[name]
    assert is_usable(exercise, exercise.mistakes[f"check.{name}.{key}"]) == usable


def test_every_step_of_the_reference_has_the_right_gradient_of_its_minibatch():
    exercise = PROGRAMS["update"]
    uncut = exercise.mistakes["check.update.not_cut"]
    for arguments, expected in zip(exercise.cases(), exercise.expected, strict=True):
        facts = expected.parts
        steps = arguments["num_epochs"] * arguments["num_samples"] // arguments["minibatch_size"]
        assert facts["steps"] == facts["gradient_right"] == facts["backwards"] == steps
        short = arguments["max_grad_norm"] > 100
        kind = "gradient_right" if short else "gradient_uncut"
        assert stages.call_update(uncut, arguments)[kind] == steps


@pytest.mark.parametrize("name", PROGRAMS)
def test_judging_leaves_the_global_random_streams_alone(name):
    def drawing(*arguments):
        torch.rand(3)
        return PROGRAMS[name].reference(*arguments)

    torch.manual_seed(5)
    np.random.seed(5)
    before, numpy = torch.get_rng_state(), np.random.get_state()[1].copy()
    answer = drawing if name in ("collect_rollout", "update", "train") else PROGRAMS[name].reference
    assert judge_alone(name, answer).verdict == "right"
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(np.random.get_state()[1], numpy)


def test_every_part_has_a_name():
    responses = [response for each in PROGRAMS.values() for response in each.expected]
    assert {part for response in responses for part in response.parts} == set(stages.PARTS)


def test_no_message_runs_over_three_sentences():
    for each in PROGRAMS.values():
        for key, _, said in each.wrong:
            assert sum(said.count(f"{mark} ") for mark in ".?") <= 2, key


def test_two_misfits_are_told_apart_by_what_they_say():
    def misfit(answer, arguments):
        raise Misfit(answer())

    exercise = Exercise(
        name="misfit",
        reference=lambda: "check.right",
        alternative=lambda: "check.right",
        right="It fits.",
        wrong=(("misfit.nothing", lambda: "check.train.nothing", "It trains nothing."),),
        inputs=lambda generator: [{}],
        call=misfit,
    )
    assert judge(exercise, lambda: "check.train.nothing").message == "It trains nothing."
    assert judge(exercise, lambda: "check.train.no_record").message == text("check.train.no_record")


@pytest.mark.parametrize(
    ("key", "annealed", "new"),
    [
        ("", True, False),
        ("not_annealed", False, False),
        ("new_optimizer", True, True),
        ("new_optimizer_not_annealed", False, True),
    ],
)
def test_the_sizes_of_the_steps_tell_with_another_seed_what_the_optimiser_is_told(
    key, annealed, new
):
    exercise = PROGRAMS["train"]
    config = lesson_07.PPOConfig(**exercise.cases()[1], seed=1)
    answer = exercise.mistakes[f"check.train.{key}"] if key else exercise.reference
    last, evenness = stages.step_sizes(stages.run_training(answer, config), config)
    assert (last < stages.ANNEALED_BELOW) == annealed
    assert (evenness > stages.NEW_ABOVE) == new


# The last exercise: a file of the learner's own.

HOLDS = "int(3 * observation[2] + observation[3] > 0)"


def write(folder, source):
    path = folder / "my_ppo.py"
    path.write_text(textwrap.dedent(source))
    return path


def agent(action, before=""):
    """Return the source of a file whose agents answer with one expression."""
    return "\n".join(
        [
            "import random",
            "import numpy",
            "import torch",
            before,
            "def train(seed):",
            "    def act(observation):",
            f"        return {action}",
            "    return act",
        ]
    )


def test_agents_that_hold_the_pole_are_right(tmp_path):
    feedback = check_my_ppo(write(tmp_path, agent(HOLDS)))
    assert (feedback.verdict, feedback.message) == ("right", text("check.my_ppo.right"))
    assert [line.split(":")[0] for line in feedback.details] == ["seed 0", "seed 1", "seed 2"]
    assert all("500.0" in line for line in feedback.details)


def test_long_trainings_run_side_by_side_and_what_stops_one_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("ppo_lib.course.lesson_07.check_my_ppo.WORTH_A_PROCESS", 0.0)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    trains = f"""
        import os
        def train(seed):
            if seed == 7:
                raise ValueError("seven")
            open(f"{{seed}}-{{os.getpid()}}.txt", "w").close()
            return lambda observation: {HOLDS}
        """
    path = write(tmp_path, textwrap.dedent(trains))
    monkeypatch.chdir(tmp_path)
    assert check_my_ppo(path).verdict == "right"
    processes = [next(tmp_path.glob(f"{seed}-*")).stem.split("-")[1] for seed in (0, 1, 2)]
    assert processes[0] == processes[1] == str(os.getpid()) != processes[2]
    feedback = check_my_ppo(path, seeds=(0, 1, 7))
    assert feedback.verdict == "error" and "train(7) stopped with ValueError: seven" in str(
        feedback
    )
    assert 'raise ValueError("seven")' in str(feedback.details)


@pytest.mark.parametrize(
    "action",
    [
        f"torch.tensor({HOLDS})",
        f"numpy.int64({HOLDS})",
        f"numpy.array({HOLDS})",
        "3 * observation[2] + observation[3] > 0",
    ],
)
def test_one_whole_number_of_any_kind_is_an_action(tmp_path, action):
    assert check_my_ppo(write(tmp_path, agent(action)), seeds=(0,)).verdict == "right"


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        ("0.7", "0.7 (float)"),
        ("1.0", "1.0 (float)"),
        ("2", "2 (int)"),
        ("torch.tensor([1])", "Tensor of shape (1,)"),
        ("torch.tensor(1.0)", "Tensor of shape ()"),
        ("numpy.zeros(2)", "ndarray of shape (2,)"),
        ("None", "None"),
        ("'left'", "'left' (str)"),
    ],
)
def test_what_is_no_action_is_refused_with_what_it_is(tmp_path, action, shown):
    feedback = check_my_ppo(write(tmp_path, agent(action)))
    assert feedback.verdict == "wrong" and shown in feedback.message


def test_no_file_and_an_empty_one_are_not_answered_yet(tmp_path):
    path = tmp_path / "my_ppo.py"
    feedback = check_my_ppo(path)
    assert (feedback.verdict, feedback.message) == (
        "unanswered",
        text("check.my_ppo.no_file", path="my_ppo.py"),
    )
    for source in ("", '"""My own PPO."""\nimport torch\n', "# to come\n"):
        feedback = check_my_ppo(write(tmp_path, source))
        assert (feedback.verdict, feedback.message) == (
            "unanswered",
            text("check.my_ppo.empty", path="my_ppo.py"),
        )
    assert check_my_ppo(write(tmp_path, "def train(seed): ...")).verdict == "unanswered"


@pytest.mark.parametrize(
    ("source", "verdict", "said", "line"),
    [
        ("x = 1\ndef train(seed)\n    pass", "error", "expected ':'", "line 2:  def train(seed)"),
        ("x = 1\nx = y", "error", "NameError: name 'y' is not defined", "line 2:  x = y"),
        ("def train(seed):\n    return 1 / 0", "error", "ZeroDivisionError", "line 2:  return 1"),
        ("import sys\ndef train(seed):\n    sys.exit()", "error", "SystemExit", "line 3:  sys"),
        (agent("1 / 0"), "error", "ZeroDivisionError", "line 7:  return 1 / 0"),
        ("learn = 1", "wrong", "no function train", ""),
        ("train = 1", "wrong", "no function train", ""),
        ("def train(seed, steps):\n    return seed", "wrong", "called as train(0)", ""),
        ("def train():\n    return 1", "wrong", "called as train(0)", ""),
        ("def train(seed):\n    print(seed)", "wrong", "got None", ""),
        ("def train(seed):\n    return 3", "wrong", "got 3 (int)", ""),
        (agent(HOLDS, "import ppo_lib.losses"), "wrong", "imports ppo_lib.losses", ""),
        (agent(HOLDS, "from stable_baselines3 import PPO"), "wrong", "stable_baselines3", ""),
        (agent(HOLDS, "def f():\n    from .other import g"), "wrong", "imports .other", ""),
    ],
)
def test_a_file_that_cannot_be_tried_is_met_with_the_reason(tmp_path, source, verdict, said, line):
    feedback = check_my_ppo(write(tmp_path, source))
    assert feedback.verdict == verdict
    assert said in feedback.message and line in "\n".join(feedback.details)


@pytest.mark.parametrize(
    ("action", "key"),
    [
        ("1", "collapsed"),
        ("random.choice((0, 1))", "learnt_nothing"),
        (f"{HOLDS} if random.random() > 0.2 else 1", "too_little"),
        (f"{HOLDS} if seed else 0", "unstable"),
    ],
)
def test_a_score_says_what_it_suggests(tmp_path, action, key):
    feedback = check_my_ppo(write(tmp_path, agent(action)))
    assert (feedback.verdict, feedback.message) == ("wrong", text(f"check.my_ppo.{key}"))
    assert len(feedback.details) == 3


GAE = """
def compute_gae(rewards, values, next_values, terminated, truncated, gamma, gae_lambda):
    following, rows = 0, []
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + gamma * next_values[t] * ~terminated[t] - values[t]
        following = delta + gamma * gae_lambda * following
        rows.append(following)
    return torch.stack(rows[::-1])
"""
RATIO = """
def probability_ratio(log_probs, old_log_probs):
    return torch.exp(log_probs - old_log_probs)

def value_loss(values, returns, old_values, weight=1.0):
    return values.sum()

def update(model, optimizer, batch, config, generator, loss):
    return model

def td_errors(rewards, values, next_values, terminated, gamma):
    return rewards.no_such_thing
"""


def test_a_wrong_function_of_the_courses_is_named_with_its_own_message(tmp_path):
    feedback = check_my_ppo(write(tmp_path, agent("1", RATIO + GAE)), seeds=(0,))
    part = text("check.my_ppo.your_part", name="compute_gae", message=text("check.gae.not_cut"))
    assert feedback.message == f"{text('check.my_ppo.collapsed')} {part}"


def test_functions_that_are_right_or_something_else_are_not_named(tmp_path):
    feedback = check_my_ppo(write(tmp_path, agent("1", RATIO)), seeds=(0,))
    assert feedback.message == text("check.my_ppo.collapsed")


def test_the_file_is_read_afresh_and_leaves_nothing_behind(tmp_path):
    path = write(tmp_path, agent("1"))
    assert check_my_ppo(path, seeds=(0,)).verdict == "wrong"
    assert check_my_ppo(write(tmp_path, agent(HOLDS)), seeds=(0,)).verdict == "right"
    broken = check_my_ppo(write(tmp_path, "import torch\n\ndef train(seed):\n    raise ValueError"))
    assert broken.details == (text("check.my_ppo.at_line", number=4, line="raise ValueError"),)
    assert [each.name for each in tmp_path.iterdir()] == ["my_ppo.py"]
    assert "my_ppo" not in sys.modules


def test_a_file_may_hold_a_dataclass(tmp_path):
    before = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
    source = before + agent(HOLDS, "@dataclass\nclass Row:\n    reward: float = 0.0")
    assert check_my_ppo(write(tmp_path, source), seeds=(0,)).verdict == "right"


def test_what_a_file_prints_is_shown_while_it_trains_and_not_while_it_plays(tmp_path, capsys):
    source = agent(f"print('played') or {HOLDS}").replace(
        "def train(seed):", "def train(seed):\n    print('trained')"
    )
    assert check_my_ppo(write(tmp_path, source), seeds=(0,)).verdict == "right"
    shown = capsys.readouterr().out
    assert "trained" in shown and "played" not in shown


def test_random_streams_threads_and_modes_come_back(tmp_path):
    before = "\n".join(
        [
            "torch.manual_seed(1); numpy.random.seed(1); random.seed(1)",
            "torch.set_num_threads(2); torch.set_grad_enabled(False)",
            "torch.set_default_dtype(torch.float64)",
        ]
    )
    path = write(tmp_path, agent(HOLDS, before))
    torch.set_num_threads(3)
    states = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()
    assert check_my_ppo(path, seeds=(0,)).verdict == "right"
    assert torch.equal(torch.get_rng_state(), states[0])
    assert np.array_equal(np.random.get_state()[1], states[1])
    assert random.getstate() == states[2]
    assert torch.get_num_threads() == 3
    assert torch.is_grad_enabled() and torch.get_default_dtype() == torch.float32


def test_an_interrupt_passes_through_and_all_comes_back(tmp_path):
    source = "import torch\ndef train(seed):\n    torch.manual_seed(9)\n    raise KeyboardInterrupt"
    before = torch.get_rng_state()
    with pytest.raises(KeyboardInterrupt):
        check_my_ppo(write(tmp_path, source))
    assert torch.equal(torch.get_rng_state(), before)
    assert "my_ppo" not in sys.modules


def test_it_trains_on_one_thread(tmp_path):
    torch.set_num_threads(2)
    before = "def of(seed):\n    assert torch.get_num_threads() == 1"
    source = agent(HOLDS, before).replace("def train(seed):", "def train(seed):\n    of(seed)")
    assert check_my_ppo(write(tmp_path, source), seeds=(0,)).verdict == "right"


def test_the_solution_passes_with_one_seed():
    feedback = check_my_ppo(SOLUTION, seeds=(0,))
    assert feedback.verdict == "right", feedback


@pytest.mark.slow
def test_the_solution_passes_with_ten_seeds():
    feedback = check_my_ppo(SOLUTION, seeds=range(10))
    assert feedback.verdict == "right", feedback


def test_the_solutions_training_loop_is_short():
    tree = ast.parse(SOLUTION.read_text())
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    lines = 0
    for name in ("train", "collect"):
        assert ast.get_docstring(functions[name]) is None
        source = ast.get_source_segment(SOLUTION.read_text(), functions[name])
        lines += sum(bool(line.strip()) for line in source.splitlines())
    assert lines < 60


def test_every_solution_function_of_the_courses_names_is_right():
    source = SOLUTION.read_text()
    for name in ("compute_gae", "clipped_surrogate"):
        space = {"torch": torch}
        node = next(n for n in ast.parse(source).body if getattr(n, "name", "") == name)
        exec(ast.get_source_segment(source, node), space)
        assert len(inspect.signature(space[name]).parameters) == len(exercises()[name].cases()[0])
        assert check(name, space[name]).verdict == "right"
