"""Rows behind the growth work list and the quality of measuring, read in few statements."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Text, cast, func
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
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlmodel import Session

__all__ = [
    "FollowedChild",
    "Weighed",
    "children_followed",
    "last_digits",
    "last_reviews",
    "measured_since",
    "months_served_since_review",
    "places_followed",
    "reviews_of",
]

FOLLOWED = (
    ChildState.ELIGIBLE,
    ChildState.PAUSED,
    ChildState.MOVED_PENDING,
    ChildState.GRADUATED,
    ChildState.EXITED,
)


class FollowedChild(NamedTuple):
    """A child whose growth is followed: in the programme, graduated, or gone."""

    id: int
    code: str
    state: ChildState
    born_on: date
    review_reasons: tuple[str, ...]
    effective_on: date | None
    kelurahan_code: str
    posyandu: str


class Weighed(NamedTuple):
    """What a measurement says of growth; a tuple, because there may be many."""

    measured_on: date
    weight_g: int | None
    haz: float | None
    waz: float | None
    whz: float | None
    has_oedema: bool


def children_followed(session: Session, *, child_id: int | None = None) -> list[FollowedChild]:
    """Return the children in the programme and those that left it, by code; or one of them."""
    wanted = (
        select(  # type: ignore[call-overload]
            Child.id,
            Child.code,
            Child.state,
            Child.born_on,
            cast(Child.review_reasons, Text),
            Child.effective_on,
            Household.kelurahan_code,
            Household.posyandu,
        )
        .join(Household, col(Household.id) == Child.household_id)
        .where(col(Child.state).in_(FOLLOWED))
        .order_by(col(Child.code))
    )
    if child_id is not None:
        wanted = wanted.where(Child.id == child_id)
    return [
        FollowedChild(
            number,
            code,
            state,
            born_on,
            # Hardly any child has one, and reading JSON takes long.
            () if reasons == "[]" else tuple(json.loads(reasons)),
            effective_on,
            ward or "",
            posyandu or "",
        )
        for number, code, state, born_on, reasons, effective_on, ward, posyandu in (
            session.exec(wanted).all()
        )
    ]


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
    session: Session, *, first: date, last: date, child_id: int | None = None
) -> dict[int, list[Weighed]]:
    """Return the measurements of followed children within days, per child, oldest first."""
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
        .join(Child, col(Child.id) == Measurement.child_id)
        .where(
            col(Child.state).in_(FOLLOWED),
            Measurement.measured_on >= first,
            Measurement.measured_on <= last,
        )
        .order_by(col(Measurement.child_id), col(Measurement.measured_on))
    )
    if child_id is not None:
        wanted = wanted.where(Measurement.child_id == child_id)
    found: defaultdict[int, list[Weighed]] = defaultdict(list)
    for number, *values in session.exec(wanted).all():
        found[number].append(Weighed._make(values))
    return found


def months_served_since_review(
    session: Session, *, child_id: int | None = None, first_month: str = ""
) -> dict[int, tuple[int, str]]:
    """Return per child the months served since its last review: how many, and the last one.

    ``first_month`` leaves out the months before it.
    """
    last = (
        select(GrowthReview.child_id, func.max(GrowthReview.month).label("month"))
        .where(col(GrowthReview.undone_at).is_(None))
        .group_by(col(GrowthReview.child_id))
        .subquery()
    )
    wanted = (
        select(
            Assignment.child_id,
            func.count(func.distinct(Cycle.month)),
            func.max(Cycle.month),
        )
        .join(Cycle, col(Cycle.id) == Assignment.cycle_id)
        .outerjoin(last, last.c.child_id == Assignment.child_id)
        .where(
            col(Assignment.state).in_(COUNTED),
            Assignment.state != AssignmentState.UNFULFILLED,
            last.c.month.is_(None) | (col(Cycle.month) > last.c.month),
        )
        .group_by(col(Assignment.child_id))
    )
    if child_id is not None:
        wanted = wanted.where(Assignment.child_id == child_id)
    if first_month:
        lately = select(Cycle.id).where(Cycle.month >= first_month)
        wanted = wanted.where(col(Assignment.cycle_id).in_(lately))
    rows = session.exec(wanted).all()
    return {child: (int(months), str(newest)) for child, months, newest in rows}


def last_reviews(session: Session, *, child_id: int | None = None) -> dict[int, GrowthReview]:
    """Return the last standing review of each child that has one."""
    newest = (
        select(func.max(GrowthReview.id).label("id"))
        .where(col(GrowthReview.undone_at).is_(None))
        .group_by(col(GrowthReview.child_id))
        .subquery()
    )
    wanted = select(GrowthReview).join(newest, newest.c.id == GrowthReview.id)
    if child_id is not None:
        wanted = wanted.where(GrowthReview.child_id == child_id)
    return {review.child_id: review for review in session.exec(wanted)}


def reviews_of(session: Session, *, child_id: int) -> list[GrowthReview]:
    """Return every review of a child, the newest first; those undone too."""
    rows = select(GrowthReview).where(GrowthReview.child_id == child_id)
    return list(session.exec(rows.order_by(col(GrowthReview.id).desc())))


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
