import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import Account, AuditEntry, Role, Sponsor
from tests.conftest import browser
from tests.factories import make_sponsor

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
    assert donor.post(path).headers["location"] == "/donatur"
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


def test_nobody_makes_a_link_for_an_office_account(
    client_for: ClientFor, person: Callable[[Role], Account]
) -> None:
    approver = person(Role.APPROVER)
    for role in (Role.STAFF, Role.COORDINATOR, Role.ADMIN):
        assert client_for(role).post(f"/undangan/{approver.id}").status_code == 409
