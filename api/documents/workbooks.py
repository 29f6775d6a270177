"""The spreadsheet file itself: formats, tab names, safe cells."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

from api.documents.wording import masked

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from api.documents.report_models import Cell

_MAX_TAB_NAME = 31
_MAX_CELL = 32_767
_GAP = "… "
_LAST_WORDS = 2
_EXPLAINING = re.compile(r"\([^)]*\)|-(?= )")
_FORBIDDEN_IN_TAB = re.compile(r"[\[\]:*?/\\]|^'|'$")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")

HEAD = {"bold": True, "bg_color": "#E8E8E8", "border": 1, "text_wrap": True, "valign": "top"}
CELL = {"border": 1, "valign": "top", "text_wrap": True}
TOTAL = {**CELL, "bold": True, "bg_color": "#E8E8E8"}
ENTRY = {**CELL, "bg_color": "#FFF7CC", "locked": False}


def workbook_bytes(
    fill: Callable[[Any], None], *, title: str, organisation: str, made_at: datetime
) -> bytes:
    """Make a spreadsheet in memory; the same content gives the same bytes.

    Parameters
    ----------
    fill
        Adds the sheets to the ``xlsxwriter.Workbook`` that it is given.
    """
    import xlsxwriter

    memory = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(memory, options)
    book.set_properties(
        {"title": title, "company": organisation, "created": made_at.replace(tzinfo=None)}
    )
    fill(book)
    book.close()
    return memory.getvalue()


def tab_name(wanted: str, taken: set[str]) -> str:
    """Make a legal, unused tab name (31 characters, none of Excel's signs) and note it as taken."""
    base = _FORBIDDEN_IN_TAB.sub("-", wanted).strip() or "-"
    name = _shortened(base, _MAX_TAB_NAME)
    number = 1
    while name.lower() in taken:
        number += 1
        suffix = f" ({number})"
        name = _shortened(base, _MAX_TAB_NAME - len(suffix)) + suffix
    taken.add(name.lower())
    return name


def _shortened(text: str, most: int) -> str:
    """Leave out what explains, then words in the middle: the last ones tell tables apart."""
    if len(text) > most:
        text = " ".join(_EXPLAINING.sub("", text).replace(" menurut ", " per ").split())
    if len(text) <= most:
        return text
    words = text.split()
    end = " ".join(words[-_LAST_WORDS:])
    start = text[: max(0, most - len(end) - len(_GAP))]
    whole = start.rpartition(" ")[0] if " " in start else start
    return f"{whole.rstrip(' ,')}{_GAP}{end}"[:most].rstrip()


def write_cell(sheet: Any, row: int, column: int, cell: Cell, layout: Any) -> None:
    """Write a value as what it is: numbers as numbers, dates as dates, texts never as formulas.

    Identity numbers in texts are masked.
    """
    if cell is None or cell == "":
        sheet.write_blank(row, column, None, layout)
    elif isinstance(cell, str):
        text = _CONTROL.sub("", masked(cell))[:_MAX_CELL]
        sheet.write_string(row, column, text, layout)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, layout)
    else:
        number = float(cell) if isinstance(cell, Decimal) else cell
        sheet.write_number(row, column, number, layout)


def set_up_print(sheet: Any, *, footer: str, num_head_rows: int = 1) -> None:
    """A4 landscape, one page wide, the head repeated, page n/m in the foot."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(num_head_rows - 1)
    safe = footer.replace("&", "&&")
    sheet.set_footer(f"&L&8{safe}&R&8&P/&N")
