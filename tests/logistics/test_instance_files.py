from pathlib import Path

import pytest

from logistics.files import FileFormatError
from logistics.instance import NO_LIMIT, Solution, Tour
from logistics.instance_check import check_solution
from logistics.instance_files import (
    parse_instance,
    read_instance,
    read_solution,
    solution_text,
    told_cost,
    write_solution,
)

VRP = Path(__file__).parents[2] / "../shared/data/vrp"
SMALL = """NAME : tiny
COMMENT : (with: colons)
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
4 -3 -4
DEMAND_SECTION
1 0
2 5
3 5
4 6
DEPOT_SECTION
1
-1
EOF
"""
SOLOMON = """tiny

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE TIME

    0      0         0          0          0        100          0
    1      2         2          5          0         50         10
    2      4         4          5         30         50         10
"""


def with_lines(*lines: str, family: str = "CVRP", without: str = "") -> str:
    """Return the small file with more lines before its depots."""
    text = SMALL.replace("TYPE : CVRP", f"TYPE : {family}").replace(without, "")
    return text.replace("DEPOT_SECTION", "\n".join([*lines, "DEPOT_SECTION"]))


def test_a_plain_file_has_a_vehicle_for_each_client() -> None:
    some = parse_instance(SMALL)
    assert (some.name, some.family, some.rounding, some.divisor) == ("tiny", "CVRP", "nearest", 1)
    assert some.num_vehicles == some.num_clients == 3
    assert some.ways([0], [1, 2, 3]).tolist() == [[5, 10, 5]]
    assert some.opens is None
    assert some.fleets[0].capacity == 10


def test_a_solomon_file_keeps_its_windows_and_is_cut_to_tenths() -> None:
    some = parse_instance(SOLOMON)
    assert (some.num_vehicles, some.divisor) == (2, 10)
    assert some.closes is not None
    assert some.closes.tolist() == [1_000, 500, 500]
    assert some.ways([0], [1, 2]).tolist() == [[28, 56]]


@pytest.mark.parametrize(
    ("rounding", "expected"), [("nearest", 3), ("dimacs", 28), ("none", 2_828)]
)
def test_ways_are_rounded_as_asked(rounding: str, expected: int) -> None:
    assert parse_instance(SOLOMON, rounding=rounding).ways([0], [1])[0, 0] == expected


@pytest.mark.parametrize(
    ("form", "weights"),
    [
        ("FULL_MATRIX", "0 5 10 5\n5 0 5 10\n10 5 0 15\n5 10 15 0"),
        ("LOWER_ROW", "5\n10 5\n5 10 15"),
        ("LOWER_DIAG_ROW", "0\n5 0\n10 5 0\n5 10 15 0"),
        ("UPPER_ROW", "5 10 5\n5 10\n15"),
        ("UPPER_DIAG_ROW", "0 5 10 5\n0 5 10\n0 15\n0"),
        ("LOWER_COL", "5 10 5\n5 10\n15"),
        ("UPPER_COL", "5\n10 5\n5 10 15"),
    ],
)
def test_explicit_ways_are_read(form: str, weights: str) -> None:
    head, tail = SMALL.split("NODE_COORD_SECTION")
    text = head.replace("EUC_2D", f"EXPLICIT\nEDGE_WEIGHT_FORMAT : {form}")
    text += f"EDGE_WEIGHT_SECTION\n{weights}\nDEMAND_SECTION" + tail.split("DEMAND_SECTION")[1]
    whole = parse_instance(text).ways(range(4), range(4))
    assert whole.tolist() == [[0, 5, 10, 5], [5, 0, 5, 10], [10, 5, 0, 15], [5, 10, 15, 0]]


def test_fleets_of_one_file_are_vehicles_that_are_alike() -> None:
    text = with_lines(
        "CAPACITY_SECTION\n1 6\n2 12\n3 6",
        "VEHICLES_FIXED_COST_SECTION\n1 700\n2 900\n3 700",
        "VEHICLES_UNIT_DISTANCE_COST_SECTION\n1 80\n2 100\n3 80",
        family="HFVRP",
        without="CAPACITY : 10\n",
    )
    small, large = parse_instance(text).fleets
    assert (small.vehicles, small.capacity, small.unit_cost) == ((0, 2), 6, 80)
    assert (small.fixed_cost, large.fixed_cost) == (700_000, 900_000)
    assert large.vehicles == (1,)
    assert parse_instance(text).divisor == 100_000


def test_limits_trips_prizes_groups_releases_and_allowed_clients_are_read() -> None:
    text = with_lines(
        "VEHICLES : 2",
        "VEHICLES_MAX_DURATION : 90",
        "DISTANCE : 80",
        "VEHICLES_RELOAD_DEPOT_SECTION\n1 1\n2 1",
        "VEHICLES_ALLOWED_CLIENTS_SECTION\n1 2 3\n2 2 3 4",
        "PRIZE_SECTION\n1 0\n2 9\n3 0\n4 0",
        "RELEASE_TIME_SECTION\n1 0\n2 7\n3 0\n4 0",
        "TIME_WINDOW_SECTION\n1 0 99\n2 0 99\n3 0 99\n4 0 99",
        "MUTUALLY_EXCLUSIVE_GROUP_SECTION\n1 3 4\n2 2",
        family="MTVRPTWR",
    )
    some = parse_instance(text)
    first, second = some.fleets
    assert (first.most_duration, first.most_way) == (900, 800)
    assert first.most_trips > 1
    assert first.allowed is not None
    assert first.allowed.tolist() == [False, True, True, False]
    assert second.allowed is not None
    assert second.allowed.tolist() == [False, True, True, True]
    assert some.prize.tolist() == [0, 90, 0, 0]
    assert some.release.tolist() == [0, 70, 0, 0]
    assert some.groups == ((2, 3),)


def test_several_depots_are_the_first_nodes() -> None:
    text = SMALL.replace("DEPOT_SECTION\n1\n", "DEPOT_SECTION\n1\n2\n")
    text = text.replace("DEMAND", "VEHICLES_DEPOT_SECTION\n1 1\n2 2\nDEMAND", 1)
    some = parse_instance(text)
    assert (some.num_depots, some.num_clients) == (2, 2)
    assert [fleet.depot for fleet in some.fleets] == [0, 1]


def test_a_limit_that_is_not_there_is_none() -> None:
    fleet = parse_instance(SMALL).fleets[0]
    assert (fleet.most_way, fleet.most_duration, fleet.most_trips) == (NO_LIMIT, NO_LIMIT, 1)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("hello", "line 1"),
        (SMALL.replace("CAPACITY : 10\n", ""), "CAPACITY"),
        (SMALL.replace("CAPACITY : 10", "CAPACITY : ten"), "line 6"),
        (SMALL.replace("DIMENSION : 4", "DIMENSION : four"), "line 4"),
        (SMALL.replace("DIMENSION : 4", "DIMENSION : -4"), "line 4"),
        (SMALL.replace("2 3 4\n", "2 3\n"), "line 9"),
        (SMALL.replace("2 3 4\n", ""), "NODE_COORD_SECTION"),
        (SMALL.replace("2 3 4\n", "2 3 x\n"), "line 9"),
        (SMALL.replace("2 3 4\n", "2 3 nan\n"), "line 9"),
        (SMALL.replace("2 3 4\n", "3 3 4\n"), "line 10"),
        (SMALL.replace("EUC_2D", "GEO"), "EDGE_WEIGHT_TYPE"),
        (SMALL.replace("CVRP", "CARP"), "TYPE"),
        (SMALL.replace("CVRP", "TSP"), "TYPE"),
        (SMALL.replace("CVRP", "VRPTW"), "TIME_WINDOW_SECTION"),
        (SMALL.replace("CVRP", "GVRP"), "MUTUALLY_EXCLUSIVE_GROUP_SECTION"),
        (SMALL.partition("DEMAND")[0], "DEMAND_SECTION"),
        (SMALL.partition("DEPOT")[0], "DEPOT_SECTION"),
        (SMALL.replace("DEPOT_SECTION\n1", "DEPOT_SECTION\n2"), "DEPOT_SECTION"),
        (SMALL.replace("4 6\n", "4 6.5\n"), "line 16"),
        (SMALL.replace("4 6\n", "4 -6\n"), "line 16"),
        (SMALL.replace("EOF", "PICKUP_SECTION\n1 2"), "line 20"),
        (with_lines("MUTUALLY_EXCLUSIVE_GROUP_SECTION\n1 1 2"), "line 18"),
        (with_lines("CAPACITY_SECTION\n1 6\n3 6"), "line 19"),
        (
            with_lines("VEHICLES : 1\nVEHICLES_RELOAD_DEPOT_SECTION\n1 2"),
            "VEHICLES_RELOAD_DEPOT_SECTION",
        ),
        (SOLOMON.replace("30         50         10", "30"), "line 12"),
        (SOLOMON.replace("30         50         10", "30  50  ten"), "line 12"),
        (SOLOMON.replace("30         50         10", "30  50  -9"), "line 12"),
        (SOLOMON.replace("5         30", "5.5       30"), "line 12"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(text: str, where: str) -> None:
    with pytest.raises(FileFormatError) as caught:
        parse_instance(text)
    assert caught.value.where == where


def test_a_file_that_is_no_text_and_an_unknown_rounding_are_told(tmp_path: Path) -> None:
    path = tmp_path / "some.vrp"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileFormatError, match="not_utf8"):
        read_instance(path)
    with pytest.raises(FileFormatError, match="unknown_rounding"):
        read_instance(path, rounding="up")


def test_a_solution_is_written_as_cvrplib_does_and_read_again(tmp_path: Path) -> None:
    some = parse_instance(SMALL)
    solution = Solution(tours=(Tour(0, ((1, 2),)), Tour(1, ((3,),))), cost=30)
    assert check_solution(some, solution) == []
    text = solution_text(some, solution)
    assert text == "Route #1: 1 2\nRoute #2: 3\nCost 30\n"
    write_solution(some, solution, tmp_path / "some.sol")
    again, cost = read_solution(tmp_path / "some.sol", some)
    assert (again.tours, cost) == (solution.tours, 30)


def test_trips_are_parted_by_the_depot_and_routes_follow_different_vehicles() -> None:
    text = with_lines(
        "VEHICLES : 2",
        "CAPACITY_SECTION\n1 6\n2 12",
        "VEHICLES_RELOAD_DEPOT_SECTION\n1 1\n2 1",
        without="CAPACITY : 10\n",
    )
    some = parse_instance(text)
    solution = Solution(tours=(Tour(1, ((1, 2), (3,))),), cost=30)
    assert check_solution(some, solution) == []
    assert solution_text(some, solution) == "Route #1:\nRoute #2: 1 2 0 3\nCost 30\n"


def test_a_cost_is_told_in_the_units_of_the_file() -> None:
    assert told_cost(parse_instance(SOLOMON), 1_125) == 112.5


@pytest.mark.skipif(not VRP.exists(), reason="no public instances here")
@pytest.mark.parametrize("path", sorted(VRP.glob("extra/*.vrp")), ids=lambda path: path.stem)
def test_best_known_solutions_stand_the_check_at_the_cost_told(path: Path) -> None:
    some = read_instance(path)
    solution, told = read_solution(path.with_suffix(".sol"), some)
    faults = check_solution(some, solution)
    assert [fault.code for fault in faults] == ["instance.wrong_cost"]
    assert told_cost(some, faults[0].values["counted"]) == pytest.approx(told, abs=0.01)


def test_a_section_may_have_a_space_before_its_colon() -> None:
    spaced = SMALL.replace("_SECTION\n", "_SECTION :\n")
    assert spaced.count("_SECTION :") == 3
    assert parse_instance(spaced).demand.tolist() == parse_instance(SMALL).demand.tolist()
