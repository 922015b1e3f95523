"""What the iteration stepper shows."""

STRINGS: dict[str, str] = {
    "iteration_stepper.title": "Iteration stepper",
    "iteration_stepper.axis.samples": "samples (square-root scale)",
    "iteration_stepper.axis.ratio": "probability ratio r (last bar: all above {end})",
    "iteration_stepper.axis.beyond": "> {end}",
    "iteration_stepper.axis.shares": "samples",
    "iteration_stepper.axis.kl": "approx. KL (nats, log scale)",
    "iteration_stepper.axis.step": "gradient step (lines: epochs)",
    "iteration_stepper.side.up": "A > 0: r should rise",
    "iteration_stepper.side.down": "A < 0: r should fall",
    "iteration_stepper.key.inside": "inside",
    "iteration_stepper.key.alive": "outside, alive",
    "iteration_stepper.key.dead": "dead",
    "iteration_stepper.count.inside": "inside {inside}",
    "iteration_stepper.count.alive": "outside, alive {alive}",
    "iteration_stepper.count.dead": "dead {dead}",
    "iteration_stepper.line.outside": "outside",
    "iteration_stepper.line.dead": "dead",
    "iteration_stepper.choice.iteration": "iteration",
    "iteration_stepper.choice.limit": "surrogate",
    "iteration_stepper.choice.limit.clip": "clipped",
    "iteration_stepper.choice.limit.own": "yours",
    "iteration_stepper.choice.limit.none": "no limit",
    "iteration_stepper.limit.clip": "PPO's clipped surrogate",
    "iteration_stepper.limit.own": "your surrogate",
    "iteration_stepper.limit.none": "a surrogate without a limit",
    "iteration_stepper.slider.gradient_step": "gradient step",
    "iteration_stepper.button.play": "Play",
    "iteration_stepper.button.pause": "Pause",
    "iteration_stepper.button.back": "Epoch back",
    "iteration_stepper.button.on": "Epoch on",
    "iteration_stepper.point.gradient_step": "gradient step, on the curves",
    "iteration_stepper.place.start": "Before the first gradient step",
    "iteration_stepper.place.step": (
        "Epoch {epoch} of {epochs}, minibatch {minibatch} of {minibatches}"
    ),
    "iteration_stepper.picture": (
        "Iteration stepper. Iteration {iteration}, updated by {limit}. {place}. A histogram of "
        "{count} ratios, from {lowest} to {highest}; the band is {low} to {high}."
    ),
    "iteration_stepper.words": (
        "{outside} of {count} ratios are outside the band. {dead} samples are dead: no gradient. "
        "{alive} are outside and alive: still a gradient. KL {kl} nats. {special}"
    ),
    "iteration_stepper.case.start": (
        "The policy is still the one that acted. All ratios are 1, inside the band: in the first "
        "gradient step a clip plays no part."
    ),
    "iteration_stepper.case.inside.clip": (
        "So far no ratio has left the band. The clip has done nothing yet: without a limit, the "
        "steps up to here are the same."
    ),
    "iteration_stepper.case.inside.own": "So far no ratio has left the band.",
    "iteration_stepper.case.inside.none": (
        "So far no ratio has left the band: with PPO's clip, the steps up to here are the same."
    ),
    "iteration_stepper.case.more": (
        "A dead sample pushes no further. It still moves: all samples share one network, and Adam "
        "has momentum."
    ),
    "iteration_stepper.case.fewer": (
        "Fewer are outside than a step before. Dead samples add no gradient, the others decide, "
        "and ratios come back."
    ),
    "iteration_stepper.case.back": (
        "All ratios are inside again. No sample is dead: each has its gradient back."
    ),
    "iteration_stepper.case.out.own": (
        "A sample counts as dead where the derivative of your function is 0 for it."
    ),
    "iteration_stepper.case.out.none": (
        "No sample is dead: r·A has a slope everywhere. Each sample pushes on, however far its "
        "ratio has gone."
    ),
    "iteration_stepper.case.end": (
        "The update ends here. In the next one this policy is the old one, and every ratio begins "
        "at 1 again."
    ),
    "iteration_stepper.still.note": "a still picture: run the cell to move it",
    "iteration_stepper.hint": (
        "Move the slider or the point on the curves. The grey band is 1 ± ε. Dead (hatched): the "
        "surrogate gives the sample no gradient."
    ),
}
