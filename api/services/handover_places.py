"""Places where a family may fetch its package instead: the nearest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.household_points import KM_PER_DEGREE, apart_km
from data.reference.regions import regions
from data.schema import DropPoint, Household, Package

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlmodel import Session

__all__ = ["HandoverPlace", "handover_places"]

METRES_PER_KM = 1000
FARTHEST_KM = 180 * KM_PER_DEGREE
"""Half-way round the earth: a place without a point stands behind all others."""


@dataclass(frozen=True, slots=True)
class HandoverPlace:
    """A drop point that takes packages; ``distance_m`` as the crow flies, where both are known."""

    id: int
    name: str
    kelurahan_code: str
    distance_m: int | None


def handover_places(
    session: Session, *, package_ids: Collection[int]
) -> dict[int, list[HandoverPlace]]:
    """Return for each package the places in use by their distance from its family's home.

    A family whose home nobody put on the map is taken to live at its kelurahan's office; the
    distance is then not told.
    """
    rows = select(DropPoint).where(col(DropPoint.is_active).is_(True))
    points = session.exec(rows.order_by(col(DropPoint.name), col(DropPoint.id))).all()
    homes = session.exec(
        select(Package.id, Household)
        .join(Household, col(Household.id) == Package.household_id)
        .where(col(Package.id).in_(package_ids))
    ).all()
    return {number or 0: _by_distance(home, points) for number, home in homes}


def _by_distance(home: Household, points: Collection[DropPoint]) -> list[HandoverPlace]:
    here = _point_of(home)
    found = [(_apart_km(here, point), point) for point in points]
    found.sort(key=lambda each: FARTHEST_KM if each[0] is None else each[0])
    return [
        HandoverPlace(
            id=point.id or 0,
            name=point.name,
            kelurahan_code=point.kelurahan_code,
            distance_m=None if km is None or home.lat is None else round(km * METRES_PER_KM),
        )
        for km, point in found
    ]


def _point_of(home: Household) -> tuple[float, float] | None:
    if home.lat is not None and home.lon is not None:
        return home.lat, home.lon
    if home.kelurahan_code is None:
        return None
    office = regions().kelurahan(home.kelurahan_code)
    return office.office_lat, office.office_lon


def _apart_km(here: tuple[float, float] | None, point: DropPoint) -> float | None:
    if here is None or point.lat is None or point.lon is None:
        return None
    return apart_km(here, (point.lat, point.lon))
