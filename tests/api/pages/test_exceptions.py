"""The page of cases: worked off, closed together, told in confidence; what families answer."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.services import exception_doubts, fulfilment, jobs
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Cycle,
    DeliveryException,
    ExceptionState,
    Outcome,
    Package,
    PackageState,
    Role,
    Route,
    Stop,
    VerificationCall,
)
from tests.api.pages.reading import hidden, text_of
from tests.conftest import NOW
from tests.factories import make_drop_point
from tests.factories_routes import make_dispatched_cycle, package_at, report
from tests.stores import KEYS

ClientFor = Callable[[Role | Account], TestClient]
MONTH = "/bulan/2026-12"


@pytest.fixture
def denied(client_for: ClientFor, engine: Engine) -> str:
    """The code of a package of three delivered ones, of which the family says that nothing came."""
    with write_session(engine) as session:
        stops = make_dispatched_cycle(session)[2]
        uids = [stop.uid for stop in stops]
    coordinator = client_for(Role.COORDINATOR)
    for uid in uids:
        form = {"perhentian": uid, "uid": uid, "hasil": "accepted"}
        coordinator.post("/rute/R-2612-01/hasil", data=form)
    coordinator.post(f"{MONTH}/tutup/cocokkan")
    with read_session(engine) as session:
        call = session.exec(select(VerificationCall)).one()
        code = session.get_one(Package, call.package_id).code
    told = {"jawaban": "not_received", "catatan": "kata ibunya"}
    coordinator.post(f"{MONTH}/tutup/telepon/{call.id}", data=told)
    return code


def case_of(engine: Engine, reason: str) -> DeliveryException:
    with read_session(engine) as session:
        rows = select(DeliveryException).where(DeliveryException.reason == reason)
        return session.exec(rows).one()


def test_a_no_leads_to_the_filled_in_form_of_its_package(
    client_for: ClientFor, denied: str, engine: Engine
) -> None:
    coordinator, case = client_for(Role.COORDINATOR), case_of(engine, "not_received")
    queue = text_of(coordinator.get("/kendala"))
    assert "Kata keluarga: tidak diterima (telepon, " in queue
    assert "Yang tercatat: 50 dari 50 barang diterima." in queue
    for reader in (Role.STAFF, Role.APPROVER):
        assert (
            "Koordinator yang mengoreksinya dari sini." in client_for(reader).get("/kendala").text
        )
    url = f"{MONTH}/hasil/paket/{denied}"
    assert f'href="{url}?kasus={case.id}"' in coordinator.get("/kendala").text
    filled = coordinator.get(f"{url}?kasus={case.id}").text
    assert "tidak menerima apa pun" in filled
    assert 'name="koreksi" type="text" value="Keluarga ditanya: tidak diterima (telepon, ' in filled
    typed = {
        name: re.findall(rf'name="{name}"[^>]* value="([^"]*)"', filled)
        for name in ("uid", "koreksi", "penjelasan", "baris", "diterima", "ditolak")
    }
    typed["alasan_baris"] = [""] * len(typed["baris"])
    assert set(typed["diterima"]) == {"0"}
    assert (
        coordinator.post(url, data=typed | {"hasil": "lost", "alasan": "other"}).status_code == 303
    )
    with read_session(engine) as session:
        rows = select(Package.state).where(Package.code == denied)
        assert session.exec(rows).one() == PackageState.LOST
    assert case_of(engine, "not_received").state == ExceptionState.CLOSED
    assert coordinator.get(f"{url}?kasus=999").status_code == 404


def test_a_record_that_stands_against_its_family_needs_words(
    client_for: ClientFor, denied: str, engine: Engine
) -> None:
    coordinator, case = client_for(Role.COORDINATOR), case_of(engine, "not_received")
    assert "Tutup beberapa kasus" not in coordinator.get("/kendala").text
    several = coordinator.post("/kendala/tutup", data={"kasus": [f"{case.id}.{case.version}"]})
    assert (several.status_code, "berbeda dari jawaban keluarganya" in several.text) == (409, True)
    closed = {"versi": case.version, "teks": "neneknya yang menerima"}
    assert coordinator.post(f"/kendala/{case.id}/tutup", data=closed).status_code == 303
    page = text_of(coordinator.get("/kendala?tertutup=1"))
    assert "Ditutup dengan alasan: neneknya yang menerima" in page
    assert denied in page
    for role in (Role.APPROVER, Role.AUDITOR):
        report = client_for(role).get(f"{MONTH}/laporan").text
        kept = report.partition("Catatan yang tetap walau keluarga menjawab lain")[2]
        assert denied in kept
        assert ("neneknya yang menerima" in kept) is (role is Role.APPROVER)
    public = client_for(Role.APPROVER).get(f"{MONTH}/laporan?publik=1").text
    assert "Keluarga yang ditanya" not in public
    tables = coordinator.get("/api/v1/cycles/2026-12/report").json()
    [asked] = [each for each in tables if each["title"].startswith("Keluarga yang ditanya")]
    assert asked["rows"] == [["tidak diterima", 1, 0], ["belum ditanya", 0, 2]]


def test_the_families_of_a_route_are_answered_in_one_form(
    client_for: ClientFor, denied: str, engine: Engine
) -> None:
    coordinator, case = client_for(Role.COORDINATOR), case_of(engine, "same_courier")
    page = coordinator.get("/kendala").text
    card = page.partition(f'id="kasus-{case.id}"')[2].partition("</section>")[0]
    assert f"Keluarga paket {denied} di rute ini" in card
    assert "0 dari 2 keluarga sudah menjawab" in card
    calls = re.findall(r'id="jawaban-(\d+)"', card)
    url = f"/kendala/{case.id}/jawab"
    one = {"keluarga": calls, "jawaban": ["received", ""], "lewat": "visit"}
    assert coordinator.post(url, data=one).status_code == 303
    assert "1 dari 2 keluarga sudah menjawab" in coordinator.get("/kendala").text
    typed = {"keluarga": calls, "jawaban": ["not_reached", "entah"], "lewat": "visit"}
    wrong = coordinator.post(url, data=typed)
    assert (wrong.status_code, 'Jawaban "entah"' in text_of(wrong)) == (409, True)
    assert wrong.text.count('value="not_reached" selected') == 1
    assert 'value="visit" selected' in wrong.text
    rest = {"keluarga": calls[1:], "jawaban": [""], "sisanya": "received"}
    led = coordinator.post(url, data=rest)
    assert "kasusnya selesai" in coordinator.get(led.headers["location"]).text
    assert case_of(engine, "same_courier").state == ExceptionState.CLOSED
    assert client_for(Role.AUDITOR).post(url, data=rest).status_code == 403
    api = coordinator.get("/api/v1/cycles/2026-12/exceptions?include_closed=true").json()
    asked = next(each for each in api if each["reason"] == "same_courier")
    assert [(call["answer"], call["way"]) for call in asked["calls"]] == [
        ("received", "visit"), ("received", "phone"),
    ]  # fmt: skip
    told = {"answers": [{"id": int(calls[0]), "answer": "not_reached"}]}
    again = coordinator.post(f"/api/v1/exceptions/{case.id}/answers", json=told)
    assert [each["answer"] for each in again.json()] == ["not_reached"]
    seen = client_for(Role.AUDITOR).get("/api/v1/cycles/2026-12/exceptions").json()
    [no] = [each for each in seen if each["reason"] == "not_received"]
    assert "kata ibunya" not in str(no)


def test_after_closing_an_answer_leads_to_the_filled_correction(
    client_for: ClientFor, denied: str, engine: Engine
) -> None:
    coordinator, approver = client_for(Role.COORDINATOR), client_for(Role.APPROVER)
    case, route = case_of(engine, "not_received"), case_of(engine, "same_courier")
    for each in (case, route):
        closed = {"versi": each.version, "teks": "sudah ditanya"}
        coordinator.post(f"/kendala/{each.id}/tutup", data=closed)
    assert approver.post(f"{MONTH}/tutup/tutup").status_code == 303
    jobs.run_pending(engine, keys=KEYS)
    opened = {"versi": case.version + 1, "teks": "keluarga datang ke kantor"}
    assert approver.post(f"/kendala/{case.id}/buka", data=opened).status_code == 303
    link = f"{MONTH}/tutup?kabar={case.id}"
    assert f'href="{link}#koreksi"' in approver.get("/kendala").text
    assert "penyetuju mengoreksinya dari sini" in coordinator.get("/kendala").text
    filled = approver.get(link).text
    assert f'name="paket" value="{denied}"' in filled
    goods = re.findall(r'name="barang" value="([^"]+)"', filled)
    assert filled.count('name="diterima" type="text" value="0"') == len(goods) == 5
    amended = {
        "paket": denied, "barang": goods, "diterima": ["0"] * 5, "sisanya": "lost",
        "alasan": "jawaban keluarga",
    }  # fmt: skip
    assert approver.post(f"{MONTH}/tutup/koreksi", data=amended).status_code == 303
    assert "Tidak ada kendala" in approver.get("/kendala").text


def test_a_case_is_worked_off_until_it_is_closed(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]], engine: Engine
) -> None:
    uid = hidden(coordinator.get("/rute/R-2612-01/hasil").text, "uid")
    form = {"perhentian": away[2][0].uid, "uid": uid, "hasil": "failed", "alasan": "nobody_home"}
    coordinator.post("/rute/R-2612-01/hasil", data=form)
    with read_session(engine) as session:
        case = session.exec(select(DeliveryException)).one()
    url = f"/kendala/{case.id}"
    with write_session(engine) as session:
        make_drop_point(session, name="Posyandu Cempaka", lat=-2.12814)
    assert "Posyandu Cempaka, Bukit Sari · 1,1 km" in coordinator.get("/kendala").text
    coordinator.post(f"{url}/ambil", data={"versi": case.version})
    stale = coordinator.post(f"{url}/tutup", data={"versi": case.version})
    assert (stale.status_code, "sudah diubah orang lain" in stale.text) == (409, True)
    early = coordinator.post(f"{url}/tutup", data={"versi": case.version + 1})
    assert "masih di kendaraan" in early.text
    past = {"tindakan": "redeliver", "hari": "2026-11-02", "teks": "lewat saudara"}
    kept = coordinator.post(f"{url}/tindak", data={"versi": case.version + 1, **past}).text
    assert 'value="redeliver" checked' in kept
    assert [f'value="{each}"' in kept for each in past.values()] == [True] * 3
    again = {"versi": case.version + 1, "tindakan": "redeliver", "hari": "2026-12-02"}
    coordinator.post(f"{url}/tindak", data=again)
    assert "2 Desember 2026" in coordinator.get(f"{MONTH}/rute").text
    assert "Kirim ulang, diminta Rabu, 2 Desember 2026" in coordinator.get("/kendala").text
    coordinator.post(f"{url}/selesai", data={"versi": case.version + 2})
    coordinator.post(f"{url}/tutup", data={"versi": case.version + 3})
    assert "Tidak ada kendala" in coordinator.get("/kendala").text
    assert "Buka lagi" in coordinator.get("/kendala?tertutup=1").text


def test_cases_whose_goods_are_settled_are_closed_at_once_all_or_none(
    coordinator: TestClient,
    away: tuple[Cycle, Route, list[Stop]],
    engine: Engine,
    person: Callable[[Role], Account],
) -> None:
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        cycle = session.get_one(Cycle, away[0].id)
        first, second = (
            exception_doubts.open_exception(
                session, cycle=cycle, reason="wrong_data", by=by, now=NOW
            )
            for _ in range(2)
        )
        expired = package_at(session, session.get_one(Stop, away[2][0].id))
        exception_doubts.open_exception(
            session, cycle=cycle, reason="wrong_data", by=by, now=NOW, package=expired
        )
        refused = report(expired, "basi-0001", Outcome.REJECTED, reason="goods_expired")
        fulfilment.record_delivery(session, report=refused, by=by, now=NOW)
    page = coordinator.get("/kendala?bulan=2026-12").text
    assert "Tutup beberapa kasus sekaligus (2)" in page, "the goods of the others are nowhere yet"
    assert f'action="/kendala/{first.id}/tutup?bulan=2026-12"' in page
    assert page.count('name="kasus"') == 2
    stale = coordinator.post("/kendala/tutup", data={"kasus": [f"{first.id}.1", f"{second.id}.9"]})
    assert stale.status_code == 409
    both = {"kasus": [f"{first.id}.1", f"{second.id}.1"], "teks": "sudah ditanya"}
    done = coordinator.post("/kendala/tutup", data=both | {"bulan": "2026-12"})
    assert done.headers["location"] == "/kendala?bulan=2026-12"
    assert coordinator.post("/kendala/tutup", data={"kasus": ["1.x"]}).status_code == 404
    with read_session(engine) as session:
        rows = session.exec(select(DeliveryException).order_by(col(DeliveryException.id))).all()
        assert [row.state.value for row in rows] == ["closed", "closed", "open", "open"]
        assert rows[0].text == "sudah ditanya"


def test_a_sensitive_case_is_there_for_the_approver_only(
    client_for: ClientFor,
    away: tuple[Cycle, Route, list[Stop]],
    engine: Engine,
    person: Callable[[Role], Account],
) -> None:
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        case = exception_doubts.open_exception(
            session, cycle=session.get_one(Cycle, away[0].id), reason="kickback", by=by, now=NOW,
            package=session.exec(select(Package)).first(), text="diminta uang",
        )  # fmt: skip
    for role in (Role.COORDINATOR, Role.STAFF, Role.AUDITOR):
        assert "diminta uang" not in client_for(role).get("/kendala").text
    assert "diminta uang" in client_for(Role.APPROVER).get("/kendala").text
    for role, count in ((Role.COORDINATOR, 0), (Role.AUDITOR, 0), (Role.APPROVER, 1)):
        closing = text_of(client_for(role).get(f"{MONTH}/tutup"))
        assert f"{count} kasus terbuka" in closing
        state = client_for(role).get("/api/v1/cycles/2026-12/reconciliation").json()
        assert state["open_exceptions"] == count
    touched = client_for(Role.COORDINATOR).post(
        f"/kendala/{case.id}/ambil", data={"versi": case.version}
    )
    assert touched.status_code == 404


def test_what_a_courier_told_in_confidence_is_read_by_the_approver_only(
    client_for: ClientFor,
    away: tuple[Cycle, Route, list[Stop]],
    engine: Engine,
    person: Callable[[Role], Account],
) -> None:
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        package = package_at(session, away[2][0])
        told = report(
            package, "rahasia-1", Outcome.FAILED, reason="kickback", reason_text="diminta uang",
            channel="page",
        )  # fmt: skip
        fulfilment.record_delivery(session, report=told, by=by, now=NOW)
        code = package.code
    for role in (Role.COORDINATOR, Role.STAFF, Role.APPROVER):
        reads = role is Role.APPROVER
        page = client_for(role).get(f"{MONTH}/hasil/paket/{code}").text
        history = page.partition("Yang pernah dilaporkan")[2]
        assert ("diminta uang" in history, "imbalan" in history) == (reads, reads)
        [event] = client_for(role).get(f"/api/v1/packages/{code}/events").json()
        assert (event["reason"], event["reason_text"]) == (
            ("kickback", "diminta uang") if reads else (None, "")
        )
