"""How many take part in a month, and why others do not: as locked, or as a lock would give now."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from sqlmodel import Session, col, select

from api.services.capacity import capacity_in
from api.services.child_states import open_pair_ids
from api.services.eligibility import why_not
from api.services.snapshot import rules_of_month
from data.queries.month_counts import (
    child_rows,
    frozen_children,
    frozen_pledges,
    frozen_without,
    newest_heights,
    pledge_groups,
    programme_papers,
)
from data.queries.records import rows_without_child
from data.schema import Child, Cycle, CycleState, Household, Sponsor

__all__ = ["MonthCounts", "count_month", "families_of", "left_out_of"]


@dataclass(frozen=True, kw_only=True)
class MonthCounts:
    """Children registered and eligible, places of pledges that are no standby, why not."""

    num_registered: int
    num_eligible: int
    num_places: int
    not_eligible: dict[str, int]
    no_places: dict[str, int]


def count_month(session: Session, *, cycle: Cycle, now: datetime) -> MonthCounts:
    """Count a month: by the copy once it is locked, before that by what a lock would copy now."""
    if cycle.state is CycleState.DRAFT:
        return _count_now(session, cycle, now)
    # A child that was merged after the lock is told once, as in the month's report.
    children = frozen_children(session, cycle, without=rows_without_child(session, cycle))
    pledges = frozen_pledges(session, cycle)
    return MonthCounts(
        num_registered=sum(count for _, _, count in children),
        num_eligible=sum(count for is_in, _, count in children if is_in),
        num_places=sum(places for is_standby, _, _, places in pledges if not is_standby),
        not_eligible=_added((reason, count) for _, reason, count in children),
        no_places=_added((reason, count) for _, reason, count, _ in pledges),
    )


def left_out_of(session: Session, *, cycle: Cycle, reason: str, now: datetime) -> list[int]:
    """Return the children that do not take part in a month for a reason, by code."""
    if cycle.state is CycleState.DRAFT:
        reasons = _reasons_now(session, cycle, now)
        return [child_id for child_id, found in reasons.items() if found == reason]
    gone = rows_without_child(session, cycle)
    return frozen_without(session, cycle, reason=reason, without=gone)


def families_of(session: Session, child_ids: list[int]) -> list[tuple[Child, Household]]:
    """Return children with their households, by code."""
    found = session.exec(
        select(Child, Household)
        .join(Household, col(Household.id) == Child.household_id)
        .where(col(Child.id).in_(child_ids))
        .order_by(col(Child.code))
    )
    return [(child, home) for child, home in found]


def _reasons_now(session: Session, cycle: Cycle, now: datetime) -> dict[int, str | None]:
    rules = rules_of_month(session, cycle=cycle, now=now)
    heights, papers = newest_heights(session), programme_papers(session)
    open_pairs = open_pair_ids(session)
    reasons = {}
    for row in child_rows(session):
        newest = heights.get(row.id)
        reasons[row.id] = why_not(
            row,
            row,
            measurements=[newest] if newest else [],
            consents=papers.get(row.id, ()),
            has_open_pair=row.id in open_pairs,
            rules=rules,
        )
    return reasons


def _count_now(session: Session, cycle: Cycle, now: datetime) -> MonthCounts:
    reasons = Counter(_reasons_now(session, cycle, now).values())
    num_places, no_places = 0, Counter[str]()
    for row in pledge_groups(session):
        sponsor = cast("Sponsor", SimpleNamespace(state=row.sponsor_state))
        capacity = capacity_in(row, sponsor, cycle.month)
        num_places += 0 if row.is_standby else capacity.num_packages * row.number
        if capacity.reason:
            no_places[capacity.reason] += row.number
    return MonthCounts(
        num_registered=reasons.total(),
        num_eligible=reasons[None],
        num_places=num_places,
        not_eligible={reason: count for reason, count in reasons.items() if reason},
        no_places=dict(no_places),
    )


def _added(counts: Any) -> dict[str, int]:
    total: Counter[str] = Counter()
    for reason, count in counts:
        if reason:
            total[reason] += count
    return dict(total)
