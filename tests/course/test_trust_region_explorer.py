"""The trust-region explorer without a browser: its traits, its words, its still picture."""

from __future__ import annotations

import random
import re

import pytest
import torch
import traitlets

from ppo_lib.course.cliff import exact as cliff
from ppo_lib.course.cliff import steps as cliff_steps
from ppo_lib.course.lesson_02.trust_region_explorer import (
    FLAT,
    PLATEAU,
    TrustRegionExplorer,
    format_gain,
    format_kl,
    format_short,
)
from ppo_lib.course.words import ENGLISH

BAD_VALUES = [
    ("lean", 4.1, r"lean must be a number between -4\.0 and 4\.0, got 4\.1"),
    ("lean", float("nan"), r"lean must be a number between -4\.0 and 4\.0, got nan"),
    ("slope", "0", r"slope must be a number between -4\.0 and 4\.0, got '0'"),
    ("max_kl", 0, r"max_kl must be a number between 0\.001 and 1, got 0"),
    ("max_kl", True, r"max_kl must be a number between 0\.001 and 1, got True"),
    ("step_size", 1000, r"step_size must be a number between 0\.1 and 100, got 1000"),
    ("contours", "true", r"contours.*'truth', 'surrogate', 'both'.*'true'"),
    ("walked", [("natural", 0, 0, 1, 1)], r"walked.*'gradient', 'trpo'.*'natural'"),
    ("walked", [("trpo", 0, 0, 1)], r"walked"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD_VALUES)
def test_a_bad_value_is_refused_by_name(name, value, message):
    with pytest.raises(ValueError, match=message):
        TrustRegionExplorer(**{name: value})
    explorer = TrustRegionExplorer()
    before = getattr(explorer, name)
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before


def test_repr_is_the_call_that_makes_it():
    explorer = TrustRegionExplorer(0.5, -1.0, 0.1, 3.0, "both")
    assert repr(explorer) == (
        "TrustRegionExplorer(lean=0.5, slope=-1.0, max_kl=0.1, step_size=3.0, contours='both')"
    )
    assert eval(repr(explorer)).describe() == explorer.describe()


def test_steps_that_were_walked_are_kept_as_they_come_from_the_browser():
    explorer = TrustRegionExplorer(walked=[["trpo", 0, 0, 0.5, 1]])
    assert explorer.walked == [("trpo", 0.0, 0.0, 0.5, 1.0)]
    before = explorer.still_png()
    explorer.walked = []
    assert explorer.still_png() != before


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (0.0692, "0.069"),
        (-0.0692, "−0.069"),
        (0.9999, "1.00"),
        (1.234, "1.23"),
        (12.34, "12.3"),
        (1040.4, "1040"),
        (2.4e-10, "2e−10"),
        (-2.4e-10, "−2e−10"),
        (0.0006, "0.001"),
        (1e-23, "1e−23"),
    ],
)
def test_numbers_have_three_digits_or_a_power_of_ten(value, words):
    assert format_short(value) == words
    assert format_gain(value) == ("+" + words if value > 0 else words)
    assert format_kl(abs(value)) == ("0" if abs(value) < 1e-12 else words.lstrip("−"))


def test_the_words_at_the_start_tell_what_the_lesson_tells():
    words = TrustRegionExplorer().describe()
    assert "true return 0.168" in words
    assert "leaves the trust region: its mean KL is 1.39 times δ" in words
    assert (
        "at the natural step's end the mean KL is 0.056, more than δ. TRPO halves it once." in words
    )
    assert "TRPO: mean KL 0.013, promised gain +0.070, true gain +0.053." in words


def test_the_words_at_the_coin():
    words = TrustRegionExplorer(lean=0.0, slope=0.0, step_size=1.0).describe()
    assert "stays in the trust region, at a mean KL of 0.015" in words
    assert "TRPO takes it whole" in words


def test_the_words_on_the_plateau_of_the_bait():
    explorer = TrustRegionExplorer(lean=-4.0, slope=4.0, contours="both")
    words = explorer.describe()
    assert (
        "A plateau: the gradient is 3e−12 long, so that even α = 100 moves the policy by 3e−10"
        in words
    )
    assert "eigenvalues are 0.001 and 9e−8" in words
    assert "TRPO halves it twice" in words
    assert "L is flat" in words
    explorer.contours = "truth"
    assert "L is flat" not in explorer.describe()


def test_the_words_where_the_limit_is_too_large():
    words = TrustRegionExplorer(lean=0.0, slope=-2.0, max_kl=1.0).words()
    assert (
        "Of the +1.23 that the surrogate promises TRPO's step, the true return gains +0.017"
        in words
    )
    words = TrustRegionExplorer(lean=4.0, slope=4.0, max_kl=1.0).words()
    assert (
        "promises TRPO's step +0.251; the true return changes by −0.355: this δ is too large"
        in words
    )


def some_explorers(count: int) -> list[TrustRegionExplorer]:
    draw = random.Random(0)
    return [
        TrustRegionExplorer(
            lean=draw.uniform(-4, 4),
            slope=draw.uniform(-4, 4),
            max_kl=10 ** draw.uniform(-3, 0),
            step_size=10 ** draw.uniform(-1, 2),
            contours=draw.choice(["truth", "surrogate", "both"]),
        )
        for _ in range(count)
    ]


PLACES_WITH_MUCH_TO_SAY = [
    TrustRegionExplorer(lean=4.0, slope=4.0, max_kl=1.0),
    TrustRegionExplorer(lean=-4.0, slope=4.0, contours="both"),
    TrustRegionExplorer(lean=-3.6, slope=3.7, max_kl=0.009),
    TrustRegionExplorer(lean=0.0, slope=-2.0, max_kl=1.0),
]


def test_no_sentence_is_false():
    seen: set[str] = set()
    for explorer in [*some_explorers(40), *PLACES_WITH_MUCH_TO_SAY]:
        old, steps, words = explorer.old, explorer.steps(), explorer.words()

        def kl(step, old=old):
            return cliff_steps.mean_kl(old + step, old).item()

        def gains(step, old=old):
            there = old + step
            return cliff_steps.surrogate_gain(there, old), cliff_steps.true_gain(there, old)

        promise, truth = gains(steps.trpo)
        plateau = cliff_steps.policy_gradient(old).norm() < PLATEAU
        outside = kl(steps.gradient) > explorer.max_kl
        facts = {
            "leaves the trust region": outside and not plateau,
            "stays in the trust region": not outside and not plateau,
            "A plateau": plateau,
            "TRPO takes it whole": steps.halvings == 0,
            "more than δ": steps.halvings > 0 and kl(steps.natural) > explorer.max_kl,
            "TRPO halves it": steps.halvings > 0,
            "TRPO halves it once": steps.halvings == 1,
            "TRPO halves it twice": steps.halvings == 2,
            "TRPO halves it 3 times": steps.halvings == 3,
            "Of the": 0 <= truth < promise / 2,
            "this δ is too large": truth < 0,
        }
        for sentence, fact in facts.items():
            assert (sentence in words) == bool(fact), (explorer, sentence)
            if fact:
                seen.add(sentence)
        if "L is flat" in words:
            line = torch.linspace(-4, 4, 17, dtype=torch.float64)
            everywhere = torch.cartesian_prod(line, line)
            assert cliff_steps.surrogate_gain(everywhere, old).abs().max() < FLAT
            seen.add("L is flat")
        assert "{" not in explorer.describe()
    assert seen == {*facts, "L is flat"}


def test_only_a_smaller_limit_is_needed_where_the_words_say_that_it_is_too_large():
    explorer = TrustRegionExplorer(lean=4.0, slope=4.0, max_kl=1.0)
    assert "this δ is too large" in explorer.words()
    explorer.max_kl = 0.05
    steps = explorer.steps()
    assert cliff_steps.true_gain(explorer.old + steps.trpo, explorer.old) > 0.1


def test_a_natural_step_that_lowers_the_surrogate_is_said_as_it_is(monkeypatch):
    plain = cliff_steps.surrogate_gain
    explorer = TrustRegionExplorer(lean=0.0, slope=0.0)
    far = explorer.steps().natural.norm()

    def falls_far_out(theta, old):
        there = plain(theta, old)
        return -there if (theta - old).norm() > 0.9 * far else there

    monkeypatch.setattr(cliff_steps, "surrogate_gain", falls_far_out)
    assert "surrogate is no higher than here. TRPO halves it once" in explorer.words()
    monkeypatch.setattr(cliff_steps, "surrogate_gain", lambda theta, old: -plain(theta, old).abs())
    assert "TRPO stays where it is" in explorer.describe()
    assert explorer.still_png()


@pytest.mark.parametrize("contours", ["truth", "surrogate", "both"])
@pytest.mark.parametrize(
    ("lean", "slope", "max_kl", "step_size"),
    [(0, 0, 0.05, 1), (-4, 4, 0.05, 100), (4, -4, 0.001, 0.1), (0, -2, 1, 100), (-4, -4, 1, 1)],
)
def test_every_corner_can_be_drawn(lean, slope, max_kl, step_size, contours):
    picture = TrustRegionExplorer(lean, slope, max_kl, step_size, contours).still_png()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 100_000


def test_the_still_picture_follows_every_trait():
    explorer = TrustRegionExplorer()
    pictures = {explorer.still_png()}
    assert explorer.still_png() in pictures
    changes = {"lean": 0.5, "slope": 1.0, "max_kl": 0.3, "step_size": 2.0, "contours": "both"}
    for name, value in changes.items():
        setattr(explorer, name, value)
        pictures.add(explorer.still_png())
    assert len(pictures) == 1 + len(changes)


def test_the_named_plateaus_have_the_returns_that_stand_there():
    for name, place, reward in [
        ("goal", (4.0, -0.6), 1.0),
        ("bait", (-3.1, 1.0), 0.2),
        ("late", (-0.2, -4.0), 0.0),
    ]:
        theta = torch.tensor(place, dtype=torch.float64)
        value = cliff.true_return(cliff_steps.policy(theta)).item()
        assert value == pytest.approx(reward, abs=0.05)
        assert ENGLISH[f"trust_region_explorer.plateau.{name}"].endswith(f": {reward:g}")


def test_the_words_promise_nothing_of_trpo_that_it_does_not_keep():
    words = " ".join(v for k, v in ENGLISH.items() if k.startswith("trust_region_explorer."))
    assert not re.search(r"always|never|guarantee|cannot|monoton", words)
