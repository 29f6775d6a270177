"""Goods that a courier fetches on the way and brings to the depot."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime, choice, new_uid


class PickupState(StrEnum):
    """Where a pickup stands."""

    WAITING = "waiting"
    PLANNED = "planned"
    FETCHED = "fetched"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Pickup(SQLModel, table=True):
    """Goods of a sponsor, fetched on a route before they can be packed.

    ``after``: the number of the route's stops before it. ``unserved``: why no route fetches it, as
    ``{"reason", "params", "remedy"}``. ``event_uids``: what phones have told of it, so that each
    counts once; ``happened_at``: when the result that counts was so.
    """

    __table_args__ = (
        CheckConstraint("weight_g > 0", name="weight_positive"),
        CheckConstraint("volume_ml > 0", name="volume_positive"),
        CheckConstraint("(lat is null) = (lon is null)", name="lat_with_lon"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, unique=True, max_length=32)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    sponsor_id: int | None = Field(default=None, foreign_key="sponsor.id")
    route_id: int | None = Field(default=None, foreign_key="route.id", index=True)
    after: int | None = None
    arrives_at: str | None = Field(default=None, max_length=5)
    leg_distance_m: int | None = None
    label: str = Field(max_length=200)
    phone: str | None = Field(default=None, max_length=20)
    address: str = Field(default="", max_length=500)
    landmark: str | None = Field(default=None, max_length=200)
    lat: float | None = None
    lon: float | None = None
    opens: str | None = Field(default=None, max_length=5)
    closes: str | None = Field(default=None, max_length=5)
    wanted_on: date | None = None
    goods: str = Field(max_length=300)
    weight_g: int
    volume_ml: int
    needs_cool_box: bool = False
    state: PickupState = Field(
        default=PickupState.WAITING, sa_type=choice(PickupState, "state"), index=True
    )
    unserved: dict[str, object] | None = Field(default=None, sa_type=JSON)
    result_note: str = Field(default="", max_length=300)
    version: int = 1
    by: str = Field(max_length=80)
    created_at: datetime = Field(sa_type=UTCDateTime)
    recorded_by: str | None = Field(default=None, max_length=80)
    recorded_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    happened_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    event_uids: list[str] | None = Field(default=None, sa_type=JSON)
