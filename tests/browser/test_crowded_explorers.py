"""Explorers in the states that crowd them, and on a projector: what stands where, at any width."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from blank_page import clashes, mount

from ppo_lib.course.explorers.explorer import Explorer
from ppo_lib.course.lesson_01.step_explorer import StepExplorer
from ppo_lib.course.lesson_02.trust_region_explorer import TrustRegionExplorer
from ppo_lib.course.lesson_03.ratio_explorer import RatioExplorer
from ppo_lib.course.lesson_04.clip_explorer import ClipExplorer
from ppo_lib.course.lesson_05.gae_explorer import GaeExplorer
from ppo_lib.course.lesson_06.entropy_explorer import EntropyExplorer
from ppo_lib.course.lesson_07.iteration_stepper import ITERATIONS, IterationStepper

pytestmark = pytest.mark.browser

MOST_STATES = 60  # at one width; another width draws others


def product(**values: list[Any]) -> list[dict[str, Any]]:
    return [dict(zip(values, row, strict=True)) for row in itertools.product(*values.values())]


STEP = product(
    theta=[-1000, -7.6, -3, -1, 0, 0.4, 1, 5, 7.3, 80],
    step_size=[0.1, 3, 10, 40, 63, 100],
    batch=[1, 2, 4, 999],
    exact=[False, True],
)
TRUST = [
    {"lean": lean, "slope": slope} | state
    for lean, slope in [
        *[(-0.5, -2), (0, 0), (-3, 0), (0, -3.5), (1, -4)],
        *[(2, -3), (4, 0), (-1, 4), (3.7, 3.8)],
    ]
    for state in product(
        max_kl=[0.001, 0.05, 1], step_size=[0.1, 10, 100], contours=["truth", "surrogate", "both"]
    )
]
# The longest words that it has, in every draw.
LONGEST = {"lean": -3.98, "slope": -3.98, "max_kl": 0.00344, "step_size": 0.2, "contours": "both"}
POLICIES = [
    [0.2] * 5,
    [0.01, 0.01, 0.96, 0.01, 0.01],
    [0.96, *[0.01] * 4],
    [0.1, 0.3, 0.5, 0.09, 0.01],
]
RATIO = product(
    kind=["discrete", "gaussian"],
    moved=["new", "old"],
    new_probs=POLICIES,
    old_probs=POLICIES,
    new_mean=[-2.5, 0.0, 2.5],
    old_mean=[-0.3, 1.0],
    new_std=[0.4, 1.5, 2.5],
    old_std=[0.4, 1.0],
    num_samples=[16, 64, 1024],
)
ENTROPY = product(
    probs=[[0.001, 0.001, 0.998], [0.998, 0.001, 0.001], [0.499, 0.499, 0.002], [0.4, 0.25, 0.35]],
    rewards=[[-1.0] * 3, [-0.95, -0.95, -1.0], [1.0, 0.95, -0.95], [0.1, 0.0, 0.0]],
    ent_coef=[0.0, 0.01, 0.2, 1.0],
)
CLIP = product(
    clip_range=[0.01, 0.2, 0.5],
    advantage=[-1.5, -1, -0.2, 0, 0.3, 1.5],
    ratio=[0.01, 0.5, 0.8, 1, 1.2, 1.9, 2.5],
    use_min=[True, False],
)
GAE = product(
    end=["none", "terminated", "truncated"],
    end_step=[0, 2, 3, 6],
    step=[0, 3, 7],
    gamma=[0.0, 0.93, 1.0],
    gae_lambda=[0.0, 0.87, 1.0],
    final_value=[-3.0, 0.4],
    rewards=[[-2.0] * 8, [2.0] * 8, [0.7, 0.0, -1.3, 2.0] * 2],
    values=[[3.0, -3.0] * 4 + [3.0], [0.0, -1.2, 0.5] * 3],
)
STEPPER = product(gradient_step=list(range(41)), iteration=list(ITERATIONS), limit=["clip", "none"])
OTHERS = (450, 560, 600, 730, 819, 980, 1400)
WIDTHS = [380, 820, *(pytest.param(one, marks=pytest.mark.slow) for one in OTHERS)]
CROWDED: list[tuple[type[Explorer], list[dict[str, Any]]]] = [
    (StepExplorer, STEP),
    (TrustRegionExplorer, TRUST),
    (RatioExplorer, RATIO),
    (EntropyExplorer, ENTROPY),
    (ClipExplorer, CLIP),
    (GaeExplorer, GAE),
    (IterationStepper, STEPPER),
]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("explorer_class", "states"), CROWDED)
def test_no_two_texts_overlap_and_the_size_stays(blank, explorer_class, states, width):
    mount(blank, explorer_class(), width)
    states = random.Random(width).sample(states, min(MOST_STATES, len(states)))
    states += [LONGEST] * (explorer_class is TrustRegionExplorer)
    assert clashes(blank, states) == []
    heights = blank.evaluate(
        """(states) => states.map((state) => {
          Object.entries(state).forEach(([name, value]) => model.set(name, value));
          return document.querySelector(".explorer").offsetHeight;
        })""",
        states,
    )
    assert width < 600 or len(set(heights)) == 1
    assert width < 820 or heights[0] <= 620  # two columns, on one screen


# A slider, and what one looks at while it moves.
TOGETHER = [
    (StepExplorer(), "step_size", [".explorer-surface"]),
    (TrustRegionExplorer(), "step_size", [".explorer-point > .explorer-dot"]),
    (RatioExplorer("discrete"), "num_samples", [".explorer-point", ".explorer-samples"]),
    (RatioExplorer("gaussian"), "num_samples", [".explorer-point", ".explorer-samples"]),
    (EntropyExplorer(), "ent_coef", [".explorer-point .explorer-dot"]),
    (ClipExplorer(), "clip_range", [".explorer-point"]),
]


@pytest.mark.parametrize("width", [600, 685, 730])
@pytest.mark.parametrize(("explorer", "slider", "parts"), TOGETHER)
def test_a_slider_and_what_it_moves_fit_on_a_projector(blank, explorer, slider, parts, width):
    """1280 x 720 at a zoom of 150% leaves the notebook about 370 px of height."""
    mount(blank, explorer, width)
    boxes = [
        blank.locator(name).first.bounding_box() for name in (f"input[data-trait={slider}]", *parts)
    ]
    bottom = max(box["y"] + box["height"] for box in boxes)
    assert bottom - min(box["y"] for box in boxes) < 370
