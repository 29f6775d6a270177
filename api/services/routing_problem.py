"""A month's packages as a routing problem: who goes together, where to, and when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlmodel import select

from api.services import stock
from api.services.courier_pairs import pairs_among
from api.services.default_places import DEFAULT_SOURCE, ensure_depot, ensure_drop_points
from api.services.delivery_priority import LAST_PRIORITY, USUAL_PRIORITY, priority_by_package
from api.services.errors import Refused
from api.services.fleet import (
    days_from,
    default_days,
    default_travel,
    depot_shape,
    seconds,
    vehicle_shape,
)
from api.services.goods_limits import limits_by_item, max_heat_s, max_wait_days
from api.services.plan_goals import usual_rounds, weigh
from api.services.plan_options import DeliveryMode, PlanOptions
from api.services.receiving_hours import hours_of_home, hours_of_point
from api.services.road_cuts import name_what_cuts_off
from api.services.road_map import closures, is_made_up
from api.services.road_travel import far_points, points_of, travel_between
from api.services.trips_out import beside_trips_out, hours_out
from data.queries.goods import lines_by_package
from data.queries.pickups import pickups_to_plan
from data.queries.routes import (
    active_vehicles,
    free_routes,
    last_box_day,
    packages_to_plan,
    vehicle_days_taken,
)
from data.schema import Cycle, Depot, DropPoint, DropPointKind, PackageState, StopState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlmodel import Session

    from data.schema import Household, Package, Pickup, Stop, Vehicle
    from logistics import problem as shapes
    from logistics.distance import Point, Travel

__all__ = [
    "Load",
    "PlanInput",
    "handed_out_on",
    "has_packages_to_plan",
    "pickup_place",
    "pickup_stop",
    "read_problem",
    "states_to_plan",
    "waiting_packages",
]

MOST_NAMED = 12
"""Places that a note names, the farthest first; those left out of the plan are all told."""
PICKUP_S = 600
WALK_RP_PER_KM = 5_000
"""What a kilometre of a family's walk is worth avoiding; a working figure."""
AREA_RADIUS_M = 60_000
"""A home farther from every depot is a mistake in its coordinates."""
MIN_WALK_RP = 500
"""What the shortest walk is worth avoiding."""


@dataclass(slots=True)
class Load:
    """Packages that go together: one household's, or all of a drop point.

    ``attempt`` is the waiting stop of a new attempt.
    """

    id: str
    packages: list[Package]
    home: Household | None = None
    attempt: Stop | None = None
    places: list[str] = field(default_factory=list)
    days: tuple[date, ...] = ()


@dataclass(slots=True)
class PlanInput:
    """The problem, and what its ids stand for."""

    problem: shapes.RoutingProblem
    loads: dict[str, Load]
    homes: dict[str, Household]
    drop_points: dict[str, DropPoint]
    pickups: dict[str, Pickup]
    vehicles: dict[str, Vehicle]
    depots: dict[str, Depot]
    notes: list[tuple[str, dict[str, object]]]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A package in the depot; ``attempt`` is the stop of a new attempt, which is kept.

    ``is_held``: on a route that a person locked.
    """

    package: Package
    home: Household
    attempt: Stop | None
    is_held: bool

    @classmethod
    def of(
        cls, package: Package, home: Household, stop: Stop | None, free_route_ids: Collection[int]
    ) -> _Waiting:
        """Return a package as it waits once the free routes are taken back."""
        if stop is None:
            return cls(package, home, None, is_held=False)
        comes_off = stop.state == StopState.PLANNED and stop.route_id in free_route_ids
        is_held = stop.route_id is not None and not comes_off
        is_attempt = stop.reschedules_id is not None and not is_held
        return cls(package, home, stop if is_attempt else None, is_held)


def read_problem(
    session: Session, *, cycle: Cycle, options: PlanOptions, travel: Travel | None = None
) -> PlanInput:
    """Return the routing problem of the packages that wait in the depot.

    Routes that have not left and are not locked count as taken back: their packages wait too.
    Nothing is written but a depot and drop points where the city has none.

    Siblings and neighbours at one door are one stop; a new attempt keeps its own. A posyandu is
    served on or before its day, within the days that the goods may wait.

    Raises
    ------
    Refused
        ``plan.too_early`` for a day before one that a box was made for: its contents follow the
        child's age on that day.
    """
    from logistics import problem as shapes

    free = {route.id or 0 for route in free_routes(session, cycle_id=cycle.id or 0)}
    rows = [
        _Waiting.of(package, home, stop, free)
        for package, home, stop in waiting_packages(session, cycle=cycle)
    ]
    depot = ensure_depot(session)
    days = _days(rows, cycle, options)
    vehicles = active_vehicles(session)
    taken = vehicle_days_taken(session, cycle_id=cycle.id or 0)
    depots = {d.id or 0: d for d in session.exec(select(Depot)) if d.is_active}
    found = PlanInput(
        problem=shapes.RoutingProblem(
            days=days, depots=(), vehicles=(), places=(), stops=(), travel=default_travel()
        ),
        loads={},
        homes={},
        drop_points={f"T{p.id}": p for p in ensure_drop_points(session)},
        pickups={
            f"P{p.id}": p
            for p in pickups_to_plan(session, cycle_id=cycle.id or 0, free_route_ids=free)
        },
        vehicles={f"V{v.id}": v for v in vehicles},
        depots={},
        notes=[],
    )
    _gather(found, rows, options.mode, _largest(vehicles))
    _add_points_of_attempts(session, found)
    home_of = {v.id or 0: depots.get(v.depot_id or 0) or depot for v in vehicles}
    found.depots = {f"D{each.id}": each for each in [*home_of.values()] or [depot]}
    out = hours_out(session, days)
    shapes_of_vehicles = (
        vehicle_shape(
            v,
            depot=home_of[v.id or 0],
            days=[day for day in days if (v.id or 0, day) not in taken],
            works_fridays=options.works_fridays,
        )
        for v in vehicles
    )
    fleet = tuple(beside_trips_out(shape, out, {}) for shape in shapes_of_vehicles)
    priorities = priority_by_package(
        session, cycle=cycle, rows=[(row.package, row.home) for row in rows]
    )
    found.problem = _problem(session, found, cycle, options, fleet, priorities)
    points = points_of(found.problem)
    kinds = [v.kind.value for v in vehicles]
    travel = travel or travel_between(session, points, kinds=kinds, days=days)
    found.problem = replace(found.problem, travel=travel)
    found.problem = name_what_cuts_off(session, found.problem, kinds=kinds)
    found.problem = weigh(found.problem, options.goals, usual_rounds(session, cycle=cycle))
    found.notes = [
        *_notes(session, found, depot),
        *_taken_notes(found, taken),
        *_far(session, found, points),
    ]
    return found


def waiting_packages(
    session: Session, *, cycle: Cycle
) -> list[tuple[Package, Household, Stop | None]]:
    """Return the packages that a plan of a month is about, with their family and stop."""
    return packages_to_plan(session, cycle_id=cycle.id or 0, states=states_to_plan(session))


def has_packages_to_plan(session: Session, *, cycle: Cycle) -> bool:
    """Whether a plan of the month would be about any package."""
    states = states_to_plan(session)
    return last_box_day(session, cycle_id=cycle.id or 0, states=states) is not None


def states_to_plan(session: Session) -> list[PackageState]:
    """Return the states of packages that a plan is about; without a stock list all that wait."""
    states = [PackageState.RESERVED, PackageState.PACKED]
    return states if stock.has_stock_list(session) else [*states, PackageState.PLANNED]


def _days(rows: Sequence[_Waiting], cycle: Cycle, options: PlanOptions) -> tuple[date, ...]:
    """Return the days to plan: those asked for, or working days from the first that boxes allow."""
    first = max(
        (row.package.deliver_on for row in rows if not row.is_held),
        default=date.fromisoformat(f"{cycle.month}-01"),
    )
    if options.days and min(options.days) < first:
        raise Refused("plan.too_early", day=min(options.days).isoformat(), first=first.isoformat())
    return tuple(sorted(set(options.days))) or default_days(
        first, works_fridays=options.works_fridays
    )


def _problem(
    session: Session,
    found: PlanInput,
    cycle: Cycle,
    options: PlanOptions,
    fleet: tuple[shapes.Vehicle, ...],
    priorities: dict[int, int],
) -> shapes.RoutingProblem:
    """Return the problem of what was gathered, as straight lines: roads and goals come after."""
    from logistics import problem as shapes

    lines = lines_by_package(session, cycle_id=cycle.id or 0)
    goods = limits_by_item(session)
    limits = {number: max_wait_days(goods, rows) for number, rows in lines.items()}
    heats = {number: max_heat_s(goods, rows) for number, rows in lines.items()}
    loads = found.loads.values()
    places = sorted({place for load in loads for place in load.places})
    homes = {load.id: load.home.id or 0 for load in loads if load.home}
    return shapes.RoutingProblem(
        days=found.problem.days,
        depots=tuple(depot_shape(d) for d in found.depots.values()),
        vehicles=fleet,
        places=(
            *(_place(found, place) for place in places),
            *(pickup_place(name, pickup) for name, pickup in found.pickups.items()),
        ),
        stops=(
            *(_stop(found, load, priorities, limits, heats, options) for load in loads),
            *(pickup_stop(name, name, pickup) for name, pickup in found.pickups.items()),
        ),
        forbidden_pairs=pairs_among(session, homes),
        walk_rp_per_km=WALK_RP_PER_KM,
        area_radius_m=AREA_RADIUS_M,
        travel=default_travel(),
        name=cycle.month,
    )


def _taken_notes(
    found: PlanInput, taken: Mapping[tuple[int, date], Sequence[str]]
) -> list[tuple[str, dict[str, object]]]:
    """Name the vehicles that are left out on a day, with the routes that hold them."""
    names = [
        f"{vehicle.name} ({', '.join(taken[number, day])})"
        for day in found.problem.days
        for number, vehicle in ((v.id or 0, v) for v in found.vehicles.values())
        if (number, day) in taken
    ]
    if not names:
        return []
    known = {vehicle.id for vehicle in found.vehicles.values()}
    routes = {
        code
        for (number, day), codes in taken.items()
        if number in known and day in found.problem.days
        for code in codes
    }
    return [("plan.vehicles_taken", {"names": ", ".join(names), "routes": sorted(routes)})]


def _gather(
    found: PlanInput,
    rows: Sequence[_Waiting],
    mode: DeliveryMode,
    largest: tuple[int, int],
) -> None:
    by_area: dict[str, list[tuple[str, DropPoint]]] = defaultdict(list)
    for code, point in found.drop_points.items():
        by_area[point.kelurahan_code].append((code, point))
    for row in rows:
        package, home, attempt = row.package, row.home, row.attempt
        if row.is_held:
            continue
        if attempt is not None:
            name = f"A{attempt.id}"
            load = found.loads.setdefault(name, Load(name, [], home, attempt))
            load.places = [name]
            later = days_from(attempt.wanted_on, found.problem.days)
            load.days = later if attempt.wanted_on not in later else (attempt.wanted_on,)
            load.packages.append(package)
            continue
        door = f"H{home.id}"
        found.homes[door] = home
        points = _points_for(home, by_area.get(home.kelurahan_code or "", []))
        if home.max_walk_m is not None:
            points = [p for p in points if _apart_m(home, found.drop_points[p]) <= home.max_walk_m]
        if mode == DeliveryMode.DROP_POINTS and points:
            load = _room_at(found, points[0], package, largest)
        else:
            load = found.loads.setdefault(door, Load(door, [], home))
            load.places = [door, *points] if mode == DeliveryMode.CHOOSE else [door]
        load.packages.append(package)


def _add_points_of_attempts(session: Session, found: PlanInput) -> None:
    """Add the drop points of new attempts that are closed since: no other family is sent there."""
    for load in found.loads.values():
        number = load.attempt.drop_point_id if load.attempt else None
        if number and f"T{number}" not in found.drop_points:
            found.drop_points[f"T{number}"] = session.get_one(DropPoint, number)


def _points_for(home: Household, points: list[tuple[str, DropPoint]]) -> list[str]:
    """Return the drop points of a family's kelurahan: its own posyandu, then the nearest."""

    def key(entry: tuple[str, DropPoint]) -> tuple[bool, bool, int, str]:
        code, point = entry
        own = bool(home.posyandu) and point.name.casefold() == (home.posyandu or "").casefold()
        return (not own, point.lat is None, _apart_m(home, point), code)

    return [code for code, _ in sorted(points, key=key)]


def _room_at(found: PlanInput, place: str, package: Package, largest: tuple[int, int]) -> Load:
    """Return the load of a drop point that still fits one vehicle with this package."""
    number = 0
    while True:
        name = place if number == 0 else f"{place}.{number}"
        load = found.loads.setdefault(name, Load(name, [], places=[place]))
        weight_g = sum(p.weight_g for p in load.packages) + package.weight_g
        volume_ml = sum(p.volume_ml for p in load.packages) + package.volume_ml
        if not load.packages or (weight_g <= largest[0] and volume_ml <= largest[1]):
            return load
        number += 1


def _largest(vehicles: list[Vehicle]) -> tuple[int, int]:
    if not vehicles:
        return 10**9, 10**9
    best = max(vehicles, key=lambda vehicle: (vehicle.capacity_g, vehicle.capacity_ml))
    return best.capacity_g, best.capacity_ml


def _place(found: PlanInput, place: str) -> shapes.Place:
    from logistics import problem as shapes

    if place in found.drop_points:
        point = found.drop_points[place]
        return _place_of_point(place, point, found.problem.days[0])
    if place.startswith("A"):
        attempt = found.loads[place].attempt
        if attempt and attempt.drop_point_id:
            point = found.drop_points[f"T{attempt.drop_point_id}"]
            there = _place_of_point(place, point, found.problem.days[0])
            return replace(there, lat=attempt.lat, lon=attempt.lon)
        return shapes.Place(
            id=place,
            lat=attempt.lat if attempt else None,
            lon=attempt.lon if attempt else None,
            windows=hours_of_home(found.loads[place].home),
        )
    home = found.homes[place]
    return shapes.Place(id=place, lat=home.lat, lon=home.lon, windows=hours_of_home(home))


def _place_of_point(name: str, point: DropPoint, first: date) -> shapes.Place:
    from logistics import problem as shapes

    return shapes.Place(
        id=name,
        lat=point.lat,
        lon=point.lon,
        windows=hours_of_point(point),
        handed_out_on=handed_out_on(point, first),
    )


def _stop(
    found: PlanInput,
    load: Load,
    priorities: dict[int, int],
    limits: dict[int, int],
    heats: dict[int, int | None],
    options: PlanOptions,
) -> shapes.Stop:
    from logistics import problem as shapes

    has_choice = len(load.places) > 1
    return shapes.Stop(
        id=load.id,
        options=tuple(
            shapes.Option(
                place=place,
                cost_rp=MIN_WALK_RP if has_choice and place in found.drop_points else 0,
                walk_m=_walk_m(found, load, place) if has_choice else 0,
            )
            for place in load.places
        ),
        weight_g=sum(p.weight_g for p in load.packages),
        volume_ml=sum(p.volume_ml for p in load.packages),
        num_packages=len(load.packages),
        service_s=options.service.stop_s,
        service_s_per_package=options.service.package_s,
        days=load.days,
        max_days_before=min((limits.get(p.id or 0, 0) for p in load.packages), default=0),
        max_walk_m=_most_walk_m(load, options) if has_choice else None,
        max_time_in_heat_s=min(
            (heat for p in load.packages if (heat := heats.get(p.id or 0)) is not None),
            default=None,
        ),
        skills=frozenset((load.home.needs_skills or ()) if load.home else ()),
        needs_cool_box=any(p.needs_cool_box for p in load.packages),
        priority=min((priorities[p.id or 0] for p in load.packages), default=USUAL_PRIORITY),
    )


def pickup_place(name: str, pickup: Pickup) -> shapes.Place:
    """Return where a sponsor's goods wait, with its hours."""
    from logistics import problem as shapes

    windows: tuple[shapes.Window, ...] = ()
    if pickup.opens or pickup.closes:
        opens, closes = pickup.opens or "00:00", pickup.closes or "23:59"
        windows = (shapes.Window(opens_s=seconds(opens), closes_s=seconds(closes)),)
    return shapes.Place(id=name, lat=pickup.lat, lon=pickup.lon, windows=windows)


def pickup_stop(name: str, place: str, pickup: Pickup) -> shapes.Stop:
    """Return a pickup as a stop: its goods come on board and go to the depot.

    Families come first where not all fits.
    """
    from logistics import problem as shapes

    return shapes.Stop(
        id=name,
        options=(shapes.Option(place=place),),
        weight_g=pickup.weight_g,
        volume_ml=pickup.volume_ml,
        service_s=PICKUP_S,
        days=(pickup.wanted_on,) if pickup.wanted_on else (),
        needs_cool_box=pickup.needs_cool_box,
        priority=LAST_PRIORITY,
        is_pickup=True,
    )


def handed_out_on(point: DropPoint, first: date) -> date | None:
    """Return a posyandu's next day from the first planned day on."""
    if point.kind != DropPointKind.POSYANDU or point.day_of_month is None:
        return None
    own = _day_in_month(first.year, first.month, point.day_of_month)
    if own < first:
        later = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        own = _day_in_month(later.year, later.month, point.day_of_month)
    return own


def _day_in_month(year: int, month: int, day: int) -> date:
    last = (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day, last.day))


def _most_walk_m(load: Load, options: PlanOptions) -> int:
    """Return how far a family may walk: what it said itself, else what the plan allows."""
    own = load.home.max_walk_m if load.home else None
    return options.max_walk_m if own is None else own


def _walk_m(found: PlanInput, load: Load, place: str) -> int:
    """Return how far a family walks to a drop point in a straight line; 0 when not known."""
    if place not in found.drop_points or load.home is None:
        return 0
    return _apart_m(load.home, found.drop_points[place])


def _apart_m(home: Household, point: DropPoint) -> int:
    """Return the straight line between a family and a drop point; 0 when one is not known."""
    from logistics.distance import Point, great_circle_m

    if None in (point.lat, point.lon, home.lat, home.lon):
        return 0
    ends = [Point("a", home.lat, home.lon), Point("b", point.lat, point.lon)]
    return round(float(great_circle_m(ends)[0, 1]))


def _notes(session: Session, found: PlanInput, depot: Depot) -> list[tuple[str, dict[str, object]]]:
    from logistics.sisr import is_installed

    notes: list[tuple[str, dict[str, object]]] = []
    if not found.vehicles:
        notes.append(("plan.no_vehicles", {}))
    if found.vehicles and not is_installed():
        notes.append(("plan.no_fast_engine", {}))
    if depot.source == DEFAULT_SOURCE:
        notes.append(("plan.default_depot", {"depot": depot.name}))
    points = [
        found.drop_points[p]
        for load in found.loads.values()
        for p in load.places
        if p in found.drop_points
    ]
    if any(point.source == DEFAULT_SOURCE for point in points):
        notes.append(("plan.default_drop_points", {"count": len({p.id for p in points})}))
    if found.problem.travel.source == "great_circle":
        notes.append(("plan.great_circle", {"as_of": found.problem.travel.as_of}))
    if found.problem.travel.source == "roads":
        code = "plan.roads_made_up" if is_made_up(session) else "plan.roads"
        as_of = found.problem.travel.as_of
        notes.append((code, {"as_of": as_of}) if as_of else ("plan.roads_undated", {}))
    unsure = sorted(
        point.name
        for point in points
        if point.kind == DropPointKind.POSYANDU and point.day_of_month is None
    )
    if unsure:
        notes.append(("plan.posyandu_day_unknown", {"names": ", ".join(dict.fromkeys(unsure))}))
    return notes


def _far(
    session: Session, found: PlanInput, points: Sequence[Point]
) -> list[tuple[str, dict[str, object]]]:
    """Name the places that are far from every road, or that none reaches."""
    kinds = {vehicle.kind.value for vehicle in found.vehicles.values()}
    kind = "motorcycle" if "motorcycle" in kinds else "pickup"
    notes: list[tuple[str, dict[str, object]]] = []
    closed = closures(session, days=found.problem.days)
    if closed and found.problem.travel.source == "roads":
        names = ", ".join(each.street or f"{each.lat:.4f}, {each.lon:.4f}" for each in closed)
        notes.append(("plan.closed_roads", {"names": names}))
    far = far_points(session, points, kind=kind, days=found.problem.days)
    for code, is_reached in (("plan.far_from_road", True), ("plan.no_road", False)):
        named = [
            f"{_place_name(found, each.id)} ({each.distance_m} m)"
            for each in far
            if each.is_reached == is_reached
        ]
        if named:
            notes.append((code, {"names": listed(named), "count": len(named)}))
    return notes


def listed(names: Sequence[str]) -> str:
    """Return the first names of a list, and whether there are more: a wrong map reaches nobody."""
    return ", ".join([*names[:MOST_NAMED], *(["…"] if len(names) > MOST_NAMED else [])])


def _place_name(found: PlanInput, place: str) -> str:
    if place in found.drop_points:
        return found.drop_points[place].name
    if place in found.depots:
        return found.depots[place].name
    if place in found.homes:
        return found.homes[place].code
    if place in found.pickups:
        return found.pickups[place].label
    load = found.loads.get(place)
    return load.home.code if load and load.home else place
