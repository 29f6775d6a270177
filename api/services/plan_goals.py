"""Goals of a plan beside kilometres, as levels a coordinator sets, and what each costs."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from data.schema import Cycle, PlanRun, RunState

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.services.plan_options import PlanOptions
    from logistics import plan as plans
    from logistics import problem as shapes

__all__ = [
    "ALL_OFF",
    "GoalLevels",
    "GoalPrice",
    "goal_prices",
    "last_routes",
    "usual_rounds",
    "weigh",
    "weighs_goals",
    "weights_of",
]

WEIGHTS: dict[str, tuple[int, int, int, int]] = {
    "apart_rp": (0, 100, 300, 1_000),
    "uneven_rp_per_hour": (0, 5_000, 15_000, 40_000),
    "strange_rp": (0, 500, 2_000, 8_000),
    "drift_rp_per_hour": (0, 500, 2_000, 8_000),
}
"""Rupiah by level: off, a little, clearly, strongly; working figures, see docs/routing.md."""


WEIGHING_ENGINES = frozenset({"sisr"})


@dataclass(frozen=True, slots=True)
class GoalLevels:
    """How much each goal counts: 0 (off) to 3.

    Parameters
    ----------
    compact
        Neighbours go to one courier.
    even
        Couriers work as much as their part of all hours.
    known
        Stops keep last month's courier.
    regular
        Stops keep last month's time of day.
    """

    compact: int = 0
    even: int = 0
    known: int = 0
    regular: int = 0


ALL_OFF = GoalLevels()


@dataclass(frozen=True, slots=True)
class GoalPrice:
    """What a goal costs in this month: more metres, seconds and rupiah than without it.

    ``with_goal`` and ``without_goal`` are pairs of neighbours parted, seconds of work that would
    have to change hands, stops with another courier, or seconds earlier or later than usual.
    ``time_ran_out``: the fuse ended one of its two searches; another run may tell another price.
    """

    goal: str
    distance_m: int
    duration_s: int
    cost_rp: int
    with_goal: int
    without_goal: int
    time_ran_out: bool = False


def usual_rounds(session: Session, *, cycle: Cycle) -> dict[str, tuple[str, int]]:
    """Return by stop who came in the latest plan of an earlier month, and when in the day."""
    return {
        visit["stop"]: (route["vehicle"], visit["start_s"])
        for route in (_last_plan(session, cycle) or {"routes": ()})["routes"]
        for visit in route["visits"]
    }


def last_routes(session: Session, *, cycle: Cycle) -> plans.RoutePlan | None:
    """Return the latest plan of an earlier month; None without one, or one that is not read."""
    from logistics.files import FileFormatError, plan_from_json

    found = _last_plan(session, cycle)
    if found is None:
        return None
    try:
        return plan_from_json(found)
    except FileFormatError:  # written by another version: then the plan is made as always
        return None


def _last_plan(session: Session, cycle: Cycle) -> dict[str, Any] | None:
    run = session.exec(
        select(PlanRun)
        .join(Cycle, col(Cycle.id) == PlanRun.cycle_id)
        .where(
            Cycle.city_code == cycle.city_code,
            Cycle.month < cycle.month,
            PlanRun.state == RunState.DONE,
        )
        .order_by(col(Cycle.month).desc(), col(PlanRun.id).desc())
    ).first()
    if run is None or run.plan_json is None:
        return None
    plan: dict[str, Any] = json.loads(run.plan_json)
    return plan


def weigh(
    problem: shapes.RoutingProblem, levels: GoalLevels, usual: dict[str, tuple[str, int]]
) -> shapes.RoutingProblem:
    """Return the problem with the weights of some levels, and last month's rounds.

    The rounds are there at all levels: who kept their courier is told of every plan.
    """
    stops = tuple(
        replace(stop, usual_vehicle=usual[stop.id][0], usual_start_s=usual[stop.id][1])
        if stop.id in usual
        else stop
        for stop in problem.stops
    )
    return replace(problem, stops=stops, goals=weights_of(levels))


def weighs_goals(plan: plans.RoutePlan) -> bool:
    """Return whether a plan was searched by an engine that weighs goals, not only reports them."""
    return plan.engine in WEIGHING_ENGINES


def weights_of(levels: GoalLevels) -> shapes.Goals:
    """Return the rupiah that levels stand for."""
    from logistics.problem import Goals

    chosen = (levels.compact, levels.even, levels.known, levels.regular)
    return Goals(
        **{name: row[level] for (name, row), level in zip(WEIGHTS.items(), chosen, strict=True)}
    )


def goal_prices(problem: shapes.RoutingProblem, *, options: PlanOptions) -> list[GoalPrice]:
    """Return what every goal of a problem costs: one search with all, and one without each.

    Seconds and fuse are shared between them; iterations and effort are those of each search.
    """
    from logistics.price import prices
    from logistics.solve import solve

    if not problem.goals.any:
        return []
    weights = problem.goals
    num_goals = sum(bool(getattr(weights, name)) for name in WEIGHTS)
    each_s = None if options.seconds is None else options.seconds / (1 + num_goals)
    bounds: dict[str, Any] = {
        "seed": options.seed,
        "seconds": each_s,
        "iterations": options.iterations,
        "effort": options.effort,
        "fuse_s": None if options.fuse_s is None else options.fuse_s / (1 + num_goals),
    }
    plan = solve(problem, **bounds)
    return [
        GoalPrice(
            goal=price.goal,
            distance_m=price.distance_m,
            duration_s=price.duration_s,
            cost_rp=price.cost_rp,
            with_goal=price.with_goal,
            without_goal=price.without_goal,
            time_ran_out=plan.time_ran_out or price.plan.time_ran_out,
        )
        for price in prices(problem, plan, **bounds)
    ]
