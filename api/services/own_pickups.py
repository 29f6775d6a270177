"""What a courier writes down about goods to fetch: on a page, or by phone without signal.

A phone's events are safe to send twice and in any order, like those of deliveries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.clock import ZONE
from api.services.cycle_lock import share_cycle_of
from api.services.delivery_reports import AckState
from api.services.dispatch import courier_routes
from api.services.errors import NotFound, ServiceError
from api.services.pickups import note_result
from data.engine import UnstorableText
from data.queries.deliveries import was_driven_by
from data.queries.pickups import pickup_by_uid
from data.schema import PickupState, Route, Vehicle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from data.schema import Account, Pickup

__all__ = [
    "PickupAnswer",
    "PickupEvent",
    "find_own_pickup",
    "record_own_pickup",
    "record_pickup_events",
]


@dataclass(frozen=True, slots=True)
class PickupEvent:
    """What a phone says became of goods to fetch, under an id of its own."""

    event_uid: str
    pickup_uid: str
    is_fetched: bool
    note: str
    happened_at: datetime
    device_id: str = ""
    device_seq: int = 0


@dataclass(frozen=True, slots=True)
class PickupAnswer:
    """The answer to one event; with ``stored``, ``repeated`` or ``kept`` it is safe here."""

    event_uid: str
    state: AckState
    code: str = ""
    params: dict[str, object] = field(default_factory=dict)


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
    share_cycle_of(session, find_own_pickup(session, uid=uid, by=by, now=now))
    pickup = find_own_pickup(session, uid=uid, by=by, now=now)
    session.refresh(pickup, with_for_update=True)
    wished = PickupState.FETCHED if is_fetched else PickupState.MISSED
    if pickup.state == wished and pickup.result_note == note.strip()[:300]:
        return pickup
    return note_result(session, pickup, is_fetched, note, by, now)


def record_pickup_events(
    session: Session, *, events: Sequence[PickupEvent], by: Account, now: datetime
) -> list[PickupAnswer]:
    """Store what an offline phone brings, in order of its own counter, answering per event.

    A refused event keeps no other out; of two results the one that happened later counts. Answers
    come in the order of ``events``.
    """
    order = sorted(range(len(events)), key=lambda i: (events[i].device_id, events[i].device_seq, i))
    answers: dict[int, PickupAnswer] = {}
    for i in order:
        event = events[i]
        try:
            with session.begin_nested():
                state = _record(session, event, by, now)
            answers[i] = PickupAnswer(event.event_uid, state)
        except ServiceError as refusal:
            answers[i] = PickupAnswer(
                event.event_uid, AckState.REFUSED, refusal.code, dict(refusal.params)
            )
        except UnstorableText:
            answers[i] = PickupAnswer(event.event_uid, AckState.REFUSED, "http.control")
    return [answers[i] for i in range(len(events))]


def _record(session: Session, event: PickupEvent, by: Account, now: datetime) -> AckState:
    pickup = pickup_by_uid(session, uid=event.pickup_uid)
    if pickup is None:
        raise NotFound("pickup.unknown")
    share_cycle_of(session, pickup)  # the month before the row, as whoever changes it in the office
    session.refresh(pickup, with_for_update=True)
    route = session.get(Route, pickup.route_id) if pickup.route_id else None
    if route is None or not _was_courier(session, route, by):
        raise NotFound("pickup.unknown")
    session.refresh(route)
    known = pickup.event_uids or []
    if event.event_uid in known:
        return AckState.REPEATED
    start = datetime.combine(route.day, time(), ZONE)
    earliest = min(start, route.dispatched_at) if route.dispatched_at else start
    at = min(now, max(event.happened_at, earliest))
    is_late = pickup.happened_at is not None and at < pickup.happened_at
    if not is_late:
        note_result(session, pickup, event.is_fetched, event.note, by, now, happened_at=at)
    pickup.event_uids = [*known, event.event_uid]
    session.add(pickup)
    session.flush()
    return AckState.KEPT if is_late else AckState.STORED


def _was_courier(session: Session, route: Route, by: Account) -> bool:
    """Whether a route left with this courier or its vehicle is his: a phone may come days later."""
    own = (
        select(Route.id)
        .join(Vehicle, col(Vehicle.id) == Route.vehicle_id)
        .where(
            Route.id == route.id,
            was_driven_by(by.id or 0),
            col(Route.dispatched_at).is_not(None),
        )
    )
    return session.exec(own).first() is not None
