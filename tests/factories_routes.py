"""Rows for tests of what happens on the road: a month on its way, its routes and reports."""

from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from api.services.fulfilment import DeliveryReport
from api.services.report_versions import keep_figures
from data.schema import (
    Account,
    Cycle,
    CycleState,
    Household,
    Outcome,
    Package,
    PackageState,
    PlanRun,
    Role,
    Route,
    RouteState,
    RunState,
    Stop,
    StopKind,
    StopState,
    Vehicle,
)
from tests.factories import NOW, make_account, make_cycle, make_vehicle, stored
from tests.factories_goods import make_packed_cycle, packages_of
from tests.kept import kept

TODAY = NOW.date()


@kept
def make_dispatched_cycle(
    session: Session, *, num_children: int = 3, per_stop: int = 1
) -> tuple[Cycle, Route, list[Stop], Account, Account]:
    """A month on its way: one route, its stops with packages, its coordinator and its courier."""
    cycle, _, coordinator, depot = make_packed_cycle(session, num_children=num_children)
    courier = make_account(session, Role.COURIER)
    vehicle = make_vehicle(session, depot_id=depot.id, courier_account_id=courier.id)
    run = stored(
        session,
        PlanRun(
            cycle_id=cycle.id or 0, state=RunState.DONE, seed=1, by=coordinator.username,
            started_at=NOW,
        ),
    )  # fmt: skip
    route = stored(
        session,
        Route(
            code="R-2612-01", cycle_id=cycle.id or 0, plan_run_id=run.id or 0,
            vehicle_id=vehicle.id or 0, depot_id=depot.id or 0, day=TODAY,
            state=RouteState.DISPATCHED, leaves_at="08:00", returns_at="10:00",
            distance_m=12_000, duration_s=7200, dispatched_at=NOW,
            confirmed_by=coordinator.username, confirmed_at=NOW,
        ),
    )  # fmt: skip
    packages = packages_of(session, cycle)
    stops = [
        _stop(session, cycle, route, packages[at : at + per_stop], number)
        for number, at in enumerate(range(0, len(packages), per_stop), start=1)
    ]
    cycle.state = CycleState.DISTRIBUTING
    stored(session, cycle)
    return cycle, route, stops, coordinator, courier


def _stop(
    session: Session, cycle: Cycle, route: Route, packages: list[Package], sequence: int
) -> Stop:
    """A stop at the home of the first of its packages."""
    home = session.get_one(Household, packages[0].household_id)
    stop = stored(
        session,
        Stop(
            route_id=route.id, cycle_id=cycle.id or 0, sequence=sequence, kind=StopKind.HOME,
            household_id=home.id, label=home.code, recipient=home.guardian_name,
            phone=home.phone, address=home.address, kelurahan_code=home.kelurahan_code,
            lat=home.lat, lon=home.lon, arrives_at="09:00", state=StopState.EN_ROUTE,
        ),
    )  # fmt: skip
    for package in packages:
        package.stop_id, package.state = stop.id, PackageState.LOADED
        stored(session, package)
    return stop


def make_route_of_another_month(session: Session, *, vehicle: Vehicle, day: date) -> Route:
    """A confirmed route of November 2026 that keeps a vehicle for itself on a day."""
    old = make_cycle(session, month="2026-11", state=CycleState.PACKING)
    run = stored(
        session,
        PlanRun(cycle_id=old.id or 0, state=RunState.DONE, seed=1, by="x", started_at=NOW),
    )
    return stored(
        session,
        Route(
            code="R-2611-01", cycle_id=old.id or 0, plan_run_id=run.id or 0,
            vehicle_id=vehicle.id or 0, depot_id=vehicle.depot_id or 0, day=day,
            leaves_at="08:00", returns_at="14:00", state=RouteState.CONFIRMED,
            distance_m=0, duration_s=0,
        ),
    )  # fmt: skip


def package_at(session: Session, stop: Stop) -> Package:
    """The only package of a stop."""
    return session.exec(select(Package).where(Package.stop_id == stop.id)).one()


def report(package: Package, uid: str, outcome: Outcome = Outcome.ACCEPTED, **values: Any) -> Any:
    """What a phone reports of a package."""
    fields: dict[str, Any] = {
        "event_uid": uid,
        "package_code": package.code,
        "outcome": outcome,
        "happened_at": NOW,
        "channel": "phone",
    }
    return DeliveryReport(**fields | values)


def stops_of(session: Session, cycle: Cycle) -> list[Stop]:
    """Every stop of a month by number."""
    rows = select(Stop).where(Stop.cycle_id == cycle.id).order_by(col(Stop.id))
    return list(session.exec(rows))


def close_as_it_is(session: Session, cycle: Cycle) -> None:
    """Close a month with the figures that it has, without what closing asks for.

    Nothing of an open month leaves the office.
    """
    cycle.state = CycleState.CLOSED
    session.flush()
    keep_figures(session, cycle=cycle, by=make_account(session, Role.APPROVER), now=NOW)
