"""routes.gpx and routes.kml: the routes for offline map apps on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from api.documents.imprints import title_line, unapproved_mark
from api.documents.links import place_name
from api.documents.models import RoadEvent
from api.documents.wording import Wording, printable

if TYPE_CHECKING:
    from gpxpy.gpx import GPXTrack

    from api.documents.models import Language, RouteBook, RouteSheet, StopLine

_KML = "http://www.opengis.net/kml/2.2"


def routes_gpx(book: RouteBook, *, language: Language = "id") -> bytes:
    """Write GPX 1.1: a route (``rte``) per courier and every stop and depot as a waypoint.

    Where the streets are known, a track (``trk``) follows them.

    Names are ``number. code``; a description says packages and landmark, never a person's name.
    Stops without coordinates cannot be drawn and are left out.
    """
    from gpxpy.gpx import GPX, GPXRoute, GPXRoutePoint, GPXWaypoint

    wording = Wording(language, book.imprint.timezone)
    gpx = GPX()
    gpx.creator = "Asuh"
    gpx.name = _title(book, wording)
    gpx.time = book.imprint.printed_at
    for route in book.routes:
        drawn = GPXRoute(name=_printable(route.number), description=_vehicle(route))
        for latitude, longitude, name, description in _points(route, wording):
            drawn.points.append(
                GPXRoutePoint(latitude, longitude, name=name, description=description or None)
            )
        for latitude, longitude, name, description in _stop_points(route, wording):
            label = f"{_printable(route.number)} {name}"
            gpx.waypoints.append(
                GPXWaypoint(latitude, longitude, name=label, description=description or None)
            )
        gpx.routes.append(drawn)
        if route.line:
            gpx.tracks.append(_track(route))
    return str(gpx.to_xml(version="1.1")).encode()


def _title(book: RouteBook, wording: Wording) -> str:
    title = title_line("route_sheets", book, wording)
    mark = unapproved_mark(book.imprint, wording)
    return f"{title} – {mark}" if mark else title


def routes_kml(book: RouteBook, *, language: Language = "id") -> bytes:
    """Write KML 2.2: a folder per route with its line and its numbered stops."""
    wording = Wording(language, book.imprint.timezone)
    register_namespace("", _KML)
    root = Element(f"{{{_KML}}}kml")
    document = _child(root, "Document")
    _child(document, "name", _title(book, wording))
    for route in book.routes:
        folder = _child(document, "Folder")
        _child(folder, "name", _printable(route.number))
        points = _points(route, wording)
        places = route.line or [(lat, lon) for lat, lon, _, _ in points]
        if len(places) > 1:
            line = _child(folder, "Placemark")
            _child(line, "name", _printable(route.number))
            _child(
                _child(line, "LineString"),
                "coordinates",
                " ".join(f"{lon:.6f},{lat:.6f}" for lat, lon in places),
            )
        for latitude, longitude, name, description in _stop_points(route, wording):
            mark = _child(folder, "Placemark")
            _child(mark, "name", name)
            _child(mark, "description", description)
            _child(_child(mark, "Point"), "coordinates", f"{longitude:.6f},{latitude:.6f}")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _track(route: RouteSheet) -> GPXTrack:
    from gpxpy.gpx import GPXTrack, GPXTrackPoint, GPXTrackSegment

    points = [GPXTrackPoint(lat, lon) for lat, lon in route.line or ()]
    track = GPXTrack(name=_printable(route.number))
    track.segments.append(GPXTrackSegment(points))
    return track


def _child(parent: Element, tag: str, text: str | None = None) -> Element:
    element = SubElement(parent, f"{{{_KML}}}{tag}")
    element.text = text
    return element


_Point = tuple[float, float, str, str]


def _points(route: RouteSheet, wording: Wording) -> list[_Point]:
    depot = _depot(route)
    points = list(depot)
    for trip in route.trips:
        points += [point for each in trip.in_order() for point in _point(each, wording)]
        points += depot
    return points


def _stop_points(route: RouteSheet, wording: Wording) -> list[_Point]:
    places = [each for trip in route.trips for each in trip.in_order()]
    return [*_depot(route), *(point for each in places for point in _point(each, wording))]


def _point(place: StopLine | RoadEvent, wording: Wording) -> list[_Point]:
    if isinstance(place, RoadEvent):
        if place.latitude is None or place.longitude is None:
            return []
        name = f"{place.mark}. {_printable(place.title)}"
        return [(place.latitude, place.longitude, name, _printable(place.detail))]
    return _stop_point(place, wording)


def _depot(route: RouteSheet) -> list[_Point]:
    if route.depot_latitude is None or route.depot_longitude is None:
        return []
    name = _printable(route.depot_name)
    return [(route.depot_latitude, route.depot_longitude, name, _printable(route.depot_address))]


def _stop_point(stop: StopLine, wording: Wording) -> list[_Point]:
    if stop.latitude is None or stop.longitude is None:
        return []
    packages = wording.num_packages(len(stop.packages))
    description = " · ".join(part for part in (packages, _printable(stop.landmark)) if part)
    name = f"{stop.sequence}. {_printable(place_name(stop))}"
    return [(stop.latitude, stop.longitude, name, description)]


def _vehicle(route: RouteSheet) -> str:
    return _printable(f"{route.vehicle_name} {route.vehicle_plate}".strip())


def _printable(text: str) -> str:
    """Without the break marks, which a map app would show."""
    return printable(text).replace("\u200b", "")
