"""A route that left keeps its load, whatever becomes of its packages."""

import pytest
from sqlmodel import Session, select

from api.services import departures, routes
from api.services.dispatch import ExportKind
from api.services.fulfilment import record_delivery
from api.services.own_routes import courier_sheets
from api.services.route_heads import list_heads
from data.schema import DeliveryException, ExceptionAction, Outcome, Role, Stop
from tests.api.services.test_departures import at_eight
from tests.api.services.test_dispatch import confirmed_month, export
from tests.factories import make_account
from tests.factories_cases import act
from tests.factories_routes import package_at, report

pytestmark = pytest.mark.stores("sqlite")


def test_a_package_sent_again_still_counts_where_it_left(session: Session) -> None:
    courier = make_account(session, Role.COURIER)
    cycle, by, [route] = confirmed_month(session, courier_account_id=courier.id)
    now = at_eight(route)
    departures.dispatch_route(session, route=route, by=by, now=now)
    before = routes.route_view(session, route=route)
    listed = export(session, cycle, by, ExportKind.STOPS_CSV)
    stop = session.get_one(Stop, before.stops[1].id)
    package = package_at(session, stop)
    missed = report(package, "m", Outcome.FAILED, reason="nobody_home", happened_at=now)
    record_delivery(session, report=missed, by=courier, now=now)
    case = session.exec(select(DeliveryException)).one()
    act(session, case, ExceptionAction.REDELIVER, by, day=route.day)
    after = routes.route_view(session, route=route)
    assert (after.num_packages, after.weight_g) == (before.num_packages, before.weight_g)
    assert (after.stops[1].packages, after.stops[0].sent_on) == ((), ())
    assert [each.code for each in after.stops[1].sent_on] == [package.code]
    assert after.stops[1].load == after.stops[1].sent_on
    assert export(session, cycle, by, ExportKind.STOPS_CSV) == listed
    [sheet] = courier_sheets(session, by=courier, now=now)
    assert [each.num_loaded for each in sheet.stops] == [1] * len(sheet.stops)
    [head] = list_heads(session, cycle=cycle)
    assert (head.num_stops, head.num_reached) == (len(after.stops), 1)
    assert (head.num_packages, head.weight_g) == (before.num_packages, before.weight_g)
    [waiting] = routes.waiting_stops(session, cycle=cycle)
    assert ([each.code for each in waiting.load], waiting.sent_on) == ([package.code], ())
