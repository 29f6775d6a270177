"""Pages and endpoints of jobs, the audit trail and health."""

import re
from collections.abc import Callable
from datetime import timedelta
from time import sleep

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from api.i18n import Formats
from api.services import jobs
from api.services.audit import record
from data.engine import read_session, write_session
from data.schema import Account, Job, JobState, Role
from tests.api.pages.reading import text_of
from tests.api.services.job_handlers import KINDS
from tests.conftest import NOW
from tests.stores import KEYS, open_engine

ClientFor = Callable[[Role], TestClient]


@pytest.fixture
def job_id(
    engine: Engine, person: Callable[[Role], Account], monkeypatch: pytest.MonkeyPatch
) -> int:
    for kind, place in KINDS.items():
        monkeypatch.setitem(jobs.HANDLERS, kind, place)
    with write_session(engine) as session:
        job = jobs.enqueue(session, kind="answer", payload={"n": 1}, by=person(Role.STAFF), now=NOW)
    assert job.id is not None
    return job.id


def test_a_job_page_refreshes_itself_until_the_job_is_over(
    client_for: ClientFor, engine: Engine, job_id: int
) -> None:
    client = client_for(Role.STAFF)
    url = f"/pekerjaan/{job_id}?kembali=/bulan/2026-12"
    waiting = client.get(url).text
    assert '<meta http-equiv="refresh" content="3">' in waiting
    assert "Menunggu giliran." in waiting
    assert "Sedang dikerjakan." not in waiting
    assert 'href="/bulan/2026-12"' not in waiting
    jobs.run_pending(engine, keys=KEYS)
    done = client.get(url).text
    assert 'http-equiv="refresh"' not in done
    assert 'href="/bulan/2026-12"' in done


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("1250000", "Terbaik sejauh ini: Rp 1.250.000."),
        ("leximin", "Sedang mengerjakan: keadilan antar-kelurahan."),
        ("switch.without_spread", "Sedang mengerjakan: Tanpa beban merata."),
        ("kept.2", "Sedang mengerjakan: pasangan bulan lalu sebagai tujuan ke-3."),
        ("second", "Sedang mengerjakan: aturan kedua."),
    ],
)
def test_a_job_page_says_what_it_is_at(
    client_for: ClientFor, engine: Engine, job_id: int, step: str, said: str
) -> None:
    with write_session(engine) as session:
        job = session.get_one(Job, job_id)
        job.state, job.progress, job.progress_note = JobState.RUNNING, 0.4, {"step": step}
    page = text_of(client_for(Role.STAFF).get(f"/pekerjaan/{job_id}"))
    assert said in page
    assert "40 %" in page
    assert "Sedang dikerjakan." in page
    assert "Dikerjakan sejak" not in page


def test_a_job_page_says_since_when_the_job_runs(
    client_for: ClientFor, engine: Engine, job_id: int
) -> None:
    client, url = client_for(Role.STAFF), f"/pekerjaan/{job_id}"
    assert "Mulai dikerjakan" not in client.get(url).text
    assert jobs.claim(engine, keys=KEYS, worker="one", clock=lambda: NOW - timedelta(minutes=7))
    page = text_of(client.get(url))
    clock = Formats("id").clock(NOW - timedelta(minutes=7))
    assert f"Dikerjakan sejak pukul {clock}, sudah 7 menit." in page
    assert "percobaan" not in page
    assert client.get(f"/api/v1/jobs/{job_id}").json()["started_at"]
    assert jobs.claim(engine, keys=KEYS, worker="two", clock=lambda: NOW)  # the first one is lost
    again = text_of(client.get(url))
    assert f"Dikerjakan sejak pukul {Formats('id').clock(NOW)}. Ini percobaan ke-2" in again


@pytest.mark.parametrize(
    ("kind", "more", "result", "said", "leads"),
    [
        ("match", {}, {"assigned": 9, "unassigned": 2}, "9 anak mendapat", "/bulan/2026-12"),
        ("plan", {}, {"routes": 4, "unserved": 1}, "4 rute disusun", "/bulan/2026-12/rute"),
        (
            "replan", {"day": "2026-12-07"}, {"routes": 2, "unserved": 0, "saved_m": 1500},
            "1,5 km lebih pendek", "/bulan/2026-12/papan?hari=2026-12-07",
        ),
        ("replan", {"day": "2026-12-07"}, {"routes": 2, "unserved": 0}, "2 rute", "/papan?hari="),
        ("goals", {}, {}, "Harga tiap tujuan", "/bulan/2026-12/rute/tujuan"),
        ("weigh", {}, {}, "Akibatnya sudah dihitung", "/bulan/2026-12/timbang"),
    ],
)  # fmt: skip
def test_a_finished_job_says_what_it_did_and_leads_there(
    client_for: ClientFor, engine: Engine, job_id: int, kind: str, more: dict[str, str],
    result: dict[str, object], said: str, leads: str,
) -> None:  # fmt: skip
    with write_session(engine) as session:
        job = session.get_one(Job, job_id)
        job.kind, job.state = kind, JobState.DONE
        job.payload, job.result = {"month": "2026-12", **more}, result
    page = client_for(Role.STAFF).get(f"/pekerjaan/{job_id}").text
    assert said in page
    assert f"{leads}" in page
    assert "Desember 2026" in page.split("<h1>")[1].split("</h1>")[0]
    told = client_for(Role.ADMIN).get(f"/pekerjaan/{job_id}").text  # reads jobs, not their results
    assert said not in told
    assert "Selesai." in told


def test_what_a_job_failed_of_is_said_in_words_in_both_languages(
    client_for: ClientFor, engine: Engine, job_id: int
) -> None:
    rules = ["violation.overweight", "violation.too_far"]
    with write_session(engine) as session:
        job = session.get_one(Job, job_id)
        job.state = JobState.FAILED
        job.error = {"code": "plan.unsound", "params": {"count": 2, "rules": rules}}
    client = client_for(Role.STAFF)
    said = client.get(f"/api/v1/jobs/{job_id}").json()["message"]
    assert "Melebihi muatan berat kendaraan, Jarak tempuh terlalu jauh" in said
    assert "violation." not in client.get(f"/pekerjaan/{job_id}").text
    english = {"Accept-Language": "en"}
    client.post("/bahasa", data={"bahasa": "en"})
    page = client.get(f"/pekerjaan/{job_id}", headers=english).text
    assert "Melebihi" not in page
    assert "violation." not in page


def test_a_job_page_leads_to_no_other_site(
    client_for: ClientFor, engine: Engine, job_id: int
) -> None:
    jobs.run_pending(engine, keys=KEYS)
    page = client_for(Role.STAFF).get(f"/pekerjaan/{job_id}?kembali=//jahat.example").text
    assert "jahat" not in " ".join(re.findall(r'(?:href|action)="([^"]*)"', page))


def test_a_waiting_job_is_cancelled_by_its_page(client_for: ClientFor, job_id: int) -> None:
    client = client_for(Role.STAFF)
    led = client.post(f"/pekerjaan/{job_id}/batal?kembali=/bulan/2026-12")
    assert led.headers["location"] == f"/pekerjaan/{job_id}?kembali=/bulan/2026-12"
    page = client.get(led.headers["location"]).text
    assert "Dihentikan; tidak ada yang tersimpan" in page
    assert "dihentikan" in page
    assert client.post(f"/pekerjaan/{job_id}/batal").status_code == 409


def test_a_web_process_can_run_the_jobs_itself(app: FastAPI, engine: Engine, job_id: int) -> None:
    app.state.settings.workers_in_process = True
    app.state.engine = open_engine(engine.url.render_as_string(hide_password=False))
    with TestClient(app):
        for _ in range(200):
            with read_session(engine) as session:
                if jobs.get_job(session, job_id=job_id).state is JobState.DONE:
                    return
            sleep(0.05)
    raise AssertionError("nobody ran the job")


def test_a_failed_job_says_why(
    client_for: ClientFor,
    engine: Engine,
    job_id: int,
    person: Callable[[Role], Account],
) -> None:
    with write_session(engine) as session:
        failing = jobs.enqueue(
            session, kind="refuse", payload={"n": 1}, by=person(Role.STAFF), now=NOW
        )
    jobs.run_pending(engine, keys=KEYS)
    page = client_for(Role.ADMIN).get(f"/pekerjaan/{failing.id}").text
    assert "sudah berakhir" in page
    assert f"/pekerjaan/{job_id}" in client_for(Role.ADMIN).get("/pekerjaan").text


def test_jobs_over_json(client_for: ClientFor, engine: Engine, job_id: int) -> None:
    client = client_for(Role.STAFF)
    assert client.get("/api/v1/jobs").json()["total"] == 1
    assert client.get(f"/api/v1/jobs/{job_id}").json()["state"] == "queued"
    assert client.post(f"/api/v1/jobs/{job_id}/cancel").json()["state"] == "cancelled"
    assert client.get("/api/v1/jobs/999").json()["code"] == "job.unknown"


@pytest.fixture
def noted(engine: Engine, person: Callable[[Role], Account]) -> None:
    with write_session(engine) as session:
        for number in range(3):
            record(
                session,
                by=person(Role.STAFF),
                action="child:edit",
                subject="child",
                subject_id=number,
                now=NOW,
                before={"phone": "0811"},
                after={"phone": "<b>0812</b>"},
            )


def test_a_records_history_shows_who_changed_what(client_for: ClientFor, noted: None) -> None:
    page = client_for(Role.APPROVER).get("/audit?perihal=child&nomor=1").text
    assert page.count("anak 1<") == 1
    assert "child 2" not in page
    assert "No HP: 0811" in page
    assert "No HP: &lt;b&gt;0812" in page
    listed = client_for(Role.AUDITOR).get("/api/v1/audit", params={"by": "staff"}).json()
    assert listed["total"] == 3


def test_the_chain_is_verified_on_demand(
    client_for: ClientFor, noted: None, engine: Engine
) -> None:
    auditor = client_for(Role.AUDITOR)
    assert auditor.get("/api/v1/audit/chain").json()["is_sound"] is True
    assert "utuh: 3 catatan" in auditor.get("/audit/rantai").text
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER auditentry_no_update"))
        connection.execute(text("UPDATE auditentry SET action = 'x' WHERE id = 2"))
    assert auditor.get("/api/v1/audit/chain").json()["broken_id"] == 2
    assert "rusak pada catatan 2" in auditor.get("/audit/rantai").text


def test_the_process_says_it_is_there(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"is_well": True, "unwell": []}


def test_readiness_names_what_is_not_well(client: TestClient, engine: Engine) -> None:
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"is_well": True, "unwell": []})
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    unready = client.get("/readyz")
    assert (unready.status_code, unready.json()["unwell"]) == (503, ["schema"])


def test_the_api_guide_lists_every_endpoint(app: FastAPI, client: TestClient) -> None:
    page = client.get("/api").text
    for path in app.openapi()["paths"]:
        assert path in page
    assert "http://" not in page
    assert "https://" not in page


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.STAFF, True), (Role.APPROVER, True), (Role.AUDITOR, True),
        (Role.COORDINATOR, False), (Role.ADMIN, False),
    ],
)  # fmt: skip
def test_a_job_tells_of_children_only_who_may_read_of_them(
    client_for: ClientFor, engine: Engine, role: Role, sees: bool
) -> None:
    changes = [{"child": "ANK-9000", "before": None, "after": "JNJ-9000", "tier": 1, "points": 90}]
    weighed = Job(
        kind="weigh", by="sari", created_at=NOW, state=JobState.DONE, result={"changes": changes}
    )
    with write_session(engine) as session:
        session.add(weighed)
    client = client_for(role)
    (listed,) = client.get("/api/v1/jobs").json()["items"]
    assert listed == client.get(f"/api/v1/jobs/{weighed.id}").json()
    assert listed["state"] == "done"
    assert listed["result"] == ({"changes": changes} if sees else None)
    for page in ("/pekerjaan", f"/pekerjaan/{weighed.id}"):
        text = client.get(page).text
        assert f"{weighed.id}" in text
        assert "-9000" not in text
