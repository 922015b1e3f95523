# ---
# jupyter:
#   edition: 07_the_whole_of_ppo
# ---

# %% [markdown] name="title"
# # 07 · The whole of PPO: how do the parts make an agent?
#
# **Where we stand.** At the end of the third of the course's three parts, the *algorithm*. All parts are there: the clipped
# surrogate (04), the advantage (05), the two networks and the total loss (06). What is missing is the loop that they live in.
#
# **Afterwards you can** write PPO from an empty file, and say of each of its parts what happens without it.
#
# **You need** Python, a little PyTorch, and lessons 04 to 06. **Time:** 120 minutes, and more if you like.

# %% [markdown] name="by-hand"
# ## 1. By hand: one iteration
#
# PPO repeats one thing: **collect** a rollout with the policy as it is, **judge** each action, **update** both networks on it, throw
# the rollout away. In numbers, with the settings of CartPole:
#
# | | | |
# |---|---|---|
# | environments side by side | N | 32 |
# | steps of each | T | 32 |
# | samples in a rollout | N · T | 1,024 |
# | epochs, passes over all samples | K | 4 |
# | samples in a minibatch | M | 256 |
#
# **Predict.** How many gradient steps does an iteration take? How often is each sample used? How many iterations are there in 100,000
# environment steps?

# %% by-hand-code
from ppo_lib.config import preset

config = preset("cartpole", seed=0)

gradient_steps = config.num_epochs * (config.rollout_size // config.minibatch_size)
gradient_steps, config.num_epochs, config.total_steps // config.rollout_size

# %% [markdown] name="map"
# **What to see.** 16 gradient steps, each sample used four times, 97 iterations. You will write five functions, a screen each:
#
# | function | what it does | made of |
# |---|---|---|
# | `collect_rollout` | acts for T steps in N environments | policy, environments |
# | `make_batch` | turns the rollout into samples with advantages | lesson 05 |
# | `ppo_loss` | what a gradient step makes small | lessons 04 and 06 |
# | `update` | K epochs of minibatches | `ppo_loss`, Adam |
# | `train` | the loop | all of them |
#
# Whatever you leave blank, or get wrong in a way that cannot run, is replaced by the course's, so that the lesson runs from top to
# bottom.

# %% [markdown] name="collect"
# ## 2. Collect
#
# **Exercise 1.** For each of T steps: ask the policy, draw an action in every environment, take the step, and note the row. What
# surrounds it is there already. A row holds, for the N environments:
#
# | what | from |
# |---|---|
# | the observations *before* the step | `states` |
# | the actions, and their log-probabilities | `policy` |
# | V of the observations before the step | `model.value` |
# | V of those that the step truly led to (lesson 05) | `model.value` |
#
# No gradient is wanted here: the rollout is data. `sample_actions(policy, generator)` draws actions. Call what you find `policy`, `actions`,
# `log_probs`, `values` and `next_values`: the lines that are there use these names.

# %% exercise-collect
import numpy as np
import torch

from ppo_lib.batch import Rollout
from ppo_lib.networks import sample_actions


def collect_rollout(envs, model, observations, num_steps, generator):
    rows, episode_returns = [], []
    for _ in range(num_steps):
        states = torch.tensor(observations, dtype=torch.float32)
        with torch.no_grad():
            ### BEGIN SOLUTION
            policy = model.policy(states)
            actions = sample_actions(policy, generator)
            ### END SOLUTION
        observations, rewards, terminated, truncated, infos = envs.step(actions.numpy())
        successors = torch.tensor(observations, dtype=torch.float32)
        for n in np.flatnonzero(terminated | truncated):
            episode_returns.append(float(infos["episode"]["r"][n]))
            ### BEGIN SOLUTION
            successors[n] = torch.tensor(infos["final_obs"][n])
            ### END SOLUTION
        with torch.no_grad():
            ### BEGIN SOLUTION
            log_probs = policy.log_prob(actions)
            values, next_values = model.value(states), model.value(successors)
            ### END SOLUTION
        outcome = (
            torch.tensor(each) for each in (rewards.astype("float32"), terminated, truncated)
        )
        rows.append((states, actions, log_probs, values, next_values, *outcome))
    columns = [torch.stack(column) for column in zip(*rows, strict=True)]  # (T, N, ...)
    return Rollout(*columns, tuple(episode_returns)), observations


# %% check-collect tags=["nbval-check-output"]
from ppo_lib.course import answer_or_reference, check

check("collect_rollout", collect_rollout)

# %% [markdown] name="hint-collect"
# <details><summary>Hint</summary>
#
# Three gaps, five lines or six. Replace the dots in each. In the second, `infos["final_obs"][n]` is the last observation of the episode that ended in
# environment n (`infos` has it only where one did); `successors[n]` is where it belongs.
#
# </details>

# %% [markdown] name="judge"
# ## 3. Judge
#
# **Exercise 2.** From the rollout `(T, N)` to samples in a row `(T * N,)`. `compute_gae` gives the advantages (you wrote it in lesson 05,
# and it is imported from now on). It takes `rewards`, `values`, `next_values`, `terminated` and `truncated`, which the rollout has by these names, and
# the settings `gamma` and `gae_lambda`. The critic's targets are advantages plus values. Then shift and scale the advantages of the whole
# rollout to mean 0 and spread 1.
#
# **Predict.** Why must the targets be made *before* the advantages are scaled?

# %% exercise-judge
from ppo_lib.advantages import compute_gae
from ppo_lib.batch import Batch


def make_batch(rollout, config):
    ### BEGIN SOLUTION
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
    advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    ### END SOLUTION
    return Batch(
        observations=rollout.observations.flatten(0, 1),
        actions=rollout.actions.flatten(0, 1),
        old_log_probs=rollout.log_probs.flatten(0, 1),
        old_values=rollout.values.flatten(0, 1),
        advantages=advantages.flatten(0, 1),
        returns=returns.flatten(0, 1),
    )


# %% check-judge tags=["nbval-check-output"]
check("make_batch", make_batch)

# %% [markdown] name="judge-what"
# (Why the targets first? Scaled advantages have no unit any more: added to a value they would be nonsense. To subtract their mean is a
# baseline, as in lesson 05; to divide by their spread is for convenience. What it is worth you will see in section 12.)
#
# ## 4. The loss
#
# **Exercise 3.** The loss of a batch, one number with a gradient:
#
# $$L = -\left(L^\text{CLIP} - c_1 L^\text{VF} + c_2 H\right)$$
#
# The batch has `observations`, `actions`, `old_log_probs`, `advantages` and `returns`; the settings `clip_range`, `vf_coef` and `ent_coef`.
# `model.policy(observations)` is a distribution with `log_prob` and `entropy`.


# %% exercise-loss
def ppo_loss(model, batch, config):
    ### BEGIN SOLUTION
    policy = model.policy(batch.observations)
    ratio = torch.exp(policy.log_prob(batch.actions) - batch.old_log_probs)
    clipped = ratio.clamp(1 - config.clip_range, 1 + config.clip_range)
    surrogate = torch.min(ratio * batch.advantages, clipped * batch.advantages).mean()
    critic_loss = ((model.value(batch.observations) - batch.returns) ** 2).mean()
    entropy = policy.entropy().mean()
    return -(surrogate - config.vf_coef * critic_loss + config.ent_coef * entropy)
    ### END SOLUTION


# %% check-loss tags=["nbval-check-output"]
check("ppo_loss", ppo_loss)

# %% [markdown] name="hint-loss"
# <details><summary>Hint</summary>
#
# Seven lines: policy, ratio, clipped ratio, surrogate, value loss, entropy, and the sum with its signs. Each is in a table 'Write it' of lesson 04 or
# 06.
#
# </details>

# %% [markdown] name="update"
# ## 5. Update
#
# **Exercise 4.** K epochs. In each all samples in a new random order, M at a time; for each minibatch a gradient step, its gradient cut
# to a norm of `max_grad_norm`. `torch.randperm(n, generator=generator)` is a random order, `batch[index]` takes the samples at these
# places, and `torch.nn.utils.clip_grad_norm_(parameters, norm)` cuts.


# %% exercise-update
def update(model, optimizer, batch, config, generator, loss_function=ppo_loss):
    ### BEGIN SOLUTION
    for _ in range(config.num_epochs):
        order = torch.randperm(len(batch), generator=generator)
        for index in order.split(config.minibatch_size):
            optimizer.zero_grad()
            loss_function(model, batch[index], config).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), config.max_grad_norm)
            optimizer.step()
    ### END SOLUTION


# %% check-update tags=["nbval-check-output"]
check("update", update)

# %% [markdown] name="hint-update"
# <details><summary>Hint</summary>
#
# Two loops. `order.split(size)` cuts a tensor into pieces. The four lines of a gradient step are always the same: forget the old gradient, compute
# the new one, cut it, step.
#
# </details>

# %% [markdown] name="loop"
# ## 6. The loop
#
# **Exercise 5.** Put it together. `train` is a generator: after each iteration it yields a record, so that one can watch, and stop at
# any time. The step size falls in a straight line to 0, as `config.learning_rate_at(iteration)` says, iterations counted from 1.
#
# (The cell takes each of your functions, or the course's where yours cannot run yet.)

# %% found-parts
names = ("collect_rollout", "make_batch", "ppo_loss", "update")
yours = (collect_rollout, make_batch, ppo_loss, update)
found = [answer_or_reference(name, mine) for name, mine in zip(names, yours, strict=True)]
collect_part, batch_part, loss_part, update_part = (part for _, part in found)

{name: label for name, (label, _) in zip(names, found, strict=True)}

# %% exercise-loop
from ppo_lib.course.measures.updates import batch_metrics
from ppo_lib.envs import make_envs
from ppo_lib.training import IterationRecord, make_model


def train(config):
    envs = make_envs(config.env_id, config.num_envs)
    model = make_model(config)
    optimizer = torch.optim.Adam(model.parameters(), config.learning_rate, eps=config.adam_eps)
    generator = torch.Generator().manual_seed(config.seed)
    observations, _ = envs.reset(seed=config.seed)
    for iteration in range(1, config.num_iterations + 1):
        optimizer.param_groups[0]["lr"] = config.learning_rate_at(iteration)
        ### BEGIN SOLUTION
        rollout, observations = collect_part(envs, model, observations, config.num_steps, generator)
        batch = batch_part(rollout, config)
        update_part(model, optimizer, batch, config, generator, loss_part)
        ### END SOLUTION
        env_steps = iteration * config.rollout_size
        metrics = batch_metrics(model, batch, config)
        yield IterationRecord(iteration, env_steps, rollout.episode_returns, (), metrics, model)


# %% check-loop tags=["nbval-check-output"]
check("train", train)

# %% [markdown] name="hint-loop"
# <details><summary>Hint</summary>
#
# Three calls, the three parts of section 1. `collect_part` returns two things, and the next iteration needs both: the observations are
# where the environments stand now.
#
# </details>

# %% [markdown] name="train-yours"
# ## 7. It trains
#
# Your loop, with your functions; and beside it `ppo_lib`'s, with the same seed.
#
# **Predict.** Will they do exactly the same, about the same, or is it a matter of luck?

# %% train-code
from ppo_lib import training
from ppo_lib.course import text, watch

label, train_part = answer_or_reference("train", train)
runs = {
    label: train_part(preset("cartpole", seed=3)),
    text("run.library"): training.train(preset("cartpole", seed=3), progress=False),
}
runs = watch(runs, solved_at=475)

# %% [markdown] name="train-what"
# **What to see.** It solves CartPole. With the solutions of this lesson both returns are the same for the first iterations: all randomness comes from the
# seed, and both draw their random numbers in the same order. Then a rounding error turns one sampled action, and they part. (A right answer that draws in another order, or only rounds otherwise, will
# part from it sooner or later, and get as far.) The KL differs, for `ppo_lib` averages it over all minibatches of an update, and the cell above measures it once, at the end.
#
# One run is an anecdote. Three more seeds, each until it is solved:

# %% train-seeds
from ppo_lib.tensors import one_thread
from ppo_lib.training import recent_return

for seed in range(10, 13):
    records = []
    with one_thread():  # for networks this small a second thread of PyTorch's is in the way
        for record in train_part(preset("cartpole", seed=seed)):
            records.append(record)
            if recent_return(records) >= 475:
                break
    print(f"seed {seed}: {recent_return(records):.0f} after {record.env_steps} steps")

# %% [markdown] name="library"
# ## 8. The same loop in ppo_lib
#
# Here is the heart of `ppo_lib/training.py`, as it is. Find each of your lines in it. What is there that yours has not, and what for?

# %% library-code
import inspect
import textwrap

source = inspect.getsource(training)
start = source.index("for iteration in range(1,")
print(textwrap.dedent(" " * 8 + source[start : source.index("    finally:", start)]))

# %% [markdown] name="library-what"
# <details><summary>What you should have found</summary>
#
# Your three calls. `make_batch` is handed the function that estimates the advantages, and checks the shape of what it returns, for a learner may have written it; `update` is handed the
# surrogate and the value loss, so that yours can be put in. Around them a bar. The environments are closed in the end.
#
# </details>
#
# ## 9. Inside an update
#
# An update of ten epochs with four minibatches each, 40 gradient steps of 0.003 (the settings of lesson 04), on a real batch. Each sample is counted where its ratio is: above the line
# if its advantage is positive, below if it is negative. Hatched samples are *dead*: the surrogate gives them no gradient.
#
# 1. **Go back to step 0** and press Play. When does the first ratio leave the band? Does the number outside only grow?
# 2. **Switch the limit off.** Where do the two heaps end, and what has the KL become?
# 3. **Go to iteration 30**, with the limit on, and then off. What is different from the first iteration?

# %% stepper-code
from ppo_lib.course.lesson_07.iteration_stepper import IterationStepper

IterationStepper(gradient_step=7)

# %% [markdown] name="stepper-what"
# <details><summary>What you should have seen</summary>
#
# 1. At step 3: in the first steps the clip has nothing to do, and with no limit the pictures are the same. By step 7 three in ten
#    samples are outside. A good half of them is dead, the others went the wrong way and are pulled back. Then the number falls, and
#    rises again, in waves; this update ends with none outside.
# 2. At 0 and at 2, as in lesson 04: nearly all samples are outside, none is dead, and the KL is a few hundred times as large.
# 3. With the limit on no ratio goes beyond 1.6. With it off the two heaps are gone: a trained policy is sure of many of its actions, whose ratios can
#    hardly grow, while a rare action's reaches ten and more. The KL is about a hundred times that of the clipped update.
#
# An extra one: `IterationStepper(seed=3, iteration=30)`. Its *first* gradient step carries a quarter of the samples out. No clip can
# prevent that: it takes away what pulls a sample on, and does not shorten a step.
#
# </details>

# %% [markdown] name="reuse"
# ## 10. How often may a batch be used?
#
# That is what the clip is for: more than one gradient step on a batch. The plain policy gradient, $\text{mean}(\log \pi\, A)$, can't do that, one reads.
# Between the two lies the surrogate without a clip, $\text{mean}(r A)$. All three at a constant step size of 0.003.
#
# **Predict.** With K = 1 and with 8 epochs on each batch: what is the return after 30,000 steps? Which of the three gains by more epochs, which loses?

# %% reuse-live
from ppo_lib.course import figure, picture
from ppo_lib.course.figures.ablations import by_value, plot_by_value
from ppo_lib.course.measures.ablations import load_outcomes, measure, reuse

live = measure(reuse(epochs=(1, 8)), seeds=range(100, 103), progress=False)
fig, (ax,) = figure(1, height=3.6)
plot_by_value(ax, by_value(live), "num_epochs", "final_return")
picture(fig, text("alt.epochs"))

# %% [markdown] name="reuse-recorded"
# Three agents each are few, and two values of K show no curve. The same with sixteen agents and from 1 to 32 epochs would take minutes, so it is recorded
# (`python -m ppo_lib.course.measures.ablations` makes it anew):

# %% claim-c14 tags=["claim", "C14"]
from statistics import median

recorded = load_outcomes("reuse")
returns = by_value(recorded)
clipped, unlimited, plain = (
    {k: median(numbers) for k, numbers in of_method.items()} for of_method in returns.values()
)
assert clipped[8] > 1.5 * clipped[1] and clipped[32] < clipped[8]  # helps, then hurts
assert unlimited[2] > 0.8 * unlimited[1] and unlimited[8] < 0.5 * unlimited[1]  # hurts sooner
assert plain[2] < 0.5 * plain[1]  # at once

# %% reuse-picture
fig, (ax,) = figure(1, height=3.6)
plot_by_value(ax, returns, "num_epochs", "final_return")
picture(fig, text("alt.epochs"))

# %% [markdown] name="reuse-what"
# **What to see.** (From left to right K doubles.) With one epoch PPO and the surrogate without a clip are alike: the clip has hardly anything to do. The
# plain policy gradient is behind already, for an epoch has four steps, and after the first it knows nothing of what has changed; a second epoch ruins
# it. The ratio knows, and bears two, but four hurt. With the clip eight epochs more than double the return; 32 are worse again, and four times as
# much work.
#
# So the popular sentence is true here, and the ratio alone is half of the remedy. How many epochs are too many depends on the step size as well: with
# smaller steps a batch bears more of them, without a clip too. (The preset has four epochs, and a step size three times as large that falls to 0: so it
# needs no eight.)

# %% [markdown] name="rates"
# ## 11. Is it easy to tune?
#
# PPO is said to be stable and easy to tune. Compared to what? Four methods, sixteen agents each, 60,000 steps; and eight learning rates, from
# 0.0001 to 0.3. That is 512 agents: recorded.
#
# - PPO, as you wrote it;
# - the same without a clip;
# - the policy gradient $\text{mean}(\log \pi\, A)$, each sample used once: in four minibatches, or all at once.
#
# **Predict.** For each method: at how many of the eight rates does at least half of the agents solve CartPole? Which method tolerates a rate of 0.1?


# %% claim-c17 tags=["claim", "C17"]
def shares(outcomes):
    """Which share of the agents has solved the task: by method, then by the value."""
    steps = by_value(outcomes, "solved_after")
    return {
        method: {v: sum(s < float("inf") for s in each) / len(each) for v, each in values.items()}
        for method, values in steps.items()
    }


recorded = shares(load_outcomes("learning_rates"))
wide = {method: sum(s >= 0.5 for s in by_rate.values()) for method, by_rate in recorded.items()}

ppo, no_clip, gradient, gradient_whole = wide.values()
assert ppo > max(no_clip, gradient, gradient_whole)
wide

# %% rates-picture
from ppo_lib.course.figures.ablations import plot_shares_by_value

fig, (ax,) = figure(1, height=4)
plot_shares_by_value(ax, recorded, "start_learning_rate")
picture(fig, text("alt.learning_rates"))

# %% [markdown] name="rates-what"
# **What to see.** PPO solves the task at three of the eight step sizes, a factor of ten from the least to the greatest, and at 0.01 with every seed. Without the
# clip no step size serves half of the agents within 60,000 steps; at 0.001 it is ahead of PPO, for it goes further with each batch. The plain policy gradient, with minibatches, is as good as PPO at *one* step size: 0.003. At three times as much
# every agent is lost. With a single step on the whole batch it needs ten times the step size, and then serves half of the agents.
#
# So 'stable' is true in comparison. It is not true that any step size works: at 0.1 PPO fails as well. And the comparison is one of *environment*
# steps: PPO takes four or sixteen times as many gradient steps as the plain policy gradient. With more environment steps the others solve the task at
# smaller step sizes too (not shown).

# %% [markdown] name="rates-fresh"
# A recording can be put to the test. Three fresh seeds of the first two methods, at 0.01, where the picture parts them most:

# %% rates-live
from ppo_lib.course.measures.ablations import learning_rates

shares(measure(learning_rates((1e-2,))[:2], seeds=range(100, 103), progress=False))

# %% [markdown] name="parts"
# ## 12. What is each part worth?
#
# Programs called PPO have more parts than the paper's formulas: advantages are scaled, values clipped, weights orthogonal, step sizes annealed. None
# of that follows from the surrogate. Each row below changes one thing, for sixteen agents: a dot is an agent, the bar their median.
#
# **Predict.** Which changes hurt on CartPole? Which don't matter? (At the right: how many of the sixteen solved it. Dotted: the median of PPO as it is.)

# %% claim-c16 tags=["claim", "C16"]
solved = by_value(load_outcomes("parts_cartpole"), "solved_after")
cartpole = {name: next(iter(values.values())) for name, values in solved.items()}
solved = by_value(load_outcomes("parts_acrobot"), "solved_after")
acrobot = {name: next(iter(values.values())) for name, values in solved.items()}

hurt = ["no_critic", "no_clip", "no_min", "lambda_0", "one_epoch", "whole_batch"]
no_effect = ["lambda_1", "no_norm_limit", "no_annealing", "adam_eps", "entropy", "large_last_layer"]
usual = median(cartpole[text("variant.ppo")])
assert all(median(cartpole[text(f"variant.{name}")]) > 1.7 * usual for name in hurt)
assert all(0.7 < median(cartpole[text(f"variant.{name}")]) / usual < 1.4 for name in no_effect)

# %% parts-picture
from ppo_lib.course.figures.ablations import plot_variants

fig, (ax,) = figure(1, height=7)
plot_variants(ax, cartpole, limit=100_000, reference=text("variant.ppo"))
picture(fig, text("alt.parts", task="CartPole"))

# %% [markdown] name="parts-what"
# **What to see.**
#
# | | on CartPole |
# |---|---|
# | parts of the objective: critic, clip, min | without them most agents, or all, fail (*no critic* also means returns that end with the rollout, after 32 steps at most: a good part of the harm) |
# | settings: λ = 0, one epoch, the whole batch at once | slower by half or more, or not at all (the last two take a quarter of the gradient steps) |
# | advantages not scaled; value loss clipped, as many programs do | half as many steps more; two thirds more |
# | PyTorch's own initialisation | perhaps a fifth more |
# | λ = 1, scaling by minibatch, the cut of the norm, annealing, Adam's ε, the entropy bonus, a large last layer | no effect that sixteen agents could show |
#
# **Nothing here** does not mean nothing anywhere. The same on Acrobot, where the rewards are −1 for each step until the goal:

# %% parts-acrobot
fig, (ax,) = figure(1, height=7)
plot_variants(ax, acrobot, limit=100_000, reference=text("variant.ppo"))
picture(fig, text("alt.parts", task="Acrobot"))

# %% [markdown] name="acrobot-what"
# **What to see.** The critic counts here too, and without the clip five of sixteen fail. But the min, λ = 0 and the whole batch are no loss. λ = 1, harmless on
# CartPole, is slower by half, and the cut of the norm, of no effect there, saves a quarter. A large last layer, λ = 1: two agents lost of sixteen, too few to be
# sure of. (The picture shows when a task was *first* solved. It cannot see what comes after.)
#
# So what a part is worth depends on the task. A list of them is no recipe; and a paper that changes three of them at once, with one seed, has
# shown nothing of any.

# %% [markdown] name="try-part"
# Try one yourself: the name of a variant, and three seeds that were not among the recorded. (With `one_epoch` you may find hardly a difference, where
# sixteen agents showed one: that is what three seeds are worth.)

# %% try-part-code
from ppo_lib.course.measures.ablations import parts

names = ("ppo", "one_epoch")  # change the second: lambda_0, no_normalization, no_min, ...
chosen = [variant for variant in parts() if variant.name in names]
for outcome in measure(chosen, seeds=range(100, 103), progress=False):
    steps = outcome.solved_after or text("plot.never")
    print(f"{outcome.name:>20}, seed {outcome.seed}, steps until solved: {steps}")

# %% [markdown] name="my-ppo"
# ## 13. Exercise 6: an empty file
#
# Now without a net. In JupyterLab choose *File, New, Python File*, and save it beside this notebook as `my_ppo.py`. Write PPO into it, from
# memory: with `torch`, `gymnasium` and `numpy`, but without `ppo_lib`. All it must have is a function `train(seed)` that trains on CartPole-v1 and returns
# a function from an observation (an array of four numbers) to an action (0 or 1).
#
# A hundred lines are enough. Plan two hours, and look things up in lessons 04 to 06 *after* you have tried. Settings that work: those of section 1, γ = 0.99,
# λ = 0.9, ε = 0.2, $c_1$ = 0.5, two networks of two layers of 64, Adam from 0.01 down to 0 over 60 iterations, gradients cut to a norm of 1. Gymnasium's part:
#
# ```python
# envs = gymnasium.make_vec(
#     "CartPole-v1", 32, vectorization_mode="sync", vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP}
# )
# ```
#
# The check runs your `train` with three seeds and plays ten episodes with each agent. If it falls short, and your file has functions by the names of
# this course (`compute_gae`, `clipped_surrogate`, ...), it looks at each of them too.

# %% check-my-ppo
from ppo_lib.course.lesson_07.check_my_ppo import check_my_ppo

check_my_ppo("my_ppo.py")

# %% [markdown] name="my-ppo-hint"
# <details><summary>Hint: an order to write it in</summary>
#
# 1. Two networks, and `Categorical(logits=...)`.
# 2. Collect: print the shapes of one rollout. All `(T, N)`, observations `(T, N, 4)`.
# 3. `compute_gae`: try it on the five numbers of lesson 05.
# 4. The loss on one minibatch: is it a single number? Are all ratios 1 before the first step?
# 5. The loops. Print the mean episode length of each rollout: it should grow within ten iterations.
#
# </details>
#
# The solved edition has one, `notebooks/solutions/my_ppo.py`. Compare it with yours afterwards: line by line, what did you do otherwise, and does it matter?

# %% [markdown] name="popular"
# ## 14. What popular tutorials get wrong here
#
# | one reads | what you measured | where |
# |---|---|---|
# | only the clip lets a batch be reused | the ratio alone bears two epochs at this step size, the plain policy gradient none | section 10 |
# | more epochs, more learning | with the clip up to a point, then no more | section 10 |
# | PPO needs no tuning | a wider range of step sizes works than without a clip; not any | section 11 |
# | scaling, value clipping, orthogonal weights *are* PPO | choices: here some help, one hurts, many do nothing that could be seen | section 12 |

# %% [markdown] name="summary"
# ## Summary
#
# **Collect** T steps in N environments. **Judge** each with GAE. **Update** for K epochs of minibatches on
# $-(L^\text{CLIP} - c_1 L^\text{VF} + c_2 H)$. Throw the rollout away, and begin again.
#
# **Recall.** Answer aloud, then unfold.
#
# <details><summary>1. What is kept of a step of the environment?</summary>
#
# The observation before it, the action and its log-probability, V before and after (of where it truly led), the reward, and both flags.
#
# </details>
#
# <details><summary>2. What is fixed during an update, and what changes?</summary>
#
# The samples, their advantages, targets and old log-probabilities are fixed. The networks change, and so do the ratios.
#
# </details>
#
# <details><summary>3. In what order: scale the advantages, make the targets?</summary>
#
# Targets first. They need advantages in units of reward.
#
# </details>
#
# <details><summary>4. Which part lets a batch be used many times?</summary>
#
# The ratio, clip and min (and steps that are small enough).
#
# </details>
#
# <details><summary>5. Why is a single curve no proof?</summary>
#
# Seeds differ, and many mistakes only make learning slower, or worse once in a while.
#
# </details>

# %% [markdown] name="open-questions"
# **To think about.** All agents here saw 60,000 or 100,000 steps. Which of the comparisons might turn round with ten times as many? And what
# would you have to change for a policy that sees pixels?

# %% [markdown] name="sources"
# ## Sources
#
# - Schulman et al., "Proximal Policy Optimization Algorithms", 2017, arXiv:1707.06347: Algorithm 1 (the loop), Table 3 (its settings).
# - Huang et al., "The 37 Implementation Details of Proximal Policy Optimization", 2022, ICLR blog track: most of section 12's rows.
# - Engstrom et al., "Implementation Matters in Deep Policy Gradients", 2020, arXiv:2005.12729: how much the choices around the formulas
#   account for.
# - Andrychowicz et al., "What Matters In On-Policy Reinforcement Learning?", 2020, arXiv:2006.05990: the same at scale; clipping values hurt
#   there too, and a small last layer counted.
