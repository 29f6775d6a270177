"""A shift driven through exactly as a plan counts it (`timetable` says the same in Python)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.arrays import (
    BREAKS,
    BREAKS_END,
    DEPOT,
    ENDS,
    HAS_COOL_BOX,
    HEAT,
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
from logistics.rich.rests import drive_with_rests

if TYPE_CHECKING:
    import numpy as np


@inner
def _loads_latest(
    ground: Ground, shift: int, sequence: np.ndarray, starts: np.ndarray, size: int, back: int
) -> int:
    """Return how late the first trip can load when the shift is back at an instant.

    ``starts`` (earliest starts of service) becomes, at each RELOAD, the latest start of loading.
    """
    seconds = ground.seconds[ground.shifts[shift, SPEED]]
    spans = ground.spans
    options, stops = ground.options, ground.stops
    depot, loading = ground.shifts[shift, DEPOT], ground.shifts[shift, LOADING]
    instant, after = back, depot
    for place in range(size - 1, -1, -1):
        option = sequence[place]
        if option == RELOAD:
            instant -= seconds[depot, after] + loading
            starts[place] = instant
            after = depot
        else:
            point = options[option, POINT]
            instant -= seconds[point, after] + stops[options[option, STOP], SERVICE]
            instant = min(instant, span_end(ground.options, spans, option, starts[place]))
            after = point
    return int(instant - seconds[depot, after] - loading)


@inner
def drive(
    ground: Ground, shift: int, sequence: np.ndarray, size: int, starts: np.ndarray, is_trial: bool
) -> tuple[bool, int, int]:
    """Drive a shift as early as possible, then load as late as that allows.

    Returns whether all hours, breaks and heat limits are kept, the start of loading, and the
    return; ``starts`` holds the starts of service. A trial looks at the rules only.
    """
    if ground.shifts[shift, BREAKS_END] > ground.shifts[shift, BREAKS]:
        return drive_with_rests(ground, shift, sequence, size, starts, is_trial)
    seconds = ground.seconds[ground.shifts[shift, SPEED]]
    spans = ground.spans
    options, stops = ground.options, ground.stops
    loading = ground.shifts[shift, LOADING]
    depot, midnight = ground.shifts[shift, DEPOT], ground.shifts[shift, MIDNIGHT]
    day_ends = midnight + ground.day_length
    instant = ground.shifts[shift, STARTS] + loading
    at, waits, has_heat = depot, False, False
    for place in range(size):
        option = sequence[place]
        if option == RELOAD:
            instant += seconds[at, depot] + loading
            starts[place] = instant - loading
            at = depot
            continue
        point = options[option, POINT]
        instant += seconds[at, point]
        start = first_start(ground.options, spans, option, instant, midnight, day_ends)
        if start < 0:
            return False, 0, 0
        waits = waits or start > instant
        starts[place] = start
        stop = options[option, STOP]
        has_heat = has_heat or stops[stop, HEAT] < NO_WAY
        instant = start + stops[stop, SERVICE]
        at = point
    back = instant + seconds[at, depot]
    if back > ground.shifts[shift, ENDS]:
        return False, 0, 0
    loads = ground.shifts[shift, STARTS]
    has_heat = has_heat and not ground.shifts[shift, HAS_COOL_BOX]
    if waits and (has_heat or not is_trial):
        loads = _loads_latest(ground, shift, sequence, starts, size, back)
        if has_heat or ground.has_goals:
            _finish(ground, shift, sequence, size, starts, loads)
    return not has_heat or is_cool(ground, shift, sequence, size, starts, loads), loads, back


@inner
def _finish(
    ground: Ground, shift: int, sequence: np.ndarray, size: int, starts: np.ndarray, loads: int
) -> None:
    """Drive again from the latest loadings; note the starts of service."""
    seconds = ground.seconds[ground.shifts[shift, SPEED]]
    spans = ground.spans
    options, stops = ground.options, ground.stops
    loading = ground.shifts[shift, LOADING]
    depot, midnight = ground.shifts[shift, DEPOT], ground.shifts[shift, MIDNIGHT]
    day_ends = midnight + ground.day_length
    instant, at = loads + loading, depot
    for place in range(size):
        option = sequence[place]
        if option == RELOAD:
            instant, at = starts[place] + loading, depot
            continue
        point = options[option, POINT]
        instant = first_start(
            ground.options,
            spans,
            option,
            instant + seconds[at, point],
            midnight,
            day_ends,
        )
        starts[place] = instant
        instant += stops[options[option, STOP], SERVICE]
        at = point
