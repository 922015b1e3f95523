"""Take pictures of lessons as learners see them, for people to look at.

    python tests/browser/screenshots.py OUT [NAME ...] [--look light dark projector] [--solved]

runs each lesson in JupyterLab and writes the whole notebook to the folder OUT, cut in
page-high pieces: `NN_name-light-01.png`, ... `projector` is a 1280 x 720 projector with the
browser's zoom at 150%, as a teacher sets it for the back row.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from lab_browser import NOTEBOOKS, open_lesson, serve_lab
from playwright.sync_api import sync_playwright

from ppo_lib.course.build import edition_of, find_sources
from ppo_lib.course.explorers.bare_page import find_chromium, launch_chromium

LOOKS = {
    "light": {"viewport": (1280, 900), "theme": "light", "zoom": 1.0},
    "dark": {"viewport": (1280, 900), "theme": "dark", "zoom": 1.0},
    "projector": {"viewport": (1280, 720), "theme": "light", "zoom": 1.5},
}


def main() -> int:
    """Run the command line; return 0, or 1 if a lesson showed something that it should not."""
    parser = argparse.ArgumentParser(description="Write pictures of lessons, run in JupyterLab.")
    parser.add_argument("out", type=Path, help="the folder for the pictures")
    parser.add_argument("names", nargs="*", metavar="NAME", help="lessons or .ipynb files")
    parser.add_argument("--look", nargs="+", choices=LOOKS, default=list(LOOKS))
    parser.add_argument("--solved", action="store_true", help="the solved editions")
    options = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        parser.error("no Chromium: install it (Debian: apt install chromium) or set CHROMIUM")
    folder = NOTEBOOKS / "solutions" if options.solved else NOTEBOOKS
    lessons = [edition_of(source) for source in find_sources()]
    paths = [
        Path(name) if name.endswith(".ipynb") else folder / f"{name}.ipynb"
        for name in options.names or lessons
    ]
    if absent := [str(path) for path in paths if not path.exists()]:
        parser.error(f"there is no {', '.join(absent)}; lessons: {', '.join(lessons) or 'none'}")
    options.out.mkdir(parents=True, exist_ok=True)
    complaints: list[str] = []
    with (
        tempfile.TemporaryDirectory() as home,
        serve_lab(Path(home)) as lab,
        sync_playwright() as playwright,
    ):
        browser = launch_chromium(playwright, chromium)
        for path in paths:
            for look in options.look:
                with open_lesson(browser, lab, path, **LOOKS[look]) as lesson:
                    lesson.run_all()
                    pieces = lesson.screenshot_pieces(options.out, f"{path.stem}-{look}")
                    found = lesson.errors() + lesson.stderr() + lesson.broken_widgets()
                    found += lesson.outside + lesson.console_errors
                complaints += [f"{path.stem} ({look}): {text}" for text in found]
                print(f"{path.stem} ({look}): {len(pieces)} pieces")
        browser.close()
    print(*complaints, sep="\n", file=sys.stderr, end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
