"""Reads a PDF back as text, as pictures and as QR codes, the way its readers do."""

from __future__ import annotations

import itertools
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdf
import pypdfium2
import zxingcpp

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def spans_of(pdf: bytes, *words: str) -> list[tuple[float, float]]:
    """Where words that stand on the first page begin and end, from its left edge, in points."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    text_page = page.get_textpage()
    spans = []
    for word in words:
        at, count = text_page.search(word).get_next()
        left, right = text_page.get_charbox(at), text_page.get_charbox(at + count - 1)
        spans.append((left[0], right[2]))
    text_page.close()
    page.close()
    document.close()
    return spans


def whole_text(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page_texts(pdf)))


def qr_contents(pdf: bytes, *, page: int, dpi: int = 150) -> set[str]:
    document = pypdfium2.PdfDocument(pdf)
    picture = document[page].render(scale=dpi / 72).to_pil()
    document.close()
    found: list[Any] = zxingcpp.read_barcodes(picture)
    return {code.text for code in found}


def title_of(pdf: bytes) -> str:
    metadata = pypdf.PdfReader(BytesIO(pdf)).metadata
    return str(metadata.title) if metadata else ""


def claims_pdf_ua(pdf: bytes) -> bool:
    """Whether it calls itself PDF/UA; what a screen reader then relies on has to be there."""
    reader = pypdf.PdfReader(BytesIO(pdf))
    metadata = reader.xmp_metadata
    assert metadata is not None
    is_claimed = b"pdfuaid:part" in metadata.stream.get_data()
    if is_claimed:
        assert ua_faults(reader) == []
    return is_claimed


def ua_faults(reader: pypdf.PdfReader) -> list[str]:
    """What keeps people with a screen reader out, of the rules of PDF/UA-1 that a file shows.

    Title and language; everything tagged, in reading order; headings without a gap; each table with
    heads that say of what; each picture with words. Not looked at: whether words and order are
    good, colours, fonts.
    """
    root = reader.root_object
    view = root.get("/ViewerPreferences", {})
    faults = [
        what
        for what, is_there in (
            ("no title", bool(reader.metadata and reader.metadata.title)),
            ("title is not shown", "/DisplayDocTitle" in view),
            ("no language", bool(root.get("/Lang"))),
            ("not marked", bool(root.get("/MarkInfo", {}).get("/Marked"))),
            ("no tags", "/StructTreeRoot" in root),
            ("order of tabs", all(page.get("/Tabs") == "/S" for page in reader.pages)),
        )
        if not is_there
    ]
    tags = list(_tags(root["/StructTreeRoot"])) if "/StructTreeRoot" in root else []
    depths = [0] + [int(tag["/S"][2:]) for tag in tags if re.fullmatch(r"/H\d", tag["/S"])]
    faults += [
        f"heading {now} after {before}"
        for before, now in itertools.pairwise(depths)
        if now > before + 1
    ]
    faults += [
        "a picture without words" for tag in tags if _is(tag, "/Figure") and not tag.get("/Alt")
    ]
    heads = [tag for tag in tags if _is(tag, "/TH")]
    faults += ["a head of nothing" for tag in heads if "/Scope" not in str(tag.get("/A"))]
    if any(_is(tag, "/Table") for tag in tags) and not heads:
        faults.append("a table without heads")
    return faults


def _is(tag: Any, kind: str) -> bool:
    return bool(tag["/S"] == kind)


def _tags(parent: Any) -> Iterator[Any]:
    """Every tag of a structure in reading order, however deep."""
    below = parent.get_object().get("/K", [])
    for each in below if isinstance(below, list) else [below]:
        tag = each.get_object()
        if isinstance(tag, dict) and "/S" in tag:
            yield tag
            yield from _tags(tag)
