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

__all__ = ["record_own_pickup"]


def record_own_pickup(
    session: Session, *, uid: str, is_fetched: bool, note: str, by: Account, now: datetime
) -> Pickup:
    """Let a courier write down whether the goods came along.

    The same again changes nothing; until the goods are in stock it may be corrected.

    Raises
    ------
    NotFound
        ``pickup.unknown`` for the pickup of another route, whether it exists or not.
    Invalid, Refused
        As ``pickups.record_pickup``.
    """
    own = {route.id for route in courier_routes(session, by=by, now=now)}
    pickup = pickup_by_uid(session, uid=uid)
    if pickup is None or pickup.route_id not in own:
        raise NotFound("pickup.unknown")
    session.refresh(pickup, with_for_update=True)
    wished = PickupState.FETCHED if is_fetched else PickupState.MISSED
    if pickup.state == wished and pickup.result_note == note.strip()[:300]:
        return pickup
    return note_result(session, pickup, is_fetched, note, by, now)
