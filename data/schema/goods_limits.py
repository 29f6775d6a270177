"""Limits of goods that a city sets for itself."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime


class GoodsLimit(SQLModel, table=True):
    """How long an item may wait before it is handed out and be on the road without a cool box.

    Without a row those of ``data/reference/items.csv`` hold. ``max_heat_minutes`` None: no limit.
    """

    __table_args__ = (
        CheckConstraint("max_days_before_delivery >= 0", name="days_nonnegative"),
        CheckConstraint("max_heat_minutes is null or max_heat_minutes > 0", name="heat_positive"),
    )

    item_code: str = Field(primary_key=True, max_length=30)
    max_days_before_delivery: int
    max_heat_minutes: int | None = None
    by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UTCDateTime)
