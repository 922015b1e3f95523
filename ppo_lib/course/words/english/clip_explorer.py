"""What the clip explorer shows."""

STRINGS: dict[str, str] = {
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
}
