"""What is found on visits: actions with owner and due date, answered, closed by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sqlmodel import col, select

from api.services.clock import local_date
from api.services.errors import Forbidden, Invalid, NotFound, Refused
from api.services.report_counts import area_name
from api.services.supervision import note_visit, working_accounts
from data.place import place_of
from data.queries.supervision import OWNERS, waits_for, where_of
from data.schema import (
    Account,
    FindingState,
    SupervisionFinding,
    SupervisionVisit,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

__all__ = [
    "add_finding",
    "answer_finding",
    "close_finding",
    "finding_owners",
    "hand_on_finding",
    "open_findings",
    "reopen_finding",
]


Wrong: TypeAlias = "dict[str, str | tuple[str, dict[str, object]]]"
"""Field → the code of what is wrong with it, with what its sentence names."""


def add_finding(
    session: Session,
    *,
    visit: SupervisionVisit,
    text: str,
    action: str,
    owner: str,
    due_on: date,
    by: Account,
    now: datetime,
) -> SupervisionFinding:
    """Add something found, what is to be done, by whom and until when.

    Raises
    ------
    Invalid
        By field: ``supervision.text``, ``supervision.action``, ``supervision.visitor``,
        ``supervision.owner_place``, ``supervision.past``.
    """
    wrong: Wrong = {}
    if not text.strip():
        wrong["temuan"] = "supervision.text"
    if not action.strip():
        wrong["tindakan"] = "supervision.action"
    wrong |= _wrong_owner(session, visit, owner)
    if due_on < local_date(now):
        wrong["tenggat"] = "supervision.past"
    _refuse(wrong)
    finding = SupervisionFinding(
        visit_id=visit.id or 0,
        text=text.strip(),
        action=action.strip(),
        owner=owner,
        due_on=due_on,
        found_by=by.username,
        found_at=now,
    )
    session.add(finding)
    session.flush()
    note_visit(session, visit, by, now, "finding", text)
    return finding


def answer_finding(
    session: Session, *, finding_id: int, answer: str, by: Account, now: datetime
) -> SupervisionFinding:
    """Say what was done; the owner does.

    Raises
    ------
    Forbidden
        ``supervision.owner`` for anybody else.
    Refused
        ``supervision.answer`` without words, ``supervision.state`` when it is not open.
    """
    finding, visit = _finding(session, finding_id)
    if by.username != finding.owner:
        raise Forbidden("supervision.owner", owner=finding.owner)
    if finding.state is not FindingState.OPEN:
        raise Refused("supervision.state")
    if not answer.strip():
        raise Refused("supervision.answer")
    finding.state, finding.answer = FindingState.DONE, answer.strip()
    finding.done_by, finding.done_at = by.username, now
    return _kept(session, finding, visit, by, now, "answer", answer)


def close_finding(
    session: Session, *, finding_id: int, by: Account, now: datetime
) -> SupervisionFinding:
    """Close what was done, after looking; another person than the one who did it.

    Raises
    ------
    Forbidden
        ``supervision.own`` for the one who did it.
    Refused
        ``supervision.state`` when nothing was done yet.
    """
    finding, visit = _finding(session, finding_id)
    if finding.state is not FindingState.DONE:
        raise Refused("supervision.state")
    if by.username == finding.done_by:
        raise Forbidden("supervision.own")
    finding.state = FindingState.CLOSED
    finding.closed_by, finding.closed_at = by.username, now
    return _kept(session, finding, visit, by, now, "close", "")


def reopen_finding(
    session: Session, *, finding_id: int, reason: str, by: Account, now: datetime
) -> SupervisionFinding:
    """Open again what is not in order after all.

    Raises
    ------
    Refused
        ``supervision.state`` when it is open, ``supervision.reason`` without a reason.
    """
    finding, visit = _finding(session, finding_id)
    if finding.state is FindingState.OPEN:
        raise Refused("supervision.state")
    if not reason.strip():
        raise Refused("supervision.reason")
    finding.state = FindingState.OPEN
    finding.done_by = finding.done_at = finding.closed_by = finding.closed_at = None
    return _kept(session, finding, visit, by, now, "reopen", reason)


def hand_on_finding(
    session: Session,
    *,
    finding_id: int,
    owner: str,
    due_on: date,
    reason: str,
    by: Account,
    now: datetime,
) -> SupervisionFinding:
    """Give what is still open another owner, another day, or both.

    Raises
    ------
    Refused
        ``supervision.state`` when it is not open, ``supervision.reason`` without a reason.
    Invalid
        By field: ``supervision.visitor``, ``supervision.owner_place``, ``supervision.past``.
    """
    finding, visit = _finding(session, finding_id)
    if finding.state is not FindingState.OPEN:
        raise Refused("supervision.state")
    wrong = _wrong_owner(session, visit, owner)
    if due_on < local_date(now):
        wrong["tenggat"] = "supervision.past"
    _refuse(wrong)
    if not reason.strip():
        raise Refused("supervision.reason")
    finding.owner, finding.due_on = owner, due_on
    return _kept(session, finding, visit, by, now, "hand_on", f"{owner} {due_on}: {reason}")


def open_findings(
    session: Session, *, waiting_for: Account | None = None
) -> list[tuple[SupervisionFinding, SupervisionVisit]]:
    """Return what is not closed, the most urgent first; of one person only what waits for it."""
    wanted = (
        select(SupervisionFinding, SupervisionVisit)
        .join(SupervisionVisit, col(SupervisionVisit.id) == SupervisionFinding.visit_id)
        .where(SupervisionFinding.state != FindingState.CLOSED)
        .order_by(col(SupervisionFinding.due_on), col(SupervisionFinding.id))
    )
    if waiting_for is not None:
        mine = waits_for(session, role=waiting_for.role, username=waiting_for.username)
        wanted = wanted.where(mine)
    return [(finding, visit) for finding, visit in session.exec(wanted)]


def finding_owners(session: Session, *, visit: SupervisionVisit) -> list[Account]:
    """Return who may own what is to be done after a visit, by name.

    Whoever works for the whole office, or in a place in which the posyandu lies.
    """
    return [
        each
        for each in working_accounts(session, OWNERS)
        if (place := place_of(each)) is None or place.holds(**where_of(visit))
    ]


def _finding(session: Session, finding_id: int) -> tuple[SupervisionFinding, SupervisionVisit]:
    finding = session.get(
        SupervisionFinding, finding_id, with_for_update=True, populate_existing=True
    )
    if finding is None:
        raise NotFound("supervision.unknown")
    return finding, session.get_one(SupervisionVisit, finding.visit_id)


def _kept(
    session: Session,
    finding: SupervisionFinding,
    visit: SupervisionVisit,
    by: Account,
    now: datetime,
    verb: str,
    purpose: str,
) -> SupervisionFinding:
    session.add(finding)
    session.flush()
    note_visit(session, visit, by, now, verb, purpose)
    return finding


def _refuse(wrong: Wrong) -> None:
    for first in wrong.values():
        raise Invalid(first if isinstance(first, str) else first[0], fields=wrong)


def _wrong_owner(session: Session, visit: SupervisionVisit, owner: str) -> Wrong:
    """Return what is wrong with an owner: nobody who may, or one who does not see the posyandu."""
    if owner in {each.username for each in finding_owners(session, visit=visit)}:
        return {}
    named = next(
        (each for each in working_accounts(session, OWNERS) if each.username == owner), None
    )
    if named is None:
        return {"penanggung": "supervision.visitor"}
    ward = area_name(visit.kelurahan_code, "kelurahan")
    place = f"{visit.posyandu} · {ward}" if visit.posyandu else ward
    params: dict[str, object] = {"name": named.full_name, "place": place}
    return {"penanggung": ("supervision.owner_place", params)}
