"""The iteration stepper in a real browser: its bars, its curves, its handling."""

from __future__ import annotations

import itertools
import re

import pytest
from view import View

from ppo_lib.course.lesson_07.iteration_stepper import ITERATIONS, IterationStepper
from ppo_lib.course.words import ENGLISH
from ppo_lib.losses import unclipped_surrogate

pytestmark = pytest.mark.browser


@pytest.fixture
def view(blank):
    return View(blank, IterationStepper())


# The picture ----------------------------------------------------------------------------


def columns(page, path):
    """Return [left, right, signed height in pixels] of each bar of a path."""
    number = r"(-?[\d.]+)"
    found = re.findall(rf"M{number},{number}V{number}H{number}V", path.get_attribute("d"))
    return [
        (float(left), float(right), float(foot) - float(head)) for left, foot, head, right in found
    ]


def classes(page):
    paths = page.locator(".explorer-svg [clip-path] > path[fill]:not([stroke-dasharray])")
    by_fill = {"inside": [], "alive": [], "dead": []}
    names = {"#999999": "inside", "#E69F00": "alive"}
    for path in paths.all():
        fill = path.get_attribute("fill")
        if fill != "none":
            by_fill[names.get(fill, "dead")] += columns(page, path)
    return by_fill


@pytest.mark.parametrize(
    ("step", "iteration", "limit"),
    [(0, 1, "clip"), (8, 10, "clip"), (40, 30, "none")],
)
def test_the_bars_heights_are_the_roots_of_the_counts(blank, step, iteration, limit):
    explorer = IterationStepper(gradient_step=step, iteration=iteration, limit=limit)
    view = View(blank, explorer)
    unit = 113 / explorer.recording["bars"]["highest"] ** 0.5  # half the panel's height
    shown = explorer.recording["updates"][str(iteration)][limit]
    bars = classes(view.page)
    got = {
        name: sum((height / unit) ** 2 for *_, height in bars[name])
        for name in ("inside", "alive", "dead")
    }
    assert got["dead"] == pytest.approx(shown["dead"][step], rel=0.02, abs=0.5)
    assert got["alive"] == pytest.approx(shown["alive"][step], rel=0.02, abs=0.5)
    assert sum(got.values()) == pytest.approx(1024, rel=0.02)
    up = sum((height / unit) ** 2 for some in bars.values() for *_, height in some if height > 0)
    assert up == pytest.approx(int((explorer.update.advantages > 0).sum()), rel=0.02)


def test_at_the_start_one_bar_stands_at_1_and_later_the_dead_are_hatched(view):
    bars = classes(view.page)
    assert len(bars["inside"]) == 2 and not bars["alive"] and not bars["dead"]  # up and down
    band = view.page.locator(".explorer-svg rect[fill-opacity]").first.bounding_box()
    svg = view.page.locator(".explorer-svg").bounding_box()
    middle = band["x"] + band["width"] / 2 - svg["x"]
    for left, right, _ in bars["inside"]:
        assert (left + right) / 2 == pytest.approx(middle, abs=0.2)
    view.set(gradient_step=5)
    edges = band["x"] - svg["x"], band["x"] + band["width"] - svg["x"]
    dead = classes(view.page)["dead"]
    assert dead
    for left, right, height in dead:
        assert left > edges[1] if height > 0 else right < edges[0]
    fill = view.page.locator("path[fill^='url(#explorer-hatch']").get_attribute("fill")
    assert view.page.locator(f"pattern{fill[4:-1]}").count() == 1


def test_dead_samples_stand_in_front_of_the_others_of_their_bar(view):
    view.page.evaluate("model.get('recording').updates[1].clip.frames[40] = [[30, 100, 36, 0, 0]]")
    view.set(gradient_step=40)
    bars = classes(view.page)
    (whole,), (dead,) = bars["alive"], bars["dead"]
    assert whole[:2] == dead[:2]
    assert dead[2] / whole[2] == pytest.approx(0.6, abs=0.02)


def test_the_curves_are_thick_up_to_now_and_the_strip_is_filled_as_far(view):
    for step in (0, 1, 17, 40):
        view.set(gradient_step=step)
        past = view.page.locator(
            "path[stroke-width='3.5'][d*='L'], path[stroke-width='3.5'][d^='M']"
        )
        lengths = {
            path.get_attribute("d").count("L")
            for path in past.all()
            if "h30" not in path.get_attribute("d")
        }
        assert lengths == {step}
        cells = [
            view.page.locator(selector).first.get_attribute("d").count("M")
            for selector in ("path.explorer-solid[fill-opacity]", "path.explorer-leader")
        ]
        assert cells == [max(0, step - 1), 40 - step]


def test_the_axes_stay_in_every_moment(view):
    moments = itertools.product(ITERATIONS, ("clip", "none"), (0, 7, 20, 40))
    places = set()
    for iteration, limit, step in moments:
        view.set(gradient_step=step, iteration=iteration, limit=limit)
        lines = view.page.locator(".explorer-grid, .explorer-zero")
        places.add(str(lines.evaluate_all("nodes => nodes.map((node) => node.getAttribute('y1'))")))
    assert len(places) == 1


# The handling ---------------------------------------------------------------------------


def test_the_slider_and_the_point_move_one_step_at_a_time(view):
    slider = view.page.locator("input[data-trait=gradient_step]")
    slider.focus()
    for key, step in [("ArrowRight", 1), ("End", 40), ("ArrowLeft", 39), ("Home", 0)]:
        view.press(key)
        assert view.get("gradient_step") == step
    point = view.slider("gradient step, on the curves")
    point.focus()
    for key, step in [("ArrowRight", 1), ("PageUp", 11), ("End", 40), ("ArrowDown", 39)]:
        view.press(key)
        assert view.get("gradient_step") == step
    assert point.get_attribute("aria-valuetext") == "39: Epoch 10 of 10, minibatch 3 of 4"


def test_the_point_is_dragged_and_a_press_on_the_curves_brings_it(blank):
    view = View(blank, IterationStepper(gradient_step=10))
    surface = view.page.locator(".explorer-surface").bounding_box()
    place = surface["y"] + surface["height"] - 10  # in the lower panel
    view.page.mouse.click(surface["x"] + surface["width"] / 2, place)
    assert view.get("gradient_step") == 20
    dot = view.page.locator(".explorer-dot").bounding_box()
    view.page.mouse.move(dot["x"] + 8, dot["y"] + 8)
    view.page.mouse.down()
    view.page.mouse.move(dot["x"] + 8 + surface["width"] / 4, dot["y"] - 40, steps=6)
    assert view.get("gradient_step") == 30
    view.page.mouse.move(dot["x"] + 5000, dot["y"], steps=3)
    view.page.mouse.up()
    assert view.get("gradient_step") == 40


def test_the_buttons_go_by_whole_epochs_and_rest_at_the_ends(blank):
    view = View(blank, IterationStepper(gradient_step=6))
    back = view.button("Epoch back")
    on = view.button("Epoch on")
    for button, step in [(on, 8), (on, 12), (back, 8), (back, 4), (back, 0)]:
        button.click()
        assert view.get("gradient_step") == step
    assert back.get_attribute("aria-disabled") == "true"
    view.set(gradient_step=37)
    for button, step in [(back, 36), (on, 40)]:
        button.click()
        assert view.get("gradient_step") == step
    assert on.get_attribute("aria-disabled") == "true"


def stop_clock(page):
    """Let the page's time pass only by `run_for` from now on."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    return page.clock


def test_play_walks_to_the_end_and_stops_and_then_begins_anew(blank):
    view = View(blank, IterationStepper(gradient_step=30))
    clock = stop_clock(blank)
    status = view.page.get_by_role("status")
    view.button("Play").click()
    clock.run_for(1010)
    assert view.get("gradient_step") == 34
    assert status.get_attribute("aria-live") == "off"
    view.button("Pause").click()
    clock.run_for(1000)
    assert view.get("gradient_step") == 34
    assert status.get_attribute("aria-live") == "polite"
    play = view.button("Play")
    play.click()
    clock.run_for(60_000)
    assert view.get("gradient_step") == 40
    assert play.count() == 1  # no Pause: it has stopped by itself
    saved = view.page.evaluate("model.saved")
    clock.run_for(1000)
    assert view.page.evaluate("model.saved") == saved
    play.click()
    assert view.get("gradient_step") == 0
    clock.run_for(510)
    assert view.get("gradient_step") == 2


def test_a_view_that_is_removed_while_it_plays_stops(view):
    clock = stop_clock(view.page)
    view.button("Play").click()
    clock.run_for(510)
    view.page.evaluate("cleanup()")
    clock.run_for(5000)
    assert view.get("gradient_step") == 2


def test_ones_own_surrogate_is_called_yours(blank):
    def mine(*arguments):
        return unclipped_surrogate(*arguments)

    view = View(blank, IterationStepper(mine, gradient_step=20))
    strip = view.page.locator(".explorer-strip").nth(1)
    assert strip.locator(".explorer-segment").all_inner_texts() == ["yours", "no limit"]
    assert ENGLISH["iteration_stepper.case.out.own"] in view.page.get_by_role("status").inner_text()
    view.choose("no limit")
    assert (
        ENGLISH["iteration_stepper.case.out.none"] in view.page.get_by_role("status").inner_text()
    )
