"""Runs of the route planner, the routes that people confirm, and their stops."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy import false as sa_false
from sqlmodel import Field, SQLModel

from data.schema.base import RUPIAH, UTCDateTime, choice, new_uid
from data.schema.cycles import RunState


class RouteState(StrEnum):
    """Where a route stands; a stale route does not print until it is confirmed again."""

    PLANNED = "planned"
    CONFIRMED = "confirmed"
    STALE = "stale"
    DISPATCHED = "dispatched"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class StopState(StrEnum):
    """Where a stop stands."""

    PLANNED = "planned"
    EN_ROUTE = "en_route"
    DELIVERED = "delivered"
    PARTLY_DELIVERED = "partly_delivered"
    LEFT_WITH_RECEIVER = "left_with_receiver"
    PICKED_UP = "picked_up"
    FAILED = "failed"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"


class StopKind(StrEnum):
    """A family's home, or a place where families fetch their packages."""

    HOME = "home"
    DROP_POINT = "drop_point"


class PlanRun(SQLModel, table=True):
    """One run of the route planner."""

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    state: RunState = Field(sa_type=choice(RunState, "state"))
    seed: int
    params: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    problem_hash: str | None = Field(default=None, max_length=64)
    problem_json: bytes | None = None
    plan_json: bytes | None = None
    distance_source: str = Field(default="", max_length=200)
    distance_m: int | None = None
    duration_s: int | None = None
    cost_rp: int | None = Field(default=None, sa_type=RUPIAH)
    num_unserved: int | None = None
    seconds: float | None = None
    error: dict[str, object] | None = Field(default=None, sa_type=JSON)
    by: str = Field(max_length=80)
    started_at: datetime = Field(sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Route(SQLModel, table=True):
    """One vehicle's trip on one day.

    ``is_locked``: a person fixed its stops and their order; the planner leaves it alone.
    ``courier_account_id``, ``courier_name``, ``courier_phone``, ``plate``, ``capacity_g`` and
    ``capacity_ml``: who drove when it left and in what, whatever the vehicle is since;
    ``depot_name``, ``depot_address``, ``depot_lat``, ``depot_lon``: where it left from.
    ``handed_to_id``: the account that it was handed to on the road, if any.
    ``pauses``: breaks on the road, each ``{"name", "starts", "ends", "after"}``, the last being the
    number of stops before it.
    """

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, unique=True, max_length=32)
    code: str = Field(unique=True, max_length=24)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    plan_run_id: int = Field(foreign_key="planrun.id")
    vehicle_id: int = Field(foreign_key="vehicle.id")
    depot_id: int = Field(foreign_key="depot.id")
    day: date = Field(index=True)
    trip: int = 1
    state: RouteState = Field(
        default=RouteState.PLANNED, sa_type=choice(RouteState, "state"), index=True
    )
    leaves_at: str = Field(max_length=5)
    returns_at: str = Field(max_length=5)
    distance_m: int
    duration_s: int
    distance_source: str = Field(default="", max_length=200)
    is_locked: bool = Field(default=False, sa_column_kwargs={"server_default": sa_false()})
    violations: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON)
    accepted_reason: str = Field(default="", max_length=300)
    pauses: list[dict[str, object]] | None = Field(default=None, sa_type=JSON)
    confirmed_by: str | None = Field(default=None, max_length=80)
    confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    dispatched_by: str | None = Field(default=None, max_length=80)
    dispatched_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    courier_account_id: int | None = Field(default=None, foreign_key="account.id")
    handed_to_id: int | None = Field(default=None, foreign_key="account.id")
    courier_name: str | None = Field(default=None, max_length=120)
    courier_phone: str | None = Field(default=None, max_length=20)
    plate: str | None = Field(default=None, max_length=20)
    capacity_g: int | None = None
    capacity_ml: int | None = None
    depot_name: str | None = Field(default=None, max_length=120)
    depot_address: str | None = Field(default=None, max_length=300)
    depot_lat: float | None = None
    depot_lon: float | None = None
    opened_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    version: int = 1


class Stop(SQLModel, table=True):
    """One place on a route; it copies its address so that later edits do not rewrite the past.

    ``route_id`` is empty while a stop waits for a route; ``wanted_on`` is the day that was agreed
    for a new attempt. ``is_pinned``: it stays with its vehicle on its day; ``banned_vehicle_ids``:
    vehicles that must not carry it. Both bind the planner, not the person. ``loaded_package_ids``:
    the packages that left for it, wherever they go next; empty until its route leaves.
    """

    __table_args__ = (
        CheckConstraint("(lat is null) = (lon is null)", name="lat_with_lon"),
        UniqueConstraint("route_id", "sequence"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, unique=True, max_length=32)
    route_id: int | None = Field(default=None, foreign_key="route.id", index=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    sequence: int | None = None
    kind: StopKind = Field(sa_type=choice(StopKind, "kind"))
    household_id: int | None = Field(default=None, foreign_key="household.id")
    drop_point_id: int | None = Field(default=None, foreign_key="droppoint.id")
    label: str = Field(max_length=200)
    recipient: str = Field(default="", max_length=200)
    phone: str | None = Field(default=None, max_length=20)
    address: str = Field(default="", max_length=500)
    rt: str | None = Field(default=None, max_length=10)
    rw: str | None = Field(default=None, max_length=10)
    landmark: str | None = Field(default=None, max_length=200)
    kelurahan_code: str | None = Field(default=None, max_length=13)
    lat: float | None = None
    lon: float | None = None
    arrives_at: str | None = Field(default=None, max_length=5)
    leg_distance_m: int | None = None
    state: StopState = Field(
        default=StopState.PLANNED, sa_type=choice(StopState, "state"), index=True
    )
    wanted_on: date | None = None
    is_pinned: bool = Field(default=False, sa_column_kwargs={"server_default": sa_false()})
    banned_vehicle_ids: list[int] | None = Field(default=None, sa_type=JSON)
    loaded_package_ids: list[int] | None = Field(default=None, sa_type=JSON)
    reschedules_id: int | None = Field(default=None, foreign_key="stop.id")
    version: int = 1


class UnservedStop(SQLModel, table=True):
    """A package that no route carries: why, and what would serve it."""

    id: int | None = Field(default=None, primary_key=True)
    plan_run_id: int = Field(foreign_key="planrun.id", index=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    package_id: int = Field(foreign_key="package.id")
    reason: str = Field(max_length=40)
    params: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    remedy: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
