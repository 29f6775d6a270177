from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.directions import polyline, steps_of
from logistics.distance import Point
from logistics.road_engines import has_hierarchies
from logistics.road_files import read_roads
from logistics.road_rules import LEFT_S, RIGHT_S, U_TURN_S
from logistics.road_survey import survey
from logistics.snapping import arcs_near
from logistics.solve import solve
from logistics.turns import turns_of
from logistics.ways import Roads, Way
from tests.logistics.problems import problem, stop
from tests.logistics.road_maps import STEP_DEG, grid_nodes, map_of, osm_text, street

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from logistics.roads import RoadNetwork
    from logistics.snapping import Snap

PUBLIC = Path(__file__).parents[2] / "../shared/data/road"
BLOCK_M = 111.195
NODES = grid_nodes(3, 3)
ENGINES = ["scipy", *(["cch"] if has_hierarchies() else [])]


def town(tmp_path: Path, **tags: str) -> RoadNetwork:
    """Three streets east (0x, 1x, 2x) and three north; tags are those of the middle one."""
    east = [street(10 * r, 10 * r + 1, 10 * r + 2, name=f"Jalan {r}") for r in (0, 2)]
    middle = street(10, 11, 12, name="Jalan 1", **tags)
    north = [street(c, 10 + c, 20 + c, name=f"Gang {c}") for c in range(3)]
    return map_of(tmp_path, osm_text(NODES, [*east, middle, *north]))


def at(row: float, column: float) -> Point:
    return Point(f"{row}/{column}", row * STEP_DEG, column * STEP_DEG)


def way_between(roads: Roads, points: list[Point]) -> Way:
    start, end = roads.snap(points, "car")
    way = roads.way(start, end, "car")
    assert way is not None
    return way


@pytest.mark.parametrize("engine", ENGINES)
def test_metres_seconds_and_turns_of_a_way(tmp_path: Path, engine: str) -> None:
    roads = Roads(town(tmp_path), engine=engine)
    points = [at(0, 0.5), at(1.5, 1), at(0, 1.5)]
    legs = roads.matrix(points).legs(points, "car")
    assert legs.distance_m[0].tolist() == [0, round(2 * BLOCK_M), round(BLOCK_M)]
    straight_s = BLOCK_M * 3.6 / 20
    assert legs.duration_s[0, 2] == round(straight_s)
    assert legs.duration_s[0, 1] == round(2 * straight_s + LEFT_S)
    assert legs.duration_s[1, 0] == round(2 * straight_s + RIGHT_S)
    motorcycle = roads.matrix(points).legs(points, "motorcycle")
    assert motorcycle.duration_s[0, 2] == round(BLOCK_M * 3.6 / 22)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_one_way_street_is_driven_round_the_block(tmp_path: Path, engine: str) -> None:
    roads = Roads(town(tmp_path, oneway="yes"), engine=engine)
    points = [at(1, 0.25), at(1, 0.75)]
    legs = roads.matrix(points).legs(points, "car")
    assert legs.distance_m[0, 1] == round(0.5 * BLOCK_M)
    assert legs.distance_m[1, 0] == round(3.5 * BLOCK_M)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_closed_road_is_left_out_and_opens_again(tmp_path: Path, engine: str) -> None:
    network = town(tmp_path)
    roads = Roads(network, engine=engine)
    closed = arcs_near(network, [(STEP_DEG, 0.5 * STEP_DEG)])[0]
    assert len(closed) == 2
    points = [at(1, 0), at(1, 1)]
    around = roads.without(closed).matrix(points).legs(points, "car").distance_m
    assert around[0, 1] == round(3 * BLOCK_M)
    assert roads.matrix(points).legs(points, "car").distance_m[0, 1] == round(BLOCK_M)


def test_whoever_lives_on_a_closed_road_cannot_be_reached(tmp_path: Path) -> None:
    network = town(tmp_path)
    closed = arcs_near(network, [(STEP_DEG, 0.5 * STEP_DEG)])[0]
    points = [at(0, 0), at(1, 0.5)]
    legs = Roads(network).without(closed).matrix(points).legs(points, "car")
    assert legs.distance_m.tolist() == [[0, -1], [-1, 0]]


def test_points_are_snapped_to_the_road_and_not_to_its_ends(tmp_path: Path) -> None:
    roads = Roads(town(tmp_path))
    spot, far, nowhere = roads.snap([at(0.1, 0.5), at(60, 60), Point("none", None, None)], "car")
    assert spot.distance_m == pytest.approx(0.1 * BLOCK_M, rel=1e-3)
    assert spot.share == pytest.approx(0.5, abs=1e-6)
    assert (spot.lat, spot.lon) == pytest.approx((0, 0.5 * STEP_DEG), abs=1e-9)
    assert far.arc == nowhere.arc == -1
    assert far.distance_m > 6_000


def test_the_walk_from_the_road_counts(tmp_path: Path) -> None:
    points = [at(0, 0.2), at(-0.5, 0.2)]
    legs = Roads(town(tmp_path)).matrix(points).legs(points, "car")
    assert legs.distance_m[0, 1] == round(0.5 * BLOCK_M)
    assert legs.duration_s[0, 1] == round(0.5 * BLOCK_M * 0.36)


def test_a_pickup_stops_where_the_path_begins(tmp_path: Path) -> None:
    ways = [street(0, 1, 2), street(1, 11, 21, road="path")]
    roads = Roads(map_of(tmp_path, osm_text(NODES, ways)))
    home = at(1, 1)
    assert roads.snap([home], "motorcycle")[0].distance_m == pytest.approx(0, abs=1e-6)
    assert roads.snap([home], "pickup")[0].distance_m == pytest.approx(BLOCK_M, rel=1e-3)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_banned_turn_is_not_taken(tmp_path: Path, engine: str) -> None:
    ways = [street(0, 1), street(1, 2), street(1, 11), street(11, 12, 2)]
    points = [at(0, 0.5), at(0.5, 1)]
    free = map_of(tmp_path, osm_text(NODES, ways))
    banned = map_of(tmp_path, osm_text(NODES, ways, restrictions=[("no_left_turn", 1, 1, 3)]))
    near = Roads(free, engine=engine).matrix(points).legs(points, "car")
    far = Roads(banned, engine=engine).matrix(points).legs(points, "car")
    assert near.distance_m[0, 1] == round(BLOCK_M)
    assert far.distance_m[0, 1] == round(4 * BLOCK_M)
    assert far.distance_m[1, 0] == round(BLOCK_M)


def test_turning_round_in_the_road_costs_its_time(tmp_path: Path) -> None:
    network = town(tmp_path)
    turns = turns_of(network)
    is_back = network.reverse[turns.before] == turns.after
    assert set(turns.turn_s[is_back]) == {U_TURN_S}


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_both_engines_and_networkx_agree(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one_way = st.sampled_from(["yes", "no", "-1"])
    cells = [(a, a + d) for a in NODES for d in (1, 10) if a + d in NODES]
    ways = [
        street(a, b, oneway=data.draw(one_way), road=data.draw(st.sampled_from(ROADS)))
        for a, b in cells
    ]
    text = osm_text(NODES, ways, restrictions=[("no_left_turn", 1, 1, 3)])
    try:
        network = map_of(tmp_path_factory.mktemp("map"), text)
    except ValueError:
        return
    spot = st.floats(-0.2, 2.2)
    points = [at(data.draw(spot), data.draw(spot)) for _ in range(4)]
    found = [Roads(network, engine=each).matrix(points) for each in ENGINES]
    for kind in ("car", "motorcycle"):
        first = found[0].legs(points, kind)
        for other in found[1:]:
            legs = other.legs(points, kind)
            assert np.array_equal(legs.distance_m, first.distance_m)
            assert np.array_equal(legs.duration_s, first.duration_s)
        _agrees_with_networkx(Roads(network), points, kind, first.duration_s)


ROADS = ["primary", "residential", "service", "path"]


def _agrees_with_networkx(
    roads: Roads, points: list[Point], kind: str, duration_s: NDArray[np.int64]
) -> None:
    """Build the graph of arcs anew, with both points in it, and ask Dijkstra of networkx."""
    network = roads.network
    turns = turns_of(network)
    time_s = network.time_s(kind)
    snaps = roads.snap(points, kind)
    for i, start in enumerate(snaps):
        for j, end in enumerate(snaps):
            if i == j or start.arc < 0 or end.arc < 0:
                continue
            graph: nx.DiGraph[Any] = nx.DiGraph()
            for before, after, turn_s in zip(turns.before, turns.after, turns.turn_s, strict=True):
                if np.isfinite(time_s[before]) and np.isfinite(time_s[after]):
                    graph.add_edge(int(before), int(after), weight=time_s[before] + turn_s)
            graph.add_nodes_from(["from", "to"])
            for arc, share in _sides(network, start, time_s):
                for _, after, values in list(graph.out_edges(arc, data=True)):
                    rest = values["weight"] - share * _drive_s(network, time_s, arc)
                    _shortest(graph, "from", after, rest)
            for arc, share in _sides(network, end, time_s):
                _shortest(graph, arc, "to", share * _drive_s(network, time_s, arc))
                for first, begin in _sides(network, start, time_s):
                    if first == arc and share >= begin:
                        along = (share - begin) * _drive_s(network, time_s, arc)
                        _shortest(graph, "from", "to", along)
            walk_s = (start.distance_m + end.distance_m) * 0.36
            try:
                expected = nx.dijkstra_path_length(graph, "from", "to") + walk_s
            except nx.NetworkXNoPath:
                assert duration_s[i, j] == -1
                continue
            assert abs(duration_s[i, j] - expected) <= 0.51


def _drive_s(network: RoadNetwork, time_s: NDArray[np.float64], arc: int) -> float:
    return float(time_s[arc] - network.delay_s[arc])


def _sides(
    network: RoadNetwork, snap: Snap, time_s: NDArray[np.float64]
) -> list[tuple[int, float]]:
    back = int(network.reverse[snap.arc])
    both = [(snap.arc, snap.share), (back, 1 - snap.share)]
    return [(arc, share) for arc, share in both if arc >= 0 and np.isfinite(time_s[arc])]


def _shortest(graph: nx.DiGraph[Any], tail: object, head: object, weight: float) -> None:
    known = graph.get_edge_data(tail, head, {"weight": np.inf})["weight"]
    graph.add_edge(tail, head, weight=min(known, max(weight, 0)))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_drawn_way_is_as_long_as_the_matrix_says(tmp_path: Path, engine: str) -> None:
    network = town(tmp_path)
    roads = Roads(network, engine=engine)
    points = [at(0, 0.3), at(1.6, 2)]
    way = way_between(roads, points)
    line = polyline(network, way)
    assert line[0] == pytest.approx((0, 0.3 * STEP_DEG), abs=1e-9)
    assert line[-1] == pytest.approx((1.6 * STEP_DEG, 2 * STEP_DEG), abs=1e-9)
    drawn = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(line)) / STEP_DEG
    assert drawn == pytest.approx(3.3)
    assert roads.matrix(points).legs(points, "car").distance_m[0, 1] == round(3.3 * BLOCK_M)


def test_directions_tell_streets_and_turns(tmp_path: Path) -> None:
    network = town(tmp_path)
    roads = Roads(network)
    way = way_between(roads, [at(0, 0.5), at(1.5, 1)])
    told = [(step.code, step.street, round(step.distance_m)) for step in steps_of(network, way)]
    assert told == [("depart", "Jalan 0", 56), ("left", "Gang 1", 167)]


def test_directions_count_the_exits_of_a_roundabout(tmp_path: Path) -> None:
    circle = street(1, 12, 21, 10, 1, junction="roundabout")
    nodes = NODES | {30: (0.0, -STEP_DEG), 31: (3 * STEP_DEG, STEP_DEG), 32: (STEP_DEG, 0.004)}
    arms = [street(30, 1, name="A"), street(12, 32, name="B"), street(21, 31, name="C")]
    network = map_of(tmp_path, osm_text(nodes, [circle, *arms]))
    roads = Roads(network)
    ends = [Point("a", 0, -0.5 * STEP_DEG), Point("c", 2.5 * STEP_DEG, STEP_DEG)]
    way = way_between(roads, ends)
    last = steps_of(network, way)[-1]
    assert (last.code, last.street, last.exit_number) == ("roundabout", "C", 2)


def test_a_map_without_names_gives_no_directions(tmp_path: Path) -> None:
    network = map_of(tmp_path, osm_text(NODES, [street(0, 1, 11)]))
    roads = Roads(network)
    way = way_between(roads, [at(0, 0.5), at(0.5, 1)])
    assert steps_of(network, way) == []


def test_the_survey_names_the_bridge_that_has_no_second(tmp_path: Path) -> None:
    ways = [
        street(0, 1, 11, 10, 0, name="Jalan Kota"),
        street(1, 2, name="Jembatan Tua", bridge="yes"),
        street(2, 12, 21, 2),
    ]
    found = survey(map_of(tmp_path, osm_text(NODES, ways)))
    assert [(each.street, each.num_junctions) for each in found.only_bridges] == [
        ("Jembatan Tua", 2)
    ]
    assert found.share_named == pytest.approx(5 / (6 + 2**0.5 + 5**0.5), rel=0.01)


def test_a_plan_says_that_it_drove_on_roads(tmp_path: Path) -> None:
    points = [Point("d", 0, 0), Point("p1", 0, STEP_DEG), Point("p2", 0.5, 0.5)]
    travel = Roads(town(tmp_path)).matrix(points)
    plan = solve(problem(stop(1), stop(2), travel=travel), seconds=None, iterations=1)
    assert (plan.distance_source, plan.distance_m) == ("roads", 2 * round(BLOCK_M))
    assert plan.distance_as_of == "2026-10-05"
    assert plan.unserved[0].reasons[0].code == "unserved.unreachable"


@pytest.mark.slow
@pytest.mark.skipif(not PUBLIC.exists(), reason="no public road maps here")
@pytest.mark.parametrize("name", ["balikpapan_kota.graphml", "liechtenstein-latest.osm.pbf"])
def test_engines_agree_on_real_towns(name: str) -> None:
    network = read_roads(PUBLIC / name)
    rows = np.random.default_rng(3).choice(network.shape_lat.size, 25, replace=False)
    points = [Point(str(r), float(network.shape_lat[r]), float(network.shape_lon[r])) for r in rows]
    found = [Roads(network, engine=each).matrix(points, kinds=["car"]) for each in ENGINES]
    for other in found[1:]:
        assert np.array_equal(other.duration_s["car"], found[0].duration_s["car"])
        assert np.array_equal(other.distance_m["car"], found[0].distance_m["car"])
    assert (found[0].distance_m["car"] > 0).sum() > 100
