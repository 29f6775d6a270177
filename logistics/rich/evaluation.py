"""What is known about each shift: loads, ways, times and cost, kept true after every change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.arrays import (
    BREAKS,
    BREAKS_END,
    DEPOT,
    DRIFT,
    ENDS,
    HAS_COOL_BOX,
    HEAT,
    IS_SPECIAL,
    IS_SPLIT,
    LOADED_GRAMS,
    LOADED_MILLILITRES,
    LOADING,
    MIDNIGHT,
    MOST_METRES,
    NO_WAY,
    PER_METRE,
    PER_SECOND,
    POINT,
    RELOAD,
    SERVICE,
    SPEED,
    STARTS,
    STOP,
    TRIP_GRAMS,
    TRIP_MILLILITRES,
    TRIP_STOPS,
    Ground,
    State,
)
from logistics.compiled import compiled, inner
from logistics.rich.driving import drive
from logistics.rich.goods import carries
from logistics.rich.hours import first_start, last_start
from logistics.rich.joining import is_joined, join
from logistics.rich.wishes import of_stops

if TYPE_CHECKING:
    import numpy as np


@compiled
def refresh(ground: Ground, state: State, shift: int) -> bool:
    """Compute a shift anew from its sequence, but for the cost of its time and the heat.

    Returns whether hours and way are kept.
    """
    sequence, size = state.sequence[shift], state.length[shift]
    state.num_trips[shift] = 0
    state.way[shift] = 0
    state.cost[shift] = 0.0
    state.is_special[shift] = ground.shifts[shift, BREAKS_END] > ground.shifts[shift, BREAKS]
    state.waits[shift] = False
    state.is_split[shift] = False
    if size == 0:
        return True
    state.num_trips[shift] = 1
    loads = state.trip_loads
    loads[shift] = 0
    metres = ground.metres[ground.shifts[shift, SPEED]]
    seconds = ground.seconds[ground.shifts[shift, SPEED]]
    spans = ground.spans
    options, stops = ground.options, ground.stops
    loading, has_cool_box = ground.shifts[shift, LOADING], ground.shifts[shift, HAS_COOL_BOX]
    depot, midnight = ground.shifts[shift, DEPOT], ground.shifts[shift, MIDNIGHT]
    day_ends = midnight + ground.day_length
    at, trip, way, places, waits = depot, 0, 0, 0.0, False
    instant = ground.shifts[shift, STARTS] + loading
    for place in range(size):
        option = sequence[place]
        point = depot if option == RELOAD else options[option, POINT]
        way += metres[at, point]
        instant += seconds[at, point]
        at = point
        if option == RELOAD:
            trip += 1
            state.trip[shift, place] = trip
            instant += loading
        else:
            stop = options[option, STOP]
            state.trip[shift, place] = trip
            loads[shift, trip, TRIP_GRAMS] += stops[stop, LOADED_GRAMS]
            loads[shift, trip, TRIP_MILLILITRES] += ground.stops[stop, LOADED_MILLILITRES]
            loads[shift, trip, TRIP_STOPS] += 1
            state.shift_of[stop] = shift
            state.place_of[stop] = place
            places += ground.option_cost[option]
            if options[option, IS_SPLIT]:
                state.is_split[shift] = True
            if stops[stop, IS_SPECIAL] or (stops[stop, HEAT] < NO_WAY and not has_cool_box):
                state.is_special[shift] = True
            start = first_start(options, spans, option, instant, midnight, day_ends)
            if start < 0:
                return False
            waits = waits or start > instant
            instant = start + stops[stop, SERVICE]
        state.leave[shift, place] = instant
    way += metres[at, depot]
    state.num_trips[shift] = trip + 1
    state.way[shift] = way
    waits = waits or ground.shifts[shift, BREAKS_END] > ground.shifts[shift, BREAKS]
    state.waits[shift] = waits and ground.rates[shift, PER_SECOND] > 0
    latest, after = ground.shifts[shift, ENDS], depot
    for place in range(size - 1, -1, -1):
        option = sequence[place]
        if option == RELOAD:
            latest -= seconds[depot, after] + loading
            after = depot
        else:
            point = options[option, POINT]
            latest -= seconds[point, after] + stops[options[option, STOP], SERVICE]
            latest = last_start(ground.options, spans, option, latest, midnight, day_ends)
            after = point
        state.latest[shift, place] = latest
    state.cost[shift] = way * ground.rates[shift, PER_METRE] + places
    is_back = instant + seconds[at, depot] <= ground.shifts[shift, ENDS]
    return bool(is_back and way <= ground.shifts[shift, MOST_METRES])


@compiled
def settle(ground: Ground, state: State, shift: int, starts: np.ndarray) -> bool:
    """Add the cost of the time to a refreshed shift; return whether hours and heat are kept."""
    state.busy[shift] = 0
    if state.length[shift] == 0:
        return True
    sequence, size, is_kept = state.sequence[shift], state.length[shift], True
    if is_joined(state, shift):
        join(ground, state, shift)
    if not is_joined(state, shift) or ground.goals[DRIFT] > 0:
        is_kept, loads, back = drive(ground, shift, sequence, size, starts, False)
        state.busy[shift] = back - loads
    state.cost[shift] += state.busy[shift] * ground.rates[shift, PER_SECOND]
    if ground.has_goals:
        state.cost[shift] += of_stops(ground, shift, sequence, size, starts)
    return is_kept and (not ground.has_pickups or carries(ground, shift, sequence, size))


@inner
def note_work(ground: Ground, state: State, shift: int, starts: np.ndarray) -> None:
    """Note how long a refreshed shift takes where it waits, so that filling a wait is seen."""
    if is_joined(state, shift):
        join(ground, state, shift)
    elif state.waits[shift]:
        _, loads, back = drive(
            ground, shift, state.sequence[shift], state.length[shift], starts, False
        )
        state.busy[shift] = back - loads


@inner
def more_work(
    ground: Ground,
    state: State,
    shift: int,
    place: int,
    option: int,
    is_new_trip: bool,
    trial: np.ndarray,
    starts: np.ndarray,
) -> int:
    """Try an insertion on a copy and drive it through; return the seconds it adds.

    `NO_WAY` when it breaks a rule; without waits, seconds are of no interest and not counted.
    """
    size = state.length[shift]
    trial[:place] = state.sequence[shift, :place]
    more = 1
    if is_new_trip and size > 0:
        trial[place] = RELOAD
        trial[place + 1] = option
        more = 2
    else:
        trial[place] = option
    trial[place + more : size + more] = state.sequence[shift, place:size]
    if ground.has_pickups and not carries(ground, shift, trial, size + more):
        return NO_WAY
    is_kept, loads, back = drive(ground, shift, trial, size + more, starts, not state.waits[shift])
    return int(back - loads - state.busy[shift]) if is_kept else NO_WAY
