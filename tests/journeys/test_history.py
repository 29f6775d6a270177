"""Half a year lived through the real use cases, and every figure that its script gives away."""

from collections import Counter

import pytest
from sqlmodel import Session

from api.documents.report_models import Table
from api.services import monitoring
from api.services.figure_rows import rows_behind
from api.services.month_course import city_course
from api.services.report_versions import Figures, figures_of
from api.services.semester import read_semester
from api.services.semester_tables import semester_tables
from api.services.targeting import chain_of, target_children
from data.monitoring.shares import share_parts
from data.schema import Cycle
from tests.factories import make_account
from tests.history import PLACES, Script, at, live

ADDED = (
    "target_graduated",
    "target_left",
    "delivery_planned",
    "delivery_delivered",
    "delivery_late",
    "nutrition_gain_n",
    "nutrition_gain_t",
    "nutrition_two_t",
)
pytestmark = [pytest.mark.slow, pytest.mark.stores("sqlite")]


def test_every_figure_is_what_the_script_says(session: Session) -> None:
    script = Script(num_months=6, num_children=8)
    for month, cycle in live(session, script):
        figures = figures_of(session, cycle=cycle)
        the_month_is_known(session, script, month, cycle, figures)
        every_posyandu_is_known(script, month, figures)
    shares_of_all_months_are_known(session, script)
    the_semester_is_known(session, script)
    rows_are_known(session, script, cycle)


def the_month_is_known(
    session: Session, script: Script, month: int, cycle: Cycle, figures: Figures
) -> None:
    city = figures.counts.by_level()["city"][""] | figures.growth.by_level["city"][""]
    chain = chain_of(session, cycle=cycle, children=target_children(session, cycle=cycle))
    told = city | chain
    known = script.figures(month)
    assert {code: told.get(code) or 0 for code in known} == dict(known), cycle.month
    alone = city_course(figures) | figures.of_city()
    asked = {code: alone[code] for code in script.alone(month)}
    assert asked == script.alone(month), cycle.month
    assert figures.counts.failure_reasons.get("nobody_home", 0) == known["delivery_failed"]


def every_posyandu_is_known(script: Script, month: int, figures: Figures) -> None:
    units = figures.counts.teams["posyandu"]
    for place in PLACES:
        own = script.figures(month, place)
        (name,) = [each for each in units if each.startswith(f"{place[1]} · ")]
        for level, unit in (("posyandu", name), ("tpk", f"TPK {place[1]}")):
            row = figures.counts.teams[level][unit]
            for ratio in monitoring.ratios():
                if level in monitoring.levels_of(ratio):
                    assert share_parts(ratio, row) == share_parts(ratio, own), (unit, ratio.code)


def shares_of_all_months_are_known(session: Session, script: Script) -> None:
    known = sum((script.figures(month) for month in range(script.num_months)), Counter[str]())
    for ratio in monitoring.ratios():
        found = monitoring.shares(session, ratio=ratio, level="city").funnel.units[0]
        assert (found.hits, found.count) == share_parts(ratio, known), ratio.code


def the_semester_is_known(session: Session, script: Script) -> None:
    months = [script.figures(month) for month in range(script.num_months)]
    tables = semester_tables(read_semester(session, code="2025-1", is_public=False))
    totals = totals_of(tables)
    assert totals["target_eligible"] == months[-1]["target_eligible"]
    for code in ADDED:
        assert totals[code] == sum(each[code] for each in months), code


def totals_of(tables: tuple[Table, ...]) -> dict[str, object]:
    return {
        column.indicator: cell
        for table in tables
        if table.total
        for column, cell in zip(table.columns, table.total, strict=True)
        if column.indicator
    }


def rows_are_known(session: Session, script: Script, cycle: Cycle) -> None:
    by, now = make_account(session), at(6, 1)
    last = script.figures(script.num_months - 1)
    for code in ("served", "first_attempt", "reports_in_time", "accompanied", "gained"):
        found = rows_behind(session, cycle=cycle, code=code, level="city", unit="", by=by, now=now)
        assert found.told == found.now == share_parts(found.indicator, last), code
        hits = sum(bool(row.is_hit) for row in found.rows)
        assert (hits, len(found.rows)) == found.now
