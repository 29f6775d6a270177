"""Wire models of stock."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from data.schema import StockMoveKind


class StockLineOut(BaseModel):
    """What is on hand of one item in one depot, in the item's own unit."""

    model_config = ConfigDict(from_attributes=True)

    depot_id: int
    depot_name: str
    item_code: str
    on_hand: int
    reserved: int
    expires_on: date | None
    available: int


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
    """One change of stock."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    depot_id: int
    item_code: str
    kind: StockMoveKind
    quantity: int
    package_id: int | None
    note: str
    by: str
    at: datetime
