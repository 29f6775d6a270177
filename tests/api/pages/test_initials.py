"""What an auditor may open names no child and no guardian, and leads to no family's door."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from api.app import doors
from api.security import HIDDEN, PERMISSIONS, seen_fields, seen_name
from api.services.audit import record
from api.services.change_requests import request_move
from api.services.child_states import ask_measurement
from api.services.children import edit_household
from data.engine import write_session
from data.schema import (
    Account,
    Child,
    Consent,
    Cycle,
    DeliveryEvent,
    DeliveryException,
    GrowthReview,
    Hold,
    HoldKind,
    Household,
    Outcome,
    Package,
    Pledge,
    PledgeReceipt,
    ReviewDecision,
    Role,
    Route,
    StockMove,
    Stop,
    StopState,
    SupervisionFinding,
    SupervisionVisit,
    VerificationCall,
    VisitState,
)
from tests.conftest import NOW
from tests.every_page import ELSEWHERE, fill, prepare
from tests.factories import KELURAHAN, make_account, make_child, make_cycle_child
from tests.factories_routes import package_at

ClientFor = Callable[[Role | Account], TestClient]
CHILD, GUARDIAN, STREET, LANDMARK = "Melati Rahasia", "Kenanga Tertutup", "Gang Sunyi", "Surau Tua"
PHONE, DIALLED = "+628990001112", "0899-0001-112"
NO_CONSENT = "no_consent"
TYPED = "Tetangga menunggu di rumah Kenanga"
BROKEN: dict[str, object] = {"code": "heat", "params": {}, "stop_uid": ""}
SECRETS = (*CHILD.split(), *GUARDIAN.split(), STREET, LANDMARK, PHONE, DIALLED)
ELSEWHERE_TOO = {*ELSEWHERE, "/tautan/{token}"}


def rename(session: Session) -> None:
    """Give every child, family and stop the names and the address that must not be seen."""
    for child in session.exec(select(Child)):
        child.name = CHILD
    for home in session.exec(select(Household)):
        home.guardian_name, home.address, home.phone = GUARDIAN, STREET, PHONE
        home.landmark = LANDMARK
    for stop in session.exec(select(Stop)):
        stop.recipient, stop.address, stop.phone = GUARDIAN, STREET, PHONE
        stop.landmark = LANDMARK
    for consent in session.exec(select(Consent)):
        consent.guardian_name, consent.evidence = GUARDIAN, TYPED
    for route in session.exec(select(Route)):
        route.accepted_reason, route.violations = TYPED, [BROKEN]
    for move in session.exec(select(StockMove)):
        move.note = TYPED


def write_freely(session: Session, cycle: Cycle, child: Child, pledge: Pledge) -> None:
    """Let the office type of a family wherever it can."""
    assert cycle.id
    assert child.id
    assert pledge.id
    visit = SupervisionVisit(
        visitor="siti", planned_by="siti", planned_on=NOW.date(), planned_at=NOW, notes=TYPED,
        state=VisitState.DONE, visited_on=NOW.date(), kelurahan_code=KELURAHAN,
    )  # fmt: skip
    session.add(visit)
    session.flush()
    assert visit.id
    session.add_all(
        [
            SupervisionFinding(
                visit_id=visit.id, text=TYPED, action=TYPED, answer=TYPED, owner="siti",
                due_on=NOW.date(), found_by="siti", found_at=NOW,
            ),
            Hold(
                cycle_id=cycle.id, child_id=child.id, pledge_id=pledge.id, kind=HoldKind.PIN,
                reason=TYPED, by="siti", at=NOW,
            ),
            PledgeReceipt(
                receipt_uid="r1", pledge_id=pledge.id, month=cycle.month, received_on=NOW.date(),
                note=TYPED, recorded_by="siti", recorded_at=NOW,
            ),
            GrowthReview(
                child_id=child.id, month=cycle.month, reviewed_on=NOW.date(), months_served=1,
                decision=ReviewDecision.KEEP, note=TYPED, by="siti", at=NOW,
                undone_by="siti", undone_at=NOW, undo_reason=TYPED,
            ),
        ]
    )  # fmt: skip
    record(
        session, by="siti", action="child:export", subject="child", subject_id=child.code, now=NOW,
        purpose=TYPED, after={"note": TYPED, "exit_reason": "moved_out"},
    )  # fmt: skip


def told_of(package: Package, stop: Stop) -> tuple[VerificationCall, DeliveryEvent]:
    """A family to be called, and a neighbour who took the package."""
    assert package.id
    call = VerificationCall(
        cycle_id=stop.cycle_id, package_id=package.id, note=TYPED, called_by="siti", called_at=NOW
    )
    event = DeliveryEvent(
        event_uid="e-1", package_id=package.id, stop_id=stop.id, outcome=Outcome.ACCEPTED,
        receiver=GUARDIAN, reason_text=TYPED, channel="sheet", reported_at=NOW,
        happened_at=NOW, received_at=NOW, by="test", digest="0" * 64,
    )  # fmt: skip
    return call, event


@pytest.fixture
def known(engine: Engine) -> dict[str, dict[str, str]]:
    """A month on its way with a stop that waits, and one child that takes no part."""
    with write_session(engine) as session:
        values, _ = prepare(session)
        cycle = session.exec(select(Cycle)).one()
        away = make_child(session, consented=False)
        make_cycle_child(session, cycle, away, is_eligible=False, reason=NO_CONSENT)
        boxed = session.exec(
            select(Package)
            .where(col(Package.stop_id).is_not(None))
            .order_by(col(Package.stop_id).desc())
        ).first()
        assert boxed
        waiting = session.get_one(Stop, boxed.stop_id)
        waiting.route_id = waiting.sequence = None
        waiting.state = StopState.PLANNED
        rename(session)
        asker = make_account(session)
        moved = session.exec(select(Child).order_by(col(Child.id))).first()
        assert moved
        edit_household(
            session,
            household=session.get_one(Household, moved.household_id),
            base_version=1,
            changes={"address": STREET + " 2", "guardian_name": GUARDIAN},
            by=asker,
            now=NOW,
        )
        request_move(
            session,
            child=moved,
            to={"kelurahan_code": KELURAHAN, "address": STREET},
            by=asker,
            now=NOW,
        )
        case = DeliveryException(
            cycle_id=waiting.cycle_id,
            stop_id=waiting.id,
            package_id=boxed.id,
            reason="other",
            text=TYPED,
            opened_by="test",
            opened_at=NOW,
        )
        stop = session.exec(select(Stop).order_by(col(Stop.id))).first()
        assert stop
        session.add_all([case, *told_of(package_at(session, stop), stop)])
        pledge = session.exec(select(Pledge).order_by(col(Pledge.id))).first()
        assert pledge
        write_freely(session, cycle, moved, pledge)
        ask_measurement(session, child=moved, by=asker, now=NOW, reason=TYPED)
        home = session.get_one(Household, moved.household_id).code
        code = moved.code
    return values | {"home": {"code": home}, "moved": {"code": code}}


def seen_pages(
    client: TestClient, app: FastAPI, known: dict[str, dict[str, str]]
) -> dict[str, str]:
    """Every page and file of the auditor's column, as this browser is shown it."""
    app.state.settings.demo = True
    found = {}
    for door in doors(app):
        roles = PERMISSIONS.get(door.permission, frozenset(Role))
        is_page = door.method == "GET" and not door.path.startswith("/api/")
        if not is_page or Role.AUDITOR not in roles or door.path in ELSEWHERE_TOO:
            continue
        answer = client.get(fill(door.path, known))
        assert answer.status_code < 400 or door.path == "/readyz", (door.path, answer.status_code)
        found[door.path] = answer.text
    left_out = client.get(f"/bulan/2026-12/tidak-ikut?sebab={NO_CONSENT}")
    visit = client.get("/monev/pengawasan/1")
    assert visit.status_code == 200
    return found | {"left out": left_out.text, "visit": visit.text}


def told(pages: dict[str, str]) -> dict[str, list[str]]:
    """Which pages tell which secrets."""
    return {
        path: words for path, text in pages.items() if (words := [s for s in SECRETS if s in text])
    }


@pytest.mark.slow
@pytest.mark.stores("sqlite")
def test_no_page_or_file_tells_an_auditor_who_a_family_is_or_where_it_lives(
    client_for: ClientFor, app: FastAPI, known: dict[str, dict[str, str]]
) -> None:
    pages = seen_pages(client_for(Role.AUDITOR), app, known)
    assert len(pages) > 50
    assert told(pages) == {}
    assert HIDDEN in pages["/audit"]
    assert "/bulan/{month}/papan" not in pages
    assert '<figure class="map">' not in pages["/rute/{code}"]
    assert known["moved"]["code"] in pages["/pindah"]
    pair = "/bulan/{month}/anak/{code}"
    for path in ("/anak", "/anak/{code}", "/bulan/{month}/pasangan", pair, "left out"):
        assert "M. R." in pages[path], path
    for path in (
        "/anak",
        "/anak/{code}",
        "/bulan/{month}/paket/daftar",
        "/rute/{code}",
        "/kendala",
    ):
        assert "K. T." in pages[path], path


@pytest.mark.stores("sqlite")
def test_the_api_tells_an_auditor_no_more_than_the_pages(
    client_for: ClientFor, known: dict[str, dict[str, str]]
) -> None:
    child, route = known["anak"]["code"], known["rute"]["code"]
    package, pledge = known["bulan"]["code"], known["orang-tua-asuh"]["pledge_code"]
    month = "/cycles/2026-12"
    paths = [
        "/children", f"/children/{child}", "/audit", f"/routes/{route}", f"{month}/routes",
        f"{month}/stops/waiting", f"{month}/packages", f"{month}/exceptions", f"{month}/calls",
        f"/packages/{package}/events", f"/households/{known['home']['code']}",
        f"{month}/holds", "/stock/moves", f"/pledges/{pledge}/receipts",
    ]  # fmt: skip
    auditor = client_for(Role.AUDITOR)
    answers = {path: auditor.get(f"/api/v1{path}") for path in paths}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(
        paths, 200
    )
    assert told({path: answer.text for path, answer in answers.items()}) == {}
    for path in paths:
        assert any(word in answers[path].text for word in ("M. R.", "K. T.", HIDDEN)), path
    staff = client_for(Role.STAFF)
    assert STREET in staff.get(f"/api/v1/routes/{route}").text
    assert GUARDIAN in staff.get(f"/api/v1{month}/packages").text


@pytest.mark.stores("sqlite")
def test_staff_still_see_names_and_addresses(
    client_for: ClientFor, known: dict[str, dict[str, str]]
) -> None:
    staff = client_for(Role.STAFF)
    sheet = staff.get(fill("/anak/{code}", known)).text
    assert [word for word in (CHILD, GUARDIAN, STREET, DIALLED) if word not in sheet] == []
    assert '<a class="mark" href="/petugas">' in sheet
    assert CHILD in staff.get("/bulan/2026-12/pasangan").text
    route = staff.get(fill("/rute/{code}", known)).text
    assert '<figure class="map">' in route
    assert [word for word in (GUARDIAN, STREET, LANDMARK, DIALLED) if word not in route] == []


def test_fields_of_a_record_are_told_as_changed_only() -> None:
    fields = {"name": CHILD, "to": {"address": STREET, "kelurahan_code": "1"}, "phone": None}
    assert seen_fields(fields, "child", Role.STAFF) == fields
    assert seen_fields(fields, "child", Role.AUDITOR) == {
        "name": "M. R.", "to": {"address": HIDDEN, "kelurahan_code": "1"}, "phone": None,
    }  # fmt: skip
    assert seen_fields({"name": "Motor"}, "vehicle", Role.AUDITOR) == {"name": "Motor"}
    assert seen_name("", Role.AUDITOR) == ""


@pytest.mark.stores("sqlite")
def test_an_auditor_cannot_ask_whether_somebody_is_in_the_register(
    client_for: ClientFor, known: dict[str, dict[str, str]]
) -> None:
    code, auditor, staff = known["anak"]["code"], client_for(Role.AUDITOR), client_for(Role.STAFF)
    for words in (CHILD, GUARDIAN):
        for path in (f"/api/v1/children?text={words}", f"/anak?cari={words}"):
            assert code in staff.get(path).text, path
            assert code not in auditor.get(path).text, path
    pairs = "/bulan/2026-12/pasangan?cari="
    row = f"/bulan/2026-12/anak/{code}"
    assert row in staff.get(pairs + CHILD).text
    assert row not in auditor.get(pairs + CHILD).text
    assert row in auditor.get(pairs + code).text
    for path in (f"/api/v1/children?text={code}", f"/anak?cari={code}"):
        assert code in auditor.get(path).text, path


@pytest.mark.stores("sqlite")
def test_an_auditor_reads_why_the_office_decided(
    client_for: ClientFor, known: dict[str, dict[str, str]], engine: Engine
) -> None:
    assert known
    with write_session(engine) as session:
        record(
            session, by="siti", action="cycle:lock", subject="cycle", subject_id="2026-12", now=NOW,
            purpose="Data posyandu terlambat", after={"reason": "Data posyandu terlambat"},
        )  # fmt: skip
    trail = client_for(Role.AUDITOR).get("/audit").text
    assert trail.count("Data posyandu terlambat") == 2
    assert "moved_out" in trail


@pytest.mark.stores("sqlite")
def test_why_a_child_gets_another_sponsor_is_a_familys_affair(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        for action in ("replacement:propose", "replacement:decide"):
            record(
                session, by="siti", action=action, subject="cycle", subject_id="2026-12", now=NOW,
                purpose=TYPED,
            )  # fmt: skip
    for path in ("/audit", "/api/v1/audit"):
        assert TYPED not in client_for(Role.AUDITOR).get(path).text, path
        assert TYPED in client_for(Role.APPROVER).get(path).text, path
