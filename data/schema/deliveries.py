"""What happened at the doors: append-only events, exceptions, and the judgement drawn from them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime, choice


class Outcome(StrEnum):
    """What a courier reports of a package or a stop."""

    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REJECTED = "rejected"
    LEFT_WITH_RECEIVER = "left_with_receiver"
    LEFT_AT_DROP_POINT = "left_at_drop_point"
    FAILED = "failed"
    LOST = "lost"
    UNDO = "undo"


class ExceptionState(StrEnum):
    """Where an exception stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    ACTION_CHOSEN = "action_chosen"
    DONE = "done"
    VERIFIED = "verified"
    CLOSED = "closed"
    REOPENED = "reopened"


class ExceptionAction(StrEnum):
    """What a coordinator may do about an exception."""

    REDELIVER = "redeliver"
    PICK_UP = "pick_up"
    REASSIGN = "reassign"
    RETURN = "return"
    SPOIL = "spoil"
    DATA_CHANGE = "data_change"
    EXIT_CHILD = "exit_child"
    GRIEVANCE = "grievance"


class FulfilmentState(StrEnum):
    """The judgement on an assignment after all events."""

    FULFILLED = "fulfilled"
    PARTLY = "partly"
    UNFULFILLED = "unfulfilled"


class DeliveryEvent(SQLModel, table=True):
    """One thing that happened, as it happened. The id comes from where it happened.

    A repeat of the same ``event_uid`` changes nothing. ``device_seq`` orders the events of one
    device whatever order they arrive in. ``digest`` is the hash of what was sent, by which a repeat
    is told from another event under the same id. ``flag`` says why an event was kept without
    effect (``before_correction``, ``after_closing``).

    ``reported_at`` is the time that the device or the typed sheet gave. ``happened_at`` is what
    order and reports go by: the same, kept between the departure and the receipt here.
    """

    id: int | None = Field(default=None, primary_key=True)
    event_uid: str = Field(unique=True, max_length=64)
    package_id: int = Field(foreign_key="package.id", index=True)
    stop_id: int | None = Field(default=None, foreign_key="stop.id", index=True)
    outcome: Outcome = Field(sa_type=choice(Outcome, "outcome"))
    lines: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON)
    reason: str | None = Field(default=None, max_length=40)
    reason_text: str = Field(default="", max_length=300)
    receiver: str = Field(default="", max_length=200)
    channel: str = Field(max_length=20)
    device_id: str | None = Field(default=None, max_length=64)
    device_seq: int | None = None
    reported_at: datetime = Field(sa_type=UTCDateTime)
    happened_at: datetime = Field(sa_type=UTCDateTime)
    received_at: datetime = Field(sa_type=UTCDateTime)
    by: str = Field(max_length=80)
    undoes_uid: str | None = Field(default=None, max_length=64)
    is_superseded: bool = False
    digest: str = Field(max_length=64)
    flag: str = Field(default="", max_length=40)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons told, of the whole and of single lines, each once."""
        told = (self.reason, *(row.get("reason") for row in self.lines))
        return tuple(dict.fromkeys(str(code) for code in told if code))


class DeliveryPhoto(SQLModel, table=True):
    """A picture of a hand-over or a closed gate, without place or device data, never of a face.

    ``is_shown``: whether a person looked and lets the sponsor see it; None until somebody did.
    """

    id: int | None = Field(default=None, primary_key=True)
    photo_uid: str = Field(unique=True, max_length=64)
    event_uid: str = Field(max_length=64, index=True)
    package_id: int = Field(foreign_key="package.id", index=True)
    sha256: str = Field(max_length=64)
    content: bytes
    taken_at: datetime = Field(sa_type=UTCDateTime)
    received_at: datetime = Field(sa_type=UTCDateTime)
    by: str = Field(max_length=80)
    is_shown: bool | None = None
    decided_by: str | None = Field(default=None, max_length=80)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class DeliveryException(SQLModel, table=True):
    """Something that needs care until a person has closed it.

    ``route_id``: the route whose families are asked because one of them received nothing.
    ``kept_because``: why the record was left as it is against what a family answered, or families
    were left unasked; empty where neither was so.
    """

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    package_id: int | None = Field(default=None, foreign_key="package.id", index=True)
    stop_id: int | None = Field(default=None, foreign_key="stop.id")
    route_id: int | None = Field(default=None, foreign_key="route.id", index=True)
    event_uid: str | None = Field(default=None, max_length=64)
    reason: str = Field(max_length=40)
    text: str = Field(default="", max_length=500)
    is_sensitive: bool = False
    state: ExceptionState = Field(
        default=ExceptionState.OPEN, sa_type=choice(ExceptionState, "state"), index=True
    )
    action: ExceptionAction | None = Field(default=None, sa_type=choice(ExceptionAction, "action"))
    owner: str | None = Field(default=None, max_length=80)
    attempts: int = 1
    opened_by: str = Field(max_length=80)
    opened_at: datetime = Field(sa_type=UTCDateTime)
    closed_by: str | None = Field(default=None, max_length=80)
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    kept_because: str = Field(default="", max_length=300)
    version: int = 1


class Fulfilment(SQLModel, table=True):
    """What an assignment came to this month, drawn from the events when the month is reconciled."""

    __table_args__ = (
        UniqueConstraint("assignment_id"),
        CheckConstraint("accepted_items <= packed_items", name="accepted_within"),
    )

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    assignment_id: int = Field(foreign_key="assignment.id")
    child_id: int = Field(foreign_key="child.id", index=True)
    state: FulfilmentState = Field(sa_type=choice(FulfilmentState, "state"))
    packed_items: int
    accepted_items: int
    delivered_on: date | None = None
    reason: str | None = Field(default=None, max_length=40)
    judged_at: datetime = Field(sa_type=UTCDateTime)


class VerificationCall(SQLModel, table=True):
    """A family that is asked whether the package really came.

    Of the random sample, or, with ``case_id``, because another family on the same route answered
    that nothing came. ``way``: ``phone``, or ``visit`` for one that was asked at home.
    """

    __table_args__ = (UniqueConstraint("cycle_id", "package_id"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    package_id: int = Field(foreign_key="package.id")
    case_id: int | None = Field(default=None, foreign_key="deliveryexception.id", index=True)
    answer: str | None = Field(default=None, max_length=20)
    note: str = Field(default="", max_length=300)
    way: str | None = Field(default=None, max_length=10)
    called_by: str | None = Field(default=None, max_length=80)
    called_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
