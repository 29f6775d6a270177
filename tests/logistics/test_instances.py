from pathlib import Path

import pytest

from logistics.check import check
from logistics.files import FileFormatError
from logistics.instances import read_instance, read_solution, write_solution
from logistics.solve import solve

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


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "instance.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_vrplib_file_is_planned_to_its_optimum(tmp_path: Path) -> None:
    some = read_instance(written(tmp_path, SMALL))
    assert some.validate() == []
    plan = solve(some, seconds=None, iterations=50)
    assert check(some, plan) == []
    assert plan.cost_rp == 30
    write_solution(plan, tmp_path / "tiny.sol")
    routes, cost = read_solution(tmp_path / "tiny.sol")
    assert sorted(map(sorted, routes)) == [["1", "2"], ["3"]]
    assert cost == 30


def test_a_solomon_file_keeps_its_windows_and_is_cut_to_tenths(tmp_path: Path) -> None:
    some = read_instance(written(tmp_path, SOLOMON))
    assert len(some.vehicles) == 2
    plan = solve(some, seconds=None, iterations=50)
    assert check(some, plan) == []
    assert plan.cost_rp == 28 + 28 + 56
    starts = {visit.stop: visit.start_s for route in plan.routes for visit in route.visits}
    assert starts["2"] >= 300
    write_solution(plan, tmp_path / "tiny.sol", scale=10)
    assert read_solution(tmp_path / "tiny.sol")[1] == 11.2


@pytest.mark.parametrize(
    ("form", "weights"),
    [
        ("FULL_MATRIX", "0 5 10 5\n5 0 5 10\n10 5 0 15\n5 10 15 0"),
        ("LOWER_ROW", "5\n10 5\n5 10 15"),
        ("LOWER_DIAG_ROW", "0\n5 0\n10 5 0\n5 10 15 0"),
        ("UPPER_ROW", "5 10 5\n5 10\n15"),
        ("UPPER_DIAG_ROW", "0 5 10 5\n0 5 10\n0 15\n0"),
    ],
)
def test_explicit_distances_are_read(tmp_path: Path, form: str, weights: str) -> None:
    head, tail = SMALL.split("NODE_COORD_SECTION")
    text = head.replace("EUC_2D", f"EXPLICIT\nEDGE_WEIGHT_FORMAT : {form}")
    text += f"EDGE_WEIGHT_SECTION\n{weights}\nDEMAND_SECTION" + tail.split("DEMAND_SECTION")[1]
    plan = solve(read_instance(written(tmp_path, text)), seconds=None, iterations=50)
    assert plan.cost_rp == 30


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("hello", "line 1"),
        (SMALL.replace("CAPACITY : 10\n", ""), "CAPACITY"),
        (SMALL.replace("2 3 4\n", "2 3\n"), "line 9"),
        (SMALL.replace("2 3 4\n", ""), "NODE_COORD_SECTION"),
        (SMALL.replace("2 3 4\n", "2 3 x\n"), "line 9"),
        (SMALL.replace("EUC_2D", "GEO"), "EDGE_WEIGHT_TYPE"),
        (SMALL.replace("DEPOT_SECTION\n1", "DEPOT_SECTION\n2"), "DEPOT_SECTION"),
        (SMALL.replace("EOF", "PICKUP_SECTION\n1 2"), "line 21"),
        (SOLOMON.replace("30         50         10", "30"), "line 12"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(FileFormatError) as caught:
        read_instance(written(tmp_path, text))
    assert caught.value.where == where


@pytest.mark.skipif(not VRP.exists(), reason="no public instances here")
def test_a_public_instance_comes_within_five_percent_at_once() -> None:
    some = read_instance(VRP / "X" / "X-n101-k25.vrp")
    plan = solve(some, seconds=None, iterations=2_500)
    assert check(some, plan) == []
    _, best = read_solution(VRP / "X" / "X-n101-k25.sol")
    assert best == 27_591
    assert best <= plan.cost_rp <= 1.05 * best
    windows = read_instance(VRP / "homberger" / "r1_2_1.txt")
    assert (len(windows.stops), len(windows.vehicles)) == (200, 50)
