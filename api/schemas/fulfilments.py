"""Wire models of the end of a month."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from data.schema import CycleState, FulfilmentState


class ItemBalanceOut(BaseModel):
    """Where the packed units of an item went."""

    model_config = ConfigDict(from_attributes=True)

    item_code: str
    packed: int
    delivered: int
    returned: int
    spoiled: int
    lost: int
    carried: int
    misplaced: int
    package_codes: list[str]
    difference: int


class ReconciliationOut(BaseModel):
    """Whether a month adds up, and what keeps it open."""

    model_config = ConfigDict(from_attributes=True)

    items: list[ItemBalanceOut]
    open_stops: list[str]
    open_packages: list[str]
    open_exceptions: int
    num_calls: int
    num_answered: int
    amended: dict[str, int]
    is_balanced: bool


class CallViewOut(BaseModel):
    """A family of the sample to be called."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    package_code: str
    guardian_name: str
    phone: str | None
    kelurahan_code: str | None
    answer: str | None
    note: str
    way: str | None
    called_by: str | None
    called_at: datetime | None


class FulfilmentOut(BaseModel):
    """The judgement on one assignment; ``id`` is what an amendment names."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    assignment_id: int
    child_id: int
    state: FulfilmentState
    packed_items: int
    accepted_items: int
    delivered_on: date | None
    reason: str | None


class AnswerIn(BaseModel):
    """What a family said."""

    answer: Literal["received", "received_partly", "not_received", "not_reached"]
    note: str = Field(default="", max_length=300)
    way: Literal["", "phone", "visit"] = ""


class AmendmentIn(BaseModel):
    """A correction of a closed month."""

    subject: Literal["fulfilment", "package"]
    subject_id: int = Field(ge=1, lt=2**31)
    after: dict[str, object] = Field(min_length=1, max_length=10)
    reason: str = Field(max_length=500)


class AmendmentOut(BaseModel):
    """A reversing entry."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    subject: str
    subject_id: int
    before: dict[str, object]
    after: dict[str, object]
    reason: str
    by: str
    at: datetime


class MonthOut(BaseModel):
    """Where a month stands."""

    model_config = ConfigDict(from_attributes=True)

    month: str
    state: CycleState
    version: int


class ReasonIn(BaseModel):
    """Why."""

    reason: str = Field(max_length=500)
