"""The GAE explorer: every advantage of a rollout, and the terms that make one of them up.

`gae_explorer.js` computes and draws it; tests hold that to `ppo_lib.advantages`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

from ppo_lib.course.explorers.explorer import BoundedFloat, BoundedInt, Explorer, front_end
from ppo_lib.course.explorers.lists import CheckedList, numbers_from

NUM_STEPS = 8
REWARD_LIMIT = 2.0
VALUE_LIMIT = 3.0


def _numbers(defaults: Sequence[float], limit: float) -> CheckedList:
    count = len(defaults)
    wanted = f"a list of {count} numbers between {-limit} and {limit}"
    return CheckedList(defaults, lambda value: numbers_from(value, count, -limit, limit), wanted)


class GaeExplorer(Explorer):
    """Eight steps of a rollout: drag rewards and values, and see every advantage change.

    Args:
        gamma: γ, 0 to 1.
        gae_lambda: λ, 0 to 1.
        end: "none", "terminated" or "truncated": how an episode ends after `end_step`.
        end_step: the step after which it ends, 0 to 6; the next one begins another episode.
        step: the advantage whose terms are shown, 0 to 7.
        rewards: r_0 to r_7, each from -2 to 2.
        values: V(s_0) to V(s_8), each from -3 to 3; the last is of the observation at which the
            rollout stops.
        final_value: V of the last observation of the episode that ends, -3 to 3. It counts only
            where the end is truncated.

    Raises:
        ValueError: if an argument is outside its range. Assigning such a value later
            raises a TraitError with the same message.
    """

    string_prefix = "gae_explorer"
    _esm = front_end(__file__)

    rewards = _numbers((0.0, -0.5, 0.0, 0.0, 1.5, 0.0, 0.0, 1.0), REWARD_LIMIT)
    values = _numbers((0.7, 0.6, 0.4, 0.1, 1.0, 0.5, 1.2, 0.6, 0.8), VALUE_LIMIT)
    final_value = BoundedFloat(1.0, low=-VALUE_LIMIT, high=VALUE_LIMIT, step=0.1)
    gamma = BoundedFloat(0.9, low=0, high=1, step=0.01)
    gae_lambda = BoundedFloat(0.8, low=0, high=1, step=0.01)
    end = traitlets.Enum(["none", "terminated", "truncated"], "terminated").tag(sync=True)
    end_step = BoundedInt(4, low=0, high=NUM_STEPS - 2)
    step = BoundedInt(2, low=0, high=NUM_STEPS - 1)

    def __init__(self, gamma: float = 0.9, gae_lambda: float = 0.8, **state: Any) -> None:
        super().__init__(gamma=gamma, gae_lambda=gae_lambda, **state)
