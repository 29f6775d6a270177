"""Scenario 13: a family moves mid-month; both routes become stale, the pair stays."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from api.services import change_requests, dispatch, reconcile, routes
from api.services.dispatch import ExportKind
from api.services.errors import Refused
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Assignment,
    Child,
    CycleState,
    Package,
    Role,
    RouteState,
    Stop,
    StopState,
)
from tests.api.services.test_routes import OTHER, two_routes
from tests.factories import NOW, make_account, make_cycle


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

    request = change_requests.request_move(
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
    change_requests.decide_change(session, request=request, accept=True, by=staff, now=NOW)

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


@pytest.mark.stores("sqlite")
def test_over_the_api_a_move_makes_both_routes_stale_and_keeps_the_past(
    engine: Engine, client_for: Callable[[Role | Account], TestClient]
) -> None:
    with write_session(engine) as session:
        cycle, by, first, second = two_routes(session)
        for stop in session.exec(select(Stop).where(Stop.route_id == second.id)):
            stop.kelurahan_code = OTHER
        routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
        old = session.exec(
            select(Stop).where(Stop.route_id == first.id).order_by(col(Stop.sequence))
        ).all()[0]
        package = session.exec(select(Package).where(Package.stop_id == old.id)).one()
        child = session.get_one(Child, package.child_id)
        november = make_cycle(session, "2026-11", state=CycleState.CLOSED)
        past = Stop(**old.model_dump(exclude={"id", "uid"}))
        past.cycle_id, past.route_id, past.sequence = november.id or 0, None, None
        past.state = StopState.DELIVERED
        session.add(past)
        session.flush()
        address, codes = old.address, {first.code, second.code}
    office, staff = client_for(by), client_for(Role.STAFF)
    base = "/api/v1/cycles/2026-12"
    pairs = {row["child"]: row["pledge"] for row in staff.get(f"{base}/matching").json()["pairs"]}
    to = {
        "address": "Jl. Baru No. 9", "kelurahan_code": OTHER, "lat": -2.1250, "lon": 106.1120,
    }  # fmt: skip
    asked = office.post(f"/api/v1/children/{child.code}/moves", json=to)
    assert asked.status_code == 201, asked.text
    path = f"/api/v1/children/requests/{asked.json()['id']}"
    assert office.post(path, json={"accept": True, "reason": ""}).status_code == 403
    accepted = staff.post(path, json={"accept": True, "reason": "diterima Kel. C"})
    assert accepted.status_code == 200, accepted.text
    after = office.get(f"{base}/routes").json()
    assert {row["code"] for row in after if row["state"] == "stale"} == codes
    wanted = {"kind": "stops_csv", "purpose": "uji"}
    refused = office.post(f"{base}/routes/export", json=wanted)
    assert (refused.status_code, refused.json()["code"]) == (409, "dispatch.not_confirmed")
    assert all(code in refused.json()["title"] for code in codes)
    kept = staff.get(f"{base}/matching").json()["pairs"]
    assert {row["child"]: row["pledge"] for row in kept} == pairs
    with read_session(engine) as session:
        assert session.get_one(Stop, past.id).address == address
        assert session.get_one(Stop, old.id).address == address
    for row in after:
        again = {"base_version": row["version"], "accept_reason": "dilihat"}
        assert office.post(f"/api/v1/routes/{row['code']}/confirm", json=again).status_code == 200
    assert office.post(f"{base}/routes/export", json=wanted).status_code == 200
