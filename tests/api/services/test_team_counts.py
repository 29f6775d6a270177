"""What the work of teams comes to in a month, each figure alone with what must not count."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.services import companions, fulfilment
from api.services.companions import Given
from api.services.report_counts import count_month
from data.queries.companions import family_places
from data.reference.deadlines import deadline
from data.schema import (
    Child,
    CycleChild,
    DeliveryEvent,
    DeliveryException,
    ExceptionState,
    Household,
    Outcome,
    Package,
)
from tests.api.services.test_reconcile import delivered_month
from tests.factories import (
    KELURAHAN,
    NOW,
    make_account,
    make_child,
    make_cycle_child,
    make_measurement,
    stored,
)
from tests.factories_routes import make_dispatched_cycle, package_at, report

pytestmark = pytest.mark.stores("sqlite")


def homes(session: Session) -> list[Household]:
    return list(session.exec(select(Household).order_by(col(Household.id))))


def children(session: Session) -> list[Child]:
    return list(session.exec(select(Child).order_by(col(Child.id))))


def in_places(session: Session, *places: str) -> None:
    """Put the families of the store into posyandu, one after another."""
    for home, place in zip(homes(session), places, strict=True):
        home.posyandu = place
        stored(session, home)


def team(session: Session, name: str, *posyandu: str, **values: Any) -> None:
    companions.save_team(
        session, name=name, kelurahan_code=KELURAHAN, posyandu=posyandu, is_active=True,
        by=make_account(session), now=NOW, **values,
    )  # fmt: skip


def test_a_family_belongs_to_the_team_of_its_posyandu_else_to_that_of_the_rest(
    session: Session,
) -> None:
    delivered_month(session)
    in_places(session, "Melati", "Mawar", "")
    team(session, "TPK Satu", "Melati")
    assert [each.team for each in family_places(session).values()] == ["TPK Satu", "", ""]
    team(session, "TPK Sisa")
    assert [each.team for each in family_places(session).values()] == [
        "TPK Satu", "TPK Sisa", "TPK Sisa",
    ]  # fmt: skip
    second = homes(session)[1].id or 0
    (found,) = family_places(session, among={second}).items()
    assert (found[0], found[1].posyandu, found[1].team) == (second, "Mawar", "TPK Sisa")
    assert family_places(session, among=()) == {}


def test_children_measured_in_the_month_are_counted_by_place(session: Session) -> None:
    cycle, _, _, _ = delivered_month(session)
    in_places(session, "Melati", "Melati", "Mawar")
    one, two, three = children(session)
    make_measurement(session, one, measured_on=date(2026, 12, 1))
    make_measurement(session, two, measured_on=date(2026, 12, 31))
    make_measurement(session, three, measured_on=date(2027, 1, 1))
    counts = count_month(session, cycle=cycle)
    assert counts.areas[KELURAHAN]["team_measured"] == 2
    assert set(counts.teams["posyandu"]) == {"Mawar · Bukit Sari", "Melati · Bukit Sari"}
    melati = counts.teams["posyandu"]["Melati · Bukit Sari"]
    mawar = counts.teams["posyandu"]["Mawar · Bukit Sari"]
    assert (melati["team_measured"], melati["target_eligible"]) == (2, 2)
    assert (mawar.get("team_measured", 0), mawar["target_eligible"]) == (0, 1)


def test_who_is_not_eligible_is_nobodys_to_measure(session: Session) -> None:
    cycle, _, _, _ = delivered_month(session)
    frozen = session.exec(select(CycleChild)).all()[0]
    frozen.is_eligible = False
    stored(session, frozen)
    make_measurement(session, children(session)[0], measured_on=date(2026, 12, 5))
    area = count_month(session, cycle=cycle).areas[KELURAHAN]
    assert (area["team_measured"], area["target_eligible"], area["team_families"]) == (0, 2, 2)


def test_code_eight_is_a_record_but_no_accompaniment(session: Session) -> None:
    cycle, _, _, _ = delivered_month(session)
    one, two, _ = homes(session)
    by = make_account(session)
    companions.record_accompaniment(
        session, month="2026-12", kelurahan_code=KELURAHAN, posyandu="",
        given=[Given(one.id or 0, (8,)), Given(two.id or 0, (3, 6))], by=by, now=NOW,
    )  # fmt: skip
    companions.record_accompaniment(
        session, month="2026-11", kelurahan_code=KELURAHAN, posyandu="",
        given=[Given(homes(session)[2].id or 0, (1,))], by=by, now=NOW,
    )  # fmt: skip
    area = count_month(session, cycle=cycle).areas[KELURAHAN]
    assert (area["team_families"], area["team_recorded"], area["team_accompanied"]) == (3, 2, 1)


def test_siblings_are_one_family(session: Session) -> None:
    cycle, _, _, _ = delivered_month(session)
    sibling = make_child(session, household_id=homes(session)[0].id)
    make_cycle_child(session, cycle, sibling)
    area = count_month(session, cycle=cycle).areas[KELURAHAN]
    assert (area["target_eligible"], area["team_families"]) == (4, 3)


def test_the_first_attempt_counts_whatever_came_later(session: Session) -> None:
    cycle, _, stops, _, courier = make_dispatched_cycle(session, num_children=3)
    sent = [
        report(package_at(session, stops[0]), "e0", Outcome.FAILED, reason="nobody_home"),
        report(package_at(session, stops[1]), "e1", Outcome.LEFT_WITH_RECEIVER, receiver="Bibi"),
    ]
    for each in sent:
        fulfilment.record_delivery(session, report=each, by=courier, now=NOW)
    later = session.exec(select(DeliveryEvent).where(DeliveryEvent.event_uid == "e0")).one()
    stored(
        session,
        DeliveryEvent(
            event_uid="e9", package_id=later.package_id, stop_id=None, outcome=Outcome.ACCEPTED,
            channel="phone", reported_at=NOW + timedelta(days=2),
            happened_at=NOW + timedelta(days=2), received_at=NOW + timedelta(days=2), by="lain",
            digest="x",
        ),
    )  # fmt: skip
    counts = count_month(session, cycle=cycle)
    area = counts.areas[KELURAHAN]
    # The third package was never attempted; the failure belongs to who reported it.
    assert (area["team_attempted"], area["team_first"]) == (2, 1)
    kader = counts.teams["kader"]
    assert (kader[courier.username]["team_attempted"], kader[courier.username]["team_first"]) == (
        2, 1,
    )  # fmt: skip
    assert kader["lain"] == {"team_reports": 1, "team_reports_in_time": 1}


def test_a_report_is_in_time_up_to_the_last_minute(session: Session) -> None:
    cycle, _, _, _ = delivered_month(session, num_children=2)
    one, two = session.exec(select(DeliveryEvent)).all()
    limit = deadline("report_received", NOW.date())
    assert limit == timedelta(hours=24)
    one.received_at, two.received_at = NOW + limit, NOW + limit + timedelta(seconds=1)
    for each in (one, two):
        stored(session, each)
    area = count_month(session, cycle=cycle).areas[KELURAHAN]
    assert (area["team_reports"], area["team_reports_in_time"]) == (2, 1)


def test_a_case_is_in_time_up_to_seven_days_and_an_open_one_is_not(session: Session) -> None:
    cycle, _, coordinator, _ = delivered_month(session)
    package = session.exec(select(Package)).first()
    week = deadline("exception_closed", NOW.date())
    assert week == timedelta(days=7)
    for closed_at in (NOW + week, NOW + week + timedelta(seconds=1), None):
        stored(
            session,
            DeliveryException(
                cycle_id=cycle.id or 0, package_id=package.id if package else None,
                reason="nobody_home", opened_by="kurir", opened_at=NOW, closed_at=closed_at,
                state=ExceptionState.CLOSED if closed_at else ExceptionState.OPEN,
                closed_by=coordinator.username if closed_at else None,
            ),
        )  # fmt: skip
    stored(
        session,
        DeliveryException(
            cycle_id=cycle.id or 0, reason="fraud", is_sensitive=True, opened_by="kurir",
            opened_at=NOW, package_id=package.id if package else None,
        ),
    )  # fmt: skip
    counts = count_month(session, cycle=cycle)
    area = counts.areas[KELURAHAN]
    assert (area["team_cases"], area["team_cases_in_time"]) == (3, 1)
    assert counts.teams["kader"][coordinator.username]["team_cases"] == 2


def test_every_count_of_an_area_is_the_sum_of_its_rows(session: Session) -> None:
    cycle, _, _, _ = delivered_month(session)
    counts = count_month(session, cycle=cycle)
    for code, area in counts.areas.items():
        for figure, value in area.items():
            rows = [
                row for row in counts.rows if (row.kelurahan_code, row.figure) == (code, figure)
            ]
            assert sum(row.amount for row in rows) == value, figure
