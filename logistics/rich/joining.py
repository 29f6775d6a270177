"""What an insertion adds to a shift that waits, by joining what comes before and after it.

Vidal, Crainic, Gendreau and Prins (Computers & Operations Research 40, 2013): how long a shift
takes follows from a few numbers of its two parts. It holds where service can start in one span a
day and nothing else binds; other shifts are driven through (`driving`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.arrays import (
    DEPOT,
    ENDS,
    LOADING,
    LOADS_BY,
    MIDNIGHT,
    NO_LIMIT,
    NO_WAY,
    POINT,
    RELOAD,
    RETURNS_AT,
    SERVICE,
    SINCE_LOADING,
    SPANS,
    SPEED,
    STARTS,
    STOP,
    TO_RETURN,
    Ground,
    State,
)
from logistics.compiled import inner
from logistics.rich.hours import first_start, span_end

if TYPE_CHECKING:
    import numpy as np


@inner
def is_joined(state: State, shift: int) -> bool:
    """Return whether a refreshed shift waits, and joining its parts tells all about its time."""
    return bool(state.waits[shift] and not state.is_special[shift] and not state.is_split[shift])


@inner
def _row_of_span(options: np.ndarray, spans: np.ndarray, option: int, midnight: int) -> int:
    """Return the row of the only span of a day."""
    row = options[option, SPANS]
    while spans[row, 0] < midnight:
        row += 1
    return int(row)


@inner
def join(ground: Ground, state: State, shift: int) -> None:
    """Note the parts of a refreshed shift, and how long it takes."""
    seconds = ground.seconds[ground.shifts[shift, SPEED]]
    options, stops, spans = ground.options, ground.stops, ground.spans
    sequence, joined = state.sequence[shift], state.joined[shift]
    depot, loading = ground.shifts[shift, DEPOT], ground.shifts[shift, LOADING]
    midnight, size = ground.shifts[shift, MIDNIGHT], state.length[shift]
    at, since, by = depot, loading, ground.shifts[shift, ENDS]
    for place in range(size):
        option = sequence[place]
        if option == RELOAD:
            since += seconds[at, depot] + loading
            at = depot
        else:
            point = options[option, POINT]
            since += seconds[at, point]
            by = min(by, spans[_row_of_span(options, spans, option, midnight), 1] - since)
            since += stops[options[option, STOP], SERVICE]
            at = point
        joined[place, SINCE_LOADING] = since
        joined[place, LOADS_BY] = by
    whole = since + seconds[at, depot]
    after, onward, returns = depot, 0, ground.shifts[shift, STARTS] + whole
    for place in range(size - 1, -1, -1):
        option = sequence[place]
        if option == RELOAD:
            onward += loading + seconds[depot, after]
            after = depot
        else:
            point = options[option, POINT]
            onward += stops[options[option, STOP], SERVICE] + seconds[point, after]
            opens = spans[_row_of_span(options, spans, option, midnight), 0]
            returns = max(returns, opens + onward)
            after = point
        joined[place, TO_RETURN] = onward
        joined[place, RETURNS_AT] = returns
    state.busy[shift] = max(returns - by, whole)


@inner
def longer_by(
    ground: Ground, state: State, shift: int, place: int, option: int, is_new_trip: bool
) -> int:
    """Return the seconds that an option at a place adds to a joined shift; `NO_WAY`: too late."""
    seconds = ground.seconds[ground.shifts[shift, SPEED]]
    options, sequence, joined = ground.options, state.sequence[shift], state.joined[shift]
    midnight, loading = ground.shifts[shift, MIDNIGHT], ground.shifts[shift, LOADING]
    depot, size = ground.shifts[shift, DEPOT], state.length[shift]
    point, service = options[option, POINT], ground.stops[options[option, STOP], SERVICE]
    at, since, by, leaves = depot, loading, NO_LIMIT, ground.shifts[shift, STARTS] + loading
    if place > 0:
        if sequence[place - 1] != RELOAD:
            at = options[sequence[place - 1], POINT]
        since, by = joined[place - 1, SINCE_LOADING], joined[place - 1, LOADS_BY]
        leaves = state.leave[shift, place - 1]
    there = seconds[at, point]
    if is_new_trip and place > 0:
        there = seconds[at, depot] + loading + seconds[depot, point]
    start = first_start(
        options, ground.spans, option, leaves + there, midnight, midnight + ground.day_length
    )
    if start < 0:
        return NO_WAY
    after, onward, returns = depot, 0, 0
    if place < size:
        if sequence[place] != RELOAD:
            after = options[sequence[place], POINT]
        onward, returns = joined[place, TO_RETURN], joined[place, RETURNS_AT]
    whole = since + there + service + seconds[point, after] + onward
    returns = max(returns, start + service + seconds[point, after] + onward)
    if returns > ground.shifts[shift, ENDS]:
        return NO_WAY
    by = min(by, span_end(options, ground.spans, option, start) - there - since)
    if place < size:
        by = min(by, state.latest[shift, place] - seconds[point, after] - service - there - since)
    return int(max(returns - by, whole) - state.busy[shift])
