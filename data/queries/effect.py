"""Rows for comparing supported with unsupported children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Float, Text, case, cast, func
from sqlmodel import col, select

from data.queries.reports import COUNTED
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
    measured = select(  # type: ignore[call-overload]
        func.count(),
        func.sum(_marked(Measurement.id, Measurement.haz)),
        func.sum(_marked(Measurement.id, Measurement.waz)),
        func.sum(_marked(Measurement.id, Measurement.child_id)),
        func.sum(_marked(Measurement.id, _day(Measurement.measured_on))),
    ).select_from(Measurement)
    paired = select(
        func.count(),
        func.sum(_marked(Assignment.id, Assignment.child_id)),
        func.sum(_marked(Assignment.id, Assignment.cycle_id)),
    ).where(col(Assignment.state).in_(COUNTED), Assignment.state != AssignmentState.UNFULFILLED)
    closed = select(func.count(), func.sum(_marked(Cycle.id, Cycle.id))).where(
        col(Cycle.state).in_(AGREED)
    )
    children = select(
        func.count(),
        func.sum(_marked(Child.id, Child.version)),
        func.sum(_marked(Child.id, Child.household_id)),
        func.sum(_marked(Child.id, case((col(Child.state) == ChildState.DUPLICATE, 1), else_=0))),
    ).select_from(Child)
    homes = select(func.count(), func.sum(_marked(Household.id, Household.version))).select_from(
        Household
    )
    asked = (measured, paired, closed, children, homes)
    return tuple(value for query in asked for value in session.exec(query).one())


def _marked(row: Any, value: Any) -> Any:
    """Return a value times the square of its row's number: rows that swap values are seen."""
    number = cast(row, Float)
    return number * number * cast(value, Float)


def _day(day: Any) -> Any:
    """Return a day as one number (20261204) that both stores work out, quicker than its parts."""
    return func.replace(cast(day, Text), "-", "")


def served_months(session: Session, *, until: str | None = None) -> dict[int, list[str]]:
    """Return the months in which each child was served, in order; ``until`` the last looked at."""
    wanted = (
        select(Assignment.child_id, Cycle.month)
        .join(Cycle, col(Cycle.id) == Assignment.cycle_id)
        .where(
            col(Assignment.state).in_(COUNTED),
            Assignment.state != AssignmentState.UNFULFILLED,
            col(Cycle.state).in_(AGREED),
        )
        .distinct()
        .order_by(col(Assignment.child_id), col(Cycle.month))
    )
    if until is not None:
        wanted = wanted.where(Cycle.month <= until)
    found: dict[int, list[str]] = {}
    for child, month in session.exec(wanted):
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


def scores(
    session: Session, *, until: date | None = None
) -> dict[int, list[tuple[date, float | None, float | None]]]:
    """Return day, HAZ and WAZ of each child's measurements up to a day, oldest first."""
    wanted = (
        select(  # type: ignore[call-overload]
            Measurement.child_id, Measurement.measured_on, Measurement.haz, Measurement.waz
        )
        .where(col(Measurement.haz).is_not(None) | col(Measurement.waz).is_not(None))
        .order_by(col(Measurement.child_id), col(Measurement.measured_on))
    )
    if until is not None:
        wanted = wanted.where(Measurement.measured_on <= until)
    found: dict[int, list[tuple[date, float | None, float | None]]] = {}
    for child, day, haz, waz in session.exec(wanted):
        found.setdefault(child, []).append((day, haz, waz))
    return found
