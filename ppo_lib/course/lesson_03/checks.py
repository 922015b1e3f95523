"""The exercises of lesson 03: a weighted mean, effective samples, trajectories, a bug."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ppo_lib.course.checks.exercise import Arguments, Exercise, edit
from ppo_lib.diagnostics import effective_sample_size
from ppo_lib.losses import clipped_surrogate

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
    ratio = torch.exp(log_probs - old_log_probs)
    return (ratio * values).mean()


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
    ratio = torch.exp(log_probs - old_log_probs)
    return (ratio * advantages).mean()


def _entropy(ratio: Tensor) -> Tensor:
    share = ratio / ratio.sum()
    return -(share * share.log()).sum()


def _last(log_probs: Tensor, mask: Tensor) -> Tensor:
    """Return the number (K,) at the last step taken of each trajectory."""
    return log_probs.gather(-1, mask.sum(-1, keepdim=True) - 1).squeeze(-1)


# fmt: off
EXERCISES = (
    Exercise(
        name="weighted_estimate",
        reference=weighted_estimate,
        alternative=lambda values, new, old: values @ (new - old).exp() / len(values),
        inputs=_estimate_inputs,
        right="Values and gradients agree. Old actions have told you what a new policy expects.",
        wrong=(
            ("weighted_estimate.unweighted", edit("ratio * ", ""),
             "This is the plain mean: what the old policy expects. How much oftener does the new "
             "one take each action?"),
            ("weighted_estimate.upside_down", lambda f, new, old: ((old - new).exp() * f).mean(),
             "The ratio is upside down: actions that have become less likely count more."),
            ("weighted_estimate.self_normalised", edit("mean()", "sum() / ratio.sum()"),
             "You divide by the sum of the ratios. That is a good estimate too, biased and often "
             "steadier; the one asked for is unbiased."),
            ("weighted_estimate.sum", edit("mean", "sum"),
             "You add the samples up. An expectation does not grow with the number of samples."),
            ("weighted_estimate.no_exp", edit("torch.exp", ""),
             "The weights are logarithms of ratios: 0 where nothing has changed, and some below "
             "0. What undoes a logarithm?"),
            ("weighted_estimate.of_logs", edit("torch.exp(log_probs -", "(log_probs /"),
             "You divide the logarithms. The logarithm of a quotient is a difference of "
             "logarithms."),
            ("weighted_estimate.apart", edit("ratio *", "ratio.mean() *"),
             "You multiply two means. A ratio belongs to the value of its own action, so the "
             "product comes first."),
            ("weighted_estimate.quotient_of_sums",
             lambda f, new, old: (new.exp() * f).sum() / old.exp().sum(),
             "You add up above and below and divide the sums. Each action has a ratio of its "
             "own: divide first."),
            ("weighted_estimate.new_alone", edit(" - old_log_probs", ""),
             "The weights are the new policy's probabilities. How often an action is among the "
             "samples is for the old policy to say."),
            ("weighted_estimate.old_alone", edit("log_probs - ", ""),
             "The weights are the old policy's probabilities, and the new one does not enter."),
            ("weighted_estimate.log_prob", lambda f, new, old: (new * f).mean(),
             "You weigh with log-probabilities, as the policy gradient's objective does. Here a "
             "value is estimated, and the old policy has a part in it."),
            ("weighted_estimate.product", edit(" - ", " + "),
             "The logarithms are added, which multiplies the probabilities. The weight is a "
             "quotient."),
            ("weighted_estimate.difference",
             lambda f, new, old: ((new.exp() - old.exp()) * f).mean(),
             "The weights are differences of probabilities. How many times likelier is asked, "
             "not by how much."),
            ("weighted_estimate.expected", edit(" - old_log_probs", "", "mean", "sum"),
             "This is an expectation over a list of all actions. These are samples: likely "
             "actions are in it more often already."),
            ("weighted_estimate.overflow", lambda f, new, old: (new.exp() / old.exp() * f).mean(),
             "Right, until the probabilities become too small for a 32-bit float: at a "
             "log-probability of -200 both exponentials are 0, and their quotient is no number. "
             "Subtract first."),
            ("weighted_estimate.clipped", edit("ratio *", "ratio.clamp(0.8, 1.2) *"),
             "You hold the ratio in a band. That is the next lesson; here it counts as it is."),
            ("weighted_estimate.no_values", edit(" * values", ""),
             "This is the mean of the ratios, which is about 1. The values do not enter."),
            ("weighted_estimate.detached", edit("mean()", "mean().detach()"),
             "The value is right, but no gradient reaches log_probs. Where is it cut off?"),
            ("weighted_estimate.no_mean", edit(".mean()", ""),
             "A number for each sample is right so far. The estimate is their mean."),
        ),
    ),
    Exercise(
        name="effective_sample_size",
        reference=effective_sample_size,
        alternative=lambda ratio: 1 / ((ratio / ratio.sum()) ** 2).sum(),
        inputs=_ratio_inputs,
        right=(
            "Equal ratios all count, and where one outweighs the rest, little more than one does."
        ),
        wrong=(
            ("effective_sample_size.share", edit("ratio.sum", "ratio.mean", "2).sum", "2).mean"),
             "This is a share of the samples. How many of them is that?"),
            ("effective_sample_size.upside_down", lambda r: (r**2).sum() / r.sum() ** 2,
             "The quotient is upside down: four equal ratios should be worth four samples."),
            ("effective_sample_size.mean_of_1", edit("ratio.sum()", "len(ratio)"),
             "This holds where the ratios have a mean of 1. Multiply them all by 2: the result "
             "should stay as it is."),
            ("effective_sample_size.not_normalised", lambda r: 1 / (r**2).sum(),
             "This holds for weights whose sum is 1. Multiply all ratios by 2: the result should "
             "stay as it is."),
            ("effective_sample_size.softmax", lambda r: 1 / (r.softmax(0) ** 2).sum(),
             "A softmax takes exponentials, and the ratios are weights already. How else does a "
             "sum become 1?"),
            ("effective_sample_size.mean_above", edit("ratio.sum", "ratio.mean"),
             "Four equal ratios should be worth four samples, and with you they are worth a "
             "quarter of one. Is there a mean where a sum belongs?"),
            ("effective_sample_size.mean_below", edit("2).sum", "2).mean"),
             "Four equal ratios should be worth four samples, and with you they are worth 16. Is "
             "there a mean where a sum belongs?"),
            ("effective_sample_size.no_square", edit(" ** 2", ""),
             "Multiply all ratios by 2: the result should stay as it is, and yours is halved. Is "
             "a square missing?"),
            ("effective_sample_size.second_to_first", lambda r: (r**2).sum() / r.sum(),
             "Multiply all ratios by 2: the result should stay as it is, and yours is doubled. "
             "What is divided by what?"),
            ("effective_sample_size.root", lambda r: r.sum() / (r**2).sum().sqrt(),
             "This is the root of what is asked for: four equal ratios give you 2."),
            ("effective_sample_size.same_twice", lambda r: (r**2).sum() / (r**2).sum(),
             "The result is always 1. In which order are the ratios squared and added, above and "
             "below?"),
            ("effective_sample_size.count", lambda r: float(len(r)),
             "This counts the samples, whatever their ratios are."),
            ("effective_sample_size.sum", lambda r: r.sum(),
             "This is the sum of the ratios. Four ratios of 2 should be worth four samples."),
            ("effective_sample_size.largest", lambda r: r.sum() / r.max(),
             "You compare the sum with the largest ratio. That is a measure too; the one asked "
             "for looks at every ratio's square."),
            ("effective_sample_size.entropy", lambda r: _entropy(r).exp(),
             "This is the exponential of the weights' entropy, another measure of the same "
             "thing. The one asked for has squares in it."),
            ("effective_sample_size.entropy_alone", _entropy,
             "This is the entropy of the weights, which counts no samples. Where are the squares?"),
            ("effective_sample_size.by_spread", lambda r: len(r) / (1 + r.std()),
             "You divide by 1 + the standard deviation. Multiply all ratios by 2: the result "
             "should stay as it is."),
            ("effective_sample_size.by_relative_spread",
             lambda r: len(r) / (1 + r.std() / r.mean()),
             "Two equal weights and many of 0 should be worth two samples. Is the spread squared?"),
            ("effective_sample_size.by_variance", lambda r: len(r) / (1 + r.var()),
             "You divide by 1 + the variance. Multiply all ratios by 2: the result should stay "
             "as it is."),
            ("effective_sample_size.by_plain_variance",
             lambda r: len(r) / (1 + r.var(correction=0)),
             "This holds where the ratios have a mean of 1, which a batch seldom has. Multiply "
             "them all by 2: the result should stay as it is."),
            ("effective_sample_size.n_less_1", lambda r: len(r) / (1 + r.var() / r.mean() ** 2),
             "Very nearly: torch.var divides by N - 1 unless told otherwise."),
        ),
    ),
    Exercise(
        name="trajectory_ratio",
        reference=trajectory_ratio,
        alternative=lambda new, old, mask: torch.where(
            mask, (new - old).exp(), torch.ones_like(new)
        ).prod(-1),
        inputs=_trajectory_inputs,
        right=(
            "Values agree, also over 400 steps, where the probabilities themselves are too small "
            "to be written down."
        ),
        wrong=(
            ("trajectory_ratio.no_mask", edit(" * mask", ""),
             "Every column counts, also those behind the end of a trajectory. Which argument "
             "knows where it ends?"),
            ("trajectory_ratio.mask_upside_down", edit("* mask", "* ~mask"),
             "Only the columns behind the end of a trajectory count. In the mask, True is a step "
             "that was taken."),
            ("trajectory_ratio.mean_over_steps",
             edit("mask).sum(-1)", "mask / mask.sum(-1, True)).sum(-1)"),
             "You average over the steps, which gives a typical step's ratio. The probability of "
             "a trajectory is a product over all of its steps."),
            ("trajectory_ratio.mean_over_columns", edit("sum", "mean"),
             "You average over the T columns. The probability of a trajectory is a product over "
             "its steps: what does that become for logarithms?"),
            ("trajectory_ratio.sum_of_ratios", lambda new, old, m: ((new - old).exp() * m).sum(-1),
             "You add the ratios of the steps up. The probability of a trajectory is a product."),
            ("trajectory_ratio.sum_of_ratios_and_1s", edit("sum(-1).exp()", "exp().sum(-1)"),
             "You add the ratios of the steps up, with a 1 for each column behind the end. Which "
             "comes first, the sum or the exponential?"),
            ("trajectory_ratio.mean_of_ratios",
             lambda new, old, m: ((new - old).exp() * m).sum(-1) / m.sum(-1),
             "This is the mean of the steps' ratios. The probability of a trajectory is a "
             "product."),
            ("trajectory_ratio.products",
             lambda new, old, m: (new * m).exp().prod(-1) / (old * m).exp().prod(-1),
             "Right for short trajectories. The probability of 400 steps is too small for a "
             "float, so that you divide 0 by 0: can you get there without it?"),
            ("trajectory_ratio.masked_to_0", lambda new, old, m: ((new - old).exp() * m).prod(-1),
             "Behind the end of a trajectory your factors are 0, and so is their product. Which "
             "factor changes nothing?"),
            ("trajectory_ratio.probabilities_masked",
             lambda new, old, m: (new.exp() * m).prod(-1) / (old.exp() * m).prod(-1),
             "Behind the end of a trajectory your probabilities are 0, and so is their product: "
             "you divide 0 by 0. Which factor changes nothing?"),
            ("trajectory_ratio.new_alone", edit(" - old_log_probs", ""),
             "This is the probability under the new policy alone. A ratio compares it with the "
             "old one."),
            ("trajectory_ratio.no_exp", edit(".exp()", ""),
             "This is the logarithm of the ratio: 0 where nothing has changed, not 1. What "
             "undoes it?"),
            ("trajectory_ratio.upside_down", lambda new, old, m: ((old - new) * m).sum(-1).exp(),
             "The ratio is upside down: yours is above 1 where a trajectory has become less "
             "likely."),
            ("trajectory_ratio.of_logs", lambda new, old, m: (new * m).sum(-1) / (old * m).sum(-1),
             "You divide the logarithms. The logarithm of a quotient is a difference of "
             "logarithms."),
            ("trajectory_ratio.all_in_one", edit("sum(-1)", "sum()"),
             "The sum has gone over all the trajectories at once. Each has a ratio of its own."),
            ("trajectory_ratio.mean", edit("exp()", "exp().mean()"),
             "You average over the trajectories. Each has a ratio of its own, and there are K of "
             "them."),
            ("trajectory_ratio.last_step", lambda new, old, m: _last(new - old, m).exp(),
             "This is the ratio of the last step alone. The steps before it are part of the "
             "trajectory."),
            ("trajectory_ratio.last_column", lambda new, old, m: (new - old)[:, -1].exp(),
             "This is the ratio of the last column alone, and few trajectories get as far. All "
             "the steps that were taken have a part in it."),
            ("trajectory_ratio.each_step", edit(".sum(-1)", ""),
             "A ratio for each step is right so far. What makes one of them out of all?"),
            ("trajectory_ratio.so_far", edit("sum", "cumsum"),
             "You return the ratio up to each step. The whole trajectory's is asked for."),
            ("trajectory_ratio.other_axis", edit("sum(-1)", "sum(0)"),
             "The sum has gone over the trajectories, and a number for each column is left. "
             "Which axis holds the steps?"),
        ),
    ),
    Exercise(
        name="repaired_cpi",
        reference=surrogate_cpi,
        alternative=lambda new, old, advantages: advantages @ (new - old).exp() / len(new),
        inputs=_cpi_inputs,
        right=(
            "The bug is gone: the ratio compares the policy with the one that has drawn the "
            "actions."
        ),
        wrong=(
            ("repaired_cpi.unchanged", edit("- old_log_probs", "- log_probs.detach()"),
             "The bug is still there: your ratio is 1 whatever the policy does. Which argument "
             "has no part in it?"),
            ("repaired_cpi.no_gradient_left", edit("- old_log_probs", "- log_probs"),
             "The ratio is always 1, and it has no gradient either: nobody learns from it. Which "
             "two policies should it compare?"),
            ("repaired_cpi.detach_moved",
             lambda new, old, a: (torch.exp(new.detach() - new) * a).mean(),
             "Your ratio is still always 1, and its gradient has turned round: the detach has "
             "moved. Which argument has no part in it?"),
            ("repaired_cpi.detached", edit("log_probs -", "log_probs.detach() -"),
             "The value is right, but no gradient reaches log_probs: this policy could not "
             "learn. Where is it cut off?"),
            ("repaired_cpi.upside_down", lambda new, old, a: (torch.exp(old - new) * a).mean(),
             "Old and new have changed places: your ratio grows when the action becomes less "
             "likely."),
            ("repaired_cpi.no_exp", edit("torch.exp", ""),
             "Your ratio is a difference of log-probabilities, which is 0 where nothing has "
             "changed. What undoes the logarithm?"),
            ("repaired_cpi.of_logs", lambda new, old, a: (new / old * a).mean(),
             "Your ratio divides the logarithms. The logarithm of a quotient is a difference."),
            ("repaired_cpi.overflow", lambda new, old, a: (new.exp() / old.exp() * a).mean(),
             "Right, until the probabilities become too small for a 32-bit float: at a "
             "log-probability of -200 both exponentials are 0, and their quotient is no number. "
             "Subtract first."),
            ("repaired_cpi.new_alone", edit(" - old_log_probs", ""),
             "The new policy's probability alone weighs the advantages. The old one has drawn "
             "the actions, and has no part in it."),
            ("repaired_cpi.log_prob", lambda new, old, a: (new * a).mean(),
             "This is the policy gradient's objective, log_probs times advantages. It does not "
             "ask which policy has drawn the actions."),
            ("repaired_cpi.weighted_log_prob", edit("ratio *", "ratio.detach() * log_probs *"),
             "The gradient is right and the value is not: this can train, but it does not "
             "estimate what the new policy is worth. Does the ratio need a detach?"),
            ("repaired_cpi.clipped", lambda new, old, a: clipped_surrogate(new, old, a, 0.2),
             "This is the clipped surrogate, and it is the next lesson's. Here the ratio has no "
             "limit."),
            ("repaired_cpi.clip_alone", edit("ratio *", "ratio.clamp(0.8, 1.2) *"),
             "You hold the ratio in a band from 0.8 to 1.2. That is for the next lesson; here it "
             "has no limit."),
            ("repaired_cpi.sum", edit("mean", "sum"),
             "You add the samples up. The objective has their mean."),
            ("repaired_cpi.negative", edit("return ", "return -"),
             "The size is right and the sign is not: this is an objective, to be made large."),
            ("repaired_cpi.apart", edit("ratio *", "ratio.mean() *"),
             "You multiply two means. A ratio belongs to the advantage of its own action, so the "
             "product comes first."),
            ("repaired_cpi.centred", edit("* advantages", "* (advantages - advantages.mean())"),
             "The mean advantage is subtracted. Here the advantages count as they are."),
            ("repaired_cpi.no_advantages", edit(" * advantages", ""),
             "The advantages do not enter: good and bad count alike."),
            ("repaired_cpi.no_mean", edit(".mean()", ""),
             "A number for each sample is right so far. The objective is their mean."),
        ),
    ),
)
# fmt: on
