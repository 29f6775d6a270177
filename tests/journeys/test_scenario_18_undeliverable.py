"""Scenario 18: nobody at home; a case, a linked stop, and after three failures a data check."""

from datetime import UTC, datetime, time, timedelta

from sqlmodel import Session, select

from api.services import dispatch, donor, exceptions, fulfilment, planning, routes
from data.schema import (
    DeliveryException,
    ExceptionAction,
    ExceptionState,
    Outcome,
    Route,
    Stop,
    StopState,
)
from tests.api.services.test_reports import sponsor_of
from tests.factories import NOW
from tests.factories_routes import make_dispatched_cycle, package_at, report


def test_three_attempts_and_then_the_data_are_checked(session: Session) -> None:
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=2)
    package, old = package_at(session, stops[0]), stops[0]
    sent = report(package_at(session, stops[1]), "lain")
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    now = NOW
    for attempt in (1, 2, 3):
        failed = report(
            package, f"gagal-{attempt}", Outcome.FAILED, reason="nobody_home", happened_at=now
        )
        fulfilment.record_delivery(session, report=failed, by=courier, now=now)
        case = exceptions.list_exceptions(session, cycle=cycle, by=coordinator)[-1]
        assert (case.attempts, case.reason) == (attempt, "nobody_home")
        [shown] = donor.donor_view(
            session, sponsor=sponsor_of(session, package.child_id), now=now
        ).children
        assert shown.months[-1].status == "on_the_way"
        if attempt == 3:
            break
        day = (now + timedelta(days=1)).date()
        row = session.get_one(DeliveryException, case.id)
        exceptions.choose_action(
            session,
            case=row,
            action=ExceptionAction.REDELIVER,
            by=coordinator,
            now=now,
            base_version=row.version,
            day=day,
        )
        exceptions.close_exception(
            session, case=row, by=coordinator, now=now, base_version=row.version
        )
        assert row.state == ExceptionState.CLOSED
        fresh = session.get_one(Stop, package.stop_id)
        assert (fresh.reschedules_id, old.state) == (old.id, StopState.RESCHEDULED)
        options = planning.PlanOptions(days=(day,), seconds=None, iterations=20)
        planning.plan_routes(session, cycle=cycle, by=coordinator, now=now, options=options)
        routes.confirm_all(session, cycle=cycle, by=coordinator, now=now)
        route = session.exec(select(Route).where(Route.id == fresh.route_id)).one()
        dispatch.dispatch_route(session, route=route, by=coordinator, now=now, is_sure=True)
        old, now = fresh, datetime.combine(day, time(3), UTC)
    last = exceptions.list_exceptions(session, cycle=cycle, by=coordinator)[-1]
    assert ExceptionAction.REDELIVER not in last.actions
    assert ExceptionAction.DATA_CHANGE in last.actions
