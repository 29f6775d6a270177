"""What each goal of a plan costs, before one decides: a job that plans the month at each level."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from api.services.errors import Forbidden, Refused
from api.services.jobs import enqueue
from api.services.plan_goals import ALL_OFF, GoalLevels, weighs_goals, weights_of
from api.services.plan_options import (
    MAX_WALK_M,
    DeliveryMode,
    PlanOptions,
    ServiceTime,
    service_of,
)
from api.services.solves import open_plan_of_job
from data.schema import CycleState, Job, JobState, Role
from logistics.effort import Effort

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from api.services.jobs import JobContext
    from data.schema import Account, Cycle
    from logistics.price import Offer

__all__ = ["GOALS", "LEVELS", "GoalMenu", "last_menu", "price", "start_menu"]

GOALS = ("compact", "even", "known", "regular")
LEVELS = (1, 2, 3)
PLANNABLE = (CycleState.PACKING, CycleState.DISTRIBUTING)
JOBS_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class GoalMenu:
    """What was priced last for a month.

    Each row of figures has ``distance_m``, ``duration_s``, ``cost_rp``, ``unserved`` and those of
    `logistics.plan.GoalFigures`.

    Parameters
    ----------
    base
        The plan without goals.
    offers
        The plan with one goal alone, by goal and level.
    mix, mix_levels
        The plan with several goals together, if that was asked.
    is_weighed
        Whether the engine that searched weighs goals; if not, the offers tell no price.
    num_cut
        Plans whose search the fuse ended; pricing again may tell others.
    """

    base: dict[str, int]
    offers: dict[tuple[str, int], dict[str, int]]
    mix: dict[str, int] | None
    mix_levels: GoalLevels
    mode: str
    days: tuple[date, ...]
    max_walk_m: int
    service: ServiceTime
    num_stops: int
    finished_at: datetime | None
    is_weighed: bool
    num_cut: int


def start_menu(
    session: Session, *, cycle: Cycle, options: PlanOptions, by: Account, now: datetime
) -> Job:
    """Queue the pricing of every goal at every level, and of the levels chosen together.

    Raises
    ------
    Forbidden, Refused
        ``plan.role``, ``plan.state``.
    """
    if by.role != Role.COORDINATOR:
        raise Forbidden("plan.role", role=by.role.value)
    if cycle.state not in PLANNABLE:
        raise Refused("plan.state", month=cycle.month, found=cycle.state.value)
    payload = {
        "month": cycle.month,
        "mode": options.mode.value,
        "seconds": options.seconds,
        "iterations": options.iterations,
        "effort": options.effort.value,
        "seed": options.seed,
        "goals": asdict(options.goals),
        "days": [day.isoformat() for day in options.days],
        "max_walk_m": options.max_walk_m,
        "service": asdict(options.service),
    }
    return enqueue(session, kind="goals", payload=payload, by=by, now=now)


def last_menu(session: Session, *, cycle: Cycle) -> GoalMenu | None:
    """Return what was priced last for a month, None before the first."""
    newest = (
        select(Job)
        .where(Job.kind == "goals", Job.state == JobState.DONE)
        .order_by(col(Job.id).desc())
        .limit(JOBS_LOOKED_AT)
    )
    for job in session.exec(newest):
        if job.payload.get("month") == cycle.month and job.result:
            return _menu(job)
    return None


def price(context: JobContext) -> dict[str, Any]:
    """Carry a pricing out: the handler of such jobs. Nothing of the month is changed."""
    from logistics.price import offers

    payload = context.payload
    levels = GoalLevels(**payload["goals"])
    options = PlanOptions(
        mode=DeliveryMode(str(payload["mode"])),
        seed=int(payload["seed"]),
        seconds=payload["seconds"],
        iterations=payload["iterations"],
        effort=Effort(payload.get("effort", Effort.USUAL)),
        days=tuple(date.fromisoformat(day) for day in payload.get("days", ())),
        max_walk_m=int(payload.get("max_walk_m", MAX_WALK_M)),
        service=service_of(payload),
    )
    context.progress(0.0, {"step": "goals"})
    problem, _ = open_plan_of_job(context, options=options)
    has_last_month = any(stop.usual_vehicle for stop in problem.stops)
    asked = [(goal, level) for goal in (GOALS if has_last_month else GOALS[:2]) for level in LEVELS]
    wishes = [weights_of(replace(ALL_OFF, **{goal: level})) for goal, level in asked]
    if sum(getattr(levels, goal) > 0 for goal in GOALS) > 1:
        wishes.append(weights_of(levels))

    def progress(share: float) -> None:
        context.progress(share, {"step": "goals"})

    base, found = offers(
        problem,
        wishes,
        seconds=options.seconds,
        iterations=options.iterations,
        effort=options.effort,
        seed=options.seed,
        progress=progress,
        cancelled=context.cancelled,
    )
    context.check()
    return {
        "base": _figures(base),
        "offers": [
            {"goal": goal, "level": level, **_figures(offer)}
            for (goal, level), offer in zip(asked, found, strict=False)
        ],
        "mix": _figures(found[-1]) if len(found) > len(asked) else None,
        "num_stops": len(problem.stops),
    }


def _figures(offer: Offer) -> dict[str, int]:
    plan = offer.plan
    return {
        "distance_m": plan.distance_m,
        "duration_s": plan.duration_s,
        "cost_rp": plan.cost_rp,
        "unserved": len(plan.unserved),
        "time_ran_out": int(plan.time_ran_out),
        "is_weighed": int(weighs_goals(plan)),
        **asdict(offer.figures),
    }


def _menu(job: Job) -> GoalMenu:
    result: dict[str, Any] = dict(job.result or {})
    payload: dict[str, Any] = dict(job.payload)
    plans = [result["base"], *result["offers"], result["mix"] or {}]
    return GoalMenu(
        base=result["base"],
        offers={(row["goal"], row["level"]): row for row in result["offers"]},
        mix=result["mix"],
        mix_levels=GoalLevels(**payload["goals"]),
        mode=str(payload["mode"]),
        days=tuple(date.fromisoformat(day) for day in payload.get("days", ())),
        max_walk_m=int(payload.get("max_walk_m", MAX_WALK_M)),
        service=service_of(payload),
        num_stops=int(result["num_stops"]),
        finished_at=job.finished_at,
        is_weighed=all(row.get("is_weighed", 1) for row in result["offers"]),
        num_cut=sum(plan.get("time_ran_out", 0) for plan in plans),
    )
