# ---
# jupyter:
#   edition: 01_policy_collapse
# ---

# %% [markdown] name="title"
# # 01 · Policy collapse: why is a big step dangerous?
#
# **Where we stand.** In the first of the course's three parts, the *intuition*: why learning goes by
# small steps. The first P in PPO stands for *proximal*, nearby; here you see what happens far away.
#
# **Afterwards you can** write REINFORCE, the simplest of the methods that PPO descends from, say what its
# estimate of a gradient is worth, and explain how one large step can ruin an agent, nearly for good.
#
# **You need** Python, derivatives, a little PyTorch, and lesson 00. **Time:** 70 minutes.

# %% [markdown] name="cliff"
# ## 1. By hand: a corridor with a cliff
#
# A corridor of nine positions, 0 to 8. At 0 hangs a *bait* worth 0.2: whoever takes it falls off the
# cliff. At 8 is the goal, worth 1. You start at 1, and each move takes you one position to the left or to
# the right. An episode ends at either end, or after 50 moves with nothing. So its *return*, the sum
# of its rewards, is 0.2, 1 or 0.

# %% cliff-picture
from ppo_lib.course import figure, picture, text
from ppo_lib.course.cliff.environment import CliffEnv
from ppo_lib.course.cliff.picture import plot_cliff

fig, (ax,) = figure(1, height=2.4)
plot_cliff(ax, CliffEnv.START, bait=0.2, goal=1.0, num_positions=9)
picture(fig, text("alt.cliff"))

# %% [markdown] name="coin"
# **Predict.** An agent tosses a coin for each move. What share of its episodes arrives at the goal: a
# half, a quarter, an eighth?
#
# <details><summary>Hint</summary>
#
# Let $h(s)$ be the chance from position $s$: 0 at the cliff, 1 at the goal, and everywhere between the
# mean of its two neighbours. Which line is that?
#
# </details>

# %% coin-code
import random


def play_once(right: float) -> float:
    position = 1
    for _ in range(50):
        position += 1 if random.random() < right else -1
        if position == 0:
            return 0.2
        if position == 8:
            return 1.0
    return 0.0


random.seed(0)
returns = [play_once(0.5) for _ in range(10_000)]
(
    round(returns.count(1.0) / 10_000, 3),
    round(sum(returns) / 10_000, 3),
)  # share at the goal, mean return

# %% [markdown] name="coin-what"
# **What to see.** About an eighth: the line is $h(s) = s / 8$, and we start at 1. So the coin's mean
# return is about $\frac{1}{8} \cdot 1 + \frac{7}{8} \cdot 0.2 = 0.3$. (A little less, for a few
# episodes run out of time.)

# %% [markdown] name="one-number"
# ## 2. A policy of one number
#
# Let our first agent have a single number $\theta$ (theta) to learn. It goes right with the probability
#
# $$p = \sigma(\theta) = \frac{1}{1 + e^{-\theta}}$$
#
# everywhere. $\theta = 0$ is the coin; a large $\theta$ means always right, a very negative one always
# left. There is a policy for every $\theta$, and the mean return $J$ of each can be computed exactly:
# the chances of being at each position now determine those after the next move.
#
# **Predict.** Sketch $J$ over $\theta$ from −8 to 8. Where is it flat?

# %% true-return
import torch

from ppo_lib.course.cliff.exact import right_everywhere, true_return
from ppo_lib.course.lesson_01.figures import plot_true_return

thetas = torch.linspace(-8, 8, 161, dtype=torch.float64)
exact_returns = true_return(right_everywhere(thetas))

fig, (ax,) = figure(1)
plot_true_return(ax, thetas, exact_returns)
picture(fig, text("alt.true_return"))

# %% [markdown] name="true-return-what"
# **What to see.** Two plateaus. On the right one, at 1, lives the agent that we want; on the left
# one, at 0.2, all those that nearly always take the bait. From the coin (the dot) the way to the
# right goes uphill all along. Whoever sees this curve cannot go wrong.
#
# The agent does not see it. It sees episodes.

# %% [markdown] name="reinforce"
# ## 3. A slope from episodes
#
# How does $J$ change with $\theta$, when all one has is episodes? **REINFORCE** answers: make the
# actions of an episode likelier, the more so the higher its return $G$:
#
# $$\nabla J = \text{E}\left[\, G \sum_t \nabla \log \pi(a_t) \right]$$
#
# $\nabla$ is the derivative by $\theta$, E the mean over all episodes, $\pi(a_t)$ the probability of the
# action taken in move $t$.
#
# **Why.** $J$ is a sum over all possible episodes, of each one's chance $P$ times its $G$. Only $P$ depends
# on $\theta$, and $\nabla P = P\, \nabla \log P$, the derivative of a logarithm turned round. The
# corridor leaves nothing to chance, so $P$ is the product of the $\pi(a_t)$, and $\log P$ a sum.

# %% [markdown] name="score"
# **By hand.** For our policy the derivative of $\log p$ by $\theta$ (not by $p$) is $1 - p$, since that of
# $p$ is $p\,(1 - p)$; and that of $\log (1 - p)$ is $-p$. Both are $a - p$, with $a = 1$ for right and 0
# for left. Let $p = 1/2$:
#
# | episode | $\sum_t (a_t - p)$ | $G$ | product |
# |---|---|---|---|
# | left: the bait | −0.5 | 0.2 | −0.1 |
# | any that falls: one more left than right | −0.5 | 0.2 | **−0.1** |
# | any that arrives: seven more right than left | 3.5 | 1 | **+3.5** |
#
# One in eight arrives, seven fall. On average, $\frac18 \cdot 3.5 - \frac78 \cdot 0.1 = 0.35$: to the
# right. (Exactly 0.334: a few episodes run out of time.) Does the mean over many episodes agree with the
# exact slope?

# %% reinforce-code
from ppo_lib.course.cliff.exact import play

theta = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
right = right_everywhere(theta)  # nine times p
(slope,) = torch.autograd.grad(true_return(right), theta)

episodes = play(right, 100_000, torch.Generator().manual_seed(0))
scores = ((episodes.actions - 0.5) * episodes.mask).sum(-1)  # the mask: moves before the end
estimate = (episodes.returns * scores).mean()

assert abs(estimate - slope) < 0.02
round(slope.item(), 3), round(estimate.item(), 3)  # exact, and from 100,000 episodes

# %% [markdown] name="batch-predict"
# 100,000 episodes are a lot for one estimate. Our agent will play four.
#
# **Predict.** Of many such batches of four, which share has an estimate that points the *wrong* way,
# left, to the cliff?

# %% batch-picture
from ppo_lib.course.lesson_01.figures import plot_estimates

batches = (episodes.returns * scores).reshape(-1, 4).mean(1)  # 25,000 batches of four

fig, (ax,) = figure(1)
plot_estimates(ax, batches, slope.item())
picture(fig, text("alt.estimates"))

# %% [markdown] name="batch-what"
# **What to see.** Six in ten point to the cliff: all those in which nobody arrived,
# $(7/8)^4 \approx 0.59$. Nearly all of these say −0.1, for all they have seen is the bait. The others
# say 0.8, 1.7 or more. The mean is right, and no batch is near it.
#
# REINFORCE is *unbiased*: right on average. With small steps the average is what counts, for many
# batches add up. A large step bets everything on one.

# %% [markdown] name="step"
# ## 4. One step
#
# Gradient ascent moves $\theta$ by the estimate $g$ times a *step size* $\alpha$ (alpha):
#
# $$\theta \leftarrow \theta + \alpha\, g$$
#
# **Predict.** At $\theta = 0$ one episode in eight arrives. The batch saw no goal: $g = -0.1$. After a step
# with $\alpha = 25$, is it one in twenty, one in a thousand, or fewer?

# %% one-step
from ppo_lib.course.cliff.exact import outcomes

for step_size in (1, 5, 25):
    new_right = right_everywhere(torch.tensor(step_size * -0.1))
    _, arrives, _ = outcomes(new_right)
    print(f"α = {step_size:2}: p = {new_right[0]:.3f}, one episode in {1 / arrives:,.0f} arrives")

# %% [markdown] name="explorer"
# **Push it yourself.** Drag the point to another policy; move $\alpha$; choose one of eight
# batches. Below the curve are the four episodes of the batch, and those of the next one, which the
# policy after the step, $\theta'$, collects. ("Promised" is where the return would be if the slope went on.)
#
# 1. **At θ = 0**, with α = 1, go through the eight batches. How many point right?
# 2. **A batch without a goal, and α = 100.** Take the step. Read the gradient there, and look at
#    the next batch. Take further steps. Can you get away?
# 3. **The exact gradient.** Go back to the start, switch it on, and try to fall with any α.

# %% explorer-code
from ppo_lib.course.lesson_01.step_explorer import StepExplorer

StepExplorer(step_size=1.0)

# %% [markdown] name="explorer-what"
# <details><summary>What you should have seen</summary>
#
# 1. Three do. They ask for a step eight or seventeen times as long as the others do.
# 2. No. The slope of the true return is 0 to many digits, no episode arrives, and each batch
#    pushes a little on to the left: the bait is the best thing that this policy knows.
# 3. You can't. The exact gradient points right everywhere, so a large step lands far to the right, on
#    the plateau that we want. It is not the length of the step that falls, but a long step *upon an
#    estimate*.
#
# </details>

# %% [markdown] name="network"
# ## 5. A network
#
# Now the real thing: a network that sees where it stands (nine inputs, one of them 1), with a hidden
# layer of 16 and two outputs. Autograd takes over the derivatives, if we hand it a number whose gradient
# is REINFORCE's:
#
# $$L = \text{mean over episodes of } G \sum_t \log \pi(a_t \mid s_t)$$
#
# The bar says that the probability now depends on the state $s_t$, here the position. $L$ itself means
# nothing; its gradient does. The loop, in one screen (`probability_of_right` gives the probability of going right at each of the nine positions):

# %% loop
from dataclasses import replace

from ppo_lib.course.cliff.reinforce import CLIFF, probability_of_right, reinforce_objective
from ppo_lib.training import make_model


def learn(step_size, num_iterations, seed):
    model = make_model(replace(CLIFF, seed=seed))  # an untrained network
    weights = list(model.policy_network.parameters())
    generator = torch.Generator().manual_seed(seed)
    for _ in range(num_iterations):
        episodes = play(probability_of_right(model), 4, generator)
        states = torch.eye(9)[episodes.positions]  # a 1 at the position, 0 elsewhere
        log_probs = model.policy(states).log_prob(episodes.actions)
        objective = reinforce_objective(log_probs, episodes.returns, episodes.mask)
        gradients = torch.autograd.grad(objective, weights)
        with torch.no_grad():
            for weight, gradient in zip(weights, gradients, strict=True):
                weight += step_size * gradient
    return model


# %% [markdown] name="films-predict"
# **Predict.** Two agents start with the same weights, one with a step size of 0.1 and one with 3. What will they
# do after 100 batches?

# %% films
from ppo_lib.course import show_episodes

small, large = learn(0.1, 100, seed=5), learn(3.0, 100, seed=5)
show_episodes("ppo_lib/Cliff-v0", small_step=small, large_step=large)

# %% [markdown] name="films-what"
# One walks to the goal. The other has learnt to jump.
#
# ## 6. Many agents
#
# One agent is an anecdote. The next cell trains 40 for each of seven step sizes from 0.01 to 10, 150 batches
# each, with the same loop side by side; and again as many that follow the *exact* gradient. We say that an
# agent has *reached the goal* if its true return is above 0.9 in the end.
#
# **Predict.** Which share reaches it with each step size? Is smaller always better?

# %% claim-c1-sweep tags=["claim", "C1"]
from ppo_lib.course.cliff.reinforce import run_reinforce

step_sizes = [0.01, 0.03, 0.1, 0.3, 1, 3, 10]
runs = {
    "exact": run_reinforce(step_sizes, num_seeds=40, num_iterations=150, exact=True),
    "plain": run_reinforce(step_sizes, num_seeds=40, num_iterations=150),
}
reached = {
    name: (run.true_returns[-1] > 0.9).view(7, 40).double().mean(1) for name, run in runs.items()
}
assert reached["plain"][2] >= 0.8 and reached["plain"][4:].mean() < 0.75
assert reached["exact"][1:].min() == 1

# %% sweep-picture
from ppo_lib.course.lesson_01.figures import plot_step_sizes

fig, panels = figure(2)
plot_step_sizes(panels, step_sizes, runs)
picture(fig, text("alt.step_sizes"))

# %% [markdown] name="sweep-what"
# **What to see.** Left: with a step size of 0.1 nearly all reach the goal; from 1 on only about half do. With
# 0.01 none is lost, but next to none is there yet: they stand at about 0.87. Right: the median number of batches until
# the return is first above 0.9, among all agents that ever get there, even if they are lost again. Ten times the
# step size needs about a tenth of them, until one is enough. That is why we want large steps at all.
#
# With the exact gradient none is lost with any of these step sizes. The danger is a large step along a *noisy
# estimate*, and an estimate is all that a real agent has.

# %% [markdown] name="why"
# ## 7. Why they don't come back
#
# Here are 40 agents with α = 10 (and other luck than in section 6), batch by batch: the return, the share of episodes that arrive, the
# norm (the length) of the estimated gradient. Dashed are those that have *collapsed*: at the hundredth
# batch their return is that of the bait.
#
# **Predict.** What becomes of the gradient of the collapsed agents, and of that of the others? What does the
# next batch hold that either could learn from?

# %% claim-c1-collapse tags=["claim", "C1"]
from ppo_lib.course.lesson_01.figures import plot_collapse

large_steps = run_reinforce([10.0], num_seeds=40, num_iterations=300)
collapsed = large_steps.true_returns[100] < 0.25
still_there = large_steps.true_returns[300, collapsed] < 0.25

assert 6 <= collapsed.sum() <= 34 and still_there.double().mean() > 0.7
assert large_steps.arrivals[100:, collapsed].mean() < 0.2  # hardly an episode that arrives ...
assert large_steps.gradient_norms[-1, collapsed].median() < 0.01  # ... and hardly a gradient

collapsed.sum().item(), still_there.sum().item()  # collapsed at batch 100; still so at 300

# %% collapse-picture
fig, panels = figure(3)
plot_collapse(panels, large_steps, collapsed)
picture(fig, text("alt.collapse"))

# %% [markdown] name="why-what"
# **What to see.** In nearly all batches of the collapsed no episode arrives, and in the end the gradient of nearly
# all of them is less than a thousandth of what it was. Two things go together:
#
# - **The gradient.** The derivative of $\log \pi(a)$ is $a - p$. An action that is nearly certain has
#   nearly none, whatever its return: the policy is *saturated*.
# - **The data.** The other action does have a derivative, but it is hardly ever taken. A policy is trained
#   on what it does, and this one does not go to the goal.
#
# (The agents at the goal are saturated too. They have nothing left to learn.) Once in a while one comes back, a few in
# a hundred in our runs: an episode arrived by luck, and the next large step threw the policy to the other
# side. (Some soon fall again.)

# %% first-batch
saw_goal = large_steps.arrivals[0] > 0  # in the very first batch
[round(collapsed[who].double().mean().item(), 2) for who in (saw_goal, ~saw_goal)]

# %% [markdown] name="first-batch-what"
# And this is what it hung on: of the agents whose *first* batch held an arrival next to none collapsed, and of
# the others most. The step bets everything on one batch. (With α from 0.3 to 3 the bet is smaller, and made again
# and again: with α = 1 about a third of the agents whose return had once been above 0.9 were lost later.)
#
# Would a careful agent climb back, with small steps, and with the exact gradient, which no real agent
# has?

# %% rescue
theta = torch.tensor(
    -5.0, dtype=torch.float64, requires_grad=True
)  # a collapsed policy of section 2
for _ in range(200):
    (slope,) = torch.autograd.grad(true_return(right_everywhere(theta)), theta)
    theta = (theta + 0.1 * slope).detach().requires_grad_()
theta.item(), slope.item()

# %% [markdown] name="rescue-what"
# After 200 steps from $\theta = -5$ it stands where it stood: the slope is positive, in the fifteenth decimal
# place. Steps in proportion to such a gradient do not lead out of here. (Lesson 02 measures steps otherwise.)

# %% [markdown] name="write-it"
# ## 8. Write it
#
# Cover the right side and write it; then cover the left and say what each line means.
#
# | formula | line |
# |---|---|
# | $\log \pi(a_t \mid s_t)$, one for each episode and step | `log_probs` of shape (K, T) |
# | a step after the end counts nothing | `log_probs * mask` |
# | $\sum_t$ over the steps of an episode | `.sum(-1)` |
# | times $G$ of the episode | `returns * ...` |
# | mean over the episodes | `.mean()` |
#
# **Exercise 1.** The score of one episode of our first policy: the derivative of
# $\sum_t \log \pi(a_t)$ by $\theta$. `actions` is a tensor of zeros (left) and ones (right), `right`
# is $p$, a number.


# %% exercise-score
def score(actions: torch.Tensor, right: float) -> torch.Tensor:
    ### BEGIN SOLUTION
    return (actions - right).sum()
    ### END SOLUTION


# %% check-score tags=["nbval-check-output"]
from ppo_lib.course import answer_or_reference, check

check("score", score)

# %% [markdown] name="hint-score"
# <details><summary>Hint</summary>
#
# Section 3 has the derivative for a single step, for either action. What does an episode do with the
# derivatives of its steps?
#
# </details>

# %% [markdown] name="task-objective"
# **Exercise 2.** The objective $L$, one number to be made *large*. `log_probs` and `mask` have shape (K, T),
# an episode in each row; `returns` has shape (K,).


# %% exercise-objective
def reinforce_objective(
    log_probs: torch.Tensor, returns: torch.Tensor, mask: torch.Tensor
) -> torch.Tensor:
    ### BEGIN SOLUTION
    return (returns * (log_probs * mask).sum(-1)).mean()
    ### END SOLUTION


# %% check-objective tags=["nbval-check-output"]
check("reinforce_objective", reinforce_objective)

# %% [markdown] name="hint-objective"
# <details><summary>Hint</summary>
#
# The table above, from the second row to the last, one after the other. Which axis are the steps?
#
# </details>

# %% [markdown] name="train-yours"
# **Your function trains an agent.** `learn` in section 5 now calls yours, for it has the same name.

# %% train-yours-code
label, reinforce_objective = answer_or_reference("reinforce_objective", reinforce_objective)
yours = learn(0.1, 150, seed=0)
label, round(true_return(probability_of_right(yours)).item(), 3)

# %% [markdown] name="task-baseline"
# **Exercise 3: a baseline.** An episode that falls says −0.1 because every return above 0 makes its
# actions likelier, a poor one too. It would say more to compare: was it better or worse than the batch's
# *mean*? Return one number for each episode, its return less the mean.


# %% exercise-baseline
def subtract_baseline(returns: torch.Tensor) -> torch.Tensor:
    ### BEGIN SOLUTION
    return returns - returns.mean()
    ### END SOLUTION


# %% check-baseline tags=["nbval-check-output"]
check("subtract_baseline", subtract_baseline)

# %% [markdown] name="baseline-predict"
# **Predict.** With your differences in the place of the returns: what does a batch say in which all four fall? And up
# to which step size will nearly all agents reach the goal now?

# %% baseline-sweep
_, weights = answer_or_reference("subtract_baseline", subtract_baseline)
wide = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100]
plain, weighed = (run_reinforce(wide, 40, 150, weights=w) for w in (None, weights))

fig, panels = figure(2)
plot_step_sizes(panels, wide, {"plain": plain, "baseline": weighed})
picture(fig, text("alt.baseline"))

# %% [markdown] name="baseline-what"
# **What to see.** A batch of four falls says nothing now, and beside an arrival a fall counts *against* its actions.
# Together that makes step sizes safe that are some thirty times as large. Beyond, some are lost again: here about one
# agent in nine, over more seeds one in fifteen. Without a baseline it is about half of them or more. (The luck is another than in section 6.) A better estimate buys a
# larger step; it does not say how large. The matter of better baselines is lesson 05's. (This one holds an episode's own
# return too, so that with four episodes it leaves three quarters of the gradient.)
#
# **How general is this?** The task was built to show a danger. With a bait worth nothing, α = 10 is nearly safe and α = 1 still loses about one agent in four. With the
# optimiser Adam the cliff is there too. What carries over is the trap, not the numbers.

# %% [markdown] name="task-bug"
# **Exercise 4, a planted bug.** This objective gets `rewards` of shape (K, T), the reward of each step, in
# place of the returns. It runs without an error, and every agent that we trained with it ended at the bait.
# Find the bug, and write the function as it should be.


# %% buggy
def buggy_objective(log_probs, rewards, mask):
    return (log_probs * rewards * mask).sum(-1).mean()


# %% buggy-example
rewards = torch.tensor([[0.0, 0.0, 1.0]])  # one episode of three steps; the last one paid
log_probs = torch.tensor([[-0.7, -0.7, -0.7]], requires_grad=True)
torch.autograd.grad(buggy_objective(log_probs, rewards, torch.ones(1, 3)), log_probs)


# %% exercise-bug
def repaired_objective(
    log_probs: torch.Tensor, rewards: torch.Tensor, mask: torch.Tensor
) -> torch.Tensor:
    ### BEGIN SOLUTION
    returns = (rewards * mask).sum(-1)
    return (returns * (log_probs * mask).sum(-1)).mean()
    ### END SOLUTION


# %% check-bug tags=["nbval-check-output"]
check("repaired_objective", repaired_objective)

# %% [markdown] name="hint-bug"
# <details><summary>Hint</summary>
#
# The gradient above has one number for each step. Which of the three steps led to the reward, and which
# of them learn?
#
# </details>

# %% [markdown] name="popular"
# ## 9. What popular tutorials get wrong here
#
# | one reads | what you measured | where |
# |---|---|---|
# | a large step collapses because it overshoots the top of the hill | it may; here there is no top to overshoot, and the exact gradient loses no agent: the estimate is what goes wrong | section 6 |
# | the policy gradient points uphill | on average; six in ten of our batches point down | section 3 |
# | after a collapse, more data will bring the policy back | its data are the bait, again and again; a few in a hundred came back, by luck | section 7 |
# | a baseline makes learning stable | it makes steps safe that are some thirty times as large; beyond, some agents are lost again | exercise 3 |

# %% [markdown] name="summary"
# ## Summary
#
# $$\nabla J = \text{E}\left[\, G \sum_t \nabla \log \pi(a_t \mid s_t) \right], \qquad \theta \leftarrow \theta + \alpha\, g$$
#
# The estimate $g$ from a batch is right on average and noisy each time. A **small** step lets batches
# add up; a **large** one bets on one of them. Who loses the bet can end where actions are certain and the
# data is always the same, and **hardly ever comes back**. So we want steps that are as large as possible, and no
# larger: but large *in what*? A move of $\theta$ from 0 to 1 changes $p$ from 0.50 to 0.73; one from 5 to 6
# from 0.993 to 0.998. The next lesson measures steps in what they do to the policy.
#
# **Recall.** Answer aloud, then unfold.
#
# <details><summary>1. Write the policy gradient of REINFORCE.</summary>
#
# The mean over episodes of the return times the sum of the gradients of the log-probabilities of
# the actions taken. (Where the world has chances of its own, they do not depend on θ and drop out.)
#
# </details>
#
# <details><summary>2. Unbiased: does that mean that a batch's estimate points uphill?</summary>
#
# No. It means that the mean over many batches is the gradient. Six in ten of ours pointed down.
#
# </details>
#
# <details><summary>3. A collapsed policy: why does its next batch not teach it better?</summary>
#
# Its actions are so certain that their log-probabilities have hardly a gradient, and the other actions,
# which have one, are hardly ever taken.
#
# </details>
#
# <details><summary>4. Why did no agent with the exact gradient collapse?</summary>
#
# From the start it points to the goal, so a large step lands on the good plateau. An estimate often points the
# other way.
#
# </details>
#
# <details><summary>5. Why not take a very small step, then?</summary>
#
# Each step costs a batch of episodes. With a tenth of the step learning takes about ten times as many.
#
# </details>

# %% [markdown] name="open-questions"
# **To think about.** With batches of 40 episodes instead of four, how much larger may the step be? (You can
# try: `run_reinforce(step_sizes, num_episodes=40)`.) And if the bait were worth −0.2: what would a batch without a
# goal say?

# %% [markdown] name="sources"
# ## Sources
#
# - Williams, "Simple Statistical Gradient-Following Algorithms for Connectionist Reinforcement
#   Learning", 1992: section 5, theorem 2 (REINFORCE for episodes).
# - Sutton and Barto, "Reinforcement Learning: An Introduction", 2nd edition, 2018: sections 13.2 to 13.4
#   (the policy gradient theorem, REINFORCE, its baseline).
# - Chung et al., "Beyond Variance Reduction: Understanding the True Impact of Baselines on Policy
#   Optimization", 2021, arXiv:2008.13773: how a policy commits to a poor action, and what baselines
#   do about it.
# - Mei et al., "Understanding the Effect of Stochasticity in Policy Optimization", 2021, arXiv:2110.15572: what
#   makes steps fast with the exact gradient can make them commit to a poor action with an estimated one.
# - Mei et al., "Small Steps No More", 2024, arXiv:2502.07141: on a bandit plain stochastic steps of any size come back in
#   the end. They do not say how long that takes.
