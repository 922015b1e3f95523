"""What the entropy explorer shows."""

STRINGS: dict[str, str] = {
    "entropy_explorer.title": "Entropy explorer",
    "entropy_explorer.axis.probability": "probability p",
    "entropy_explorer.axis.reward": "expected reward q",
    "entropy_explorer.axis.entropy": "entropy H (nats)",
    "entropy_explorer.axis.action": "action",
    "entropy_explorer.row.probability": "p",
    "entropy_explorer.row.reward": "q",
    "entropy_explorer.corner": "action {number}: {reward}",
    "entropy_explorer.legend.maximum": "maximum of F",
    "entropy_explorer.legend.uniform": "uniform policy",
    "entropy_explorer.legend.rewards": "rewards’ pull",
    "entropy_explorer.legend.bonus": "bonus’s pull",
    "entropy_explorer.legend.both": "both: step × {scale}",
    "entropy_explorer.legend.lines": "F, {gap} apart",
    "entropy_explorer.legend.flat": "F is flat",
    "entropy_explorer.slider.ent_coef": "ent_coef c₂",
    "entropy_explorer.button.one": "1 step",
    "entropy_explorer.button.many": "{count} steps",
    "entropy_explorer.button.uniform": "Uniform policy",
    "entropy_explorer.button.wrong": "Sure but wrong",
    "entropy_explorer.point.across": "policy, between action 1 and action 2",
    "entropy_explorer.point.up": "policy, probability of action 3",
    "entropy_explorer.point.state": "probabilities {probabilities}",
    "entropy_explorer.point.reward": "expected reward of action {number}",
    "entropy_explorer.reading.reward": "expected reward ∑ p q",
    "entropy_explorer.reading.entropy": "entropy H",
    "entropy_explorer.reading.actions": "effective actions eᴴ",
    "entropy_explorer.reading.bonus": "bonus c₂ H",
    "entropy_explorer.reading.objective": "F = ∑ p q + c₂ H",
    "entropy_explorer.reading.length": "gradient in the logits",
    "entropy_explorer.reading.cost": "given up at the maximum",
    "entropy_explorer.reading.steps": "steps so far",
    "entropy_explorer.value.reward": "{reward}",
    "entropy_explorer.value.entropy": "{entropy} nats",
    "entropy_explorer.value.actions": "{actions} of 3",
    "entropy_explorer.value.bonus": "{bonus}",
    "entropy_explorer.value.objective": "{objective}",
    "entropy_explorer.value.length": "{length}",
    "entropy_explorer.value.cost": "{cost}",
    "entropy_explorer.value.steps": "{steps}",
    "entropy_explorer.picture": (
        "Entropy explorer. {place}. Probabilities of three actions: {probabilities}; their "
        "expected rewards: {rewards}; c₂ = {ent_coef}. The expected reward is {reward}, the "
        "entropy {entropy} nats, as much as that of {actions} equally likely actions. "
        "F = {objective}, and its gradient in the logits is {length} long. F has its maximum of "
        "{maximum} at the probabilities {optimum}, whose entropy is {most} nats."
    ),
    "entropy_explorer.still.note": "a still picture: run the cell to move it",
    "entropy_explorer.hint": (
        "Drag the policy and the tops of the rewards, or use the arrow keys. The gradient is "
        "exact: no action is sampled. An arrow with two heads is cut at the rim."
    ),
    "entropy_explorer.place.flat": "Nothing to learn",
    "entropy_explorer.place.maximum": "Near the maximum",
    "entropy_explorer.place.wrong": "Nearly sure, and wrong",
    "entropy_explorer.place.right": "Surer than the maximum",
    "entropy_explorer.place.sure": "Nearly sure",
    "entropy_explorer.place.between": "Between the corners",
    "entropy_explorer.words.flat": (
        "The rewards are equal and there is no bonus: F is the same everywhere and the gradient "
        "is 0."
    ),
    "entropy_explorer.words.fading": (
        "F is {short} below its maximum. Towards the corner the gradient fades, so that the last "
        "part takes the most steps."
    ),
    "entropy_explorer.words.balanced": (
        "F is {short} below its maximum. There the two pulls are equal and opposite."
    ),
    "entropy_explorer.words.settled": "F is {short} below its maximum.",
    "entropy_explorer.words.stuck": (
        "Every part of the gradient has a factor p, and the p of the other actions is small: "
        "{length} is left of it. Steps are slow here."
    ),
    "entropy_explorer.words.pulled": (
        "Both pulls have a factor p and fade here: the gradient is {length} long. The bonus’s has "
        "a factor −ln p too, and is {times} times the rewards’."
    ),
    "entropy_explorer.words.back": (
        "The rewards pull further into the corner of action {action}, with {reward_length}. The "
        "bonus pulls out of it, with {bonus_length}."
    ),
    "entropy_explorer.words.alone": "The bonus pulls with {bonus_length}, the rewards not at all.",
    "entropy_explorer.words.between": (
        "The rewards pull with {reward_length}, the bonus with {bonus_length}."
    ),
    "entropy_explorer.words.no_bonus": (
        "The rewards pull with {reward_length}. There is no bonus."
    ),
    "entropy_explorer.maximum.flat": "Every policy is a maximum.",
    "entropy_explorer.maximum.corner": (
        "With c₂ = 0 the maximum is a corner: action {best_action}, and no other."
    ),
    "entropy_explorer.maximum.tie": (
        "With c₂ = 0 every mixture of the best actions is a maximum; the ring is the middle."
    ),
    "entropy_explorer.maximum.equal": (
        "The rewards are equal: the maximum is the uniform policy, and it gives nothing up."
    ),
    "entropy_explorer.maximum.uniform": (
        "So large a c₂ drowns the rewards: the maximum is nearly uniform, with an expected reward "
        "of {optimal_reward} against the best action’s {best}."
    ),
    "entropy_explorer.maximum.bias": (
        "The maximum is not the best action: its expected reward is {optimal_reward}, the best "
        "action’s {best}."
    ),
    "entropy_explorer.maximum.close": (
        "So small a c₂ costs less than 0.001: the maximum is almost a corner."
    ),
}
