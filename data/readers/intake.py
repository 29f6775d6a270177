"""From a file to records: parse in the guarded child, recognise, read, count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.readers import (
    children,
    consents,
    families,
    fleet,
    other_help,
    pairs,
    places,
    results,
    sponsors,
    stock,
)
from data.readers.dates import both_readings
from data.readers.headers import squash
from data.readers.identity import as_nik, nik_birth
from data.readers.recognise import recognise, recognised_sheets
from data.readers.records import (
    Counts,
    DateOrderQuestion,
    Issue,
    Kind,
    ReadResult,
    Severity,
)
from data.readers.rows import Body, Context
from data.readers.table import read_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from data.readers.recognise import Recognised
    from data.readers.records import DateOrder, Items, Record, Regions
    from data.readers.table import Workbook

__all__ = ["read_book", "read_every_sheet", "read_file"]

READERS: dict[Kind, Callable[[Body], tuple[Sequence[Record], int]]] = {
    Kind.CHILDREN: children.read,
    Kind.KRS: families.read,
    Kind.SPONSORS: sponsors.read,
    Kind.PLACES: places.read,
    Kind.FLEET: fleet.read,
    Kind.STOCK: stock.read,
    Kind.LAST_MONTH: pairs.read,
    Kind.RESULTS: results.read,
    Kind.CONSENTS: consents.read,
    Kind.OTHER_HELP: other_help.read,
}


def read_file(
    source: Path | bytes,
    name: str,
    *,
    regions: Regions,
    today: date,
    kind: Kind | None = None,
    items: Items | None = None,
    sheet: str | None = None,
    date_order: DateOrder | None = None,
    krs_codes: Mapping[tuple[str, str], str] | None = None,
) -> ReadResult:
    """Read the sheet of a file that best fits a kind that we know.

    Parameters
    ----------
    source
        A path, or the bytes of an upload.
    name
        The file's name as the user knows it; never looked at for the kind.
    regions
        The kelurahan and kecamatan that rows may lie in.
    today
        The local date; later births and measurings are refused.
    kind
        The kind, when the user said which.
    items
        How names of goods are looked up; ``None`` takes the reference data.
    sheet
        The sheet, when the user said which.
    date_order
        The answer to an earlier :class:`~data.readers.records.DateOrderQuestion`; it applies only
        to columns that do not decide themselves.
    krs_codes
        What the codes of a family list mean: column and code → ``yes``, ``no`` or
        ``not_applicable``; ``None`` chooses by the file's columns.

    Returns
    -------
    ReadResult
        With a question and no records when a date column could be read both ways.

    Raises
    ------
    FileRefused
        When the file as a whole cannot be read or is of no known kind.
    """
    return read_book(
        read_workbook(source, name),
        regions=regions,
        today=today,
        kind=kind,
        items=items,
        sheet=sheet,
        date_order=date_order,
        krs_codes=krs_codes,
    )


def read_book(
    book: Workbook,
    *,
    regions: Regions,
    today: date,
    kind: Kind | None = None,
    items: Items | None = None,
    sheet: str | None = None,
    date_order: DateOrder | None = None,
    krs_codes: Mapping[tuple[str, str], str] | None = None,
) -> ReadResult:
    """Read a file that is parsed already; everything else is as in :func:`read_file`."""
    found = recognise(book, kind=kind, sheet=sheet)
    context = Context(regions, _resolver(items), today, krs_codes)
    others = _left_out(book, found, chosen=sheet is not None)
    return _read_sheet(book, found, context, date_order, others)


def read_every_sheet(
    source: Path | bytes,
    name: str,
    *,
    regions: Regions,
    today: date,
    kind: Kind | None = None,
    items: Items | None = None,
    date_order: DateOrder | None = None,
) -> tuple[ReadResult, ...]:
    """Read every sheet of a workbook that is of some kind, such as our own file of rejected rows.

    Raises
    ------
    FileRefused
        When no sheet is.
    """
    book = read_workbook(source, name)
    context = Context(regions, _resolver(items), today)
    found = recognised_sheets(book, kind) or [recognise(book, kind=kind)]
    return tuple(_read_sheet(book, one, context, date_order, []) for one in found)


def _resolver(items: Items | None) -> Callable[[str], str | None]:
    if items is not None:
        return items.resolve_item
    from data.reference.items import resolve_item  # noqa: PLC0415 - only lists of goods need it

    return resolve_item


def _read_sheet(
    book: Workbook,
    found: Recognised,
    context: Context,
    date_order: DateOrder | None,
    issues: list[Issue],
) -> ReadResult:
    body = Body(found, context, date_order)
    taken = set(found.columns.values())
    question = None if date_order else _question(body)
    records: tuple[Record, ...] = ()
    if question is not None:
        counts = Counts(
            total=body.num_rows, accepted=0, merged=0, rejected=0, waiting=body.num_rows
        )
    else:
        read, num_merged = READERS[found.kind](body)
        records = tuple(read)
        counts = Counts(
            total=body.num_rows,
            accepted=len(records),
            merged=num_merged,
            rejected=len(body.rejected),
        )
    return ReadResult(
        kind=found.kind,
        file_name=book.file_name,
        sha256=book.sha256,
        sheet=found.sheet.name,
        header_row=found.header_row,
        headers=found.headers,
        records=records,
        issues=tuple(sorted([*issues, *_twice(found), *body.issues], key=lambda one: one.row)),
        counts=counts,
        rejected_rows=tuple(body.rejected),
        question=question,
        ignored_columns=tuple(
            header for index, header in enumerate(found.headers) if header and index not in taken
        ),
    )


def _question(body: Body) -> DateOrderQuestion | None:
    """Return the question about columns whose every date can be read both ways."""
    undecided = [name for name in body.found.columns if name in body.dates]
    undecided = [name for name in undecided if body.dates[name].is_open]
    if not undecided:
        return None
    return DateOrderQuestion(
        columns=tuple(body.header(name) for name in undecided),
        examples=tuple(example for name in undecided for example in body.dates[name].examples),
        suggested=_suggested(body),
    )


def _suggested(body: Body) -> DateOrder | None:
    """Return what the decided columns and the birth dates inside NIKs speak for."""
    votes = [dates.order for dates in body.dates.values() if dates.order]
    num_day_first = votes.count("dmy") * 1_000
    num_month_first = votes.count("mdy") * 1_000
    if {"nik", "born_on"} <= body.found.columns.keys():
        for row in body.rows():
            day_first, month_first = both_readings(row.cell("born_on"))
            nik = as_nik(row.cell("nik")).value
            inside = nik_birth(nik, body.context.today) if nik else None
            if inside is not None and day_first != month_first:
                num_day_first += inside == day_first
                num_month_first += inside == month_first
    if num_day_first == num_month_first:
        return None
    return "dmy" if num_day_first > num_month_first else "mdy"


def _twice(found: Recognised) -> list[Issue]:
    """Warn about columns that stand twice; the first was used."""
    used = {squash(found.headers[index]): index for index in found.columns.values()}
    return [
        Issue(
            row=found.header_row,
            column=header,
            value="",
            code="column_twice",
            params={"header": header},
            severity=Severity.WARNING,
        )
        for index, header in enumerate(found.headers)
        if squash(header) in used and used[squash(header)] != index
    ]


def _left_out(book: Workbook, found: Recognised, *, chosen: bool) -> list[Issue]:
    """Warn about other sheets with data of the same kind, unless the user chose the sheet."""
    if chosen or len(book.sheets) == 1:
        return []
    return [
        Issue(
            row=found.header_row,
            column=None,
            value="",
            code="sheet_left_out",
            params={"sheet": other.sheet.name or ""},
            severity=Severity.WARNING,
        )
        for other in recognised_sheets(book, found.kind)
        if other.sheet is not found.sheet and len(other.sheet.rows) > other.body_from
    ]
