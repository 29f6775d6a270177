"""Wire models of deliveries."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.services.delivery_reports import AckState
from data.schema import Outcome, PackageState


class AcknowledgementOut(BaseModel):
    """The answer to one event; with ``stored``, ``repeated`` or ``kept`` it is safe here."""

    model_config = ConfigDict(from_attributes=True)

    event_uid: str
    state: AckState
    package_code: str
    package_state: PackageState | None
    code: str
    params: dict[str, object]


class ResultLineOut(BaseModel):
    """One line of the sheet that cannot be taken; ``code`` is its sentence."""

    model_config = ConfigDict(from_attributes=True)

    row: int
    package_code: str
    item_code: str
    code: str
    params: dict[str, object]


class LineIn(BaseModel):
    """How much of one line was accepted and rejected."""

    line_uid: str = Field(max_length=32)
    accepted: int = Field(ge=0, lt=2**31)
    rejected: int = Field(ge=0, lt=2**31)
    reason: str | None = Field(default=None, max_length=40)


class EventIn(BaseModel):
    """One event; ``event_uid`` is made where it happened, so that a repeat changes nothing."""

    event_uid: str = Field(min_length=8, max_length=64)
    package_code: str = Field(max_length=24)
    outcome: Outcome
    happened_at: AwareDatetime
    lines: list[LineIn] = Field(default_factory=list, max_length=50)
    reason: str | None = Field(default=None, max_length=40)
    reason_text: str = Field(default="", max_length=300)
    receiver: str = Field(default="", max_length=200)
    stop_uid: str | None = Field(default=None, max_length=32)
    device_id: str | None = Field(default=None, max_length=64)
    device_seq: int | None = Field(default=None, ge=0, lt=2**31)
    undoes_uid: str | None = Field(default=None, max_length=64)


class BatchIn(BaseModel):
    """What an offline phone brings."""

    events: list[EventIn] = Field(min_length=1, max_length=500)


class BatchOut(BaseModel):
    """An answer per event, in the order they were sent."""

    answers: list[AcknowledgementOut]


class UndoIn(BaseModel):
    """The id of the undo itself, made by the caller."""

    undo_uid: str = Field(min_length=8, max_length=64)


class AmendIn(BaseModel):
    """A correction and its reason."""

    event: EventIn
    reason: str = Field(max_length=300)


class StopResultIn(BaseModel):
    """One outcome for every open package of a stop."""

    event_uid: str = Field(min_length=8, max_length=40)
    outcome: Outcome
    reason: str | None = Field(default=None, max_length=40)
    reason_text: str = Field(default="", max_length=300)
    receiver: str = Field(default="", max_length=200)


class StoredEventOut(BaseModel):
    """An event as it was reported; ``happened_at`` is the time that counts."""

    model_config = ConfigDict(from_attributes=True)

    event_uid: str
    outcome: Outcome
    lines: list[dict[str, object]]
    reason: str | None
    reason_text: str
    receiver: str
    channel: str
    reported_at: datetime
    happened_at: datetime
    received_at: datetime
    by: str
    is_superseded: bool
    flag: str


class PhotoOut(BaseModel):
    """Whether the photo is new here; both answers mean that it is safe."""

    is_new: bool


class ResultsOut(BaseModel):
    """What a filled-in sheet would change."""

    batch_id: int
    num_new: int
    num_changed: int
    num_same: int
    rejected: list[ResultLineOut]
