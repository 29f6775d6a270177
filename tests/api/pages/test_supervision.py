"""Supervision as pages: from the proposal to the closed finding."""

from collections.abc import Callable

from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.services import supervision
from data.engine import read_session, write_session
from data.schema import AuditEntry, Role, SupervisionFinding, SupervisionVisit
from tests.api.pages.reading import text_of
from tests.factories import (
    KELURAHAN,
    NOW,
    make_account,
    make_child,
    make_household,
    make_measurement,
)

ClientFor = Callable[[Role], TestClient]


def test_from_the_proposal_to_the_closed_finding(client_for: ClientFor, engine: Engine) -> None:
    staff, coordinator = client_for(Role.STAFF), client_for(Role.COORDINATOR)
    with write_session(engine) as session:
        home = make_household(session, posyandu="Melati")
        child = make_child(session, haz=None, household_id=home.id)
        make_measurement(session, child, whz=-3.5)
    page = staff.get("/monev/pengawasan").text
    assert "anak 2T atau gizi buruk belum dirujuk" in page
    assert (
        'href="/monev/wilayah?tingkat=posyandu&amp;wilayah=Melati%20%C2%B7%20Bukit%20Sari"' in page
    )
    assert 'name="publik"' not in page  # nothing of it leaves the office

    plan = {
        "kelurahan": KELURAHAN, "posyandu": "Melati", "tanggal": "2026-12-05",
        "pengunjung": "staff",
    }  # fmt: skip
    assert staff.post("/monev/pengawasan", data=plan | {"tanggal": "kapan"}).status_code == 422
    assert staff.post("/monev/pengawasan", data=plan).status_code == 303
    with read_session(engine) as session:
        visit = session.exec(select(SupervisionVisit)).one()
    assert visit.reasons == {"unreferred": 1, "never_visited": 1}
    here = f"/monev/pengawasan/{visit.id}"
    listed = staff.get("/monev/pengawasan").text
    assert listed.count(f'href="{here}"') == 2  # my task, and the name in the table of visits
    assert "1 kunjungan pengawasan yang Anda lakukan" in text_of(staff.get("/petugas"))
    assert "kunjungan pengawasan yang Anda" not in coordinator.get("/koordinator").text
    seen = {"tanggal": "2026-12-01", "butir": ["scale_zeroed ya", "", "read_to_digit tidak"]}
    assert '<input type="hidden" name="versi" value="1">' in staff.get(here).text
    assert staff.post(here, data=seen | {"versi": "1"}).status_code == 303
    late = {"versi": "1", "tanggal": "2026-12-01", "butir": ["scale_zeroed tidak"]}
    approver = client_for(Role.APPROVER)
    stale = approver.post(here, data=late | {"catatan": "miring"})
    assert stale.status_code == 409
    assert "sudah diubah orang lain" in stale.text
    assert "Tersimpan: sesuai" in stale.text
    assert "miring" in stale.text
    found = {
        "temuan": "Angka dibulatkan", "tindakan": "Latih kader", "penanggung": "coordinator",
        "tenggat": "2026-12-20",
    }  # fmt: skip
    along = seen | found | {"versi": "2", "catatan": "Dilihat dua kali"}
    refused = staff.post(here, data=along | {"temuan": " "})
    assert refused.status_code == 422
    assert "Dilihat dua kali" in refused.text
    with read_session(engine) as session:
        assert session.get_one(SupervisionVisit, visit.id).notes == ""
    assert staff.post(here, data=along).status_code == 303
    assert "Dilihat dua kali" in staff.get(here).text  # the checklist is kept in the same step
    assert f'<a href="{here}">1</a>' in staff.get("/monev/pengawasan").text  # one in order
    assert "1 temuan pengawasan untuk Anda" in text_of(coordinator.get("/koordinator"))
    with read_session(engine) as session:
        number = session.exec(select(SupervisionFinding.id)).one()
    there = f"/monev/temuan/{number}"
    handed = {"langkah": "serah", "penanggung": "coordinator", "tenggat": "2026-12-24"}
    unsaid = staff.post(there, data=handed | {"jawaban": " "})
    assert unsaid.status_code == 409
    assert f'id="alasan-{number}"' in unsaid.text
    assert staff.post(there, data=handed | {"tenggat": "besok"}).status_code == 422
    assert staff.post(there, data=handed | {"jawaban": "hari libur"}).status_code == 303
    assert "24 Desember 2026" in text_of(staff.get(here))
    answered = {"langkah": "jawab", "jawaban": "Sudah dilatih"}
    assert staff.post(there, data=answered).status_code == 403
    assert coordinator.post(there, data=answered).status_code == 303
    assert coordinator.post(there, data={"langkah": "tutup"}).status_code == 403
    assert "temuan pengawasan" not in coordinator.get("/koordinator").text
    assert "1 temuan pengawasan untuk Anda" in text_of(staff.get("/petugas"))
    assert "kunjungan pengawasan yang Anda" not in text_of(staff.get("/petugas"))
    assert staff.post(there, data={"langkah": "apa"}).status_code == 422
    assert staff.post(there, data={"langkah": "tutup"}).status_code == 303
    assert "selesai" in staff.get(here).text
    assert client_for(Role.AUDITOR).get(here).status_code == 200
    assert client_for(Role.AUDITOR).post(here, data=late).status_code == 403
    sheet = client_for(Role.AUDITOR).get("/api/v1/monitoring/sheets/pengawasan").json()
    assert sheet[0]["rows"][0][-2:] == [1, 1]


def test_a_recorded_visit_is_corrected_by_its_author_or_an_approver(
    client_for: ClientFor, engine: Engine
) -> None:
    staff, coordinator = client_for(Role.STAFF), client_for(Role.COORDINATOR)
    approver = client_for(Role.APPROVER)
    plan = {"kelurahan": KELURAHAN, "posyandu": "Melati", "tanggal": "2026-12-05",
            "pengunjung": "staff"}  # fmt: skip
    assert staff.post("/monev/pengawasan", data=plan).status_code == 303
    with read_session(engine) as session:
        here = f"/monev/pengawasan/{session.exec(select(SupervisionVisit.id)).one()}"
    seen = {"tanggal": "2026-12-01", "butir": ["scale_zeroed ya"], "catatan": "rapi"}
    # Who writes it up first need not be who went there; from then on it is theirs.
    assert staff.post(here, data=seen | {"versi": "1"}).status_code == 303
    others = seen | {"versi": "2", "catatan": "tidak rapi"}
    refused = coordinator.post(here, data=others)
    assert refused.status_code == 403
    page = coordinator.get(here)
    assert 'name="butir"' not in page.text
    assert "rapi" in page.text
    assert "Yang memperbaikinya petugas" in text_of(page)
    assert 'name="butir"' in staff.get(here).text
    found = {"versi": "2", "temuan": "Timbangan miring", "tindakan": "Tera ulang",
             "penanggung": "staff", "tenggat": "2026-12-20"}  # fmt: skip
    assert coordinator.post(here, data=found).status_code == 303
    assert approver.post(here, data=others | {"butir": ["scale_zeroed tidak"]}).status_code == 303
    with read_session(engine) as session:
        visit = session.exec(select(SupervisionVisit)).one()
        entries = session.exec(
            select(AuditEntry).where(AuditEntry.action == "supervision:correct")
        ).all()
    assert (visit.notes, visit.checklist, visit.recorded_by) == (
        "tidak rapi", {"scale_zeroed": False}, "staff",
    )  # fmt: skip
    (entry,) = entries
    assert (entry.before, entry.after) == (
        {"checklist": {"scale_zeroed": True}, "notes": "rapi"},
        {"checklist": {"scale_zeroed": False}, "notes": "tidak rapi"},
    )
    assert entry.by == "approver"
    with read_session(engine) as session:
        number = session.exec(select(SupervisionFinding.id)).one()
    there = f"/monev/temuan/{number}"
    assert staff.post(there, data={"langkah": "jawab", "jawaban": "Ditera"}).status_code == 303
    assert "Ditutup oleh" not in text_of(staff.get(here))
    assert approver.post(there, data={"langkah": "tutup"}).status_code == 303
    assert "Ditutup oleh approver, 1 Desember 2026" in text_of(staff.get(here))


def test_a_days_visits_are_a_route_to_print(client_for: ClientFor, engine: Engine) -> None:
    with write_session(engine) as session:
        by = make_account(session, Role.COORDINATOR, username="penyelia")
        for code in (KELURAHAN, "19.71.04.1001"):
            supervision.plan_visit(
                session, kelurahan_code=code, posyandu="Melati", planned_on=NOW.date(),
                visitor="penyelia", reasons={"rounded": 1}, by=by, now=NOW,
            )  # fmt: skip
    client = client_for(Role.STAFF)
    link = f"/monev/rute-kunjungan?tanggal={NOW.date().isoformat()}&amp;pengunjung=penyelia"
    page = client.get("/monev/pengawasan").text
    assert f'href="{link}"' in page
    assert "2 kunjungan, rutenya" in page
    route = client.get(link.replace("&amp;", "&")).text
    assert "Melati · Bukit Sari *" in route
    assert "Daftar periksa, diisi di tempat" in route
    form = {"bentuk": "pdf", "keperluan": "Rapat", "tanggal": NOW.date().isoformat(),
            "pengunjung": "penyelia"}  # fmt: skip
    assert client.post("/monev/rute-kunjungan/unduh", data=form).content.startswith(b"%PDF")
    assert client.get("/monev/rute-kunjungan?tanggal=besok").status_code == 422
    assert client_for(Role.DONOR).get("/monev/rute-kunjungan").status_code == 403


def test_places_with_lighter_signs_are_on_the_next_page(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        for number in range(26):
            home = make_household(session, posyandu=f"Posyandu {number:02}")
            child = make_child(session, haz=None, household_id=home.id)
            make_measurement(session, child, whz=-3.5)
    first, second = (
        client_for(Role.AUDITOR).get(f"/monev/pengawasan?halaman={number}").text
        for number in (1, 2)
    )
    assert ("Posyandu 00" in first, "Posyandu 25" in first) == (True, False)
    assert ("Posyandu 00" in second, "Posyandu 25" in second) == (False, True)
