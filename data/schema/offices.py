"""Who heads the office: dated, each entry replacing the one before; none is changed."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime


class OfficeHead(SQLModel, table=True):
    """Who signs for the office from a day on."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
    office_number: str = Field(default="", max_length=18)
    """NIP: 18 digits, or empty."""
    is_acting: bool = False
    effective_from: date = Field(index=True)
    by: str = Field(max_length=80)
    created_at: datetime = Field(sa_type=UTCDateTime)
