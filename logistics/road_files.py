"""Road networks from files, known by their ending: OpenStreetMap, GraphML, our own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from logistics.osm_files import read_osm
from logistics.road_graph import network_of, road_values
from logistics.roads import RoadFileError, RoadNetwork, read_network

if TYPE_CHECKING:
    from pathlib import Path

    from logistics.road_graph import RoadGraph

OSM_ENDINGS = (".osm", ".osm.pbf", ".pbf", ".osm.bz2", ".osm.gz")
OWN_ENDING = ".roads"


def read_roads(path: Path, *, as_of: str = "") -> RoadNetwork:
    """Read a road network from any file that is known by its ending.

    Parameters
    ----------
    as_of
        ISO date of the data where the file does not say it.

    Raises
    ------
    RoadFileError
        "roads.unknown_ending" and what the readers below raise.
    """
    name = path.name.lower()
    if name.endswith(OWN_ENDING):
        return read_network(path)
    if name.endswith(".graphml"):
        return read_graphml(path, as_of=as_of)
    if name.endswith(OSM_ENDINGS):
        return read_osm(path, as_of=as_of)
    raise RoadFileError("roads.unknown_ending", file=path.name)


def read_graphml(path: Path, *, as_of: str = "") -> RoadNetwork:
    """Read a GraphML road graph: nodes with x and y, directed edges with length, highway, name.

    Raises
    ------
    RoadFileError
        "roads.not_graphml", "roads.no_coordinates", "roads.no_roads".
    """
    import networkx as nx  # noqa: PLC0415  (slow to load, and only needed when a map is built)

    try:
        graph = nx.read_graphml(path)
    except Exception as error:
        raise RoadFileError("roads.not_graphml", file=path.name) from error
    directed = graph if graph.is_directed() else graph.to_directed()
    roads: RoadGraph = nx.MultiDiGraph()
    try:
        for node, values in directed.nodes(data=True):
            roads.add_node(
                node,
                lat=float(values["y"]),
                lon=float(values["x"]),
                has_signal=values.get("highway") == "traffic_signals",
            )
    except (KeyError, ValueError) as error:
        raise RoadFileError("roads.no_coordinates", file=path.name) from error
    for number, (tail, head, values) in enumerate(directed.edges(data=True)):
        tags = {key: _first(str(value)) for key, value in values.items()}
        roads.add_edge(
            tail,
            head,
            **road_values(
                tags,
                way=tags.get("osmid", str(number)),
                shape=_line(str(values.get("geometry", ""))),
                length_m=_number(values.get("length")),
            ),
        )
    return network_of(roads, as_of=as_of, source="OpenStreetMap")


def _first(text: str) -> str:
    """Return the first of a list that OSMnx wrote for joined ways, or the text itself."""
    if not text.startswith("["):
        return {"True": "yes", "False": "no"}.get(text, text)
    try:
        many = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return str(many[0]) if many else ""


def _line(text: str) -> list[tuple[float, float]]:
    """Return the points (lat, lon) of ``LINESTRING (lon lat, …)``; none where it is not one."""
    _, opened, rest = text.partition("(")
    if not opened:
        return []
    try:
        pairs = [pair.split() for pair in rest.rstrip(") ").split(",")]
        return [(float(pair[1]), float(pair[0])) for pair in pairs]
    except (ValueError, IndexError):
        return []


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
