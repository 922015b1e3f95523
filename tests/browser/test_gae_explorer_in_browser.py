"""The GAE explorer in a real browser: its picture, its handling, its life in JupyterLab."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import lab_browser
import nbformat
import pytest
from blank_page import clashes, mount, some_states

from ppo_lib.course.lesson_05.gae_explorer import GaeExplorer

pytestmark = pytest.mark.browser


def set_state(page: Any, state: dict[str, Any]) -> None:
    page.evaluate("state => Object.entries(state).forEach(([k, v]) => model.set(k, v))", state)


# The handling ---------------------------------------------------------------------------


def crowded_states(end: str) -> list[dict[str, Any]]:
    """Return states whose numbers are long and many."""
    generator = random.Random(11)
    states = [
        {
            **state,
            "rewards": [generator.choice([-2, 0, 2, 0.7]) for _ in range(8)],
            "values": [generator.choice([-3, 0, 3, -1.2]) for _ in range(9)],
        }
        for state in some_states(GaeExplorer())
    ]
    longest = {"gamma": 1.0, "gae_lambda": 1.0, "step": 0, "final_value": -3.0}
    for sign in (-2, 2):
        states += [
            {**longest, "rewards": [sign] * 8, "values": [3, -3] * 4 + [3], "end_step": step}
            for step in range(7)
        ]
    return [{**state, "end": end} for state in states]


@pytest.mark.parametrize("end", ["none", "terminated", "truncated"])
@pytest.mark.parametrize(
    "width",
    [380, 864, *(pytest.param(width, marks=pytest.mark.slow) for width in (600, 820, 1100))],
)
def test_no_two_texts_overlap_in_any_state(blank: Any, width: int, end: str) -> None:
    # Another kind of end builds another picture: here one is looked at through all states.
    mount(blank, GaeExplorer(end=end), width)
    assert clashes(blank, crowded_states(end)) == []
    assert width < 820 or blank.locator(".explorer").bounding_box()["height"] <= 620  # a projector


def get(page: Any, name: str) -> Any:
    return page.evaluate("name => model.get(name)", name)


def point(page: Any, label: str) -> Any:
    return page.get_by_role("slider", name=label, exact=True)


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label')"))


def drag(page: Any, label: str, dx: float, dy: float) -> None:
    box = point(page, label).locator(".explorer-target").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=8)
    page.mouse.up()


def heading(page: Any) -> str:
    return str(page.locator(".explorer-heading").inner_text())


UNIT_OF_REWARDS, UNIT_OF_VALUES = 68 / 4.4, 104 / 6.6  # pixels


def test_a_reward_is_dragged_by_its_top_and_the_advantages_before_it_change(blank: Any) -> None:
    mount(blank, GaeExplorer())
    drag(blank, "reward of step 4", 30, UNIT_OF_REWARDS)
    assert get(blank, "rewards") == [0, -0.5, 0, 0, 0.5, 0, 0, 1]
    assert heading(blank) == "Â₂ = 0.01"  # 0.5252 less 0.72² · 1
    drag(blank, "reward of step 4", 0, -500)
    assert get(blank, "rewards")[4] == 2
    drag(blank, "reward of step 4", 0, 500)
    assert get(blank, "rewards")[4] == -2


def test_a_value_is_dragged_or_brought_by_a_press_over_its_step(blank: Any) -> None:
    mount(blank, GaeExplorer())
    drag(blank, "value of the observation at step 3", 0, -UNIT_OF_VALUES)
    assert get(blank, "values") == [0.7, 0.6, 0.4, 1.1, 1.0, 0.5, 1.2, 0.6, 0.8]
    box = point(blank, "value of the observation after the rollout").locator(".explorer-dot")
    at = box.bounding_box()
    blank.mouse.click(at["x"] + 7, at["y"] + 7 + 2.8 * UNIT_OF_VALUES)
    assert get(blank, "values")[8] == pytest.approx(-2.0, abs=0.11)
    assert get(blank, "step") == 2


def test_the_diamond_of_a_truncated_end_is_dragged_and_is_gone_at_other_ends(blank: Any) -> None:
    mount(blank, GaeExplorer())
    label = "value of the last observation of the episode that is truncated"
    assert point(blank, label).count() == 0
    assert "■ 0 after the end" in blank.locator(".explorer-svg").text_content()
    blank.get_by_role("radio", name="truncated").check(force=True)
    assert heading(blank) == "Â₂ = 0.99"  # 0.5252 + 0.72² · 0.9 · 1
    drag(blank, label, 0, -UNIT_OF_VALUES)
    assert get(blank, "final_value") == 2.0
    assert heading(blank) == "Â₂ = 1.46"
    assert "◇ last V = 2.0" in blank.locator(".explorer-svg").text_content()
    assert get(blank, "values") == GaeExplorer().values
    blank.get_by_role("radio", name="none").check(force=True)
    assert point(blank, label).count() == 0
    # δ_4 = 1.5 + 0.9 · 0.5 − 1 = 0.95, and the second episode's errors count too: by 0.72 each
    # from 1.12, Â_7, are 0.1464, 0.6854, 1.4435 and 1.8393, and Â_2 is −0.31 + 0.72 · 1.8393.
    assert heading(blank) == "Â₂ = 1.01"


def test_each_kind_of_end_has_a_line_of_its_own_look(blank: Any) -> None:
    mount(blank, GaeExplorer())
    looks = {}
    for kind in ("none", "terminated", "truncated"):
        set_state(blank, {"end": kind})
        looks[kind] = blank.evaluate(
            """() => [...document.querySelectorAll("path.explorer-ink[stroke-width='3']")]
              .filter((path) => path.getAttribute("d"))
              .map((path) => getComputedStyle(path).strokeDasharray)"""
        )
    assert looks == {"none": [], "terminated": ["none"], "truncated": ["8px, 5px"]}


def test_a_press_on_the_bars_or_the_arrow_keys_choose_another_step(blank: Any) -> None:
    mount(blank, GaeExplorer())
    surfaces = blank.locator("rect.explorer-surface:not(.explorer-along-y)").all()
    assert len(surfaces) == 2
    for surface, chosen in zip(surfaces, (7, 6), strict=True):
        box = surface.bounding_box()
        blank.mouse.click(box["x"] + (chosen + 0.5) * box["width"] / 8.95, box["y"] + 20)
        assert get(blank, "step") == chosen
    assert heading(blank) == "Â₆ = 0.15"
    for key, chosen in [("ArrowRight", 7), ("ArrowRight", 7), ("ArrowLeft", 6), ("Home", 0)]:
        blank.keyboard.press(key)
        assert get(blank, "step") == chosen, key
    assert heading(blank) == "Â₀ = −0.42"


def test_the_arrow_keys_move_a_point_and_go_to_the_next(blank: Any) -> None:
    mount(blank, GaeExplorer(end="truncated", end_step=1))
    point(blank, "reward of step 0").focus()
    for key, value in [("ArrowUp", 0.1), ("PageUp", 1.1), ("ArrowDown", 1.0), ("Home", -2)]:
        blank.keyboard.press(key)
        assert get(blank, "rewards")[0] == value, key
    blank.keyboard.press("ArrowLeft")  # there is none before it
    assert focused(blank) == "reward of step 0"
    blank.keyboard.press("ArrowRight")
    assert focused(blank) == "reward of step 1"
    assert get(blank, "rewards") == [-2, -0.5, 0, 0, 1.5, 0, 0, 1]
    value = "value of the observation at step"
    row = [f"{value} 0", f"{value} 1"]
    row.append("value of the last observation of the episode that is truncated")
    row += [f"{value} {step}" for step in range(2, 8)]
    row.append("value of the observation after the rollout")
    point(blank, row[0]).focus()
    for label in row[1:]:
        blank.keyboard.press("ArrowRight")
        assert focused(blank) == label
    blank.keyboard.press("ArrowRight")
    assert focused(blank) == row[-1]
    for label in reversed(row[:-1]):
        blank.keyboard.press("ArrowLeft")
        assert focused(blank) == label


@pytest.mark.parametrize("end", ["none", "truncated"])
def test_a_row_of_points_is_one_tab_stop_that_keeps_its_place(blank: Any, end: str) -> None:
    mount(blank, GaeExplorer(end=end))
    stops = blank.locator(".explorer-svg [tabindex='0']")
    assert stops.count() == 3
    point(blank, "reward of step 0").focus()
    blank.keyboard.press("ArrowRight")
    blank.keyboard.press("Tab")
    assert focused(blank) == "value of the observation at step 0"
    drag(blank, "value of the observation at step 6", 0, 5)
    blank.keyboard.press("Tab")
    assert focused(blank) == "step whose advantage is taken apart"
    for label in ("value of the observation at step 6", "reward of step 1"):
        blank.keyboard.press("Shift+Tab")
        assert focused(blank) == label
    assert stops.count() == 3
    groups = [group.get_attribute("aria-label") for group in blank.get_by_role("group").all()]
    assert groups == ["GAE explorer", "rewards", "values"]


def test_a_point_says_its_value_and_what_its_step_makes_of_it(blank: Any) -> None:
    mount(blank, GaeExplorer())
    reward = point(blank, "reward of step 1")
    assert reward.get_attribute("aria-valuetext") == "−0.5, TD error −0.74, advantage −0.36"
    set_state(blank, {"gae_lambda": 0.0})
    assert reward.get_attribute("aria-valuetext") == "−0.5, TD error −0.74, advantage −0.74"
    after = point(blank, "value of the observation after the rollout")
    assert after.get_attribute("aria-valuetext") == "0.8"
    chosen = point(blank, "step whose advantage is taken apart")
    assert chosen.get_attribute("aria-valuetext") == "2, TD error −0.31, advantage −0.31"
    set_state(blank, {"end": "truncated"})
    last = point(blank, "value of the last observation of the episode that is truncated")
    assert last.get_attribute("aria-valuetext") == "1.0, TD error 1.40, advantage 1.40"


def test_the_table_shows_the_terms_and_the_row_above_the_bars_their_weights(blank: Any) -> None:
    mount(blank, GaeExplorer())
    rows = blank.locator(".explorer-numbers tbody tr")
    texts = [row.inner_text().split() for row in rows.all()]
    assert texts == [
        ["step", "2", "1", "−0.31", "−0.31"],
        ["step", "3", "0.72", "0.80", "0.58"],
        ["step", "4", "0.52", "0.50", "0.26"],
        [],
        [],
    ]
    shown = blank.locator(".explorer-svg").evaluate(
        "svg => [...svg.querySelectorAll('text')].map((node) => node.textContent)"
    )
    start = shown.index("×") + 1
    assert shown[start : start + 8] == ["", "", "1", "0.72", "0.52", "0", "0", "0"]
    set_state(blank, {"end": "none", "step": 0})
    assert rows.last.inner_text().split()[:-1] == ["steps", "4", "to", "7"]


def test_the_axis_follows_the_largest_bar(blank: Any) -> None:
    mount(blank, GaeExplorer())
    ends = {}
    for scale, state in [
        ("1.5", {}),
        ("3", {"rewards": [0, 0, 0, 0, 2, 0, 0, 2]}),
        ("24", {"rewards": [2] * 8, "end": "none", "gamma": 1.0, "gae_lambda": 1.0}),
    ]:
        set_state(blank, state)
        ends[scale] = blank.locator(".explorer-svg").evaluate(
            "(svg, text) => [...svg.querySelectorAll('text')]"
            ".filter((node) => node.textContent === text).length",
            f"−{scale}",
        )
    assert ends == {"1.5": 2, "3": 3, "24": 2}  # −3 is an end of the values' axis too


def test_a_reward_that_moves_leaves_every_other_point_alone(blank: Any) -> None:
    mount(blank, GaeExplorer())
    moved = blank.evaluate(
        """async () => {
          const names = new Set();
          const observer = new MutationObserver((changes) => {
            for (const { target } of changes) {
              const node = target.closest?.(".explorer-point");
              if (node && target.tagName === "circle") names.add(node.getAttribute("aria-label"));
            }
          });
          observer.observe(document.querySelector(".explorer-svg"),
            { subtree: true, attributes: true });
          model.set("rewards", [0, -0.5, 0, 0, 1.6, 0, 0, 1]);
          await new Promise(requestAnimationFrame);
          return [...names];
        }"""
    )
    assert moved == ["reward of step 4"]


# In JupyterLab --------------------------------------------------------------------------

CELLS = [
    """\
import ipywidgets as widgets
from ppo_lib.course.lesson_05.gae_explorer import GaeExplorer
explorer = GaeExplorer()
explorer""",
    """\
echo = widgets.Label("kernel: nothing yet")
def tell(change):
    echo.value = f"kernel: {explorer.rewards[4]}, {explorer.final_value}, {explorer.end}"
explorer.observe(tell, names=["rewards", "final_value", "end", "step"])
echo""",
]


def test_the_kernel_hears_what_moves_and_the_explorer_lives_on_without_it(
    chromium: Any, lab: lab_browser.Lab, tmp_path: Path
) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    path = tmp_path / "gae_explorer.ipynb"
    nbformat.write(notebook, path)
    with lab_browser.open_lesson(chromium, lab, path, viewport=(1280, 1400)) as lesson:
        lesson.run_all()
        page = lesson.page
        page.wait_for_selector(".explorer-svg")
        label = "reward of step 4"
        point(page, label).focus()
        page.keyboard.press("End")
        page.get_by_text("kernel: 2.0, 1.0, terminated").wait_for(timeout=10_000)
        assert heading(page) == "Â₂ = 0.78"  # δ_4 = 2 − 1: −0.31 + 0.72 · 0.8 + 0.72² · 1
        assert focused(page) == label
        page.get_by_role("radio", name="truncated").check(force=True)
        page.get_by_text("kernel: 2.0, 1.0, truncated").wait_for(timeout=10_000)
        last = "value of the last observation of the episode that is truncated"
        drag(page, last, 0, -UNIT_OF_VALUES)
        page.get_by_text("kernel: 2.0, 2.0, truncated").wait_for(timeout=10_000)
        assert heading(page) == "Â₂ = 1.72"
        assert lesson.errors() == lesson.stderr() == lesson.broken_widgets() == []
        assert lesson.console_errors == lesson.outside == []

        page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)")
        page.get_by_role("radio", name="terminated").check(force=True)
        assert heading(page) == "Â₂ = 0.78"
        drag(page, label, 0, UNIT_OF_REWARDS)
        assert heading(page) == "Â₂ = 0.27"
