"""The exercises of lesson 06: log-probabilities, entropy, the value loss, the total, a bug."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.distributions import Categorical, Distribution
from torch.nn import functional

from ppo_lib.course.checks.exercise import Arguments, Exercise, Row, edit
from ppo_lib.losses import value_loss
from ppo_lib.networks import action_distribution

HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)

EXTREME = torch.tensor(
    [[200.0, -200.0, 0.0], [-200.0, 200.0, 200.0], [200.0, 200.0, 199.0], [-200.0, -199.0, -201.0]]
)
"""Logits whose exponentials leave the range of float32 in both directions, together or alone."""


def _logits(generator: torch.Generator) -> Sequence[tuple[Tensor, Tensor]]:
    """Return logits (B, n) and actions (B,): all above 0 in the first, extreme in the last.

    As many states as actions in the second; the likeliest action is taken in some states only.
    """
    cases = [(torch.tensor([[1.0, 2.0, 3.0], [2.0, 0.5, 1.0]]), torch.tensor([1, 0]))]
    for shape in ((3, 3), (1, 4), (7, 5)):
        actions = torch.randint(shape[1], shape[:1], generator=generator)
        cases.append((torch.randn(shape, generator=generator) * 2, actions))
    cases.append((EXTREME.clone(), torch.tensor([1, 2, 2, 1])))
    return [(logits.requires_grad_(), actions) for logits, actions in cases]


def _log_prob_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    return [{"logits": logits, "actions": actions} for logits, actions in _logits(generator)]


def _entropy_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    return [{"logits": logits} for logits, _ in _logits(generator)]


def _gaussian_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return means, spreads and actions; log_std is above 0 everywhere in the first only."""
    mean = torch.tensor([[0.5, -1.0], [0.0, 2.0], [1.0, 1.0]])
    actions = torch.tensor([[1.5, -2.0], [0.25, 3.0], [-1.0, 0.5]])
    cases = [(mean, torch.tensor([0.25, 0.5]), actions)]
    for shape in ((3, 3), (1, 4), (6, 2), (5, 1)):
        mean, noise = torch.randn((2, *shape), generator=generator)
        log_std = torch.randn(shape[1:], generator=generator) * 0.5 - 0.7
        cases.append((mean, log_std, mean + 1.5 * noise))
    return [
        {"mean": m.requires_grad_(), "log_std": log_std.requires_grad_(), "actions": a}
        for m, log_std, a in cases
    ]


def _value_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return values whose errors have both signs, some of them above 1."""
    values, returns = torch.tensor([1.0, 2.0, -1.0]), torch.tensor([0.5, 3.0, 1.0])
    cases = [(values, returns, torch.tensor([1.1, 1.5, -0.5]))]
    for size in (1, 8, 40):
        values, errors, change = torch.randn((3, size), generator=generator)
        cases.append((values, values + 2 * errors, values + 0.5 * change))
    return [
        {"values": values.requires_grad_(), "returns": returns, "old_values": old}
        for values, returns, old in cases
    ]


def _column_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return the same with values as a network's last layer gives them, (B, 1)."""
    cases = _value_inputs(generator)
    return [
        {**case, "values": case["values"].detach().unsqueeze(-1).requires_grad_()} for case in cases
    ]


def _total_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    cases = [
        (0.3, 2.0, 0.6, 0.5, 0.01),
        (-0.4, 1.5, 0.9, 1.0, 0.1),
        (0.7, 0.4, 1.6, 0.25, 0.05),
        (-0.2, 3.0, 0.5, 2.0, 0.3),
    ]
    names = ("surrogate", "critic_loss", "entropy")
    return [
        {name: torch.tensor(x, requires_grad=True) for name, x in zip(names, parts, strict=True)}
        | {"vf_coef": vf_coef, "ent_coef": ent_coef}
        for *parts, vf_coef, ent_coef in cases
    ]


def categorical_log_prob(logits: Tensor, actions: Tensor) -> Tensor:
    """Return the log-probability of each action taken.

        log π(a|s) = z_a - log Σ_b exp(z_b)

    Args:
        logits: (B, n), z, any real numbers.
        actions: (B,) int64.

    Returns:
        (B,) nats; carries the gradient of `logits`.
    """
    log_probs = logits.log_softmax(-1)
    return log_probs.gather(-1, actions.unsqueeze(-1)).squeeze(-1)


def gaussian_log_prob(mean: Tensor, log_std: Tensor, actions: Tensor) -> Tensor:
    """Return the log-density of each action of several dimensions.

        log π(a|s) = Σ_d ( -½ ((a_d - μ_d) / σ_d)² - log σ_d - ½ log 2π )

    Args:
        mean: (B, D), μ.
        log_std: (D,), log σ.
        actions: (B, D).

    Returns:
        (B,); carries the gradient of `mean` and `log_std`.
    """
    distance = (actions - mean) / log_std.exp()
    return (-0.5 * distance**2 - log_std - HALF_LOG_2PI).sum(-1)


def categorical_entropy(logits: Tensor) -> Tensor:
    """Return how uncertain the policy is in each state.

        H = -Σ_a π(a|s) log π(a|s)

    Args:
        logits: (B, n), any real numbers.

    Returns:
        (B,) nats, 0 or above; carries the gradient of `logits`.
    """
    log_probs = logits.log_softmax(-1)
    return -(log_probs.exp() * log_probs).sum(-1)


def total_loss(
    surrogate: Tensor, critic_loss: Tensor, entropy: Tensor, vf_coef: float, ent_coef: float
) -> Tensor:
    """Return the number that the optimiser makes small.

        L = -( L^CLIP - c1 L^VF + c2 H )

    Args:
        surrogate: (), L^CLIP.
        critic_loss: (), L^VF.
        entropy: (), the mean entropy H, in nats.
        vf_coef: c1.
        ent_coef: c2.

    Returns:
        (); carries the gradient of all three.

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), equation 9.
    """
    return -(surrogate - vf_coef * critic_loss + ent_coef * entropy)


def broadcast_value_loss(values: Tensor, returns: Tensor, old_values: Tensor) -> Tensor:
    """Return the value loss with the bug of exercise 6: (B, 1) less (B,) is (B, B)."""
    return ((values - returns) ** 2).mean()


def repaired_value_loss(values: Tensor, returns: Tensor, old_values: Tensor) -> Tensor:
    """Return the value loss of values of shape (B, 1), each with its own return of (B,)."""
    values = values.squeeze(-1)
    return (values - returns).square().mean()


def _categorical(probs: Tensor) -> Distribution:
    """Return what `Categorical` makes of its first argument."""
    return Categorical(probs)


# fmt: off
def _softmax_mistakes(name: str) -> tuple[Row, ...]:
    """Return how `logits.log_softmax(-1)` goes wrong, whatever is made of it."""
    return (
        (f"{name}.wrong_axis", edit("log_softmax(-1)", "log_softmax(0)"),
         "The softmax runs over the states. It is the actions of one state whose probabilities sum "
         "to 1: which axis is that?"),
        (f"{name}.share", edit("log_softmax(-1)", "div(logits.sum(-1, keepdim=True)).log()"),
         "You divide the logits by their sum. They may be negative: what makes them positive "
         "first?"),
        (f"{name}.twice", edit("log_softmax", "softmax(-1).log_softmax"),
         "A softmax has gone over the logits twice. What you passed on were probabilities "
         "already."),
    )


# OpenAI's baselines: the squared error of a value whose change is clipped, and the larger of two.
CLIPPED = "(old_values + (values - old_values).clamp(-0.2, 0.2) - returns).square()"
LARGER = f"torch.max((values - returns).square(), {CLIPPED})"

VALUE_MISTAKES: tuple[Row, ...] = (
    ("value_loss.half", edit("return ", "return 0.5 * "),
     "You return half of the mean squared error. Some programs do; here no factor is hidden, and "
     "vf_coef alone weighs the loss."),
    ("value_loss.sum", edit("mean", "sum"),
     "You add the squares up. With a sum, a batch twice as large takes a step twice as large."),
    ("value_loss.half_sum", edit("return ", "return 0.5 * ", "mean", "sum"),
     "You return half of the sum of the squares. The loss is their mean, with no other factor."),
    ("value_loss.no_mean", edit(".mean()", ""),
     "Each sample's squared error is right. The loss is one number, their mean."),
    ("value_loss.absolute", edit("square", "abs"),
     "This is the mean absolute error, which leads to the median of the returns. A value is their "
     "mean, and that is where the squares lead."),
    ("value_loss.huber",
     edit("(values - returns).square().mean()", "torch.nn.functional.huber_loss(values, returns)"),
     "Errors above 1 count in proportion and not by their square: this is Huber's loss. The mean "
     "squared error is asked for."),
    ("value_loss.root", edit("mean()", "mean().sqrt()"),
     "You take the root of the mean. The loss is the mean of the squares itself."),
    ("value_loss.norm", edit("square().mean", "norm"),
     "This is the length of the vector of errors, the root of the sum of their squares. The loss "
     "is the mean of the squares."),
    ("value_loss.negative", edit("return ", "return -"),
     "The size is right and the sign is not. A loss is made small: yours would drive the values "
     "away from the returns."),
    ("value_loss.not_squared", edit(".square()", ""),
     "The errors are not squared, so that those of opposite sign cancel."),
    ("value_loss.not_squared_reversed", edit("return ", "return -", ".square()", ""),
     "The errors are not squared, so that those of opposite sign cancel; and to make yours small, "
     "the values would grow without end."),
    ("value_loss.square_of_mean", edit("square().mean()", "mean().square()"),
     "You average first and square then, so that errors of opposite sign cancel before they "
     "count."),
    ("value_loss.squares_apart", edit("(values - returns).square()", "(values**2 - returns**2)"),
     "You square values and returns apart. It is their difference that is squared."),
    ("value_loss.added", edit("values - returns", "values + returns"),
     "You add values and returns. An error is a difference."),
    ("value_loss.largest", edit("mean", "max"),
     "This is the largest of the squared errors. The mean over all samples is asked for."),
    ("value_loss.no_returns", edit("values - returns", "values"),
     "The returns have no effect: yours pulls every value towards 0."),
    ("value_loss.old_for_returns", edit("values - returns", "values - old_values"),
     "You compare with old_values, what the critic said before. What should it have said?"),
    ("value_loss.old_for_values", edit("values - returns", "old_values - returns"),
     "You compare old_values with the returns. Those are numbers of the past; which argument can "
     "the critic still change?"),
    ("value_loss.clipped", edit("(values - returns).square()", LARGER),
     "This is another loss, in which the change of the values is clipped. It comes from OpenAI's "
     "baselines; the exercise, like the paper, asks for the plain squared error."),
    ("value_loss.clipped_half", edit("(values - returns).square()", f"0.5 * {LARGER}"),
     "This is half of another loss, in which the change of the values is clipped. It comes from "
     "OpenAI's baselines; the exercise, like the paper, asks for the plain squared error."),
    ("value_loss.clip_alone", edit("(values - returns).square()", CLIPPED),
     "You clip the change of the values, and take the clipped ones alone. Once a value has moved "
     "out of the band, it gets no gradient; no clip is asked for here."),
    ("value_loss.detached", edit("values - returns", "values.detach() - returns"),
     "The value is right, but no gradient reaches values: this critic could not learn. Where is it "
     "cut off?"),
)
"""Edits of `(values - returns).square().mean()`, which stands in the repaired loss too."""

EXERCISES = (
    Exercise(
        name="categorical_log_prob",
        reference=categorical_log_prob,
        alternative=lambda z, a: action_distribution(z, None).log_prob(a),
        inputs=_log_prob_inputs,
        right="Values and gradients agree, for logits of 200 and -200 too.",
        wrong=(
            *_softmax_mistakes("categorical_log_prob"),
            ("categorical_log_prob.logit", edit(".log_softmax(-1)", ""),
             "This is the action's logit. The exponentials of a state's logits do not sum to 1 "
             "yet: what is missing?"),
            ("categorical_log_prob.probability", edit("log_softmax", "softmax"),
             "This is the probability of the action. Its logarithm is asked for."),
            ("categorical_log_prob.wrong_axis_apart",
             edit("log_softmax(-1)", "softmax(0).log()"),
             "The softmax runs over the states. It is the actions of one state whose probabilities "
             "sum to 1: which axis is that? (And a probability that has become 0 has no "
             "logarithm.)"),
            ("categorical_log_prob.whole_batch",
             edit("logits.log_softmax(-1)", "logits - logits.logsumexp((0, 1))"),
             "You normalise over the whole batch at once. Each state has a distribution of its "
             "own."),
            ("categorical_log_prob.whole_batch_apart",
             edit("log_softmax(-1)", "exp().div(logits.exp().sum()).log()"),
             "You normalise over the whole batch at once. Each state has a distribution of its "
             "own. (And exp(200) is infinite in a 32-bit float.)"),
            ("categorical_log_prob.likeliest", lambda z, a: z.log_softmax(-1).amax(-1),
             "This is the log-probability of the likeliest action, whichever was taken. Where do "
             "actions come in?"),
            ("categorical_log_prob.sum_over_actions", lambda z, a: z.log_softmax(-1).sum(-1),
             "You add up the log-probabilities of all actions. One of them was taken in each "
             "state."),
            ("categorical_log_prob.mean_over_actions", lambda z, a: z.log_softmax(-1).mean(-1),
             "You average the log-probabilities of all actions. One of them was taken in each "
             "state."),
            ("categorical_log_prob.all_actions", lambda z, a: z.log_softmax(-1),
             "All log-probabilities are right, and all are returned. One action was taken in each "
             "state: pick it."),
            ("categorical_log_prob.crossed", lambda z, a: z.log_softmax(-1)[:, a],
             "Your index takes every action taken for every state, B times B numbers. Each row "
             "needs only the action of that row."),
            ("categorical_log_prob.rows", lambda z, a: z.log_softmax(-1)[a],
             "Your index picks rows. An action is the number of a column."),
            ("categorical_log_prob.column", edit(".squeeze(-1)", ""),
             "The numbers are right, the shape is (B, 1). Together with advantages of shape (B,) "
             "it would become (B, B)."),
            ("categorical_log_prob.overflow",
             edit("log_softmax(-1)", "exp().div(logits.exp().sum(-1, keepdim=True)).log()"),
             "Right, until the logits become large: exp(200) is infinite in a 32-bit float, and "
             "infinity over infinity is no number. Which function takes softmax and logarithm in "
             "one?"),
            ("categorical_log_prob.log_of_0", edit("log_softmax(-1)", "softmax(-1).log()"),
             "Right, until a probability becomes 0 in a 32-bit float: its logarithm is minus "
             "infinity. Which function takes softmax and logarithm in one?"),
            ("categorical_log_prob.log_of_sum",
             edit("logits.log_softmax(-1)", "logits - logits.exp().sum(-1, keepdim=True).log()"),
             "Right, until the logits become large: exp(200) is infinite in a 32-bit float, and so "
             "is the logarithm of a sum with it. Which function takes all three steps in one?"),
            ("categorical_log_prob.clamped",
             lambda z, a: _categorical(z.softmax(-1)).log_prob(a),
             "Right, until a probability falls below 1e-7: there Categorical stops it, if it is "
             "given probabilities. What else does it take?"),
            ("categorical_log_prob.plus_epsilon",
             edit("log_softmax(-1)", "softmax(-1).add(1e-8).log()"),
             "Right, until a probability becomes as small as the number you add: then the "
             "logarithm is that number's. Which function takes softmax and logarithm in one?"),
            ("categorical_log_prob.as_probs", lambda z, a: _categorical(z).log_prob(a),
             "Categorical has taken your logits for probabilities, which are its first argument. "
             "Say by name what you give it."),
            ("categorical_log_prob.negative", edit("return ", "return -"),
             "The size is right and the sign is not: a log-probability is never above 0. If you "
             "called cross_entropy: it returns the negative."),
            ("categorical_log_prob.cross_entropy", lambda z, a: functional.cross_entropy(z, a),
             "This is the cross-entropy: the negative log-probability, averaged over the batch. "
             "Each state's own is asked for, with its sign."),
            ("categorical_log_prob.mean", edit(".squeeze(-1)", ".mean()"),
             "You return one number, the mean over the batch. Each state has a log-probability of "
             "its own."),
            ("categorical_log_prob.sum", edit(".squeeze(-1)", ".sum()"),
             "You return one number, the sum over the batch. Each state has a log-probability of "
             "its own."),
            ("categorical_log_prob.detached", edit("logits.log", "logits.detach().log"),
             "The values are right, but no gradient reaches the logits: this policy could not "
             "learn. Where is it cut off?"),
        ),
    ),
    Exercise(
        name="gaussian_log_prob",
        reference=gaussian_log_prob,
        alternative=lambda m, s, a: action_distribution(m, s).log_prob(a),
        inputs=_gaussian_inputs,
        right="Values and gradients agree, for one dimension and for several.",
        wrong=(
            # which axis
            ("gaussian_log_prob.mean_over_dimensions", edit("sum(-1)", "mean(-1)"),
             "You average over the action's dimensions. Independent densities are multiplied: what "
             "does that mean for their logarithms?"),
            ("gaussian_log_prob.each_dimension", edit(".sum(-1)", ""),
             "A number for each dimension is right so far. The action as a whole has one: how do "
             "logarithms of independent densities combine?"),
            ("gaussian_log_prob.sum_of_all", edit("sum(-1)", "sum()"),
             "You add up the states too. Each state has a log-probability of its own."),
            ("gaussian_log_prob.mean_of_batch", edit("sum(-1)", "sum(-1).mean()"),
             "You return one number, the mean over the batch. Each state has a log-probability of "
             "its own."),
            ("gaussian_log_prob.mean_of_all", edit("sum(-1)", "mean()"),
             "You return one number, the mean of everything. Each state has a log-probability of "
             "its own, and over the dimensions it is no mean."),
            ("gaussian_log_prob.wrong_axis", edit("sum(-1)", "sum(0)"),
             "The sum runs over the states, and a number for each dimension is left. Which axis is "
             "which?"),
            # the logarithm of the spread
            ("gaussian_log_prob.divided_by_log", edit("log_std.exp()", "log_std"),
             "You divide the distance by log_std. The standard deviation belongs there: what "
             "undoes a logarithm?"),
            ("gaussian_log_prob.log_std_as_std",
             edit("log_std.exp()", "log_std", "- log_std", "- log_std.log()"),
             "You take log_std for the standard deviation itself, in both places, and its "
             "logarithm again. What undoes a logarithm?"),
            ("gaussian_log_prob.log_std_in_normal",
             edit("(-0.5 * distance**2 - log_std - HALF_LOG_2PI)",
                  "torch.distributions.Normal(mean, log_std).log_prob(actions)"),
             "Normal wants the standard deviation. You gave it the logarithm, which may be "
             "negative."),
            ("gaussian_log_prob.log_of_log", edit("- log_std", "- log_std.log()"),
             "The distance is right. In the second term you take the logarithm of log_std, which "
             "is one already."),
            ("gaussian_log_prob.std_for_log_std", edit("- log_std", "- log_std.exp()"),
             "In the second term you subtract the standard deviation. Its logarithm belongs "
             "there."),
            ("gaussian_log_prob.variance", lambda m, s, a: gaussian_log_prob(m, 2 * s, a),
             "Your standard deviation is the square of the right one: you take the variance for "
             "it, in both places."),
            ("gaussian_log_prob.std_for_variance",
             edit("log_std.exp()", "(0.5 * log_std).exp()"),
             "You square the distance and divide by the standard deviation, which is not squared "
             "with it."),
            ("gaussian_log_prob.std_as_variance",
             lambda m, s, a: gaussian_log_prob(m, 0.5 * s, a),
             "Your variance is exp(log_std). That is the standard deviation."),
            ("gaussian_log_prob.multiplied", edit("/ log_std", "* log_std"),
             "You multiply the distance by the standard deviation. A wide Gaussian should mind a "
             "distance less, not more."),
            ("gaussian_log_prob.log_std_summed_twice", edit("- log_std", "- log_std.sum()"),
             "The sum of log_std over the dimensions is subtracted in each dimension. You sum it "
             "twice."),
            # the factors of the three terms
            ("gaussian_log_prob.not_squared", edit("**2", ""),
             "The distance is not squared: an action on one side of the mean would be the "
             "likelier, the further away it is."),
            ("gaussian_log_prob.plus_square", edit("-0.5", "0.5"),
             "The square has the wrong sign: yours grows with the distance from the mean."),
            ("gaussian_log_prob.no_half", edit("0.5 * ", ""),
             "The square lacks its factor of one half."),
            ("gaussian_log_prob.no_log_std", edit(" - log_std", ""),
             "log_std is missing from the sum. Without it every action becomes likelier when the "
             "spread grows, and nothing would hold the spread back."),
            ("gaussian_log_prob.plus_log_std", edit("- log_std", "+ log_std"),
             "log_std is added. Does a wide Gaussian lie higher or lower at its mean than a narrow "
             "one?"),
            ("gaussian_log_prob.half_log_std", edit("- log_std", "- 0.5 * log_std"),
             "You subtract half of log_std. Does your one half belong to the logarithm of the "
             "variance?"),
            ("gaussian_log_prob.twice_log_std", edit("- log_std", "- 2 * log_std"),
             "You subtract twice log_std, the logarithm of the variance. Which factor stands in "
             "front of that one?"),
            ("gaussian_log_prob.no_2_pi", edit(" - HALF_LOG_2PI", ""),
             "The constant with 2 pi is missing. A ratio would not notice; the log-probability "
             "itself is off by it."),
            ("gaussian_log_prob.whole_log_2_pi", edit("- HALF", "- 2 * HALF"),
             "You subtract the whole of log(2 pi). The density has the root of 2 pi below its "
             "line."),
            ("gaussian_log_prob.plus_2_pi", edit("- HALF", "+ HALF"),
             "The constant with 2 pi is added. The density is divided by that root."),
            ("gaussian_log_prob.square_alone", edit(" - log_std - HALF_LOG_2PI", ""),
             "This is what stands in the exponent. The density has a factor in front of it: take "
             "its logarithm too."),
            ("gaussian_log_prob.constant_once",
             edit(" - HALF_LOG_2PI).sum(-1)", ").sum(-1) - HALF_LOG_2PI"),
             "The constant with 2 pi is subtracted once. How many Gaussians are multiplied?"),
            # the distance, and what is returned
            ("gaussian_log_prob.not_divided", edit(" / log_std.exp()", ""),
             "The distance from the mean is not divided by the standard deviation."),
            ("gaussian_log_prob.no_mean", edit("actions - mean", "actions"),
             "The mean has no effect: you square the action itself, not its distance from the "
             "mean."),
            ("gaussian_log_prob.density", edit("sum(-1)", "sum(-1).exp()"),
             "This is the density of the action. Its logarithm is asked for."),
            ("gaussian_log_prob.sum_of_densities", edit("sum(-1)", "exp().sum(-1)"),
             "You add up the densities of the dimensions. Densities are multiplied; it is the "
             "logarithms that are added."),
            ("gaussian_log_prob.negative", edit("return ", "return -"),
             "The size is right and the sign is not: yours is largest for the least likely "
             "action."),
            # where the gradient is cut off
            ("gaussian_log_prob.log_std_detached",
             lambda m, s, a: gaussian_log_prob(m, s.detach(), a),
             "The values are right, but no gradient reaches log_std: the spread could not be "
             "learnt."),
            ("gaussian_log_prob.mean_detached", edit("- mean", "- mean.detach()"),
             "The values are right, but no gradient reaches the mean: the policy could not learn "
             "where to go."),
            ("gaussian_log_prob.std_detached", edit("exp()", "exp().detach()"),
             "The values are right, but log_std gets only a part of its gradient. It stands in two "
             "terms: in which of them is it cut off?"),
            ("gaussian_log_prob.detached", edit("sum(-1)", "sum(-1).detach()"),
             "The values are right, but no gradient reaches mean or log_std: this policy could not "
             "learn. Where is it cut off?"),
        ),
    ),
    Exercise(
        name="categorical_entropy",
        reference=categorical_entropy,
        alternative=lambda z: action_distribution(z, None).entropy(),
        inputs=_entropy_inputs,
        right=(
            "Values and gradients agree: 0 where one action is certain, log n where all n are "
            "alike."
        ),
        wrong=(
            *_softmax_mistakes("categorical_entropy"),
            ("categorical_entropy.negative", edit("return -", "return "),
             "The size is right and the sign is not: an entropy is never below 0. The minus that "
             "makes a loss of it comes later, in one place."),
            ("categorical_entropy.bits", edit("sum(-1)", "sum(-1) / math.log(2)"),
             "These are bits: the logarithm has base 2. An entropy in nats has the natural one."),
            ("categorical_entropy.decimal", edit("sum(-1)", "sum(-1) / math.log(10)"),
             "The logarithm has base 10. An entropy in nats has the natural one."),
            ("categorical_entropy.mean_over_actions", edit("sum", "mean"),
             "You average over the actions. The probabilities are the weights already, so it is a "
             "sum."),
            ("categorical_entropy.share_of_most",
             edit("sum(-1)", "sum(-1) / math.log(logits.shape[-1])"),
             "You divide by log n, the most that n actions can have. The entropy itself is asked "
             "for, in nats."),
            ("categorical_entropy.from_uniform",
             edit("return -", "return math.log(logits.shape[-1]) + "),
             "This is log n less the entropy: 0 where all actions are alike. An entropy is largest "
             "there."),
            ("categorical_entropy.mean", edit("sum(-1)", "sum(-1).mean()"),
             "You return one number, the mean over the batch. Each state has an entropy of its "
             "own."),
            ("categorical_entropy.sum", edit("sum(-1)", "sum()"),
             "You return one number, the sum over the batch. Each state has an entropy of its "
             "own."),
            ("categorical_entropy.each_action", edit(".sum(-1)", ""),
             "A term for each action is right so far. What joins them to one number for each "
             "state?"),
            ("categorical_entropy.no_weights", edit("log_probs.exp() * ", ""),
             "Each action's logarithm counts alike, however rare the action is. What weighs them?"),
            ("categorical_entropy.no_weights_mean",
             edit("log_probs.exp() * ", "", "sum", "mean"),
             "This is a plain average of the logarithms. A rare action should weigh little: what "
             "weighs them?"),
            ("categorical_entropy.likeliest", edit("log_probs.exp() * ", "", "sum", "amax"),
             "This is the surprise at the likeliest action. The entropy is the surprise expected "
             "over all of them."),
            ("categorical_entropy.squares", lambda z: 1 - (z.softmax(-1) ** 2).sum(-1),
             "This is 1 less the sum of the squares, Gini's measure. There is no logarithm in it."),
            ("categorical_entropy.log_of_squares",
             lambda z: -(z.softmax(-1) ** 2).sum(-1).log(),
             "You take the logarithm of a sum of squares, which is a relative of the entropy. In "
             "the one asked for, each action has a logarithm of its own."),
            ("categorical_entropy.by_column",
             edit("log_softmax(-1)", "log_softmax(0)", "sum(-1)", "sum(0)"),
             "Softmax and sum both run over the states, and a number for each action is left. "
             "Which axis is which?"),
            ("categorical_entropy.by_action", edit("sum(-1)", "sum(0)"),
             "The sum runs over the states, and a number for each action is left. Which axis is "
             "which?"),
            ("categorical_entropy.log_of_0", edit("log_softmax(-1)", "softmax(-1).log()"),
             "Right, until a probability becomes 0 in a 32-bit float: 0 times minus infinity is no "
             "number, and such an action should count 0. Which function gives logarithms that stay "
             "finite?"),
            ("categorical_entropy.slope_at_0",
             lambda z: -torch.xlogy(z.softmax(-1), z.softmax(-1)).sum(-1),
             "The values are right, but where a probability is 0 its logarithm has no finite "
             "slope, and the gradient is no number. Which function gives logarithms that stay "
             "finite?"),
            ("categorical_entropy.overflow",
             edit("log_softmax(-1)", "exp().div(logits.exp().sum(-1, keepdim=True)).log()"),
             "Right, until the logits become large: exp(200) is infinite in a 32-bit float, and "
             "infinity over infinity is no number. Which functions take care of that?"),
            ("categorical_entropy.as_probs", lambda z: _categorical(z).entropy(),
             "Categorical has taken your logits for probabilities, which are its first argument. "
             "Say by name what you give it."),
            ("categorical_entropy.raw_logits", edit("* log_probs", "* logits"),
             "The weights are right. What they weigh are the raw logits: log-probabilities belong "
             "there."),
            ("categorical_entropy.logits_as_weights", edit("log_probs.exp()", "logits"),
             "The logarithms are right. What weighs them are the raw logits: probabilities belong "
             "there."),
            ("categorical_entropy.of_logits", edit("log_softmax(-1)", "log()"),
             "You take the logits for probabilities. What turns them into such?"),
            ("categorical_entropy.logits_as_logs", edit(".log_softmax(-1)", ""),
             "You take the logits for log-probabilities. Their exponentials do not sum to 1 yet."),
            ("categorical_entropy.exponential", lambda z: categorical_entropy(z).exp(),
             "This is the exponential of the entropy, as it were the number of actions in play. "
             "The entropy itself is asked for."),
            ("categorical_entropy.detached", edit("logits.log", "logits.detach().log"),
             "The values are right, but no gradient reaches the logits: a bonus on it would have "
             "no effect. Where is it cut off?"),
            ("categorical_entropy.weights_detached", edit("exp()", "exp().detach()"),
             "The values are right, their gradient is not: the probabilities, too, depend on the "
             "logits. Where are they cut off?"),
        ),
    ),
    Exercise(
        name="value_loss",
        reference=value_loss,
        alternative=lambda v, r, old: functional.mse_loss(v, r),
        inputs=_value_inputs,
        right="Values and gradients agree, for every size tried.",
        wrong=VALUE_MISTAKES,
    ),
    Exercise(
        name="total_loss",
        reference=total_loss,
        alternative=lambda s, c, h, vf, ent: vf * c - s - ent * h,
        inputs=_total_inputs,
        right="The value and all three gradients agree.",
        wrong=(
            ("total_loss.objective", edit("return -", "return "),
             "This is the objective, to be made large. The optimiser makes its number small: what "
             "turns one into the other?"),
            ("total_loss.surrogate_lowered", edit("(surrogate", "(-surrogate"),
             "The surrogate has the wrong sign: making yours small makes good actions rarer."),
            ("total_loss.critic_raised", edit("- vf_coef", "+ vf_coef"),
             "The critic's loss has the wrong sign: making yours small makes the critic worse."),
            ("total_loss.entropy_lowered", edit("+ ent_coef", "- ent_coef"),
             "The entropy has the wrong sign: making yours small makes the policy less random."),
            ("total_loss.minus_on_first", edit("-(surrogate", "(-surrogate"),
             "The minus has reached the surrogate alone. It stands in front of the whole bracket."),
            ("total_loss.all_added", edit("return -", "return ", "- vf_coef", "+ vf_coef"),
             "All three are added. Ask of each whether it should grow or shrink, when this number "
             "is made small."),
            ("total_loss.entropy_alone_right",
             edit("return -", "return ", "+ ent_coef", "- ent_coef"),
             "Two signs are wrong, the surrogate's and the critic's. Ask of each whether it should "
             "grow or shrink, when this number is made small."),
            ("total_loss.no_vf_coef", edit("vf_coef * ", ""),
             "vf_coef has no effect. Which term does it weigh?"),
            ("total_loss.no_ent_coef", edit("ent_coef * ", ""),
             "ent_coef has no effect. Which term does it weigh?"),
            ("total_loss.no_coefs", edit("vf_coef * ", "", "ent_coef * ", ""),
             "The signs are right; neither coefficient has any effect."),
            ("total_loss.coefs_swapped", edit("- vf_coef", "- ent_coef", "+ ent_coef", "+ vf_coef"),
             "The two coefficients have changed places. vf is short for value function."),
            ("total_loss.vf_on_surrogate", edit("surrogate - vf_coef *", "vf_coef * surrogate -"),
             "vf_coef weighs the surrogate. It belongs to the critic's loss; the surrogate has no "
             "coefficient."),
            ("total_loss.ent_on_surrogate",
             edit("(surrogate", "(ent_coef * surrogate", "+ ent_coef *", "+"),
             "ent_coef weighs the surrogate. It belongs to the entropy; the surrogate has no "
             "coefficient."),
            ("total_loss.fixed_coefs", edit("vf_coef *", "0.5 *", "ent_coef *", "0.01 *"),
             "Right for coefficients of 0.5 and 0.01 and for no others: numbers stand where "
             "vf_coef and ent_coef belong."),
            ("total_loss.half", edit("vf_coef *", "0.5 * vf_coef *"),
             "The critic's loss is halved once more. vf_coef is the only factor it has."),
            ("total_loss.entropy_weighed_twice",
             edit("critic_loss + ent_coef * entropy", "(critic_loss - ent_coef * entropy)"),
             "vf_coef weighs the entropy as well. Where does your bracket close?"),
            ("total_loss.no_entropy", edit(" + ent_coef * entropy", ""), "The entropy is missing."),
            ("total_loss.no_critic", edit(" - vf_coef * critic_loss", ""),
             "The critic's loss is missing."),
            ("total_loss.no_surrogate", edit("(surrogate", "("),
             "The surrogate is missing: the policy would not learn to act."),
            ("total_loss.surrogate_alone",
             edit(" - vf_coef * critic_loss + ent_coef * entropy", ""),
             "This is the surrogate's part alone. The critic's loss and the entropy are missing."),
            ("total_loss.surrogate_detached", edit("(surrogate", "(surrogate.detach()"),
             "The value is right, but no gradient flows through the surrogate: the policy would "
             "not learn to act."),
            ("total_loss.critic_detached", edit("* critic_loss", "* critic_loss.detach()"),
             "The value is right, but no gradient flows through the critic's loss: the critic "
             "would not learn."),
            ("total_loss.entropy_detached", edit("* entropy", "* entropy.detach()"),
             "The value is right, but no gradient flows through the entropy: the bonus would have "
             "no effect."),
            ("total_loss.numbers", lambda *a: total_loss(*a).item(),
             "The value is right, but it carries no gradient at all: nothing would learn. Is there "
             "an item, a float or a detach?"),
        ),
    ),
    Exercise(
        name="repaired_value_loss",
        reference=repaired_value_loss,
        alternative=lambda v, r, old: (v - r.unsqueeze(-1)).square().mean(),
        inputs=_column_inputs,
        right="The bug is gone: each value meets its own return, in B errors and not in B times B.",
        wrong=(
            *VALUE_MISTAKES,
            ("repaired_value_loss.unchanged", broadcast_value_loss,
             "The bug is still there: every value is compared with every return. What shape has "
             "the difference of values and returns?"),
            ("repaired_value_loss.sum_of_pairs", edit(".squeeze(-1)", "", "mean()", "sum()"),
             "Every value is still compared with every return, and the squares are now added up. "
             "What shape has the difference of values and returns?"),
            ("repaired_value_loss.pairs_by_size",
             edit(".squeeze(-1)", "", "mean()", "sum() / len(returns)"),
             "Every value is still compared with every return. You divide by B, but B times B "
             "squares went into the sum."),
            ("repaired_value_loss.pairs_by_return",
             edit(".squeeze(-1)", "", "mean()", "mean(0)"),
             "Every value is still compared with every return, and you average over the values "
             "alone. The shape must be mended before the difference is taken."),
            ("repaired_value_loss.pairs_by_value",
             edit(".squeeze(-1)", "", "mean()", "mean(-1)"),
             "Every value is still compared with every return, and you average over the returns "
             "alone. The shape must be mended before the difference is taken."),
            ("repaired_value_loss.mean_value", edit("squeeze(-1)", "mean()"),
             "You average the values before they are compared. Each of them has a return of its "
             "own."),
            ("repaired_value_loss.mean_return", edit("- returns", "- returns.mean()"),
             "You average the returns before they are compared. Each value has a return of its "
             "own."),
            ("repaired_value_loss.first_value", edit(".squeeze(-1)", "[0]"),
             "Your index takes the first row, a single value, and compares it with every return. "
             "It is the first column that holds them all."),
            ("repaired_value_loss.first_return", edit("- returns", "- returns[0]"),
             "Every value is compared with the first return. Each has a return of its own."),
        ),
    ),
)
# fmt: on
