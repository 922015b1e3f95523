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
    "axis.epoch": "epoch",
    "axis.ratio": "probability ratio r",
    "axis.samples": "samples (count)",
    "axis.clip_fraction": "clip fraction (share of samples)",
    "axis.recent_return": "return, mean of last {num_episodes} episodes (reward)",
    "axis.policy_loss": "policy loss (in A's unit)",
    "axis.value_loss": "value loss (reward²)",
    "axis.entropy": "entropy (nats)",
    "axis.dead_fraction": "samples without a gradient (share)",
    "axis.grad_norm": "norm of the gradient",
    "axis.explained_variance": "explained variance (share)",
    "axis.learning_rate": "learning rate",
    # Settings, with the paper's symbol where it has one.
    "setting.env_id": "environment",
    "setting.seed": "seed",
    "setting.total_steps": "environment steps",
    "setting.num_envs": "environments N",
    "setting.num_steps": "rollout steps T",
    "setting.num_epochs": "epochs K",
    "setting.minibatch_size": "minibatch size M",
    "setting.gamma": "discount γ",
    "setting.gae_lambda": "GAE's λ",
    "setting.learning_rate": "learning rate",
    "setting.anneal_learning_rate": "learning rate annealed",
    "setting.adam_eps": "Adam's epsilon",
    "setting.clip_range": "clip range ε",
    "setting.vf_coef": "value coefficient c₁",
    "setting.ent_coef": "entropy coefficient c₂",
    "setting.max_grad_norm": "gradient norm at most",
    "setting.normalize_advantages": "advantages normalised over",
    "setting.hidden_sizes": "hidden layers",
    "setting.value": "{name} {value}",
    "setting.yes": "yes",
    "setting.no": "no",
    # The cliff.
    "cliff.bait": "bait {reward:g}",
    "cliff.goal": "goal {reward:g}",
    # Training.
    "train.bar": "mean return of the last 100 episodes {episode_return:.1f}",
    # Pictures of training.
    "plot.solved_at": "{solved_at:g}",
    "plot.surrogate": "objective of one sample, A = {advantage:+g}",
    "plot.unclipped": "r A",
    "plot.clipped": "clip(r) A",
    "plot.objective": "the smaller of the two",
    "plot.inside": "inside the band: {share:.0%}",
    "plot.alive": "outside, with a gradient: {share:.0%}",
    "plot.right_way": "outside, the right way: {share:.0%}",
    "plot.wrong_way": "outside, the wrong way: {share:.0%}",
    "plot.dead": "outside, no gradient: {share:.0%}",
    "plot.share_outside": "outside the band (share of samples)",
    "plot.share_dead": "outside, no gradient (share of samples)",
    "plot.step": "how far along the update (0: before, 1: after)",
    "plot.l_cpi": "unlimited: mean of r A",
    "plot.l_clip": "$L^{CLIP}$",
    "plot.true_return": "true mean return (reward)",
    "plot.surrogates": "surrogates (in standard deviations of A)",
    "plot.some_diverged": "{count} of {num_agents} diverged",
    "plot.count_diverged": "{count} diverged",
    "plot.count_diverged_short": "({count})",
    "plot.count_diverged_key": "(n): n diverged",
    "plot.no_agent": "–",
    "plot.final_return": "median final return (reward)",
    "run.yours": "your surrogate",
    "run.yours_wrong": "your surrogate (the check objects)",
    "run.reference": "the course's surrogate (yours does not run yet)",
    "run.planted": "with max for min",
    "run.only": "PPO",
    "film.untrained": "untrained",
    "film.trained": "trained",
    "film.steps": "{caption}: {num_steps} steps",
    "alt.ratios_no_limit": (
        "Histogram of 1,024 ratios after ten epochs without a limit: one heap near 0, one near 2, "
        "few between 0.8 and 1.2."
    ),
    "alt.ratios_clipped": (
        "Histogram of 1,024 ratios after an update of PPO: a broad block around 1 that reaches "
        "beyond the band from 0.8 to 1.2; of those outside, over half have no gradient."
    ),
    "alt.surrogate": (
        "The objective of one sample against its ratio. For advantage 1 it rises with the ratio "
        "and is flat above 1.2; for advantage -1 it is flat below 0.8 and falls from there on."
    ),
    "alt.shares": (
        "Share of samples after each of ten epochs, ten seeds and their median. Left, outside the "
        "band: it swings between 0 and 0.3. Right, with no gradient: the same shape, "
        "a little over half as high."
    ),
    "alt.walk": (
        "Left, along the walk from 0 to 6: the unlimited surrogate rises until 3 or 4, L^CLIP "
        "turns down at 1 and falls below 0. Right, the true mean return: it rises to its top near "
        "4 and falls after that."
    ),
    "alt.training": (
        "Three panels against environment steps: "
        "mean episode return, approximate KL, clip fraction."
    ),
    "alt.training_run": (
        "{label}: after {env_steps} steps the last 20 episodes have a mean return of "
        "{episode_return:.0f}."
    ),
    "alt.sweep": (
        "Lines against environment steps: {quantity}. Each is the median over some agents, in a "
        "band from the lower to the upper quartile; thin lines, where there are any, are agents."
    ),
    "alt.sweep_line": "{label} ends at {median}, quartiles {lower} and {upper}.",
    "alt.sweep_line_open": (
        "{label} ends at {median}, upper quartile {upper}; the lower one is among the diverged."
    ),
    "alt.sweep_line_short": "{label} stops at {median} after {env_steps} steps.",
    "alt.sweep_line_none": "{label} has no line.",
    "alt.heat_map": "Heat map: {label}.",
    "alt.heat_map_columns": "Columns from left to right: {columns}.",
    "alt.heat_map_row": "{row}: {cells}.",
    "alt.heat_map_only_row": "{cells}.",
    "alt.heat_map_no_agent": "no agent",
    "alt.heat_map_no_number": "no number",
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
    "check.elementwise": (
        "Python's min, max and if look at a single number. For a tensor take torch.min, torch.max, "
        "torch.where or clamp, which look at each element."
    ),
    "check.blank_helper": "Does it call a function of yours that is still blank?",
    "check.raised": "Your function stopped with {error}",
    "check.line": "in the line:  {line}",
    "check.returns_none_here": (
        "For this input {name} returns nothing, though it does for others. Which branch lacks a "
        "return?"
    ),
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
        "Whatever goes in, the lower edge comes out: have min and max, or the two edges, changed "
        "places? To hold a number below the upper edge, take the smaller of the two."
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
    "check.stay_in_band.width_for_edge": (
        "Outside the band your function returns the clip range itself. The edges of the band are "
        "that far from 1."
    ),
    "check.stay_in_band.back_to_1": (
        "A ratio outside the band comes back as 1. It should stop at the nearest edge."
    ),
    "check.stay_in_band.fixed_width": (
        "The band is right for a clip range of 0.2 and for no other: a 0.2 is written into the "
        "function where clip_range belongs."
    ),
    "check.stay_in_band.unchanged": (
        "The ratio comes back as it went in, also from outside the band: try 1.5 and 0.5."
    ),
    # Checks: lesson 04.
    "check.probability_ratio.right": "Values and gradients agree, for every shape tried.",
    "check.probability_ratio.no_exp": (
        "This is the logarithm of the ratio: 0 where nothing has changed, not 1. What undoes a "
        "logarithm?"
    ),
    "check.probability_ratio.upside_down": (
        "The ratio is upside down: yours is above 1 when the action has become less likely. The "
        "new policy belongs on top."
    ),
    "check.probability_ratio.of_logs": (
        "You divide the logarithms. The logarithm of a quotient is a difference of logarithms."
    ),
    "check.probability_ratio.difference": (
        "This is the difference of the two probabilities. How many times likelier is asked, not "
        "by how much."
    ),
    "check.probability_ratio.exp_of_quotient": (
        "The exponential is there, but inside it you divide the logarithms. A quotient of "
        "probabilities is a difference of logarithms."
    ),
    "check.probability_ratio.sum": (
        "The logarithms are added, which multiplies the probabilities. To divide, subtract."
    ),
    "check.probability_ratio.mean": (
        "You return one number. Each sample has a ratio of its own; the mean is taken later."
    ),
    "check.probability_ratio.overflow": (
        "Right, until the probabilities become too small for a 32-bit float: at a log-probability "
        "of -200 both exponentials are 0, and their quotient is no number. Subtract first."
    ),
    "check.probability_ratio.detached": (
        "The values are right, but no gradient reaches log_probs: this policy could not learn. "
        "Where is it cut off?"
    ),
    "check.clipped_term.right": "Values and gradients agree, for both signs of the advantage.",
    "check.clipped_term.without_advantage": (
        "This is the clipped ratio alone. The term is that ratio times the advantage."
    ),
    "check.clipped_term.around_0": (
        "The band lies around 0. A ratio of 1 means that nothing has changed, so the band lies "
        "around 1."
    ),
    "check.clipped_term.clips_product": (
        "You clip the product of ratio and advantage. Clip the ratio alone, then multiply: the "
        "band says how far a probability may move, whatever the advantage."
    ),
    "check.clipped_term.clips_advantage": (
        "You clip the advantage. It is the ratio that is held in the band; the advantage stays "
        "as it is."
    ),
    "check.clipped_term.no_low": "The upper edge of the band is there; the lower one is missing.",
    "check.clipped_term.no_high": "The lower edge of the band is there; the upper one is missing.",
    "check.clipped_term.unclipped": "Nothing is clipped: this is ratio times advantage.",
    "check.clipped_term.fixed_band": (
        "The band is right for a clip_range of 0.2 and for no other: numbers stand where "
        "clip_range belongs."
    ),
    "check.clipped_term.zero_outside": (
        "Outside the band you return 0. It is the slope that becomes 0 there; the term itself "
        "stays at the edge of the band."
    ),
    "check.clipped_term.mean": (
        "You return one number. Here each sample keeps its own; the mean comes last."
    ),
    "check.clipped_term.already_min": (
        "This is already the minimum of both terms. For now only the clipped term is asked for."
    ),
    "check.clipped_surrogate.right": (
        "Values and gradients agree in all six cases. This is the function that trains agents in "
        "this course."
    ),
    "check.surrogate.max_for_min": (
        "You take the larger of the two terms. The objective is the pessimistic one: which of the "
        "two is never too good to be true?"
    ),
    "check.surrogate.negative": (
        "The size is right and the sign is not. The surrogate is an objective, to be made large; "
        "the minus that turns it into a loss comes later, in one place."
    ),
    "check.surrogate.no_exp": (
        "Your ratio is a difference of log-probabilities, which is 0 where nothing has changed. "
        "What undoes the logarithm?"
    ),
    "check.surrogate.upside_down": (
        "Old and new have changed places: your ratio grows when the action becomes less likely."
    ),
    "check.surrogate.sum": (
        "You add the samples up. With a sum, a batch twice as large takes a step twice as large; "
        "the formula has a mean."
    ),
    "check.surrogate.clips_advantage": (
        "It is the advantage that you clip. The band holds the ratio; the advantage stays as it is."
    ),
    "check.surrogate.clips_advantage_around_0": (
        "It is the advantage that you clip, to a band around 0. The band lies around 1 and holds "
        "the ratio; the advantage stays as it is."
    ),
    "check.surrogate.no_min": (
        "This is the clipped term alone. Without the min, a sample that moved the wrong way out of "
        "the band has no gradient to bring it back."
    ),
    "check.surrogate.no_clip": (
        "Nothing is clipped: this is the mean of ratio times advantage, which has no limit."
    ),
    "check.surrogate.around_0": (
        "Your band lies around 0, from -clip_range to clip_range. Where does a ratio lie when "
        "nothing has changed?"
    ),
    "check.surrogate.fixed_band": (
        "The band is right for a clip_range of 0.2 and for no other: numbers stand where "
        "clip_range belongs."
    ),
    "check.surrogate.overflow": (
        "Right, until the probabilities become too small for a 32-bit float: at a log-probability "
        "of -200 both exponentials are 0, and their quotient is no number. Subtract first."
    ),
    "check.surrogate.half_a_loss": (
        "Both terms carry a minus, and the min of them is taken. A loss is the negative of the "
        "whole objective: with the signs turned, the min would have to become a max."
    ),
    "check.surrogate.masked": (
        "Samples outside the band count 0. They should count what the smaller of the two terms is; "
        "those that went the wrong way keep their slope."
    ),
    "check.surrogate.clips_log_ratio": (
        "You clip the logarithm of the ratio. The band from 1 - clip_range to 1 + clip_range is "
        "one for the ratio itself."
    ),
    "check.surrogate.edges_swapped": (
        "The lower edge of the clamp is above its upper one, so every ratio comes out the same."
    ),
    "check.surrogate.ratio_of_logs": (
        "Your ratio divides the logarithms. The logarithm of a quotient is a difference."
    ),
    "check.surrogate.clipped_without_advantage": (
        "The clipped ratio is not multiplied by the advantage before the min is taken."
    ),
    "check.surrogate.max_of_means": (
        "You average first and then take the max of two numbers. Two slips in one line: it is the "
        "min, and it belongs to each sample."
    ),
    "check.surrogate.clips_product": (
        "You clip the product of ratio and advantage. Clip the ratio first, then multiply."
    ),
    "check.surrogate.min_without_advantage": (
        "Your ratio is cut from above only, whatever the sign of the advantage. If you took "
        "the min of two ratios: a negative advantage turns their order round, so multiply by it "
        "first."
    ),
    "check.surrogate.min_of_means": (
        "You average first and take the min of two numbers. The min belongs to each sample; the "
        "mean comes last."
    ),
    "check.surrogate.no_mean": (
        "Each sample's term is right. The objective is one number, their mean."
    ),
    "check.surrogate.smallest": (
        "With one argument, torch.min returns the smallest sample. The mean over the samples is "
        "what is asked for."
    ),
    "check.surrogate.detached": (
        "The value is right, but no gradient reaches log_probs: this policy could not learn. "
        "Where is it cut off?"
    ),
    "check.repaired_surrogate.right": (
        "The bug is gone: the min is taken sample by sample, before the mean."
    ),
    "check.repaired_surrogate.unchanged": (
        "The bug is still there. Work it out for a batch of two samples of advantage 1, one far "
        "above the band and one far below. Which of them keeps a gradient?"
    ),
    "check.repaired_surrogate.half_unclipped": (
        "Half repaired: the unclipped term is still averaged before the min."
    ),
    "check.repaired_surrogate.half_clipped": (
        "Half repaired: the clipped term is still averaged before the min."
    ),
    "check.penalty_surrogate.right": (
        "Values and gradients agree: surrogate less penalty. Now choose a beta."
    ),
    "check.penalty_surrogate.other_estimate": (
        "mean(old - new) estimates the same KL, and rightly, with more noise. The exercise asks "
        "for approx_kl, whose terms are never below 0."
    ),
    "check.penalty_surrogate.added": (
        "The penalty is added, so that going far is rewarded. The objective is made large: what "
        "is unwanted is subtracted."
    ),
    "check.penalty_surrogate.still_clipped": (
        "The penalty is there, and so is a clip. In this variant nothing is clipped; beta weighs "
        "the penalty and is no band."
    ),
    "check.penalty_surrogate.clip_alone": (
        "The penalty is there, and so is a clip. In this variant nothing is clipped; beta weighs "
        "the penalty and is no band. (Nor is there a min.)"
    ),
    "check.penalty_surrogate.sum": "You add the samples up. The objective has their mean.",
    "check.penalty_surrogate.no_beta": "The penalty is there, but beta does not weigh it.",
    "check.penalty_surrogate.no_penalty": (
        "This is ratio times advantage alone. The penalty, beta times the KL, is missing."
    ),
    "check.penalty_surrogate.reversed": (
        "The KL's arguments have changed places: approx_kl takes the new log-probabilities first."
    ),
    "check.penalty_surrogate.detached": (
        "The value is right, but no gradient flows through the penalty: it could not hold "
        "anything back."
    ),
    "check.penalty_surrogate.negative": (
        "The size is right and the sign is not: this is an objective, to be made large."
    ),
    "check.penalty_surrogate.no_mean": (
        "You return a number for each sample. The objective is their mean."
    ),
    # The command line.
    "cli.interrupted": "stopped after {env_steps} environment steps",
    "cli.failed": "stopped after {env_steps} environment steps: {error}",
    "cli.saved": "agent saved to {path}",
    "cli.evaluated": (
        "return over {episodes} stochastic episodes: "
        "mean {mean:.1f}, standard deviation {std:.1f}, from {low:.0f} to {high:.0f}"
    ),
    # The clip explorer.
    "clip_explorer.title": "Clip explorer",
    "clip_explorer.axis.ratio": "probability ratio r = π(a|s) / π_[old](a|s)",
    "clip_explorer.axis.objective": "objective (in A's unit)",
    "clip_explorer.axis.gradient": "slope ∂L/∂r",
    "clip_explorer.axis.gradient_unit": "(in A's unit)",
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
