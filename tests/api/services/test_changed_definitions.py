"""A definition that changes leaves every print of a closed month as it was, byte for byte."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session

from api.documents.models import Language
from api.services import monitoring_sheets, report_differences, reports, semester_report
from api.services.area_report import find_area
from api.services.figure_rows import rows_behind
from api.services.monitoring_sheets import Wanted, find_sheet
from api.services.semester import Semester, read_semester
from api.services.semester_tables import semester_tables
from data.reference.indicators import definitions, indicators
from data.schema import Account, Cycle
from tests.api.services.test_reconcile import LATER, closed_month

pytestmark = pytest.mark.stores("sqlite")

LANGUAGES: tuple[Language, ...] = ("id", "en")
GIVEN_UP = "target_graduated"
OTHERWISE: dict[str, Any] = {
    "name_id": "Arti baru", "name_en": "New meaning", "definition_id": "Lain",
    "definition": "Other", "group_id": "Kelompok baru", "group_en": "New group",
    "unit": "families", "missing": "",
}  # fmt: skip


def prints(session: Session, cycle: Cycle, by: Account) -> dict[str, bytes]:
    """Everything that is printed of a closed month, in both forms or languages."""
    asked: dict[str, Any] = {"by": by, "now": LATER, "purpose": "arsip"}
    made = {
        f"month {area} {language}": reports.export_report(
            session, cycle=cycle, file_format="xlsx", language=language, area=find_area(area),
            **asked,
        )
        for area in ("", "kelurahan Bukit Sari")
        for language in LANGUAGES
    } | {
        "month pdf": reports.export_report(session, cycle=cycle, file_format="pdf", **asked),
        "semester": semester_report.export_semester(
            session, code="2026-2", file_format="xlsx", is_public=False, **asked
        ),
        "differences": report_differences.export_differences(
            session, cycle=cycle, before=1, after=1, file_format="xlsx", **asked
        ),
    }  # fmt: skip
    wanted = Wanted(now=LATER, first_month="2026-12", last_month="2026-12")
    made |= {
        code: monitoring_sheets.export_sheet(
            session, sheet=find_sheet(code), wanted=wanted, file_format="xlsx", by=by,
            purpose="arsip",
        )
        for code in ("perjalanan", "sasaran", "mutu-ukur")
    }  # fmt: skip
    return {name: each.content for name, each in made.items()}


def test_a_changed_definition_leaves_every_print_of_a_closed_month(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle, approver, _ = closed_month(session)
    before = prints(session, cycle, approver)
    rows = [
        row
        for each in definitions()
        for row in (
            replace(each, until="2026-12"),
            replace(each, since="2027-01", hits=each.cases, less="", **OTHERWISE),
        )
        if row.until or row.code != GIVEN_UP
    ]
    monkeypatch.setattr("data.reference.indicators.definitions", lambda: tuple(rows))
    assert {each.name_id for each in indicators("2027-01")} == {"Arti baru"}
    assert GIVEN_UP not in {each.code for each in indicators()}

    after = prints(session, cycle, approver)
    assert [name for name, content in before.items() if after[name] != content] == []
    behind = rows_behind(
        session, cycle=cycle, code=GIVEN_UP, level="city", unit="", by=approver, now=LATER
    )
    assert (behind.indicator.name_id, behind.version) == ("Lulus", 1)

    sheet = find_sheet("indikator").tables(session, Wanted(now=LATER, last_month="2027-01"))
    assert {table.title for table in sheet} == {"Kelompok baru"}


def test_a_figure_given_up_stays_in_what_is_told_of_the_months_before(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half year with August, October and December; the figure ends before, within or with it."""
    closed_month(session)
    read = read_semester(session, code="2026-2", is_public=False)
    with_it = read.months[0]
    levels = {
        level: {
            area: {code: value for code, value in figures.items() if code != GIVEN_UP}
            for area, figures in areas.items()
        }
        for level, areas in with_it.levels.items()
    }
    months = ("2026-08", "2026-10", "2026-12")
    as_closed = replace(read, months=tuple(replace(with_it, month=month) for month in months))
    whole = graduated(as_closed)
    defined = definitions()
    for until, num_held in {"2026-06": 0, "2026-08": 1, "2026-11": 2, "2026-12": 3}.items():
        rows = [replace(row, until=until) if row.code == GIVEN_UP else row for row in defined]
        monkeypatch.setattr(
            "data.reference.indicators.definitions", lambda found=tuple(rows): found
        )
        assert graduated(as_closed) == whole, f"{until}: what versions hold is printed as it was"
        kept = tuple(
            each if each.month <= until else replace(each, levels=levels)
            for each in as_closed.months
        )
        told = [column[:num_held] + [None] * (3 - num_held) for column in whole[1:]]
        assert graduated(replace(read, months=kept))[1:] == (told if num_held else []), until


def graduated(semester: Semester) -> list[list[object]]:
    """Return the columns of the figure that is given up: by kecamatan and by month."""
    return [
        [row[at] for row in table.rows]
        for table in semester_tables(semester)
        for at, column in enumerate(table.columns)
        if column.indicator == GIVEN_UP
    ]
