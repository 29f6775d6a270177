"""A town of three kelurahan in which everything of a family carries the family's own mark.

Whoever is bound to a place may read the marks of its families and no other. The last month is
closed with its report, so that every page has something to show.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.services import children, consents, fulfilment, reconcile, supervision, visit_findings
from api.services.change_requests import request_move
from data.schema import (
    Account,
    Child,
    ChildState,
    CompanionTeam,
    ConsentPurpose,
    ConsumptionCheck,
    CycleChild,
    DropPoint,
    DropPointKind,
    Eaten,
    Household,
    Package,
    Role,
    Sponsor,
    SupervisionVisit,
    VerificationCall,
)
from tests import factories
from tests.factories import NOW, make_account, make_child, make_cycle, make_measurement, stored
from tests.factories_routes import make_dispatched_cycle, package_at, report
from tests.kept import build_anew, kept

WARD, NEXT_WARD, FAR_WARD = "19.71.05.1004", "19.71.05.1005", "19.71.01.1004"
WARD_NAME, NEXT_NAME, FAR_NAME = "Bukit Sari", "Tua Tunu Indah", "Semabung Lama"
HOMES = (
    (WARD, "Mawar", "Selindung"),
    (WARD, "Melati", "Selindung"),
    (WARD, "Melati", "Girimaya"),
    (NEXT_WARD, "Kenanga", "Girimaya"),
    (FAR_WARD, "Mawar", "Selindung"),
    (FAR_WARD, "Teratai", "Girimaya"),
)
"""Kelurahan, posyandu and puskesmas of each family."""
LATER = NOW + timedelta(days=1)


def mark(number: int) -> str:
    """What is in every text of a family and nowhere else."""
    return f"Zq{number:02d}mark"


@dataclass
class Town:
    """The town's families by number, and what of them may be asked for."""

    children: list[str] = field(default_factory=list)
    households: list[str] = field(default_factory=list)
    home_ids: list[int] = field(default_factory=list)
    packages: list[tuple[int, str]] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    reviews: list[int] = field(default_factory=list)
    findings: list[int] = field(default_factory=list)
    month: str = "2026-12"

    def marks(self, number: int) -> Iterator[str]:
        """What betrays a family when it stands on a page."""
        yield mark(number)
        yield self.children[number]
        yield self.households[number]
        yield self.packages[number][1]
        yield self.phones[number][-8:]


@kept
def build_town(session: Session) -> Town:
    """A month of all families, closed with its report, and what has happened since."""
    build_anew(session)
    numbers = iter(range(len(HOMES)))
    made: list[Household] = []
    plain = factories.make_household

    def home(session: Session, **values: Any) -> Household:
        number = next(numbers)
        ward, posyandu, puskesmas = HOMES[number]
        row = plain(
            session, code=f"K-{mark(number)}", guardian_name=f"Wali {mark(number)}",
            address=f"Jl. {mark(number)}", landmark=f"dekat {mark(number)}",
            phone=f"+62819900700{number:02d}", kelurahan_code=ward, posyandu=posyandu,
            puskesmas=puskesmas, **values,
        )  # fmt: skip
        made.append(row)
        return row

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factories, "make_household", home)
        cycle, _, stops, coordinator, courier = make_dispatched_cycle(
            session, num_children=len(HOMES)
        )
    town = Town()
    by_home = {child.household_id: child for child in session.exec(select(Child))}
    for number, row in enumerate(made):
        child = by_home[row.id or 0]
        child.name, child.code = f"Anak {mark(number)}", f"{mark(number)}-1"
        session.add(child)
        frozen = session.exec(select(CycleChild).where(CycleChild.child_id == child.id)).one()
        frozen.kelurahan_code = row.kelurahan_code
        package = session.exec(select(Package).where(Package.child_id == child.id)).one()
        session.add(frozen)
        town.children.append(child.code)
        town.households.append(row.code)
        town.home_ids.append(row.id or 0)
        town.packages.append((package.id or 0, package.code))
        town.phones.append(row.phone or "")
    session.flush()
    for number, stop in enumerate(stops):
        sent = report(package_at(session, stop), f"e{number}")
        fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
    for call in session.exec(select(VerificationCall)).all():
        reconcile.answer_call(session, call=call, answer="received", by=coordinator, now=LATER)
    approver = make_account(session, Role.APPROVER)
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    make_cycle(session, month="2027-01")
    _since(session, town, [by_home[row.id or 0] for row in made], approver)
    return town


def _since(session: Session, town: Town, rows: list[Child], office: Account) -> None:
    """What has happened since the month was closed: something of everything in each family."""
    for number, child in enumerate(rows):
        home = session.get_one(Household, child.household_id)
        make_measurement(
            session, child, measured_on=date(2026, 11, 28), haz=-3.1, whz=-3.4, waz=-3.2,
            lenhei_mm=800, weight_g=8000,
        )  # fmt: skip
        consents.grant_consent(
            session, child=child, purpose=ConsentPurpose.DISPLAY, guardian_name=home.guardian_name,
            granted_on=date(2026, 11, 1), by=office, now=LATER, evidence=mark(number),
        )  # fmt: skip
        children.ask_measurement(
            session, child=child, by=office, now=LATER, reason=f"ukur ulang {mark(number)}"
        )
        sibling = make_child(
            session, household_id=home.id, code=f"{mark(number)}-2", name=f"Adik {mark(number)}",
            state=ChildState.NEEDS_REVIEW, haz=-7.5,
        )  # fmt: skip
        moving = make_child(
            session, household_id=home.id, code=f"{mark(number)}-3", name=f"Kakak {mark(number)}"
        )
        request_move(
            session, child=moving, by=office, now=LATER,
            to={"kelurahan_code": FAR_WARD, "address": f"Jl. baru {mark(number)}"},
        )  # fmt: skip
        stored(
            session,
            ConsumptionCheck(
                cycle_id=1, package_id=town.packages[number][0], child_id=child.id or 0,
                checked_on=date(2026, 12, 2), eaten=Eaten.SHARED, note=mark(number),
                by=office.username, at=LATER,
            ),
        )  # fmt: skip
        visit = supervision.plan_visit(
            session, kelurahan_code=home.kelurahan_code or "", posyandu=home.posyandu or "",
            planned_on=LATER.date(), visitor=office.username, reasons={}, by=office, now=LATER,
        )  # fmt: skip
        finding = visit_findings.add_finding(
            session, visit=visit, text=f"Timbangan {mark(number)}", action=f"Tera {mark(number)}",
            owner=office.username, due_on=LATER.date() + timedelta(days=7), by=office, now=LATER,
        )  # fmt: skip
        town.findings.append(finding.id or 0)
        stored(
            session,
            CompanionTeam(
                name=f"TPK {mark(number)}", kelurahan_code=home.kelurahan_code or "",
                posyandu=[home.posyandu or ""], updated_at=LATER, updated_by="x",
            ),
        )  # fmt: skip
        stored(
            session,
            DropPoint(
                kind=DropPointKind.POSYANDU, name=f"Posyandu {home.posyandu} {number}",
                address=f"Jl. titik {mark(number)}", kelurahan_code=home.kelurahan_code or "",
            ),
        )  # fmt: skip
        del sibling
    for sponsor in session.exec(select(Sponsor)):
        sponsor.name = f"SponsorZqmark {sponsor.id}"
        session.add(sponsor)
    session.flush()


def visits(session: Session) -> list[SupervisionVisit]:
    """All visits, in their order."""
    return list(session.exec(select(SupervisionVisit).order_by(col(SupervisionVisit.id))))


def is_inside(number: int, account: Account) -> bool:
    """By hand: whether a family is in the place of an account."""
    ward, posyandu, puskesmas = HOMES[number]
    area = account.area_code or ""
    return (
        ward.startswith(area)
        and (not account.posyandu or posyandu in account.posyandu)
        and (not account.puskesmas or puskesmas == account.puskesmas)
    )


def bound_accounts(session: Session) -> dict[str, Account]:
    """An account of each kind of place and role; all have a family inside and one outside."""
    kinds: dict[str, tuple[Role, dict[str, Any]]] = {
        "kecamatan": (Role.STAFF, {"area_code": "19.71.05"}),
        "kelurahan": (Role.STAFF, {"area_code": WARD}),
        "posyandu": (Role.STAFF, {"area_code": WARD, "posyandu": ["Melati"]}),
        "puskesmas": (Role.AUDITOR, {"puskesmas": "Girimaya"}),
        "puskesmas clerk": (Role.STAFF, {"puskesmas": "Girimaya"}),
        "approver": (Role.APPROVER, {"area_code": WARD}),
        "coordinator": (Role.COORDINATOR, {"area_code": WARD}),
        "kader": (Role.KADER, {"area_code": WARD, "posyandu": ["Mawar"]}),
    }
    return {name: make_account(session, role, **place) for name, (role, place) in kinds.items()}


def later() -> datetime:
    """When everything of the town has happened."""
    return LATER
