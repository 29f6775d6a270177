from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from logistics.osm_files import read_osm
from logistics.road_files import read_roads
from logistics.roads import RoadFileError, from_bytes, to_bytes
from tests.logistics.road_maps import grid_nodes, map_of, osm_text, street

if TYPE_CHECKING:
    from pathlib import Path

    from logistics.roads import RoadNetwork

NODES = grid_nodes(2, 3)


def ends(network: RoadNetwork) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    places = list(zip(network.lat.tolist(), network.lon.tolist(), strict=True))
    return [(places[a], places[b]) for a, b in zip(network.tail, network.head, strict=True)]


def test_ways_are_cut_where_they_meet_and_keep_name_shape_and_date(tmp_path: Path) -> None:
    ways = [street(0, 1, 2, name="Jalan Satu"), street(1, 11, name="Jalan Dua")]
    network = map_of(tmp_path, osm_text(NODES, ways))
    assert (network.lat.size, network.num_arcs) == (4, 6)
    assert network.names == ("", "Jalan Dua", "Jalan Satu")
    assert network.as_of == "2026-10-05"
    assert network.length_m == pytest.approx(111.2, abs=0.1)
    assert sorted(network.reverse.tolist()) == list(range(6))


def test_a_bend_without_a_crossing_is_one_arc_with_its_shape(tmp_path: Path) -> None:
    network = map_of(tmp_path, osm_text(NODES, [street(0, 1, 11)]))
    assert (network.lat.size, network.num_arcs) == (2, 2)
    assert network.length_m.tolist() == pytest.approx([222.4, 222.4], abs=0.1)
    assert network.shape(0)[1] == NODES[1]


@pytest.mark.parametrize(("word", "expected"), [("yes", (0, 1)), ("-1", (1, 0)), ("no", None)])
def test_one_way_streets(tmp_path: Path, word: str, expected: tuple[int, int] | None) -> None:
    ways = [street(0, 1, name="A", oneway=word), street(1, 11, 10, 0)]
    network = map_of(tmp_path, osm_text(NODES, ways))
    named = {
        pair for row, pair in enumerate(ends(network)) if network.names[network.name[row]] == "A"
    }
    for pair in ((0, 1), (1, 0)):
        assert ((NODES[pair[0]], NODES[pair[1]]) in named) == (expected in (None, pair))


def test_a_roundabout_runs_one_way_without_saying_so(tmp_path: Path) -> None:
    circle = street(0, 1, 11, 10, 0, junction="roundabout")
    arms = [street(0, 2, 1), street(10, 12, 11)]
    network = map_of(tmp_path, osm_text(NODES, [circle, *arms]))
    assert (NODES[0], NODES[1]) in ends(network)
    assert (network.reverse < 0).sum() == network.is_roundabout.sum() == 4


def test_who_may_pass_comes_from_class_and_tags(tmp_path: Path) -> None:
    ways = [
        street(0, 1, road="residential"),
        street(1, 2, road="path"),
        street(1, 11, road="footway"),
        street(2, 12, road="footway", motorcycle="yes"),
        street(0, 10, road="residential", motor_vehicle="no"),
        street(1, 12, road="residential", maxspeed="10"),
        street(0, 11, road="residential", surface="gravel"),
    ]
    network = map_of(tmp_path, osm_text(NODES, ways))
    speeds = {
        frozenset(pair): network.speed_km_per_h[:, row].tolist()
        for row, pair in enumerate(ends(network))
    }
    assert speeds[frozenset((NODES[0], NODES[1]))] == [22, 18, 20]
    assert speeds[frozenset((NODES[1], NODES[2]))] == [10, 0, 0]
    assert speeds[frozenset((NODES[2], NODES[12]))] == [8, 0, 0]
    assert speeds[frozenset((NODES[1], NODES[12]))] == [10, 10, 10]
    assert speeds[frozenset((NODES[0], NODES[11]))] == pytest.approx([13.2, 10.8, 12.0])
    assert frozenset((NODES[1], NODES[11])) not in speeds
    assert frozenset((NODES[0], NODES[10])) not in speeds


def test_where_one_cannot_come_back_from_is_cut_off(tmp_path: Path) -> None:
    ways = [street(0, 1, 11), street(11, 12, oneway="yes")]
    network = map_of(tmp_path, osm_text(NODES, ways))
    assert NODES[12] not in set(zip(network.lat.tolist(), network.lon.tolist(), strict=True))
    assert network.num_nodes_left_out == 1


def test_traffic_lights_cost_a_wait_at_the_arc_that_reaches_them(tmp_path: Path) -> None:
    ways = [street(0, 1, 2), street(1, 11)]
    lights = {1: {"highway": "traffic_signals"}}
    network = map_of(tmp_path, osm_text(NODES, ways, node_tags=lights))
    at_lights = network.lat[network.head] + network.lon[network.head] == NODES[1][1]
    assert set(network.delay_s[at_lights & (network.lat[network.head] == 0)]) == {12.0}
    assert network.delay_s.sum() == 12 * 3


@pytest.mark.parametrize(("word", "num_banned"), [("no_left_turn", 1), ("only_straight_on", 2)])
def test_banned_turns(tmp_path: Path, word: str, num_banned: int) -> None:
    ways = [street(0, 1), street(1, 2), street(1, 11)]
    to_way = 3 if word.startswith("no_") else 2
    text = osm_text(NODES, ways, restrictions=[(word, 1, 1, to_way)])
    network = map_of(tmp_path, text)
    assert len(network.banned_turns) == num_banned
    heads = {
        (network.lat[network.head[after]], network.lon[network.head[after]])
        for _, after in network.banned_turns
    }
    expected = {NODES[11]} if word.startswith("no_") else {NODES[11], NODES[0]}
    assert heads == expected


def test_a_network_comes_back_from_its_own_file(tmp_path: Path) -> None:
    network = map_of(tmp_path, osm_text(NODES, [street(0, 1, 11, name="Jalan É")]))
    content = to_bytes(network)
    again = from_bytes(content)
    assert again.digest == network.digest
    assert to_bytes(again) == content
    (tmp_path / "own.roads").write_bytes(content)
    assert read_roads(tmp_path / "own.roads").names == network.names
    assert np.array_equal(again.shape_lat, network.shape_lat)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.osm", "<osm", "roads.not_osm"),
        ("x.osm.pbf", "nothing", "roads.not_osm"),
        ("x.roads", "nothing", "roads.not_ours"),
        ("x.txt", "", "roads.unknown_ending"),
        ("x.osm", '<osm version="0.6"></osm>', "roads.no_roads"),
    ],
)
def test_a_file_that_is_no_road_map_is_refused(
    tmp_path: Path, name: str, content: str, code: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(RoadFileError, match=code):
        read_roads(tmp_path / name)


def test_a_map_is_damaged_by_one_cut_byte(tmp_path: Path) -> None:
    content = to_bytes(map_of(tmp_path, osm_text(NODES, [street(0, 1, 11)])))
    with pytest.raises(RoadFileError, match=r"roads\.not_ours"):
        from_bytes(content[:-40])
    assert read_osm(tmp_path / "map.osm").num_arcs == 2
