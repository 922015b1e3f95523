"""The parts that explorers share, in a real browser: plot.js and controls.js, by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
import traitlets
from blank_page import mount

from ppo_lib.course.explorers.explorer import BoundedFloat, BoundedInt, Explorer, front_end

pytestmark = pytest.mark.browser


STRINGS = {
    "title": "Sandbox",
    "hint": "Drag it.",
    "slider.rate": "rate",
    "slider.count": "count",
    "choice.kind": "kind",
}


class Sandbox(Explorer):
    string_prefix = "sandbox"
    _esm = front_end(str(Path(__file__).with_name("sandbox.js")))
    strings = traitlets.Dict(STRINGS).tag(sync=True)
    across = BoundedFloat(0.0, low=-2, high=2, step=0.1)
    along = BoundedFloat(0.0, low=-1, high=2, step=0.5)
    rate = BoundedFloat(0.01, low=0.001, high=1, step=10**0.1, scale="log")
    count = BoundedInt(64, low=16, high=4096, step=2, scale="log")
    kind = traitlets.Enum(["one", "two", "three"], "one").tag(sync=True)


@pytest.fixture
def sandbox(blank):
    mount(blank, Sandbox(), width=600)
    return blank


def values(page, *names):
    found = page.evaluate("names => names.map((name) => model.get(name))", list(names))
    return found


def middle(page):
    box = page.locator(".explorer-point > .explorer-dot").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_logarithmic_slider_stores_the_value_itself_and_shows_any_value(sandbox):
    slider = sandbox.locator("input[data-trait=rate]")
    slider.focus()
    sandbox.keyboard.press("ArrowRight")
    assert values(sandbox, "rate") == [0.0126]  # 10^-1.9
    sandbox.keyboard.press("Home")
    assert values(sandbox, "rate") == [0.001]
    sandbox.evaluate("model.set('rate', 0.0311)")  # between two stops
    assert slider.get_attribute("aria-valuetext") == "0.0311"
    assert slider.input_value() == "15"
    assert values(sandbox, "rate") == [0.0311]  # drawn, and not rounded


def test_a_choice_is_a_group_of_radio_buttons(sandbox):
    group = sandbox.get_by_role("radiogroup", name="kind")
    assert [group.get_by_role("radio", name=f"a {k}").is_checked() for k in ("one", "two")] == [
        True,
        False,
    ]
    group.locator("label").nth(2).click()
    assert values(sandbox, "kind") == ["three"]
    sandbox.keyboard.press("ArrowLeft")
    assert values(sandbox, "kind") == ["two"]
    sandbox.evaluate("model.set('kind', 'three')")
    assert group.get_by_role("radio", name="a three").is_checked()


def test_a_button_without_a_task_says_so_and_keeps_the_focus(sandbox):
    button = sandbox.get_by_role("button", name="reset")
    assert button.get_attribute("aria-disabled") == "true"
    sandbox.evaluate("model.set('across', 1)")
    assert button.get_attribute("aria-disabled") == "false"
    button.focus()
    sandbox.keyboard.press("Enter")
    assert values(sandbox, "across") == [0]
    assert button.get_attribute("aria-disabled") == "true"
    assert button.evaluate("node => node === document.activeElement")
    saved = sandbox.evaluate("model.saved")
    sandbox.keyboard.press("Enter")
    assert sandbox.evaluate("model.saved") == saved


def test_a_point_of_two_dimensions_is_dragged_over_the_plane(sandbox):
    x, y = middle(sandbox)
    sandbox.mouse.move(x + 5, y + 4)  # gripped off its centre
    sandbox.mouse.down()
    sandbox.mouse.move(x + 5 + 100, y + 4 - 50, steps=5)
    assert values(sandbox, "across", "along") == [1, 1]
    sandbox.mouse.move(x + 3000, y + 3000, steps=2)
    assert values(sandbox, "across", "along") == [2, -1]
    sandbox.mouse.up()
    sandbox.mouse.move(x, y)
    assert values(sandbox, "across", "along") == [2, -1]


def test_a_press_on_the_surface_brings_the_point_there(sandbox):
    box = sandbox.locator(".explorer-surface").bounding_box()
    sandbox.mouse.click(box["x"] + 100, box["y"] + 50)
    assert values(sandbox, "across", "along") == [-1, 1]


def test_each_arrow_moves_the_point_along_its_own_axis_and_takes_the_focus_there(sandbox):
    across = sandbox.get_by_role("slider", name="across")
    along = sandbox.get_by_role("slider", name="along")
    across.focus()
    for key, place, focused in [
        ("ArrowRight", [0.1, 0], across),
        ("PageUp", [1.1, 0], across),
        ("ArrowUp", [1.1, 0.5], along),
        ("ArrowUp", [1.1, 1], along),
        ("ArrowDown", [1.1, 0.5], along),
        ("End", [1.1, 2], along),
        ("PageDown", [1.1, -1], along),
        ("ArrowLeft", [1, -1], across),
        ("Home", [-2, -1], across),
    ]:
        sandbox.keyboard.press(key)
        assert values(sandbox, "across", "along") == place, key
        assert focused.evaluate("node => node === document.activeElement"), key
        assert focused.evaluate(
            "node => getComputedStyle(node.querySelector('.explorer-focus')).stroke !== 'none'"
        )
    assert across.get_attribute("aria-valuenow") == "-2"
    assert across.get_attribute("aria-valuetext") == "x -2"
    assert along.get_attribute("aria-orientation") == "vertical"
    assert along.get_attribute("aria-valuemax") == "2"


def test_the_tab_key_finds_a_point_of_two_dimensions_once(sandbox):
    sandbox.get_by_role("slider", name="across").focus()
    sandbox.keyboard.press("ArrowUp")
    order = [node.get_attribute("tabindex") for node in sandbox.locator("[tabindex]").all()]
    assert order == ["-1", "0"]
    sandbox.keyboard.press("Tab")
    assert sandbox.evaluate("document.activeElement.tagName") == "INPUT"
    sandbox.keyboard.press("Shift+Tab")
    assert sandbox.evaluate("document.activeElement.getAttribute('aria-label')") == "along"
