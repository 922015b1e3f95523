"""The clip explorer: what one sample adds to L^CLIP, as a function of its ratio.

`clip_explorer.js` computes and draws it; tests hold that to `ppo_lib.losses` and to autograd.
"""

from __future__ import annotations

from typing import Any

import traitlets

from ppo_lib.course.explorers.explorer import BoundedFloat, Explorer, front_end


class ClipExplorer(Explorer):
    """One sample's part in L^CLIP: drag the ratio, ε and A, and read what happens.

    Args:
        clip_range: ε, 0.01 to 0.5.
        advantage: A, -1.5 to 1.5.
        ratio: r = π(a|s) / π_old(a|s), 0.01 to 2.5 (an exponential is never 0).
        use_min: False shows what is left of the objective without its minimum.

    Attributes:
        case: the case that the point is in, as the front end says it. For A > 0: 1 below the
            band, 2 inside, 3 above; for A < 0: 4, 5, 6; for A = 0: 0. Read only, and None until
            it is shown.

    Raises:
        ValueError: if an argument is outside its range. Assigning such a value later
            raises a TraitError with the same message.
    """

    string_prefix = "clip_explorer"
    _esm = front_end(__file__)

    clip_range = BoundedFloat(0.2, low=0.01, high=0.5, step=0.01)
    advantage = BoundedFloat(1.0, low=-1.5, high=1.5, step=0.1)
    ratio = BoundedFloat(1.0, low=0.01, high=2.5, step=0.01)
    use_min = traitlets.Bool(True).tag(sync=True)
    case = traitlets.Int(None, allow_none=True, read_only=True).tag(sync=True)

    def __init__(
        self,
        clip_range: float = 0.2,
        advantage: float = 1.0,
        ratio: float = 1.0,
        use_min: bool = True,
        **layout: Any,
    ) -> None:
        super().__init__(
            clip_range=clip_range, advantage=advantage, ratio=ratio, use_min=use_min, **layout
        )
