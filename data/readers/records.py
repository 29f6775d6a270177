"""What the readers hand out: plain frozen records, issues and the result of one file.

Lengths are millimetres, weights grams, money whole rupiah; a field that the file left empty is
``None``. ``row`` is always the row number that staff see in their spreadsheet program.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

__all__ = [
    "AidForm",
    "Cell",
    "ChildRecord",
    "ConsentRecord",
    "Counts",
    "DateOrder",
    "DateOrderQuestion",
    "DeliveryResultRecord",
    "FileRefused",
    "HouseholdRiskRecord",
    "Issue",
    "Items",
    "Kind",
    "LastMonthPair",
    "Match",
    "MeasurementRecord",
    "OtherHelpRecord",
    "Place",
    "PlaceKind",
    "PlaceRecord",
    "PledgeItem",
    "Position",
    "ReadResult",
    "Record",
    "Regions",
    "RejectedRow",
    "Severity",
    "Sex",
    "SponsorKind",
    "SponsorRecord",
    "StockRecord",
    "VehicleKind",
    "VehicleRecord",
]

Cell = str | float | int | bool | date | datetime | time | None
DateOrder = Literal["dmy", "mdy"]


class Kind(StrEnum):
    """What a file is about; recognised by its headers, never by its name."""

    CHILDREN = "children"
    KRS = "krs"
    SPONSORS = "sponsors"
    PLACES = "places"
    FLEET = "fleet"
    STOCK = "stock"
    LAST_MONTH = "last_month"
    RESULTS = "results"
    CONSENTS = "consents"
    OTHER_HELP = "other_help"


class Severity(StrEnum):
    """Whether an issue keeps its row out (``rejected``) or only asks for a look (``warning``)."""

    REJECTED = "rejected"
    WARNING = "warning"


class Sex(StrEnum):
    """Sex of a child."""

    MALE = "male"
    FEMALE = "female"


class Position(StrEnum):
    """How the length was taken (*Cara Ukur*: berdiri, terlentang)."""

    STANDING = "standing"
    LYING = "lying"


class SponsorKind(StrEnum):
    """Who the sponsor is (*Jenis*: perorangan, ASN, perusahaan, lembaga)."""

    PERSON = "person"
    CIVIL_SERVANT = "civil_servant"
    COMPANY = "company"
    INSTITUTION = "institution"


class AidForm(StrEnum):
    """In what form the sponsor gives (*Bentuk*: uang, barang, keduanya)."""

    MONEY = "money"
    GOODS = "goods"
    BOTH = "both"


class PlaceKind(StrEnum):
    """What a place is for (*Jenis*: gudang, posyandu, kantor kelurahan)."""

    DEPOT = "depot"
    POSYANDU = "posyandu"
    KELURAHAN_OFFICE = "kelurahan_office"


class VehicleKind(StrEnum):
    """Kind of vehicle (*Jenis*: motor, pikap, mobil, perahu)."""

    MOTORCYCLE = "motorcycle"
    PICKUP = "pickup"
    CAR = "car"
    BOAT = "boat"


class Match(Protocol):
    """What a resolver found for a name that somebody typed."""

    @property
    def code(self) -> str:
        """Official code, such as ``19.71.05.1004``."""

    @property
    def score(self) -> float:
        """Likeness of the names, 0 to 100."""

    @property
    def exact(self) -> bool:
        """Whether the name or a listed alias fits apart from case, spaces and signs."""


class Place(Protocol):
    """A kelurahan or kecamatan of the reference data."""

    @property
    def name(self) -> str:
        """Official name."""


class Regions(Protocol):
    """What the readers ask of ``data/reference/regions.py``."""

    def resolve_kelurahan(self, name: str, kecamatan: str | None = None) -> Match | None:
        """Return the best kelurahan for a typed name, within a kecamatan where one is given."""

    def resolve_kecamatan(self, name: str) -> Match | None:
        """Return the best kecamatan for a typed name."""

    def kelurahan(self, code: str) -> Place:
        """Return the kelurahan of an official code."""

    def kecamatan(self, code: str) -> Place:
        """Return the kecamatan of an official code."""


class Items(Protocol):
    """What the readers ask of the reference data about goods."""

    def resolve_item(self, name: str) -> str | None:
        """Return the item code of a typed name or synonym, or ``None``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementRecord:
    """One measuring of a child, as the file states it."""

    row: int
    measured_on: date
    weight_g: int | None = None
    height_mm: int | None = None
    position: Position | None = None
    muac_mm: int | None = None
    """Mid-upper-arm circumference (LiLA)."""
    stated_waz: float | None = None
    stated_haz: float | None = None
    stated_whz: float | None = None
    stated_weight_for_age: str | None = None
    """Label of BB/U as written; *Outlier* and ``-`` are kept as ``None``."""
    stated_height_for_age: str | None = None
    stated_weight_for_height: str | None = None
    weight_gain: Literal["N", "T", "O", "B"] | None = None
    vitamin_a_doses: int | None = None
    supplement_g: int | None = None
    """PMT received, of the older exports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRecord:
    """One child with every measuring that the file has of it, oldest first."""

    row: int
    """The first row of the child."""
    rows: tuple[int, ...]
    """All rows that were merged into this record."""
    name: str
    born_on: date
    sex: Sex
    nik: str | None = field(default=None, repr=False)
    """Sixteen digits."""
    family_card: str | None = field(default=None, repr=False)
    """Number of the family card (KK), sixteen digits."""
    parent_name: str | None = None
    parent_nik: str | None = field(default=None, repr=False)
    parent_phone: str | None = None
    kecamatan_code: str | None = None
    kelurahan_code: str | None = None
    puskesmas: str | None = None
    posyandu: str | None = None
    rt: str | None = None
    rw: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    birth_weight_g: int | None = None
    birth_length_mm: int | None = None
    child_code: str | None = None
    """Our own code, when a list of ours comes back."""
    measurements: tuple[MeasurementRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdRiskRecord:
    """A family at risk of stunting (*keluarga risiko stunting*, KRS); it names no child."""

    row: int
    family_card: str | None = field(default=None, repr=False)
    family_code: str | None = None
    head_name: str | None = None
    head_nik: str | None = field(default=None, repr=False)
    wife_name: str | None = None
    wife_nik: str | None = field(default=None, repr=False)
    kecamatan_code: str | None = None
    kelurahan_code: str | None = None
    address: str | None = None
    has_child_0_23_months: bool | None = None
    has_child_24_59_months: bool | None = None
    is_fertile_couple: bool | None = None
    is_pregnant: bool | None = None
    lacks_safe_water: bool | None = None
    lacks_safe_latrine: bool | None = None
    wife_too_young: bool | None = None
    wife_too_old: bool | None = None
    births_too_close: bool | None = None
    too_many_children: bool | None = None
    no_modern_contraception: bool | None = None
    assistance_codes: tuple[int, ...] = ()
    """*Jenis pendampingan*, 1 to 8; 6 is a sponsor for a stunted child."""
    welfare_decile: int | None = None
    """1 poorest to 10."""
    is_priority: bool | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeItem:
    """Goods promised or held: ``telur 30 butir``."""

    item_code: str | None
    """``None`` when no item of the reference data has that name."""
    name: str
    """As written."""
    quantity: Decimal
    unit: str
    """Canonical word of the unit as written: kg, g, liter, ml, butir, papan, dus …"""
    base_quantity: int | None
    """In grams, millilitres or pieces; ``None`` when the unit has no fixed size (dus)."""
    base_unit: Literal["g", "ml", "piece"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorRecord:
    """One line of a list of sponsors: who, and what he promises each month."""

    row: int
    name: str
    sponsor_kind: SponsorKind
    sponsor_code: str | None = None
    nik: str | None = field(default=None, repr=False)
    nip: str | None = field(default=None, repr=False)
    """Number of a civil servant, eighteen digits."""
    organisation: str | None = None
    phone: str | None = None
    """``+62…``."""
    email: str | None = None
    address: str | None = None
    kecamatan_code: str | None = None
    kelurahan_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    num_children: int | None = None
    """Children per month."""
    donation_rp: int | None = None
    """Rupiah per month."""
    aid_form: AidForm
    goods: tuple[PledgeItem, ...] = ()
    """Goods per month."""
    area_codes: tuple[str, ...] = ()
    """Codes of kecamatan and kelurahan that the sponsor accepts; empty means everywhere."""
    wish_area_codes: tuple[str, ...] = ()
    """Those that the sponsor would rather have (*Keinginan Wilayah*); empty = not said."""
    starts_on: date | None = None
    """First day of the first month."""
    num_months: int | None = None
    is_willing: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRecord:
    """A depot, a posyandu or the office of a kelurahan."""

    row: int
    place_kind: PlaceKind
    name: str
    address: str | None = None
    kecamatan_code: str | None = None
    kelurahan_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    posyandu_day: int | None = None
    """Day of the month on which the posyandu opens."""
    opens_at: time | None = None
    """Local time."""
    closes_at: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleRecord:
    """A vehicle, what it carries, and when and who drives it."""

    row: int
    name: str
    vehicle_kind: VehicleKind
    plate: str | None = None
    capacity_g: int
    capacity_ml: int | None = None
    has_cool_box: bool = False
    shift_starts_at: time | None = None
    """Local time."""
    shift_ends_at: time | None = None
    weekdays: tuple[int, ...] = ()
    """Monday is 0; empty means every day."""
    depot_name: str | None = None
    courier_name: str | None = None
    courier_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRecord:
    """Goods in a depot."""

    row: int
    item: PledgeItem
    expires_on: date | None = None
    depot_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastMonthPair:
    """Who supported whom; from our own report or from a list kept by hand."""

    row: int
    month: date | None = None
    """First day of the month."""
    child_code: str | None = None
    child_name: str
    child_born_on: date | None = None
    parent_name: str | None = None
    address: str | None = None
    kecamatan_code: str | None = None
    kelurahan_code: str | None = None
    sponsor_code: str | None = None
    sponsor_name: str | None = None
    sponsor_phone: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryResultRecord:
    """One filled line of our route sheet; always ``accepted + rejected = loaded``."""

    row: int
    line_id: str
    route: str | None = None
    position: int | None = None
    package_code: str | None = None
    recipient: str | None = None
    num_loaded: int
    num_accepted: int
    num_rejected: int
    reason: str | None = None
    """Always there when something was not accepted."""
    delivered_on: date | None = None
    received_by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """What a guardian agreed to for one child."""

    row: int
    nik: str | None = field(default=None, repr=False)
    child_name: str | None = None
    born_on: date | None = None
    guardian_name: str
    programme: bool
    display: bool | None
    photo: bool | None
    """None where the cell is empty: silence is neither consent nor a refusal."""
    consented_on: date
    evidence: str | None = None
    allergies: tuple[str, ...] | None = None
    """Codes of the reference data; ``()`` when the guardian said there is none, ``None`` when
    nothing was said."""
    other_allergies: tuple[str, ...] = ()
    """Words that no code is known for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherHelpRecord:
    """A child, or a family by its card, on the list of another programme."""

    row: int
    programme: str
    """``mbg``, ``pmt`` or ``pkh``."""
    month: date | None = None
    """First day of the month; None where the list does not say."""
    nik: str | None = field(default=None, repr=False)
    family_card: str | None = field(default=None, repr=False)
    child_name: str | None = None
    born_on: date | None = None


Record = (
    ChildRecord
    | HouseholdRiskRecord
    | SponsorRecord
    | PlaceRecord
    | VehicleRecord
    | StockRecord
    | LastMonthPair
    | DeliveryResultRecord
    | ConsentRecord
    | OtherHelpRecord
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What is wrong with one cell, one row or one column."""

    row: int
    """Row in the file; the header row for what concerns a whole column or the sheet."""
    column: str | None
    """Header as written in the file; ``None`` for the whole row."""
    value: str
    """The cell as text; NIK, NIP and KK masked."""
    code: str
    """Key of :data:`data.readers.messages.MESSAGES`."""
    params: Mapping[str, str | int | float] = field(default_factory=dict)
    suggestion: str | None = None
    """A value that would probably be right."""
    severity: Severity = Severity.REJECTED


@dataclass(frozen=True, slots=True)
class Counts:
    """Where every row of the file went: ``total = accepted + merged + rejected + waiting``."""

    total: int
    accepted: int
    """Rows that became a record."""
    merged: int
    """Rows that were joined to a record of another row (measurings, repeated children)."""
    rejected: int
    waiting: int = 0
    """All rows, while a question about the file is open; otherwise 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateOrderQuestion:
    """Columns whose every date could be day-first or month-first; a person must say."""

    columns: tuple[str, ...]
    examples: tuple[tuple[str, date, date], ...]
    """A cell as written, its day-first reading, its month-first reading."""
    suggested: DateOrder | None = None
    """What other columns of the file and the birth dates inside NIKs speak for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """The original cells of a row that was kept out, so that it can be mended."""

    row: int
    cells: tuple[Cell, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """All that one sheet gave."""

    kind: Kind
    file_name: str
    sha256: str
    """Of the file's bytes, hexadecimal."""
    sheet: str | None
    """``None`` for CSV."""
    header_row: int
    """Row number of the last header row."""
    headers: tuple[str, ...]
    """As written in the file."""
    records: tuple[Record, ...] = field(repr=False)
    issues: tuple[Issue, ...] = field(repr=False)
    counts: Counts
    rejected_rows: tuple[RejectedRow, ...] = field(default=(), repr=False)
    question: DateOrderQuestion | None = None
    """When set, nothing was read: call again with ``date_order``."""
    ignored_columns: tuple[str, ...] = ()
    """Headers that nothing was taken from."""


class FileRefused(Exception):
    """The file as a whole cannot be read; ``code`` and ``params`` give the sentence."""

    def __init__(self, code: str, **params: str | int | float | list[Kind]) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, str | int | float | list[Kind]] = params
