"""Roads as one networkx graph, and the graph as a `RoadNetwork`.

Files become such graphs in `osm_files` and `road_files`; here the parts that cannot be reached and
left again are cut off, twins are paired and banned turns found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from logistics import road_rules
from logistics.roads import RoadFileError, RoadNetwork, straight_m

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import networkx as nx

RoadGraph: TypeAlias = "nx.MultiDiGraph[Any]"
"""Nodes have lat, lon and has_signal; edges what `road_values` gives."""


def network_of(
    roads: RoadGraph,
    *,
    restrictions: Sequence[Restriction] = (),
    as_of: str = "",
    source: str = "",
) -> RoadNetwork:
    """Return a graph of roads as arrays, without what no vehicle both reaches and leaves.

    Raises
    ------
    RoadFileError
        "roads.no_roads" when nothing is left.
    """
    reached = _reached(roads)
    used = sorted({node for edge in reached for node in edge[:2]}, key=str)
    if not used:
        raise RoadFileError("roads.no_roads")
    row_of = {node: row for row, node in enumerate(used)}
    edges = [edge for edge in roads.edges(keys=True) if edge in reached]
    arcs = [roads.edges[edge] for edge in edges]
    names = ["", *sorted({arc["name"] for arc in arcs} - {""})]
    classes = sorted({arc["road_class"] for arc in arcs})
    name_row = {name: row for row, name in enumerate(names)}
    shapes = [
        _with_ends(arc["shape"], roads.nodes[tail], roads.nodes[head])
        for (tail, head, _), arc in zip(edges, arcs, strict=True)
    ]
    points = np.array([point for shape in shapes for point in shape], dtype=float)
    starts = np.cumsum([0, *map(len, shapes)]).astype(np.int64)
    lengths = np.array([arc["length_m"] for arc in arcs], dtype=float)
    drawn = _drawn_m(points, starts)
    return RoadNetwork(
        lat=np.array([roads.nodes[node]["lat"] for node in used]),
        lon=np.array([roads.nodes[node]["lon"] for node in used]),
        tail=np.array([row_of[tail] for tail, _, _ in edges], dtype=np.int64),
        head=np.array([row_of[head] for _, head, _ in edges], dtype=np.int64),
        length_m=np.maximum(np.where(np.isnan(lengths), drawn, lengths), 0.1),
        speed_km_per_h=np.array([reached[edge] for edge in edges], dtype=float).T.copy(),
        delay_s=np.array(
            [
                road_rules.SIGNAL_S * (arc["num_signals"] + roads.nodes[head]["has_signal"])
                for (_, head, _), arc in zip(edges, arcs, strict=True)
            ]
        ),
        name=np.array([name_row[arc["name"]] for arc in arcs], dtype=np.int64),
        road_class=np.array([classes.index(arc["road_class"]) for arc in arcs], dtype=np.int64),
        is_roundabout=np.array([arc["is_roundabout"] for arc in arcs], dtype=bool),
        is_bridge=np.array([arc["is_bridge"] for arc in arcs], dtype=bool),
        reverse=_reverses(edges, arcs, shapes),
        shape_start=starts,
        shape_lat=points[:, 0].copy(),
        shape_lon=points[:, 1].copy(),
        banned_turns=_banned_turns(edges, arcs, restrictions),
        names=tuple(names),
        classes=tuple(classes),
        as_of=as_of,
        source=source,
        num_nodes_left_out=roads.number_of_nodes() - len(used),
    )


Edge: TypeAlias = tuple[Any, Any, int]


@dataclass(slots=True)
class Restriction:
    """From one way to another over a junction; `is_only`: any other way on is banned instead."""

    from_way: str
    via: int
    to_way: str
    is_only: bool


def road_values(
    tags: Mapping[str, str],
    *,
    way: str,
    shape: list[tuple[float, float]],
    length_m: float = float("nan"),
    num_signals: int = 0,
) -> dict[str, Any]:
    """Return what an edge of a `RoadGraph` holds, from OpenStreetMap's tags."""
    return {
        "way": way,
        "speeds": road_rules.speeds(tags),
        "road_class": road_rules.road_class(tags) or "residential",
        "name": tags.get("name", "") or tags.get("ref", ""),
        "is_roundabout": road_rules.is_roundabout(tags),
        "is_bridge": road_rules.is_bridge(tags),
        "num_signals": num_signals,
        "shape": shape,
        "length_m": length_m,
    }


def _reached(roads: RoadGraph) -> dict[Edge, tuple[float, ...]]:
    """Return the edges that some kind can use from anywhere and back, with its speeds."""
    import networkx as nx  # noqa: PLC0415

    kept: dict[Edge, list[float]] = {}
    for column in range(len(road_rules.KINDS)):
        open_edges: list[Edge] = [
            (tail, head, key)
            for tail, head, key, values in roads.edges(keys=True, data=True)
            if values["speeds"][column] > 0
        ]
        passable = roads.edge_subgraph(open_edges)  # type: ignore[arg-type]
        parts = nx.strongly_connected_components(passable)
        main: set[Any] = max(parts, key=len, default=set())
        for edge in open_edges:
            if edge[0] in main and edge[1] in main and edge[0] != edge[1]:
                speed = kept.setdefault(edge, [0.0] * len(road_rules.KINDS))
                speed[column] = roads.edges[edge]["speeds"][column]
    return {edge: tuple(speed) for edge, speed in kept.items()}


def _reverses(
    edges: Sequence[Edge], arcs: Sequence[dict[str, Any]], shapes: Sequence[list[Any]]
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Pair each arc with the one back along the same way and line."""
    row_of = {
        (tail, head, arc["way"], tuple(shape)): row
        for row, ((tail, head, _), arc, shape) in enumerate(zip(edges, arcs, shapes, strict=True))
    }
    return np.array(
        [
            row_of.get((head, tail, arc["way"], tuple(reversed(shape))), -1)
            for (tail, head, _), arc, shape in zip(edges, arcs, shapes, strict=True)
        ],
        dtype=np.int64,
    )


def _banned_turns(
    edges: Sequence[Edge], arcs: Sequence[dict[str, Any]], restrictions: Sequence[Restriction]
) -> np.ndarray[Any, np.dtype[np.int64]]:
    into: dict[tuple[Any, str], list[int]] = {}
    out_of: dict[Any, list[int]] = {}
    for row, ((tail, head, _), arc) in enumerate(zip(edges, arcs, strict=True)):
        into.setdefault((head, arc["way"]), []).append(row)
        out_of.setdefault(tail, []).append(row)
    banned = {
        (before, after)
        for each in restrictions
        for before in into.get((each.via, each.from_way), ())
        for after in out_of.get(each.via, ())
        if (arcs[after]["way"] == each.to_way) != each.is_only
    }
    return np.array(sorted(banned), dtype=np.int64).reshape(-1, 2)


def _with_ends(
    shape: list[tuple[float, float]], tail: Mapping[str, Any], head: Mapping[str, Any]
) -> list[tuple[float, float]]:
    inner = shape[1:-1] if len(shape) > 2 else []
    return [(tail["lat"], tail["lon"]), *inner, (head["lat"], head["lon"])]


def _drawn_m(
    points: np.ndarray[Any, np.dtype[np.float64]], starts: np.ndarray[Any, np.dtype[np.int64]]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the metres along each shape."""
    step = straight_m(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
    along = np.concatenate([[0.0], np.cumsum(step)])
    found: np.ndarray[Any, np.dtype[np.float64]] = along[starts[1:] - 1] - along[starts[:-1]]
    return found
