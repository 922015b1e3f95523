# %% [markdown] name="title"
# # 04 · Clipping: what does it do, and what does it not do?
#
# **Where we stand.** In the second layer, the *mechanism*: how PPO keeps a step small.
#
# **Afterwards you can** write PPO's objective from memory, say for every sample whether it still
# pushes the policy, and say what the `min` is for. You will have seen your own function train an
# agent.
#
# **You need** Python, derivatives, a little PyTorch; lesson 00, or the next cell.
# **Time:** 60 minutes.

# %% [markdown] name="before"
# **What we bring along.** An agent has acted and stored, for each step, a *sample*:
#
# - the **advantage** $A$ of its action: above 0 if it turned out better than expected, below 0 if
#   worse;
# - the logarithm of the probability that the policy gave the action: $\log \pi_\text{old}$.
#
# Now the policy changes, while the samples stay. How much likelier has the action become? That is
# the **probability ratio**, 1 where nothing has changed:
#
# $$r = \frac{\pi(a \mid s)}{\pi_\text{old}(a \mid s)}$$
#
# To learn is to raise the mean of $r A$: good actions up, bad ones down.

# %% [markdown] name="by-hand"
# ## 1. By hand
#
# Three samples, and a band of ε = 0.2 around 1, from 0.8 to 1.2.
#
# | sample | old | new | ratio $r$ | $A$ | $r A$ | $r$ clipped to the band, times $A$ | the smaller |
# |---|---|---|---|---|---|---|---|
# | a | 0.40 | 0.60 | 1.5 | +1 | 1.5 | 1.2 | **1.2** |
# | b | 0.50 | 0.25 | 0.5 | +1 | 0.5 | 0.8 | **0.5** |
# | c | 0.25 | 0.50 | 2.0 | −1 | −2.0 | −1.2 | **−2.0** |
#
# The mean of the last column, (1.2 + 0.5 − 2.0) / 3 = −0.1, is PPO's objective $L^\text{CLIP}$.
# That is all of it. The rest of the lesson asks why.

# %% by-hand-code
clip_range = 0.2
samples = [(0.40, 0.60, 1.0), (0.50, 0.25, 1.0), (0.25, 0.50, -1.0)]

terms = []
for old, new, advantage in samples:
    ratio = new / old
    clipped = max(1 - clip_range, min(ratio, 1 + clip_range))
    terms.append(min(ratio * advantage, clipped * advantage))

terms, round(sum(terms) / len(terms), 6)

# %% [markdown] name="no-limit"
# ## 2. Without a limit
#
# **Predict.** We collect 1,024 samples on CartPole and raise the mean of $r A$ on them, by 40
# gradient steps: ten *epochs*, each a pass over all samples. Nothing holds the policy back. Where
# do the ratios end: near 1, or far away?

# %% no-limit-code
from dataclasses import replace

import torch

from ppo_lib.config import preset
from ppo_lib.experiments import first_batch, ratios, updated

config = replace(preset("cartpole"), num_epochs=10)
model, batch = first_batch(config)


def no_limit(log_probs, old_log_probs, advantages, clip_range):
    return (torch.exp(log_probs - old_log_probs) * advantages).mean()


# %% no-limit-picture
from ppo_lib.notebook import picture
from ppo_lib.plotting import figure, plot_ratios
from ppo_lib.strings import text

after = ratios(updated(model, batch, config, no_limit), batch)
fig, (ax,) = figure(1)
plot_ratios(ax, after, batch.advantages, clip_range=0.2, is_clipped=False)
picture(fig, text("alt.ratios_no_limit"))

# %% [markdown] name="no-limit-why"
# **What to see.** Two heaps, as far apart as they can be: a ratio of 0 means never again, and 2 means
# always, for each action had a probability of about 1/2. (A continuous action has no such ceiling;
# its ratio can grow without end.) Nearly half went the *wrong* way, good actions to 0 and bad ones
# to 2. All share one network, and their neighbours outvoted them.
#
# **Why.** $r A$ is a straight line in $r$. It pays to go on for ever. But $A$ was measured under the
# old policy, and after one batch of guesses this policy has stopped exploring.

# %% claim-c6 tags=["claim", "C6"]
from ppo_lib.diagnostics import approx_kl

at_an_end = []
for seed in range(5):
    seeded = replace(config, seed=seed)
    start, samples = first_batch(seeded)
    after = ratios(updated(start, samples, seeded, no_limit), samples)
    ceiling = torch.exp(-samples.old_log_probs)  # the ratio of a certain action: 1 / pi_old
    at_an_end.append(((after < 0.05) | (after > 0.95 * ceiling)).float().mean().item())
    assert after.min() < 0.01 and at_an_end[-1] > 0.5

[round(share, 2) for share in at_an_end]  # share of samples driven to 0 or to the ceiling

# %% [markdown] name="clip"
# ## 3. The clip
#
# So we flatten the line outside the band. Whatever the ratio, the *clipped term* counts it as one
# inside:
#
# $$\text{clip}(r,\; 1 - \varepsilon,\; 1 + \varepsilon)\, A$$
#
# and PPO takes, for each sample, the smaller of $r A$ and the clipped term.
#
# **Predict.** Below, $A$ is +1 on the left and −1 on the right. On which side of the band does the
# smaller of the two go flat, for each? The dot marks where every update begins, $r = 1$.

# %% clip-picture
from ppo_lib.plotting import plot_surrogate, surrogate_legend

fig, panels = figure(2)
for ax, advantage in zip(panels, (1, -1), strict=True):
    plot_surrogate(ax, advantage, clip_range=0.2)
surrogate_legend(fig)
picture(fig, text("alt.surrogate"))

# %% [markdown] name="clip-what"
# **What to see.** For a good action (left) it is flat *above* the band: once it is 20% likelier,
# there is nothing more to gain. For a bad one (right) it is flat *below*. On the other two sides
# the line goes on: a good action that has become rare, or a bad one that has become likely, is a
# mistake, and the objective keeps all of its slope there.

# %% [markdown] name="min-predict"
# ## 4. What the min is for
#
# The clipped term alone is flat on *both* sides. It is tempting to leave the `min` away; it is one
# of the commonest slips.
#
# **Predict.** Ten epochs on the same batch again, three ways: no limit, the clip alone, clip and
# min. KL measures how far the policy went, 0 for not at all. Does the clip alone hold it as well as
# both together?


# %% clip-alone
def clip_alone(log_probs, old_log_probs, advantages, clip_range):
    ratio = torch.exp(log_probs - old_log_probs)
    return (ratio.clamp(1 - clip_range, 1 + clip_range) * advantages).mean()


# %% claim-c9 tags=["claim", "C9"]
from ppo_lib import losses

surrogates = {"no_limit": no_limit, "clip_alone": clip_alone, "min": losses.clipped_surrogate}
kl = {name: [] for name in surrogates}
for seed in range(5):
    seeded = replace(config, seed=seed)
    start, samples = first_batch(seeded)
    for name, surrogate in surrogates.items():
        after = ratios(updated(start, samples, seeded, surrogate), samples)
        kl[name].append(approx_kl(after.log(), torch.zeros_like(after)).item())
    assert kl["min"][-1] < kl["clip_alone"][-1] < kl["no_limit"][-1]

{name: [round(value, 3) for value in values] for name, values in kl.items()}

# %% [markdown] name="min-why"
# **What to see.** In every seed the clip alone goes much farther than clip and min: about 20 times
# as far, at the median.
#
# **Why.** In the first steps some samples move the *wrong* way, pushed by others, for all share one
# network: a good action falls out of the band below. With the clip alone it has no gradient there
# and is lost. With the min it keeps the full one, which pulls it back. So the min is not there to
# limit. It undoes the clip where the clip does harm.

# %% [markdown] name="cases"
# ## 5. Six cases
#
# Two signs of $A$, three places for $r$. The slope is that of the sample's own objective.
#
# | case | $A$ | $r$ | the smaller is | slope in $r$ | the sample |
# |---|---|---|---|---|---|
# | 1 | + | below | $r A$ | $A$ | pulls its ratio back up |
# | 2 | + | inside | both | $A$ | pushes it up |
# | 3 | + | above | clipped | **0** | rests |
# | 4 | − | below | clipped | **0** | rests |
# | 5 | − | inside | both | $A$ | pushes it down |
# | 6 | − | above | $r A$ | $A$ | pulls it back down |
#
# **Predict** the six slopes for $A = \pm 1$, then let autograd compute them.

# %% claim-c8 tags=["claim", "C8"]
ratio = torch.tensor([0.5, 1.0, 1.5, 0.5, 1.0, 1.5], requires_grad=True)
advantages = torch.tensor([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])

torch.min(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages).sum().backward()

assert ratio.grad.tolist() == [1, 1, 0, 0, -1, -1]  # outside in four cases, 0 in two
ratio.grad

# %% [markdown] name="explorer"
# ## 6. Push it yourself
#
# Drag the point, or click it and use the arrow keys; move ε and $A$. The words below say in
# which case the sample is, and what its next gradient step wants.
#
# 1. **Go round the six cases.** Set $A$ = 1 and drag the point from left to right: 1, 2, 3. Then
#    $A$ = −1. In which two does the slope vanish?
# 2. **Switch the min off** and drag to the far left with $A$ = 1. A good action has nearly died
#    out, and the slope is 0: nobody calls it back.
# 3. **Halve ε.** What changes inside the band? Nothing: a small ε makes no step shorter, it ends
#    the reward for it earlier.

# %% explorer-code
from ppo_lib.widgets import ClipExplorer

ClipExplorer(clip_range=0.2, advantage=1.0)

# %% [markdown] name="lower-bound"
# ## 7. A pessimist's estimate
#
# The smaller of two numbers is never above either: for every policy, $L^\text{CLIP} \le$ the mean
# of $r A$, with equality at the old policy. So it is a *lower bound* of the unlimited surrogate.
# It is no bound of the true return; nobody knows that one while training.
#
# Let us walk from the old weights (0) in a straight line to those after PPO's update (1), and on,
# four times as far again.
#
# **Predict.** Which of three curves turns down first: no limit, $L^\text{CLIP}$, or the true return?

# %% walk
from ppo_lib.experiments import between, surrogate_value
from ppo_lib.training import evaluate

after_update = updated(model, batch, preset("cartpole"), losses.clipped_surrogate)
shares = [0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5]
l_cpi, l_clip, true_return = [], [], []
for share in shares:
    there = between(model, after_update, share)
    l_cpi.append(surrogate_value(no_limit, there, batch, 0.2))
    l_clip.append(surrogate_value(losses.clipped_surrogate, there, batch, 0.2))
    true_return.append(evaluate(there, "CartPole-v1", 100).mean())

# %% walk-picture
from ppo_lib.plotting import plot_walk

fig, panels = figure(2)
plot_walk(panels, shares, {"unclipped": l_cpi, "objective": l_clip}, true_return)
picture(fig, text("alt.walk"))

# %% [markdown] name="lower-bound-why"
# **What to see.** Without a limit the surrogate still promises more at 5 than at 3, and the true
# return is already falling: the promise was made for states that the old policy visited.
# $L^\text{CLIP}$ turns down first, before the truth does. That is its price: it stops early.
# Being too careful costs an iteration; being too bold can cost the policy.

# %% [markdown] name="write-it"
# ## 8. Write it
#
# Cover the right side and write it; then cover the left and say what each line means.
#
# | formula | line |
# |---|---|
# | $r = \pi / \pi_\text{old} = e^{\log \pi - \log \pi_\text{old}}$ | `ratio = torch.exp(log_probs - old_log_probs)` |
# | $r A$ | `unclipped = ratio * advantages` |
# | $\text{clip}(r, 1 - \varepsilon, 1 + \varepsilon)\, A$ | `clipped = ratio.clamp(1 - clip_range, 1 + clip_range) * advantages` |
# | $\min(\cdot, \cdot)$ | `torch.min(unclipped, clipped)` |
# | mean over the samples | `.mean()` |
#
# Then fill in the functions below, from memory. All arguments but `clip_range` are tensors of one
# number for each sample.
#
# **Exercise 1.** The ratio, from log-probabilities. (Logarithms, because the probability of a
# continuous or a rare action may be too small for a float.)


# %% exercise-ratio
def probability_ratio(log_probs: torch.Tensor, old_log_probs: torch.Tensor) -> torch.Tensor:
    ### BEGIN SOLUTION
    return torch.exp(log_probs - old_log_probs)
    ### END SOLUTION


# %% check-ratio tags=["nbval-check-output"]
from ppo_lib.checks import answer_or_reference, check

check("probability_ratio", probability_ratio)

# %% [markdown] name="hint-ratio"
# <details><summary>Hint</summary>
#
# The logarithm of a quotient is a difference of logarithms. What undoes a logarithm?
#
# </details>
#
# **Exercise 2.** The clipped term, one number for each sample.


# %% exercise-clipped-term
def clipped_term(ratio: torch.Tensor, advantages: torch.Tensor, clip_range: float) -> torch.Tensor:
    ### BEGIN SOLUTION
    return ratio.clamp(1 - clip_range, 1 + clip_range) * advantages
    ### END SOLUTION


# %% check-clipped-term tags=["nbval-check-output"]
check("clipped_term", clipped_term)

# %% [markdown] name="hint-clipped-term"
# <details><summary>Hint</summary>
#
# `tensor.clamp(low, high)` holds every element between two numbers. Which tensor is to be held:
# the ratio, the advantages, or their product?
#
# </details>
#
# **Exercise 3.** The whole objective $L^\text{CLIP}$, one number, to be made *large*. The minus that
# makes it a loss comes later, in `ppo_loss`.


# %% exercise-surrogate
def clipped_surrogate(
    log_probs: torch.Tensor,
    old_log_probs: torch.Tensor,
    advantages: torch.Tensor,
    clip_range: float,
) -> torch.Tensor:
    ### BEGIN SOLUTION
    ratio = torch.exp(log_probs - old_log_probs)
    unclipped = ratio * advantages
    clipped = ratio.clamp(1 - clip_range, 1 + clip_range) * advantages
    return torch.min(unclipped, clipped).mean()
    ### END SOLUTION


# %% check-surrogate tags=["nbval-check-output"]
check("clipped_surrogate", clipped_surrogate)

# %% [markdown] name="hint-surrogate"
# <details><summary>Hint</summary>
#
# Four lines, the right side of the table above. The two you have written already may be called.
#
# </details>
#
# ## 9. Your function trains an agent
#
# Your surrogate goes into the training loop in place of the course's. Beside it runs one with a
# slip that happens easily: `max` where the `min` should be.
#
# **Predict.** What does the max do to a good action that is already far above the band?


# %% max-for-min
def max_for_min(log_probs, old_log_probs, advantages, clip_range):
    ratio = torch.exp(log_probs - old_log_probs)
    clipped = ratio.clamp(1 - clip_range, 1 + clip_range) * advantages
    return torch.max(ratio * advantages, clipped).mean()


# %% train-yours
from ppo_lib.notebook import watch
from ppo_lib.training import train

label, surrogate = answer_or_reference("clipped_surrogate", clipped_surrogate)
live = preset("cartpole", seed=1, total_steps=30_000)
runs = {
    label: train(live, surrogate=surrogate, progress=False),
    text("run.planted"): train(live, surrogate=max_for_min, progress=False),
}
runs = watch(runs, solved_at=475)

# %% [markdown] name="train-yours-what"
# **What to see.** With the min, the return climbs and the KL stays so small beside the other that
# it seems to lie on the axis. With the max, the KL is hundreds of times larger, and the policy
# collapses to one push, always: a return of about 9, as in lesson 00.
#
# **Why.** The max of the two terms has no flat part where it is needed, and loses the slope just
# where a sample should be called back. It is an optimist, and it believes its own old data.

# %% [markdown] name="after-update"
# ## 10. After a real update
#
# Often one reads that the clip *keeps* the ratios inside the band. **Predict.** After a whole update
# of PPO, how many samples of the 1,024 lie outside: none, a few, more than a hundred? The cell
# measures it for ten seeds.

# %% claim-c7 tags=["claim", "C7", "C8"]
from ppo_lib.diagnostics import dead_gradient, outside_band

shares = {"outside": [], "dead": []}
for seed in range(10):
    seeded = preset("cartpole", seed=seed)
    start, samples = first_batch(seeded)
    after = ratios(updated(start, samples, seeded, losses.clipped_surrogate), samples)
    shares["outside"].append(outside_band(after, 0.2).float().mean().item())
    shares["dead"].append(dead_gradient(after, samples.advantages, 0.2).float().mean().item())

assert sum(shares["outside"]) / 10 > 0.05  # the ratios do leave the band ...
assert sum(shares["dead"]) < 0.8 * sum(shares["outside"])  # ... and a good part keeps its gradient
{name: [round(share, 2) for share in values] for name, values in shares.items()}

# %% after-update-picture
fig, (ax,) = figure(1)
plot_ratios(ax, ratios(after_update, batch), batch.advantages, clip_range=0.2)
picture(fig, text("alt.ratios_clipped"))

# %% [markdown] name="after-update-why"
# **What to see.** In some seeds hardly any, in others a quarter of all; about a tenth at the mean.
# The picture shows seed 0: a single heap around 1, with skirts that reach beyond the band. Of those
# outside, about half have no gradient. The others moved the wrong way and are being pulled back.
#
# **Why do ratios leave at all?** The clip takes away the *reward* for leaving, not the means. All
# samples share one network, so each step that one of them asks for moves the others too. And a
# step has a length: a ratio just inside can be far outside after it.

# %% [markdown] name="bug"
# ## 11. Exercises 4 and 5
#
# **Exercise 4, a planted bug.** This surrogate runs without an error, and agents learn with it, only
# worse: its updates go about ten times too far. Find the bug, and write the function as it should be.


# %% buggy
def buggy_surrogate(log_probs, old_log_probs, advantages, clip_range):
    ratio = torch.exp(log_probs - old_log_probs)
    unclipped = (ratio * advantages).mean()
    clipped = (ratio.clamp(1 - clip_range, 1 + clip_range) * advantages).mean()
    return torch.min(unclipped, clipped)


# %% exercise-bug
def repaired_surrogate(
    log_probs: torch.Tensor,
    old_log_probs: torch.Tensor,
    advantages: torch.Tensor,
    clip_range: float,
) -> torch.Tensor:
    ### BEGIN SOLUTION
    ratio = torch.exp(log_probs - old_log_probs)
    unclipped = ratio * advantages
    clipped = ratio.clamp(1 - clip_range, 1 + clip_range) * advantages
    return torch.min(unclipped, clipped).mean()
    ### END SOLUTION


# %% check-bug tags=["nbval-check-output"]
check("repaired_surrogate", repaired_surrogate)

# %% [markdown] name="hint-bug"
# <details><summary>Hint</summary>
#
# Work through it with two samples of advantage 1, one at a ratio of 3, one at 1. How many numbers
# does the `min` choose between, and for whom?
#
# </details>
#
# **Exercise 5, open: a penalty instead of a clip.** The paper has a second variant. It subtracts
# what the clip avoids:
#
# $$\text{mean}(r A) - \beta\, \text{KL}(\pi_\text{old}, \pi)$$
#
# Write it with `approx_kl(log_probs, old_log_probs)` for the KL, then look for a β whose update goes
# as far as the clip's.


# %% exercise-penalty
def penalty_surrogate(
    log_probs: torch.Tensor,
    old_log_probs: torch.Tensor,
    advantages: torch.Tensor,
    beta: float,
) -> torch.Tensor:
    ### BEGIN SOLUTION
    ratio = torch.exp(log_probs - old_log_probs)
    return (ratio * advantages).mean() - beta * approx_kl(log_probs, old_log_probs)
    ### END SOLUTION


# %% check-penalty tags=["nbval-check-output"]
check("penalty_surrogate", penalty_surrogate)

# %% try-penalty
_, penalty = answer_or_reference("penalty_surrogate", penalty_surrogate)


def kl_after_update(surrogate, seed=0):
    seeded = preset("cartpole", seed=seed)
    start, samples = first_batch(seeded)
    after = ratios(updated(start, samples, seeded, surrogate), samples)
    return approx_kl(after.log(), torch.zeros_like(after)).item()


distances = {"clip": kl_after_update(losses.clipped_surrogate)}
for beta in (0.1, 1.0, 10.0):
    distances[beta] = kl_after_update(lambda new, old, a, _, beta=beta: penalty(new, old, a, beta))
{name: round(kl, 4) for name, kl in distances.items()}

# %% [markdown] name="penalty-open"
# Once you have your β, try it with other seeds, and with `learning_rate=1e-3` in the `preset`. Does
# one β fit all? The paper found that it does not, and doubles or halves β after each update to
# hold the KL near a target (its equation 8 and the rule below it). The clip needs no such rule;
# that is much of its success.

# %% [markdown] name="popular"
# ## 12. What popular tutorials get wrong here
#
# | one reads | what you measured | where |
# |---|---|---|
# | the clip keeps the ratio inside the band | it removes the reward for leaving; about a tenth had left | section 10 |
# | outside the band the gradient is 0 | in two of four cases; in the others it is whole | section 5 |
# | the min is a detail | without it the policy goes about 20 times as far | section 4 |
# | $L^\text{CLIP}$ is a lower bound of the return | of the unlimited surrogate; the return is another curve | section 7 |
# | the clip fraction counts samples that learn nothing | it counts all outside, also those pulled back | section 10 |

# %% [markdown] name="summary"
# ## Summary
#
# $$L^\text{CLIP} = \text{mean}\left(\min\left(r A,\; \text{clip}(r, 1 - \varepsilon, 1 + \varepsilon) A\right)\right)$$
#
# The **clip** ends the reward for going on in the direction that pays. The **min** keeps the slope of
# samples that went the wrong way. Both act on the incentive of each sample, not on its ratio.
#
# **Recall.** Answer aloud, then unfold.
#
# <details><summary>1. A &gt; 0 and r = 1.5, ε = 0.2. What is the slope?</summary>
#
# 0. Case 3: the action is likelier by more than 20% already.
#
# </details>
#
# <details><summary>2. A &gt; 0 and r = 0.5. What is the slope, and what would it be without the min?</summary>
#
# $A$, which pulls the ratio back up; without the min, 0.
#
# </details>
#
# <details><summary>3. What is the gradient of the objective at the very first step of an update?</summary>
#
# All ratios are 1, inside the band: that of the mean of $r A$. The clip plays no part yet.
#
# </details>
#
# <details><summary>4. Why can a ratio leave the band although its sample gains nothing by it?</summary>
#
# Other samples move it, through the shared network, and a step may overshoot.
#
# </details>
#
# <details><summary>5. Why min and not max?</summary>
#
# The min is the pessimist's choice. The max would reward exactly what is out of bounds, and drop
# the pull back.
#
# </details>

# %% [markdown] name="open-questions"
# **To think about.** The dot at $r = 1$ lies inside the band in every first step. What would ε = 0
# mean, then? And what if an update had one epoch and one minibatch: would the clip ever act?

# %% [markdown] name="sources"
# ## Sources
#
# - Schulman et al., "Proximal Policy Optimization Algorithms", 2017, arXiv:1707.06347: section 3,
#   equation 7 (the surrogate), figure 1 (the two curves of section 3 here), figure 2 (the walk of
#   section 7 here), section 4 and equation 8 (the penalty).
# - Schulman, "Approximating KL Divergence", 2020: the estimator of the KL.
# - Ilyas et al., "A Closer Look at Deep Policy Gradients", 2020, arXiv:1811.02553: ratios leave the
#   band in practice.
