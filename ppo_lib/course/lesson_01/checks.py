"""The exercises of lesson 01: the score, REINFORCE's objective, a baseline, a bug."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ppo_lib.course.checks.exercise import Answer, Arguments, Exercise
from ppo_lib.course.cliff.reinforce import reinforce_objective

LENGTHS = ((3, 2), (3, 1, 2), (2, 4, 1, 3, 1), (5, 8, 2, 7, 4, 3))
"""Steps taken in each episode; the second batch has as many episodes as it has columns."""


def _score_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    by_hand = [([1, 0, 1, 1], 0.3), ([0, 0, 1], 0.8), ([1], 0.6), ([0], 0.25), ([1, 0], 0.9)]
    cases: list[Arguments] = [{"actions": torch.tensor(a), "right": p} for a, p in by_hand]
    cases.append({"actions": torch.randint(2, (30,), generator=generator), "right": 0.4})
    return cases


def _episodes(generator: torch.Generator) -> Sequence[tuple[Tensor, Tensor, Tensor]]:
    """Return log-probabilities (K, T), returns (K,) of both signs, and masks (K, T).

    Behind an episode's end the log-probabilities are not 0.
    """
    batches = []
    for lengths in LENGTHS:
        steps_taken = torch.tensor(lengths)
        mask = torch.arange(max(lengths)) < steps_taken.unsqueeze(-1)
        probabilities = torch.rand(mask.shape, generator=generator) * 0.8 + 0.1
        returns = torch.randn(len(lengths), generator=generator) * 2
        if lengths == LENGTHS[0]:
            probabilities = torch.tensor([[0.5, 0.8, 0.3], [0.6, 0.9, 0.4]])
            returns = torch.tensor([1.0, -0.5])
        batches.append((probabilities.log().requires_grad_(), returns, mask))
    return batches


def _objective_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    return [
        {"log_probs": log_probs, "returns": returns, "mask": mask}
        for log_probs, returns, mask in _episodes(generator)
    ]


def _repair_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return episodes whose whole return comes as the reward of the last step taken."""
    cases = []
    for log_probs, returns, mask in _episodes(generator):
        rewards = torch.where(_last_step(mask), returns.unsqueeze(-1), 0.0)
        cases.append({"log_probs": log_probs, "rewards": rewards, "mask": mask})
    return cases


def _baseline_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return odd numbers of returns: of an even number there is more than one median."""
    cases = [
        torch.tensor([0.2, 1.0, 0.0]),
        torch.tensor([-2.0, 4.0, 1.0, -1.0, 0.5]),
        torch.randn(31, generator=generator) * 2 + 1,
    ]
    return [{"returns": returns} for returns in cases]


def _last_step(mask: Tensor) -> Tensor:
    """Return the mask of the last step taken in each episode."""
    return mask & (mask.cumsum(-1) == mask.sum(-1, keepdim=True))


def score(actions: Tensor, right: float) -> Tensor:
    """Return d/dθ Σ_t log π(a_t) = Σ_t (a_t - p), where p = 1 / (1 + exp(-θ)) is π(right).

    Args:
        actions: (T,) int64, 1 for right and 0 for left.
        right: p.

    Returns:
        ().
    """
    return (actions - right).sum()


def _log_prob(actions: Tensor, right: float) -> Tensor:
    return (actions * math.log(right) + (1 - actions) * math.log(1 - right)).sum()


def subtract_baseline(returns: Tensor) -> Tensor:
    """Return G - mean of G, for each of K episodes (K,)."""
    return returns - returns.mean()


def credit_whole_episode(log_probs: Tensor, rewards: Tensor, mask: Tensor) -> Tensor:
    """Return REINFORCE's objective from the rewards (K, T) of each step."""
    return reinforce_objective(log_probs, rewards.sum(-1), mask)


def credit_own_reward(log_probs: Tensor, rewards: Tensor, mask: Tensor) -> Tensor:
    """Return the objective with the bug of exercise 4: a step counts by its own reward alone."""
    return (log_probs * rewards * mask).sum(-1).mean()


def _sums(log_probs: Tensor, mask: Tensor) -> Tensor:
    return (log_probs * mask).sum(-1)


OBJECTIVE_MISTAKES: dict[str, Answer] = {
    "check.objective.no_mask": lambda lp, g, m: (g * lp.sum(-1)).mean(),
    "check.objective.mask_upside_down": lambda lp, g, m: (g * _sums(lp, ~m)).mean(),
    "check.objective.mean_over_steps": lambda lp, g, m: (g * _sums(lp, m) / m.sum(-1)).mean(),
    "check.objective.mean_over_columns": lambda lp, g, m: (g * (lp * m).mean(-1)).mean(),
    "check.objective.mean_over_all_steps": lambda lp, g, m: (g * _sums(lp, m)).sum() / m.sum(),
    "check.objective.usual_loss": lambda lp, g, m: -(g * _sums(lp, m)).sum() / m.sum(),
    "check.objective.sum": lambda lp, g, m: (g * _sums(lp, m)).sum(),
    "check.objective.negative": lambda lp, g, m: -(g * _sums(lp, m)).mean(),
    "check.objective.probabilities": lambda lp, g, m: (g * _sums(lp.exp(), m)).mean(),
    "check.objective.product": lambda lp, g, m: (g * _sums(lp, m).exp()).mean(),
    "check.objective.log_twice": lambda lp, g, m: (g * _sums(lp.log(), m)).mean(),
    "check.objective.everyone_everyones": lambda lp, g, m: (g.sum() * _sums(lp, m)).mean(),
    "check.objective.apart": lambda lp, g, m: g.mean() * _sums(lp, m).mean(),
    "check.objective.wrong_axis": lambda lp, g, m: (g * lp * m).sum(-1).mean(),
    "check.objective.baseline": lambda lp, g, m: ((g - g.mean()) * _sums(lp, m)).mean(),
    "check.objective.normalised": lambda lp, g, m: ((g - g.mean()) / g.std() * _sums(lp, m)).mean(),
    "check.objective.no_returns": lambda lp, g, m: _sums(lp, m).mean(),
    "check.objective.detached": lambda lp, g, m: (g * _sums(lp, m)).mean().detach(),
    "check.objective.last_step": lambda lp, g, m: (g * _sums(lp, _last_step(m))).mean(),
    "check.objective.no_mean": lambda lp, g, m: g * _sums(lp, m),
}


def _from_rewards(mistake: Answer) -> Answer:
    """Return a mistake of exercise 2 as it looks in exercise 4."""
    return lambda log_probs, rewards, mask: mistake(log_probs, rewards.sum(-1), mask)


EXERCISES = (
    Exercise(
        name="score",
        reference=score,
        alternative=lambda actions, right: float(sum(1 - right if a else -right for a in actions)),
        wrong={
            "check.score.negative": lambda a, p: (p - a).sum(),
            "check.score.mean": lambda a, p: (a - p).mean(),
            "check.score.by_p": lambda a, p: (a / p - (1 - a) / (1 - p)).sum(),
            "check.score.by_p_rights_only": lambda a, p: (a / p).sum(),
            "check.score.by_p_lefts_up": lambda a, p: (a / p + (1 - a) / (1 - p)).sum(),
            "check.score.rights_only": lambda a, p: (a * (1 - p)).sum(),
            "check.score.lefts_only": lambda a, p: -((1 - a) * p).sum(),
            "check.score.lefts_up": lambda a, p: (a * (1 - p) + (1 - a) * p).sum(),
            "check.score.lefts_like_rights": lambda a, p: ((2 * a - 1) * (1 - p)).sum(),
            "check.score.last_step": lambda a, p: a[-1] - p,
            "check.score.first_step": lambda a, p: a[0] - p,
            "check.score.log_prob": _log_prob,
            "check.score.no_log": lambda a, p: ((2 * a - 1) * p * (1 - p)).sum(),
            "check.score.no_p": lambda a, p: (2 * a - 1).sum(),
            "check.score.rights": lambda a, p: a.sum(),
            "check.score.p_once": lambda a, p: a.sum() - p,
            "check.score.each_step": lambda a, p: a - p,
            "check.score.sigmoid_twice": lambda a, p: p * (1 - p) * (a - p).sum(),
            "check.score.p_for_theta": lambda a, p: (a - 1 / (1 + math.exp(-p))).sum(),
            "check.score.left_for_right": lambda a, p: (a - (1 - p)).sum(),
            "check.score.actions_swapped": lambda a, p: ((1 - a) - p).sum(),
        },
        inputs=_score_inputs,
    ),
    Exercise(
        name="reinforce_objective",
        reference=reinforce_objective,
        alternative=lambda log_probs, returns, mask: (
            sum(
                each[taken].sum() * earned
                for each, taken, earned in zip(log_probs, mask, returns, strict=True)
            )
            / len(returns)
        ),
        wrong=OBJECTIVE_MISTAKES,
        inputs=_objective_inputs,
    ),
    Exercise(
        name="subtract_baseline",
        reference=subtract_baseline,
        alternative=lambda returns: returns - sum(returns) / len(returns),
        wrong={
            "check.subtract_baseline.unchanged": lambda g: g,
            "check.subtract_baseline.divided": lambda g: g / g.mean(),
            "check.subtract_baseline.normalised": lambda g: (g - g.mean()) / g.std(),
            "check.subtract_baseline.normalised_too": lambda g: (
                (g - g.mean()) / g.std(correction=0)
            ),
            "check.subtract_baseline.by_spread": lambda g: g / g.std(),
            "check.subtract_baseline.added": lambda g: g + g.mean(),
            "check.subtract_baseline.negative": lambda g: g.mean() - g,
            "check.subtract_baseline.sum": lambda g: g - g.sum(),
            "check.subtract_baseline.median": lambda g: g - g.median(),
            "check.subtract_baseline.max": lambda g: g - g.max(),
            "check.subtract_baseline.min": lambda g: g - g.min(),
            "check.subtract_baseline.leave_one_out": lambda g: g - (g.sum() - g) / (len(g) - 1),
            "check.subtract_baseline.up_to_now": lambda g: (
                g - g.cumsum(0) / torch.arange(1, len(g) + 1)
            ),
            "check.subtract_baseline.distance": lambda g: (g - g.mean()).abs(),
            "check.subtract_baseline.cut_at_0": lambda g: (g - g.mean()).clamp(min=0),
            "check.subtract_baseline.one_number": lambda g: (g - g.mean()).mean(),
            "check.subtract_baseline.mean_alone": lambda g: g.mean(),
        },
        inputs=_baseline_inputs,
    ),
    Exercise(
        name="repaired_objective",
        reference=credit_whole_episode,
        alternative=lambda log_probs, rewards, mask: (
            (log_probs * rewards.flip(-1).cumsum(-1).flip(-1)).sum(-1).mean()  # reward to go
        ),
        wrong={
            **{
                key: _from_rewards(mistake)
                for key, mistake in OBJECTIVE_MISTAKES.items()
                if key != "check.objective.last_step"  # which is the planted bug
            },
            "check.repaired_objective.unchanged": credit_own_reward,
            "check.repaired_objective.before": lambda lp, r, m: (
                (lp * (r.cumsum(-1) - r) * m).sum(-1).mean()
            ),
            "check.repaired_objective.so_far": lambda lp, r, m: (lp * r.cumsum(-1)).sum(-1).mean(),
            "check.repaired_objective.flipped": lambda lp, r, m: (
                (lp * r.flip(-1).cumsum(-1) * m).sum(-1).mean()
            ),
            "check.repaired_objective.loop_too_short": lambda lp, r, m: (
                r[:, :-1].sum(-1) * _sums(lp, m)
            ).mean(),
            "check.repaired_objective.other_axis": lambda lp, r, m: (
                (lp * r.sum(0) * m).sum(-1).mean()
            ),
            "check.repaired_objective.last_column": lambda lp, r, m: (
                r[:, -1] * _sums(lp, m)
            ).mean(),
            "check.repaired_objective.largest": lambda lp, r, m: (r.amax(-1) * _sums(lp, m)).mean(),
        },
        inputs=_repair_inputs,
    ),
)
