"""The iteration stepper in a real browser: its bars, its curves, its handling."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from blank_page import clashes, mount

from ppo_lib.course.lesson_07.iteration_stepper import ITERATIONS, IterationStepper
from ppo_lib.course.words import ENGLISH
from ppo_lib.losses import unclipped_surrogate

pytestmark = pytest.mark.browser

STATES = [
    {"gradient_step": step, "iteration": iteration, "limit": limit}
    for iteration, limit, step in itertools.product(ITERATIONS, ("clip", "none"), range(41))
]


# The picture ----------------------------------------------------------------------------


def columns(page: Any, path: Any) -> list[tuple[float, float, float]]:
    """Return [left, right, signed height in pixels] of each bar of a path."""
    number = r"(-?[\d.]+)"
    found = re.findall(rf"M{number},{number}V{number}H{number}V", path.get_attribute("d"))
    return [
        (float(left), float(right), float(foot) - float(head)) for left, foot, head, right in found
    ]


def classes(page: Any) -> dict[str, list[tuple[float, float, float]]]:
    paths = page.locator(".explorer-svg [clip-path] > path[fill]:not([stroke-dasharray])")
    by_fill: dict[str, list[tuple[float, float, float]]] = {"inside": [], "alive": [], "dead": []}
    names = {"#999999": "inside", "#E69F00": "alive"}
    for path in paths.all():
        fill = path.get_attribute("fill")
        if fill != "none":
            by_fill[names.get(fill, "dead")] += columns(page, path)
    return by_fill


def show(page: Any, step: int, iteration: int = 1, limit: str = "clip") -> None:
    state = {"gradient_step": step, "iteration": iteration, "limit": limit}
    page.evaluate("state => Object.entries(state).forEach(([k, v]) => model.set(k, v))", state)


@pytest.mark.parametrize(
    ("step", "iteration", "limit"),
    [(0, 1, "clip"), (8, 10, "clip"), (40, 30, "none")],
)
def test_the_bars_heights_are_the_roots_of_the_counts(
    blank: Any, step: int, iteration: int, limit: str
) -> None:
    explorer = IterationStepper(gradient_step=step, iteration=iteration, limit=limit)
    mount(blank, explorer)
    unit = 113 / explorer.recording["bars"]["highest"] ** 0.5  # half the panel's height
    shown = explorer.recording["updates"][str(iteration)][limit]
    bars = classes(blank)
    got = {
        name: sum((height / unit) ** 2 for *_, height in bars[name])
        for name in ("inside", "alive", "dead")
    }
    assert got["dead"] == pytest.approx(shown["dead"][step], rel=0.02, abs=0.5)
    assert got["alive"] == pytest.approx(shown["alive"][step], rel=0.02, abs=0.5)
    assert sum(got.values()) == pytest.approx(1024, rel=0.02)
    up = sum((height / unit) ** 2 for some in bars.values() for *_, height in some if height > 0)
    assert up == pytest.approx(int((explorer.update.advantages > 0).sum()), rel=0.02)


def test_at_the_start_one_bar_stands_at_1_and_later_the_dead_are_hatched(blank: Any) -> None:
    mount(blank, IterationStepper())
    bars = classes(blank)
    assert len(bars["inside"]) == 2 and not bars["alive"] and not bars["dead"]  # up and down
    band = blank.locator(".explorer-svg rect[fill-opacity]").first.bounding_box()
    svg = blank.locator(".explorer-svg").bounding_box()
    middle = band["x"] + band["width"] / 2 - svg["x"]
    for left, right, _ in bars["inside"]:
        assert (left + right) / 2 == pytest.approx(middle, abs=0.2)
    show(blank, 5)
    edges = band["x"] - svg["x"], band["x"] + band["width"] - svg["x"]
    dead = classes(blank)["dead"]
    assert dead
    for left, right, height in dead:
        assert left > edges[1] if height > 0 else right < edges[0]
    fill = blank.locator("path[fill^='url(#explorer-hatch']").get_attribute("fill")
    assert blank.locator(f"pattern{fill[4:-1]}").count() == 1


def test_dead_samples_stand_in_front_of_the_others_of_their_bar(blank: Any) -> None:
    mount(blank, IterationStepper())
    blank.evaluate("model.get('recording').updates[1].clip.frames[40] = [[30, 100, 36, 0, 0]]")
    show(blank, 40)
    bars = classes(blank)
    (whole,), (dead,) = bars["alive"], bars["dead"]
    assert whole[:2] == dead[:2]
    assert dead[2] / whole[2] == pytest.approx(0.6, abs=0.02)


def test_the_curves_are_thick_up_to_now_and_the_strip_is_filled_as_far(blank: Any) -> None:
    mount(blank, IterationStepper())
    for step in (0, 1, 17, 40):
        show(blank, step)
        past = blank.locator("path[stroke-width='3.5'][d*='L'], path[stroke-width='3.5'][d^='M']")
        lengths = {
            path.get_attribute("d").count("L")
            for path in past.all()
            if "h30" not in path.get_attribute("d")
        }
        assert lengths == {step}
        cells = [
            blank.locator(selector).first.get_attribute("d").count("M")
            for selector in ("path.explorer-solid[fill-opacity]", "path.explorer-leader")
        ]
        assert cells == [max(0, step - 1), 40 - step]


@pytest.mark.parametrize(
    "width",
    [380, 479, 820, *(pytest.param(width, marks=pytest.mark.slow) for width in (480, 560, 1100))],
)
def test_no_two_texts_overlap_and_the_axes_stay_in_any_moment(blank: Any, width: int) -> None:
    mount(blank, IterationStepper(), width)
    assert clashes(blank, STATES[:: 1 if width == 380 else 3]) == []
    lines = blank.evaluate(
        """(states) => states.map((state) => {
          for (const [name, value] of Object.entries(state)) model.set(name, value);
          const lines = [...document.querySelectorAll(".explorer-grid, .explorer-zero")];
          return lines.map((line) => line.getAttribute("y1")).join();
        })""",
        STATES[::13],
    )
    assert len(set(lines)) == 1
    assert width < 820 or blank.locator(".explorer").bounding_box()["height"] <= 620  # a projector


@pytest.mark.parametrize("width", [600, 730, 1100])
def test_the_slider_and_the_histogram_fit_on_a_projector_together(blank: Any, width: int) -> None:
    """1280 x 720 at a zoom of 150% leaves the notebook about 370 px of height."""
    mount(blank, IterationStepper(), width)
    slider = blank.locator("input[data-trait=gradient_step]").bounding_box()
    band = blank.locator(".explorer-svg rect[fill-opacity]").first.bounding_box()
    top = min(slider["y"], band["y"])
    assert max(slider["y"] + slider["height"], band["y"] + band["height"]) - top < 370


# The handling ---------------------------------------------------------------------------


def get(page: Any, name: str) -> Any:
    return page.evaluate("name => model.get(name)", name)


def test_the_slider_and_the_point_move_one_step_at_a_time(blank: Any) -> None:
    mount(blank, IterationStepper())
    slider = blank.locator("input[data-trait=gradient_step]")
    slider.focus()
    for key, step in [("ArrowRight", 1), ("End", 40), ("ArrowLeft", 39), ("Home", 0)]:
        blank.keyboard.press(key)
        assert get(blank, "gradient_step") == step
    point = blank.get_by_role("slider", name="gradient step, on the curves")
    point.focus()
    for key, step in [("ArrowRight", 1), ("PageUp", 11), ("End", 40), ("ArrowDown", 39)]:
        blank.keyboard.press(key)
        assert get(blank, "gradient_step") == step
    assert point.get_attribute("aria-valuetext") == "39: Epoch 10 of 10, minibatch 3 of 4"


def test_the_point_is_dragged_and_a_press_on_the_curves_brings_it(blank: Any) -> None:
    mount(blank, IterationStepper(gradient_step=10))
    surface = blank.locator(".explorer-surface").bounding_box()
    place = surface["y"] + surface["height"] - 10  # in the lower panel
    blank.mouse.click(surface["x"] + surface["width"] / 2, place)
    assert get(blank, "gradient_step") == 20
    dot = blank.locator(".explorer-dot").bounding_box()
    blank.mouse.move(dot["x"] + 8, dot["y"] + 8)
    blank.mouse.down()
    blank.mouse.move(dot["x"] + 8 + surface["width"] / 4, dot["y"] - 40, steps=6)
    assert get(blank, "gradient_step") == 30
    blank.mouse.move(dot["x"] + 5000, dot["y"], steps=3)
    blank.mouse.up()
    assert get(blank, "gradient_step") == 40


def test_the_buttons_go_by_whole_epochs_and_rest_at_the_ends(blank: Any) -> None:
    mount(blank, IterationStepper(gradient_step=6))
    back = blank.get_by_role("button", name="Epoch back")
    on = blank.get_by_role("button", name="Epoch on")
    for button, step in [(on, 8), (on, 12), (back, 8), (back, 4), (back, 0)]:
        button.click()
        assert get(blank, "gradient_step") == step
    assert back.get_attribute("aria-disabled") == "true"
    show(blank, 37)
    for button, step in [(back, 36), (on, 40)]:
        button.click()
        assert get(blank, "gradient_step") == step
    assert on.get_attribute("aria-disabled") == "true"


def test_play_walks_to_the_end_and_stops_and_then_begins_anew(blank: Any) -> None:
    blank.clock.install()
    mount(blank, IterationStepper(gradient_step=30))
    status = blank.get_by_role("status")
    blank.get_by_role("button", name="Play").click()
    blank.clock.run_for(1010)
    assert get(blank, "gradient_step") == 34
    assert status.get_attribute("aria-live") == "off"
    blank.get_by_role("button", name="Pause").click()
    blank.clock.run_for(1000)
    assert get(blank, "gradient_step") == 34
    assert status.get_attribute("aria-live") == "polite"
    play = blank.get_by_role("button", name="Play")
    play.click()
    blank.clock.run_for(60_000)
    assert get(blank, "gradient_step") == 40
    assert play.count() == 1  # no Pause: it has stopped by itself
    saved = blank.evaluate("model.saved")
    blank.clock.run_for(1000)
    assert blank.evaluate("model.saved") == saved
    play.click()
    assert get(blank, "gradient_step") == 0
    blank.clock.run_for(510)
    assert get(blank, "gradient_step") == 2


def test_a_view_that_is_removed_while_it_plays_stops(blank: Any) -> None:
    blank.clock.install()
    mount(blank, IterationStepper())
    blank.get_by_role("button", name="Play").click()
    blank.clock.run_for(510)
    blank.evaluate("cleanup()")
    blank.clock.run_for(5000)
    assert get(blank, "gradient_step") == 2


def test_ones_own_surrogate_is_called_yours(blank: Any) -> None:
    def mine(*arguments: Any) -> Any:
        return unclipped_surrogate(*arguments)

    mount(blank, IterationStepper(mine, gradient_step=20))
    strip = blank.locator(".explorer-strip").nth(1)
    assert strip.locator(".explorer-segment").all_inner_texts() == ["yours", "no limit"]
    assert ENGLISH["iteration_stepper.case.out.own"] in blank.get_by_role("status").inner_text()
    blank.get_by_role("radio", name="no limit").check(force=True)
    assert ENGLISH["iteration_stepper.case.out.none"] in blank.get_by_role("status").inner_text()
