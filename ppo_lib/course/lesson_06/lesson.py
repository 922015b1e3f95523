# ---
# jupyter:
#   edition: 06_actor_critic
# ---

# %% [markdown] name="title"
# # 06 · Actor and critic: what do the two networks learn?
#
# **Where we stand.** In the third of the course's three parts, the *algorithm*. Lesson 04 wrote the policy's objective, lesson 05
# the advantage. Both need networks: an **actor** that says how likely each action is, and a **critic** that says what to
# expect.
#
# **Afterwards you can** turn a network's outputs into a policy of discrete or of continuous actions, write its
# log-probability and its entropy, and write PPO's total loss and say what each term of it does.
#
# **You need** Python, a little PyTorch, and lessons 00 to 05. **Time:** 75 minutes.

# %% [markdown] name="by-hand"
# ## 1. By hand: from numbers to a policy
#
# A network knows nothing of probabilities. For three actions it returns three numbers of any size, the **logits** $z$. Exponentials make
# them positive, and division makes them sum to 1. That is the **softmax**:
#
# $$\pi(a) = \frac{e^{z_a}}{\sum_b e^{z_b}} \qquad \log \pi(a) = z_a - \log \sum_b e^{z_b}$$
#
# | action | 0 | 1 | 2 |
# |---|---|---|---|
# | logit $z$ | 0 | 0.69 (ln 2) | 1.61 (ln 5) |
# | $e^z$ | 1 | 2 | 5 |
# | $\pi$ | 1/8 | 2/8 | 5/8 |
#
# **Predict.** What becomes of π if 100 is added to all three logits?

# %% by-hand-code
import torch
from torch.distributions import Categorical

logits = torch.log(torch.tensor([1.0, 2.0, 5.0]))

policy, shifted = Categorical(logits=logits), Categorical(logits=logits + 100)
policy.probs, shifted.probs, policy.log_prob(torch.tensor(2))

# %% [markdown] name="by-hand-what"
# **What to see.** Nothing: only the differences of logits count. (Rounded: a large number leaves fewer digits for them.) And
# $\log \frac{5}{8} = -0.47$, a *negative* number: a probability is at most 1, so its logarithm is at most 0.
#
# ## 2. Two networks
#
# PPO's actor has one output for each action, its critic a single one. Here are both for CartPole. They see the same four numbers
# (place and speed of the cart, angle and speed of the pole).

# %% networks
from ppo_lib.config import preset
from ppo_lib.training import make_model

model = make_model(preset("cartpole", seed=0))
model

# %% networks-call
observations = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))  # five made-up states

policy = model.policy(observations)
actions = policy.sample()
policy.probs, policy.log_prob(actions), model.value(observations)

# %% [markdown] name="networks-what"
# **What to see.** For five states five policies, all near one half: more on that in section 8. And **five** values: `(5,)`, not `(5, 1)`
# as the network itself returns them. Exercise 6 is about that difference.
#
# ## 3. Continuous actions
#
# Pendulum's action is a number, a torque. The usual policy for that is a **Gaussian**: the network gives its mean μ, and its
# spread σ is a number that is learnt beside the network (as $\log \sigma$, which may have any sign).
#
# $$\log \pi(a) = -\frac{1}{2}\left(\frac{a - \mu}{\sigma}\right)^2 - \log \sigma - \frac{1}{2} \log 6.28\dots$$
#
# (6.28… is twice the number that is also called π.)
#
# **Predict.** With σ = 0.1, what is $\log \pi$ at the mean? Is that possible?

# %% gaussian
from torch.distributions import Normal

Normal(0.0, 0.1).log_prob(torch.tensor(0.0))

# %% [markdown] name="dimensions"
# **What to see.** It is *above* 0. What a Gaussian gives is a density, no probability: it may be larger than 1. For the ratio of
# lesson 03 that makes no difference: it is a quotient of two densities.
#
# A robot has many joints. Its action is a vector, each joint has a Gaussian of its own, and the density of the whole is
# their product. So **the log-probabilities add up**: one number for each action, not one for each joint.
#
# **Predict.** A small update makes the action of each of six joints 1.1 times as likely. What is the ratio of the action? And if a
# program took the *mean* over the joints by mistake?

# %% dimensions-code
changes = torch.log(torch.full((6,), 1.1))  # of the log-probability, for each joint

changes.sum().exp(), changes.mean().exp()

# %% [markdown] name="dimensions-what"
# **What to see.** 1.77, far outside the clip's band of 0.8 to 1.2; the mean says 1.1, inside. With the mean, or with one
# ratio for each joint, the clip would hold quite another thing than the policy that acts.
#
# **Bounds.** A Gaussian has none, but a torque has: Pendulum takes −2 to 2. So what goes to the environment is clipped. And
# what is stored in the batch?
#
# **Predict.** μ = 0.8, σ = 0.5, and actions clipped to [−1, 1]. Suppose every action has the same advantage, 1: then no direction is
# better than another, and the policy gradient should be 0 on average. It is the mean of $\nabla_\mu \log \pi(a) = (a - \mu) / \sigma^2$. Is
# that 0, with the clipped actions?

# %% clipped-actions
mean, std = 0.8, 0.5
actions = mean + std * torch.randn(100_000, generator=torch.Generator().manual_seed(0))

stored_as_drawn = ((actions - mean) / std**2).mean().item()
stored_clipped = ((actions.clamp(-1, 1) - mean) / std**2).mean().item()
round(stored_as_drawn, 2), round(stored_clipped, 2)

# %% [markdown] name="clipped-actions-what"
# **What to see.** With the clipped actions it is not: where advantages are positive the policy is pushed away from the bound, where they
# are negative towards it, for no reason. A baseline no longer drops out. So the batch
# keeps the action **as it was drawn**, with its log-probability, and only the environment gets the clipped one.
#
# ## 4. Entropy
#
# How undecided is a policy? Its **entropy** says it, in nats:
#
# $$H(\pi) = -\sum_a \pi(a) \log \pi(a)$$
#
# It is 0 for a policy that always does the same, and largest, $\log n$, where all $n$ actions are equally likely. $e^H$ reads as 'as
# many as so many equally likely actions'. (A Gaussian has $\log \sigma + 1.42$ for each dimension; that is below 0 for a σ under
# 0.24, as densities go.)
#
# PPO may add $c_2 H$ to what it maximises, the **entropy bonus**: a policy that stays undecided goes on trying.
#
# **Predict.** For two actions with the rewards 1 and 0: which policy maximises its expected reward + $c_2 H$, for $c_2$ = 0 and $c_2$ = 1?

# %% entropy-code
rewards = torch.tensor([1.0, 0.0])
first = torch.linspace(0, 1, 1001)
policies = torch.stack([first, 1 - first], dim=1)
entropy = Categorical(probs=policies).entropy()

for ent_coef in (0.0, 0.2, 0.5, 1.0):
    best = (policies @ rewards + ent_coef * entropy).argmax()
    print(
        f"c2 = {ent_coef}: best π(0) = {first[best]:.3f}, its reward {policies[best] @ rewards:.3f}"
    )

# %% [markdown] name="explorer"
# **What to see.** With a bonus the best policy is no longer the one that earns most. It is softmax of the rewards divided by $c_2$: with
# $c_2 = 1$ it takes the worse action one time in four, for ever.
#
# ## 5. Push it yourself
#
# Each point of the triangle is a policy over three actions: in a corner one of them is certain, in the middle all are equally likely.
#
# The lines join policies with the same expected reward + $c_2 H$ (F in the words), the ring marks the best of them. Arrows show which way a gradient step on
# the logits goes: the rewards' part, the bonus's part, and both. (All is exact here. No action is drawn, which real learning needs.)
#
# 1. **Which escapes sooner?** Set $c_2$ to 0, press *Sure but wrong*, then *30 steps*. Again with $c_2$ = 0.2. And with 60 steps each?
# 2. **What does it cost?** Move $c_2$ from 0 to 1 and follow the ring. Then make all rewards equal.
# 3. **Make the rewards 1, ½ and 0 again**, and $c_2$ 0.2. Drag the policy into the corner of the worst action. What becomes of the arrows?

# %% explorer-code
from ppo_lib.course.lesson_06.entropy_explorer import EntropyExplorer

EntropyExplorer()

# %% [markdown] name="explorer-what"
# <details><summary>What you should have seen</summary>
#
# 1. After 30 steps the expected reward is 0.04 without the bonus and 0.68 with it. After 60 both are at 0.93, and in the end the one without
#    is better. The bonus speeds the way out; with exact gradients it is not the only one.
# 2. The ring leaves the corner of the best action: at 0.2 it gives away 0.04 of the reward, at 0.5 0.21, at 1 0.34. Where all rewards are equal
#    the middle costs nothing.
# 3. They shrink to nothing, the bonus's too: a gradient has the factor π, and what is hardly ever done hardly counts. But in the
#    corner the bonus pulls harder than the rewards do: at *Sure but wrong* 1.2 times as hard, and the more the nearer.
#
# </details>
#

# %% [markdown] name="cliff"
# ## 6. What the bonus does to an agent
#
# One often reads that the entropy bonus keeps an agent exploring. We measure it on the cliff: the bait of 0.2 is one step away, the
# goal of 1 seven. We make it hard: batches of 32 steps, and large gradient steps, so that an agent is easily convinced too soon.
# For each of three coefficients ten agents. (As PPO scales advantages, $c_2$ is not in units of reward here, as it was in section 5.)
#
# **Predict.** For which $c_2$ do most agents end at the goal? What do those with $c_2 = 1$ earn?

# %% cliff-train
from ppo_lib.beyond.population import train_many
from ppo_lib.beyond.sweeps import final_returns
from ppo_lib.config import PPOConfig, grid

cliff = PPOConfig(
    env_id="ppo_lib/Cliff-v0",
    total_steps=6_400,
    num_envs=4,
    num_steps=8,
    minibatch_size=32,
    num_epochs=8,
    learning_rate=0.05,
    anneal_learning_rate=False,
    hidden_sizes=(32,),
)
agents = grid(cliff, ent_coef=[0, 0.1, 1], seed=range(10))
history = list(train_many(agents, progress=False))

# %% claim-c13 tags=["claim", "C13"]
returns = torch.tensor(final_returns(history)).view(3, 10)  # a row for each coefficient
entropy = torch.tensor([r.metrics["entropy"] for r in history[4]]).view(3, 10).mean(1)  # 5th batch

reached = (returns > 0.9).sum(1)
assert entropy[1] > entropy[0]  # the bonus keeps the policy undecided for longer ...
assert reached[1] > reached[0]  # ... and more agents find the goal
assert returns[2].median() < 0.8  # too much of it costs reward
reached.tolist(), entropy.round(decimals=2)

# %% cliff-picture
from ppo_lib.course import figure, picture, text
from ppo_lib.course.figures.ablations import plot_by_value

by_coefficient = dict(zip([0, 0.1, 1], returns.tolist(), strict=True))
fig, (ax,) = figure(1)
plot_by_value(ax, {"": by_coefficient}, "ent_coef", "final_return")
picture(fig, text("alt.entropy_returns"))

# %% [markdown] name="cliff-what"
# **What to see.** Each dot is an agent, the large marks are medians. Without a bonus more than half have settled for the bait; most of them had hardly or never
# seen the goal. With 0.1 all of these ten find it; of sixty agents it was 46, against 22 without. With 1 none is caught, but none goes
# to the goal straight any more: the policy stays so undecided that many walks end at the bait.
#
# So the popular sentence is true of a *moderate* bonus, where an agent would decide too soon. On CartPole it makes no difference
# that we could see (lesson 07). And it rewards being undecided in the states that the batch has seen: it plans no journey to where something is to be
# learnt.

# %% [markdown] name="value"
# ## 7. The critic, and the total loss
#
# The critic learns by least squares: its targets are the λ-returns of lesson 05.
#
# $$L^\text{VF} = \text{mean}\left((V(s_t) - V_t^\text{targ})^2\right) \qquad V_t^\text{targ} = \hat A_t + V_\text{old}(s_t)$$
#
# The targets are numbers from the rollout: no gradient flows into them. (Some code has a hidden ½ in front; ours has none.) And now
# the whole, what a gradient step makes *small*:
#
# $$L = -\left(L^\text{CLIP} - c_1 L^\text{VF} + c_2 H\right)$$
#
# | term | wanted | in the brackets | in the loss |
# |---|---|---|---|
# | $L^\text{CLIP}$, the surrogate | large | + | − |
# | $L^\text{VF}$, the squared error | small | − | + |
# | $H$, the entropy | large | + | − |
#
# **Predict.** Actor and critic are two networks, trained together by one Adam. What happens if $c_1$ is a hundred times as large, or as
# small? (The cell takes some seconds.)

# %% coefficients
from ppo_lib.course.measures.ablations import Variant, measure

values_of_c1 = [0.005, 0.5, 50]
variants = [
    Variant("two", c1, preset("cartpole", total_steps=40_000, vf_coef=c1)) for c1 in values_of_c1
]
two_networks = {c1: [] for c1 in values_of_c1}
for outcome in measure(variants, seeds=range(3), progress=False):
    two_networks[outcome.value].append(outcome.final_return)

# %% [markdown] name="body"
# Many programs let actor and critic share a **body**, all layers but the last. Then a step for the one moves the other.
#
# **Predict.** The same three coefficients, with one body: for which does the agent learn best? (Some ten seconds.)

# %% body-code
from torch import nn

from ppo_lib.networks import ActorCritic
from ppo_lib.training import recent_return, train


class OneBody(ActorCritic):
    """An actor and a critic that share all layers but the last."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        body = self.policy_network[:-1]
        self.value_network = nn.Sequential(body, self.value_network[-1])
        self.policy_network = nn.Sequential(body, self.policy_network[-1])


# %% body-train
from ppo_lib.beyond.workers import side_by_side
from ppo_lib.envs import make_envs

spaces = make_envs("CartPole-v1", 1)
spaces = spaces.single_observation_space, spaces.single_action_space


def final_return(c1, seed):
    shared = OneBody(*spaces, (64, 64), torch.Generator().manual_seed(seed))
    config = preset("cartpole", total_steps=40_000, vf_coef=c1, seed=seed)
    return recent_return(list(train(config, shared, progress=False)))


agents = [(c1, seed) for c1 in values_of_c1 for seed in range(3)]
one_body = {c1: [] for c1 in values_of_c1}
for (c1, _), score in zip(agents, side_by_side(final_return, agents), strict=True):
    one_body[c1].append(score)

# %% coefficients-picture
fig, (ax,) = figure(1, height=3.6)
both = {text("plot.two_networks"): two_networks, text("plot.one_body"): one_body}
plot_by_value(ax, both, "vf_coef", "final_return")
picture(fig, text("alt.value_coefficients"))

# %% [markdown] name="coefficients-what"
# **What to see.** With two networks 0.005 or 0.5 makes no difference: Adam divides each weight's gradient by its usual size, and the factor with
# it. At 50 agents are a little slower, for both gradients are cut to one common norm, and the critic's leaves the actor's next to nothing. (Without
# the cut 50 is as good.) With one body only the smallest gets there. A look at the two gradients on the body's first layer:

# %% body-gradients
from ppo_lib.course.measures.updates import first_batch
from ppo_lib.losses import clipped_surrogate, value_loss

_, batch = first_batch(preset("cartpole", seed=0))
shared = OneBody(*spaces, (64, 64), torch.Generator().manual_seed(0))
log_probs = shared.policy(batch.observations).log_prob(batch.actions)
surrogate = clipped_surrogate(log_probs, batch.old_log_probs, batch.advantages, 0.2)
critic_loss = value_loss(shared.value(batch.observations), batch.returns)

for name, term in (("actor", surrogate), ("critic", critic_loss)):
    gradient = torch.autograd.grad(term, shared.policy_network[0].parameters())
    size = torch.cat([each.flatten() for each in gradient]).norm().item()
    print(f"{name:>6}: {size:.4f}")

# %% [markdown] name="body-gradients-what"
# **What to see.** In the first batch the critic pulls ten thousand times as hard. A part of it, a factor of some 20 to 140 by seed, is the actor's tiny last
# layer (section 8). The rest, a few hundred, stays: errors of returns, which grow from 5 to 100, against advantages scaled to 1.
#
# With $c_1$ about 0.005, or with a tenth of the rewards, one body works; with a hundredth of them it is slow again. It pays where seeing is the hard part, as with pixels; for a handful of numbers two
# networks are the safer choice, and `ppo_lib`'s.
#
# ## 8. How to begin
#
# The actor's last layer begins with tiny weights, about a hundredth of the others' size. **Predict.** How sure of its actions is an
# untrained policy with a last layer of the usual size (gain 1), and with the small one (gain 0.01)?

# %% initial
from ppo_lib.course.measures.ablations import enlarge_last_layer

for task in ("cartpole", "acrobot"):
    for gain in (0.01, 1):
        likeliest = []
        for seed in range(8):
            model, batch = first_batch(preset(task, seed=seed))
            if gain == 1:
                enlarge_last_layer(model, seed)
            probs = model.policy(batch.observations).probs
            likeliest.append(probs.max(-1).values.mean().item())
        print(f"{task:>9}, gain {gain:<4}: {min(likeliest):.2f} to {max(likeliest):.2f}")

# %% [markdown] name="initial-what"
# **What to see.** The probability of the likeliest action, on average over the states of a first batch, for eight seeds. With small
# weights all logits are near 0, and every state begins at the toss of a coin (or of a die with three sides): the widest search. With the usual
# ones the policy has leanings before it has learnt anything, slight ones in CartPole, and others for each seed.
#
# Does it matter? Andrychowicz et al. trained a quarter of a million agents in continuous control and found it one of the choices that count. On CartPole
# lesson 07 finds no effect: leanings so slight are soon unlearnt. The other layers get orthogonal weights, which treat all directions alike, with a gain of √2
# that about makes up for the tanh; biases begin at 0.
#
# ## 9. Write it
#
# | formula | line |
# |---|---|
# | $\log \pi(a) = z_a - \log \sum_b e^{z_b}$ | `logits.log_softmax(-1).gather(-1, actions[:, None]).squeeze(-1)` |
# | Gaussian, one term for each dimension | `-0.5 * ((actions - mean) / log_std.exp()) ** 2 - log_std - 0.5 * math.log(2 * math.pi)` |
# | sum over the dimensions | `.sum(-1)` |
# | $H = -\sum_a \pi(a) \log \pi(a)$ | `-(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1)` |
# | $\text{mean}((V - V^\text{targ})^2)$ | `((values - returns) ** 2).mean()` |
# | $-(L^\text{CLIP} - c_1 L^\text{VF} + c_2 H)$ | `-(surrogate - vf_coef * critic_loss + ent_coef * entropy)` |
#
# **Exercise 1.** The log-probability of discrete actions: `logits` `(B, n)`, `actions` `(B,)`, result `(B,)`.


# %% exercise-categorical
def categorical_log_prob(logits: torch.Tensor, actions: torch.Tensor) -> torch.Tensor:
    ### BEGIN SOLUTION
    log_probs = logits - logits.logsumexp(-1, keepdim=True)
    return log_probs.gather(-1, actions[:, None]).squeeze(-1)
    ### END SOLUTION


# %% check-categorical tags=["nbval-check-output"]
from ppo_lib.course import answer_or_reference, check

check("categorical_log_prob", categorical_log_prob)

# %% [markdown] name="hint-categorical"
# <details><summary>Hint</summary>
#
# `logits.logsumexp(-1, keepdim=True)` is the logarithm of the sum, safe for large numbers. `table.gather(-1, columns)` picks one column
# of each row; it wants `columns` with as many dimensions as the table.
#
# </details>

# %% [markdown] name="task-gaussian"
# **Exercise 2.** The log-probability of continuous actions: `mean` and `actions` `(B, D)`, `log_std` `(D,)`, result `(B,)`.

# %% exercise-gaussian
import math


def gaussian_log_prob(
    mean: torch.Tensor, log_std: torch.Tensor, actions: torch.Tensor
) -> torch.Tensor:
    ### BEGIN SOLUTION
    distance = (actions - mean) / log_std.exp()
    return (-0.5 * distance**2 - log_std - 0.5 * math.log(2 * math.pi)).sum(-1)
    ### END SOLUTION


# %% check-gaussian tags=["nbval-check-output"]
check("gaussian_log_prob", gaussian_log_prob)

# %% [markdown] name="hint-gaussian"
# <details><summary>Hint</summary>
#
# Three terms, each for every dimension. What undoes the logarithm of `log_std`? And how does one get from six joints to one
# action?
#
# </details>

# %% [markdown] name="task-entropy"
# **Exercise 3.** The entropy of each state's policy, in nats: `logits` `(B, n)`, result `(B,)`.


# %% exercise-entropy
def categorical_entropy(logits: torch.Tensor) -> torch.Tensor:
    ### BEGIN SOLUTION
    log_probs = logits.log_softmax(-1)
    return -(log_probs.exp() * log_probs).sum(-1)
    ### END SOLUTION


# %% check-entropy tags=["nbval-check-output"]
check("categorical_entropy", categorical_entropy)

# %% [markdown] name="hint-entropy"
# <details><summary>Hint</summary>
#
# `log_softmax` never gives minus infinity for finite logits, so 0 times its logarithm stays 0.
#
# </details>

# %% [markdown] name="task-value-loss"
# **Exercise 4.** The value loss, one number. (`old_values` is there for variants that clip; leave it alone.)


# %% exercise-value-loss
def value_loss(
    values: torch.Tensor, returns: torch.Tensor, old_values: torch.Tensor
) -> torch.Tensor:
    ### BEGIN SOLUTION
    return ((values - returns) ** 2).mean()
    ### END SOLUTION


# %% check-value-loss tags=["nbval-check-output"]
check("value_loss", value_loss)

# %% [markdown] name="task-total"
# **Exercise 5.** The total loss, which the optimiser makes small. `surrogate`, `critic_loss` and `entropy` are single numbers.


# %% exercise-total
def total_loss(
    surrogate: torch.Tensor,
    critic_loss: torch.Tensor,
    entropy: torch.Tensor,
    vf_coef: float,
    ent_coef: float,
) -> torch.Tensor:
    ### BEGIN SOLUTION
    return -(surrogate - vf_coef * critic_loss + ent_coef * entropy)
    ### END SOLUTION


# %% check-total tags=["nbval-check-output"]
check("total_loss", total_loss)

# %% [markdown] name="hint-total"
# <details><summary>Hint</summary>
#
# Which of the three should grow, which should shrink? Whatever should grow enters the loss with a minus.
#
# </details>

# %% [markdown] name="train-yours"
# ## 10. Your functions train an agent
#
# The model below takes its log-probabilities and its entropy from your functions (of discrete actions: exercises 1 and 3), and the critic learns
# by your value loss. Beside it runs the model with one body, with $c_1 = 0.5$ and the course's functions.
#
# **Predict.** Which of them solves CartPole first?

# %% your-model
_, your_log_prob = answer_or_reference("categorical_log_prob", categorical_log_prob)
_, your_entropy = answer_or_reference("categorical_entropy", categorical_entropy)
label, your_value_loss = answer_or_reference("value_loss", value_loss)


class YourPolicy(Categorical):
    def log_prob(self, actions):
        logits = self.logits.expand(*actions.shape, -1)  # a rollout has (T, N), a batch (B,)
        return your_log_prob(logits.flatten(0, -2), actions.flatten()).view(actions.shape)

    def entropy(self):
        return your_entropy(self.logits)


class YourModel(ActorCritic):
    def policy(self, observations):
        return YourPolicy(logits=self.policy_network(observations))


# %% train-code
from ppo_lib.course import watch

live = preset("cartpole", seed=1, total_steps=50_000, ent_coef=0.01)
models = [
    kind(*spaces, (64, 64), torch.Generator().manual_seed(1)) for kind in (YourModel, OneBody)
]
runs = {
    label: train(live, models[0], value_loss=your_value_loss, progress=False),
    text("plot.one_body"): train(live, models[1], progress=False),
}
runs = watch(runs, solved_at=475)

# %% [markdown] name="train-what"
# **What to see.** With two networks the return climbs within 20,000 to 30,000 steps; with one body and this $c_1$ it hardly does. From the curve alone
# you might think the second has a bug. It has none: only a coefficient that fits other tasks.

# %% [markdown] name="bug"
# ## 11. Exercise 6: a planted bug
#
# In this program the critic's output is used as it comes, `(B, 1)`, while `returns` is `(B,)`. It runs without an error, and the loss
# goes down, for a while. Find out what it computes, and repair the function for values of shape `(B, 1)`.


# %% buggy
def broadcast_value_loss(values, returns, old_values):
    return ((values - returns) ** 2).mean()


values, returns = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([1.0, 2.0, 3.0])
broadcast_value_loss(values, returns, None)  # a critic that knows all


# %% exercise-bug
def repaired_value_loss(
    values: torch.Tensor, returns: torch.Tensor, old_values: torch.Tensor
) -> torch.Tensor:
    ### BEGIN SOLUTION
    return ((values.squeeze(-1) - returns) ** 2).mean()
    ### END SOLUTION


# %% check-bug tags=["nbval-check-output"]
check("repaired_value_loss", repaired_value_loss)

# %% [markdown] name="hint-bug"
# <details><summary>Hint</summary>
#
# Print `(values - returns).shape`. How many differences are there, and how many should there be? What would a critic say that makes *all* of them
# small?
#
# </details>

# %% [markdown] name="popular"
# ## 12. What popular tutorials get wrong here
#
# | one reads | what you measured | where |
# |---|---|---|
# | a log-probability is at most 0 | not for continuous actions: a density may exceed 1 | section 3 |
# | the clipped action goes into the batch | the mean of its $\nabla \log \pi$ is not 0: the gradient is biased | section 3 |
# | the entropy bonus makes an agent explore | a little of it keeps it from deciding too soon; much of it is a bias | sections 5 and 6 |
# | $c_1$ balances actor and critic | where they share a body; two networks under Adam hardly notice it | section 7 |
# | the small last layer is vital | it fixes where the search begins; the effect depends on the task | section 8, lesson 07 |

# %% [markdown] name="summary"
# ## Summary
#
# $$L = -\left(L^\text{CLIP} - c_1 L^\text{VF} + c_2 H\right)$$
#
# The **actor** turns observations into logits, or into a mean, and so into a distribution. Log-probabilities of several dimensions add up.
# The **critic** learns the λ-return by least squares. The **entropy** keeps a policy from deciding too soon, at a price.
#
# **Recall.** Answer aloud, then unfold.
#
# <details><summary>1. The logits of two actions are 3 and 3. What are the probabilities, and what is the entropy?</summary>
#
# One half each, and log 2 = 0.69 nats.
#
# </details>
#
# <details><summary>2. Why sum log-probabilities over a robot's joints?</summary>
#
# The joints are drawn independently, so the density of the whole action is a product.
#
# </details>
#
# <details><summary>3. Which action is stored: the one that was drawn, or the one that the environment got?</summary>
#
# The one that was drawn. Its log-probability is the policy's.
#
# </details>
#
# <details><summary>4. Give the three signs in the loss.</summary>
#
# Minus the surrogate, plus c₁ times the value loss, minus c₂ times the entropy.
#
# </details>
#
# <details><summary>5. When does c₁ matter?</summary>
#
# When actor and critic share weights (or a limit on the norm of one gradient).
#
# </details>

# %% [markdown] name="open-questions"
# **To think about.** A Gaussian whose σ does not depend on the state: what can't such a policy learn? And the bonus rewards entropy in the
# states of the batch. What would change if entropy were part of the *reward*, discounted like the rest?

# %% [markdown] name="sources"
# ## Sources
#
# - Schulman et al., "Proximal Policy Optimization Algorithms", 2017, arXiv:1707.06347: equation 9 (the total loss).
# - Mnih et al., "Asynchronous Methods for Deep Reinforcement Learning", 2016, arXiv:1602.01783: section 4 (actor and critic with one body, the
#   entropy bonus); Williams and Peng, 1991, had it first.
# - Andrychowicz et al., "What Matters In On-Policy Reinforcement Learning?", 2020, arXiv:2006.05990: section 3.2 (the last layer).
# - Huang et al., "The 37 Implementation Details of Proximal Policy Optimization", 2022: initialisation, and continuous actions.
# - Haarnoja et al., "Soft Actor-Critic", 2018, arXiv:1801.01290: entropy as part of the return.
