"""The rows that were kept out, by the readers or by the register, as one workbook to mend."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from api.i18n import sentence
from data.readers.messages import MESSAGES, issue_sentence
from data.readers.records import Issue, RejectedRow
from data.readers.rejects import rejected_rows_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.services.intakes.plan import Rejection
    from data.readers.records import Cell, ReadResult
    from data.readers.table import Workbook

__all__ = ["rejected_workbook"]


def rejected_workbook(
    result: ReadResult, rejections: Iterable[Rejection], *, book: Workbook, language: str = "id"
) -> bytes | None:
    """Return an XLSX of all rows kept out, or None when every row could be used.

    Reasons are written in the language of whoever brings the file.

    Mended rows can be uploaded as they stand: see :func:`data.readers.rejects.rejected_rows_xlsx`.
    """
    issues = [
        Issue(
            row=number,
            column=one.column,
            value=one.value,
            code=one.code,
            params=one.params,
            suggestion=one.suggestion,
        )
        for one in rejections
        for number in one.rows
    ]
    rows = {one.row: one for one in result.rejected_rows}
    if issues:
        cells = _cells_of(result, book)
        for issue in issues:
            rows[issue.row] = RejectedRow(row=issue.row, cells=cells.get(issue.row, ()))
    if not rows:
        return None
    whole = replace(
        result,
        rejected_rows=tuple(rows[number] for number in sorted(rows)),
        issues=(*result.issues, *issues),
    )
    return rejected_rows_xlsx([whole], sentence_of=_sentence, language=language)


def _sentence(issue: Issue, language: str) -> str:
    """Say what is wrong; the register's reasons stand in the catalogue of the use cases."""
    if issue.code in MESSAGES:
        return issue_sentence(issue, language)
    return sentence(issue.code, dict(issue.params), language)


def _cells_of(result: ReadResult, book: Workbook) -> dict[int, tuple[Cell, ...]]:
    return {
        number: row
        for sheet in book.sheets
        if sheet.name == result.sheet
        for number, row in sheet.rows
    }
