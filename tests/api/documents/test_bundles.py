from __future__ import annotations

import re
from dataclasses import replace

from api.documents.bundles import bundle_pdf
from tests.api.documents.pdf_reading import claims_pdf_ua, page_texts, qr_contents
from tests.api.documents.sample_books import book, route


def test_one_file_holds_every_print_with_parts_that_count_their_own_pages() -> None:
    pdf = bundle_pdf(book(route(1), route(2, num_stops=3)))
    texts = page_texts(pdf)
    starts = [at for at, text in enumerate(texts) if re.search(r"hal\. 1/", text)]
    assert all(at % 2 == 0 for at in starts)
    whole = " ".join(texts)
    order = [whole.index(each) for each in ("Daftar muat Desember", "Lembar Rute", "SURAT JALAN")]
    assert order == sorted(order)
    assert "Berita Acara" in whole
    assert claims_pdf_ua(pdf)
    sheet = next(at for at, text in enumerate(texts) if "Lembar Rute LR-2026-12-001" in text)
    assert route(1).token in qr_contents(pdf, page=sheet)


def test_a_bundle_without_drop_points_has_no_empty_sign_list() -> None:
    trip = replace(route().trips[0], stops=route().trips[0].stops[:2])
    assert "Berita Acara" not in " ".join(
        page_texts(bundle_pdf(book(replace(route(), trips=(trip,)))))
    )
