"""The exercises of lesson 04: the ratio, the clipped term, the surrogate, a bug, a penalty."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ppo_lib.course.checks.exercise import Arguments, Exercise
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


def _clip(ratio: Tensor, clip_range: float) -> Tensor:
    return ratio.clamp(1 - clip_range, 1 + clip_range)


def clipped_term(ratio: Tensor, advantages: Tensor, clip_range: float) -> Tensor:
    """Return clip(r, 1 - ε, 1 + ε) · A for each sample."""
    return _clip(ratio, clip_range) * advantages


def penalty_surrogate(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, beta: float
) -> Tensor:
    """Return mean(r · A) - β · KL, the penalty variant of PPO.

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), equation 8;
    there the KL is exact, here it is estimated from the same samples.
    """
    ratio = probability_ratio(log_probs, old_log_probs)
    return (ratio * advantages).mean() - beta * approx_kl(log_probs, old_log_probs)


def min_of_means(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip_range: float
) -> Tensor:
    """Return the surrogate with the bug of exercise 4: the min is taken after the means."""
    ratio = torch.exp(log_probs - old_log_probs)
    unclipped = (ratio * advantages).mean()
    clipped = (ratio.clamp(1 - clip_range, 1 + clip_range) * advantages).mean()
    return torch.min(unclipped, clipped)


def _surrogate_by_cases(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip_range: float
) -> Tensor:
    """Return L^CLIP without min or clamp: a good action has a ceiling, a bad one a floor."""
    ratio = 1 / torch.exp(old_log_probs - log_probs)
    ceiling = torch.where(ratio > 1 + clip_range, torch.full_like(ratio, 1 + clip_range), ratio)
    floor = torch.where(ratio < 1 - clip_range, torch.full_like(ratio, 1 - clip_range), ratio)
    return torch.mean(torch.where(advantages > 0, ceiling, floor) * advantages)


SURROGATE_MISTAKES = {
    "check.surrogate.max_for_min": lambda new, old, a, eps: torch.max(
        torch.exp(new - old) * a, _clip(torch.exp(new - old), eps) * a
    ).mean(),
    "check.surrogate.negative": lambda *arguments: -clipped_surrogate(*arguments),
    "check.surrogate.no_exp": lambda new, old, a, eps: torch.min(
        (new - old) * a, _clip(new - old, eps) * a
    ).mean(),
    "check.surrogate.upside_down": lambda new, old, a, eps: clipped_surrogate(old, new, a, eps),
    "check.surrogate.sum": lambda new, old, a, eps: clipped_surrogate(new, old, a, eps) * len(a),
    "check.surrogate.clips_advantage": lambda new, old, a, eps: torch.min(
        torch.exp(new - old) * a, torch.exp(new - old) * a.clamp(1 - eps, 1 + eps)
    ).mean(),
    "check.surrogate.clips_advantage_around_0": lambda new, old, a, eps: torch.min(
        torch.exp(new - old) * a, torch.exp(new - old) * a.clamp(-eps, eps)
    ).mean(),
    "check.surrogate.no_min": lambda new, old, a, eps: (
        _clip(torch.exp(new - old), eps) * a
    ).mean(),
    "check.surrogate.no_clip": lambda new, old, a, eps: (torch.exp(new - old) * a).mean(),
    "check.surrogate.around_0": lambda new, old, a, eps: torch.min(
        torch.exp(new - old) * a, torch.exp(new - old).clamp(-eps, eps) * a
    ).mean(),
    "check.surrogate.fixed_band": lambda new, old, a, eps: clipped_surrogate(new, old, a, 0.2),
    "check.surrogate.overflow": lambda new, old, a, eps: torch.min(
        torch.exp(new) / torch.exp(old) * a, _clip(torch.exp(new) / torch.exp(old), eps) * a
    ).mean(),
    "check.surrogate.half_a_loss": lambda new, old, a, eps: torch.min(
        -torch.exp(new - old) * a, -_clip(torch.exp(new - old), eps) * a
    ).mean(),
    "check.surrogate.masked": lambda new, old, a, eps: torch.where(
        (torch.exp(new - old) - 1).abs() <= eps, torch.exp(new - old) * a, torch.zeros_like(a)
    ).mean(),
    "check.surrogate.clips_log_ratio": lambda new, old, a, eps: torch.min(
        torch.exp(new - old) * a, torch.exp((new - old).clamp(-eps, eps)) * a
    ).mean(),
    "check.surrogate.edges_swapped": lambda new, old, a, eps: torch.min(
        torch.exp(new - old) * a, torch.exp(new - old).clamp(1 + eps, 1 - eps) * a
    ).mean(),
    "check.surrogate.ratio_of_logs": lambda new, old, a, eps: torch.min(
        new / old * a, _clip(new / old, eps) * a
    ).mean(),
    "check.surrogate.clipped_without_advantage": lambda new, old, a, eps: torch.min(
        torch.exp(new - old) * a, _clip(torch.exp(new - old), eps)
    ).mean(),
    "check.surrogate.max_of_means": lambda new, old, a, eps: torch.max(
        (torch.exp(new - old) * a).mean(), (_clip(torch.exp(new - old), eps) * a).mean()
    ),
    "check.surrogate.clips_product": lambda new, old, a, eps: torch.min(
        torch.exp(new - old) * a, (torch.exp(new - old) * a).clamp(1 - eps, 1 + eps)
    ).mean(),
    "check.surrogate.min_without_advantage": lambda new, old, a, eps: (
        torch.min(torch.exp(new - old), _clip(torch.exp(new - old), eps)) * a
    ).mean(),
    "check.surrogate.min_of_means": min_of_means,
    "check.surrogate.no_mean": lambda new, old, a, eps: torch.min(
        torch.exp(new - old) * a, _clip(torch.exp(new - old), eps) * a
    ),
    "check.surrogate.smallest": lambda new, old, a, eps: torch.min(
        torch.min(torch.exp(new - old) * a, _clip(torch.exp(new - old), eps) * a)
    ),
    "check.surrogate.detached": lambda new, old, a, eps: clipped_surrogate(
        new.detach(), old, a, eps
    ),
}

EXERCISES = (
    Exercise(
        name="probability_ratio",
        reference=probability_ratio,
        alternative=lambda new, old: 1 / (old - new).exp(),
        wrong={
            "check.probability_ratio.overflow": lambda new, old: torch.exp(new) / torch.exp(old),
            "check.probability_ratio.no_exp": lambda new, old: new - old,
            "check.probability_ratio.upside_down": lambda new, old: torch.exp(old - new),
            "check.probability_ratio.of_logs": lambda new, old: new / old,
            "check.probability_ratio.difference": lambda new, old: torch.exp(new) - torch.exp(old),
            "check.probability_ratio.exp_of_quotient": lambda new, old: torch.exp(new / old),
            "check.probability_ratio.sum": lambda new, old: torch.exp(new + old),
            "check.probability_ratio.mean": lambda new, old: torch.exp(new - old).mean(),
            "check.probability_ratio.detached": lambda new, old: torch.exp(new - old).detach(),
        },
        inputs=_ratio_inputs,
    ),
    Exercise(
        name="clipped_term",
        reference=clipped_term,
        alternative=lambda ratio, a, eps: (
            a * torch.maximum(torch.minimum(ratio, 1 + 0 * ratio + eps), 1 + 0 * ratio - eps)
        ),
        wrong={
            "check.clipped_term.without_advantage": lambda ratio, a, eps: _clip(ratio, eps),
            "check.clipped_term.around_0": lambda ratio, a, eps: ratio.clamp(-eps, eps) * a,
            "check.clipped_term.clips_product": lambda ratio, a, eps: _clip(ratio * a, eps),
            "check.clipped_term.clips_advantage": lambda ratio, a, eps: ratio * _clip(a, eps),
            "check.clipped_term.no_low": lambda ratio, a, eps: ratio.clamp(max=1 + eps) * a,
            "check.clipped_term.no_high": lambda ratio, a, eps: ratio.clamp(min=1 - eps) * a,
            "check.clipped_term.unclipped": lambda ratio, a, eps: ratio * a,
            "check.clipped_term.fixed_band": lambda ratio, a, eps: _clip(ratio, 0.2) * a,
            "check.clipped_term.zero_outside": lambda ratio, a, eps: torch.where(
                (ratio - 1).abs() <= eps, ratio * a, torch.zeros_like(ratio)
            ),
            "check.clipped_term.mean": lambda ratio, a, eps: (_clip(ratio, eps) * a).mean(),
            "check.clipped_term.already_min": lambda ratio, a, eps: torch.min(
                ratio * a, _clip(ratio, eps) * a
            ),
        },
        inputs=_clipped_term_inputs,
    ),
    Exercise(
        name="clipped_surrogate",
        reference=clipped_surrogate,
        alternative=_surrogate_by_cases,
        wrong=SURROGATE_MISTAKES,
        inputs=_surrogate_inputs,
    ),
    Exercise(
        name="repaired_surrogate",
        reference=clipped_surrogate,
        alternative=_surrogate_by_cases,
        wrong={
            **{k: f for k, f in SURROGATE_MISTAKES.items() if f is not min_of_means},
            "check.repaired_surrogate.unchanged": min_of_means,
            "check.repaired_surrogate.half_unclipped": lambda new, old, a, eps: torch.min(
                (torch.exp(new - old) * a).mean(), _clip(torch.exp(new - old), eps) * a
            ).mean(),
            "check.repaired_surrogate.half_clipped": lambda new, old, a, eps: torch.min(
                torch.exp(new - old) * a, (_clip(torch.exp(new - old), eps) * a).mean()
            ).mean(),
        },
        inputs=_surrogate_inputs,
    ),
    Exercise(
        name="penalty_surrogate",
        reference=penalty_surrogate,
        alternative=lambda new, old, a, beta: torch.mean(
            torch.exp(new - old) * a - beta * (torch.exp(new - old) - 1 - (new - old))
        ),
        wrong={
            "check.penalty_surrogate.other_estimate": lambda new, old, a, beta: (
                (torch.exp(new - old) * a).mean() - beta * (old - new).mean()
            ),
            "check.penalty_surrogate.added": lambda new, old, a, beta: (
                (torch.exp(new - old) * a).mean() + beta * approx_kl(new, old)
            ),
            "check.penalty_surrogate.no_beta": lambda new, old, a, beta: (
                (torch.exp(new - old) * a).mean() - approx_kl(new, old)
            ),
            "check.penalty_surrogate.still_clipped": lambda new, old, a, beta: (
                clipped_surrogate(new, old, a, beta) - beta * approx_kl(new, old)
            ),
            "check.penalty_surrogate.clip_alone": lambda new, old, a, beta: (
                (_clip(torch.exp(new - old), beta) * a).mean() - beta * approx_kl(new, old)
            ),
            "check.penalty_surrogate.sum": lambda new, old, a, beta: (
                (torch.exp(new - old) * a).sum() - beta * approx_kl(new, old)
            ),
            "check.penalty_surrogate.no_penalty": lambda new, old, a, beta: (
                torch.exp(new - old) * a
            ).mean(),
            "check.penalty_surrogate.reversed": lambda new, old, a, beta: (
                (torch.exp(new - old) * a).mean() - beta * approx_kl(old, new)
            ),
            "check.penalty_surrogate.detached": lambda new, old, a, beta: (
                (torch.exp(new - old) * a).mean() - beta * approx_kl(new, old).detach()
            ),
            "check.penalty_surrogate.negative": lambda *arguments: -penalty_surrogate(*arguments),
            "check.penalty_surrogate.no_mean": lambda new, old, a, beta: (
                torch.exp(new - old) * a - beta * approx_kl(new, old)
            ),
        },
        inputs=_penalty_inputs,
    ),
)
