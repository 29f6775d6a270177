"""Which routes of a month have cases that a role may know of."""

from typing import Any

from sqlmodel import Session

from data.queries.exceptions import routes_with_open
from data.schema import DeliveryException, Role
from tests.factories import NOW, stored
from tests.factories_routes import make_dispatched_cycle


def test_a_route_has_the_cases_of_its_stops_and_its_own(session: Session) -> None:
    cycle, route, stops, *_ = make_dispatched_cycle(session, num_children=1)

    def found(reader: Role = Role.COORDINATOR) -> set[str]:
        return routes_with_open(session, cycle_id=cycle.id or 0, reader=reader)

    def opened(**where: int | None) -> DeliveryException:
        told: dict[str, Any] = {"opened_by": "kurir", "opened_at": NOW, **where}
        return stored(session, DeliveryException(cycle_id=cycle.id or 0, reason="other", **told))

    assert found() == set()
    at_stop = opened(stop_id=stops[0].id)
    assert found() == {route.code}
    at_stop.is_sensitive = True
    session.flush()
    assert (found(), found(Role.APPROVER)) == (set(), {route.code})
    opened(route_id=route.id)
    assert found() == {route.code}
