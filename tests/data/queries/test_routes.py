"""In which order routes are read."""

from sqlmodel import Session

from data.queries.routes import routes_of_cycle
from data.schema import Route
from tests.factories import stored
from tests.factories_routes import make_dispatched_cycle


def test_route_99_comes_before_route_100(session: Session) -> None:
    cycle, route, *_ = make_dispatched_cycle(session, num_children=1)
    for code in ("R-2612-100", "R-2612-99"):
        stored(session, Route(**route.model_dump(exclude={"id", "uid"}) | {"code": code}))
    read = [route.code for route, *_ in routes_of_cycle(session, cycle_id=cycle.id or 0)]
    assert read == ["R-2612-01", "R-2612-99", "R-2612-100"]
