"""Households that must not share a courier."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime, new_uid


class CourierPair(SQLModel, table=True):
    """Two households whose packages no vehicle carries both of, until the pair is ended.

    Why is not asked and not kept. ``household_id`` is the smaller number of the two.
    """

    __table_args__ = (CheckConstraint("household_id < other_id", name="in_order"),)

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, unique=True, max_length=32)
    household_id: int = Field(foreign_key="household.id", index=True)
    other_id: int = Field(foreign_key="household.id", index=True)
    by: str = Field(max_length=80)
    created_at: datetime = Field(sa_type=UTCDateTime)
    ended_by: str | None = Field(default=None, max_length=80)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
