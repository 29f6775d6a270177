"""One case for a route: after one family received nothing, the others on it are asked too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.exception_doubts import OPEN_STATES, end_case, open_case
from data.schema import (
    DeliveryException,
    ExceptionState,
    Package,
    PackageState,
    Stop,
    VerificationCall,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, Cycle

__all__ = ["SAME_ROUTE", "finish_inquiry", "open_inquiry"]

SAME_ROUTE = "same_courier"
"""Reason of the case of a route (its code is from when each package had a case of its own)."""
HANDED_OVER = (PackageState.ACCEPTED, PackageState.PARTLY_ACCEPTED)


def open_inquiry(
    session: Session, *, cycle: Cycle, package: Package, by: Account, now: datetime
) -> DeliveryException | None:
    """Have the families asked whose packages went the way of one that its family did not get.

    Whoever is asked already, in the sample or for another package of the route, is not asked
    twice; None where nobody is left to ask.
    """
    stop = session.get(Stop, package.stop_id) if package.stop_id else None
    if stop is None or stop.route_id is None:
        return None
    asked = select(VerificationCall.package_id).where(VerificationCall.cycle_id == cycle.id)
    others = session.exec(
        select(Package)
        .join(Stop, col(Stop.id) == Package.stop_id)
        .where(
            Stop.route_id == stop.route_id,
            col(Package.state).in_(HANDED_OVER),
            col(Package.id).not_in(asked),
        )
        .order_by(col(Stop.sequence), col(Package.code))
    ).all()
    if not others:
        return None
    case = session.exec(
        select(DeliveryException).where(
            DeliveryException.cycle_id == cycle.id,
            DeliveryException.route_id == stop.route_id,
            DeliveryException.state != ExceptionState.CLOSED,
        )
    ).first() or open_case(
        session,
        cycle_id=cycle.id or 0,
        package=None,
        route_id=stop.route_id,
        reason=SAME_ROUTE,
        text=package.code,
        is_sensitive=False,
        by=by,
        now=now,
    )
    session.add_all(
        VerificationCall(cycle_id=cycle.id or 0, package_id=other.id or 0, case_id=case.id)
        for other in others
    )
    session.flush()
    return case


def finish_inquiry(session: Session, *, case_id: int, by: Account, now: datetime) -> None:
    """End the case of a route once every family has answered: each *no* has a case of its own.

    One on which somebody acted is left to them, a confidential one to the approver.
    """
    case = session.get_one(DeliveryException, case_id)
    unasked = session.exec(
        select(VerificationCall.id).where(
            VerificationCall.case_id == case_id, col(VerificationCall.answer).is_(None)
        )
    ).first()
    if unasked is None and case.state in OPEN_STATES and not case.is_sensitive:
        end_case(session, case, by, now)
        session.flush()
