"""Children whose package of a month was accepted, with what PMT monitoring asks of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from data.schema import Child, Cycle, Measurement, Package, PackageState

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from data.schema import ChildState

__all__ = ["Given", "packages_given"]

ACCEPTED = (PackageState.ACCEPTED, PackageState.PARTLY_ACCEPTED)


@dataclass(frozen=True, slots=True)
class Given:
    """A child, its first accepted package, in how many months it had one, the month's measuring."""

    child_id: int
    code: str
    name: str
    state: ChildState
    first_on: date | None
    num_months: int
    measured: Measurement | None


def packages_given(session: Session, *, cycle: Cycle, first: date, last: date) -> list[Given]:
    """Return every child whose package of a month was accepted in full or part, by code."""
    so_far = (
        select(
            col(Package.child_id).label("child_id"),
            func.min(Package.deliver_on).label("first_on"),
            func.count(func.distinct(Package.cycle_id)).label("num_months"),
        )
        .join(Cycle, col(Cycle.id) == Package.cycle_id)
        .where(col(Package.state).in_(ACCEPTED), Cycle.month <= cycle.month)
        .group_by(col(Package.child_id))
        .subquery()
    )
    own = select(Package.child_id).where(
        Package.cycle_id == cycle.id, col(Package.state).in_(ACCEPTED)
    )
    rows = session.exec(
        select(Child, so_far.c.first_on, so_far.c.num_months)
        .join(so_far, so_far.c.child_id == Child.id)
        .where(col(Child.id).in_(own))
        .order_by(col(Child.code))
    ).all()
    measured = session.exec(
        select(Measurement)
        .where(
            col(Measurement.child_id).in_(own),
            Measurement.measured_on >= first,
            Measurement.measured_on <= last,
        )
        .order_by(col(Measurement.measured_on))
    )
    newest = {one.child_id: one for one in measured}
    return [
        Given(
            child.id or 0, child.code, child.name, child.state, first_on, int(num_months),
            newest.get(child.id or 0),
        )
        for child, first_on, num_months in rows
    ]  # fmt: skip
