"""The exercises of lesson 01: the score, REINFORCE's objective, a baseline, a bug."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ppo_lib.course.checks.exercise import Arguments, Exercise, Row, edit
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


def subtract_baseline(returns: Tensor) -> Tensor:
    """Return G - mean of G, for each of K episodes (K,)."""
    return returns - returns.mean()


def credit_whole_episode(log_probs: Tensor, rewards: Tensor, mask: Tensor) -> Tensor:
    """Return REINFORCE's objective from the rewards (K, T) of each step."""
    returns = rewards.sum(-1)
    return (returns * (log_probs * mask).sum(-1)).mean(-1)  # as before, edited alike


# fmt: off
OBJECTIVE_MISTAKES: tuple[Row, ...] = (
    ("objective.no_mask", edit(" * mask", ""),
     "Every column counts, also those behind the end of an episode. Which argument knows where "
     "an episode ends?"),
    ("objective.mask_upside_down", edit("mask)", "~mask)"),
     "Only the columns behind the end of an episode count. In the mask, True is a step that was "
     "taken."),
    ("objective.mean_over_steps", edit("mask).sum(-1)", "mask).sum(-1) / mask.sum(-1)"),
     "Each episode is divided by its number of steps. The formula has a mean over the episodes, "
     "and over the steps?"),
    ("objective.mean_over_columns", edit("mask).sum", "mask).mean"),
     "A mean has gone over the T columns, as mean() of a whole matrix does. The formula has a "
     "mean over the episodes, and over the steps?"),
    ("objective.mean_over_all_steps", edit(".mean(-1)", ".sum() / mask.sum()"),
     "You divide by the number of all steps taken. The mean is one over episodes."),
    ("objective.usual_loss", edit("return (", "return -(", ".mean(-1)", ".sum() / mask.sum()"),
     "This has the minus of a loss, and it divides by the number of all steps taken. The "
     "objective has no minus, and its mean is one over episodes."),
    ("objective.sum", edit(".mean(-1)", ".sum()"),
     "You add the episodes up. With a sum, a batch twice as large takes a step twice as large; "
     "the formula has a mean."),
    ("objective.negative", edit("return (", "return -("),
     "The size is right and the sign is not. This is an objective, to be made large; the minus "
     "that turns it into a loss comes later."),
    ("objective.probabilities", edit("log_probs *", "log_probs.exp() *"),
     "An exp has turned the log-probabilities into probabilities. The formula has the logarithms."),
    ("objective.product", edit("mask).sum(-1)", "mask).sum(-1).exp()"),
     "An exp has turned each sum into the probability of the whole episode. The formula has the "
     "sum itself."),
    ("objective.log_twice", edit("log_probs *", "log_probs.log() *"),
     "You take the logarithm of log_probs. They are logarithms already, and negative, so that "
     "theirs is no number."),
    ("objective.everyone_everyones", edit("returns *", "returns.sum() *"),
     "Each episode is credited with the returns of the whole batch. Only its own belongs to it: "
     "look at the shapes of what you multiply."),
    ("objective.apart", edit("(returns *", "returns.mean() *", "sum(-1)).mean", "sum(-1).mean"),
     "This is the mean return times the mean of the sums, or the mean over all pairs of an "
     "episode and a return. An episode belongs to its own return: multiply those first."),
    ("objective.wrong_axis", edit("(log_probs * mask).sum(-1))", "log_probs * mask).sum(-1)"),
     "The returns are laid along the steps, which runs only where K equals T. There is one "
     "return for each episode: which shape must it meet?"),
    ("objective.baseline", edit("returns *", "(returns - returns.mean()) *"),
     "The mean return is subtracted. A baseline has an exercise of its own; here the return "
     "counts as it is."),
    ("objective.normalised", edit("returns *", "(returns - returns.mean()) / returns.std() *"),
     "The returns have been moved to mean 0 and stretched to spread 1. Here they count as they "
     "are."),
    ("objective.no_returns", edit("returns * ", ""),
     "The returns do not enter: good and bad episodes are made more likely alike."),
    ("objective.detached", edit(".mean(-1)", ".mean(-1).detach()"),
     "The value is right, but no gradient reaches log_probs: this policy could not learn. Where "
     "is it cut off?"),
    ("objective.no_mean", edit(".mean(-1)", ""),
     "A number for each episode is right so far. The objective is their mean."),
)

EXERCISES = (
    Exercise(
        name="score",
        reference=score,
        alternative=lambda actions, right: float(sum(1 - right if a else -right for a in actions)),
        inputs=_score_inputs,
        right=(
            "Values agree for every episode tried. The score is 0 on average, whatever p is: a "
            "policy learns from it only because good and bad episodes weigh it differently."
        ),
        wrong=(
            ("score.negative", edit("actions - right", "right - actions"),
             "The sign is turned: a step along yours makes the actions that were taken less "
             "likely."),
            ("score.mean", edit("sum", "mean"),
             "You take the mean over the steps. The logarithm of a product is a sum, and so is "
             "its derivative."),
            ("score.by_p", lambda a, p: (a / p - (1 - a) / (1 - p)).sum(),
             "This is the derivative by p. The parameter is theta, and p depends on it: the "
             "chain rule has one more factor."),
            ("score.by_p_rights_only", edit("- right", "/ right"),
             "This is the derivative by p, of the steps to the right alone. The parameter is "
             "theta, and a step to the left has a probability too."),
            ("score.by_p_lefts_up", lambda a, p: (a / p + (1 - a) / (1 - p)).sum(),
             "You add up 1 over the probability of each action taken: the derivative by that "
             "probability. The parameter is theta; how does it change the probability of going "
             "left?"),
            ("score.rights_only", edit("- right", "* (1 - right)"),
             "Only the steps to the right count. A step to the left has a probability too, and "
             "theta changes it."),
            ("score.lefts_only", lambda a, p: -((1 - a) * p).sum(),
             "Only the steps to the left count. A step to the right has a probability too, and "
             "theta changes it."),
            ("score.lefts_up", lambda a, p: (a * (1 - p) + (1 - a) * p).sum(),
             "The sizes are right, the sign of a step to the left is not. Does a step to the "
             "left become more likely when theta grows?"),
            ("score.lefts_like_rights", lambda a, p: ((2 * a - 1) * (1 - p)).sum(),
             "A step to the left has the slope of a step to the right, with a minus. "
             "Differentiate its own log-probability."),
            ("score.last_step", lambda a, p: a[-1] - p,
             "Only the last step counts. The sum goes over all of them."),
            ("score.first_step", lambda a, p: a[0] - p,
             "Only the first step counts. If you wrote a loop: does the function return inside "
             "it?"),
            ("score.log_prob", lambda a, p: (a * math.log(p) + (1 - a) * math.log(1 - p)).sum(),
             "This is the sum of the log-probabilities itself. Its derivative by theta is asked "
             "for."),
            ("score.no_log", lambda a, p: ((2 * a - 1) * p * (1 - p)).sum(),
             "This adds up the derivatives of the probabilities. The score has those of their "
             "logarithms."),
            ("score.no_p", lambda a, p: (2 * a - 1).sum(),
             "You count steps to the right less steps to the left, whatever p is. How much can "
             "log pi still grow where p is close to 1?"),
            ("score.rights", edit(" - right", ""),
             "You count the steps to the right, whatever p is. How much can log pi still grow "
             "where p is close to 1?"),
            ("score.p_once", lambda a, p: a.sum() - p,
             "p enters once for the whole episode. Try two equal steps: their score should be "
             "twice that of one."),
            ("score.each_step", edit(".sum()", ""),
             "A number for each step is right so far. The score of an episode is a single number."),
            ("score.sigmoid_twice", lambda a, p: p * (1 - p) * (a - p).sum(),
             "The slope of the sigmoid, p (1 - p), is one factor too many. Differentiate log p "
             "by theta step by step: where does that factor go?"),
            ("score.p_for_theta", lambda a, p: (a - 1 / (1 + math.exp(-p))).sum(),
             "You put right through a sigmoid. It is a probability already, and not theta."),
            ("score.left_for_right", edit("- right", "- (1 - right)"),
             "You take right for the probability of going left. It is that of action 1."),
            ("score.actions_swapped", edit("actions -", "1 - actions -"),
             "The actions have changed places: 1 is a step to the right and 0 one to the left."),
        ),
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
        inputs=_objective_inputs,
        right=(
            "Values and gradients agree. This is the function that trains the agents of this "
            "lesson."
        ),
        wrong=(
            *OBJECTIVE_MISTAKES,
            ("objective.last_step", lambda lp, g, m: (g * (lp * _last_step(m)).sum(-1)).mean(),
             "Only the last step of each episode is credited. Those before it led there."),
        ),
    ),
    Exercise(
        name="subtract_baseline",
        reference=subtract_baseline,
        alternative=lambda returns: returns - sum(returns) / len(returns),
        inputs=_baseline_inputs,
        right="Their mean is 0 now, and the differences between the episodes are what they were.",
        wrong=(
            ("subtract_baseline.unchanged", lambda g: g,
             "The returns come back as they went in: a batch of good episodes still pushes every "
             "action up."),
            ("subtract_baseline.divided", edit("- returns", "/ returns"),
             "You divide by the mean. A baseline moves the returns and does not stretch them."),
            ("subtract_baseline.normalised", lambda g: (g - g.mean()) / g.std(),
             "The mean is gone, and the spread is scaled to 1 as well. Here the returns are "
             "moved and not stretched."),
            ("subtract_baseline.normalised_too", lambda g: (g - g.mean()) / g.std(correction=0),
             "The mean is gone, and the spread (of all K, without the -1) is scaled to 1 as "
             "well. Here the returns are moved and not stretched."),
            ("subtract_baseline.by_spread", lambda g: g / g.std(),
             "The spread is scaled to 1, and the mean is still there. It should be the other way "
             "round."),
            ("subtract_baseline.added", edit("- returns", "+ returns"),
             "The returns have moved the wrong way: their mean has doubled."),
            ("subtract_baseline.negative", lambda g: g.mean() - g,
             "The sign is turned: the best episode has the smallest weight."),
            ("subtract_baseline.sum", edit("mean", "sum"),
             "You subtract the sum of the returns, which grows with the batch. A baseline lies "
             "among them."),
            ("subtract_baseline.median", edit("mean", "median"),
             "You subtract the median. That is a baseline too, and not the one that is asked for."),
            ("subtract_baseline.max", edit("mean", "max"),
             "You subtract the largest return, so that no episode has a weight above 0. What "
             "does the formula subtract?"),
            ("subtract_baseline.min", edit("mean", "min"),
             "You subtract the smallest return, so that no episode has a weight below 0. What "
             "does the formula subtract?"),
            ("subtract_baseline.leave_one_out", lambda g: g - (g.sum() - g) / (len(g) - 1),
             "Each return is compared with the mean of the others: a fine baseline, even an "
             "unbiased one. Asked for is one number for the whole batch."),
            ("subtract_baseline.up_to_now", lambda g: g - g.cumsum(0) / torch.arange(1, len(g) + 1),
             "You subtract the mean of the episodes up to this one. The whole batch is there "
             "already."),
            ("subtract_baseline.distance", lambda g: (g - g.mean()).abs(),
             "This is how far a return is from the mean. Being below it should show."),
            ("subtract_baseline.cut_at_0", lambda g: (g - g.mean()).clamp(min=0),
             "Episodes below the mean count 0. What should a bad episode do to the actions in it?"),
            ("subtract_baseline.one_number", lambda g: (g - g.mean()).mean(),
             "You return the mean of the differences, and that is always 0. Each episode keeps a "
             "number of its own."),
            ("subtract_baseline.mean_alone", edit("returns - ", ""),
             "This is the baseline itself. What is left of each return without it?"),
        ),
    ),
    Exercise(
        name="repaired_objective",
        reference=credit_whole_episode,
        alternative=lambda log_probs, rewards, mask: (
            (log_probs * rewards.flip(-1).cumsum(-1).flip(-1)).sum(-1).mean()  # reward to go
        ),
        inputs=_repair_inputs,
        right="The bug is gone: every action of an episode is credited with what came of it.",
        wrong=(
            *OBJECTIVE_MISTAKES,
            ("repaired_objective.unchanged", lambda lp, r, m: (lp * r * m).sum(-1).mean(),
             "Still only the last action of an episode is credited. Write down the weight of "
             "each step of an episode of three: which are 0?"),
            ("repaired_objective.before",
             lambda lp, r, m: (lp * (r.cumsum(-1) - r) * m).sum(-1).mean(),
             "Each step is credited with the rewards before it, which are all 0. An action can't "
             "have caused what came before it."),
            ("repaired_objective.so_far", lambda lp, r, m: (lp * r.cumsum(-1)).sum(-1).mean(),
             "Each step is credited with the rewards up to it, and columns behind the end count "
             "too. An action can't have caused what came before it."),
            ("repaired_objective.flipped",
             lambda lp, r, m: (lp * r.flip(-1).cumsum(-1) * m).sum(-1).mean(),
             "Your sums come out in reversed order, so that a step gets what belongs to another. "
             "If you flipped the rewards: what is flipped has to be flipped back."),
            ("repaired_objective.loop_too_short", edit("rewards.sum", "rewards[:, :-1].sum"),
             "Episodes that fill all T columns are credited with 0. Does your sum or your loop "
             "leave the last column out?"),
            ("repaired_objective.other_axis", lambda lp, r, m: (lp * r.sum(0) * m).sum(-1).mean(),
             "The rewards are added over the episodes. Which axis holds the steps?"),
            ("repaired_objective.last_column", edit("rewards.sum(-1)", "rewards[:, -1]"),
             "You look for the return in the last column. Where does the reward of an episode "
             "lie that ended earlier?"),
            ("repaired_objective.largest", edit("rewards.sum", "rewards.amax"),
             "You take the largest reward of an episode. Where the last one is negative, that is "
             "a 0."),
        ),
    ),
)
# fmt: on
