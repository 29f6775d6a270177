"""Who drives which vehicle: a courier's account sees the routes of its own vehicles only."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from api.services.access import must_hold
from api.services.audit import record
from api.services.cycle_lock import hold_cycle
from api.services.errors import Invalid, NotFound
from data.queries.routes import EDITABLE, ROUTE_NUMBER
from data.schema import Account, Cycle, CycleState, Role, Route, RouteState, Vehicle


@dataclass(frozen=True)
class Driven:
    """A vehicle and the account that sees its routes, if any."""

    vehicle: Vehicle
    courier: Account | None
    under_way: tuple[str, ...] = ()
    """Codes of its routes that left and are not finished."""


def list_vehicles(session: Session) -> list[Driven]:
    """Return the fleet by name; an account out of use sees no routes, so it drives nothing."""
    is_driver = (col(Account.id) == Vehicle.courier_account_id) & col(Account.is_active)
    rows = session.exec(
        select(Vehicle, Account).join(Account, is_driver, isouter=True).order_by(col(Vehicle.name))
    ).all()
    under_way: dict[int, list[str]] = defaultdict(list)
    for route in session.exec(_under_way().order_by(*ROUTE_NUMBER)):
        under_way[route.vehicle_id].append(route.code)
    return [
        Driven(vehicle, courier, tuple(under_way[vehicle.id or 0])) for vehicle, courier in rows
    ]


def vehicles_driven(session: Session) -> dict[int, list[str]]:
    """Return account → names of the vehicles in use whose routes it sees."""
    driven: dict[int, list[str]] = defaultdict(list)
    for each in list_vehicles(session):
        if each.courier is not None and each.vehicle.is_active:
            driven[each.courier.id or 0].append(each.vehicle.name)
    return driven


def list_couriers(session: Session) -> list[Account]:
    """Return the courier accounts that are in use, by name."""
    return list(
        session.exec(
            select(Account)
            .where(Account.role == Role.COURIER, col(Account.is_active).is_(True))
            .order_by(col(Account.full_name))
        ).all()
    )


def assign_courier(
    session: Session,
    *,
    vehicle_id: int,
    username: str,
    by: Account,
    now: datetime,
    hands_over: bool = False,
) -> Vehicle:
    """Give a vehicle's routes to come to a courier's account; a blank name, to nobody's.

    With ``hands_over`` the new courier also gets those under way: who left with them sees their
    families no more, and may still report what happened before. Without, they stay where they are.

    Raises
    ------
    Forbidden
        ``access.role`` for those who do not plan routes.
    Invalid
        ``courier.unknown`` for an account that is no courier's or is not in use.
    NotFound
        ``vehicle.unknown``.
    """
    must_hold(by, "route:edit")
    vehicle = _held_vehicle(session, vehicle_id)
    courier = None
    if username:
        courier = next((one for one in list_couriers(session) if one.username == username), None)
        if courier is None:
            raise Invalid("courier.unknown", fields={"kurir": "courier.unknown"})
    before = session.get(Account, vehicle.courier_account_id or 0)
    vehicle.courier_account_id = courier.id if courier else None
    session.add(vehicle)
    handed = _hand_over(session, vehicle, courier) if courier and hands_over else []
    session.flush()
    record(
        session,
        by=by,
        action="vehicle:courier",
        subject="vehicle",
        subject_id=vehicle.name[:40],
        now=now,
        before={"courier": before.username if before else None},
        after={"courier": courier.username if courier else None}
        | ({"handed_over": ", ".join(handed)} if handed else {}),
    )
    return vehicle


def _held_vehicle(session: Session, vehicle_id: int) -> Vehicle:
    """Return a vehicle once nobody else changes its routes or who drives it.

    The months first, as everywhere: a route that leaves meanwhile copies who drives it, so it must
    either leave with the new courier or be among those under way.
    """
    waiting = select(Route.cycle_id).where(
        Route.vehicle_id == vehicle_id, col(Route.state).in_((*EDITABLE, RouteState.DISPATCHED))
    )
    months = select(Cycle).where(col(Cycle.id).in_(waiting)).order_by(col(Cycle.month))
    for cycle in session.exec(months).all():
        hold_cycle(session, cycle)
    # Not FOR UPDATE: who plans a month may refer to the row meanwhile.
    held = select(Vehicle).where(Vehicle.id == vehicle_id).with_for_update(key_share=True)
    vehicle = session.exec(held.execution_options(populate_existing=True)).one_or_none()
    if vehicle is None:
        raise NotFound("vehicle.unknown")
    return vehicle


def _under_way() -> SelectOfScalar[Route]:
    return (
        select(Route)
        .join(Cycle, col(Cycle.id) == Route.cycle_id)
        .where(Route.state == RouteState.DISPATCHED, Cycle.state != CycleState.CLOSED)
    )


def _hand_over(session: Session, vehicle: Vehicle, courier: Account) -> list[str]:
    """Hand a vehicle's routes under way to a courier; return their codes."""
    routes = session.exec(
        _under_way().where(Route.vehicle_id == vehicle.id).order_by(*ROUTE_NUMBER)
    ).all()
    for route in routes:
        route.handed_to_id, route.opened_at = courier.id, None
        session.add(route)
    return [route.code for route in routes]
