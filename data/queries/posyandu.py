"""The families of a posyandu as its kader meets them: children, packages, what is asked of whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, func
from sqlmodel import col, select

from data.queries.companions import accompaniment_of_month, is_followed_in
from data.schema import (
    Assignment,
    AssignmentState,
    ChangeRequest,
    ChangeState,
    Child,
    ConsumptionCheck,
    Cycle,
    CycleState,
    DeliveryEvent,
    Household,
    Measurement,
    Outcome,
    Package,
    PackageState,
    Route,
    RouteState,
    Stop,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import ChildState, Eaten

__all__ = [
    "FamilyHome",
    "OwnChild",
    "OwnFamily",
    "OwnPackage",
    "asks_of",
    "cycle_of",
    "own_families",
    "route_days",
]

GOING = (RouteState.CONFIRMED, RouteState.DISPATCHED)
"""Routes whose day may be told to a family."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPackage:
    """A child's package of a month, where it is, and what the family said was eaten."""

    package_id: int
    code: str
    state: PackageState
    arrived_at: datetime | None
    is_left_here: bool
    """Whether the courier left it at the posyandu for the family to fetch."""
    eaten: Eaten | None
    note: str
    checked_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChild:
    """A child followed in the month; ``measured_on`` is the newest measuring."""

    child_id: int
    code: str
    name: str
    born_on: date
    state: ChildState
    measured_on: date | None
    is_awaiting: bool
    """Whether it has an agreed pair in the month of which no package was cancelled."""
    package: OwnPackage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyHome:
    """Who a family is and where it lives; no codes: nothing recorded of the month."""

    code: str
    guardian_name: str
    phone: str | None
    address: str
    rt: str | None
    rw: str | None
    landmark: str | None
    kelurahan_code: str
    posyandu: str
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFamily(FamilyHome):
    """A family with a child of the month."""

    household_id: int
    children: tuple[OwnChild, ...]


def cycle_of(session: Session, *, month: str) -> Cycle | None:
    """Return the month as it runs; None where nobody opened it."""
    wanted = select(Cycle).where(Cycle.month == month, Cycle.state != CycleState.CANCELLED)
    return session.exec(wanted).first()


def own_families(session: Session, *, month: str, today: date) -> list[OwnFamily]:
    """Return the families that a session sees with a child of the month, by guardian's name."""
    rows = session.exec(
        select(Child, Household)
        .join(Household, col(Household.id) == Child.household_id)
        .where(is_followed_in(month))
        .order_by(col(Household.guardian_name), col(Household.id), col(Child.born_on))
    ).all()
    ids = [child.id or 0 for child, _ in rows]
    cycle = cycle_of(session, month=month)
    measured = _measured(session, ids, today)
    packages = _packages(session, cycle, ids) if cycle else {}
    awaiting = _awaiting(session, cycle, ids) if cycle else set()
    recorded = accompaniment_of_month(session, month=month)
    homes: dict[int, Household] = {}
    children: dict[int, list[OwnChild]] = defaultdict(list)
    for child, home in rows:
        homes[home.id or 0] = home
        children[home.id or 0].append(
            OwnChild(
                child_id=child.id or 0,
                code=child.code,
                name=child.name,
                born_on=child.born_on,
                state=child.state,
                measured_on=measured.get(child.id or 0),
                is_awaiting=child.id in awaiting,
                package=packages.get(child.id or 0),
            )
        )
    return [
        OwnFamily(
            household_id=number,
            code=home.code,
            guardian_name=home.guardian_name,
            phone=home.phone,
            address=home.address,
            rt=home.rt,
            rw=home.rw,
            landmark=home.landmark,
            kelurahan_code=home.kelurahan_code or "",
            posyandu=home.posyandu or "",
            codes=tuple(recorded[number].codes) if number in recorded else (),
            children=tuple(children[number]),
        )
        for number, home in homes.items()
    ]


def asks_of(session: Session, *, child_ids: Collection[int]) -> dict[int, list[ChangeRequest]]:
    """Return what waits about children: asked of the field by the office, or reported by it."""
    rows = session.exec(
        select(ChangeRequest)
        .where(
            ChangeRequest.state == ChangeState.PENDING, col(ChangeRequest.child_id).in_(child_ids)
        )
        .order_by(col(ChangeRequest.id))
    )
    found: dict[int, list[ChangeRequest]] = defaultdict(list)
    for row in rows:
        found[row.child_id].append(row)
    return found


def route_days(session: Session, *, package_ids: Collection[int]) -> dict[int, date]:
    """Return the days on which packages come, of those whose route is settled.

    Needs a session that sees routes.
    """
    rows = session.exec(
        select(col(Package.id), col(Route.day))
        .join(Stop, col(Stop.id) == Package.stop_id)
        .join(Route, col(Route.id) == Stop.route_id)
        .where(col(Package.id).in_(package_ids), col(Route.state).in_(GOING))
    )
    return {number or 0: day for number, day in rows}


def _measured(session: Session, child_ids: Collection[int], today: date) -> dict[int, date]:
    rows = session.exec(
        select(Measurement.child_id, func.max(Measurement.measured_on))
        .where(col(Measurement.child_id).in_(child_ids), Measurement.measured_on <= today)
        .group_by(col(Measurement.child_id))
    )
    return dict(rows.all())


def _awaiting(session: Session, cycle: Cycle, child_ids: Collection[int]) -> set[int]:
    rows = session.exec(
        select(Assignment.child_id).where(
            Assignment.cycle_id == cycle.id,
            Assignment.match_run_id == cycle.match_run_id,
            col(Assignment.child_id).in_(child_ids),
            Assignment.state == AssignmentState.APPROVED,
            ~exists().where(
                col(Package.assignment_id) == Assignment.id,
                col(Package.state) == PackageState.CANCELLED,
            ),
        )
    )
    return set(rows)


def _packages(session: Session, cycle: Cycle, child_ids: Collection[int]) -> dict[int, OwnPackage]:
    rows = session.exec(
        select(Package, ConsumptionCheck)
        .outerjoin(ConsumptionCheck, col(ConsumptionCheck.package_id) == Package.id)
        .where(
            Package.cycle_id == cycle.id,
            col(Package.child_id).in_(child_ids),
            Package.state != PackageState.CANCELLED,
        )
        .order_by(col(Package.id))
    ).all()
    ids = [package.id or 0 for package, _ in rows]
    events = _last_events(session, ids)
    found = {}
    for package, check in rows:
        event = events.get(package.id or 0)
        found[package.child_id] = OwnPackage(
            package_id=package.id or 0,
            code=package.code,
            state=package.state,
            arrived_at=event.happened_at if event else None,
            is_left_here=event is not None and event.outcome is Outcome.LEFT_AT_DROP_POINT,
            eaten=check.eaten if check else None,
            note=check.note if check else "",
            checked_on=check.checked_on if check else None,
        )
    return found


def _last_events(session: Session, package_ids: Collection[int]) -> dict[int, DeliveryEvent]:
    rows = session.exec(
        select(DeliveryEvent)
        .where(
            col(DeliveryEvent.package_id).in_(package_ids),
            col(DeliveryEvent.is_superseded).is_(False),
        )
        .order_by(col(DeliveryEvent.id))
    )
    return {row.package_id: row for row in rows}
