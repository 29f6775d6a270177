"""Stops that copy their address, so that later edits do not rewrite the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.package_states import FILLED
from data.schema import Household, Package, Stop, StopKind, StopState, UnservedStop

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, Cycle, DropPoint

__all__ = ["stop_at", "stop_at_door", "wait_for_routes"]


def stop_at(
    cycle: Cycle, *, home: Household | None = None, drop_point: DropPoint | None = None
) -> Stop:
    """Return a new stop at a drop point, else at a family's home.

    Raises
    ------
    ValueError
        When neither is given.
    """
    if drop_point is not None:
        return Stop(
            cycle_id=cycle.id or 0,
            kind=StopKind.DROP_POINT,
            drop_point_id=drop_point.id,
            label=drop_point.name,
            recipient=drop_point.name,
            address=drop_point.address,
            kelurahan_code=drop_point.kelurahan_code,
            lat=drop_point.lat,
            lon=drop_point.lon,
        )
    if home is None:
        msg = "a stop needs a home or a drop point"
        raise ValueError(msg)
    return Stop(
        cycle_id=cycle.id or 0,
        kind=StopKind.HOME,
        household_id=home.id,
        label=home.code,
        recipient=home.guardian_name,
        phone=home.phone,
        address=home.address,
        rt=home.rt,
        rw=home.rw,
        landmark=home.landmark,
        kelurahan_code=home.kelurahan_code,
        lat=home.lat,
        lon=home.lon,
    )


def stop_at_door(session: Session, *, cycle: Cycle, package: Package) -> Stop:
    """Give a package the open stop at its family's present address; siblings share it."""
    home = session.get_one(Household, package.household_id)
    waiting = session.exec(
        select(Stop).where(
            Stop.cycle_id == cycle.id,
            Stop.household_id == home.id,
            Stop.state == StopState.PLANNED,
            Stop.address == home.address,
            Stop.kelurahan_code == home.kelurahan_code,
        )
    ).first()
    stop = waiting or stop_at(cycle, home=home)
    session.add(stop)
    session.flush()
    package.stop_id = stop.id
    session.add(package)
    session.flush()
    return stop


def wait_for_routes(session: Session, *, cycle: Cycle, by: Account, now: datetime) -> None:
    """Show packages made after the routes were planned as stops that wait for one.

    Where a sibling's stop stands on a route, they ride along and the route becomes stale.
    Packages that the planner could not serve are listed with their reason instead.
    """
    if cycle.plan_run_id is None:
        return
    listed = select(UnservedStop.package_id).where(UnservedStop.plan_run_id == cycle.plan_run_id)
    packages = session.exec(
        select(Package)
        .where(
            Package.cycle_id == cycle.id,
            col(Package.state).in_(FILLED),
            col(Package.stop_id).is_(None),
            col(Package.id).not_in(listed),
        )
        .order_by(col(Package.code))
    ).all()
    for package in packages:
        stop = stop_at_door(session, cycle=cycle, package=package)
        if stop.route_id is not None:
            from api.services.stale_routes import mark_stale_for_package

            number = package.id or 0
            mark_stale_for_package(session, package_id=number, by=by, now=now, reason="late")
