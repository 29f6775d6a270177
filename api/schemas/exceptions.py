"""Wire models of exceptions."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fulfilments import AnswerIn, CallViewOut
from data.schema import ExceptionAction, ExceptionState, Outcome, PackageState


class LateNewsOut(BaseModel):
    """What a phone told too late to count, beside what is recorded; items are units."""

    model_config = ConfigDict(from_attributes=True)

    event_uid: str
    outcome: Outcome | None
    accepted_items: int
    recorded_items: int
    packed_items: int
    reason: str | None
    happened_at: datetime
    received_at: datetime
    by: str
    differs: bool


class FamilyAnswerOut(BaseModel):
    """What a family answered beside what is recorded; items are units."""

    model_config = ConfigDict(from_attributes=True)

    answer: str
    way: str | None
    note: str
    by: str
    at: datetime
    recorded_items: int
    packed_items: int
    differs: bool


class ExceptionViewOut(BaseModel):
    """A case of the queue as this person may see it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    reason: str
    text: str
    is_sensitive: bool
    state: ExceptionState
    action: ExceptionAction | None
    owner: str | None
    attempts: int
    package_code: str | None
    package_id: int | None
    package_state: PackageState | None
    stop_uid: str | None
    route_code: str | None
    recipient: str
    kelurahan_code: str | None
    opened_by: str
    opened_at: datetime
    actions: list[ExceptionAction]
    version: int
    kept_because: str = ""
    news: LateNewsOut | None = None
    answer: FamilyAnswerOut | None = None
    calls: list[CallViewOut] = Field(default_factory=list)


class OpenIn(BaseModel):
    """A case opened by hand."""

    reason: str = Field(max_length=40)
    package_code: str | None = Field(default=None, max_length=24)
    text: str = Field(default="", max_length=500)


class ActIn(BaseModel):
    """What is done about a case."""

    action: ExceptionAction
    base_version: int
    day: date | None = None
    drop_point_id: int | None = Field(default=None, ge=1, lt=2**31)
    to_package: str | None = Field(default=None, max_length=24)
    text: str = Field(default="", max_length=500)


class FamilySaidIn(AnswerIn):
    """What one family of a route said; ``id`` is its call's."""

    id: int = Field(ge=1, lt=2**31)


class AnswersIn(BaseModel):
    """What several families of a route said."""

    answers: list[FamilySaidIn] = Field(min_length=1, max_length=1000)


class StepIn(BaseModel):
    """The version that was read, and words where they are wanted."""

    base_version: int
    text: str = Field(default="", max_length=500)


class CaseOut(BaseModel):
    """Where a case stands."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    state: ExceptionState
    action: ExceptionAction | None
    owner: str | None
    version: int
