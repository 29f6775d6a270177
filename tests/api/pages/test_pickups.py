"""The page of goods to fetch: a form with help, errors at the field, results with a reason."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.services import planning
from data.engine import read_session, write_session
from data.schema import Account, Cycle, Pickup, PickupState, Role, Route, RouteState, Vehicle
from tests.api.pages.reading import send, text_of
from tests.api.services.test_planning import QUICK, packed_month
from tests.factories import NOW, make_vehicle

pytestmark = pytest.mark.stores("sqlite")
PAGE = "/bulan/2026-12/jemput"
SHOP = {
    "label": "Toko Makmur", "address": "Jl. Pasar 3", "goods": "10 karung beras",
    "weight_g": "50", "volume_ml": "70", "lat": "-2,112", "lon": "106,104", "opens": "9",
}  # fmt: skip


@pytest.fixture
def coordinator(client_for: Callable[[Role], TestClient], engine: Engine) -> TestClient:
    with write_session(engine) as session:
        packed_month(session)
        make_vehicle(session)
    return client_for(Role.COORDINATOR)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found.group(1)


def test_a_pickup_is_entered_planned_seen_on_its_route_and_recorded(
    coordinator: TestClient, engine: Engine, person: Callable[[Role], Account]
) -> None:
    assert "Belum ada barang yang dijemput" in text_of(coordinator.get(PAGE))
    assert "Toko Makmur tersimpan" in text_of(send(coordinator, PAGE, **SHOP))
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        cycle = session.exec(select(Pickup)).one().cycle_id
        planning.plan_routes(
            session, cycle=session.get_one(Cycle, cycle), by=by, now=NOW, options=QUICK
        )
        route = session.get_one(Route, session.exec(select(Pickup)).one().route_id)
        code = route.code
    assert "J1. Jemput barang: Toko Makmur" in text_of(coordinator.get(f"/rute/{code}"))
    with write_session(engine) as session:
        session.exec(select(Route).where(Route.code == code)).one().state = RouteState.DISPATCHED
        uid = session.exec(select(Pickup)).one().uid
    version = hidden(coordinator.get(PAGE).text, "versi")
    answer = coordinator.post(f"/jemput/{uid}/hasil", data={"versi": version, "hasil": "tidak"})
    assert answer.status_code == 422
    assert "Tulis mengapa barangnya tidak terambil" in text_of(answer)
    assert "tercatat" in text_of(
        send(coordinator, f"/jemput/{uid}/hasil", versi=version, hasil="tidak", catatan="tutup")
    )
    with read_session(engine) as session:
        assert session.exec(select(Pickup)).one().state == PickupState.MISSED


def test_wrong_fields_are_named_and_what_was_typed_stays(coordinator: TestClient) -> None:
    answer = coordinator.post(PAGE, data={**SHOP, "lat": "utara", "weight_g": ""})
    assert answer.status_code == 422
    assert re.search(r'id="lat-error">Tulis derajat', answer.text)
    assert 'value="utara"' in answer.text
    assert 'id="weight_g-error"' in answer.text


def test_a_pickup_is_changed_and_taken_back(coordinator: TestClient, engine: Engine) -> None:
    send(coordinator, PAGE, **SHOP)
    with read_session(engine) as session:
        uid = session.exec(select(Pickup)).one().uid
    page = coordinator.get(f"{PAGE}?ubah={uid}").text
    assert 'value="Toko Makmur"' in page
    changed = {**SHOP, "goods": "5 karung beras", "versi": "1"}
    assert "tersimpan" in text_of(send(coordinator, f"{PAGE}?ubah={uid}", **changed))
    assert "dibatalkan" in text_of(send(coordinator, f"/jemput/{uid}/batal", versi=2))


def test_an_auditor_sees_pickups_and_no_form(
    coordinator: TestClient, client_for: Callable[[Role], TestClient]
) -> None:
    send(coordinator, PAGE, **SHOP)
    page = client_for(Role.AUDITOR).get(PAGE)
    assert "Toko Makmur" in text_of(page)
    assert '<form method="post" action="/bulan' not in page.text


def test_a_courier_records_a_pickup_and_its_goods_go_into_stock(
    coordinator: TestClient,
    client_for: Callable[[Role], TestClient],
    engine: Engine,
    person: Callable[[Role], Account],
) -> None:
    send(coordinator, PAGE, **SHOP)
    by, driver = person(Role.COORDINATOR), person(Role.COURIER)
    with write_session(engine) as session:
        cycle = session.exec(select(Cycle)).one()
        planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
        pickup = session.exec(select(Pickup)).one()
        route = session.get_one(Route, pickup.route_id)
        route.state, route.dispatched_at = RouteState.DISPATCHED, NOW
        session.get_one(Vehicle, route.vehicle_id).courier_account_id = driver.id
        uid = pickup.uid
    courier = client_for(Role.COURIER)
    assert f'href="/kurir/jemput/{uid}"' in courier.get("/kurir").text
    assert f'action="/kurir/jemput/{uid}"' in courier.get(f"/kurir/jemput/{uid}").text
    assert courier.get("/kurir/jemput/none").status_code == 404
    answer = courier.post(f"/kurir/jemput/{uid}", data={"hasil": "tidak", "catatan": " "})
    assert answer.status_code == 422
    assert "Tulis mengapa barangnya tidak terambil" in text_of(answer)
    done = send(courier, f"/kurir/jemput/{uid}", hasil="terambil")
    assert "Hasil Toko Makmur tercatat" in text_of(done)
    assert "Terambil" in text_of(courier.get("/kurir"))
    wrong = coordinator.post(f"/jemput/{uid}/stok", data={"barang": "telur", "jumlah": "dua"})
    assert wrong.status_code == 422
    assert f'id="jumlah-{uid}-error"' in wrong.text
    assert 'value="dua"' in wrong.text
    stocked = send(coordinator, f"/jemput/{uid}/stok", barang="telur", jumlah="60")
    assert "60 butir Telur ayam dari Toko Makmur masuk stok" in text_of(stocked)
    assert "Masuk stok: 60 butir Telur ayam" in text_of(coordinator.get(PAGE))
