"""What prints and donors are told of the office; each entry replaces the one before."""

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


class PaymentGuide(SQLModel, table=True):
    """How and where sponsors pay, as an admin entered it; an empty entry takes it back."""

    id: int | None = Field(default=None, primary_key=True)
    bank_name: str = Field(default="", max_length=80)
    account_number: str = Field(default="", max_length=40)
    account_holder: str = Field(default="", max_length=120)
    instructions: str = Field(default="", max_length=1000)
    by: str = Field(max_length=80)
    created_at: datetime = Field(sa_type=UTCDateTime)
