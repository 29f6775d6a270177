"""Targeting and consumption as pages."""

from collections.abc import Callable

from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import AuditEntry, ConsumptionCheck, Household, Package, Role
from tests.api.services.test_reconcile import LATER, closed_month

ClientFor = Callable[[Role], TestClient]


def test_before_a_month_was_approved_the_pages_say_so(client_for: ClientFor) -> None:
    assert client_for(Role.STAFF).get("/monev/sasaran").status_code == 200
    page = client_for(Role.STAFF).get("/monev/konsumsi").text
    assert "Belum ada paket yang diterima pada bulan ini." in page


def test_answers_are_typed_per_posyandu_and_appear_in_the_chain(
    client_for: ClientFor, engine: Engine, app: object
) -> None:
    with write_session(engine) as session:
        closed_month(session)
        number = session.exec(select(Package.id)).first()
        ward = session.exec(select(Household.kelurahan_code)).first()
    app.state.clock = lambda: LATER  # type: ignore[attr-defined]
    client = client_for(Role.COORDINATOR)
    listed = client.get("/monev/konsumsi").text
    assert f"kelurahan={ward}" in listed
    here = f"/monev/konsumsi/2026-12?kelurahan={ward}&posyandu="
    place = client.get(here).text
    assert place.count('name="paket"') == 3
    form = {
        "kelurahan": str(ward), "posyandu": "", "tanggal": LATER.date().isoformat(),
        "paket": [str(number)], "semula": [" "], "jawaban": ["child"], "catatan": [""],
    }  # fmt: skip
    assert client.post("/monev/konsumsi/2026-12", data=form).status_code == 303
    assert 'name="semula" value="child "' in client.get(here).text
    read_before = form | {"jawaban": [""]}
    assert client.post("/monev/konsumsi/2026-12", data=read_before).status_code == 303
    wrong = client.post("/monev/konsumsi/2026-12", data=form | {"jawaban": ["apa"]})
    assert wrong.status_code == 422
    late = client.post("/monev/konsumsi/2026-12", data=form | {"tanggal": "2030-01-01"})
    assert "Pilih hari dari bulan paketnya" in late.text
    with read_session(engine) as session:
        assert session.exec(select(ConsumptionCheck)).one().by == "coordinator"
        looked = select(AuditEntry).where(AuditEntry.action == "consumption:read")
        assert session.exec(looked).first() is not None
    assert client_for(Role.AUDITOR).get("/monev/konsumsi").status_code == 403
    shown = client_for(Role.AUDITOR).get("/monev/sasaran").text
    assert "Dimakan anak sendiri" in shown
    address = "/monev/sasaran/baris?angka=target_eligible&amp;bulan=2026-12"
    assert f'href="{address}">3</a>' in shown
    rows = client_for(Role.AUDITOR).get(address.replace("&amp;", "&")).text
    assert rows.count('href="/monev/pertumbuhan/') == 3
    assert client.get(address.replace("&amp;", "&")).status_code == 403
    told = client.get("/monev/sasaran").text
    assert "angka=target_eligible&amp;" not in told
    assert "angka=matching_matched&amp;" not in told
    assert "angka=chain_promised&amp;" in told
    promised = client.get("/monev/sasaran/baris?angka=chain_promised&bulan=2026-12")
    assert "Untuk berapa anak" in promised.text
    eaten = client.get("/monev/sasaran/baris?angka=eaten_by_child&bulan=2026-12").text
    assert "anak sendiri" in eaten
    assert client.get("/monev/sasaran/baris?angka=apa&bulan=2026-12").status_code == 404
