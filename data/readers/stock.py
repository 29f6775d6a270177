"""Goods in the depots."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from data.readers.identity import as_plain_text
from data.readers.quantities import as_amount, as_item_quantity
from data.readers.records import StockRecord

if TYPE_CHECKING:
    from data.readers.rows import Body, Row

__all__ = ["read"]


def read(body: Body) -> tuple[list[StockRecord], int]:
    """Read all stock lines; the same item twice is two lots."""
    return [record for row in body.rows() if (record := _record(row)) is not None], 0


def _record(row: Row) -> StockRecord | None:
    name = row.text("item", required=True)
    quantity = row.take("quantity", as_amount, required=True)
    unit = row.text("unit", required=True)
    expires_on = row.day("expires_on")
    if row.is_rejected or name is None or quantity is None or unit is None:
        return None
    amount = Decimal(as_plain_text(quantity))
    item = as_item_quantity(name, amount, unit, row.body.context.resolve_item)
    if item.item_code is None:
        row.refuse("item", "item_unknown", item=name)
        return None
    if expires_on is not None and expires_on < row.body.context.today:
        row.warn("expires_on", "stock_expired")
    return StockRecord(
        row=row.number, item=item, expires_on=expires_on, depot_name=row.text("depot")
    )
