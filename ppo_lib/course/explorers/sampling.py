"""Random numbers that Python and the browser draw alike; `sampling.js` is the same.

An explorer samples in the browser, where it lives on without a kernel, and its still picture and
its words show the same samples. No generator is common to both, so here is a small one: a counter
that is hashed. It serves pictures, not experiments.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_GOLDEN = 0x9E3779B9  # 2^32 over the golden ratio


def _mix(bits: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return each number hashed, one to one.

    Source: Wellons, "Prospecting for Hash Functions" (2018), the function "lowbias32".
    """
    bits = (bits ^ (bits >> np.uint32(16))) * np.uint32(0x7FEB352D)
    bits = (bits ^ (bits >> np.uint32(15))) * np.uint32(0x846CA68B)
    return bits ^ (bits >> np.uint32(16))


def uniforms(seed: int, count: int) -> npt.NDArray[np.float64]:
    """Return numbers spread evenly over 0 to 1, neither end among them.

    Args:
        seed: a whole number, at least 0; another seed gives other numbers.
        count: how many. The first of them are the same for every count.

    Returns:
        (count,) float64.
    """
    start = _mix(np.array([seed], dtype=np.uint32) + np.uint32(_GOLDEN))  # 0 is hashed to 0
    counter = np.arange(count, dtype=np.uint32) * np.uint32(_GOLDEN)
    return np.asarray((_mix(start + counter) + 0.5) / 2.0**32, dtype=np.float64)


def normals(seed: int, count: int) -> npt.NDArray[np.float64]:
    """Return numbers from the standard normal distribution, made of `uniforms` two by two.

        z = sqrt(-2 log u₁) cos(2π u₂)

    Args:
        seed: as for `uniforms`.
        count: how many.

    Returns:
        (count,) float64.

    Source: Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958).
    """
    first, second = uniforms(seed, 2 * count).reshape(count, 2).T
    return np.asarray(np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second))
