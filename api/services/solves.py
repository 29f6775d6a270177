"""The long solves as jobs: the store is free while the solver thinks, the result is one step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.services import cycles, matching, planning
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
    """Plan a month's routes: ``payload`` holds ``month``, ``mode``, ``seconds`` and ``seed``."""
    month = str(context.payload["month"])
    options = planning.PlanOptions(
        mode=planning.DeliveryMode(str(context.payload["mode"])),
        seconds=float(context.payload["seconds"]),
        seed=int(context.payload["seed"]),
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
