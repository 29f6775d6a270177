"""Homes without a point on the map: who they are in a month, and putting them there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.children import edit_household
from api.services.cycle_lock import hold_cycle
from api.services.errors import Invalid
from api.services.package_states import FILLED, IN_DEPOT
from api.services.stop_places import stop_at_door
from data.reference.regions import regions
from data.schema import Cycle, CycleState, Household, Package, Stop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["KM_PER_DEGREE", "HomeToPlace", "apart_km", "homes_to_place", "place_home"]

AT_WORK = (CycleState.PACKING, CycleState.DISTRIBUTING)
FARTHEST_KM = 25.0
"""A point farther than this from its kelurahan's office is a slip of the keyboard, not a home."""
KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class HomeToPlace:
    """A home to which packages of a month cannot be planned, because nobody knows where it is."""

    code: str
    version: int
    guardian_name: str
    address: str
    rt: str | None
    rw: str | None
    landmark: str | None
    kelurahan_code: str | None
    package_codes: tuple[str, ...]
    package_ids: tuple[int, ...]


def homes_to_place(session: Session, *, cycle: Cycle) -> list[HomeToPlace]:
    """Return the homes without a point that wait for packages of a month, by kelurahan."""
    rows = session.exec(
        select(Household, Package)
        .join(Package, col(Package.household_id) == Household.id)
        .where(
            Package.cycle_id == cycle.id,
            col(Package.state).in_(IN_DEPOT),
            col(Household.lat).is_(None),
        )
        .order_by(col(Household.kelurahan_code), col(Household.code), col(Package.code))
    )
    homes: dict[int, Household] = {}
    packages: dict[int, list[Package]] = defaultdict(list)
    for home, package in rows:
        if not _goes_elsewhere(session, package):
            homes[home.id or 0] = home
            packages[home.id or 0].append(package)
    return [_to_place(home, packages[number]) for number, home in homes.items()]


def _goes_elsewhere(session: Session, package: Package) -> bool:
    """Whether a package waits at a place that is known, a drop point, and needs no home."""
    stop = session.get(Stop, package.stop_id) if package.stop_id else None
    return stop is not None and stop.lat is not None


def _to_place(home: Household, packages: Sequence[Package]) -> HomeToPlace:
    return HomeToPlace(
        code=home.code,
        version=home.version,
        guardian_name=home.guardian_name,
        address=home.address,
        rt=home.rt,
        rw=home.rw,
        landmark=home.landmark,
        kelurahan_code=home.kelurahan_code,
        package_codes=tuple(package.code for package in packages),
        package_ids=tuple(package.id or 0 for package in packages),
    )


def place_home(
    session: Session,
    *,
    household: Household,
    base_version: int,
    lat: float,
    lon: float,
    by: Account,
    now: datetime,
) -> Household:
    """Put a home on the map, and nothing else about it; its packages then wait for a route.

    Raises
    ------
    Invalid
        ``point.far`` more than 25 km from its kelurahan's office.
    StaleVersion
        Somebody saved the household in between.
    """
    _check_near(household, lat, lon)
    edit_household(
        session,
        household=household,
        base_version=base_version,
        changes={"lat": lat, "lon": lon},
        by=by,
        now=now,
    )
    rows = session.exec(
        select(Package, Cycle)
        .join(Cycle, col(Cycle.id) == Package.cycle_id)
        .where(
            Package.household_id == household.id,
            col(Package.state).in_(FILLED),
            col(Package.stop_id).is_(None),
            col(Cycle.state).in_(AT_WORK),
            col(Cycle.plan_run_id).is_not(None),
        )
        .order_by(col(Package.id))
    ).all()
    for package, cycle in rows:
        hold_cycle(session, cycle)
        if package.state in FILLED and package.stop_id is None:
            stop_at_door(session, cycle=cycle, package=package)
    return household


def apart_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the kilometres between two points (latitude, longitude) of one city, on flat ground.

    Within 100 km of the equator this is off by less than 0.1 %.
    """
    north = (here[0] - there[0]) * KM_PER_DEGREE
    east = (here[1] - there[1]) * KM_PER_DEGREE * cos(radians(here[0]))
    return hypot(north, east)


def _check_near(household: Household, lat: float, lon: float) -> None:
    if household.kelurahan_code is None:
        return
    office = regions().kelurahan(household.kelurahan_code)
    away = apart_km((lat, lon), (office.office_lat, office.office_lon))
    if away > FARTHEST_KM:
        raise Invalid(
            "point.far",
            fields={"lat": "point.far"},
            household=household.code,
            km=round(away),
            kelurahan=office.name,
        )
