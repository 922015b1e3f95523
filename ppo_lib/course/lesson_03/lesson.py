# ---
# jupyter:
#   edition: 03_probability_ratio
# ---

# %% [markdown] name="title"
# # 03 · The probability ratio: how can old data judge a new policy?
#
# **Where we stand.** At the beginning of the second of the course's three parts, the *mechanism*. Lesson 01
# threw each batch away after a single step. PPO takes many steps on a batch, and this is the tool
# that lets it.
#
# **Afterwards you can** estimate what one policy would earn from the actions of another, say what such an
# estimate is worth, and write the objective that PPO is going to clip.
#
# **You need** Python, probabilities, a little PyTorch, and lessons 00 to 02. **Time:** 75 minutes.

# %% [markdown] name="die"
# ## 1. By hand: two dice
#
# A fair die has been thrown many times. What would the mean have been with a *loaded* die, which
# shows a six half of the time and each other face one time in ten? No one throws the loaded die.
#
# Each throw of the fair die is counted with a weight: how many times likelier would the loaded die
# have made it? That is the **ratio** $r$ of the two probabilities.
#
# | face | 1 | 2 | 3 | 4 | 5 | 6 |
# |---|---|---|---|---|---|---|
# | fair (old) | 1/6 | 1/6 | 1/6 | 1/6 | 1/6 | 1/6 |
# | loaded (new) | 1/10 | 1/10 | 1/10 | 1/10 | 1/10 | 1/2 |
# | ratio $r$ | 0.6 | 0.6 | 0.6 | 0.6 | 0.6 | 3 |
# | fair × $r$ × face | 0.1 | 0.2 | 0.3 | 0.4 | 0.5 | 3 |
#
# The last row adds up to 4.5: the mean of the loaded die. No wonder, for fair × $r$ *is* loaded.

# %% [markdown] name="die-predict"
# In a formula, with $f$ for what is to be averaged, here the face:
#
# $$\text{E}_\text{new}[f] = \sum_a \pi_\text{new}(a) f(a) = \sum_a \pi_\text{old}(a)\, \frac{\pi_\text{new}(a)}{\pi_\text{old}(a)}\, f(a) = \text{E}_\text{old}[\, r f\, ]$$
#
# This is **importance sampling**. It holds where $\pi_\text{old}$ is above 0 wherever
# $\pi_\text{new}$ is: what the old die never shows, no weight brings back.
#
# **Predict.** From 100 throws of the fair die, how near does the mean of $r f$ come to 4.5?

# %% die-code
import torch

fair = torch.full((6,), 1 / 6)
loaded = torch.tensor([0.1, 0.1, 0.1, 0.1, 0.1, 0.5])
faces = torch.arange(1.0, 7.0)

generator = torch.Generator().manual_seed(0)
throws = torch.multinomial(fair, 100 * 500, replacement=True, generator=generator).view(500, 100)
ratio = loaded / fair
estimates = (ratio[throws] * faces[throws]).mean(1)  # 500 times an estimate from 100 throws
round(estimates.mean().item(), 2), round(estimates.std().item(), 2)

# %% [markdown] name="die-what"
# **What to see.** On average 4.5: the estimate is *unbiased*. A single one misses by about 0.6. A mean of
# 100 throws of the loaded die itself would miss by 0.18. The truth is to be had from the wrong die, but
# at a price: the few sixes have to speak for two thirds of the sum.
#
# ## 2. How many throws are they worth?
#
# **Predict.** The fair die judges four: itself, one that is a little loaded, the one above, and one that
# shows nothing but sixes. Which estimate is the worst?

# %% dice-picture
from ppo_lib.course import figure, picture, text
from ppo_lib.course.lesson_03.figures import plot_estimates_by_faces

dice = {
    text("plot.die.fair"): fair,
    text("plot.die.little"): torch.tensor([0.15, 0.15, 0.15, 0.15, 0.15, 0.25]),
    text("plot.die.loaded"): loaded,
    text("plot.die.sixes"): torch.tensor([0.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
}
estimates = [((new / fair)[throws] * faces[throws]).mean(1) for new in dice.values()]
fig, (ax,) = figure(1)
plot_estimates_by_faces(ax, list(dice), estimates, [(new * faces).sum() for new in dice.values()])
picture(fig, text("alt.dice"))

# %% [markdown] name="ess"
# **What to see.** Each column is right on average (black), and spreads the wider the further the new die is
# from the old one (a bar holds nine in ten of the dots). Of the last one's throws five in six have the weight 0, and
# count nothing.
#
# How many throws are left? If $N$ weights were all alike, all $N$ would count; if one has all the weight, one
# does. Between lies the **effective sample size**
#
# $$\text{ESS} = \frac{\left(\sum_i r_i\right)^2}{\sum_i r_i^2}$$
#
# **Predict** it for the last die and 100 throws.


# %% ess-code
def effective_sample_size(ratio):
    return ratio.sum() ** 2 / (ratio**2).sum()


for name, new in dice.items():
    print(f"{name:>14}: {effective_sample_size((new / fair)[throws[0]]).item():5.1f} of 100")

# %% [markdown] name="ess-what"
# The effective sample size of the last die is the number of its sixes, about 17 (here there were fewer). It is a rule of thumb
# that looks at the weights alone. It fits an $f$ with a mean of about 0, as advantages have, or the estimate that divides by
# $\sum r$ in the place of $N$. The plain mean of $r f$ also pays for weights that do not average 1 by chance: for the loaded die,
# 100 throws are worth only 9 of its own, and after dividing by $\sum r$ about 70.
#
# ## 3. Explore it
#
# The old policy draws the samples, the new one is judged. Each dot is a sample near the height of its ratio $r$ (scattered a little, so that none hides another). Below, the
# black line is the truth, the band around it one standard error to either side, and the blue dot the estimate from these
# samples.
#
# 1. **Make both alike** (there is a button), then drag one action of the new policy up. What happens to the ratios of the
#    *others*, and to the number of effective samples?
# 2. **Make both alike again, starve action 4 in the old policy** and feed it in the new one. Draw again a few times. How often is
#    the estimate near the truth, and what do the other draws look like?
# 3. **Switch to the continuous action**, a Gaussian. Move the mean by one spread, then by two. Back again, make the new
#    spread half as large, then twice as large. Which way is worse?

# %% explorer-code
from ppo_lib.course.lesson_03.ratio_explorer import RatioExplorer

RatioExplorer()

# %% [markdown] name="explorer-what"
# <details><summary>What you should have seen</summary>
#
# 1. They fall below 1, for the probabilities sum to 1: their mean under the old policy stays 1. The effective
#    number falls, the more so the further you drag.
# 2. Half of the draws or so have none of the starved action and say too little. The other weights are nearly alike, and the
#    effective number looks fine: **it cannot see what was never drawn**. The other draws have one or several, and say far too
#    much. On average that is right.
# 3. After one spread about a third to a half of the samples are effective; after two, some eight of 64 and fifty of 1,024: with
#    ever more samples it would come down to one in 55. The ratios of a narrower new policy are bounded. From 1.42 times the old
#    spread on they have no finite variance, and again the number looks harmless, for the samples hardly ever reach where the new
#    policy often goes.
#
# </details>

# %% [markdown] name="policies"
# ## 4. Policies, and why logarithms
#
# For a policy the ratio of an action is the same quotient. A ratio above 1 says: the new policy takes this
# action, in this state, more often than the old one did.
#
# $$r = \frac{\pi(a \mid s)}{\pi_\text{old}(a \mid s)} = e^{\,\log \pi(a \mid s) - \log \pi_\text{old}(a \mid s)}$$
#
# Both forms are equal on paper. **Predict** what they give in 32-bit floats for an action whose
# log-probability went from −120 to −119. (Sums over many steps, joints or tokens soon get there.)

# %% log-space
log_prob, old_log_prob = torch.tensor(-119.0), torch.tensor(-120.0)

quotient = torch.exp(log_prob) / torch.exp(old_log_prob)
difference = torch.exp(log_prob - old_log_prob)
quotient.item(), difference.item()

# %% [markdown] name="log-space-what"
# **What to see.** The quotient is no number: both probabilities are too small for a float, and 0/0 is
# `nan`. The difference of the logarithms is 1, and $e^1 = 2.718$ is right. So what is stored with a sample is its
# log-probability, and it is subtracted before anything is exponentiated.
#
# ## 5. The surrogate
#
# Now let $f$ be the advantage $A$: how much better an action turned out than expected. Weighted by the
# ratio it becomes the **surrogate** that lesson 02 used and lesson 04 will clip (CPI, for *conservative policy iteration*, is where
# it comes from):
#
# $$L^\text{CPI}(\theta) = \text{mean}\left(\frac{\pi_\theta(a \mid s)}{\pi_\text{old}(a \mid s)}\, A\right)$$
#
# **Predict.** At $\theta = \theta_\text{old}$ every ratio is 1, whatever the actions. Is the *gradient* there 0
# too? If not, what is it?

# %% claim-c4 tags=["claim", "C4"]
from ppo_lib.config import preset
from ppo_lib.course.measures.updates import first_batch

model, batch = first_batch(preset("cartpole", seed=0))  # an untrained policy, 1,024 samples
model, observations = model.double(), batch.observations.double()
weights = list(model.policy_network.parameters())


def gradient(objective):
    return torch.cat([g.flatten() for g in torch.autograd.grad(objective, weights)])


log_probs = model.policy(observations).log_prob(batch.actions)
ratio = torch.exp(log_probs - batch.old_log_probs)  # stored when the actions were taken
of_surrogate = gradient((ratio * batch.advantages).mean())
log_probs = model.policy(observations).log_prob(batch.actions)
of_policy_gradient = gradient((log_probs * batch.advantages).mean())

assert (ratio - 1).abs().max() < 1e-4 and (of_surrogate - of_policy_gradient).abs().max() < 1e-6
of_surrogate.norm().item(), (of_surrogate - of_policy_gradient).abs().max().item()

# %% [markdown] name="claim-c4-what"
# **What to see.** It is the policy gradient of lesson 01, to rounding. **Why:** the derivative of
# $e^x$ is $e^x$, so $\nabla r = r\, \nabla \log \pi$, and $r$ is 1. In the first step after a batch nothing
# is new. From the second step on the ratios differ from 1, and $L^\text{CPI}$ goes on where the plain
# policy gradient would have to throw the batch away.
#
# ## 6. How far does a batch reach?
#
# One often reads that importance sampling *lets old data be reused*. Let us see how long. We take three tasks: CartPole; Acrobot,
# two links to swing up with three actions; and Pendulum, to be swung up with a continuous action. In each we go on raising
# $L^\text{CPI}$ on one batch for ten *epochs*, each a pass over all samples, and note after each: how far has the policy gone
# (the KL of lesson 02), and which share of the samples is still effective? (It takes some seconds.)
#
# **Predict** the share at a KL of 0.01, of 0.3 and of 3. Does it matter how many actions there are?

# %% reuse
from torch.distributions import kl_divergence

from ppo_lib.course.measures.updates import models_by_epoch, ratios
from ppo_lib.diagnostics import effective_sample_size


def unlimited(log_probs, old_log_probs, advantages, clip_range):
    return (torch.exp(log_probs - old_log_probs) * advantages).mean()


def reach(name, seed):
    """The KL, and the effective share of the batch, after each of ten epochs."""
    config = preset(name, seed=seed, num_epochs=10, learning_rate=3e-3)
    model, batch = first_batch(config)
    old = model.policy(batch.observations)
    for changed in models_by_epoch(model, batch, config, unlimited):
        kl = kl_divergence(old, changed.policy(batch.observations)).mean().item()
        yield kl, (effective_sample_size(ratios(changed, batch)) / len(batch.actions)).item()


# %% claim-c5 tags=["claim", "C5"]
tasks = {"cartpole": 2, "acrobot": 3, "pendulum": None}  # how many actions there are to choose from
points = {name: [pair for seed in range(5) for pair in reach(name, seed)] for name in tasks}

for kl, share in points["pendulum"]:  # a continuous action
    assert share > 0.8 if kl < 0.03 else share < 0.9 if kl > 0.3 else True
assert min(share for _, share in points["pendulum"]) < 0.15
assert min(share for _, share in points["cartpole"]) > 0.45  # two actions: a ratio is at most 2

# %% reuse-picture
from ppo_lib.course.lesson_03.figures import plot_effective_sizes

shown = {
    text(f"plot.task.{name}"): tuple(zip(*pairs, strict=True)) for name, pairs in points.items()
}
floors = {text(f"plot.task.{name}"): 1 / n for name, n in tasks.items() if n}
fig, (ax,) = figure(1, height=3.8)
plot_effective_sizes(ax, shown, floors)
picture(fig, text("alt.effective_sizes"))

# %% [markdown] name="reuse-what"
# **What to see.** Up to a KL of 0.01 nearly the whole batch counts. At 0.3 about two thirds are left, and with the
# continuous action of Pendulum at a KL of 3 a fifth at most, mostly far less. (The line is the share for two Gaussians of one
# spread, $e^{-2\, \text{KL}}$.) An untrained policy of two actions gives each a probability of 1/2: no ratio can be above 2, and about
# half of the batch always counts; with three actions a third (dotted). A trained policy has rare actions, and no such bound.
#
# And the count may flatter: it does not see what the samples lack (section 3).
#
# So the batch may be reused *nearby*. That is the P in PPO again.

# %% [markdown] name="states"
# ## 7. States shift too
#
# The ratio mends which *actions* are taken. But a new policy also comes to other *states*, and the samples are
# from where the old one went. We go back to the cliff, where all can be computed exactly. The old
# policy tosses a coin. The new one goes right while it is near the cliff, and turns back in the far half.
#
# **Predict.** Where does each of them spend its steps? Which earns more?

# %% visits
from ppo_lib.course.cliff.exact import right_by_position, surrogate_return, true_return, visits
from ppo_lib.course.lesson_03.figures import plot_promise, plot_visits

turns = torch.linspace(0, 4, 81)  # how sharply a policy turns back
policies = right_by_position(torch.zeros(81), -turns)  # the first of them is the coin
old, new = policies[0], policies[-1]

fig, (left, right) = figure(2)
plot_visits(left, {"old_policy": visits(old), "new_policy": visits(new)})
plot_promise(right, turns, surrogate_return(policies, old), true_return(policies))
picture(fig, text("alt.visits"))

# %% [markdown] name="states-what"
# **What to see.** Left: the coin is near the cliff most of the time, so that is what its batches are about.
# The new policy walks to the middle and stays there until time is up: it spends ten times as many steps there and
# more. Right: from the coin (the dot) towards that policy. The surrogate, with all ratios exact and
# as many samples as you like, promises more and more. The truth rises a
# little, turns round and falls towards 0: the coin earns 0.29, the new policy 0.03.
#
# (To compare it with a return, the surrogate is summed over the steps of an episode here, and the old policy's return added.) Near the old policy the two lines
# touch; further away the surrogate is no guide. No ratio of single actions can mend that.

# %% [markdown] name="trajectories"
# One could weigh whole episodes: the ratio of an episode is the *product* of the ratios of its steps, and
# that one is right about the states too.
#
# **Predict.** Take the policy half way, which turns back with a sharpness of 2. Of 1,000 episodes of the coin, how many are
# effective for it?

# %% trajectories-code
from ppo_lib.course.cliff.exact import play

half_way = policies[40]
episodes = play(old, 1000, torch.Generator().manual_seed(0))
chance = half_way[episodes.positions]
log_ratio = torch.where(episodes.actions == 1, chance, 1 - chance).log() - torch.tensor(0.5).log()

of_episodes = torch.exp((log_ratio * episodes.mask).sum(-1))  # a product: a sum of logarithms
of_steps = torch.exp(log_ratio[episodes.mask])
effective_sample_size(of_episodes).item(), (effective_sample_size(of_steps) / len(of_steps)).item()

# %% [markdown] name="trajectories-what"
# **What to see.** Of the 1,000 episodes a dozen or two count (in other draws mostly 15 to 60), while of the single steps more than
# four in five do. Products of many ratios run away, and the longer the episode the faster. PPO
# takes the ratios of single steps, which are far steadier and wrong about the states, and stays near enough for
# that not to matter.
#
# (The count is itself an estimate, and rests on the ten or so episodes among them that ran out of time, as the new policy's
# often would.)

# %% [markdown] name="ten-epochs"
# ## 8. Ten epochs, and no limit
#
# All this comes together on Pendulum, where an episode of an untrained policy returns about −1,250 and a good one −200. We
# collect one batch and raise $L^\text{CPI}$ on it for ten epochs. After each: what does the surrogate promise, what share of the
# samples is effective, and what does the policy *really* earn, in 100 new episodes? (Ten seconds.)
#
# **Predict.** Each of the three: up, or down?

# %% claim-c6 tags=["claim", "C6"]
from ppo_lib.training import evaluate


def reuse(seed):
    config = preset("pendulum", seed=seed, num_epochs=10, learning_rate=3e-3)
    model, batch = first_batch(config)
    yield 0.0, 1.0, evaluate(model, "Pendulum-v1").mean(), 1.0
    for changed in models_by_epoch(model, batch, config, unlimited):
        r = ratios(changed, batch)
        promise, share = (r * batch.advantages).mean(), effective_sample_size(r) / len(r)
        yield promise.item(), share.item(), evaluate(changed, "Pendulum-v1").mean(), r.max().item()


measured = torch.tensor([list(reuse(seed)) for seed in range(8)], dtype=torch.float64)
promise, share, returns, largest = measured.unbind(-1)  # each of shape (seeds, epochs + 1)

assert largest.max(1).values.min() > 3 and largest.max(1).values.median() > 8
assert (promise[:, -1] > 0).all() and share[:, -1].median() < 0.5
assert (returns[:, -1] - returns[:, 0]).median() < 0

# %% ten-epochs-picture
from ppo_lib.course.lesson_03.figures import plot_reuse

fig, panels = figure(3)
plot_reuse(panels, {"promise": promise, "effective_share": share, "return": returns})
picture(fig, text("alt.reuse"))

# %% [markdown] name="ten-epochs-what"
# **What to see.** In the median the surrogate promises more and more (left; in units of the advantages' spread, and logarithmic
# above 0.1), on far fewer effective samples than at first (middle). And in the end most policies are worse than before, most of them by
# hundreds (right). The promise rests on a handful of samples with ratios of 10, 100 or 1,000: in most seeds the ten largest
# $r A$ of the 1,024 come to about the whole sum, in the others to a quarter or a half of it.
#
# **Why.** $r A$ is a straight line in $r$: with $A$ above 0 it always pays to make an action still likelier, and with $A$ below 0
# to drive it out. Something has to end the reward for going on. Lesson 04 does it with one line of code, and with it the same
# ten epochs changed the return by less than 100 in each of 16 seeds.

# %% [markdown] name="write-it"
# ## 9. Write it
#
# | formula | line |
# |---|---|
# | $r = e^{\log \pi - \log \pi_\text{old}}$ | `ratio = torch.exp(log_probs - old_log_probs)` |
# | $\text{mean}(r f)$ | `(ratio * values).mean()` |
# | $\text{ESS} = (\sum r)^2 / \sum r^2$ | `ratio.sum() ** 2 / (ratio ** 2).sum()` |
# | the ratio of an episode | `torch.exp(((log_probs - old_log_probs) * mask).sum(-1))` |
#
# Cover the right side. **Exercise 1.** The estimate of $\text{E}_\text{new}[f]$ from actions of the old policy.
# `values` are the $f$ of the actions; all are tensors of shape (N,).


# %% exercise-estimate
def weighted_estimate(
    values: torch.Tensor, log_probs: torch.Tensor, old_log_probs: torch.Tensor
) -> torch.Tensor:
    ### BEGIN SOLUTION
    return (torch.exp(log_probs - old_log_probs) * values).mean()
    ### END SOLUTION


# %% check-estimate tags=["nbval-check-output"]
from ppo_lib.course import answer_or_reference, check

check("weighted_estimate", weighted_estimate)

# %% [markdown] name="hint-estimate"
# <details><summary>Hint</summary>
#
# Each value counts as many times as its action is likelier now. Then a mean, over all $N$.
#
# </details>

# %% [markdown] name="task-ess"
# **Exercise 2.** The effective sample size of weights of shape (N,), from memory.


# %% exercise-ess
def effective_sample_size(ratio: torch.Tensor) -> torch.Tensor:
    ### BEGIN SOLUTION
    return ratio.sum() ** 2 / (ratio**2).sum()
    ### END SOLUTION


# %% check-ess tags=["nbval-check-output"]
check("effective_sample_size", effective_sample_size)

# %% [markdown] name="hint-ess"
# <details><summary>Hint</summary>
#
# Four weights of 1 must give 4. Four weights of 10 too. And the weights 1, 0, 0, 0 must give 1.
#
# </details>

# %% [markdown] name="task-trajectory"
# **Exercise 3.** The ratio of whole episodes. All have shape (K, T), an episode in a row; `mask` says which steps
# were taken. An episode may have hundreds of steps.


# %% exercise-trajectory
def trajectory_ratio(
    log_probs: torch.Tensor, old_log_probs: torch.Tensor, mask: torch.Tensor
) -> torch.Tensor:
    ### BEGIN SOLUTION
    return torch.exp(((log_probs - old_log_probs) * mask).sum(-1))
    ### END SOLUTION


# %% check-trajectory tags=["nbval-check-output"]
check("trajectory_ratio", trajectory_ratio)

# %% [markdown] name="hint-trajectory"
# <details><summary>Hint</summary>
#
# The probability of an episode is a product over its steps (what the environment adds is the same for both
# policies, and drops out). What is a product in logarithms?
#
# </details>

# %% [markdown] name="trajectory-yours"
# Your function on the 1,000 episodes of section 7, for the return of the policy half way. (It comes near, for the episodes that would
# count most here are those that run out of time and return 0.)

# %% trajectory-yours-code
_, of_whole = answer_or_reference("trajectory_ratio", trajectory_ratio)
weights = of_whole(log_ratio, torch.zeros_like(log_ratio), episodes.mask)
estimate = (weights * episodes.returns).mean()
round(estimate.item(), 3), round(true_return(half_way).item(), 3)  # estimated, true

# %% [markdown] name="task-bug"
# **Exercise 4, a planted bug.** This surrogate does not keep the old log-probabilities from when the actions were
# taken; it works them out again from the policy as it is now. No error, and the first step of each batch
# is right, for there every ratio is 1 (section 5). See what it says after an update, then write the function as
# it should be.


# %% buggy
def buggy_cpi(log_probs, old_log_probs, advantages):
    ratio = torch.exp(log_probs - log_probs.detach())
    return (ratio * advantages).mean()


# %% buggy-example
new_log_probs = torch.log(torch.tensor([0.9, 0.2]))
old_log_probs = torch.log(torch.tensor([0.3, 0.4]))  # so the ratios are 3 and 0.5
buggy_cpi(new_log_probs, old_log_probs, torch.tensor([1.0, -1.0])).item()


# %% exercise-bug
def repaired_cpi(
    log_probs: torch.Tensor, old_log_probs: torch.Tensor, advantages: torch.Tensor
) -> torch.Tensor:
    ### BEGIN SOLUTION
    ratio = torch.exp(log_probs - old_log_probs)
    return (ratio * advantages).mean()
    ### END SOLUTION


# %% check-bug tags=["nbval-check-output"]
check("repaired_cpi", repaired_cpi)

# %% [markdown] name="hint-bug"
# <details><summary>Hint</summary>
#
# By hand the example is $(3 \cdot 1 + 0.5 \cdot (-1)) / 2$. What is every ratio in the buggy one, before and after any
# update? Which argument does it not use?
#
# </details>

# %% [markdown] name="popular"
# ## 10. What popular tutorials get wrong here
#
# | one reads | what you measured | where |
# |---|---|---|
# | importance sampling lets old data be reused | nearby; at a KL of 0.3 about two thirds of the batch are left, at 3 with a continuous action a fifth at most | section 6 |
# | the ratio corrects for the change of the policy | for the change of its actions; the states are still the old ones | section 7 |
# | the surrogate estimates the new policy's return | it touches it at the old policy; further off it may promise more while the truth falls to 0 | section 7 |
# | a surrogate that rises means that the policy gets better | in most of eight seeds it rose and the policy was worse in the end | section 8 |

# %% [markdown] name="summary"
# ## Summary
#
# $$r = e^{\log \pi - \log \pi_\text{old}}, \qquad L^\text{CPI} = \text{mean}(r A), \qquad \nabla L^\text{CPI} \big|_{\theta_\text{old}} = \text{the policy gradient}$$
#
# The **ratio** lets the actions of one policy speak for another. What they are worth falls with the distance (the
# **effective sample size** estimates what is left), and the ratio says nothing of the states that the new policy will come to.
# So a batch may be used again and again, as long as the policy stays near: and nothing in $L^\text{CPI}$ keeps it
# there.
#
# **Recall.** Answer aloud, then unfold.
#
# <details><summary>1. A ratio of 2: what does it say?</summary>
#
# The new policy takes this action in this state twice as often as the old one did.
#
# </details>
#
# <details><summary>2. Why are log-probabilities stored, and not probabilities?</summary>
#
# Small probabilities underflow to 0, and 0/0 is no number. The difference of the logarithms is harmless.
#
# </details>
#
# <details><summary>3. What are the value and the gradient of the surrogate at the old policy?</summary>
#
# The mean advantage, since every ratio is 1; and the policy gradient.
#
# </details>
#
# <details><summary>4. The weights are 4, 0, 0, 0. What is the effective sample size?</summary>
#
# $4^2 / 4^2 = 1$: one sample has all the weight.
#
# </details>
#
# <details><summary>5. Which change of the new policy do ratios of single actions not see?</summary>
#
# That it comes to other states.
#
# </details>

# %% [markdown] name="open-questions"
# **To think about.** Dividing by $\sum r$ in the place of $N$ (*self-normalised* importance sampling) gives another
# estimate, a little biased and often much steadier. What does it do for the die that shows nothing but sixes? And could one weigh the *states* by a ratio as
# well? What would one have to know?

# %% [markdown] name="sources"
# ## Sources
#
# - Kakade and Langford, "Approximately Optimal Approximate Reinforcement Learning", 2002: sections 4 and 6
#   (conservative policy iteration, from which the surrogate has its name).
# - Schulman et al., "Trust Region Policy Optimization", 2015, arXiv:1502.05477: equations 3 and 4 (the surrogate
#   meets the true return at the old policy in value and gradient), equation 14 (with importance sampling).
# - Schulman et al., "Proximal Policy Optimization Algorithms", 2017, arXiv:1707.06347: equation 6 ($L^\text{CPI}$).
# - Kong, "A Note on Importance Sampling using Standardized Weights", 1992; Owen, "Monte Carlo Theory, Methods and
#   Examples", 2013, chapter 9: sections 9.1 and 9.3 (importance sampling, the effective sample size).
# - Precup, Sutton and Singh, "Eligibility Traces for Off-Policy Policy Evaluation", 2000: section 3 (ratios of
#   whole episodes).
