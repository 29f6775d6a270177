"""Why a vehicle stays behind; amounts are worked out by hand on a line, 1 km = 1,000 rupiah."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from logistics import idle
from logistics.check import check
from logistics.idle import IdleCode, idle_vehicles
from logistics.problem import Goals, Hold, RoutingProblem, Vehicle
from logistics.solve import solve
from logistics.timetable import fits
from tests.logistics.problems import MONDAY, TUESDAY, problem, stop, vehicle

DAY_RP = 5_000


def why(some: RoutingProblem, name: str = "v2") -> tuple[IdleCode, dict[str, Any]]:
    plan = solve(some, iterations=30, engine="insertion")
    assert check(some, plan) == []
    found = {each.vehicle: each for each in idle_vehicles(some, plan)}
    used = {route.vehicle for route in plan.routes}
    assert used.isdisjoint(found)
    assert used | set(found) == {each.id for each in some.vehicles}
    return found[name].code, dict(found[name].params)


def two(other: Vehicle, *stops: object, **changes: object) -> RoutingProblem:
    return problem(*stops, vehicles=(vehicle(), other), **changes)  # type: ignore[arg-type]


def test_a_vehicle_without_a_planned_day() -> None:
    code, params = why(two(vehicle("v2", TUESDAY), stop(3)))
    assert (code, params) == (IdleCode.NO_DAY, {"days": [TUESDAY.isoformat()]})


def test_a_vehicle_that_may_carry_nothing_is_told_the_rule_and_sizes() -> None:
    code, params = why(two(vehicle("v2", capacity_g=999), stop(3), stop(5, weight_g=3_000)))
    assert code == IdleCode.FITS_NOTHING
    assert params == {"rule": "unserved.too_heavy", "capacity_g": 999, "lightest_g": 1_000}
    some = two(vehicle("v2"), stop(3))
    banned = replace(some, forbidden=(Hold(stop="s3", vehicle="v2", day=None),))
    assert why(banned)[1]["rule"] == "unserved.holds"


def test_a_small_vehicle_costs_what_its_cheapest_stop_does() -> None:
    """Both stops together weigh more than it carries; alone to s2 it drives 4 km, which saves 0."""
    some = two(vehicle("v2", capacity_g=1_500, cost_rp_per_day=DAY_RP), stop(2), stop(6))
    code, params = why(some)
    assert code == IdleCode.TOO_SMALL
    assert (params["capacity_g"], params["lightest_g"]) == (1_500, 2_000)
    assert params["added_rp"] == DAY_RP + 4_000
    assert params["what"] == {
        "code": "idle_what.stop", "vehicle": "v1", "day": MONDAY.isoformat()
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code", "added_rp"),
    [
        ({"cost_rp_per_km": 1_500}, IdleCode.COSTS_MORE, 6_000),
        ({"cost_rp_per_day": DAY_RP}, IdleCode.COSTS_MORE, DAY_RP),
        ({}, IdleCode.NOT_NEEDED, 0),
    ],
)
def test_a_vehicle_that_could_drive_the_whole_route(
    changes: dict[str, int], code: IdleCode, added_rp: int
) -> None:
    found, params = why(two(vehicle("v2", **changes), stop(2), stop(6)))
    assert (found, params["added_rp"]) == (code, added_rp)
    assert params["what"]["code"] == "idle_what.trips"


def test_a_cheaper_vehicle_left_out_is_said_to_save_or_to_follow_from_goals() -> None:
    dear = two(vehicle("v2", cost_rp_per_km=500), stop(6))
    plan = solve(replace(dear, vehicles=dear.vehicles[:1]), iterations=5, engine="insertion")
    [found] = idle_vehicles(dear, plan)
    assert (found.code, found.params["added_rp"]) == (IdleCode.WOULD_SAVE, 6_000)
    [found] = idle_vehicles(replace(dear, goals=Goals(strange_rp=1)), plan)
    assert found.code == IdleCode.GOALS


def test_nothing_to_carry_and_nobody_left() -> None:
    assert why(two(vehicle("v2")), "v2") == (IdleCode.NOTHING_TO_CARRY, {})
    some = problem(stop(1))
    assert idle_vehicles(some, solve(some, iterations=5, engine="insertion")) == ()


def lasting(num_trials: int) -> Callable[[], bool]:
    """Return a clock that allows so many trials."""
    left = iter(range(num_trials))
    return lambda: next(left, None) is not None


def too_small() -> RoutingProblem:
    return two(
        vehicle("v2", cost_rp_per_day=DAY_RP, capacity_g=1_500),
        *(stop(number) for number in (2, 6, 7, 8)),
    )


def test_a_reason_that_time_was_too_short_for_is_not_told() -> None:
    """What holds together is told where everything was tried, not where time ended before."""
    some = too_small()
    plan = solve(some, iterations=30, engine="insertion")
    [whole] = idle_vehicles(some, plan)
    assert whole.code == IdleCode.TOO_SMALL
    [late] = idle_vehicles(some, plan, keep_on=lambda: False)
    assert (late.code, late.params) == (IdleCode.UNTOLD, {})


def test_what_binds_all_loads_is_told_where_all_was_tried() -> None:
    """Siblings weigh 2,000 g and are served at once; v2 carries either of them, not both."""
    siblings = [replace(stop(2, household="K1"), id=name) for name in ("s2", "s2b")]
    some = two(vehicle("v2", capacity_g=1_500), *siblings)
    plan = solve(some, iterations=30, engine="insertion")
    [whole] = idle_vehicles(some, plan)
    [late] = idle_vehicles(some, plan, keep_on=lambda: False)
    assert (whole.code, late.code) == (IdleCode.HOLDS_TOGETHER, IdleCode.UNTOLD)


def test_nothing_is_tried_once_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    some = too_small()
    plan = solve(some, iterations=30, engine="insertion")
    tried = []

    def noted(*given: Any) -> bool:
        tried.append(given)
        return fits(*given)

    monkeypatch.setattr(idle, "fits", noted)
    idle_vehicles(some, plan)
    assert len(tried) > 2
    tried.clear()
    idle_vehicles(some, plan, keep_on=lambda: False)
    assert tried == []


def test_the_cheapest_of_what_was_tried_is_told_when_time_ends() -> None:
    """The whole route costs 6,000 more; its single stops were not tried."""
    some = two(vehicle("v2", cost_rp_per_km=1_500), stop(2), stop(6))
    plan = solve(some, iterations=30, engine="insertion")
    [found] = idle_vehicles(some, plan, keep_on=lasting(2))
    assert (found.code, found.params["added_rp"]) == (IdleCode.COSTS_MORE, 6_000)
    assert found.params["what"]["code"] == "idle_what.trips"
