"""Vehicles and depots by hand: errors stand at their field, and nothing typed is lost."""

import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import Depot, Role, Vehicle, VehicleKind
from tests.api.pages.reading import send, text_of
from tests.factories import make_depot, make_vehicle

pytestmark = pytest.mark.stores("sqlite")
MOTOR = {
    "name": "Motor Ani", "kind": "motorcycle", "capacity_g": "40", "capacity_ml": "90",
    "shift_starts": "8", "shift_ends": "15.30", "is_active": "ya",
}  # fmt: skip


@pytest.fixture
def coordinator(client_for: Callable[[Role], TestClient]) -> TestClient:
    return client_for(Role.COORDINATOR)


def test_a_vehicle_is_added_with_its_limits_and_skills(
    coordinator: TestClient, engine: Engine
) -> None:
    assert "Batas dan kemampuan" in text_of(coordinator.get("/armada/baru"))
    limits = {"skills": ["female_courier", "hakka"], "max_stops": "12", "max_distance_m": "45,5"}
    led = coordinator.post("/armada/baru", data={**MOTOR, **limits, "weekdays": ["0", "3"]})
    page = text_of(coordinator.get(led.headers["location"]))
    assert "Motor Ani tersimpan" in page
    assert "kader atau kurir perempuan, berbahasa Hakka · 12 perhentian serit · 45,5 km" in page
    with read_session(engine) as session:
        vehicle = session.exec(select(Vehicle)).one()
    assert (vehicle.kind, vehicle.capacity_g, vehicle.capacity_ml) == (
        VehicleKind.MOTORCYCLE, 40_000, 90_000,
    )  # fmt: skip
    assert (vehicle.shift_starts, vehicle.shift_ends) == ("08:00", "15:30")
    assert (vehicle.weekdays, vehicle.max_trips, vehicle.skips_prayer) == ([0, 3], None, False)


def test_own_speed_and_costs_are_typed_shown_and_emptied_again(
    coordinator: TestClient, engine: Engine
) -> None:
    page = text_of(coordinator.get("/armada/baru"))
    assert "Motor: 25 km/jam, Rp 500 per km, Rp 20.000 per jam, Rp 60.000 per hari" in page
    wrong = coordinator.post(
        "/armada/baru", data={**MOTOR, "speed_m_per_h": "0", "cost_rp_per_km": "murah"}
    )
    assert re.search(r'id="speed_m_per_h-error">Tulis kilometer sejam', wrong.text)
    assert re.search(r'id="cost_rp_per_km-error">Tulis rupiah', wrong.text)
    own = {"speed_m_per_h": "32,5", "cost_rp_per_km": "1.200", "cost_rp_per_hour": "0"}
    led = coordinator.post("/armada/baru", data={**MOTOR, **own})
    page = text_of(coordinator.get(led.headers["location"]))
    assert "32,5 km/jam · Rp 1.200 per km · Rp 0 per jam" in page
    with read_session(engine) as session:
        vehicle = session.exec(select(Vehicle)).one()
    figures = (vehicle.speed_m_per_h, vehicle.cost_rp_per_km, vehicle.cost_rp_per_hour)
    assert (*figures, vehicle.cost_rp_per_day) == (32_500, 1_200, 0, None)
    here = f"/armada/{vehicle.id}/ubah"
    form = _form(coordinator.get(here).text)
    assert (form["speed_m_per_h"], form["cost_rp_per_hour"]) == ("32,5", "0")
    assert coordinator.post(here, data=form | {"speed_m_per_h": ""}).status_code == 303
    with read_session(engine) as session:
        assert session.exec(select(Vehicle)).one().speed_m_per_h is None


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    coordinator: TestClient,
) -> None:
    wrong = {**MOTOR, "shift_ends": "siang", "capacity_g": "banyak"}
    answer = coordinator.post("/armada/baru", data=wrong)
    assert answer.status_code == 422
    assert re.search(r'id="shift_ends-error">Tulis jam', answer.text)
    assert re.search(r'id="capacity_g-error">Tulis kilogram', answer.text)
    assert 'value="siang"' in answer.text
    answer = coordinator.post("/armada/baru", data={**MOTOR, "shift_ends": "07:00"})
    assert "Jam selesai harus sesudah jam mulai" in text_of(answer)


def test_only_what_changed_is_saved_and_a_name_stays_unique(
    coordinator: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        one, other = make_vehicle(session, name="Pikap A"), make_vehicle(session, name="Pikap B")
        number, taken = one.id, other.name
    page = coordinator.get(f"/armada/{number}/ubah").text
    found = re.search(r'name="semula" value="([^"]*)"', page)
    assert found is not None
    read = found.group(1).replace("&#34;", '"')
    form = {**MOTOR, "name": "Pikap A", "kind": "pickup", "capacity_g": "800",
            "capacity_ml": "2000", "shift_starts": "08:00", "shift_ends": "16:00",
            "max_trips": "2", "semula": read}  # fmt: skip
    assert "tersimpan" in text_of(send(coordinator, f"/armada/{number}/ubah", **form))
    with read_session(engine) as session:
        vehicle = session.get_one(Vehicle, number)
        assert (vehicle.max_trips, vehicle.capacity_g) == (2, 800_000)
    answer = coordinator.post(f"/armada/{number}/ubah", data={**form, "name": taken})
    assert "Sudah ada kendaraan dengan nama itu" in text_of(answer)


def test_what_another_person_saved_meanwhile_is_shown_at_the_field_and_not_overwritten(
    coordinator: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        number = make_vehicle(session, name="Pikap A").id
    here = f"/armada/{number}/ubah"
    first, second = (_form(coordinator.get(here).text) for _ in range(2))
    assert coordinator.post(here, data=first | {"max_stops": "20"}).status_code == 303
    both = second | {"max_stops": "12", "plate": "BN 1 AB"}
    answer = coordinator.post(here, data=both)
    assert answer.status_code == 409
    assert re.search(r'id="max_stops-error">[^<]*orang lain menyimpan: 20', answer.text)
    with read_session(engine) as session:
        found = session.get_one(Vehicle, number)
        assert (found.max_stops, found.plate == "BN 1 AB") == (20, False)
    again = _form(answer.text) | {"max_stops": "12", "plate": "BN 1 AB"}
    assert coordinator.post(here, data=again).status_code == 303
    other_field = second | {"max_trips": "2"}
    assert coordinator.post(here, data=other_field).status_code == 303
    with read_session(engine) as session:
        found = session.get_one(Vehicle, number)
        assert (found.max_stops, found.max_trips, found.plate) == (12, 2, "BN 1 AB")


def _form(page: str) -> dict[str, str]:
    """Return a form's texts as they were shown, with what it showed."""
    read = re.search(r'name="semula" value="([^"]*)"', page)
    assert read is not None
    text = unescape(read.group(1))
    return {**json.loads(text), "semula": text}


def test_an_auditor_finds_no_form(client_for: Callable[[Role], TestClient]) -> None:
    assert client_for(Role.AUDITOR).get("/armada/baru").status_code == 403


def test_an_empty_citys_depot_is_added_moved_and_chosen_for_a_vehicle(
    coordinator: TestClient, engine: Engine
) -> None:
    place = {"name": "Aula Dinas", "opens": "8", "closes": "15", "is_active": "ya"}
    assert 'href="/gudang/baru"' in coordinator.get("/stok").text
    for point, why in (
        ("di pasar", "dua angka"),
        ("106.11, -2.13", "tertukar"),
        ("-2.13, 106.11; 3", "dua angka"),
    ):
        answer = coordinator.post("/gudang/baru", data={**place, "point": point})
        assert answer.status_code == 422
        assert why in answer.text.split('id="point-error">')[1].split("<")[0]
        assert f'value="{point}"' in answer.text
    point = "https://maps.google.com/?q=-2.13160,106.11690"
    coordinator.post("/gudang/baru", data={**place, "point": point})
    page = text_of(coordinator.get("/armada"))
    assert "Aula Dinas -2.13160, 106.11690 · 08.00–15.00" in page
    with read_session(engine) as session:
        number = session.exec(select(Depot)).one().id
    coordinator.post("/armada/baru", data={**MOTOR, "depot_id": str(number)})
    here = f"/gudang/{number}"
    first, second = (_form(coordinator.get(here).text) for _ in range(2))
    assert coordinator.post(here, data=first | {"point": "-2.2, 106.1"}).status_code == 303
    answer = coordinator.post(here, data=second | {"point": "-2.3, 106.1"})
    assert answer.status_code == 409
    assert re.search(r'id="point-error">[^<]*menyimpan: -2.20000, 106.10000', answer.text)
    answer = coordinator.post(here, data=_form(answer.text) | {"is_active": ""})
    assert "satu-satunya gudang" in text_of(answer)
    with read_session(engine) as session:
        depot, vehicle = session.exec(select(Depot)).one(), session.exec(select(Vehicle)).one()
    assert (depot.lat, depot.is_active, vehicle.depot_id) == (-2.2, True, number)


def test_a_vehicle_is_not_used_again_from_a_depot_that_closed_meanwhile(
    coordinator: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        make_depot(session)
        old = make_depot(session, name="Gudang Lama")
        vehicle = make_vehicle(session, name="Motor Ani", depot_id=old.id)
        vehicle.is_active, old.is_active = False, False
    path = f"/armada/{vehicle.id}/ubah"
    page = coordinator.get(path).text
    assert re.search(r"selected>Gudang Lama \(ditutup\)<", page)
    found = re.search(r'name="semula" value="([^"]*)"', page)
    assert found
    shown = json.loads(unescape(found[1]))
    typed = {**shown, "semula": json.dumps(shown), "is_active": "ya"}
    answer = coordinator.post(path, data=typed)
    assert answer.status_code == 422
    assert "Pilih gudang yang masih dipakai" in answer.text
    assert coordinator.post(path, data={**typed, "depot_id": ""}).status_code == 303
