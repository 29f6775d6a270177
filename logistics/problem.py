"""What one plan of routes is about: depots, vehicles, places, stops, and what binds them.

Times of a day are seconds after local midnight, weights are grams, volumes millilitres, money
whole rupiah. A problem names no person: a stop is a code, a number of packages and places.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from logistics.faults import Fault, find_faults

if TYPE_CHECKING:
    from datetime import date

    from logistics.distance import Travel

DAY_S = 86_400
"""Seconds of a day."""


class VehicleKind(StrEnum):
    """What moves the packages; decides the speed, and the way where a source knows several."""

    MOTORCYCLE = "motorcycle"
    PICKUP = "pickup"
    CAR = "car"
    BOAT = "boat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Hours in which a service may start.

    Parameters
    ----------
    opens_s, closes_s
        Seconds after midnight; both ends count.
    day
        The day of these hours; None means every day of the plan.
    """

    opens_s: int
    closes_s: int
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Hours of one day in which a vehicle leaves its depot, drives its trips and is back.

    A vehicle may have several on one day: before and after Friday prayer, for example.
    """

    day: date
    starts_s: int
    ends_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Depot:
    """A warehouse. Vehicles leave and return while it is open.

    Parameters
    ----------
    loading_s
        Time to load before every trip.
    """

    id: str
    lat: float | None
    lon: float | None
    name: str = ""
    opens_s: int = 0
    closes_s: int = DAY_S
    loading_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A vehicle with its limits, hours and costs.

    Parameters
    ----------
    shifts
        When it drives; no shift, no trip.
    max_trips
        Trips in one shift; between trips it loads again at its depot.
    max_stops
        Stops of one trip; None: as many as fit.
    max_distance_m
        Way of one shift; None: no limit.
    cost_rp_per_km, cost_rp_per_hour, cost_rp_per_day
        Cost of the way, of the time from loading to return, and of every day it is used.
    speed_factor
        2.0 is twice as fast as the source of distances says for its kind.
    skills
        What it or its courier can do: "boat landing", "kader perempuan".
    """

    id: str
    depot: str
    capacity_g: int
    capacity_ml: int
    shifts: tuple[Shift, ...]
    kind: VehicleKind = VehicleKind.MOTORCYCLE
    has_cool_box: bool = False
    max_trips: int = 1
    max_stops: int | None = None
    max_distance_m: int | None = None
    cost_rp_per_km: int = 0
    cost_rp_per_hour: int = 0
    cost_rp_per_day: int = 0
    speed_factor: float = 1.0
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A home, posyandu or office. No windows: open at any hour of any day.

    Without coordinates it can be reached only by a travel source that knows its id.
    """

    id: str
    lat: float | None
    lon: float | None
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One place where a stop may be served.

    Parameters
    ----------
    cost_rp
        What choosing this place is worth avoiding: the family's walk, say.
    """

    place: str
    cost_rp: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Packages that go together to one of several places.

    Parameters
    ----------
    options
        Allowed places; the plan chooses one.
    service_s
        Time at the place.
    windows
        Hours that suit the receiver, beside those of the place; none: all.
    days
        Allowed days; none: all days of the plan.
    needs_cool_box
        Only a vehicle with a cool box may carry it.
    max_time_in_heat_s
        Longest time from leaving the depot to the start of service in a vehicle without cool
        box; None: no limit.
    skills
        What the vehicle must be able to do; all of them.
    priority
        1 is the neediest. When not all fit, a lower number is served first.
    """

    id: str
    options: tuple[Option, ...]
    weight_g: int = 0
    volume_ml: int = 0
    num_packages: int = 1
    service_s: int = 0
    windows: tuple[Window, ...] = ()
    days: tuple[date, ...] = ()
    needs_cool_box: bool = False
    max_time_in_heat_s: int | None = None
    skills: frozenset[str] = frozenset()
    priority: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A person's word about one stop: a vehicle, a day, or both."""

    stop: str
    vehicle: str | None = None
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class RoutingProblem:
    """Everything that a plan must keep to.

    Nothing is checked here: ask `validate`. Stops that cannot be served (without coordinates, too
    heavy …) are no fault: the plan of the rest is made and they are named with their reason.

    Parameters
    ----------
    days
        Days of the plan, in order.
    travel
        Where distances and durations come from.
    pins
        A pinned stop is served by this vehicle and/or on this day, or not at all.
    forbidden
        A stop is not served by this vehicle, not on this day, or not by both together.
    """

    days: tuple[date, ...]
    depots: tuple[Depot, ...]
    vehicles: tuple[Vehicle, ...]
    places: tuple[Place, ...]
    stops: tuple[Stop, ...]
    travel: Travel
    pins: tuple[Hold, ...] = ()
    forbidden: tuple[Hold, ...] = ()
    name: str = field(default="", compare=False)

    @cached_property
    def depot_by_id(self) -> dict[str, Depot]:
        """Depots by id."""
        return {depot.id: depot for depot in self.depots}

    @cached_property
    def vehicle_by_id(self) -> dict[str, Vehicle]:
        """Vehicles by id."""
        return {vehicle.id: vehicle for vehicle in self.vehicles}

    @cached_property
    def place_by_id(self) -> dict[str, Place]:
        """Places by id."""
        return {place.id: place for place in self.places}

    @cached_property
    def stop_by_id(self) -> dict[str, Stop]:
        """Stops by id."""
        return {stop.id: stop for stop in self.stops}

    def validate(self) -> list[Fault]:
        """Return every fault of this problem, in the order of their numbers; empty if sound."""
        return find_faults(self)

    @cached_property
    def problem_hash(self) -> str:
        """SHA-256 of the content, the same for every order of depots, vehicles and stops."""
        from logistics.files import problem_to_json  # noqa: PLC0415  (files imports this module)

        ordered = replace(
            self,
            name="",
            days=tuple(sorted(self.days)),
            depots=tuple(sorted(self.depots, key=attrgetter("id"))),
            vehicles=tuple(sorted(self.vehicles, key=attrgetter("id"))),
            places=tuple(sorted(self.places, key=attrgetter("id"))),
            stops=tuple(sorted(self.stops, key=attrgetter("id"))),
            pins=tuple(sorted(self.pins, key=repr)),
            forbidden=tuple(sorted(self.forbidden, key=repr)),
        )
        content = json.dumps(problem_to_json(ordered), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(b"asuh routing problem 1\n" + content.encode()).hexdigest()
