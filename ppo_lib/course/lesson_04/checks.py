"""The exercises of lesson 04: the ratio, the clipped term, the surrogate, a bug, a penalty."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ppo_lib.course.checks.exercise import Arguments, Exercise, edit
from ppo_lib.diagnostics import approx_kl
from ppo_lib.losses import clipped_surrogate, probability_ratio

CLIP_RANGES = (0.2, 0.1, 0.3)
SHAPES = ((8,), (1,), (40,))
RARE = torch.tensor([-200.0, -150.0])  # the exponential of either is 0 in float32


def _log_probs(generator: torch.Generator, shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Return new and old log-probabilities whose ratios lie below, in and above any band."""
    old = torch.log(torch.rand(shape, generator=generator) * 0.5 + 0.05)
    change = torch.randn(shape, generator=generator) * 0.5
    if shape == SHAPES[0]:
        old = torch.log(torch.full(shape, 0.15))
        change = torch.log(torch.tensor([0.5, 1.1, 1.6, 0.6, 0.9, 1.7, 0.05, 6.0]))
    return old + change, old


def _advantages(generator: torch.Generator, shape: tuple[int, ...]) -> Tensor:
    """Return advantages of both signs; with `_log_probs` the first six make all six cases.

    The ratios of the last two lie far out. Their advantages are small, so that over the eight
    samples the unclipped mean is the larger one.
    """
    if shape == SHAPES[0]:
        return torch.tensor([1.0, 0.5, 2.0, -1.0, -1.5, -0.5, 0.2, -0.03])
    return torch.randn(shape, generator=generator)


def _ratio_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    cases = []
    for shape in (*SHAPES, (3, 4)):
        new, old = _log_probs(generator, shape)
        cases.append({"log_probs": new.requires_grad_(), "old_log_probs": old})
    cases.append({"log_probs": (RARE + 0.1).requires_grad_(), "old_log_probs": RARE})
    return cases


def _clipped_term_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    cases = []
    for shape, clip_range in zip(SHAPES, CLIP_RANGES, strict=True):
        new, old = _log_probs(generator, shape)
        ratio = torch.exp(new - old).requires_grad_()
        advantages = _advantages(generator, shape)
        cases.append({"ratio": ratio, "advantages": advantages, "clip_range": clip_range})
    return cases


def _surrogate_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    cases = []
    for shape, clip_range in zip(SHAPES, CLIP_RANGES, strict=True):
        new, old = _log_probs(generator, shape)
        cases.append(
            {
                "log_probs": new.requires_grad_(),
                "old_log_probs": old,
                "advantages": _advantages(generator, shape),
                "clip_range": clip_range,
            }
        )
    cases.append(
        {
            "log_probs": (RARE + torch.tensor([0.1, 0.5])).requires_grad_(),
            "old_log_probs": RARE,
            "advantages": torch.tensor([1.0, -1.0]),
            "clip_range": 0.2,
        }
    )
    return cases


def _penalty_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    cases = _surrogate_inputs(generator)
    return [
        {**{k: v for k, v in case.items() if k != "clip_range"}, "beta": beta}
        for case, beta in zip(cases, (0.2, 0.1, 4.0, 1.0), strict=True)
    ]


def clipped_term(ratio: Tensor, advantages: Tensor, clip_range: float) -> Tensor:
    """Return clip(r, 1 - ε, 1 + ε) · A for each sample."""
    return ratio.clamp(1 - clip_range, 1 + clip_range) * advantages


def penalty_surrogate(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, beta: float
) -> Tensor:
    """Return mean(r · A) - β · KL, the penalty variant of PPO.

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), equation 8;
    there the KL is exact, here it is estimated from the same samples.
    """
    ratio = probability_ratio(log_probs, old_log_probs)
    return (ratio * advantages).mean() - beta * approx_kl(log_probs, old_log_probs)


def _surrogate_by_cases(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip_range: float
) -> Tensor:
    """Return L^CLIP without min or clamp: a good action has a ceiling, a bad one a floor."""
    ratio = 1 / torch.exp(old_log_probs - log_probs)
    ceiling = torch.where(ratio > 1 + clip_range, torch.full_like(ratio, 1 + clip_range), ratio)
    floor = torch.where(ratio < 1 - clip_range, torch.full_like(ratio, 1 - clip_range), ratio)
    return torch.mean(torch.where(advantages > 0, ceiling, floor) * advantages)


# fmt: off
MIN_OF_MEANS = edit("(unclipped, clipped).mean()", "(unclipped.mean(), clipped.mean())")
"""The bug that exercise 4 has planted."""

SURROGATE_MISTAKES = (
    ("surrogate.max_for_min", edit("torch.min", "torch.max"),
     "You take the larger of the two terms. The objective is the pessimistic one: which of the two "
     "is never too good to be true?"),
    ("surrogate.negative", edit("return ", "return -"),
     "The size is right and the sign is not. The surrogate is an objective, to be made large; the "
     "minus that turns it into a loss comes later, in one place."),
    ("surrogate.no_exp",
     edit("probability_ratio(log_probs, old_log_probs)", "log_probs - old_log_probs"),
     "Your ratio is a difference of log-probabilities, which is 0 where nothing has changed. What "
     "undoes the logarithm?"),
    ("surrogate.upside_down", edit("(log_probs, old_log_probs)", "(old_log_probs, log_probs)"),
     "Old and new have changed places: your ratio grows when the action becomes less likely."),
    ("surrogate.sum", edit(".mean()", ".sum()"),
     "You add the samples up. With a sum, a batch twice as large takes a step twice as large; the "
     "formula has a mean."),
    ("surrogate.clips_advantage",
     edit("ratio.clamp", "advantages.clamp", ") * advantages", ") * ratio"),
     "It is the advantage that you clip. The band holds the ratio; the advantage stays as it is."),
    ("surrogate.clips_advantage_around_0",
     edit("ratio.clamp(1.0 - clip_range, 1.0 + clip_range) * advantages",
          "ratio * advantages.clamp(-clip_range, clip_range)"),
     "It is the advantage that you clip, to a band around 0. The band lies around 1 and holds the "
     "ratio; the advantage stays as it is."),
    ("surrogate.no_min", edit("torch.min(unclipped, clipped)", "clipped"),
     "This is the clipped term alone. Without the min, a sample that moved the wrong way out of "
     "the band has no gradient to bring it back."),
    ("surrogate.no_clip", edit("torch.min(unclipped, clipped)", "unclipped"),
     "Nothing is clipped: this is the mean of ratio times advantage, which has no limit."),
    ("surrogate.around_0", edit("1.0 - ", "-", "1.0 + ", ""),
     "Your band lies around 0, from -clip_range to clip_range. Where does a ratio lie when nothing "
     "has changed?"),
    ("surrogate.fixed_band", edit("1.0 - clip_range, 1.0 + clip_range", "0.8, 1.2"),
     "The band is right for a clip_range of 0.2 and for no other: numbers stand where clip_range "
     "belongs."),
    ("surrogate.overflow",
     edit("probability_ratio(log_probs, old_log_probs)",
          "torch.exp(log_probs) / torch.exp(old_log_probs)"),
     "Right, until the probabilities become too small for a 32-bit float: at a log-probability of "
     "-200 both exponentials are 0, and their quotient is no number. Subtract first."),
    ("surrogate.half_a_loss", edit("(unclipped, clipped)", "(-unclipped, -clipped)"),
     "Both terms carry a minus, and the min of them is taken. A loss is the negative of the whole "
     "objective: with the signs turned, the min would have to become a max."),
    ("surrogate.masked",
     edit("torch.min(unclipped, clipped)",
          "torch.where((ratio - 1).abs() <= clip_range, unclipped, 0)"),
     "Samples outside the band count 0. They should count what the smaller of the two terms is; "
     "those that went the wrong way keep their slope."),
    ("surrogate.clips_log_ratio",
     edit("ratio.clamp(1.0 - clip_range, 1.0 + clip_range)",
          "ratio.log().clamp(-clip_range, clip_range).exp()"),
     "You clip the logarithm of the ratio. The band from 1 - clip_range to 1 + clip_range is one "
     "for the ratio itself."),
    ("surrogate.edges_swapped", edit("1.0 - clip_range, 1.0 +", "1.0 + clip_range, 1.0 -"),
     "The lower edge of the clamp is above its upper one, so every ratio comes out the same."),
    ("surrogate.ratio_of_logs",
     edit("probability_ratio(log_probs, old_log_probs)", "log_probs / old_log_probs"),
     "Your ratio divides the logarithms. The logarithm of a quotient is a difference."),
    ("surrogate.clipped_without_advantage", edit(") * advantages", ")"),
     "The clipped ratio is not multiplied by the advantage before the min is taken."),
    ("surrogate.max_of_means",
     edit("min(unclipped, clipped).mean()", "max(unclipped.mean(), clipped.mean())"),
     "You average first and then take the max of two numbers. Two slips in one line: it is the "
     "min, and it belongs to each sample."),
    ("surrogate.clips_product", edit("ratio.clamp", "unclipped.clamp", ") * advantages", ")"),
     "You clip the product of ratio and advantage. Clip the ratio first, then multiply."),
    ("surrogate.min_without_advantage",
     edit("torch.min(unclipped, clipped)", "(ratio.clamp(max=1 + clip_range) * advantages)"),
     "Your ratio is cut from above only, whatever the sign of the advantage. If you took the min "
     "of two ratios: a negative advantage turns their order round, so multiply by it first."),
    ("surrogate.min_of_means", MIN_OF_MEANS,
     "You average first and take the min of two numbers. The min belongs to each sample; the mean "
     "comes last."),
    ("surrogate.no_mean", edit(".mean()", ""),
     "Each sample's term is right. The objective is one number, their mean."),
    ("surrogate.smallest", edit(".mean()", ".min()"),
     "With one argument, torch.min returns the smallest sample. The mean over the samples is what "
     "is asked for."),
    ("surrogate.detached",
     edit("(log_probs, old_log_probs)", "(log_probs.detach(), old_log_probs)"),
     "The value is right, but no gradient reaches log_probs: this policy could not learn. Where is "
     "it cut off?"),
)

EXERCISES = (
    Exercise(
        name="probability_ratio",
        reference=probability_ratio,
        alternative=lambda new, old: 1 / (old - new).exp(),
        inputs=_ratio_inputs,
        right="Values and gradients agree, for every shape tried.",
        wrong=(
            ("probability_ratio.overflow",
             edit("log_probs - old_log_probs", "log_probs) / torch.exp(old_log_probs"),
             "Right, until the probabilities become too small for a 32-bit float: at a "
             "log-probability of -200 both exponentials are 0, and their quotient is no number. "
             "Subtract first."),
            ("probability_ratio.no_exp", edit("torch.exp", ""),
             "This is the logarithm of the ratio: 0 where nothing has changed, not 1. What undoes "
             "a logarithm?"),
            ("probability_ratio.upside_down",
             edit("log_probs - old_log_probs", "old_log_probs - log_probs"),
             "The ratio is upside down: yours is above 1 when the action has become less likely. "
             "The new policy belongs on top."),
            ("probability_ratio.of_logs", edit("torch.exp", "", "log_probs - ", "log_probs / "),
             "You divide the logarithms. The logarithm of a quotient is a difference of "
             "logarithms."),
            ("probability_ratio.difference",
             edit("log_probs - old_log_probs", "log_probs) - torch.exp(old_log_probs"),
             "This is the difference of the two probabilities. How many times likelier is asked, "
             "not by how much."),
            ("probability_ratio.exp_of_quotient", edit("log_probs - ", "log_probs / "),
             "The exponential is there, but inside it you divide the logarithms. A quotient of "
             "probabilities is a difference of logarithms."),
            ("probability_ratio.sum", edit("log_probs - ", "log_probs + "),
             "The logarithms are added, which multiplies the probabilities. To divide, subtract."),
            ("probability_ratio.mean", edit("- old_log_probs)", "- old_log_probs).mean()"),
             "You return one number. Each sample has a ratio of its own; the mean is taken later."),
            ("probability_ratio.detached", edit("- old_log_probs)", "- old_log_probs).detach()"),
             "The values are right, but no gradient reaches log_probs: this policy could not "
             "learn. Where is it cut off?"),
        ),
    ),
    Exercise(
        name="clipped_term",
        reference=clipped_term,
        alternative=lambda ratio, a, eps: (
            a * torch.maximum(torch.minimum(ratio, 1 + 0 * ratio + eps), 1 + 0 * ratio - eps)
        ),
        inputs=_clipped_term_inputs,
        right="Values and gradients agree, for both signs of the advantage.",
        wrong=(
            ("clipped_term.without_advantage", edit(" * advantages", ""),
             "This is the clipped ratio alone. The term is that ratio times the advantage."),
            ("clipped_term.around_0", edit("1 - ", "-", "1 + ", ""),
             "The band lies around 0. A ratio of 1 means that nothing has changed, so the band "
             "lies around 1."),
            ("clipped_term.clips_product",
             edit("ratio.clamp", "(ratio * advantages).clamp", ") * advantages", ")"),
             "You clip the product of ratio and advantage. Clip the ratio alone, then multiply: "
             "the band says how far a probability may move, whatever the advantage."),
            ("clipped_term.clips_advantage",
             edit("ratio.clamp", "advantages.clamp", "* advantages", "* ratio"),
             "You clip the advantage. It is the ratio that is held in the band; the advantage "
             "stays as it is."),
            ("clipped_term.no_low", edit("1 - clip_range, ", "max="),
             "The upper edge of the band is there; the lower one is missing."),
            ("clipped_term.no_high", edit(", 1 + clip_range", ""),
             "The lower edge of the band is there; the upper one is missing."),
            ("clipped_term.unclipped", edit(".clamp(1 - clip_range, 1 + clip_range)", ""),
             "Nothing is clipped: this is ratio times advantage."),
            ("clipped_term.fixed_band", edit("1 - clip_range, 1 + clip_range", "0.8, 1.2"),
             "The band is right for a clip_range of 0.2 and for no other: numbers stand where "
             "clip_range belongs."),
            ("clipped_term.zero_outside",
             edit("ratio.clamp(1 - clip_range, 1 + clip_range)",
                  "ratio * ((ratio - 1).abs() <= clip_range)"),
             "Outside the band you return 0. It is the slope that becomes 0 there; the term itself "
             "stays at the edge of the band."),
            ("clipped_term.mean",
             edit("ratio.clamp", "torch.mean(ratio.clamp", "* advantages", "* advantages)"),
             "You return one number. Here each sample keeps its own; the mean comes last."),
            ("clipped_term.already_min",
             edit("ratio.clamp", "torch.min(ratio * advantages, ratio.clamp", ") * advantages",
                  ") * advantages)"),
             "This is already the minimum of both terms. For now only the clipped term is asked "
             "for."),
        ),
    ),
    Exercise(
        name="clipped_surrogate",
        reference=clipped_surrogate,
        alternative=_surrogate_by_cases,
        inputs=_surrogate_inputs,
        right=(
            "Values and gradients agree in all six cases. This is the function that trains agents "
            "in this course."
        ),
        wrong=SURROGATE_MISTAKES,
    ),
    Exercise(
        name="repaired_surrogate",
        reference=clipped_surrogate,
        alternative=_surrogate_by_cases,
        inputs=_surrogate_inputs,
        right="The bug is gone: the min is taken sample by sample, before the mean.",
        wrong=(
            *(row for row in SURROGATE_MISTAKES if row[1] is not MIN_OF_MEANS),
            ("repaired_surrogate.unchanged", MIN_OF_MEANS,
             "The bug is still there. Work it out for a batch of two samples of advantage 1, one "
             "far above the band and one far below. Which of them keeps a gradient?"),
            ("repaired_surrogate.half_unclipped", edit("(unclipped, ", "(unclipped.mean(), "),
             "Half repaired: the unclipped term is still averaged before the min."),
            ("repaired_surrogate.half_clipped", edit(", clipped)", ", clipped.mean())"),
             "Half repaired: the clipped term is still averaged before the min."),
        ),
    ),
    Exercise(
        name="penalty_surrogate",
        reference=penalty_surrogate,
        alternative=lambda new, old, a, beta: torch.mean(
            torch.exp(new - old) * a - beta * (torch.exp(new - old) - 1 - (new - old))
        ),
        inputs=_penalty_inputs,
        right="Values and gradients agree: surrogate less penalty. Now choose a beta.",
        wrong=(
            ("penalty_surrogate.other_estimate",
             edit("approx_kl(log_probs, old_log_probs)", "(old_log_probs - log_probs).mean()"),
             "mean(old - new) estimates the same KL, and rightly, with more noise. The exercise "
             "asks for approx_kl, whose terms are never below 0."),
            ("penalty_surrogate.added", edit("- beta", "+ beta"),
             "The penalty is added, so that going far is rewarded. The objective is made large: "
             "what is unwanted is subtracted."),
            ("penalty_surrogate.no_beta", edit("beta * ", ""),
             "The penalty is there, but beta does not weigh it."),
            ("penalty_surrogate.still_clipped",
             edit("(ratio * advantages).mean()",
                  "clipped_surrogate(log_probs, old_log_probs, advantages, beta)"),
             "The penalty is there, and so is a clip. In this variant nothing is clipped; beta "
             "weighs the penalty and is no band."),
            ("penalty_surrogate.clip_alone", edit("(ratio", "(ratio.clamp(1 - beta, 1 + beta)"),
             "The penalty is there, and so is a clip. In this variant nothing is clipped; beta "
             "weighs the penalty and is no band. (Nor is there a min.)"),
            ("penalty_surrogate.sum", edit(".mean()", ".sum()"),
             "You add the samples up. The objective has their mean."),
            ("penalty_surrogate.no_penalty",
             edit(" - beta * approx_kl(log_probs, old_log_probs)", ""),
             "This is ratio times advantage alone. The penalty, beta times the KL, is missing."),
            ("penalty_surrogate.reversed",
             edit("kl(log_probs, old_log_probs)", "kl(old_log_probs, log_probs)"),
             "The KL's arguments have changed places: approx_kl takes the new log-probabilities "
             "first."),
            ("penalty_surrogate.detached",
             edit("kl(log_probs, old_log_probs)", "kl(log_probs, old_log_probs).detach()"),
             "The value is right, but no gradient flows through the penalty: it could not hold "
             "anything back."),
            ("penalty_surrogate.negative", edit("return ", "return -", "- beta", "+ beta"),
             "The size is right and the sign is not: this is an objective, to be made large."),
            ("penalty_surrogate.no_mean", edit(".mean()", ""),
             "You return a number for each sample. The objective is their mean."),
        ),
    ),
)
# fmt: on
