"""Rows for comparing supported with unsupported children."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from data.queries.reports import STANDING
from data.schema import (
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    Cycle,
    CycleState,
    Household,
    Measurement,
)

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

__all__ = ["children_known", "effect_signature", "scores", "served_months"]

AGREED = (CycleState.DISTRIBUTING, CycleState.RECONCILING, CycleState.CLOSED)


def effect_signature(session: Session) -> tuple[object, ...]:
    """Return what changes whenever one of the rows below may have changed."""
    measured = select(
        func.count(), func.max(Measurement.id), func.sum(Measurement.haz), func.sum(Measurement.waz)
    ).select_from(Measurement)
    paired = select(func.count(), func.max(Assignment.id)).where(
        col(Assignment.state).in_(STANDING), Assignment.state != AssignmentState.UNFULFILLED
    )
    closed = select(func.count()).where(col(Cycle.state).in_(AGREED))
    children = select(func.count(), func.sum(Child.version)).select_from(Child)
    return (
        *session.exec(measured).one(),
        *session.exec(paired).one(),
        session.exec(closed).one(),
        *session.exec(children).one(),
    )


def served_months(session: Session) -> dict[int, list[str]]:
    """Return the months in which each child was served, in order."""
    rows = session.exec(
        select(Assignment.child_id, Cycle.month)
        .join(Cycle, col(Cycle.id) == Assignment.cycle_id)
        .where(
            col(Assignment.state).in_(STANDING),
            Assignment.state != AssignmentState.UNFULFILLED,
            col(Cycle.state).in_(AGREED),
        )
        .distinct()
        .order_by(col(Assignment.child_id), col(Cycle.month))
    )
    found: dict[int, list[str]] = {}
    for child, month in rows:
        found.setdefault(child, []).append(month)
    return found


def children_known(session: Session) -> list[tuple[int, str, date, str]]:
    """Return number, sex, birth day and kelurahan of every child that is not a duplicate."""
    rows = session.exec(
        select(  # type: ignore[call-overload]
            Child.id, Child.sex, Child.born_on, Household.kelurahan_code
        )
        .join(Household, col(Household.id) == Child.household_id)
        .where(Child.state != ChildState.DUPLICATE)
        .order_by(col(Child.id))
    )
    return [(number or 0, sex.value, born_on, ward or "") for number, sex, born_on, ward in rows]


def scores(session: Session) -> dict[int, list[tuple[date, float | None, float | None]]]:
    """Return day, HAZ and WAZ of each child's measurements, oldest first."""
    rows = session.exec(
        select(  # type: ignore[call-overload]
            Measurement.child_id, Measurement.measured_on, Measurement.haz, Measurement.waz
        )
        .where(col(Measurement.haz).is_not(None) | col(Measurement.waz).is_not(None))
        .order_by(col(Measurement.child_id), col(Measurement.measured_on))
    )
    found: dict[int, list[tuple[date, float | None, float | None]]] = {}
    for child, day, haz, waz in rows:
        found.setdefault(child, []).append((day, haz, waz))
    return found
