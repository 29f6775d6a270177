import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import Account, AuditEntry, Role, Sponsor, Vehicle
from tests.applications import browser
from tests.conftest import NOW
from tests.factories import KELURAHAN, make_account, make_sponsor, make_vehicle
from tests.factories_routes import make_dispatched_cycle

ClientFor = Callable[[Role], TestClient]
LINK = re.compile(r"<code>https://testserver(/tautan/[\w-]+)</code>")


@pytest.fixture
def sponsor(engine: Engine) -> Sponsor:
    with write_session(engine) as session:
        return make_sponsor(session)


def test_staff_invite_a_sponsor_who_then_comes_in(
    app: FastAPI, client_for: ClientFor, sponsor: Sponsor, engine: Engine
) -> None:
    staff = client_for(Role.STAFF)
    sheet = staff.get(f"/orang-tua-asuh/{sponsor.code}").text
    assert 'action="/undangan/donatur"' in sheet
    assert f'name="sponsor_code" value="{sponsor.code}"' in sheet
    made = staff.post("/undangan/donatur", data={"sponsor_code": sponsor.code.lower()})
    (path,) = LINK.findall(made.text)
    donor = browser(app)
    answer = donor.post(path)
    assert answer.headers["location"] == "/donatur"
    assert f"Max-Age={7 * 24 * 3600};" in answer.headers["set-cookie"]
    with read_session(engine) as session:
        account = session.exec(select(Account).where(Account.role == Role.DONOR)).one()
        actions = session.exec(select(AuditEntry.action)).all()
    assert account.sponsor_id == sponsor.id
    assert "link:donor" in actions
    assert LINK.search(staff.get("/undangan").text) is None


def test_inviting_a_sponsor_again_makes_no_second_account(
    client_for: ClientFor, sponsor: Sponsor, engine: Engine
) -> None:
    staff = client_for(Role.STAFF)
    for _ in range(2):
        assert staff.post("/undangan/donatur", data={"sponsor_code": sponsor.code}).is_success
    with read_session(engine) as session:
        assert len(session.exec(select(Account).where(Account.role == Role.DONOR)).all()) == 1


def test_an_unknown_sponsor_is_named_at_its_field(client_for: ClientFor) -> None:
    answer = client_for(Role.STAFF).post("/undangan/donatur", data={"sponsor_code": "X-9"})
    assert answer.status_code == 422
    assert 'href="#sponsor_code"' in answer.text


def test_a_coordinator_invites_couriers_and_staff_do_not(
    client_for: ClientFor, engine: Engine
) -> None:
    form = {"username": "kurir.budi", "full_name": "Budi"}
    refused = client_for(Role.STAFF).post("/undangan/kurir", data=form)
    assert refused.status_code == 403
    coordinator = client_for(Role.COORDINATOR)
    filled = coordinator.get("/undangan?nama=Budi%20Santoso%20Tua").text
    assert 'value="Budi Santoso Tua"' in filled
    assert 'value="budi.santoso"' in filled
    made = coordinator.post("/undangan/kurir", data=form)
    assert LINK.search(made.text) is not None
    with read_session(engine) as session:
        courier = session.exec(select(Account).where(Account.role == Role.COURIER)).one()
    assert client_for(Role.STAFF).post(f"/undangan/{courier.id}").status_code == 403
    assert LINK.search(client_for(Role.COORDINATOR).post(f"/undangan/{courier.id}").text)


def test_an_invitation_from_the_fleet_gives_the_courier_its_vehicles(
    app: FastAPI, client_for: ClientFor, engine: Engine
) -> None:
    """Both vehicles of one courier come ticked; the routes of one show once the link is used."""
    with write_session(engine) as session:
        _, route, *_ = make_dispatched_cycle(session)
        driven = session.get_one(Vehicle, route.vehicle_id)
        driven.courier_name, driven.courier_phone = "Budi Santoso", "+628117770001"
        driven.courier_account_id = None
        other = make_vehicle(session, name="Motor", courier_name="Budi Santoso")
        taken = make_vehicle(session, courier_account_id=make_account(session, Role.COURIER).id)
    coordinator = client_for(Role.COORDINATOR)
    (way,) = set(re.findall(r'href="(/undangan\?nama=[^"]+)"', coordinator.get("/armada").text))
    form = coordinator.get(unescape(way)).text
    ticked = set(re.findall(r'name="kendaraan" value="(\d+)" checked', form))
    assert ticked == {str(driven.id), str(other.id)}
    assert taken.name not in form.split("Sudah diundang")[0]
    asked = {"username": "budi", "full_name": "Budi Santoso"}
    refused = coordinator.post("/undangan/kurir", data=asked | {"kendaraan": [taken.id]})
    assert (refused.status_code, "sudah punya akun kurir" in refused.text) == (422, True)
    with write_session(engine) as session:
        session.get_one(Account, taken.courier_account_id).is_active = False
    assert taken.name in coordinator.get("/undangan").text, "free again with nobody to drive it"
    ticked.add(str(taken.id))
    made = coordinator.post("/undangan/kurir", data=asked | {"kendaraan": sorted(ticked)})
    assert "wa.me/628117770001" in made.text
    courier = browser(app)
    courier.post(LINK.findall(made.text)[0])
    assert route.code in courier.get("/kurir?biasa=1").text


def test_staff_send_a_kader_a_link_that_works_until_midnight(
    app: FastAPI, client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        place = {"area_code": KELURAHAN, "posyandu": ["Mawar"]}
        kader = make_account(session, Role.KADER, full_name="Ibu Tini", **place)
        coded = make_account(session, Role.KADER, code_sealed=b"x", **place)
    assert client_for(Role.COORDINATOR).post(f"/undangan/{kader.id}").status_code == 403
    staff = client_for(Role.STAFF)
    refused = staff.post(f"/undangan/{coded.id}")
    assert (refused.status_code, "masuk dengan kata sandi dan kode" in refused.text) == (409, True)
    made = staff.post(f"/undangan/{kader.id}")
    assert "Posyandu Mawar" in made.text
    (path,) = LINK.findall(made.text)
    for _ in range(2):  # as often as it is opened, that day
        phone = browser(app)
        assert "Ibu Tini" in phone.get(path).text
        assert phone.get("/posyandu").status_code == 303, "opening it signs nobody in"
        answer = phone.post(path)
        assert answer.headers["location"] == "/posyandu"
        assert f"Max-Age={12 * 3600};" in answer.headers["set-cookie"], "outlives the browser"
        assert phone.get("/posyandu").status_code == 200
    with write_session(engine) as session:
        session.get_one(Account, kader.id).code_sealed = b"x"
    assert browser(app).get(path).status_code == 404, "codes set since are asked for"
    with write_session(engine) as session:
        session.get_one(Account, kader.id).code_sealed = None
    app.state.clock = lambda: NOW + timedelta(days=1)
    assert browser(app).get(path).status_code == 404


def test_nobody_makes_a_link_for_an_office_account(
    client_for: ClientFor, person: Callable[[Role], Account]
) -> None:
    approver = person(Role.APPROVER)
    for role in (Role.STAFF, Role.COORDINATOR, Role.ADMIN):
        assert client_for(role).post(f"/undangan/{approver.id}").status_code == 409
