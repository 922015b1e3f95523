"""What the checks of lesson 00 say."""

STRINGS: dict[str, str] = {
    "check.stay_in_band.right": (
        "Below the band, inside it, above it and on its edges, your function does what the clip "
        "in PPO does."
    ),
    "check.stay_in_band.min_max_swapped": (
        "Whatever goes in, the lower edge comes out: have min and max, or the two edges, changed "
        "places? To hold a number below the upper edge, take the smaller of the two."
    ),
    "check.stay_in_band.max_min_swapped": (
        "The two edges have changed places: whatever goes in, the upper edge comes out. Which of "
        "them must the result not exceed?"
    ),
    "check.stay_in_band.around_0": (
        "Your band lies around 0. A ratio of 1 means that nothing has changed; the band lies "
        "around that."
    ),
    "check.stay_in_band.no_low": (
        "The upper edge holds, the lower one does not: try a ratio of 0.5."
    ),
    "check.stay_in_band.no_high": (
        "The lower edge holds, the upper one does not: try a ratio of 1.5."
    ),
    "check.stay_in_band.width_for_edge": (
        "Outside the band your function returns the clip range itself. The edges of the band are "
        "that far from 1."
    ),
    "check.stay_in_band.back_to_1": (
        "A ratio outside the band comes back as 1. It should stop at the nearest edge."
    ),
    "check.stay_in_band.fixed_width": (
        "The band is right for a clip range of 0.2 and for no other: a 0.2 is written into the "
        "function where clip_range belongs."
    ),
    "check.stay_in_band.unchanged": (
        "The ratio comes back as it went in, also from outside the band: try 1.5 and 0.5."
    ),
}
