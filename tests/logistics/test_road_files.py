from pathlib import Path

import networkx as nx
import pytest

from logistics.distance import Point
from logistics.road_files import read_graphml
from logistics.roads import RoadFileError
from logistics.ways import Roads


@pytest.fixture
def square(tmp_path: Path) -> Path:
    """Corners a b c d; a to b is one-way and doubled; e hangs on a dead end that leads nowhere."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for name, (x, y) in {"a": (0, 0), "b": (0.01, 0), "c": (0.01, 0.01), "d": (0, 0.01)}.items():
        graph.add_node(name, x=x, y=y)
    graph.add_node("e", x=0.02, y=0.0)
    graph.add_edge("a", "b", length=1_000, highway="residential", name="['Jalan A', 'B']")
    graph.add_edge(
        "a", "b", length=9_000, highway="residential", geometry="LINESTRING (0 0, 0 -0.02, 0.01 0)"
    )
    for tail, head in (("b", "c"), ("c", "d"), ("d", "a")):
        graph.add_edge(tail, head, length=1_000, highway="['primary', 'residential']")
    graph.add_edge("b", "e", length=10, highway="residential")
    nx.write_graphml(graph, tmp_path / "square.graphml")
    return tmp_path / "square.graphml"


def test_ways_follow_one_way_streets_and_the_shorter_of_doubled_ones(square: Path) -> None:
    network = read_graphml(square, as_of="2026-01-01")
    assert (network.lat.size, network.num_nodes_left_out) == (4, 1)
    points = [Point("A", 0, 0), Point("B", 0, 0.01)]
    travel = Roads(network).matrix(points)
    assert travel.legs(points, "car").distance_m.tolist() == [[0, 1_000], [3_000, 0]]
    assert travel.legs(points, "car").duration_s.tolist() == [[0, 180], [270, 0]]
    assert (travel.source, travel.as_of) == ("roads", "2026-01-01")
    assert network.names == ("", "Jalan A")


def test_a_point_far_from_every_road_has_no_way(square: Path) -> None:
    roads = Roads(read_graphml(square))
    points = [Point("A", 0, 0), Point("far", 0.5, 0.5), Point("none", None, None)]
    assert [each.arc >= 0 for each in roads.snap(points, "car")] == [True, False, False]
    assert roads.matrix(points).legs(points, "car").distance_m[0].tolist() == [0, -1, -1]


def test_a_file_that_is_no_road_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.graphml").write_text("<nothing", encoding="utf-8")
    with pytest.raises(RoadFileError, match=r"roads\.not_graphml"):
        read_graphml(tmp_path / "x.graphml")
    nx.write_graphml(nx.DiGraph([("a", "b"), ("b", "a")]), tmp_path / "y.graphml")
    with pytest.raises(RoadFileError, match=r"roads\.no_coordinates"):
        read_graphml(tmp_path / "y.graphml")
    nx.write_graphml(nx.empty_graph(0, nx.DiGraph), tmp_path / "z.graphml")
    with pytest.raises(RoadFileError, match=r"roads\.no_roads"):
        read_graphml(tmp_path / "z.graphml")
