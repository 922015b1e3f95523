"""The trust-region explorer: three steps from one policy of the cliff, on a map of its returns.

`cliff_steps.js` computes what `cliff.steps` does; tests hold each to the other.
"""

from __future__ import annotations

from typing import Any

import traitlets

from ppo_lib.course.explorers.explorer import BoundedFloat, Explorer, front_end


class TrustRegionExplorer(Explorer):
    """How far may a step go: gradient, natural gradient and TRPO from a policy to be dragged.

    The policy is `cliff.exact.right_by_position(lean, slope)` in the corridor of `CliffEnv`;
    returns, gradient, KL and Fisher matrix are exact.

    Args:
        lean: the old policy's logit of going right at position 4, -4 to 4.
        slope: how much more it is at the goal, -4 to 4.
        max_kl: δ, 0.001 to 1 nats.
        step_size: α of the gradient step, 0.1 to 100.
        contours: of the true return ("truth"), of the surrogate, or "both".
        walked: steps that were taken, each ("gradient" or "trpo", lean, slope, lean, slope),
            from where to where.

    Raises:
        ValueError: if an argument is outside its range. Assigning such a value later raises a
            TraitError with the same message.
    """

    string_prefix = "trust_region_explorer"
    _esm = front_end(__file__, "cliff_steps.js", "contours.js")

    lean = BoundedFloat(-0.5, low=-4.0, high=4.0, step=0.05)
    slope = BoundedFloat(-2.0, low=-4.0, high=4.0, step=0.05)
    max_kl = BoundedFloat(0.05, low=0.001, high=1, step=10**0.1, scale="log")
    step_size = BoundedFloat(10.0, low=0.1, high=100, step=10**0.1, scale="log")
    contours = traitlets.Enum(["truth", "surrogate", "both"], "truth").tag(sync=True)
    walked = traitlets.List(
        traitlets.Tuple(
            traitlets.Enum(["gradient", "trpo"]), *[traitlets.CFloat() for _ in range(4)]
        )
    ).tag(sync=True)

    def __init__(
        self,
        lean: float = -0.5,
        slope: float = -2.0,
        max_kl: float = 0.05,
        step_size: float = 10.0,
        contours: str = "truth",
        **layout: Any,
    ) -> None:
        super().__init__(
            lean=lean,
            slope=slope,
            max_kl=max_kl,
            step_size=step_size,
            contours=contours,
            **layout,
        )
