"""Scenario 20 for goods and routes: a courier's view ends at midnight, exports are noted."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from io import BytesIO

import msoffcrypto
import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from api.services import departures, dispatch, donor_letters, fulfilment
from api.services.errors import NotFound, Refused
from api.services.own_routes import courier_sheets
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Assignment,
    AuditEntry,
    Child,
    ConsentPurpose,
    Pledge,
    Role,
    RouteState,
    Sponsor,
)
from tests.api.endpoints.month_over_http import approved_month, done, send_out
from tests.api.services.test_dispatch import confirmed_month
from tests.factories import NOW, known_as, make_account, make_child, make_consent
from tests.factories_routes import make_dispatched_cycle, package_at, report


def test_a_couriers_view_ends_with_the_day_once_all_is_recorded(session: Session) -> None:
    courier = make_account(session, Role.COURIER)
    _, by, [route] = confirmed_month(session, courier_account_id=courier.id)
    morning = datetime.combine(route.day, time(1), UTC)
    departures.dispatch_route(session, route=route, by=by, now=morning)
    [sheet] = courier_sheets(session, by=courier, now=morning)
    assert sheet.code == route.code
    tomorrow = morning + timedelta(days=1)
    [late] = courier_sheets(session, by=courier, now=tomorrow)
    assert late.left_on == route.day.isoformat()
    route.state = RouteState.FINISHED
    assert courier_sheets(session, by=courier, now=tomorrow) == []


@pytest.mark.stores("sqlite")
def test_over_the_api_a_couriers_routes_are_gone_at_midnight(
    app: FastAPI, engine: Engine, client_for: Callable[[Role | Account], TestClient]
) -> None:
    month = approved_month(app, engine, client_for, num_children=2)
    [sheet] = send_out(month)
    midnight = datetime(2026, 12, 1, 17, tzinfo=UTC)  # 24:00 in Pangkalpinang
    app.state.clock = lambda: midnight - timedelta(minutes=1)
    assert [each["code"] for each in done(month.courier.get("/api/v1/my/routes"))] == [
        sheet["code"]
    ]
    app.state.clock = lambda: midnight
    gone = month.courier.get("/api/v1/my/routes")
    assert sheet["code"] not in gone.text
    assert sheet["code"] not in month.courier.get("/kurir").text


@pytest.mark.stores("sqlite")
def test_an_export_names_its_purpose_and_a_refused_look_leaves_a_trace(session: Session) -> None:
    cycle, by, _ = confirmed_month(session)
    with pytest.raises(Refused, match=r"dispatch\.purpose"):
        dispatch.export_routes(
            session, cycle=cycle, kind=dispatch.ExportKind.GPX, by=by, now=NOW, purpose=""
        )
    dispatch.export_routes(
        session, cycle=cycle, kind=dispatch.ExportKind.GPX, by=by, now=NOW, purpose="peta kurir"
    )
    other = make_account(session, Role.DONOR)
    sponsor = session.exec(select(Sponsor)).first()
    assert sponsor is not None
    with pytest.raises(NotFound, match=r"donor\.unknown"):
        donor_letters.donor_letter(session, sponsor=sponsor, cycle=cycle, by=other, now=NOW)
    entries = session.exec(select(AuditEntry)).all()
    assert [e.purpose for e in entries if e.action == "route:export"] == ["peta kurir"]
    assert [e.subject_id for e in entries if e.action == "donor:refused"] == [sponsor.code]


def test_who_changed_a_package_stands_in_the_trail_with_before_and_after(session: Session) -> None:
    _, _, stops, coordinator, _ = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    fulfilment.amend_delivery(
        session, report=report(package, "k"), by=coordinator, now=NOW, reason="ibu menelepon"
    )
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "delivery:amend")).one()
    assert (entry.by, entry.before, entry.after, entry.purpose) == (
        coordinator.username,
        {"state": "loaded"},
        {"state": "accepted"},
        "ibu menelepon",
    )


def test_a_list_of_children_leaves_only_with_purpose_password_and_trace(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    with write_session(engine) as session:
        for number in range(3):
            child = make_child(session, name=f"=Anak {number} Contoh")
            child.nik_masked = "1971••••••••0012"
    staff = client_for(Role.STAFF)
    wanted = {"purpose": "rapat TPPS", "password": "telur-sehari-sebutir"}
    for lacking, code in (
        ({"purpose": " "}, "export.purpose"),
        ({"password": "pendek"}, "export.password"),
    ):
        answer = staff.post("/api/v1/children/export", json=wanted | lacking)
        assert (answer.is_success, answer.json()["code"]) == (False, code)
    assert (
        client_for(Role.COORDINATOR).post("/api/v1/children/export", json=wanted).status_code == 403
    )
    file = staff.post("/api/v1/children/export", json=wanted)
    assert file.status_code == 200, file.text
    assert b"Contoh" not in file.content
    assert not file.content.startswith(b"PK")

    locked = msoffcrypto.OfficeFile(BytesIO(file.content))
    assert locked.is_encrypted()
    locked.load_key(password="bukan-ini-ya")
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        locked.decrypt(BytesIO())
    opened = BytesIO()
    locked.load_key(password=wanted["password"])
    locked.decrypt(opened)
    rows = list(load_workbook(opened).worksheets[0].iter_rows(values_only=True))
    assert rows[0][:2] == ("Kode", "Nama")
    assert [row[1] for row in rows[1:]] == [f"=Anak {number} Contoh" for number in range(3)]
    assert "1971" not in str(rows)
    with read_session(engine) as session:
        [entry] = session.exec(select(AuditEntry).where(AuditEntry.action == "child:export")).all()
        everything = str(session.exec(select(AuditEntry)).all())
    assert (entry.by, entry.purpose) == ("staff", "rapat TPPS")
    assert entry.after is not None
    assert entry.after["num_children"] == 3
    assert wanted["password"] not in everything


def test_the_approver_sees_who_read_and_who_changed_a_child(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    with write_session(engine) as session:
        code = make_child(session, name="Anak Contoh").code
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    staff.get(f"/api/v1/children/{code}", params={"purpose": "telaah"})
    changed = staff.patch(
        f"/api/v1/children/{code}", json={"base_version": 1, "name": "Anak Contoh Baru"}
    )
    assert changed.status_code == 200
    found = approver.get("/api/v1/audit", params={"subject": "child", "subject_id": code}).json()
    history = {entry["action"]: entry for entry in found["items"]}
    assert (history["child:read"]["by"], history["child:read"]["purpose"]) == ("staff", "telaah")
    edit = history["child:edit"]
    assert (edit["before"]["name"], edit["after"]["name"]) == ("Anak Contoh", "Anak Contoh Baru")


@pytest.mark.stores("sqlite")
def test_a_donor_who_edits_the_address_finds_nobody_and_leaves_a_trace(
    client_for: Callable[[Role | Account], TestClient], engine: Engine
) -> None:
    with write_session(engine) as session:
        make_dispatched_cycle(session, num_children=2)
        mine, other = session.exec(select(Assignment).order_by(col(Assignment.id)))
        aliases = [
            known_as(
                session,
                session.get_one(Child, pair.child_id),
                session.get_one(Sponsor, session.get_one(Pledge, pair.pledge_id).sponsor_id),
            )
            for pair in (mine, other)
        ]
        for pair in (mine, other):
            child = session.get_one(Child, pair.child_id)
            make_consent(session, child, purpose=ConsentPurpose.DISPLAY)
        sponsor_id = session.get_one(Pledge, mine.pledge_id).sponsor_id
        donor = make_account(session, Role.DONOR, sponsor_id=sponsor_id)
    browser = client_for(donor)
    own, others = (f"/donatur/anak/{alias}" for alias in aliases)
    assert browser.get(own).status_code == 200
    nobody = browser.get("/donatur/anak/TIDAK-ADA")
    refused = browser.get(others)
    assert (refused.status_code, nobody.status_code) == (404, 404)
    said, as_said = refused.text.replace(aliases[1], "?"), nobody.text.replace("TIDAK-ADA", "?")
    assert said == as_said, "no word tells whether the child is there"
    photo = browser.get(f"/api/v1/my/photos/{aliases[1]}/2026-12")
    assert photo.status_code == 404
    with read_session(engine) as session:
        trail = session.exec(select(AuditEntry).where(AuditEntry.action == "refused")).all()
    tried = [(entry.by, (entry.after or {})["path"]) for entry in trail]
    assert (donor.username, others) in tried
    assert (donor.username, f"/api/v1/my/photos/{aliases[1]}/2026-12") in tried
