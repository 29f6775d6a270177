"""All that leaves the office of two months, read together by somebody who wants to know.

The attacker has every table of the city's, the kecamatan's and the kelurahan's public reports, of
the semester's and of *Tepat sasaran*, adds and subtracts, and knows which figures are made of
which. It shares nothing with the code that hides: it reads the printed tables only, and knows its
sums from the titles of the columns.
"""

from __future__ import annotations

import random
from collections import defaultdict
from copy import deepcopy
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pytest
from scipy.linalg import null_space
from scipy.optimize import linprog
from sqlmodel import col, select

from api.documents.report_models import ColumnKind
from api.documents.report_workbook import report_workbook
from api.services import reports
from api.services import targeting_tables as sheet_of_targeting
from api.services.area_report import CITY, report_areas
from api.services.kept_figures import digest_of, read_version
from api.services.monitoring_sheets import Wanted, table_json
from api.services.public_report import keep_hidden, work_out_hidden
from api.services.semester import read_semester
from api.services.semester_report import semester_report
from api.services.targeting_tables import targeting_tables
from data.reference.regions import regions
from data.schema import Cycle, CycleState, ReportVersion
from tests.factories import NOW, make_account

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlmodel import Session

    from api.documents.report_models import Report, Table

pytestmark = [pytest.mark.slow, pytest.mark.stores("sqlite")]

MONTHS = ("2026-07", "2026-08")
WARDS = [ward for ward in regions().all_kelurahan if ward.kecamatan_code <= "19.71.03"][:9]
KEPT_OFF = ("doubt", "paused", "place", "measurement", "need", "consent", "age")
CAUSE = {"doubt": "open_duplicate", "paused": "paused", "place": "moved_pending",
         "measurement": "not_measured", "need": "not_stunted", "consent": "no_consent",
         "age": "too_old"}  # fmt: skip
MADE_OF = (
    ("target_known", ("kept_off_left", "target_registered")),
    ("target_registered", (*(f"kept_off_{each}" for each in KEPT_OFF), "target_eligible")),
    ("target_eligible", ("matching_matched", "matching_unmatched")),
    ("matching_matched", ("nutrition_supported",)),
    ("target_packed", ("delivery_planned",)),
    ("target_received", ("delivery_delivered", "delivery_partial")),
    ("delivery_planned", ("delivery_delivered", "delivery_partial", "delivery_failed")),
    ("delivery_reached", ("delivery_delivered", "delivery_partial")),
    ("genting_packages", ("delivery_delivered", "delivery_partial")),
    ("genting_children", ("delivery_delivered", "delivery_partial")),
    ("nutrition_measured", tuple(f"nutrition_gain_{each}" for each in "ntob")),
    (
        "nutrition_haz_children",
        tuple(f"nutrition_status_{each}" for each in ("up", "same", "down")),
    ),
)
"""What everybody can see from the words: a figure and those that it is made of, in one place."""
SAID_OF_NOBODY = ("delivery_", "genting_", "sponsors_", "target_packed", "target_received")
"""Beginnings of figures of parcels and of sponsors."""
FEW_IN_A_CITY = 50
LAST = ("target_registered", "target_eligible", "matching_matched", "matching_unmatched",
        "sponsors_active")  # fmt: skip
FEWEST = 5
OTHER = "reason.no_pledge_accepts_area"
Cell = tuple[str, str, str, str]
"""Month (or semester), level, area, figure."""


def of_ward(rng: random.Random) -> dict[str, int]:
    """What is told of a kelurahan; many counts are small, and all sums hold."""

    def few(most: int = 6) -> int:
        return rng.choice([0, 0, 1, 2, 3, rng.randint(0, most)])

    row = {f"kept_off_{each}": few() for each in (*KEPT_OFF, "left")}
    row["matching_unmatched"], unpacked = few(9), few(2)
    row["delivery_failed"], row["delivery_partial"] = few(), few(3)
    row["delivery_delivered"] = rng.choice([rng.randint(0, 6), rng.randint(10, 40)])
    arrived = row["delivery_delivered"] + row["delivery_partial"]
    row["delivery_planned"] = row["target_packed"] = arrived + row["delivery_failed"]
    row["delivery_reached"] = row["target_received"] = arrived
    row["matching_matched"] = row["target_packed"] + unpacked
    row["target_eligible"] = row["matching_matched"] + row["matching_unmatched"]
    off = sum(row[f"kept_off_{each}"] for each in KEPT_OFF)
    row["target_registered"] = row["target_eligible"] + off
    row["target_known"] = row["target_registered"] + row["kept_off_left"]
    row["target_with_consent"] = rng.randint(row["target_eligible"], row["target_registered"])
    row["target_left"] = row["kept_off_left"]
    row["target_new"], row["delivery_late"] = few(), min(arrived, few())
    row["delivery_evidenced"] = max(0, arrived - few())
    row["delivery_attempts"] = row["delivery_stops"] = row["delivery_planned"]
    row["delivery_stops_done"] = arrived
    row["unpacked"] = unpacked
    return row


def growth_of(rng: random.Random, row: Mapping[str, int]) -> dict[str, int]:
    """What is told of the growth of a kelurahan."""
    measured = max(0, row["matching_matched"] - rng.choice([0, 0, 1, 2, 5]))
    cut = sorted(rng.randint(0, measured) for _ in range(3))
    gains = (cut[0], cut[1] - cut[0], cut[2] - cut[1], measured - cut[2])
    up, down = min(measured, rng.randint(0, 3)), 0
    return {
        "nutrition_supported": row["matching_matched"], "nutrition_measured": measured,
        **{f"nutrition_gain_{each}": count for each, count in zip("ntob", gains, strict=True)},
        "nutrition_two_t": min(gains[1], 2), "nutrition_severe": rng.choice([0, 1, 7]),
        "nutrition_weight_children": measured, "nutrition_haz_children": measured,
        "nutrition_status_up": up, "nutrition_status_same": measured - up - down,
        "nutrition_status_down": down,
    }  # fmt: skip


def closed_months(session: Session, seed: int) -> list[Cycle]:
    """Two closed months of nine kelurahan."""
    rng = random.Random(seed)
    return [_closed(session, rng, month) for month in MONTHS]


def _closed(session: Session, rng: random.Random, month: str) -> Cycle:
    areas = {ward.code: of_ward(rng) for ward in WARDS}
    grown = {ward.name: growth_of(rng, areas[ward.code]) for ward in WARDS}
    whole = {code: sum(row[code] for row in areas.values()) for code in areas[WARDS[0].code]}
    causes = {f"child.{CAUSE[each]}": whole[f"kept_off_{each}"] for each in KEPT_OFF}
    causes |= {
        "child.exited": whole["kept_off_left"], "reason.no_place": whole["matching_unmatched"] - 3,
        OTHER: 3,
        "stopped.not_packed": whole.pop("unpacked"),
        "stopped.returned": whole["delivery_failed"],
    }  # fmt: skip
    arrived = whole["target_received"]
    city = {
        "matching_bridged": 0, "matching_changes": 2, "matching_max_children": 3,
        "sponsors_registered": 90, "sponsors_active": 88, "sponsors_new": 4, "sponsors_stopped": 1,
        "genting_children": arrived, "genting_sponsors": 70, "genting_value_rp": arrived * 267_000,
        "delivery_routes": 9, "delivery_km": 120.5,
    }  # fmt: skip
    for row in areas.values():
        row.pop("unpacked")
    figures: dict[str, object] = {
        "areas": areas, "city": city, "causes": {c: n for c, n in causes.items() if n},
        "unmatched_reasons": {"reason.no_place": whole["matching_unmatched"]},
        "failure_reasons": {"nobody_home": whole["delivery_failed"] + whole["delivery_partial"]},
        "sponsors": [], "growth": levels_of(grown), "targeting": targeting_of(rng, whole),
    }  # fmt: skip
    cycle = Cycle(city_code="19.71", month=month, state=CycleState.CLOSED, updated_at=NOW)
    session.add(cycle)
    session.flush()
    session.add(
        ReportVersion(
            cycle_id=cycle.id or 0, number=1, figures=figures, digest=digest_of(figures), by="x",
            at=NOW,
        )
    )  # fmt: skip
    session.flush()
    return cycle


def targeting_of(rng: random.Random, whole: Mapping[str, int]) -> dict[str, Any]:
    """What is told of who is covered in a city; many counts are small, and all sums hold."""

    def split(names: Sequence[str], number: int) -> list[int]:
        cut = sorted(rng.choice([0, 1, 2, number, rng.randint(0, number)]) for _ in names[1:])
        cut = [min(each, number) for each in cut]
        return [b - a for a, b in zip([0, *cut], [*cut, number], strict=True)]

    def coverage(names: Sequence[str]) -> dict[str, dict[str, int]]:
        served = split(names, whole["matching_matched"])
        waiting = split(names, whole["matching_unmatched"])
        return {
            name: {"eligible": one + other, "served": one}
            for name, one, other in zip(names, served, waiting, strict=True)
        }

    tiers, unmatched = coverage("123"), whole["matching_unmatched"]
    return {
        "tiers": tiers,
        "ages": coverage(("0-5", "6-11", "12-23", "24-59")),
        "sexes": coverage(("male", "female")),
        "left_out": {
            reason: {"children": count, "long": min(count, long), "months": 3 * count}
            for reason, count, long in (("reason.no_place", unmatched - 3, 9), (OTHER, 3, 1))
        },
        "doubtful": {"recovered": 2, "well_off": 17, "not_eligible": 0, "mbg": 6, "pmt": None,
                     "pkh": whole["matching_matched"] - 2},
        "received": {
            tier: {"children": row["eligible"], "packages": row["served"] * 4 + 1}
            for tier, row in tiers.items()
        },
        "concentration": -0.123456,
    }  # fmt: skip


def levels_of(wards: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, dict[str, int]]]:
    """The same rows added up to kecamatan and city."""
    names = {ward.name: regions().kecamatan(ward.kecamatan_code).name for ward in WARDS}
    levels: dict[str, defaultdict[str, defaultdict[str, int]]] = {
        level: defaultdict(lambda: defaultdict(int)) for level in ("kelurahan", "kecamatan", "city")
    }
    for ward, row in wards.items():
        for level, area in (("kelurahan", ward), ("kecamatan", names[ward]), ("city", "")):
            for code, count in row.items():
                levels[level][area][code] += count
    return {level: {area: {**row} for area, row in rows.items()} for level, rows in levels.items()}


class Reader:
    """Somebody who writes down every printed cell: a number, or that it is hidden."""

    def __init__(self) -> None:
        self.cells: dict[Cell, int | None] = {}
        self.sums: list[tuple[Cell, tuple[Cell, ...]]] = []
        self.named: dict[tuple[str, str], Cell] = {}

    def note(self, cell: Cell, printed: object) -> None:
        """Write a cell down; two tables that print it must agree, hidden or not."""
        if isinstance(printed, (int, float)) or printed == "*":
            value = int(printed) if not isinstance(printed, str) else None
            assert self.cells.setdefault(cell, value) == value, cell

    def read(self, when: str, tables: Iterable[Table], level: str = "", area: str = "") -> None:
        """Read tables of a report; ``level`` and ``area`` are what a report of an area is about."""
        for table in tables:
            head = table.columns[0].name
            of_table = {"Kecamatan": "kecamatan", "Kelurahan": "kelurahan"}.get(head)
            if table.row_indicators:
                self._read_lines(when, table)
            elif of_table:
                self._read_areas(when, table, of_table, level or "city", area)

    def read_kelurahan(self, when: str, tables: Iterable[Table], ward: str, kecamatan: str) -> None:
        """Read a kelurahan's report: it stands beside its kecamatan and the city."""
        places = (("kelurahan", ward), ("kecamatan", kecamatan), ("city", ""))
        for table in tables:
            if table.columns[0].name == "Wilayah":
                for (level, area), row in zip(places, table.rows, strict=True):
                    self._read_row((when, level, area), table, row)
            elif table.columns[0].name == "Bulan":
                last = (f"{MONTHS[0]} v2", MONTHS[1])
                for month, row in zip(last, table.rows, strict=False):
                    self._read_row((month, "kelurahan", ward), table, row)

    def read_targeting(self, when: str, tables: Iterable[Table]) -> None:
        """Read *Tepat sasaran*: its groups, reasons and doubts; all totals are the city's."""
        for table in tables:
            head = table.columns[0].name
            for place, column in enumerate(table.columns):
                if column.kind is not ColumnKind.COUNT:
                    continue
                own = [(when, "group", f"{head} {row[0]}", column.indicator) for row in table.rows]
                for cell, row in zip(own, table.rows, strict=True):
                    self.note(cell, row[place])
                    name = (when, str(row[0]))
                    if name in self.named and column.indicator == "matching_unmatched":
                        self.sums.append((self.named[name], (cell,)))
                if table.total:
                    whole = (when, "city", "", column.indicator)
                    self.note(whole, table.total[place])
                    self.sums.append((whole, tuple(own)))

    def _read_row(self, place: tuple[str, str, str], table: Table, row: tuple[object, ...]) -> None:
        for column, printed in zip(table.columns, row, strict=True):
            is_count = column.kind is ColumnKind.COUNT and column.indicator
            if is_count and column.indicator != "nutrition_mean_weight_gain":
                self.note((*place, column.indicator), printed)

    def _read_lines(self, when: str, table: Table) -> None:
        step, parts = "", []
        for row, code in zip(table.rows, table.row_indicators, strict=True):
            if not isinstance(row[-1], (int, str)):
                continue
            cell = (when, "city", "", code)
            self.note(cell, row[-1])
            if ":" in code:
                parts.append(cell)
                self.named[when, str(row[0]).removeprefix("− ")] = cell
            elif row[0] and str(row[0]).startswith("= "):
                self.sums.append(((when, "city", "", step), (*parts, cell)))
            if ":" not in code:
                step, parts = code, []

    def _read_areas(self, when: str, table: Table, level: str, above: str, area: str) -> None:
        for place, column in enumerate(table.columns):
            if not column.indicator or column.kind is not ColumnKind.COUNT:
                continue
            if column.indicator == "nutrition_mean_weight_gain":
                continue
            own = [(when, level, str(row[0]), column.indicator) for row in table.rows]
            for cell, row in zip(own, table.rows, strict=True):
                self.note(cell, row[place])
            if table.total:
                whole = (when, above, area, column.indicator)
                self.note(whole, table.total[place])
                self.sums.append((whole, tuple(own)))

    def equations(self) -> list[tuple[Cell, tuple[Cell, ...]]]:
        """Everything that is known to add up, of printed cells."""
        known = [each for each in self.sums if {each[0], *each[1]} <= self.cells.keys()]
        for when, level, area in {cell[:3] for cell in self.cells}:
            for whole, parts in MADE_OF:
                cells = tuple((when, level, area, code) for code in parts)
                if {(when, level, area, whole), *cells} <= self.cells.keys():
                    known.append(((when, level, area, whole), cells))
        for _, level, area, code in {cell for cell in self.cells if cell[0] == MONTHS[0]}:
            for version in ("", " v2"):
                of_semester = (f"2026-2{version}", level, area, code)
                both = (
                    (f"{MONTHS[0]}{version}", level, area, code),
                    (MONTHS[1], level, area, code),
                )
                if of_semester in self.cells and code not in LAST:
                    known.append((of_semester, both))
        return [each for each in known if {each[0], *each[1]} <= self.cells.keys()]


def corrected(session: Session, cycle: Cycle) -> None:
    """Another version of a month: in two kelurahan one package failed, in one five did.

    In another one more child is severely wasted, and one of tier 1 is of tier 3.
    """
    version = session.exec(select(ReportVersion).where(ReportVersion.cycle_id == cycle.id)).one()
    figures: Any = deepcopy(version.figures)
    full = [code for code, row in figures["areas"].items() if row["delivery_delivered"] > 9]
    for code, failed in zip(full, (1, 1, 5), strict=False):
        row = figures["areas"][code]
        row["delivery_failed"] += failed
        for each in ("delivery_delivered", "delivery_reached", "target_received",
                     "delivery_stops_done"):  # fmt: skip
            row[each] -= failed
        row["delivery_late"] = min(row["delivery_late"], row["delivery_reached"])
        row["delivery_evidenced"] = min(row["delivery_evidenced"], row["delivery_reached"])
        figures["causes"]["stopped.returned"] += failed
        figures["failure_reasons"]["nobody_home"] += failed
        figures["city"]["genting_children"] -= failed
    ward = WARDS[-1]
    names = (ward.name, regions().kecamatan(ward.kecamatan_code).name, "")
    for level, name in zip(("kelurahan", "kecamatan", "city"), names, strict=True):
        figures["growth"][level][name]["nutrition_severe"] += 1
    for tier, change in (("1", -1), ("3", 1)):
        figures["targeting"]["tiers"][tier]["served"] += change
        figures["targeting"]["tiers"][tier]["eligible"] += change
        figures["targeting"]["received"][tier]["children"] += change
        figures["targeting"]["received"][tier]["packages"] += 4 * change
    session.add(
        ReportVersion(
            cycle_id=cycle.id or 0, number=2, figures=figures, digest=digest_of(figures), by="x",
            at=NOW + timedelta(days=9),
        )
    )  # fmt: skip
    session.flush()


def look_what_may_leave(session: Session) -> None:
    """Work out what every version hides, as the job does."""
    for version in session.exec(select(ReportVersion).order_by(col(ReportVersion.id))).all():
        hidden = work_out_hidden(session, read_version(session, version), version=version)
        keep_hidden(session, version=version, hidden=hidden, now=NOW)


def targeting_sheet(
    session: Session, cycle: Cycle, number: int, *, is_public: bool
) -> tuple[Table, ...]:
    """*Tepat sasaran* of a version; inside the same rows with nothing hidden."""
    wanted = Wanted(now=NOW, last_month=cycle.month, is_public=True, version=number)
    if is_public:
        return targeting_tables(session, wanted)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sheet_of_targeting, "hidden_in_report", lambda *_: frozenset())
        return targeting_tables(session, wanted)


def published(session: Session, cycles: Sequence[Cycle]) -> Reader:
    """Read all that leaves the office, both versions of the first month among it."""
    reader = Reader()
    for cycle, number, when in (
        (cycles[0], 1, MONTHS[0]),
        (cycles[0], 2, f"{MONTHS[0]} v2"),
        (cycles[1], 1, MONTHS[1]),
    ):
        ask: Any = {"cycle": cycle, "now": NOW, "is_public": True, "version": number}
        reader.read(when, reports.monthly_tables(session, **ask))
        reader.read_targeting(when, targeting_sheet(session, cycle, number, is_public=True))
        names, kecamatan = {each[2] for each in reader.cells}, ""
        for area in report_areas():
            if area.level == "kecamatan":
                kecamatan = area.name
            if area.name not in names:
                continue
            tables = reports.monthly_tables(session, area=area, **ask)
            if area.level == "kecamatan":
                reader.read(when, tables, area.level, area.name)
            else:
                reader.read_kelurahan(when, tables, area.name, kecamatan)
    for number, when in ((2, "2026-2"), (3, "2026-2 v2")):
        semester = read_semester(session, code="2026-2", is_public=True, number=number)
        reader.read(when, semester_report(semester).tables)
    return reader


def test_nothing_small_that_is_hidden_can_be_worked_out_from_all_that_is_published(
    session: Session,
) -> None:
    cycles = closed_months(session, seed=1)
    corrected(session, cycles[0])
    look_what_may_leave(session)
    reader, inside = published(session, cycles), Reader()
    for cycle, number, when in (
        (cycles[0], 1, MONTHS[0]),
        (cycles[0], 2, f"{MONTHS[0]} v2"),
        (cycles[1], 1, MONTHS[1]),
    ):
        inside.read(when, reports.monthly_tables(session, cycle=cycle, now=NOW, version=number))
        inside.read_targeting(when, targeting_sheet(session, cycle, number, is_public=False))
    assert not told_by_two_versions(reader, inside)
    hidden = [cell for cell, value in reader.cells.items() if value is None]
    small = [cell for cell in hidden if 0 < (inside.cells.get(cell) or 0) < FEWEST]
    assert len(small) > 100
    shown = {cell for cell, count in inside.cells.items() if 0 < (count or 0) < FEWEST}
    assert not {cell for cell in shown if reader.cells.get(cell) is not None}
    at = {cell: number for number, cell in enumerate(hidden)}
    rows, known = [], []
    for whole, parts in reader.equations():
        row, rest = np.zeros(len(hidden)), 0
        for cell, sign in ((whole, -1), *((part, 1) for part in parts)):
            value = reader.cells[cell]
            if value is None:
                row[at[cell]] += sign
            else:
                rest -= sign * value
        if row.any():
            rows.append(row)
            known.append(rest)
        else:
            assert rest == 0, (whole, parts)
    matrix = np.array(rows)
    free = null_space(matrix)
    assert [cell for cell in small if np.abs(free[at[cell]]).max(initial=0) < 1e-9] == []
    # Nor to a few: it may be one of five numbers at least (what is nought is not hidden).
    for cell in small[:: len(small) // 40]:
        low, high = (end_of(at[cell], way, matrix, known) for way in (1, -1))
        assert high - low >= FEWEST - 1 - 1e-6, (cell, low, high)


def told_by_two_versions(reader: Reader, inside: Reader) -> list[Cell]:
    """Return what the two versions of the first month tell together and one alone does not."""
    found = []
    for cell, first in reader.cells.items():
        again = (f"{MONTHS[0]} v2", *cell[1:])
        if cell[0] != MONTHS[0] or again not in reader.cells:
            continue
        second = reader.cells[again]
        change = abs((inside.cells[cell] or 0) - (inside.cells[again] or 0))
        if first is None and second and change < FEWEST:
            found.append(cell)
        if first is None or second is None:
            continue
        is_of_many = min(first, second) >= FEW_IN_A_CITY or cell[3].startswith(SAID_OF_NOBODY)
        if cell[1] != "city" or not is_of_many:
            found += [cell] if 0 < abs(first - second) < FEWEST else []
    changed = [
        cell
        for cell, count in inside.cells.items()
        if cell[0] == MONTHS[0] and count != inside.cells.get((f"{MONTHS[0]} v2", *cell[1:]))
    ]
    assert len(changed) > 10, "the second version tells nothing else: this finds nothing"
    assert {"group", "city"} <= {cell[1] for cell in changed}
    return found


def end_of(place: int, way: int, matrix: np.ndarray, known: list[int]) -> float:
    """The least (1) or the largest (-1) that a hidden cell can be."""
    goal = np.zeros(matrix.shape[1])
    goal[place] = way
    found = linprog(goal, A_eq=matrix, b_eq=known, bounds=(1, None))
    return float(found.fun) * way if found.success else -way * np.inf


def read_back(report: Report, language: str) -> None:
    """Every cell of a workbook is the cell of its table, and of the JSON made of it."""
    content = report_workbook(report, language=language)  # type: ignore[arg-type]
    book = openpyxl.load_workbook(BytesIO(content))
    assert len(book.sheetnames) == len(report.tables)
    for sheet, table in zip(book.worksheets, report.tables, strict=True):
        as_json = table_json(table)
        assert sheet.cell(1, 1).value == table.title == as_json["title"]
        for place, column in enumerate(table.columns, start=1):
            assert sheet.cell(4, place).value == column.name
            assert (sheet.cell(3, place).value or "") == column.indicator
        rows = [*table.rows, *([table.total] if table.total else [])]
        for number, row in enumerate(rows, start=5 if table.rows else 6):
            for place, cell in enumerate(row, start=1):
                found = sheet.cell(number, place).value
                if isinstance(found, datetime):
                    found = found.date()
                assert found == (None if cell in (None, "") else cell), (table.title, number, place)
        written = [list(row) for row in table.rows]
        assert as_json["rows"] == written
        foot = [sheet.cell(number, 1).value for number in range(1, sheet.max_row + 1)]
        assert any(table.source in str(line) for line in foot)
        assert any(report.imprint.digest[:12] in str(line) for line in foot)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("is_public", [True, False])
def test_spreadsheets_hold_cell_by_cell_what_page_and_json_show(
    session: Session, language: str, is_public: bool
) -> None:
    cycles, by = closed_months(session, 1), make_account(session)
    if is_public:
        look_what_may_leave(session)
    ask: Any = {"language": language, "is_public": is_public}
    made = [
        reports.monthly_report(session, cycle=cycles[1], by=by, now=NOW, area=area, **ask)
        for area in (report_areas()[0], CITY)
    ]
    semester = read_semester(session, code="2026-2", is_public=is_public)
    made.append(semester_report(semester, **ask))
    for report in made:
        read_back(report, language)
    # What is hidden could be tried one by one against a digest that covers it.
    covers_hidden = [each.version.digest[:12] for each in semester.months]
    told = [any(digest in repr(report) for digest in covers_hidden) for report in made]
    assert told == [not is_public] * 3
