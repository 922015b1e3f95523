"""The command line: python -m ppo_lib."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import fields

import pytest

from ppo_lib.__main__ import EVALUATION_SEED, main
from ppo_lib.checkpoints import load_checkpoint
from ppo_lib.config import PRESETS, PPOConfig
from ppo_lib.training import evaluate


def test_it_trains_shows_a_bar_evaluates_and_saves(tmp_path):
    command = [sys.executable, "-m", "ppo_lib", "--env", "CartPole-v1", "--seed", "3"]
    command += ["--total-steps", "2048"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "2048/2048" in done.stderr
    assert "return over 100 stochastic episodes: mean" in done.stdout
    model, config = load_checkpoint(tmp_path / "checkpoints" / "CartPole-v1_seed3.pt")
    assert (config.seed, config.total_steps) == (3, 2048)
    mean = evaluate(model, "CartPole-v1", 100, seed=3 + EVALUATION_SEED).mean()
    assert f"mean {mean:.1f}," in done.stdout


def test_quiet_shows_no_bar(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    assert main(["--quiet", "--total-steps", "1024"]) == 0
    assert capfd.readouterr().err == ""


def test_help_explains_every_setting_with_its_default(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    for setting in fields(PPOConfig):
        assert setting.metadata["help"] in shown
    assert shown.count("(default: ") == len(fields(PPOConfig)) + 3  # preset, checkpoint, quiet


def test_an_environment_brings_its_preset(tmp_path, monkeypatch):
    used = []
    monkeypatch.setattr("ppo_lib.__main__.train", lambda config, *a, **k: used.append(config) or [])
    monkeypatch.setattr("ppo_lib.__main__.NUM_EVALUATION_EPISODES", 1)
    for config in PRESETS.values():
        assert main(["--env", config.env_id, "--checkpoint", str(tmp_path / "a.pt")]) == 0
    assert used == list(PRESETS.values())


BAD_OPTIONS = [
    (["--gamma", "1.5"], "gamma must be at least 0 and at most 1, got 1.5"),
    (["--minibatch-size", "100"], "minibatch_size must divide"),
    (["--env", "CartPole-v99"], "env_id must name an environment"),
    (["--preset", "pong"], "invalid choice: 'pong'"),
    (["--hidden-sizes", "64,x"], "--hidden-sizes"),
    (["--checkpoint", "/proc/none/a.pt"], "--checkpoint must name a file that can be written"),
    (["--checkpoint", "."], "--checkpoint must name a file"),
]


def test_bad_options_are_refused_before_any_training(tmp_path, capsys, monkeypatch):
    def no_training(*arguments, **options):
        raise AssertionError("training has begun")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ppo_lib.training.collect_rollout", no_training)
    for arguments, message in BAD_OPTIONS:
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
        # The bar need not show every iteration; past 1024 steps the first of them is over.
        while not any(int(steps) > 1024 for steps in re.findall(r"(\d+)/", shown)):
            shown += process.stderr.read(1)
            assert process.poll() is None, shown
        process.send_signal(signal.SIGINT)
        printed, errors = process.communicate()
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


def test_a_loss_that_is_not_finite_ends_with_a_message_and_no_traceback(
    tmp_path, monkeypatch, capfd
):
    monkeypatch.chdir(tmp_path)
    assert main(["--quiet", "--learning-rate", "1e30", "--total-steps", "4096"]) == 1
    errors = capfd.readouterr().err
    assert "stopped after 0 " in errors and "must be finite" in errors and errors.count("\n") == 1
