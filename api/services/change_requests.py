"""Changes that the field asks for: a family moved, an address is wrong, a child is to leave.

What is accepted has been carried out: an accepted move is written, an accepted exit ends the
child's part, and an address or a measurement counts as accepted once it has been put right.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, select

from api.services.audit import record
from api.services.child_states import GONE, exit_child, resettle
from api.services.children import ADDRESS_FIELDS, check_place, tell_routes
from api.services.cycle_lock import hold_running_cycles
from api.services.editing import (
    confirm_fields,
    hold_rows,
    today,
    too_long,
    unreadable_phones,
    write_fields,
)
from api.services.errors import Invalid, NotFound, Refused
from data.queries.records import survivor
from data.schema import (
    Account,
    AuditEntry,
    ChangeRequest,
    ChangeState,
    Child,
    ChildState,
    Household,
    Measurement,
)


def find_change(session: Session, *, request_id: int) -> ChangeRequest:
    """Return a requested change.

    Raises
    ------
    NotFound
        ``change.not_found``.
    """
    request = session.get(ChangeRequest, request_id)
    if request is None:
        raise NotFound("change.not_found", request=request_id)
    return request


def request_move(
    session: Session, *, child: Child, to: Mapping[str, object], by: Account, now: datetime
) -> ChangeRequest:
    """Report from the field that a child's family moved; the child waits for the office's word.

    Raises
    ------
    Invalid
        A field that is no part of an address, an unknown kelurahan, a telephone number that cannot
        be read, ``field.long``.
    Refused
        ``child.state`` when the child is not in the programme.
    """
    unknown = sorted(set(to) - set(ADDRESS_FIELDS) - {"phone", "posyandu"})
    if unknown or not to:
        raise Invalid("edit.unknown_field", fields=dict.fromkeys(unknown, "edit.unknown_field"))
    if wrong := unreadable_phones(to) | too_long(Household, to):
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    household = session.get_one(Household, child.household_id)
    check_place({"lat": None, "lon": None, **to}, household)
    hold_rows(session, child)
    if child.state not in {ChildState.ELIGIBLE, ChildState.PAUSED, ChildState.NEEDS_REVIEW}:
        raise Refused("child.state", child=child.code, found=child.state.value, verb="move")
    request = ChangeRequest(
        child_id=child.id or 0,
        kind="move",
        payload={"to": dict(to), "state": child.state.value},
        asked_by=by.username,
        asked_at=now,
    )
    session.add(request)
    write_fields(
        session,
        row=child,
        subject="child",
        changes={"state": ChildState.MOVED_PENDING},
        by=by,
        now=now,
        action="move_asked",
    )
    return request


def decide_change(
    session: Session,
    *,
    request: ChangeRequest,
    accept: bool,
    by: Account,
    now: datetime,
    reason: str = "",
    exit_reason: str = "",
) -> ChangeRequest:
    """Accept or reject a requested change; what is accepted is carried out, or was before.

    It speaks of the record that was kept when the child's own was merged into another. After an
    accepted move the pair with the sponsor stays; open stops leave their route, which becomes
    stale.

    Parameters
    ----------
    exit_reason
        Why the child leaves, of :data:`api.services.child_states.EXIT_REASONS`; needed to accept
        an exit of a child who is still there.

    Raises
    ------
    Invalid
        ``child.exit_reason``.
    Refused
        ``change.decided`` when it was decided before, ``change.reason`` to reject without one;
        ``change.edit_first``, ``change.measure_first`` to accept what nobody has put right yet.
    """
    hold_running_cycles(session)
    session.refresh(request, with_for_update=True)
    if request.state is not ChangeState.PENDING:
        raise Refused("change.decided", by=request.decided_by or "", found=request.state.value)
    if not accept and not reason.strip():
        raise Refused("change.reason")
    child = survivor(session, session.get_one(Child, request.child_id))
    if child is None:
        raise NotFound("change.not_found", request=request.id)
    hold_rows(session, child)
    if request.kind == "move":
        _finish_move(session, child, request, accept, by, now)
    elif accept:
        _carry_out(session, child, request, by, now, exit_reason)
    request.state = ChangeState.APPLIED if accept else ChangeState.REJECTED
    request.decided_by, request.decided_at = by.username, now
    request.reason = reason.strip() or request.reason
    session.add(request)
    session.flush()
    record(
        session,
        by=by,
        action="change:accept" if accept else "change:reject",
        subject="child",
        subject_id=child.code,
        now=now,
        after={"kind": request.kind, "reason": reason},
    )
    return request


def _carry_out(
    session: Session,
    child: Child,
    request: ChangeRequest,
    by: Account,
    now: datetime,
    exit_reason: str,
) -> None:
    """Let a child leave; of what only a person can put right, see that it was."""
    if request.kind == "exit" and child.state not in GONE:
        exit_child(
            session, child=child, by=by, now=now, effective_on=today(now), reason=exit_reason
        )
    if request.kind == "address" and not _was_edited(session, child, request.asked_at):
        raise Refused("change.edit_first", child=child.code)
    if request.kind == "measure_again" and not _was_measured(session, child, request.asked_at):
        raise Refused("change.measure_first", child=child.code)


def _was_edited(session: Session, child: Child, since: datetime) -> bool:
    edited = session.exec(
        select(AuditEntry.id).where(
            AuditEntry.action == "child:edit",
            AuditEntry.subject_id == child.code,
            AuditEntry.at > since,
        )
    ).first()
    home = session.get_one(Household, child.household_id)
    return edited is not None or home.updated_at > since


def _was_measured(session: Session, child: Child, since: datetime) -> bool:
    found = session.exec(
        select(Measurement.id).where(
            Measurement.child_id == child.id, Measurement.measured_on >= today(since)
        )
    ).first()
    return found is not None


def _finish_move(
    session: Session,
    child: Child,
    request: ChangeRequest,
    accept: bool,
    by: Account,
    now: datetime,
) -> None:
    if child.state is ChildState.MOVED_PENDING and child.id == request.child_id:
        state = ChildState(str(request.payload.get("state", ChildState.ELIGIBLE.value)))
        write_fields(
            session,
            row=child,
            subject="child",
            changes={"state": state},
            by=by,
            now=now,
            action="moved",
        )
        resettle(session, child, on=today(now))
    to = request.payload.get("to")
    if not accept or not isinstance(to, dict):
        return
    household = session.get_one(Household, child.household_id)
    hold_rows(session, household)
    moved = {"rt": None, "rw": None, "landmark": None, "lat": None, "lon": None, **to}
    before = write_fields(
        session, row=household, subject="household", changes=moved, by=by, now=now, action="moved"
    )
    confirm_fields(household, before, today(request.asked_at))
    session.flush()
    tell_routes(session, household, by, now, "moved")
