"""Every lesson's student edition, run as a learner runs it: in JupyterLab, in a browser."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from ppo_lib.course.build import edition_of, find_sources, leaks

pytestmark = pytest.mark.browser


def run_to_the_end(lesson):
    """Run a notebook, and see that nothing is amiss in it."""
    lesson.run_all()
    assert lesson.errors() == []
    assert lesson.not_run() == []
    assert lesson.stderr() == []
    assert lesson.broken_widgets() == []
    assert lesson.console_errors == []
    assert lesson.outside == []
    assert list(leaks(lesson.notebook())) == []


@pytest.mark.slow
@pytest.mark.parametrize("edition", [edition_of(source) for source in find_sources()])
def test_a_student_edition_runs_to_its_end_with_its_exercises_blank(open_notebook, edition):
    run_to_the_end(open_notebook(edition))


def notebook_of(folder, *cells):
    """Write a notebook of these code cells, and return its path."""
    path = folder / "made_up.ipynb"
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "name": "python3"}
    nbformat.write(notebook, path)
    return path


SHORT_LESSON = [  # an explorer, a live training, and the check of a blank answer
    "from ppo_lib.course.lesson_05.gae_explorer import GaeExplorer\nGaeExplorer()",
    "from ppo_lib.config import PPOConfig\nfrom ppo_lib.course import check, watch\n"
    "from ppo_lib.training import train\n"
    "records = watch(train(PPOConfig(total_steps=4096), progress=False), solved_at=475)",
    "def td_errors(*args):\n    ...",
    "check('td_errors', td_errors)",
]


def test_an_explorer_a_live_training_and_a_check_run_in_one_notebook(open_notebook, tmp_path):
    lesson = open_notebook(notebook_of(tmp_path, *SHORT_LESSON))
    run_to_the_end(lesson)
    page = lesson.page
    assert page.locator(".jp-OutputArea-output .explorer-svg").count() == 1
    curves = page.locator(".jp-OutputArea-output img[alt]")
    assert curves.count() == 1 and "after 4096 steps" in curves.get_attribute("alt")
    page.get_by_text("Not answered yet").wait_for()


def test_the_checks_above_see_what_is_wrong(open_notebook, tmp_path):
    page = open_notebook(
        notebook_of(
            tmp_path,
            "import sys, ipywidgets\nslider = ipywidgets.IntSlider()\nslider",
            "from IPython.display import HTML\n"
            "HTML('<img src=\"https://example.org/picture.png\">')",
            "view = {'application/vnd.jupyter.widget-view+json':"
            " {'model_id': 'nobody', 'version_major': 2, 'version_minor': 0}}\n"
            "from IPython.display import display\n"
            "display(view, raw=True)",
            "print('careful', file=sys.stderr)",
            "ipywidgets.interact(lambda x: 1 / x, x=(0, 0));",
            "ipywidgets.interact(lambda x: print(x, file=sys.stderr), x=(7, 7));",
            "1 / 0",
            "'never reached'",
        )
    )
    page.run_all()

    in_cell, in_widget = page.errors()
    assert in_cell.endswith(": ZeroDivisionError: division by zero")
    assert in_widget == "in a widget: ZeroDivisionError: division by zero"
    in_cell, in_widget = page.stderr()
    assert in_cell.endswith(": careful\n") and in_widget == "in a widget: 7"
    assert page.not_run() == [page.cells()[-1]["id"]]
    assert page.broken_widgets() == ["Error displaying widget: model not found"]
    assert set(page.outside) == {"https://example.org/picture.png"}
    assert any("picture.png" in text or "ERR_FAILED" in text for text in page.console_errors)


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "is_dark"), [("light", False), ("dark", True)])
def test_a_notebook_opens_in_the_theme_and_size_that_was_asked_for(
    open_notebook, tmp_path, theme, is_dark
):
    path = notebook_of(tmp_path, "print('line\\n' * 60)", "'the end'")
    page = open_notebook(path, viewport=(1280, 720), theme=theme, zoom=1.5)
    page.run_all()
    pieces = page.screenshot_pieces(tmp_path, theme)

    background = page.page.evaluate(
        "getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor"
    )
    channels = [float(number) for number in background.strip("rgba()").split(",")[:3]]
    assert (sum(channels) < 3 * 128) == is_dark
    assert page.page.evaluate("[innerWidth, innerHeight]") == [853, 480]
    assert len(pieces) > 1
    assert all(piece.stat().st_size > 0 for piece in pieces)
