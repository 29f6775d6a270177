from __future__ import annotations

from dataclasses import replace

import pytest

from api.documents.labels import EIGHT_PER_SHEET, TEN_PER_SHEET, labels_of, labels_pdf
from api.documents.models import Goods
from tests.api.documents.pdf_reading import claims_pdf_ua, page_texts, qr_contents, whole_text
from tests.api.documents.sample_books import book, imprint, route


def test_every_package_of_a_book_has_one_label_that_names_no_guardian() -> None:
    labels = labels_of(book())
    text = whole_text(labels_pdf(labels, imprint()))
    assert len(labels) == 30
    assert all(label.code in text for label in labels)
    assert "Anak B-600" in text
    assert "Ibu Sari" not in text


def test_used_labels_of_the_first_sheet_are_skipped() -> None:
    labels = labels_of(book())[:8]
    assert len(page_texts(labels_pdf(labels, imprint()))) == 1
    pages = page_texts(labels_pdf(labels, imprint(), num_used=1))
    assert len(pages) == 2
    assert pages[1].count("PK-") == 1


@pytest.mark.parametrize("num_used", [-1, 8])
def test_more_used_labels_than_a_sheet_has_are_refused(num_used: int) -> None:
    with pytest.raises(ValueError, match="8 labels"):
        labels_pdf((), imprint(), num_used=num_used)


@pytest.mark.parametrize("grid", [EIGHT_PER_SHEET, TEN_PER_SHEET])
def test_full_sheet_fits_and_its_codes_read_back(grid: object) -> None:
    assert grid in {EIGHT_PER_SHEET, TEN_PER_SHEET}
    chosen = EIGHT_PER_SHEET if grid == EIGHT_PER_SHEET else TEN_PER_SHEET
    long = tuple(Goods(f"Barang dengan nama panjang {at}", 10, "bungkus") for at in range(12))
    labels = [
        replace(label, contents=long, note="Hati-hati, mudah pecah " * 9)
        for label in labels_of(book())[: chosen.num_labels]
    ]
    pdf = labels_pdf(labels, imprint(), grid=chosen)
    assert len(page_texts(pdf)) == 1
    assert qr_contents(pdf, page=0) == {label.qr for label in labels}
    assert claims_pdf_ua(pdf)


def test_label_before_planning_has_no_route() -> None:
    label = replace(labels_of(book(route()))[0], route_number="", stop_sequence=None)
    assert "LR-" not in whole_text(labels_pdf([label], imprint()))


def test_no_labels_still_give_a_file() -> None:
    assert labels_pdf((), imprint()).startswith(b"%PDF")
