"""What the goods of a shift ask for: room on board, a source before them, no heat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.arrays import (
    HEAT,
    LOADED_GRAMS,
    LOADED_MILLILITRES,
    LOADING,
    MORE_GRAMS,
    MORE_MILLILITRES,
    MOST_GRAMS,
    MOST_MILLILITRES,
    NO_WAY,
    RELOAD,
    SERVICE,
    SOURCE,
    STOP,
    Ground,
)
from logistics.compiled import inner

if TYPE_CHECKING:
    import numpy as np


@inner
def is_cool(
    ground: Ground, shift: int, sequence: np.ndarray, size: int, starts: np.ndarray, loads: int
) -> bool:
    """Compare the time since leaving the depot, or the source, with the limits of heat."""
    loading, options, stops = ground.shifts[shift, LOADING], ground.options, ground.stops
    left = loads + loading
    for place in range(size):
        option = sequence[place]
        if option == RELOAD:
            left = starts[place] + loading
            continue
        stop = options[option, STOP]
        if stops[stop, HEAT] >= NO_WAY:
            continue
        since = left
        if stops[stop, SOURCE] >= 0:
            for before in range(place):
                other = sequence[before]
                if other != RELOAD and options[other, STOP] == stops[stop, SOURCE]:
                    since = starts[before] + stops[stops[stop, SOURCE], SERVICE]
        if starts[place] - since > stops[stop, HEAT]:
            return False
    return True


@inner
def carries(ground: Ground, shift: int, sequence: np.ndarray, size: int) -> bool:
    """Return whether no trip has too much on board, and goods are fetched before they are brought.

    What is loaded at the depot, and what comes on board on the way.
    """
    options, stops = ground.options, ground.stops
    first = 0
    while first < size:
        last, grams, millilitres = first, 0, 0
        while last < size and sequence[last] != RELOAD:
            stop = options[sequence[last], STOP]
            grams += ground.stops[stop, LOADED_GRAMS]
            millilitres += ground.stops[stop, LOADED_MILLILITRES]
            last += 1
        for place in range(first, last):
            if (
                grams > ground.shifts[shift, MOST_GRAMS]
                or millilitres > ground.shifts[shift, MOST_MILLILITRES]
            ):
                return False
            stop = options[sequence[place], STOP]
            if stops[stop, SOURCE] >= 0:
                is_fetched = False
                for before in range(first, place):
                    is_fetched = (
                        is_fetched or options[sequence[before], STOP] == stops[stop, SOURCE]
                    )
                if not is_fetched:
                    return False
            grams += stops[stop, MORE_GRAMS]
            millilitres += stops[stop, MORE_MILLILITRES]
        if (
            grams > ground.shifts[shift, MOST_GRAMS]
            or millilitres > ground.shifts[shift, MOST_MILLILITRES]
        ):
            return False
        first = last + 1
    return True
