"""A search from a plan: its trips are followed as far as the instance allows."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logistics.instance import NO_LIMIT
from logistics.linked import trip_columns as columns
from logistics.linked.trip_search import settle_vehicles
from logistics.linked.trip_state import trip_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logistics.instance import Fleet, Instance, Tour
    from logistics.linked.trip_state import TripState


def state_from(instance: Instance, tours: Sequence[Tour]) -> TripState:
    """Return the state of tours; clients that no longer fit where they were are left out."""
    state = trip_state(instance)
    kept = _Followed(instance)
    row_of = _rows_of_vehicles(instance)
    for tour in tours:
        if tour.vehicle in row_of:
            row, fleet = row_of[tour.vehicle]
            _enter(instance, state, row, fleet, kept.trips(fleet, tour))
    state.node[: instance.num_clients, columns.USUAL] = state.node[
        : instance.num_clients, columns.TRIP
    ]
    _note_absent(state)
    used = state.trip[state.trip[:, columns.SIZE] > 0]
    units = state.kind[state.vehicle[used[:, columns.VEHICLE], columns.KIND], columns.UNIT]
    driving = state.vehicle[state.vehicle[:, columns.FIRST] >= 0, columns.KIND]
    cost = int((used[:, columns.WAY] * units).sum() + state.kind[driving, columns.FIXED].sum())
    absent = state.absent[: state.numbers[columns.NUM_ABSENT]]
    cost += int(state.prize[absent].sum())
    state.numbers[[columns.CURRENT, columns.LEAST]] = cost
    settle_vehicles(state.kind, state.node, state.trip, state.vehicle, instance.num_clients)
    state.best_next[:] = state.node[:, columns.NEXT]
    state.best_trip[:] = state.trip[:, columns.AFTER]
    state.best_first[:] = state.vehicle[:, columns.FIRST]
    return state


class _Followed:
    """Who is served so far, while tours are followed one after another."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._seen: set[int] = set()
        self._group = {row: group for group in instance.groups for row in group}

    def trips(self, fleet: Fleet, tour: Tour) -> list[list[int]]:
        """Return the trips of a tour without the clients that break a rule where they stand."""
        found: list[list[int]] = []
        driven = _Driven(fleet.opens, 0, 0, fleet.closes)
        for trip in tour.trips[: fleet.most_trips]:
            stops: list[int] = []
            longer = driven
            for client in trip:
                with_it = self._drive(fleet, [*stops, client], driven)
                if client not in self._seen and with_it is not None:
                    stops.append(client)
                    longer = with_it
                    self._seen.update(self._group.get(client, (client,)))
            if stops:
                found.append(stops)
                driven = longer
        return found

    def _drive(self, fleet: Fleet, stops: list[int], before: _Driven) -> _Driven | None:
        """Return what is driven with one more trip; None: it breaks a rule."""
        some = self._instance
        load = int(some.demand[stops].sum())
        if load > fleet.capacity or (fleet.allowed is not None and not fleet.allowed[stops].all()):
            return None
        path = [fleet.depot, *stops, fleet.depot]
        legs = [int(some.ways([a], [b])[0, 0]) for a, b in pairwise(path)]
        released = max(fleet.opens, int(some.release[stops].max()))
        driven = before.to(0, released, fleet.closes, 0)
        for client, leg in zip(stops, legs, strict=False):
            opens, closes = 0, NO_LIMIT
            if some.opens is not None and some.closes is not None:
                opens, closes = int(some.opens[client]), int(some.closes[client])
            if max(driven.now + leg, opens) > closes:
                return None
            driven = driven.to(leg, opens, closes, int(some.service[client]))
        driven = driven.to(legs[-1], fleet.opens, fleet.closes, 0)
        is_late = driven.now > fleet.closes or driven.way > fleet.most_way
        return None if is_late or driven.lasts > fleet.most_duration else driven


class _Driven(NamedTuple):
    """What a vehicle drives: when it is ready, its way, its shortest duration and last start.

    Vidal, Crainic, Gendreau and Prins (Computers & Operations Research 40, 2013).
    """

    now: int
    way: int
    lasts: int
    last: int

    def to(self, leg: int, opens: int, closes: int, service: int) -> _Driven:
        """Return this with one more visit."""
        at = self.lasts + leg
        wait = max(0, opens - at - self.last)
        return _Driven(
            now=max(self.now + leg, opens) + service,
            way=self.way + leg,
            lasts=at + wait + service,
            last=min(closes - at, self.last),
        )


def _rows_of_vehicles(instance: Instance) -> dict[int, tuple[int, Fleet]]:
    """Return the row in the state, and the fleet, of each vehicle that can be used."""
    used = [
        (number, fleet)
        for fleet in instance.fleets
        for number in fleet.vehicles[: min(len(fleet.vehicles), instance.num_clients)]
    ]
    return {number: (row, fleet) for row, (number, fleet) in enumerate(used)}


def _enter(
    instance: Instance, state: TripState, row: int, fleet: Fleet, trips: list[list[int]]
) -> None:
    """Write the trips of a vehicle into a state."""
    n, d = instance.num_clients, instance.num_depots
    before = -1
    for stops in trips:
        state.numbers[columns.NUM_FREE_TRIPS] -= 1
        mine = int(state.free_trip[state.numbers[columns.NUM_FREE_TRIPS]])
        depot = n + mine
        path = [depot, *(client - d for client in stops), depot]
        rows = [fleet.depot, *stops, fleet.depot]
        way = 0
        for place, at in enumerate(path[:-1]):
            leg = int(instance.ways([rows[place]], [rows[place + 1]])[0, 0])
            state.node[at, columns.NEXT] = path[place + 1]
            state.node[path[place + 1], columns.PREV] = at
            state.node[at, columns.AHEAD] = leg
            state.node[at, columns.TRIP] = mine
            way += leg
        state.node[depot, columns.POINT] = n + fleet.depot
        one = state.trip[mine]
        one[columns.LOAD] = instance.demand[stops].sum()
        one[columns.SIZE], one[columns.WAY] = len(stops), way
        one[columns.VEHICLE], one[columns.BEFORE] = row, before
        if before < 0:
            state.vehicle[row, columns.FIRST] = mine
        else:
            state.trip[before, columns.AFTER] = mine
        state.vehicle[row, columns.LAST] = before = mine
    state.vehicle[row, columns.USED] = len(trips)
    if trips:
        sort = state.vehicle[row, columns.KIND]
        others = [other for other in state.free[sort, : state.num_free[sort]] if other != row]
        state.free[sort, : len(others)] = others
        state.num_free[sort] = len(others)


def _note_absent(state: TripState) -> None:
    """Tell the groups that nobody serves, in the order of a start."""
    served = set(state.node[: len(state.node) - len(state.trip)][_is_served(state), columns.GROUP])
    absent = [group for group in state.absent.tolist() if group not in served]
    state.absent[: len(absent)] = absent
    state.absent_at[:] = -1
    state.absent_at[absent] = np.arange(len(absent))
    state.numbers[columns.NUM_ABSENT] = len(absent)


def _is_served(state: TripState) -> np.ndarray:
    clients: np.ndarray = state.node[: len(state.node) - len(state.trip), columns.TRIP] >= 0
    return clients
