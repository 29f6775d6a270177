"""The last height of each child of an area, for the curves of growth."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func
from sqlmodel import col, select

from data.schema import Child, ChildState, Household, Measurement, Sex

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

__all__ = ["LastHeight", "last_heights"]


class LastHeight(NamedTuple):
    """A child in the programme and its last measured height (or length, in millimetres)."""

    code: str
    sex: Sex
    born_on: date
    measured_on: date
    lenhei_mm: int
    position: str | None
    haz: float | None


def last_heights(
    session: Session, *, kelurahan_code: str, posyandu: str | None = None
) -> list[LastHeight]:
    """Return the children in the programme of a kelurahan, or of one posyandu there, by code.

    Children that were never measured are left out.
    """
    wanted = (
        select(Child.id)
        .join(Household, col(Household.id) == Child.household_id)
        .where(Child.state == ChildState.ELIGIBLE, Household.kelurahan_code == kelurahan_code)
    )
    if posyandu is not None:
        wanted = wanted.where(Household.posyandu == posyandu)
    last = (
        select(Measurement.child_id, func.max(Measurement.measured_on).label("day"))
        .where(col(Measurement.lenhei_mm).is_not(None), col(Measurement.child_id).in_(wanted))
        .group_by(col(Measurement.child_id))
        .subquery()
    )
    rows = session.exec(
        select(  # type: ignore[call-overload]
            Child.code,
            Child.sex,
            Child.born_on,
            Measurement.measured_on,
            Measurement.lenhei_mm,
            Measurement.position,
            Measurement.haz,
        )
        .join(Measurement, col(Measurement.child_id) == Child.id)
        .join(
            last,
            (last.c.child_id == Measurement.child_id) & (last.c.day == Measurement.measured_on),
        )
        .order_by(col(Child.code))
    ).all()
    return [LastHeight._make(row) for row in rows]
