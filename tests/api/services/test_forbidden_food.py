"""What a child may have on the day its box was made for, it may not have before that day."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, select

from api.i18n import sentence
from api.services import departures, packing, planning, routes
from api.services.errors import Refused
from api.services.planning import PlanOptions
from data.schema import Account, Child, Cycle, Package, Role, Route, RouteState
from tests.factories import NOW, make_account, make_approved_cycle, make_depot, make_vehicle
from tests.factories_goods import kits_in_stock, packages_of

pytestmark = pytest.mark.stores("sqlite")

BIRTHDAY = date(2026, 12, 3)
"""The day on which the child of :func:`packed_for` is twelve months old."""
BEFORE = date(2026, 12, 1)


def packed_for(session: Session, day: date) -> tuple[Cycle, Account, Package]:
    """A box with honey and milk, made for a child's twelfth month to the day."""
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=1)
    child = session.exec(select(Child)).one()
    child.born_on = date(2025, 12, 3)
    kits_in_stock(session, depot, by, 3)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW, deliver_on=day, depot=depot)
    packing.mark_packed(session, cycle=cycle, by=by, now=NOW)
    make_vehicle(session)
    [package] = packages_of(session, cycle)
    return cycle, by, package


def route_on(session: Session, cycle: Cycle, by: Account, day: date) -> Route:
    options = PlanOptions(days=(day,), seconds=None, iterations=20)
    [route] = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options).routes
    return route


def test_no_day_is_planned_before_the_one_that_boxes_were_made_for(session: Session) -> None:
    cycle, by, _ = packed_for(session, BIRTHDAY)
    for days in ((BEFORE,), (BEFORE, BIRTHDAY)):
        options = PlanOptions(days=days, seconds=None, iterations=20)
        with pytest.raises(Refused, match=r"plan\.too_early") as refusal:
            planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
        assert refusal.value.params == {"day": "2026-12-01", "first": "2026-12-03"}
    assert route_on(session, cycle, by, BIRTHDAY).day == BIRTHDAY


def test_a_route_moved_to_an_earlier_day_is_not_confirmed_and_no_reason_helps(
    session: Session,
) -> None:
    cycle, by, package = packed_for(session, BIRTHDAY)
    route = route_on(session, cycle, by, BIRTHDAY)
    route.day = BEFORE
    with pytest.raises(Refused, match=r"route\.forbidden_food") as refusal:
        routes.confirm_route(
            session, route=route, by=by, now=NOW, base_version=route.version, accept_reason="ya"
        )
    assert refusal.value.params["packages"] == [package.code]
    assert refusal.value.params["items"] == ["susu_uht", "madu"]
    assert "kemas ulang" in sentence(refusal.value.code, refusal.value.params, "id")
    assert [len(each) for each in routes.confirm_all(session, cycle=cycle, by=by, now=NOW)] == [
        0,
        1,
    ]
    route.day = BIRTHDAY
    assert [len(each) for each in routes.confirm_all(session, cycle=cycle, by=by, now=NOW)] == [
        1,
        0,
    ]


def test_a_route_that_leaves_early_brings_no_honey(session: Session) -> None:
    cycle, by, package = packed_for(session, BIRTHDAY)
    route = route_on(session, cycle, by, BIRTHDAY)
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    with pytest.raises(Refused, match=r"route\.forbidden_food") as refusal:
        departures.dispatch_route(session, route=route, by=by, now=NOW, is_sure=True)
    assert refusal.value.params["packages"] == [package.code]
    told = sentence(refusal.value.code, refusal.value.params, "id")
    assert "berangkatkan mulai 3 Desember 2026" in told
    assert "kemas ulang" not in told, "the same box would come out again"
    then = datetime(2026, 12, 3, 1, tzinfo=UTC)
    departures.dispatch_route(session, route=route, by=by, now=then)
    assert route.state == RouteState.DISPATCHED


def test_an_allergy_heard_of_after_packing_stops_the_box(session: Session) -> None:
    cycle, by, _ = packed_for(session, BIRTHDAY)
    route = route_on(session, cycle, by, BIRTHDAY)
    session.exec(select(Child)).one().allergies = ["egg"]
    with pytest.raises(Refused, match=r"route\.forbidden_food") as refusal:
        routes.confirm_route(session, route=route, by=by, now=NOW, base_version=route.version)
    assert refusal.value.params["items"] == ["telur"]
    assert refusal.value.params["when"] == {"code": "route.food_never", "days": 62}
