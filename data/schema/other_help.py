"""Help that a child gets from other programmes, by the lists that they hand over."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime, choice


class HelpProgramme(StrEnum):
    """Free meals (MBG), feeding at the posyandu (PMT), money for poor families (PKH)."""

    MBG = "mbg"
    PMT = "pmt"
    PKH = "pkh"


class OtherHelp(SQLModel, table=True):
    """What one list of another programme says of a child and a month; ``source`` is the file.

    Two lists may say the same: each has its own row, so that taking one back leaves the other's.
    """

    __table_args__ = (UniqueConstraint("programme", "month", "child_id", "batch_id"),)

    id: int | None = Field(default=None, primary_key=True)
    programme: HelpProgramme = Field(sa_type=choice(HelpProgramme, "programme"))
    month: str = Field(max_length=7, index=True)
    child_id: int = Field(foreign_key="child.id", index=True)
    batch_id: int | None = Field(default=None, foreign_key="importbatch.id", index=True)
    source: str = Field(default="", max_length=200)
    by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UTCDateTime)
