"""Children whose growth may ask for a look, found by the store before Python weighs anything.

Whoever a rule could name is found, and most others are not: of ten thousand children a few hundred
are read. What the rows mean is decided by who asks (``api.services.growth_tasks``); only the months
of support are counted here to the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Text, case, cast, false, func, literal, true
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select

from data.queries.growth import FOLLOWED, LEFT, SERVED
from data.schema import (
    Assignment,
    Child,
    ChildState,
    Cycle,
    GrowthReview,
    Household,
    Measurement,
    ReviewDecision,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlmodel import Session

__all__ = [
    "AskingChild",
    "Bounds",
    "PlacedChild",
    "children_asking",
    "children_due",
    "num_proposed",
]

IN_PROGRAMME = tuple(state for state in FOLLOWED if state not in LEFT)
_PLACED = (
    col(Child.id),
    col(Child.code),
    func.coalesce(Household.kelurahan_code, ""),
    func.coalesce(Household.posyandu, ""),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Beyond which values a child may ask for a look.

    Attributes
    ----------
    first, last
        The days whose measurements count; four months or more.
    measured_since
        A supported child whose newest measurement is older is asked after.
    supported_since
        The first month whose pairs make a child a supported one.
    least_whz, least_haz
        Below these a child may be severely wasted, or stunted again.
    """

    first: date
    last: date
    measured_since: date
    supported_since: str
    least_whz: float
    least_haz: float


class PlacedChild(NamedTuple):
    """A child and where it is measured."""

    id: int
    code: str
    kelurahan_code: str
    posyandu: str


class AskingChild(NamedTuple):
    """A child who may ask for a look, with the last review that stands and its newest measurement.

    ``measured_on`` is None for one that was not measured within the bounds; ``may_be_two_t`` is
    told where ``two_t`` is asked for, ``is_unmeasured`` (supported, its newest measurement too old)
    where ``unmeasured`` is.
    """

    id: int
    code: str
    kelurahan_code: str
    posyandu: str
    state: ChildState
    born_on: date
    effective_on: date | None
    is_proposed: bool
    is_unmeasured: bool
    decision: ReviewDecision | None
    reviewed_on: date | None
    measured_on: date | None
    whz: float | None
    has_oedema: bool | None
    may_be_two_t: bool


def children_asking(
    session: Session,
    *,
    reason: str,
    bounds: Bounds,
    asked: Collection[str],
    child_id: int | None = None,
) -> list[AskingChild]:
    """Return the children of whom a rule about measurements could name one, or one child if it may.

    ``reason`` is the reason for a review that proposes a graduation. None is missing who is
    severely wasted (``severe``), had two T (``two_t``), is stunted again after leaving
    (``relapse``, ``came_back``), was proposed for graduation (``graduation``) or is supported and
    not measured (``unmeasured``), of those that are asked for; others may be among them.
    """
    newest, review = _measurement(), aliased(GrowthReview)
    may_be_two_t = _may_be_two_t(newest, bounds) if "two_t" in asked else false()
    # A case looks at the months of support of those alone whose newest measurement is old.
    is_unmeasured = (
        case((_is_old(newest, bounds), _is_supported(bounds.supported_since)), else_=false())
        if "unmeasured" in asked
        else false()
    )
    is_proposed = _carries(reason)
    signs = {
        "graduation": is_proposed,
        "severe": or_(newest.has_oedema, newest.whz < bounds.least_whz),
        "unmeasured": is_unmeasured,
        "two_t": may_be_two_t,
    }
    left = LEFT if {"relapse", "came_back"} & set(asked) else ()
    wanted = (
        select(  # type: ignore[call-overload]
            *_PLACED,
            Child.state,
            Child.born_on,
            Child.effective_on,
            is_proposed,
            is_unmeasured,
            review.decision,
            review.reviewed_on,
            newest.measured_on,
            newest.whz,
            newest.has_oedema,
            func.coalesce(may_be_two_t, false()),
        )
        .join(Household, col(Household.id) == Child.household_id)
        .outerjoin(
            newest,
            # The days are said again: PostgreSQL gathers only these rows then, not all history.
            newest.measured_on.between(bounds.first, bounds.last)
            & (newest.id == _newest_measurement(bounds)),
        )
        .outerjoin(review, review.id == _of_last_review(func.max(GrowthReview.id)))
        .where(
            or_(
                and_(
                    col(Child.state).in_(IN_PROGRAMME),
                    or_(false(), *(sign for name, sign in signs.items() if name in asked)),
                ),
                and_(col(Child.state).in_(left), _may_be_stunted_again(bounds)),
            )
        )
    )
    if child_id is not None:
        wanted = wanted.where(Child.id == child_id)
    return [AskingChild._make(row) for row in session.exec(wanted).all()]


def num_proposed(session: Session, *, reason: str, bounds: Bounds) -> int:
    """Return how many children of the programme carry a reason for review that nobody answered.

    Keeping a child on answers it until its next measurement.
    """
    measured, review = _measurement(), aliased(GrowthReview)
    is_measured_since = (
        select(measured.id)
        .where(
            measured.child_id == Child.id,
            measured.measured_on > review.reviewed_on,
            measured.measured_on.between(bounds.first, bounds.last),
        )
        .correlate(Child, review)
        .exists()
    )
    wanted = (
        select(func.count())
        .select_from(Child)
        .outerjoin(review, review.id == _of_last_review(func.max(GrowthReview.id)))
        .where(
            col(Child.state).in_(IN_PROGRAMME),
            _carries(reason),
            or_(
                col(review.id).is_(None),
                review.decision != ReviewDecision.KEEP,
                is_measured_since,
            ),
        )
    )
    return int(session.exec(wanted).one())


def children_due(
    session: Session, *, num_months: int, child_id: int | None = None
) -> list[PlacedChild]:
    """Return the children in the programme served in so many months or more since their review."""
    newest = select(Cycle.id, Cycle.month).order_by(col(Cycle.month).desc()).limit(num_months + 1)
    months = [(number or 0, month) for number, month in session.exec(newest)]
    if len(months) < num_months:
        return []
    last = _last_reviews(child_id)
    reviewed = func.coalesce(last.c.month, "")
    # Said month by month the few newest are looked up at once (PostgreSQL hashes each of them), and
    # they decide of nearly all; the pairs of all months are counted of who was served with gaps.
    lately = sum(
        (
            case((and_(reviewed < month, _is_served_in(number)), 1), else_=0)
            for number, month in months
        ),
        start=literal(0),
    )
    is_due = case(
        (reviewed >= months[num_months - 1][1], false()),
        (lately >= num_months, true()),
        (reviewed >= months[-1][1], false()),
        else_=_num_months_served(last) >= num_months,
    )
    wanted = (
        select(*_PLACED)
        .join(Household, col(Household.id) == Child.household_id)
        .outerjoin(last, last.c.child_id == Child.id)
        .where(col(Child.state).in_(IN_PROGRAMME), is_due)
    )
    if child_id is not None:
        wanted = wanted.where(Child.id == child_id)
    return [PlacedChild._make(row) for row in session.exec(wanted).all()]


def _last_reviews(child_id: int | None) -> Any:
    """Return SQL of the newest month of the reviews that stand, per child."""
    reviews = (
        select(GrowthReview.child_id, func.max(GrowthReview.month).label("month"))
        .where(col(GrowthReview.undone_at).is_(None))
        .group_by(col(GrowthReview.child_id))
    )
    if child_id is not None:
        reviews = reviews.where(GrowthReview.child_id == child_id)
    return reviews.subquery()


def _is_served_in(cycle_id: int) -> Any:
    return (
        select(Assignment.id)
        .where(Assignment.child_id == Child.id, Assignment.cycle_id == cycle_id, *SERVED)
        .correlate(Child)
        .exists()
    )


def _num_months_served(last: Any) -> Any:
    """Return SQL of the months in which a child was served since its last review.

    The states stand in what is counted and not in what is looked for: as a condition they would
    have PostgreSQL step through every month of the index for a child without pairs.
    """
    month = select(Cycle.month).where(Cycle.id == Assignment.cycle_id).scalar_subquery()
    served = case((and_(*SERVED, month > func.coalesce(last.c.month, "")), Assignment.cycle_id))
    return (
        select(func.count(func.distinct(served)))
        .where(Assignment.child_id == Child.id)
        .correlate(Child, last)
        .scalar_subquery()
    )


def _carries(reason: str) -> Any:
    """Return SQL of whether a child carries a reason for a review; no list is read for it."""
    return cast(Child.review_reasons, Text).contains(f'"{reason}"', autoescape=True)


def _measurement() -> Any:
    """Return the measurements under a name of their own."""
    return aliased(Measurement)


def _newest_measurement(bounds: Bounds) -> Any:
    measured = _measurement()
    return (
        select(measured.id)
        .where(
            measured.child_id == Child.id, measured.measured_on.between(bounds.first, bounds.last)
        )
        .order_by(measured.measured_on.desc())
        .limit(1)
        .correlate(Child)
        .scalar_subquery()
    )


def _of_last_review(value: Any) -> Any:
    """Return SQL of a value over the reviews of a child that stand."""
    return (
        select(value)
        .where(GrowthReview.child_id == Child.id, col(GrowthReview.undone_at).is_(None))
        .correlate(Child)
        .scalar_subquery()
    )


def _month_of_last_review() -> Any:
    """Return SQL of the month of a child's last review that stands; empty without one."""
    return func.coalesce(_of_last_review(func.max(GrowthReview.month)), "")


def _is_supported(first_month: str) -> Any:
    """Return SQL of whether a child was served since its last review, in a month or later."""
    return (
        select(Assignment.id)
        .join(Cycle, col(Cycle.id) == Assignment.cycle_id)
        .where(
            Assignment.child_id == Child.id,
            *SERVED,
            Cycle.month >= first_month,
            Cycle.month > _month_of_last_review(),
        )
        .exists()
    )


def _is_old(newest: Any, bounds: Bounds) -> Any:
    return or_(newest.id.is_(None), newest.measured_on < bounds.measured_since)


def _may_be_stunted_again(bounds: Bounds) -> Any:
    measured = _measurement()
    return (
        select(measured.id)
        .where(
            measured.child_id == Child.id,
            measured.measured_on > Child.effective_on,
            measured.measured_on.between(bounds.first, bounds.last),
            measured.haz < bounds.least_haz,
        )
        .exists()
    )


def _may_be_two_t(newest: Any, bounds: Bounds) -> Any:
    """Return SQL of whether the last three months have weights of which none may be a gain."""
    spans = _months_of(bounds.first, bounds.last)
    before, first = _measurement(), _measurement()
    fallen = [
        case(
            (
                newest.measured_on.between(*span),
                select(before.id)
                .join(first, first.child_id == before.child_id)
                .where(
                    before.child_id == Child.id,
                    before.measured_on.between(*span_before),
                    first.measured_on.between(*first_span),
                    _may_not_have_gained(newest, before),
                    _may_not_have_gained(before, first),
                )
                .exists(),
            ),
            else_=false(),
        )
        for span, span_before, first_span in zip(spans, spans[1:], spans[2:], strict=False)
    ]
    # Without a weight of its own the newest measurement says nothing of the one before it.
    return or_(and_(newest.id.is_not(None), newest.weight_g.is_(None)), *fallen)


def _may_not_have_gained(now: Any, before: Any) -> Any:
    """Return SQL: a child that follows its curve and weighs more has gained, whatever its age."""
    return or_(
        now.weight_g <= before.weight_g,
        now.waz.is_(None),
        before.waz.is_(None),
        now.waz < before.waz,
    )


def _months_of(first: date, last: date) -> list[tuple[date, date]]:
    """Return the days of each calendar month between two days, the last month first."""
    spans = []
    while last >= first:
        begin = max(first, last.replace(day=1))
        spans.append((begin, last))
        last = begin - timedelta(days=1)
    return spans
