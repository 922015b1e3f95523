"""How long a learner waits: each lesson from top to bottom, and its slowest cell.

    python tests/benchmarks/lessons.py [--lessons 04 07] [--rounds 3]

Each solved lesson is run by a kernel of its own, one after the other, then all of them again. The
course promises, on two cores: no cell over 20 s, no lesson over 60 s, all of it in 6 minutes. The
processor time is that of the kernel and all that it starts.
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

CELL_SECONDS, LESSON_SECONDS, COURSE_SECONDS = 20.0, 60.0, 360.0


def processor_seconds() -> float:
    """Return the processor time of all processes that this one has started and that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def run(source: Path) -> tuple[float, float, dict[str, float]]:
    """Run a solved lesson.

    Returns:
        Its wall and its processor time, and the wall time of each code cell by its id; in seconds.
    """
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


def main() -> int:
    """Run the lessons in turns, and print what each takes."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--lessons", nargs="*", metavar="NN", help="their numbers (default: all)")
    options = parser.parse_args()
    sources = {edition_of(source): source for source in find_sources()}
    names = [n for n in sources if not options.lessons or n[:2] in options.lessons]
    wall: dict[str, list[float]] = {name: [] for name in names}
    processor: dict[str, list[float]] = {name: [] for name in names}
    slowest: dict[str, list[float]] = {name: [] for name in names}
    cells: dict[str, list[float]] = {}
    for _, name in harness.turns(names, range(options.rounds)):
        whole, worked, of_cells = run(sources[name])
        wall[name].append(whole)
        processor[name].append(worked)
        slowest[name].append(max(of_cells.values()))
        for cell, seconds in of_cells.items():
            cells.setdefault(cell, []).append(seconds)
        print(f"{name}: {whole:.1f} s, processor {worked:.1f} s", flush=True)
    rows = []
    for name in names:
        cpu = harness.number_text(harness.median(processor[name]))
        cell = max((cell for cell in cells if cell.startswith(name)), key=lambda c: max(cells[c]))
        rows += [
            harness.row(
                f"Lesson {name}, whole", wall[name], "s", at_most=LESSON_SECONDS,
                note=f"processor {cpu} s",
            ),
            harness.row(
                f"Lesson {name}, slowest cell", slowest[name], "s", at_most=CELL_SECONDS,
                note=cell.removeprefix(f"{name}-"),
            ),
        ]  # fmt: skip
    if not options.lessons:
        whole_course = [sum(of_round) for of_round in zip(*wall.values(), strict=True)]
        rows.append(harness.row("All lessons", whole_course, "s", at_most=COURSE_SECONDS))
    packages = ["gymnasium", "jupyterlab", "numpy", "torch"]
    return harness.finish(options.output, rows, packages, cells=cells)


if __name__ == "__main__":
    sys.exit(main())
