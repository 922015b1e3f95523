"""The step-size explorer: one step of REINFORCE on the cliff, and the batch it is taken from.

`step_explorer.js` computes and draws it; tests hold that to `cliff.exact` and to autograd.
"""

from __future__ import annotations

from typing import Any

import traitlets

from ppo_lib.course.cliff.environment import CliffEnv
from ppo_lib.course.explorers.explorer import BoundedFloat, BoundedInt, Explorer, front_end

# Chosen so that of batches 1 to 8, collected at θ = 0, three hold a goal (3.2 are to be expected)
# and the first holds none. From there steps of 0.5 to 3 climb, and those of 6 to 100 fall.
_FIRST_SEED = 425


class StepExplorer(Explorer):
    """One step of REINFORCE on the cliff: choose α, drag θ, take the step, and see what is left.

    The policy goes right with probability 1 / (1 + exp(-θ)) at every position, and a step of size
    α follows the gradient that a batch of four episodes estimates: θ′ = θ + α g.

    Args:
        step_size: α, 0.1 to 100.
        theta: θ, -1000 to 1000; from -8 to 8 it is on the axis.
        batch: the luck of the batch, 1 to 999; 1 to 8 are offered for choice. The batch that is
            collected after the step is the next one.
        exact: whether the step follows the exact gradient, and no batch.

    Attributes:
        trail: the steps that were taken, as [θ, θ′, batch].

    Raises:
        ValueError: if an argument is outside its range. Assigning such a value later
            raises a TraitError with the same message.
    """

    string_prefix = "step_explorer"
    _esm = front_end(__file__)

    step_size = BoundedFloat(1.0, low=0.1, high=100.0, step=10**0.05, scale="log")
    theta = BoundedFloat(0.0, low=-1000.0, high=1000.0, step=0.05)
    batch = BoundedInt(1, low=1, high=999)
    exact = traitlets.Bool(False).tag(sync=True)
    trail = traitlets.List(traitlets.List()).tag(sync=True)
    start: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)  # θ and batch
    rules = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self,
        step_size: float = 1.0,
        theta: float = 0.0,
        batch: int = 1,
        exact: bool = False,
        **layout: Any,
    ) -> None:
        super().__init__(step_size=step_size, theta=theta, batch=batch, exact=exact, **layout)
        self.set_trait("start", [self.theta, self.batch])

    @traitlets.default("rules")
    def _default_rules(self) -> dict[str, float]:
        """Return the numbers that the front end's cliff is built from."""
        return {
            "num_positions": CliffEnv.NUM_POSITIONS,
            "start": CliffEnv.START,
            "time_limit": CliffEnv.MAX_EPISODE_STEPS,
            "bait_reward": CliffEnv.BAIT_REWARD,
            "goal_reward": CliffEnv.GOAL_REWARD,
            "num_episodes": 4,
            "first_seed": _FIRST_SEED,
            # An episode's chance of the goal below which a policy is on the plateau.
            "plateau_chance": 0.01,
            "axis": 8.0,  # θ is drawn from -8 to 8; a step can lead beyond
        }
