"""Stock as events with guarded quantities: the sum of moves is what is on hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from api.services import audit
from api.services.errors import Invalid, Refused
from api.services.stock_moves import ON_HAND_KINDS, RESERVED_KINDS, book_move, find_move, stock_item
from data.reference.items import item, units_from
from data.schema import (
    Amendment,
    Cycle,
    Depot,
    Package,
    Pickup,
    Pledge,
    PledgeReceipt,
    Sponsor,
    StockItem,
    StockMove,
    StockMoveKind,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = [
    "StockFault",
    "StockLine",
    "book_pledged_goods",
    "check_stock",
    "correct_stock",
    "corrected_months",
    "find_move",
    "goods_units",
    "has_stock_list",
    "package_codes",
    "receive_stock",
    "stock_list",
    "stock_moves",
]

K = StockMoveKind


@dataclass(frozen=True, slots=True)
class StockLine:
    """What is on hand of one item in one depot, in the item's own unit."""

    depot_id: int
    depot_name: str
    item_code: str
    on_hand: int
    reserved: int
    expires_on: date | None

    @property
    def available(self) -> int:
        """Units that no package has been promised."""
        return self.on_hand - self.reserved

    def is_expired(self, day: date) -> bool:
        """Whether what is on hand may no longer be given on a day."""
        return self.expires_on is not None and self.expires_on < day

    def usable(self, day: date) -> int:
        """Units that are free and may still be given on a day."""
        return 0 if self.is_expired(day) else self.available


@dataclass(frozen=True, slots=True)
class StockFault:
    """An item whose quantities are not the sum of its moves."""

    depot_id: int
    item_code: str
    on_hand: int
    moves_on_hand: int
    reserved: int
    moves_reserved: int


def stock_list(session: Session, *, depot_id: int | None = None) -> list[StockLine]:
    """Return what is on hand, by depot and item."""
    rows = select(StockItem, Depot).join(Depot, col(Depot.id) == StockItem.depot_id)
    if depot_id is not None:
        rows = rows.where(StockItem.depot_id == depot_id)
    return [
        StockLine(
            depot_id=stock.depot_id,
            depot_name=depot.name,
            item_code=stock.item_code,
            on_hand=stock.on_hand,
            reserved=stock.reserved,
            expires_on=stock.expires_on,
        )
        for stock, depot in session.exec(
            rows.order_by(col(StockItem.depot_id), col(StockItem.item_code))
        )
    ]


def stock_moves(
    session: Session,
    *,
    depot_id: int | None = None,
    item_code: str | None = None,
    limit: int = 100,
    before_id: int | None = None,
) -> list[StockMove]:
    """Return moves, newest first."""
    rows = select(StockMove)
    if depot_id is not None:
        rows = rows.where(StockMove.depot_id == depot_id)
    if item_code is not None:
        rows = rows.where(StockMove.item_code == item_code)
    if before_id is not None:
        rows = rows.where(col(StockMove.id) < before_id)
    return list(session.exec(rows.order_by(col(StockMove.id).desc()).limit(limit)))


def package_codes(session: Session, *, moves: Sequence[StockMove]) -> dict[int, str]:
    """Return the code of each package that these moves are of, by package."""
    numbers = {move.package_id for move in moves if move.package_id is not None}
    rows = session.exec(select(Package.id, Package.code).where(col(Package.id).in_(numbers)))
    return {number: code for number, code in rows if number is not None}


def corrected_months(session: Session, *, moves: Sequence[StockMove]) -> dict[int, str]:
    """Return the month of each correction that made one of these moves, by correction."""
    numbers = {move.amendment_id for move in moves if move.amendment_id is not None}
    if not numbers:
        return {}
    rows = session.exec(
        select(Amendment.id, Cycle.month)
        .join(Cycle, col(Cycle.id) == Amendment.cycle_id)
        .where(col(Amendment.id).in_(numbers))
    )
    return {number: month for number, month in rows if number is not None}


def has_stock_list(session: Session) -> bool:
    """Whether anybody ever gave a stock list; without one the month works from a purchase list."""
    listed = (K.OPENING, K.RECEIPT, K.CORRECT)
    first = session.exec(
        select(StockMove.id)
        .where(
            col(StockMove.kind).in_(listed),
            ~col(StockMove.move_uid).startswith("pledged:"),
            ~col(StockMove.move_uid).startswith("pickup:"),
            col(StockMove.amendment_id).is_(None),
        )
        .limit(1)
    ).first()
    return first is not None


def receive_stock(
    session: Session,
    *,
    depot: Depot,
    item_code: str,
    quantity: int,
    move_uid: str,
    by: Account,
    now: datetime,
    kind: StockMoveKind = StockMoveKind.RECEIPT,
    expires_on: date | None = None,
    note: str = "",
) -> StockMove:
    """Book goods that came in. The same ``move_uid`` again changes nothing.

    Raises
    ------
    Invalid
        ``stock.item`` for an unknown item, ``stock.quantity`` for a quantity below one.
    Refused
        ``stock.other_content`` when the id is known with other goods.
    """
    _known_item(item_code)
    if quantity < 1:
        raise Invalid("stock.quantity", fields={"quantity": "stock.quantity"}, found=quantity)
    known = find_move(session, move_uid)
    if known is not None:
        if (known.depot_id, known.item_code, known.quantity) != (depot.id, item_code, quantity):
            raise Refused("stock.other_content", move_uid=move_uid)
        return known
    stock = stock_item(session, depot_id=depot.id or 0, item_code=item_code)
    stock.on_hand += quantity
    dates = [day for day in (stock.expires_on, expires_on) if day is not None]
    stock.expires_on = min(dates, default=None) if stock.on_hand > quantity else expires_on
    session.add(stock)
    move = book_move(
        session,
        move_uid=move_uid,
        depot_id=depot.id or 0,
        item_code=item_code,
        kind=kind,
        quantity=quantity,
        by=by,
        now=now,
        note=note,
    )
    audit.record(
        session,
        by=by,
        action=f"stock:{kind.value}",
        subject="stock",
        subject_id=item_code,
        now=now,
        after={"depot": depot.name, "quantity": quantity},
    )
    session.flush()
    return move


def correct_stock(
    session: Session,
    *,
    depot: Depot,
    item_code: str,
    counted: int,
    move_uid: str,
    by: Account,
    now: datetime,
    note: str,
) -> StockMove | None:
    """Book the difference between a count and the books; None when they agree.

    That it was counted is kept either way: corrections of closed months ask whether the count
    already saw what they tell.

    Raises
    ------
    Refused
        ``stock.below_reserved`` when fewer were counted than packages were promised,
        ``stock.note`` without a reason.
    """
    _known_item(item_code)
    if counted < 0:
        raise Invalid("stock.quantity", fields={"counted": "stock.quantity"}, found=counted)
    known = find_move(session, move_uid)
    if known is not None:
        return known
    stock = stock_item(session, depot_id=depot.id or 0, item_code=item_code)
    before, difference = stock.on_hand, counted - stock.on_hand
    if difference == 0:
        stock.counted_at = now
        session.add(stock)
        session.flush()
        return None
    if not note.strip():
        raise Refused("stock.note", item=item_code)
    if counted < stock.reserved:
        raise Refused(
            "stock.below_reserved", item=item_code, counted=counted, reserved=stock.reserved
        )
    stock.on_hand, stock.counted_at = counted, now
    session.add(stock)
    move = book_move(
        session,
        move_uid=move_uid,
        depot_id=depot.id or 0,
        item_code=item_code,
        kind=K.CORRECT,
        quantity=difference,
        by=by,
        now=now,
        note=note.strip(),
    )
    audit.record(
        session,
        by=by,
        action="stock:correct",
        subject="stock",
        subject_id=item_code,
        now=now,
        before={"on_hand": before},
        after={"on_hand": counted},
        purpose=note.strip(),
    )
    session.flush()
    return move


def book_pledged_goods(
    session: Session, *, cycle: Cycle, depot: Depot, by: Account, now: datetime
) -> list[StockMove]:
    """Book into stock the goods that sponsors brought for the month, each receipt once.

    What a courier fetched is in stock since it was counted (``pickup_stock``).
    Goods whose unit does not fit the item (a *dus* of unknown size) cannot be counted and are left
    for a person to book.
    """
    receipts = session.exec(
        select(PledgeReceipt)
        .join(Pledge, col(Pledge.id) == PledgeReceipt.pledge_id)
        .join(Sponsor, col(Sponsor.id) == Pledge.sponsor_id)
        .where(
            PledgeReceipt.month == cycle.month,
            col(PledgeReceipt.receipt_uid).not_in(select(Pickup.uid)),
        )
        .order_by(col(PledgeReceipt.id))
    )
    booked: list[StockMove] = []
    for receipt in receipts:
        for number, goods in enumerate(receipt.goods):
            uid = f"pledged:{receipt.receipt_uid}:{number}"
            code, units = goods_units(goods)
            if code is None or units < 1 or find_move(session, uid) is not None:
                continue
            booked.append(
                receive_stock(
                    session,
                    depot=depot,
                    item_code=code,
                    quantity=units,
                    move_uid=uid,
                    by=by,
                    now=now,
                )
            )
    return booked


def goods_units(goods: dict[str, object]) -> tuple[str | None, int]:
    """Return item and whole units of a pledged or received line of goods, (None, 0) if unknown."""
    code = str(goods.get("item_code") or goods.get("item") or "")
    try:
        kind = item(code)
        amount = float(str(goods.get("quantity", 0)))
    except (KeyError, ValueError):
        return None, 0
    units = units_from(kind, amount, str(goods.get("unit") or ""))
    return (code, int(units)) if units is not None else (None, 0)


def check_stock(session: Session) -> list[StockFault]:
    """Return the items whose quantities are not the sum of their moves; none when all is well."""
    on_hand, reserved = _sums(session, ON_HAND_KINDS), _sums(session, RESERVED_KINDS)
    faults = []
    seen = {(row.depot_id, row.item_code): row for row in session.exec(select(StockItem))}
    for key in sorted(set(seen) | set(on_hand) | set(reserved)):
        row = seen.get(key)
        books = (row.on_hand, row.reserved) if row else (0, 0)
        if books != (on_hand.get(key, 0), reserved.get(key, 0)):
            faults.append(
                StockFault(
                    depot_id=key[0],
                    item_code=key[1],
                    on_hand=books[0],
                    moves_on_hand=on_hand.get(key, 0),
                    reserved=books[1],
                    moves_reserved=reserved.get(key, 0),
                )
            )
    return faults


def _known_item(code: str) -> None:
    try:
        item(code)
    except KeyError:
        raise Invalid("stock.item", fields={"item_code": "stock.item"}, item=code) from None


def _sums(session: Session, kinds: tuple[StockMoveKind, ...]) -> dict[tuple[int, str], int]:
    rows = session.exec(
        select(StockMove.depot_id, StockMove.item_code, func.sum(StockMove.quantity))
        .where(col(StockMove.kind).in_(kinds))
        .group_by(col(StockMove.depot_id), col(StockMove.item_code))
    )
    return {(depot, code): int(total) for depot, code, total in rows}
