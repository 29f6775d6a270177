"""What can be wrong with a problem before anything is solved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from logistics.problem import RoutingProblem, Stop

LARGEST = 1 << 40
"""Numbers beyond this (a million tonnes, 34,000 years) are mistakes."""

DAY_LENGTH_S = 86_400
MOST_BREAKS = 4
"""Breaks of one shift."""


class FaultCode(StrEnum):
    """Numbered kinds of fault; `docs/routing.md` lists each with its remedy."""

    NO_DAYS = "R001"
    DUPLICATE_DAY = "R002"
    DUPLICATE_ID = "R003"
    EMPTY_ID = "R004"
    UNKNOWN_DEPOT = "R005"
    UNKNOWN_PLACE = "R006"
    UNKNOWN_IN_HOLD = "R007"
    EMPTY_HOLD = "R008"
    DAY_NOT_PLANNED = "R009"
    NEGATIVE_NUMBER = "R010"
    BAD_HOURS = "R011"
    OVERLAPPING_SHIFTS = "R012"
    BAD_LIMIT = "R013"
    BAD_SPEED = "R014"
    HALF_COORDINATES = "R015"
    DUPLICATE_OPTION = "R016"
    BAD_PRIORITY = "R017"
    BAD_MATRIX = "R018"
    BAD_BANDS = "R019"
    DEPOT_WITHOUT_COORDINATES = "R020"
    TOO_LARGE_NUMBER = "R021"
    BAD_BREAK = "R022"
    BAD_SOURCE = "R023"
    SOURCE_TOO_SMALL = "R024"
    UNKNOWN_IN_CLOSURE = "R025"
    BAD_PAIR = "R026"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: its code, where it is, and the values that show it."""

    code: FaultCode
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence_code(self) -> str:
        """Code of the sentence that says it in the reader's language."""
        return f"route_fault.{self.code.name.lower()}"

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code.value} {self.code.name}: {shown}"


class InvalidProblemError(ValueError):
    """The problem cannot be planned as it stands; `faults` names everything found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


def find_faults(problem: RoutingProblem) -> list[Fault]:
    """Return all faults of a problem, in the order of their numbers."""
    faults = [
        *_days(problem),
        *_ids(problem),
        *_references(problem),
        *_holds(problem),
        *_numbers(problem),
        *_of_problem(problem),
        *_hours(problem),
        *_shifts(problem),
        *_breaks(problem),
        *_sources(problem),
        *_closures(problem),
        *_pairs(problem),
        *_coordinates(problem),
        *_travel(problem),
    ]
    return sorted(faults, key=lambda fault: fault.code.value)


def _days(problem: RoutingProblem) -> Iterator[Fault]:
    if not problem.days:
        yield Fault(FaultCode.NO_DAYS)
    for day, times in Counter(problem.days).items():
        if times > 1:
            yield Fault(FaultCode.DUPLICATE_DAY, {"day": day.isoformat()})


def _ids(problem: RoutingProblem) -> Iterator[Fault]:
    for name in ("depots", "vehicles", "places", "stops"):
        for id_, times in Counter(each.id for each in getattr(problem, name)).items():
            if times > 1:
                yield Fault(FaultCode.DUPLICATE_ID, {"list": name, "id": id_, "times": times})
            if not id_.strip():
                yield Fault(FaultCode.EMPTY_ID, {"list": name, "id": id_})
    shared = set(problem.depot_by_id) & set(problem.place_by_id)
    for id_ in sorted(shared):
        yield Fault(FaultCode.DUPLICATE_ID, {"list": "depots and places", "id": id_, "times": 2})


def _references(problem: RoutingProblem) -> Iterator[Fault]:
    for vehicle in problem.vehicles:
        if vehicle.depot not in problem.depot_by_id:
            params = {"vehicle": vehicle.id, "depot": vehicle.depot}
            yield Fault(FaultCode.UNKNOWN_DEPOT, params)
    for stop in problem.stops:
        places = Counter(option.place for option in stop.options)
        for place, times in places.items():
            if place not in problem.place_by_id:
                yield Fault(FaultCode.UNKNOWN_PLACE, {"stop": stop.id, "place": place})
            if times > 1:
                yield Fault(FaultCode.DUPLICATE_OPTION, {"stop": stop.id, "place": place})


def _holds(problem: RoutingProblem) -> Iterator[Fault]:
    for name in ("pins", "forbidden"):
        for hold in getattr(problem, name):
            where = {"list": name, "stop": hold.stop}
            if hold.stop not in problem.stop_by_id:
                yield Fault(FaultCode.UNKNOWN_IN_HOLD, where)
            if hold.vehicle is not None and hold.vehicle not in problem.vehicle_by_id:
                yield Fault(FaultCode.UNKNOWN_IN_HOLD, {**where, "vehicle": hold.vehicle})
            if hold.day is not None and hold.day not in problem.days:
                yield Fault(FaultCode.DAY_NOT_PLANNED, {**where, "day": hold.day.isoformat()})
            if hold.vehicle is None and hold.day is None:
                yield Fault(FaultCode.EMPTY_HOLD, where)


_AMOUNTS: dict[str, tuple[str, ...]] = {
    "depots": ("loading_s",),
    "vehicles": (
        "capacity_g",
        "capacity_ml",
        "cost_rp_per_km",
        "cost_rp_per_hour",
        "cost_rp_per_day",
    ),
    "stops": ("weight_g", "volume_ml", "num_packages", "service_s", "service_s_per_package"),
}


def _numbers(problem: RoutingProblem) -> Iterator[Fault]:
    for list_name, names in _AMOUNTS.items():
        for each in getattr(problem, list_name):
            for name in names:
                yield from _amount(f"{list_name[:-1]}", each.id, name, getattr(each, name))
    yield from _limits_of_vehicles(problem)
    for stop in problem.stops:
        for option in stop.options:
            yield from _amount("stop", stop.id, "cost_rp", option.cost_rp)
            yield from _amount("stop", stop.id, "walk_m", option.walk_m)
        for name in ("max_time_in_heat_s", "max_walk_m", "max_days_before", "usual_start_s"):
            limit = getattr(stop, name)
            if limit is not None:
                yield from _amount("stop", stop.id, name, limit)
        if not 1 <= stop.priority <= 9:
            yield Fault(FaultCode.BAD_PRIORITY, {"stop": stop.id, "value": stop.priority})


def _limits_of_vehicles(problem: RoutingProblem) -> Iterator[Fault]:
    for vehicle in problem.vehicles:
        for name in ("max_stops", "max_distance_m", "max_trips"):
            value = getattr(vehicle, name)
            if value is not None and value < 1:
                yield Fault(
                    FaultCode.BAD_LIMIT, {"vehicle": vehicle.id, "name": name, "value": value}
                )
        if not 0.01 <= vehicle.speed_factor <= 100:
            params = {"vehicle": vehicle.id, "value": vehicle.speed_factor}
            yield Fault(FaultCode.BAD_SPEED, params)


def _of_problem(problem: RoutingProblem) -> Iterator[Fault]:
    for name in ("walk_rp_per_km", "area_radius_m"):
        yield from _amount("problem", problem.name, name, getattr(problem, name))
    for name in ("apart_rp", "uneven_rp_per_hour", "strange_rp", "drift_rp_per_hour"):
        yield from _amount("problem", problem.name, name, getattr(problem.goals, name))
    for closure in problem.closures:
        for name in ("extra_m", "extra_s"):
            yield from _amount("closure", closure.name, name, getattr(closure, name) or 0)


def _amount(kind: str, id_: str, name: str, value: int) -> Iterator[Fault]:
    params = {kind: id_, "name": name, "value": value}
    if value < 0:
        yield Fault(FaultCode.NEGATIVE_NUMBER, params)
    if value > LARGEST:
        yield Fault(FaultCode.TOO_LARGE_NUMBER, params)


def _hours(problem: RoutingProblem) -> Iterator[Fault]:
    latest_s = DAY_LENGTH_S if len(problem.days) > 1 else LARGEST
    for depot in problem.depots:
        yield from _span({"depot": depot.id}, depot.opens_s, depot.closes_s, latest_s)
    for list_name in ("places", "stops"):
        for each in getattr(problem, list_name):
            where = {list_name[:-1]: each.id}
            for window in each.windows:
                yield from _span(where, window.opens_s, window.closes_s, latest_s)
    for vehicle in problem.vehicles:
        for shift in vehicle.shifts:
            where = {"vehicle": vehicle.id, "day": shift.day.isoformat()}
            yield from _span(where, shift.starts_s, shift.ends_s, latest_s)


def _span(where: dict[str, Any], opens_s: int, closes_s: int, latest_s: int) -> Iterator[Fault]:
    if not 0 <= opens_s <= closes_s <= latest_s:
        yield Fault(FaultCode.BAD_HOURS, {**where, "from_s": opens_s, "to_s": closes_s})


def _shifts(problem: RoutingProblem) -> Iterator[Fault]:
    for vehicle in problem.vehicles:
        ordered = sorted(vehicle.shifts, key=lambda shift: (shift.day, shift.starts_s))
        for before, after in pairwise(ordered):
            if before.day == after.day and after.starts_s < before.ends_s:
                params = {"vehicle": vehicle.id, "day": after.day.isoformat()}
                yield Fault(FaultCode.OVERLAPPING_SHIFTS, params)


def _breaks(problem: RoutingProblem) -> Iterator[Fault]:
    for vehicle in problem.vehicles:
        for shift in vehicle.shifts:
            where = {"vehicle": vehicle.id, "day": shift.day.isoformat()}
            ordered = sorted(shift.breaks, key=lambda each: (each.earliest_s, each.latest_s))
            if len(ordered) > MOST_BREAKS:
                yield Fault(FaultCode.BAD_BREAK, {**where, "breaks": len(ordered)})
            for each in ordered:
                is_sound = 0 <= each.earliest_s <= each.latest_s <= DAY_LENGTH_S
                if not is_sound or not 0 < each.duration_s <= DAY_LENGTH_S:
                    hours = {"from_s": each.earliest_s, "to_s": each.latest_s}
                    params = {**where, **hours, "duration_s": each.duration_s}
                    yield Fault(FaultCode.BAD_BREAK, params)
            for before, after in pairwise(ordered):
                if before.earliest_s + before.duration_s > after.latest_s:
                    params = {**where, "first": before.name, "second": after.name}
                    yield Fault(FaultCode.BAD_BREAK, params)


def _sources(problem: RoutingProblem) -> Iterator[Fault]:
    """Find goods that come from nowhere, and more than are fetched."""
    taken: dict[str, list[int]] = {}
    for stop in problem.stops:
        if stop.is_pickup and stop.max_time_in_heat_s is not None:
            params = {"stop": stop.id, "name": "max_time_in_heat_s"}
            yield Fault(FaultCode.BAD_SOURCE, params)
        if not stop.source:
            continue
        source = problem.stop_by_id.get(stop.source)
        if source is None or not source.is_pickup or stop.is_pickup:
            yield Fault(FaultCode.BAD_SOURCE, {"stop": stop.id, "source": stop.source})
            continue
        total = taken.setdefault(source.id, [0, 0])
        total[0] += stop.weight_g
        total[1] += stop.volume_ml
    for id_, (weight_g, volume_ml) in taken.items():
        source = problem.stop_by_id[id_]
        if weight_g > source.weight_g or volume_ml > source.volume_ml:
            amounts = {"weight_g": weight_g, "volume_ml": volume_ml}
            yield Fault(FaultCode.SOURCE_TOO_SMALL, {"stop": id_, **amounts})


def _closures(problem: RoutingProblem) -> Iterator[Fault]:
    for closure in problem.closures:
        for id_ in (*closure.places, *closure.others):
            if id_ not in problem.place_by_id and id_ not in problem.depot_by_id:
                params = {"closure": closure.name, "id": id_}
                yield Fault(FaultCode.UNKNOWN_IN_CLOSURE, params)


def _pairs(problem: RoutingProblem) -> Iterator[Fault]:
    """Find pairs of unknown stops, of one stop, and of stops that another rule keeps together."""
    for pair in problem.forbidden_pairs:
        stops = [problem.stop_by_id.get(id_) for id_ in (pair.stop, pair.other)]
        one, two = stops
        if one is None or two is None or one is two or _ride_together(one, two):
            params = {"stop": pair.stop, "other": pair.other}
            yield Fault(FaultCode.BAD_PAIR, params)


def _ride_together(one: Stop, two: Stop) -> bool:
    """Return whether a household, a pickup and its goods, or goods of one pickup share a trip."""
    if one.household and one.household == two.household:
        return True
    sources = {one.source or one.id, two.source or two.id}
    return len(sources) == 1


def _coordinates(problem: RoutingProblem) -> Iterator[Fault]:
    for list_name in ("depots", "places"):
        for each in getattr(problem, list_name):
            if (each.lat is None) != (each.lon is None):
                params = {list_name[:-1]: each.id, "lat": each.lat, "lon": each.lon}
                yield Fault(FaultCode.HALF_COORDINATES, params)
    if problem.travel.source != "great_circle":
        return
    for depot in problem.depots:
        if not is_on_earth(depot.lat, depot.lon):
            params = {"depot": depot.id, "lat": depot.lat, "lon": depot.lon}
            yield Fault(FaultCode.DEPOT_WITHOUT_COORDINATES, params)


def is_on_earth(lat: float | None, lon: float | None) -> bool:
    """Return whether both are known, finite and in the range of degrees."""
    return lat is not None and lon is not None and -90 <= lat <= 90 and -180 <= lon <= 180


def _travel(problem: RoutingProblem) -> Iterator[Fault]:
    """Ask the source itself, if it can tell, what is wrong with it."""
    for code, params in getattr(problem.travel, "faults", tuple)():
        yield Fault(FaultCode[code], params)
    known: tuple[str, ...] | None = getattr(problem.travel, "ids", None)
    for depot in problem.depots:
        if known is not None and depot.id not in known:
            params = {"problem": "depot_missing", "depot": depot.id}
            yield Fault(FaultCode.BAD_MATRIX, params)
