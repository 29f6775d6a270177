"""The depot, drop points and holidays a month works with when the city gave none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from data.reference.places import default_places
from data.schema import Depot, DropPoint, DropPointKind, StockItem

if TYPE_CHECKING:
    from sqlmodel import Session

__all__ = ["DEFAULT_SOURCE", "ensure_depot", "ensure_drop_points", "packing_depot"]

DEFAULT_SOURCE = "reference"
"""What ``source`` says of a row that nobody in the city gave: a candidate to be confirmed."""


def ensure_depot(session: Session) -> Depot:
    """Return the first active depot, or make the candidate of the reference data."""
    found = session.exec(
        select(Depot).where(col(Depot.is_active).is_(True)).order_by(col(Depot.id))
    ).first()
    if found is not None:
        return found
    place = default_places().depots[0]
    depot = Depot(name=place.name, lat=place.lat, lon=place.lon, source=DEFAULT_SOURCE)
    session.add(depot)
    session.flush()
    return depot


def ensure_drop_points(session: Session) -> list[DropPoint]:
    """Return the active drop points; without any, the kelurahan offices of the reference data."""
    active = select(DropPoint).where(col(DropPoint.is_active).is_(True)).order_by(col(DropPoint.id))
    found = list(session.exec(active))
    if found:
        return found
    for place in default_places().drop_points:
        session.add(
            DropPoint(
                kind=DropPointKind.KELURAHAN_OFFICE,
                name=place.name,
                kelurahan_code=place.kelurahan_code,
                lat=place.lat,
                lon=place.lon,
                source=DEFAULT_SOURCE,
            )
        )
    session.flush()
    return list(session.exec(active))


def packing_depot(session: Session) -> Depot:
    """Return the depot that holds most kinds of goods, else the first."""
    held: dict[int, int] = {}
    for depot_id in session.exec(select(StockItem.depot_id).where(StockItem.on_hand > 0)):
        held[depot_id] = held.get(depot_id, 0) + 1
    if held:
        most = max(held, key=lambda depot_id: (held[depot_id], -depot_id))
        return session.get_one(Depot, most)
    return ensure_depot(session)
