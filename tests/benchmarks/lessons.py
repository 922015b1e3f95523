"""How long a learner waits: each lesson from top to bottom, and its slowest cell.

    python tests/benchmarks/lessons.py [--lessons 04 07] [--rounds 3]

Each solved lesson is run by a kernel of its own, one after the other; with more rounds, all of
them again. The targets, on two cores: no cell over 14 s, no lesson over 40 s (07, which trains
most, 45), all of them in 150 s. The processor time is that of the kernel and all that it starts.
Takes three minutes.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import harness
from nbclient import NotebookClient

from ppo_lib.course.build import NOTEBOOKS, edition_of, find_sources, solved_edition

COURSE = "All lessons together"
COURSE_SECONDS, CELL_SECONDS = 150.0, 14.0
LESSON_SECONDS, OTHER_LESSON_SECONDS = {"07": 45.0}, 40.0

Run = tuple[float, float, dict[str, float]]
"""A lesson's wall and processor time, and the wall time of each code cell by its id; in seconds."""


def processor_seconds() -> float:
    """Return the processor time of all processes that this one has started and that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def run(source: Path) -> Run:
    """Run a solved lesson in a folder of its own, beside the files that learners write."""
    notebook = solved_edition(source)
    cells: dict[str, float] = {}
    started: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for answer in (NOTEBOOKS / "solutions").glob("*.py"):
            (Path(folder) / answer.name).write_bytes(answer.read_bytes())
        client = NotebookClient(
            notebook,
            timeout=600,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            on_cell_execute=lambda cell, cell_index: started.update({cell.id: time.perf_counter()}),
            on_cell_executed=lambda cell, cell_index, execute_reply: cells.update(
                {cell.id: time.perf_counter() - started[cell.id]}
            ),
        )
        begun, worked = time.perf_counter(), processor_seconds()
        client.execute()
        return time.perf_counter() - begun, processor_seconds() - worked, cells


def rows(runs: dict[str, list[Run]]) -> list[dict[str, object]]:
    """Return two rows for each lesson, the whole and its slowest cell."""
    made = []
    for name, of_name in runs.items():
        walls, processor, cells = zip(*of_name, strict=True)
        slowest = max(cells[0], key=lambda cell: harness.median([each[cell] for each in cells]))
        made += [
            harness.row(
                f"Lesson {name}", walls, "s",
                at_most=LESSON_SECONDS.get(name[:2], OTHER_LESSON_SECONDS),
                note=f"processor {harness.number_text(harness.median(processor))} s",
            ),
            harness.row(
                f"Lesson {name}, its slowest cell", [each[slowest] for each in cells], "s",
                at_most=CELL_SECONDS, note=f"`{slowest}`",
            ),
        ]  # fmt: skip
    return made


def course_row(runs: dict[str, list[Run]]) -> dict[str, object]:
    """Return the row of all lessons together."""
    rounds = list(zip(*runs.values(), strict=True))
    walls, processor = ([sum(run[i] for run in of_round) for of_round in rounds] for i in (0, 1))
    note = f"processor {harness.number_text(harness.median(processor))} s"
    return harness.row(COURSE, walls, "s", at_most=COURSE_SECONDS, note=note)


def main() -> int:
    """Run the lessons in turns, and print what each takes."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--lessons", nargs="*", metavar="NN", help="their numbers (default: all)")
    options = parser.parse_args()
    sources = {edition_of(source): source for source in find_sources()}
    names = [n for n in sources if not options.lessons or n[:2] in options.lessons]
    runs: dict[str, list[Run]] = {name: [] for name in names}
    for _, name in harness.turns(names, range(options.rounds)):
        runs[name].append(run(sources[name]))
        wall, processor, _ = runs[name][-1]
        print(f"{name}: {wall:.1f} s, processor {processor:.1f} s", flush=True)
    made = rows(runs) if options.lessons else [course_row(runs), *rows(runs)]
    packages = ["gymnasium", "jupyterlab", "numpy", "torch"]
    return harness.finish(options.output, made, packages, runs=runs)


if __name__ == "__main__":
    sys.exit(main())
