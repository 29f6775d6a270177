"""Small problems on a line: place p7 is 7 km east of the depot; 1 km takes 2 minutes."""

from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import strategies as st

from logistics.distance import GivenMatrix
from logistics.problem import (
    Break,
    Closure,
    Depot,
    Goals,
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

MONDAY = date(2026, 12, 7)
TUESDAY = date(2026, 12, 8)
EIGHT, NOON, FOUR = 8 * 3_600, 12 * 3_600, 16 * 3_600
KM, KM_S = 1_000, 120


def line(num_places: int = 12) -> GivenMatrix:
    """Depot "d" at 0 and places "p1" … on a line, one kilometre apart."""
    at = np.arange(num_places + 1)
    between = np.abs(at[:, None] - at[None, :])
    ids = ("d", *(f"p{number}" for number in range(1, num_places + 1)))
    return GivenMatrix(ids, {"": between * KM}, {"": between * KM_S}, as_of="2026-11-24")


def stop(number: int, **changes: object) -> Stop:
    values: dict[str, object] = {
        "id": f"s{number}",
        "options": (Option(place=f"p{number}"),),
        "weight_g": 1_000,
        "volume_ml": 1_000,
        "service_s": 60,
    }
    return Stop(**{**values, **changes})  # type: ignore[arg-type]


def vehicle(name: str = "v1", *days: date, **changes: object) -> Vehicle:
    shifts = tuple(Shift(day=day, starts_s=EIGHT, ends_s=FOUR) for day in days or (MONDAY,))
    values: dict[str, object] = {
        "id": name,
        "depot": "d",
        "capacity_g": 10_000,
        "capacity_ml": 10_000,
        "shifts": shifts,
        "cost_rp_per_km": 1_000,
    }
    return Vehicle(**{**values, **changes})  # type: ignore[arg-type]


def problem(*stops: Stop, **changes: object) -> RoutingProblem:
    values: dict[str, object] = {
        "days": (MONDAY,),
        "depots": (Depot(id="d", lat=0.0, lon=0.0),),
        "vehicles": (vehicle(),),
        "places": tuple(Place(id=f"p{n}", lat=0.0, lon=0.009 * n) for n in range(1, 13)),
        "stops": stops,
        "travel": line(),
    }
    return RoutingProblem(**{**values, **changes})  # type: ignore[arg-type]


GOALS = Goals(apart_rp=700, uneven_rp_per_hour=9_001, strange_rp=1_300, drift_rp_per_hour=2_500)
HOURS = st.integers(6, 18).map(lambda hour: hour * 3_600)
WINDOWS = st.lists(
    st.tuples(HOURS, st.integers(0, 4 * 3_600), st.sampled_from([None, MONDAY, TUESDAY])).map(
        lambda each: Window(opens_s=each[0], closes_s=each[0] + each[1], day=each[2])
    ),
    max_size=2,
).map(tuple)


@st.composite
def stops(draw: st.DrawFn, number: int) -> Stop:
    places = draw(st.lists(st.integers(1, 12), min_size=1, max_size=2, unique=True))
    return Stop(
        id=f"s{number}",
        options=tuple(
            Option(
                place=f"p{place}",
                cost_rp=draw(st.sampled_from([0, 500])),
                walk_m=draw(st.sampled_from([0, 0, 400, 900])),
            )
            for place in places
        ),
        weight_g=draw(st.integers(0, 6_000)),
        volume_ml=draw(st.integers(0, 6_000)),
        num_packages=draw(st.integers(1, 3)),
        service_s=draw(st.integers(0, 1_800)),
        windows=draw(WINDOWS),
        days=draw(st.sampled_from([(), (), (MONDAY,), (TUESDAY,)])),
        needs_cool_box=draw(st.sampled_from([False, False, True])),
        max_time_in_heat_s=draw(st.sampled_from([None, None, 900, 3_600])),
        skills=draw(st.sampled_from([frozenset[str](), frozenset({"boat"})])),
        priority=draw(st.integers(1, 3)),
        service_s_per_package=draw(st.sampled_from([0, 0, 120])),
        max_walk_m=draw(st.sampled_from([None, None, 500])),
        household=draw(st.sampled_from(["", "", "", "home"])),
        max_days_before=draw(st.sampled_from([None, None, 0])),
        usual_vehicle=draw(st.sampled_from(["", "v0", "gone"])),
        usual_start_s=draw(st.sampled_from([None, NOON])),
    )


BREAKS = st.tuples(
    st.integers(8, 15), st.sampled_from([0, 1_800, 5_400]), st.sampled_from([900, 3_600])
).map(
    lambda each: (
        Break(
            earliest_s=each[0] * 3_600,
            latest_s=each[0] * 3_600 + each[1],
            duration_s=each[2],
            name="rest",
        ),
    )
)


@st.composite
def vehicles(draw: st.DrawFn, number: int) -> Vehicle:
    shifts = []
    for day in draw(st.sampled_from([(MONDAY,), (MONDAY, TUESDAY), ()])):
        if draw(st.booleans()):
            breaks = draw(st.one_of(st.just(()), BREAKS))
            shifts.append(Shift(day=day, starts_s=EIGHT, ends_s=FOUR, breaks=breaks))
        else:
            shifts.append(Shift(day=day, starts_s=EIGHT, ends_s=NOON))
            shifts.append(Shift(day=day, starts_s=NOON + 1_800, ends_s=FOUR))
    return Vehicle(
        id=f"v{number}",
        depot="d",
        capacity_g=draw(st.integers(2_000, 12_000)),
        capacity_ml=draw(st.integers(2_000, 12_000)),
        shifts=tuple(shifts),
        has_cool_box=draw(st.booleans()),
        max_trips=draw(st.integers(1, 3)),
        max_stops=draw(st.sampled_from([None, 1, 3])),
        max_distance_m=draw(st.sampled_from([None, 30_000])),
        cost_rp_per_km=draw(st.integers(0, 2_000)),
        cost_rp_per_hour=draw(st.integers(0, 20_000)),
        cost_rp_per_day=draw(st.integers(0, 50_000)),
        speed_factor=draw(st.sampled_from([0.7, 1.0, 1.3])),
        skills=draw(st.sampled_from([frozenset[str](), frozenset({"boat"})])),
    )


def linked(some: tuple[Stop, ...], num_pickups: int, is_source: bool) -> tuple[Stop, ...]:
    """Turn the first stops into pickups; the goods of the first may be for the last stop."""
    changed = list(some)
    for row in range(min(num_pickups, len(some))):
        changed[row] = replace(some[row], is_pickup=True, max_time_in_heat_s=None)
    if is_source and num_pickups and len(some) > num_pickups:
        first, last = changed[0], changed[-1]
        changed[0] = replace(
            first,
            weight_g=max(first.weight_g, last.weight_g),
            volume_ml=max(first.volume_ml, last.volume_ml),
        )
        changed[-1] = replace(last, source=first.id)
    return tuple(changed)


@st.composite
def pairs(draw: st.DrawFn, some: tuple[Stop, ...]) -> tuple[Pair, ...]:
    """Draw stops that must not meet, of those that nothing keeps together."""
    free = [each.id for each in some if not (each.household or each.source or each.is_pickup)]
    if len(free) < 2 or draw(st.booleans()):
        return ()
    return tuple(Pair(stop=free[0], other=other) for other in free[1 : draw(st.integers(2, 3))])


@st.composite
def problems(draw: st.DrawFn) -> RoutingProblem:
    """Draw sound problems with every kind of rule, some of them impossible."""
    some_stops = linked(
        tuple(draw(stops(n)) for n in range(draw(st.integers(0, 7)))),
        draw(st.sampled_from([0, 0, 1, 2])),
        draw(st.booleans()),
    )
    fleet = tuple(draw(vehicles(n)) for n in range(draw(st.integers(0, 3))))
    holds = [
        Hold(stop=each.id, vehicle=truck.id if draw(st.booleans()) else None, day=MONDAY)
        for each in some_stops[:1]
        for truck in fleet[:1]
    ]
    return problem(
        *some_stops,
        days=(MONDAY, TUESDAY),
        depots=(Depot(id="d", lat=0.0, lon=0.0, loading_s=draw(st.sampled_from([0, 600]))),),
        vehicles=fleet,
        places=tuple(
            Place(
                id=f"p{n}",
                lat=0.0,
                lon=0.009 * n,
                windows=draw(WINDOWS),
                handed_out_on=draw(st.sampled_from([None, None, None, MONDAY, TUESDAY])),
            )
            for n in range(1, 13)
        ),
        closures=draw(
            st.sampled_from(
                [
                    (),
                    (),
                    (Closure(places=("p1", "p2"), extra_m=500, extra_s=60),),
                    (Closure(places=("p9",)), Closure(places=("d",), others=("p3",), extra_s=600)),
                ]
            )
        ),
        walk_rp_per_km=draw(st.sampled_from([0, 3_333])),
        goals=draw(st.sampled_from([Goals(), Goals(), GOALS])),
        pins=tuple(holds) if draw(st.booleans()) else (),
        forbidden=tuple(holds) if draw(st.booleans()) else (),
        forbidden_pairs=draw(pairs(some_stops)),
    )
