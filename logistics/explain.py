"""Why a stop cannot be served, from the rules themselves, and what would serve it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from logistics.plan import Reason, Remedy, RemedyCode, Unserved, UnservedCode
from logistics.schedule import closing_s, opening_s
from logistics.travel import depot_key, place_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from logistics.problem import Place, RoutingProblem, Stop, Vehicle
    from logistics.travel import Travel

REMEDY_OF: dict[UnservedCode, RemedyCode] = {
    UnservedCode.NO_VEHICLES: RemedyCode.ADD_VEHICLE,
    UnservedCode.NO_DAYS: RemedyCode.ADD_DAY,
    UnservedCode.NO_COORDINATES: RemedyCode.ADD_COORDINATES,
    UnservedCode.NO_WAY: RemedyCode.CHECK_COORDINATES,
    UnservedCode.TOO_HEAVY: RemedyCode.LARGER_VEHICLE,
    UnservedCode.TOO_LARGE: RemedyCode.LARGER_VEHICLE,
    UnservedCode.NO_COOL_BOX: RemedyCode.COOL_BOX,
    UnservedCode.NO_SKILL: RemedyCode.OTHER_COURIER,
    UnservedCode.NO_COMMON_DAY: RemedyCode.VEHICLE_ON_DAY,
    UnservedCode.WINDOW_TOO_SHORT: RemedyCode.WIDEN_WINDOW,
    UnservedCode.TOO_LONG_IN_HEAT: RemedyCode.COOL_BOX,
    UnservedCode.TOO_FAR: RemedyCode.NEARER_DEPOT,
    UnservedCode.FORBIDDEN: RemedyCode.LIFT_BAN,
    UnservedCode.CAPACITY_EXHAUSTED: RemedyCode.MORE_CAPACITY,
    UnservedCode.TAKEN_OUT: RemedyCode.PUT_BACK,
}
"""The action that each reason asks for."""


def refusal(
    problem: RoutingProblem, travel: Travel, stop: Stop, place: Place, vehicle: Vehicle, day: date
) -> Reason | None:
    """Return why a vehicle cannot serve a stop alone at a place on a day; None if it can."""
    return (
        _wrong_load(stop, vehicle)
        or _wrong_vehicle(problem, stop, vehicle)
        or _wrong_day(stop, place, vehicle, day)
        or _wrong_way(problem, travel, stop, place, vehicle)
    )


def _wrong_load(stop: Stop, vehicle: Vehicle) -> Reason | None:
    if stop.weight_g > vehicle.capacity_g:
        return Reason(
            UnservedCode.TOO_HEAVY,
            {"weight_g": stop.weight_g, "capacity_g": vehicle.capacity_g, "vehicle": vehicle.id},
        )
    if stop.volume_ml > vehicle.capacity_ml:
        return Reason(
            UnservedCode.TOO_LARGE,
            {
                "volume_ml": stop.volume_ml,
                "capacity_ml": vehicle.capacity_ml,
                "vehicle": vehicle.id,
            },
        )
    return None


def _wrong_vehicle(problem: RoutingProblem, stop: Stop, vehicle: Vehicle) -> Reason | None:
    if stop.needs_cool_box and not vehicle.has_cool_box:
        return Reason(UnservedCode.NO_COOL_BOX, {"vehicle": vehicle.id})
    if missing := sorted(stop.skills - vehicle.skills):
        return Reason(UnservedCode.NO_SKILL, {"skills": missing, "vehicle": vehicle.id})
    if (stop.id, vehicle.id) in problem.forbidden:
        return Reason(UnservedCode.FORBIDDEN, {"vehicle": vehicle.id})
    return None


def _wrong_day(stop: Stop, place: Place, vehicle: Vehicle, day: date) -> Reason | None:
    for days in (stop.days, place.days, vehicle.days):
        if days is not None and day not in days:
            return Reason(UnservedCode.NO_COMMON_DAY, {"vehicle": vehicle.id})
    return None


def _wrong_way(
    problem: RoutingProblem, travel: Travel, stop: Stop, place: Place, vehicle: Vehicle
) -> Reason | None:
    home, there = depot_key(vehicle.depot_id), place_key(place.id)
    if there not in travel.index:
        return Reason(UnservedCode.NO_COORDINATES, {"place": place.id})
    out_m, out_s = travel.leg(home, there, vehicle)
    back_m, back_s = travel.leg(there, home, vehicle)
    if out_m < 0 or back_m < 0:
        return Reason(UnservedCode.NO_WAY, {"place": place.id})
    if vehicle.max_distance_m is not None and out_m + back_m > vehicle.max_distance_m:
        return Reason(
            UnservedCode.TOO_FAR,
            {"distance_m": out_m + back_m, "limit_m": vehicle.max_distance_m},
        )
    if stop.max_heat_s is not None and not vehicle.has_cool_box and out_s > stop.max_heat_s:
        return Reason(
            UnservedCode.TOO_LONG_IN_HEAT, {"duration_s": out_s, "limit_s": stop.max_heat_s}
        )
    depot = problem.depot(vehicle.depot_id)
    ready_s = max(vehicle.shift_start_s, depot.opens_s)
    start_s = max(ready_s + out_s, opening_s(problem, stop.id, place.id))
    latest_s = closing_s(problem, stop.id, place.id)
    back_by_s = min(vehicle.shift_end_s, depot.closes_s)
    needed_s = start_s + stop.service_s + back_s
    if start_s > latest_s or needed_s > back_by_s:
        return Reason(
            UnservedCode.WINDOW_TOO_SHORT,
            {"earliest_s": start_s, "latest_s": min(latest_s, back_by_s - stop.service_s - back_s)},
        )
    return None


def explain_unserved(problem: RoutingProblem, travel: Travel, stop_id: str) -> Unserved:
    """Return why no vehicle can serve a stop; the capacity of the month when one could alone.

    The reasons are those of the (place, vehicle, day) that fail last in the order of the rules,
    that is: the ones nearest to working.
    """
    stop = problem.stop(stop_id)
    if not problem.vehicles:
        return _unserved(stop_id, [Reason(UnservedCode.NO_VEHICLES)])
    if not problem.days:
        return _unserved(stop_id, [Reason(UnservedCode.NO_DAYS)])
    places = [problem.place(each) for each in stop.place_ids]
    if all(place_key(place.id) not in travel.index for place in places):
        return _unserved(stop_id, [Reason(UnservedCode.NO_COORDINATES, {"place": places[0].id})])
    found: dict[UnservedCode, Reason] = {}
    for reason in _refusals(problem, travel, stop, places):
        if reason is None:
            return _unserved(stop_id, [Reason(UnservedCode.CAPACITY_EXHAUSTED, _month(problem))])
        kept = found.get(reason.code)
        if kept is None or _lack(reason) < _lack(kept):
            found[reason.code] = reason
    nearest = max(found, key=list(UnservedCode).index)
    rest = [reason for code, reason in found.items() if code is not nearest]
    return _unserved(stop_id, [found[nearest], *rest])


def _refusals(
    problem: RoutingProblem, travel: Travel, stop: Stop, places: list[Place]
) -> Iterable[Reason | None]:
    for place in places:
        for vehicle in problem.vehicles:
            for day in problem.days:
                yield refusal(problem, travel, stop, place, vehicle, day)


def _lack(reason: Reason) -> float:
    """Return how far a rule is from being met, to name the smallest lack."""
    values: dict[str, Any] = reason.params
    match reason.code:
        case UnservedCode.TOO_HEAVY:
            return float(values["weight_g"] - values["capacity_g"])
        case UnservedCode.TOO_LARGE:
            return float(values["volume_ml"] - values["capacity_ml"])
        case UnservedCode.TOO_FAR:
            return float(values["distance_m"] - values["limit_m"])
        case UnservedCode.TOO_LONG_IN_HEAT:
            return float(values["duration_s"] - values["limit_s"])
        case UnservedCode.WINDOW_TOO_SHORT:
            return float(values["earliest_s"] - values["latest_s"])
        case _:
            return 0.0


def _month(problem: RoutingProblem) -> dict[str, Any]:
    return {"num_vehicles": len(problem.vehicles), "num_days": len(problem.days)}


def _unserved(stop_id: str, reasons: list[Reason]) -> Unserved:
    remedies = dict.fromkeys(REMEDY_OF[reason.code] for reason in reasons)
    by_code = {REMEDY_OF[reason.code]: reason.params for reason in reversed(reasons)}
    return Unserved(
        stop_id,
        tuple(reasons),
        tuple(Remedy(code, by_code[code]) for code in remedies),
    )
