"""Pins and bans: a person's word that the matcher must keep."""

from datetime import datetime

from sqlmodel import Session, col, select

from api.services.access import must_hold
from api.services.audit import record
from api.services.errors import NotFound, Refused
from data.schema import Account, Child, Cycle, CycleState, Hold, HoldKind, Pledge


def pin(
    session: Session,
    *,
    cycle: Cycle,
    child: Child,
    pledge: Pledge,
    by: Account,
    now: datetime,
    reason: str,
) -> Hold:
    """Demand that a child goes to a pledge; counts in the next run.

    Raises
    ------
    Forbidden, Refused
        ``hold.state`` unless the month is locked or proposed, ``hold.reason`` without a reason,
        ``hold.pinned_elsewhere`` when the child is pinned to another pledge, ``hold.contradicts``
        when the pair is banned.
    """
    return _hold(session, HoldKind.PIN, cycle, child, pledge, by, now, reason)


def ban(
    session: Session,
    *,
    cycle: Cycle,
    child: Child,
    pledge: Pledge,
    by: Account,
    now: datetime,
    reason: str,
) -> Hold:
    """Forbid that a child goes to a pledge; counts in the next run.

    Raises
    ------
    Forbidden, Refused
        As :func:`pin`.
    """
    return _hold(session, HoldKind.BAN, cycle, child, pledge, by, now, reason)


def _hold(
    session: Session,
    kind: HoldKind,
    cycle: Cycle,
    child: Child,
    pledge: Pledge,
    by: Account,
    now: datetime,
    reason: str,
) -> Hold:
    _may_hold(by, cycle)
    if not reason.strip():
        raise Refused("hold.reason")
    for other in list_holds(session, cycle=cycle):
        same = (other.child_id, other.pledge_id) == (child.id, pledge.id)
        if same and other.kind is kind:
            return other
        if same:
            raise Refused("hold.contradicts", child=child.code, pledge=pledge.code)
        if kind is HoldKind.PIN is other.kind and other.child_id == child.id:
            raise Refused("hold.pinned_elsewhere", child=child.code)
    hold = Hold(
        cycle_id=cycle.id or 0,
        child_id=child.id or 0,
        pledge_id=pledge.id or 0,
        kind=kind,
        reason=reason.strip(),
        by=by.username,
        at=now,
    )
    session.add(hold)
    session.flush()
    _note_hold(session, hold, cycle, by, now, kind.value, child.code, pledge.code)
    return hold


def _may_hold(by: Account, cycle: Cycle) -> None:
    must_hold(by, "assignment:hold")
    if cycle.state not in {CycleState.LOCKED, CycleState.PROPOSED}:
        raise Refused("hold.state", month=cycle.month, found=cycle.state.value)


def _note_hold(
    session: Session,
    hold: Hold,
    cycle: Cycle,
    by: Account,
    now: datetime,
    verb: str,
    child: str,
    pledge: str,
) -> None:
    record(
        session,
        by=by,
        action=f"assignment:{verb}",
        subject="child",
        subject_id=child,
        now=now,
        after={"month": cycle.month, "pledge": pledge},
        purpose=hold.reason,
    )


def find_hold(session: Session, *, cycle: Cycle, hold_id: int) -> Hold:
    """Return a pin or ban of a month.

    Raises
    ------
    NotFound
        ``hold.not_found``.
    """
    hold = session.get(Hold, hold_id)
    if hold is None or hold.cycle_id != cycle.id:
        raise NotFound("hold.not_found", hold=hold_id)
    return hold


def release_hold(session: Session, *, hold: Hold, by: Account, now: datetime) -> Hold:
    """Lift a pin or ban; lifting it twice changes nothing.

    Raises
    ------
    Forbidden, Refused
        ``hold.state`` unless the month is locked or proposed.
    """
    cycle = session.get_one(Cycle, hold.cycle_id)
    _may_hold(by, cycle)
    if hold.released_at is None:
        hold.released_by, hold.released_at = by.username, now
        session.add(hold)
        session.flush()
        child = session.get_one(Child, hold.child_id).code
        pledge = session.get_one(Pledge, hold.pledge_id).code
        _note_hold(session, hold, cycle, by, now, "release", child, pledge)
    return hold


def list_holds(session: Session, *, cycle: Cycle) -> list[Hold]:
    """Return the pins and bans in force."""
    return list(
        session.exec(
            select(Hold)
            .where(Hold.cycle_id == cycle.id, col(Hold.released_at).is_(None))
            .order_by(col(Hold.id))
        ).all()
    )
