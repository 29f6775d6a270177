"""The month from opening to approval: open, lock with a snapshot, unlock, submit, approve."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from api.services.access import must_hold
from api.services.audit import record
from api.services.blockers import Blocker, blockers, undecided_pairs
from api.services.child_states import resume_child
from api.services.clock import local_date
from api.services.cycle_lock import hold_cycle
from api.services.errors import NotFound, Refused
from api.services.month_counts import count_month
from api.services.months import checked_month, first_day, later_month, month_of
from api.services.moved_inputs import hold_inputs, moved_inputs, named
from api.services.moves import move_cycle, next_moves
from api.services.snapshot import drop_snapshot, snapshot_hash, take_snapshot
from data.queries.cycles import standing_assignments
from data.schema import (
    Account,
    AssignmentState,
    Child,
    ChildState,
    Cycle,
    CycleMove,
    CycleState,
)

__all__ = [
    "CITY_CODE",
    "Blocker",
    "Readiness",
    "approve_cycle",
    "blockers",
    "cancel_cycle",
    "cycle_history",
    "find_cycle",
    "list_cycles",
    "lock_cycle",
    "open_cycle",
    "readiness",
    "reject_cycle",
    "submit_cycle",
    "unlock_cycle",
]

CITY_CODE = "19.71"
BEFORE_APPROVAL = (
    CycleState.DRAFT,
    CycleState.LOCKED,
    CycleState.PROPOSED,
    CycleState.IN_APPROVAL,
)
MONTHS_BACK, MONTHS_AHEAD = 12, 2
"""How far from today a month may be opened by hand."""
SETTLED = (CycleState.CLOSED, CycleState.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """Where a month stands, what comes next, what blocks it, and the figures of its balance."""

    month: str
    state: str
    next_verbs: tuple[str, ...]
    blockers: tuple[Blocker, ...]
    num_registered: int
    num_eligible: int
    num_places: int
    not_eligible: dict[str, int]
    no_places: dict[str, int]

    @property
    def gap(self) -> int:
        """Children beyond the places that were promised."""
        return max(0, self.num_eligible - self.num_places)


def open_cycle(
    session: Session,
    *,
    month: str,
    by: Account,
    now: datetime,
    city_code: str = CITY_CODE,
    is_sure: bool = False,
    any_month: bool = False,
) -> Cycle:
    """Open a month; what it carries over is read by :func:`carried_over`.

    The month before may still be on its way; two months never share a day. While it has no agreed
    pairs there is nothing to carry over, so opening then is asked about, and so is leaving a month
    out.

    Parameters
    ----------
    is_sure
        Open although the month before has no approved pairs yet, or was never opened.
    any_month
        For a month that runs by itself from files, whatever the day is: without it a month can be
        opened from a year before today until two months ahead.

    Raises
    ------
    Forbidden
        ``access.role`` for roles that do not open months.
    Refused
        ``cycle.exists``, ``cycle.is_cancelled``;
        ``cycle.before_agreed`` when a later month was approved already;
        ``cycle.previous_not_agreed``, ``cycle.month_left_out`` unless ``is_sure``;
        ``cycle.too_far`` outside the window.
    """
    checked_month(month)
    must_hold(by, "cycle:open")
    if not any_month:
        _refuse_far(month, month_of(local_date(now)))
    rows = session.exec(select(Cycle).where(Cycle.city_code == city_code)).all()
    same = next((row for row in rows if row.month == month), None)
    if same is not None:
        cancelled = same.state is CycleState.CANCELLED
        raise Refused("cycle.is_cancelled" if cancelled else "cycle.exists", month=month)
    _refuse_before_agreed(month, rows)
    unsettled = [row.month for row in rows if row.month < month and row.state in BEFORE_APPROVAL]
    if unsettled and not is_sure:
        raise Refused("cycle.previous_not_agreed", month=month, previous=max(unsettled))
    latest = max((row.month for row in rows), default=month)
    if later_month(latest, 1) < month and not is_sure:
        raise Refused("cycle.month_left_out", month=month, left_out=later_month(latest, 1))
    cycle = Cycle(city_code=city_code, month=month, updated_at=now)
    session.add(cycle)
    session.flush()
    session.add(
        CycleMove(
            cycle_id=cycle.id or 0,
            from_state="",
            to_state=CycleState.DRAFT.value,
            verb="open",
            by=by.username,
            at=now,
        )
    )
    _note(session, cycle, "open", by, now)
    return cycle


def months_to_open(session: Session, *, now: datetime, city_code: str = CITY_CODE) -> list[str]:
    """Return the months near today that nobody has opened yet, the earliest first."""
    known = set(session.exec(select(Cycle.month).where(Cycle.city_code == city_code)))
    today = month_of(local_date(now))
    near = (later_month(today, shift) for shift in range(-MONTHS_BACK, MONTHS_AHEAD + 1))
    return [month for month in near if month not in known]


def _refuse_far(month: str, today: str) -> None:
    """Refuse a month that is more likely a slip of the finger than meant."""
    first, last = later_month(today, -MONTHS_BACK), later_month(today, MONTHS_AHEAD)
    if not first <= month <= last:
        raise Refused("cycle.too_far", month=month, first=first, last=last)


def find_cycle(session: Session, *, month: str, city_code: str = CITY_CODE) -> Cycle:
    """Return the month.

    Raises
    ------
    NotFound
        ``cycle.not_found`` when it was never opened.
    """
    checked_month(month)
    found = session.exec(
        select(Cycle).where(Cycle.city_code == city_code, Cycle.month == month)
    ).one_or_none()
    if found is None:
        raise NotFound("cycle.not_found", month=month)
    return found


def list_cycles(session: Session, *, city_code: str = CITY_CODE) -> list[Cycle]:
    """Return all months, the latest first."""
    return list(
        session.exec(
            select(Cycle).where(Cycle.city_code == city_code).order_by(col(Cycle.month).desc())
        ).all()
    )


def lock_cycle(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    require_consent: bool = True,
    reason: str = "",
) -> Cycle:
    """Freeze children and pledges as they stand, with who takes part and why not.

    Children whose pause ends by the month's first day take part again.

    Parameters
    ----------
    reason
        Why the month is locked although pairs of records that may be one are undecided; it stays
        in the month's history.
    require_consent
        Whether a child needs its guardian's programme consent. Without it the month says so.

    Raises
    ------
    Forbidden, Refused
        See :func:`api.services.moves.move_cycle`; ``cycle.duplicates_undecided`` without a reason.
    """
    hold_cycle(session, cycle)
    undecided = undecided_pairs(session)
    if cycle.state is CycleState.DRAFT and undecided and not reason.strip():
        raise Refused("cycle.duplicates_undecided", month=cycle.month, count=undecided)
    move_cycle(session, cycle=cycle, verb="lock", by=by, now=now, reason=reason)
    for child in session.exec(
        select(Child).where(
            Child.state == ChildState.PAUSED,
            col(Child.paused_until) <= first_day(cycle.month),
        )
    ).all():
        resume_child(session, child=child, by=by, now=now)
    cycle.snapshot_hash = take_snapshot(session, cycle=cycle, require_consent=require_consent)
    session.add(cycle)
    session.flush()
    _note(
        session,
        cycle,
        "lock",
        by,
        now,
        {
            "snapshot": cycle.snapshot_hash,
            "require_consent": require_consent,
            "undecided_pairs": undecided,
            "reason": reason.strip(),
        },
    )
    return cycle


def unlock_cycle(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str
) -> Cycle:
    """Go back to draft before approval; the snapshot is dropped.

    Raises
    ------
    Forbidden, Refused
        See :func:`api.services.moves.move_cycle`; a reason is needed.
    """
    return _back_to_draft(session, hold_cycle(session, cycle), "unlock", by, now, reason)


def reopen_cycle(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str
) -> Cycle:
    """Begin a cancelled month anew, as a draft.

    Raises
    ------
    Forbidden, Refused
        See :func:`api.services.moves.move_cycle`, a reason is needed; ``cycle.before_agreed`` when
        a later month was matched already.
    """
    hold_cycle(session, cycle)
    others = select(Cycle).where(Cycle.city_code == cycle.city_code, Cycle.id != cycle.id)
    _refuse_before_agreed(cycle.month, session.exec(others).all())
    return _back_to_draft(session, cycle, "reopen", by, now, reason)


def _back_to_draft(
    session: Session, cycle: Cycle, verb: str, by: Account, now: datetime, reason: str
) -> Cycle:
    """Take a step that drops the copy of the data and what was proposed from it."""
    move_cycle(session, cycle=cycle, verb=verb, by=by, now=now, reason=reason)
    drop_snapshot(session, cycle=cycle)
    cycle.snapshot_hash = None
    cycle.match_run_id = None
    cycle.proposed_by = None
    session.add(cycle)
    session.flush()
    _note(session, cycle, verb, by, now, {"reason": reason})
    return cycle


def readiness(session: Session, *, cycle: Cycle, now: datetime) -> Readiness:
    """Return where the month stands.

    Before the lock the figures are those a lock would give now; nothing is stored.
    """
    counts = count_month(session, cycle=cycle, now=now)
    return Readiness(
        month=cycle.month,
        state=cycle.state.value,
        next_verbs=tuple(move.verb for move in next_moves(cycle.state)),
        blockers=tuple(blockers(session, cycle=cycle, now=now)),
        num_registered=counts.num_registered,
        num_eligible=counts.num_eligible,
        num_places=counts.num_places,
        not_eligible=counts.not_eligible,
        no_places=counts.no_places,
    )


def submit_cycle(session: Session, *, cycle: Cycle, by: Account, now: datetime) -> Cycle:
    """Hand the proposal to the approver.

    Raises
    ------
    Refused
        ``cycle.blocked`` with the hard blockers, such as pins that no run has seen;
        ``cycle.inputs_moved`` when a paired child or its pledge cannot keep what was matched.
    """
    hold_cycle(session, cycle)
    if cycle.state is CycleState.PROPOSED:
        _refuse_moved(session, cycle)
        _refuse_blocked(session, cycle, now)
    move_cycle(session, cycle=cycle, verb="submit", by=by, now=now)
    _note(session, cycle, "submit", by, now)
    return cycle


def reject_cycle(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str
) -> Cycle:
    """Give the proposal back with a comment.

    Raises
    ------
    Forbidden, Refused
        See :func:`api.services.moves.move_cycle`.
    """
    hold_cycle(session, cycle)
    move_cycle(session, cycle=cycle, verb="reject", by=by, now=now, reason=reason)
    _note(session, cycle, "reject", by, now, {"reason": reason})
    return cycle


def approve_cycle(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str = ""
) -> Cycle:
    """Approve the proposal, with a comment if there is one; another person than who proposed.

    The stored result is checked once more, without the solver, and the snapshot must be the one
    that was matched.

    Raises
    ------
    Forbidden
        ``move.role``, ``move.four_eyes``.
    Refused
        ``cycle.inputs_moved`` when a paired child or its pledge cannot keep what was matched;
        ``matching.check_failed``; ``cycle.snapshot_changed``.
    """
    hold_cycle(session, cycle)
    move_cycle(session, cycle=cycle, verb="approve", by=by, now=now, reason=reason)
    hold_inputs(session, cycle=cycle)
    _refuse_moved(session, cycle)
    from api.services.matching import current_run, verify_run

    run = current_run(session, cycle=cycle)
    if snapshot_hash(session, cycle=cycle) != cycle.snapshot_hash:
        raise Refused("cycle.snapshot_changed", month=cycle.month)
    verify_run(session, run=run)
    pairs = standing_assignments(session, cycle)
    for pair in pairs:
        pair.state = AssignmentState.APPROVED
    session.add_all(pairs)
    cycle.approved_by = by.username
    session.add(cycle)
    session.flush()
    _note(session, cycle, "approve", by, now, {"run": run.id, "num_pairs": len(pairs)})
    return cycle


def cancel_cycle(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str
) -> Cycle:
    """Give the month up before it is packed.

    Raises
    ------
    Forbidden, Refused
        See :func:`api.services.moves.move_cycle`.
    """
    hold_cycle(session, cycle)
    move_cycle(session, cycle=cycle, verb="cancel", by=by, now=now, reason=reason)
    for pair in standing_assignments(session, cycle):
        pair.state = AssignmentState.WITHDRAWN
        pair.state_reason = "cycle.cancelled"
        session.add(pair)
    session.flush()
    _note(session, cycle, "cancel", by, now, {"reason": reason})
    return cycle


def cycle_history(session: Session, *, cycle: Cycle) -> list[CycleMove]:
    """Return every step of a month, the first first."""
    return list(
        session.exec(
            select(CycleMove).where(CycleMove.cycle_id == cycle.id).order_by(col(CycleMove.id))
        ).all()
    )


def _refuse_before_agreed(month: str, rows: Sequence[Cycle]) -> None:
    """Refuse to begin a month when a later one was matched already: it would miss its pairs."""
    matched = [row for row in rows if row.match_run_id and row.state is not CycleState.CANCELLED]
    later = max((row.month for row in matched if row.month > month), default=None)
    if later is not None:
        raise Refused("cycle.before_agreed", month=month, later=later)


def _refuse_blocked(session: Session, cycle: Cycle, now: datetime) -> None:
    hard = [one for one in blockers(session, cycle=cycle, now=now) if one.is_hard]
    if hard:
        found = [{"code": one.code, "params": one.params, "count": one.count} for one in hard]
        raise Refused("cycle.blocked", month=cycle.month, blockers=found, first=hard[0].code)


def _refuse_moved(session: Session, cycle: Cycle) -> None:
    found = moved_inputs(session, cycle=cycle)
    if found:
        raise Refused("cycle.inputs_moved", month=cycle.month, found=named(found), n=len(found))


def _note(
    session: Session,
    cycle: Cycle,
    verb: str,
    by: Account,
    now: datetime,
    after: dict[str, object] | None = None,
) -> None:
    record(
        session,
        by=by,
        action=f"cycle:{verb}",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"state": cycle.state.value, **(after or {})},
    )
