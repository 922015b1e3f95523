"""A real JupyterLab, and a real browser that opens lessons in it.

The tests (through `conftest.py`) and `screenshots.py` share this module. Nothing here
writes to the work tree: JupyterLab sees copies of notebooks in a folder that the caller
gives, and keeps its settings, workspaces and kernels' files beside them.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode

if TYPE_CHECKING:  # without playwright the tests are still collected, and say what is missing
    from playwright.sync_api import Browser, ConsoleMessage, Page, Route

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}

# The whole of JupyterLab answers within 20 s on two busy cores; a lesson within 60.
START_SECONDS = 120
RUN_SECONDS = 150

PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
SETTINGS = {
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/notebook-extension:tracker": {"scrollPastEnd": False},  # no blank page at the end
}
BROKEN_WIDGET = re.compile(r"Error (?:displaying|creating) widget[^\n]*|Loading widget\.*")

# `panel` in the snippets of JavaScript below is the open notebook.
PANEL = "const panel = window.jupyterapp?.shell.currentWidget;"


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, its token and the folder that it serves."""

    url: str
    token: str
    folder: Path

    def ask(self, path: str, method: str = "GET") -> Any:
        """Call the server's REST interface and return the parsed answer (None if empty)."""
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or "null")

    def stop_kernel(self, name: str) -> None:
        """End the kernel of the notebook called `name`, so that no two share the memory."""
        for session in self.ask("/api/sessions"):
            if session["path"] == name:
                self.ask(f"/api/sessions/{session['id']}", method="DELETE")


@contextmanager
def serve_lab(home: Path) -> Iterator[Lab]:
    """Run JupyterLab on loopback, on a free port, with a token, with all its files in `home`.

    Raises:
        RuntimeError: it ended, or did not answer within `START_SECONDS`; with its log.
    """
    folder, config, runtime = home / "lessons", home / "config", home / "runtime"
    for path in (folder, config / "labconfig", runtime):
        path.mkdir(parents=True)
    (config / "labconfig" / "page_config.json").write_text(json.dumps(PAGE_CONFIG))
    (config / "labconfig" / "default_setting_overrides.json").write_text(json.dumps(SETTINGS))
    token = secrets.token_hex(16)
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_TOKEN": token,  # not an argument, which every user of the machine could read
    }
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", "--port=0", f"--ServerApp.root_dir={folder}"]
    command += ["--LabApp.expose_app_in_browser=True"]
    log = home / "lab.log"
    with log.open("w") as stream:
        server = subprocess.Popen(command, env=environment, stdout=stream, stderr=stream)
    try:
        yield _wait_for_server(server, runtime, token, folder, log)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for_server(
    server: subprocess.Popen[bytes], runtime: Path, token: str, folder: Path, log: Path
) -> Lab:
    """Return the server once it answers; it writes its port to a file named by its id."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            info = json.loads((runtime / f"jpserver-{server.pid}.json").read_text())
            lab = Lab(f"http://127.0.0.1:{info['port']}", token, folder)
            lab.ask("/api/status")
            return lab
        except (OSError, ValueError):  # no file yet, half a file, or nobody listens yet
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-4000:]}")


@dataclass
class LessonPage:
    """A notebook that is open in JupyterLab, and what the browser saw meanwhile.

    Attributes:
        page: playwright's page, for whatever has no method here.
        outside: addresses beyond our server that the page asked for; all were blocked.
        console_errors: messages of level error, and exceptions that nobody caught.
    """

    page: Page
    outside: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)

    def set_theme(self, theme: str) -> None:
        """Switch JupyterLab to the `light` or the `dark` theme, and wait until it shows."""
        name = THEMES[theme]
        self.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", name
        )
        self.page.wait_for_function(
            "theme => document.body.dataset.jpThemeName === theme", arg=name
        )

    def run_all(self, seconds: float = RUN_SECONDS) -> None:
        """Run every cell and wait until the kernel has answered the last one.

        An error in a cell ends the run as it does for a learner: ask `errors()`.

        Raises:
            playwright.sync_api.TimeoutError: it took longer than `seconds`.
        """
        self.page.evaluate(
            """() => {
                window.lessonRun = 'running';
                window.jupyterapp.commands.execute('notebook:run-all-cells').then(
                    () => { window.lessonRun = 'ended'; },
                    error => { window.lessonRun = String(error); });
            }"""
        )
        self._wait("window.lessonRun !== 'running'", seconds)
        outcome = self.page.evaluate("window.lessonRun")
        if outcome != "ended":
            raise RuntimeError(f"JupyterLab could not run the notebook: {outcome}")
        self.wait_until_idle()

    def wait_until_idle(self, seconds: float = 60) -> None:
        """Wait until the kernel is idle and every widget has been drawn."""
        self._wait("panel?.sessionContext.session?.kernel?.status === 'idle'", seconds)
        self._wait("!panel.node.textContent.includes('Loading widget')", seconds)

    def cells(self) -> list[dict[str, Any]]:
        """Return the cells as JupyterLab holds them now, in the notebook file's format."""
        cells: list[dict[str, Any]] = self.page.evaluate(
            f"() => {{ {PANEL} return panel.context.model.toJSON().cells; }}"
        )
        return cells

    def notebook(self) -> NotebookNode:
        """Return the notebook as JupyterLab would store it now."""
        stored = self.page.evaluate(f"() => {{ {PANEL} return panel.context.model.toJSON(); }}")
        for cell in stored["cells"]:
            cell.pop("attachments", None)  # null, which is not of the format
        return nbformat.reads(json.dumps(stored), as_version=4)

    def not_run(self) -> list[str]:
        """Return the ids of code cells that hold code but were not executed."""
        return [
            cell["id"]
            for cell in self.cells()
            if cell["cell_type"] == "code" and _joined(cell["source"]).strip()
            if cell["execution_count"] is None
        ]

    def errors(self) -> list[str]:
        """Return every error output, as `cell id: name: message`; then those in widgets."""
        return [
            f"{cell_id}: {output['ename']}: {output['evalue']}"
            for cell_id, output in self._outputs()
            if output["output_type"] == "error"
        ] + self._inside_widgets(raised=True)

    def stderr(self) -> list[str]:
        """Return what cells wrote to stderr, as `cell id: text`; then what is in widgets."""
        return [
            f"{cell_id}: {_joined(output['text'])}"
            for cell_id, output in self._outputs()
            if output.get("name") == "stderr"
        ] + self._inside_widgets(raised=False)

    def broken_widgets(self) -> list[str]:
        """Return the messages that stand where a widget should be."""
        texts = self.page.locator(".jp-OutputArea-output").all_text_contents()
        return [found[0] for text in texts for found in BROKEN_WIDGET.finditer(text)]

    def screenshot_pieces(self, folder: Path, stem: str) -> list[Path]:
        """Write the whole notebook as PNGs as high as the page, each repeating a line or two."""
        scroller = self.page.locator(".jp-WindowedPanel-outer").first
        # Cells off the screen are not laid out: lay them all out, or heights change on the way.
        self.page.add_style_tag(content=".jp-Cell { content-visibility: visible !important; }")
        self.page.evaluate("document.fonts.ready.then(() => null)")
        step = scroller.evaluate("node => node.clientHeight - 40")
        paths: list[Path] = []
        while True:
            scroller.evaluate("(node, top) => { node.scrollTop = top; }", len(paths) * step)
            self.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
            paths.append(folder / f"{stem}-{len(paths) + 1:02d}.png")
            scroller.screenshot(path=paths[-1])
            if scroller.evaluate("n => n.scrollTop + n.clientHeight + 1 > n.scrollHeight"):
                return paths

    def _outputs(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for cell in self.cells():
            for output in cell.get("outputs", []):
                yield cell["id"], output

    def _inside_widgets(self, *, raised: bool) -> list[str]:
        """Return what widgets' callbacks raised, or else wrote to stderr; no cell holds it.

        JupyterLab draws both alike, a traceback too as stderr.
        """
        shown = self.page.locator(
            ".jupyter-widgets [data-mime-type='application/vnd.jupyter.stderr']"
        )
        texts = [text.strip() for text in shown.all_text_contents()]
        return [
            f"in a widget: {text.splitlines()[-1] if raised else text}"
            for text in texts
            if raised == ("Traceback (most recent call last)" in text)
        ]

    def _wait(self, condition: str, seconds: float) -> None:
        self.page.wait_for_function(
            f"() => {{ {PANEL} return {condition}; }}", timeout=seconds * 1000
        )


@contextmanager
def open_lesson(
    browser: Browser,
    lab: Lab,
    notebook: str | Path,
    viewport: tuple[int, int] = (1280, 900),
    theme: str = "light",
    zoom: float = 1.0,
) -> Iterator[LessonPage]:
    """Open a copy of a notebook in a browser context of its own, with a kernel that is ready.

    On leaving, the context is closed and the kernel ended.

    Args:
        browser: a running browser.
        lab: a running JupyterLab.
        notebook: a lesson's name, such as `00_start_here` (its student edition), or a path.
        viewport: width and height of the window, in pixels of the screen.
        theme: `light` or `dark`.
        zoom: the browser's zoom; at 1.5, a window 1280 pixels wide has room for 853.
    """
    path = notebook if isinstance(notebook, Path) else NOTEBOOKS / f"{notebook}.ipynb"
    shutil.copyfile(path, lab.folder / path.name)
    size = {"width": round(viewport[0] / zoom), "height": round(viewport[1] / zoom)}
    context = browser.new_context(viewport=size, device_scale_factor=zoom)
    lesson = LessonPage(context.new_page())

    def guard(route: Route) -> None:
        if route.request.url.startswith((lab.url + "/", "data:", "blob:")):
            route.continue_()
        else:
            lesson.outside.append(route.request.url)
            route.abort()

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            lesson.console_errors.append(message.text)

    context.route("**/*", guard)
    lesson.page.on("console", listen)
    lesson.page.on("pageerror", lambda error: lesson.console_errors.append(str(error)))
    try:
        lesson.page.goto(f"{lab.url}/doc/tree/{path.name}?token={lab.token}&reset")
        lesson._wait("panel?.context?.isReady && panel.sessionContext?.isReady", START_SECONDS)
        lesson.wait_until_idle()
        lesson.set_theme(theme)
        yield lesson
    finally:
        context.close()
        lab.stop_kernel(path.name)


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
