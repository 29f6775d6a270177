"""Scenario 15: three vehicles, two children without coordinates, sheets whose totals agree."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlmodel import Session, col, select

from api.services import dispatch, planning, routes
from api.services.dispatch import ExportKind
from data.schema import Household, Stop
from tests.api.services.test_planning import QUICK, spread_homes
from tests.factories import NOW, make_vehicle
from tests.factories_goods import make_packed_cycle


@pytest.mark.stores("sqlite")
def test_routes_keep_capacity_name_the_unplaced_and_print_as_one_file(session: Session) -> None:
    cycle, _, by, _ = make_packed_cycle(session, num_children=14)
    spread_homes(session)
    homes = session.exec(select(Household).order_by(col(Household.id))).all()
    for home in homes[:2]:
        home.lat = home.lon = None
        session.add(home)
    for _ in range(3):
        make_vehicle(session, capacity_g=60_000)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    assert {row.household_code for row in result.unserved} == {home.code for home in homes[:2]}

    views = routes.list_routes(session, cycle=cycle)
    assert sum(view.num_packages for view in views) == 12
    for view in views:
        assert view.weight_g <= view.capacity_g
        assert view.num_packages == sum(len(stop.packages) for stop in view.stops)

    stop = session.exec(select(Stop).where(Stop.uid == views[0].stops[-1].uid)).one()
    moved = routes.move_stop(
        session,
        stop=stop,
        to_route=result.routes[0],
        position=1,
        by=by,
        now=NOW,
        base_version=stop.version,
    )
    assert moved[0].stops[0].uid == stop.uid
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    for route in result.routes:
        if route.violations:
            routes.confirm_route(
                session,
                route=route,
                by=by,
                now=NOW,
                base_version=route.version,
                accept_reason="uji",
            )
    sheets = dispatch.export_routes(
        session, cycle=cycle, kind=ExportKind.SHEETS_PDF, by=by, now=NOW, purpose="cetak semua"
    )
    pages = [page.extract_text() for page in PdfReader(BytesIO(sheets.content)).pages]
    text = "\n".join(pages)
    for view in views:
        assert view.code in text
    assert "RT" in text
    assert "003" in text
    loading = dispatch.export_routes(
        session, cycle=cycle, kind=ExportKind.LOADING_PDF, by=by, now=NOW, purpose="gudang"
    )
    listed = "".join(page.extract_text() for page in PdfReader(BytesIO(loading.content)).pages)
    for row in result.unserved:
        assert row.package_code in listed
