"""The one table of strings that figures, explorers and checks show.

Lessons and modules never draw a literal word: they ask for it by key. `en.toml` holds what figures,
explorers and all checks say; a mistake's message stands beside the mistake, in the lesson's
`checks.py`, which adds it to the table. Another language is one more file, `zh.toml`, say, with all
of these keys, those of the mistakes in its section `[check]`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
ENGLISH_CODE = "en"


def read_table(path: Path) -> dict[str, str]:
    """Return a language's strings: `name` in the section `[axis]` as `axis.name`.

    Raises:
        ValueError: if the file is no TOML, or an entry is no string in a section.
    """
    table: dict[str, str] = {}
    for section, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for name, template in entries.items() if isinstance(entries, dict) else [("", entries)]:
            if not name or not isinstance(template, str):
                raise ValueError(f"{path.name} must hold strings in sections, got {section}.{name}")
            table[f"{section}.{name}"] = template
    return table


TABLES: dict[str, dict[str, str]] = {
    path.stem: read_table(path) for path in sorted(FOLDER.glob("*.toml"))
}
ENGLISH = TABLES[ENGLISH_CODE]

_language = ENGLISH_CODE


def use_language(language: str) -> None:
    """Choose the table that `text` reads from now on.

    Args:
        language: a key of `TABLES`, such as `"en"`.

    Raises:
        ValueError: if there is no table for `language`.
    """
    global _language
    if language not in TABLES:
        raise ValueError(f"language must be one of {sorted(TABLES)}, got {language!r}")
    _language = language


def add_english(strings: Mapping[str, str]) -> None:
    """Add strings that stand beside what they speak of, such as the messages of a lesson's checks.

    Raises:
        ValueError: if a key is taken by another string.
    """
    for key, template in strings.items():
        if ENGLISH.setdefault(key, template) != template:
            raise ValueError(f"key must be new, got {key!r}, which says {ENGLISH[key]!r}")


def text(key: str, **values: object) -> str:
    """Return the string for `key` in the chosen language, its fields filled in.

    Args:
        key: a key of the table, such as `"axis.env_steps"`.
        **values: what the string's `{fields}` stand for.

    Returns:
        The string, with English for a key that the chosen language lacks.

    Raises:
        KeyError: if no table has `key`.
    """
    template = TABLES[_language].get(key) or ENGLISH.get(key)
    if template is None:
        raise KeyError(f"key must be one of the strings in ppo_lib/course/words, got {key!r}")
    return template.format(**values) if values else template
