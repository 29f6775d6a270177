from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from api.documents.letters import donor_letters_pdf
from tests.api.documents.pdf_reading import (
    NIK,
    claims_pdf_ua,
    page_texts,
    spans_of,
    title_of,
    whole_text,
)
from tests.api.documents.sample_reports import letter

if TYPE_CHECKING:
    from api.documents.models import Language


def test_letter_thanks_and_shows_aliases_only() -> None:
    pdf = donor_letters_pdf([letter()])
    text = whole_text(pdf)
    for expected in ("PT Timah Sejahtera Contoh", "Anak B-001", "Sudah diterima", "Rp 1.250.000"):
        assert expected in text
    assert "Dalam perjalanan" in text
    assert "2 paket – 60 butir Telur ayam, 5 kg Beras" in text
    assert "gagal" not in text.lower()
    assert not NIK.search(text)
    assert claims_pdf_ua(pdf)


def test_the_longest_alias_stays_in_its_column() -> None:
    long = replace(letter(), children=(replace(letter().children[0], alias="Srigunting-98765"),))
    (_, end), (begin, _) = spans_of(donor_letters_pdf([long]), "98765", "12–23")
    assert end < begin


def test_sponsor_without_a_child_is_thanked_without_a_table() -> None:
    text = whole_text(donor_letters_pdf([letter(0)]))
    assert "belum ada anak" in text
    assert "Nama samaran" not in text
    assert "nama samaran" not in text


def test_letter_says_only_what_is_known() -> None:
    full = letter()
    bare = replace(
        full,
        received_rp=None,
        next_delivery="",
        imprint=replace(full.imprint, help_phone=""),
        children=tuple(
            replace(child, trend="", age_band="", sex="", kecamatan="") for child in full.children
        ),
    )
    text = whole_text(donor_letters_pdf([bare]))
    for absent in (
        "Dana yang kami terima", "Penyaluran berikutnya", "Pertanyaan:", "Pertumbuhan", "kelamin",
        "Kecamatan",
    ):  # fmt: skip
        assert absent not in text
        assert absent in whole_text(donor_letters_pdf([full]))


def test_packages_of_unknown_contents_are_only_counted() -> None:
    full = letter()
    children = tuple(replace(child, contents=()) for child in full.children)
    text = whole_text(donor_letters_pdf([replace(full, children=children)]))
    assert "2 paket" in text
    assert "paket:" not in text
    assert "paket –" not in text


@pytest.mark.parametrize(
    ("language", "last", "says", "months"),
    [
        ("id", 10, "tahun ini, sampai Oktober 2026", ("Maret", "Mei–Juli")),
        ("id", 12, "selama tahun 2026", ("Maret", "Mei–Juli")),
        ("en", 10, "this year, up to October 2026", ("March", "May–July")),
    ],
)
def test_a_yearly_letter_says_up_to_when_and_of_which_months_it_tells(
    language: Language, last: int, says: str, months: tuple[str, str]
) -> None:
    full = letter()
    child = replace(full.children[0], months=tuple(date(2026, at, 1) for at in (3, 5, 6, 7)))
    yearly = replace(full, year=2026, month=date(2026, last, 1), children=(child,))
    pdf = donor_letters_pdf([yearly], language=language)
    text, title = whole_text(pdf), title_of(pdf)
    assert title.endswith("2026"), "a year's letter is not called that of its last month"
    assert not {"Oktober", "October"} & set(title.split())
    assert says in text
    squeezed = text.replace(" ", "")
    assert all(month in squeezed for month in months)


def test_each_letter_begins_on_a_front_page() -> None:
    pages = page_texts(donor_letters_pdf([letter(), letter(40), letter()]))
    starts = [at for at, text in enumerate(pages) if "Dengan hormat" in text]
    assert len(starts) == 3
    assert all(at % 2 == 0 for at in starts)


def test_no_letters_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        donor_letters_pdf([])
