"""Packing a package again whose contents are wrong, while it is still here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services import audit
from api.services.clock import local_date
from api.services.cycle_lock import hold_cycle_of
from api.services.default_places import packing_depot
from api.services.errors import Forbidden, Refused
from api.services.moves import MAY_PACK, MOVES
from api.services.package_cancelling import empty_box, may_leave_its_route
from api.services.package_making import make_again
from api.services.package_states import IN_DEPOT
from api.services.packing import reserve_planned
from api.services.packing_days import next_day
from api.services.reservations import to_state
from api.services.stale_routes import mark_stale_for_package
from data.schema import Cycle, Package, PackageState, Route, Stop

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["repack_package"]

S = PackageState


def repack_package(
    session: Session,
    *,
    package: Package,
    by: Account,
    now: datetime,
    reason: str,
    is_spoiled: bool = False,
) -> Package:
    """Put a new package in place of one that is still here; returns the new one.

    The new one follows the child's age and allergies of today, has a number (and a label) of its
    own, and takes over the stop; a route that stop is on has to be confirmed again. Its goods are
    reserved at once, or stand as a shortage that wants a signature. The old one is cancelled.

    Parameters
    ----------
    is_spoiled
        The goods of the old box are written off instead of going back on the shelf.

    Raises
    ------
    Forbidden
        ``packing.role`` for anyone but a coordinator.
    Refused
        ``packing.not_here`` once it is loaded, handed over or cancelled;
        ``packing.too_late_to_repack`` when the month is not packed or distributed any more;
        ``packing.repack_reason`` without a reason; ``packing.no_contents`` when nothing may be
        given to the child.
    """
    if by.role not in MOVES["pack"].roles:
        raise Forbidden("packing.role", role=by.role.value)
    cycle = hold_cycle_of(session, package)
    session.refresh(package, with_for_update=True)
    if package.state not in IN_DEPOT:
        raise Refused("packing.not_here", package=package.code, found=package.state.value)
    if cycle.state not in MAY_PACK:
        raise Refused("packing.too_late_to_repack", month=cycle.month, package=package.code)
    if not reason.strip():
        raise Refused("packing.repack_reason", package=package.code)
    day = _day_of(session, cycle, package, now)
    fresh = make_again(session, package=package, day=day, now=now)
    empty_box(session, package=package, by=by, now=now, reason=reason, is_spoiled=is_spoiled)
    to_state(session, package, S.CANCELLED, now)
    if may_leave_its_route(session, package=package):
        package.stop_id, fresh.stop_id = None, package.stop_id
        session.add_all((package, fresh))
        session.flush()
        mark_stale_for_package(session, package_id=fresh.id or 0, by=by, now=now, reason="repacked")
    reserve_planned(
        session,
        cycle=cycle,
        depot=packing_depot(session),
        day=day,
        fresh={fresh.id or 0},
        by=by,
        now=now,
    )
    audit.record(
        session,
        by=by,
        action="package:repack",
        subject="package",
        subject_id=fresh.code,
        now=now,
        before={"package": package.code},
        after={"state": fresh.state.value, "spoiled": is_spoiled},
        purpose=reason.strip(),
    )
    session.flush()
    return fresh


def _day_of(session: Session, cycle: Cycle, package: Package, now: datetime) -> date:
    """Return the day the new package is for: that of its route, else the next one planned."""
    stop = session.get(Stop, package.stop_id) if package.stop_id else None
    route = session.get(Route, stop.route_id) if stop and stop.route_id else None
    if route is not None:
        return max(route.day, local_date(now))
    return next_day(session, cycle, now)
