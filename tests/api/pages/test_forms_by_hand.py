"""Children, sponsors and pledges typed by hand: errors at the field, texts kept, merges."""

import html
import re
from collections.abc import Callable

from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import (
    Child,
    ChildState,
    Consent,
    DuplicatePair,
    Household,
    Measurement,
    Pledge,
    PledgeState,
    Role,
    Sponsor,
)
from tests.api.pages.reading import send, text_of
from tests.factories import make_child, make_household, make_pledge, make_sponsor

ClientFor = Callable[[Role], TestClient]
BALITA = {
    "name": "Kirana",
    "sex": "female",
    "born_on": "2025-03-14",
    "guardian_name": "Ibu Wulan",
    "kelurahan_code": "19.71.01.1004",
}


def hidden(page: str, action: str, name: str) -> str:
    """The value of a hidden field of the form with this action."""
    form = page.split(f'action="{action}"', 1)[1] if action else page
    found = re.search(rf'name="{name}" value="([^"]*)"', form)
    assert found
    return html.unescape(found[1])


def test_a_child_is_registered_with_its_first_measurement(
    client_for: ClientFor, engine: Engine
) -> None:
    staff = client_for(Role.STAFF)
    page = send(
        staff, "/anak/baru", **BALITA, nik="1971 0154 0325 0003", birth_weight_g="2,9",
        measured_on="2026-11-20", weight_g="8,1", lenhei_mm="70,5", position="L", program="ya",
    )  # fmt: skip
    assert "terdaftar." in text_of(page)
    with read_session(engine) as session:
        child = session.exec(select(Child)).one()
        assert (child.state, child.birth_weight_g) == (ChildState.ELIGIBLE, 2900)
        assert child.nik_masked
        assert "0003" not in (child.nik_sealed or b"").decode("latin-1")
        assert session.exec(select(Measurement.lenhei_mm)).one() == 705
        assert session.exec(select(Consent.guardian_name)).one() == "Ibu Wulan"
    again = send(staff, "/anak/baru", **BALITA, nik="1971015403250003")
    assert again.status_code == 409
    assert "sudah dipakai oleh anak" in text_of(again)


def test_errors_stand_at_their_fields_and_what_was_typed_stays(
    client_for: ClientFor, engine: Engine
) -> None:
    typed = BALITA | {"born_on": "2027-01-01", "guardian_name": "", "nik": "123"}
    page = send(client_for(Role.STAFF), "/anak/baru", **(typed | {"nik": ""}))
    assert page.status_code == 422
    assert 'id="born_on-error"' in page.text or 'id="guardian_name-error"' in page.text
    assert 'value="Kirana"' in page.text
    page = send(client_for(Role.STAFF), "/anak/baru", **(BALITA | {"nik": "123"}))
    assert 'id="nik-error"' in page.text
    page = send(
        client_for(Role.STAFF), "/anak/baru", **BALITA, measured_on="2026-11-20", weight_g="8100"
    )
    assert 'id="weight_g-error"' in page.text
    assert 'value="8100"' in page.text
    with read_session(engine) as session:
        assert session.exec(select(Child)).all() == []
        assert session.exec(select(Household)).all() == []


def test_a_likely_double_is_said_at_once(client_for: ClientFor, engine: Engine) -> None:
    staff = client_for(Role.STAFF)
    send(staff, "/anak/baru", **BALITA)
    page = text_of(send(staff, "/anak/baru", **(BALITA | {"name": "Kirana P"})))
    assert "ada yang perlu diperiksa" in page
    with read_session(engine) as session:
        assert session.exec(select(DuplicatePair)).one().score > 50


def test_a_sibling_shares_the_household(client_for: ClientFor, engine: Engine) -> None:
    with write_session(engine) as session:
        code = make_child(session).code
    staff = client_for(Role.STAFF)
    only = {name: BALITA[name] for name in ("name", "sex", "born_on")}
    assert "terdaftar" in text_of(send(staff, "/anak/baru", **only, serumah=code.lower()))
    assert 'id="serumah-error"' in send(staff, "/anak/baru", **only, serumah="Z-999").text
    with read_session(engine) as session:
        homes = session.exec(select(Child.household_id)).all()
        assert len(homes) == 2
        assert len(set(homes)) == 1


def test_a_measurement_by_hand_changes_the_state_once_a_day(
    client_for: ClientFor, engine: Engine
) -> None:
    staff = client_for(Role.STAFF)
    send(staff, "/anak/baru", **BALITA)
    with read_session(engine) as session:
        code = session.exec(select(Child.code)).one()
    form = {"measured_on": "2026-11-20", "weight_g": "8,1", "lenhei_mm": "70.5"}
    assert "dihitung ulang" in text_of(send(staff, f"/anak/{code}/ukur", **form))
    assert "sudah punya pengukuran" in text_of(send(staff, f"/anak/{code}/ukur", **form))
    empty = send(staff, f"/anak/{code}/ukur", measured_on="2026-11-21")
    assert "Isi berat, tinggi, atau keduanya." in text_of(empty)
    swollen = {"measured_on": "2026-11-22", "weight_g": "9,6", "has_oedema": "1"}
    assert "dihitung ulang" in text_of(send(staff, f"/anak/{code}/ukur", **swollen))
    with read_session(engine) as session:
        assert session.exec(select(Child.state)).one() is ChildState.ELIGIBLE
        measured = session.exec(select(Measurement).order_by(col(Measurement.measured_on))).all()
        assert [row.has_oedema for row in measured] == [False, True]
        assert ["severe_wasting" in row.flags for row in measured] == [False, True]


def test_two_people_edit_a_child_and_nothing_is_lost(client_for: ClientFor, engine: Engine) -> None:
    """Scenario 10 for the child's own fields, in the page."""
    with write_session(engine) as session:
        code = make_child(session, name="Bintang").code
    staff = client_for(Role.STAFF)
    page = staff.get(f"/anak/{code}").text
    action = f"/anak/{code}/data"
    base = {name: hidden(page, action, name) for name in ("version", "semula")}
    with read_session(engine) as session:
        child = session.exec(select(Child)).one()
    same = {"sex": child.sex.value, "born_on": child.born_on.isoformat()}
    send(staff, action, **base, **same, name="Bintang Kecil")
    second = send(staff, action, **base, **(same | {"born_on": "2025-01-02"}), name="Bintang S.")
    assert second.status_code == 409
    assert "menyimpan lebih dulu" in text_of(second)
    assert "Tersimpan: Bintang Kecil" in text_of(second)
    fresh = {name: hidden(second.text, action, name) for name in ("version", "semula")}
    kept = {"sex": child.sex.value, "born_on": "2025-01-02", "name": "Bintang Kecil"}
    assert "Tersimpan." in text_of(send(staff, action, **fresh, **kept))
    with read_session(engine) as session:
        child = session.exec(select(Child)).one()
        assert (child.name, child.born_on.isoformat()) == ("Bintang Kecil", "2025-01-02")


def test_a_sponsor_and_a_pledge_are_written_down_and_changed(
    client_for: ClientFor, engine: Engine
) -> None:
    staff = client_for(Role.STAFF)
    none = send(staff, "/orang-tua-asuh/baru", kind="person", name="Budi", phone="nol delapan")
    assert none.status_code == 422
    assert "No HP: Nomor telepon ini tidak terbaca" in text_of(none)
    assert 'value="nol delapan"' in none.text
    assert "Nama: Wajib diisi" in text_of(send(staff, "/orang-tua-asuh/baru", kind="person"))
    page = send(
        staff, "/orang-tua-asuh/baru", name="Bank Contoh", kind="company", phone="0717 421234"
    )
    assert "Sekarang catat janjinya" in text_of(page)
    with read_session(engine) as session:
        code = session.exec(select(Sponsor.code)).one()
    url = f"/orang-tua-asuh/{code}/janji"
    form = {"form": "goods", "first_month": "2026-12", "num_months": "6", "num_children": "3"}
    wrong = send(staff, url, **(form | {"goods": "beberapa telur"}))
    assert 'id="goods-error"' in wrong.text
    assert 'value="beberapa telur"' in wrong.text
    assert 'id="first_month-error"' in send(staff, url, **(form | {"first_month": "Des"})).text
    page = send(staff, url, **form, goods="telur 30 butir; beras 5 kg", area_codes="19.71.01")
    assert "dicatat" in text_of(page)
    with read_session(engine) as session:
        pledge = session.exec(select(Pledge)).one()
        assert [line["item_code"] for line in pledge.goods] == ["telur", "beras"]
        assert (pledge.area_codes, pledge.num_children) == (["19.71.01"], 3)
    edit = f"/orang-tua-asuh/{code}/{pledge.code}/ubah"
    shown = staff.get(edit).text
    assert "telur 30 butir; beras 5 kg" in shown
    base = {name: hidden(shown, "", name) for name in ("version", "semula")}
    read = form | {"goods": "telur 30 butir; beras 5 kg", "area_codes": "19.71.01"}
    send(staff, edit, **base, **(read | {"num_children": "4"}))
    send(staff, edit, **base, **(read | {"num_months": "9"}))
    with read_session(engine) as session:
        pledge = session.exec(select(Pledge)).one()
        assert (pledge.num_children, pledge.num_months) == (4, 6)
    again = send(staff, edit, **base, **(read | {"num_months": "9"}))
    assert "menyimpan lebih dulu" in text_of(again)


def test_a_pledge_is_renewed_or_begun_anew(client_for: ClientFor, engine: Engine) -> None:
    with write_session(engine) as session:
        sponsor = make_sponsor(session)
        running = make_pledge(session, sponsor_id=sponsor.id, first_month="2026-10", num_months=6)
        ended = make_pledge(
            session, sponsor_id=sponsor.id, state=PledgeState.ENDED, end_reason="finished"
        )
        codes = (sponsor.code, running.code, ended.code)
    staff = client_for(Role.STAFF)
    home = f"/orang-tua-asuh/{codes[0]}"
    assert "diperpanjang 6 bulan" in text_of(send(staff, f"{home}/{codes[1]}/perpanjang", bulan=6))
    assert "Janji baru" in text_of(send(staff, f"{home}/{codes[2]}/perpanjang", bulan=3))
    with read_session(engine) as session:
        rows = {row.code: row for row in session.exec(select(Pledge)).all()}
        assert rows[codes[1]].num_months == 12
        new = next(row for code, row in rows.items() if code not in codes)
        assert (new.first_month, new.num_months) == ("2027-01", 3)


def test_the_household_form_still_merges(client_for: ClientFor, engine: Engine) -> None:
    with write_session(engine) as session:
        home = make_household(session, address="Jl. Lama 1", phone="+62811000111")
        code = make_child(session, household_id=home.id).code
    staff = client_for(Role.STAFF)
    action = f"/anak/{code}/rumah"
    page = staff.get(f"/anak/{code}").text
    base = {name: hidden(page, action, name) for name in ("version", "semula")}
    read = {"guardian_name": home.guardian_name, "phone": "+62811000111", "address": "Jl. Lama 1"}
    send(staff, action, **base, **(read | {"address": "Jl. Baru 2"}))
    merged = send(staff, action, **base, **(read | {"phone": "0822-1111-222"}))
    assert merged.status_code == 409
    assert 'value="Jl. Baru 2"' in merged.text
    assert 'value="0822-1111-222"' in merged.text
