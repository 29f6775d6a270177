"""route-sheets.xlsx: the route sheets to fill in, which the import of results reads back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from api.documents.imprints import foot_line, title_line, unapproved_mark
from api.documents.loads import count_kits, load_of, loading_order
from api.documents.stop_words import event_words
from api.documents.wording import Wording
from api.documents.workbooks import (
    CELL,
    ENTRY,
    HEAD,
    TOTAL,
    set_up_print,
    tab_name,
    workbook_bytes,
    write_cell,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.documents.models import Language, PackageLine, RouteBook, RouteSheet, StopLine
    from api.documents.report_models import Cell

RESULT_COLUMNS: dict[Language, tuple[str, ...]] = {
    "id": (
        *("ID Baris", "Rute", "Urutan", "Kode Paket", "Penerima", "Alamat", "Dimuat"),
        *("Diterima", "Ditolak", "Alasan", "Tanggal", "Diterima Oleh", "Catatan"),
    ),
    "en": (
        *("Row ID", "Route", "Order", "Package code", "Recipient", "Address", "Loaded"),
        *("Received", "Refused", "Reason", "Date", "Received by", "Note"),
    ),
}
"""Head of every route's sheet; the import knows the columns by these names in both languages."""

NUM_KNOWN = 7
"""How many of them are filled in before the route leaves."""

_WIDTHS = (13, 16, 7, 16, 24, 42, 8, 9, 9, 20, 12, 18, 24)
_RECEIVED, _REFUSED, _REASON, _DATE = 7, 8, 9, 10
_REASONS_TAB = "_Alasan"


def route_workbook(book: RouteBook, *, language: Language = "id") -> bytes:
    """Write the spreadsheet: summary, loading list, and a sheet per route to fill in.

    A row is one package and keeps its opaque id (*ID Baris*). Yellow cells take what was received
    and refused (whole numbers, together what was loaded), the reason (a list), the date and who
    took it. Sheets hold no identity number; formulas are only our own totals.
    """
    wording = Wording(language, book.imprint.timezone)

    def fill(workbook: Any) -> None:
        sheets = _Sheets(workbook, book, wording)
        sheets.add_summary()
        sheets.add_load_list()
        sheets.add_road_events()
        for route in book.routes:
            sheets.add_route(route)
        sheets.add_reasons()

    return workbook_bytes(
        fill,
        title=title_line("route_sheets", book, wording),
        organisation=book.imprint.organisation,
        made_at=book.imprint.printed_at,
    )


class _Sheets:
    """Adds the tabs of one workbook, which share formats and names."""

    def __init__(self, workbook: Any, book: RouteBook, wording: Wording) -> None:
        self._workbook = workbook
        self._book = book
        self._wording = wording
        self._columns = RESULT_COLUMNS[wording.language]
        self._foot = foot_line(book.imprint, wording)
        self._mark = unapproved_mark(book.imprint, wording)
        self._taken: set[str] = {_REASONS_TAB.lower(), "history"}
        self._head = workbook.add_format(HEAD)
        self._cell = workbook.add_format(CELL)
        self._number = workbook.add_format({**CELL, "num_format": "#,##0.###"})
        self._day = workbook.add_format({**CELL, "num_format": "yyyy-mm-dd", "align": "left"})
        self._total = workbook.add_format({**TOTAL, "num_format": "#,##0.###"})
        self._entry = workbook.add_format(ENTRY)
        self._entry_day = workbook.add_format({**ENTRY, "num_format": "yyyy-mm-dd"})
        self._loud = workbook.add_format({"bold": True, "font_color": "#B00020"})
        self._wrong = workbook.add_format({"bg_color": "#F4B6BE", "bold": True})
        self._plain = workbook.add_format({})

    def _add(self, name: str, widths: tuple[int, ...], heads: list[str]) -> Any:
        sheet = self._workbook.add_worksheet(tab_name(name, self._taken))
        for column, (width, head) in enumerate(zip(widths, heads, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, head, self._head)
        sheet.freeze_panes(1, 0)
        set_up_print(sheet, footer=self._foot)
        return sheet

    def _write(self, sheet: Any, row: int, cells: list[Cell], *, is_total: bool = False) -> None:
        for column, cell in enumerate(cells):
            is_number = isinstance(cell, int | float | Decimal)
            layout = self._total if is_total else self._number if is_number else self._cell
            write_cell(sheet, row, column, cell, layout)

    def add_summary(self) -> None:
        say = self._wording.say
        heads = ("route", "date", "vehicle", "courier", "departs", "returns", "stops", "packages")
        names = [*(say(key) for key in heads), "kg", say("unit_litre"), "km"]
        widths = (17, 12, 26, 22, 10, 10, 10, 9, 10, 10, 10)
        sheet = self._add(say("summary"), widths, names)
        for row, route in enumerate(self._book.routes, start=1):
            self._write(sheet, row, self._route_cells(route))
            write_cell(sheet, row, 1, route.delivery_on, self._day)
        self._write(sheet, len(self._book.routes) + 1, self._summary_total(), is_total=True)
        self._write_left_out(sheet, len(self._book.routes) + 3)

    def _write_left_out(self, sheet: Any, row: int) -> None:
        say = self._wording.say
        left_out = self._book.left_out
        if left_out:
            write_cell(sheet, row, 0, say("left_out"), self._loud)
        for at, left in enumerate(left_out, start=row + 1):
            texts = (left.code, left.name, left.kelurahan, left.reason, left.action)
            write_cell(sheet, at, 0, " · ".join(text for text in texts if text), self._loud)
        end = row + len(left_out)
        write_cell(sheet, end + 2, 0, self._foot, self._plain)
        write_cell(sheet, end + 3, 0, say("confidential"), self._loud)
        write_cell(sheet, end + 4, 0, self._mark, self._loud)

    def _route_cells(self, route: RouteSheet) -> list[Cell]:
        load = load_of(route.packages())
        clock = self._wording.clock
        return [
            route.number,
            None,
            " · ".join(part for part in (route.vehicle_name, route.vehicle_plate) if part),
            route.courier_name,
            clock(route.trips[0].departs_at) if route.trips else None,
            clock(route.trips[-1].returns_at) if route.trips else None,
            sum(1 for _ in route.stops()),
            load.num_packages,
            Decimal(load.weight_g) / 1000,
            Decimal(load.volume_ml) / 1000,
            Decimal(route.distance_m) / 1000,
        ]

    def _summary_total(self) -> list[Cell]:
        routes = self._book.routes
        load = load_of(package for route in routes for package in route.packages())
        return [
            *(self._wording.say("total"), None, None, None, None, None),
            sum(1 for route in routes for _ in route.stops()),
            load.num_packages,
            Decimal(load.weight_g) / 1000,
            Decimal(load.volume_ml) / 1000,
            Decimal(sum(route.distance_m for route in routes)) / 1000,
        ]

    def add_load_list(self) -> None:
        say = self._wording.say
        heads = ("route", "trip_name", "stop", "package_codes", "kit", "contents")
        names = [*(say(key) for key in heads), "kg", say("unit_litre")]
        sheet = self._add(say("load_list"), (17, 9, 11, 17, 22, 60, 9, 9), names)
        row = 0
        for route in self._book.routes:
            for cells in self._load_rows(route):
                row += 1
                self._write(sheet, row, cells)
        packages = [package for route in self._book.routes for package in route.packages()]
        load = load_of(packages)
        goods = ", ".join(self._goods(each) for each in load.goods)
        kits = ", ".join(f"{count} × {kit}" for kit, count in count_kits(packages).items())
        kilograms, litres = Decimal(load.weight_g) / 1000, Decimal(load.volume_ml) / 1000
        total: list[Cell] = [
            *(say("total"), None, None, load.num_packages, kits, goods, kilograms, litres),
        ]
        self._write(sheet, row + 1, total, is_total=True)

    def _load_rows(self, route: RouteSheet) -> Iterator[list[Cell]]:
        for trip in route.trips:
            for stop in loading_order(trip):
                for package in reversed(stop.packages):
                    yield [
                        *(route.number, trip.number, stop.sequence, package.code),
                        package.kit_name,
                        ", ".join(self._goods(each) for each in package.contents),
                        Decimal(package.weight_g) / 1000,
                        Decimal(package.volume_ml) / 1000,
                    ]

    def _goods(self, each: Any) -> str:
        return self._wording.goods(each).replace("\u00a0", " ")

    def add_road_events(self) -> None:
        """List breaks and goods fetched on the way; no tab without any."""
        events = [
            (route, event)
            for route in self._book.routes
            for trip in route.trips
            for event in trip.events
        ]
        if not events:
            return
        say = self._wording.say
        heads = [*(say(key) for key in ("route", "after_stop", "at_time", "what", "where")), "kg"]
        sheet = self._add(say("on_road"), (17, 12, 14, 26, 60, 9), heads)
        for row, (route, event) in enumerate(events, start=1):
            words = event_words(event, self._wording)
            title = " · ".join(part for part in (event.mark, event.title) if part)
            kilograms = Decimal(event.weight_g) / 1000 if event.weight_g else None
            self._write(
                sheet,
                row,
                [route.number, event.after, words["clock"], title, event.detail, kilograms],
            )

    def add_route(self, route: RouteSheet) -> None:
        sheet = self._add(route.number, _WIDTHS, list(self._columns))
        rows = [(stop, package) for stop in route.stops() for package in stop.packages]
        for row, (stop, package) in enumerate(rows, start=1):
            self._write(sheet, row, known_cells(route, stop, package))
            for column in range(NUM_KNOWN, len(self._columns)):
                layout = self._entry_day if column == _DATE else self._entry
                sheet.write_blank(row, column, None, layout)
        if rows:
            self._validate(sheet, last_row=len(rows))
            self._point_out(sheet, last_row=len(rows))

    def _validate(self, sheet: Any, *, last_row: int) -> None:
        say = self._wording.say
        for column in (_RECEIVED, _REFUSED):
            sheet.data_validation(
                *(1, column, last_row, column),
                {
                    "validate": "integer",
                    "criteria": "between",
                    "minimum": 0,
                    "maximum": "=$G2",
                    "error_title": self._columns[column],
                    "error_message": say("quantity_wrong"),
                    "input_title": self._columns[column],
                    "input_message": say("fill_in"),
                },
            )
        if self._book.reasons:
            sheet.data_validation(
                *(1, _REASON, last_row, _REASON),
                {
                    "validate": "list",
                    "source": f"='{_REASONS_TAB}'!$B$1:$B${len(self._book.reasons)}",
                    "input_title": self._columns[_REASON],
                    "input_message": say("choose_reason"),
                    "error_title": self._columns[_REASON],
                    "error_message": say("reason_unknown"),
                },
            )
        sheet.data_validation(
            *(1, _DATE, last_row, _DATE),
            {
                "validate": "date",
                "criteria": ">=",
                "value": self._book.title_month,
                "error_title": self._columns[_DATE],
                "error_message": say("date_wrong"),
            },
        )

    def _point_out(self, sheet: Any, *, last_row: int) -> None:
        """Turn red what the import would refuse: a wrong sum, a refusal without a reason."""
        wrong_sum = "=AND(COUNT($H2:$I2)>0,$H2+$I2<>$G2)"
        no_reason = '=AND($I2>0,$J2="")'
        for first, last, rule in (
            (_RECEIVED, _REFUSED, wrong_sum),
            (_REASON, _REASON, no_reason),
        ):
            sheet.conditional_format(
                *(1, first, last_row, last),
                {"type": "formula", "criteria": rule, "format": self._wrong},
            )

    def add_reasons(self) -> None:
        if not self._book.reasons:
            return
        sheet = self._workbook.add_worksheet(_REASONS_TAB)
        for row, (code, sentence) in enumerate(self._book.reasons):
            write_cell(sheet, row, 0, code, self._plain)
            write_cell(sheet, row, 1, sentence, self._plain)
        sheet.hide()


def known_cells(route: RouteSheet, stop: StopLine, package: PackageLine) -> list[Cell]:
    """Give what is known of a package before it leaves: the first seven result columns."""
    address = (
        *(stop.name if stop.name != package.guardian_name else "", stop.address, stop.rt_rw),
        *(stop.kelurahan, stop.landmark),
    )
    return [
        package.row_id,
        route.number,
        stop.sequence,
        package.code,
        " · ".join(part for part in (package.household_code, package.guardian_name) if part),
        ", ".join(dict.fromkeys(part for part in address if part)),
        1,
    ]
