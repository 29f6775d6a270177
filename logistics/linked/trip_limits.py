"""How far and how long all trips of a vehicle may be together, compiled."""

from __future__ import annotations

import numpy as np

from logistics.compiled import inlined, inner
from logistics.linked.trip_columns import (
    AFTER,
    AHEAD,
    CLOSES,
    EARLIEST,
    FIRST,
    FROM,
    KIND,
    LATEST,
    MOST_DURATION,
    MOST_WAY,
    NEVER,
    NEXT,
    OPENS,
    RELEASE,
    RELEASED,
    RETURNS,
    SERVICE,
    TRIP,
    UNTIL,
    WAY,
)

NO_NODE, ON_NO_NEW_TRIP = -1, -2
"""Instead of a node, and of the trip after which a new one is driven (-1: it is the first)."""


@inner
def is_too_far(
    kind: np.ndarray, trip: np.ndarray, vehicle: np.ndarray, owner: int, more: int
) -> bool:
    """Return whether a vehicle's trips and so much more are beyond its longest way."""
    most = kind[vehicle[owner, KIND], MOST_WAY]
    if most >= NEVER:
        return False
    way, at = np.int64(more), np.int64(vehicle[owner, FIRST])
    while at >= 0:
        way += trip[at, WAY]
        at = np.int64(trip[at, AFTER])
    return bool(way > most)


@inlined
def _joined(
    lasts: int, last: int, way: int, opens: int, closes: int, service: int
) -> tuple[int, int]:
    """Return the shortest duration of a path with one more visit, and its last start.

    Vidal, Crainic, Gendreau and Prins (Computers & Operations Research 40, 2013).
    """
    at = lasts + way
    wait = max(np.int64(0), opens - at - last)
    return at + wait + service, min(closes - at, last)


@inner
def is_too_long(
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    owner: int,
    client: int,
    before: int,
    new_after: int,
    to: int,
    on: int,
) -> bool:
    """Return whether a vehicle's trips with one more client are beyond its longest duration.

    The client comes after a node, or alone on a trip after another (else `ON_NO_NEW_TRIP`);
    `NO_NODE` for both tells of the trips as they are. Hours are kept.
    """
    n, sort = node.shape[0] - trip.shape[0], vehicle[owner, KIND]
    if kind[sort, MOST_DURATION] >= NEVER:
        return False
    from_, until = kind[sort, FROM], kind[sort, UNTIL]
    lasts, last = np.int64(0), np.int64(until)
    mine, ahead = np.int64(-1), np.int64(vehicle[owner, FIRST])
    while True:
        if mine == new_after:
            release = max(from_, np.int64(node[client, RELEASE]))
            lasts, last = _joined(lasts, last, 0, release, until, 0)
            lasts, last = _joined(
                lasts, last, to, np.int64(node[client, OPENS]),
                np.int64(node[client, CLOSES]), np.int64(node[client, SERVICE]),
            )  # fmt: skip
            lasts, last = _joined(lasts, last, on, from_, until, 0)
        if ahead < 0:
            break
        mine, ahead = ahead, np.int64(trip[ahead, AFTER])
        release = max(from_, trip[mine, RELEASED])
        if before >= 0 and node[before, TRIP] == mine:
            release = max(release, np.int64(node[client, RELEASE]))
        lasts, last = _joined(lasts, last, 0, release, until, 0)
        at = np.int64(n + mine)
        while True:
            if at == before:
                visit, way = np.int64(client), np.int64(to)
            elif at == client:
                visit, way = np.int64(node[before, NEXT]), np.int64(on)
            else:
                visit, way = np.int64(node[at, NEXT]), np.int64(node[at, AHEAD])
            if visit >= n:
                lasts, last = _joined(lasts, last, way, from_, until, 0)
                break
            lasts, last = _joined(
                lasts, last, way, np.int64(node[visit, OPENS]),
                np.int64(node[visit, CLOSES]), np.int64(node[visit, SERVICE]),
            )  # fmt: skip
            at = visit
    return bool(lasts > kind[sort, MOST_DURATION])


@inner
def is_kept(
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    owner: int,
    has_hours: bool,
) -> bool:
    """Return whether a vehicle's trips keep hours and limits; taking a client off can break them.

    Where a way is longer than one through a third place, or rounding makes it so.
    """
    if is_too_far(kind, trip, vehicle, owner, 0):
        return False
    n, mine = node.shape[0] - trip.shape[0], np.int64(vehicle[owner, FIRST])
    if not has_hours or mine < 0:
        return True
    while mine >= 0:
        at = np.int64(node[n + mine, NEXT])
        while at < n:
            if node[at, EARLIEST] > node[at, LATEST]:
                return False
            at = np.int64(node[at, NEXT])
        if trip[mine, RETURNS] > node[n + mine, LATEST]:
            return False
        mine = np.int64(trip[mine, AFTER])
    return not is_too_long(kind, node, trip, vehicle, owner, NO_NODE, NO_NODE, ON_NO_NEW_TRIP, 0, 0)
