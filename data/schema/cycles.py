"""The month: its state, its frozen inputs, the runs of the matcher and what came of them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.schema.base import RUPIAH, UTCDateTime, choice


class CycleState(StrEnum):
    """Where a month stands."""

    DRAFT = "draft"
    LOCKED = "locked"
    PROPOSED = "proposed"
    IN_APPROVAL = "in_approval"
    APPROVED = "approved"
    PACKING = "packing"
    DISTRIBUTING = "distributing"
    RECONCILING = "reconciling"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class RunState(StrEnum):
    """Where a solver run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class AssignmentState(StrEnum):
    """What became of a pair of child and pledge in a month."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    FULFILLED = "fulfilled"
    PARTLY_FULFILLED = "partly_fulfilled"
    UNFULFILLED = "unfulfilled"


class HoldKind(StrEnum):
    """A person's word that the matcher must keep."""

    PIN = "pin"
    BAN = "ban"


class Cycle(SQLModel, table=True):
    """One month of one city, from opening to closing.

    ``delivery_hm``: expected way of a package between kelurahan, and from the depot (last row), as
    it was estimated at the lock; empty without routes of the month before.
    """

    __table_args__ = (UniqueConstraint("city_code", "month"),)

    id: int | None = Field(default=None, primary_key=True)
    city_code: str = Field(max_length=8)
    month: str = Field(max_length=7, index=True)
    state: CycleState = Field(
        default=CycleState.DRAFT, sa_type=choice(CycleState, "state"), index=True
    )
    seed: int = 1
    snapshot_hash: str | None = Field(default=None, max_length=64)
    match_run_id: int | None = None
    plan_run_id: int | None = None
    proposed_by: str | None = Field(default=None, max_length=80)
    approved_by: str | None = Field(default=None, max_length=80)
    delivery_hm: list[list[int]] | None = Field(default=None, sa_type=JSON)
    version: int = 1
    updated_at: datetime = Field(sa_type=UTCDateTime)


class CycleMove(SQLModel, table=True):
    """One step of a month, with who, when and why; never changed afterwards."""

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    from_state: str = Field(max_length=20)
    to_state: str = Field(max_length=20)
    verb: str = Field(max_length=30)
    by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UTCDateTime)
    reason: str = Field(default="", max_length=500)


class CycleChild(SQLModel, table=True):
    """A child as it stood when the month was locked; the address is copied, not looked up.

    ``kept_pledge_id`` is who supported it last month; ``is_point_exact`` is False where the
    kelurahan office stands in for a home without coordinates; ``package_price_rp`` is what the
    child's own package costs at the month's prices.
    """

    __table_args__ = (UniqueConstraint("cycle_id", "child_id"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    child_id: int = Field(foreign_key="child.id", index=True)
    household_id: int = Field(foreign_key="household.id")
    is_eligible: bool
    reason: str | None = Field(default=None, max_length=40)
    tier: int | None = None
    points: int | None = None
    months_waiting: int = 0
    haz: float | None = None
    measured_on: date | None = None
    age_days: int
    kelurahan_code: str | None = Field(default=None, max_length=13)
    lat: float | None = None
    lon: float | None = None
    is_point_exact: bool = True
    allergies: list[str] = Field(default_factory=list, sa_type=JSON)
    kept_pledge_id: int | None = Field(default=None, foreign_key="pledge.id")
    package_price_rp: int | None = Field(default=None, sa_type=RUPIAH)


class CyclePledge(SQLModel, table=True):
    """A pledge as it stood when the month was locked.

    ``capacity`` is in whole packages at the dearest one's price. Where money bounds the pledge,
    ``budget_rp`` has the rupiah and ``num_promised`` the children, if it named them.
    """

    __table_args__ = (UniqueConstraint("cycle_id", "pledge_id"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    pledge_id: int = Field(foreign_key="pledge.id", index=True)
    sponsor_id: int = Field(foreign_key="sponsor.id")
    capacity: int
    reason: str | None = Field(default=None, max_length=40)
    goods: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON)
    area_codes: list[str] = Field(default_factory=list, sa_type=JSON)
    is_standby: bool = False
    kelurahan_code: str | None = Field(default=None, max_length=13)
    lat: float | None = None
    lon: float | None = None
    leftover_rp: int = Field(default=0, sa_type=RUPIAH)
    wish_area_codes: list[str] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    budget_rp: int | None = Field(default=None, sa_type=RUPIAH)
    num_promised: int | None = None


class Hold(SQLModel, table=True):
    """A pin or ban of a child and a pledge in a month, with its reason."""

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    child_id: int = Field(foreign_key="child.id")
    pledge_id: int = Field(foreign_key="pledge.id")
    kind: HoldKind = Field(sa_type=choice(HoldKind, "kind"))
    reason: str = Field(max_length=500)
    by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UTCDateTime)
    released_by: str | None = Field(default=None, max_length=80)
    released_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class MatchPolicy(SQLModel, table=True):
    """The order of goals from a month on; rows are never changed, a new one takes over."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
    content: dict[str, object] = Field(sa_type=JSON)
    effective_from: str = Field(max_length=7, index=True)
    reason: str = Field(max_length=500)
    by: str = Field(max_length=80)
    created_at: datetime = Field(sa_type=UTCDateTime)


class MatchRun(SQLModel, table=True):
    """One run of the matcher with its inputs' hash and its certificate."""

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    state: RunState = Field(sa_type=choice(RunState, "state"))
    seed: int
    policy: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    problem_hash: str | None = Field(default=None, max_length=64)
    result_hash: str | None = Field(default=None, max_length=64)
    problem_json: bytes | None = None
    result_json: bytes | None = None
    levels: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON)
    num_assigned: int | None = None
    num_unassigned: int | None = None
    seconds: float | None = None
    error: dict[str, object] | None = Field(default=None, sa_type=JSON)
    by: str = Field(max_length=80)
    started_at: datetime = Field(sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    places: dict[str, object] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"}
    )
    policy_id: int | None = Field(default=None, foreign_key="matchpolicy.id")


class Assignment(SQLModel, table=True):
    """A child and a pledge, paired for a month."""

    __table_args__ = (
        UniqueConstraint("match_run_id", "child_id", "pledge_id"),
        Index("ix_assignment_months_of_child", "child_id", "cycle_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    match_run_id: int = Field(foreign_key="matchrun.id", index=True)
    child_id: int = Field(foreign_key="child.id")
    pledge_id: int = Field(foreign_key="pledge.id", index=True)
    state: AssignmentState = Field(
        default=AssignmentState.PROPOSED, sa_type=choice(AssignmentState, "state"), index=True
    )
    is_pinned: bool = False
    is_kept: bool = False
    distance_m: int | None = None
    why: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    state_reason: str = Field(default="", max_length=300)
    replaces_id: int | None = Field(default=None, foreign_key="assignment.id")


class Unassigned(SQLModel, table=True):
    """A child without a sponsor this month: the reason, and the cheapest change that covers it."""

    __table_args__ = (UniqueConstraint("match_run_id", "child_id"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    match_run_id: int = Field(foreign_key="matchrun.id", index=True)
    child_id: int = Field(foreign_key="child.id", index=True)
    reason: str = Field(max_length=40)
    params: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    remedy: dict[str, object] = Field(default_factory=dict, sa_type=JSON)


class Replacement(SQLModel, table=True):
    """A proposed new sponsor for a child whose sponsor dropped out; an approver decides."""

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    child_id: int = Field(foreign_key="child.id")
    pledge_id: int | None = Field(default=None, foreign_key="pledge.id")
    is_bridge_fund: bool = False
    state: str = Field(default="proposed", max_length=20)
    reason: str = Field(default="", max_length=300)
    proposed_by: str = Field(max_length=80)
    proposed_at: datetime = Field(sa_type=UTCDateTime)
    decided_by: str | None = Field(default=None, max_length=80)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Amendment(SQLModel, table=True):
    """A correction after closing: a reversing entry, never an edit."""

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    subject: str = Field(max_length=40)
    subject_id: int
    before: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    after: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    reason: str = Field(max_length=500)
    by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UTCDateTime)
