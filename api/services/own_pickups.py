"""What a courier writes down about goods to fetch on the own routes of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services.dispatch import courier_routes
from api.services.errors import NotFound
from api.services.pickups import note_result
from data.queries.pickups import pickup_by_uid
from data.schema import PickupState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, Pickup

__all__ = ["find_own_pickup", "record_own_pickup"]


def find_own_pickup(session: Session, *, uid: str, by: Account, now: datetime) -> Pickup:
    """Return a pickup of the courier's own routes of today.

    Raises
    ------
    NotFound
        ``pickup.unknown`` for the pickup of another route, whether it exists or not.
    """
    own = {route.id for route in courier_routes(session, by=by, now=now)}
    pickup = pickup_by_uid(session, uid=uid)
    if pickup is None or pickup.route_id not in own:
        raise NotFound("pickup.unknown")
    return pickup


def record_own_pickup(
    session: Session, *, uid: str, is_fetched: bool, note: str, by: Account, now: datetime
) -> Pickup:
    """Let a courier write down whether the goods came along.

    The same again changes nothing; until the goods are in stock it may be corrected.

    Raises
    ------
    NotFound
        As :func:`find_own_pickup`.
    Invalid, Refused
        As ``pickups.record_pickup``.
    """
    pickup = find_own_pickup(session, uid=uid, by=by, now=now)
    session.refresh(pickup, with_for_update=True)
    wished = PickupState.FETCHED if is_fetched else PickupState.MISSED
    if pickup.state == wished and pickup.result_note == note.strip()[:300]:
        return pickup
    return note_result(session, pickup, is_fetched, note, by, now)
