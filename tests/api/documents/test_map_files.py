from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from api.documents.map_files import map_links_txt, routes_geojson
from api.documents.tracks import routes_gpx, routes_kml
from tests.api.documents.sample_books import book, route

LINE = ((-2.13, 106.1), (-2.131, 106.105), (-2.13, 106.1))


def test_geojson_draws_depot_stops_and_the_streets() -> None:
    found = json.loads(routes_geojson(book(replace(route(), line=LINE))))
    kinds = [each["properties"]["kind"] for each in found["features"]]
    assert kinds == ["route", "depot", *["stop"] * 12]
    line = found["features"][0]
    assert line["geometry"]["coordinates"] == [[lon, lat] for lat, lon in LINE]
    assert line["properties"]["follows_roads"] is True
    straight = json.loads(routes_geojson(book()))["features"][0]
    assert len(straight["geometry"]["coordinates"]) == 14
    assert straight["properties"]["follows_roads"] is False


def test_geojson_names_no_family_and_keeps_stops_without_a_place() -> None:
    stop = replace(route().trips[0].stops[0], latitude=None, longitude=None)
    trip = replace(route().trips[0], stops=(stop, route().trips[0].stops[1]))
    text = routes_geojson(book(replace(route(), trips=(trip,)))).decode()
    first = next(f for f in json.loads(text)["features"] if f["properties"]["kind"] == "stop")
    assert first["geometry"] is None
    assert first["properties"]["name"] == "RT-0060"
    assert "Bapak Rahman" not in text
    assert "Ibu Sari" not in text


def test_links_hold_at_most_ten_stops_and_every_stop_has_its_own() -> None:
    text = map_links_txt(book()).decode("utf-8-sig")
    links = [line.split(": ", 1)[1] for line in text.splitlines() if "google" in line]
    for link in links:
        query = parse_qs(urlsplit(link).query)
        assert len(query.get("waypoints", [""])[0].split("|")) + 1 <= 10
    assert sum("geo:" in line for line in text.splitlines()) == 12
    assert "Ibu Sari" not in text


def test_a_drop_point_without_a_code_goes_by_its_name() -> None:
    stop = replace(route().trips[0].stops[-1], code="")
    trip = replace(route().trips[0], stops=(stop,))
    one = book(replace(route(), trips=(trip,)))
    assert stop.name in map_links_txt(one).decode("utf-8-sig")
    assert f"{stop.sequence}. {stop.name}" in routes_gpx(one).decode()


def test_tracks_follow_the_streets_where_they_are_known() -> None:
    one = book(replace(route(), line=LINE))
    assert routes_gpx(one).decode().count("<trkpt") == 3
    assert "<trk>" not in routes_gpx(book()).decode()
    assert b"106.105000,-2.131000" in routes_kml(one)
