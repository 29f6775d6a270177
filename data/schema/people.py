"""Households, children, what was measured, what guardians consented to, and who may be the same."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy import false as sa_false
from sqlmodel import Field, SQLModel

from data.schema.base import UTCDateTime, choice, new_uid


class Sex(StrEnum):
    """Sex as WHO's tables need it."""

    MALE = "male"
    FEMALE = "female"


class ChildState(StrEnum):
    """Where a child stands in the programme; being matched belongs to the cycle, not here."""

    DRAFT = "draft"
    NEEDS_REVIEW = "needs_review"
    ELIGIBLE = "eligible"
    PAUSED = "paused"
    MOVED_PENDING = "moved_pending"
    DUPLICATE = "duplicate"
    NOT_ELIGIBLE = "not_eligible"
    GRADUATED = "graduated"
    EXITED = "exited"


class ConsentPurpose(StrEnum):
    """What a guardian may agree to, each by itself (UU 27/2022 art. 25)."""

    PROGRAMME = "programme"
    DISPLAY = "display"
    PHOTO = "photo"


class PairDecision(StrEnum):
    """What a person said of two records that look alike."""

    OPEN = "open"
    ASKED = "asked"
    DISTINCT = "distinct"
    DUPLICATE = "duplicate"


class PairKind(StrEnum):
    """Whose records a pair compares."""

    CHILD = "child"
    SPONSOR = "sponsor"


class Household(SQLModel, table=True):
    """Where a package goes: one family at one address.

    ``kk_index`` is a keyed hash of the family card number; the number itself is sealed.
    ``confirmed_fields`` says of a field on which day a person confirmed it, so that an older file
    does not write over it. ``receives_from`` and ``receives_until`` are hours at home;
    ``needs_skills`` (codes of ``data/reference/skills.csv``) what the courier must be able to do;
    ``max_walk_m`` how far the family walks to a drop point, 0 being not at all; from ``away_from``
    to ``away_until`` nobody is at home in between; ``delivery_priority`` (1 first, 9 last) goes
    before the need of its children where not all packages fit.
    """

    __table_args__ = (
        CheckConstraint("(lat is null) = (lon is null)", name="lat_with_lon"),
        CheckConstraint("poverty_decile is null or poverty_decile between 1 and 10", name="decile"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, unique=True, max_length=32)
    code: str = Field(unique=True, max_length=20)
    kk_sealed: bytes | None = None
    kk_index: str | None = Field(default=None, index=True, max_length=64)
    guardian_name: str = Field(max_length=200)
    guardian_nik_index: str | None = Field(default=None, max_length=64)
    phone: str | None = Field(default=None, max_length=20)
    address: str = Field(default="", max_length=500)
    rt: str | None = Field(default=None, max_length=10)
    rw: str | None = Field(default=None, max_length=10)
    landmark: str | None = Field(default=None, max_length=200)
    kelurahan_code: str | None = Field(default=None, index=True, max_length=13)
    posyandu: str | None = Field(default=None, max_length=120)
    puskesmas: str | None = Field(default=None, max_length=120)
    lat: float | None = None
    lon: float | None = None
    poverty_decile: int | None = None
    is_at_risk: bool | None = None
    risk_factors: list[str] = Field(default_factory=list, sa_type=JSON)
    receives_from: str | None = Field(default=None, max_length=5)
    receives_until: str | None = Field(default=None, max_length=5)
    needs_skills: list[str] | None = Field(default=None, sa_type=JSON)
    max_walk_m: int | None = None
    away_from: str | None = Field(default=None, max_length=5)
    away_until: str | None = Field(default=None, max_length=5)
    delivery_priority: int | None = None
    confirmed_fields: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    version: int = 1
    updated_at: datetime = Field(sa_type=UTCDateTime)
    updated_by: str = Field(max_length=80)


class Child(SQLModel, table=True):
    """One child; ``code`` stands for the name on labels and lists, and never reaches donors."""

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, unique=True, max_length=32)
    code: str = Field(unique=True, max_length=20)
    household_id: int = Field(foreign_key="household.id", index=True)
    name: str = Field(max_length=200)
    sex: Sex = Field(sa_type=choice(Sex, "sex"))
    born_on: date = Field(index=True)
    nik_sealed: bytes | None = None
    nik_index: str | None = Field(default=None, unique=True, max_length=64)
    nik_masked: str | None = Field(default=None, max_length=16)
    birth_weight_g: int | None = None
    birth_length_mm: int | None = None
    allergies: list[str] = Field(default_factory=list, sa_type=JSON)
    state: ChildState = Field(sa_type=choice(ChildState, "state"))
    review_reasons: list[str] = Field(default_factory=list, sa_type=JSON)
    was_in_programme: bool = Field(default=False, sa_column_kwargs={"server_default": sa_false()})
    """Of a child in review: whether it took part until then."""
    confirmed_haz_on: date | None = None
    paused_until: date | None = None
    exit_reason: str | None = Field(default=None, max_length=40)
    effective_on: date | None = None
    duplicate_of_id: int | None = Field(default=None, foreign_key="child.id")
    registered_month: str = Field(max_length=7)
    confirmed_fields: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    version: int = 1
    updated_at: datetime = Field(sa_type=UTCDateTime)
    updated_by: str = Field(max_length=80)


class Measurement(SQLModel, table=True):
    """One weighing and measuring; z-scores are recomputed here and compared with the file's."""

    __table_args__ = (
        UniqueConstraint("child_id", "measured_on"),
        CheckConstraint("weight_g is null or weight_g > 0", name="weight_positive"),
        CheckConstraint("lenhei_mm is null or lenhei_mm > 0", name="lenhei_positive"),
    )

    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="child.id")
    measured_on: date = Field(index=True)
    weight_g: int | None = None
    lenhei_mm: int | None = None
    position: str | None = Field(default=None, max_length=1)
    muac_mm: int | None = None
    has_oedema: bool = False
    weight_gain: str | None = Field(default=None, max_length=1)
    haz: float | None = None
    waz: float | None = None
    whz: float | None = None
    file_haz: float | None = None
    flags: list[str] = Field(default_factory=list, sa_type=JSON)
    source: str = Field(default="", max_length=200)


class Consent(SQLModel, table=True):
    """A guardian's answer to one purpose; withdrawal takes effect at once.

    A refusal is a paper too: it was withdrawn as it was signed, so that it never is in force.
    """

    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="child.id", index=True)
    purpose: ConsentPurpose = Field(sa_type=choice(ConsentPurpose, "purpose"))
    guardian_name: str = Field(max_length=200)
    evidence: str = Field(default="", max_length=300)
    granted_on: date
    expires_on: date | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    is_refusal: bool = Field(default=False, sa_column_kwargs={"server_default": sa_false()})
    recorded_by: str = Field(max_length=80)


class DuplicatePair(SQLModel, table=True):
    """Two records that may be one person; a person decides."""

    __table_args__ = (
        UniqueConstraint("kind", "first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="ordered"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: PairKind = Field(sa_type=choice(PairKind, "kind"))
    first_id: int
    second_id: int
    score: int
    reasons: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON)
    decision: PairDecision = Field(
        default=PairDecision.OPEN, sa_type=choice(PairDecision, "decision"), index=True
    )
    decided_by: str | None = Field(default=None, max_length=80)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    note: str = Field(default="", max_length=500)


class ChangeState(StrEnum):
    """Where a requested change of a child's data stands."""

    PENDING = "pending"
    APPLIED = "applied"
    REJECTED = "rejected"


class ChangeRequest(SQLModel, table=True):
    """A change asked for from the field (a move of kelurahan), accepted by the office."""

    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="child.id", index=True)
    kind: str = Field(max_length=20)
    payload: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    state: ChangeState = Field(default=ChangeState.PENDING, sa_type=choice(ChangeState, "state"))
    asked_by: str = Field(max_length=80)
    asked_at: datetime = Field(sa_type=UTCDateTime)
    decided_by: str | None = Field(default=None, max_length=80)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    reason: str = Field(default="", max_length=500)
