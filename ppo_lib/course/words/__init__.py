"""The one table of strings that figures, widgets and checks show.

Lessons and modules never draw a literal word: they ask for it by key, so that an
edition in another language needs one more table and no change to any code.
"""

from __future__ import annotations

from collections.abc import Mapping

from ppo_lib.course.words.english import ENGLISH

__all__ = ["ENGLISH", "TABLES", "text", "use_language"]

TABLES: dict[str, Mapping[str, str]] = {"en": ENGLISH}

_language = "en"


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
        raise KeyError(f"key must be one of the strings in ppo_lib/strings, got {key!r}")
    return template.format(**values) if values else template
