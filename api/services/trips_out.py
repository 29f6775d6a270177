"""Trips that have left: what they leave of their vehicles' hours for the trips still to be made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from api.services.clock import local_date
from api.services.fleet import seconds
from data.queries.routes import trips_out
from data.schema import RouteState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlmodel import Session

    from logistics.problem import Vehicle

__all__ = ["beside_trips_out", "hours_out"]

SHORTEST_S = 60
"""What is left of a shift that a trip fills: the check says what no longer fits."""


def hours_out(session: Session, days: Sequence[date]) -> dict[tuple[int, date], tuple[str, str]]:
    """Return from when to when each vehicle is out, by day, on trips that have left.

    A trip that left before its day and is finished takes none of that day's hours.
    """
    found: dict[tuple[int, date], tuple[str, str]] = {}
    for trip in trips_out(session, days=days):
        left = trip.dispatched_at
        if trip.state == RouteState.FINISHED and left and local_date(left) < trip.day:
            continue
        key = (trip.vehicle_id, trip.day)
        leaves, returns = found.get(key, (trip.leaves_at, trip.returns_at))
        found[key] = (min(leaves, trip.leaves_at), max(returns, trip.returns_at))
    return found


def beside_trips_out(
    vehicle: Vehicle,
    out: Mapping[tuple[int, date], tuple[str, str]],
    back_at: Mapping[tuple[int, date], str],
) -> Vehicle:
    """Return a vehicle whose shifts leave room for its trips that have left.

    Routes that were planned before such a trip (``back_at``: when the last of them is back) have
    until it leaves; others begin when it is back.
    """
    number = int(vehicle.id.removeprefix("V"))
    shifts = []
    for shift in vehicle.shifts:
        key = (number, shift.day)
        leaves, returns = out.get(key, ("", ""))
        if leaves and key in back_at and back_at[key] <= leaves:
            ends_s = max(min(shift.ends_s, seconds(leaves)), shift.starts_s + SHORTEST_S)
            free = replace(shift, ends_s=ends_s)
        elif returns:
            starts_s = min(max(shift.starts_s, seconds(returns)), shift.ends_s - SHORTEST_S)
            free = replace(shift, starts_s=starts_s)
        else:
            free = shift
        shifts.append(free)
    return replace(vehicle, shifts=tuple(shifts))
