from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from logistics.crowding import crowded_out
from logistics.distance import GreatCircle
from logistics.explain import explain_unserved, unservable
from logistics.plan import Reason, ReasonCode, RemedyCode
from logistics.problem import Hold, Option, Place, RoutingProblem, Shift, Stop, Window
from logistics.solve import solve
from logistics.survey import Survey
from logistics.tours import Tours
from tests.logistics.problems import EIGHT, MONDAY, NOON, TUESDAY, line, problem, stop, vehicle

DOCS = Path(__file__).parents[2] / "docs" / "routing.md"


def reason(some: RoutingProblem) -> Reason:
    (reasons,) = unservable(some).values()
    return reasons[0]


def windowed(opens_s: int, closes_s: int) -> Stop:
    return stop(5, windows=(Window(opens_s=opens_s, closes_s=closes_s),))


def no_way() -> Any:
    matrix = line()
    metres = matrix.distance_m[""].copy()
    metres[:, 5] = -1
    return replace(matrix, distance_m={"": metres})


TOO_HEAVY = stop(5, weight_g=10_001, num_packages=2)
GLOBE = {"travel": GreatCircle()}
SHORT = (vehicle(shifts=(Shift(day=MONDAY, starts_s=EIGHT, ends_s=EIGHT + 1_000),)),)


CASES: list[tuple[RoutingProblem, ReasonCode, RemedyCode, dict[str, Any]]] = [
    (problem(stop(5, options=())), ReasonCode.NO_PLACE, RemedyCode.OTHER_PLACE, {}),
    (problem(stop(5), vehicles=()), ReasonCode.NO_VEHICLES, RemedyCode.ADD_VEHICLE, {}),
    (
        problem(TOO_HEAVY),
        ReasonCode.TOO_HEAVY,
        RemedyCode.LARGER_VEHICLE,
        {"weight_g": 10_001, "limit": 10_000},
    ),
    (
        problem(stop(5, volume_ml=10_001)),
        ReasonCode.TOO_LARGE,
        RemedyCode.LARGER_VEHICLE,
        {"volume_ml": 10_001, "limit": 10_000},
    ),
    (
        problem(stop(5), places=(Place(id="p5", lat=None, lon=None),), **GLOBE),
        ReasonCode.NO_COORDINATES,
        RemedyCode.SET_COORDINATES,
        {"places": ["p5"]},
    ),
    (
        problem(stop(5), places=(Place(id="p5", lat=106.1, lon=-2.1),), **GLOBE),
        ReasonCode.BAD_COORDINATES,
        RemedyCode.SWAP_COORDINATES,
        {"place": "p5", "lat": 106.1, "lon": -2.1},
    ),
    (
        problem(stop(5), places=(Place(id="p5", lat=-6.2, lon=106.8),), **GLOBE),
        ReasonCode.OUTSIDE_AREA,
        RemedyCode.SET_COORDINATES,
        {"place": "p5", "lat": -6.2, "lon": 106.8, "area_radius_m": 300_000},
    ),
    (
        problem(stop(5), travel=no_way()),
        ReasonCode.UNREACHABLE,
        RemedyCode.OTHER_PLACE,
        {"places": ["p5"]},
    ),
    (
        problem(stop(5, skills=frozenset({"boat"}))),
        ReasonCode.NO_SKILL,
        RemedyCode.ADD_SKILL,
        {"skills": ["boat"]},
    ),
    (
        problem(stop(5, needs_cool_box=True)),
        ReasonCode.NO_COOL_BOX,
        RemedyCode.ADD_COOL_BOX,
        {},
    ),
    (
        problem(stop(5, days=(TUESDAY,))),
        ReasonCode.NO_ALLOWED_DAY,
        RemedyCode.ALLOW_DAY,
        {"days": ["2026-12-08"]},
    ),
    (
        problem(stop(5, days=(TUESDAY,)), days=(MONDAY, TUESDAY)),
        ReasonCode.DAY_WITHOUT_VEHICLE,
        RemedyCode.ADD_SHIFT,
        {"days": ["2026-12-08"]},
    ),
    (
        problem(
            stop(5, windows=(Window(opens_s=NOON, closes_s=NOON),)),
            places=(
                Place(id="p5", lat=0.0, lon=0.0, windows=(Window(opens_s=EIGHT, closes_s=EIGHT),)),
            ),
        ),
        ReasonCode.CLOSED,
        RemedyCode.WIDEN_WINDOW,
        {"days": ["2026-12-07"]},
    ),
    (
        problem(
            stop(5),
            vehicles=(vehicle(), vehicle("v2")),
            pins=(Hold(stop="s5", vehicle="v1"),),
            forbidden=(Hold(stop="s5", vehicle="v1"),),
        ),
        ReasonCode.HOLDS,
        RemedyCode.LIFT_HOLD,
        {"pins": 1, "forbidden": 1},
    ),
    (
        problem(stop(5), vehicles=(vehicle(max_distance_m=9_000),)),
        ReasonCode.TOO_FAR,
        RemedyCode.NEARER_DEPOT,
        {"distance_m": 10_000, "limit": 9_000},
    ),
    (
        problem(stop(5), vehicles=SHORT),
        ReasonCode.SHIFT_TOO_SHORT,
        RemedyCode.LENGTHEN_SHIFT,
        {"needed_s": 1_260, "missing_s": 260},
    ),
    (
        problem(windowed(0, EIGHT)),
        ReasonCode.WINDOW_TOO_EARLY,
        RemedyCode.WIDEN_WINDOW,
        {"earliest_s": EIGHT + 600, "closes_s": EIGHT, "late_s": 600},
    ),
    (
        problem(windowed(16 * 3_600, 17 * 3_600)),
        ReasonCode.WINDOW_TOO_LATE,
        RemedyCode.WIDEN_WINDOW,
        {"opens_s": 57_600, "latest_s": 56_940, "short_s": 660},
    ),
    (
        problem(stop(5, max_time_in_heat_s=599)),
        ReasonCode.HEAT,
        RemedyCode.ADD_COOL_BOX,
        {"needed_s": 600, "limit": 599},
    ),
]


@pytest.mark.parametrize(
    ("some", "code", "remedy", "params"), CASES, ids=[each[1].name for each in CASES]
)
def test_the_reason_names_the_rule_with_its_figures(
    some: RoutingProblem, code: ReasonCode, remedy: RemedyCode, params: dict[str, Any]
) -> None:
    told = reason(some)
    assert (told.code, told.params) == (code, params)
    assert remedy in {each.code for each in told.remedies}


def test_rules_that_exclude_only_together_are_named_together() -> None:
    fleet = (vehicle("v1", capacity_g=500), vehicle("v2", has_cool_box=False))
    cold = (vehicle("v1", capacity_g=500, has_cool_box=True), fleet[1])
    told = reason(problem(stop(5, needs_cool_box=True), vehicles=cold))
    assert told.code is ReasonCode.RULES_TOGETHER
    assert told.params == {"rules": ["unserved.too_heavy", "unserved.no_cool_box"]}
    assert {each.code for each in told.remedies} >= {
        RemedyCode.LARGER_VEHICLE,
        RemedyCode.ADD_COOL_BOX,
    }


def test_one_good_place_is_enough() -> None:
    options = (Option(place="p5"), Option(place="p6"))
    assert unservable(problem(stop(5, options=options), travel=no_way())) == {}


def test_what_is_lacking_in_the_plan_is_named_and_would_help() -> None:
    heavy = [stop(n, weight_g=6_000) for n in (1, 2)]
    some = problem(*heavy)
    (left,) = solve(some, seconds=None, iterations=5).unserved
    assert left.reasons[0].code is ReasonCode.CAPACITY_EXHAUSTED
    assert RemedyCode.ADD_TRIP in {each.code for each in left.reasons[0].remedies}
    helped = replace(some, vehicles=(vehicle(max_trips=2),))
    assert solve(helped, seconds=None, iterations=5).unserved == ()


def test_a_full_day_is_told_from_a_full_vehicle() -> None:
    slow = [stop(n, service_s=5 * 3_600) for n in (1, 2)]
    (left,) = solve(problem(*slow), seconds=None, iterations=5).unserved
    assert left.reasons[0].code is ReasonCode.TIME_EXHAUSTED
    long_way = [stop(11, max_time_in_heat_s=1_320), stop(12, max_time_in_heat_s=1_440)]
    some = problem(*long_way, vehicles=(vehicle(max_distance_m=24_000, max_trips=2),))
    (left,) = solve(some, seconds=None, iterations=5).unserved
    assert left.reasons[0].code is ReasonCode.DISTANCE_EXHAUSTED


def test_a_stop_that_would_fit_is_said_to_fit() -> None:
    some = problem(stop(1), stop(2))
    plan = solve(some, seconds=None, iterations=5)
    (left, other) = explain_unserved(some, replace(plan, routes=()))
    assert left.reasons[0].code is other.reasons[0].code is ReasonCode.NOT_FOUND
    assert left.reasons[0].remedies[0].code is RemedyCode.INSERT_BY_HAND


def test_values_are_plain() -> None:
    told = reason(problem(stop(5, max_time_in_heat_s=599)))
    assert not any(isinstance(value, np.generic) for value in told.params.values())


def test_every_code_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [code for code in (*ReasonCode, *RemedyCode) if f"`{code.value}`" not in text] == []


def test_a_home_without_coordinates_is_not_told_that_no_road_leads_there() -> None:
    nowhere = (Place(id="p5", lat=None, lon=None),)
    some = problem(stop(5), places=nowhere, travel=replace(no_way(), source="roads"))
    [reason] = unservable(some)["s5"]
    assert (reason.code, reason.params) == (ReasonCode.NO_COORDINATES, {"places": ["p5"]})


def test_a_reason_that_there_was_no_time_to_find_is_not_claimed() -> None:
    some = problem(stop(1), stop(2), vehicles=(vehicle("v1", MONDAY, capacity_g=1_000),))
    tours = Tours(Survey(some))
    tours.put(next(tours.fitting(0)))
    full = crowded_out(tours, 1)
    assert full.code == ReasonCode.CAPACITY_EXHAUSTED
    for num_answers in range(4):
        answers = iter([True] * num_answers)
        hasty = crowded_out(tours, 1, keep_on=lambda answers=answers: next(answers, False))  # type: ignore[misc]
        assert hasty.code == ReasonCode.NOT_FOUND
        assert [each.code for each in hasty.remedies] == [
            RemedyCode.PLAN_LONGER,
            RemedyCode.ADD_VEHICLE,
        ]
