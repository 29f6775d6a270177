"""Who drives which vehicle."""

from datetime import datetime

import pytest
from sqlmodel import Session, select

from api.services.couriers import assign_courier, list_couriers, list_vehicles
from api.services.errors import Forbidden, Invalid, NotFound
from data.schema import AuditEntry, Role
from tests.factories import make_account, make_depot, make_vehicle


def test_a_vehicle_is_given_to_a_courier_and_taken_back(session: Session, now: datetime) -> None:
    vehicle = make_vehicle(session, depot_id=make_depot(session).id)
    courier, by = make_account(session, Role.COURIER), make_account(session, Role.COORDINATOR)
    assert list_couriers(session) == [courier]
    assign_courier(session, vehicle_id=vehicle.id or 0, username=courier.username, by=by, now=now)
    assert [each.courier for each in list_vehicles(session)] == [courier]
    assign_courier(session, vehicle_id=vehicle.id or 0, username="", by=by, now=now)
    assert [each.courier for each in list_vehicles(session)] == [None]
    notes = session.exec(select(AuditEntry).where(AuditEntry.action == "vehicle:courier")).all()
    assert [(row.before, row.after) for row in notes] == [
        ({"courier": None}, {"courier": courier.username}),
        ({"courier": courier.username}, {"courier": None}),
    ]


def test_only_couriers_in_use_drive_and_only_planners_say_so(
    session: Session, now: datetime
) -> None:
    vehicle = make_vehicle(session, depot_id=make_depot(session).id)
    by, gone = make_account(session, Role.COORDINATOR), make_account(session, Role.COURIER)
    gone.is_active = False
    session.flush()
    for name in (gone.username, by.username, "siapa"):
        with pytest.raises(Invalid):
            assign_courier(session, vehicle_id=vehicle.id or 0, username=name, by=by, now=now)
    with pytest.raises(NotFound):
        assign_courier(session, vehicle_id=10**6, username="", by=by, now=now)
    staff = make_account(session, Role.STAFF)
    with pytest.raises(Forbidden):
        assign_courier(session, vehicle_id=vehicle.id or 0, username="", by=staff, now=now)
