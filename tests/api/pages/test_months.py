"""The month as pages: doors, steps, four eyes, refusals in sentences."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.pages.goals import LEVELS, goals_of
from api.pages.months import month_steps
from api.services import jobs
from api.services.city_counts import proof_of
from api.services.month_progress import Progress
from data.engine import read_session, write_session
from data.schema import (
    ChildState,
    Cycle,
    CycleState,
    DuplicatePair,
    MatchRun,
    PairKind,
    Role,
    RunState,
    StopState,
)
from matcher.policy import DEFAULT_ORDER, LevelName
from tests.api.pages.reading import send, text_of
from tests.conftest import NOW
from tests.factories import make_child, make_cycle, make_cycle_child, make_match_run, make_pledge
from tests.factories_routes import make_dispatched_cycle
from tests.stores import KEYS

ClientFor = Callable[[Role], TestClient]
MONTH = "/bulan/2026-12"


@pytest.fixture
def city(engine: Engine) -> None:
    """Four children, places for two."""
    with write_session(engine) as session:
        for number in range(4):
            make_child(session, haz=-2.2 - number * 0.4)
        make_pledge(session, num_children=2)


def matched(staff: TestClient, engine: Engine) -> None:
    led = staff.post(f"{MONTH}/pasangkan", data={"undian": "3"})
    assert led.headers["location"].startswith("/pekerjaan/")
    jobs.run_pending(engine, keys=KEYS, clock=lambda: NOW)
    assert "Selesai" in staff.get(led.headers["location"]).text


def test_the_goals_of_pages_are_those_of_the_matcher() -> None:
    """A policy may order all of them; those of the built-in one stand in its order."""
    assert sorted(LEVELS) == sorted(name.value for name in LevelName)
    usual = tuple(name.value for name in DEFAULT_ORDER)
    assert tuple(name for name in LEVELS if name in usual) == usual


@pytest.mark.parametrize(
    ("proved", "on_page", "in_report"),
    [
        ({"verified": 400, "proof": "prices"}, "terbukti terbaik", "word.optimal"),
        ({"verified": 300, "proof": "branching"}, "celah 25,00 persen", "word.searched"),
        ({"bound": 300, "status": "gap"}, "terbaik yang ditemukan; celah 25,00", "word.gap"),
        ({"verified": None, "proof": "branching"}, "terbukti terbaik", "word.searched"),
    ],
)
def test_how_well_a_goal_is_proved_is_told(
    proved: dict[str, Any], on_page: str, in_report: str
) -> None:
    """The last is a run of before it was told what prices alone prove."""
    level = {"name": "points", "value": [400], "cost": 400, "bound": 400, "status": "optimal"}
    level |= {"proof": "prices"} | proved
    run = MatchRun(
        cycle_id=1, state=RunState.DONE, seed=1, by="test", started_at=NOW,
        levels=[{key: each for key, each in level.items() if each is not None}],
    )  # fmt: skip
    [goal] = goals_of(run, "id")
    assert on_page in goal.proof
    assert ("pencarian yang selesai" in goal.proof) == (proved.get("verified") == 300)
    assert proof_of(run) == in_report


def test_a_visitor_is_led_to_the_sign_in_page(client: TestClient) -> None:
    assert client.get("/petugas").headers["location"].startswith("/masuk")


@pytest.mark.parametrize("role", [Role.DONOR, Role.COURIER, Role.COORDINATOR, Role.ADMIN])
def test_the_staff_page_is_closed_to_other_roles(client_for: ClientFor, role: Role) -> None:
    assert client_for(role).get("/petugas").status_code == 403


def test_an_empty_city_says_what_to_do_first(client_for: ClientFor) -> None:
    page = text_of(client_for(Role.STAFF).get("/petugas"))
    assert "Belum ada bulan yang berjalan" in page
    assert "Tidak ada yang menunggu." in page


def test_a_city_with_data_is_told_to_open_its_month(client_for: ClientFor, engine: Engine) -> None:
    with write_session(engine) as session:
        make_child(session)
        make_pledge(session)
    page = text_of(client_for(Role.STAFF).get("/petugas"))
    assert "1 anak dan 1 orang tua asuh sudah tercatat" in page
    assert "Petugas yang membukanya" in text_of(client_for(Role.APPROVER).get("/petugas"))


def test_a_misspelt_month_is_refused_and_stays_in_the_field(client_for: ClientFor) -> None:
    answer = send(client_for(Role.STAFF), "/bulan", bulan="Desember")
    assert answer.status_code == 422
    assert 'value="Desember"' in answer.text
    assert "Tulis seperti 2026-12" in text_of(answer)


def test_a_month_is_chosen_by_its_name_among_those_not_opened_yet(client_for: ClientFor) -> None:
    staff = client_for(Role.STAFF)
    page = staff.get("/petugas").text
    assert '<option value="2026-12" selected>Desember 2026</option>' in page
    send(staff, "/bulan", bulan="2026-12")
    page = staff.get("/petugas").text
    assert '<option value="2027-01" selected>Januari 2027</option>' in page
    assert '<option value="2026-12"' not in page


def test_a_month_without_children_cannot_be_locked_blindly(client_for: ClientFor) -> None:
    staff = client_for(Role.STAFF)
    page = text_of(send(staff, "/bulan", bulan="2026-12"))
    assert "Desember 2026 dibuka." in page
    assert "Belum ada anak terdaftar" in page


@pytest.mark.usefixtures("city")
def test_staff_proposes_and_another_person_approves(client_for: ClientFor, engine: Engine) -> None:
    """Scenario 9: four eyes, through the pages."""
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    send(staff, "/bulan", bulan="2026-12")
    assert "dapat dipasangkan" in text_of(send(staff, f"{MONTH}/kunci"))
    matched(staff, engine)
    assert f'href="{MONTH}#ajukan"' in staff.get(f"{MONTH}/pasangan").text
    assert "Pejabat lain yang menyetujuinya" in text_of(send(staff, f"{MONTH}/ajukan"))
    assert f'href="{MONTH}#setujui"' in approver.get(f"{MONTH}/pasangan").text
    assert "#setujui" not in staff.get(f"{MONTH}/pasangan").text
    assert send(staff, f"{MONTH}/setujui").status_code == 403
    back = send(approver, f"{MONTH}/tolak", alasan="Cek dua anak di Bukit Sari")
    assert "Cek dua anak di Bukit Sari" in text_of(back)
    send(staff, f"{MONTH}/ajukan")
    assert "Paket dapat disiapkan" in text_of(send(approver, f"{MONTH}/setujui"))
    with read_session(engine) as session:
        cycle = session.exec(select(Cycle)).one()
        assert (cycle.state, cycle.approved_by) == (CycleState.APPROVED, "approver")


@pytest.mark.usefixtures("city")
def test_giving_back_without_a_word_is_refused(client_for: ClientFor, engine: Engine) -> None:
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    send(staff, "/bulan", bulan="2026-12")
    send(staff, f"{MONTH}/kunci")
    matched(staff, engine)
    send(staff, f"{MONTH}/ajukan")
    answer = send(approver, f"{MONTH}/tolak", alasan=" ")
    assert answer.status_code == 409
    assert "Tulis alasan" in text_of(answer)


def test_matching_before_the_lock_is_refused(client_for: ClientFor, engine: Engine) -> None:
    with write_session(engine) as session:
        make_cycle(session)
    answer = send(client_for(Role.STAFF), f"{MONTH}/pasangkan")
    assert answer.status_code == 409
    assert "draf" in text_of(answer)


@pytest.mark.parametrize("seed", ["-1", "x", "99999999999999", "²"])
def test_a_lottery_number_must_be_a_number(
    client_for: ClientFor, engine: Engine, seed: str
) -> None:
    with write_session(engine) as session:
        make_cycle(session, state=CycleState.LOCKED)
    assert send(client_for(Role.STAFF), f"{MONTH}/pasangkan", undian=seed).status_code == 422


@pytest.mark.usefixtures("city")
def test_unlocking_needs_a_reason_and_cancelling_an_approver(client_for: ClientFor) -> None:
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    send(staff, "/bulan", bulan="2026-12")
    send(staff, f"{MONTH}/kunci")
    assert send(staff, f"{MONTH}/buka").status_code == 409
    assert "dibuka" in text_of(send(staff, f"{MONTH}/buka", alasan="daftar belum lengkap"))
    assert send(staff, f"{MONTH}/batal", alasan="x").status_code == 403
    assert "dibatalkan" in text_of(send(approver, f"{MONTH}/batal", alasan="salah bulan"))
    assert "sudah dibatalkan" in text_of(send(staff, "/bulan", bulan="2026-12"))
    assert send(staff, f"{MONTH}/mulai-lagi", alasan="x").status_code == 403
    assert send(approver, f"{MONTH}/mulai-lagi").status_code == 409
    again = text_of(send(approver, f"{MONTH}/mulai-lagi", alasan="batal tidak jadi"))
    assert "dimulai lagi" in again
    assert send(staff, f"{MONTH}/kunci").is_success


@pytest.mark.usefixtures("city")
def test_the_month_shows_the_rules_in_their_order(client_for: ClientFor) -> None:
    staff = client_for(Role.STAFF)
    page = text_of(send(staff, "/bulan", bulan="2026-12"))
    first = page.index("Anak yang paling parah lebih dahulu")
    assert first < page.index("Adil antarkelurahan") < page.index("Undian di antara yang sama")
    assert "TB/U di bawah -3" in page


def test_a_month_that_is_matched_has_one_first_action(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        cycle = make_cycle(session, state=CycleState.PROPOSED)
        make_match_run(session, cycle)
    page = client_for(Role.STAFF).get(MONTH).text
    assert '<button class="secondary">Pasangkan ulang' in page
    assert "<button>Pasangkan ulang" not in page


@pytest.mark.stores("sqlite")
def test_a_month_from_a_file_shows_no_noughts(client_for: ClientFor, engine: Engine) -> None:
    with write_session(engine) as session:
        make_cycle(session, "2026-10", state=CycleState.CLOSED)
    staff = client_for(Role.STAFF)
    for page in ("/bulan/2026-10", "/bulan/2026-10/laporan"):
        text = text_of(staff.get(page))
        assert "tidak dijalankan di sini" in text
        assert "anak berhak" not in text
    refused = staff.get("/api/v1/cycles/2026-10/report")
    assert (refused.status_code, refused.json()["code"]) == (409, "report.kept_elsewhere")


def test_a_closed_month_has_no_step_left() -> None:
    closed = Cycle(city_code="19.71", month="2026-11", state=CycleState.CLOSED, updated_at=NOW)
    assert {step.state for step in month_steps(closed)} == {"done"}


@pytest.mark.parametrize(
    ("state", "has_data", "upcoming"),
    [
        (CycleState.DRAFT, False, "Masukkan data"),
        (CycleState.DRAFT, True, "Kunci data"),
        (CycleState.LOCKED, True, "Pasangkan"),
        (CycleState.PROPOSED, True, "Ajukan"),
        (CycleState.APPROVED, True, "Kemas"),
        (CycleState.RECONCILING, True, "Tutup"),
    ],
)
def test_the_stepper_marks_the_step_that_comes_next(
    state: CycleState, has_data: bool, upcoming: str
) -> None:
    month = Cycle(city_code="19.71", month="2026-11", state=state, updated_at=NOW)
    steps = month_steps(month, has_data=has_data)
    assert [step.label for step in steps if step.state == "current"] == [upcoming]
    states = [step.state for step in steps]
    assert states == sorted(states, key=["done", "current", "todo"].index)


@pytest.mark.parametrize(
    ("state", "progress", "upcoming"),
    [
        (CycleState.DISTRIBUTING, Progress(31, 53), "Salurkan"),
        (CycleState.DISTRIBUTING, Progress(53, 53), "Cocokkan"),
        (CycleState.RECONCILING, Progress(2, 3), "Cocokkan"),
        (CycleState.RECONCILING, Progress(3, 3, num_cases=1), "Cocokkan"),
        (CycleState.RECONCILING, Progress(3, 3), "Tutup"),
        (CycleState.PACKING, Progress(0, 12), "Kemas"),
        (CycleState.PACKING, Progress(12, 12), "Salurkan"),
    ],
)
def test_a_step_is_ticked_when_it_is_done_not_when_it_begins(
    state: CycleState, progress: Progress, upcoming: str
) -> None:
    month = Cycle(city_code="19.71", month="2026-11", state=state, updated_at=NOW)
    steps = month_steps(month, progress=progress)
    assert [step.label for step in steps if step.state == "current"] == [upcoming]
    assert [step.counts for step in steps if step.note] == [(progress.done, progress.total)]


def test_a_month_on_its_way_says_how_many_stops_are_done(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        _, _, stops, _, _ = make_dispatched_cycle(session)
        stops[0].state = StopState.DELIVERED
        session.add(stops[0])
    page = text_of(client_for(Role.COORDINATOR).get(f"{MONTH}/tutup"))
    assert "Salurkan 1 dari 3 perhentian" in page


def test_locking_with_undecided_pairs_asks_why_and_keeps_saying_so(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        first, second = make_child(session), make_child(session)
        make_child(session)
        session.add(
            DuplicatePair(
                kind=PairKind.CHILD, first_id=first.id or 0, second_id=second.id or 0, score=90
            )
        )
    staff = client_for(Role.STAFF)
    page = text_of(send(staff, "/bulan", bulan="2026-12"))
    assert "Berikutnya: putuskan 1 pasangan anak yang mungkin tercatat dua kali" in page
    assert "Karena pasangan itu 2 anak yang berhak tidak mendapat paket bulan ini." in page
    refused = send(staff, f"{MONTH}/kunci", alasan=" ")
    assert refused.status_code == 409
    assert 'id="alasan-lock-error"' in refused.text
    page = text_of(send(staff, f"{MONTH}/kunci", alasan="kader berkunjung minggu depan"))
    assert "Dikunci walaupun ada pasangan data yang mungkin ganda" in page
    shown = client_for(Role.APPROVER).get(MONTH)
    assert "kader berkunjung minggu depan" in text_of(shown)
    link = '<a href="/ganda?jenis=child">1 pasangan anak yang mungkin ganda belum diputuskan.</a>'
    assert link in shown.text


def test_a_month_after_a_draft_opens_only_when_one_says_so(client_for: ClientFor) -> None:
    staff = client_for(Role.STAFF)
    send(staff, "/bulan", bulan="2026-12")
    asked = send(staff, "/bulan", bulan="2027-01")
    assert asked.status_code == 409
    assert "Pasangan bulan Desember 2026 belum disetujui" in text_of(asked)
    assert 'name="yakin"' in asked.text
    assert "Januari 2027 dibuka." in text_of(send(staff, "/bulan", bulan="2027-01", yakin="ya"))


@pytest.mark.usefixtures("city")
def test_the_approvers_comment_stays_in_the_history(client_for: ClientFor, engine: Engine) -> None:
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    send(staff, "/bulan", bulan="2026-12")
    send(staff, f"{MONTH}/kunci")
    matched(staff, engine)
    send(staff, f"{MONTH}/ajukan")
    assert "Menunggu penyetuju" in text_of(staff.get("/petugas"))
    page = text_of(send(approver, f"{MONTH}/setujui", alasan="Sudah dicek bersama camat"))
    assert "Sudah dicek bersama camat" in page


@pytest.mark.parametrize("role", [Role.STAFF, Role.APPROVER, Role.COORDINATOR, Role.AUDITOR])
def test_the_months_pages_lead_nobody_to_a_closed_door(
    client_for: ClientFor, engine: Engine, role: Role
) -> None:
    with write_session(engine) as session:
        child = make_child(session, state=ChildState.NEEDS_REVIEW)
        make_cycle_child(session, make_cycle(session), child)
    client = client_for(role)
    for start in ("/bulan/2026-12", "/monev"):
        links = re.findall(r'<a [^>]*href="(/[^"]*)"', client.get(start).text)
        assert links
        closed = [link for link in links if client.get(link).status_code == 403]
        assert closed == []
