"""Wire models of what donors and couriers see of their own."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field


class DonorPledgeOut(BaseModel):
    """One pledge of the donor."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    form: str
    num_children: int
    amount_rp: int
    first_month: str
    num_months: int
    state: str
    is_running: bool
    promised_rp: int
    received_rp: int
    is_received: bool
    due_on: date | None
    suspended_from: date | None
    suspended_until: date | None
    ended_on: date | None
    hold_until: date | None


class DonorMonthOut(BaseModel):
    """One package as a donor may know it.

    ``received``, ``on_the_way``, ``planned``, ``handed_on`` (who goes on is not decided yet),
    ``waiting`` (left for next month), or ``missed`` in a month that was closed without it.
    """

    model_config = ConfigDict(from_attributes=True)

    month: str
    status: str
    contents: list[tuple[str, int]]
    received_month: str | None
    has_photo: bool


class DonorChildOut(BaseModel):
    """A child by the donor's own alias of it; one without consent to display is not there."""

    model_config = ConfigDict(from_attributes=True)

    alias: str
    age_months: int | None
    sex: str
    kecamatan_name: str | None
    trend: str | None
    is_current: bool
    news: str | None
    months: list[DonorMonthOut]


class PaymentOut(BaseModel):
    """How and where to pay, as the office entered it; ``None`` where it has not: ask the office."""

    model_config = ConfigDict(from_attributes=True)

    bank_name: str
    account_number: str
    account_holder: str
    instructions: str


class DonorViewOut(BaseModel):
    """A donor's own page; ``num_hidden`` children are supported of whom nothing is shown."""

    model_config = ConfigDict(from_attributes=True)

    sponsor_code: str
    sponsor_name: str
    pledges: list[DonorPledgeOut]
    payment: PaymentOut | None
    children: list[DonorChildOut]
    num_hidden: int
    num_received: int
    ended_on: date | None
    proof_until: date | None


class PauseIn(BaseModel):
    """For how many whole months a pledge rests, from the next."""

    num_months: int = Field(ge=1, le=3)


class StopIn(BaseModel):
    """Why a donor ends a pledge, and until when the children's places are kept for them."""

    reason: str = Field(max_length=40)
    keep_until: date | None = None


class MessageIn(BaseModel):
    """What a donor tells the office; the same ``message_uid`` again changes nothing."""

    message_uid: str = Field(min_length=8, max_length=32)
    topic: str = Field(max_length=20)
    text: str = Field(max_length=1000)


class MessageOut(BaseModel):
    """A donor's message and the office's answer."""

    model_config = ConfigDict(from_attributes=True)

    message_uid: str
    topic: str
    text: str
    sent_at: datetime
    answer: str
    answered_at: datetime | None


class MyPackageOut(BaseModel):
    """A package on a courier's route: code, kit and what is in it."""

    code: str
    household_code: str
    guardian_name: str
    kit_code: str
    state: str
    lines: list["MyLineOut"]


class MyLineOut(BaseModel):
    """One line of a package."""

    line_uid: str
    item_code: str
    quantity: int


class MyStopOut(BaseModel):
    """A stop on a courier's route."""

    uid: str
    sequence: int | None
    kind: str
    state: str
    label: str
    recipient: str
    phone: str | None
    address: str
    rt: str | None
    rw: str | None
    kelurahan_name: str | None
    landmark: str | None
    lat: float | None
    lon: float | None
    arrives_at: str | None
    num_loaded: int
    packages: list[MyPackageOut]


class MyEventOut(BaseModel):
    """A break, or goods to fetch, behind so many stops of the route.

    ``uid`` and ``state`` are a pickup's; both are null for a break.
    """

    uid: str | None = None
    state: str | None = None
    after: int
    kind: str
    starts: str | None
    ends: str | None
    name: str
    goods: str
    address: str
    landmark: str | None = None
    phone: str | None
    lat: float | None
    lon: float | None


class MyRouteOut(BaseModel):
    """A courier's own route of today, or one that left on a day before and is not finished."""

    uid: str
    code: str
    day: str
    left_on: str | None
    vehicle_name: str
    leaves_at: str
    returns_at: str
    stops: list[MyStopOut]
    events: list[MyEventOut] = []


class MyDayOut(BaseModel):
    """What a phone takes along for a day; ``now`` is the server's clock, ``holder`` whose it is."""

    model_config = ConfigDict(from_attributes=True)

    holder: int
    now: datetime
    day: str
    ends_at: datetime
    routes: list[MyRouteOut]
