"""The iteration stepper: the ratios of a real update, from one gradient step to the next.

The update is recorded here, once; the front end in `iteration_stepper.js` shows the recording.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ppo_lib.config import PPOConfig, preset
from ppo_lib.course.explorers.explorer import BoundedInt, Explorer, front_end
from ppo_lib.course.lesson_07.update_frames import (
    AXIS_END,
    AXIS_LIMIT,
    BAND,
    BAR_WIDTH,
    BEYOND_AT,
    CLIP_RANGE,
    FIRST_INSIDE,
    NUM_BARS,
    NUM_INSIDE,
    compact,
    is_inside,
    moment_case,
)
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
            "surrogate": self._name_of("clip"),
            "count": self.update.ratios.shape[1],
            "epochs": NUM_EPOCHS,
            "minibatches": NUM_MINIBATCHES,
            "band": list(BAND),
            "bars": {
                "count": NUM_BARS,
                "width": BAR_WIDTH,
                "firstInside": FIRST_INSIDE,
                "inside": NUM_INSIDE,
                "end": AXIS_END,
                "beyondAt": BEYOND_AT,
                "limit": AXIS_LIMIT,
                "highest": self._highest_bar(),
            },
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

    def _name_of(self, limit: str) -> str:
        """Return "own" in place of "clip" where the surrogate is not the library's."""
        is_own = limit == "clip" and self.surrogate is not clipped_surrogate
        return "own" if is_own else limit

    def _shown_update(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.recording["updates"][str(self.iteration)][self.limit]
        return shown

    def _written(self) -> dict[str, str]:
        """Return the numbers of this moment as they are written, by the names of the fields."""
        update, step = self._shown_update(), self.gradient_step
        count = self.recording["count"]
        numbers = {name: update[name][step] for name in ("outside", "dead", "alive")}
        numbers["inside"] = count - numbers["dead"] - numbers["alive"]
        written = {name: f"{number:,}" for name, number in numbers.items()}
        return written | {
            "count": f"{count:,}",
            "kl": f"{update['kl'][step]:.4f}",
            "lowest": f"{update['lowest'][step]:.2f}",
            "highest": f"{update['highest'][step]:.2f}",
            "low": f"{BAND[0]:.1f}",
            "high": f"{BAND[1]:.1f}",
            "iteration": str(self.iteration),
        }

    def _place(self) -> str:
        if self.gradient_step == 0:
            return self.say("place.start")
        epoch, minibatch = divmod(self.gradient_step - 1, NUM_MINIBATCHES)
        return self.say(
            "place.step",
            epoch=epoch + 1,
            epochs=NUM_EPOCHS,
            minibatch=minibatch + 1,
            minibatches=NUM_MINIBATCHES,
        )

    def describe(self) -> str:
        """Return the moment, its numbers and what is special about it, in words."""
        name = self._name_of(self.limit)
        limit, written = self.say(f"limit.{name}"), self._written()
        picture = self.say("picture", place=self._place(), limit=limit, **written)
        case = moment_case(self._shown_update()["outside"], self.gradient_step, name)
        words = self.say("words", special=self.say(f"case.{case}"), **written)
        return f"{picture} {words}"

    def draw_still(self, figure: Figure) -> None:
        """Draw the histogram of this moment and the curves of the whole update."""
        grid = figure.add_gridspec(2, 2, width_ratios=(3, 2))
        histogram = figure.add_subplot(grid[:, 0])
        shares = figure.add_subplot(grid[0, 1])
        kl = figure.add_subplot(grid[1, 1], sharex=shares)
        for axes in (histogram, shares, kl):
            axes.spines[["top", "right"]].set_visible(False)
            axes.tick_params(labelsize=11)
        name = self.say(f"limit.{self._name_of(self.limit)}")
        place = f"{self.say('choice.iteration')} {self.iteration}, {name}: {self._place()}"
        title = f"{place}\n({self.say('still.note')})"
        figure.suptitle(title, fontsize=12, x=0.01, ha="left")
        self._draw_histogram(histogram)
        self._draw_curves(shares, kl)

    def _draw_histogram(self, axes: Axes) -> None:
        frame = np.array(self._shown_update()["frames"][self.gradient_step])
        bars, written = frame[:, 0], self._written()
        lefts = np.where(bars < NUM_BARS, bars * BAR_WIDTH, BEYOND_AT)
        inside = is_inside(bars)
        axes.axvspan(*BAND, color=self.colors["band"], alpha=0.2, lw=0)
        for edge in BAND:
            axes.axvline(edge, color=self.colors["truth"], linestyle=":", linewidth=1.5)
        styles: dict[str, dict[str, Any]] = {
            "inside": {"color": self.colors["band"]},
            "alive": {"color": self.colors["clipped"]},
            "dead": {"fc": "white", "ec": self.colors["gradient"], "hatch": "////", "lw": 1.2},
        }
        chosen = {"inside": inside, "alive": ~inside, "dead": np.ones_like(inside)}
        for kind, style in styles.items():
            for sign, total, dead in (
                (1, frame[:, 1], frame[:, 2]),
                (-1, frame[:, 3], frame[:, 4]),
            ):
                counts = dead if kind == "dead" else np.where(total > dead, total, 0)
                heights = sign * np.sqrt(np.where(chosen[kind], counts, 0))
                label = self.say(f"count.{kind}", **written) if sign > 0 else None
                axes.bar(lefts, heights, 0.9 * BAR_WIDTH, align="edge", label=label, **style)
        axes.axhline(0, color="0.3", lw=1)
        top = math.isqrt(self.recording["bars"]["highest"])
        axes.set(xlim=(0, AXIS_LIMIT), ylim=(-top, top))
        roots = [10 * tens for tens in range(-3, 4) if 10 * abs(tens) <= top]
        axes.set_yticks(roots, labels=[f"{root**2}" for root in roots])
        axes.set_xticks([0, 0.4, *BAND, 1, 1.6, 2, BEYOND_AT + BAR_WIDTH / 2])
        axes.set_xticklabels(
            ["0", "0.4", "0.8", "1.2", "1", "1.6", "2", self.say("axis.beyond", end=AXIS_END)]
        )
        axes.set_xlabel(self.say("axis.ratio", end=AXIS_END), fontsize=12)
        axes.set_title(self.say("axis.samples"), fontsize=12, loc="left", pad=24)
        words: dict[str, Any] = {"transform": axes.transAxes, "fontsize": 12, "ha": "right"}
        axes.text(0.98, 0.97, self.say("side.up"), va="top", **words)
        axes.text(0.98, 0.03, self.say("side.down"), **words)
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=3,
            frameon=False,
            fontsize=12,
            borderpad=0,
            handlelength=1.2,
            columnspacing=1.2,
        )

    def _draw_curves(self, shares: Axes, kl: Axes) -> None:
        update, step = self._shown_update(), self.gradient_step
        steps = range(len(update["kl"]))
        percent = 100 / self.recording["count"]
        curves = (
            (shares, np.multiply(percent, update["outside"]), "clip_fraction", "-", "outside"),
            (shares, np.multiply(percent, update["dead"]), "gradient", "--", "dead"),
            (kl, np.clip(update["kl"], *KL_LIMITS), "approx_kl", "-", None),
        )
        for axes, values, color, line, name in curves:
            style: dict[str, Any] = {"color": self.colors[color], "linestyle": line}
            axes.plot(steps, values, lw=1.2, alpha=0.5, **style)
            label = name and self.say(f"line.{name}")
            axes.plot(steps[: step + 1], values[: step + 1], lw=3, label=label, **style)
        for axes in (shares, kl):
            axes.axvline(step, color=self.colors["truth"], lw=1)
            for epoch in range(1, NUM_EPOCHS + 1):
                axes.axvline(epoch * NUM_MINIBATCHES, color="0.85", lw=0.8, zorder=0)
        shares.set(ylim=(0, 100), xlim=(0, len(steps) - 1))
        shares.set_yticks([0, 50, 100], labels=["0%", "50%", "100%"])
        shares.tick_params(labelbottom=False)
        shares.set_ylabel(self.say("axis.shares"), fontsize=12)
        shares.legend(
            loc="lower right",
            bbox_to_anchor=(1, 0.98),
            ncols=2,
            frameon=False,
            fontsize=12,
            borderpad=0,
            handlelength=1.8,
        )
        kl.set(yscale="log", ylim=KL_LIMITS)
        kl.set_yticks([0.001, 0.1, 10], labels=["0.001", "0.1", "10"])
        kl.set_yticks([], minor=True)
        kl.set_title(self.say("axis.kl"), fontsize=12, loc="left")
        kl.set_xlabel(self.say("axis.step"), fontsize=12)

    def __repr__(self) -> str:
        """Return the call that makes this explorer, without a memory address."""
        name = getattr(self.surrogate, "__name__", type(self.surrogate).__name__)
        given = [] if self.surrogate is clipped_surrogate else [name]
        given += [f"seed={self.seed!r}"] if self.seed else []
        given += [f"{name}={getattr(self, name)!r}" for name in self._shown]
        return f"{type(self).__name__}({', '.join(given)})"
