"""What comes out: routes with times and loads, and every stop that no route carries."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date


class ReasonCode(StrEnum):
    """Why a stop is not served; `docs/routing.md` lists each with its remedies."""

    NO_VEHICLES = "unserved.no_vehicles"
    NO_SHIFTS = "unserved.no_shifts"
    NO_PLACE = "unserved.no_place"
    NO_COORDINATES = "unserved.no_coordinates"
    BAD_COORDINATES = "unserved.bad_coordinates"
    OUTSIDE_AREA = "unserved.outside_area"
    IN_THE_PAST = "unserved.in_the_past"
    NOT_IN_MATRIX = "unserved.not_in_matrix"
    UNREACHABLE = "unserved.unreachable"
    ROAD_CLOSED = "unserved.road_closed"
    TOO_HEAVY = "unserved.too_heavy"
    TOO_LARGE = "unserved.too_large"
    NO_COOL_BOX = "unserved.no_cool_box"
    NO_SKILL = "unserved.no_skill"
    NO_ALLOWED_DAY = "unserved.no_allowed_day"
    DAY_WITHOUT_VEHICLE = "unserved.day_without_vehicle"
    CLOSED = "unserved.closed"
    HOLDS = "unserved.holds"
    TOO_FAR = "unserved.too_far"
    WINDOW_TOO_EARLY = "unserved.window_too_early"
    WINDOW_TOO_LATE = "unserved.window_too_late"
    SHIFT_TOO_SHORT = "unserved.shift_too_short"
    HEAT = "unserved.heat"
    WALK_TOO_FAR = "unserved.walk_too_far"
    WAITS_TOO_LONG = "unserved.waits_too_long"
    BREAK = "unserved.break"
    SOURCE_UNSERVED = "unserved.source_unserved"
    HOUSEHOLD_APART = "unserved.household_apart"
    PAIR_TOGETHER = "unserved.pair_together"
    RULES_TOGETHER = "unserved.rules_together"
    CAPACITY_EXHAUSTED = "unserved.capacity_exhausted"
    STOPS_EXHAUSTED = "unserved.stops_exhausted"
    TIME_EXHAUSTED = "unserved.time_exhausted"
    DISTANCE_EXHAUSTED = "unserved.distance_exhausted"
    BREAKS_EXHAUSTED = "unserved.breaks_exhausted"
    HEAT_EXHAUSTED = "unserved.heat_exhausted"
    NOT_FOUND = "unserved.not_found"
    LEFT_OUT = "unserved.left_out"


class RemedyCode(StrEnum):
    """What would serve a stop; sentences live in catalogues."""

    ADD_VEHICLE = "remedy.add_vehicle"
    ADD_SHIFT = "remedy.add_shift"
    ADD_TRIP = "remedy.add_trip"
    SET_COORDINATES = "remedy.set_coordinates"
    SWAP_COORDINATES = "remedy.swap_coordinates"
    SPLIT_PACKAGES = "remedy.split_packages"
    LARGER_VEHICLE = "remedy.larger_vehicle"
    ADD_COOL_BOX = "remedy.add_cool_box"
    ADD_SKILL = "remedy.add_skill"
    ALLOW_DAY = "remedy.allow_day"
    WIDEN_WINDOW = "remedy.widen_window"
    LENGTHEN_SHIFT = "remedy.lengthen_shift"
    LIFT_HOLD = "remedy.lift_hold"
    OTHER_PLACE = "remedy.other_place"
    NEARER_DEPOT = "remedy.nearer_depot"
    PLAN_LONGER = "remedy.plan_longer"
    INSERT_BY_HAND = "remedy.insert_by_hand"
    ALLOW_LONGER_WALK = "remedy.allow_longer_walk"
    MOVE_BREAK = "remedy.move_break"
    SERVE_SOURCE = "remedy.serve_source"
    COMPLETE_MATRIX = "remedy.complete_matrix"
    COMMON_PLACE = "remedy.common_place"
    PART_PAIR = "remedy.part_pair"
    OPEN_ROAD = "remedy.open_road"


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that would serve the stop, with the values that say where and how much."""

    code: RemedyCode
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that stopped a stop, the values that show it, and what would serve the stop."""

    code: ReasonCode
    params: dict[str, Any] = field(default_factory=dict)
    remedies: tuple[Remedy, ...] = ()

    @classmethod
    def of(
        cls, code: ReasonCode, params: dict[str, Any], *remedies: tuple[RemedyCode, dict[str, Any]]
    ) -> Reason:
        """Return a reason with its remedies, each told as its code and values."""
        return cls(code, params, tuple(Remedy(remedy, values) for remedy, values in remedies))


@dataclass(frozen=True, slots=True)
class Unserved:
    """A stop that no route carries; the first reason is the one that decides."""

    stop: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A stop in a route.

    Parameters
    ----------
    arrival_s, start_s, departure_s
        Arrival, start of service (after waiting for the window) and departure, in seconds after
        midnight of the route's day.
    leg_distance_m, leg_duration_s
        The way from the visit before, or from the depot.
    left_g, left_ml, num_left
        What is still on board afterwards: weight, volume, packages.
    """

    stop: str
    place: str
    arrival_s: int
    start_s: int
    departure_s: int
    leg_distance_m: int
    leg_duration_s: int
    left_g: int
    left_ml: int
    num_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A break taken on the road.

    Parameters
    ----------
    before
        Index of the visit that is driven to afterwards; the number of visits: before the way back.
    starts_s, ends_s
        Seconds after midnight of the route's day.
    """

    before: int
    starts_s: int
    ends_s: int
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One trip of one vehicle on one day, from loading at the depot to the return.

    Parameters
    ----------
    shift
        Index into the vehicle's `shifts`.
    trip
        Number of the trip on this day, from 1.
    loads_s, leaves_s, returns_s
        Start of loading, departure and return, in seconds after midnight of the day.
    distance_m, duration_s
        Whole way including the way back; time from leaving to return.
    back_distance_m, back_duration_s
        The way from the last visit to the depot.
    weight_g, volume_ml, num_packages
        What is loaded at the depot.
    pauses
        Breaks taken on the road; those between trips are not listed.
    """

    vehicle: str
    day: date
    shift: int
    trip: int
    visits: tuple[Visit, ...]
    loads_s: int
    leaves_s: int
    returns_s: int
    distance_m: int
    duration_s: int
    back_distance_m: int
    back_duration_s: int
    weight_g: int
    volume_ml: int
    num_packages: int
    pauses: tuple[Pause, ...] = ()

    @property
    def id(self) -> str:
        """Vehicle, day and trip: unique in a plan."""
        return f"{self.vehicle}/{self.day.isoformat()}/{self.trip}"

    @property
    def stop_ids(self) -> tuple[str, ...]:
        """Stops in their order."""
        return tuple(visit.stop for visit in self.visits)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalFigures:
    """How far a plan is from its goals beside cost (`problem.Goals`).

    Parameters
    ----------
    neighbours, apart
        Pairs of a served stop and one of its nearest others, served too; those of which different
        couriers serve the two.
    uneven_s
        Seconds of work that would have to change hands.
    known, kept
        Served stops with a usual courier; those that keep it.
    timed, drift_s
        Served stops with a usual time; seconds that they are served earlier or later, added up.
    penalty_rp
        What the goals weigh together.
    """

    neighbours: int
    apart: int
    uneven_s: int
    known: int
    kept: int
    timed: int
    drift_s: int
    penalty_rp: int


@dataclass(frozen=True, kw_only=True)
class RoutePlan:
    """Routes for every stop that can be served, and the others with their reasons.

    Parameters
    ----------
    cost_rp
        Way, time and days of vehicles, and the cost of the places chosen; unserved stops cost
        nothing here.
    distance_source, distance_as_of
        Where distances came from (code, ISO date or empty); printed on every sheet.
    engine
        What planned: "pyvrp", "savings", "sisr", or "hand" after a change by a person.
    figures
        How far it is from the problem's goals; None when it has none.
    time_ran_out
        The clock ended a search that a count of iterations was to end: the same problem may give
        another plan on another day.
    """

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    cost_rp: int
    distance_m: int
    duration_s: int
    distance_source: str
    distance_as_of: str
    problem_hash: str
    seed: int
    engine: str
    figures: GoalFigures | None = None
    iterations: int = field(default=0, compare=False)
    seconds: float = field(default=0.0, compare=False)
    time_ran_out: bool = field(default=False, compare=False)

    @cached_property
    def route_by_id(self) -> dict[str, Route]:
        """Routes by id."""
        return {route.id: route for route in self.routes}

    @cached_property
    def route_of_stop(self) -> dict[str, Route]:
        """The route of every served stop."""
        return {visit.stop: route for route in self.routes for visit in route.visits}

    @property
    def num_served(self) -> int:
        """Number of stops on routes."""
        return sum(len(route.visits) for route in self.routes)

    @cached_property
    def plan_hash(self) -> str:
        """SHA-256 of problem, routes and unserved stops; an old print is recognised by it."""
        from logistics.files import plan_to_json  # noqa: PLC0415  (files imports this module)

        content = plan_to_json(self)
        for volatile in ("seconds", "iterations", "time_ran_out", "plan_hash"):
            content.pop(volatile, None)
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(b"asuh route plan 1\n" + text.encode()).hexdigest()
