"""What the GAE explorer shows."""

STRINGS: dict[str, str] = {
    "gae_explorer.title": "GAE explorer",
    "gae_explorer.panel.rewards": "rewards r",
    "gae_explorer.panel.values": "values V",
    "gae_explorer.panel.td_errors": "TD errors δ",
    "gae_explorer.panel.advantages": "advantages Â",
    "gae_explorer.row.rewards": "r",
    "gae_explorer.row.values": "V",
    "gae_explorer.row.weights": "×",
    "gae_explorer.row.td_errors": "δ",
    "gae_explorer.row.advantages": "Â",
    "gae_explorer.row.step": "step",
    "gae_explorer.key.target": "V + Â",
    "gae_explorer.key.counts": "filled: counts in Â{index}",
    "gae_explorer.key.truncated": "◇ last V = {value}",
    "gae_explorer.key.terminated": "■ 0 after the end",
    "gae_explorer.end.none": "none",
    "gae_explorer.end.terminated": "terminated",
    "gae_explorer.end.truncated": "truncated",
    "gae_explorer.end.rollout": "rollout ends",
    "gae_explorer.end.none.words": "No episode ends.",
    "gae_explorer.end.terminated.words": "An episode ends after step {step}, terminated.",
    "gae_explorer.end.truncated.words": (
        "An episode ends after step {step}, truncated; the value of its last observation is "
        "{value}."
    ),
    "gae_explorer.choice.end": "end",
    "gae_explorer.slider.gamma": "gamma γ",
    "gae_explorer.slider.gae_lambda": "gae_lambda λ",
    "gae_explorer.slider.end_step": "end after step",
    "gae_explorer.slider.step": "terms of step",
    "gae_explorer.group.rewards": "rewards",
    "gae_explorer.group.values": "values",
    "gae_explorer.point.reward": "reward of step {step}",
    "gae_explorer.point.value": "value of the observation at step {step}",
    "gae_explorer.point.bootstrap": "value of the observation after the rollout",
    "gae_explorer.point.final": "value of the last observation of the episode that is truncated",
    "gae_explorer.point.step": "step whose advantage is taken apart",
    "gae_explorer.point.state": "{value}, TD error {td_error}, advantage {advantage}",
    "gae_explorer.table.weight": "weight",
    "gae_explorer.table.td_error": "δ",
    "gae_explorer.table.part": "part",
    "gae_explorer.table.step": "step {step}",
    "gae_explorer.table.steps": "steps {first} to {last}",
    "gae_explorer.heading": "Â{index} = {value}",
    "gae_explorer.term": "{weight} · {value}",
    "gae_explorer.sum": "{heading}, the sum {terms}.",
    "gae_explorer.picture": (
        "GAE explorer. γ = {gamma}, λ = {gae_lambda}. Rewards from step 0: {rewards}. Values: "
        "{values}. {end} TD errors: {td_errors}. Advantages: {advantages}."
    ),
    "gae_explorer.still.note": "a still picture: run the cell to move it",
    "gae_explorer.hint": (
        "Drag the points, or use the arrow keys: up and down move a point, left and right go to "
        "the next. Press a lower bar to choose its step."
    ),
    "gae_explorer.case.gamma_zero.words": (
        "γ = 0: the reward of this step alone. Its advantage is the reward less V(s{index}), "
        "whatever follows."
    ),
    "gae_explorer.case.lambda_zero.words": (
        "λ = 0: the TD error of this step alone. For all that comes later it takes the critic's "
        "word, V(s{next})."
    ),
    "gae_explorer.case.lambda_one_terminated.words": (
        "λ = 1: the whole discounted return up to the end after step {end}, less V(s{index}). No "
        "other value counts."
    ),
    "gae_explorer.case.lambda_one_truncated.words": (
        "λ = 1: the discounted return up to the cut after step {end}, less V(s{index}). The value "
        "of the last observation, ◇, stands for what was cut off."
    ),
    "gae_explorer.case.lambda_one_rollout.words": (
        "λ = 1: the discounted return up to the end of the rollout, less V(s{index}). V(s₈) "
        "stands for what comes after it."
    ),
    "gae_explorer.case.terminated.words": (
        "The episode ends after step {end}, terminated: no later TD error counts, and the value "
        "of what follows is 0."
    ),
    "gae_explorer.case.truncated.words": (
        "The episode is cut after step {end}, truncated: no later TD error counts, but the value "
        "of the last observation, ◇, stands for what was cut off."
    ),
    "gae_explorer.case.rollout.words": (
        "No end follows step {step}: the sum goes on to the end of the rollout, where V(s₈) "
        "stands for what comes after."
    ),
}
