"""The long solves: the store is free while the solver thinks, and the result is one step.

Each is read, solved and stored in three separate moments, by a job, an endpoint or a command; what
stores looks again whether the month is still as it was read. A solve inside an open write
transaction would keep every courier's record out of SQLite for as long as it lasts.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from api.services import cycles, hand_plan, matching, planning
from api.services.plan_goals import GoalLevels
from api.services.plan_options import MAX_WALK_M, service_of
from data.engine import read_session, write_session
from logistics.effort import Effort

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from api.services.jobs import JobContext
    from api.services.match_store import Solved
    from data.schema import Account, MatchRun
    from logistics.plan import RoutePlan
    from logistics.problem import RoutingProblem
    from matcher.policy import Policy
    from matcher.solve import Sofar


def solved_month(
    engine: Engine,
    *,
    month: str,
    seed: int | None = None,
    policy: Policy | None = None,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    found: Callable[[Sofar], None] | None = None,
) -> Solved:
    """Match a month from one view of the store, which others go on writing to.

    Raises
    ------
    NotFound, Refused
        ``cycle.unknown``, and see :func:`api.services.matching.solve_month`.
    """
    with read_session(engine) as session:
        return matching.solve_month(
            session,
            cycle=cycles.find_cycle(session, month=month),
            policy=policy,
            seed=seed,
            progress=progress,
            cancelled=cancelled,
            found=found,
        )


def match_month(
    engine: Engine,
    *,
    month: str,
    by: Account,
    now: datetime,
    seed: int | None = None,
    policy: Policy | None = None,
) -> MatchRun:
    """Match a month and store its proposal.

    Raises
    ------
    NotFound, Forbidden, Refused
        See :func:`solved_month` and :func:`api.services.matching.store_solved`.
    """
    solved = solved_month(engine, month=month, seed=seed, policy=policy)
    with write_session(engine) as session:
        cycle = cycles.find_cycle(session, month=month)
        return matching.store_solved(session, cycle=cycle, solved=solved, by=by, now=now)


def open_plan(
    engine: Engine, *, month: str, by: Account, options: planning.PlanOptions
) -> tuple[RoutingProblem, RoutePlan | None]:
    """Return a month's routing problem, and the routes that its search begins from.

    Depots and drop points that are missing are made first, in a moment of their own: reading the
    problem and asking the road map keeps nobody else from writing.

    Raises
    ------
    NotFound, Forbidden, Refused
        ``cycle.unknown``, and see :func:`api.services.planning.open_problem`.
    """
    with write_session(engine) as session:
        cycle = cycles.find_cycle(session, month=month)
        planning.prepare_places(session, cycle=cycle, by=by)
    with read_session(engine) as session:
        cycle = cycles.find_cycle(session, month=month)
        return (
            planning.open_problem(session, cycle=cycle, by=by, options=options),
            planning.first_routes(session, cycle=cycle, options=options),
        )


def open_plan_of_job(
    context: JobContext, *, options: planning.PlanOptions
) -> tuple[RoutingProblem, RoutePlan | None]:
    """Return what :func:`open_plan` does, of the job's ``month``, for the person who asked."""
    with read_session(context.engine) as session:
        by = context.person(session)
    month = str(context.payload["month"])
    return open_plan(context.engine, month=month, by=by, options=options)


def plan_month(
    engine: Engine, *, month: str, by: Account, now: datetime, options: planning.PlanOptions
) -> planning.PlanResult:
    """Plan a month's routes and store them.

    Raises
    ------
    NotFound, Forbidden, Refused
        See :func:`open_plan` and :func:`api.services.planning.store_plan`.
    """
    problem, start = open_plan(engine, month=month, by=by, options=options)
    solved = planning.solve_problem(problem, options=options, start=start)
    with write_session(engine) as session:
        cycle = cycles.find_cycle(session, month=month)
        return planning.store_plan(
            session, cycle=cycle, solved=solved, by=by, now=now, options=options
        )


def match(context: JobContext) -> None:
    """Match a month: ``payload`` holds ``month`` and ``seed``."""
    month, seed = str(context.payload["month"]), int(context.payload["seed"])
    context.progress(0.0, {"step": "read"})
    sofar: dict[str, int] = {}
    solved = solved_month(
        context.engine,
        month=month,
        seed=seed,
        progress=lambda share, note: context.progress(share, {"step": note, **sofar}),
        cancelled=context.cancelled,
        found=lambda best: sofar.update(asdict(best)),
    )
    context.check()
    outcome: dict[str, Any] = {"month": month}
    with context.transaction(outcome) as session:
        cycle = cycles.find_cycle(session, month=month)
        run = matching.store_solved(
            session, cycle=cycle, solved=solved, by=context.person(session), now=context.clock()
        )
        outcome |= {"assigned": run.num_assigned, "unassigned": run.num_unassigned}


def plan(context: JobContext) -> None:
    """Plan a month's routes: ``payload`` holds ``month``, ``mode`` and ``seed``.

    It may hold ``effort``, levels of ``goals`` by name, ``keeps_routes``, ``days`` as ISO dates,
    ``max_walk_m`` and ``service``.
    """
    month = str(context.payload["month"])
    options = planning.PlanOptions(
        mode=planning.DeliveryMode(str(context.payload["mode"])),
        effort=Effort(context.payload.get("effort", Effort.USUAL)),
        seed=int(context.payload["seed"]),
        goals=GoalLevels(**context.payload.get("goals", {})),
        keeps_routes=bool(context.payload.get("keeps_routes", False)),
        days=tuple(date.fromisoformat(day) for day in context.payload.get("days", ())),
        max_walk_m=int(context.payload.get("max_walk_m", MAX_WALK_M)),
        service=service_of(context.payload),
    )
    context.progress(0.0, {"step": "load"})
    problem, start = open_plan_of_job(context, options=options)
    solved = planning.solve_problem(
        problem,
        options=options,
        start=start,
        progress=lambda share, note: context.progress(share, {"step": note}),
        cancelled=context.cancelled,
    )
    context.check()
    outcome: dict[str, Any] = {"month": month}
    with context.transaction(outcome) as session:
        result = planning.store_plan(
            session,
            cycle=cycles.find_cycle(session, month=month),
            solved=solved,
            by=context.person(session),
            now=context.clock(),
            options=options,
        )
        outcome |= {"routes": len(result.routes), "unserved": len(result.unserved)}


def replan(context: JobContext) -> None:
    """Plan what is free on a day anew: ``payload`` holds ``month``, ``day``, ``effort``."""
    from logistics.solve import solve

    month, day = str(context.payload["month"]), date.fromisoformat(str(context.payload["day"]))
    context.progress(0.0, {"step": "load"})
    with read_session(context.engine) as session:
        rest = hand_plan.rest_of_day(
            session,
            cycle=cycles.find_cycle(session, month=month),
            day=day,
            by=context.person(session),
        )
    plan = solve(
        rest.problem,
        start=rest.start,
        seconds=None,
        effort=Effort(context.payload.get("effort", Effort.USUAL)),
        progress=lambda share, note: context.progress(share, {"step": note}),
        cancelled=context.cancelled,
    )
    context.check()
    planning.need_sound(rest.problem, plan)
    outcome: dict[str, Any] = {"month": month}
    with context.transaction(outcome) as session:
        result = hand_plan.store_rest(
            session,
            cycle=cycles.find_cycle(session, month=month),
            day=day,
            start=rest.start,
            plan=plan,
            by=context.person(session),
            now=context.clock(),
        )
        outcome |= {
            "routes": len(result.routes),
            "unserved": len(result.waiting),
            "saved_m": result.saved_m,
        }
