"""One change of stock and the quantities it changes, kept together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm.util import identity_key
from sqlmodel import col, select

from data.schema import StockItem, StockMove, StockMoveKind
from data.schema.base import new_uid

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = [
    "ON_HAND_KINDS",
    "RESERVED_KINDS",
    "book_move",
    "find_move",
    "hold_shelves",
    "reread_stock",
    "stock_item",
]

K = StockMoveKind
ON_HAND_KINDS = (K.OPENING, K.RECEIPT, K.PURCHASE, K.PACK, K.RETURN, K.SPOIL, K.LOSE, K.CORRECT)
"""Moves whose quantities add up to what is on hand."""
RESERVED_KINDS = (K.RESERVE, K.RELEASE, K.PACK)
"""Moves whose quantities add up to what is reserved (a pack takes its own reservation with it)."""


def find_move(session: Session, move_uid: str) -> StockMove | None:
    """Return the move of an id, or None."""
    return session.exec(select(StockMove).where(StockMove.move_uid == move_uid)).first()


def stock_item(session: Session, *, depot_id: int, item_code: str) -> StockItem:
    """Return the row of an item, locked, made when it is not there yet."""
    found = session.exec(
        select(StockItem)
        .where(StockItem.depot_id == depot_id, StockItem.item_code == item_code)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        found = StockItem(depot_id=depot_id, item_code=item_code)
        session.add(found)
        session.flush()
    return found


def hold_shelves(session: Session, *, depot_id: int) -> None:
    """Hold the rows of a depot, always in the same order: who reserves next sees what is left."""
    session.flush()
    session.exec(
        select(StockItem)
        .where(StockItem.depot_id == depot_id)
        .order_by(col(StockItem.item_code))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def reread_stock(session: Session, depot_id: int, item_code: str) -> None:
    """Let a row that an UPDATE changed be read afresh.

    The row's id is remembered with the session: thousands of lines are reserved in one go, and a
    look through all that a session holds would take a second of its own each time.
    """
    ids = session.info.setdefault("stock_ids", {})
    place = (depot_id, item_code)
    if place not in ids:
        ids[place] = session.exec(
            select(StockItem.id).where(
                StockItem.depot_id == depot_id, StockItem.item_code == item_code
            )
        ).first()
        if ids[place] is None:
            del ids[place]
            return
    held = session.identity_map.get(identity_key(StockItem, ids[place]))
    if held is not None:
        session.expire(held)


def book_move(
    session: Session,
    *,
    depot_id: int,
    item_code: str,
    kind: StockMoveKind,
    quantity: int,
    by: Account,
    now: datetime,
    package_id: int | None = None,
    amendment_id: int | None = None,
    note: str = "",
    move_uid: str | None = None,
) -> StockMove:
    """Write a move down; the caller has changed the quantities."""
    move = StockMove(
        move_uid=move_uid or new_uid(),
        depot_id=depot_id,
        item_code=item_code,
        kind=kind,
        quantity=quantity,
        package_id=package_id,
        amendment_id=amendment_id,
        note=note,
        by=by.username,
        at=now,
    )
    session.add(move)
    return move
