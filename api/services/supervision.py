"""Supervision and mentoring: visits where the figures ask for them, findings until closed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from sqlmodel import col, select

from api.services import monitoring
from api.services.audit import record
from api.services.clock import local_date, local_month
from api.services.editing import too_long
from api.services.errors import Forbidden, Invalid, NotFound, Refused, StaleVersion
from api.services.growth_tasks import growth_tasks
from api.services.measuring_quality import measuring_places
from api.services.report_counts import area_name
from data.place import place_of
from data.queries.growth import places_followed
from data.queries.supervision import OWNERS, SUPERVISORS, answers_by_place, waits_for
from data.reference import read_table
from data.reference.regions import regions
from data.schema import (
    Account,
    FindingState,
    Role,
    SupervisionFinding,
    SupervisionVisit,
    VisitState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.monitoring.supervision import Place, Proposal

__all__ = [
    "SUPERVISORS",
    "add_finding",
    "answer_finding",
    "cancel_visit",
    "checklist",
    "close_finding",
    "find_visit",
    "finding_owners",
    "hand_on_finding",
    "may_record",
    "open_findings",
    "plan_visit",
    "planned_visits",
    "proposals",
    "record_visit",
    "reopen_finding",
    "supervisors",
]


Wrong: TypeAlias = "dict[str, str | tuple[str, dict[str, object]]]"
"""Field → the code of what is wrong with it, with what its sentence names."""


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
    _note(session, visit, by, now, "plan", str(planned_on))
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
    _hold(session, visit, base_version)
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
        _note(session, visit, by, now, "correct", "", known_before, _seen_at(visit))
    else:
        _note(session, visit, by, now, "record", "")


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
    _hold(session, visit, base_version)
    if not reason.strip():
        raise Refused("supervision.reason")
    if visit.state is not VisitState.PLANNED:
        raise Refused("supervision.made")
    visit.state = VisitState.CANCELLED
    visit.version += 1
    session.add(visit)
    session.flush()
    _note(session, visit, by, now, "cancel", reason)


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
    _note(session, visit, by, now, "finding", text)
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
        mine = waits_for(role=waiting_for.role, username=waiting_for.username)
        wanted = wanted.where(mine)
    return [(finding, visit) for finding, visit in session.exec(wanted)]


def planned_visits(session: Session, *, visitor: str) -> list[SupervisionVisit]:
    """Return the visits that a person has still to make or to write up, the next one first."""
    rows = select(SupervisionVisit).where(
        SupervisionVisit.visitor == visitor, SupervisionVisit.state == VisitState.PLANNED
    )
    order = col(SupervisionVisit.planned_on), col(SupervisionVisit.id)
    return list(session.exec(rows.order_by(*order)))


def supervisors(session: Session) -> list[Account]:
    """Return who may visit, by name: who works for the whole office."""
    return [each for each in _working(session, SUPERVISORS) if place_of(each) is None]


def finding_owners(session: Session, *, visit: SupervisionVisit) -> list[Account]:
    """Return who may own what is to be done after a visit, by name.

    Whoever works for the whole office, or in a place in which the posyandu lies.
    """
    at = {"ward": visit.kelurahan_code, "posyandu": visit.posyandu, "puskesmas": None}
    return [
        each
        for each in _working(session, OWNERS)
        if (place := place_of(each)) is None or place.holds(**at)
    ]


def _refuse(wrong: Wrong) -> None:
    for first in wrong.values():
        raise Invalid(first if isinstance(first, str) else first[0], fields=wrong)


def _wrong_owner(session: Session, visit: SupervisionVisit, owner: str) -> Wrong:
    """Return what is wrong with an owner: nobody who may, or one who does not see the posyandu."""
    if owner in {each.username for each in finding_owners(session, visit=visit)}:
        return {}
    named = next((each for each in _working(session, OWNERS) if each.username == owner), None)
    if named is None:
        return {"penanggung": "supervision.visitor"}
    ward = area_name(visit.kelurahan_code, "kelurahan")
    place = f"{visit.posyandu} · {ward}" if visit.posyandu else ward
    params: dict[str, object] = {"name": named.full_name, "place": place}
    return {"penanggung": ("supervision.owner_place", params)}


def _working(session: Session, roles: Sequence[Role]) -> list[Account]:
    rows = select(Account).where(col(Account.role).in_(roles), col(Account.is_active))
    return list(session.exec(rows.order_by(col(Account.full_name))))


def checklist() -> tuple[Mapping[str, str], ...]:
    """Return the items of the checklist."""
    return read_table("supervision_checklist")


def _finding(session: Session, finding_id: int) -> tuple[SupervisionFinding, SupervisionVisit]:
    finding = session.get(
        SupervisionFinding, finding_id, with_for_update=True, populate_existing=True
    )
    if finding is None:
        raise NotFound("supervision.unknown")
    return finding, session.get_one(SupervisionVisit, finding.visit_id)


def _hold(session: Session, visit: SupervisionVisit, base_version: int) -> None:
    session.refresh(visit, with_for_update=True)
    if visit.version != base_version:
        raise StaleVersion("supervision.stale", fields={}, version=visit.version)


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
    _note(session, visit, by, now, verb, purpose)
    return finding


def _note(
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
