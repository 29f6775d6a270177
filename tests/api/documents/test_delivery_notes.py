from __future__ import annotations

from dataclasses import replace

from api.documents.delivery_notes import delivery_notes_data, delivery_notes_pdf
from tests.api.documents.pdf_reading import claims_pdf_ua, page_texts, qr_contents, whole_text
from tests.api.documents.sample_books import book, route


def test_note_lists_goods_in_all_and_no_family() -> None:
    pdf = delivery_notes_pdf(book())
    text = whole_text(pdf)
    for expected in (
        "Telur ayam 900 butir",
        "Beras 105 kg",
        "Kit 6–23 bulan: 18 paket",
        "187,2 kg",
    ):
        assert expected in text
    assert "DRAF – format menunggu konfirmasi dinas" in text
    assert "Ibu Sari" not in text
    assert "RT-0060" not in text
    assert qr_contents(pdf, page=0) == {"rt_0001_k3Jq9ZxW"}
    assert claims_pdf_ua(pdf)


def test_goods_are_counted_once_and_boxes_are_no_goods() -> None:
    [note] = delivery_notes_data(book())["notes"]
    assert [row[1] for row in note["rows"] if "Kit" in row[1]] == []
    assert [row[0] for row in note["rows"]] == [str(at + 1) for at in range(len(note["rows"]))]
    assert note["packed_in"].startswith("Barang di atas dikemas dalam paket: Kit 6–23 bulan: 18")


def test_each_vehicle_has_its_own_note_with_its_number() -> None:
    numbered = replace(route(1), delivery_note_number="SJ/12/001")
    pages = page_texts(delivery_notes_pdf(book(numbered, route(2))))
    assert "SJ/12/001" in pages[0]
    assert "LR-2026-12-002" in pages[1], "no blank page between papers of one page each"
