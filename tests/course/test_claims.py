"""Every claim of a lesson that exists is measured in a cell, which asserts it."""

import ast

import jupytext
import pytest

from ppo_lib.course.build import edition_of, find_sources

SOURCES = find_sources()

# Which lesson measures which of the course's numbered claims.
CLAIMS = {
    "01": {"C1"},
    "02": {"C2", "C3"},
    "03": {"C4", "C5", "C6"},
    "04": {"C6", "C7", "C8", "C9"},
    "05": {"C10", "C11", "C12"},
    "06": {"C13"},
    "07": {"C14", "C16", "C17"},
    "08": {"C15"},
}


def claim_cells(source):
    """Return the code of each cell tagged `claim`, with the claims' numbers."""
    cells = jupytext.read(source, fmt="py:percent").cells
    tagged = [(set(cell.metadata.get("tags", [])), cell) for cell in cells]
    return [(tags - {"claim"}, cell.source) for tags, cell in tagged if "claim" in tags]


def asserts_something(code):
    """Tell whether an assertion in the code depends on what was computed."""
    assertions = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Assert)]
    return any(isinstance(n, ast.Name) for a in assertions for n in ast.walk(a.test))


@pytest.mark.parametrize("source", SOURCES, ids=edition_of)
def test_every_claim_of_a_lesson_has_a_cell_and_no_other_number_is_used(source):
    numbers = {number for tags, _ in claim_cells(source) for number in tags}
    assert numbers == CLAIMS.get(edition_of(source)[:2], set())


@pytest.mark.parametrize("source", SOURCES, ids=edition_of)
def test_every_claim_cell_asserts_what_it_computed(source):
    for numbers, code in claim_cells(source):
        assert numbers, f"a claim without a number:\n{code}"
        assert asserts_something(code), f"{numbers} asserts nothing:\n{code}"


@pytest.mark.parametrize("code", ["x = 1", "assert True", "assert 'a claim'", "print(x)"])
def test_a_cell_that_asserts_nothing_is_found_out(code):
    assert not asserts_something(code)
