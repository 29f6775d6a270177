"""What is on record of one month, in a few numbers: whether it is still as it was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func
from sqlmodel import col, select

from data.schema import (
    Amendment,
    Assignment,
    Cycle,
    DeliveryEvent,
    DeliveryException,
    DeliveryPhoto,
    Fulfilment,
    Package,
    ReportVersion,
    Route,
    Stop,
)

if TYPE_CHECKING:
    from sqlmodel import Session

__all__ = ["on_record_of"]

BY_STATE = (Assignment, Package, Stop, Route, DeliveryException, Fulfilment)


def on_record_of(session: Session, *, cycle_id: int) -> tuple[object, ...]:
    """Return numbers that differ as soon as a fact of a month is added or changes its state.

    They are about the month's own rows: its state, pairs, packages, stops, events, cases,
    judgements, corrections and versions. What the register says of children is not among them.
    """
    packages = select(Package.id).where(Package.cycle_id == cycle_id)
    events = col(DeliveryEvent.package_id).in_(packages)
    photos = col(DeliveryPhoto.package_id).in_(packages)
    asked: list[Any] = [
        _told(func.sum(Cycle.version)).where(col(Cycle.id) == cycle_id),
        *(
            _told(table.state, func.sum(table.id))
            .where(col(table.cycle_id) == cycle_id)
            .group_by(table.state)
            .order_by(table.state)
            for table in BY_STATE
        ),
        _told(func.sum(Fulfilment.accepted_items)).where(col(Fulfilment.cycle_id) == cycle_id),
        _told(func.sum(case((col(DeliveryEvent.is_superseded), 1), else_=0))).where(events),
        _told(func.max(DeliveryPhoto.id)).where(photos),
        _told(func.max(Amendment.id)).where(col(Amendment.cycle_id) == cycle_id),
        _told(func.max(ReportVersion.number)).where(col(ReportVersion.cycle_id) == cycle_id),
    ]
    return tuple(tuple(row) for query in asked for row in session.execute(query))


def _told(*values: Any) -> Any:
    return select(func.count(), *values)
