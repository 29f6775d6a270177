"""The file of rejected rows: what to mend, where, and the original rows to mend it in.

One sheet per file, in a form that :func:`data.readers.intake.read_every_sheet` reads back: the
reasons stand in columns of their own in front of the original columns.
"""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from data.readers.identity import as_plain_text
from data.readers.messages import issue_sentence
from data.readers.records import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from data.readers.records import Cell, Issue, ReadResult

__all__ = ["REASON_HEADERS", "escaped", "gathered_xlsx", "rejected_rows_xlsx"]

REASON_HEADERS = ("Baris Asal", "Kolom Bermasalah", "Nilai Tertulis", "Alasan Penolakan", "Saran")
_HEADERS = {
    "id": REASON_HEADERS,
    "en": ("Original row", "Column at fault", "Value as written", "Why refused", "Suggestion"),
}
_NOTHING = {
    "id": ("Kosong", "Tidak ada baris yang ditolak."),
    "en": ("Empty", "No row was refused."),
}
_LONGEST_SHEET_NAME = 31
"""Excel's own limit."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\x00")
_FORBIDDEN_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_EXACT_DIGITS = 15
_FORMATS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "bg_color": "#DDEBF7", "text_wrap": True},
    "reason": {"text_wrap": True, "valign": "top", "bg_color": "#FFF2CC"},
    "text": {"num_format": "@", "valign": "top"},
    "date": {"num_format": "dd/mm/yyyy", "valign": "top"},
    "time": {"num_format": "hh:mm", "valign": "top"},
}


def escaped(text: str) -> str:
    """Return text that no spreadsheet program takes for a formula.

    Numbers keep their sign, and a lone ``-`` stays; everything else that begins with ``= + - @``
    or a control sign gets an apostrophe in front (OWASP ASVS 5.0, 1.2.10).
    """
    if not text.startswith(_DANGEROUS) or text.strip() == "-":
        return text
    try:
        float(text.replace(",", "."))
    except ValueError:
        return f"'{text}"
    return text


def rejected_rows_xlsx(
    results: Sequence[ReadResult],
    *,
    sentence_of: Callable[[Issue, str], str] = issue_sentence,
    language: str = "id",
) -> bytes:
    """Return a workbook of all rejected rows.

    Parameters
    ----------
    results
        What was read; results without rejected rows get no sheet.
    sentence_of
        Says an issue in a language; others than the readers' own have their sentences elsewhere.
    language
        ``id`` or ``en``, of the reasons and the headers over them.

    Returns
    -------
    bytes
        An .xlsx file. Per rejected row: its number, columns, values (NIK masked), reasons and
        suggestions, then the original cells as they were (NIK as text), ready to be mended and
        uploaded again.
    """
    kept_out = [result for result in results if result.rejected_rows]

    def fill(book: Any, formats: dict[str, Any]) -> None:
        names: set[str] = set()
        for result in kept_out:
            sheet = book.add_worksheet(_sheet_name(result.file_name, names))
            _write_sheet(sheet, formats, result, sentence_of, language)

    return _workbook(fill, is_empty=not kept_out, language=language)


def gathered_xlsx(parts: Sequence[tuple[str, bytes]], *, language: str = "id") -> bytes:
    """Return several such workbooks, each with its file's name, as one: a sheet per file."""
    from openpyxl import load_workbook  # noqa: PLC0415 - only who gathers pays for it

    def fill(book: Any, formats: dict[str, Any]) -> None:
        names: set[str] = set()
        for file_name, content in parts:
            rows: Any = load_workbook(io.BytesIO(content), read_only=True).worksheets[0].values
            sheet = book.add_worksheet(_sheet_name(file_name, names))
            for line, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    _write_cell(sheet, line, column, cell, formats)
            _set_up(sheet, num_columns=sheet.dim_colmax or 0)

    return _workbook(fill, is_empty=not parts, language=language)


def _workbook(
    fill: Callable[[Any, dict[str, Any]], None], *, is_empty: bool, language: str
) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - only who downloads pays for it

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        fill(book, {name: book.add_format(layout) for name, layout in _FORMATS.items()})
        if is_empty:
            name, text = _NOTHING[language]
            book.add_worksheet(name).write_string(0, 0, text)
    return buffer.getvalue()


def _sheet_name(file_name: str, taken: set[str]) -> str:
    stem = file_name.rpartition(".")[0] or file_name
    base = stem.translate(_FORBIDDEN_IN_SHEET_NAMES).strip() or "-"
    name, number = base[:_LONGEST_SHEET_NAME].strip(), 2
    while name.lower() in taken:
        end = f" {number}"
        name, number = f"{base[: _LONGEST_SHEET_NAME - len(end)].strip()}{end}", number + 1
    taken.add(name.lower())
    return name


def _write_sheet(
    sheet: Any,
    formats: dict[str, Any],
    result: ReadResult,
    sentence_of: Callable[[Issue, str], str],
    language: str,
) -> None:
    for column, header in enumerate((*_HEADERS[language], *result.headers)):
        sheet.write_string(0, column, escaped(header), formats["title"])
    by_row: dict[int, list[Issue]] = {}
    for issue in result.issues:
        if issue.severity is Severity.REJECTED:
            by_row.setdefault(issue.row, []).append(issue)
    for line, rejected in enumerate(result.rejected_rows, 1):
        sheet.write_number(line, 0, rejected.row, formats["reason"])
        for column, text in enumerate(
            _reasons(by_row.get(rejected.row, []), sentence_of, language), 1
        ):
            sheet.write_string(line, column, text, formats["reason"])
        for column, cell in enumerate(rejected.cells, len(REASON_HEADERS)):
            _write_cell(sheet, line, column, cell, formats)
    _set_up(sheet, num_columns=len(REASON_HEADERS) + len(result.headers))


def _set_up(sheet: Any, *, num_columns: int) -> None:
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 2, 16)
    sheet.set_column(3, 4, 44)
    sheet.set_column(len(REASON_HEADERS), max(num_columns, len(REASON_HEADERS)), 16)


def _reasons(
    issues: Sequence[Issue], sentence_of: Callable[[Issue, str], str], language: str
) -> tuple[str, str, str, str]:
    """Return columns, values, reasons and suggestions, one line for each issue."""
    return (
        "\n".join(escaped(issue.column or "") for issue in issues),
        "\n".join(escaped(issue.value) for issue in issues),
        "\n".join(escaped(sentence_of(issue, language)) for issue in issues),
        "\n".join(escaped(issue.suggestion or "") for issue in issues).strip("\n"),
    )


def _write_cell(sheet: Any, line: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(line, column, cell)
    elif isinstance(cell, datetime | date):
        sheet.write_datetime(line, column, cell, formats["date"])
    elif isinstance(cell, time):
        sheet.write_datetime(line, column, cell, formats["time"])
    elif isinstance(cell, int | float) and len(as_plain_text(cell).strip("-")) <= _EXACT_DIGITS:
        sheet.write_number(line, column, cell)
    else:
        sheet.write_string(line, column, escaped(as_plain_text(cell)), formats["text"])
