"""Iterations of ruin and recreate over trips: worse plans are accepted less and less.

The method of `string_search`, for what the literature adds to one capacity: several kinds of
vehicles and depots, time windows, release times, several trips of a vehicle, longest ways and
durations, clients that may be left out at a price, and groups of which one client is served.
Clients are nodes 0 … n - 1; node n + t is the depot at both ends of trip t. Cost is way times the
unit cost of the vehicle, plus its fixed cost, plus the prizes of groups left out. `trip_columns`
names the columns of the arrays.
"""

from __future__ import annotations

import math

import numpy as np

from logistics.compiled import compiled, inlined, inner
from logistics.linked.chance import below, chance
from logistics.linked.trip_changes import suit
from logistics.linked.trip_columns import (
    AFTER,
    CURRENT,
    FIRST,
    HAS_HOURS,
    HAS_TRIPS,
    LEAST,
    MAY_BREAK,
    NEVER,
    NEXT,
    NUM_ABSENT,
    NUM_LOGGED,
    SHARE_OF_CROSSES,
    SHARE_OF_TAILS,
    SHARE_OF_TOGETHER,
    STAMP,
    STRANGE,
    VEHICLE,
)
from logistics.linked.trip_crossing import cross
from logistics.linked.trip_hours import settle
from logistics.linked.trip_limits import is_kept
from logistics.linked.trip_order import add_absent, around_absent, order
from logistics.linked.trip_recreate import recreate
from logistics.linked.trip_ruin import ruin
from logistics.linked.trip_tails import exchange_tails
from logistics.linked.trip_undoing import undo


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
    """Run iterations at one temperature; see `trip_state.TripState` for the arrays.

    With no iterations, put in every absent group once, in the order of `absent`.
    """
    num_groups = prize.shape[0]
    wanted = np.empty(num_groups + 1, dtype=np.int32)
    key = np.empty(num_groups + 1, dtype=np.float64)
    log = np.empty((6 * num_groups + 4 * trip.shape[0] + 64, 4), dtype=np.int32)
    touched = np.empty(trip.shape[0], dtype=np.int32)
    choice = np.empty(6, dtype=np.int64)
    is_start, is_new = num_iterations == 0, False
    tails = 0.0 if is_start or settings[STRANGE] > 0 else settings[SHARE_OF_TAILS]
    for _ in range(max(1, num_iterations)):
        if is_new:
            _keep(node, trip, vehicle, best_next, best_trip, best_first)
        numbers[STAMP] += 1
        numbers[NUM_LOGGED] = 0
        limit = math.inf if is_start else -temperature * math.log(chance(random) + 1e-300)
        if tails > 0.0 and chance(random) < tails:
            delta = exchange_tails(
                metric, matrix, xy, near, near_way, kind, node, trip, vehicle, free_trip, free,
                num_free, numbers, random, settings, log, limit,
            )  # fmt: skip
        else:
            delta = _rebuild(
                metric, matrix, xy, out, near, near_way, allowed, kind, member, member_first, prize,
                node, trip, vehicle, free_trip, free, num_free, absent, absent_at, numbers, random,
                settings, wanted, key, log, touched, choice, is_start, limit,
            )  # fmt: skip
        is_new = False
        if delta < NEVER:
            numbers[CURRENT] += delta
            is_new = numbers[CURRENT] < numbers[LEAST]
            numbers[LEAST] = min(numbers[LEAST], numbers[CURRENT])
    if is_new:
        _keep(node, trip, vehicle, best_next, best_trip, best_first)


@inlined
def _rebuild(
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
    key: np.ndarray,
    log: np.ndarray,
    touched: np.ndarray,
    choice: np.ndarray,
    is_start: bool,
    limit: float,
) -> int:
    """Take strings off trips and put them back; return the change of cost.

    `NEVER`: it was not below the limit and was undone. A start puts in whoever is absent.
    """
    num_touched, num_wanted, delta = (0, 0, np.int64(0))
    has_hours, greed = settings[HAS_HOURS] > 0, 1.0
    is_mixed = kind.shape[0] > 1 and settings[HAS_TRIPS] == 0
    is_bold = (
        not is_start and numbers[NUM_ABSENT] > 0 and chance(random) < settings[SHARE_OF_TOGETHER]
    )
    if is_start:
        num_wanted, greed = numbers[NUM_ABSENT], 1000000000.0
        wanted[:num_wanted] = absent[:num_wanted]
    elif is_bold:
        num_wanted = around_absent(
            near, prize, member, member_first, node, absent, absent_at, numbers, random, settings,
            wanted,
        )  # fmt: skip
    else:
        seed = below(random, near.shape[0])
        num_wanted, num_touched, delta = ruin(
            metric, matrix, xy, near, kind, prize, node, trip, vehicle, free_trip, free, num_free,
            absent, absent_at, numbers, random, settings, seed, wanted, touched, log,
        )  # fmt: skip
        crosses = settings[SHARE_OF_CROSSES]
        if crosses > 0.0 and num_touched > 1 and chance(random) < crosses:
            delta += cross(
                metric, matrix, xy, kind, node, trip, vehicle, free_trip, free, num_free, numbers,
                log,
            )  # fmt: skip
        if numbers[NUM_ABSENT] > num_wanted:
            num_wanted = add_absent(
                near, prize, node, absent, absent_at, numbers, random, settings, seed, wanted,
                num_wanted,
            )  # fmt: skip
            greed = _greed(random)
        order(out, member, member_first, node, random, has_hours, wanted, num_wanted, key)
    delta += recreate(
        metric, matrix, xy, out, near, near_way, allowed, kind, member, member_first, prize, node,
        trip, vehicle, free_trip, free, num_free, absent, absent_at, numbers, random, settings,
        wanted, num_wanted, choice, log, greed, is_start, is_bold,
        math.inf if is_start or is_mixed else limit - delta,
    )  # fmt: skip
    if is_mixed:
        for row in range(num_touched):
            delta += suit(kind, trip, vehicle, free, num_free, numbers, touched[row], log)
    if settings[MAY_BREAK] > 0:
        for row in range(num_touched):
            owner = trip[touched[row], VEHICLE]
            if delta < limit and not is_kept(kind, node, trip, vehicle, owner, has_hours):
                delta = NEVER
    if delta < limit:
        return delta
    undo(
        metric, matrix, xy, kind, node, trip, vehicle, free_trip, free, num_free, absent, absent_at,
        numbers, has_hours, log,
    )  # fmt: skip
    return NEVER


@compiled
def settle_vehicles(
    kind: np.ndarray, node: np.ndarray, trip: np.ndarray, vehicle: np.ndarray, n: int
) -> None:
    """Count the hours of every trip."""
    for owner in range(vehicle.shape[0]):
        if vehicle[owner, FIRST] >= 0:
            settle(kind, node, trip, vehicle, owner, n)


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
