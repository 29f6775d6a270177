"""Vehicles entered by hand: what they carry, when they drive, and what they can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import select

from api.services.access import must_hold
from api.services.changed_fleet import CONFIRMED_WITH, ask_anew
from api.services.editing import (
    refuse_saved_meanwhile,
    too_long,
    unreadable_phones,
    write_unversioned,
)
from api.services.errors import Invalid, NotFound
from data.schema import Depot, Vehicle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["BY_HAND", "FIELDS", "find_vehicle", "save_vehicle"]

FIELDS = (
    "name",
    "kind",
    "plate",
    "capacity_g",
    "capacity_ml",
    "has_cool_box",
    "shift_starts",
    "shift_ends",
    "weekdays",
    "skips_prayer",
    "skills",
    "max_trips",
    "max_stops",
    "max_distance_m",
    "speed_m_per_h",
    "cost_rp_per_km",
    "cost_rp_per_hour",
    "cost_rp_per_day",
    "courier_name",
    "courier_phone",
    "depot_id",
    "is_active",
)
BY_HAND = "by hand"


def find_vehicle(session: Session, *, vehicle_id: int) -> Vehicle:
    """Return a vehicle.

    Raises
    ------
    NotFound
        ``vehicle.unknown``.
    """
    vehicle = session.get(Vehicle, vehicle_id)
    if vehicle is None:
        raise NotFound("vehicle.unknown")
    return vehicle


def save_vehicle(
    session: Session,
    *,
    vehicle: Vehicle | None,
    changes: Mapping[str, Any],
    by: Account,
    now: datetime,
    read: Mapping[str, Any] | None = None,
) -> Vehicle:
    """Save fields of a vehicle, or of a new one; plans made before keep what they counted with.

    Confirmed routes become stale by another courier, plate or capacity; those that left keep it.

    ``read`` are the values that the changed fields had when the person read them.

    Raises
    ------
    StaleVersion
        ``vehicle.stale`` when somebody else changed one of the same fields since; ``fields`` maps
        each to yours, theirs and base.
    Forbidden
        ``access.role`` for those who do not plan routes.
    Invalid
        By field: ``edit.unknown_field``, ``field.long``, ``vehicle.name_taken``,
        ``vehicle.hours``, ``vehicle.capacity``, ``vehicle.depot``.
    """
    must_hold(by, "route:edit")
    if vehicle is not None:
        # Not FOR UPDATE: who plans a month, waited for below, may refer to the row meanwhile.
        session.refresh(vehicle, with_for_update={"key_share": True})
        refuse_saved_meanwhile(vehicle, changes, read or {}, code="vehicle.stale")
    wrong = _wrong(session, vehicle, changes)
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    row = vehicle or Vehicle(source=BY_HAND, **changes)
    moved = write_unversioned(
        session, row=row, subject="vehicle", changes=changes, is_new=vehicle is None, by=by, now=now
    )
    if CONFIRMED_WITH["vehicle"] & moved:
        ask_anew(session, table="vehicle", ids=[row.id or 0], by=by, now=now, fields=moved)
    return row


def _wrong(session: Session, vehicle: Vehicle | None, changes: Mapping[str, Any]) -> dict[str, str]:
    """Return field → what is wrong with its value."""
    wrong = {name: "edit.unknown_field" for name in changes if name not in FIELDS}
    wrong |= unreadable_phones(changes) | too_long(Vehicle, changes)
    name = changes.get("name", vehicle.name if vehicle else "")
    other = session.exec(select(Vehicle).where(Vehicle.name == name)).first()
    if other is not None and other is not vehicle:
        wrong["name"] = "vehicle.name_taken"
    starts = changes.get("shift_starts", vehicle.shift_starts if vehicle else "08:00")
    ends = changes.get("shift_ends", vehicle.shift_ends if vehicle else "16:00")
    if starts >= ends:
        wrong["shift_ends"] = "vehicle.hours"
    for each in ("capacity_g", "capacity_ml", "max_trips", "max_stops", "max_distance_m"):
        if changes.get(each) is not None and changes[each] < 1:
            wrong[each] = "vehicle.capacity"
    stored: dict[str, Any] = vehicle.model_dump() if vehicle else {}
    after = {"is_active": True, "depot_id": None, **stored, **changes}
    if {"depot_id", "is_active"} & changes.keys() and after["is_active"] and after["depot_id"]:
        # Held, as it could be closed meanwhile: a vehicle of a closed depot would have no start.
        chosen = select(Depot).where(Depot.id == after["depot_id"]).with_for_update(read=True)
        depot = session.exec(chosen.execution_options(populate_existing=True)).one_or_none()
        if depot is None or not depot.is_active:
            wrong["depot_id"] = "vehicle.depot"
    return wrong
