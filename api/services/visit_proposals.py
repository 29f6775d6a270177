"""Visits that the figures ask for, each with its reasons."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlmodel import select

from api.services import monitoring
from api.services.clock import local_date, local_month
from api.services.growth_tasks import growth_tasks
from api.services.measuring_quality import measuring_places
from api.services.report_counts import area_name
from data.queries.growth import places_followed
from data.queries.supervision import answers_by_place
from data.schema import (
    SupervisionVisit,
    VisitState,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.monitoring.supervision import Place, Proposal


__all__ = [
    "proposals",
]


def proposals(session: Session, *, now: datetime) -> list[Proposal]:
    """Return the visits that the figures ask for, the weightiest first, each with its reasons.

    A family without a kelurahan has no place to visit; it counts once its address is complete.
    """
    from data.monitoring.supervision import Place, Signs, propose

    today, month = local_date(now), local_month(now)
    numbers: defaultdict[Place, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for ward, posyandu in places_followed(session):
        numbers[Place(ward, posyandu)]["unmeasured"] = 0
    for task in growth_tasks(session, today=today, asked=("severe", "two_t", "unmeasured")):
        place = Place(task.kelurahan_code, task.posyandu)
        numbers[place]["unreferred"] += not {"severe", "two_t"}.isdisjoint(task.reasons)
        numbers[place]["unmeasured"] += "unmeasured" in task.reasons
    for (ward, posyandu), (asked, not_own) in answers_by_place(session).items():
        numbers[Place(ward, posyandu)] |= {"asked": asked, "not_own": not_own}
    rounded = {
        (each.kelurahan, each.posyandu)
        for each in measuring_places(session, last_month=month)
        if "rounded" in (each.heights.verdict.value, each.weights.verdict.value)
    }
    low = _low_areas(session, ("measured", "on_time"))
    signs = {}
    for place, own in numbers.items():
        if not place.kelurahan_code:
            continue
        ward = area_name(place.kelurahan_code, "kelurahan")
        signs[place] = Signs(
            **own,
            is_rounded=(ward, place.posyandu) in rounded,
            is_low_measured=ward in low["measured"],
            is_late=ward in low["on_time"],
        )
    visits = session.exec(select(SupervisionVisit)).all()
    visited = {
        Place(visit.kelurahan_code, visit.posyandu): visit.visited_on
        for visit in sorted(visits, key=lambda each: each.id or 0)
        if visit.visited_on is not None
    }
    planned = [
        Place(visit.kelurahan_code, visit.posyandu)
        for visit in visits
        if visit.state is VisitState.PLANNED
    ]
    return propose(signs, visited_on=visited, planned=planned, today=today)


def _low_areas(session: Session, codes: Sequence[str]) -> dict[str, set[str]]:
    """Return, by share, the kelurahan whose share is lower than chance explains."""
    ratios = [monitoring.find_ratio(code) for code in codes]
    return {
        found.ratio.code: {
            unit.name for unit in found.funnel.units if unit.verdict.value == "lower"
        }
        for found in monitoring.many_shares(session, ratios=ratios, level="kelurahan")
    }
