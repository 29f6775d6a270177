"""Package, stop and route as drawn from the events: the same events give the same state."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from data.queries.deliveries import (
    events_by_package,
    lines_of_package,
    packages_of_stop,
    stops_of_route,
)
from data.schema import Outcome, PackageState, Route, RouteState, Stop, StopKind, StopState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import DeliveryEvent, Package

__all__ = [
    "COUNTS",
    "FINAL_STOPS",
    "OFFICE",
    "OUT",
    "PHONE",
    "UNDO_WITHIN",
    "effective_event",
    "redraw_package",
    "redraw_stop",
]

UNDO_WITHIN = timedelta(minutes=10)
OFFICE = "office"
"""Channel of a coordinator's correction."""
PHONE = "phone"
COUNTS = ("", "before_correction")
"""Flags of events that take part; every other keeps an event without effect."""
P = PackageState
OUT = (P.LOADED, P.ACCEPTED, P.PARTLY_ACCEPTED, P.REJECTED, P.LOST)
"""States that events decide; in any other the package is (again) in the hands of the office."""
FINAL_STOPS = (
    StopState.DELIVERED,
    StopState.PARTLY_DELIVERED,
    StopState.LEFT_WITH_RECEIVER,
    StopState.PICKED_UP,
    StopState.FAILED,
    StopState.RESCHEDULED,
    StopState.CANCELLED,
)
STATES = {
    Outcome.ACCEPTED: P.ACCEPTED,
    Outcome.LEFT_WITH_RECEIVER: P.ACCEPTED,
    Outcome.LEFT_AT_DROP_POINT: P.ACCEPTED,
    Outcome.PARTLY_ACCEPTED: P.PARTLY_ACCEPTED,
    Outcome.REJECTED: P.REJECTED,
    Outcome.FAILED: P.LOADED,
    Outcome.LOST: P.LOST,
}


def in_order(events: Sequence[DeliveryEvent]) -> list[DeliveryEvent]:
    """Return events as they happened.

    A device's own counter beats its clock: within one device the times never run backwards.
    A correction by the office follows all that was known to it, even from a clock running ahead.
    """
    when: dict[str, datetime] = {}
    latest: dict[str, datetime] = {}
    for event in sorted(events, key=lambda e: (e.device_id or "", e.device_seq or 0)):
        at = event.happened_at
        if event.device_id and event.device_seq is not None:
            at = max(at, latest.get(event.device_id, at))
            latest[event.device_id] = at
        when[event.event_uid] = at
    known: list[datetime] = []
    for event in sorted(events, key=lambda e: e.id or 0):
        if event.channel == OFFICE:
            when[event.event_uid] = max([when[event.event_uid], *known])
        known.append(when[event.event_uid])
    return sorted(
        events,
        key=lambda e: (when[e.event_uid], e.channel == OFFICE, e.device_seq or 0, e.id or 0),
    )


def effective_event(
    events: Sequence[DeliveryEvent], stop_id: int | None, *, flags: Collection[str] = COUNTS
) -> DeliveryEvent | None:
    """Return the event that counts for a package at a stop: the last that was not taken back.

    Only who recorded an event takes it back, within ten minutes after it, and never what the
    office corrected. ``flags`` are those with which an event takes part.
    """
    by_uid = {event.event_uid: event for event in events}
    undone = {
        event.undoes_uid
        for event in events
        if event.outcome == Outcome.UNDO
        and event.flag in flags
        and (target := by_uid.get(event.undoes_uid or "")) is not None
        and timedelta(0) <= _apart(event, target) <= UNDO_WITHIN
        and event.by == target.by
        and target.channel != OFFICE
    }
    counting = [
        event
        for event in in_order(events)
        if event.outcome != Outcome.UNDO
        and event.event_uid not in undone
        and event.stop_id == stop_id
        and event.flag in flags
    ]
    return counting[-1] if counting else None


def _apart(event: DeliveryEvent, earlier: DeliveryEvent) -> timedelta:
    """Return the time between two events; one device's clock measures it even when it is wrong."""
    if event.device_id and event.device_id == earlier.device_id:
        return event.reported_at - earlier.reported_at
    return event.happened_at - earlier.happened_at


def redraw_package(session: Session, *, package: Package, now: datetime) -> DeliveryEvent | None:
    """Set a package's lines and state from its events; returns the event that counts."""
    events = events_by_package(session, package_ids=[package.id or 0]).get(package.id or 0, [])
    event = effective_event(events, package.stop_id)
    for other in events:
        if other.stop_id == package.stop_id:
            superseded = event is None or other.event_uid != event.event_uid
            if other.is_superseded != superseded:
                other.is_superseded = superseded
                session.add(other)
    if package.state not in OUT:
        return event
    results = {str(row["line_uid"]): row for row in event.lines} if event else {}
    for line in lines_of_package(session, package_id=package.id or 0):
        result = results.get(line.uid, {})
        line.accepted = int(str(result.get("accepted", 0)))
        line.rejected = int(str(result.get("rejected", 0)))
        session.add(line)
    package.state = STATES[event.outcome] if event else P.LOADED
    package.updated_at = now
    package.version += 1
    session.add(package)
    session.flush()
    return event


def redraw_stop(session: Session, *, stop_id: int) -> None:
    """Set a stop's state from the events of its packages, and its route's from its stops."""
    stop = session.get_one(Stop, stop_id)
    if stop.state in (StopState.RESCHEDULED, StopState.CANCELLED, StopState.PLANNED):
        return
    packages = packages_of_stop(session, stop_id=stop_id)
    events = events_by_package(session, package_ids=[package.id or 0 for package in packages])
    counting = [effective_event(events.get(p.id or 0, []), stop_id) for p in packages]
    state = _stop_state(stop, [event.outcome if event else None for event in counting])
    if state != stop.state:
        stop.state = state
        stop.version += 1
        session.add(stop)
        session.flush()
    if stop.route_id is not None:
        _redraw_route(session, stop.route_id)


def _stop_state(stop: Stop, outcomes: list[Outcome | None]) -> StopState:
    if not outcomes or None in outcomes:
        return StopState.EN_ROUTE
    taken = [o for o in outcomes if o and STATES[o] in (P.ACCEPTED, P.PARTLY_ACCEPTED)]
    if not taken:
        return StopState.FAILED
    if len(taken) < len(outcomes) or Outcome.PARTLY_ACCEPTED in taken:
        return StopState.PARTLY_DELIVERED
    if stop.kind == StopKind.DROP_POINT and Outcome.LEFT_AT_DROP_POINT not in taken:
        return StopState.PICKED_UP
    if Outcome.LEFT_WITH_RECEIVER in taken:
        return StopState.LEFT_WITH_RECEIVER
    return StopState.DELIVERED


def _redraw_route(session: Session, route_id: int) -> None:
    route = session.get_one(Route, route_id)
    if route.state not in (RouteState.DISPATCHED, RouteState.FINISHED):
        return
    stops = stops_of_route(session, route_id=route_id)
    done = all(stop.state in FINAL_STOPS for stop in stops)
    state = RouteState.FINISHED if done else RouteState.DISPATCHED
    if state != route.state:
        route.state = state
        session.add(route)
        session.flush()
