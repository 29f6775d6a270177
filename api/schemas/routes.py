"""Wire models of routes, stops and plans."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.seen import as_seen
from api.security import NAMES_OF_FAMILIES, seen_text
from api.services.dispatch import ExportKind
from api.services.plan_options import DeliveryMode
from data.schema import PickupState, Role, RouteState, StopKind, StopState
from logistics.effort import Effort


class StopPackageOut(BaseModel):
    """A package at a stop, by its opaque code."""

    model_config = ConfigDict(from_attributes=True)

    package_id: int
    code: str
    kit_code: str
    child_code: str
    household_code: str
    guardian_name: str
    state: str
    weight_g: int
    volume_ml: int
    contents: list[tuple[str, int]]


class StopViewOut(BaseModel):
    """A stop with its copied address and its packages."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    uid: str
    route_id: int | None
    sequence: int | None
    kind: StopKind
    state: StopState
    label: str
    recipient: str
    phone: str | None
    address: str
    rt: str | None
    rw: str | None
    landmark: str | None
    kelurahan_code: str | None
    lat: float | None
    lon: float | None
    arrives_at: str | None
    leg_distance_m: int | None
    wanted_on: date | None
    opens: str | None
    closes: str | None
    gap_from: str | None
    gap_until: str | None
    needs_skills: list[str]
    packages: list[StopPackageOut]
    version: int


class PickupOut(BaseModel):
    """Goods fetched on a route, behind ``after`` of its stops."""

    model_config = ConfigDict(from_attributes=True)

    uid: str
    label: str
    after: int
    arrives_at: str | None
    phone: str | None
    address: str
    landmark: str | None
    lat: float | None
    lon: float | None
    goods: str
    weight_g: int
    state: PickupState
    version: int


class RouteViewOut(BaseModel):
    """A route with totals added up from its own stops."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    uid: str
    code: str
    day: date
    trip: int
    state: RouteState
    vehicle_id: int
    vehicle_name: str
    vehicle_kind: str
    plate: str | None
    courier_name: str | None
    courier_phone: str | None
    depot_name: str
    depot_lat: float
    depot_lon: float
    leaves_at: str
    returns_at: str
    distance_m: int
    duration_s: int
    distance_source: str
    stops: list[StopViewOut]
    pickups: list[PickupOut]
    pauses: list[dict[str, Any]]
    num_packages: int
    weight_g: int
    volume_ml: int
    capacity_g: int
    capacity_ml: int
    violations: list[dict[str, object]]
    accepted_reason: str
    confirmed_by: str | None
    confirmed_at: datetime | None
    dispatched_at: datetime | None
    opened_at: datetime | None
    version: int


class PlacementOut(BaseModel):
    """A place for a stop in a route: before which position, and what it adds."""

    model_config = ConfigDict(from_attributes=True)

    route_id: int
    route_code: str
    position: int
    added_distance_m: int
    added_duration_s: int
    violations: list[dict[str, object]]


class NoteOut(BaseModel):
    """Something the reader must know about a plan (``plan.default_depot`` …)."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    params: dict[str, object]


def stop_seen(stop: object, role: Role) -> StopViewOut:
    """Return a stop as a role may see it."""
    return as_seen(
        StopViewOut.model_validate(stop), role, names=NAMES_OF_FAMILIES, lists=("packages",)
    )


def route_seen(route: object, role: Role) -> RouteViewOut:
    """Return a route with its stops as a role may see them."""
    view = RouteViewOut.model_validate(route)
    stops = [stop_seen(stop, role) for stop in view.stops]
    accepted = seen_text(view.accepted_reason, role)
    return view.model_copy(update={"stops": stops, "accepted_reason": accepted})


class UnservedViewOut(BaseModel):
    """A package that no route carries: which rule stopped it and what would serve it."""

    model_config = ConfigDict(from_attributes=True)

    package_id: int
    package_code: str
    household_code: str
    guardian_name: str
    kelurahan_code: str | None
    reason: str
    params: dict[str, object]
    remedy: dict[str, object]


class WhatsAppMessageOut(BaseModel):
    """A text for one courier and the ``wa.me`` link that opens it ready to send."""

    model_config = ConfigDict(from_attributes=True)

    route_code: str
    courier_name: str
    phone: str | None
    text: str
    link: str | None


class GoalLevelsIn(BaseModel):
    """How much each goal beside cost counts: 0 (off) to 3."""

    compact: int = Field(default=0, ge=0, le=3)
    even: int = Field(default=0, ge=0, le=3)
    known: int = Field(default=0, ge=0, le=3)
    regular: int = Field(default=0, ge=0, le=3)


class GoalPriceOut(BaseModel):
    """What a goal costs: more metres, seconds and rupiah than without it, and what it changes."""

    model_config = ConfigDict(from_attributes=True)

    goal: str
    distance_m: int
    duration_s: int
    cost_rp: int
    with_goal: int
    without_goal: int
    time_ran_out: bool


class PlanIn(BaseModel):
    """What a coordinator sets for a plan.

    Without ``seconds`` the search is counted by ``effort``: the same month gives the same routes.
    After a minute it is ended all the same; the notes then say ``plan.time_ran_out``.
    """

    mode: DeliveryMode = DeliveryMode.HOMES
    days: list[date] = Field(default_factory=list, max_length=31)
    seed: int = Field(default=1, ge=0, lt=2**31)
    effort: Effort = Effort.USUAL
    seconds: float | None = Field(default=None, gt=0, le=60)
    works_fridays: bool = True
    max_walk_m: int = Field(default=1_500, ge=0, le=50_000)
    service_s: int = Field(default=240, ge=0, le=7_200)
    service_s_per_package: int = Field(default=60, ge=0, le=1_800)
    goals: GoalLevelsIn = GoalLevelsIn()
    keeps_routes: bool = False


class PlanOut(BaseModel):
    """A stored plan: how many routes, what is on none of them, and what the reader must know."""

    distance_m: int | None
    duration_s: int | None
    cost_rp: int | None
    distance_source: str
    routes: list[str]
    unserved: list[UnservedViewOut]
    notes: list[NoteOut]


class OrderIn(BaseModel):
    """Stops in their new order."""

    stop_uids: list[str] = Field(min_length=1, max_length=500)
    base_version: int


class SplitIn(BaseModel):
    """After which stop a route is cut."""

    after_position: int = Field(ge=1, lt=500)
    base_version: int


class MergeIn(BaseModel):
    """Which route is appended."""

    other_code: str = Field(max_length=24)
    base_version: int


class ConfirmIn(BaseModel):
    """A confirmation; violations are accepted only with a reason."""

    base_version: int
    accept_reason: str = Field(default="", max_length=300)


class ConfirmedOut(BaseModel):
    """Routes that were confirmed, and those whose violations want a reason."""

    confirmed: list[RouteViewOut]
    left: list[RouteViewOut]


class VersionIn(BaseModel):
    """The version that was read."""

    base_version: int


class DispatchIn(VersionIn):
    """The version that was read, and whether a route may leave before its planned day.

    ``overlap_reason``: why it leaves while its vehicle or courier is out at the same hours.
    """

    is_sure: bool = False
    overlap_reason: str = Field(default="", max_length=300)


class MoveIn(BaseModel):
    """Where a stop goes: a position of a route, or off all routes."""

    to_route: str | None = Field(default=None, max_length=24)
    position: int = Field(default=1, ge=1, lt=500)
    base_version: int


class ExportIn(BaseModel):
    """What is printed, of which routes, and what for (kept in the audit trail)."""

    kind: ExportKind
    purpose: str = Field(max_length=300)
    route_codes: list[str] | None = Field(default=None, max_length=500)
    language: Literal["id", "en"] = "id"
    help_phone: str = Field(default="", max_length=20)
