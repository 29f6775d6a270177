from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from api.documents.models import EventKind, RoadEvent, RouteBook
from api.documents.route_sheets import load_table, route_sheets_pdf
from api.documents.wording import Wording
from tests.api.documents.pdf_reading import (
    NIK,
    claims_pdf_ua,
    page_texts,
    qr_contents,
    whole_text,
)
from tests.api.documents.sample_books import EIGHT, REASONS, book, imprint, package, route


def test_sheet_tells_the_courier_everything() -> None:
    text = whole_text(route_sheets_pdf(book()))
    for expected in (
        "Lembar Rute LR-2026-12-001",
        "Kamis, 3 Desember 2026",
        "Pick-up L300 · BN 8001 PA",
        "Budi Santoso · 0813-7711-2233",
        "08.00 – 11.00",
        "23,4 km",
        "187,2 dari 400 kg",
        "Patokan: seberang Masjid Al-Ikhlas, pagar hijau",
        "RT 007 RW 001",
        "Telp. 0812-5560-0060",
        "Tidak di tempat",
        "versi 3 · a1b2c3d4e5f6",
        "Jaringan jalan OSM, data per 1 November 2026",
        "RAHASIA – hancurkan setelah selesai",
        "Penerima sisa di gudang",
    ):
        assert expected in text


def test_sheet_names_no_child_and_no_identity_number() -> None:
    stop = replace(route().trips[0].stops[0], note="NIK ibu 1971014102990012")
    trip = replace(route().trips[0], stops=(stop,))
    text = whole_text(route_sheets_pdf(book(replace(route(), trips=(trip,)))))
    assert "Anak B-" not in text
    assert not NIK.search(text)
    assert "1971••••••••0012" in text


def test_redacted_sheet_withholds_names_and_numbers_of_all_people() -> None:
    fetch = RoadEvent(
        after=0, kind=EventKind.PICKUP, mark="J1", starts_at=EIGHT, title="Jemput: Bapak Budi",
        detail="Beras · 0811-1", title_withheld="Jemput: (ditutup)", detail_withheld="Beras",
    )  # fmt: skip
    trip = replace(route().trips[0], events=(fetch,))
    seen = replace(
        route(), trips=(trip,), accepted="Melanggar: jam. Alasan: Bu Ani (k)",
        accepted_withheld="Melanggar: jam",
    )  # fmt: skip
    whole = whole_text(route_sheets_pdf(book(seen)))
    text = whole_text(route_sheets_pdf(book(seen), is_redacted=True))
    people = (
        "Ibu Sari", "0812-5560-0060", "0812-5565-0065", seen.courier_name, seen.courier_phone,
        "Bapak Budi", "0811-1", "Bu Ani",
    )  # fmt: skip
    assert [each for each in people if each not in whole] == []
    assert [each for each in people if each in text] == []
    assert "RT-0060 (nama ditutup)" in text
    assert "Posyandu Melati 65" in text
    assert "Jemput: (ditutup)" in text
    assert "Melanggar: jam" in text


def test_load_list_runs_backwards_and_its_totals_are_the_sum_of_its_rows() -> None:
    table = load_table(route().trips[0], wording=Wording("id"))
    rows = table["rows"]
    assert [row[0] for row in rows] == [str(number) for number in range(12, 0, -1)]

    def amount(cell: str) -> float:
        return float(cell.replace(".", "").replace(",", ".") or 0)

    for column in range(2, len(table["head"])):
        total = sum(amount(row[column]) for row in rows)
        assert amount(table["total"][column]) == pytest.approx(total, abs=1e-9)
    assert table["total"][2:] == ["900", "105", "120", "3", "30", "187,20", "348,0"]


def test_many_kinds_of_goods_are_listed_in_one_column() -> None:
    stop = route().trips[0].stops[0]
    kinds = tuple(
        replace(package(at), contents=(replace(package(at).contents[0], name=f"Barang {at}"),))
        for at in range(9)
    )
    trip = replace(route().trips[0], stops=(replace(stop, packages=kinds),))
    table = load_table(trip, wording=Wording("id"))
    assert table["head"] == ["No.", "Tujuan", "Isi", "Paket", "kg", "liter"]
    assert table["total"][2].count("30") == 9


def test_each_route_begins_on_a_front_page_and_counts_its_own_pages() -> None:
    pdf = route_sheets_pdf(book(route(1), route(2, num_stops=2), route(3)))
    texts = page_texts(pdf)
    starts = [at for at, text in enumerate(texts) if "Daftar muat" in text]
    assert starts
    assert all(at % 2 == 0 for at in starts)
    assert "hal. 1/3" in texts[0]
    assert "hal. 3/3" in texts[2]
    assert not texts[3].strip()
    assert "LR-2026-12-002" in texts[4]


def test_trips_are_loaded_one_by_one() -> None:
    text = whole_text(route_sheets_pdf(book(route(num_stops=9, num_trips=2))))
    assert "Muatan – Rit 1" in text
    assert "Muatan – Rit 2" in text
    assert "berangkat 11.00, kembali 14.00" in text


def test_load_above_capacity_is_said_and_below_is_not() -> None:
    warning = "MELEBIHI KAPASITAS"
    assert warning in whole_text(route_sheets_pdf(book(replace(route(), capacity_g=187_199))))
    assert warning not in whole_text(route_sheets_pdf(book(replace(route(), capacity_g=187_200))))


def test_every_qr_code_reads_back_from_150_dpi() -> None:
    pdf = route_sheets_pdf(book())
    found = set().union(*(qr_contents(pdf, page=page) for page in range(3)))
    assert "rt_0001_k3Jq9ZxW" in found
    geo = {code for code in found if code.startswith("geo:")}
    assert len(geo) == 12
    assert any(re.fullmatch(r"geo:-2\.\d{6},106\.\d{6}\?q=.*\(1%20RT-0060\)", code) for code in geo)


def test_stop_with_token_shows_the_token_and_stop_without_place_says_so() -> None:
    first, second, *_ = route().trips[0].stops
    stops = (replace(first, token="st_abc"), replace(second, latitude=None, longitude=None))
    trip = replace(route().trips[0], stops=stops)
    pdf = route_sheets_pdf(book(replace(route(), trips=(trip,))))
    assert qr_contents(pdf, page=0) == {"rt_0001_k3Jq9ZxW", "st_abc"}
    assert "tanpa koordinat" in whole_text(pdf)


def test_sheet_is_accessible() -> None:
    assert claims_pdf_ua(route_sheets_pdf(book(route(1), route(2, num_stops=30))))


def test_same_book_gives_the_same_bytes() -> None:
    assert route_sheets_pdf(book()) == route_sheets_pdf(book())


def test_english_sheet_is_english() -> None:
    text = whole_text(route_sheets_pdf(book(), language="en"))
    assert "Route sheet LR-2026-12-001" in text
    assert "Thursday, 3 December 2026" in text
    assert "Diterima" not in text


def test_sixty_stops_none_lost() -> None:
    text = whole_text(route_sheets_pdf(book(route(num_stops=60))))
    assert all(f"RT-{60 + at:04d} · " in text for at in range(60) if at % 6 != 5)


def test_route_without_stops_and_book_without_routes_still_print() -> None:
    assert "Tidak ada perhentian" in whole_text(route_sheets_pdf(book(route(num_stops=0))))
    empty = RouteBook(imprint(), date(2026, 12, 1), (), REASONS)
    assert route_sheets_pdf(empty).startswith(b"%PDF")
    no_trips = replace(route(), trips=(), map_svg=None)
    assert "LR-2026-12-001" in whole_text(route_sheets_pdf(book(no_trips)))


def test_very_long_address_runs_over_the_page_and_nothing_is_lost() -> None:
    words = " ".join(f"blok{number}" for number in range(700))
    stop = replace(route().trips[0].stops[0], address=words, landmark="x" * 300)
    trip = replace(route().trips[0], stops=(stop,))
    text = whole_text(route_sheets_pdf(book(replace(route(), trips=(trip,)))))
    assert all(f"blok{number}" in text for number in range(700))
    assert text.count("x") >= 300


@pytest.mark.parametrize("name", ["Нина", "محمد", "林美花", "#let x = 1 $ \\ *tebal*", "'\"<b>&"])
def test_name_in_any_script_or_with_markup_prints(name: str) -> None:
    stop = replace(route().trips[0].stops[0], name=name)
    trip = replace(route().trips[0], stops=(stop,))
    pdf = route_sheets_pdf(book(replace(route(), trips=(trip,))))
    assert pdf.startswith(b"%PDF")
    if name.isascii():
        assert name in whole_text(pdf)


def test_window_is_printed_where_there_is_one() -> None:
    stop = replace(route().trips[0].stops[1], window_opens_at=EIGHT, window_closes_at=EIGHT)
    trip = replace(route().trips[0], stops=(stop,))
    assert "dari 08.00 s.d. 08.00" in whole_text(
        route_sheets_pdf(book(replace(route(), trips=(trip,))))
    )


@pytest.mark.slow
def test_thirty_routes_of_twelve_stops_have_all_their_pages() -> None:
    many = book(*(route(number) for number in range(1, 31)))
    pdf = route_sheets_pdf(many)
    assert len(page_texts(pdf)) == 30 * 4 - 1


def test_what_was_accepted_stands_on_the_sheet() -> None:
    odd = replace(route(), accepted="Diterima walau melanggar: Gudang tutup. Alasan: banjir (k).")
    assert "Alasan: banjir (k)." in whole_text(route_sheets_pdf(book(odd)))


def test_totals_on_paper_are_the_sum_of_the_rows_on_paper() -> None:
    """Read the PDF back: the loading list's rows and its total line, as anyone would add them."""
    text = page_texts(route_sheets_pdf(book()))[0]
    table = text.split("Paket kg liter", 1)[1]
    body, total = table.split("Jumlah", 1)
    rows = re.split(r"(?:^|(?<= ))\d+ (?=(?:RT|TB)-)", body.strip())[1:]
    assert len(rows) == 12
    number = re.compile(r"\d[\d.]*(?:,\d+)?")

    def last_three(text: str) -> list[float]:
        return [
            float(each.replace(".", "").replace(",", ".")) for each in number.findall(text)[-3:]
        ]

    printed = last_three(re.match(r"[\d., ]+", total.strip()).group())  # type: ignore[union-attr]
    columns = zip(*(last_three(row) for row in rows), strict=True)
    assert printed == [round(sum(column), 3) for column in columns]
