from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from api.documents.loading_lists import loading_list_pdf
from tests.api.documents.pdf_reading import NIK, claims_pdf_ua, page_texts, whole_text
from tests.api.documents.sample_books import book, route

if TYPE_CHECKING:
    from api.documents.models import RouteSheet


def test_first_part_totals_all_routes_and_names_what_is_on_none() -> None:
    first = page_texts(loading_list_pdf(book(route(1), route(2, num_stops=23, num_trips=2))))[0]
    for expected in ("Jumlah 35 82 507,8 946", "Telur ayam 2.460 butir", "Beras 285 kg"):
        assert expected in " ".join(first.split())
    assert "BELUM MASUK RUTE" in first
    assert "Tidak ada koordinat rumah" in first


def test_every_route_of_the_list_has_its_day() -> None:
    another = replace(route(2), delivery_on=date(2026, 12, 9))
    text = whole_text(loading_list_pdf(book(route(1), another)))
    rows = " ".join(text.split("Muat")[0].split())
    assert "Tanggal" in rows
    assert "9 Desember 2026" in rows
    assert route(1).number in rows


def test_vehicle_is_loaded_from_the_last_stop_to_the_first() -> None:
    text = whole_text(loading_list_pdf(book()))
    places = [text.index(f"PK-2612-{code}") for code in ("7107", "7100", "0700", "0611", "0600")]
    assert places == sorted(places)
    assert "30 paket" in text


def _with_packages(num_packages: int) -> RouteSheet:
    """Return a route of a page and a bit, with so many packages for one of its posyandu."""
    sheet = route(num_stops=12)
    [trip] = sheet.trips
    stops = [
        replace(stop, packages=stop.packages[:num_packages]) if stop.sequence == 6 else stop
        for stop in trip.stops
    ]
    return replace(sheet, trips=(replace(trip, stops=tuple(stops)),))


def test_nobody_signs_a_page_without_a_row_of_what_was_loaded() -> None:
    routes = [_with_packages(left) for left in range(1, 9)]
    pages = page_texts(loading_list_pdf(book(*routes)))
    signed = [page for page in pages if "menyerahkan muatan" in page]
    assert len(signed) == len(routes)
    assert all("PK-2612" in page and "Jumlah" in page for page in signed)


def test_list_is_accessible_and_holds_no_identity_number() -> None:
    pdf = loading_list_pdf(book())
    assert claims_pdf_ua(pdf)
    assert not NIK.search(whole_text(pdf))
