"""Check a plan against its problem, sharing no code with what made it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logistics.plan import RoutePlan
    from logistics.problem import RoutingProblem


class ViolationCode(StrEnum):
    """What a plan breaks; `docs/routing.md` lists each."""

    UNKNOWN_STOP = "violation.unknown_stop"
    UNKNOWN_VEHICLE = "violation.unknown_vehicle"
    UNKNOWN_SHIFT = "violation.unknown_shift"
    STOP_MISSING = "violation.stop_missing"
    STOP_TWICE = "violation.stop_twice"
    NO_REASON = "violation.no_reason"
    PLACE_NOT_ALLOWED = "violation.place_not_allowed"
    UNREACHABLE = "violation.unreachable"
    OVERWEIGHT = "violation.overweight"
    OVERFULL = "violation.overfull"
    TOO_MANY_STOPS = "violation.too_many_stops"
    TOO_MANY_TRIPS = "violation.too_many_trips"
    TOO_FAR = "violation.too_far"
    OUTSIDE_WINDOW = "violation.outside_window"
    DAY_NOT_ALLOWED = "violation.day_not_allowed"
    OUTSIDE_SHIFT = "violation.outside_shift"
    DEPOT_CLOSED = "violation.depot_closed"
    TRIPS_OVERLAP = "violation.trips_overlap"
    NO_COOL_BOX = "violation.no_cool_box"
    TOO_LONG_IN_HEAT = "violation.too_long_in_heat"
    NO_SKILL = "violation.no_skill"
    PIN_BROKEN = "violation.pin_broken"
    FORBIDDEN = "violation.forbidden"
    WRONG_TIME = "violation.wrong_time"
    WRONG_LEG = "violation.wrong_leg"
    WRONG_LOAD = "violation.wrong_load"
    WRONG_TOTAL = "violation.wrong_total"
    WRONG_PROBLEM = "violation.wrong_problem"


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that a plan breaks: where, and the values that show it."""

    code: ViolationCode
    route: str | None = None
    stop: str | None = None
    params: dict[str, Any] = field(default_factory=dict)


def check(problem: RoutingProblem, plan: RoutePlan) -> list[Violation]:
    """Return everything that a plan breaks; empty: it keeps every rule and its figures are right.

    Loads, times, ways, totals and cost are recomputed from the problem alone.
    """
    raise NotImplementedError
