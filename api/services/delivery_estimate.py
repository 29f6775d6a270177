"""What a package's way costs before any route is planned: estimated from the last month's routes.

Stops that share a route share its way there and back. How many do, kelurahan by kelurahan, is taken
from the routes of the month before; a kelurahan that none visited counts as a way of its own.
"""

from collections import defaultdict
from math import asin, cos, radians, sin, sqrt

from sqlmodel import Session

from data.queries.cycles import previous_agreed_cycle
from data.queries.routes import routes_of_cycle, stops_by_route
from data.reference.regions import regions
from data.schema import Cycle

EARTH_RADIUS_HM = 63_710
Point = tuple[float, float]


def estimate_delivery_hm(session: Session, *, cycle: Cycle) -> list[list[int]] | None:
    """Return (K+1) x K hectometres from each kelurahan to each, and from the depot (last row).

    One package's share of the way there and back, and of the way between the stops of its
    kelurahan. None when the month before had no routes.
    """
    previous = previous_agreed_cycle(session, cycle)
    routes = routes_of_cycle(session, cycle_id=previous.id or 0) if previous else []
    stops = stops_by_route(session, route_ids=[route.id or 0 for route, _, _ in routes])
    if not stops:
        return None
    offices = [(place.office_lat, place.office_lon) for place in regions().all_kelurahan]
    codes = [place.code for place in regions().all_kelurahan]
    visits: dict[str, list[int]] = defaultdict(list)
    legs: dict[str, list[int]] = defaultdict(list)
    for listed in stops.values():
        here: dict[str, int] = defaultdict(int)
        before = None
        for stop in listed:
            code = stop.kelurahan_code or ""
            here[code] += 1
            if code == before and stop.leg_distance_m is not None:
                legs[code].append(stop.leg_distance_m)
            before = code
        for code, count in here.items():
            visits[code].append(count)
    together = [_mean(visits[code]) or 1.0 for code in codes]
    between = [_mean(legs[code]) / 100 for code in codes]
    depots = {(depot.lat, depot.lon) for _, _, depot in routes}
    starts = [[office] for office in offices] + [sorted(depots)]
    return [
        [
            round(2 * min(_apart_hm(start, office) for start in points) / shared + leg)
            for office, shared, leg in zip(offices, together, between, strict=True)
        ]
        for points in starts
    ]


def _mean(values: list[int]) -> float:
    return sum(values) / len(values) if values else 0.0


def _apart_hm(first: Point, second: Point) -> float:
    lat_a, lon_a, lat_b, lon_b = map(radians, (*first, *second))
    half = sin((lat_b - lat_a) / 2) ** 2
    half += cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_HM * asin(sqrt(half))
