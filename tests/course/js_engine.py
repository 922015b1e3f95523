"""An explorer's JavaScript in an embedded engine: its functions, without a browser, in seconds.

    from js_engine import JsEngine, planted, synced

    engine = JsEngine(GaeExplorer)  # the same one for a class in the whole session
    engine.call("computeGae", rewards, values, 0.99, 0.95)
    engine.run("({ computeGae }, rows) => rows.map((row) => computeGae(...row))", rows)
    engine.run("({ wordsFor, say }, states) => states.map((one) => wordsFor(one, say))", states)
    engine.run("({ readState, makeModel }, state) => readState(makeModel(state))", synced(explorer))
    with planted(GaeExplorer, "1 - terminated", "1") as engine:  # what a test must notice

The engine is V8, as in Chromium, but there is no page: nothing in it can draw. Arguments and
results travel as JSON, with NaN and both infinities besides; what is `undefined` arrives as None,
a typed array as a list.
"""

from __future__ import annotations

import atexit
import functools
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from py_mini_racer import MiniRacer

from ppo_lib.course.explorers.bare_page import PAGE_SCRIPT, state_of
from ppo_lib.course.explorers.explorer import Explorer
from ppo_lib.course.words import ENGLISH

DECLARED = re.compile(r"^(?:function|const|let) (\w+)", re.MULTILINE)
TO_JSON = """
globalThis.toJson = (value) => JSON.stringify(value === undefined ? null : value, (_, one) => {
  if (typeof one === "number" && !Number.isFinite(one)) return { $number: String(one) };
  return ArrayBuffer.isView(one) ? Array.from(one) : one;
});
"""


class JsEngine:
    """An explorer's front end, loaded once for each class; see the module's docstring.

    A function in it sees every function and constant of the front end by its name and, besides:

    - `say(key, values)`, which reads the explorer's strings in English and throws at a key that
      is not in the table;
    - `makeModel(state)`, which stands in for anywidget's model.
    """

    def __new__(cls, explorer: type[Explorer]) -> JsEngine:
        return _engine(explorer)

    def call(self, name: str, *arguments: Any) -> Any:
        """Return what the front end's function of this name returns."""
        return self._value(f"{name}({', '.join(map(_literal, arguments))})")

    def run(self, function: str, argument: Any = None) -> Any:
        """Return `function(functions, argument)`, `functions` being all that the front end has."""
        return self._value(f"({function})(functions, {_literal(argument)})")

    def _load(self, explorer: type[Explorer], esm: str) -> None:
        prefix = explorer.string_prefix + "."
        strings = {k.removeprefix(prefix): v for k, v in ENGLISH.items() if k.startswith(prefix)}
        source = re.sub(r"^export default .*$", "", esm, flags=re.MULTILINE)
        names = ", ".join(dict.fromkeys((*DECLARED.findall(source), "makeModel")))
        self._context = MiniRacer()
        atexit.register(self._context.close)  # later, its thread is gone, and it waits for ever
        self._context.eval(TO_JSON + PAGE_SCRIPT)
        self._context.eval(source)
        self._context.eval(
            f"globalThis.functions = {{ {names}, say: speaker({_literal(strings)}) }};"
        )

    def _value(self, expression: str) -> Any:
        return json.loads(self._context.eval(f"toJson({expression})"), object_hook=_number)


def synced(explorer: Explorer) -> dict[str, Any]:
    """Return the state that a front end reads, without its own source."""
    return {name: one for name, one in state_of(explorer).items() if not name.startswith("_")}


@contextmanager
def planted(explorer: type[Explorer], right: str, wrong: str) -> Iterator[JsEngine]:
    """An engine whose front end has an error: `wrong` in the place of `right`, found there once."""
    source = str(explorer._esm)
    assert source.count(right) == 1, f"the front end has {source.count(right)} times {right!r}"
    engine = object.__new__(JsEngine)
    engine._load(explorer, source.replace(right, wrong))
    yield engine
    engine._context.close()


@functools.cache
def _engine(explorer: type[Explorer]) -> JsEngine:
    engine = object.__new__(JsEngine)
    engine._load(explorer, str(explorer._esm))
    return engine


def _literal(value: Any) -> str:
    """Return JavaScript that gives `value`: numbers that JSON lacks have the same names there."""
    return json.dumps(value, default=lambda array: array.tolist())


def _number(entry: dict[str, Any]) -> Any:
    return float(entry["$number"]) if set(entry) == {"$number"} else entry
