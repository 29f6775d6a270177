"""The long solves as jobs: the store is free while the solver thinks, the result is one step."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from api.services import cycles, hand_plan, matching, planning
from api.services.errors import Refused
from api.services.plan_goals import GoalLevels
from data.engine import read_session

if TYPE_CHECKING:
    from api.services.jobs import JobContext


def match(context: JobContext) -> None:
    """Match a month: ``payload`` holds ``month`` and ``seed``."""
    month, seed = str(context.payload["month"]), int(context.payload["seed"])
    with read_session(context.engine) as session:
        cycle = cycles.find_cycle(session, month=month)
        solved = matching.solve_month(
            session,
            cycle=cycle,
            seed=seed,
            progress=lambda share, note: context.progress(share, {"step": note}),
            cancelled=context.cancelled,
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
    """Plan a month's routes: ``payload`` holds ``month``, ``mode``, ``seconds`` and ``seed``.

    It may hold levels of ``goals`` by name.
    """
    month = str(context.payload["month"])
    options = planning.PlanOptions(
        mode=planning.DeliveryMode(str(context.payload["mode"])),
        seconds=float(context.payload["seconds"]),
        seed=int(context.payload["seed"]),
        goals=GoalLevels(**context.payload.get("goals", {})),
    )
    with context.step() as session:
        problem = planning.open_problem(
            session,
            cycle=cycles.find_cycle(session, month=month),
            by=context.person(session),
            now=context.clock(),
            options=options,
        )
    solved = planning.solve_problem(
        problem,
        options=options,
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
    """Plan what is free on a day anew: ``payload`` holds ``month``, ``day``, ``seconds``."""
    from logistics.check import check
    from logistics.solve import solve

    month, day = str(context.payload["month"]), date.fromisoformat(str(context.payload["day"]))
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
        seconds=float(context.payload["seconds"]),
        progress=lambda share, note: context.progress(share, {"step": note}),
        cancelled=context.cancelled,
    )
    context.check()
    violations = check(rest.problem, plan)
    if violations:
        rules = ", ".join(sorted({violation.code.value for violation in violations}))
        raise Refused("plan.unsound", count=len(violations), rules=rules)
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
        outcome |= {"routes": len(result.routes), "unserved": len(result.waiting)}
