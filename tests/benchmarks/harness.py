"""What the benchmarks share: turns, medians, ratios, the machine, and the file that is written.

Every benchmark takes turns (A B C A B C ...), so that a drift of a shared machine hits all alike,
and a ratio is taken within each round before its median is. The spread is the 10th to the 90th
percentile. Nothing here imports PyTorch or NumPy: `process.py` measures against a small parent.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets" / "benchmarks"


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below which `percent` of the values lie, between two by a straight line."""
    ordered = sorted(values)
    place = percent / 100 * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def summary(values: Sequence[float]) -> dict[str, float]:
    """Return the median and the spread, from the 10th to the 90th percentile."""
    return {
        "median": median(values),
        "low": percentile(values, 10),
        "high": percentile(values, 90),
    }


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Return the ratio of each round, of two things measured in the same rounds."""
    return [a / b for a, b in zip(above, below, strict=True)]


def turns(names: Sequence[str], rounds: Sequence[Any]) -> Iterator[tuple[Any, str]]:
    """Yield (round, name) in the order A B C A B C ..."""
    for this_round in rounds:
        for name in names:
            yield this_round, name


def interleave(
    parts: Mapping[str, Callable[[], object]], rounds: int, warm_up: int = 1
) -> dict[str, list[float]]:
    """Call each part once a round, in turns; return each part's seconds, round by round.

    The first `warm_up` rounds are not counted.
    """
    seconds: dict[str, list[float]] = {name: [] for name in parts}
    for this_round, name in turns(list(parts), range(-warm_up, rounds)):
        start = time.perf_counter()
        parts[name]()
        spent = time.perf_counter() - start
        if this_round >= 0:
            seconds[name].append(spent)
    return seconds


def row(
    figure: str,
    values: Sequence[float],
    unit: str,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Return a row of the page: the figure's name, median, spread, unit and target."""
    target = {"at_most": at_most, "at_least": at_least}
    return {"figure": figure, "unit": unit, **summary(values), **target, "note": note}


def count_row(
    figure: str, count: int, of: int, *, at_least: int | None = None, note: str = ""
) -> dict[str, Any]:
    """Return a row that counts: `count` of `of`, and how many it should be."""
    return {"figure": figure, "count": count, "of": of, "at_least": at_least, "note": note}


def met(row: Mapping[str, Any]) -> bool:
    """Return whether a row reaches its target; one without a target does."""
    if (at_most := row.get("at_most")) is not None:
        return bool(row["median"] <= at_most)
    if (at_least := row.get("at_least")) is not None:
        return bool(row.get("count", row.get("median")) >= at_least)
    return True


def number_text(number: float) -> str:
    """Return a number to three significant digits, and to three decimals at most."""
    return f"{number:.3g}" if abs(number) >= 0.1 else f"{round(number, 3) + 0.0:.3g}"


def result_text(row: Mapping[str, Any]) -> str:
    """Return a row's result as it is printed: `1.4 s (1.1 to 1.9)`, or `3 of 5`."""
    if "count" in row:
        text = f"{row['count']} of {row['of']}"
    else:
        middle, low, high = (number_text(row[name]) for name in ("median", "low", "high"))
        text = f"{middle} {row['unit']} ({low} to {high})"
    return text + (f"; {row['note']}" if row["note"] else "")


def target_text(row: Mapping[str, Any]) -> str:
    """Return a row's target as it is printed; nothing where there is none."""
    if row.get("at_most") is not None:
        return f"at most {row['at_most']:.3g} {row['unit']}"
    if row.get("at_least") is not None:
        return f"at least {row['at_least']:.3g} {row.get('unit', '')}".strip()
    return ""


def machine() -> dict[str, Any]:
    """Return what the machine is, and nothing that tells whose."""
    system = platform.system()
    if system == "Linux":
        system = f"Linux ({platform.freedesktop_os_release()['PRETTY_NAME']})"
    elif system == "Darwin":
        system = f"macOS {platform.mac_ver()[0]}"
    return {"cpu": _cpu(), "cores": os.cpu_count(), "system": system}


def _cpu() -> str:
    """Return the processor's model: Linux tells it in a file, others by `platform`."""
    information = Path("/proc/cpuinfo")
    text = information.read_text() if information.exists() else ""
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.processor() or platform.machine()


def versions(*packages: str) -> dict[str, str]:
    """Return the version of Python and of each package."""
    installed = {name: importlib.metadata.version(name) for name in packages}
    return {"python": platform.python_version(), **installed}


def arguments(docstring: str | None) -> argparse.ArgumentParser:
    """Return a parser that shows the script's docstring and knows `--output`."""
    parser = argparse.ArgumentParser(
        description=docstring, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--output", type=Path, default=ASSETS, help="folder of the result (assets/benchmarks)"
    )
    return parser


def command(argv: Sequence[str]) -> str:
    """Return the command line as it can be repeated anywhere, without the output's folder."""
    words = ["python", f"tests/benchmarks/{Path(argv[0]).name}", *argv[1:]]
    for place in reversed([i for i, word in enumerate(words) if word.startswith("--output")]):
        del words[place : place + (1 if "=" in words[place] else 2)]
    return shlex.join(words)


def rounded(value: Any) -> Any:
    """Return a value with every float in it rounded to four significant digits."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, Mapping):
        return {key: rounded(inner) for key, inner in value.items()}
    return [rounded(inner) for inner in value] if isinstance(value, list | tuple) else value


def finish(
    output: Path,
    rows: Sequence[Mapping[str, Any]],
    packages: Sequence[str],
    others: Mapping[str, str] | None = None,
    **measured: Any,
) -> int:
    """Print the rows, write `<script>.json`, and return the exit status: 1 if a target is missed.

    Args:
        output: the folder.
        rows: of the page, from `row` and `count_row`.
        packages: whose versions belong to the result.
        others: versions of what is no package, a browser's.
        **measured: seeds and single measurements, for who wants to look closer.
    """
    for one in rows:
        verdict = f"   {target_text(one)}: {'met' if met(one) else 'MISSED'}"
        print(f"{one['figure']}: {result_text(one)}{verdict if target_text(one) else ''}")
    content = {
        "command": command(sys.argv),
        "machine": machine(),
        "versions": versions(*packages) | dict(others or {}),
        "rows": list(rows),
        **measured,
    }
    output.mkdir(parents=True, exist_ok=True)
    path = output / f"{Path(sys.argv[0]).stem}.json"
    text = json.dumps(rounded(content), indent=1, sort_keys=True, ensure_ascii=False)
    # A list of numbers on one line: a run is then one line of a diff.
    text = re.sub(r"\[[^][{}\"]*\]", lambda found: re.sub(r"\s+", " ", found[0]), text)
    path.write_text(text + "\n", encoding="utf-8")
    return 0 if all(map(met, rows)) else 1
