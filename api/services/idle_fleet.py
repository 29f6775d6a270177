"""Vehicles that a month's plan leaves behind, and why, as its coordinator reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data.queries.routes import active_vehicles, routes_of_cycle

if TYPE_CHECKING:
    from sqlmodel import Session

    from data.schema import PlanRun

__all__ = ["IdleView", "idle_fleet"]


@dataclass(frozen=True, slots=True)
class IdleView:
    """A vehicle in use by the city that no route of the month has, and the plan's reason."""

    vehicle_id: int
    name: str
    reason: str
    params: dict[str, Any]


def idle_fleet(session: Session, *, run: PlanRun) -> list[IdleView]:
    """Return who stays behind, as the plan counted; who got a route by hand since is left out."""
    driving = {vehicle.id for _, vehicle, _ in routes_of_cycle(session, cycle_id=run.cycle_id)}
    names = {vehicle.id: vehicle.name for vehicle in active_vehicles(session)}
    stored = run.params.get("idle", [])
    rows = stored if isinstance(stored, list) else []
    return [
        IdleView(row["vehicle_id"], names[row["vehicle_id"]], row["code"], row["params"])
        for row in rows
        if row["vehicle_id"] in names and row["vehicle_id"] not in driving
    ]
