"""Road graphs from OpenStreetMap extracts (.osm, .osm.pbf): ways are cut where they meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from logistics import road_rules
from logistics.road_graph import Restriction, network_of, road_values
from logistics.roads import RoadFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from logistics.road_graph import RoadGraph
    from logistics.roads import RoadNetwork


def read_osm(path: Path, *, as_of: str = "") -> RoadNetwork:
    """Read an OpenStreetMap extract; ways are cut where they meet.

    Access and one-way tags, speed limits, surfaces, traffic lights and turn restrictions at a
    junction are kept (`road_rules`). The date is the extract's own where it says one.

    Raises
    ------
    RoadFileError
        "roads.not_osm", "roads.no_roads".
    """
    ways, restrictions, stamp = _osm_ways(path)
    places, signals = _osm_nodes(path, {ref for way in ways for ref in way.refs})
    roads = _cut(ways, places, signals)
    return network_of(
        roads, restrictions=restrictions, as_of=stamp or as_of, source="OpenStreetMap"
    )


@dataclass(slots=True)
class _Way:
    id: int
    refs: tuple[int, ...]
    tags: dict[str, str]


def _osm_ways(path: Path) -> tuple[list[_Way], list[Restriction], str]:
    import osmium  # noqa: PLC0415

    ways: list[_Way] = []
    restrictions: list[Restriction] = []
    newest = ""
    try:
        reader = osmium.io.Reader(str(path))
        stamp = reader.header().get("osmosis_replication_timestamp")[:10]
        reader.close()
        each: Any
        for each in osmium.FileProcessor(str(path), osmium.osm.WAY | osmium.osm.RELATION):
            tags = {tag.k: tag.v for tag in each.tags}
            if each.is_way() and any(road_rules.speeds(tags)):
                refs = tuple(node.ref for node in each.nodes)
                ways.append(_Way(each.id, refs, tags))
                newest = max(newest, each.timestamp.date().isoformat())
            elif each.is_relation() and tags.get("type") == "restriction":
                restrictions += _restriction(each, tags)
    except (RuntimeError, OSError) as error:
        raise RoadFileError("roads.not_osm", file=path.name) from error
    return ways, restrictions, stamp or ("" if newest <= "1970-01-01" else newest)


def _restriction(relation: Any, tags: Mapping[str, str]) -> Iterator[Restriction]:
    word = tags.get("restriction", "")
    parts = {member.role: (member.type, member.ref) for member in relation.members}
    if not word.startswith(("no_", "only_")) or not {"from", "via", "to"} <= parts.keys():
        return
    if parts["via"][0] == "n" and len(relation.members) == 3:
        start, via, end = parts["from"][1], parts["via"][1], parts["to"][1]
        yield Restriction(str(start), via, str(end), word.startswith("only_"))


def _osm_nodes(path: Path, wanted: set[int]) -> tuple[dict[int, tuple[float, float]], set[int]]:
    """Return where the ways' nodes are, and which of them are traffic lights."""
    import osmium  # noqa: PLC0415

    places: dict[int, tuple[float, float]] = {}
    signals = set()
    try:
        node: Any
        for node in osmium.FileProcessor(str(path), osmium.osm.NODE):
            if node.id in wanted and node.location.valid():
                places[node.id] = (node.location.lat, node.location.lon)
                if node.tags.get("highway") == "traffic_signals":
                    signals.add(node.id)
    except (RuntimeError, OSError) as error:
        raise RoadFileError("roads.not_osm", file=path.name) from error
    return places, signals


def _cut(
    ways: Sequence[_Way], places: Mapping[int, tuple[float, float]], signals: set[int]
) -> RoadGraph:
    """Make a graph whose nodes are the ends of ways and where they meet."""
    import networkx as nx  # noqa: PLC0415

    uses: dict[int, int] = {}
    for way in ways:
        way.refs = tuple(ref for ref in way.refs if ref in places)
        for ref in way.refs:
            uses[ref] = uses.get(ref, 0) + 1
        uses.update(dict.fromkeys((*way.refs[:1], *way.refs[-1:]), 2))
    roads: RoadGraph = nx.MultiDiGraph()
    for way in ways:
        ahead, back = road_rules.directions(way.tags)
        for piece in _pieces(way.refs, uses):
            shape = [places[ref] for ref in piece]
            for ref in (piece[0], piece[-1]):
                lat, lon = places[ref]
                roads.add_node(ref, lat=lat, lon=lon, has_signal=ref in signals)
            within = sum(ref in signals for ref in piece[1:-1])
            road = road_values(way.tags, way=str(way.id), shape=shape, num_signals=within)
            if ahead:
                roads.add_edge(piece[0], piece[-1], **road)
            if back:
                roads.add_edge(piece[-1], piece[0], **{**road, "shape": shape[::-1]})
    return roads


def _pieces(refs: Sequence[int], uses: Mapping[int, int]) -> Iterator[Sequence[int]]:
    """Cut a way at crossings; one that comes back to where it began is cut in its middle too."""
    start = 0
    for at in range(1, len(refs)):
        if uses[refs[at]] < 2:
            continue
        if refs[start] != refs[at]:
            yield refs[start : at + 1]
        elif at - start > 1:
            middle = (start + at) // 2
            yield refs[start : middle + 1]
            yield refs[middle : at + 1]
        start = at
