"""Stock as a sum of moves, and the packages that are made of it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import RUPIAH, UTCDateTime, choice


class PackageState(StrEnum):
    """The way of a package."""

    PLANNED = "planned"
    RESERVED = "reserved"
    PACKED = "packed"
    LOADED = "loaded"
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REJECTED = "rejected"
    RETURNED = "returned"
    RESTOCKED = "restocked"
    SPOILED = "spoiled"
    REASSIGNED = "reassigned"
    LOST = "lost"
    CARRIED = "carried"
    CANCELLED = "cancelled"


class StockMoveKind(StrEnum):
    """Why stock changed."""

    OPENING = "opening"
    RECEIPT = "receipt"
    PURCHASE = "purchase"
    RESERVE = "reserve"
    RELEASE = "release"
    PACK = "pack"
    RETURN = "return"
    SPOIL = "spoil"
    LOSE = "lose"
    CORRECT = "correct"


class StockItem(SQLModel, table=True):
    """What is on hand of an item in a depot; guarded so that it never goes below zero."""

    __table_args__ = (
        UniqueConstraint("depot_id", "item_code"),
        CheckConstraint("on_hand >= 0", name="on_hand_nonnegative"),
        CheckConstraint("reserved >= 0 and reserved <= on_hand", name="reserved_within"),
    )

    id: int | None = Field(default=None, primary_key=True)
    depot_id: int = Field(foreign_key="depot.id")
    item_code: str = Field(max_length=30)
    on_hand: int = 0
    reserved: int = 0
    expires_on: date | None = None
    counted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When a person last counted it, whether or not the books agreed."""


class StockMove(SQLModel, table=True):
    """One change of stock; the sum of moves is what is on hand."""

    id: int | None = Field(default=None, primary_key=True)
    move_uid: str = Field(unique=True, max_length=64)
    depot_id: int = Field(foreign_key="depot.id", index=True)
    item_code: str = Field(max_length=30, index=True)
    kind: StockMoveKind = Field(sa_type=choice(StockMoveKind, "kind"))
    quantity: int
    package_id: int | None = Field(default=None, foreign_key="package.id", index=True)
    amendment_id: int | None = Field(default=None, foreign_key="amendment.id", index=True)
    """The correction of a closed month that moved it; the month's own moves have none."""
    note: str = Field(default="", max_length=300)
    by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UTCDateTime)


class Package(SQLModel, table=True):
    """The box of one child for one month.

    The kit is that of the child's age on ``deliver_on``; ``changes`` names the food rules and
    signed substitutes that altered its lines.
    """

    __table_args__ = (
        CheckConstraint("weight_g >= 0", name="weight_nonnegative"),
        CheckConstraint("volume_ml >= 0", name="volume_nonnegative"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=24)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    child_id: int = Field(foreign_key="child.id", index=True)
    household_id: int = Field(foreign_key="household.id")
    kit_code: str = Field(max_length=30)
    kit_version: str = Field(max_length=20)
    deliver_on: date
    changes: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON)
    state: PackageState = Field(
        default=PackageState.PLANNED, sa_type=choice(PackageState, "state"), index=True
    )
    weight_g: int
    volume_ml: int
    needs_cool_box: bool = False
    cost_rp: int = Field(default=0, sa_type=RUPIAH)
    stop_id: int | None = Field(default=None, foreign_key="stop.id", index=True)
    replaces_id: int | None = Field(default=None, foreign_key="package.id")
    version: int = 1
    updated_at: datetime = Field(sa_type=UTCDateTime)


class PackageLine(SQLModel, table=True):
    """So much of one item in a package, and what became of it: accepted + rejected = loaded."""

    __table_args__ = (
        UniqueConstraint("package_id", "item_code"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("accepted >= 0 and rejected >= 0", name="result_nonnegative"),
        CheckConstraint("accepted + rejected <= quantity", name="result_within"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True, max_length=32)
    package_id: int = Field(foreign_key="package.id", index=True)
    item_code: str = Field(max_length=30)
    quantity: int
    substitutes: str | None = Field(default=None, max_length=30)
    accepted: int = 0
    rejected: int = 0


class Shortage(SQLModel, table=True):
    """How much of an item a month lacks, who waits for it, and who signed what is done about it."""

    __table_args__ = (UniqueConstraint("cycle_id", "item_code"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    item_code: str = Field(max_length=30)
    needed: int
    available: int
    waiting: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON)
    remedy: str | None = Field(default=None, max_length=20)
    substitute_code: str | None = Field(default=None, max_length=30)
    signed_by: str | None = Field(default=None, max_length=80)
    signed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
