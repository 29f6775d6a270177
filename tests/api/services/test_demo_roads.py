"""The made-up streets of the demonstration: named, connected, the same for the same seed."""

import pytest
from sqlmodel import Session

from api.services import planning, routes
from api.services.demo_roads import MADE_UP, made_up_streets
from api.services.planning import PlanOptions
from api.services.road_map import install_map, is_made_up
from api.services.route_book import route_book
from logistics.distance import Point
from logistics.ways import Roads
from tests.api.services.test_planning import packed_month
from tests.factories import NOW, make_vehicle

SPOTS = [(-2.13, 106.10), (-2.10, 106.13)]


def test_the_same_seed_draws_the_same_map_and_names_are_examples() -> None:
    one, same, other = (made_up_streets(SPOTS, seed=s, as_of="2026-11-28") for s in (1, 1, 2))
    assert one.digest == same.digest != other.digest
    assert one.source == MADE_UP
    named = [name for name in one.names if name]
    assert len(named) > 20
    assert all(" Contoh " in name for name in named)


def test_every_spot_is_reached() -> None:
    roads = Roads(made_up_streets(SPOTS, seed=3, as_of="2026-11-28"))
    points = [Point(str(at), *spot) for at, spot in enumerate(SPOTS)]
    matrix = roads.matrix(points, kinds=["motorcycle", "pickup"])
    for kind in ("motorcycle", "pickup"):
        assert 4_000 < matrix.distance_m[kind][0, 1] < 10_000


@pytest.mark.stores("sqlite")
def test_the_sheets_have_directions_and_say_that_the_map_is_made_up(session: Session) -> None:
    cycle, by, depot = packed_month(session)
    make_vehicle(session)
    spots = [(depot.lat, depot.lon), *SPOTS]
    network = made_up_streets(spots, seed=7, as_of="2026-11-28")
    install_map(session, network=network, name="Peta contoh", by=by, now=NOW)
    assert is_made_up(session)
    options = PlanOptions(seconds=None, iterations=5)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    assert "plan.roads_made_up" in [note.code for note in result.notes]
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    book = route_book(session, cycle=cycle, by=by, now=NOW)
    assert {sheet.distance_source for sheet in book.routes} == {
        "Peta jalan KARANGAN (contoh, bukan jalan sebenarnya)"
    }
    told = [stop.directions for sheet in book.routes for stop in sheet.stops()]
    assert any(" Contoh " in text for text in told)
