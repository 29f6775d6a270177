"""Wire models of stock."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from api.services.stock import StockLine
from data.schema import StockMoveKind


class StockLineOut(BaseModel):
    """What is on hand of one item in one depot, in the item's own unit.

    ``available`` no package was promised; ``usable`` of it may still be given today.
    """

    depot_id: int
    depot_name: str
    item_code: str
    on_hand: int
    reserved: int
    expires_on: date | None
    available: int
    usable: int


def stock_line_view(line: StockLine, *, today: date) -> StockLineOut:
    """Return a line as of a day."""
    return StockLineOut(
        depot_id=line.depot_id,
        depot_name=line.depot_name,
        item_code=line.item_code,
        on_hand=line.on_hand,
        reserved=line.reserved,
        expires_on=line.expires_on,
        available=line.available,
        usable=line.usable(today),
    )


class ReceiptIn(BaseModel):
    """Goods that came in; ``move_uid`` is made by the caller, so that a repeat changes nothing."""

    depot_id: int = Field(ge=1, lt=2**31)
    item_code: str = Field(max_length=30)
    quantity: int = Field(ge=1, lt=2**31)
    move_uid: str = Field(min_length=8, max_length=64)
    expires_on: date | None = None
    note: str = Field(default="", max_length=300)


class CountIn(BaseModel):
    """What a person counted on the shelf, and why it differs."""

    depot_id: int = Field(ge=1, lt=2**31)
    item_code: str = Field(max_length=30)
    counted: int = Field(ge=0, lt=2**31)
    move_uid: str = Field(min_length=8, max_length=64)
    note: str = Field(default="", max_length=300)


class MoveOut(BaseModel):
    """One change of stock; ``amendment_id`` is the correction of a closed month that made it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    depot_id: int
    item_code: str
    kind: StockMoveKind
    quantity: int
    package_id: int | None
    amendment_id: int | None
    note: str
    by: str
    at: datetime
