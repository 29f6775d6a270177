"""Fetched goods counted in the depot: in stock, and received of the sponsor's pledge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.access import must_hold
from api.services.capacity import RUNNING, runs_in
from api.services.clock import local_date
from api.services.errors import Refused
from api.services.pledges import record_receipt
from api.services.stock import find_move, receive_stock
from data.reference.items import item
from data.schema import (
    Cycle,
    Depot,
    PickupState,
    Pledge,
    PledgeForm,
    PledgeReceipt,
    Route,
    StockMove,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account, Pickup

__all__ = ["moves_of_pickups", "stock_pickup"]

PREFIX = "pickup:"
"""Of the ids of these moves; see also ``stock.has_stock_list``."""


def stock_pickup(
    session: Session,
    *,
    pickup: Pickup,
    item_code: str,
    quantity: int,
    by: Account,
    now: datetime,
    expires_on: date | None = None,
) -> StockMove:
    """Put counted goods of a fetched pickup in the stock of its route's depot, each item once.

    They are received of the sponsor's pledge of goods too, where there is one. The same again
    changes nothing; a wrong count is mended by counting the stock.

    Raises
    ------
    Forbidden
        ``access.role``.
    Refused
        ``pickup.not_fetched``; ``pickup.item_counted`` when another quantity of it is booked.
    Invalid
        ``stock.item``, ``stock.quantity``.
    """
    must_hold(by, "stock:edit")
    session.refresh(pickup, with_for_update=True)
    if pickup.state != PickupState.FETCHED or pickup.route_id is None:
        raise Refused("pickup.not_fetched", label=pickup.label)
    uid = f"{PREFIX}{pickup.uid}:{item_code}"[:64]
    known = find_move(session, uid)
    if known is not None:
        if known.quantity != quantity:
            raise Refused("pickup.item_counted", label=pickup.label, count=known.quantity)
        return known
    route = session.get_one(Route, pickup.route_id)
    move = receive_stock(
        session,
        depot=session.get_one(Depot, route.depot_id),
        item_code=item_code,
        quantity=quantity,
        move_uid=uid,
        by=by,
        now=now,
        expires_on=expires_on,
        note=pickup.label,
    )
    _receive_of_pledge(session, pickup, item_code, quantity, by, now)
    return move


def moves_of_pickups(session: Session, pickups: Sequence[Pickup]) -> dict[str, list[StockMove]]:
    """Return what is in stock of some pickups, by their uid."""
    found: dict[str, list[StockMove]] = {pickup.uid: [] for pickup in pickups}
    rows = session.exec(
        select(StockMove)
        .where(col(StockMove.move_uid).startswith(PREFIX))
        .order_by(col(StockMove.id))
    )
    for move in rows:
        uid = move.move_uid.removeprefix(PREFIX).split(":", 1)[0]
        if uid in found:
            found[uid].append(move)
    return found


def _receive_of_pledge(
    session: Session, pickup: Pickup, item_code: str, quantity: int, by: Account, now: datetime
) -> None:
    """Note goods as received of the sponsor's pledge; one receipt per pickup, of all its items."""
    month = session.get_one(Cycle, pickup.cycle_id).month
    kind = item(item_code)
    line: dict[str, object] = {
        "item_code": item_code, "name": kind.name_id, "quantity": quantity, "unit": kind.unit_id,
    }  # fmt: skip
    receipt = session.exec(
        select(PledgeReceipt).where(PledgeReceipt.receipt_uid == pickup.uid)
    ).one_or_none()
    if receipt is not None:
        receipt.goods = [*receipt.goods, line]
        session.add(receipt)
        session.flush()
        return
    pledges = session.exec(
        select(Pledge)
        .where(
            Pledge.sponsor_id == pickup.sponsor_id,
            col(Pledge.form).in_((PledgeForm.GOODS, PledgeForm.BOTH)),
            col(Pledge.state).in_(RUNNING),
        )
        .order_by(col(Pledge.code))
    ).all()
    pledge = next((each for each in pledges if runs_in(each, month)), None)
    if pledge is not None:
        record_receipt(
            session,
            pledge=pledge,
            receipt_uid=pickup.uid,
            month=month,
            received_on=local_date(now),
            goods=[line],
            note=pickup.label,
            by=by,
            now=now,
        )
