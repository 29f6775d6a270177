"""Prints of a month that nobody approved say so on every page; those of an approved one do not."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from api.documents.bundles import bundle_pdf
from api.documents.labels import labels_of, labels_pdf
from api.documents.reports import report_pdf
from api.documents.route_sheets import route_sheets_pdf
from api.documents.route_workbook import route_workbook
from api.documents.sign_lists import sign_lists_pdf
from api.documents.tracks import routes_gpx, routes_kml
from tests.api.documents.pdf_reading import page_texts
from tests.api.documents.sample_books import book, imprint
from tests.api.documents.sample_reports import report

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.documents.models import RouteBook

MARK = "USULAN – BELUM DISETUJUI"
WRITERS: dict[str, Callable[[RouteBook], bytes]] = {
    "bundle": bundle_pdf,
    "labels": lambda made: labels_pdf(labels_of(made), made.imprint),
    "report": lambda made: report_pdf(replace(report(), imprint=made.imprint)),
    "route sheets": route_sheets_pdf,
    "sign lists": sign_lists_pdf,
}


@pytest.mark.parametrize("name", WRITERS)
def test_each_page_of_an_unapproved_month_says_so(name: str) -> None:
    approved = book()
    proposed = replace(approved, imprint=replace(imprint(), is_approved=False))
    assert all(MARK in text for text in page_texts(WRITERS[name](proposed)) if text.strip())
    assert not any(MARK in text for text in page_texts(WRITERS[name](approved)))


def test_the_mark_speaks_the_reader_s_language() -> None:
    proposed = replace(book(), imprint=replace(imprint(), is_approved=False))
    [first, *_] = page_texts(route_sheets_pdf(proposed, language="en"))
    assert "PROPOSAL – NOT APPROVED" in first


@pytest.mark.parametrize("is_approved", [True, False])
def test_workbook_and_tracks_carry_the_mark(is_approved: bool) -> None:
    made = replace(book(), imprint=replace(imprint(), is_approved=is_approved))
    summary = load_workbook(BytesIO(route_workbook(made))).worksheets[0]
    cells = {cell for row in summary.iter_rows(values_only=True) for cell in row}
    assert (MARK in cells) is not is_approved
    for track in (routes_gpx(made), routes_kml(made)):
        assert (MARK.encode() in track) is not is_approved
