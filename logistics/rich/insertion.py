"""Recreate: each stop goes where it is cheapest beside its neighbours, or on a new trip."""

from __future__ import annotations

import numpy as np

from logistics.arrays import NO_WAY, RELOAD, Ground, State
from logistics.compiled import compiled, inner
from logistics.rich.chance import chance
from logistics.rich.changes import insert, remember, undo
from logistics.rich.evaluation import keeps_rules, refresh, settle
from logistics.rich.hours import first_start

BLINK = 0.01


@inner
def _beside(
    ground: Ground,
    state: State,
    option: int,
    num_near: int,
    least: float,
    trial: np.ndarray,
    starts: np.ndarray,
) -> tuple[float, int, int]:
    """Return the cheapest place of an option beside its neighbours: cost, shift (-1), place.

    The arrays are named once: handing whole tuples over in the inner loop costs more than the
    arithmetic.
    """
    allowed, near, shift_of, place_of = ground.allowed, ground.near, state.shift_of, state.place_of
    sequence, length, trip_of = state.sequence, state.length, state.trip
    leave, latest, way = state.leave, state.latest, state.way
    trip_grams, trip_millilitres = state.trip_grams, state.trip_millilitres
    trip_stops, most_stops, most_metres = state.trip_stops, ground.most_stops, ground.most_metres
    most_grams, most_millilitres = ground.most_grams, ground.most_millilitres
    metres, seconds, speed_of = ground.metres, ground.seconds, ground.speed
    depots, point_of, starts_of, ends = ground.depot, ground.point, ground.starts, ground.ends
    loading, per_metre, per_second = ground.loading, ground.per_metre, ground.per_second
    span_first, span_from, span_to = ground.span_first, ground.span_from, ground.span_to
    midnights, day_length, random = ground.midnight, ground.day_length, state.random
    stop, point, own = ground.stop[option], point_of[option], ground.option_cost[option]
    grams, millilitres = ground.loaded_grams[stop], ground.loaded_millilitres[stop]
    service = ground.service[stop]
    is_special = ground.is_special[stop] or ground.heat[stop] < NO_WAY
    best, best_shift, best_place = least, -1, 0
    for row in range(1, num_near):
        other = near[stop, row]
        shift = shift_of[other]
        if shift < 0 or not allowed[option, shift]:
            continue
        middle = place_of[other]
        trip = trip_of[shift, middle]
        room = min(
            most_grams[shift] - trip_grams[shift, trip] - grams,
            most_millilitres[shift] - trip_millilitres[shift, trip] - millilitres,
            most_stops[shift] - trip_stops[shift, trip] - 1,
        )
        if room < 0:
            continue
        speed, depot, midnight = speed_of[shift], depots[shift], midnights[shift]
        for place in range(middle, middle + 2):
            before, away = depot, starts_of[shift] + loading[shift]
            if place > 0:
                away = leave[shift, place - 1]
                if sequence[shift, place - 1] != RELOAD:
                    before = point_of[sequence[shift, place - 1]]
            after, by = depot, ends[shift]
            if place < length[shift]:
                by = latest[shift, place]
                if sequence[shift, place] != RELOAD:
                    after = point_of[sequence[shift, place]]
            there, onward = seconds[speed, before, point], seconds[speed, point, after]
            more_m = (
                metres[speed, before, point]
                + metres[speed, point, after]
                - metres[speed, before, after]
            )
            more_s = there + onward - seconds[speed, before, after] + service
            cost = own + more_m * per_metre[shift] + more_s * per_second[shift]
            is_dear = cost >= best or way[shift] + more_m > most_metres[shift]
            if is_dear or chance(random) < BLINK:
                continue
            start = first_start(
                span_first,
                span_from,
                span_to,
                option,
                away + there,
                midnight,
                midnight + day_length,
            )
            if start < 0 or start + service + onward > by:
                continue
            if (is_special or state.is_special[shift]) and not keeps_rules(
                ground, state, shift, place, option, False, trial, starts
            ):
                continue
            best, best_shift, best_place = cost, shift, place
    return best, best_shift, best_place


@inner
def _alone(
    ground: Ground,
    state: State,
    option: int,
    least: float,
    is_tried: np.ndarray,
    trial: np.ndarray,
    starts: np.ndarray,
) -> tuple[float, int]:
    """Return the cheapest new trip for an option, after the others of a shift: cost, shift (-1).

    Of idle shifts that are alike only the first is looked at.
    """
    allowed, length, alike = ground.allowed, state.length, ground.alike
    days, day_used, day_cost = ground.day, state.day_used, ground.day_cost
    num_trips, most_trips = state.num_trips, ground.most_trips
    metres, seconds, speed_of = ground.metres, ground.seconds, ground.speed
    depots, point_of, starts_of, ends = ground.depot, ground.point, ground.starts, ground.ends
    loading, per_metre, per_second = ground.loading, ground.per_metre, ground.per_second
    span_first, span_from, span_to = ground.span_first, ground.span_from, ground.span_to
    midnights, day_length, sequence = ground.midnight, ground.day_length, state.sequence
    leave, way, most_metres = state.leave, state.way, ground.most_metres
    stop, point, own = ground.stop[option], point_of[option], ground.option_cost[option]
    service = ground.service[stop]
    is_special = ground.is_special[stop] or ground.heat[stop] < NO_WAY
    is_tried[:] = False
    best, best_shift = least, -1
    for shift in range(len(length)):
        if num_trips[shift] >= most_trips[shift] or not allowed[option, shift]:
            continue
        day = days[shift]
        if length[shift] == 0 and day_used[day] == 0:
            if is_tried[alike[shift]]:
                continue
            is_tried[alike[shift]] = True
        speed, depot = speed_of[shift], depots[shift]
        more_m = metres[speed, depot, point] + metres[speed, point, depot]
        there, back = seconds[speed, depot, point], seconds[speed, point, depot]
        busy = there + back + service + loading[shift]
        cost = own + more_m * per_metre[shift] + busy * per_second[shift]
        if day_used[day] == 0:
            cost += day_cost[day]
        if cost >= best or way[shift] + more_m > most_metres[shift]:
            continue
        begin = starts_of[shift]
        if length[shift] > 0:
            last = length[shift] - 1
            begin = leave[shift, last] + seconds[speed, point_of[sequence[shift, last]], depot]
        start = first_start(
            span_first,
            span_from,
            span_to,
            option,
            begin + loading[shift] + there,
            midnights[shift],
            midnights[shift] + day_length,
        )
        if start < 0 or start + service + back > ends[shift]:
            continue
        if (is_special or state.is_special[shift]) and not keeps_rules(
            ground, state, shift, length[shift], option, True, trial, starts
        ):
            continue
        best, best_shift = cost, shift
    return best, best_shift


@inner
def _anchor(ground: Ground, state: State, stop: int) -> int:
    """Return a served stop that this one must ride with; -1: none, -2: its source is not served."""
    source = ground.source[stop]
    if source >= 0:
        return int(source) if state.shift_of[source] >= 0 else -2
    for row in range(ground.mate_first[stop], ground.mate_first[stop + 1]):
        if state.shift_of[ground.mate[row]] >= 0:
            return int(ground.mate[row])
    return -1


@inner
def _has_its_household(ground: Ground, state: State, option: int, shift: int, trip: int) -> bool:
    """Return whether all served stops of a household are on a trip and at the option's place."""
    stop = ground.stop[option]
    for row in range(ground.mate_first[stop], ground.mate_first[stop + 1]):
        mate = ground.mate[row]
        if state.shift_of[mate] < 0:
            continue
        place = state.place_of[mate]
        other = state.sequence[state.shift_of[mate], place]
        if state.shift_of[mate] != shift or state.trip[shift, place] != trip:
            return False
        if ground.point[other] != ground.point[option]:
            return False
    return True


@inner
def _with_anchor(
    ground: Ground,
    state: State,
    option: int,
    anchor: int,
    least: float,
    trial: np.ndarray,
    starts: np.ndarray,
) -> tuple[float, int]:
    """Return the cheapest place on an anchor's trip, after or beside it: cost, place (-1)."""
    stop, shift = ground.stop[option], state.shift_of[anchor]
    middle = state.place_of[anchor]
    trip = state.trip[shift, middle]
    best, best_place = least, -1
    if not ground.allowed[option, shift] or not _has_its_household(
        ground, state, option, shift, trip
    ):
        return best, best_place
    if state.trip_stops[shift, trip] >= ground.most_stops[shift]:
        return best, best_place
    size, sequence, depot = state.length[shift], state.sequence[shift], ground.depot[shift]
    metres = ground.metres[ground.speed[shift]]
    seconds = ground.seconds[ground.speed[shift]]
    first = middle + 1 if ground.source[stop] >= 0 else middle
    for place in range(first, size + 1):
        before, after = depot, depot
        if place > 0 and sequence[place - 1] != RELOAD:
            before = ground.point[sequence[place - 1]]
        if place < size and sequence[place] != RELOAD:
            after = ground.point[sequence[place]]
        point = ground.point[option]
        more_m = metres[before, point] + metres[point, after] - metres[before, after]
        more_s = seconds[before, point] + seconds[point, after] - seconds[before, after]
        cost = (
            ground.option_cost[option]
            + more_m * ground.per_metre[shift]
            + (more_s + ground.service[stop]) * ground.per_second[shift]
        )
        fits = cost < best and state.way[shift] + more_m <= ground.most_metres[shift]
        if fits and keeps_rules(ground, state, shift, place, option, False, trial, starts):
            best, best_place = cost, place
        if place < size and sequence[place] == RELOAD:
            break
    return best, best_place


@inner
def put_back(
    ground: Ground,
    state: State,
    stop: int,
    num_near: int,
    is_tried: np.ndarray,
    trial: np.ndarray,
    starts: np.ndarray,
    touched: np.ndarray,
    kept: State,
) -> int:
    """Insert a stop where it is cheapest beside its neighbours or on a new trip.

    Returns 1, 0 when it fits nowhere, and -1 when the shift broke a rule by it.
    """
    best, best_shift, best_place, best_option, best_is_new = np.inf, -1, 0, -1, False
    anchor = -1
    if ground.is_linked[stop]:
        anchor = _anchor(ground, state, stop)
    for option in range(ground.option_first[stop], ground.option_first[stop + 1]):
        if anchor != -1:
            if anchor >= 0:
                cost, place = _with_anchor(ground, state, option, anchor, best, trial, starts)
                if place >= 0:
                    best, best_shift, best_place = cost, state.shift_of[anchor], place
                    best_option = option
            continue
        cost, shift, place = _beside(ground, state, option, num_near, best, trial, starts)
        if shift >= 0:
            best, best_shift, best_place, best_option = cost, shift, place, option
            best_is_new = False
        cost, shift = _alone(ground, state, option, best, is_tried, trial, starts)
        if shift >= 0:
            best, best_shift, best_place = cost, shift, state.length[shift]
            best_option, best_is_new = option, True
    if best_shift < 0:
        return 0
    remember(state, best_shift, touched, kept)
    if best_is_new:
        if state.length[best_shift] > 0:
            insert(state, best_shift, best_place, RELOAD)
            best_place += 1
        else:
            state.day_used[ground.day[best_shift]] += 1
    insert(state, best_shift, best_place, best_option)
    return 1 if refresh(ground, state, best_shift) else -1


@inner
def recreate(
    ground: Ground,
    state: State,
    waiting: np.ndarray,
    size: int,
    num_near: int,
    is_tried: np.ndarray,
    trial: np.ndarray,
    starts: np.ndarray,
    touched: np.ndarray,
    kept: State,
) -> int:
    """Put waiting stops back one by one; return how many found a place, or -1 on a broken rule."""
    found = 0
    for row in range(size):
        done = put_back(
            ground,
            state,
            waiting[row],
            num_near,
            is_tried,
            trial,
            starts,
            touched,
            kept,
        )
        if done < 0:
            return -1
        found += done
    for shift in range(len(ground.starts)):
        if touched[shift] and not settle(ground, state, shift, starts):
            return -1
    return found


@compiled
def construct(ground: Ground, state: State, kept: State, order: np.ndarray, num_near: int) -> None:
    """Put stops in one after the other, in an order; those that fit nowhere stay out."""
    num_shifts, width = len(ground.starts), state.sequence.shape[1]
    trial = np.zeros(width + 2, dtype=np.int32)
    starts = np.zeros(width + 2, dtype=np.int64)
    touched = np.zeros(num_shifts, dtype=np.bool_)
    is_tried = np.zeros(num_shifts, dtype=np.bool_)
    one = np.zeros(1, dtype=np.int32)
    for stop in order:
        one[0] = stop
        touched[:] = False
        done = recreate(ground, state, one, 1, num_near, is_tried, trial, starts, touched, kept)
        if done < 0:
            undo(ground, state, touched, kept)
