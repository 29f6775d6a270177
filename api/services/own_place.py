"""What there is to do this month in the place that an account is bound to."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from api.services.child_states import DUPLICATE
from api.services.clock import local_date, local_month
from api.services.errors import NotFound
from api.services.growth_tasks import growth_tasks
from api.services.visit_findings import answer_finding, open_findings
from data.queries.companions import places_to_accompany
from data.queries.consumption import places_to_ask
from data.queries.own_place import consents_due, count_reported, doubts_held, month_last_packed

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.queries.own_place import ConsentDue
    from data.schema import Account, SupervisionFinding, SupervisionVisit

__all__ = ["CONSENT_DAYS", "PlaceTask", "answer_own_finding", "due_consents", "own_findings",
           "place_tasks"]  # fmt: skip

CONSENT_DAYS = 60
"""A consent that ends within these days is to be renewed: two visits of the posyandu."""
GROWTH = ("severe", "two_t", "unmeasured")
"""Why a child's growth is to be looked at, as far as the field does something about it."""


class PlaceTask(NamedTuple):
    """Something that waits: its code, how many, the month it is about (or empty)."""

    code: str
    number: int
    month: str = ""


def place_tasks(session: Session, *, now: datetime) -> list[PlaceTask]:
    """Return what waits, as a session of a place sees it; what is done stays in the list with 0."""
    month, today = local_month(now), local_date(now)
    families = places_to_accompany(session, month=month)
    reasons = Counter(
        reason
        for task in growth_tasks(session, today=today, asked=GROWTH)
        for reason in task.reasons
    )
    packed = month_last_packed(session)
    asked = places_to_ask(session, cycle_id=packed.id or 0) if packed else []
    doubts = doubts_held(session)
    twice = doubts.count([DUPLICATE])  # who is the same child is decided where both are seen
    return [
        PlaceTask("accompaniment", sum(each.families - each.recorded for each in families), month),
        PlaceTask(
            "consumption",
            sum(each.arrived - each.asked for each in asked),
            packed.month if packed else "",
        ),
        *(PlaceTask(reason, reasons[reason]) for reason in GROWTH),
        PlaceTask("consents", sum(not each.is_declined for each in due_consents(session, now=now))),
        PlaceTask("doubts", len(doubts) - twice),
        PlaceTask("twice", twice),
        PlaceTask("reports", count_reported(session)),
    ]


def due_consents(session: Session, *, now: datetime) -> list[ConsentDue]:
    """Return the children in the programme whose consent lacks, or ends within sixty days.

    Whose guardian declined stands last and counts as nothing to do.
    """
    today = local_date(now)
    return consents_due(session, today=today, until=today + timedelta(days=CONSENT_DAYS))


def own_findings(
    session: Session, *, by: Account
) -> list[tuple[SupervisionFinding, SupervisionVisit]]:
    """Return the open findings of supervision that a person is to act on."""
    return [pair for pair in open_findings(session) if pair[0].owner == by.username]


def answer_own_finding(
    session: Session, *, finding_id: int, answer: str, by: Account, now: datetime
) -> SupervisionFinding:
    """Write down what was done about one's own finding.

    Raises
    ------
    NotFound
        ``supervision.unknown`` for one of another owner, or outside the place.
    """
    if all(finding.id != finding_id for finding, _ in own_findings(session, by=by)):
        raise NotFound("supervision.unknown")
    return answer_finding(session, finding_id=finding_id, answer=answer, by=by, now=now)
