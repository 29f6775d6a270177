"""A package whose contents are wrong is packed again while it is still here."""

import pytest
from sqlmodel import Session, col, select

from api.services import carrying, departures, packing, routes, stock
from api.services.errors import Forbidden, Refused
from api.services.package_cancelling import empty_box
from api.services.repack_plans import plan_repacking
from api.services.repacking import repack_package
from api.services.reservations import to_state
from api.services.shortage_signing import Signature, sign_shortage
from api.services.shortages import Remedy
from data.queries.goods import lines_of_packages
from data.schema import (
    Account,
    AuditEntry,
    Child,
    Cycle,
    CycleState,
    Depot,
    Package,
    PackageState,
    Role,
    Route,
    RouteState,
    Shortage,
    StockItem,
    StockMove,
    Stop,
)
from tests.api.services.test_routes import planned_month
from tests.factories import NOW, make_account, make_approved_cycle, make_depot
from tests.factories_goods import (
    KIT,
    give_stock,
    kits_in_stock,
    make_packed_cycle,
    packages_of,
)
from tests.kept import kept

pytestmark = pytest.mark.stores("sqlite")


@kept
def month_on_its_way(session: Session) -> tuple[Cycle, Account, list[Route]]:
    """Two trips, both confirmed; the first has left and the month is distributing."""
    cycle, by, found = planned_month(session, capacity_g=25_000)
    assert len(found) == 2
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    departures.dispatch_route(session, route=found[0], by=by, now=NOW, is_sure=True)
    return cycle, by, found


def package_on(session: Session, route: Route) -> Package:
    stops = select(Stop.id).where(Stop.route_id == route.id)
    rows = select(Package).where(col(Package.stop_id).in_(stops)).order_by(col(Package.code))
    return session.exec(rows).all()[0]


def items_of(session: Session, package: Package) -> dict[str, int]:
    lines = lines_of_packages(session, package_ids=[package.id or 0])[package.id or 0]
    return {line.item_code: line.quantity for line in lines}


def states(session: Session, *rows: Package | Route) -> set[PackageState | RouteState]:
    for row in rows:
        session.refresh(row)
    return {row.state for row in rows}


def allergic_to_egg(session: Session, package: Package) -> None:
    child = session.get_one(Child, package.child_id)
    child.allergies = ["egg"]
    session.add(child)
    session.flush()


def test_a_wrong_package_is_packed_again_while_others_are_on_their_way(session: Session) -> None:
    cycle, by, [_, route] = month_on_its_way(session)
    old = package_on(session, route)
    stop_id = old.stop_id
    assert "telur" in items_of(session, old)
    allergic_to_egg(session, old)
    give_stock(session, depot_of(session, route), by, ikan_kaleng=50)
    fresh = repack_package(session, package=old, by=by, now=NOW, reason="alergi telur")
    assert (old.state, old.stop_id) == (PackageState.CANCELLED, None)
    assert (fresh.replaces_id, fresh.child_id, fresh.stop_id) == (old.id, old.child_id, stop_id)
    assert fresh.code != old.code
    assert fresh.state is PackageState.RESERVED
    assert "telur" not in items_of(session, fresh)
    assert (route.state, cycle.state) == (RouteState.STALE, CycleState.DISTRIBUTING)
    assert stock.check_stock(session) == []


def depot_of(session: Session, route: Route) -> Depot:
    return session.get_one(Depot, route.depot_id)


def test_its_route_leaves_only_after_packing_and_a_new_confirmation(session: Session) -> None:
    cycle, by, [_, route] = month_on_its_way(session)
    fresh = repack_package(
        session, package=package_on(session, route), by=by, now=NOW, reason="kardus rusak"
    )
    with pytest.raises(Refused, match=r"dispatch\.not_confirmed"):
        departures.dispatch_route(session, route=route, by=by, now=NOW, is_sure=True)
    routes.confirm_route(session, route=route, by=by, now=NOW, base_version=route.version)
    with pytest.raises(Refused, match=r"dispatch\.not_packed"):
        departures.dispatch_route(session, route=route, by=by, now=NOW, is_sure=True)
    assert packing.mark_packed(session, cycle=cycle, by=by, now=NOW) == 1
    departures.dispatch_route(session, route=route, by=by, now=NOW, is_sure=True)
    assert fresh.state is PackageState.LOADED


@pytest.mark.parametrize(
    "state",
    [
        PackageState.LOADED,
        PackageState.ACCEPTED,
        PackageState.PARTLY_ACCEPTED,
        PackageState.RETURNED,
        PackageState.CANCELLED,
    ],
)
def test_a_package_that_left_never_changes(session: Session, state: PackageState) -> None:
    cycle, by, [route, _] = month_on_its_way(session)
    package = package_on(session, route)
    package.state = state
    session.add(package)
    session.flush()
    before = (package.version, package.stop_id, items_of(session, package))
    with pytest.raises(Refused, match=r"packing\.not_here"):
        repack_package(session, package=package, by=by, now=NOW, reason="salah isi")
    assert (package.version, package.stop_id, items_of(session, package)) == before
    assert len(packages_of(session, cycle)) == 4


@pytest.mark.parametrize("state", [CycleState.RECONCILING, CycleState.CLOSED])
def test_once_the_month_is_reconciled_it_is_too_late(session: Session, state: CycleState) -> None:
    cycle, by, [_, route] = month_on_its_way(session)
    cycle.state = state
    with pytest.raises(Refused, match=r"packing\.too_late_to_repack"):
        repack_package(session, package=package_on(session, route), by=by, now=NOW, reason="x")


def test_it_wants_a_reason_and_a_coordinator_and_is_written_down(session: Session) -> None:
    _, by, [_, route] = month_on_its_way(session)
    package = package_on(session, route)
    with pytest.raises(Refused, match=r"packing\.repack_reason"):
        repack_package(session, package=package, by=by, now=NOW, reason=" ")
    with pytest.raises(Forbidden, match=r"packing\.role"):
        repack_package(
            session, package=package, by=make_account(session, Role.STAFF), now=NOW, reason="x"
        )
    fresh = repack_package(session, package=package, by=by, now=NOW, reason="madu untuk bayi")
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "package:repack")).one()
    assert (entry.subject_id, entry.purpose) == (fresh.code, "madu untuk bayi")


def test_when_nothing_may_be_given_the_old_package_stays(session: Session) -> None:
    _, by, [_, route] = month_on_its_way(session)
    package = package_on(session, route)
    child = session.get_one(Child, package.child_id)
    child.born_on = NOW.date().replace(year=NOW.year - 6)
    session.add(child)
    session.flush()
    with pytest.raises(Refused, match=r"packing\.no_contents") as caught:
        repack_package(session, package=package, by=by, now=NOW, reason="ulang")
    assert caught.value.params["child"] == child.code
    assert package.state is PackageState.PACKED


def everything(session: Session, package: Package) -> tuple[object, ...]:
    """What must not move when packing again is refused."""
    rows = session.exec(select(StockItem).order_by(col(StockItem.id))).all()
    return (
        package.state,
        package.version,
        package.stop_id,
        items_of(session, package),
        [(row.item_code, row.on_hand, row.reserved) for row in rows],
        len(session.exec(select(Package.id)).all()),
        len(session.exec(select(StockMove.id)).all()),
        len(session.exec(select(Shortage.id)).all()),
    )


def test_without_goods_for_the_new_box_the_old_one_stays_shut(session: Session) -> None:
    _, by, [_, route] = month_on_its_way(session)
    old = package_on(session, route)
    give_stock(session, depot_of(session, route), by, telur=18)
    before = everything(session, old)
    with pytest.raises(Refused, match=r"packing\.repack_short") as caught:
        repack_package(session, package=old, by=by, now=NOW, reason="pecah", is_spoiled=True)
    goods = caught.value.params["goods"]
    assert isinstance(goods, list)
    assert {row["item"]: (row["missing"], row["available"]) for row in goods} == {
        code: (12, 18) if code == "telur" else (units, 0) for code, units in KIT.items()
    }
    assert everything(session, old) == before
    assert route.state is RouteState.CONFIRMED


@pytest.mark.parametrize("is_packed", [True, False], ids=["packed", "reserved"])
def test_the_goods_of_the_old_box_count_for_the_new_one(session: Session, is_packed: bool) -> None:
    """Nothing is on the shelf: the eggs alone lack their stand-in, the rest is in the old box."""
    by = make_account(session, Role.COORDINATOR)
    depot = make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=1)
    kits_in_stock(session, depot, by, 1)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    if is_packed:
        packing.mark_packed(session, cycle=cycle, by=by, now=NOW)
    [old] = packages_of(session, cycle)
    allergic_to_egg(session, old)
    before = everything(session, old)
    plan = plan_repacking(session, cycle=cycle, package=old, now=NOW)
    lines = {line.item_code: (line.out, line.into, line.free) for line in plan.lines}
    assert lines["beras"] == (5, 5, 0)
    assert lines["telur"] == (30, 0, 0)
    [lack] = plan.lacking()
    assert lines[lack.item_code] == (0, lack.needed, 0)
    assert len(plan.lacking(is_spoiled=True)) == (len(KIT) if is_packed else 1)
    with pytest.raises(Refused, match=r"packing\.repack_short") as caught:
        repack_package(session, package=old, by=by, now=NOW, reason="alergi telur")
    assert [row["item"] for row in caught.value.params["goods"]] == [lack.item_code]  # type: ignore[attr-defined]
    assert everything(session, old) == before
    give_stock(session, depot, by, **{lack.item_code: lack.needed})
    fresh = repack_package(session, package=old, by=by, now=NOW, reason="alergi telur")
    assert states(session, old, fresh) == {PackageState.CANCELLED, PackageState.RESERVED}
    assert stock.check_stock(session) == []


@pytest.mark.parametrize(
    ("remedy", "substitute", "eggs", "milk"),
    [
        (Remedy.LEAVE_OUT, None, 0, 12),
        (Remedy.PURCHASE, None, 30, 12),
        (Remedy.SUBSTITUTE, "susu_uht", 0, 12 + 10),
    ],
)
def test_what_lacks_goes_as_signed_for_this_package_alone(
    session: Session, remedy: Remedy, substitute: str | None, eggs: int, milk: int
) -> None:
    cycle, _, by, depot = make_packed_cycle(session, num_children=1)
    [old] = packages_of(session, cycle)
    kits_in_stock(session, depot, by, 2, telur=0)
    signed = [Signature("telur", remedy, substitute)]
    fresh = repack_package(
        session, package=old, by=by, now=NOW, reason="pecah", is_spoiled=True, signatures=signed
    )
    found = items_of(session, fresh)
    assert found.get("telur", 0) == eggs
    assert found["susu_uht"] == milk
    assert fresh.state is PackageState.RESERVED
    assert packing.packing_status(session, cycle=cycle).shortages == ()
    assert stock.check_stock(session) == []
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "package:repack")).one()
    assert (entry.after or {})["signed"] == {"telur": remedy.value}


@pytest.mark.parametrize(
    ("signature", "code"),
    [
        (Signature("telur", Remedy.WAIT), "repack_short"),
        (Signature("beras", Remedy.LEAVE_OUT), "repack_short"),
        (Signature("telur", Remedy.SUBSTITUTE, "madu"), "repack_short"),
        (Signature("telur", Remedy.SUBSTITUTE, "telur"), "substitute"),
    ],
)
def test_a_signature_that_leaves_a_box_short_changes_nothing(
    session: Session, signature: Signature, code: str
) -> None:
    cycle, _, by, depot = make_packed_cycle(session, num_children=1)
    [old] = packages_of(session, cycle)
    kits_in_stock(session, depot, by, 2, telur=0, madu=0)
    before = everything(session, old)
    with pytest.raises(Refused, match=rf"packing\.{code}"):
        repack_package(
            session,
            package=old,
            by=by,
            now=NOW,
            reason="pecah",
            is_spoiled=True,
            signatures=[signature],
        )
    assert everything(session, old) == before


def test_two_boxes_bought_for_in_the_same_second_each_get_their_goods(session: Session) -> None:
    cycle, _, by, _ = make_packed_cycle(session, num_children=2)
    signed = [Signature(code, Remedy.PURCHASE) for code in KIT]
    for old in packages_of(session, cycle):
        fresh = repack_package(
            session, package=old, by=by, now=NOW, reason="x", is_spoiled=True, signatures=signed
        )
        assert fresh.state is PackageState.RESERVED
    assert stock.check_stock(session) == []
    assert packing.packing_status(session, cycle=cycle).is_reserved


def test_a_box_that_was_never_filled_is_made_anew_and_waits_in_its_place(session: Session) -> None:
    by = make_account(session, Role.COORDINATOR)
    depot = make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=1)
    kits_in_stock(session, depot, by, 1, telur=0)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    [old] = packages_of(session, cycle)
    assert old.state is PackageState.PLANNED
    fresh = repack_package(session, package=old, by=by, now=NOW, reason="dihitung lagi")
    assert fresh.state is PackageState.PLANNED
    [short] = packing.packing_status(session, cycle=cycle).shortages
    assert [row.package_code for row in short.waiting] == [fresh.code]


def test_a_late_package_that_waits_by_signature_leaves_its_route(session: Session) -> None:
    cycle, by, [_, route] = month_on_its_way(session)
    old = package_on(session, route)
    empty_box(session, package=old, by=by, now=NOW, reason="x", is_spoiled=True)
    to_state(session, old, PackageState.PLANNED, NOW)
    assert packing.pack_cycle(session, cycle=cycle, by=by, now=NOW).is_reserved is False
    for code in KIT:
        sign_shortage(session, cycle=cycle, item_code=code, remedy=Remedy.WAIT, by=by, now=NOW)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert (old.state, old.stop_id) == (PackageState.CARRIED, None)
    routes.confirm_route(session, route=route, by=by, now=NOW, base_version=route.version)
    departures.dispatch_route(session, route=route, by=by, now=NOW, is_sure=True)
    assert route.state is RouteState.DISPATCHED


def test_a_package_carried_to_next_month_leaves_its_route(session: Session) -> None:
    _, by, [_, route] = month_on_its_way(session)
    package = package_on(session, route)
    carrying.carry_package(session, package=package, by=by, now=NOW)
    assert (package.state, package.stop_id) == (PackageState.CARRIED, None)
    assert states(session, route) == {RouteState.STALE}
    routes.confirm_route(session, route=route, by=by, now=NOW, base_version=route.version)
    departures.dispatch_route(session, route=route, by=by, now=NOW, is_sure=True)
    assert route.state is RouteState.DISPATCHED
