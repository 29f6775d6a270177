"""What each goal costs: the plan beside one that leaves the goal aside."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from logistics.effort import Effort
from logistics.goals import measure
from logistics.problem import Goals
from logistics.solve import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from logistics.plan import GoalFigures, RoutePlan
    from logistics.problem import RoutingProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A goal, and what the plan pays for it.

    Parameters
    ----------
    goal
        Name of its weight in `Goals`.
    distance_m, duration_s, cost_rp
        More than without it.
    with_goal, without_goal
        Its figure: pairs apart, seconds uneven, stops with a strange courier, seconds of drift.
    plan
        The plan without it.
    """

    goal: str
    distance_m: int
    duration_s: int
    cost_rp: int
    with_goal: int
    without_goal: int
    plan: RoutePlan


def prices(
    problem: RoutingProblem,
    plan: RoutePlan,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    effort: Effort = Effort.USUAL,
    fuse_s: float | None = None,
    seed: int = 1,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Price, ...]:
    """Return the price of every goal that weighs something, each by a search without it.

    The search begins from the plan, so that leaving a goal aside never comes out dearer. Seconds,
    iterations, effort and fuse are those of each search.
    """
    found = []
    mine = measure(problem, plan.routes)
    for each in fields(Goals):
        if not getattr(problem.goals, each.name):
            continue
        freed = replace(problem, goals=replace(problem.goals, **{each.name: 0}))
        other = solve(
            freed,
            seed=seed,
            seconds=seconds,
            iterations=iterations,
            effort=effort,
            fuse_s=fuse_s,
            start=plan,
            cancelled=cancelled,
        )
        theirs = measure(problem, other.routes)
        found.append(
            Price(
                goal=each.name,
                distance_m=plan.distance_m - other.distance_m,
                duration_s=plan.duration_s - other.duration_s,
                cost_rp=plan.cost_rp - other.cost_rp,
                with_goal=figure(mine, each.name),
                without_goal=figure(theirs, each.name),
                plan=other,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A plan under some weights of goals, and how far it is from each goal."""

    goals: Goals
    plan: RoutePlan
    figures: GoalFigures


def offers(
    problem: RoutingProblem,
    wishes: Sequence[Goals],
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    effort: Effort = Effort.USUAL,
    seed: int = 1,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Offer, list[Offer]]:
    """Return the plan without goals, and one for each wish, all from the same start.

    The seconds are shared: a quarter for the plan without goals, the rest among the wishes;
    iterations are those of each search, and so is the effort where neither is given. When a wish
    finds a plan that is cheaper all the same, that one is the plan without goals: so no wish looks
    like a saving.
    """
    freed = replace(problem, goals=Goals())
    first_s = None if seconds is None else max(1.0, seconds / (4 if wishes else 1))
    each_s = None if seconds is None else max(1.0, 0.75 * seconds / max(1, len(wishes)))
    base = solve(
        freed,
        seed=seed,
        seconds=first_s,
        iterations=iterations,
        effort=effort,
        cancelled=cancelled,
    )
    found = []
    for number, wish in enumerate(wishes):
        if progress is not None:
            progress((number + 1) / (len(wishes) + 1))
        if cancelled is not None and cancelled():
            break
        plan = solve(
            replace(problem, goals=wish),
            seed=seed,
            seconds=each_s,
            iterations=iterations,
            effort=effort,
            start=base,
            cancelled=cancelled,
        )
        found.append(Offer(goals=wish, plan=plan, figures=measure(problem, plan.routes)))
    plans = [base, *(offer.plan for offer in found)]
    cheapest = min(plans, key=lambda plan: (len(plan.unserved), plan.cost_rp))
    figures = measure(freed, cheapest.routes)
    return Offer(goals=Goals(), plan=cheapest, figures=figures), found


def figure(figures: GoalFigures, goal: str) -> int:
    """Return the figure that a goal makes small."""
    return {
        "apart_rp": figures.apart,
        "uneven_rp_per_hour": figures.uneven_s,
        "strange_rp": figures.known - figures.kept,
        "drift_rp_per_hour": figures.drift_s,
    }[goal]
