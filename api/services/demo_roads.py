"""A made-up street map under the demonstration: crooked blocks with street names, drawn by seed.

No real street: the sheets of the demonstration show directions and closures as a city with a map
has them, and say that the map is made up.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logistics.road_graph import RoadGraph
    from logistics.roads import RoadNetwork

__all__ = ["MADE_UP", "made_up_streets"]

MADE_UP = "made_up"
"""What ``source`` says of a map that is none of a real place."""
STEP_DEG = 0.0024
"""Between crossings: some 270 m."""
MARGIN_DEG = 0.004
CROOKED = 0.22
"""Farthest that a crossing is off its place, in steps."""
SHARE_MISSING = 0.12
MAIN_EVERY, BLOCKS_A_STREET = 5, 6
FLOWERS = (
    "Anggrek", "Bakung", "Cempaka", "Dahlia", "Flamboyan", "Gardenia", "Kamboja", "Kenanga",
    "Lavender", "Mawar", "Melati", "Nusa Indah", "Seroja", "Seruni", "Teratai", "Wijaya Kusuma",
)  # fmt: skip


def made_up_streets(spots: Sequence[tuple[float, float]], *, seed: int, as_of: str) -> RoadNetwork:
    """Return a street map that covers some spots (lat, lon); the same seed draws the same map.

    Every fifth street is a main road, quicker than the lanes between; a few lanes are missing, so
    that ways have corners.
    """
    import networkx as nx

    from logistics.road_graph import network_of, road_values

    chance = random.Random(seed)  # noqa: S311 - a drawing
    south, west = (min(values) - MARGIN_DEG for values in zip(*spots, strict=True))
    north, east = (max(values) + MARGIN_DEG for values in zip(*spots, strict=True))
    rows, columns = (int(span / STEP_DEG) + 2 for span in (north - south, east - west))
    roads: RoadGraph = nx.MultiDiGraph()
    for row in range(rows):
        for column in range(columns):
            off = [chance.uniform(-CROOKED, CROOKED) for _ in range(2)]
            roads.add_node(
                (row, column),
                lat=south + (row + off[0]) * STEP_DEG,
                lon=west + (column + off[1]) * STEP_DEG,
                has_signal=row % MAIN_EVERY == 0 and column % MAIN_EVERY == 0,
            )
    for row in range(rows):
        for column in range(columns):
            for is_east, other in ((True, (row, column + 1)), (False, (row + 1, column))):
                line, along = (row, column) if is_east else (column, row)
                is_main = line % MAIN_EVERY == 0
                if other not in roads or (not is_main and chance.random() < SHARE_MISSING):
                    continue
                tags = {
                    "highway": "secondary" if is_main else "residential",
                    "name": _name(line, along, is_east=is_east, is_main=is_main),
                }
                for ends in (((row, column), other), (other, (row, column))):
                    way = f"{row}-{column}-{is_east}"
                    roads.add_edge(*ends, **road_values(tags, way=way, shape=[]))
    return network_of(roads, as_of=as_of, source=MADE_UP)


def _name(line: int, along: int, *, is_east: bool, is_main: bool) -> str:
    """Return a street's name: main roads keep theirs, lanes change it after some blocks."""
    flower = FLOWERS[(line * 3 + (0 if is_east else 7)) % len(FLOWERS)]
    if is_main:
        return f"Jalan Contoh {flower} {'Raya' if is_east else 'Besar'} {line // MAIN_EVERY + 1}"
    kind = "Jalan" if line % 2 else "Gang"
    return f"{kind} Contoh {flower} {line}-{along // BLOCKS_A_STREET + 1}"
