"""What a phone brings after distribution ended: kept, shown where it matters, taken up again."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from api.services import exceptions, fulfilment, reconcile
from api.services.fulfilment import AckState
from data.schema import (
    Account,
    Cycle,
    DeliveryEvent,
    DeliveryException,
    ExceptionAction,
    ExceptionState,
    Outcome,
    Package,
    PackageState,
    Role,
    Stop,
)
from tests.factories import NOW, make_account
from tests.factories_routes import make_dispatched_cycle, package_at, report

pytestmark = pytest.mark.stores("sqlite")

NOON, LATER = NOW + timedelta(hours=3), NOW + timedelta(days=1)


def reconciled_after(
    session: Session, outcome: Outcome, reason: str | None = None
) -> tuple[Cycle, Stop, Package, Account, Account]:
    """One package with an outcome; the coordinator then ended distribution."""
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    sent = report(package, "first", outcome, reason=reason)
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    return cycle, stops[0], package, coordinator, courier


def resume(session: Session, cycle: Cycle, by: Account) -> None:
    reconcile.resume_distribution(session, cycle=cycle, by=by, now=LATER, reason="kabar susulan")


def late_cases(session: Session) -> list[ExceptionState]:
    rows = select(DeliveryException).where(DeliveryException.reason == "late_report")
    return [case.state for case in session.exec(rows)]


def test_a_delivery_told_too_late_opens_a_case_and_counts_once_distribution_goes_on(
    session: Session,
) -> None:
    cycle, stop, package, coordinator, courier = reconciled_after(
        session, Outcome.FAILED, "nobody_home"
    )
    late = report(package, "late", happened_at=NOON)
    answer = fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
    assert (answer.state, answer.code) == (AckState.KEPT, "delivery.after_closing")
    assert package.state == PackageState.LOADED
    assert late_cases(session) == [ExceptionState.OPEN]
    resume(session, cycle, coordinator)
    assert (str(package.state), str(stop.state)) == ("accepted", "delivered")
    kept = session.exec(select(DeliveryEvent).where(DeliveryEvent.event_uid == "late")).one()
    assert (kept.flag, kept.is_superseded) == ("", False)
    cases = session.exec(select(DeliveryException)).all()
    assert {case.state for case in cases} == {ExceptionState.CLOSED}
    again = fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
    assert (again.state, again.package_state) == (AckState.REPEATED, PackageState.ACCEPTED)


def test_a_late_report_that_says_the_same_opens_no_case(session: Session) -> None:
    _, _, package, _, courier = reconciled_after(session, Outcome.ACCEPTED)
    late = report(package, "late", happened_at=NOON)
    fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
    assert late_cases(session) == []


def test_a_late_failure_against_a_delivery_is_a_case_then_the_state(session: Session) -> None:
    cycle, _, package, coordinator, courier = reconciled_after(session, Outcome.ACCEPTED)
    late = report(package, "late", Outcome.FAILED, reason="nobody_home", happened_at=NOON)
    fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
    assert (package.state, late_cases(session)) == (PackageState.ACCEPTED, [ExceptionState.OPEN])
    resume(session, cycle, coordinator)
    assert package.state == PackageState.LOADED
    opened = exceptions.list_exceptions(session, cycle=cycle, by=coordinator)
    assert [case.reason for case in opened] == ["nobody_home"]


def test_older_news_than_what_stands_changes_nothing(session: Session) -> None:
    cycle, _, package, coordinator, courier = reconciled_after(session, Outcome.ACCEPTED)
    late = report(
        package, "late", Outcome.FAILED, reason="nobody_home", happened_at=NOW - timedelta(hours=1)
    )
    fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
    assert late_cases(session) == []
    resume(session, cycle, coordinator)
    assert package.state == PackageState.ACCEPTED


def test_goods_that_are_back_stay_back_and_the_case_says_so(session: Session) -> None:
    cycle, _, package, coordinator, courier = reconciled_after(
        session, Outcome.FAILED, "nobody_home"
    )
    case = session.exec(select(DeliveryException)).one()
    exceptions.choose_action(
        session, case=case, action=ExceptionAction.RETURN, by=coordinator, now=LATER,
        base_version=case.version,
    )  # fmt: skip
    late = report(package, "late", happened_at=NOON)
    fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
    assert late_cases(session) == [ExceptionState.OPEN]
    resume(session, cycle, coordinator)
    kept = session.exec(select(DeliveryEvent).where(DeliveryEvent.event_uid == "late")).one()
    assert (kept.flag, package.state) == ("after_return", PackageState.RESTOCKED)
    assert late_cases(session) == [ExceptionState.OPEN]


def test_in_a_closed_month_a_late_report_opens_no_case(session: Session) -> None:
    cycle, _, package, coordinator, courier = reconciled_after(session, Outcome.ACCEPTED)
    for call in reconcile.draw_sample(session, cycle=cycle, by=coordinator, now=LATER):
        reconcile.answer_call(session, call=call, answer="received", by=coordinator, now=LATER)
    approver = make_account(session, Role.APPROVER)
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    late = report(package, "late", Outcome.FAILED, reason="nobody_home", happened_at=NOON)
    fulfilment.record_delivery(session, report=late, by=courier, now=LATER)
    assert late_cases(session) == []
