"""The one table of strings that figures, widgets and checks show.

Lessons and modules never draw a literal word: they ask for it by key, so that an
edition in another language needs one more table and no change to any code.
"""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: dict[str, str] = {
    # Quantities, as axis labels: the name, and the unit in brackets.
    "axis.env_steps": "environment steps (thousands)",
    "axis.episode_return": "episode return (reward)",
    "axis.approx_kl": "approximate KL (nats)",
    "axis.epoch": "epoch",
    "axis.ratio": "probability ratio r",
    "axis.samples": "samples (count)",
    "axis.clip_fraction": "clip fraction (share of samples)",
    "axis.recent_return": "return, mean of last {num_episodes} episodes (reward)",
    "axis.policy_loss": "policy loss (in A's unit)",
    "axis.value_loss": "value loss (reward²)",
    "axis.entropy": "entropy (nats)",
    "axis.dead_fraction": "samples without a gradient (share)",
    "axis.grad_norm": "norm of the gradient",
    "axis.explained_variance": "explained variance (share)",
    "axis.learning_rate": "learning rate",
    "axis.true_return": "true return J (reward)",
    "axis.logit": "θ (always left at −8, always right at 8)",
    "axis.batches": "batches of four episodes (count)",
    "axis.gradient_estimate": "estimate of the gradient (reward)",
    "axis.step_size": "step size α",
    "axis.reached": "agents that reach the goal (share)",
    "axis.steps_needed": "gradient steps to the goal (median)",
    "axis.arrivals": "episodes at the goal (share)",
    "axis.iteration": "iteration",
    "axis.estimates": "estimates of the mean from 100 throws (500 times)",
    "axis.kl": "KL from the old policy (nats)",
    "axis.effective_share": "effective share of the batch",
    "axis.position": "position",
    "axis.visits": "steps of an episode",
    "axis.turn": "how sharply the policy turns back",
    "axis.return": "return (reward)",
    "axis.promise": "surrogate (in A's spread)",
    "axis.action": "action",
    "axis.change": "change Δ of θ",
    "axis.cg_iteration": "iteration of conjugate gradient",
    "axis.relative_error": "relative error of the solution",
    "axis.num_parameters": "weights of the policy (count)",
    "axis.update_ms": "time of an update (ms)",
    "axis.step_kl": "KL of a step (nats)",
    "axis.lean": "lean θ₁",
    "axis.slope": "slope θ₂",
    "axis.old_policy": "old policy (lean, slope)",
    "axis.kl_of_solution": "KL of the solution (nats)",
    # Settings, with the paper's symbol where it has one.
    "setting.env_id": "environment",
    "setting.seed": "seed",
    "setting.total_steps": "environment steps",
    "setting.num_envs": "environments N",
    "setting.num_steps": "rollout steps T",
    "setting.num_epochs": "epochs K",
    "setting.minibatch_size": "minibatch size M",
    "setting.gamma": "discount γ",
    "setting.gae_lambda": "GAE's λ",
    "setting.learning_rate": "learning rate",
    "setting.anneal_learning_rate": "learning rate annealed",
    "setting.adam_eps": "Adam's epsilon",
    "setting.clip_range": "clip range ε",
    "setting.vf_coef": "value coefficient c₁",
    "setting.ent_coef": "entropy coefficient c₂",
    "setting.max_grad_norm": "gradient norm at most",
    "setting.normalize_advantages": "advantages normalised over",
    "setting.hidden_sizes": "hidden layers",
    "setting.value": "{name} {value}",
    "setting.yes": "yes",
    "setting.no": "no",
    # The cliff.
    "cliff.bait": "bait {reward:g}",
    "cliff.goal": "goal {reward:g}",
    # Training.
    "train.bar": "mean return of the last 100 episodes {episode_return:.1f}",
    # Pictures of training.
    "plot.solved_at": "{solved_at:g}",
    "plot.surrogate": "objective of one sample, A = {advantage:+g}",
    "plot.unclipped": "r A",
    "plot.clipped": "clip(r) A",
    "plot.objective": "the smaller of the two",
    "plot.inside": "inside the band: {share:.0%}",
    "plot.alive": "outside, with a gradient: {share:.0%}",
    "plot.right_way": "outside, the right way: {share:.0%}",
    "plot.wrong_way": "outside, the wrong way: {share:.0%}",
    "plot.dead": "outside, no gradient: {share:.0%}",
    "plot.share_outside": "outside the band (share of samples)",
    "plot.share_dead": "outside, no gradient (share of samples)",
    "plot.step": "how far along the update (0: before, 1: after)",
    "plot.l_cpi": "unlimited: mean of r A",
    "plot.l_clip": "$L^{CLIP}$",
    "plot.true_return": "true mean return (reward)",
    "plot.surrogates": "surrogates (in standard deviations of A)",
    "plot.some_diverged": "{count} of {num_agents} diverged",
    "plot.count_diverged": "{count} diverged",
    "plot.count_diverged_short": "({count})",
    "plot.count_diverged_key": "(n): n diverged",
    "plot.no_agent": "–",
    "plot.final_return": "median final return (reward)",
    "run.yours": "your function",
    "run.yours_wrong": "your function (the check objects)",
    "run.reference": "the course's function (yours does not run yet)",
    "run.planted": "with max for min",
    "run.only": "PPO",
    "run.trpo": "TRPO",
    "film.untrained": "untrained",
    "film.small_step": "step size 0.1",
    "film.large_step": "step size 3",
    "film.trained": "trained",
    "film.steps": "{caption}: {num_steps} steps",
    "alt.ratios_no_limit": (
        "Histogram of 1,024 ratios after ten epochs without a limit: one heap near 0, one near 2, "
        "few between 0.8 and 1.2."
    ),
    "alt.ratios_clipped": (
        "Histogram of 1,024 ratios after an update of PPO: a broad block around 1 that reaches "
        "beyond the band from 0.8 to 1.2; of those outside, over half have no gradient."
    ),
    "alt.surrogate": (
        "The objective of one sample against its ratio. For advantage 1 it rises with the ratio "
        "and is flat above 1.2; for advantage -1 it is flat below 0.8 and falls from there on."
    ),
    "alt.shares": (
        "Share of samples after each of ten epochs, ten seeds and their median. Left, outside the "
        "band: it swings between 0 and 0.3. Right, with no gradient: the same shape, "
        "a little over half as high."
    ),
    "alt.walk": (
        "Left, along the walk from 0 to 6: the unlimited surrogate rises until 3 or 4, L^CLIP "
        "turns down at 1 and falls below 0. Right, the true mean return: it rises to its top near "
        "4 and falls after that."
    ),
    "alt.cliff": (
        "A corridor from the side: position 0 lies beyond the edge of a cliff, with a bait of 0.2; "
        "the agent stands at 1; a flag at position 8 marks the goal, worth 1."
    ),
    "alt.true_return": (
        "The true return over theta: flat at 0.2 for theta below about minus 1, rising from "
        "minus 0.5, and flat at 1 from about 4 on. A dot marks theta = 0, at 0.29, at the foot of "
        "the rise."
    ),
    "alt.estimates": (
        "Histogram of estimates from batches of four episodes. A single high bar at minus 0.1 "
        "holds about 60 percent; a few bars at about 0.8, 1.7 and 2.6 hold the rest. The exact "
        "gradient, 0.33, lies where there is hardly a batch."
    ),
    "alt.step_sizes": (
        "Left: the share of agents that reach the goal, by step size. With the exact gradient all "
        "do but for the smallest step; with REINFORCE nearly all at 0.03 and 0.1, and about half "
        "from 1 on. Right: the number of gradient steps until agents first reach it falls in "
        "proportion as the step size grows, down to one or two."
    ),
    "alt.collapse": (
        "Return, share of episodes at the goal and norm of the gradient over 300 iterations, for "
        "agents with a step size of 10. Those that collapsed have a return of 0.2, no episode at "
        "the goal in the median, and a gradient that drops to about 0.0001; the others a return of "
        "1 and a gradient that drops too."
    ),
    "alt.baseline": (
        "The share of agents that reach the goal, by step size, with and without a baseline. "
        "Without, it falls from 0.3 on; with it, nearly all reach the goal up to a step size "
        "of 3, and eight to nine in ten beyond. Right: the gradient steps until agents first "
        "reach it, falling alike, with the baseline somewhat above."
    ),
    "alt.dice": (
        "Estimates for four dice from throws of the fair one, each column around its true mean: "
        "3.5, 3.75, 4.5 and 6. Their spread grows from column to column."
    ),
    "alt.effective_sizes": (
        "The effective share of a batch over the KL, for three tasks: nearly 1 up to a KL of 0.01, "
        "about two thirds at 0.3. Then CartPole levels off at a half and Acrobot at a third, "
        "while Pendulum falls towards 0, along the line exp(-2 KL) at first and above it later."
    ),
    "alt.visits": (
        "Left: steps of an episode at each position. The coin's are near the cliff and few; the "
        "new policy's are many, around the middle. Right: the surrogate rises from 0.29 to "
        "0.47 along the way to that policy, while the true return falls to 0.03."
    ),
    "alt.reuse": (
        "Three curves over ten epochs on one batch of Pendulum, for eight seeds: what the "
        "surrogate promises rises, the effective share of the batch falls from 1, and the "
        "return falls, in most seeds by hundreds."
    ),
    "alt.gaussians": (
        "Two pairs of Gaussians whose means differ by 1. With a spread of 0.5 a third of them "
        "overlaps, KL 2; with a spread of 5 they are nearly the same, KL 0.02."
    ),
    "alt.bowl": (
        "The KL over the change of theta, with the parabola that touches it at 0. At theta = 0 "
        "both agree up to about 1 and the parabola is higher beyond. At theta = 5 the KL rises "
        "slowly to the right, and to the left far above the parabola."
    ),
    "alt.cg": "The relative error of conjugate gradient falls by four orders in four steps.",
    "alt.costs": (
        "Time of an update over the number of weights, both axes logarithmic. TRPO's line runs "
        "some tens of times above the gradient step's, in parallel; forming the matrix "
        "starts near TRPO, rises far more steeply and is drawn for the three smallest networks."
    ),
    "alt.step_kl": (
        "Left: the KL of each step, for three runs, all under the limit of 0.01, most of them "
        "above half of it. Right: the returns of these runs, up and down, and none near 0 again."
    ),
    "alt.limits": (
        "Left: a map of what the surrogate promises around the coin, with the line of KL 0.05; "
        "the solutions of constraint and penalty lie close together on it. Right: the KL of the "
        "solution from five old policies: the same for the constraint, for the penalty a sixth to "
        "twice as much."
    ),
    "alt.training": (
        "Three panels against environment steps: "
        "mean episode return, approximate KL, clip fraction."
    ),
    "alt.training_run": (
        "{label}: after {env_steps} steps the last 20 episodes have a mean return of "
        "{episode_return:.0f}."
    ),
    "alt.sweep": (
        "Lines against environment steps: {quantity}. Each is the median over some agents, in a "
        "band from the lower to the upper quartile; thin lines, where there are any, are agents."
    ),
    "alt.sweep_line": "{label} ends at {median}, quartiles {lower} and {upper}.",
    "alt.sweep_line_open": (
        "{label} ends at {median}, upper quartile {upper}; the lower one is among the diverged."
    ),
    "alt.sweep_line_short": "{label} stops at {median} after {env_steps} steps.",
    "alt.sweep_line_none": "{label} has no line.",
    "alt.heat_map": "Heat map: {label}.",
    "alt.heat_map_columns": "Columns from left to right: {columns}.",
    "alt.heat_map_row": "{row}: {cells}.",
    "alt.heat_map_only_row": "{cells}.",
    "alt.heat_map_no_agent": "no agent",
    "alt.heat_map_no_number": "no number",
    "alt.episode": "Film of one episode, {caption}: it lasts {num_steps} steps.",
    "alt.episodes": "One episode of each agent side by side, from the same start: {captions}.",
    # Checks: what every exercise may say.
    "check.right": "Right",
    "check.wrong": "Not yet",
    "check.error": "Not yet",
    "check.unanswered": "Not answered yet",
    "check.fill_in": "Replace the dots in {name} above, run that cell, then this one again.",
    "check.not_callable": (
        "The check takes the function {name} itself, without brackets behind it; it got {got}."
    ),
    "check.elementwise": (
        "Python's min, max and if look at a single number. For a tensor take torch.min, torch.max, "
        "torch.where or clamp, which look at each element."
    ),
    "check.plain_number": (
        "What you pass on there is one of Python's own numbers, not a tensor: math has the same "
        "functions for it."
    ),
    "check.blank_helper": "Does it call a function of yours that is still blank?",
    "check.raised": "Your function stopped with {error}",
    "check.line": "in the line:  {line}",
    "check.returns_none_here": (
        "For this input {name} returns nothing, though it does for others. Which branch lacks a "
        "return?"
    ),
    "check.returns_none": "{name} returns nothing. Is its return missing?",
    "check.wrong_type": "The result has a type that is not a number or a tensor: {got}.",
    "check.wrong_shape": "The result has shape {got}, and {expected} was expected.",
    "check.opposite_sign": "The size is right and the sign is not: you return the negative.",
    "check.multiple": "You return {factor} times what was expected.",
    "check.wrong_value": "The value differs; here is the first input on which it does.",
    "check.no_gradient": (
        "The value is right, but no gradient flows through it: "
        "is there a detach, an item or a no_grad on the way?"
    ),
    "check.wrong_gradient": "The value is right, but its gradient is not.",
    "check.input": "input:     {arguments}",
    "check.expected": "expected:  {value}",
    "check.got": "got:       {value}",
    "check.expected_gradient": "gradient expected:  {value}",
    "check.got_gradient": "gradient got:       {value}",
    "check.first_of": "{values} and so on, {count} numbers",
    # Checks: lesson 00.
    "check.stay_in_band.right": (
        "Below the band, inside it, above it and on its edges, your function does what the clip "
        "in PPO does."
    ),
    "check.stay_in_band.min_max_swapped": (
        "Whatever goes in, the lower edge comes out: have min and max, or the two edges, changed "
        "places? To hold a number below the upper edge, take the smaller of the two."
    ),
    "check.stay_in_band.max_min_swapped": (
        "The two edges have changed places: whatever goes in, the upper edge comes out. Which of "
        "them must the result not exceed?"
    ),
    "check.stay_in_band.around_0": (
        "Your band lies around 0. A ratio of 1 means that nothing has changed; the band lies "
        "around that."
    ),
    "check.stay_in_band.no_low": (
        "The upper edge holds, the lower one does not: try a ratio of 0.5."
    ),
    "check.stay_in_band.no_high": (
        "The lower edge holds, the upper one does not: try a ratio of 1.5."
    ),
    "check.stay_in_band.width_for_edge": (
        "Outside the band your function returns the clip range itself. The edges of the band are "
        "that far from 1."
    ),
    "check.stay_in_band.back_to_1": (
        "A ratio outside the band comes back as 1. It should stop at the nearest edge."
    ),
    "check.stay_in_band.fixed_width": (
        "The band is right for a clip range of 0.2 and for no other: a 0.2 is written into the "
        "function where clip_range belongs."
    ),
    "check.stay_in_band.unchanged": (
        "The ratio comes back as it went in, also from outside the band: try 1.5 and 0.5."
    ),
    # Checks: lesson 01.
    "check.score.right": (
        "Values agree for every episode tried. The score is 0 on average, whatever p is: a policy "
        "learns from it only because good and bad episodes weigh it differently."
    ),
    "check.score.negative": (
        "The sign is turned: a step along yours makes the actions that were taken less likely."
    ),
    "check.score.mean": (
        "You take the mean over the steps. The logarithm of a product is a sum, and so is its "
        "derivative."
    ),
    "check.score.by_p": (
        "This is the derivative by p. The parameter is theta, and p depends on it: the chain rule "
        "has one more factor."
    ),
    "check.score.by_p_rights_only": (
        "This is the derivative by p, of the steps to the right alone. The parameter is theta, and "
        "a step to the left has a probability too."
    ),
    "check.score.by_p_lefts_up": (
        "You add up 1 over the probability of each action taken: the derivative by that "
        "probability. The parameter is theta; how does it change the probability of going left?"
    ),
    "check.score.rights_only": (
        "Only the steps to the right count. A step to the left has a probability too, and theta "
        "changes it."
    ),
    "check.score.lefts_only": (
        "Only the steps to the left count. A step to the right has a probability too, and theta "
        "changes it."
    ),
    "check.score.lefts_up": (
        "The sizes are right, the sign of a step to the left is not. Does a step to the left "
        "become more likely when theta grows?"
    ),
    "check.score.lefts_like_rights": (
        "A step to the left has the slope of a step to the right, with a minus. Differentiate its "
        "own log-probability."
    ),
    "check.score.last_step": "Only the last step counts. The sum goes over all of them.",
    "check.score.first_step": (
        "Only the first step counts. If you wrote a loop: does the function return inside it?"
    ),
    "check.score.log_prob": (
        "This is the sum of the log-probabilities itself. Its derivative by theta is asked for."
    ),
    "check.score.no_log": (
        "This adds up the derivatives of the probabilities. The score has those of their "
        "logarithms."
    ),
    "check.score.no_p": (
        "You count steps to the right less steps to the left, whatever p is. How much can log pi "
        "still grow where p is close to 1?"
    ),
    "check.score.rights": (
        "You count the steps to the right, whatever p is. How much can log pi still grow where p "
        "is close to 1?"
    ),
    "check.score.p_once": (
        "p enters once for the whole episode. Try two equal steps: their score should be twice "
        "that of one."
    ),
    "check.score.each_step": (
        "A number for each step is right so far. The score of an episode is a single number."
    ),
    "check.score.sigmoid_twice": (
        "The slope of the sigmoid, p (1 - p), is one factor too many. Differentiate log p by theta "
        "step by step: where does that factor go?"
    ),
    "check.score.p_for_theta": (
        "You put right through a sigmoid. It is a probability already, and not theta."
    ),
    "check.score.left_for_right": (
        "You take right for the probability of going left. It is that of action 1."
    ),
    "check.score.actions_swapped": (
        "The actions have changed places: 1 is a step to the right and 0 one to the left."
    ),
    "check.reinforce_objective.right": (
        "Values and gradients agree. This is the function that trains the agents of this lesson."
    ),
    "check.objective.no_mask": (
        "Every column counts, also those behind the end of an episode. Which argument knows where "
        "an episode ends?"
    ),
    "check.objective.mask_upside_down": (
        "Only the columns behind the end of an episode count. In the mask, True is a step that was "
        "taken."
    ),
    "check.objective.mean_over_steps": (
        "Each episode is divided by its number of steps. The formula has a mean over the episodes, "
        "and over the steps?"
    ),
    "check.objective.mean_over_columns": (
        "A mean has gone over the T columns, as mean() of a whole matrix does. The formula has a "
        "mean over the episodes, and over the steps?"
    ),
    "check.objective.mean_over_all_steps": (
        "You divide by the number of all steps taken. The mean is one over episodes."
    ),
    "check.objective.usual_loss": (
        "This has the minus of a loss, and it divides by the number of all steps taken. The "
        "objective has no minus, and its mean is one over episodes."
    ),
    "check.objective.sum": (
        "You add the episodes up. With a sum, a batch twice as large takes a step twice as large; "
        "the formula has a mean."
    ),
    "check.objective.negative": (
        "The size is right and the sign is not. This is an objective, to be made large; the minus "
        "that turns it into a loss comes later."
    ),
    "check.objective.probabilities": (
        "An exp has turned the log-probabilities into probabilities. The formula has the "
        "logarithms."
    ),
    "check.objective.product": (
        "An exp has turned each sum into the probability of the whole episode. The formula has the "
        "sum itself."
    ),
    "check.objective.log_twice": (
        "You take the logarithm of log_probs. They are logarithms already, and negative, so that "
        "theirs is no number."
    ),
    "check.objective.everyone_everyones": (
        "Each episode is credited with the returns of the whole batch. Only its own belongs to it: "
        "look at the shapes of what you multiply."
    ),
    "check.objective.apart": (
        "This is the mean return times the mean of the sums, or the mean over all pairs of an "
        "episode and a return. An episode belongs to its own return: multiply those first."
    ),
    "check.objective.wrong_axis": (
        "The returns are laid along the steps, which runs only where K equals T. There is one "
        "return for each episode: which shape must it meet?"
    ),
    "check.objective.baseline": (
        "The mean return is subtracted. A baseline has an exercise of its own; here the return "
        "counts as it is."
    ),
    "check.objective.normalised": (
        "The returns have been moved to mean 0 and stretched to spread 1. Here they count as they "
        "are."
    ),
    "check.objective.no_returns": (
        "The returns do not enter: good and bad episodes are made more likely alike."
    ),
    "check.objective.detached": (
        "The value is right, but no gradient reaches log_probs: this policy could not learn. Where "
        "is it cut off?"
    ),
    "check.objective.last_step": (
        "Only the last step of each episode is credited. Those before it led there."
    ),
    "check.objective.no_mean": (
        "A number for each episode is right so far. The objective is their mean."
    ),
    "check.subtract_baseline.right": (
        "Their mean is 0 now, and the differences between the episodes are what they were."
    ),
    "check.subtract_baseline.unchanged": (
        "The returns come back as they went in: a batch of good episodes still pushes every action "
        "up."
    ),
    "check.subtract_baseline.divided": (
        "You divide by the mean. A baseline moves the returns and does not stretch them."
    ),
    "check.subtract_baseline.normalised": (
        "The mean is gone, and the spread is scaled to 1 as well. Here the returns are moved and "
        "not stretched."
    ),
    "check.subtract_baseline.normalised_too": (
        "The mean is gone, and the spread (of all K, without the -1) is scaled to 1 as well. Here "
        "the returns are moved and not stretched."
    ),
    "check.subtract_baseline.by_spread": (
        "The spread is scaled to 1, and the mean is still there. It should be the other way round."
    ),
    "check.subtract_baseline.added": (
        "The returns have moved the wrong way: their mean has doubled."
    ),
    "check.subtract_baseline.negative": (
        "The sign is turned: the best episode has the smallest weight."
    ),
    "check.subtract_baseline.sum": (
        "You subtract the sum of the returns, which grows with the batch. A baseline lies among "
        "them."
    ),
    "check.subtract_baseline.median": (
        "You subtract the median. That is a baseline too, and not the one that is asked for."
    ),
    "check.subtract_baseline.max": (
        "You subtract the largest return, so that no episode has a weight above 0. What does the "
        "formula subtract?"
    ),
    "check.subtract_baseline.min": (
        "You subtract the smallest return, so that no episode has a weight below 0. What does the "
        "formula subtract?"
    ),
    "check.subtract_baseline.leave_one_out": (
        "Each return is compared with the mean of the others: a fine baseline, even an unbiased "
        "one. Asked for is one number for the whole batch."
    ),
    "check.subtract_baseline.up_to_now": (
        "You subtract the mean of the episodes up to this one. The whole batch is there already."
    ),
    "check.subtract_baseline.distance": (
        "This is how far a return is from the mean. Being below it should show."
    ),
    "check.subtract_baseline.cut_at_0": (
        "Episodes below the mean count 0. What should a bad episode do to the actions in it?"
    ),
    "check.subtract_baseline.one_number": (
        "You return the mean of the differences, and that is always 0. Each episode keeps a number "
        "of its own."
    ),
    "check.subtract_baseline.mean_alone": (
        "This is the baseline itself. What is left of each return without it?"
    ),
    "check.repaired_objective.right": (
        "The bug is gone: every action of an episode is credited with what came of it."
    ),
    "check.repaired_objective.unchanged": (
        "Still only the last action of an episode is credited. Write down the weight of each step "
        "of an episode of three: which are 0?"
    ),
    "check.repaired_objective.before": (
        "Each step is credited with the rewards before it, which are all 0. An action can't have "
        "caused what came before it."
    ),
    "check.repaired_objective.so_far": (
        "Each step is credited with the rewards up to it, and columns behind the end count too. An "
        "action can't have caused what came before it."
    ),
    "check.repaired_objective.flipped": (
        "Your sums come out in reversed order, so that a step gets what belongs to another. If you "
        "flipped the rewards: what is flipped has to be flipped back."
    ),
    "check.repaired_objective.loop_too_short": (
        "Episodes that fill all T columns are credited with 0. Does your sum or your loop leave "
        "the last column out?"
    ),
    "check.repaired_objective.other_axis": (
        "The rewards are added over the episodes. Which axis holds the steps?"
    ),
    "check.repaired_objective.last_column": (
        "You look for the return in the last column. Where does the reward of an episode lie that "
        "ended earlier?"
    ),
    "check.repaired_objective.largest": (
        "You take the largest reward of an episode. Where the last one is negative, that is a 0."
    ),
    # Checks: lesson 02.
    "check.kl_categorical.right": (
        "Values agree for every shape tried. Yours is 0 where the policies agree, and above 0 "
        "elsewhere."
    ),
    "check.kl_categorical.reversed": (
        "Old and new have changed places, and a KL is not symmetric. Which of the policies has "
        "drawn the actions?"
    ),
    "check.kl_categorical.negative": (
        "The size is right and the sign is not: a KL is never below 0."
    ),
    "check.kl_categorical.weighted_by_new": (
        "The logarithm is right, its weights are not. Which of the policies has drawn the actions?"
    ),
    "check.kl_categorical.sum": (
        "You add the states up. A limit on that would depend on the size of the batch."
    ),
    "check.kl_categorical.mean_of_all": (
        "The mean has gone over the actions too, as mean() of a whole matrix does. The formula has "
        "a mean over the states, and over the actions?"
    ),
    "check.kl_categorical.largest": (
        "You take the state where the policy has changed most. TRPO's theory does so; its practice "
        "and this exercise take the mean."
    ),
    "check.kl_categorical.no_weights": (
        "Each action counts alike, however rare it is. What weighs the logarithms?"
    ),
    "check.kl_categorical.no_weights_mean": (
        "This is a plain mean of the logarithms over states and actions. What weighs an action, "
        "and is it a mean over them?"
    ),
    "check.kl_categorical.no_log": (
        "The logarithm is missing: yours is 1 where nothing has changed."
    ),
    "check.kl_categorical.bits": (
        "These are bits: the logarithm has base 2. A KL in nats has the natural one."
    ),
    "check.kl_categorical.decimal": "The logarithm has base 10. A KL in nats has the natural one.",
    "check.kl_categorical.of_logs": (
        "You divide the logarithms. The logarithm of a quotient is a difference of logarithms."
    ),
    "check.kl_categorical.half_distance": (
        "This is the total variation, half the sum of the differences. There is no logarithm in it."
    ),
    "check.kl_categorical.distance": (
        "This is the sum of the differences, whatever their sign. There is no logarithm in it."
    ),
    "check.kl_categorical.squares": (
        "These are squared differences. From 0.5 to 0.4 is as far in them as from 0.1 to 0; a KL "
        "tells the two apart."
    ),
    "check.kl_categorical.cross_entropy": (
        "This is the cross-entropy, which is not 0 where nothing has changed. What has to go from "
        "it?"
    ),
    "check.kl_categorical.entropy": "This is the old policy's entropy. The new one does not enter.",
    "check.kl_categorical.entropies": (
        "This is the difference of two entropies, and policies that do the opposite can have the "
        "same one. Look at the weights of the second logarithm."
    ),
    "check.kl_categorical.both_ways": (
        "You add the KL from old to new and that from new to old. One of them is asked for."
    ),
    "check.kl_categorical.both_ways_halved": (
        "You average the KL from old to new and that from new to old. One of them is asked for."
    ),
    "check.kl_categorical.to_the_middle": (
        "This is the Jensen-Shannon divergence, by way of the mean of both policies. A KL goes "
        "from one to the other."
    ),
    "check.kl_categorical.as_logits": (
        "A softmax has gone over the probabilities, as Categorical(logits=...) does it. They are "
        "probabilities already."
    ),
    "check.kl_categorical.f_kl_div": (
        "The new policy enters without a logarithm. If you called F.kl_div: in which form does it "
        "want its first argument?"
    ),
    "check.kl_categorical.f_kl_div_swapped": (
        "The old policy enters without a logarithm, and the new one has its place. If you called "
        "F.kl_div: what does it want as its first argument?"
    ),
    "check.kl_categorical.mean_and_sum_swapped": (
        "The sum and the mean have changed places: which of them is over the actions, and which "
        "over the states?"
    ),
    "check.kl_categorical.no_mean": (
        "A number for each state is right so far. Their mean is asked for."
    ),
    "check.kl_categorical.by_state": (
        "The sum has gone over the states, and a number for each action is left. Which axis is "
        "which?"
    ),
    "check.kl_categorical.each_entry": (
        "A term for each state and action is right so far. A sum and a mean are missing."
    ),
    "check.natural_step.right": (
        "Half of sᵀF s is max_kl, and no other step within the limit gains more."
    ),
    "check.natural_step.no_root": (
        "The root is missing. Try a gradient twice as large: the step should stay as it is."
    ),
    "check.natural_step.no_2": (
        "Your step gets to half the limit. Near the old policy, what is the KL of a step s?"
    ),
    "check.natural_step.2_outside": (
        "Your step gets to twice the limit: the 2 stands outside the root."
    ),
    "check.natural_step.half": (
        "Your step gets to a quarter of the limit: there is a 2 on the wrong side."
    ),
    "check.natural_step.upside_down": (
        "The quotient under the root is upside down. A larger max_kl should give a longer step."
    ),
    "check.natural_step.product": (
        "Under the root you multiply where the formula divides. Try a gradient twice as large: the "
        "step should stay as it is."
    ),
    "check.natural_step.root_above": (
        "The root ends too early. Try a gradient twice as large: the step should stay as it is."
    ),
    "check.natural_step.no_max_kl": "max_kl does not enter: the step is the same for every limit.",
    "check.natural_step.unscaled": (
        "The direction is right. Its length is still whatever it happens to be: how large is the "
        "KL, and how large may it be?"
    ),
    "check.natural_step.max_kl_as_rate": (
        "The direction is right, and max_kl multiplies it as a learning rate would. It is a limit "
        "for the step's KL."
    ),
    "check.natural_step.root_as_rate": (
        "The direction is right, and a root multiplies it as a learning rate would. The KL of the "
        "bare direction has no part in it."
    ),
    "check.natural_step.negative": (
        "The sign is turned: this step goes downhill, and the objective is to be made large."
    ),
    "check.natural_step.no_inverse": (
        "You multiply the gradient by the Fisher matrix. Where the KL bends most, a step should be "
        "shortest: does yours do that?"
    ),
    "check.natural_step.no_inverse_to_limit": (
        "The length fits your direction, but that is the gradient times the Fisher matrix. Where "
        "the KL bends most, a step should be shortest."
    ),
    "check.natural_step.no_inverse_by_inverse": (
        "The factor is right, and it multiplies the gradient times the Fisher matrix. Which "
        "direction was it made for?"
    ),
    "check.natural_step.plain_as_rate": (
        "This is the plain gradient, with max_kl as a learning rate. The Fisher matrix does not "
        "enter."
    ),
    "check.natural_step.plain": (
        "The step gets to the limit, along the plain gradient. The ellipse has a better point than "
        "that."
    ),
    "check.natural_step.plain_by_inverse": (
        "The factor is right, and it multiplies the plain gradient. Which direction was it made "
        "for?"
    ),
    "check.natural_step.plain_length": (
        "This is the plain gradient, cut to a length. The Fisher matrix does not enter."
    ),
    "check.natural_step.length_max_kl": (
        "The direction is right, and its length is max_kl on a ruler. The limit is one on the KL, "
        "which the Fisher matrix measures."
    ),
    "check.natural_step.length_root": (
        "The direction is right, and its length is measured on a ruler. The limit is one on the "
        "KL, which the Fisher matrix measures."
    ),
    "check.natural_step.length_root_no_2": (
        "The direction is right, and its length is the root of max_kl on a ruler. The limit is one "
        "on the KL, which the Fisher matrix measures."
    ),
    "check.natural_step.by_gradient_square": (
        "The direction is right. The quotient under the root has the gradient's own square, and "
        "the Fisher matrix has no part in that."
    ),
    "check.natural_step.by_inverse_square": (
        "The direction is right. Under the root its KL is measured by the inverse of the Fisher "
        "matrix: there is an inverse too many."
    ),
    "check.natural_step.by_fisher_square": (
        "The direction is right. The quotient under the root would fit the plain gradient: what is "
        "it for the direction that you take?"
    ),
    "check.natural_step.diagonal": (
        "Only the diagonal of the Fisher matrix enters. The other entries say how the parameters "
        "work together."
    ),
    "check.natural_step.diagonal_to_limit": (
        "The length fits your direction, but only the diagonal of the Fisher matrix made that. The "
        "other entries say how the parameters work together."
    ),
    "check.natural_step.entries_inverted": (
        "You invert the matrix entry by entry. Its inverse is the matrix that undoes it: see "
        "torch.linalg."
    ),
    "check.natural_step.entries_inverted_to_limit": (
        "The length fits your direction, but you invert the matrix entry by entry. Its inverse is "
        "the matrix that undoes it: see torch.linalg."
    ),
    "check.conjugate_gradient.right": (
        "The same guess as the course's after every number of iterations tried, and nothing was "
        "inverted for it."
    ),
    "check.conjugate_gradient.steepest": (
        "Each new direction is the residual alone. That is steepest descent, whose steps undo each "
        "other."
    ),
    "check.conjugate_gradient.beta_upside_down": (
        "The factor of the old direction is upside down: yours is large where the residual has "
        "become small."
    ),
    "check.conjugate_gradient.beta_minus": "The old direction enters with the wrong sign.",
    "check.conjugate_gradient.beta_1": (
        "The factor of the old direction is always 1: both of its squares belong to the same "
        "residual."
    ),
    "check.conjugate_gradient.beta_root": (
        "The factor of the old direction is a quotient of lengths. It is one of squared lengths."
    ),
    "check.conjugate_gradient.stale_squares": (
        "The first step is right, the second is not. The square of the residual is taken once, at "
        "the start, and it goes on changing."
    ),
    "check.conjugate_gradient.stale_square": (
        "The first step is right, and so is the length of the second; its direction is not. A "
        "square in its factor is still that of the first residual."
    ),
    "check.conjugate_gradient.residual_kept": (
        "The residual stays what it was at the start. After each step, less of b is left."
    ),
    "check.conjugate_gradient.residual_grows": (
        "The residual moves the wrong way. It is b - A x: what does a step of x do to it?"
    ),
    "check.conjugate_gradient.residual_without_matrix": (
        "The residual moves by the step of x itself. It is b - A x: by how much does that change?"
    ),
    "check.conjugate_gradient.direction_kept": (
        "Every step goes along the first direction. When does it turn?"
    ),
    "check.conjugate_gradient.aliased": (
        "An update in place (-= or +=) has moved the direction along with the residual. Are these "
        "two tensors, or two names of one?"
    ),
    "check.conjugate_gradient.old_residual": (
        "The new direction is made from the old residual. There is a newer one."
    ),
    "check.conjugate_gradient.along_residual": (
        "The guess moves along the residual. The length of the step was made for the direction."
    ),
    "check.conjugate_gradient.no_matrix": (
        "The matrix has no part in the length of a step. How far is it to the bottom along a "
        "direction that bends more?"
    ),
    "check.conjugate_gradient.steepest_length": (
        "The length of a step is that of steepest descent, along the residual. Along what do you "
        "go?"
    ),
    "check.conjugate_gradient.one_more": (
        "You make one iteration too many: with num_iterations = 0, x should be 0."
    ),
    "check.conjugate_gradient.one_less": (
        "You make one iteration too few: with num_iterations = 1, x is still 0."
    ),
    "check.conjugate_gradient.from_target": "You start from x = b. The first guess is x = 0.",
    "check.conjugate_gradient.from_target_alone": (
        "You start from x = b with the residual that belongs to x = 0. What is the first guess?"
    ),
    "check.conjugate_gradient.residual": (
        "This is the residual, what is left of b. The guess x is asked for."
    ),
    "check.conjugate_gradient.direction": "This is the next direction. The guess x is asked for.",
    "check.conjugate_gradient.exact": (
        "This is the exact solution. After num_iterations the guess isn't there yet; and TRPO has "
        "no matrix to give to a solver."
    ),
    "check.accepted_fraction.right": (
        "The largest step that holds the limit and gains: TRPO decides as you do."
    ),
    "check.accepted_fraction.kl_alone": (
        "You look at the KL alone. A step within the limit can still make the surrogate worse."
    ),
    "check.accepted_fraction.gain_alone": (
        "You look at the improvement alone. A step beyond the limit is one that the surrogate "
        "can't judge."
    ),
    "check.accepted_fraction.either": (
        "For you, one of the conditions is enough. A step has to meet both."
    ),
    "check.accepted_fraction.no_gain_will_do": (
        "A step with an improvement of 0 passes with you. Is that an improvement?"
    ),
    "check.accepted_fraction.below": (
        "A step whose KL is max_kl exactly fails with you. The KL may be that at most."
    ),
    "check.accepted_fraction.gain_upside_down": (
        "The steps that pass with you are those that make the surrogate worse."
    ),
    "check.accepted_fraction.kl_upside_down": (
        "The steps that pass with you are those that break the limit on the KL."
    ),
    "check.accepted_fraction.last": (
        "You return the smallest of the fractions that pass. If you wrote a loop: when may it stop?"
    ),
    "check.accepted_fraction.best": (
        "Of the fractions that pass you return the one with the best improvement. The largest is "
        "asked for."
    ),
    "check.accepted_fraction.best_of_all": (
        "You return the fraction with the best improvement, whatever its KL. The largest that "
        "passes is asked for."
    ),
    "check.accepted_fraction.index": (
        "You return how often the step was halved. The fraction itself is asked for."
    ),
    "check.accepted_fraction.thirds": (
        "Your fractions are 1, 1/2, 1/3 and so on. Each is half of the one before."
    ),
    "check.accepted_fraction.doubled": "Your fractions are 1, 2, 4 and so on: they should shrink.",
    "check.accepted_fraction.halved_at_once": (
        "Each of your fractions is half of what it should be. The full step is tried first."
    ),
    "check.accepted_fraction.full_or_nothing": (
        "Where the full step fails you return 0. If you wrote a loop: does it return too early?"
    ),
    "check.accepted_fraction.smallest_for_none": (
        "Where no fraction passes you return the smallest one, and it fails like the others. The "
        "policy should stay where it is then."
    ),
    "check.accepted_fraction.half_of_smallest_for_none": (
        "Where no fraction passes you return one that nobody has tried, half of the smallest. The "
        "policy should stay where it is then."
    ),
    "check.accepted_fraction.full_for_none": (
        "Where no fraction passes you return the full step. The policy should stay where it is "
        "then."
    ),
    "check.accepted_fraction.nothing_for_none": (
        "Where no fraction passes the function returns nothing. Which fraction leaves the policy "
        "where it is?"
    ),
    "check.accepted_fraction.no_first": (
        "Right, until no fraction passes: then there is no first one, and the function stops with "
        "an IndexError. What should it return?"
    ),
    "check.accepted_fraction.gives_up": (
        "You look at the first fraction within the limit, and give up if it is no improvement. A "
        "smaller one may be."
    ),
    "check.accepted_fraction.kl_itself": (
        "You return the KL of the fraction that passes. The fraction itself is asked for."
    ),
    "check.accepted_fraction.by_rule": (
        "You compute a fraction from the KL of the full step, as if the KL were a parabola. A line "
        "search goes by what was measured."
    ),
    # Checks: lesson 03.
    "check.weighted_estimate.right": (
        "Values and gradients agree. Old actions have told you what a new policy expects."
    ),
    "check.weighted_estimate.unweighted": (
        "This is the plain mean: what the old policy expects. How much oftener does the new one "
        "take each action?"
    ),
    "check.weighted_estimate.upside_down": (
        "The ratio is upside down: actions that have become less likely count more."
    ),
    "check.weighted_estimate.self_normalised": (
        "You divide by the sum of the ratios. That is a good estimate too, biased and often "
        "steadier; the one asked for is unbiased."
    ),
    "check.weighted_estimate.sum": (
        "You add the samples up. An expectation does not grow with the number of samples."
    ),
    "check.weighted_estimate.no_exp": (
        "The weights are logarithms of ratios: 0 where nothing has changed, and some below 0. What "
        "undoes a logarithm?"
    ),
    "check.weighted_estimate.of_logs": (
        "You divide the logarithms. The logarithm of a quotient is a difference of logarithms."
    ),
    "check.weighted_estimate.apart": (
        "You multiply two means. A ratio belongs to the value of its own action, so the product "
        "comes first."
    ),
    "check.weighted_estimate.quotient_of_sums": (
        "You add up above and below and divide the sums. Each action has a ratio of its own: "
        "divide first."
    ),
    "check.weighted_estimate.new_alone": (
        "The weights are the new policy's probabilities. How often an action is among the samples "
        "is for the old policy to say."
    ),
    "check.weighted_estimate.old_alone": (
        "The weights are the old policy's probabilities, and the new one does not enter."
    ),
    "check.weighted_estimate.log_prob": (
        "You weigh with log-probabilities, as the policy gradient's objective does. Here a value "
        "is estimated, and the old policy has a part in it."
    ),
    "check.weighted_estimate.product": (
        "The logarithms are added, which multiplies the probabilities. The weight is a quotient."
    ),
    "check.weighted_estimate.difference": (
        "The weights are differences of probabilities. How many times likelier is asked, not by "
        "how much."
    ),
    "check.weighted_estimate.expected": (
        "This is an expectation over a list of all actions. These are samples: likely actions are "
        "in it more often already."
    ),
    "check.weighted_estimate.overflow": (
        "Right, until the probabilities become too small for a 32-bit float: at a log-probability "
        "of -200 both exponentials are 0, and their quotient is no number. Subtract first."
    ),
    "check.weighted_estimate.clipped": (
        "You hold the ratio in a band. That is the next lesson; here it counts as it is."
    ),
    "check.weighted_estimate.no_values": (
        "This is the mean of the ratios, which is about 1. The values do not enter."
    ),
    "check.weighted_estimate.detached": (
        "The value is right, but no gradient reaches log_probs. Where is it cut off?"
    ),
    "check.weighted_estimate.no_mean": (
        "A number for each sample is right so far. The estimate is their mean."
    ),
    "check.effective_sample_size.right": (
        "Equal ratios all count, and where one outweighs the rest, little more than one does."
    ),
    "check.effective_sample_size.share": (
        "This is a share of the samples. How many of them is that?"
    ),
    "check.effective_sample_size.upside_down": (
        "The quotient is upside down: four equal ratios should be worth four samples."
    ),
    "check.effective_sample_size.mean_of_1": (
        "This holds where the ratios have a mean of 1. Multiply them all by 2: the result should "
        "stay as it is."
    ),
    "check.effective_sample_size.not_normalised": (
        "This holds for weights whose sum is 1. Multiply all ratios by 2: the result should stay "
        "as it is."
    ),
    "check.effective_sample_size.softmax": (
        "A softmax takes exponentials, and the ratios are weights already. How else does a sum "
        "become 1?"
    ),
    "check.effective_sample_size.mean_above": (
        "Four equal ratios should be worth four samples, and with you they are worth a quarter of "
        "one. Is there a mean where a sum belongs?"
    ),
    "check.effective_sample_size.mean_below": (
        "Four equal ratios should be worth four samples, and with you they are worth 16. Is there "
        "a mean where a sum belongs?"
    ),
    "check.effective_sample_size.no_square": (
        "Multiply all ratios by 2: the result should stay as it is, and yours is halved. Is a "
        "square missing?"
    ),
    "check.effective_sample_size.second_to_first": (
        "Multiply all ratios by 2: the result should stay as it is, and yours is doubled. What is "
        "divided by what?"
    ),
    "check.effective_sample_size.root": (
        "This is the root of what is asked for: four equal ratios give you 2."
    ),
    "check.effective_sample_size.same_twice": (
        "The result is always 1. In which order are the ratios squared and added, above and below?"
    ),
    "check.effective_sample_size.count": "This counts the samples, whatever their ratios are.",
    "check.effective_sample_size.sum": (
        "This is the sum of the ratios. Four ratios of 2 should be worth four samples."
    ),
    "check.effective_sample_size.largest": (
        "You compare the sum with the largest ratio. That is a measure too; the one asked for "
        "looks at every ratio's square."
    ),
    "check.effective_sample_size.entropy": (
        "This is the exponential of the weights' entropy, another measure of the same thing. The "
        "one asked for has squares in it."
    ),
    "check.effective_sample_size.entropy_alone": (
        "This is the entropy of the weights, which counts no samples. Where are the squares?"
    ),
    "check.effective_sample_size.by_spread": (
        "You divide by 1 + the standard deviation. Multiply all ratios by 2: the result should "
        "stay as it is."
    ),
    "check.effective_sample_size.by_relative_spread": (
        "Two equal weights and many of 0 should be worth two samples. Is the spread squared?"
    ),
    "check.effective_sample_size.by_variance": (
        "You divide by 1 + the variance. Multiply all ratios by 2: the result should stay as it is."
    ),
    "check.effective_sample_size.by_plain_variance": (
        "This holds where the ratios have a mean of 1, which a batch seldom has. Multiply them all "
        "by 2: the result should stay as it is."
    ),
    "check.effective_sample_size.n_less_1": (
        "Very nearly: torch.var divides by N - 1 unless told otherwise."
    ),
    "check.trajectory_ratio.right": (
        "Values agree, also over 400 steps, where the probabilities themselves are too small to be "
        "written down."
    ),
    "check.trajectory_ratio.no_mask": (
        "Every column counts, also those behind the end of a trajectory. Which argument knows "
        "where it ends?"
    ),
    "check.trajectory_ratio.mask_upside_down": (
        "Only the columns behind the end of a trajectory count. In the mask, True is a step that "
        "was taken."
    ),
    "check.trajectory_ratio.mean_over_steps": (
        "You average over the steps, which gives a typical step's ratio. The probability of a "
        "trajectory is a product over all of its steps."
    ),
    "check.trajectory_ratio.mean_over_columns": (
        "You average over the T columns. The probability of a trajectory is a product over its "
        "steps: what does that become for logarithms?"
    ),
    "check.trajectory_ratio.sum_of_ratios": (
        "You add the ratios of the steps up. The probability of a trajectory is a product."
    ),
    "check.trajectory_ratio.sum_of_ratios_and_1s": (
        "You add the ratios of the steps up, with a 1 for each column behind the end. Which comes "
        "first, the sum or the exponential?"
    ),
    "check.trajectory_ratio.mean_of_ratios": (
        "This is the mean of the steps' ratios. The probability of a trajectory is a product."
    ),
    "check.trajectory_ratio.products": (
        "Right for short trajectories. The probability of 400 steps is too small for a float, so "
        "that you divide 0 by 0: can you get there without it?"
    ),
    "check.trajectory_ratio.masked_to_0": (
        "Behind the end of a trajectory your factors are 0, and so is their product. Which factor "
        "changes nothing?"
    ),
    "check.trajectory_ratio.probabilities_masked": (
        "Behind the end of a trajectory your probabilities are 0, and so is their product: you "
        "divide 0 by 0. Which factor changes nothing?"
    ),
    "check.trajectory_ratio.new_alone": (
        "This is the probability under the new policy alone. A ratio compares it with the old one."
    ),
    "check.trajectory_ratio.no_exp": (
        "This is the logarithm of the ratio: 0 where nothing has changed, not 1. What undoes it?"
    ),
    "check.trajectory_ratio.upside_down": (
        "The ratio is upside down: yours is above 1 where a trajectory has become less likely."
    ),
    "check.trajectory_ratio.of_logs": (
        "You divide the logarithms. The logarithm of a quotient is a difference of logarithms."
    ),
    "check.trajectory_ratio.all_in_one": (
        "The sum has gone over all the trajectories at once. Each has a ratio of its own."
    ),
    "check.trajectory_ratio.mean": (
        "You average over the trajectories. Each has a ratio of its own, and there are K of them."
    ),
    "check.trajectory_ratio.last_step": (
        "This is the ratio of the last step alone. The steps before it are part of the trajectory."
    ),
    "check.trajectory_ratio.last_column": (
        "This is the ratio of the last column alone, and few trajectories get as far. All the "
        "steps that were taken have a part in it."
    ),
    "check.trajectory_ratio.each_step": (
        "A ratio for each step is right so far. What makes one of them out of all?"
    ),
    "check.trajectory_ratio.so_far": (
        "You return the ratio up to each step. The whole trajectory's is asked for."
    ),
    "check.trajectory_ratio.other_axis": (
        "The sum has gone over the trajectories, and a number for each column is left. Which axis "
        "holds the steps?"
    ),
    "check.repaired_cpi.right": (
        "The bug is gone: the ratio compares the policy with the one that has drawn the actions."
    ),
    "check.repaired_cpi.unchanged": (
        "The bug is still there: your ratio is 1 whatever the policy does. Which argument has no "
        "part in it?"
    ),
    "check.repaired_cpi.no_gradient_left": (
        "The ratio is always 1, and it has no gradient either: nobody learns from it. Which two "
        "policies should it compare?"
    ),
    "check.repaired_cpi.detach_moved": (
        "Your ratio is still always 1, and its gradient has turned round: the detach has moved. "
        "Which argument has no part in it?"
    ),
    "check.repaired_cpi.detached": (
        "The value is right, but no gradient reaches log_probs: this policy could not learn. Where "
        "is it cut off?"
    ),
    "check.repaired_cpi.upside_down": (
        "Old and new have changed places: your ratio grows when the action becomes less likely."
    ),
    "check.repaired_cpi.no_exp": (
        "Your ratio is a difference of log-probabilities, which is 0 where nothing has changed. "
        "What undoes the logarithm?"
    ),
    "check.repaired_cpi.of_logs": (
        "Your ratio divides the logarithms. The logarithm of a quotient is a difference."
    ),
    "check.repaired_cpi.overflow": (
        "Right, until the probabilities become too small for a 32-bit float: at a log-probability "
        "of -200 both exponentials are 0, and their quotient is no number. Subtract first."
    ),
    "check.repaired_cpi.new_alone": (
        "The new policy's probability alone weighs the advantages. The old one has drawn the "
        "actions, and has no part in it."
    ),
    "check.repaired_cpi.log_prob": (
        "This is the policy gradient's objective, log_probs times advantages. It does not ask "
        "which policy has drawn the actions."
    ),
    "check.repaired_cpi.weighted_log_prob": (
        "The gradient is right and the value is not: this can train, but it does not estimate what "
        "the new policy is worth. Does the ratio need a detach?"
    ),
    "check.repaired_cpi.clipped": (
        "This is the clipped surrogate, and it is the next lesson's. Here the ratio has no limit."
    ),
    "check.repaired_cpi.clip_alone": (
        "You hold the ratio in a band from 0.8 to 1.2. That is for the next lesson; here it has no "
        "limit."
    ),
    "check.repaired_cpi.sum": "You add the samples up. The objective has their mean.",
    "check.repaired_cpi.negative": (
        "The size is right and the sign is not: this is an objective, to be made large."
    ),
    "check.repaired_cpi.apart": (
        "You multiply two means. A ratio belongs to the advantage of its own action, so the "
        "product comes first."
    ),
    "check.repaired_cpi.centred": (
        "The mean advantage is subtracted. Here the advantages count as they are."
    ),
    "check.repaired_cpi.no_advantages": "The advantages do not enter: good and bad count alike.",
    "check.repaired_cpi.no_mean": (
        "A number for each sample is right so far. The objective is their mean."
    ),
    # Checks: lesson 04.
    "check.probability_ratio.right": "Values and gradients agree, for every shape tried.",
    "check.probability_ratio.no_exp": (
        "This is the logarithm of the ratio: 0 where nothing has changed, not 1. What undoes a "
        "logarithm?"
    ),
    "check.probability_ratio.upside_down": (
        "The ratio is upside down: yours is above 1 when the action has become less likely. The "
        "new policy belongs on top."
    ),
    "check.probability_ratio.of_logs": (
        "You divide the logarithms. The logarithm of a quotient is a difference of logarithms."
    ),
    "check.probability_ratio.difference": (
        "This is the difference of the two probabilities. How many times likelier is asked, not "
        "by how much."
    ),
    "check.probability_ratio.exp_of_quotient": (
        "The exponential is there, but inside it you divide the logarithms. A quotient of "
        "probabilities is a difference of logarithms."
    ),
    "check.probability_ratio.sum": (
        "The logarithms are added, which multiplies the probabilities. To divide, subtract."
    ),
    "check.probability_ratio.mean": (
        "You return one number. Each sample has a ratio of its own; the mean is taken later."
    ),
    "check.probability_ratio.overflow": (
        "Right, until the probabilities become too small for a 32-bit float: at a log-probability "
        "of -200 both exponentials are 0, and their quotient is no number. Subtract first."
    ),
    "check.probability_ratio.detached": (
        "The values are right, but no gradient reaches log_probs: this policy could not learn. "
        "Where is it cut off?"
    ),
    "check.clipped_term.right": "Values and gradients agree, for both signs of the advantage.",
    "check.clipped_term.without_advantage": (
        "This is the clipped ratio alone. The term is that ratio times the advantage."
    ),
    "check.clipped_term.around_0": (
        "The band lies around 0. A ratio of 1 means that nothing has changed, so the band lies "
        "around 1."
    ),
    "check.clipped_term.clips_product": (
        "You clip the product of ratio and advantage. Clip the ratio alone, then multiply: the "
        "band says how far a probability may move, whatever the advantage."
    ),
    "check.clipped_term.clips_advantage": (
        "You clip the advantage. It is the ratio that is held in the band; the advantage stays "
        "as it is."
    ),
    "check.clipped_term.no_low": "The upper edge of the band is there; the lower one is missing.",
    "check.clipped_term.no_high": "The lower edge of the band is there; the upper one is missing.",
    "check.clipped_term.unclipped": "Nothing is clipped: this is ratio times advantage.",
    "check.clipped_term.fixed_band": (
        "The band is right for a clip_range of 0.2 and for no other: numbers stand where "
        "clip_range belongs."
    ),
    "check.clipped_term.zero_outside": (
        "Outside the band you return 0. It is the slope that becomes 0 there; the term itself "
        "stays at the edge of the band."
    ),
    "check.clipped_term.mean": (
        "You return one number. Here each sample keeps its own; the mean comes last."
    ),
    "check.clipped_term.already_min": (
        "This is already the minimum of both terms. For now only the clipped term is asked for."
    ),
    "check.clipped_surrogate.right": (
        "Values and gradients agree in all six cases. This is the function that trains agents in "
        "this course."
    ),
    "check.surrogate.max_for_min": (
        "You take the larger of the two terms. The objective is the pessimistic one: which of the "
        "two is never too good to be true?"
    ),
    "check.surrogate.negative": (
        "The size is right and the sign is not. The surrogate is an objective, to be made large; "
        "the minus that turns it into a loss comes later, in one place."
    ),
    "check.surrogate.no_exp": (
        "Your ratio is a difference of log-probabilities, which is 0 where nothing has changed. "
        "What undoes the logarithm?"
    ),
    "check.surrogate.upside_down": (
        "Old and new have changed places: your ratio grows when the action becomes less likely."
    ),
    "check.surrogate.sum": (
        "You add the samples up. With a sum, a batch twice as large takes a step twice as large; "
        "the formula has a mean."
    ),
    "check.surrogate.clips_advantage": (
        "It is the advantage that you clip. The band holds the ratio; the advantage stays as it is."
    ),
    "check.surrogate.clips_advantage_around_0": (
        "It is the advantage that you clip, to a band around 0. The band lies around 1 and holds "
        "the ratio; the advantage stays as it is."
    ),
    "check.surrogate.no_min": (
        "This is the clipped term alone. Without the min, a sample that moved the wrong way out of "
        "the band has no gradient to bring it back."
    ),
    "check.surrogate.no_clip": (
        "Nothing is clipped: this is the mean of ratio times advantage, which has no limit."
    ),
    "check.surrogate.around_0": (
        "Your band lies around 0, from -clip_range to clip_range. Where does a ratio lie when "
        "nothing has changed?"
    ),
    "check.surrogate.fixed_band": (
        "The band is right for a clip_range of 0.2 and for no other: numbers stand where "
        "clip_range belongs."
    ),
    "check.surrogate.overflow": (
        "Right, until the probabilities become too small for a 32-bit float: at a log-probability "
        "of -200 both exponentials are 0, and their quotient is no number. Subtract first."
    ),
    "check.surrogate.half_a_loss": (
        "Both terms carry a minus, and the min of them is taken. A loss is the negative of the "
        "whole objective: with the signs turned, the min would have to become a max."
    ),
    "check.surrogate.masked": (
        "Samples outside the band count 0. They should count what the smaller of the two terms is; "
        "those that went the wrong way keep their slope."
    ),
    "check.surrogate.clips_log_ratio": (
        "You clip the logarithm of the ratio. The band from 1 - clip_range to 1 + clip_range is "
        "one for the ratio itself."
    ),
    "check.surrogate.edges_swapped": (
        "The lower edge of the clamp is above its upper one, so every ratio comes out the same."
    ),
    "check.surrogate.ratio_of_logs": (
        "Your ratio divides the logarithms. The logarithm of a quotient is a difference."
    ),
    "check.surrogate.clipped_without_advantage": (
        "The clipped ratio is not multiplied by the advantage before the min is taken."
    ),
    "check.surrogate.max_of_means": (
        "You average first and then take the max of two numbers. Two slips in one line: it is the "
        "min, and it belongs to each sample."
    ),
    "check.surrogate.clips_product": (
        "You clip the product of ratio and advantage. Clip the ratio first, then multiply."
    ),
    "check.surrogate.min_without_advantage": (
        "Your ratio is cut from above only, whatever the sign of the advantage. If you took "
        "the min of two ratios: a negative advantage turns their order round, so multiply by it "
        "first."
    ),
    "check.surrogate.min_of_means": (
        "You average first and take the min of two numbers. The min belongs to each sample; the "
        "mean comes last."
    ),
    "check.surrogate.no_mean": (
        "Each sample's term is right. The objective is one number, their mean."
    ),
    "check.surrogate.smallest": (
        "With one argument, torch.min returns the smallest sample. The mean over the samples is "
        "what is asked for."
    ),
    "check.surrogate.detached": (
        "The value is right, but no gradient reaches log_probs: this policy could not learn. "
        "Where is it cut off?"
    ),
    "check.repaired_surrogate.right": (
        "The bug is gone: the min is taken sample by sample, before the mean."
    ),
    "check.repaired_surrogate.unchanged": (
        "The bug is still there. Work it out for a batch of two samples of advantage 1, one far "
        "above the band and one far below. Which of them keeps a gradient?"
    ),
    "check.repaired_surrogate.half_unclipped": (
        "Half repaired: the unclipped term is still averaged before the min."
    ),
    "check.repaired_surrogate.half_clipped": (
        "Half repaired: the clipped term is still averaged before the min."
    ),
    "check.penalty_surrogate.right": (
        "Values and gradients agree: surrogate less penalty. Now choose a beta."
    ),
    "check.penalty_surrogate.other_estimate": (
        "mean(old - new) estimates the same KL, and rightly, with more noise. The exercise asks "
        "for approx_kl, whose terms are never below 0."
    ),
    "check.penalty_surrogate.added": (
        "The penalty is added, so that going far is rewarded. The objective is made large: what "
        "is unwanted is subtracted."
    ),
    "check.penalty_surrogate.still_clipped": (
        "The penalty is there, and so is a clip. In this variant nothing is clipped; beta weighs "
        "the penalty and is no band."
    ),
    "check.penalty_surrogate.clip_alone": (
        "The penalty is there, and so is a clip. In this variant nothing is clipped; beta weighs "
        "the penalty and is no band. (Nor is there a min.)"
    ),
    "check.penalty_surrogate.sum": "You add the samples up. The objective has their mean.",
    "check.penalty_surrogate.no_beta": "The penalty is there, but beta does not weigh it.",
    "check.penalty_surrogate.no_penalty": (
        "This is ratio times advantage alone. The penalty, beta times the KL, is missing."
    ),
    "check.penalty_surrogate.reversed": (
        "The KL's arguments have changed places: approx_kl takes the new log-probabilities first."
    ),
    "check.penalty_surrogate.detached": (
        "The value is right, but no gradient flows through the penalty: it could not hold "
        "anything back."
    ),
    "check.penalty_surrogate.negative": (
        "The size is right and the sign is not: this is an objective, to be made large."
    ),
    "check.penalty_surrogate.no_mean": (
        "You return a number for each sample. The objective is their mean."
    ),
    # Pictures of the lessons 01 to 03.
    "plot.estimates.right_way": "to the goal: {share:.0%}",
    "plot.estimates.wrong_way": "to the cliff: {share:.0%}",
    "plot.estimates.exact": "exact: {value:.2f}",
    "plot.sweep.plain": "REINFORCE",
    "plot.sweep.baseline": "with a baseline",
    "plot.sweep.exact": "exact gradient",
    "plot.collapse.reached": "the other {count}",
    "plot.collapse.fell": "{count} that collapsed",
    "plot.die.fair": "fair",
    "plot.die.little": "a little loaded",
    "plot.die.loaded": "loaded",
    "plot.die.sixes": "sixes alone",
    "plot.gaussian_shift": "exp(−2 KL)",
    "plot.task.cartpole": "CartPole, 2 actions",
    "plot.task.acrobot": "Acrobot, 3 actions",
    "plot.task.pendulum": "Pendulum, continuous",
    "plot.old_policy": "old policy",
    "plot.new_policy": "new policy",
    "plot.promise.surrogate": "surrogate",
    "plot.promise.truth": "true return",
    "plot.pair": "spread {spread:g}: KL {kl:g} nats",
    "plot.kl_exact": "KL (nats)",
    "plot.bowl": "½ F Δ²",
    "plot.at": "at θ = {theta:g}",
    "plot.cost.explicit": "F formed and solved",
    "plot.cost.trpo": "TRPO",
    "plot.cost.first_order": "gradient step",
    "plot.limit": "limit {limit:g}",
    "plot.beta": "penalty, β = {beta:g}",
    "plot.constraint": "constraint",
    # The command line.
    "cli.interrupted": "stopped after {env_steps} environment steps",
    "cli.failed": "stopped after {env_steps} environment steps: {error}",
    "cli.saved": "agent saved to {path}",
    "cli.evaluated": (
        "return over {episodes} stochastic episodes: "
        "mean {mean:.1f}, standard deviation {std:.1f}, from {low:.0f} to {high:.0f}"
    ),
    # The clip explorer.
    "clip_explorer.title": "Clip explorer",
    "clip_explorer.axis.ratio": "probability ratio r = π(a|s) / π_[old](a|s)",
    "clip_explorer.axis.objective": "objective (in A's unit)",
    "clip_explorer.axis.gradient": "slope ∂L/∂r",
    "clip_explorer.axis.gradient_unit": "(in A's unit)",
    "clip_explorer.line.unclipped": "r·A",
    "clip_explorer.line.clipped": "clipped",
    "clip_explorer.line.objective": "objective",
    "clip_explorer.line.gradient": "slope",
    "clip_explorer.edge.low": "1−ε = {value}",
    "clip_explorer.edge.high": "1+ε = {value}",
    "clip_explorer.formula.objective": "L",
    "clip_explorer.formula.min_open": "min( ",
    "clip_explorer.formula.close": " )",
    "clip_explorer.formula.unclipped": "r·A",
    "clip_explorer.formula.clipped": "clip(r, 1−ε, 1+ε)·A",
    "clip_explorer.slider.clip_range": "clip range ε",
    "clip_explorer.slider.advantage": "advantage A",
    "clip_explorer.switch.use_min": "with the min",
    "clip_explorer.point.label": "probability ratio r",
    "clip_explorer.point.ratio": "r = {value}",
    "clip_explorer.point.slope": "slope {value}",
    "clip_explorer.point.state": (
        "ratio {ratio}, objective {objective}, slope {gradient}, case {number}"
    ),
    "clip_explorer.picture": (
        "Clip explorer, {place}: ratio {ratio}, advantage {advantage}, clip range {clip_range}; "
        "the objective is {objective} and its slope in the ratio {gradient}."
    ),
    "clip_explorer.still.note": "a still picture: run the cell to move it",
    "clip_explorer.hint": "Drag the point, or use the arrow keys.",
    "clip_explorer.heading": "Case {number}: {place}",
    "clip_explorer.cases.caption": "What a step on this sample does to r:",
    "clip_explorer.cases.below": "r below",
    "clip_explorer.cases.inside": "in band",
    "clip_explorer.cases.above": "r above",
    "clip_explorer.cases.positive": "A > 0",
    "clip_explorer.cases.negative": "A < 0",
    "clip_explorer.cases.button": "Case {number}, {place}: {effect}",
    "clip_explorer.push.push_up": "push up",
    "clip_explorer.push.push_down": "push down",
    "clip_explorer.push.pull_up": "pull up",
    "clip_explorer.push.pull_down": "pull down",
    "clip_explorer.push.none": "no push",
    "clip_explorer.case.0.place": "A = 0",
    "clip_explorer.case.1.place": "A > 0, r below the band",
    "clip_explorer.case.2.place": "A > 0, r in the band",
    "clip_explorer.case.3.place": "A > 0, r above the band",
    "clip_explorer.case.4.place": "A < 0, r below the band",
    "clip_explorer.case.5.place": "A < 0, r in the band",
    "clip_explorer.case.6.place": "A < 0, r above the band",
    "clip_explorer.case.0.words": (
        "The action was as good as expected. Both terms are 0 at every ratio, so this sample "
        "pushes nowhere. Other samples can still move its ratio."
    ),
    "clip_explorer.case.1.words": (
        "The action was better than expected, yet it has become less likely. The min takes r·A, "
        "whose slope is A: a gradient step on this sample pulls the ratio back up. This is what "
        "the min is for."
    ),
    "clip_explorer.case.2.words": (
        "The action was better than expected. In the band both terms are r·A, with slope A: a "
        "gradient step on this sample pushes the ratio up."
    ),
    "clip_explorer.case.3.words": (
        "The action was better than expected, and its ratio is already above the band. The "
        "clipped term is flat: this sample no longer pushes. Other samples, shared weights and "
        "momentum can still move its ratio."
    ),
    "clip_explorer.case.4.words": (
        "The action was worse than expected, and its ratio is already below the band. The "
        "clipped term is flat: this sample no longer pushes. Other samples, shared weights and "
        "momentum can still move its ratio."
    ),
    "clip_explorer.case.5.words": (
        "The action was worse than expected. In the band both terms are r·A, with slope A, which "
        "is negative: a gradient step on this sample pushes the ratio down."
    ),
    "clip_explorer.case.6.words": (
        "The action was worse than expected, yet it has become more likely. The min takes r·A, "
        "whose slope is A: a gradient step on this sample pulls the ratio back down. This is "
        "what the min is for."
    ),
    "clip_explorer.case.1.without_min": (
        "The action was better than expected, yet it has become less likely. Without the min "
        "only the clipped term is left, and it is flat here: this sample has lost its pull back "
        "up. With the min its slope would be A."
    ),
    "clip_explorer.case.6.without_min": (
        "The action was worse than expected, yet it has become more likely. Without the min only "
        "the clipped term is left, and it is flat here: this sample has lost its pull back down. "
        "With the min its slope would be A."
    ),
    "clip_explorer.kink": (
        "At this kink the slope is {left} on the left and {right} on the right; autograd picks "
        "{autograd}."
    ),
    # The ratio explorer.
    "ratio_explorer.title": "Ratio explorer",
    "ratio_explorer.axis.discrete": "probability",
    "ratio_explorer.axis.gaussian": "density",
    "ratio_explorer.axis.ratio": "ratio r(a) = π_[new](a) / π_[old](a)",
    "ratio_explorer.axis.reward": "reward f(a) of action a",
    "ratio_explorer.axis.estimate": "expected reward of the new policy",
    "ratio_explorer.policy.old": "old",
    "ratio_explorer.policy.new": "new",
    "ratio_explorer.policy.discrete": "probabilities {probabilities}",
    "ratio_explorer.policy.gaussian": "mean {mean}, spread {std}",
    "ratio_explorer.row.ratio": "r",
    "ratio_explorer.row.gaussian": "{name}: mean {mean}, spread {std}",
    "ratio_explorer.strip.infinite": "±∞",
    "ratio_explorer.choice.kind": "actions",
    "ratio_explorer.choice.kind.discrete": "five",
    "ratio_explorer.choice.kind.gaussian": "continuous",
    "ratio_explorer.choice.moved": "policy to move",
    "ratio_explorer.choice.moved.new": "new",
    "ratio_explorer.choice.moved.old": "old",
    "ratio_explorer.slider.num_samples": "old samples n",
    "ratio_explorer.button.draw": "Draw again",
    "ratio_explorer.button.back": "New = old",
    "ratio_explorer.point.probability.new": "probability of action {number}, new policy",
    "ratio_explorer.point.probability.old": "probability of action {number}, old policy",
    "ratio_explorer.point.probability.state": "{value}, ratio {ratio}",
    "ratio_explorer.point.mean.new": "mean of the new policy",
    "ratio_explorer.point.mean.old": "mean of the old policy",
    "ratio_explorer.point.std.new": "spread of the new policy",
    "ratio_explorer.point.std.old": "spread of the old policy",
    "ratio_explorer.reading.truth": "true expected reward",
    "ratio_explorer.reading.estimate": "estimate: mean of r·f",
    "ratio_explorer.reading.error": "its standard error",
    "ratio_explorer.reading.worth": "effective samples",
    "ratio_explorer.reading.kl": "KL(old‖new)",
    "ratio_explorer.reading.largest": "largest ratio drawn",
    "ratio_explorer.value.truth": "{truth}",
    "ratio_explorer.value.estimate": "{estimate}",
    "ratio_explorer.value.error": "{error}",
    "ratio_explorer.value.worth": "{worth} of {count}",
    "ratio_explorer.value.kl": "{kl} nats",
    "ratio_explorer.value.largest": "{largest}",
    "ratio_explorer.picture": (
        "Ratio explorer. {place}. New policy: {new}. Old policy: {old}. The new policy's expected "
        "reward is {truth}; {count} samples of the old policy estimate it as {estimate}, with a "
        "standard error of {error}. {worth} of them are effective; the largest ratio among them "
        "is {largest}, and KL(old‖new) is {kl} nats."
    ),
    "ratio_explorer.still.note": "a still picture: run the cell to move it",
    "ratio_explorer.hint": (
        "Drag the points, or use the arrow keys. Each dot is a sample of the old policy; its area "
        "is its ratio."
    ),
    "ratio_explorer.case.same.place": "At the old policy",
    "ratio_explorer.case.near.place": "Near the old policy",
    "ratio_explorer.case.far.place": "Far from the old policy",
    "ratio_explorer.case.none.place": "Almost no overlap",
    "ratio_explorer.case.wide.place": "Too wide: an infinite variance",
    "ratio_explorer.case.same.words": (
        "Every ratio is 1: each sample counts once, and the estimate is the plain mean of the "
        "rewards. The samples serve as well as new ones would."
    ),
    "ratio_explorer.case.near.words": (
        "By the effective sample size at least half of the old samples still count, on average "
        "over many draws: the old data can judge the new policy."
    ),
    "ratio_explorer.case.far.words": (
        "Some samples count several times, others hardly at all. The estimate is still right on "
        "average, but few samples decide it: draw again and see it jump."
    ),
    "ratio_explorer.case.none.words": (
        "The new policy acts where the old one hardly ever did. The samples that count most are "
        "rare or missing: the estimate is too low more often than not, and when it isn't, a few "
        "of them decide it."
    ),
    "ratio_explorer.case.wide.words": (
        "The new spread is at least √2 times the old. Far out, r² grows faster than the old "
        "density falls, and the variance of the estimate is infinite at any n. What was drawn "
        "need not show it."
    ),
    # The step-size explorer.
    "step_explorer.title": "Step-size explorer",
    "step_explorer.axis.return": "true return J",
    "step_explorer.axis.theta": "parameter θ and its p = π(right)",
    "step_explorer.axis.row_theta": "θ",
    "step_explorer.axis.row_probability": "p",
    "step_explorer.axis.step": "move",
    "step_explorer.axis.bait": "bait",
    "step_explorer.axis.goal": "goal",
    "step_explorer.line.return": "true return",
    "step_explorer.line.slope": "slope followed",
    "step_explorer.plateau.name": "plateau:",
    "step_explorer.plateau.meaning": "< 1 in 100 arrives",
    "step_explorer.point.label": "policy parameter θ",
    "step_explorer.point.name": "θ",
    "step_explorer.point.next": "θ′",
    "step_explorer.point.promise": "promised",
    "step_explorer.point.away": "θ = {value}",
    "step_explorer.point.next_away": "θ′ = {value}",
    "step_explorer.point.state": "θ {theta}, probability of right {probability}, return {now}",
    "step_explorer.slider.step_size": "step size α",
    "step_explorer.choice.batch": "batch",
    "step_explorer.switch.exact": "follow the exact gradient",
    "step_explorer.button.step": "Take the step",
    "step_explorer.button.back": "Back to the start",
    "step_explorer.batch.now": "this batch ({number})",
    "step_explorer.batch.unused": "unused batch ({number})",
    "step_explorer.batch.then": "next batch ({number})",
    "step_explorer.batch.ends": "{fell} fell, {arrived} arrived",
    "step_explorer.batch.late": "{late} out of time",
    "step_explorer.batch.gradient": "gradient {value}",
    "step_explorer.table.now": "at θ",
    "step_explorer.table.then": "at θ′",
    "step_explorer.table.theta": "θ",
    "step_explorer.table.probability": "p = π(right)",
    "step_explorer.table.return": "true return J",
    "step_explorer.table.promise": "promised J",
    "step_explorer.table.chance": "chance of goal",
    "step_explorer.table.gradient": "exact gradient",
    "step_explorer.table.estimate": "batch's gradient",
    "step_explorer.chance.percent": "{value}%",
    "step_explorer.chance.one_in": "1 in {value}",
    "step_explorer.chance.high": "> 99.9%",
    "step_explorer.chance.low": "< 1 in 10⁹⁹",
    "step_explorer.source.batch": "its gradient",
    "step_explorer.source.exact": "the exact gradient",
    "step_explorer.picture": (
        "Step-size explorer: at θ = {theta} the policy goes right with probability {probability}, "
        "and its true return is {now}. Batch {number}: {ends}; its gradient is {estimate}. With "
        "step size {step_size}, {source} leads to θ′ = {next}, with a return of {then}."
    ),
    "step_explorer.still.note": "a still picture: run the cell to move it",
    "step_explorer.hint": "Drag the point θ, or use the arrow keys.",
    "step_explorer.no_goal": "No episode of this batch reached the goal.",
    "step_explorer.situation.right.heading": "The batch points right",
    "step_explorer.situation.right.words": (
        "Its gradient is {estimate}; the exact one, {gradient}, points right too. The step to "
        "θ′ = {next} takes the return from {now} to {then}."
    ),
    "step_explorer.situation.wrong.heading": "The batch points the wrong way",
    "step_explorer.situation.wrong.words": (
        "Its gradient is {estimate}, the exact one {gradient}. The step takes the return from "
        "{now} to {then}. At θ′ = {next} an episode's chance of the goal is {chance}: a later "
        "batch can put this right."
    ),
    "step_explorer.situation.falls.heading": "This step falls onto the plateau",
    "step_explorer.situation.falls.words": (
        "Its gradient is {estimate}, the exact one {gradient}. At θ′ = {next} the return is "
        "{then} and an episode's chance of the goal {chance}: fewer than one batch in 25 holds "
        "a goal there."
    ),
    "step_explorer.situation.collapsed.heading": "A collapsed policy: on the plateau",
    "step_explorer.situation.collapsed.words": (
        "An episode's chance of the goal is {chance_now}: fewer than one batch in 25 holds one. "
        "The exact gradient is {gradient}, this batch's {estimate}, and θ′ = {next} lies on the "
        "plateau too."
    ),
    "step_explorer.situation.escape.heading": "This step leaves the plateau",
    "step_explorer.situation.escape.words": (
        "An episode's chance of the goal is {chance_now} and the exact gradient {gradient}. This "
        "batch's gradient is {estimate}: with this step size it leads to θ′ = {next}, where the "
        "chance is {chance} and the return {then}."
    ),
    "step_explorer.situation.still.heading": "No step",
    "step_explorer.situation.still.words": (
        "The batch's gradient is {estimate}, the exact one {gradient}: θ stays at {theta}, with a "
        "return of {now}."
    ),
    "step_explorer.situation.exact.heading": "The exact gradient points right",
    "step_explorer.situation.exact.words": (
        "It is {gradient}, the mean over all batches there could be, and points right at every θ: "
        "no step size falls. The step to θ′ = {next} takes the return from {now} to {then}."
    ),
    "step_explorer.situation.exact_stuck.heading": "The exact gradient is stuck as well",
    "step_explorer.situation.exact_stuck.words": (
        "It points right, but on the plateau it is small: {gradient}. At θ′ = {next} an episode's "
        "chance of the goal is {chance}, and the return {then}."
    ),
    # The trust-region explorer.
    "trust_region_explorer.title": "Trust-region explorer",
    "trust_region_explorer.axis.lean": "lean (logit at position 4)",
    "trust_region_explorer.axis.slope": "slope (logits per 4 positions)",
    "trust_region_explorer.line.border": "mean KL = δ",
    "trust_region_explorer.line.ellipse": "½ ΔᵀFΔ = δ",
    "trust_region_explorer.line.truth": "true return J",
    "trust_region_explorer.line.surrogate": "surrogate L",
    "trust_region_explorer.contour.surrogate": "L {level}",
    "trust_region_explorer.plateau.goal": "goal: 1",
    "trust_region_explorer.plateau.bait": "bait: 0.2",
    "trust_region_explorer.plateau.late": "time up: 0",
    "trust_region_explorer.slider.max_kl": "KL limit δ",
    "trust_region_explorer.slider.step_size": "step size α",
    "trust_region_explorer.choice.contours": "contours",
    "trust_region_explorer.contours.truth": "J",
    "trust_region_explorer.contours.surrogate": "L",
    "trust_region_explorer.contours.both": "both",
    "trust_region_explorer.walk.gradient": "gradient step",
    "trust_region_explorer.walk.trpo": "TRPO step",
    "trust_region_explorer.walk.back": "back",
    "trust_region_explorer.point.lean": "lean of the old policy",
    "trust_region_explorer.point.slope": "slope of the old policy",
    "trust_region_explorer.point.state": "{value}, true return {true_return}",
    "trust_region_explorer.point.old": "old policy",
    "trust_region_explorer.step.gradient.short": "gradient",
    "trust_region_explorer.step.natural.short": "natural",
    "trust_region_explorer.step.trpo.short": "TRPO",
    "trust_region_explorer.step.gradient.long": "Policy gradient",
    "trust_region_explorer.step.natural.long": "Natural gradient",
    "trust_region_explorer.step.trpo.long": "TRPO",
    "trust_region_explorer.step.shared": "natural = TRPO",
    "trust_region_explorer.step.beyond": "{name}: off the map",
    "trust_region_explorer.step.tiny": "{name}: tiny",
    "trust_region_explorer.step.words": (
        "{name}: mean KL {kl}, promised gain {promise}, true gain {truth}."
    ),
    "trust_region_explorer.table.title": "What each step does",
    "trust_region_explorer.table.kl": "KL",
    "trust_region_explorer.table.promise": "L gain",
    "trust_region_explorer.table.truth": "J gain",
    "trust_region_explorer.table.length": "length",
    "trust_region_explorer.table.none": "–",
    "trust_region_explorer.picture": (
        "Trust-region explorer: old policy at lean {lean}, slope {slope}, true return "
        "{true_return}; KL limit {max_kl}, step size {step_size}."
    ),
    "trust_region_explorer.still.note": "a still picture: run the cell to move it",
    "trust_region_explorer.heading": "Old policy: J = {true_return}",
    "trust_region_explorer.words.gradient_outside": (
        "The gradient step leaves the trust region: its mean KL is {times} times δ."
    ),
    "trust_region_explorer.words.gradient_inside": (
        "The gradient step stays in the trust region, at a mean KL of {kl}."
    ),
    "trust_region_explorer.words.plateau": (
        "A plateau: the gradient is {steepness} long, so that even α = 100 moves the policy by "
        "{most} only. F's eigenvalues are {large} and {small}: in the ellipse the natural step "
        "still goes as far as δ."
    ),
    "trust_region_explorer.words.trpo_whole": (
        "The natural step keeps the limit in truth and the surrogate grows: TRPO takes it whole."
    ),
    "trust_region_explorer.words.trpo_halved_kl": (
        "The ellipse is an approximation: at the natural step's end the mean KL is {kl}, more "
        "than δ. TRPO halves it {times}."
    ),
    "trust_region_explorer.words.trpo_halved_gain": (
        "At the natural step's end the surrogate is no higher than here. TRPO halves it {times}."
    ),
    "trust_region_explorer.words.trpo_none": (
        "Ten halvings of the natural step do not help: TRPO stays where it is."
    ),
    "trust_region_explorer.words.times.1": "once",
    "trust_region_explorer.words.times.2": "twice",
    "trust_region_explorer.words.times.more": "{times} times",
    "trust_region_explorer.words.broken": (
        "The surrogate promises TRPO's step {promise}; the true return changes by {truth}: this "
        "δ is too large."
    ),
    "trust_region_explorer.words.short": (
        "Of the {promise} that the surrogate promises TRPO's step, the true return gains {truth}."
    ),
    "trust_region_explorer.words.flat": "L is flat: nowhere does it differ by 0.01 from here.",
    "trust_region_explorer.hint": (
        "Drag the old policy, or use the arrow keys. No button takes a step off the map."
    ),
}

TABLES: dict[str, Mapping[str, str]] = {"en": ENGLISH}

_language = "en"


def use_language(language: str) -> None:
    """Choose the table that `text` reads from now on.

    Args:
        language: a key of `TABLES`, such as `"en"`.

    Raises:
        ValueError: if there is no table for `language`.
    """
    global _language
    if language not in TABLES:
        raise ValueError(f"language must be one of {sorted(TABLES)}, got {language!r}")
    _language = language


def text(key: str, **values: object) -> str:
    """Return the string for `key` in the chosen language, its fields filled in.

    Args:
        key: a key of the table, such as `"axis.env_steps"`.
        **values: what the string's `{fields}` stand for.

    Returns:
        The string, with English for a key that the chosen language lacks.

    Raises:
        KeyError: if no table has `key`.
    """
    template = TABLES[_language].get(key) or ENGLISH.get(key)
    if template is None:
        raise KeyError(f"key must be one of the strings in ppo_lib/strings.py, got {key!r}")
    return template.format(**values) if values else template
