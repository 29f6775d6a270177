from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from logistics.distance import Point
from logistics.roads import RoadFileError, read_graphml, road_matrix, snap
from logistics.solve import solve
from tests.logistics.problems import problem, stop

BALIKPAPAN = Path(__file__).parents[2] / "../shared/data/road/balikpapan_kota.graphml"


@pytest.fixture
def square(tmp_path: Path) -> Path:
    """Corners a b c d; a to b is one-way and doubled; e hangs on a dead end that leads nowhere."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for name, (x, y) in {"a": (0, 0), "b": (0.01, 0), "c": (0.01, 0.01), "d": (0, 0.01)}.items():
        graph.add_node(name, x=x, y=y)
    graph.add_node("e", x=0.02, y=0.0)
    graph.add_edge("a", "b", length=1_000, highway="residential")
    graph.add_edge("a", "b", length=9_000, highway="residential")
    for tail, head in (("b", "c"), ("c", "d"), ("d", "a")):
        graph.add_edge(tail, head, length=1_000, highway="['primary', 'residential']")
    graph.add_edge("b", "e", length=10, highway="residential")
    nx.write_graphml(graph, tmp_path / "square.graphml")
    return tmp_path / "square.graphml"


def test_ways_follow_one_way_streets_and_the_shortest_of_doubled_ones(square: Path) -> None:
    network = read_graphml(square, as_of="2026-01-01")
    assert (network.lat.size, network.num_nodes_left_out) == (4, 1)
    points = [Point("A", 0, 0), Point("B", 0, 0.01)]
    travel = road_matrix(network, points, factors={"car": 1.0, "motorcycle": 2.0})
    assert travel.legs(points, "car").distance_m.tolist() == [[0, 1_000], [3_000, 0]]
    assert travel.legs(points, "car").duration_s.tolist() == [[0, 180], [270, 0]]
    assert travel.legs(points, "motorcycle").duration_s.tolist() == [[0, 90], [135, 0]]
    assert (travel.source, travel.as_of) == ("roads", "2026-01-01")


def test_a_point_far_from_every_road_has_no_way(square: Path) -> None:
    network = read_graphml(square)
    points = [Point("A", 0, 0), Point("far", 0.5, 0.5), Point("none", None, None)]
    assert [each.node for each in snap(network, points)] == [0, -1, -1]
    legs = road_matrix(network, points).legs(points, "car")
    assert legs.distance_m[0].tolist() == [0, -1, -1]


def test_a_plan_says_that_it_drove_on_roads(square: Path) -> None:
    points = [Point("d", 0, 0), Point("p1", 0, 0.01), Point("p2", 0.5, 0.5)]
    some = problem(stop(1), stop(2), travel=road_matrix(read_graphml(square), points))
    plan = solve(some, seconds=None, iterations=1)
    assert (plan.distance_source, plan.distance_m) == ("roads", 4_000)
    assert plan.unserved[0].reasons[0].code == "unserved.unreachable"


def test_a_file_that_is_no_road_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.graphml").write_text("<nothing", encoding="utf-8")
    with pytest.raises(RoadFileError, match=r"roads\.not_graphml"):
        read_graphml(tmp_path / "x.graphml")
    nx.write_graphml(nx.DiGraph([("a", "b"), ("b", "a")]), tmp_path / "y.graphml")
    with pytest.raises(RoadFileError, match=r"roads\.no_coordinates"):
        read_graphml(tmp_path / "y.graphml")
    nx.write_graphml(nx.empty_graph(2, nx.DiGraph), tmp_path / "z.graphml")
    with pytest.raises(RoadFileError, match=r"roads\.no_edges"):
        read_graphml(tmp_path / "z.graphml")


@pytest.mark.skipif(not BALIKPAPAN.exists(), reason="no road network here")
def test_ways_in_a_real_town_agree_with_networkx() -> None:
    network = read_graphml(BALIKPAPAN)
    rows = np.random.default_rng(3).choice(network.lat.size, 12, replace=False)
    points = [Point(str(r), float(network.lat[r]), float(network.lon[r])) for r in rows]
    legs = road_matrix(network, points, factors={"car": 1.0}).legs(points, "car")
    graph: nx.DiGraph[int] = nx.DiGraph()
    times = network.length_m / (network.speed_km_per_h / 3.6)
    for tail, head, time in zip(network.tail, network.head, times, strict=True):
        known = graph.get_edge_data(tail, head, {"weight": np.inf})["weight"]
        graph.add_edge(tail, head, weight=min(known, time))
    for at, row in enumerate(rows):
        reached = nx.single_source_dijkstra_path_length(graph, row)
        expected = [reached[other] for other in rows]
        assert np.abs(legs.duration_s[at] - expected).max() <= 1
    assert replace(network, as_of="2026").as_of == "2026"
