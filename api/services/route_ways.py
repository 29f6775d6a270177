"""The streets of a stored route: its line for maps and what to do at which corner."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from api.services.road_travel import roads_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from api.services.route_views import RouteView
    from logistics.directions import Step
    from logistics.distance import Point
    from logistics.snapping import Snap
    from logistics.ways import Roads

__all__ = ["LegWay", "places_in_order", "ways_of", "whole_line"]


@dataclass(frozen=True, slots=True)
class LegWay:
    """From one place of a route to the next that has coordinates.

    Parameters
    ----------
    to_stop
        Uid of the stop that it leads to, empty back to the depot.
    line
        Points (lat, lon), from door to door.
    steps
        Turns and streets, empty where the map has no names or no way was found.
    is_by_road
        False: a straight line, because no road leads there.
    """

    to_stop: str
    line: tuple[tuple[float, float], ...]
    steps: tuple[Step, ...] = ()
    is_by_road: bool = False


def ways_of(session: Session, view: RouteView) -> tuple[LegWay, ...]:
    """Return a route's legs along its streets; empty where its distances are not by road."""
    from logistics.distance import Point
    from logistics.road_rules import KINDS

    if not view.distance_source.startswith("roads") or view.vehicle_kind not in KINDS:
        return ()
    roads = roads_on(session, days=[view.day])
    if roads is None:
        return ()
    depot = Point("", view.depot_lat, view.depot_lon)
    stops = [Point(uid, lat, lon) for uid, lat, lon in places_in_order(view) if lat is not None]
    points = [depot, *stops, depot]
    spots = list(zip(points, roads.snap(points, view.vehicle_kind), strict=True))
    return tuple(_leg(roads, view.vehicle_kind, pair) for pair in pairwise(spots))


def places_in_order(view: RouteView) -> list[tuple[str, float | None, float | None]]:
    """Return uid, latitude and longitude of a route's stops and pickups as they are driven."""
    places: list[tuple[str, float | None, float | None]] = []
    for number in range(len(view.stops) + 1):
        places += [(p.uid, p.lat, p.lon) for p in view.pickups if p.after == number]
        if number < len(view.stops):
            stop = view.stops[number]
            places.append((stop.uid, stop.lat, stop.lon))
    return places


def whole_line(ways: Sequence[LegWay]) -> list[tuple[float, float]] | None:
    """Return the legs as one line, None where there are none."""
    return [point for leg in ways for point in leg.line] or None


def _leg(roads: Roads, kind: str, ends: tuple[tuple[Point, Snap], tuple[Point, Snap]]) -> LegWay:
    from logistics.directions import polyline, steps_of

    (start, start_spot), (end, end_spot) = ends
    doors = [(point.lat or 0.0, point.lon or 0.0) for point in (start, end)]
    way = roads.way(start_spot, end_spot, kind)
    if way is None:
        return LegWay(end.id, tuple(doors))
    line = (doors[0], *polyline(roads.network, way), doors[1])
    return LegWay(end.id, line, tuple(steps_of(roads.network, way)), is_by_road=True)
