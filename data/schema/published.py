"""Figures that the office read elsewhere and dated targets; withdrawn, never edited."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime, choice


class FigureKind(StrEnum):
    """What a published figure is."""

    SURVEY = "survey"
    REGISTER = "register"
    TARGET = "target"


class FigureUnit(StrEnum):
    """What it is counted in."""

    PERCENT = "percent"
    CHILDREN = "children"


class PublishedFigure(SQLModel, table=True):
    """A figure with its day and source, as somebody of the office entered it."""

    __table_args__ = (
        CheckConstraint("value >= 0", name="value_nonnegative"),
        CheckConstraint("unit <> 'percent' or value <= 100", name="percent_within"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: FigureKind = Field(sa_type=choice(FigureKind, "kind"))
    area: str = Field(max_length=80)
    dated_on: date
    value: float
    unit: FigureUnit = Field(sa_type=choice(FigureUnit, "unit"))
    name: str = Field(max_length=200)
    source: str = Field(max_length=300)
    by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UTCDateTime)
    withdrawn_by: str | None = Field(default=None, max_length=80)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    withdrawal_reason: str = Field(default="", max_length=300)
