"""Whether a solution keeps an instance, recounted from the instance alone.

It shares nothing with what it checks: ways are worked out leg by leg in plain Python.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from math import floor, sqrt
from typing import TYPE_CHECKING, Any

from logistics.instance import Tour

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from logistics.instance import Fleet, Instance, Solution


@dataclass(frozen=True, slots=True)
class InstanceFault:
    """What a solution breaks, and where; `docs/routing.md` lists the codes."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        values = ", ".join(f"{name} {value}" for name, value in self.values.items())
        return f"{self.code}: {values}" if values else self.code


def check_solution(instance: Instance, solution: Solution) -> list[InstanceFault]:
    """Return everything that a solution breaks; empty when it is sound and its cost true."""
    faults = list(_visits(instance, solution))
    if any(fault.code == "instance.unknown_client" for fault in faults):
        return faults
    fleet_of = {number: fleet for fleet in instance.fleets for number in fleet.vehicles}
    used: set[int] = set()
    total = 0
    for tour in solution.tours:
        fleet = fleet_of.get(tour.vehicle)
        if fleet is None or tour.vehicle in used:
            faults.append(InstanceFault("instance.no_such_vehicle", {"vehicle": tour.vehicle}))
            continue
        used.add(tour.vehicle)
        faults.extend(_tour(instance, fleet, tour))
        total += fleet.fixed_cost
        total += fleet.unit_cost * sum(_way(instance, fleet.depot, trip) for trip in tour.trips)
    faults.extend(_needless(instance, solution, used))
    served = {client for trip in solution.trips() for client in trip}
    total += sum(
        int(instance.prize[row])
        for row in range(instance.num_depots, instance.num_nodes)
        if row not in served
    )
    if total != solution.cost:
        values = {"counted": total, "told": solution.cost}
        faults.append(InstanceFault("instance.wrong_cost", values))
    return faults


def leg(instance: Instance, one: int, two: int) -> int:
    """Return the way between two nodes in whole units."""
    if instance.matrix is not None:
        return int(instance.matrix[one, two])
    if instance.xy is None:
        return 0
    x = float(instance.xy[one, 0]) - float(instance.xy[two, 0])
    y = float(instance.xy[one, 1]) - float(instance.xy[two, 1])
    straight = sqrt(x * x + y * y)
    if instance.rounding == "nearest":
        return floor(straight + 0.5)
    if instance.rounding == "dimacs":
        return floor(10 * straight)
    return floor(1_000 * straight + 0.5)


def _way(instance: Instance, depot: int, trip: Sequence[int]) -> int:
    path = [depot, *trip, depot]
    return sum(leg(instance, one, two) for one, two in pairwise(path))


def _visits(instance: Instance, solution: Solution) -> Iterator[InstanceFault]:
    """Every client that must be is served once, and one of each group."""
    times = dict.fromkeys(range(instance.num_depots, instance.num_nodes), 0)
    visited = Counter(client for trip in solution.trips() for client in trip)
    for client in (*visited, *solution.left_out):
        if client not in times:
            yield InstanceFault("instance.unknown_client", {"client": client})
    times |= {client: count for client, count in visited.items() if client in times}
    for client, count in times.items():
        if count > 1:
            yield InstanceFault("instance.client_twice", {"client": client, "times": count})
    grouped = {client for group in instance.groups for client in group}
    for group in instance.groups:
        if sum(times[client] for client in group) != 1:
            yield InstanceFault("instance.not_one_of_group", {"group": list(group)})
    for client, count in times.items():
        is_named = client in solution.left_out
        if count == 0 and not is_named and client not in grouped and instance.prize[client] == 0:
            yield InstanceFault("instance.client_missing", {"client": client})
        if count > 0 and is_named:
            yield InstanceFault("instance.left_out_and_served", {"client": client})


def _needless(instance: Instance, solution: Solution, used: set[int]) -> Iterator[InstanceFault]:
    """Nobody is left out whom a vehicle that stays at its depot could serve alone."""
    served = {client for trip in solution.trips() for client in trip}
    for fleet in instance.fleets:
        idle = next((number for number in fleet.vehicles if number not in used), None)
        if idle is None:
            continue
        for client in (each for each in solution.left_out if each not in served):
            if not any(_tour(instance, fleet, Tour(idle, ((client,),)))):
                values = {"client": client, "vehicle": idle}
                yield InstanceFault("instance.left_out_needlessly", values)


def _tour(instance: Instance, fleet: Fleet, tour: Tour) -> Iterator[InstanceFault]:
    """One vehicle keeps its trips, load, way, clients and hours."""
    where = {"vehicle": tour.vehicle}
    if len(tour.trips) > fleet.most_trips:
        yield InstanceFault("instance.too_many_trips", where)
    for trip in tour.trips:
        load = sum(int(instance.demand[client]) for client in trip)
        if load > fleet.capacity:
            yield InstanceFault("instance.overloaded", {**where, "load": load})
        if fleet.allowed is not None and not all(fleet.allowed[client] for client in trip):
            yield InstanceFault("instance.client_not_allowed", where)
    if sum(_way(instance, fleet.depot, trip) for trip in tour.trips) > fleet.most_way:
        yield InstanceFault("instance.too_far", where)
    yield from _hours(instance, fleet, tour)


def _hours(instance: Instance, fleet: Fleet, tour: Tour) -> Iterator[InstanceFault]:
    """Drive as early as can be; then, where durations count, leave as late as that allows."""
    if (
        instance.opens is None
        and fleet.most_duration >= (1 << 60)
        and not any(instance.release[client] for trip in tour.trips for client in trip)
    ):
        return
    where = {"vehicle": tour.vehicle}
    back, late = _drive(instance, fleet, tour, fleet.opens)
    if late:
        yield InstanceFault("instance.too_late", {**where, **late})
        return
    if fleet.most_duration >= (1 << 60):
        return
    latest = _last_start(instance, fleet, tour, back)
    if back - latest > fleet.most_duration:
        yield InstanceFault("instance.too_long", {**where, "duration": back - latest})


def _drive(
    instance: Instance, fleet: Fleet, tour: Tour, start: int
) -> tuple[int, dict[str, object]]:
    """Return when a vehicle that starts at an instant is back, and where it is too late."""
    now = start
    for trip in tour.trips:
        now = max([now, *(int(instance.release[client]) for client in trip)])
        at = fleet.depot
        for client in trip:
            now += leg(instance, at, client)
            if instance.opens is not None and instance.closes is not None:
                now = max(now, int(instance.opens[client]))
                if now > instance.closes[client]:
                    return now, {"client": client, "at": now}
            now += int(instance.service[client])
            at = client
        now += leg(instance, at, fleet.depot)
    return now, ({"depot": fleet.depot, "at": now} if now > fleet.closes else {})


def _last_start(instance: Instance, fleet: Fleet, tour: Tour, back: int) -> int:
    """Return the last start with which a vehicle is still back at an instant."""
    low, high = fleet.opens, back
    while low < high:
        middle = (low + high + 1) // 2
        arrives, late = _drive(instance, fleet, tour, middle)
        if late or arrives > back:
            high = middle - 1
        else:
            low = middle
    return low
