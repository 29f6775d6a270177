from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from logistics.check import ViolationCode
from logistics.distance import DetourBand, GivenMatrix, GreatCircle
from logistics.faults import FaultCode
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
    Window,
)
from tests.logistics.problems import EIGHT, FOUR, MONDAY, NOON, TUESDAY, problem, stop, vehicle

DOCS = Path(__file__).parents[2] / "docs" / "routing.md"
SOUND = problem(stop(1))


def sound_but(**changes: Any) -> RoutingProblem:
    return replace(SOUND, **changes)


def shifts(*hours: tuple[int, int]) -> tuple[Shift, ...]:
    return tuple(Shift(day=MONDAY, starts_s=a, ends_s=b) for a, b in hours)


MATRIX = GivenMatrix(
    ("d",), {"": np.zeros((2, 2), dtype=np.int64)}, {"": np.zeros((1, 1), dtype=np.int64)}
)
REST = Break(earliest_s=NOON, latest_s=NOON, duration_s=900)


def broken(*breaks: Break) -> RoutingProblem:
    shift = Shift(day=MONDAY, starts_s=EIGHT, ends_s=FOUR, breaks=breaks)
    return sound_but(vehicles=(vehicle(shifts=(shift,)),))


FAULTY = [
    (FaultCode.NO_DAYS, sound_but(days=())),
    (FaultCode.DUPLICATE_DAY, sound_but(days=(MONDAY, MONDAY))),
    (FaultCode.DUPLICATE_ID, sound_but(stops=(stop(1), stop(1)))),
    (FaultCode.DUPLICATE_ID, sound_but(places=(*SOUND.places, Place(id="d", lat=0.0, lon=0.0)))),
    (FaultCode.EMPTY_ID, sound_but(stops=(stop(1, id=" "),))),
    (FaultCode.UNKNOWN_DEPOT, sound_but(vehicles=(vehicle(depot="x"),))),
    (FaultCode.UNKNOWN_PLACE, sound_but(stops=(stop(99),))),
    (FaultCode.UNKNOWN_IN_HOLD, sound_but(pins=(Hold(stop="x", day=MONDAY),))),
    (FaultCode.UNKNOWN_IN_HOLD, sound_but(pins=(Hold(stop="s1", vehicle="x"),))),
    (FaultCode.EMPTY_HOLD, sound_but(forbidden=(Hold(stop="s1"),))),
    (FaultCode.DAY_NOT_PLANNED, sound_but(pins=(Hold(stop="s1", day=TUESDAY),))),
    (FaultCode.NEGATIVE_NUMBER, sound_but(stops=(stop(1, weight_g=-1),))),
    (FaultCode.TOO_LARGE_NUMBER, sound_but(stops=(stop(1, weight_g=1 << 41),))),
    (FaultCode.BAD_HOURS, sound_but(stops=(stop(1, windows=(Window(opens_s=2, closes_s=1),)),))),
    (FaultCode.BAD_HOURS, sound_but(vehicles=(vehicle(shifts=shifts((FOUR, EIGHT))),))),
    (
        FaultCode.BAD_HOURS,
        sound_but(days=(MONDAY, TUESDAY), vehicles=(vehicle(shifts=shifts((EIGHT, 86_401))),)),
    ),
    (
        FaultCode.OVERLAPPING_SHIFTS,
        sound_but(vehicles=(vehicle(shifts=shifts((EIGHT, NOON), (NOON - 1, FOUR))),)),
    ),
    (FaultCode.BAD_LIMIT, sound_but(vehicles=(vehicle(max_trips=0),))),
    (FaultCode.BAD_SPEED, sound_but(vehicles=(vehicle(speed_factor=0.0),))),
    (FaultCode.BAD_SPEED, sound_but(travel=GreatCircle(speeds_m_per_h={"motorcycle": 1}))),
    (FaultCode.HALF_COORDINATES, sound_but(places=(Place(id="p1", lat=1.0, lon=None),))),
    (
        FaultCode.DUPLICATE_OPTION,
        sound_but(stops=(stop(1, options=(Option(place="p1"), Option(place="p1"))),)),
    ),
    (FaultCode.BAD_BREAK, broken(Break(earliest_s=NOON, latest_s=NOON - 1, duration_s=60))),
    (FaultCode.BAD_BREAK, broken(Break(earliest_s=NOON, latest_s=NOON, duration_s=0))),
    (FaultCode.BAD_BREAK, broken(*[REST] * 2)),
    (
        FaultCode.BAD_BREAK,
        broken(*(replace(REST, earliest_s=n * 900, latest_s=n * 900) for n in range(5))),
    ),
    (FaultCode.BAD_SOURCE, sound_but(stops=(stop(1, source="ghost"),))),
    (FaultCode.BAD_SOURCE, sound_but(stops=(stop(1, source="s2"), stop(2)))),
    (
        FaultCode.BAD_SOURCE,
        sound_but(stops=(stop(1, source="s2", is_pickup=True), stop(2, is_pickup=True))),
    ),
    (FaultCode.BAD_SOURCE, sound_but(stops=(stop(1, is_pickup=True, max_time_in_heat_s=60),))),
    (
        FaultCode.SOURCE_TOO_SMALL,
        sound_but(
            stops=(
                stop(1, source="s2", weight_g=600),
                stop(3, source="s2", weight_g=600),
                stop(2, is_pickup=True, weight_g=1_000, volume_ml=9_000),
            )
        ),
    ),
    (FaultCode.UNKNOWN_IN_CLOSURE, sound_but(closures=(Closure(places=("ghost",)),))),
    *(
        (
            FaultCode.BAD_PAIR,
            sound_but(
                stops=(stop(1, household="K1"), stop(2, household="K1")),
                forbidden_pairs=(Pair(stop="s1", other=other),),
            ),
        )
        for other in ("ghost", "s1", "s2")
    ),
    (
        FaultCode.BAD_PAIR,
        sound_but(
            stops=(stop(1, source="s2"), stop(2, is_pickup=True)),
            forbidden_pairs=(Pair(stop="s1", other="s2"),),
        ),
    ),
    (FaultCode.NEGATIVE_NUMBER, sound_but(closures=(Closure(places=("p1",), extra_m=-1),))),
    (FaultCode.NEGATIVE_NUMBER, sound_but(walk_rp_per_km=-1)),
    (FaultCode.NEGATIVE_NUMBER, sound_but(stops=(stop(1, max_walk_m=-1),))),
    (FaultCode.BAD_PRIORITY, sound_but(stops=(stop(1, priority=0),))),
    (FaultCode.BAD_MATRIX, sound_but(travel=MATRIX)),
    (FaultCode.BAD_BANDS, sound_but(travel=GreatCircle(bands=(DetourBand(500, 1.3),)))),
    (FaultCode.BAD_BANDS, sound_but(travel=GreatCircle(bands=(DetourBand(None, 0.9),)))),
    (
        FaultCode.DEPOT_WITHOUT_COORDINATES,
        sound_but(depots=(Depot(id="d", lat=None, lon=None),), travel=GreatCircle()),
    ),
]


def test_a_sound_problem_has_no_fault() -> None:
    assert SOUND.validate() == []
    touching = vehicle(shifts=shifts((EIGHT, NOON), (NOON, FOUR)))
    assert sound_but(vehicles=(touching,)).validate() == []


@pytest.mark.parametrize(
    ("code", "some"), FAULTY, ids=[f"{n}-{each[0].name}" for n, each in enumerate(FAULTY)]
)
def test_a_fault_is_named(code: FaultCode, some: RoutingProblem) -> None:
    assert {fault.code for fault in some.validate()} == {code}


def test_all_faults_are_found_together_in_the_order_of_their_numbers() -> None:
    bad = sound_but(days=(), stops=(stop(99, weight_g=-1, priority=10),))
    told = [fault.code for fault in bad.validate()]
    assert told == [
        FaultCode.NO_DAYS,
        FaultCode.UNKNOWN_PLACE,
        FaultCode.NEGATIVE_NUMBER,
        FaultCode.BAD_PRIORITY,
    ]
    assert str(bad.validate()[0]).startswith("R001 NO_DAYS")


def test_every_number_is_tried_above_and_documented() -> None:
    assert set(FaultCode) == {code for code, _ in FAULTY}
    text = DOCS.read_text(encoding="utf-8")
    codes = [*FaultCode, *ViolationCode]
    assert [code for code in codes if f"`{code.value}`" not in text] == []


def test_the_hash_hangs_on_content_and_not_on_order() -> None:
    first = problem(stop(1), stop(2))
    assert first.problem_hash == problem(stop(2), stop(1)).problem_hash
    assert first.problem_hash == replace(first, name="other").problem_hash
    assert first.problem_hash != problem(stop(1), stop(2, weight_g=1_001)).problem_hash
