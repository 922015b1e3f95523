"""The command line: python -m ppo_lib."""

import os
import signal
import subprocess
import sys
from dataclasses import fields

import pytest

from ppo_lib.__main__ import EVALUATION_SEED, main
from ppo_lib.config import PRESETS, PPOConfig
from ppo_lib.training import evaluate, load_checkpoint


def run(*arguments, cwd):
    command = [sys.executable, "-m", "ppo_lib", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_it_trains_shows_a_bar_evaluates_and_saves(tmp_path):
    done = run("--env", "CartPole-v1", "--seed", "3", "--total-steps", "2048", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2048/2048" in done.stderr
    assert "return over 100 stochastic episodes: mean" in done.stdout
    model, config = load_checkpoint(tmp_path / "checkpoints" / "CartPole-v1_seed3.pt")
    assert (config.seed, config.total_steps) == (3, 2048)
    mean = evaluate(model, "CartPole-v1", 100, seed=3 + EVALUATION_SEED).mean()
    assert f"mean {mean:.1f}," in done.stdout


def test_quiet_shows_no_bar(tmp_path):
    done = run("--quiet", "--total-steps", "1024", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_explains_every_setting_with_its_default(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    for setting in fields(PPOConfig):
        assert setting.metadata["help"] in shown
    assert shown.count("(default: ") == len(fields(PPOConfig)) + 3  # preset, checkpoint, quiet


@pytest.mark.parametrize("name", PRESETS)
def test_an_environment_brings_its_preset(name, tmp_path, monkeypatch):
    used = []
    monkeypatch.setattr("ppo_lib.__main__.train", lambda config, *a, **k: used.append(config) or [])
    monkeypatch.setattr("ppo_lib.__main__.NUM_EVALUATION_EPISODES", 1)
    env_id = PRESETS[name].env_id
    assert main(["--env", env_id, "--checkpoint", str(tmp_path / "a.pt")]) == 0
    assert used == [PRESETS[name]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--gamma", "1.5"], "gamma must be at least 0 and at most 1, got 1.5"),
        (["--minibatch-size", "100"], "minibatch_size must divide"),
        (["--env", "CartPole-v99"], "env_id must name an environment"),
        (["--preset", "pong"], "invalid choice: 'pong'"),
        (["--hidden-sizes", "64,x"], "--hidden-sizes"),
        (["--checkpoint", "/proc/none/a.pt"], "--checkpoint must name a file that can be written"),
        (["--checkpoint", "."], "--checkpoint must name a file"),
    ],
)
def test_bad_options_are_refused_before_any_training(arguments, message, capsys, monkeypatch):
    def no_training(*arguments, **options):
        raise AssertionError("training has begun")

    monkeypatch.setattr("ppo_lib.training.collect_rollout", no_training)
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
def test_an_interrupt_saves_what_has_been_learnt(tmp_path):
    command = [sys.executable, "-m", "ppo_lib", "--total-steps", "100000000"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        shown = ""
        while "4096/" not in shown:  # the bar, after the fourth iteration
            shown += process.stderr.read(1)
        process.send_signal(signal.SIGINT)
        printed, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "stopped after" in errors and "Traceback" not in errors
    assert "agent saved to" in printed
    load_checkpoint(tmp_path / "checkpoints" / "CartPole-v1_seed0.pt")


def test_an_interrupt_before_the_first_iteration_replaces_no_agent(tmp_path, monkeypatch, capsys):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt
        yield

    checkpoint = tmp_path / "agent.pt"
    checkpoint.write_bytes(b"an earlier agent")
    monkeypatch.setattr("ppo_lib.__main__.train", interrupted)
    assert main(["--checkpoint", str(checkpoint)]) == 130
    assert checkpoint.read_bytes() == b"an earlier agent"
    assert "stopped after 0 environment steps" in capsys.readouterr().err


def test_a_loss_that_is_not_finite_ends_with_a_message_and_no_traceback(tmp_path):
    done = run("--quiet", "--learning-rate", "1e30", "--total-steps", "4096", cwd=tmp_path)
    assert done.returncode == 1
    assert "must be finite" in done.stderr and "Traceback" not in done.stderr
