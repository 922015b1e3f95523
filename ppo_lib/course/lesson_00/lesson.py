# ---
# jupyter:
#   edition: 00_start_here
# ---

# %% [markdown] name="title"
# # 00 · Start here: what does PPO do?
#
# In a few minutes a program will learn to balance a pole, from nothing, while you watch. The
# method is Proximal Policy Optimization, PPO. This course builds it, part by part, until you can
# write it from an empty file.
#
# **Where we stand.** The course has three parts, one upon the other: the *intuition* (why a step must
# be small), the *mechanism* (how PPO keeps it small) and the *algorithm* (all of it together). This
# lesson comes before them and looks at the finished whole.
#
# **Afterwards you can** say what an agent, a policy and a return are, describe one iteration of
# PPO, and predict what happens when its one famous setting is far too small or far too large.
#
# **You need** Python. No reinforcement learning. **Time:** 20 minutes. **To run a cell**, click
# it and press Shift + Enter.

# %% [markdown] name="task"
# ## 1. The smallest example, by hand
#
# A cart stands on a track, with a pole hinged to it. Every fiftieth of a second you choose one of
# two *actions*: push left (0) or push right (1). Each step earns a *reward* of 1. The *episode*
# ends when the pole leans more than 12 degrees, when the cart leaves the track, or after 500
# steps. What you see of it, the *observation*, is four numbers:

# %% observation
import gymnasium as gym

env = gym.make("CartPole-v1")
observation, _ = env.reset(seed=1)
observation  # cart position (m), its velocity (m/s), pole angle (rad), its velocity (rad/s)

# %% [markdown] name="predict-push-right"
# The *return* of an episode is the sum of its rewards. Here that is the number of steps until the
# end: a pole that falls at step 30 has a return of 30.
#
# **Predict.** You push right, always. Is the return nearer to 10, 50 or 200?

# %% push-right
env.reset(seed=1)
episode_return, ended = 0.0, False
while not ended:
    observation, reward, terminated, truncated, _ = env.step(1)
    episode_return += reward
    ended = terminated or truncated
episode_return

# %% [markdown] name="policy"
# Nine. The cart shoots off to the right from under the pole, which falls to the left in a fifth
# of a second.
#
# ## 2. An agent is a policy
#
# Whatever chooses the actions is called the *agent*. Ours is a *policy*: a rule that says, for each
# observation, how likely each action is. An action is then drawn with these probabilities. The
# policy is a small neural network, four numbers in, two probabilities out. Before training its
# weights are random, and such that it prefers nothing.

# %% untrained
import torch

from ppo_lib.config import preset
from ppo_lib.training import evaluate, make_model, train

config = preset("cartpole", seed=2, total_steps=60_000)
untrained = make_model(config)
untrained.policy(torch.as_tensor(observation)).probs.detach()

# %% [markdown] name="predict-untrained"
# **Predict.** This policy tosses a coin at every step. What is its mean return, over 100
# episodes: less than pushing right, about the same, or more?

# %% evaluate-untrained
untrained_returns = evaluate(untrained, config.env_id, num_episodes=100)
untrained_returns.mean().item()

# %% [markdown] name="four-steps"
# More: pushes to both sides cancel in part, so the pole stands a little longer. It is still far
# from 500.
#
# ## 3. The agent learns
#
# Nobody tells PPO what a pole is, or which push was right. It has the observations and the rewards,
# and improves the policy in *iterations* of four steps:
#
# 1. **Collect.** The policy acts in 32 copies of the task, 32 steps in each: 1,024 *samples*.
# 2. **Judge.** Did each action turn out better or worse than expected there? That number is its
#    *advantage*. (What to expect is learnt too, by a second network; lessons 05 and 06.)
# 3. **Update.** Make the better actions likelier and the worse ones less likely, and not by much.
# 4. **Forget.** The new policy acts differently and gets into other situations; these samples no
#    longer show what *it* does. Throw them away.

# %% [markdown] name="the-agent-learns"
# Gymnasium, which made this task, calls it solved at a mean return of 475. The cell below runs
# iterations until the last 20 episodes to end reach that, and draws three curves as it goes. We
# allow 60,000 steps, counted over all 32 copies.
#
# **Predict.** Will it need a few hundred of them, a few thousand, or more than ten thousand?

# %% train
from ppo_lib.course import show_episodes, watch

records = watch(train(config, progress=False), solved_at=475)

# %% [markdown] name="what-to-see"
# Tens of thousands, in a few seconds: eight to twenty minutes of balancing, if it were real. **What
# to see**:
#
# - **Episode return** climbs from about 20 to 500, the longest possible. A point is the mean of the
#   episodes that ended in an iteration; later on, as they grow long, these are few.
# - **Approximate KL** (Kullback-Leibler divergence) says how far the policy has moved from the one
#   that collected the samples, averaged over the update. 0 is not at all; 0.01 is a coin that has
#   gone from 50% to 57%. (Nats are its unit, as bits are for base 2.) Each policy stays close, or
#   *proximal*, to the one before.
# - **Clip fraction** is the share of samples whose action has become likelier or less likely by more
#   than PPO's limit, here 20%, averaged over the update. Section 5 is about that limit.
#
# Both swing, and mostly they are smaller late than early. One reason is that the size of a gradient
# step is lowered evenly, to reach 0 after 60,000 environment steps.

# %% [markdown] name="watch-it"
# ## 4. Watch it
#
# Here is one episode before training and one after, from the same start, cut after 250 steps. Both
# agents still draw their actions at random from their policies; after training, the
# probabilities are the right ones.

# %% films
show_episodes(config.env_id, seed=2, untrained=untrained, trained=records[-1].model)

# %% [markdown] name="clip-range"
# ## 5. The setting that the course turns around
#
# "Not by much" has a number in PPO: the *clip range* ε, 0.2 above. In one update, making a good
# action likelier counts in PPO's favour up to a factor of 1 + ε, and a bad one less likely down to
# 1 − ε; beyond that there is nothing to gain. So at ε = 0.2, moving a good action from a probability
# of 0.50 to 0.60 pays; moving it further does not. From 1 − ε to 1 + ε is called the *band*. It is no
# wall: a gradient step has a length, and it moves many actions at once, some of them out.
#
# Choose another ε with the slider: drag it, or click it and use the arrow keys. The cell under it
# trains two agents side by side, one with ε = 0.2 (the run of section 3 again, for the same seed gives
# the same run) and one with yours. A run ends once it is solved.
#
# **Predict.** With ε = 0.02, what will the return and the KL do? And the clip fraction, the share of
# samples outside a band that is now ten times as narrow?

# %% clip-slider
import ipywidgets as widgets

clip_slider = widgets.SelectionSlider(
    options=[0.01, 0.02, 0.05, 0.1, 0.5, 1.0], value=0.02, description=r"$\varepsilon$"
)
clip_slider

# %% compare
from dataclasses import replace

pair = {}
for clip_range in (0.2, clip_slider.value):
    settings = replace(config, seed=2, clip_range=clip_range)
    pair[f"ε = {clip_range}"] = train(settings, progress=False)
pair = watch(pair, solved_at=475)

# %% [markdown] name="things-to-try"
# The KL lies on the ground and the return creeps: safe, and slow. The clip fraction is *higher*: a
# band so narrow is left after a gradient step or two.
#
# **Three things to try.** Move the slider, predict, and run the cell under it again.
#
# <details><summary>ε = 1: what will the KL do, and the return?</summary>
#
# Hardly anything can be clipped now: the band reaches from 0 to 2, and an action of 50% cannot become
# more than twice as likely. The KL shoots up to many times what it was. It comes down again later: a
# policy that nearly always does the same has little left to change, and the gradient steps shrink.
# The return rises at first, then mostly stalls or falls.
#
# </details>
#
# <details><summary>ε = 0.1: is half the usual limit already too careful?</summary>
#
# No: it learns about as fast, and no less surely. 0.2 is what the paper found best on other tasks;
# it is no law.
#
# </details>
#
# <details><summary>Another seed: change <code>seed=2</code> in the cell, for the same ε. What stays?</summary>
#
# The seed starts all that is random: weights, first positions, actions. At 0.02 the return creeps up
# much the same way. At 1 it depends most on luck.
#
# </details>

# %% [markdown] name="five-seeds"
# One run is an anecdote. So let us train 15 agents at once: three ε, and five seeds of each. A thin
# line is an agent, a thick one the median of the five, and the shade around it holds the middle half.
# This takes ten to twenty seconds.
#
# **Predict.** In which order will the three medians stand half-way, and at the end?

# %% five-seeds-sweep
from ppo_lib.beyond.population import train_many
from ppo_lib.config import grid
from ppo_lib.course import watch_sweep

agents = grid(config, clip_range=[0.02, 0.2, 1.0], seed=range(5))
history = watch_sweep(train_many(agents, progress=False), agents, by="clip_range")

# %% [markdown] name="five-seeds-what"
# **What to see.** With ε = 0.2 the median is at the top at half of the steps or soon after. With
# 0.02 the five agents creep, much alike until half-way, and most get there in the end. With 1 they
# rise first, then stall, and half-way their median is the lowest; most never reach the top, and some fall
# back, now and then to 9, the return of always pushing to one side.

# %% [markdown] name="exercise"
# ## 6. How exercises work
#
# An exercise is a cell with dots in it. Replace the dots, run the cell, then run the check below
# it. A check does not only say whether you are right: it tries to say *which* mistake it sees.
# Leave an exercise open and the rest of the lesson still runs. Give wrong answers on purpose; it
# is the quickest way to find out what a check knows.
#
# **Exercise 1.** The *ratio* of an action is its new probability divided by its old one; 1 means that
# nothing has changed. Write the function that holds a ratio inside the band from 1 − ε to 1 + ε. One
# inside comes back as it is; one outside comes back as the nearest edge. So with ε = 0.2, 1.5
# becomes 1.2, 0.5 becomes 0.8, and 1.1 stays 1.1.


# %% exercise-stay-in-band
def stay_in_band(ratio: float, clip_range: float) -> float:
    ### BEGIN SOLUTION
    lower, upper = 1 - clip_range, 1 + clip_range
    return max(lower, min(ratio, upper))
    ### END SOLUTION


# %% check-stay-in-band tags=["nbval-check-output"]
from ppo_lib.course import check

check("stay_in_band", stay_in_band)

# %% [markdown] name="hints"
# <details><summary>Hint 1</summary>
#
# Work out the two edges first, and give them names.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `min(a, b)` is the smaller of two numbers. Of the ratio and the upper edge, which one do you want
# when the ratio is too large? The same question at the lower edge needs the other function.
#
# </details>

# %% [markdown] name="after-exercise"
# This is all that "clip" means in PPO. Why it is put where it is, and what it does not do, is
# lesson 04.

# %% [markdown] name="uses"
# ## 7. Where PPO is used
#
# | what learnt | what the policy controls | source |
# |---|---|---|
# | a team that beat the world champions at Dota 2 | five heroes of a video game | Berner, 2019 |
# | a robot hand that turns a block to a wanted side | 20 joints | OpenAI, 2018 |
# | a four-legged robot that walks, trained in minutes | 12 motors | Rudin, 2021 |
# | a drone that won races against human champions | thrust and turn rates | Kaufmann, 2023 |
# | InstructGPT, a language model that follows instructions | the next token | Ouyang, 2022 |
#
# The tasks differ in everything: what is seen, what is done, how long it takes. The update that
# you are going to write is the same in all of them, up to details that the course names.

# %% [markdown] name="map"
# ## 8. The map of the course
#
# | lesson | the question that it answers | layer |
# |---|---|---|
# | 01 policy collapse | Why is a big step dangerous? | intuition |
# | 02 trust regions | How far may a step go? | intuition |
# | 03 the probability ratio | How can old data judge a new policy? | mechanism |
# | 04 clipping | What does the clip do, and what does it not do? | mechanism |
# | 05 advantages | How good was this action? | algorithm |
# | 06 actor and critic | What do the two networks learn? | algorithm |
# | 07 the whole of PPO | How do the parts make an agent? | algorithm |
# | 08 reading the curves | Is it learning, and if not, why? | algorithm |
#
# So far 01 to 07 are written; 08 is to come. What a lesson claims it measures, nearly always in a
# cell that you can run. The parts of PPO that you will write
# are those of `ppo_lib`, the small library behind the course: it trains agents with yours as it
# does with its own.

# %% [markdown] name="summary"
# ## Summary
#
# A **policy** gives each action a probability. PPO lets it act, **judges** every action by its
# advantage, and **changes** the probabilities, with nothing to gain from changing one by more than
# a factor of 1 ± ε; then it collects again. If the **clip range** ε is too small, learning is
# slow; if it is too large, a step can destroy what was learnt.
#
# **Recall.** Answer aloud, then unfold.
#
# <details><summary>1. What is the return of an episode?</summary>
#
# The sum of its rewards; in this task, the number of its steps.
#
# </details>
#
# <details><summary>2. What is an agent, and what does a policy say?</summary>
#
# The agent is what chooses the actions. Its policy says, for each observation, how likely each
# action is.
#
# </details>
#
# <details><summary>3. What are the four steps of an iteration?</summary>
#
# Collect, judge, update, forget.
#
# </details>
#
# <details><summary>4. Why are the samples thrown away?</summary>
#
# They show what the old policy did. The new one acts differently and gets into other situations.
#
# </details>
#
# <details><summary>5. What do KL and return do if ε is far too small? If it is far too large?</summary>
#
# Too small: the KL stays near 0, and the return rises slowly. Too large: the KL shoots up, and the
# return rises and falls, or stalls.
#
# </details>

# %% [markdown] name="to-think-about"
# **To think about.** If a small step is safe, why not take a tiny one and wait? And why is it the
# *probabilities* whose change is limited, and not the network's weights?

# %% [markdown] name="sources"
# ## Sources
#
# - Schulman et al., "Proximal Policy Optimization Algorithms", 2017, arXiv:1707.06347: the method;
#   Algorithm 1 is the iteration of section 3.
# - Barto, Sutton and Anderson, "Neuronlike adaptive elements that can solve difficult learning
#   control problems", 1983: the cart and the pole.
# - Berner et al., "Dota 2 with Large Scale Deep Reinforcement Learning", 2019, arXiv:1912.06680.
# - OpenAI et al., "Learning Dexterous In-Hand Manipulation", 2018, arXiv:1808.00177.
# - Rudin et al., "Learning to Walk in Minutes Using Massively Parallel Deep Reinforcement
#   Learning", 2021, arXiv:2109.11978.
# - Kaufmann et al., "Champion-level drone racing using deep reinforcement learning", 2023,
#   Nature 620.
# - Ouyang et al., "Training language models to follow instructions with human feedback", 2022,
#   arXiv:2203.02155.
