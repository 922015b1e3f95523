"""Fixtures of the browser tests: one JupyterLab and one Chromium for the whole session."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import lab_browser

from ppo_lib.course.explorers.bare_page import empty, find_chromium, launch_chromium, open_page

REQUIRED = "PPO_REQUIRE_BROWSER"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The headless browser; without one the tests are skipped, or fail if it is required."""
    path, missing = find_chromium(), None
    if path is None:
        missing = "no Chromium: install it (Debian: apt install chromium) or set CHROMIUM"
    if importlib.util.find_spec("playwright") is None:
        missing = "no playwright: install the `dev` extra"
    if missing and os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{missing} ({REQUIRED}=1 does not let this test be skipped)", pytrace=False)
    if missing:
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch_chromium(playwright, path)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def only_page(chromium: Any) -> Iterator[Any]:
    """The page that `blank` empties: a new one would take longer than many a test."""
    page = open_page(chromium, viewport={"width": 1000, "height": 700})
    yield page
    page.close()


@pytest.fixture
def blank(only_page: Any) -> Iterator[Any]:
    """A page without Jupyter, for `blank_page.mount`; no exception may have been thrown in it."""
    errors: list[str] = []

    def note(error: Any) -> None:
        errors.append(str(error))

    empty(only_page)
    only_page.mouse.up()  # as a test that failed may have left it
    only_page.mouse.move(0, 0)
    only_page.on("pageerror", note)
    yield only_page
    only_page.remove_listener("pageerror", note)
    assert errors == []


@pytest.fixture(scope="session")
def lab(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[lab_browser.Lab]:
    """The JupyterLab that serves all browser tests; it needs `chromium`, to be skipped with it."""
    with lab_browser.serve_lab(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture
def open_notebook(
    chromium: Any, lab: lab_browser.Lab
) -> Iterator[Callable[..., lab_browser.LessonPage]]:
    """A function that opens a notebook: a lesson's name or a path, `viewport`, `theme`, `zoom`."""
    with ExitStack() as stack:
        yield lambda notebook, **options: stack.enter_context(
            lab_browser.open_lesson(chromium, lab, notebook, **options)
        )
