"""The iteration stepper: the ratios of a real update, from one gradient step to the next.

The update is recorded here, once; `iteration_stepper.js` shows the recording.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import traitlets

from ppo_lib.config import PPOConfig, preset
from ppo_lib.course.explorers.explorer import BoundedInt, Explorer, front_end
from ppo_lib.course.lesson_07.update_frames import BAND, BARS, CLIP_RANGE, compact
from ppo_lib.course.measures.recording import (
    UpdateRecording,
    UpdateStart,
    record_update,
    update_starts,
)
from ppo_lib.losses import Surrogate, clipped_surrogate, unclipped_surrogate

ITERATIONS = (1, 10, 30)
NUM_EPOCHS, NUM_MINIBATCHES = 10, 4
KL_LIMITS = (1e-4, 10.0)  # of the axis; 0 stands at its lower end


def config_of(seed: int) -> PPOConfig:
    """Return the settings of the recorded training run: lesson 04's."""
    return preset(
        "cartpole",
        seed=seed,
        num_epochs=NUM_EPOCHS,
        learning_rate=3e-3,
        clip_range=CLIP_RANGE,
    )


@lru_cache(maxsize=8)
def _starts(seed: int) -> dict[int, UpdateStart]:
    return update_starts(config_of(seed), ITERATIONS)


def _record(surrogate: Surrogate, seed: int) -> dict[int, UpdateRecording]:
    config = config_of(seed)
    return {
        iteration: record_update(
            start.model, start.batch, config, surrogate, start.optimizer, start.generator
        )
        for iteration, start in _starts(seed).items()
    }


# A learner's function is recorded anew each time: what it calls may have changed.
_record_known = lru_cache(maxsize=16)(_record)


class IterationStepper(Explorer):
    """The probability ratios of a real update on CartPole, gradient step by gradient step.

    An agent is trained by PPO; its 1st, 10th and 30th updates are recorded, each by the
    surrogate and, from the same start, by the one without a limit. The first one for a seed
    takes a second or two.

    Args:
        surrogate: the policy's objective, called as `clipped_surrogate` is: yours, if you like.
        seed: of the agent, its environments and its minibatches, from 0.
        gradient_step: how many of the update's 40 steps have been taken.
        iteration: of training: 1, 10 or 30.
        limit: "clip" for the surrogate, "none" for the one without a limit.

    Raises:
        TypeError: if the surrogate is no function, or returns no tensor.
        ValueError: if it returns more than one number or one without a gradient, or another
            argument is outside its range. Assigning such a value later raises a TraitError
            with the same message.
        FloatingPointError: if its value or gradient is not finite.
    """

    string_prefix = "iteration_stepper"
    _esm = front_end(__file__)

    gradient_step = BoundedInt(0, low=0, high=NUM_EPOCHS * NUM_MINIBATCHES)
    iteration = traitlets.Enum(ITERATIONS, 1).tag(sync=True)
    limit = traitlets.Enum(["clip", "none"], "clip").tag(sync=True)
    recording = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self, surrogate: Surrogate = clipped_surrogate, seed: int = 0, **state: Any
    ) -> None:
        if not callable(surrogate):
            raise TypeError(
                "surrogate must be a function of log_probs, old_log_probs, advantages and "
                f"clip_range, got {surrogate!r}"
            )
        self.surrogate, self.seed = surrogate, seed
        is_known = surrogate is clipped_surrogate
        self._updates = {
            "clip": (_record_known if is_known else _record)(surrogate, seed),
            "none": _record_known(unclipped_surrogate, seed),
        }
        super().__init__(**state)

    @traitlets.default("recording")
    def _default_recording(self) -> dict[str, Any]:
        """Return the recordings, and what the front end must know to draw them."""
        return {
            "surrogate": "clip" if self.surrogate is clipped_surrogate else "own",
            "count": self.update.ratios.shape[1],
            "epochs": NUM_EPOCHS,
            "minibatches": NUM_MINIBATCHES,
            "band": list(BAND),
            "bars": {**BARS, "highest": self._highest_bar()},
            "klLimits": list(KL_LIMITS),
            "updates": {
                str(iteration): {
                    limit: compact(self._updates[limit][iteration]) for limit in ("clip", "none")
                }
                for iteration in ITERATIONS
            },
        }

    def _highest_bar(self) -> int:
        """Return a little more than all samples of one sign: the spike that an update begins as."""
        batches = [update.advantages for update in self._updates["none"].values()]
        larger = max(max(int((a > 0).sum()), int((a <= 0).sum())) for a in batches)
        return (math.isqrt(larger) + 1) ** 2

    @property
    def update(self) -> UpdateRecording:
        """The recorded update that is shown."""
        return self._updates[self.limit][self.iteration]

    def __repr__(self) -> str:
        """Return the call that makes this explorer, without a memory address."""
        name = getattr(self.surrogate, "__name__", type(self.surrogate).__name__)
        given = [] if self.surrogate is clipped_surrogate else [name]
        given += [f"seed={self.seed!r}"] if self.seed else []
        given += [f"{name}={getattr(self, name)!r}" for name in self._shown]
        return f"{type(self).__name__}({', '.join(given)})"
