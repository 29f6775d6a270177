"""Whose growth is to be looked at, and why: a work list that people answer with reviews."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from api.services.child_states import RECOVERED
from data.growth.categories import SEVERE_Z, is_severely_wasted
from data.growth.graduation import has_relapsed
from data.growth.weight_gain import Weighing, ends_in_two_t, monthly_gains
from data.queries import growth as rows
from data.queries.growth_signs import Bounds, children_asking, children_due, num_proposed
from data.reference.graduation import graduation_rule
from data.schema import ChildState, ReviewDecision

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlmodel import Session

    from data.queries.growth import Weighed
    from data.queries.growth_signs import AskingChild
    from data.reference.graduation import GraduationRule
    from data.schema import Child

__all__ = [
    "REASONS",
    "GrowthFacts",
    "GrowthTask",
    "growth_facts",
    "growth_tasks",
    "task_of",
    "waiting_growth",
]

REASONS = ("severe", "two_t", "relapse", "came_back", "graduation", "due", "unmeasured")
"""Why a child's growth is to be looked at, the most urgent first."""
URGENT = ("severe", "two_t", "relapse", "came_back")
"""What does not wait for the next look at the list."""
OF_LEFT = {ChildState.GRADUATED: "relapse", ChildState.EXITED: "came_back"}
"""Of a child outside the programme only a stunted height since then asks for a look."""
WINDOW_DAYS = 130
"""Far enough back for three calendar months of weighings."""


class GrowthTask(NamedTuple):
    """A child to look at, and why."""

    child_id: int
    code: str
    kelurahan_code: str
    posyandu: str
    reasons: tuple[str, ...]


class GrowthFacts(NamedTuple):
    """What is shown of a child to look at: its newest measurement and its support.

    ``letters`` are the last months' N, T, O, B.
    """

    months_served: int
    measured_on: date | None
    haz: float | None
    whz: float | None
    letters: str


def growth_tasks(
    session: Session, *, today: date, asked: Collection[str] = REASONS
) -> list[GrowthTask]:
    """Return every child to look at, the most urgent first; ``asked``: for these reasons only.

    ==============  =============================================================================
    reason          asked for when
    ==============  =============================================================================
    ``severe``      the newest measurement says gizi buruk (BB/TB < -3 or oedema)
    ``two_t``       the last two months were both T
    ``relapse``     a graduated child's newest height is stunted again
    ``came_back``   so is one of a child who had left for another reason
    ``graduation``  the dated rule proposes it and nobody has answered since the last measuring
    ``due``         supported for three months since the last review
    ``unmeasured``  supported, and not measured for too long
    ==============  =============================================================================

    A referral answers ``severe`` and ``two_t`` until the next measurement, ``stay_out`` ``relapse``
    and ``came_back``.
    """
    found = _tasks(session, today, asked)
    return sorted(found, key=lambda task: (REASONS.index(task.reasons[0]), task.code))


def task_of(session: Session, *, child: Child, today: date) -> GrowthTask | None:
    """Return why one child is to be looked at; None when nothing asks for it."""
    return next(iter(_tasks(session, today, REASONS, child.id)), None)


def waiting_growth(session: Session, *, today: date, decides_graduation: bool) -> dict[str, int]:
    """Return how many children cannot wait, and how many graduations wait for who decides them."""
    proposed = 0
    if decides_graduation:
        proposed = num_proposed(session, reason=RECOVERED, bounds=_bounds(today))
    return {
        "growth": len(growth_tasks(session, today=today, asked=URGENT)),
        "graduations": proposed,
    }


def growth_facts(
    session: Session, *, tasks: Sequence[GrowthTask], today: date
) -> list[GrowthFacts]:
    """Return what is shown of each child to look at, in their order."""
    among = [task.child_id for task in tasks]
    # From the first on: what a letter says depends on all weighings before it.
    measured = rows.measured_since(session, first=date.min, last=today, among=among)
    served = rows.months_served_since_review(session, among=among)
    born = rows.born_days(session, among=among)
    return [
        _facts(born[number], measured.get(number, ()), served.get(number, 0)) for number in among
    ]


def _tasks(
    session: Session, today: date, asked: Collection[str], child_id: int | None = None
) -> list[GrowthTask]:
    rule, bounds = graduation_rule(today), _bounds(today)
    asking = children_asking(
        session, reason=RECOVERED, bounds=bounds, asked=asked, child_id=child_id
    )
    # Of most children the newest measurement says all, and that came with them.
    weighed = [child.id for child in asking if child.state in OF_LEFT or child.may_be_two_t]
    measured = rows.measured_since(session, first=bounds.first, last=today, among=weighed)
    due = {}
    if "due" in asked:
        served = children_due(session, num_months=rule.review_months, child_id=child_id)
        due = {child.id: child for child in served}
    found = []
    for child in asking:
        is_due = due.pop(child.id, None) is not None
        look = _Look(rule, child, measured.get(child.id, ()), is_due, today)
        reasons = tuple(each for each in _reasons(look) if each in asked)
        if reasons:
            found.append(GrowthTask(*child[:4], reasons))
    return found + [GrowthTask(*child, ("due",)) for child in due.values()]


def _bounds(today: date) -> Bounds:
    rule = graduation_rule(today)
    return Bounds(
        first=_first_day(today),
        last=today,
        measured_since=today - timedelta(days=rule.max_days_unmeasured),
        supported_since=(today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m"),
        least_whz=SEVERE_Z,
        least_haz=rule.least_haz,
    )


class _Look(NamedTuple):
    """All that is known of a child's growth when its turn is asked for.

    ``measured`` is told of who may have left or be 2T.
    """

    rule: GraduationRule
    child: AskingChild
    measured: Sequence[Weighed]
    is_due: bool
    today: date

    def is_answered_by(self, decision: ReviewDecision) -> bool:
        """Whether the last review decided so, and nothing was measured since."""
        reviewed_on = self.child.reviewed_on
        if reviewed_on is None or self.child.decision is not decision:
            return False
        return self.child.measured_on is None or self.child.measured_on <= reviewed_on


def _reasons(look: _Look) -> tuple[str, ...]:
    if look.child.state in OF_LEFT:
        is_answered = look.is_answered_by(ReviewDecision.STAY_OUT)
        return (OF_LEFT[look.child.state],) if _relapsed(look) and not is_answered else ()
    child = look.child
    is_referred = look.is_answered_by(ReviewDecision.REFER)
    is_severe = is_severely_wasted(child.whz, has_oedema=bool(child.has_oedema))
    found = (
        ("severe", is_severe and not is_referred),
        ("two_t", child.may_be_two_t and not is_referred and _is_two_t(look)),
        ("graduation", child.is_proposed and not look.is_answered_by(ReviewDecision.KEEP)),
        ("due", look.is_due),
        ("unmeasured", child.is_unmeasured),
    )
    return tuple(reason for reason, holds in found if holds)


def _is_two_t(look: _Look) -> bool:
    newest_first = _weighings(reversed(look.measured))
    return ends_in_two_t(born_on=look.child.born_on, newest_first=newest_first)


def _weighings(measured: Iterable[Weighed]) -> Iterator[Weighing]:
    return (
        Weighing(each.measured_on, each.weight_g, each.waz) for each in measured if each.weight_g
    )


def _relapsed(look: _Look) -> bool:
    left_on = look.child.effective_on
    heights = [(each.measured_on, each.haz) for each in look.measured if each.haz is not None]
    return left_on is not None and has_relapsed(look.rule, left_on=left_on, heights=heights)


def _first_day(today: date) -> date:
    return today - timedelta(days=WINDOW_DAYS)


def _facts(born_on: date, measured: Sequence[Weighed], months_served: int) -> GrowthFacts:
    newest = measured[-1] if measured else None
    gains = monthly_gains(born_on=born_on, weighings=_weighings(measured))
    return GrowthFacts(
        months_served=months_served,
        measured_on=newest.measured_on if newest else None,
        haz=newest.haz if newest else None,
        whz=newest.whz if newest else None,
        letters=" ".join(gain.gain.value for gain in gains[-3:]),
    )
