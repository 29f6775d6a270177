"""What stands in the way of a month's next step, and what wants a look before it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from api.services.moved_inputs import moved_inputs, named
from data.queries.cycles import previous_agreed_cycle
from data.queries.imports import count_waiting
from data.schema import (
    ChangeRequest,
    ChangeState,
    Child,
    ChildState,
    Cycle,
    CycleChild,
    CyclePledge,
    CycleState,
    DuplicatePair,
    Hold,
    MatchPolicy,
    MatchRun,
    PairDecision,
    PairKind,
    Replacement,
)


@dataclass(frozen=True, kw_only=True)
class Blocker:
    """What stands in the way of the next step (``is_hard``) or wants a look before it."""

    code: str
    params: dict[str, object] = field(default_factory=dict)
    count: int = 1
    is_hard: bool = True


def blockers(session: Session, *, cycle: Cycle, now: datetime) -> list[Blocker]:
    """Return what stands in the way of the next step, hard ones first."""
    del now
    found = {
        CycleState.DRAFT: _before_lock,
        CycleState.LOCKED: _before_matching,
        CycleState.PROPOSED: _before_submit,
        CycleState.IN_APPROVAL: _before_approval,
    }.get(cycle.state, _after_approval)(session, cycle)
    return sorted(found, key=lambda one: not one.is_hard)


def _count(session: Session, *where: Any) -> int:
    return session.exec(select(func.count()).where(*where)).one()


def _soft(code: str, count: int, **params: object) -> list[Blocker]:
    return [Blocker(code=code, count=count, params=params, is_hard=False)] if count else []


def undecided_pairs(
    session: Session,
    *,
    kind: PairKind | None = None,
    decisions: Sequence[PairDecision] = (PairDecision.OPEN, PairDecision.ASKED),
) -> int:
    """Return how many pairs of records that may be one (of a kind) wait for a decision."""
    of_kind = (DuplicatePair.kind == kind,) if kind else ()
    return _count(session, col(DuplicatePair.decision).in_(decisions), *of_kind)


def _before_lock(session: Session, cycle: Cycle) -> list[Blocker]:
    found = [
        *_soft("blocker.open_duplicates", undecided_pairs(session, kind=PairKind.CHILD)),
        *_soft("blocker.double_sponsors", undecided_pairs(session, kind=PairKind.SPONSOR)),
        *_soft("blocker.reviews", _count(session, Child.state == ChildState.NEEDS_REVIEW)),
        *_soft("blocker.requests", _count(session, ChangeRequest.state == ChangeState.PENDING)),
        *_soft("blocker.previews", count_waiting(session)),
    ]
    if session.exec(select(Child.id).limit(1)).first() is None:
        found.append(Blocker(code="blocker.no_children", params={"month": cycle.month}))
    return found


def _before_matching(session: Session, cycle: Cycle) -> list[Blocker]:
    of_cycle = (CycleChild.cycle_id == cycle.id, col(CycleChild.is_eligible).is_(True))
    places = session.exec(
        select(func.sum(CyclePledge.capacity)).where(CyclePledge.cycle_id == cycle.id)
    ).one()
    return [
        *_soft("blocker.nobody_eligible", int(_count(session, *of_cycle) == 0)),
        *_soft("blocker.no_places", int(not places)),
        *_moved(session, cycle, is_hard=False),
    ]


def _moved(session: Session, cycle: Cycle, *, is_hard: bool = True) -> list[Blocker]:
    found = moved_inputs(session, cycle=cycle)
    params: dict[str, object] = {"month": cycle.month, "found": named(found)}
    blocker = Blocker(code="blocker.inputs_moved", params=params, count=len(found), is_hard=is_hard)
    return [blocker] if found else []


def _before_submit(session: Session, cycle: Cycle) -> list[Blocker]:
    run = session.get(MatchRun, cycle.match_run_id) if cycle.match_run_id else None
    if run is None:
        return [Blocker(code="blocker.no_run", params={"month": cycle.month})]
    later = (col(Hold.at) > run.started_at, col(Hold.released_at) > run.started_at)
    changed = _count(session, Hold.cycle_id == cycle.id, or_(*later))
    holds = [Blocker(code="blocker.holds_changed", count=changed)] if changed else []
    return [*holds, *_moved(session, cycle), *_policy_changed(session, cycle)]


def _before_approval(session: Session, cycle: Cycle) -> list[Blocker]:
    return [*_moved(session, cycle), *_policy_changed(session, cycle)]


def _policy_changed(session: Session, cycle: Cycle) -> list[Blocker]:
    """Tell who approves a month that it was matched under another policy than the one before.

    One person adopts a policy; what follows from it another one approves, knowingly.
    """
    before = previous_agreed_cycle(session, cycle)
    then = session.get(MatchRun, before.match_run_id) if before and before.match_run_id else None
    now = session.get(MatchRun, cycle.match_run_id) if cycle.match_run_id else None
    if before is None or then is None or now is None or then.policy_id == now.policy_id:
        return []
    row = session.get(MatchPolicy, now.policy_id) if now.policy_id else None
    if row is None:
        return _soft("blocker.policy_built_in", 1, month=before.month)
    return _soft(
        "blocker.policy_changed", 1, month=before.month, name=row.name, by=row.by, reason=row.reason
    )


def _after_approval(session: Session, cycle: Cycle) -> list[Blocker]:
    waiting = (Replacement.cycle_id == cycle.id, Replacement.state == "proposed")
    found = _soft("blocker.replacements", _count(session, *waiting))
    if cycle.state in (CycleState.PACKING, CycleState.DISTRIBUTING):
        from api.services.packing import without_kit, without_package

        found += _soft("blocker.no_package", len(without_package(session, cycle=cycle)))
        found += _soft("blocker.no_kit", len(without_kit(session, cycle=cycle)))
    return found
