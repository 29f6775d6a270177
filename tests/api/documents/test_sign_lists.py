from __future__ import annotations

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
