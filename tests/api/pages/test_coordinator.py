"""The coordinator's first page, and what holds for all of the pages."""

import re
from collections.abc import Callable
from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from data.engine import write_session
from data.schema import (
    Account,
    Cycle,
    Role,
    Route,
    RouteState,
    Stop,
    StopState,
    Vehicle,
)
from tests.api.pages.reading import text_of
from tests.conftest import NOW

ClientFor = Callable[[Role | Account], TestClient]
MONTH = "/bulan/2026-12"


def test_without_a_month_the_first_page_says_what_comes_before(coordinator: TestClient) -> None:
    assert "Belum ada bulan yang disetujui" in coordinator.get("/koordinator").text


def test_routes_that_left_are_not_counted_as_merely_confirmed(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    page = text_of(coordinator.get(f"{MONTH}/rute"))
    assert "1 sudah berangkat" in page
    assert "08.00–10.00" in page
    assert "dikonfirmasi" not in page.split("Rute menurut hari")[0].split("1 sudah berangkat")[0]


def test_the_first_page_shows_who_has_not_opened_a_route(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    page = coordinator.get("/koordinator").text
    assert "R-2612-01" in page
    assert "belum dibuka" in page
    assert f'href="{MONTH}/hasil"' in page
    assert "Berikutnya" in page


def test_a_route_whose_day_went_by_stands_first_until_it_leaves(
    coordinator: TestClient, engine: Engine, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    assert "belum berangkat" not in coordinator.get("/koordinator").text
    with write_session(engine) as session:
        route = session.get_one(Route, away[1].id)
        route.state, route.day = RouteState.CONFIRMED, NOW.date() - timedelta(days=3)
    page = text_of(coordinator.get("/koordinator"))
    assert "Rute yang terlambat" in page
    assert "R-2612-01 · 28 November 2026" in page
    assert "belum berangkat" in page


def test_a_vehicle_that_no_courier_has_on_the_phone_is_named(
    coordinator: TestClient, engine: Engine, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    warning = "belum punya akun kurir"
    assert warning not in coordinator.get("/koordinator").text
    with write_session(engine) as session:
        vehicle = session.get_one(Vehicle, away[1].vehicle_id)
        vehicle.courier_account_id = None
        name = vehicle.name
    assert f"{name} {warning}" in coordinator.get("/koordinator").text


def test_a_waiting_stop_without_coordinates_stands_in_red(
    coordinator: TestClient, engine: Engine, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    with write_session(engine) as session:
        stop = session.get_one(Stop, away[2][0].id)
        stop.route_id = stop.sequence = stop.lat = stop.lon = None
        stop.state = StopState.PLANNED
        session.add(stop)
    assert '<span class="tag bad">tanpa koordinat</span>' in coordinator.get("/koordinator").text
    page = coordinator.get("/koordinator").text
    assert (
        f'<a href="/perhentian/{away[2][0].uid}">'
        '<span class="tag bad">1 perhentian tanpa koordinat</span></a>' in page
    )
    listed = coordinator.get(f"{MONTH}/rute").text
    assert '<tr class="bad"><td>' in listed
    assert "tanpa koordinat" in coordinator.get(f"/perhentian/{away[2][0].uid}").text


def test_an_auditor_reads_every_page_and_finds_no_form(
    client_for: ClientFor, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    auditor = client_for(Role.AUDITOR)
    for path in ("paket", "paket/daftar", "rute", "hasil", "tutup"):
        page = auditor.get(f"{MONTH}/{path}")
        assert page.status_code == 200
        posts = re.findall(r'<form method="post" action="([^"]+)"', page.text)
        assert set(posts) <= {"/bahasa", "/keluar", "/tampilan"}, path
    packing = text_of(auditor.get(f"{MONTH}/paket"))
    assert "Ke rute" in packing
    assert "Susun rute" not in packing, "the month has its routes"


def test_the_pages_are_there_in_english(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]], app: FastAPI
) -> None:
    coordinator.post("/bahasa", data={"bahasa": "en"})
    assert "Enter results" in coordinator.get("/koordinator").text
    assert "Reconcile and close" in coordinator.get(f"{MONTH}/tutup").text
    assert "30 × Eggs; 5 kg Rice" in coordinator.get("/rute/R-2612-01/hasil").text
