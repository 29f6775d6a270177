"""What reports and letters are made from: plain frozen values, already counted.

Nothing here holds a NIK, a KK, a diagnosis or a birth date; donors' letters hold aliases only.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from api.documents.models import Goods, Imprint

Cell: TypeAlias = "str | int | Decimal | float | date | None"


class ColumnKind(StrEnum):
    """How a report's column is aligned and written."""

    TEXT = "text"
    COUNT = "count"
    DECIMAL = "decimal"
    RUPIAH = "rupiah"
    PERCENT = "percent"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """A report column: its heading, how its cells are written, and the indicator it shows.

    ``indicator`` is a code of the indicator table; empty where the column is no figure.
    """

    name: str
    kind: ColumnKind = ColumnKind.TEXT
    indicator: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a report, the same for PDF, XLSX and CSV.

    Parameters
    ----------
    rows
        One tuple per row, as long as ``columns``. None is printed as a dash.
    total
        A last row set apart, or None. The caller adds it up: not every column may be summed.
    source
        Where the figures come from; printed under the table together with ``as_of``.
    notes
        Sentences under the table, e.g. what a figure may not be called.
    row_indicators
        The indicator code of each row where every row is another figure; otherwise empty.
    behind
        Where a page leads to from the numbers of each row, the last entry being the total's:
        addresses with ``{code}`` for the column's indicator; empty where nothing leads anywhere.
        No file shows them.
    openings
        Where a page leads to from the name of each row, its first text; or empty. No file either.
    version
        Number of the version of a month's report that the figures are taken from; None: of none.
        Left out of ``repr``, which digests are made of: what was printed before keeps its own.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: str
    as_of: date
    notes: tuple[str, ...] = ()
    total: tuple[Cell, ...] | None = None
    row_indicators: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    openings: tuple[str, ...] = ()
    version: int | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        wanted = len(self.columns)
        for number, row in enumerate((*self.rows, *((self.total,) if self.total else ())), start=1):
            if len(row) != wanted:
                message = f"Table {self.title!r}, row {number}: {len(row)} cells, not {wanted}."
                raise ValueError(message)


def as_printed(tables: Iterable[Table]) -> tuple[Table, ...]:
    """Return tables as a file shows them: without where pages lead, which no reader of it sees."""
    return tuple(replace(table, behind=(), openings=()) for table in tables)


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs: function, name, and the number of office (NIP) where there is one."""

    role: str
    name: str = ""
    office_number: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report of tables with the block where it is signed."""

    imprint: Imprint
    title: str
    subtitle: str
    tables: tuple[Table, ...]
    signatories: tuple[Signatory, ...]
    signed_on: date
    paragraphs: tuple[str, ...] = ()


class LetterStatus(StrEnum):
    """What a donor is told about a package; never why one is late."""

    RECEIVED = "received"
    ON_THE_WAY = "on_the_way"


@dataclass(frozen=True, slots=True)
class LetterChild:
    """A child as its donor may know it: alias, age band, sex, kecamatan, trend in a word.

    ``trend`` is empty without consent; ``months`` are those of a yearly letter's packages, in
    order.
    """

    alias: str
    age_band: str
    sex: str
    kecamatan: str
    num_packages: int
    contents: tuple[Goods, ...]
    status: LetterStatus
    trend: str = ""
    months: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class DonorLetter:
    """The letter of thanks to one sponsor for one month; holds aliases only.

    Parameters
    ----------
    number
        Number of the letter; empty leaves a line to write it on.
    received_rp
        Money received from the sponsor this month; None when goods were pledged.
    next_delivery
        When the next packages go out, as a part of the month, e.g. ``minggu kedua Januari 2027``.
    year
        For the letter of a year; ``month`` is then its last one, or while the year is not over the
        last that the letter tells of.
    num_hidden_packages
        Packages that reached families who do not let their children be told of.
    """

    imprint: Imprint
    number: str
    sponsor_name: str
    month: date
    dated_on: date
    children: tuple[LetterChild, ...]
    signatory: Signatory
    received_rp: int | None = None
    next_delivery: str = ""
    year: int | None = None
    num_hidden_packages: int = 0


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of thanks: how much arrived by whose help, no child by name or alias."""

    imprint: Imprint
    sponsor_name: str
    first_month: date
    last_month: date
    num_children: int
    num_packages: int
    dated_on: date
    signatory: Signatory
