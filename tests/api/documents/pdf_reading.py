"""Reads a PDF back as text, as pictures and as QR codes, the way its readers do."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pypdf
import pypdfium2
import zxingcpp

NIK = re.compile(r"(?<!\d)\d{16}(?!\d)")


def page_texts(pdf: bytes) -> list[str]:
    """Text of every page, with plain spaces and without the marks where long words may break."""
    document = pypdfium2.PdfDocument(pdf)
    texts = []
    for page in document:
        text_page = page.get_textpage()
        texts.append(text_page.get_text_bounded())
        text_page.close()
        page.close()
    document.close()
    return [
        re.sub(r"[\u200b\ufffe\r]", "", text.replace("\u00a0", " ")).replace("\n", " ")
        for text in texts
    ]


def whole_text(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page_texts(pdf)))


def qr_contents(pdf: bytes, *, page: int, dpi: int = 150) -> set[str]:
    document = pypdfium2.PdfDocument(pdf)
    picture = document[page].render(scale=dpi / 72).to_pil()
    document.close()
    found: list[Any] = zxingcpp.read_barcodes(picture)
    return {code.text for code in found}


def claims_pdf_ua(pdf: bytes) -> bool:
    reader = pypdf.PdfReader(BytesIO(pdf))
    metadata = reader.xmp_metadata
    assert metadata is not None
    is_tagged = "/StructTreeRoot" in reader.root_object
    return is_tagged and b"pdfuaid:part" in metadata.stream.get_data()
