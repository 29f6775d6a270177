"""Matching a locked month: solve, check, explain, store.

The solver and numpy load when a month is matched, not when the application starts.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session

from api.services.audit import record
from api.services.cycle_lock import hold_cycle
from api.services.errors import Forbidden, NotFound, Refused
from api.services.moves import MOVES, move_cycle
from api.services.policies import policy_in_force, rules_of
from data.queries.cycles import standing_assignments
from data.queries.records import uncovered_children
from data.schema import (
    Account,
    Assignment,
    AssignmentState,
    Child,
    Cycle,
    MatchRun,
    RunState,
    Unassigned,
)

if TYPE_CHECKING:
    from api.services.match_store import Solved
    from matcher.matching import Matching
    from matcher.policy import Policy
    from matcher.problem import MatchingProblem
    from matcher.solve import Sofar


class Cancelled(Exception):
    """Somebody asked the run to stop."""


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
    found: "Callable[[Sofar], None] | None" = None,
) -> "Solved":
    """Solve a locked month, check it without the solver and explain it; nothing is stored.

    Under the policy in force in that month, unless another one is given.

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
    from matcher.comparison import with_allowed_breaks
    from matcher.faults import InvalidProblemError
    from matcher.solve import solve

    row = None if policy else policy_in_force(session, month=cycle.month)
    chosen = policy or rules_of(row)
    chosen = replace(chosen, seed=cycle.seed if seed is None else seed)
    problem = read_problem(session, cycle=cycle)

    def step(note: str, share: float) -> None:
        if cancelled is not None and cancelled():
            raise Cancelled
        if progress is not None:
            progress(share * 0.8, note)

    try:
        matching = solve(problem, with_allowed_breaks(problem, chosen), progress=step, found=found)
        step("check", 1.0)
    except InvalidProblemError as error:
        faults = [{"code": one.sentence_code, **one.params} for one in error.faults]
        raise Refused("matching.problem", month=cycle.month, faults=faults) from None
    except Cancelled:
        raise Refused("matching.cancelled", month=cycle.month) from None
    violations = check(problem, matching)
    if violations:
        raise Refused("matching.check_failed", found=[one.code.value for one in violations])
    return explained(problem, matching, policy_id=row.id if row else None)


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

    hold_cycle(session, cycle)
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
    need_proposer(by)
    solved = solve_month(
        session, cycle=cycle, policy=policy, seed=seed, progress=progress, cancelled=cancelled
    )
    run = store_solved(session, cycle=cycle, solved=solved, by=by, now=now)
    if progress is not None:
        progress(1.0, "done")
    return run


def need_proposer(by: Account) -> None:
    """Refuse who may not propose a month, before anything is solved for them.

    Raises
    ------
    Forbidden
        ``move.role``.
    """
    move = MOVES["propose"]
    if by.role not in move.roles:
        raise Forbidden("move.role", verb="propose", roles=[role.value for role in move.roles])


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


def unassigned(session: Session, *, cycle: Cycle) -> list[tuple[Unassigned, Child]]:
    """Return the uncovered children of the current run, those since covered left out.

    Each with the record that speaks for it now: a child may have been merged since.
    """
    return uncovered_children(session, cycle)
