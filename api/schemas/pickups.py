"""Wire models of goods that couriers fetch on the way."""

from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.schemas.phones import PhoneNumber
from api.services.delivery_reports import AckState
from data.schema import PickupState


class PickupFields(BaseModel):
    """What may be entered of a pickup; only the fields that are given are changed."""

    model_config = ConfigDict(extra="forbid")

    sponsor_id: int | None = Field(default=None, ge=1, lt=2**31)
    label: str | None = Field(default=None, min_length=1, max_length=200)
    phone: PhoneNumber | None = None
    address: str | None = Field(default=None, max_length=500)
    landmark: str | None = Field(default=None, max_length=200)
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    opens: str | None = Field(default=None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    closes: str | None = Field(default=None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    wanted_on: date | None = None
    goods: str | None = Field(default=None, min_length=1, max_length=300)
    weight_g: int | None = Field(default=None, ge=1, le=5_000_000)
    volume_ml: int | None = Field(default=None, ge=1, le=20_000_000)
    needs_cool_box: bool | None = None


class NewPickupIn(PickupFields):
    """A new pickup: who is asked, where, for what, and how much it weighs."""

    label: str = Field(min_length=1, max_length=200)
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    goods: str = Field(min_length=1, max_length=300)
    weight_g: int = Field(ge=1, le=5_000_000)
    volume_ml: int = Field(ge=1, le=20_000_000)


class PickupChangeIn(PickupFields):
    """Fields to change, and the version that they were read from."""

    base_version: int


class PickupCancelIn(BaseModel):
    """The version that was read."""

    base_version: int


class PickupResultIn(BaseModel):
    """Whether the goods came along; why not, when they did not."""

    base_version: int
    is_fetched: bool
    note: str = Field(default="", max_length=300)


class PickupEventIn(BaseModel):
    """What a phone says became of goods to fetch; ``event_uid`` is made there."""

    event_uid: str = Field(min_length=8, max_length=64)
    pickup_uid: str = Field(max_length=32)
    is_fetched: bool
    note: str = Field(default="", max_length=300)
    happened_at: AwareDatetime
    device_id: str = Field(default="", max_length=64)
    device_seq: int = Field(default=0, ge=0, lt=2**31)


class PickupEventsIn(BaseModel):
    """What an offline phone brings of pickups."""

    events: list[PickupEventIn] = Field(min_length=1, max_length=500)


class PickupAnswerOut(BaseModel):
    """The answer to one event; with ``stored``, ``repeated`` or ``kept`` it is safe here."""

    model_config = ConfigDict(from_attributes=True)

    event_uid: str
    state: AckState
    code: str
    params: dict[str, object]


class PickupAnswersOut(BaseModel):
    """An answer per event, in the order they were sent."""

    answers: list[PickupAnswerOut]


class PickupStockIn(BaseModel):
    """Goods of a pickup as they were counted in the depot."""

    item_code: str = Field(max_length=30)
    quantity: int = Field(ge=1, lt=2**31)
    expires_on: date | None = None


class PickupRowOut(BaseModel):
    """A pickup of a month; ``route_id`` and ``arrives_at`` once it is planned."""

    model_config = ConfigDict(from_attributes=True)

    uid: str
    sponsor_id: int | None
    label: str
    phone: str | None
    address: str
    landmark: str | None
    lat: float | None
    lon: float | None
    opens: str | None
    closes: str | None
    wanted_on: date | None
    goods: str
    weight_g: int
    volume_ml: int
    needs_cool_box: bool
    state: PickupState
    route_id: int | None
    arrives_at: str | None
    unserved: dict[str, object] | None
    result_note: str
    version: int
