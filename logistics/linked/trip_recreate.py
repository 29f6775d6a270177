"""Put clients where they are cheapest, one after another, compiled."""

from __future__ import annotations

import numpy as np

from logistics.compiled import inlined
from logistics.linked.trip_changes import change_vehicle, gain, open_trip, put
from logistics.linked.trip_columns import (
    CLIENT,
    COST,
    EXTRA,
    GROUP,
    HAS_HOURS,
    HAS_TRIPS,
    HOW,
    MUST,
    NEVER,
    ON_FREE,
    ON_OTHER_KIND,
    ON_USED,
    RELEASE,
    RELEASED,
    SIZE,
    SPOT,
    STRANGE,
    TRIP,
    USUAL,
    VEHICLE,
    WHO,
)
from logistics.linked.trip_hours import settle, settle_around, settle_trip
from logistics.linked.trip_places import choose


@inlined
def recreate(
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
    random: np.ndarray,
    settings: np.ndarray,
    wanted: np.ndarray,
    num_wanted: int,
    choice: np.ndarray,
    log: np.ndarray,
    greed: float,
    is_start: bool,
    is_bold: bool,
    limit: float,
) -> int:
    """Put groups in, in their order; return the change of cost.

    A group stays out where it has no place, or a dearer one than so many prizes (the first of a
    bold trial has any). It ends where even
    free places for who is left would not bring the change below a limit.
    """
    delta, owed = 0, 0
    for row in range(num_wanted):
        owed += prize[wanted[row]]
    has_hours, has_trips = settings[HAS_HOURS] > 0, settings[HAS_TRIPS] > 0
    must = settings[MUST]
    for row in range(num_wanted):
        if delta - owed >= limit:
            break
        group = wanted[row]
        owed -= prize[group]
        choice[COST] = NEVER
        must_serve = is_start or prize[group] >= must
        choose(
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
        is_dear = not must_serve and choice[COST] > greed * prize[group]
        if choice[COST] == NEVER or (is_dear and not (is_bold and row == 0)):
            continue
        delta += choice[COST] - prize[group]
        client = choice[CLIENT]
        put_at_choice(
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
        if node[client, TRIP] == node[client, USUAL] and choice[HOW] in (ON_FREE, ON_USED):
            delta -= np.int64(settings[STRANGE])  # a new trip was taken for a strange one
    return delta


@inlined
def put_at_choice(
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
        spot = n + open_trip(
            kind, node, trip, vehicle, free_trip, num_free, numbers, owner, np.int64(-1), log
        )
    elif how == ON_USED:
        spot = n + open_trip(
            kind, node, trip, vehicle, free_trip, num_free, numbers, choice[WHO], choice[EXTRA], log
        )
    elif how == ON_OTHER_KIND:
        other = choice[WHO]
        change_vehicle(
            trip,
            vehicle,
            free,
            num_free,
            numbers,
            np.int64(node[spot, TRIP]),
            np.int64(free[other, num_free[other] - 1]),
            log,
        )
    put(metric, matrix, xy, node, trip, numbers, client, spot, log)
    gain(absent, absent_at, numbers, node[client, GROUP])
    if not has_hours:
        return
    mine = np.int64(node[client, TRIP])
    if has_trips:
        settle(kind, node, trip, vehicle, trip[mine, VEHICLE], n)
    elif trip[mine, SIZE] == 1 or trip[mine, RELEASED] > 0 or node[client, RELEASE] > 0:
        settle_trip(kind, node, trip, vehicle, mine, n)
    else:
        settle_around(node, client, n)
