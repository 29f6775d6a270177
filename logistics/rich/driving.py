"""A shift driven through exactly as a plan counts it (`timetable` says the same in Python)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.arrays import NO_WAY, RELOAD, Ground
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
    seconds = ground.seconds[ground.speed[shift]]
    span_first, span_from, span_to = ground.span_first, ground.span_from, ground.span_to
    point_of, stop_of, service = ground.point, ground.stop, ground.service
    depot, loading = ground.depot[shift], ground.loading[shift]
    instant, after = back, depot
    for place in range(size - 1, -1, -1):
        option = sequence[place]
        if option == RELOAD:
            instant -= seconds[depot, after] + loading
            starts[place] = instant
            after = depot
        else:
            point = point_of[option]
            instant -= seconds[point, after] + service[stop_of[option]]
            instant = min(instant, span_end(span_first, span_from, span_to, option, starts[place]))
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
    if ground.break_first[shift + 1] > ground.break_first[shift]:
        return drive_with_rests(ground, shift, sequence, size, starts, is_trial)
    seconds = ground.seconds[ground.speed[shift]]
    span_first, span_from, span_to = ground.span_first, ground.span_from, ground.span_to
    point_of, stop_of, service = ground.point, ground.stop, ground.service
    heat, loading = ground.heat, ground.loading[shift]
    depot, midnight = ground.depot[shift], ground.midnight[shift]
    day_ends = midnight + ground.day_length
    instant = ground.starts[shift] + loading
    at, waits, has_heat = depot, False, False
    for place in range(size):
        option = sequence[place]
        if option == RELOAD:
            instant += seconds[at, depot] + loading
            starts[place] = instant - loading
            at = depot
            continue
        point = point_of[option]
        instant += seconds[at, point]
        start = first_start(span_first, span_from, span_to, option, instant, midnight, day_ends)
        if start < 0:
            return False, 0, 0
        waits = waits or start > instant
        starts[place] = start
        stop = stop_of[option]
        has_heat = has_heat or heat[stop] < NO_WAY
        instant = start + service[stop]
        at = point
    back = instant + seconds[at, depot]
    if back > ground.ends[shift]:
        return False, 0, 0
    loads = ground.starts[shift]
    has_heat = has_heat and not ground.has_cool_box[shift]
    if waits and (has_heat or not is_trial):
        loads = _loads_latest(ground, shift, sequence, starts, size, back)
    if not has_heat:
        return True, loads, back
    if waits:
        _finish(ground, shift, sequence, size, starts, loads)
    return is_cool(ground, shift, sequence, size, starts, loads), loads, back


@inner
def _finish(
    ground: Ground, shift: int, sequence: np.ndarray, size: int, starts: np.ndarray, loads: int
) -> None:
    """Drive again from the latest loadings; note the starts of service."""
    seconds = ground.seconds[ground.speed[shift]]
    span_first, span_from, span_to = ground.span_first, ground.span_from, ground.span_to
    point_of, stop_of, service = ground.point, ground.stop, ground.service
    loading = ground.loading[shift]
    depot, midnight = ground.depot[shift], ground.midnight[shift]
    day_ends = midnight + ground.day_length
    instant, at = loads + loading, depot
    for place in range(size):
        option = sequence[place]
        if option == RELOAD:
            instant, at = starts[place] + loading, depot
            continue
        point = point_of[option]
        instant = first_start(
            span_first,
            span_from,
            span_to,
            option,
            instant + seconds[at, point],
            midnight,
            day_ends,
        )
        starts[place] = instant
        instant += service[stop_of[option]]
        at = point
