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
class Break:
    """A rest or a prayer that a courier keeps: begun within some hours, as long as it lasts.

    It is taken at the depot before loading, or after a service before driving on; nothing is
    driven, loaded or handed out meanwhile. A vehicle that is back before the latest beginning
    rests afterwards; one that leaves after the break has rested before.

    Parameters
    ----------
    earliest_s, latest_s
        Seconds after midnight between which it begins; both ends count.
    name
        For the sheet: "salat Jumat".
    """

    earliest_s: int
    latest_s: int
    duration_s: int
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Hours of one day in which a vehicle leaves its depot, drives its trips and is back.

    A vehicle may have several on one day. Breaks are kept one after the other.
    """

    day: date
    starts_s: int
    ends_s: int
    breaks: tuple[Break, ...] = ()


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

    Parameters
    ----------
    handed_out_on
        The day on which families fetch their packages here (posyandu day): packages come on it or
        before it.
    """

    id: str
    lat: float | None
    lon: float | None
    windows: tuple[Window, ...] = ()
    handed_out_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One place where a stop may be served.

    Parameters
    ----------
    cost_rp
        What choosing this place is worth avoiding, beside the walk.
    walk_m
        How far the family walks to it; costs `RoutingProblem.walk_rp_per_km`.
    """

    place: str
    cost_rp: int = 0
    walk_m: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Packages that go together to one of several places, or goods fetched from there.

    Parameters
    ----------
    options
        Allowed places; the plan chooses one.
    service_s, service_s_per_package
        Time at the place, and for every package on top of it.
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
    max_walk_m
        Farthest that this family can walk; None: no limit.
    household
        Stops of one household that are served are served at one place and on one trip; "" is none.
    max_days_before
        Most days that the goods may wait for the place's `handed_out_on`; None: any.
    is_pickup
        The goods are taken on board here; they go to the depot at the end of the trip, or to the
        stops that name this one as their source.
    source
        Id of the pickup stop, earlier on the same trip, that the goods come from; "": the depot.
    usual_vehicle, usual_start_s
        Who came last time, and when, in seconds after midnight; for `Goals`.
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
    service_s_per_package: int = 0
    max_walk_m: int | None = None
    household: str = ""
    max_days_before: int | None = None
    is_pickup: bool = False
    source: str = ""
    usual_vehicle: str = ""
    usual_start_s: int | None = None

    @property
    def busy_s(self) -> int:
        """Time at the place with all packages."""
        return self.service_s + self.service_s_per_package * self.num_packages

    @property
    def loaded_g(self) -> int:
        """Weight that is loaded for it at the depot."""
        return 0 if self.is_pickup or self.source else self.weight_g

    @property
    def loaded_ml(self) -> int:
        """Volume that is loaded for it at the depot."""
        return 0 if self.is_pickup or self.source else self.volume_ml


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A person's word about one stop: a vehicle, a day, or both."""

    stop: str
    vehicle: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two stops that no vehicle serves both of, on whatever trip or day: families in dispute."""

    stop: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A bridge that is closed, a road under water: ways between two sides are longer, or none.

    Parameters
    ----------
    places, others
        Ids of depots and places on either side; no others: all that are not in `places`.
    extra_m, extra_s
        The way round; both None: there is none.
    name
        For the sheet: "Jembatan Emas".
    """

    places: tuple[str, ...]
    others: tuple[str, ...] = ()
    extra_m: int | None = None
    extra_s: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """What a plan should be like beside cheap, each at a price; 0 leaves it aside.

    Parameters
    ----------
    apart_rp
        For every pair of neighbours that different couriers serve: compact territories. Each stop
        has the five nearest others as neighbours.
    uneven_rp_per_hour
        For every hour of work that would have to change hands for each courier to work as much as
        its part of all hours of shifts: balance.
    strange_rp
        For every stop that another than its usual courier serves: known streets.
    drift_rp_per_hour
        For every hour that a stop is served earlier or later in the day than usual: regularity.
    """

    apart_rp: int = 0
    uneven_rp_per_hour: int = 0
    strange_rp: int = 0
    drift_rp_per_hour: int = 0

    @property
    def any(self) -> bool:
        """Whether one of them counts."""
        return bool(
            self.apart_rp or self.uneven_rp_per_hour or self.strange_rp or self.drift_rp_per_hour
        )


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
    forbidden_pairs
        Stops that must not share a vehicle; one of them unserved is no breach.
    closures
        What is longer or closed at present, on top of `travel`.
    walk_rp_per_km
        What a kilometre of a family's walk is worth avoiding.
    area_radius_m
        A place farther than this from every depot is a mistake in its coordinates.
    goals
        Weighed by the compiled engine; the others report them.
    """

    days: tuple[date, ...]
    depots: tuple[Depot, ...]
    vehicles: tuple[Vehicle, ...]
    places: tuple[Place, ...]
    stops: tuple[Stop, ...]
    travel: Travel
    pins: tuple[Hold, ...] = ()
    forbidden: tuple[Hold, ...] = ()
    forbidden_pairs: tuple[Pair, ...] = ()
    closures: tuple[Closure, ...] = ()
    walk_rp_per_km: int = 0
    area_radius_m: int = 300_000
    goals: Goals = Goals()
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
            forbidden_pairs=tuple(
                Pair(stop=one, other=two)
                for one, two in sorted(
                    (min(pair.stop, pair.other), max(pair.stop, pair.other))
                    for pair in self.forbidden_pairs
                )
            ),
            closures=tuple(sorted(self.closures, key=repr)),
        )
        content = json.dumps(problem_to_json(ordered), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(b"asuh routing problem 1\n" + content.encode()).hexdigest()
