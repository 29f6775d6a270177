"""A shift with breaks, driven through: where each break fits, and the times that follow.

The same dynamic program as `timetable` in Python: for every number of breaks kept so far, the
earliest instant at which the vehicle can go on.
"""

from __future__ import annotations

import numpy as np

from logistics.arrays import (
    BREAKS,
    BREAKS_END,
    DEPOT,
    EARLIEST,
    ENDS,
    HAS_COOL_BOX,
    HEAT,
    LASTS,
    LATEST,
    LOADING,
    MIDNIGHT,
    NO_WAY,
    POINT,
    RELOAD,
    SERVICE,
    SPEED,
    STARTS,
    STOP,
    Ground,
)
from logistics.compiled import inner
from logistics.rich.goods import is_cool
from logistics.rich.hours import first_start, span_end

NEVER = 1 << 60
LEG, LOAD = 0, 1
"""Where a break is kept: before a way, or before loading."""


@inner
def _rest(
    ground: Ground, first: int, ready: np.ndarray, taken: np.ndarray, kind: int, place: int
) -> None:
    """Let a vehicle rest here where that makes it ready sooner; note which breaks it took."""
    breaks = ground.breaks
    taken[kind, place] = 0
    for number in range(len(ready) - 1):
        begins = max(ready[number], breaks[first + number, EARLIEST])
        if begins <= breaks[first + number, LATEST]:
            ends = begins + breaks[first + number, LASTS]
            if ends < ready[number + 1]:
                ready[number + 1] = ends
                taken[kind, place] |= 1 << number


@inner
def _add(ready: np.ndarray, seconds: int) -> None:
    """Let time go by."""
    for kept in range(len(ready)):
        if ready[kept] < NEVER:
            ready[kept] += seconds


@inner
def _can_rest_after(ground: Ground, first: int, last: int, instant: int) -> bool:
    for number in range(first, last):
        instant = max(instant, ground.breaks[number, EARLIEST])
        if instant > ground.breaks[number, LATEST]:
            return False
        instant += ground.breaks[number, LASTS]
    return True


@inner
def _keep_breaks(
    ground: Ground,
    shift: int,
    sequence: np.ndarray,
    size: int,
    ready: np.ndarray,
    taken: np.ndarray,
) -> int:
    """Return the earliest return that keeps hours and breaks, `NEVER` if none.

    ``taken`` becomes, for each way and loading, the set of the breaks kept before it.
    """
    first, last = ground.shifts[shift, BREAKS], ground.shifts[shift, BREAKS_END]
    seconds = ground.seconds[ground.shifts[shift, SPEED]]
    spans = ground.spans
    depot, midnight, loading = (
        ground.shifts[shift, DEPOT],
        ground.shifts[shift, MIDNIGHT],
        ground.shifts[shift, LOADING],
    )
    day_ends = midnight + ground.day_length
    ready[:] = NEVER
    ready[0] = -NEVER
    _rest(ground, first, ready, taken, LOAD, size)
    np.maximum(ready, ground.shifts[shift, STARTS], ready)
    _add(ready, loading)
    at = depot
    for place in range(size):
        option = sequence[place]
        taken[LEG, place] = 0
        if at != depot:
            _rest(ground, first, ready, taken, LEG, place)
        if option == RELOAD:
            _add(ready, seconds[at, depot])
            _rest(ground, first, ready, taken, LOAD, place)
            _add(ready, loading)
            at = depot
            continue
        _add(ready, seconds[at, ground.options[option, POINT]])
        at = ground.options[option, POINT]
        for kept in range(len(ready)):
            start = first_start(ground.options, spans, option, ready[kept], midnight, day_ends)
            ready[kept] = (
                NEVER if start < 0 else start + ground.stops[ground.options[option, STOP], SERVICE]
            )
    _rest(ground, first, ready, taken, LEG, size)
    _add(ready, seconds[at, depot])
    back, num_kept = NEVER, 0
    for kept in range(len(ready)):
        if ready[kept] < back and _can_rest_after(ground, first + kept, last, ready[kept]):
            back, num_kept = ready[kept], kept
    num_kept = _trace(taken, LEG, size, num_kept)
    for place in range(size - 1, -1, -1):
        if sequence[place] == RELOAD:
            num_kept = _trace(taken, LOAD, place, num_kept)
        num_kept = _trace(taken, LEG, place, num_kept)
    _trace(taken, LOAD, size, num_kept)
    return back


@inner
def _trace(taken: np.ndarray, kind: int, place: int, num_kept: int) -> int:
    """Reduce the breaks noted here to those on the way to so many kept; return those before."""
    noted, taken[kind, place] = taken[kind, place], 0
    while num_kept > 0 and noted & (1 << (num_kept - 1)):
        num_kept -= 1
        taken[kind, place] |= 1 << num_kept
    return num_kept


@inner
def _rested(ground: Ground, first: int, last: int, taken: int, instant: int) -> int:
    """Return when a vehicle goes on after a set of breaks."""
    for number in range(first, last):
        if taken & (1 << (number - first)):
            instant = max(instant, ground.breaks[number, EARLIEST]) + ground.breaks[number, LASTS]
    return instant


@inner
def _before_rest(ground: Ground, first: int, last: int, taken: int, instant: int) -> int:
    """Return how late a set of breaks can be reached to go on at an instant."""
    for number in range(last - 1, first - 1, -1):
        if taken & (1 << (number - first)):
            instant = min(instant - ground.breaks[number, LASTS], ground.breaks[number, LATEST])
    return instant


@inner
def _forward(
    ground: Ground,
    shift: int,
    sequence: np.ndarray,
    size: int,
    starts: np.ndarray,
    taken: np.ndarray,
    loads: int,
    is_latest: bool,
) -> None:
    """Note the starts of service from a first loading; later loadings are given when latest."""
    first, last = ground.shifts[shift, BREAKS], ground.shifts[shift, BREAKS_END]
    seconds = ground.seconds[ground.shifts[shift, SPEED]]
    spans = ground.spans
    depot, midnight, loading = (
        ground.shifts[shift, DEPOT],
        ground.shifts[shift, MIDNIGHT],
        ground.shifts[shift, LOADING],
    )
    day_ends = midnight + ground.day_length
    instant, at = loads + loading, depot
    for place in range(size):
        option = sequence[place]
        instant = _rested(ground, first, last, taken[LEG, place], instant)
        if option == RELOAD:
            if not is_latest:
                instant += seconds[at, depot]
                starts[place] = _rested(ground, first, last, taken[LOAD, place], instant)
            instant, at = starts[place] + loading, depot
            continue
        point = ground.options[option, POINT]
        starts[place] = first_start(
            ground.options,
            spans,
            option,
            instant + seconds[at, point],
            midnight,
            day_ends,
        )
        instant = starts[place] + ground.stops[ground.options[option, STOP], SERVICE]
        at = point


@inner
def _backward(
    ground: Ground,
    shift: int,
    sequence: np.ndarray,
    size: int,
    starts: np.ndarray,
    taken: np.ndarray,
    back: int,
) -> int:
    """Return how late the first trip can load; ``starts`` holds later loadings at RELOAD."""
    first, last = ground.shifts[shift, BREAKS], ground.shifts[shift, BREAKS_END]
    seconds = ground.seconds[ground.shifts[shift, SPEED]]
    spans = ground.spans
    depot, loading = ground.shifts[shift, DEPOT], ground.shifts[shift, LOADING]
    instant, after, leg = back, depot, size
    for place in range(size - 1, -1, -1):
        option = sequence[place]
        point = depot if option == RELOAD else ground.options[option, POINT]
        instant -= seconds[point, after]
        if option == RELOAD:
            instant -= loading
            starts[place] = instant
            instant = _before_rest(ground, first, last, taken[LOAD, place], instant)
        else:
            instant = _before_rest(ground, first, last, taken[LEG, leg], instant)
            instant -= ground.stops[ground.options[option, STOP], SERVICE]
            instant = min(instant, span_end(ground.options, spans, option, starts[place]))
        after, leg = point, place
    return int(instant - seconds[depot, after] - loading)


@inner
def drive_with_rests(
    ground: Ground, shift: int, sequence: np.ndarray, size: int, starts: np.ndarray, is_trial: bool
) -> tuple[bool, int, int]:
    """Drive a shift with breaks; as `driving.drive`."""
    first, last = ground.shifts[shift, BREAKS], ground.shifts[shift, BREAKS_END]
    ready = np.empty(last - first + 1, dtype=np.int64)
    taken = np.zeros((2, size + 1), dtype=np.int64)
    back = _keep_breaks(ground, shift, sequence, size, ready, taken)
    if back > ground.shifts[shift, ENDS]:
        return False, 0, 0
    has_heat = False
    if not ground.shifts[shift, HAS_COOL_BOX]:
        for place in range(size):
            option = sequence[place]
            has_heat = has_heat or (
                option != RELOAD and ground.stops[ground.options[option, STOP], HEAT] < NO_WAY
            )
    if is_trial and not has_heat:
        return True, 0, back
    loads = _rested(ground, first, last, taken[LOAD, size], -NEVER)
    loads = max(loads, ground.shifts[shift, STARTS])
    _forward(ground, shift, sequence, size, starts, taken, loads, False)
    loads = _backward(ground, shift, sequence, size, starts, taken, back)
    _forward(ground, shift, sequence, size, starts, taken, loads, True)
    return not has_heat or is_cool(ground, shift, sequence, size, starts, loads), loads, back
