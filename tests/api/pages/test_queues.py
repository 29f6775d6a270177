"""Staff's first page: each queue is filled by hand, counted, led to, worked off, and gone."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.reference.regions import regions
from data.schema import (
    Account,
    Child,
    ConsentPurpose,
    Cycle,
    CycleState,
    DeliveryException,
    DuplicatePair,
    Pledge,
    PledgeForm,
    PledgeState,
    Role,
)
from tests.api.pages.reading import send, text_of
from tests.factories import (
    KELURAHAN,
    make_account,
    make_child,
    make_consent,
    make_cycle,
    make_household,
    make_measurement,
    make_pledge,
)
from tests.factories_routes import make_dispatched_cycle

ClientFor = Callable[[Role | Account], TestClient]
ROW = re.compile(r'<li>(?:<a href="([^"]+)">)?<b>(\d+)(?: anak)?</b>:? ([^<]+)')
PASSED = date(2026, 11, 30)
LONG_AGO = date(2026, 5, 1)


def queues(reader: TestClient) -> dict[str, tuple[int, str]]:
    """What waits on the first page: words → how many, and where they lead."""
    page = reader.get("/petugas").text
    return {
        words.strip(): (int(count), unescape(url or "")) for url, count, words in ROW.findall(page)
    }


def led(reader: TestClient, words: str, count: int) -> str:
    """The page that a queue leads to, once its count is what it should be."""
    found, url = queues(reader)[words]
    assert found == count
    answer = reader.get(url)
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def staff(client_for: ClientFor) -> TestClient:
    client = client_for(Role.STAFF)
    assert queues(client) == {}
    return client


def test_children_entered_twice(staff: TestClient, engine: Engine) -> None:
    with write_session(engine) as session:
        for name, day in (("Muh. Rizky Pratama", 1), ("Muhammad Rizki Pratama", 2)):
            home = make_household(session, guardian_name="Siti Rohana", address="Jl. Melati 4")
            child = make_child(session, household_id=home.id, name=name)
            child.born_on = child.born_on.replace(day=day)
    send(staff, "/ganda/cari")
    words = "pasangan anak yang mungkin tercatat dua kali"
    assert "Muh. Rizky Pratama" in led(staff, words, 1)
    with read_session(engine) as session:
        [pair] = session.exec(select(DuplicatePair)).all()
    send(staff, f"/ganda/{pair.id}", keputusan="asked")
    assert queues(staff)[words][0] == 1, "asked is not decided"
    send(staff, f"/ganda/{pair.id}", keputusan="distinct")
    assert words not in queues(staff)


@pytest.mark.parametrize(
    ("words", "ran_out_on"),
    [
        ("Persetujuan wali sudah habis masa berlakunya.", PASSED),
        ("Belum ada persetujuan wali untuk program.", None),
    ],
)
def test_consents_that_ran_out_or_never_were(
    staff: TestClient, engine: Engine, words: str, ran_out_on: date | None
) -> None:
    with write_session(engine) as session:
        make_cycle(session)
        make_child(session)
        codes = [make_child(session, consented=False).code for _ in range(2)]
        if ran_out_on:
            for child in session.exec(select(Child).where(col(Child.code).in_(codes))):
                make_consent(session, child, expires_on=ran_out_on)
    page = led(staff, words, 2)
    assert [code for code in codes if f'href="/anak/{code}"' in page] == codes
    for left, code in zip((1, 0), codes, strict=True):
        programme = ConsentPurpose.PROGRAMME.value
        send(staff, f"/anak/{code}/persetujuan", tujuan=programme, tindakan="catat")
        assert queues(staff).get(words, (0, ""))[0] == left


def test_measurements_older_than_the_rule(staff: TestClient, engine: Engine) -> None:
    words = "Ukuran terakhir terlalu lama. Minta kader mengukur lagi."
    with write_session(engine) as session:
        make_cycle(session)
        make_child(session)
        child = make_child(session, haz=None)
        make_measurement(session, child, measured_on=LONG_AGO, haz=-2.6)
        code = child.code
    assert f'href="/anak/{code}"' in led(staff, words, 1)
    answer = send(
        staff, f"/anak/{code}/ukur", measured_on="2026-11-28", weight_g="9,5",
        lenhei_mm="80,2", position="H",
    )  # fmt: skip
    assert answer.status_code == 200, text_of(answer)
    assert words not in queues(staff)


def test_pledges_that_are_late(staff: TestClient, engine: Engine) -> None:
    words = "janji yang terlambat"
    with write_session(engine) as session:
        make_pledge(session)
        late = make_pledge(
            session, state=PledgeState.LATE, form=PledgeForm.MONEY, amount_rp=450_000
        ).code
    page = led(staff, words, 1)
    assert late in page
    staff.post("/terlambat/masuk", data={"janji": [f"{late}:2026-11"]})
    assert words not in queues(staff)
    with read_session(engine) as session:
        states = {row.code: row.state for row in session.exec(select(Pledge))}
    assert states[late] is PledgeState.ACTIVE


def test_families_that_moved(staff: TestClient, engine: Engine) -> None:
    words = "laporan lapangan tentang anak"
    with write_session(engine) as session:
        codes = [make_child(session).code for _ in range(2)]
    to = next(each.code for each in regions().all_kelurahan if each.code != KELURAHAN)
    for code in codes:
        send(staff, f"/anak/{code}/pindah", kelurahan=to, alamat="Jl. Tujuan 7")
    page = led(staff, words, 2)
    assert all(code in page for code in codes)
    send(staff, "/pindah/1", tindakan="terima")
    assert queues(staff)[words][0] == 1
    send(staff, "/pindah/2", tindakan="tolak", alasan="belum pindah")
    assert words not in queues(staff)


def test_deliveries_that_went_wrong(
    staff: TestClient, client_for: ClientFor, engine: Engine
) -> None:
    words = "kendala penyaluran yang terbuka"
    with write_session(engine) as session:
        _, _, stops, coordinator, _ = make_dispatched_cycle(session, num_children=1)
        uid = stops[0].uid
    office = client_for(coordinator)
    form = {"perhentian": uid, "uid": uid, "hasil": "failed", "alasan": "nobody_home"}
    assert office.post("/rute/R-2612-01/hasil", data=form).status_code == 303
    assert "tidak ada orang di rumah" in led(staff, words, 1).casefold()
    with read_session(engine) as session:
        [case] = session.exec(select(DeliveryException)).all()
    again = {"tindakan": "redeliver", "hari": "2026-12-02"}
    for number, deed in enumerate(("tindak", "selesai", "tutup")):
        assert queues(staff)[words][0] == 1, deed
        form = {"versi": str(case.version + number)} | (again if deed == "tindak" else {})
        sent = office.post(f"/kendala/{case.id}/{deed}", data=form)
        assert sent.status_code == 303, deed
    assert words not in queues(staff)


def test_months_that_wait_for_this_very_approver(
    staff: TestClient, client_for: ClientFor, engine: Engine
) -> None:
    words = "bulan menunggu persetujuan Anda"
    shaper = client_for(Role.APPROVER)
    with write_session(engine) as session:
        for _ in range(2):
            make_child(session)
        make_pledge(session)
        cycle = make_cycle(session, state=CycleState.IN_APPROVAL, proposed_by="approver")
        other = make_account(session, Role.APPROVER)
        month = cycle.month
    second = client_for(other)
    assert words not in queues(staff)
    assert words not in queues(shaper), "who proposed it may not approve it"
    assert "Setujui pasangan bulan ini" in led(second, words, 1)
    sent_back = send(second, f"/bulan/{month}/tolak", alasan="periksa lagi")
    assert sent_back.status_code == 200
    assert words not in queues(second)
    with read_session(engine) as session:
        assert session.exec(select(Cycle)).one().state is CycleState.PROPOSED
