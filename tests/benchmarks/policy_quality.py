"""How good the agent is after 100,000 steps of CartPole-v1, seed by seed.

    python tests/benchmarks/policy_quality.py [--seeds 9100 9101 ...]

ppo_lib trains with its defaults on twenty seeds that nobody tuned on; each agent then plays 100
stochastic episodes in fresh environments of Gymnasium's own. The target is a mean of 475 or more
with 19 of the 20 (of fewer seeds, with all). Takes two minutes.
"""

from __future__ import annotations

import sys

import harness
import torch
from cartpole import SOLVED, play, solved
from contenders import EVALUATION_SEED, act_of

from ppo_lib.config import PPOConfig
from ppo_lib.training import train


def score(seed: int, num_episodes: int, total_steps: int) -> tuple[float, bool]:
    """Train an agent; return its mean score and whether that solves CartPole."""
    for record in train(PPOConfig(seed=seed, total_steps=total_steps), progress=False):
        model = record.model
    returns = play(act_of(model), num_episodes, seed + EVALUATION_SEED)
    return float(returns.mean()), solved(returns)


def main() -> int:
    """Train and judge every seed, and write the result."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(9100, 9120)))
    parser.add_argument("--episodes", type=int, default=100)
    parser.add_argument("--total-steps", type=int, default=PPOConfig().total_steps)
    options = parser.parse_args()
    torch.set_num_threads(1)

    means, count = [], 0
    for seed in options.seeds:
        mean, good = score(seed, options.episodes, options.total_steps)
        print(f"seed {seed}: {mean:.1f}", flush=True)
        means.append(mean)
        count += good
    rows = [
        harness.count_row(
            f"Agents at {SOLVED:.0f} or more after {options.total_steps:,} steps of CartPole "
            f"({options.episodes} stochastic episodes each)",
            count,
            len(means),
            at_least=len(means) - len(means) // 20,
        ),
        harness.row("Mean score of these agents", means, "points", note=f"worst {min(means):.1f}"),
    ]
    packages = ["torch", "gymnasium", "numpy"]
    return harness.finish(options.output, rows, packages, seeds=options.seeds, means=means)


if __name__ == "__main__":
    sys.exit(main())
