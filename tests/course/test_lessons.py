"""The lessons, and the builder that makes their two editions from one source."""

from __future__ import annotations

import ast
import copy
import json
import statistics
import sys

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.v4 import new_code_cell, new_notebook, new_output

from ppo_lib.course import build as builder
from ppo_lib.course import stills
from ppo_lib.course.explorers.bare_page import all_explorers

NOTEBOOKS = builder.NOTEBOOKS
SOURCES = {builder.edition_of(source): source for source in builder.find_sources()}

LONGEST_CELL, MEDIAN_CELL = 25, 8  # lines that hold something

REBUILD = "run `make lessons`, and commit what it writes"


# What is held against a lesson. Each is a function of its own, so that the second half of
# this file can show it finding a fault.


def code_cells(notebook):
    """Return the code cells that hold code; an empty one is never executed."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def is_compared(output):
    """Tell whether nbval compares this output: not pictures, views and reprs of figures."""
    if output.output_type == "stream":
        return True
    ignored = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}
    data = {mime: text for mime, text in output.get("data", {}).items() if mime not in ignored}
    if data.get("text/plain", "").startswith("<Figure size"):
        del data["text/plain"]
    return bool(data)


def lacks_still(cell, output):
    """Tell whether an explorer is seen here only by those who run the cell."""
    if stills.VIEW not in output.get("data", {}) or not any(
        f"{name}(" in cell.source for name in all_explorers()
    ):
        return False
    alt = output.metadata.get("image/png", {}).get("alt")
    return "image/png" not in output.data or not alt or output.data["text/plain"] != alt


def faults(solved, source):
    """Yield what is wrong with a solved edition that should come from `source`."""
    bare = copy.deepcopy(solved)
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    expected = builder.solved_edition(source)
    if [cell.source for cell in bare.cells] != [cell.source for cell in expected.cells]:
        yield "the text of its cells is not the source's"
    elif builder.to_text(bare) != builder.to_text(expected):
        yield "its ids, tags or metadata are not the source's"
    cells = code_cells(solved)
    if [cell.execution_count for cell in cells] != list(range(1, len(cells) + 1)):
        yield "its cells were not executed once each, in order"
    for cell in cells:
        tags = cell.metadata.get("tags", [])
        if "nbval-check-output" in tags and not any(map(is_compared, cell.outputs)):
            yield f"cell {cell.id} is to be compared, but stores nothing that nbval compares"
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in tags:
                yield f"cell {cell.id} raised {output.ename}"
            if lacks_still(cell, output):
                yield f"cell {cell.id} shows an explorer without its still picture and its words"
    yield from builder.leaks(solved)


# fmt: off
DRAWING_CALLS = {
    "annotate", "figtext", "set_label", "set_title", "set_xlabel", "set_ylabel", "set_zlabel",
    "suptitle", "supxlabel", "supylabel", "text", "title", "xlabel", "ylabel", "Button", "HTML",
    "HTMLMath", "Label", "Markdown"
}
DRAWN_KEYWORDS = {
    "desc", "description", "label", "labels", "placeholder", "s", "title", "tooltip", "xlabel",
    "ylabel"
}
# fmt: on


def called_name(call):
    return ast.unparse(call.func).rpartition(".")[2]


def is_lookup(node):
    """Tell whether this is `text("key")` or `strings.text("key")`, the table of strings."""
    name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return name == "text" or name.endswith("strings.text")


def literals_in(node):
    """Yield the words that an expression spells out, wherever they stand in it.

    Left out are what a function is given (`text("key")`; of `" and ".join(...)` the `" and "` is
    looked at), subscripts (`labels["a"]`), the format in an f-string, and strings that no
    translator touches: without a letter, or wholly a formula.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        is_formula = node.value.startswith("$") and node.value.endswith("$")
        if any(map(str.isalpha, node.value)) and not is_formula:
            yield node.value
    for name, value in ast.iter_fields(node):
        if name not in ("slice", "format_spec", "args", "keywords"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from literals_in(child)


def drawn_literals(code):
    """Return the literal words that a cell's code gives to a figure or to a widget."""
    found = []
    for node in ast.walk(ast.parse(TransformerManager().transform_cell(code))):
        drawn = []
        if isinstance(node, ast.Call) and not is_lookup(node):
            drawn += [word.value for word in node.keywords if word.arg in DRAWN_KEYWORDS]
            if called_name(node) in DRAWING_CALLS:
                drawn += node.args
                drawn += [word.value for word in node.keywords if word.arg == "value"]
        elif isinstance(node, ast.Assign):
            names = {getattr(target, "attr", "") for target in node.targets}
            drawn += [node.value] if names & DRAWN_KEYWORDS else []
        found += [text for expression in drawn for text in literals_in(expression)]
    return found


def cell_lengths(notebook):
    """Return how many lines that hold something each code cell has, by its id."""
    return {
        cell.id: sum(1 for line in cell.source.splitlines() if line.strip())
        for cell in code_cells(notebook)
    }


# Every lesson. Its solved edition is also run by nbval, which compares outputs, and its student
# edition, exercises blank, in JupyterLab (`tests/browser/test_lessons_in_browser.py`).

every_lesson = pytest.mark.parametrize("edition", SOURCES)


def test_there_are_lessons_and_every_notebook_has_a_source():
    notebooks = [*NOTEBOOKS.glob("*.ipynb"), *NOTEBOOKS.glob("solutions/*.ipynb")]
    kept_for_a_learner = {path for path in notebooks if ".saved" in path.name}

    assert SOURCES
    assert {path.stem for path in set(notebooks) - kept_for_a_learner} <= set(SOURCES)


@every_lesson
def test_a_rebuilt_student_edition_has_the_bytes_on_disk(edition):
    path = NOTEBOOKS / f"{edition}.ipynb"
    assert path.exists(), REBUILD
    built = builder.to_text(builder.student_edition(SOURCES[edition])).encode()
    assert path.read_bytes() == built, f"{path.name} is not what its source makes: {REBUILD}"


@every_lesson
def test_the_solved_edition_comes_from_the_source_and_may_be_published(edition):
    path = NOTEBOOKS / "solutions" / f"{edition}.ipynb"
    assert path.exists(), REBUILD
    found = list(faults(nbformat.read(path, as_version=4), SOURCES[edition]))
    assert found == [], f"{path.name}: {'; '.join(found)}. If the source changed: {REBUILD}"


@every_lesson
def test_code_cells_are_short_and_spell_out_no_words_that_a_figure_or_widget_shows(edition):
    solved = builder.solved_edition(SOURCES[edition])
    found = {cell.id: drawn_literals(cell.source) for cell in code_cells(solved)}
    assert {name: words for name, words in found.items() if words} == {}
    lengths = cell_lengths(solved)
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_CELL} == {}
    assert statistics.median(lengths.values()) <= MEDIAN_CELL


# The builder, on a lesson made up for it.

LESSON = '''\
# ---
# jupyter:
#   edition: 01_made_up
#   kernelspec:
#     display_name: Somebody's Python
#     name: their-kernel
# ---

# %% [markdown] name="question"
# # What is a ratio?

# %% the ratio tags=["claim", "C4"]
def ratio(new, old):
    """Divide."""
    ### BEGIN SOLUTION
    quotient = new / old
    return quotient
    ### END SOLUTION


class Policy:
    ratio = 1.0


# %% tags=["nbval-check-output"]
ratio(3.0, 2.0)
'''


HEADER = LESSON[: LESSON.index("# %%")]


@pytest.fixture
def source(tmp_path):
    """The made-up lesson, in a course of its own; `path_of` is where its editions are built."""
    path = tmp_path / "course" / "lesson_01" / "lesson.py"
    path.parent.mkdir(parents=True)
    path.write_text(LESSON)
    return path


def rewrite(source, cells):
    source.write_text(HEADER + cells)


def path_of(source, folder=""):
    return source.parents[2] / "notebooks" / folder / "01_made_up.ipynb"


def build_student(source):
    builder.build(source, path_of(source).parent, student_only=True)


def run_builder(source, *arguments):
    return builder.main(arguments, source.parents[1], path_of(source).parent)


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """The made-up lesson's solved edition, executed once for all tests (each takes a copy)."""
    path = tmp_path_factory.mktemp("solved") / "lesson.py"
    path.write_text(LESSON)
    return builder.execute(builder.solved_edition(path), "01_made_up")


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if cell.id.endswith(name))


def test_a_solution_becomes_three_dots_at_its_own_indentation(source):
    code = cell_of(builder.student_edition(source), "the-ratio").source
    assert code.startswith('def ratio(new, old):\n    """Divide."""\n    ...\n\n\nclass Policy:')
    names = {}
    exec(code, names)
    assert names["ratio"](3.0, 2.0) is None
    code = cell_of(builder.solved_edition(source), "the-ratio").source
    assert '"""Divide."""\n    quotient = new / old\n    return quotient\n\n\nclass' in code
    assert "###" not in code


def test_two_solutions_in_one_cell_are_both_blanked(source):
    region = "### BEGIN SOLUTION\n{0} = 1\n### END SOLUTION\n"
    rewrite(source, f"# %% both\n{region.format('a')}b = 0\n{region.format('c')}")
    assert builder.student_edition(source).cells[0].source == "...\nb = 0\n..."


STRAY = {
    "# %% here\n### BEGIN SOLUTION\nx = 1\n": "without its partner",
    "# %% here\nx = 1\n### END SOLUTION\n": "without its partner",
    "# %% here\n### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION\n": "partner",
    "# %% here\n### END SOLUTION\n### BEGIN SOLUTION\n": "without its partner",
    "# %% here\n## BEGIN SOLUTION\nx = 1\n### END SOLUTION\n": "nearly a marker",
    "# %% here\n### BEGIN SOLUTION\nx = 1  ### END SOLUTION\n": "nearly a marker",
    "# %% here\n### begin solution\nx = 1\n### end solution\n": "nearly a marker",
    '# %% [markdown] name="here"\n# ### BEGIN SOLUTION\n': "in a markdown cell",
}


def test_a_stray_marker_is_an_error_that_names_lesson_and_cell(source):
    for cell, message in STRAY.items():
        rewrite(source, cell)
        for edition in (builder.student_edition, builder.solved_edition):
            with pytest.raises(builder.LessonError, match=f"cell 01_made_up-here: .*{message}"):
                edition(source)


def test_a_source_without_the_name_of_an_edition_is_an_error(source):
    for name in ("", "  edition: made_up", "  edition: 1_made_up", "  edition: 7"):
        source.write_text(LESSON.replace("  edition: 01_made_up", name))
        with pytest.raises(builder.LessonError, match=r"lesson\.py: the header must name an"):
            builder.edition_of(source)


def test_a_named_cell_keeps_its_id_when_a_cell_is_put_before_it(source):
    before = [cell.id for cell in builder.student_edition(source).cells]
    assert before == [cell.id for cell in builder.solved_edition(source).cells]
    source.write_text(LESSON.replace("# %% [markdown]", "# %%\nx = 1\n\n# %% [markdown]", 1))
    after = [cell.id for cell in builder.student_edition(source).cells]

    assert before == ["01_made_up-question", "01_made_up-the-ratio", "01_made_up-cell-02"]
    assert after == ["01_made_up-cell-00", *before[:2], "01_made_up-cell-03"]


def test_an_id_that_is_taken_or_too_long_is_refused(source):
    for name in ("the-ratio", "x" * 60):
        source.write_text(f"{LESSON}\n# %% {name}\nx = 1\n")
        with pytest.raises(builder.LessonError, match=f"01_made_up-{name}: .*taken, or longer"):
            builder.student_edition(source)


def test_tags_are_kept_and_nothing_of_jupytext_or_of_a_machine_is(source):
    notebook = builder.solved_edition(source)
    assert [dict(cell.metadata) for cell in notebook.cells] == [
        {},
        {"tags": ["claim", "C4"]},
        {"tags": ["nbval-check-output"]},
    ]
    assert notebook.metadata == builder.METADATA
    assert notebook.metadata.kernelspec.name == "python3"
    assert "version" not in notebook.metadata.language_info


def test_a_second_build_writes_the_same_bytes_and_keeps_no_copy(source):
    path = path_of(source)
    build_student(source)
    first, written = path.read_bytes(), path.stat().st_mtime_ns
    build_student(source)

    assert path.read_bytes() == first
    assert path.stat().st_mtime_ns == written  # an open JupyterLab asks nothing
    assert first.endswith(b"}\n")
    assert list(path.parent.iterdir()) == [path]


def edit_code(notebook):
    cell_of(notebook, "the-ratio").source += "\nmy_answer = 42"


def edit_prose(notebook):
    cell_of(notebook, "question").source += "\n\nMy note."


def run(notebook):
    cell_of(notebook, "cell-02").outputs = [new_output("stream", text="1.5")]


@pytest.mark.parametrize("edit", [edit_code, edit_prose, run])
def test_a_learners_notebook_is_kept_before_it_is_written_over(source, edit, capsys):
    path = path_of(source)
    build_student(source)
    built = path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    edit(notebook)
    for name in ("01_made_up.saved.ipynb", "01_made_up.saved-2.ipynb"):
        nbformat.write(notebook, path)
        work = path.read_bytes()
        build_student(source)

        assert path.with_name(name).read_bytes() == work
        assert path.read_bytes() == built
        assert f"01_made_up.ipynb held work of yours: kept as {name}" in capsys.readouterr().out


def test_a_file_that_is_no_notebook_is_kept_too(source):
    path = path_of(source)
    path.parent.mkdir()
    path.write_text("<<<<<<< a merge that went wrong")
    build_student(source)
    assert path.with_suffix(".saved.ipynb").read_text() == "<<<<<<< a merge that went wrong"


def test_an_older_build_that_was_opened_and_saved_is_written_over_without_a_copy(source):
    path = path_of(source)
    build_student(source)
    notebook = json.loads(path.read_text())
    notebook["metadata"]["language_info"]["version"] = "3.11.9"
    path.write_text(json.dumps(notebook, indent=4))
    assert not builder.is_edited(path)
    source.write_text(LESSON.replace("What is a ratio?", "What is a probability ratio?"))
    build_student(source)
    assert "probability" in path.read_text()
    assert list(path.parent.glob("*.saved*")) == []


def test_a_build_writes_a_solved_edition_without_a_fault(source):
    source.write_text(
        f"{LESSON}\n"
        '# %% tags=["raises-exception"]\n1 / 0\n\n'
        "# %% beside\nimport my_answer\n\nmy_answer.VALUE\n"
    )
    path = path_of(source, "solutions")
    path.parent.mkdir(parents=True)
    path.with_name("my_answer.py").write_text("VALUE = 17\n")
    assert run_builder(source) == 0
    notebook = nbformat.read(path, as_version=4)

    assert list(faults(notebook, source)) == []
    assert cell_of(notebook, "cell-02").outputs[0].data["text/plain"] == "1.5"
    assert cell_of(notebook, "cell-03").outputs[0].ename == "ZeroDivisionError"
    assert cell_of(notebook, "beside").outputs[0].data["text/plain"] == "17"
    assert path.read_bytes() == builder.to_text(notebook).encode()


@pytest.mark.parametrize(
    ("code", "messages"),
    [
        ("1 / 0", ["ZeroDivisionError"]),
        (
            "import sys; print('careful', file=sys.stderr); print('/root/course')\nobject()",
            [
                "wrote to stderr: 'careful'",
                "shows a path of this machine",
                "shows a memory address of this machine",
            ],
        ),
    ],
)
def test_a_lesson_that_may_not_be_published_leaves_the_old_solved_edition(
    source, capsys, code, messages
):
    old = path_of(source, "solutions")
    old.parent.mkdir(parents=True)
    old.write_text("the old one")
    source.write_text(f"{LESSON}\n# %% the-last\n{code}\n")

    assert run_builder(source, "01_made_up") == 1
    said = capsys.readouterr().err
    assert "01_made_up" in said and "cell 01_made_up-the-last" in said
    assert all(message in said for message in messages)
    assert old.read_text() == "the old one"
    assert [path.name for path in old.parent.iterdir()] == [old.name]


@pytest.mark.parametrize(
    ("callback", "message"),
    [
        ("1 / x", "in a widget's output: ZeroDivisionError: division by zero"),
        ("print('careful', file=sys.stderr)", "in a widget's output: careful"),
    ],
)
def test_what_goes_wrong_in_a_widgets_callback_is_an_error(source, callback, message):
    code = f"# %%\nimport sys, ipywidgets\nipywidgets.interact(lambda x: {callback}, x=(0, 0));\n"
    rewrite(source, code)
    with pytest.raises(builder.LessonError, match=f"01_made_up, {message}"):
        builder.execute(builder.solved_edition(source), "01_made_up")


def test_where_no_still_can_be_taken_the_builder_says_what_to_install(source, capsys, monkeypatch):
    explorer = stills.Shown(new_output("display_data"), "name", {})
    stills.add_stills([])  # none is shown: nothing is needed
    monkeypatch.setattr(stills, "find_chromium", lambda: None)
    with pytest.raises(stills.StillError, match="apt install chromium"):
        stills.add_stills([explorer])
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(stills.StillError, match=r"playwright, which is not installed: pip install"):
        stills.add_stills([explorer])

    monkeypatch.setattr(builder, "explorers_in", lambda cell, states: [explorer])
    assert run_builder(source) == 1
    assert "error: 01_made_up: the still of an explorer is taken" in capsys.readouterr().err
    assert not path_of(source, "solutions").exists()


def test_student_only_executes_nothing(source, monkeypatch):
    monkeypatch.setattr(builder, "execute", None)
    assert run_builder(source, "--student-only") == 0
    assert path_of(source).exists() and not path_of(source, "solutions").exists()


def test_a_lesson_can_be_named_by_its_name_or_by_any_of_its_notebooks(source):
    course = source.parents[1]
    other = course / "lesson_02" / "lesson.py"
    other.parent.mkdir()
    other.write_text(LESSON.replace("01_made_up", "02_other"))
    for name in ("01_made_up", "notebooks/solutions/01_made_up.ipynb", "01_made_up.ipynb"):
        assert builder.find_sources([name], course) == [source]
    assert builder.find_sources([], course) == [source, other]


def test_an_edition_with_another_number_than_its_folder_is_an_error(source, capsys):
    source.write_text(LESSON.replace("01_made_up", "02_made_up"))
    assert run_builder(source) == 1
    assert "lesson_01 holds the edition 02_made_up" in capsys.readouterr().err


def test_an_unknown_lesson_and_a_course_without_any_are_errors_that_say_so(
    source, tmp_path, capsys
):
    assert run_builder(source, "09_nowhere") == 1
    assert "no lesson 09_nowhere; there is: 01_made_up" in capsys.readouterr().err
    assert builder.main([], tmp_path / "elsewhere") == 1
    assert str(tmp_path / "elsewhere") in capsys.readouterr().err


# What is held against lessons finds what it should.


PICTURE = {"image/png": "iVBOR", "text/plain": "<Figure size 640x480 with 1 Axes>"}
ERROR = new_output("error", ename="ValueError", evalue="no", traceback=[])
METADATA = "its ids, tags or metadata"
COMPARED = "cell 01_made_up-cell-02 is to be compared"
ORDER = "not executed once each, in order"

SPOILT = [  # a cell (or the notebook), what takes the place of its own, and the fault
    ("the-ratio", {"source": "1 + 1"}, "the text of its cells"),
    ("the-ratio", {"id": "another"}, METADATA),
    ("the-ratio", {"metadata": {}}, METADATA),
    ("", {"metadata": {**builder.METADATA, "widgets": {"state": {}}}}, METADATA),
    ("question", {"metadata": {"execution": {"iopub.execute_input": "2026"}}}, METADATA),
    ("cell-02", {"execution_count": 7}, ORDER),
    ("the-ratio", {"execution_count": None}, ORDER),
    ("cell-02", {"outputs": []}, COMPARED),
    ("cell-02", {"outputs": [new_output("display_data", data=PICTURE)]}, COMPARED),
    ("the-ratio", {"outputs": [ERROR]}, "cell 01_made_up-the-ratio raised ValueError"),
    (
        "the-ratio",
        {"outputs": [new_output("stream", name="stderr", text="hm")]},
        "cell 01_made_up-the-ratio wrote to stderr",
    ),
]


def test_a_sound_solved_edition_has_no_fault(solved, source):
    assert list(faults(solved, source)) == []


def test_a_spoilt_solved_edition_has_the_one_fault_that_it_was_given(solved, source):
    for name, spoilt, fault in SPOILT:
        edition = copy.deepcopy(solved)
        (cell_of(edition, name) if name else edition).update(nbformat.from_dict(spoilt))
        (found,) = faults(edition, source)
        assert fault in found


def test_an_explorer_without_its_still_or_its_words_is_found():
    cell, view = new_code_cell("ClipExplorer()"), {stills.VIEW: {}}
    for png, words, alt, lacks in [
        ("iVBOR", "r is 1", "r is 1", False),
        (None, "r is 1", "r is 1", True),
        ("iVBOR", "ClipExplorer()", "r is 1", True),
        ("iVBOR", "r is 1", None, True),
    ]:
        data = {**view, "text/plain": words} | ({"image/png": png} if png else {})
        metadata = {"image/png": {"alt": alt}} if alt else {}
        output = new_output("execute_result", data=data, metadata=metadata)
        assert lacks_still(cell, output) == lacks
        assert not lacks_still(new_code_cell("IntSlider()"), output)


def leaks_of(**output):
    cell = new_code_cell("x", outputs=[new_output("display_data", **output)])
    return list(builder.leaks(new_notebook(cells=[cell])))


def test_what_only_this_machine_has_is_found_in_an_output():
    for text in [
        "saved to /root/course/model.pt",
        "/tmp/ipykernel_123/45.py:1: UserWarning",
        "File ~/course/ppo_lib/losses.py:12",
        r"C:\Users\ada\course",
        '"/home/ada/course"',
        "<ppo_lib.Model object at 0x7f3a2c11d0>",
    ]:
        for mime in ("text/plain", "text/html", "image/svg+xml"):
            assert len(leaks_of(data={mime: text})) == 1, text


def test_what_any_machine_would_show_is_no_leak():
    for data in [
        {"text/plain": "see https://example.org/home/page, and/or/tmp/x, 0x20, a ~ b"},
        {"image/png": "iVBOR/tmp/0xabcdef0"},
        {"text/html": '<img src="data:image/png;base64,iVBOR+/tmp/x0/0xabcdef0==">'},
        {stills.VIEW: {"model_id": "0f3a", "version_major": 2}},
    ]:
        assert leaks_of(data=data) == []


def test_words_that_a_cell_draws_are_found():
    for code in [
        'ax.set_xlabel("steps")',
        'ax.set_ylabel(f"return of seed {seed}")',
        'plt.title("a" + name)',
        'ax.text(0, 1, "clip")',
        'ax.annotate("here", xy=(0, 1))',
        'ax.plot(x, y, label="PPO")',
        'ax.plot(x, y, label="PPO" if clip else text("label.none"))',
        'ax.set(ylabel="return")',
        'ax.legend(labels=["one"])',
        'ax.text(0, 1, " and ".join(names))',
        'widgets.FloatSlider(description="epsilon")',
        'slider.description = "epsilon"',
        'widgets.HTML("<b>done</b>")',
        'widgets.HTML(value="<b>done</b>")',
        'tqdm(range(3), desc="training")',
        '%matplotlib inline\nfor ax in axes:\n    ax.set_title("seed")',
    ]:
        assert len(drawn_literals(code)) == 1, code


def test_words_that_come_from_the_table_or_are_not_drawn_are_fine():
    for code in [
        'ax.set_xlabel(text("axis.env_steps"))',
        'ax.set_xlabel(strings.text("axis.env_steps", seed="x"))',
        "ax.set_title(f\"{text('label.seed')}: {value:.2f}\")",
        'ax.text(0, 1, labels["clip"], ha="center", color="black")',
        'ax.set_ylabel(r"$\\epsilon$")',
        'ax.plot(x, y, "k--", label=text("label.seed"))',
        'ax.annotate("", xy=(0, 1), xycoords="data")',
        'train("CartPole-v1", preset="fast")',
        'print("any words")',
        'label = "a name"',
    ]:
        assert drawn_literals(code) == [], code


def test_the_length_of_a_cell_counts_lines_that_hold_something(source):
    lengths = cell_lengths(builder.solved_edition(source))
    assert lengths == {"01_made_up-the-ratio": 6, "01_made_up-cell-02": 1}
