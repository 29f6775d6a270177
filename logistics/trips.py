"""Slack induction by string removals with hours, fleets, trips, prizes and choices, compiled.

The method of `strings`, for what the literature adds to one capacity: several kinds of vehicles
and depots, time windows, release times, several trips of a vehicle, longest ways and durations,
clients that may be left out at a price, and groups of which one client is served. Clients are
nodes 0 … n - 1; node n + t is the depot at both ends of trip t. Cost is way times the unit cost of
the vehicle, plus its fixed cost, plus the prizes of groups left out.
"""

from __future__ import annotations

import math

import numpy as np

from logistics.chance import below, chance
from logistics.compiled import compiled, inlined, inner

NEXT, PREV, TRIP, AHEAD, POINT, DEMAND, OPENS, CLOSES, SERVICE, RELEASE = range(10)
EARLIEST, LATEST, GROUP = range(10, 13)
"Columns of a node. Of a depot node EARLIEST is the departure, LATEST the last return."
NUM_NODE_COLUMNS = 16
LOAD, SIZE, WAY, RELEASED, VEHICLE, AFTER, BEFORE, LEAVES, RETURNS, RUINED = range(10)
"Columns of a trip: LEAVES is the last departure, RETURNS the earliest return."
NUM_TRIP_COLUMNS = 10
KIND, FIRST, LAST, USED = range(4)
"Columns of a vehicle: kind, first and last trip (-1: none), number of trips."
CAPACITY, FIXED, UNIT, FROM, UNTIL, MOST_DURATION, MOST_WAY, MOST_TRIPS, DEPOT, FAMILY, SHARED = (
    range(11)
)
"Columns of a kind; kinds of one family differ in capacity and cost alone."
NUM_KIND_COLUMNS = 11
CURRENT, LEAST, NUM_FREE_TRIPS, NUM_ABSENT, STAMP, NUM_LOGGED = range(6)
"Numbers of a state."
WHAT, NODE, PLACE, OTHER = range(4)
"Columns of the log."
TAKEN, PUT, OPENED, CLOSED, CHANGED = range(5)
COST, HOW, SPOT, WHO, EXTRA, CLIENT = range(6)
"A place for a client: cost, how, node before it, vehicle or kind, trip before, client."
ON_TRIP, ON_FREE, ON_USED, ON_OTHER_KIND = range(4)
MEAN_REMOVED, LONGEST_STRING, NUM_TRIED, MOST_WANTED, HAS_HOURS, HAS_TRIPS, MUST, UNIT_LEAST = (
    range(8)
)
"Settings; MUST is the prize from which a group has to be served."
SHARE_OF_SPLITS = 0.5
SPLIT_DEPTH = 0.01
NEVER = 1 << 60


@inlined
def _leg(metric: np.ndarray, matrix: np.ndarray, xy: np.ndarray, i: int, j: int) -> int:
    """Return the way between points: by matrix if there is one, else scaled straight lines."""
    if matrix.shape[0] > 0:
        return int(matrix[i, j])
    x, y = (xy[i, 0] - xy[j, 0], xy[i, 1] - xy[j, 1])
    return int(metric[0] * math.sqrt(x * x + y * y) + metric[1])


@compiled
def search(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    out: np.ndarray,
    near: np.ndarray,
    near_way: np.ndarray,
    allowed: np.ndarray,
    kind: np.ndarray,
    member: np.ndarray,
    member_first: np.ndarray,
    prize: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    free_trip: np.ndarray,
    free: np.ndarray,
    num_free: np.ndarray,
    absent: np.ndarray,
    absent_at: np.ndarray,
    numbers: np.ndarray,
    best_next: np.ndarray,
    best_trip: np.ndarray,
    best_first: np.ndarray,
    random: np.ndarray,
    settings: np.ndarray,
    num_iterations: int,
    temperature: float,
) -> None:
    """Run iterations at one temperature; see `fleet.State` for the arrays.

    With no iterations, put in every absent group once, in the order of `absent`.
    """
    n = near.shape[0]
    num_groups = prize.shape[0]
    wanted = np.empty(num_groups + 1, dtype=np.int32)
    key = np.empty(num_groups + 1, dtype=np.float64)
    log = np.empty((6 * num_groups + 4 * trip.shape[0] + 64, 4), dtype=np.int32)
    touched = np.empty(trip.shape[0], dtype=np.int32)
    choice = np.empty(6, dtype=np.int64)
    has_hours, has_trips = (settings[HAS_HOURS] > 0, settings[HAS_TRIPS] > 0)
    must = settings[MUST]
    is_start = num_iterations == 0
    is_new = False
    for _ in range(max(1, num_iterations)):
        if is_new:
            _keep(node, trip, vehicle, best_next, best_trip, best_first)
            is_new = False
        numbers[STAMP] += 1
        numbers[NUM_LOGGED] = 0
        num_touched, num_wanted, delta = (0, 0, 0)
        greed = 1.0
        if is_start:
            num_wanted = numbers[NUM_ABSENT]
            wanted[:num_wanted] = absent[:num_wanted]
            greed = 1000000000.0
        else:
            seed = below(random, n)
            num_wanted, num_touched, delta = _ruin(
                metric,
                matrix,
                xy,
                near,
                kind,
                prize,
                node,
                trip,
                vehicle,
                free_trip,
                free,
                num_free,
                absent,
                absent_at,
                numbers,
                random,
                settings,
                seed,
                wanted,
                touched,
                log,
            )
            num_removed = num_wanted
            if numbers[NUM_ABSENT] > num_removed:
                num_wanted = _add_absent(
                    near,
                    prize,
                    node,
                    absent,
                    absent_at,
                    numbers,
                    random,
                    settings,
                    seed,
                    wanted,
                    num_wanted,
                )
                greed = _greed(random)
            _order(out, member, member_first, node, random, has_hours, wanted, num_wanted, key)
        limit = -temperature * math.log(chance(random) + 1e-300)
        for row in range(num_wanted):
            group = wanted[row]
            choice[COST] = NEVER
            must_serve = is_start or prize[group] >= must
            _choose(
                metric,
                matrix,
                xy,
                out,
                near,
                near_way,
                allowed,
                kind,
                member,
                member_first,
                node,
                trip,
                vehicle,
                num_free,
                random,
                settings,
                group,
                must_serve,
                choice,
            )
            if choice[COST] == NEVER or (not must_serve and choice[COST] > greed * prize[group]):
                continue
            delta += choice[COST] - prize[group]
            _put_at_choice(
                metric,
                matrix,
                xy,
                kind,
                node,
                trip,
                vehicle,
                free_trip,
                free,
                num_free,
                absent,
                absent_at,
                numbers,
                has_hours,
                has_trips,
                choice,
                log,
            )
        if kind.shape[0] > 1 and (not has_trips):
            for row in range(num_touched):
                delta += _suit(kind, trip, vehicle, free, num_free, numbers, touched[row], log)
        if is_start or delta < limit:
            numbers[CURRENT] += delta
            if numbers[CURRENT] < numbers[LEAST]:
                numbers[LEAST] = numbers[CURRENT]
                is_new = True
        else:
            _undo(
                metric,
                matrix,
                xy,
                kind,
                node,
                trip,
                vehicle,
                free_trip,
                free,
                num_free,
                absent,
                absent_at,
                numbers,
                has_hours,
                log,
            )
    if is_new:
        _keep(node, trip, vehicle, best_next, best_trip, best_first)


@inner
def _greed(random: np.ndarray) -> float:
    """Return how many prizes a place may cost in one iteration: mostly one."""
    draw = chance(random)
    if draw < 0.2:
        return 1.3
    return 2.5 if draw < 0.3 else 1.0


@inner
def _keep(
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    best_next: np.ndarray,
    best_trip: np.ndarray,
    best_first: np.ndarray,
) -> None:
    """Copy what tells the routes: next nodes, next trips and the first trip of each vehicle."""
    best_next[:] = node[:, NEXT]
    best_trip[:] = trip[:, AFTER]
    best_first[:] = vehicle[:, FIRST]


@inner
def _ruin(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    near: np.ndarray,
    kind: np.ndarray,
    prize: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    free_trip: np.ndarray,
    free: np.ndarray,
    num_free: np.ndarray,
    absent: np.ndarray,
    absent_at: np.ndarray,
    numbers: np.ndarray,
    random: np.ndarray,
    settings: np.ndarray,
    seed: int,
    wanted: np.ndarray,
    touched: np.ndarray,
    log: np.ndarray,
) -> tuple[int, int, int]:
    """Take strings off trips around a client; return numbers of groups and trips, the change."""
    n = near.shape[0]
    has_hours, has_trips = (settings[HAS_HOURS] > 0, settings[HAS_TRIPS] > 0)
    stamp = numbers[STAMP]
    num_trips = max(1, trip.shape[0] - numbers[NUM_FREE_TRIPS])
    num_served = prize.shape[0] - numbers[NUM_ABSENT]
    longest = min(settings[LONGEST_STRING], max(1.0, num_served / num_trips))
    left = int(chance(random) * (4.0 * settings[MEAN_REMOVED] / (1.0 + longest) - 1.0) + 1.0)
    num_removed, num_touched, change = (0, 0, 0)
    for row in range(-1, near.shape[1]):
        client = np.int64(seed) if row < 0 else np.int64(near[seed, row])
        mine = np.int64(node[client, TRIP])
        if mine < 0 or trip[mine, RUINED] == stamp:
            continue
        trip[mine, RUINED] = stamp
        touched[num_touched] = mine
        num_touched += 1
        size = trip[mine, SIZE]
        length = min(size, int(chance(random) * min(float(size), longest) + 1.0))
        kept = 0
        if 1 < length < size and chance(random) < SHARE_OF_SPLITS:
            kept = 1
            while length + kept < size and chance(random) < SPLIT_DEPTH:
                kept += 1
        span = length + kept
        keep_from = 1 + below(random, length - 1) if kept > 0 else span
        at = _first_of_string(node, client, span, n, random)
        for place in range(span):
            after = np.int64(node[at, NEXT])
            if not keep_from <= place < keep_from + kept:
                group = node[at, GROUP]
                change += prize[group]
                change += _take(metric, matrix, xy, kind, node, trip, vehicle, numbers, at, log)
                _lose(absent, absent_at, numbers, group)
                wanted[num_removed] = group
                num_removed += 1
            at = after
        owner = trip[mine, VEHICLE]
        if trip[mine, SIZE] == 0:
            change += _close(kind, trip, vehicle, free_trip, free, num_free, numbers, mine, log)
        if has_hours:
            if has_trips:
                _settle(kind, node, trip, vehicle, owner, n)
            elif trip[mine, SIZE] > 0:
                _settle_trip(kind, node, trip, vehicle, mine, n)
        left -= 1
        if left <= 0:
            break
    return (num_removed, num_touched, change)


@inner
def _first_of_string(node: np.ndarray, client: int, span: int, n: int, random: np.ndarray) -> int:
    """Return where a string of so many clients begins that has a client in it, by chance."""
    ahead, at = (0, np.int64(node[client, NEXT]))
    while ahead < span - 1 and at < n:
        ahead, at = (ahead + 1, np.int64(node[at, NEXT]))
    back, at = (0, np.int64(node[client, PREV]))
    while back < span - 1 and at < n:
        back, at = (back + 1, np.int64(node[at, PREV]))
    fewest = max(0, span - 1 - ahead)
    at = np.int64(client)
    for _ in range(fewest + below(random, back - fewest + 1)):
        at = np.int64(node[at, PREV])
    return at


@inner
def _add_absent(
    near: np.ndarray,
    prize: np.ndarray,
    node: np.ndarray,
    absent: np.ndarray,
    absent_at: np.ndarray,
    numbers: np.ndarray,
    random: np.ndarray,
    settings: np.ndarray,
    seed: int,
    wanted: np.ndarray,
    num_wanted: int,
) -> int:
    """Add groups that were absent before: all that must be served, some near the seed."""
    num_removed = num_wanted
    for row in range(min(numbers[NUM_ABSENT] - num_removed, 20)):
        group = absent[row]
        if prize[group] >= settings[MUST]:
            wanted[num_wanted] = group
            num_wanted += 1
    most = num_wanted + below(random, int(settings[MOST_WANTED]) + 1)
    for row in range(-1, near.shape[1]):
        if num_wanted >= most:
            break
        client = np.int64(seed) if row < 0 else np.int64(near[seed, row])
        group = node[client, GROUP]
        if absent_at[group] < 0 or prize[group] >= settings[MUST]:
            continue
        if chance(random) < 0.3:
            continue
        is_there = False
        for other in range(num_wanted):
            is_there = is_there or wanted[other] == group
        if not is_there:
            wanted[num_wanted] = group
            num_wanted += 1
    return num_wanted


@inner
def _order(
    out: np.ndarray,
    member: np.ndarray,
    member_first: np.ndarray,
    node: np.ndarray,
    random: np.ndarray,
    has_hours: bool,
    wanted: np.ndarray,
    num_wanted: int,
    key: np.ndarray,
) -> None:
    """Sort groups by chance, largest, farthest, nearest, and by their hours."""
    how = below(random, 17 if has_hours else 11)
    for row in range(num_wanted):
        group = wanted[row]
        client = member[member_first[group]]
        if how < 4:
            value = chance(random)
        elif how < 8:
            value = -float(node[client, DEMAND])
        elif how < 10:
            value = -float(out[0, 0, client])
        elif how < 11:
            value = float(out[0, 0, client])
        elif how < 13:
            value = float(node[client, CLOSES] - node[client, OPENS])
        elif how < 15:
            value = float(node[client, OPENS])
        else:
            value = -float(node[client, CLOSES])
        place = row
        while place > 0 and key[place - 1] > value:
            key[place], wanted[place] = (key[place - 1], wanted[place - 1])
            place -= 1
        key[place], wanted[place] = (value, group)


@inlined
def _choose(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    out: np.ndarray,
    near: np.ndarray,
    near_way: np.ndarray,
    allowed: np.ndarray,
    kind: np.ndarray,
    member: np.ndarray,
    member_first: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    num_free: np.ndarray,
    random: np.ndarray,
    settings: np.ndarray,
    group: int,
    must_serve: bool,
    choice: np.ndarray,
) -> None:
    """Choose the cheapest place of a group's clients; anywhere, when it must be served."""
    for place in range(member_first[group], member_first[group + 1]):
        client = member[place]
        _place_alone(out, allowed, kind, node, trip, vehicle, num_free, settings, client, choice)
        _place_beside(
            metric,
            matrix,
            xy,
            near,
            near_way,
            allowed,
            kind,
            node,
            trip,
            vehicle,
            num_free,
            random,
            settings,
            client,
            choice,
        )
    if choice[COST] < NEVER or not must_serve:
        return
    for place in range(member_first[group], member_first[group + 1]):
        _place_anywhere(
            metric, matrix, xy, allowed, kind, node, trip, vehicle, settings, member[place], choice
        )


@inlined
def _place_alone(
    out: np.ndarray,
    allowed: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    num_free: np.ndarray,
    settings: np.ndarray,
    client: int,
    choice: np.ndarray,
) -> None:
    """Better a choice by new trips, of vehicles at rest and of those that may drive again."""
    has_hours, demand = (settings[HAS_HOURS] > 0, node[client, DEMAND])
    for mine in range(kind.shape[0]):
        if num_free[mine] > 0 and allowed[mine, client] and (demand <= kind[mine, CAPACITY]):
            to, back = (out[0, kind[mine, DEPOT], client], out[1, kind[mine, DEPOT], client])
            way = to + back
            cost = kind[mine, UNIT] * way + kind[mine, FIXED]
            if (
                cost < choice[COST]
                and way <= kind[mine, MOST_WAY]
                and (
                    not has_hours
                    or _fits_alone(
                        kind, node, client, mine, to, back, kind[mine, FROM], kind[mine, UNTIL]
                    )
                )
            ):
                choice[COST], choice[HOW], choice[WHO], choice[CLIENT] = (
                    cost,
                    ON_FREE,
                    mine,
                    client,
                )
    if settings[HAS_TRIPS] > 0:
        _place_between(out, allowed, kind, node, trip, vehicle, client, choice)


@inlined
def _place_beside(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    near: np.ndarray,
    near_way: np.ndarray,
    allowed: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    num_free: np.ndarray,
    random: np.ndarray,
    settings: np.ndarray,
    client: int,
    choice: np.ndarray,
) -> None:
    """Better a choice by the places beside a client's neighbours.

    A gap is passed over by what its near end tells alone: hours, and the way, as the far end is at
    least the difference away (when neighbours stand by the way alone and the far end were nearer,
    the gap was looked at before).
    """
    n = near.shape[0]
    has_hours = settings[HAS_HOURS] > 0
    demand, point = (node[client, DEMAND], node[client, POINT])
    is_given = matrix.shape[0] > 0
    is_near_first = not has_hours and (not is_given)
    closes, unit_least = node[client, CLOSES], np.int64(settings[UNIT_LEAST])
    leaves = np.int64(node[client, OPENS]) + node[client, SERVICE]
    for row in range(int(settings[NUM_TRIED])):
        beside = np.int64(near[client, row])
        mine = np.int64(node[beside, TRIP])
        if mine < 0:
            continue
        way = np.int64(near_way[client, row])
        may_follow, may_lead = True, True
        if has_hours:
            arrives = np.int64(node[beside, EARLIEST]) + node[beside, SERVICE] + way
            may_follow = arrives <= closes
            may_lead = leaves + way <= node[beside, LATEST]
        if not is_given and unit_least * 2 * (way - node[beside, AHEAD]) >= choice[COST]:
            may_follow = False
        if not (may_follow or may_lead):
            continue
        owner = vehicle[trip[mine, VEHICLE], KIND]
        is_full = trip[mine, LOAD] + demand > kind[owner, CAPACITY]
        if (is_full and kind[owner, SHARED] == 1) or not allowed[owner, client]:
            continue
        unit = kind[owner, UNIT]
        for side in range(2):
            if not (may_follow if side == 0 else may_lead):
                continue
            before = beside if side == 0 else np.int64(node[beside, PREV])
            other = np.int64(node[beside, NEXT]) if side == 0 else before
            gap = np.int64(node[before, AHEAD])
            if is_given:
                after = np.int64(node[before, NEXT])
                to = _leg(metric, matrix, xy, node[before, POINT], point)
                on = _leg(metric, matrix, xy, point, node[after, POINT])
            else:
                bound = 2 * way - gap if is_near_first and other < n else 2 * (way - gap)
                if unit * bound >= choice[COST]:
                    continue
                far = _leg(metric, matrix, xy, point, node[other, POINT])
                to, on = (way, far) if side == 0 else (far, way)
            if unit * (to + on - gap) < choice[COST] or is_full:
                _place_in_gap(
                    allowed,
                    kind,
                    node,
                    trip,
                    vehicle,
                    num_free,
                    random,
                    has_hours,
                    client,
                    before,
                    to,
                    on,
                    choice,
                )


@inlined
def _place_in_gap(
    allowed: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    num_free: np.ndarray,
    random: np.ndarray,
    has_hours: bool,
    client: int,
    before: int,
    to: int,
    on: int,
    choice: np.ndarray,
) -> None:
    """Better a choice by the place after a node, unless it blinks or breaks a rule."""
    mine = np.int64(node[before, TRIP])
    owner, demand = vehicle[trip[mine, VEHICLE], KIND], node[client, DEMAND]
    more = to + on - np.int64(node[before, AHEAD])
    is_full = trip[mine, LOAD] + demand > kind[owner, CAPACITY]
    if not is_full and trip[mine, WAY] + more > kind[owner, MOST_WAY]:
        return
    if below(random, 100) == 0:
        return
    if has_hours and not _fits(kind, node, trip, vehicle, client, before, to, on):
        return
    if is_full:
        _place_on_other_kind(
            allowed, kind, trip, num_free, client, demand, before, mine, owner, more, choice
        )
    else:
        choice[COST], choice[HOW] = kind[owner, UNIT] * more, ON_TRIP
        choice[SPOT], choice[CLIENT] = before, client


@inner
def _place_on_other_kind(
    allowed: np.ndarray,
    kind: np.ndarray,
    trip: np.ndarray,
    num_free: np.ndarray,
    client: int,
    demand: int,
    before: int,
    mine: int,
    owner: int,
    more: int,
    choice: np.ndarray,
) -> None:
    """Better a choice by a trip that a larger vehicle takes over."""
    way = trip[mine, WAY]
    for other in range(kind.shape[0]):
        if (
            other == owner
            or num_free[other] == 0
            or kind[other, FAMILY] != kind[owner, FAMILY]
            or (trip[mine, LOAD] + demand > kind[other, CAPACITY])
            or (way + more > kind[other, MOST_WAY])
            or (not allowed[other, client])
        ):
            continue
        cost = kind[other, UNIT] * (way + more) + kind[other, FIXED]
        cost -= kind[owner, UNIT] * way + kind[owner, FIXED]
        if cost < choice[COST]:
            choice[COST], choice[HOW], choice[SPOT] = (cost, ON_OTHER_KIND, before)
            choice[WHO], choice[CLIENT] = (other, client)


@inner
def _place_between(
    out: np.ndarray,
    allowed: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    client: int,
    choice: np.ndarray,
) -> None:
    """Better a choice by a new trip between, before or after those of a used vehicle."""
    for owner in range(vehicle.shape[0]):
        mine = vehicle[owner, KIND]
        if vehicle[owner, FIRST] < 0 or vehicle[owner, USED] >= kind[mine, MOST_TRIPS]:
            continue
        if not allowed[mine, client] or node[client, DEMAND] > kind[mine, CAPACITY]:
            continue
        to, back = (out[0, kind[mine, DEPOT], client], out[1, kind[mine, DEPOT], client])
        cost = kind[mine, UNIT] * (to + back)
        if cost >= choice[COST]:
            continue
        before, after = (np.int64(-1), np.int64(vehicle[owner, FIRST]))
        while True:
            start = kind[mine, FROM] if before < 0 else trip[before, RETURNS]
            end = kind[mine, UNTIL] if after < 0 else trip[after, LEAVES]
            if _fits_alone(kind, node, client, mine, to, back, start, end):
                choice[COST], choice[HOW], choice[WHO] = (cost, ON_USED, owner)
                choice[EXTRA], choice[CLIENT] = (before, client)
                break
            if after < 0:
                break
            before, after = (after, trip[after, AFTER])


@inlined
def _fits_alone(
    kind: np.ndarray,
    node: np.ndarray,
    client: int,
    mine: int,
    to: int,
    back: int,
    start: int,
    end: int,
) -> bool:
    """Return whether a trip to one client keeps its hours between two instants."""
    leaves = max(start, np.int64(node[client, RELEASE]))
    begins = max(leaves + to, np.int64(node[client, OPENS]))
    service = node[client, SERVICE]
    return (
        begins <= node[client, CLOSES]
        and begins + service + back <= end
        and (to + service + back <= kind[mine, MOST_DURATION])
    )


@inlined
def _fits(
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    client: int,
    before: int,
    to: int,
    on: int,
) -> bool:
    """Return whether a client after a node keeps hours, release time and longest duration."""
    n = node.shape[0] - trip.shape[0]
    mine = node[before, TRIP]
    after = node[before, NEXT]
    earliest = np.int64(node[before, EARLIEST])
    release = node[client, RELEASE]
    if release > node[n + mine, EARLIEST]:
        earliest, at = (np.int64(release), n + np.int64(mine))
        if release > trip[mine, LEAVES]:
            return False
        while at != before:
            ahead = np.int64(node[at, NEXT])
            earliest = max(
                earliest + node[at, SERVICE] + node[at, AHEAD], np.int64(node[ahead, OPENS])
            )
            if earliest > node[ahead, LATEST]:
                return False
            at = ahead
    begins = max(earliest + node[before, SERVICE] + to, np.int64(node[client, OPENS]))
    if begins > node[client, CLOSES]:
        return False
    if begins + node[client, SERVICE] + on > node[after, LATEST]:
        return False
    owner = vehicle[trip[mine, VEHICLE], KIND]
    most = kind[owner, MOST_DURATION]
    if most >= NEVER:
        return True
    return (
        _duration(node, n + mine, before, client, to, on, kind[owner, FROM], kind[owner, UNTIL])
        <= most
    )


@inner
def _duration(
    node: np.ndarray,
    depot: int,
    before: int,
    client: int,
    to: int,
    on: int,
    opens: int,
    closes: int,
) -> int:
    """Return the shortest duration of a trip with one more client, by joining segments.

    Vidal, Crainic, Gendreau and Prins (Computers & Operations Research 40, 2013).
    """
    lasts, first, last = (np.int64(0), np.int64(opens), np.int64(closes))
    at, way = (np.int64(depot), np.int64(0))
    while True:
        if at == before:
            ahead, way = (np.int64(client), np.int64(to))
        elif at == client:
            ahead, way = (np.int64(node[before, NEXT]), np.int64(on))
        else:
            ahead, way = (np.int64(node[at, NEXT]), np.int64(node[at, AHEAD]))
        is_end = ahead == depot
        starts = np.int64(opens) if is_end else np.int64(node[ahead, OPENS])
        ends = np.int64(closes) if is_end else np.int64(node[ahead, CLOSES])
        shift = lasts + way
        wait = max(np.int64(0), starts - shift - last)
        lasts = shift + wait + (np.int64(0) if is_end else np.int64(node[ahead, SERVICE]))
        first = max(starts - shift, first) - wait
        last = min(ends - shift, last)
        at = ahead
        if is_end:
            return lasts


@inner
def _place_anywhere(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    allowed: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    settings: np.ndarray,
    client: int,
    choice: np.ndarray,
) -> None:
    """Better a choice by every place on every trip."""
    n = node.shape[0] - trip.shape[0]
    demand, point = (node[client, DEMAND], node[client, POINT])
    for mine in range(trip.shape[0]):
        if trip[mine, SIZE] == 0:
            continue
        owner = vehicle[trip[mine, VEHICLE], KIND]
        if trip[mine, LOAD] + demand > kind[owner, CAPACITY] or not allowed[owner, client]:
            continue
        at = n + mine
        while True:
            ahead = np.int64(node[at, NEXT])
            to = _leg(metric, matrix, xy, node[at, POINT], point)
            on = _leg(metric, matrix, xy, point, node[ahead, POINT])
            more = to + on - node[at, AHEAD]
            if (
                kind[owner, UNIT] * more < choice[COST]
                and trip[mine, WAY] + more <= kind[owner, MOST_WAY]
                and (
                    settings[HAS_HOURS] == 0 or _fits(kind, node, trip, vehicle, client, at, to, on)
                )
            ):
                choice[COST], choice[HOW], choice[SPOT] = (kind[owner, UNIT] * more, ON_TRIP, at)
                choice[CLIENT] = client
            at = ahead
            if at >= n:
                break


@inlined
def _put_at_choice(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    free_trip: np.ndarray,
    free: np.ndarray,
    num_free: np.ndarray,
    absent: np.ndarray,
    absent_at: np.ndarray,
    numbers: np.ndarray,
    has_hours: bool,
    has_trips: bool,
    choice: np.ndarray,
    log: np.ndarray,
) -> None:
    """Put a client where it was chosen to go, and bring the hours up to date."""
    n = node.shape[0] - trip.shape[0]
    client, spot, how = (choice[CLIENT], choice[SPOT], choice[HOW])
    if how == ON_FREE:
        mine = choice[WHO]
        owner = np.int64(free[mine, num_free[mine] - 1])
        spot = n + _open(
            kind, node, trip, vehicle, free_trip, num_free, numbers, owner, np.int64(-1), log
        )
    elif how == ON_USED:
        spot = n + _open(
            kind, node, trip, vehicle, free_trip, num_free, numbers, choice[WHO], choice[EXTRA], log
        )
    elif how == ON_OTHER_KIND:
        other = choice[WHO]
        _change(
            trip,
            vehicle,
            free,
            num_free,
            numbers,
            np.int64(node[spot, TRIP]),
            np.int64(free[other, num_free[other] - 1]),
            log,
        )
    _put(metric, matrix, xy, node, trip, numbers, client, spot, log)
    _gain(absent, absent_at, numbers, node[client, GROUP])
    if not has_hours:
        return
    mine = np.int64(node[client, TRIP])
    if has_trips:
        _settle(kind, node, trip, vehicle, trip[mine, VEHICLE], n)
    elif trip[mine, SIZE] == 1 or trip[mine, RELEASED] > 0 or node[client, RELEASE] > 0:
        _settle_trip(kind, node, trip, vehicle, mine, n)
    else:
        _settle_around(node, client, n)


@inlined
def _settle_around(node: np.ndarray, client: int, n: int) -> None:
    """Bring earliest and latest starts up to date from a client on, as far as they change."""
    at = np.int64(node[client, PREV])
    while True:
        ahead = np.int64(node[at, NEXT])
        if ahead >= n:
            break
        begins = max(
            np.int64(node[at, EARLIEST]) + node[at, SERVICE] + node[at, AHEAD],
            np.int64(node[ahead, OPENS]),
        )
        if begins == node[ahead, EARLIEST] and at != node[client, PREV] and (at != client):
            break
        node[ahead, EARLIEST] = begins
        at = ahead
    at = np.int64(node[client, NEXT])
    while True:
        back = np.int64(node[at, PREV])
        if back >= n:
            break
        begins = min(
            np.int64(node[at, LATEST]) - node[back, AHEAD] - node[back, SERVICE],
            np.int64(node[back, CLOSES]),
        )
        if begins == node[back, LATEST] and at != node[client, NEXT] and (at != client):
            break
        node[back, LATEST] = begins
        at = back


@inner
def _settle_trip(
    kind: np.ndarray, node: np.ndarray, trip: np.ndarray, vehicle: np.ndarray, mine: int, n: int
) -> None:
    """Recount the hours of a trip between the trip before and the trip after it."""
    owner = vehicle[trip[mine, VEHICLE], KIND]
    before, after = (trip[mine, BEFORE], trip[mine, AFTER])
    release, at = (np.int64(0), np.int64(node[n + mine, NEXT]))
    while at < n:
        release = max(release, np.int64(node[at, RELEASE]))
        at = np.int64(node[at, NEXT])
    trip[mine, RELEASED] = release
    start = kind[owner, FROM] if before < 0 else trip[before, RETURNS]
    node[n + mine, EARLIEST] = max(start, release)
    node[n + mine, LATEST] = kind[owner, UNTIL] if after < 0 else trip[after, LEAVES]
    at = np.int64(n + mine)
    while True:
        ahead = np.int64(node[at, NEXT])
        arrives = np.int64(node[at, EARLIEST]) + node[at, SERVICE] + node[at, AHEAD]
        if ahead >= n:
            trip[mine, RETURNS] = arrives
            break
        node[ahead, EARLIEST] = max(arrives, np.int64(node[ahead, OPENS]))
        at = ahead
    at = np.int64(n + mine)
    while True:
        back = np.int64(node[at, PREV])
        begins = np.int64(node[at, LATEST]) - node[back, AHEAD] - node[back, SERVICE]
        if back >= n:
            trip[mine, LEAVES] = begins
            break
        node[back, LATEST] = min(begins, np.int64(node[back, CLOSES]))
        at = back


@inner
def _settle(
    kind: np.ndarray, node: np.ndarray, trip: np.ndarray, vehicle: np.ndarray, owner: int, n: int
) -> None:
    """Recount the hours of all trips of a vehicle, forwards and then backwards."""
    at = np.int64(vehicle[owner, FIRST])
    last = np.int64(-1)
    while at >= 0:
        _settle_trip(kind, node, trip, vehicle, at, n)
        last, at = (at, trip[at, AFTER])
    at = trip[last, BEFORE] if last >= 0 else np.int64(-1)
    while at >= 0:
        _settle_trip(kind, node, trip, vehicle, at, n)
        at = trip[at, BEFORE]


@inner
def _suit(
    kind: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    free: np.ndarray,
    num_free: np.ndarray,
    numbers: np.ndarray,
    mine: int,
    log: np.ndarray,
) -> int:
    """Give a trip to the cheapest vehicle that carries it; return the change of cost."""
    if trip[mine, SIZE] == 0:
        return 0
    owner = vehicle[trip[mine, VEHICLE], KIND]
    way, load = (trip[mine, WAY], trip[mine, LOAD])
    least = kind[owner, UNIT] * way + kind[owner, FIXED]
    now, found = (least, np.int64(-1))
    for other in range(kind.shape[0]):
        if (
            num_free[other] > 0
            and other != owner
            and (kind[other, FAMILY] == kind[owner, FAMILY])
            and (load <= kind[other, CAPACITY])
            and (way <= kind[other, MOST_WAY])
        ):
            cost = kind[other, UNIT] * way + kind[other, FIXED]
            if cost < least:
                least, found = (cost, np.int64(other))
    if found >= 0:
        _change(
            trip,
            vehicle,
            free,
            num_free,
            numbers,
            mine,
            np.int64(free[found, num_free[found] - 1]),
            log,
        )
    return least - now


@inlined
def _write(log: np.ndarray, numbers: np.ndarray, what: int, one: int, two: int, three: int) -> None:
    row = numbers[NUM_LOGGED]
    log[row, WHAT], log[row, NODE], log[row, PLACE], log[row, OTHER] = (what, one, two, three)
    numbers[NUM_LOGGED] = row + 1


@inlined
def _lose(absent: np.ndarray, absent_at: np.ndarray, numbers: np.ndarray, group: int) -> None:
    """Note that a group is not served."""
    row = numbers[NUM_ABSENT]
    absent[row], absent_at[group] = (group, row)
    numbers[NUM_ABSENT] = row + 1


@inlined
def _gain(absent: np.ndarray, absent_at: np.ndarray, numbers: np.ndarray, group: int) -> None:
    """Note that a group is served."""
    row, last = (absent_at[group], numbers[NUM_ABSENT] - 1)
    moved = absent[last]
    absent[row], absent_at[moved] = (moved, row)
    absent_at[group] = -1
    numbers[NUM_ABSENT] = last


@inlined
def _take(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    numbers: np.ndarray,
    client: int,
    log: np.ndarray,
) -> int:
    """Take a client off its trip; return the change of cost. Hours are left as they were."""
    before, after, mine = (node[client, PREV], node[client, NEXT], node[client, TRIP])
    way = _leg(metric, matrix, xy, node[before, POINT], node[after, POINT])
    change = way - np.int64(node[before, AHEAD]) - node[client, AHEAD]
    node[before, NEXT], node[before, AHEAD] = (after, way)
    node[after, PREV] = before
    node[client, TRIP] = -1
    trip[mine, LOAD] -= node[client, DEMAND]
    trip[mine, SIZE] -= 1
    trip[mine, WAY] += change
    _write(log, numbers, TAKEN, client, before, 0)
    return kind[vehicle[trip[mine, VEHICLE], KIND], UNIT] * change


@inlined
def _put(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    numbers: np.ndarray,
    client: int,
    before: int,
    log: np.ndarray,
) -> None:
    """Put a client after a node. Hours are left as they were."""
    after, mine = (node[before, NEXT], node[before, TRIP])
    point, gap = (node[client, POINT], np.int64(node[before, AHEAD]))
    to = _leg(metric, matrix, xy, node[before, POINT], point)
    on = _leg(metric, matrix, xy, point, node[after, POINT])
    node[before, NEXT], node[before, AHEAD] = (client, to)
    node[client, PREV], node[client, NEXT], node[client, AHEAD] = (before, after, on)
    node[after, PREV] = client
    node[client, TRIP] = mine
    trip[mine, LOAD] += node[client, DEMAND]
    trip[mine, SIZE] += 1
    trip[mine, WAY] += to + on - gap
    _write(log, numbers, PUT, client, mine, 0)


@inner
def _open(
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    free_trip: np.ndarray,
    num_free: np.ndarray,
    numbers: np.ndarray,
    owner: int,
    before: int,
    log: np.ndarray,
) -> int:
    """Open an empty trip of a vehicle after another (-1: as its first); return it.

    A vehicle without trips must be the last of the free ones of its kind.
    """
    numbers[NUM_FREE_TRIPS] -= 1
    mine = np.int64(free_trip[numbers[NUM_FREE_TRIPS]])
    sort = vehicle[owner, KIND]
    if vehicle[owner, FIRST] < 0:
        num_free[sort] -= 1
    after = np.int64(vehicle[owner, FIRST]) if before < 0 else trip[before, AFTER]
    depot = node.shape[0] - trip.shape[0] + mine
    node[depot, POINT] = node.shape[0] - trip.shape[0] + kind[sort, DEPOT]
    node[depot, NEXT], node[depot, PREV], node[depot, AHEAD] = (depot, depot, 0)
    node[depot, EARLIEST] = kind[sort, FROM] if before < 0 else trip[before, RETURNS]
    node[depot, LATEST] = kind[sort, UNTIL] if after < 0 else trip[after, LEAVES]
    trip[mine, LOAD], trip[mine, SIZE], trip[mine, WAY], trip[mine, RELEASED] = (0, 0, 0, 0)
    trip[mine, VEHICLE], trip[mine, BEFORE], trip[mine, AFTER] = (owner, before, after)
    if before < 0:
        vehicle[owner, FIRST] = mine
    else:
        trip[before, AFTER] = mine
    if after < 0:
        vehicle[owner, LAST] = mine
    else:
        trip[after, BEFORE] = mine
    vehicle[owner, USED] += 1
    _write(log, numbers, OPENED, mine, owner, 0)
    return mine


@inner
def _close(
    kind: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    free_trip: np.ndarray,
    free: np.ndarray,
    num_free: np.ndarray,
    numbers: np.ndarray,
    mine: int,
    log: np.ndarray,
) -> int:
    """Close an empty trip; return the change of cost (its vehicle may rest). Opening costs it."""
    owner, before, after = (trip[mine, VEHICLE], trip[mine, BEFORE], trip[mine, AFTER])
    if before < 0:
        vehicle[owner, FIRST] = after
    else:
        trip[before, AFTER] = after
    if after < 0:
        vehicle[owner, LAST] = before
    else:
        trip[after, BEFORE] = before
    vehicle[owner, USED] -= 1
    _write(log, numbers, CLOSED, mine, owner, before)
    free_trip[numbers[NUM_FREE_TRIPS]] = mine
    numbers[NUM_FREE_TRIPS] += 1
    trip[mine, AFTER] = -1
    if vehicle[owner, FIRST] >= 0:
        return 0
    sort = vehicle[owner, KIND]
    free[sort, num_free[sort]] = owner
    num_free[sort] += 1
    return -kind[sort, FIXED]


@inner
def _change(
    trip: np.ndarray,
    vehicle: np.ndarray,
    free: np.ndarray,
    num_free: np.ndarray,
    numbers: np.ndarray,
    mine: int,
    owner: int,
    log: np.ndarray,
) -> None:
    """Give the only trip of a vehicle to the last free vehicle of another kind."""
    old = trip[mine, VEHICLE]
    num_free[vehicle[owner, KIND]] -= 1
    vehicle[owner, FIRST], vehicle[owner, LAST], vehicle[owner, USED] = (mine, mine, 1)
    vehicle[old, FIRST], vehicle[old, LAST], vehicle[old, USED] = (-1, -1, 0)
    sort = vehicle[old, KIND]
    free[sort, num_free[sort]] = old
    num_free[sort] += 1
    trip[mine, VEHICLE] = owner
    _write(log, numbers, CHANGED, mine, old, owner)


@inner
def _undo(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    free_trip: np.ndarray,
    free: np.ndarray,
    num_free: np.ndarray,
    absent: np.ndarray,
    absent_at: np.ndarray,
    numbers: np.ndarray,
    has_hours: bool,
    log: np.ndarray,
) -> None:
    """Take back the log, last entry first, and recount the hours of what it touched."""
    n = node.shape[0] - trip.shape[0]
    num_logged = numbers[NUM_LOGGED]
    spare = np.empty((4, 4), dtype=np.int32)
    for row in range(num_logged - 1, -1, -1):
        what, one = (log[row, WHAT], np.int64(log[row, NODE]))
        numbers[NUM_LOGGED] = 0
        if what == TAKEN:
            place = np.int64(log[row, PLACE])
            _put(metric, matrix, xy, node, trip, numbers, one, place, spare)
            _gain(absent, absent_at, numbers, node[one, GROUP])
        elif what == PUT:
            _take(metric, matrix, xy, kind, node, trip, vehicle, numbers, one, spare)
            _lose(absent, absent_at, numbers, node[one, GROUP])
        elif what == OPENED:
            _close(kind, trip, vehicle, free_trip, free, num_free, numbers, one, spare)
        elif what == CLOSED:
            _open(
                kind,
                node,
                trip,
                vehicle,
                free_trip,
                num_free,
                numbers,
                np.int64(log[row, PLACE]),
                np.int64(log[row, OTHER]),
                spare,
            )
        else:
            _change(trip, vehicle, free, num_free, numbers, one, np.int64(log[row, PLACE]), spare)
    if not has_hours:
        return
    for row in range(num_logged):
        what, one = (log[row, WHAT], np.int64(log[row, NODE]))
        if what == TAKEN:
            mine = np.int64(node[one, TRIP])
        elif what == PUT:
            mine = np.int64(log[row, PLACE])
        elif what == OPENED:
            mine = np.int64(vehicle[log[row, PLACE], FIRST])
        else:
            continue
        if mine >= 0 and trip[mine, SIZE] > 0 and (trip[mine, RUINED] != -numbers[STAMP]):
            trip[mine, RUINED] = -numbers[STAMP]
            _resettle(kind, node, trip, vehicle, mine, n)


@inner
def _resettle(
    kind: np.ndarray, node: np.ndarray, trip: np.ndarray, vehicle: np.ndarray, mine: int, n: int
) -> None:
    """Recount the hours of a trip and of the others of its vehicle."""
    if trip[mine, AFTER] < 0 and trip[mine, BEFORE] < 0:
        _settle_trip(kind, node, trip, vehicle, mine, n)
    else:
        _settle(kind, node, trip, vehicle, trip[mine, VEHICLE], n)
