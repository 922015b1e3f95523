"""The entropy explorer: what the entropy bonus does to a policy over three actions.

`entropy_explorer.js` computes and draws it; tests hold that to `torch.distributions` and autograd.
"""

from __future__ import annotations

from ppo_lib.course.explorers.explorer import BoundedFloat, Explorer, front_end
from ppo_lib.course.explorers.lists import CheckedList, numbers_from, probabilities_from

_LEAST = 1e-8  # no probability falls below it, however many steps are taken
_LONGEST_TRAIL = 300  # steps
_POLICY = f"3 probabilities of at least {_LEAST} that sum to 1"


def _read_policy(value: object) -> list[float] | None:
    return probabilities_from(value, 3, _LEAST)


def _read_rewards(value: object) -> list[float] | None:
    return numbers_from(value, 3, -1.0, 1.0)


def _read_trail(value: object) -> list[list[float]] | None:
    if not isinstance(value, list | tuple) or len(value) > _LONGEST_TRAIL + 1:
        return None
    policies = [_read_policy(policy) for policy in value]
    return None if None in policies else [policy for policy in policies if policy]


class EntropyExplorer(Explorer):
    """Three actions, their rewards and an entropy bonus: where it pulls a policy, and at what cost.

    Args:
        probs: the policy, three probabilities of at least 1e-8 that sum to 1.
        rewards: q, the actions' expected rewards, three numbers from -1 to 1.
        ent_coef: c₂, 0 to 1.
        trail: the policies that the steps led through, up to and with `probs`.

    Raises:
        ValueError: if an argument is outside its range. Assigning such a value later
            raises a TraitError with the same message.
    """

    string_prefix = "entropy_explorer"
    _esm = front_end(__file__, "contours.js")

    probs = CheckedList((0.1, 0.2, 0.7), _read_policy, _POLICY)
    rewards = CheckedList((1.0, 0.5, 0.0), _read_rewards, "3 numbers between -1 and 1")
    ent_coef = BoundedFloat(0.2, low=0.0, high=1.0, step=0.01)
    trail = CheckedList(
        (), _read_trail, f"at most {_LONGEST_TRAIL + 1} policies, each of {_POLICY}"
    )
