"""report.pdf: tables with their source and date, signed; the month's and any other report."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from api.documents.imprints import foot_line
from api.documents.report_models import ColumnKind
from api.documents.typesetting import typeset
from api.documents.wording import Wording, printable

if TYPE_CHECKING:
    from api.documents.models import Language
    from api.documents.report_models import Cell, Report, Signatory, Table

_MAX_PORTRAIT_COLUMNS = 8
_SMALL_FROM_COLUMNS = 11
_SHORT_TEXT = 14
"""Letters of a text that keeps to its own width beside longer ones."""


def report_pdf(report: Report, *, language: Language = "id") -> bytes:
    """Print a report: under every table its source and date, at the end place and signatures.

    Turns to landscape when a table has more than eight columns. Figures are aligned right and
    written as the language does; None becomes a dash.
    """
    wording = Wording(language, report.imprint.timezone)
    place = printable(report.imprint.place)
    data = {
        "title": printable(report.title),
        "subtitle": printable(report.subtitle),
        "organisation": printable(report.imprint.organisation),
        "language": language,
        "imprint": foot_line(report.imprint, wording),
        "t": wording.all(("page", "empty_table", "name_time")),
        "wide": any(len(table.columns) > _MAX_PORTRAIT_COLUMNS for table in report.tables),
        "paragraphs": [printable(text) for text in report.paragraphs],
        "tables": [_table(table, wording) for table in report.tables],
        "place": ", ".join(part for part in (place, wording.day(report.signed_on)) if part),
        "signatories": [signatory_words(who, wording) for who in report.signatories],
    }
    return typeset("report", data, imprint=report.imprint)


def signatory_words(who: Signatory, wording: Wording) -> dict[str, str]:
    """Write a signatory for a template: function, name, number of office."""
    number = who.office_number
    return {
        "role": printable(who.role),
        "name": printable(who.name),
        # A NIP has 18 digits, an identity number 16: only the latter is masked.
        "office-number": wording.say("office_number", number=printable(number)) if number else "",
    }


def _table(table: Table, wording: Wording) -> dict[str, Any]:
    kinds = [column.kind for column in table.columns]

    def write(row: tuple[Cell, ...]) -> list[str]:
        return [written(cell, kind, wording) for cell, kind in zip(row, kinds, strict=True)]

    return {
        "title": printable(table.title),
        "head": [printable(column.name) for column in table.columns],
        "numeric": [kind not in {ColumnKind.TEXT, ColumnKind.DATE} for kind in kinds],
        "widths": _widths(table),
        "size": 8.5 if len(kinds) >= _SMALL_FROM_COLUMNS else 9.5,
        "rows": [write(row) for row in table.rows],
        "total": write(table.total) if table.total is not None else [],
        "source": wording.say(
            "source", source=printable(table.source), day=wording.day(table.as_of)
        ),
        "notes": [printable(note) for note in table.notes],
    }


def _widths(table: Table) -> list[int]:
    """Return which columns share the width that is left: texts, but short ones beside long ones."""
    longest = [
        max(len(str(cell or "")) for cell in (column.name, *(row[at] for row in table.rows)))
        if column.kind is ColumnKind.TEXT
        else 0
        for at, column in enumerate(table.columns)
    ]
    has_long = max(longest, default=0) > _SHORT_TEXT
    return [int(length > (_SHORT_TEXT if has_long else 0)) for length in longest]


def written(cell: Cell, kind: ColumnKind, wording: Wording) -> str:
    """Write one cell as its column wants it.

    A percentage is given as a share (``0.125`` is 12,5 %).
    """
    if cell is None:
        return wording.say("none")
    if isinstance(cell, str):
        return printable(cell)
    if isinstance(cell, date):
        return wording.day(cell, short=True)
    if kind is ColumnKind.RUPIAH:
        return wording.rupiah(cell)
    if kind is ColumnKind.PERCENT:
        return f"{wording.number(cell * 100, decimals=1)} %"
    return wording.number(cell, decimals=0 if kind is ColumnKind.COUNT else 2)
