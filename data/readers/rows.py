"""The rows under a header, read field by field, and what was wrong with them.

A :class:`Row` hands out values and collects issues; a row with an issue of severity *rejected*
is kept out whole, so that nothing is half-imported.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from data.readers.dates import ColumnDates, as_date, as_month, profile
from data.readers.headers import LAYOUTS, squash
from data.readers.identity import as_nik, as_plain_text, masked
from data.readers.records import Issue, RejectedRow, Severity
from data.readers.words import as_text, cleaned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from data.readers.reading import Reading
    from data.readers.recognise import Recognised
    from data.readers.records import Cell, DateOrder, Regions

__all__ = ["Body", "Context", "Row", "as_shown"]

T = TypeVar("T")

IDENTITY_FIELDS = frozenset(
    {"nik", "nip", "nik_nip", "family_card", "parent_nik", "head_nik", "wife_nik"}
)
DATE_FIELDS = frozenset(
    {
        "born_on",
        "measured_on",
        "expires_on",
        "delivered_on",
        "consented_on",
        "starts_on",
        "month",
    }
)
SHOWN_LENGTH = 80
_TOTALS = frozenset({"jumlah", "total", "subtotal", "jumlahtotal", "grandtotal"})


@dataclass(frozen=True, slots=True)
class Context:
    """What reading needs besides the file."""

    regions: Regions
    resolve_item: Callable[[str], str | None]
    today: date
    krs_codes: Mapping[tuple[str, str], str] | None = None
    """Column and code → ``yes``, ``no`` or ``not_applicable``; ``None`` chooses by the file."""


class Body:
    """The rows of a recognised sheet with what is decided per column."""

    def __init__(
        self, found: Recognised, context: Context, date_order: DateOrder | None = None
    ) -> None:
        self.found = found
        self.context = context
        self.issues: list[Issue] = []
        self.rejected: list[RejectedRow] = []
        self._rows = [*self._data_rows()]
        self.dates: dict[str, ColumnDates] = {
            name: profile(self._column(name)) for name in found.columns.keys() & DATE_FIELDS
        }
        self.orders: dict[str, DateOrder | None] = {
            name: dates.order or date_order for name, dates in self.dates.items()
        }
        self.exact_numbers = {
            name: any(_keeps_last_digit(cell) for cell in self._column(name))
            for name in found.columns.keys() & IDENTITY_FIELDS
        }

    def header(self, name: str) -> str:
        """Return a field's header as written, or ours when the file lacks the column."""
        index = self.found.columns.get(name)
        return LAYOUTS[self.found.kind].header(name) if index is None else self.found.headers[index]

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold data."""
        for number, cells in self._rows:
            yield Row(self, number, cells)

    @property
    def num_rows(self) -> int:
        """How many rows hold data."""
        return len(self._rows)

    def column_issue(self, name: str | None, code: str, **params: str | float) -> None:
        """Warn about a whole column or the sheet."""
        column = self.header(name) if name else None
        self.issues.append(
            Issue(
                row=self.found.header_row,
                column=column,
                value="",
                code=code,
                params=params,
                severity=Severity.WARNING,
            )
        )

    def _column(self, name: str) -> Iterator[Cell]:
        index = self.found.columns[name]
        return (cleaned(cells[index]) for _, cells in self._rows if index < len(cells))

    def _data_rows(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        rows = self.found.sheet.rows[self.found.body_from :]
        header = [squash(text) for text in self.found.headers]
        for position, (number, cells) in enumerate(rows):
            if position == 0 and _counts_columns(cells):
                continue
            if all(
                squash(as_plain_text(cell)) == text
                for cell, text in zip(cells, header, strict=False)
            ):
                continue  # the header again, at the top of a printed page
            if self._is_footer(cells):
                self._note_footer(number, cells)
                continue
            yield number, cells

    def _is_footer(self, cells: tuple[Cell, ...]) -> bool:
        """Whether a row is a total, a signature or a note: none of the fields it must have."""
        first = next((cell for cell in cells if cleaned(cell) is not None), None)
        if isinstance(first, str) and squash(first) in _TOTALS:
            return True
        for group in LAYOUTS[self.found.kind].required:
            for name in group:
                index = self.found.columns.get(name)
                if index is not None and index < len(cells) and cleaned(cells[index]) is not None:
                    return False
        return sum(cleaned(cell) is not None for cell in cells) <= 3

    def _note_footer(self, number: int, cells: tuple[Cell, ...]) -> None:
        texts = [as_shown(cell) for cell in cells if cleaned(cell) is not None]
        if len(texts) == 1 and texts[0].isdigit():
            return  # a running number prepared for a row that nobody filled
        if texts:
            self.issues.append(
                Issue(
                    row=number,
                    column=None,
                    value=masked(" ".join(texts), is_identity=True)[:SHOWN_LENGTH],
                    code="row_without_data",
                    severity=Severity.WARNING,
                )
            )


def _keeps_last_digit(cell: Cell) -> bool:
    return isinstance(cell, int | float) and cell >= 1e15 and not as_plain_text(cell).endswith("0")


def _counts_columns(cells: tuple[Cell, ...]) -> bool:
    """Whether a row only numbers its columns: 1, 2, 3 … as printed forms do."""
    texts = [as_plain_text(cell).strip("()") for cell in cells if cleaned(cell) is not None]
    return len(texts) > 3 and texts == [str(number) for number in range(1, len(texts) + 1)]


def as_shown(cell: Cell) -> str:
    """Return a cell for a message; dates as they are written here."""
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y %H:%M}"
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else as_plain_text(cell)


@dataclass(slots=True)
class Row:
    """One row, read field by field."""

    body: Body
    number: int
    cells: tuple[Cell, ...] = field(repr=False)
    is_rejected: bool = False

    def cell(self, name: str) -> Cell:
        """Return the cell of a field, cleaned; ``None`` when empty or without a column."""
        index = self.body.found.columns.get(name)
        return cleaned(self.cells[index]) if index is not None and index < len(self.cells) else None

    def take(
        self, name: str, read: Callable[[Cell], Reading[T]], *, required: bool = False
    ) -> T | None:
        """Read a field, noting what is wrong with it."""
        cell = self.cell(name)
        if cell is None:
            if required:
                self.refuse(name, "cell_missing")
            return None
        reading = read(cell)
        if reading.code is not None:
            self._note(name, reading.code, reading.severity, reading.suggestion, reading.params)
        elif reading.value is None and required:
            self.refuse(name, "cell_missing")
        return reading.value

    def text(self, name: str, *, required: bool = False) -> str | None:
        """Read a field of words."""
        return self.take(name, as_text, required=required)

    def nik(self, name: str, *, may_fail: bool = False) -> str | None:
        """Read a sixteen-digit number; one that ``may_fail`` does not keep the row out."""
        exact = self.body.exact_numbers.get(name, False)

        def read(cell: Cell) -> Reading[str]:
            reading = as_nik(cell, numbers_are_exact=exact)
            return replace(reading, severity=Severity.WARNING) if may_fail else reading

        return self.take(name, read)

    def day(self, name: str, *, required: bool = False) -> date | None:
        """Read a date with the order of its column."""
        order = self.body.orders.get(name)
        return self.take(name, lambda cell: as_date(cell, order), required=required)

    def month(self, name: str, *, required: bool = False) -> date | None:
        """Read a month as its first day."""
        order = self.body.orders.get(name)
        return self.take(name, lambda cell: as_month(cell, order), required=required)

    def refuse(
        self, name: str | None, code: str, *, suggestion: str | None = None, **params: str | float
    ) -> None:
        """Keep the row out."""
        self._note(name, code, Severity.REJECTED, suggestion, params)

    def warn(
        self, name: str | None, code: str, *, suggestion: str | None = None, **params: str | float
    ) -> None:
        """Take the row, but ask for a look."""
        self._note(name, code, Severity.WARNING, suggestion, params)

    def _note(
        self,
        name: str | None,
        code: str,
        severity: Severity,
        suggestion: str | None,
        params: Mapping[str, str | int | float],
    ) -> None:
        value = as_shown(self.cell(name)) if name else ""
        issue = Issue(
            row=self.number,
            column=self.body.header(name) if name else None,
            value=masked(value, is_identity=name in IDENTITY_FIELDS)[:SHOWN_LENGTH],
            code=code,
            params=params,
            suggestion=suggestion,
            severity=severity,
        )
        self.body.issues.append(issue)
        if severity is Severity.REJECTED and not self.is_rejected:
            self.is_rejected = True
            self.body.rejected.append(RejectedRow(row=self.number, cells=self._kept_cells()))

    def _kept_cells(self) -> tuple[Cell, ...]:
        """Return the original cells; dates as dates, for alone they would lose their order."""
        cells = list(self.cells)
        for name, order in self.body.orders.items():
            index = self.body.found.columns[name]
            if index < len(cells) and isinstance(cells[index], str):
                day = as_date(cleaned(cells[index]), order).value
                cells[index] = cells[index] if day is None else day
        return tuple(cells)
