"""Goods to fetch on the way under /api/v1: entered, changed, recorded, put in stock."""

from typing import Annotated

from fastapi import APIRouter

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.schemas.pickups import (
    NewPickupIn,
    PickupCancelIn,
    PickupChangeIn,
    PickupResultIn,
    PickupRowOut,
    PickupStockIn,
)
from api.schemas.stock import MoveOut
from api.services import pickup_stock, pickups
from api.services.cycles import find_cycle
from data.schema import Account

router = APIRouter(tags=["pickups"])

Reader = Annotated[Account, requires("stock:read")]
Editor = Annotated[Account, requires("stock:edit")]


@router.get("/cycles/{month}/pickups")
def list_pickups(session: ReadSession, by: Reader, month: str) -> list[PickupRowOut]:
    """List a month's pickups, those that wait first."""
    del by
    rows = pickups.list_pickups(session, cycle=find_cycle(session, month=month))
    return [PickupRowOut.model_validate(row) for row in rows]


@router.post("/cycles/{month}/pickups", status_code=201)
def add_pickup(
    session: WriteSession, by: Editor, now: Now, month: str, wanted: NewPickupIn
) -> PickupRowOut:
    """Enter goods to fetch; they wait for the next plan of the month."""
    row = pickups.save_pickup(
        session,
        cycle=find_cycle(session, month=month),
        pickup=None,
        changes=wanted.model_dump(exclude_none=True),
        by=by,
        now=now,
    )
    return PickupRowOut.model_validate(row)


@router.patch("/pickups/{uid}")
def change_pickup(
    session: WriteSession, by: Editor, now: Now, uid: str, wanted: PickupChangeIn
) -> PickupRowOut:
    """Change fields of a pickup; one that is on a route comes off it and waits."""
    row = pickups.change_pickup(
        session,
        pickup=pickups.find_pickup(session, uid=uid),
        changes=wanted.model_dump(exclude_unset=True, exclude={"base_version"}),
        by=by,
        now=now,
        base_version=wanted.base_version,
    )
    return PickupRowOut.model_validate(row)


@router.post("/pickups/{uid}/cancel")
def cancel_pickup(
    session: WriteSession, by: Editor, now: Now, uid: str, wanted: PickupCancelIn
) -> PickupRowOut:
    """Take a pickup back; its route, if any, is timed anew."""
    row = pickups.cancel_pickup(
        session,
        pickup=pickups.find_pickup(session, uid=uid),
        by=by,
        now=now,
        base_version=wanted.base_version,
    )
    return PickupRowOut.model_validate(row)


@router.post("/pickups/{uid}/result")
def record_result(
    session: WriteSession, by: Editor, now: Now, uid: str, result: PickupResultIn
) -> PickupRowOut:
    """Write down whether the goods came along."""
    row = pickups.record_pickup(
        session,
        pickup=pickups.find_pickup(session, uid=uid),
        is_fetched=result.is_fetched,
        note=result.note,
        by=by,
        now=now,
        base_version=result.base_version,
    )
    return PickupRowOut.model_validate(row)


@router.post("/pickups/{uid}/stock")
def put_in_stock(
    session: WriteSession, by: Editor, now: Now, uid: str, counted: PickupStockIn
) -> MoveOut:
    """Put counted goods of a fetched pickup in stock; the same again changes nothing."""
    move = pickup_stock.stock_pickup(
        session,
        pickup=pickups.find_pickup(session, uid=uid),
        item_code=counted.item_code,
        quantity=counted.quantity,
        expires_on=counted.expires_on,
        by=by,
        now=now,
    )
    return MoveOut.model_validate(move)
