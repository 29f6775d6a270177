"""Wire models of sponsors, pledges and receipts."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.phones import PhoneNumber
from data.schema import PledgeForm, PledgeState, SponsorKind, SponsorState


class SponsorView(BaseModel):
    """A sponsor; the NIK is masked."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    name: str
    kind: SponsorKind
    institution: str | None
    nik_masked: str | None
    phone: str | None
    email: str | None
    address: str
    kelurahan_code: str | None
    lat: float | None
    lon: float | None
    state: SponsorState
    version: int


class SponsorList(BaseModel):
    """A page of sponsors; ``next_after`` asks for the next one."""

    items: list[SponsorView]
    next_after: str | None


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SponsorFields(_Sent):
    """Fields of a sponsor; absent ones stay."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    kind: SponsorKind | None = None
    institution: str | None = Field(default=None, max_length=200)
    phone: PhoneNumber | None = None
    email: str | None = Field(default=None, max_length=200)
    address: str | None = Field(default=None, max_length=500)
    kelurahan_code: str | None = Field(default=None, max_length=13)
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)


class SponsorCreate(SponsorFields):
    """A new sponsor; the NIK goes in and comes out masked only."""

    name: str = Field(min_length=1, max_length=200)
    nik: str | None = Field(default=None, pattern=r"^\d{16}$")


class SponsorEdit(SponsorFields):
    """Fields to save onto the version that was read."""

    base_version: int = Field(ge=1)


class SponsorMerge(_Sent):
    """Which registration goes into this one."""

    dropped: str = Field(max_length=20)
    sum_pledges: bool = False
    note: str = Field(default="", max_length=500)


class PledgeView(BaseModel):
    """A pledge."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    form: PledgeForm
    num_children: int
    amount_rp: int
    goods: list[dict[str, object]]
    area_codes: list[str]
    wish_area_codes: list[str]
    first_month: str
    num_months: int
    is_standby: bool
    state: PledgeState
    suspended_from: date | None
    suspended_until: date | None
    end_reason: str | None
    ended_on: date | None
    hold_until: date | None
    version: int


class PledgeFields(_Sent):
    """Fields of a pledge; absent ones stay."""

    form: PledgeForm | None = None
    num_children: int | None = Field(default=None, ge=0, le=10_000)
    amount_rp: int | None = Field(default=None, ge=0, le=10**12)
    goods: list[dict[str, str | int | float | None]] | None = None
    area_codes: list[str] | None = None
    wish_area_codes: list[str] | None = None
    first_month: str | None = None
    num_months: int | None = Field(default=None, ge=1, le=120)
    is_standby: bool | None = None


class PledgeCreate(PledgeFields):
    """A new pledge of a sponsor."""

    sponsor: str = Field(max_length=20)
    first_month: str
    num_months: int = Field(ge=1, le=120)


class PledgeEdit(PledgeFields):
    """Fields to save onto the version that was read."""

    base_version: int = Field(ge=1)


class ReceiptCreate(_Sent):
    """What came in; the same ``receipt_uid`` again changes nothing."""

    receipt_uid: str = Field(min_length=8, max_length=32)
    month: str
    received_on: date
    amount_rp: int = Field(default=0, ge=0, le=10**12)
    goods: list[dict[str, str | int | float | None]] = Field(default_factory=list)
    note: str = Field(default="", max_length=300)


class ReceiptView(BaseModel):
    """What came in of a pledge."""

    model_config = ConfigDict(from_attributes=True)

    receipt_uid: str
    month: str
    received_on: date
    amount_rp: int
    goods: list[dict[str, object]]
    note: str
    recorded_by: str
    recorded_at: datetime


class Suspension(_Sent):
    """Between which days a pledge rests."""

    suspended_from: date
    suspended_until: date
    reason: str = Field(default="", max_length=300)


class Ending(_Sent):
    """When and why a pledge ends; ``hold_until`` keeps its children for its sponsor."""

    reason: str = Field(max_length=40)
    ended_on: date
    hold_until: date | None = None


class Reminder(BaseModel):
    """A text to send from one's own phone."""

    text: str
