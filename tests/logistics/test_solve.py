import ctypes
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.routing_city import city
from logistics import formulation, sisr
from logistics import solve as routing_solve
from logistics.check import check
from logistics.effort import Effort
from logistics.faults import InvalidProblemError
from logistics.plan import ReasonCode, RoutePlan
from logistics.problem import Depot, Hold, Option, Place, RoutingProblem, Shift, VehicleKind, Window
from logistics.solve import solve
from tests.logistics.problems import (
    EIGHT,
    FOUR,
    KM,
    MONDAY,
    NOON,
    TUESDAY,
    problem,
    problems,
    stop,
    vehicle,
)

ENGINES = ["insertion", "pyvrp"]


def planned(
    given_problem: RoutingProblem, engine: str = "pyvrp", iterations: int = 60
) -> RoutePlan:
    """Plan quickly and the same every time; every plan is checked."""
    plan = solve(given_problem, engine=engine, seconds=None, iterations=iterations)
    assert check(given_problem, plan) == []
    return plan


def codes(plan: RoutePlan) -> dict[str, ReasonCode]:
    return {unserved.stop: unserved.reasons[0].code for unserved in plan.unserved}


@pytest.mark.parametrize("engine", ENGINES)
def test_one_vehicle_drives_out_and_back_past_all_stops(engine: str) -> None:
    plan = planned(problem(stop(3), stop(1), stop(2)), engine)
    assert plan.distance_m == 6 * KM
    assert plan.cost_rp == 6_000
    assert len(plan.routes) == 1


@pytest.mark.parametrize(
    "engine",
    [
        *ENGINES,
        pytest.param(
            "sisr",
            marks=pytest.mark.skipif(not sisr.is_warm(), reason="the engine is not compiled"),
        ),
    ],
)
def test_one_car_drives_what_many_motorcycle_trips_would_for_more(engine: str) -> None:
    bikes = [
        vehicle(f"v{n}", MONDAY, max_trips=3, cost_rp_per_km=500, cost_rp_per_day=60_000)
        for n in range(4)
    ]
    car = vehicle(
        "v9", capacity_g=300_000, capacity_ml=300_000, cost_rp_per_day=100_000, kind=VehicleKind.CAR
    )
    doors = [stop(n, id=f"s{n}.{flat}", weight_g=4_000) for n in range(2, 12) for flat in "ab"]
    plan = planned(problem(*doors, vehicles=(*bikes, car)), engine)
    assert {route.vehicle for route in plan.routes} == {"v9"}
    assert plan.cost_rp == 100_000 + 22 * 1_000


@pytest.mark.parametrize("engine", ENGINES)
def test_times_follow_the_way_and_the_service(engine: str) -> None:
    depot = Depot(id="d", lat=0.0, lon=0.0, loading_s=600)
    (route,) = planned(problem(stop(5), depots=(depot,)), engine).routes
    (visit,) = route.visits
    assert (route.loads_s, route.leaves_s) == (EIGHT, EIGHT + 600)
    assert (visit.arrival_s, visit.departure_s) == (EIGHT + 1_200, EIGHT + 1_260)
    assert route.returns_s == EIGHT + 1_860


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("field", ["weight_g", "volume_ml"])
def test_a_full_vehicle_takes_exactly_what_fits_and_the_neediest_first(
    engine: str, field: str
) -> None:
    changes: dict[str, object] = {field: 5_000}
    most = [stop(n, priority=2, **changes) for n in (1, 2)]
    neediest = stop(9, priority=1, **changes)
    assert planned(problem(*most), engine).num_served == 2
    plan = planned(problem(*most, neediest), engine)
    assert plan.num_served == 2
    assert "s9" in plan.route_of_stop
    assert set(codes(plan).values()) == {ReasonCode.CAPACITY_EXHAUSTED}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_second_trip_loads_again(engine: str) -> None:
    heavy = [stop(n, weight_g=6_000) for n in (1, 2)]
    assert planned(problem(*heavy), engine).num_served == 1
    plan = planned(problem(*heavy, vehicles=(vehicle(max_trips=2),)), engine)
    assert [route.trip for route in plan.routes] == [1, 2]
    assert plan.routes[1].loads_s >= plan.routes[0].returns_s


@pytest.mark.parametrize("engine", ENGINES)
def test_no_trip_has_more_stops_than_allowed(engine: str) -> None:
    some = [stop(n) for n in (1, 2, 3)]
    plan = planned(problem(*some, vehicles=(vehicle(max_stops=2),)), engine)
    assert plan.num_served == 2
    assert set(codes(plan).values()) == {ReasonCode.STOPS_EXHAUSTED}


@pytest.mark.parametrize(("limit_m", "served"), [(9_999, 0), (10_000, 1)])
@pytest.mark.parametrize("engine", ENGINES)
def test_the_way_of_a_shift_is_limited_to_the_metre(engine: str, limit_m: int, served: int) -> None:
    plan = planned(problem(stop(5), vehicles=(vehicle(max_distance_m=limit_m),)), engine)
    assert plan.num_served == served
    assert served or codes(plan) == {"s5": ReasonCode.TOO_FAR}


@pytest.mark.parametrize(("ends_s", "served"), [(EIGHT + 1_259, 0), (EIGHT + 1_260, 1)])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_vehicle_is_back_at_the_end_of_its_shift(engine: str, ends_s: int, served: int) -> None:
    short = vehicle(shifts=(Shift(day=MONDAY, starts_s=EIGHT, ends_s=ends_s),))
    plan = planned(problem(stop(5), vehicles=(short,)), engine)
    assert plan.num_served == served
    assert served or codes(plan) == {"s5": ReasonCode.SHIFT_TOO_SHORT}


@pytest.mark.parametrize(("closes_s", "served"), [(EIGHT + 599, 0), (EIGHT + 600, 1)])
@pytest.mark.parametrize("engine", ENGINES)
def test_service_starts_before_the_place_closes(engine: str, closes_s: int, served: int) -> None:
    window = Window(opens_s=0, closes_s=closes_s)
    plan = planned(problem(stop(5, windows=(window,))), engine)
    assert plan.num_served == served
    assert served or codes(plan) == {"s5": ReasonCode.WINDOW_TOO_EARLY}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_vehicle_waits_at_the_depot_rather_than_in_the_street(engine: str) -> None:
    window = Window(opens_s=NOON, closes_s=FOUR)
    (route,) = planned(problem(stop(5, windows=(window,))), engine).routes
    assert route.visits[0].arrival_s == route.visits[0].start_s == NOON


@pytest.mark.parametrize("engine", ENGINES)
def test_a_place_with_a_day_is_served_on_that_day(engine: str) -> None:
    posyandu = Place(
        id="p4", lat=0.0, lon=0.0, windows=(Window(day=TUESDAY, opens_s=EIGHT, closes_s=NOON),)
    )
    plan = planned(
        problem(
            stop(4),
            days=(MONDAY, TUESDAY),
            places=(posyandu,),
            vehicles=(vehicle("v1", MONDAY, TUESDAY),),
        ),
        engine,
    )
    assert [route.day for route in plan.routes] == [TUESDAY]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_cheaper_of_two_places_is_chosen_and_its_cost_counted(engine: str) -> None:
    def chosen(cost_rp: int) -> tuple[str, int]:
        options = (Option(place="p5"), Option(place="p2", cost_rp=cost_rp))
        plan = planned(problem(stop(5, options=options)), engine)
        return plan.routes[0].visits[0].place, plan.cost_rp

    assert chosen(5_999) == ("p2", 4_000 + 5_999)
    assert chosen(6_001) == ("p5", 10_000)


@pytest.mark.parametrize("engine", ENGINES)
def test_cool_goods_ride_in_a_cool_box(engine: str) -> None:
    cold = stop(2, needs_cool_box=True)
    assert codes(planned(problem(cold), engine)) == {"s2": ReasonCode.NO_COOL_BOX}
    fleet = (vehicle("v1"), vehicle("v2", has_cool_box=True, cost_rp_per_km=9_000))
    assert planned(problem(cold, vehicles=fleet), engine).routes[0].vehicle == "v2"


@pytest.mark.parametrize("engine", ENGINES)
def test_skills_are_kept(engine: str) -> None:
    island = stop(2, skills=frozenset({"boat"}))
    assert codes(planned(problem(island), engine)) == {"s2": ReasonCode.NO_SKILL}
    fleet = (vehicle("v1"), vehicle("v2", skills=frozenset({"boat", "x"}), cost_rp_per_km=9_000))
    assert planned(problem(island, vehicles=fleet), engine).routes[0].vehicle == "v2"


@pytest.mark.parametrize("engine", ENGINES)
def test_eggs_are_not_long_in_the_heat(engine: str) -> None:
    """Eggs to 6 km within 720 s must come before the stops on the way, or ride alone."""
    eggs = stop(6, max_time_in_heat_s=720)
    plan = planned(problem(eggs, stop(3), stop(5)), engine)
    assert plan.num_served == 3
    assert plan.route_of_stop["s6"].stop_ids[0] == "s6"
    late = planned(problem(replace(eggs, max_time_in_heat_s=719)), engine)
    assert codes(late) == {"s6": ReasonCode.HEAT}
    cool = problem(replace(eggs, max_time_in_heat_s=1), vehicles=(vehicle(has_cool_box=True),))
    assert planned(cool, engine).num_served == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_pins_and_bans_hold(engine: str) -> None:
    fleet = (
        vehicle("v1", MONDAY, TUESDAY),
        vehicle("v2", MONDAY, TUESDAY, cost_rp_per_km=5_000),
    )
    base = problem(stop(2), stop(3), days=(MONDAY, TUESDAY), vehicles=fleet)
    pinned = replace(base, pins=(Hold(stop="s2", vehicle="v2", day=TUESDAY),))
    route = planned(pinned, engine).route_of_stop["s2"]
    assert (route.vehicle, route.day) == ("v2", TUESDAY)
    barred = replace(base, forbidden=(Hold(stop="s2", vehicle="v1"), Hold(stop="s2", day=MONDAY)))
    route = planned(barred, engine).route_of_stop["s2"]
    assert (route.vehicle, route.day) == ("v2", TUESDAY)


@pytest.mark.parametrize("engine", ENGINES)
def test_trips_keep_out_of_the_friday_prayer(engine: str) -> None:
    friday = date(2026, 12, 11)
    halves = (
        Shift(day=friday, starts_s=EIGHT, ends_s=11 * 3_600),
        Shift(day=friday, starts_s=13 * 3_600, ends_s=FOUR),
    )
    slow = [stop(n, service_s=4_000) for n in (1, 2, 3, 4)]
    base = problem(*slow, days=(friday,), vehicles=(vehicle(shifts=halves),))
    plan = planned(base, engine)
    assert plan.num_served == 4
    assert {route.shift for route in plan.routes} == {0, 1}
    assert plan.cost_rp == plan.distance_m


def test_nothing_to_plan_and_nothing_to_plan_with_are_stated_results() -> None:
    assert planned(problem()).routes == ()
    assert codes(planned(problem(stop(1), vehicles=()))) == {"s1": ReasonCode.NO_VEHICLES}
    idle = (vehicle(shifts=()),)
    assert codes(planned(problem(stop(1), vehicles=idle))) == {"s1": ReasonCode.NO_SHIFTS}
    heavy = stop(1, weight_g=10_001)
    assert codes(planned(problem(heavy))) == {"s1": ReasonCode.TOO_HEAVY}


def test_a_faulty_problem_is_refused() -> None:
    with pytest.raises(InvalidProblemError, match="R001"):
        solve(problem(days=(), vehicles=()))


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="engine"):
        solve(problem(), engine="magic")


@pytest.mark.parametrize("engine", ENGINES)
def test_same_seed_and_iterations_give_the_same_plan(engine: str) -> None:
    month = city(num_stops=40, num_vehicles=3, num_days=2)
    first, second = planned(month, engine, 40), planned(month, engine, 40)
    assert first.plan_hash == second.plan_hash
    assert first.iterations == 40


def test_without_engines_the_product_still_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sisr, "is_warm", lambda: False)
    assert solve(problem(stop(1)), iterations=5).engine == "pyvrp"
    monkeypatch.setattr(formulation, "is_installed", lambda: False)
    plan = solve(problem(stop(1)), iterations=5)
    assert (plan.engine, plan.num_served) == ("insertion", 1)


def test_progress_rises_to_one_and_cancel_ends_the_search_with_a_plan() -> None:
    told: list[tuple[float, str]] = []
    month = city(num_stops=30, num_vehicles=2, num_days=2)
    plan = solve(month, seconds=0.7, progress=lambda share, cost: told.append((share, cost)))
    assert check(month, plan) == []
    assert told[-1][0] == 1.0
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert plan.seconds < 5
    at_once = solve(month, seconds=60, cancelled=lambda: True)
    assert check(month, at_once) == []
    assert at_once.seconds < 5


@pytest.mark.parametrize("engine", ENGINES)
def test_a_start_is_kept_where_it_fits(engine: str) -> None:
    base = problem(stop(1), stop(2), stop(3), days=(MONDAY, TUESDAY))
    fleet = (vehicle("v1", MONDAY), vehicle("v2", MONDAY))
    before = planned(replace(base, vehicles=fleet), engine)
    after = solve(
        replace(base, vehicles=fleet, stops=(*base.stops[:2], stop(7))),
        start=before,
        engine=engine,
        iterations=0,
        seconds=None,
    )
    assert after.route_of_stop["s1"].vehicle == before.route_of_stop["s1"].vehicle
    assert after.num_served == 3


def cheapest(given_problem: RoutingProblem) -> int:
    """Try all orders and all splits of one vehicle's stops into trips: metres."""
    stops = [(int(each.id[1:]), each.weight_g) for each in given_problem.stops]
    best = 10**9
    for order in permutations(stops):
        for cuts in range(1 << (len(order) - 1)):
            trips, trip = [], [order[0]]
            for at, each in enumerate(order[1:]):
                if cuts >> at & 1:
                    trips.append(trip)
                    trip = []
                trip.append(each)
            trips.append(trip)
            if len(trips) <= 3 and all(sum(w for _, w in each) <= 10_000 for each in trips):
                best = min(best, sum(2 * max(at for at, _ in each) for each in trips))
    return best * KM


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(2_000, 6_000), min_size=2, max_size=5), st.sampled_from(ENGINES))
def test_tiny_problems_are_solved_as_well_as_by_trying_everything(
    weights: list[int], engine: str
) -> None:
    some = [stop(2 * n + 1, weight_g=weight) for n, weight in enumerate(weights)]
    tiny = problem(*some, vehicles=(vehicle(max_trips=3),))
    plan = planned(tiny, engine, 150)
    if plan.num_served == len(some):
        assert plan.distance_m == cheapest(tiny)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(), st.sampled_from(ENGINES))
def test_every_plan_keeps_every_rule(some: RoutingProblem, engine: str) -> None:
    plan = planned(some, engine, 15)
    assert plan.num_served + len(plan.unserved) == len(some.stops)
    for unserved in plan.unserved:
        assert unserved.reasons[0].code not in {ReasonCode.NOT_FOUND, ReasonCode.LEFT_OUT}


@pytest.mark.parametrize(
    ("seconds", "at_s", "repairs", "explains"),
    [
        (5.0, 5.9, True, True),
        (5.0, 6.1, False, True),
        (5.0, 7.1, False, False),
        (None, 7.1, True, True),
    ],
)
def test_after_the_time_asked_for_there_is_a_grace_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
    seconds: float | None,
    at_s: float,
    repairs: bool,
    explains: bool,
) -> None:
    now = [0.0]
    monkeypatch.setattr("logistics.solve.time.perf_counter", lambda: now[0])
    clock = routing_solve.Clock(seconds, None, None, None, Effort.USUAL, None)
    now[0] = at_s
    assert (clock.keep_on_repairing(), clock.keep_on_explaining()) == (repairs, explains)


def test_an_engine_that_must_serve_all_gives_the_next_the_rest_of_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr("logistics.solve.time.perf_counter", lambda: now[0])
    clock = routing_solve.Clock(10.0, None, None, None, Effort.USUAL, None)
    now[0] = 6.0
    clock.restart_with_rest()
    assert not clock.is_over(0)
    now[0] = 9.9
    assert not clock.is_over(0)
    now[0] = 10.0
    assert clock.is_over(0)


def hangs(*_: object) -> tuple[object, int]:
    """Hang in compiled code, the interpreter's lock held, as PyVRP once did."""
    ctypes.PyDLL(None).pause()
    return None, 0


def dies(*_: object) -> tuple[object, int]:
    os._exit(9)


@pytest.mark.parametrize(("task", "seconds"), [(hangs, 1.0), (dies, 60.0)])
def test_a_plan_comes_whatever_pyvrp_does(
    monkeypatch: pytest.MonkeyPatch, task: Callable[..., object], seconds: float
) -> None:
    monkeypatch.setattr(formulation, "iterate", task)
    some = problem(stop(3), stop(5), stop(9, weight_g=10_001))
    began = time.monotonic()
    plan = solve(some, seconds=seconds, engine="pyvrp", iterations=40)
    assert time.monotonic() - began < 30
    assert (plan.num_served, check(some, plan)) == (2, [])
    assert [each.stop for each in plan.unserved] == ["s9"]


def test_a_cancelled_search_by_pyvrp_that_hangs_gives_the_plan_so_far(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(formulation, "iterate", hangs)
    some = problem(stop(3), stop(5))
    until = time.monotonic() + 2
    plan = solve(some, seconds=600, engine="pyvrp", cancelled=lambda: time.monotonic() > until)
    assert time.monotonic() - until < 30
    assert (plan.num_served, check(some, plan)) == (2, [])
