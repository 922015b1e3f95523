"""The one table of strings that figures, widgets and checks show.

Lessons and modules never draw a literal word: they ask for it by key, so that an
edition in another language needs one more table and no change to any code.
"""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: dict[str, str] = {
    # Quantities, as axis labels: the name, and the unit in brackets.
    "axis.env_steps": "environment steps (thousands)",
    "axis.episode_return": "episode return (reward)",
    "axis.approx_kl": "approximate KL (nats)",
    "axis.clip_fraction": "clip fraction (share of samples)",
    # Training.
    "train.bar": "mean return of the last 100 episodes {episode_return:.1f}",
    # Pictures of training.
    "plot.solved_at": "solved: {solved_at:g}",
    "run.only": "PPO",
    "run.clip_range": "ε = {clip_range:g}",
    "slider.clip_range": "clip range ε",
    "film.untrained": "untrained",
    "film.trained": "trained",
    "film.caption": "{caption}: {num_steps} steps",
    "alt.training": (
        "Three panels against environment steps: "
        "mean episode return, approximate KL, clip fraction."
    ),
    "alt.training_run": (
        "{label}: after {env_steps} steps the mean return is {episode_return:.0f}."
    ),
    "alt.episode": "Film of one episode, {caption}: it lasts {num_steps} steps.",
    "alt.episodes": "One episode of each agent side by side, from the same start: {captions}.",
    # Checks: what every exercise may say.
    "check.right": "Right",
    "check.wrong": "Not yet",
    "check.error": "Not yet",
    "check.unanswered": "Not answered yet",
    "check.fill_in": "Replace the dots in {name} above, run that cell, then this one again.",
    "check.not_callable": (
        "The check takes the function {name} itself, without brackets behind it; it got {got}."
    ),
    "check.raised": "Your function stopped with {error}",
    "check.line": "in the line:  {line}",
    "check.returns_none": "{name} returns nothing. Is its return missing?",
    "check.wrong_type": "The result has a type that is not a number or a tensor: {got}.",
    "check.wrong_shape": "The result has shape {got}, and {expected} was expected.",
    "check.opposite_sign": "The size is right and the sign is not: you return the negative.",
    "check.multiple": "You return {factor} times what was expected.",
    "check.wrong_value": "The value differs; here is the first input on which it does.",
    "check.no_gradient": (
        "The value is right, but no gradient flows through it: "
        "is there a detach, an item or a no_grad on the way?"
    ),
    "check.wrong_gradient": "The value is right, but its gradient is not.",
    "check.input": "input:     {arguments}",
    "check.expected": "expected:  {value}",
    "check.got": "got:       {value}",
    "check.expected_gradient": "gradient expected:  {value}",
    "check.got_gradient": "gradient got:       {value}",
    "check.first_of": "{values} and so on, {count} numbers",
    # Checks: lesson 00.
    "check.stay_in_band.right": (
        "Below the band, inside it, above it and on its edges, your function does what the clip "
        "in PPO does."
    ),
    "check.stay_in_band.min_max_swapped": (
        "min and max have changed places: whatever goes in, the lower edge comes out. To hold a "
        "number below the upper edge, take the smaller of the two."
    ),
    "check.stay_in_band.max_min_swapped": (
        "The two edges have changed places: whatever goes in, the upper edge comes out. Which of "
        "them must the result not exceed?"
    ),
    "check.stay_in_band.around_0": (
        "Your band lies around 0. A ratio of 1 means that nothing has changed; the band lies "
        "around that."
    ),
    "check.stay_in_band.no_low": (
        "The upper edge holds, the lower one does not: try a ratio of 0.5."
    ),
    "check.stay_in_band.no_high": (
        "The lower edge holds, the upper one does not: try a ratio of 1.5."
    ),
    "check.stay_in_band.back_to_1": (
        "A ratio outside the band comes back as 1. It should stop at the nearest edge."
    ),
    "check.stay_in_band.unchanged": (
        "The ratio comes back as it went in, also from outside the band: try 1.5 and 0.5."
    ),
    # The command line.
    "cli.interrupted": "stopped after {env_steps} environment steps",
    "cli.saved": "agent saved to {path}",
    "cli.evaluated": (
        "return over {episodes} stochastic episodes: "
        "mean {mean:.1f}, standard deviation {std:.1f}, from {low:.0f} to {high:.0f}"
    ),
    # The clip explorer.
    "clip_explorer.title": "Clip explorer",
    "clip_explorer.axis.ratio": "probability ratio r = π(a|s) / π_[old](a|s)",
    "clip_explorer.axis.objective": "objective (units of A)",
    "clip_explorer.axis.gradient": "slope ∂L/∂r",
    "clip_explorer.axis.gradient_unit": "(units of A)",
    "clip_explorer.line.unclipped": "r·A",
    "clip_explorer.line.clipped": "clipped",
    "clip_explorer.line.objective": "objective",
    "clip_explorer.line.gradient": "slope",
    "clip_explorer.edge.low": "1−ε = {value}",
    "clip_explorer.edge.high": "1+ε = {value}",
    "clip_explorer.formula.objective": "L",
    "clip_explorer.formula.min_open": "min( ",
    "clip_explorer.formula.close": " )",
    "clip_explorer.formula.unclipped": "r·A",
    "clip_explorer.formula.clipped": "clip(r, 1−ε, 1+ε)·A",
    "clip_explorer.slider.clip_range": "clip range ε",
    "clip_explorer.slider.advantage": "advantage A",
    "clip_explorer.switch.use_min": "with the min",
    "clip_explorer.point.label": "probability ratio r",
    "clip_explorer.point.ratio": "r = {value}",
    "clip_explorer.point.slope": "slope {value}",
    "clip_explorer.point.state": (
        "ratio {ratio}, objective {objective}, slope {gradient}, case {number}"
    ),
    "clip_explorer.picture": (
        "Clip explorer, {place}: ratio {ratio}, advantage {advantage}, clip range {clip_range}; "
        "the objective is {objective} and its slope in the ratio {gradient}."
    ),
    "clip_explorer.still.note": "a still picture: run the cell to move it",
    "clip_explorer.hint": "Drag the point, or use the arrow keys.",
    "clip_explorer.heading": "Case {number}: {place}",
    "clip_explorer.cases.caption": "What a step on this sample does to r:",
    "clip_explorer.cases.below": "r below",
    "clip_explorer.cases.inside": "in band",
    "clip_explorer.cases.above": "r above",
    "clip_explorer.cases.positive": "A > 0",
    "clip_explorer.cases.negative": "A < 0",
    "clip_explorer.cases.button": "Case {number}, {place}: {effect}",
    "clip_explorer.push.push_up": "push up",
    "clip_explorer.push.push_down": "push down",
    "clip_explorer.push.pull_up": "pull up",
    "clip_explorer.push.pull_down": "pull down",
    "clip_explorer.push.none": "no push",
    "clip_explorer.case.0.place": "A = 0",
    "clip_explorer.case.1.place": "A > 0, r below the band",
    "clip_explorer.case.2.place": "A > 0, r in the band",
    "clip_explorer.case.3.place": "A > 0, r above the band",
    "clip_explorer.case.4.place": "A < 0, r below the band",
    "clip_explorer.case.5.place": "A < 0, r in the band",
    "clip_explorer.case.6.place": "A < 0, r above the band",
    "clip_explorer.case.0.words": (
        "The action was as good as expected. Both terms are 0 at every ratio, so this sample "
        "pushes nowhere. Other samples can still move its ratio."
    ),
    "clip_explorer.case.1.words": (
        "The action was better than expected, yet it has become less likely. The min takes r·A, "
        "whose slope is A: a gradient step on this sample pulls the ratio back up. This is what "
        "the min is for."
    ),
    "clip_explorer.case.2.words": (
        "The action was better than expected. In the band both terms are r·A, with slope A: a "
        "gradient step on this sample pushes the ratio up."
    ),
    "clip_explorer.case.3.words": (
        "The action was better than expected, and its ratio is already above the band. The "
        "clipped term is flat: this sample no longer pushes. Other samples, shared weights and "
        "momentum can still move its ratio."
    ),
    "clip_explorer.case.4.words": (
        "The action was worse than expected, and its ratio is already below the band. The "
        "clipped term is flat: this sample no longer pushes. Other samples, shared weights and "
        "momentum can still move its ratio."
    ),
    "clip_explorer.case.5.words": (
        "The action was worse than expected. In the band both terms are r·A, with slope A, which "
        "is negative: a gradient step on this sample pushes the ratio down."
    ),
    "clip_explorer.case.6.words": (
        "The action was worse than expected, yet it has become more likely. The min takes r·A, "
        "whose slope is A: a gradient step on this sample pulls the ratio back down. This is "
        "what the min is for."
    ),
    "clip_explorer.case.1.without_min": (
        "The action was better than expected, yet it has become less likely. Without the min "
        "only the clipped term is left, and it is flat here: this sample has lost its pull back "
        "up. With the min its slope would be A."
    ),
    "clip_explorer.case.6.without_min": (
        "The action was worse than expected, yet it has become more likely. Without the min only "
        "the clipped term is left, and it is flat here: this sample has lost its pull back down. "
        "With the min its slope would be A."
    ),
    "clip_explorer.kink": (
        "At this kink the slope is {left} on the left and {right} on the right; autograd picks "
        "{autograd}."
    ),
}

TABLES: dict[str, Mapping[str, str]] = {"en": ENGLISH}

_language = "en"


def use_language(language: str) -> None:
    """Choose the table that `text` reads from now on.

    Args:
        language: a key of `TABLES`, such as `"en"`.

    Raises:
        ValueError: if there is no table for `language`.
    """
    global _language
    if language not in TABLES:
        raise ValueError(f"language must be one of {sorted(TABLES)}, got {language!r}")
    _language = language


def text(key: str, **values: object) -> str:
    """Return the string for `key` in the chosen language, its fields filled in.

    Args:
        key: a key of the table, such as `"axis.env_steps"`.
        **values: what the string's `{fields}` stand for.

    Returns:
        The string, with English for a key that the chosen language lacks.

    Raises:
        KeyError: if no table has `key`.
    """
    template = TABLES[_language].get(key) or ENGLISH.get(key)
    if template is None:
        raise KeyError(f"key must be one of the strings in ppo_lib/strings.py, got {key!r}")
    return template.format(**values) if values else template
