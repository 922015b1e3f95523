"""BENCHMARKS.md, and what README says of it, from the results in assets/benchmarks/.

    python tests/benchmarks/table.py            # print the page
    python tests/benchmarks/table.py --write    # write the page, and README's lines

A benchmark without a result has no section, and README no sentence of it.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import harness

PAGE, README = harness.ROOT / "BENCHMARKS.md", harness.ROOT / "README.md"
BEGIN = "<!-- made by tests/benchmarks/table.py -->"
END = "<!-- end of what table.py makes -->"
FIRST = ("solve_cartpole", "training_speed", "policy_quality", "iteration", "gae")  # then others
INTRODUCTION = """\
# Benchmarks

`make bench` measures all of this again, and writes this page: it is not edited by hand. A result
is the median and, in brackets, the 10th to the 90th percentile. Rivals take turns, on one thread
unless a row says otherwise, and a ratio is taken within each turn first. A target is met or missed
by the median. Each script says at its top what it measures, and how."""
PARTS = """\
Where the time of an iteration goes. A part is measured by itself, on the same data, or is the
difference that remains of the whole around it."""

# README's sentences, each with the result and the figures in it that it shows.
SENTENCES = (
    (
        "With its defaults `ppo_lib` solves CartPole in {} s, on one thread; stable-baselines3 "
        "takes {} times as long with its own defaults, and {} times with those of rl-zoo3.",
        "solve_cartpole",
        "CartPole solved by ppo_lib",
        "SB3's defaults: time over ppo_lib's",
        "SB3 with rl-zoo3's settings: time over ppo_lib's",
    ),
    (
        "At equal settings it takes {} times as many steps a second as a plain PPO in one file, "
        "and {} times as many as stable-baselines3.",
        "training_speed",
        "Steps/s of training at equal settings: times those of a plain single-file PPO",
        "Steps/s of training at equal settings: times those of SB3 with ppo_lib's settings",
    ),
    (
        "After 100,000 steps {} agents score 475 or more.",
        "policy_quality",
        "Agents at 475 or more after 100,000 steps of CartPole (100 stochastic episodes each)",
    ),
    ("All lessons, run one after the other, take {} s.", "lessons", "All lessons together"),
)


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the results in a folder, by the name of their benchmark, in the page's order."""
    results = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.json"))
    }
    return {name: results[name] for name in sorted(results, key=_place)}


def _place(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST)


def page(folder: Path = harness.ASSETS) -> str:
    """Return the text of BENCHMARKS.md."""
    results = read(folder)
    sections = [section(name, result) for name, result in results.items()]
    last = conditions(results) or ["Nothing has been measured yet."]
    return "\n\n".join([INTRODUCTION, *sections, *last]) + "\n"


def section(name: str, result: dict[str, Any]) -> str:
    """Return a benchmark's section: its title, its command, its rows, and parts if it has them."""
    command = f"[`{result['command']}`](tests/benchmarks/{name}.py)"
    lines = ["| figure | target | result |", "|---|---|---|"]
    for row in result["rows"]:
        target = harness.target_text(row) + ("" if harness.met(row) else ", **missed**")
        lines.append(f"| {row['figure']} | {target} | {harness.result_text(row)} |")
    blocks = [f"## {title(name)}", command, "\n".join(lines)]
    if "parts_ms" in result:
        blocks += [PARTS, parts_table(result["parts_ms"])]
    return "\n\n".join(blocks)


def title(name: str) -> str:
    """Return the first line of a script's docstring, without its full stop."""
    script = Path(__file__).with_name(f"{name}.py")
    docstring = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8")))
    assert docstring is not None
    return docstring.splitlines()[0].removesuffix(".")


def parts_table(parts: Sequence[dict[str, Any]]) -> str:
    """Return the table of what an iteration consists of; its last line is the whole."""
    lines = ["| part | ms | share | |", "|---|---|---|---|"]
    for part in parts:
        milliseconds = "{median:.2f} ({low:.2f} to {high:.2f})".format(**part)
        share = part["median"] / parts[-1]["median"]
        lines.append(f"| {part['part']} | {milliseconds} | {share:.0%} | {part['how']} |")
    return "\n".join(lines)


def conditions(results: dict[str, dict[str, Any]]) -> list[str]:
    """Return a sentence for each machine: what it is, and the versions it ran."""
    ran: dict[str, dict[str, None]] = {}
    for result in results.values():
        machine = "{cpu}, {cores} cores, {system}".format(**result["machine"])
        packages = [f"{name} {version}" for name, version in result["versions"].items()]
        ran.setdefault(machine, {}).update(dict.fromkeys(packages))
    return [f"Measured on {machine}; {', '.join(sorted(of))}." for machine, of in ran.items()]


def headline(folder: Path = harness.ASSETS) -> str:
    """Return README's sentences, of the benchmarks that have a result.

    Raises:
        KeyError: if a result has not the figure that a sentence shows.
    """
    results = read(folder)
    made = [
        text.format(*(_shown(results[benchmark], figure) for figure in figures))
        for text, benchmark, *figures in SENTENCES
        if benchmark in results
    ]
    return textwrap.fill(" ".join(made), 100) or "Nothing has been measured yet."


def _shown(result: dict[str, Any], figure: str) -> str:
    row = {row["figure"]: row for row in result["rows"]}[figure]
    if "count" in row:
        return f"{row['count']} of {row['of']}"
    return harness.number_text(row["median"])


def with_headline(readme: str, made: str) -> str:
    """Return the text of README with these sentences between its two markers."""
    pattern = re.escape(BEGIN) + ".*?" + re.escape(END)
    if len(re.findall(pattern, readme, re.DOTALL)) != 1:
        raise ValueError(f"README.md must hold {BEGIN} and {END}, in this order, once")
    return re.sub(pattern, lambda _: f"{BEGIN}\n{made}\n{END}", readme, flags=re.DOTALL)


def main() -> int:
    """Print the page, or write it and README's lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write BENCHMARKS.md and README.md")
    if parser.parse_args().write:
        PAGE.write_text(page(), encoding="utf-8")
        readme = README.read_text(encoding="utf-8")
        README.write_text(with_headline(readme, headline()), encoding="utf-8")
    else:
        print(page(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
