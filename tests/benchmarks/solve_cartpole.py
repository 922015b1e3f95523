"""Seconds until CartPole-v1 is solved: ppo_lib's defaults beside stable-baselines3 (SB3).

    python tests/benchmarks/solve_cartpole.py [--seeds 9000 9001 ... 9009]

Four contenders, each with 100,000 environment steps at most (SB3 ends the rollout it is in):

- ppo_lib, with its defaults;
- SB3, with its defaults;
- SB3, with rl-zoo3's settings for CartPole-v1;
- SB3, with ppo_lib's settings. One differs: SB3 normalises advantages over each minibatch, ours
  over the rollout. The value loss is in both the mean square without a 1/2. The speed of a step
  is not a setting: SB3's Adam stays PyTorch's plain one. Both need about as many steps, by chance
  one or the other more; `training_speed.py` compares a step's time, and has the target.

Solved: 20 stochastic episodes, in fresh environments, have a mean of 475 or more. That is judged
after the first update at or after every 1,024 environment steps. Between two updates a policy
cannot change, so SB3's defaults, with 2,048 steps to an update, are judged every 2,048. Judging is
off the clock and leaves the training's random streams alone. A run that isn't solved counts with
all its time, and is reported.

Each run has a process of its own, and one thread. On the clock are the agent, its environments
and its training. Off the clock are the imports and a warm-up: another agent of the same kind is
trained for one update, because the first optimiser of a process imports a second's worth of
PyTorch, and Python's garbage is collected, which such imports make due. SB3 runs at its best:
DummyVecEnv, no Monitor, no environment checker, nothing logged.
Runs take turns, seed by seed. Takes 5 minutes.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from typing import Any

import harness

OURS = "ppo_lib"
RIVALS: dict[str, float | None] = {  # and how many times as fast as each ppo_lib shall be
    "SB3's defaults": 25.0,
    "SB3 with rl-zoo3's settings": 7.0,
    "SB3 with ppo_lib's settings": None,
}
BUDGET = 100_000
WARM_UP_SEED = 1


def run_here(contender: str, seed: int, budget: int) -> dict[str, Any]:
    """Run one contender in this process, after its warm-up."""
    import torch
    from contenders import CONTENDERS

    torch.set_num_threads(1)
    CONTENDERS[contender](WARM_UP_SEED, 1)
    gc.collect()
    judge = CONTENDERS[contender](seed, budget)
    return {"seconds": judge.seconds, "env_steps": judge.env_steps, "solved": judge.solved}


def run_in_a_process(contender: str, seed: int, budget: int) -> dict[str, Any]:
    """Run one contender in a fresh process; return its seconds, steps and whether it solved."""
    this = [sys.executable, __file__, "--only", contender]
    finished = subprocess.run(
        [*this, "--seeds", str(seed), "--budget", str(budget)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    return result


def rows(runs: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the rows: seconds of each contender, and its ratio to ppo_lib's, seed by seed."""
    seconds = {name: [run["seconds"] for run in of_name] for name, of_name in runs.items()}
    made = []
    for name, of_name in runs.items():
        solved = [run for run in of_name if run["solved"]]
        steps = harness.summary([run["env_steps"] for run in of_name])["median"]
        note = f"{len(solved)} of {len(of_name)} seeds solved, {steps:,.0f} steps"
        made.append(harness.row(f"CartPole solved by {name}", seconds[name], "s", note=note))
    for name, target in RIVALS.items():
        ratio = harness.ratios(seconds[name], seconds[OURS])
        made.append(harness.row(f"{name}: time over ppo_lib's", ratio, "×", at_least=target))
    return made


def main() -> int:
    """Run all in turns and write the result; with --only, run one and print it."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(9000, 9010)))
    parser.add_argument("--budget", type=int, default=BUDGET, help="environment steps of a run")
    parser.add_argument("--only", choices=(OURS, *RIVALS), help="run this one here, print JSON")
    options = parser.parse_args()
    if options.only is not None:
        for seed in options.seeds:
            print(json.dumps(run_here(options.only, seed, options.budget)))
        return 0

    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in (OURS, *RIVALS)}
    for seed, name in harness.turns(list(runs), options.seeds):
        run = run_in_a_process(name, seed, options.budget)
        runs[name].append(run)
        verdict = "solved" if run["solved"] else "not solved"
        print(f"{seed} {name}: {verdict}, {run['env_steps']} steps", flush=True)
    packages = ["torch", "gymnasium", "numpy", "stable-baselines3"]
    return harness.finish(options.output, rows(runs), packages, seeds=options.seeds, runs=runs)


if __name__ == "__main__":
    sys.exit(main())
