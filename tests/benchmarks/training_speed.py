"""Steps a second of training at equal settings, beside a plain single-file PPO and SB3.

    python tests/benchmarks/training_speed.py [--seeds 9000 9001 9002] [--rounds 11]

Four train CartPole with `PPOConfig()`, each in a round for some iterations, in turns, on one
thread, in one process:

- ppo_lib;
- `plain_ppo.py`, with Gymnasium's `SyncVectorEnv`: what one gets by writing PPO plainly;
- `plain_ppo.py`, with ppo_lib's environments, which tells what they gain from what the rest gains;
- stable-baselines3 (SB3), at its best: `DummyVecEnv`, no Monitor, nothing logged.

An iteration is all that training does: acting, advantages, the update, its metrics. A round
finds all four at the same iteration, so that their agents are about as good and their episodes
about as long; each training begins with a round that does not count. The targets are 2.5 times
the steps of the plain PPO, and of SB3. Takes a minute.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator

import harness
import numpy as np
import plain_ppo
import torch
from contenders import sb3_iterations

from ppo_lib.config import PPOConfig
from ppo_lib.envs import make_envs
from ppo_lib.training import Envs, train

OURS = "ppo_lib"
RIVALS = {  # how the figure calls each, and how many times its steps ppo_lib shall take
    "plain": ("a plain single-file PPO", 2.5),
    "plain, ppo_lib's environments": ("that PPO with ppo_lib's environments", None),
    "SB3": ("SB3 with ppo_lib's settings", 2.5),
}


def plain_iterations(
    config: PPOConfig, make: Callable[[str, int], Envs]
) -> Iterator[tuple[list[float], dict[str, float]]]:
    """Train the plain PPO, one iteration for each value that is asked for."""
    torch.manual_seed(config.seed)
    np.random.seed(config.seed)
    envs = make(config.env_id, config.num_envs)
    return plain_ppo.train(config, envs, plain_ppo.Agent(envs, config.hidden_sizes))


def trainings(config: PPOConfig) -> dict[str, Iterator[object]]:
    """Return the four, by name, each about to begin."""
    return {
        OURS: train(config, progress=False),
        "plain": plain_iterations(config, plain_ppo.make_sync_envs),
        "plain, ppo_lib's environments": plain_iterations(config, make_envs),
        "SB3": sb3_iterations(config),
    }


def measure(config: PPOConfig, rounds: int, iterations: int) -> dict[str, list[float]]:
    """Train all four in turns; return the thousands of steps a second, by name and round."""

    def go_on(training: Iterator[object]) -> None:
        if len(list(itertools.islice(training, iterations))) < iterations:
            raise RuntimeError("a training ended before its last round")

    runs = trainings(config)
    parts = {name: lambda run=run: go_on(run) for name, run in runs.items()}
    seconds = harness.interleave(parts, rounds)
    steps = iterations * config.rollout_size / 1000
    return {name: [steps / s for s in spent] for name, spent in seconds.items()}


def rows(speeds: dict[str, list[float]]) -> list[dict[str, object]]:
    """Return the rows: our steps a second, and their ratio to each rival's, round by round."""
    ours = speeds[OURS]
    made = [harness.row("Steps/s of training CartPole on one thread", ours, "thousand")]
    for name, (called, target) in RIVALS.items():
        medians = (harness.summary(of)["median"] for of in (ours, speeds[name]))
        made.append(
            harness.row(
                f"Steps/s of training at equal settings: times those of {called}",
                harness.ratios(ours, speeds[name]),
                "×",
                at_least=target,
                note="{:.3g}k against {:.3g}k".format(*medians),
            )
        )
    return made


def main() -> int:
    """Time all four for every seed, and write the result."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[9000, 9001, 9002])
    parser.add_argument("--rounds", type=int, default=11, help="of each seed")
    parser.add_argument("--iterations", type=int, default=8, help="of each in a round")
    options = parser.parse_args()
    most = PPOConfig().num_iterations
    if (options.rounds + 1) * options.iterations > most:
        parser.error(f"a training has {most} iterations, and a round more to warm up")
    torch.set_num_threads(1)
    speeds: dict[str, list[float]] = {name: [] for name in (OURS, *RIVALS)}
    for seed in options.seeds:
        of_seed = measure(PPOConfig(seed=seed), options.rounds, options.iterations)
        for name, of_rounds in of_seed.items():
            speeds[name] += of_rounds
    packages = ["torch", "gymnasium", "numpy", "stable-baselines3"]
    measured = {"seeds": options.seeds, "thousand_steps_a_second": speeds}
    return harness.finish(options.output, rows(speeds), packages, **measured)


if __name__ == "__main__":
    sys.exit(main())
