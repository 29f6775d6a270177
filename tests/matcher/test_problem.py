from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matcher.faults import Fault, FaultCode, InvalidProblemError
from matcher.solve import solve
from tests.matcher.months import month

FULL = {"bans": [], "conflicts": [], "kept": [], "sponsor": [0, 1, 2], "standby": [False] * 3}


def found(**changes: Any) -> list[FaultCode]:
    problem = month(1, children=4, pledges=3, **{**FULL, **changes})
    return [fault.code for fault in problem.validate()]


def test_sound_month_has_no_faults() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"month": "2026-13"}, FaultCode.BAD_MONTH),
        ({"tier": [1, 1, 1]}, FaultCode.COLUMN_LENGTH),
        ({"accepted_start": [0, 0]}, FaultCode.COLUMN_LENGTH),
        ({"child_ids": ("a", "a", "b", "c")}, FaultCode.DUPLICATE_ID),
        ({"pledge_ids": ("a", "", "b")}, FaultCode.EMPTY_ID),
        ({"child_lat": [0, np.nan, 0, 0]}, FaultCode.BAD_COORDINATES),
        ({"pledge_lon": [0, 181, 0]}, FaultCode.BAD_COORDINATES),
        ({"tier": [1, 0, 1, 1]}, FaultCode.BAD_TIER),
        ({"tier": [1, 300, 1, 1]}, FaultCode.BAD_TIER),
        ({"points": [0, 1001, 0, 0]}, FaultCode.BAD_POINTS),
        ({"points": [0, 0.5, 0, 0]}, FaultCode.BAD_POINTS),
        ({"points": [0, 2**40, 0, 0]}, FaultCode.BAD_POINTS),
        ({"months_waiting": [0, -1, 0, 0]}, FaultCode.BAD_MONTHS_WAITING),
        ({"kelurahan": [0, 3, 0, 0]}, FaultCode.UNKNOWN_KELURAHAN),
        ({"pledge_kelurahan": [-2, 0, 0]}, FaultCode.UNKNOWN_KELURAHAN),
        ({"kelurahan_kecamatan": [0, 9, 0]}, FaultCode.UNKNOWN_KECAMATAN),
        ({"sponsor": [0, 9, 0]}, FaultCode.UNKNOWN_SPONSOR),
        ({"capacity": [1, -1, 1]}, FaultCode.BAD_CAPACITY),
        ({"accepted_start": [0, 0, 0, 1], "accepted_kelurahan": [7]}, FaultCode.BAD_AREAS),
        ({"accepted_start": [0, 2, 1, 1], "accepted_kelurahan": [0]}, FaultCode.BAD_AREAS),
        ({"goods": [4, 0, 0]}, FaultCode.UNKNOWN_GOOD),
        ({"good_ids": tuple(f"g{bit}" for bit in range(65))}, FaultCode.UNKNOWN_GOOD),
        ({"kept": [(0, 9)]}, FaultCode.UNKNOWN_IN_PAIR),
        ({"conflicts": [(9, 0)]}, FaultCode.UNKNOWN_IN_PAIR),
        ({"kept": [(0, 0), (0, 1)]}, FaultCode.CHILD_KEPT_TWICE),
    ],
)
def test_each_fault_is_found(changes: dict[str, Any], code: FaultCode) -> None:
    assert code in found(**changes)


OPEN: dict[str, Any] = {
    "capacity": [1, 1, 1],
    "goods": [0, 0, 0],
    "accepted_start": [0, 0, 0, 0],
    "accepted_kelurahan": [],
}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"pins": [(0, 0), (0, 1)]}, FaultCode.CHILD_PINNED_TWICE),
        ({"pins": [(0, 0)], "bans": [(0, 0)]}, FaultCode.PIN_IS_BANNED),
        ({"pins": [(0, 0)], "conflicts": [(0, 0)]}, FaultCode.PIN_IN_CONFLICT),
        (
            {
                "pins": [(0, 0)],
                "kelurahan": [1, 1, 1, 1],
                "accepted_start": [0, 1, 1, 1],
                "accepted_kelurahan": [0],
            },
            FaultCode.PIN_OUTSIDE_AREA,
        ),
        (
            {"pins": [(0, 0)], "goods": [1, 0, 0], "forbidden_goods": [3, 0, 0, 0]},
            FaultCode.PIN_FORBIDDEN_GOODS,
        ),
        ({"pins": [(0, 0), (1, 0)]}, FaultCode.PIN_OVER_CAPACITY),
    ],
)
def test_pins_that_cannot_be_kept_are_found(changes: dict[str, Any], code: FaultCode) -> None:
    assert found(**{**OPEN, "pins": [(0, 0)]}) == []
    assert found(**{**OPEN, **changes}) == [code]


def test_all_faults_are_reported_together_and_named() -> None:
    problem = month(1, children=4, pledges=3, month="now", tier=[0, 1, 1, 1], capacity=[1, -1, 1])
    with pytest.raises(InvalidProblemError) as refused:
        solve(problem)
    codes = [fault.code for fault in refused.value.faults]
    assert codes == [FaultCode.BAD_MONTH, FaultCode.BAD_TIER, FaultCode.BAD_CAPACITY]
    assert "M012 BAD_CAPACITY: column=capacity" in str(refused.value)
    assert str(Fault(FaultCode.BAD_MONTH, {"month": "now"})) == "M001 BAD_MONTH: month=now"


def test_columns_are_read_only_and_the_givers_array_is_not() -> None:
    tier = np.ones(4, dtype=np.int8)
    problem = month(1, children=4, pledges=3, tier=tier)
    with pytest.raises(ValueError, match="read-only"):
        problem.tier[0] = 2
    tier[0] = 2


def test_hash_changes_with_every_column() -> None:
    problem = month(1, children=4, pledges=3)
    changes: list[dict[str, Any]] = [
        {"month": "2027-01"},
        {"tier": problem.tier + 1},
        {"points": problem.points + 1},
        {"months_waiting": problem.months_waiting + 1},
        {"household": [0, 0, 1, 2]},
        {"child_lat": problem.child_lat + 1e-9},
        {"forbidden_goods": problem.forbidden_goods ^ np.uint64(1)},
        {"capacity": problem.capacity + 1},
        {"goods": problem.goods ^ np.uint64(1)},
        {"standby": ~problem.standby},
        {"pledge_kelurahan": [-1, -1, -1]},
        {"accepted_start": [0, 0, 0, 1], "accepted_kelurahan": [1]},
        {"kept": [(3, 2)]},
        {"pins": [(3, 2)]},
        {"bans": [(3, 2)]},
        {"conflicts": [(3, 1)]},
        {"good_ids": ("telur", "madu")},
        {"kelurahan": (problem.kelurahan + 1) % 3},
        {"kelurahan_kecamatan": [1, 1, 0]},
        {"sponsor": (problem.sponsor + 1) % 3},
    ]
    hashes = {problem.with_columns(**change).problem_hash() for change in changes}
    assert len(hashes | {problem.problem_hash()}) == len(changes) + 1


def test_distance_is_the_great_circle_in_hectometres() -> None:
    lat = [-2.13, -2.13, 0.0]
    lon = [106.1, 106.2, 95.0]
    problem = month(1, children=3, pledges=1, child_lat=lat, child_lon=lon)
    there = problem.with_columns(pledge_lat=[-2.13], pledge_lon=[106.1])
    found_hm = there.distance_hm(np.arange(3), np.zeros(3, dtype=np.int64))
    phi, lam = np.radians(lat), np.radians(lon)
    cosine = np.sin(phi) * np.sin(phi[0])
    cosine += np.cos(phi) * np.cos(phi[0]) * np.cos(lam - lam[0])
    expected = np.rint(np.arccos(np.clip(cosine, -1, 1)) * 63_710.088)
    assert found_hm.tolist() == expected.tolist()
    assert found_hm[0] == 0


def test_faults_of_every_kind_that_can_stand_together_are_reported_at_once() -> None:
    changes: dict[str, Any] = {
        **FULL,
        "month": "soon",
        "child_ids": ("a", "a", "", "c"),
        "child_lat": [0, np.nan, 0, 0],
        "tier": [0, 1, 1, 1],
        "points": [0, -1, 2**40, 0],
        "months_waiting": [0, -1, 0, 0],
        "kelurahan": [0, 9, 0, 0],
        "kelurahan_kecamatan": [0, 9, 0],
        "capacity": [1, -1, 2**40],
        "goods": [4, 0, 0],
        "kept": [(0, 9)],
    }
    problem = month(1, children=4, pledges=3, **changes)
    with pytest.raises(InvalidProblemError) as refused:
        solve(problem)
    found = [fault.code.value for fault in refused.value.faults]
    assert found == sorted(found)
    assert set(found) == {
        "M001", "M003", "M004", "M005", "M006", "M007", "M008", "M009", "M010", "M012", "M014",
        "M015",
    }  # fmt: skip


def test_pins_that_contradict_are_told_beside_pairs_that_name_nobody_and_broken_areas() -> None:
    problem = month(0, children=8, pledges=4, areas=0.0)
    faulty = problem.with_columns(
        kept=[(99, 0)], pins=[(1, 2), (2, 3), (3, 77)], bans=[(1, 2), (55, 1)],
        capacity=[5, 5, 5, 0], accepted_start=[0, 1, 1, 1, 1], accepted_kelurahan=[88],
    )  # fmt: skip
    codes = [fault.code.name for fault in faulty.validate()]
    assert codes == [
        "BAD_AREAS", *["UNKNOWN_IN_PAIR"] * 3, "PIN_IS_BANNED", "PIN_OVER_CAPACITY"
    ]  # fmt: skip
