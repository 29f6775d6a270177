"""Take strings of neighbouring clients off a few trips, compiled."""

from __future__ import annotations

import numpy as np

from logistics.compiled import inner
from logistics.linked.cutting import cut, first_of_string, num_strings
from logistics.linked.trip_changes import close_trip, lose, take
from logistics.linked.trip_columns import (
    GROUP,
    HAS_HOURS,
    HAS_TRIPS,
    LONGEST_STRING,
    MEAN_REMOVED,
    NEXT,
    NUM_ABSENT,
    NUM_FREE_TRIPS,
    RUINED,
    SHARE_OF_ONE,
    SIZE,
    STAMP,
    STRANGE,
    TRIP,
    USUAL,
    VEHICLE,
)
from logistics.linked.trip_hours import settle, settle_trip
from logistics.linked.usual import strangeness


@inner
def ruin(
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
    left = num_strings(random, settings[MEAN_REMOVED], longest, settings[SHARE_OF_ONE])
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
        span, keep_from, kept = cut(random, size, longest)
        at = first_of_string(node, client, span, n, random)
        for place in range(span):
            after = np.int64(node[at, NEXT])
            if not keep_from <= place < keep_from + kept:
                group = node[at, GROUP]
                change -= strangeness(node[at, USUAL], mine, np.int64(settings[STRANGE]))
                change += prize[group]
                change += take(metric, matrix, xy, kind, node, trip, vehicle, numbers, at, log)
                lose(absent, absent_at, numbers, group)
                wanted[num_removed] = group
                num_removed += 1
            at = after
        owner = trip[mine, VEHICLE]
        if trip[mine, SIZE] == 0:
            change += close_trip(kind, trip, vehicle, free_trip, free, num_free, numbers, mine, log)
        if has_hours:
            if has_trips:
                settle(kind, node, trip, vehicle, owner, n)
            elif trip[mine, SIZE] > 0:
                settle_trip(kind, node, trip, vehicle, mine, n)
        left -= 1
        if left <= 0:
            break
    return (num_removed, num_touched, change)
