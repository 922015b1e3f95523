"""README's table of benchmark results, from the files in assets/benchmarks/.

    python tests/benchmarks/table.py            # print it
    python tests/benchmarks/table.py --write    # put it into README.md

A benchmark without a file has no rows.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

import harness

README = harness.ROOT / "README.md"
BEGIN = "<!-- made by tests/benchmarks/table.py -->"
END = "<!-- end of what table.py makes -->"
FIRST = ("solve_cartpole", "policy_quality", "iteration", "gae", "process")  # then the others


def table(folder: Path = harness.ASSETS) -> str:
    """Return the table, and below it the machine and the versions of each benchmark."""
    paths = {path.stem: path for path in sorted(folder.glob("*.json"))}
    order = [name for name in FIRST if name in paths]
    order += [name for name in paths if name not in FIRST]
    results = [json.loads(paths[name].read_text(encoding="utf-8")) for name in order]
    if not results:
        return "Not measured yet."
    lines = ["| figure | target | result | command |", "|---|---|---|---|"]
    for result in results:
        command = f"`{result['command']}`"
        for row in result["rows"]:
            cells = (row["figure"], harness.target_text(row), harness.result_text(row), command)
            lines.append(f"| {' | '.join(cells)} |")
            command = ""  # in the first row of each benchmark alone
    return "\n".join([*lines, "", *conditions(results)])


def conditions(results: list[dict[str, Any]]) -> list[str]:
    """Return a sentence for each machine: what it is, and the versions it ran."""
    ran: dict[str, dict[str, None]] = {}
    for result in results:
        machine = "{cpu}, {cores} cores, {system}".format(**result["machine"])
        packages = [f"{name} {version}" for name, version in result["versions"].items()]
        ran.setdefault(machine, {}).update(dict.fromkeys(packages))
    return [f"Measured on {machine}; {', '.join(sorted(of))}." for machine, of in ran.items()]


def with_table(readme: str, made: str) -> str:
    """Return the text of README with the table between its two markers."""
    pattern = re.escape(BEGIN) + ".*?" + re.escape(END)
    if len(re.findall(pattern, readme, re.DOTALL)) != 1:
        raise ValueError(f"README.md must hold {BEGIN} and {END}, in this order, once")
    return re.sub(pattern, lambda _: f"{BEGIN}\n{made}\n{END}", readme, flags=re.DOTALL)


def main() -> int:
    """Print the table, or write it into README.md."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="put it into README.md")
    if parser.parse_args().write:
        readme = README.read_text(encoding="utf-8")
        README.write_text(with_table(readme, table()), encoding="utf-8")
    else:
        print(table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
