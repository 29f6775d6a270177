"""What a road map holds and where it is thin: for whoever has to trust it before planning on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from logistics.road_rules import KINDS

if TYPE_CHECKING:
    import networkx as nx

    from logistics.roads import RoadNetwork


@dataclass(frozen=True, slots=True)
class OnlyBridge:
    """A bridge without another way round: where it is, its street, and what it cuts off."""

    street: str
    lat: float
    lon: float
    num_junctions: int


@dataclass(frozen=True, slots=True)
class RoadSurvey:
    """Counts of a road map.

    Parameters
    ----------
    km_by_class, km_by_kind
        Length of roads (each once, whatever its directions) by class, and passable by kind.
    share_named, share_one_way
        By length, 0 to 1.
    only_bridges
        The largest part cut off first.
    """

    num_junctions: int
    num_arcs: int
    num_nodes_left_out: int
    num_banned_turns: int
    km_by_class: dict[str, float]
    km_by_kind: dict[str, float]
    share_named: float
    share_one_way: float
    only_bridges: tuple[OnlyBridge, ...]


def survey(network: RoadNetwork) -> RoadSurvey:
    """Return counts and weak spots of a network."""
    rows = np.arange(network.num_arcs)
    once = (network.reverse < 0) | (rows < network.reverse)
    km = network.length_m / 1_000
    whole = float(km[once].sum()) or 1.0
    return RoadSurvey(
        num_junctions=int(network.lat.size),
        num_arcs=network.num_arcs,
        num_nodes_left_out=network.num_nodes_left_out,
        num_banned_turns=len(network.banned_turns),
        km_by_class={
            name: round(float(km[once & (network.road_class == row)].sum()), 1)
            for row, name in enumerate(network.classes)
        },
        km_by_kind={
            kind: round(float(km[once & (network.speed_km_per_h[row] > 0)].sum()), 1)
            for row, kind in enumerate(KINDS)
        },
        share_named=float(km[once & (network.name > 0)].sum()) / whole,
        share_one_way=float(km[once & (network.reverse < 0)].sum()) / whole,
        only_bridges=_only_bridges(network),
    )


def _only_bridges(network: RoadNetwork) -> tuple[OnlyBridge, ...]:
    """Return the bridges whose loss parts the network, by what lies behind them."""
    import networkx as nx  # noqa: PLC0415  (slow to load)

    graph: nx.Graph[int] = nx.Graph()
    ends = list(zip(network.tail.tolist(), network.head.tolist(), strict=True))
    graph.add_edges_from(ends)
    cuts = {frozenset(edge) for edge in _bridges(graph)}
    doubled = _doubled(network)
    found = []
    for arc in np.flatnonzero(network.is_bridge).tolist():
        tail, head = ends[arc]
        edge = frozenset((tail, head))
        if edge not in cuts or edge in doubled:
            continue
        cuts.discard(edge)
        graph.remove_edge(tail, head)
        behind = len(nx.node_connected_component(graph, head))
        graph.add_edge(tail, head)
        street = network.names[int(network.name[arc])]
        lat, lon = network.shape(arc)[0]
        count = min(behind, network.lat.size - behind)
        found.append(OnlyBridge(street, lat, lon, int(count)))
    return tuple(sorted(found, key=lambda each: -each.num_junctions))


def _bridges(graph: nx.Graph[int]) -> list[tuple[int, int]]:
    import networkx as nx  # noqa: PLC0415

    found: list[tuple[int, int]] = list(nx.bridges(graph))  # type: ignore[arg-type]
    return found


def _doubled(network: RoadNetwork) -> set[frozenset[int]]:
    """Return pairs of junctions with two roads between them."""
    seen: dict[frozenset[int], int] = {}
    for arc in range(network.num_arcs):
        if network.reverse[arc] < 0 or arc < network.reverse[arc]:
            edge = frozenset((int(network.tail[arc]), int(network.head[arc])))
            seen[edge] = seen.get(edge, 0) + 1
    return {edge for edge, count in seen.items() if count > 1}
