"""Rows of a month that tell whether help goes to those who need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Text, cast, func
from sqlmodel import col, select

from data.queries.reports import COUNTED
from data.schema import (
    Assignment,
    AssignmentState,
    Child,
    ConsumptionCheck,
    Cycle,
    CycleChild,
    CyclePledge,
    Eaten,
    HelpProgramme,
    Household,
    OtherHelp,
    Package,
    PackageState,
    PledgeReceipt,
    Sex,
    Sponsor,
    Unassigned,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlmodel import Session

__all__ = [
    "NeedyChild",
    "accepted_packages",
    "answers_of_packages",
    "children_in_need",
    "codes_and_posyandu",
    "eaten_answers",
    "helped_elsewhere",
    "promises_of_cycle",
    "proposed_children",
    "served_children",
    "uncovered_reasons",
]

ACCEPTED = (PackageState.ACCEPTED, PackageState.PARTLY_ACCEPTED)


class NeedyChild(NamedTuple):
    """A frozen child of a month with what record and family say of it now."""

    child_id: int
    kelurahan_code: str
    age_days: int
    is_eligible: bool
    tier: int | None
    points: int | None
    months_waiting: int
    sex: Sex
    is_recovered: bool
    poverty_decile: int | None


def children_in_need(session: Session, *, cycle_id: int, recovered: str) -> list[NeedyChild]:
    """Return the frozen children of a month; columns alone, because there may be many.

    ``recovered`` is the reason for a review that says so; no list is read for it.
    """
    is_recovered = cast(Child.review_reasons, Text).contains(f'"{recovered}"', autoescape=True)
    rows = session.exec(
        select(  # type: ignore[call-overload]
            CycleChild.child_id,
            func.coalesce(CycleChild.kelurahan_code, ""),
            CycleChild.age_days,
            CycleChild.is_eligible,
            CycleChild.tier,
            CycleChild.points,
            CycleChild.months_waiting,
            Child.sex,
            is_recovered,
            Household.poverty_decile,
        )
        .join(Child, col(Child.id) == CycleChild.child_id)
        .join(Household, col(Household.id) == Child.household_id)
        .where(CycleChild.cycle_id == cycle_id)
        .order_by(col(CycleChild.id))
    )
    return [NeedyChild._make(row) for row in rows]


def codes_and_posyandu(
    session: Session, *, child_ids: Collection[int]
) -> dict[int, tuple[str, str]]:
    """Return code and posyandu (empty where nobody knows) of some children, by child."""
    rows = session.exec(
        select(Child.id, Child.code, func.coalesce(Household.posyandu, ""))
        .join(Household, col(Household.id) == Child.household_id)
        .where(col(Child.id).in_(child_ids))
    )
    return {number or 0: (code, posyandu) for number, code, posyandu in rows}


def served_children(session: Session, *, cycle_id: int) -> set[int]:
    """Return the children with a standing pair."""
    rows = select(Assignment.child_id).where(
        Assignment.cycle_id == cycle_id, col(Assignment.state).in_(COUNTED)
    )
    return set(session.exec(rows))


def proposed_children(session: Session, *, cycle_id: int) -> set[int]:
    """Return the children with a pair that waits for approval."""
    rows = select(Assignment.child_id).where(
        Assignment.cycle_id == cycle_id, Assignment.state == AssignmentState.PROPOSED
    )
    return set(session.exec(rows))


def uncovered_reasons(session: Session, *, match_run_id: int | None) -> dict[int, str]:
    """Return why each child without a sponsor has none."""
    rows = select(Unassigned.child_id, Unassigned.reason).where(
        Unassigned.match_run_id == match_run_id
    )
    return dict(session.exec(rows).all())


def accepted_packages(session: Session, *, first_month: str, last_month: str) -> dict[int, int]:
    """Return how many packages of these months each child accepted in full or part, if any."""
    months = select(Cycle.id).where(Cycle.month >= first_month, Cycle.month <= last_month)
    # The states are asked for in the count: as a condition, SQLite read all months' packages by it.
    accepted = func.count().filter(col(Package.state).in_(ACCEPTED))
    rows = session.exec(
        select(Package.child_id, accepted)
        .where(col(Package.cycle_id).in_(months))
        .group_by(col(Package.child_id))
    )
    return {child: int(count) for child, count in rows if count}


def promises_of_cycle(
    session: Session, *, cycle_id: int, received_in: str | None = None
) -> list[tuple[str, int]]:
    """Return the promises of a locked month: the sponsor's code, for how many children.

    ``received_in`` asks only for those of which something came in for a month.
    """
    wanted = (
        select(Sponsor.code, CyclePledge.capacity)
        .join(Sponsor, col(Sponsor.id) == CyclePledge.sponsor_id)
        .where(CyclePledge.cycle_id == cycle_id)
    )
    if received_in is not None:
        came = select(PledgeReceipt.pledge_id).where(PledgeReceipt.month == received_in)
        wanted = wanted.where(col(CyclePledge.pledge_id).in_(came))
    return [(code, int(capacity)) for code, capacity in session.exec(wanted)]


def answers_of_packages(session: Session, *, cycle_id: int) -> list[tuple[str, Eaten]]:
    """Return what families said of a month's packages, by the package's code."""
    rows = session.exec(
        select(Package.code, ConsumptionCheck.eaten)
        .join(Package, col(Package.id) == ConsumptionCheck.package_id)
        .where(ConsumptionCheck.cycle_id == cycle_id)
    )
    return [(code, Eaten(eaten)) for code, eaten in rows]


def eaten_answers(session: Session, *, cycle_id: int) -> dict[Eaten, int]:
    """Return how many families gave each answer about a month's packages."""
    rows = session.exec(
        select(ConsumptionCheck.eaten, func.count())
        .where(ConsumptionCheck.cycle_id == cycle_id)
        .group_by(col(ConsumptionCheck.eaten))
    )
    return {Eaten(answer): int(count) for answer, count in rows}


def helped_elsewhere(session: Session, *, month: str) -> dict[HelpProgramme, set[int]]:
    """Return the children that other programmes help in a month, by programme with a list."""
    rows = select(OtherHelp.programme, OtherHelp.child_id).where(OtherHelp.month == month)
    found: dict[HelpProgramme, set[int]] = {}
    for programme, child in session.exec(rows):
        found.setdefault(HelpProgramme(programme), set()).add(child)
    return found
