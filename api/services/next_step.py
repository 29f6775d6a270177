"""The one next thing to do for a month: what, how many, and who does it."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.services.blockers import undecided_pairs
from api.services.moved_inputs import moved_inputs
from data.queries.exceptions import count_open_exceptions
from data.schema import (
    Child,
    Cycle,
    CycleState,
    Hold,
    MatchRun,
    Package,
    PackageState,
    PairDecision,
    PairKind,
    Role,
    Route,
    RouteState,
    Stop,
    StopState,
    VerificationCall,
)


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """What to do next: ``code`` is a sentence, ``role`` who does it, ``count`` how many."""

    code: str
    role: Role
    count: int = 0
    params: dict[str, object] = field(default_factory=dict)


def next_step(session: Session, *, cycle: Cycle, reader: Role) -> NextStep | None:
    """Return the next thing to do for a month, as far as the reader may know; none when over."""
    find = _FINDERS.get(cycle.state)
    return find(session, cycle, reader) if find else None


def _step(code: str, role: Role, count: int = 0) -> NextStep:
    return NextStep(code=code, role=role, count=count, params={"count": count})


def _count(session: Session, *where: Any) -> int:
    return session.exec(select(func.count()).where(*where)).one()


def _draft(session: Session, cycle: Cycle, _reader: Role) -> NextStep:
    del cycle
    if session.exec(select(Child.id).limit(1)).first() is None:
        return _step("next.import", Role.STAFF)
    children = undecided_pairs(session, kind=PairKind.CHILD)
    if children:
        return _step("next.duplicates", Role.STAFF, children)
    sponsors = undecided_pairs(session, kind=PairKind.SPONSOR, decisions=(PairDecision.OPEN,))
    if sponsors:
        return _step("next.double_sponsors", Role.STAFF, sponsors)
    handed_over = undecided_pairs(session, kind=PairKind.SPONSOR)
    if handed_over:
        return _step("next.merge_sponsors", Role.APPROVER, handed_over)
    return _step("next.lock", Role.STAFF)


def _locked(session: Session, cycle: Cycle, _reader: Role) -> NextStep:
    del session, cycle
    return _step("next.match", Role.STAFF)


def _proposed(session: Session, cycle: Cycle, _reader: Role) -> NextStep:
    run = session.get(MatchRun, cycle.match_run_id) if cycle.match_run_id else None
    if run is None:
        return _step("next.match", Role.STAFF)
    changed = _count(
        session,
        Hold.cycle_id == cycle.id,
        (col(Hold.at) > run.started_at) | (col(Hold.released_at) > run.started_at),
    )
    if changed:
        return _step("next.match_again", Role.STAFF, changed)
    moved = len(moved_inputs(session, cycle=cycle))
    return _step("next.unlock", Role.STAFF, moved) if moved else _step("next.submit", Role.STAFF)


def _in_approval(session: Session, cycle: Cycle, _reader: Role) -> NextStep:
    moved = len(moved_inputs(session, cycle=cycle))
    return _step("next.reject" if moved else "next.approve", Role.APPROVER, moved)


def _approved(session: Session, cycle: Cycle, _reader: Role) -> NextStep:
    del session, cycle
    return _step("next.pack", Role.COORDINATOR)


def _packing(session: Session, cycle: Cycle, _reader: Role) -> NextStep:
    unpacked = (PackageState.PLANNED, PackageState.RESERVED)
    waiting = _count(session, Package.cycle_id == cycle.id, col(Package.state).in_(unpacked))
    if waiting:
        return _step("next.box", Role.COORDINATOR, waiting)
    routes = _routes(session, cycle)
    if not sum(routes.values()) - routes.get(RouteState.CANCELLED, 0):
        return _step("next.plan", Role.COORDINATOR)
    open_ones = routes.get(RouteState.PLANNED, 0) + routes.get(RouteState.STALE, 0)
    if open_ones:
        return _step("next.confirm", Role.COORDINATOR, open_ones)
    return _step("next.dispatch", Role.COORDINATOR, routes.get(RouteState.CONFIRMED, 0))


def _distributing(session: Session, cycle: Cycle, reader: Role) -> NextStep:
    routes = _routes(session, cycle)
    stale = routes.get(RouteState.PLANNED, 0) + routes.get(RouteState.STALE, 0)
    if stale:
        return _step("next.confirm", Role.COORDINATOR, stale)
    silent = _count(session, Stop.cycle_id == cycle.id, Stop.state == StopState.EN_ROUTE)
    if silent:
        return _step("next.results", Role.COORDINATOR, silent)
    if routes.get(RouteState.CONFIRMED, 0):
        return _step("next.dispatch", Role.COORDINATOR, routes[RouteState.CONFIRMED])
    unplaced = _count(
        session,
        Package.cycle_id == cycle.id,
        Package.state == PackageState.PACKED,
        col(Package.stop_id).is_(None),
    )
    if unplaced:
        return _step("next.unplaced", Role.COORDINATOR, unplaced)
    return _exceptions(session, cycle, reader) or _step("next.reconcile", Role.COORDINATOR)


def _reconciling(session: Session, cycle: Cycle, reader: Role) -> NextStep:
    calls = _count(
        session,
        VerificationCall.cycle_id == cycle.id,
        col(VerificationCall.case_id).is_(None),
        col(VerificationCall.answer).is_(None),
    )
    return (
        _exceptions(session, cycle, reader)
        or (_step("next.calls", Role.COORDINATOR, calls) if calls else None)
        or _step("next.close", Role.APPROVER)
    )


def _exceptions(session: Session, cycle: Cycle, reader: Role) -> NextStep | None:
    """Return the cases to settle, those of the coordinator first; others see only these."""
    ordinary = count_open_exceptions(session, reader=Role.COORDINATOR, cycle_id=cycle.id)
    if ordinary:
        return _step("next.exceptions", Role.COORDINATOR, ordinary)
    seen = count_open_exceptions(session, reader=reader, cycle_id=cycle.id)
    return _step("next.exceptions", Role.APPROVER, seen) if seen else None


def _routes(session: Session, cycle: Cycle) -> dict[RouteState, int]:
    rows = session.exec(
        select(Route.state, func.count()).where(Route.cycle_id == cycle.id).group_by(Route.state)
    )
    return {RouteState(state): count for state, count in rows}


_FINDERS = {
    CycleState.DRAFT: _draft,
    CycleState.LOCKED: _locked,
    CycleState.PROPOSED: _proposed,
    CycleState.IN_APPROVAL: _in_approval,
    CycleState.APPROVED: _approved,
    CycleState.PACKING: _packing,
    CycleState.DISTRIBUTING: _distributing,
    CycleState.RECONCILING: _reconciling,
}
