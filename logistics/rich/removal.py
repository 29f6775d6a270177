"""Ruin: strings of neighbours are taken off a few trips (Christiaens, Vanden Berghe 2020)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.arrays import DAY, MATES, MATES_END, RELOAD, SOURCE, STOP, Ground, State
from logistics.compiled import inner
from logistics.rich.chance import chance
from logistics.rich.changes import remember, tidy
from logistics.rich.evaluation import note_work, refresh

if TYPE_CHECKING:
    import numpy as np

MEAN_REMOVED = 10.0
LONGEST_STRING = 10.0
SPLIT_DEPTH = 0.01
SHARE_OF_SPLITS = 0.5


@inner
def _mark_string(ground: Ground, state: State, stop: int, longest: float, gone: np.ndarray) -> None:
    """Mark a string of a trip around a stop as gone, or one with a gap in it."""
    shift, place = state.shift_of[stop], state.place_of[stop]
    sequence, size = state.sequence[shift], state.length[shift]
    first, last = place, place
    while first > 0 and sequence[first - 1] != RELOAD:
        first -= 1
    while last < size - 1 and sequence[last + 1] != RELOAD:
        last += 1
    num_stops = last - first + 1
    removed = int(1 + chance(state.random) * min(float(num_stops), longest))
    removed = min(removed, num_stops)
    gap = 0
    if removed < num_stops and removed > 1 and chance(state.random) < SHARE_OF_SPLITS:
        gap = 1
        while removed + gap < num_stops and chance(state.random) < SPLIT_DEPTH:
            gap += 1
    width = removed + gap
    lowest = max(first, place - width + 1)
    highest = min(place, last - width + 1)
    begin = lowest + int(chance(state.random) * (highest - lowest + 1))
    kept_from = begin + 1 + int(chance(state.random) * (removed - 1)) if gap else begin + width
    for each in range(begin, begin + width):
        if not (gap and kept_from <= each < kept_from + gap):
            gone[ground.options[sequence[each], STOP]] = True


@inner
def _mark_linked(ground: Ground, touched: np.ndarray, kept: State, gone: np.ndarray) -> None:
    """Mark households of stops that are gone, and stops whose source is gone: none stays behind."""
    is_found = True
    while is_found:
        is_found = False
        for shift in range(len(touched)):
            if not touched[shift]:
                continue
            for place in range(kept.length[shift]):
                option = kept.sequence[shift, place]
                if option == RELOAD or gone[ground.options[option, STOP]]:
                    continue
                stop = ground.options[option, STOP]
                is_gone = ground.stops[stop, SOURCE] >= 0 and gone[ground.stops[stop, SOURCE]]
                for row in range(ground.stops[stop, MATES], ground.stops[stop, MATES_END]):
                    is_gone = is_gone or gone[ground.mate[row]]
                if is_gone:
                    gone[stop] = True
                    is_found = True


@inner
def ruin(
    ground: Ground,
    state: State,
    num_served: int,
    gone: np.ndarray,
    is_ruined: np.ndarray,
    waiting: np.ndarray,
    touched: np.ndarray,
    kept: State,
    starts: np.ndarray,
) -> int:
    """Take strings of neighbours off; return how many stops wait, or -1 when a rule broke."""
    num_trips = max(1, state.num_trips.sum())
    longest = min(LONGEST_STRING, num_served / num_trips)
    strings = int(1 + chance(state.random) * (4.0 * MEAN_REMOVED / (1.0 + longest) - 1.0))
    seed = int(chance(state.random) * len(ground.stops))
    is_ruined[:] = False
    taken = 0
    for row in range(ground.near.shape[1]):
        if taken >= strings:
            break
        stop = ground.near[seed, row]
        shift = state.shift_of[stop]
        if shift < 0 or gone[stop]:
            continue
        trip = state.trip[shift, state.place_of[stop]]
        if is_ruined[shift, trip]:
            continue
        is_ruined[shift, trip] = True
        remember(state, shift, touched, kept)
        _mark_string(ground, state, stop, longest, gone)
        taken += 1
    if ground.has_links:
        _mark_linked(ground, touched, kept, gone)
    num_waiting = 0
    for shift in range(len(ground.shifts)):
        if not touched[shift]:
            continue
        for place in range(kept.length[shift]):
            option = kept.sequence[shift, place]
            if option != RELOAD and gone[ground.options[option, STOP]]:
                waiting[num_waiting] = ground.options[option, STOP]
                state.shift_of[ground.options[option, STOP]] = -1
                num_waiting += 1
        tidy(state, shift, gone, ground)
        if state.length[shift] == 0:
            state.day_used[ground.shifts[shift, DAY]] -= 1
        if not refresh(ground, state, shift):
            return -1
        note_work(ground, state, shift, starts)
    return num_waiting
