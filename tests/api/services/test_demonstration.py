"""What the demonstration hands out at its doors."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from api.services.demonstration import give_vehicle
from api.services.dispatch import courier_routes
from data.schema import Role, Route, RouteState, Vehicle
from tests.factories import NOW, make_account, make_vehicle
from tests.factories_routes import make_dispatched_cycle

pytestmark = pytest.mark.stores("sqlite")


def test_the_demonstrations_courier_sees_the_routes_of_one_driver(session: Session) -> None:
    make_dispatched_cycle(session)
    [first] = session.exec(select(Route)).all()
    other = make_vehicle(session, courier_name="Orang lain")
    later = Route(**first.model_dump(exclude={"id", "uid"}) | {"code": "R-2612-02"})
    later.vehicle_id, later.day = other.id or 0, first.day + timedelta(days=1)
    later.dispatched_at = NOW
    session.add(later)
    for each in session.exec(select(Vehicle)):
        each.courier_account_id = None
        session.add(each)
    courier = make_account(session, Role.COURIER)
    vehicle = give_vehicle(session, courier=courier)
    session.flush()
    assert vehicle is not None
    assert vehicle.id == first.vehicle_id
    assert vehicle.courier_name == courier.full_name
    assert (other.courier_account_id, other.courier_name) == (None, "Orang lain")
    assert first.state is RouteState.DISPATCHED
    assert [route.code for route in courier_routes(session, by=courier, now=NOW)] == [first.code]
