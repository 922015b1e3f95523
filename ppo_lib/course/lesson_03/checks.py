"""The exercises of lesson 03: a weighted mean, effective samples, trajectories, a bug."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ppo_lib.course.checks.exercise import Arguments, Exercise
from ppo_lib.diagnostics import effective_sample_size
from ppo_lib.losses import clipped_surrogate, probability_ratio

RARE = torch.tensor([-200.0, -150.0])  # the exponential of either is 0 in float32


def _samples(generator: torch.Generator) -> Sequence[tuple[Tensor, Tensor, Tensor]]:
    """Return log-probabilities, new and old, and a value of either sign for each of N samples."""
    new = torch.tensor([0.2, 0.3, 0.9]).log()
    old = torch.tensor([0.4, 0.2, 0.6]).log()
    batches = [(new, old, torch.tensor([1.0, 2.0, -2.0]))]
    for size in (1, 5, 30):
        old = torch.log(torch.rand(size, generator=generator) * 0.5 + 0.05)
        new = old + torch.randn(size, generator=generator) * 0.5
        batches.append((new, old, torch.randn(size, generator=generator)))
    batches.append((RARE + torch.tensor([0.1, 0.5]), RARE, torch.tensor([1.0, -3.0])))
    return [(new.requires_grad_(), old, values) for new, old, values in batches]


def _estimate_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    return [
        {"values": values, "log_probs": new, "old_log_probs": old}
        for new, old, values in _samples(generator)
    ]


def _cpi_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    return [
        {"log_probs": new, "old_log_probs": old, "advantages": values}
        for new, old, values in _samples(generator)
    ]


def _ratio_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return ratios whose mean is not 1 as a rule, and two that are all alike."""
    cases = [
        torch.tensor([0.5, 1.0, 3.0]),
        torch.tensor([2.0, 2.0, 2.0, 2.0]),
        torch.tensor([0.5, 0.5]),
        torch.randn(7, generator=generator).exp(),
        torch.randn(40, generator=generator).exp() * 0.2,
    ]
    return [{"ratio": ratio} for ratio in cases]


def _trajectory_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return short trajectories and long ones, whose probabilities are 0 even in float64.

    Behind the end of a trajectory both log-probabilities go on. All are multiples of 1/64, so
    that the sums are exact in whatever order they are taken.
    """
    cases = [
        {
            "log_probs": torch.tensor([[-0.5, -1.0, -2.0], [-1.5, -0.25, -1.0]]),
            "old_log_probs": torch.tensor([[-1.0, -1.25, -1.5], [-0.75, -0.5, -2.0]]),
            "mask": torch.tensor([[True, True, True], [True, True, False]]),
        }
    ]
    for lengths in ((2, 3, 1), (4,), (400, 380)):
        mask = torch.arange(max(lengths) + 1) < torch.tensor(lengths).unsqueeze(-1)
        old = -4 * torch.rand(mask.shape, generator=generator) - 0.5
        new = old + torch.randn(mask.shape, generator=generator) * (2 / max(lengths)) ** 0.5
        cases.append({"log_probs": _on_grid(new), "old_log_probs": _on_grid(old), "mask": mask})
    return cases


def _on_grid(log_probs: Tensor) -> Tensor:
    return (log_probs * 64).round().clamp(max=-1) / 64


def weighted_estimate(values: Tensor, log_probs: Tensor, old_log_probs: Tensor) -> Tensor:
    """Return what the new policy expects of a value, from actions drawn by the old one.

        mean of π(a) / π_old(a) · f(a)

    Args:
        values: (N,), f of each action drawn.
        log_probs: (N,), log π of each.
        old_log_probs: (N,), log π_old of each.

    Returns:
        (); carries the gradient of `log_probs`.
    """
    return (probability_ratio(log_probs, old_log_probs) * values).mean()


def trajectory_ratio(log_probs: Tensor, old_log_probs: Tensor, mask: Tensor) -> Tensor:
    """Return how many times likelier each trajectory has become: exp Σ_t (log π - log π_old).

    Args:
        log_probs: (K, T), of the actions taken.
        old_log_probs: (K, T), the same of the old policy.
        mask: (K, T) bool, the steps that were taken.

    Returns:
        (K,).
    """
    return ((log_probs - old_log_probs) * mask).sum(-1).exp()


def surrogate_cpi(log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor) -> Tensor:
    """Return L^CPI, the mean of r · A.

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), equation 6.
    """
    return (probability_ratio(log_probs, old_log_probs) * advantages).mean()


def forgetful_cpi(log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor) -> Tensor:
    """Return L^CPI with the bug of exercise 4: the old policy is the policy as it is now."""
    return (torch.exp(log_probs - log_probs.detach()) * advantages).mean()


def _entropy(ratio: Tensor) -> Tensor:
    share = ratio / ratio.sum()
    return -(share * share.log()).sum()


def _last(log_probs: Tensor, mask: Tensor) -> Tensor:
    """Return the number (K,) at the last step taken of each trajectory."""
    return log_probs.gather(-1, mask.sum(-1, keepdim=True) - 1).squeeze(-1)


EXERCISES = (
    Exercise(
        name="weighted_estimate",
        reference=weighted_estimate,
        alternative=lambda values, new, old: values @ (new - old).exp() / len(values),
        wrong={
            "check.weighted_estimate.unweighted": lambda f, new, old: f.mean(),
            "check.weighted_estimate.upside_down": lambda f, new, old: (
                torch.exp(old - new) * f
            ).mean(),
            "check.weighted_estimate.self_normalised": lambda f, new, old: (
                (torch.exp(new - old) * f).sum() / torch.exp(new - old).sum()
            ),
            "check.weighted_estimate.sum": lambda f, new, old: (torch.exp(new - old) * f).sum(),
            "check.weighted_estimate.no_exp": lambda f, new, old: ((new - old) * f).mean(),
            "check.weighted_estimate.of_logs": lambda f, new, old: (new / old * f).mean(),
            "check.weighted_estimate.apart": lambda f, new, old: (
                torch.exp(new - old).mean() * f.mean()
            ),
            "check.weighted_estimate.quotient_of_sums": lambda f, new, old: (
                (torch.exp(new) * f).sum() / torch.exp(old).sum()
            ),
            "check.weighted_estimate.new_alone": lambda f, new, old: (torch.exp(new) * f).mean(),
            "check.weighted_estimate.old_alone": lambda f, new, old: (torch.exp(old) * f).mean(),
            "check.weighted_estimate.log_prob": lambda f, new, old: (new * f).mean(),
            "check.weighted_estimate.product": lambda f, new, old: (
                torch.exp(new + old) * f
            ).mean(),
            "check.weighted_estimate.difference": lambda f, new, old: (
                (torch.exp(new) - torch.exp(old)) * f
            ).mean(),
            "check.weighted_estimate.expected": lambda f, new, old: (torch.exp(new) * f).sum(),
            "check.weighted_estimate.overflow": lambda f, new, old: (
                torch.exp(new) / torch.exp(old) * f
            ).mean(),
            "check.weighted_estimate.clipped": lambda f, new, old: (
                torch.exp(new - old).clamp(0.8, 1.2) * f
            ).mean(),
            "check.weighted_estimate.no_values": lambda f, new, old: torch.exp(new - old).mean(),
            "check.weighted_estimate.detached": lambda f, new, old: (
                (torch.exp(new - old) * f).mean().detach()
            ),
            "check.weighted_estimate.no_mean": lambda f, new, old: torch.exp(new - old) * f,
        },
        inputs=_estimate_inputs,
    ),
    Exercise(
        name="effective_sample_size",
        reference=effective_sample_size,
        alternative=lambda ratio: 1 / ((ratio / ratio.sum()) ** 2).sum(),
        wrong={
            "check.effective_sample_size.share": lambda r: r.mean() ** 2 / (r**2).mean(),
            "check.effective_sample_size.upside_down": lambda r: (r**2).sum() / r.sum() ** 2,
            "check.effective_sample_size.mean_of_1": lambda r: len(r) ** 2 / (r**2).sum(),
            "check.effective_sample_size.not_normalised": lambda r: 1 / (r**2).sum(),
            "check.effective_sample_size.softmax": lambda r: 1 / (r.softmax(0) ** 2).sum(),
            "check.effective_sample_size.mean_above": lambda r: r.mean() ** 2 / (r**2).sum(),
            "check.effective_sample_size.mean_below": lambda r: r.sum() ** 2 / (r**2).mean(),
            "check.effective_sample_size.no_square": lambda r: r.sum() / (r**2).sum(),
            "check.effective_sample_size.second_to_first": lambda r: (r**2).sum() / r.sum(),
            "check.effective_sample_size.root": lambda r: r.sum() / (r**2).sum().sqrt(),
            "check.effective_sample_size.same_twice": lambda r: (r**2).sum() / (r**2).sum(),
            "check.effective_sample_size.count": lambda r: float(len(r)),
            "check.effective_sample_size.sum": lambda r: r.sum(),
            "check.effective_sample_size.largest": lambda r: r.sum() / r.max(),
            "check.effective_sample_size.entropy": lambda r: _entropy(r).exp(),
            "check.effective_sample_size.entropy_alone": _entropy,
            "check.effective_sample_size.by_spread": lambda r: len(r) / (1 + r.std()),
            "check.effective_sample_size.by_relative_spread": lambda r: (
                len(r) / (1 + r.std() / r.mean())
            ),
            "check.effective_sample_size.by_variance": lambda r: len(r) / (1 + r.var()),
            "check.effective_sample_size.by_plain_variance": lambda r: (
                len(r) / (1 + r.var(correction=0))
            ),
            "check.effective_sample_size.n_less_1": lambda r: (
                len(r) / (1 + r.var() / r.mean() ** 2)
            ),
        },
        inputs=_ratio_inputs,
    ),
    Exercise(
        name="trajectory_ratio",
        reference=trajectory_ratio,
        alternative=lambda new, old, mask: torch.where(
            mask, (new - old).exp(), torch.ones_like(new)
        ).prod(-1),
        wrong={
            "check.trajectory_ratio.no_mask": lambda new, old, m: (new - old).sum(-1).exp(),
            "check.trajectory_ratio.mask_upside_down": lambda new, old, m: (
                ((new - old) * ~m).sum(-1).exp()
            ),
            "check.trajectory_ratio.mean_over_steps": lambda new, old, m: (
                ((new - old) * m).sum(-1) / m.sum(-1)
            ).exp(),
            "check.trajectory_ratio.mean_over_columns": lambda new, old, m: (
                ((new - old) * m).mean(-1).exp()
            ),
            "check.trajectory_ratio.sum_of_ratios": lambda new, old, m: (
                torch.exp(new - old) * m
            ).sum(-1),
            "check.trajectory_ratio.sum_of_ratios_and_1s": lambda new, old, m: torch.exp(
                (new - old) * m
            ).sum(-1),
            "check.trajectory_ratio.mean_of_ratios": lambda new, old, m: (
                (torch.exp(new - old) * m).sum(-1) / m.sum(-1)
            ),
            "check.trajectory_ratio.products": lambda new, old, m: (
                (new * m).exp().prod(-1) / (old * m).exp().prod(-1)
            ),
            "check.trajectory_ratio.masked_to_0": lambda new, old, m: (
                torch.exp(new - old) * m
            ).prod(-1),
            "check.trajectory_ratio.probabilities_masked": lambda new, old, m: (
                (new.exp() * m).prod(-1) / (old.exp() * m).prod(-1)
            ),
            "check.trajectory_ratio.new_alone": lambda new, old, m: (new * m).sum(-1).exp(),
            "check.trajectory_ratio.no_exp": lambda new, old, m: ((new - old) * m).sum(-1),
            "check.trajectory_ratio.upside_down": lambda new, old, m: (
                ((old - new) * m).sum(-1).exp()
            ),
            "check.trajectory_ratio.of_logs": lambda new, old, m: (
                (new * m).sum(-1) / (old * m).sum(-1)
            ),
            "check.trajectory_ratio.all_in_one": lambda new, old, m: ((new - old) * m).sum().exp(),
            "check.trajectory_ratio.mean": lambda new, old, m: trajectory_ratio(new, old, m).mean(),
            "check.trajectory_ratio.last_step": lambda new, old, m: _last(new - old, m).exp(),
            "check.trajectory_ratio.last_column": lambda new, old, m: (new - old)[:, -1].exp(),
            "check.trajectory_ratio.each_step": lambda new, old, m: ((new - old) * m).exp(),
            "check.trajectory_ratio.so_far": lambda new, old, m: ((new - old) * m).cumsum(-1).exp(),
            "check.trajectory_ratio.other_axis": lambda new, old, m: ((new - old) * m).sum(0).exp(),
        },
        inputs=_trajectory_inputs,
    ),
    Exercise(
        name="repaired_cpi",
        reference=surrogate_cpi,
        alternative=lambda new, old, advantages: advantages @ (new - old).exp() / len(new),
        wrong={
            "check.repaired_cpi.unchanged": forgetful_cpi,
            "check.repaired_cpi.no_gradient_left": lambda new, old, a: (
                torch.exp(new - new) * a
            ).mean(),
            "check.repaired_cpi.detach_moved": lambda new, old, a: (
                torch.exp(new.detach() - new) * a
            ).mean(),
            "check.repaired_cpi.detached": lambda new, old, a: (
                torch.exp(new.detach() - old) * a
            ).mean(),
            "check.repaired_cpi.upside_down": lambda new, old, a: (torch.exp(old - new) * a).mean(),
            "check.repaired_cpi.no_exp": lambda new, old, a: ((new - old) * a).mean(),
            "check.repaired_cpi.of_logs": lambda new, old, a: (new / old * a).mean(),
            "check.repaired_cpi.overflow": lambda new, old, a: (
                torch.exp(new) / torch.exp(old) * a
            ).mean(),
            "check.repaired_cpi.new_alone": lambda new, old, a: (torch.exp(new) * a).mean(),
            "check.repaired_cpi.log_prob": lambda new, old, a: (new * a).mean(),
            "check.repaired_cpi.weighted_log_prob": lambda new, old, a: (
                torch.exp(new - old).detach() * new * a
            ).mean(),
            "check.repaired_cpi.clipped": lambda new, old, a: clipped_surrogate(new, old, a, 0.2),
            "check.repaired_cpi.clip_alone": lambda new, old, a: (
                torch.exp(new - old).clamp(0.8, 1.2) * a
            ).mean(),
            "check.repaired_cpi.sum": lambda new, old, a: (torch.exp(new - old) * a).sum(),
            "check.repaired_cpi.negative": lambda *arguments: -surrogate_cpi(*arguments),
            "check.repaired_cpi.apart": lambda new, old, a: torch.exp(new - old).mean() * a.mean(),
            "check.repaired_cpi.centred": lambda new, old, a: (
                torch.exp(new - old) * (a - a.mean())
            ).mean(),
            "check.repaired_cpi.no_advantages": lambda new, old, a: torch.exp(new - old).mean(),
            "check.repaired_cpi.no_mean": lambda new, old, a: torch.exp(new - old) * a,
        },
        inputs=_cpi_inputs,
    ),
)
