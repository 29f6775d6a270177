"""Scenario 11: goods are short; who waits is shown by need, signed, and the totals agree."""

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services import dispatch, packing, planning, routes, stock
from api.services.dispatch import ExportKind
from api.services.route_book import route_book
from api.services.shortage_signing import sign_shortage
from api.services.shortages import Remedy
from data.engine import write_session
from data.schema import CycleChild, CycleState, PackageState, Role
from tests.api.endpoints.month_over_http import BASE, ClientFor, approved_month, done, receive
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


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize("remedy", ["wait", "substitute"])
def test_over_the_api_nothing_is_said_to_be_reserved_before_it_is(
    app: FastAPI, engine: Engine, client_for: ClientFor, remedy: str
) -> None:
    month = approved_month(app, engine, client_for, num_children=7)
    office = month.coordinator
    with write_session(engine) as session:
        for number, row in enumerate(session.exec(select(CycleChild))):
            row.tier, row.points = 1 + number % 3, 100 + number
    receive(month, "ikan_kaleng", 40)
    counted = {"depot_id": month.depot_id, "item_code": "telur", "counted": 180}
    count = counted | {"move_uid": "hitung-telur", "note": "yang datang"}
    done(office.post("/api/v1/stock/counts", json=count))
    short = done(office.post(f"{BASE}/pack", json={}))
    assert (short["is_reserved"], short["num_reserved"]) == (False, 0)
    assert done(office.get(BASE))["state"] == "approved"
    [line] = short["shortages"]
    assert (line["item_code"], line["needed"], line["available"]) == ("telur", 210, 180)
    assert [row["tier"] for row in line["waiting"]] == [3], "the least needy waits"
    assert all(row["months_since_package"] is None for row in line["waiting"])
    signed = {"remedy": remedy} | (
        {"substitute_code": "ikan_kaleng"} if remedy == "substitute" else {}
    )
    done(office.post(f"{BASE}/shortages/telur/sign", json=signed))
    assert not done(office.get(f"{BASE}/packing"))["is_reserved"], "a signature reserves nothing"
    going = 6 if remedy == "wait" else 7
    packed = done(office.post(f"{BASE}/pack", json={}))
    assert (packed["is_reserved"], packed["num_going"]) == (True, going)
    done(office.post(f"{BASE}/packed", json={}))
    done(office.post(f"{BASE}/plan", json={"seconds": 0.3, "days": ["2026-12-01"]}))
    done(office.post(f"{BASE}/routes/confirm"))
    on_list = [row for row in done(office.get(f"{BASE}/packages")) if row["state"] == "packed"]
    on_routes = sum(route["num_packages"] for route in done(office.get(f"{BASE}/routes")))
    wanted = {"kind": "stops_csv", "purpose": "uji"}
    sheet = office.post(f"{BASE}/routes/export", json=wanted).content.decode("utf-8-sig")
    assert len(on_list) == on_routes == len(sheet.strip().splitlines()) - 1 == going
    replaced = [line for row in on_list for line in row["lines"] if line["substitutes"]]
    assert [line["substitutes"] for line in replaced] == (["telur"] if going == 7 else [])
