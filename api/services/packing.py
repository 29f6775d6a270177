"""Packages of a month: what goes into each box, what is reserved, and who waits when short.

Approved pairs become packages; their goods are reserved all together or not at all: a shortage
that nobody has signed leaves everything as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit, package_goods, stock
from api.services.carrying import unpack_carried
from api.services.cycle_lock import hold_cycle
from api.services.default_places import packing_depot
from api.services.errors import Forbidden, Refused
from api.services.months import first_day
from api.services.moves import MAY_PACK, MOVES, move_cycle
from api.services.package_cancelling import take_off
from api.services.package_contents import missing_kit
from api.services.package_making import make_packages
from api.services.packing_days import eligibility_day, next_day, planned_day
from api.services.packing_figures import packing_result
from api.services.packing_views import (
    BarePair,
    NoKit,
    PackingResult,
)
from api.services.reservations import (
    has_unsigned,
    note_shortages,
    read_drafts,
    reserve_all,
    to_state,
)
from api.services.stock_moves import hold_shelves
from api.services.stop_places import wait_for_routes
from data.queries.goods import (
    children_without_package,
    lines_by_package,
)
from data.schema import (
    Cycle,
    CycleState,
    Package,
    PackageLine,
    PackageState,
    StockMoveKind,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account, Depot

__all__ = [
    "mark_packed",
    "pack_cycle",
    "packing_status",
    "reserve_planned",
    "without_kit",
    "without_package",
]

S = PackageState


def pack_cycle(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    deliver_on: date | None = None,
    depot: Depot | None = None,
) -> PackingResult:
    """Make the packages of an approved month and reserve their goods.

    Short goods stop it: the packages are listed, nothing is reserved, and the month stays approved
    until each shortage is signed (:mod:`api.services.shortage_signing`) and packing is asked for
    again. Asked again while the month is packed or distributed, it adds packages for pairs that
    were approved since and leaves the others alone; where routes are planned, they wait for one.

    Raises
    ------
    Refused
        ``packing.state`` when the month is not approved, being packed or distributed.
    """
    hold_cycle(session, cycle)
    _check_may_pack(cycle, by)
    day = deliver_on or next_day(session, cycle, now)
    place = depot or packing_depot(session)
    unpack_carried(session, cycle=cycle, by=by, now=now)
    stock.book_pledged_goods(session, cycle=cycle, depot=place, by=by, now=now)
    fresh = make_packages(session, cycle=cycle, day=day, now=now)
    no_kit = without_kit(session, cycle=cycle, day=day)
    if not reserve_planned(session, cycle=cycle, depot=place, day=day, fresh=fresh, by=by, now=now):
        return packing_result(session, cycle=cycle, day=day, depot=place, no_kit=no_kit)
    if cycle.state == CycleState.APPROVED:
        move_cycle(session, cycle=cycle, verb="pack", by=by, now=now)
    wait_for_routes(session, cycle=cycle, by=by, now=now)
    result = packing_result(session, cycle=cycle, day=day, depot=place, no_kit=no_kit)
    audit.record(
        session,
        by=by,
        action="cycle:pack",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"packages": result.num_packages, "waiting": result.num_waiting},
    )
    return result


def reserve_planned(
    session: Session,
    *,
    cycle: Cycle,
    depot: Depot,
    day: date,
    fresh: AbstractSet[int],
    by: Account,
    now: datetime,
) -> bool:
    """Reserve the goods of every package that has none yet; False while a signature is missing.

    ``fresh`` are the packages made just now, for which no earlier signature speaks. Packages that
    wait by signature leave their route. Without a stock list there is nothing to reserve.
    """
    if not stock.has_stock_list(session):
        return True
    hold_shelves(session, depot_id=depot.id or 0)
    drafts = read_drafts(session, cycle)
    allocation = note_shortages(session, cycle, drafts, depot, day, fresh)
    if has_unsigned(session, cycle):
        session.flush()
        return False
    reserve_all(session, drafts, allocation, depot, day, by, now)
    for draft in drafts:
        if draft.package.state == S.CARRIED:
            take_off(session, package=draft.package, by=by, now=now, reason="carried")
    return True


def packing_status(session: Session, *, cycle: Cycle) -> PackingResult:
    """Return how packing stands; reads only.

    Raises
    ------
    Refused
        ``packing.not_begun`` before the first :func:`pack_cycle`.
    """
    day = planned_day(session, cycle)
    if day is None:
        raise Refused("packing.not_begun", month=cycle.month)
    return packing_result(
        session,
        cycle=cycle,
        day=day,
        depot=packing_depot(session),
        no_kit=without_kit(session, cycle=cycle, day=day),
    )


def without_kit(session: Session, *, cycle: Cycle, day: date | None = None) -> tuple[NoKit, ...]:
    """Return the approved children for whom no package can be made, on the day that is planned."""
    day = day or planned_day(session, cycle) or first_day(cycle.month)
    eligible_on = eligibility_day(session, cycle=cycle)
    return tuple(
        NoKit(child.code, reason, child.id or 0)
        for child in children_without_package(session, cycle=cycle)
        if (reason := missing_kit(child, day, eligible_on=eligible_on)) is not None
    )


def without_package(session: Session, *, cycle: Cycle) -> tuple[BarePair, ...]:
    """Return the approved pairs for which packing, asked again, would make a package."""
    cancelled = session.exec(
        select(Package.child_id, Package.code)
        .where(Package.cycle_id == cycle.id, Package.state == S.CANCELLED)
        .order_by(col(Package.id))
    )
    taken_out: dict[int, str] = dict(cancelled.all())
    kitless = {row.child_id for row in without_kit(session, cycle=cycle)}
    return tuple(
        BarePair(child.code, taken_out.get(child.id or 0))
        for child in children_without_package(session, cycle=cycle)
        if child.id not in kitless
    )


def mark_packed(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    package_ids: Sequence[int] | None = None,
) -> int:
    """Book reserved packages (all, or those named) as packed; returns how many.

    Without a stock list what is missing is booked as bought first, as the purchase list says.

    Raises
    ------
    Refused
        ``packing.state`` when the month is not being packed or distributed.
    """
    hold_cycle(session, cycle)
    if cycle.state not in (CycleState.PACKING, CycleState.DISTRIBUTING):
        raise Refused("packing.state", month=cycle.month, found=cycle.state.value)
    ready = (S.RESERVED,) if stock.has_stock_list(session) else (S.RESERVED, S.PLANNED)
    rows = select(Package).where(Package.cycle_id == cycle.id, col(Package.state).in_(ready))
    if package_ids is not None:
        rows = rows.where(col(Package.id).in_(package_ids))
    packages = list(session.exec(rows.order_by(col(Package.code))))
    if not packages:
        return 0
    lines = lines_by_package(session, cycle_id=cycle.id or 0)
    depot = packing_depot(session)
    planned = [package for package in packages if package.state == S.PLANNED]
    _buy_missing(session, planned, lines, depot, by, now)
    package_goods.reserve_lines(
        session,
        depot_id=depot.id or 0,
        lines=[(package, line) for package in planned for line in lines[package.id or 0]],
        by=by,
        now=now,
    )
    package_goods.take_packed(session, packages=packages, by=by, now=now)
    for package in packages:
        to_state(session, package, S.PACKED, now)
    audit.record(
        session,
        by=by,
        action="package:pack",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"packed": len(packages)},
    )
    session.flush()
    return len(packages)


def _check_may_pack(cycle: Cycle, by: Account) -> None:
    if cycle.state not in MAY_PACK:
        raise Refused("packing.state", month=cycle.month, found=cycle.state.value)
    if by.role not in MOVES["pack"].roles:
        raise Forbidden("packing.role", role=by.role.value)


def _buy_missing(
    session: Session,
    packages: list[Package],
    lines: dict[int, list[PackageLine]],
    depot: Depot,
    by: Account,
    now: datetime,
) -> None:
    needed: dict[str, int] = {}
    for package in packages:
        for line in lines[package.id or 0]:
            needed[line.item_code] = needed.get(line.item_code, 0) + line.quantity
    free = {row.item_code: row.available for row in stock.stock_list(session, depot_id=depot.id)}
    for code, units in sorted(needed.items()):
        if (missing := units - free.get(code, 0)) > 0:
            stock.receive_stock(
                session,
                depot=depot,
                item_code=code,
                quantity=missing,
                move_uid=f"purchase:{packages[0].code}:{code}",
                by=by,
                now=now,
                kind=StockMoveKind.PURCHASE,
            )
