"""Files as a conversation: shown first, applied once, bad rows back, undone (scenarios 1, 2)."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import httpx2 as httpx
import openpyxl
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select
from starlette.testclient import TestClient

from api.services.children import edit_household
from data.engine import read_session, write_session
from data.schema import Account, Child, Household, ImportBatch, Role, StockItem, StopState
from tests.api.pages.reading import send, text_of
from tests.conftest import NOW
from tests.data.readers.test_families import family
from tests.factories import make_child, make_depot, make_pledge
from tests.factories_goods import give_stock
from tests.factories_routes import make_dispatched_cycle
from tests.intake_desk import child_row, children_file, workbook

ClientFor = Callable[[Role], TestClient]


def upload(client: TestClient, content: bytes, name: str = "eppgbm.xlsx") -> httpx.Response:
    answer = client.post("/berkas", files={"berkas": (name, content)})
    return client.get(answer.headers["location"]) if answer.status_code == 303 else answer


def place(answer: httpx.Response) -> str:
    return answer.url.path


def count(engine: Engine, model: Any) -> int:
    with read_session(engine) as session:
        return session.exec(select(func.count()).select_from(model)).one()


def test_only_staff_bring_files_in(client_for: ClientFor, client: TestClient) -> None:
    assert client.get("/berkas").headers["location"].startswith("/masuk")
    assert client_for(Role.COORDINATOR).get("/berkas").status_code == 403
    approver = client_for(Role.APPROVER)
    assert "Periksa berkas" not in approver.get("/berkas").text
    assert upload(approver, b"x").status_code == 403


def test_a_file_is_shown_then_applied_once(client_for: ClientFor, engine: Engine) -> None:
    staff = client_for(Role.STAFF)
    content = children_file(*(child_row(number) for number in range(1, 6)))
    shown = upload(staff, content)
    assert "Belum ada yang disimpan" in text_of(shown)
    assert count(engine, Child) == 0
    applied = send(staff, f"{place(shown)}/terapkan")
    assert "diterapkan" in text_of(applied)
    assert count(engine, Child) == 5
    again = text_of(upload(staff, content))
    assert "5 sama" in again
    assert "Tidak ada yang berubah." in again


def test_the_preview_speaks_in_words(client_for: ClientFor) -> None:
    page = text_of(upload(client_for(Role.STAFF), children_file(child_row(1))))
    assert "Jenis kelamin: perempuan" in page
    assert "Kelurahan: Bukit Sari" in page
    assert "Tanggal lahir: 1 Juni 2024" in page
    assert "Ukuran 10 November 2026:" in page
    for raw in ("kelurahan_code", "guardian_name", "19.71.05", "measured:", "needs_review"):
        assert raw not in page


def test_bad_rows_come_back_as_a_file(client_for: ClientFor, engine: Engine) -> None:
    staff = client_for(Role.STAFF)
    rows = [child_row(1), child_row(2, **{"Tgl Lahir": date(2030, 1, 1)}), child_row(3, Tinggi=8.2)]
    shown = upload(staff, children_file(*rows))
    page = text_of(shown)
    assert "2 ditolak" in page
    book = openpyxl.load_workbook(BytesIO(staff.get(f"{place(shown)}/ditolak").content))
    rows_back = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows_back) == 3
    assert any("belum terjadi" in str(cell) for row in rows_back for cell in row)
    send(staff, f"{place(shown)}/terapkan")
    assert count(engine, Child) == 1


def test_an_applied_file_is_undone_and_a_preview_discarded(
    client_for: ClientFor, engine: Engine
) -> None:
    staff = client_for(Role.STAFF)
    shown = upload(staff, children_file(child_row(1)))
    send(staff, f"{place(shown)}/terapkan")
    assert "seperti sebelumnya" in text_of(send(staff, f"{place(shown)}/urungkan", alasan="salah"))
    assert count(engine, Child) == 0
    other = upload(staff, children_file(child_row(2)))
    assert "tidak ada yang tersimpan" in text_of(send(staff, f"{place(other)}/buang"))
    assert send(staff, f"{place(other)}/terapkan").status_code == 409


def test_a_file_of_nothing_known_is_refused_in_a_sentence(client_for: ClientFor) -> None:
    answer = upload(client_for(Role.STAFF), b"halo", "catatan.txt")
    assert answer.status_code == 409
    assert "catatan.txt" in text_of(answer)


def test_a_file_that_does_not_exist_is_not_found(client_for: ClientFor) -> None:
    assert client_for(Role.STAFF).get("/berkas/77").status_code == 404


def test_an_ambiguous_date_order_is_answered_without_the_file(
    client_for: ClientFor, engine: Engine
) -> None:
    staff = client_for(Role.STAFF)
    headers = ("NIK", "Nama", "JK", "Tgl Lahir", "Nama Ortu", "Kec", "Desa/Kel",
               "Tanggal Pengukuran", "Berat", "Tinggi", "Cara Ukur")  # fmt: skip
    rows = [
        child_row(1, NIK=None) | {"Tgl Lahir": "05/06/2024", "Tanggal Pengukuran": "03/11/2026"},
        child_row(2, NIK=None) | {"Tgl Lahir": "07/08/2024", "Tanggal Pengukuran": "04/11/2026"},
    ]
    asked = upload(staff, workbook(headers, rows))
    assert "Bagaimana tanggal ditulis" in text_of(asked)
    assert send(staff, f"{place(asked)}/tanggal", urutan="entah").status_code == 422
    shown = send(staff, f"{place(asked)}/tanggal", urutan="dmy")
    assert "5 Juni 2024" in text_of(shown)
    send(staff, f"{place(shown)}/terapkan")
    assert count(engine, Child) == 2


def field_truth(session: Session, by: Account) -> None:
    home = session.exec(select(Household)).one()
    edit_household(
        session,
        household=home,
        base_version=home.version,
        changes={"address": "Jl. Lapangan 9"},
        by=by,
        now=NOW,
    )


@pytest.fixture
def disputed(
    client_for: ClientFor, engine: Engine, person: Callable[[Role], Account]
) -> httpx.Response:
    """A file that brings back an address which the field has corrected."""
    staff = client_for(Role.STAFF)
    shown = upload(staff, children_file(child_row(1)))
    send(staff, f"{place(shown)}/terapkan")
    with write_session(engine) as session:
        field_truth(session, person(Role.STAFF))
    return upload(staff, children_file(child_row(1, Berat=9.6)))


def address_of(engine: Engine) -> str:
    with read_session(engine) as session:
        return session.exec(select(Household.address)).one()


@pytest.mark.parametrize("take", [False, True])
def test_both_words_stand_side_by_side_and_one_confirmation_decides(
    client_for: ClientFor, engine: Engine, disputed: httpx.Response, take: bool
) -> None:
    staff = client_for(Role.STAFF)
    page = text_of(disputed)
    assert "Lapangan Jl. Lapangan 9 (dikonfirmasi 1 Desember 2026)" in page
    assert "Isi berkas Jl. Contoh 1" in page
    assert "Putuskan 1 perbedaan" in page
    tick = disputed.text.split('name="ambil" value="')[1].split('"')[0]
    chosen = {"ambil": tick} if take else {}
    applied = send(staff, f"{place(disputed)}/terapkan", **chosen)
    assert "diterapkan" in text_of(applied)
    assert address_of(engine) == ("Jl. Contoh 1" if take else "Jl. Lapangan 9")
    send(staff, f"{place(applied)}/urungkan", alasan="salah pilih")
    assert address_of(engine) == "Jl. Lapangan 9"


def test_what_a_choice_would_change_can_be_seen_first(
    client_for: ClientFor, engine: Engine, disputed: httpx.Response
) -> None:
    staff = client_for(Role.STAFF)
    assert send(staff, f"{place(disputed)}/pakai").status_code == 409
    tick = disputed.text.split('name="ambil" value="')[1].split('"')[0]
    again = send(staff, f"{place(disputed)}/pakai", ambil=tick)
    assert "Jl. Lapangan 9 → Jl. Contoh 1" in text_of(again)
    assert address_of(engine) == "Jl. Lapangan 9"
    send(staff, f"{place(again)}/terapkan")
    assert address_of(engine) == "Jl. Contoh 1"


def test_a_register_that_moved_since_is_shown_again_and_nothing_is_stored(
    client_for: ClientFor, engine: Engine, disputed: httpx.Response
) -> None:
    staff = client_for(Role.STAFF)
    other = upload(staff, children_file(child_row(1, Berat=9.6)), "lain.xlsx")
    send(staff, f"{place(other)}/terapkan")
    tick = disputed.text.split('name="ambil" value="')[1].split('"')[0]
    shown = send(staff, f"{place(disputed)}/terapkan", ambil=tick)
    assert place(shown) != place(disputed)
    assert "belum ada yang disimpan" in text_of(shown)
    assert "Putuskan 1 perbedaan" in text_of(shown)
    assert address_of(engine) == "Jl. Lapangan 9"
    send(staff, f"{place(shown)}/terapkan", ambil=tick)
    assert address_of(engine) == "Jl. Contoh 1"


CONSENTS = ("NIK", "Nama Anak", "Nama Wali", "Persetujuan Program", "Tanggal")


def test_a_file_that_came_too_early_is_checked_again(client_for: ClientFor) -> None:
    staff = client_for(Role.STAFF)
    child = child_row(1)
    given = {"NIK": child["NIK"], "Nama Anak": child["Nama"], "Nama Wali": "Wali",
             "Persetujuan Program": "ya", "Tanggal": date(2026, 11, 1)}  # fmt: skip
    early = upload(staff, workbook(CONSENTS, [given]), "persetujuan.xlsx")
    assert "terapkan dahulu berkas yang disebutnya" in text_of(early)
    needed = text_of(staff.get("/berkas"))
    assert "Anak (e-PPGBM) belum ada, wajib" in needed
    assert "Armada belum ada kendaraan" in needed
    send(staff, f"{place(upload(staff, children_file(child)))}/terapkan")
    again = send(staff, f"{place(early)}/periksa")
    assert "1 baru" in text_of(again)
    send(staff, f"{place(again)}/terapkan")
    needed = text_of(staff.get("/berkas"))
    assert "Anak (e-PPGBM) 1 tercatat" in needed
    assert "Persetujuan wali 1 tercatat" in needed
    assert send(staff, f"{place(early)}/periksa").status_code == 409


def test_families_without_a_registered_child_are_said_to_be_left_out(
    client_for: ClientFor,
) -> None:
    staff = client_for(Role.STAFF)
    shown = upload(staff, workbook(tuple(family()), [family()]), "krs.xlsx")
    page = text_of(shown)
    assert "Tidak satu pun keluarga cocok" in page
    assert "0 sama" in page
    assert "1 tidak cocok" in page


def test_the_last_package_at_the_door_speaks_for_the_fields_word(
    client_for: ClientFor, engine: Engine, person: Callable[[Role], Account]
) -> None:
    staff = client_for(Role.STAFF)
    shown = upload(staff, children_file(child_row(1)))
    send(staff, f"{place(shown)}/terapkan")
    by = person(Role.STAFF)
    with write_session(engine) as session:
        field_truth(session, by)
        _, _, stops, _, _ = make_dispatched_cycle(session, num_children=1)
        home = session.exec(select(Household).where(Household.address == "Jl. Lapangan 9")).one()
        stops[0].household_id, stops[0].address = home.id, "Jl. Lapangan 9"
        stops[0].state = StopState.DELIVERED
        session.add(stops[0])
    page = text_of(upload(staff, children_file(child_row(1, Berat=9.6))))
    assert "Paket terakhir diterima di rumah: 1 Desember 2026, Jl. Lapangan 9." in page


def test_each_row_of_a_problem_shows_its_own_facts(client_for: ClientFor) -> None:
    staff = client_for(Role.STAFF)
    rows = [child_row(1, NIK="123456789012345"), child_row(2, NIK="12345678901"), child_row(3)]
    page = text_of(upload(staff, children_file(*rows)))
    assert "nomor harus 16 digit, tertulis … digit." in page
    assert "tertulis 15 digit" in page
    assert "tertulis 11 digit" in page


def test_a_long_problem_goes_over_pages(client_for: ClientFor) -> None:
    staff = client_for(Role.STAFF)
    rows = [child_row(number, NIK=f"1{number:010d}") for number in range(1, 61)]
    shown = upload(staff, children_file(*rows))
    assert "Lihat semua 60 baris" in text_of(shown)
    all_rows = f"{place(shown)}/masalah/1"
    first, last = (text_of(staff.get(all_rows, params={"halaman": n})) for n in (1, 3))
    assert "Halaman 1 dari 3" in first
    assert "61" in last
    assert staff.get(f"{place(shown)}/masalah/9").status_code == 404


def test_nothing_usable_is_not_offered_to_apply(client_for: ClientFor) -> None:
    staff = client_for(Role.STAFF)
    shown = upload(staff, children_file(child_row(1, NIK="12"), child_row(2, NIK="34")))
    assert "Tidak ada baris yang dapat dipakai" in text_of(shown)
    assert "/terapkan" not in shown.text
    assert "/ditolak" in shown.text
    usable = upload(staff, children_file(child_row(1, NIK="12"), child_row(3)))
    assert "/terapkan" in usable.text


def test_a_refused_upload_stays_on_the_form(client_for: ClientFor, engine: Engine) -> None:
    staff = client_for(Role.STAFF)
    refused = upload(staff, b"PK\x03\x04 broken", "anak.xlsx")
    assert refused.status_code == 409
    assert 'id="berkas-error"' in refused.text
    assert "anak.xlsx" in text_of(refused)
    assert "file." not in text_of(refused)
    assert count(engine, ImportBatch) == 0


def test_when_the_needed_files_are_in_the_month_is_what_comes_next(
    client_for: ClientFor, engine: Engine
) -> None:
    staff = client_for(Role.STAFF)
    assert "Yang wajib sudah ada semua" not in text_of(staff.get("/berkas"))
    with write_session(engine) as session:
        make_child(session)
        make_pledge(session)
    assert 'href="/petugas#bulan">Buka bulannya' in staff.get("/berkas").text
    send(staff, "/bulan", bulan="2026-12")
    assert 'href="/bulan/2026-12">Ke Desember 2026' in staff.get("/berkas").text
    assert "Yang wajib" not in text_of(client_for(Role.APPROVER).get("/berkas"))


def test_a_stock_preview_names_its_goods(client_for: ClientFor) -> None:
    staff = client_for(Role.STAFF)
    places = workbook(
        ("Jenis", "Nama", "Latitude", "Longitude"),
        [{"Jenis": "gudang", "Nama": "Gudang Dinas", "Latitude": -2.12, "Longitude": 106.1}],
    )
    send(staff, f"{place(upload(staff, places, 'tempat.xlsx'))}/terapkan")
    rows = [{"Barang": "beras", "Jumlah": 5, "Satuan": "kg"}]
    shown = upload(staff, workbook(("Barang", "Jumlah", "Satuan"), rows), "stok.xlsx")
    assert "Beras" in text_of(shown)
    assert "beras" not in text_of(shown)


def test_a_stock_preview_shows_each_change_from_before_to_after(client_for: ClientFor) -> None:
    staff = client_for(Role.STAFF)
    places = workbook(
        ("Jenis", "Nama", "Latitude", "Longitude"),
        [{"Jenis": "gudang", "Nama": "Gudang Dinas", "Latitude": -2.12, "Longitude": 106.1}],
    )
    send(staff, f"{place(upload(staff, places, 'tempat.xlsx'))}/terapkan")
    headers = ("Barang", "Jumlah", "Satuan", "Kedaluwarsa")
    row = {"Barang": "beras", "Jumlah": 5, "Satuan": "kg", "Kedaluwarsa": date(2027, 3, 31)}
    send(staff, f"{place(upload(staff, workbook(headers, [row]), 'stok.xlsx'))}/terapkan")
    later = row | {"Kedaluwarsa": date(2027, 4, 30)}
    page = text_of(upload(staff, workbook(headers, [later]), "stok2.xlsx"))
    assert "Kedaluwarsa: 31 Maret 2027 → 30 April 2027" in page


def test_goods_that_are_used_up_are_no_missing_list(
    client_for: ClientFor, engine: Engine, person: Callable[[Role], Account]
) -> None:
    staff = client_for(Role.STAFF)
    assert "Stok belum ada" in text_of(staff.get("/berkas"))
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        give_stock(session, make_depot(session), by, telur=30)
        session.exec(select(StockItem)).one().on_hand = 0
    assert "Stok sudah habis" in text_of(staff.get("/berkas"))
