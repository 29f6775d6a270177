"""Road engines on real maps: the same all-pairs question to each, and what closing a road costs.

``python -m bench.roads --maps DIR`` (any .osm, .osm.pbf, .graphml); CPU seconds, one thread.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from logistics.distance import Point
from logistics.road_engines import has_hierarchies
from logistics.road_files import OSM_ENDINGS, read_roads
from logistics.turns import turns_of
from logistics.ways import Roads

if TYPE_CHECKING:
    from logistics.roads import RoadNetwork

NUM_NETWORKX_SOURCES = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maps", type=Path, required=True)
    parser.add_argument("--points", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print("map | arcs | turns | read s | engine | build s | matrix s | close a road ms")
    for path in sorted(asked.maps.iterdir()):
        if path.name.endswith((*OSM_ENDINGS, ".graphml")):
            _run(path, asked.points, asked.seed)


def _run(path: Path, num_points: int, seed: int) -> None:
    began = process_time()
    network = read_roads(path)
    read_s = process_time() - began
    rows = np.random.default_rng(seed).choice(network.shape_lat.size, num_points)
    points = [
        Point(str(at), float(network.shape_lat[row]), float(network.shape_lon[row]))
        for at, row in enumerate(rows)
    ]
    about = f"{path.name} | {network.num_arcs} | {turns_of(network).before.size} | {read_s:.2f}"
    answers = []
    for engine in ["scipy", *(["cch"] if has_hierarchies() else [])]:
        began = process_time()
        roads = Roads(network, engine=engine)
        roads.matrix(points[:2], kinds=["car"])
        build_s = process_time() - began
        began = process_time()
        answers.append(roads.matrix(points, kinds=["car"]).duration_s["car"])
        matrix_s = process_time() - began
        began = process_time()
        roads.without([0]).matrix(points[:2], kinds=["car"])
        close_ms = 1_000 * (process_time() - began)
        print(f"{about} | {engine} | {build_s:.3f} | {matrix_s:.3f} | {close_ms:.1f}")
    print(f"{about} | networkx | – | {_networkx_s(network, num_points):.0f} (scaled) | –")
    same = all(np.array_equal(answers[0], other) for other in answers[1:])
    print(f"  all {num_points} × {num_points} seconds equal between engines: {same}")


def _networkx_s(network: RoadNetwork, num_points: int) -> float:
    """Return the seconds of Dijkstra from a few sources, scaled to all."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    turns, time_s = turns_of(network), network.time_s("car")
    for before, after in zip(turns.before.tolist(), turns.after.tolist(), strict=True):
        if np.isfinite(time_s[before]):
            graph.add_edge(before, after, weight=float(time_s[before]))
    began = process_time()
    for source in list(graph)[:NUM_NETWORKX_SOURCES]:
        nx.single_source_dijkstra_path_length(graph, source)
    return (process_time() - began) * num_points / NUM_NETWORKX_SOURCES


if __name__ == "__main__":
    main()
