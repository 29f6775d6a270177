"""An instance as the arrays of the lean engines, clients before depots; and the way back."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logistics import strings, trips
from logistics.instance import NO_LIMIT, Fleet, Instance, Solution, Tour

if TYPE_CHECKING:
    from numpy.typing import NDArray

NUM_NEAR = 100
"""Neighbours that are kept of a client."""
LARGEST_MATRIX = 2_500
"""Clients up to which nearness in time is looked at between all pairs."""
MUST = 1 << 44
"""What leaving out a client that must be served counts."""
CLOSED = 1 << 30
METRICS = {"nearest": (1.0, 0.5), "dimacs": (10.0, 0.0), "none": (1_000.0, 0.5)}
"""Scale, and what is added before cutting to whole units."""


class Ground(NamedTuple):
    """Where things are: n clients, then d depots."""

    metric: NDArray[np.float64]
    matrix: NDArray[np.int32]  # n + d squared, or empty
    xy: NDArray[np.float64]  # n + d, 2
    out: NDArray[np.int64]  # 2, d, n: from and to each depot
    near: NDArray[np.int32]  # n, k
    near_way: NDArray[np.int32]  # n, k


def ground_of(instance: Instance) -> Ground:
    """Return the places of an instance, its clients and their neighbours."""
    n, d = instance.num_clients, instance.num_depots
    clients = list(range(d, n + d))
    rows = [*clients, *range(d)]
    if instance.matrix is None:
        matrix = np.zeros((0, 0), dtype=np.int32)
    else:
        matrix = np.ascontiguousarray(instance.matrix[np.ix_(rows, rows)]).astype(np.int32)
    xy = np.zeros((n + d, 2)) if instance.xy is None else instance.xy[rows]
    out = np.stack(
        [
            instance.ways(list(range(d)), clients),
            instance.ways(clients, list(range(d))).T,
        ]
    )
    near = _near(instance, xy[:n], matrix[:n, :n])
    return Ground(
        metric=np.array(METRICS[instance.rounding]),
        matrix=matrix,
        xy=np.ascontiguousarray(xy, dtype=np.float64),
        out=np.ascontiguousarray(out),
        near=near,
        near_way=_ways_beside(instance, near),
    )


def _near(
    instance: Instance, xy: NDArray[np.float64], matrix: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return the neighbours of each client, nearest first; with hours, nearest in time too."""
    n, d = instance.num_clients, instance.num_depots
    size = min(NUM_NEAR, n - 1)
    if matrix.size == 0 and (instance.opens is None or n > LARGEST_MATRIX):
        return _near_in_plane(xy, size)
    clients = list(range(d, n + d))
    straight = instance.ways(clients, clients).astype(np.float64)
    closeness = _in_time(instance, straight)
    closeness = np.minimum(closeness, closeness.T)
    np.fill_diagonal(closeness, np.inf)
    for group in instance.groups:
        members = np.array(group) - d
        closeness[np.ix_(members, members)] = np.inf
    return np.argsort(closeness, axis=1, kind="stable")[:, :size].astype(np.int32)


def _in_time(instance: Instance, ways: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ways plus a fifth of the wait and the whole lateness that going there brings.

    Vidal, Crainic, Gendreau and Prins (Computers & Operations Research 40, 2013).
    """
    if instance.opens is None or instance.closes is None:
        return ways
    d = instance.num_depots
    opens, closes = instance.opens[d:], instance.closes[d:]
    service = instance.service[d:]
    wait = opens[None, :] - ways - service[:, None] - closes[:, None]
    late = opens[:, None] + service[:, None] + ways - closes[None, :]
    return ways + 0.2 * np.maximum(wait, 0) + np.maximum(late, 0)


def _near_in_plane(xy: NDArray[np.float64], size: int) -> NDArray[np.int32]:
    from scipy.spatial import cKDTree  # noqa: PLC0415  (slow to load)

    _, found = cKDTree(xy).query(xy, k=size + 1)
    found = np.asarray(found).reshape(len(xy), size + 1)
    is_self = found == np.arange(len(xy))[:, None]
    is_self[~is_self.any(axis=1), -1] = True  # twins at one place can push a client off its list
    kept: NDArray[np.int32] = found[~is_self].reshape(len(xy), size).astype(np.int32)
    return kept


def _ways_beside(instance: Instance, near: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the ways from each client to its neighbours."""
    d = instance.num_depots
    ways = np.empty(near.shape, dtype=np.int32)
    for row, beside in enumerate(near):
        ways[row] = instance.ways([row + d], (beside + d).tolist())[0]
    return ways


class StringState(NamedTuple):
    """The state of `strings.search`, which says what each is."""

    xy: NDArray[np.float64]
    node: NDArray[np.int32]
    route: NDArray[np.int32]
    free: NDArray[np.int32]
    best: NDArray[np.int32]
    numbers: NDArray[np.int64]


def string_state(instance: Instance, ground: Ground, routes: list[list[int]]) -> StringState:
    """Return the state of routes of clients (from 0), with a few empty routes beside them."""
    n = instance.num_clients
    num_routes = max(len(routes), min(instance.num_vehicles, len(routes) + 20))
    xy = np.concatenate([ground.xy[:n], np.repeat(ground.xy[n : n + 1], num_routes, axis=0)])
    node = np.zeros((n + num_routes, strings.NUM_COLUMNS), dtype=np.int32)
    route = np.zeros((num_routes, 4), dtype=np.int32)
    node[:, strings.ROUTE] = -1
    node[:n, strings.DEMAND] = instance.demand[1:]
    node[:n, strings.OUT] = ground.out[0, 0]
    total = 0
    for number in range(num_routes):
        depot = n + number
        node[depot, strings.ROUTE] = number
        stops = routes[number] if number < len(routes) else []
        rows = [0, *(client + 1 for client in stops), 0]
        legs = [int(instance.ways([a], [b])[0, 0]) for a, b in pairwise(rows)]
        path = [depot, *stops, depot]
        for (at, ahead), way in zip(pairwise(path), legs, strict=True):
            node[at, strings.NEXT], node[ahead, strings.PREV] = ahead, at
            node[at, strings.AHEAD] = way
            node[at, strings.ROUTE] = number
        route[number, strings.SIZE] = len(stops)
        route[number, strings.LOAD] = instance.demand[np.array(stops, dtype=np.int64) + 1].sum()
        total += sum(legs) if stops else 0
    empty = np.arange(num_routes - 1, len(routes) - 1, -1)
    free = np.zeros(num_routes + 1, dtype=np.int32)
    free[: len(empty)] = empty
    return StringState(
        xy=np.ascontiguousarray(xy),
        node=node,
        route=route,
        free=free,
        best=node[:, strings.NEXT].copy(),
        numbers=np.array([total, total, len(empty)], dtype=np.int64),
    )


def routes_of(best: NDArray[np.int32], num_clients: int) -> list[list[int]]:
    """Return the routes of a column of next nodes."""
    ahead = best.tolist()
    found = []
    for depot in range(num_clients, len(ahead)):
        stops, at = [], ahead[depot]
        while at < num_clients:
            stops.append(at)
            at = ahead[at]
        if stops:
            found.append(stops)
    return found


class TripState(NamedTuple):
    """The state of `trips.search`.

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
    node = np.zeros((n + num_trips, trips.NUM_NODE_COLUMNS), dtype=np.int32)
    node[:, trips.TRIP] = -1
    node[n:, trips.TRIP] = np.arange(num_trips)
    node[:n, trips.POINT] = np.arange(n)
    node[n:, trips.POINT] = n
    node[:n, trips.DEMAND] = instance.demand[d:]
    node[:n, trips.SERVICE] = instance.service[d:]
    node[:n, trips.RELEASE] = instance.release[d:]
    node[:n, trips.CLOSES] = CLOSED
    if instance.opens is not None and instance.closes is not None:
        node[:n, trips.OPENS] = instance.opens[d:]
        node[:n, trips.CLOSES] = np.minimum(instance.closes[d:], CLOSED)
    trip = np.zeros((num_trips, trips.NUM_TRIP_COLUMNS), dtype=np.int64)
    trip[:, [trips.AFTER, trips.BEFORE]] = -1
    prize = np.empty(len(groups), dtype=np.int64)
    for number, group in enumerate(groups):
        node[group, trips.GROUP] = number
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
        best_next=node[:, trips.NEXT].copy(),
        best_trip=trip[:, trips.AFTER].copy(),
        best_first=vehicle[:, trips.FIRST].copy(),
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
    kind = np.zeros((len(instance.fleets), trips.NUM_KIND_COLUMNS), dtype=np.int64)
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
        one[trips.SHARED] = (kind[:, trips.FAMILY] == one[trips.FAMILY]).sum()
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
    vehicle[:, [trips.FIRST, trips.LAST]] = -1
    first = 0
    for row, size in enumerate(sizes):
        vehicle[first : first + size, trips.KIND] = row
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


def solution_of_routes(instance: Instance, routes: list[list[int]], cost: int) -> Solution:
    """Return routes of clients (from 0) as a solution of one fleet at one depot."""
    vehicles = instance.fleets[0].vehicles
    return Solution(
        tours=tuple(
            Tour(vehicles[row], (tuple(client + 1 for client in route),))
            for row, route in enumerate(routes)
        ),
        cost=cost,
    )


def solution_of_trips(instance: Instance, state: TripState) -> Solution:
    """Return the best tours of a state as a solution."""
    n, d = instance.num_clients, instance.num_depots
    names = [
        number
        for fleet in instance.fleets
        for number in fleet.vehicles[: min(len(fleet.vehicles), n)]
    ]
    ahead, after = state.best_next.tolist(), state.best_trip.tolist()
    tours = []
    for row, first in enumerate(state.best_first.tolist()):
        driven, mine = [], first
        while mine >= 0:
            stops, at = [], ahead[n + mine]
            while at < n:
                stops.append(at + d)
                at = ahead[at]
            driven.append(tuple(stops))
            mine = after[mine]
        if driven:
            tours.append(Tour(names[row], tuple(driven)))
    tours.sort(key=lambda tour: tour.vehicle)
    return Solution(tours=tuple(tours), cost=int(state.numbers[trips.LEAST]))


def has_hours(instance: Instance) -> bool:
    """Return whether time matters: windows, releases or longest durations."""
    limited = any(fleet.most_duration < NO_LIMIT for fleet in instance.fleets)
    return instance.opens is not None or limited or bool(instance.release.any())


def is_plain(instance: Instance) -> bool:
    """Return whether one capacity and straight or symmetric ways are all there is."""
    fleet = instance.fleets[0]
    is_symmetric = instance.matrix is None or np.array_equal(instance.matrix, instance.matrix.T)
    return (
        len(instance.fleets) == 1
        and instance.num_depots == 1
        and not has_hours(instance)
        and not instance.groups
        and not instance.prize.any()
        and fleet.most_trips == 1
        and fleet.most_way == NO_LIMIT
        and fleet.allowed is None
        and fleet.fixed_cost == 0
        and fleet.unit_cost == 1
        and is_symmetric
    )
