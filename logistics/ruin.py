"""Slack induction by string removals (Christiaens and Vanden Berghe 2020), compiled.

One iteration takes short strings of neighbouring stops off a few trips and puts them back where
they are cheapest, beside their neighbours, now and then blinking; worse plans are accepted less
and less. It carries every rule of a survey: several trips, places, hours, days, sizes and heat.
"""

from __future__ import annotations

import numpy as np

from logistics.arrays import NO_WAY, RELOAD, Ground, State
from logistics.compiled import compiled

MEAN_REMOVED = 10.0
LONGEST_STRING = 10.0
SPLIT_DEPTH = 0.01
SHARE_OF_SPLITS = 0.5
BLINK = 0.01
MOST_TRIED_AGAIN = 12
"""Unserved stops that are tried again in one iteration."""


@compiled
def _chance(random: np.ndarray) -> float:
    """Return a number from 0 up to 1 (xorshift64*, Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@compiled
def _first_start(
    span_first: np.ndarray,
    span_from: np.ndarray,
    span_to: np.ndarray,
    option: int,
    instant: int,
    midnight: int,
    day_ends: int,
) -> int:
    """Return when service can start on arrival at an instant; -1 when it is too late."""
    for row in range(span_first[option], span_first[option + 1]):
        if span_to[row] >= instant and span_from[row] >= midnight:
            if span_from[row] >= day_ends:
                return -1
            return int(max(span_from[row], instant))
    return -1


@compiled
def _last_start(
    span_first: np.ndarray,
    span_from: np.ndarray,
    span_to: np.ndarray,
    option: int,
    instant: int,
    midnight: int,
    day_ends: int,
) -> int:
    """Return the last start of service not after an instant; -1 when there is none."""
    last = -1
    for row in range(span_first[option], span_first[option + 1]):
        if midnight <= span_from[row] < day_ends and span_from[row] <= instant:
            last = min(instant, span_to[row])
    return last


@compiled
def _span_end(
    span_first: np.ndarray, span_from: np.ndarray, span_to: np.ndarray, option: int, start: int
) -> int:
    """Return the end of the span that a start lies in."""
    for row in range(span_first[option], span_first[option + 1]):
        if span_from[row] <= start <= span_to[row]:
            return int(span_to[row])
    return start


@compiled
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
            instant = min(instant, _span_end(span_first, span_from, span_to, option, starts[place]))
            after = point
    return int(instant - seconds[depot, after] - loading)


@compiled
def _drive(
    ground: Ground, shift: int, sequence: np.ndarray, size: int, starts: np.ndarray
) -> tuple[bool, int, int]:
    """Drive a shift as early as possible, then load as late as that allows.

    Returns whether all hours and heat limits are kept, the start of loading, and the return.
    """
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
            at = depot
            continue
        point = point_of[option]
        instant += seconds[at, point]
        start = _first_start(span_first, span_from, span_to, option, instant, midnight, day_ends)
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
    if waits:
        loads = _loads_latest(ground, shift, sequence, starts, size, back)
    if not has_heat or ground.has_cool_box[shift]:
        return True, loads, back
    return _is_cool(ground, shift, sequence, size, starts, loads, waits), loads, back


@compiled
def _is_cool(
    ground: Ground,
    shift: int,
    sequence: np.ndarray,
    size: int,
    starts: np.ndarray,
    loads: int,
    waits: bool,
) -> bool:
    """Drive again from the latest loadings and compare the time since leaving with the limits."""
    seconds = ground.seconds[ground.speed[shift]]
    span_first, span_from, span_to = ground.span_first, ground.span_from, ground.span_to
    point_of, stop_of, service = ground.point, ground.stop, ground.service
    heat, loading = ground.heat, ground.loading[shift]
    depot, midnight = ground.depot[shift], ground.midnight[shift]
    day_ends = midnight + ground.day_length
    left = loads + loading
    instant, at = left, depot
    for place in range(size):
        option = sequence[place]
        if option == RELOAD:
            begin = starts[place] if waits else instant + seconds[at, depot]
            left = begin + loading
            instant, at = left, depot
            continue
        point = point_of[option]
        instant = _first_start(
            span_first,
            span_from,
            span_to,
            option,
            instant + seconds[at, point],
            midnight,
            day_ends,
        )
        stop = stop_of[option]
        if instant - left > heat[stop]:
            return False
        instant += service[stop]
        at = point
    return True


@compiled
def refresh(ground: Ground, state: State, shift: int) -> bool:
    """Compute a shift anew from its sequence, but for the cost of its time and the heat.

    Returns whether hours and way are kept.
    """
    sequence, size = state.sequence[shift], state.length[shift]
    state.num_trips[shift] = 0
    state.way[shift] = 0
    state.cost[shift] = 0.0
    state.has_heat[shift] = False
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
    heat, loading = ground.heat, ground.loading[shift]
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
            state.trip_grams[shift, trip] += ground.grams[stop]
            state.trip_millilitres[shift, trip] += ground.millilitres[stop]
            state.trip_stops[shift, trip] += 1
            state.shift_of[stop] = shift
            state.place_of[stop] = place
            places += ground.option_cost[option]
            if heat[stop] < NO_WAY:
                state.has_heat[shift] = True
            instant = _first_start(
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
            latest = _last_start(span_first, span_from, span_to, option, latest, midnight, day_ends)
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
    is_kept, loads, back = _drive(ground, shift, state.sequence[shift], state.length[shift], starts)
    state.cost[shift] += (back - loads) * ground.per_second[shift]
    return is_kept


@compiled
def _insert(state: State, shift: int, place: int, option: int) -> None:
    size = state.length[shift]
    sequence = state.sequence[shift]
    for each in range(size, place, -1):
        sequence[each] = sequence[each - 1]
    sequence[place] = option
    state.length[shift] = size + 1


@compiled
def _tidy(state: State, shift: int, gone: np.ndarray, ground: Ground) -> None:
    """Drop stops marked as gone, and trips that have no stop any more."""
    sequence, size = state.sequence[shift], state.length[shift]
    kept = 0
    for place in range(size):
        option = sequence[place]
        if option == RELOAD:
            if kept > 0 and sequence[kept - 1] != RELOAD:
                sequence[kept] = RELOAD
                kept += 1
        elif not gone[ground.stop[option]]:
            sequence[kept] = option
            kept += 1
    while kept > 0 and sequence[kept - 1] == RELOAD:
        kept -= 1
    state.length[shift] = kept


@compiled
def _keeps_cool(
    ground: Ground,
    state: State,
    shift: int,
    place: int,
    option: int,
    is_new_trip: bool,
    trial: np.ndarray,
    starts: np.ndarray,
) -> bool:
    """Try an insertion on a copy where somebody's food must not be long in the heat."""
    is_limited = state.has_heat[shift] or ground.heat[ground.stop[option]] < NO_WAY
    if not is_limited or ground.has_cool_box[shift]:
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
    return _drive(ground, shift, trial, size + more, starts)[0]


@compiled
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
    grams, millilitres = ground.grams[stop], ground.millilitres[stop]
    service = ground.service[stop]
    is_limited = ground.heat[stop] < NO_WAY
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
            if is_dear or _chance(random) < BLINK:
                continue
            start = _first_start(
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
            if (is_limited or state.has_heat[shift]) and not _keeps_cool(
                ground, state, shift, place, option, False, trial, starts
            ):
                continue
            best, best_shift, best_place = cost, shift, place
    return best, best_shift, best_place


@compiled
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
    service, is_limited = ground.service[stop], ground.heat[stop] < NO_WAY
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
        start = _first_start(
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
        if (is_limited or state.has_heat[shift]) and not _keeps_cool(
            ground, state, shift, length[shift], option, True, trial, starts
        ):
            continue
        best, best_shift = cost, shift
    return best, best_shift


@compiled
def _put_back(
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
    for option in range(ground.option_first[stop], ground.option_first[stop + 1]):
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
    _remember(state, best_shift, touched, kept)
    if best_is_new:
        if state.length[best_shift] > 0:
            _insert(state, best_shift, best_place, RELOAD)
            best_place += 1
        else:
            state.day_used[ground.day[best_shift]] += 1
    _insert(state, best_shift, best_place, best_option)
    return 1 if refresh(ground, state, best_shift) else -1


@compiled
def _copy_shift(source: State, target: State, shift: int) -> None:
    """Copy everything about a shift."""
    size, trips = source.length[shift], source.num_trips[shift]
    sequence, leave, latest, trip = source.sequence, source.leave, source.latest, source.trip
    sequence_to, leave_to, latest_to = target.sequence, target.leave, target.latest
    trip_to = target.trip
    for place in range(size):
        sequence_to[shift, place] = sequence[shift, place]
        leave_to[shift, place] = leave[shift, place]
        latest_to[shift, place] = latest[shift, place]
        trip_to[shift, place] = trip[shift, place]
    for each in range(trips):
        target.trip_grams[shift, each] = source.trip_grams[shift, each]
        target.trip_millilitres[shift, each] = source.trip_millilitres[shift, each]
        target.trip_stops[shift, each] = source.trip_stops[shift, each]
    target.length[shift] = size
    target.num_trips[shift] = trips
    target.way[shift] = source.way[shift]
    target.cost[shift] = source.cost[shift]
    target.has_heat[shift] = source.has_heat[shift]


@compiled
def _remember(
    state: State,
    shift: int,
    touched: np.ndarray,
    kept: State,
) -> None:
    """Copy a shift's sequence before it is changed for the first time in an iteration."""
    if not touched[shift]:
        touched[shift] = True
        _copy_shift(state, kept, shift)


@compiled
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
    removed = int(1 + _chance(state.random) * min(float(num_stops), longest))
    removed = min(removed, num_stops)
    gap = 0
    if removed < num_stops and removed > 1 and _chance(state.random) < SHARE_OF_SPLITS:
        gap = 1
        while removed + gap < num_stops and _chance(state.random) < SPLIT_DEPTH:
            gap += 1
    width = removed + gap
    lowest = max(first, place - width + 1)
    highest = min(place, last - width + 1)
    begin = lowest + int(_chance(state.random) * (highest - lowest + 1))
    kept_from = begin + 1 + int(_chance(state.random) * (removed - 1)) if gap else begin + width
    for each in range(begin, begin + width):
        if not (gap and kept_from <= each < kept_from + gap):
            gone[ground.stop[sequence[each]]] = True


@compiled
def _ruin(
    ground: Ground,
    state: State,
    num_served: int,
    gone: np.ndarray,
    is_ruined: np.ndarray,
    waiting: np.ndarray,
    touched: np.ndarray,
    kept: State,
) -> int:
    """Take strings of neighbours off; return how many stops wait, or -1 when a rule broke."""
    num_trips = max(1, state.num_trips.sum())
    longest = min(LONGEST_STRING, num_served / num_trips)
    strings = int(1 + _chance(state.random) * (4.0 * MEAN_REMOVED / (1.0 + longest) - 1.0))
    seed = int(_chance(state.random) * len(ground.service))
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
        _remember(state, shift, touched, kept)
        _mark_string(ground, state, stop, longest, gone)
        taken += 1
    num_waiting = 0
    for shift in range(len(ground.starts)):
        if not touched[shift]:
            continue
        for place in range(kept.length[shift]):
            option = kept.sequence[shift, place]
            if option != RELOAD and gone[ground.stop[option]]:
                waiting[num_waiting] = ground.stop[option]
                state.shift_of[ground.stop[option]] = -1
                num_waiting += 1
        _tidy(state, shift, gone, ground)
        if state.length[shift] == 0:
            state.day_used[ground.day[shift]] -= 1
        if not refresh(ground, state, shift):
            return -1
    return num_waiting


@compiled
def _order(ground: Ground, state: State, waiting: np.ndarray, size: int, by_need: bool) -> None:
    """Sort by chance, weight, or distance from the depot; by need before all when not all fit."""
    dice = _chance(state.random) * 11.0
    keys = np.empty(size)
    for row in range(size):
        stop = waiting[row]
        if dice < 4.0:
            keys[row] = _chance(state.random)
        elif dice < 8.0:
            keys[row] = -float(ground.grams[stop]) + 1e-6 * _chance(state.random)
        elif dice < 10.0:
            keys[row] = -float(ground.out[stop])
        else:
            keys[row] = float(ground.out[stop])
    for row in range(1, size):
        stop, key = waiting[row], keys[row]
        place = row
        while place > 0 and _is_later(
            ground, waiting[place - 1], keys[place - 1], stop, key, by_need
        ):
            waiting[place], keys[place] = waiting[place - 1], keys[place - 1]
            place -= 1
        waiting[place], keys[place] = stop, key


@compiled
def _is_later(
    ground: Ground, stop: int, key: float, other: int, other_key: float, by_need: bool
) -> bool:
    if by_need and ground.prize[stop] != ground.prize[other]:
        return bool(ground.prize[stop] < ground.prize[other])
    return key > other_key


@compiled
def _add_absent(
    ground: Ground, state: State, waiting: np.ndarray, size: int, gone: np.ndarray
) -> int:
    """Let a few stops that are not served try again, from a place by chance."""
    num_stops = len(ground.service)
    begin = int(_chance(state.random) * num_stops)
    added = 0
    for row in range(num_stops):
        stop = (begin + row) % num_stops
        if state.shift_of[stop] < 0 and ground.prize[stop] > 0 and not gone[stop]:
            waiting[size + added] = stop
            added += 1
            if added >= MOST_TRIED_AGAIN:
                break
    return size + added


@compiled
def total_cost(ground: Ground, state: State) -> float:
    """Return the cost of all shifts and vehicle days, and the prizes of stops not served."""
    total = state.cost.sum()
    for day in range(len(ground.day_cost)):
        if state.day_used[day] > 0:
            total += ground.day_cost[day]
    for stop in range(len(ground.service)):
        if state.shift_of[stop] < 0:
            total += ground.prize[stop]
    return float(total)


@compiled
def _recreate(
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
        done = _put_back(
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
        done = _recreate(ground, state, one, 1, num_near, is_tried, trial, starts, touched, kept)
        if done < 0:
            _undo(ground, state, touched, kept)


@compiled
def _num_absent(ground: Ground, state: State) -> int:
    absent = 0
    for stop in range(len(ground.service)):
        if state.shift_of[stop] < 0 and ground.prize[stop] > 0:
            absent += 1
    return absent


@compiled
def _copy_sequences(state: State, sequence: np.ndarray, length: np.ndarray) -> None:
    for shift in range(len(length)):
        size = state.length[shift]
        length[shift] = size
        sequence[shift, :size] = state.sequence[shift, :size]


@compiled
def search(
    ground: Ground,
    state: State,
    kept: State,
    best_sequence: np.ndarray,
    best_length: np.ndarray,
    totals: np.ndarray,
    num_iterations: int,
    warmth: float,
    num_near: int,
) -> None:
    """Run some iterations at one temperature.

    ``kept`` is room for what an iteration changes; ``totals`` holds the cost of the present and
    of the best plan.
    """
    num_stops, num_shifts = len(ground.service), len(ground.starts)
    width = state.sequence.shape[1]
    trial = np.zeros(width + 2, dtype=np.int32)
    starts = np.zeros(width + 2, dtype=np.int64)
    touched = np.zeros(num_shifts, dtype=np.bool_)
    gone = np.zeros(num_stops, dtype=np.bool_)
    is_ruined = np.zeros((num_shifts, state.trip_grams.shape[1]), dtype=np.bool_)
    is_tried = np.zeros(num_shifts, dtype=np.bool_)
    waiting = np.zeros(num_stops + MOST_TRIED_AGAIN, dtype=np.int32)
    num_absent = _num_absent(ground, state)
    num_wanted = (ground.prize > 0).sum()
    for _ in range(num_iterations):
        touched[:] = False
        num_served = num_wanted - num_absent
        num_taken = _ruin(ground, state, num_served, gone, is_ruined, waiting, touched, kept)
        found = -1
        if num_taken >= 0:
            size = num_taken
            if num_absent > 0:
                size = _add_absent(ground, state, waiting, num_taken, gone)
            _order(ground, state, waiting, size, num_absent > 0)
            found = _recreate(
                ground, state, waiting, size, num_near, is_tried, trial, starts, touched, kept
            )
        gone[:] = False
        total = total_cost(ground, state) if found >= 0 else np.inf
        if total < totals[0] - warmth * np.log(max(_chance(state.random), 1e-12)):
            totals[0] = total
            num_absent += num_taken - found
            if total < totals[1] - 1e-6:
                totals[1] = total
                _copy_sequences(state, best_sequence, best_length)
        else:
            _undo(ground, state, touched, kept)


@compiled
def _undo(ground: Ground, state: State, touched: np.ndarray, kept: State) -> None:
    """Put the touched shifts back as they were."""
    for shift in range(len(ground.starts)):
        if not touched[shift]:
            continue
        for place in range(state.length[shift]):
            option = state.sequence[shift, place]
            if option != RELOAD:
                state.shift_of[ground.stop[option]] = -1
    for shift in range(len(ground.starts)):
        if not touched[shift]:
            continue
        is_used, was_used = state.length[shift] > 0, kept.length[shift] > 0
        state.day_used[ground.day[shift]] += int(was_used) - int(is_used)
        _copy_shift(kept, state, shift)
        for place in range(state.length[shift]):
            option = state.sequence[shift, place]
            if option != RELOAD:
                state.shift_of[ground.stop[option]] = shift
                state.place_of[ground.stop[option]] = place
