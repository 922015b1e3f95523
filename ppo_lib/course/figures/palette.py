"""One colour per quantity in the whole course.

The colours are Okabe and Ito's, which colour-blind readers can tell apart
(Okabe and Ito, "Color Universal Design", 2008), two greys, and a brown and a violet that stand out
from all of them for such readers too; the quantities of the lessons on advantages and on the critic
never share a panel with those that they are near to. A figure never relies on colour alone: it adds
a line style, a marker or a label.
"""

from __future__ import annotations

COLORS: dict[str, str] = {
    "episode_return": "#0072B2",  # blue
    "approx_kl": "#D55E00",  # vermillion
    "clip_fraction": "#E69F00",  # orange
    "clipped": "#E69F00",  # orange: the clipped term belongs to the clip
    "unclipped": "#56B4E9",  # sky blue: r * A
    "ratio": "#56B4E9",  # sky blue: r itself, and what is weighted by it
    "objective": "#009E73",  # green: the minimum of the two, L^CLIP
    "gradient": "#CC79A7",  # purple
    "natural_gradient": "#8A2BE2",  # violet
    "band": "#999999",  # grey: 1 - epsilon to 1 + epsilon
    "truth": "#000000",  # black: what an estimate is compared with
    "old_policy": "#666666",  # dark grey: the policy that acted
    "new_policy": "#A0522D",  # brown: the policy that is judged or trained
    "rewards": "#0072B2",  # blue: a return is a sum of them
    "values": "#007C80",  # teal: what the critic says
    "td_errors": "#9E9D24",  # olive
    "advantages": "#AA3377",  # wine
    "entropy": "#7A5195",  # plum
}

VALUE_COLORS: tuple[str, ...] = ("#332288", "#882255", "#117733", "#CC6677", "#999933")
"""The values of a setting, from low to high: five of Paul Tol's scheme "muted" from dark to light,
which colour-blind readers can tell apart too. None of them is a quantity's."""
