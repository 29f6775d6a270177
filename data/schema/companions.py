"""Family companion teams (TPK), and what each family was given of accompaniment in a month."""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime


class CompanionTeam(SQLModel, table=True):
    """A TPK (midwife, kader PKK, kader KB) and whose families it accompanies.

    ``posyandu`` names those of its kelurahan; empty: all that no other team there names.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=120)
    kelurahan_code: str = Field(max_length=13, index=True)
    posyandu: list[str] = Field(default_factory=list, sa_type=JSON)
    is_active: bool = True
    version: int = 1
    updated_at: datetime = Field(sa_type=UTCDateTime)
    updated_by: str = Field(max_length=80)


class Accompaniment(SQLModel, table=True):
    """What a family got in a month: codes of ``data/reference/accompaniment_codes.csv``.

    ``source`` is the list it was read from; empty where somebody typed it.
    """

    __table_args__ = (UniqueConstraint("household_id", "month"),)

    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id")
    month: str = Field(max_length=7, index=True)
    codes: list[int] = Field(default_factory=list, sa_type=JSON)
    source: str = Field(default="", max_length=200)
    by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UTCDateTime)
