"""The monthly report of one kecamatan or kelurahan: the city's figures, looked at from there."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.documents.report_models import Table
from api.services import report_versions, reports
from api.services.area_report import CITY, ReportArea, find_area, report_areas
from api.services.cycles import find_cycle
from api.services.errors import NotFound
from api.services.kept_figures import digest_of
from api.services.report_tables import HIDDEN
from data.engine import read_session, write_session
from data.place import place_of
from data.place_scope import narrowed
from data.schema import Cycle, Household, Role
from tests.api.services.test_monitoring import reported
from tests.api.services.test_reconcile import LATER, closed_month
from tests.factories import make_account

pytestmark = pytest.mark.stores("sqlite")

WARD = ReportArea("kelurahan", "Bukit Sari")
AREAS = {"19.71.04.1001": (40, 36), "19.71.04.1002": (20, 10), "19.71.06.1001": (7, 7)}
"""Eligible and matched children of Pintu Air and Bintang (Rangkui) and Selindung (Gabek)."""


def tables(
    session: Session, cycle: Cycle, area: ReportArea, *, is_public: bool = False
) -> dict[str, Table]:
    found = reports.monthly_tables(session, cycle=cycle, now=LATER, area=area, is_public=is_public)
    return {table.title: table for table in found}


def column(table: Table, code: str) -> list[object]:
    at = [each.indicator for each in table.columns].index(code)
    return [row[at] for row in (*table.rows, *((table.total,) if table.total else ()))]


def test_a_kecamatan_is_its_kelurahan_and_their_sum(session: Session) -> None:
    found = tables(session, reported(session, "2026-12", AREAS), ReportArea("kecamatan", "Rangkui"))
    table = found["Sasaran per kelurahan"]
    assert [row[0] for row in table.rows] == ["Bintang", "Pintu Air"]
    assert column(table, "target_eligible") == [20, 40, 60]
    assert (
        table.behind[0]
        == "/monev/baris?angka={code}&bulan=2026-12&tingkat=kelurahan&wilayah=Bintang"
    )
    assert table.behind[-1].endswith("tingkat=kecamatan&wilayah=Rangkui")


def test_a_kelurahan_stands_beside_its_kecamatan_and_the_city(session: Session) -> None:
    found = tables(session, reported(session, "2026-12", AREAS), ReportArea("kelurahan", "Bintang"))
    table = found["Sasaran"]
    assert [row[0] for row in table.rows] == ["Bintang", "Kecamatan Rangkui", "Kota"]
    assert column(table, "target_eligible") == [20, 60, 67]
    assert table.total is None


def test_a_kelurahan_without_children_has_noughts_and_no_word_of_the_unknown(
    session: Session,
) -> None:
    found = tables(
        session, reported(session, "2026-12", AREAS), ReportArea("kelurahan", "Opas Indah")
    )
    assert column(found["Sasaran"], "target_eligible") == [0, 0, 67]
    assert found["Posyandu (untuk dinas saja)"].rows == ()


def test_the_months_up_to_this_one_stand_as_they_were_last_reported(session: Session) -> None:
    for month, matched in (("2026-05", 1), ("2026-06", 10), ("2026-11", 12), ("2027-01", 20)):
        reported(session, month, {"19.71.04.1002": (20, matched)})
    cycle = reported(session, "2026-12", AREAS)
    course = tables(session, cycle, ReportArea("kelurahan", "Bintang"))["Bulan demi bulan"]
    # July to December: May and June are too long ago, January is later.
    assert [row[0] for row in course.rows] == ["November 2026", "Desember 2026"]
    assert column(course, "matching_matched") == [12, 10]
    assert course.behind[0].endswith("bulan=2026-11&tingkat=kelurahan&wilayah=Bintang")


def test_a_real_month_tells_its_posyandu_inside_the_office_only(session: Session) -> None:
    cycle, by, _ = closed_month(session)
    homes = session.exec(select(Household).order_by(col(Household.id))).all()
    for home, place in zip(homes, ("Melati", "Melati", "Mawar"), strict=True):
        home.posyandu = place
        session.add(home)
    session.flush()
    report_versions.recount_month(
        session, cycle=cycle, by=make_account(session, Role.APPROVER), now=LATER, reason="posyandu"
    )
    posyandu = tables(session, cycle, WARD)["Posyandu (untuk dinas saja)"]
    assert [row[0] for row in posyandu.rows] == ["Mawar", "Melati"]
    assert column(posyandu, "target_eligible") == [1, 2]
    assert column(posyandu, "delivery_planned") == [1, 2]
    public = tables(session, cycle, WARD, is_public=True)
    assert "Posyandu (untuk dinas saja)" not in public
    assert all(table.behind == () for table in public.values())
    assert by.role is Role.APPROVER


@pytest.mark.parametrize("has_causes", [True, False])
def test_who_works_in_a_place_reads_what_the_office_reads_of_it(
    engine: Engine, has_causes: bool
) -> None:
    """Also of a month closed before causes were counted, which has other columns."""
    with write_session(engine) as session:
        cycle, _, _ = closed_month(session)
        (version,) = report_versions.list_versions(session, cycle=cycle)
        areas: Any = version.figures["areas"]
        areas = {ward: {**row, "target_consented": 2} for ward, row in areas.items()}
        version.figures = {**version.figures, "areas": areas}
        if not has_causes:
            version.figures = {**version.figures, "causes": None}
        version.digest = digest_of(version.figures)
        office = tables(session, cycle, WARD)
        clerk = make_account(session, area_code="19.71.05.1004")
    with read_session(narrowed(engine, place_of(clerk))) as session:
        own = tables(session, find_cycle(session, month=cycle.month), WARD)
    assert [*own] == [*office]
    assert ("Yang tertahan sebelum pencocokan" in own) is has_causes
    for title, table in own.items():
        assert table.columns == office[title].columns
        assert [row for row in office[title].rows if row in table.rows] == [*table.rows]
    assert column(own["Sasaran"], "target_registered") == [3]
    consent = "target_with_consent" if has_causes else "target_consented"
    assert column(own["Sasaran"], consent) == [3 if has_causes else 2]


@pytest.mark.parametrize("area", [WARD, ReportArea("kecamatan", "Rangkui")])
def test_what_leaves_hides_just_what_the_citys_report_hides(
    session: Session, area: ReportArea
) -> None:
    areas = AREAS | {"19.71.04.1002": (20, 3), "19.71.05.1004": (9, 3), "19.71.05.1001": (30, 28)}
    cycle = reported(session, "2026-12", areas)
    city = reports.monthly_tables(session, cycle=cycle, now=LATER, is_public=True)
    told = {
        (row[0], each.indicator): cell
        for table in city
        for row in (*table.rows, *((("Kota", *table.total[1:]),) if table.total else ()))
        for each, cell in zip(table.columns, row, strict=True)
        if each.indicator and len(table.columns) > 2
    }
    found = tables(session, cycle, area, is_public=True)
    cells = [
        (str(row[0]).removeprefix("Kecamatan "), each.indicator, cell)
        for title, table in found.items()
        if title != "Bulan demi bulan"
        for row in table.rows
        for each, cell in zip(table.columns, row, strict=True)
        if each.indicator
    ]
    assert cells
    assert all(told[name, code] == cell for name, code, cell in cells)
    assert HIDDEN in [cell for _, _, cell in cells]


def test_each_area_is_found_by_what_addresses_call_it() -> None:
    areas = report_areas()
    assert len(areas) == 7 + 42
    assert all(find_area(str(area)) == area for area in (CITY, *areas))
    with pytest.raises(NotFound, match=r"report\.area"):
        find_area("kelurahan Atlantis")
