"""Wire models of a kader's own posyandu."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from data.schema import Eaten


class OwnPackageOut(BaseModel):
    """A child's package of the month."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    arrived_at: datetime | None
    is_left_here: bool
    eaten: Eaten | None
    note: str
    checked_on: date | None


class AskOut(BaseModel):
    """What waits about a child: asked by the office (``measure_again``) or reported to it."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    asked_by: str
    asked_at: datetime


class PosyanduChildOut(BaseModel):
    """A child; ``signs`` are ``severe``, ``two_t`` and ``unmeasured``."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    name: str
    age_months: int
    state: str
    measured_on: date | None
    is_measured: bool
    signs: list[str]
    asks: list[AskOut]
    status: str
    comes_on: date | None
    package: OwnPackageOut | None


class FamilyMonthOut(BaseModel):
    """A family; no codes: nothing recorded of the month."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    guardian_name: str
    phone: str | None
    address: str
    rt: str | None
    rw: str | None
    landmark: str | None
    kelurahan_code: str
    posyandu: str
    codes: list[int]
    children: list[PosyanduChildOut]


class PosyanduMonthOut(BaseModel):
    """The families of the own posyandu in a month."""

    month: str
    total: int
    families: list[FamilyMonthOut]


class GivenIn(BaseModel):
    """What a family was given; no codes take the record back."""

    family: str = Field(max_length=20)
    codes: list[int] = Field(max_length=8)


class AccompanimentIn(BaseModel):
    """What families were given in a month; with ``only_new`` what is on record stays as it is.

    A queue that is sent late says ``only_new``: somebody may have recorded since.
    """

    month: str
    only_new: bool = False
    families: list[GivenIn] = Field(max_length=500)


class EatenIn(BaseModel):
    """What a family said of a package; ``eaten`` null takes an answer back."""

    package: str = Field(max_length=24)
    eaten: Eaten | None
    note: str = Field(default="", max_length=300)


class AnswersIn(BaseModel):
    """What families said of packages that arrived; ``only_new`` as for accompaniment."""

    month: str
    only_new: bool = False
    checked_on: date
    answers: list[EatenIn] = Field(max_length=500)


class ChangedOut(BaseModel):
    """How many records changed; those that were the same, or stayed, are not among them."""

    changed: int


class NewAddressIn(BaseModel):
    """Where a family moved."""

    kelurahan_code: str = Field(max_length=13)
    address: str = Field(max_length=500)
    rt: str | None = Field(default=None, max_length=10)
    rw: str | None = Field(default=None, max_length=10)
    landmark: str | None = Field(default=None, max_length=200)


class ReportIn(BaseModel):
    """A change of a child: ``move`` (with ``to``), ``exit`` or ``address``."""

    child: str = Field(max_length=20)
    kind: str = Field(max_length=20)
    text: str = Field(default="", max_length=400)
    to: NewAddressIn | None = None


class NotReceivedIn(BaseModel):
    """A package of which the family says that nothing came."""

    package: str = Field(max_length=24)
    text: str = Field(default="", max_length=400)
