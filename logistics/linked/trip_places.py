"""The cheapest place of a client on the trips of a plan, compiled."""

from __future__ import annotations

import numpy as np

from logistics.compiled import inlined, inner
from logistics.linked.chance import below
from logistics.linked.legs import leg
from logistics.linked.trip_columns import (
    AFTER,
    AHEAD,
    CAPACITY,
    CLIENT,
    CLOSES,
    COST,
    DEMAND,
    DEPOT,
    EARLIEST,
    EXTRA,
    FAMILY,
    FIRST,
    FIXED,
    FROM,
    HAS_HOURS,
    HAS_TRIPS,
    HOW,
    KIND,
    LATEST,
    LEAVES,
    LOAD,
    MOST_TRIPS,
    MOST_WAY,
    NEVER,
    NEXT,
    NUM_TRIED,
    ON_FREE,
    ON_OTHER_KIND,
    ON_TRIP,
    ON_USED,
    OPENS,
    POINT,
    PREV,
    RETURNS,
    SERVICE,
    SHARED,
    SIZE,
    SPOT,
    STRANGE,
    TRIP,
    UNIT,
    UNIT_LEAST,
    UNTIL,
    USED,
    USUAL,
    VEHICLE,
    WAY,
    WHO,
)
from logistics.linked.trip_hours import fits, fits_alone
from logistics.linked.trip_limits import NO_NODE, is_too_far, is_too_long
from logistics.linked.usual import strangeness


@inlined
def choose(
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
    strange = strangeness(node[client, USUAL], -1, np.int64(settings[STRANGE]))
    for mine in range(kind.shape[0]):
        if num_free[mine] > 0 and allowed[mine, client] and (demand <= kind[mine, CAPACITY]):
            to, back = (out[0, kind[mine, DEPOT], client], out[1, kind[mine, DEPOT], client])
            way = to + back
            cost = kind[mine, UNIT] * way + kind[mine, FIXED] + strange
            if (
                cost < choice[COST]
                and way <= kind[mine, MOST_WAY]
                and (
                    not has_hours
                    or fits_alone(
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
        _place_between(out, allowed, kind, node, trip, vehicle, client, strange, choice)


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
    row, num_tried = -1, int(settings[NUM_TRIED])
    while num_tried > 0 and row + 1 < near.shape[1]:
        row += 1
        beside = np.int64(near[client, row])
        mine = np.int64(node[beside, TRIP])
        if mine < 0:
            continue
        owner = vehicle[trip[mine, VEHICLE], KIND]
        is_full = trip[mine, LOAD] + demand > kind[owner, CAPACITY]
        if (is_full and kind[owner, SHARED] == 1) or not allowed[owner, client]:
            continue
        num_tried -= 1
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
        unit = kind[owner, UNIT]
        strange = strangeness(node[client, USUAL], mine, np.int64(settings[STRANGE]))
        for side in range(2):
            if not (may_follow if side == 0 else may_lead):
                continue
            before = beside if side == 0 else np.int64(node[beside, PREV])
            other = np.int64(node[beside, NEXT]) if side == 0 else before
            gap = np.int64(node[before, AHEAD])
            if is_given:
                after = np.int64(node[before, NEXT])
                to = leg(metric, matrix, xy, node[before, POINT], point)
                on = leg(metric, matrix, xy, point, node[after, POINT])
            else:
                bound = 2 * way - gap if is_near_first and other < n else 2 * (way - gap)
                if unit * bound + strange >= choice[COST]:
                    continue
                far = leg(metric, matrix, xy, point, node[other, POINT])
                to, on = (way, far) if side == 0 else (far, way)
            if unit * (to + on - gap) + strange < choice[COST] or is_full:
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
                    strange,
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
    strange: int,
    choice: np.ndarray,
) -> None:
    """Better a choice by the place after a node, unless it blinks or breaks a rule."""
    mine = np.int64(node[before, TRIP])
    owner, demand = vehicle[trip[mine, VEHICLE], KIND], node[client, DEMAND]
    more = to + on - np.int64(node[before, AHEAD])
    is_full = trip[mine, LOAD] + demand > kind[owner, CAPACITY]
    if not is_full and is_too_far(kind, trip, vehicle, trip[mine, VEHICLE], more):
        return
    if below(random, 100) == 0:
        return
    if has_hours and not fits(kind, node, trip, vehicle, client, before, to, on):
        return
    if is_full:
        _place_on_other_kind(
            allowed,
            kind,
            trip,
            num_free,
            client,
            demand,
            before,
            mine,
            owner,
            more,
            strange,
            choice,
        )
    else:
        choice[COST], choice[HOW] = kind[owner, UNIT] * more + strange, ON_TRIP
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
    strange: int,
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
        cost = kind[other, UNIT] * (way + more) + kind[other, FIXED] + strange
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
    strange: int,
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
        cost = kind[mine, UNIT] * (to + back) + strange
        if cost >= choice[COST] or is_too_far(kind, trip, vehicle, owner, to + back):
            continue
        before, after = (np.int64(-1), np.int64(vehicle[owner, FIRST]))
        while True:
            start = kind[mine, FROM] if before < 0 else trip[before, RETURNS]
            end = kind[mine, UNTIL] if after < 0 else trip[after, LEAVES]
            if fits_alone(kind, node, client, mine, to, back, start, end) and not is_too_long(
                kind, node, trip, vehicle, owner, client, NO_NODE, before, to, back
            ):
                choice[COST], choice[HOW], choice[WHO] = (cost, ON_USED, owner)
                choice[EXTRA], choice[CLIENT] = (before, client)
                break
            if after < 0:
                break
            before, after = (after, trip[after, AFTER])


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
        strange = strangeness(node[client, USUAL], mine, np.int64(settings[STRANGE]))
        at = n + mine
        while True:
            ahead = np.int64(node[at, NEXT])
            to = leg(metric, matrix, xy, node[at, POINT], point)
            on = leg(metric, matrix, xy, point, node[ahead, POINT])
            more = to + on - node[at, AHEAD]
            if (
                kind[owner, UNIT] * more + strange < choice[COST]
                and not is_too_far(kind, trip, vehicle, trip[mine, VEHICLE], more)
                and (
                    settings[HAS_HOURS] == 0 or fits(kind, node, trip, vehicle, client, at, to, on)
                )
            ):
                choice[COST], choice[HOW] = kind[owner, UNIT] * more + strange, ON_TRIP
                choice[SPOT], choice[CLIENT] = at, client
            at = ahead
            if at >= n:
                break
