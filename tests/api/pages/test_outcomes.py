"""The target line and the question whether support helps, as pages."""

from collections.abc import Callable

from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import PublishedFigure, Role
from tests.api.pages.reading import text_of
from tests.api.services.test_target_line import half_year

ClientFor = Callable[[Role], TestClient]

FORM = {
    "jenis": "target", "nama": "Target 2027", "wilayah": "Kota Pangkalpinang",
    "tanggal": "2027-05-31", "nilai": "150,0", "satuan": "children", "sumber": "RPJMD",
}  # fmt: skip


def test_a_target_is_entered_projected_and_withdrawn(client_for: ClientFor, engine: Engine) -> None:
    with write_session(engine) as session:
        half_year(session)
    client = client_for(Role.STAFF)
    assert client.post("/monev/target", data=FORM).status_code == 303
    page = client.get("/monev/target").text
    assert "tidak tercapai bila berjalan seperti ini" in page
    assert "bukan prevalensi" in page
    wrong = client.post("/monev/target", data=FORM | {"nilai": "banyak", "tanggal": "besok"})
    assert wrong.status_code == 422
    assert 'value="banyak"' in wrong.text
    with read_session(engine) as session:
        number = session.exec(select(PublishedFigure.id)).one()
    assert client_for(Role.AUDITOR).post("/monev/target", data=FORM).status_code == 403
    empty = client.post(f"/monev/target/{number}/tarik", data={"alasan": ""})
    assert "Tulis mengapa angka ini ditarik." in empty.text
    done = client.post(f"/monev/target/{number}/tarik", data={"alasan": "keliru"})
    assert done.status_code == 303
    assert "Target 2027" not in client.get("/monev/target").text


def test_without_data_the_effect_page_says_that_it_cannot_tell(client_for: ClientFor) -> None:
    page = client_for(Role.COORDINATOR).get("/monev/manfaat").text
    assert "TB/U: belum dapat dikatakan. Baru ada 0 pasang" in page
    found = client_for(Role.AUDITOR).get("/api/v1/monitoring/sheets/manfaat?language=en").json()
    assert found[0]["notes"][0].startswith("HAZ: cannot tell yet")


def test_who_was_compared_is_shown_to_who_may_read_children(client_for: ClientFor) -> None:
    staff, coordinator = client_for(Role.STAFF), client_for(Role.COORDINATOR)
    page = text_of(staff.get("/monev/manfaat/baris?indeks=waz&bagian=pairs"))
    assert "Siapa dibandingkan dengan siapa: BB/U" in page
    assert "Anak didampingi 0, belum didampingi 0, pasang anak 0." in page
    assert staff.get("/monev/manfaat/baris?indeks=baz").status_code == 404
    assert coordinator.get("/monev/manfaat/baris").status_code == 403
