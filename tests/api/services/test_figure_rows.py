"""Every figure leads to the rows that it counts."""

from datetime import date

import pytest
from sqlmodel import Session, select

from api.services import report_versions
from api.services.errors import NotFound
from api.services.figure_rows import BehindFigure, has_rows, rows_behind
from api.services.monitoring import Level, ratios
from data.reference.indicators import indicators
from data.schema import AuditEntry, Child, Cycle
from tests.api.services.test_reconcile import LATER, closed_month
from tests.factories import make_account, make_measurement

pytestmark = pytest.mark.stores("sqlite")


def behind(session: Session, cycle: Cycle, code: str, level: Level, unit: str = "") -> BehindFigure:
    by = make_account(session)
    return rows_behind(session, cycle=cycle, code=code, level=level, unit=unit, by=by, now=LATER)


def test_every_count_of_rows_is_what_the_report_says(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    counted = [each.code for each in indicators() if has_rows(each)]
    assert len(counted) > 40
    for code in counted:
        found = behind(session, cycle, code, "city")
        assert found.told == found.now, code
        assert found.version == 1
        if not found.indicator.is_share:
            assert sum(row.amount for row in found.rows) == found.told[0], code


def test_a_share_shows_all_its_cases_the_misses_first(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    children = session.exec(select(Child)).all()
    make_measurement(session, children[0], measured_on=date(2026, 12, 9))
    found = behind(session, cycle, "measured_on_time", "kelurahan", "Bukit Sari")
    assert [(row.code, row.is_hit) for row in found.rows] == [
        (children[1].code, False), (children[2].code, False), (children[0].code, True),
    ]  # fmt: skip
    assert (found.told, found.now) == ((0, 3), (1, 3))
    assert behind(session, cycle, "measured_on_time", "kelurahan", "Asam").rows == ()


def test_growth_leads_to_its_children_too(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    child = session.exec(select(Child)).first()
    assert child is not None
    make_measurement(session, child, measured_on=date(2026, 12, 9), whz=-3.4)
    found = behind(session, cycle, "nutrition_severe", "kecamatan", "Gerunggang")
    assert [row.code for row in found.rows] == [child.code]
    assert (found.told, found.now) == ((0, None), (1, None))


def test_who_looked_at_rows_is_noted(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    behind(session, cycle, "target_eligible", "city")
    noted = session.exec(select(AuditEntry).where(AuditEntry.action == "figure:read")).one()
    assert noted.after == {"month": "2026-12", "level": "city", "unit": "", "rows": 3}


def test_a_figure_without_rows_says_so(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    for code in ("delivery_km", "concentration", "nothing"):
        with pytest.raises(NotFound, match=r"monitoring\.figure"):
            behind(session, cycle, code, "city")


def test_every_share_leads_to_rows() -> None:
    assert [each.code for each in ratios() if not has_rows(each)] == []


def test_units_are_kept_with_the_version_and_older_versions_have_none(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    (version,) = report_versions.list_versions(session, cycle=cycle)
    assert version.figures["teams"]["kader"]  # type: ignore[index]
    version.figures = {key: part for key, part in version.figures.items() if key != "teams"}
    assert report_versions.figures_of(session, cycle=cycle).counts.teams == {}
