# ---
# jupyter:
#   edition: 05_advantages
# ---

# %% [markdown] name="title"
# # 05 · Advantages: how good was this action?
#
# **Where we stand.** At the beginning of the third of the course's three parts, the *algorithm*. The loss of
# lesson 04 takes an advantage for each sample. Here is where it comes from.
#
# **Afterwards you can** compute returns, TD errors and generalised advantage estimates by hand and in code, say
# what λ trades for what, and treat both ways in which an episode can end correctly. Much public code does not.
#
# **You need** Python, a little PyTorch, and lessons 00 to 04. **Time:** 75 minutes.

# %% [markdown] name="by-hand"
# ## 1. By hand: five steps
#
# An episode of five steps, and then it is over. The agent got the rewards in the first row. What was each step worth
# *from there on*? A reward that comes later counts less: by the factor γ (gamma, the discount) for each step of
# waiting. Here γ = ½.
#
# | step $t$ | 0 | 1 | 2 | 3 | 4 |
# |---|---|---|---|---|---|
# | reward $r_t$ | 0 | 0 | 2 | 4 | 0 |
# | return $G_t$ | 1 | 2 | 4 | 4 | 0 |
#
# It is easiest backwards. Nothing follows step 4, so $G_4 = 0$. Then each is its own reward and half of the next
# one's return: $G_3 = 4 + 0$, $G_2 = 2 + \frac{4}{2}$, and so on.
#
# $$G_t = r_t + \gamma r_{t+1} + \gamma^2 r_{t+2} + \dots = r_t + \gamma\, G_{t+1}$$

# %% by-hand-code
gamma, gae_lambda = 0.5, 0.5
rewards = [0.0, 0.0, 2.0, 4.0, 0.0]

returns, following = [], 0.0
for reward in reversed(rewards):
    following = reward + gamma * following
    returns.insert(0, following)

returns

# %% [markdown] name="advantage"
# ## 2. Better than expected?
#
# A return of 4 is good news if 1 was expected, and bad news if 6 was. What was to be expected from a state is
# its **value** $V(s)$: the mean return of the policy from there. A second network guesses it, the **critic**. Its
# guesses for our five states, and what is left:
#
# | step $t$ | 0 | 1 | 2 | 3 | 4 |
# |---|---|---|---|---|---|
# | return $G_t$ | 1 | 2 | 4 | 4 | 0 |
# | critic's $V(s_t)$ | 2 | 3 | 0 | 3 | 4 |
# | $G_t - V(s_t)$ | −1 | −1 | 4 | 1 | −4 |
#
# The last row estimates the **advantage** of the action that was taken: how much better it is than what the policy does on
# average. It uses all that happened, the luck of every later step too.

# %% [markdown] name="td"
# There is a way that uses only one step. If the critic is right, then before the step we expect $V(s_t)$, and after it
# $r_t + \gamma V(s_{t+1})$. The difference is the surprise of this one step, the **TD error** (for *temporal difference*):
#
# $$\delta_t = r_t + \gamma V(s_{t+1}) - V(s_t)$$
#
# After the last step nothing comes, and nothing is worth 0. So $\delta_4 = 0 + 0 - 4 = -4$.
#
# **Predict** the other four, with γ = ½.

# %% td-code
values = [2.0, 3.0, 0.0, 3.0, 4.0]
next_values = [*values[1:], 0.0]  # the episode is over: 0

td_errors = [
    reward + gamma * next_value - value
    for reward, next_value, value in zip(rewards, next_values, values, strict=True)
]
td_errors

# %% [markdown] name="n-step"
# Between one step and all of them lie the others: wait for $n$ rewards, then ask the critic.
#
# $$\hat A_t^{(n)} = r_t + \gamma r_{t+1} + \dots + \gamma^{n-1} r_{t+n-1} + \gamma^n V(s_{t+n}) - V(s_t)$$
#
# **Predict.** $\hat A_0^{(1)}$ is $\delta_0$. What is $\hat A_0^{(5)}$? The cell adds them up from TD errors, which gives
# the same: $\hat A_t^{(n)} = \delta_t + \gamma \delta_{t+1} + \dots + \gamma^{n-1} \delta_{t+n-1}$. (Write it out for $n = 2$: the
# values between cancel.)

# %% n-step-code
n_step = [sum(gamma**k * td_errors[k] for k in range(n)) for n in range(1, 6)]
n_step

# %% [markdown] name="gae"
# **What to see.** Five estimates of one number, from −2 to −½; the last is $G_0 - V(s_0)$.
#
# ## 3. All of them at once
#
# **Generalised advantage estimation** (GAE) takes their mean, with weights that fall by the factor λ (lambda) from each
# to the next. Put the TD errors in and sort: each of them gets one weight.
#
# $$\hat A_t = (1 - \lambda)\left(\hat A_t^{(1)} + \lambda \hat A_t^{(2)} + \lambda^2 \hat A_t^{(3)} + \dots\right)
# = \delta_t + \gamma\lambda\, \delta_{t+1} + (\gamma\lambda)^2\, \delta_{t+2} + \dots$$
#
# (The first sum runs on for ever. After the end all longer estimates are the last one. For λ = 1 read the right side.) **Predict.** Which of the estimates
# above is left with λ = 0, and which with λ = 1?

# %% gae-code
from ppo_lib.course import figure, picture, text
from ppo_lib.course.lesson_05.figures import plot_weights

fig, (ax,) = figure(1)
plot_weights(ax, gamma=0.99, lambdas=[0, 0.5, 0.9, 1], num_steps=16)
picture(fig, text("alt.weights"))

# %% [markdown] name="recursion"
# **What to see.** λ = 0 leaves the TD error alone, λ = 1 the whole return less $V$. In between TD errors
# count for a while: with γλ = 0.9, about ten of them.
#
# As with returns there is a short way, backwards:
#
# $$\hat A_t = \delta_t + \gamma\lambda\, \hat A_{t+1}$$
#
# Our five steps, with γλ = ¼:
#
# | step $t$ | 0 | 1 | 2 | 3 | 4 |
# |---|---|---|---|---|---|
# | $\delta_t$ | −0.5 | −3 | 3.5 | 3 | −4 |
# | $\hat A_t$ | ? | ? | 4 | 2 | −4 |
#
# From the right: −4, then 3 + ¼ · (−4) = 2, then 3.5 + ¼ · 2 = 4. Finish it by hand, then run the cell: the sum, the mean
# of the n-step estimates and the recursion agree.

# %% recursion-code
advantages, following = [], 0.0
for td_error in reversed(td_errors):
    following = td_error + gamma * gae_lambda * following
    advantages.insert(0, following)

as_a_sum = sum((gamma * gae_lambda) ** k * td_errors[k] for k in range(5))
longer = gae_lambda**4 * n_step[4]  # all estimates from the fifth on
as_a_mean = (1 - gae_lambda) * sum(gae_lambda**k * n_step[k] for k in range(4)) + longer
assert as_a_sum == as_a_mean == advantages[0]
advantages

# %% [markdown] name="explorer"
# ## 4. Push it yourself
#
# Eight steps, of which step 4 ends an episode. Drag a reward or one of the critic's values; move γ and λ; choose the step whose
# advantage is taken apart; change the end. Small squares are the critic's targets, $\hat A + V$.
#
# 1. **Move λ** from 0 to 1 and watch $\hat A_2$. Whom does it believe at 0, and whom at 1?
# 2. **At λ = 1, drag $V(s_3)$** up and down. Does $\hat A_2$ follow? And at λ = 0?
# 3. **Set λ to 0.8 again and switch the end** from terminated to truncated. Which advantages change, and which value does it? Then drag a reward *after*
#    the end.

# %% explorer-code
from ppo_lib.course.lesson_05.gae_explorer import GaeExplorer

GaeExplorer()

# %% [markdown] name="explorer-what"
# <details><summary>What you should have seen</summary>
#
# 1. It goes from −0.31 to 0.81. At 0 it believes the critic's $V(s_3)$, which is low, so a good action looks bad; at 1 it believes
#    what came afterwards, the reward of step 4 above all.
# 2. At λ = 1 it stays: the value is added in one TD error and subtracted in the next. At λ = 0 it follows, from −2.2 to 1.4 and
#    beyond.
# 3. Those of the steps up to the end, the less the further back: terminated, what follows counts as 0; truncated, the value of the last
#    observation (the ◇) stands for it. Rewards after the end change nothing before it, at either kind of end.
#
# </details>

# %% [markdown] name="chain"
# ## 5. What λ trades
#
# "λ trades bias for variance", one reads. Let us measure it, where the truth is known: on the cliff of lesson 01, nine
# positions with a bait of 0.2 at one end and a goal of 1 at the other, with a policy that tosses a coin. The true values solve nine equations: the value of a position is the mean reward of a step, and
# γ times the mean of the two neighbours' values.
#
# $$V = R + \gamma P V \quad\Leftrightarrow\quad (I - \gamma P)\, V = R$$

# %% chain-code
import torch

transitions = torch.zeros(9, 9, dtype=torch.float64)  # P[s, s']; from the two ends nothing follows
for position in range(1, 8):
    transitions[position, [position - 1, position + 1]] = 0.5
arrival = torch.tensor([0.2, 0, 0, 0, 0, 0, 0, 0, 1.0], dtype=torch.float64)  # bait and goal

identity = torch.eye(9, dtype=torch.float64)
true_values = torch.linalg.solve(identity - 0.99 * transitions, transitions @ arrival)
true_values.round(decimals=3)

# %% [markdown] name="gap"
# In the middle, at position 4, a step right leads to 5 and a step left to 3. What the policy needs to know is by how much
# right is better: γ (0.621 − 0.429) = 0.19. We estimate it 20,000 times, each time from one walk that begins to the right and
# one that begins to the left.
#
# The critic is either exact, or a poor one that says 0.5 everywhere. And a third case: the poor critic, and a rollout that is cut
# after five steps, where the critic has to guess the rest.
#
# **Predict.** For λ = 0 and λ = 1: which of the three cases are right *on average*? (`compute_gae` wants two kinds of ends; section 6 says
# why. Here walks terminate.)


# %% gap-code
from ppo_lib.advantages import compute_gae
from ppo_lib.course.cliff.exact import walks_of_a_coin

true_gap = 0.99 * (true_values[5] - true_values[3])


def gaps(critic, num_steps, gae_lambda):
    """How much better right is than left at position 4: 20,000 estimates."""
    generator, estimates = torch.Generator().manual_seed(0), []
    for goes_right in (True, False):
        walks = walks_of_a_coin(4, goes_right, num_steps, 20_000, generator)
        before, after, rewards, terminated = walks
        never = torch.zeros_like(terminated)
        known = (rewards, critic[before], critic[after], terminated, never)
        estimates.append(compute_gae(*known, 0.99, gae_lambda)[0])
    return estimates[0] - estimates[1]


# %% claim-c10 tags=["claim", "C10"]
poor = torch.tensor([0, *[0.5] * 7, 0], dtype=torch.float64)
cases = {"exact": (true_values, 200), "poor": (poor, 200), "cut": (poor, 5)}
lambdas = [0, 0.5, 0.8, 0.9, 0.95, 1]

bias, spread, error = {}, {}, {}
for case, (critic, num_steps) in cases.items():
    estimates = torch.stack([gaps(critic, num_steps, each) for each in lambdas])
    bias[case], spread[case] = estimates.mean(1) - true_gap, estimates.std(1)
    error[case] = (bias[case] ** 2 + spread[case] ** 2 / 20).sqrt()  # of a mean of 20

assert bias["exact"].abs().max() < 0.02  # an exact critic: right with any λ
assert bias["poor"][0] < -0.15 and bias["poor"][-1].abs() < 0.02  # a poor one: only with λ = 1 ...
assert bias["cut"][-1] < -0.05  # ... and not even then, if the rollout is cut
assert all((spread[case].diff() > 0).all() for case in cases)  # here the spread grows with λ
assert 0 < error["poor"].argmin() < 5  # so here the best λ lies between

# %% bias-picture
from ppo_lib.course.lesson_05.figures import plot_bias_and_spread

measured = {
    text(f"plot.case.{case}"): {"bias": bias[case], "spread": spread[case], "error": error[case]}
    for case in cases
}
fig, panels = figure(3, height=3.8)
plot_bias_and_spread(panels, lambdas, measured)
picture(fig, text("alt.bias_and_spread"))

# %% [markdown] name="bias-what"
# **What to see.** Left, the bias. A poor critic with λ = 0 sees no difference at all between right and left. The more λ
# grows, the less of the critic is left in the estimate; with λ = 1 nothing, *if the walk is played to its end*. Cut, it ends
# in the critic's guess again, and half of the difference is missing.
#
# Middle, the price: with λ the luck of ever more steps comes in. (Up to 0.95 the exact critic spreads *more*: its values move with
# the walk, while the poor one says the same everywhere.) Right, both together, in a mean of 20 estimates: with the poor critic 0.95
# is best, with an exact one 0. (Where a batch has more samples, the spread counts less and a larger λ is better. And a critic that is
# far off adds a spread of its own: with one that says 5 everywhere, λ = 1 would be best.)
#
# The popular sentence is true, then, for a critic that is neither exact nor far off.

# %% [markdown] name="baseline"
# Why did we look at a *difference* of two actions? Because $G - V(s)$ itself is wrong on average, even with λ = 1, if $V(s)$ is:
# by just as much. But that is the same for both actions, and on average moves the policy nowhere: what the policy gradient follows is which
# action is better. In that sense λ = 1 is unbiased with any critic. A value that does not depend on the action and is
# subtracted from all, as here $V(s)$, is called a **baseline**.

# %% [markdown] name="clock"
# ## 6. Two ways to end
#
# An episode can **terminate**: the pole has fallen, nothing comes any more, and the value of nothing is 0. Or it is
# **truncated**: time is up, we stop looking, but the world would have gone on. Then the value of the last observation is *not* 0.
# Gymnasium reports the two apart.
#
# A clean case: a clock that strikes when its hand passes the top, for a reward of 1. It never terminates, but we look at it for
# a few hours only, from a random one on.

# %% clock-code
import gymnasium as gym
import numpy as np


class Clock(gym.Env):
    observation_space = gym.spaces.Box(0, 11, (1,))
    action_space = gym.spaces.Discrete(2)  # of no effect

    def __init__(self, hours, limit):
        self.hours, self.limit = hours, limit

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.hour, self.passed = int(self.np_random.integers(self.hours)), 0
        return np.array([self.hour], np.float32), {}

    def step(self, action):
        self.hour, self.passed = (self.hour + 1) % self.hours, self.passed + 1
        struck, time_is_up = float(self.hour == 0), self.passed == self.limit
        return np.array([self.hour], np.float32), struck, False, time_is_up, {}


# %% [markdown] name="clock-learn"
# A clock of one hour strikes at every step: a reward of 1 for ever. With γ = 0.9 its one state is worth
# $1 + 0.9 + 0.81 + \dots = 1 / (1 - 0.9) = 10$. We look at it ten hours at a time.
#
# Its critic is one number. We let it learn: the target of $V(s_t)$ is $\hat A_t + V(s_t)$, the **λ-return**, and the critic moves to
# the mean of its targets, again and again. Many programs merge the flags into one, `done = terminated or truncated`.
#
# **Predict** what that critic says.


# %% clock-learn-code
def learn(hours, next_hours, rewards, terminated, truncated, counts=None):
    """Return a critic's table of values, which its own λ-returns no longer change."""
    values = torch.zeros(int(hours.max()) + 1)
    counts = torch.ones_like(truncated) if counts is None else counts  # which rows are samples
    for _ in range(300):
        known = (rewards, values[hours], values[next_hours], terminated, truncated)
        targets = compute_gae(*known, gamma=0.9, gae_lambda=0.95) + values[hours]
        sums = torch.zeros_like(values).index_add(0, hours[counts], targets[counts])
        values = sums / hours[counts].bincount()
    return values


# %% claim-c11 tags=["claim", "C11"]
hour = torch.zeros(40, 1, dtype=torch.long)  # 40 steps of the clock of one hour, four looks at it
strikes = torch.ones(40, 1)
time_is_up = (torch.arange(1, 41) % 10 == 0).unsqueeze(1)
never = torch.zeros_like(time_is_up)

merged = learn(hour, hour, strikes, terminated=time_is_up, truncated=time_is_up)
right = learn(hour, hour, strikes, terminated=never, truncated=time_is_up)

assert abs(right.item() - 1 / (1 - 0.9)) < 1e-3 and merged.item() < 7
merged.item(), right.item()

# %% [markdown] name="claim-c11-what"
# **What to see.** The merged flag tells the critic that the world ends after ten hours. It cannot see how much of the look
# is left, so it learns about the mean over the ten hours: 4.3 in place of 10. With both flags it learns the truth.
#
# **Two places, two rules.** In δ the next value counts as 0 only where the episode *terminated*. The sum over later δ stops at
# *both*: what comes next in the row belongs to another episode.
#
# $$\delta_t = r_t + \gamma V(s_{t+1})\, (1 - \text{terminated}_t) - V(s_t) \qquad
# \hat A_t = \delta_t + \gamma\lambda\, (1 - \text{ended}_t)\, \hat A_{t+1}$$
#
# with *ended* for terminated or truncated.

# %% [markdown] name="autoreset"
# ## 7. Which observation is the next one?
#
# PPO plays many copies of an environment side by side. When one of them ends it is reset by itself, and here the second trap
# lies: what does `step` return then? Gymnasium has three modes. We watch a clock of six hours, four hours at a time.
#
# **Predict.** A look begins at hour 4. After four steps, at hour 2, the time is up, and the next look begins at hour 5. Which of the two
# does the fourth `step` return, in each of the modes? (How `look` records it you may skip.)

# %% autoreset-code
from gymnasium.vector import AutoresetMode, SyncVectorEnv


def look(mode, num_steps, num_envs):
    """Record what a vector environment returns, a row for each call of `step`: five tensors (T, N)."""
    envs = SyncVectorEnv([lambda: Clock(hours=6, limit=4)] * num_envs, autoreset_mode=mode)
    observations, _ = envs.reset(seed=4)
    rows = []
    for _ in range(num_steps):
        returned, rewards, _, truncated, infos = envs.step(np.zeros(num_envs, int))
        final = infos.get("final_obs", np.full(num_envs, None))
        final = [-1 if each is None else each[0] for each in final]  # -1: there is none
        rows.append((observations[:, 0], returned[:, 0], final, rewards, truncated))
        observations = returned
        if mode == AutoresetMode.DISABLED and truncated.any():
            observations, _ = envs.reset(options={"reset_mask": truncated})
    hours, returned, final, rewards, truncated = (
        torch.tensor(np.array(each)) for each in zip(*rows, strict=True)
    )
    return hours.long(), returned.long(), final.long(), rewards.float(), truncated


# %% autoreset-table
for mode in AutoresetMode:
    print(f"{mode.name}\n  before  returned  final_obs  reward  truncated")
    for row in zip(*look(mode, num_steps=7, num_envs=1), strict=True):
        before, returned, final, reward, ended = (each.item() for each in row)
        last, flag = "" if final < 0 else final, "yes" if ended else ""
        print(f"{before:8d}{returned:10d}{last:>11}{reward:8.0f}  {flag}")

# %% [markdown] name="autoreset-what"
# **What to see.** Each look ends in its fourth row.
#
# - `NEXT_STEP`, the default: `step` returns the true last observation. But the *following* call ignores the action and returns the
#   reset one, with reward 0: a **phantom step**. No policy acted in it. It is no sample and must be left out.
# - `SAME_STEP`: `step` returns the first observation of the *next* episode; the true last one is in `infos["final_obs"]`. There
#   are no phantom steps. `ppo_lib` uses this mode.
# - `DISABLED`: nothing happens by itself; you call `reset` for those that ended.
#
# What does it cost to get it wrong? Three critics of the six hours: one takes the reset observation for the next one, one learns
# from phantom steps too, and one has its flags merged. **Predict.** Which of them say too much, which too little, and which is worst?

# %% claim-c12 tags=["claim", "C12"]
hours, returned, final, rewards, truncated = look(AutoresetMode.SAME_STEP, 64, 32)
never = torch.zeros_like(truncated)
true_next = torch.where(truncated, final, returned)
same_wrong = learn(hours, returned, rewards, never, truncated)
same_right = learn(hours, true_next, rewards, never, truncated)
flags_merged = learn(hours, true_next, rewards, truncated, truncated)

hours, returned, _, rewards, truncated = look(AutoresetMode.NEXT_STEP, 64, 32)
is_phantom = torch.cat([never[:1], truncated[:-1]])  # the row after an end
next_wrong = learn(hours, returned, rewards, never, truncated)
next_right = learn(hours, returned, rewards, never, truncated, counts=~is_phantom)

truth = 0.9 ** torch.arange(5, -1, -1) / (1 - 0.9**6)  # strikes after 6 - hour steps, then every 6
assert (same_right - truth).abs().max() < 1e-3 and (next_right - truth).abs().max() < 1e-3
assert min((wrong - truth).abs().max() for wrong in (same_wrong, next_wrong)) > 0.1
assert (truth - flags_merged).min() > 1

# %% autoreset-picture
from ppo_lib.course.lesson_05.figures import plot_learnt_values

shown = {
    "right": same_right,
    "reset": same_wrong,
    "phantom": next_wrong,
    "merged": flags_merged,
}
fig, (ax,) = figure(1, height=3.8)
plot_learnt_values(ax, truth, {text(f"plot.ends.{name}"): v for name, v in shown.items()})
picture(fig, text("alt.learnt_values"))

# %% [markdown] name="autoreset-why"
# **What to see.** Done right, both modes learn the truth. With the observation of the reset in the place of the last one, the critic
# mixes up hours: here 0.1 too little, there 0.1 too much. With phantom steps it says too little everywhere, up to 0.2, for it
# has learnt that after the hour at which a look ended comes a step for nothing. With merged flags it misses by more than 1: all that lies beyond the end
# of a look counts as 0, and of the first hours nothing is left.
#
# None of it raises an error, and an agent often learns all the same. So it goes unnoticed.

# %% [markdown] name="write-it"
# ## 8. Write it
#
# In a rollout all tensors are `(T, N)`: T steps of N environments. `next_values` holds the critic's value of the observation that
# each step *truly* led to; the flags are boolean. Cover the right side and write it.
#
# | formula | line |
# |---|---|
# | $G_t = r_t + \gamma\, G_{t+1}$ | `following = rewards[t] + gamma * following` |
# | $\delta_t = r_t + \gamma V(s_{t+1}) (1 - \text{terminated}_t) - V(s_t)$ | `rewards + gamma * next_values * ~terminated - values` |
# | ended | `terminated \| truncated` |
# | $\hat A_t = \delta_t + \gamma \lambda (1 - \text{ended}_t) \hat A_{t+1}$ | `following = td_errors[t] + gamma * gae_lambda * ~ended[t] * following` |
#
# **Exercise 1.** The returns of one finished episode. `rewards` is `(T,)`.


# %% exercise-returns
def discounted_returns(rewards: torch.Tensor, gamma: float) -> torch.Tensor:
    ### BEGIN SOLUTION
    returns = torch.zeros_like(rewards)
    following = 0.0
    for t in reversed(range(len(rewards))):
        following = rewards[t] + gamma * following
        returns[t] = following
    return returns
    ### END SOLUTION


# %% check-returns tags=["nbval-check-output"]
from ppo_lib.course import answer_or_reference, check

check("discounted_returns", discounted_returns)

# %% [markdown] name="hint-returns"
# <details><summary>Hint</summary>
#
# Section 1 does it with a list. `torch.zeros_like(rewards)` makes a tensor to fill; `reversed(range(len(rewards)))` counts
# backwards.
#
# </details>

# %% [markdown] name="task-td-errors"
# **Exercise 2.** The TD errors. `~terminated` is true where the episode went on, and true counts as 1.


# %% exercise-td-errors
def td_errors(
    rewards: torch.Tensor,
    values: torch.Tensor,
    next_values: torch.Tensor,
    terminated: torch.Tensor,
    gamma: float,
) -> torch.Tensor:
    ### BEGIN SOLUTION
    return rewards + gamma * next_values * ~terminated - values
    ### END SOLUTION


# %% check-td-errors tags=["nbval-check-output"]
check("td_errors", td_errors)

# %% [markdown] name="hint-td-errors"
# <details><summary>Hint</summary>
#
# What was expected before the step, and what after it? Which of the three terms vanishes where the episode terminated?
#
# </details>

# %% [markdown] name="task-gae"
# **Exercise 3.** The advantages, `(T, N)`. Your `td_errors` may be called, or written out again.


# %% exercise-gae
def compute_gae(
    rewards: torch.Tensor,
    values: torch.Tensor,
    next_values: torch.Tensor,
    terminated: torch.Tensor,
    truncated: torch.Tensor,
    gamma: float,
    gae_lambda: float,
) -> torch.Tensor:
    ### BEGIN SOLUTION
    deltas = rewards + gamma * next_values * ~terminated - values
    goes_on = ~(terminated | truncated)
    advantages = torch.zeros_like(deltas)
    following = 0.0
    for t in reversed(range(len(deltas))):
        following = deltas[t] + gamma * gae_lambda * goes_on[t] * following
        advantages[t] = following
    return advantages
    ### END SOLUTION


# %% check-gae tags=["nbval-check-output"]
check("compute_gae", compute_gae)

# %% [markdown] name="hint-gae"
# <details><summary>Hint</summary>
#
# As exercise 1, with TD errors for rewards, γλ for γ, and rows `(N,)` for numbers. Which flags stop the sum, and which stop the
# next value inside δ? At the last row nothing follows yet.
#
# </details>

# %% [markdown] name="task-successors"
# **Exercise 4.** What the step truly led to, in the mode `SAME_STEP`. `observations` are those that `step` returned, `(N, D)`;
# `final_observations`, `(N, D)`, hold the true last ones, but only where an episode `ended`, `(N,)`. Elsewhere they hold rubbish.


# %% exercise-successors
def true_successors(
    observations: torch.Tensor, final_observations: torch.Tensor, ended: torch.Tensor
) -> torch.Tensor:
    ### BEGIN SOLUTION
    return torch.where(ended[:, None], final_observations, observations)
    ### END SOLUTION


# %% check-successors tags=["nbval-check-output"]
check("true_successors", true_successors)

# %% [markdown] name="hint-successors"
# <details><summary>Hint</summary>
#
# `torch.where(condition, a, b)` takes `a` where the condition holds. A condition for each row needs the shape `(N, 1)`:
# `ended[:, None]`.
#
# </details>

# %% [markdown] name="train-yours"
# ## 9. Your function trains an agent
#
# Your `compute_gae` goes into the training loop. Beside it runs one that has forgotten both masks: it never stops the sum, and the
# next value always counts.
#
# **Predict.** CartPole gives a reward of 1 for each step, whatever the agent does. Does the return of that agent climb?


# %% no-masks
def no_masks(rewards, values, next_values, terminated, truncated, gamma, gae_lambda):
    deltas = rewards + gamma * next_values - values
    advantages, following = torch.zeros_like(deltas), 0.0
    for t in reversed(range(len(deltas))):
        following = deltas[t] + gamma * gae_lambda * following
        advantages[t] = following
    return advantages


# %% train-code
from ppo_lib.config import preset
from ppo_lib.course import watch
from ppo_lib.training import train

label, estimate = answer_or_reference("compute_gae", compute_gae)
live = preset("cartpole", seed=1, total_steps=40_000)
runs = {
    label: train(live, estimate_advantages=estimate, progress=False),
    text("run.no_masks"): train(live, estimate_advantages=no_masks, progress=False),
}
runs = watch(runs, solved_at=475)

# %% [markdown] name="train-what"
# **What to see.** With the masks the return climbs, without them the agent mostly ends worse than it began, pushing to one side. The *end*
# is the only thing that CartPole ever says: whoever overlooks it sees a reward of 1 for ever, and each action as good as the other. What is
# left is noise, scaled up to the size of real advantages, and the policy follows it.
#
# Not every mistake shows so well. With the flags merged, or the sum running on into the next episode, agents solve CartPole too,
# mostly, if a little later. Trust the check, not the curve.

# %% [markdown] name="bug"
# ## 10. Exercise 5: a planted bug
#
# This code ran in a project that stored, for each step, whether an episode had ended *before* it. It was copied to ours,
# where the flags say whether the step *itself* ended one. Find what must change, and write it as it should be.


# %% buggy
def late_mask_gae(rewards, values, next_values, terminated, truncated, gamma, gae_lambda):
    ended = terminated | truncated
    deltas = rewards + gamma * next_values * ~terminated - values
    advantages, following = torch.zeros_like(deltas), 0.0
    for t in reversed(range(len(deltas))):
        goes_on = ~ended[t + 1] if t + 1 < len(deltas) else 1.0
        following = deltas[t] + gamma * gae_lambda * goes_on * following
        advantages[t] = following
    return advantages


# %% exercise-bug
def repaired_gae(
    rewards: torch.Tensor,
    values: torch.Tensor,
    next_values: torch.Tensor,
    terminated: torch.Tensor,
    truncated: torch.Tensor,
    gamma: float,
    gae_lambda: float,
) -> torch.Tensor:
    ### BEGIN SOLUTION
    goes_on = ~(terminated | truncated)
    deltas = rewards + gamma * next_values * ~terminated - values
    advantages, following = torch.zeros_like(deltas), 0.0
    for t in reversed(range(len(deltas))):
        following = deltas[t] + gamma * gae_lambda * goes_on[t] * following
        advantages[t] = following
    return advantages
    ### END SOLUTION


# %% check-bug tags=["nbval-check-output"]
check("repaired_gae", repaired_gae)

# %% [markdown] name="hint-bug"
# <details><summary>Hint</summary>
#
# Take three rows, of which the middle one ends an episode. Which δ may be part of the first advantage, which of the second? Which
# flag does the code look at in each row?
#
# </details>

# %% [markdown] name="popular"
# ## 11. What popular tutorials get wrong here
#
# | one reads | what you measured | where |
# |---|---|---|
# | λ trades bias for variance | with a critic that is neither exact nor far off | section 5 |
# | λ = 1 is unbiased | up to a baseline, and if the episode is played to its end | section 5 |
# | `done`: the value after an end is 0 | only after a terminated one | section 6 |
# | `step` returns the next observation | after an end it may be the reset one, or a phantom step follows | section 7 |

# %% [markdown] name="summary"
# ## Summary
#
# $$\delta_t = r_t + \gamma V(s_{t+1}) (1 - \text{terminated}_t) - V(s_t) \qquad \hat A_t = \delta_t + \gamma \lambda (1 - \text{ended}_t)\, \hat A_{t+1}$$
#
# The **advantage** tells the policy which actions were better than expected, $\hat A_t + V(s_t)$ tells the critic what to expect. λ
# decides how soon the critic is asked. A terminated episode is worth 0 after its end, a truncated one is not.
#
# **Recall.** Answer aloud, then unfold.
#
# <details><summary>1. What is the TD error, in words?</summary>
#
# The surprise of one step: the reward and what the next state is worth, less what this one was thought to be worth.
#
# </details>
#
# <details><summary>2. Which estimates do λ = 0 and λ = 1 leave?</summary>
#
# The TD error alone; the discounted return less $V(s_t)$, with the critic's value where the rollout is cut.
#
# </details>
#
# <details><summary>3. What does the critic learn, the advantage or something else?</summary>
#
# The λ-return, $\hat A_t + V(s_t)$.
#
# </details>
#
# <details><summary>4. Time is up in step t. What stands for the next value, and does the sum go on?</summary>
#
# The value of the observation that the step truly led to. The sum stops.
#
# </details>
#
# <details><summary>5. How do you see a phantom step?</summary>
#
# In the mode NEXT_STEP it is the call after an end: its action was ignored and its reward is 0.
#
# </details>

# %% [markdown] name="open-questions"
# **To think about.** The critic learns from targets that it had a part in itself. What happens to the λ-return of λ = 0 if the critic
# is far off? And CartPole's own limit of 500 steps truncates: what would the agent see if each observation held the time that is left?

# %% [markdown] name="sources"
# ## Sources
#
# - Schulman et al., "High-Dimensional Continuous Control Using Generalized Advantage Estimation", 2016, arXiv:1506.02438: section 3,
#   equations 10 to 16 (TD errors, n-step estimates, GAE), and section 2 for what 'unbiased' means there (γ-just estimators).
# - Schulman et al., "Proximal Policy Optimization Algorithms", 2017, arXiv:1707.06347: equations 11 and 12.
# - Pardo et al., "Time Limits in Reinforcement Learning", 2018, arXiv:1712.00378: bootstrapping where time is up.
# - Sutton and Barto, "Reinforcement Learning: An Introduction", 2018: chapter 6 (TD), section 7.1 (n-step), section 12.1 (the
#   λ-return).
# - Gymnasium's documentation, "Vector environments" and "Autoreset Mode".
