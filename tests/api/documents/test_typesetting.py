from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pypdf
import pytest

from api.documents.typesetting import typeset
from tests.api.documents.pdf_reading import ua_faults
from tests.api.documents.sample_books import imprint

IMPRINT = replace(imprint(), printed_at=datetime(2026, 12, 2, 7, 5, 9, 123456, tzinfo=UTC))


def words(**changes: object) -> dict[str, object]:
    data: dict[str, object] = {
        "title": "Uji",
        "organisation": "Dinas",
        "language": "id",
        "t": {"note": "Catatan"},
        "grid": {"columns": 1, "width": 99, "height": 60, "left": 5, "top": 5, "gap": 2},
        "sheets": [],
    }
    return data | changes


def test_microseconds_of_the_date_do_no_harm() -> None:
    assert typeset("labels", words(), imprint=IMPRINT).startswith(b"%PDF-1.7")


def test_template_that_lacks_data_fails_loudly() -> None:
    import typst

    data = words()
    del data["sheets"]
    with pytest.raises(typst.TypstError, match="sheets"):
        typeset("labels", data, imprint=IMPRINT)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_stays_level_over_many_large_documents() -> None:
    code = """
from pathlib import Path
from tests.api.documents.sample_books import book, route
from api.documents.route_sheets import route_sheets_pdf

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20

route_sheets_pdf(book(*(route(at) for at in range(1, 5))))
before = megabytes()
for batch in range(1, 7):
    route_sheets_pdf(book(*(route(at + 4 * batch) for at in range(1, 5))))
print(megabytes() - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 70


def test_the_reader_of_tags_finds_what_is_missing() -> None:
    """A file without any tag or title: what the check of every print would say of it."""
    writer, file = pypdf.PdfWriter(), BytesIO()
    writer.add_blank_page(width=72, height=72)
    writer.write(file)
    found = ua_faults(pypdf.PdfReader(file))
    assert {"no title", "no language", "not marked", "no tags"} <= set(found)
