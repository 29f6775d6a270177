"""Supervision and mentoring: visits planned, recorded and cancelled, with their checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.audit import record
from api.services.clock import local_date
from api.services.editing import too_long
from api.services.errors import Forbidden, Invalid, NotFound, Refused, StaleVersion
from data.place import place_of
from data.queries.supervision import SUPERVISORS
from data.reference import read_table
from data.reference.regions import regions
from data.schema import (
    Account,
    Role,
    SupervisionVisit,
    VisitState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlmodel import Session


__all__ = [
    "SUPERVISORS",
    "cancel_visit",
    "checklist",
    "find_visit",
    "hold_visit",
    "may_record",
    "note_visit",
    "plan_visit",
    "planned_visits",
    "record_visit",
    "supervisors",
    "working_accounts",
]


def plan_visit(
    session: Session,
    *,
    kelurahan_code: str,
    posyandu: str,
    planned_on: date,
    visitor: str,
    reasons: Mapping[str, int],
    by: Account,
    now: datetime,
) -> SupervisionVisit:
    """Plan a visit; without reasons it was a person's own idea.

    Raises
    ------
    Invalid
        ``supervision.past`` for a day that is over, ``supervision.visitor`` for somebody who does
        no supervision, ``supervision.place`` for a kelurahan that is none, ``field.long``.
    """
    wrong = {}
    if planned_on < local_date(now):
        wrong["tanggal"] = "supervision.past"
    if visitor not in {each.username for each in supervisors(session)}:
        wrong["pengunjung"] = "supervision.visitor"
    if kelurahan_code not in {each.code for each in regions().all_kelurahan}:
        wrong["kelurahan"] = "supervision.place"
    wrong |= too_long(SupervisionVisit, {"posyandu": posyandu.strip()})
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    visit = SupervisionVisit(
        kelurahan_code=kelurahan_code,
        posyandu=posyandu.strip(),
        reasons=dict(reasons),
        planned_on=planned_on,
        visitor=visitor,
        planned_by=by.username,
        planned_at=now,
    )
    session.add(visit)
    session.flush()
    note_visit(session, visit, by, now, "plan", str(planned_on))
    return visit


def record_visit(
    session: Session,
    *,
    visit: SupervisionVisit,
    visited_on: date,
    answers: Mapping[str, bool],
    notes: str,
    by: Account,
    now: datetime,
    base_version: int,
) -> None:
    """Keep what was seen at a visit; again for a correction, by whose visit it is or an approver.

    Raises
    ------
    Forbidden
        ``supervision.author`` for a correction by anybody else.
    StaleVersion
        ``supervision.stale`` when somebody else recorded or cancelled it since it was read.
    Invalid
        ``supervision.future`` for a day that has not come.
    Refused
        ``supervision.cancelled``, ``supervision.unlooked`` when nothing on the list was looked at.
    """
    hold_visit(session, visit, base_version)
    if visit.state is VisitState.CANCELLED:
        raise Refused("supervision.cancelled")
    if not may_record(visit, by):
        raise Forbidden("supervision.author", visitor=visit.visitor)
    if visited_on > local_date(now):
        raise Invalid("supervision.future", fields={"tanggal": "supervision.future"})
    known = {row["code"] for row in checklist()}
    looked = {code: value for code, value in answers.items() if code in known}
    if not looked:
        raise Refused("supervision.unlooked")
    is_correction, known_before = visit.state is VisitState.DONE, _seen_at(visit)
    visit.state, visit.visited_on = VisitState.DONE, visited_on
    visit.checklist, visit.notes = looked, notes.strip()
    if not is_correction:
        visit.recorded_by, visit.recorded_at = by.username, now
    visit.version += 1
    session.add(visit)
    session.flush()
    if is_correction:
        note_visit(session, visit, by, now, "correct", "", known_before, _seen_at(visit))
    else:
        note_visit(session, visit, by, now, "record", "")


def may_record(visit: SupervisionVisit, by: Account) -> bool:
    """Whether somebody may write down what was seen: once it stands, its author and an approver."""
    is_author = by.username in (visit.visitor, visit.recorded_by)
    return visit.state is not VisitState.DONE or is_author or by.role is Role.APPROVER


def _seen_at(visit: SupervisionVisit) -> dict[str, object]:
    day = visit.visited_on.isoformat() if visit.visited_on else None
    return {"visited_on": day, "checklist": dict(visit.checklist), "notes": visit.notes}


def cancel_visit(
    session: Session,
    *,
    visit: SupervisionVisit,
    reason: str,
    by: Account,
    now: datetime,
    base_version: int,
) -> None:
    """Cancel a visit that was not made.

    Raises
    ------
    StaleVersion
        ``supervision.stale`` when somebody else recorded or cancelled it since it was read.
    Refused
        ``supervision.reason`` without a reason, ``supervision.made`` for one that was made.
    """
    hold_visit(session, visit, base_version)
    if not reason.strip():
        raise Refused("supervision.reason")
    if visit.state is not VisitState.PLANNED:
        raise Refused("supervision.made")
    visit.state = VisitState.CANCELLED
    visit.version += 1
    session.add(visit)
    session.flush()
    note_visit(session, visit, by, now, "cancel", reason)


def find_visit(session: Session, *, visit_id: int) -> SupervisionVisit:
    """Return a visit.

    Raises
    ------
    NotFound
        ``supervision.unknown``.
    """
    visit = session.get(SupervisionVisit, visit_id)
    if visit is None:
        raise NotFound("supervision.unknown")
    return visit


def planned_visits(session: Session, *, visitor: str) -> list[SupervisionVisit]:
    """Return the visits that a person has still to make or to write up, the next one first."""
    rows = select(SupervisionVisit).where(
        SupervisionVisit.visitor == visitor, SupervisionVisit.state == VisitState.PLANNED
    )
    order = col(SupervisionVisit.planned_on), col(SupervisionVisit.id)
    return list(session.exec(rows.order_by(*order)))


def supervisors(session: Session) -> list[Account]:
    """Return who may visit, by name: who works for the whole office."""
    return [each for each in working_accounts(session, SUPERVISORS) if place_of(each) is None]


def working_accounts(session: Session, roles: Sequence[Role]) -> list[Account]:
    """Return who works in one of some roles, by name."""
    rows = select(Account).where(col(Account.role).in_(roles), col(Account.is_active))
    return list(session.exec(rows.order_by(col(Account.full_name))))


def checklist() -> tuple[Mapping[str, str], ...]:
    """Return the items of the checklist."""
    return read_table("supervision_checklist")


def hold_visit(session: Session, visit: SupervisionVisit, base_version: int) -> None:
    """Hold a visit to the commit, if nobody changed it since it was read."""
    session.refresh(visit, with_for_update=True)
    if visit.version != base_version:
        raise StaleVersion("supervision.stale", fields={}, version=visit.version)


def note_visit(
    session: Session,
    visit: SupervisionVisit,
    by: Account,
    now: datetime,
    verb: str,
    purpose: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write down what was done; of a correction, the fields that differ."""
    differing = [name for name in before or {} if (before or {})[name] != (after or {})[name]]
    record(
        session,
        by=by,
        action=f"supervision:{verb}",
        subject="visit",
        subject_id=visit.id or 0,
        now=now,
        before={name: before[name] for name in differing} if before else None,
        after={name: after[name] for name in differing} if after else None,
        purpose=purpose.strip(),
    )
