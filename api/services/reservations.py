"""Goods shared out over the packages of a month, and the shortages that wait for a signature."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import package_goods, stock
from api.services.corrected_judgements import corrected_before
from api.services.months import months_from
from api.services.package_contents import (
    measures_of,
    substitute_line,
)
from api.services.shortages import Allocation, Demand, Remedy, Signed, allocate, order_of_need
from data.queries.cycles import last_served_months
from data.queries.goods import (
    lines_by_package,
    packages_with_families,
)
from data.queries.records import frozen_by_record
from data.reference.kits import KitLine
from data.schema import (
    Child,
    CycleChild,
    Package,
    PackageLine,
    PackageState,
    Shortage,
    StockMoveKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account, Cycle, Depot


S = PackageState


@dataclass(slots=True)
class Draft:
    """Packages of a month that still want goods, with what decides their order."""

    package: Package
    child: Child
    frozen: CycleChild | None
    lines: list[PackageLine]
    months_since: int | None

    @property
    def key(self) -> tuple[int, int, int, str]:
        """Return what sorts the neediest first."""
        frozen = self.frozen
        return order_of_need(
            frozen.tier if frozen else None,
            frozen.points if frozen else None,
            self.months_since,
            self.package.code,
        )


def read_drafts(session: Session, cycle: Cycle) -> list[Draft]:
    """Return the packages that want goods, the neediest first."""
    lines = lines_by_package(session, cycle_id=cycle.id or 0)
    corrected = corrected_before(session, month=cycle.month)
    last = last_served_months(session, before=cycle.month, corrected=corrected)
    frozen = frozen_by_record(session, cycle)
    drafts = [
        Draft(
            package=package,
            child=child,
            frozen=frozen.get(child.id or 0),
            lines=lines[package.id or 0],
            months_since=months_from(last[child.id or 0], cycle.month)
            if child.id in last
            else None,
        )
        for package, child, _ in packages_with_families(session, cycle_id=cycle.id or 0)
        if package.state == S.PLANNED
    ]
    return sorted(drafts, key=lambda draft: draft.key)


def free_units(session: Session, depot: Depot, day: date) -> dict[str, int]:
    """Return the units that are free and will not have expired on the delivery day."""
    return {
        line.item_code: line.usable(day) for line in stock.stock_list(session, depot_id=depot.id)
    }


def share_out(
    session: Session,
    cycle: Cycle,
    drafts: list[Draft],
    depot: Depot,
    day: date,
    *,
    unsigned: Remedy = Remedy.WAIT,
) -> Allocation:
    """Return who gets what, by the remedies that were signed (see :func:`allocate`)."""
    children = {draft.package.id or 0: draft.child for draft in drafts}

    def substitute(package_id: int, code: str, units: int, other: str) -> tuple[str, int] | None:
        line = substitute_line(children[package_id], KitLine(code, units), other, day)
        return (line.item, line.quantity) if line else None

    signed = {
        row.item_code: Signed(Remedy(row.remedy), row.substitute_code)
        for row in shortage_rows(session, cycle)
        if row.remedy and row.signed_by
    }
    demands = [
        Demand(draft.package.id or 0, {line.item_code: line.quantity for line in draft.lines})
        for draft in drafts
    ]
    free = free_units(session, depot, day)
    return allocate(demands, free, signed, substitute, unsigned=unsigned)


def note_shortages(
    session: Session,
    cycle: Cycle,
    drafts: list[Draft],
    depot: Depot,
    day: date,
    fresh: AbstractSet[int] = frozenset(),
) -> Allocation:
    """Share out, and write down all that is short; returns who gets what.

    While a signature is missing, every item that may be short is named, not only those that the
    remedies signed so far leave short: otherwise each signature would bring up the next shortage.
    """
    free = free_units(session, depot, day)
    allocation = share_out(session, cycle, drafts, depot, day)
    store_shortages(session, cycle, drafts, allocation, free, fresh)
    if has_unsigned(session, cycle):
        foreseen = share_out(session, cycle, drafts, depot, day, unsigned=Remedy.LEAVE_OUT)
        store_shortages(session, cycle, drafts, foreseen, free, fresh)
    return allocation


def shortage_rows(session: Session, cycle: Cycle) -> list[Shortage]:
    """Return the shortages of a month by item."""
    rows = select(Shortage).where(Shortage.cycle_id == cycle.id)
    return list(session.exec(rows.order_by(col(Shortage.item_code))))


def store_shortages(
    session: Session,
    cycle: Cycle,
    drafts: list[Draft],
    allocation: Allocation,
    free: Mapping[str, int],
    fresh: AbstractSet[int],
) -> None:
    """Write down what is short; an unsigned shortage that goods have since ended is dropped.

    What was signed before a package was made does not speak for it: with one of ``fresh`` among
    those who get less, the item wants another signature.
    """
    rows = {row.item_code: row for row in shortage_rows(session, cycle)}
    by_id = {draft.package.id or 0: draft for draft in drafts}
    for code, row in rows.items():
        if code in allocation.affected:
            continue
        if row.signed_by is None:
            session.delete(row)
            continue
        row.waiting = []
        session.add(row)
    for code, package_ids in allocation.affected.items():
        row = rows.get(code) or Shortage(
            cycle_id=cycle.id or 0, item_code=code, needed=0, available=0
        )
        row.needed = sum(
            line.quantity for draft in drafts for line in draft.lines if line.item_code == code
        )
        row.available = free.get(code, 0)
        if not fresh.isdisjoint(package_ids):
            row.remedy = row.substitute_code = row.signed_by = row.signed_at = None
        row.waiting = [_waiting_row(by_id[number], code) for number in package_ids]
        session.add(row)
    session.flush()


def _waiting_row(draft: Draft, code: str) -> dict[str, object]:
    frozen = draft.frozen
    units = sum(line.quantity for line in draft.lines if line.item_code == code)
    return {
        "package_id": draft.package.id,
        "package_code": draft.package.code,
        "child_code": draft.child.code,
        "kelurahan_code": frozen.kelurahan_code if frozen else None,
        "quantity": units,
        "tier": frozen.tier if frozen else None,
        "points": frozen.points if frozen else None,
        "months_since_package": draft.months_since,
    }


def has_unsigned(session: Session, cycle: Cycle) -> bool:
    """Whether a shortage waits for a signature."""
    return any(row.signed_by is None for row in shortage_rows(session, cycle))


def reserve_all(
    session: Session,
    drafts: list[Draft],
    allocation: Allocation,
    depot: Depot,
    day: date,
    by: Account,
    now: datetime,
) -> None:
    """Buy, substitute, leave out, reserve and let wait, as was signed."""
    for code, units in sorted(allocation.bought.items()):
        stock.receive_stock(
            session,
            depot=depot,
            item_code=code,
            quantity=units,
            move_uid=f"shortage:{drafts[0].package.code}:{code}:{now.timestamp():.0f}",
            by=by,
            now=now,
            kind=StockMoveKind.PURCHASE,
        )
    reserved: list[tuple[Package, PackageLine]] = []
    for draft in drafts:
        number = draft.package.id or 0
        if number not in allocation.served:
            to_state(session, draft.package, S.CARRIED, now)
            continue
        changed = {
            code: other
            for (package_id, code), other in allocation.replaced.items()
            if package_id == number
        }
        if changed:
            _replace_lines(session, draft, changed)
        reserved += [(draft.package, line) for line in draft.lines]
        to_state(session, draft.package, S.RESERVED, now)
    package_goods.reserve_lines(session, depot_id=depot.id or 0, lines=reserved, by=by, now=now)
    del day
    session.flush()


def _replace_lines(
    session: Session, draft: Draft, changed: dict[str, tuple[str, int] | None]
) -> None:
    """Take out all lines that are replaced, then put in what is given instead.

    One line's substitute may be another line's item, so nothing is added before all are out.
    """
    replaced = [line for line in draft.lines if line.item_code in changed]
    for old in replaced:
        draft.lines.remove(old)
        session.delete(old)
    session.flush()
    for old in replaced:
        other = changed[old.item_code]
        draft.package.changes = [
            *draft.package.changes,
            {
                "item": old.item_code,
                "quantity": old.quantity,
                "rule": "shortage",
                "substitute": other[0] if other else None,
                "substitute_quantity": other[1] if other else 0,
            },
        ]
        if other is None:
            continue
        same = next((line for line in draft.lines if line.item_code == other[0]), None)
        if same is not None:
            same.quantity += other[1]
            session.add(same)
        else:
            fresh = package_line(draft.package, KitLine(*other), substitutes=old.item_code)
            session.add(fresh)
            draft.lines.append(fresh)
    measure(draft.package, draft.lines)


def package_line(package: Package, line: KitLine, *, substitutes: str | None) -> PackageLine:
    """Return a line of a package with an id that follows from both."""
    uid = hashlib.sha256(f"{package.code}:{line.item}".encode()).hexdigest()[:32]
    return PackageLine(
        uid=uid,
        package_id=package.id or 0,
        item_code=line.item,
        quantity=line.quantity,
        substitutes=substitutes,
    )


def measure(package: Package, lines: Iterable[PackageLine]) -> None:
    """Set weight, volume and cost of a package from its lines."""
    measures = measures_of(((line.item_code, line.quantity) for line in lines), package.deliver_on)
    package.weight_g, package.volume_ml = measures.weight_g, measures.volume_ml
    package.cost_rp, package.needs_cool_box = measures.cost_rp, measures.needs_cool_box


def to_state(session: Session, package: Package, state: PackageState, now: datetime) -> None:
    """Move a package on."""
    package.state, package.updated_at = state, now
    package.version += 1
    session.add(package)
