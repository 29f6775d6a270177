"""Stock under /api/v1/stock: what is on hand, every move, receipts and counts."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.schemas.seen import as_seen
from api.schemas.stock import CountIn, MoveOut, ReceiptIn, StockLineOut, stock_line_view
from api.services import stock
from api.services.clock import local_date
from api.services.finding import find_depot
from data.schema import Account

router = APIRouter(prefix="/stock", tags=["stock"])

Reader = Annotated[Account, requires("stock:read")]
Keeper = Annotated[Account, requires("stock:edit")]


@router.get("")
def list_stock(session: ReadSession, by: Reader, now: Now) -> list[StockLineOut]:
    """List what is on hand, by depot and item."""
    del by
    today = local_date(now)
    return [stock_line_view(line, today=today) for line in stock.stock_list(session)]


@router.get("/moves")
def list_moves(
    session: ReadSession,
    by: Reader,
    item_code: Annotated[str | None, Query(max_length=30)] = None,
    before_id: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[MoveOut]:
    """List changes of stock, newest first."""
    rows = stock.stock_moves(session, item_code=item_code, before_id=before_id, limit=limit)
    return [as_seen(MoveOut.model_validate(row), by.role) for row in rows]


@router.post("/receipts")
def receive(session: WriteSession, by: Keeper, now: Now, came: ReceiptIn) -> MoveOut:
    """Book goods that came in; the same ``move_uid`` again changes nothing."""
    move = stock.receive_stock(
        session,
        depot=find_depot(session, number=came.depot_id),
        item_code=came.item_code,
        quantity=came.quantity,
        move_uid=came.move_uid,
        expires_on=came.expires_on,
        note=came.note,
        by=by,
        now=now,
    )
    return MoveOut.model_validate(move)


@router.post("/counts")
def count(session: WriteSession, by: Keeper, now: Now, counted: CountIn) -> MoveOut | None:
    """Book what a person counted; null when it agrees with the books."""
    move = stock.correct_stock(
        session,
        depot=find_depot(session, number=counted.depot_id),
        item_code=counted.item_code,
        counted=counted.counted,
        move_uid=counted.move_uid,
        note=counted.note,
        by=by,
        now=now,
    )
    return MoveOut.model_validate(move) if move else None
