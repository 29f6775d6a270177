"""report.xlsx: the tables of a report, a sheet each, numbers as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.documents.imprints import foot_line
from api.documents.report_models import ColumnKind
from api.documents.wording import Wording
from api.documents.workbooks import (
    CELL,
    HEAD,
    TOTAL,
    set_up_print,
    tab_name,
    workbook_bytes,
    write_cell,
)

if TYPE_CHECKING:
    from api.documents.models import Language
    from api.documents.report_models import Report, Table

_NUMBER_FORMATS = {
    ColumnKind.TEXT: "@",
    ColumnKind.COUNT: "#,##0",
    ColumnKind.DECIMAL: "#,##0.00",
    ColumnKind.RUPIAH: '"Rp" #,##0',
    ColumnKind.PERCENT: "0.0%",
    ColumnKind.DATE: "yyyy-mm-dd",
}
_WIDTHS = {ColumnKind.TEXT: 28, ColumnKind.RUPIAH: 18}
_CODE_ROW = 2
_HEAD_ROW = 3


def report_workbook(report: Report, *, language: Language = "id") -> bytes:
    """Write a report's tables as a spreadsheet: title, head, rows, total, source and notes."""
    wording = Wording(language, report.imprint.timezone)

    def fill(workbook: Any) -> None:
        taken: set[str] = {"history"}
        for table in report.tables:
            sheet = workbook.add_worksheet(tab_name(table.title, taken))
            _fill_sheet(workbook, sheet, table, report=report, wording=wording)
        if not report.tables:
            sheet = workbook.add_worksheet(tab_name(report.title, taken))
            lines = (report.title, _about(report), wording.say("empty_table"))
            for row, text in enumerate((*lines, foot_line(report.imprint, wording))):
                write_cell(sheet, row, 0, text, workbook.add_format({"bold": row == 0}))

    return workbook_bytes(
        fill,
        title=report.title,
        organisation=report.imprint.organisation,
        made_at=report.imprint.printed_at,
    )


def _about(report: Report) -> str:
    return " – ".join(filter(None, (report.title, report.subtitle)))


def _fill_sheet(
    workbook: Any, sheet: Any, table: Table, *, report: Report, wording: Wording
) -> None:
    bold, plain = workbook.add_format({"bold": True, "font_size": 13}), workbook.add_format({})
    write_cell(sheet, 0, 0, table.title, bold)
    write_cell(sheet, 1, 0, _about(report), plain)
    head = workbook.add_format(HEAD)
    code = workbook.add_format({"font_size": 8, "font_color": "#666666"})
    for column, spec in enumerate(table.columns):
        sheet.set_column(column, column, _WIDTHS.get(spec.kind, 13))
        write_cell(sheet, _HEAD_ROW, column, spec.name, head)
        write_cell(sheet, _CODE_ROW, column, spec.indicator, code)
    # The codes are for programs: a reader's eye begins at the headings.
    sheet.set_row(_CODE_ROW, None, None, {"hidden": True})
    if table.row_indicators:
        sheet.set_column(len(table.columns), len(table.columns), None, None, {"hidden": True})
    for row, indicator in enumerate(table.row_indicators, start=_HEAD_ROW + 1):
        write_cell(sheet, row, len(table.columns), indicator, code)
    _fill_rows(workbook, sheet, table, nothing=wording.say("empty_table"))
    after = _HEAD_ROW + max(1, len(table.rows)) + (2 if table.total is not None else 1)
    source = wording.say("source", source=table.source, day=wording.day(table.as_of))
    foot = foot_line(report.imprint, wording)
    for row, text in enumerate((source, *table.notes, foot), start=after + 1):
        write_cell(sheet, row, 0, text, plain)
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    set_up_print(sheet, footer=foot, num_head_rows=_HEAD_ROW + 1)


def _fill_rows(workbook: Any, sheet: Any, table: Table, *, nothing: str) -> None:
    """Write rows and total, or ``nothing`` where there is no row."""
    kinds = [column.kind for column in table.columns]
    styles = {
        (kind, is_total): workbook.add_format({**style, "num_format": _NUMBER_FORMATS[kind]})
        for kind in set(kinds)
        for is_total, style in ((False, CELL), (True, TOTAL))
    }
    if not table.rows:
        write_cell(sheet, _HEAD_ROW + 1, 0, nothing, workbook.add_format({"italic": True}))
    totals = [table.total] if table.total is not None else []
    first = _HEAD_ROW + 1 if table.rows else _HEAD_ROW + 2
    for at, row in enumerate([*table.rows, *totals]):
        is_total = at >= len(table.rows)
        for column, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
            write_cell(sheet, first + at, column, cell, styles[kind, is_total])
