"""After approval: a sponsor rests or drops out, a child leaves; the smallest repair is decided."""

from datetime import datetime

from sqlmodel import Session, col, select

from api.kept_words import keep
from api.security import holds
from api.services.audit import record
from api.services.cycle_lock import RUNNING, hold_cycle, hold_running_cycles
from api.services.errors import Forbidden, NotFound, Refused
from api.services.package_states import IN_DEPOT
from api.services.replacement_moves import (
    OUT,
    gives_nothing,
    has_ended,
    moves_after,
    settled_children,
)
from data.queries.cycles import standing_assignments
from data.schema import (
    Account,
    Assignment,
    AssignmentState,
    Child,
    Cycle,
    CyclePledge,
    Package,
    Pledge,
    PledgeForm,
    Replacement,
    Role,
    Sponsor,
    SponsorKind,
)

SYSTEM = "system"
BRIDGE_SPONSOR = "OTA-DANA"
BRIDGE_PLEDGE = "J-DANA"


def propose_replacements(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    reason: str,
    pledge: Pledge | None = None,
    child: Child | None = None,
) -> list[Replacement]:
    """Propose who takes over when a pledge ends or a child leaves after approval.

    Standby pledges step in first; who remains goes to the bridge fund (``is_bridge_fund``). The
    place of a child who left goes to the next child, decided by the same matcher. Children whose
    package is already loaded keep their pair. Ending a pledge or a child's part proposes by
    itself; asking again answers anew for everyone who waits for a decision.

    Raises
    ------
    Forbidden
        ``access.role``.
    Refused
        ``replacement.state`` before approval and once the month is reconciled,
        ``replacement.reason``, ``replacement.nothing`` when no standing pair is touched.
    """
    if not (holds(by, "replacement:propose") or by.role is Role.APPROVER):
        raise Forbidden("access.role", permission="replacement:propose", role=by.role.value)
    hold_cycle(session, cycle)
    if cycle.state not in RUNNING:
        raise Refused("replacement.state", month=cycle.month, found=cycle.state.value)
    if not reason.strip():
        raise Refused("replacement.reason")
    if not touched_pairs(session, cycle=cycle, pledge=pledge, child=child):
        raise Refused("replacement.nothing", month=cycle.month)
    return repair(
        session, cycle=cycle, by=by, now=now, reason=reason.strip(), pledge=pledge, child=child
    )


def pledge_left(
    session: Session, *, pledge: Pledge, by: Account, now: datetime
) -> list[Replacement]:
    """Propose who takes over in every running month to which a pledge gives nothing any more.

    It ended, or it rests when the month begins.
    """
    found = []
    for cycle in hold_running_cycles(session):
        if gives_nothing(pledge, cycle.month) and touched_pairs(
            session, cycle=cycle, pledge=pledge
        ):
            is_over = has_ended(pledge, cycle.month)
            code = "replacement.pledge_ended" if is_over else "replacement.pledge_rests"
            reason = keep(code, pledge=pledge.code)
            found += repair(session, cycle=cycle, by=by, now=now, reason=reason, pledge=pledge)
    _by_rule(session, found, by)
    return found


def pledge_back(session: Session, *, pledge: Pledge, by: Account, now: datetime) -> int:
    """Take back what was proposed because a pledge rested; returns how many proposals.

    Who else waits for a decision is answered anew: the places are free again, and so is that of a
    child who left, if a child of this pledge was to take it.
    """
    own = 0
    for cycle in hold_running_cycles(session):
        waiting = _waiting(session, cycle)
        pairs = {pair.id for pair in touched_pairs(session, cycle=cycle, pledge=pledge)}
        mine = [row for row in waiting if row.assignment_id in pairs]
        own += len(mine)
        for row in mine:
            row.state = "superseded"
            session.add(row)
        session.flush()
        others = [row for row in waiting if row not in mine] or _of_open_places(session, cycle)
        if mine and others:
            repair(session, cycle=cycle, by=by, now=now, reason=others[0].reason)
    return own


def child_left(session: Session, *, child: Child, by: Account, now: datetime) -> list[Replacement]:
    """Propose who takes the place of a child who left, in every running month.

    A place that was proposed for this child goes to the next one too.
    """
    reason = keep("replacement.child_left", child=child.code)
    found = []
    for cycle in hold_running_cycles(session):
        is_proposed = any(row.child_id == child.id for row in _waiting(session, cycle))
        if is_proposed or touched_pairs(session, cycle=cycle, child=child):
            found += repair(session, cycle=cycle, by=by, now=now, reason=reason, child=child)
    _by_rule(session, found, by)
    return found


def _by_rule(session: Session, rows: list[Replacement], by: Account) -> None:
    """Let an approver decide on what follows by rule from her own deed: the matcher chose it.

    Only an approver lets a child graduate; as its proposer she could never fill the place.
    """
    if by.role is not Role.APPROVER:
        return
    for row in rows:
        row.proposed_by = SYSTEM
        session.add(row)
    session.flush()


def _waiting(session: Session, cycle: Cycle) -> list[Replacement]:
    return [row for row in list_replacements(session, cycle=cycle) if row.state == "proposed"]


def _of_open_places(session: Session, cycle: Cycle) -> list[Replacement]:
    """Return what was ever proposed for places whose child left, the newest first."""
    left = session.exec(
        select(Assignment.id).where(
            Assignment.match_run_id == cycle.match_run_id,
            Assignment.state == AssignmentState.WITHDRAWN,
        )
    ).all()
    return [row for row in list_replacements(session, cycle=cycle) if row.assignment_id in left]


def touched_pairs(
    session: Session, *, cycle: Cycle, pledge: Pledge | None = None, child: Child | None = None
) -> list[Assignment]:
    """Return the pairs that a drop-out leaves open: undelivered ones, and places left before."""
    settled = settled_children(session, cycle)
    standing = [
        pair
        for pair in standing_assignments(session, cycle)
        if pair.child_id not in settled
        and (
            (pledge is not None and pair.pledge_id == pledge.id)
            or (child is not None and pair.child_id == child.id)
        )
    ]
    if standing or child is None or cycle.match_run_id is None:
        return standing
    left = session.exec(
        select(Assignment).where(
            Assignment.match_run_id == cycle.match_run_id,
            Assignment.child_id == child.id,
            Assignment.state == AssignmentState.WITHDRAWN,
        )
    ).all()
    return list(left)


def repair(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    reason: str,
    pledge: Pledge | None = None,
    child: Child | None = None,
) -> list[Replacement]:
    """Store the smallest repair as proposals; earlier ones that wait are answered anew."""
    touched = touched_pairs(session, cycle=cycle, pledge=pledge, child=child)
    waiting = _waiting(session, cycle)
    moves = moves_after(
        session, cycle=cycle, touched=touched, waiting=waiting, pledge=pledge, child=child
    )
    ids = {pair.id for pair in touched}
    earlier = {row.child_id: row.reason for row in waiting if row.assignment_id not in ids}
    for row in waiting:
        row.state = "superseded"
        session.add(row)
    for pair in touched:
        if child is not None and pair.child_id == child.id:
            pair.state, pair.state_reason = AssignmentState.WITHDRAWN, reason[:300]
            session.add(pair)
    session.flush()
    rows = [
        Replacement(
            cycle_id=cycle.id or 0,
            assignment_id=move.assignment_id,
            child_id=move.child_id,
            pledge_id=move.pledge_id,
            is_bridge_fund=move.pledge_id is None,
            reason=earlier.get(move.child_id, reason)[:300],
            proposed_by=by.username,
            proposed_at=now,
        )
        for move in moves
    ]
    session.add_all(rows)
    session.flush()
    after = {"num_proposals": len(rows), "pledge": pledge.code if pledge else None}
    record(
        session,
        by=by,
        action="replacement:propose",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={**after, "child": child.code if child else None},
        purpose=reason,
    )
    return rows


def list_replacements(session: Session, *, cycle: Cycle) -> list[Replacement]:
    """Return the proposals of a month, the newest first."""
    return list(
        session.exec(
            select(Replacement)
            .where(Replacement.cycle_id == cycle.id)
            .order_by(col(Replacement.id).desc())
        ).all()
    )


def find_replacement(session: Session, *, cycle: Cycle, replacement_id: int) -> Replacement:
    """Return one proposal of a month.

    Raises
    ------
    NotFound
        ``replacement.not_found``.
    """
    row = session.get(Replacement, replacement_id)
    if row is None or row.cycle_id != cycle.id:
        raise NotFound("replacement.not_found", replacement=replacement_id)
    return row


def decide_replacement(
    session: Session,
    *,
    replacement: Replacement,
    accept: bool,
    by: Account,
    now: datetime,
    reason: str = "",
) -> Replacement:
    """Approve or reject a proposal; another person than the one who proposed.

    An accepted one makes the new pair; a package that is not on its way goes with it.

    Raises
    ------
    Forbidden
        ``replacement.approver_only``, ``replacement.four_eyes``.
    Refused
        ``replacement.decided_before``, ``replacement.superseded``; to accept, also
        ``replacement.state`` once the month is reconciled, ``replacement.settled`` when the
        child's package has left, ``replacement.child_out``, ``replacement.has_sponsor``, and
        ``replacement.no_longer`` when the place is taken or gone by now.
    """
    if not holds(by, "replacement:decide"):
        raise Forbidden("replacement.approver_only", role=by.role.value)
    if by.username == replacement.proposed_by:
        raise Forbidden("replacement.four_eyes")
    cycle = session.get_one(Cycle, replacement.cycle_id)
    hold_cycle(session, cycle)
    session.refresh(replacement, with_for_update=True)
    if replacement.state == "superseded":
        raise Refused("replacement.superseded")
    if replacement.state != "proposed":
        raise Refused("replacement.decided_before", by=replacement.decided_by or "")
    if accept:
        _look_again(session, cycle, replacement)
    replacement.state = "accepted" if accept else "rejected"
    replacement.decided_by, replacement.decided_at = by.username, now
    session.add(replacement)
    if accept:
        _carry_out(session, cycle, replacement, now)
    session.flush()
    record(
        session,
        by=by,
        action="replacement:decide",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"replacement": replacement.id, "accepted": accept},
        purpose=reason,
    )
    return replacement


def _look_again(session: Session, cycle: Cycle, replacement: Replacement) -> None:
    """Refuse what fitted when it was proposed and does not any more."""
    if cycle.state not in RUNNING:
        raise Refused("replacement.state", month=cycle.month, found=cycle.state.value)
    child = session.get_one(Child, replacement.child_id)
    session.refresh(child)
    if child.id in settled_children(session, cycle):
        raise Refused("replacement.settled", child=child.code)
    if child.state in OUT:
        raise Refused("replacement.child_out", child=child.code, found=child.state.value)
    standing = standing_assignments(session, cycle)
    if any(pair.child_id == child.id and pair.id != replacement.assignment_id for pair in standing):
        raise Refused("replacement.has_sponsor", child=child.code)
    if replacement.pledge_id is not None:
        _check_place(session, cycle, replacement.pledge_id, standing)


def _carry_out(session: Session, cycle: Cycle, replacement: Replacement, now: datetime) -> None:
    old = session.get_one(Assignment, replacement.assignment_id)
    if replacement.pledge_id is None:
        pledge_id = bridge_pledge(session, cycle=cycle, now=now).id or 0
    else:
        pledge_id = replacement.pledge_id
    fresh = _pair(session, old, replacement.child_id, pledge_id)
    fresh.state, fresh.state_reason = AssignmentState.APPROVED, ""
    fresh.why = {"reason": "reason.replacement", "params": {"replacement": replacement.id}}
    fresh.replaces_id = old.id
    if old.child_id == replacement.child_id:
        old.state, old.state_reason = AssignmentState.REPLACED, replacement.reason
        session.add(old)
    session.add(fresh)
    session.flush()
    packages = session.exec(
        select(Package).where(Package.assignment_id == old.id, col(Package.state).in_(IN_DEPOT))
    ).all()
    for package in packages:
        if package.child_id == replacement.child_id:
            package.assignment_id = fresh.id or 0
            session.add(package)


def _pair(session: Session, old: Assignment, child_id: int, pledge_id: int) -> Assignment:
    """Return the row of a pair in the run of another; a pair that was parted comes back."""
    known = session.exec(
        select(Assignment).where(
            Assignment.match_run_id == old.match_run_id,
            Assignment.child_id == child_id,
            Assignment.pledge_id == pledge_id,
        )
    ).one_or_none()
    return known or Assignment(
        cycle_id=old.cycle_id,
        match_run_id=old.match_run_id,
        child_id=child_id,
        pledge_id=pledge_id,
    )


def _check_place(
    session: Session, cycle: Cycle, pledge_id: int, standing: list[Assignment]
) -> None:
    copy = session.exec(
        select(CyclePledge).where(
            CyclePledge.cycle_id == cycle.id, CyclePledge.pledge_id == pledge_id
        )
    ).one_or_none()
    load = sum(pair.pledge_id == pledge_id for pair in standing)
    pledge = session.get_one(Pledge, pledge_id)
    session.refresh(pledge)
    if copy is None or load >= copy.capacity or gives_nothing(pledge, cycle.month):
        raise Refused("replacement.no_longer", pledge=pledge.code)


def bridge_pledge(session: Session, *, cycle: Cycle, now: datetime) -> Pledge:
    """Return the city's bridge fund as a pledge; it promises nothing and is never matched."""
    pledge = session.exec(select(Pledge).where(Pledge.code == BRIDGE_PLEDGE)).one_or_none()
    if pledge is not None:
        return pledge
    sponsor = Sponsor(
        code=BRIDGE_SPONSOR,
        name="Dana jembatan kota",
        kind=SponsorKind.INSTITUTION,
        updated_at=now,
        updated_by="system",
    )
    session.add(sponsor)
    session.flush()
    pledge = Pledge(
        code=BRIDGE_PLEDGE,
        sponsor_id=sponsor.id or 0,
        form=PledgeForm.MONEY,
        first_month=cycle.month,
        num_months=1200,
        updated_at=now,
        updated_by="system",
    )
    session.add(pledge)
    session.flush()
    return pledge
