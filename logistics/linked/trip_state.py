"""Trips of an instance as the arrays of `trip_search`, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logistics.instance import Fleet, Instance, Solution, Tour
from logistics.linked import trip_columns as columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

MUST = 1 << 44
"""What leaving out a client that must be served counts."""
CLOSED = 1 << 30


class TripState(NamedTuple):
    """The state of `trip_search.search`.

    Parameters
    ----------
    member, member_first
        Clients of each group, one after another, and where each group begins.
    prize
        int64[g]: what leaving a group out costs.
    free_trip, free, num_free
        Trips without vehicle; vehicles without trip by kind, and their numbers.
    absent, absent_at
        Groups not served, and the place of each group among them or -1.
    """

    allowed: NDArray[np.bool_]
    kind: NDArray[np.int64]
    member: NDArray[np.int32]
    member_first: NDArray[np.int64]
    prize: NDArray[np.int64]
    node: NDArray[np.int32]
    trip: NDArray[np.int64]
    vehicle: NDArray[np.int32]
    free_trip: NDArray[np.int32]
    free: NDArray[np.int32]
    num_free: NDArray[np.int64]
    absent: NDArray[np.int32]
    absent_at: NDArray[np.int32]
    numbers: NDArray[np.int64]
    best_next: NDArray[np.int32]
    best_trip: NDArray[np.int64]
    best_first: NDArray[np.int32]


def trip_state(instance: Instance) -> TripState:
    """Return the state in which nobody is served."""
    n, d = instance.num_clients, instance.num_depots
    groups = _groups(instance)
    kind = _kinds(instance)
    vehicle, free, num_free = _vehicles(instance)
    most = sum(min(len(f.vehicles) * f.most_trips, len(groups)) for f in instance.fleets)
    num_trips = min(most, len(groups)) + 1
    node = np.zeros((n + num_trips, columns.NUM_NODE_COLUMNS), dtype=np.int32)
    node[:, [columns.TRIP, columns.USUAL]] = -1
    node[n:, columns.TRIP] = np.arange(num_trips)
    node[:n, columns.POINT] = np.arange(n)
    node[n:, columns.POINT] = n
    node[:n, columns.DEMAND] = instance.demand[d:]
    node[:n, columns.SERVICE] = instance.service[d:]
    node[:n, columns.RELEASE] = instance.release[d:]
    node[:n, columns.CLOSES] = CLOSED
    if instance.opens is not None and instance.closes is not None:
        node[:n, columns.OPENS] = instance.opens[d:]
        node[:n, columns.CLOSES] = np.minimum(instance.closes[d:], CLOSED)
    trip = np.zeros((num_trips, columns.NUM_TRIP_COLUMNS), dtype=np.int64)
    trip[:, [columns.AFTER, columns.BEFORE]] = -1
    prize = np.empty(len(groups), dtype=np.int64)
    for number, group in enumerate(groups):
        node[group, columns.GROUP] = number
        price = int(instance.prize[group[0] + d])
        prize[number] = price if price and len(group) == 1 else MUST
    sizes = [len(group) for group in groups]
    total = int(prize.sum())
    return TripState(
        allowed=_allowed(instance),
        kind=kind,
        member=np.array([client for group in groups for client in group], dtype=np.int32),
        member_first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        prize=prize,
        node=node,
        trip=trip,
        vehicle=vehicle,
        free_trip=np.arange(num_trips - 1, -1, -1).astype(np.int32),
        free=free,
        num_free=num_free,
        absent=_first_order(instance, groups),
        absent_at=np.argsort(_first_order(instance, groups)).astype(np.int32),
        numbers=np.array([total, total, num_trips, len(groups), 0, 0], dtype=np.int64),
        best_next=node[:, columns.NEXT].copy(),
        best_trip=trip[:, columns.AFTER].copy(),
        best_first=vehicle[:, columns.FIRST].copy(),
    )


def _groups(instance: Instance) -> list[list[int]]:
    d = instance.num_depots
    grouped = {row for group in instance.groups for row in group}
    alone = [[row - d] for row in range(d, instance.num_nodes) if row not in grouped]
    return [*alone, *([row - d for row in group] for group in instance.groups)]


def _first_order(instance: Instance, groups: list[list[int]]) -> NDArray[np.int32]:
    """Return the groups in the order of a start: what closes early first, else the farthest."""
    d = instance.num_depots
    firsts = np.array([group[0] + d for group in groups])
    if instance.closes is not None:
        return np.argsort(instance.closes[firsts], kind="stable").astype(np.int32)
    out = instance.ways([0], firsts.tolist())[0]
    return np.argsort(-out, kind="stable").astype(np.int32)


def _kinds(instance: Instance) -> NDArray[np.int64]:
    kind = np.zeros((len(instance.fleets), columns.NUM_KIND_COLUMNS), dtype=np.int64)
    families: dict[tuple[object, ...], int] = {}
    for row, fleet in enumerate(instance.fleets):
        family = _family(fleet) if fleet.most_trips == 1 else (row,)
        kind[row] = (
            min(fleet.capacity, CLOSED),
            fleet.fixed_cost,
            fleet.unit_cost,
            fleet.opens,
            min(fleet.closes, CLOSED),
            fleet.most_duration,
            fleet.most_way,
            min(fleet.most_trips, instance.num_clients),
            fleet.depot,
            families.setdefault(family, len(families)),
            1,
        )
    for one in kind:
        one[columns.SHARED] = (kind[:, columns.FAMILY] == one[columns.FAMILY]).sum()
    return kind


def _family(fleet: Fleet) -> tuple[object, ...]:
    """Return what two fleets share that differ in capacity and cost alone."""
    allowed = None if fleet.allowed is None else fleet.allowed.tobytes()
    return (fleet.depot, fleet.opens, fleet.closes, fleet.most_duration, fleet.most_way, allowed)


def _vehicles(
    instance: Instance,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Return vehicles (by fleet, as many as can be used), and the free ones of each kind."""
    sizes = [min(len(fleet.vehicles), instance.num_clients) for fleet in instance.fleets]
    vehicle = np.zeros((sum(sizes), 4), dtype=np.int32)
    free = np.zeros((len(sizes), max(sizes) + 1), dtype=np.int32)
    vehicle[:, [columns.FIRST, columns.LAST]] = -1
    first = 0
    for row, size in enumerate(sizes):
        vehicle[first : first + size, columns.KIND] = row
        free[row, :size] = np.arange(first + size - 1, first - 1, -1)
        first += size
    return vehicle, free, np.array(sizes, dtype=np.int64)


def _allowed(instance: Instance) -> NDArray[np.bool_]:
    d = instance.num_depots
    rows = [
        np.ones(instance.num_clients, dtype=bool) if fleet.allowed is None else fleet.allowed[d:]
        for fleet in instance.fleets
    ]
    return np.ascontiguousarray(np.stack(rows))


def solution_of_trips(instance: Instance, state: TripState, strange: int = 0) -> Solution:
    """Return the best tours of a state as a solution.

    Parameters
    ----------
    strange
        What a client on another trip than its usual one counted; it is no cost.
    """
    n, d = instance.num_clients, instance.num_depots
    names = [
        number
        for fleet in instance.fleets
        for number in fleet.vehicles[: min(len(fleet.vehicles), n)]
    ]
    ahead, after = state.best_next.tolist(), state.best_trip.tolist()
    usual = state.node[:, columns.USUAL].tolist()
    cost = int(state.numbers[columns.LEAST])
    tours = []
    for row, first in enumerate(state.best_first.tolist()):
        driven, mine = [], first
        while mine >= 0:
            stops, at = [], ahead[n + mine]
            while at < n:
                stops.append(at + d)
                cost -= strange if 0 <= usual[at] != mine else 0
                at = ahead[at]
            driven.append(tuple(stops))
            mine = after[mine]
        if driven:
            tours.append(Tour(names[row], tuple(driven)))
    tours.sort(key=lambda tour: tour.vehicle)
    return Solution(tours=tuple(tours), cost=cost)
