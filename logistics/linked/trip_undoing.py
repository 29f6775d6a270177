"""Taking back what a trial changed, by its log; compiled."""

from __future__ import annotations

import numpy as np

from logistics.compiled import inner
from logistics.linked.trip_changes import (
    change_vehicle,
    close_trip,
    gain,
    join,
    lose,
    open_trip,
    put,
    take,
)
from logistics.linked.trip_columns import (
    CLOSED,
    CROSSED,
    FIRST,
    GROUP,
    NODE,
    NUM_LOGGED,
    OPENED,
    OTHER,
    PLACE,
    PUT,
    RUINED,
    SIZE,
    STAMP,
    TAKEN,
    TRIP,
    WHAT,
)
from logistics.linked.trip_hours import resettle


@inner
def undo(
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
    num_logged = numbers[NUM_LOGGED]
    spare = np.empty((4, 4), dtype=np.int32)
    for row in range(num_logged - 1, -1, -1):
        what, one = (log[row, WHAT], np.int64(log[row, NODE]))
        numbers[NUM_LOGGED] = 0
        if what == TAKEN:
            place = np.int64(log[row, PLACE])
            put(metric, matrix, xy, node, trip, numbers, one, place, spare)
            gain(absent, absent_at, numbers, node[one, GROUP])
        elif what == PUT:
            take(metric, matrix, xy, kind, node, trip, vehicle, numbers, one, spare)
            lose(absent, absent_at, numbers, node[one, GROUP])
        elif what == OPENED:
            close_trip(kind, trip, vehicle, free_trip, free, num_free, numbers, one, spare)
        elif what == CLOSED:
            open_trip(
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
        elif what == CROSSED:
            join(metric, matrix, xy, node, trip, np.int64(log[row, PLACE]), one)
        else:
            change_vehicle(
                trip, vehicle, free, num_free, numbers, one, np.int64(log[row, PLACE]), spare
            )
    if has_hours:
        _recount(kind, node, trip, vehicle, numbers, num_logged, log)


@inner
def _recount(
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    numbers: np.ndarray,
    num_logged: int,
    log: np.ndarray,
) -> None:
    """Recount the hours of each trip that so many entries of the log touched, once."""
    n = node.shape[0] - trip.shape[0]
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
            resettle(kind, node, trip, vehicle, mine, n)
