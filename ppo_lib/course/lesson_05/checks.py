"""The exercises of lesson 05: returns, TD errors, GAE, true successors, a bug."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from ppo_lib.advantages import compute_gae, normalize, td_errors
from ppo_lib.course.checks.exercise import Answer, Arguments, Exercise

NAN = float("nan")


class _Steps(NamedTuple):
    """What `compute_gae` takes, and what its mistakes are made of; tensors are (T, N)."""

    rewards: Tensor
    values: Tensor
    next_values: Tensor
    terminated: Tensor
    truncated: Tensor
    gamma: float
    gae_lambda: float

    @property
    def decay(self) -> float:
        """γ λ."""
        return self.gamma * self.gae_lambda

    @property
    def ended(self) -> Tensor:
        """(T, N) bool: an end of either kind."""
        return self.terminated | self.truncated

    @property
    def deltas(self) -> Tensor:
        """(T, N), the TD errors."""
        return self.deltas_cut_at(self.terminated)

    def deltas_cut_at(self, mask: Tensor) -> Tensor:
        """Return TD errors that bootstrap wherever the mask is not set."""
        return self.rewards + self.gamma * self.next_values * ~mask - self.values


def _returns_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return short episodes and a long one, in which γ^t becomes 0 in float32."""
    return [
        {"rewards": torch.tensor([1.0, 2.0, -1.0, 4.0]), "gamma": 0.5},
        {"rewards": torch.tensor([3.0]), "gamma": 0.8},
        {"rewards": torch.randn(7, generator=generator), "gamma": 0.97},
        {"rewards": torch.randn(200, generator=generator), "gamma": 0.5},
    ]


def _rollouts(generator: torch.Generator) -> Sequence[_Steps]:
    """Return rollouts with ends of both kinds, also both at once, and of each in every place.

    Where an episode goes on, the next value is the value in the row below.
    """
    cases = [
        _Steps(
            rewards=torch.tensor([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0], [2.0, -1.0]]),
            values=torch.tensor([[0.5, 1.0], [1.5, -0.5], [2.0, 0.5], [-1.0, 3.0]]),
            next_values=torch.tensor([[1.5, -0.5], [4.0, 0.5], [-1.0, 2.5], [1.0, -2.0]]),
            terminated=torch.tensor([[False, False], [True, False], [False] * 2, [False] * 2]),
            truncated=torch.tensor([[False, False], [False] * 2, [False, True], [False] * 2]),
            gamma=0.9,
            gae_lambda=0.5,
        )
    ]
    settings = (((1, 3), 0.5, 0.9), ((6, 1), 0.97, 0.7), ((12, 4), 0.8, 0.98))
    for shape, gamma, gae_lambda in settings:
        rewards, values, led_to = torch.randn((3, *shape), generator=generator)
        terminated, truncated = torch.rand((2, *shape), generator=generator) < 0.25
        below = torch.cat([values[1:], led_to[-1:]])
        next_values = torch.where(terminated | truncated, led_to, below)
        cases.append(_Steps(rewards, values, next_values, terminated, truncated, gamma, gae_lambda))
    return cases


def _gae_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    return [steps._asdict() for steps in _rollouts(generator)]


def _td_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return the same rollouts, and one of a single environment, (T,)."""
    cases = []
    for case in _gae_inputs(generator):
        cases.append({k: v for k, v in case.items() if k not in ("truncated", "gae_lambda")})
    alone = {k: v[:, 0] if isinstance(v, Tensor) else v for k, v in cases[-1].items()}
    return [*cases, alone]


def _successor_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return observations whose final ones hold NaN, or old numbers, where nothing ended.

    As many environments as dimensions in the first, so that flags along the wrong axis fit.
    """
    observations = torch.tensor([[0.1, 0.2, 0.3], [1.0, 2.0, 3.0], [-1.0, 0.5, 4.0]])
    final = torch.tensor([[NAN] * 3, [5.0, 6.0, 7.0], [8.0, 9.0, 2.5]])
    cases = [(observations, final, torch.tensor([False, True, True]))]
    for (envs, size), ends in (((5, 2), (0, 3, 4)), ((4, 1), (1, 2)), ((3, 4), ()), ((1, 2), (0,))):
        observations, final = torch.randn((2, envs, size), generator=generator)
        ended = torch.zeros(envs, dtype=torch.bool)
        ended[list(ends)] = True
        if envs == 5:
            final[~ended] = NAN
        cases.append((observations, final, ended))
    return [{"observations": o, "final_observations": f, "ended": e} for o, f, e in cases]


def discounted_returns(rewards: Tensor, gamma: float) -> Tensor:
    """Return what each step of a finished episode was followed by.

        G_t = r_t + γ · G_{t+1},   and nothing comes after the last step

    Args:
        rewards: (T,) float, of one episode.
        gamma: discount factor.

    Returns:
        (T,), in units of reward.
    """
    returns = torch.zeros_like(rewards)
    following = rewards.new_zeros(())
    for t in reversed(range(len(rewards))):
        following = rewards[t] + gamma * following
        returns[t] = following
    return returns


def true_successors(observations: Tensor, final_observations: Tensor, ended: Tensor) -> Tensor:
    """Return the observation that each step truly led to.

    Args:
        observations: (N, D), what the environments show after the step; where an episode
            ended, the first observation of the next one.
        final_observations: (N, D), the last observation of each episode that ended; where
            none did, anything at all.
        ended: (N,) bool.

    Returns:
        (N, D).
    """
    return torch.where(ended.unsqueeze(-1), final_observations, observations)


def late_mask_gae(
    rewards: Tensor,
    values: Tensor,
    next_values: Tensor,
    terminated: Tensor,
    truncated: Tensor,
    gamma: float,
    gae_lambda: float,
) -> Tensor:
    """Return GAE with the bug of exercise 5: step t is cut by the flag of step t + 1.

    That is right where a row's flag says how the step before it ended, as in CleanRL.
    """
    ended = terminated | truncated
    deltas = rewards + gamma * next_values * ~terminated - values
    advantages = torch.zeros_like(deltas)
    following = torch.zeros_like(deltas[0])
    for t in reversed(range(len(deltas))):
        next_ended = ended[t + 1] if t + 1 < len(deltas) else torch.zeros_like(ended[t])
        following = deltas[t] + gamma * gae_lambda * ~next_ended * following
        advantages[t] = following
    return advantages


def _gae_by_sums(
    rewards: Tensor,
    values: Tensor,
    next_values: Tensor,
    terminated: Tensor,
    truncated: Tensor,
    gamma: float,
    gae_lambda: float,
) -> Tensor:
    """Return GAE as the weighted sum that it is, forwards from each step."""
    deltas = torch.where(terminated, rewards, rewards + gamma * next_values) - values
    advantages = torch.zeros_like(deltas)
    for t in range(len(deltas)):
        weight = torch.ones_like(deltas[t])
        for k in range(t, len(deltas)):
            advantages[t] += weight * deltas[k]
            weight = weight * gamma * gae_lambda * ~terminated[k] * ~truncated[k]
    return advantages


def _walk_back(deltas: Tensor, carry: Tensor | float) -> Tensor:
    """Return A_t = δ_t + carry_t · A_{t+1}, along the first axis."""
    carries = torch.as_tensor(carry).expand_as(deltas)
    rows = [deltas[-1]]
    for t in reversed(range(len(deltas) - 1)):
        rows.append(deltas[t] + carries[t] * rows[-1])
    return torch.stack(rows[::-1])


def _walk_on(deltas: Tensor, carry: Tensor | float) -> Tensor:
    """Return A_t = δ_t + carry_t · A_{t-1}, along the first axis."""
    return _walk_back(deltas.flip(0), torch.as_tensor(carry).expand_as(deltas).flip(0)).flip(0)


def _below(rows: Tensor) -> Tensor:
    """Return each row's lower neighbour, and zeros for the last."""
    return torch.cat([rows[1:], torch.zeros_like(rows[:1])])


def _above(rows: Tensor) -> Tensor:
    """Return each row's upper neighbour, and zeros for the first."""
    return torch.cat([torch.zeros_like(rows[:1]), rows[:-1]])


def _without_row(rows: Tensor, row: int) -> Tensor:
    """Return the rows, one of them still 0."""
    rows = rows.clone()
    rows[row] = 0
    return rows


def _powers(rewards: Tensor, gamma: float) -> Tensor:
    """Return γ^t for each step."""
    return gamma ** torch.arange(len(rewards))


def _sum_to_come(numbers: Tensor) -> Tensor:
    return numbers.flip(0).cumsum(0).flip(0)


def _standardised(returns: Tensor) -> Tensor:
    """Return returns of mean 0 and spread 1; a single one is no number, and no warning."""
    centred = returns - returns.mean()
    return centred / (torch.sqrt((centred**2).sum() / (len(returns) - 1)) + 1e-8)


def _sum_by_matrix(rewards: Tensor, gamma: float) -> Tensor:
    """Return the returns by all powers γ^(k - t), those of the past multiplied by 0."""
    steps = torch.arange(len(rewards))
    ahead = steps - steps.unsqueeze(-1)
    return (gamma**ahead * (ahead >= 0)) @ rewards


RETURNS_MISTAKES: dict[str, Answer] = {
    "check.discounted_returns.undiscounted": lambda r, gamma: _sum_to_come(r),
    "check.discounted_returns.cumsum": lambda r, gamma: r.cumsum(0),
    "check.discounted_returns.forwards": _walk_on,
    "check.discounted_returns.absolute_time": lambda r, gamma: _sum_to_come(_powers(r, gamma) * r),
    "check.discounted_returns.absolute_forwards": lambda r, gamma: torch.cumsum(
        _powers(r, gamma) * r, 0
    ),
    "check.discounted_returns.each_term": lambda r, gamma: _powers(r, gamma) * r,
    "check.discounted_returns.own_missing": lambda r, gamma: _below(_walk_back(r, gamma)),
    "check.discounted_returns.own_missing_discounted": lambda r, gamma: (
        gamma * _below(_walk_back(r, gamma))
    ),
    "check.discounted_returns.own_discounted": lambda r, gamma: gamma * _walk_back(r, gamma),
    "check.discounted_returns.total_repeated": lambda r, gamma: 0 * r + _walk_back(r, gamma)[0],
    "check.discounted_returns.total": lambda r, gamma: _walk_back(r, gamma)[0],
    "check.discounted_returns.sum_repeated": lambda r, gamma: r.sum().expand_as(r),
    "check.discounted_returns.sum": lambda r, gamma: r.sum(),
    "check.discounted_returns.reversed": lambda r, gamma: _walk_back(r, gamma).flip(0),
    "check.discounted_returns.mean_so_far": lambda r, gamma: (
        r.cumsum(0) / torch.arange(1, len(r) + 1)
    ),
    "check.discounted_returns.mean_to_come": lambda r, gamma: (
        _sum_to_come(r) / torch.arange(len(r), 0, -1)
    ),
    "check.discounted_returns.moving_average": lambda r, gamma: (1 - gamma) * _walk_back(r, gamma),
    "check.discounted_returns.discounted_once": lambda r, gamma: (
        r + gamma * _below(_sum_to_come(r))
    ),
    "check.discounted_returns.one_step": lambda r, gamma: r + gamma * _below(r),
    "check.discounted_returns.rewards": lambda r, gamma: r,
    "check.discounted_returns.rewards_last_0": lambda r, gamma: _without_row(r, -1),
    "check.discounted_returns.last_0": lambda r, gamma: _walk_back(_without_row(r, -1), gamma),
    "check.discounted_returns.first_0": lambda r, gamma: _without_row(_walk_back(r, gamma), 0),
    "check.discounted_returns.standardised": lambda r, gamma: _standardised(_walk_back(r, gamma)),
    "check.discounted_returns.fixed_gamma": lambda r, gamma: _walk_back(r, 0.99),
    "check.discounted_returns.underflow": lambda r, gamma: (
        _sum_to_come(_powers(r, gamma) * r) / _powers(r, gamma)
    ),
    "check.discounted_returns.overflow": _sum_by_matrix,
}

TD_MISTAKES: dict[str, Answer] = {
    "check.td_errors.unmasked": lambda r, v, nv, end, gamma: r + gamma * nv - v,
    "check.td_errors.upside_down": lambda r, v, nv, end, gamma: r + gamma * nv * end - v,
    "check.td_errors.reward_masked": lambda r, v, nv, end, gamma: (r + gamma * nv) * ~end - v,
    "check.td_errors.all_masked": lambda r, v, nv, end, gamma: (r + gamma * nv - v) * ~end,
    "check.td_errors.value_masked": lambda r, v, nv, end, gamma: r + gamma * nv - v * ~end,
    "check.td_errors.both_values_masked": lambda r, v, nv, end, gamma: r + (gamma * nv - v) * ~end,
    "check.td_errors.no_gamma": lambda r, v, nv, end, gamma: r + nv * ~end - v,
    "check.td_errors.gamma_on_both": lambda r, v, nv, end, gamma: r + gamma * (nv * ~end - v),
    "check.td_errors.gamma_on_value": lambda r, v, nv, end, gamma: r + nv * ~end - gamma * v,
    "check.td_errors.gamma_on_reward": lambda r, v, nv, end, gamma: gamma * (r + nv * ~end) - v,
    "check.td_errors.negative": lambda *arguments: -td_errors(*arguments),
    "check.td_errors.target": lambda r, v, nv, end, gamma: r + gamma * nv * ~end,
    "check.td_errors.added": lambda r, v, nv, end, gamma: r + gamma * nv * ~end + v,
    "check.td_errors.no_reward": lambda r, v, nv, end, gamma: gamma * nv * ~end - v,
    "check.td_errors.reward_less_value": lambda r, v, nv, end, gamma: r - v,
    "check.td_errors.values_swapped": lambda r, v, nv, end, gamma: r + gamma * v * ~end - nv,
    "check.td_errors.same_value": lambda r, v, nv, end, gamma: r + gamma * v * ~end - v,
    "check.td_errors.row_below": lambda r, v, nv, end, gamma: (
        r + gamma * torch.cat([v[1:], nv[-1:]]) * ~end - v
    ),
    "check.td_errors.row_below_and_0": lambda r, v, nv, end, gamma: (
        r + gamma * _below(v) * ~end - v
    ),
    "check.td_errors.rolled": lambda r, v, nv, end, gamma: r + gamma * v.roll(-1, 0) * ~end - v,
    "check.td_errors.late_mask": lambda r, v, nv, end, gamma: r + gamma * nv * ~_below(end) - v,
    "check.td_errors.early_mask": lambda r, v, nv, end, gamma: r + gamma * nv * ~_above(end) - v,
    "check.td_errors.squared": lambda *arguments: td_errors(*arguments) ** 2,
    "check.td_errors.absolute": lambda *arguments: td_errors(*arguments).abs(),
    "check.td_errors.mean": lambda *arguments: td_errors(*arguments).mean(),
    "check.td_errors.fixed_gamma": lambda r, v, nv, end, gamma: td_errors(r, v, nv, end, 0.99),
}


def _cut_for_all(s: _Steps) -> Tensor:
    """Return GAE whose trace is cut in every environment as soon as one of them ends."""
    anywhere = s.ended.any(-1, keepdim=True)
    return _walk_back(s.deltas, (s.decay * ~anywhere).expand_as(s.deltas))


def _shifted(s: _Steps, last: Tensor, mask: Tensor) -> Tensor:
    """Return TD errors that take the value of the row below for that of the successor."""
    next_values = torch.cat([s.values[1:], last])
    return s._replace(next_values=next_values).deltas_cut_at(mask)


def _two_ahead(s: _Steps) -> Tensor:
    rows = [*s.deltas]
    for t in reversed(range(len(rows) - 2)):
        rows[t] = rows[t] + s.decay * ~s.ended[t] * rows[t + 2]
    return torch.stack(rows)


def _row_masked(s: _Steps) -> Tensor:
    rows = [s.deltas[-1] * ~s.ended[-1]]
    for t in reversed(range(len(s.deltas) - 1)):
        rows.append((s.deltas[t] + s.decay * rows[-1]) * ~s.ended[t])
    return torch.stack(rows[::-1])


def _last_row_unbootstrapped(s: _Steps) -> Tensor:
    next_values = _without_row(s.next_values, -1)
    return compute_gae(*s._replace(next_values=next_values))


def _cut(s: _Steps) -> Tensor:
    """Return what carries an advantage to the row above."""
    return s.decay * ~s.ended


def _from_steps(mistake: Callable[[_Steps], Tensor]) -> Answer:
    return lambda *arguments: mistake(_Steps(*arguments))


_GAE_MISTAKES: dict[str, Callable[[_Steps], Tensor]] = {
    # where the trace is cut
    "not_cut": lambda s: _walk_back(s.deltas, s.decay),
    "cut_at_terminated": lambda s: _walk_back(s.deltas, s.decay * ~s.terminated),
    "cut_at_truncated": lambda s: _walk_back(s.deltas, s.decay * ~s.truncated),
    "cut_at_both": lambda s: _walk_back(s.deltas, s.decay * ~(s.terminated & s.truncated)),
    "cut_upside_down": lambda s: _walk_back(s.deltas, s.decay * s.ended),
    "cut_for_all": _cut_for_all,
    "late_mask": lambda s: late_mask_gae(*s),
    "early_mask": lambda s: _walk_back(s.deltas, s.decay * ~_above(s.ended)),
    "row_masked": _row_masked,
    # where the bootstrap is
    "merged": lambda s: _walk_back(s.deltas_cut_at(s.ended), _cut(s)),
    "unmasked": lambda s: _walk_back(s.deltas_cut_at(s.ended & ~s.ended), _cut(s)),
    "no_flags": lambda s: _walk_back(s.deltas_cut_at(s.ended & ~s.ended), s.decay),
    "flags_swapped": lambda s: _walk_back(s.deltas_cut_at(s.truncated), _cut(s)),
    "bootstrap_upside_down": lambda s: _walk_back(s.deltas_cut_at(~s.terminated), _cut(s)),
    "truncated_first": lambda s: _walk_back(s.deltas_cut_at(s.terminated & ~s.truncated), _cut(s)),
    "late_bootstrap": lambda s: _walk_back(s.deltas_cut_at(_below(s.terminated)), _cut(s)),
    "late_flags": lambda s: _walk_back(
        s.deltas_cut_at(_below(s.terminated)), s.decay * ~_below(s.ended)
    ),
    "late_merged": lambda s: _walk_back(
        s.deltas_cut_at(_below(s.ended)), s.decay * ~_below(s.ended)
    ),
    "late_shifted": lambda s: _walk_back(
        _shifted(s, s.next_values[-1:], _below(s.ended)), s.decay * ~_below(s.ended)
    ),
    "shifted": lambda s: _walk_back(_shifted(s, s.next_values[-1:], s.terminated), _cut(s)),
    "shifted_and_0": lambda s: _walk_back(
        _shifted(s, torch.zeros_like(s.values[-1:]), s.terminated), _cut(s)
    ),
    "last_row_unbootstrapped": _last_row_unbootstrapped,
    "never_bootstrapped": lambda s: _walk_back(s.rewards, s.gamma * ~s.ended) - s.values,
    # how the terms are weighed
    "no_lambda": lambda s: _walk_back(s.deltas, s.gamma * ~s.ended),
    "no_gamma": lambda s: _walk_back(s.deltas, s.gae_lambda * ~s.ended),
    "no_decay": lambda s: _walk_back(s.deltas, 1.0 * ~s.ended),
    "no_gamma_in_delta": lambda s: _walk_back(s._replace(gamma=1.0).deltas, _cut(s)),
    "no_gamma_at_all": lambda s: compute_gae(*s._replace(gamma=1.0)),
    "fixed_gamma": lambda s: compute_gae(*s._replace(gamma=0.99)),
    "fixed_lambda": lambda s: compute_gae(*s._replace(gae_lambda=0.95)),
    "fixed_both": lambda s: compute_gae(*s._replace(gamma=0.99, gae_lambda=0.95)),
    "1_less_lambda": lambda s: (1 - s.gae_lambda) * compute_gae(*s),
    "target": lambda s: _walk_back(s.deltas + s.values, _cut(s)),
    # how the rows are walked
    "forwards": lambda s: _walk_on(s.deltas, _cut(s)),
    "two_ahead": _two_ahead,
    "one_more": lambda s: s.deltas + _cut(s) * _below(s.deltas),
    "first_row_0": lambda s: _without_row(compute_gae(*s), 0),
    "last_row_0": lambda s: _walk_back(_without_row(s.deltas, -1), _cut(s)),
    "wrong_axis": lambda s: _walk_back(s.deltas.T, _cut(s).T).T,
    # what is returned
    "deltas": lambda s: s.deltas,
    "deltas_last_0": lambda s: _without_row(s.deltas, -1),
    "returns": lambda s: compute_gae(*s) + s.values,
    "reversed": lambda s: compute_gae(*s).flip(0),
    "normalised": lambda s: normalize(compute_gae(*s)),
    "one_row": lambda s: compute_gae(*s)[0],
    "mean_over_time": lambda s: compute_gae(*s).mean(0),
}
GAE_MISTAKES: dict[str, Answer] = {
    f"check.gae.{name}": _from_steps(mistake) for name, mistake in _GAE_MISTAKES.items()
}


def _blend(observations: Tensor, final: Tensor, ended: Tensor) -> Tensor:
    """Return a weighted sum of two, in which no number times 0 is no number."""
    return ended.unsqueeze(-1) * final + ~ended.unsqueeze(-1) * observations


def _first_alone(observations: Tensor, final: Tensor, ended: Tensor) -> Tensor:
    first = ended & (ended.cumsum(0) == 1)
    return true_successors(observations, final, first)


def _columns(observations: Tensor, final: Tensor, ended: Tensor) -> Tensor:
    successors = observations.clone()
    successors[:, ended] = final[:, ended]
    return successors


def _packed(observations: Tensor, final: Tensor, ended: Tensor) -> Tensor:
    successors = observations.clone()
    successors[ended] = final[: int(ended.sum())]
    return successors


SUCCESSOR_MISTAKES: dict[str, Answer] = {
    "check.true_successors.swapped": lambda o, f, e: torch.where(e.unsqueeze(-1), o, f),
    "check.true_successors.observations": lambda o, f, e: o,
    "check.true_successors.final": lambda o, f, e: f,
    "check.true_successors.blend": _blend,
    "check.true_successors.by_nan": lambda o, f, e: torch.where(f.isnan(), o, f),
    "check.true_successors.wrong_axis": lambda o, f, e: torch.where(e, f, o),
    "check.true_successors.columns": _columns,
    "check.true_successors.first_alone": _first_alone,
    "check.true_successors.all_if_any": lambda o, f, e: f if e.any() else o,
    "check.true_successors.all_if_all": lambda o, f, e: f if e.all() else o,
    "check.true_successors.ended_alone": lambda o, f, e: f[e],
    "check.true_successors.others_alone": lambda o, f, e: o[~e],
    "check.true_successors.order_lost": lambda o, f, e: torch.cat([o[~e], f[e]]),
    "check.true_successors.order_lost_ended_first": lambda o, f, e: torch.cat([f[e], o[~e]]),
    "check.true_successors.packed": _packed,
    "check.true_successors.zeros": lambda o, f, e: o * ~e.unsqueeze(-1),
    "check.true_successors.zeros_elsewhere": lambda o, f, e: torch.where(
        e.unsqueeze(-1), f, torch.zeros_like(f)
    ),
}

EXERCISES = (
    Exercise(
        name="discounted_returns",
        reference=discounted_returns,
        alternative=lambda r, gamma: torch.stack(
            [(_powers(r[t:], gamma) * r[t:]).sum() for t in range(len(r))]
        ),
        wrong=RETURNS_MISTAKES,
        inputs=_returns_inputs,
    ),
    Exercise(
        name="td_errors",
        reference=td_errors,
        alternative=lambda r, v, nv, end, gamma: torch.where(end, r, r + gamma * nv) - v,
        wrong=TD_MISTAKES,
        inputs=_td_inputs,
    ),
    Exercise(
        name="compute_gae",
        reference=compute_gae,
        alternative=_gae_by_sums,
        wrong=GAE_MISTAKES,
        inputs=_gae_inputs,
    ),
    Exercise(
        name="true_successors",
        reference=true_successors,
        alternative=lambda o, f, e: torch.stack(
            [final if end else seen for seen, final, end in zip(o, f, e, strict=True)]
        ),
        wrong=SUCCESSOR_MISTAKES,
        inputs=_successor_inputs,
    ),
    Exercise(
        name="repaired_gae",
        reference=compute_gae,
        alternative=_gae_by_sums,
        wrong={
            **{key: f for key, f in GAE_MISTAKES.items() if key != "check.gae.late_mask"},
            "check.repaired_gae.unchanged": late_mask_gae,
            "check.repaired_gae.cut_twice": _from_steps(
                lambda s: _walk_back(s.deltas, _cut(s) * ~_below(s.ended))
            ),
            "check.repaired_gae.late_terminated": _from_steps(
                lambda s: _walk_back(s.deltas, s.decay * ~_below(s.terminated))
            ),
        },
        inputs=_gae_inputs,
    ),
)
