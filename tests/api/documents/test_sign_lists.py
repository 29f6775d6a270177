from __future__ import annotations

from dataclasses import replace

from api.documents.models import StopKind
from api.documents.route_sheets import route_sheets_pdf
from api.documents.sign_lists import sign_lists_pdf
from tests.api.documents.pdf_reading import NIK, claims_pdf_ua, page_texts, whole_text
from tests.api.documents.sample_books import book, route


def test_every_drop_point_has_a_record_with_a_line_per_package() -> None:
    pdf = sign_lists_pdf(book())
    pages = [text for text in page_texts(pdf) if text.strip()]
    assert len(pages) == 2
    assert pages[0].count("PK-2612-65") == 8
    assert "8 paket untuk 8 rumah tangga" in " ".join(pages[0].split())
    assert "240 butir Telur ayam" in " ".join(pages[0].split())
    assert "DRAF" in pages[0]
    assert not NIK.search(whole_text(pdf))
    assert claims_pdf_ua(pdf)


def test_plan_without_drop_points_says_so() -> None:
    assert "tidak ada titik bagi" in whole_text(sign_lists_pdf(book(route(num_stops=3)))).lower()


def test_an_office_whose_address_is_its_name_is_named_once() -> None:
    whole = book(route(num_stops=8))
    [sheet] = whole.routes
    [trip] = sheet.trips
    office = next(stop for stop in trip.stops if stop.kind is StopKind.DROP_POINT)
    named = replace(
        office,
        code="",
        name="Kantor Lurah Keramat",
        address="Kantor Lurah Keramat",
        packages=office.packages[:1],
    )
    stops = tuple(named if stop is office else stop for stop in trip.stops)
    whole = replace(whole, routes=(replace(sheet, trips=(replace(trip, stops=stops),)),))
    record = next(text for text in page_texts(sign_lists_pdf(whole)) if "Kantor Lurah" in text)
    said = " ".join(record.split())
    assert "di Kantor Lurah Keramat, Kantor Lurah" not in said
    assert "· Kantor Lurah" not in said
    english = " ".join(whole_text(sign_lists_pdf(whole, language="en")).split())
    assert "1 package for 1 household, as follows" in english
    sheets = " ".join(whole_text(route_sheets_pdf(whole)).split())
    assert "Kantor Lurah Keramat" in sheets
    assert "Kantor Lurah Keramat Kantor Lurah Keramat" not in sheets
