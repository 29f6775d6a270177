"""Reading the cases of a month: which a role may see, how many are open, where they belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func
from sqlmodel import col, select

from data.schema import (
    Cycle,
    DeliveryException,
    ExceptionState,
    Household,
    Package,
    Role,
    Route,
    Stop,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlmodel import Session

__all__ = [
    "PlacedCase",
    "count_exceptions",
    "count_open_exceptions",
    "exceptions_with_places",
    "may_see",
    "months_with_open",
    "routes_with_open",
]


class PlacedCase(NamedTuple):
    """A case with its package, family and stop, and the code of the route."""

    case: DeliveryException
    package: Package | None
    home: Household | None
    stop: Stop | None
    route_code: str | None


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


def count_exceptions(
    session: Session, *, cycle_ids: Collection[int], reader: Role, include_closed: bool
) -> int:
    """Return how many cases of some months the reader may see."""
    rows = select(func.count()).where(*_of_months(cycle_ids, reader, include_closed))
    return session.exec(rows).one()


def months_with_open(session: Session, *, reader: Role) -> set[int]:
    """Return the ids of the months with cases that nobody has closed and the reader may see."""
    rows = select(DeliveryException.cycle_id).where(
        DeliveryException.state != ExceptionState.CLOSED, *may_see(reader)
    )
    return set(session.exec(rows.distinct()))


def routes_with_open(session: Session, *, cycle_id: int, reader: Role) -> set[str]:
    """Return the codes of a month's routes with cases that nobody has closed."""
    rows = (
        select(Route.code)
        .select_from(DeliveryException)
        .outerjoin(Stop, col(Stop.id) == DeliveryException.stop_id)
        .join(Route, _is_at(col(Route.id)))
        .where(*_of_months([cycle_id], reader, include_closed=False))
    )
    return set(session.exec(rows))


def exceptions_with_places(
    session: Session,
    *,
    cycle_ids: Collection[int],
    reader: Role,
    include_closed: bool = True,
    is_kept: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> list[PlacedCase]:
    """Return cases that the reader may see, by month and age, each with where it belongs.

    ``is_kept`` leaves only those closed with words against what families say.
    The route is that of the stop at which it happened, or the one whose families are asked.
    """
    rows = session.exec(
        select(DeliveryException, Package, Household, Stop, Route.code)  # type: ignore[call-overload]
        .join(Cycle, col(Cycle.id) == DeliveryException.cycle_id)
        .outerjoin(Package, col(Package.id) == DeliveryException.package_id)
        .outerjoin(Household, col(Household.id) == Package.household_id)
        .outerjoin(Stop, col(Stop.id) == DeliveryException.stop_id)
        .outerjoin(Route, _is_at(col(Route.id)))
        .where(*_of_months(cycle_ids, reader, include_closed), *(_KEPT if is_kept else ()))
        .order_by(col(Cycle.month), col(DeliveryException.opened_at), col(DeliveryException.id))
        .offset(offset)
        .limit(limit)
    )
    return [PlacedCase(*row) for row in rows]


_KEPT = (
    DeliveryException.state == ExceptionState.CLOSED,
    col(DeliveryException.kept_because) != "",
)


def _is_at(route_id: Any) -> Any:
    return route_id == func.coalesce(col(Stop.route_id), col(DeliveryException.route_id))


def _of_months(cycle_ids: Collection[int], reader: Role, include_closed: bool) -> tuple[Any, ...]:
    is_open = () if include_closed else (DeliveryException.state != ExceptionState.CLOSED,)
    return (col(DeliveryException.cycle_id).in_(cycle_ids), *is_open, *may_see(reader))
