"""An explorer on a page without Jupyter, as a reader sees it and takes hold of it."""

from __future__ import annotations

from typing import Any

from blank_page import mount

from ppo_lib.course.explorers.explorer import Explorer


class View:
    """The explorer that a page shows.

    Args:
        page: what the fixture `blank` gives.
        explorer: what is shown.
    """

    def __init__(self, page: Any, explorer: Explorer) -> None:
        mount(page, explorer)
        self.page, self.explorer = page, explorer
        self.press = page.keyboard.press

    def get(self, name: str) -> Any:
        """Return the value of a trait."""
        return self.page.evaluate("name => model.get(name)", name)

    def set(self, **state: Any) -> None:
        """Set traits, as the kernel would."""
        self.page.evaluate(
            "state => Object.entries(state).forEach(([name, x]) => model.set(name, x))", state
        )

    def slider(self, label: str) -> Any:
        """Return the slider, a point or an input, with this name."""
        return self.page.get_by_role("slider", name=label, exact=True)

    def button(self, name: str) -> Any:
        """Return the button with this name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def enabled(self, name: str) -> bool:
        """Return whether a button has something to do."""
        return bool(self.button(name).get_attribute("aria-disabled") == "false")

    def choose(self, name: str) -> None:
        """Choose the radio button with this name."""
        self.page.get_by_role("radio", name=name, exact=True).check(force=True)

    def texts(self) -> list[str]:
        """Return the words in the picture."""
        found: list[str] = self.page.locator(".explorer-svg text").evaluate_all(
            "nodes => nodes.filter((n) => n.checkVisibility()).map((n) => n.textContent)"
        )
        return found

    def numbers(self) -> dict[str, list[str]]:
        """Return the rows of the table by their names."""
        found: list[list[str]] = self.page.locator(".explorer-numbers tbody tr").evaluate_all(
            """rows => rows.map((row) => [row.querySelector("th"), ...row.querySelectorAll("td")]
              .map((cell) => cell.innerText.trim()))"""
        )
        return {name: cells for name, *cells in found}

    def number(self, name: str) -> str:
        """Return the last cell of a row of the table."""
        return self.numbers()[name][-1]

    def attribute(self, selector: str, name: str = "d") -> str:
        """Return an attribute of the first node of a kind."""
        return str(self.page.locator(selector).first.get_attribute(name))

    def box(self, selector: str) -> tuple[float, float, float, float]:
        """Return where a node of the picture stands in it: left, top, width, height."""
        left, top, width, height = self.page.locator(selector).first.evaluate(
            "node => ['x', 'y', 'width', 'height'].map((name) => node.getBBox()[name])"
        )
        return left, top, width, height

    def middle(self, label: str) -> tuple[float, float]:
        """Return where the point with this name stands on the page."""
        group = "xpath=ancestor-or-self::*[contains(@class, 'explorer-point')]"
        box = self.slider(label).locator(group).locator("> .explorer-dot").first.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, label: str, *ways: tuple[float, float]) -> list[Any]:
        """Drag a point, gripped off its centre, by ways in pixels from where it stood.

        Returns:
            What the point's own words were after each of them.
        """
        x, y = (at + off for at, off in zip(self.middle(label), (3, 2), strict=True))
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        heard = []
        for dx, dy in ways:
            self.page.mouse.move(x + dx, y + dy, steps=5)
            heard.append(self.slider(label).get_attribute("aria-valuetext"))
        self.page.mouse.up()
        return heard

    def count_draws(self, selector: str) -> Any:
        """Return a function that says how often a node has changed from now on."""
        self.page.evaluate(
            """(selector) => {
              window.draws ??= {};
              draws[selector] = 0;
              const count = (changes) => { draws[selector] += changes.length; };
              const node = document.querySelector(selector);
              new MutationObserver(count).observe(node, { attributes: true });
            }""",
            selector,
        )
        return lambda: self.page.evaluate("(selector) => draws[selector]", selector)


def points(path: str) -> list[list[float]]:
    """Return the places of a path of straight lines, in pixels."""
    pairs = path.replace("M", "L").strip("L").split("L") if path else []
    return [[float(number) for number in pair.split(",")] for pair in pairs]
