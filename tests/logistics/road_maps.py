"""Small made-up road maps, drawn as .osm text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.osm_files import read_osm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from logistics.roads import RoadNetwork

STEP_DEG = 0.001
"""Between neighbouring nodes of the maps: 111.2 m."""


def osm_text(
    nodes: Mapping[int, tuple[float, float]],
    ways: Sequence[tuple[Sequence[int], Mapping[str, str]]],
    *,
    node_tags: Mapping[int, Mapping[str, str]] | None = None,
    restrictions: Sequence[tuple[str, int, int, int]] = (),
) -> str:
    """Nodes by id (lat, lon), ways numbered from 1, restrictions as (word, from, via, to)."""
    parts = ['<?xml version="1.0"?><osm version="0.6">']
    for number, (lat, lon) in nodes.items():
        said = _tags((node_tags or {}).get(number, {}))
        parts.append(f'<node id="{number}" version="1" lat="{lat}" lon="{lon}">{said}</node>')
    for number, (refs, tags) in enumerate(ways, start=1):
        inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        stamp = 'version="1" timestamp="2026-10-05T00:00:00Z"'
        parts.append(f'<way id="{number}" {stamp}>{inner}{_tags(tags)}</way>')
    for number, (word, start, via, end) in enumerate(restrictions, start=1):
        members = (
            f'<member type="way" ref="{start}" role="from"/>'
            f'<member type="node" ref="{via}" role="via"/>'
            f'<member type="way" ref="{end}" role="to"/>'
        )
        said = _tags({"type": "restriction", "restriction": word})
        parts.append(f'<relation id="{number}" version="1">{members}{said}</relation>')
    return "".join([*parts, "</osm>"])


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())


def grid_nodes(rows: int, columns: int) -> dict[int, tuple[float, float]]:
    """Nodes 10·row + column, a hundred-odd metres apart, north and east of 0/0."""
    return {
        10 * row + column: (row * STEP_DEG, column * STEP_DEG)
        for row in range(rows)
        for column in range(columns)
    }


def street(
    *refs: int, name: str = "", road: str = "residential", **tags: str
) -> tuple[Sequence[int], dict[str, str]]:
    named = {"name": name} if name else {}
    return refs, {"highway": road, **named, **tags}


def map_of(folder: Path, text: str) -> RoadNetwork:
    path = folder / "map.osm"
    path.write_text(text, encoding="utf-8")
    return read_osm(path)
