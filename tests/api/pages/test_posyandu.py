"""The kader's pages: what there is to do, doing it by form, and nothing that is not hers."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.services import fulfilment
from api.services.donor_aliases import name_children
from api.services.supervision import plan_visit
from api.services.visit_findings import add_finding
from data.engine import read_session, write_session
from data.schema import (
    Accompaniment,
    Account,
    ChangeRequest,
    Child,
    ConsumptionCheck,
    DeliveryException,
    Household,
    Package,
    Pledge,
    Role,
    Sponsor,
    SupervisionFinding,
)
from tests.api.documents.pdf_reading import whole_text
from tests.api.pages.reading import said, send, text_of
from tests.conftest import NOW
from tests.factories import KELURAHAN, make_account, make_child, make_household
from tests.factories_routes import make_dispatched_cycle, report

ClientFor = Callable[[Role | Account], TestClient]


@pytest.fixture
def kader(client_for: ClientFor, engine: Engine) -> TestClient:
    """The kader of Mawar: one package arrived, one on its way; a third family is Melati's."""
    with write_session(engine) as session:
        _, _, _, coordinator, _ = make_dispatched_cycle(session)
        packages = session.exec(select(Package).order_by(col(Package.id))).all()
        for at, package in enumerate(packages):
            home = session.get_one(Household, package.household_id)
            home.posyandu = "Mawar" if at < 2 else "Melati"
            home.guardian_name = ("Ibu Ani", "Ibu Budi", "Ibu Cici")[at]
            home.poverty_decile, home.landmark = 1, "dekat masjid"
            child = session.get_one(Child, package.child_id)
            child.name, child.nik_masked = ("Adi", "Bela", "Caca")[at], "1971••••••••0012"
            if at < 1:
                event = report(package, "sampai", channel="page")
                fulfilment.record_delivery(session, report=event, by=coordinator, now=NOW)
        for sponsor in session.exec(select(Sponsor)).all():
            name_children(session, sponsor)
    return client_for(Role.KADER)


def code_of(engine: Engine, guardian: str) -> str:
    with read_session(engine) as session:
        wanted = select(Household.code).where(Household.guardian_name == guardian)
        return session.exec(wanted).one()


def test_signing_in_leads_a_kader_to_the_own_posyandu(kader: TestClient) -> None:
    assert kader.get("/").headers["location"] == "/posyandu"
    page = text_of(kader.get("/posyandu"))
    assert "Posyandu Mawar" in page
    assert "0 dari 2 keluarga sudah tercatat" in page
    assert "0 dari 1 paket yang tiba sudah ditanyakan" in page
    assert "diterima 1 Desember 2026" in page
    assert "sedang diantar, 1 Desember 2026" in page


def test_nothing_of_another_posyandu_or_of_sponsors_is_shown(
    kader: TestClient, engine: Engine
) -> None:
    own, other = code_of(engine, "Ibu Ani"), code_of(engine, "Ibu Cici")
    pages = [
        "/posyandu",
        f"/posyandu/keluarga/{own}",
        "/posyandu/pendampingan",
        "/posyandu/dimakan",
    ]
    shown = "".join(kader.get(page).text for page in pages)
    answers = ("/api/v1/posyandu/families", f"/api/v1/posyandu/families/{own}")
    shown += "".join(kader.get(path).text for path in answers)
    shown += whole_text(kader.get("/posyandu/daftar").content)
    assert "Ibu Ani" in shown
    with read_session(engine) as session:
        secret = [other, "Ibu Cici", "Caca", "Melati", "1971••••••••0012", "poverty"]
        for sponsor in session.exec(select(Sponsor)).all():
            secret += [sponsor.name, sponsor.code]
        secret += [pledge.code for pledge in session.exec(select(Pledge)).all()]
    assert [word for word in secret if word in shown] == []
    assert kader.get(f"/posyandu/keluarga/{other}").status_code == 404
    assert kader.get(f"/api/v1/posyandu/families/{other}").status_code == 404
    assert kader.get("/anak").status_code == 403


def test_codes_are_recorded_at_one_family_and_taken_back(kader: TestClient, engine: Engine) -> None:
    code = code_of(engine, "Ibu Ani")
    url = f"/posyandu/keluarga/{code}/pendampingan"
    nothing = kader.post(url, data={"bulan": "2026-12"})
    assert nothing.status_code == 422
    assert "bila tidak menerima apa pun, pilih 8" in nothing.text
    both = kader.post(url, data={"bulan": "2026-12", "kode": ["3", "8"]})
    assert both.status_code == 422
    assert both.text.count("checked") == 2, "what was ticked stays"
    saved = kader.post(url, data={"bulan": "2026-12", "kode": ["3", "6"]})
    assert saved.headers["location"] == f"/posyandu/keluarga/{code}?bulan=2026-12"
    assert "1 dari 2 keluarga sudah tercatat" in text_of(kader.get("/posyandu"))
    late = kader.post(url, data={"bulan": "2026-11", "kode": "7"})
    assert late.status_code == 303
    assert "Anda mencatat November 2026, yang sudah lewat." in text_of(
        kader.get(f"/posyandu/keluarga/{code}?bulan=2026-11")
    )
    kader.post(url, data={"bulan": "2026-12", "tindakan": "hapus"})
    with read_session(engine) as session:
        rows = session.exec(select(Accompaniment)).all()
    assert [(row.month, row.codes) for row in rows] == [("2026-11", [7])]


def test_codes_of_all_families_at_once(kader: TestClient, engine: Engine) -> None:
    url = "/posyandu/pendampingan"
    codes = [code_of(engine, name) for name in ("Ibu Ani", "Ibu Budi")]
    empty = kader.post(url, data={"bulan": "2026-12"})
    assert empty.status_code == 422
    assert "Centang sedikitnya satu keluarga." in empty.text
    form = {"bulan": "2026-12", "kode": ["3", "7"], "keluarga": codes}
    assert kader.post(url, data=form).status_code == 303
    with read_session(engine) as session:
        assert [row.codes for row in session.exec(select(Accompaniment))] == [[3, 7], [3, 7]]
    assert "Semua keluarga sudah tercatat bulan ini." in kader.get(url).text
    other = {"bulan": "2026-12", "kode": "3", "keluarga": code_of(engine, "Ibu Cici")}
    assert kader.post(url, data=other).status_code == 404


def test_an_older_page_of_all_families_changes_nobodys_record(
    kader: TestClient, engine: Engine
) -> None:
    package = re.findall(r'name="paket" value="([^"]+)"', kader.get("/posyandu/dimakan").text)
    ani, budi = (code_of(engine, name) for name in ("Ibu Ani", "Ibu Budi"))
    kader.post(f"/posyandu/keluarga/{ani}/pendampingan", data={"bulan": "2026-12", "kode": "1"})
    form = {"bulan": "2026-12", "kode": ["3"], "keluarga": [ani, budi]}
    assert kader.post("/posyandu/pendampingan", data=form).status_code == 303
    told = said(kader, "/posyandu/pendampingan")
    assert "Pendampingan 1 keluarga tersimpan. 1 keluarga sudah tercatat sebelumnya" in told
    asked = {"bulan": "2026-12", "tanggal": "2026-12-01", "paket": package[0]}
    kader.post(
        f"/posyandu/keluarga/{ani}/dimakan",
        data=asked | {"dimakan": "child", "catatan": "alergi telur"},
    )
    late = send(kader, "/posyandu/dimakan", **(asked | {"jawaban": "not_known"}))
    assert "0 jawaban tersimpan. 1 paket sudah ditanyakan sebelumnya" in late.text
    with read_session(engine) as session:
        rows = session.exec(
            select(Household.guardian_name, Accompaniment.codes).join(
                Accompaniment, col(Accompaniment.household_id) == Household.id
            )
        )
        assert dict(rows.all()) == {"Ibu Ani": [1], "Ibu Budi": [3]}
        check = session.exec(select(ConsumptionCheck)).one()
        assert (check.eaten, check.note) == ("child", "alergi telur")


def test_who_ate_is_asked_at_once_and_corrected_at_the_family(
    kader: TestClient, engine: Engine
) -> None:
    page = kader.get("/posyandu/dimakan").text
    (package,) = re.findall(r'name="paket" value="([^"]+)"', page)
    form = {"bulan": "2026-12", "tanggal": "2026-12-01", "paket": package, "jawaban": ""}
    unasked = kader.post("/posyandu/dimakan", data=form)
    assert (unasked.status_code, "Pilih jawaban sedikitnya satu" in unasked.text) == (422, True)
    future = kader.post(
        "/posyandu/dimakan", data=form | {"jawaban": "child", "tanggal": "2026-12-09"}
    )
    assert future.status_code == 422
    assert 'value="child" selected' in future.text
    saved = send(kader, "/posyandu/dimakan", **(form | {"jawaban": "shared"}))
    assert "1 jawaban tersimpan." in saved.text
    assert "Semua paket yang tiba sudah ditanyakan." in saved.text
    url = f"/posyandu/keluarga/{code_of(engine, 'Ibu Ani')}/dimakan"
    corrected = {"bulan": "2026-12", "paket": package, "dimakan": "child", "tanggal": "2026-12-01"}
    assert kader.post(url, data=corrected | {"dimakan": "kucing"}).status_code == 422
    long = kader.post(url, data=corrected | {"catatan": "c" * 301})
    assert (long.status_code, f'href="#catatan-{package}"' in long.text) == (422, True)
    assert "c" * 301 in long.text
    assert kader.post(url, data=corrected).status_code == 303
    with read_session(engine) as session:
        assert session.exec(select(ConsumptionCheck.eaten)).all() == ["child"]
    assert kader.post(url, data=corrected | {"tindakan": "hapus"}).status_code == 303
    with read_session(engine) as session:
        assert session.exec(select(ConsumptionCheck.eaten)).all() == []


def test_a_report_reaches_the_office_and_stands_at_the_family(
    kader: TestClient, client_for: ClientFor, engine: Engine
) -> None:
    code = code_of(engine, "Ibu Budi")
    url = f"/posyandu/keluarga/{code}/lapor"
    (child,) = re.findall(
        r'name="anak" value="([^"]+)"', kader.get(f"/posyandu/keluarga/{code}").text
    )
    form = {"bulan": "2026-12", "anak": child, "perihal": "move", "keterangan": "ikut nenek"}
    incomplete = kader.post(url, data=form)
    assert incomplete.status_code == 422
    assert "ikut nenek" in incomplete.text
    assert kader.post(url, data=form | {"perihal": "exit", "keterangan": ""}).status_code == 422
    moved = {"kelurahan": KELURAHAN, "alamat": "Jl. Baru 1", "rt": "0" * 11, "patokan": "p" * 201}
    long = kader.post(url, data=form | moved)
    assert (long.status_code, long.text.count("Terlalu panjang untuk isian ini.")) == (422, 4)
    for kept in ('value="00000000000"', "p" * 201, 'href="#patokan"', 'href="#rt"'):
        assert kept in long.text
    done = kader.post(url, data=form | {"perihal": "address", "keterangan": "RT 05, bukan RT 50"})
    assert done.status_code == 303
    page = text_of(kader.get(f"/posyandu/keluarga/{code}"))
    assert "Anda laporkan 1 Desember 2026" in page
    queue = client_for(Role.STAFF).get("/pindah").text
    assert "RT 05, bukan RT 50" in queue
    with read_session(engine) as session:
        assert session.exec(select(ChangeRequest.kind)).all() == ["address"]


def test_nothing_came_reaches_the_coordinator(
    kader: TestClient, client_for: ClientFor, engine: Engine
) -> None:
    code = code_of(engine, "Ibu Ani")
    with read_session(engine) as session:
        package = session.exec(
            select(Package.code).join(Household).where(Household.code == code)
        ).one()
    url = f"/posyandu/keluarga/{code}/tidak-terima"
    form = {"bulan": "2026-12", "paket": package, "keterangan": "Hanya kardus kosong"}
    assert kader.post(url, data=form).status_code == 303
    again = kader.post(url, data=form)
    assert (again.status_code, "sudah ada pada koordinator" in again.text) == (409, True)
    long = kader.post(url, data=form | {"keterangan": "z" * 401})
    assert (long.status_code, f'href="#keterangan-{package}"' in long.text) == (422, True)
    assert "z" * 401 in long.text
    with read_session(engine) as session:
        case = session.exec(select(DeliveryException)).one()
    assert (case.reason, case.text) == ("not_received", "Hanya kardus kosong")
    assert "Hanya kardus kosong" in client_for(Role.COORDINATOR).get("/kendala").text


def test_an_own_finding_is_answered_and_another_is_not_there(
    kader: TestClient, engine: Engine
) -> None:
    with write_session(engine) as session:
        staff = make_account(session, Role.STAFF)
        owner = session.exec(select(Account).where(Account.role == Role.KADER)).one()
        visit = plan_visit(
            session, kelurahan_code=KELURAHAN, posyandu="Mawar", planned_on=NOW.date(),
            visitor=staff.username, reasons={}, by=staff, now=NOW,
        )  # fmt: skip
        found = [
            add_finding(
                session, visit=visit, text=text, action="Kalibrasi", owner=who,
                due_on=NOW.date(), by=staff, now=NOW,
            )
            for text, who in (("Timbangan miring", owner.username), ("Lain", staff.username))
        ]  # fmt: skip
        own, other = (each.id for each in found)
    page = kader.get("/posyandu").text
    assert "Timbangan miring" in page
    assert "Lain</b>" not in page
    empty = kader.post(f"/posyandu/temuan/{own}", data={"jawaban": " "})
    assert empty.status_code == 409
    assert kader.post(f"/posyandu/temuan/{own}", data={"jawaban": "Diganti"}).status_code == 303
    assert "Sudah Anda jawab: Diganti." in kader.get("/posyandu").text
    assert kader.post(f"/posyandu/temuan/{other}", data={"jawaban": "x"}).status_code == 404
    with read_session(engine) as session:
        assert session.get_one(SupervisionFinding, own).answer == "Diganti"


def test_the_printed_list_has_children_and_codes_but_no_telephone(
    kader: TestClient, engine: Engine
) -> None:
    code = code_of(engine, "Ibu Ani")
    with write_session(engine) as session:
        home = session.exec(select(Household).where(Household.code == code)).one()
        home.phone = "+628127654321"
    kader.post(f"/posyandu/keluarga/{code}/pendampingan", data={"bulan": "2026-12", "kode": "3"})
    answer = kader.get("/posyandu/daftar?bulan=2026-12")
    assert answer.headers["content-type"] == "application/pdf"
    printed = whole_text(answer.content)
    for word in ("Adi, 30 bulan", "Ibu Ani", "dekat masjid", "10 Nov", "3 KIE", "8 Tidak ada"):
        assert word in printed, word
    assert "7654321" not in printed


def test_a_list_has_more_pages_is_searched_and_teaches_when_empty(
    kader: TestClient, engine: Engine, client_for: ClientFor
) -> None:
    with write_session(engine) as session:
        for number in range(30):
            home = make_household(session, posyandu="Mawar", guardian_name=f"Wali {number:02d}")
            make_child(session, household_id=home.id)
        lonely = make_account(session, Role.KADER, area_code=KELURAHAN, posyandu=["Kosong"])
    first, second = (kader.get(f"/posyandu?halaman={page}").text for page in (1, 2))
    assert first.count('class="door" href="/posyandu/keluarga/') == 25
    assert second.count('class="door" href="/posyandu/keluarga/') == 7
    found = kader.get("/posyandu?cari=wali 07").text
    assert found.count('class="door" href="/posyandu/keluarga/') == 1
    assert "Tidak ada keluarga yang cocok." in kader.get("/posyandu?cari=zzz").text
    assert (
        "Belum ada anak dalam program di posyandu Anda" in client_for(lonely).get("/posyandu").text
    )
    assert kader.get("/posyandu?bulan=2027-01").status_code == 422
    assert kader.get("/posyandu?bulan=abc").status_code == 422
