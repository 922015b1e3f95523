"""How fast `compute_gae` is, beside a plain loop over time in PyTorch.

    python tests/benchmarks/gae.py [--rounds 30]

The loop is what most PPOs have: for each step backwards, a TD error and a decaying sum, some ten
PyTorch operations on N numbers. Both get the same five tensors, of 128 steps in 128 environments
and of 2,048 steps in 8, on one thread, and must agree to 1e-5 of the largest advantage before
anything is timed. Takes half a minute.
"""

from __future__ import annotations

import sys

import harness
import torch
from torch import Tensor

from ppo_lib.advantages import compute_gae

GAMMA, GAE_LAMBDA = 0.99, 0.95
SHAPES = ((128, 128), (2048, 8))
TOLERANCE = 1e-5


def make_inputs(num_steps: int, num_envs: int, seed: int) -> tuple[Tensor, ...]:
    """Return rewards, values, next values and both flags; an episode ends every 40 steps or so."""
    generator = torch.Generator().manual_seed(seed)
    shape = (num_steps, num_envs)
    rewards, values, next_values = (torch.randn(shape, generator=generator) for _ in range(3))
    ends = torch.rand(shape, generator=generator)
    return rewards, values, next_values, ends < 0.02, ends > 0.995


@torch.no_grad()
def torch_loop(
    rewards: Tensor,
    values: Tensor,
    next_values: Tensor,
    terminated: Tensor,
    truncated: Tensor,
    gamma: float,
    gae_lambda: float,
) -> Tensor:
    """Estimate advantages by the loop over time, a TD error and a sum at each step."""
    next_value_counts = 1.0 - terminated.float()
    episode_goes_on = 1.0 - (terminated | truncated).float()
    advantages = torch.zeros_like(rewards)
    following = torch.zeros(rewards.shape[1])
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + gamma * next_values[t] * next_value_counts[t] - values[t]
        following = delta + gamma * gae_lambda * episode_goes_on[t] * following
        advantages[t] = following
    return advantages


def largest_difference(inputs: tuple[Tensor, ...]) -> float:
    """Return the largest difference between the two, as a share of the largest advantage."""
    ours = compute_gae(*inputs, GAMMA, GAE_LAMBDA)
    loop = torch_loop(*inputs, GAMMA, GAE_LAMBDA)
    return float((ours - loop).abs().max() / loop.abs().max())


def main() -> int:
    """Check that both agree, time them in turns, write the result."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--calls", type=int, default=5, help="calls of each in a round")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows, milliseconds = [], {}
    for shape in SHAPES:
        inputs = make_inputs(*shape, options.seed)
        if (difference := largest_difference(inputs)) > TOLERANCE:
            print(f"the two differ by {difference:.1e} at {shape}, more than {TOLERANCE}")
            return 1

        def call(function: object, inputs: tuple[Tensor, ...] = inputs) -> None:
            for _ in range(options.calls):
                function(*inputs, GAMMA, GAE_LAMBDA)  # type: ignore[operator]

        parts = {"loop": lambda: call(torch_loop), "ours": lambda: call(compute_gae)}
        seconds = harness.interleave(parts, options.rounds, warm_up=2)
        name = f"{shape[0]} × {shape[1]}"
        milliseconds[name] = {
            part: harness.summary([1000 * s / options.calls for s in spent])
            for part, spent in seconds.items()
        }
        speedup = harness.ratios(seconds["loop"], seconds["ours"])
        note = " against ".join(f"{milliseconds[name][part]['median']:.2g}" for part in parts)
        rows.append(
            harness.row(
                f"`compute_gae`, {name}: times as fast as a loop in PyTorch",
                speedup,
                "×",
                at_least=10.0,
                note=f"{note} ms",
            )
        )
    return harness.finish(
        options.output, rows, ["torch"], seeds=[options.seed], milliseconds=milliseconds
    )


if __name__ == "__main__":
    sys.exit(main())
