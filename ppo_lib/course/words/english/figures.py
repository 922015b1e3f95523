"""What figures, training and the command line show."""

STRINGS: dict[str, str] = {
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
    # Pictures of the lessons 05 to 07.
    "axis.steps_later": "steps later",
    "axis.weight": "weight of a TD error",
    "axis.gae_lambda": "λ (not to scale)",
    "axis.advantage_bias": "bias (reward)",
    "axis.advantage_spread": "spread of an estimate (reward)",
    "axis.advantage_error": "error, mean of 20 (reward)",
    "axis.hour": "hour",
    "axis.values": "value V (reward)",
    "plot.lambda": "λ = {value:g}",
    "plot.true_values": "true",
    "plot.case.exact": "exact critic",
    "plot.case.poor": "poor critic",
    "plot.case.cut": "poor critic, cut",
    "plot.ends.right": "right",
    "plot.ends.merged": "flags merged",
    "plot.ends.reset": "V of the reset observation",
    "plot.ends.phantom": "phantom steps kept",
    "alt.weights": (
        "The weights of the TD errors that follow, against how much later they are, for four λ: "
        "at 0 only the first counts, at 1 they fall slowly, in between they die out faster."
    ),
    "alt.bias_and_spread": (
        "Three panels against λ. The bias of a poor critic shrinks to nothing at λ = 1, unless the "
        "rollout is cut; with an exact critic there is none. The spread grows with λ in all "
        "cases. The error of a mean of twenty is least at a λ between 0 and 1 with a poor critic, "
        "and at 0 with an exact one."
    ),
    "alt.learnt_values": (
        "The true value of each of six hours, rising from 1.3 to 2.1, and four critics. The right "
        "one lies on it. The one with the reset observations and the one with phantom steps miss "
        "by up to 0.2. The one with merged flags lies far below."
    ),
    "run.no_masks": "without masks",
    "axis.ent_coef": "entropy coefficient c₂",
    "axis.vf_coef": "value coefficient c₁",
    "axis.num_epochs": "epochs K over each batch",
    "axis.start_learning_rate": "learning rate at the start",
    "axis.final_return": "return of the last 20 episodes (reward)",
    "axis.solved_share": "agents that solve CartPole (share)",
    "axis.solved_after": "environment steps until solved (thousands)",
    "plot.never": "never",
    "plot.of": "{count} of {total}",
    "plot.two_networks": "two networks",
    "plot.one_body": "one body",
    "variant.ppo": "PPO",
    "variant.no_clip": "without a clip",
    "variant.no_min": "clip without the min",
    "variant.policy_gradient": "policy gradient",
    "variant.policy_gradient_whole": "policy gradient, one step",
    "variant.no_critic": "no critic: cut returns",
    "variant.lambda_0": "λ = 0",
    "variant.lambda_1": "λ = 1",
    "variant.one_epoch": "one epoch",
    "variant.whole_batch": "whole batch at once",
    "variant.no_normalization": "advantages not normalised",
    "variant.minibatch_normalization": "normalised by minibatch",
    "variant.clipped_values": "value loss clipped",
    "variant.no_norm_limit": "gradient's norm not cut",
    "variant.no_annealing": "step size not annealed",
    "variant.adam_eps": "Adam's ε 1e-8",
    "variant.entropy": "entropy bonus 0.01",
    "variant.large_last_layer": "large last layer",
    "variant.torch_initialization": "PyTorch's initialisation",
    "alt.entropy_returns": (
        "The return of each agent on the cliff at the end of training, by the entropy coefficient. "
        "At 0 more than half end at the bait's 0.2, at 0.1 all reach the goal's 1, at 1 all lie "
        "in between."
    ),
    "alt.value_coefficients": (
        "The return of each agent by the value coefficient, for two networks and for one body. "
        "With two networks all coefficients come near 500; with one body only the smallest does."
    ),
    "alt.epochs": (
        "The return of each agent after 30,000 steps of CartPole against the number of epochs, for "
        "PPO, without a clip, and for the policy gradient. PPO rises with eight epochs; without a "
        "clip it falls from four epochs on, the policy gradient from two."
    ),
    "alt.learning_rates": (
        "The share of agents that solve CartPole against the learning rate, for PPO, without a "
        "clip, and for the policy gradient in two forms. PPO has the widest and highest hill."
    ),
    "alt.parts": (
        "For each part of PPO that was changed, a row with the steps after which each agent solved "
        "{task}, or never, and at the right how many did. The text below tells the rows."
    ),
    "plot.task_name.cartpole": "CartPole",
    "plot.task_name.acrobot": "Acrobot",
    "run.library": "ppo_lib",
}
