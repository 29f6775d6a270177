"""Why a stop is not served, from the rule itself, and what would serve it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics.assembly import to_tours
from logistics.crowding import crowded_out, source_unserved
from logistics.distance import Point, great_circle_m
from logistics.faults import is_on_earth
from logistics.pair_rules import PAIR_RULES
from logistics.plan import Reason, ReasonCode, RemedyCode, Unserved
from logistics.spans import may_wait
from logistics.survey import survey_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from logistics.plan import RoutePlan
    from logistics.problem import RoutingProblem, Stop
    from logistics.survey import Survey
    from logistics.survey_rows import ShiftRef
    from logistics.tours import Tours


def unservable(problem: RoutingProblem) -> dict[str, tuple[Reason, ...]]:
    """Return the stops that no plan can serve, with reasons; known before anything is solved."""
    return static_reasons(survey_of(problem))


def explain_unserved(problem: RoutingProblem, plan: RoutePlan) -> tuple[Unserved, ...]:
    """Return every stop that no route of the plan carries, with reasons and remedies."""
    survey = survey_of(problem)
    return unserved_of(to_tours(survey, plan), static_reasons(survey))


def static_reasons(survey: Survey) -> dict[str, tuple[Reason, ...]]:
    """Return the reasons of stops that no plan can serve, by id."""
    found = {}
    for row, stop in enumerate(survey.problem.stops):
        reasons = tuple(_static(survey, row, stop))
        if reasons:
            found[stop.id] = reasons
    for row, source in survey.source_row.items():
        stop, wanted = survey.problem.stops[row], survey.problem.stops[source].id
        if stop.id not in found and wanted in found:
            found[stop.id] = (source_unserved(wanted),)
    return found


def unserved_of(
    tours: Tours,
    reasons: Mapping[str, tuple[Reason, ...]],
    *,
    keep_on: Callable[[], bool] = lambda: True,
) -> tuple[Unserved, ...]:
    """Return the stops that are not in the tours: by their own rule, or for lack of room.

    Once `keep_on` is false, what lacks room is told as not found in the time given.
    """
    problem = tours.survey.problem
    found = []
    for row, stop in enumerate(problem.stops):
        if row not in tours.where:
            own = reasons.get(stop.id)
            found.append(Unserved(stop.id, own or (crowded_out(tours, row, keep_on=keep_on),)))
    return tuple(found)


def _static(survey: Survey, row: int, stop: Stop) -> Iterator[Reason]:
    problem = survey.problem
    if not stop.options:
        yield Reason.of(ReasonCode.NO_PLACE, {}, (RemedyCode.OTHER_PLACE, {}))
        return
    located = [each for each in survey.options_of[row] if survey.is_located(survey.options[each])]
    if not located:
        yield _unlocated(survey, row)
        return
    near = [option for option in located if _is_in_area(survey, option)]
    if not near:
        yield _outside(survey, located[0])
        return
    known = getattr(problem.travel, "ids", None)
    if known is not None and not {option.place for option in stop.options} & set(known):
        params = {"places": [option.place for option in stop.options]}
        complete = (RemedyCode.COMPLETE_MATRIX, params)
        yield Reason.of(ReasonCode.NOT_IN_MATRIX, params, complete, (RemedyCode.OTHER_PLACE, {}))
        return
    if problem.days and _last_day(survey, stop) < min(problem.days):
        past = {"last": _last_day(survey, stop).isoformat()}
        remedy = (RemedyCode.ALLOW_DAY, {"days": [day.isoformat() for day in problem.days]})
        yield Reason.of(ReasonCode.IN_THE_PAST, past, remedy)
        return
    if stop.days and not set(stop.days) & set(problem.days):
        days = [day.isoformat() for day in stop.days]
        remedy = (RemedyCode.ALLOW_DAY, {"days": [day.isoformat() for day in problem.days]})
        yield Reason.of(ReasonCode.NO_ALLOWED_DAY, {"days": days}, remedy)
        return
    if not problem.vehicles:
        yield Reason.of(ReasonCode.NO_VEHICLES, {}, (RemedyCode.ADD_VEHICLE, {}))
        return
    if not survey.shifts:
        yield Reason.of(ReasonCode.NO_SHIFTS, {}, (RemedyCode.ADD_SHIFT, {}))
        return
    if not any(survey.options[option].spans for option in near):
        yield from _closed(survey, stop)
        return
    yield from _of_pairs(survey, stop, near)


def _unlocated(survey: Survey, row: int) -> Reason:
    for option in survey.options_of[row]:
        point = survey.points[survey.options[option].point]
        params = {"place": point.id, "lat": point.lat, "lon": point.lon}
        if point.lat is not None and point.lon is not None:
            swapped = is_on_earth(point.lon, point.lat)
            remedy = RemedyCode.SWAP_COORDINATES if swapped else RemedyCode.SET_COORDINATES
            return Reason.of(ReasonCode.BAD_COORDINATES, params, (remedy, params))
    places = [survey.options[option].option.place for option in survey.options_of[row]]
    names = {"places": places}
    return Reason.of(ReasonCode.NO_COORDINATES, names, (RemedyCode.SET_COORDINATES, names))


def _last_day(survey: Survey, stop: Stop) -> date:
    """Return the last day that the stop's days and hours name; the far future if they name none."""
    days = [stop.days, tuple(window.day for window in stop.windows)]
    places = [survey.problem.place_by_id[option.place] for option in stop.options]
    days += [tuple(w.day for w in place.windows) for place in places if len(places) == 1]
    named = [
        max(day for day in some if day is not None) for some in days if some and None not in some
    ]
    return min(named, default=date.max)


def _outside(survey: Survey, option: int) -> Reason:
    """Return the reason of a place far from every depot: swapped coordinates, or wrong ones."""
    point = survey.points[survey.options[option].point]
    params: dict[str, Any] = {"place": point.id, "lat": point.lat, "lon": point.lon}
    swapped = Point(point.id, point.lon, point.lat)
    if is_on_earth(swapped.lat, swapped.lon) and _is_near(survey, swapped):
        return Reason.of(ReasonCode.BAD_COORDINATES, params, (RemedyCode.SWAP_COORDINATES, params))
    params["area_radius_m"] = survey.problem.area_radius_m
    return Reason.of(ReasonCode.OUTSIDE_AREA, params, (RemedyCode.SET_COORDINATES, params))


def _is_in_area(survey: Survey, option: int) -> bool:
    if survey.problem.travel.source != "great_circle":
        return True
    return _is_near(survey, survey.points[survey.options[option].point])


def _is_near(survey: Survey, point: Point) -> bool:
    """Return whether a point is within the area round some depot."""
    depots = [Point(each.id, each.lat, each.lon) for each in survey.problem.depots]
    if not depots:
        return True
    nearest_m = float(np.nanmin(great_circle_m([point, *depots])[0, 1:]))
    return nearest_m <= survey.problem.area_radius_m


def _waits_too_long(survey: Survey, stop: Stop) -> Reason | None:
    """Return the reason when every place hands out too long after, or before, the planned days."""
    places = [survey.problem.place_by_id[option.place] for option in stop.options]
    days = [day for day in survey.problem.days if not stop.days or day in stop.days]
    if any(may_wait(stop, place, day) for place in places for day in days):
        return None
    place = next(each for each in places if each.handed_out_on is not None)
    last = place.handed_out_on or survey.problem.days[0]
    params: dict[str, Any] = {"place": place.id, "handed_out_on": last.isoformat()}
    allowed = {"to": last.isoformat()}
    if stop.max_days_before is not None:
        params["limit"] = stop.max_days_before
        allowed["from"] = (last - timedelta(days=stop.max_days_before)).isoformat()
    return Reason.of(
        ReasonCode.WAITS_TOO_LONG,
        params,
        (RemedyCode.ALLOW_DAY, allowed),
        (RemedyCode.OTHER_PLACE, {}),
    )


def _closed(survey: Survey, stop: Stop) -> Iterator[Reason]:
    holds = [pin for pin in survey.problem.pins if pin.stop == stop.id and pin.day]
    bans = [ban for ban in survey.problem.forbidden if ban.stop == stop.id and not ban.vehicle]
    if holds or bans:
        params = {"days": sorted({hold.day.isoformat() for hold in [*holds, *bans] if hold.day})}
        yield Reason.of(ReasonCode.HOLDS, params, (RemedyCode.LIFT_HOLD, params))
        return
    waits = _waits_too_long(survey, stop)
    if waits is not None:
        yield waits
        return
    params = {"days": [day.isoformat() for day in stop.days or survey.problem.days]}
    remedies = [(RemedyCode.WIDEN_WINDOW, params)]
    if stop.days:
        remedies.append((RemedyCode.ALLOW_DAY, {}))
    yield Reason.of(ReasonCode.CLOSED, params, *remedies)


def _of_pairs(survey: Survey, stop: Stop, options: list[int]) -> Iterator[Reason]:
    """Yield the rules that no vehicle and shift keeps; else the fewest that exclude together."""
    if survey.allowed[options].any():
        return
    broken = {rule: survey.breaks[rule][options] for rule in PAIR_RULES}
    alone = [rule for rule in PAIR_RULES if broken[rule].all()]
    for rule in alone:
        yield _pair_reason(survey, stop, options, rule)
    if alone:
        return
    some = [rule for rule in PAIR_RULES if broken[rule].any()]
    for size in range(2, len(some) + 1):
        for rules in combinations(some, size):
            if np.logical_or.reduce([broken[rule] for rule in rules]).all():
                reasons = [_pair_reason(survey, stop, options, rule) for rule in rules]
                remedies = tuple(remedy for each in reasons for remedy in each.remedies)
                params = {"rules": [rule.value for rule in rules]}
                yield Reason(ReasonCode.RULES_TOGETHER, params, remedies)
                return


def _pair_reason(survey: Survey, stop: Stop, options: list[int], rule: ReasonCode) -> Reason:
    return _PAIR_REASONS[rule](survey, stop, options)


def _too_heavy(survey: Survey, stop: Stop, options: list[int]) -> Reason:  # noqa: ARG001
    limit = max(shift.vehicle.capacity_g for shift in survey.shifts)
    return _too_much(ReasonCode.TOO_HEAVY, "weight_g", "capacity_g", stop, limit)


def _too_large(survey: Survey, stop: Stop, options: list[int]) -> Reason:  # noqa: ARG001
    limit = max(shift.vehicle.capacity_ml for shift in survey.shifts)
    return _too_much(ReasonCode.TOO_LARGE, "volume_ml", "capacity_ml", stop, limit)


def _too_much(code: ReasonCode, amount: str, capacity: str, stop: Stop, limit: int) -> Reason:
    value = getattr(stop, amount)
    remedies: list[tuple[RemedyCode, dict[str, Any]]] = [
        (RemedyCode.LARGER_VEHICLE, {capacity: value})
    ]
    if stop.num_packages > 1:
        remedies.append((RemedyCode.SPLIT_PACKAGES, {"num_packages": stop.num_packages}))
    return Reason.of(code, {amount: value, "limit": limit}, *remedies)


def _no_cool_box(survey: Survey, stop: Stop, options: list[int]) -> Reason:  # noqa: ARG001
    return Reason.of(ReasonCode.NO_COOL_BOX, {}, (RemedyCode.ADD_COOL_BOX, {}))


def _no_skill(survey: Survey, stop: Stop, options: list[int]) -> Reason:  # noqa: ARG001
    held = frozenset[str]().union(*(shift.vehicle.skills for shift in survey.shifts))
    params = {"skills": sorted(stop.skills - held) or sorted(stop.skills)}
    return Reason.of(ReasonCode.NO_SKILL, params, (RemedyCode.ADD_SKILL, params))


def _holds(survey: Survey, stop: Stop, options: list[int]) -> Reason:  # noqa: ARG001
    problem = survey.problem
    params = {
        "pins": sum(pin.stop == stop.id for pin in problem.pins),
        "forbidden": sum(ban.stop == stop.id for ban in problem.forbidden),
    }
    return Reason.of(ReasonCode.HOLDS, params, (RemedyCode.LIFT_HOLD, params))


def _day_without_vehicle(survey: Survey, stop: Stop, options: list[int]) -> Reason:  # noqa: ARG001
    day_s = survey.day_length_s
    day_of = {row: day for day, row in survey.day_row.items()}
    rows = {span[0] // day_s for option in options for span in survey.options[option].spans}
    params = {"days": [day_of[row].isoformat() for row in sorted(rows)]}
    return Reason.of(
        ReasonCode.DAY_WITHOUT_VEHICLE,
        params,
        (RemedyCode.ADD_SHIFT, params),
        (RemedyCode.ALLOW_DAY, {}),
    )


def _unreachable(survey: Survey, stop: Stop, options: list[int]) -> Reason:  # noqa: ARG001
    """Return that there is no way; on a road map, where no place is on it, that it is unlocated."""
    points = [survey.points[survey.options[option].point] for option in options]
    unlocated = not any(is_on_earth(point.lat, point.lon) for point in points)
    if unlocated and survey.problem.travel.source == "roads":
        return _unlocated(survey, survey.options[options[0]].stop_row)
    params: dict[str, Any] = {"places": [survey.options[each].option.place for each in options]}
    if _is_cut_off(survey, params["places"]):
        closed = {"closures": _closures_around(survey.problem, set(params["places"]))}
        return Reason.of(
            ReasonCode.ROAD_CLOSED,
            {**params, **closed},
            (RemedyCode.OPEN_ROAD, closed),
            (RemedyCode.OTHER_PLACE, {}),
        )
    return Reason.of(
        ReasonCode.UNREACHABLE,
        params,
        (RemedyCode.OTHER_PLACE, {}),
        (RemedyCode.SET_COORDINATES, params),
    )


def _closures_around(problem: RoutingProblem, places: set[str]) -> list[str]:
    """Return the names of the closures that have some places on a side; of all, if none has."""
    around = [each for each in problem.closures if places & {*each.places, *each.others}]
    closures = around or problem.closures
    return sorted({each.name or ", ".join(each.places) for each in closures})


def _is_cut_off(survey: Survey, places: list[str]) -> bool:
    """Return whether some vehicle would get to one of some places if nothing were closed."""
    if not survey.problem.closures:
        return False
    opened = survey_of(replace(survey.problem, closures=()))
    rows = [opened.point_row[place] for place in places]
    return any(
        ways.duration_s[shift.depot, row] >= 0 and ways.duration_s[row, shift.depot] >= 0
        for shift in opened.shifts
        for ways in [opened.ways(shift.vehicle)]
        for row in rows
    )


def _pairs(survey: Survey, options: list[int]) -> Iterator[tuple[int, ShiftRef, int, int, int]]:
    """Yield option, shift, metres there and back, seconds there, seconds back."""
    for option in options:
        point = survey.options[option].point
        for shift in survey.shifts:
            ways = survey.ways(shift.vehicle)
            out, back = (shift.depot, point), (point, shift.depot)
            if ways.duration_s[out] >= 0 and ways.duration_s[back] >= 0:
                metres = int(ways.distance_m[out] + ways.distance_m[back])
                yield option, shift, metres, int(ways.duration_s[out]), int(ways.duration_s[back])


def _too_far(survey: Survey, stop: Stop, options: list[int]) -> Reason:  # noqa: ARG001
    params = {
        "distance_m": min((pair[2] for pair in _pairs(survey, options)), default=0),
        "limit": max(shift.vehicle.max_distance_m or 0 for shift in survey.shifts),
    }
    return Reason.of(
        ReasonCode.TOO_FAR, params, (RemedyCode.NEARER_DEPOT, {}), (RemedyCode.OTHER_PLACE, {})
    )


def _shift_too_short(survey: Survey, stop: Stop, options: list[int]) -> Reason:
    shortest, missing_s = 0, None
    for _, shift, _, out_s, back_s in _pairs(survey, options):
        needed_s = shift.loading_s + out_s + stop.busy_s + back_s
        lacking_s = needed_s - (shift.ends - shift.starts)
        if missing_s is None or lacking_s < missing_s:
            shortest, missing_s = needed_s, lacking_s
    params = {"needed_s": shortest, "missing_s": max(0, missing_s or 0)}
    return Reason.of(
        ReasonCode.SHIFT_TOO_SHORT,
        params,
        (RemedyCode.LENGTHEN_SHIFT, params),
        (RemedyCode.OTHER_PLACE, {}),
    )


def _window_too_early(survey: Survey, stop: Stop, options: list[int]) -> Reason:  # noqa: ARG001
    best: tuple[int, int, int] | None = None
    for option, shift, _, out_s, _ in _pairs(survey, options):
        arrival = shift.starts + shift.loading_s + out_s
        for _, closes in _spans_of_day(survey, option, shift):
            late_s = arrival - closes
            if late_s > 0 and (best is None or late_s < best[0]):
                best = late_s, arrival - shift.midnight, closes - shift.midnight
    late_s, earliest_s, closes_s = best or (0, 0, 0)
    params = {"earliest_s": earliest_s, "closes_s": closes_s, "late_s": late_s}
    return Reason.of(
        ReasonCode.WINDOW_TOO_EARLY,
        params,
        (RemedyCode.WIDEN_WINDOW, {"to_s": earliest_s}),
        (RemedyCode.LENGTHEN_SHIFT, {"earlier_s": late_s}),
    )


def _window_too_late(survey: Survey, stop: Stop, options: list[int]) -> Reason:
    best: tuple[int, int, int] | None = None
    for option, shift, _, _, back_s in _pairs(survey, options):
        latest = shift.ends - back_s - stop.busy_s
        for opens, _ in _spans_of_day(survey, option, shift):
            short_s = opens - latest
            if short_s > 0 and (best is None or short_s < best[0]):
                best = short_s, opens - shift.midnight, latest - shift.midnight
    short_s, opens_s, latest_s = best or (0, 0, 0)
    params = {"opens_s": opens_s, "latest_s": latest_s, "short_s": short_s}
    return Reason.of(
        ReasonCode.WINDOW_TOO_LATE,
        params,
        (RemedyCode.WIDEN_WINDOW, {"from_s": latest_s}),
        (RemedyCode.LENGTHEN_SHIFT, {"later_s": short_s}),
    )


def _spans_of_day(survey: Survey, option: int, shift: ShiftRef) -> list[tuple[int, int]]:
    day_ends = shift.midnight + survey.day_length_s
    return [span for span in survey.options[option].spans if shift.midnight <= span[0] < day_ends]


def _heat(survey: Survey, stop: Stop, options: list[int]) -> Reason:
    params = {
        "needed_s": min((pair[3] for pair in _pairs(survey, options)), default=0),
        "limit": stop.max_time_in_heat_s,
    }
    return Reason.of(
        ReasonCode.HEAT,
        params,
        (RemedyCode.ADD_COOL_BOX, {}),
        (RemedyCode.NEARER_DEPOT, {}),
        (RemedyCode.OTHER_PLACE, {}),
    )


def _walk_too_far(survey: Survey, stop: Stop, options: list[int]) -> Reason:
    nearest_m = min(survey.options[option].option.walk_m for option in options)
    params = {"walk_m": nearest_m, "limit": stop.max_walk_m}
    return Reason.of(
        ReasonCode.WALK_TOO_FAR,
        params,
        (RemedyCode.ALLOW_LONGER_WALK, {"walk_m": nearest_m}),
        (RemedyCode.OTHER_PLACE, {}),
    )


def _break(survey: Survey, stop: Stop, options: list[int]) -> Reason:  # noqa: ARG001
    columns = np.flatnonzero(survey.breaks[ReasonCode.BREAK][options].any(axis=0))
    shift = survey.shifts[int(columns[0])]
    first = shift.breaks[0]
    params = {
        "vehicle": shift.vehicle.id,
        "earliest_s": first.earliest - shift.midnight,
        "latest_s": first.latest - shift.midnight,
        "duration_s": first.duration_s,
    }
    return Reason.of(
        ReasonCode.BREAK,
        params,
        (RemedyCode.MOVE_BREAK, {"vehicle": shift.vehicle.id}),
        (RemedyCode.LENGTHEN_SHIFT, {}),
    )


_PAIR_REASONS: dict[ReasonCode, Callable[[Survey, Stop, list[int]], Reason]] = {
    ReasonCode.UNREACHABLE: _unreachable,
    ReasonCode.TOO_HEAVY: _too_heavy,
    ReasonCode.TOO_LARGE: _too_large,
    ReasonCode.NO_COOL_BOX: _no_cool_box,
    ReasonCode.NO_SKILL: _no_skill,
    ReasonCode.HOLDS: _holds,
    ReasonCode.DAY_WITHOUT_VEHICLE: _day_without_vehicle,
    ReasonCode.TOO_FAR: _too_far,
    ReasonCode.SHIFT_TOO_SHORT: _shift_too_short,
    ReasonCode.WINDOW_TOO_EARLY: _window_too_early,
    ReasonCode.WINDOW_TOO_LATE: _window_too_late,
    ReasonCode.HEAT: _heat,
    ReasonCode.WALK_TOO_FAR: _walk_too_far,
    ReasonCode.BREAK: _break,
}
