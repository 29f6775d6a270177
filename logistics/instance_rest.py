"""Solve an instance of the literature of which not everything can be served: the rest of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics.instance import NO_LIMIT, SCALES, NoSolutionError, Solution, Tour
from logistics.instance_solve import solve_instance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from logistics.instance import Fleet, Instance

DEARER = 10
"""How many times the dearest trip of its own it costs to leave out a client that must be served."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A client on no route although it must be served: row, rule, and the values that show it.

    Values are in the units of the file.
    """

    client: int
    code: str
    values: dict[str, Any] = field(default_factory=dict)


def solve_rest(instance: Instance, **wishes: Any) -> tuple[Solution, tuple[LeftOut, ...]]:
    """Return the best plan of everyone who can be served, and who is left out and why.

    Clients that no vehicle can serve are told before anything is solved. Where the fleet is too
    small for the others, as many as can be are served.

    Parameters
    ----------
    wishes
        As of `instance_solve.solve_instance`.

    Raises
    ------
    NoSolutionError
        Not one of each group can be served.
    """
    left_out = unservable(instance)
    rows = [row for row in range(instance.num_nodes) if row not in left_out]
    if len(rows) == instance.num_depots:
        return _with(Solution((), 0, "none"), left_out.values())
    rest = _only(instance, rows) if left_out else instance
    if left_out and wishes.get("start") is not None:
        wishes["start"] = _start_of(wishes["start"], rows)
    try:
        found = solve_instance(rest, **wishes)
    except NoSolutionError:
        found = _as_many_as_can_be(rest, **wishes)
        served = {client for trip in found.trips() for client in trip}
        for row in np.flatnonzero(_must(rest)).tolist():
            if row not in served:
                left_out[rows[row]] = LeftOut(rows[row], "instance_left_out.fleet_too_small")
    tours = [
        Tour(tour.vehicle, tuple(tuple(rows[client] for client in trip) for trip in tour.trips))
        for tour in found.tours
    ]
    return _with(replace(found, tours=tuple(tours)), left_out.values())


def _with(found: Solution, left_out: Any) -> tuple[Solution, tuple[LeftOut, ...]]:
    named = tuple(sorted(left_out, key=lambda each: each.client))
    return replace(found, left_out=tuple(each.client for each in named)), named


def _start_of(start: Solution, rows: list[int]) -> Solution:
    """Return a start among the nodes that are left, numbered anew."""
    number = {row: place for place, row in enumerate(rows)}
    tours = [
        Tour(
            tour.vehicle,
            tuple(tuple(number[row] for row in trip if row in number) for trip in tour.trips),
        )
        for tour in start.tours
    ]
    return replace(start, tours=tuple(tours))


def _must(instance: Instance) -> NDArray[np.bool_]:
    """Return who has to be served by itself, bool[nodes]."""
    must: NDArray[np.bool_] = instance.prize == 0
    must[: instance.num_depots] = False
    must[[row for group in instance.groups for row in group]] = False
    return must


def _as_many_as_can_be(instance: Instance, **wishes: Any) -> Solution:
    """Solve with a prize for each client, dearer than any way to it; the cost is without them."""
    must = _must(instance)
    clients = list(range(instance.num_depots, instance.num_nodes))
    dearest = max(
        fleet.fixed_cost + fleet.unit_cost * int(_there_and_back(instance, fleet, clients).max())
        for fleet in instance.fleets
    )
    dear = DEARER * (dearest + int(instance.prize.max()) + 1)
    wishes.pop("start", None)
    found = solve_instance(replace(instance, prize=np.where(must, dear, instance.prize)), **wishes)
    served = {client for trip in found.trips() for client in trip}
    missed = [row for row in np.flatnonzero(must).tolist() if row not in served]
    return _on_idle(instance, replace(found, cost=found.cost - dear * len(missed)), missed)


def _on_idle(instance: Instance, found: Solution, missed: list[int]) -> Solution:
    """Return a solution whose idle vehicles serve one of the missed each, whom they can.

    A search that was cancelled, or that looked beside few vehicles only, may leave that.
    """
    used = {tour.vehicle for tour in found.tours}
    for fleet in instance.fleets:
        barred = np.logical_or.reduce([mask for _, mask in _broken(instance, fleet, missed)])
        can = [client for client, is_barred in zip(missed, barred, strict=True) if not is_barred]
        idle = (number for number in fleet.vehicles if number not in used)
        for client, vehicle in zip(can, idle, strict=False):
            way = int(_there_and_back(instance, fleet, [client])[0])
            cost = found.cost + fleet.fixed_cost + fleet.unit_cost * way
            found = replace(found, tours=(*found.tours, Tour(vehicle, ((client,),))), cost=cost)
            missed = [each for each in missed if each != client]
    return found


def _there_and_back(instance: Instance, fleet: Fleet, clients: Sequence[int]) -> NDArray[np.int64]:
    depot = [fleet.depot]
    way: NDArray[np.int64] = instance.ways(depot, clients)[0] + instance.ways(clients, depot)[:, 0]
    return way


def unservable(instance: Instance) -> dict[int, LeftOut]:
    """Return the clients that must be served and that no vehicle can serve even alone, by row.

    The rule told is one that every fleet breaks; where none does, that they break it together.
    """
    clients = np.flatnonzero(_must(instance))
    if not len(clients):
        return {}
    broken = [dict(_broken(instance, fleet, clients.tolist())) for fleet in instance.fleets]
    barred = np.logical_and.reduce([np.logical_or.reduce([*each.values()]) for each in broken])
    found = {}
    for place in np.flatnonzero(barred).tolist():
        client = int(clients[place])
        rule = next((r for r in broken[0] if all(each[r][place] for each in broken)), "together")
        code = f"instance_left_out.{rule}"
        found[client] = LeftOut(client, code, _values(instance, client, rule))
    return found


def _broken(
    instance: Instance, fleet: Fleet, clients: list[int]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield each rule and whom it keeps off a vehicle of a fleet, alone on its trip."""
    yield "too_heavy", instance.demand[clients] > fleet.capacity
    allowed = fleet.allowed
    none = np.zeros(len(clients), dtype=bool)
    yield "not_allowed", none if allowed is None else ~allowed[clients]
    yield "too_far", _there_and_back(instance, fleet, clients) > fleet.most_way
    arrives, back = _hours(instance, fleet, clients)
    closes = instance.closes
    yield "too_late", none if closes is None else arrives > closes[clients]
    yield "back_too_late", back > fleet.closes
    # leaving so late that it waits nowhere, the trip lasts as long as its way and its service
    lasting = _there_and_back(instance, fleet, clients) + instance.service[clients]
    yield "too_long", lasting > fleet.most_duration


def _hours(
    instance: Instance, fleet: Fleet, clients: list[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return when the earliest trip to each client arrives, and when it is back."""
    leaves = np.maximum(fleet.opens, instance.release[clients])
    arrives = leaves + instance.ways([fleet.depot], clients)[0]
    opens = 0 if instance.opens is None else instance.opens[clients]
    done = np.maximum(arrives, opens) + instance.service[clients]
    return arrives, done + instance.ways(clients, [fleet.depot])[:, 0]


def _values(instance: Instance, client: int, rule: str) -> dict[str, Any]:
    """Return what shows a rule, of the fleet that comes nearest to keeping it."""
    scale = SCALES[instance.rounding]

    def told(amount: int) -> float | int:
        return amount if scale == 1 else amount / scale

    def nearest(amounts: list[tuple[int, int]]) -> dict[str, Any]:
        amount, limit = min(amounts, key=lambda each: each[0] - each[1])
        return {"amount": told(amount), "limit": told(min(limit, NO_LIMIT))}

    fleets, one = instance.fleets, [client]
    if rule == "too_heavy":
        most = max(fleet.capacity for fleet in fleets)
        return {"amount": int(instance.demand[client]), "limit": most}
    if rule == "too_far":
        ways = [int(_there_and_back(instance, fleet, one)[0]) for fleet in fleets]
        return nearest([(way, fleet.most_way) for way, fleet in zip(ways, fleets, strict=True)])
    hours = [_hours(instance, fleet, one) for fleet in fleets]
    if rule == "too_late" and instance.closes is not None:
        closes = int(instance.closes[client])
        return nearest([(int(arrives[0]), closes) for arrives, _ in hours])
    if rule == "back_too_late":
        back = [int(back[0]) for _, back in hours]
        return nearest([(at, fleet.closes) for at, fleet in zip(back, fleets, strict=True)])
    if rule == "too_long":
        lasting = [
            int(_there_and_back(instance, fleet, one)[0] + instance.service[client])
            for fleet in fleets
        ]
        return nearest([(s, f.most_duration) for s, f in zip(lasting, fleets, strict=True)])
    return {}


def _only(instance: Instance, rows: list[int]) -> Instance:
    """Return the instance of some of its nodes; nodes are numbered anew in their order."""
    number = {row: place for place, row in enumerate(rows)}
    groups = [tuple(number[row] for row in group) for group in instance.groups]
    fleets = [
        fleet if fleet.allowed is None else replace(fleet, allowed=fleet.allowed[rows])
        for fleet in instance.fleets
    ]
    return replace(
        instance,
        xy=None if instance.xy is None else instance.xy[rows],
        matrix=None if instance.matrix is None else instance.matrix[np.ix_(rows, rows)],
        demand=instance.demand[rows],
        service=instance.service[rows],
        opens=None if instance.opens is None else instance.opens[rows],
        closes=None if instance.closes is None else instance.closes[rows],
        release=instance.release[rows],
        prize=instance.prize[rows],
        fleets=tuple(fleets),
        groups=tuple(groups),
    )
