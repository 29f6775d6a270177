"""Whether help goes to the right children, month by month, from the frozen rows of the month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.child_states import RECOVERED
from api.services.months import later_month
from api.services.report_counts import area_name
from data.monitoring.targeting import TargetChild, targeting_of
from data.queries import targeting as rows
from data.queries.cycles import AGREED
from data.queries.records import present_records, rows_without_child
from data.schema import Cycle, CycleState, Eaten, HelpProgramme

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlmodel import Session

    from api.services.kept_figures import Figures
    from data.monitoring.targeting import Targeting
    from data.queries.targeting import NeedyChild

__all__ = [
    "DOUBTS",
    "chain_of",
    "count_targeting",
    "lists_given",
    "month_shown",
    "target_children",
]

NUM_MONTHS = 6
"""Packages of so many months are looked at for how help is spread over need."""
WELL_OFF_DECILE = 8
NO_DOUBT: frozenset[str] = frozenset()
DOUBTS = ("recovered", "well_off", "not_eligible")
"""Why a served child may not be in need; of another programme only a list can tell."""


def month_shown(session: Session, month: str | None) -> Cycle | None:
    """Return the month asked for, else the last approved one; None when there is none."""
    wanted = select(Cycle).where(col(Cycle.state).in_(AGREED))
    if month is not None:
        wanted = select(Cycle).where(Cycle.month == month, Cycle.state != CycleState.CANCELLED)
    return session.exec(wanted.order_by(col(Cycle.month).desc()).limit(1)).first()


def target_children(session: Session, *, cycle: Cycle) -> tuple[TargetChild, ...]:
    """Return the children of a locked month; a merged record counts once."""
    cycle_id = cycle.id or 0
    served = rows.served_children(session, cycle_id=cycle_id)
    reasons = rows.uncovered_reasons(session, match_run_id=cycle.match_run_id)
    packages = rows.accepted_packages(
        session, first_month=later_month(cycle.month, 1 - NUM_MONTHS), last_month=cycle.month
    )
    present, doubles = present_records(session, cycle), rows_without_child(session, cycle)
    elsewhere = rows.helped_elsewhere(session, month=cycle.month)
    areas: dict[str, str] = {}
    found = []
    for frozen in rows.children_in_need(session, cycle_id=cycle_id, recovered=RECOVERED):
        if frozen.child_id in doubles:
            continue
        number = present[frozen.child_id]
        is_served = number in served
        ward = frozen.kelurahan_code
        if ward not in areas:
            areas[ward] = area_name(ward, "kelurahan")
        found.append(
            TargetChild(
                child_id=number,
                area=areas[ward],
                age_days=frozen.age_days,
                sex=frozen.sex.value,
                is_eligible=frozen.is_eligible,
                is_served=is_served,
                tier=frozen.tier,
                points=frozen.points or 0,
                reason="" if is_served else reasons.get(frozen.child_id, ""),
                months_waiting=frozen.months_waiting,
                packages=packages.get(number, 0),
                doubts=_doubts(frozen, number, elsewhere) if is_served else NO_DOUBT,
            )
        )
    return tuple(found)


def _doubts(
    frozen: NeedyChild, record_id: int, elsewhere: Mapping[HelpProgramme, Collection[int]]
) -> frozenset[str]:
    """Return why a served child may not be in need; most are, and share one empty set."""
    found = [programme.value for programme, helped in elsewhere.items() if record_id in helped]
    if frozen.is_recovered:
        found.append("recovered")
    if (frozen.poverty_decile or 0) >= WELL_OFF_DECILE:
        found.append("well_off")
    if not frozen.is_eligible:
        found.append("not_eligible")
    return frozenset(found) if found else NO_DOUBT


def count_targeting(
    session: Session, *, cycle: Cycle, children: Sequence[TargetChild] | None = None
) -> Targeting:
    """Return what is told of a month's children (``children`` where they are read already)."""
    given = lists_given(session, cycle=cycle)
    programmes = tuple(programme.value for programme in HelpProgramme)
    return targeting_of(
        target_children(session, cycle=cycle) if children is None else children,
        doubts=DOUBTS + programmes,
        unknown=set(programmes) - given,
    )


def chain_of(
    session: Session, *, cycle: Cycle, figures: Figures, targeting: Targeting
) -> dict[str, int]:
    """Return how many children the month meant to reach, and reached, at each step."""
    counts = figures.counts.by_level()["city"].get("", {})
    answers = rows.eaten_answers(session, cycle_id=cycle.id or 0)
    promised = rows.promises_of_cycle(session, cycle_id=cycle.id or 0)
    received = rows.promises_of_cycle(session, cycle_id=cycle.id or 0, received_in=cycle.month)
    return {
        "chain_promised": sum(places for _, places in promised),
        "chain_received": sum(places for _, places in received),
        "matching_matched": sum(covered.served for covered in targeting.sexes.values()),
        "delivery_planned": int(counts.get("delivery_planned") or 0),
        "chain_accepted": sum(
            int(counts.get(code) or 0) for code in ("delivery_delivered", "delivery_partial")
        ),
        "eaten_asked": sum(answers.values()),
        "eaten_by_child": answers.get(Eaten.CHILD, 0),
    }


def lists_given(session: Session, *, cycle: Cycle) -> frozenset[str]:
    """Return the other programmes of which a list of the month is here, by code."""
    found = rows.helped_elsewhere(session, month=cycle.month)
    return frozenset(programme.value for programme in HelpProgramme if programme in found)
