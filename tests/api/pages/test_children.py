"""The register and sheet of children: two editors, consent, pause, exit, moves (scenario 10)."""

import json
import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.reference.regions import regions
from data.schema import Account, Child, ChildState, Household, Role
from tests.api.pages.reading import send, text_of
from tests.factories import (
    KELURAHAN,
    make_approved_cycle,
    make_child,
    make_household,
    make_measurement,
)

ClientFor = Callable[[Role | Account], TestClient]
HIDDEN = re.compile(r'name="(version|semula)" value="([^"]*)"')


@pytest.fixture
def code(engine: Engine) -> str:
    with write_session(engine) as session:
        home = make_household(session, address="Jl. Lama 1", phone="+62811000111")
        return make_child(session, household_id=home.id, name="Rani Contoh").code


def hidden_of(page: str, code: str) -> dict[str, str]:
    """The hidden fields of the household's form."""
    form = page.split(f'action="/anak/{code}/rumah"', 1)[1].split("</form>", 1)[0]
    return {name: unescape(text) for name, text in HIDDEN.findall(form)}


def form_of(client: TestClient, code: str) -> dict[str, str]:
    """What the household's form is filled with."""
    hidden = hidden_of(client.get(f"/anak/{code}").text, code)
    return {**json.loads(hidden["semula"]), **hidden}


def home_of(engine: Engine) -> Household:
    with read_session(engine) as session:
        return session.exec(select(Household)).one()


def state_of(engine: Engine) -> ChildState:
    with read_session(engine) as session:
        return session.exec(select(Child)).one().state


def test_the_register_is_closed_to_admins_and_coordinators(client_for: ClientFor) -> None:
    for role in (Role.ADMIN, Role.COORDINATOR, Role.DONOR):
        assert client_for(role).get("/anak").status_code == 403


def test_the_register_is_searched_by_words_state_and_area(client_for: ClientFor, code: str) -> None:
    staff = client_for(Role.STAFF)
    assert code in staff.get("/anak?cari=rani&keadaan=eligible&wilayah=19.71.05").text
    assert "Tidak ada anak yang cocok" in staff.get("/anak?cari=tidakada").text
    assert code not in staff.get("/anak?keadaan=paused").text


def test_the_register_has_a_second_page(client_for: ClientFor, engine: Engine) -> None:
    with write_session(engine) as session:
        home = make_household(session)
        for _ in range(26):
            make_child(session, household_id=home.id, haz=None, consented=False)
    page = client_for(Role.STAFF).get("/anak?halaman=2&cari=Anak")
    assert page.text.count('<td><a href="/anak/') == 1
    assert "cari=Anak&amp;halaman=1" in page.text


def test_the_sheet_shows_the_series_in_words(
    client_for: ClientFor, engine: Engine, code: str
) -> None:
    with write_session(engine) as session:
        child = session.exec(select(Child)).one()
        make_measurement(
            session, child, measured_on=child.born_on, haz=-7.1, flags=["haz_implausible"]
        )
    page = text_of(client_for(Role.STAFF).get(f"/anak/{code}"))
    assert "10 November 2026" in page
    assert "80,0 cm" in page
    assert "pendek" in page
    assert "tidak masuk akal" in page


def test_an_unknown_child_is_not_found(client_for: ClientFor) -> None:
    answer = client_for(Role.STAFF).get("/anak/X-999")
    assert answer.status_code == 404
    assert "X-999" in text_of(answer)


def test_two_editors_of_different_fields_merge_with_one_click(
    client_for: ClientFor, engine: Engine, code: str
) -> None:
    """Scenario 10: the second one is told, sees both fields, and saves both."""
    mine, theirs = client_for(Role.STAFF), client_for(Role.STAFF)
    read = form_of(mine, code)
    send(theirs, f"/anak/{code}/rumah", **read | {"address": "Jl. Baru 2"})
    told = send(mine, f"/anak/{code}/rumah", **read | {"phone": "+62811999999"})
    page = text_of(told)
    assert told.status_code == 409
    assert "menyimpan lebih dulu (versi 2)" in page
    assert "Jl. Lama 1 Jl. Baru 2" in page
    assert home_of(engine).phone == "+62811000111"
    hidden = hidden_of(told.text, code)
    shown = dict(re.findall(r'<input id="(\w+)" name="\w+" type="text" value="([^"]*)"', told.text))
    merged = json.loads(hidden["semula"]) | {name: unescape(text) for name, text in shown.items()}
    send(mine, f"/anak/{code}/rumah", **merged | hidden)
    home = home_of(engine)
    assert (home.address, home.phone) == ("Jl. Baru 2", "+62811999999")


def test_where_both_changed_one_field_a_person_chooses(
    client_for: ClientFor, engine: Engine, code: str
) -> None:
    mine, theirs = client_for(Role.STAFF), client_for(Role.STAFF)
    read = form_of(mine, code)
    send(theirs, f"/anak/{code}/rumah", **read | {"address": "Jl. Baru 2"})
    told = send(mine, f"/anak/{code}/rumah", **read | {"address": "Jl. Anggrek 3"})
    assert 'type="radio" name="address" value="Jl. Baru 2"' in told.text
    assert 'type="radio" name="address" value="Jl. Anggrek 3"' in told.text
    choice, button = told.text.index('value="Jl. Anggrek 3"'), told.text.index("Simpan gabungan")
    assert choice < button < told.text.index('name="guardian_name"'), "both stand at the top"
    hidden = hidden_of(told.text, code)
    chosen = json.loads(hidden["semula"]) | {"address": "Jl. Anggrek 3"}
    send(mine, f"/anak/{code}/rumah", **chosen | hidden)
    assert home_of(engine).address == "Jl. Anggrek 3"


def test_a_guardian_without_a_name_is_refused_and_the_rest_stays_typed(
    client_for: ClientFor, code: str
) -> None:
    staff = client_for(Role.STAFF)
    typed = form_of(staff, code) | {"guardian_name": "", "address": "Jl. Terketik 5"}
    answer = send(staff, f"/anak/{code}/rumah", **typed)
    assert answer.status_code == 422
    assert "Wajib diisi" in answer.text
    assert "Jl. Terketik 5" in answer.text


def test_consent_is_withdrawn_and_given_again(client_for: ClientFor, code: str) -> None:
    staff, url = client_for(Role.STAFF), f"/anak/{code}/persetujuan"
    gone = text_of(send(staff, url, tujuan="programme", tindakan="cabut"))
    assert "berlaku sekarang juga" in gone
    assert "menerima paket dicabut Wali" in gone
    assert "menerima paket setuju" in text_of(
        send(staff, url, tujuan="programme", tindakan="catat")
    )
    assert send(staff, url, tujuan="lain", tindakan="catat").status_code == 422
    assert send(staff, url, tujuan="photo", tindakan="lain").status_code == 422
    again = send(staff, url, tujuan="programme", tindakan="tolak")
    assert (again.status_code, "sedang berlaku" in again.text) == (409, True)
    said_no = text_of(send(staff, url, tujuan="photo", tindakan="tolak"))
    assert "Penolakan wali dicatat" in said_no
    assert "foto penyerahan paket menolak" in said_no


def test_a_child_is_paused_resumed_and_leaves(
    client_for: ClientFor, engine: Engine, code: str
) -> None:
    staff, url = client_for(Role.STAFF), f"/anak/{code}/keadaan"
    assert send(staff, url, tindakan="jeda", alasan="dirawat", sampai="besok").status_code == 422
    page = send(staff, url, tindakan="jeda", alasan="dirawat", sampai="2026-12-20")
    assert "Dijeda sampai 20 Desember 2026" in text_of(page)
    send(staff, url, tindakan="lanjut")
    assert state_of(engine) is ChildState.ELIGIBLE
    assert send(staff, url, tindakan="keluar", sebab="bosan").status_code == 422
    send(staff, url, tindakan="keluar", sebab="moved_out")
    assert state_of(engine) is ChildState.EXITED


def test_only_the_approver_lets_a_child_graduate(
    client_for: ClientFor, engine: Engine, code: str
) -> None:
    assert send(client_for(Role.STAFF), f"/anak/{code}/lulus", alasan="pulih").status_code == 403
    send(client_for(Role.APPROVER), f"/anak/{code}/lulus", alasan="pulih")
    assert state_of(engine) is ChildState.GRADUATED


def test_a_reported_move_waits_for_the_office(
    client_for: ClientFor, engine: Engine, code: str
) -> None:
    staff = client_for(Role.STAFF)
    url = f"/anak/{code}/pindah"
    to = next(each.code for each in regions().all_kelurahan if each.code != KELURAHAN)
    assert send(staff, url, kelurahan="99", alamat="x").status_code == 422
    page = text_of(send(staff, url, kelurahan=to, alamat="Jl. Tujuan 7", rt="002"))
    assert "Jl. Tujuan 7" in page
    refused = send(staff, "/pindah/1", tindakan="tolak")
    assert refused.status_code == 409
    assert "Tulis alasan penolakan" in text_of(refused)
    done = text_of(send(staff, "/pindah/1", tindakan="terima"))
    assert "Tidak ada laporan yang menunggu" in done
    assert (home_of(engine).address, home_of(engine).kelurahan_code) == ("Jl. Tujuan 7", to)
    assert send(staff, "/pindah/99", tindakan="terima").status_code == 404


def test_an_auditor_reads_the_sheet_and_changes_nothing(client_for: ClientFor, code: str) -> None:
    auditor = client_for(Role.AUDITOR)
    page = auditor.get(f"/anak/{code}")
    assert page.status_code == 200
    assert '<form method="post" action="/anak' not in page.text
    assert send(auditor, f"/anak/{code}/keadaan", tindakan="lanjut").status_code == 403


def test_the_sheet_draws_growth_and_says_what_each_month_brought(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        make_approved_cycle(session, num_children=1)
        child = session.exec(select(Child)).one()
        make_measurement(session, child, measured_on=date(2026, 10, 10), weight_g=9000)
        make_measurement(session, child, measured_on=date(2026, 11, 25), weight_g=9400)
        code = child.code
    staff = client_for(Role.STAFF)
    answer = staff.get(f"/anak/{code}")
    assert answer.text.count('<svg class="growth"') == 2
    assert answer.text.count('class="growth-point"') >= 4
    assert re.search(r'class="growth-letter middle"[^>]*>N<', answer.text)
    page = text_of(answer)
    assert "Desember 2026" in page
    assert "Siapa yang melihat" not in page
    seen = text_of(client_for(Role.APPROVER).get(f"/anak/{code}"))
    assert "Siapa yang melihat dan mengubah" in seen
    assert "staff (petugas)" in seen
