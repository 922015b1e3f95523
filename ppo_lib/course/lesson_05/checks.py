"""The exercises of lesson 05: returns, TD errors, GAE, true successors, a bug."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ppo_lib.advantages import compute_gae, normalize, td_errors
from ppo_lib.course.checks.exercise import Arguments, Exercise, Row, edit

NAN = float("nan")


def _returns_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return short episodes and a long one, in which γ^t becomes 0 in float32."""
    return [
        {"rewards": torch.tensor([1.0, 2.0, -1.0, 4.0]), "gamma": 0.5},
        {"rewards": torch.tensor([3.0]), "gamma": 0.8},
        {"rewards": torch.randn(7, generator=generator), "gamma": 0.97},
        {"rewards": torch.randn(200, generator=generator), "gamma": 0.5},
    ]


def _gae_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return rollouts with ends of both kinds, also both at once, and of each in every place.

    Where an episode goes on, the next value is the value in the row below.
    """
    cases: list[Arguments] = [
        {
            "rewards": torch.tensor([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0], [2.0, -1.0]]),
            "values": torch.tensor([[0.5, 1.0], [1.5, -0.5], [2.0, 0.5], [-1.0, 3.0]]),
            "next_values": torch.tensor([[1.5, -0.5], [4.0, 0.5], [-1.0, 2.5], [1.0, -2.0]]),
            "terminated": torch.tensor([[False, False], [True, False], [False] * 2, [False] * 2]),
            "truncated": torch.tensor([[False, False], [False] * 2, [False, True], [False] * 2]),
            "gamma": 0.9,
            "gae_lambda": 0.5,
        }
    ]
    for shape, *factors in (((1, 3), 0.5, 0.9), ((6, 1), 0.97, 0.7), ((12, 4), 0.8, 0.98)):
        rewards, values, led_to = torch.randn((3, *shape), generator=generator)
        terminated, truncated = torch.rand((2, *shape), generator=generator) < 0.25
        below = torch.cat([values[1:], led_to[-1:]])
        next_values = torch.where(terminated | truncated, led_to, below)
        case = (rewards, values, next_values, terminated, truncated, *factors)
        cases.append(dict(zip(cases[0], case, strict=True)))
    return cases


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


def _powers(rewards: Tensor, gamma: float) -> Tensor:
    """Return γ^t for each step."""
    return gamma ** torch.arange(len(rewards))


def _sum_by_matrix(rewards: Tensor, gamma: float) -> Tensor:
    """Return the returns by all powers γ^(k - t), those of the past multiplied by 0."""
    steps = torch.arange(len(rewards))
    ahead = steps - steps.unsqueeze(-1)
    return (gamma**ahead * (ahead >= 0)) @ rewards


def _below(rows: Tensor) -> Tensor:
    """Return each row's lower neighbour, and zeros for the last."""
    return torch.cat([rows[1:], torch.zeros_like(rows[:1])])


def _standardised(returns: Tensor) -> Tensor:
    """Return returns of mean 0 and spread 1; a single one is no number, and no warning."""
    centred = returns - returns.mean()
    return centred / (torch.sqrt((centred**2).sum() / (len(returns) - 1)) + 1e-8)


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


# fmt: off
GAE_MISTAKES: tuple[Row, ...] = (
    # where the sum is cut
    ("gae.not_cut",
     edit("(~(terminated | truncated)).to(deltas.dtype)", "torch.ones_like(deltas)"),
     "Your sum runs on from one episode into the next. What the next one brings is no merit of "
     "this action: where must the sum stop?"),
    ("gae.cut_at_terminated", edit("terminated | truncated", "terminated"),
     "The sum stops at terminated alone. After a time limit, too, the row below belongs to another "
     "episode."),
    ("gae.cut_at_truncated", edit("terminated | truncated", "truncated"),
     "The sum stops at truncated alone. After a true end, too, the row below belongs to another "
     "episode."),
    ("gae.cut_at_both", edit("terminated | truncated", "terminated & truncated"),
     "The sum stops only where both flags are set at once. Is one of them not enough?"),
    ("gae.cut_upside_down", edit("~(terminated", "(terminated"),
     "The sum goes on where an episode ended and stops everywhere else: its mask is the wrong way "
     "round."),
    ("gae.cut_for_all", edit("truncated))", "truncated).any(-1, keepdim=True))"),
     "As soon as one environment ends, you cut the sum in all of them. Each column has episodes of "
     "its own."),
    ("gae.early_mask", edit("carries[t]", "(carries[t - 1] if t else gamma * gae_lambda)"),
     "The sum is cut one row off: step t looks at how step t - 1 ended. A row's flags say how that "
     "row's own step ended."),
    ("gae.row_masked", edit("terminated, gamma)", "terminated, gamma) * ~(terminated | truncated)"),
     "Where an episode ended, your advantage is 0. Such a step has a TD error like any other; it "
     "is the row below that must not come in."),
    # where the bootstrap is
    ("gae.merged", edit("terminated, gamma", "terminated | truncated, gamma"),
     "Inside the TD error you treat both kinds of end alike. Which of them leaves a state that is "
     "still worth something?"),
    ("gae.unmasked", edit("terminated, gamma", "terminated & False, gamma"),
     "The sum is cut where it should be, but the TD error counts a next value even after a true "
     "end. What follows there?"),
    ("gae.no_flags",
     lambda r, v, nv, e, c, *rest: compute_gae(r, v, nv, e & False, c & False, *rest),
     "Neither flag has any effect. They are asked twice: whether the next value counts, and "
     "whether the row below comes in."),
    ("gae.flags_swapped", edit("terminated, gamma", "truncated, gamma"),
     "Inside the TD error, truncated stands where terminated belongs: the next value is dropped at "
     "a time limit and counts after a true end."),
    ("gae.bootstrap_upside_down", edit("terminated, gamma", "~terminated, gamma"),
     "Inside the TD error the mask is the wrong way round: the next value counts only where "
     "nothing follows."),
    ("gae.truncated_first", edit("terminated, gamma", "terminated & ~truncated, gamma"),
     "Right, but for steps that are terminated and truncated at once. Does anything follow there?"),
    ("gae.late_bootstrap",
     edit("terminated, gamma", "torch.cat([terminated[1:], terminated[:1] & False]), gamma"),
     "Inside the TD error you read the flag from the row below. A row's flags say how that row's "
     "own step ended."),
    ("gae.late_flags",
     lambda r, v, nv, e, c, *rest: compute_gae(r, v, nv, _below(e), _below(c), *rest),
     "The TD error and the sum both read their flags from the row below. A row's flags say how "
     "that row's own step ended."),
    ("gae.late_merged",
     lambda r, v, nv, e, c, *rest: compute_gae(r, v, nv, _below(e | c), _below(c), *rest),
     "The TD error and the sum both read their flags from the row below, and a time limit counts "
     "as a true end. Begin with the row: its flags say how its own step ended."),
    ("gae.late_shifted",
     lambda r, v, nv, e, c, *rest: compute_gae(
         r, v, torch.cat([v[1:], nv[-1:]]), _below(e | c), _below(c), *rest
     ),
     "Flags and next values come from the row below, as in code that stores its flags before the "
     "step. Here a row tells of its own step: how it ended, and in next_values where it led."),
    ("gae.shifted", lambda r, v, nv, *rest: compute_gae(r, v, torch.cat([v[1:], nv[-1:]]), *rest),
     "You take the next value from the row below. Where an episode ended, that row belongs to "
     "another one; which argument holds what the step truly led to?"),
    ("gae.shifted_and_0", lambda r, v, nv, *rest: compute_gae(r, v, _below(v), *rest),
     "You take the next value from the row below, and 0 for the last row. Which argument holds "
     "what each step truly led to, the last one too?"),
    ("gae.last_row_unbootstrapped",
     lambda r, v, nv, *rest: compute_gae(r, v, torch.cat([nv[:-1], 0 * nv[-1:]]), *rest),
     "The last row's TD error has no next value. The rollout stops there; the episode need not."),
    ("gae.never_bootstrapped",
     lambda r, v, nv, e, c, gamma, _: compute_gae(r, 0 * v, 0 * v, e, c, gamma, 1) - v,
     "These are the discounted rewards that follow, less the value. next_values and gae_lambda "
     "have no say in them."),
    # how the terms are weighed
    ("gae.no_lambda", edit("gamma * gae_lambda", "gamma"),
     "gae_lambda has no effect: whatever it is, you return what 1 would give, the Monte Carlo end "
     "of the scale."),
    ("gae.no_gamma", edit("gamma * gae_lambda", "gae_lambda"),
     "The row below comes in with gae_lambda alone. It is one step away: which factor is missing?"),
    ("gae.no_decay", edit("gamma * gae_lambda * ", ""),
     "The row below comes in whole. Two factors make it smaller at every step."),
    ("gae.no_gamma_in_delta", edit("terminated, gamma", "terminated, 1"),
     "The sum decays as it should, but inside the TD error the next value is not discounted."),
    ("gae.no_gamma_at_all", edit("terminated, gamma", "terminated, 1", "gamma * ", ""),
     "gamma has no effect, neither inside the TD error nor in the sum."),
    ("gae.fixed_gamma", edit("terminated, gamma", "terminated, 0.99", "gamma * ", "0.99 * "),
     "Right for a gamma of 0.99 and for no other: a number stands where gamma belongs."),
    ("gae.fixed_lambda", edit("* gae_lambda", "* 0.95"),
     "Right for a gae_lambda of 0.95 and for no other: a number stands where gae_lambda belongs."),
    ("gae.fixed_both",
     edit("terminated, gamma", "terminated, 0.99", "gamma * gae_lambda", "0.99 * 0.95"),
     "Right for a gamma of 0.99 with a gae_lambda of 0.95, and for nothing else: numbers stand "
     "where the arguments belong."),
    ("gae.1_less_lambda", edit("return ", "return (1 - gae_lambda) * "),
     "You return 1 - gae_lambda times what was expected. That factor averages n-step estimates; in "
     "the sum of TD errors it has cancelled."),
    ("gae.target", edit("terminated, gamma)", "terminated, gamma) + values"),
     "Inside the TD error V(s_t) is not subtracted. You add up what each step was worth, not how "
     "far it surprised."),
    # how the rows are walked
    ("gae.forwards",
     edit("reversed(range(len(advantages) - 1))", "range(1, len(advantages))", "t + 1", "t - 1"),
     "The sum runs from the first row on and gathers the past. An advantage looks ahead: from "
     "which end must the loop start?"),
    ("gae.two_ahead", edit("len(advantages) - 1", "len(advantages) - 2", "t + 1", "t + 2"),
     "Off by one: each row takes over the advantage from two rows below."),
    ("gae.one_more", edit("reversed", ""),
     "Each row takes over the next TD error and nothing beyond it. What has to come up from the "
     "row below, so that all later ones are in it?"),
    ("gae.first_row_0", edit("return", "advantages[0] = 0; return"),
     "The first row is still 0. With which row does your loop end?"),
    ("gae.last_row_0", edit("    for", "    advantages[-1] = 0\n    for"),
     "The last row is still 0, and its TD error reaches no other row. With which row does your "
     "loop begin?"),
    ("gae.wrong_axis", lambda *a: compute_gae(*(x.T for x in a[:5]), *a[5:]).T,
     "The sum runs across the environments. Which of the two axes is time?"),
    # what is returned
    ("gae.deltas", edit("* gae_lambda", "* 0"),
     "These are the TD errors alone. If you wrote a loop: is the row below done when a row needs "
     "it?"),
    ("gae.deltas_last_0", edit("* gae_lambda", "* 0", "return", "advantages[-1] = 0; return"),
     "These are the TD errors alone, and 0 in the last row. If you wrote a loop: is the row below "
     "done when a row needs it, and does the loop reach the last row?"),
    ("gae.returns", lambda *a: compute_gae(*a) + a[1],
     "These are advantages plus values, the returns that the critic learns from. The advantages "
     "alone are asked for."),
    ("gae.reversed", lambda *a: compute_gae(*a).flip(0),
     "The numbers are right and their order is upside down. If you filled a list from the last row "
     "on: it begins with the last step."),
    ("gae.normalised", lambda *a: normalize(compute_gae(*a)),
     "Your advantages are shifted and scaled to mean 0 and spread 1. That comes later, in the "
     "update."),
    ("gae.one_row", lambda *a: compute_gae(*a)[0],
     "You return one row, that of the first step. Each step has advantages of its own."),
    ("gae.mean_over_time", lambda *a: compute_gae(*a).mean(0),
     "You return the mean over time. Each step has advantages of its own."),
)

EXERCISES = (
    Exercise(
        name="discounted_returns",
        reference=discounted_returns,
        alternative=lambda r, gamma: torch.stack(
            [(_powers(r[t:], gamma) * r[t:]).sum() for t in range(len(r))]
        ),
        inputs=_returns_inputs,
        right="Values agree, for short episodes and for one of 200 steps.",
        wrong=(
            ("discounted_returns.undiscounted", edit("gamma * ", ""),
             "Each step has the plain sum of its own reward and those to come. Where does gamma "
             "come in?"),
            ("discounted_returns.cumsum", lambda r, gamma: r.cumsum(0),
             "You add up the rewards so far, undiscounted. A return looks ahead, to what the step "
             "was followed by."),
            ("discounted_returns.forwards", edit("reversed", ""),
             "The sum runs the wrong way and discounts the past. The return of a step rests on "
             "that of the next one: from which end must the loop start?"),
            ("discounted_returns.absolute_time",
             edit("rewards[t] + gamma * following", "gamma**t * rewards[t] + following"),
             "Each reward is discounted by its time since the start of the episode. The return of "
             "step t counts from step t, whose own reward is whole."),
            ("discounted_returns.absolute_forwards",
             lambda r, gamma: (_powers(r, gamma) * r).cumsum(0),
             "These are the discounted rewards so far, counted from the start of the episode. A "
             "return adds up what is still to come, counted from its own step."),
            ("discounted_returns.each_term", lambda r, gamma: _powers(r, gamma) * r,
             "Each reward is discounted by its time, and nothing is added up. A return is a sum."),
            ("discounted_returns.own_missing", edit("return returns", "return _below(returns)"),
             "Off by one: each step has the return of the next one, and its own reward is "
             "missing."),
            ("discounted_returns.own_missing_discounted",
             edit("return returns", "return gamma * _below(returns)"),
             "This is gamma times the return of the next step. The step's own reward is missing."),
            ("discounted_returns.own_discounted", edit("return returns", "return gamma * returns"),
             "The step's own reward is discounted too. Only what comes after it is."),
            ("discounted_returns.total_repeated",
             edit("return returns", "return following.expand_as(returns)"),
             "Every step has the return of the first one. What came before a step is no part of "
             "its return."),
            ("discounted_returns.total", edit("return returns", "return following"),
             "You return one number, the return of the first step. Each step has a return of its "
             "own."),
            ("discounted_returns.sum_repeated", lambda r, gamma: r.sum().expand_as(r),
             "Every step has the sum of all rewards. A step's return leaves out what came before "
             "it, and discounts what comes after."),
            ("discounted_returns.sum", lambda r, gamma: r.sum(),
             "You return one number, the sum of all rewards. Each step has a return of its own."),
            ("discounted_returns.reversed", edit("return returns", "return returns.flip(0)"),
             "The numbers are right and their order is upside down. If you filled a list from the "
             "end of the episode: it begins with the last step."),
            ("discounted_returns.mean_so_far",
             lambda r, gamma: r.cumsum(0) / torch.arange(1, len(r) + 1),
             "This is the mean of the rewards so far. A return is a discounted sum of those to "
             "come."),
            ("discounted_returns.mean_to_come",
             lambda r, gamma: discounted_returns(r, 1) / torch.arange(len(r), 0, -1),
             "This is the mean of the rewards to come. A return is their discounted sum."),
            ("discounted_returns.moving_average",
             edit("return returns", "return (1 - gamma) * returns"),
             "You return 1 - gamma times the return, which is an average of the rewards. In the "
             "sum, the step's own reward counts in full."),
            ("discounted_returns.discounted_once",
             lambda r, gamma: r + gamma * _below(discounted_returns(r, 1)),
             "All later rewards are discounted by the same single gamma. Each step that passes "
             "brings another factor."),
            ("discounted_returns.one_step", lambda r, gamma: r + gamma * _below(r),
             "You look one step ahead and no further. What comes after the next step's reward?"),
            ("discounted_returns.rewards", lambda r, gamma: r,
             "These are the rewards themselves. If you wrote a loop: is the return of step t + 1 "
             "known when step t needs it?"),
            ("discounted_returns.rewards_last_0",
             lambda r, gamma: torch.cat([r[:-1], 0 * r[-1:]]),
             "These are the rewards themselves, and 0 at the end. If you wrote a loop: is the "
             "return of step t + 1 known when step t needs it, and does the loop reach the last "
             "step?"),
            ("discounted_returns.last_0", edit("len(rewards)", "len(rewards) - 1"),
             "The last reward is lost: the last return is 0. With which step does your loop "
             "begin?"),
            ("discounted_returns.first_0", edit("len(rewards)", "1, len(rewards)"),
             "The first step is still 0. With which step does your loop end?"),
            ("discounted_returns.standardised",
             edit("return returns", "return _standardised(returns)"),
             "Your returns are shifted and scaled to mean 0 and spread 1, as some programs do "
             "before a gradient step. The returns themselves are asked for."),
            ("discounted_returns.fixed_gamma", edit("gamma * ", "0.99 * "),
             "Right for a gamma of 0.99 and for no other: a number stands where gamma belongs."),
            ("discounted_returns.underflow",
             lambda r, gamma: discounted_returns(_powers(r, gamma) * r, 1) / _powers(r, gamma),
             "Right, until the episode becomes long: gamma to the power t ends up as 0 in a 32-bit "
             "float, and you divide by it. Can you do without that power?"),
            ("discounted_returns.overflow", _sum_by_matrix,
             "Right, until the episode becomes long: powers with a negative exponent grow to "
             "infinity, and infinity times 0 is no number. Leave the past out, do not multiply it "
             "away."),
        ),
    ),
    Exercise(
        name="td_errors",
        reference=td_errors,
        alternative=lambda r, v, nv, end, gamma: torch.where(end, r, r + gamma * nv) - v,
        inputs=_td_inputs,
        right="Values agree, with true ends and without, for one environment and for several.",
        wrong=(
            ("td_errors.unmasked", edit(" * ~terminated", ""),
             "The next value counts even after a true end, where nothing follows. Which argument "
             "says where that is?"),
            ("td_errors.upside_down", edit("~terminated", "terminated"),
             "The next value counts only where the episode terminated. The mask is the wrong way "
             "round."),
            ("td_errors.reward_masked",
             edit("rewards +", "(rewards +", "next_values *", "next_values) *"),
             "At a true end the reward is dropped with the next value. It was paid all the same."),
            ("td_errors.all_masked",
             edit("rewards +", "(rewards +", "* ~terminated - values", "- values) * ~terminated"),
             "At a true end your TD error is 0. A reward was paid there and a value was expected; "
             "only what follows is nothing."),
            ("td_errors.value_masked", edit("* ~terminated - values", "- values * ~terminated"),
             "The mask has hit the wrong value. At a true end, which of the two states has nothing "
             "more to come?"),
            ("td_errors.both_values_masked",
             edit("gamma *", "(gamma *", "* ~terminated - values", "- values) * ~terminated"),
             "At a true end you drop both values. V(s_t) was expected there too, so it is still "
             "subtracted."),
            ("td_errors.no_gamma", edit("gamma * ", ""),
             "The next value is not discounted. It is one step away."),
            ("td_errors.gamma_on_both", edit("gamma * ", "gamma * (", "- values", "- values)"),
             "gamma discounts both values. Only one of them is a step away."),
            ("td_errors.gamma_on_value", edit("gamma * ", "", "- values", "- gamma * values"),
             "gamma stands at the wrong value: it discounts V(s_t), which is now, and leaves the "
             "next one whole."),
            ("td_errors.gamma_on_reward",
             edit("rewards + gamma *", "gamma * (rewards +", "~terminated", "~terminated)"),
             "gamma discounts the reward too. That is paid now; the next value is a step away."),
            ("td_errors.negative", lambda *a: -td_errors(*a),
             "The size is right and the sign is not. A pleasant surprise, more than was expected, "
             "is above 0."),
            ("td_errors.target", edit(" - values", ""),
             "This is what the step turned out to be worth. The error is how far that lies from "
             "what was expected."),
            ("td_errors.added", edit("- values", "+ values"),
             "V(s_t) is added. A surprise is a difference."),
            ("td_errors.no_reward", edit("rewards + ", ""),
             "Both values are there. What the step itself paid is missing."),
            ("td_errors.reward_less_value", edit(" + gamma * next_values * ~terminated", ""),
             "The next value is missing in every row. It is 0 only after a true end."),
            ("td_errors.values_swapped",
             edit("next_values *", "values *", "- values", "- next_values"),
             "The two values have changed places: gamma and the mask stand at V(s_t), and the next "
             "one is subtracted."),
            ("td_errors.same_value", edit("* next_values", "* values"),
             "V(s_t) stands in both places. One of them belongs to the state that the step led "
             "to."),
            ("td_errors.row_below",
             edit("* next_values", "* torch.cat([values[1:], next_values[-1:]])"),
             "You take the value from the row below. Where an episode ended, that row belongs to "
             "another one; which argument holds what the step truly led to?"),
            ("td_errors.row_below_and_0",
             edit("* next_values", "* torch.cat([values[1:], 0 * values[:1]])"),
             "You take the value from the row below, and 0 for the last row. Which argument holds "
             "what each step truly led to, the last one too?"),
            ("td_errors.rolled", edit("* next_values", "* values.roll(-1, 0)"),
             "You take the value from the row below, and for the last row that of the first: roll "
             "goes round in a circle. Which argument holds what each step truly led to?"),
            ("td_errors.late_mask",
             edit("~terminated", "~torch.cat([terminated[1:], terminated[:1] & False])"),
             "You read the flag from the row below. A row's flag says how that row's own step "
             "ended."),
            ("td_errors.early_mask",
             edit("~terminated", "~torch.cat([terminated[:1] & False, terminated[:-1]])"),
             "You read the flag from the row above. A row's flag says how that row's own step "
             "ended."),
            ("td_errors.squared", lambda *a: td_errors(*a) ** 2,
             "This is the square. A TD error keeps its sign: better than expected, or worse."),
            ("td_errors.absolute", lambda *a: td_errors(*a).abs(),
             "The sign is lost. It says whether the step went better than expected, or worse."),
            ("td_errors.mean", lambda *a: td_errors(*a).mean(),
             "You return one number. Each step has a TD error of its own."),
            ("td_errors.fixed_gamma", edit("gamma * ", "0.99 * "),
             "Right for a gamma of 0.99 and for no other: a number stands where gamma belongs."),
        ),
    ),
    Exercise(
        name="compute_gae",
        reference=compute_gae,
        alternative=_gae_by_sums,
        inputs=_gae_inputs,
        right=(
            "Values agree for ends of either kind, and for both at once. This is the estimate that "
            "trains agents in this course."
        ),
        wrong=(
            *GAE_MISTAKES,
            ("gae.late_mask", late_mask_gae,
             "The sum is cut one row off: step t looks at how step t + 1 ended. A row's flags say "
             "how that row's own step ended."),
        ),
    ),
    Exercise(
        name="true_successors",
        reference=true_successors,
        alternative=lambda o, f, e: torch.stack(
            [final if end else seen for seen, final, end in zip(o, f, e, strict=True)]
        ),
        inputs=_successor_inputs,
        right="Every row is what the step led to, also where final_observations holds NaN.",
        wrong=(
            ("true_successors.swapped", lambda o, f, e: true_successors(f, o, e),
             "The two have changed places: where an episode ended, you take the start of the next "
             "one."),
            ("true_successors.observations", lambda o, f, e: o,
             "These are the observations as they come. Where an episode ended, that is the start "
             "of the next one, and the step did not lead there."),
            ("true_successors.final", lambda o, f, e: f,
             "Every row comes from final_observations. It can be trusted only where an episode "
             "ended."),
            ("true_successors.blend",
             lambda o, f, e: e.unsqueeze(-1) * f + ~e.unsqueeze(-1) * o,
             "You multiply by the flags and add. Where no episode ended the final row may hold "
             "NaN, and NaN times 0 is NaN: choose between the two, do not blend them."),
            ("true_successors.by_nan", lambda o, f, e: torch.where(f.isnan(), o, f),
             "You look for NaN. Where no episode ended there may be anything, old numbers too: "
             "which argument says where one did?"),
            ("true_successors.wrong_axis", edit(".unsqueeze(-1)", ""),
             "PyTorch lays ended along the last axis, that of an observation's numbers. It belongs "
             "to the rows: which shape says so?"),
            ("true_successors.columns", lambda o, f, e: o.T.index_put((e,), f.T[e]).T,
             "The flags choose columns. Each environment has a row: which index is that?"),
            ("true_successors.first_alone",
             lambda o, f, e: true_successors(o, f, e & (e.cumsum(0) == 1)),
             "Only the first episode that ended is put right. Several may end in the same step."),
            ("true_successors.all_if_any", lambda o, f, e: f if e.any() else o,
             "As soon as one episode has ended, every row comes from final_observations. Each row "
             "has a flag of its own."),
            ("true_successors.all_if_all", lambda o, f, e: f if e.all() else o,
             "final_observations is read only if all episodes ended in the same step. Each row has "
             "a flag of its own."),
            ("true_successors.ended_alone", lambda o, f, e: f[e],
             "You return only the rows whose episode ended. Every environment has a successor."),
            ("true_successors.others_alone", lambda o, f, e: o[~e],
             "You return only the rows whose episode goes on. Every environment has a successor."),
            ("true_successors.order_lost", lambda o, f, e: torch.cat([o[~e], f[e]]),
             "The rows are right and their order is not: those that ended have moved to the end. "
             "Row n belongs to environment n."),
            ("true_successors.order_lost_ended_first", lambda o, f, e: torch.cat([f[e], o[~e]]),
             "The rows are right and their order is not: those that ended have moved to the top. "
             "Row n belongs to environment n."),
            ("true_successors.packed", lambda o, f, e: o.index_put((e,), f[: int(e.sum())]),
             "You take rows from the top of final_observations, one for each end. Row n of it "
             "belongs to environment n, as everywhere."),
            ("true_successors.zeros", lambda o, f, e: o * ~e.unsqueeze(-1),
             "Where an episode ended you return zeros. The step led to a real state there, and the "
             "critic will be asked for its value."),
            ("true_successors.zeros_elsewhere", lambda o, f, e: true_successors(0 * o, f, e),
             "Where no episode ended you return zeros. Those steps have a successor too."),
        ),
    ),
    Exercise(
        name="repaired_gae",
        reference=compute_gae,
        alternative=_gae_by_sums,
        inputs=_gae_inputs,
        right="The bug is gone: each step is cut by its own flags, and the rest is as it was.",
        wrong=(
            *GAE_MISTAKES,
            ("repaired_gae.unchanged", late_mask_gae,
             "The bug is still there. Go to the row in which an episode ended: which flag decides "
             "whether the row below comes in?"),
            ("repaired_gae.cut_twice", edit("carries[t]", "carries[t] * (carries[t + 1] > 0)"),
             "Half repaired: a step is cut by its own flags now, and by those of the row below as "
             "before."),
            ("repaired_gae.late_terminated",
             edit("terminated | truncated", "terminated", "carries[t]", "carries[t + 1]"),
             "The flag still comes from the row below, and now from terminated alone. It is the "
             "row that was wrong, not the kind of end."),
        ),
    ),
)
# fmt: on
