"""Scenario 11: goods are short; who waits is shown by need, signed, and the totals agree."""

from sqlmodel import Session, select

from api.services import dispatch, packing, planning, routes, stock
from api.services.dispatch import ExportKind
from api.services.route_book import route_book
from api.services.shortage_signing import sign_shortage
from api.services.shortages import Remedy
from data.schema import CycleChild, CycleState, PackageState, Role
from tests.api.services.test_planning import QUICK, spread_homes
from tests.factories import NOW, make_account, make_approved_cycle, make_depot, make_vehicle
from tests.factories_goods import kits_in_stock, packages_of


def test_eggs_for_six_of_seven_children(session: Session) -> None:
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    cycle, _ = make_approved_cycle(session, num_children=7)
    spread_homes(session)
    rows = session.exec(select(CycleChild)).all()
    for number, row in enumerate(rows):
        row.tier, row.points = 1 + number % 3, 100 + number
        session.add(row)
    kits_in_stock(session, depot, by, 7, telur=180)
    make_vehicle(session)

    first = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert not first.is_reserved
    assert cycle.state == CycleState.APPROVED
    [short] = first.shortages
    assert (short.item_code, short.missing) == ("telur", 30)
    least = max(rows, key=lambda row: (row.tier or 0, -(row.points or 0)))
    assert [(w.tier, w.points) for w in short.waiting] == [(least.tier, least.points)]

    sign_shortage(session, cycle=cycle, item_code="telur", remedy=Remedy.WAIT, by=by, now=NOW)
    second = packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    assert (second.is_reserved, second.num_reserved, second.num_waiting) == (True, 6, 1)
    packing.mark_packed(session, cycle=cycle, by=by, now=NOW)
    assert {line.item_code: line.on_hand for line in stock.stock_list(session)}["telur"] == 0

    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    book = route_book(session, cycle=cycle, by=by, now=NOW)
    on_sheets = [package.code for sheet in book.routes for package in sheet.packages()]
    packed = [package.code for package in packages_of(session, cycle, PackageState.PACKED)]
    assert sorted(on_sheets) == packed
    listed = dispatch.export_routes(
        session, cycle=cycle, kind=ExportKind.STOPS_CSV, by=by, now=NOW, purpose="uji"
    )
    assert len(listed.content.decode("utf-8-sig").strip().splitlines()) == 1 + 6
