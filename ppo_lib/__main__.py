"""Train an agent from the command line: `python -m ppo_lib --env CartPole-v1`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ppo_lib.checkpoints import save_checkpoint
from ppo_lib.config import NORMALIZE_ADVANTAGES, PRESETS, PPOConfig, preset
from ppo_lib.training import evaluate, make_model, train

NUM_EVALUATION_EPISODES = 100
EVALUATION_SEED = 1_000_000  # added to the seed: no episode of the training is seen again


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, save a checkpoint, evaluate.

    An interrupt (Ctrl-C) ends the training early; what has been learnt is saved.

    Args:
        arguments: the command line; `None` reads the process's own.

    Returns:
        The exit status: 0, 130 after an interrupt, 1 if the loss stopped being finite.
    """
    parser = _parser()
    options = vars(parser.parse_args(arguments))
    checkpoint, progress = options.pop("checkpoint"), not options.pop("quiet")
    name = options.pop("preset") or _preset_of(options.get("env_id", PPOConfig.env_id))
    try:
        config = preset(name, **options) if name else replace(PPOConfig(), **options)
        path = Path(checkpoint or f"checkpoints/{config.env_id}_seed{config.seed}.pt")
        _check_writable(path)
        model = make_model(config)
        iterations = train(config, model, progress=progress)
    except (TypeError, ValueError) as error:
        parser.error(str(error))

    env_steps, status = 0, 0
    try:
        for record in iterations:
            env_steps = record.env_steps
    except KeyboardInterrupt:
        status = 130
        print(f"stopped after {env_steps} environment steps", file=sys.stderr)
    except FloatingPointError as error:
        status = 1
        print(f"stopped after {env_steps} environment steps: {error}", file=sys.stderr)
    if env_steps:  # an untrained agent replaces no earlier one
        save_checkpoint(path, model, config)
        print(f"agent saved to {path}")
    if status:
        return status
    returns = evaluate(
        model, config.env_id, NUM_EVALUATION_EPISODES, seed=config.seed + EVALUATION_SEED
    )
    print(
        f"return over {len(returns)} stochastic episodes: mean {returns.mean():.1f}, "
        f"standard deviation {returns.std():.1f}, from {returns.min():.0f} to {returns.max():.0f}"
    )
    return 0


def _preset_of(env_id: str) -> str | None:
    """Return the name of the preset made for this environment, if there is one."""
    return next((name for name, config in PRESETS.items() if config.env_id == env_id), None)


def _check_writable(path: Path) -> None:
    """Find out before the training, not after it, that the checkpoint cannot be written."""
    if path.is_dir():
        raise ValueError(f"--checkpoint must name a file, got the folder {path}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + ".part")
        unfinished.touch()
        unfinished.unlink()
    except OSError as error:
        raise ValueError(f"--checkpoint must name a file that can be written: {error}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ppo_lib",
        description="Train a PPO agent, save it, and evaluate it over "
        f"{NUM_EVALUATION_EPISODES} stochastic episodes.",
        epilog="Defaults are those of the preset in use: the one named, or the one made for "
        f"the environment ({', '.join(f'{n}: {c.env_id}' for n, c in PRESETS.items())}), "
        "or else the values shown.",
    )
    parser.add_argument(
        "--preset", choices=PRESETS, help="settings to start from (default: by --env)"
    )
    parser.add_argument(
        "--checkpoint",
        metavar="FILE",
        help="where the trained agent is saved, replacing what is there "
        "(default: checkpoints/ENV_seedSEED.pt)",
    )
    parser.add_argument("--quiet", action="store_true", help="show no bar (default: show one)")
    for setting in fields(PPOConfig):
        _add_setting(parser, setting.name, setting.default, setting.metadata["help"])
    return parser


def _add_setting(parser: argparse.ArgumentParser, name: str, default: Any, help: str) -> None:
    """Add one setting of `PPOConfig` as an option; one that is not given stays unset."""
    flag = "--env" if name == "env_id" else "--" + name.replace("_", "-")
    options: dict[str, Any] = {"dest": name, "default": argparse.SUPPRESS}
    shown = default
    if isinstance(default, bool):
        options["action"] = argparse.BooleanOptionalAction
    elif isinstance(default, tuple):
        options |= {"type": _sizes, "metavar": "N,N"}
        shown = ",".join(map(str, default))
    else:
        options |= {"type": type(default), "metavar": type(default).__name__.upper()}
    if name == "normalize_advantages":
        options |= {"choices": NORMALIZE_ADVANTAGES, "metavar": "OVER"}
    parser.add_argument(flag, help=f"{help} (default: {shown})", **options)


def _sizes(written: str) -> tuple[int, ...]:
    """Read layer widths, such as 64,64."""
    return tuple(int(width) for width in written.split(","))


if __name__ == "__main__":
    raise SystemExit(main())
