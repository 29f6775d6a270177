"""The rows that were kept out, as a workbook to mend and upload again."""

import io
from collections.abc import Iterable

from api.i18n import sentence
from api.services.intakes.plan import Rejection
from data.readers.messages import issue_sentence
from data.readers.records import Cell, Issue, ReadResult, Severity
from data.readers.rejects import escaped
from data.readers.table import read_workbook

HEADERS = ("Baris", "Kolom", "Alasan")


def rejected_workbook(
    result: ReadResult, rejections: Iterable[Rejection], *, content: bytes
) -> bytes | None:
    """Return an XLSX of all rows kept out, or None when every row could be used.

    Each row has its number, columns and reasons in front, then its cells as they were (a NIK as
    text), under the headers of the file: mended rows can be uploaded as they stand.
    """
    cells: dict[int, tuple[Cell, ...]] = {one.row: one.cells for one in result.rejected_rows}
    reasons: dict[int, list[tuple[str, str]]] = {number: [] for number in cells}
    for issue in result.issues:
        if issue.severity is Severity.REJECTED and issue.row in reasons:
            reasons[issue.row].append((issue.column or "", _reason(issue)))
    ours = [(number, one) for one in rejections for number in one.rows]
    if ours:
        found = _cells_of(result, content)
        for number, one in ours:
            cells[number] = found.get(number, ())
            reasons[number] = [("", sentence(one.code, one.params, "id"))]
    if not cells:
        return None
    return _workbook(result.headers, cells, reasons)


def _reason(issue: Issue) -> str:
    text = issue_sentence(issue)
    return f"{text} Saran: {issue.suggestion}" if issue.suggestion else text


def _cells_of(result: ReadResult, content: bytes) -> dict[int, tuple[Cell, ...]]:
    book = read_workbook(content, result.file_name)
    return {
        number: row
        for sheet in book.sheets
        if sheet.name == result.sheet
        for number, row in sheet.rows
    }


def _workbook(
    headers: tuple[str, ...],
    cells: dict[int, tuple[Cell, ...]],
    reasons: dict[int, list[tuple[str, str]]],
) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "dd/mm/yyyy",
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet("Ditolak")
        title = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DDEBF7"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#FFF2CC"})
        for column, header in enumerate((*HEADERS, *headers)):
            sheet.write_string(0, column, escaped(header), title)
        for line, number in enumerate(sorted(cells), 1):
            sheet.write_number(line, 0, number, wrapped)
            for column, texts in enumerate(zip(*reasons[number], strict=True), 1):
                sheet.write_string(line, column, escaped("\n".join(texts)), wrapped)
            for column, cell in enumerate(cells[number], len(HEADERS)):
                if isinstance(cell, str):
                    sheet.write_string(line, column, escaped(cell))
                elif cell is not None:
                    sheet.write(line, column, cell)
        sheet.freeze_panes(1, 1)
        sheet.set_column(1, 2, 40)
    return buffer.getvalue()
