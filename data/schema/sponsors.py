"""Sponsors, what they promised, and what came in."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import RUPIAH, UTCDateTime, choice, new_uid


class SponsorKind(StrEnum):
    """Who a sponsor is."""

    PERSON = "person"
    CIVIL_SERVANT = "civil_servant"
    COMPANY = "company"
    INSTITUTION = "institution"


class SponsorState(StrEnum):
    """Whether a sponsor's record is in use."""

    ACTIVE = "active"
    MERGED = "merged"
    ENDED = "ended"


class PledgeForm(StrEnum):
    """What a pledge consists of."""

    MONEY = "money"
    GOODS = "goods"
    BOTH = "both"


class PledgeState(StrEnum):
    """The life of a pledge."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACTIVE = "active"
    LATE = "late"
    SUSPENDED = "suspended"
    ENDING = "ending"
    ENDED = "ended"
    REJECTED = "rejected"


class Sponsor(SQLModel, table=True):
    """A person, company or institution that supports children."""

    __table_args__ = (CheckConstraint("(lat is null) = (lon is null)", name="lat_with_lon"),)

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, unique=True, max_length=32)
    code: str = Field(unique=True, max_length=20)
    name: str = Field(max_length=200)
    kind: SponsorKind = Field(sa_type=choice(SponsorKind, "kind"))
    institution: str | None = Field(default=None, max_length=200)
    nik_sealed: bytes | None = None
    nik_index: str | None = Field(default=None, unique=True, max_length=64)
    nik_masked: str | None = Field(default=None, max_length=18)
    phone: str | None = Field(default=None, max_length=20)
    email: str | None = Field(default=None, max_length=200)
    address: str = Field(default="", max_length=500)
    kelurahan_code: str | None = Field(default=None, max_length=13)
    lat: float | None = None
    lon: float | None = None
    state: SponsorState = Field(
        default=SponsorState.ACTIVE, sa_type=choice(SponsorState, "state"), index=True
    )
    merged_into_id: int | None = Field(default=None, foreign_key="sponsor.id")
    confirmed_fields: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    version: int = 1
    updated_at: datetime = Field(sa_type=UTCDateTime)
    updated_by: str = Field(max_length=80)


class Pledge(SQLModel, table=True):
    """So many packages or rupiah a month, from one month for so many months."""

    __table_args__ = (
        CheckConstraint("num_children >= 0", name="children_nonnegative"),
        CheckConstraint("amount_rp >= 0", name="amount_nonnegative"),
        CheckConstraint("num_months > 0", name="months_positive"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=20)
    sponsor_id: int = Field(foreign_key="sponsor.id", index=True)
    form: PledgeForm = Field(sa_type=choice(PledgeForm, "form"))
    num_children: int = 0
    amount_rp: int = Field(default=0, sa_type=RUPIAH)
    goods: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON)
    area_codes: list[str] = Field(default_factory=list, sa_type=JSON)
    wish_area_codes: list[str] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    first_month: str = Field(max_length=7, index=True)
    num_months: int
    is_standby: bool = False
    state: PledgeState = Field(
        default=PledgeState.ACTIVE, sa_type=choice(PledgeState, "state"), index=True
    )
    suspended_from: date | None = None
    suspended_until: date | None = None
    end_reason: str | None = Field(default=None, max_length=40)
    ended_on: date | None = None
    hold_until: date | None = None
    confirmed_fields: dict[str, str] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"}
    )
    version: int = 1
    updated_at: datetime = Field(sa_type=UTCDateTime)
    updated_by: str = Field(max_length=80)


class PledgeReceipt(SQLModel, table=True):
    """What came in of a pledge for a month; a pledge is not a receipt."""

    __table_args__ = (
        UniqueConstraint("receipt_uid"),
        CheckConstraint("amount_rp >= 0", name="amount_nonnegative"),
    )

    id: int | None = Field(default=None, primary_key=True)
    receipt_uid: str = Field(max_length=32)
    pledge_id: int = Field(foreign_key="pledge.id", index=True)
    month: str = Field(max_length=7, index=True)
    received_on: date
    amount_rp: int = Field(default=0, sa_type=RUPIAH)
    goods: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON)
    note: str = Field(default="", max_length=300)
    recorded_by: str = Field(max_length=80)
    recorded_at: datetime = Field(sa_type=UTCDateTime)


class DonorAlias(SQLModel, table=True):
    """What a sponsor knows a child by; the office's code of the child never leaves to donors.

    The code stands on labels and lists that families and neighbours see; a donor who meets one
    there must not know whose it is.
    """

    __table_args__ = (UniqueConstraint("sponsor_id", "child_id"),)

    id: int | None = Field(default=None, primary_key=True)
    sponsor_id: int = Field(foreign_key="sponsor.id")
    child_id: int = Field(foreign_key="child.id", index=True)
    alias: str = Field(unique=True, max_length=24)


class DonorMessage(SQLModel, table=True):
    """What a donor tells or asks the office, and the office's answer."""

    id: int | None = Field(default=None, primary_key=True)
    message_uid: str = Field(unique=True, max_length=32)
    sponsor_id: int = Field(foreign_key="sponsor.id", index=True)
    topic: str = Field(max_length=20)
    text: str = Field(max_length=1000)
    sent_by: str = Field(max_length=80)
    sent_at: datetime = Field(sa_type=UTCDateTime)
    answer: str = Field(default="", max_length=1000)
    answered_by: str | None = Field(default=None, max_length=80)
    answered_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
