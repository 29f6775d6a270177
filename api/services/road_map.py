"""The city's road map: installed, driven on, with roads closed for some days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import defer
from sqlmodel import col, select

from api.services import audit
from api.services.demo_roads import MADE_UP
from api.services.errors import Forbidden, Refused
from data.schema import RoadClosure, RoadMap, Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account
    from logistics.roads import RoadNetwork

__all__ = [
    "NEAR_M",
    "active_map",
    "closures",
    "install_map",
    "is_made_up",
    "network_in",
    "retire_map",
]

NEAR_M = 60.0
"""A closure is put on the road that is at most so far from where one pointed."""


def install_map(
    session: Session, *, network: RoadNetwork, name: str, by: Account, now: datetime
) -> RoadMap:
    """Make a network the map that is driven on; the same one twice is one.

    Raises
    ------
    Forbidden
        ``roads.role`` unless the coordinator or the administrator does it.
    """
    from logistics.roads import to_bytes

    if by.role not in (Role.COORDINATOR, Role.ADMIN):
        raise Forbidden("roads.role", role=by.role.value)
    for other in session.exec(select(RoadMap).where(col(RoadMap.is_active).is_(True))):
        other.is_active = False
        session.add(other)
    found = session.exec(select(RoadMap).where(RoadMap.digest == network.digest)).one_or_none()
    row = found or RoadMap(
        digest=network.digest,
        name=name[:120],
        source=network.source,
        as_of=network.as_of,
        num_junctions=int(network.lat.size),
        num_arcs=network.num_arcs,
        length_m=_length_m(network),
        content=to_bytes(network),
        by=by.username,
        created_at=now,
    )
    row.is_active = True
    session.add(row)
    session.flush()
    audit.record(
        session,
        by=by,
        action="roads:install",
        subject="roads",
        subject_id=str(row.id),
        now=now,
        after={"digest": row.digest[:12], "arcs": row.num_arcs},
    )
    return row


def retire_map(session: Session, *, by: Account, now: datetime) -> None:
    """Go back to straight lines; routes that are planned keep their figures.

    Raises
    ------
    Refused
        ``roads.none`` when there is no map.
    """
    row = active_map(session)
    if row is None:
        raise Refused("roads.none")
    row.is_active = False
    session.add(row)
    session.flush()
    audit.record(
        session,
        by=by,
        action="roads:retire",
        subject="roads",
        subject_id=str(row.id),
        now=now,
    )


def active_map(session: Session) -> RoadMap | None:
    """Return the map that is driven on, or None: then distances are straight lines × detour."""
    rows = select(RoadMap).where(col(RoadMap.is_active).is_(True)).order_by(col(RoadMap.id).desc())
    return session.exec(rows.options(defer(col(RoadMap.content)))).first()  # type: ignore[arg-type]


def is_made_up(session: Session) -> bool:
    """Return whether the active map is the demonstration's, of no real place."""
    row = active_map(session)
    return row is not None and row.source == MADE_UP


def network_in(row: RoadMap) -> RoadNetwork:
    """Return the network of a stored map."""
    from logistics.roads import from_bytes

    return from_bytes(row.content)


def closures(
    session: Session, *, days: Sequence[date] = (), is_open: bool = True
) -> list[RoadClosure]:
    """Return closed roads: those not lifted, and of these those that touch one of some days."""
    rows = select(RoadClosure).order_by(col(RoadClosure.from_day), col(RoadClosure.id))
    if is_open:
        rows = rows.where(col(RoadClosure.lifted_at).is_(None))
    found = session.exec(rows).all()
    if not days:
        return list(found)
    return [
        each
        for each in found
        if any(each.from_day <= day and (each.to_day is None or day <= each.to_day) for day in days)
    ]


def _length_m(network: RoadNetwork) -> int:
    """Return the metres of road, each once."""
    import numpy as np

    once = (network.reverse < 0) | (np.arange(network.num_arcs) < network.reverse)
    return int(network.length_m[once].sum())
