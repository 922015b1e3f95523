"""What the trust-region explorer shows."""

STRINGS: dict[str, str] = {
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
