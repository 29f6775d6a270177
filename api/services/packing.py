"""Packages of a month: what goes into each box, what is reserved, and who waits when short.

Approved pairs become packages; their goods are reserved all together or not at all: a shortage
that nobody has signed leaves everything as it was.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit, package_goods, stock
from api.services.carrying import unpack_carried
from api.services.clock import local_date
from api.services.default_places import ensure_depot
from api.services.errors import Forbidden, Refused
from api.services.months import first_day
from api.services.moves import MOVES, move_cycle
from api.services.package_contents import (
    contents_for,
    kit_recipient,
    missing_kit,
)
from api.services.packing_figures import packing_result
from api.services.packing_views import (
    NoKit,
    PackageLineView,
    PackageView,
    PackingResult,
    PurchaseLine,
    ShortageView,
    Waiting,
)
from api.services.reservations import (
    has_unsigned,
    measure,
    note_shortages,
    package_line,
    read_drafts,
    reserve_all,
    to_state,
)
from api.services.shortages import Remedy
from api.services.stop_places import wait_for_routes
from data.queries.goods import (
    approved_children,
    lines_by_package,
    num_codes,
    packages_with_families,
    route_codes,
)
from data.reference.holidays import is_workday
from data.reference.items import items
from data.schema import (
    Cycle,
    CycleState,
    Package,
    PackageLine,
    PackageState,
    Role,
    Shortage,
    StockItem,
    StockMoveKind,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account, Depot

__all__ = [
    "NoKit",
    "PackageLineView",
    "PackageView",
    "PackingResult",
    "PurchaseLine",
    "Remedy",
    "ShortageView",
    "Waiting",
    "cancel_package",
    "default_delivery_day",
    "list_packages",
    "mark_packed",
    "pack_cycle",
    "packing_status",
    "sign_shortage",
    "without_kit",
]

S = PackageState
FROZEN = (CycleState.CLOSED, CycleState.CANCELLED)
MAY_PACK = (CycleState.APPROVED, CycleState.PACKING, CycleState.DISTRIBUTING)


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
    until each shortage is signed (:func:`sign_shortage`) and packing is asked for again. Asked
    again while the month is packed or distributed, it adds packages for pairs that were approved
    since and leaves the others alone; where routes are planned, they wait for one.

    Raises
    ------
    Refused
        ``packing.state`` when the month is not approved, being packed or distributed.
    """
    _lock(session, cycle)
    _check_may_pack(cycle, by)
    day = deliver_on or _next_day(session, cycle, now)
    place = depot or _packing_depot(session)
    unpack_carried(session, cycle=cycle, by=by, now=now)
    stock.book_pledged_goods(session, cycle=cycle, depot=place, by=by, now=now)
    fresh = _make_packages(session, cycle=cycle, day=day, now=now)
    no_kit = without_kit(session, cycle=cycle, day=day)
    if stock.has_stock_list(session):
        stock.lock_stock(session, depot=place)
        drafts = read_drafts(session, cycle)
        allocation = note_shortages(session, cycle, drafts, place, day, fresh)
        if has_unsigned(session, cycle):
            session.flush()
            return packing_result(session, cycle=cycle, day=day, depot=place, no_kit=no_kit)
        reserve_all(session, drafts, allocation, place, day, by, now)
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


def packing_status(session: Session, *, cycle: Cycle) -> PackingResult:
    """Return how packing stands; reads only.

    Raises
    ------
    Refused
        ``packing.not_begun`` before the first :func:`pack_cycle`.
    """
    day = _planned_day(session, cycle)
    if day is None:
        raise Refused("packing.not_begun", month=cycle.month)
    return packing_result(
        session,
        cycle=cycle,
        day=day,
        depot=_packing_depot(session),
        no_kit=without_kit(session, cycle=cycle, day=day),
    )


def without_kit(session: Session, *, cycle: Cycle, day: date | None = None) -> tuple[NoKit, ...]:
    """Return the approved children for whom no package can be made, on the day that is planned."""
    day = day or _planned_day(session, cycle) or first_day(cycle.month)
    packed = set(
        session.exec(
            select(Package.child_id).where(
                Package.cycle_id == cycle.id, Package.state != S.CANCELLED
            )
        )
    )
    return tuple(
        NoKit(child.code, reason, child.id or 0)
        for _, child, _, _ in approved_children(session, cycle=cycle)
        if child.id not in packed and (reason := missing_kit(child, day)) is not None
    )


def sign_shortage(
    session: Session,
    *,
    cycle: Cycle,
    item_code: str,
    remedy: Remedy,
    by: Account,
    now: datetime,
    substitute_code: str | None = None,
) -> Shortage:
    """Sign what is done about a short item; packing has to be asked for again afterwards.

    Raises
    ------
    Refused
        ``packing.no_shortage`` when the item is not short, ``packing.substitute`` without a
        substitute that is another known item.
    Forbidden
        ``packing.role`` for anyone but a coordinator or approver.
    """
    if by.role not in (Role.COORDINATOR, Role.APPROVER):
        raise Forbidden("packing.role", role=by.role.value)
    if cycle.state not in MAY_PACK:
        raise Refused("packing.state", month=cycle.month, found=cycle.state.value)
    row = session.exec(
        select(Shortage).where(Shortage.cycle_id == cycle.id, Shortage.item_code == item_code)
    ).first()
    if row is None:
        raise Refused("packing.no_shortage", item=item_code)
    wants_other = remedy is Remedy.SUBSTITUTE
    if wants_other and (substitute_code not in items() or substitute_code == item_code):
        raise Refused("packing.substitute", item=item_code)
    row.remedy = remedy.value
    row.substitute_code = substitute_code if wants_other else None
    row.signed_by, row.signed_at = by.username, now
    session.add(row)
    audit.record(
        session,
        by=by,
        action="shortage:sign",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"item": item_code, "remedy": remedy.value, "substitute": row.substitute_code},
    )
    session.flush()
    if (day := _planned_day(session, cycle)) is not None:
        note_shortages(session, cycle, read_drafts(session, cycle), _packing_depot(session), day)
    return row


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
    _lock(session, cycle)
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
    depot = _packing_depot(session)
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


def cancel_package(
    session: Session, *, package: Package, by: Account, now: datetime, reason: str
) -> Package:
    """Take a package that is not on its way out of the month; its goods go back to stock.

    Raises
    ------
    Refused
        ``packing.on_its_way`` once it is loaded or handed over, ``move.reason`` without a reason.
    """
    session.flush()
    session.refresh(package, with_for_update=True)
    if package.state not in (S.PLANNED, S.RESERVED, S.PACKED, S.CARRIED):
        raise Refused("packing.on_its_way", package=package.code, found=package.state.value)
    cycle = session.get_one(Cycle, package.cycle_id)
    if cycle.state in FROZEN:
        raise Refused("packing.state", month=cycle.month, found=cycle.state.value)
    if not reason.strip():
        raise Refused("packing.reason", package=package.code)
    before = package.state
    if package_goods.is_boxed(session, package=package):
        lines = session.exec(select(PackageLine).where(PackageLine.package_id == package.id))
        quantities = {line.item_code: line.quantity for line in lines}
        package_goods.return_packed(
            session, package=package, quantities=quantities, by=by, now=now, note=reason
        )
    else:
        package_goods.release(session, package=package, by=by, now=now, note=reason)
    to_state(session, package, S.CANCELLED, now)
    audit.record(
        session,
        by=by,
        action="package:cancel",
        subject="package",
        subject_id=package.code,
        now=now,
        before={"state": before.value},
        after={"state": S.CANCELLED.value},
        purpose=reason.strip(),
    )
    session.flush()
    return package


def list_packages(
    session: Session,
    *,
    cycle: Cycle,
    state: PackageState | None = None,
    kelurahan_code: str | None = None,
) -> list[PackageView]:
    """Return the packages of a month by code."""
    rows = [
        (package, child, household)
        for package, child, household in packages_with_families(session, cycle_id=cycle.id or 0)
        if (state is None or package.state == state)
        and (kelurahan_code is None or household.kelurahan_code == kelurahan_code)
    ]
    lines = lines_by_package(session, cycle_id=cycle.id or 0)
    codes = route_codes(session, stop_ids=[p.stop_id for p, _, _ in rows if p.stop_id])
    return [
        PackageView(
            id=package.id or 0,
            code=package.code,
            state=package.state,
            kit_code=package.kit_code,
            kit_version=package.kit_version,
            recipient=kit_recipient(package.kit_code),
            child_code=child.code,
            household_code=household.code,
            guardian_name=household.guardian_name,
            kelurahan_code=household.kelurahan_code,
            lines=tuple(
                PackageLineView(
                    uid=line.uid,
                    item_code=line.item_code,
                    quantity=line.quantity,
                    substitutes=line.substitutes,
                    accepted=line.accepted,
                    rejected=line.rejected,
                )
                for line in lines.get(package.id or 0, [])
            ),
            changes=tuple(package.changes),
            weight_g=package.weight_g,
            volume_ml=package.volume_ml,
            cost_rp=package.cost_rp,
            needs_cool_box=package.needs_cool_box,
            deliver_on=package.deliver_on,
            stop_id=package.stop_id,
            route_code=codes.get(package.stop_id or 0),
        )
        for package, child, household in rows
    ]


def default_delivery_day(cycle: Cycle, now: datetime) -> date:
    """Return the first workday of the month, or from today on when the month has begun."""
    day = max(first_day(cycle.month), local_date(now))
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def _lock(session: Session, cycle: Cycle) -> None:
    """Hold the month's row: two who pack at once do it one after the other."""
    session.flush()
    session.refresh(cycle, with_for_update=True)


def _check_may_pack(cycle: Cycle, by: Account) -> None:
    if cycle.state not in MAY_PACK:
        raise Refused("packing.state", month=cycle.month, found=cycle.state.value)
    if by.role not in MOVES["pack"].roles:
        raise Forbidden("packing.role", role=by.role.value)


def _planned_day(session: Session, cycle: Cycle) -> date | None:
    return session.exec(
        select(col(Package.deliver_on))
        .where(Package.cycle_id == cycle.id)
        .order_by(col(Package.id))
        .limit(1)
    ).first()


def _next_day(session: Session, cycle: Cycle, now: datetime) -> date:
    """Return the day that was planned, or the next workday when it has passed."""
    planned = _planned_day(session, cycle)
    if planned is not None and planned >= local_date(now):
        return planned
    return default_delivery_day(cycle, now)


def _packing_depot(session: Session) -> Depot:
    """Return the depot that holds most kinds of goods, else the first."""
    from data.schema import Depot

    held: dict[int, int] = {}
    for depot_id in session.exec(select(StockItem.depot_id).where(StockItem.on_hand > 0)):
        held[depot_id] = held.get(depot_id, 0) + 1
    if held:
        most = max(held, key=lambda depot_id: (held[depot_id], -depot_id))
        return session.get_one(Depot, most)
    return ensure_depot(session)


def _make_packages(session: Session, *, cycle: Cycle, day: date, now: datetime) -> set[int]:
    """Make the packages that are missing and can be made; returns the ids of those made now.

    Their numbers follow the seed, not any list of names.
    """
    pairs = approved_children(session, cycle=cycle)
    live = {
        package.child_id: package
        for package in session.exec(select(Package).where(Package.cycle_id == cycle.id))
        if package.state != S.CANCELLED
    }
    prefix = f"P-{cycle.month[2:4]}{cycle.month[5:7]}-"
    number = num_codes(session, prefix=prefix)
    fresh: list[tuple[Package, list[PackageLine]]] = []
    for pair, child, household, _ in sorted(pairs, key=lambda row: _shuffled(cycle, row[1].code)):
        if (package := live.get(child.id or 0)) is not None:
            package.assignment_id = pair.id or 0  # a replacement took over the pair
            session.add(package)
            continue
        contents = contents_for(child, day)
        if contents is None:
            continue
        number += 1
        package = Package(
            code=f"{prefix}{number:04d}",
            cycle_id=cycle.id or 0,
            assignment_id=pair.id or 0,
            child_id=child.id or 0,
            household_id=household.id or 0,
            kit_code=contents.kit_code,
            kit_version=str(contents.kit_version),
            deliver_on=day,
            changes=list(contents.changes),
            weight_g=0,
            volume_ml=0,
            updated_at=now,
        )
        replaced = {str(row["substitute"]): str(row["item"]) for row in contents.changes}
        lines = [
            package_line(package, line, substitutes=replaced.get(line.item))
            for line in contents.lines
        ]
        measure(package, lines)
        fresh.append((package, lines))
    return _store_packages(session, fresh)


def _store_packages(
    session: Session, fresh: Sequence[tuple[Package, Sequence[PackageLine]]]
) -> set[int]:
    """Store packages, then their lines, which need their ids; returns the ids."""
    session.add_all(package for package, _ in fresh)
    session.flush()
    for package, lines in fresh:
        for line in lines:
            line.package_id = package.id or 0
        session.add_all(lines)
    session.flush()
    return {package.id or 0 for package, _ in fresh}


def _shuffled(cycle: Cycle, code: str) -> str:
    return hashlib.sha256(f"{cycle.seed}:{code}".encode()).hexdigest()


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
