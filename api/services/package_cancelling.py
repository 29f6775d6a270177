"""Taking a package out of a month while it is still here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from api.services import audit, package_goods
from api.services.errors import Refused
from api.services.reservations import to_state
from data.schema import Cycle, CycleState, Package, PackageLine, PackageState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["cancel_package"]

S = PackageState
FROZEN = (CycleState.CLOSED, CycleState.CANCELLED)


def cancel_package(
    session: Session, *, package: Package, by: Account, now: datetime, reason: str
) -> Package:
    """Take a package that is not on its way out of the month; its goods go back to stock.

    Raises
    ------
    Refused
        ``packing.on_its_way`` once it is loaded or handed over, ``move.reason`` without a reason.
    """
    session.flush()
    session.refresh(package, with_for_update=True)
    if package.state not in (S.PLANNED, S.RESERVED, S.PACKED, S.CARRIED):
        raise Refused("packing.on_its_way", package=package.code, found=package.state.value)
    cycle = session.get_one(Cycle, package.cycle_id)
    if cycle.state in FROZEN:
        raise Refused("packing.state", month=cycle.month, found=cycle.state.value)
    if not reason.strip():
        raise Refused("packing.reason", package=package.code)
    before = package.state
    if package_goods.is_boxed(session, package=package):
        lines = session.exec(select(PackageLine).where(PackageLine.package_id == package.id))
        quantities = {line.item_code: line.quantity for line in lines}
        package_goods.return_packed(
            session, package=package, quantities=quantities, by=by, now=now, note=reason
        )
    else:
        package_goods.release(session, package=package, by=by, now=now, note=reason)
    to_state(session, package, S.CANCELLED, now)
    audit.record(
        session,
        by=by,
        action="package:cancel",
        subject="package",
        subject_id=package.code,
        now=now,
        before={"state": before.value},
        after={"state": S.CANCELLED.value},
        purpose=reason.strip(),
    )
    session.flush()
    return package
