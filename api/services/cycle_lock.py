"""One at a time in a month: whoever changes its routes and packages holds its row first.

On PostgreSQL two sessions read the same rows and then both write. Steps of a month and changes of
its routes, stops, packages, pickups and cases wait here for each other, and see what the one
before them did. Always the month first, then single rows, so that no two wait for one another.
SQLite has one writer at a time anyway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from data.schema import (
    Cycle,
    CycleState,
    DeliveryException,
    Package,
    PackageLine,
    Pickup,
    Route,
    Stop,
)

if TYPE_CHECKING:
    from sqlmodel import Session

__all__ = ["RUNNING", "hold_cycle", "hold_cycle_of", "hold_running_cycles", "share_cycle_of"]

RUNNING = (CycleState.APPROVED, CycleState.PACKING, CycleState.DISTRIBUTING)
"""Months whose pairs are agreed and whose packages are on their way."""
READ_ANEW = (Route, Stop, Package, PackageLine, Pickup, DeliveryException)


def hold_cycle(session: Session, cycle: Cycle) -> Cycle:
    """Hold a month's row until the transaction ends; rows of months read before are read again."""
    session.flush()
    session.refresh(cycle, with_for_update=True)
    known = list(session.identity_map.values())
    for table in READ_ANEW:
        ids = [row.id for row in known if isinstance(row, table)]
        if ids:
            anew = select(table).where(col(table.id).in_(ids))
            session.exec(anew.execution_options(populate_existing=True)).all()
    return cycle


def hold_cycle_of(session: Session, row: Route | Stop | Package | Pickup) -> Cycle:
    """Hold the month that a row belongs to (see :func:`hold_cycle`)."""
    session.flush()
    return hold_cycle(session, session.get_one(Cycle, row.cycle_id))


def share_cycle_of(session: Session, row: Pickup) -> Cycle:
    """Wait until nobody holds the month of a row, and keep it from being held: for phones.

    They do not wait for one another. What was read of the row before is read again by who needs it.
    """
    session.flush()
    shared = select(Cycle).where(Cycle.id == row.cycle_id).with_for_update(read=True)
    return session.exec(shared.execution_options(populate_existing=True)).one()


def hold_running_cycles(session: Session) -> list[Cycle]:
    """Hold every running month, the earliest first: for who leaves or ends in any of them."""
    session.flush()
    running = select(Cycle).where(col(Cycle.state).in_(RUNNING)).order_by(col(Cycle.month))
    held = [hold_cycle(session, cycle) for cycle in session.exec(running).all()]
    return [cycle for cycle in held if cycle.state in RUNNING]
