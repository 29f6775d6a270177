"""Lists of places and vehicles."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from sqlmodel import select

from api.services.intakes.plan import Plan, Rejection, RowPlan
from data.queries.people import squashed
from data.readers.records import PlaceKind, PlaceRecord, VehicleRecord
from data.reference.vehicles import vehicle_kinds
from data.schema import Depot, DropPoint, DropPointKind, Vehicle, VehicleKind


def plan_places(plan: Plan, records: Sequence[PlaceRecord]) -> None:
    """Plan depots and drop points; a depot needs a point, because routes start there."""
    session = plan.session
    depots = {squashed(row.name): row for row in session.exec(select(Depot)).all()}
    points = {
        (squashed(row.name), row.kelurahan_code): row
        for row in session.exec(select(DropPoint)).all()
    }
    for record in records:
        if record.place_kind is PlaceKind.DEPOT:
            _depot(plan, record, depots)
        else:
            _drop_point(plan, record, points)


def _hours(record: PlaceRecord) -> dict[str, Any]:
    return {"opens": _clock(record.opens_at), "closes": _clock(record.closes_at)}


def _clock(at: time | None) -> str | None:
    return at.strftime("%H:%M") if at else None


def _depot(plan: Plan, record: PlaceRecord, depots: dict[str, Depot]) -> None:
    known = depots.get(squashed(record.name))
    if known is None and record.latitude is None:
        params = {"place": record.name}
        plan.rejections.append(Rejection((record.row,), "intake.depot_without_point", params))
        return
    values: dict[str, Any] = {
        "address": record.address,
        "lat": record.latitude,
        "lon": record.longitude,
        **_hours(record),
    }
    row = RowPlan(record.row, "depot", record.name)
    plan.rows.append(row)
    if known is not None:
        _merge_or_compare(plan, row, known, values)
        return
    given = {name: value for name, value in values.items() if value is not None}
    depot = Depot(name=record.name, source=_source(plan), **given)
    _show_new(plan, row, depot, given)
    depots[squashed(record.name)] = depot


def _drop_point(plan: Plan, record: PlaceRecord, points: dict[tuple[str, str], DropPoint]) -> None:
    if record.kelurahan_code is None:
        params = {"place": record.name}
        plan.rejections.append(Rejection((record.row,), "intake.place_without_kelurahan", params))
        return
    values: dict[str, Any] = {
        "kind": DropPointKind(record.place_kind.value),
        "address": record.address,
        "lat": record.latitude,
        "lon": record.longitude,
        "day_of_month": record.posyandu_day,
        **_hours(record),
    }
    row = RowPlan(record.row, "drop_point", record.name)
    plan.rows.append(row)
    key = (squashed(record.name), record.kelurahan_code)
    if key in points:
        _merge_or_compare(plan, row, points[key], values)
        return
    given = {name: value for name, value in values.items() if value is not None}
    point = DropPoint(
        name=record.name, kelurahan_code=record.kelurahan_code, source=_source(plan), **given
    )
    _show_new(plan, row, point, given)
    points[key] = point


def _merge_or_compare(
    plan: Plan, row: RowPlan, known: Depot | DropPoint | Vehicle, values: dict[str, Any]
) -> None:
    if known.id is None:
        row.action = "merged"
    else:
        plan.compare(row, known, values, as_of=plan.as_of)


def _show_new(
    plan: Plan, row: RowPlan, added: Depot | DropPoint | Vehicle, given: dict[str, Any]
) -> None:
    plan.add(0, added)
    row.action = "new"
    row.fields = {name: {"before": None, "after": value} for name, value in given.items()}


def _source(plan: Plan) -> str:
    return str(plan.options.get("file_name", ""))


def plan_fleet(plan: Plan, records: Sequence[VehicleRecord]) -> None:
    """Plan vehicles, found again by plate, else by name.

    A vehicle without a volume gets the usual one of its kind. One whose depot is not known or no
    longer used keeps its own, or leaves from the first: the row says so.
    """
    session = plan.session
    known = {}
    for vehicle in session.exec(select(Vehicle)).all():
        known[squashed(vehicle.name)] = vehicle
        if vehicle.plate:
            known[squashed(vehicle.plate)] = vehicle
    depots = {squashed(row.name): row for row in session.exec(select(Depot)).all()}
    for record in records:
        row = RowPlan(record.row, "vehicle", record.name)
        plan.rows.append(row)
        row.warnings += _without_depot(record, depots)
        found = known.get(squashed(record.plate or "")) or known.get(squashed(record.name))
        values = _vehicle_values(record, depots)
        if found is not None:
            _merge_or_compare(plan, row, found, values)
            continue
        given = {name: value for name, value in values.items() if value is not None}
        if "capacity_ml" not in given:
            given["capacity_ml"] = vehicle_kinds()[record.vehicle_kind.value].capacity_ml
            row.notes.append("vehicle_volume_assumed")
        vehicle = Vehicle(name=record.name, source=_source(plan), **given)
        _show_new(plan, row, vehicle, given)
        known[squashed(record.name)] = vehicle


def _without_depot(record: VehicleRecord, depots: dict[str, Depot]) -> list[dict[str, Any]]:
    """Return what to weigh where a vehicle cannot leave from the depot that its row names."""
    if not record.depot_name:
        return []
    depot = depots.get(squashed(record.depot_name))
    if depot is not None and depot.is_active:
        return []
    code = "intake.fleet_depot_closed" if depot else "intake.fleet_depot_unknown"
    return [{"code": code, "params": {"depot": record.depot_name}}]


def _vehicle_values(record: VehicleRecord, depots: dict[str, Depot]) -> dict[str, Any]:
    depot = depots.get(squashed(record.depot_name or ""))
    return {
        "kind": VehicleKind(record.vehicle_kind.value),
        "plate": record.plate,
        "capacity_g": record.capacity_g,
        "capacity_ml": record.capacity_ml,
        "has_cool_box": record.has_cool_box,
        "shift_starts": _clock(record.shift_starts_at),
        "shift_ends": _clock(record.shift_ends_at),
        "weekdays": list(record.weekdays) or None,
        "depot_id": depot.id if depot and depot.is_active else None,
        "courier_name": record.courier_name,
        "courier_phone": record.courier_phone,
    }
