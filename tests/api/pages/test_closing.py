"""Closing a month, its report, and corrections afterwards."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.services import jobs
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Amendment,
    Cycle,
    Fulfilment,
    Package,
    PackageState,
    Role,
    Route,
    Stop,
    VerificationCall,
)
from tests.api.pages.reading import hidden, said, text_of
from tests.conftest import NOW
from tests.factories_routes import package_at
from tests.stores import KEYS

ClientFor = Callable[[Role | Account], TestClient]
MONTH = "/bulan/2026-12"
PURPOSE = {"keperluan": "Pengantaran bulan ini"}


def test_a_month_closes_when_it_adds_up_and_the_sample_has_answered(
    client_for: ClientFor,
    away: tuple[Cycle, Route, list[Stop]],
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    coordinator, approver = client_for(Role.COORDINATOR), client_for(Role.APPROVER)
    add_up(coordinator, away[2])
    with monkeypatch.context() as patch:
        patch.setattr("api.pages.closing.CALLS_PER_PAGE", 1)
        ask_page_by_page(coordinator, away, engine)
    close(coordinator, approver, engine)
    with read_session(engine) as session:
        code = package_at(session, away[2][0]).code
    form = filled_form(approver, code)
    correct(coordinator, approver, form)
    compare_versions(coordinator, approver, engine)
    move_rest(approver, code)
    take_back(approver, engine, code)
    never = form | {"diterima": ["0"] * 5, "sisanya": "lost", "alasan": "tidak datang"}
    assert approver.post(f"{MONTH}/tutup/koreksi", data=never).status_code == 303
    page = approver.get(f"{MONTH}/tutup").text
    assert "hari diterima: 1 Desember 2026" in page
    assert "2026-12-01;" not in page
    keep_a_reason_confidential(coordinator, approver, engine)


def add_up(coordinator: TestClient, stops: list[Stop]) -> None:
    """Record every stop, before which the month is not reconciled."""
    early = coordinator.post(f"{MONTH}/tutup/cocokkan")
    assert (early.status_code, "3 perhentian belum ada hasilnya" in early.text) == (409, True)
    assert '<a href="/rute/R-2612-01/hasil">R-2612-01</a>: 3 perhentian' in early.text
    assert f'<a href="{MONTH}/paket/daftar?keadaan=loaded">dimuat</a>: 3 paket' in early.text
    page = coordinator.get("/rute/R-2612-01/hasil").text
    for nth, stop in enumerate(stops):
        form = {"perhentian": stop.uid, "uid": hidden(page, "uid", nth), "hasil": "accepted"}
        coordinator.post("/rute/R-2612-01/hasil", data=form)
    assert coordinator.post(f"{MONTH}/tutup/cocokkan").status_code == 303
    assert "Jumlah cocok" in coordinator.get(f"{MONTH}/tutup").text


def ask_page_by_page(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]], engine: Engine
) -> None:
    """Ask two more families; who was not asked yet stands first, and an answer keeps the page."""
    with write_session(engine) as session:
        drawn = session.exec(select(VerificationCall)).one()
        rest = [package_at(session, stop).id for stop in away[2]]
        for number in rest:
            if number != drawn.package_id:
                session.add(VerificationCall(cycle_id=drawn.cycle_id, package_id=number or 0))
        first = str(drawn.id)

    def asked(query: str) -> list[str]:
        return re.findall(r"tutup/telepon/(\d+)", coordinator.get(f"{MONTH}/tutup{query}").text)

    assert asked("") == [first]
    assert "Halaman 1 dari 3" in text_of(coordinator.get(f"{MONTH}/tutup"))
    assert f'{MONTH}/tutup?halaman=2#telepon"' in coordinator.get(f"{MONTH}/tutup").text
    for _ in range(2):  # what follows takes the place of what was answered
        (call,) = asked("?halaman=2")
        assert call != first
        form = f"{MONTH}/tutup/telepon/{call}?halaman=2"
        led = coordinator.post(form, data={"jawaban": "received"})
        assert led.headers["location"] == f"{MONTH}/tutup?halaman=2#telepon"
    assert asked("") == [first], "the only one who was not asked"


def close(coordinator: TestClient, approver: TestClient, engine: Engine) -> None:
    """Ask the family of the sample, before which the month is not closed, and close it."""
    before = text_of(approver.get(f"{MONTH}/tutup"))
    assert "Sebelum bulan ini dapat ditutup: 1 keluarga contoh belum ditanya" in before
    unanswered = approver.post(f"{MONTH}/tutup/tutup")
    assert "1 keluarga contoh belum ditanya" in unanswered.text
    call = re.findall(r"tutup/telepon/(\d+)", unanswered.text)[0]
    assert "Jl. " in unanswered.text.partition('id="telepon"')[2], "a home visit needs an address"
    coordinator.post(f"{MONTH}/tutup/telepon/{call}", data={"jawaban": "received"})
    assert coordinator.post(f"{MONTH}/tutup/tutup").status_code == 403
    led = approver.post(f"{MONTH}/tutup/tutup")
    waiting = text_of(approver.get(led.headers["location"]))
    assert "Menunggu giliran" in waiting
    assert "Batalkan" in waiting
    assert "Bulan ini sedang dihitung dan ditutup" in text_of(approver.get(f"{MONTH}/tutup"))
    jobs.run_pending(engine, keys=KEYS)
    assert "disimpan sebagai versi pertama" in text_of(approver.get(led.headers["location"]))
    assert "sudah ditutup dan beku" in approver.get(f"{MONTH}/tutup").text


def filled_form(approver: TestClient, code: str) -> dict[str, Any]:
    """Ask for a package by its code, mistyped first; give its form of nine eggs and no more."""
    mistyped = approver.get(f"{MONTH}/tutup?paket=P-2612-9999")
    assert (mistyped.status_code, 'id="paket-error"' in mistyped.text) == (422, True)
    assert 'value="P-2612-9999"' in mistyped.text, "what was typed stays"
    shown = approver.get(f"{MONTH}/tutup", params={"paket": f" {code.lower()} "}).text
    goods = re.findall(r'name="barang" value="([^"]+)"', shown)
    return {
        "paket": code,
        "barang": goods,
        "diterima": ["9" if each == "telur" else "0" for each in goods],
        "sisanya": "returned",
        "alasan": "salah ketik",
    }


def correct(coordinator: TestClient, approver: TestClient, form: dict[str, Any]) -> None:
    """Correct what arrived; too much of it is refused at its field."""
    wrong = approver.post(f"{MONTH}/tutup/koreksi", data=form | {"diterima": ["31"] * 5})
    assert (wrong.status_code, 'id="diterima-telur-error"' in wrong.text) == (422, True)
    assert 'value="salah ketik"' in wrong.text, "what was typed stays"
    led = approver.post(f"{MONTH}/tutup/koreksi", data=form)
    told = said(approver, led.headers["location"])
    assert "Rak di gudang: +5 kg Beras" in told
    assert "+21 butir Telur ayam" in told
    page = approver.get(f"{MONTH}/tutup").text
    assert "keadaan: terpenuhi; " in page
    assert "diterima: 9 butir Telur ayam" in page
    assert "salah ketik" in page
    assert "koreksi Desember 2026</a>" in coordinator.get("/stok").text
    told = text_of(coordinator.get(f"{MONTH}/hasil/paket/{form['paket']}"))
    assert "dikoreksi setelah bulan ditutup" in told
    assert "diterima: 9 butir Telur ayam, 0 kg Beras" in told
    assert "tutup?paket=" not in told


def compare_versions(coordinator: TestClient, approver: TestClient, engine: Engine) -> None:
    """Read both versions of the report and what they differ in; counting anew makes no third."""
    assert "Versi 2, dicatat" in approver.get(f"{MONTH}/laporan").text
    assert "Versi 1, dicatat" in approver.get(f"{MONTH}/laporan?versi=1").text
    assert approver.get(f"{MONTH}/laporan?versi=3").status_code == 404
    differing = f"{MONTH}/laporan/perbedaan"
    assert "Paket diterima" in "".join(
        text_of(approver.get(differing, params={"halaman": n})) for n in (1, 2)
    )
    again = approver.post(f"{MONTH}/laporan/hitung-ulang", data={"alasan": "x"})
    jobs.run_pending(engine, keys=KEYS)
    assert "tidak ada versi baru" in approver.get(again.headers["location"]).text
    assert approver.post(f"{MONTH}/laporan/hitung-ulang").status_code == 409
    assert coordinator.post(f"{MONTH}/laporan/hitung-ulang").status_code == 403


def move_rest(approver: TestClient, code: str) -> None:
    """Move a part of what came back to what was lost; a number and a place are asked for."""
    rest = {"paket": code, "dari": "returned", "barang": ["telur"], "dipindah": ["x"], "ke": "lost"}
    rest |= {"alasan": "pecah di rak"}
    sent = f"{MONTH}/tutup/koreksi/sisa"
    wrong = approver.post(sent, data=rest)
    assert (wrong.status_code, 'id="dipindah-returned-telur-error"' in wrong.text) == (422, True)
    assert 'value="pecah di rak"' in wrong.text
    wrong = approver.post(sent, data=rest | {"dipindah": ["2"], "ke": ""})
    assert (wrong.status_code, 'id="sisa-sisanya-error"' in wrong.text) == (409, True)
    approver.post(sent, data=rest | {"dipindah": ["2"]})
    assert "−2 butir Telur ayam" in said(approver, f"{MONTH}/tutup")


def take_back(approver: TestClient, engine: Engine, code: str) -> None:
    """Look at taking back the last correction; of a cancelled package there is none."""
    back = re.findall(r"tutup\?balik=\d+", approver.get(f"{MONTH}/tutup").text)
    assert len(back) == 1, "only the last correction of a package is taken back"
    filled = approver.get(f"{MONTH}/{back[0]}").text
    assert '<option value="returned" selected>' in filled
    assert approver.get(f"{MONTH}/tutup?balik=999").status_code == 404
    with write_session(engine) as session:
        package = session.exec(select(Package).where(Package.code == code)).one()
        stood, package.state = package.state, PackageState.CANCELLED
    given_up = approver.get(f"{MONTH}/tutup?paket={code}")
    assert "dibatalkan sebelum dikirim" in given_up.text
    with read_session(engine) as session:
        [entry] = session.exec(select(Amendment).where(Amendment.subject == "fulfilment"))
    assert approver.get(f"{MONTH}/tutup?balik={entry.id}").status_code == 404
    with write_session(engine) as session:
        session.exec(select(Package).where(Package.code == code)).one().state = stood


def keep_a_reason_confidential(
    coordinator: TestClient, approver: TestClient, engine: Engine
) -> None:
    """Correct the cause of a judgement: a confidential one is the approver's to read."""
    with read_session(engine) as session:
        judged = session.exec(select(Fulfilment).order_by(col(Fulfilment.id))).first()
        assert judged is not None
    for cause in ("harassment", "refused"):
        wanted = {
            "subject": "fulfilment", "subject_id": judged.id, "reason": "telaah",
            "after": {"reason": cause},
        }  # fmt: skip
        made = approver.post("/api/v1/cycles/2026-12/amendments", json=wanted)
        assert made.status_code == 200
    assert "alasan: rahasia" in text_of(coordinator.get(f"{MONTH}/tutup"))
    assert "alasan: rahasia" not in text_of(approver.get(f"{MONTH}/tutup"))


def test_the_report_is_shown_and_given_as_a_file(
    coordinator: TestClient, away: tuple[Cycle, Route, list[Stop]]
) -> None:
    page = coordinator.get(f"{MONTH}/laporan").text
    assert page.count("Sumber: ") == page.count("<table>") > 3
    assert "disembunyikan" in coordinator.get(f"{MONTH}/laporan?publik=1").text
    given = coordinator.post(f"{MONTH}/laporan/unduh", data=PURPOSE | {"bentuk": "json"})
    assert given.headers["content-type"] == "application/json"
    refused = coordinator.post(f"{MONTH}/laporan/unduh", data={"bentuk": "json"})
    assert refused.status_code == 409


def test_late_news_of_a_closed_month_is_in_the_queue_and_leads_to_its_correction(
    client_for: ClientFor, away: tuple[Cycle, Route, list[Stop]], engine: Engine
) -> None:
    coordinator, approver = client_for(Role.COORDINATOR), client_for(Role.APPROVER)
    page = coordinator.get("/rute/R-2612-01/hasil").text
    for nth, stop in enumerate(away[2]):
        form = {"perhentian": stop.uid, "uid": hidden(page, "uid", nth), "hasil": "accepted"}
        coordinator.post("/rute/R-2612-01/hasil", data=form)
    coordinator.post(f"{MONTH}/tutup/cocokkan")
    call = re.findall(r"tutup/telepon/(\d+)", coordinator.get(f"{MONTH}/tutup").text)[0]
    coordinator.post(f"{MONTH}/tutup/telepon/{call}", data={"jawaban": "received"})
    approver.post(f"{MONTH}/tutup/tutup")
    jobs.run_pending(engine, keys=KEYS)
    with read_session(engine) as session:
        code = package_at(session, away[2][0]).code
    moment = (NOW + timedelta(hours=5)).isoformat()
    sent = {
        "event_uid": "late-0001", "package_code": code, "outcome": "lost",
        "reason": "vehicle_broken", "happened_at": moment, "device_id": "hp", "device_seq": 9,
    }  # fmt: skip
    with read_session(engine) as session:
        rows = select(Account).where(Account.role == Role.COURIER)
        courier = session.exec(rows).one()
    answer = client_for(courier).post("/api/v1/deliveries", json={"events": [sent]})
    assert answer.json()["answers"][0]["code"] == "delivery.month_closed_differs"
    assert "1 kabar datang setelah bulan ditutup" in coordinator.get("/koordinator").text
    assert "kendala penyaluran yang terbuka" in client_for(Role.STAFF).get("/petugas").text
    for reader in (coordinator, client_for(Role.STAFF)):
        queue = reader.get("/kendala").text
        assert "0 dari 50 barang diterima" in queue
        assert "penyetuju mengoreksinya dari sini" in queue
    link = re.findall(r"/tutup\?kabar=\d+#koreksi", approver.get("/kendala").text)[0]
    filled = approver.get(f"{MONTH}{link}").text
    assert f'name="paket" value="{code}"' in filled
    goods = re.findall(r'name="barang" value="([^"]+)"', filled)
    assert filled.count('name="diterima" type="text" value="0"') == len(goods) == 5
    amended = {
        "paket": code, "barang": goods, "diterima": ["0"] * 5, "sisanya": "lost",
        "alasan": re.findall(r'name="alasan" type="text" value="([^"]+)"', filled)[-1],
    }  # fmt: skip
    wrong = approver.post(f"{MONTH}/tutup/koreksi", data=amended | {"sisanya": ""})
    assert (wrong.status_code, f'value="{code}"' in wrong.text) == (409, True)
    approver.post(f"{MONTH}/tutup/koreksi", data=amended)
    assert "Tidak ada kendala" in coordinator.get("/kendala").text
    assert approver.get(f"{MONTH}/tutup?kabar=9999").status_code == 404
