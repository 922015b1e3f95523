"""Build the two editions of each lesson from its source.

`lesson_NN/lesson.py` (jupytext's percent format, its edition's name in the header) makes the
student edition `notebooks/NN_name.ipynb` (exercises blank, no outputs) and the solved edition
`notebooks/solutions/NN_name.ipynb` (executed, outputs kept, explorers with a still picture):

    python -m ppo_lib.course.build                          # every lesson, both editions
    python -m ppo_lib.course.build 00_start_here --student-only

An exercise's answer stands between `### BEGIN SOLUTION` and `### END SOLUTION`. A cell's
id comes from the lesson and from the cell's own name (`# %% the-ratio`, or
`# %% [markdown] name="the-ratio"`), or else from its place: a name keeps the id stable
whatever is put before the cell.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode

from ppo_lib.course.stills import Shown, StillError, add_stills, explorers_in

COURSE = Path(__file__).resolve().parent
NOTEBOOKS = COURSE.parents[1] / "notebooks"
CELL_SECONDS = 120  # eight times what a cell may take, for a busy machine: only a hang meets it
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
JUPYTEXT_KEYS = ("title", "name", "cell_depth", "lines_to_next_cell", "lines_to_end_of_cell_marker")
EDITION = re.compile(r"[0-9]{2}_[a-z0-9_]+")
MARKER = re.compile(r"^([ \t]*)### (BEGIN|END) SOLUTION[ \t]*$")
NEARLY_A_MARKER = re.compile(r"#\s*(BEGIN|END)[\s_-]*SOLUTION", re.IGNORECASE)
EMBEDDED_BYTES = re.compile(r"base64,[A-Za-z0-9+/=\s\\]+")
MACHINE = {
    "path": re.compile(r"(?<![\w.])(~|/(home|root|tmp|Users|usr|opt|work|var))/\w+|[A-Z]:\\+Users"),
    "memory address": re.compile(r"\b0x[0-9a-fA-F]{6,}\b"),
}


class LessonError(Exception):
    """A lesson that can't be built; the message names the file and the cell."""


def student_edition(source: Path) -> NotebookNode:
    """Return the lesson with `...` in place of every solution, its metadata fingerprinted.

    Raises:
        LessonError: a stray or misspelt marker, or a cell id that is taken or too long.
    """
    notebook = _read(source, keep_solutions=False)
    notebook.metadata["ppo_lib"] = {"fingerprint": _fingerprint(notebook)}
    return notebook


def solved_edition(source: Path) -> NotebookNode:
    """Return the lesson with its solutions, without their markers, not yet executed.

    Raises:
        LessonError: as `student_edition` does.
    """
    return _read(source, keep_solutions=True)


def execute(
    notebook: NotebookNode, lesson: str, beside: Sequence[Path] = (), *, stills: bool = False
) -> NotebookNode:
    """Return a copy of `notebook`, run from top to bottom by a new kernel.

    It runs in a folder of its own, which holds copies of the files `beside` and nothing else.

    Args:
        notebook: not yet executed.
        lesson: its name, for errors.
        beside: files that it needs.
        stills: whether an explorer's output gets a still picture, and its words.

    Raises:
        LessonError: a cell or a widget's callback raised, a callback wrote to stderr, a cell
            took over `CELL_SECONDS` or killed the kernel, or no still can be taken.
    """
    executed, started = copy.deepcopy(notebook), ["before any cell"]
    shown: list[Shown] = []
    with tempfile.TemporaryDirectory() as folder:
        for file in beside:
            shutil.copy(file, folder)
        client: NotebookClient = NotebookClient(
            executed,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": folder}},
            on_cell_execute=lambda cell, cell_index: started.append(f"cell {cell.id}"),
            on_cell_executed=lambda cell, cell_index, execute_reply: shown.extend(
                explorers_in(cell, client.widget_state)
            ),
        )
        try:
            client.execute()
        except (CellControlSignal, DeadKernelError) as error:
            raise LessonError(f"{lesson}, {started[-1]}: {error}") from error
    # What a widget's callback shows goes to the widget's own state, and to no cell.
    for state in client.widget_state.values():
        for output in map(nbformat.from_dict, state.get("outputs", ())):
            if output.output_type == "error" or output.get("name") == "stderr":
                text = output.get("text") or f"{output.ename}: {output.evalue}"
                raise LessonError(f"{lesson}, in a widget's output: {text.strip()}")
    # nbclient adds the Python version and that state; told not to keep the state
    # (`store_widget_state`), it fails at the first Output widget, such as `interact` makes.
    executed.metadata = copy.deepcopy(notebook.metadata)
    if stills:
        try:
            add_stills(shown)
        except StillError as error:
            raise LessonError(f"{lesson}: {error}") from error
    return executed


def leaks(notebook: NotebookNode) -> Iterator[str]:
    """Yield what stored outputs must not hold: stderr, and what only this machine has."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                yield f"cell {cell.id} wrote to stderr: {output.text.strip()!r}"
            texts = [output.get("text", ""), *output.get("traceback", [])]
            for mime, value in output.get("data", {}).items():
                if not mime.startswith("image/") or mime == "image/svg+xml":
                    texts.append(value if isinstance(value, str) else json.dumps(value))
            for what, pattern in MACHINE.items():
                if found := pattern.search(EMBEDDED_BYTES.sub("", "\n".join(texts))):
                    yield f"cell {cell.id} shows a {what} of this machine: {found[0]}"


def to_text(notebook: NotebookNode) -> str:
    """Return the notebook as the text of its file, with a newline at the end."""
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"


def write(notebook: NotebookNode, path: Path) -> None:
    """Write the notebook in one step: the file is the old one or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + ".part")
    half.write_bytes(to_text(notebook).encode())
    os.replace(half, path)


def is_edited(path: Path) -> bool:
    """Tell whether a student edition on disk holds more than a build put there.

    Returns:
        True if it holds outputs, or its cells differ from the fingerprint that the build
        left in it, or it can't be read.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
        was_run = any(cell.get("outputs") for cell in notebook.cells)
        return was_run or notebook.metadata["ppo_lib"]["fingerprint"] != _fingerprint(notebook)
    except (ValueError, LookupError, AttributeError, TypeError):
        return True


def save_edits(path: Path) -> Path:
    """Copy a learner's notebook to the first free of `NN_name.saved.ipynb`, `.saved-2`, ..."""
    number, saved = 1, path.with_suffix(".saved.ipynb")
    while saved.exists():
        number += 1
        saved = path.with_suffix(f".saved-{number}.ipynb")
    return Path(shutil.copy2(path, saved))


def edition_of(source: Path) -> str:
    """Return the name that a source's header gives its editions, such as `04_clipping`.

    Raises:
        LessonError: if it gives none.
    """
    name = jupytext.read(source, fmt="py:percent").metadata.get("edition")
    if not isinstance(name, str) or not EDITION.fullmatch(name):
        raise LessonError(f"{source}: the header must name an edition, NN_name, got {name!r}")
    return name


def build(source: Path, notebooks: Path = NOTEBOOKS, student_only: bool = False) -> None:
    """Write both editions of a lesson, and say what was done.

    Raises:
        LessonError: an edition can't be built; the one on disk stays as it was.
    """
    path = notebooks / f"{edition_of(source)}.ipynb"
    student = student_edition(source)
    if not path.exists() or path.read_bytes() != to_text(student).encode():
        if path.exists() and is_edited(path):
            print(f"{path.name} held work of yours: kept as {save_edits(path).name}")
        write(student, path)
        print(f"{path.name}: written")
    if not student_only:
        answers = sorted((notebooks / "solutions").glob("*.py"))
        solved = execute(solved_edition(source), path.stem, answers, stills=True)
        if found := list(leaks(solved)):
            raise LessonError(f"{path.stem}, solved edition: {'; '.join(found)}")
        write(solved, path.parent / "solutions" / path.name)
        print(f"solutions/{path.name}: executed and written")


def find_sources(names: Sequence[str] = (), course: Path = COURSE) -> list[Path]:
    """Return the sources of the editions with these names, or all of them, in the course's order.

    Raises:
        LessonError: there is no source at all, or none of that name; or an edition has another
            number than its folder.
    """
    known = {edition_of(path): path for path in sorted(course.glob("lesson_[0-9][0-9]/lesson.py"))}
    stems = {Path(name).stem for name in names}
    if not known:
        raise LessonError(f"no lesson (lesson_NN/lesson.py) in {course}")
    for edition, path in known.items():
        if path.parent.name != f"lesson_{edition[:2]}":
            raise LessonError(f"{path.parent.name} holds the edition {edition}: another number")
    if unknown := sorted(stems - set(known)):
        raise LessonError(f"no lesson {', '.join(unknown)}; there is: {', '.join(known)}")
    return [path for stem, path in known.items() if stem in stems or not stems]


def main(
    arguments: Sequence[str] | None = None, course: Path = COURSE, notebooks: Path = NOTEBOOKS
) -> int:
    """Run the command line; return 0, or 1 after saying what went wrong."""
    parser = argparse.ArgumentParser(description="Build the editions of the lessons.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a lesson (default: all)")
    parser.add_argument("--student-only", action="store_true", help="execute nothing")
    options = parser.parse_args(arguments)
    try:
        for source in find_sources(options.names, course):
            build(source, notebooks, options.student_only)
    except LessonError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _read(source: Path, *, keep_solutions: bool) -> NotebookNode:
    """Turn a source into one edition, with our cell ids and our metadata alone."""
    edition = edition_of(source)
    notebook: NotebookNode = jupytext.read(source, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(METADATA)
    taken: set[str] = set()
    for place, cell in enumerate(notebook.cells):
        name = cell.metadata.get("name") or cell.metadata.get("title") or f"cell-{place:02d}"
        cell.id = f"{edition}-{re.sub('[^A-Za-z0-9_-]+', '-', name).strip('-')}"
        where = f"{edition}, cell {cell.id}"
        if len(cell.id) > 64 or cell.id in taken:
            raise LessonError(f"{where}: this id is taken, or longer than 64 letters")
        taken.add(cell.id)
        for key in JUPYTEXT_KEYS:
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.source = _without_markers(cell.source, keep_solutions, where)
        elif found := NEARLY_A_MARKER.search(cell.source):
            raise LessonError(f"{where}: {found[0]!r} in a {cell.cell_type} cell")
    return notebook


def _without_markers(code: str, keep_solutions: bool, where: str) -> str:
    """Drop the marker lines; keep what stands between them, or put `...` in its place."""
    lines, inside = [], False
    for line in code.split("\n"):
        if marker := MARKER.match(line):
            if (marker[2] == "BEGIN") == inside:
                raise LessonError(f"{where}: {line.strip()!r} without its partner")
            inside = not inside
            if inside and not keep_solutions:
                lines.append(f"{marker[1]}...")
        elif NEARLY_A_MARKER.search(line):
            raise LessonError(f"{where}: {line.strip()!r} is nearly a marker, but none")
        elif keep_solutions or not inside:
            lines.append(line)
    if inside:
        raise LessonError(f"{where}: '### BEGIN SOLUTION' without its partner")
    return "\n".join(lines)


def _fingerprint(notebook: NotebookNode) -> str:
    cells = [[cell.cell_type, cell.source] for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
