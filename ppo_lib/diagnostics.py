"""What the curves of a training run show, each from its definition."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ppo_lib.losses import probability_ratio
from ppo_lib.tensors import check_same_shape


def approx_kl(log_probs: Tensor, old_log_probs: Tensor) -> Tensor:
    """Estimate KL(pi_old, pi) from the actions that pi_old took.

        k3 = mean(ratio - 1 - log ratio),   log ratio = log π(a|s) - log π_old(a|s)

    Each term is at least 0, and while the policies are close the mean has
    less variance than `mean(-log ratio)`.

    Args:
        log_probs: (B,) under the policy now.
        old_log_probs: (B,) under the policy that acted.

    Returns:
        () in nats.

    Raises:
        ValueError: if the shapes differ.

    Source: Schulman, "Approximating KL Divergence" (2020), estimator k3.
    """
    check_same_shape(log_probs=log_probs, old_log_probs=old_log_probs)
    log_ratio = log_probs - old_log_probs
    return (torch.expm1(log_ratio) - log_ratio).mean()


def effective_sample_size(ratio: Tensor) -> Tensor:
    """Return how many of these samples count, judged by their weights alone.

        ESS = (Σ r)² / Σ r²

    N where all weights are alike, 1 where one sample has all the weight. So many samples without
    weights spread about as much as Σ r f / Σ r does, or the mean of r f if f has a mean near 0; for
    other f that mean spreads more. What the samples lack altogether it cannot see.

    Args:
        ratio: (N,), at least 0, not all 0.

    Returns:
        (), from 1 to N.

    Source: Kong, "A Note on Importance Sampling using Standardized Weights" (1992), in the form
    that needs no mean of 1.
    """
    return ratio.sum() ** 2 / (ratio**2).sum()


def outside_band(ratio: Tensor, clip_range: float) -> Tensor:
    """Tell which ratios (B,) lie outside 1 - ε to 1 + ε: (B,) bool."""
    return (ratio - 1.0).abs() > clip_range


def clip_fraction(ratio: Tensor, clip_range: float) -> Tensor:
    """Return the share (), 0 to 1, of ratios (B,) outside the band, their gradient dead or not."""
    return outside_band(ratio, clip_range).float().mean()


def dead_gradient(ratio: Tensor, advantages: Tensor, clip_range: float) -> Tensor:
    """Tell which samples the clipped surrogate gives no gradient.

    These are the ones that already went far enough the right way: above 1 + epsilon with
    a positive advantage, below 1 - epsilon with a negative one. (An advantage of exactly 0
    has no gradient anywhere, and is not counted.)

    Args:
        ratio: (B,).
        advantages: (B,).
        clip_range: epsilon.

    Returns:
        (B,) bool.

    Raises:
        ValueError: if the shapes differ.

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), figure 1.
    """
    check_same_shape(ratio=ratio, advantages=advantages)
    right_way = advantages.sign()
    return (ratio - 1.0) * right_way > clip_range


def dead_fraction(ratio: Tensor, advantages: Tensor, clip_range: float) -> Tensor:
    """Return the share (), 0 to 1, of `dead_gradient`, whose arguments these are.

    It is the clipped surrogate's: with another surrogate it says what the clip would have cut off.
    """
    return dead_gradient(ratio, advantages, clip_range).float().mean()


def explained_variance(values: Tensor, returns: Tensor) -> Tensor:
    """Return the share of the returns' variance that the values explain.

        1 - Var(returns - values) / Var(returns)

    1 is a perfect critic, 0 one that might as well be constant, below 0 a worse one.

    Args:
        values: (B,).
        returns: (B,), the targets.

    Returns:
        () at most 1; `nan` if the returns do not vary.

    Raises:
        ValueError: if the shapes differ.
    """
    check_same_shape(values=values, returns=returns)
    if returns.max() == returns.min():  # their variance may be rounded to a little more than 0
        return returns.new_tensor(torch.nan)
    return 1.0 - (returns - values).var(correction=0) / returns.var(correction=0)


def columns_of(history: Sequence[tuple[Tensor, ...]]) -> list[Tensor]:
    """Lay what an update notes of its S gradient steps side by side.

    Args:
        history: of each step the `LossTerms`, the minibatch's `old_log_probs` and `advantages`,
            and the gradient's norm; those of a population have an axis of A agents in front.

    Returns:
        Each of them, numbers as (S,) and samples as (S * M,); or (A, S) and (A, S * M).
    """
    *terms, log_probs, old_log_probs, advantages, norms = zip(*history, strict=True)
    samples = [torch.cat(column, -1) for column in (log_probs, old_log_probs, advantages)]
    return [*(torch.stack(column, -1) for column in terms), *samples, torch.stack(norms, -1)]


def average_metrics(columns: Sequence[Tensor], clip_range: float) -> dict[str, float]:
    """Return the metrics of `ppo_update`, but for the last, from one agent's columns.

    All at once: worked out for each minibatch they would take a tenth of the update's time.

    Args:
        columns: what `columns_of` returns, of one agent.
        clip_range: ε.

    Returns:
        The means over all gradient steps, or over all their samples.

    Raises:
        ValueError: if the shapes differ.
    """
    policy_loss, value_loss, entropy, log_probs, old_log_probs, advantages, norms = columns
    ratio = probability_ratio(log_probs, old_log_probs)
    metrics = {
        "policy_loss": policy_loss.mean(),
        "value_loss": value_loss.mean(),
        "entropy": entropy.mean(),
        "approx_kl": approx_kl(log_probs, old_log_probs),
        "clip_fraction": clip_fraction(ratio, clip_range),
        "dead_fraction": dead_fraction(ratio, advantages, clip_range),
        "grad_norm": norms.mean(),
    }
    return {name: metric.item() for name, metric in metrics.items()}
