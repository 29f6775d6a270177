"""A route leaves while somebody else has its rows before them: what they knew no longer counts."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from api.services import (
    carrying,
    couriers,
    departures,
    exception_actions,
    hand_plan,
    own_pickups,
    package_cancelling,
    pickups,
    routes,
    stale_routes,
    vehicles,
)
from api.services.cycle_lock import hold_cycle
from api.services.errors import Refused, ServiceError, StaleVersion
from api.services.own_pickups import PickupEvent
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Cycle,
    DeliveryException,
    ExceptionAction,
    ExceptionState,
    Package,
    PackageState,
    Pickup,
    PickupState,
    Role,
    Route,
    RouteState,
    Stop,
    StopState,
    Vehicle,
)
from tests.api.services.test_delivery_race import accept, failed_delivery
from tests.api.services.test_pickups import shop
from tests.api.services.test_routes import two_routes
from tests.factories import NOW, make_account
from tests.factories_routes import make_dispatched_cycle, package_at

pytestmark = pytest.mark.stores("postgresql")

LATER = NOW + timedelta(hours=1)
Change = Callable[[Session, Account, Route, Route, Stop, Package], object]


def reorder(
    session: Session, by: Account, route: Route, _o: Route, stop: Stop, _p: Package
) -> None:
    uids = [one.uid for one in routes.route_view(session, route=route).stops]
    routes.reorder_route(
        session, route=route, stop_uids=uids[::-1], by=by, now=NOW, base_version=route.version
    )


def move(session: Session, by: Account, _r: Route, other: Route, stop: Stop, _p: Package) -> None:
    routes.move_stop(session, stop=stop, to_route=other, by=by, now=NOW, base_version=stop.version)


def split(session: Session, by: Account, route: Route, _o: Route, _s: Stop, _p: Package) -> None:
    routes.split_route(
        session, route=route, after_position=1, by=by, now=NOW, base_version=route.version
    )


def merge(session: Session, by: Account, route: Route, other: Route, _s: Stop, _p: Package) -> None:
    routes.merge_routes(
        session, route=other, other=route, by=by, now=NOW, base_version=other.version
    )


def confirm(session: Session, by: Account, route: Route, _o: Route, _s: Stop, _p: Package) -> None:
    routes.confirm_route(session, route=route, by=by, now=NOW, base_version=route.version)


def lock(session: Session, by: Account, route: Route, _o: Route, _s: Stop, _p: Package) -> None:
    hand_plan.lock_route(
        session, route=route, is_locked=True, by=by, now=NOW, base_version=route.version
    )


def hold(session: Session, by: Account, _r: Route, _o: Route, stop: Stop, _p: Package) -> None:
    hand_plan.hold_stop(
        session, stop=stop, is_pinned=True, banned_vehicle_ids=(), by=by, now=NOW,
        base_version=stop.version,
    )  # fmt: skip


def carry(session: Session, by: Account, _r: Route, _o: Route, _s: Stop, package: Package) -> None:
    carrying.carry_package(session, package=package, by=by, now=NOW)


def cancel(session: Session, by: Account, _r: Route, _o: Route, _s: Stop, package: Package) -> None:
    package_cancelling.cancel_package(session, package=package, by=by, now=NOW, reason="x")


@pytest.mark.parametrize(
    "change", [reorder, move, split, merge, confirm, lock, hold, carry, cancel]
)
def test_a_route_that_has_left_since_it_was_read_stays_as_it_left(
    engine: Engine, change: Change
) -> None:
    with write_session(engine) as session:
        _, by, first, second = two_routes(session)
        routes.confirm_all(session, cycle=session.exec(select(Cycle)).one(), by=by, now=NOW)
    with Session(engine) as page:
        route, other = page.get_one(Route, first.id), page.get_one(Route, second.id)
        stop = page.exec(select(Stop).where(Stop.route_id == first.id)).all()[0]
        package = page.exec(select(Package).where(Package.stop_id == stop.id)).one()
        with write_session(engine) as yard:
            leaving = yard.get_one(Route, first.id)
            departures.dispatch_route(yard, route=leaving, by=by, now=NOW, is_sure=True)
        with pytest.raises((Refused, StaleVersion)):
            change(page, by, route, other, stop, package)
    with read_session(engine) as session:
        assert session.get_one(Route, first.id).state is RouteState.DISPATCHED
        found = session.get_one(Stop, stop.id)
        assert (found.state, found.route_id) == (StopState.EN_ROUTE, first.id)
        assert session.get_one(Package, package.id).state is PackageState.LOADED


def test_a_family_that_leaves_while_its_route_leaves_becomes_a_case(engine: Engine) -> None:
    with write_session(engine) as session:
        _, by, first, _ = two_routes(session)
        routes.confirm_all(session, cycle=session.exec(select(Cycle)).one(), by=by, now=NOW)
    with write_session(engine) as page:
        stop = page.exec(select(Stop).where(Stop.route_id == first.id)).all()[0]
        package = page.exec(select(Package).where(Package.stop_id == stop.id)).one()
        with write_session(engine) as yard:
            leaving = yard.get_one(Route, first.id)
            departures.dispatch_route(yard, route=leaving, by=by, now=NOW, is_sure=True)
        stale_routes.mark_stale_for_child(
            page, child_id=package.child_id, by=by, now=NOW, reason="exited"
        )
    with read_session(engine) as session:
        assert session.get_one(Package, package.id).state is PackageState.LOADED
        assert session.get_one(Route, first.id).state is RouteState.DISPATCHED
        assert session.exec(select(DeliveryException)).one().package_id == package.id


def test_goods_to_fetch_on_a_route_that_has_left_stay_on_it(engine: Engine) -> None:
    with write_session(engine) as session:
        cycle, by, first, _ = two_routes(session)
        made = pickups.save_pickup(
            session, cycle=cycle, pickup=None, by=by, now=NOW,
            changes={"label": "Toko", "lat": -2.12, "lon": 106.11, "goods": "telur",
                     "weight_g": 900, "volume_ml": 900},
        )  # fmt: skip
        made.route_id, made.after = first.id, 0
        session.add(made)
        routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    with Session(engine) as page:
        pickup = page.exec(select(Pickup)).one()
        route = page.get_one(Route, first.id)
        with write_session(engine) as yard:
            leaving = yard.get_one(Route, first.id)
            departures.dispatch_route(yard, route=leaving, by=by, now=NOW, is_sure=True)
        with pytest.raises(Refused, match=r"pickup\.over"):
            pickups.cancel_pickup(page, pickup=pickup, by=by, now=NOW, base_version=pickup.version)
        assert route.state is RouteState.DISPATCHED


def test_a_phone_waits_while_the_office_holds_the_month(engine: Engine) -> None:
    """Goods that were fetched as well as packages that were handed over."""
    with write_session(engine) as session:
        cycle, route, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
        package = package_at(session, stops[0])
        pickup = shop(session, cycle, coordinator)
        pickup.route_id, pickup.after = route.id, 0
    told = PickupEvent("ambil-1", pickup.uid, True, "", NOW, "hp", 1)

    def tell_pickup(phone: Session) -> None:
        own_pickups.record_pickup_events(phone, events=[told], by=courier, now=LATER)

    def open_page(phone: Session) -> None:
        own_pickups.record_own_pickup(
            phone, uid=pickup.uid, is_fetched=True, note="", by=courier, now=NOW
        )

    def tell_delivery(phone: Session) -> None:
        accept(phone, package, courier)

    for work in (tell_delivery, tell_pickup, open_page):
        with write_session(engine) as office:
            hold_cycle(office, office.get_one(Cycle, cycle.id))
            with Session(engine) as phone:
                phone.exec(text("SET LOCAL lock_timeout = '50ms'"))  # type: ignore[call-overload]
                with pytest.raises(OperationalError, match="lock timeout"):
                    work(phone)
    with write_session(engine) as phone:
        tell_pickup(phone)
    with read_session(engine) as session:
        assert session.get_one(Pickup, pickup.id).state is PickupState.FETCHED


def test_a_package_delivered_after_all_is_not_sent_out_again(engine: Engine) -> None:
    package, coordinator, courier = failed_delivery(engine)
    with write_session(engine) as office:
        case = office.exec(select(DeliveryException)).one()
        office.get_one(Package, package.id)
        with write_session(engine) as phone:
            accept(phone, package, courier)
        with pytest.raises(ServiceError, match=r"exception\.stale"):
            exception_actions.choose_action(
                office, case=case, action=ExceptionAction.REDELIVER, by=coordinator, now=LATER,
                base_version=1, day=LATER.date(),
            )  # fmt: skip
    with read_session(engine) as session:
        assert session.get_one(Package, package.id).state is PackageState.ACCEPTED


def test_a_case_handed_to_the_approver_is_taken_by_nobody_who_saw_it_before(
    engine: Engine,
) -> None:
    _, coordinator, _ = failed_delivery(engine)
    with write_session(engine) as session:
        other = make_account(session, Role.COORDINATOR)
    with Session(engine) as page:
        case = page.exec(select(DeliveryException)).one()
        with write_session(engine) as office:
            exception_actions.choose_action(
                office, case=office.get_one(DeliveryException, case.id), by=coordinator,
                action=ExceptionAction.GRIEVANCE, now=LATER, base_version=1,
            )  # fmt: skip
        with pytest.raises(ServiceError, match=r"exception\.(unknown|stale)"):
            exception_actions.take_exception(page, case=case, by=other, now=LATER, base_version=1)
    with read_session(engine) as session:
        found = session.exec(select(DeliveryException)).one()
        assert (found.state, found.version) == (ExceptionState.ACTION_CHOSEN, 2)
        assert found.is_sensitive


def test_a_vehicle_is_saved_while_its_routes_are_planned(engine: Engine) -> None:
    """Whoever saves it waits for the month, and does not keep the month's own routes waiting."""
    with write_session(engine) as session:
        cycle, by, route, _ = two_routes(session)
        routes.confirm_all(session, cycle=cycle, by=by, now=NOW)

    def save() -> None:
        with write_session(engine) as page:
            vehicles.save_vehicle(
                page, vehicle=page.get_one(Vehicle, route.vehicle_id), by=by, now=NOW,
                changes={"courier_name": "Kurir Baru"},
            )  # fmt: skip

    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with ThreadPoolExecutor(1) as threads:
        with write_session(engine) as planner:
            hold_cycle(planner, planner.get_one(Cycle, cycle.id))
            saved = threads.submit(save)
            with engine.connect() as watch:
                while not watch.execute(waiting).scalar():
                    sleep(0.01)
                    watch.rollback()
            copied = planner.get_one(Route, route.id).model_dump(exclude={"id", "uid"})
            copied |= {"code": "R-2612-77", "state": RouteState.CANCELLED}
            planner.add(Route(**copied))
        saved.result(timeout=60)
    with read_session(engine) as session:
        assert session.get_one(Route, route.id).state is RouteState.STALE


def test_a_route_that_leaves_while_its_vehicle_is_handed_on_is_handed_on_too(
    engine: Engine,
) -> None:
    """Whoever hands a vehicle over waits for the month, so that no route slips away between."""
    with write_session(engine) as session:
        cycle, by, route, _ = two_routes(session)
        courier = make_account(session, Role.COURIER)
        routes.confirm_all(session, cycle=cycle, by=by, now=NOW)

    def hand_over() -> None:
        with write_session(engine) as office:
            couriers.assign_courier(
                office, vehicle_id=route.vehicle_id, username=courier.username, by=by, now=NOW,
                hands_over=True,
            )  # fmt: skip

    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with ThreadPoolExecutor(1) as threads:
        with write_session(engine) as yard:
            leaving = yard.get_one(Route, route.id)
            departures.dispatch_route(yard, route=leaving, by=by, now=NOW, is_sure=True)
            handed = threads.submit(hand_over)
            with engine.connect() as watch:
                while not (handed.done() or watch.execute(waiting).scalar()):
                    sleep(0.01)
                    watch.rollback()
        handed.result(timeout=60)
    with read_session(engine) as session:
        assert session.get_one(Route, route.id).handed_to_id == courier.id
