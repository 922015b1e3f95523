"""The ratio explorer: what samples of the old policy say about a new one.

`ratio_explorer.js` draws the samples and reads them off; tests hold that to
`torch.distributions`, `ppo_lib.losses` and numerical integrals.
"""

from __future__ import annotations

from typing import Any

import traitlets

from ppo_lib.course.explorers.explorer import BoundedFloat, BoundedInt, Explorer, front_end
from ppo_lib.course.explorers.lists import CheckedList, probabilities_from

_LEAST = 0.01  # no action's probability falls below it


def _policy(*probabilities: float) -> CheckedList:
    wanted = f"5 probabilities of at least {_LEAST} that sum to 1"
    return CheckedList(probabilities, lambda value: probabilities_from(value, 5, _LEAST), wanted)


class RatioExplorer(Explorer):
    """Samples of an old policy judge a new one: drag it, and see what they are worth.

    Args:
        kind: "discrete" for five actions, "gaussian" for one continuous action.
        new_probs: the new policy's five probabilities, each at least 0.01.
        old_probs: those of the old policy, which draws the samples.
        new_mean: the new policy's mean, -2.5 to 2.5.
        new_std: its standard deviation, 0.4 to 2.5.
        old_mean: the old policy's mean.
        old_std: its standard deviation.
        num_samples: n, 16 to 1024.
        seed: which samples, from 0.
        moved: "new" or "old": whose handles are shown.

    Raises:
        ValueError: if an argument is outside its range. Assigning such a value later
            raises a TraitError with the same message.
    """

    string_prefix = "ratio_explorer"
    _esm = front_end(__file__)

    kind = traitlets.Enum(["discrete", "gaussian"], "discrete").tag(sync=True)
    new_probs = _policy(0.05, 0.15, 0.3, 0.4, 0.1)
    old_probs = _policy(0.1, 0.2, 0.4, 0.2, 0.1)
    new_mean = BoundedFloat(0.5, low=-2.5, high=2.5, step=0.01)
    new_std = BoundedFloat(1.0, low=0.4, high=2.5, step=0.01)
    old_mean = BoundedFloat(0.0, low=-2.5, high=2.5, step=0.01)
    old_std = BoundedFloat(1.0, low=0.4, high=2.5, step=0.01)
    num_samples = BoundedInt(64, low=16, high=1024, step=2, scale="log")
    seed = BoundedInt(0, low=0, high=2**31 - 1)
    moved = traitlets.Enum(["new", "old"], "new").tag(sync=True)

    def __init__(self, kind: str = "discrete", **state: Any) -> None:
        super().__init__(kind=kind, **state)
