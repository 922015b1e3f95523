"""The GAE explorer in a real browser: its picture and its handling."""

from __future__ import annotations

import pytest
from view import View

from ppo_lib.course.lesson_05.gae_explorer import GaeExplorer

pytestmark = pytest.mark.browser


@pytest.fixture
def view(blank):
    return View(blank, GaeExplorer())


def focused(view):
    return str(view.page.evaluate("document.activeElement.getAttribute('aria-label')"))


def heading(view):
    return str(view.page.locator(".explorer-heading").inner_text())


LAST = "value of the last observation of the episode that is truncated"
UNIT_OF_REWARDS, UNIT_OF_VALUES = 68 / 4.4, 104 / 6.6  # pixels


def test_a_reward_is_dragged_by_its_top_and_the_advantages_before_it_change(view):
    view.drag("reward of step 4", (30, UNIT_OF_REWARDS))
    assert view.get("rewards") == [0, -0.5, 0, 0, 0.5, 0, 0, 1]
    assert heading(view) == "Â₂ = 0.01"  # 0.5252 less 0.72² · 1
    view.drag("reward of step 4", (0, -500))
    assert view.get("rewards")[4] == 2
    view.drag("reward of step 4", (0, 500))
    assert view.get("rewards")[4] == -2


def test_a_value_is_dragged_or_brought_by_a_press_over_its_step(view):
    view.drag("value of the observation at step 3", (0, -UNIT_OF_VALUES))
    assert view.get("values") == [0.7, 0.6, 0.4, 1.1, 1.0, 0.5, 1.2, 0.6, 0.8]
    box = view.slider("value of the observation after the rollout").locator(".explorer-dot")
    at = box.bounding_box()
    view.page.mouse.click(at["x"] + 7, at["y"] + 7 + 2.8 * UNIT_OF_VALUES)
    assert view.get("values")[8] == pytest.approx(-2.0, abs=0.11)
    assert view.get("step") == 2
    apart = view.middle("reward of step 1")[0] - view.middle("reward of step 0")[0]
    target = view.slider("reward of step 0").locator(".explorer-target").bounding_box()
    assert target["width"] <= apart + 0.5  # each point has its own


def test_the_diamond_of_a_truncated_end_is_dragged_and_is_gone_at_other_ends(view):
    assert view.slider(LAST).count() == 0
    assert "■ 0 after the end" in view.page.locator(".explorer-svg").text_content()
    view.choose("truncated")
    assert heading(view) == "Â₂ = 0.99"  # 0.5252 + 0.72² · 0.9 · 1
    view.drag(LAST, (0, -UNIT_OF_VALUES))
    assert view.get("final_value") == 2.0
    assert heading(view) == "Â₂ = 1.46"
    assert "◇ last V = 2.0" in view.page.locator(".explorer-svg").text_content()
    assert view.get("values") == GaeExplorer().values
    view.choose("none")
    assert view.slider(LAST).count() == 0
    # δ_4 = 1.5 + 0.9 · 0.5 − 1 = 0.95, and the second episode's errors count too: by 0.72 each
    # from 1.12, Â_7, are 0.1464, 0.6854, 1.4435 and 1.8393, and Â_2 is −0.31 + 0.72 · 1.8393.
    assert heading(view) == "Â₂ = 1.01"


def test_each_kind_of_end_has_a_line_of_its_own_look(view):
    looks = {}
    for kind in ("none", "terminated", "truncated"):
        view.set(end=kind)
        looks[kind] = view.page.evaluate(
            """() => [...document.querySelectorAll("path.explorer-ink[stroke-width='3']")]
              .filter((path) => path.getAttribute("d"))
              .map((path) => getComputedStyle(path).strokeDasharray)"""
        )
    assert looks == {"none": [], "terminated": ["none"], "truncated": ["8px, 5px"]}


def test_a_press_on_the_bars_or_the_arrow_keys_choose_another_step(view):
    surfaces = view.page.locator("rect.explorer-surface:not(.explorer-along-y)").all()
    assert len(surfaces) == 2
    for surface, chosen in zip(surfaces, (7, 6), strict=True):
        box = surface.bounding_box()
        view.page.mouse.click(box["x"] + (chosen + 0.5) * box["width"] / 8.95, box["y"] + 20)
        assert view.get("step") == chosen
    assert heading(view) == "Â₆ = 0.15"
    for key, chosen in [("ArrowRight", 7), ("ArrowRight", 7), ("ArrowLeft", 6), ("Home", 0)]:
        view.press(key)
        assert view.get("step") == chosen, key
    assert heading(view) == "Â₀ = −0.42"


def test_the_arrow_keys_move_a_point_and_go_to_the_next(blank):
    view = View(blank, GaeExplorer(end="truncated", end_step=1))
    view.slider("reward of step 0").focus()
    for key, value in [("ArrowUp", 0.1), ("PageUp", 1.1), ("ArrowDown", 1.0), ("Home", -2)]:
        view.press(key)
        assert view.get("rewards")[0] == value, key
    view.press("ArrowLeft")  # there is none before it
    assert focused(view) == "reward of step 0"
    view.press("ArrowRight")
    assert focused(view) == "reward of step 1"
    assert view.get("rewards") == [-2, -0.5, 0, 0, 1.5, 0, 0, 1]
    value = "value of the observation at step"
    row = [f"{value} 0", f"{value} 1"]
    row.append(LAST)
    row += [f"{value} {step}" for step in range(2, 8)]
    row.append("value of the observation after the rollout")
    view.slider(row[0]).focus()
    for label in row[1:]:
        view.press("ArrowRight")
        assert focused(view) == label
    view.press("ArrowRight")
    assert focused(view) == row[-1]
    for label in reversed(row[:-1]):
        view.press("ArrowLeft")
        assert focused(view) == label


@pytest.mark.parametrize("end", ["none", "truncated"])
def test_a_row_of_points_is_one_tab_stop_that_keeps_its_place(blank, end):
    view = View(blank, GaeExplorer(end=end))
    stops = view.page.locator(".explorer-svg [tabindex='0']")
    assert stops.count() == 3
    view.slider("reward of step 0").focus()
    view.press("ArrowRight")
    view.press("Tab")
    assert focused(view) == "value of the observation at step 0"
    view.drag("value of the observation at step 6", (0, 5))
    view.press("Tab")
    assert focused(view) == "step whose advantage is taken apart"
    for label in ("value of the observation at step 6", "reward of step 1"):
        view.press("Shift+Tab")
        assert focused(view) == label
    assert stops.count() == 3
    groups = [group.get_attribute("aria-label") for group in view.page.get_by_role("group").all()]
    assert groups == ["GAE explorer", "rewards", "values"]


def test_a_point_says_its_value_and_what_its_step_makes_of_it(view):
    reward = view.slider("reward of step 1")
    assert reward.get_attribute("aria-valuetext") == "−0.5, TD error −0.74, advantage −0.36"
    view.set(gae_lambda=0.0)
    assert reward.get_attribute("aria-valuetext") == "−0.5, TD error −0.74, advantage −0.74"
    after = view.slider("value of the observation after the rollout")
    assert after.get_attribute("aria-valuetext") == "0.8"
    chosen = view.slider("step whose advantage is taken apart")
    assert chosen.get_attribute("aria-valuetext") == "2, TD error −0.31, advantage −0.31"
    view.set(end="truncated")
    last = view.slider(LAST)
    assert last.get_attribute("aria-valuetext") == "1.0, TD error 1.40, advantage 1.40"


def test_the_table_shows_the_terms_the_row_above_the_bars_their_weights_and_the_axis_fits(view):
    assert view.numbers()["step 3"] == ["0.72", "0.80", "0.58"]
    shown = view.page.locator(".explorer-svg text").all_text_contents()
    start = shown.index("×") + 1
    assert shown[start : start + 8] == ["", "", "1", "0.72", "0.52", "0", "0", "0"]
    assert view.texts().count("−1.5") == 2  # the ends of both lower axes
    view.set(end="none", step=0, rewards=[2] * 8, gamma=1.0, gae_lambda=1.0)
    assert list(view.numbers())[-1] == "steps 4 to 7"
    assert view.texts().count("−24") == 2


def test_a_reward_that_moves_leaves_every_other_point_alone(view):
    moved = view.page.evaluate(
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
