"""The order of a day's supervision visits: planned by the engine that plans deliveries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.clock import local_date
from api.services.fleet import REST_FROM_S, REST_LASTS_S, REST_TO_S
from api.services.road_travel import travel_between
from data.reference.places import default_places
from data.reference.regions import regions
from data.reference.vehicles import vehicle_kinds
from data.schema import Depot, DropPoint, DropPointKind, SupervisionVisit, VisitState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from logistics.plan import RoutePlan
    from logistics.problem import RoutingProblem

__all__ = ["VISIT_S", "VisitDay", "VisitLeg", "VisitRoute", "visit_days", "visit_route"]

VISIT_S = 3600
"""How long a visit takes; a working figure."""
STARTS_S, ENDS_S = 8 * 3600, 16 * 3600
"""Office hours in which a supervisor is out; working figures."""
ITERATIONS = 200
KIND = "motorcycle"
VISITOR, OFFICE = "visitor", "office"


@dataclass(frozen=True, slots=True)
class VisitDay:
    """A day on which somebody has visits to make."""

    day: date
    visitor: str
    num_visits: int


@dataclass(frozen=True, slots=True)
class VisitLeg:
    """A visit in its turn. Times are seconds after midnight.

    ``is_exact``: the posyandu itself is on the map; else its kelurahan's office stands for it.
    """

    visit: SupervisionVisit
    starts_s: int
    ends_s: int
    distance_m: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class VisitRoute:
    """A day of one supervisor, from the office and back to it.

    ``left_over`` are visits that do not fit into the day; ``distance_source`` says whether roads
    or straight lines were measured.
    """

    day: date
    visitor: str
    start: str
    legs: tuple[VisitLeg, ...]
    left_over: tuple[SupervisionVisit, ...]
    leaves_s: int
    returns_s: int
    distance_m: int
    distance_source: str
    distance_as_of: str


def visit_days(session: Session, *, now: datetime) -> list[VisitDay]:
    """Return the days from today on with planned visits, by day and visitor."""
    visits = session.exec(
        select(SupervisionVisit).where(
            SupervisionVisit.state == VisitState.PLANNED,
            SupervisionVisit.planned_on >= local_date(now),
        )
    )
    counted = Counter((visit.planned_on, visit.visitor) for visit in visits)
    return [VisitDay(day, who, number) for (day, who), number in sorted(counted.items())]


def visit_route(session: Session, *, day: date, visitor: str) -> VisitRoute:
    """Return the shortest order found for a supervisor's visits of a day; the same each time.

    A posyandu that is a pick-up place with coordinates is visited there, others at the office of
    their kelurahan. Without visits the route is empty.
    """
    from logistics.solve import solve

    visits = session.exec(
        select(SupervisionVisit)
        .where(
            SupervisionVisit.state == VisitState.PLANNED,
            SupervisionVisit.planned_on == day,
            SupervisionVisit.visitor == visitor,
        )
        .order_by(col(SupervisionVisit.id))
    ).all()
    start = _start(session)
    spots = {str(visit.id): _spot(session, visit) for visit in visits}
    problem = _problem(session, start, day, spots)
    plan = solve(problem, seed=1, seconds=None, iterations=ITERATIONS)
    return _route(plan, day, visitor, start.name, visits, spots)


@dataclass(frozen=True, slots=True)
class _Spot:
    lat: float
    lon: float
    is_exact: bool
    name: str = ""


def _start(session: Session) -> _Spot:
    """Return where the day begins: the first depot, else the office of the reference data."""
    depot = session.exec(select(Depot).where(col(Depot.is_active)).order_by(col(Depot.id))).first()
    place = depot or default_places().depots[0]
    return _Spot(place.lat, place.lon, True, place.name)


def _spot(session: Session, visit: SupervisionVisit) -> _Spot:
    known = session.exec(
        select(DropPoint).where(
            DropPoint.kelurahan_code == visit.kelurahan_code,
            DropPoint.kind == DropPointKind.POSYANDU,
            col(DropPoint.is_active),
            col(DropPoint.lat).is_not(None),
        )
    )
    wanted = _plain(visit.posyandu)
    for point in known:
        if wanted and _plain(point.name) == wanted and point.lat is not None:
            return _Spot(point.lat, point.lon or 0.0, True)
    ward = regions().kelurahan(visit.kelurahan_code)
    return _Spot(ward.office_lat, ward.office_lon, False)


def _plain(name: str) -> str:
    """Return a posyandu's name as it is compared: ``Posyandu Melati`` is ``melati``."""
    return name.casefold().removeprefix("posyandu").strip()


def _problem(session: Session, start: _Spot, day: date, spots: dict[str, _Spot]) -> RoutingProblem:
    from logistics import problem as shapes
    from logistics.distance import Point

    kind = vehicle_kinds()[KIND]
    rest = shapes.Break(
        earliest_s=REST_FROM_S, latest_s=REST_TO_S, duration_s=REST_LASTS_S, name="istirahat"
    )
    points = [
        Point(OFFICE, start.lat, start.lon),
        *(Point(number, spot.lat, spot.lon) for number, spot in spots.items()),
    ]
    return shapes.RoutingProblem(
        days=(day,),
        depots=(shapes.Depot(id=OFFICE, lat=start.lat, lon=start.lon),),
        vehicles=(
            shapes.Vehicle(
                id=VISITOR,
                depot=OFFICE,
                capacity_g=1,
                capacity_ml=1,
                kind=shapes.VehicleKind(KIND),
                shifts=(shapes.Shift(day=day, starts_s=STARTS_S, ends_s=ENDS_S, breaks=(rest,)),),
                cost_rp_per_km=kind.cost_rp_per_km,
                cost_rp_per_hour=kind.cost_rp_per_hour,
            ),
        ),
        places=tuple(
            shapes.Place(id=number, lat=spot.lat, lon=spot.lon) for number, spot in spots.items()
        ),
        stops=tuple(
            shapes.Stop(
                id=number, options=(shapes.Option(place=number),), num_packages=0,
                service_s=VISIT_S,
            )
            for number in spots
        ),
        travel=travel_between(session, points, kinds=[KIND], days=[day]),
    )  # fmt: skip


def _route(
    plan: RoutePlan,
    day: date,
    visitor: str,
    start: str,
    visits: Sequence[SupervisionVisit],
    spots: dict[str, _Spot],
) -> VisitRoute:
    by_id = {str(visit.id): visit for visit in visits}
    made = [each for route in plan.routes for each in route.visits]
    return VisitRoute(
        day=day,
        visitor=visitor,
        start=start,
        legs=tuple(
            VisitLeg(
                by_id[each.stop],
                each.start_s,
                each.departure_s,
                each.leg_distance_m,
                spots[each.stop].is_exact,
            )
            for each in made
        ),
        left_over=tuple(by_id[each.stop] for each in plan.unserved),
        leaves_s=min((route.leaves_s for route in plan.routes), default=STARTS_S),
        returns_s=max((route.returns_s for route in plan.routes), default=STARTS_S),
        distance_m=plan.distance_m,
        distance_source=plan.distance_source,
        distance_as_of=plan.distance_as_of,
    )
