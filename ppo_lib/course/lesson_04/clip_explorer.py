"""The clip explorer: what one sample adds to L^CLIP, as a function of its ratio.

The same formulas stand in `clip_explorer.js`; tests hold both to `ppo_lib.losses`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ppo_lib.course.explorers.explorer import BoundedFloat, Explorer, front_end

_TIE = 1e-9  # a ratio this close to an edge of the band stands on it
_LOST_WITHOUT_MIN = (1, 6)


def clip_case(ratio: float, advantage: float, clip_range: float) -> int:
    """Return which of the six cases of the clip a sample is in.

    Args:
        ratio: π(a|s) / π_old(a|s).
        advantage: A, of either sign.
        clip_range: ε; the band is 1 − ε to 1 + ε, its edges included.

    Returns:
        For A > 0: 1 below the band, 2 inside, 3 above. For A < 0: 4 below, 5 inside,
        6 above. For A = 0: 0.
    """
    if advantage == 0:
        return 0
    side = int(ratio > 1 + clip_range + _TIE) - int(ratio < 1 - clip_range - _TIE)
    return (2 if advantage > 0 else 5) + side


def clip_gradient(ratio: float, advantage: float, clip_range: float, use_min: bool) -> float:
    """Return the objective's slope in the ratio, ∂L/∂r.

    On an edge of the band it is the slope inside, which is what autograd returns.

    Args:
        ratio: π(a|s) / π_old(a|s).
        advantage: A, of either sign.
        clip_range: ε.
        use_min: whether L is the minimum of both terms, or the clipped term alone.

    Returns:
        0 or A.
    """
    case = clip_case(ratio, advantage, clip_range)
    flat = case in (0, 3, 4) or (not use_min and case in _LOST_WITHOUT_MIN)
    return 0.0 if flat else float(advantage)


class ClipExplorer(Explorer):
    """One sample's part in L^CLIP: drag the ratio, ε and A, and read what happens.

    Args:
        clip_range: ε, 0.01 to 0.5.
        advantage: A, -1.5 to 1.5.
        ratio: r = π(a|s) / π_old(a|s), 0.01 to 2.5 (an exponential is never 0).
        use_min: False shows what is left of the objective without its minimum.

    Attributes:
        case: the case the point is in, 0 to 6, as `clip_case` numbers them. Read only.

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
    case = traitlets.Int(2, read_only=True).tag(sync=True)

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
        self._update_case()

    @traitlets.observe("clip_range", "advantage", "ratio")
    def _update_case(self, change: object = None) -> None:
        self.set_trait("case", clip_case(self.ratio, self.advantage, self.clip_range))

    def terms(self, ratio: npt.ArrayLike) -> tuple[npt.NDArray[Any], ...]:
        """Return r·A, the clipped term and the objective at each ratio.

        Args:
            ratio: (N,) ratios.

        Returns:
            Three (N,) arrays.
        """
        unclipped = np.asarray(ratio) * self.advantage
        band = (1 - self.clip_range, 1 + self.clip_range)
        clipped = np.clip(ratio, *band) * self.advantage
        return unclipped, clipped, np.minimum(unclipped, clipped) if self.use_min else clipped

    def describe(self) -> str:
        """Return the state, the case and what the next step does, in words."""
        lost = not self.use_min and self.case in _LOST_WITHOUT_MIN
        _, _, objective = self.terms([self.ratio])
        picture = self.say(
            "picture",
            ratio=f"{self.ratio:.2f}",
            advantage=f"{self.advantage:.2f}",
            clip_range=f"{self.clip_range:.2f}",
            objective=f"{objective[0]:.2f}",
            gradient=f"{self._slope(self.ratio):.2f}",
            place=self.say(f"case.{self.case}.place"),
        )
        words = [picture, self.say(f"case.{self.case}.{'without_min' if lost else 'words'}")]
        left, right = self._slope(self.ratio - 10 * _TIE), self._slope(self.ratio + 10 * _TIE)
        if left != right:
            sides = {"left": f"{left:.2f}", "right": f"{right:.2f}"}
            words.append(self.say("kink", **sides, autograd=f"{self._slope(self.ratio):.2f}"))
        return " ".join(words)

    def _slope(self, ratio: float) -> float:
        return clip_gradient(ratio, self.advantage, self.clip_range, self.use_min)

    def draw_still(self, figure: Figure) -> None:
        """Draw the objective with its two terms, and its slope below."""
        steepest, widest = type(self).advantage.high, type(self).ratio.high
        top, low = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        top.set(xlim=(0, widest), ylim=(-steepest * widest, steepest * widest))
        low.set(ylim=(-steepest * 1.2, steepest * 1.2), yticks=[-1, 0, 1])
        band = (1 - self.clip_range, 1 + self.clip_range)
        for axes in (top, low):
            axes.axvspan(*band, color=self.colors["band"], alpha=0.2, lw=0)
            axes.axhline(0, color="0.4", lw=0.8)
            axes.spines[["top", "right"]].set_visible(False)
            axes.tick_params(labelsize=12)

        corners = np.array([0, *band, widest])
        styles = {"unclipped": ("--", 2.5), "clipped": (":", 2.5), "objective": ("-", 6)}
        for name, heights in zip(styles, self.terms(corners), strict=True):
            line_style, width = styles[name]
            top.plot(
                corners,
                heights,
                line_style,
                lw=width,
                color=self.colors[name],
                label=self.say(f"line.{name}"),
                zorder=2 if name == "objective" else 3,
            )
        slopes = [self._slope(ratio) for ratio in (0.0, 0.0, 1.0, widest)]
        low.step(corners, slopes, color=self.colors["gradient"], lw=3.5)

        slope = self._slope(self.ratio)
        filled = "black" if slope else "white"
        for axes, height in ((top, self.terms([self.ratio])[2][0]), (low, slope)):
            axes.plot(self.ratio, height, "o", ms=10, mfc=filled, mec="black", mew=2, zorder=5)
        self._label_still(top, low)

    def _label_still(self, top: Axes, low: Axes) -> None:
        place = self.say(f"case.{self.case}.place")
        heading = self.say("heading", number=self.case, place=place) if self.case else place
        top.set_title(f"{heading} ({self.say('still.note')})", fontsize=13, loc="left", pad=26)
        top.legend(loc="lower left", bbox_to_anchor=(0, 0.98), ncols=3, frameon=False, fontsize=12)
        for edge, align in (("low", "right"), ("high", "left")):
            value = 1 + (self.clip_range if edge == "high" else -self.clip_range)
            words = " " + self.say(f"edge.{edge}", value=f"{value:.2f}") + " "
            bottom = top.get_ylim()[0]
            top.text(value, bottom * 0.97, words, ha=align, va="bottom", fontsize=12)
        top.set_ylabel(self.say("axis.objective"), fontsize=12)
        low.set_ylabel(
            f"{self.say('axis.gradient')}\n{self.say('axis.gradient_unit')}", fontsize=12
        )
        ratio_label = self.say("axis.ratio").replace("_[old]", r"$_{\mathrm{old}}$")
        low.set_xlabel(ratio_label, fontsize=12)
