"""Rows behind the growth work list and the quality of measuring, read in few statements."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func
from sqlmodel import col, or_, select

from data.queries.reports import COUNTED
from data.schema import (
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    Cycle,
    GrowthReview,
    Household,
    Measurement,
    ReviewDecision,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from sqlmodel import Session

__all__ = [
    "Weighed",
    "born_days",
    "last_digits",
    "measured_since",
    "months_served_since_review",
    "places_followed",
    "readings_of",
    "referral_days",
    "reviews_of",
]

LEFT = (ChildState.GRADUATED, ChildState.EXITED)
FOLLOWED = (ChildState.ELIGIBLE, ChildState.PAUSED, ChildState.MOVED_PENDING, *LEFT)
"""States in which growth is followed: in the programme, graduated, or gone."""
SERVED = (
    col(Assignment.state).in_(COUNTED),
    col(Assignment.state) != AssignmentState.UNFULFILLED,
)
"""Pairs by which a child was served."""
MOST_NAMED = 5000


class Weighed(NamedTuple):
    """What a measurement says of growth; a tuple, because there may be many."""

    measured_on: date
    weight_g: int | None
    haz: float | None
    waz: float | None
    whz: float | None
    has_oedema: bool


def places_followed(session: Session) -> list[tuple[str, str]]:
    """Return kelurahan and posyandu of the children whose growth is followed."""
    rows = session.exec(
        select(Household.kelurahan_code, Household.posyandu)
        .join(Child, col(Child.household_id) == Household.id)
        .where(col(Child.state).in_(FOLLOWED))
        .distinct()
    )
    return [(ward or "", posyandu or "") for ward, posyandu in rows]


def measured_since(
    session: Session, *, first: date, last: date, among: Collection[int]
) -> dict[int, list[Weighed]]:
    """Return the measurements of children within days, per child, oldest first."""
    wanted = (
        select(  # type: ignore[call-overload]
            Measurement.child_id,
            Measurement.measured_on,
            Measurement.weight_g,
            Measurement.haz,
            Measurement.waz,
            Measurement.whz,
            Measurement.has_oedema,
        )
        .where(Measurement.measured_on >= first, Measurement.measured_on <= last)
        .order_by(col(Measurement.child_id), col(Measurement.measured_on))
    )
    found: defaultdict[int, list[Weighed]] = defaultdict(list)
    for number, *values in _of(session, wanted, Measurement.child_id, among):
        found[number].append(Weighed._make(values))
    return found


def months_served_since_review(session: Session, *, among: Collection[int]) -> dict[int, int]:
    """Return per child in how many months it was served since its last review."""
    reviewed = (
        select(GrowthReview.child_id, func.max(GrowthReview.month).label("month"))
        .where(col(GrowthReview.undone_at).is_(None))
        .group_by(col(GrowthReview.child_id))
    )
    last = _some(reviewed, GrowthReview.child_id, among).subquery()
    months = func.count(func.distinct(Assignment.cycle_id))
    wanted = (
        select(Assignment.child_id, months)
        .join(Cycle, col(Cycle.id) == Assignment.cycle_id)
        .outerjoin(last, last.c.child_id == Assignment.child_id)
        .where(*SERVED, last.c.month.is_(None) | (col(Cycle.month) > last.c.month))
        .group_by(col(Assignment.child_id))
    )
    rows = _of(session, wanted, Assignment.child_id, among)
    return {child: int(months) for child, months in rows}


def born_days(session: Session, *, among: Collection[int]) -> dict[int, date]:
    """Return the birth days of children."""
    return dict(_of(session, select(Child.id, Child.born_on), Child.id, among))


def _of(session: Session, wanted: Any, child: Any, among: Collection[int]) -> Sequence[Any]:
    """Return the rows of some children; of very many all are read, which is quicker then."""
    found: Sequence[Any] = session.exec(_some(wanted, child, among)).all()
    return found


def _some(wanted: Any, child: Any, among: Collection[int]) -> Any:
    return wanted.where(col(child).in_(among)) if len(among) <= MOST_NAMED else wanted


def reviews_of(session: Session, *, child_id: int) -> list[GrowthReview]:
    """Return every review of a child, the newest first; those undone too."""
    rows = select(GrowthReview).where(GrowthReview.child_id == child_id)
    return list(session.exec(rows.order_by(col(GrowthReview.id).desc())))


def referral_days(session: Session, *, first: date, last: date) -> dict[int, date]:
    """Return per child the last day within days on which a person referred it, as it stands."""
    rows = session.exec(
        select(GrowthReview.child_id, func.max(GrowthReview.reviewed_on))
        .where(
            GrowthReview.decision == ReviewDecision.REFER,
            col(GrowthReview.undone_at).is_(None),
            col(GrowthReview.reviewed_on).between(first, last),
        )
        .group_by(col(GrowthReview.child_id))
    )
    return dict(rows.all())


def readings_of(
    session: Session, *, wards: Collection[str], posyandu: str, spans: Sequence[tuple[date, date]]
) -> list[tuple[str, date, int | None, int | None]]:
    """Return child's code, day, height in mm and weight in g of a place, the newest first."""
    rows = session.exec(
        select(  # type: ignore[call-overload]
            Child.code, Measurement.measured_on, Measurement.lenhei_mm, Measurement.weight_g
        )
        .join(Child, col(Child.id) == Measurement.child_id)
        .join(Household, col(Household.id) == Child.household_id)
        .where(
            func.coalesce(Household.kelurahan_code, "").in_(wards),
            func.coalesce(Household.posyandu, "") == posyandu,
            or_(*(col(Measurement.measured_on).between(*span) for span in spans)),
            or_(col(Measurement.lenhei_mm).is_not(None), col(Measurement.weight_g).is_not(None)),
        )
        .order_by(col(Measurement.measured_on).desc(), col(Child.code))
    )
    return [(code, day, height, weight) for code, day, height, weight in rows]


def last_digits(
    session: Session, *, spans: Sequence[tuple[date, date]]
) -> Sequence[tuple[str, str, str, int, int]]:
    """Return kelurahan, posyandu, ``height`` or ``weight``, last digit and how often, of readings.

    ``spans`` are the days looked at, each from its first to its last. Heights are read to a
    millimetre, weights to a hundred grams.
    """
    found = []
    for kind, reading, step in (
        ("height", col(Measurement.lenhei_mm), 1),
        ("weight", col(Measurement.weight_g), 100),
    ):
        digit = (reading % (10 * step) - reading % step) / step
        rows = session.exec(
            select(Household.kelurahan_code, Household.posyandu, digit, func.count())
            .join(Child, col(Child.id) == Measurement.child_id)
            .join(Household, col(Household.id) == Child.household_id)
            .where(
                or_(*(col(Measurement.measured_on).between(*span) for span in spans)),
                reading.is_not(None),
            )
            .group_by(col(Household.kelurahan_code), col(Household.posyandu), digit)
        )
        found += [
            (ward or "", posyandu or "", kind, int(number or 0), int(count))
            for ward, posyandu, number, count in rows
        ]
    return found
