"""The exercises of lesson 06: log-probabilities, entropy, the value loss, the total, a bug."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.distributions import Categorical, Distribution, Normal
from torch.nn import functional

from ppo_lib.course.checks.exercise import Answer, Arguments, Exercise
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
        {
            **{n: torch.tensor(x, requires_grad=True) for n, x in zip(names, case, strict=False)},
            "vf_coef": case[3],
            "ent_coef": case[4],
        }
        for case in cases
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
    return value_loss(values.squeeze(-1), returns, old_values)


def _pick(numbers: Tensor, actions: Tensor) -> Tensor:
    """Return the number of the action taken in each row."""
    return numbers[torch.arange(len(actions)), actions]


def _naive_softmax(logits: Tensor) -> Tensor:
    return torch.exp(logits) / torch.exp(logits).sum(-1, keepdim=True)


def _share(logits: Tensor) -> Tensor:
    """Return logits divided by their sum, which are probabilities only if all are above 0."""
    return logits / logits.sum(-1, keepdim=True)


def _as_probs(logits: Tensor) -> Distribution:
    """Return what `Categorical` makes of logits in the place of probabilities, its first."""
    return Categorical(logits)


def _from_probs(logits: Tensor) -> Distribution:
    return Categorical(probs=logits.softmax(-1))


def _normal(mean: Tensor, std: Tensor) -> Distribution:
    return Normal(mean, std)


LOG_PROB_MISTAKES: dict[str, Answer] = {
    "check.categorical_log_prob.logit": _pick,
    "check.categorical_log_prob.probability": lambda z, a: _pick(z.softmax(-1), a),
    "check.categorical_log_prob.wrong_axis": lambda z, a: _pick(z.log_softmax(0), a),
    "check.categorical_log_prob.wrong_axis_apart": lambda z, a: _pick(z.softmax(0).log(), a),
    "check.categorical_log_prob.whole_batch": lambda z, a: _pick(z - z.logsumexp((0, 1)), a),
    "check.categorical_log_prob.whole_batch_apart": lambda z, a: _pick(
        torch.log(z.exp() / z.exp().sum()), a
    ),
    "check.categorical_log_prob.likeliest": lambda z, a: z.log_softmax(-1).amax(-1),
    "check.categorical_log_prob.sum_over_actions": lambda z, a: z.log_softmax(-1).sum(-1),
    "check.categorical_log_prob.mean_over_actions": lambda z, a: z.log_softmax(-1).mean(-1),
    "check.categorical_log_prob.all_actions": lambda z, a: z.log_softmax(-1),
    "check.categorical_log_prob.crossed": lambda z, a: z.log_softmax(-1)[:, a],
    "check.categorical_log_prob.rows": lambda z, a: z.log_softmax(-1)[a],
    "check.categorical_log_prob.column": lambda z, a: _pick(z.log_softmax(-1), a).unsqueeze(-1),
    "check.categorical_log_prob.overflow": lambda z, a: _pick(_naive_softmax(z).log(), a),
    "check.categorical_log_prob.log_of_0": lambda z, a: _pick(z.softmax(-1).log(), a),
    "check.categorical_log_prob.log_of_sum": lambda z, a: _pick(
        z - z.exp().sum(-1, keepdim=True).log(), a
    ),
    "check.categorical_log_prob.clamped": lambda z, a: _from_probs(z).log_prob(a),
    "check.categorical_log_prob.plus_epsilon": lambda z, a: _pick((z.softmax(-1) + 1e-8).log(), a),
    "check.categorical_log_prob.share": lambda z, a: _pick(_share(z).log(), a),
    "check.categorical_log_prob.as_probs": lambda z, a: _as_probs(z).log_prob(a),
    "check.categorical_log_prob.twice": lambda z, a: _pick(z.softmax(-1).log_softmax(-1), a),
    "check.categorical_log_prob.negative": lambda z, a: -_pick(z.log_softmax(-1), a),
    "check.categorical_log_prob.cross_entropy": lambda z, a: functional.cross_entropy(z, a),
    "check.categorical_log_prob.mean": lambda z, a: _pick(z.log_softmax(-1), a).mean(),
    "check.categorical_log_prob.sum": lambda z, a: _pick(z.log_softmax(-1), a).sum(),
    "check.categorical_log_prob.detached": lambda z, a: _pick(z.log_softmax(-1), a).detach(),
}


def _distance(mean: Tensor, log_std: Tensor, actions: Tensor) -> Tensor:
    return (actions - mean) / log_std.exp()


def _each(mean: Tensor, log_std: Tensor, actions: Tensor) -> Tensor:
    """Return the right log-density of each dimension, not yet summed."""
    return -0.5 * _distance(mean, log_std, actions) ** 2 - log_std - HALF_LOG_2PI


def _wrong_terms(
    square: float = 0.5, spread: float = 1.0, constant: float = HALF_LOG_2PI, power: int = 2
) -> Answer:
    """Return a log-density whose three terms have other factors."""

    def log_prob(mean: Tensor, log_std: Tensor, actions: Tensor) -> Tensor:
        distance = _distance(mean, log_std, actions) ** power
        return (-square * distance - spread * log_std - constant).sum(-1)

    return log_prob


def _log_prob(distance: Tensor, log_std: Tensor) -> Tensor:
    """Return the log-density of an action whose distance or spread is not the right one."""
    return (-0.5 * distance**2 - log_std - HALF_LOG_2PI).sum(-1)


_GAUSSIAN_MISTAKES: dict[str, Answer] = {
    # which axis
    "mean_over_dimensions": lambda m, s, a: _each(m, s, a).mean(-1),
    "each_dimension": _each,
    "sum_of_all": lambda m, s, a: _each(m, s, a).sum(),
    "mean_of_batch": lambda m, s, a: gaussian_log_prob(m, s, a).mean(),
    "mean_of_all": lambda m, s, a: _each(m, s, a).mean(),
    "wrong_axis": lambda m, s, a: _each(m, s, a).sum(0),
    # the logarithm of the spread
    "divided_by_log": lambda m, s, a: _log_prob((a - m) / s, s),
    "log_std_as_std": lambda m, s, a: _log_prob((a - m) / s, s.log()),
    "log_std_in_normal": lambda m, s, a: _normal(m, s).log_prob(a).sum(-1),
    "log_of_log": lambda m, s, a: _log_prob(_distance(m, s, a), s.log()),
    "std_for_log_std": lambda m, s, a: _log_prob(_distance(m, s, a), s.exp()),
    "variance": lambda m, s, a: gaussian_log_prob(m, 2 * s, a),
    "std_for_variance": lambda m, s, a: _log_prob(_distance(m, 0.5 * s, a), s),
    "std_as_variance": lambda m, s, a: gaussian_log_prob(m, 0.5 * s, a),
    "multiplied": lambda m, s, a: _log_prob(_distance(m, -s, a), s),
    "log_std_summed_twice": lambda m, s, a: _log_prob(_distance(m, s, a), s.sum()),
    # the factors of the three terms
    "not_squared": _wrong_terms(power=1),
    "plus_square": _wrong_terms(square=-0.5),
    "no_half": _wrong_terms(square=1.0),
    "no_log_std": _wrong_terms(spread=0.0),
    "plus_log_std": _wrong_terms(spread=-1.0),
    "half_log_std": _wrong_terms(spread=0.5),
    "twice_log_std": _wrong_terms(spread=2.0),
    "no_2_pi": _wrong_terms(constant=0.0),
    "whole_log_2_pi": _wrong_terms(constant=2 * HALF_LOG_2PI),
    "plus_2_pi": _wrong_terms(constant=-HALF_LOG_2PI),
    "square_alone": _wrong_terms(spread=0.0, constant=0.0),
    "constant_once": lambda m, s, a: _wrong_terms(constant=0.0)(m, s, a) - HALF_LOG_2PI,
    # the distance, and what is returned
    "not_divided": lambda m, s, a: _log_prob(a - m, s),
    "no_mean": lambda m, s, a: gaussian_log_prob(0 * m, s, a),
    "density": lambda m, s, a: gaussian_log_prob(m, s, a).exp(),
    "sum_of_densities": lambda m, s, a: _each(m, s, a).exp().sum(-1),
    "negative": lambda m, s, a: -gaussian_log_prob(m, s, a),
    # where the gradient is cut off
    "log_std_detached": lambda m, s, a: gaussian_log_prob(m, s.detach(), a),
    "mean_detached": lambda m, s, a: gaussian_log_prob(m.detach(), s, a),
    "std_detached": lambda m, s, a: _log_prob(_distance(m, s.detach(), a), s),
    "detached": lambda m, s, a: gaussian_log_prob(m, s, a).detach(),
}
GAUSSIAN_MISTAKES: dict[str, Answer] = {
    f"check.gaussian_log_prob.{name}": mistake for name, mistake in _GAUSSIAN_MISTAKES.items()
}


def _surprise(probabilities: Tensor) -> Tensor:
    """Return -p log p for each action, computed as it is written."""
    return -(probabilities * probabilities.log())


ENTROPY_MISTAKES: dict[str, Answer] = {
    "check.categorical_entropy.negative": lambda z: -categorical_entropy(z),
    "check.categorical_entropy.bits": lambda z: categorical_entropy(z) / math.log(2),
    "check.categorical_entropy.decimal": lambda z: categorical_entropy(z) / math.log(10),
    "check.categorical_entropy.mean_over_actions": lambda z: categorical_entropy(z) / z.shape[-1],
    "check.categorical_entropy.share_of_most": lambda z: (
        categorical_entropy(z) / math.log(z.shape[-1])
    ),
    "check.categorical_entropy.from_uniform": lambda z: (
        math.log(z.shape[-1]) - categorical_entropy(z)
    ),
    "check.categorical_entropy.mean": lambda z: categorical_entropy(z).mean(),
    "check.categorical_entropy.sum": lambda z: categorical_entropy(z).sum(),
    "check.categorical_entropy.each_action": lambda z: -(z.softmax(-1) * z.log_softmax(-1)),
    "check.categorical_entropy.no_weights": lambda z: -z.log_softmax(-1).sum(-1),
    "check.categorical_entropy.no_weights_mean": lambda z: -z.log_softmax(-1).mean(-1),
    "check.categorical_entropy.likeliest": lambda z: -z.log_softmax(-1).amax(-1),
    "check.categorical_entropy.squares": lambda z: 1 - (z.softmax(-1) ** 2).sum(-1),
    "check.categorical_entropy.log_of_squares": lambda z: -(z.softmax(-1) ** 2).sum(-1).log(),
    "check.categorical_entropy.wrong_axis": lambda z: -(z.softmax(0) * z.log_softmax(0)).sum(-1),
    "check.categorical_entropy.by_column": lambda z: -(z.softmax(0) * z.log_softmax(0)).sum(0),
    "check.categorical_entropy.by_action": lambda z: -(z.softmax(-1) * z.log_softmax(-1)).sum(0),
    "check.categorical_entropy.log_of_0": lambda z: _surprise(z.softmax(-1)).sum(-1),
    "check.categorical_entropy.slope_at_0": lambda z: (
        -torch.xlogy(z.softmax(-1), z.softmax(-1)).sum(-1)
    ),
    "check.categorical_entropy.overflow": lambda z: _surprise(_naive_softmax(z)).sum(-1),
    "check.categorical_entropy.share": lambda z: _surprise(_share(z)).sum(-1),
    "check.categorical_entropy.as_probs": lambda z: _as_probs(z).entropy(),
    "check.categorical_entropy.raw_logits": lambda z: -(z.softmax(-1) * z).sum(-1),
    "check.categorical_entropy.logits_as_weights": lambda z: -(z * z.log_softmax(-1)).sum(-1),
    "check.categorical_entropy.of_logits": lambda z: _surprise(z).sum(-1),
    "check.categorical_entropy.logits_as_logs": lambda z: -(z.exp() * z).sum(-1),
    "check.categorical_entropy.twice": lambda z: categorical_entropy(z.softmax(-1)),
    "check.categorical_entropy.exponential": lambda z: categorical_entropy(z).exp(),
    "check.categorical_entropy.detached": lambda z: categorical_entropy(z).detach(),
    "check.categorical_entropy.weights_detached": lambda z: (
        -(z.softmax(-1).detach() * z.log_softmax(-1)).sum(-1)
    ),
}


def _value_clipped(values: Tensor, old_values: Tensor) -> Tensor:
    return old_values + (values - old_values).clamp(-0.2, 0.2)


def _larger_square(values: Tensor, returns: Tensor, old_values: Tensor) -> Tensor:
    """Return for each sample the larger squared error, clipped or not."""
    clipped = _value_clipped(values, old_values)
    return torch.max((values - returns) ** 2, (clipped - returns) ** 2)


VALUE_MISTAKES: dict[str, Answer] = {
    "check.value_loss.half": lambda v, r, old: 0.5 * ((v - r) ** 2).mean(),
    "check.value_loss.sum": lambda v, r, old: ((v - r) ** 2).sum(),
    "check.value_loss.half_sum": lambda v, r, old: 0.5 * ((v - r) ** 2).sum(),
    "check.value_loss.no_mean": lambda v, r, old: (v - r) ** 2,
    "check.value_loss.absolute": lambda v, r, old: (v - r).abs().mean(),
    "check.value_loss.huber": lambda v, r, old: functional.huber_loss(v, r),
    "check.value_loss.root": lambda v, r, old: ((v - r) ** 2).mean().sqrt(),
    "check.value_loss.norm": lambda v, r, old: (v - r).norm(),
    "check.value_loss.negative": lambda v, r, old: -((v - r) ** 2).mean(),
    "check.value_loss.not_squared": lambda v, r, old: (v - r).mean(),
    "check.value_loss.not_squared_reversed": lambda v, r, old: (r - v).mean(),
    "check.value_loss.square_of_mean": lambda v, r, old: (v - r).mean() ** 2,
    "check.value_loss.squares_apart": lambda v, r, old: (v**2 - r**2).mean(),
    "check.value_loss.added": lambda v, r, old: ((v + r) ** 2).mean(),
    "check.value_loss.largest": lambda v, r, old: ((v - r) ** 2).max(),
    "check.value_loss.no_returns": lambda v, r, old: (v**2).mean(),
    "check.value_loss.old_for_returns": lambda v, r, old: ((v - old) ** 2).mean(),
    "check.value_loss.old_for_values": lambda v, r, old: ((old - r) ** 2).mean(),
    "check.value_loss.clipped": lambda v, r, old: _larger_square(v, r, old).mean(),
    "check.value_loss.clipped_half": lambda v, r, old: 0.5 * _larger_square(v, r, old).mean(),
    "check.value_loss.clip_alone": lambda v, r, old: ((_value_clipped(v, old) - r) ** 2).mean(),
    "check.value_loss.detached": lambda v, r, old: ((v.detach() - r) ** 2).mean(),
}


def _from_column(mistake: Answer) -> Answer:
    """Return a mistake of the value loss for values of shape (B, 1)."""
    return lambda values, returns, old: mistake(values.squeeze(-1), returns, old)


REPAIR_MISTAKES: dict[str, Answer] = {
    "check.repaired_value_loss.unchanged": broadcast_value_loss,
    "check.repaired_value_loss.sum_of_pairs": lambda v, r, old: ((v - r) ** 2).sum(),
    "check.repaired_value_loss.pairs_by_size": lambda v, r, old: ((v - r) ** 2).sum() / len(r),
    "check.repaired_value_loss.pairs_by_return": lambda v, r, old: ((v - r) ** 2).mean(0),
    "check.repaired_value_loss.pairs_by_value": lambda v, r, old: ((v - r) ** 2).mean(-1),
    "check.repaired_value_loss.mean_value": lambda v, r, old: ((v.mean() - r) ** 2).mean(),
    "check.repaired_value_loss.mean_return": lambda v, r, old: ((v - r.mean()) ** 2).mean(),
    "check.repaired_value_loss.first_value": lambda v, r, old: ((v[0] - r) ** 2).mean(),
    "check.repaired_value_loss.first_return": lambda v, r, old: ((v - r[0]) ** 2).mean(),
}


def _signed(surrogate: int, critic_loss: int, entropy: int) -> Answer:
    """Return a total in which each term has the sign given."""
    return lambda s, c, h, vf, ent: surrogate * s + critic_loss * vf * c + entropy * ent * h


TOTAL_MISTAKES: dict[str, Answer] = {
    "check.total_loss.objective": _signed(+1, -1, +1),
    "check.total_loss.surrogate_lowered": _signed(+1, +1, -1),
    "check.total_loss.critic_raised": _signed(-1, -1, -1),
    "check.total_loss.entropy_lowered": _signed(-1, +1, +1),
    "check.total_loss.minus_on_first": _signed(-1, -1, +1),
    "check.total_loss.all_added": _signed(+1, +1, +1),
    "check.total_loss.entropy_alone_right": _signed(+1, -1, -1),
    "check.total_loss.no_vf_coef": lambda s, c, h, vf, ent: -s + c - ent * h,
    "check.total_loss.no_ent_coef": lambda s, c, h, vf, ent: -s + vf * c - h,
    "check.total_loss.no_coefs": lambda s, c, h, vf, ent: -s + c - h,
    "check.total_loss.coefs_swapped": lambda s, c, h, vf, ent: -s + ent * c - vf * h,
    "check.total_loss.vf_on_surrogate": lambda s, c, h, vf, ent: -vf * s + c - ent * h,
    "check.total_loss.ent_on_surrogate": lambda s, c, h, vf, ent: -ent * s + vf * c - h,
    "check.total_loss.fixed_coefs": lambda s, c, h, vf, ent: -s + 0.5 * c - 0.01 * h,
    "check.total_loss.half": lambda s, c, h, vf, ent: -s + 0.5 * vf * c - ent * h,
    "check.total_loss.entropy_weighed_twice": lambda s, c, h, vf, ent: -s + vf * (c - ent * h),
    "check.total_loss.no_entropy": lambda s, c, h, vf, ent: -s + vf * c,
    "check.total_loss.no_critic": lambda s, c, h, vf, ent: -s - ent * h,
    "check.total_loss.no_surrogate": lambda s, c, h, vf, ent: vf * c - ent * h,
    "check.total_loss.surrogate_alone": lambda s, c, h, vf, ent: -s,
    "check.total_loss.surrogate_detached": lambda s, c, h, vf, ent: -s.detach() + vf * c - ent * h,
    "check.total_loss.critic_detached": lambda s, c, h, vf, ent: -s + vf * c.detach() - ent * h,
    "check.total_loss.entropy_detached": lambda s, c, h, vf, ent: -s + vf * c - ent * h.detach(),
    "check.total_loss.numbers": lambda s, c, h, vf, ent: -s.item() + vf * c.item() - ent * h.item(),
}

EXERCISES = (
    Exercise(
        name="categorical_log_prob",
        reference=categorical_log_prob,
        alternative=lambda z, a: action_distribution(z, None).log_prob(a),
        wrong=LOG_PROB_MISTAKES,
        inputs=_log_prob_inputs,
    ),
    Exercise(
        name="gaussian_log_prob",
        reference=gaussian_log_prob,
        alternative=lambda m, s, a: action_distribution(m, s).log_prob(a),
        wrong=GAUSSIAN_MISTAKES,
        inputs=_gaussian_inputs,
    ),
    Exercise(
        name="categorical_entropy",
        reference=categorical_entropy,
        alternative=lambda z: action_distribution(z, None).entropy(),
        wrong=ENTROPY_MISTAKES,
        inputs=_entropy_inputs,
    ),
    Exercise(
        name="value_loss",
        reference=value_loss,
        alternative=lambda v, r, old: functional.mse_loss(v, r),
        wrong=VALUE_MISTAKES,
        inputs=_value_inputs,
    ),
    Exercise(
        name="total_loss",
        reference=total_loss,
        alternative=lambda s, c, h, vf, ent: vf * c - s - ent * h,
        wrong=TOTAL_MISTAKES,
        inputs=_total_inputs,
    ),
    Exercise(
        name="repaired_value_loss",
        reference=repaired_value_loss,
        alternative=lambda v, r, old: (v - r.unsqueeze(-1)).square().mean(),
        wrong={
            **{key: _from_column(mistake) for key, mistake in VALUE_MISTAKES.items()},
            **REPAIR_MISTAKES,
        },
        inputs=_column_inputs,
    ),
)
