"""Which record speaks now for each child of a locked month: itself, or the one it was merged into.

A snapshot is never rewritten, so a child that was merged later still stands there under its old
record, while pairs and packages have followed to the kept one. Whoever reads a month's children
beside their pairs goes through here.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, null
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, or_, select

from data.queries.cycles import STANDING
from data.schema import Assignment, Child, Cycle, CycleChild, Unassigned


def survivors(session: Session) -> dict[int, int]:
    """Return merged record → the record that was kept in the end."""
    rows = session.exec(
        select(Child.id, Child.duplicate_of_id).where(col(Child.duplicate_of_id).is_not(None))
    )
    merged = {number: kept for number, kept in rows if number is not None and kept is not None}
    return {number: end_of_merges(merged, number) for number in merged}


def survivor(session: Session, child: Child) -> Child | None:
    """Return the record that speaks for a child now: itself, or the one it was merged into.

    None: it was merged into one that a session of a place does not see.
    """
    if child.duplicate_of_id is None:
        return child
    return session.get(Child, survivors(session)[child.id or 0])


def end_of_merges(merged: Mapping[int, int], number: int) -> int:
    """Return where a chain of merges ends; of records merged into each other the oldest speaks."""
    seen: list[int] = []
    while number in merged and number not in seen:
        seen.append(number)
        number = merged[number]
    return min(seen[seen.index(number) :]) if number in seen else number


def present_records(session: Session, cycle: Cycle) -> dict[int, int]:
    """Return which record speaks now for each child of a locked month: itself, or what it became.

    A child that was merged later is read under the kept record, unless that one took part itself.
    """
    return _present(_took_part(session, cycle), survivors(session))


def _present(took_part: dict[int, bool], kept_of: dict[int, int]) -> dict[int, int]:
    present = {number: number for number in took_part}
    for number in took_part.keys() & kept_of.keys():
        kept = kept_of[number]
        if took_part[number] > took_part.get(kept, -1):
            present[number] = kept
    return present


def frozen_by_record(session: Session, cycle: Cycle) -> dict[int, CycleChild]:
    """Return the frozen rows of a locked month by the record that speaks for the child now."""
    rows = session.exec(select(CycleChild).where(CycleChild.cycle_id == cycle.id)).all()
    own = {row.child_id: row for row in rows}
    return own | {kept: own[number] for kept, number in _taken_over(session, cycle).items()}


def eligible_before(session: Session, cycle: Cycle) -> set[int] | None:
    """Return who was entitled in the month before, by present record; None when it was not locked.

    A month that was kept elsewhere tells who had a sponsor, not who was entitled.
    """
    year, number = int(cycle.month[:4]), int(cycle.month[5:])
    before = f"{year - (number == 1):04d}-{(number - 2) % 12 + 1:02d}"
    found = session.exec(
        select(Cycle).where(Cycle.city_code == cycle.city_code, Cycle.month == before)
    ).first()
    if found is None or found.snapshot_hash is None:
        return None
    kept_of = survivors(session)
    rows = session.exec(
        select(CycleChild.child_id).where(
            CycleChild.cycle_id == found.id, col(CycleChild.is_eligible).is_(True)
        )
    ).all()
    return {kept_of.get(child_id, child_id) for child_id in rows}


def rows_without_child(session: Session, cycle: Cycle) -> set[int]:
    """Return the records of a locked month that are no child of their own any more.

    Another row speaks for the same child: a kept record that the merged one speaks for, or a
    merged one beside whose kept record stands, unless it had a pair of its own.
    """
    kept_of = survivors(session)
    present = _present(_took_part(session, cycle, among=kept_of), kept_of)
    beside = {
        number
        for number, kept in kept_of.items()
        if present.get(number) == number and kept in present
    }
    paired = set(
        session.exec(
            select(Assignment.child_id).where(
                Assignment.cycle_id == cycle.id,
                col(Assignment.child_id).in_(beside),
                col(Assignment.state).in_(STANDING),
            )
        )
    )
    return _silent(session, cycle) | (beside - paired)


def record_of(session: Session, cycle: Cycle, child_id: Any) -> ColumnElement[int | None]:
    """Return SQL of the record that speaks for a snapshot's row; NULL where another row does.

    Parameters
    ----------
    child_id
        The column with the snapshot's own record: ``CycleChild.child_id``, ``Unassigned.child_id``.
    """
    kept_of = survivors(session)
    present = _present(_took_part(session, cycle, among=kept_of), kept_of).items()
    speaks: dict[int, int | None] = {number: kept for number, kept in present if number != kept}
    speaks |= dict.fromkeys(_silent(session, cycle))
    column: ColumnElement[int | None] = child_id
    if not speaks:
        return column
    whens = {n: null() if record is None else record for n, record in speaks.items()}
    return case(whens, value=column, else_=column)


def uncovered_children(session: Session, cycle: Cycle) -> list[tuple[Unassigned, Child]]:
    """Return who the current run left out and is still uncovered, with the present record."""
    record = record_of(session, cycle, Unassigned.child_id)
    rows = session.exec(
        select(Unassigned, Child)
        .join(Child, col(Child.id) == record)
        .where(
            Unassigned.match_run_id == (cycle.match_run_id or 0),
            col(Unassigned.child_id).not_in(rows_without_child(session, cycle)),
            record.not_in(paired_records(cycle)),
        )
        .order_by(col(Child.id))
    )
    return [(left, child) for left, child in rows]


def paired_records(cycle: Cycle) -> Any:
    """Return SQL of the records with a pair that stands: of the current run, or put in later."""
    return select(Assignment.child_id).where(
        Assignment.cycle_id == cycle.id,
        col(Assignment.state).in_(STANDING),
        or_(
            Assignment.match_run_id == (cycle.match_run_id or 0),
            col(Assignment.replaces_id).is_not(None),
        ),
    )


def _took_part(
    session: Session, cycle: Cycle, *, among: dict[int, int] | None = None
) -> dict[int, bool]:
    """Return the month's children and whether each was entitled.

    ``among`` (merged → kept) leaves only those: a month of ten thousand has a handful of them.
    """
    found = select(CycleChild.child_id, CycleChild.is_eligible).where(
        CycleChild.cycle_id == cycle.id
    )
    if among is not None:
        found = found.where(col(CycleChild.child_id).in_({*among, *among.values()}))
    return dict(session.exec(found).all())


def _silent(session: Session, cycle: Cycle) -> set[int]:
    """Return the rows in whose place another row speaks."""
    kept_of = survivors(session)
    present = _present(_took_part(session, cycle, among=kept_of), kept_of)
    taken = _taken_over(session, cycle)
    return {number for number, record in present.items() if taken.get(record, number) != number}


def _taken_over(session: Session, cycle: Cycle) -> dict[int, int]:
    """Return kept record → the merged one that speaks for it: the eligible one, then the oldest."""
    kept_of = survivors(session)
    took_part = _took_part(session, cycle, among=kept_of)
    found: dict[int, int] = {}
    for number, record in sorted(
        _present(took_part, kept_of).items(), key=lambda pair: (not took_part[pair[0]], pair[0])
    ):
        if record != number:
            found.setdefault(record, number)
    return found
