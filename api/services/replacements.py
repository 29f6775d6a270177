"""After approval: a sponsor or child drops out; the smallest repair is proposed and approved."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from api.security import may
from api.services.audit import record
from api.services.errors import Forbidden, NotFound, Refused
from api.services.matching import current_run, stored_matching
from data.queries.cycles import AGREED, standing_assignments
from data.schema import (
    Account,
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    Cycle,
    CyclePledge,
    CycleState,
    Package,
    PackageState,
    Pledge,
    PledgeForm,
    PledgeState,
    Replacement,
    Role,
    Sponsor,
    SponsorKind,
)

if TYPE_CHECKING:
    from matcher.matching import Matching
    from matcher.problem import MatchingProblem

BRIDGE_SPONSOR = "OTA-DANA"
BRIDGE_PLEDGE = "J-DANA"
SETTLED = (
    PackageState.LOADED,
    PackageState.ACCEPTED,
    PackageState.PARTLY_ACCEPTED,
    PackageState.REJECTED,
    PackageState.RETURNED,
)
WAITING = (PackageState.PLANNED, PackageState.RESERVED, PackageState.PACKED)
OUT = (ChildState.EXITED, ChildState.GRADUATED, ChildState.DUPLICATE, ChildState.PAUSED)


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
    package is already loaded keep their pair.

    Raises
    ------
    Forbidden
        ``access.role``.
    Refused
        ``replacement.state`` before approval, ``replacement.reason``, ``replacement.nothing``
        when no standing pair is touched.
    """
    if not (may(by.role, "replacement:propose") or by.role is Role.APPROVER):
        raise Forbidden("access.role", permission="replacement:propose", role=by.role.value)
    if cycle.state not in AGREED or cycle.state is CycleState.CLOSED:
        raise Refused("replacement.state", month=cycle.month, found=cycle.state.value)
    if not reason.strip():
        raise Refused("replacement.reason")
    standing = {pair.child_id: pair for pair in standing_assignments(session, cycle)}
    settled = _settled_children(session, cycle)
    touched = [
        pair
        for pair in standing.values()
        if pair.child_id not in settled
        and (
            (pledge is not None and pair.pledge_id == pledge.id)
            or (child is not None and pair.child_id == child.id)
        )
    ]
    if not touched:
        raise Refused("replacement.nothing", month=cycle.month)
    moves = _moves(session, cycle, standing, settled, pledge, child)
    _drop_open(session, cycle, {pair.id or 0 for pair in touched})
    rows = [
        Replacement(
            cycle_id=cycle.id or 0,
            assignment_id=(standing.get(child_id) or touched[0]).id or 0,
            child_id=child_id,
            pledge_id=pledge_id,
            is_bridge_fund=pledge_id is None,
            reason=reason.strip(),
            proposed_by=by.username,
            proposed_at=now,
        )
        for child_id, pledge_id in moves
    ]
    session.add_all(rows)
    if child is not None:
        _withdraw(session, [pair for pair in touched if pair.child_id == child.id], reason)
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


def _settled_children(session: Session, cycle: Cycle) -> set[int]:
    return set(
        session.exec(
            select(Package.child_id).where(
                Package.cycle_id == cycle.id, col(Package.state).in_(SETTLED)
            )
        ).all()
    )


def _drop_open(session: Session, cycle: Cycle, assignment_ids: set[int]) -> None:
    """Set aside earlier proposals for the same pairs: a new one answers for them."""
    for row in list_replacements(session, cycle=cycle):
        if row.state == "proposed" and row.assignment_id in assignment_ids:
            row.state = "superseded"
            session.add(row)


def _withdraw(session: Session, pairs: list[Assignment], reason: str) -> None:
    for pair in pairs:
        pair.state, pair.state_reason = AssignmentState.WITHDRAWN, reason.strip()[:300]
        session.add(pair)


def _moves(
    session: Session,
    cycle: Cycle,
    standing: dict[int, Assignment],
    settled: set[int],
    pledge: Pledge | None,
    child: Child | None,
) -> list[tuple[int, int | None]]:
    """Return (child, pledge) of every child that gets another pledge, None = bridge fund."""
    from matcher.replacement import replacement

    problem, matching = _as_it_stands(session, cycle, standing)
    child_at = {code: at for at, code in enumerate(problem.child_ids)}
    pledge_at = {code: at for at, code in enumerate(problem.pledge_ids)}
    codes = dict(session.exec(select(Child.id, Child.code)).all())
    ended = session.exec(
        select(Pledge.code).where(col(Pledge.state).in_([PledgeState.ENDED, PledgeState.REJECTED]))
    ).all()
    gone = session.exec(select(Child.code).where(col(Child.state).in_(OUT))).all()
    withdrawn_pledges = {*ended, *([pledge.code] if pledge else [])}
    withdrawn_children = {*gone, *([child.code] if child else [])}
    found = replacement(
        problem,
        matching,
        withdrawn_pledges=[pledge_at[code] for code in withdrawn_pledges if code in pledge_at],
        withdrawn_children=[child_at[code] for code in withdrawn_children if code in child_at],
        settled_children=[child_at[codes[at]] for at in settled if codes.get(at) in child_at],
    )
    child_ids = {code: at or 0 for at, code in codes.items()}
    pledge_ids = {code: at or 0 for at, code in session.exec(select(Pledge.id, Pledge.code)).all()}
    moves: list[tuple[int, int | None]] = [
        (child_ids[one.child_id], pledge_ids[one.after])
        for one in found.changes
        if one.after is not None and one.child_id not in withdrawn_children
    ]
    moves += [
        (child_ids[code], None) for code in found.still_uncovered if code not in withdrawn_children
    ]
    return sorted(moves)


def _as_it_stands(
    session: Session, cycle: Cycle, standing: dict[int, Assignment]
) -> "tuple[MatchingProblem, Matching]":
    """Return the approved result with the pairs as they are after earlier replacements."""
    from dataclasses import replace

    import numpy as np

    problem, matching = stored_matching(session, run=current_run(session, cycle=cycle))
    pledge_at = {code: at for at, code in enumerate(problem.pledge_ids)}
    pledge_codes = dict(session.exec(select(Pledge.id, Pledge.code)).all())
    child_codes = {code: at for at, code in session.exec(select(Child.id, Child.code)).all()}
    now = []
    for code in problem.child_ids:
        pair = standing.get(child_codes[code] or 0)
        now.append(pledge_at.get(pledge_codes[pair.pledge_id], -1) if pair else -1)
    return problem, replace(matching, pledge_of=np.array(now, dtype=np.int32))


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
        ``replacement.decided_before``; ``replacement.no_longer`` when the place is taken by now.
    """
    if not may(by.role, "replacement:decide"):
        raise Forbidden("replacement.approver_only", role=by.role.value)
    if by.username == replacement.proposed_by:
        raise Forbidden("replacement.four_eyes")
    if replacement.state != "proposed":
        raise Refused("replacement.decided_before", by=replacement.decided_by or "")
    cycle = session.get_one(Cycle, replacement.cycle_id)
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


def _carry_out(session: Session, cycle: Cycle, replacement: Replacement, now: datetime) -> None:
    old = session.get_one(Assignment, replacement.assignment_id)
    if replacement.pledge_id is None:
        pledge_id = bridge_pledge(session, cycle=cycle, now=now).id or 0
    else:
        pledge_id = replacement.pledge_id
        _check_place(session, cycle, pledge_id)
    fresh = Assignment(
        cycle_id=cycle.id or 0,
        match_run_id=old.match_run_id,
        child_id=replacement.child_id,
        pledge_id=pledge_id,
        state=AssignmentState.APPROVED,
        why={"reason": "reason.replacement", "params": {"replacement": replacement.id}},
        replaces_id=old.id,
    )
    if old.child_id == replacement.child_id:
        old.state, old.state_reason = AssignmentState.REPLACED, replacement.reason
        session.add(old)
    session.add(fresh)
    session.flush()
    packages = session.exec(
        select(Package).where(Package.assignment_id == old.id, col(Package.state).in_(WAITING))
    ).all()
    for package in packages:
        if package.child_id == replacement.child_id:
            package.assignment_id = fresh.id or 0
            session.add(package)


def _check_place(session: Session, cycle: Cycle, pledge_id: int) -> None:
    copy = session.exec(
        select(CyclePledge).where(
            CyclePledge.cycle_id == cycle.id, CyclePledge.pledge_id == pledge_id
        )
    ).one_or_none()
    load = sum(pair.pledge_id == pledge_id for pair in standing_assignments(session, cycle))
    if copy is None or load >= copy.capacity:
        pledge = session.get_one(Pledge, pledge_id)
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
