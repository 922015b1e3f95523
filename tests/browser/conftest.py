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

import blank_page
import lab_browser

from ppo_lib.course.explorers.bare_page import find_chromium, launch_chromium

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


@pytest.fixture
def blank(chromium: Any) -> Iterator[Any]:
    """A page without Jupyter, for `blank_page.mount` to show an explorer on."""
    with blank_page.open_blank(chromium) as page:
        yield page


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
