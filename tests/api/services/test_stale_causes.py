"""A stale route says which change made it so, whose, by whom and when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from api.i18n import all_sentences
from api.pages.stale_words import PLACES, cause_words
from api.services import depots, goods_limit_setting, planning, routes, vehicles
from api.services.package_cancelling import cancel_package
from api.services.road_closures import close_road, lift_closure
from api.services.stale_causes import BY_HAND, REASONS, causes_of
from data.schema import (
    Account,
    Cycle,
    Depot,
    Package,
    PackageLine,
    Role,
    Route,
    RouteState,
    Stop,
    Vehicle,
)
from tests.api.services.test_dispatch import confirmed_month
from tests.api.services.test_road_map import QUICK, month_on_roads, spot
from tests.api.services.test_routes import OTHER, move_home, two_routes
from tests.factories import NOW, make_account
from tests.factories_goods import packages_of

pytestmark = pytest.mark.stores("sqlite")
LATER = NOW + timedelta(hours=1)
Deed = Callable[[Session, Cycle, Account, Route], str]


def told(session: Session, route: Route) -> list[tuple[str, str]]:
    return [(each.code, each.about) for each in causes_of(session, codes=[route.code])[route.code]]


def edit_vehicle(session: Session, cycle: Cycle, by: Account, route: Route) -> str:
    vehicle = session.get_one(Vehicle, route.vehicle_id)
    changes = {"plate": "BN 9 ZZ", "courier_phone": "+628117000009"}
    vehicles.save_vehicle(session, vehicle=vehicle, changes=changes, by=by, now=LATER)
    return f"kendaraan {vehicle.name} berubah: Nomor polisi"


def move_depot(session: Session, cycle: Cycle, by: Account, route: Route) -> str:
    depot = session.get_one(Depot, route.depot_id)
    depots.save_depot(session, depot=depot, changes={"lat": -2.2}, by=by, now=LATER)
    return f"gudang {depot.name} berubah: Lintang"


def cancel(session: Session, cycle: Cycle, by: Account, route: Route) -> str:
    package = packages_of(session, cycle)[0]
    reason = "Ibu Sari menolak"
    cancel_package(session, package=package, by=by, now=LATER, reason=reason)
    return f"paket {package.code} dibatalkan"


def graduate(session: Session, cycle: Cycle, by: Account, route: Route) -> str:
    package = packages_of(session, cycle)[0]
    routes.mark_stale_for_child(
        session, child_id=package.child_id, by=by, now=LATER, reason="graduated"
    )
    return f"anak penerima paket {package.code} lulus; paketnya ditarik"


def reorder(session: Session, cycle: Cycle, by: Account, route: Route) -> str:
    uids = [stop.uid for stop in routes.route_view(session, route=route).stops]
    routes.reorder_route(
        session, route=route, stop_uids=uids[::-1], by=by, now=LATER, base_version=route.version
    )
    return "urutan perhentian diubah"


def take_out(session: Session, cycle: Cycle, by: Account, route: Route) -> str:
    stop = session.exec(select(Stop).where(Stop.route_id == route.id)).first()
    assert stop is not None
    routes.move_stop(session, stop=stop, to_route=None, by=by, now=LATER, base_version=stop.version)
    return f"perhentian {stop.label} dipindahkan"


DEEDS = [edit_vehicle, move_depot, cancel, graduate, reorder, take_out]


@pytest.mark.parametrize("deed", DEEDS)
def test_the_change_is_named_with_who_and_when_until_it_is_confirmed_again(
    session: Session, deed: Deed
) -> None:
    cycle, by, [route, *_] = confirmed_month(session, plate="BN 1 AA")
    assert told(session, route) == []
    said = deed(session, cycle, by, route)
    assert route.state == RouteState.STALE
    causes = causes_of(session, codes=[route.code])[route.code]
    view = routes.route_view(session, route=route)
    [words] = cause_words(causes, view, cycle.month, "id")
    assert (words.text, words.by, words.at) == (said, by.username, LATER)
    assert "Sari" not in words.text
    assert cause_words(causes, view, cycle.month, "en")[0].text != said
    routes.confirm_route(
        session, route=route, by=by, now=LATER, base_version=route.version, accept_reason="ya"
    )
    assert told(session, route) == []


def test_the_route_that_a_moved_family_joins_says_so_too(session: Session) -> None:
    cycle, by, first, second = two_routes(session)
    for stop in session.exec(select(Stop).where(Stop.route_id == second.id)):
        stop.kelurahan_code = OTHER
        session.add(stop)
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    old = session.exec(select(Stop).where(Stop.route_id == first.id)).first()
    assert old is not None
    package = session.exec(select(Package).where(Package.stop_id == old.id)).one()
    move_home(session, package)
    staff = make_account(session, Role.STAFF)
    routes.mark_stale_for_child(
        session, child_id=package.child_id, by=staff, now=LATER, reason="moved"
    )
    assert ("moved", package.code) in told(session, first)
    assert ("moved_here", package.code) in told(session, second)
    view = routes.route_view(session, route=second)
    causes = causes_of(session, codes=[second.code])[second.code]
    link = f"/bulan/{cycle.month}/paket/daftar?cari={package.code}"
    assert link in [each.link for each in cause_words(causes, view, cycle.month, "id")]


def test_a_closed_road_is_named_and_so_is_its_opening(session: Session, tmp_path: Path) -> None:
    cycle, by, _ = month_on_roads(session, tmp_path)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    [route] = session.exec(select(Route)).all()
    lat, lon = spot(0, 0.95)
    closed = close_road(
        session, lat=lat, lon=lon, from_day=route.day, to_day=None, reason="Banjir", by=by, now=NOW
    )
    assert told(session, route) == [("road_closed", "Jalan Selatan")]
    lift_closure(session, closure_id=closed.closure.id or 0, by=by, now=LATER)
    assert told(session, route)[1:] == [("road_opened", "Jalan Selatan")]
    view = routes.route_view(session, route=route)
    causes = causes_of(session, codes=[route.code])[route.code]
    words = cause_words(causes, view, cycle.month, "id")
    assert {each.link for each in words} == {"/jalan"}
    assert words[1].text == "Jalan Selatan dibuka kembali; rute ini lewat sana lagi"
    nameless = replace(causes[0], about="")
    [said] = cause_words([nameless], view, cycle.month, "id")
    assert said.text == "jalan tanpa nama ditutup; rute ini lewat jalan lain atau terputus"


def test_a_limit_of_goods_names_the_item(session: Session) -> None:
    _, by, [route, *_] = confirmed_month(session)
    item = session.exec(select(PackageLine.item_code)).first()
    assert item is not None
    goods_limit_setting.save_limit(
        session, code=item, changes={"max_days_before_delivery": 1}, by=by, now=LATER
    )
    assert told(session, route) == [("goods", item)]


def test_every_reason_has_its_sentence_and_every_place_a_reason() -> None:
    known = {code.removeprefix("stale.") for code in all_sentences() if code.startswith("stale.")}
    assert known == REASONS | BY_HAND | {"other", "unnamed", "unnamed_road"}
    assert set(PLACES) <= REASONS | BY_HAND
