"""A trained agent as a file: whole or not at all, and no code of a file's own is run."""

import math
import os
import pickle
import sys

import numpy as np
import pytest
import torch

from ppo_lib.checkpoints import load_checkpoint, save_checkpoint
from ppo_lib.config import PPOConfig
from ppo_lib.training import evaluate, make_model

NO_CHECKPOINT = "path must name a checkpoint of ppo_lib, got "


def small(**changes):
    return PPOConfig(**{"hidden_sizes": (8,), **changes})


def weights(model):
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def test_a_checkpoint_gives_back_the_model_and_the_settings(tmp_path):
    path = tmp_path / "new" / "folder" / "agent.pt"
    for env_id in ("CartPole-v1", "Pendulum-v1"):
        config = small(env_id=env_id, seed=np.int64(3), gamma=np.float64(0.9), clip_range=math.inf)
        model = make_model(config)
        save_checkpoint(path, model, config)
        loaded, loaded_config = load_checkpoint(str(path))
        assert loaded_config == config
        assert torch.equal(weights(loaded), weights(model))
        np.testing.assert_array_equal(evaluate(model, env_id, 2), evaluate(loaded, env_id, 2))
    assert os.listdir(path.parent) == ["agent.pt"]


def test_a_save_that_fails_leaves_the_old_checkpoint_whole(tmp_path, monkeypatch):
    config = small()
    model = make_model(config)
    path = tmp_path / "agent.pt"
    save_checkpoint(path, model, config)
    old = path.read_bytes()

    def disk_full(content, target):
        with open(target, "wb") as file:
            file.write(b"half of it")
        raise OSError("No space left on device")

    monkeypatch.setattr(torch, "save", disk_full)
    with pytest.raises(OSError, match="No space left"):
        save_checkpoint(path, model, config)
    assert path.read_bytes() == old


def test_a_file_that_is_no_checkpoint_is_refused_and_a_missing_one_is_said_to_be_missing(tmp_path):
    path = tmp_path / "agent.pt"
    with pytest.raises(FileNotFoundError, match=r"agent\.pt"):
        load_checkpoint(path)
    pickled = pickle.dumps({"config": {}}, protocol=2)
    for content in (b"", b"garbage", pickled, b"PK\x03\x04 not really a zip"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=NO_CHECKPOINT + r".*agent\.pt"):
            load_checkpoint(path)


def test_a_checkpoint_whose_content_does_not_fit_is_refused(tmp_path):
    path = tmp_path / "agent.pt"
    save_checkpoint(path, make_model(small()), small())
    content = torch.load(path, weights_only=True)
    settings = [
        {"gamma": 2.0}, {"surprise": 1}, {"hidden_sizes": (4,)}, {"env_id": "NoSuchEnv-v0"},
        {"env_id": "this:CartPole-v1"},  # Gymnasium would import `this`
    ]  # fmt: skip
    wrong = [content | {"config": content["config"] | change} for change in settings]
    for spoilt in [*wrong, [1, 2, 3], {"model": content["model"]}, content | {"model": {}}]:
        torch.save(spoilt, path)
        with pytest.raises(ValueError, match=NO_CHECKPOINT):
            load_checkpoint(path)
    assert "this" not in sys.modules


class Trap:
    """A pickle that makes a folder when it is read."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (self.folder,)


@pytest.mark.parametrize("writer", ["torch", "pickle"])
def test_code_in_a_checkpoint_does_not_run(writer, tmp_path):
    sprung = tmp_path / "sprung"
    path = tmp_path / "agent.pt"
    content = {"config": Trap(str(sprung)), "model": {}}
    if writer == "torch":
        torch.save(content, path)
    else:
        path.write_bytes(pickle.dumps(content, protocol=2))
    with pytest.raises(ValueError, match=NO_CHECKPOINT):
        load_checkpoint(path)
    assert not sprung.exists()
    torch.load(path, weights_only=False) if writer == "torch" else pickle.loads(path.read_bytes())
    assert sprung.exists()  # the trap works: it was the reader that kept it shut
