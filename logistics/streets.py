"""Streets of a road network by name, cut at their junctions: what a person points at to close."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logistics.roads import RoadNetwork


@dataclass(frozen=True, slots=True)
class Segment:
    """A street between two junctions.

    Parameters
    ----------
    lat, lon
        The middle of it.
    crossings
        Of each end the other street that meets it there; empty where none with a name does.
    """

    street: str
    lat: float
    lon: float
    length_m: float
    crossings: tuple[str, str]


def segments_named(network: RoadNetwork, words: str) -> list[Segment]:
    """Return the segments of streets whose name has all the words, by street and place."""
    wanted = words.casefold().split()
    rows = {
        row
        for row, name in enumerate(network.names)
        if name and all(word in name.casefold() for word in wanted)
    }
    if not wanted or not rows:
        return []
    names = network.name.tolist()
    backward = network.reverse.tolist()
    arcs = [
        arc
        for arc, row in enumerate(names)
        if row in rows and not 0 <= backward[arc] < arc and network.length_m[arc] > 0
    ]
    met = _streets_met(network, arcs)
    found = [_segment(network, arc, met) for arc in arcs]
    return sorted(found, key=lambda each: (each.street, each.crossings, each.lat, each.lon))


def _streets_met(network: RoadNetwork, arcs: list[int]) -> dict[int, list[int]]:
    """Return the names that meet at the ends of some arcs, by junction."""
    ends = {int(end) for arc in arcs for end in (network.tail[arc], network.head[arc])}
    met: dict[int, list[int]] = {end: [] for end in ends}
    tails, heads, names = network.tail.tolist(), network.head.tolist(), network.name.tolist()
    for tail, head, name in zip(tails, heads, names, strict=True):
        for end in (tail, head):
            if end in met and name and name not in met[end]:
                met[end].append(name)
    return met


def _segment(network: RoadNetwork, arc: int, met: dict[int, list[int]]) -> Segment:
    own = int(network.name[arc])
    crossings = [
        next((network.names[name] for name in met[int(end)] if name != own), "")
        for end in (network.tail[arc], network.head[arc])
    ]
    lat, lon = _middle(network.shape(arc))
    return Segment(
        street=network.names[own],
        lat=lat,
        lon=lon,
        length_m=float(network.length_m[arc]),
        crossings=(crossings[0], crossings[1]),
    )


def _middle(shape: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the point halfway along a line, near enough within a street."""
    lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(shape)]
    left = sum(lengths) / 2
    for (a, b), length in zip(pairwise(shape), lengths, strict=True):
        if left <= length and length > 0:
            share = left / length
            return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])
        left -= length
    return shape[-1]
