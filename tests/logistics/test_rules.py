"""Rules of the street, each by exact amount with its counter-case, on every engine."""

from dataclasses import replace
from datetime import timedelta

import pytest

from logistics import sisr
from logistics.byhand import best_insertions
from logistics.check import ViolationCode, check
from logistics.explain import unservable
from logistics.plan import ReasonCode, RemedyCode, RoutePlan
from logistics.problem import (
    Break,
    Closure,
    Depot,
    Hold,
    Option,
    Pair,
    Place,
    RoutingProblem,
    Shift,
    Stop,
    Vehicle,
    Window,
)
from logistics.solve import solve
from tests.logistics.problems import (
    EIGHT,
    FOUR,
    KM,
    KM_S,
    MONDAY,
    NOON,
    TUESDAY,
    problem,
    stop,
    vehicle,
)
from tests.logistics.test_solve import codes, planned

ENGINES = [
    "insertion",
    "pyvrp",
    pytest.param(
        "sisr", marks=pytest.mark.skipif(not sisr.is_warm(), reason="the engine is not compiled")
    ),
]
PRAYER = Break(earliest_s=NOON, latest_s=NOON, duration_s=5_400, name="salat Jumat")


def with_break(*breaks: Break, **changes: object) -> Vehicle:
    shift = Shift(day=MONDAY, starts_s=EIGHT, ends_s=FOUR, breaks=breaks)
    return replace(vehicle(), shifts=(shift,), **changes)  # type: ignore[arg-type]


def broken(some: RoutingProblem, plan: RoutePlan) -> set[ViolationCode]:
    """What a plan breaks when the rules change under it."""
    changed = replace(plan, problem_hash=some.problem_hash)
    return {violation.code for violation in check(some, changed)}


# Breaks


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_driven_or_handed_out_during_prayer(engine: str) -> None:
    late = Window(opens_s=NOON - 3_600, closes_s=NOON - 3_600)
    afternoon = Window(opens_s=NOON + 7_200, closes_s=NOON + 7_200)
    some = problem(
        stop(3, windows=(late,)),
        stop(12, windows=(afternoon,)),
        vehicles=(with_break(PRAYER),),
    )
    (route,) = planned(some, engine).routes
    (pause,) = route.pauses
    assert (pause.starts_s, pause.ends_s, pause.name) == (NOON, NOON + 5_400, "salat Jumat")
    assert pause.before == 1
    assert route.visits[1].arrival_s == NOON + 5_400 + 9 * KM_S


@pytest.mark.parametrize("engine", ENGINES)
def test_a_break_that_fits_between_trips_is_no_pause_on_the_road(engine: str) -> None:
    some = problem(stop(2, service_s=3_600), vehicles=(with_break(PRAYER),))
    (route,) = planned(some, engine).routes
    assert route.pauses == ()


@pytest.mark.parametrize(("service_s", "served"), [(14_040, 1), (14_041, 0)])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_service_is_not_interrupted_by_a_break(engine: str, service_s: int, served: int) -> None:
    """From eight to noon there are four hours less six minutes; after prayer two and a half."""
    some = problem(stop(3, service_s=service_s), vehicles=(with_break(PRAYER),))
    plan = planned(some, engine)
    assert plan.num_served == served
    assert served or codes(plan) == {"s3": ReasonCode.BREAK}


@pytest.mark.parametrize(("latest_s", "served"), [(NOON + 120, 1), (NOON + 119, 0)])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_break_may_wait_until_its_latest_beginning(
    engine: str, latest_s: int, served: int
) -> None:
    flexible = Break(earliest_s=NOON - 3_600, latest_s=latest_s, duration_s=9_000)
    some = problem(stop(3, service_s=14_160), vehicles=(with_break(flexible),))
    assert planned(some, engine).num_served == served


def test_the_check_finds_a_missed_break_and_a_pause_that_overlaps() -> None:
    windows = (Window(opens_s=NOON, closes_s=NOON),)
    free = problem(stop(3, windows=windows))
    plan = planned(free, "insertion")
    assert broken(replace(free, vehicles=(with_break(PRAYER),)), plan) == {
        ViolationCode.BREAK_MISSED
    }
    morning = Break(earliest_s=EIGHT, latest_s=FOUR, duration_s=5_400)
    assert broken(replace(free, vehicles=(with_break(morning),)), plan) == set()


# Walks and households


@pytest.mark.parametrize(("walk_m", "served"), [(800, 1), (801, 0)])
@pytest.mark.parametrize("engine", ENGINES)
def test_no_family_walks_farther_than_it_can(engine: str, walk_m: int, served: int) -> None:
    some = problem(stop(5, options=(Option(place="p2", walk_m=walk_m),), max_walk_m=800))
    plan = planned(some, engine)
    assert plan.num_served == served
    if not served:
        (unserved,) = plan.unserved
        assert unserved.reasons[0].code is ReasonCode.WALK_TOO_FAR
        assert unserved.reasons[0].remedies[0].params == {"walk_m": 801}


@pytest.mark.parametrize(("walk_m", "place"), [(599, "p2"), (601, "p5")])
@pytest.mark.parametrize("engine", ENGINES)
def test_the_walk_is_part_of_the_cost(engine: str, walk_m: int, place: str) -> None:
    """Six kilometres less of driving are worth six thousand rupiah; so are 600 m at 10 Rp/m."""
    options = (Option(place="p5"), Option(place="p2", walk_m=walk_m))
    plan = planned(problem(stop(5, options=options), walk_rp_per_km=10_000), engine)
    assert plan.routes[0].visits[0].place == place
    assert plan.cost_rp == min(10_000, 4_000 + 10 * walk_m)


def test_the_check_finds_a_walk_that_is_too_far() -> None:
    some = problem(stop(5, options=(Option(place="p5", walk_m=900),)))
    plan = planned(some, "insertion")
    tighter = replace(some, stops=(replace(some.stops[0], max_walk_m=899),))
    assert broken(tighter, plan) == {ViolationCode.WALK_TOO_FAR}


SIBLINGS = [
    stop(1, options=(Option(place="p9"), Option(place="p2")), household="K1"),
    stop(2, options=(Option(place="p2", cost_rp=9_000), Option(place="p9")), household="K1"),
]


@pytest.mark.parametrize("engine", ENGINES)
def test_children_of_one_household_are_served_together(engine: str) -> None:
    plan = planned(problem(*SIBLINGS), engine, 200)
    (route,) = plan.routes
    assert len({visit.place for visit in route.visits}) == 1
    assert plan.num_served == 2
    alone = [replace(each, household="") for each in SIBLINGS]
    assert planned(problem(*alone), engine).num_served == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_a_household_is_rather_left_out_in_part_than_parted(engine: str) -> None:
    apart = [stop(1, household="K1"), stop(2, household="K1")]
    plan = planned(problem(*apart), engine)
    assert plan.num_served == 1
    assert set(codes(plan).values()) == {ReasonCode.HOUSEHOLD_APART}
    heavy = [replace(each, options=(Option(place="p2"),), weight_g=6_000) for each in apart]
    plan = planned(problem(*heavy, vehicles=(vehicle(max_trips=2),)), engine)
    assert plan.num_served == 1


def test_the_check_finds_a_parted_household() -> None:
    free = problem(stop(1), stop(2))
    plan = planned(free, "insertion")
    homes = tuple(replace(each, household="K1") for each in free.stops)
    assert broken(replace(free, stops=homes), plan) == {ViolationCode.HOUSEHOLD_APART}


# Stops that must not share a vehicle

APART = (Pair(stop="s1", other="s2"),)
FREE = (
    *(Pair(stop="s1", other=other) for other in ("s3", "s4")),
    Pair(stop="s2", other="s3"),
    Pair(stop="s4", other="s2"),
)


@pytest.mark.parametrize("engine", ENGINES)
def test_two_stops_that_must_not_share_a_courier_ride_apart(engine: str) -> None:
    """Also not on two trips or days of one vehicle, though one would do and is cheaper."""
    days = (MONDAY, TUESDAY)
    fleet = tuple(vehicle(f"v{n}", *days, max_trips=2, cost_rp_per_day=5_000) for n in (1, 2))
    some = problem(stop(1), stop(2), stop(3), days=days, vehicles=fleet)
    together = planned(some, engine, 200)
    assert len({route.vehicle for route in together.routes}) == 1
    plan = planned(replace(some, forbidden_pairs=APART), engine, 200)
    who = {stop: route.vehicle for stop, route in plan.route_of_stop.items()}
    assert plan.num_served == 3
    assert who["s1"] != who["s2"]


@pytest.mark.parametrize("engine", ENGINES)
def test_one_of_a_pair_is_left_out_where_one_vehicle_drives(engine: str) -> None:
    two_trips = (vehicle(max_trips=2),)
    some = problem(stop(1, priority=2), stop(2), vehicles=two_trips, forbidden_pairs=APART)
    plan = planned(some, engine)
    (unserved,) = plan.unserved
    assert (unserved.stop, unserved.reasons[0].code) == ("s1", ReasonCode.PAIR_TOGETHER)
    assert unserved.reasons[0].remedies[0].code is RemedyCode.PART_PAIR
    assert unserved.reasons[0].params["other"] == "s2"


@pytest.mark.parametrize("engine", ENGINES)
def test_trips_of_stops_that_must_not_meet_do_not_change_hands(engine: str) -> None:
    """s1 and s2 may meet, s3 and s4 too, but nobody else: each couple has its courier."""
    fleet = tuple(vehicle(f"v{n}", max_trips=2, max_stops=1) for n in (1, 2))
    stops = [stop(n) for n in range(1, 5)]
    plan = planned(problem(*stops, vehicles=fleet, forbidden_pairs=FREE), engine, 600)
    who = {stop: route.vehicle for stop, route in plan.route_of_stop.items()}
    assert plan.num_served == 4
    assert who["s1"] == who["s2"] != who["s3"] == who["s4"]


def test_a_pair_stays_apart_in_a_warm_start_and_in_advice() -> None:
    fleet = (vehicle("v1"), vehicle("v2"))
    free = problem(stop(1), stop(2), vehicles=fleet)
    before = planned(free, "insertion")
    parted = replace(free, forbidden_pairs=APART)
    plan = solve(parted, start=before, engine="insertion", seconds=None, iterations=0)
    assert check(parted, plan) == []
    assert plan.num_served == 2
    busy = plan.route_of_stop["s1"].vehicle
    offers = best_insertions(parted, plan, "s2")
    assert [offer.route.split("/")[0] != busy for offer in offers] == [True]


def test_the_check_finds_a_pair_on_one_vehicle_at_the_later_stop() -> None:
    free = problem(stop(1), stop(2), vehicles=(vehicle(max_trips=2, max_stops=1),))
    plan = planned(free, "insertion")
    parted = replace(free, forbidden_pairs=(Pair(stop="s2", other="s1"),))
    assert broken(parted, plan) == {ViolationCode.PAIR_TOGETHER}
    (violation,) = check(parted, replace(plan, problem_hash=parted.problem_hash))
    later = plan.routes[-1].visits[0].stop
    assert (violation.route, violation.stop) == (plan.routes[-1].id, later)
    held = replace(free, forbidden_pairs=APART, pins=(Hold(stop="s1", day=MONDAY),))
    assert (
        held.problem_hash
        == replace(held, forbidden_pairs=(Pair(stop="s2", other="s1"),)).problem_hash
    )


# Days before the posyandu's own


def posyandu(day_offset: int) -> tuple[Place, ...]:
    return (Place(id="p5", lat=0.0, lon=0.0, handed_out_on=MONDAY + timedelta(days=day_offset)),)


@pytest.mark.parametrize(("offset", "served"), [(0, 1), (2, 1), (3, 0), (-1, 0)])
@pytest.mark.parametrize("engine", ENGINES)
def test_eggs_come_at_most_so_many_days_before_the_posyandu_day(
    engine: str, offset: int, served: int
) -> None:
    some = problem(stop(5, max_days_before=2), places=posyandu(offset))
    plan = planned(some, engine)
    assert plan.num_served == served
    if not served:
        (reason,) = plan.unserved[0].reasons
        assert reason.code is ReasonCode.WAITS_TOO_LONG
        assert reason.remedies[0].code is RemedyCode.ALLOW_DAY
        last = MONDAY + timedelta(days=offset)
        assert reason.remedies[0].params["to"] == last.isoformat()
        assert reason.remedies[0].params["from"] == (last - timedelta(days=2)).isoformat()


def test_rice_may_wait_for_the_posyandu_day_and_is_not_late() -> None:
    assert planned(problem(stop(5), places=posyandu(25)), "insertion").num_served == 1
    plan = planned(problem(stop(5), places=posyandu(-1)), "insertion")
    assert codes(plan) == {"s5": ReasonCode.WAITS_TOO_LONG}


def test_the_check_finds_food_that_waits_too_long() -> None:
    some = problem(stop(5), places=posyandu(3))
    plan = planned(some, "insertion")
    tighter = replace(some, stops=(replace(some.stops[0], max_days_before=2),))
    assert broken(tighter, plan) == {ViolationCode.WAITS_TOO_LONG}


def test_the_check_finds_food_that_comes_after_the_posyandu_day() -> None:
    some = problem(stop(5), places=posyandu(0))
    plan = planned(some, "insertion")
    over = replace(some, places=posyandu(-1))
    assert broken(over, plan) == {ViolationCode.AFTER_ITS_DAY}


# Pickups


@pytest.mark.parametrize("engine", ENGINES)
def test_goods_fetched_on_the_way_use_the_room_of_what_is_handed_out(engine: str) -> None:
    """Ten kilograms fit: eight go out, eight come in at the last stop."""
    some = problem(stop(2, weight_g=8_000), stop(4, weight_g=8_000, is_pickup=True))
    (route,) = planned(some, engine).routes
    assert route.stop_ids == ("s2", "s4")
    assert [visit.left_g for visit in route.visits] == [0, 8_000]
    assert route.weight_g == 8_000


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_fetched_too_early_does_not_fit(engine: str) -> None:
    early = (Window(opens_s=EIGHT, closes_s=EIGHT + 900),)
    fetched = stop(1, weight_g=3_000, is_pickup=True, windows=early)
    late = (Window(opens_s=NOON, closes_s=FOUR),)
    assert planned(problem(fetched, stop(5, weight_g=7_000, windows=late)), engine).num_served == 2
    over = planned(problem(fetched, stop(5, weight_g=7_001, windows=late)), engine)
    assert over.num_served == 1
    assert set(codes(over).values()) == {ReasonCode.CAPACITY_EXHAUSTED}


@pytest.mark.parametrize("engine", ENGINES)
def test_goods_are_fetched_before_they_are_brought_on_one_trip(engine: str) -> None:
    given = stop(9, is_pickup=True)
    some = problem(given, stop(3, source="s9"), stop(5))
    (route,) = planned(some, engine, 200).routes
    order = list(route.stop_ids)
    assert order.index("s9") < order.index("s3")
    assert route.weight_g == 1_000


@pytest.mark.parametrize("engine", ENGINES)
def test_what_hangs_on_a_source_that_cannot_be_served_says_so(engine: str) -> None:
    given = stop(9, is_pickup=True, weight_g=11_000)
    plan = planned(problem(given, stop(3, source="s9")), engine)
    assert codes(plan) == {"s9": ReasonCode.TOO_HEAVY, "s3": ReasonCode.SOURCE_UNSERVED}


def test_the_check_finds_goods_brought_before_they_are_fetched() -> None:
    free = problem(stop(9, is_pickup=True), stop(3))
    plan = planned(free, "insertion")
    assert plan.routes[0].stop_ids == ("s3", "s9")
    bound = replace(free, stops=(free.stops[0], replace(free.stops[1], source="s9")))
    assert ViolationCode.SOURCE_NOT_BEFORE in broken(bound, plan)


def test_the_check_finds_a_vehicle_overloaded_on_the_way() -> None:
    free = problem(stop(2, weight_g=8_000, is_pickup=True), stop(4, weight_g=1_000))
    roomy = replace(free, vehicles=(vehicle(capacity_g=20_000),))
    plan = planned(roomy, "insertion")
    assert plan.routes[0].stop_ids == ("s2", "s4")
    tight = replace(roomy, vehicles=(vehicle(capacity_g=8_999),))
    assert broken(tight, plan) == {ViolationCode.OVERWEIGHT}


# Time at the place, closures, kinds


@pytest.mark.parametrize("engine", ENGINES)
def test_every_package_takes_its_time(engine: str) -> None:
    some = problem(stop(5, service_s=60, service_s_per_package=30, num_packages=4))
    (visit,) = planned(some, engine).routes[0].visits
    assert visit.departure_s - visit.start_s == 180


@pytest.mark.parametrize("engine", ENGINES)
def test_a_closed_bridge_makes_the_way_longer_or_takes_it_away(engine: str) -> None:
    longer = Closure(places=("p5",), extra_m=700, extra_s=90, name="Jembatan")
    plan = planned(problem(stop(5), closures=(longer,)), engine)
    assert plan.distance_m == 10 * KM + 1_400
    assert plan.duration_s == 10 * KM_S + 180 + 60
    closed = Closure(places=("p5", "p6"), name="Jembatan Emas")
    plan = planned(problem(stop(5), stop(3), closures=(closed,)), engine)
    assert codes(plan) == {"s5": ReasonCode.ROAD_CLOSED}
    assert plan.unserved[0].reasons[0].params["closures"] == ["Jembatan Emas"]
    elsewhere = Closure(places=("p5",), others=("p3",))
    assert planned(problem(stop(5), closures=(elsewhere,)), engine).num_served == 1


def test_the_check_finds_a_way_over_a_closed_bridge() -> None:
    free = problem(stop(5))
    plan = planned(free, "insertion")
    closed = replace(free, closures=(Closure(places=("p5",)),))
    assert ViolationCode.UNREACHABLE in broken(closed, plan)
    named = replace(free, closures=(Closure(places=("p5",), name="Jembatan Emas"),))
    found = [each for each in check(named, plan) if each.code is ViolationCode.ROAD_CLOSED]
    assert [each.stop for each in found] == ["s5", None]
    assert found[0].params == {"closures": ["Jembatan Emas"]}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_family_that_is_not_home_before_three_is_visited_then(engine: str) -> None:
    three = 15 * 3_600
    some = problem(stop(4, windows=(Window(opens_s=three, closes_s=86_399),)), stop(2))
    visits = [v for route in planned(some, engine).routes for v in route.visits]
    assert next(v.start_s for v in visits if v.stop == "s4") >= three
    never = problem(stop(4, windows=(Window(opens_s=FOUR, closes_s=86_399),)))
    assert codes(planned(never, engine)) == {"s4": ReasonCode.WINDOW_TOO_LATE}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_boat_and_a_kader_are_sent_where_they_are_needed(engine: str) -> None:
    boat = vehicle("boat", skills=frozenset({"boat"}))
    kader = vehicle("kader", skills=frozenset({"kader perempuan", "bahasa Melayu"}))
    some = problem(
        stop(1, skills=frozenset({"boat"})),
        stop(2, skills=frozenset({"kader perempuan"})),
        stop(3, skills=frozenset({"boat", "bahasa Melayu"})),
        vehicles=(boat, kader),
    )
    plan = planned(some, engine)
    assert plan.route_of_stop["s1"].vehicle == "boat"
    assert plan.route_of_stop["s2"].vehicle == "kader"
    assert codes(plan) == {"s3": ReasonCode.NO_SKILL}


@pytest.mark.parametrize("engine", ENGINES)
def test_vehicles_leave_from_their_own_depots_on_several_days(engine: str) -> None:
    near = Depot(id="p12", lat=0.0, lon=0.0)
    some = problem(
        stop(2, days=(MONDAY,)),
        stop(11, days=(TUESDAY,)),
        days=(MONDAY, TUESDAY),
        depots=(Depot(id="d", lat=0.0, lon=0.0), near),
        places=tuple(Place(id=f"p{n}", lat=0.0, lon=0.0) for n in range(1, 12)),
        vehicles=(vehicle("v1", MONDAY, TUESDAY), vehicle("v2", MONDAY, TUESDAY, depot="p12")),
    )
    plan = planned(some, engine)
    assert {r.vehicle: (r.day, r.distance_m) for r in plan.routes} == {
        "v1": (MONDAY, 4 * KM),
        "v2": (TUESDAY, 2 * KM),
    }


def test_what_cannot_be_served_is_known_before_anything_is_solved() -> None:
    some = problem(
        stop(1, weight_g=99_000),
        stop(2, max_walk_m=10, options=(Option(place="p2", walk_m=11),)),
        stop(3, source="s1x"),
    )
    assert set(unservable(replace(some, stops=some.stops[:2]))) == {"s1", "s2"}


def test_two_rules_that_only_together_keep_a_stop_out_are_both_named() -> None:
    """One more stop is one too many, and there is no time for it either."""
    shift = Shift(day=MONDAY, starts_s=EIGHT, ends_s=EIGHT + 2 * KM_S + 60)
    some = problem(stop(1), stop(1, id="s1b"), vehicles=(vehicle(shifts=(shift,), max_stops=1),))
    (unserved,) = planned(some, "insertion").unserved
    (reason,) = unserved.reasons
    assert reason.code is ReasonCode.RULES_TOGETHER
    assert reason.params["rules"] == [
        ReasonCode.TIME_EXHAUSTED.value,
        ReasonCode.STOPS_EXHAUSTED.value,
    ]
    both = replace(some, vehicles=(vehicle(max_stops=2),))
    assert planned(both, "insertion").num_served == 2


def test_a_stop_is_unchanged_by_rules_it_does_not_use() -> None:
    plain = Stop(id="s", options=(Option(place="p1"),), weight_g=5, service_s=7)
    assert (plain.busy_s, plain.loaded_g, plain.loaded_ml) == (7, 5, 0)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_household_is_served_together_where_each_alone_would_be_cheaper(engine: str) -> None:
    """Each child's own home is nearer; only the ninth kilometre is open to both."""

    def two(number: int, weight_g: int) -> Stop:
        places = (Option(place=f"p{number}"), Option(place="p9"))
        return stop(number, options=places, household="home", weight_g=weight_g)

    fleet = (vehicle("v1"), vehicle("v2"))
    some = problem(two(1, 6_000), two(2, 4_000), stop(3, weight_g=6_000), vehicles=fleet)
    plan = solve(some, seconds=None, iterations=60, engine=engine)
    assert check(some, plan) == []
    assert plan.unserved == ()
    places = {v.stop: v.place for route in plan.routes for v in route.visits}
    assert (places["s1"], places["s2"]) == ("p9", "p9")
    too_much = replace(some, vehicles=fleet[:1])
    plan = solve(too_much, seconds=None, iterations=60, engine=engine)
    assert check(too_much, plan) == []
    assert plan.num_served == 2
