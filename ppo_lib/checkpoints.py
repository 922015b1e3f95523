"""A trained agent as a file: its weights and the settings that it was trained with."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import torch

from ppo_lib.config import PPOConfig
from ppo_lib.networks import ActorCritic
from ppo_lib.training import make_model


def save_checkpoint(path: str | os.PathLike[str], model: ActorCritic, config: PPOConfig) -> None:
    """Write the model's weights and the settings to a file, whole or not at all.

    Args:
        path: the file; its folder is made if need be.
        model: the agent.
        config: the settings it was trained with.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    # Clones: the weights of a population's agent are a view, and would bring all the others along.
    weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    content: dict[str, Any] = {"config": dataclasses.asdict(config), "model": weights}
    torch.save(content, unfinished)
    unfinished.replace(path)


def load_checkpoint(path: str | os.PathLike[str]) -> tuple[ActorCritic, PPOConfig]:
    """Read what `save_checkpoint` wrote.

    Args:
        path: the file. It is read as data only, and may not name a module to import, so no
            code of its own can run.

    Returns:
        The model and the settings.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file holds no checkpoint of this library.
    """
    try:
        content = torch.load(path, weights_only=True)
        config = PPOConfig(**content["config"])
        if ":" in config.env_id:  # Gymnasium would import what stands before the colon
            raise ValueError(f"env_id must not name a module, got {config.env_id!r}")
        model = make_model(config)
        model.load_state_dict(content["model"])
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError(f"path must name a checkpoint of ppo_lib, got {path}: {error}") from error
    return model, config
