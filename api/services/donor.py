"""What a donor may see: alias, age in months, kecamatan, contents, received month. Nothing else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.capacity import RUNNING, rests_in
from api.services.clock import local_date, local_month
from api.services.corrected_judgements import corrected_judgements
from api.services.donor_aliases import aliases_of
from api.services.months import first_day, later_month, month_of
from api.services.package_states import IN_DEPOT
from api.services.payment_guides import payment_guide
from api.services.pledges import LATE_AFTER_DAY, pledge_month
from data.queries.deliveries import lines_of_package
from data.queries.reports import COUNTED
from data.reference.kits import completed_months
from data.reference.regions import regions
from data.schema import (
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    Consent,
    ConsentPurpose,
    Cycle,
    CycleState,
    DeliveryEvent,
    DeliveryPhoto,
    Household,
    Measurement,
    Package,
    PackageState,
    Pledge,
    PledgeForm,
    Replacement,
    Stop,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from api.services.corrected_judgements import Judged
    from data.schema import PackageLine, PaymentGuide, Sponsor

__all__ = [
    "DonorChild",
    "DonorMonth",
    "DonorPledge",
    "DonorView",
    "HiddenChild",
    "donor_view",
    "has_consent",
    "own_pledges",
    "shown_photo",
]

SHOWN_STATES = (
    CycleState.APPROVED,
    CycleState.PACKING,
    CycleState.DISTRIBUTING,
    CycleState.RECONCILING,
    CycleState.CLOSED,
)
RECEIVED = (PackageState.ACCEPTED, PackageState.PARTLY_ACCEPTED)
ENDED_PAIRS = (AssignmentState.WITHDRAWN, AssignmentState.REPLACED)
TREND_Z = 0.1
"""Change of the height-for-age z-score that is called a trend; a working figure."""


PROOF_KEPT = timedelta(days=90)
"""How long children and proof stay readable after the last pledge has ended."""
NEWS = {ChildState.GRADUATED: "graduated", ChildState.EXITED: "left"}
"""What is said of a child that is no longer in the programme; never why."""


@dataclass(frozen=True, slots=True)
class DonorPledge:
    """One pledge of the donor, as it stands this month."""

    code: str
    form: str
    num_children: int
    amount_rp: int
    first_month: str
    num_months: int
    state: str
    is_running: bool
    promised_rp: int
    """Money of this month; 0 when none was promised or none is asked for."""
    received_rp: int
    """This month."""
    is_received: bool
    """Whether anything came in this month, money or goods."""
    due_on: date | None
    """Until when it is awaited this month; None when nothing is due."""
    is_late: bool
    """Whether that day has passed."""
    suspended_from: date | None
    suspended_until: date | None
    ended_on: date | None
    hold_until: date | None
    last_day: date
    """Until when it was promised."""


@dataclass(frozen=True, slots=True)
class DonorMonth:
    """One package as a donor may know it.

    ``received``, ``on_the_way``, ``planned``, ``handed_on`` (the pledge gives nothing any more and
    nobody decided yet who goes on), ``waiting`` (left for next month) or ``missed``: what a month
    that was closed did not bring; never why.
    """

    month: str
    status: str
    contents: tuple[tuple[str, int], ...]
    """Item code and units; what was accepted once received."""
    received_month: str | None
    has_photo: bool = False
    """Whether the guardian agreed to a photo and a person found no face on it."""
    age_months: int | None = None
    """The child's whole months on the month's first day; None of one no longer in the programme."""

    @property
    def has_left(self) -> bool:
        """Whether the package is more than prepared: the month before is of interest until then."""
        return self.status not in ("planned", "handed_on")


@dataclass(frozen=True, slots=True)
class DonorChild:
    """A child of whom the guardian lets a donor know, by the name that this donor knows it by."""

    alias: str
    age_months: int | None
    sex: str
    kecamatan_name: str | None
    trend: str | None
    """``up``, ``steady`` or ``down``; None with fewer than two measurings."""
    is_current: bool
    news: str | None
    """``graduated`` or ``left`` for a child no longer in the programme; never why."""
    months: tuple[DonorMonth, ...]


@dataclass(frozen=True, slots=True)
class HiddenChild:
    """A child whose guardian does not let it be shown: only that packages arrived."""

    received: tuple[str, ...]
    """The months whose package arrived."""
    is_current: bool


@dataclass(frozen=True, slots=True)
class DonorView:
    """A donor's own page."""

    sponsor_code: str
    sponsor_name: str
    pledges: tuple[DonorPledge, ...]
    payment: PaymentGuide | None
    """How to pay, where money is promised and the office said how."""
    children: tuple[DonorChild, ...]
    hidden: tuple[HiddenChild, ...]
    num_hidden: int
    """How many children are supported now of whom nothing is shown."""
    num_received: int
    ended_on: date | None
    """When the last pledge ended; None while one runs or none was made."""
    proof_until: date | None
    """Until when children and proof stay readable after that."""


def donor_view(session: Session, *, sponsor: Sponsor, now: datetime) -> DonorView:
    """Return what this sponsor may see; :mod:`api.services.donor_aliases` names its children first.

    A child without consent to display is not there at all: that it is supported and that its
    packages arrived is only counted. Why a package is late or a child has left is never said.
    Ninety days after the last pledge ended the children are gone from it; what arrived is still
    counted.
    """
    children: dict[int, list[tuple[Assignment, Cycle]]] = defaultdict(list)
    pairs = _pairs(session, sponsor)
    for pair, cycle in pairs:
        children[pair.child_id].append((pair, cycle))
    newest = max((cycle.month for _, cycle in pairs), default="")
    corrected = corrected_judgements(session, assignment_ids=[pair.id or 0 for pair, _ in pairs])
    aliases = aliases_of(session, sponsor)
    shown, hidden = [], []
    for number, own in sorted(children.items()):
        if not has_consent(session, number, ConsentPurpose.DISPLAY, local_date(now)):
            hidden.append(_hidden(session, number, own, newest, corrected))
        elif number in aliases:
            shown.append(_child(session, number, aliases[number], own, newest, now, corrected))
    pledges = _pledges(session, sponsor, now)
    ended_on = _ended_on(pledges)
    proof_until = ended_on + PROOF_KEPT if ended_on else None
    is_over = proof_until is not None and local_date(now) > proof_until
    return DonorView(
        sponsor_code=sponsor.code,
        sponsor_name=sponsor.name,
        pledges=pledges,
        payment=payment_guide(session) if any(each.promised_rp for each in pledges) else None,
        children=() if is_over else tuple(shown),
        hidden=() if is_over else tuple(hidden),
        num_hidden=0 if is_over else sum(child.is_current for child in hidden),
        num_received=sum(m.status == "received" for child in shown for m in child.months)
        + sum(len(child.received) for child in hidden),
        ended_on=ended_on,
        proof_until=proof_until,
    )


def _ended_on(pledges: tuple[DonorPledge, ...]) -> date | None:
    ended = [each.ended_on for each in pledges if each.ended_on and not each.is_running]
    return max(ended) if ended and not any(each.is_running for each in pledges) else None


def own_pledges(session: Session, sponsor: Sponsor) -> list[Pledge]:
    """Return every pledge that a sponsor ever made, in that order."""
    rows = select(Pledge).where(Pledge.sponsor_id == sponsor.id).order_by(col(Pledge.id))
    return list(session.exec(rows))


def _pledges(session: Session, sponsor: Sponsor, now: datetime) -> tuple[DonorPledge, ...]:
    month, today = local_month(now), local_date(now)
    return tuple(_pledge(session, pledge, month, today) for pledge in own_pledges(session, sponsor))


def _pledge(session: Session, pledge: Pledge, month: str, today: date) -> DonorPledge:
    this_month = pledge_month(session, pledge=pledge, month=month, on=today)
    is_over = month >= later_month(pledge.first_month, pledge.num_months)
    is_running = pledge.state in RUNNING and not is_over
    has_begun = pledge.first_month <= month
    due_on = first_day(month).replace(day=LATE_AFTER_DAY)
    is_asked = is_running and has_begun and not pledge.is_standby and not rests_in(pledge, month)
    is_due = is_asked and not this_month.is_received
    return DonorPledge(
        code=pledge.code,
        form=pledge.form.value,
        num_children=pledge.num_children,
        amount_rp=pledge.amount_rp,
        first_month=pledge.first_month,
        num_months=pledge.num_months,
        state=pledge.state.value,
        is_running=is_running,
        promised_rp=pledge.amount_rp if is_asked and pledge.form is not PledgeForm.GOODS else 0,
        received_rp=this_month.received_rp,
        is_received=this_month.is_received,
        due_on=due_on if is_due else None,
        is_late=is_due and today > due_on,
        suspended_from=pledge.suspended_from,
        suspended_until=pledge.suspended_until,
        ended_on=pledge.ended_on or (_end_of(pledge) if is_over else None),
        hold_until=pledge.hold_until,
        last_day=_end_of(pledge),
    )


def _end_of(pledge: Pledge) -> date:
    return first_day(later_month(pledge.first_month, pledge.num_months)) - timedelta(days=1)


def _pairs(session: Session, sponsor: Sponsor) -> list[tuple[Assignment, Cycle]]:
    """Return the pairs that stand, and those of children who left: nobody vanishes in silence."""
    rows = session.exec(
        select(Assignment, Cycle)
        .join(Pledge, col(Pledge.id) == Assignment.pledge_id)
        .join(Cycle, col(Cycle.id) == Assignment.cycle_id)
        .join(Child, col(Child.id) == Assignment.child_id)
        .where(
            Pledge.sponsor_id == sponsor.id,
            col(Assignment.state).in_(COUNTED)
            | (col(Assignment.state).in_(ENDED_PAIRS) & col(Child.state).in_(NEWS)),
            col(Cycle.state).in_(SHOWN_STATES),
        )
        .order_by(col(Cycle.month), col(Assignment.id))
    )
    return [(pair, cycle) for pair, cycle in rows]


def _child(
    session: Session,
    child_id: int,
    alias: str,
    own: list[tuple[Assignment, Cycle]],
    newest: str,
    now: datetime,
    corrected: dict[int, Judged],
) -> DonorChild:
    child, today = session.get_one(Child, child_id), local_date(now)
    may_see_photo = has_consent(session, child_id, ConsentPurpose.PHOTO, today)
    news = NEWS.get(child.state)
    home = session.get_one(Household, child.household_id)
    months = _months(session, own, corrected, may_see_photo=may_see_photo)
    if not news:
        born_on = child.born_on
        months = tuple(
            replace(each, age_months=max(0, completed_months(born_on, first_day(each.month))))
            for each in months
        )
    return DonorChild(
        alias=alias,
        age_months=None if news else completed_months(child.born_on, today),
        sex=child.sex.value,
        kecamatan_name=_kecamatan(home.kelurahan_code),
        trend=None if news else _trend(session, child_id),
        is_current=_is_current(child, own, newest),
        news=news,
        months=months,
    )


def _hidden(
    session: Session,
    child_id: int,
    own: list[tuple[Assignment, Cycle]],
    newest: str,
    corrected: dict[int, Judged],
) -> HiddenChild:
    months = _months(session, own, corrected, may_see_photo=False)
    return HiddenChild(
        received=tuple(each.month for each in months if each.status == "received"),
        is_current=_is_current(session.get_one(Child, child_id), own, newest),
    )


def _is_current(child: Child, own: list[tuple[Assignment, Cycle]], newest: str) -> bool:
    last = own[-1][1]
    is_under_way = last.month == newest or last.state is not CycleState.CLOSED
    return is_under_way and child.state not in NEWS


def _months(
    session: Session,
    own: list[tuple[Assignment, Cycle]],
    corrected: dict[int, Judged],
    *,
    may_see_photo: bool,
) -> tuple[DonorMonth, ...]:
    return tuple(
        _month(session, pair, cycle, corrected.get(pair.id or 0), may_see_photo=may_see_photo)
        for pair, cycle in own
        if pair.state in COUNTED
    )


def _month(
    session: Session,
    pair: Assignment,
    cycle: Cycle,
    corrected: Judged | None,
    *,
    may_see_photo: bool,
) -> DonorMonth:
    """Return a month as its package stands, or as it was corrected after closing."""
    package = session.exec(
        select(Package).where(
            Package.cycle_id == cycle.id,
            Package.child_id == pair.child_id,
            Package.state != PackageState.CANCELLED,
        )
    ).first()
    if package is None:
        return _month_without_package(session, pair, cycle)
    lines = lines_of_package(session, package_id=package.id or 0)
    is_received = corrected.accepted_items > 0 if corrected else package.state in RECEIVED
    if not is_received:
        status = _status_of_unreceived(session, package, pair, cycle)
        return DonorMonth(
            cycle.month, status, tuple((x.item_code, x.quantity) for x in lines), None
        )
    return DonorMonth(
        month=cycle.month,
        status="received",
        contents=_accepted_goods(lines, corrected),
        received_month=_received_month(session, package, cycle, corrected),
        has_photo=may_see_photo and shown_photo(session, package.id or 0) is not None,
    )


def _accepted_goods(
    lines: list[PackageLine], corrected: Judged | None
) -> tuple[tuple[str, int], ...]:
    """Return what was accepted; nothing where a correction says only how much, not of what."""
    if corrected and corrected.items:
        return tuple((code, units) for code, units in corrected.items.items() if units)
    if corrected and corrected.accepted_items == sum(x.quantity for x in lines):
        return tuple((x.item_code, x.quantity) for x in lines)
    if corrected and corrected.accepted_items != sum(x.accepted for x in lines):
        return ()
    return tuple((x.item_code, x.accepted) for x in lines if x.accepted)


def _received_month(
    session: Session, package: Package, cycle: Cycle, corrected: Judged | None
) -> str:
    if corrected and corrected.delivered_on:
        return month_of(corrected.delivered_on)
    event = session.exec(
        select(DeliveryEvent)
        .where(DeliveryEvent.package_id == package.id, col(DeliveryEvent.is_superseded).is_(False))
        .order_by(col(DeliveryEvent.id).desc())
    ).first()
    return local_month(event.happened_at) if event else cycle.month


def shown_photo(session: Session, package_id: int) -> DeliveryPhoto | None:
    """Return the newest photo of a package on which a person found no face."""
    return session.exec(
        select(DeliveryPhoto)
        .where(DeliveryPhoto.package_id == package_id, col(DeliveryPhoto.is_shown).is_(True))
        .order_by(col(DeliveryPhoto.id).desc())
    ).first()


def _status_of_unreceived(
    session: Session, package: Package, pair: Assignment, cycle: Cycle
) -> str:
    if cycle.state is CycleState.CLOSED:
        return "missed"
    if package.state is PackageState.CARRIED:
        return "waiting"
    return "on_the_way" if _has_left(session, package) else _status_before(session, pair)


def _status_before(session: Session, pair: Assignment) -> str:
    """Return the status of what has not left: ours still, or a successor is to be decided on."""
    waits = select(Replacement.id).where(
        Replacement.assignment_id == pair.id, Replacement.state == "proposed"
    )
    return "planned" if session.exec(waits).first() is None else "handed_on"


def _has_left(session: Session, package: Package) -> bool:
    """Whether a package is on its way, or was: a second attempt is no news for a donor."""
    if package.state not in IN_DEPOT:
        return True
    stop = session.get(Stop, package.stop_id) if package.stop_id else None
    return stop is not None and stop.reschedules_id is not None


def _month_without_package(session: Session, pair: Assignment, cycle: Cycle) -> DonorMonth:
    """Return a month that was handed over before packages were kept here, or is not packed yet."""
    if pair.state in (AssignmentState.FULFILLED, AssignmentState.PARTLY_FULFILLED):
        return DonorMonth(cycle.month, "received", (), cycle.month)
    is_over = cycle.state is CycleState.CLOSED
    status = "missed" if is_over else _status_before(session, pair)
    return DonorMonth(cycle.month, status, (), None)


def has_consent(session: Session, child_id: int, purpose: ConsentPurpose, on: date) -> bool:
    """Whether a guardian's consent to a purpose is in force on a day."""
    found = session.exec(
        select(Consent.id).where(
            Consent.child_id == child_id,
            Consent.purpose == purpose,
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
