"""The walls of the house: a room stands above what it uses, and nothing points back up."""

import ast
import functools
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# What imports by a string, so that a thing is loaded only when it is asked for.
BY_STRING = {
    "ppo_lib.moved": "the names of release 0.1",
    "ppo_lib.course": "what a cell imports",
    "ppo_lib.course.checks": "every lesson's exercises",
    "ppo_lib.course.explorers.bare_page": "every lesson's explorer",
}


@functools.cache
def imports():
    """Each module of the package, and what it imports anywhere, functions and conditions included.

    `lesson.py` is a lesson's cells: nothing imports it, and it may import all.
    """
    paths = [path for path in ROOT.glob("ppo_lib/**/*.py") if path.name != "lesson.py"]
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in paths}
    names = {name.removesuffix(".__init__"): path for name, path in names.items()}
    found = {}
    for name, path in names.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        found[name] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) + 1 - node.level]
                start = [*above, node.module or ""] if node.level else [node.module]
                source = ".".join(filter(None, start))
                for alias in node.names:  # a module of a package, or a name of a module
                    whole = f"{source}.{alias.name}"
                    found[name].add(whole if whole in names else source)
    assert len(found) > 60
    return found


def crossing(importers, imported):
    """The imports from modules of one pattern to modules of another, as 'a -> b'."""
    return [
        f"{name} -> {other}"
        for name, others in sorted(imports().items())
        for other in sorted(others)
        if re.fullmatch(importers, name) and re.fullmatch(imported, other)
    ]


def test_the_algorithm_imports_nothing_of_the_other_rooms():
    algorithm = r"ppo_lib(\.(?!beyond|course)\w+)?"
    assert crossing(algorithm, r"ppo_lib\.(beyond|course)\b.*") == []
    assert len(crossing(algorithm, r"ppo_lib\..*")) > 30  # so the pattern finds the modules


def test_the_second_evening_imports_nothing_of_the_course():
    assert crossing(r"ppo_lib\.beyond\b.*", r"ppo_lib\.course\b.*") == []
    assert len(crossing(r"ppo_lib\.beyond\b.*", r"ppo_lib\..*")) > 20


def test_what_lessons_share_imports_nothing_of_a_lesson():
    shared = r"ppo_lib\.course(\.(?!lesson_).*)?"  # checks, cliff, explorers, figures, ...
    assert crossing(shared, r"ppo_lib\.course\.lesson_.*") == []
    assert len(crossing(shared, r"ppo_lib\..*")) > 30


def test_no_modules_import_each_other_in_a_circle():
    left = {name: others & set(imports()) for name, others in imports().items()}
    removed = True
    while removed:  # those that import none of the rest, and those that none of it imports
        imported = set().union(*left.values())
        removed = [name for name, others in left.items() if not others or name not in imported]
        left = {name: others - set(removed) for name, others in left.items() if name not in removed}
    assert left == {}


def test_only_these_import_by_a_string():
    by_string = {name for name, others in imports().items() if "importlib" in others}
    assert by_string == set(BY_STRING)


def test_the_loss_loads_torch_alone_and_the_training_nothing_of_the_course():
    script = """
import sys
import ppo_lib.losses, ppo_lib.advantages
print(*sys.modules)
import ppo_lib.training
print(*sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    losses, training = (set(line.split()) for line in done.stdout.splitlines())
    assert "torch" in losses and "gymnasium" in training
    assert losses & {"gymnasium", "matplotlib", "IPython"} == set()
    assert not [name for name in training if re.match(r"ppo_lib\.(beyond|course)\b", name)]
