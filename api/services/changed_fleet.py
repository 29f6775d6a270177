"""Vehicles and depots that changed after routes of theirs were planned: their times are old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.cycle_lock import hold_cycle
from api.services.route_changes import make_stale
from data.queries.routes import EDITABLE
from data.schema import Cycle, Depot, Route, RouteState, Vehicle

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

    from data.schema import Account

__all__ = ["CONFIRMED_WITH", "ask_anew", "ask_anew_routes", "fields_of_steps"]

CONFIRMED_WITH: Mapping[str, frozenset[str]] = {
    "vehicle": frozenset({"courier_name", "plate", "capacity_g", "capacity_ml", "speed_m_per_h"}),
    "depot": frozenset({"name", "lat", "lon", "opens", "closes"}),
}
"""Fields by table that a confirmed route stands on: its sheet names them, fits or begins there."""
COLUMNS = {"vehicle": col(Route.vehicle_id), "depot": col(Route.depot_id)}


def ask_anew(
    session: Session,
    *,
    table: str,
    ids: Collection[int],
    by: Account,
    now: datetime,
    fields: Collection[str] = (),
) -> list[Route]:
    """Time the routes of changed vehicles or depots that have not left; confirmed ones are stale.

    Those not confirmed yet as well, because confirming one believes its times and violations.
    """

    def name_of(route: Route) -> str:
        if table == "vehicle":
            return session.get_one(Vehicle, route.vehicle_id).name
        return session.get_one(Depot, route.depot_id).name

    which = COLUMNS[table].in_(ids)
    names = CONFIRMED_WITH[table] & set(fields)
    return ask_anew_routes(
        session, which, reason=table, by=by, now=now, about=name_of, fields=names
    )


def ask_anew_routes(
    session: Session,
    which: ColumnElement[bool],
    *,
    reason: str,
    by: Account,
    now: datetime,
    about: Callable[[Route], str],
    fields: Collection[str] = (),
) -> list[Route]:
    """Time some routes anew, of those that have not left; see :func:`ask_anew`.

    ``about`` names whose change it is.
    """
    waiting = (which, col(Route.state).in_(EDITABLE))
    months = select(Cycle).where(col(Cycle.id).in_(select(Route.cycle_id).where(*waiting)))
    for cycle in session.exec(months.order_by(col(Cycle.month))).all():
        hold_cycle(session, cycle)
    found = list(session.exec(select(Route).where(*waiting).order_by(col(Route.id))).all())
    confirmed = {route.id for route in found if route.state == RouteState.CONFIRMED}
    for route in found:
        # Not again what became stale as the sister of one before: it is timed and asked for.
        if route.id not in confirmed or route.state == RouteState.CONFIRMED:
            make_stale(session, route, reason, by, now, about=about(route), fields=fields)
    return found


def fields_of_steps(steps: Iterable[Mapping[str, object]], table: str) -> dict[int, frozenset[str]]:
    """Return the rows of a table that a file's steps change so that routes must be looked at.

    Each with the fields that confirmed routes stand on.
    """
    found: dict[int, frozenset[str]] = {}
    for step in steps:
        fields = step.get("fields")
        if step["table"] == table and isinstance(fields, dict):
            moved = CONFIRMED_WITH[table] & fields.keys()
            if moved:
                row = int(str(step["id"]))
                found[row] = found.get(row, frozenset()) | moved
    return found
