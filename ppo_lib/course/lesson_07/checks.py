"""The exercises of lesson 07: collect, make a batch, the loss, update, train."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.distributions import Distribution

from ppo_lib import losses, rollout, training
from ppo_lib.advantages import compute_gae, normalize
from ppo_lib.batch import Batch, Rollout, flatten
from ppo_lib.config import PPOConfig, preset
from ppo_lib.course.checks.exercise import Answer, Arguments, Exercise
from ppo_lib.course.checks.feedback import Feedback
from ppo_lib.course.lesson_04.checks import SURROGATE_MISTAKES
from ppo_lib.course.lesson_07 import stages
from ppo_lib.course.lesson_07.stages import Counters
from ppo_lib.course.measures.updates import batch_metrics
from ppo_lib.course.words import text
from ppo_lib.envs import make_envs
from ppo_lib.losses import clipped_surrogate
from ppo_lib.networks import ActorCritic, sample_actions
from ppo_lib.rollout import Actor
from ppo_lib.training import IterationRecord, make_model, recent_return

Envs = VectorEnv[Any, Any, Any]
Collected = tuple[Rollout, NDArray[Any]]
LossFunction = Callable[[ActorCritic, Batch, PPOConfig], Tensor]

SOLVED = 475.0
MOST_STEPS = 80_000
"""Environment steps in which CartPole must be solved; right answers take 25,000 to 55,000."""
HOPELESS = (30_000, 60.0)
"""Below this score after so many steps an agent has learnt nothing; chance comes to 22."""


def collect_rollout(
    envs: Envs,
    model: Actor,
    observations: NDArray[Any],
    num_steps: int,
    generator: torch.Generator,
) -> Collected:
    """Let the policy act for `num_steps` steps in every environment.

    Args:
        envs: N environments that restart within the step.
        model: the actor and the critic.
        observations: (N, D) float32, where the environments stand.
        num_steps: T.
        generator: the random stream of the actions.

    Returns:
        The rollout (T, N), without gradient, and the observations (N, D) to go on from.
    """
    rows, episode_returns = [], []
    for _ in range(num_steps):
        states = torch.as_tensor(observations)
        with torch.no_grad():
            policy = model.policy(states)
            actions = sample_actions(policy, generator)
        observations, rewards, terminated, truncated, infos = envs.step(actions.numpy())
        successors = torch.tensor(observations)  # a copy: what goes on is the next episode's start
        for n in np.flatnonzero(terminated | truncated):
            successors[n] = torch.as_tensor(infos["final_obs"][n])
            episode_returns.append(float(infos["episode"]["r"][n]))
        with torch.no_grad():
            judged = (policy.log_prob(actions), model.value(states), model.value(successors))
        flags = (torch.as_tensor(terminated), torch.as_tensor(truncated))
        rows.append((states, actions, *judged, torch.tensor(rewards, dtype=torch.float32), *flags))
    columns: list[Any] = [torch.stack(column) for column in zip(*rows, strict=True)]
    columns.append(tuple(episode_returns))
    return Rollout(*columns), observations


def make_batch(rollout: Rollout, config: PPOConfig) -> Batch:
    """Judge a rollout's actions, and lay its samples in one row.

    Args:
        rollout: (T, N).
        config: gives `gamma` and `gae_lambda`.

    Returns:
        T * N samples: advantages of mean 0 and spread 1; returns that are advantages plus
        values, in units of reward.
    """
    advantages = compute_gae(
        rollout.rewards,
        rollout.values,
        rollout.next_values,
        rollout.terminated,
        rollout.truncated,
        config.gamma,
        config.gae_lambda,
    )
    returns = advantages + rollout.values
    return Batch(
        observations=rollout.observations.flatten(0, 1),
        actions=rollout.actions.flatten(),
        old_log_probs=rollout.log_probs.flatten(),
        old_values=rollout.values.flatten(),
        advantages=normalize(advantages).flatten(),
        returns=returns.flatten(),
    )


def ppo_loss(model: ActorCritic, batch: Batch, config: PPOConfig) -> Tensor:
    """Return the number that one gradient step lowers.

        L = -( L^CLIP - c1 L^VF + c2 H )

    Args:
        model: the actor and the critic now.
        batch: B samples.
        config: gives `clip_range`, `vf_coef` and `ent_coef`.

    Returns:
        (); carries the gradient of both networks' parameters.

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), equation 9.
    """
    policy, values = model.policy(batch.observations), model.value(batch.observations)
    ratio = torch.exp(policy.log_prob(batch.actions) - batch.old_log_probs)
    clipped = ratio.clamp(1 - config.clip_range, 1 + config.clip_range)
    surrogate = torch.min(ratio * batch.advantages, clipped * batch.advantages).mean()
    critic_loss = ((values - batch.returns) ** 2).mean()
    entropy = policy.entropy().mean()
    return -(surrogate - config.vf_coef * critic_loss + config.ent_coef * entropy)


def update(
    model: ActorCritic,
    optimizer: torch.optim.Optimizer,
    batch: Batch,
    config: PPOConfig,
    generator: torch.Generator,
    loss_function: LossFunction = ppo_loss,
) -> None:
    """Take K epochs of minibatch gradient steps on one batch.

    Args:
        model: the actor and the critic, changed in place.
        optimizer: over the model's parameters.
        batch: B samples.
        config: gives `num_epochs`, `minibatch_size` and `max_grad_norm`.
        generator: the random stream of the samples' order.
        loss_function: called as `loss_function(model, minibatch, config)`.
    """
    for _ in range(config.num_epochs):
        order = torch.randperm(len(batch), generator=generator)
        for start in range(0, len(batch), config.minibatch_size):
            minibatch = batch[order[start : start + config.minibatch_size]]
            loss = loss_function(model, minibatch, config)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), config.max_grad_norm)
            optimizer.step()


def train(config: PPOConfig) -> Iterator[IterationRecord]:
    """Train an agent, one iteration for each record that is asked for.

    Args:
        config: the settings; `seed` decides all randomness.

    Yields:
        A record of each iteration.
    """
    envs = make_envs(config.env_id, config.num_envs)
    model = make_model(config)
    optimizer = torch.optim.Adam(model.parameters(), config.learning_rate, eps=config.adam_eps)
    generator = torch.Generator().manual_seed(config.seed)
    observations, _ = envs.reset(seed=config.seed)
    for iteration in range(1, config.num_iterations + 1):
        optimizer.param_groups[0]["lr"] = config.learning_rate_at(iteration)
        rollout, observations = collect_rollout(
            envs, model, observations, config.num_steps, generator
        )
        batch = make_batch(rollout, config)
        update(model, optimizer, batch, config, generator)
        record = _record(iteration, iteration * config.rollout_size, rollout, model)
        yield replace(record, metrics=batch_metrics(model, batch, config))  # to be watched


def _record(
    iteration: int, env_steps: int, rollout: Rollout, model: ActorCritic
) -> IterationRecord:
    return IterationRecord(iteration, env_steps, rollout.episode_returns, (), {}, model)


# collect_rollout


def _collect_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return rollouts in which episodes end in all ways; in the last the policy is random."""
    return [
        {"environments": Counters((2, 3, 5)), "num_steps": 7, "certain": True},
        {"environments": Counters((4, 2, 3, 9), 1), "num_steps": 3, "certain": True},
        {"environments": Counters((5, 3), 2), "num_steps": 24, "certain": False},
    ]


def _collecting(change: Callable[[Rollout, NDArray[Any], Actor], Any]) -> Answer:
    """Return a function that collects rightly and then returns something else."""

    def collect(
        envs: Envs, model: Actor, observations: NDArray[Any], num_steps: int, generator: Any
    ) -> Any:
        right, after = collect_rollout(envs, model, observations, num_steps, generator)
        return change(right, after, model)

    return collect


def _changing(change: Callable[[Rollout], dict[str, Any]]) -> Answer:
    """Return a function that collects rightly and then changes some fields."""
    return _collecting(lambda r, after, model: (replace(r, **change(r)), after))


def _next_rows(right: Rollout, after: NDArray[Any]) -> Tensor:
    """Return the observations that the environments showed after each step."""
    return torch.cat([right.observations[1:], torch.as_tensor(after)[None]])


def _value(model: Actor, observations: Tensor) -> Tensor:
    with torch.no_grad():
        return model.value(observations)


def _log_prob(model: Actor, observations: Tensor, actions: Tensor) -> Tensor:
    with torch.no_grad():
        return model.policy(observations).log_prob(actions)


def _late(rows: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(rows[:1]), rows[:-1]])


def _across(right: Rollout) -> dict[str, Any]:
    """Return every field as (N, T)."""
    columns = {k: v for k, v in vars(right).items() if isinstance(v, Tensor)}
    return {name: column.transpose(0, 1) for name, column in columns.items()}


def _draw(policy: Distribution, generator: torch.Generator | None) -> Tensor:
    return sample_actions(policy, generator)


def _stepping(
    draw: Callable[[Distribution, torch.Generator], Tensor] = _draw,
    draw_again: bool = False,
    store_again: bool = False,
    carry_on: bool = True,
    overwrite: bool = False,
    final_for_all: bool = False,
    with_gradient: bool = False,
    score: Callable[[Any, int], list[float]] = lambda infos, n: [float(infos["episode"]["r"][n])],
) -> Answer:
    """Return `collect_rollout` with one of its lines changed."""

    def collect(
        envs: Envs, model: Actor, observations: NDArray[Any], num_steps: int, generator: Any
    ) -> Collected:
        rows: list[tuple[Tensor, ...]] = []
        scores: list[float] = []
        after = observations
        for _ in range(num_steps):
            states = torch.tensor(after if carry_on else observations)
            with torch.set_grad_enabled(with_gradient):
                policy = model.policy(states)
                actions = draw(policy, generator)
                after, rewards, terminated, truncated, infos = envs.step(actions.numpy())
                successors = torch.as_tensor(after) if overwrite else torch.tensor(after)
                for n in np.flatnonzero(terminated | truncated):
                    successors[n] = torch.as_tensor(infos["final_obs"][n])
                    scores += score(infos, int(n))
                if final_for_all and infos:
                    successors = torch.as_tensor(infos["final_obs"])
                again = draw(policy, generator) if draw_again else actions
                judged = (policy.log_prob(again), model.value(states), model.value(successors))
            seen = (torch.as_tensor(each) for each in (rewards, terminated, truncated))
            rows.append((states, again if store_again else actions, *judged, *seen))
        columns: list[Any] = [torch.stack(column) for column in zip(*rows, strict=True)]
        columns.append(tuple(scores))
        return Rollout(*columns), after

    return collect


def _from_reset(
    envs: Envs, model: Actor, observations: Any, num_steps: int, generator: Any
) -> Collected:
    observations, _ = envs.reset()
    return collect_rollout(envs, model, observations, num_steps, generator)


_COLLECT_MISTAKES: dict[str, Answer] = {
    # which observation
    "after_step": _collecting(
        lambda r, after, m: (replace(r, observations=_next_rows(r, after)), after)
    ),
    "stands_still": _stepping(carry_on=False),
    "from_reset": _from_reset,
    "returns_first": _collecting(lambda r, after, m: (r, r.observations[0].numpy())),
    "returns_last_stored": _collecting(lambda r, after, m: (r, r.observations[-1].numpy())),
    "overwritten": _stepping(overwrite=True),
    # the values
    "next_of_reset": _collecting(
        lambda r, after, m: (replace(r, next_values=_value(m, _next_rows(r, after))), after)
    ),
    "final_for_all": _stepping(final_for_all=True),
    "next_0_at_terminated": _changing(lambda r: {"next_values": r.next_values * ~r.terminated}),
    "next_0_at_ends": _changing(
        lambda r: {"next_values": r.next_values * ~(r.terminated | r.truncated)}
    ),
    "next_is_own": _changing(lambda r: {"next_values": r.values}),
    "values_swapped": _changing(lambda r: {"values": r.next_values, "next_values": r.values}),
    "gradient": _stepping(with_gradient=True),
    # the actions and their probabilities
    "probability": _changing(lambda r: {"log_probs": r.log_probs.exp()}),
    "negative_log_prob": _changing(lambda r: {"log_probs": -r.log_probs}),
    "log_prob_of_next": _collecting(
        lambda r, after, m: (
            replace(r, log_probs=_log_prob(m, _next_rows(r, after), r.actions)),
            after,
        )
    ),
    "log_prob_of_other": _stepping(draw_again=True),
    "stores_other": _stepping(draw_again=True, store_again=True),
    "likeliest": _stepping(draw=lambda policy, generator: policy.mode),
    "own_stream": _stepping(draw=lambda policy, generator: _draw(policy, None)),
    # rewards, flags, scores
    "rewards_late": _changing(lambda r: {"rewards": _late(r.rewards)}),
    "truncated_terminates": _changing(lambda r: {"terminated": r.terminated | r.truncated}),
    "terminated_truncates": _changing(lambda r: {"truncated": r.terminated | r.truncated}),
    "merged": _changing(
        lambda r: {
            "terminated": r.terminated | r.truncated,
            "truncated": r.terminated | r.truncated,
        }
    ),
    "no_truncated": _changing(lambda r: {"truncated": r.truncated & False}),
    "flags_swapped": _changing(lambda r: {"terminated": r.truncated, "truncated": r.terminated}),
    "flags_late": _changing(
        lambda r: {"terminated": _late(r.terminated), "truncated": _late(r.truncated)}
    ),
    "flags_not_bool": _changing(
        lambda r: {"terminated": r.terminated.float(), "truncated": r.truncated.float()}
    ),
    "no_scores": _changing(lambda r: {"episode_returns": ()}),
    "scores_of_all": _stepping(score=lambda infos, n: infos["episode"]["r"].tolist()),
    "lengths_for_scores": _stepping(score=lambda infos, n: [float(infos["episode"]["l"][n])]),
    # the whole
    "across": _changing(_across),
    "step_missing": lambda envs, m, o, num_steps, g: collect_rollout(envs, m, o, num_steps - 1, g),
    "step_too_many": lambda envs, m, o, num_steps, g: collect_rollout(envs, m, o, num_steps + 1, g),
    "no_pair": _collecting(lambda r, after, m: r),
}


# make_batch


def _batch_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return rollouts with ends of both kinds; where an episode goes on, the values join."""
    cases = []
    for shape, gamma, gae_lambda in (((4, 2), 0.9, 0.5), ((6, 3), 0.97, 0.8), ((5, 5), 0.8, 0.95)):
        rewards, values, led_to = torch.randn((3, *shape), generator=generator).round(decimals=1)
        kinds = torch.rand(shape, generator=generator)
        terminated, truncated = kinds < 0.2, kinds > 0.8
        below = torch.cat([values[1:], led_to[-1:]])
        cases.append(
            {
                "rewards": rewards,
                "values": values,
                "next_values": torch.where(terminated | truncated, led_to, below),
                "terminated": terminated,
                "truncated": truncated,
                "gamma": gamma,
                "gae_lambda": gae_lambda,
            }
        )
    return cases


def _gae(r: Rollout, config: PPOConfig, **changes: Any) -> Tensor:
    """Return GAE of a rollout, some of the arguments changed."""
    names = ("rewards", "values", "next_values", "terminated", "truncated")
    arguments = {name: getattr(r, name) for name in names}
    settings = {"gamma": config.gamma, "gae_lambda": config.gae_lambda}
    return compute_gae(**{**arguments, **settings, **changes})


def _estimating(**changes: Callable[[Rollout, PPOConfig], Any]) -> Answer:
    """Return `make_batch` with other arguments for `compute_gae`."""

    def batch_of(r: Rollout, config: PPOConfig) -> Batch:
        return _batch(r, _gae(r, config, **{k: f(r, config) for k, f in changes.items()}))

    return batch_of


def _batch(r: Rollout, advantages: Tensor) -> Batch:
    """Return the batch of a rollout whose advantages are given."""
    flat = flatten(r, advantages)
    return replace(flat, advantages=normalize(flat.advantages))


def _altering(change: Callable[[Rollout, Tensor, Batch], dict[str, Tensor]]) -> Answer:
    """Return `make_batch` that changes some fields afterwards, knowing the raw advantages."""

    def batch_of(r: Rollout, config: PPOConfig) -> Batch:
        raw, right = _gae(r, config), make_batch(r, config)
        return replace(right, **change(r, raw, right))

    return batch_of


def _by(advantages: Tensor, axis: int) -> Tensor:
    """Return advantages normalised along one axis, in one row."""
    centred = advantages - advantages.mean(axis, keepdim=True)
    return (centred / (advantages.std(axis, keepdim=True) + 1e-8)).flatten()


def _sums(r: Rollout, config: PPOConfig) -> Tensor:
    """Return the discounted rewards to come, in one row; nothing comes after the last step."""
    following, rows = torch.zeros_like(r.rewards[0]), []
    for t in reversed(range(len(r.rewards))):
        following = r.rewards[t] + config.gamma * following * ~(r.terminated | r.truncated)[t]
        rows.append(following)
    return torch.stack(rows[::-1])


def _unbootstrapped(r: Rollout, config: PPOConfig) -> Batch:
    return replace(make_batch(r, config), returns=_sums(r, config).flatten())


def _unbootstrapped_both(r: Rollout, config: PPOConfig) -> Batch:
    return _batch(r, _sums(r, config) - r.values)


def _unflattened(r: Rollout, config: PPOConfig) -> Batch:
    raw = _gae(r, config)
    columns = (r.observations, r.actions, r.log_probs, r.values, normalize(raw), raw + r.values)
    return Batch(*columns)


_BATCH_MISTAKES: dict[str, Answer] = {
    # normalising
    "returns_of_normalised": _altering(
        lambda r, raw, b: {"returns": (normalize(raw) + r.values).flatten()}
    ),
    "not_normalised": _altering(lambda r, raw, b: {"advantages": raw.flatten()}),
    "each_environment": _altering(lambda r, raw, b: {"advantages": _by(raw, 0)}),
    "each_step": _altering(lambda r, raw, b: {"advantages": _by(raw, 1)}),
    "centred_alone": _altering(lambda r, raw, b: {"advantages": (raw - raw.mean()).flatten()}),
    "scaled_alone": _altering(lambda r, raw, b: {"advantages": (raw / raw.std()).flatten()}),
    "by_variance": _altering(
        lambda r, raw, b: {"advantages": ((raw - raw.mean()) / raw.var()).flatten()}
    ),
    "returns_normalised": _altering(
        lambda r, raw, b: {"returns": normalize(raw + r.values).flatten()}
    ),
    # the targets
    "returns_are_advantages": _altering(lambda r, raw, b: {"returns": raw.flatten()}),
    "returns_are_values": _altering(lambda r, raw, b: {"returns": r.values.flatten()}),
    "returns_are_rewards": _altering(lambda r, raw, b: {"returns": r.rewards.flatten()}),
    "returns_from_next": _altering(lambda r, raw, b: {"returns": (raw + r.next_values).flatten()}),
    "returns_less_values": _altering(lambda r, raw, b: {"returns": (raw - r.values).flatten()}),
    "returns_unbootstrapped": _unbootstrapped,
    "all_unbootstrapped": _unbootstrapped_both,
    # what compute_gae is given
    "values_for_next": _estimating(next_values=lambda r, c: r.values),
    "values_swapped": _estimating(
        values=lambda r, c: r.next_values, next_values=lambda r, c: r.values
    ),
    "merged": _estimating(terminated=lambda r, c: r.terminated | r.truncated),
    "flags_swapped": _estimating(
        terminated=lambda r, c: r.truncated, truncated=lambda r, c: r.terminated
    ),
    "truncated_left_out": _estimating(truncated=lambda r, c: r.truncated & False),
    "terminated_left_out": _estimating(terminated=lambda r, c: r.terminated & False),
    "coefficients_swapped": _estimating(
        gamma=lambda r, c: c.gae_lambda, gae_lambda=lambda r, c: c.gamma
    ),
    "fixed_coefficients": _estimating(gamma=lambda r, c: 0.99, gae_lambda=lambda r, c: 0.9),
    "lambda_0": _estimating(gae_lambda=lambda r, c: 0.0),
    # which field where, and in which order
    "rewards_for_advantages": _altering(
        lambda r, raw, b: {"advantages": normalize(r.rewards).flatten()}
    ),
    "old_values_next": _altering(lambda r, raw, b: {"old_values": r.next_values.flatten()}),
    "old_values_are_returns": _altering(lambda r, raw, b: {"old_values": b.returns}),
    "probabilities": _altering(lambda r, raw, b: {"old_log_probs": b.old_log_probs.exp()}),
    "exchanged": _altering(lambda r, raw, b: {"advantages": b.returns, "returns": b.advantages}),
    "observations_across": _altering(
        lambda r, raw, b: {"observations": r.observations.transpose(0, 1).flatten(0, 1)}
    ),
    "advantages_across": _altering(lambda r, raw, b: {"advantages": normalize(raw).T.flatten()}),
    "judged_across": _altering(
        lambda r, raw, b: {
            "advantages": normalize(raw).T.flatten(),
            "returns": (raw + r.values).T.flatten(),
        }
    ),
    "actions_across": _altering(lambda r, raw, b: {"actions": r.actions.T.flatten()}),
    "not_flattened": _unflattened,
    "observations_flat": _altering(lambda r, raw, b: {"observations": r.observations.flatten()}),
}


# ppo_loss


def _loss_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return batches whose ratios lie in all six cases, for several settings."""
    model = stages.small_model()
    cases = []
    change = torch.tensor([0.5, 1.1, 1.6, 0.6, 0.9, 1.7, 0.3, 2.5])
    for size, clip_range, vf_coef, ent_coef in (
        (8, 0.2, 0.5, 0.01),
        (24, 0.1, 0.7, 0.2),
        (16, 0.3, 1.5, 0.6),
    ):
        observations = torch.randn((size, 2), generator=generator).round(decimals=1)
        actions = torch.randint(3, (size,), generator=generator)
        ratios = change.repeat(size // 8) * (0.9 + 0.2 * torch.rand(size, generator=generator))
        signs = torch.tensor([1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 0.3, -0.2]).repeat(size // 8)
        # In one of the batches the unclipped mean is the larger one.
        far = torch.tensor([0.3, 1.0, 3.0, 3.0, 1.0, 0.3, 1.0, 0.2]).repeat(size // 8)
        weight = far if size == 24 else torch.ones(size)
        errors, drift = torch.randn((2, size), generator=generator)
        with torch.no_grad():
            old = model.policy(observations).log_prob(actions) - ratios.log()
            values = model.value(observations)
        cases.append(
            {
                "observations": observations,
                "actions": actions,
                "old_log_probs": old,
                "old_values": values + 0.3 * drift,
                "advantages": signs * (0.5 + torch.rand(size, generator=generator)) * weight,
                "returns": values + errors,
                "clip_range": clip_range,
                "vf_coef": vf_coef,
                "ent_coef": ent_coef,
            }
        )
    return cases


Total = Callable[[Tensor, Tensor, Tensor, PPOConfig], Tensor]


def _right_total(surrogate: Tensor, critic: Tensor, entropy: Tensor, c: PPOConfig) -> Tensor:
    return -(surrogate - c.vf_coef * critic + c.ent_coef * entropy)


def _mean_square(values: Tensor, batch: Batch) -> Tensor:
    return ((values - batch.returns) ** 2).mean()


def _mean_entropy(policy: Distribution) -> Tensor:
    return policy.entropy().mean()


def _losing(
    total: Total = _right_total,
    surrogate: Answer = clipped_surrogate,
    critic: Callable[[Tensor, Batch], Tensor] = _mean_square,
    entropy: Callable[[Distribution], Tensor] = _mean_entropy,
    alter: Callable[[Batch], Batch] = lambda batch: batch,
) -> Answer:
    """Return `ppo_loss` with one of its parts changed."""

    def loss(model: ActorCritic, batch: Batch, config: PPOConfig) -> Tensor:
        batch = alter(batch)
        policy, values = model.policy(batch.observations), model.value(batch.observations)
        log_probs = policy.log_prob(batch.actions)
        objective = surrogate(log_probs, batch.old_log_probs, batch.advantages, config.clip_range)
        return total(objective, critic(values, batch), entropy(policy), config)

    return loss


def _clip_change(values: Tensor, batch: Batch) -> Tensor:
    """Return the clipped value loss of OpenAI's baselines, for a band of 0.2."""
    clipped = batch.old_values + (values - batch.old_values).clamp(-0.2, 0.2)
    both = torch.max((values - batch.returns) ** 2, (clipped - batch.returns) ** 2)
    return both.mean()


_OF_THE_SURROGATE = (
    "max_for_min",
    "no_exp",
    "upside_down",
    "sum",
    "no_min",
    "no_clip",
    "around_0",
    "fixed_band",
    "clips_product",
    "clips_advantage",
    "clips_log_ratio",
    "min_without_advantage",
    "min_of_means",
    "masked",
    "ratio_of_logs",
)
"""The mistakes of lesson 04 that are met again when the loss is written as a whole."""

_LOSS_MISTAKES: dict[str, Answer] = {
    # the signs
    "objective": _losing(lambda s, v, h, c: s - c.vf_coef * v + c.ent_coef * h),
    "surrogate_lowered": _losing(lambda s, v, h, c: s + c.vf_coef * v - c.ent_coef * h),
    "critic_raised": _losing(lambda s, v, h, c: -s - c.vf_coef * v - c.ent_coef * h),
    "entropy_lowered": _losing(lambda s, v, h, c: -s + c.vf_coef * v + c.ent_coef * h),
    "minus_on_first": _losing(lambda s, v, h, c: -s - c.vf_coef * v + c.ent_coef * h),
    "all_added": _losing(lambda s, v, h, c: s + c.vf_coef * v + c.ent_coef * h),
    # the coefficients, and what is missing
    "coefs_swapped": _losing(lambda s, v, h, c: -(s - c.ent_coef * v + c.vf_coef * h)),
    "no_vf_coef": _losing(lambda s, v, h, c: -(s - v + c.ent_coef * h)),
    "no_ent_coef": _losing(lambda s, v, h, c: -(s - c.vf_coef * v + h)),
    "no_coefs": _losing(lambda s, v, h, c: -(s - v + h)),
    "fixed_coefs": _losing(lambda s, v, h, c: -(s - 0.5 * v + 0.01 * h)),
    "no_critic": _losing(lambda s, v, h, c: -(s + c.ent_coef * h)),
    "no_entropy": _losing(lambda s, v, h, c: -(s - c.vf_coef * v)),
    "no_surrogate": _losing(lambda s, v, h, c: c.vf_coef * v - c.ent_coef * h),
    "surrogate_alone": _losing(lambda s, v, h, c: -s),
    # the critic's part
    "critic_half": _losing(critic=lambda v, b: 0.5 * _mean_square(v, b)),
    "critic_sum": _losing(critic=lambda v, b: ((v - b.returns) ** 2).sum()),
    "critic_no_mean": _losing(critic=lambda v, b: (v - b.returns) ** 2),
    "critic_not_squared": _losing(critic=lambda v, b: (v - b.returns).mean()),
    "critic_absolute": _losing(critic=lambda v, b: (v - b.returns).abs().mean()),
    "critic_of_advantages": _losing(critic=lambda v, b: ((v - b.advantages) ** 2).mean()),
    "critic_of_old_values": _losing(critic=lambda v, b: ((v - b.old_values) ** 2).mean()),
    "critic_of_the_past": _losing(critic=lambda v, b: _mean_square(b.old_values, b)),
    "critic_clipped": _losing(critic=_clip_change),
    # the entropy's part
    "entropy_sum": _losing(entropy=lambda policy: policy.entropy().sum()),
    "entropy_no_mean": _losing(entropy=lambda policy: policy.entropy()),
    "all_sums": _losing(
        surrogate=SURROGATE_MISTAKES["check.surrogate.sum"],
        critic=lambda v, b: ((v - b.returns) ** 2).sum(),
        entropy=lambda policy: policy.entropy().sum(),
    ),
    "no_means": _losing(
        surrogate=SURROGATE_MISTAKES["check.surrogate.no_mean"],
        critic=lambda v, b: (v - b.returns) ** 2,
        entropy=lambda policy: policy.entropy(),
    ),
    # the surrogate's part
    "surrogate_no_mean": _losing(surrogate=SURROGATE_MISTAKES["check.surrogate.no_mean"]),
    "old_for_both": _losing(surrogate=lambda new, old, a, eps: clipped_surrogate(old, old, a, eps)),
    "new_for_both": _losing(
        surrogate=lambda new, old, a, eps: clipped_surrogate(new, new.detach(), a, eps)
    ),
    "no_ratio": _losing(surrogate=lambda new, old, a, eps: (new * a).mean()),
    "normalised_again": _losing(alter=lambda b: replace(b, advantages=normalize(b.advantages))),
    "of_returns": _losing(alter=lambda b: replace(b, advantages=b.returns)),
    # where the gradient is cut off
    "surrogate_detached": _losing(lambda s, v, h, c: _right_total(s.detach(), v, h, c)),
    "critic_detached": _losing(lambda s, v, h, c: _right_total(s, v.detach(), h, c)),
    "entropy_detached": _losing(lambda s, v, h, c: _right_total(s, v, h.detach(), c)),
    "detached": _losing(lambda s, v, h, c: _right_total(s, v, h, c).detach()),
    "tuple": lambda model, batch, config: losses.ppo_loss(model, batch, config),
    **{
        name: _losing(surrogate=SURROGATE_MISTAKES[f"check.surrogate.{name}"])
        for name in _OF_THE_SURROGATE
    },
}


# update


def _update_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return batches of 3 and of 4 minibatches; in the second no gradient is long enough to cut."""
    names = ("num_samples", "minibatch_size", "num_epochs", "max_grad_norm")
    cases = ((24, 8, 3, 0.5), (40, 10, 2, 1000.0))
    return [dict(zip(names, case, strict=True)) for case in cases]


Step = Callable[[ActorCritic, Any, Callable[[], Tensor], float], None]
"""One gradient step: called with the model, the optimiser, the loss and the most norm."""
Orders = Callable[[int, PPOConfig, torch.Generator], Iterator[Tensor]]
"""The samples of each minibatch, by their numbers."""


def _cut(model: ActorCritic, max_norm: float) -> None:
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)


def _backward(loss: Tensor) -> None:
    loss.backward()  # type: ignore[no-untyped-call]


def _right_step(model: ActorCritic, opt: Any, loss: Callable[[], Tensor], norm: float) -> None:
    number = loss()
    opt.zero_grad()
    _backward(number)
    _cut(model, norm)
    opt.step()


def _pieces(order: Tensor, size: int) -> list[Tensor]:
    return list(torch.split(order, size))


def _right_orders(count: int, c: PPOConfig, generator: torch.Generator) -> Iterator[Tensor]:
    for _ in range(c.num_epochs):
        yield from _pieces(torch.randperm(count, generator=generator), c.minibatch_size)


def _updating(orders: Orders = _right_orders, step: Step = _right_step) -> Answer:
    """Return `update` that takes other minibatches or another step."""

    def changed(
        model: ActorCritic, opt: Any, batch: Batch, c: PPOConfig, g: Any, loss: LossFunction
    ) -> None:
        for index in orders(len(batch), c, g):
            minibatch = batch[index]
            step(model, opt, lambda m=minibatch: loss(model, m, c), c.max_grad_norm)  # type: ignore[misc]

    return changed


def _steps(*names: str) -> Step:
    """Return a step that does some of loss, zero, backward, cut, value_cut, step, in an order."""

    def step(model: ActorCritic, opt: Any, loss: Callable[[], Tensor], norm: float) -> None:
        number = loss()
        deeds: dict[str, Callable[[], Any]] = {
            "zero": opt.zero_grad,
            "backward": lambda: _backward(number),
            "cut": lambda: _cut(model, norm),
            "cut_values": lambda: nn.utils.clip_grad_value_(model.parameters(), norm),
            "to_norm": lambda: _stretch(model, norm),
            "step": opt.step,
        }
        for name in names:
            deeds[name]()

    return step


def _stretch(model: ActorCritic, norm: float) -> None:
    total = nn.utils.get_total_norm([p.grad for p in model.parameters() if p.grad is not None])
    for parameter in model.parameters():
        if parameter.grad is not None:
            parameter.grad *= norm / total


def _epochs(one: Callable[[int, PPOConfig, torch.Generator], list[Tensor]]) -> Orders:
    """Return minibatches of K epochs that are made alike."""

    def orders(count: int, c: PPOConfig, g: torch.Generator) -> Iterator[Tensor]:
        for _ in range(c.num_epochs):
            yield from one(count, c, g)

    return orders


def _shuffled_once(count: int, c: PPOConfig, g: torch.Generator) -> Iterator[Tensor]:
    order = torch.randperm(count, generator=g)
    for _ in range(c.num_epochs):
        yield from _pieces(order, c.minibatch_size)


def _each_k_times(count: int, c: PPOConfig, g: torch.Generator) -> Iterator[Tensor]:
    for index in _pieces(torch.randperm(count, generator=g), c.minibatch_size):
        yield from [index] * c.num_epochs


def _epoch(count: int, c: PPOConfig, g: torch.Generator | None) -> list[Tensor]:
    return _pieces(torch.randperm(count, generator=g), c.minibatch_size)


def _blocks(count: int, c: PPOConfig, g: torch.Generator) -> list[Tensor]:
    pieces = _pieces(torch.arange(count), c.minibatch_size)
    return [pieces[i] for i in torch.randperm(len(pieces), generator=g)]


def _once_an_epoch(zero_first: bool, step_last: bool) -> Answer:
    """Return `update` that forgets the gradient, or steps, once an epoch."""

    def changed(
        model: ActorCritic, opt: Any, batch: Batch, c: PPOConfig, g: Any, loss: LossFunction
    ) -> None:
        for _ in range(c.num_epochs):
            opt.zero_grad()
            for index in _epoch(len(batch), c, g):
                number = loss(model, batch[index], c)
                if not zero_first:
                    opt.zero_grad()
                _backward(number)
                if not step_last:
                    _cut(model, c.max_grad_norm)
                    opt.step()
            if step_last:
                _cut(model, c.max_grad_norm)
                opt.step()

    return changed


_UPDATE_MISTAKES: dict[str, Answer] = {
    # which samples
    "one_epoch": _updating(lambda n, c, g: iter(_epoch(n, c, g))),
    "whole_batch": _updating(_epochs(lambda n, c, g: [torch.randperm(n, generator=g)])),
    "whole_batch_in_order": _updating(_epochs(lambda n, c, g: [torch.arange(n)])),
    "whole_batch_each_time": _updating(
        _epochs(lambda n, c, g: [torch.arange(n)] * (n // c.minibatch_size))
    ),
    "never_shuffled": _updating(
        _epochs(lambda n, c, g: _pieces(torch.arange(n), c.minibatch_size))
    ),
    "shuffled_once": _updating(_shuffled_once),
    "blocks": _updating(_epochs(_blocks)),
    "replacement": _updating(
        _epochs(lambda n, c, g: _pieces(torch.randint(n, (n,), generator=g), c.minibatch_size))
    ),
    "last_missing": _updating(_epochs(lambda n, c, g: _epoch(n, c, g)[:-1])),
    "first_alone": _updating(_epochs(lambda n, c, g: _epoch(n, c, g)[:1])),
    "returns_early": _updating(lambda n, c, g: iter(_epoch(n, c, g)[:1])),
    "size_as_number": _updating(
        _epochs(lambda n, c, g: _pieces(torch.randperm(n, generator=g), n // c.minibatch_size))
    ),
    "each_k_times": _updating(_each_k_times),
    "own_stream": _updating(_epochs(lambda n, c, g: _epoch(n, c, None))),
    # the step
    "nothing_done": _updating(lambda n, c, g: iter(())),
    "own_loss": lambda model, opt, batch, c, g, loss: update(model, opt, batch, c, g, ppo_loss),
    "no_zero_grad": _updating(step=_steps("backward", "cut", "step")),
    "zero_once_an_epoch": _once_an_epoch(zero_first=True, step_last=False),
    "step_once_an_epoch": _once_an_epoch(zero_first=True, step_last=True),
    "last_step_of_epoch": _once_an_epoch(zero_first=False, step_last=True),
    "no_backward": _updating(step=_steps("zero", "cut", "step")),
    "no_step": _updating(step=_steps("zero", "backward", "cut")),
    "step_before_backward": _updating(step=_steps("zero", "step", "backward", "cut")),
    "zero_after_backward": _updating(step=_steps("backward", "zero", "cut", "step")),
    "not_cut": _updating(step=_steps("zero", "backward", "step")),
    "cut_after_step": _updating(step=_steps("zero", "backward", "step", "cut")),
    "cut_before_backward": _updating(step=_steps("zero", "cut", "backward", "step")),
    "cut_values": _updating(step=_steps("zero", "backward", "cut_values", "step")),
    "always_scaled": _updating(step=_steps("zero", "backward", "to_norm", "step")),
}


# train


def _train_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return settings of a short run, and of one with many iterations of one step each."""
    small: Arguments = {"num_envs": 4, "hidden_sizes": (8,)}
    steps: Arguments = {"num_steps": 8, "num_epochs": 1, "minibatch_size": 32, "total_steps": 800}
    return [
        {**small, "num_steps": 16, "num_epochs": 2, "minibatch_size": 32, "total_steps": 384},
        {**small, **steps},
    ]


def try_training(answer: Answer) -> Feedback:
    """Let a training function solve CartPole.

    Args:
        answer: `train(config)`.

    Returns:
        Right, with the steps that it took; or how far it came.
    """
    config, records = preset("cartpole"), []
    best, env_steps = float("-inf"), 0
    with stages.global_stream(1):
        for record in answer(config):
            records.append(record)
            score, env_steps = recent_return(records), record.env_steps
            best = max(best, score)  # a score that is no number is never the larger one
            if score >= SOLVED:
                details = (text("check.train.solved", env_steps=f"{env_steps:,}"),)
                return Feedback("right", text("check.train.right"), details)
            if env_steps >= MOST_STEPS or (env_steps >= HOPELESS[0] and best < HOPELESS[1]):
                break
    key = "check.train.learns_nothing" if best < HOPELESS[1] else "check.train.learns_too_little"
    how_far = text("check.train.how_far", score=f"{best:.0f}", env_steps=f"{env_steps:,}")
    return Feedback("wrong", text(key), (how_far,))


def _training(
    first_iteration: int = 1,
    env_steps: Callable[[int, PPOConfig], int] = lambda i, c: i * c.rollout_size,
    parameters: Callable[[ActorCritic], Any] = lambda model: list(model.parameters()),
    seed: Callable[[PPOConfig], int] = lambda config: config.seed,
    env_seed: Callable[[PPOConfig], int | None] = lambda config: config.seed,
    annealed: bool = True,
    new_model: bool = False,
    new_optimizer: bool = False,
    resets: bool = False,
    stale: bool = False,
    at_the_end: bool = False,
    scores: bool = True,
    loss_function: LossFunction = ppo_loss,
) -> Answer:
    """Return `train` with one of its lines changed."""

    def changed(config: PPOConfig) -> Iterator[IterationRecord]:
        envs = make_envs(config.env_id, config.num_envs)
        seeded = replace(config, seed=seed(config))
        model = make_model(seeded)
        optimizer = torch.optim.Adam(parameters(model), config.learning_rate, eps=config.adam_eps)
        generator = torch.Generator().manual_seed(seeded.seed)
        observations, _ = envs.reset(seed=env_seed(config))
        for iteration in range(first_iteration, config.num_iterations + first_iteration):
            if new_model:
                model = make_model(seeded)
            if new_model or new_optimizer:
                optimizer = torch.optim.Adam(parameters(model), config.learning_rate)
            if resets:
                observations, _ = envs.reset()
            if annealed:
                share = config.learning_rate_at(iteration + 1 - first_iteration)
                optimizer.param_groups[0]["lr"] = share
            rollout, following = collect_rollout(
                envs, model, observations, config.num_steps, generator
            )
            if not stale:
                observations = following
            update(model, optimizer, make_batch(rollout, config), config, generator, loss_function)
            if not scores:
                rollout = replace(rollout, episode_returns=())
            record = _record(iteration, env_steps(iteration, config), rollout, model)
            if not at_the_end:
                yield record
        if at_the_end:
            yield record

    return changed


def _steps_so_far(config: PPOConfig) -> Iterator[IterationRecord]:
    for record in train(config):
        yield replace(record, env_steps=(record.iteration - 1) * config.rollout_size)


_TRAIN_MISTAKES: dict[str, Answer] = {
    "nothing": lambda config: [None for _ in train(config)] and None,
    "no_generator": lambda config: list(train(config)),
    "no_record": lambda config: ((r.iteration, r.model) for r in train(config)),
    "one_record": _training(at_the_end=True),
    "first_record_alone": lambda config: iter([next(train(config))]),
    "from_0": _training(
        first_iteration=0, env_steps=lambda i, config: (i + 1) * config.rollout_size
    ),
    "all_from_0": _training(first_iteration=0),
    "steps_of_one": _training(env_steps=lambda i, config: i * config.num_steps),
    "steps_not_added": _training(env_steps=lambda i, config: config.rollout_size),
    "steps_before": _steps_so_far,
    "new_model": _training(new_model=True),
    "never_moves": _training(parameters=lambda model: [nn.Parameter(torch.zeros(1))]),
    "critic_never_moves": _training(
        parameters=lambda model: list(model.policy_network.parameters())
    ),
    "policy_never_moves": _training(
        parameters=lambda model: list(model.value_network.parameters())
    ),
    "no_scores": _training(scores=False),
    "resets": _training(resets=True),
    "stale": _training(stale=True),
    "envs_unseeded": _training(env_seed=lambda config: None),
    "fixed_seed": _training(seed=lambda config: 0, env_seed=lambda config: 0),
    "not_annealed": _training(annealed=False),
    "new_optimizer": _training(new_optimizer=True),
    "new_optimizer_not_annealed": _training(new_optimizer=True, annealed=False),
    "learns_nothing": _training(loss_function=lambda m, b, c: -ppo_loss(m, b, c)),
}


def _named(name: str, mistakes: dict[str, Answer]) -> dict[str, Answer]:
    return {f"check.{name}.{key}": mistake for key, mistake in mistakes.items()}


def _library_train(config: PPOConfig) -> Iterator[IterationRecord]:
    return training.train(config, progress=False)


EXERCISES = (
    Exercise(
        name="collect_rollout",
        reference=collect_rollout,
        alternative=lambda envs, model, observations, num_steps, generator: rollout.collect_rollout(
            envs, model, observations, num_steps, generator
        ),
        wrong=_named("collect_rollout", _COLLECT_MISTAKES),
        inputs=_collect_inputs,
        call=stages.call_collect,
    ),
    Exercise(
        name="make_batch",
        reference=make_batch,
        alternative=lambda r, config: _batch(r, _gae(r, config))[torch.randperm(r.rewards.numel())],
        wrong=_named("make_batch", _BATCH_MISTAKES),
        inputs=_batch_inputs,
        call=stages.call_make_batch,
    ),
    Exercise(
        name="ppo_loss",
        reference=ppo_loss,
        alternative=lambda model, batch, config: losses.ppo_loss(
            model, batch, replace(config, normalize_advantages="none")
        )[0],
        wrong=_named("ppo_loss", _LOSS_MISTAKES),
        inputs=_loss_inputs,
        call=stages.call_ppo_loss,
    ),
    Exercise(
        name="update",
        reference=update,
        alternative=_updating(),
        wrong=_named("update", _UPDATE_MISTAKES),
        inputs=_update_inputs,
        call=stages.call_update,
    ),
    Exercise(
        name="train",
        reference=train,
        alternative=_library_train,
        wrong=_named("train", _TRAIN_MISTAKES),
        inputs=_train_inputs,
        call=stages.call_train,
        trial=try_training,
    ),
)
