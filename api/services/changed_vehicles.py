"""Vehicles that changed after routes of theirs were confirmed: their sheets name another crew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.cycle_lock import hold_cycle
from api.services.route_changes import make_stale
from data.schema import Cycle, Route, RouteState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["CONFIRMED_WITH", "ask_anew", "vehicles_of_steps"]

CONFIRMED_WITH = frozenset({"courier_name", "plate", "capacity_g", "capacity_ml"})
"""Fields of a vehicle that a confirmed route stands on: its sheets name them or fit into them."""


def ask_anew(
    session: Session, *, vehicle_ids: Collection[int], by: Account, now: datetime
) -> list[Route]:
    """Make the confirmed routes of changed vehicles stale that have not left; returns them."""
    waiting = (col(Route.vehicle_id).in_(vehicle_ids), Route.state == RouteState.CONFIRMED)
    months = select(Cycle).where(col(Cycle.id).in_(select(Route.cycle_id).where(*waiting)))
    for cycle in session.exec(months.order_by(col(Cycle.month))).all():
        hold_cycle(session, cycle)
    found = list(session.exec(select(Route).where(*waiting).order_by(col(Route.id))).all())
    for route in found:
        if route.state == RouteState.CONFIRMED:  # not yet stale as the sister of one before
            make_stale(session, route, "vehicle", by, now)
    return found


def vehicles_of_steps(steps: Iterable[Mapping[str, object]]) -> set[int]:
    """Return the vehicles that the steps of a file change so that routes have to be looked at."""
    return {
        int(str(step["id"]))
        for step in steps
        if step["table"] == "vehicle"
        and isinstance(fields := step.get("fields"), dict)
        and CONFIRMED_WITH & fields.keys()
    }
