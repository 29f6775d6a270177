"""The page of cases: what families answer, corrected from there or left as it is with a reason."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import (
    Account,
    DeliveryException,
    ExceptionState,
    Package,
    PackageState,
    Role,
    VerificationCall,
)
from tests.api.pages.reading import text_of
from tests.factories_routes import make_dispatched_cycle

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
