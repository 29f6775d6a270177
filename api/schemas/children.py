"""Wire models of children and households; every field is listed, so that none slips out."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.schemas.phones import PhoneNumber
from api.schemas.seen import as_seen
from api.security import seen_fields, seen_name, seen_text
from api.services.children import ChildSheet
from data.queries.people import ChildLine
from data.schema import (
    ChangeRequest,
    ChangeState,
    ChildState,
    ConsentPurpose,
    Household,
    Role,
    Sex,
)


class MeasurementView(BaseModel):
    """One measurement; lengths in millimetres, weights in grams."""

    model_config = ConfigDict(from_attributes=True)

    measured_on: date
    weight_g: int | None
    lenhei_mm: int | None
    position: str | None
    haz: float | None
    waz: float | None
    whz: float | None
    file_haz: float | None
    weight_gain: str | None
    flags: list[str]


class ConsentView(BaseModel):
    """A guardian's consent to one purpose."""

    model_config = ConfigDict(from_attributes=True)

    purpose: ConsentPurpose
    granted_on: date
    expires_on: date | None
    withdrawn_at: datetime | None
    is_refusal: bool


class ChangeRequestView(BaseModel):
    """A change asked for from the field."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: str
    state: ChangeState
    payload: dict[str, object]
    asked_by: str
    asked_at: datetime
    reason: str


def change_request_view(request: ChangeRequest, role: Role) -> ChangeRequestView:
    """Return a change asked for as a role may see it."""
    view = ChangeRequestView.model_validate(request)
    payload = seen_fields(view.payload, "household", role)
    return view.model_copy(update={"payload": payload, "reason": seen_text(view.reason, role)})


class HouseholdView(BaseModel):
    """Where a package goes; no number of a family card."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    guardian_name: str
    phone: str | None
    address: str
    rt: str | None
    rw: str | None
    landmark: str | None
    kelurahan_code: str | None
    posyandu: str | None
    puskesmas: str | None
    lat: float | None
    lon: float | None
    receives_from: str | None
    receives_until: str | None
    needs_skills: list[str] | None
    max_walk_m: int | None
    away_from: str | None
    away_until: str | None
    delivery_priority: int | None
    version: int


class HouseholdPovertyView(HouseholdView):
    """A household with what makes its children needier; for the office only."""

    poverty_decile: int | None
    is_at_risk: bool | None
    risk_factors: list[str]


def household_view(home: Household, role: Role) -> HouseholdView:
    """Return a household as a role may see it."""
    kind = HouseholdView if role is Role.COORDINATOR else HouseholdPovertyView
    return as_seen(kind.model_validate(home), role)


class ChildRow(BaseModel):
    """A line of the list of children."""

    code: str
    name: str
    sex: Sex
    born_on: date
    state: ChildState
    kelurahan_code: str | None
    haz: float | None
    measured_on: date | None

    @classmethod
    def of(cls, line: ChildLine, role: Role) -> "ChildRow":
        """Read a line as a role may see it."""
        child = line.child
        return cls(
            code=child.code,
            name=seen_name(child.name, role),
            sex=child.sex,
            born_on=child.born_on,
            state=child.state,
            kelurahan_code=line.household.kelurahan_code,
            haz=line.haz,
            measured_on=line.measured_on,
        )


class ChildList(BaseModel):
    """A page of children; ``next_after`` asks for the next one."""

    items: list[ChildRow]
    next_after: str | None


class ChildView(BaseModel):
    """All that the office keeps of one child; the NIK is masked."""

    code: str
    name: str
    sex: Sex
    born_on: date
    nik_masked: str | None
    birth_weight_g: int | None
    birth_length_mm: int | None
    allergies: list[str]
    state: ChildState
    review_reasons: list[str]
    paused_until: date | None
    exit_reason: str | None
    effective_on: date | None
    registered_month: str
    version: int
    household: HouseholdPovertyView
    sibling_codes: list[str]
    measurements: list[MeasurementView]
    consents: list[ConsentView]
    requests: list[ChangeRequestView]

    @classmethod
    def of(cls, sheet: ChildSheet, role: Role) -> "ChildView":
        """Read a sheet as a role may see it."""
        child = sheet.child
        home = household_view(sheet.household, role)
        assert isinstance(home, HouseholdPovertyView)  # noqa: S101 - readers of children only
        return cls(
            code=child.code,
            name=seen_name(child.name, role),
            sex=child.sex,
            born_on=child.born_on,
            nik_masked=child.nik_masked,
            birth_weight_g=child.birth_weight_g,
            birth_length_mm=child.birth_length_mm,
            allergies=child.allergies,
            state=child.state,
            review_reasons=child.review_reasons,
            paused_until=child.paused_until,
            exit_reason=child.exit_reason,
            effective_on=child.effective_on,
            registered_month=child.registered_month,
            version=child.version,
            household=home,
            sibling_codes=[one.code for one in sheet.siblings],
            measurements=[MeasurementView.model_validate(one) for one in sheet.measurements],
            consents=[ConsentView.model_validate(one) for one in sheet.consents],
            requests=[change_request_view(one, role) for one in sheet.requests],
        )


class ChildStanding(BaseModel):
    """Where a child stands after an act."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    state: ChildState
    version: int


CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
"""A time of day."""


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ChildEdit(_Sent):
    """Fields of a child to save onto the version that was read; absent ones stay."""

    base_version: int = Field(ge=1)
    name: str | None = Field(default=None, min_length=1, max_length=200)
    sex: Sex | None = None
    born_on: date | None = None
    birth_weight_g: int | None = Field(default=None, ge=0, le=8000)
    birth_length_mm: int | None = Field(default=None, ge=0, le=700)
    allergies: list[str] | None = None


class HouseholdEdit(_Sent):
    """Fields of a household to save onto the version that was read; absent ones stay."""

    base_version: int = Field(ge=1)
    guardian_name: str | None = Field(default=None, max_length=200)
    phone: PhoneNumber | None = None
    address: str | None = Field(default=None, max_length=500)
    rt: str | None = Field(default=None, max_length=10)
    rw: str | None = Field(default=None, max_length=10)
    landmark: str | None = Field(default=None, max_length=200)
    kelurahan_code: str | None = Field(default=None, max_length=13)
    posyandu: str | None = Field(default=None, max_length=120)
    puskesmas: str | None = Field(default=None, max_length=120)
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    poverty_decile: int | None = Field(default=None, ge=1, le=10)
    is_at_risk: bool | None = None
    receives_from: str | None = Field(default=None, pattern=CLOCK)
    receives_until: str | None = Field(default=None, pattern=CLOCK)
    needs_skills: list[str] | None = None
    max_walk_m: int | None = Field(default=None, ge=0, le=20_000)
    away_from: str | None = Field(default=None, pattern=CLOCK)
    away_until: str | None = Field(default=None, pattern=CLOCK)
    delivery_priority: int | None = Field(default=None, ge=1, le=9)


class PointIn(_Sent):
    """Where a home is, onto the version that was read."""

    base_version: int = Field(ge=1)
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class Reason(_Sent):
    """Why something is done."""

    reason: str = Field(default="", max_length=500)


class Pause(Reason):
    """Until when a child is left out, and why."""

    until: date


class Leave(Reason):
    """From which day a child is out, and why."""

    effective_on: date


class ConsentGrant(_Sent):
    """What a guardian signed."""

    purpose: ConsentPurpose
    guardian_name: str = Field(max_length=200)
    granted_on: date
    expires_on: date | None = None
    evidence: str = Field(default="", max_length=300)
    is_refusal: bool = False
    """The guardian says no; ``granted_on`` is the day of that paper, ``expires_on`` is left out."""


class Move(_Sent):
    """Where a family moved, as reported from the field."""

    address: str = Field(min_length=1, max_length=500)
    kelurahan_code: str = Field(max_length=13)
    rt: str | None = Field(default=None, max_length=10)
    rw: str | None = Field(default=None, max_length=10)
    landmark: str | None = Field(default=None, max_length=200)
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)


class Decision(Reason):
    """Whether a requested change is accepted; of an accepted exit also why the child leaves."""

    accept: bool
    exit_reason: str = Field(default="", max_length=20)


class ChildExport(BaseModel):
    """Why a list of children leaves the house, and the password that opens it."""

    model_config = ConfigDict(extra="forbid")

    purpose: str = Field(max_length=200)
    password: SecretStr = Field(max_length=200)
    state: ChildState | None = None
    kelurahan_code: str = Field(default="", max_length=13)
