"""A small random generator for compiled code: xorshift64* (Vigna 2016)."""

from __future__ import annotations

import numpy as np

from logistics.compiled import inlined


def seeded(seed: int) -> np.ndarray:
    """Return a generator's state, uint64[1]; the same seed gives the same numbers."""
    return np.array([(seed + 1) * 0x9E3779B97F4A7C15 % (1 << 64) | 1], dtype=np.uint64)


@inlined
def chance(random: np.ndarray) -> float:
    """Return a number from 0 up to 1."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@inlined
def below(random: np.ndarray, limit: int) -> int:
    """Return a whole number from 0 up to a limit below 2^31."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    high = (x * np.uint64(2685821657736338717)) >> np.uint64(33)
    return int(np.int64((high * np.uint64(limit)) >> np.uint64(31)))
