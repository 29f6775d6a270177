"""Rows that the monthly report counts, each with the kelurahan it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import case, func
from sqlmodel import col, select

from data.queries.cycles import STANDING
from data.queries.routes import ROUTE_NUMBER
from data.schema import (
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    Consent,
    ConsentPurpose,
    Cycle,
    CycleChild,
    DeliveryEvent,
    DeliveryPhoto,
    Household,
    Measurement,
    Outcome,
    Package,
    PackageState,
    Pledge,
    PledgeReceipt,
    Route,
    RouteState,
    Sponsor,
    Stop,
    StopState,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from sqlmodel import Session

__all__ = [
    "COUNTED",
    "EVERYWHERE",
    "Within",
    "children_of_cycle",
    "consented_children",
    "first_served_months",
    "left_before_lock",
    "measurements_until",
    "package_states",
    "packages_at_stops_of",
    "packages_of_pairs",
    "packages_with_kelurahan",
    "packages_with_reason",
    "pairs_of_cycle",
    "photographed_events",
    "pledges_before",
    "receipts_of_month",
    "routes_that_count",
    "sponsor_names",
    "sponsors_with_pledges",
    "standing_events",
    "stops_that_count",
]

COUNTED = tuple(state for state in STANDING if state is not AssignmentState.PROPOSED)
"""States of pairs that stand and were approved; others do not count in a report."""


@dataclass(frozen=True, slots=True)
class Within:
    """Only rows of some kelurahan, or of some families; of both None: all.

    ``stops`` asks for these stops, whosever they are.
    """

    wards: frozenset[str] | None = None
    homes: frozenset[int] | None = None
    stops: frozenset[int] | None = None

    def holds(self, ward: Any, home: Any) -> list[Any]:
        """Return what columns of kelurahan and family must fulfil."""
        found = []
        if self.wards is not None:
            found.append(func.coalesce(ward, "").in_(self.wards))
        if self.homes is not None:
            found.append(home.in_(self.homes))
        return found


EVERYWHERE = Within()


def children_of_cycle(
    session: Session, *, cycle_id: int, within: Within = EVERYWHERE
) -> list[tuple[CycleChild, Child]]:
    """Return the frozen children of a month with their present records."""
    rows = session.exec(
        select(CycleChild, Child)
        .join(Child, col(Child.id) == CycleChild.child_id)
        .where(
            CycleChild.cycle_id == cycle_id,
            *within.holds(CycleChild.kelurahan_code, col(Child.household_id)),
        )
        .order_by(col(CycleChild.id))
    )
    return [(frozen, child) for frozen, child in rows]


def consented_children(session: Session, *, on: date, ends_at: datetime) -> set[int]:
    """Return the children whose guardian's consent to the programme holds on a day.

    ``ends_at`` is when the day ends: what was withdrawn later held until then.
    """
    rows = session.exec(
        select(Consent.child_id).where(
            Consent.purpose == ConsentPurpose.PROGRAMME,
            col(Consent.withdrawn_at).is_(None) | (col(Consent.withdrawn_at) >= ends_at),
            Consent.granted_on <= on,
            col(Consent.expires_on).is_(None) | (col(Consent.expires_on) >= on),
        )
    )
    return set(rows)


def pairs_of_cycle(session: Session, *, cycle_id: int) -> list[tuple[Assignment, Pledge]]:
    """Return the standing pairs of a month with their pledges."""
    rows = session.exec(
        select(Assignment, Pledge)
        .join(Pledge, col(Pledge.id) == Assignment.pledge_id)
        .where(Assignment.cycle_id == cycle_id, col(Assignment.state).in_(COUNTED))
        .order_by(col(Assignment.id))
    )
    return [(pair, pledge) for pair, pledge in rows]


def pledges_before(session: Session, *, cycle_id: int) -> list[tuple[int, int]]:
    """Return the frozen children of a month who had a pledge before, each with it."""
    rows = session.exec(
        select(CycleChild.child_id, CycleChild.kept_pledge_id).where(
            CycleChild.cycle_id == cycle_id, col(CycleChild.kept_pledge_id).is_not(None)
        )
    )
    return [(child_id, pledge_id or 0) for child_id, pledge_id in rows]


def left_before_lock(
    session: Session, *, cycle_id: int, span: tuple[date, date], within: Within = EVERYWHERE
) -> list[tuple[Child, str]]:
    """Return who graduated or left on a day of a span and is not in a month's snapshot.

    With each the kelurahan of its family now, empty when nobody knows it.
    """
    listed = select(CycleChild.child_id).where(CycleChild.cycle_id == cycle_id)
    rows = session.exec(
        select(Child, func.coalesce(Household.kelurahan_code, ""))
        .join(Household, col(Household.id) == Child.household_id)
        .where(
            col(Child.state).in_((ChildState.GRADUATED, ChildState.EXITED)),
            col(Child.effective_on).between(*span),
            col(Child.id).not_in(listed),
            *within.holds(Household.kelurahan_code, col(Child.household_id)),
        )
        .order_by(col(Child.id))
    )
    return [(child, str(ward)) for child, ward in rows]


def package_states(
    session: Session, *, cycle_id: int, among: Collection[int] | None = None
) -> list[tuple[int, int, PackageState]]:
    """Return child, pair and state of each package of a month, cancelled ones too.

    ``among`` asks for some children only.
    """
    few = [] if among is None else [col(Package.child_id).in_(among)]
    rows = session.exec(
        select(Package.child_id, Package.assignment_id, Package.state).where(
            Package.cycle_id == cycle_id, *few
        )
    )
    return [(child_id, pair_id, PackageState(state)) for child_id, pair_id, state in rows]


def packages_with_kelurahan(
    session: Session, *, cycle_id: int, within: Within = EVERYWHERE
) -> list[tuple[Package, Household, Stop | None]]:
    """Return the packages of a month that were not cancelled, with family and stop.

    A package's kelurahan is its stop's; without a stop the family's.
    """
    rows = session.exec(
        select(Package, Household, Stop)
        .join(Household, col(Household.id) == Package.household_id)
        .outerjoin(Stop, col(Stop.id) == Package.stop_id)
        .where(
            Package.cycle_id == cycle_id,
            Package.state != PackageState.CANCELLED,
            *within.holds(_package_ward(), col(Package.household_id)),
        )
        .order_by(col(Package.code))
    )
    return [(package, home, stop) for package, home, stop in rows]


def packages_at_stops_of(
    session: Session, *, cycle_id: int, assignment_ids: Collection[int]
) -> list[Package]:
    """Return all packages that share a stop with those of some pairs, cancelled ones left out."""
    own = select(Package.stop_id).where(
        Package.cycle_id == cycle_id, col(Package.assignment_id).in_(assignment_ids)
    )
    rows = select(Package).where(
        col(Package.stop_id).in_(own), Package.state != PackageState.CANCELLED
    )
    return list(session.exec(rows))


def stops_that_count(session: Session, *, cycle_id: int, within: Within = EVERYWHERE) -> list[Stop]:
    """Return the stops on routes that were not cancelled."""
    asked = (
        within.holds(Stop.kelurahan_code, col(Stop.household_id))
        if within.stops is None
        else [col(Stop.id).in_(within.stops)]
    )
    rows = session.exec(
        select(Stop)
        .join(Route, col(Route.id) == Stop.route_id)
        .where(
            Stop.cycle_id == cycle_id,
            Route.state != RouteState.CANCELLED,
            Stop.state != StopState.CANCELLED,
            *asked,
        )
        .order_by(col(Stop.id))
    )
    return list(rows)


def routes_that_count(session: Session, *, cycle_id: int) -> list[Route]:
    """Return the routes that were not cancelled."""
    rows = select(Route).where(Route.cycle_id == cycle_id, Route.state != RouteState.CANCELLED)
    return list(session.exec(rows.order_by(*ROUTE_NUMBER)))


def packages_with_reason(
    session: Session, *, cycle_id: int, beside: Collection[int] = ()
) -> list[tuple[str, str, int]]:
    """Return reason, code and family of each package with a standing event that tells a reason.

    A package stands once under each of its reasons. Packages of the pairs ``beside`` are left out:
    what they came to is told otherwise.
    """
    rows = session.exec(
        select(DeliveryEvent.reason, Package.code, Package.household_id)
        .join(Package, col(Package.id) == DeliveryEvent.package_id)
        .where(
            Package.cycle_id == cycle_id,
            col(Package.assignment_id).not_in(list(beside)),
            col(DeliveryEvent.reason).is_not(None),
            col(DeliveryEvent.is_superseded).is_(False),
        )
        .distinct()
        .order_by(col(DeliveryEvent.reason), col(Package.code))
    )
    return [(str(reason), code, home) for reason, code, home in rows]


def packages_of_pairs(
    session: Session, *, assignment_ids: Collection[int]
) -> dict[int, tuple[str, str, int]]:
    """Return the package (empty without one that stands), child and family of each pair."""
    rows = session.exec(
        select(Assignment.id, func.max(Package.code), Child.code, Child.household_id)
        .join(Child, col(Child.id) == Assignment.child_id)
        .outerjoin(
            Package,
            (col(Package.assignment_id) == Assignment.id)
            & (col(Package.state) != PackageState.CANCELLED),
        )
        .where(col(Assignment.id).in_(assignment_ids))
        .group_by(col(Assignment.id), col(Child.code), col(Child.household_id))
    )
    return {pair or 0: (package or "", child, home) for pair, package, child, home in rows}


class MeasuredRow(NamedTuple):
    """What growth asks of a measurement; a tuple, because there may be many."""

    child_id: int
    measured_on: date
    weight_g: int | None
    haz: float | None
    waz: float | None
    whz: float | None
    has_oedema: bool
    weight_gain: str | None


def measurements_until(
    session: Session, *, cycle_id: int, last: date, within: Within = EVERYWHERE
) -> list[MeasuredRow]:
    """Return all measurements of a month's children up to a day, oldest first.

    Those of a record that a child was merged into since are among them.
    """
    records = (
        select(col(CycleChild.child_id).label("number"))
        .join(Child, col(Child.id) == CycleChild.child_id)
        .where(
            CycleChild.cycle_id == cycle_id,
            *within.holds(CycleChild.kelurahan_code, col(Child.household_id)),
        )
        .cte(recursive=True)
    )
    records = records.union(
        select(col(Child.duplicate_of_id).label("number"))
        .join(records, records.c.number == Child.id)
        .where(col(Child.duplicate_of_id).is_not(None))
    )
    rows = session.exec(
        select(*(getattr(Measurement, name) for name in MeasuredRow._fields))
        .join(records, records.c.number == Measurement.child_id)
        .where(Measurement.measured_on <= last)
        .order_by(col(Measurement.measured_on), col(Measurement.id))
    )
    return [MeasuredRow._make(row) for row in rows]


def first_served_months(
    session: Session, *, among: Collection[int] | None = None
) -> dict[int, str]:
    """Return the first month in which each child had a sponsor whose aid did not fail.

    ``among`` asks for some children only.
    """
    few = [] if among is None else [col(Assignment.child_id).in_(among)]
    rows = session.exec(
        select(Assignment.child_id, func.min(Cycle.month))
        .join(Cycle, col(Cycle.id) == Assignment.cycle_id)
        .where(
            col(Assignment.state).in_(COUNTED),
            Assignment.state != AssignmentState.UNFULFILLED,
            *few,
        )
        .group_by(col(Assignment.child_id))
    )
    return {child: str(month) for child, month in rows}


def standing_events(
    session: Session, *, cycle_id: int, within: Within = EVERYWHERE
) -> list[DeliveryEvent]:
    """Return what counts of each package at each of its stops, in the order it happened."""
    apart = within.wards is not None or within.homes is not None
    told = (
        []
        if not apart
        else [
            col(Package.id).in_(
                select(Package.id)
                .join(Household, col(Household.id) == Package.household_id)
                .outerjoin(Stop, col(Stop.id) == Package.stop_id)
                .where(
                    Package.cycle_id == cycle_id,
                    *within.holds(_package_ward(), col(Package.household_id)),
                )
            )
        ]
    )
    rows = session.exec(
        select(DeliveryEvent)
        .join(Package, col(Package.id) == DeliveryEvent.package_id)
        .where(
            Package.cycle_id == cycle_id,
            col(DeliveryEvent.is_superseded).is_(False),
            DeliveryEvent.outcome != Outcome.UNDO,
            *told,
        )
        .order_by(col(DeliveryEvent.happened_at), col(DeliveryEvent.id))
    )
    return list(rows)


def photographed_events(session: Session, *, cycle_id: int) -> set[str]:
    """Return the events of a month that a photo was taken of."""
    rows = session.exec(
        select(DeliveryPhoto.event_uid)
        .join(Package, col(Package.id) == DeliveryPhoto.package_id)
        .where(Package.cycle_id == cycle_id)
    )
    return set(rows)


def sponsors_with_pledges(session: Session) -> list[tuple[Sponsor, Pledge | None]]:
    """Return every sponsor with each of its pledges (None without any)."""
    rows = session.exec(
        select(Sponsor, Pledge)
        .outerjoin(Pledge, col(Pledge.sponsor_id) == Sponsor.id)
        .order_by(col(Sponsor.id), col(Pledge.id))
    )
    return [(sponsor, pledge) for sponsor, pledge in rows]


def sponsor_names(session: Session) -> dict[str, str]:
    """Return the name of every sponsor by its code."""
    return dict(session.exec(select(Sponsor.code, Sponsor.name)).all())


def receipts_of_month(session: Session, *, month: str) -> dict[int, int]:
    """Return the rupiah received for a month, by pledge."""
    rows = session.exec(
        select(PledgeReceipt.pledge_id, func.sum(PledgeReceipt.amount_rp))
        .where(PledgeReceipt.month == month)
        .group_by(col(PledgeReceipt.pledge_id))
    )
    return {pledge: int(total) for pledge, total in rows}


def _package_ward() -> Any:
    """Return SQL of a package's kelurahan: its stop's, without a stop the family's."""
    return case((col(Stop.id).is_not(None), Stop.kelurahan_code), else_=Household.kelurahan_code)
