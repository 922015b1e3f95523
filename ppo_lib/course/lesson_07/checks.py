"""The exercises of lesson 07: collect, make a batch, the loss, update, train."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from torch import Tensor, nn

from ppo_lib import batch as batches
from ppo_lib import losses, rollout, training
from ppo_lib.advantages import compute_gae, normalize
from ppo_lib.batch import Batch, Rollout
from ppo_lib.config import PPOConfig, preset
from ppo_lib.course.checks.exercise import Answer, Arguments, Exercise, edit
from ppo_lib.course.checks.feedback import Feedback
from ppo_lib.course.lesson_07 import stages
from ppo_lib.course.lesson_07.stages import Counters
from ppo_lib.course.measures.updates import batch_metrics
from ppo_lib.course.words import add_english, text
from ppo_lib.envs import make_envs
from ppo_lib.networks import ActorCritic, sample_actions
from ppo_lib.rollout import Actor
from ppo_lib.training import IterationRecord, make_model, recent_return

LossFunction = Callable[[ActorCritic, Batch, PPOConfig], Tensor]

SOLVED = 475.0
MOST_STEPS = 80_000
"""Environment steps in which CartPole must be solved; right answers take 25,000 to 55,000."""
HOPELESS = (30_000, 60.0)
"""Below this score after so many steps an agent has learnt nothing; chance comes to 22."""


# The references. What they take and return is said where the library's own functions are.


def collect_rollout(
    envs: VectorEnv[Any, Any, Any],
    model: Actor,
    observations: NDArray[Any],
    num_steps: int,
    generator: torch.Generator,
) -> tuple[Rollout, NDArray[Any]]:
    """Let the policy act for `num_steps` steps in every environment."""
    rows, episode_returns = [], []
    for _ in range(num_steps):
        states = torch.tensor(observations)
        with torch.no_grad():
            policy = model.policy(states)
            actions = sample_actions(policy, generator)
        observations, rewards, terminated, truncated, infos = envs.step(actions.numpy())
        successors = torch.tensor(observations)
        for n in np.flatnonzero(terminated | truncated):
            successors[n] = torch.tensor(infos["final_obs"][n])
            episode_returns.append(float(infos["episode"]["r"][n]))
        with torch.no_grad():
            log_probs = policy.log_prob(actions)
            values, next_values = model.value(states), model.value(successors)
        outcome = map(torch.tensor, (rewards.astype(np.float32), terminated, truncated))
        rows.append((states, actions, log_probs, values, next_values, *outcome))
    columns: list[Any] = [torch.stack(column) for column in zip(*rows, strict=True)]
    columns.append(tuple(episode_returns))
    return Rollout(*columns), observations


def make_batch(rollout: Rollout, config: PPOConfig) -> Batch:
    """Judge a rollout's actions, and lay its samples in one row."""
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
    advantages = normalize(advantages)
    seen = (rollout.observations, rollout.actions, rollout.log_probs, rollout.values)
    return Batch(*(column.flatten(0, 1) for column in (*seen, advantages, returns)))


def ppo_loss(model: ActorCritic, batch: Batch, config: PPOConfig) -> Tensor:
    """Return the number that one gradient step lowers: -( L^CLIP - c1 L^VF + c2 H )."""
    policy, values = model.policy(batch.observations), model.value(batch.observations)
    ratio = torch.exp(policy.log_prob(batch.actions) - batch.old_log_probs)
    unclipped = ratio * batch.advantages
    clipped = ratio.clamp(1 - config.clip_range, 1 + config.clip_range) * batch.advantages
    surrogate = torch.min(unclipped, clipped).mean()
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
    """Take K epochs of minibatch gradient steps on one batch."""
    for _ in range(config.num_epochs):
        order = torch.randperm(len(batch), generator=generator)
        for index in torch.split(order, config.minibatch_size):
            loss = loss_function(model, batch[index], config)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), config.max_grad_norm)
            optimizer.step()


def train(config: PPOConfig) -> Iterator[IterationRecord]:
    """Train an agent, one iteration for each record that is asked for."""
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
        env_steps = iteration * config.rollout_size
        metrics = batch_metrics(model, batch, config)
        yield IterationRecord(iteration, env_steps, rollout.episode_returns, (), metrics, model)


def _update_by_hand(
    model: ActorCritic,
    optimizer: torch.optim.Optimizer,
    batch: Batch,
    config: PPOConfig,
    generator: torch.Generator,
    loss: LossFunction,
) -> None:
    """Sort random numbers, forget the gradients by the model, and cut them without PyTorch."""
    for _ in range(config.num_epochs):
        order = torch.rand(len(batch), generator=generator).argsort()
        for index in order.chunk(len(batch) // config.minibatch_size):
            model.zero_grad()
            loss(model, batch[index], config).backward()  # type: ignore[no-untyped-call]
            gradients = [p.grad for p in model.parameters() if p.grad is not None]
            norm = torch.stack([gradient.square().sum() for gradient in gradients]).sum().sqrt()
            for gradient in gradients:
                gradient *= min(1.0, config.max_grad_norm / norm.item())
            optimizer.step()


# What the mistakes share.


def _late(rows: Tensor) -> Tensor:
    """Return rows that lie one too low, the first of them 0."""
    return torch.cat([torch.zeros_like(rows[:1]), rows[:-1]])


def _sums(rollout: Rollout, config: PPOConfig) -> Tensor:
    """Return the discounted rewards to come: GAE with lambda = 1 where every value is 0."""
    zeros, flags = torch.zeros_like(rollout.values), (rollout.terminated, rollout.truncated)
    return compute_gae(rollout.rewards, zeros, zeros, *flags, config.gamma, 1.0)


LOG_PROBS = "policy.log_prob(batch.actions)"
WHOLE = "config.vf_coef * critic_loss + config.ent_coef * entropy"
EPOCHS = "for _ in range(config.num_epochs):"
ORDER = "torch.randperm(len(batch), generator=generator)"
SPLIT = "torch.split(order, config.minibatch_size)"
CUT = "nn.utils.clip_grad_norm_(model.parameters(), config.max_grad_norm)"
NEW_OPTIMIZER = "optimizer = torch.optim.Adam(model.parameters())\n        optimizer.param"


# The inputs.


def _collect_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return rollouts in which episodes end in all ways; in the last the policy is random."""
    return [
        {"environments": Counters((2, 3, 5)), "num_steps": 7, "certain": True},
        {"environments": Counters((4, 2, 3, 9), 1), "num_steps": 3, "certain": True},
        {"environments": Counters((5, 3), 2), "num_steps": 24, "certain": False},
    ]


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


def _update_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return batches of 3 and of 4 minibatches; in the second no gradient is long enough to cut."""
    names = ("num_samples", "minibatch_size", "num_epochs", "max_grad_norm")
    cases = ((24, 8, 3, 0.5), (40, 10, 2, 1000.0))
    return [dict(zip(names, case, strict=True)) for case in cases]


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


add_english(
    {
        "check.train.solved": (
            "a mean score of 475 over 20 episodes after {env_steps} environment steps"
        ),
        "check.train.how_far": (
            "the best mean score over 20 episodes: {score}, in {env_steps} environment steps"
        ),
        "check.train.learns_too_little": (
            "It learns, but CartPole should be solved by now. If your other functions pass their "
            "checks, look at what is handed from one to the next; if not, mend them first."
        ),
    }
)

# fmt: off
EXERCISES = (
    Exercise(
        name="collect_rollout",
        reference=collect_rollout,
        alternative=lambda *arguments: rollout.collect_rollout(*arguments),
        inputs=_collect_inputs,
        call=stages.call_collect,
        right=(
            "All fields agree, at episodes' ends of both kinds too, and so do the observations to "
            "go on from."
        ),
        wrong=(
            # which observation
            ("collect_rollout.after_step", edit("((states,", "((torch.tensor(observations),"),
             "The observations stored are those after the step. A row holds the ones in which the "
             "action was chosen."),
            ("collect_rollout.stands_still",
             edit("for _", "first = observations\n    for _", "states = torch.tensor(observations)",
                  "states = torch.tensor(first)"),
             "Every step is taken from the first observations. What a step returns is where the "
             "next one starts."),
            ("collect_rollout.from_reset",
             edit("for _", "observations, _ = envs.reset()\n    for _"),
             "You reset the environments. An episode may last longer than a rollout, so go on from "
             "the observations that you are given."),
            ("collect_rollout.returns_first", edit("), observations", "), columns[0][0]"),
             "The rollout is right, but you return the observations that you were given. Where do "
             "the environments stand after the last step?"),
            ("collect_rollout.returns_last_stored", edit("), observations", "), columns[0][-1]"),
             "The rollout is right, but you return the observations before the last step. Where do "
             "the environments stand after it?"),
            ("collect_rollout.overwritten",
             edit("successors = torch.tensor", "successors = torch.as_tensor"),
             "The final observations have got into the next step. Your successors share their "
             "memory with the observations, so that changing the one changes the other: what makes "
             "a copy?"),
            # the values
            ("collect_rollout.next_of_reset",
             edit("model.value(successors)", "model.value(torch.tensor(observations))"),
             "At an episode's end, next_values judges the first observation of the next episode. "
             "Where does the step's own last observation lie?"),
            ("collect_rollout.final_for_all",
             edit("successors[n]", "successors", '["final_obs"][n]', '["final_obs"]'),
             "As soon as one episode ends, all environments get what lies in final_obs. It holds "
             "an observation only for those that ended."),
            ("collect_rollout.next_0_at_terminated",
             edit("(successors)\n", "(successors) * ~torch.tensor(terminated)\n"),
             "next_values is 0 where an episode terminated. The mask comes later, in the TD error; "
             "a rollout holds V of the last observation itself."),
            ("collect_rollout.next_0_at_ends",
             edit("(successors)\n", "(successors) * ~torch.tensor(terminated | truncated)\n"),
             "next_values is 0 at every end. After a truncation the value of the last observation "
             "is needed, and at a termination the TD error has its own mask."),
            ("collect_rollout.next_is_own", edit("model.value(successors)", "model.value(states)"),
             "next_values judges the observations before the step. Which observations did the step "
             "lead to?"),
            ("collect_rollout.values_swapped",
             edit("values, next_values =", "next_values, values ="),
             "values and next_values have changed places."),
            ("collect_rollout.gradient",
             edit("no_grad():\n            log_probs", "enable_grad():\n            log_probs"),
             "A column of the rollout carries gradient. A rollout is data: in what block should "
             "the model be asked?"),
            # the actions and their probabilities
            ("collect_rollout.probability", edit("log_prob(actions)", "log_prob(actions).exp()"),
             "log_probs holds probabilities. Their logarithms are wanted."),
            ("collect_rollout.negative_log_prob", edit("= policy.log_prob", "= -policy.log_prob"),
             "log_probs has the wrong sign: a log-probability is never above 0."),
            ("collect_rollout.log_prob_of_next",
             edit("policy.log_prob", "model.policy(torch.tensor(observations)).log_prob"),
             "The log-probabilities are those of the policy in the observations after the step. "
             "The actions were chosen before it."),
            ("collect_rollout.log_prob_of_other",
             edit("log_prob(actions)", "log_prob(sample_actions(policy, generator))"),
             "The log-probabilities belong to actions that were drawn a second time. Those of the "
             "actions in the rollout are wanted."),
            ("collect_rollout.stores_other",
             edit("log_probs = ",
                  "actions = sample_actions(policy, generator)\n            log_probs = "),
             "The actions in the rollout were drawn a second time, and are not those that the "
             "environments got. Draw once, and use that draw in both places."),
            ("collect_rollout.likeliest", edit("sample_actions(policy, generator)", "policy.mode"),
             "The likeliest action is always taken. A policy gradient needs actions drawn at "
             "random, each as often as the policy says."),
            ("collect_rollout.own_stream", edit("(policy, generator)", "(policy, None)"),
             "The actions do not come from the generator that you are given, so that the seed of a "
             "run would not decide them. Pass it on where you draw."),
            # rewards, flags, scores
            ("collect_rollout.rewards_late",
             edit("    return", "    columns[5] = _late(columns[5])\n    return"),
             "Every reward lies one row too late. It belongs to the row of the action that earned "
             "it."),
            ("collect_rollout.truncated_terminates",
             edit("terminated, truncated)", "terminated | truncated, truncated)"),
             "terminated is set at truncations too. Then the value after a time limit would count "
             "as 0."),
            ("collect_rollout.terminated_truncates",
             edit("terminated, truncated)", "terminated, terminated | truncated)"),
             "truncated is set at terminations too. Gymnasium returns the two flags apart; keep "
             "each as it comes."),
            ("collect_rollout.merged",
             edit("terminated, truncated)", "terminated | truncated, terminated | truncated)"),
             "Both flags are set at every end. Keep the two apart: only after a termination is the "
             "value 0."),
            ("collect_rollout.no_truncated",
             edit("terminated, truncated)", "terminated, truncated & False)"),
             "truncated is never set. Without it an advantage would run on from one episode into "
             "the next."),
            ("collect_rollout.flags_swapped",
             edit("terminated, truncated)", "truncated, terminated)"),
             "terminated and truncated have changed places. In what order does step return them?"),
            ("collect_rollout.flags_late",
             edit("    return", "    columns[6:8] = map(_late, columns[6:8])\n    return"),
             "The flags lie one row too late. They belong to the row of the step that ended the "
             "episode."),
            ("collect_rollout.flags_not_bool",
             edit("terminated, truncated)", "1.0 * terminated, 1.0 * truncated)"),
             "terminated and truncated must be tensors of True and False. compute_gae turns them "
             "round with ~, which numbers do not allow."),
            ("collect_rollout.no_scores", edit("tuple(episode_returns)", "()"),
             "The rollout is right, but no episode's score is in it. infos has it in the step that "
             "ends an episode."),
            ("collect_rollout.scores_of_all",
             edit("append(float(", "extend((", '["r"][n]', '["r"]'),
             "As soon as one episode ends, the scores of all environments are noted. Only those "
             "that ended have one."),
            ("collect_rollout.lengths_for_scores", edit('["r"]', '["l"]'),
             "These are the lengths of the episodes. Their scores lie beside them in infos."),
            # the whole
            ("collect_rollout.across", edit("stack(column)", "stack(column, 1)"),
             "The columns are (N, T): the environments come first. What should be stacked on top "
             "of what?"),
            ("collect_rollout.step_missing", edit("range(num_steps)", "range(num_steps - 1)"),
             "There is one row too few. T steps make T rows."),
            ("collect_rollout.step_too_many", edit("range(num_steps)", "range(num_steps + 1)"),
             "There is one row too many. T steps make T rows."),
            ("collect_rollout.no_pair", edit("), observations", ")"),
             "Two things are to be returned, the rollout and the observations to go on from."),
        ),
    ),
    Exercise(
        name="make_batch",
        reference=make_batch,
        alternative=lambda r, config: (
            batches.make_batch(r, config)[torch.randperm(r.rewards.numel())]
        ),
        inputs=_batch_inputs,
        call=stages.call_make_batch,
        right="All fields agree: the advantages have mean 0 and spread 1, the returns their unit.",
        wrong=(
            # normalising
            ("make_batch.returns_of_normalised",
             edit("returns = advantages", "returns = normalize(advantages)"),
             "The returns are made of the normalised advantages, which have no unit. Which of the "
             "two lines comes first?"),
            ("make_batch.not_normalised", edit("normalize(advantages)", "advantages"),
             "The returns are right. The advantages still have their own mean and spread."),
            ("make_batch.each_environment",
             edit("normalize(advantages)", "torch.stack([*map(normalize, advantages.T)], 1)"),
             "Each environment's advantages are normalised by themselves. Mean and spread are "
             "those of the whole rollout."),
            ("make_batch.each_step",
             edit("normalize(advantages)", "torch.stack([*map(normalize, advantages)])"),
             "Each time step's advantages are normalised by themselves. Mean and spread are those "
             "of the whole rollout."),
            ("make_batch.centred_alone",
             edit("normalize(advantages)", "advantages - advantages.mean()"),
             "The advantages have mean 0, but their spread is not 1 yet."),
            ("make_batch.scaled_alone",
             edit("normalize(advantages)", "advantages / advantages.std()"),
             "The advantages are divided by their spread, but their mean is still in them."),
            ("make_batch.by_variance",
             edit("normalize(advantages)", "(advantages - advantages.mean()) / advantages.var()"),
             "The advantages are divided by their variance. The spread is its root."),
            ("make_batch.returns_normalised",
             edit("advantages + rollout.values", "normalize(advantages + rollout.values)"),
             "The returns are normalised too. The critic is to learn them in units of reward."),
            # the targets
            ("make_batch.returns_are_advantages", edit(" + rollout.values", ""),
             "The returns are the advantages alone, which say how much better than expected it "
             "went. What was expected?"),
            ("make_batch.returns_are_values", edit("advantages + rollout.values", "rollout.values"),
             "The returns are the old values: the critic would learn what it says already."),
            ("make_batch.returns_are_rewards",
             edit("advantages + rollout.values", "rollout.rewards"),
             "The returns are the rewards of one step. A return counts all that follows."),
            ("make_batch.returns_from_next", edit("+ rollout.values", "+ rollout.next_values"),
             "You add next_values. An advantage says how much better it went than the value of the "
             "observation before the step."),
            ("make_batch.returns_less_values", edit("+ rollout.values", "- rollout.values"),
             "You subtract the values from the advantages. An advantage is a return less a value: "
             "what turns it back into a return?"),
            ("make_batch.returns_unbootstrapped",
             edit("advantages + rollout.values", "_sums(rollout, config)"),
             "The returns are discounted sums of the rewards, which stop at the end of the "
             "rollout. What has been estimated already, with what comes after it?"),
            ("make_batch.all_unbootstrapped",
             edit("returns = ",
                  "advantages = _sums(rollout, config) - rollout.values\n    returns = "),
             "The advantages are discounted sums of the rewards less the values: neither the "
             "bootstrap nor gae_lambda is in them. Which function of lesson 05 has both?"),
            # what compute_gae is given
            ("make_batch.values_for_next", edit("rollout.next_values", "rollout.values"),
             "compute_gae is given values twice. Which of its arguments is the value after the "
             "step?"),
            ("make_batch.values_swapped",
             edit("rollout.values,\n        rollout.next_values,",
                  "rollout.next_values, rollout.values,"),
             "values and next_values have changed places in the call of compute_gae."),
            ("make_batch.merged",
             edit("rollout.terminated", "rollout.terminated | rollout.truncated"),
             "compute_gae is told that truncated episodes terminated, so that the value after a "
             "time limit counts as 0."),
            ("make_batch.flags_swapped",
             edit("terminated,\n        rollout.truncated,", "truncated, rollout.terminated,"),
             "terminated and truncated have changed places in the call of compute_gae."),
            ("make_batch.truncated_left_out",
             edit("rollout.truncated", "rollout.truncated & False"),
             "compute_gae hears of no truncation, so that advantages run on from one episode into "
             "the next."),
            ("make_batch.terminated_left_out",
             edit("rollout.terminated", "rollout.terminated & False"),
             "compute_gae hears of no termination, so that a value follows where nothing does."),
            ("make_batch.coefficients_swapped",
             edit("gamma,\n        config.gae_lambda,", "gae_lambda, config.gamma,"),
             "gamma and gae_lambda have changed places in the call of compute_gae."),
            ("make_batch.fixed_coefficients",
             edit("config.gamma", "0.99", "config.gae_lambda", "0.9"),
             "Right for a gamma of 0.99 and a gae_lambda of 0.9 and for no others: numbers stand "
             "where the settings belong."),
            ("make_batch.lambda_0", edit("config.gae_lambda", "0.0"),
             "These are the TD errors, GAE with a gae_lambda of 0. The setting says how far an "
             "advantage looks ahead."),
            # which field where, and in which order
            ("make_batch.rewards_for_advantages",
             edit("normalize(advantages)", "normalize(rollout.rewards)"),
             "The advantages are normalised rewards. They look neither ahead nor at what was "
             "expected."),
            ("make_batch.old_values_next", edit("rollout.values)", "rollout.next_values)"),
             "old_values holds next_values. It is V of the observation that lies in the same row."),
            ("make_batch.old_values_are_returns", edit("rollout.values)", "returns)"),
             "old_values holds the returns. It is what the critic said when the rollout was "
             "collected."),
            ("make_batch.probabilities", edit("rollout.log_probs", "rollout.log_probs.exp()"),
             "old_log_probs holds probabilities. The rollout has their logarithms: pass them on as "
             "they are."),
            ("make_batch.exchanged", edit("advantages, returns)", "returns, advantages)"),
             "advantages and returns have changed places."),
            ("make_batch.observations_across",
             edit("rollout.observations", "rollout.observations.transpose(0, 1)"),
             "The observations are laid out environment by environment and all else step by step, "
             "so that no observation stands beside its own action."),
            ("make_batch.advantages_across", edit("advantages, returns)", "advantages.T, returns)"),
             "The advantages are laid out environment by environment and all else step by step, so "
             "that each meets a wrong sample."),
            ("make_batch.judged_across", edit("advantages, returns)", "advantages.T, returns.T)"),
             "Advantages and returns are laid out environment by environment and all else step by "
             "step, so that they meet wrong samples."),
            ("make_batch.actions_across", edit("rollout.actions", "rollout.actions.T"),
             "The actions are laid out environment by environment and all else step by step, so "
             "that no action stands beside its own observation."),
            ("make_batch.not_flattened", edit(".flatten(0, 1)", ""),
             "The columns are still (T, N). A batch has one row of T times N samples."),
            ("make_batch.observations_flat",
             edit("rollout.observations", "rollout.observations.flatten()[None]"),
             "The observations are flattened too far: each sample's observation is a vector and "
             "stays one. Which two axes become one?"),
        ),
    ),
    Exercise(
        name="ppo_loss",
        reference=ppo_loss,
        alternative=lambda *arguments: losses.ppo_loss(*arguments)[0],
        inputs=_loss_inputs,
        call=stages.call_ppo_loss,
        right="The loss agrees, and so do the gradients of both networks' weights.",
        wrong=(
            # the signs
            ("ppo_loss.objective", edit("-(surrogate", "(surrogate"),
             "This is what PPO maximises. The optimiser makes its number small: what turns one "
             "into the other?"),
            ("ppo_loss.surrogate_lowered", edit("-(surrogate", "-(-surrogate"),
             "The surrogate has the wrong sign: making yours small makes good actions rarer."),
            ("ppo_loss.critic_raised", edit("- config.vf_coef", "+ config.vf_coef"),
             "The critic's part has the wrong sign: making yours small makes the critic worse."),
            ("ppo_loss.entropy_lowered", edit("+ config.ent_coef", "- config.ent_coef"),
             "The entropy has the wrong sign: making yours small makes the policy less random."),
            ("ppo_loss.minus_on_first", edit("-(surrogate", "(-surrogate"),
             "The minus has reached the surrogate alone. It stands in front of the whole bracket."),
            ("ppo_loss.all_added", edit("-(surrogate -", "(surrogate +"),
             "All three parts are added. Ask of each whether it should grow or shrink when the "
             "loss is made small."),
            # the coefficients, and what is missing
            ("ppo_loss.coefs_swapped",
             edit(WHOLE, "config.ent_coef * critic_loss + config.vf_coef * entropy"),
             "The two coefficients have changed places. vf is short for value function."),
            ("ppo_loss.no_vf_coef", edit("config.vf_coef * ", ""),
             "vf_coef has no effect. Which part does it weigh?"),
            ("ppo_loss.no_ent_coef", edit("config.ent_coef * ", ""),
             "ent_coef has no effect. Which part does it weigh?"),
            ("ppo_loss.no_coefs", edit(WHOLE, "critic_loss + entropy"),
             "Neither vf_coef nor ent_coef has any effect. Which parts do they weigh?"),
            ("ppo_loss.fixed_coefs", edit("config.vf_coef", "0.5", "config.ent_coef", "0.01"),
             "Right for coefficients of 0.5 and 0.01 and for no others: numbers stand where "
             "vf_coef and ent_coef belong."),
            ("ppo_loss.no_critic", edit("- config.vf_coef * critic_loss", ""),
             "The critic's part is missing: the values would never be learnt."),
            ("ppo_loss.no_entropy", edit("+ config.ent_coef * entropy", ""),
             "The entropy is missing."),
            ("ppo_loss.no_surrogate", edit("(surrogate", "("),
             "The surrogate is missing: the policy would not learn to act."),
            ("ppo_loss.surrogate_alone", edit(f" - {WHOLE}", ""),
             "This is the surrogate's part alone. The critic's and the entropy's are missing."),
            # the critic's part
            ("ppo_loss.critic_half", edit("critic_loss = ", "critic_loss = 0.5 * "),
             "The critic's squared error is halved. Here no factor is hidden: vf_coef alone weighs "
             "it."),
            ("ppo_loss.critic_sum", edit("** 2).mean()", "** 2).sum()"),
             "The critic's squared errors are added up. Their mean does not depend on the size of "
             "the minibatch."),
            ("ppo_loss.critic_no_mean", edit("** 2).mean()", "** 2)"),
             "The critic's squared errors are not averaged, so that a loss for each sample is "
             "returned. A loss is one number."),
            ("ppo_loss.critic_not_squared", edit(" ** 2", ""),
             "The critic's errors are not squared, so that those of opposite sign cancel."),
            ("ppo_loss.critic_absolute", edit(" ** 2", ".abs()"),
             "This is the critic's mean absolute error. The mean squared error is wanted."),
            ("ppo_loss.critic_of_advantages", edit("batch.returns", "batch.advantages"),
             "The values are compared with the advantages. Which column holds what the critic "
             "should have said?"),
            ("ppo_loss.critic_of_old_values", edit("batch.returns", "batch.old_values"),
             "The values are compared with the old ones: the critic would learn what it said "
             "before. Which column holds what it should have said?"),
            ("ppo_loss.critic_of_the_past",
             edit("values - batch.returns", "batch.old_values - batch.returns"),
             "The critic's part is made of old_values, which no step can change. Ask the model for "
             "the values now."),
            ("ppo_loss.critic_clipped",
             edit("critic_loss = (",
                  "near = batch.old_values + (values - batch.old_values).clamp(-0.2, 0.2)\n"
                  "    critic_loss = torch.max((near - batch.returns) ** 2, "),
             "The change of the values is clipped, as in OpenAI's baselines. The plain squared "
             "error is asked for."),
            # the entropy's part
            ("ppo_loss.entropy_sum", edit("entropy().mean()", "entropy().sum()"),
             "The entropies of all samples are added up. Their mean does not depend on the size of "
             "the minibatch."),
            ("ppo_loss.entropy_no_mean", edit("entropy().mean()", "entropy()"),
             "The entropies are not averaged, so that a loss for each sample is returned. A loss "
             "is one number."),
            ("ppo_loss.all_sums",
             edit("clipped).mean", "clipped).sum", "2).mean", "2).sum", "entropy().mean",
                  "entropy().sum"),
             "All three parts are sums over the samples. With means, a minibatch twice as large "
             "does not take a step twice as large."),
            ("ppo_loss.no_means",
             edit("clipped).mean()", "clipped)", "2).mean()", "2)", "entropy().mean()",
                  "entropy()"),
             "You return a loss for each sample. A loss is one number, the mean."),
            # the surrogate's part
            ("ppo_loss.surrogate_no_mean", edit("clipped).mean()", "clipped)"),
             "The surrogate is not averaged, so that a loss for each sample is returned. A loss is "
             "one number."),
            ("ppo_loss.old_for_both", edit(LOG_PROBS, "batch.old_log_probs"),
             "The ratio is 1 everywhere and has no gradient: old_log_probs stands in it twice. "
             "What does the model say of these actions now?"),
            ("ppo_loss.new_for_both", edit("batch.old_log_probs", f"{LOG_PROBS}.detach()"),
             "The ratio is 1 everywhere: the new log-probabilities are divided by themselves, and "
             "nothing is ever clipped. What did the policy that acted say?"),
            ("ppo_loss.no_ratio",
             edit("torch.min(unclipped, clipped)", f"({LOG_PROBS} * batch.advantages)"),
             "This is the plain policy gradient's objective, log-probability times advantage. "
             "Where does the old policy come in?"),
            ("ppo_loss.normalised_again",
             edit("ratio * batch.advantages", "ratio * normalize(batch.advantages)",
                  ") * batch.advantages", ") * normalize(batch.advantages)"),
             "The advantages are normalised once more, over the minibatch. make_batch has done "
             "that over the rollout."),
            ("ppo_loss.of_returns",
             edit("ratio * batch.advantages", "ratio * batch.returns", ") * batch.advantages",
                  ") * batch.returns"),
             "The ratio is multiplied by the returns. What says how much better than expected an "
             "action was?"),
            # where the gradient is cut off
            ("ppo_loss.surrogate_detached", edit("(surrogate", "(surrogate.detach()"),
             "The loss is right, but no gradient flows through the surrogate: the policy would not "
             "learn to act."),
            ("ppo_loss.critic_detached", edit("* critic_loss", "* critic_loss.detach()"),
             "The loss is right, but no gradient flows through the critic's part: the critic would "
             "not learn."),
            ("ppo_loss.entropy_detached", edit("* entropy", "* entropy.detach()"),
             "The loss is right, but no gradient flows through the entropy: the bonus would have "
             "no effect."),
            ("ppo_loss.detached", edit("* entropy)", "* entropy).detach()"),
             "The loss is right, but it carries no gradient at all: nothing would learn. Is there "
             "an item, a float, a detach or a no_grad?"),
            ("ppo_loss.tuple", edit("* entropy)", "* entropy), {}"),
             "You return several things. The loss alone is asked for."),
            # as in lesson 04
            ("ppo_loss.max_for_min", edit("torch.min", "torch.max"),
             "Where clipped and unclipped term differ, the larger one is taken: that is the "
             "hopeful one. Which of them is the careful one?"),
            ("ppo_loss.no_exp", edit("torch.exp", ""),
             "The logarithm of the ratio stands where the ratio belongs. What undoes a logarithm?"),
            ("ppo_loss.upside_down", edit("torch.exp(", "1 / torch.exp("),
             "The ratio is upside down: yours falls when an action becomes likelier. The policy "
             "now belongs on top."),
            ("ppo_loss.sum", edit("clipped).mean()", "clipped).sum()"),
             "The surrogate is added up over the samples. Its mean does not depend on the size of "
             "the minibatch."),
            ("ppo_loss.no_min", edit("torch.min(unclipped, clipped)", "clipped"),
             "The surrogate is the clipped term alone. A step back into the band would then have "
             "no gradient: which two terms are compared?"),
            ("ppo_loss.no_clip", edit("torch.min(unclipped, clipped)", "unclipped"),
             "Nothing is clipped: the surrogate is ratio times advantage."),
            ("ppo_loss.around_0", edit("1 - ", "-", "1 + ", ""),
             "The band lies around 0. A ratio of 1 means that nothing has changed, so the band "
             "lies around 1."),
            ("ppo_loss.fixed_band",
             edit("1 - config.clip_range, 1 + config.clip_range", "0.8, 1.2"),
             "Right for a clip_range of 0.2 and for no other: a number stands where clip_range "
             "belongs."),
            ("ppo_loss.clips_product",
             edit("ratio.clamp", "unclipped.clamp", ") * batch.advantages", ")"),
             "You clip the product of ratio and advantage. Clip the ratio, then multiply."),
            ("ppo_loss.clips_advantage",
             edit("ratio.clamp", "batch.advantages.clamp", ") * batch.advantages", ") * ratio"),
             "You clip the advantage. It is the ratio that is held in the band."),
            ("ppo_loss.clips_log_ratio",
             edit("ratio.clamp(1 - config.clip_range, 1 + config.clip_range)",
                  "ratio.log().clamp(-config.clip_range, config.clip_range).exp()"),
             "You clip the logarithm of the ratio. The band is one of ratios, from 1 - clip_range "
             "to 1 + clip_range."),
            ("ppo_loss.min_without_advantage",
             edit("torch.min(unclipped, clipped)",
                  "(ratio.clamp(max=1 + config.clip_range) * batch.advantages)"),
             "You take the smaller ratio, then multiply. For a negative advantage that is the "
             "larger product: which are the two terms to compare?"),
            ("ppo_loss.min_of_means",
             edit("(unclipped, clipped).mean()", "(unclipped.mean(), clipped.mean())"),
             "The smaller of two means is taken. Each sample has a smaller term of its own; the "
             "mean comes last."),
            ("ppo_loss.masked",
             edit("torch.min(unclipped, clipped)",
                  "(unclipped * ((ratio - 1).abs() <= config.clip_range))"),
             "Outside the band your term is 0, whichever way the ratio has gone. Outside, the "
             "advantage's sign decides which of two terms counts."),
            ("ppo_loss.ratio_of_logs",
             edit("torch.exp", "", "(batch.actions) - ", "(batch.actions) / "),
             "You divide the logarithms. The logarithm of a quotient is a difference of "
             "logarithms."),
        ),
    ),
    Exercise(
        name="update",
        reference=update,
        alternative=_update_by_hand,
        inputs=_update_inputs,
        call=stages.call_update,
        right=(
            "Every sample comes once an epoch, in a new order, and every step has its minibatch's "
            "own gradient, cut to the norm."
        ),
        wrong=(
            # which samples
            ("update.one_epoch", edit("range(config.num_epochs)", "range(1)"),
             "The batch is gone through once. num_epochs says how often."),
            ("update.whole_batch", edit(SPLIT, "[order]"),
             "All samples make one minibatch, so that there is one step an epoch. minibatch_size "
             "says how many samples a step takes."),
            ("update.whole_batch_in_order",
             edit(ORDER, "torch.arange(len(batch))", SPLIT, "[order]"),
             "Every step takes the whole batch, and there is one an epoch. minibatch_size says how "
             "many samples a step takes."),
            ("update.whole_batch_each_time", edit("batch[index]", "batch"),
             "The number of steps is right, but the loss gets the whole batch each time. Which "
             "samples belong to this step?"),
            ("update.never_shuffled", edit(ORDER, "torch.arange(len(batch))"),
             "The samples come in the batch's own order, so that neighbours in time share a "
             "minibatch. Each epoch needs a random order."),
            ("update.shuffled_once",
             edit(f"{EPOCHS}\n        order = {ORDER}", f"order = {ORDER}\n    {EPOCHS}"),
             "All epochs have the same order, and the same minibatches. Where should the order be "
             "drawn?"),
            ("update.blocks",
             edit("randperm(len(batch)", "randperm(len(batch) // config.minibatch_size",
                  f"index in {SPLIT}", "start in order * config.minibatch_size", "[index]",
                  "[start : start + config.minibatch_size]"),
             "The minibatches come in a random order, but each is a block of neighbours. It is the "
             "samples that are to be shuffled."),
            ("update.replacement", edit("randperm(len(batch)", "randint(len(batch), (len(batch),)"),
             "Some samples come more than once in an epoch and others not at all. What gives each "
             "number once, in a random order?"),
            ("update.last_missing", edit(SPLIT, f"{SPLIT}[:-1]"),
             "The last minibatch of each epoch is missing. Where does your range end?"),
            ("update.first_alone", edit(SPLIT, f"{SPLIT}[:1]"),
             "There is one minibatch an epoch, and then the next epoch begins. All samples should "
             "come once an epoch."),
            ("update.returns_early",
             edit("optimizer.step()", "optimizer.step()\n            return"),
             "The update ends after one minibatch. Is a return inside the loop?"),
            ("update.size_as_number", edit("(order, config", "(order, len(batch) // config"),
             "minibatch_size is taken for the number of minibatches. It is the number of samples "
             "in each."),
            ("update.each_k_times",
             edit(f"{EPOCHS}\n        order = {ORDER}\n        for index in {SPLIT}:",
                  f"order = {ORDER}\n    for index in {SPLIT}:\n        {EPOCHS}"),
             "Each minibatch is used for all epochs before the next one comes. Which of the two "
             "loops is the outer one?"),
            ("update.own_stream", edit(", generator=generator", ""),
             "The order does not come from the generator that you are given, so that the seed of a "
             "run would not decide it. Pass it on where you draw."),
            # the step
            ("update.nothing_done", edit("range(config.num_epochs)", "()"),
             "The loss function is never called and no step is taken. Is the inside of a loop "
             "still missing?"),
            ("update.own_loss", edit("loss_function(model", "ppo_loss(model"),
             "The loss function that you are given is not called. Another one stands in its place: "
             "the last argument says which loss to take."),
            ("update.no_zero_grad", edit("optimizer.zero_grad()", ""),
             "The gradients are never forgotten: each backward adds to those of all steps before. "
             "What comes before it?"),
            ("update.zero_once_an_epoch",
             edit("optimizer.zero_grad()", "", "order =", "optimizer.zero_grad()\n        order ="),
             "The gradients are forgotten once an epoch, so that within it each backward adds to "
             "the ones before. In which loop does that line belong?"),
            ("update.step_once_an_epoch",
             edit("optimizer.zero_grad()", "", "order =", "optimizer.zero_grad()\n        order =",
                  f"    {CUT}", CUT, "    optimizer.step()", "optimizer.step()"),
             "There is one step an epoch, with the gradients of all its minibatches added up. Each "
             "minibatch takes a step of its own."),
            ("update.last_step_of_epoch",
             edit(f"    {CUT}", CUT, "    optimizer.step()", "optimizer.step()"),
             "There is one step an epoch, with the gradient of the last minibatch. In which loop "
             "does the step belong?"),
            ("update.no_backward", edit("loss.backward()", ""),
             "backward is never called, so that there is no gradient to step along."),
            ("update.no_step", edit("optimizer.step()", ""),
             "The optimiser never takes a step: the gradients are there, the weights stay."),
            ("update.step_before_backward",
             edit("optimizer.step()", "", "loss.backward()", "optimizer.step(); loss.backward()"),
             "The step comes before backward, when the gradient is not there yet."),
            ("update.zero_after_backward",
             edit("optimizer.zero_grad()", "", "loss.backward()",
                  "loss.backward(); optimizer.zero_grad()"),
             "The gradient is forgotten between backward and the step. Which of the lines comes "
             "first?"),
            ("update.not_cut", edit(CUT, ""),
             "The gradient is not cut: the step takes it as long as backward has made it. "
             "max_grad_norm says how long it may be."),
            ("update.cut_after_step", edit(CUT, "", "optimizer.step()", f"optimizer.step(); {CUT}"),
             "The gradient is cut after the step has used it."),
            ("update.cut_before_backward",
             edit(CUT, "", "loss.backward()", f"{CUT}; loss.backward()"),
             "The gradient is cut before backward has made it, so that the step takes it uncut."),
            ("update.cut_values", edit("clip_grad_norm_", "clip_grad_value_"),
             "Each number of the gradient is cut by itself, which turns its direction. The norm of "
             "the whole is to be cut."),
            ("update.always_scaled",
             edit(CUT, f"[p.grad.mul_(1e6) for p in model.parameters()]; {CUT}"),
             "Every gradient is brought to max_grad_norm, short ones too. Only one that is longer "
             "is cut."),
        ),
    ),
    Exercise(
        name="train",
        reference=train,
        alternative=lambda config: training.train(config, progress=False),
        inputs=_train_inputs,
        call=stages.call_train,
        trial=try_training,
        right="It trains, goes on where the rollout before ended, and solves CartPole.",
        wrong=(
            ("train.nothing", lambda config: train(config) and None,
             "train returns nothing. It should yield a record after each iteration."),
            ("train.no_generator", lambda config: [next(train(config))],
             "An iterator of records is wanted: a function that yields one after each iteration. "
             "Yours does all its work first and then returns."),
            ("train.no_record", edit("IterationRecord(", "("),
             "What is yielded must be an IterationRecord."),
            ("train.one_record", edit("        yield", "    yield"),
             "There is one record, of the last iteration. In which loop does the yield belong?"),
            ("train.first_record_alone", edit("config.num_iterations + 1", "2"),
             "It ends after the first iteration. config.num_iterations says how many there are."),
            ("train.from_0", edit("Record(iteration,", "Record(iteration - 1,"),
             "Iterations are counted from 1, and yours from 0."),
            ("train.all_from_0",
             edit("Record(iteration, env_steps,",
                  "Record(iteration - 1, env_steps - config.rollout_size,"),
             "Your iterations are counted from 0. They start at 1, and the environment steps "
             "include those of the record's own iteration."),
            ("train.steps_of_one", edit("config.rollout_size", "config.num_steps"),
             "env_steps counts the steps of one environment. There are num_envs of them."),
            ("train.steps_not_added", edit("iteration * ", ""),
             "env_steps is the same in every record. It counts from the start of training."),
            ("train.steps_before", edit("iteration * ", "(iteration - 1) * "),
             "env_steps lacks the iteration's own steps. The record is made after them."),
            ("train.new_model",
             edit("optimizer.param", f"model = make_model(config)\n        {NEW_OPTIMIZER}"),
             "Every iteration starts with a new model, so that nothing learnt is kept. What "
             "belongs before the loop?"),
            ("train.never_moves", edit("model.parameters()", "[nn.Parameter(torch.zeros(1))]"),
             "The weights never change. Is update called, and is the optimiser over this model's "
             "parameters?"),
            ("train.critic_never_moves",
             edit("model.parameters()", "model.policy_network.parameters()"),
             "The policy learns, but the critic's weights never change. Whose parameters does the "
             "optimiser have?"),
            ("train.policy_never_moves",
             edit("model.parameters()", "model.value_network.parameters()"),
             "The critic learns, but the policy's weights never change. Whose parameters does the "
             "optimiser have?"),
            ("train.no_scores", edit("rollout.episode_returns", "()"),
             "No record has the score of an episode. The rollout knows them."),
            ("train.resets",
             edit("optimizer.param", "observations, _ = envs.reset()\n        optimizer.param"),
             "No episode outlasts a rollout: the environments start again in every iteration. "
             "Where should the reset be, and which observations does the next rollout start from?"),
            ("train.stale", edit("rollout, observations =", "rollout, _ ="),
             "Each rollout begins with old observations: the policy is shown where the "
             "environments once stood. What else does the function that collects return, and who "
             "needs it next?"),
            ("train.envs_unseeded", edit("seed=config.seed", "seed=None"),
             "Two runs with the same seed differ. Does all that draws at random, the environments "
             "too, get its seed from config.seed?"),
            ("train.fixed_seed",
             edit("envs =", "config = PPOConfig(**vars(config) | {'seed': 0})\n    envs ="),
             "config.seed has no effect: two seeds give the same run. Does a number stand where it "
             "belongs?"),
            ("train.not_annealed", edit("learning_rate_at(iteration)", "learning_rate"),
             "The steps are as large at the end as at the start. config.learning_rate_at says how "
             "large they should be in each iteration; who has to be told?"),
            ("train.new_optimizer", edit("optimizer.param", NEW_OPTIMIZER),
             "A new optimiser is made in every iteration, and Adam forgets its averages. What "
             "belongs before the loop?"),
            ("train.new_optimizer_not_annealed",
             edit("optimizer.param", NEW_OPTIMIZER, "learning_rate_at(iteration)", "learning_rate"),
             "A new optimiser is made in every iteration, so that Adam forgets its averages and "
             "starts with its largest step again. What belongs before the loop?"),
            ("train.learns_nothing",
             edit("batch, config, generator)",
                  "batch, config, generator, lambda *seen: -ppo_loss(*seen))"),
             "Everything runs, but it does not get better than chance. If your other functions "
             "pass their checks, look at what is handed from one to the next; if not, mend them "
             "first."),
        ),
    ),
)
# fmt: on
