"""Steps a second of the numpy environments, beside Gymnasium's SyncVectorEnv.

    python tests/benchmarks/environments.py [--rounds 15] [--steps 500]

64 copies each, in the same autoreset mode, with the same random actions, which are drawn
beforehand. The numpy environments also record each episode's return and length, which
SyncVectorEnv leaves to a wrapper. Takes half a minute.
"""

from __future__ import annotations

import sys
from functools import partial

import gymnasium as gym
import harness
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv

from ppo_lib.envs import make_envs

NUM_ENVS = 64
TARGETS = {"Acrobot-v1": 5.0, "Pendulum-v1": 5.0, "CartPole-v1": None}


def take_steps(envs: VectorEnv, actions: list[np.ndarray]) -> None:
    """Start all copies and take the steps."""
    envs.reset(seed=0)
    for action in actions:
        envs.step(action)


def measure(env_id: str, rounds: int, steps: int) -> dict[str, list[float]]:
    """Return the steps a second of each round, of all copies together, by kind."""
    kinds = {
        "numpy": make_envs(env_id, NUM_ENVS),
        "sync": gym.make_vec(
            env_id,
            NUM_ENVS,
            vectorization_mode="sync",
            vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP},
        ),
    }
    space = kinds["sync"].action_space
    space.seed(0)
    actions = [space.sample() for _ in range(steps)]
    parts = {kind: partial(take_steps, envs, actions) for kind, envs in kinds.items()}
    seconds = harness.interleave(parts, rounds)
    for envs in kinds.values():
        envs.close()
    return {kind: [NUM_ENVS * steps / s for s in spent] for kind, spent in seconds.items()}


def main() -> int:
    """Time both kinds in turns and write the result."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--steps", type=int, default=500, help="of each copy, in each round")
    options = parser.parse_args()
    rows, steps_a_second = [], {}
    for env_id, target in TARGETS.items():
        speeds = measure(env_id, options.rounds, options.steps)
        steps_a_second[env_id] = {kind: harness.summary(own) for kind, own in speeds.items()}
        note = " against ".join(
            f"{steps_a_second[env_id][kind]['median'] / 1000:.0f}k" for kind in speeds
        )
        rows.append(
            harness.row(
                f"{env_id}, {NUM_ENVS} copies: times as fast as `SyncVectorEnv`",
                harness.ratios(speeds["numpy"], speeds["sync"]),
                "×",
                at_least=target,
                note=f"{note} steps/s",
            )
        )
    packages = ["gymnasium", "numpy"]
    return harness.finish(options.output, rows, packages, seeds=[0], steps_a_second=steps_a_second)


if __name__ == "__main__":
    sys.exit(main())
