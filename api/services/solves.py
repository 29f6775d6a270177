"""The long solves as jobs: the store is free while the solver thinks, the result is one step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.services import cycles, matching, planning
from api.services.jobs import JobCancelled
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
    with read_session(context.engine) as session:
        cycle = cycles.find_cycle(session, month=month)
        solved = planning.solve_plan(
            session,
            cycle=cycle,
            now=context.clock(),
            options=options,
            progress=lambda share, note: context.progress(share, {"step": note}),
            cancelled=context.cancelled,
        )
    if context.cancelled():
        raise JobCancelled
    outcome: dict[str, Any] = {"month": month}
    with context.transaction(outcome) as session:
        cycle = cycles.find_cycle(session, month=month)
        result = planning.store_plan(
            session, cycle=cycle, solved=solved, by=context.person(session), now=context.clock()
        )
        outcome |= {"routes": len(result.routes), "unserved": len(result.unserved)}
