"""Ways along a road network: read from GraphML, snapped to, and measured for all pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics.distance import EARTH_RADIUS_M, UNREACHABLE, GivenMatrix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from logistics.distance import Point

ROAD_SPEEDS_KM_PER_H = {
    "motorway": 70,
    "trunk": 50,
    "primary": 40,
    "secondary": 35,
    "tertiary": 30,
    "unclassified": 25,
    "residential": 20,
    "living_street": 15,
    "service": 15,
}
"""Working figures for town traffic by OpenStreetMap road class; others count as residential."""

KIND_FACTORS = {"motorcycle": 1.1, "pickup": 0.95, "car": 1.0}
"""How fast a kind of vehicle is on the same road; boats have no road."""


class RoadFileError(ValueError):
    """A road file cannot be used; `code` says why."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(f"{code} {params or ''}".strip())


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """The largest part of a road network in which every node reaches every other.

    Parameters
    ----------
    lat, lon
        float64[n], degrees.
    tail, head, length_m, speed_km_per_h
        One entry per directed arc: int64[a], int64[a], float64[a], float64[a].
    as_of
        ISO date of the extract, or empty.
    num_nodes_left_out
        Nodes of the file outside of the largest part.
    """

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    length_m: NDArray[np.float64]
    speed_km_per_h: NDArray[np.float64]
    as_of: str = ""
    num_nodes_left_out: int = 0


@dataclass(frozen=True, slots=True)
class Snap:
    """Where a point meets the network: node and metres away; node -1 when too far."""

    node: int
    distance_m: float


def read_graphml(path: Path, *, as_of: str = "") -> RoadNetwork:
    """Read a GraphML road graph as OSMnx writes it: nodes with x and y, edges with length.

    Raises
    ------
    RoadFileError
        "roads.not_graphml", "roads.no_coordinates", "roads.no_edges".
    """
    import networkx as nx  # noqa: PLC0415  (slow to load, and only needed when there is a graph)

    try:
        graph = nx.read_graphml(path)
    except Exception as error:
        raise RoadFileError("roads.not_graphml", file=path.name) from error
    directed: nx.DiGraph[Any] = graph if isinstance(graph, nx.DiGraph) else graph.to_directed()
    if directed.number_of_edges() == 0:
        raise RoadFileError("roads.no_edges", file=path.name)
    main = max(nx.strongly_connected_components(directed), key=len)
    nodes = sorted(main)
    row_of = {node: row for row, node in enumerate(nodes)}
    try:
        lat = np.array([float(directed.nodes[node]["y"]) for node in nodes])
        lon = np.array([float(directed.nodes[node]["x"]) for node in nodes])
    except (KeyError, ValueError) as error:
        raise RoadFileError("roads.no_coordinates", file=path.name) from error
    arcs = [
        (row_of[tail], row_of[head], *_arc(values))
        for tail, head, values in directed.edges(data=True)
        if tail in row_of and head in row_of and tail != head
    ]
    if not arcs:
        raise RoadFileError("roads.no_edges", file=path.name)
    tail, head, length_m, speed = (np.array(column) for column in zip(*arcs, strict=True))
    missing = np.isnan(length_m)
    length_m[missing] = _straight_m(lat[tail], lon[tail], lat[head], lon[head])[missing]
    return RoadNetwork(
        lat=lat,
        lon=lon,
        tail=tail,
        head=head,
        length_m=length_m,
        speed_km_per_h=speed,
        as_of=as_of,
        num_nodes_left_out=directed.number_of_nodes() - len(nodes),
    )


def snap(network: RoadNetwork, points: Sequence[Point], *, max_snap_m: float = 500) -> list[Snap]:
    """Return the nearest node of each point; none for points without coordinates or too far."""
    from scipy.spatial import cKDTree  # noqa: PLC0415

    tree = cKDTree(_on_sphere(network.lat, network.lon))
    snaps = []
    for point in points:
        if point.lat is None or point.lon is None:
            snaps.append(Snap(-1, float("nan")))
            continue
        chord, node = tree.query(_on_sphere(np.array([point.lat]), np.array([point.lon]))[0])
        distance_m = 2 * EARTH_RADIUS_M * float(np.arcsin(min(1.0, chord / 2)))
        snaps.append(Snap(int(node) if distance_m <= max_snap_m else -1, distance_m))
    return snaps


def road_matrix(
    network: RoadNetwork,
    points: Sequence[Point],
    *,
    kinds: Sequence[str] = ("motorcycle", "pickup", "car"),
    max_snap_m: float = 500,
    factors: Mapping[str, float] | None = None,
) -> GivenMatrix:
    """Return the fastest ways between all points for each kind of vehicle.

    Points beyond `max_snap_m` from any road have no way; the walk from the road to the point is
    counted at 10 km/h. Distances belong to the fastest way, not to the shortest.
    """
    factors = KIND_FACTORS if factors is None else factors
    snaps = snap(network, points, max_snap_m=max_snap_m)
    time_s, way_m = _fastest(network, np.array([each.node for each in snaps]))
    off_m = np.array([0.0 if each.node < 0 else each.distance_m for each in snaps])
    around_m = off_m[:, None] + off_m[None, :]
    distance_m = _rounded(way_m + around_m)
    durations = {
        kind: _rounded(time_s / factors.get(kind, 1.0) + around_m * 0.36) for kind in kinds
    }
    return GivenMatrix(
        ids=tuple(point.id for point in points),
        distance_m={"": distance_m},
        duration_s={"": _rounded(time_s + around_m * 0.36), **durations},
        source="roads",
        as_of=network.as_of,
    )


def _fastest(
    network: RoadNetwork, nodes: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return seconds and metres of the fastest ways between nodes; infinite where none."""
    from scipy.sparse import csr_array  # noqa: PLC0415
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

    tail, head, length_m, time_s = _without_parallels(network)
    size = network.lat.size
    times = csr_array((time_s, (tail, head)), shape=(size, size))
    known = np.unique(nodes[nodes >= 0])
    seconds = np.full((nodes.size, nodes.size), np.inf)
    metres = np.full_like(seconds, np.inf)
    if known.size == 0:
        return seconds, metres
    length_of = dict(zip((tail * size + head).tolist(), length_m.tolist(), strict=True))
    reached, before = dijkstra(times, indices=known, return_predecessors=True)
    row_of = {node: row for row, node in enumerate(known.tolist())}
    here = np.flatnonzero(nodes >= 0)
    for i in here.tolist():
        row = row_of[int(nodes[i])]
        way_m = _lengths_along(reached[row], before[row], length_of, size)
        seconds[i, here] = reached[row][nodes[here]]
        metres[i, here] = way_m[nodes[here]]
    return seconds, metres


def _lengths_along(
    reached: NDArray[np.float64],
    before: NDArray[np.int32],
    length_of: Mapping[int, float],
    size: int,
) -> NDArray[np.float64]:
    """Return the metres of each node's fastest way, adding up along the tree of predecessors."""
    way_m = np.full(size, np.inf)
    parents = before.tolist()
    for node in np.argsort(reached, kind="stable").tolist():
        parent = parents[node]
        if parent >= 0:
            way_m[node] = way_m[parent] + length_of[parent * size + node]
        elif reached[node] == 0:
            way_m[node] = 0.0
    return way_m


def _without_parallels(
    network: RoadNetwork,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Keep the fastest of parallel arcs; a sparse matrix would add them up."""
    time_s = np.maximum(network.length_m / (network.speed_km_per_h / 3.6), 1e-3)
    order = np.lexsort((time_s, network.head, network.tail))
    tail, head = network.tail[order], network.head[order]
    first = np.ones(order.size, dtype=bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return tail[first], head[first], network.length_m[order][first], time_s[order][first]


def _arc(values: Mapping[str, Any]) -> tuple[float, float]:
    """Return metres (NaN when missing) and km/h of an edge."""
    length_m = _number(values.get("length"))
    given = _number(values.get("maxspeed"))
    road = str(values.get("highway", "")).strip("[]' ").split("'")[0].removesuffix("_link")
    usual = float(ROAD_SPEEDS_KM_PER_H.get(road, ROAD_SPEEDS_KM_PER_H["residential"]))
    return length_m, min(usual, given) if given > 0 else usual


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _rounded(legs: NDArray[np.float64]) -> NDArray[np.int64]:
    whole = np.where(np.isfinite(legs), np.rint(np.where(np.isfinite(legs), legs, 0)), UNREACHABLE)
    np.fill_diagonal(whole, 0)
    return whole.astype(np.int64)


def _on_sphere(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)


def _straight_m(
    lat_a: NDArray[np.float64],
    lon_a: NDArray[np.float64],
    lat_b: NDArray[np.float64],
    lon_b: NDArray[np.float64],
) -> NDArray[np.float64]:
    chord = np.linalg.norm(_on_sphere(lat_a, lon_a) - _on_sphere(lat_b, lon_b), axis=1)
    straight: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.clip(chord / 2, 0, 1))
    return straight
