from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import fromstring

import gpxpy

from api.documents.tracks import routes_gpx, routes_kml
from tests.api.documents.sample_books import book, route

KML = "{http://www.opengis.net/kml/2.2}"


def test_gpx_has_a_route_per_courier_from_depot_to_depot() -> None:
    gpx = gpxpy.parse(routes_gpx(book(route(1), route(2, num_stops=4, num_trips=2))).decode())
    assert [each.name for each in gpx.routes] == ["LR-2026-12-001", "LR-2026-12-002"]
    assert len(gpx.routes[0].points) == 12 + 2
    assert len(gpx.routes[1].points) == 4 + 3
    assert gpx.routes[0].points[0].name == "Gudang Dinas PPPAKB"
    assert gpx.routes[0].points[1].name == "1. RT-0060"
    assert len(gpx.waypoints) == 13 + 5


def test_gpx_names_no_family_and_leaves_out_stops_without_a_place() -> None:
    stop = replace(route().trips[0].stops[0], latitude=None, longitude=None)
    trip = replace(route().trips[0], stops=(stop, route().trips[0].stops[1]))
    text = routes_gpx(book(replace(route(), trips=(trip,)))).decode()
    assert "RT-0060" not in text
    assert "RT-0061" in text
    assert "Bapak Rahman" not in text


def test_special_signs_survive() -> None:
    odd = replace(route(), vehicle_name="A & B <c>")
    gpx = gpxpy.parse(routes_gpx(book(odd)).decode())
    assert gpx.routes[0].description == "A & B <c> BN 8001 PA"


def test_route_without_any_place_draws_nothing() -> None:
    nowhere = replace(route(num_stops=0), depot_latitude=None)
    assert gpxpy.parse(routes_gpx(book(nowhere)).decode()).waypoints == []
    assert b"LineString" not in routes_kml(book(nowhere))


def test_kml_has_a_line_and_numbered_places() -> None:
    root = fromstring(routes_kml(book()))
    names = [mark.findtext(f"{KML}name") for mark in root.iter(f"{KML}Placemark")]
    assert names[0] == "LR-2026-12-001"
    assert "12. TB-71" in names
    line = root.find(f".//{KML}LineString/{KML}coordinates")
    assert line is not None
    assert len((line.text or "").split()) == 14
