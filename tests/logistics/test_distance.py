from math import radians

import numpy as np
import pytest

from logistics.distance import (
    EARTH_RADIUS_M,
    DetourBand,
    GivenMatrix,
    GreatCircle,
    Plane,
    Point,
    Travel,
    great_circle_m,
)

OFFICE = Point("office", -2.140913, 106.115919)
SELINDUNG = Point("selindung", -2.07831, 106.11381)
NOWHERE = Point("nowhere", None, None)


def test_a_degree_of_a_meridian_is_as_long_as_the_sphere_says() -> None:
    metres = great_circle_m([Point("a", 0, 0), Point("b", 1, 0)])
    assert metres[0, 1] == pytest.approx(EARTH_RADIUS_M * radians(1))


def test_the_city_hall_is_seven_kilometres_from_selindung() -> None:
    assert great_circle_m([OFFICE, SELINDUNG])[0, 1] == pytest.approx(7_000, rel=0.01)


@pytest.mark.parametrize(("straight_m", "factor"), [(490, 1.5), (510, 1.4), (5_000, 1.3)])
def test_the_detour_follows_the_band(straight_m: float, factor: float) -> None:
    bands = (DetourBand(500, 1.5), DetourBand(1_000, 1.4), DetourBand(None, 1.3))
    travel = GreatCircle(bands, {"motorcycle": 36_000})
    lat = straight_m / (EARTH_RADIUS_M * radians(1))
    legs = travel.legs([Point("a", 0, 0), Point("b", lat, 0)], "motorcycle")
    assert legs.distance_m[0, 1] == round(straight_m * factor)
    assert legs.duration_s[0, 1] == round(straight_m * factor / 10)


def test_a_point_without_coordinates_has_no_way() -> None:
    legs = GreatCircle().legs([OFFICE, NOWHERE], "pickup")
    assert legs.distance_m.tolist() == [[0, -1], [-1, 0]]
    assert legs.duration_s.tolist() == [[0, -1], [-1, 0]]


def test_a_given_matrix_answers_by_id_and_kind() -> None:
    metres = np.array([[0, 5], [7, 0]])
    travel = GivenMatrix(("b", "a"), {"": metres}, {"": metres * 2, "boat": metres * 9})
    points = [Point("a", None, None), Point("b", None, None), Point("c", None, None)]
    legs = travel.legs(points, "motorcycle")
    assert legs.distance_m.tolist() == [[0, 7, -1], [5, 0, -1], [-1, -1, 0]]
    assert travel.legs(points, "boat").duration_s[0, 1] == 63


@pytest.mark.parametrize(
    ("rounding", "expected"), [("nearest", 3), ("dimacs", 28), ("none", 2_828)]
)
def test_the_plane_rounds_as_the_literature_does(rounding: str, expected: int) -> None:
    travel = Plane({"a": (0, 0), "b": (2, 2)}, rounding)
    legs = travel.legs([Point("a", None, None), Point("b", None, None)], "car")
    assert legs.distance_m[0, 1] == legs.duration_s[1, 0] == expected


def test_all_sources_speak_the_protocol() -> None:
    sources = [GreatCircle(), GivenMatrix((), {}, {}), Plane({})]
    assert all(isinstance(source, Travel) for source in sources)


@pytest.mark.parametrize(
    "travel",
    [
        GreatCircle(),
        *(
            Plane({"d": (0.0, 0.0), "p1": (3.0, 4.0), "p2": (1.5, 2.25)}, rounding=how)
            for how in ("nearest", "dimacs", "none")
        ),
    ],
)
def test_formulas_say_what_tables_say(travel: GreatCircle | Plane) -> None:
    points = [
        Point("d", 0.0, 0.0),
        Point("p1", 0.1, 0.2),
        Point("p2", 0.3, 0.0),
        Point("x", None, None),
    ]
    table = travel.legs(points, "pickup")
    for formula, expected in zip(
        travel.formulas(points, "pickup"), (table.distance_m, table.duration_s), strict=True
    ):
        assert len(formula) == 4
        assert formula.table().tolist() == expected.tolist()
        assert [[formula[a, b] for b in range(4)] for a in range(4)] == expected.tolist()
        assert formula[0, [1, 3]].tolist() == expected[0, [1, 3]].tolist()
