"""Which string of a route is cut out (Christiaens and Vanden Berghe 2020), compiled."""

from __future__ import annotations

import numpy as np

from logistics.compiled import inlined
from logistics.linked.chance import below, chance

NEXT, PREV = range(2)
"""The first columns of a node, of routes and of trips."""
SHARE_OF_SPLITS = 0.5
SPLIT_DEPTH = 0.01


@inlined
def num_strings(
    random: np.ndarray, mean_removed: float, longest: float, share_of_one: float
) -> int:
    """Return from how many routes strings are taken, so that about so many clients go.

    A share of the iterations takes one alone: quicker, and enough where routes are long.
    """
    if share_of_one > 0.0 and chance(random) < share_of_one:
        return 1
    return int(chance(random) * (4.0 * mean_removed / (1.0 + longest) - 1.0) + 1.0)


@inlined
def cut(random: np.ndarray, size: int, longest: float) -> tuple[int, int, int]:
    """Draw a string of a route: its span, and where in it how many clients stay (0: none)."""
    length = min(size, int(chance(random) * min(float(size), longest) + 1.0))
    kept = 0
    if 1 < length < size and chance(random) < SHARE_OF_SPLITS:
        kept = 1
        while length + kept < size and chance(random) < SPLIT_DEPTH:
            kept += 1
    keep_from = length + kept
    if kept > 0:
        keep_from = 1 + below(random, length - 1)
    return length + kept, keep_from, kept


@inlined
def first_of_string(node: np.ndarray, client: int, span: int, n: int, random: np.ndarray) -> int:
    """Return where a string of so many clients begins that has a client in it, by chance."""
    ahead, at = 0, np.int64(node[client, NEXT])
    while ahead < span - 1 and at < n:
        ahead, at = ahead + 1, np.int64(node[at, NEXT])
    back, at = 0, np.int64(node[client, PREV])
    while back < span - 1 and at < n:
        back, at = back + 1, np.int64(node[at, PREV])
    fewest = max(0, span - 1 - ahead)
    at = np.int64(client)
    for _ in range(fewest + below(random, back - fewest + 1)):
        at = np.int64(node[at, PREV])
    return at
