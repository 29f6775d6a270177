"""CSV exports that Indonesian and other spreadsheets open without harm."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Literal

from api.documents.links import place_name
from api.documents.models import RoadEvent, StopKind
from api.documents.route_workbook import NUM_KNOWN, RESULT_COLUMNS, known_cells
from api.documents.wording import Wording, masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from api.documents.models import Language, RouteBook, RouteSheet, StopLine
    from api.documents.report_models import Cell, Table

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
STOP_COLUMNS = (
    *("code", "name", "address", "kelurahan", "lat", "lon", "earliest", "latest"),
    *("service_minutes", "weight_kg", "volume_l", "packages", "phone", "note"),
    *("route", "sequence", "planned_arrival", "date"),
)
PEOPLE = {"name", "phone"}
STOP_HEADINGS: dict[Language, tuple[str, ...]] = {
    "id": (
        *("Kode", "Nama", "Alamat", "Kelurahan", "Lintang", "Bujur", "Paling Awal"),
        *("Paling Akhir", "Lama Berhenti (menit)", "Berat (kg)", "Isi (liter)", "Paket"),
        *("Telepon", "Catatan", "Rute", "Urutan", "Perkiraan Tiba", "Tanggal"),
    ),
    "en": (
        *("Code", "Name", "Address", "Kelurahan", "Latitude", "Longitude", "Not before"),
        *("Not after", "Time at stop (minutes)", "Weight (kg)", "Volume (litres)", "Packages"),
        *("Phone", "Note", "Route", "Order", "Planned arrival", "Date"),
    ),
}
"""What the columns of stops are called where a person reads them."""

_SOURCE = {"id": "Sumber", "en": "Source"}

PLANNER_COLUMNS = (
    *("Name", "Address Line 1", "Address Line 2", "Latitude", "Longitude", "Notes"),
    *("Recipient Name", "Phone", "Earliest Arrival Time", "Latest Arrival Time", "Time at Stop"),
    *("Package Count", "External ID", "Route", "Stop Number"),
)
"""Headings that Circuit (Spoke) recognises in an import, and of which Google My Maps takes
Latitude and Longitude as place and Name as title."""


def escaped(text: str) -> str:
    """Keep a text from being run as a formula: an apostrophe goes before ``= + - @`` and tabs.

    Identity numbers in it are masked.
    """
    safe = masked(text).replace("\0", "")
    is_formula = text.lstrip(" ").startswith(_FORMULA_STARTS)
    return f"'{safe}" if is_formula else safe


def csv_bytes(
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    delimiter: Literal[";", ","] = ";",
) -> bytes:
    """Write a CSV file: UTF-8 with byte order mark, CRLF, numbers not grouped.

    Parameters
    ----------
    delimiter
        ``;`` opens in columns in an Indonesian Excel and comes with a decimal comma, because there
        7.32 is a clock time; ``,`` with a decimal point suits other software.

    Raises
    ------
    ValueError
        If a row has another number of cells than there are columns.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([escaped(column) for column in columns])
    for number, row in enumerate(rows, start=1):
        if len(row) != len(columns):
            message = f"Row {number} has {len(row)} cells, not {len(columns)}."
            raise ValueError(message)
        writer.writerow([_plain(cell, delimiter) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def table_csv(
    table: Table, *, language: Language = "id", delimiter: Literal[";", ","] = ";"
) -> bytes:
    """Write a report's table as CSV; source, date and notes follow after an empty line."""
    width = len(table.columns)

    def line(text: str) -> tuple[Cell, ...]:
        return (text, *([None] * (width - 1)))

    rows = [
        *table.rows,
        *([table.total] if table.total is not None else []),
        line(""),
        line(f"{_SOURCE[language]}: {table.source}; {table.as_of.isoformat()}"),
        *map(line, table.notes),
    ]
    return csv_bytes([column.name for column in table.columns], rows, delimiter=delimiter)


def _plain(cell: Cell, delimiter: str) -> str:
    point = "," if delimiter == ";" else "."
    match cell:
        case None:
            return ""
        case str():
            return escaped(cell)
        case bool():
            return str(int(cell))
        case Decimal():
            return format(cell, "f").replace(".", point)
        case datetime() | date():
            return cell.isoformat()
        case _:
            return repr(cell).replace(".", point)


def stops_csv(book: RouteBook, *, has_people: bool = False) -> bytes:
    """Write the stops for other route planners, one row each, in order of route and stop.

    Commas and decimal points are what planners read, maps among them, which take -2.129 for
    degrees and stumble over -2,129.

    ``earliest`` and ``latest`` are local clock times (``08:15``) or empty; a stop without
    coordinates has empty ``lat`` and ``lon`` and is still listed. What is on no route follows at
    the end with an empty ``route``.

    Parameters
    ----------
    has_people
        Whether guardians' names and telephone numbers go along. Off: the file usually leaves the
        house, and a code is enough to plan with.
    """
    return csv_bytes(STOP_COLUMNS, _stops(book, has_people=has_people), delimiter=",")


def stops_table_csv(book: RouteBook, *, language: Language = "id") -> bytes:
    """Write the same stops for a person with a spreadsheet, headed in words and without people.

    An Excel set to Indonesian puts commas into one column and takes 4.30 for a clock time: it gets
    ``;`` with decimal commas.
    """
    shown = [at for at, column in enumerate(STOP_COLUMNS) if column not in PEOPLE]
    rows = ([row[at] for at in shown] for row in _stops(book, has_people=False))
    return csv_bytes([STOP_HEADINGS[language][at] for at in shown], rows, delimiter=";")


def _stops(book: RouteBook, *, has_people: bool) -> Iterator[tuple[Cell, ...]]:
    """Give the rows under `STOP_COLUMNS`, those on no route last."""
    clock = Wording("en", book.imprint.timezone)
    yield from (
        _stop(route, stop, clock, has_people=has_people)
        for route in book.routes
        for stop in route.stops()
    )
    yield from _left_out(book, has_people=has_people)


def planner_csv(book: RouteBook, *, has_people: bool = False) -> bytes:
    """Write the stops under the headings of Circuit and Google My Maps, with commas.

    Times are local clock times, minutes at the stop whole; who lives there stays away unless
    `has_people`. Stops without coordinates are listed with empty ones.
    """
    clock = Wording("en", book.imprint.timezone)
    rows = (
        _pickup_row(route, each)
        if isinstance(each, RoadEvent)
        else _planner_row(route, each, clock, has_people=has_people)
        for route in book.routes
        for trip in route.trips
        for each in trip.in_order()
    )
    return csv_bytes(PLANNER_COLUMNS, rows, delimiter=",")


def results_csv(
    book: RouteBook, *, delimiter: Literal[";", ","] = ";", language: Language = "id"
) -> bytes:
    """Write the result sheet of all routes as CSV, to fill in and to import again."""
    columns = RESULT_COLUMNS[language]
    num_open = len(columns) - NUM_KNOWN
    rows = (
        [*known_cells(route, stop, package), *([None] * num_open)]
        for route in book.routes
        for stop in route.stops()
        for package in stop.packages
    )
    return csv_bytes(columns, rows, delimiter=delimiter)


def _left_out(book: RouteBook, *, has_people: bool) -> Iterator[tuple[Cell, ...]]:
    for row in book.left_out:
        known: dict[str, Cell] = {
            "code": row.code,
            "name": row.name if has_people else row.code,
            "kelurahan": row.kelurahan,
            "note": f"{row.reason}; {row.action}",
        }
        yield tuple(known.get(column) for column in STOP_COLUMNS)


def _stop(
    route: RouteSheet, stop: StopLine, clock: Wording, *, has_people: bool
) -> tuple[Cell, ...]:
    opens, closes = stop.window_opens_at, stop.window_closes_at
    return (
        stop.code,
        stop.name if has_people or stop.kind is StopKind.DROP_POINT else stop.code,
        ", ".join(part for part in (stop.address, stop.rt_rw, stop.landmark) if part),
        stop.kelurahan,
        stop.latitude,
        stop.longitude,
        clock.clock(opens) if opens else None,
        clock.clock(closes) if closes else None,
        (Decimal(stop.service_s) / 60).quantize(Decimal("0.1")),
        Decimal(sum(package.weight_g for package in stop.packages)) / 1000,
        Decimal(sum(package.volume_ml for package in stop.packages)) / 1000,
        len(stop.packages),
        stop.phone if has_people else None,
        stop.note,
        route.number,
        stop.sequence,
        clock.clock(stop.arrives_at),
        route.delivery_on,
    )


def _pickup_row(route: RouteSheet, event: RoadEvent) -> tuple[Cell, ...]:
    """Write goods that are fetched as a stop of its own, numbered by its mark."""
    return (
        f"{event.mark}. {event.title}",
        event.detail,
        None,
        event.latitude,
        event.longitude,
        f"{Decimal(event.weight_g) / 1000} kg",
        event.title,
        *(None, None, None, None, 0),
        event.mark,
        route.number,
        event.mark,
    )


def _planner_row(
    route: RouteSheet, stop: StopLine, clock: Wording, *, has_people: bool
) -> tuple[Cell, ...]:
    opens, closes = stop.window_opens_at, stop.window_closes_at
    return (
        f"{stop.sequence}. {place_name(stop)}",
        ", ".join(part for part in (stop.address, stop.rt_rw) if part),
        stop.kelurahan,
        stop.latitude,
        stop.longitude,
        "; ".join(part for part in (stop.landmark, stop.note) if part),
        stop.name if has_people or stop.kind is StopKind.DROP_POINT else stop.code,
        stop.phone if has_people else None,
        clock.clock(opens) if opens else None,
        clock.clock(closes) if closes else None,
        round(stop.service_s / 60),
        len(stop.packages),
        stop.code or place_name(stop),
        route.number,
        stop.sequence,
    )
