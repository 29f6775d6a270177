from datetime import timedelta

import pytest
from sqlmodel import Session, select

from api.services import (
    exception_actions,
    exception_doubts,
    exception_queue,
    fulfilment,
    reconcile,
)
from api.services.errors import NotFound
from data.schema import (
    DeliveryException,
    ExceptionAction,
    ExceptionState,
    Outcome,
    PackageState,
    Role,
    Stop,
    StopState,
    VerificationCall,
)
from tests.factories import NOW, make_account
from tests.factories_cases import act, failed
from tests.factories_routes import TODAY, make_dispatched_cycle, package_at, report

pytestmark = pytest.mark.stores("sqlite")

A = ExceptionAction
TOMORROW = TODAY + timedelta(days=1)
LATER = NOW + timedelta(days=1)


def test_the_queue_shows_the_failed_stop_with_what_can_be_done(session: Session) -> None:
    cycle, _, package, _, coordinator = failed(session)
    [view] = exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator)
    assert (view.package_code, view.reason, view.route_code) == (
        package.code,
        "nobody_home",
        "R-2612-01",
    )
    assert A.REDELIVER in view.actions


def test_attempts_count_over_the_stops_of_a_package(session: Session) -> None:
    cycle, case, package, stop, coordinator = failed(session)
    act(session, case, A.REDELIVER, coordinator, day=TOMORROW)
    fresh = session.get_one(Stop, package.stop_id)
    fresh.route_id, fresh.sequence, fresh.state = stop.route_id, 9, StopState.EN_ROUTE
    package.state = PackageState.LOADED
    sent = report(package, "e2", Outcome.FAILED, reason="nobody_home", channel="page")
    fulfilment.record_delivery(session, report=sent, by=coordinator, now=NOW)
    latest = exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator)[-1]
    assert latest.attempts == 2


@pytest.mark.parametrize("reason", ["harassment", "fraud", "kickback", "child_died"])
def test_a_sensitive_case_exists_only_for_the_approver(session: Session, reason: str) -> None:
    cycle, case, _, _, coordinator = failed(session, reason, "terjadi di gerbang")
    approver = make_account(session, Role.APPROVER)
    assert exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator) == []
    assert len(exception_queue.list_exceptions(session, cycles=[cycle], by=approver)) == 1
    with pytest.raises(NotFound, match=r"exception\.unknown"):
        exception_actions.take_exception(
            session, case=case, by=coordinator, now=NOW, base_version=case.version
        )


def test_any_number_of_cases_takes_at_most_sixteen_queries(session: Session) -> None:
    """Cases of goods, of late news, of families' answers and of a route, each with its facts."""
    from tests.api.services.test_monitoring import count_queries

    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=9)
    for number, stop in enumerate(stops):
        outcome = Outcome.FAILED if number % 3 == 0 else Outcome.ACCEPTED
        sent = report(
            package_at(session, stop), f"e{number}", outcome,
            reason="nobody_home" if outcome is Outcome.FAILED else None,
        )  # fmt: skip
        fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    reconcile.draw_sample(session, cycle=cycle, by=coordinator, now=LATER, share=0.5)
    for call in session.exec(select(VerificationCall)).all():
        reconcile.answer_call(session, call=call, answer="not_received", by=coordinator, now=LATER)
    for number in (2, 5):
        late = report(
            package_at(session, stops[number]), f"l{number}", Outcome.LOST, reason="moved"
        )
        fulfilment.record_delivery(session, report=late, by=courier, now=LATER)

    def look(limit: int) -> list[exception_queue.ExceptionView]:
        session.expire_all()
        return exception_queue.list_exceptions(session, cycles=[cycle], by=coordinator, limit=limit)

    found = look(99)
    reasons = {view.reason for view in found}
    assert {"nobody_home", "not_received", "same_courier", "late_report"} <= reasons
    assert len(found) > 7
    few = count_queries(session, lambda: look(1))
    assert few <= count_queries(session, lambda: look(99)) <= 16
    assert [view.id for view in look(2)] == [view.id for view in found[:2]]
    part = exception_queue.list_exceptions(
        session, cycles=[cycle], by=coordinator, offset=2, limit=3
    )
    assert [view.id for view in part] == [view.id for view in found[2:5]]


def test_closing_several_reads_what_they_stand_on_once(session: Session) -> None:
    from tests.api.services.test_monitoring import count_queries

    cycle, *_, coordinator = failed(session)
    cases = [
        exception_doubts.open_exception(
            session, cycle=cycle, reason="wrong_data", by=coordinator, now=NOW
        )
        for _ in range(12)
    ]

    def close(some: list[DeliveryException]) -> None:
        exception_actions.close_exceptions(
            session, cases=[(case, case.version) for case in some], by=coordinator, now=NOW
        )

    two, ten = cases[:2], cases[2:]
    few = count_queries(session, lambda: close(two))
    audited = 2  # each leaves its own entry in the audit trail
    assert count_queries(session, lambda: close(ten)) - few <= audited * (len(ten) - len(two))
    assert {case.state for case in cases} == {ExceptionState.CLOSED}
