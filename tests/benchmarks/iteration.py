"""One training iteration of CartPole beside its raw parts, and where its time goes.

    python tests/benchmarks/iteration.py [--rounds 95] [--seed 9000]

An agent with the default settings trains. Each round times, in turns and on one thread:

- the iteration: `collect_rollout`, `compute_gae`, `flatten`, `update`;
- the raw environment: a twin of the same environments, of the same seed, takes the very actions
  of that rollout, which stand ready in an array (the twin must end where the rollout ended);
- the raw networks: an actor and a critic of plain `nn.Linear` and `nn.Tanh`, forward, sum of the
  outputs, backward, on as many minibatches, of the same size, of that rollout's observations.

The target is an iteration of at most 1.5 times the two raw parts together. After them each round
times the parts of the iteration one by one on the same data, for the second table: 'measured'
there is a part run by itself, 'difference' what remains of the whole around it, and may come out a
little below 0. Takes half a minute.
"""

from __future__ import annotations

import sys
from typing import Any

import harness
import torch
from stages import Training
from table import parts_table

from ppo_lib.config import PPOConfig

TARGET = 1.5
WARM_UP = 2  # rounds


def measure(config: PPOConfig, rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of every part, round by round."""
    training = Training(config)
    parts = {
        "iteration": training.iteration,
        "prepare": training.prepare,
        "environment": training.environment,
        "raw networks": lambda: training.forward_backward(*training.raw),
        "acting": training.acting,
        "networks": training.networks,
        "loss": training.loss,
        "metrics": training.metrics,
        "gradient norm": training.gradient_norm,
        "optimiser": training.optimizer_step,
        "indexing": training.indexing,
        "follow": training.follow,
    }
    seconds = harness.interleave(parts, rounds, WARM_UP)
    stages = zip(*training.stages[WARM_UP:], strict=True)
    seconds |= dict(zip(("rollout", "advantages", "update"), map(list, stages), strict=True))
    return {name: [1000 * s for s in spent] for name, spent in seconds.items()}


def split(ms: dict[str, list[float]]) -> list[tuple[str, list[float], str]]:
    """Return the second table: each line's name, milliseconds, and how it was found."""

    def rest(whole: str, *parts: str) -> list[float]:
        return [
            total - sum(of_parts)
            for total, *of_parts in zip(ms[whole], *(ms[part] for part in parts), strict=True)
        ]

    ms = ms | {"loss itself": rest("loss", "networks")}
    in_update = ("networks", "loss itself", "metrics", "gradient norm", "optimiser", "indexing")
    return [
        ("rollout: environment", ms["environment"], "measured"),
        ("rollout: policy, forward and sampling", ms["acting"], "measured"),
        ("rollout: the rest", rest("rollout", "environment", "acting"), "difference"),
        ("advantages, flattening", ms["advantages"], "measured"),
        ("update: networks, forward and backward", ms["networks"], "measured"),
        ("update: loss and its gradient on top", ms["loss itself"], "difference"),
        ("update: metrics", ms["metrics"], "measured"),
        ("update: gradient norm", ms["gradient norm"], "measured"),
        ("update: optimiser's step", ms["optimiser"], "measured"),
        ("update: cutting minibatches", ms["indexing"], "measured"),
        ("update: the rest", rest("update", *in_update), "difference"),
        ("one iteration", ms["iteration"], "measured"),
    ]


def main() -> int:
    """Measure, print both tables, write the result."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=95)
    parser.add_argument("--seed", type=int, default=9000)
    options = parser.parse_args()
    torch.set_num_threads(1)
    ms = measure(PPOConfig(seed=options.seed), options.rounds)

    raw = [sum(both) for both in zip(ms["environment"], ms["raw networks"], strict=True)]
    whole = harness.summary(ms["iteration"])["median"]
    lines: list[dict[str, Any]] = [
        {"part": name, "how": how, **harness.summary(spent)} for name, spent, how in split(ms)
    ]
    print(parts_table(lines), end="\n\n")
    figure = "One iteration of CartPole over its raw environment and networks"
    note = f"{whole:.3g} against {harness.summary(raw)['median']:.3g} ms"
    rows = [
        harness.row(figure, harness.ratios(ms["iteration"], raw), "×", at_most=TARGET, note=note)
    ]
    packages = ["torch", "gymnasium", "numpy"]
    raw_parts = {name: harness.summary(ms[name]) for name in ("environment", "raw networks")}
    return harness.finish(
        options.output, rows, packages, seeds=[options.seed], raw_ms=raw_parts, parts_ms=lines
    )


if __name__ == "__main__":
    sys.exit(main())
