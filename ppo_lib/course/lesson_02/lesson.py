# ---
# jupyter:
#   edition: 02_trust_regions
# ---

# %% [markdown] name="title"
# # 02 · Trust regions: how far may a step go?
#
# **Where we stand.** Still in the first of the course's three parts, the *intuition*. Lesson 01 ended
# with a question: a step should be as large as possible and no larger, but large in what?
#
# **Afterwards you can** say how far apart two policies are, turn a gradient into the *natural* gradient,
# and explain every line of TRPO (Trust Region Policy Optimization), the method that PPO simplifies. You will
# have seen TRPO solve CartPole.
#
# **You need** Python, derivatives, matrices, a little PyTorch, and lesson 01. **Time:** 90 minutes.

# %% [markdown] name="coins"
# ## 1. By hand: how far apart are two coins?
#
# A policy that goes right with probability 0.5 becomes one that does so with 0.9. How far has it gone? The
# **KL divergence** weighs, for each action, how its log-probability has changed, with how often the *old* policy
# takes it:
#
# $$\text{KL}(\pi_\text{old}, \pi) = \sum_a \pi_\text{old}(a) \log \frac{\pi_\text{old}(a)}{\pi(a)}$$
#
# | from, to | right | left | KL in *nats* |
# |---|---|---|---|
# | 0.5, 0.9 | 0.5 log(0.5 / 0.9) = −0.294 | 0.5 log(0.5 / 0.1) = 0.805 | **0.511** |
# | 0.9, 0.5 | 0.9 log(0.9 / 0.5) = 0.529 | 0.1 log(0.1 / 0.5) = −0.161 | **0.368** |
# | 0.5, 0.5 | 0 | 0 | **0** |
#
# It is 0 where nothing has changed, above 0 elsewhere, and not the same there and back: no distance in
# the strict sense. In TRPO and PPO the old policy comes first: a mean over its actions can be taken from its samples.

# %% coins-code
import math


def kl_of_coins(old: float, new: float) -> float:
    return old * math.log(old / new) + (1 - old) * math.log((1 - old) / (1 - new))


[round(kl_of_coins(*pair), 3) for pair in [(0.5, 0.9), (0.9, 0.5), (0.5, 0.5), (0.5, 0.999)]]

# %% [markdown] name="coins-what"
# The last pair shows what it punishes: an action that was common, here left, and is all but gone. In
# the extreme the KL is infinite. The other way round, where an action that was hardly taken becomes common, it is
# smaller: from 0.999 to 0.5 it is 0.69, against 2.76.
#
# ## 2. The same step, and not the same step
#
# Two Gaussian policies: the action is a number around a mean, with a spread (standard deviation) of 0.5 for the one and of 5
# for the other. Both move their mean by 1.
#
# **Predict.** Which agent's behaviour changes more? How many times as large is its KL?

# %% gaussians
import torch
from torch.distributions import Normal, kl_divergence

from ppo_lib.course import figure, picture, text
from ppo_lib.course.lesson_02.figures import plot_gaussian_pair

fig, panels = figure(2)
for ax, spread in zip(panels, (0.5, 5.0), strict=True):
    old, new = (Normal(torch.tensor(mean), torch.tensor(spread)) for mean in (0.0, 1.0))
    kl = kl_divergence(old, new).item()
    plot_gaussian_pair(ax, old, new, text("plot.pair", spread=spread, kl=kl))
picture(fig, text("alt.gaussians"))

# %% [markdown] name="gaussians-what"
# **What to see.** A hundred times as far, on the left: 2 nats against 0.02. The same change of the
# parameters is a new behaviour for a narrow policy and hardly a change for a wide one. So it is with the $\theta$ of
# lesson 01: from 0 to 1 the KL is 0.12, from 5 to 6 it is 0.0025.
#
# A step size $\alpha$ measures steps in parameters, and the same $\alpha$ may be too small today and deadly
# tomorrow. A **trust region** measures them in what they do: *go uphill, but no further than a KL of $\delta$*
# (delta).
#
# ## 3. Near the old policy the KL is a bowl
#
# How does the KL grow around $\theta_\text{old}$? It is 0 there and nowhere below, so its slope is 0 too,
# and what is left is its curvature, the **Fisher information** $F$:
#
# $$\text{KL}(\theta_\text{old}, \theta_\text{old} + \Delta) \approx \tfrac{1}{2}\, F \Delta^2$$
#
# For our policy of one number $F = p\,(1 - p)$: 0.25 for the coin, 0.0066 at $\theta = 5$.
#
# **Predict.** Up to which $\Delta$ can the eye not tell the bowl from the KL, at $\theta = 0$ and at $\theta = 5$?

# %% bowl
from ppo_lib.course.lesson_02.figures import plot_bowl

changes = torch.linspace(-3, 3, 121, dtype=torch.float64)
fig, panels = figure(2)
for ax, theta in zip(panels, (0.0, 5.0), strict=True):
    p = torch.sigmoid(torch.tensor(theta, dtype=torch.float64)).item()
    exact = [kl_of_coins(p, q) for q in torch.sigmoid(theta + changes).tolist()]
    plot_bowl(ax, changes, exact, 0.5 * p * (1 - p) * changes**2, text("plot.at", theta=theta))
picture(fig, text("alt.bowl"))

# %% [markdown] name="bowl-what"
# **What to see.** (Mind the scales.) At the coin the eye sees no difference up to about 1 on either side; beyond, the bowl is too
# high. At $\theta = 5$, up to about 1 too, but only because of the scale: at −1 the KL is already 1.4 times the
# bowl, where at the coin the two differ by 4%. There the policy is all but certain: to the right little can change any more, to the
# left the KL grows far faster than the bowl, for there it stops being certain. A bowl is a *local* picture, good for small
# changes. Keep that in mind: TRPO has to check.
#
# ## 4. The natural gradient
#
# With many parameters $F$ is a matrix: a bowl may be steep in one direction and shallow in another. Let
# $g = \nabla J$ be the gradient of the return, so that a small step $\Delta$ gains $g^T \Delta$. Which step gains most, if the
# KL may be at most $\delta$?
#
# $$\max_\Delta\; g^T \Delta \quad \text{with} \quad \tfrac{1}{2} \Delta^T F \Delta \le \delta \qquad \Rightarrow \qquad \Delta = \sqrt{\frac{2 \delta}{g^T F^{-1} g}}\; F^{-1} g$$
#
# (At the best point the border of the bowl touches a line of equal gain: there $F \Delta$, the bowl's slope, points along
# $g$. The root makes the bowl's KL just $\delta$.) $F^{-1} g$ is the **natural gradient**: it goes far in directions in which the
# policy hardly changes, and only a little way in the others. There is no step size left to choose, only $\delta$.

# %% [markdown] name="two-numbers"
# Back on the cliff, with a policy of *two* numbers: the *lean* $\theta_1$ to the right, and a *slope* $\theta_2$ that
# makes it lean more at the goal than at the cliff ($s$ is the position, 0 to 8):
#
# $$\pi(\text{right} \mid s) = \sigma\left(\theta_1 + \theta_2 \, \frac{s - 4}{4}\right)$$
#
# Gradient and Fisher matrix are known exactly here; a KL is now a mean over the states that the old
# policy visits. **Predict.** The coin is at position 3 on average, where $(s - 4) / 4$ is −0.25.
# Which changes of lean and slope would it hardly feel?

# %% natural-by-hand
from ppo_lib.course.cliff import steps as cliff_steps

old = torch.tensor([0.0, 0.0], dtype=torch.float64)  # the coin
g = cliff_steps.policy_gradient(old)
F = cliff_steps.fisher_matrix(old)

direction = torch.linalg.solve(F, g)  # F⁻¹ g, without forming F⁻¹
step = torch.sqrt(2 * 0.05 / (g @ direction)) * direction  # δ = 0.05
{
    "F": [[round(number, 3) for number in row] for row in F.tolist()],
    "gradient": [round(number, 3) for number in g.tolist()],
    "natural step": [round(number, 3) for number in step.tolist()],
    "KL in the bowl, true KL": [round((step @ F @ step / 2).item(), 3),
                                round(cliff_steps.kl_over_visits(old + step, old).item(), 3)],
}  # fmt: skip

# %% [markdown] name="natural-what"
# **What to see.** A little more lean and four times as much more slope cancel at position 3: in about this direction the bowl
# is shallow. So the natural step has a positive slope, where the gradient's is negative. And its true KL is nearly the
# 0.05 that was asked for.
#
# ## 5. Explore it
#
# The map shows lean across and slope up; the lines join policies of the same return. Drag the old policy.
# Around it lies the trust region, once as the bowl has it (an ellipse) and once as it truly is. Three
# arrows: the gradient, the natural step, and that of TRPO, which section 6 explains: it halves the natural step until it
# truly lies inside. ("L" is the surrogate, TRPO's stand-in for the return J.)
#
# 1. **Drag the old policy to the coin** (0, 0), and turn the gradient's step size up from 0.1. At which α does it leave the
#    region?
# 2. **Keep that α** and drag the old policy to lean 3, where nearly all is learnt, then to lean −2, on the plateau. How
#    long is the gradient's step there, and how long the natural one?
# 3. **Turn δ up to 1**, at the coin and at lean −2. Which of the two regions is the larger one, the bowl's or the true
#    one? What does TRPO do?

# %% explorer-code
from ppo_lib.course.lesson_02.trust_region_explorer import TrustRegionExplorer

TrustRegionExplorer()

# %% [markdown] name="explorer-what"
# <details><summary>What you should have seen</summary>
#
# 1. Between 1.6, still inside, and 2 (at about 1.8), for δ = 0.05.
# 2. At lean 3 the gradient's step is short, on the plateau it is nothing. The natural one gets longer: it
#    takes more of a change of the parameters to reach the same KL. On the plateau, too, it leads up. (With the
#    *exact* gradient. From episodes without a goal nobody could know the way.)
# 3. At the coin the true region is the larger one: the natural step has a KL of 0.77 where 1 was allowed. On the plateau it is
#    larger to the left, where little can change, and smaller to the right: the natural step ends far off the map, just above the
#    limit, and TRPO halves it. (Try lean 3 as well: TRPO finds nothing wrong
#    with its step, L gains 0.04, and J *falls*. With so large a δ the surrogate itself is no guide any more.)
#
# </details>

# %% [markdown] name="trpo"
# ## 6. TRPO
#
# TRPO does this with a network. It raises a stand-in for the return, the **surrogate** $L$ (lesson 03 is about
# it), under a limit:
#
# $$\max_\theta\; L(\theta) = \text{mean}\left(\frac{\pi_\theta(a \mid s)}{\pi_\text{old}(a \mid s)}\, A\right) \quad \text{with} \quad \text{mean KL}(\pi_\text{old}, \pi_\theta) \le \delta$$
#
# where $A$ is the **advantage**, how much better an action turned out than expected. Three parts:
#
# 1. the **direction** $F^{-1} g$, with $g$ now the gradient of $L$ at the old policy: the mean of $A\, \nabla \log \pi$;
# 2. the **length** from the bowl, as above;
# 3. a **line search**: the bowl may be wrong. Is the true KL at most $\delta$, and has the surrogate grown? If not, halve
#    the step and ask again.
#
# For 5,000 weights, a small network, $F$ has 25 million numbers. But one need not have a matrix to multiply by it. $F$ is the
# second derivative (the *Hessian*) of the KL, so
#
# $$F v = \nabla \left( \nabla \text{KL} \cdot v \right)$$
#
# The product with a vector is the gradient of a *number*: two backward passes, and no matrix.

# %% products-code
from ppo_lib.beyond.trpo import flat_gradient, mean_kl, policy_parameters
from ppo_lib.config import preset
from ppo_lib.course.lesson_02.costs import explicit_fisher
from ppo_lib.course.measures.updates import first_batch

model, batch = first_batch(preset("cartpole", seed=0, hidden_sizes=(8,)))  # 58 weights
weights = policy_parameters(model)

old = model.policy(batch.observations.detach())
old = type(old)(old.logits.detach())  # the old policy stays as it is
kl_gradient = flat_gradient(
    mean_kl(old, model.policy(batch.observations)), weights, create_graph=True
)


def product(v):
    return flat_gradient(kl_gradient @ v, weights) + 0.1 * v  # 0.1: damping, see below


F = explicit_fisher(model, batch.observations) + 0.1 * torch.eye(58)  # small enough to form
v = torch.randn(58, generator=torch.Generator().manual_seed(0))
(product(v) - F @ v).abs().max().item()  # the largest difference

# %% [markdown] name="cg"
# **Conjugate gradient** solves $F x = g$ with products alone. It walks to the bottom of a bowl, and never goes back in a
# direction that it has finished with: for $P$ unknowns it is there after $P$ steps, and near long before.
#
# **Predict.** After how many steps, of the 58 that it takes at most, is the error below one in a thousand?

# %% cg-code
from ppo_lib.beyond.trpo import conjugate_gradient
from ppo_lib.course.lesson_02.figures import plot_errors

log_probs = model.policy(batch.observations).log_prob(batch.actions)
g = flat_gradient((log_probs * batch.advantages).mean(), weights)

exact = torch.linalg.solve(F, g)
errors = [
    ((conjugate_gradient(product, g, steps) - exact).norm() / exact.norm()).item()
    for steps in range(0, 11)
]
fig, (ax,) = figure(1)
plot_errors(ax, [max(error, 1e-8) for error in errors])
picture(fig, text("alt.cg"))

# %% [markdown] name="cg-what"
# **What to see.** Four steps, here, where it stops by itself. Later in training this accuracy takes six to eight, and TRPO allows
# itself ten. The 0.1 on the diagonal, called *damping*, helps, and it is needed: some directions change no action in the batch, $F$ is 0 there, and $F^{-1}$ does not exist.
# Damping makes the bowl rise everywhere. It also keeps the KL below the limit, often by a fifth or more.
#
# ## 7. What does it cost?
#
# One reads that TRPO is slow *because of the Hessian and its inverse*. It never forms either. So what does an update
# cost, against a plain gradient step on the same 1,024 samples?
#
# **Predict.** How many times as long does TRPO take: 2, 15, 1,000 times? Does that get worse with larger networks?

# %% claim-c2 tags=["claim", "C2"]
from ppo_lib.course.lesson_02.costs import update_costs

sizes = [(16, 16), (32, 32), (64, 64), (128, 128), (256, 256)]
costs = [update_costs(hidden_sizes, repeats=5) for hidden_sizes in sizes]

for cost in costs:
    assert 3 < cost.trpo_ms / cost.first_order_ms < 100
assert costs[2].explicit_ms > 10 * costs[2].trpo_ms  # F formed, and the system solved

for cost in costs:
    print(
        f"{cost.num_parameters:6} weights: gradient step {cost.first_order_ms:5.1f} ms, "
        f"TRPO {cost.trpo_ms:6.1f} ms, {cost.fisher_products} products; "
        f"F would take {cost.explicit_mb:8,.0f} MB"
    )

# %% costs-picture
from ppo_lib.course.lesson_02.figures import plot_costs

fig, (ax,) = figure(1, height=3.8)
plot_costs(ax, costs)
picture(fig, text("alt.costs"))

# %% [markdown] name="costs-what"
# **What to see.** TRPO takes ten to twenty-odd times as long as a gradient step: eleven products (ten for conjugate gradient, one
# for the length), and the line search. A product costs about as much as a gradient step in a small network and nearly twice as
# much in the largest, so the factor rises, but slowly. Forming $F$ and solving is nearly as quick for the smallest network, but
# its time grows with the square of the weights and more: at 5,000 weights it is some seventy to a hundred times as slow, at
# 70,000 the matrix would have 18 gigabytes.
#
# So TRPO's price is no Hessian: it is the time of ten or twenty gradient steps for *one* step per batch. (Its authors take the products on a tenth of
# the samples, and come near the price of the gradient alone.) PPO will take many small steps for about that price.
#
# ## 8. TRPO trains an agent
#
# **Predict.** TRPO on CartPole, with δ = 0.01. Will its steps be much shorter than they may be, or nearly as long? And will the
# return fall back at times, or collapse? (TRPO clips nothing; its "clip fraction" only says how many ratios are outside
# 0.8 to 1.2.)

# %% watch
from ppo_lib.beyond.trpo import TRPOSettings, trpo
from ppo_lib.config import PPOConfig
from ppo_lib.course import watch
from ppo_lib.training import train

config, step = PPOConfig(seed=0), trpo(TRPOSettings(max_kl=0.01))
run = {text("run.trpo"): train(config, update=step, progress=False)}
(records,) = watch(run, solved_at=475).values()

# %% steps-under-limit
from dataclasses import replace

from ppo_lib.course.lesson_02.figures import plot_step_kl

runs = [records] + [
    list(train(replace(config, seed=seed, total_steps=45_000), update=step, progress=False))
    for seed in (1, 2)
]
steps = [record.metrics for run in runs for record in run]
assert all(step["kl"] <= 0.01 for step in steps if step["accepted"])

fig, panels = figure(2)
plot_step_kl(panels, runs, max_kl=0.01)
picture(fig, text("alt.step_kl"))

# %% [markdown] name="watch-what"
# **What to see.** Every step that is taken stays under the limit, by construction: otherwise it is halved, or not taken. Most
# use more than half of it; that they are not closer is mostly the damping's doing, and a few were halved. The return falls back at times and recovers: no
# run collapses. (The KL in the film is an estimate from the actions drawn; the limit holds for the exact one, drawn
# below it.)

# %% [markdown] name="limits"
# ## 9. A limit, or a price?
#
# One also reads that TRPO *adds a KL term to the loss*. That is another method: a **penalty** takes a price $\beta$ (beta)
# for each nat,
#
# $$\max_\theta\; L(\theta) - \beta\, \text{KL}(\pi_\text{old}, \pi_\theta)$$
#
# while TRPO's **constraint** sets a limit. For a given old policy there is, as a rule, a $\beta$ for each $\delta$ that stops at
# the same place.
#
# **Predict.** Choose $\beta$ so that both go equally far from the coin. Where will the penalty with this $\beta$ go further than the
# constraint, and where less far?

# %% claim-c3 tags=["claim", "C3"]
axis = torch.linspace(-6, 6, 241, dtype=torch.float64)
policies = torch.stack(torch.meshgrid(axis, axis, indexing="ij"), dim=-1).reshape(-1, 2)
old_policies = [
    torch.tensor(pair, dtype=torch.float64) for pair in [(0, 0), (1, 0), (2, 0), (0, 1), (0, -1)]
]


def best(old, score):
    """The policy of the grid with the highest score, and its KL."""
    place = policies[score.argmax()]
    return place, cliff_steps.kl_over_visits(place, old).item()


of_constraint, of_penalty, marks = [], {2.0: []}, {}
for old in old_policies:
    gain, kl = cliff_steps.surrogate_gain(policies, old), cliff_steps.kl_over_visits(policies, old)
    limited = best(old, torch.where(kl <= 0.05, gain, -torch.inf))
    priced = {beta: best(old, gain - beta * kl) for beta in of_penalty}
    of_constraint.append(limited[1])
    for beta, (_, distance) in priced.items():
        of_penalty[beta].append(distance)
    marks = marks or {
        text("plot.constraint"): limited[0],
        text("plot.beta", beta=2.0): priced[2.0][0],
    }

assert min(of_constraint) > 0.045 and max(of_constraint) <= 0.05
assert max(of_penalty[2.0]) > 3 * min(of_penalty[2.0])

# %% limits-picture
from functools import partial

from ppo_lib.course.lesson_02.figures import plot_limits

coin = old_policies[0]
kl, gain = (partial(f, old=coin) for f in (cliff_steps.kl_over_visits, cliff_steps.surrogate_gain))
fig, panels = figure(2, height=3.8)
plot_limits(panels, old_policies, of_penalty, of_constraint, kl, gain, marks)
picture(fig, text("alt.limits"))

# %% [markdown] name="limits-what"
# **What to see.** From the coin they stop at nearly the same place (left). From other policies the constraint goes
# equally far (right). The penalty with its fixed price goes as far as there is something to gain: a quarter or a sixth as far from
# two of them, and more than twice as far from another. A price has to be found again and
# again as the returns and the policy change; a limit in nats keeps its meaning. (TRPO's own theory starts from a
# penalty. With the price that it asks for, steps would be tiny; so its authors took the limit. PPO's authors tried the
# penalty again: lesson 04 has it as an exercise.)
#
# ## 10. What a trust region does not do
#
# It sets the length of a step. It does not mend its *direction*. On the cliff six in ten batches of four episodes point the
# wrong way, with a small gradient, and the others the right way with a large one. A natural step scaled to the
# limit has always the same length.
#
# **Predict.** Our policy of one number with δ = 0.01, and batches of 4, of 10, of 40: which share of the agents gets to the goal?
# And with batches of 4 and the baseline of lesson 01?

# %% direction
from ppo_lib.course.cliff.exact import play, right_everywhere, true_return


def share_at_goal(num_episodes, max_kl=0.01, baseline=False, num_agents=40):
    theta = torch.zeros(num_agents, dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    for _ in range(150):
        right = right_everywhere(theta)
        episodes = play(right, num_episodes, generator)
        p = right[:, 0]
        scores = ((episodes.actions - p[:, None, None]) * episodes.mask).sum(-1)
        weights = episodes.returns
        weights = weights - baseline * weights.mean(-1, keepdim=True)
        gradient = (scores * weights).mean(-1)
        natural = gradient / (p * (1 - p))  # F⁻¹ g
        step = torch.sqrt(2 * max_kl / (gradient * natural + 1e-30)) * natural
        theta = (theta + step).clamp(-20, 20)  # further out p would be rounded to 0 or 1
    return (true_return(right_everywhere(theta)) > 0.9).double().mean().item()


{count: share_at_goal(count) for count in (4, 10, 40)}, share_at_goal(4, baseline=True)

# %% [markdown] name="direction-what"
# **What to see.** With batches of four about half of the agents collapse, and with a smaller δ still more (try 0.001): six short
# votes for the cliff outweigh four long ones for the goal, once all votes are made equally long. With 40 episodes nearly all
# batches point the right way, and nearly all agents arrive; and with a baseline the four are enough. So TRPO collects a thousand
# samples or more for each step, and judges them by advantages. The region limits the step; its direction has to be earned.

# %% [markdown] name="write-it"
# ## 11. Write it
#
# | formula | line |
# |---|---|
# | $\text{KL} = \sum_a \pi_\text{old} \log (\pi_\text{old} / \pi)$, mean over states | `(old * torch.log(old / new)).sum(-1).mean()` |
# | $x = F^{-1} g$ | `x = torch.linalg.solve(fisher, gradient)` |
# | $\sqrt{2\delta / g^T F^{-1} g}\; x$ | `torch.sqrt(2 * max_kl / (gradient @ x)) * x` |
# | KL at most δ, and the surrogate grew | `kl[i] <= max_kl and improvement[i] > 0` |
#
# **Exercise 1.** The mean KL of categorical policies: `old` and `new` hold probabilities, a state in each row.


# %% exercise-kl
def kl_categorical(old: torch.Tensor, new: torch.Tensor) -> torch.Tensor:
    ### BEGIN SOLUTION
    return (old * torch.log(old / new)).sum(-1).mean()
    ### END SOLUTION


# %% check-kl tags=["nbval-check-output"]
from ppo_lib.course import check

check("kl_categorical", kl_categorical)

# %% [markdown] name="hint-kl"
# <details><summary>Hint</summary>
#
# Within a state the actions are weighted and *summed*; over the states it is a mean. Whose actions do we have?
#
# </details>

# %% [markdown] name="task-natural"
# **Exercise 2.** The natural step. `gradient` has shape (P,), `fisher` (P, P).


# %% exercise-natural
def natural_step(gradient: torch.Tensor, fisher: torch.Tensor, max_kl: float) -> torch.Tensor:
    ### BEGIN SOLUTION
    direction = torch.linalg.solve(fisher, gradient)
    return torch.sqrt(2 * max_kl / (gradient @ direction)) * direction
    ### END SOLUTION


# %% check-natural tags=["nbval-check-output"]
check("natural_step", natural_step)

# %% [markdown] name="hint-natural"
# <details><summary>Hint</summary>
#
# First the direction, then its length. To test it: $\tfrac{1}{2} \Delta^T F \Delta$ of your answer must be `max_kl`.
#
# </details>

# %% [markdown] name="task-cg"
# **Exercise 3.** Conjugate gradient, for a matrix. Start at $x = 0$, where the *residual* $\rho = b - A x$ is $b$, and so is the
# first direction $d$. Then, as often as is asked:
#
# 1. $\alpha = \rho^T\! \rho \,/\, d^T\! A d$: how far to the lowest point along $d$;
# 2. $x \leftarrow x + \alpha d$, and $\rho \leftarrow \rho - \alpha A d$;
# 3. $d \leftarrow \rho + \beta d$ with $\beta$ = the new $\rho^T\! \rho$ over the one before.
#
# (Once $\rho$ is 0, the next step would divide 0 by 0. Nobody asks for that many here.)


# %% exercise-cg
def conjugate_gradient(
    matrix: torch.Tensor, target: torch.Tensor, num_iterations: int
) -> torch.Tensor:
    ### BEGIN SOLUTION
    x = torch.zeros_like(target)
    residual, direction = target.clone(), target.clone()
    for _ in range(num_iterations):
        square = residual @ residual
        along = matrix @ direction
        length = square / (direction @ along)
        x = x + length * direction
        residual = residual - length * along
        direction = residual + (residual @ residual) / square * direction
    return x
    ### END SOLUTION


# %% check-cg tags=["nbval-check-output"]
check("conjugate_gradient", conjugate_gradient)

# %% [markdown] name="hint-cg"
# <details><summary>Hint</summary>
#
# $\rho^T\! \rho$ is needed before and after the residual changes. Keep the one before.
#
# </details>

# %% [markdown] name="task-search"
# **Exercise 4, the line search.** For steps of 1, 1/2, 1/4, ... of the full length, `kl` and `improvement` hold what was measured.
# Return the fraction that TRPO takes, a number; 0.0 if none is acceptable.


# %% exercise-search
def accepted_fraction(kl: torch.Tensor, improvement: torch.Tensor, max_kl: float) -> float:
    ### BEGIN SOLUTION
    for halvings in range(len(kl)):
        if kl[halvings] <= max_kl and improvement[halvings] > 0:
            return 0.5**halvings
    return 0.0
    ### END SOLUTION


# %% check-search tags=["nbval-check-output"]
check("accepted_fraction", accepted_fraction)

# %% [markdown] name="hint-search"
# <details><summary>Hint</summary>
#
# The first one that passes both tests is the longest. How long is a step after $i$ halvings?
#
# </details>

# %% [markdown] name="popular"
# ## 12. What popular tutorials get wrong here
#
# | one reads | what you measured | where |
# |---|---|---|
# | TRPO is slow because of the Hessian and its inverse | it forms neither; ten-odd products with vectors and a line search are its cost | section 7 |
# | TRPO adds a KL term to its loss | it has a limit; the term is the penalty, another method | section 9 |
# | the KL divergence is a distance | there and back differ, 0.51 and 0.37 | section 1 |
# | a trust region makes every step an improvement | it limits the step: a noisy direction stays what it is, and with a large δ the return may fall along an exact one | sections 5 and 10 |
# | the limit holds exactly because the step is scaled to it | the scale comes from a bowl; the line search checks | sections 3 and 6 |

# %% [markdown] name="summary"
# ## Summary
#
# $$\max_\theta\; L(\theta) \;\text{ with }\; \text{mean KL}(\pi_\text{old}, \pi_\theta) \le \delta, \qquad \Delta = \sqrt{\frac{2\delta}{g^T F^{-1} g}}\; F^{-1} g$$
#
# How far a policy goes is measured in what it **does**, by the KL, not in its parameters. Near the old policy the KL is a bowl of
# curvature $F$; the **natural gradient** is the steepest way up per nat. **TRPO** finds it by products with $F$, takes it as
# far as $\delta$ allows, and checks. It works, and it is a lot of machinery for one step a batch. PPO keeps
# the aim and drops the machinery. First we need the ratio that stands in the surrogate: lesson 03.
#
# **Recall.** Answer aloud, then unfold.
#
# <details><summary>1. Whose probabilities weigh the logarithms in KL(old, new)?</summary>
#
# The old policy's: we have its actions.
#
# </details>
#
# <details><summary>2. What is the natural gradient, in words?</summary>
#
# The direction that gains most for a given change of the policy's behaviour: $F^{-1} g$.
#
# </details>
#
# <details><summary>3. How does TRPO avoid the matrix F?</summary>
#
# Conjugate gradient needs products $F v$ alone, and each of those is the gradient of a number.
#
# </details>
#
# <details><summary>4. Why a line search, if the step is scaled to δ already?</summary>
#
# The scale comes from a quadratic picture of the KL and a linear one of the gain. Both are wrong further out.
#
# </details>
#
# <details><summary>5. Constraint or penalty: what is the difference when returns become ten times as large?</summary>
#
# The constraint's step stays as far as before. The penalty's goes further, for the gain has grown and the price has not (unless
# advantages are scaled to a spread of 1 first).
#
# </details>

# %% [markdown] name="open-questions"
# **To think about.** What would TRPO do on CartPole with $\delta$ = 1? (You can try: `trpo(TRPOSettings(max_kl=1.0))`.) And if the limit were on the
# largest KL of any state, in place of the mean? (The authors tried it, on cart-pole: section 8 of the paper.)

# %% [markdown] name="sources"
# ## Sources
#
# - Schulman et al., "Trust Region Policy Optimization", 2015, arXiv:1502.05477: section 4, equations 11 and 12, and section 5,
#   equation 14 (the limit, and the mean KL), section 6 and appendix C (conjugate gradient, Fisher-vector products, line search).
# - Kakade, "A Natural Policy Gradient", 2001: sections 2 and 3.
# - Amari, "Natural Gradient Works Efficiently in Learning", 1998: section 2.
# - Schulman et al., "Proximal Policy Optimization Algorithms", 2017, arXiv:1707.06347: section 2.2, equations 3 to 5 (constraint and
#   penalty).
# - Pearlmutter, "Fast Exact Multiplication by the Hessian", 1994; Hestenes and Stiefel, "Methods of Conjugate Gradients for Solving
#   Linear Systems", 1952.
