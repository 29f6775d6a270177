"""Pairs of a month as people look through them: a page at a time, found by words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, or_, select

from data.queries.records import paired_records, record_of, rows_without_child
from data.schema import (
    Assignment,
    Child,
    Cycle,
    CycleChild,
    CyclePledge,
    Hold,
    Pledge,
    Sponsor,
    Unassigned,
)

PAIR_ORDERS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "child": (),
    "need": (col(CycleChild.tier).asc(), col(CycleChild.points).desc()),
    "sponsor": (col(Sponsor.name).asc(),),
    "farthest": (col(Assignment.distance_m).desc(),),
    "kelurahan": (col(CycleChild.kelurahan_code).asc(),),
}
"""How pairs can be ordered; the child's code decides among equals."""


@dataclass(frozen=True)
class PairRow:
    """A pair with what one reads beside it."""

    assignment: Assignment
    child: Child
    frozen: CycleChild
    pledge: Pledge
    sponsor: Sponsor


@dataclass(frozen=True)
class UncoveredRow:
    """A child without a sponsor with what one reads beside it."""

    left: Unassigned
    child: Child
    frozen: CycleChild


def _words(words: str, by_name: bool) -> ColumnElement[bool]:
    """Return what words find; a code (``A-002``) counts from its start: not in ``OTA-0021``."""
    said, codes = words.strip(), [col(each) for each in (Child.code, Sponsor.code, Pledge.code)]
    names = [col(Sponsor.name)] + ([col(Child.name)] if by_name else [])
    as_code = [each.istartswith if "-" in said else each.icontains for each in codes]
    return or_(*(found(said, autoescape=True) for found in as_code + [n.icontains for n in names]))


def pairs(
    session: Session,
    *,
    cycle: Cycle,
    words: str = "",
    by_child_name: bool = True,
    area_code: str = "",
    tier: int | None = None,
    order: str = "child",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[PairRow], int]:
    """Return one page of the current run's pairs in an order, and how many there are in all.

    ``words`` looks in codes of child, sponsor and pledge, in the sponsor's name and,
    ``by_child_name``, in the child's: who is not shown it must not be able to ask for it.
    ``area_code`` is a kelurahan or kecamatan code.
    """
    found = (
        select(Assignment, Child, CycleChild, Pledge, Sponsor)  # type: ignore[call-overload]
        .join(Child, col(Child.id) == col(Assignment.child_id))
        .join(
            CycleChild,
            (record_of(session, cycle, CycleChild.child_id) == col(Assignment.child_id))
            & (col(CycleChild.cycle_id) == col(Assignment.cycle_id)),
        )
        .join(Pledge, col(Pledge.id) == col(Assignment.pledge_id))
        .join(Sponsor, col(Sponsor.id) == col(Pledge.sponsor_id))
        .where(
            Assignment.cycle_id == cycle.id, Assignment.match_run_id == (cycle.match_run_id or 0)
        )
    )
    if words.strip():
        found = found.where(_words(words, by_child_name))
    if area_code:
        found = found.where(col(CycleChild.kelurahan_code).startswith(area_code))
    if tier is not None:
        found = found.where(CycleChild.tier == tier)
    total = session.exec(select(func.count()).select_from(found.subquery())).one()
    rows = session.exec(
        found.order_by(*PAIR_ORDERS[order], col(Child.code), col(Assignment.id))
        .offset(offset)
        .limit(limit)
    )
    return [PairRow(*row) for row in rows], total


def uncovered(
    session: Session, *, cycle: Cycle, area_code: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[UncoveredRow], int]:
    """Return one page of the eligible children without a sponsor, neediest first, and the count."""
    record = record_of(session, cycle, Unassigned.child_id)
    found = (
        select(Unassigned, Child, CycleChild)
        .join(Child, col(Child.id) == record)
        .join(
            CycleChild,
            (col(CycleChild.child_id) == col(Unassigned.child_id))
            & (col(CycleChild.cycle_id) == col(Unassigned.cycle_id)),
        )
        .where(
            Unassigned.cycle_id == cycle.id,
            Unassigned.match_run_id == (cycle.match_run_id or 0),
            record.not_in(paired_records(cycle)),
            col(Unassigned.child_id).not_in(rows_without_child(session, cycle)),
        )
    )
    if area_code:
        found = found.where(col(CycleChild.kelurahan_code).startswith(area_code))
    total = session.exec(select(func.count()).select_from(found.subquery())).one()
    rows = session.exec(
        found.order_by(col(CycleChild.tier), col(CycleChild.points).desc(), col(Child.code))
        .offset(offset)
        .limit(limit)
    )
    return [UncoveredRow(*row) for row in rows], total


def kept_off(
    session: Session, *, cycle: Cycle, offset: int = 0, limit: int | None = 50
) -> tuple[list[tuple[CycleChild, Child]], int]:
    """Return one page of the children whom a rule keeps off this month's list, and the count.

    Children who are not stunted and never were in the programme are not among them. Without a
    ``limit`` it is all of them.
    """
    found = (
        select(CycleChild, Child)
        .join(Child, col(Child.id) == record_of(session, cycle, CycleChild.child_id))
        .where(
            CycleChild.cycle_id == cycle.id,
            col(CycleChild.child_id).not_in(rows_without_child(session, cycle)),
            col(CycleChild.is_eligible).is_(False),
            CycleChild.reason != "child.not_stunted",
        )
    )
    total = session.exec(select(func.count()).select_from(found.subquery())).one()
    rows = session.exec(
        found.order_by(col(CycleChild.reason), col(Child.code)).offset(offset).limit(limit)
    )
    return [(frozen, child) for frozen, child in rows], total


def holds_with_names(
    session: Session, *, cycle: Cycle
) -> list[tuple[Hold, Child, Pledge, Sponsor]]:
    """Return the pins and bans that stand, with whom they are about."""
    found = session.exec(
        select(Hold, Child, Pledge, Sponsor)
        .join(Child, col(Child.id) == col(Hold.child_id))
        .join(Pledge, col(Pledge.id) == col(Hold.pledge_id))
        .join(Sponsor, col(Sponsor.id) == col(Pledge.sponsor_id))
        .where(Hold.cycle_id == cycle.id, col(Hold.released_at).is_(None))
        .order_by(col(Hold.id))
    )
    return [tuple(row) for row in found]  # type: ignore[misc]


def open_places(
    session: Session, *, cycle: Cycle
) -> list[tuple[Pledge, Sponsor, CyclePledge, int]]:
    """Return the month's pledges as they stood at the lock, with places taken, by code."""
    taken = (
        select(Assignment.pledge_id, func.count().label("taken"))
        .where(Assignment.match_run_id == (cycle.match_run_id or 0))
        .group_by(col(Assignment.pledge_id))
        .subquery()
    )
    found = session.exec(
        select(Pledge, Sponsor, CyclePledge, func.coalesce(taken.c.taken, 0))
        .join(CyclePledge, col(CyclePledge.pledge_id) == col(Pledge.id))
        .join(Sponsor, col(Sponsor.id) == col(Pledge.sponsor_id))
        .outerjoin(taken, taken.c.pledge_id == Pledge.id)
        .where(CyclePledge.cycle_id == cycle.id, CyclePledge.capacity > 0)
        .order_by(col(Pledge.code))
    )
    return [tuple(row) for row in found]


def frozen_child(session: Session, *, cycle: Cycle, child: Child) -> CycleChild | None:
    """Return a child as it stood at the lock; None for one who was not there."""
    own = select(CycleChild).where(CycleChild.cycle_id == cycle.id, CycleChild.child_id == child.id)
    return session.exec(own).first()


def child_names(session: Session, *, codes: Iterable[str]) -> dict[str, str]:
    """Return child code → name."""
    found = session.exec(select(Child.code, Child.name).where(col(Child.code).in_(codes)))
    return dict(found.all())


def sponsor_names(session: Session, *, cycle: Cycle) -> dict[str, str]:
    """Return pledge code → its sponsor's name, of every pledge that a month or its run knows."""
    of_month = select(CyclePledge.pledge_id).where(CyclePledge.cycle_id == cycle.id)
    kept = select(CycleChild.kept_pledge_id).where(CycleChild.cycle_id == cycle.id)
    found = session.exec(
        select(Pledge.code, Sponsor.name)
        .join(Sponsor, col(Sponsor.id) == col(Pledge.sponsor_id))
        .where(or_(col(Pledge.id).in_(of_month), col(Pledge.id).in_(kept)))
    )
    return dict(found.all())
