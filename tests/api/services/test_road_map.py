from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from api.documents.directions import directions_text
from api.documents.route_sheets import _source
from api.documents.wording import Wording
from api.services import planning, routes
from api.services.errors import Forbidden, Invalid, NotFound, Refused
from api.services.planning import PlanOptions
from api.services.road_closures import close_road, lift_closure
from api.services.road_map import active_map, closures, install_map, network_in, retire_map
from api.services.route_book import route_book
from api.services.route_ways import ways_of
from api.services.routing_problem import listed
from data.schema import Account, Cycle, Household, Role, Route, RouteState
from logistics.directions import Step
from tests.factories import NOW, make_account, make_vehicle
from tests.factories_goods import make_packed_cycle
from tests.logistics.road_maps import map_of, osm_text, street

if TYPE_CHECKING:
    from pathlib import Path

    from logistics.roads import RoadNetwork

pytestmark = pytest.mark.stores("sqlite")

QUICK = PlanOptions(seconds=None, iterations=20)
LAT, LON, STEP = -2.13, 106.11, 0.004


def spot(row: float, column: float) -> tuple[float, float]:
    return LAT + row * STEP, LON + column * STEP


def ladder(tmp_path: Path) -> RoadNetwork:
    """Two streets east with a rung at either end and one in the middle."""
    nodes = {10 * r + c: spot(r, c) for r in range(2) for c in range(3)}
    ways = [
        street(0, 1, 2, name="Jalan Selatan"),
        street(10, 11, 12, name="Jalan Utara"),
        *(street(c, 10 + c, name=f"Gang {c}") for c in range(3)),
    ]
    return map_of(tmp_path, osm_text(nodes, ways))


def month_on_roads(session: Session, tmp_path: Path) -> tuple[Cycle, Account, list[Household]]:
    cycle, _, by, depot = make_packed_cycle(session, num_children=2)
    depot.lat, depot.lon = spot(0, 0.1)
    homes = list(session.exec(select(Household)).all())
    for home, place in zip(homes, [spot(0, 0.5), spot(0, 1.5)], strict=True):
        home.lat, home.lon = place
    session.add_all([depot, *homes])
    session.flush()
    make_vehicle(session)
    install_map(session, network=ladder(tmp_path), name="kota.osm", by=by, now=NOW)
    return cycle, by, homes


def test_a_map_is_stored_once_and_gives_way_to_the_next(session: Session, tmp_path: Path) -> None:
    by = make_account(session, Role.COORDINATOR)
    network = ladder(tmp_path)
    first = install_map(session, network=network, name="a", by=by, now=NOW)
    again = install_map(session, network=network, name="b", by=by, now=NOW)
    assert first.id == again.id
    assert network_in(first).digest == network.digest
    assert first.length_m == pytest.approx(4 * 444.8 + 3 * 444.8, abs=3)
    retire_map(session, by=by, now=NOW)
    assert active_map(session) is None
    with pytest.raises(Refused, match=r"roads\.none"):
        retire_map(session, by=by, now=NOW)
    with pytest.raises(Forbidden, match=r"roads\.role"):
        install_map(
            session, network=network, name="a", by=make_account(session, Role.STAFF), now=NOW
        )


def test_plan_screen_and_sheet_follow_the_streets(session: Session, tmp_path: Path) -> None:
    cycle, by, _ = month_on_roads(session, tmp_path)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    assert [note.code for note in result.notes] == ["plan.roads"]
    [view] = routes.list_routes(session, cycle=cycle)
    assert view.distance_source == "roads 2026-10-05"
    assert view.distance_m == pytest.approx(2 * 1.4 * 444.5, abs=3)
    ways = ways_of(session, view)
    assert [leg.is_by_road for leg in ways] == [True] * 3
    assert {leg.to_stop for leg in ways} == {*(stop.uid for stop in view.stops), ""}
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    book = route_book(session, cycle=cycle, by=by, now=NOW)
    [sheet] = book.routes
    assert "OpenStreetMap" in sheet.distance_source
    assert [stop.directions for stop in sheet.stops()] == [
        "lewat Jalan Selatan 180\u00a0m",
        "lewat Jalan Selatan 440\u00a0m",
    ]
    moved = routes.reorder_route(
        session,
        route=session.get_one(Route, view.id),
        stop_uids=[stop.uid for stop in reversed(view.stops)],
        by=by,
        now=NOW,
        base_version=view.version + 1,
    )
    assert moved.distance_source == "roads 2026-10-05"
    assert moved.distance_m == view.distance_m


def test_a_map_without_date_says_so_and_claims_no_day(session: Session, tmp_path: Path) -> None:
    cycle, by, _ = month_on_roads(session, tmp_path)
    undated = replace(ladder(tmp_path), as_of="")
    install_map(session, network=undated, name="kota.graphml", by=by, now=NOW)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    assert [note.code for note in result.notes] == ["plan.roads_undated"]
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    book = route_book(session, cycle=cycle, by=by, now=NOW)
    [sheet] = book.routes
    assert sheet.distance_source_on is None
    assert _source(sheet, Wording("id")).endswith("tanggal datanya tidak diketahui.")
    assert _source(sheet, Wording("en")).endswith("the date of the data is not known.")


def test_a_closed_road_makes_routes_over_it_stale_and_they_go_round(
    session: Session, tmp_path: Path
) -> None:
    cycle, by, _ = month_on_roads(session, tmp_path)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    [whole] = session.exec(select(Route)).all()
    routes.split_route(
        session, route=whole, after_position=1, by=by, now=NOW, base_version=whole.version
    )
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    before = routes.list_routes(session, cycle=cycle)
    lat, lon = spot(0, 0.95)
    day = before[0].day
    closed = close_road(
        session, lat=lat, lon=lon, from_day=day, to_day=day, reason="Jembatan putus", by=by, now=NOW
    )
    assert closed.closure.street == "Jalan Selatan"
    assert {route.id for route in closed.routes} == {view.id for view in before}
    after = routes.list_routes(session, cycle=cycle)
    assert [view.state for view in after] == [RouteState.STALE] * 2
    broken = {str(v["code"]): v["params"] for view in after for v in view.violations}
    assert broken == {"violation.road_closed": {"closures": ["Jalan Selatan"]}}
    lift_closure(session, closure_id=closed.closure.id or 0, by=by, now=NOW)
    assert closures(session) == []
    again = routes.list_routes(session, cycle=cycle)
    assert [view.distance_m for view in again] == [view.distance_m for view in before]
    assert [view.violations for view in again] == [(), ()]
    with pytest.raises(NotFound, match=r"roads\.no_closure"):
        lift_closure(session, closure_id=closed.closure.id or 0, by=by, now=NOW)


def test_a_stop_that_only_a_closed_road_keeps_off_names_the_road(
    session: Session, tmp_path: Path
) -> None:
    cycle, by, _ = month_on_roads(session, tmp_path)
    for row, column in [(0, 1.45), (1, 0.5)]:
        lat, lon = spot(row, column)
        close_road(
            session, lat=lat, lon=lon, from_day=NOW.date(), to_day=None, reason="Banjir", by=by,
            now=NOW,
        )  # fmt: skip
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    [unserved] = result.unserved
    assert unserved.reason == "unserved.road_closed"
    assert unserved.params["closures"] == ["Jalan Selatan"]
    assert [len(view.stops) for view in routes.list_routes(session, cycle=cycle)] == [1]


def test_what_is_wrong_with_a_closure_is_said_by_field(session: Session, tmp_path: Path) -> None:
    cycle, by, _ = month_on_roads(session, tmp_path)
    del cycle
    with pytest.raises(Invalid) as caught:
        close_road(
            session, lat=0.0, lon=0.0, from_day=NOW.date(), to_day=NOW.date().replace(day=1),
            reason=" ", by=by, now=NOW,
        )  # fmt: skip
    assert caught.value.params["fields"] == {
        "reason": "roads.reason",
        "place": "roads.nothing_near",
        **({"to_day": "roads.days"} if NOW.day > 1 else {}),
    }


def test_places_far_from_every_road_are_named(session: Session, tmp_path: Path) -> None:
    cycle, by, homes = month_on_roads(session, tmp_path)
    homes[0].lat, homes[0].lon = spot(-0.5, 0.5)
    homes[1].lat, homes[1].lon = spot(-3, 0.5)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    notes = {note.code: note.params for note in result.notes}
    assert notes["plan.far_from_road"] == {"names": f"{homes[0].code} (222 m)", "count": 1}
    assert notes["plan.no_road"] == {"names": f"{homes[1].code} (1334 m)", "count": 1}
    assert [row.reason for row in result.unserved] == ["unserved.unreachable"]
    assert listed([homes[0].code] * 13) == f"{homes[0].code}, " * 12 + "…"
    assert listed([homes[0].code] * 12).endswith(homes[0].code)


def test_directions_are_written_in_both_languages() -> None:
    steps = [Step("depart", "", 4), Step("left", "Jalan A", 1234), Step("roundabout", "B", 96, 2)]
    assert directions_text(steps) == (
        "lewat jalan tanpa nama 10\u00a0m; belok kiri ke Jalan A 1,2\u00a0km; "
        "bundaran keluar ke-2 ke B 100\u00a0m"
    )
    assert directions_text(steps[1:2], language="en") == "left into Jalan A 1.2\u00a0km"
    assert directions_text([]) == ""
