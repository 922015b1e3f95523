"""What a fresh clone stands on (pins, wheel, Makefile, .ci/run, README), and must not hold."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from rattler import MatchSpec

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONSTRAINTS = [
    line
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
ENVIRONMENT: dict[str, Any] = yaml.safe_load((ROOT / "environment.yml").read_text())
BASE = [Requirement(text) for text in PYPROJECT["project"]["dependencies"]]
DEV = [Requirement(text) for text in PYPROJECT["project"]["optional-dependencies"]["dev"]]
PINS = {canonicalize_name(Requirement(line).name): Requirement(line) for line in CONSTRAINTS}

CONDA_NAMES = {"pytorch-cpu": "torch"}  # where conda-forge and PyPI differ
CUDA = re.compile(r"(nvidia|cuda|triton)\b")  # what only PyTorch's CUDA build brings


def pinned_version(name: str) -> Version:
    """Return the version of constraints.txt."""
    (specifier,) = PINS[canonicalize_name(name)].specifier
    return Version(specifier.version)


# --- pyproject.toml, constraints.txt and environment.yml ---


def test_every_constraint_is_one_exact_release_sorted_and_named_once() -> None:
    assert sorted(CONSTRAINTS, key=str.upper) == CONSTRAINTS
    assert len(PINS) == len(CONSTRAINTS)
    for name, pin in PINS.items():
        (specifier,) = pin.specifier
        assert specifier.operator == "==" and "*" not in specifier.version, name
        assert Version(specifier.version).local is None, f"{name}: no +cpu, no +cu130"
        assert not pin.extras and pin.url is None, name


def test_the_pin_of_a_dependency_satisfies_pyproject() -> None:
    for requirement in BASE + DEV:
        assert canonicalize_name(requirement.name) in PINS
        assert pinned_version(requirement.name) in requirement.specifier, requirement


def needed(*requirements: Requirement) -> Iterator[str]:
    """Yield the name of everything that requirements bring into this environment."""
    seen: set[tuple[str, frozenset[str]]] = set()
    queue = list(requirements)
    while queue:
        item = queue.pop()
        key = (canonicalize_name(item.name), frozenset(item.extras))
        if key in seen:
            continue
        seen.add(key)
        yield key[0]
        try:
            requires = distribution(item.name).requires or []
        except PackageNotFoundError:
            continue  # whoever imports it will say so
        for text in requires:
            below = Requirement(text)
            wanted = [{"extra": extra} for extra in item.extras] or [{"extra": ""}]
            if below.marker is None or any(below.marker.evaluate(extra) for extra in wanted):
                queue.append(below)


def test_what_a_dependency_brings_is_pinned_too() -> None:
    brought = set(needed(*BASE, *DEV))
    assert {name for name in brought if name not in PINS and not CUDA.match(name)} == set()
    assert len(brought) > 100  # such as what an extra brings, and a dependency of one
    assert "pygame-ce" in needed(Requirement("gymnasium[classic-control]"))
    assert "pygame-ce" not in needed(Requirement("gymnasium"))
    assert "markupsafe" in needed(Requirement("torch"))  # through jinja2


def test_no_cuda_package_and_no_second_pygame_is_pinned() -> None:
    assert [name for name in PINS if CUDA.match(name)] == []
    assert "pygame-ce" in PINS and "pygame" not in PINS  # they share a folder
    for name in ("nvidia-cublas", "nvidia-cudnn-cu13", "cuda-toolkit", "cuda-bindings", "triton"):
        assert CUDA.match(name), name


def test_conda_installs_the_pinned_versions_from_conda_forge_and_pip_the_rest() -> None:
    assert ENVIRONMENT["channels"] == ["conda-forge", "nodefaults"]
    *specs, of_pip = ENVIRONMENT["dependencies"]
    names = {str(MatchSpec(spec).name.normalized) for spec in specs}
    assert names == {"python", "pip", "numpy", "pytorch-cpu"}
    with pytest.raises(Exception, match="bracket"):  # which conda cannot read, and pip can
        MatchSpec("gymnasium[classic-control]")
    assert any(requirement.extras for requirement in BASE)
    assert of_pip == {"pip": ["-c constraints.txt", "-e ."]}
    for spec in specs:
        name, _, version = spec.partition("=")
        if name == "python":
            assert f"{version}.4" in SpecifierSet(PYPROJECT["project"]["requires-python"])
        elif name != "pip":
            assert Version(version) == pinned_version(CONDA_NAMES.get(name, name)), spec


def test_every_file_of_the_package_is_in_its_wheel(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "ppo_lib", source / "ppo_lib", ignore=ignored)
    files = {str(p.relative_to(source)) for p in source.glob("ppo_lib/**/*") if p.is_file()}
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", tmp_path, source], check=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    assert files <= set(zipfile.ZipFile(wheel).namelist())
    assert "ppo_lib/py.typed" in files
    assert {Path(name).suffix for name in files if "course" in name} >= {".py", ".js", ".css"}


# --- The Makefile ---


def make(
    *arguments: str | Path, folder: Path = ROOT, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run make with the variables that a learner's shell has, not those of a make around us."""
    command = ["make", *map(str, arguments)]
    result = subprocess.run(
        command, cwd=folder, env=outside_make(), capture_output=True, text=True, check=False
    )
    assert not check or result.returncode == 0, result.stdout + result.stderr
    return result


def outside_make() -> dict[str, str]:
    """Return this process's environment without what `make test` has put into it."""
    of_make = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "PYTHON", "TORCH", "LAB_FLAGS"}
    return {name: value for name, value in os.environ.items() if name not in of_make}


def targets() -> set[str]:
    """Return the targets that `make help` lists."""
    return set(re.findall(r"^  ([a-z-]+)  ", make("help").stdout, flags=re.MULTILINE))


def targets_in(text: str) -> set[str]:
    """Return the targets that a page of the documentation names, in code."""
    code = re.findall(r"^```.*?^```|`[^`\n]+`", text, flags=re.DOTALL | re.MULTILINE)
    return {name for piece in code for name in re.findall(r"\bmake ([a-z][a-z-]*)", piece)}


def test_make_alone_prints_the_help() -> None:
    assert make().stdout == make("help").stdout
    assert {"setup", "lab", "test", "test-slow", "lessons"} <= targets()


def test_readme_and_contributing_name_the_targets_that_exist() -> None:
    readme = targets_in((ROOT / "README.md").read_text())
    contributing = targets_in((ROOT / "CONTRIBUTING.md").read_text())
    assert {"lab", "test"} <= readme
    assert readme | contributing == targets()
    # Targets are read from code alone.
    text = "To make sure, `make test`.\n```bash\nmake lab TORCH=cpu\n```\nThen make tea.\n"
    assert targets_in(text) == {"test", "lab"}


def test_make_test_checks_style_format_and_types_before_the_tests() -> None:
    commands = make("-n", "test").stdout
    checks = [
        "-m ruff check .",
        "-m ruff format --check .",
        "-m mypy",
        "-m pytest -n 2 --dist load",
    ]
    places = list(map(commands.index, checks))
    assert places == sorted(places)


def test_make_lab_opens_the_first_lesson_on_loopback_and_keeps_the_token() -> None:
    commands = make("-n", "lab", "LAB_FLAGS=--no-browser").stdout
    assert "-m jupyterlab" in commands and "--no-browser" in commands
    assert "default_url=/lab/tree/notebooks/00_start_here.ipynb" in commands
    assert "ip=127.0.0.1" in commands
    assert not re.search(r"token|password|disable_check_xsrf|allow_origin|0\.0\.0\.0", commands)


def test_make_lab_and_make_test_set_up_first(tmp_path: Path) -> None:
    copy_makefile(tmp_path)
    lab = make("-n", "lab", folder=tmp_path).stdout
    assert lab.index("pip install") < lab.index("-m jupyterlab")
    assert '-e ".[dev]"' not in lab
    test = make("-n", "test", folder=tmp_path).stdout
    assert test.index('-e ".[dev]"') < test.index("-m ruff")


def test_torch_cpu_adds_the_index_of_pytorchs_cpu_wheels() -> None:
    index = "https://download.pytorch.org/whl/cpu"
    show = ["--eval=show: ; @echo $$PIP_EXTRA_INDEX_URL", "show"]
    if "--eval" not in make("--help").stdout:
        show = ["-p", "-n", "help"]  # GNU make 3.81: look into its data base
    assert index in make("TORCH=cpu", *show).stdout
    assert index not in make(*show).stdout
    refused = make("TORCH=gpu", "setup", check=False)
    assert refused.returncode != 0 and 'TORCH is "gpu"; it takes "cpu"' in refused.stderr


# The set-up, with a Python whose pip only notes that it was called.

PYTHON_STUB = """#!/bin/sh
case "$*" in
*"-m venv"*)
    for folder; do :; done
    mkdir -p "$folder/bin" && cp "$0" "$folder/bin/python" && echo venv >> calls ;;
*"-m pip install"*)
    echo "pip $*" >> calls
    if test -e fail; then exit 7; fi
    if test -e kill; then kill -9 $PPID; fi ;;
*"-m jupyter labextension"*) echo "jupyter $*" >> calls ;;
esac
"""

OLD_PYTHON_STUB = """#!/bin/sh
exec "{python}" -c "import sys; sys.version_info = {version}; exec(sys.argv.pop(1))" "$2" "$3"
"""


def executable(path: Path, text: str) -> Path:
    """Write a script that can be run."""
    path.write_text(text)
    path.chmod(0o755)
    return path


def copy_makefile(folder: Path) -> None:
    """Put what the set-up reads into an empty folder."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)


class SetUp:
    """`make` in a folder of its own, with the stub for a Python."""

    def __init__(self, folder: Path) -> None:
        copy_makefile(folder)
        self.folder = folder
        self.python = executable(folder / "python-stub", PYTHON_STUB)

    def calls(self, target: str = "setup", check: bool = True) -> list[str]:
        """Run the target and return what it called: venv, base, dev, no-news."""
        log = self.folder / "calls"
        log.write_text("")
        make(target, f"PYTHON={self.python}", folder=self.folder, check=check)
        names = {".[dev]": "dev", "-e .": "base", "announcements": "no-news"}
        return [
            next((name for part, name in names.items() if part in line), line)
            for line in log.read_text().splitlines()
        ]

    def change(self, name: str) -> None:
        """Change a file, some time after the last set-up."""
        requirements = {"pyproject.toml": 40, "constraints.txt": 40}
        for file, age in (
            requirements | {".venv/installed": 20, ".venv/installed-dev": 10}
        ).items():
            os.utime(self.folder / file, (time.time() - age, time.time() - age))
        (self.folder / name).touch()


@pytest.fixture
def set_up(tmp_path: Path) -> SetUp:
    return SetUp(tmp_path)


def test_a_second_set_up_does_nothing(set_up: SetUp) -> None:
    assert set_up.calls() == ["venv", "base", "no-news"]
    assert set_up.calls() == []
    assert set_up.calls("setup-dev") == ["dev"]
    assert set_up.calls("setup-dev") == set_up.calls() == []


def test_a_changed_requirement_is_installed_into_the_same_environment(set_up: SetUp) -> None:
    set_up.calls("setup-dev")
    for name in ("pyproject.toml", "constraints.txt"):
        set_up.change(name)
        assert set_up.calls("setup-dev") == ["base", "no-news", "dev"]
        assert set_up.calls("setup-dev") == []


@pytest.mark.parametrize("target", ["setup", "setup-dev"])
def test_a_set_up_that_failed_is_tried_again(set_up: SetUp, target: str) -> None:
    (set_up.folder / "fail").touch()
    assert set_up.calls(target, check=False) == ["venv", "base"]
    (set_up.folder / "fail").unlink()
    assert set_up.calls(target)[:2] == ["base", "no-news"]


@pytest.mark.parametrize("target", ["setup", "setup-dev"])
def test_a_set_up_that_was_killed_begins_again_from_nothing(set_up: SetUp, target: str) -> None:
    if target == "setup-dev":
        set_up.calls("setup")
    (set_up.folder / "kill").touch()
    set_up.calls(target, check=False)
    (set_up.folder / "kill").unlink()
    assert set_up.calls(target)[:3] == ["venv", "base", "no-news"]


def test_another_python_is_refused_with_its_version_and_one_that_is_not_there(
    tmp_path: Path,
) -> None:
    copy_makefile(tmp_path)
    for minor in (9, 10, 15):
        stub = OLD_PYTHON_STUB.format(python=sys.executable, version=(3, minor, 1, "final", 0))
        python = executable(tmp_path / "some-python", stub)
        refused = make("setup", f"PYTHON={python}", folder=tmp_path, check=False)
        assert refused.returncode != 0
        named = f"{python} is Python 3.{minor}."
        assert f"needs Python 3.11 to 3.14, and {named}" in refused.stderr
        assert not (tmp_path / ".venv").exists()
    refused = make("setup", "PYTHON=python3.99", folder=tmp_path, check=False)
    assert refused.returncode != 0 and "There is no 'python3.99' here" in refused.stderr


def test_the_makefile_and_pyproject_agree_on_the_pythons() -> None:
    pythons = SpecifierSet(PYPROJECT["project"]["requires-python"])
    assert [minor for minor in range(30) if f"3.{minor}" in pythons] == [11, 12, 13, 14]


# --- JupyterLab, as `make lab` starts it ---


@contextmanager
def running_lab(folder: Path) -> Iterator[tuple[str, str]]:
    """Start `make lab` with this Python; yield the lesson's address and the token."""
    names = ("JUPYTER_CONFIG", "JUPYTER_DATA", "JUPYTER_RUNTIME", "JUPYTERLAB_WORKSPACES")
    env = outside_make() | {f"{name}_DIR": str(folder / name.lower()) for name in names}
    command = ["make", "-o", ".venv/installed", f"VENV_PYTHON={sys.executable}", "lab"]
    command += ["LAB_FLAGS=--no-browser --port=0"]
    log = folder / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=out, stderr=out, start_new_session=True
        )
    try:
        address = re.compile(r"(http://\S+/lab/tree/\S+)\?token=(\w+)\s")
        while not ((found := address.search(log.read_text())) and answers(found[1])):
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        yield found[1], found[2]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def answers(address: str) -> bool:
    """Return whether the server listens already: it prints its address a little earlier."""
    try:
        fetch(address)
    except OSError:
        return False
    return True


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Takes a redirection for an answer."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def fetch(address: str, token: str | None = None) -> tuple[int, str]:
    """Return the status and the text of a page."""
    headers = {"Authorization": f"token {token}"} if token else {}
    opener = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(address, headers=headers)) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_make_lab_serves_the_first_lesson_to_who_has_the_token(tmp_path: Path) -> None:
    with running_lab(tmp_path) as (address, token):
        base, _, lesson = address.partition("/lab/tree/")
        assert lesson == "notebooks/00_start_here.ipynb"
        assert base.startswith("http://127.0.0.1:")
        contents = f"{base}/api/contents/{lesson}"

        status, page = fetch(address, token)
        assert status == 200 and "jupyter-config-data" in page
        status, notebook = fetch(contents, token)
        assert status == 200 and '"cells"' in notebook
        if Path(sys.prefix) == ROOT / ".venv":  # which `make setup` has made
            assert "@jupyterlab/apputils-extension:announcements" in page

        status, page = fetch(address)
        assert status == 302 and "jupyter-config-data" not in page  # to the login
        for wrong in (None, "0" * len(token)):
            status, notebook = fetch(contents, wrong)
            assert status == 403 and '"cells"' not in notebook

        (runtime_file,) = (tmp_path / "jupyter_runtime").glob("jpserver-*.json")
        server = psutil.Process(json.loads(runtime_file.read_text())["pid"])
        sockets = [s for s in server.net_connections("inet") if s.status == psutil.CONN_LISTEN]
        assert {s.laddr.ip for s in sockets} == {"127.0.0.1"}


# --- .ci/run ---


def run_ci(folder: Path, tools: dict[str, str]) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run a copy of .ci/run on a machine that has these tools alone; return what they noted."""
    for name in (".ci", "bin"):
        (folder / name).mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci")
    for name in ("dirname", "env"):
        (folder / "bin" / name).symlink_to(str(shutil.which(name)))
    for name, text in tools.items():
        executable(folder / "bin" / name, f"#!/bin/sh\n{text}\n")
    log = folder / "log"
    log.touch()
    env = {"PATH": str(folder / "bin"), "PYTHON": sys.executable, "LOG": str(log)}
    command = [str(shutil.which("bash")), str(folder / ".ci" / "run")]
    result = subprocess.run(command, cwd="/", env=env, capture_output=True, text=True, check=False)
    return result, log.read_text()


NOTE = 'echo "${0##*/} $* browser=$PPO_REQUIRE_BROWSER in=$PWD" >> "$LOG"'
ROOT_USER, OTHER_USER = {"id": "echo 0"}, {"id": "echo 1000"}


def test_ci_runs_both_tiers_and_lets_no_browser_test_be_skipped(tmp_path: Path) -> None:
    tools = {"make": NOTE, "chromium": "", "apt-get": NOTE}
    result, log = run_ci(tmp_path, tools | ROOT_USER)
    assert result.returncode == 0, result.stderr
    called = [line for line in log.splitlines() if line.startswith("make")]
    assert called == [f"make {t} browser=1 in={tmp_path.resolve()}" for t in ("test", "test-slow")]
    assert (ROOT / ".ci" / "run").stat().st_mode & stat.S_IXUSR


def test_ci_stops_when_the_tests_fail(tmp_path: Path) -> None:
    tools = {"make": NOTE + "; exit 2", "chromium": "", "apt-get": ""}
    result, log = run_ci(tmp_path, tools | ROOT_USER)
    assert result.returncode != 0 and "test-slow" not in log


def test_ci_installs_what_is_missing(tmp_path: Path) -> None:
    nothing_else = {"dpkg": '[ "$2" = libatomic1 ]'}
    result, log = run_ci(tmp_path, {"make": "", "apt-get": NOTE} | nothing_else | ROOT_USER)
    assert result.returncode == 0, result.stderr
    update, install = log.splitlines()
    assert "apt-get update" in update
    assert install.partition("recommends ")[2].startswith("chromium fonts-dejavu-core browser=")


def test_ci_uses_sudo_when_it_is_not_root(tmp_path: Path) -> None:
    tools = {"make": "", "apt-get": "", "sudo": NOTE}
    result, log = run_ci(tmp_path, tools | OTHER_USER)
    assert result.returncode == 0, result.stderr
    assert re.search(r"^sudo .*apt-get install .*chromium", log, flags=re.MULTILINE)


def test_ci_says_what_it_cannot_install(tmp_path: Path) -> None:
    no_sudo = {"apt-get": NOTE} | OTHER_USER
    for tools, message in ((ROOT_USER, "no apt-get"), (no_sudo, "Neither root nor sudo")):
        (tmp_path / message).mkdir()
        result, log = run_ci(tmp_path / message, {"make": NOTE} | tools)
        assert result.returncode == 1 and log == ""
        assert message in result.stderr and "chromium" in result.stderr


# --- What is committed ---

# A path that exists on one machine alone. A path in the middle of another (`a/tmp/b`), of an
# address or of an image in base64 doesn't count.
MACHINE_PATH = re.compile(
    r"(?<![\w.+/=-])(?:/(?:work|root|opt|tmp|private|mnt|srv|var)/[\w.]"
    r"|/(?:home|Users)/\w+|[A-Z]:\\+Users\b|~?/\.pyenv/)"
)
# A package registry's address: only PyTorch's is allowed. A host that is a bare name or a number
# is somebody's own; this machine's loopback is everybody's.
REGISTRY = re.compile(
    r"https?://(?!127\.0\.0\.1\b|localhost\b)"
    r"(?:[\d.]+[:/]|[\w-]+[:/]|\S*(?:pypi|registry|mirror|artifact|nexus|pythonhosted|/simple\b))"
    r"|file:///\w",
    re.IGNORECASE,
)
HOLD_EXAMPLES = {"tests/test_setup.py", "tests/course/test_lessons.py"}  # of what must be found
URL_HOST = re.compile(r"https?://([\w.-]+)")
SET_UP_FILES = [".ci/run", "Makefile", "constraints.txt", "environment.yml", "pyproject.toml"]


@pytest.fixture(scope="module")
def committed_texts() -> dict[str, str]:
    """Return the text of every file that is committed or about to be, by its path."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [path for path in map(ROOT.joinpath, listed.split("\0")) if path.is_file()]
    contents = {str(path.relative_to(ROOT)): path.read_bytes() for path in paths}
    return {name: c.decode(errors="replace") for name, c in contents.items() if b"\0" not in c}


def test_no_committed_file_holds_the_path_of_a_machine_or_the_address_of_a_registry(
    committed_texts: dict[str, str],
) -> None:
    found = [
        f"{name}: {match[0]}"
        for name, text in committed_texts.items()
        if name not in HOLD_EXAMPLES
        for pattern in (MACHINE_PATH, REGISTRY)
        for match in pattern.finditer(text)
    ]
    assert found == []


def test_the_set_up_names_no_host_but_pytorchs(committed_texts: dict[str, str]) -> None:
    hosts = {host for name in SET_UP_FILES for host in URL_HOST.findall(committed_texts[name])}
    assert hosts == {"download.pytorch.org"}


FOUND = {
    MACHINE_PATH: [
        "cd /srv/course", '"/tmp/ipykernel_7/1.py"', "(/opt/course)", "/root/.venv",
        "/home/someone/course", "/Users/someone", r"C:\Users\someone", r"C:\\Users\\someone",
    ],
    REGISTRY: [
        "http://registry/x", "http://10.1.2.3:8080/", "https://pypi.org/simple",
        "https://mirror.example.org/", "file:///srv/wheels", "http://devbox:3141/index",
    ],
}  # fmt: skip
LEFT_ALONE = {
    MACHINE_PATH: [
        "framework/main", "iVBOR/tmp/aGk=", "a/opt/b", "https://x.org/home/page", "/usr/bin",
    ],
    REGISTRY: [
        "http://127.0.0.1:8888/lab", "http://localhost:8888", "https://arxiv.org/abs/1707.06347",
        "http://www.w3.org/2000/svg", "https://download.pytorch.org/whl/cpu",
    ],
}  # fmt: skip


def test_the_path_of_a_machine_and_the_address_of_a_registry_are_found_and_nothing_else() -> None:
    for pattern, texts in FOUND.items():
        assert all(pattern.search(text) for text in texts)
    for pattern, texts in LEFT_ALONE.items():
        assert not any(pattern.search(text) for text in texts)


def test_every_file_that_the_readme_links_to_exists_and_the_lessons_are_all_there() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / "README.md").read_text())
    assert "LICENSE" in links
    assert [link for link in links if not (ROOT / link).exists()] == []
    listed = re.findall(r"\(notebooks/(\d\d_\w+)\.ipynb\)", (ROOT / "README.md").read_text())
    assert listed == sorted(path.stem for path in ROOT.glob("notebooks/[0-9][0-9]_*.ipynb"))
