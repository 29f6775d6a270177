"""Wire models of packages and packing."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from api.services.shortages import Remedy
from data.schema import PackageState


class WaitingOut(BaseModel):
    """A package that does not get an item, in order of need (the last to wait stands first)."""

    model_config = ConfigDict(from_attributes=True)

    package_id: int
    package_code: str
    child_code: str
    kelurahan_code: str | None
    quantity: int
    tier: int | None
    points: int | None
    months_since_package: int | None


class ShortageViewOut(BaseModel):
    """How much of an item is missing, who waits, and what was signed."""

    model_config = ConfigDict(from_attributes=True)

    item_code: str
    needed: int
    available: int
    waiting: list[WaitingOut]
    remedy: Remedy | None
    substitute_code: str | None
    signed_by: str | None
    missing: int


class PurchaseLineOut(BaseModel):
    """What to buy when there is no stock list. ``cost_rp`` is None without a known price."""

    model_config = ConfigDict(from_attributes=True)

    item_code: str
    quantity: int
    on_hand: int
    cost_rp: int | None
    price_source: str | None


class NoKitOut(BaseModel):
    """An approved child for whom no package can be made: ``too_old``, ``no_allowed_food``.

    Packing again does not help; the sentence ``packing.<reason>.remedy`` says what does.
    """

    model_config = ConfigDict(from_attributes=True)

    child_code: str
    reason: str


class PackingResultOut(BaseModel):
    """How packing stands."""

    model_config = ConfigDict(from_attributes=True)

    cycle_id: int
    deliver_on: date
    depot_id: int
    num_packages: int
    num_going: int
    num_reserved: int
    num_packed: int
    num_waiting: int
    is_reserved: bool
    has_stock_list: bool
    shortages: list[ShortageViewOut]
    purchases: list[PurchaseLineOut]
    no_kit: list[NoKitOut]
    cost_rp: int
    weight_g: int
    volume_ml: int


class PackageLineViewOut(BaseModel):
    """One item of a package and what became of it."""

    model_config = ConfigDict(from_attributes=True)

    uid: str
    item_code: str
    quantity: int
    substitutes: str | None
    accepted: int
    rejected: int


class PackageViewOut(BaseModel):
    """A package as coordinators see it: household code and guardian, never NIK or z-scores."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    code: str
    state: PackageState
    kit_code: str
    kit_version: str
    recipient: str
    child_code: str
    household_code: str
    guardian_name: str
    kelurahan_code: str | None
    lines: list[PackageLineViewOut]
    changes: list[dict[str, object]]
    weight_g: int
    volume_ml: int
    cost_rp: int
    needs_cool_box: bool
    deliver_on: date
    stop_id: int | None
    route_code: str | None


class PackIn(BaseModel):
    """When the packages are given, and from which depot; both may be left to Asuh."""

    deliver_on: date | None = None
    depot_id: int | None = Field(default=None, ge=1, lt=2**31)


class ShortageSignIn(BaseModel):
    """What is done about a short item."""

    remedy: Remedy
    substitute_code: str | None = Field(default=None, max_length=30)


class PackedIn(BaseModel):
    """Which packages stand packed; none named: all that are reserved."""

    package_ids: list[int] | None = Field(default=None, max_length=5000)


class PackedOut(BaseModel):
    """How many packages were booked as packed."""

    num_packed: int


class ReasonIn(BaseModel):
    """Why."""

    reason: str = Field(max_length=500)


class RepackSignIn(ShortageSignIn):
    """What is done about an item that lacks for this package."""

    item_code: str = Field(max_length=30)


class RepackIn(ReasonIn):
    """Why, whether the goods of the old box are written off, and what is done about what lacks."""

    is_spoiled: bool = False
    signatures: list[RepackSignIn] = Field(default=[], max_length=50)


class LackOut(BaseModel):
    """An item that the new box needs more of than there is."""

    model_config = ConfigDict(from_attributes=True)

    item_code: str
    needed: int
    available: int
    missing: int


class RepackLineOut(BaseModel):
    """Units of an item out of the old box, into the new one, and free on the shelf."""

    model_config = ConfigDict(from_attributes=True)

    item_code: str
    out: int
    into: int
    free: int


class RepackPlanOut(BaseModel):
    """What packing again would take out and put in, and what lacks for it."""

    package: str
    day: date
    depot_id: int
    lines: list[RepackLineOut]
    lacking: list[LackOut]
    lacking_if_spoiled: list[LackOut]


class PackageStateOut(BaseModel):
    """A package's code and state."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    state: PackageState
