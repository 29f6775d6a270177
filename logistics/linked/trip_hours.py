"""Earliest and latest starts of the visits of a trip, and what fits between them, compiled."""

from __future__ import annotations

import numpy as np

from logistics.compiled import inlined, inner
from logistics.linked.trip_columns import (
    AFTER,
    AHEAD,
    BEFORE,
    CLOSES,
    EARLIEST,
    FIRST,
    FROM,
    KIND,
    LATEST,
    LEAVES,
    MOST_DURATION,
    NEXT,
    OPENS,
    PREV,
    RELEASE,
    RELEASED,
    RETURNS,
    SERVICE,
    TRIP,
    UNTIL,
    VEHICLE,
)
from logistics.linked.trip_limits import ON_NO_NEW_TRIP, is_too_long


@inlined
def fits_alone(
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
def fits(
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
    return not is_too_long(
        kind, node, trip, vehicle, trip[mine, VEHICLE], client, before, ON_NO_NEW_TRIP, to, on
    )


@inlined
def settle_around(node: np.ndarray, client: int, n: int) -> None:
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
def settle_trip(
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
def settle(
    kind: np.ndarray, node: np.ndarray, trip: np.ndarray, vehicle: np.ndarray, owner: int, n: int
) -> None:
    """Recount the hours of all trips of a vehicle, forwards and then backwards."""
    at = np.int64(vehicle[owner, FIRST])
    last = np.int64(-1)
    while at >= 0:
        settle_trip(kind, node, trip, vehicle, at, n)
        last, at = (at, trip[at, AFTER])
    at = trip[last, BEFORE] if last >= 0 else np.int64(-1)
    while at >= 0:
        settle_trip(kind, node, trip, vehicle, at, n)
        at = trip[at, BEFORE]


@inner
def resettle(
    kind: np.ndarray, node: np.ndarray, trip: np.ndarray, vehicle: np.ndarray, mine: int, n: int
) -> None:
    """Recount the hours of a trip and of the others of its vehicle."""
    if trip[mine, AFTER] < 0 and trip[mine, BEFORE] < 0:
        settle_trip(kind, node, trip, vehicle, mine, n)
    else:
        settle(kind, node, trip, vehicle, trip[mine, VEHICLE], n)
