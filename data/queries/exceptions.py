"""Reading the cases of a month: which a role may see, how many are open, where they belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func
from sqlmodel import col, select

from data.schema import DeliveryException, ExceptionState, Household, Package, Role, Stop

if TYPE_CHECKING:
    from sqlmodel import Session

__all__ = ["count_open_exceptions", "exceptions_with_places", "may_see", "months_with_open"]


def may_see(role: Role) -> tuple[Any, ...]:
    """Return the condition of the cases that a role may know of: confidential ones the approver."""
    return () if role is Role.APPROVER else (col(DeliveryException.is_sensitive).is_(False),)


def count_open_exceptions(
    session: Session, *, reader: Role = Role.APPROVER, cycle_id: int | None = None
) -> int:
    """Return how many cases (of a month) nobody has closed, of those that the reader may see."""
    of_month = () if cycle_id is None else (DeliveryException.cycle_id == cycle_id,)
    rows = select(func.count()).where(
        DeliveryException.state != ExceptionState.CLOSED, *of_month, *may_see(reader)
    )
    return session.exec(rows).one()


def months_with_open(session: Session, *, reader: Role) -> set[int]:
    """Return the ids of the months with cases that nobody has closed and the reader may see."""
    rows = select(DeliveryException.cycle_id).where(
        DeliveryException.state != ExceptionState.CLOSED, *may_see(reader)
    )
    return set(session.exec(rows.distinct()))


def exceptions_with_places(
    session: Session, *, cycle_id: int, reader: Role
) -> list[tuple[DeliveryException, Package | None, Household | None, Stop | None]]:
    """Return the cases of a month that the reader may see, oldest first, with where they belong."""
    rows = session.exec(
        select(DeliveryException, Package, Household, Stop)
        .outerjoin(Package, col(Package.id) == DeliveryException.package_id)
        .outerjoin(Household, col(Household.id) == Package.household_id)
        .outerjoin(Stop, col(Stop.id) == DeliveryException.stop_id)
        .where(DeliveryException.cycle_id == cycle_id, *may_see(reader))
        .order_by(col(DeliveryException.opened_at), col(DeliveryException.id))
    )
    return [(case, package, home, stop) for case, package, home, stop in rows]
