"""Drop points by hand: posyandu and offices with their day, hours and place; closed when gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from api.services.access import must_hold
from api.services.changed_fleet import ask_anew_routes
from api.services.children import check_place
from api.services.cycle_lock import hold_running_cycles
from api.services.default_places import DEFAULT_SOURCE
from api.services.editing import refuse_saved_meanwhile, too_long, write_unversioned
from api.services.errors import Invalid, NotFound
from api.services.vehicles import BY_HAND
from data.queries.routes import EDITABLE
from data.schema import DropPoint, DropPointKind, Route, Stop, StopState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = [
    "FIELDS",
    "find_drop_point",
    "follow_point",
    "is_candidate",
    "list_drop_points",
    "save_drop_point",
]

FIELDS = (
    "kind", "name", "address", "kelurahan_code", "lat", "lon", "day_of_month", "opens", "closes",
    "pause_from", "pause_until", "is_active",
)  # fmt: skip
COPIED = ("address", "lat", "lon")
"""What a stop copies of its drop point and follows as long as its route has not left."""
LAST_DAY = 31


def list_drop_points(session: Session, *, kelurahan: str = "", name: str = "") -> list[DropPoint]:
    """Return the drop points, those in use first, by kelurahan and name.

    ``name`` is a part of theirs, in capitals or not.
    """
    rows = select(DropPoint).order_by(
        col(DropPoint.is_active).desc(), col(DropPoint.kelurahan_code), col(DropPoint.name)
    )
    if kelurahan:
        rows = rows.where(DropPoint.kelurahan_code == kelurahan)
    wanted = name.strip().casefold()
    return [each for each in session.exec(rows) if wanted in each.name.casefold()]


def find_drop_point(session: Session, *, number: int) -> DropPoint:
    """Return a drop point.

    Raises
    ------
    NotFound
        ``drop_point.unknown``.
    """
    found = session.get(DropPoint, number)
    if found is None:
        raise NotFound("drop_point.unknown")
    return found


def is_candidate(point: DropPoint) -> bool:
    """Whether nobody in the city gave a drop point: the plan says so until somebody saves it."""
    return point.source == DEFAULT_SOURCE


def save_drop_point(
    session: Session,
    *,
    point: DropPoint | None,
    changes: Mapping[str, Any],
    by: Account,
    now: datetime,
    read: Mapping[str, Any] | None = None,
) -> DropPoint:
    """Save fields of a drop point, or of a new one; routes there that have not left follow.

    Running months are held first: a plan that is being made is stored before or reads it after.

    Raises
    ------
    Forbidden
        ``access.role`` for those who do not plan routes.
    StaleVersion
        ``drop_point.stale`` when somebody else changed one of the same fields since.
    Invalid
        By field: ``edit.unknown_field``, ``field.long``, ``household.unknown_kelurahan``,
        ``household.half_point``, ``drop_point.name_taken``, ``drop_point.hours``,
        ``household.half_gap``, ``drop_point.gap``, ``drop_point.day``, ``drop_point.last``.
    """
    must_hold(by, "route:edit")
    hold_running_cycles(session)
    if point is not None:
        session.refresh(point, with_for_update={"key_share": True})
        refuse_saved_meanwhile(point, changes, read or {}, code="drop_point.stale")
    check_place(changes, point)
    wrong = _wrong(session, point, changes)
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    row = point or DropPoint(**changes)
    row.source = BY_HAND if point is None or is_candidate(row) else row.source
    moved = write_unversioned(
        session, row=row, subject="drop_point", changes=changes, is_new=point is None, by=by,
        now=now,
    )  # fmt: skip
    if moved:
        follow_point(session, row, moved, by=by, now=now)
    return row


def _wrong(session: Session, point: DropPoint | None, changes: Mapping[str, Any]) -> dict[str, str]:
    """Return field → what is wrong with its value."""
    wrong = {name: "edit.unknown_field" for name in changes if name not in FIELDS}
    wrong |= too_long(DropPoint, changes)
    blank: dict[str, Any] = dict.fromkeys(FIELDS)
    after = {**blank, **(point.model_dump() if point else {}), **changes}
    same = select(DropPoint).where(
        DropPoint.name == after["name"], DropPoint.kelurahan_code == after["kelurahan_code"]
    )
    other = session.exec(same).first()
    if other is not None and other is not point:
        wrong["name"] = "drop_point.name_taken"
    day = after["day_of_month"]
    if day is not None and not 1 <= day <= LAST_DAY:
        wrong["day_of_month"] = "drop_point.day"
    if day is not None and after["kind"] != DropPointKind.POSYANDU:
        wrong["day_of_month"] = "drop_point.day_of_posyandu"
    wrong |= _wrong_hours(after)
    if point is not None and point.is_active and after["is_active"] is False:
        in_use = select(DropPoint.id).where(col(DropPoint.is_active), DropPoint.id != point.id)
        if session.exec(in_use.limit(1)).first() is None:
            wrong["is_active"] = "drop_point.last"
    return wrong


def _wrong_hours(after: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the hours, and with those in between."""
    opens, closes, shuts, again = (
        after[name] or "" for name in ("opens", "closes", "pause_from", "pause_until")
    )
    if opens >= closes:
        return {"closes": "drop_point.hours"}
    if bool(shuts) != bool(again):
        return {"pause_until" if shuts else "pause_from": "household.half_gap"}
    if shuts and not opens < shuts < again < closes:
        return {"pause_until": "drop_point.gap"}
    return {}


def follow_point(
    session: Session, point: DropPoint, moved: Collection[str], *, by: Account, now: datetime
) -> None:
    """Move the stops there that have not left with it, and ask again about their routes.

    ``moved``: the fields that a form, a file or its undo changed.
    """
    away = select(Route.id).where(col(Route.state).not_in(EDITABLE))
    waiting = (
        Stop.drop_point_id == point.id,
        Stop.state == StopState.PLANNED,
        col(Stop.route_id).is_(None) | col(Stop.route_id).not_in(away),
    )
    if set(COPIED) & set(moved):
        for stop in session.exec(select(Stop).where(*waiting)).all():
            stop.address, stop.lat, stop.lon = point.address, point.lat, point.lon
            stop.version += 1
            session.add(stop)
        session.flush()
    routes = select(Stop.route_id).where(*waiting, col(Stop.route_id).is_not(None))
    ask_anew_routes(
        session,
        col(Route.id).in_(routes),
        reason="drop_point",
        by=by,
        now=now,
        about=lambda _: point.name,
    )
