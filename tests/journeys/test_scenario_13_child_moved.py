"""Scenario 13: a family moves mid-month; both routes become stale, the pair stays."""

import pytest
from sqlmodel import Session, col, select

from api.services import children, dispatch, reconcile, routes
from api.services.dispatch import ExportKind
from api.services.errors import Refused
from data.schema import Assignment, Child, Package, Role, RouteState, Stop, StopState
from tests.api.services.test_routes import OTHER, two_routes
from tests.factories import NOW, make_account


@pytest.mark.stores("sqlite")
def test_a_move_reported_by_the_kader_re_routes_the_stop(session: Session) -> None:
    cycle, by, first, second = two_routes(session)
    staff = make_account(session, Role.STAFF)
    for stop in session.exec(select(Stop).where(Stop.route_id == second.id)):
        stop.kelurahan_code = OTHER
        session.add(stop)
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    old = session.exec(
        select(Stop).where(Stop.route_id == first.id).order_by(col(Stop.sequence))
    ).first()
    assert old is not None
    package = session.exec(select(Package).where(Package.stop_id == old.id)).one()
    child = session.get_one(Child, package.child_id)
    address, pair = old.address, package.assignment_id

    request = children.request_move(
        session,
        child=child,
        to={
            "address": "Jl. Baru No. 9",
            "kelurahan_code": OTHER,
            "lat": -2.1250,
            "lon": 106.1120,
        },
        by=by,
        now=NOW,
    )
    assert {first.state, second.state} == {RouteState.CONFIRMED}
    children.decide_change(session, request=request, accept=True, by=staff, now=NOW)

    assert {first.state, second.state} == {RouteState.STALE}
    assert (old.state, old.address) == (StopState.CANCELLED, address)
    fresh = session.get_one(Stop, package.stop_id)
    assert (fresh.route_id, fresh.address) == (second.id, "Jl. Baru No. 9")
    with pytest.raises(Refused, match=r"dispatch\.not_confirmed"):
        dispatch.export_routes(
            session, cycle=cycle, kind=ExportKind.STOPS_CSV, by=by, now=NOW, purpose="uji"
        )
    assert package.assignment_id == pair
    assert session.get_one(Assignment, pair).child_id == child.id
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    assert {first.state, second.state} <= {RouteState.CONFIRMED, RouteState.STALE}
    assert reconcile.reconciliation(session, cycle=cycle).open_packages
