"""What holds for every explorer in a real browser, without Jupyter and without knowing any."""

from __future__ import annotations

import re

import pytest
from blank_page import clashes, mount, some_states

from ppo_lib.course.explorers.bare_page import all_explorers

pytestmark = pytest.mark.browser

every_explorer = pytest.mark.parametrize("explorer_class", all_explorers().values())
TWO_LAYOUTS, OTHERS = (380, 980), (300, 600, 819, 820, 1400)
every_width = pytest.mark.parametrize(
    "width", [*TWO_LAYOUTS, *(pytest.param(width, marks=pytest.mark.slow) for width in OTHERS)]
)

# Of each state, what is read or heard, the whole picture, and the size; [texts, svg, height, fits].
SEEN = """(states) => states.map((state) => {
  for (const [name, value] of Object.entries(state)) model.set(name, value);
  const root = document.querySelector(".explorer");
  const texts = [root, ...root.querySelectorAll("*")].flatMap((node) => [
    ...[...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data),
    node.getAttribute("aria-label"), node.getAttribute("aria-valuetext"),
    node.dataset.description,
  ]).filter((text) => text?.trim());
  const fits = root.scrollWidth <= Math.max(root.clientWidth, 380);
  return [texts, document.querySelector(".explorer-svg").outerHTML, root.offsetHeight, fits];
})"""


@every_explorer
@every_width
def test_it_is_drawn_whole_keeps_its_size_and_leaves_no_field_of_a_string_empty(
    blank, explorer_class, width
):
    states = some_states(explorer_class(), count=30)
    mount(blank, explorer_class(), width)
    heights = set()
    for state, (texts, svg, height, fits) in zip(states, blank.evaluate(SEEN, states), strict=True):
        for text in texts:
            assert not re.search(r"[{}]|undefined|NaN|null|\[object", text), (text, state)
        assert not re.search(r"NaN|undefined|Infinity", svg), state
        assert fits, state
        heights.add(height)
    assert width < 600 or len(heights) == 1
    assert width < 380 or clashes(blank, states) == []


@every_explorer
def test_every_part_that_takes_the_focus_has_a_name_a_role_and_a_visible_focus(
    blank, explorer_class
):
    mount(blank, explorer_class())
    parts = blank.evaluate(
        """() => [...document.querySelectorAll("input, button, [tabindex]")].map((node) => ({
          tag: node.tagName, role: node.getAttribute("role"), type: node.type,
          name: node.getAttribute("aria-label")
            ?? node.labels?.[0]?.textContent ?? node.textContent,
          missing: node.getAttribute("role") !== "slider" ? [] :
            ["min", "max", "now", "text"].filter((x) => !node.getAttribute(`aria-value${x}`)),
        }))"""
    )
    assert parts
    for part in parts:
        assert part["name"].strip(), part
        assert part["tag"] in ("INPUT", "BUTTON") or part["role"] == "slider", part
        assert part["missing"] == [], part
    found = []
    for _ in parts:
        blank.keyboard.press("Tab")
        focused, shown = blank.evaluate(
            """() => {
              const node = document.activeElement;
              const all = [...document.querySelectorAll("input, button, [tabindex]")];
              const ring = node.querySelector(".explorer-focus");
              const outlined = node.closest(".explorer-segment") ?? node;
              return [all.indexOf(node), ring ? getComputedStyle(ring).stroke !== "none"
                : getComputedStyle(outlined).outlineStyle !== "none"];
            }"""
        )
        if focused < 0 or [focused] == found[:1]:
            break  # past the last: a group of radio buttons takes one press of the tab key
        found.append(focused)
        assert shown, parts[focused]
    reached = {(parts[i]["tag"], parts[i]["type"], parts[i]["role"]) for i in found}
    assert reached == {(part["tag"], part["type"], part["role"]) for part in parts}
    assert (
        len(set(found))
        == len(found)
        >= len([p for p in parts if p["type"] != "radio"])
        - sum(part["role"] == "slider" for part in parts)
    )
    assert blank.locator("[role=status]").count() == 1
    assert blank.locator(".explorer-svg [role=img]").get_attribute("aria-label")


@every_explorer
@pytest.mark.parametrize(
    ("theme", "paper", "ink"),
    [
        ("light", "#ffffff", "rgba(0, 0, 0, 0.87)"),
        ("dark", "#111111", "rgba(255, 255, 255, 0.87)"),
    ],
)
def test_text_stands_out_and_is_at_least_12_pt(blank, explorer_class, theme, paper, ink):
    blank.add_style_tag(
        content=f":root {{ --jp-layout-color0: {paper}; --jp-ui-font-color1: {ink};"
        f" --jp-ui-font-color2: {ink.replace('0.87', '0.6')}; }}"
    )
    mount(blank, explorer_class())
    seen = blank.evaluate(
        """() => [...document.querySelectorAll(".explorer *")]
          .filter((node) => [...node.childNodes].some((c) => c.nodeType === 3 && c.data.trim()))
          .map((node) => {
            const style = getComputedStyle(node);
            const color = node.closest("svg") ? style.fill : style.color;
            const subscript = node.tagName === "tspan" && node.hasAttribute("font-size");
            return [node.textContent, parseFloat(style.fontSize), subscript, color];
          })"""
    )
    background = int(paper[1:3], 16)
    for text, size, is_subscript, color in seen:
        assert size >= 16 or is_subscript, text
        red, *_, alpha = [float(x) for x in re.findall(r"[\d.]+", color)] + [1.0]
        alpha = alpha if color.startswith("rgba") else 1.0
        shade = red * alpha + background * (1 - alpha)

        def luminance(value):
            value /= 255
            return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

        light, dark = sorted((luminance(shade), luminance(background)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (theme, text, color)


@every_explorer
def test_a_view_that_is_removed_leaves_nothing_behind(blank, explorer_class):
    mount(blank, explorer_class())
    assert blank.evaluate("Object.values(model.listeners).flat().length") > 0
    blank.evaluate("window.inputs = [...document.querySelectorAll('input, button, [tabindex]')]")
    blank.evaluate("cleanup()")
    assert blank.evaluate("Object.values(model.listeners).flat().length") == 0
    assert blank.locator(".explorer").count() == 0
    saved = blank.evaluate(
        """() => {
          for (const node of inputs) {
            for (const name of ["input", "change", "click"]) node.dispatchEvent(new Event(name));
            node.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
          }
          return model.saved;
        }"""
    )
    assert saved == 0


@every_explorer
def test_the_picture_follows_the_room_and_keeps_the_focus(blank, explorer_class):
    mount(blank, explorer_class(), width=1000)
    part = blank.locator(".explorer-svg [tabindex]").last
    part.focus()
    name = part.get_attribute("aria-label")
    wide = blank.locator(".explorer-svg").bounding_box()["width"]
    blank.evaluate("document.querySelector('main > div').style.width = '600px'")
    blank.wait_for_function(f"document.querySelector('.explorer-svg').clientWidth !== {wide}")
    assert blank.locator(".explorer-svg").bounding_box()["width"] <= 600
    assert blank.evaluate("document.activeElement.getAttribute('aria-label')") == name
    saved = blank.evaluate("model.saved")
    blank.keyboard.press("ArrowRight")
    assert blank.evaluate("model.saved") > saved


@every_explorer
def test_the_page_hears_no_key_that_a_part_uses_and_every_other(blank, explorer_class):
    mount(blank, explorer_class())
    blank.evaluate(
        """() => { window.heard = [];
          document.addEventListener("keydown", (event) => heard.push(event.key)); }"""
    )
    arrows = ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown")
    slides = (*arrows, "PageUp", "PageDown", "Home", "End")
    uses = {
        "[role=slider], input[type=range]": slides,
        "input[type=radio]": (*arrows, "Space"),
        "input[type=checkbox], button": ("Space", "Enter"),
    }
    for selector, keys in uses.items():
        for part in blank.locator(selector).all():
            part.focus()
            blank.evaluate("heard.length = 0")
            for key in (*keys, "Escape"):
                blank.keyboard.press(key)
            assert blank.evaluate("heard") == ["Escape"], selector
    for point in blank.locator("[role=slider]").all():
        point.focus()
        blank.evaluate("heard.length = 0")
        blank.keyboard.press("Control+ArrowRight")
        assert blank.evaluate("heard") == ["Control", "ArrowRight"]
