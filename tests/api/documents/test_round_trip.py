"""The sheet that we print to be filled in is the sheet that we read."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import openpyxl

from api.documents.csv_files import results_csv
from api.documents.route_workbook import route_workbook
from data.readers.intake import read_every_sheet
from data.readers.records import DeliveryResultRecord, Kind, ReadResult
from data.reference.regions import regions
from tests.api.documents.sample_books import book, route


def filled_in(content: bytes) -> bytes:
    """Fill in every route's sheet: the third package of each is refused, all else received."""
    workbook = openpyxl.load_workbook(BytesIO(content))
    for sheet in workbook:
        if not sheet.title.startswith("LR-"):
            continue
        for row in range(2, sheet.max_row + 1):
            is_refused = row == 4
            sheet.cell(row, 8, 0 if is_refused else 1)
            sheet.cell(row, 9, 1 if is_refused else 0)
            sheet.cell(row, 10, "Ditolak keluarga" if is_refused else None)
            sheet.cell(row, 11, datetime(2026, 12, 3))  # noqa: DTZ001 - a spreadsheet's day
            sheet.cell(row, 12, "Nenek")
    memory = BytesIO()
    workbook.save(memory)
    return memory.getvalue()


def read(content: bytes) -> tuple[ReadResult, ...]:
    return read_every_sheet(
        content,
        "hasil.xlsx",
        regions=regions(),
        today=date(2026, 12, 4),
        kind=Kind.RESULTS,
    )


def test_filled_sheet_of_every_route_reads_back_line_by_line() -> None:
    routes = (route(1), route(2, num_stops=7, num_trips=2))
    results = read(filled_in(route_workbook(book(*routes))))
    assert [result.sheet for result in results] == [each.number for each in routes]
    for result, each in zip(results, routes, strict=True):
        assert result.issues == ()
        packages = list(each.packages())
        records = [one for one in result.records if isinstance(one, DeliveryResultRecord)]
        assert [one.line_id for one in records] == [package.row_id for package in packages]
        assert [one.num_accepted for one in records] == [
            int(at != 2) for at in range(len(packages))
        ]
        assert records[2].reason == "Ditolak keluarga"
        assert {one.delivered_on for one in records} == {date(2026, 12, 3)}
        assert {one.received_by for one in records} == {"Nenek"}


def test_filled_csv_reads_back_too() -> None:
    lines = results_csv(book(route(num_stops=3))).decode("utf-8-sig").splitlines()
    filled = [
        lines[0],
        *(line.replace(";1;;;;;;", ";1;1;0;;2026-12-03;Nenek;") for line in lines[1:]),
    ]
    (result,) = read("\r\n".join(filled).encode("utf-8-sig"))
    assert result.issues == ()
    records = [one for one in result.records if isinstance(one, DeliveryResultRecord)]
    assert [one.line_id for one in records] == [
        package.row_id for package in route(num_stops=3).packages()
    ]


def test_empty_sheet_reads_back_as_not_filled_in() -> None:
    (result,) = read(route_workbook(book(route(num_stops=3))))
    assert result.records == ()
    assert {issue.code for issue in result.issues} == {"result_not_filled"}
