"""Rows for tests: valid by themselves; a test names only what it is about."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, select

from api.services.donor_aliases import aliases_of, name_children
from data.schema import (
    Account,
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    Consent,
    ConsentPurpose,
    Cycle,
    CycleChild,
    CyclePledge,
    CycleState,
    Depot,
    DropPoint,
    DropPointKind,
    Household,
    MatchRun,
    Measurement,
    Pledge,
    PledgeForm,
    Role,
    RunState,
    Sex,
    Sponsor,
    SponsorKind,
    StockItem,
    Vehicle,
    VehicleKind,
)
from tests.kept import kept

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
KELURAHAN = "19.71.05.1004"
"""Bukit Sari, Gerunggang."""

_numbers = count(1)
Row = TypeVar("Row", bound=SQLModel)


def stored(session: Session, row: Row) -> Row:
    """Add a row and give it its id."""
    session.add(row)
    session.flush()
    return row


def make_account(session: Session, role: Role = Role.STAFF, **values: Any) -> Account:
    """A person who signs in."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "username": f"{role.value}{number}",
        "full_name": f"{role.value.title()} {number}",
        "role": role,
        "created_at": NOW,
    }
    if role is Role.KADER:
        fields |= {"area_code": KELURAHAN, "posyandu": ["Mawar"]}
    return stored(session, Account(**fields | values))


def make_household(session: Session, **values: Any) -> Household:
    """A family in Bukit Sari."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "code": f"K-T-{number:03d}",
        "guardian_name": f"Wali {number}",
        "phone": f"+62811{number:07d}",
        "address": f"Jl. Contoh No. {number}",
        "rt": "003",
        "rw": "001",
        "kelurahan_code": KELURAHAN,
        "lat": -2.11814,
        "lon": 106.10121,
        "updated_at": NOW,
        "updated_by": "test",
    }
    return stored(session, Household(**fields | values))


def make_child(
    session: Session, *, haz: float | None = -2.5, consented: bool = True, **values: Any
) -> Child:
    """A stunted child of two and a half years, measured last month, with programme consent.

    ``haz=None`` makes no measurement, ``consented=False`` no consent.
    """
    number = next(_numbers)
    household_id = values.pop("household_id", None) or make_household(session).id
    fields: dict[str, Any] = {
        "code": f"T-{number:03d}",
        "household_id": household_id,
        "name": f"Anak {number}",
        "sex": Sex.FEMALE,
        "born_on": date(2024, 6, 1),
        "state": ChildState.ELIGIBLE,
        "registered_month": "2026-10",
        "updated_at": NOW,
        "updated_by": "test",
    }
    child = stored(session, Child(**fields | values))
    if haz is not None:
        make_measurement(session, child, haz=haz)
    if consented:
        make_consent(session, child)
    return child


def make_measurement(session: Session, child: Child, **values: Any) -> Measurement:
    """A measurement of November."""
    fields: dict[str, Any] = {
        "child_id": child.id,
        "measured_on": date(2026, 11, 10),
        "weight_g": 9500,
        "lenhei_mm": 800,
        "position": "h",
        "haz": -2.5,
        "source": "test",
    }
    return stored(session, Measurement(**fields | values))


def make_consent(
    session: Session,
    child: Child,
    purpose: ConsentPurpose = ConsentPurpose.PROGRAMME,
    **values: Any,
) -> Consent:
    """A consent in force."""
    fields: dict[str, Any] = {
        "child_id": child.id,
        "purpose": purpose,
        "guardian_name": "Wali",
        "granted_on": date(2026, 10, 1),
        "recorded_by": "test",
    }
    return stored(session, Consent(**fields | values))


def make_sponsor(session: Session, **values: Any) -> Sponsor:
    """A civil servant who lives in Bukit Sari."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "code": f"OTA-T{number:03d}",
        "name": f"Sponsor {number}",
        "kind": SponsorKind.CIVIL_SERVANT,
        "phone": f"+62812{number:07d}",
        "kelurahan_code": KELURAHAN,
        "lat": -2.1180,
        "lon": 106.1010,
        "updated_at": NOW,
        "updated_by": "test",
    }
    return stored(session, Sponsor(**fields | values))


def make_pledge(session: Session, **values: Any) -> Pledge:
    """A pledge for two children a month over the whole of 2026 and 2027."""
    number = next(_numbers)
    sponsor_id = values.pop("sponsor_id", None) or make_sponsor(session).id
    fields: dict[str, Any] = {
        "code": f"J-T{number:03d}",
        "sponsor_id": sponsor_id,
        "form": PledgeForm.GOODS,
        "num_children": 2,
        "first_month": "2026-01",
        "num_months": 24,
        "updated_at": NOW,
        "updated_by": "test",
    }
    return stored(session, Pledge(**fields | values))


def show_to_donors(session: Session) -> None:
    """Let every guardian consent to what donors may see of a child."""
    for child in session.exec(select(Child)).all():
        make_consent(session, child, purpose=ConsentPurpose.DISPLAY)


def known_as(session: Session, child: Child, sponsor: Sponsor) -> str:
    """What a sponsor knows a child of its own by."""
    name_children(session, sponsor)
    return aliases_of(session, sponsor)[child.id or 0]


def make_cycle(session: Session, month: str = "2026-12", **values: Any) -> Cycle:
    """A month in draft."""
    fields: dict[str, Any] = {"city_code": "19.71", "month": month, "updated_at": NOW}
    return stored(session, Cycle(**fields | values))


def make_cycle_child(session: Session, cycle: Cycle, child: Child, **values: Any) -> CycleChild:
    """A child of a locked month's snapshot."""
    fields: dict[str, Any] = {
        "cycle_id": cycle.id,
        "child_id": child.id,
        "household_id": child.household_id,
        "is_eligible": True,
        "tier": 3,
        "points": 300,
        "haz": -2.5,
        "age_days": 913,
        "kelurahan_code": KELURAHAN,
        "lat": -2.11814,
        "lon": 106.10121,
    }
    return stored(session, CycleChild(**fields | values))


def make_cycle_pledge(session: Session, cycle: Cycle, pledge: Pledge, **values: Any) -> CyclePledge:
    """A pledge of a locked month's snapshot."""
    fields: dict[str, Any] = {
        "cycle_id": cycle.id,
        "pledge_id": pledge.id,
        "sponsor_id": pledge.sponsor_id,
        "capacity": pledge.num_children,
    }
    return stored(session, CyclePledge(**fields | values))


def make_match_run(session: Session, cycle: Cycle, **values: Any) -> MatchRun:
    """A finished run; the month stands on it."""
    fields: dict[str, Any] = {
        "cycle_id": cycle.id,
        "state": RunState.DONE,
        "seed": 1,
        "by": "test",
        "started_at": NOW,
        "finished_at": NOW,
    }
    run = stored(session, MatchRun(**fields | values))
    cycle.match_run_id = run.id
    stored(session, cycle)
    return run


def make_assignment(
    session: Session, run: MatchRun, child: Child, pledge: Pledge, **values: Any
) -> Assignment:
    """An approved pair of a run."""
    fields: dict[str, Any] = {
        "cycle_id": run.cycle_id,
        "match_run_id": run.id,
        "child_id": child.id,
        "pledge_id": pledge.id,
        "state": AssignmentState.APPROVED,
    }
    return stored(session, Assignment(**fields | values))


@kept
def make_approved_cycle(
    session: Session, *, num_children: int = 3, month: str = "2026-12"
) -> tuple[Cycle, list[Assignment]]:
    """A month that was approved, each child with a pledge of its own: packing starts from it."""
    cycle = make_cycle(session, month, state=CycleState.APPROVED, proposed_by="staff")
    run = make_match_run(session, cycle)
    pairs = []
    for _ in range(num_children):
        child, pledge = make_child(session), make_pledge(session, num_children=1)
        make_cycle_child(session, cycle, child)
        make_cycle_pledge(session, cycle, pledge)
        pairs.append(make_assignment(session, run, child, pledge))
    return cycle, pairs


def make_depot(session: Session, **values: Any) -> Depot:
    """A warehouse in Kejaksaan."""
    number = next(_numbers)
    fields: dict[str, Any] = {"name": f"Gudang {number}", "lat": -2.12398, "lon": 106.104238}
    return stored(session, Depot(**fields | values))


def make_drop_point(session: Session, **values: Any) -> DropPoint:
    """A posyandu in Bukit Sari."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "kind": DropPointKind.POSYANDU,
        "name": f"Posyandu {number}",
        "kelurahan_code": KELURAHAN,
        "lat": -2.1182,
        "lon": 106.1013,
    }
    return stored(session, DropPoint(**fields | values))


def make_vehicle(session: Session, **values: Any) -> Vehicle:
    """A pick-up."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "name": f"Pikap {number}",
        "kind": VehicleKind.PICKUP,
        "capacity_g": 800_000,
        "capacity_ml": 2_000_000,
    }
    return stored(session, Vehicle(**fields | values))


def make_stock(session: Session, depot: Depot, item_code: str, on_hand: int) -> StockItem:
    """Goods in a depot."""
    return stored(session, StockItem(depot_id=depot.id or 0, item_code=item_code, on_hand=on_hand))
