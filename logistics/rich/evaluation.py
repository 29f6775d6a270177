"""What is known about each shift: loads, ways, times and cost, kept true after every change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.arrays import NO_WAY, RELOAD, Ground, State
from logistics.compiled import compiled, inner
from logistics.rich.driving import drive
from logistics.rich.goods import carries
from logistics.rich.hours import first_start, last_start

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
    state.is_special[shift] = ground.break_first[shift + 1] > ground.break_first[shift]
    if size == 0:
        return True
    state.num_trips[shift] = 1
    for trip in range(state.trip_grams.shape[1]):
        state.trip_grams[shift, trip] = 0
        state.trip_millilitres[shift, trip] = 0
        state.trip_stops[shift, trip] = 0
    metres = ground.metres[ground.speed[shift]]
    seconds = ground.seconds[ground.speed[shift]]
    span_first, span_from, span_to = ground.span_first, ground.span_from, ground.span_to
    point_of, stop_of, service = ground.point, ground.stop, ground.service
    is_special, loading = ground.is_special, ground.loading[shift]
    heat, has_cool_box = ground.heat, ground.has_cool_box[shift]
    depot, midnight = ground.depot[shift], ground.midnight[shift]
    day_ends = midnight + ground.day_length
    at, trip, way, places = depot, 0, 0, 0.0
    instant = ground.starts[shift] + loading
    for place in range(size):
        option = sequence[place]
        point = depot if option == RELOAD else point_of[option]
        way += metres[at, point]
        instant += seconds[at, point]
        at = point
        if option == RELOAD:
            trip += 1
            state.trip[shift, place] = trip
            instant += loading
        else:
            stop = stop_of[option]
            state.trip[shift, place] = trip
            state.trip_grams[shift, trip] += ground.loaded_grams[stop]
            state.trip_millilitres[shift, trip] += ground.loaded_millilitres[stop]
            state.trip_stops[shift, trip] += 1
            state.shift_of[stop] = shift
            state.place_of[stop] = place
            places += ground.option_cost[option]
            if is_special[stop] or (heat[stop] < NO_WAY and not has_cool_box):
                state.is_special[shift] = True
            instant = first_start(
                span_first, span_from, span_to, option, instant, midnight, day_ends
            )
            if instant < 0:
                return False
            instant += service[stop]
        state.leave[shift, place] = instant
    way += metres[at, depot]
    state.num_trips[shift] = trip + 1
    state.way[shift] = way
    latest, after = ground.ends[shift], depot
    for place in range(size - 1, -1, -1):
        option = sequence[place]
        if option == RELOAD:
            latest -= seconds[depot, after] + loading
            after = depot
        else:
            point = point_of[option]
            latest -= seconds[point, after] + service[stop_of[option]]
            latest = last_start(span_first, span_from, span_to, option, latest, midnight, day_ends)
            after = point
        state.latest[shift, place] = latest
    state.cost[shift] = way * ground.per_metre[shift] + places
    is_back = instant + seconds[at, depot] <= ground.ends[shift]
    return bool(is_back and way <= ground.most_metres[shift])


@compiled
def settle(ground: Ground, state: State, shift: int, starts: np.ndarray) -> bool:
    """Add the cost of the time to a refreshed shift; return whether hours and heat are kept."""
    if state.length[shift] == 0:
        return True
    sequence, size = state.sequence[shift], state.length[shift]
    is_kept, loads, back = drive(ground, shift, sequence, size, starts, False)
    state.cost[shift] += (back - loads) * ground.per_second[shift]
    return is_kept and (not ground.has_pickups or carries(ground, shift, sequence, size))


@inner
def keeps_rules(
    ground: Ground,
    state: State,
    shift: int,
    place: int,
    option: int,
    is_new_trip: bool,
    trial: np.ndarray,
    starts: np.ndarray,
) -> bool:
    """Try an insertion on a copy: what `leave` and `latest` do not tell is driven through."""
    stop = ground.stop[option]
    if not (state.is_special[shift] or ground.is_special[stop]) and ground.has_cool_box[shift]:
        return True
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
        return False
    return drive(ground, shift, trial, size + more, starts, True)[0]
