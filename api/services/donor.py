"""What a donor may see: alias, age in months, kecamatan, contents, received month. Nothing else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.documents.models import Goods
from api.documents.report_models import DonorLetter, LetterChild, LetterStatus, Signatory
from api.i18n import translator
from api.sentences.reports import TITLES
from api.services import audit
from api.services.clock import local_date, local_month
from api.services.dispatch import PDF, Export
from api.services.errors import NotFound, Refused
from api.services.months import first_day
from api.services.route_book import imprint_of
from data.queries.goods import lines_by_package
from data.queries.reports import STANDING, receipts_of_month
from data.reference.items import item
from data.reference.kits import completed_months
from data.reference.regions import regions
from data.schema import (
    Assignment,
    AssignmentState,
    Child,
    Consent,
    ConsentPurpose,
    Cycle,
    CycleState,
    DeliveryEvent,
    Household,
    Measurement,
    Package,
    PackageState,
    Pledge,
    Role,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from api.documents.models import Language
    from data.schema import Account, PackageLine, Sponsor

__all__ = ["DonorChild", "DonorMonth", "DonorPledge", "DonorView", "donor_letter", "donor_view"]

SHOWN_STATES = (
    CycleState.APPROVED,
    CycleState.PACKING,
    CycleState.DISTRIBUTING,
    CycleState.RECONCILING,
    CycleState.CLOSED,
)
RECEIVED = (PackageState.ACCEPTED, PackageState.PARTLY_ACCEPTED)
IN_DEPOT = (PackageState.PLANNED, PackageState.RESERVED, PackageState.PACKED)
TREND_Z = 0.1
"""Change of the height-for-age z-score that is called a trend; a working figure."""


@dataclass(frozen=True, slots=True)
class DonorPledge:
    """One pledge of the donor."""

    code: str
    form: str
    num_children: int
    amount_rp: int
    first_month: str
    num_months: int
    state: str
    received_rp: int
    """This month."""


@dataclass(frozen=True, slots=True)
class DonorMonth:
    """One package as a donor may know it: ``received``, ``on_the_way`` or ``planned``."""

    month: str
    status: str
    contents: tuple[tuple[str, int], ...]
    """Item code and units; what was accepted once received."""
    received_month: str | None


@dataclass(frozen=True, slots=True)
class DonorChild:
    """A child by alias. Without consent to display only the alias and the packages are there."""

    alias: str
    age_months: int | None
    sex: str | None
    kecamatan_name: str | None
    trend: str | None
    """``up``, ``steady`` or ``down``; None without consent or with fewer than two measurings."""
    is_current: bool
    months: tuple[DonorMonth, ...]


@dataclass(frozen=True, slots=True)
class DonorView:
    """A donor's own page."""

    sponsor_code: str
    sponsor_name: str
    pledges: tuple[DonorPledge, ...]
    children: tuple[DonorChild, ...]
    num_received: int


def donor_view(session: Session, *, sponsor: Sponsor, now: datetime) -> DonorView:
    """Return what this sponsor may see.

    A child without consent to display is there by alias and packages only. Why a package is late
    is never said.
    """
    pairs = _pairs(session, sponsor)
    children: dict[int, list[tuple[Assignment, Cycle]]] = defaultdict(list)
    for pair, cycle in pairs:
        children[pair.child_id].append((pair, cycle))
    newest = max((cycle.month for _, cycle in pairs), default="")
    shown = tuple(
        _child(session, number, own, newest, now) for number, own in sorted(children.items())
    )
    return DonorView(
        sponsor_code=sponsor.code,
        sponsor_name=sponsor.name,
        pledges=_pledges(session, sponsor, local_month(now)),
        children=shown,
        num_received=sum(m.status == "received" for child in shown for m in child.months),
    )


def donor_letter(
    session: Session,
    *,
    sponsor: Sponsor,
    cycle: Cycle,
    by: Account,
    now: datetime,
    organisation: str = "",
    language: Language = "id",
) -> Export:
    """Return the letter of thanks for a month as PDF; aliases only.

    Raises
    ------
    NotFound
        ``donor.unknown`` when a donor asks for another sponsor's letter.
    Refused
        ``donor.nothing`` when the sponsor has no child in the month.
    """
    from api.documents.letters import donor_letters_pdf

    if by.role == Role.DONOR and by.sponsor_id != sponsor.id:
        audit.record(
            session,
            by=by,
            action="donor:refused",
            subject="sponsor",
            subject_id=sponsor.code,
            now=now,
        )
        raise NotFound("donor.unknown")
    say = translator(language)
    view = donor_view(session, sponsor=sponsor, now=now)
    children = [
        (child, month)
        for child in view.children
        for month in child.months
        if month.month == cycle.month
    ]
    if not children:
        raise Refused("donor.nothing", month=cycle.month)
    received_rp = sum(
        rupiah
        for pledge, rupiah in receipts_of_month(session, month=cycle.month).items()
        if pledge in {row.id for row in _own_pledges(session, sponsor)}
    )
    letter = DonorLetter(
        imprint=imprint_of((), by=by, now=now, organisation=organisation),
        number="",
        sponsor_name=sponsor.name,
        month=first_day(cycle.month),
        dated_on=local_date(now),
        children=tuple(_letter_child(child, month, language) for child, month in children),
        signatory=Signatory(say(TITLES["head"])),
        received_rp=received_rp or None,
    )
    audit.record(
        session,
        by=by,
        action="donor:letter",
        subject="sponsor",
        subject_id=sponsor.code,
        now=now,
        after={"month": cycle.month},
    )
    content = donor_letters_pdf([letter], language=language)
    return Export(f"surat-{sponsor.code}-{cycle.month}.pdf", PDF, content)


def _own_pledges(session: Session, sponsor: Sponsor) -> list[Pledge]:
    rows = select(Pledge).where(Pledge.sponsor_id == sponsor.id).order_by(col(Pledge.id))
    return list(session.exec(rows))


def _pledges(session: Session, sponsor: Sponsor, month: str) -> tuple[DonorPledge, ...]:
    received = receipts_of_month(session, month=month)
    return tuple(
        DonorPledge(
            code=pledge.code,
            form=pledge.form.value,
            num_children=pledge.num_children,
            amount_rp=pledge.amount_rp,
            first_month=pledge.first_month,
            num_months=pledge.num_months,
            state=pledge.state.value,
            received_rp=received.get(pledge.id or 0, 0),
        )
        for pledge in _own_pledges(session, sponsor)
    )


def _pairs(session: Session, sponsor: Sponsor) -> list[tuple[Assignment, Cycle]]:
    rows = session.exec(
        select(Assignment, Cycle)
        .join(Pledge, col(Pledge.id) == Assignment.pledge_id)
        .join(Cycle, col(Cycle.id) == Assignment.cycle_id)
        .where(
            Pledge.sponsor_id == sponsor.id,
            col(Assignment.state).in_(STANDING),
            col(Cycle.state).in_(SHOWN_STATES),
        )
        .order_by(col(Cycle.month), col(Assignment.id))
    )
    return [(pair, cycle) for pair, cycle in rows]


def _child(
    session: Session,
    child_id: int,
    own: list[tuple[Assignment, Cycle]],
    newest: str,
    now: datetime,
) -> DonorChild:
    child = session.get_one(Child, child_id)
    months = tuple(_month(session, pair, cycle) for pair, cycle in own)
    is_current = own[-1][1].month == newest
    if not _may_show(session, child_id, local_date(now)):
        return DonorChild(child.code, None, None, None, None, is_current, months)
    home = session.get_one(Household, child.household_id)
    return DonorChild(
        alias=child.code,
        age_months=completed_months(child.born_on, local_date(now)),
        sex=child.sex.value,
        kecamatan_name=_kecamatan(home.kelurahan_code),
        trend=_trend(session, child_id),
        is_current=is_current,
        months=months,
    )


def _month(session: Session, pair: Assignment, cycle: Cycle) -> DonorMonth:
    package = session.exec(
        select(Package).where(
            Package.cycle_id == cycle.id,
            Package.child_id == pair.child_id,
            Package.state != PackageState.CANCELLED,
        )
    ).first()
    if package is None:
        return _month_without_package(pair, cycle)
    lines: list[PackageLine] = lines_by_package(session, cycle_id=cycle.id or 0).get(
        package.id or 0, []
    )
    if package.state not in RECEIVED:
        status = "planned" if package.state in IN_DEPOT else "on_the_way"
        return DonorMonth(
            cycle.month, status, tuple((x.item_code, x.quantity) for x in lines), None
        )
    event = session.exec(
        select(DeliveryEvent)
        .where(DeliveryEvent.package_id == package.id, col(DeliveryEvent.is_superseded).is_(False))
        .order_by(col(DeliveryEvent.id).desc())
    ).first()
    return DonorMonth(
        month=cycle.month,
        status="received",
        contents=tuple((x.item_code, x.accepted) for x in lines if x.accepted),
        received_month=local_month(event.happened_at) if event else cycle.month,
    )


def _month_without_package(pair: Assignment, cycle: Cycle) -> DonorMonth:
    """Return a month that was handed over before packages were kept here, or is not packed yet."""
    if pair.state in (AssignmentState.FULFILLED, AssignmentState.PARTLY_FULFILLED):
        return DonorMonth(cycle.month, "received", (), cycle.month)
    is_over = cycle.state is CycleState.CLOSED
    return DonorMonth(cycle.month, "on_the_way" if is_over else "planned", (), None)


def _may_show(session: Session, child_id: int, on: date) -> bool:
    found = session.exec(
        select(Consent.id).where(
            Consent.child_id == child_id,
            Consent.purpose == ConsentPurpose.DISPLAY,
            col(Consent.withdrawn_at).is_(None),
            Consent.granted_on <= on,
            col(Consent.expires_on).is_(None) | (col(Consent.expires_on) >= on),
        )
    ).first()
    return found is not None


def _kecamatan(kelurahan_code: str | None) -> str | None:
    if kelurahan_code is None:
        return None
    return regions().kecamatan(regions().kelurahan(kelurahan_code).kecamatan_code).name


def _trend(session: Session, child_id: int) -> str | None:
    """Return the direction of the last two measurings, as a word."""
    last = session.exec(
        select(Measurement.haz)
        .where(Measurement.child_id == child_id, col(Measurement.haz).is_not(None))
        .order_by(col(Measurement.measured_on).desc())
        .limit(2)
    ).all()
    if len(last) < 2 or last[0] is None or last[1] is None:
        return None
    change = last[0] - last[1]
    if abs(change) < TREND_Z:
        return "steady"
    return "up" if change > 0 else "down"


def _letter_child(child: DonorChild, month: DonorMonth, language: Language) -> LetterChild:
    say = translator(language)
    received = month.status == "received"
    return LetterChild(
        alias=child.alias,
        age_band=say(TITLES[_band(child.age_months)]) if child.age_months is not None else "",
        sex=say(TITLES[child.sex]) if child.sex else "",
        kecamatan=child.kecamatan_name or "",
        num_packages=sum(each.status == "received" for each in child.months),
        contents=tuple(_goods(code, units, language) for code, units in month.contents),
        status=LetterStatus.RECEIVED if received else LetterStatus.ON_THE_WAY,
        trend=say(TITLES[child.trend]) if child.trend else "",
    )


def _band(months: int) -> str:
    return f"age_{max(start for start in (0, 6, 12, 24) if start <= max(0, months))}"


def _goods(code: str, units: int, language: Language) -> Goods:
    kind = item(code)
    if language == "en":
        return Goods(kind.name_en, units, kind.unit_en)
    return Goods(kind.name_id, units, kind.unit_id)
