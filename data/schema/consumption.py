"""Whether the child ate what was delivered: asked at the posyandu, one answer per package."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime, choice


class Eaten(StrEnum):
    """Who ate what was in a package."""

    CHILD = "child"
    SHARED = "shared"
    NOT_EATEN = "not_eaten"
    NOT_KNOWN = "not_known"


class ConsumptionCheck(SQLModel, table=True):
    """The answer of a family about one package."""

    __table_args__ = (
        UniqueConstraint("package_id"),
        Index("ix_consumptioncheck_answers_of_child", "child_id", "eaten"),
    )

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    package_id: int = Field(foreign_key="package.id")
    child_id: int = Field(foreign_key="child.id", index=True)
    checked_on: date
    eaten: Eaten = Field(sa_type=choice(Eaten, "eaten"))
    note: str = Field(default="", max_length=300)
    by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UTCDateTime)
