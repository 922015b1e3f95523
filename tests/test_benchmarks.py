"""The benchmarks: their arithmetic, their judge, what they write, and the page made of it."""

import dataclasses
import getpass
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from gymnasium.vector import VectorWrapper
from stable_baselines3 import PPO
from torch import nn

from ppo_lib.batch import Rollout, make_batch
from ppo_lib.config import PPOConfig
from ppo_lib.course.explorers.bare_page import all_explorers, find_chromium
from ppo_lib.envs import make_envs
from ppo_lib.tensors import one_thread
from ppo_lib.training import make_model, make_optimizer, ppo_update

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "benchmarks"
sys.path.insert(0, str(FOLDER))

import cartpole  # noqa: E402
import contenders  # noqa: E402
import explorer_latency  # noqa: E402
import gae  # noqa: E402
import harness  # noqa: E402
import lessons  # noqa: E402
import plain_ppo  # noqa: E402
import solve_cartpole  # noqa: E402
import stages  # noqa: E402
import table  # noqa: E402
import training_speed  # noqa: E402


@pytest.fixture(autouse=True)
def on_one_thread():
    """Train on one thread, as the benchmarks do: on busy cores a second one only waits."""
    with one_thread():
        yield


# --- The arithmetic ---


def test_the_spread_is_the_tenth_to_the_ninetieth_percentile():
    values = [5.0, 1.0, 2.0, 4.0, 3.0]  # in order 1 to 5: places 0.4 and 3.6 of 0 to 4
    assert harness.summary(values) == pytest.approx({"median": 3.0, "low": 1.4, "high": 4.6})
    for percent in (0, 10, 50, 83, 100):
        assert harness.percentile(values, percent) == pytest.approx(np.percentile(values, percent))
    assert harness.summary([7.0]) == {"median": 7.0, "low": 7.0, "high": 7.0}


def test_a_ratio_is_taken_within_each_round():
    # The machine is ten times as slow in the second round: the ratio of the medians would be 4.
    assert harness.ratios([2.0, 20.0, 6.0], [1.0, 10.0, 1.5]) == [2.0, 2.0, 4.0]
    with pytest.raises(ValueError, match="shorter"):
        harness.ratios([1.0, 2.0], [1.0])


def test_turns_go_a_b_c_a_b_c():
    order = [(r, name) for r, name in harness.turns(["A", "B", "C"], [9000, 9001])]
    assert order == [(s, name) for s in (9000, 9001) for name in "ABC"]


def test_interleaved_parts_take_turns_and_the_warm_up_does_not_count(monkeypatch):
    now, order = [0.0], []
    monkeypatch.setattr(harness.time, "perf_counter", lambda: now[0])

    def part(name, seconds):
        def call():
            order.append(name)
            now[0] += seconds + len(order)

        return call

    spent = harness.interleave({"A": part("A", 100), "B": part("B", 200)}, rounds=2, warm_up=1)
    assert order == ["A", "B"] * 3
    assert spent == {"A": [103, 105], "B": [204, 206]}


@pytest.mark.parametrize(
    ("row", "target", "result", "met"),
    [
        (harness.row("x", [1.0, 2.0, 3.0], "s"), "", "2 s (1.2 to 2.8)", True),
        (harness.row("x", [1.0], "×", at_most=1.0), "at most 1 ×", "1 × (1 to 1)", True),
        (harness.row("x", [1.1], "×", at_most=1.0), "at most 1 ×", "1.1 × (1.1 to 1.1)", False),
        (harness.row("x", [-1e-4], "s", note="y"), "", "0 s (0 to 0); y", True),
        (harness.row("x", [3.0], "×", at_least=3.0), "at least 3 ×", "3 × (3 to 3)", True),
        (harness.row("x", [2.9], "×", at_least=3.0), "at least 3 ×", "2.9 × (2.9 to 2.9)", False),
        (harness.count_row("x", 19, 20, at_least=19), "at least 19", "19 of 20", True),
        (harness.count_row("x", 18, 20, at_least=19), "at least 19", "18 of 20", False),
    ],
)
def test_a_row_says_its_target_its_result_and_whether_it_is_met(row, target, result, met):
    assert harness.target_text(row) == target
    assert harness.result_text(row) == result
    assert harness.met(row) is met


def test_the_recorded_command_names_no_folder_of_this_machine():
    for output in (["--output", "/somewhere/else"], ["--output=/somewhere/else"]):
        argv = ["/somewhere/gae.py", "--seed", "1", *output, "--rounds", "2"]
        recorded = harness.command(argv)
        assert recorded == "python tests/benchmarks/gae.py --seed 1 --rounds 2"


def test_what_is_written_is_rounded_and_sorted_and_ends_in_a_new_line(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "argv", ["gae.py"])
    rows = [harness.row("x", [2.0], "s", at_most=1.0)]
    assert harness.finish(tmp_path, rows, ["numpy"], b=[1.23456, 3], a={"c": 1e-7 / 3}) == 1
    text = (tmp_path / "gae.json").read_text()
    assert text.endswith("}\n") and '"b": [ 1.235, 3 ]' in text and '"c": 3.333e-08' in text
    assert list(json.loads(text)) == ["a", "b", "command", "machine", "rows", "versions"]
    assert harness.finish(tmp_path, [harness.row("x", [2.0], "s", at_most=2.0)], []) == 0


# --- The judge ---


def balance(observations):
    """Push to the side to which the pole falls: a policy that solves CartPole."""
    position, speed, angle, turning = observations.T
    return (angle + 0.5 * turning + 0.05 * position + 0.1 * speed > 0).astype(np.int64)


def push_left(observations):
    return np.zeros(len(observations), np.int64)


def test_a_policy_that_balances_solves_cartpole_and_one_that_pushes_left_does_not():
    assert cartpole.play(balance, 20, seed=0).tolist() == [500.0] * 20
    falls = cartpole.play(push_left, 20, seed=0)
    assert falls.shape == (20,) and falls.min() >= 8 and falls.max() <= 11
    assert cartpole.solved(np.full(20, 475.0))
    assert not cartpole.solved(np.array([500.0] * 19 + [-1.0]))  # a mean of 474.95


def test_an_episode_counts_to_its_first_end_however_long_the_others_last():
    def mixed(observations):  # half of the copies balance for 500 steps, the others restart
        return np.where(np.arange(len(observations)) < 10, balance(observations), 0)

    returns = cartpole.play(mixed, 20, seed=0)
    assert returns[:10].tolist() == [500.0] * 10 and returns[10:].max() <= 11


def test_judging_draws_by_its_own_seed_and_leaves_the_random_stream_alone():
    def toss(observations):
        return torch.randint(2, (len(observations),)).numpy()

    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = cartpole.play(toss, 20, seed=1)
    assert torch.equal(torch.rand(3), expected)
    assert np.array_equal(first, cartpole.play(toss, 20, seed=1))
    assert not np.array_equal(first, cartpole.play(toss, 20, seed=2))


def judged_at(monkeypatch, env_steps, solved_at):
    """Return the judge after checks at these steps, and the steps at which it let play."""
    now, played = [0.0], []
    monkeypatch.setattr(contenders.time, "perf_counter", lambda: now[0])

    def play(act, num_episodes, seed):
        assert num_episodes == 20
        played.append(seed - contenders.EVALUATION_SEED - 7)
        now[0] += 1000.0  # judging takes long
        return np.full(20, 475.0 if played[-1] >= solved_at else 474.0)

    monkeypatch.setattr(contenders, "play", play)
    judge = contenders.Judge(7)
    for steps in env_steps:
        now[0] += 1.0
        judge.check(steps, push_left)
    return judge, played


def test_the_judge_judges_every_1024_steps_until_it_is_solved_with_the_clock_stopped(monkeypatch):
    judge, played = judged_at(monkeypatch, range(256, 6000, 256), solved_at=3072)
    assert played == [1024, 2048, 3072]
    assert judge.solved and judge.env_steps == 3072 and judge.seconds == 12.0


def test_the_judge_judges_a_policy_of_2048_steps_once(monkeypatch):
    judge, played = judged_at(monkeypatch, range(2048, 9000, 2048), solved_at=10**9)
    assert played == [2048, 4096, 6144, 8192]
    assert not judge.solved and judge.env_steps == 8192 and judge.seconds == 4.0


def test_sb3_is_judged_after_its_updates_and_stops_when_it_is_solved(monkeypatch):
    updates, judged = [], []
    train = PPO.train
    monkeypatch.setattr(PPO, "train", lambda self: (updates.append(1), train(self)))

    def play(act, num_episodes, seed):
        judged.append(len(updates))
        actions = act(np.zeros((200, 4), np.float32))
        assert set(actions.tolist()) == {0, 1}  # sampled, not the likelier one
        return np.full(num_episodes, 500.0 if len(judged) == 2 else 0.0)

    monkeypatch.setattr(contenders, "play", play)
    settings = contenders.sb3_with_zoo_settings(PPOConfig(seed=3))
    judge = contenders.run_sb3(settings | {"n_epochs": 1}, budget=100_000)
    assert judged == [4, 8]  # a rollout has 256 steps
    assert len(updates) == 8 and judge.solved and judge.env_steps == 2048


def test_every_contender_of_the_command_line_can_run():
    assert list(contenders.CONTENDERS) == [solve_cartpole.OURS, *solve_cartpole.RIVALS]
    assert PPOConfig().total_steps == solve_cartpole.BUDGET


# --- SB3 with our settings ---


def as_sb3_has_them(config):
    """Build SB3's agent with our settings; return what it has for each field of ours."""
    settings = contenders.sb3_with_our_settings(config)
    built = []

    class Caught(PPO):
        def learn(self, total_timesteps, **_):
            built.append((self, total_timesteps))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contenders, "PPO", Caught)
        contenders.run_sb3(settings, budget=1)
    ((agent, total_timesteps),) = built
    networks = agent.policy.mlp_extractor
    rates = {agent.lr_schedule(1 - k / config.num_iterations) for k in (1, config.num_iterations)}
    found = {
        "env_id": agent.env.envs[0].spec.id,
        "seed": agent.seed,
        "total_steps": total_timesteps,
        "num_envs": agent.n_envs,
        "num_steps": agent.n_steps,
        "num_epochs": agent.n_epochs,
        "minibatch_size": agent.batch_size,
        "gamma": agent.gamma,
        "gae_lambda": agent.gae_lambda,
        "learning_rate": agent.lr_schedule(1.0),
        "anneal_learning_rate": len(rates) == 2,
        "adam_eps": agent.policy.optimizer.defaults["eps"],
        "clip_range": agent.clip_range(0.5),
        "vf_coef": agent.vf_coef,
        "ent_coef": agent.ent_coef,
        "max_grad_norm": agent.max_grad_norm,
        "normalize_advantages": "minibatch" if agent.normalize_advantage else "none",
        "hidden_sizes": tuple(m.out_features for m in networks.policy_net if hasattr(m, "bias")),
    }
    return found, agent


OTHER = PPOConfig(
    seed=4, total_steps=640, num_envs=4, num_steps=16, num_epochs=3, minibatch_size=16,
    gamma=0.9, gae_lambda=0.8, learning_rate=1e-3, anneal_learning_rate=False, adam_eps=1e-7,
    clip_range=0.3, vf_coef=0.7, ent_coef=0.01, max_grad_norm=0.4, normalize_advantages="none",
    hidden_sizes=(16, 8),
)  # fmt: skip


@pytest.mark.parametrize("config", [PPOConfig(seed=9000), OTHER], ids=["defaults", "all others"])
def test_sb3_gets_every_one_of_our_settings(config):
    found, agent = as_sb3_has_them(config)
    expected = dataclasses.asdict(config)
    expected["total_steps"] = config.num_iterations * config.rollout_size
    if config.normalize_advantages == "rollout":  # which SB3 can't
        expected["normalize_advantages"] = "minibatch"
    assert found == expected
    ours = [p.shape for p in make_model(config).parameters()]
    theirs = [p.shape for p in agent.policy.parameters()]
    assert sorted(ours) == sorted(theirs)
    assert agent.clip_range_vf is None and agent.target_kl is None and not agent.use_sde
    assert agent.policy.ortho_init and agent.policy.activation_fn is nn.Tanh
    assert str(agent.device) == "cpu"


def test_all_others_differ_from_the_defaults_in_every_setting_but_the_environment():
    same = [k for k, v in dataclasses.asdict(OTHER).items() if v == getattr(PPOConfig(), k)]
    assert same == ["env_id"]


def test_sb3_has_our_learning_rate_in_every_iteration():
    config = PPOConfig()
    settings = contenders.sb3_with_our_settings(config)
    total = settings["total_timesteps"]
    for iteration in range(1, config.num_iterations + 1):
        remaining = 1.0 - iteration * config.rollout_size / total  # as SB3 has it at its update
        ours = (1.0 - (iteration - 1) / config.num_iterations) * config.learning_rate
        assert settings["learning_rate"](remaining) == pytest.approx(ours, rel=1e-9)


def test_sb3s_defaults_are_left_to_sb3_and_the_zoos_fall_linearly():
    assert set(contenders.sb3_defaults(PPOConfig())) == {"n_envs", "total_timesteps", "seed"}
    zoo = contenders.sb3_with_zoo_settings(PPOConfig())
    assert [zoo["learning_rate"](share) for share in (1.0, 0.25)] == [1e-3, 2.5e-4]
    assert [zoo["clip_range"](share) for share in (1.0, 0.25)] == [0.2, 0.05]


def test_sb3_by_the_iteration_learns_what_its_own_loop_learns():
    config = dataclasses.replace(OTHER, anneal_learning_rate=True)
    model, total_timesteps = contenders.make_sb3(contenders.sb3_with_our_settings(config))
    model.learn(total_timesteps, log_interval=None)
    *_, cut_open = contenders.sb3_iterations(config)
    pairs = zip(model.policy.parameters(), cut_open.policy.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert model.num_timesteps == cut_open.num_timesteps == 640


# --- The plain PPO ---


class Recorder(VectorWrapper):
    """Keeps what was done in the environments, and what came of it."""

    def __init__(self, envs):
        super().__init__(envs)
        self.seen, self.steps = [], []

    def reset(self, **options):
        self.now, infos = self.env.reset(**options)
        return self.now, infos

    def step(self, actions):
        self.seen.append(self.now)
        step = self.now, rewards, *ends, infos = self.env.step(actions)
        led_to, ended = self.now.copy(), ends[0] | ends[1]
        if ended.any():
            led_to[ended] = infos["final_obs"][ended]
        self.steps.append((actions.copy(), led_to, rewards.astype(np.float32), *ends))
        return step


@torch.no_grad()
def rollout_of(recorder, model):
    """Return what was recorded as our rollout, judged by our model."""
    columns = [torch.from_numpy(np.stack(column)) for column in zip(*recorder.steps, strict=True)]
    actions, led_to, rewards, terminated, truncated = columns
    seen = torch.tensor(np.stack(recorder.seen))
    log_probs = model.policy(seen).log_prob(actions)
    values, next_values = model.value(seen), model.value(led_to)
    return Rollout(seen, actions, log_probs, values, next_values, rewards, terminated, truncated)


def test_the_plain_ppo_updates_its_agent_as_ours_does_on_the_same_rollout():
    # A minibatch is the whole rollout, so that no order matters; a large epsilon keeps Adam from
    # blowing up the rounding of small gradients.
    config = PPOConfig(
        num_envs=4, num_steps=64, minibatch_size=256, num_epochs=3, total_steps=512, adam_eps=0.01,
        learning_rate=0.1, max_grad_norm=0.4, ent_coef=0.01, gae_lambda=0.8, gamma=0.9,
    )  # fmt: skip
    torch.manual_seed(0)
    envs = Recorder(make_envs(config.env_id, config.num_envs))
    agent = plain_ppo.Agent(envs, config.hidden_sizes)
    model = make_model(config)
    model.policy_network.load_state_dict(agent.actor.state_dict())
    model.value_network.load_state_dict(agent.critic.state_dict())
    before = [parameter.clone() for parameter in model.parameters()]

    episode_returns, found = next(plain_ppo.train(config, envs, agent))
    rollout = rollout_of(envs, model)
    assert rollout.terminated.any() and not rollout.truncated.any()  # which it takes for an end
    assert len(episode_returns) == rollout.terminated.sum()
    batch = make_batch(rollout, config)
    metrics = ppo_update(model, make_optimizer(model, config), batch, config)

    assert metrics["clip_fraction"] > 0.05 and metrics["grad_norm"] > 1.0
    for name in ("approx_kl", "clip_fraction", "explained_variance"):
        assert found[name] == pytest.approx(metrics[name], rel=1e-3, abs=1e-6), name
    theirs = [*agent.actor.parameters(), *agent.critic.parameters()]
    ours = [*model.policy_network.parameters(), *model.value_network.parameters()]
    assert sum((a - b).norm() for a, b in zip(ours, before, strict=True)) > 1.0
    for a, b in zip(ours, theirs, strict=True):
        assert torch.allclose(a, b, atol=1e-5)


PLAIN = PPOConfig(
    total_steps=256, num_envs=4, num_steps=16, num_epochs=3, minibatch_size=16, hidden_sizes=(8, 8)
)
CHANGED = {
    "seed": 1, "total_steps": 640, "num_envs": 8, "num_steps": 32, "num_epochs": 2,
    "minibatch_size": 32, "gamma": 0.9, "gae_lambda": 0.8, "learning_rate": 0.02,
    "anneal_learning_rate": False, "adam_eps": 1e-3, "clip_range": 0.05, "vf_coef": 0.6,
    "ent_coef": 0.01, "max_grad_norm": 0.4, "hidden_sizes": (8, 16),
}  # fmt: skip


def plain_weights(config):
    """Return the sum of the plain agent's weights after two iterations."""
    runs = training_speed.plain_iterations(config, make_envs)
    agent = runs.gi_frame.f_locals["agent"]
    for _ in range(2):
        next(runs)
    return sum(parameter.double().abs().sum().item() for parameter in agent.parameters())


def test_the_plain_ppo_heeds_every_setting_but_how_advantages_are_normalised():
    others = {"env_id", "normalize_advantages"}  # its environments are made for it
    assert set(CHANGED) | others == {field.name for field in dataclasses.fields(PPOConfig)}
    plain = plain_weights(PLAIN)
    assert plain == plain_weights(PLAIN)
    changed = {k: plain_weights(dataclasses.replace(PLAIN, **{k: v})) for k, v in CHANGED.items()}
    assert [name for name, weights in changed.items() if weights == plain] == []


def test_the_plain_ppo_gets_the_scores_of_episodes_from_either_kind_of_environments():
    for make in (plain_ppo.make_sync_envs, make_envs):
        envs = make("CartPole-v1", 3)
        envs.reset(seed=0)
        scores, length = [], np.zeros(3)
        expected = []
        for _ in range(60):
            _, _, terminated, truncated, infos = envs.step(np.array([0, 1, 0]))
            length += 1
            expected += length[terminated | truncated].tolist()
            length[terminated | truncated] = 0
            scores += plain_ppo.ended_returns(infos)
        envs.close()
        assert len(scores) > 9 and scores == expected


@pytest.mark.slow
def test_the_plain_ppo_learns_cartpole_on_every_seed_and_keeps_it_on_two_of_three():
    ends = []
    for seed in (9000, 9001, 9002):
        runs = training_speed.plain_iterations(PPOConfig(seed=seed), plain_ppo.make_sync_envs)
        scores = [score for episode_returns, _ in runs for score in episode_returns]
        means = np.convolve(scores, np.full(20, 1 / 20), "valid")
        assert means.max() >= 400
        ends.append(means[-1])
    # An end by the time limit that counts as a fall misleads the critic of an agent that balances:
    # one of these three loses what it had, and none if that end is bootstrapped as ours is.
    assert sum(end >= 400 for end in ends) >= 2


def test_all_four_train_for_the_same_iterations_and_take_turns(monkeypatch):
    config = dataclasses.replace(PLAIN, total_steps=64 * 6)
    assert list(training_speed.trainings(config)) == [training_speed.OURS, *training_speed.RIVALS]
    order = []

    def watched(config, trainings=training_speed.trainings):
        def watch(name, training):
            for record in training:
                order.append(name)
                yield record

        return {name: watch(name, training) for name, training in trainings(config).items()}

    monkeypatch.setattr(training_speed, "trainings", watched)
    speeds = training_speed.measure(config, rounds=2, iterations=2)
    names = list(speeds)
    assert order == [name for _ in range(3) for name in names for _ in range(2)]
    assert all(len(of_rounds) == 2 and min(of_rounds) > 0 for of_rounds in speeds.values())
    with pytest.raises(RuntimeError, match="ended before"):
        training_speed.measure(config, rounds=3, iterations=2)


def test_a_ratio_of_steps_a_second_is_ours_over_the_rivals():
    speeds = {training_speed.OURS: [30.0, 3.0]} | {
        name: [10.0, 1.5] for name in training_speed.RIVALS
    }
    ours, plain, same_envs, sb3 = training_speed.rows(speeds)
    assert ours["median"] == 16.5 and plain["median"] == 2.5  # of 3 and 2
    assert harness.met(plain) and harness.met(sb3)
    assert harness.target_text(plain) == harness.target_text(sb3) == "at least 2.5 ×"
    assert harness.target_text(same_envs) == harness.target_text(ours) == ""
    assert plain["note"] == "16.5k against 5.75k"


# --- The other subjects ---


def test_the_loop_over_time_agrees_with_ours_and_a_wrong_one_would_not(monkeypatch):
    for shape in gae.SHAPES:
        inputs = gae.make_inputs(*shape, seed=0)
        assert inputs[3].any() and inputs[4].any()
        assert gae.largest_difference(inputs) <= gae.TOLERANCE
    right = gae.compute_gae
    wrong = lambda r, v, n, end, cut, *rest: right(r, v, n, end | cut, cut, *rest)  # noqa: E731
    monkeypatch.setattr(gae, "compute_gae", wrong)
    assert gae.largest_difference(inputs) > gae.TOLERANCE


def test_the_twin_environments_go_the_same_way_and_others_are_refused():
    training = stages.Training(PPOConfig(num_envs=4, num_steps=64, minibatch_size=64))
    for _ in range(2):
        training.iteration()
        training.prepare()
        training.environment()
    num_pieces = 4 * training.config.num_epochs
    assert len(training.pieces) == num_pieces and training.rollout.episode_returns
    training.twin.reset(seed=1)
    with pytest.raises(RuntimeError, match="another way"):
        training.environment()


def test_a_lesson_has_a_row_for_its_whole_and_one_for_the_cell_that_is_slowest_in_most_rounds():
    runs = {  # in the last round another cell is the slowest by far
        "06_x": [
            (30.0, 41.0, {"06_x-a": 1.0, "06_x-b": 13.0}),
            (40.0, 43.0, {"06_x-a": 3.0, "06_x-b": 14.0}),
            (41.0, 42.0, {"06_x-a": 30.0, "06_x-b": 15.0}),
        ],
        "07_y": [
            (44.0, 80.0, {"07_y-c": 14.5}),
            (46.0, 84.0, {"07_y-c": 14.0}),
            (45.0, 81.0, {"07_y-c": 14.2}),
        ],
    }
    whole, cell, whole_07, cell_07 = lessons.rows(runs)
    assert whole["median"] == 40.0 and whole["note"] == "processor 42 s"
    assert cell["median"] == 14.0 and cell["note"] == "`06_x-b`"
    assert whole["at_most"] == 40.0 and whole_07["at_most"] == 45.0
    assert harness.met(cell) and not harness.met(cell_07)
    course = lessons.course_row(runs)
    assert (course["median"], course["note"]) == (86.0, "processor 123 s")  # of 74, 86, 86
    assert harness.target_text(course) == "at most 150 s"


class Measured:
    """An explorer as it has been measured."""

    def __init__(self, latencies, fps):
        self.latencies, self.fps, self.offered = latencies, fps, [50.0]


def test_one_run_measures_every_explorer_and_each_has_two_rows_with_targets():
    named = {call.partition("(")[0] for call, _ in explorer_latency.EXPLORERS.values()}
    assert named == set(all_explorers()) and len(named) == 7
    subjects = {name: Measured([10.0, 16.0, 40.0], [25.0]) for name in explorer_latency.EXPLORERS}
    subjects |= {"gae": Measured([16.1], [25.0]), "step": Measured([16.0], [24.0, 24.5])}
    subjects[explorer_latency.INTERACT_NAME] = Measured([200.0], [4.0])
    made = explorer_latency.rows(subjects)
    assert len(made) == len({row["figure"] for row in made}) == 2 * len(subjects)
    missed = [row["figure"] for row in made if not harness.met(row)]
    assert missed == [
        "`GaeExplorer(end='none', step=0)`, `gamma`: from a key press to the new picture",
        "`StepExplorer()`, a point: new pictures while dragged",
    ]
    assert [harness.target_text(row) for row in made[:2]] == [
        "at most 16 ms",
        "at least 25 frames/s",
    ]
    assert [harness.target_text(row) for row in made[-2:]] == ["", ""]


def test_without_chromium_no_explorer_is_measured_and_a_sentence_says_why(
    monkeypatch, capsys, tmp_path
):
    monkeypatch.setattr(explorer_latency, "find_chromium", lambda: None)
    monkeypatch.setattr(sys, "argv", ["explorer_latency.py", "--output", str(tmp_path)])
    assert explorer_latency.main() == 0
    said = capsys.readouterr().out
    assert said.startswith("Nothing is measured: there is no Chromium here. Install it")
    assert list(tmp_path.iterdir()) == []


def test_the_parent_of_measured_processes_is_small():
    code = (
        f"import sys; sys.path.insert(0, {str(FOLDER)!r}); import process; "
        "print([name for name in ('torch', 'numpy', 'ppo_lib.config') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


# --- What is written ---

TINY = {
    "environments": ["--rounds", "1", "--steps", "20"],
    "explorer_latency": ["--explorers", "clip", "--rounds", "1", "--seconds", "0.5"],
    "gae": ["--rounds", "1", "--calls", "1"],
    "iteration": ["--rounds", "1"],
    "lessons": ["--lessons", "03"],
    "policy_quality": ["--seeds", "1", "--episodes", "2", "--total-steps", "1024"],
    "population": ["--agents", "2", "--iterations", "1", "--rounds", "1"],
    "process": ["--rounds", "1", "--warm-up", "0", "--total-steps", "1024"],
    "solve_cartpole": ["--seeds", "1", "--budget", "1024"],
    "training_speed": ["--seeds", "1", "--rounds", "1", "--iterations", "1"],
}
# A target of time may be missed, beside other work above all; an untrained agent misses its own.
STATUS = {name: {0, 1} for name in TINY} | {"policy_quality": {1}}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder in which every benchmark has written what a tiny run of it gave."""
    folder = tmp_path_factory.mktemp("benchmarks")
    for name, tiny in TINY.items():
        command = [sys.executable, str(FOLDER / f"{name}.py"), *tiny, "--output", str(folder)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert ran.returncode in STATUS[name], ran.stderr
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", TINY)
def test_a_benchmark_writes_its_command_machine_versions_and_seeds(written, name):
    if name == "explorer_latency" and find_chromium() is None:
        assert os.environ.get("PPO_REQUIRE_BROWSER") != "1"
        pytest.skip(explorer_latency.NO_CHROMIUM)
    result = json.loads((written / f"{name}.json").read_text())
    assert result["command"] == f"python tests/benchmarks/{name}.py {' '.join(TINY[name])}"
    assert set(result["machine"]) == {"cpu", "cores", "system"}
    used = {"environments": "numpy", "explorer_latency": "chromium"}.get(name, "torch")
    assert {"python", used} <= set(result["versions"])
    assert result["rows"] and ("seeds" not in result or result["seeds"])
    assert "seeds" in result or name in ("explorer_latency", "lessons")
    if name == "solve_cartpole":
        assert "stable-baselines3" in result["versions"]
        steps = {who: run["env_steps"] for who, (run,) in result["runs"].items()}
        assert steps.pop("SB3's defaults") == 2048 and set(steps.values()) == {1024}
        assert all(run["seconds"] > 0 and not run["solved"] for (run,) in result["runs"].values())


PRIVATE = re.compile(
    "|".join(
        (
            *(rf"\b{re.escape(name)}\b" for name in (socket.gethostname(), getpass.getuser())),
            *(re.escape(f"{path}/") for path in (ROOT, Path.home(), sys.prefix)),
            r"/(?:tmp|home|root|Users)/",
            r"\b20\d\d-\d\d-\d\d",  # a date
            r"\b1[6-9]\d{8}\b",  # seconds since 1970
        )
    )
)


def private_in(folder):
    """Return what the results in a folder tell of this machine and its user."""
    files = [*folder.glob("*.json")]
    assert files
    return [(path.name, found[0]) for path in files for found in PRIVATE.finditer(path.read_text())]


def test_a_recorded_result_names_no_host_user_path_or_time():
    assert private_in(harness.ASSETS) == []


@pytest.mark.slow
def test_a_new_result_names_no_host_user_path_or_time(written):
    assert private_in(written) == []


@pytest.mark.parametrize(
    "text",
    [
        f"on {socket.gethostname()}", f"by {getpass.getuser()}", str(ROOT / "x"), "/" + "tmp/x",
        "2026-11-22T12:00", "1795000000",
    ],
)  # fmt: skip
def test_a_host_user_path_or_time_would_be_found(text):
    assert PRIVATE.search(text)


# --- BENCHMARKS.md and README ---


def store(folder, name, rows, **more):
    """Write a result as a benchmark would."""
    machine = {"cpu": "Abacus", "cores": 2, "system": "Linux"}
    command = f"python tests/benchmarks/{name}.py"
    result = {"command": command, "machine": machine, "versions": {"python": "3.11.7"}}
    (folder / f"{name}.json").write_text(json.dumps(result | {"rows": rows} | more))


def test_the_page_has_a_row_for_every_figure_and_no_section_for_what_is_not_there(tmp_path):
    recorded = table.read(harness.ASSETS)
    made = table.page(harness.ASSETS)
    rows = [row for result in recorded.values() for row in result["rows"]]
    assert all(made.count(f"| {row['figure']} |") == 1 for row in rows)
    assert made.count("\n## ") == len(recorded)
    store(tmp_path, "process", [harness.row("x", [1.0], "s"), harness.row("y", [2.0], "s")])
    store(tmp_path, "solve_cartpole", [harness.row("z", [3.0], "s")])
    alone = table.page(tmp_path)
    assert re.findall(r"\(tests/benchmarks/(\w+)\.py\)", alone) == ["solve_cartpole", "process"]
    assert "| figure | target | result |\n|---|---|---|\n| x |  | 1 s (1 to 1) |\n| y |" in alone
    assert alone.endswith("|\n\nMeasured on Abacus, 2 cores, Linux; python 3.11.7.\n")
    assert "Nothing has been measured yet." in table.page(tmp_path / "none")


def test_a_section_has_the_scripts_title_and_leads_to_it(tmp_path):
    store(tmp_path, "gae", [harness.row("z", [3.0], "ms")])
    made = table.page(tmp_path)
    assert "\n## How fast `compute_gae` is, beside a plain loop over time in PyTorch\n" in made
    links = re.findall(r"\]\((.+?)\)", table.page(harness.ASSETS))
    assert links and all((ROOT / link).is_file() for link in links)


def test_a_missed_target_is_marked_on_the_page_and_one_that_is_met_is_not(tmp_path):
    rows = [
        harness.row("slow", [2.0], "s", at_most=1.0),
        harness.row("fast", [1.0], "s", at_most=1),
    ]
    store(tmp_path, "gae", rows)
    made = table.page(tmp_path)
    assert "| slow | at most 1 s, **missed** | 2 s (2 to 2) |" in made
    assert "| fast | at most 1 s | 1 s (1 to 1) |" in made


def test_the_page_tells_the_share_of_every_part_of_an_iteration(tmp_path):
    parts = [
        {"part": "rollout", "how": "measured", **harness.summary([5.0])},
        {"part": "the rest", "how": "difference", **harness.summary([14.0, 16.0])},
        {"part": "one iteration", "how": "measured", **harness.summary([20.0])},
    ]
    store(tmp_path, "iteration", [harness.row("z", [3.0], "×")], parts_ms=parts)
    assert table.page(tmp_path).count("| part | ms | share | |") == 1
    assert table.parts_table(parts).splitlines()[2:] == [
        "| rollout | 5.00 (5.00 to 5.00) | 25% | measured |",
        "| the rest | 15.00 (14.20 to 15.80) | 75% | difference |",
        "| one iteration | 20.00 (20.00 to 20.00) | 100% | measured |",
    ]


def test_readme_says_what_has_a_result_and_every_figure_that_it_shows_is_one_that_is_made(tmp_path):
    assert "measured yet" in table.headline(tmp_path)
    speeds = {name: [2.0] for name in (training_speed.OURS, *training_speed.RIVALS)}
    store(tmp_path, "training_speed", training_speed.rows(speeds | {"plain": [0.5], "SB3": [0.8]}))
    said = table.headline(tmp_path).replace("\n", " ")
    assert said.startswith("At equal settings it takes 4 times as many steps a second as a plain")
    assert said.endswith("and 2.5 times as many as stable-baselines3.")
    store(tmp_path, "lessons", [lessons.course_row({"00_x": [(9.5, 12.0, {})]})])
    assert table.headline(tmp_path).endswith("take 9.5 s.")
    for name in ("solve_cartpole", "policy_quality"):
        (tmp_path / f"{name}.json").write_text((harness.ASSETS / f"{name}.json").read_text())
    whole = table.headline(tmp_path)
    assert len(re.findall(r"\.(?: |\n|$)", whole)) == len(table.SENTENCES)
    assert re.search(r"\d+ of\s\d+ agents", whole) and max(map(len, whole.splitlines())) <= 100
    store(tmp_path, "lessons", [harness.row("renamed", [1.0], "s")])
    with pytest.raises(KeyError, match="All lessons together"):
        table.headline(tmp_path)


def test_the_sentences_go_between_the_markers_and_nowhere_else():
    readme = f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n"
    assert table.with_headline(readme, r"a \1 b") == readme.replace("old", r"a \1 b")
    for wrong in ("no markers", readme + readme):
        with pytest.raises(ValueError, match="once"):
            table.with_headline(wrong, "x")


def test_writing_makes_the_page_and_leaves_readme_as_it_is_around_the_markers(
    monkeypatch, tmp_path
):
    for name in ("PAGE", "README"):
        monkeypatch.setattr(table, name, tmp_path / f"{name}.md")
    (tmp_path / "README.md").write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    monkeypatch.setattr(sys, "argv", ["table.py", "--write"])
    assert table.main() == 0
    assert (tmp_path / "PAGE.md").read_text() == table.page()
    inside = f"{table.BEGIN}\n{table.headline()}\n{table.END}"
    assert (tmp_path / "README.md").read_text() == f"before\n{inside}\nafter\n"


def test_the_page_and_readme_hold_the_recorded_results():
    assert (ROOT / "BENCHMARKS.md").read_text(encoding="utf-8") == table.page()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert table.with_headline(readme, table.headline()) == readme


def test_no_figure_of_speed_in_readme_is_typed_by_hand():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    chapter = readme.partition("## How fast it is\n")[2].partition("\n## ")[0]
    assert "](BENCHMARKS.md)" in chapter and table.BEGIN in chapter
    assert re.search(r"\d", chapter) and not re.search(r"\d", table.with_headline(chapter, ""))


def test_every_recorded_result_has_its_script():
    recorded = {path.stem for path in harness.ASSETS.glob("*.json")}
    assert recorded <= {path.stem for path in FOLDER.glob("*.py")}


def test_make_bench_runs_every_script_and_then_the_table():
    make = ["make", "-n", "-o", ".venv/installed-dev", "bench"]
    printed = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    named = re.findall(r"tests/benchmarks/(\w+)\.py", printed)
    main = {
        path.stem for path in FOLDER.glob("*.py") if "\n    sys.exit(main())" in path.read_text()
    }
    assert main == {*TINY, "table"}
    assert len(named) == len(set(named)) and set(named) == main and named[-1] == "table"
