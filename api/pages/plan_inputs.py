"""What a form of a plan asks beside goals: on which days vehicles leave, how far families walk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request
from sqlmodel import Session

from api.i18n import Formats
from api.pages import typed_fields
from api.pages.shell import language_of
from api.services.errors import Invalid
from api.services.plan_days import days_on_offer, usual_days
from api.services.plan_options import MAX_WALK_M
from data.schema import Cycle

FARTHEST_WALK_M = 20_000
DAYS, WALK = "hari_rute", "jalan_kaki"


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """The days to choose from, those that are chosen, and the metres as they were typed."""

    offered: list[tuple[str, str]]
    days: list[str]
    walk: str
    first: str
    last: str


def inputs_shown(
    request: Request, session: Session, cycle: Cycle, kept: Mapping[str, Any], today: date
) -> PlanInputs:
    """Return the fields as they stand: ``kept`` may hold ``days`` as ISO dates and ``walk``."""
    fmt = Formats(language_of(request))
    offered = days_on_offer(session, cycle=cycle, today=today)
    known = {day.isoformat() for day in offered}
    wanted = [day for day in kept.get("days", ()) if day in known]
    chosen = wanted or [day.isoformat() for day in usual_days(session, cycle=cycle, today=today)]
    return PlanInputs(
        offered=[(day.isoformat(), fmt.weekday(day)) for day in offered],
        days=chosen,
        walk=str(kept.get("walk", MAX_WALK_M)),
        first=fmt.day(date.fromisoformat(min(chosen))),
        last=fmt.day(date.fromisoformat(max(chosen))),
    )


def inputs_read(
    session: Session, cycle: Cycle, days: Sequence[str], walk: str, today: date
) -> tuple[tuple[date, ...], int]:
    """Return the days, the usual ones where none is ticked, and the metres of a form.

    Raises
    ------
    Invalid
        By field: ``plan.days`` for a day that is not offered, ``field.metres``.
    """
    offered = {day.isoformat(): day for day in days_on_offer(session, cycle=cycle, today=today)}
    wrong = {}
    if set(days) - offered.keys():
        wrong[DAYS] = "plan.days"
    try:
        metres = typed_fields.whole(FARTHEST_WALK_M)(walk.strip()) if walk.strip() else MAX_WALK_M
    except ValueError:
        wrong[WALK], metres = "field.metres", 0
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong, most=FARTHEST_WALK_M)
    chosen = tuple(sorted(offered[day] for day in set(days)))
    return chosen or usual_days(session, cycle=cycle, today=today), metres
