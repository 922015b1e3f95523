"""The parts that explorers share, in a real browser: plot.js and controls.js, by themselves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import traitlets
from blank_page import call, mount

from ppo_lib.course.explorers import sampling
from ppo_lib.course.explorers.explorer import BoundedFloat, BoundedInt, Explorer, front_end

pytestmark = pytest.mark.browser

SOURCE = front_end("clip_explorer.js")

# A picture with one point of two dimensions, and one control of each kind beside it.
SANDBOX = """
function render({ model, el }) {
  const bounds = model.get("bounds");
  const write = (values) => writeTraits(model, values);
  const picture = (room, width, say, signal) => {
    const svg = addNode(room, "svg", { width, height: 400, viewBox: `0 0 ${width} 400` });
    svg.classList.add("explorer-svg");
    const axis = { limits: [-2, 2], ticks: [0], format: String };
    const frame = { left: 50, top: 50, width: 400, height: 200 };
    const panel = makePanel(svg, frame, axis, { ...axis, label: [] });
    const surface = addNode(svg, "rect", {
      x: 50, y: 50, width: 400, height: 200, class: "explorer-surface" });
    const axes = {
      x: { ...bounds.across, label: "across" },
      y: { ...bounds.along, label: "along" },
    };
    const point = makePoint(
      svg, panel, axes, () => ({ x: model.get("across"), y: model.get("along") }),
      ({ x, y }) => write({
        ...(x === undefined ? {} : { across: x }), ...(y === undefined ? {} : { along: y }) }),
      [surface], signal);
    return ({ across, along }) =>
      point.draw(panel.scaleX(across), panel.scaleY(along), { x: `x ${across}`, y: `y ${along}` });
  };
  const aside = (parent, say, signal) => {
    const draws = [
      addSlider(parent, model, "rate", "rate", bounds.rate, String, signal),
      addSlider(parent, model, "count", "count", bounds.count, String, signal),
      addChoice(parent, model, "kind", "kind", bounds.kind.values, (kind) => `a ${kind}`, signal),
    ];
    const row = addElement(parent, "div", "explorer-buttons");
    const drawReset = addButton(row, "reset", () => write({ across: 0, along: 0 }), signal);
    const drawStatus = addStatus(parent);
    return ({ across, along }) => {
      for (const draw of draws) draw();
      drawReset(across !== 0 || along !== 0);
      drawStatus("where", `${across}, ${along}`);
    };
  };
  const names = ["across", "along", "rate", "count", "kind"];
  const read = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  return showExplorer({ model, el }, names, read, aside, picture);
}
export default { render };
"""


class Sandbox(Explorer):
    string_prefix = "sandbox"
    _esm = SOURCE[: SOURCE.index("// The clip explorer")] + SANDBOX
    strings = traitlets.Dict({"title": "Sandbox"}).tag(sync=True)
    across = BoundedFloat(0.0, low=-2, high=2, step=0.1)
    along = BoundedFloat(0.0, low=-1, high=2, step=0.5)
    rate = BoundedFloat(0.01, low=0.001, high=1, step=10**0.1, scale="log")
    count = BoundedInt(64, low=16, high=4096, step=2, scale="log")
    kind = traitlets.Enum(["one", "two", "three"], "one").tag(sync=True)


@pytest.fixture
def sandbox(blank: Any) -> Any:
    mount(blank, Sandbox(), width=600)
    return blank


def values(page: Any, *names: str) -> list[Any]:
    found: list[Any] = page.evaluate("names => names.map((name) => model.get(name))", list(names))
    return found


def middle(page: Any) -> tuple[float, float]:
    box = page.locator(".explorer-point > .explorer-dot").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_labels_are_spread_apart_within_their_limits_and_in_order(blank: Any) -> None:
    wanted = [[100, 100, 100], [0, 300, 1], [299, 300, 290], [50, 150, 250], [-80, 900, 10]]
    body = "({ spreadLabels }, wanted) => wanted.map((some) => spreadLabels(some, 8, 292, 22))"
    placed = call(blank, SOURCE, body, wanted)
    for asked, heights in zip(wanted, placed, strict=True):
        assert np.diff(sorted(heights)).min() >= 22 - 1e-9
        assert min(heights) >= 8 and max(heights) <= 292
        for i, j in [(0, 1), (0, 2), (1, 2)]:
            assert asked[i] == asked[j] or (asked[i] < asked[j]) == (heights[i] < heights[j])
    assert placed[3] == [50, 150, 250]  # what has room stays


def test_numbers_are_written_with_a_true_minus_and_never_as_minus_zero(blank: Any) -> None:
    body = """({ formatNumber: f, snap }) =>
      [f(-0.5), f(-0.001), f(0), f(2), String(snap(0.1 + 0.2, 0.01))]"""
    assert call(blank, SOURCE, body, None) == ["−0.50", "0.00", "0.00", "2.00", "0.3"]


@pytest.mark.parametrize("name", ["rate", "count"])
def test_the_stops_of_a_logarithmic_slider_are_spread_evenly_between_its_ends(
    blank: Any, name: str
) -> None:
    limits = Sandbox().bounds[name]
    body = """({ lastStop, valueAtStop, nearestStop }, limits) => {
      const stops = [...Array(lastStop(limits) + 1).keys()];
      return stops.map((stop) => [stop, valueAtStop(stop, limits),
                                  nearestStop(valueAtStop(stop, limits), limits)]);
    }"""
    rows = call(blank, SOURCE, body, limits)
    assert rows[0][1] == limits["low"] and rows[-1][1] == limits["high"]
    assert all(stop == nearest for stop, _, nearest in rows)
    logs = [math.log(value) for _, value, _ in rows]
    assert np.diff(logs) == pytest.approx(math.log(limits["step"]), abs=0.01)  # three digits
    if name == "count":
        assert [value for _, value, _ in rows] == [16 * 2**stop for stop in range(9)]


def test_the_browser_draws_the_random_numbers_that_python_draws(blank: Any) -> None:
    seeds = [0, 1, 2, 7, 1000, 123_456_789, 2**32 - 1]
    body = "({ uniforms, normals }, seeds) => seeds.map((s) => [uniforms(s, 500), normals(s, 500)])"
    for seed, (flat, bell) in zip(seeds, call(blank, SOURCE, body, seeds), strict=True):
        assert flat == sampling.uniforms(seed, 500).tolist()
        assert bell == pytest.approx(sampling.normals(seed, 500).tolist(), rel=1e-12, abs=1e-15)


def test_a_logarithmic_slider_stores_the_value_itself_and_shows_any_value(sandbox: Any) -> None:
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


def test_a_choice_is_a_group_of_radio_buttons(sandbox: Any) -> None:
    group = sandbox.get_by_role("radiogroup", name="kind")
    assert [group.get_by_role("radio", name=f"a {k}").is_checked() for k in ("one", "two")] == [
        True,
        False,
    ]
    group.locator("label").nth(2).click()
    assert values(sandbox, "kind") == ["three"]
    sandbox.keyboard.press("ArrowLeft")
    assert values(sandbox, "kind") == ["two"]
    sandbox.evaluate("model.set('kind', 'one')")
    assert group.get_by_role("radio", name="a one").is_checked()


def test_a_button_without_a_task_says_so_and_keeps_the_focus(sandbox: Any) -> None:
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


def test_a_point_of_two_dimensions_is_dragged_over_the_plane(sandbox: Any) -> None:
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


def test_a_press_on_the_surface_brings_the_point_there(sandbox: Any) -> None:
    box = sandbox.locator(".explorer-surface").bounding_box()
    sandbox.mouse.click(box["x"] + 100, box["y"] + 50)
    assert values(sandbox, "across", "along") == [-1, 1]


def test_each_arrow_moves_the_point_along_its_own_axis_and_takes_the_focus_there(
    sandbox: Any,
) -> None:
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


def test_the_tab_key_finds_a_point_of_two_dimensions_once(sandbox: Any) -> None:
    sandbox.get_by_role("slider", name="across").focus()
    sandbox.keyboard.press("ArrowUp")
    order = [node.get_attribute("tabindex") for node in sandbox.locator("[tabindex]").all()]
    assert order == ["-1", "0"]
    sandbox.keyboard.press("Tab")
    assert sandbox.evaluate("document.activeElement.tagName") == "INPUT"
    sandbox.keyboard.press("Shift+Tab")
    assert sandbox.evaluate("document.activeElement.getAttribute('aria-label')") == "along"
