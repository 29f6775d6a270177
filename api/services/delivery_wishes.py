"""How a family wants to be served, as a coordinator learns it at the door or on the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from api.services.access import must_hold
from api.services.children import WISH_FIELDS, edit_household
from api.services.editing import refuse_saved_meanwhile
from api.services.errors import Invalid
from data.queries.routes import EDITABLE
from data.schema import Route, Stop, StopState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, Household

__all__ = ["open_stops", "save_wishes"]


def open_stops(session: Session, *, household: Household) -> list[tuple[Stop, Route | None]]:
    """Return a family's stops that have not left, each with its route if it is on one."""
    rows = session.exec(
        select(Stop, Route)
        .join(Route, col(Route.id) == Stop.route_id, isouter=True)
        .where(
            Stop.household_id == household.id,
            Stop.state == StopState.PLANNED,
            col(Route.id).is_(None) | col(Route.state).in_(EDITABLE),
        )
        .order_by(col(Stop.id))
    )
    return [(stop, route) for stop, route in rows]


def save_wishes(
    session: Session,
    *,
    household: Household,
    changes: Mapping[str, Any],
    by: Account,
    now: datetime,
    read: Mapping[str, Any] | None = None,
) -> Household:
    """Save the hours, needs, walk and priority of a family and nothing else about it.

    Its routes that have not left are timed and checked again. ``read`` are the values that the
    changed fields had when the person read them.

    Raises
    ------
    Forbidden
        ``access.role``.
    Invalid
        By field: ``edit.unknown_field``, and see :func:`api.services.children.edit_household`.
    StaleVersion
        ``household.wishes_stale`` when somebody else changed one of the same fields since.
    """
    must_hold(by, "household:place")
    unknown = sorted(set(changes) - set(WISH_FIELDS))
    if unknown:
        raise Invalid("edit.unknown_field", fields=dict.fromkeys(unknown, "edit.unknown_field"))
    session.refresh(household, with_for_update=True)
    refuse_saved_meanwhile(household, changes, read or {}, code="household.wishes_stale")
    return edit_household(
        session,
        household=household,
        base_version=household.version,
        changes=changes,
        by=by,
        now=now,
    )
