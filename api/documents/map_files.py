"""routes.geojson and the list of map links: for maps in a browser and on a phone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from api.documents.imprints import title_line
from api.documents.links import geo_link, google_maps_links, place_name
from api.documents.wording import Wording, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.documents.models import Language, RouteBook, RouteSheet, StopLine

MAX_STOPS_PER_LINK = 10


def routes_geojson(book: RouteBook) -> bytes:
    """Write GeoJSON (RFC 7946): a line per route, the depot and every stop as a point.

    A stop says its number, code and packages, never a person's name. Stops without coordinates
    cannot be drawn: their feature has no geometry.
    """
    features = [each for route in book.routes for each in _features(route)]
    content = {"type": "FeatureCollection", "features": features}
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def map_links_txt(book: RouteBook, *, language: Language = "id") -> bytes:
    """Write per route the Google Maps links of at most ten stops each, and a geo link per stop.

    Codes stand for homes; what the courier needs at the door is on the sheet.
    """
    wording = Wording(language, book.imprint.timezone)
    lines = [title_line("route_sheets", book, wording), ""]
    for route in book.routes:
        lines += [*_links(route, wording), ""]
    return "\r\n".join(lines).encode("utf-8-sig")


def _features(route: RouteSheet) -> Iterator[dict[str, Any]]:
    about = {"route": route.number, "date": route.delivery_on.isoformat()}
    line = route.line or tuple(_straight(route))
    if len(line) > 1:
        yield _feature(
            {"type": "LineString", "coordinates": [_lon_lat(*point) for point in line]},
            about
            | {
                "kind": "route",
                "vehicle": f"{route.vehicle_name} {route.vehicle_plate}".strip(),
                "distance_m": route.distance_m,
                "distance_source": route.distance_source,
                "follows_roads": route.line is not None,
            },
        )
    if route.depot_latitude is not None and route.depot_longitude is not None:
        at = _point(route.depot_latitude, route.depot_longitude)
        yield _feature(at, about | {"kind": "depot", "name": route.depot_name})
    for stop in route.stops():
        has_place = stop.latitude is not None and stop.longitude is not None
        yield _feature(
            _point(stop.latitude or 0, stop.longitude or 0) if has_place else None,
            about
            | {
                "kind": "stop",
                "sequence": stop.sequence,
                "name": place_name(stop),
                "packages": len(stop.packages),
                "arrives_at": stop.arrives_at.isoformat(),
                "landmark": stop.landmark,
            },
        )
    yield from _pickup_features(route, about)


def _pickup_features(route: RouteSheet, about: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for event in route.pickups():
        if event.latitude is not None and event.longitude is not None:
            yield _feature(
                _point(event.latitude, event.longitude),
                about
                | {
                    "kind": "pickup",
                    "mark": event.mark,
                    "name": event.title,
                    "after": event.after,
                    "arrives_at": event.starts_at.isoformat(),
                    "weight_g": event.weight_g,
                },
            )


def _feature(geometry: dict[str, Any] | None, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _point(latitude: float, longitude: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": _lon_lat(latitude, longitude)}


def _lon_lat(latitude: float, longitude: float) -> list[float]:
    return [round(longitude, 6), round(latitude, 6)]


def _straight(route: RouteSheet) -> Iterator[tuple[float, float]]:
    depot = (route.depot_latitude, route.depot_longitude)
    stops = [(p.latitude, p.longitude) for trip in route.trips for p in trip.in_order()]
    for latitude, longitude in (depot, *stops, depot):
        if latitude is not None and longitude is not None:
            yield latitude, longitude


def _links(route: RouteSheet, wording: Wording) -> list[str]:
    name = printable(f"{route.vehicle_name} {route.vehicle_plate}".strip())
    head = f"{printable(route.number)} · {wording.day(route.delivery_on)} · {name}"
    parts = google_maps_links(route, max_waypoints=MAX_STOPS_PER_LINK - 1)
    stops = [_stop(stop, wording) for stop in route.stops()]
    named = [f"{wording.say('map')} {at}: {link}" for at, link in enumerate(parts, start=1)]
    return [head, *named, *stops]


def _stop(stop: StopLine, wording: Wording) -> str:
    name = f"{stop.sequence}. {printable(place_name(stop))}"
    if stop.latitude is None or stop.longitude is None:
        return f"{name}: {wording.say('no_coordinates')}"
    label = f"{stop.sequence} {place_name(stop)}"
    return f"{name}: {geo_link(stop.latitude, stop.longitude, label)}"
