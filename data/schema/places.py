"""Depots, drop points (titik bagi) and vehicles."""

from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy import false as sa_false
from sqlmodel import Field, SQLModel

from data.schema.base import choice


class DropPointKind(StrEnum):
    """What kind of place hands packages out."""

    POSYANDU = "posyandu"
    KELURAHAN_OFFICE = "kelurahan_office"
    OTHER = "other"


class VehicleKind(StrEnum):
    """What moves the packages."""

    MOTORCYCLE = "motorcycle"
    PICKUP = "pickup"
    CAR = "car"
    BOAT = "boat"


class Depot(SQLModel, table=True):
    """A warehouse from which routes leave. ``source`` says whose fact it is."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=120)
    address: str = Field(default="", max_length=300)
    lat: float
    lon: float
    opens: str = Field(default="08:00", max_length=5)
    closes: str = Field(default="16:00", max_length=5)
    source: str = Field(default="", max_length=200)
    is_active: bool = True


class DropPoint(SQLModel, table=True):
    """A posyandu, kelurahan office or other place where families fetch packages.

    ``pause_from`` to ``pause_until``: closed in between.
    """

    __table_args__ = (
        UniqueConstraint("name", "kelurahan_code"),
        CheckConstraint("day_of_month is null or day_of_month between 1 and 31", name="day"),
        CheckConstraint("(lat is null) = (lon is null)", name="lat_with_lon"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: DropPointKind = Field(sa_type=choice(DropPointKind, "kind"))
    name: str = Field(max_length=120)
    address: str = Field(default="", max_length=300)
    kelurahan_code: str = Field(max_length=13, index=True)
    lat: float | None = None
    lon: float | None = None
    day_of_month: int | None = None
    opens: str = Field(default="08:00", max_length=5)
    closes: str = Field(default="12:00", max_length=5)
    pause_from: str | None = Field(default=None, max_length=5)
    pause_until: str | None = Field(default=None, max_length=5)
    source: str = Field(default="", max_length=200)
    is_active: bool = True


class Vehicle(SQLModel, table=True):
    """A vehicle with its limits, shift and usual courier.

    ``skills``: what it or its courier can do (codes of ``data/reference/skills.csv``);
    ``max_stops`` of one trip, ``max_distance_m`` of one day; ``skips_prayer``: its courier does not
    keep the Friday prayer and rests at noon as on other days. ``speed_m_per_h`` and the costs are
    its own where they are not those of its kind (``data/reference/vehicle_kinds.csv``).
    """

    __table_args__ = (
        CheckConstraint("capacity_g > 0", name="weight_positive"),
        CheckConstraint("capacity_ml > 0", name="volume_positive"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=80)
    kind: VehicleKind = Field(sa_type=choice(VehicleKind, "kind"))
    plate: str | None = Field(default=None, max_length=20)
    capacity_g: int
    capacity_ml: int
    has_cool_box: bool = False
    shift_starts: str = Field(default="08:00", max_length=5)
    shift_ends: str = Field(default="16:00", max_length=5)
    weekdays: list[int] = Field(default_factory=list, sa_type=JSON)
    skills: list[str] | None = Field(default=None, sa_type=JSON)
    max_trips: int | None = None
    max_stops: int | None = None
    max_distance_m: int | None = None
    speed_m_per_h: int | None = None
    cost_rp_per_km: int | None = None
    cost_rp_per_hour: int | None = None
    cost_rp_per_day: int | None = None
    skips_prayer: bool = Field(default=False, sa_column_kwargs={"server_default": sa_false()})
    depot_id: int | None = Field(default=None, foreign_key="depot.id")
    courier_name: str | None = Field(default=None, max_length=120)
    courier_phone: str | None = Field(default=None, max_length=20)
    courier_account_id: int | None = Field(default=None, foreign_key="account.id")
    source: str = Field(default="", max_length=200)
    is_active: bool = True
