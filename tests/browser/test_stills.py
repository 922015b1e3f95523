"""The still pictures that the builder takes of live explorers."""

from __future__ import annotations

import base64
import struct
from concurrent.futures import ThreadPoolExecutor

import lab_browser
import nbformat
import pytest
from nbformat.v4 import new_output

from ppo_lib.course import build, stills
from ppo_lib.course.explorers.bare_page import all_explorers, state_of
from ppo_lib.course.lesson_04.clip_explorer import ClipExplorer

pytestmark = pytest.mark.browser


def shown(explorer):
    bundle = explorer._repr_mimebundle_()
    assert bundle is not None
    output = new_output("execute_result", data=bundle[0])
    return stills.Shown(output, "name", state_of(explorer))


def png_of(output):
    return base64.b64decode(output.data["image/png"])


def test_every_explorer_has_a_small_and_sharp_still_and_its_words(chromium):
    explorers = [shown(explorer_class()) for explorer_class in all_explorers().values()]
    stills.take_stills(chromium, explorers)
    for output, _, state in explorers:
        png, metadata = png_of(output), output.metadata["image/png"]
        assert struct.unpack(">II", png[16:24]) == (2 * metadata["width"], 2 * metadata["height"])
        assert metadata["width"] == 860 and 500 < metadata["height"] < 700
        assert len(png) < 100_000  # it lies in the notebook's file
        assert metadata["alt"] == output.data["text/plain"]
        assert len(metadata["alt"]) > 150 and "{" not in metadata["alt"]
        assert state["strings"]["hint"] != state["strings"]["still.note"]  # its own, as it was


def test_a_still_follows_the_state_and_the_same_state_gives_the_same_bytes(chromium):
    ratios = (1.0, 1.7, 1.7)
    explorers = [shown(ClipExplorer(ratio=ratio)) for ratio in ratios]
    stills.take_stills(chromium, explorers)
    inside, above, again = (output for output, *_ in explorers)
    assert above == again  # the view's id as well
    assert png_of(inside) != png_of(above)
    assert "no longer pushes" in above.data["text/plain"]
    assert "pushes the ratio up" in inside.data["text/plain"]


LESSON = """\
# ---
# jupyter:
#   edition: 01_made_up
# ---

# %% moved
from ppo_lib.course.lesson_04.clip_explorer import ClipExplorer

explorer = ClipExplorer()
explorer

# %%
explorer.ratio = 1.7
"""


def test_a_build_puts_the_still_of_that_moment_beside_the_widget_and_lab_shows_it(
    chromium, lab, tmp_path
):
    source = tmp_path / "course" / "lesson_01" / "lesson.py"
    source.parent.mkdir(parents=True)
    source.write_text(LESSON)
    notebooks = tmp_path / "notebooks"
    with ThreadPoolExecutor(1) as pool:  # playwright's interface can't be entered twice in one
        pool.submit(build.build, source, notebooks).result()
    path = notebooks / "solutions" / "01_made_up.ipynb"
    ((output,), ()) = (cell.outputs for cell in nbformat.read(path, 4).cells)
    assert stills.VIEW in output.data
    assert "ratio 1.00" in output.data["text/plain"]  # it moved in a later cell

    with lab_browser.open_lesson(chromium, lab, path) as lesson:  # not trusted: no widget
        image = lesson.page.locator(".jp-OutputArea-output img")
        image.wait_for()
        assert base64.b64decode(image.get_attribute("src").partition(",")[2]) == png_of(output)
        assert image.evaluate("node => [node.naturalWidth, node.width]") == [1720, 860]
        assert lesson.page.locator(".explorer").count() == 0
        assert lesson.broken_widgets() == []
        assert lesson.outside == []
