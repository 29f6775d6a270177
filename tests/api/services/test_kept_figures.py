"""What a closed month keeps beside its counts, and that it is what counting anew gives."""

import json
from datetime import date

import pytest
from sqlmodel import Session, col, select

from api.services import report_versions
from api.services.effect_answer import effect_answer
from api.services.kept_figures import Figures, digest_of, read_content, written
from api.services.measuring_quality import measuring_places
from api.services.posyandu_readings import added_readings, count_readings
from api.services.report_counts import Counts
from api.services.report_growth import Growth
from api.services.support_effect import effects_until
from data.monitoring.effect import Effect, Estimate, Why
from data.schema import Child, Cycle, Measurement, ReportVersion, Role
from tests.api.services.test_monitoring import count_queries, reported
from tests.api.services.test_reconcile import LATER, closed_month
from tests.api.services.test_report_versions import spoil_one
from tests.factories import make_account, make_measurement

pytestmark = pytest.mark.stores("sqlite")


def late_measurement(session: Session) -> Measurement:
    child = session.exec(select(Child).order_by(col(Child.id))).first()
    assert child is not None
    return make_measurement(session, child, measured_on=date(2026, 12, 9), lenhei_mm=805)


def kept(session: Session, cycle: Cycle, number: int | None = None) -> report_versions.Figures:
    return report_versions.figures_of(session, cycle=cycle, number=number)


def test_readings_and_effect_are_kept_as_counting_gives_them(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    figures = kept(session, cycle)
    assert figures.readings == count_readings(session, months=["2026-12"])
    assert figures.effect == effects_until(session, month="2026-12")


def test_late_measurements_count_from_the_next_recount_on(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    before = measuring_places(session, last_month="2026-12")
    row = late_measurement(session)
    assert measuring_places(session, last_month="2026-12") == before
    approver = make_account(session, Role.APPROVER)
    report_versions.recount_month(session, cycle=cycle, by=approver, now=LATER, reason="terlambat")
    assert kept(session, cycle).readings == count_readings(session, months=["2026-12"])
    heights = sum(place.heights.count for place in measuring_places(session, last_month="2026-12"))
    assert heights == sum(place.heights.count for place in before) + 1
    # A measurement that is corrected is another reading, and the third version has it.
    row.lenhei_mm = 807
    session.add(row)
    session.flush()
    report_versions.recount_month(session, cycle=cycle, by=approver, now=LATER, reason="salah baca")
    assert kept(session, cycle).readings == count_readings(session, months=["2026-12"])
    assert kept(session, cycle, 2).readings != kept(session, cycle, 3).readings


def test_a_correction_of_a_delivery_leaves_them_as_they_were_reported(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle, approver, _ = closed_month(session)
    late_measurement(session)
    for name in ("effects_until", "count_readings"):  # seconds of a month that is held
        monkeypatch.setattr(report_versions, name, lambda *_, **__: pytest.fail("counted anew"))
    spoil_one(session, cycle, approver)
    first, second = kept(session, cycle, 1), kept(session, cycle, 2)
    assert (second.readings, second.effect) == (first.readings, first.effect)
    assert second.counts != first.counts


def test_months_from_before_they_were_kept_are_counted_now(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    version = session.exec(select(ReportVersion)).one()
    version.figures = {
        name: value for name, value in version.figures.items() if name not in ("readings", "effect")
    }
    version.digest = digest_of(version.figures)
    session.add(version)
    session.flush()
    assert (kept(session, cycle).readings, kept(session, cycle).effect) == (None, None)
    before = sum(place.heights.count for place in measuring_places(session, last_month="2026-12"))
    late_measurement(session)
    places = measuring_places(session, last_month="2026-12")
    assert sum(place.heights.count for place in places) == before + 1
    assert effect_answer(session).version is None


def test_the_answer_names_the_version_that_keeps_it(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    answer = effect_answer(session)
    assert (answer.month, answer.version) == ("2026-12", kept(session, cycle).version)


def test_what_is_written_is_read_back() -> None:
    estimate = Estimate(40, 0.2, 0.1234567, 0.3)
    figures = Figures(
        Counts(city={"delivery_km": 12.5}, causes={"child.too_old": 1}, sponsors=[("O1", 1, 1, 5)]),
        Growth({"city": {"": {"nutrition_two_t": 3}}}),
        readings={"19.71.04.1001": {"Melati": {"height": [1] * 10, "weight": [0] * 10}}},
        effect={"haz": Effect(40, 50, 40, estimate, {"age": 0.1, "z": 0.0}, None, Why.BETTER)},
    )
    read = read_content(json.loads(json.dumps(written(figures))))
    assert (read.counts, read.growth, read.readings) == (
        figures.counts, figures.growth, figures.readings,
    )  # fmt: skip
    assert read.effect is not None
    assert read.effect["haz"].estimate == Estimate(40, 0.2, 0.123457, 0.3)
    assert read.effect["haz"].why is Why.BETTER


def test_a_version_is_read_once(session: Session) -> None:
    months = [reported(session, month, {"19.71.04.1001": (977, 11)}) for month in
              ("2026-10", "2026-11", "2026-12")]  # fmt: skip
    asked = [
        count_queries(session, lambda: report_versions.figures_reported(session, cycles=months))
        for _ in range(2)
    ]
    assert asked == [2, 1]


def test_readings_of_months_are_added_digit_by_digit() -> None:
    one = {"19.71": {"Melati": {"height": [1, *[0] * 9], "weight": [0] * 10}}}
    two = {"19.71": {"Melati": {"height": [2, *[0] * 8, 5], "weight": [3] * 10}, "Mawar": {}}}
    assert added_readings([one, two])["19.71"]["Melati"] == {
        "height": [3, *[0] * 8, 5],
        "weight": [3] * 10,
    }
