"""The moves of a month as data: from, verb, to, who may, and whether it needs other eyes.

``features`` of the design: the month is one row that goes
draft → locked → proposed → in_approval → approved → packing → distributing → reconciling → closed.
Guards that need to look at rows stand beside the use case named by the verb.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from api.services.errors import Forbidden, Refused
from data.schema import Account, Cycle, CycleMove, CycleState, Hold, MatchPolicy, MatchRun, Role

S = CycleState


@dataclass(frozen=True)
class Move:
    """One allowed step of a month."""

    verb: str
    sources: tuple[CycleState, ...]
    target: CycleState
    roles: tuple[Role, ...]
    needs_other_eyes: bool = False
    needs_reason: bool = False


MAY_PACK = (S.APPROVED, S.PACKING, S.DISTRIBUTING)
"""In these states of the month packages are made, and their shortages signed."""

MOVES: dict[str, Move] = {
    move.verb: move
    for move in (
        Move("lock", (S.DRAFT,), S.LOCKED, (Role.STAFF,)),
        Move("unlock", (S.LOCKED, S.PROPOSED), S.DRAFT, (Role.STAFF,), needs_reason=True),
        Move("propose", (S.LOCKED, S.PROPOSED), S.PROPOSED, (Role.STAFF,)),
        Move("submit", (S.PROPOSED,), S.IN_APPROVAL, (Role.STAFF,)),
        Move(
            "reject",
            (S.IN_APPROVAL,),
            S.PROPOSED,
            (Role.APPROVER,),
            needs_other_eyes=True,
            needs_reason=True,
        ),
        Move("approve", (S.IN_APPROVAL,), S.APPROVED, (Role.APPROVER,), needs_other_eyes=True),
        Move("pack", (S.APPROVED,), S.PACKING, (Role.COORDINATOR,)),
        Move("dispatch", (S.PACKING,), S.DISTRIBUTING, (Role.COORDINATOR,)),
        Move("reconcile", (S.DISTRIBUTING,), S.RECONCILING, (Role.COORDINATOR,)),
        Move("resume", (S.RECONCILING,), S.DISTRIBUTING, (Role.COORDINATOR,), needs_reason=True),
        Move("close", (S.RECONCILING,), S.CLOSED, (Role.APPROVER,)),
        Move(
            "cancel",
            (S.DRAFT, S.LOCKED, S.PROPOSED, S.IN_APPROVAL, S.APPROVED),
            S.CANCELLED,
            (Role.APPROVER,),
            needs_reason=True,
        ),
        Move("reopen", (S.CANCELLED,), S.DRAFT, (Role.APPROVER,), needs_reason=True),
    )
}

SHAPING_VERBS = ("propose", "submit")


def next_moves(state: CycleState) -> tuple[Move, ...]:
    """Return the moves that lead on from a state."""
    return tuple(move for move in MOVES.values() if state in move.sources)


def shapers(session: Session, *, cycle: Cycle) -> frozenset[str]:
    """Return the user names of all who had a hand in what is to be approved this month.

    Who ran the matcher (the first time or again), submitted the result, or set or released a pin
    or ban, also before an unlock, because pins outlive it; and who adopted the policy by which the
    standing result was matched.
    """
    moved = session.exec(
        select(CycleMove.by).where(
            CycleMove.cycle_id == cycle.id, col(CycleMove.verb).in_(SHAPING_VERBS)
        )
    ).all()
    holds = session.exec(select(Hold.by, Hold.released_by).where(Hold.cycle_id == cycle.id)).all()
    held = {name for pair in holds for name in pair if name}
    proposer = {cycle.proposed_by} if cycle.proposed_by else set()
    authors = session.exec(
        select(MatchPolicy.by)
        .join(MatchRun, col(MatchRun.policy_id) == col(MatchPolicy.id))
        .where(MatchRun.id == cycle.match_run_id)
    ).all()
    return frozenset({*moved, *held, *proposer, *authors})


def need_move(*, cycle: Cycle, verb: str, by: Account) -> None:
    """Refuse a step that the role may not take or that a month in this state does not know.

    Raises
    ------
    Forbidden
        ``move.role``.
    Refused
        ``move.state``.
    """
    move = MOVES[verb]
    if by.role not in move.roles:
        raise Forbidden("move.role", verb=verb, roles=[role.value for role in move.roles])
    if cycle.state not in move.sources:
        raise Refused(
            "move.state",
            verb=verb,
            expected=[state.value for state in move.sources],
            found=cycle.state.value,
        )


def move_cycle(
    session: Session, *, cycle: Cycle, verb: str, by: Account, now: datetime, reason: str = ""
) -> Cycle:
    """Take one step of the month and write it down; the caller has checked its own guards.

    Raises
    ------
    Forbidden
        ``move.role`` when the role may not, ``move.four_eyes`` when the person shaped the proposal.
    Refused
        ``move.state`` when the month stands elsewhere, ``move.reason`` when a reason is missing.
    """
    need_move(cycle=cycle, verb=verb, by=by)
    move = MOVES[verb]
    if move.needs_other_eyes and by.username in shapers(session, cycle=cycle):
        raise Forbidden("move.four_eyes", verb=verb)
    if move.needs_reason and not reason.strip():
        raise Refused("move.reason", verb=verb)
    session.add(
        CycleMove(
            cycle_id=cycle.id or 0,
            from_state=cycle.state.value,
            to_state=move.target.value,
            verb=verb,
            by=by.username,
            at=now,
            reason=reason.strip(),
        )
    )
    cycle.state = move.target
    cycle.updated_at = now
    cycle.version += 1
    session.add(cycle)
    session.flush()
    return cycle
