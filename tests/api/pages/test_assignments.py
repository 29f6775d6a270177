"""Pairs as pages: why, who is left out, pins and bans, what changed (scenario 8)."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.i18n import sentence
from api.services import jobs
from data.engine import read_session, write_session
from data.schema import (
    Assignment,
    AuditEntry,
    Child,
    Cycle,
    CycleChild,
    CyclePledge,
    CycleState,
    Job,
    JobState,
    Pledge,
    Role,
    Sponsor,
)
from tests.api.pages.reading import send, text_of
from tests.conftest import NOW
from tests.factories import (
    make_assignment,
    make_child,
    make_cycle,
    make_match_run,
    make_pledge,
)
from tests.stores import KEYS

ClientFor = Callable[[Role], TestClient]
MONTH = "/bulan/2026-12"


@pytest.fixture
def staff(client_for: ClientFor, engine: Engine) -> TestClient:
    """At the desk of a matched month: twelve children, places for ten, four pairs of last month."""
    with write_session(engine) as session:
        children = [make_child(session, haz=-2.2 - number * 0.1) for number in range(12)]
        pledges = [make_pledge(session, num_children=2) for _ in range(5)]
        run = make_match_run(session, make_cycle(session, "2026-11", state=CycleState.CLOSED))
        for number, child in enumerate(children[8:]):
            make_assignment(session, run, child, pledges[number // 2])
    client = client_for(Role.STAFF)
    send(client, "/bulan", bulan="2026-12")
    send(client, f"{MONTH}/kunci")
    matched(client, engine)
    return client


def matched(client: TestClient, engine: Engine) -> None:
    client.post(f"{MONTH}/pasangkan", data={"undian": "1"})
    jobs.run_pending(engine, keys=KEYS, clock=lambda: NOW)


def pairs(engine: Engine) -> dict[str, str]:
    """Child code → pledge code of the last run."""
    with read_session(engine) as session:
        rows = session.exec(
            select(Child.code, Pledge.code)
            .join(Assignment, col(Assignment.child_id) == col(Child.id))
            .join(Pledge, col(Pledge.id) == col(Assignment.pledge_id))
            .where(Assignment.state == "proposed")
        ).all()
    return dict(rows)


def test_the_pages_are_closed_to_couriers(client_for: ClientFor) -> None:
    courier = client_for(Role.COURIER)
    for page in ("pasangan", "belum", "perubahan", "anak/X-001"):
        assert courier.get(f"{MONTH}/{page}").status_code == 403


def test_before_a_run_the_pages_say_what_to_do(client_for: ClientFor, engine: Engine) -> None:
    with write_session(engine) as session:
        make_cycle(session)
    client = client_for(Role.STAFF)
    pages = ("pasangan", "belum", "perubahan", "rekrut")
    for page in pages:
        assert "Kunci data lalu jalankan pemasangan" in text_of(client.get(f"{MONTH}/{page}"))
    with write_session(engine) as session:
        session.exec(select(Cycle)).one().state = CycleState.LOCKED
    for page in pages:
        said = text_of(client.get(f"{MONTH}/{page}"))
        assert "Kunci data lalu" not in said
        assert "Jalankan pemasangan." in said
    client.post(f"{MONTH}/pasangkan", data={"undian": "1"})
    for page in pages:
        answer = client.get(f"{MONTH}/{page}")
        assert "Pemasangan menunggu giliran." in text_of(answer)
        assert f'href="/pekerjaan/1?kembali={MONTH}/{page}"' in answer.text
    with write_session(engine) as session:
        session.exec(select(Job)).one().state = JobState.RUNNING
    for page in pages:
        assert "Pemasangan sedang dikerjakan." in text_of(client.get(f"{MONTH}/{page}"))


def test_pairs_carry_reasons_and_goals_their_proof(staff: TestClient) -> None:
    page = text_of(staff.get(f"{MONTH}/pasangan"))
    assert "10 anak berpasangan" in page
    assert "terbukti terbaik" in page
    assert "Pasangan bulan lalu." in page
    assert "4 pasangan sama dengan bulan lalu" in page
    assert "kode reason" not in page


def test_pairs_are_found_by_words(staff: TestClient, engine: Engine) -> None:
    (code, pledge), (_, other) = list(pairs(engine).items())[:2]
    with write_session(engine) as session:  # as in A-002 and OTA-0021
        promised = session.exec(select(Pledge).where(Pledge.code == other)).one()
        session.get_one(Sponsor, promised.sponsor_id).code = f"O{code}1"
    page = text_of(staff.get(f"{MONTH}/pasangan", params={"cari": code}))
    assert code in page
    assert pledge in page
    assert "1 baris" in page
    assert "Tidak ada pasangan" in text_of(staff.get(f"{MONTH}/pasangan?cari=zzz"))


def test_children_left_out_have_a_reason_and_a_remedy(staff: TestClient) -> None:
    page = text_of(staff.get(f"{MONTH}/belum"))
    assert "2 baris" in page
    assert "tempat lagi di Bukit Sari akan melayani anak ini." in page
    assert "Bukit Sari" in page


def test_pledges_that_accept_the_childs_area_are_offered_first(
    staff: TestClient, engine: Engine
) -> None:
    child = min(pairs(engine))
    with write_session(engine) as session:
        own = session.exec(select(CycleChild).join(Child).where(Child.code == child)).one()
        home = str(own.kelurahan_code)
        rows = session.exec(select(CyclePledge).order_by(col(CyclePledge.id))).all()
        rows[0].area_codes = ["19.71.09"]
        rows[1].area_codes = [home.rpartition(".")[0]]
        elsewhere = session.get_one(Pledge, rows[0].pledge_id).code
    page = staff.get(f"{MONTH}/anak/{child}").text
    accepts, _, others = page.partition('<optgroup label="Hanya menerima wilayah lain">')
    assert accepts.count("<option") == 4
    assert others.count("<option") == 1
    assert f'<option value="{elsewhere}"' in others


def test_pin_and_ban_hold_in_the_next_run(staff: TestClient, engine: Engine) -> None:
    """Scenario 8: pins hold, the ban holds, every other change is listed."""
    before = pairs(engine)
    with read_session(engine) as session:
        left = session.exec(
            select(Child.code).where(col(Child.code).not_in(before)).order_by(Child.code)
        ).first()
    target = min(before.values())
    banned, home = max(before.items())
    here = f"{MONTH}/anak/{left}"
    shown = text_of(staff.get(here, params={"janji": target}))
    losing, _, rest = shown.partition("lalu tidak mendapat orang tua asuh.")
    assert next(code for code in before if code in losing) != left
    assert rest.lstrip().startswith("Harganya:")
    assert f"{left}:" not in rest
    assert "Alasan" in shown
    pinned = send(staff, f"{here}/sematkan", janji=target, alasan="keluarga dekat")
    assert "Jalankan Pasangkan ulang" in text_of(pinned)
    send(staff, f"{MONTH}/anak/{banned}/larang", janji=home, alasan="benturan")
    matched(staff, engine)
    after = pairs(engine)
    assert after[str(left)] == target
    assert after.get(banned) != home
    changes = text_of(staff.get(f"{MONTH}/perubahan?terhadap=previous_run"))
    moved = {code for code in {*before, *after} if before.get(code) != after.get(code)}
    assert {code for code in {*before, *after} if code in changes} == moved
    assert "Angka kedua pemasangan" in changes
    with read_session(engine) as session:
        name = session.exec(select(Child.name).where(Child.code == min(moved))).one()
    assert f"{min(moved)} {name}" in changes
    fresh = {code for code in moved if code not in before}
    only = text_of(staff.get(f"{MONTH}/perubahan?terhadap=previous_run&jenis=new"))
    assert f"baru mendapat ({len(fresh)})" in only
    assert {code for code in moved if code in only} == fresh


def test_any_two_runs_of_a_month_are_compared(staff: TestClient, engine: Engine) -> None:
    first = pairs(engine)
    matched(staff, engine)
    send(staff, f"{MONTH}/anak/{min(first)}/larang", janji=first[min(first)], alasan="benturan")
    matched(staff, engine)
    page = staff.get(f"{MONTH}/perubahan?terhadap=previous_run").text
    later, earliest = map(int, re.findall(r'<option value="(\d+)"', page))
    here = f"{MONTH}/perubahan?terhadap=previous_run&pemasangan="
    assert min(first) in text_of(staff.get(f"{here}{earliest}"))
    url = "/api/v1/cycles/2026-12/changes?against=previous_run"
    listed = staff.get(f"{url}&run={earliest}").json()
    assert min(first) in {one["child_code"] for one in listed}
    assert later > earliest
    for run in (later + 1, later + 99):
        assert staff.get(f"{here}{run}").status_code == 404


def test_a_pin_needs_a_reason_and_is_released(staff: TestClient, engine: Engine) -> None:
    child, pledge = next(iter(pairs(engine).items()))
    here = f"{MONTH}/anak/{child}"
    refused = send(staff, f"{here}/sematkan", janji=pledge, alasan=" ")
    assert refused.status_code == 409
    assert "Tulis alasannya" in text_of(refused)
    assert 'href="#alasan"' in refused.text
    assert f'<option value="{pledge}" selected>' in refused.text
    send(staff, f"{here}/sematkan", janji=pledge, alasan="dekat")
    refused = send(staff, f"{here}/larang", janji=pledge, alasan="bukan lagi")
    assert refused.status_code == 409
    assert ">bukan lagi</textarea>" in refused.text
    page = staff.get(f"{MONTH}/pasangan")
    assert "Sematan dan larangan" in page.text
    found = re.search(r"/lepas/(\d+)", page.text)
    assert found is not None
    assert "Dilepas" in text_of(send(staff, f"{MONTH}/lepas/{found[1]}"))
    assert "Sematan dan larangan" not in staff.get(f"{MONTH}/pasangan").text
    assert send(staff, f"{MONTH}/lepas/999").status_code == 404


def test_looking_at_a_childs_pair_is_written_down(staff: TestClient, engine: Engine) -> None:
    child = next(iter(pairs(engine)))
    staff.get(f"{MONTH}/anak/{child}")
    with read_session(engine) as session:
        looks = session.exec(
            select(AuditEntry).where(
                AuditEntry.action == "child:read", AuditEntry.subject_id == child
            )
        ).all()
    assert [look.by for look in looks] == ["staff"]


def test_an_auditor_reads_and_pins_nothing(
    staff: TestClient, client_for: ClientFor, engine: Engine
) -> None:
    del staff
    child, pledge = next(iter(pairs(engine).items()))
    auditor = client_for(Role.AUDITOR)
    page = auditor.get(f"{MONTH}/anak/{child}", params={"janji": pledge})
    assert page.status_code == 200
    assert "Sematkan" not in page.text
    sent = send(auditor, f"{MONTH}/anak/{child}/sematkan", janji=pledge, alasan="x")
    assert sent.status_code == 403


def test_what_only_matching_again_tells_is_a_job(
    staff: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.contrast.Contrast.ask", lambda *_: None)
    child, pledge = min(pairs(engine).items())
    page = f"{MONTH}/anak/{child}"
    asked = {"janji": pledge}
    assert "hanya pemasangan ulang yang tahu harganya" in text_of(staff.get(page, params=asked))
    progress = send(staff, f"{page}/hitung", janji=pledge)
    assert "Menunggu giliran" in text_of(progress)
    assert "sedang dipasangkan lagi" in text_of(staff.get(page, params=asked))
    assert jobs.run_pending(engine, keys=KEYS, clock=lambda: NOW) == 1
    done = staff.get(progress.url)
    assert "Harga terendah yang ditemukan sudah diketahui" in text_of(done)
    assert f'href="{page}?janji={pledge}"' in done.text
    shown = text_of(staff.get(page, params=asked))
    assert "Harganya: tidak ada" in shown
    assert "Pasangkan lagi untuk mencarinya" not in shown


def test_a_childs_page_says_what_it_stood_with_and_who_has_a_place_left(
    staff: TestClient, engine: Engine
) -> None:
    child, pledge = next(iter(pairs(engine).items()))
    with write_session(engine) as session:
        frozen = session.exec(
            select(CycleChild)
            .join(Child, col(Child.id) == col(CycleChild.child_id))
            .where(Child.code == child)
        ).one()
        frozen.haz, frozen.age_days, frozen.tier = -2.5, 730, 2
        own = session.exec(
            select(CyclePledge)
            .join(Pledge, col(Pledge.id) == col(CyclePledge.pledge_id))
            .where(Pledge.code == pledge)
        ).one()
        own.capacity, own.area_codes = 1, []
        others = session.exec(select(CyclePledge).where(CyclePledge.id != own.id)).all()
        for other in others:
            other.capacity, other.area_codes = 9, []
        others[0].area_codes = ["99"]
    answer = staff.get(f"{MONTH}/anak/{child}")
    page, shown = answer.text, text_of(answer)
    assert "Tingkat kebutuhan 2 · 23 bulan saat dikunci · TB/U -2,50" in shown
    assert f'href="/anak/{child}"' in page
    free, full, elsewhere = (
        page.index(sentence(f"places.{group}", {}, "id")) for group in ("free", "full", "elsewhere")
    )
    assert free < full < page.index(f'value="{pledge}"') < elsewhere
