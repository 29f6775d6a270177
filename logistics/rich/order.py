"""Which stops are put back, and in which order."""

from __future__ import annotations

import numpy as np

from logistics.arrays import GRAMS, OUT, SOURCE, Ground, State
from logistics.compiled import inner
from logistics.rich.chance import chance

MOST_TRIED_AGAIN = 12
"""Unserved stops that are tried again in one iteration."""


@inner
def order(ground: Ground, state: State, waiting: np.ndarray, size: int, by_need: bool) -> None:
    """Sort by chance, weight, or distance from the depot; by need before all when not all fit."""
    dice = chance(state.random) * 11.0
    keys = np.empty(size)
    for row in range(size):
        stop = waiting[row]
        if dice < 4.0:
            keys[row] = chance(state.random)
        elif dice < 8.0:
            keys[row] = -float(ground.stops[stop, GRAMS]) + 1e-6 * chance(state.random)
        elif dice < 10.0:
            keys[row] = -float(ground.stops[stop, OUT])
        else:
            keys[row] = float(ground.stops[stop, OUT])
    for row in range(1, size):
        stop, key = waiting[row], keys[row]
        place = row
        while place > 0 and _is_later(
            ground, waiting[place - 1], keys[place - 1], stop, key, by_need
        ):
            waiting[place], keys[place] = waiting[place - 1], keys[place - 1]
            place -= 1
        waiting[place], keys[place] = stop, key


@inner
def _is_later(
    ground: Ground, stop: int, key: float, other: int, other_key: float, by_need: bool
) -> bool:
    if (ground.stops[stop, SOURCE] >= 0) != (ground.stops[other, SOURCE] >= 0):
        return bool(ground.stops[stop, SOURCE] >= 0)
    if by_need and ground.prize[stop] != ground.prize[other]:
        return bool(ground.prize[stop] < ground.prize[other])
    return key > other_key


@inner
def add_absent(
    ground: Ground, state: State, waiting: np.ndarray, size: int, gone: np.ndarray
) -> int:
    """Let a few stops that are not served try again, from a place by chance."""
    num_stops = len(ground.stops)
    begin = int(chance(state.random) * num_stops)
    added = 0
    for row in range(num_stops):
        stop = (begin + row) % num_stops
        if state.shift_of[stop] < 0 and ground.prize[stop] > 0 and not gone[stop]:
            waiting[size + added] = stop
            added += 1
            if added >= MOST_TRIED_AGAIN:
                break
    return size + added
