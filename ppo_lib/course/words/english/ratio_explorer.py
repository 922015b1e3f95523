"""What the ratio explorer shows."""

STRINGS: dict[str, str] = {
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
}
