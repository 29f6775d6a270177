"""The road and the pairs of the city month by month."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from api.services.errors import Refused
from api.services.growth_task_tables import growth_task_tables
from api.services.monitoring_sheets import Wanted
from api.services.month_course import city_course, course_tables
from api.services.report_counts import Counts
from api.services.report_growth import Growth
from api.services.report_versions import Figures
from tests.api.services.test_reconcile import LATER, closed_month
from tests.factories import NOW, make_child, make_measurement

pytestmark = pytest.mark.stores("sqlite")


def course(**city: Any) -> dict[str, Any]:
    counts = Counts(city=city, sponsors=[("A", 3, 3, 0), ("B", 1, 0, 0)])
    counts.areas[""]["delivery_stops"] = 12
    return city_course(Figures(counts, Growth({})))


def test_stops_and_kilometres_are_divided_by_what_was_driven() -> None:
    found = course(delivery_routes=4, delivery_km=30.0)
    assert (found["road_stops_per_route"], found["road_km_per_stop"]) == (3.0, 2.5)
    assert (found["pairs_sponsors"], found["pairs_per_sponsor"]) == (2, 2.0)


def test_without_routes_or_sponsors_nothing_is_divided() -> None:
    counts = Counts()
    found = city_course(Figures(counts, Growth({})))
    assert (found["road_stops_per_route"], found["road_km_per_stop"]) == (None, None)
    assert (found["pairs_sponsors"], found["pairs_per_sponsor"]) == (0, None)


def test_a_row_per_closed_month_inside_the_office_only(session: Session) -> None:
    assert [table.rows for table in course_tables(session, Wanted(now=NOW))] == [(), ()]
    closed_month(session)
    road, pairs = course_tables(session, Wanted(now=LATER))
    assert road.rows[0][:6] == ("Desember 2026", 1, 3, 12.0, 3.0, 4.0)
    assert pairs.rows[0][1] == 3
    assert road.behind == ("/monev/baris?angka={code}&bulan=2026-12&tingkat=city",)
    with pytest.raises(Refused, match=r"monitoring\.inside"):
        course_tables(session, Wanted(now=LATER, is_public=True))


def test_the_growth_list_is_a_sheet_that_stays_inside(session: Session) -> None:
    child = make_child(session, haz=None)
    make_measurement(session, child, measured_on=date(2026, 11, 20), whz=-3.2)
    (table,) = growth_task_tables(session, Wanted(now=NOW))
    assert [(row[0], row[1], row[7]) for row in table.rows] == [
        (child.code, "Gizi buruk: rujuk", -3.2)
    ]
    with pytest.raises(Refused, match=r"monitoring\.inside"):
        growth_task_tables(session, Wanted(now=NOW, is_public=True))
