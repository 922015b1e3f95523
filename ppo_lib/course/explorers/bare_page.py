"""A page without Jupyter, in a headless Chromium, that shows an explorer from its state alone.

The builder takes the still pictures of the solved editions from it; tests and a benchmark use it.
"""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anywidget import AnyWidget

from ppo_lib.course.explorers.explorer import Explorer

if TYPE_CHECKING:  # the lessons need no playwright
    from playwright.sync_api import Browser, Page, Playwright

PAGE_SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")

# Root in a container has no sandbox; the rest keeps Chromium from calling home.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Return the path of a Chromium: `$CHROMIUM`, or what is on the path, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def launch_chromium(playwright: Playwright, path: str) -> Browser:
    """Start the headless browser at `path`."""
    return playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS, headless=True)


def open_page(browser: Browser, **options: Any) -> Page:
    """Open an empty page that can show an explorer; `options` are those of the browser's page."""
    page = browser.new_page(**options)
    empty(page)
    return page


def empty(page: Page) -> None:
    """Make a page as new: nothing that was shown or run on it is left."""
    page.goto("about:blank")
    page.set_content("<!doctype html><main></main>")
    page.add_script_tag(content=PAGE_SCRIPT)


def show(page: Page, state: Mapping[str, Any], width: int) -> None:
    """Show an explorer in a room `width` pixels wide, and wait for its picture.

    Args:
        page: one that `open_page` opened.
        state: all synced traits, as `state_of` gives them, or a kernel.
        width: in pixels.
    """
    page.evaluate("([state, width]) => showAlone(state, width)", [dict(state), width])
    page.wait_for_selector(".explorer-svg")


def state_of(explorer: Explorer) -> dict[str, Any]:
    """Return what anywidget sends of an explorer, without what every widget has."""
    names = [name for name in explorer.traits(sync=True) if not hasattr(AnyWidget, name)]
    return {name: getattr(explorer, name) for name in names}


def all_explorers() -> dict[str, type[Explorer]]:
    """Return the explorers of all lessons, by the names of their classes."""
    for script in sorted(Path(__file__).parents[1].glob("lesson_*/*.js")):
        if script.with_suffix(".py").exists():
            importlib.import_module(f"ppo_lib.course.{script.parent.name}.{script.stem}")
    explorers = Explorer.__subclasses__()  # those of a test are in no lesson
    return {one.__name__: one for one in explorers if ".lesson_" in one.__module__}
