"""Matching a locked month: solve, check, store, explain; pins and bans; what changed.

The solver and numpy load when a month is matched, not when the application starts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from sqlmodel import Session, col, select

from api.security import may
from api.services.audit import record
from api.services.errors import Forbidden, NotFound, Refused
from api.services.moves import MOVES, move_cycle
from data.queries.cycles import previous_agreed_cycle, standing_assignments
from data.schema import (
    Account,
    Assignment,
    AssignmentState,
    Child,
    Cycle,
    CycleChild,
    CycleState,
    Hold,
    HoldKind,
    MatchRun,
    Pledge,
    RunState,
    Unassigned,
)

if TYPE_CHECKING:
    from api.services.match_store import Solved
    from matcher.market import Market
    from matcher.matching import Matching
    from matcher.policy import Policy
    from matcher.problem import MatchingProblem


class Cancelled(Exception):
    """Somebody asked the run to stop."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One child whose sponsor differs; codes of pledges, None = not covered.

    ``reason`` is a code; ``price`` what undoing the change would cost, level by level.
    """

    child_code: str
    before: str | None
    after: str | None
    reason: str
    params: dict[str, object] = field(default_factory=dict)
    price: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """What giving a child to a pledge would cost, or why it is refused."""

    child_code: str
    pledge_code: str
    refusals: tuple[str, ...]
    price: dict[str, int]
    moves: tuple[tuple[str, str | None, str | None], ...]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a child has its sponsor, or has none and what would cover it."""

    child_code: str
    pledge_code: str | None
    reason: str
    params: dict[str, object]
    next_best: str | None
    price: dict[str, int]
    remedies: tuple[dict[str, object], ...]


@dataclass(frozen=True, kw_only=True)
class Place:
    """What one more place for a kelurahan would be worth, level by level."""

    where: str
    gain: dict[str, int]
    covers: str | None


def read_problem(session: Session, *, cycle: Cycle) -> "MatchingProblem":
    """Return a locked month as the matching core reads it: columns and codes, no names.

    Raises
    ------
    Refused
        ``cycle.not_locked``, ``matching.pin_impossible``.
    """
    from api.services.month_problem import read_problem as read

    return read(session, cycle=cycle)


def solve_month(
    session: Session,
    *,
    cycle: Cycle,
    policy: "Policy | None" = None,
    seed: int | None = None,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> "Solved":
    """Solve a locked month, check it without the solver and explain it; nothing is stored.

    Reads only, so that a long run holds no lock; :func:`store_solved` writes in a moment.

    Raises
    ------
    Refused
        ``matching.problem`` with what is wrong (a pin to a full sponsor …),
        ``matching.check_failed`` when the result does not hold, ``matching.cancelled``.
    """
    from dataclasses import replace

    from api.services.match_store import explained
    from matcher.check import check
    from matcher.faults import InvalidProblemError
    from matcher.policy import Policy
    from matcher.solve import solve

    chosen = policy or Policy()
    chosen = replace(chosen, seed=cycle.seed if seed is None else seed)
    problem = read_problem(session, cycle=cycle)

    def step(note: str, share: float) -> None:
        if cancelled is not None and cancelled():
            raise Cancelled
        if progress is not None:
            progress(share * 0.8, note)

    try:
        matching = solve(problem, chosen, progress=step)
        step("check", 1.0)
    except InvalidProblemError as error:
        faults = [{"code": f"fault.{one.code.name.lower()}", **one.params} for one in error.faults]
        raise Refused(
            "matching.problem", month=cycle.month, faults=faults, first=faults[0]["code"]
        ) from None
    except Cancelled:
        raise Refused("matching.cancelled", month=cycle.month) from None
    violations = check(problem, matching)
    if violations:
        raise Refused("matching.check_failed", found=[one.code.value for one in violations])
    return explained(problem, matching)


def store_solved(
    session: Session, *, cycle: Cycle, solved: "Solved", by: Account, now: datetime
) -> MatchRun:
    """Store a solved month as its proposal; an earlier run of the month stays readable.

    Raises
    ------
    Forbidden, Refused
        See :func:`api.services.moves.move_cycle`; ``matching.inputs_moved`` when pins or the
        snapshot changed since the month was read.
    """
    from api.services.match_store import fill_run, store_rows

    session.refresh(cycle, with_for_update=True)
    move_cycle(session, cycle=cycle, verb="propose", by=by, now=now)
    if read_problem(session, cycle=cycle).problem_hash() != solved.matching.problem_hash:
        raise Refused("matching.inputs_moved", month=cycle.month)
    for pair in standing_assignments(session, cycle):
        pair.state, pair.state_reason = AssignmentState.REPLACED, "matching.rerun"
        session.add(pair)
    run = MatchRun(
        cycle_id=cycle.id or 0,
        state=RunState.DONE,
        seed=solved.matching.seed,
        by=by.username,
        started_at=now,
        finished_at=now,
    )
    fill_run(run, solved)
    session.add(run)
    session.flush()
    store_rows(session, cycle=cycle, run=run, solved=solved)
    cycle.match_run_id = run.id
    cycle.proposed_by = by.username
    session.add(cycle)
    session.flush()
    after = {"run": run.id, "problem": run.problem_hash, "result": run.result_hash}
    record(
        session,
        by=by,
        action="cycle:propose",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after=after | {"assigned": run.num_assigned, "unassigned": run.num_unassigned},
    )
    return run


def propose_matching(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    policy: "Policy | None" = None,
    seed: int | None = None,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MatchRun:
    """Match the month and store pairs, uncovered children with reasons, and the certificate.

    Nobody eligible and nobody to give are results like any other, with their reasons.

    Raises
    ------
    Forbidden, Refused
        See :func:`solve_month` and :func:`store_solved`; nothing is stored then.
    """
    move = MOVES["propose"]
    if by.role not in move.roles:
        raise Forbidden("move.role", verb="propose", roles=[role.value for role in move.roles])
    solved = solve_month(
        session, cycle=cycle, policy=policy, seed=seed, progress=progress, cancelled=cancelled
    )
    run = store_solved(session, cycle=cycle, solved=solved, by=by, now=now)
    if progress is not None:
        progress(1.0, "done")
    return run


def current_run(session: Session, *, cycle: Cycle) -> MatchRun:
    """Return the run that the month stands on.

    Raises
    ------
    NotFound
        ``matching.no_run`` before the first.
    """
    run = session.get(MatchRun, cycle.match_run_id) if cycle.match_run_id else None
    if run is None:
        raise NotFound("matching.no_run", month=cycle.month)
    return run


def stored_matching(session: Session, *, run: MatchRun) -> "tuple[MatchingProblem, Matching]":
    """Return problem and result of a stored run.

    Raises
    ------
    Refused
        ``matching.no_result`` when the run did not finish.
    """
    del session
    from api.services.match_store import stored_matching as stored

    return stored(run)


def verify_run(session: Session, *, run: MatchRun) -> None:
    """Check a stored result once more, without the solver.

    Raises
    ------
    Refused
        ``matching.check_failed`` with what does not hold.
    """
    from matcher.check import check

    violations = check(*stored_matching(session, run=run))
    if violations:
        raise Refused("matching.check_failed", found=[one.code.value for one in violations])


def assignments(session: Session, *, cycle: Cycle) -> list[Assignment]:
    """Return the pairs of the current run that stand, by child."""
    return standing_assignments(session, cycle)


def unassigned(session: Session, *, cycle: Cycle) -> list[Unassigned]:
    """Return the uncovered children of the current run, those since covered left out."""
    covered = {pair.child_id for pair in standing_assignments(session, cycle)}
    found = session.exec(
        select(Unassigned)
        .where(Unassigned.match_run_id == cycle.match_run_id)
        .order_by(col(Unassigned.child_id))
    ).all()
    return [row for row in found if row.child_id not in covered]


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
    if not may(by.role, "assignment:hold"):
        raise Forbidden("access.role", permission="assignment:hold", role=by.role.value)
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


def changes(
    session: Session, *, cycle: Cycle, against: Literal["last_month", "previous_run"] = "last_month"
) -> list[Change]:
    """Return every child whose sponsor differs from last month or the previous run, with price.

    The reason of a lost pair is why the child or the pledge takes no part, else
    ``change.by_goals``: higher goals were better served, with what keeping the pair would have
    cost at least.
    """
    from matcher.market import Market

    run = current_run(session, cycle=cycle)
    before = (
        _last_month(session, cycle) if against == "last_month" else _previous(session, cycle, run)
    )
    child_codes = dict(session.exec(select(Child.id, Child.code)).all())
    pledge_codes = dict(session.exec(select(Pledge.id, Pledge.code)).all())
    after = {row.child_id: row.pledge_id for row in standing_assignments(session, cycle)}
    out = dict(
        session.exec(
            select(CycleChild.child_id, CycleChild.reason).where(
                CycleChild.cycle_id == cycle.id, col(CycleChild.is_eligible).is_(False)
            )
        ).all()
    )
    market = Market(*stored_matching(session, run=run))
    found: list[Change] = []
    for child_id in sorted({*before, *after}, key=lambda at: child_codes[at] or ""):
        old, new = before.get(child_id), after.get(child_id)
        if old == new:
            continue
        code, pledge = child_codes[child_id], pledge_codes[old] if old else None
        reason, price = _why_changed(market, code, pledge, out.get(child_id))
        found.append(
            Change(
                child_code=code,
                before=pledge,
                after=pledge_codes[new] if new else None,
                reason=reason,
                price=price,
            )
        )
    return found


def _last_month(session: Session, cycle: Cycle) -> dict[int, int]:
    previous = previous_agreed_cycle(session, cycle)
    if previous is None:
        return {}
    return {row.child_id: row.pledge_id for row in standing_assignments(session, previous)}


def _previous(session: Session, cycle: Cycle, run: MatchRun) -> dict[int, int]:
    earlier = session.exec(
        select(MatchRun)
        .where(
            MatchRun.cycle_id == cycle.id,
            MatchRun.state == RunState.DONE,
            col(MatchRun.id) < run.id,
        )
        .order_by(col(MatchRun.id).desc())
    ).first()
    if earlier is None:
        return {}
    pairs = session.exec(select(Assignment).where(Assignment.match_run_id == earlier.id)).all()
    return {row.child_id: row.pledge_id for row in pairs}


def _why_changed(
    market: "Market", child: str, pledge: str | None, out: str | None
) -> tuple[str, dict[str, int]]:
    """Return why a pair of before does not stand, and what keeping it would cost at least.

    The price is the pair's reduced cost, level by level: a lower bound that needs no further
    solve; :func:`what_if` gives the exact one.
    """
    problem = market.problem
    if pledge is None:
        return "change.newly_covered", {}
    if out is not None:
        return out, {}
    if child not in problem.child_ids:
        return "change.child_left", {}
    if pledge not in problem.pledge_ids:
        return "change.pledge_gives_nothing", {}
    from matcher.eligibility import refusals

    row, column = problem.child_ids.index(child), problem.pledge_ids.index(pledge)
    found = refusals(problem, market.matching.policy, row, column)
    if found:
        return found[0].value, {}
    pledges, costs = market.options(row)
    (at,) = (pledges == column).nonzero()
    return "change.by_goals", {
        name.value: cost for name, cost in market.as_levels(costs[:, at[0]]).items()
    }


def explain_child(session: Session, *, cycle: Cycle, child: Child) -> Explanation:
    """Return why a child has its sponsor, or none.

    Raises
    ------
    NotFound
        ``matching.child_unknown`` when the child was not in the programme at the lock.
    """
    run = current_run(session, cycle=cycle)
    place = (CycleChild.cycle_id == cycle.id, CycleChild.child_id == child.id)
    copy = session.exec(select(CycleChild).where(*place)).one_or_none()
    if copy is None:
        raise NotFound("matching.child_unknown", child=child.code, month=cycle.month)
    pair = next((p for p in standing_assignments(session, cycle) if p.child_id == child.id), None)
    if pair is not None:
        pledge = session.get_one(Pledge, pair.pledge_id)
        return _explanation(child.code, pledge.code, dict(pair.why), [])
    row = session.exec(
        select(Unassigned).where(Unassigned.match_run_id == run.id, Unassigned.child_id == child.id)
    ).one_or_none()
    if row is None:
        why: dict[str, object] = {"reason": copy.reason or "reason.not_in_run"}
        return _explanation(child.code, None, why, [])
    remedies = row.remedy.get("remedies", [])
    why = {"reason": row.reason, "params": row.params}
    return _explanation(child.code, None, why, remedies if isinstance(remedies, list) else [])


def _explanation(
    child: str, pledge: str | None, why: dict[str, object], remedies: list[dict[str, object]]
) -> Explanation:
    params, price, next_best = why.get("params"), why.get("price"), why.get("next_best")
    return Explanation(
        child_code=child,
        pledge_code=pledge,
        reason=str(why.get("reason", "")),
        params=params if isinstance(params, dict) else {},
        next_best=next_best if isinstance(next_best, str) else None,
        price=price if isinstance(price, dict) else {},
        remedies=tuple(remedies),
    )


def what_if(session: Session, *, cycle: Cycle, child: Child, pledge: Pledge) -> WhatIf:
    """Return what giving a child to a pledge would cost, without changing anything.

    Raises
    ------
    Refused
        ``matching.not_in_month`` when the child or the pledge takes no part.
    """
    from api.services.match_store import plain
    from matcher.explain import what_if as ask

    problem, matching = stored_matching(session, run=current_run(session, cycle=cycle))
    if child.code not in problem.child_ids or pledge.code not in problem.pledge_ids:
        raise Refused("matching.not_in_month", child=child.code, pledge=pledge.code)
    answer = ask(
        problem,
        matching,
        problem.child_ids.index(child.code),
        problem.pledge_ids.index(pledge.code),
    )
    return WhatIf(
        child_code=child.code,
        pledge_code=pledge.code,
        refusals=tuple(str(plain(code)) for code in answer.refusals),
        price=plain(answer.price),
        moves=tuple(answer.moves),
    )


def recruiting(session: Session, *, cycle: Cycle) -> list[Place]:
    """Return where one more place would be worth most, best first."""
    from api.services.match_store import plain
    from matcher.explain import recruiting as ask

    solved = stored_matching(session, run=current_run(session, cycle=cycle))
    return [
        Place(where=one.kelurahan, gain=plain(one.steps[0][0]), covers=one.steps[0][1])
        for one in ask(*solved)
    ]
