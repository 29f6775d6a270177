"""Reading the goods that couriers fetch on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from data.schema import Pickup, PickupState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlmodel import Session

__all__ = ["pickup_by_uid", "pickups_of_cycle", "pickups_of_routes", "pickups_to_plan"]


def pickup_by_uid(session: Session, *, uid: str) -> Pickup | None:
    """Return a pickup, or None."""
    return session.exec(select(Pickup).where(Pickup.uid == uid)).one_or_none()


def pickups_of_cycle(session: Session, *, cycle_id: int) -> list[Pickup]:
    """Return a month's pickups."""
    rows = select(Pickup).where(Pickup.cycle_id == cycle_id).order_by(col(Pickup.id))
    return list(session.exec(rows))


def pickups_to_plan(
    session: Session, *, cycle_id: int, free_route_ids: Collection[int]
) -> list[Pickup]:
    """Return the pickups that wait for a route, or are on one that is free to plan anew."""
    waits = (col(Pickup.state) == PickupState.WAITING) & col(Pickup.route_id).is_(None)
    comes_off = col(Pickup.state).in_((PickupState.WAITING, PickupState.PLANNED)) & col(
        Pickup.route_id
    ).in_(free_route_ids)
    rows = select(Pickup).where(Pickup.cycle_id == cycle_id, waits | comes_off)
    return list(session.exec(rows.order_by(col(Pickup.id))))


def pickups_of_routes(session: Session, *, route_ids: Sequence[int]) -> list[Pickup]:
    """Return the pickups on some routes, in the order of driving."""
    rows = select(Pickup).where(
        col(Pickup.route_id).in_(route_ids), Pickup.state != PickupState.CANCELLED
    )
    order = (col(Pickup.route_id), col(Pickup.after), col(Pickup.arrives_at), col(Pickup.id))
    return list(session.exec(rows.order_by(*order)))
