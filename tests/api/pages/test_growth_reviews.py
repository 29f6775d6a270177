"""The growth pages: the list, one child's curves, deciding and taking back."""

from collections.abc import Callable

from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import AuditEntry, Child, ChildState, GrowthReview, Role
from tests.api.pages.reading import text_of
from tests.api.services.test_growth_reviews import recovered
from tests.factories import make_child, make_household, make_measurement

ClientFor = Callable[[Role], TestClient]
OFFICE = (Role.STAFF, Role.APPROVER)


def test_without_anybody_to_look_at_the_list_says_so(client_for: ClientFor) -> None:
    page = client_for(Role.STAFF).get("/monev/pertumbuhan")
    assert "Tidak ada anak yang perlu dilihat saat ini." in page.text
    assert client_for(Role.COORDINATOR).get("/monev/pertumbuhan").status_code == 403


def test_the_list_leads_to_the_child_whose_series_is_drawn(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        child = make_child(session, haz=None)
        make_measurement(session, child, whz=-3.4, waz=-3.0)
        code = child.code
    client = client_for(Role.STAFF)
    listed = client.get("/monev/pertumbuhan?sebab=severe").text
    assert f'href="/monev/pertumbuhan/{code}"' in listed
    assert "Tidak ada anak" in client.get("/monev/pertumbuhan?sebab=due").text
    page = client.get(f"/monev/pertumbuhan/{code}").text
    assert page.count('class="z-line') == 4
    assert "Gizi buruk: rujuk" in page
    waiting = "1 anak yang pertumbuhannya tidak dapat menunggu"
    assert waiting in text_of(client.get("/petugas"))
    assert waiting not in text_of(client_for(Role.AUDITOR).get("/petugas"))
    referred = {"keputusan": "refer", "catatan": "puskesmas"}
    assert client.post(f"/monev/pertumbuhan/{code}", data=referred).status_code == 303
    assert waiting not in text_of(client.get("/petugas"))
    with read_session(engine) as session:
        looked = select(AuditEntry).where(AuditEntry.action == "child:read")
        assert [entry.subject_id for entry in session.exec(looked)] == [code]


def test_a_review_is_recorded_refused_without_its_reason_and_undone(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        code = recovered(session).code
    where = f"/monev/pertumbuhan/{code}"
    client = client_for(Role.APPROVER)
    proposed = "TB/U tidak di bawah -2 pada 2 pengukuran terakhir berturut-turut"
    by_staff, by_approver = (text_of(client_for(role).get(where)) for role in OFFICE)
    assert proposed in by_staff
    assert "Yang memutuskan pejabat penyetuju." in by_staff
    assert proposed in by_approver
    assert "tempatnya diberikan kepada anak berikutnya" in by_approver
    queue = "1 usulan lulus menunggu keputusan Anda"
    assert [queue in text_of(client_for(role).get("/petugas")) for role in OFFICE] == [False, True]
    refused = client.post(where, data={"keputusan": "graduate", "catatan": ""})
    assert (refused.status_code, "Tulis alasannya" in refused.text) == (409, True)
    assert 'value="graduate" checked' in refused.text
    wrong = client.post(where, data={"keputusan": "apa", "catatan": "x"})
    assert wrong.status_code == 422
    assert client_for(Role.AUDITOR).post(where, data={"keputusan": "continue"}).status_code == 403
    staff = client_for(Role.STAFF).post(where, data={"keputusan": "keep", "catatan": "x"})
    assert staff.status_code == 403
    done = client.post(where, data={"keputusan": "graduate", "catatan": "dua kali normal"})
    assert done.status_code == 303
    with read_session(engine) as session:
        (review,) = session.exec(select(GrowthReview)).all()
        assert session.exec(select(Child.state)).one() is ChildState.GRADUATED
    assert "dua kali normal" in client.get(where).text
    assert queue not in text_of(client.get("/petugas"))
    undone = client.post(f"{where}/urungkan/{review.id}", data={"alasan": "tertukar"})
    assert undone.status_code == 303
    page = client.get(where).text
    assert "tertukar" in page
    assert "dibatalkan" in page


def test_the_quality_of_measuring_is_a_page(client_for: ClientFor, engine: Engine) -> None:
    with write_session(engine) as session:
        home = make_household(session, posyandu="Melati")
        child = make_child(session, haz=None, household_id=home.id)
        make_measurement(session, child, lenhei_mm=805, weight_g=9560)
    behind = "/monev/mutu-ukur/bacaan?bulan=2026-12&kelurahan=Bukit+Sari&posyandu=Melati"
    listed = client_for(Role.STAFF).get("/monev/mutu-ukur?bulan=2026-12").text
    assert f'href="{behind.replace("&", "&amp;")}">1</a>' in listed
    rows = text_of(client_for(Role.STAFF).get(behind))
    assert "80,5 bulat" in rows
    assert "9,5 bulat" in rows
    assert client_for(Role.COORDINATOR).get(behind).status_code == 403
    assert behind not in client_for(Role.COORDINATOR).get("/monev/mutu-ukur?bulan=2026-12").text
    page = client_for(Role.COORDINATOR).get("/monev/mutu-ukur?bulan=2026-12")
    assert "terlalu sedikit untuk dinilai" in page.text
    assert client_for(Role.STAFF).get("/monev/mutu-ukur?bulan=x").status_code == 422
