"""Boxes that stay in the depot over the end of a month and are unpacked for the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit, package_goods
from api.services.amended_goods import whereabouts
from api.services.cycle_lock import hold_cycle_of
from api.services.errors import Forbidden, Refused
from api.services.package_cancelling import may_leave_its_route, take_off
from api.services.package_states import IN_DEPOT
from data.queries.goods import has_moved
from data.schema import (
    Cycle,
    CycleState,
    Package,
    PackageState,
    Role,
    StockMove,
    StockMoveKind,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = [
    "boxes_to_unpack",
    "carry_package",
    "carry_packages",
    "unpack_carried",
    "unpacked_boxes",
]


def carry_package(session: Session, *, package: Package, by: Account, now: datetime) -> Package:
    """Leave a package that stands in the depot for next month; its stop is cancelled.

    A route that it stood on and that has not left yet has to be confirmed again.

    Raises
    ------
    Refused
        ``reconcile.carry`` when it is not in the depot.
    """
    if by.role not in (Role.COORDINATOR, Role.APPROVER):
        raise Forbidden("exception.role", role=by.role.value)
    hold_cycle_of(session, package)
    session.refresh(package, with_for_update=True)
    if package.state not in IN_DEPOT:
        raise Refused("reconcile.carry", package=package.code, found=package.state.value)
    if package.state == PackageState.RESERVED:
        package_goods.release(session, package=package, by=by, now=now)
    before = package.state
    package.state, package.updated_at = PackageState.CARRIED, now
    package.version += 1
    session.add(package)
    if may_leave_its_route(session, package=package):
        take_off(session, package=package, by=by, now=now, reason="carried")
    audit.record(
        session,
        by=by,
        action="package:carry",
        subject="package",
        subject_id=package.code,
        now=now,
        before={"state": before.value},
        after={"state": package.state.value},
    )
    session.flush()
    return package


def carry_packages(
    session: Session, *, packages: Sequence[Package], by: Account, now: datetime
) -> int:
    """Leave all of several packages for next month, or none; returns how many.

    Raises
    ------
    Refused
        ``reconcile.carry`` when one of them is not in the depot.
    """
    for package in packages:
        carry_package(session, package=package, by=by, now=now)
    return len(packages)


def boxes_to_unpack(session: Session, *, cycle: Cycle) -> list[Package]:
    """Return the boxes that closed months carried over and nobody has unpacked yet.

    What a correction of its month says a family got all the same, or is elsewhere, is in no box
    any more.
    """
    rows = session.exec(
        select(Package)
        .join(Cycle, col(Cycle.id) == Package.cycle_id)
        .where(
            Cycle.city_code == cycle.city_code,
            Cycle.month < cycle.month,
            Cycle.state == CycleState.CLOSED,
            Package.state == PackageState.CARRIED,
            has_moved(StockMoveKind.PACK),
            ~has_moved(StockMoveKind.RETURN),
        )
        .order_by(col(Package.id))
    ).all()
    return [box for box in rows if whereabouts(session, package=box).left("carried")]


def unpacked_boxes(session: Session, *, cycle: Cycle) -> list[Package]:
    """Return the carried boxes whose goods went back on the shelf for a month's packing."""
    came_back = select(StockMove.package_id).where(
        StockMove.kind == StockMoveKind.RETURN, StockMove.note == _unpacked_for(cycle)
    )
    rows = select(Package).where(col(Package.id).in_(came_back)).order_by(col(Package.id))
    return list(session.exec(rows))


def unpack_carried(session: Session, *, cycle: Cycle, by: Account, now: datetime) -> int:
    """Put the goods of boxes that closed months carried over back on the shelf, once."""
    boxes = boxes_to_unpack(session, cycle=cycle)
    for box in boxes:
        carried = whereabouts(session, package=box).left("carried")
        note = _unpacked_for(cycle)
        package_goods.return_packed(
            session, package=box, quantities=carried, by=by, now=now, note=note
        )
    return len(boxes)


def _unpacked_for(cycle: Cycle) -> str:
    return f"→ {cycle.month}"
