"""What to do at which junction along a way: turns and street names, as codes for the page to word.

A turn is told where there is a choice and the road bends, or where the street's name changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from logistics.road_rules import STRAIGHT_DEG

if TYPE_CHECKING:
    from logistics.roads import RoadNetwork
    from logistics.ways import Way

SHORT_M = 25.0
"""A change of name shorter than this is not told."""


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction.

    Parameters
    ----------
    code
        "depart", "straight", "left", "right", "u_turn" or "roundabout".
    street
        Name of the street that one is on afterwards; empty where the map has none.
    distance_m
        How far one drives until the next step.
    exit_number
        Which exit of a roundabout, from 1; else 0.
    """

    code: str
    street: str
    distance_m: float
    exit_number: int = 0


def steps_of(network: RoadNetwork, way: Way) -> list[Step]:
    """Return the instructions for one way, first "depart"; empty when the map knows no street."""
    if not any(network.name[arc] for arc in way.arcs):
        return []
    metres = _metres(network, way)
    steps = [Step("depart", _street(network, way.arcs[0]), metres[0])]
    exits = 0
    for at in range(1, len(way.arcs)):
        before, arc = way.arcs[at - 1], way.arcs[at]
        if network.is_roundabout[arc]:
            exits = _exits_passed(network, way, at) if exits == 0 else exits
            _lengthen(steps, metres[at])
        elif exits:
            steps.append(Step("roundabout", _street(network, arc), metres[at], exits))
            exits = 0
        else:
            code = _turn(network, before, arc)
            if code == "straight" and not _is_new_street(network, steps[-1], arc):
                _lengthen(steps, metres[at])
            else:
                steps.append(Step(code, _street(network, arc), metres[at]))
    return _without_slivers(steps)


def polyline(network: RoadNetwork, way: Way) -> list[tuple[float, float]]:
    """Return the points (lat, lon) of a way from its beginning to its end."""
    points: list[tuple[float, float]] = []
    for at, arc in enumerate(way.arcs):
        begin = way.from_share if at == 0 else 0.0
        end = way.to_share if at == len(way.arcs) - 1 else 1.0
        part = _cut(network.shape(arc), begin, end)
        points += part[1:] if points and part[:1] == points[-1:] else part
    return points


def _metres(network: RoadNetwork, way: Way) -> list[float]:
    """Return how much of each arc is driven."""
    metres = [float(network.length_m[arc]) for arc in way.arcs]
    last = metres[-1]
    metres[-1] -= (1 - way.to_share) * last
    metres[0] -= way.from_share * float(network.length_m[way.arcs[0]])
    return metres


def _street(network: RoadNetwork, arc: int) -> str:
    return network.names[int(network.name[arc])]


def _is_new_street(network: RoadNetwork, step: Step, arc: int) -> bool:
    street = _street(network, arc)
    return bool(street) and street != step.street


def _turn(network: RoadNetwork, before: int, arc: int) -> str:
    """Return how one leaves a junction: a bend without a choice is "straight"."""
    if network.reverse[before] == arc:
        return "u_turn"
    begins, ends = network.bearing_deg
    angle = float((begins[arc] - ends[before] + 180) % 360 - 180)
    ways_on = [other for other in _out_of(network, before) if other != network.reverse[before]]
    if abs(angle) <= STRAIGHT_DEG or len(ways_on) < 2:
        return "straight"
    return "right" if angle > 0 else "left"


def _out_of(network: RoadNetwork, arc: int) -> list[int]:
    """Return the arcs that some vehicle may take at the end of an arc."""
    found: list[int] = (network.tail == network.head[arc]).nonzero()[0].tolist()
    return found


def _exits_passed(network: RoadNetwork, way: Way, at: int) -> int:
    """Return the number of the exit that is taken of a roundabout entered with arc `at`."""
    exits = 0
    while at < len(way.arcs) and network.is_roundabout[way.arcs[at]]:
        exits += any(not network.is_roundabout[other] for other in _out_of(network, way.arcs[at]))
        at += 1
    return max(1, exits)


def _lengthen(steps: list[Step], metres: float) -> None:
    last = steps[-1]
    steps[-1] = Step(last.code, last.street, last.distance_m + metres, last.exit_number)


def _without_slivers(steps: list[Step]) -> list[Step]:
    """Drop changes of name that are over before one has read the sign."""
    kept = steps[:1]
    for step in steps[1:]:
        is_same = step.distance_m < SHORT_M or step.street == kept[-1].street
        if step.code == "straight" and is_same:
            _lengthen(kept, step.distance_m)
        else:
            kept.append(step)
    return kept


def _cut(shape: list[tuple[float, float]], begin: float, end: float) -> list[tuple[float, float]]:
    """Return the part of a line between two shares of its length."""
    if begin <= 0 and end >= 1:
        return shape
    lengths = [0.0]
    for (lat_a, lon_a), (lat_b, lon_b) in pairwise(shape):
        lengths.append(lengths[-1] + ((lat_b - lat_a) ** 2 + (lon_b - lon_a) ** 2) ** 0.5)
    whole = lengths[-1] or 1.0
    first, last = begin * whole, end * whole
    inner = [point for point, at in zip(shape, lengths, strict=True) if first < at < last]
    return [_at(shape, lengths, first), *inner, _at(shape, lengths, last)]


def _at(
    shape: list[tuple[float, float]], lengths: list[float], wanted: float
) -> tuple[float, float]:
    for row in range(1, len(shape)):
        if lengths[row] >= wanted:
            span = (lengths[row] - lengths[row - 1]) or 1.0
            share = (wanted - lengths[row - 1]) / span
            (lat_a, lon_a), (lat_b, lon_b) = shape[row - 1], shape[row]
            return lat_a + share * (lat_b - lat_a), lon_a + share * (lon_b - lon_a)
    return shape[-1]
