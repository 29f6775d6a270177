"""Plans of random rule mixes, then broken on purpose: the check must find each mutant."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from logistics.check import check
from logistics.plan import Route, RoutePlan
from logistics.problem import RoutingProblem
from tests.logistics.problems import problems
from tests.logistics.test_solve import planned


def first(plan: RoutePlan, **changes: object) -> RoutePlan:
    route: Route = replace(plan.routes[0], **changes)  # type: ignore[arg-type]
    return replace(plan, routes=(route, *plan.routes[1:]))


def visit(plan: RoutePlan, **changes: object) -> RoutePlan:
    visits = plan.routes[0].visits
    changed = replace(visits[0], **changes)  # type: ignore[arg-type]
    return first(plan, visits=(changed, *visits[1:]))


MUTANTS: list[Callable[[RoutePlan], RoutePlan]] = [
    lambda plan: replace(plan, cost_rp=plan.cost_rp + 1),
    lambda plan: replace(plan, distance_m=plan.distance_m - 1),
    lambda plan: replace(plan, routes=plan.routes[1:]),
    lambda plan: first(plan, loads_s=plan.routes[0].loads_s - 60),
    lambda plan: first(plan, returns_s=plan.routes[0].returns_s + 1),
    lambda plan: first(plan, visits=plan.routes[0].visits[1:]),
    lambda plan: first(plan, weight_g=plan.routes[0].weight_g + 1),
    lambda plan: first(plan, trip=plan.routes[0].trip + 1),
    lambda plan: visit(plan, start_s=plan.routes[0].visits[0].start_s - 1),
    lambda plan: visit(plan, left_g=plan.routes[0].visits[0].left_g - 1),
    lambda plan: visit(plan, leg_duration_s=plan.routes[0].visits[0].leg_duration_s + 1),
    lambda plan: visit(plan, stop="ghost"),
    lambda plan: replace(plan, problem_hash="0" * 64),
]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(), st.sampled_from(MUTANTS))
def test_a_mutant_is_found(some: RoutingProblem, mutate: Callable[[RoutePlan], RoutePlan]) -> None:
    plan = planned(some, "insertion", 3)
    assume(plan.routes)
    assert check(some, mutate(plan)) != []


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_a_rule_tightened_below_what_a_plan_uses_is_broken(some: RoutingProblem) -> None:
    """Capacity, way, shift, walk: one less than used is one too few."""
    plan = planned(some, "insertion", 3)
    assume(plan.routes)
    route = plan.routes[0]
    truck = some.vehicle_by_id[route.vehicle]
    tighter = [replace(truck, max_distance_m=max(1, route.distance_m - 1))]
    assume(route.distance_m > 1)
    if route.weight_g > 0:
        tighter.append(replace(truck, capacity_g=route.weight_g - 1))
    shift = truck.shifts[route.shift]
    early = replace(shift, ends_s=route.returns_s - 1)
    shifts = (*truck.shifts[: route.shift], early, *truck.shifts[route.shift + 1 :])
    tighter.append(replace(truck, shifts=shifts))
    for each in tighter:
        fleet = tuple(each if v.id == truck.id else v for v in some.vehicles)
        changed = replace(some, vehicles=fleet)
        assert check(changed, replace(plan, problem_hash=changed.problem_hash)) != []
