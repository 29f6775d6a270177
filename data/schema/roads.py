"""The city's road map and the roads that are closed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime


class RoadMap(SQLModel, table=True):
    """A road network as the routing core reads it; the active one is driven on."""

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True, max_length=64)
    name: str = Field(max_length=120)
    source: str = Field(default="", max_length=120)
    as_of: str = Field(default="", max_length=10)
    num_junctions: int
    num_arcs: int
    length_m: int
    content: bytes
    is_active: bool = True
    by: str = Field(max_length=80)
    created_at: datetime = Field(sa_type=UTCDateTime)


class RoadClosure(SQLModel, table=True):
    """A stretch of road that nobody drives for some days, found again by where it is."""

    __table_args__ = (
        CheckConstraint("to_day is null or to_day >= from_day", name="days_in_order"),
    )

    id: int | None = Field(default=None, primary_key=True)
    street: str = Field(default="", max_length=200)
    lat: float
    lon: float
    from_day: date
    to_day: date | None = None
    reason: str = Field(max_length=300)
    by: str = Field(max_length=80)
    created_at: datetime = Field(sa_type=UTCDateTime)
    lifted_by: str | None = Field(default=None, max_length=80)
    lifted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
