"""Breaks and goods fetched on the way stand between the stops, on paper and in the workbook."""

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import gpxpy
from openpyxl import load_workbook

from api.documents.csv_files import planner_csv
from api.documents.links import google_maps_links
from api.documents.map_files import routes_geojson
from api.documents.models import EventKind, RoadEvent, RouteBook
from api.documents.route_sheets import route_sheets_data, route_sheets_pdf
from api.documents.route_workbook import route_workbook
from api.documents.tracks import routes_gpx, routes_kml
from tests.api.documents.pdf_reading import whole_text
from tests.api.documents.sample_books import EIGHT, book, route

PRAYER = RoadEvent(
    after=2,
    kind=EventKind.BREAK,
    starts_at=EIGHT + timedelta(hours=3, minutes=30),
    ends_at=EIGHT + timedelta(hours=5),
    title="Salat Jumat",
)
RICE = RoadEvent(
    after=0,
    kind=EventKind.PICKUP,
    mark="J1",
    starts_at=EIGHT + timedelta(minutes=20),
    title="Toko Makmur",
    detail="Jl. Pasar 3 · 10 karung beras",
    weight_g=50_000,
    latitude=-2.13,
    longitude=106.11,
)


def with_events(*events: RoadEvent) -> tuple[str, bytes]:
    sheet = route(num_stops=4)
    trip = replace(sheet.trips[0], events=events)
    some = book(replace(sheet, trips=(trip,)))
    return whole_text(route_sheets_pdf(some)), route_workbook(some)


def test_a_break_and_a_pickup_stand_where_they_happen() -> None:
    sheet = route(num_stops=4)
    trip = replace(sheet.trips[0], events=(RICE, PRAYER, replace(PRAYER, after=9)))
    [printed] = route_sheets_data(book(replace(sheet, trips=(trip,))))["routes"][0]["trips"]
    assert [each["title"] for each in printed["first"]] == ["Toko Makmur"]
    assert [[e["title"] for e in stop["events"]] for stop in printed["stops"]] == [
        [], ["Salat Jumat"], [], ["Salat Jumat"],
    ]  # fmt: skip


def test_the_paper_tells_hours_goods_and_weight() -> None:
    text, _ = with_events(RICE, PRAYER)
    assert "J1 · 08.20 Toko Makmur" in text
    assert "Jl. Pasar 3 · 10 karung beras · 50 kg" in text
    assert "11.30–13.00 Salat Jumat" in text


def test_the_workbook_has_them_on_a_tab_and_no_tab_without_any() -> None:
    _, written = with_events(RICE, PRAYER)
    sheet = load_workbook(BytesIO(written))["Di jalan"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[1][1:] == [0, "08.20", "J1 · Toko Makmur", "Jl. Pasar 3 · 10 karung beras", 50]
    assert rows[2][1:4] == [2, "11.30–13.00", "Salat Jumat"]
    _, plain = with_events()
    assert "Di jalan" not in load_workbook(BytesIO(plain)).sheetnames


def test_goods_to_fetch_are_a_stop_for_maps_and_other_planners() -> None:
    sheet = route(num_stops=2)
    trip = replace(sheet.trips[0], events=(replace(RICE, after=1), PRAYER))
    some = book(replace(sheet, trips=(trip,)))
    spots = [point for _, *point in _gpx_points(some)]
    assert spots[2] == [-2.13, 106.11]
    names = [
        row.split(",")[0].strip('"') for row in planner_csv(some).decode("utf-8-sig").split("\r\n")
    ]
    assert [name.split(".")[0] for name in names[1:4]] == ["1", "J1", "2"]
    kinds = [each["properties"]["kind"] for each in json.loads(routes_geojson(some))["features"]]
    assert sorted(kinds) == ["depot", "pickup", "route", "stop", "stop"]
    assert "-2.130000%2C106.110000" in google_maps_links(some.routes[0])[0]
    assert b"J1. Toko Makmur" in routes_kml(some)


def _gpx_points(some: RouteBook) -> list[tuple[str, float, float]]:
    [drawn] = gpxpy.parse(routes_gpx(some).decode()).routes
    return [(p.name or "", p.latitude, p.longitude) for p in drawn.points]
