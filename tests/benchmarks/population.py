"""Many agents at once: `train_many` beside as many runs of `train`, one after the other.

    python tests/benchmarks/population.py [--agents 32] [--iterations 8] [--rounds 5]

CartPole with the default settings, a seed for each agent. Making the agents, starting processes
and one iteration to warm up are off the clock. `train` runs on one core, as it always does;
`train_many` on as many as PyTorch has been given (OMP_NUM_THREADS), which is all unless told
otherwise. Takes a minute and a half.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import harness
import torch

from ppo_lib.beyond.population import train_many
from ppo_lib.config import PPOConfig
from ppo_lib.training import train

TARGET = 3.0


def seconds_of(runs: list[Iterator[object]], iterations: int) -> float:
    """Warm each run up, then take the iterations, one run after the other."""
    for run in runs:
        next(run)
    start = time.perf_counter()
    for run in runs:
        for _ in range(iterations):
            next(run)
    return time.perf_counter() - start


def measure(agents: int, iterations: int, rounds: int, seed: int) -> dict[str, list[float]]:
    """Return the seconds of each round, by kind."""
    configs = [PPOConfig(seed=seed + agent) for agent in range(agents)]
    seconds: dict[str, list[float]] = {"train": [], "train_many": []}
    for _, kind in harness.turns(list(seconds), range(rounds)):
        if kind == "train":
            runs = [train(config, progress=False) for config in configs]
        else:
            runs = [train_many(configs, progress=False)]
        seconds[kind].append(seconds_of(runs, iterations))
        for run in runs:
            run.close()
    return seconds


def main() -> int:
    """Time both in turns and write the result."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--agents", type=int, default=32)
    parser.add_argument("--iterations", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=9000, help="of the first agent")
    options = parser.parse_args()
    seconds = measure(options.agents, options.iterations, options.rounds, options.seed)
    milliseconds = {
        kind: harness.summary([1000 * s / options.iterations / options.agents for s in spent])
        for kind, spent in seconds.items()
    }
    note = " against ".join(f"{milliseconds[kind]['median']:.3g}" for kind in reversed(seconds))
    rows = [
        harness.row(
            f"{options.agents} agents in `train_many`: times as fast as one after the other",
            harness.ratios(seconds["train"], seconds["train_many"]),
            "×",
            at_least=TARGET,
            note=f"{note} ms an iteration and agent, on {torch.get_num_threads()} cores",
        )
    ]
    seeds = [options.seed + agent for agent in range(options.agents)]
    packages = ["torch", "gymnasium", "numpy"]
    return harness.finish(options.output, rows, packages, seeds=seeds, milliseconds=milliseconds)


if __name__ == "__main__":
    sys.exit(main())
