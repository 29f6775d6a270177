"""Children who get a freed place after packing get their package while the month still runs."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from api.services import packing, planning, stock
from api.services.blockers import Blocker, blockers
from api.services.errors import Refused
from api.services.plan_options import PlanOptions
from api.services.reconcile import judge_fulfilments
from api.services.routes import confirm_all, waiting_stops
from api.services.shortage_signing import sign_shortage
from api.services.shortages import Remedy
from data.schema import (
    Account,
    Child,
    Cycle,
    CycleState,
    FulfilmentState,
    MatchRun,
    Package,
    PackageState,
    Route,
    RouteState,
    Shortage,
    Stop,
)
from tests.factories import (
    NOW,
    make_assignment,
    make_child,
    make_cycle_child,
    make_pledge,
    make_vehicle,
)
from tests.factories_goods import kits_in_stock, make_packed_cycle, packages_of

pytestmark = pytest.mark.stores("sqlite")


def late_pair(session: Session, cycle: Cycle, **child_values: Any) -> Child:
    child = make_child(session, **child_values)
    make_cycle_child(session, cycle, child)
    run = session.get_one(MatchRun, cycle.match_run_id)
    make_assignment(session, run, child, make_pledge(session))
    return child


def planned(session: Session, cycle: Cycle, by: Account) -> None:
    make_vehicle(session)
    planning.plan_routes(
        session, cycle=cycle, by=by, now=NOW, options=PlanOptions(seconds=1, iterations=20)
    )


def blockers_of(session: Session, cycle: Cycle) -> list[Blocker]:
    return blockers(session, cycle=cycle, now=NOW)


def package_of(session: Session, child: Child) -> Package:
    return session.exec(select(Package).where(Package.child_id == child.id)).one()


@pytest.mark.parametrize("state", [CycleState.PACKING, CycleState.DISTRIBUTING])
def test_a_late_pair_gets_its_package_and_its_goods(session: Session, state: CycleState) -> None:
    cycle, _, by, depot = make_packed_cycle(session, num_children=2)
    before = {package.id: package.version for package in packages_of(session, cycle)}
    child = late_pair(session, cycle)
    kits_in_stock(session, depot, by, 1)
    cycle.state = state
    result = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert (result.num_packages, result.num_reserved) == (3, 1)
    assert cycle.state is state
    package = package_of(session, child)
    assert (package.code, package.state) == ("P-2612-0003", PackageState.RESERVED)
    others = [one for one in packages_of(session, cycle) if one.id != package.id]
    assert {one.id: one.version for one in others} == before
    assert packing.mark_packed(session, cycle=cycle, by=by, now=NOW) == 1
    assert stock.check_stock(session) == []
    assert packing.pack_cycle(session, cycle=cycle, by=by, now=NOW).num_packages == 3


def test_reconciling_is_too_late(session: Session) -> None:
    cycle, _, by, _ = make_packed_cycle(session, num_children=1)
    late_pair(session, cycle)
    cycle.state = CycleState.RECONCILING
    with pytest.raises(Refused, match=r"packing\.state"):
        packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)


def test_goods_that_are_missing_are_signed_for_first(session: Session) -> None:
    cycle, _, by, depot = make_packed_cycle(session, num_children=1)
    child = late_pair(session, cycle)
    kits_in_stock(session, depot, by, 2, telur=10)
    cycle.state = CycleState.DISTRIBUTING
    result = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert [(short.item_code, short.missing) for short in result.shortages] == [("telur", 20)]
    assert package_of(session, child).state is PackageState.PLANNED
    assert all(row.reserved == 0 for row in stock.stock_list(session))
    sign_shortage(session, cycle=cycle, item_code="telur", remedy=Remedy.PURCHASE, by=by, now=NOW)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert package_of(session, child).state is PackageState.RESERVED
    assert stock.check_stock(session) == []


def test_an_earlier_signature_does_not_speak_for_a_late_package(session: Session) -> None:
    cycle, _, by, depot = make_packed_cycle(session, num_children=1)
    row = Shortage(
        cycle_id=cycle.id or 0,
        item_code="telur",
        needed=60,
        available=30,
        remedy=Remedy.LEAVE_OUT.value,
        signed_by=by.username,
        signed_at=NOW,
    )
    session.add(row)
    session.flush()
    child = late_pair(session, cycle)
    kits_in_stock(session, depot, by, 2, telur=0)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert (row.signed_by, row.remedy) == (None, None)
    assert package_of(session, child).state is PackageState.PLANNED


def test_it_waits_for_a_route_until_the_next_plan(session: Session) -> None:
    cycle, _, by, depot = make_packed_cycle(session, num_children=2)
    planned(session, cycle, by)
    assert waiting_stops(session, cycle=cycle) == []
    child = late_pair(session, cycle)
    kits_in_stock(session, depot, by, 1)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    package = package_of(session, child)
    stop = session.get_one(Stop, package.stop_id)
    assert (stop.route_id, stop.household_id) == (None, child.household_id)
    assert len(waiting_stops(session, cycle=cycle)) == 1
    packing.mark_packed(session, cycle=cycle, by=by, now=NOW)
    planned(session, cycle, by)
    assert session.get_one(Stop, package.stop_id).route_id is not None
    assert waiting_stops(session, cycle=cycle) == []


def test_a_sibling_of_a_planned_stop_rides_along_and_the_route_is_confirmed_anew(
    session: Session,
) -> None:
    cycle, pairs, by, depot = make_packed_cycle(session, num_children=1)
    planned(session, cycle, by)
    confirm_all(session, cycle=cycle, by=by, now=NOW)
    elder = session.get_one(Child, pairs[0].child_id)
    child = late_pair(session, cycle, household_id=elder.household_id)
    kits_in_stock(session, depot, by, 2)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert package_of(session, child).stop_id == package_of(session, elder).stop_id
    assert [route.state for route in session.exec(select(Route))] == [RouteState.STALE]


def test_before_the_first_plan_no_stop_is_made(session: Session) -> None:
    cycle, _, by, depot = make_packed_cycle(session, num_children=1)
    late_pair(session, cycle)
    kits_in_stock(session, depot, by, 2)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert session.exec(select(Stop)).all() == []


def test_a_day_that_has_passed_is_not_the_late_packages_day(session: Session) -> None:
    cycle, _, by, depot = make_packed_cycle(session, num_children=1)
    child = late_pair(session, cycle)
    kits_in_stock(session, depot, by, 2)
    later = NOW + timedelta(days=9)
    packing.pack_cycle(session, cycle=cycle, by=by, now=later)
    assert package_of(session, child).deliver_on == later.date()


def test_a_pair_without_a_package_is_named_and_judged(session: Session) -> None:
    cycle, _, by, depot = make_packed_cycle(session, num_children=1)
    assert "blocker.no_package" not in {one.code for one in blockers_of(session, cycle)}
    child = late_pair(session, cycle)
    [found] = [one for one in blockers_of(session, cycle) if one.code == "blocker.no_package"]
    assert (found.count, found.is_hard) == (1, False)
    judged = {row.child_id: row.state for row in judge_fulfilments(session, cycle=cycle, now=NOW)}
    assert judged[child.id or 0] is FulfilmentState.UNFULFILLED
    kits_in_stock(session, depot, by, 2)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
