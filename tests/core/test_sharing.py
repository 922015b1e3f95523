"""Who trains with whom and where; and that it makes no difference."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
import torch

from ppo_lib.advantages import compute_gae
from ppo_lib.beyond import population, sharing, workers
from ppo_lib.beyond.population import train_many
from ppo_lib.beyond.sharing import MAX_TEAM, Agent, num_processes, share_out, work
from ppo_lib.config import PPOConfig
from ppo_lib.losses import clipped_surrogate, unclipped_surrogate
from ppo_lib.training import make_model

ROOT = Path(__file__).parents[2]


def agents_of(settings, surrogates=None):
    surrogates = surrogates or [clipped_surrogate] * len(settings)
    return [
        Agent(index, PPOConfig(**own), None, surrogate, None, None)
        for index, (own, surrogate) in enumerate(zip(settings, surrogates, strict=True))
    ]


def sizes(shares):
    return [[len(team) for team in share] for share in shares]


def test_agents_of_one_kind_are_shared_out_equally_to_one_in_teams_as_large_as_may_be():
    for num_agents, num_shares in itertools.product((1, 2, 5, 24, 40, 67), (1, 2, 3, 5)):
        agents = agents_of([{}] * num_agents)
        shares = share_out(agents, num_shares)
        found = [agent.index for share in shares for team in share for agent in team]
        assert found == list(range(num_agents))
        counts = [sum(of_share) for of_share in sizes(shares)]
        assert len(counts) == min(num_agents, num_shares) and max(counts) - min(counts) <= 1
        for of_share in sizes(shares):
            assert all(size == MAX_TEAM for size in of_share[:-1]) and of_share[-1] <= MAX_TEAM


def test_only_agents_that_can_share_a_call_are_in_a_team():
    settings = [{}, {"num_epochs": 5}, {"minibatch_size": 64}, {"clip_range": 0.1}, {}, {"seed": 3}]
    surrogates = [clipped_surrogate] * 4 + [unclipped_surrogate, clipped_surrogate]
    (share,) = share_out(agents_of(settings, surrogates), 1)
    assert [[agent.index for agent in team] for team in share] == [[0, 5], [1], [2], [3], [4]]


def test_each_process_gets_about_the_same_work_where_agents_differ_in_it():
    settings = [{"num_epochs": k, "seed": s} for s in range(6) for k in (1, 2, 4, 8, 16, 32)]
    agents = agents_of(settings)
    most = work(PPOConfig(num_epochs=32))
    for num_shares in (2, 3, 5):
        shares = share_out(agents, num_shares)
        loads = [sum(work(agent.config) for team in share for agent in team) for share in shares]
        assert max(loads) <= sum(loads) / num_shares + most
        assert sum(map(len, shares)) <= 6 + num_shares - 1  # a cut divides one team at most
    assert sizes(share_out(agents_of([{"num_epochs": 1}, {"num_epochs": 32}]), 2)) == [[1], [1]]
    assert sizes(share_out(agents_of([{"num_epochs": 100}, {}, {}]), 3)) == [[1], [2]]


def test_an_estimate_of_the_work_grows_with_samples_and_with_gradient_steps():
    plain = work(PPOConfig())
    assert work(PPOConfig(num_envs=64)) == 2 * plain  # twice the samples, twice the steps
    assert plain < work(PPOConfig(minibatch_size=128)) < 2 * plain < work(PPOConfig(num_epochs=10))


def test_as_many_processes_train_as_the_work_is_worth_and_there_are_cores(monkeypatch, set_threads):
    agents = agents_of([{}] * 4)  # 97 iterations
    total = 4 * 97 * work(PPOConfig())
    set_threads(3)
    for worth, expected in ((2 * total, 1), (total, 1), (total / 2, 2), (total / 9, 3)):
        monkeypatch.setattr(sharing, "WORTH_A_PROCESS", worth)
        assert num_processes(agents) == expected
    set_threads(1)
    assert num_processes(agents) == 1
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize("num_agents, expected", [(1, 1), (24, 2)])
def test_one_agent_of_the_default_settings_trains_alone_and_a_sweep_does_not(
    num_agents, expected, set_threads
):
    set_threads(2)
    assert num_processes(agents_of([{}] * num_agents)) == expected


def small(**changes):
    settings = {"num_envs": 8, "num_steps": 16, "minibatch_size": 32, "total_steps": 512}
    return PPOConfig(**settings | changes)


FOUR = [small(seed=seed) for seed in range(4)]


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()]).clone()


@pytest.fixture
def two_processes(monkeypatch, set_threads):
    """However short a training is, it takes two processes."""
    monkeypatch.setattr(sharing, "WORTH_A_PROCESS", 1.0)
    set_threads(2)


@pytest.fixture(scope="module", autouse=True)
def no_process_is_left(new_processes, end_idle_workers):
    yield
    end_idle_workers()
    assert new_processes() == []


@pytest.fixture(scope="module")
def reference():
    """The records of FOUR, and their weights after each iteration, in teams of two here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharing, "MAX_TEAM", 2)
        return followed(train_many(FOUR, progress=False))


def followed(iterations):
    return [(records, [weights(record.model) for record in records]) for records in iterations]


def check_same(found, expected):
    for (records, ends), (other_records, other_ends) in zip(found, expected, strict=True):
        assert records == other_records
        assert all(map(torch.equal, ends, other_ends))


def test_agents_of_two_processes_are_bit_for_bit_those_of_one(reference, two_processes):
    models = [make_model(config) for config in FOUR]
    parameters = [list(model.parameters()) for model in models]
    before = torch.get_rng_state()
    found = followed(train_many(FOUR, models, progress=False))
    assert len(workers._idle) == 1  # so there were two
    check_same(found, reference)
    assert torch.equal(torch.get_rng_state(), before) and torch.get_num_threads() == 2
    for model, own, record in zip(models, parameters, found[-1][0], strict=True):
        assert record.model is model
        assert all(one is other for one, other in zip(model.parameters(), own, strict=True))
        for one in own:
            assert one.untyped_storage().nbytes() == one.numel() * one.element_size()


def test_what_an_agent_reports_from_another_process_is_what_it_reports_here(two_processes):
    factor = 2.0

    def surrogate(*given):  # a closure
        print("printed")
        return factor * clipped_surrogate(*given)

    def estimate(*given):
        assert torch.get_num_threads() == 1
        return compute_gae(*given)

    configs = [small(seed=seed, learning_rate=rate) for seed, rate in enumerate((0.01, 1e20))]
    parts = {"surrogate": surrogate, "estimate_advantages": estimate}
    runs = []
    for num_threads in (1, 2):
        torch.set_num_threads(num_threads)
        with pytest.warns(RuntimeWarning, match="agent 1 of the population .* in iteration 1:"):
            runs.append(followed(train_many(configs, progress=False, **parts)))
    for (records, ends), (others, other_ends) in zip(*runs, strict=True):
        assert repr(records) == repr(others)  # so that nan is nan
        assert all(map(torch.equal, ends, other_ends))
    assert "nan" in repr(records[1]) and "nan" not in repr(records[0])


def test_what_cannot_be_sent_trains_in_this_process(reference, two_processes, monkeypatch):
    lock = threading.Lock()
    calls = []

    def surrogate(*given):
        with lock:
            calls.append(1)
            return clipped_surrogate(*given)

    monkeypatch.setattr(population, "hire", None)
    found = followed(train_many(FOUR, surrogate=surrogate, progress=False))
    assert [records for records, _ in found] == [records for records, _ in reference]
    assert calls


def test_a_short_training_or_one_on_one_thread_starts_no_process(monkeypatch, set_threads):
    monkeypatch.setattr(population, "hire", None)
    set_threads(2)
    assert len(list(train_many(FOUR, progress=False))) == 4
    monkeypatch.setattr(sharing, "WORTH_A_PROCESS", 1.0)
    set_threads(1)
    assert len(list(train_many(FOUR, progress=False))) == 4
    set_threads(2)
    with pytest.raises(TypeError):
        next(train_many(FOUR, progress=False))


def test_leaving_early_ends_the_process_and_keeps_what_the_models_have_learnt(
    reference, two_processes, new_processes
):
    iterations = train_many(FOUR, progress=False)
    next(iterations)
    records = next(iterations)
    time.sleep(0.2)  # in which the other process runs ahead
    (child,) = new_processes()
    iterations.close()
    assert not child.is_running() and workers._idle == []
    check_same([(records, [weights(record.model) for record in records])], reference[1:2])


def test_a_second_interrupt_while_a_process_is_ended_leaves_all_else_closed(
    two_processes, new_processes, monkeypatch
):
    end = workers.Worker.end

    def interrupted(self):
        end(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(workers.Worker, "end", interrupted)
    iterations = train_many(FOUR, progress=False)
    records = next(iterations)
    with pytest.raises(KeyboardInterrupt):
        iterations.close()
    assert new_processes() == [] and torch.get_num_threads() == 2
    for parameter in records[0].model.parameters():
        size = parameter.numel() * parameter.element_size()
        assert parameter.untyped_storage().nbytes() == size


# Neither guard nor module: what a learner writes, and what a notebook's cells are.
SCRIPT = """
import sys
import gymnasium as gym
import torch
from ppo_lib.beyond import sharing
from ppo_lib.beyond.population import train_many
from ppo_lib.config import PPOConfig
from ppo_lib.losses import clipped_surrogate

sharing.WORTH_A_PROCESS = 1.0
torch.set_num_threads(2)

class Corridor(gym.Env):
    observation_space = gym.spaces.Box(0, 9, (1,))
    action_space = gym.spaces.Discrete(2)
    def reset(self, seed=None, options=None):
        super().reset(seed=seed)
        self.place = 5
        return self.seen(), {}
    def step(self, action):
        self.place += 1 if action else -1
        return self.seen(), float(action), self.place in (0, 9), False, {}
    def seen(self):
        return np.array([self.place], np.float32)

import numpy as np  # below what uses it, as cells may be
gym.register("Corridor-v0", entry_point="__main__:Corridor", max_episode_steps=20)

def twice(log_probs, old_log_probs, advantages, clip_range):
    print("called", file=sys.stderr)
    return factor * clipped_surrogate(log_probs, old_log_probs, advantages, clip_range)

factor = 2.0
configs = [
    PPOConfig("Corridor-v0", seed, LENGTH, num_envs=2, num_steps=8, minibatch_size=16)
    for seed in range(2)
]
for records in train_many(configs, surrogate=twice, progress=False):
    print(records[1].iteration, records[1].episode_lengths, flush=True)
print("end")
"""


def script(tmp_path, length):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT.replace("LENGTH", str(length)))
    return subprocess.Popen(
        [sys.executable, "-X", "dev", str(path)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_a_script_without_a_guard_trains_with_its_own_functions_and_environment(tmp_path):
    with script(tmp_path, 48) as process:
        out, err = process.communicate(timeout=60)
    lines = out.splitlines()
    assert process.returncode == 0 and lines[-1] == "end"
    assert [line.split()[0] for line in lines[:-1]] == ["1", "2", "3"]
    assert err.count("called") == 2 * (1 + 3 * 4)
    assert err.replace("called", "").strip() == ""  # no ResourceWarning, for one


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
def test_an_interrupt_ends_every_process(tmp_path):
    with script(tmp_path, 10**6) as process:
        assert process.stdout.readline().startswith("1 ")
        (other,) = psutil.Process(process.pid).children()
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C and the stop button of a notebook do
        _, err = process.communicate(timeout=60)
    assert not other.is_running()
    assert err.count("Traceback") == 1 and "KeyboardInterrupt" in err
    assert "ResourceWarning" not in err
