from datetime import timedelta

import pytest
from sqlmodel import Session

from api.services import (
    exception_actions,
    exception_queue,
    fulfilment,
)
from api.services.errors import NotFound
from data.schema import (
    ExceptionAction,
    Outcome,
    PackageState,
    Role,
    Stop,
    StopState,
)
from tests.factories import NOW, make_account
from tests.factories_cases import act, failed
from tests.factories_routes import TODAY, report

pytestmark = pytest.mark.stores("sqlite")

A = ExceptionAction
TOMORROW = TODAY + timedelta(days=1)


def test_the_queue_shows_the_failed_stop_with_what_can_be_done(session: Session) -> None:
    cycle, _, package, _, coordinator = failed(session)
    [view] = exception_queue.list_exceptions(session, cycle=cycle, by=coordinator)
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
    latest = exception_queue.list_exceptions(session, cycle=cycle, by=coordinator)[-1]
    assert latest.attempts == 2


@pytest.mark.parametrize("reason", ["harassment", "fraud", "kickback", "child_died"])
def test_a_sensitive_case_exists_only_for_the_approver(session: Session, reason: str) -> None:
    cycle, case, _, _, coordinator = failed(session, reason, "terjadi di gerbang")
    approver = make_account(session, Role.APPROVER)
    assert exception_queue.list_exceptions(session, cycle=cycle, by=coordinator) == []
    assert len(exception_queue.list_exceptions(session, cycle=cycle, by=approver)) == 1
    with pytest.raises(NotFound, match=r"exception\.unknown"):
        exception_actions.take_exception(
            session, case=case, by=coordinator, now=NOW, base_version=case.version
        )
