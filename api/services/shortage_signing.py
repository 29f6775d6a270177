"""Signing what is done about goods that are short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import select

from api.services import audit
from api.services.default_places import packing_depot
from api.services.errors import Forbidden, Refused
from api.services.moves import MAY_PACK
from api.services.packing_days import planned_day
from api.services.reservations import note_shortages, read_drafts
from api.services.shortages import Remedy
from data.reference.items import items
from data.schema import Cycle, Role, Shortage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["Signature", "check_substitute", "sign_shortage", "sign_shortages"]


@dataclass(frozen=True, slots=True)
class Signature:
    """What a person chose for a short item."""

    item_code: str
    remedy: Remedy
    substitute_code: str | None = None


def sign_shortages(
    session: Session, *, cycle: Cycle, signatures: Sequence[Signature], by: Account, now: datetime
) -> list[Shortage]:
    """Sign several short items: all of them, or none. What stands signed so already is left alone.

    Raises
    ------
    Refused, Forbidden
        As :func:`sign_shortage`.
    """
    standing = {
        (row.item_code, row.remedy, row.substitute_code)
        for row in session.exec(select(Shortage).where(Shortage.cycle_id == cycle.id))
        if row.signed_by is not None
    }
    return [
        sign_shortage(
            session,
            cycle=cycle,
            item_code=each.item_code,
            remedy=each.remedy,
            substitute_code=each.substitute_code,
            by=by,
            now=now,
        )
        for each in signatures
        if (each.item_code, each.remedy.value, each.substitute_code) not in standing
    ]


def sign_shortage(
    session: Session,
    *,
    cycle: Cycle,
    item_code: str,
    remedy: Remedy,
    by: Account,
    now: datetime,
    substitute_code: str | None = None,
) -> Shortage:
    """Sign what is done about a short item; packing has to be asked for again afterwards.

    Raises
    ------
    Refused
        ``packing.no_shortage`` when the item is not short, ``packing.substitute`` without a
        substitute that is another known item.
    Forbidden
        ``packing.role`` for anyone but a coordinator or approver.
    """
    if by.role not in (Role.COORDINATOR, Role.APPROVER):
        raise Forbidden("packing.role", role=by.role.value)
    if cycle.state not in MAY_PACK:
        raise Refused("packing.state", month=cycle.month, found=cycle.state.value)
    row = session.exec(
        select(Shortage).where(Shortage.cycle_id == cycle.id, Shortage.item_code == item_code)
    ).first()
    if row is None:
        raise Refused("packing.no_shortage", item=item_code)
    check_substitute(item_code, remedy, substitute_code)
    row.remedy = remedy.value
    row.substitute_code = substitute_code if remedy is Remedy.SUBSTITUTE else None
    row.signed_by, row.signed_at = by.username, now
    session.add(row)
    audit.record(
        session,
        by=by,
        action="shortage:sign",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"item": item_code, "remedy": remedy.value, "substitute": row.substitute_code},
    )
    session.flush()
    if (day := planned_day(session, cycle)) is not None:
        note_shortages(session, cycle, read_drafts(session, cycle), packing_depot(session), day)
    return row


def check_substitute(item_code: str, remedy: Remedy, substitute_code: str | None) -> None:
    """Refuse a substitute that is missing, unknown or the item itself (``packing.substitute``)."""
    is_other = substitute_code in items() and substitute_code != item_code
    if remedy is Remedy.SUBSTITUTE and not is_other:
        raise Refused("packing.substitute", item=item_code)
