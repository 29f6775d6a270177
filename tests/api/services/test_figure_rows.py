"""Every figure leads to the rows that it counts."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from api.services import report_versions, reports
from api.services.errors import NotFound
from api.services.figure_rows import BehindFigure, has_rows, rows_behind
from api.services.kept_figures import digest_of
from api.services.monitoring import Level, ratios
from api.services.unit_dashboard import unit_month
from data.reference.indicators import indicators
from data.schema import (
    AuditEntry,
    Child,
    Cycle,
    GrowthReview,
    Package,
    ReviewDecision,
    Sponsor,
)
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
        # Who is new is not known: the month before was not locked here.
        assert found.version == (None if code == "target_new" else 1)
        if not found.indicator.is_share:
            assert sum(row.amount for row in found.rows) == found.told[0], code


def test_figures_of_sponsors_and_of_worth_lead_to_sponsors_and_packages(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    sponsors = {row.code for row in behind(session, cycle, "genting_sponsors", "city").rows}
    assert sponsors == set(session.exec(select(Sponsor.code)))
    worth = behind(session, cycle, "genting_value_rp", "city")
    costs = dict(session.exec(select(Package.code, Package.cost_rp)).all())
    assert {row.code: row.amount for row in worth.rows} == costs
    assert worth.told == worth.now == (sum(costs.values()), None)
    assert behind(session, cycle, "sponsors_stopped", "city").rows == ()


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


def test_a_report_from_before_a_figure_was_counted_tells_nothing_of_it(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    child = session.exec(select(Child)).first()
    assert child is not None
    day = date(2026, 12, 9)
    make_measurement(session, child, measured_on=day, whz=-3.4)
    review = GrowthReview(
        child_id=child.id or 0, month="2026-12", reviewed_on=day, decision=ReviewDecision.REFER,
        note="x", months_served=0, by="x", at=LATER,
    )  # fmt: skip
    session.add(review)
    session.flush()
    late = behind(session, cycle, "nutrition_severe_referred", "city")
    assert (late.version, late.told, late.now) == (1, (0, None), (1, None))

    (version,) = report_versions.list_versions(session, cycle=cycle)
    version.figures = without_referrals(version.figures)
    version.digest = digest_of(version.figures)
    session.flush()
    found = behind(session, cycle, "nutrition_severe_referred", "city")
    assert (found.version, found.told, found.now) == (None, (1, None), (1, None))
    tables = reports.monthly_tables(session, cycle=cycle, now=LATER)
    table = next(each for each in tables if each.title == "Gizi per kelurahan")
    at = [column.indicator for column in table.columns].index("nutrition_severe_referred")
    assert table.total is not None
    assert (table.total[at - 1], table.total[at]) == (0, None)
    assert {row[at] for row in table.rows} == {None}
    assert "sebelum rujukan dihitung" in " ".join(table.notes)
    month = unit_month(session, level="city", unit="")
    assert month is not None
    told = {each.indicator.code: each.now for each in month.figures}
    assert (told["nutrition_severe"], told["nutrition_severe_referred"]) == (0, None)


def without_referrals(figures: dict[str, Any]) -> dict[str, Any]:
    """What a report kept before referrals were counted."""
    growth = {
        level: {
            area: {k: v for k, v in row.items() if k != "nutrition_severe_referred"}
            for area, row in areas.items()
        }
        for level, areas in figures["growth"].items()
    }
    return {**figures, "growth": growth}


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
