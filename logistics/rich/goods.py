"""What the goods of a shift ask for: room on board, a source before them, no heat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.arrays import NO_WAY, RELOAD, Ground
from logistics.compiled import inner

if TYPE_CHECKING:
    import numpy as np


@inner
def is_cool(
    ground: Ground, shift: int, sequence: np.ndarray, size: int, starts: np.ndarray, loads: int
) -> bool:
    """Compare the time since leaving the depot, or the source, with the limits of heat."""
    heat, loading, service = ground.heat, ground.loading[shift], ground.service
    source, stop_of = ground.source, ground.stop
    left = loads + loading
    for place in range(size):
        option = sequence[place]
        if option == RELOAD:
            left = starts[place] + loading
            continue
        stop = stop_of[option]
        if heat[stop] >= NO_WAY:
            continue
        since = left
        if source[stop] >= 0:
            for before in range(place):
                other = sequence[before]
                if other != RELOAD and stop_of[other] == source[stop]:
                    since = starts[before] + service[source[stop]]
        if starts[place] - since > heat[stop]:
            return False
    return True


@inner
def carries(ground: Ground, shift: int, sequence: np.ndarray, size: int) -> bool:
    """Return whether no trip has too much on board, and goods are fetched before they are brought.

    What is loaded at the depot, and what comes on board on the way.
    """
    stop_of, source = ground.stop, ground.source
    more_grams, more_millilitres = ground.more_grams, ground.more_millilitres
    first = 0
    while first < size:
        last, grams, millilitres = first, 0, 0
        while last < size and sequence[last] != RELOAD:
            stop = stop_of[sequence[last]]
            grams += ground.loaded_grams[stop]
            millilitres += ground.loaded_millilitres[stop]
            last += 1
        for place in range(first, last):
            if grams > ground.most_grams[shift] or millilitres > ground.most_millilitres[shift]:
                return False
            stop = stop_of[sequence[place]]
            if source[stop] >= 0:
                is_fetched = False
                for before in range(first, place):
                    is_fetched = is_fetched or stop_of[sequence[before]] == source[stop]
                if not is_fetched:
                    return False
            grams += more_grams[stop]
            millilitres += more_millilitres[stop]
        if grams > ground.most_grams[shift] or millilitres > ground.most_millilitres[shift]:
            return False
        first = last + 1
    return True
