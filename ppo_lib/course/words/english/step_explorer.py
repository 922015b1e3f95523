"""What the step-size explorer shows."""

STRINGS: dict[str, str] = {
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
}
