"""TRPO as release 0.1 had it, for its notebooks: goes with the next release, as `moved.py` does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ppo_lib.beyond.trpo import TRPOSettings, trpo
from ppo_lib.config import PPOConfig, setting


@dataclass(frozen=True)
class TRPOConfig(PPOConfig):
    """The settings of a run, and those of TRPO: now `PPOConfig` and `TRPOSettings`."""

    max_kl: float = setting(0.01, "TRPOSettings.max_kl")
    cg_iterations: int = setting(10, "TRPOSettings.cg_iterations")
    cg_damping: float = setting(0.1, "TRPOSettings.cg_damping")
    max_backtracks: int = setting(10, "TRPOSettings.max_backtracks")


def trpo_update(
    model: Any, optimizer: Any, batch: Any, config: Any, *rest: Any
) -> dict[str, float]:
    """Take a step of TRPO by the settings in a `TRPOConfig`: now `trpo(TRPOSettings())`."""
    names = ("max_kl", "cg_iterations", "cg_damping", "max_backtracks")
    settings = TRPOSettings(**{name: getattr(config, name) for name in names})
    return trpo(settings)(model, optimizer, batch, config, *rest)
