"""What a process costs: the seconds of an import, and the peak memory of a training.

    python tests/benchmarks/process.py [--rounds 5]

Each figure is of fresh processes, in turns:

- seconds from the start of the process until it has imported something and says so, less those of
  an interpreter that imports nothing; the target for ppo_lib is at most 0.3 s;
- seconds from the start of the process to the first record of `train(PPOConfig())`;
- peak resident memory of `python -m ppo_lib`, which trains CartPole for 100,000 steps, saves the
  agent and evaluates it, beside a process that only imports PyTorch; the target is at most 300 MB.

A MB is 10^6 bytes. The peak is what the system reports of the ended process; this works on Linux
and macOS. The processes inherit OMP_NUM_THREADS, and the first round, which warms the disk's
cache, does not count. Takes a minute or two.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import harness

TARGET_SECONDS, TARGET_MB = 0.3, 300.0
IMPORTS = ("ppo_lib", "numpy", "torch", "ppo_lib.training")
BARE, FIRST_RECORD, TRAINING = "nothing", "first record", "training"
FIRST_RECORD_CODE = """
from ppo_lib.config import PPOConfig
from ppo_lib.training import train
next(train(PPOConfig(), progress=False))
"""


def commands(checkpoint: Path, total_steps: int) -> dict[str, list[str]]:
    """Return what each kind of process runs; all but the last print a line once they are there."""
    say = "\nprint(flush=True)"
    train = ["-m", "ppo_lib", "--env", "CartPole-v1", "--seed", "0", "--quiet"]
    return {
        BARE: ["-c", say],
        **{name: ["-c", f"import {name}{say}"] for name in IMPORTS},
        FIRST_RECORD: ["-c", FIRST_RECORD_CODE + say],
        TRAINING: [*train, "--total-steps", str(total_steps), "--checkpoint", str(checkpoint)],
    }


def run(arguments: Sequence[str]) -> tuple[float, float]:
    """Run Python in a fresh process; return the seconds to its first line, and its peak in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, cwd=harness.ROOT
    )
    assert process.stdout is not None
    process.stdout.readline()
    seconds = time.perf_counter() - start
    process.stdout.read()
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"python {' '.join(arguments)} failed: {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage: bytes on macOS, KiB on Linux
    return seconds, usage.ru_maxrss * unit / 1e6


def measure(
    rounds: int, warm_up: int, total_steps: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Return the seconds and the peak MB of each kind of process, round by round."""
    with tempfile.TemporaryDirectory() as folder:
        kinds = commands(Path(folder) / "agent.pt", total_steps)
        seconds: dict[str, list[float]] = {name: [] for name in kinds}
        peaks: dict[str, list[float]] = {name: [] for name in kinds}
        for this_round, name in harness.turns(list(kinds), range(-warm_up, rounds)):
            spent, peak = run(kinds[name])
            if this_round >= 0:
                seconds[name].append(spent)
                peaks[name].append(peak)
    del seconds[TRAINING]  # it prints only when it is over
    return seconds, peaks


def main() -> int:
    """Measure, and write the result."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=1, help="rounds that do not count")
    parser.add_argument("--total-steps", type=int, default=100_000, help="of the training")
    options = parser.parse_args()
    seconds, peaks = measure(options.rounds, options.warm_up, options.total_steps)

    rows = []
    for name in IMPORTS:
        above_bare = [s - b for s, b in zip(seconds[name], seconds[BARE], strict=True)]
        target = TARGET_SECONDS if name == "ppo_lib" else None
        rows.append(harness.row(f"`import {name}`", above_bare, "s", at_most=target))
    figure = "From the start of Python to the first record of `train(PPOConfig())`"
    rows.append(harness.row(figure, seconds[FIRST_RECORD], "s"))
    over_torch = harness.summary(harness.ratios(peaks[TRAINING], peaks["torch"]))["median"]
    rows.append(
        harness.row(
            f"Peak memory of training CartPole, {options.total_steps:,} steps",
            peaks[TRAINING],
            "MB",
            at_most=TARGET_MB,
            note=f"{over_torch:.2f} times that of `import torch`",
        )
    )
    rows.append(harness.row("Peak memory of `import torch`", peaks["torch"], "MB"))
    packages = ["torch", "gymnasium", "numpy"]
    return harness.finish(options.output, rows, packages, seeds=[0], seconds=seconds, peak_mb=peaks)


if __name__ == "__main__":
    sys.exit(main())
