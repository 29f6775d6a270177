"""What each action on a failed delivery does to stops, packages and stock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from api.services import package_goods
from api.services.clock import local_date
from api.services.default_places import ensure_drop_points
from api.services.delivery_state import effective_event
from api.services.errors import Refused
from data.queries.deliveries import events_by_package, lines_of_package, packages_of_stop
from data.reference.reasons import delivery_reasons
from data.schema import (
    ChangeRequest,
    ExceptionAction,
    Package,
    PackageState,
    Stop,
    StopKind,
    StopState,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account, DeliveryEvent, DeliveryException, DropPoint, PackageLine

__all__ = ["carry_out", "new_attempt", "undelivered_units", "unusable_units"]

A = ExceptionAction
P = PackageState
CONFIDENTIAL = "confidential"
"""Reason of a change asked for of which only the approver may say more."""


def carry_out(
    session: Session,
    *,
    case: DeliveryException,
    action: ExceptionAction,
    by: Account,
    now: datetime,
    day: date | None,
    drop_point: DropPoint | None,
    to_package: Package | None,
    text: str,
) -> bool:
    """Do what was chosen; True when nothing is left to do outside of the office's books."""
    package = session.get(Package, case.package_id) if case.package_id else None
    if action == A.GRIEVANCE or package is None:
        case.is_sensitive = True
        return False
    if action in (A.REDELIVER, A.PICK_UP):
        _try_again(session, package, action, day, drop_point, now)
        return False
    if action == A.RETURN:
        _bring_back(session, package, by, now, spoiled=False, note=text)
        return True
    if action == A.SPOIL:
        _bring_back(session, package, by, now, spoiled=True, note=text)
        return True
    if action == A.REASSIGN:
        _reassign(session, package, to_package, by, now)
        return True
    _ask_office(session, package, action, by, now, _asked_why(case, text))
    return False


def new_attempt(
    session: Session,
    *,
    stop: Stop,
    packages: list[Package],
    day: date | None,
    drop_point: DropPoint | None = None,
) -> Stop:
    """Make a stop that waits for a route and points back at the one it follows."""
    fresh = Stop(
        cycle_id=stop.cycle_id,
        kind=StopKind.DROP_POINT if drop_point else stop.kind,
        household_id=stop.household_id,
        drop_point_id=drop_point.id if drop_point else stop.drop_point_id,
        label=drop_point.name if drop_point else stop.label,
        recipient=stop.recipient,
        phone=stop.phone,
        address=drop_point.address if drop_point else stop.address,
        rt=None if drop_point else stop.rt,
        rw=None if drop_point else stop.rw,
        landmark=None if drop_point else stop.landmark,
        kelurahan_code=drop_point.kelurahan_code if drop_point else stop.kelurahan_code,
        lat=drop_point.lat if drop_point else stop.lat,
        lon=drop_point.lon if drop_point else stop.lon,
        wanted_on=day,
        reschedules_id=stop.id,
    )
    session.add(fresh)
    session.flush()
    for package in packages:
        package.stop_id = fresh.id
        session.add(package)
    session.flush()
    return fresh


def undelivered_units(lines: Iterable[PackageLine]) -> dict[str, int]:
    """Return the units of a package's lines that no family kept, by item."""
    return {
        line.item_code: line.quantity - line.accepted
        for line in lines
        if line.quantity > line.accepted
    }


def unusable_units(lines: Sequence[PackageLine], event: DeliveryEvent | None) -> dict[str, int]:
    """Return the units that were refused as broken or expired by the event that counts, by item.

    They may go to no other family: back at the depot they are written off.
    """
    if event is None:
        return {}
    reasons = delivery_reasons()
    told = {str(row["line_uid"]): row.get("reason") or event.reason for row in event.lines}
    left = undelivered_units(lines)
    return {
        line.item_code: left[line.item_code]
        for line in lines
        if line.item_code in left
        and (reason := reasons.get(str(told.get(line.uid, event.reason)))) is not None
        and reason.is_unusable
    }


def _try_again(
    session: Session,
    package: Package,
    action: ExceptionAction,
    day: date | None,
    drop_point: DropPoint | None,
    now: datetime,
) -> None:
    """Bring the package back to the depot's hands and make the stop of its next attempt.

    The stop it failed at is *rescheduled* once none of its packages is left there.
    """
    if day is None or day < local_date(now):
        raise Refused("exception.day", package=package.code)
    stop = session.get_one(Stop, package.stop_id)
    if action == A.PICK_UP and drop_point is None:
        drop_point = _kelurahan_office(session, stop)
    if package.deliver_on > day:
        raise Refused("exception.day", package=package.code)
    package.state, package.updated_at = P.PACKED, now
    package.version += 1
    new_attempt(session, stop=stop, packages=[package], day=day, drop_point=drop_point)
    if not packages_of_stop(session, stop_id=stop.id or 0):
        stop.state = StopState.RESCHEDULED
        stop.version += 1
        session.add(stop)
    session.flush()


def _kelurahan_office(session: Session, stop: Stop) -> DropPoint:
    places = [
        place
        for place in ensure_drop_points(session)
        if place.kelurahan_code == stop.kelurahan_code
    ]
    places.sort(key=lambda place: (place.kind.value != "kelurahan_office", place.id))
    if not places:
        raise Refused("exception.no_drop_point", kelurahan=stop.kelurahan_code or "")
    return places[0]


def _bring_back(
    session: Session, package: Package, by: Account, now: datetime, *, spoiled: bool, note: str
) -> None:
    """Put what no family kept back on the shelf, or write it off; what is unusable always is."""
    lines = lines_of_package(session, package_id=package.id or 0)
    events = events_by_package(session, package_ids=[package.id or 0]).get(package.id or 0, [])
    units = undelivered_units(lines)
    off = units if spoiled else unusable_units(lines, effective_event(events, package.stop_id))
    back = {code: number for code, number in units.items() if code not in off}
    change: dict[str, Any] = {"package": package, "by": by, "now": now, "note": note.strip()[:300]}
    package_goods.spoil_packed(session, quantities=off, **change)
    package_goods.return_packed(session, quantities=back, **change)
    if package.state != P.PARTLY_ACCEPTED:
        package.state = P.RESTOCKED if back else P.SPOILED
    package.updated_at = now
    package.version += 1
    session.add(package)
    session.flush()


def _reassign(
    session: Session, package: Package, other: Package | None, by: Account, now: datetime
) -> None:
    """Give the goods to a package that waits; it takes its own lines, as food rules demand."""
    if other is None or other.cycle_id != package.cycle_id or other.state != P.CARRIED:
        raise Refused("exception.reassign_to", package=package.code)
    if package_goods.is_boxed(session, package=other):
        raise Refused("exception.reassign_boxed", package=other.code)
    lines = lines_of_package(session, package_id=other.id or 0)
    depot_id = package_goods.packed_from(
        session,
        package=package,
        item_code=lines_of_package(session, package_id=package.id or 0)[0].item_code,
    )
    package_goods.return_packed(
        session,
        package=package,
        quantities=undelivered_units(lines_of_package(session, package_id=package.id or 0)),
        by=by,
        now=now,
        note=f"→ {other.code}",
    )
    for line in lines:
        package_goods.reserve(session, depot_id=depot_id, package=other, line=line, by=by, now=now)
    package_goods.take_packed(session, packages=[other], by=by, now=now)
    package.state, other.state, other.replaces_id = P.REASSIGNED, P.PACKED, package.id
    for row in (package, other):
        row.updated_at = now
        row.version += 1
        session.add(row)
    session.flush()


def _asked_why(case: DeliveryException, text: str) -> str:
    """Return what the office is told: of a confidential case only that there is one."""
    return CONFIDENTIAL if case.is_sensitive else text.strip() or case.reason


def _ask_office(
    session: Session,
    package: Package,
    action: ExceptionAction,
    by: Account,
    now: datetime,
    reason: str,
) -> None:
    kind = "exit" if action == A.EXIT_CHILD else "address"
    waiting = session.exec(
        select(ChangeRequest).where(
            ChangeRequest.child_id == package.child_id,
            ChangeRequest.kind == kind,
            col(ChangeRequest.decided_at).is_(None),
        )
    ).first()
    if waiting is None:
        session.add(
            ChangeRequest(
                child_id=package.child_id,
                kind=kind,
                payload={"package": package.code},
                asked_by=by.username,
                asked_at=now,
                reason=reason[:500],
            )
        )
        session.flush()
