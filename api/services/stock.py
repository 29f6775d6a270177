"""Stock as events with guarded quantities: the sum of moves is what is on hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.schema import StockMoveKind

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account, Cycle, Depot, StockMove

__all__ = [
    "StockFault",
    "StockLine",
    "book_pledged_goods",
    "check_stock",
    "correct_stock",
    "has_stock_list",
    "receive_stock",
    "stock_list",
    "stock_moves",
]


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
    raise NotImplementedError


def stock_moves(
    session: Session,
    *,
    depot_id: int | None = None,
    item_code: str | None = None,
    limit: int = 100,
    before_id: int | None = None,
) -> list[StockMove]:
    """Return moves, newest first."""
    raise NotImplementedError


def has_stock_list(session: Session) -> bool:
    """Whether anybody ever gave a stock list; without one the month works from a purchase list."""
    raise NotImplementedError


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
    """Book goods that came in. The same ``move_uid`` again changes nothing."""
    raise NotImplementedError


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
    """Book the difference between a count and the books; None when they agree."""
    raise NotImplementedError


def book_pledged_goods(
    session: Session, *, cycle: Cycle, depot: Depot, by: Account, now: datetime
) -> list[StockMove]:
    """Book into stock the goods that sponsors brought for the month, each receipt once."""
    raise NotImplementedError


def check_stock(session: Session) -> list[StockFault]:
    """Return the items whose quantities are not the sum of their moves; none when all is well."""
    raise NotImplementedError
