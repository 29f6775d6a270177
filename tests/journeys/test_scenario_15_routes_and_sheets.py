"""Scenario 15: three vehicles, two children without coordinates, sheets whose totals agree."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from api.services import dispatch, planning, routes
from api.services.dispatch import ExportKind
from data.engine import write_session
from data.schema import Account, Household, Role, Stop
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


class Fleet:
    """A packed month of fourteen children, two of whose homes have no point, and three vehicles."""

    def __init__(self, engine: Engine, client_for: Callable[[Role | Account], TestClient]) -> None:
        with write_session(engine) as session:
            _, _, by, depot = make_packed_cycle(session, num_children=14)
            spread_homes(session)
            homes = session.exec(select(Household).order_by(col(Household.id))).all()
            for home in homes:
                home.rt, home.rw, home.landmark = "003", "007", f"patokan {home.code}"
            for home in homes[:2]:
                home.lat = home.lon = None
            for _ in range(3):
                make_vehicle(session, depot_id=depot.id, capacity_g=60_000)
            self.lost = {home.code for home in homes[:2]}
        self.office = client_for(by)

    def post(self, path: str, **body: Any) -> Any:
        answer = self.office.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def routes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.office.get("/api/v1/cycles/2026-12/routes").json()
        return found

    def export(self, kind: str) -> list[str]:
        wanted = {"kind": kind, "purpose": "cetak semua"}
        answer = self.office.post("/api/v1/cycles/2026-12/routes/export", json=wanted)
        assert answer.status_code == 200, answer.text
        return [page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages]


@pytest.mark.stores("sqlite")
def test_over_the_api_routes_are_planned_moved_by_hand_and_printed_whole(
    engine: Engine, client_for: Callable[[Role | Account], TestClient]
) -> None:
    fleet = Fleet(engine, client_for)
    plan = fleet.post("cycles/2026-12/plan", seconds=0.5, days=["2026-12-01"])
    assert {row["household_code"] for row in plan["unserved"]} == fleet.lost
    assert {row["reason"].rpartition(".")[2] for row in plan["unserved"]} == {"no_coordinates"}
    in_red = fleet.office.get("/bulan/2026-12/rute").text
    for code in fleet.lost:
        assert f'<tr class="bad"><td class="nowrap">{_package(plan, code)}' in in_red
    for route in fleet.routes():
        assert route["weight_g"] <= route["capacity_g"]

    first, *others = fleet.routes()
    target = others[0] if others else first
    stop = first["stops"][-1]
    fleet.post(
        f"stops/{stop['uid']}/move",
        to_route=target["code"], position=1, base_version=stop["version"],
    )  # fmt: skip
    by_hand = next(route for route in fleet.routes() if route["code"] == target["code"])
    assert by_hand["stops"][0]["uid"] == stop["uid"]
    for route in fleet.routes():
        if route["stops"]:
            fleet.post(
                f"routes/{route['code']}/confirm",
                base_version=route["version"], accept_reason="dilihat koordinator",
            )  # fmt: skip

    routes = [route for route in fleet.routes() if route["stops"]]
    pages = fleet.export("sheets_pdf")
    for route in routes:
        own = [page for page in pages if route["code"] in page]
        text = " ".join(" ".join(own).split())
        assert own, "a sheet of its own"
        assert not any(other["code"] in text for other in routes if other is not route)
        assert "RT 003" in text
        assert "patokan" in text
        assert "Tanda tangan" in text
        assert "Nama, jam" in text
        assert f"hal. 1/{len(own)}" in text
        kilograms = f"{route['weight_g'] / 1000:.3f}".rstrip("0").replace(".", ",")
        assert f"Berat: {kilograms} dari 60 kg" in text
        assert "Jumlah" in text.split("Daftar perhentian")[0], "totals under the rows"
        eggs = 30 * route["num_packages"]
        assert f"Jumlah {eggs} " in text
        assert all(stop["label"] in text for stop in route["stops"])
    everything = " ".join(fleet.export("all_pdf"))
    for words in ("Daftar muat", "SURAT JALAN", *(route["code"] for route in routes)):
        assert words in everything
    assert all(_package(plan, code) in everything for code in fleet.lost), "not dropped on paper"


def _package(plan: dict[str, Any], household: str) -> str:
    [row] = [row for row in plan["unserved"] if row["household_code"] == household]
    return str(row["package_code"])
