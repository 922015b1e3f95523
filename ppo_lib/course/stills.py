"""Still pictures of explorers, for a solved edition: each is taken from the live one.

A reader who sees no widget (GitHub, an untrusted notebook, a printed page) sees the still, and a
screen reader reads its description. Both are what the explorer itself shows from the state that
the kernel sent, in a headless Chromium.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from nbformat import NotebookNode
from PIL import Image

from ppo_lib.course.explorers.bare_page import find_chromium, launch_chromium, open_page, show

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WIDTH = 860  # pixels: both columns, as JupyterLab and GitHub show them
SCALE = 2  # sharp on a projector
COLORS = 64  # a third as large as with all, which are hardly more
VIEW = "application/vnd.jupyter.widget-view+json"


class StillError(Exception):
    """No still can be taken; the message says what is missing."""


class Shown(NamedTuple):
    """An explorer in an output of a notebook.

    Attributes:
        output: the cell's output, whose data gets the still.
        name: stays from one build to the next.
        state: its synced traits when the cell ended.
    """

    output: NotebookNode
    name: str
    state: dict[str, Any]


def explorers_in(cell: NotebookNode, states: Mapping[str, Mapping[str, Any]]) -> Iterator[Shown]:
    """Yield the explorers that a cell shows.

    Args:
        cell: executed.
        states: of all the kernel's widgets by their ids, as `NotebookClient.widget_state`.
    """
    for number, output in enumerate(cell.get("outputs", [])):
        view = output.get("data", {}).get(VIEW, {})
        state = states.get(view.get("model_id"), {})
        if {"_esm", "_css", "strings", "bounds"} <= state.keys():
            yield Shown(output, f"{cell.id}-{number}", copy.deepcopy(dict(state)))


def add_stills(explorers: Iterable[Shown]) -> None:
    """Put into the output of each explorer what `take_stills` does, in a Chromium of its own.

    Raises:
        StillError: if there is no playwright or no Chromium, or an explorer fails in it.
    """
    explorers = list(explorers)
    if not explorers:
        return
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise StillError(
            "the still of an explorer is taken with playwright, which is not installed: "
            'pip install -e ".[dev]"'
        ) from None
    chromium = find_chromium()
    if chromium is None:
        raise StillError(
            "the still of an explorer is taken in Chromium, and there is none: install it "
            "(Debian: apt install chromium), or set CHROMIUM to its path"
        )
    try:
        with sync_playwright() as playwright:
            take_stills(launch_chromium(playwright, chromium), explorers)
    except Error as error:
        raise StillError(f"the still of an explorer could not be taken: {error}") from error


def take_stills(browser: Browser, explorers: Iterable[Shown]) -> None:
    """Put into the output of each explorer its picture and its description, from this browser.

    The picture is `image/png`, its metadata the size in pixels of the page and `alt`; the
    description is also `text/plain`. The view's id, of a widget that has ended with its kernel,
    becomes one that is the same in every build.
    """
    page = open_page(browser, viewport={"width": 1000, "height": 900}, device_scale_factor=SCALE)
    for output, name, state in explorers:
        strings = {**state["strings"], "hint": state["strings"]["still.note"]}
        show(page, {**state, "strings": strings}, WIDTH)
        page.evaluate("document.fonts.ready.then(() => null)")
        taken = Image.open(io.BytesIO(page.locator(".explorer").screenshot())).convert("RGB")
        file = io.BytesIO()
        taken.quantize(COLORS, dither=Image.Dither.NONE).save(file, "png", optimize=True)
        width, height = (pixels // SCALE for pixels in taken.size)
        description = page.evaluate("describeShown()")
        output.data["image/png"] = base64.b64encode(file.getvalue()).decode("ascii")
        output.data["text/plain"] = description
        output.data[VIEW]["model_id"] = hashlib.sha256(name.encode()).hexdigest()[:32]
        output.metadata["image/png"] = {"width": width, "height": height, "alt": description}
    page.close()
