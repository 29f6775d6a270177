"""Why a stop that could ride alone is not in a plan: what the plan lacks for it."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from logistics.plan import Reason, ReasonCode, RemedyCode
from logistics.problem import DAY_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from logistics.survey_rows import ShiftRef
    from logistics.tours import Tours

RELAXED: dict[ReasonCode, tuple[dict[str, Any], dict[str, Any]]] = {
    ReasonCode.TIME_EXHAUSTED: ({}, {"ends": DAY_S}),
    ReasonCode.BREAKS_EXHAUSTED: ({}, {"breaks": ()}),
    ReasonCode.HEAT_EXHAUSTED: ({"has_cool_box": True}, {}),
    ReasonCode.DISTANCE_EXHAUSTED: ({"max_distance_m": None}, {}),
    ReasonCode.STOPS_EXHAUSTED: ({"max_stops": None}, {}),
    ReasonCode.CAPACITY_EXHAUSTED: ({"capacity_g": 1 << 40, "capacity_ml": 1 << 40}, {}),
}
"""What lifts each rule of a trip: other limits of the vehicle, and of the shift (ends: longer)."""

_LIFTED: dict[ReasonCode, RemedyCode] = {
    ReasonCode.TIME_EXHAUSTED: RemedyCode.LENGTHEN_SHIFT,
    ReasonCode.BREAKS_EXHAUSTED: RemedyCode.MOVE_BREAK,
    ReasonCode.HEAT_EXHAUSTED: RemedyCode.ADD_COOL_BOX,
}


def crowded_out(tours: Tours, row: int, *, keep_on: Callable[[], bool] = lambda: True) -> Reason:
    """Return what the plan lacks for a stop that could ride alone.

    Parameters
    ----------
    keep_on
        Once false, what was not found out is not claimed: no place was found in the time given.
    """
    survey = tours.survey
    stop = survey.problem.stops[row]
    if survey.source_row.get(row, row) not in tours.where and row in survey.source_row:
        return source_unserved(stop.source)
    reason = _lacking(tours, row, keep_on) if keep_on() else None
    if reason is None or not keep_on():
        return Reason.of(
            ReasonCode.NOT_FOUND,
            {"priority": stop.priority},
            (RemedyCode.PLAN_LONGER, {}),
            (RemedyCode.ADD_VEHICLE, {}),
        )
    return reason


def _lacking(tours: Tours, row: int, keep_on: Callable[[], bool]) -> Reason:
    """Return what the plan lacks; true only if it was to keep on to the end."""
    survey = tours.survey
    stop = survey.problem.stops[row]
    params: dict[str, Any] = {"priority": stop.priority}
    slot = next(tours.fitting(row, keep_on=keep_on), None)
    if slot is not None:
        shift = survey.shifts[slot.shift]
        return Reason.of(ReasonCode.NOT_FOUND, params, (RemedyCode.INSERT_BY_HAND, _named(shift)))
    apart = _without_household(tours, row, keep_on)
    if apart is not None:
        params["household"] = stop.household
        return Reason.of(
            ReasonCode.HOUSEHOLD_APART,
            {**params, **_named(apart)},
            (RemedyCode.COMMON_PLACE, {"household": stop.household}),
            (RemedyCode.PLAN_LONGER, {}),
        )
    together = _without_pairs(tours, row, keep_on)
    if together is not None:
        shift, other = together
        params |= {"other": other, **_named(shift)}
        return Reason.of(
            ReasonCode.PAIR_TOGETHER,
            params,
            (RemedyCode.PART_PAIR, {"other": other}),
            (RemedyCode.ADD_VEHICLE, {}),
        )
    return _exhausted(tours, row, params, keep_on)


def _without_household(tours: Tours, row: int, keep_on: Callable[[], bool]) -> ShiftRef | None:
    """Return a shift that could take the stop if its household might be parted."""
    survey = tours.survey
    if not any(mate in tours.where for mate in survey.mates.get(row, [])):
        return None
    apart = tours.copy()
    apart.survey = copy(survey)
    apart.survey.mates = {}
    slot = next(apart.fitting(row, keep_on=keep_on), None)
    return None if slot is None else survey.shifts[slot.shift]


def _without_pairs(
    tours: Tours, row: int, keep_on: Callable[[], bool]
) -> tuple[ShiftRef, str] | None:
    """Return a shift that could take the stop but for a pair, and the stop it must not meet."""
    survey = tours.survey
    if not tours.vehicles_barred(row):
        return None
    free = tours.copy()
    free.survey = copy(survey)
    free.survey.foes = {}
    slot = next(free.fitting(row, keep_on=keep_on), None)
    if slot is None:
        return None
    shift = survey.shifts[slot.shift]
    met = [foe for foe in survey.foes[row] if _rides(tours, foe, shift.vehicle.id)]
    return shift, survey.problem.stops[met[0]].id


def _rides(tours: Tours, row: int, vehicle: str) -> bool:
    return row in tours.where and tours.survey.shifts[tours.where[row]].vehicle.id == vehicle


def _exhausted(
    tours: Tours, row: int, params: dict[str, Any], keep_on: Callable[[], bool]
) -> Reason:
    """Return the rules of a trip that keep a stop out; none of them can be spared.

    A deletion filter (Chinneck and Dravnieks 1991): all rules are lifted, then put back one by
    one as long as the stop still fits.
    """
    more: list[tuple[RemedyCode, dict[str, Any]]] = [
        (RemedyCode.ADD_VEHICLE, {}),
        (RemedyCode.PLAN_LONGER, {}),
    ]
    trip = _would_fit(tours, row, (), keep_on, max_trips=99)
    if trip is not None:
        more.insert(0, (RemedyCode.ADD_TRIP, _named(trip)))
    lifted = tuple(RELAXED)
    where = _would_fit(tours, row, lifted, keep_on)
    if where is None:
        return Reason.of(ReasonCode.TIME_EXHAUSTED, params, (RemedyCode.LENGTHEN_SHIFT, {}), *more)
    for rule in RELAXED:
        fewer = tuple(each for each in lifted if each != rule)
        found = _would_fit(tours, row, fewer, keep_on) if fewer else None
        if found is not None:
            lifted, where = fewer, found
    remedies = [(_LIFTED[rule], _named(where)) for rule in lifted if rule in _LIFTED] + more
    if len(lifted) == 1:
        return Reason.of(lifted[0], {**params, **_named(where)}, *remedies)
    rules = {"rules": [rule.value for rule in lifted]}
    return Reason.of(ReasonCode.RULES_TOGETHER, {**params, **rules, **_named(where)}, *remedies)


def _named(shift: ShiftRef) -> dict[str, Any]:
    return {"vehicle": shift.vehicle.id, "day": shift.day.isoformat()}


def _would_fit(
    tours: Tours,
    row: int,
    lifted: tuple[ReasonCode, ...],
    keep_on: Callable[[], bool],
    **limits: Any,
) -> ShiftRef | None:
    """Return the cheapest shift that could take the stop if some rules were lifted."""
    survey = tours.survey
    of_shift: dict[str, Any] = {}
    for rule in lifted:
        limits |= RELAXED[rule][0]
        of_shift |= RELAXED[rule][1]
    longer_s = of_shift.pop("ends", 0)
    relaxed = tours.copy()
    relaxed.survey = copy(survey)
    relaxed.survey.shifts = [
        replace(
            shift,
            vehicle=replace(shift.vehicle, **limits),
            ends=shift.ends + longer_s,
            **of_shift,
        )
        for shift in survey.shifts
    ]
    slot = next(relaxed.fitting(row, keep_on=keep_on), None)
    return None if slot is None else survey.shifts[slot.shift]


def source_unserved(source: str) -> Reason:
    """Return why a stop is left out whose goods another stop was to give."""
    params = {"source": source}
    return Reason.of(ReasonCode.SOURCE_UNSERVED, params, (RemedyCode.SERVE_SOURCE, params))
