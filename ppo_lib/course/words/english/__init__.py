"""The strings in English, a file for each part of the course."""

from ppo_lib.course.words.english import (
    checks,
    checks_00,
    checks_01,
    checks_02,
    checks_03,
    checks_04,
    checks_05,
    checks_06,
    checks_07,
    clip_explorer,
    entropy_explorer,
    figures,
    gae_explorer,
    iteration_stepper,
    ratio_explorer,
    step_explorer,
    trust_region_explorer,
)

PARTS = (
    checks,
    checks_00,
    checks_01,
    checks_02,
    checks_03,
    checks_04,
    checks_05,
    checks_06,
    checks_07,
    clip_explorer,
    entropy_explorer,
    figures,
    gae_explorer,
    iteration_stepper,
    ratio_explorer,
    step_explorer,
    trust_region_explorer,
)

ENGLISH: dict[str, str] = {key: value for part in PARTS for key, value in part.STRINGS.items()}
