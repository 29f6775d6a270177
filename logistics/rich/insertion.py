"""Recreate: each stop goes where it is cheapest beside its neighbours, or on a new trip."""

from __future__ import annotations

import numpy as np

from logistics.arrays import (
    ALIKE,
    DAY,
    DEPOT,
    ENDS,
    HEAT,
    IS_LINKED,
    IS_SPECIAL,
    IS_SPLIT,
    LOADED_GRAMS,
    LOADED_MILLILITRES,
    LOADING,
    MATES,
    MATES_END,
    MIDNIGHT,
    MOST_GRAMS,
    MOST_METRES,
    MOST_MILLILITRES,
    MOST_STOPS,
    MOST_TRIPS,
    NO_WAY,
    OPTIONS,
    OPTIONS_END,
    PER_METRE,
    PER_SECOND,
    POINT,
    RELOAD,
    SERVICE,
    SOURCE,
    SPEED,
    STARTS,
    STOP,
    TRIP_GRAMS,
    TRIP_MILLILITRES,
    TRIP_STOPS,
    USUAL_START,
    VEHICLE,
    Ground,
    State,
)
from logistics.compiled import compiled, inner
from logistics.rich.chance import chance
from logistics.rich.changes import insert, remember, undo
from logistics.rich.evaluation import more_work, note_work, refresh, settle
from logistics.rich.hours import first_start
from logistics.rich.joining import is_joined, longer_by
from logistics.rich.wishes import drift_of, lean_to

BLINK = 0.01
NO_PRICE = float("inf")


@inner
def _priced(
    ground: Ground,
    state: State,
    shift: int,
    place: int,
    option: int,
    is_new_trip: bool,
    cost: float,
    wait: int,
    trial: np.ndarray,
    starts: np.ndarray,
) -> float:
    """Return what an insertion costs with its wait, joined or driven through where that is needed.

    Infinite when it breaks a rule.
    """
    stop, per_second = ground.options[option, STOP], ground.rates[shift, PER_SECOND]
    is_special = ground.stops[stop, IS_SPECIAL] or ground.stops[stop, HEAT] < NO_WAY
    if is_special or state.is_special[shift] or state.waits[shift]:
        if not is_special and not ground.options[option, IS_SPLIT] and is_joined(state, shift):
            longer = longer_by(ground, state, shift, place, option, is_new_trip)
        else:
            longer = more_work(ground, state, shift, place, option, is_new_trip, trial, starts)
        if longer >= NO_WAY:
            return NO_PRICE
        if state.waits[shift]:
            cost += longer * (per_second + state.pace[ground.shifts[shift, VEHICLE]])
        return cost
    return float(cost + wait * per_second)


@inner
def _point(options: np.ndarray, sequence: np.ndarray, place: int, size: int, depot: int) -> int:
    """Return where a place of a sequence is; the depot before the first and after the last."""
    if place < 0 or place >= size or sequence[place] == RELOAD:
        return depot
    return int(options[sequence[place], POINT])


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
    leave, latest, way, loads = state.leave, state.latest, state.way, state.trip_loads
    metres, seconds, random = ground.metres, ground.seconds, state.random
    options, spans, shifts, rates = ground.options, ground.spans, ground.shifts, ground.rates
    stop, point, own = options[option, STOP], options[option, POINT], ground.option_cost[option]
    grams = ground.stops[stop, LOADED_GRAMS]
    millilitres = ground.stops[stop, LOADED_MILLILITRES]
    service, usual = ground.stops[stop, SERVICE], ground.stops[stop, USUAL_START]
    best, best_shift, best_place = least, -1, 0
    for row in range(1, num_near):
        other = near[stop, row]
        shift = shift_of[other]
        if shift < 0 or not allowed[option, shift]:
            continue
        middle = place_of[other]
        trip = trip_of[shift, middle]
        room = min(
            shifts[shift, MOST_GRAMS] - loads[shift, trip, TRIP_GRAMS] - grams,
            shifts[shift, MOST_MILLILITRES] - loads[shift, trip, TRIP_MILLILITRES] - millilitres,
            shifts[shift, MOST_STOPS] - loads[shift, trip, TRIP_STOPS] - 1,
        )
        if room < 0:
            continue
        speed, depot = shifts[shift, SPEED], shifts[shift, DEPOT]
        midnight, vehicle = shifts[shift, MIDNIGHT], shifts[shift, VEHICLE]
        per_second = rates[shift, PER_SECOND] + state.pace[vehicle]
        for place in range(middle, middle + 2):
            before = _point(options, sequence[shift], place - 1, length[shift], depot)
            after = _point(options, sequence[shift], place, length[shift], depot)
            away = shifts[shift, STARTS] + shifts[shift, LOADING]
            away = leave[shift, place - 1] if place > 0 else away
            by = latest[shift, place] if place < length[shift] else shifts[shift, ENDS]
            there, onward = seconds[speed, before, point], seconds[speed, point, after]
            more_m = (
                metres[speed, before, point]
                + metres[speed, point, after]
                - metres[speed, before, after]
            )
            more_s = there + onward - seconds[speed, before, after] + service
            cost = own + more_m * rates[shift, PER_METRE] + state.lean[vehicle]
            if not state.waits[shift]:
                cost += more_s * per_second
            is_dear = cost >= best or way[shift] + more_m > shifts[shift, MOST_METRES]
            if is_dear or chance(random) < BLINK:
                continue
            start = first_start(
                options, spans, option, away + there, midnight, midnight + ground.day_length
            )
            if start < 0 or start + service + onward > by:
                continue
            cost += drift_of(ground, usual, start - midnight)
            wait = start - away - there
            cost = _priced(ground, state, shift, place, option, False, cost, wait, trial, starts)
            if cost < best:
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
    allowed, length, day_used = ground.allowed, state.length, state.day_used
    metres, seconds, sequence = ground.metres, ground.seconds, state.sequence
    options, spans, shifts, rates = ground.options, ground.spans, ground.shifts, ground.rates
    stop, point, own = options[option, STOP], options[option, POINT], ground.option_cost[option]
    service, usual = ground.stops[stop, SERVICE], ground.stops[stop, USUAL_START]
    is_tried[:] = False
    best, best_shift = least, -1
    for shift in range(len(length)):
        if state.num_trips[shift] >= shifts[shift, MOST_TRIPS] or not allowed[option, shift]:
            continue
        day = shifts[shift, DAY]
        if length[shift] == 0 and day_used[day] == 0:
            if is_tried[shifts[shift, ALIKE]]:
                continue
            is_tried[shifts[shift, ALIKE]] = True
        speed, depot, loading = shifts[shift, SPEED], shifts[shift, DEPOT], shifts[shift, LOADING]
        midnight, vehicle = shifts[shift, MIDNIGHT], shifts[shift, VEHICLE]
        more_m = metres[speed, depot, point] + metres[speed, point, depot]
        there, back = seconds[speed, depot, point], seconds[speed, point, depot]
        busy = there + back + service + loading
        per_second = rates[shift, PER_SECOND] + state.pace[vehicle]
        cost = own + more_m * rates[shift, PER_METRE] + state.lean[vehicle]
        if not state.waits[shift]:
            cost += busy * per_second
        if day_used[day] == 0:
            cost += ground.day_cost[day]
        if cost >= best or state.way[shift] + more_m > shifts[shift, MOST_METRES]:
            continue
        begin = shifts[shift, STARTS]
        if length[shift] > 0:
            last = length[shift] - 1
            begin = state.leave[shift, last]
            begin += seconds[speed, options[sequence[shift, last], POINT], depot]
        start = first_start(
            options,
            spans,
            option,
            begin + loading + there,
            midnight,
            midnight + ground.day_length,
        )
        if start < 0 or start + service + back > shifts[shift, ENDS]:
            continue
        cost += drift_of(ground, usual, start - midnight)
        wait = start - begin - loading - there if length[shift] > 0 else 0
        cost = _priced(ground, state, shift, length[shift], option, True, cost, wait, trial, starts)
        if cost < best:
            best, best_shift = cost, shift
    return best, best_shift


@inner
def _anchor(ground: Ground, state: State, stop: int) -> int:
    """Return a served stop that this one must ride with; -1: none, -2: its source is not served."""
    source = ground.stops[stop, SOURCE]
    if source >= 0:
        return int(source) if state.shift_of[source] >= 0 else -2
    for row in range(ground.stops[stop, MATES], ground.stops[stop, MATES_END]):
        if state.shift_of[ground.mate[row]] >= 0:
            return int(ground.mate[row])
    return -1


@inner
def _has_its_household(ground: Ground, state: State, option: int, shift: int, trip: int) -> bool:
    """Return whether all served stops of a household are on a trip and at the option's place."""
    stop = ground.options[option, STOP]
    for row in range(ground.stops[stop, MATES], ground.stops[stop, MATES_END]):
        mate = ground.mate[row]
        if state.shift_of[mate] < 0:
            continue
        place = state.place_of[mate]
        other = state.sequence[state.shift_of[mate], place]
        if state.shift_of[mate] != shift or state.trip[shift, place] != trip:
            return False
        if ground.options[other, POINT] != ground.options[option, POINT]:
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
    stop, shift = ground.options[option, STOP], state.shift_of[anchor]
    middle = state.place_of[anchor]
    trip = state.trip[shift, middle]
    best, best_place = least, -1
    if state.lean[ground.shifts[shift, VEHICLE]] == NO_PRICE:
        return best, best_place
    if not ground.allowed[option, shift] or not _has_its_household(
        ground, state, option, shift, trip
    ):
        return best, best_place
    if state.trip_loads[shift, trip, TRIP_STOPS] >= ground.shifts[shift, MOST_STOPS]:
        return best, best_place
    size, sequence, depot = state.length[shift], state.sequence[shift], ground.shifts[shift, DEPOT]
    metres = ground.metres[ground.shifts[shift, SPEED]]
    seconds = ground.seconds[ground.shifts[shift, SPEED]]
    first = middle + 1 if ground.stops[stop, SOURCE] >= 0 else middle
    for place in range(first, size + 1):
        before = _point(ground.options, sequence, place - 1, size, depot)
        after = _point(ground.options, sequence, place, size, depot)
        point = ground.options[option, POINT]
        more_m = metres[before, point] + metres[point, after] - metres[before, after]
        more_s = seconds[before, point] + seconds[point, after] - seconds[before, after]
        cost = (
            ground.option_cost[option]
            + more_m * ground.rates[shift, PER_METRE]
            + (more_s + ground.stops[stop, SERVICE]) * ground.rates[shift, PER_SECOND]
        )
        if cost < best and state.way[shift] + more_m <= ground.shifts[shift, MOST_METRES]:
            longer = more_work(ground, state, shift, place, option, False, trial, starts)
            if longer < NO_WAY:
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
    if ground.has_goals or ground.has_foes:
        lean_to(ground, state, stop)
    anchor = _anchor(ground, state, stop) if ground.stops[stop, IS_LINKED] else -1
    if anchor == -2:
        return 0
    for option in range(ground.stops[stop, OPTIONS], ground.stops[stop, OPTIONS_END]):
        if anchor >= 0:
            shift = state.shift_of[anchor]
            cost, place = _with_anchor(ground, state, option, anchor, best, trial, starts)
            shift = shift if place >= 0 else -1
        else:
            cost, shift, place = _beside(ground, state, option, num_near, best, trial, starts)
        if shift >= 0:
            best, best_shift, best_place, best_option = cost, shift, place, option
            best_is_new = False
        if anchor >= 0:
            continue
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
            state.day_used[ground.shifts[best_shift, DAY]] += 1
    insert(state, best_shift, best_place, best_option)
    if not refresh(ground, state, best_shift):
        return -1
    note_work(ground, state, best_shift, starts)
    return 1


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
    for shift in range(len(ground.shifts)):
        if touched[shift] and not settle(ground, state, shift, starts):
            return -1
    return found


@compiled
def construct(ground: Ground, state: State, kept: State, order: np.ndarray, num_near: int) -> None:
    """Put stops in one after the other, in an order; those that fit nowhere stay out."""
    num_shifts, width = len(ground.shifts), state.sequence.shape[1]
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
