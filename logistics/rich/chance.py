"""A random number generator whose state is an array, so that a search can be repeated."""

from __future__ import annotations

import numpy as np

from logistics.compiled import inner


@inner
def chance(random: np.ndarray) -> float:
    """Return a number from 0 up to 1 (xorshift64*, Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0
