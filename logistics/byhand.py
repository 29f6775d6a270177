"""Plans changed by a person: reordered, moved, completed; times follow, rules are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logistics.plan import RoutePlan
    from logistics.problem import RoutingProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """A place in a plan where one more stop fits without breaking a rule.

    Parameters
    ----------
    route
        Id of the route, also of a new one on an idle vehicle (then `is_new`).
    position
        Index among the route's visits.
    place
        Which of the stop's places.
    cost_rp, distance_m, duration_s
        What it adds.
    """

    route: str
    position: int
    place: str
    cost_rp: int
    distance_m: int
    duration_s: int
    is_new: bool = False


def reschedule(problem: RoutingProblem, plan: RoutePlan) -> RoutePlan:
    """Return the plan with times, ways and loads computed anew from its orders of stops."""
    raise NotImplementedError


def reorder(
    problem: RoutingProblem, plan: RoutePlan, route_id: str, order: Sequence[str]
) -> RoutePlan:
    """Return the plan with the stops of one route in a given order, whatever that breaks.

    Ask `check.check` what it breaks. Raises ValueError when `order` is not a permutation of the
    route's stops, KeyError for an unknown route.
    """
    raise NotImplementedError


def move_stop(
    problem: RoutingProblem,
    plan: RoutePlan,
    stop: str,
    route_id: str | None,
    position: int = 0,
    *,
    place: str | None = None,
) -> RoutePlan:
    """Return the plan with a stop, served or not, at a position of a route.

    `route_id` None takes it off its route: it is then unserved with reason LEFT_OUT. An id
    ``vehicle/day/trip`` that is not in the plan yet opens that trip. `place` None keeps the place
    chosen before, or takes the stop's first. Raises KeyError for unknown ids.
    """
    raise NotImplementedError


def best_insertions(
    problem: RoutingProblem, plan: RoutePlan, stop: str, k: int = 3
) -> list[Insertion]:
    """Return up to `k` cheapest places for one more stop, at most one per route; empty: none."""
    raise NotImplementedError
