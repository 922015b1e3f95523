"""The trust-region explorer in a real browser: what its map shows, and its handling."""

from __future__ import annotations

import pytest
import torch
from view import View

from ppo_lib.course.cliff import steps as cliff_steps
from ppo_lib.course.lesson_02.trust_region_explorer import TrustRegionExplorer

pytestmark = pytest.mark.browser

LEAN, SLOPE = "lean of the old policy", "slope of the old policy"


def place(view):
    return [view.get("lean"), view.get("slope")]


def test_the_table_has_a_row_to_each_step(blank):
    assert View(blank, TrustRegionExplorer()).numbers() == {
        "gradient": ["0.069", "0.088", "0.032", "0.890"],
        "natural": ["0.056", "0.156", "0.073", "2.06"],
        "TRPO": ["0.013", "0.070", "0.053", "1.03"],
    }


def test_arrows_that_leave_the_map_end_at_its_edge_and_say_so(blank):
    view = View(blank, TrustRegionExplorer(lean=0.0, slope=-2.0, max_kl=1.0, step_size=100.0))
    assert {"gradient: off the map", "natural = TRPO: off the map"} <= set(view.texts())
    for name in ("TRPO step", "gradient step"):  # no button takes a step off the map
        assert not view.enabled(name)
        view.button(name).click(force=True)
    assert [*place(view), view.get("walked")] == [0, -2, []]
    view.set(step_size=1, max_kl=0.01)
    assert view.enabled("TRPO step")
    assert {"gradient", "natural", "TRPO"} <= set(view.texts())
    view.set(lean=-3.0, slope=1.0)
    assert "gradient: tiny" in view.texts()


def test_the_choice_of_contours_shows_the_lines_and_their_names(blank):
    view = View(blank, TrustRegionExplorer(lean=0.0, slope=0.0))
    truth, surrogate = ["true return J", "0.6"], ["surrogate L", "L 0.6"]
    for name, shown in [("both", [*truth, *surrogate]), ("L", surrogate), ("J", truth)]:
        view.choose(name)
        assert [text for text in [*truth, *surrogate] if text in view.texts()] == shown


def test_the_surrogate_is_drawn_anew_around_every_old_policy(blank):
    view, seen = View(blank, TrustRegionExplorer(contours="surrogate")), []
    for lean, slope in [(-0.5, -2), (0, 0), (1, -4), (-0.5, -2)]:
        view.set(lean=lean, slope=slope)
        color = view.explorer.colors["unclipped"]
        seen.append(view.attribute(f".explorer-svg path[stroke='{color}']"))
    assert len(set(seen)) == 3 and seen[0] == seen[3]


def test_the_old_policy_is_dragged_and_everything_follows(blank):
    view = View(blank, TrustRegionExplorer(contours="both"))
    before = blank.locator(".explorer").inner_html()
    (x, y), words = view.middle(LEAN), blank.locator("[role=status]").inner_text()
    view.drag(LEAN, (125, -125))  # 62.5 px to a unit
    assert place(view) == [1.5, 0]
    assert view.middle(LEAN) == pytest.approx((x + 125, y - 125), abs=2)
    assert blank.locator(".explorer").inner_html() != before
    assert blank.locator("[role=status]").inner_text() != words
    view.drag(LEAN, (3000, 3000))
    assert place(view) == [4, -4]


def test_the_keyboard_moves_the_old_policy_along_both_axes(blank):
    view = View(blank, TrustRegionExplorer())
    view.slider(LEAN).focus()
    for key, where in [
        ("ArrowRight", [-0.45, -2]),
        ("ArrowUp", [-0.45, -1.95]),
        ("PageUp", [-0.45, -1.45]),
        ("End", [-0.45, 4]),
        ("ArrowLeft", [-0.5, 4]),
    ]:
        view.press(key)
        assert place(view) == where, key
    assert view.slider(LEAN).get_attribute("aria-valuetext") == "−0.50, true return 0.200"
    assert view.slider(SLOPE).get_attribute("aria-valuenow") == "4"


def test_one_move_in_two_directions_is_drawn_once(blank):
    view = View(blank, TrustRegionExplorer())
    draws, box = view.count_draws("[role=img]"), blank.locator(".explorer-surface").bounding_box()
    blank.mouse.click(box["x"] + 300, box["y"] + 200)
    assert draws() == 1


def test_the_buttons_walk_by_the_step_and_back_to_the_start(blank):
    view = View(blank, TrustRegionExplorer())
    start = torch.tensor(place(view), dtype=torch.float64)
    assert not view.enabled("back")
    for name, button in (("trpo", "TRPO step"), ("gradient", "gradient step")):
        old = start
        for _ in range(3):
            view.button(button).click()
            new = old + getattr(cliff_steps.three_steps(old, 0.05, 10.0), name)
            assert place(view) == pytest.approx(new.tolist(), abs=1e-9)
            last, *places = view.get("walked")[-1]
            assert last == name
            assert places == pytest.approx([*old.tolist(), *new.tolist()], abs=1e-9)
            old = new
        view.button("back").click()
        assert place(view) == start.tolist()
    traces = [node.get_attribute("d") for node in blank.locator(".explorer-trace").all()]
    assert [trace.count("M") for trace in traces] == [3, 3]  # both stay, to be compared
    assert not view.enabled("back")
    TrustRegionExplorer(walked=view.get("walked"))  # the kernel takes it
    view.slider(LEAN).focus()
    view.press("ArrowRight")
    assert view.get("walked") == []  # a new start
