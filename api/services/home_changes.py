"""What a family's changed address, phone, hours or needs mean for its stops that have not left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.changed_fleet import ask_anew_routes
from data.queries.routes import EDITABLE
from data.schema import Package, Route, Stop, StopState

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, Household

__all__ = ["follow_home", "weigh_wishes"]

COPIED = {
    "guardian_name": "recipient",
    "phone": "phone",
    "address": "address",
    "rt": "rt",
    "rw": "rw",
    "landmark": "landmark",
    "lat": "lat",
    "lon": "lon",
}
"""Field of a household → field of its stops; another kelurahan is a move, see ``stale_routes``."""


def follow_home(
    session: Session, home: Household, changed: Collection[str], *, by: Account, now: datetime
) -> None:
    """Bring a correction to a family's stops; each stays on its route, in its place.

    Routes that have not left are timed anew, and confirmed ones ask anew: their sheets name it.
    """
    names = [name for name in COPIED if name in changed]
    if not names:
        return
    left = select(Route.id).where(col(Route.state).not_in(EDITABLE))
    waiting = (
        Stop.household_id == home.id,
        Stop.state == StopState.PLANNED,
        col(Stop.route_id).is_(None) | col(Stop.route_id).not_in(left),
    )
    for stop in session.exec(select(Stop).where(*waiting)).all():
        for name in names:
            setattr(stop, COPIED[name], getattr(home, name) or _empty(name))
        stop.version += 1
        session.add(stop)
    session.flush()
    routes = select(Stop.route_id).where(*waiting, col(Stop.route_id).is_not(None))
    ask_anew_routes(
        session,
        col(Route.id).in_(routes),
        reason="corrected",
        by=by,
        now=now,
        about=lambda _: home.code,
    )


def _empty(name: str) -> str | None:
    """Return what a stop holds where the household has nothing."""
    return "" if name in ("guardian_name", "address") else None


def weigh_wishes(session: Session, home: Household, *, by: Account, now: datetime) -> None:
    """Time and check the routes that carry a family's packages by its new hours and needs."""
    carrying = (
        select(Stop.route_id)
        .join(Package, col(Package.stop_id) == Stop.id)
        .where(
            Package.household_id == home.id,
            Stop.state == StopState.PLANNED,
            col(Stop.route_id).is_not(None),
        )
    )
    ask_anew_routes(
        session,
        col(Route.id).in_(carrying),
        reason="wishes",
        by=by,
        now=now,
        about=lambda _: home.code,
    )
