"""The ratio explorer in a real browser: its handles, its samples, its read-outs."""

from __future__ import annotations

import pytest
from view import View

from ppo_lib.course.lesson_03.ratio_explorer import RatioExplorer

pytestmark = pytest.mark.browser

EVEN = [0.1, 0.2, 0.4, 0.2, 0.1]
MEAN, SPREAD = "mean of the new policy", "spread of the new policy"


def bar(number, which="new"):
    return f"probability of action {number}, {which} policy"


def press(view, *keys):
    """Press keys, each answered by the kernel's echo of what it heard: an equal list, anew."""
    for key in keys:
        view.press(key)
        view.set(new_probs=view.get("new_probs"), old_probs=view.get("old_probs"))


def test_a_bar_is_dragged_by_its_top_and_the_others_keep_their_proportion(blank):
    view = View(blank, RatioExplorer(new_probs=EVEN))
    view.drag(bar(3), (0, -42))  # 140 pixels are a probability of 1
    assert view.get("new_probs") == pytest.approx([0.05, 0.1, 0.7, 0.1, 0.05])
    assert view.number("largest ratio drawn") == "1.75"
    view.drag(bar(3), (0, -1000))
    assert view.get("new_probs") == pytest.approx([0.01, 0.01, 0.96, 0.01, 0.01])
    view.drag(bar(3), (0, 1000))
    assert view.get("new_probs")[2] == 0.01


def test_a_bar_that_goes_up_and_down_again_brings_the_others_back(blank):
    before = [0.1, 0.2, 0.4, 0.25, 0.05]
    view = View(blank, RatioExplorer(new_probs=before))
    view.slider(bar(3)).focus()
    press(view, "End")
    assert view.get("new_probs") == pytest.approx([0.01, 0.01, 0.96, 0.01, 0.01])
    press(view, *["PageDown"] * 6, *["ArrowUp"] * 4)
    assert view.get("new_probs") == pytest.approx(before)
    # Once another bar has moved, its place is what the others start from.
    press(view, "End")
    view.slider(bar(1)).focus()
    press(view, "ArrowUp")
    first, _, third, *_ = view.get("new_probs")
    assert first == pytest.approx(0.02) and third > 0.9


def test_the_arrow_keys_move_a_bar_of_either_policy_and_its_words(blank):
    view = View(blank, RatioExplorer(new_probs=EVEN))
    view.slider(bar(5)).focus()
    for key, value in [("ArrowUp", 0.11), ("ArrowDown", 0.1), ("PageUp", 0.2), ("Home", 0.01)]:
        press(view, key)
        assert view.get("new_probs")[4] == pytest.approx(value), key
    assert view.slider(bar(5)).get_attribute("aria-valuetext") == "0.01, ratio 0.10"
    assert view.slider(bar(5)).get_attribute("aria-orientation") == "vertical"
    before = view.get("new_probs")
    view.choose("old")
    assert view.slider(bar(5)).count() == 0
    view.slider(bar(1, "old")).focus()
    press(view, "PageUp")
    assert view.get("old_probs")[0] == pytest.approx(0.2)
    assert view.get("new_probs") == before


def test_the_mean_and_the_spread_have_a_handle_each(blank):
    view = View(blank, RatioExplorer("gaussian", new_mean=0.0))
    panel = blank.locator(".explorer-surface").bounding_box()
    for label, way, mean, std in [
        (MEAN, (panel["width"] / 10, 30), 1.0, 1.0),
        (SPREAD, (panel["width"] / 20, -20), 1.0, 1.5),
        (SPREAD, (-3000, 0), 1.0, 0.4),
    ]:
        view.drag(label, way)
        found = [view.get("new_mean"), view.get("new_std")]
        assert found == pytest.approx([mean, std], abs=0.02)
    blank.mouse.click(panel["x"] + 0.25 * panel["width"], panel["y"] + 40)  # brings the mean
    press(view, "ArrowRight")
    assert view.get("new_mean") == pytest.approx(-2.49, abs=0.02)
    view.slider(SPREAD).focus()
    press(view, "PageUp")
    assert view.get("new_std") == 0.5


def test_too_wide_a_policy_has_an_infinite_standard_error_in_numbers_words_and_picture(blank):
    view = View(blank, RatioExplorer("gaussian", new_std=1.41))
    view.slider(SPREAD).focus()
    for std, is_finite in ((1.41, True), (1.42, False)):
        assert view.get("new_std") == std
        assert (view.number("its standard error") != "∞") == is_finite
        assert ("±∞" not in view.texts()) == is_finite
        words = view.explorer.strings["case.wide.words"]
        assert (words not in blank.locator("[role=status]").inner_text()) == is_finite
        press(view, "ArrowRight")


def test_draw_again_draws_other_samples_and_back_makes_the_policies_one(blank):
    view = View(blank, RatioExplorer(new_std=1.5))
    dots, first = view.attribute(".explorer-samples"), view.numbers()
    view.button("Draw again").click()
    assert view.attribute(".explorer-samples") != dots
    same = {name for name, value in view.numbers().items() if first[name] == value}
    assert {"true expected reward", "its standard error", "KL(old‖new)"} <= same
    assert "estimate: mean of r·f" not in same
    view.button("New = old").click()
    assert view.get("new_probs") == view.get("old_probs")
    assert view.number("effective samples") == "64 of 64"
    assert view.number("KL(old‖new)") == "0.00 nats"
    assert not view.enabled("New = old")
    view.set(kind="gaussian")
    view.button("New = old").click()
    assert [view.get("new_mean"), view.get("new_std")] == [0, 1]


def test_more_samples_are_drawn_and_narrow_the_interval(blank):
    view, errors = View(blank, RatioExplorer("gaussian")), []
    blank.locator("input[data-trait=num_samples]").focus()
    for key, count in [("Home", 16), ("ArrowRight", 32), ("ArrowRight", 64), ("End", 1024)]:
        press(view, key)
        assert view.get("num_samples") == count
        assert view.attribute(".explorer-samples").count("M") == count
        errors.append(float(view.number("its standard error")))
    assert errors[0] / errors[2] == pytest.approx(2, rel=0.03)  # 1/√n
    assert errors[0] / errors[3] == pytest.approx(8, rel=0.06)


def test_an_estimate_beyond_its_axis_is_an_arrow_at_its_end(blank):
    view = View(blank, RatioExplorer("gaussian", num_samples=16))
    disc = view.box("path.explorer-dot")
    view.set(new_mean=2.5, new_std=0.6, old_mean=-0.5)
    seed, estimate = 0, "0"
    while float(estimate.strip("> ")) <= 6:
        view.set(seed=(seed := seed + 1))
        estimate = view.number("estimate: mean of r·f")
    left, _, width, height = view.box("path.explorer-dot")
    panel = view.box(".explorer-surface")
    assert left + width == pytest.approx(panel[0] + panel[2], abs=1)
    assert disc[2] == pytest.approx(disc[3], abs=0.1) and width < height


def test_the_axes_stay_while_a_policy_moves(blank):
    view, lines = View(blank, RatioExplorer("gaussian")), set()
    for std in (0.4, 1, 2.5):
        for mean in (-2.5, 0, 2.5):
            view.set(new_mean=mean, new_std=std)
            grid = blank.locator(".explorer-grid, .explorer-zero")
            lines.add(grid.evaluate_all("nodes => nodes.map((n) => n.getAttribute('y1')).join()"))
    assert len(lines) == 1
